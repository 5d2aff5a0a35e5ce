"""A change of the retention rate itself, as a shift of everybody's log-odds: who is likely to leave gains most."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cxdata.finance.impact.counterfactual import FARTHEST
from cxdata.finance.scenarios.refusals import ScenarioInvalid
from cxdata.messages import message

Floats = NDArray[np.float64]

STEPS = 12


def shift_for(log_odds: NDArray[np.floating], terms: Floats, customers: Floats, points: Floats) -> Floats:
    """The shift of all log-odds under which the mean yearly churn falls by so much.

    Parameters
    ----------
    log_odds : ndarray of float, shape (n, D)
        Of being lost at the end of a term.
    terms : ndarray of float, shape (n,)
        Terms a year.
    customers : ndarray of float, shape (n,)
    points : ndarray of float, shape (D,)
        Fall of the yearly churn, as a fraction; below the churn there is.

    Returns
    -------
    ndarray of float, shape (D,)
        0 or below for falls; by Newton's method, kept between −15 and 15.
    """
    share = (customers / customers.sum()).astype(log_odds.dtype)
    odds = np.exp(np.clip(log_odds, -FARTHEST, FARTHEST))
    power = terms[:, None].astype(odds.dtype)
    whole = bool((terms == 1.0).all())

    def retention(shift: Floats) -> tuple[Floats, Floats]:
        kept = 1.0 / (1.0 + odds * np.exp(shift).astype(odds.dtype))
        yearly = kept if whole else kept**power
        return (share @ yearly).astype(float), (share @ (yearly * power * (1.0 - kept))).astype(float)

    now, _ = retention(np.zeros(points.size))
    wanted = np.clip(now + points, 1e-6, 1.0 - 1e-6)
    shift = np.zeros(points.size)
    for _step in range(STEPS):
        level, slope = retention(shift)
        # On the scale of log-odds of the mean, retention is nearly linear in the shift.
        level = np.clip(level, 1e-9, 1 - 1e-9)
        move = (np.log(wanted / (1 - wanted)) - np.log(level / (1 - level))) * level * (1 - level)
        step = move / np.maximum(slope, 1e-12)
        shift = np.clip(shift - step, -FARTHEST, FARTHEST)
        if np.abs(step).max(initial=0.0) < 1e-12:
            break
    return np.where(points == 0, 0.0, shift)


def check_points(points: float, churn: float, field: str = "retention.points") -> None:
    """Refuse a fall that is not below the churn there is.

    Raises
    ------
    ScenarioInvalid
        Naming the churn.
    """
    if points >= churn:
        raise ScenarioInvalid(
            message(
                "{field} = {value:.1%}: of the customers in scope {churn:.1%} are lost within a year, and no fewer than "
                "none can be. Choose less than that.",
                field=field, value=points, churn=churn,
            ),
            field,
        )  # fmt: skip
