"""Why customers renew: what had happened to them, weighed by the planted logit and by nothing else.

A rating which the customer gave in the window counts as given. Where nobody asked, the experience counts all the
same, as the score which the customer would have given: silence does not make a bad delivery good.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .contacts import repeats
from .customers import plan_on, segment_on
from .days import SECONDS_A_DAY
from .feelings import brand_rating, product_rating
from .history import History
from .planted import (
    LEAD_DAYS,
    LOOK_BACK_DAYS,
    NEUTRAL_RATING,
    RENEWAL_CONTROLS,
    RENEWAL_DRIVERS,
    RENEWAL_INTERCEPT,
)
from .questions import QUESTION_CODES
from .records import Answers, Codes, Contacts, Customers, Flags, Numbers, Surveys, Terms
from .world import DELIVERY, PLANS, SEGMENTS


@dataclass(frozen=True)
class Known:
    """What was known before each term: drivers and controls by name, as the logit takes them."""

    drivers: dict[str, Numbers]
    controls: dict[str, Numbers]
    had_delivery: Flags

    def only(self, chosen: Codes) -> Known:
        """Return what was known before the chosen terms."""
        return Known(
            {name: values[chosen] for name, values in self.drivers.items()},
            {name: values[chosen] for name, values in self.controls.items()},
            self.had_delivery[chosen],
        )

    def log_odds(self) -> Numbers:
        """Log-odds of a renewal."""
        parts = [RENEWAL_DRIVERS[name] * values for name, values in self.drivers.items()]
        parts += [RENEWAL_CONTROLS[name] * values for name, values in self.controls.items()]
        return RENEWAL_INTERCEPT + np.sum(parts, axis=0)


def probability(log_odds: Numbers) -> Numbers:
    """Probability that belongs to log-odds."""
    return 1.0 / (1.0 + np.exp(-log_odds))


def known_before(
    random: np.random.Generator,
    customers: Customers,
    terms: Terms,
    contacts: Contacts,
    surveys: Surveys,
    answers: Answers,
) -> Known:
    """Look back from each decision: over the 365 days that end 30 days before it."""
    who = terms.customer
    since = (terms.decided_on - LEAD_DAYS - LOOK_BACK_DAYS) * SECONDS_A_DAY
    until = (terms.decided_on - LEAD_DAYS) * SECONDS_A_DAY

    def last_score(question: str, otherwise: Codes) -> Codes:
        given = (answers.question == QUESTION_CODES[question]) & (answers.score >= 0)
        given &= surveys.customer[answers.survey] >= 0
        survey = answers.survey[given]
        history = History(surveys.customer[survey], surveys.responded_at[survey])
        last = history.last(who, since, until)
        return np.where(last >= 0, answers.score[given][np.maximum(last, 0)], otherwise)

    def last_rating(question: str, otherwise: Codes) -> Numbers:
        return (last_score(question, otherwise) - NEUTRAL_RATING).astype(float)

    deliveries = np.flatnonzero(contacts.touchpoint == DELIVERY)
    delivered = History(contacts.customer[deliveries], contacts.occurred_at[deliveries])
    last_delivery = delivered.last(who, since, until)
    delivery = last_score(
        "csat_delivery", np.where(last_delivery >= 0, contacts.csat[deliveries[last_delivery]], 0)
    )
    history = History(contacts.customer, contacts.occurred_at)

    def total(values: np.ndarray) -> Numbers:
        return history.total(values.astype(np.int64), who, since, until).astype(float)

    return Known(
        drivers={
            "delivery_bad": ((delivery >= 1) & (delivery <= 2)).astype(float),
            "delivery_good": (delivery == 5).astype(float),
            "longest_wait_minutes": history.highest(contacts.wait_minutes, who, since, until).astype(float),
            "unresolved_contacts": total(contacts.resolved == 0),
            "repeat_contacts": total(repeats(contacts)),
            "any_complaint": np.minimum(total(contacts.is_complaint), 1),
            "product_rating": last_rating("rating_product", product_rating(random, customers, who)),
            "brand_rating": last_rating("rating_brand", brand_rating(random, customers, who)),
            "app_rating": last_rating("csat_app", np.full(len(who), NEUTRAL_RATING)),
        },
        controls=_controls(customers, terms),
        had_delivery=delivery > 0,
    )


def _controls(customers: Customers, terms: Terms) -> dict[str, Numbers]:
    segment = segment_on(customers, terms.customer, terms.due_on)
    plan = plan_on(customers, terms.customer, terms.due_on)
    first = np.flatnonzero(terms.turn == 0)
    first_started_on = np.repeat(terms.started_on[first], np.diff([*first, len(terms.turn)]))
    years = (terms.due_on - first_started_on) / 365.25
    controls = {
        f"segment {SEGMENTS[code]}": (segment == code).astype(float) for code in range(1, len(SEGMENTS))
    }
    controls |= {f"plan {PLANS[code]}": (plan == code).astype(float) for code in range(1, len(PLANS))}
    controls["half-yearly product"] = (terms.product == 1).astype(float)
    controls["log of 1 + years since the first term"] = np.log1p(years)
    return controls
