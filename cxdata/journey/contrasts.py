"""How far each touchpoint lies from the mean of the journey, with an interval that fits its kind of number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxdata.scorecard.differences import Difference
from cxdata.scorecard.estimates import CONFIDENCE_LEVEL, Estimate, Floats, normal_quantile, t_quantile
from cxdata.scorecard.scores import adjusted_nps, wilson_interval


@dataclass(frozen=True)
class JourneyMean:
    """Mean of the touchpoints, each counting once, with its interval; nan where nothing is scored."""

    estimate: float
    conf_low: float
    conf_high: float


def journey_mean(touchpoints: Estimate, *, level: float = CONFIDENCE_LEVEL) -> JourneyMean:
    """Mean of the touchpoints' numbers, each touchpoint counting once however many answers it has.

    Parameters
    ----------
    touchpoints : Estimate, shape (k,)
        One number per touchpoint, all of one metric; those without an interval are left out.
    level : float
        Confidence level, 0-1.

    References
    ----------
    Zou & Donner (2008), Statistics in Medicine 27(10), 1693-1702, for the interval (MOVER).
    """
    kept = touchpoints[touchpoints.has_interval]
    count = kept.estimate.size
    if not count:
        return JourneyMean(np.nan, np.nan, np.nan)
    arms = _arms(kept, np.array([normal_quantile(level)]))
    mean = float(kept.estimate.mean())
    return JourneyMean(
        mean,
        mean - float(np.sqrt(np.sum(arms.fall**2))) / count,
        mean + float(np.sqrt(np.sum(arms.rise**2))) / count,
    )


def distance_from_mean(touchpoints: Estimate, *, level: float = CONFIDENCE_LEVEL) -> Difference:
    """Each touchpoint minus the mean of all touchpoints, itself included.

    The intervals of the touchpoints are put together by MOVER: a sum may fall as far as the root of the
    squared ways in which its parts may fall. For two shares this is half of Newcombe's interval of their
    difference. Touchpoints are taken to be independent;
    customers who answered about several of them make the intervals a little too wide, not too narrow, as
    long as their answers go together.

    Parameters
    ----------
    touchpoints : Estimate, shape (k,)
        One number per touchpoint, all of one metric and unit.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    Difference, shape (k,)
        nan for touchpoints without an interval, and for all where fewer than two have one. The p-value is
        the one at which the interval touches zero; ``base`` is the touchpoint's own.

    References
    ----------
    Zou & Donner (2008), Statistics in Medicine 27(10), 1693-1702; Newcombe (1998), Statistics in Medicine
    17, 873-890.
    """
    shape = touchpoints.estimate.shape
    parts = {name: np.full(shape, np.nan) for name in ("estimate", "std_error", "low", "high", "p_value")}
    rows = np.flatnonzero(touchpoints.has_interval)
    if rows.size >= 2:
        kept = touchpoints[rows]
        distance = kept.estimate - kept.estimate.mean()
        reach = _reach(kept, np.full(rows.size, normal_quantile(level)))
        parts["estimate"][rows] = distance
        parts["std_error"][rows] = np.sqrt(_weights(rows.size) ** 2 @ kept.std_error**2)
        parts["low"][rows], parts["high"][rows] = distance - reach.fall, distance + reach.rise
        parts["p_value"][rows] = _p_value(kept, distance)
    base = np.where(np.isnan(parts["estimate"]), 0.0, touchpoints.base)
    return Difference(
        parts["estimate"], parts["std_error"], parts["low"], parts["high"], parts["p_value"], base
    )


@dataclass(frozen=True)
class _Arms:
    """How far numbers may fall and rise; rows are quantiles, columns touchpoints, or one dimension of both."""

    fall: Floats
    rise: Floats


def _weights(count: int) -> Floats:
    return np.eye(count) - 1 / count


def _reach(kept: Estimate, quantiles: Floats) -> _Arms:
    """How far each distance from the mean may fall and rise, each at its own normal quantile, shape (k,)."""
    count = kept.estimate.size
    squared, arms, own = _weights(count) ** 2, _arms(kept, quantiles), np.eye(count, dtype=bool)
    fall = np.where(own, arms.fall, arms.rise) ** 2
    rise = np.where(own, arms.rise, arms.fall) ** 2
    return _Arms(np.sqrt(np.sum(squared * fall, axis=1)), np.sqrt(np.sum(squared * rise, axis=1)))


def _arms(kept: Estimate, quantiles: Floats) -> _Arms:
    """Ways in which the numbers may fall and rise: a row per normal quantile, a column per touchpoint."""
    quantile = np.asarray(quantiles, dtype=float)[:, None]
    fall = np.zeros((quantile.size, kept.estimate.size))
    rise = fall.copy()
    for method in np.unique(kept.method):
        columns = kept.method == method
        part = kept[columns]
        if method == "share":
            interval = wilson_interval(part.estimate, part.effective_base, quantile)
            low, high = interval.low, interval.high
        elif method == "nps":
            adjusted = adjusted_nps(part.estimate, part.std_error, part.effective_base)
            low = np.minimum(adjusted.centre - quantile * adjusted.std_error, part.estimate)
            high = np.maximum(adjusted.centre + quantile * adjusted.std_error, part.estimate)
        else:
            wider = t_quantile(CONFIDENCE_LEVEL, part.effective_base - 1) / normal_quantile(CONFIDENCE_LEVEL)
            low = part.estimate - quantile * wider * part.std_error
            high = part.estimate + quantile * wider * part.std_error
        fall[:, columns], rise[:, columns] = part.estimate - low, high - part.estimate
    return _Arms(fall, rise)


def _p_value(kept: Estimate, distance: Floats) -> Floats:
    """Two-sided p at which the interval touches zero, found by halving; 40 is p = 0 in floating point."""
    from scipy.special import erfc

    touching, too_wide = np.zeros(distance.shape), np.full(distance.shape, 40.0)
    for _ in range(60):
        middle = (touching + too_wide) / 2
        reach = _reach(kept, middle)
        clear = np.abs(distance) > np.where(distance > 0, reach.fall, reach.rise)
        touching, too_wide = np.where(clear, middle, touching), np.where(clear, too_wide, middle)
    return np.asarray(erfc(touching / np.sqrt(2)), dtype=float)
