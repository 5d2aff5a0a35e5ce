"""Who brought what: a joint result shared out over levers that overlap."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def shapley(value: Callable[[tuple[int, ...]], float], players: int) -> Floats:
    """Exact Shapley values: each player's gain averaged over all orders in which players may come.

    Parameters
    ----------
    value : callable
        Of a subset of players, in order; of the empty one 0 is taken.
    players : int
        At most 6, which needs 63 values.

    Returns
    -------
    ndarray of float, shape (players,)
        They sum to the value of all.

    References
    ----------
    Shapley (1953), "A value for n-person games", Contributions to the Theory of Games II.
    """
    found: dict[tuple[int, ...], float] = {(): 0.0}
    for size in range(1, players + 1):
        for subset in combinations(range(players), size):
            found[subset] = value(subset)
    parts = np.zeros(players)
    for subset, worth in found.items():
        others = factorial(players - len(subset) - 1) * factorial(len(subset)) if len(subset) < players else 0
        for player in range(players):
            if player in subset:
                continue
            joined = tuple(sorted((*subset, player)))
            parts[player] += others / factorial(players) * (found[joined] - worth)
    return parts


def first_and_last(value: Callable[[tuple[int, ...]], float], players: int) -> Floats:
    """Nearly Shapley's parts from 2 values a player: the mean of what each brings as the first and as the last one.

    What these do not sum to is shared out in proportion to them. Exact for up to two players, and for any number whose
    overlap is of pairs only.

    Parameters
    ----------
    value : callable
        As of `shapley`.
    players : int

    Returns
    -------
    ndarray of float, shape (players,)
        They sum to the value of all.
    """
    every = tuple(range(players))
    whole = value(every)
    first = np.array([value((player,)) for player in every])
    last = np.array([whole - value(tuple(one for one in every if one != player)) for player in every])
    parts = (first + last) / 2
    size = np.abs(parts).sum()
    rest = whole - parts.sum()
    return np.asarray(parts + rest * (np.abs(parts) / size if size > 0 else 1 / players), dtype=float)
