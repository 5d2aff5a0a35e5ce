"""Whether money put in comes back: present value, internal rate, payback, return on the investment."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_LOG_RATES = np.unique(np.concatenate([np.linspace(-60, 60, 2401), np.linspace(-0.5, 1.5, 4001)]))
"""ln(1 + rate) where the sign of the present value is looked at: finely from −39 % to +348 %."""


def mid_year_times(years: int) -> Floats:
    """Times of an investment now and of what comes in over each of the years: 0, ½, 1½ …, shape (years + 1,)."""
    return np.concatenate([[0.0], np.arange(1, years + 1) - 0.5])


def npv(rate: ArrayLike, flows: ArrayLike, times: ArrayLike | None = None) -> Floats:
    """Present value of what goes out and comes in; what happens today is not discounted.

    Parameters
    ----------
    rate : array_like of float, shape (...,)
        Per year, above −1.
    flows : array_like of float, shape (..., t)
        Money, first today's, then year by year; out is negative.
    times : array_like of float, shape (t,), optional
        Years from today; 0, 1, 2 … without. `mid_year_times` puts each year's money in its middle.

    Returns
    -------
    ndarray of float, shape (...,)

    Raises
    ------
    ValueError
        If a rate is −1 or less.

    Notes
    -----
    A spreadsheet's NPV discounts the first value too; the same number there is first value + NPV(of the others).
    """
    money, discount = np.asarray(flows, dtype=float), np.asarray(rate, dtype=float)
    if not bool((discount > -1).all()):
        raise ValueError(f"rate: {float(np.min(discount)):g} is not above -1. Give a fraction such as 0.10.")
    when = _times(money, times)
    return np.asarray((money * (1 + discount)[..., None] ** -when).sum(axis=-1), dtype=float)


def internal_rates(flows: ArrayLike, times: ArrayLike | None = None) -> tuple[float, ...]:
    """Every yearly rate at which money in and out are worth the same today, ascending.

    Parameters
    ----------
    flows : array_like of float, shape (t,)
    times : array_like of float, shape (t,), optional
        As for `npv`.

    Returns
    -------
    tuple of float
        At most as many as the flows change sign (Descartes); empty if there is none.
    """
    money = np.asarray(flows, dtype=float)
    when = _times(money, times)
    order = np.argsort(when, kind="stable")
    signs = np.sign(money[order])
    signs = signs[signs != 0]
    if not (np.diff(signs) != 0).any():
        return ()

    def value(log_rate: Floats) -> Floats:
        exponents = -np.multiply.outer(log_rate, when)
        # Only the sign counts: scaled, so that no power overflows.
        return np.asarray(np.exp(exponents - exponents.max(axis=-1, keepdims=True)) @ money, dtype=float)

    sign = np.sign(value(_LOG_RATES))
    exact = _LOG_RATES[sign == 0]
    crossings = np.flatnonzero(sign[:-1] * sign[1:] < 0)
    low, high = _LOG_RATES[crossings], _LOG_RATES[crossings + 1]
    below = sign[crossings]
    for _halving in range(80):
        middle = (low + high) / 2
        same = np.sign(value(middle)) == below
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return tuple(float(rate) for rate in np.expm1(np.sort(np.concatenate([exact, (low + high) / 2]))))


def irr(flows: ArrayLike, times: ArrayLike | None = None) -> float | None:
    """The yearly rate at which money in and out are worth the same today; None if there is none or several.

    Parameters
    ----------
    flows, times
        As for `internal_rates`, which tells none from several.
    """
    rates = internal_rates(flows, times)
    return rates[0] if len(rates) == 1 else None


def payback(flows: ArrayLike) -> float | None:
    """Years until the money put in is back and stays so; None if that does not happen.

    Parameters
    ----------
    flows : array_like of float, shape (t,)
        Today's money, then each year's, which comes in evenly over the year.

    Returns
    -------
    float or None
        0 if nothing was ever out. After a later year in the red, the years until that is made up for too.
    """
    money = np.asarray(flows, dtype=float)
    total = np.cumsum(money)
    below = np.flatnonzero(total < -1e-12 * max(1.0, float(np.abs(money).sum())))
    if not below.size:
        return 0.0
    last = int(below[-1])
    if last == total.size - 1:
        return None
    return last + float(-total[last] / money[last + 1])


def discounted_payback(flows: ArrayLike, rate: float, *, mid_year: bool = False) -> float | None:
    """Years until the money put in is back with interest; None if that does not happen.

    Parameters
    ----------
    flows : array_like of float, shape (t,)
    rate : float
        Per year, above −1.
    mid_year : bool
        Whether each year's money is discounted from its middle, as in the default of a scenario, or from its end.
    """
    money = np.asarray(flows, dtype=float)
    if not rate > -1:
        raise ValueError(f"rate: {rate:g} is not above -1. Give a fraction such as 0.10.")
    when = mid_year_times(money.size - 1) if mid_year else np.arange(money.size, dtype=float)
    return payback(money * (1 + rate) ** -when)


def roi(benefits: float, costs: float) -> float | None:
    """Return on investment: (benefits − costs) / costs, both as present values; None without costs."""
    return (benefits - costs) / costs if costs > 0 else None


def bcr(benefits: float, costs: float) -> float | None:
    """Benefit-cost ratio: benefits / costs, both as present values; None without costs."""
    return benefits / costs if costs > 0 else None


def _times(money: Floats, times: ArrayLike | None) -> Floats:
    when = np.arange(money.shape[-1], dtype=float) if times is None else np.asarray(times, dtype=float)
    if when.shape != (money.shape[-1],):
        raise ValueError(f"times: {when.size} for {money.shape[-1]} flows. Give one time per flow.")
    return when
