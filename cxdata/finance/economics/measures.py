"""A number of the page Economics with its interval and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, nan, sqrt

import numpy as np

from cxdata.scorecard.estimates import Estimate
from cxdata.scorecard.scores import mean_estimate, share_estimate

Z = 1.959963984540054
"""Standard errors on each side of a 95 % interval."""


@dataclass(frozen=True)
class Measure:
    """One number.

    Parameters
    ----------
    value, low, high : float
        Number and 95 % interval; nan where there is none.
    n : int
        Customers or terms that it rests on.
    part, whole : float
        Numerator and denominator of a rate, in their unit; nan otherwise.
    """

    value: float
    low: float = nan
    high: float = nan
    n: int = 0
    part: float = nan
    whole: float = nan

    @property
    def std_error(self) -> float:
        """Half the interval in standard errors; nan without an interval."""
        return (self.high - self.low) / (2 * Z)

    @property
    def known(self) -> bool:
        """Whether there is a number at all."""
        return isfinite(self.value)

    def enough(self, min_base: int) -> bool:
        """Whether it may be shown as a number."""
        return self.known and self.n >= min_base


NOTHING = Measure(nan)


def of_estimate(found: Estimate, part: float = nan, whole: float = nan) -> Measure:
    """The first row of an estimate."""
    return Measure(
        float(found.estimate[0]),
        float(found.conf_low[0]),
        float(found.conf_high[0]),
        int(found.base[0]),
        part,
        whole,
    )


def share(part: float, whole: float) -> Measure:
    """A share of counted customers or terms, with Wilson's interval; nothing of nobody."""
    return of_estimate(share_estimate([part], [whole]), part, whole) if whole > 0 else NOTHING


def clustered_share(
    part: float, whole: float, customers: float, part_sq: float, whole_sq: float, product: float
) -> Measure:
    """A share of terms of which a customer may have several, with Wilson's interval on as many as they tell apart.

    Parameters
    ----------
    part, whole : float
        Terms of the kind, and all of them.
    customers : float
        Who have them.
    part_sq, whole_sq, product : float
        Sums of squares and products of both, customer by customer.

    Returns
    -------
    Measure
        `n` counts terms. Their number is divided by the design effect where that is above 1.

    References
    ----------
    Kish (1965), Survey Sampling, section 8.2; Korn & Graubard (1998), Survey Methodology 24(2), on intervals with it.
    """
    found = share(part, whole)
    spread = found.value * (1 - found.value) / whole if whole > 0 else 0.0
    if customers < 2 or not spread > 0:
        return found
    clustered = ratio(customers, part, whole, part_sq, whole_sq, product).std_error ** 2
    # Where nobody has two, both are the same.
    effect = max(clustered * (customers - 1) / customers / spread, 1.0)
    fewer = share(part / effect, whole / effect)
    return Measure(found.value, fewer.low, fewer.high, found.n, part, whole)


def mean(count: float, total: float, total_sq: float) -> Measure:
    """A mean over customers with its t interval, from sums of values and of their squares."""
    return of_estimate(mean_estimate([count], [total], [total_sq]), total, count) if count > 0 else NOTHING


def ratio(
    count: float, top: float, bottom: float, top_sq: float, bottom_sq: float, product: float
) -> Measure:
    """Sum of one amount for each unit of another, customers taken as a sample.

    Parameters
    ----------
    count : float
        Customers.
    top, bottom : float
        Sums of both amounts; the lower one above 0, else there is nothing.
    top_sq, bottom_sq, product : float
        Sums of their squares and of their products, customer by customer.

    References
    ----------
    Cochran (1977), Sampling Techniques, section 6.3.
    """
    if count < 1 or bottom <= 0:
        return NOTHING
    found = top / bottom
    if count < 2:
        return Measure(found, n=int(count), part=top, whole=bottom)
    residual_sq = max(top_sq - 2 * found * product + found**2 * bottom_sq, 0.0)
    arm = Z * sqrt(count / (count - 1) * residual_sq) / bottom
    return Measure(found, found - arm, found + arm, int(count), top, bottom)


def scaled(found: Measure, factor: float) -> Measure:
    """The same in another unit."""
    ends = sorted((found.low * factor, found.high * factor))
    return Measure(found.value * factor, ends[0], ends[1], found.n, found.part, found.whole)


def product(one: Measure, other: Measure) -> Measure:
    """Product of two numbers that were estimated apart, by the delta method; n is the smaller one."""
    value = one.value * other.value
    arm = Z * float(np.hypot(one.value * other.std_error, other.value * one.std_error))
    return Measure(value, value - arm, value + arm, min(one.n, other.n))
