"""How many customers and how much money stay: churn, renewal, retention of revenue, payback of acquisition."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


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


def _first_outside(values: Floats, low: float, high: float) -> float:
    flat = np.atleast_1d(values).ravel()
    return float(flat[~((flat >= low) & (flat <= high))][0])
