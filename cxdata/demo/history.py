"""What had happened to a customer up to a moment: the last event, or a sum or the highest value over a window."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .days import Seconds
from .records import Codes

SPAN = 2**33


class History:
    """Events in the order of customer and time.

    Parameters
    ----------
    customer, at : ndarray of int, shape (events,)
        Whose event it is, and the moment from which it is known.
    """

    def __init__(self, customer: Codes, at: Seconds) -> None:
        key = customer * SPAN + at
        self._order = np.argsort(key, kind="stable")
        self._key = key[self._order]

    def last(self, customer: Codes, since: Seconds, until: Seconds) -> Codes:
        """Position of each customer's last event in [since, until); -1 where there is none."""
        first, end = self._window(customer, since, until)
        return np.where(end > first, self._order[np.maximum(end - 1, 0)], -1)

    def total(self, values: Codes, customer: Codes, since: Seconds, until: Seconds) -> Codes:
        """Sum of `values`, one per event, over each customer's events in [since, until)."""
        first, end = self._window(customer, since, until)
        upto = np.concatenate([[0], np.cumsum(values[self._order])])
        return upto[end] - upto[first]

    def highest(self, values: Codes, customer: Codes, since: Seconds, until: Seconds) -> Codes:
        """Highest of `values`, one per event, over each customer's events in [since, until); 0 without any."""
        first, end = self._window(customer, since, until)
        in_order = np.concatenate([values[self._order], [0]])
        # reduceat takes the borders of windows in turn: every second result is a window's own.
        highest = np.maximum.reduceat(in_order, np.column_stack([first, end]).ravel())[::2]
        return np.where(end > first, np.maximum(highest, 0), 0)

    def _window(self, customer: Codes, since: Seconds, until: Seconds) -> tuple[NDArray[np.int64], ...]:
        first = np.searchsorted(self._key, customer * SPAN + since)
        return first, np.searchsorted(self._key, customer * SPAN + until)
