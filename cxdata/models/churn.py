"""A churn regression as others may use it: arrays and what each column stands for, without the release behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LINEAR, BANDS = "linear", "bands"
"""How ratings enter: each point alike, or low, middle and high ones each with an effect of their own."""


@dataclass(frozen=True)
class ChurnDriver:
    """A driver of the regression, and how its raw value stands in the matrix.

    Parameters
    ----------
    code : str
        As in drivers: ``rating:csat_delivery:delivery``, ``event:longest_wait``.
    kind : str
        ``rating``, ``count``, ``flag``, ``recency`` or ``fact``.
    name, touchpoint : str
    column : int
        Its column of x; `contact` the column of having met it, -1 for none.
    sign : int
        1 where more of the raw value is better, -1 where it counts what goes wrong.
    centre : float
        The column is sign × raw − centre (of log(1 + raw) for recency) for those who met it, and 0 for others.
    low, high : float
        Ends of a rating's scale.
    met : ndarray of bool, shape (n,), or None
        Rows that have something to change; None: all.
    """

    code: str
    kind: str
    name: str
    column: int
    touchpoint: str = ""
    contact: int = -1
    sign: int = 1
    centre: float = 0.0
    low: float = 0.0
    high: float = 1.0
    met: NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class Step:
    """Effect on the log-odds of churn of a low and of a high rating, against one in the middle.

    Parameters
    ----------
    below, above : float
        Ratings below `below` are low, from `above` on high.
    low, high : float
    """

    below: float
    above: float
    low: float
    high: float


@dataclass(frozen=True)
class Banded:
    """The same decisions with ratings in bands, for what the choice of model means in money.

    Parameters
    ----------
    log_odds : ndarray of float, shape (m, n)
        Fitted, of being lost.
    steps : mapping of str to Step
        By driver, of its ratings.
    slopes : mapping of str to float
        Log-odds per unit of the columns of the other drivers.
    tenure : float
        Log-odds per unit of log(1 + days).
    """

    log_odds: NDArray[np.float32]
    steps: Mapping[str, Step]
    slopes: Mapping[str, float]
    tenure: float = 0.0


@dataclass(frozen=True)
class ChurnRegression:
    """Log-odds that a term is lost, with the rows of a year of decisions.

    Parameters
    ----------
    x : ndarray of float32, shape (m, n, k)
        Completed sets of the rows, with constant: one set where nothing was missing.
    coefficients : ndarray of float, shape (m, k)
        Of each set, on all decisions of the analysis.
    covariance : ndarray of float, shape (m, k, k)
        Clustered by customer.
    terms : tuple of str, length k
        The constant first.
    drivers : tuple of ChurnDriver
    segment, product : ndarray of str, shape (n,)
    annual_value, annual_margin : ndarray of float, shape (n,)
        Money per year; nan where unknown.
    term_days : ndarray of float, shape (n,)
        Length of the term.
    tenure_days : ndarray of float, shape (n,)
    tenure_column : int
        Of log(1 + days); -1 where tenure takes no part.
    lost : ndarray of bool, shape (n,)
    first, last : date
        Months of the rows.
    decisions, customers, events : int
        Behind the coefficients: all decisions, their customers, and those lost or kept, whichever are fewer.
    method : str
        ``logit``, or ``firth`` where some columns separate the outcomes.
    banded : Banded or None
    lead_days, look_back_days : int
    release : str
    filters : mapping of str to tuple of str
        Customers that were chosen.
    """

    x: NDArray[np.float32]
    coefficients: Floats
    covariance: Floats
    terms: tuple[str, ...]
    drivers: tuple[ChurnDriver, ...]
    segment: NDArray[np.str_]
    product: NDArray[np.str_]
    annual_value: Floats
    annual_margin: Floats
    term_days: Floats
    tenure_days: Floats
    lost: NDArray[np.bool_]
    tenure_column: int = -1
    first: date = date(1, 1, 1)
    last: date = date(1, 1, 1)
    decisions: int = 0
    customers: int = 0
    events: int = 0
    method: str = "logit"
    banded: Banded | None = None
    lead_days: int = 30
    look_back_days: int = 365
    release: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def sets(self) -> int:
        """Completed sets."""
        return int(self.x.shape[0])

    @property
    def rows(self) -> int:
        """Decisions of the last year."""
        return int(self.x.shape[1])

    @property
    def pooled(self) -> Floats:
        """Coefficients averaged over the sets, shape (k,)."""
        return np.asarray(self.coefficients.mean(axis=0), dtype=float)

    def driver(self, code: str) -> ChurnDriver | None:
        """The driver of that code; None where the regression has none."""
        return next((driver for driver in self.drivers if driver.code == code), None)
