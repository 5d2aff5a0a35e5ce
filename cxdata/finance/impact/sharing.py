"""Who brought what: a joint result shared out over levers that overlap."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def shapley(value: Callable[[tuple[int, ...]], float], players: int) -> tuple[Floats, Floats]:
    """Exact Shapley values: each player's gain averaged over all orders in which players may come.

    Parameters
    ----------
    value : callable
        Of a subset of players, in order; of the empty one 0 is taken.
    players : int
        At most 6, which needs 63 values.

    Returns
    -------
    parts : ndarray of float, shape (players,)
        They sum to the value of all.
    alone : ndarray of float, shape (players,)
        What each would bring without the others.

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
    return parts, np.array([found[(player,)] for player in range(players)])
