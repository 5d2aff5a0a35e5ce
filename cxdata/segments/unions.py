"""Sets of hidden cells whose sums follow from what a table shows, and which of them may not be known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cxdata.segments.rounds import Counts, Flags

Told = Callable[[Flags], Flags]
"""Which sets of groups, shape (sets, groups), are given away by their sums; shape (sets,)."""


def nothing_told(sets: Flags) -> Flags:
    """Sums that give nothing away, such as numbers of customers."""
    return np.zeros(len(sets), bool)


@dataclass(frozen=True)
class Unions:
    """Sets of hidden cells whose sums follow from what is shown.

    `members` has shape (sets, rows * columns). `helpful`, of the same shape, are the places where one more
    hidden cell either joins the set (in its rows, outside the columns taken off) or leaves the sum open (in
    those columns, outside the rows).
    """

    members: Flags
    helpful: Flags


def unions_of(hidden: Flags) -> Unions:
    """All of them but those made of smaller ones."""
    cells = hidden[:-1, :-1]
    sides = [_lines(hidden[:-1, -1]), _lines(hidden[-1, :-1])]
    turned = len(sides[1]) > len(sides[0])
    if turned:
        cells, sides = cells.T, sides[::-1]
    rows, columns = sides
    meets = (rows.astype(int) @ cells @ columns.T.astype(int)) > 0
    off = (np.arange(1, 2 ** len(columns))[:, None] >> np.arange(len(columns))) % 2 == 1
    touched = off.astype(int) @ meets.T > 0
    alone = np.eye(len(rows), dtype=bool)
    chosen_rows = np.vstack([alone, touched]).astype(int) @ rows > 0
    columns_off = np.vstack([np.zeros((len(rows), len(columns)), bool), off]).astype(int) @ columns > 0
    members = chosen_rows[:, :, None] & ~columns_off[:, None, :]
    helpful = members | (~chosen_rows[:, :, None] & columns_off[:, None, :])
    members = members & cells
    kept = members.any(axis=(1, 2))
    members, helpful = members[kept], helpful[kept]
    if turned:
        members, helpful = members.transpose(0, 2, 1), helpful.transpose(0, 2, 1)
    flat = len(members), cells.size
    return Unions(members.reshape(flat), helpful.reshape(flat))


def _lines(secret: Flags) -> Flags:
    """The lines whose totals are known, shape (lines, n): each shown one, and all hidden ones together."""
    shown = np.eye(len(secret), dtype=bool)[~secret]
    return np.vstack([shown, secret[None, :]]) if secret.any() else shown


def unprotected(unions: Unions, sizes: Counts, min_base: int, told: Told) -> Flags:
    """Sets that are too small, that hold 1 in each cell, or whose sum gives each cell away."""
    members = unions.members
    if not len(members):
        return np.zeros(0, bool)
    size = members.astype(int) @ sizes.ravel()
    return (size < min_base) | (size <= members.sum(axis=1)) | told(members)
