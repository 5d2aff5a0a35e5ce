"""What a customer is worth over her lifetime, at constant retention or along a retention curve."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxdata.finance.lifetimes.retention_curves import RetentionCurve

Floats = NDArray[np.float64]

MOST_TERMS = 200_000
"""Payments that are added up one by one; what comes after them is taken to fall evenly."""

_NO_MORE = 1e-15
_CLOSED_UP_TO = 60.0
"""alpha + beta + period up to which scipy's ₂F₁ holds; from about 140 on it overflows."""


class Timing(Enum):
    """When the payments of a lifetime are made; three formulas are in use and differ by a payment or a year.

    References
    ----------
    Fader & Hardie (2012), "Reconciling and Clarifying CLV Formulas", note 024, brucehardie.com.
    """

    FIRST_PAYMENT_NOW = "first_payment_now"
    """The first payment is made today and counts: m (1 + d) / (1 + d − r)."""

    RENEWALS_ONLY = "renewals_only"
    """Without the first payment, the next one due in a period if renewed: m r / (1 + d − r)."""

    END_OF_PERIOD = "end_of_period"
    """Paid at the end of each period begun, the first one for certain: m / (1 + d − r)."""


def lifetime_value(
    margin: ArrayLike,
    retention: ArrayLike,
    discount_rate: ArrayLike,
    timing: Timing = Timing.RENEWALS_ONLY,
    growth: ArrayLike = 0.0,
    periods: int | None = None,
) -> Floats:
    """Present value of a customer's margins when every period keeps the same share of customers.

    Parameters
    ----------
    margin : array_like of float
        Per period and customer (margin, not revenue); may be negative.
    retention : array_like of float
        Share (0-1) kept from one period to the next.
    discount_rate : array_like of float
        Per period, as a fraction.
    timing : Timing
        Which payments count and when they are made.
    growth : array_like of float
        Of the margin of who stays, per period, from the second counted payment on.
    periods : int, optional
        Payments that are counted at most; all of them without.

    Returns
    -------
    ndarray of float
        Present value per customer, in the money of `margin`.

    Raises
    ------
    ValueError
        If retention is outside 0-1, a rate is −1 or less, or margins grow as fast as they are discounted and lost,
        so that their sum has no end.

    References
    ----------
    Gupta & Lehmann (2003), Journal of Interactive Marketing 17(1); Fader & Hardie, note 024.
    """
    kept, discount, growing = (
        np.asarray(values, dtype=float) for values in (retention, discount_rate, growth)
    )
    if not bool(((kept >= 0) & (kept <= 1)).all()):
        raise ValueError("retention: a value is outside 0-1. Give the share kept per period.")
    if not bool((discount > -1).all()) or not bool((growing > -1).all()):
        raise ValueError("discount_rate and growth must be above -1. Give fractions such as 0.10.")
    ratio = kept * (1 + growing) / (1 + discount)
    if periods is None and not bool((ratio < 1).all()):
        raise ValueError(
            "margins grow as fast as they are discounted and lost. Limit periods, or lower growth."
        )
    if periods is not None and periods < 0:
        raise ValueError(f"periods: {periods} is negative.")
    first = {
        Timing.FIRST_PAYMENT_NOW: np.ones_like(ratio),
        Timing.RENEWALS_ONLY: kept / (1 + discount),
        Timing.END_OF_PERIOD: 1 / (1 + discount),
    }[timing]
    with np.errstate(divide="ignore", invalid="ignore"):
        endless = 1 / (1 - ratio)
        payments = (
            endless if periods is None else np.where(ratio == 1, periods, (1 - ratio**periods) * endless)
        )
    return np.asarray(np.asarray(margin, dtype=float) * first * payments, dtype=float)


def margin_multiple(retention: ArrayLike, discount_rate: ArrayLike, growth: ArrayLike = 0.0) -> Floats:
    """How many yearly margins a newly won customer is worth: r / (1 + i − r (1 + g)).

    Parameters
    ----------
    retention, discount_rate, growth : array_like of float
        As for `lifetime_value`.

    References
    ----------
    Gupta & Lehmann (2003), "Customers as Assets", Journal of Interactive Marketing 17(1).
    """
    return lifetime_value(1.0, retention, discount_rate, Timing.RENEWALS_ONLY, growth)


@dataclass(frozen=True)
class BaseValue:
    """What the customers of a base are still worth, cohort by cohort.

    Parameters
    ----------
    per_customer, value : ndarray of float, shape (c,)
        Present value of the margins to come, of one customer and of the cohort.
    total : float
    """

    per_customer: Floats
    value: Floats
    total: float


def base_value(
    customers: ArrayLike,
    margin: ArrayLike,
    curve: RetentionCurve,
    discount_rate: float,
    period: ArrayLike,
    *,
    until_renewal: ArrayLike = 0.0,
) -> BaseValue:
    """Present value of the margins that today's customers will still bring.

    Parameters
    ----------
    customers : array_like of float, shape (c,)
        Customers of each cohort who are still there.
    margin : array_like of float, shape (c,) or ()
        Per customer and period.
    curve : RetentionCurve
    discount_rate : float
        Per period; above 0.
    period : array_like of int, shape (c,)
        Which period of their life the cohort is in: 1 for those who have not come up for renewal yet.
    until_renewal : array_like of float, shape (c,) or ()
        Periods until the cohort's next renewal: 0 just before it, 1 just after a payment, a half in between.

    Returns
    -------
    BaseValue

    References
    ----------
    Fader & Hardie (2010), "Customer-Base Valuation in a Contractual Setting", Marketing Science 29(1): one retention
    rate for all undervalues a base, as those who stay are those who tend to.
    """
    count, money = np.asarray(customers, dtype=float), np.asarray(margin, dtype=float)
    multiple = discounted_residual(curve, discount_rate, period)
    multiple = multiple * (1 + discount_rate) ** -np.asarray(until_renewal, dtype=float)
    each = np.asarray(money * multiple, dtype=float)
    value = np.asarray(count * each, dtype=float)
    return BaseValue(each, value, float(value.sum()))


def discounted_lifetime(curve: RetentionCurve, discount_rate: float) -> float:
    """Discounted expected lifetime (DEL): payments to come from a new customer, the first one made today included.

    Parameters
    ----------
    curve : RetentionCurve
    discount_rate : float
        Per period, above 0.

    Returns
    -------
    float
        In payments: times the margin per period it is her value. ₂F₁(1, β; α + β; 1 / (1 + d)) for sBG.

    Raises
    ------
    ValueError
        If the discount rate is not above 0: where customers differ, some would stay for ever.

    References
    ----------
    Fader & Hardie (2007), note 018, brucehardie.com.
    """
    return 1.0 + float(discounted_residual(curve, discount_rate, 1)) / (1 + discount_rate)


def discounted_residual(
    curve: RetentionCurve, discount_rate: float, period: ArrayLike, *, after_payment: bool = False
) -> Floats:
    """Discounted expected residual lifetime (DERL): payments to come from a customer in her period `period`.

    Parameters
    ----------
    curve : RetentionCurve
    discount_rate : float
        Per period, above 0.
    period : array_like of int, shape (...)
        1 for a customer who has not come up for renewal yet; n has renewed n − 1 times.
    after_payment : bool
        False: just before her next renewal, whose payment is not discounted. True: just after the payment of
        renewal `period`; the next one is a period away.

    Returns
    -------
    ndarray of float, shape (...)
        In payments.

    Raises
    ------
    ValueError
        If the discount rate is not above 0 or a period is below 1.

    References
    ----------
    Fader & Hardie (2010), "Customer-Base Valuation in a Contractual Setting", Marketing Science 29(1).
    """
    from scipy.special import hyp2f1

    check_rate(discount_rate)
    which = np.asarray(period, dtype=float) + float(after_payment)
    if not bool((which >= 1).all()):
        raise ValueError(f"period: {float(np.min(which)):g} is below 1, the first one.")
    factor = 1 / (1 + discount_rate)
    total, kept = curve.alpha + curve.beta + which - 1, curve.beta + which - 1
    if curve.c == 1 and bool((total <= _CLOSED_UP_TO).all()):
        residual = kept / total * hyp2f1(1.0, kept + 1, total + 1, factor)
    else:
        each, place = np.unique(which, return_inverse=True)
        sums = [payments_ahead(curve, factor, float(number))[0] for number in each]
        residual = np.array(sums)[place].reshape(which.shape)
    return np.asarray(residual * (factor if after_payment else 1.0), dtype=float)


def payments_ahead(curve: RetentionCurve, factor: float, period: float) -> tuple[float, float]:
    """Payments from the next renewal on, it undiscounted; and the same, each times its number from 1 on."""
    terms = int(min(MOST_TERMS, np.ceil(np.log(_NO_MORE * (1 - factor)) / np.log(factor)) + 1))
    ahead = np.arange(terms, dtype=float)
    share = np.exp(
        curve.log_survival(period + ahead) - curve.log_survival(period - 1) + ahead * np.log(factor)
    )
    ratio = float(curve.retention(period + terms)) * factor
    rest = float(share[-1]) * ratio / (1 - ratio)
    return float(share.sum()) + rest, float(share @ (ahead + 1)) + rest * (terms + 1 / (1 - ratio))


def check_rate(discount_rate: float) -> None:
    """Refuse a discount rate of 0 or less: some customers would bring money for ever."""
    if not (discount_rate > 0 and np.isfinite(discount_rate)):
        raise ValueError(f"discount_rate: {discount_rate:g} is not above 0. Give a fraction such as 0.10.")
