"""Rows sorted for the engine: stretches that share segment, sign of the margin and terms a year."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Cells = NDArray[Any]


@dataclass(frozen=True)
class Population:
    """Rows that a change may reach, sorted so that each stretch shares segment, sign of margin and terms a year.

    Parameters
    ----------
    rows : ndarray of int, shape (n,)
        Places in the profiles.
    money : ndarray, shape (3, n)
        Margin, revenue and customers, per year.
    stretches : tuple of (start, stop, part, terms a year)
        `part` is 2 × segment + (1 where the margin is negative).
    parts : int
    advance : ndarray, shape (T, n), or None
        Growth of log(1 + days of tenure) until each year; None where tenure takes no part.
    terms : ndarray, shape (n,), or None
        Terms a year where one stretch holds them all, for a single draw; None where each stretch has its own.
    starts, held : ndarray of int, or None
        Of that one stretch: where each part begins, and which it is.
    """

    rows: NDArray[np.intp]
    money: Cells
    stretches: tuple[tuple[int, int, int, float], ...]
    parts: int
    advance: Cells | None
    terms: Cells | None = None
    starts: NDArray[np.intp] | None = None
    held: NDArray[np.intp] | None = None


def population_of(
    rows: NDArray[np.intp],
    money: Floats,
    part: NDArray[np.intp],
    terms: Floats,
    parts: int,
    tenure_days: Floats | None,
    years: int,
    kind: type,
    single: bool = False,
) -> Population:
    """Sort rows into stretches.

    Parameters
    ----------
    rows : ndarray of int, shape (n,)
    money : ndarray of float, shape (3, n)
    part : ndarray of int, shape (n,)
    terms : ndarray of float, shape (n,)
    parts, years : int
    tenure_days : ndarray of float, shape (n,), or None
    kind : type
        Of floats.
    single : bool
        Whether all of them make one stretch, for a single draw.
    """
    order = np.lexsort((rows, terms, part))
    part, terms = part[order], terms[order]
    new = np.flatnonzero((np.diff(part) != 0) | (np.diff(terms) != 0)) + 1
    edges = [0, *new.tolist(), len(order)] if len(order) else [0]
    stretches = tuple(
        (first, last, int(part[first]), float(terms[first])) for first, last in pairwise(edges)
    )  # fmt: skip
    advance = None
    if tenure_days is not None:
        days = np.maximum(np.nan_to_num(tenure_days[order]), 0.0)
        years_on = 365.0 * np.arange(years)[:, None]
        advance = (np.log1p(days + years_on) - np.log1p(days)).astype(kind)
    sorted_money: Cells = np.ascontiguousarray(money[:, order].astype(kind))
    if not single or not len(order):
        return Population(rows[order], sorted_money, stretches, parts, advance)
    starts = np.flatnonzero(np.concatenate([[True], np.diff(part) != 0]))
    whole = ((0, len(order), -1, 1.0),)
    return Population(
        rows[order],
        sorted_money,
        whole,
        parts,
        advance,
        terms.astype(kind),
        starts,
        part[starts].astype(np.intp),
    )
