"""What customers live through in a contact: the wait, whether it helped, and how they feel about it."""

from __future__ import annotations

import numpy as np

from .customers import region_on, segment_on
from .days import Days, calendar_month_of, day_of, month_of
from .planted import (
    CALL_BACK_DAY,
    CALL_BACK_SEGMENT,
    CALL_BACK_SHIFT,
    CALL_BACK_WAIT_FACTOR,
    DAMAGE_SHARE,
    DAMAGE_SHIFT,
    DRIFT_PER_MONTH,
    MOOD_SHIFT,
    SEGMENT_SHIFT,
    STRIKE_CALL_WAIT_FACTOR,
    STRIKE_COMPLAINT_SHARE,
    STRIKE_DELIVERY_SHIFT,
    STRIKE_MONTH,
    TEAM_SPIRIT_SHIFT,
    UNRESOLVED_SHIFT,
    USUAL_WAIT_MINUTES,
    WAIT_SHIFT_PER_MINUTE,
)
from .records import Codes, Contacts, Customers, Flags, Numbers, Occasions
from .world import (
    BILLING,
    CHECKOUT,
    DELIVERY,
    RENEWAL,
    RETURNS,
    SUPPORT_CALL,
    SUPPORT_CHAT,
    SUPPORT_TEAM_OF_REGION,
    TOUCHPOINT_NAMES,
    TOUCHPOINTS,
    WEBSITE,
    WORKSHOP,
)

MEAN_WAIT_MINUTES = {SUPPORT_CALL: 8.0, SUPPORT_CHAT: 3.5}
# January to December: the queue on the telephone against its yearly mean.
QUEUE = np.array([0.80, 0.78, 0.92, 1.06, 1.22, 1.20, 1.08, 0.94, 1.10, 0.98, 0.92, 1.04])
MEAN_HANDLING_MINUTES = {SUPPORT_CALL: 8.5, SUPPORT_CHAT: 11.0, WORKSHOP: 48.0, RETURNS: 9.0, BILLING: 6.0}
RESOLVED_SHARE = {SUPPORT_CALL: 0.80, SUPPORT_CHAT: 0.74, RETURNS: 0.86, BILLING: 0.83}
FIXED_COST_EUR = {
    WEBSITE: 0.15,
    CHECKOUT: 0.60,
    DELIVERY: 7.20,
    WORKSHOP: 11.00,
    SUPPORT_CALL: 1.40,
    SUPPORT_CHAT: 0.70,
    RETURNS: 8.50,
    BILLING: 0.40,
    RENEWAL: 0.55,
}
COST_PER_MINUTE_EUR = 0.62
FEEL_NOISE = 0.72
COMPLAINT_SHARE = 0.012
COMPLAINT_SHARE_WHEN_BAD = 0.15


def lived(
    random: np.random.Generator, customers: Customers, occasions: Occasions, team_spirit: Numbers
) -> Contacts:
    """Let each contact happen.

    Parameters
    ----------
    team_spirit : ndarray of float, shape (teams, months)
        How a team fares in a month, around 0; the employee pulse shows the same.
    """
    who, days, touchpoint = occasions.customer, day_of(occasions.occurred_at), occasions.touchpoint
    months = month_of(days)
    segment = segment_on(customers, who, days)
    called_back = in_call_back(touchpoint, segment, days)
    strike = months == STRIKE_MONTH
    wait = _wait_minutes(random, touchpoint, days, strike, called_back)
    handling = _by_touchpoint(MEAN_HANDLING_MINUTES, touchpoint) * random.lognormal(-0.1, 0.45, len(who))
    resolved = _resolved(random, touchpoint)
    team = _teams(touchpoint, region_on(customers, who, days))
    damaged = (touchpoint == DELIVERY) & (random.random(len(who)) < DAMAGE_SHARE)
    feel = (
        np.array([t.feel for t in TOUCHPOINTS])[touchpoint]
        + np.array(SEGMENT_SHIFT)[segment]
        + MOOD_SHIFT * customers.mood[who]
        + np.array([DRIFT_PER_MONTH.get(name, 0.0) for name in TOUCHPOINT_NAMES])[touchpoint] * months
        + TEAM_SPIRIT_SHIFT * team_spirit[team, months]
        + np.where(wait >= 0, WAIT_SHIFT_PER_MINUTE * (wait - USUAL_WAIT_MINUTES), 0.0)
        + UNRESOLVED_SHIFT * (resolved == 0)
        + STRIKE_DELIVERY_SHIFT * (strike & (touchpoint == DELIVERY))
        + DAMAGE_SHIFT * damaged
        + CALL_BACK_SHIFT * called_back
        + random.normal(0, FEEL_NOISE, len(who))
    )
    csat = on_scale(feel, 1, 5)
    minutes = np.where(handling > 0, np.maximum(np.rint(handling), 1), 0).astype(np.int64)
    fixed_cost = _by_touchpoint(FIXED_COST_EUR, touchpoint) * random.uniform(0.85, 1.15, len(who))
    return Contacts(
        customer=who,
        occurred_at=occasions.occurred_at,
        touchpoint=touchpoint,
        channel=occasions.channel,
        wait_minutes=wait,
        handling_minutes=np.where(minutes > 0, minutes, -1),
        resolved=resolved,
        is_complaint=_complaints(random, csat, strike & (touchpoint == DELIVERY)),
        team=team,
        cost_cents=np.rint((fixed_cost + COST_PER_MINUTE_EUR * minutes) * 100).astype(np.int64),
        feel=feel,
        csat=csat,
        story=np.zeros(len(who), dtype=np.int64),
    )


def on_scale(latent: Numbers, lowest: int, highest: int) -> Codes:
    """Round a feeling to the score which the customer ticks."""
    return np.clip(np.rint(latent), lowest, highest).astype(np.int64)


def in_call_back(touchpoint: Codes, segment: Codes, days: Days) -> Flags:
    """Whether a call was returned instead of queued (the action that worked)."""
    return (touchpoint == SUPPORT_CALL) & (segment == CALL_BACK_SEGMENT) & (days >= CALL_BACK_DAY)


def _wait_minutes(
    random: np.random.Generator, touchpoint: Codes, days: Days, strike: Flags, called_back: Flags
) -> Codes:
    mean = _by_touchpoint(MEAN_WAIT_MINUTES, touchpoint) * QUEUE[calendar_month_of(days) - 1]
    mean = mean * np.where(strike & (touchpoint == SUPPORT_CALL), STRIKE_CALL_WAIT_FACTOR, 1.0)
    mean = mean * np.where(called_back, CALL_BACK_WAIT_FACTOR, 1.0)
    wait = np.rint(random.gamma(1.6, np.maximum(mean, 0.01) / 1.6)).astype(np.int64)
    return np.where(mean > 0, np.minimum(wait, 90), -1)


def _resolved(random: np.random.Generator, touchpoint: Codes) -> Codes:
    share = _by_touchpoint(RESOLVED_SHARE, touchpoint)
    return np.where(share > 0, (random.random(len(share)) < share).astype(np.int64), -1)


def _teams(touchpoint: Codes, region: Codes) -> Codes:
    support = (touchpoint == SUPPORT_CALL) | (touchpoint == SUPPORT_CHAT)
    return np.where(
        support, np.array(SUPPORT_TEAM_OF_REGION)[region], np.array([t.team for t in TOUCHPOINTS])[touchpoint]
    )


def _complaints(random: np.random.Generator, csat: Codes, late_by_strike: Flags) -> Flags:
    share = (
        np.where(csat <= 2, COMPLAINT_SHARE_WHEN_BAD, COMPLAINT_SHARE)
        + STRIKE_COMPLAINT_SHARE * late_by_strike
    )
    return random.random(len(csat)) < share


def _by_touchpoint(values: dict[int, float], touchpoint: Codes) -> Numbers:
    return np.array([values.get(code, 0.0) for code in range(len(TOUCHPOINTS))])[touchpoint]
