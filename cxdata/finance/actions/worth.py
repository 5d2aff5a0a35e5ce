"""What an action that worked is worth: the customers there are, with its change and as they would be without it.

Today's customers already live with the action: those whom it reaches, and on record as far as a decision looks back on
months after its start. So their rows are first put back by that part of the measured change, and the whole change is then
the lever, for those it reaches, with the spread of its measurement. Two steps are uncertain beyond chance, and each takes
its share: whether the change is the action's doing (`DOING`), and whether the driver's association with churn is an effect
(`EFFECT`). Both shares are a team's convention, not published numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from cxdata.finance.actions.judged import ELSEWHERE, WORKED, Judged, Measured
from cxdata.finance.actions.query import Met
from cxdata.finance.actions.settings import (
    BEFORE_AFTER,
    METRIC,
    OTHER_SEGMENTS,
    SCORE,
    UNRESOLVED,
    WAIT,
    first_day,
)
from cxdata.finance.impact.levers import RATING
from cxdata.finance.impact.profiles import Profiles
from cxdata.finance.impact.valuation import Summary, Valuation, summary, value
from cxdata.finance.scenarios.scenario import FIX, SHIFT, Lever, Range, Scenario
from cxdata.models.churn import ChurnDriver, ChurnRegression
from cxdata.scorecard.comparisons import GOOD

DOING = {OTHER_SEGMENTS: 0.8, BEFORE_AFTER: 0.5}
"""Share of a measured change that is taken for the action's doing, by what it was compared with."""

EFFECT = 0.5
"""Share of the association between a driver and churn that is taken for an effect."""

SPREAD = float(np.sqrt(7.0))
"""Standard errors from the mode to the ends of a symmetric PERT distribution whose spread is one standard error."""

HORIZON_YEARS = 3

NOT_CLEAR, NOT_A_DRIVER, NOBODY = "not_clear", "not_a_driver", "nobody"
"""Why an action has no value in money: nothing clearly better, none of it among the drivers, or nobody to value."""


@dataclass(frozen=True)
class Worth:
    """An action in money: present value over the horizon, margin, in the company's currency.

    Parameters
    ----------
    valuation : Valuation
        Of the change, with the action's cost at the start.
    kinds : tuple of str
        Outcomes that became levers: ``wait``, ``unresolved``, ``score`` or ``metric``.
    year, horizon, net : Summary
        Margin of the next twelve months (not discounted); present value over the horizon; the same less the cost.
    cost : float
        Of the action; 0 where not stated.
    doing, effect : float
        Shares (0-1) taken for the action's doing, and of the association for an effect.
    reach : float
        Share (0-1) of customers of the segment with such contacts who have them at this touchpoint.
    lived : float
        Share (0-1) of what the decisions look back on that lies after the action's start.
    """

    valuation: Valuation
    kinds: tuple[str, ...]
    year: Summary
    horizon: Summary
    net: Summary
    cost: float
    doing: float
    effect: float
    reach: float
    lived: float


def driver_codes(judged: Judged, measured: Measured, profiles: Profiles) -> tuple[str, ...]:
    """Codes of drivers of the regression that stand for an outcome: for a score, the questions that were measured."""
    action, drivers = judged.action, profiles.regression.drivers
    if measured.kind == WAIT:
        return tuple(one.code for one in drivers if one.code == "event:longest_wait")
    if measured.kind == UNRESOLVED:
        return tuple(one.code for one in drivers if one.code == "event:unresolved")
    in_points = measured.kind == SCORE or (measured.kind == METRIC and measured.unit == "score")
    if not in_points:
        return ()
    return tuple(
        one.code for one in drivers
        if one.kind == RATING and one.name in measured.questions and one.touchpoint == action.touchpoint
    )  # fmt: skip


def worth_of(
    judged: Judged, profiles: Profiles, met: Met, met_anywhere: Met, *, horizon_years: int = HORIZON_YEARS
) -> Worth | str:
    """The value of what became clearly better.

    Parameters
    ----------
    judged : Judged
    profiles : Profiles
        The customers there are.
    met, met_anywhere : Met
        Customers of the segment with contacts at the action's touchpoint, and at any.
    horizon_years : int

    Returns
    -------
    Worth or str
        One of `NOT_CLEAR`, `NOT_A_DRIVER` and `NOBODY` where there is nothing to value.
    """
    if judged.verdict not in (WORKED, ELSEWHERE):
        return NOT_CLEAR
    segments = (judged.action.segment,) if judged.action.segment else ()
    if any(segment not in profiles.base.segments for segment in segments):
        return NOBODY
    clear = [one for one in judged.measured if one.judgement == GOOD]
    reach = met.waited / met_anywhere.waited if met_anywhere.waited else 1.0
    doing, lived = (
        DOING[judged.action.compared_with],
        lived_share(judged.action.started_on, profiles.regression),
    )
    levers: list[Lever] = []
    kinds: list[str] = []
    without = profiles
    for measured in clear:
        for code in driver_codes(judged, measured, profiles):
            share = min(reach, 1.0) if measured.kind in (WAIT, UNRESOLVED) else 1.0
            levers.append(_lever(measured, code, segments, share, doing * EFFECT, len(levers), judged))
            kinds.append(measured.kind)
            without = put_back(without, code, measured, segments, share * lived)
    if not levers:
        return NOT_A_DRIVER
    name = "".join(one if one.isalnum() else "-" for one in judged.action.code.lower()) or "action"
    scenario = Scenario(name=f"action-{name}"[:60], levers=tuple(levers), horizon_years=horizon_years)
    found = value(scenario, without)
    cost = judged.action.cost if np.isfinite(judged.action.cost) else 0.0
    return Worth(
        found, tuple(kinds), summary(found.draws.margin[:, 0]), summary(found.draws.gross_pv),
        summary(found.draws.npv), cost, doing, EFFECT, min(reach, 1.0), lived,
    )  # fmt: skip


def lived_share(started_on: date, regression: ChurnRegression) -> float:
    """Share (0-1) of what decisions look back on that lies after a day, the months of the decisions taken to be alike.

    Parameters
    ----------
    started_on : date
    regression : ChurnRegression
        Each decision looks back on `look_back_days` that end `lead_days` before it.
    """
    first, last = regression.first, regression.last
    size = (last.year - first.year) * 12 + last.month - first.month + 1
    middles = [
        first_day(first.year * 12 + first.month - 1 + place) + timedelta(days=14) for place in range(size)
    ]
    after = np.array([(middle - started_on).days - regression.lead_days for middle in middles])
    return float(np.clip(after / regression.look_back_days, 0.0, 1.0).mean())


def _lever(
    measured: Measured, code: str, segments: tuple[str, ...], reach: float, attribution: float, place: int,
    judged: Judged,
) -> Lever:  # fmt: skip
    size, error = abs(measured.found.estimate), measured.found.std_error
    amount = Range(max(0.0, size - SPREAD * error), size, size + SPREAD * error)
    kind = SHIFT
    if measured.kind == UNRESOLVED:
        kind, level = FIX, measured.found.without
        amount = Range(*(min(1.0, part / level) for part in (amount.low, amount.mode, amount.high)))
    cost = judged.action.cost if place == 0 and np.isfinite(judged.action.cost) else 0.0
    return Lever(
        code, kind, amount, Range.exactly(reach), attribution=attribution, ramp=(1.0,), segments=segments,
        one_off_cost=Range.exactly(cost),
    )  # fmt: skip


def put_back(
    profiles: Profiles, code: str, measured: Measured, segments: tuple[str, ...], share: float = 1.0
) -> Profiles:
    """The same customers as they would be without the change: rows of the segment that have such a contact or rating.

    Which of them it reached, and when, is not known row by row: each takes her share of the change.

    Parameters
    ----------
    profiles : Profiles
    code : str
        Of the driver that is put back.
    measured : Measured
        Its change.
    segments : tuple of str
        Empty: all.
    share : float
        Of the change (0-1) that the rows hold: of customers reached, times that of the look-back after the start.
    """
    regression = profiles.regression
    driver = regression.driver(code)
    if driver is None:
        raise ValueError(f"{code} is not a driver of the churn regression.")
    scope = np.isin(regression.segment, segments) if segments else np.ones(regression.rows, dtype=bool)
    x = regression.x.copy()
    column = x[:, :, driver.column]
    x[:, :, driver.column] = np.where(scope[None, :], _worse(column, driver, measured, x, share), column)
    # Rows in bands, the bar of the model in a tornado, do not know the world without it.
    return replace(profiles, regression=replace(regression, x=x, banded=None))


def _worse(
    column: NDArray[np.float32], driver: ChurnDriver, measured: Measured, x: NDArray[np.float32], share: float
) -> NDArray[np.float32]:
    size = np.float32(abs(measured.found.estimate) * share)
    if driver.kind == RATING:
        met = np.clip(x[:, :, driver.contact], 0, 1) if driver.contact >= 0 else np.float32(1.0)
        worst = np.float32(min(driver.sign * driver.low, driver.sign * driver.high) - driver.centre)
        return np.asarray(np.maximum(column - size * met, np.minimum(column, worst)), dtype=np.float32)
    # Columns of events are -1 × how many, or how long; nobody without one gets one.
    if measured.kind == UNRESOLVED:
        left = measured.found.reached_after.mean / measured.found.without
        more = 1.0 + share * (1.0 / left - 1.0) if left > 0 else 1.0
        return np.asarray(column * np.float32(more), dtype=np.float32)
    return np.asarray(np.where(column < 0, column - size, column), dtype=np.float32)


def worths(
    judged: tuple[Judged, ...], profiles: Profiles, met: Mapping[str, tuple[Met, Met]]
) -> dict[str, Worth | str]:
    """`worth_of` for every action by its code."""
    return {
        one.action.code: worth_of(one, profiles, *met[one.action.code])
        if one.action.code in met
        else NOT_CLEAR
        for one in judged
    }
