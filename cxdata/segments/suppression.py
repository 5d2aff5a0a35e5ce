"""Which numbers of a table to hide so that no hidden one follows from those that are shown.

A small group is hidden (primary suppression), but where its row, its column and the totals are shown it
follows by subtraction. So others have to be hidden with it (complementary suppression). A table with
totals is a network: rows and columns are its places, cells its ways, and the column and row of totals
belong to it with the sign turned. Two tables that show the same differ by rounds in that network: cells
along a round go up and down in turn. A hidden cell is therefore safe exactly where some round leads
through it over hidden cells only, each of which can make its step and stay what a reader knows it to be,
namely at least 1 (empty groups are shown as empty). The same rounds protect every number that adds up
over the same customers: counts, and the sums behind scores.

References: Cox (1980), "Suppression Methodology and Statistical Disclosure Control", JASA 75(370);
Gusfield (1988), SIAM Journal on Computing 17(3), for the network; Willenborg & de Waal (2001), Elements
of Statistical Disclosure Control, ch. 5-6.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Suppression:
    """What is hidden of a table with its totals.

    Parameters
    ----------
    cells : ndarray of bool, shape (rows, columns)
    rows, columns : ndarray of bool, shapes (rows,) and (columns,)
        Totals that are hidden.
    possible : bool
        False where no pattern protects the small groups: then nothing but the grand total may be shown
        (of a table by two dimensions: nothing but what each dimension shows on its own).
    """

    cells: Flags
    rows: Flags
    columns: Flags
    possible: bool


def suppress_line(counts: ArrayLike, min_base: int) -> tuple[Flags, bool]:
    """Groups to hide where each group's number and the total of all are shown.

    Besides the small groups the smallest of the others is hidden with them, until no hidden one follows
    from the total.

    Parameters
    ----------
    counts : array_like of int, shape (n,)
        Size of each group; groups of 0 are shown as empty and protect nobody.
    min_base : int
        Groups of fewer than this (and more than 0) must not be shown.

    Returns
    -------
    ndarray of bool, shape (n,)
        What to hide.
    bool
        False where even hiding all groups would give them away.
    """
    sizes = _counts(counts)
    hidden = (sizes > 0) & (sizes < min_base)
    if not hidden.any():
        return hidden, True
    for place in np.argsort(sizes, kind="stable"):
        if _line_is_safe(sizes, hidden):
            break
        hidden[place] |= sizes[place] > 0
    return hidden, _line_is_safe(sizes, hidden)


def suppress_table(counts: ArrayLike, min_base: int) -> Suppression:
    """Cells and totals to hide of a table by two dimensions whose totals are shown.

    The totals are treated first, as `suppress_line` treats a table by one dimension: what one view hides
    no other view of the same groups may show. Then every small cell, and every hidden total, gets the
    round that hides the fewest customers besides; in the end cells are shown again where they are not
    needed.

    Parameters
    ----------
    counts : array_like of int, shape (rows, columns)
        Size of each cell.
    min_base : int
        Cells and totals of fewer than this (and more than 0) must not be shown.

    Returns
    -------
    Suppression

    Raises
    ------
    ValueError
        If a count is negative or no whole number, or the table has not two dimensions.
    """
    sizes = _counts(counts)
    if sizes.ndim != 2:
        raise ValueError(f"a table by two dimensions is needed; got {sizes.ndim}.")
    row_totals, row_safe = suppress_line(sizes.sum(axis=1), min_base)
    column_totals, column_safe = suppress_line(sizes.sum(axis=0), min_base)
    whole = _with_totals(sizes)
    hidden = np.zeros(whole.shape, bool)
    hidden[:-1, -1], hidden[-1, :-1] = row_totals, column_totals
    small = (sizes > 0) & (sizes < min_base)
    hidden[:-1, :-1] = small
    may_hide = np.zeros(whole.shape, bool)
    may_hide[:-1, :-1] = sizes > 0
    for row, column in np.argwhere(hidden):
        path = _cheapest_round(whole, hidden, may_hide, (int(row), int(column)))
        if path is None:
            hidden[:-1, :-1] = sizes > 0
            break
        for cell in path:
            hidden[cell] = True
    possible = row_safe and column_safe and not exposed(sizes, _of(hidden, True)).any()
    if possible:
        _show_again(whole, hidden, small)
    return _of(hidden, possible)


def exposed(counts: ArrayLike, suppression: Suppression) -> Flags:
    """Hidden numbers that follow from the shown ones after all; shape (rows + 1, columns + 1).

    The last row and column are the totals. Exact for whole numbers: a hidden number is exposed where no
    other table of the same shape, at least 1 where hidden, shows the same.

    Parameters
    ----------
    counts : array_like of int, shape (rows, columns)
    suppression : Suppression
    """
    whole = _with_totals(_counts(counts))
    hidden = np.zeros(whole.shape, bool)
    hidden[:-1, :-1] = suppression.cells
    hidden[:-1, -1], hidden[-1, :-1] = suppression.rows, suppression.columns
    return _exposed(whole, hidden)


def _exposed(whole: Counts, hidden: Flags) -> Flags:
    found = np.zeros(whole.shape, bool)
    nothing = np.zeros(whole.shape, bool)
    for row, column in np.argwhere(hidden):
        found[row, column] = _cheapest_round(whole, hidden, nothing, (int(row), int(column))) is None
    return found


def _show_again(whole: Counts, hidden: Flags, small: Flags) -> None:
    """Show cells that were hidden for the sake of others, largest first, where the others stay safe."""
    spare = [(row, column) for row, column in np.argwhere(hidden[:-1, :-1]) if not small[row, column]]
    for cell in sorted(spare, key=lambda place: -whole[place]):
        hidden[cell] = False
        if _exposed(whole, hidden).any():
            hidden[cell] = True


def _cheapest_round(
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


def _with_totals(sizes: Counts) -> Counts:
    """The table with its totals, signed so that every row and every column adds up to 0."""
    whole = np.zeros((sizes.shape[0] + 1, sizes.shape[1] + 1), dtype=np.int64)
    whole[:-1, :-1] = sizes
    whole[:-1, -1] = -sizes.sum(axis=1)
    whole[-1, :-1] = -sizes.sum(axis=0)
    whole[-1, -1] = sizes.sum()
    return whole


def _line_is_safe(sizes: Counts, hidden: Flags) -> bool:
    """With at least two hidden, one of which is more than 1, the total leaves each of them open."""
    inside = sizes[hidden]
    return bool(inside.size >= 2 and inside.max() >= 2)


def _counts(counts: ArrayLike) -> Counts:
    values = np.asarray(counts, dtype=float)
    if not np.all(np.isfinite(values) & (values >= 0) & (values == np.round(values))):
        raise ValueError("sizes of groups must be whole numbers, 0 or more.")
    return values.astype(np.int64)


def _of(hidden: Flags, possible: bool) -> Suppression:
    return Suppression(
        hidden[:-1, :-1].copy(), hidden[:-1, -1].copy(), hidden[-1, :-1].copy(), bool(possible)
    )
