"""Rounds in the network of a table with totals: which hidden numbers could be others, all else the same.

Rows and columns are places, cells the ways between them; `suppression` says why.
"""

from __future__ import annotations

import heapq

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]


def exposed_places(whole: Counts, hidden: Flags) -> Flags:
    """Hidden numbers of a table with totals (as `with_totals` gives them) that can be no others."""
    found = np.zeros(whole.shape, bool)
    nothing = np.zeros(whole.shape, bool)
    for row, column in np.argwhere(hidden):
        found[row, column] = cheapest_round(whole, hidden, nothing, (int(row), int(column))) is None
    return found


def cheapest_round(
    whole: Counts, hidden: Flags, may_hide: Flags, cell: tuple[int, int]
) -> list[tuple[int, int]] | None:
    """Cells of the cheapest round through a hidden cell; None where there is none.

    A step from a row to a column moves the cell between them one way, a step from a column to a row the
    other way. Hidden cells cost nothing, those that may be hidden cost their size.
    """
    best: tuple[float, list[tuple[int, int]]] | None = None
    for direction in (1, -1):
        if not _can_move(whole, cell, direction):
            continue
        found = _path(whole, hidden, may_hide, cell, direction)
        if found is not None and (best is None or found[0] < best[0]):
            best = found
    return None if best is None else best[1]


def _path(
    whole: Counts, hidden: Flags, may_hide: Flags, cell: tuple[int, int], direction: int
) -> tuple[float, list[tuple[int, int]]] | None:
    """Dijkstra's way from the cell's row to its column, by other cells, as the cell moves in `direction`."""
    rows, columns = whole.shape
    start, goal = cell[0], rows + cell[1]
    cost = {start: 0.0}
    came: dict[int, tuple[int, tuple[int, int]]] = {}
    queue = [(0.0, start)]
    while queue:
        spent, place = heapq.heappop(queue)
        if place == goal:
            break
        if spent > cost[place]:
            continue
        on_row = place < rows
        step = -direction if on_row else direction
        for other in range(columns if on_row else rows):
            way = (place, other) if on_row else (other, place - rows)
            if way == cell or not (hidden[way] or may_hide[way]) or not _can_move(whole, way, step):
                continue
            target = rows + other if on_row else other
            reached = spent + (0.0 if hidden[way] else float(abs(whole[way])))
            if reached < cost.get(target, np.inf):
                cost[target], came[target] = reached, (place, way)
                heapq.heappush(queue, (reached, target))
    if goal not in came:
        return None
    ways, place = [], goal
    while place != start:
        place, way = came[place]
        ways.append(way)
    return cost[goal], ways


def _can_move(whole: Counts, way: tuple[int, int], step: int) -> bool:
    """Whether a number can change by one and stay at least 1; totals stand in the network with a minus."""
    value = whole[way]
    return abs(value + step) >= 1 and (value + step > 0) == (value > 0) and value != 0


def with_totals(sizes: Counts) -> Counts:
    """The table with its totals, signed so that every row and every column adds up to 0."""
    whole = np.zeros((sizes.shape[0] + 1, sizes.shape[1] + 1), dtype=np.int64)
    whole[:-1, :-1] = sizes
    whole[:-1, -1] = -sizes.sum(axis=1)
    whole[-1, :-1] = -sizes.sum(axis=0)
    whole[-1, -1] = sizes.sum()
    return whole
