"""Who is asked, when, and who answers: relationship surveys, surveys after contacts, and passers-by on the website."""

from __future__ import annotations

import numpy as np

from .customers import segment_on
from .days import (
    AS_OF,
    EXPORTED_AT,
    FIRST_DAY,
    MONTHS,
    SECONDS_A_DAY,
    Days,
    Seconds,
    day_of,
    first_day_of,
    in_opening_hours,
    month_of,
    out_of_the_night,
)
from .planted import MIX_INVITATION_FACTOR, MIX_MONTH, MIX_SEGMENT
from .records import Codes, Contacts, Customers, Flags, Surveys
from .story import MARTA, surveys_of_the_story
from .tables import rows, stacked
from .world import (
    BILLING,
    CHANNELS,
    CHECKOUT,
    DELIVERY,
    RENEWAL,
    RETURNS,
    SUPPORT_CALL,
    SUPPORT_CHAT,
    TOUCHPOINTS,
    WEBSITE,
    WORKSHOP,
)

DAYS_BETWEEN_INVITATIONS = 60
KNOWN_FOR_DAYS = 30
MONTHLY_RELATIONSHIP_SHARE = 0.088
ASKED_AFTER_CONTACT = {
    CHECKOUT: 0.10,
    DELIVERY: 0.60,
    WORKSHOP: 0.22,
    SUPPORT_CALL: 0.38,
    SUPPORT_CHAT: 0.26,
    RETURNS: 0.30,
    BILLING: 0.24,
    RENEWAL: 0.26,
}
RELATIONSHIP_CHANNELS = {"email": 0.62, "sms": 0.22, "app": 0.16}
WEBSITE_VISITORS_ASKED = 2_400

RESPONSE_AT_THE_START = 0.405
RESPONSE_LOST_PER_MONTH = 0.0016
RESPONSE_BY_CHANNEL = {
    "web": 1.00,
    "app": 1.14,
    "store": 1.10,
    "phone": 0.98,
    "chat": 1.06,
    "email": 0.94,
    "sms": 1.05,
    "courier": 0.92,
    "home": 1.12,
}
RESPONSE_BY_SEGMENT = (1.00, 1.10, 1.06, 0.80, 0.84)


def make_surveys(random: np.random.Generator, customers: Customers, contacts: Contacts) -> Surveys:
    """Draw all invitations, at most one in two months for each customer, and their answers' times."""
    candidates = stacked([_relationship(random, customers), _after_contacts(random, customers, contacts)])
    candidates = rows(candidates, np.lexsort((candidates.sent_at, candidates.customer)))
    asked = rows(candidates, _rested(candidates.customer, day_of(candidates.sent_at)))
    surveys = stacked([asked, _website_visitors(random)])
    surveys = rows(surveys, surveys.sent_at < EXPORTED_AT - SECONDS_A_DAY // 2)
    surveys.responded_at[:] = _responses(random, customers, surveys)
    surveys = stacked([surveys, surveys_of_the_story(contacts)])
    return rows(surveys, np.lexsort((surveys.customer, surveys.sent_at)))


def _relationship(random: np.random.Generator, customers: Customers) -> Surveys:
    months = first_day_of(np.arange(MONTHS))
    known = customers.acquired_on[:, None] + KNOWN_FOR_DAYS <= months[None, :]
    known[MARTA] = False
    share = np.full(known.shape, MONTHLY_RELATIONSHIP_SHARE)
    everyone = np.arange(len(share))
    for later in range(MIX_MONTH, MONTHS):
        segment = segment_on(customers, everyone, np.full(len(share), months[later]))
        share[segment == MIX_SEGMENT, later] *= MIX_INVITATION_FACTOR
    who, month = np.nonzero(known & (random.random(known.shape) < share))
    days = months[month] + random.integers(0, 24, len(who))
    codes = np.array([CHANNELS.index(channel) for channel in RELATIONSHIP_CHANNELS])
    channel = codes[random.choice(len(codes), len(who), p=list(RELATIONSHIP_CHANNELS.values()))]
    return _invitations(who, -1, -1, channel, customers.language[who], in_opening_hours(days, random))


def _after_contacts(random: np.random.Generator, customers: Customers, contacts: Contacts) -> Surveys:
    share = np.array([ASKED_AFTER_CONTACT.get(code, 0.0) for code in range(len(TOUCHPOINTS))])
    asked = (random.random(len(contacts.customer)) < share[contacts.touchpoint]) & (contacts.story == 0)
    chosen = np.flatnonzero(asked)
    who = contacts.customer[chosen]
    sent_at = in_opening_hours(day_of(contacts.occurred_at[chosen]) + 1, random)
    return _invitations(
        who, chosen, contacts.touchpoint[chosen], contacts.channel[chosen], customers.language[who], sent_at
    )


def _website_visitors(random: np.random.Generator) -> Surveys:
    """Passers-by who are asked on the website: nobody knows which customers they are, if any."""
    days = np.sort(random.integers(FIRST_DAY, AS_OF, WEBSITE_VISITORS_ASKED))
    nobody = np.full(len(days), -1)
    language = (random.random(len(days)) < 0.7).astype(np.int64)
    return _invitations(nobody, -1, WEBSITE, CHANNELS.index("web"), language, in_opening_hours(days, random))


def _invitations(
    customer: Codes,
    contact: Codes | int,
    touchpoint: Codes | int,
    channel: Codes | int,
    language: Codes,
    sent_at: Seconds,
) -> Surveys:
    def filled(values: Codes | int) -> Codes:
        return np.broadcast_to(np.asarray(values, dtype=np.int64), customer.shape).copy()

    return Surveys(
        customer=customer,
        contact=filled(contact),
        touchpoint=filled(touchpoint),
        channel=filled(channel),
        language=language,
        sent_at=sent_at,
        responded_at=filled(0),
        story=filled(0),
    )


def _rested(customer: Codes, days: Days) -> Flags:
    """Whether an invitation comes long enough after the last one which that customer really got."""
    kept = np.zeros(len(customer), dtype=bool)
    last_customer, last_day = -1, 0
    for row, (who, day) in enumerate(zip(customer.tolist(), days.tolist(), strict=True)):
        if who != last_customer or day - last_day >= DAYS_BETWEEN_INVITATIONS:
            kept[row] = True
            last_customer, last_day = who, day
    return kept


def _responses(random: np.random.Generator, customers: Customers, surveys: Surveys) -> Seconds:
    count = len(surveys.customer)
    days = day_of(surveys.sent_at)
    by_segment = np.array(RESPONSE_BY_SEGMENT)[segment_on(customers, surveys.customer, days)]
    share = (
        (RESPONSE_AT_THE_START - RESPONSE_LOST_PER_MONTH * month_of(days))
        * np.array([RESPONSE_BY_CHANNEL[channel] for channel in CHANNELS])[surveys.channel]
        * np.where(surveys.customer >= 0, by_segment, 1.0)
    )
    delay_days = np.minimum(random.exponential(1.1, count), 20.0)
    at_once = surveys.customer < 0
    delay_seconds = np.where(at_once, 90, 600 + delay_days * SECONDS_A_DAY).astype(np.int64)
    responded_at = out_of_the_night(surveys.sent_at + delay_seconds)
    answered = (random.random(count) < share) & (responded_at < EXPORTED_AT)
    return np.where(answered, responded_at, 0)
