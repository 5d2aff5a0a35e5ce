"""A ratio of two estimates, and when nothing can be said of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from cxdata.models.fits import Floats


@dataclass(frozen=True)
class Ratio:
    """A ratio of two estimates; the ends are nan where the divisor is not clear of zero."""

    estimate: float
    conf_low: float
    conf_high: float


def fieller(upper: float, lower: float, covariance: Floats, level: float = 0.95) -> Ratio:
    """A ratio of two normal estimates with Fieller's interval.

    Parameters
    ----------
    upper, lower : float
        The ratio is upper ÷ lower.
    covariance : ndarray of float, shape (2, 2)
        Of the two, in that order.
    level : float

    Returns
    -------
    Ratio
        All ratios that a test at this level does not reject. Where the divisor itself is not clear of
        zero that set has no ends, and the interval is nan: nothing can be said of the ratio.

    References
    ----------
    Fieller (1954), JRSS B 16(2), 175-185.
    """
    limit = NormalDist().inv_cdf((1 + level) / 2) ** 2
    square = lower**2 - limit * covariance[1, 1]
    if lower == 0 or square <= 0:
        return Ratio(math.nan if lower == 0 else upper / lower, math.nan, math.nan)
    half = upper * lower - limit * covariance[0, 1]
    rest = upper**2 - limit * covariance[0, 0]
    root = math.sqrt(max(half**2 - square * rest, 0.0))
    return Ratio(upper / lower, (half - root) / square, (half + root) / square)
