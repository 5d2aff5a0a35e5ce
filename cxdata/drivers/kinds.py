"""What a driver is, and the states that it may be in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


RATED, NOT_EXPERIENCED, NOT_ASKED, REFUSED = range(4)
STATE_NAMES = ("rated", "not_experienced", "not_asked", "refused")

RATING, COUNT, FLAG, RECENCY, FACT = "rating", "count", "flag", "recency", "fact"
"""Kinds of driver: a score, a number of events, yes or no, days since, and a fact about the customer."""


@dataclass(frozen=True)
class Driver:
    """Something that may go with the outcome.

    Parameters
    ----------
    code : str
        As in the address and the card: ``rating:csat_delivery:delivery``, ``event:unresolved``, ``fact:plan``.
    kind : str
        `RATING`, `COUNT`, `FLAG`, `RECENCY` or `FACT`.
    name : str
        Code of the question, event or fact.
    touchpoint : str
        '' where it belongs to none.
    metric, wording : str
        Of a rating.
    low, high : float
        Ends of a rating's scale.
    recorded : bool
        Whether every decision is known to have met it or not: its touchpoint records its contacts.
    levels : tuple of str
        Of a fact that is no number: its values count from 0 in this order.
    """

    code: str
    kind: str
    name: str
    touchpoint: str = ""
    metric: str = ""
    wording: str = ""
    low: float = 0.0
    high: float = 1.0
    recorded: bool = True
    levels: tuple[str, ...] = ()
