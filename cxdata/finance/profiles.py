"""Decisions of the last year that stand for the customers there are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxdata.finance.base import Base
from cxdata.models.churn import ChurnRegression

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Profiles:
    """Rows of a churn regression with the customers and the money that each stands for.

    Parameters
    ----------
    base : Base
    regression : ChurnRegression
    rows : ndarray of int, shape (n,)
        Of the regression.
    customers, value, margin : ndarray of float, shape (n,)
        Customers, and their revenue and margin per year.
    terms_per_year : ndarray of float, shape (n,)
    segment : ndarray of int, shape (n,)
        Place in ``base.segments``.
    """

    base: Base
    regression: ChurnRegression
    rows: NDArray[np.intp]
    customers: Floats
    value: Floats
    margin: Floats
    terms_per_year: Floats
    segment: NDArray[np.intp]
