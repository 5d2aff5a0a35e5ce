"""Means and covariances of drivers and outcome: all that importance needs to know of the rows.

Columns are the drivers (and controls) in the order given, the outcome last. Sums are kept per group of
customers, so that resampling customers costs one matrix product and no second look at the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxdata.errors import TooLittleData

Floats = NDArray[np.float64]
Whole = NDArray[np.intp]

ROWS_AT_ONCE = 65_536
"""Rows that are centred together: the working memory is this times the columns, whatever the data."""

PIVOT = 1e-10
"""A column of which less than this share of its variance is left, given others, adds nothing to them."""

MOST_GROUPS = 2_000
CUSTOMERS_UNGROUPED = 5_000


@dataclass(frozen=True)
class Moments:
    """First and second moments of the columns, the outcome last.

    Parameters
    ----------
    rows : int
    weight : float
        Sum of the rows' weights; `rows` where there are none.
    n_eff : float
        What the weights leave of the rows (Kish): (sum of weights)² / sum of squared weights.
    mean : ndarray of float, shape (k + 1,)
    covariance : ndarray of float, shape (k + 1, k + 1)
        Divided by the sum of weights (maximum likelihood).
    """

    rows: int
    weight: float
    n_eff: float
    mean: Floats
    covariance: Floats

    @property
    def correlation(self) -> Floats:
        """Correlations, shape (k + 1, k + 1)."""
        return correlation_of(self.covariance)


@dataclass(frozen=True)
class GroupSums:
    """Sums per group that add up: weight, first and second moments about a common centre.

    Parameters
    ----------
    centre : ndarray of float, shape (k + 1,)
    totals : ndarray of float, shape (groups, (k + 2)(k + 3) / 2)
        The upper triangle of Σ w (1, z − centre)(1, z − centre)'.
    """

    centre: Floats
    totals: Floats

    def resampled(self, counts: ArrayLike) -> tuple[Floats, Floats]:
        """Means and covariances if each group were present so many times.

        Parameters
        ----------
        counts : array_like of float, shape (b, groups)

        Returns
        -------
        mean : ndarray of float, shape (b, k + 1)
        covariance : ndarray of float, shape (b, k + 1, k + 1)
        """
        sums = unpacked(np.asarray(counts, dtype=float) @ self.totals, self.centre.size + 1)
        mean = sums[:, 0, 1:] / sums[:, :1, 0]
        covariance = sums[:, 1:, 1:] / sums[:, :1, :1] - mean[:, :, None] * mean[:, None, :]
        return mean + self.centre, covariance


def moments_of(x: ArrayLike, y: ArrayLike, weights: ArrayLike | None = None) -> Moments:
    """Means and covariances of complete rows.

    Parameters
    ----------
    x : array_like of float, shape (n, k)
        Drivers and controls; no nan: rows with ratings that are missing belong to `missing.em_moments`.
    y : array_like of float, shape (n,)
        Outcome.
    weights : array_like of float, shape (n,), optional
        At least 0; a row of weight 2 counts as two equal rows.

    Returns
    -------
    Moments

    Raises
    ------
    ValueError
        If a value is nan or infinite (with its column and how many), or shapes do not fit.
    TooLittleData
        If there are fewer than two rows with a weight.
    """
    x, y, w = checked(x, y, weights)
    sums = group_sums(x, y, None, w)
    mean, covariance = sums.resampled(np.ones((1, 1)))
    return Moments(len(y), *sizes(len(y), w), mean[0], covariance[0])


def group_sums(
    x: ArrayLike, y: ArrayLike, groups: ArrayLike | None, weights: ArrayLike | None = None
) -> GroupSums:
    """Sums of complete rows per group.

    Parameters
    ----------
    x, y, weights
        As in `moments_of`.
    groups : array_like of int, shape (n,), or None
        0 … groups − 1, for instance from `random_groups`; None for one group.

    Returns
    -------
    GroupSums

    Raises
    ------
    ValueError, TooLittleData
        As in `moments_of`.
    """
    x, y, w = checked(x, y, weights)
    centre = _means(x, y, w)
    return GroupSums(centre, centred_totals(x, y, w, groups, centre))


def centred_totals(
    x: Floats,
    y: Floats,
    w: Floats | None,
    groups: ArrayLike | None,
    centre: Floats,
    scale: Floats | None = None,
) -> Floats:
    """Upper triangles of Σ w (1, u)(1, u)' per group, where u = (z − centre) / scale, nan left out as 0."""
    numbers = None if groups is None else np.asarray(groups, dtype=np.intp)
    count, width = 1 if numbers is None else int(numbers.max()) + 1, centre.size + 1
    grams = np.zeros((count, width, width))
    for start in range(0, len(y), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        block = np.empty((len(y[part]), width))
        block[:, 0], block[:, 1:-1], block[:, -1] = 1.0, x[part], y[part]
        block[:, 1:] -= centre
        if scale is not None:
            block[:, 1:] /= scale
        # A value that is not there enters no sum; what its mean would be is nobody's guess here.
        np.nan_to_num(block, copy=False, nan=0.0)
        if w is not None:
            block *= np.sqrt(w[part])[:, None]
        if numbers is None:
            grams[0] += block.T @ block
            continue
        order = np.argsort(numbers[part], kind="stable")
        block, sorted_numbers = block[order], numbers[part][order]
        starts = np.flatnonzero(np.r_[True, sorted_numbers[1:] != sorted_numbers[:-1]])
        for first, end in zip(starts, np.r_[starts[1:], sorted_numbers.size], strict=True):
            rows = block[first:end]
            grams[sorted_numbers[first]] += rows.T @ rows
    return packed(grams)


def random_groups(
    customer: ArrayLike, *, seed: int, most: int = MOST_GROUPS, ungrouped: int = CUSTOMERS_UNGROUPED
) -> tuple[Whole, int]:
    """Each row's group: its customer, or one of `most` random groups where there are many customers.

    Parameters
    ----------
    customer : array_like, shape (n,)
        Whose row it is; a customer is never split.
    seed : int
    most : int
        Groups where there are more than `ungrouped` customers.

    Returns
    -------
    groups : ndarray of int, shape (n,)
    count : int
    """
    number: NDArray[Any] = np.unique(np.asarray(customer), return_inverse=True)[1].ravel()
    customers = int(number.max()) + 1
    if customers <= ungrouped:
        return number.astype(np.intp), customers
    group = np.random.default_rng(seed).permutation(customers) % most
    return group[number].astype(np.intp), most


def residual(covariance: ArrayLike, controls: Sequence[int]) -> Floats:
    """Covariance of the other columns given the controls (Schur complement), shape (…, k + 1 − controls)."""
    matrix = np.array(covariance, dtype=float)
    variance = np.diagonal(matrix, axis1=-2, axis2=-1).copy()
    for control in controls:
        pivot = matrix[..., control, control]
        usable = pivot > PIVOT * variance[..., control]
        column = matrix[..., control] * np.where(usable, 1 / np.where(usable, pivot, 1.0), 0.0)[..., None]
        matrix = matrix - column[..., :, None] * matrix[..., control, None, :]
    kept = np.delete(np.arange(matrix.shape[-1]), list(controls))
    return matrix[..., kept[:, None], kept]


def correlation_of(covariance: ArrayLike) -> Floats:
    """Correlations of covariances, shape (…, k, k); 0 beside a column that does not vary."""
    matrix = np.asarray(covariance, dtype=float)
    variance = np.diagonal(matrix, axis1=-2, axis2=-1)
    scale = np.where(variance > 0, 1 / np.sqrt(np.where(variance > 0, variance, 1.0)), 0.0)
    return matrix * scale[..., :, None] * scale[..., None, :]


def packed(matrices: Floats) -> Floats:
    """Upper triangles of symmetric matrices (…, k, k), row by row."""
    rows, columns = np.triu_indices(matrices.shape[-1])
    return matrices[..., rows, columns]


def unpacked(triangles: Floats, size: int) -> Floats:
    """Symmetric matrices of upper triangles: the inverse of `packed`."""
    rows, columns = np.triu_indices(size)
    matrices = np.empty((*triangles.shape[:-1], size, size))
    matrices[..., rows, columns] = triangles
    matrices[..., columns, rows] = triangles
    return matrices


def sizes(rows: int, w: Floats | None) -> tuple[float, float]:
    """Sum of weights and Kish's effective number of rows."""
    if w is None:
        return float(rows), float(rows)
    return float(w.sum()), float(w.sum() ** 2 / (w @ w))


def checked(
    x: ArrayLike, y: ArrayLike, weights: ArrayLike | None, *, may_miss: bool = False
) -> tuple[Floats, Floats, Floats | None]:
    """Arrays of the right shape with finite values, or an error that names the column and the count."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    w = None if weights is None else np.asarray(weights, dtype=float)
    if x.ndim != 2 or y.shape != x.shape[:1] or (w is not None and w.shape != y.shape):
        raise ValueError(
            f"drivers of shape {x.shape}, an outcome of {y.shape} and weights of "
            f"{None if w is None else w.shape} do not fit; they need (n, k), (n,) and (n,)."
        )
    for position in range(x.shape[1]):
        column = x[:, position]
        bad = int(np.isinf(column).sum() if may_miss else len(column) - np.isfinite(column).sum())
        if bad:
            kind = "infinite" if may_miss else "missing or infinite"
            raise ValueError(f"column {position} has {bad:,} values that are {kind}; leave those rows out.")
    if not np.isfinite(y).all():
        raise ValueError(f"the outcome has {int((~np.isfinite(y)).sum()):,} values that are not finite.")
    if w is not None and not (np.isfinite(w).all() and (w >= 0).all()):
        raise ValueError(
            f"{int((~(w >= 0)).sum()):,} weights are negative or missing; weights are 0 or more."
        )
    counted = len(y) if w is None else int((w > 0).sum())
    if counted < 2:
        raise TooLittleData(f"{counted} rows cannot tell how columns vary together; at least 2 are needed.")
    return x, y, w


def _means(x: Floats, y: Floats, w: Floats | None) -> Floats:
    if w is None:
        return np.append(x.mean(axis=0), y.mean())
    return np.append(w @ x, w @ y) / w.sum()
