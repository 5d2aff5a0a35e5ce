"""How strong something that was not measured would have to be to explain an association away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cxdata.models.fits import Floats


@dataclass(frozen=True)
class Robustness:
    """E-values, shape (k,) each: risk ratios, 1 or more.

    Parameters
    ----------
    ratio, ratio_low, ratio_high : ndarray of float
        Risk ratio that the driver goes with, as given.
    e_value : ndarray of float
        Something unmeasured that goes with the driver and with the outcome by a risk ratio of this size each, beyond
        what is held equal, could explain all of it; anything weaker could not.
    e_value_limit : ndarray of float
        The same for the end of the interval nearer to 1: what would make the association no longer
        clear. 1 where it is not clear now.
    """

    ratio: Floats
    ratio_low: Floats
    ratio_high: Floats
    e_value: Floats
    e_value_limit: Floats


def e_values(ratio: ArrayLike, low: ArrayLike, high: ArrayLike) -> Robustness:
    """E-values of risk ratios and of the nearer ends of their intervals.

    Parameters
    ----------
    ratio, low, high : array_like of float, shape (k,)
        Risk ratios, above 0; below 1 where the outcome is rarer.

    Returns
    -------
    Robustness
        E = RR + √(RR (RR − 1)), of 1/RR where RR is below 1; nan where the ratio is.

    Raises
    ------
    ValueError
        If a ratio is not above 0, or an interval does not contain its ratio.

    References
    ----------
    VanderWeele & Ding (2017), Annals of Internal Medicine 167(4), 268-274.
    """
    estimate, lower, upper = (np.atleast_1d(np.asarray(values, dtype=float)) for values in (ratio, low, high))
    if (estimate <= 0).any():
        raise ValueError(f"a risk ratio is above 0; {estimate[estimate <= 0][0]:g} is not.")
    outside = (lower > estimate) | (upper < estimate)
    if outside.any():
        place = int(np.flatnonzero(outside)[0])
        raise ValueError(
            f"the interval {lower[place]:g} to {upper[place]:g} does not contain {estimate[place]:g}."
        )
    clear = (lower > 1) | (upper < 1)
    nearer = np.where(estimate >= 1, lower, upper)
    limit = np.where(np.isnan(estimate), np.nan, np.where(clear, _e_value(np.where(clear, nearer, 1.0)), 1.0))
    return Robustness(estimate, lower, upper, _e_value(estimate), limit)


def e_values_of_effects(effect: ArrayLike, low: ArrayLike, high: ArrayLike, *, share: float) -> Robustness:
    """E-values of effects in probability, as risk ratios of the rarer outcome around its overall share.

    Parameters
    ----------
    effect, low, high : array_like of float, shape (k,)
        Change in the probability of the outcome, such as that of one standard deviation of a driver.
    share : float
        Overall share of the outcome, 0-1, strictly.

    Returns
    -------
    Robustness
        Ratios of the *rarer* outcome (lost, where most renew) with more of the driver against less, each half an
        effect from the overall share; capped where that would leave 0-1.

    Raises
    ------
    ValueError
        If the share is not strictly between 0 and 1.
    """
    if not 0 < share < 1:
        raise ValueError(f"share = {share:g}: there is nothing to explain unless it lies between 0 and 1.")
    rare, sign = (1 - share, -1.0) if share > 0.5 else (share, 1.0)
    change = sign * np.vstack(
        [np.atleast_1d(np.asarray(values, dtype=float)) for values in (effect, low, high)]
    )
    half = np.clip(change / 2, -0.999 * rare, 0.999 * rare)
    half = np.clip(half, -0.999 * (1 - rare), 0.999 * (1 - rare))
    ratio = (rare + half) / (rare - half)
    ends = np.sort(ratio[1:], axis=0)
    return e_values(ratio[0], ends[0], ends[1])


def _e_value(ratio: Floats) -> Floats:
    away = np.where(ratio < 1, 1 / ratio, ratio)
    return np.asarray(away + np.sqrt(away * (away - 1)), dtype=float)
