"""A scenario at its expected values: one draw, cheap enough to be asked hundreds of times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cxdata.finance.impact import counterfactual
from cxdata.finance.impact.counterfactual import FARTHEST, Key, Totals, nested
from cxdata.finance.impact.inputs import Inputs, changes_of, strength
from cxdata.finance.impact.levers import Move, change_after, move_of
from cxdata.finance.impact.populations import Cells, Population, tenure_growth
from cxdata.finance.impact.profiles import Profiles
from cxdata.finance.impact.results import Draws
from cxdata.finance.impact.retention import check_points, shift_for
from cxdata.finance.impact.simulation import Sample, columns_of, draws_of, plan_of, population
from cxdata.finance.scenarios.scenario import Lever, Scenario
from cxdata.models.churn import BANDS, LINEAR, ChurnDriver, Step

Floats = NDArray[np.float64]


MOST_STACKED = 200_000
"""Rows of all completed sets together, beyond which each row is taken from one set only."""

MOST_IN_PREVIEW = 50_000
"""Profiles behind what a preview says of everybody, such as the churn there is."""


@dataclass(frozen=True)
class Stack:
    """Rows of the completed sets on top of one another, each with its part of the weight.

    Parameters
    ----------
    people : Population
        Its rows are places in the stack.
    at : ndarray of int, shape (n,)
        Places in the profiles.
    log_odds, banded : ndarray of float, shape (n,)
        Of being lost, by the linear model and by the one with bands (None without it).
    moves : tuple of Move or None
    """

    people: Population
    at: NDArray[np.intp]
    log_odds: Floats
    banded: Floats | None
    moves: tuple[Move | None, ...]


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
    """

    inputs: Inputs
    levers: tuple[int, ...] | None = None
    factor: float = 1.0
    model: str = LINEAR
    tail: bool | None = None


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
        self.profiles, self.scenario, self.sample = profiles, scenario, sample
        self.quick = quick or profiles.regression.sets * len(sample.rows) > MOST_STACKED
        self.thinned = quick
        self.changes = changes_of(scenario)
        self.in_force = np.array([strength(change, scenario.horizon_years) for change in self.changes])
        self.theta = profiles.regression.pooled
        self._shifts: dict[tuple[str, float], float] = {}

    @cached_property
    def rows(self) -> Stack:
        """The population in all completed sets, or each row in one of them."""
        found, scenario = self.profiles.regression, self.scenario
        rows, sets = self.sample.rows, found.sets
        # By the row's own number, so that scenarios that are compared take it from the same set.
        at = [rows[rows % sets == place] if self.quick else rows for place in range(sets)]
        weights = [
            self.sample.weight[rows % sets == place] if self.quick else self.sample.weight / sets
            for place in range(sets)
        ]
        stacked, weight = np.concatenate(at), np.concatenate(weights)
        people = population(
            self.profiles, Sample(stacked, weight), scenario.horizon_years, np.float64, single=True
        )
        order = people.rows
        log_odds = np.concatenate(
            [found.x[place][self.profiles.rows[at[place]]] @ self.theta for place in range(sets)]
        )
        bands = found.banded
        banded = None if bands is None else np.concatenate([
            bands.log_odds[place][self.profiles.rows[at[place]]].astype(float) for place in range(sets)
        ])  # fmt: skip
        moves: list[Move | None] = []
        for change in self.changes:
            if not isinstance(change, Lever):
                moves.append(None)
                continue
            parts = [move_of(self.profiles, change, place, at[place], np.float64) for place in range(sets)]
            moves.append(
                replace(
                    parts[0],
                    value=np.concatenate([part.value for part in parts])[order],
                    share=np.concatenate([part.share for part in parts])[order],
                )
            )
        return Stack(
            people, stacked[order], log_odds[order], None if banded is None else banded[order], tuple(moves)
        )

    def totals(self, asked: Question) -> Totals:
        """Sums over all rows for one question."""
        every = range(len(self.changes))
        levers = tuple(every) if asked.levers is None else asked.levers
        totals = Totals.empty(
            2 * len(self.profiles.base.segments), len(self.changes), 1, self.scenario.horizon_years
        )
        rows = self.rows
        if not levers or not len(rows.at):
            return totals
        scenario = self.scenario if asked.tail is None else replace(self.scenario, tail=asked.tail)
        bands = asked.model == BANDS and rows.banded is not None
        log_odds = rows.banded if bands and rows.banded is not None else rows.log_odds
        counted = asked.inputs.per_customer.any()
        reached = [self._reached(lever, asked.inputs) if counted else np.zeros(0) for lever in every]

        for draws, runs in nested(asked.inputs.reach[list(levers)]):
            named = tuple((tuple(levers[one] for one in run), share) for run, share in runs)
            if not named:
                continue
            plan = plan_of(self.profiles, scenario, asked.inputs, self.in_force, named, self.theta[None, :])
            # What is sold besides goes with the effect: without one there is nothing, and no jump on the way there.
            plan = replace(plan, attribution=asked.factor * plan.attribution)
            if bands and self.profiles.regression.banded is not None:
                plan = replace(plan, tenure=np.array([self.profiles.regression.banded.tenure]))
            shifts = {key: self._shift(*key, asked) for key in plan.keys}

            def block(
                part: slice, shifts: dict[Key, Floats] = shifts
            ) -> tuple[Cells, Mapping[Key, Cells], Sequence[Cells]]:
                cells = {key: shift[part] for key, shift in shifts.items()}
                return log_odds[part, None].copy(), cells, [one[part] for one in reached]

            counterfactual.simulate(rows.people, block, plan, totals, draws)
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
        everybody, times = self._everybody()
        for place in range(found.sets):
            some = everybody[everybody % found.sets == place] if self.quick else everybody
            at = self.profiles.rows[some]
            log_odds = found.x[place][at] @ self.theta
            kept = times * self.profiles.customers[some] * (1.0 if self.quick else 1.0 / found.sets)
            terms = self.profiles.terms_per_year[some]
            days, longest = (numbers[some] for numbers in self.profiles.tenure)
            growth = tenure_growth(days, longest, years)
            slope = self.theta[found.tenure_column] if found.tenure_column >= 0 else 0.0
            for year in range(years):
                now = log_odds + slope * growth[year]
                kept = kept * (1.0 + np.exp(np.clip(now, -FARTHEST, FARTHEST))) ** -terms
                there[year] += kept.sum()
        return there

    def _everybody(self) -> tuple[NDArray[np.intp], float]:
        """All profiles, or every so many of them in a preview, and how many customers one of theirs stands for."""
        rows = np.arange(len(self.profiles.rows))
        if not self.thinned or len(rows) <= MOST_IN_PREVIEW:
            return rows, 1.0
        some = rows[:: -(-len(rows) // MOST_IN_PREVIEW)]
        return some, float(self.profiles.customers.sum() / self.profiles.customers[some].sum())

    def realised(self) -> Floats:
        """Mean change of each lever's driver in raw units, over those in scope who met it; before reach, shape (L,)."""
        found = np.zeros(len(self.changes))
        regression = self.profiles.regression
        everybody, _ = self._everybody()
        for lever, change in enumerate(self.changes):
            if not isinstance(change, Lever):
                continue
            moved = met = 0.0
            for place in range(regression.sets):
                some = everybody[everybody % regression.sets == place] if self.quick else everybody
                move = move_of(self.profiles, change, place, some, np.float64)
                moved += float(
                    self.profiles.customers[some] @ move.change(np.array([change.amount.mean]))[:, 0]
                )
                met += float(self.profiles.customers[some] @ move.share)
            found[lever] = moved / met if met > 0 else 0.0
        return found

    def reached(self, inputs: Inputs) -> Floats:
        """Customers whom each lever reaches and changes something for, at the start, shape (L,)."""
        money = self.rows.people.money[counterfactual.CUSTOMERS]
        found = [float(money @ self._reached(lever, inputs)) for lever in range(len(self.changes))]
        return np.array(found) * inputs.reach[:, 0]

    def shifts(self, inputs: Inputs) -> Floats:
        """Change of the log-odds by each lever at full force and attribution 1, after those before it, shape (L, n)."""
        asked = Question(replace(inputs, attribution=np.ones_like(inputs.attribution)))
        columns = columns_of(self.profiles, self.scenario)
        found = [
            self._shift(lever, tuple(one for one in range(lever) if columns[one] == column >= 0), asked)[:, 0]
            for lever, column in enumerate(columns)
        ]
        return np.array(found).reshape(len(self.changes), -1)

    def who(self, lever: int, inputs: Inputs) -> Floats:
        """Share (0-1) of each row for whom the lever changes something, before reach, shape (n,)."""
        return self._reached(lever, inputs)

    def _shift(self, lever: int, earlier: tuple[int, ...], asked: Question) -> Floats:
        move = self.rows.moves[lever]
        if move is None:
            return np.full((len(self.rows.at), 1), asked.factor * self._even(asked))
        found, already = change_after(self.rows.moves, asked.inputs.amount, lever, earlier)
        change = np.asarray(found, dtype=float)
        scale = asked.factor * float(asked.inputs.attribution[lever, 0])
        banded = self.profiles.regression.banded
        if asked.model != BANDS or banded is None:
            return change * (scale * self.theta[move.column])
        driver = self._driver(lever)
        if driver.code not in banded.steps:
            return change * (scale * banded.slopes.get(driver.code, self.theta[move.column]))
        step = banded.steps[driver.code]
        before = (move.value + driver.centre)[:, None] + (0.0 if already is None else already)
        share = move.share[:, None]
        raw = np.divide(change, share, out=np.zeros_like(change), where=share > 0)
        return np.asarray(
            scale * share * (_in_bands(before + raw, step) - _in_bands(before, step)), dtype=float
        )

    def _reached(self, lever: int, inputs: Inputs) -> Floats:
        move = self.rows.moves[lever]
        if move is None:
            return np.ones(len(self.rows.at))
        change = move.change(inputs.amount[lever])
        return np.asarray((change.max(axis=1) > 0) * move.share, dtype=float)

    def _driver(self, lever: int) -> ChurnDriver:
        change = self.changes[lever]
        driver = self.profiles.regression.driver(change.driver) if isinstance(change, Lever) else None
        if driver is None:
            raise ValueError("only a lever has a driver.")
        return driver

    def _even(self, asked: Question) -> float:
        """The shift of a retention change: solved once for each number of points."""
        points, rows = float(asked.inputs.amount[0, 0]), self.rows
        key = (asked.model, points)
        if key not in self._shifts:
            log_odds = rows.banded if asked.model == BANDS and rows.banded is not None else rows.log_odds
            terms, customers = (
                self.profiles.terms_per_year[rows.at],
                rows.people.money[counterfactual.CUSTOMERS],
            )
            chance = (1.0 + np.exp(np.clip(log_odds, -FARTHEST, FARTHEST))) ** -terms
            most = self.scenario.retention.points.high if self.scenario.retention else 0.0
            check_points(max(points, most), 1.0 - float(np.average(chance, weights=customers)))
            self._shifts[key] = float(shift_for(log_odds[:, None], terms, customers, np.array([points]))[0])
        return self._shifts[key]


def _in_bands(raw: Cells, step: Step) -> Cells:
    return np.where(raw < step.below, step.low, np.where(raw >= step.above, step.high, 0.0))
