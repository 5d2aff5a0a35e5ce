"""What a history of purchases comes down to for the models of buying: how often again, how recently, for how long."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class RepeatPurchases:
    """What a history of purchases comes down to, one row per customer.

    Parameters
    ----------
    customer : ndarray, shape (n,)
    frequency : ndarray of float, shape (n,)
        Times at which she bought again after the first.
    recency : ndarray of float, shape (n,)
        Time from the first purchase to the last; 0 if there was but one.
    age : ndarray of float, shape (n,)
        Time from the first purchase to the end of the watch.
    spend : ndarray of float, shape (n,)
        Mean amount of a repeat purchase; nan without one, or without amounts.
    """

    customer: NDArray
    frequency: Floats
    recency: Floats
    age: Floats
    spend: Floats


def repeat_purchases(
    customer: ArrayLike, time: ArrayLike, until: float, amount: ArrayLike | None = None
) -> RepeatPurchases:
    """Count each customer's repeat purchases; several at one time (a day, a month) are one.

    Parameters
    ----------
    customer : array_like, shape (m,)
        Of each purchase.
    time : array_like of float, shape (m,)
        When, in the unit that the model shall speak of; those later than `until` are left out.
    until : float
        End of the watch.
    amount : array_like of float, shape (m,), optional
        Money; amounts of one time are added up.

    Returns
    -------
    RepeatPurchases
        Customers in the order of `numpy.unique`, those with a purchase until then.
    """
    who, when = np.asarray(customer), np.asarray(time, dtype=float)
    paid = np.zeros(when.size) if amount is None else np.asarray(amount, dtype=float)
    seen = when <= until
    who, when, paid = who[seen], when[seen], paid[seen]
    names, codes = np.unique(who, return_inverse=True)
    order = np.lexsort((when, codes))
    codes, when, paid = codes[order], when[order], paid[order]
    fresh = np.ones(codes.size, dtype=bool)
    fresh[1:] = (codes[1:] != codes[:-1]) | (when[1:] != when[:-1])
    occasion = np.cumsum(fresh) - 1
    sums = np.bincount(occasion, weights=paid, minlength=int(fresh.sum()))
    codes, when = codes[fresh], when[fresh]
    first = np.searchsorted(codes, np.arange(names.size))
    count = np.bincount(codes, minlength=names.size)
    last = first + count - 1
    frequency = (count - 1).astype(float)
    total = np.bincount(codes, weights=sums, minlength=names.size) - sums[first]
    spend = np.divide(total, frequency, out=np.full(names.size, np.nan), where=frequency > 0)
    if amount is None:
        spend = np.full(names.size, np.nan)
    return RepeatPurchases(names, frequency, when[last] - when[first], until - when[first], spend)
