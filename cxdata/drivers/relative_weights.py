"""Other measures of importance, as cross-checks of LMG; none of them is shown alone.

All take a covariance or correlation matrix with the outcome last and return one number per driver, in the order of
the columns without the controls, in units of the outcome's whole variance. A group's weight is the sum of its
columns' (`by_player`).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

import numpy as np
from numpy.typing import ArrayLike

from cxdata.drivers.gram import PIVOT, Floats
from cxdata.drivers.importance import explained, game, sizes_of


def johnson(covariance: ArrayLike, *, controls: Sequence[int] = ()) -> Floats:
    """Johnson's relative weights, which are also Genizi's decomposition.

    The drivers are replaced by their nearest uncorrelated relatives; each driver then receives from every relative's
    squared coefficient the part that it holds of that relative.

    Parameters
    ----------
    covariance : array_like of float, shape (…, k + 1, k + 1)
    controls : sequence of int
        Columns whose part is taken out of all others first.

    Returns
    -------
    ndarray of float, shape (…, k)
        They sum to R² (less that of the controls).

    References
    ----------
    Johnson (2000), Multivariate Behavioral Research 35(1); Genizi (1993), Statistica Sinica 3(2). Thomas, Zumbo,
    Kwan & Schweitzer (2014), same journal as Johnson, 49(4), advise against it: it has no better ground than LMG.
    """
    correlation, with_outcome = _drivers(covariance, controls)
    root, inverse = _roots(correlation)
    relatives = inverse @ with_outcome[..., None]
    return ((root**2) @ relatives**2)[..., 0]


def tonidandel_lebreton(correlation: ArrayLike, coefficients: ArrayLike, r_squared: float) -> Floats:
    """Relative weights of a logistic regression.

    Parameters
    ----------
    correlation : array_like of float, shape (k, k)
        Of the drivers.
    coefficients : array_like of float, shape (k,)
        Log-odds for one standard deviation more of each driver.
    r_squared : float
        Squared correlation of the outcome with its fitted probability; `squared_correlation` computes it.

    Returns
    -------
    ndarray of float, shape (k,)
        They sum to `r_squared`; all 0 where every coefficient is.

    References
    ----------
    Tonidandel & LeBreton (2010), Organizational Research Methods 13(4).
    """
    matrix, slopes = np.asarray(correlation, dtype=float), np.asarray(coefficients, dtype=float)
    spread = float(slopes @ matrix @ slopes)
    if spread <= 0:
        return np.zeros(slopes.size)
    root, _ = _roots(matrix)
    return (root**2) @ (root @ slopes) ** 2 * (r_squared / spread)


def squared_correlation(y: ArrayLike, fitted: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Squared correlation of an outcome with what a model expects; 0 where either does not vary."""
    one, other = np.asarray(y, dtype=float), np.asarray(fitted, dtype=float)
    w = np.ones(one.size) if weights is None else np.asarray(weights, dtype=float)
    one, other = one - np.average(one, weights=w), other - np.average(other, weights=w)
    below = (w @ one**2) * (w @ other**2)
    return float((w @ (one * other)) ** 2 / below) if below > 0 else 0.0


def beta_squared(covariance: ArrayLike, *, controls: Sequence[int] = ()) -> Floats:
    """Squared standardised coefficients, shape (k,): ignores what drivers share."""
    correlation, with_outcome = _drivers(covariance, controls)
    return (np.linalg.pinv(correlation, rcond=PIVOT) @ with_outcome) ** 2


def pratt(covariance: ArrayLike, *, controls: Sequence[int] = ()) -> Floats:
    """Standardised coefficient times correlation, shape (k,): sums to R², and can be negative (Pratt 1987)."""
    correlation, with_outcome = _drivers(covariance, controls)
    return (np.linalg.pinv(correlation, rcond=PIVOT) @ with_outcome) * with_outcome


def first(covariance: ArrayLike, *, controls: Sequence[int] = ()) -> Floats:
    """What each driver explains alone, shape (k,): counts what drivers share for each of them."""
    return _drivers(covariance, controls)[1] ** 2


def last(covariance: ArrayLike, *, controls: Sequence[int] = ()) -> Floats:
    """What each driver adds to all others, shape (k,): counts what drivers share for none of them."""
    matrix, _ = game(covariance, None, controls)
    drivers = matrix.shape[-1] - 1
    found = np.empty(drivers)
    for driver in range(drivers):
        others = [np.array([column]) for column in range(drivers) if column != driver]
        rest = matrix
        for column in (*(int(other[0]) for other in others), driver):
            before = rest[-1, -1]
            pivot = rest[column, column]
            if pivot > PIVOT * matrix[column, column]:
                rest = rest - np.outer(rest[:, column], rest[column]) / pivot
        found[driver] = before - rest[-1, -1]
    return found


def kruskal(covariance: ArrayLike, *, controls: Sequence[int] = ()) -> Floats:
    """Squared partial correlation, averaged over all orders of entry, shape (k,); at most 20 drivers.

    References
    ----------
    Kruskal (1987), The American Statistician 41(1).
    """
    matrix, players = game(covariance, None, controls)
    count = len(players)
    if count > 20:
        raise ValueError(f"{count} drivers have too many subsets; group them into 20 or fewer.")
    values = explained(matrix[None], players)[:, 0]
    left = matrix[-1, -1] - values
    size = sizes_of(count)[: 2 ** (count - 1)]
    weight = np.array([1 / (count * comb(count - 1, entered)) for entered in range(count)])[size]
    found = np.empty(count)
    for player in range(count):
        sides = left.reshape(-1, 2, 2**player)
        outside, inside = sides[:, 0].ravel(), sides[:, 1].ravel()
        gain = np.divide(outside - inside, outside, out=np.zeros_like(outside), where=outside > PIVOT)
        found[player] = weight @ gain
    return found


def inflation(covariance: ArrayLike) -> Floats:
    """Variance inflation of each driver's coefficient (VIF), shape (k,); inf where others determine it."""
    correlation, _ = _drivers(covariance, ())
    values, vectors = np.linalg.eigh(correlation)
    if values[0] < PIVOT:
        loose = (vectors[:, values < PIVOT] ** 2).sum(axis=1) > PIVOT
        steady = np.diagonal(np.linalg.pinv(correlation, rcond=PIVOT))
        return np.where(loose, np.inf, steady)
    return np.diagonal(np.linalg.inv(correlation)).copy()


def by_player(weights: Floats, players: Sequence[Sequence[int]]) -> Floats:
    """Sums of the columns' weights for each player, shape (…, p)."""
    return np.stack([weights[..., list(player)].sum(axis=-1) for player in players], axis=-1)


def _drivers(covariance: ArrayLike, controls: Sequence[int]) -> tuple[Floats, Floats]:
    """Correlations of the drivers given the controls; and with the outcome, in units of its whole variance."""
    matrix, _ = game(covariance, None, controls)
    variance = np.diagonal(matrix, axis1=-2, axis2=-1)[..., :-1]
    scale = np.where(variance > PIVOT, 1 / np.sqrt(np.where(variance > PIVOT, variance, 1.0)), 0.0)
    inner = matrix[..., :-1, :-1] * scale[..., :, None] * scale[..., None, :]
    return inner, matrix[..., :-1, -1] * scale


def _roots(correlation: Floats) -> tuple[Floats, Floats]:
    """Symmetric square root and its inverse; directions without variance are left out of the inverse."""
    values, vectors = np.linalg.eigh(correlation)
    root = np.sqrt(np.maximum(values, 0.0))
    inverse = np.where(values > PIVOT, 1 / np.sqrt(np.where(values > PIVOT, values, 1.0)), 0.0)
    turned = vectors.swapaxes(-1, -2)
    return (vectors * root[..., None, :]) @ turned, (vectors * inverse[..., None, :]) @ turned
