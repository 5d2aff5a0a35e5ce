"""How much the value of customers hangs on their retention: one answer if all are alike, three if they differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxdata.finance.lifetimes.lifetime import Timing, check_rate, lifetime_value, payments_ahead
from cxdata.finance.lifetimes.retention_curves import RetentionCurve

Floats = NDArray[np.float64]

_ROOTS_UP_TO = 150.0
"""alpha + beta up to which the quadrature over customers holds; beyond, they differ too little to matter."""


def retention_elasticity(retention: ArrayLike, discount_rate: ArrayLike) -> Floats:
    """By how many per cent lifetime value rises when retention rises by one per cent, all customers alike.

    Parameters
    ----------
    retention, discount_rate : array_like of float
        Per period.

    Returns
    -------
    ndarray of float
        (1 + i) / (1 + i − r). Where customers differ see `elasticities`.

    References
    ----------
    Gupta, Lehmann & Stuart (2004), "Valuing Customers", Journal of Marketing Research 41(1).
    """
    return lifetime_value(1.0, retention, discount_rate, Timing.FIRST_PAYMENT_NOW)


def elasticity_of_value(margin: ArrayLike, retention: ArrayLike, discount_rate: float) -> float:
    """By how many per cent the value of all customers rises when the retention of each rises by one per cent.

    Parameters
    ----------
    margin : array_like of float, shape (n,)
        Per period; of a customer, or of those whom a row stands for. May be negative.
    retention : array_like of float, shape (n,)
        Share (0-1) that each keeps period after period.
    discount_rate : float
        Per period, above 0.

    Returns
    -------
    float
        Σ m x / (1 − x)² ÷ Σ m x / (1 − x) with x = r / (1 + d): (1 + d) / (1 + d − r) where all are alike. nan where
        the customers are worth nothing together.
    """
    check_rate(discount_rate)
    money, kept = np.asarray(margin, dtype=float), np.asarray(retention, dtype=float) / (1 + discount_rate)
    value = float((money * kept / (1 - kept)).sum())
    return float((money * kept / (1 - kept) ** 2).sum()) / value if value > 0 else float("nan")


@dataclass(frozen=True)
class Elasticities:
    """By how many per cent the value of what is to come rises when retention rises by one per cent: three answers.

    Parameters
    ----------
    homogeneous : float
        As if all customers had the mean retention: (1 + d) / (1 + d − r).
    individual : float
        Mean of the customers' own elasticities.
    value_weighted : float
        Of the sum of money over all customers: the one to report.
    """

    homogeneous: float
    individual: float
    value_weighted: float


def elasticities(curve: RetentionCurve, discount_rate: float, period: int = 1) -> Elasticities:
    """By how many per cent the value of customers in a period rises when their retention rises by one per cent.

    Parameters
    ----------
    curve : RetentionCurve
    discount_rate : float
        Per period, above 0.
    period : int
        Of their life, 1 for new ones.

    Returns
    -------
    Elasticities
        Of the payments from the next renewal on, the next a period away.

    References
    ----------
    Fader & Hardie (2010), Marketing Science 29(1), on the individual ones; the value-weighted one is Σ k S v^k / Σ S v^k:
    a customer's k-th renewal carries k of the retentions that rise.
    """
    check_rate(discount_rate)
    factor = 1 / (1 + discount_rate)
    payments, counted = payments_ahead(curve, factor, float(period))
    alike = float(retention_elasticity(curve.retention(period), discount_rate))
    if curve.c == 1:
        individual = 1 + factor * payments
    else:
        individual = _mean_elasticity(curve, factor, float(period))
    return Elasticities(alike, individual, counted / payments)


def _mean_elasticity(curve: RetentionCurve, factor: float, period: float) -> float:
    """Mean over customers of (Σ k s v^k) / (Σ s v^k), their chances weighted by who is still there."""
    from scipy.special import roots_jacobi

    beta = curve.beta + (period - 1) ** curve.c
    nodes, weights = np.zeros(1), np.ones(1)
    if curve.alpha + beta < _ROOTS_UP_TO:
        nodes, weights = roots_jacobi(64, curve.alpha - 1, beta - 1)
    stay = (1 + nodes) / 2 if nodes.size > 1 else np.array([beta / (curve.alpha + beta)])
    terms = int(min(20_000, np.ceil(np.log(1e-12 * (1 - factor)) / np.log(factor)) + 1))
    ahead = np.arange(terms, dtype=float)
    power = (period + ahead) ** curve.c - (period - 1) ** curve.c
    share = np.exp(np.outer(np.log(np.maximum(stay, 1e-300)), power) + ahead * np.log(factor))
    sums = share.sum(axis=1)
    own = np.where(sums > 0, (share @ (ahead + 1)) / np.where(sums > 0, sums, 1.0), 1.0)
    return float(weights @ own / weights.sum())
