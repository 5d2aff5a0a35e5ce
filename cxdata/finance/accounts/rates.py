"""How many customers and how much money stay: churn, renewal, retention of revenue, payback of acquisition."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def churn_rate(lost: ArrayLike, at_start: ArrayLike) -> Floats:
    """Share of the customers present at the start of a window who were lost in it.

    Parameters
    ----------
    lost, at_start : array_like of float, shape (...,)
        Customers, or their value at the start; those acquired in the window are in neither.

    Returns
    -------
    ndarray of float, shape (...,)
        0-1 per window; nan where nobody was there.

    Raises
    ------
    ValueError
        If more were lost than were there, or a count is negative.
    """
    return _share(lost, at_start, "lost", "at_start")


def renewal_rate(renewed: ArrayLike, due: ArrayLike) -> Floats:
    """Share of the terms that came up for renewal which were renewed.

    Parameters
    ----------
    renewed, due : array_like of float, shape (...,)
        Terms, or their value: those that fell due in the window only, not the whole base.

    Returns
    -------
    ndarray of float, shape (...,)
        0-1 per term; nan where none was due.

    Raises
    ------
    ValueError
        If more were renewed than were due, or a count is negative.
    """
    return _share(renewed, due, "renewed", "due")


def retention_from_renewals(renewed: ArrayLike, due: ArrayLike, base: ArrayLike) -> Floats:
    """Share of the whole base that stays when only a part of it comes up for renewal.

    Parameters
    ----------
    renewed, due, base : array_like of float, shape (...,)
        Terms or their value: renewed, up for renewal, and all that were there.

    Returns
    -------
    ndarray of float, shape (...,)
        1 − (due / base) (1 − renewal rate), 0-1 per window; nan where there was no base.

    Raises
    ------
    ValueError
        If renewed > due or due > base.
    """
    _share(renewed, due, "renewed", "due")
    _share(due, base, "due", "base")
    kept, asked, all_of_them = (np.asarray(values, dtype=float) for values in (renewed, due, base))
    return 1.0 - _divided(asked - kept, all_of_them)


def yearly_from_monthly(rate: ArrayLike) -> Floats:
    """Churn per year, 1 − (1 − c)^12, if every month is like the one given.

    Parameters
    ----------
    rate : array_like of float
        Churn per month, 0-1.

    Raises
    ------
    ValueError
        If a rate is outside 0-1.
    """
    return over_periods(rate, 12.0)


def monthly_from_yearly(rate: ArrayLike) -> Floats:
    """Churn per month, 1 − (1 − C)^(1/12), that makes this churn per year if all months are alike.

    Parameters
    ----------
    rate : array_like of float
        Churn per year, 0-1.

    Raises
    ------
    ValueError
        If a rate is outside 0-1.
    """
    return over_periods(rate, 1.0 / 12.0)


def over_periods(churn: ArrayLike, periods: ArrayLike) -> Floats:
    """Churn over several periods that are all alike: 1 − (1 − c)^periods.

    Parameters
    ----------
    churn : array_like of float
        Per period, 0-1.
    periods : array_like of float
        How many, such as terms per year; may be a fraction.

    Raises
    ------
    ValueError
        If a rate is outside 0-1.
    """
    rate = np.asarray(churn, dtype=float)
    if bool(((rate < 0) | (rate > 1)).any()):
        raise ValueError(
            f"churn: {_first_outside(rate, 0.0, 1.0):g} is outside 0-1. Give a share per period."
        )
    with np.errstate(divide="ignore"):
        return np.asarray(-np.expm1(np.log1p(-rate) * np.asarray(periods, dtype=float)), dtype=float)


def discount_rate_per_period(yearly: ArrayLike, periods_per_year: float) -> Floats:
    """Discount rate of a month, a week or a term: (1 + d)^(1/n) − 1.

    Parameters
    ----------
    yearly : array_like of float
        Per year, as a fraction; above −1.
    periods_per_year : float
        12 for months; 52 for weeks; above 0.

    Raises
    ------
    ValueError
        If a rate is −1 or less, or there are no periods.
    """
    rate = np.asarray(yearly, dtype=float)
    if bool((rate <= -1).any()):
        raise ValueError(f"yearly: {float(rate.min()):g} is not above -1. Give a fraction such as 0.10.")
    if not periods_per_year > 0:
        raise ValueError(f"periods_per_year: {periods_per_year:g} is not above 0. Give 12 for months.")
    return np.asarray(np.expm1(np.log1p(rate) / periods_per_year), dtype=float)


@dataclass(frozen=True)
class RevenueBridge:
    """How the revenue of the customers of a start became their revenue at the end.

    Parameters
    ----------
    start : float
        Recurring revenue of those present at the start.
    contraction, churn, expansion : float
        What customers who stayed pay less; what the lost paid at the start; what those who stayed pay more.
    new : float
        Revenue at the end of customers who were not there at the start: in no retention rate.
    accounts, lost_accounts : int
        Customers present at the start, and those of them who were lost.
    """

    start: float
    contraction: float
    churn: float
    expansion: float
    new: float = 0.0
    accounts: int = 0
    lost_accounts: int = 0

    @property
    def end(self) -> float:
        """Revenue at the end of those who were present at the start."""
        return self.start - self.contraction - self.churn + self.expansion

    @property
    def gross_retention(self) -> float:
        """GRR: every account capped at its start, so at most 1; nan without revenue."""
        return (self.start - self.contraction - self.churn) / self.start if self.start else float("nan")

    @property
    def net_retention(self) -> float:
        """NRR: gross retention plus expansion; nan without revenue."""
        return self.end / self.start if self.start else float("nan")


def revenue_bridge(before: ArrayLike, after: ArrayLike) -> RevenueBridge:
    """Where the recurring revenue of a start went, account by account.

    Parameters
    ----------
    before, after : array_like of float, shape (n,)
        Revenue of each account at the start and at the end, in the same money and per the same time. 0 before: a
        new customer; 0 after: a lost one.

    Returns
    -------
    RevenueBridge
        Intervals of both rates: `cxdata.scorecard.retention`.

    Raises
    ------
    ValueError
        If an amount is negative or missing.
    """
    begun, ended = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    for name, values in (("before", begun), ("after", ended)):
        if not bool((values >= 0).all()) or not bool(np.isfinite(values).all()):
            raise ValueError(f"{name}: an amount is negative, missing or infinite. Net credits out first.")
    old = begun > 0
    start, end = begun[old], ended[old]
    kept = np.minimum(start, end)
    lost = end == 0
    return RevenueBridge(
        float(start.sum()),
        float((start - kept)[~lost].sum()),
        float(start[lost].sum()),
        float((end - kept).sum()),
        float(ended[~old].sum()),
        int(old.sum()),
        int(lost.sum()),
    )


def payback_months(acquisition_cost: ArrayLike, monthly_margin: ArrayLike, churn: ArrayLike = 0.0) -> Floats:
    """Months until the margin of an acquired customer has paid for winning her, those lost on the way counted.

    Parameters
    ----------
    acquisition_cost, monthly_margin : array_like of float
        Money per acquired customer; margin per month, not revenue, at the end of each month.
    churn : array_like of float
        Share (0-1) lost per month. With churn: k = ln(1 − CAC (1 − s) / m) / ln s, s = 1 − churn.

    Returns
    -------
    ndarray of float
        Months; inf where the margin never pays it back, 0 where nothing was paid.

    Raises
    ------
    ValueError
        If churn is outside 0-1 or the cost is negative.
    """
    cost, margin, lost = np.broadcast_arrays(
        *(np.asarray(values, dtype=float) for values in (acquisition_cost, monthly_margin, churn))
    )
    if bool(((lost < 0) | (lost > 1)).any()):
        raise ValueError(f"churn: {_first_outside(lost, 0.0, 1.0):g} is outside 0-1 per month.")
    if bool((cost < 0).any()):
        raise ValueError(f"acquisition_cost: {float(cost.min()):g} is negative.")
    with np.errstate(divide="ignore", invalid="ignore"):
        simple = np.where(margin > 0, cost / margin, np.inf)
        share = simple * lost  # of all the margin there will ever be
        with_churn = np.log1p(-np.minimum(share, 1.0)) / np.log1p(-lost)
        months = np.where(lost > 0, np.where(share < 1, with_churn, np.inf), simple)
    return np.asarray(np.where(cost == 0, 0.0, months), dtype=float)


def _share(part: ArrayLike, whole: ArrayLike, part_name: str, whole_name: str) -> Floats:
    top, bottom = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    if bool((top < 0).any()) or bool((bottom < 0).any()):
        raise ValueError(f"{part_name} and {whole_name} are counts or amounts: they can't be negative.")
    if bool((top > bottom * (1 + 1e-12)).any()):
        raise ValueError(f"{part_name} exceeds {whole_name}: both must be about the same customers.")
    return _divided(top, bottom)


def _divided(top: Floats, bottom: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(bottom > 0, top / bottom, np.nan), dtype=float)


def _first_outside(values: Floats, low: float, high: float) -> float:
    flat = np.atleast_1d(values).ravel()
    return float(flat[~((flat >= low) & (flat <= high))][0])
