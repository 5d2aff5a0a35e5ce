"""Who learns and who is predicted: later decisions of customers that the model has never seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxdata.errors import TooLittleData

FOLDS = 5
LATER_SHARE = 0.25
"""Share of the decisions that count as later, and are predicted from the earlier ones."""

FEWEST_EVENTS = 20
"""Of either outcome among what is predicted; with fewer, no measure of it means anything."""

TIME, CUSTOMERS = "time", "customers"


@dataclass(frozen=True)
class Split:
    """Sets to learn from and to predict, one pair per fold.

    Parameters
    ----------
    kind : str
        `TIME`: earlier decisions of some customers predict later ones of others. `CUSTOMERS`: decisions of some predict
        those of others at any time.
    cut : datetime64[D] or None
        First day of the later decisions.
    learn, predict : tuple of ndarray of int
        Row numbers; no customer is on both sides of a pair.
    """

    kind: str
    cut: np.datetime64 | None
    learn: tuple[NDArray[np.intp], ...]
    predict: tuple[NDArray[np.intp], ...]


def split(
    outcome: NDArray[Any],
    customers: NDArray[Any],
    decided_on: NDArray[Any] | None = None,
    *,
    binary: bool = True,
    seed: int = 0,
) -> Split:
    """A split by time and by customer, or by customer alone where time leaves too little.

    Leaving out of the earlier decisions all customers who decide again later would leave mostly those who
    left: the model would learn from a company of leavers. So customers are dealt into folds instead.

    Parameters
    ----------
    outcome : ndarray, shape (n,)
    customers : ndarray, shape (n,)
    decided_on : ndarray of datetime64[D], shape (n,), optional
    binary : bool
        Whether the outcome is 0 or 1.
    seed : int

    Returns
    -------
    Split

    Raises
    ------
    TooLittleData
        If fewer than `FEWEST_EVENTS` of either outcome can be predicted.
    """
    y = np.asarray(outcome, dtype=float)
    _names, codes = np.unique(customers, return_inverse=True)
    count = int(codes.max()) + 1 if codes.size else 0
    fold = np.random.default_rng(seed).permutation(np.arange(count) % FOLDS)[codes.ravel()]

    def enough(rows: NDArray[np.bool_]) -> bool:
        if not binary:
            return int(rows.sum()) >= 2 * FEWEST_EVENTS
        return min(int((y[rows] > 0.5).sum()), int((y[rows] <= 0.5).sum())) >= FEWEST_EVENTS

    everything = np.ones(y.size, dtype=bool)
    if decided_on is not None and y.size:
        days = np.asarray(decided_on, dtype="datetime64[D]")
        cut = np.sort(days)[int((1 - LATER_SHARE) * y.size)]
        later = days >= cut
        if enough(later) and enough(~later):
            return Split(TIME, cut, *_pairs(fold, ~later, later))
    if count < FOLDS or not enough(everything):
        raise TooLittleData(
            f"{y.size} decisions of {count} customers: prediction needs at least {FEWEST_EVENTS} of either outcome, "
            f"of {FOLDS} customers or more. Widen the period or the filters."
        )
    return Split(CUSTOMERS, None, *_pairs(fold, everything, everything))


def _pairs(
    fold: NDArray[np.intp], earlier: NDArray[np.bool_], later: NDArray[np.bool_]
) -> tuple[tuple[NDArray[np.intp], ...], tuple[NDArray[np.intp], ...]]:
    return (
        tuple(np.flatnonzero(earlier & (fold != one)) for one in range(FOLDS)),
        tuple(np.flatnonzero(later & (fold == one)) for one in range(FOLDS)),
    )
