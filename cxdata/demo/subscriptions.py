"""The terms of the subscriptions, and who renewed.

First all terms that would come up if nobody ever left; then, from what had happened before each of them, who stayed.
"""

from __future__ import annotations

import numpy as np

from .days import AS_OF, NEVER, SECONDS_A_DAY, Seconds, add_months, month_of
from .records import Codes, Customers, Terms
from .story import MARTA, MARTA_DECIDES_DAYS_EARLY, MARTA_LEAVES_IN_TURN
from .tables import rows
from .world import PRODUCT_MONTHS

OPEN, RENEWED, CHURNED = range(3)
OUTCOMES = ("open", "renewed", "churned")
MOST_TURNS = 7
DECIDED_WITHIN_DAYS = 20


def possible_terms(random: np.random.Generator, customers: Customers) -> Terms:
    """All terms due since the first month and started by now, as if nobody ever left."""
    subscriber = np.flatnonzero(customers.product >= 0)
    months = np.array(PRODUCT_MONTHS)[customers.product[subscriber]]
    start = customers.acquired_on[subscriber]
    # The export holds the terms due since 2023-12; older ones stayed in the old system.
    first_term = np.maximum(1, -(month_of(start) // months))
    turn = np.tile(np.arange(MOST_TURNS), len(subscriber))
    row = np.repeat(np.arange(len(subscriber)), MOST_TURNS)
    term = first_term[row] + turn
    due_on = add_months(start[row], term * months[row])
    early = random.integers(0, DECIDED_WITHIN_DAYS + 1, len(term))
    terms = Terms(
        customer=subscriber[row],
        turn=turn,
        term=term,
        started_on=add_months(start[row], (term - 1) * months[row]),
        due_on=due_on,
        decided_on=due_on - np.where(subscriber[row] == MARTA, MARTA_DECIDES_DAYS_EARLY, early),
        product=customers.product[subscriber][row],
    )
    return rows(terms, terms.started_on <= AS_OF)


def outcomes(random: np.random.Generator, terms: Terms, renewal_probability: np.ndarray) -> Codes:
    """Draw what becomes of each term; the one customer of the story leaves as the story says."""
    renewed = random.random(len(terms.customer)) < renewal_probability
    renewed = np.where(terms.customer == MARTA, terms.turn < MARTA_LEAVES_IN_TURN, renewed)
    outcome = np.where(renewed, RENEWED, CHURNED)
    return np.where(terms.due_on < AS_OF, outcome, OPEN)


def reached(terms: Terms, outcome: Codes, customers: int) -> np.ndarray:
    """Whether a term ever began: every term before it was renewed."""
    still_here = np.ones(customers, dtype=bool)
    began = np.zeros(len(outcome), dtype=bool)
    for turn in range(MOST_TURNS):
        now = np.flatnonzero(terms.turn == turn)
        began[now] = still_here[terms.customer[now]]
        still_here[terms.customer[now]] &= outcome[now] == RENEWED
    return began


def leaving_times(terms: Terms, outcome: Codes, customers: int) -> Seconds:
    """Second after which each customer is gone; `NEVER` for those who stay or only buy in the shop."""
    left = np.full(customers, NEVER, dtype=np.int64)
    churned = outcome == CHURNED
    left[terms.customer[churned]] = terms.due_on[churned] * SECONDS_A_DAY
    return left
