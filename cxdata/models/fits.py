"""What every regression has in common: its result, its columns, and errors that know who is the same customer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from cxdata.errors import TooLittleData

Floats = NDArray[np.float64]
Family = Literal["logistic", "linear", "cloglog"]
Errors = Literal["model", "HC0", "HC1", "clustered", "clustered_plain"]
"""How sure coefficients are.

``model``: the inverse information (with the residual variance for the linear family), rows independent.
``HC0``: sandwich, rows independent. ``HC1``: the same times n/(n−k).
``clustered``: sandwich that allows any dependence between the rows of one customer, times G/(G−1), for the linear
family also (n−1)/(n−k): what Stata and statsmodels do. ``clustered_plain``: the same without factors.
"""

BLOCK = 1 << 16
"""Rows worked on at a time: a product of all rows would cost as much memory as the data."""

_DEPENDENT = 1e-9


@dataclass(frozen=True)
class Fit:
    """A regression and how sure its coefficients are.

    Parameters
    ----------
    family : {"logistic", "linear", "cloglog"}
        Log-odds of an outcome of 1, the outcome itself, or the log of its hazard.
    terms : tuple of str
        Names of the coefficients; columns that others determine are not among them.
    coefficients : ndarray of float, shape (k,)
    covariance : ndarray of float, shape (k, k)
        As `errors` says.
    columns : ndarray of int, shape (k,)
        Which columns of the design the coefficients belong to.
    rows, clusters : int
        Decisions and customers; without customers each row is one.
    log_likelihood, null_log_likelihood : float
        Of this model and of one with a constant (and the offset) only; nan for the linear family.
    errors : str
        One of `Errors`.
    """

    family: Family
    terms: tuple[str, ...]
    coefficients: Floats
    covariance: Floats
    columns: NDArray[np.intp]
    rows: int
    clusters: int
    log_likelihood: float = float("nan")
    null_log_likelihood: float = float("nan")
    errors: Errors = "clustered"

    def position(self, term: str) -> int:
        """Where a coefficient stands; -1 where the fit has none of that name."""
        return self.terms.index(term) if term in self.terms else -1

    @property
    def std_error(self) -> Floats:
        """Standard errors of the coefficients, shape (k,)."""
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))

    @property
    def mcfadden(self) -> float:
        """Share of the log-likelihood explained, 0-1 (McFadden's R²)."""
        return 1.0 - self.log_likelihood / self.null_log_likelihood


class Separated(TooLittleData):
    """Some columns tell the outcomes apart completely, so that their coefficients have no finite estimate.

    Parameters
    ----------
    terms : tuple of str
        The columns that take part.
    """

    def __init__(self, terms: tuple[str, ...]) -> None:
        self.terms = terms
        super().__init__(
            f"{', '.join(terms) or 'some columns'}: beyond some value only one outcome occurs, so plain maximum "
            "likelihood has no estimate. Use the Firth fit, merge groups, or widen the period."
        )


def expit(values: Floats) -> Floats:
    """Probability that belongs to log-odds."""
    return 0.5 * (1.0 + np.tanh(0.5 * values))


def independent_columns(design: Floats) -> NDArray[np.intp]:
    """Positions of the columns that no earlier columns determine, shape (k,), in order."""
    gram = np.asarray(design.T @ design, dtype=float)
    scale = np.sqrt(np.where(np.diag(gram) > 0, np.diag(gram), 1.0))
    rest = gram / np.outer(scale, scale)
    kept = []
    for column in range(rest.shape[0]):
        pivot = rest[column, column]
        if pivot > _DEPENDENT:
            kept.append(column)
            rest = rest - np.outer(rest[:, column], rest[column]) / pivot
    return np.array(kept, dtype=np.intp)


def kept_columns(design: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """The columns that no earlier columns determine, and their positions; no copy where all are kept."""
    columns = independent_columns(design)
    if columns.size == design.shape[1]:
        return np.ascontiguousarray(design, dtype=float), columns
    return np.ascontiguousarray(design[:, columns], dtype=float), columns


def checked(
    design: Floats, outcome: Floats, *others: NDArray[Any] | None, terms: tuple[str, ...]
) -> tuple[Floats, Floats]:
    """Design and outcome as floats, once their shapes agree and every value is finite.

    Raises
    ------
    ValueError
        If lengths differ, or a column holds nan or infinite values; the message names the column.
    """
    x, y = np.asarray(design, dtype=float), np.asarray(outcome, dtype=float)
    if x.ndim != 2 or len(terms) != x.shape[1]:
        raise ValueError(f"{len(terms)} names do not fit a design of shape {x.shape}: name every column.")
    lengths = {x.shape[0], *(np.shape(other)[0] for other in (y, *others) if other is not None)}
    if len(lengths) > 1:
        raise ValueError(
            f"design, outcome and the other columns have {sorted(lengths)} rows; they must agree."
        )
    for name, column in (*zip(terms, x.T, strict=True), ("the outcome", y)):
        bad = column.size - int(np.isfinite(column).sum())
        if bad:
            raise ValueError(
                f"{name}: {bad} of {column.size} values are missing or infinite. Impute or leave them out first."
            )
    return x, y


def numbered(clusters: NDArray[Any]) -> NDArray[np.intp]:
    """Clusters as 0, 1, 2 …, shape (n,)."""
    return np.unique(clusters, return_inverse=True)[1].astype(np.intp).ravel()


def blocks(rows: int) -> Iterator[slice]:
    """Slices of at most `BLOCK` rows that make up all of them."""
    for start in range(0, rows, BLOCK):
        yield slice(start, min(start + BLOCK, rows))


def weighted_gram(x: Floats, weight: Floats) -> Floats:
    """xᵀ diag(weight) x, shape (k, k), without a copy of x."""
    total = np.zeros((x.shape[1], x.shape[1]))
    for rows in blocks(x.shape[0]):
        total += (x[rows] * weight[rows, None]).T @ x[rows]
    return total


def sandwich(
    x: Floats, score: Floats, bread: Floats, groups: NDArray[np.intp] | None, errors: Errors, family: Family
) -> Floats:
    """Covariance of coefficients that solve xᵀ score = 0.

    Parameters
    ----------
    x : ndarray of float, shape (n, k)
    score : ndarray of float, shape (n,)
        What each row adds, weights included: residual times weight for logistic and linear fits.
    bread : ndarray of float, shape (k, k)
        Inverse of the derivative of the sum of scores.
    groups : ndarray of int, shape (n,), or None
        Customers numbered from 0 (`numbered`); needed for clustered errors only.
    errors : {"HC0", "HC1", "clustered", "clustered_plain"}
    family : str

    References
    ----------
    White (1980), Econometrica 48(4); Liang & Zeger (1986), Biometrika 73(1).
    """
    rows, size = x.shape
    if errors in ("HC0", "HC1"):
        factor = rows / (rows - size) if errors == "HC1" else 1.0
        return factor * (bread @ weighted_gram(x, score**2) @ bread)
    if groups is None:
        raise ValueError("clustered errors need to know which rows belong to one customer: give clusters.")
    count = int(groups.max()) + 1
    factor = count / (count - 1) if errors == "clustered" else 1.0
    if errors == "clustered" and family == "linear":
        factor *= (rows - 1) / (rows - size)
    return factor * (bread @ _clustered_meat(x, score, groups, count) @ bread)


def group_sums(rows: Floats, groups: NDArray[np.intp], count: int) -> Floats:
    """Sums of the rows of each group, shape (count, columns)."""
    order = np.argsort(groups, kind="stable")
    starts = np.searchsorted(groups[order], np.arange(count))
    return np.add.reduceat(rows[order], starts, axis=0)


def _clustered_meat(x: Floats, score: Floats, groups: NDArray[np.intp], count: int) -> Floats:
    """Sum over customers of the outer product of their summed scores, whole customers at a time."""
    order = np.argsort(groups, kind="stable")
    starts = np.append(np.searchsorted(groups[order], np.arange(count)), order.size)
    edges = np.unique(np.append(np.searchsorted(starts[:-1], np.arange(0, order.size, BLOCK)), count))
    meat = np.zeros((x.shape[1], x.shape[1]))
    for first, last in pairwise(edges):
        rows = order[starts[first] : starts[last]]
        sums = np.add.reduceat(x[rows] * score[rows, None], starts[first:last] - starts[first], axis=0)
        meat += sums.T @ sums
    return meat
