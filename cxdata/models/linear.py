"""Least squares with errors that need not be equal or independent: what a score goes with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxdata.errors import TooLittleData
from cxdata.models.fits import Errors, Fit, Floats, checked, kept_columns, numbered, sandwich, weighted_gram


def linear(
    design: Floats,
    outcome: Floats,
    *,
    terms: Sequence[str],
    clusters: NDArray[Any] | None = None,
    weights: Floats | None = None,
    errors: Errors | None = None,
) -> Fit:
    """An outcome as a weighted sum of columns.

    Parameters
    ----------
    design, outcome, terms, clusters, weights
        As for `logit.logit`; the outcome may be any number.
    errors : str, optional
        One of `Errors`; ``"clustered"`` where clusters are given, else ``"HC1"``.

    Returns
    -------
    Fit
        A column that earlier ones determine is left out.

    Raises
    ------
    TooLittleData
        If there are not two customers more than coefficients.
    ValueError
        If a value is missing or infinite.
    """
    names = tuple(str(term) for term in terms)
    x, y = checked(design, outcome, clusters, weights, terms=names)
    x, columns = kept_columns(x)
    groups = None if clusters is None else numbered(clusters)
    count = x.shape[0] if groups is None else int(groups.max(initial=-1)) + 1
    if count < columns.size + 2:
        raise TooLittleData(
            f"{count} customers cannot carry {columns.size} coefficients. Widen the period or choose fewer drivers."
        )
    beta, bread, residuals = least_squares(x, y, weights)
    how: Errors = errors or ("HC1" if groups is None else "clustered")
    score = residuals if weights is None else weights * residuals
    if how == "model":
        covariance = bread * float(score @ residuals) / (x.shape[0] - x.shape[1])
    else:
        covariance = sandwich(x, score, bread, groups, how, "linear")
    kept = tuple(names[column] for column in columns)
    return Fit("linear", kept, beta, covariance, columns, x.shape[0], count, errors=how)


def least_squares(x: Floats, y: Floats, weights: Floats | None = None) -> tuple[Floats, Floats, Floats]:
    """Coefficients, the inverse of xᵀwx, and residuals, for columns of full rank."""
    gram = x.T @ x if weights is None else weighted_gram(x, weights)
    bread = np.asarray(np.linalg.inv(gram), dtype=float)
    beta = bread @ (x.T @ (y if weights is None else weights * y))
    return beta, bread, y - x @ beta


def variance_inflation(columns: Floats, weights: Floats | None = None) -> Floats:
    """How much the other columns inflate the variance of each coefficient, 1 or more, shape (p,).

    Parameters
    ----------
    columns : ndarray of float, shape (n, p)
        Without a constant.
    weights : ndarray of float, shape (n,), optional

    Returns
    -------
    ndarray of float, shape (p,)
        1 / (1 − R²) of each column on all the others; infinite where the others determine it, nan for a
        constant column.

    References
    ----------
    Fox & Monette (1992), JASA 87(417).
    """
    x = np.asarray(columns, dtype=float)
    centred = x - np.average(x, axis=0, weights=weights)
    gram = centred.T @ centred if weights is None else weighted_gram(centred, weights)
    scale = np.sqrt(np.diag(gram))
    varies = scale > 1e-12 * np.maximum(np.abs(x).max(axis=0, initial=0.0), 1e-300) * np.sqrt(x.shape[0])
    found = np.full(x.shape[1], np.nan)
    if varies.any():
        inner = gram[np.ix_(varies, varies)] / np.outer(scale[varies], scale[varies])
        found[varies] = _inverse_diagonal(inner)
    return found


def _inverse_diagonal(correlation: Floats) -> Floats:
    """Diagonal of the inverse; infinite for columns that others determine."""
    values, vectors = np.linalg.eigh(correlation)
    null = values < 1e-10
    inverse = (vectors[:, ~null] ** 2 / values[~null]).sum(axis=1)
    return np.where((vectors[:, null] ** 2).sum(axis=1) > 1e-8, np.inf, inverse)
