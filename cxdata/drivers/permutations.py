"""Importance from random orders of entry, where there are too many players for all subsets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cxdata.drivers.gram import PIVOT, Floats, Whole
from cxdata.drivers.importance import Importance

ORDERS_AT_ONCE = 500


def permuted(
    matrix: Floats, players: Sequence[Whole], before: float, permutations: int, seed: int
) -> Importance:
    """Importance estimated from random orders, each drawn with its reverse.

    Parameters
    ----------
    matrix : ndarray of float, shape (k + 1, k + 1)
        From `importance.game`.
    players : sequence of ndarray of int, length p
    before : float
        R² of the controls.
    permutations : int
        Orders, rounded up to pairs.
    seed : int

    Returns
    -------
    Importance
        `error` is the standard error over pairs; an order and its reverse err in opposite directions.
    """
    orders = antithetic(len(players), permutations, seed)
    gains = gains_of(matrix[None], players, orders)[0]
    pairs = gains.reshape(-1, 2, len(players)).mean(axis=1)
    contribution = pairs.mean(axis=0)
    place = np.argsort(orders, axis=1)
    cells = (np.arange(len(players)) * len(players) + place).ravel()
    visits = np.bincount(cells, minlength=len(players) ** 2)
    sums = np.bincount(cells, gains.ravel(), len(players) ** 2)
    conditional = np.divide(sums, visits, out=np.full(sums.size, np.nan), where=visits > 0)
    return Importance(
        contribution,
        float(before + contribution.sum()),
        before,
        conditional.reshape(len(players), -1),
        np.full((len(players), len(players)), np.nan),
        False,
        pairs.std(axis=0, ddof=1) / np.sqrt(len(pairs)),
        len(orders),
        seed,
    )


def antithetic(players: int, permutations: int, seed: int) -> Whole:
    """Random orders, each followed by its reverse, shape (at least 4, players)."""
    random = np.random.default_rng(seed)
    forward = random.permuted(np.tile(np.arange(players), (max(2, -(-permutations // 2)), 1)), axis=1)
    return np.stack([forward, forward[:, ::-1]], axis=1).reshape(-1, players)


def gains_of(matrices: Floats, players: Sequence[Whole], orders: Whole) -> Floats:
    """What each player adds in each order of entry.

    With the outcome last, the squares of the last row of a Cholesky factor are the gains in R², in the
    order of the columns.

    Parameters
    ----------
    matrices : ndarray of float, shape (b, k + 1, k + 1)
    players : sequence of ndarray of int, length p
    orders : ndarray of int, shape (m, p)

    Returns
    -------
    ndarray of float, shape (b, m, p)
    """
    columns = matrices.shape[-1] - 1
    owner = np.concatenate([np.full(len(player), number) for number, player in enumerate(players)])
    position = np.concatenate(players)
    # Columns of an order: those of its first player, then those of the second, and so on.
    turn = np.argsort(orders, axis=1)[:, owner]
    sequence = np.argsort(turn, axis=1, kind="stable")
    entered = np.concatenate([position[sequence], np.full((len(orders), 1), columns)], axis=1)
    member = np.zeros((columns, len(players)))
    member[position, owner] = 1.0
    steady = _steady(matrices)
    gains = np.empty((len(matrices), len(orders), len(players)))
    for number, matrix in enumerate(steady):
        for start in range(0, len(orders), ORDERS_AT_ONCE):
            part = entered[start : start + ORDERS_AT_ONCE]
            factor = np.linalg.cholesky(matrix[part[:, :, None], part[:, None, :]])
            by_column = np.empty((len(part), columns))
            np.put_along_axis(by_column, part[:, :-1], factor[:, -1, :-1] ** 2, axis=1)
            gains[number, start : start + ORDERS_AT_ONCE] = by_column @ member
    return gains


def _steady(matrices: Floats) -> Floats:
    """The matrices, with a trace of noise on the diagonal where columns determine one another."""
    least = np.linalg.eigvalsh(matrices)[:, 0]
    lift = np.where(least < PIVOT, PIVOT - np.minimum(least, 0.0), 0.0)
    return matrices + lift[:, None, None] * np.eye(matrices.shape[-1])
