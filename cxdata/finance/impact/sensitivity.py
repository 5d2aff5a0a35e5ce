"""Which assumption the result hangs on: one input at a time, and where it breaks even."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxdata.finance.impact.expected import Expected, Question
from cxdata.finance.impact.inputs import Inputs, attribution, changes_of, coefficients, pert
from cxdata.finance.impact.profiles import Profiles
from cxdata.finance.impact.results import TORNADO_COLUMNS
from cxdata.finance.impact.simulation import Sample, draws_of, simulated
from cxdata.finance.scenarios.scenario import Lever, Range, Scenario
from cxdata.models.churn import BANDS

Floats = NDArray[np.float64]

LOW, HIGH = 0.1, 0.9
"""Percentiles of an input between which a bar of the tornado reaches."""

MOST_FACTOR = 10.0
"""Of the effect, up to which a break-even is looked for."""

COEFFICIENT_DRAWS = 200


def break_even(npv: Callable[[float], float], most: float, *, known: float | None = None) -> float | None:
    """The least factor between 0 and `most` at which a net present value is 0; None where none is.

    Parameters
    ----------
    npv : callable
        Of the factor.
    most : float
    known : float, optional
        Its value at a factor of 1, if it is at hand.
    """
    start = npv(0.0)
    if start == 0:
        return 0.0
    # Nearly a straight line: a few secants find it; otherwise it is looked for piece by piece.
    before, at, now = (0.0, start), 1.0, npv(1.0) if known is None else known
    for _step in range(8):
        if now == before[1]:
            break
        guess = at - now * (at - before[0]) / (now - before[1])
        if not 0 < guess <= most:
            break
        before, at, now = (at, now), guess, npv(guess)
        if abs(now) <= 1e-10 * abs(start):
            return float(at)
    from scipy.optimize import brentq

    grid = [0.0, 0.05 * most, 0.1 * most, 0.25 * most, 0.5 * most, most]
    last = start
    for low, high in pairwise(grid):
        after = npv(high)
        if last * after <= 0:
            return float(brentq(npv, low, high, xtol=1e-9, rtol=1e-12))
        last = after
    return None


def break_even_effect(case: Expected, inputs: Inputs, known: float | None = None) -> float | None:
    """Factor on the whole effect at which the scenario just pays; above 1 it does not as it stands."""
    return break_even(lambda factor: case.npv(Question(inputs, factor=factor)), MOST_FACTOR, known=known)


def break_even_attribution(case: Expected, inputs: Inputs) -> float | None:
    """The attribution of all levers (0-1) at which the scenario just pays; None for a change of the rate itself."""
    if case.scenario.retention is not None:
        return None
    return break_even(
        lambda share: case.npv(
            Question(replace(inputs, attribution=np.full_like(inputs.attribution, share)))
        ),
        1.0,
    )


def tornado(
    profiles: Profiles,
    case: Expected,
    inputs: Inputs,
    sample: Sample,
    *,
    draws: int = COEFFICIENT_DRAWS,
    quick: bool = False,
    around: float | None = None,
) -> pd.DataFrame:
    """Net present value with one input at its 10th and 90th percentile, all others at their expected values.

    Parameters
    ----------
    profiles : Profiles
    case : Expected
    inputs : Inputs
        The expected ones.
    sample : Sample
        Rows for the draws of coefficients.
    draws : int
        Of the coefficients, whose bar reaches from the 10th to the 90th percentile of the result.
    quick : bool
        As of `simulated`.
    around : float, optional
        Net present value that the bars are moved to, where the case is of fewer profiles than it.

    Returns
    -------
    DataFrame
        `TORNADO_COLUMNS`; the largest swing first. Inputs that are taken as known are left out. The low end of the model
        is the straight line, its high end bands, whichever brings more.
    """
    scenario = case.scenario
    middle = case.npv(Question(inputs))
    rows: list[tuple[str, float, float, float, float]] = []
    for name, low, high in _ranges(scenario, inputs):
        first, last = _told(name, low, high)
        rows.append((name, first, last, case.npv(Question(low)), case.npv(Question(high))))
    if scenario.margin_growth < scenario.discount_rate.low:
        ends = [
            middle if on == scenario.tail else case.npv(Question(inputs, tail=on)) for on in (False, True)
        ]
        rows.append(("tail", 0.0, 1.0, ends[0], ends[1]))
    if profiles.regression.banded is not None:
        other = case.npv(Question(inputs, model=BANDS))
        rows.append(("model", np.nan, np.nan, middle, other))
    if draws:
        worst, best = _of_coefficients(profiles, scenario, inputs, sample, middle, draws, quick)
        rows.append(("coefficients", np.nan, np.nan, worst, best))
    table = pd.DataFrame(rows, columns=list(TORNADO_COLUMNS))
    swing = (table["npv_high"] - table["npv_low"]).abs()
    if around is not None:
        table[["npv_low", "npv_high"]] += around - middle
    table = table[swing > 1e-9 * max(abs(middle), 1.0)]
    order = swing[table.index].sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _ranges(scenario: Scenario, inputs: Inputs) -> list[tuple[str, Inputs, Inputs]]:
    """Inputs with a range: its name, and all inputs with this one at its low and high end."""
    changes = changes_of(scenario)
    found: list[tuple[str, Inputs, Inputs]] = []

    def add(name: str, **ends: tuple[Floats, Floats]) -> None:
        if any((low != high).any() for low, high in ends.values()):
            low, high = ({field: pair[place] for field, pair in ends.items()} for place in (0, 1))
            found.append((name, replace(inputs, **low), replace(inputs, **high)))

    def of(ranges: list[Range]) -> tuple[Floats, Floats]:
        return _ends([pert(one, np.array([LOW, HIGH])) for one in ranges])

    levers = [change for change in changes if isinstance(change, Lever)]
    if levers:
        add(
            "attribution",
            attribution=_ends([attribution(one.attribution, np.array([LOW, HIGH])) for one in levers]),
        )
        add("reach", reach=of([one.reach for one in levers]))
        add("amount", amount=of([one.amount for one in levers]))
    elif scenario.retention:
        add("points", amount=of([scenario.retention.points]))
    for name in ("discount_rate", "cross_sell", "referral"):
        low, high = pert(getattr(scenario, name), np.array([LOW, HIGH]))
        add(name, **{name: (np.array([low]), np.array([high]))})
    add(
        "costs", one_off=of([one.one_off_cost for one in changes]), yearly=of([one.yearly_cost for one in changes]),
        per_customer=of([one.cost_per_customer for one in changes]),
    )  # fmt: skip
    return found


def _ends(pairs: list[Floats]) -> tuple[Floats, Floats]:
    both = np.array(pairs).reshape(-1, 2)
    return both[:, :1], both[:, 1:]


def _told(name: str, low: Inputs, high: Inputs) -> tuple[float, float]:
    """Values of an input at its ends: its mean over levers for shares; none where levers differ in unit."""
    if name == "costs":
        return tuple(  # type: ignore[return-value]
            float((end.one_off + end.yearly).sum()) if not end.per_customer.any() else float("nan")
            for end in (low, high)
        )
    field = "amount" if name == "points" else name
    if name == "amount" and len(low.amount) > 1:
        return float("nan"), float("nan")
    return float(getattr(low, field).mean()), float(getattr(high, field).mean())


def _of_coefficients(
    profiles: Profiles,
    scenario: Scenario,
    inputs: Inputs,
    sample: Sample,
    middle: float,
    draws: int,
    quick: bool,
) -> tuple[float, float]:
    """10th and 90th percentile of the result when only the coefficients are drawn, around the expected case."""
    still = Inputs(**{name: np.repeat(values, draws, axis=-1) for name, values in vars(inputs).items()})
    totals = simulated(
        profiles,
        scenario,
        still,
        coefficients(profiles.regression, scenario.seed, draws),
        sample,
        quick=quick,
    )
    found = draws_of(profiles, scenario, still, totals).npv
    low, centre, high = np.percentile(found, [100 * LOW, 50, 100 * HIGH])
    return middle + float(low - centre), middle + float(high - centre)
