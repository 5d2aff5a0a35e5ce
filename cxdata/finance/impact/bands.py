"""A scenario in a few hundred rows: customers in bands of risk and of change, so that a spreadsheet can hold it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxdata.finance.impact import counterfactual
from cxdata.finance.impact.counterfactual import Totals, nested
from cxdata.finance.impact.expected import Expected
from cxdata.finance.impact.inputs import changes_of, expected, strength
from cxdata.finance.impact.populations import Population
from cxdata.finance.impact.profiles import Profiles
from cxdata.finance.impact.results import Draws
from cxdata.finance.impact.simulation import draws_of, plan_of, sample_of
from cxdata.finance.scenarios.scenario import Scenario

Floats = NDArray[np.float64]

MOST_BANDS = 600

FEWEST_RISKS = 4
"""Bands of risk in each part, before bands of change are made."""


@dataclass(frozen=True)
class Bands:
    """Customers whom a scenario touches, in B bands; L levers (or one change of retention), T years.

    Parameters
    ----------
    segment : tuple of str, length B
    negative : ndarray of bool, shape (B,)
        Whether they cost more than they bring.
    customers, value, margin : ndarray of float, shape (B,)
        Customers, revenue and margin per year.
    terms : ndarray of float, shape (B,)
        Terms a year.
    log_odds : ndarray of float, shape (B,)
        Of being lost at the end of a term, in the first year; means, weighted by margin.
    advance : ndarray of float, shape (B, T)
        What the years add to the log-odds: 0 in the first.
    shift : ndarray of float, shape (B, L)
        Change of the log-odds by each lever at full force, with an attribution of 1; below 0 helps. Of two levers on one
        driver the second goes on where the first ends.
    reached : ndarray of float, shape (B, L)
        Share (0-1) of its customers for whom the lever changes something, before reach.
    """

    segment: tuple[str, ...]
    negative: NDArray[np.bool_]
    customers: Floats
    value: Floats
    margin: Floats
    terms: Floats
    log_odds: Floats
    advance: Floats
    shift: Floats
    reached: Floats

    def __len__(self) -> int:
        return len(self.segment)


def bands_of(profiles: Profiles, scenario: Scenario, most: int = MOST_BANDS) -> Bands:
    """Customers whom a scenario touches, in at most so many bands of segment, sign of the margin, risk and change.

    Parameters
    ----------
    profiles : Profiles
    scenario : Scenario
        Already checked.
    most : int
        At least one band for each segment, sign and number of terms a year is made, whatever it says.
    """
    case = Expected(profiles, scenario, sample_of(profiles, scenario))
    rows, people, means = case.rows, case.rows.people, expected(scenario)
    levers = range(len(case.changes))
    full = case.shifts(means)
    reached = np.array([case.who(lever, means) for lever in levers]).reshape(len(levers), -1)
    part = 2 * profiles.segment[rows.at] + profiles.negative[rows.at]
    terms = profiles.terms_per_year[rows.at]
    margin, value, customers = people.money
    weight = np.abs(margin) + 1e-9 * customers
    label = np.zeros(len(rows.at), dtype=np.intp)
    # Which levers change anything at all: cross-sell goes by it. With many levers that would be too many bands.
    pattern = (full != 0).T @ (1 << np.arange(len(levers)))
    kinds, kind = _kinds(part, terms, pattern)
    if len(kinds) > most // 2:
        kinds, kind = _kinds(part, terms, np.zeros_like(pattern))
    each = max(1, most // max(len(kinds), 1))
    changes = max(1, round(np.sqrt(each / 2))) if each >= 2 * FEWEST_RISKS else 1
    count = 0
    for number in range(len(kinds)):
        here = np.flatnonzero(kind == number)
        by_change = _quantiles(full[:, here].sum(axis=0), weight[here], changes)
        for one in np.unique(by_change):
            some = here[by_change == one]
            by_risk = _quantiles(rows.log_odds[some], weight[some], max(1, each // changes))
            for other in np.unique(by_risk):
                label[some[by_risk == other]] = count
                count += 1

    def total(values: Floats) -> Floats:
        return np.bincount(label, values, minlength=count).astype(float)

    sums = total(weight)

    def mean(values: Floats, by: Floats = weight, over: Floats | None = None) -> Floats:
        return np.asarray(total(values * by) / (sums if over is None else over), dtype=float)

    first = np.array([np.flatnonzero(label == band)[0] for band in range(count)], dtype=np.intp)
    years = scenario.horizon_years
    slope = case.theta[profiles.regression.tenure_column] if profiles.regression.tenure_column >= 0 else 0.0
    older = np.zeros((years, len(rows.at))) if people.advance is None else people.advance
    heads = total(customers)
    return Bands(
        segment=tuple(profiles.base.segments[at] for at in profiles.segment[rows.at[first]]),
        negative=profiles.negative[rows.at[first]], customers=heads, value=total(value), margin=total(margin),
        terms=terms[first], log_odds=mean(rows.log_odds),
        advance=np.array([mean(slope * year) for year in older]).T.reshape(count, years),
        shift=np.array([mean(one) for one in full]).T.reshape(count, len(levers)),
        reached=np.array([mean(one, customers, np.maximum(heads, 1e-300)) for one in reached]).T.reshape(
            count, len(levers)
        ),
    )  # fmt: skip


def value_of_bands(bands: Bands, profiles: Profiles, scenario: Scenario) -> Draws:
    """The scenario at its expected values, valued band by band: what the formulas of a workbook give.

    Its difference to ``Valuation.point`` is what averaging within bands costs.
    """
    means = expected(scenario)
    levers, years = len(changes_of(scenario)), scenario.horizon_years
    names = {name: place for place, name in enumerate(profiles.base.segments)}
    part = np.array([2 * names[name] for name in bands.segment], dtype=np.intp) + bands.negative
    order = np.argsort(part, kind="stable")
    totals = Totals.empty(2 * len(names), levers, 1, years)
    if not len(bands):
        return draws_of(profiles, scenario, means, totals)
    held, starts = np.unique(part[order], return_index=True)
    people = Population(
        order, np.stack([bands.margin, bands.value, bands.customers])[:, order], ((0, len(bands), -1, 1.0),),
        2 * len(names), np.ascontiguousarray(bands.advance[order].T), bands.terms[order], starts, held,
    )  # fmt: skip
    in_force = np.array([strength(change, years) for change in changes_of(scenario)])
    shifts = [(bands.shift[order, lever] * means.attribution[lever, 0])[:, None] for lever in range(levers)]
    reached = [bands.reached[order, lever] for lever in range(levers)]
    for draws, runs in nested(means.reach):
        if not runs:
            continue
        # The advance of the bands is in log-odds already.
        theta = np.ones((1, profiles.regression.coefficients.shape[1]))
        plan = plan_of(profiles, scenario, means, in_force, runs, theta)
        given = {key: shifts[key[0]] for key in plan.keys}
        counterfactual.simulate(
            people,
            lambda rows, given=given: (  # type: ignore[misc]
                bands.log_odds[order][rows, None], {key: one[rows] for key, one in given.items()}, reached,
            ),
            plan, totals, draws,
        )  # fmt: skip
    return draws_of(profiles, scenario, means, totals)


def _kinds(*labels: NDArray[np.generic]) -> tuple[Floats, NDArray[np.intp]]:
    """Combinations that occur, shape (K, labels), and which of them each row has."""
    found, place = np.unique(np.column_stack(labels).astype(float), axis=0, return_inverse=True)
    return found, place.ravel()


def _quantiles(values: Floats, weight: Floats, groups: int) -> NDArray[np.intp]:
    """Groups of nearly equal weight in the order of the values; equal values stay together."""
    _, place = np.unique(values, return_inverse=True)
    mass = np.bincount(place, weight)
    before = (np.cumsum(mass) - mass / 2) / mass.sum()
    return np.asarray(np.minimum((before * groups).astype(np.intp), groups - 1)[place], dtype=np.intp)
