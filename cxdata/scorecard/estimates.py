"""What every estimator of the scorecard shares: the result, the checks on sums, and the quantiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    import pandas as pd

CONFIDENCE_LEVEL = 0.95
"""Confidence level of every interval in the product."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """One number per group and how sure it is; nan where a group has no data.

    Parameters
    ----------
    method : ndarray of str, shape (n,)
        How intervals and differences are made: ``"nps"`` (adjusted Wald), ``"share"`` (Wilson) or
        ``"mean"`` (t).
    estimate, std_error : ndarray of float, shape (n,)
        The number and its standard error: points for NPS, fractions for shares, else the scale's unit.
    conf_low, conf_high : ndarray of float, shape (n,)
        Interval; always contains the estimate. nan where there is none, such as a mean of one answer.
    base : ndarray of float, shape (n,)
        Answers (or contract terms) counted; 0 where there is nothing to estimate.
    effective_base : ndarray of float, shape (n,)
        Equally weighted answers that would be as precise; equals `base` without weights.
    """

    method: NDArray[np.str_]
    estimate: Floats
    std_error: Floats
    conf_low: Floats
    conf_high: Floats
    base: Floats
    effective_base: Floats

    @classmethod
    def of(cls, columns: Estimate | pd.DataFrame | Mapping[str, Any]) -> Estimate:
        """An estimate from a frame or mapping with columns named like the fields."""
        if isinstance(columns, Estimate):
            return columns
        method = np.asarray(columns["method"], dtype=str)
        numbers = (np.asarray(columns[field.name], dtype=float) for field in fields(cls)[1:])
        return cls(method, *numbers)

    def __getitem__(self, rows: Any) -> Estimate:
        return Estimate(*(getattr(self, field.name)[rows] for field in fields(self)))

    @property
    def has_interval(self) -> NDArray[np.bool_]:
        """Which groups have an interval, shape (n,)."""
        return np.isfinite(self.conf_low) & np.isfinite(self.conf_high)


@dataclass(frozen=True)
class Interval:
    """Lower and upper ends, each of shape (n,)."""

    low: Floats
    high: Floats


def estimate_of(
    method: str, estimate: Floats, std_error: Floats, low: Floats, high: Floats, base: Floats, worth: Floats
) -> Estimate:
    """An estimate whose groups all use one method; the numbers have shape (n,)."""
    return Estimate(np.full(estimate.shape, method), estimate, std_error, low, high, base, worth)


def effective_answers(weight_sum: ArrayLike, weight_sq_sum: ArrayLike) -> Floats:
    """Number of equally weighted answers that weighted ones are worth.

    Parameters
    ----------
    weight_sum, weight_sq_sum : array_like, shape (n,)
        Sums of the weights and of their squares.

    Returns
    -------
    ndarray of float, shape (n,)
        (sum of weights)² / sum of squared weights; 0 where there is no weight.

    Raises
    ------
    ValueError
        If a sum is negative or not finite.

    References
    ----------
    Kish (1965), Survey Sampling, section 11.7.
    """
    total, squares = checked_sums(weight_sum=weight_sum, weight_sq_sum=weight_sq_sum)
    return np.nan_to_num(total**2 / nan_if_zero(squares))


def normal_quantile(level: float) -> float:
    """Two-sided normal quantile: 1.96 for a level of 0.95."""
    return NormalDist().inv_cdf((1 + level) / 2)


def t_quantile(level: float, degrees_of_freedom: Floats) -> Floats:
    """Two-sided quantile of Student's t, shape (n,); fewer than 1 degree of freedom counts as 1."""
    from scipy.special import stdtrit  # 0.2 s: only pages that show means pay for it

    return np.asarray(stdtrit(np.maximum(degrees_of_freedom, 1), (1 + level) / 2))


def checked_sums(**named: ArrayLike) -> list[Floats]:
    """Arrays of one shape (n,) from counts or sums; ValueError if negative or not finite."""
    arrays = {name: np.atleast_1d(np.asarray(values, dtype=float)) for name, values in named.items()}
    for name, values in arrays.items():
        wrong = values[~(np.isfinite(values) & (values >= 0))]
        if wrong.size:
            raise ValueError(f"{name} holds {wrong[0]}; counts and sums must be finite and not negative.")
    return list(np.broadcast_arrays(*arrays.values()))


def require_rule(holds: NDArray[np.bool_], message: str, part: Floats, whole: Floats) -> None:
    """ValueError with the first group for which a rule between a part and its whole does not hold."""
    if not np.all(holds):
        row = int(np.flatnonzero(~holds)[0])
        raise ValueError(f"{message} in group {row}: {part[row]:g} of {whole[row]:g}. Check the counts.")


def nan_if_zero(values: Floats) -> Floats:
    """The values, with nan instead of 0: a divisor that leaves a gap rather than infinity."""
    return np.where(values > 0, values, np.nan)
