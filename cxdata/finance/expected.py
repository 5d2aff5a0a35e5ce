"""A scenario at its expected values: one draw, cheap enough to be asked hundreds of times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cxdata.finance import counterfactual
from cxdata.finance.counterfactual import Cells, Population, Totals, nested
from cxdata.finance.inputs import Inputs, changes_of, strength
from cxdata.finance.levers import Move, move_of
from cxdata.finance.profiles import Profiles
from cxdata.finance.results import Draws
from cxdata.finance.retention import check_points, shift_for
from cxdata.finance.scenario import Lever, Scenario
from cxdata.finance.simulation import Sample, draws_of, plan_of, population
from cxdata.models.churn import BANDS, LINEAR, ChurnDriver, Step

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class _Rows:
    """Rows of one completed set, and what they count."""

    people: Population
    x: Floats
    log_odds: Floats
    banded: Floats | None
    moves: tuple[Move | None, ...]
    weight: float


@dataclass(frozen=True)
class Question:
    """What is asked of a scenario at its expected values, other than as it stands.

    Parameters
    ----------
    inputs : Inputs
        Of one draw.
    levers : tuple of int, optional
        Only these; by default all.
    factor : float
        On the whole effect.
    model : str
        ``linear`` or ``bands``.
    tail : bool, optional
        By default as in the scenario.
    theta : ndarray of float, shape (k,), optional
        Coefficients; by default the pooled ones.
    """

    inputs: Inputs
    levers: tuple[int, ...] | None = None
    factor: float = 1.0
    model: str = LINEAR
    tail: bool | None = None
    theta: Floats | None = None


class Expected:
    """The expected case of a scenario on its profiles.

    Parameters
    ----------
    profiles : Profiles
    scenario : Scenario
    sample : Sample
    quick : bool
        Whether each row is taken from one completed set only, in turn, instead of from all of them.
    """

    def __init__(
        self, profiles: Profiles, scenario: Scenario, sample: Sample, *, quick: bool = False
    ) -> None:
        self.profiles, self.scenario, self.sample, self.quick = profiles, scenario, sample, quick
        self.changes = changes_of(scenario)
        self.in_force = np.array([strength(change, scenario.horizon_years) for change in self.changes])
        self.theta = profiles.regression.pooled
        self._shifts: dict[tuple[str, float], float] = {}

    @cached_property
    def rows(self) -> tuple[_Rows, ...]:
        """The population in each completed set; in turn, or all of them with equal weight."""
        found, sets = self.profiles.regression, self.profiles.regression.sets
        rows = []
        for place in range(sets):
            sample, weight = self.sample, 1.0 / sets
            if self.quick:
                some = np.arange(len(sample.rows)) % sets == place
                sample, weight = Sample(sample.rows[some], sample.weight[some]), 1.0
            people = population(self.profiles, sample, self.scenario.horizon_years, np.float64)
            at = self.profiles.rows[people.rows]
            x = found.x[place][at].astype(float)
            rows.append(
                _Rows(
                    people, x, x @ self.theta,
                    found.banded.log_odds[place % len(found.banded.log_odds)][at].astype(float) if found.banded else None,
                    tuple(
                        move_of(self.profiles, change, place, people.rows, np.float64)
                        if isinstance(change, Lever) else None
                        for change in self.changes
                    ),
                    weight,
                )
            )  # fmt: skip
        return tuple(rows)

    def totals(self, asked: Question) -> Totals:
        """Sums over all rows for one question."""
        levers = tuple(range(len(self.changes))) if asked.levers is None else asked.levers
        totals = Totals.empty(
            2 * len(self.profiles.base.segments), len(self.changes), 1, self.scenario.horizon_years
        )
        if not levers:
            return totals
        scenario = self.scenario if asked.tail is None else replace(self.scenario, tail=asked.tail)
        theta = self.theta if asked.theta is None else asked.theta
        even = self._even(asked, theta)
        for rows in self.rows:
            shifts = [
                self._shift(rows, lever, asked, theta, even)
                if lever in levers
                else np.zeros((len(rows.x), 1))
                for lever in range(len(self.changes))
            ]
            reached = [self._reached(rows, lever, asked) for lever in range(len(self.changes))]
            log_odds = rows.log_odds if asked.theta is None else rows.x @ theta
            if asked.model == BANDS and rows.banded is not None:
                log_odds = rows.banded

            def block(
                part: slice,
                log_odds: Floats = log_odds,
                shifts: list[Floats] = shifts,
                reached: list[Floats] = reached,
            ) -> tuple[Cells, Sequence[Cells], Sequence[Cells]]:
                return (
                    log_odds[part, None].copy(),
                    [one[part] for one in shifts],
                    [one[part] for one in reached],
                )

            for draws, runs in nested(asked.inputs.reach[list(levers)]):
                named = tuple((tuple(levers[one] for one in run), share) for run, share in runs)
                if not named:
                    continue
                plan = plan_of(self.profiles, scenario, asked.inputs, self.in_force, named, theta[None, :])
                if asked.model == BANDS and self.profiles.regression.banded is not None:
                    plan = replace(plan, tenure=np.array([self.profiles.regression.banded.tenure]))
                counterfactual.simulate(rows.people, block, plan, totals, draws, weight=rows.weight)
        return totals

    def draws(self, asked: Question) -> Draws:
        """Money of one question: a single draw."""
        inputs, scenario = asked.inputs, self.scenario
        if asked.levers is not None:
            off = [lever for lever in range(len(self.changes)) if lever not in asked.levers]
            inputs = replace(
                inputs,
                **{
                    name: np.where(
                        np.isin(np.arange(len(self.changes)), off)[:, None], 0.0, getattr(inputs, name)
                    )
                    for name in ("one_off", "yearly", "per_customer")
                },
            )
        return draws_of(self.profiles, scenario, inputs, self.totals(asked))

    def npv(self, asked: Question) -> float:
        """Net present value of one question."""
        return float(self.draws(asked).npv[0])

    def gross(self, asked: Question) -> float:
        """Present value of the margin of one question, before costs."""
        return float(self.draws(asked).gross_pv[0])

    def baseline(self) -> Floats:
        """Customers still there at the end of each year without any change, shape (T,); all profiles."""
        found, years = self.profiles.regression, self.scenario.horizon_years
        there = np.zeros(years)
        everybody = np.arange(len(self.profiles.rows))
        for place in range(found.sets):
            some = everybody[everybody % found.sets == place] if self.quick else everybody
            at = self.profiles.rows[some]
            log_odds = found.x[place][at] @ self.theta
            kept = self.profiles.customers[some] * (1.0 if self.quick else 1.0 / found.sets)
            for year in range(years):
                now = log_odds
                if found.tenure_column >= 0:
                    days = np.maximum(np.nan_to_num(found.tenure_days[at]), 0.0)
                    older = np.log1p(days + 365.0 * year) - np.log1p(days)
                    now = log_odds + older * self.theta[found.tenure_column]
                chance = 1.0 / (1.0 + np.exp(np.clip(now, -counterfactual.FARTHEST, counterfactual.FARTHEST)))
                kept = kept * chance ** self.profiles.terms_per_year[some]
                there[year] += kept.sum()
        return there

    def realised(self) -> Floats:
        """Mean change of each lever's driver in raw units, over those in scope who met it; before reach, shape (L,)."""
        inputs = self._means
        found = np.zeros(len(self.changes))
        for lever in range(len(self.changes)):
            moved = everybody = 0.0
            for place in range(self.profiles.regression.sets):
                rows = np.arange(len(self.profiles.rows))
                change = self.changes[lever]
                if not isinstance(change, Lever):
                    continue
                move = move_of(self.profiles, change, place, rows, np.float64)
                moved += float(self.profiles.customers @ move.change(inputs.amount[lever])[:, 0])
                everybody += float(self.profiles.customers @ move.share)
            found[lever] = moved / everybody if everybody > 0 else 0.0
        return found

    def reached(self) -> Floats:
        """Customers whom each lever reaches and changes something for, at the start, shape (L,)."""
        inputs = self._means
        found = np.zeros(len(self.changes))
        for rows in self.rows:
            for lever in range(len(self.changes)):
                who = self._reached(rows, lever, Question(inputs))
                found[lever] += rows.weight * float(rows.people.money[counterfactual.CUSTOMERS] @ who)
        return found * inputs.reach[:, 0]

    @cached_property
    def _means(self) -> Inputs:
        from cxdata.finance.inputs import expected

        return expected(self.scenario)

    def _shift(self, rows: _Rows, lever: int, asked: Question, theta: Floats, even: float) -> Floats:
        move = rows.moves[lever]
        if move is None:
            return np.full((len(rows.x), 1), asked.factor * even)
        change = np.asarray(move.change(asked.inputs.amount[lever]), dtype=float)
        scale = asked.factor * float(asked.inputs.attribution[lever, 0])
        banded = self.profiles.regression.banded
        if asked.model != BANDS or banded is None:
            return change * (scale * theta[move.column])
        driver = self._driver(lever)
        if driver.code not in banded.steps:
            return change * (scale * banded.slopes.get(driver.code, theta[move.column]))
        step = banded.steps[driver.code]
        before = move.value + driver.centre
        share = move.share[:, None]
        raw = np.divide(change, share, out=np.zeros_like(change), where=share > 0)
        moved = _in_bands(before[:, None] + raw, step) - _in_bands(before, step)[:, None]
        return np.asarray(scale * share * moved, dtype=float)

    def _reached(self, rows: _Rows, lever: int, asked: Question) -> Floats:
        move = rows.moves[lever]
        if move is None:
            return np.ones(len(rows.x))
        change = move.change(asked.inputs.amount[lever])
        return np.asarray((change.max(axis=1) > 0) * move.share, dtype=float)

    def _driver(self, lever: int) -> ChurnDriver:
        change = self.changes[lever]
        driver = self.profiles.regression.driver(change.driver) if isinstance(change, Lever) else None
        if driver is None:
            raise ValueError("only a lever has a driver.")
        return driver

    def _even(self, asked: Question, theta: Floats) -> float:
        """The shift of a retention change: solved once for each number of points."""
        if self.scenario.retention is None:
            return 0.0
        points = float(asked.inputs.amount[0, 0])
        key = (asked.model if asked.theta is None else "other", points)
        if key not in self._shifts or asked.theta is not None:
            log_odds = np.concatenate([
                rows.banded if asked.model == BANDS and rows.banded is not None else rows.x @ theta for rows in self.rows
            ])  # fmt: skip
            terms = np.concatenate([self.profiles.terms_per_year[rows.people.rows] for rows in self.rows])
            customers = np.concatenate(
                [rows.people.money[counterfactual.CUSTOMERS] * rows.weight for rows in self.rows]
            )
            chance = (1.0 / (1.0 + np.exp(np.clip(log_odds, -15, 15)))) ** terms
            check_points(points, 1.0 - float(np.average(chance, weights=customers)))
            self._shifts[key] = float(shift_for(log_odds[:, None], terms, customers, np.array([points]))[0])
        return self._shifts[key]


def _in_bands(raw: Floats, step: Step) -> Floats:
    return np.where(raw < step.below, step.low, np.where(raw >= step.above, step.high, 0.0))
