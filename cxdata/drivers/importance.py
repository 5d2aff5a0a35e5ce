"""Importance of drivers: what each adds to the explained variance, averaged over all orders of entry.

The exact route walks through all subsets at once: a matrix of covariances is split, driver by driver, into
one without the driver (its row left out) and one given the driver (Schur complement). Each step costs less than
the one before, so that 2^20 models take a fraction of a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import ArrayLike

from cxdata.drivers.gram import PIVOT, Floats, Whole, residual
from cxdata.drivers.threads import one_thread

MOST_EXACT = 20
"""Players up to which all subsets are computed."""

MOST_PLAYERS = 60
"""Beyond, a list of drivers says nothing to anybody: they must be grouped."""

_TIE = 1e-12

Players = Sequence[Sequence[int]]


@dataclass(frozen=True)
class Importance:
    """What each player adds to R² (or to a pseudo-R²), averaged over all orders of entry.

    None of this is a test, and none of it is a cause: a driver without any effect earns credit as the
    companion of others (Grömping 2015).

    Parameters
    ----------
    contribution : ndarray of float, shape (p,)
        In units of R²; with the controls' R² they sum to `r_squared`. LMG, Shapley, general dominance.
    r_squared : float
        Of the model with all players and controls (fraction).
    r_squared_controls : float
        Of the controls alone; 0 without controls.
    conditional : ndarray of float, shape (p, p)
        Mean gain of the player (row) when so many others (column, 0 … p − 1) entered before.
    dominance : ndarray of float, shape (p, p)
        Share of the subsets of the others in which the row's player gains more than the column's, ties by half;
        1 is complete dominance. nan on the diagonal, and everywhere for permutations.
    exact : bool
        All subsets, rather than random orders.
    error : ndarray of float, shape (p,)
        Standard error of `contribution` from drawing orders; 0 where exact.
    orders : int
        Permutations drawn; 0 where exact.
    seed : int or None
        Of the permutations.

    References
    ----------
    Lindeman, Merenda & Gold (1980); Budescu (1993), Psychological Bulletin 114(3); Azen & Budescu (2003),
    Psychological Methods 8(2).
    """

    contribution: Floats
    r_squared: float
    r_squared_controls: float
    conditional: Floats
    dominance: Floats
    exact: bool
    error: Floats
    orders: int = 0
    seed: int | None = None

    @property
    def share(self) -> Floats:
        """Contributions as fractions of their sum; nan where nothing is explained."""
        return shares_of(self.contribution)

    @property
    def complete(self) -> np.ndarray:
        """Whether the row's player dominates the column's in every subset, shape (p, p)."""
        return np.nan_to_num(self.dominance) == 1.0

    @property
    def rank(self) -> Whole:
        """1 for the greatest contribution, shape (p,)."""
        return ranks_of(self.contribution)


@one_thread()
def lmg(
    covariance: ArrayLike,
    players: Players | None = None,
    *,
    controls: Sequence[int] = (),
    permutations: int = 4_000,
    seed: int = 0,
) -> Importance:
    """Importance by LMG (Shapley) from a covariance or correlation matrix.

    Parameters
    ----------
    covariance : array_like of float, shape (k + 1, k + 1)
        The outcome last.
    players : sequence of sequences of int, optional
        Column positions that enter together; every column alone by default.
    controls : sequence of int
        Columns that are in every model.
    permutations : int
        Random orders where there are more than 20 players, in antithetic pairs.
    seed : int
        Of the random orders.

    Returns
    -------
    Importance
        Exact up to 20 players.

    Raises
    ------
    ValueError
        If the matrix is not square and finite, a column is in no player or in two, or the outcome does not vary.
    """
    matrix, groups = game(covariance, players, controls)
    before = 1 - matrix[-1, -1]
    if len(groups) > MOST_EXACT:
        from cxdata.drivers.permutations import permuted

        return permuted(matrix, groups, float(before), permutations, seed)
    return of_values(before + explained(matrix[None], groups)[:, 0])


@one_thread()
def lmg_draws(
    covariances: ArrayLike, players: Players | None = None, *, controls: Sequence[int] = ()
) -> Floats:
    """Contributions for many matrices at once, exact.

    Parameters
    ----------
    covariances : array_like of float, shape (b, k + 1, k + 1)
    players, controls
        As in `lmg`; at most 20 players.

    Returns
    -------
    ndarray of float, shape (b, p)
    """
    matrices, groups = game(covariances, players, controls)
    # So many matrices at a time that a level of the recursion stays in the cache.
    together = max(1, 2**17 >> len(groups))
    parts = [
        contributions(explained(matrices[start : start + together], groups), len(groups))
        for start in range(0, len(matrices), together)
    ]
    return np.concatenate(parts, axis=1).T


def game(
    covariance: ArrayLike, players: Players | None, controls: Sequence[int]
) -> tuple[Floats, list[Whole]]:
    """What the players play for: covariances given the controls, in units of the outcome's variance.

    Returns
    -------
    matrix : ndarray of float, shape (…, k' + 1, k' + 1)
        Drivers scaled to variance 1; the outcome's variance is what the controls leave of 1.
    players : list of ndarray of int
        Positions in `matrix`.
    """
    matrix = np.asarray(covariance, dtype=float)
    columns = matrix.shape[-1] - 1
    if matrix.ndim < 2 or matrix.shape[-2] != columns + 1 or not np.isfinite(matrix).all():
        raise ValueError(f"a covariance matrix of shape {matrix.shape} must be square and finite.")
    given = list(controls)
    groups = [list(player) for player in players] if players is not None else [
        [column] for column in range(columns) if column not in set(given)
    ]  # fmt: skip
    named = sorted([*given, *(column for group in groups for column in group)])
    if named != list(range(columns)) or not all(groups) or not groups:
        raise ValueError(
            f"players {groups} and controls {given} must hold each of the {columns} columns exactly once."
        )
    if len(groups) > MOST_PLAYERS:
        raise ValueError(
            f"{len(groups)} drivers are too many to weigh; group them into {MOST_PLAYERS} or fewer."
        )
    variance = np.diagonal(matrix, axis1=-2, axis2=-1)
    if not (variance[..., -1] > 0).all():
        raise ValueError("the outcome does not vary, so nothing can go with it.")
    scale = np.sqrt(np.where(variance > 0, variance, 1.0))
    matrix = matrix / scale[..., :, None] / scale[..., None, :]
    place = {column: new for new, column in enumerate(np.delete(np.arange(columns), given).tolist())}
    return residual(matrix, given), [np.array([place[column] for column in group]) for group in groups]


def explained(matrices: Floats, players: Sequence[Whole]) -> Floats:
    """Variance that each subset of players explains.

    Parameters
    ----------
    matrices : ndarray of float, shape (b, k + 1, k + 1)
        From `game`.
    players : sequence of ndarray of int, length p

    Returns
    -------
    ndarray of float, shape (2^p, b)
        Bit i of the row's number says whether player i is in.
    """
    order = np.concatenate([*players, [matrices.shape[-1] - 1]]).astype(np.intp)
    # The models stand on the last axis, so that every operation runs over long stretches of memory.
    nodes = np.ascontiguousarray(matrices[:, order[:, None], order].transpose(1, 2, 0))
    full = nodes[-1, -1].copy()
    least = PIVOT * np.maximum(np.einsum("iib->ib", nodes), PIVOT)
    done = 0
    for player in players:
        size, count, models = len(player), nodes.shape[0] - len(player), nodes.shape[2]
        split = np.empty((count, count, 2 * models))
        split[:, :, :models] = nodes[size:, size:]
        for step in range(size):
            # A column that its companions determine, or that does not vary, explains nothing more.
            pivot = nodes[0, 0].reshape(-1, full.size)
            usable = pivot > least[done + step]
            factor = np.divide(1.0, pivot, out=np.zeros_like(pivot), where=usable).ravel()
            rest = nodes[1:, 1:]
            target = split[:, :, models:] if step == size - 1 else np.empty_like(rest)
            np.multiply(nodes[1:, 0, None], nodes[0, None, 1:] * factor, out=target)
            np.subtract(rest, target, out=target)
            nodes = target
        done += size
        nodes = split
    return full - nodes[0, 0].reshape(-1, full.size)


def contributions(values: Floats, players: int) -> Floats:
    """Shapley values of set functions.

    Parameters
    ----------
    values : ndarray of float, shape (2^p, b)
    players : int

    Returns
    -------
    ndarray of float, shape (p, b)
    """
    size = sizes_of(players)
    weight = np.array([1 / (players * comb(players - 1, entered)) for entered in range(players)] + [0.0])
    without = weight[size] @ values
    # A subset counts once for each member (gain on entering) and once for each outsider (gain still to come).
    folded = (np.append(0.0, weight[:-1])[size] + weight[size])[:, None] * values
    found = np.empty((players, values.shape[1]))
    for player in reversed(range(players)):
        half = 2**player
        found[player] = folded[half:].sum(axis=0) - without
        folded = folded[:half] + folded[half:]
    return found


def of_values(values: Floats) -> Importance:
    """Importance of the players of a set function: LMG for R², and likewise for any pseudo-R².

    Parameters
    ----------
    values : ndarray of float, shape (2^p,)
        R² of each subset with the controls; bit i of the position says whether player i is in.
    """
    players = int(np.log2(values.size))
    conditional = _conditional(values, players)
    return Importance(
        contributions((values - values[0])[:, None], players)[:, 0],
        float(values[-1]),
        float(values[0]),
        conditional,
        _dominance(values, players),
        True,
        np.zeros(players),
    )


def sizes_of(players: int) -> Whole:
    """How many players each subset holds, shape (2^p,)."""
    size = np.zeros(1, dtype=np.intp)
    for _player in range(players):
        size = np.concatenate([size, size + 1])
    return size


def shares_of(contributions: Floats) -> Floats:
    """Contributions as fractions of their sum over the last axis; nan where that is 0."""
    total = contributions.sum(axis=-1, keepdims=True)
    return np.divide(contributions, total, out=np.full_like(contributions, np.nan), where=total > 0)


def ranks_of(contributions: Floats) -> Whole:
    """Ranks over the last axis, 1 for the greatest; equal ones in the order of the players."""
    order = np.argsort(-contributions, axis=-1, kind="stable")
    return np.argsort(order, axis=-1, kind="stable") + 1


def _conditional(values: Floats, players: int) -> Floats:
    """Mean gain by player and by number of players that entered before."""
    size = sizes_of(players)
    all_of_size = np.bincount(size, values, players + 1)
    table = np.empty((players, players))
    ways = np.array([comb(players - 1, entered) for entered in range(players)], dtype=float)
    rest_size = size[: 2 ** (players - 1)]
    for player in range(players):
        inside = values.reshape(-1, 2, 2**player)[:, 1].ravel()
        with_player = np.bincount(rest_size, inside, players)
        # Subsets of a size without the player are all of that size less those with her.
        without = all_of_size[:-1] - np.append(0.0, with_player[:-1])
        table[player] = (with_player - without) / ways
    return table


def _dominance(values: Floats, players: int) -> Floats:
    """Share of subsets in which one player gains more than another."""
    table = np.full((players, players), np.nan)
    for high in range(players):
        for low in range(high):
            cells = values.reshape(-1, 2, 2 ** (high - low - 1), 2, 2**low)
            lead = cells[:, 1, :, 0] - cells[:, 0, :, 1]
            ahead, behind = np.count_nonzero(lead > _TIE), np.count_nonzero(lead < -_TIE)
            table[high, low] = 0.5 + 0.5 * (ahead - behind) / lead.size
            table[low, high] = 1 - table[high, low]
    return table
