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


def tenure_growth(days: Floats, longest: Floats, years: int) -> Floats:
    """Growth of log(1 + days of tenure) until the start of each year, shape (T, n).

    Parameters
    ----------
    days, longest : ndarray of float, shape (n,)
        Tenure, and the longest that decisions of the kind have shown: beyond it nobody knows what tenure does, and
        where all terms are of one age a product's churn would be taken for that of the age.
    years : int
    """
    now = np.maximum(np.nan_to_num(days), 0.0)
    then = np.minimum(now + 365.0 * np.arange(years)[:, None], np.maximum(longest, now))
    return np.asarray(np.log1p(then) - np.log1p(now), dtype=float)


def population_of(
    rows: NDArray[np.intp],
    money: Floats,
    part: NDArray[np.intp],
    terms: Floats,
    parts: int,
    tenure: tuple[Floats, Floats] | None,
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
    tenure : tuple of ndarray of float, shape (n,) each, or None
        Days, and the longest that decisions of the kind have shown; None where tenure takes no part.
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
    advance: Cells | None = None
    if tenure is not None:
        advance = tenure_growth(tenure[0][order], tenure[1][order], years).astype(kind)
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
