"""Which numbers of a table to hide so that no hidden one follows from those that are shown.

A small group is hidden (primary suppression), but where its row, its column and the totals are shown it
follows by subtraction. So others have to be hidden with it (complementary suppression). A table with
totals is a network: rows and columns are its places, cells its ways, and the column and row of totals
belong to it with the sign turned. Two tables that show the same differ by rounds in that network: cells
along a round go up and down in turn. A hidden cell is therefore safe exactly where some round leads
through it over hidden cells only, each of which can make its step and stay what a reader knows it to be,
namely at least 1 (empty groups are shown as empty).

That is not enough: what several hidden cells hold together follows from the totals, too, and is a number like
any other. So every set of hidden cells whose sum follows must itself be large enough to be shown, and must not
be `told` by its sum: where all of 12 renewed, each hidden group among them did. Such a set is what some rows
hide less what some columns hide, all of whose hidden cells lie in those rows; hidden totals, of which only
the sum is known, make one row (one column) together. There are few columns, so all their subsets are looked at.

References: Cox (1980), "Suppression Methodology and Statistical Disclosure Control", JASA 75(370);
Gusfield (1988), SIAM Journal on Computing 17(3), for the network; Willenborg & de Waal (2001), Elements
of Statistical Disclosure Control, ch. 5-6.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cxdata.segments.rounds import Counts, Flags, cheapest_round, exposed_places, with_totals
from cxdata.segments.unions import Told, nothing_told, unions_of, unprotected

MOST_LINES = 12
"""Longest shorter side of a table: the subsets of its lines are looked at one by one."""


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


def suppress_line(counts: ArrayLike, min_base: int, told: Told = nothing_told) -> tuple[Flags, bool]:
    """Groups to hide where each group's number and the total of all are shown.

    Besides the small groups the smallest of the others are hidden, until no hidden one follows from the
    total, all that are hidden make `min_base` together, and their sum does not tell what each of them is.

    Parameters
    ----------
    counts : array_like of int, shape (n,)
        Size of each group; groups of 0 are shown as empty and protect nobody.
    min_base : int
        Groups of fewer than this (and more than 0) must not be shown.
    told : callable
        Sets of groups -> those whose sum gives each of them away.

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
        if _line_is_safe(sizes, hidden, min_base, told):
            break
        hidden[place] |= sizes[place] > 0
    return hidden, _line_is_safe(sizes, hidden, min_base, told)


def suppress_table(counts: ArrayLike, min_base: int, told: Told = nothing_told) -> Suppression:
    """Cells and totals to hide of a table by two dimensions whose totals are shown.

    The totals are treated first, as `suppress_line` treats a table by one dimension: what one view hides
    no other view of the same groups may show. Then every small cell, and every hidden total, gets the
    round that hides the fewest customers besides; a set of hidden cells that may not be known takes
    the smallest cell with it that helps. In the end cells are shown again where they are not needed. There is no
    pattern where a shown total is itself told (everybody renewed) and small groups are in it: no cell less
    makes that unknown, and hiding the total here would not help, since it is shown by that dimension alone.

    Parameters
    ----------
    counts : array_like of int, shape (rows, columns)
        Size of each cell.
    min_base : int
        Cells and totals of fewer than this (and more than 0) must not be shown.
    told : callable
        Sets of cells, shape (sets, rows * columns) -> those whose sum gives each cell away.

    Returns
    -------
    Suppression

    Raises
    ------
    ValueError
        If a count is negative or no whole number, the table has not two dimensions, or both are too long.
    """
    sizes = _counts(counts)
    if sizes.ndim != 2:
        raise ValueError(f"a table by two dimensions is needed; got {sizes.ndim}.")
    if min(sizes.shape) > MOST_LINES:
        raise ValueError(f"one side of the table must have at most {MOST_LINES} groups; got {sizes.shape}.")
    row_totals, row_safe = suppress_line(
        sizes.sum(axis=1), min_base, lambda sets: told(np.repeat(sets, sizes.shape[1], axis=1))
    )
    column_totals, column_safe = suppress_line(
        sizes.sum(axis=0), min_base, lambda sets: told(np.tile(sets, (1, sizes.shape[0])))
    )
    whole, small = with_totals(sizes), (sizes > 0) & (sizes < min_base)
    hidden = np.zeros(whole.shape, bool)
    hidden[:-1, -1], hidden[-1, :-1] = row_totals, column_totals
    hidden[:-1, :-1] = small
    if not (row_safe and column_safe and _protected(whole, sizes, hidden, min_base, told)):
        return Suppression(sizes > 0, row_totals, column_totals, False)
    _show_again(whole, hidden, small, sizes, min_base, told)
    return Suppression(hidden[:-1, :-1].copy(), row_totals, column_totals, True)


def _protected(whole: Counts, sizes: Counts, hidden: Flags, min_base: int, told: Told) -> bool:
    """Hide as many cells more as it takes; whether that was possible."""
    may_hide = np.zeros(whole.shape, bool)
    may_hide[:-1, :-1] = sizes > 0
    waiting = [(int(row), int(column)) for row, column in np.argwhere(hidden)]
    while True:
        for cell in waiting:
            path = cheapest_round(whole, hidden, may_hide, cell)
            if path is None:
                return False
            for place in path:
                hidden[place] = True
        sets = unions_of(hidden)
        bad = np.flatnonzero(unprotected(sets, sizes, min_base, told))
        if not bad.size:
            return True
        spare = sets.helpful[bad[0]].reshape(sizes.shape) & may_hide[:-1, :-1] & ~hidden[:-1, :-1]
        if not spare.any():
            return False
        smallest = np.argwhere(spare)[np.argmin(sizes[spare])]
        waiting = [(int(smallest[0]), int(smallest[1]))]
        hidden[waiting[0]] = True


def exposed(counts: ArrayLike, suppression: Suppression) -> Flags:
    """Hidden numbers that follow from the shown ones after all; shape (rows + 1, columns + 1).

    The last row and column are the totals. Exact for whole numbers: a hidden number is exposed where no
    other table of the same shape, at least 1 where hidden, shows the same.

    Parameters
    ----------
    counts : array_like of int, shape (rows, columns)
    suppression : Suppression
    """
    whole = with_totals(_counts(counts))
    hidden = np.zeros(whole.shape, bool)
    hidden[:-1, :-1] = suppression.cells
    hidden[:-1, -1], hidden[-1, :-1] = suppression.rows, suppression.columns
    return exposed_places(whole, hidden)


def _show_again(whole: Counts, hidden: Flags, small: Flags, sizes: Counts, min_base: int, told: Told) -> None:
    """Show cells that were hidden for the sake of others, largest first, where the others stay safe."""
    spare = [(row, column) for row, column in np.argwhere(hidden[:-1, :-1]) if not small[row, column]]
    for cell in sorted(spare, key=lambda place: -whole[place]):
        hidden[cell] = False
        if unprotected(unions_of(hidden), sizes, min_base, told).any() or exposed_places(whole, hidden).any():
            hidden[cell] = True


def _line_is_safe(sizes: Counts, hidden: Flags, min_base: int, told: Told) -> bool:
    """With at least two hidden, one of which is more than 1, the total leaves each of them open."""
    inside = sizes[hidden]
    if inside.size < 2 or inside.max() < 2 or inside.sum() < min_base:
        return False
    return not told(hidden[None, :])[0]


def _counts(counts: ArrayLike) -> Counts:
    values = np.asarray(counts, dtype=float)
    if not np.all(np.isfinite(values) & (values >= 0) & (values == np.round(values))):
        raise ValueError("sizes of groups must be whole numbers, 0 or more.")
    return values.astype(np.int64)
