"""Differences between two independent sets of estimates, with intervals and matching p-values."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from cxdata.scorecard.estimates import CONFIDENCE_LEVEL, Estimate, Floats, normal_quantile, t_quantile
from cxdata.scorecard.scores import adjusted_nps, wilson_interval

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Difference:
    """Current minus previous, per group; nan where a side has no data.

    Parameters
    ----------
    estimate, std_error, conf_low, conf_high : ndarray of float, shape (n,)
        In the unit of the estimates compared; the interval always contains the estimate.
    p_value : ndarray of float, shape (n,)
        Two-sided, 0-1; below 1 - level exactly where the interval excludes zero.
    base : ndarray of float, shape (n,)
        Answers on the thinner side; 0 where a side has none.
    """

    estimate: Floats
    std_error: Floats
    conf_low: Floats
    conf_high: Floats
    p_value: Floats
    base: Floats


def difference(
    current: Estimate | pd.DataFrame, previous: Estimate | pd.DataFrame, *, level: float = CONFIDENCE_LEVEL
) -> Difference:
    """Change between two sets of estimates of independent answers, group by group.

    NPS: difference of adjusted scores with adjusted variances. Shares: Newcombe's hybrid of the two
    Wilson intervals, with the p-value at which that interval touches zero. Means: Welch's t.

    Parameters
    ----------
    current, previous : Estimate or DataFrame, shape (n,)
        In the same order; a frame has the columns of `Estimate`.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    Difference
        In the estimates' unit; without an interval where a side has none.

    Raises
    ------
    ValueError
        If the two sides differ in length or in method.

    References
    ----------
    Rocks (2016), The American Statistician 70(4); Newcombe (1998), Statistics in Medicine 17, 873-890
    (method 10); Welch (1947), Biometrika 34.
    """
    now, before = Estimate.of(current), Estimate.of(previous)
    if now.method.shape != before.method.shape:
        raise ValueError(f"{now.method.size} estimates cannot be compared with {before.method.size}.")
    if np.any(now.method != before.method):
        row = int(np.flatnonzero(now.method != before.method)[0])
        raise ValueError(
            f"group {row} is a {now.method[row]} now and was a {before.method[row]}. Compare like with like."
        )
    parts = {name: np.full(now.method.shape, np.nan) for name in (field.name for field in fields(Difference))}
    for method, compare in _METHODS.items():
        rows = now.method == method
        if rows.any():
            result = compare(now[rows], before[rows], level)
            for name, values in parts.items():
                values[rows] = getattr(result, name)
    return Difference(**parts)


def _nps_difference(now: Estimate, before: Estimate, level: float) -> Difference:
    raw, std_error, base = _plain(now, before)
    after = adjusted_nps(now.estimate, now.std_error, now.effective_base)
    prior = adjusted_nps(before.estimate, before.std_error, before.effective_base)
    centre, spread = after.centre - prior.centre, np.hypot(after.std_error, prior.std_error)
    reach = normal_quantile(level) * spread
    # The imaginary answers can turn the sign of a tiny sample: the interval is stretched to the change.
    low, high = np.minimum(centre - reach, raw), np.maximum(centre + reach, raw)
    p_value = np.where(raw * centre > 0, _two_sided(centre / spread), 1.0)
    p_value = np.where(np.isnan(raw), np.nan, p_value)
    return Difference(raw, std_error, np.clip(low, -200, 200), np.clip(high, -200, 200), p_value, base)


def _share_difference(now: Estimate, before: Estimate, level: float) -> Difference:
    raw, std_error, base = _plain(now, before)
    quantile = np.full(raw.shape, normal_quantile(level))
    low = raw - _newcombe_arm(now, before, quantile)
    high = raw + _newcombe_arm(before, now, quantile)
    # Halving finds the quantile at which the interval touches zero; 40 is p = 0 in floating point.
    touching, too_wide = np.zeros(raw.shape), np.full(raw.shape, 40.0)
    for _ in range(60):
        middle = (touching + too_wide) / 2
        arm = np.where(raw > 0, _newcombe_arm(now, before, middle), _newcombe_arm(before, now, middle))
        clear = np.abs(raw) > arm
        touching, too_wide = np.where(clear, middle, touching), np.where(clear, too_wide, middle)
    p_value = np.where(np.isnan(low), np.nan, _two_sided(touching))
    return Difference(raw, std_error, low, high, p_value, base)


def _newcombe_arm(upper: Estimate, lower: Estimate, quantile: Floats) -> Floats:
    """How far upper - lower may fall: the upper share to its lower limit, the lower one to its upper."""
    fall = upper.estimate - wilson_interval(upper.estimate, upper.effective_base, quantile).low
    rise = wilson_interval(lower.estimate, lower.effective_base, quantile).high - lower.estimate
    return np.hypot(fall, rise)


def _mean_difference(now: Estimate, before: Estimate, level: float) -> Difference:
    from scipy.special import stdtr

    raw, std_error, base = _plain(now, before)
    first, second = now.std_error**2, before.std_error**2
    spread = first**2 / np.maximum(now.effective_base - 1, 1)
    spread = spread + second**2 / np.maximum(before.effective_base - 1, 1)
    freedom = (first + second) ** 2 / np.where(spread > 0, spread, np.nan)
    reach = t_quantile(level, freedom) * std_error
    ratio = np.abs(raw) / np.where(std_error > 0, std_error, np.nan)
    p_value = 2 * stdtr(np.maximum(freedom, 1), -ratio)
    return Difference(raw, std_error, raw - reach, raw + reach, p_value, base)


_METHODS: dict[str, Callable[[Estimate, Estimate, float], Difference]] = {
    "nps": _nps_difference,
    "share": _share_difference,
    "mean": _mean_difference,
}


def _plain(now: Estimate, before: Estimate) -> tuple[Floats, Floats, Floats]:
    base = np.minimum(now.base, before.base)
    return now.estimate - before.estimate, np.hypot(now.std_error, before.std_error), base


def _two_sided(quantile: Floats) -> Floats:
    return np.array([math.erfc(abs(value) / math.sqrt(2)) for value in quantile], dtype=float)
