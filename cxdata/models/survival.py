"""Who is still there: Kaplan-Meier curves with late entry, and the log-rank test between groups."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxdata.models.fits import Floats

Transform = Literal["log-log", "log", "plain"]


@dataclass(frozen=True)
class Curve:
    """Share still there after each time at which somebody left.

    Parameters
    ----------
    times : ndarray of float, shape (t,)
        Times of events, ascending, in the unit that was given.
    survival, std_error, conf_low, conf_high : ndarray of float, shape (t,)
        Share still there (0-1); Greenwood's standard error; pointwise interval.
    at_risk, events : ndarray of float, shape (t,)
        Just before each time, and at it; sums of weights where there are weights.
    rows : int
    """

    times: Floats
    survival: Floats
    std_error: Floats
    conf_low: Floats
    conf_high: Floats
    at_risk: Floats
    events: Floats
    rows: int

    def at(self, times: ArrayLike) -> Floats:
        """Share still there at any times; 1 before the first event."""
        place = np.searchsorted(self.times, np.asarray(times, dtype=float), side="right") - 1
        return (
            np.where(place < 0, 1.0, self.survival[np.maximum(place, 0)])
            if self.times.size
            else np.ones(np.shape(times))
        )

    def median(self) -> tuple[float, float, float]:
        """Time after which half have left, with the times at which the interval's ends pass a half; inf if never.

        References
        ----------
        Brookmeyer & Crowley (1982), Biometrics 38(1).
        """
        return (
            _first(self.times, self.survival),
            _first(self.times, self.conf_low),
            _first(self.times, self.conf_high),
        )


def kaplan_meier(
    durations: ArrayLike,
    events: ArrayLike,
    *,
    entries: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    interval: Transform = "log-log",
    level: float = 0.95,
) -> Curve:
    """Share still there over time, those whose end is not known yet counted for as long as they were seen.

    Parameters
    ----------
    durations : array_like of float, shape (n,)
        When each left, or was last seen.
    events : array_like of bool, shape (n,)
        Whether it left then.
    entries : array_like of float, shape (n,), optional
        Since when each was watched: earlier leavers of its kind were never seen (left truncation).
    weights : array_like of float, shape (n,), optional
    interval : {"log-log", "log", "plain"}
        The scale on which the interval is symmetric; log-log stays within 0-1.
    level : float

    Returns
    -------
    Curve

    Raises
    ------
    ValueError
        If a value is missing, infinite, or a duration is not after its entry.

    References
    ----------
    Kaplan & Meier (1958), JASA 53; Greenwood (1926); Kalbfleisch & Prentice (2002), section 1.4 on log-log.
    """
    end, left, start, mass = _checked(durations, events, entries, weights)
    times: Floats = np.unique(end[left])
    at_risk = risk_sums(end, start, mass[:, None], times)[:, 0]
    leaving = np.bincount(np.searchsorted(times, end[left]), weights=mass[left], minlength=times.size)
    survival: Floats = np.cumprod(1 - leaving / at_risk, dtype=float)
    remaining = at_risk - leaving
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard_variance = np.cumsum(np.where(remaining > 0, leaving / (at_risk * remaining), np.inf))
        std_error = np.where(survival > 0, survival * np.sqrt(hazard_variance), 0.0)
    low, high = _interval(survival, hazard_variance, interval, NormalDist().inv_cdf((1 + level) / 2))
    return Curve(times, survival, std_error, low, high, at_risk, leaving.astype(float), end.size)


@dataclass(frozen=True)
class LogRank:
    """Whether curves differ: chi-squared with one degree of freedom less than groups."""

    chi_squared: float
    degrees_of_freedom: int
    p_value: float
    observed: Floats
    expected: Floats


def log_rank(
    durations: ArrayLike, events: ArrayLike, groups: NDArray, *, entries: ArrayLike | None = None
) -> LogRank:
    """Test that groups leave at the same pace.

    Parameters
    ----------
    durations, events, entries
        As for `kaplan_meier`.
    groups : ndarray, shape (n,)

    Returns
    -------
    LogRank
        `observed` and `expected` leavers per group in the order of `numpy.unique`.

    References
    ----------
    Mantel (1966), Cancer Chemotherapy Reports 50(3).
    """
    from scipy.special import chdtrc

    end, left, start, _mass = _checked(durations, events, entries, None)
    names, codes = np.unique(groups, return_inverse=True)
    member = np.eye(names.size)[codes.ravel()]
    times = np.unique(end[left])
    at_risk = risk_sums(end, start, member, times)
    leaving = np.zeros((times.size, names.size))
    np.add.at(leaving, (np.searchsorted(times, end[left]), codes.ravel()[left]), 1.0)
    total, gone = at_risk.sum(axis=1), leaving.sum(axis=1)
    share = at_risk / total[:, None]
    expected = gone[:, None] * share
    spread = gone * np.where(total > 1, (total - gone) / np.maximum(total - 1, 1), 0.0)
    covariance = np.diag(spread @ share) - (share * spread[:, None]).T @ share
    gap = (leaving - expected).sum(axis=0)
    chi = float(gap @ np.linalg.pinv(covariance) @ gap)
    freedom = names.size - 1
    return LogRank(
        chi,
        freedom,
        float(chdtrc(freedom, chi)) if freedom else 1.0,
        leaving.sum(axis=0),
        expected.sum(axis=0),
    )


def risk_sums(end: Floats, start: Floats | None, values: Floats, times: Floats) -> Floats:
    """Sums of rows that are watched just before each time: begun before it, not gone before it.

    Parameters
    ----------
    end, start : ndarray of float, shape (n,)
    values : ndarray of float, shape (n, c)
    times : ndarray of float, shape (t,)
        Ascending.

    Returns
    -------
    ndarray of float, shape (t, c)
    """

    def from_time_on(moments: Floats) -> Floats:
        place = np.searchsorted(times, moments, side="right")  # rows with moment >= times[j] have place > j
        sums = np.zeros((times.size + 1, values.shape[1]))
        np.add.at(sums, place, values)
        return np.cumsum(sums[::-1], axis=0)[::-1][1:]

    watched = from_time_on(end)
    return watched if start is None else watched - from_time_on(start)


def _interval(survival: Floats, variance: Floats, how: Transform, quantile: float) -> tuple[Floats, Floats]:
    """Ends of the interval; nan where nobody is left, as nothing is known of the spread there."""
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = quantile * np.sqrt(variance)
        if how == "plain":
            low, high = survival - survival * spread, survival + survival * spread
        elif how == "log":
            low, high = survival * np.exp(-spread), survival * np.exp(spread)
        else:
            arm = np.where(survival < 1, spread / np.log(survival), 0.0)
            low, high = survival ** np.exp(-arm), survival ** np.exp(arm)
    gone = survival <= 0
    return (
        np.where(gone, np.nan, np.clip(low, 0, 1)),
        np.where(gone, np.nan, np.clip(high, 0, 1)),
    )


def _first(times: Floats, share: Floats) -> float:
    """First time at which a share is at or below a half."""
    below = np.flatnonzero(share <= 0.5 + 1e-12)
    return float(times[below[0]]) if below.size else float("inf")


def _checked(
    durations: ArrayLike, events: ArrayLike, entries: ArrayLike | None, weights: ArrayLike | None
) -> tuple[Floats, NDArray[np.bool_], Floats | None, Floats]:
    end = np.asarray(durations, dtype=float)
    left = np.asarray(events, dtype=bool)
    start = None if entries is None else np.asarray(entries, dtype=float)
    mass = np.ones(end.size) if weights is None else np.asarray(weights, dtype=float)
    for name, values in (("durations", end), ("entries", start), ("weights", mass)):
        if values is not None and not np.isfinite(values).all():
            bad = values.size - int(np.isfinite(values).sum())
            raise ValueError(f"{name}: {bad} of {values.size} are missing or infinite. Leave these rows out.")
    late = 0 if start is None else int((end <= start).sum())
    if late:
        raise ValueError(f"{late} rows end at or before their entry: each must be watched for some time.")
    return end, left, start, mass
