"""Logistic regression by Newton's method, without penalty: what a yes or no goes with.

A penalised fit would shrink the very differences that are reported; where no finite estimate exists that is
said (`Separated`), and `firth` takes over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxdata.errors import TooLittleData
from cxdata.models.fits import (
    Errors,
    Fit,
    Floats,
    Separated,
    blocks,
    checked,
    expit,
    kept_columns,
    numbered,
    sandwich,
    weighted_gram,
)

MOST_STEPS = 40
"""Newton steps: a fit that exists needs fewer than ten."""

STEEPEST = 10.0
"""Log-odds per standard deviation of a column beyond which a fit counts as separated."""

_CONVERGED = 1e-10
_FAR = 12.0  # log-odds: probabilities of a few in a million
_STILL = 1e-3  # of a Newton step on rows that separation leaves alone


@dataclass(frozen=True)
class Climb:
    """Where Newton's method came to.

    Parameters
    ----------
    coefficients : ndarray of float, shape (k,)
    bread : ndarray of float, shape (k, k)
        Inverse information there.
    chance : ndarray of float, shape (n,)
        Fitted probabilities.
    log_likelihood : float
    converged : bool
    separating : ndarray of bool, shape (k,)
        Columns along which the likelihood rises for ever; none where the estimate exists.
    """

    coefficients: Floats
    bread: Floats
    chance: Floats
    log_likelihood: float
    converged: bool
    separating: NDArray[np.bool_]


def logit(
    design: Floats,
    outcome: Floats,
    *,
    terms: Sequence[str],
    clusters: NDArray[Any] | None = None,
    weights: Floats | None = None,
    offset: Floats | None = None,
    errors: Errors | None = None,
    start: Floats | None = None,
) -> Fit:
    """Log-odds of an outcome as a weighted sum of columns.

    Parameters
    ----------
    design : ndarray of float, shape (n, p)
        A column for each term, the constant included; complete and finite.
    outcome : ndarray of float, shape (n,)
        0 or 1.
    terms : sequence of str, length p
    clusters : ndarray, shape (n,), optional
        Who each row belongs to.
    weights : ndarray of float, shape (n,), optional
        Of the rows, 0 or more; a weight of 2 counts like two equal rows of the same customer.
    offset : ndarray of float, shape (n,), optional
        Log-odds that are given.
    errors : str, optional
        One of `Errors`; ``"clustered"`` where clusters are given, else ``"HC0"``.
    start : ndarray of float, shape (k,), optional
        Coefficients of a fit of nearly the same rows: fewer steps, the same result.

    Returns
    -------
    Fit
        A column that earlier ones determine is left out: what it would say cannot be told from theirs.

    Raises
    ------
    TooLittleData
        If every outcome is the same, or there are not two customers more than coefficients.
    Separated
        If some columns tell the outcomes apart completely: shown by a direction along which no row's
        likelihood falls, or by a coefficient beyond `STEEPEST`.
    ValueError
        If a value is missing or infinite, the outcome is not 0 or 1, or a weight is negative.

    References
    ----------
    McCullagh & Nelder (1989), Generalized Linear Models; Albert & Anderson (1984), Biometrika 71(1) on
    separation; `Errors` for the covariance.
    """
    names = tuple(str(term) for term in terms)
    x, y = checked(design, outcome, clusters, weights, offset, terms=names)
    if not np.isin(y, (0.0, 1.0)).all():
        raise ValueError(f"the outcome of a logit is 0 or 1; it holds {y[~np.isin(y, (0, 1))][0]:g}.")
    if weights is not None and (not np.isfinite(weights).all() or np.min(weights) < 0):
        raise ValueError(f"weights are 0 or more; the least is {np.min(weights):g}.")
    x, columns = kept_columns(x)
    groups = None if clusters is None else numbered(clusters)
    count = x.shape[0] if groups is None else int(groups.max(initial=-1)) + 1
    if count < columns.size + 2:
        raise TooLittleData(
            f"{count} customers cannot carry {columns.size} coefficients. Widen the period or choose fewer drivers."
        )
    climb = newton(x, y, weights=weights, offset=offset, start=start)
    kept = tuple(names[column] for column in columns)
    spread = _spread(x)
    steep = np.abs(climb.coefficients) * spread > STEEPEST
    if not climb.converged or climb.separating.any() or steep.any():
        # The constant only makes room for the columns that separate.
        told = (climb.separating | steep) & (spread > 0)
        raise Separated(tuple(name for name, one in zip(kept, told, strict=True) if one))
    how: Errors = errors or ("HC0" if groups is None else "clustered")
    if how == "model":
        covariance = climb.bread
    else:
        score = y - climb.chance if weights is None else weights * (y - climb.chance)
        covariance = sandwich(x, score, climb.bread, groups, how, "logistic")
    empty = _null_log_likelihood(y, weights, offset)
    return Fit(
        "logistic", kept, climb.coefficients, covariance, columns, x.shape[0], count, climb.log_likelihood, empty, how
    )  # fmt: skip


def newton(
    x: Floats,
    y: Floats,
    *,
    weights: Floats | None = None,
    offset: Floats | None = None,
    stop_when_separated: bool = True,
    start: Floats | None = None,
) -> Climb:
    """Maximum of the likelihood of a logit, or the sign that there is none.

    Parameters
    ----------
    x : ndarray of float, shape (n, k)
        Columns of full rank.
    y : ndarray of float, shape (n,)
    weights, offset : ndarray of float, shape (n,), optional
    stop_when_separated : bool
        Whether to stop at the first proof of separation instead of after `MOST_STEPS`.
    start : ndarray of float, shape (k,), optional
        Where to begin; by default, and where it does not fit the columns, at 0.

    Raises
    ------
    TooLittleData
        If every outcome is the same.
    """
    share = float(np.average(y, weights=weights))
    if not 0 < share < 1:
        raise TooLittleData("every decision ended in the same way, so there is nothing to compare.")
    size = x.shape[1]
    beta: Floats = np.zeros(size) if start is None or start.size != size else start
    bread: Floats = np.full((size, size), np.nan)
    linear = _linear(x, beta, offset)
    likelihood, flat, converged, separating = -np.inf, 0, False, np.zeros(size, dtype=bool)
    for _step in range(MOST_STEPS):
        chance = expit(linear)
        information = weighted_gram(x, _times(weights, chance * (1 - chance)))
        try:
            move = np.asarray(np.linalg.solve(information, x.T @ _times(weights, y - chance)), dtype=float)
        except np.linalg.LinAlgError:
            break
        change = x @ move
        if np.abs(linear).max() > _FAR:
            separating |= _separating(x, y, move, change)
            if stop_when_separated and separating.any():
                break
        length, reached = _length(y, linear, change, likelihood, weights)
        beta = beta + length * move
        linear = linear + length * change
        longest = float(np.abs(change).max())
        # The likelihood stands still a step before the coefficients do: that step is taken too.
        flat += abs(reached - likelihood) < 1e-12 * abs(reached)
        if longest < _CONVERGED or flat > (longest < _STILL):
            likelihood, converged = reached, True
            linear = _linear(x, beta, offset)
            chance = expit(linear)
            information = weighted_gram(x, _times(weights, chance * (1 - chance)))
            try:
                bread = np.asarray(np.linalg.inv(information), dtype=float)
            except np.linalg.LinAlgError:
                converged = False
                break
            break
        likelihood = reached
    return Climb(beta, bread, expit(linear), float(likelihood), converged, separating)


def log_likelihood(y: Floats, linear: Floats, weights: Floats | None = None) -> float:
    """Log-likelihood of outcomes (0 or 1) under log-odds, shape (n,) each."""
    total = 0.0
    for rows in blocks(y.size):
        each = y[rows] * linear[rows] - np.logaddexp(0, linear[rows])
        total += float(each.sum() if weights is None else weights[rows] @ each)
    return total


def _separating(x: Floats, y: Floats, move: Floats, change: Floats) -> NDArray[np.bool_]:
    """Columns of a Newton step that makes some rows ever likelier and no row less likely.

    Along such a direction the likelihood has no maximum: Albert & Anderson's definition.
    """
    gain_least = min(change[y > 0.5].min(), -change[y < 0.5].max())
    if gain_least < -_STILL or np.abs(change).max() < 0.1:
        return np.zeros(move.size, dtype=bool)
    reach = np.abs(x).max(axis=0) * np.abs(move)
    return np.asarray(reach > 0.05, dtype=bool)


def _length(
    y: Floats, linear: Floats, change: Floats, before: float, weights: Floats | None
) -> tuple[float, float]:
    """How much of a Newton step to take: halved until it does not make the data less likely."""
    size, slack = 1.0, 1e-13 * abs(before) if np.isfinite(before) else 0.0
    for _halving in range(12):
        reached = log_likelihood(y, linear + size * change, weights)
        # At the top a step changes less than rounding does.
        if reached >= before - slack:
            return size, reached
        size /= 2
    return 0.0, before


def _linear(x: Floats, beta: Floats, offset: Floats | None) -> Floats:
    return x @ beta if offset is None else x @ beta + offset


def _times(weights: Floats | None, values: Floats) -> Floats:
    return values if weights is None else weights * values


def _spread(x: Floats) -> Floats:
    """Standard deviations of the columns, shape (k,), without a copy of x."""
    mean = x.mean(axis=0)
    total = np.zeros(x.shape[1])
    for rows in blocks(x.shape[0]):
        total += ((x[rows] - mean) ** 2).sum(axis=0)
    return np.sqrt(total / x.shape[0])


def _null_log_likelihood(y: Floats, weights: Floats | None, offset: Floats | None) -> float:
    if offset is not None:
        return newton(np.ones((y.size, 1)), y, weights=weights, offset=offset).log_likelihood
    total = float(y.size if weights is None else weights.sum())
    share = float(np.average(y, weights=weights))
    return total * (share * np.log(share) + (1 - share) * np.log1p(-share))
