"""What a scenario is worth: the joint counterfactual of all its levers, in money, with its uncertainty."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxdata.finance.accounts.investment import bcr, discounted_payback, irr, mid_year_times, payback, roi
from cxdata.finance.impact import counterfactual
from cxdata.finance.impact.expected import Expected, Question
from cxdata.finance.impact.inputs import Inputs, changes_of, coefficients, drawn, expected
from cxdata.finance.impact.levers import check_levers, check_segments
from cxdata.finance.impact.profiles import Profiles
from cxdata.finance.impact.results import (
    LEVER_COLUMNS,
    SEGMENT_COLUMNS,
    Draws,
    Negative,
    Point,
    Summary,
    Valuation,
    summary,
)
from cxdata.finance.impact.sensitivity import break_even_attribution, break_even_effect, tornado
from cxdata.finance.impact.sharing import first_and_last, shapley
from cxdata.finance.impact.simulation import draws_of, sample_of, simulated
from cxdata.finance.scenarios.checks import check_scenario
from cxdata.finance.scenarios.refusals import ScenarioInvalid
from cxdata.finance.scenarios.scenario import Lever, Scenario
from cxdata.messages import message
from cxdata.models.threads import one_thread

__all__ = ["Draws", "Negative", "Point", "Summary", "Valuation", "check", "draws_only", "summary", "value"]

Floats = NDArray[np.float64]

PREVIEW_PROFILES, PREVIEW_DRAWS = 10_000, 200
"""What a moved slider is answered from."""

LEVERS_AT_ONCE = 2
"""Levers beyond which a preview draws on fewer profiles, which its bars and break-evens rest on, too: each lever is one
more group of customers to run. What it expects is of all 10,000."""

EXACT_IN_PREVIEW = 4
"""Levers up to which a preview shares over all of their subsets: 15 runs; six would take 63."""

CEILING = 0.95
"""Share of the points asked for below which it is said that scales end."""

BARS_OF_PREVIEW = 50
"""Draws of the coefficients behind their bar of the tornado, in a preview."""


@one_thread()
def value(
    scenario: Scenario,
    profiles: Profiles,
    *,
    preview: bool = False,
    progress: Callable[[float], None] | None = None,
) -> Valuation:
    """Customers kept, margin, cost and net present value of a scenario.

    Parameters
    ----------
    scenario : Scenario
    profiles : Profiles
        From `profiles.profiles_of`.
    preview : bool
        A sample of at most 10,000 profiles and 200 draws: what a moved slider shows.
    progress : callable, optional
        Called with the share (0-1) that is done.

    Raises
    ------
    ScenarioInvalid
        If the scenario holds a value outside its range, or does not fit the profiles; the sentence names the field.
    """
    started = time.perf_counter()
    check(scenario, profiles)
    sample = sample_of(profiles, scenario, PREVIEW_PROFILES if preview else None)
    fewer = PREVIEW_PROFILES * LEVERS_AT_ONCE // max(len(scenario.levers), LEVERS_AT_ONCE)
    thinner = sample_of(profiles, scenario, fewer) if preview and fewer < PREVIEW_PROFILES else sample
    number = min(scenario.draws, PREVIEW_DRAWS) if preview else scenario.draws
    inputs, means = drawn(scenario, number), expected(scenario)
    thetas = coefficients(profiles.regression, scenario.seed, number)
    case = Expected(profiles, scenario, sample, quick=preview)
    point_totals = case.totals(Question(means))
    point = _point(draws_of(profiles, scenario, means, point_totals))
    totals = simulated(
        profiles, scenario, inputs, thetas, thinner, quick=preview,
        progress=None if progress is None else lambda share: progress(0.8 * share),
    )  # fmt: skip
    draws = draws_of(profiles, scenario, inputs, totals)
    shared = _levers(case, means, point_totals, point, preview)
    with_change = case.baseline()
    before = _yearly(profiles, with_change)
    after = _yearly(profiles, with_change + point.customers_kept[0])
    if progress is not None:
        progress(0.85)
    side = case if thinner is sample else Expected(profiles, scenario, thinner, quick=preview)
    bars = tornado(
        profiles, side, means, thinner, draws=BARS_OF_PREVIEW if preview else PREVIEW_DRAWS, quick=preview,
        around=float(point.npv[0]),
    )  # fmt: skip
    if progress is not None:
        progress(0.95)
    worth, low, high = _by_part(profiles, scenario, (means, point_totals), (inputs, totals))
    known = float(point.npv[0]) if side is case else None
    notes = [*_notes(profiles, shared.levers), *([] if shared.exact else ["shares_near"])]
    found = Valuation(
        scenario=scenario, base=profiles.base, draws=draws, point=point, churn_before=before, churn_after=after,
        probability_positive=float((draws.npv > 0).mean()),
        segments=_segments(profiles, point_totals, worth, low, high),
        negative=_negative(profiles, point_totals, scenario, (means, point_totals), (inputs, totals)),
        levers=shared.levers, overlap=shared.overlap, haircut=shared.haircut,
        break_even_effect=break_even_effect(side, means, known),
        break_even_attribution=break_even_attribution(side, means), tornado=bars,
        seed=scenario.seed, draws_used=number, preview=preview, notes=tuple(notes),
        wrong_sign=_wrong_sign(profiles, scenario, thetas), seconds=time.perf_counter() - started,
    )  # fmt: skip
    if progress is not None:
        progress(1.0)
    return found


def draws_only(scenario: Scenario, profiles: Profiles, *, draws: int | None = None) -> Draws:
    """The distribution alone, for comparisons and tables of many small questions."""
    check(scenario, profiles)
    number = scenario.draws if draws is None else draws
    inputs = drawn(scenario, number)
    thetas = coefficients(profiles.regression, scenario.seed, number)
    totals = simulated(profiles, scenario, inputs, thetas, sample_of(profiles, scenario))
    return draws_of(profiles, scenario, inputs, totals)


def check(scenario: Scenario, profiles: Profiles) -> None:
    """Refuse what cannot be valued, with a sentence that names field, value and allowed range.

    Raises
    ------
    ScenarioInvalid
    """
    check_scenario(scenario)
    check_levers(profiles, scenario.levers)
    if scenario.retention:
        check_segments(profiles, scenario.retention.segments, "retention.segments")
    if scenario.tail and scenario.margin_growth >= scenario.discount_rate.low:
        raise ScenarioInvalid(
            message(
                "margin_growth = {growth:.1%} with a tail: it has to be below the lowest discount rate ({rate:.1%}), or "
                "what comes after the horizon has no end.",
                growth=scenario.margin_growth, rate=scenario.discount_rate.low,
            ),
            "margin_growth",
        )  # fmt: skip


def _point(draws: Draws) -> Point:
    flows = np.concatenate([-draws.one_off, draws.net[0]])
    times = mid_year_times(draws.net.shape[1])
    cost, gross = float(draws.cost_pv[0]), float(draws.gross_pv[0])
    return Point(
        **vars(draws), irr=irr(flows, times), payback=payback(flows),
        discounted_payback=discounted_payback(flows, float(draws.discount_rate[0]), mid_year=True),
        roi=roi(gross, cost), bcr=bcr(gross, cost),
    )  # fmt: skip


@dataclass(frozen=True)
class _Shared:
    """Levers with their parts, and the steps from each alone to all together; fields as of `Valuation`."""

    levers: pd.DataFrame
    overlap: float = 0.0
    haircut: float = 0.0
    exact: bool = True


def _levers(
    case: Expected, means: Inputs, totals: counterfactual.Totals, point: Point, preview: bool
) -> _Shared:
    changes = case.changes
    if case.scenario.retention:
        return _Shared(pd.DataFrame(columns=list(LEVER_COLUMNS)))
    exact = not preview or len(changes) <= EXACT_IN_PREVIEW
    share = shapley if exact else first_and_last
    parts = share(lambda some: case.gross(Question(means, levers=some)), len(changes))
    # The whole association of every lever; what comes after the horizon is a step of its own.
    full = replace(means, attribution=np.ones_like(means.attribution))
    alone = np.array(
        [case.gross(Question(full, levers=(lever,), tail=False)) for lever in range(len(changes))]
    )
    together = case.gross(Question(full, tail=False))
    realised, reached = case.realised(), case.reached(means)
    yearly = means.yearly + means.per_customer * totals.reached[:, 0]
    costs = means.one_off[:, 0] + (yearly * point.factors).sum(axis=1)
    table = pd.DataFrame(
        [
            (
                place + 1, lever.driver, lever.kind, lever.amount.mean, realised[place], reached[place], parts[place],
                alone[place], costs[place],
            )
            for place, lever in enumerate(changes) if isinstance(lever, Lever)
        ],
        columns=list(LEVER_COLUMNS),
    )  # fmt: skip
    within = float(point.gross_pv[0] - point.tail[0])
    return _Shared(table, float(alone.sum() - together), together - within, exact)


def _yearly(profiles: Profiles, there: Floats) -> Floats:
    before = np.concatenate([[profiles.customers.sum()], there[:-1]])
    return np.asarray(1.0 - there / before, dtype=float)


Case = tuple[Inputs, counterfactual.Totals]


def _worth(profiles: Profiles, scenario: Scenario, case: Case) -> Floats:
    """Present value of the margin per part, shape (P, D)."""
    inputs, totals = case
    years = np.arange(scenario.horizon_years)
    factors = (1.0 + inputs.discount_rate[:, None]) ** -(years + 0.5)
    each = profiles.base.annual_margin / profiles.base.customers if profiles.base.customers else 0.0
    grown = (1.0 + scenario.margin_growth) ** years
    margin = totals.sums[counterfactual.MARGIN] + totals.cross_sell
    margin = margin + inputs.referral[:, None] * totals.sums[counterfactual.CUSTOMERS] * each * grown
    return np.asarray((margin * factors).sum(axis=2) + totals.tail, dtype=float)


def _by_part(
    profiles: Profiles, scenario: Scenario, point: Case, draws: Case
) -> tuple[Floats, Floats, Floats]:
    """Per segment: worth at the expected values, and its 5th and 95th percentile."""
    worth = _worth(profiles, scenario, point)[:, 0].reshape(-1, 2).sum(axis=1)
    spread = _worth(profiles, scenario, draws).reshape(len(worth), 2, -1).sum(axis=1)
    low, high = np.percentile(spread, [5, 95], axis=1)
    return worth, low, high


def _segments(
    profiles: Profiles, totals: counterfactual.Totals, worth: Floats, low: Floats, high: Floats
) -> pd.DataFrame:
    size = len(profiles.base.segments)
    whole = worth.sum()
    kept = totals.sums[counterfactual.CUSTOMERS, :, 0, -1].reshape(size, 2).sum(axis=1)
    return pd.DataFrame(
        {
            "segment": list(profiles.base.segments),
            "customers": np.bincount(profiles.segment, profiles.customers, minlength=size),
            "kept": kept, "margin_pv": worth, "low": low, "high": high,
            "npv_share": worth / whole if whole else np.full(size, np.nan),
        }
    )[list(SEGMENT_COLUMNS)]  # fmt: skip


def _negative(
    profiles: Profiles, totals: counterfactual.Totals, scenario: Scenario, point: Case, draws: Case
) -> Negative:
    spread = _worth(profiles, scenario, draws)[1::2].sum(axis=0)
    low, high = np.percentile(spread, [5, 95])
    return Negative(
        customers=float(profiles.customers[profiles.negative].sum()),
        kept=float(totals.sums[counterfactual.CUSTOMERS, 1::2, 0, -1].sum()),
        margin_pv=float(_worth(profiles, scenario, point)[1::2].sum()), low=float(low), high=float(high),
    )  # fmt: skip


def _notes(profiles: Profiles, levers: pd.DataFrame) -> tuple[str, ...]:
    notes = []
    if profiles.base.margin_known < 1:
        notes.append("margin_partly_known" if profiles.base.margin_share is None else "margin_assumed")
    if profiles.base.coverage < 1 - 1e-9:
        notes.append("not_covered")
    short = (levers["kind"] == "shift") & (levers["realised"] < CEILING * levers["asked"])
    notes += [f"ceiling:{place}" for place in levers.loc[short, "place"]]
    return tuple(notes)


def _wrong_sign(
    profiles: Profiles, scenario: Scenario, thetas: list[tuple[NDArray[np.intp], Floats]]
) -> dict[str, float]:
    """Per driver: share of draws in which more of it goes with more churn."""
    found = {}
    for change in changes_of(scenario):
        driver = profiles.regression.driver(change.driver) if isinstance(change, Lever) else None
        if driver is not None:
            drawn_ones = np.concatenate([theta[:, driver.column] for _, theta in thetas])
            found[driver.code] = float((drawn_ones > 0).mean())
    return found
