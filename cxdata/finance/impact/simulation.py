"""The draws of a scenario: every completed set with its coefficients, block by block."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxdata.finance.impact import counterfactual
from cxdata.finance.impact.counterfactual import Key, Plan, Totals
from cxdata.finance.impact.inputs import Inputs, changes_of, strength, uniform
from cxdata.finance.impact.levers import Move, change_after, in_scope, move_of, touched
from cxdata.finance.impact.populations import Cells, Population, population_of
from cxdata.finance.impact.profiles import Profiles
from cxdata.finance.impact.results import Draws
from cxdata.finance.impact.retention import shift_for
from cxdata.finance.scenarios.scenario import Lever, Scenario
from cxdata.models.threads import one_thread

Floats = NDArray[np.float64]

MOST_TO_SOLVE = 4_000
"""Rows on which the shift of a retention change is solved in each draw; at the expected values it is solved on all."""


@dataclass(frozen=True)
class Sample:
    """Profiles that are run: all that a change touches, or some of them that stand for those.

    Parameters
    ----------
    rows : ndarray of int, shape (g,)
        Places in the profiles.
    weight : ndarray of float, shape (g,)
        What each counts.
    """

    rows: NDArray[np.intp]
    weight: Floats


def sample_of(profiles: Profiles, scenario: Scenario, most: int | None = None) -> Sample:
    """The profiles that a scenario touches; about so many of them at most, chosen in proportion to their size.

    The sample is drawn from everybody, by a grid with a power of two of points, and those touched are kept of it. A finer
    grid holds the coarser ones: scenarios of one seed share their rows, whatever they touch and however many rows they
    ask for, and their difference is not the luck of two samples.

    Parameters
    ----------
    profiles : Profiles
    scenario : Scenario
    most : int, optional
        A systematic sample with probability proportional to size (margin, and customers), scaled to the size of each
        segment and sign of the margin; by default all.

    References
    ----------
    Särndal, Swensson & Wretman (1992), Model Assisted Survey Sampling, section 3.6.
    """
    if scenario.retention:
        chosen = in_scope(profiles, scenario.retention.segments)
    else:
        chosen = touched(profiles, scenario.levers)
    rows = np.flatnonzero(chosen)
    if most is None or len(rows) <= most:
        return Sample(rows, np.ones(len(rows)))
    size = np.zeros(len(chosen))
    for money in (np.abs(profiles.margin), profiles.customers):
        size += 0.5 * money / money.sum() if money.sum() > 0 else 0.5 / len(size)
    part = 2 * profiles.segment + profiles.negative
    order = np.argsort(part, kind="stable")
    share = size[rows].sum()
    points = 2.0 ** np.floor(np.log2(most / share))
    start = (points * uniform(scenario.seed, "sample", 1)[0]) % 1.0
    wanted = points * size
    times = np.zeros(len(size))
    times[order] = np.diff(np.floor(np.concatenate([[0.0], np.cumsum(wanted[order])]) + start))
    kept = rows[times[rows] > 0]
    weight = times[kept] / wanted[kept]
    # Whom a part holds is known, and how much of it the sample found by luck.
    there = np.bincount(part[rows], size[rows], minlength=part.max() + 1)
    found = np.bincount(part[kept], weight * size[kept], minlength=len(there))
    return Sample(kept, weight * (there / np.where(found > 0, found, 1.0))[part[kept]])


def population(
    profiles: Profiles, sample: Sample, years: int, kind: type, *, single: bool = False
) -> Population:
    """The sample, sorted for the engine; its rows are places in the sample."""
    at = sample.rows
    money = np.stack([profiles.margin[at], profiles.value[at], profiles.customers[at]]) * sample.weight
    part = 2 * profiles.segment[at] + profiles.negative[at]
    days, longest = profiles.tenure
    grows = profiles.regression.tenure_column >= 0 and years > 1
    tenure = (days[at], longest[at]) if grows else None
    parts = 2 * len(profiles.base.segments)
    return population_of(
        np.arange(len(at)), money, part, profiles.terms_per_year[at], parts, tenure, years, kind, single
    )


@one_thread()
def simulated(
    profiles: Profiles,
    scenario: Scenario,
    inputs: Inputs,
    coefficients: Sequence[tuple[NDArray[np.intp], Floats]],
    sample: Sample,
    *,
    quick: bool = False,
    progress: Callable[[float], None] | None = None,
) -> Totals:
    """Run every draw.

    Parameters
    ----------
    profiles : Profiles
    scenario : Scenario
    inputs : Inputs
        Of D draws.
    coefficients : sequence of (draws, coefficients)
        Per completed set, from `inputs.coefficients`.
    sample : Sample
    quick : bool
        Whether each row is taken from one completed set, in turn, for all draws.
    progress : callable, optional
        Called with the share (0-1) that is done.
    """
    changes, years = changes_of(scenario), scenario.horizon_years
    people = population(profiles, sample, years, np.float32)
    totals = Totals.empty(people.parts, len(changes), inputs.draws, years)
    in_force = np.array([strength(change, years) for change in changes])
    cells = max(len(people.rows) * inputs.draws, 1)
    done = 0

    def report(rows: int) -> None:
        nonlocal done
        done += rows * width
        if progress is not None:
            progress(min(done / cells, 1.0))

    at, sets = sample.rows[people.rows], profiles.regression.sets
    if quick:
        draws = np.concatenate([which for which, _ in coefficients])
        order = np.argsort(draws)
        coefficients = [(draws[order], np.concatenate([theta for _, theta in coefficients])[order])]
    for place, (which, theta) in enumerate(coefficients):
        sources = at % sets if quick else np.full(len(at), place)
        x = profiles.regression.x[sources, profiles.rows[at]]
        moves = [
            move_of(profiles, change, sources, at) if isinstance(change, Lever) else None
            for change in changes
        ]
        scoped = np.ones(len(at), np.float32)
        for some, runs in counterfactual.nested(inputs.reach[:, which]):
            draws, width = which[some], len(some)
            if not runs or not width:
                continue
            own, now = theta[some], inputs.some(draws)
            shift = None
            if scenario.retention:
                customers = people.money[counterfactual.CUSTOMERS].astype(float)
                shift = _solved(x, own, profiles.terms_per_year[at], customers, now.amount[0])
            plan = plan_of(profiles, scenario, now, in_force, runs, own)
            counterfactual.simulate(
                people, _blocks(x, own, moves, now, scoped, shift, plan), plan, totals, draws, done=report
            )
    return totals


def plan_of(
    profiles: Profiles,
    scenario: Scenario,
    inputs: Inputs,
    in_force: Floats,
    runs: tuple[tuple[tuple[int, ...], Floats], ...],
    theta: Floats,
) -> Plan:
    """How the change unfolds in these draws."""
    column = profiles.regression.tenure_column
    return Plan(
        runs=runs, in_force=in_force, attribution=inputs.attribution,
        tenure=theta[:, column] if column >= 0 else np.zeros(len(theta)), growth=scenario.margin_growth,
        cross_sell=inputs.cross_sell, discount_rate=inputs.discount_rate, tail=scenario.tail,
        per_customer=np.asarray(inputs.per_customer.any(axis=1)), columns=columns_of(profiles, scenario),
    )  # fmt: skip


def columns_of(profiles: Profiles, scenario: Scenario) -> tuple[int, ...]:
    """Column that each lever moves; -1 for a change of the retention rate."""
    if scenario.retention:
        return (-1,)
    drivers = [profiles.regression.driver(lever.driver) for lever in scenario.levers]
    return tuple(driver.column if driver else -1 for driver in drivers)


def _blocks(
    x: NDArray[np.float32],
    theta: Floats,
    moves: Sequence[Move | None],
    inputs: Inputs,
    scoped: NDArray[np.float32],
    retention: Floats | None,
    plan: Plan,
) -> counterfactual.Block:
    slopes = np.ascontiguousarray(theta.T.astype(np.float32))
    effects = [
        (inputs.attribution[lever] * theta[:, move.column if move is not None else 0]).astype(np.float32)
        for lever, move in enumerate(moves)
    ]
    even = np.zeros(0) if retention is None else retention.astype(np.float32)

    def block(rows: slice) -> tuple[Cells, dict[Key, Cells], list[Cells]]:
        if retention is not None:
            return x[rows] @ slopes, {(0, ()): scoped[rows, None] * even}, [scoped[rows]]
        shifts: dict[Key, Cells] = {}
        for lever, earlier in plan.keys:
            change, _ = change_after(moves, inputs.amount, lever, earlier, rows)
            shifts[lever, earlier] = change * effects[lever]
        reached: list[Cells] = [
            _reached(move, inputs.amount[lever], rows)
            if plan.per_customer[lever] and move is not None
            else scoped[:0]
            for lever, move in enumerate(moves)
        ]
        return x[rows] @ slopes, shifts, reached

    return block


def _reached(move: Move, amount: Floats, rows: slice) -> Cells:
    """Share (0-1) of each row for whom the lever changes something, shape (g,)."""
    return np.asarray((move.change(amount, rows).max(axis=1) > 0) * move.share[rows])


def _solved(
    x: NDArray[np.float32], theta: Floats, terms: Floats, customers: Floats, points: Floats
) -> Floats:
    """Shifts of a retention change in each draw, on a thinned-out population where it is large."""
    some = np.arange(len(x))
    if len(x) > MOST_TO_SOLVE:
        # In order of risk, every so many customers: the thinned ones then have nearly the same distribution.
        order = np.argsort(x @ theta.mean(axis=0).astype(np.float32), kind="stable")
        edges = np.cumsum(customers[order]) / customers.sum() * MOST_TO_SOLVE
        some = order[np.searchsorted(edges, np.arange(MOST_TO_SOLVE) + 0.5)]
        customers = np.ones(len(x))
    return shift_for(x[some] @ theta.T.astype(np.float32), terms[some], customers[some], points)


def draws_of(profiles: Profiles, scenario: Scenario, inputs: Inputs, totals: Totals) -> Draws:
    """Money of every draw from the totals of the engine."""
    years = scenario.horizon_years
    base = profiles.base
    grown = (1.0 + scenario.margin_growth) ** np.arange(years)
    kept = totals.sums[counterfactual.CUSTOMERS].sum(axis=0)
    each = base.annual_margin / base.customers if base.customers else 0.0
    referral = inputs.referral[:, None] * kept * each * grown
    cross_sell = totals.cross_sell.sum(axis=0)
    margin = totals.sums[counterfactual.MARGIN].sum(axis=0) + cross_sell + referral
    cost = (inputs.yearly[..., None] + inputs.per_customer[..., None] * totals.reached).sum(axis=0)
    return Draws(
        customers_kept=kept, revenue=totals.sums[counterfactual.REVENUE].sum(axis=0), margin=margin, cost=cost,
        referral=referral, cross_sell=cross_sell, one_off=inputs.one_off.sum(axis=0),
        discount_rate=inputs.discount_rate, tail=totals.tail.sum(axis=0),
    )  # fmt: skip
