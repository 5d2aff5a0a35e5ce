"""The contacts between customers and the company, and how one contact brings about the next.

Orders lead to deliveries, bad deliveries to calls and returns, and what is not resolved comes back, often through
another channel. Contacts are made as if nobody ever left; `company.py` drops what lies after a customer's leaving.
"""

from __future__ import annotations

import numpy as np

from .days import (
    AS_OF,
    EXPORTED_AT,
    FIRST_DAY,
    SECONDS_A_DAY,
    Days,
    calendar_month_of,
    day_of,
    first_day_of,
    in_opening_hours,
)
from .experience import lived
from .planted import REPEAT_WITHIN_DAYS, STRIKE_DELAY_DAYS, STRIKE_MONTH
from .records import Codes, Contacts, Customers, Flags, Numbers, Occasions, Terms
from .story import MARTA, contacts_of_the_story
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
    WEBSITE,
    WORKSHOP,
)

# Contacts a year which no other contact brings about, by segment in the order of SEGMENTS.
YEARLY_CONTACTS = {
    WEBSITE: (0.14, 0.16, 0.20, 0.16, 0.06),
    CHECKOUT: (0.66, 0.74, 0.82, 0.50, 0.74),
    WORKSHOP: (0.48, 0.36, 0.60, 0.26, 2.10),
    SUPPORT_CALL: (0.44, 0.50, 0.36, 0.30, 0.82),
    SUPPORT_CHAT: (0.34, 0.28, 0.30, 0.55, 0.50),
    RETURNS: (0.09, 0.14, 0.11, 0.10, 0.07),
    BILLING: (0.26, 0.24, 0.20, 0.33, 0.40),
}
CHANNEL_SHARES = {
    WEBSITE: {"web": 1.0},
    CHECKOUT: {"web": 0.62, "app": 0.20, "store": 0.18},
    DELIVERY: {"courier": 0.82, "store": 0.18},
    WORKSHOP: {"store": 0.74, "home": 0.26},
    SUPPORT_CALL: {"phone": 1.0},
    SUPPORT_CHAT: {"chat": 0.72, "app": 0.28},
    RETURNS: {"courier": 0.60, "store": 0.40},
    BILLING: {"email": 0.48, "phone": 0.30, "app": 0.22},
    RENEWAL: {"email": 0.60, "phone": 0.40},
}
# January to December: the year of a bicycle shop, as shares of its busiest month.
SEASON = np.array([0.58, 0.62, 0.77, 0.90, 1.00, 0.97, 0.83, 0.67, 0.88, 0.83, 0.82, 0.92])

REMINDED_SHARE = 0.30
CALL_AFTER_BAD_DELIVERY = 0.60
RETURN_AFTER_BAD_DELIVERY = 0.22
COMES_BACK_UNRESOLVED = 0.55
SWITCHES_CHANNEL = 0.35
WAVES_OF_FOLLOW_UPS = 3


def make_contacts(
    random: np.random.Generator, customers: Customers, terms: Terms, team_spirit: Numbers
) -> Contacts:
    """Draw every contact up to the export, in the order of time, those of the story among them."""
    orders_and_more = stacked([_spontaneous(random, customers), _first_orders(random, customers)])
    deliveries = _deliveries(random, orders_and_more)
    occasions = stacked([orders_and_more, deliveries, _reminders(random, terms)])
    waves = [lived(random, customers, _before_the_export(occasions), team_spirit)]
    occasions = stacked([_after_bad_deliveries(random, waves[0]), _follow_ups(random, waves[0])])
    for _ in range(WAVES_OF_FOLLOW_UPS):
        waves.append(lived(random, customers, _before_the_export(occasions), team_spirit))
        occasions = _follow_ups(random, waves[-1])
    contacts = stacked([*waves, contacts_of_the_story()])
    return rows(contacts, np.lexsort((contacts.customer, contacts.occurred_at)))


def repeats(contacts: Contacts) -> Flags:
    """Whether the customer's contact just before this one was at the same touchpoint, within 7 days."""
    by_customer = np.lexsort((contacts.occurred_at, contacts.customer))
    same_customer = np.diff(contacts.customer[by_customer]) == 0
    same_touchpoint = np.diff(contacts.touchpoint[by_customer]) == 0
    soon = np.diff(contacts.occurred_at[by_customer]) <= REPEAT_WITHIN_DAYS * SECONDS_A_DAY
    repeat = np.zeros(len(contacts.customer), dtype=bool)
    repeat[by_customer[1:][same_customer & same_touchpoint & soon]] = True
    return repeat


def _spontaneous(random: np.random.Generator, customers: Customers) -> Occasions:
    since = np.maximum(customers.acquired_on, FIRST_DAY)
    years = np.maximum(AS_OF - since, 0) / 365.25
    parts = []
    for touchpoint, yearly in YEARLY_CONTACTS.items():
        expected = np.array(yearly)[customers.segment] * years / SEASON.mean()
        expected[MARTA] = 0.0
        who = np.repeat(np.arange(len(years)), random.poisson(expected))
        days = since[who] + (random.random(len(who)) * (AS_OF - since[who] + 1)).astype(np.int64)
        # Of a stream that flows evenly, each month keeps the share that its season deserves.
        kept = random.random(len(who)) < SEASON[calendar_month_of(days) - 1]
        parts.append(_occasions(random, who[kept], days[kept], touchpoint))
    return stacked(parts)


def _first_orders(random: np.random.Generator, customers: Customers) -> Occasions:
    joined = np.flatnonzero(customers.acquired_on >= FIRST_DAY)
    joined = joined[joined != MARTA]
    return _occasions(random, joined, customers.acquired_on[joined], CHECKOUT)


def _deliveries(random: np.random.Generator, orders: Occasions) -> Occasions:
    sent = (orders.touchpoint == CHECKOUT) & (orders.channel != CHANNELS.index("store"))
    days = day_of(orders.occurred_at[sent]) + random.integers(2, 7, sent.sum())
    strike = (days >= first_day_of(STRIKE_MONTH)) & (days < first_day_of(STRIKE_MONTH + 1))
    days = days + strike * random.integers(*STRIKE_DELAY_DAYS, len(days))
    return _occasions(random, orders.customer[sent], days, DELIVERY)


def _reminders(random: np.random.Generator, terms: Terms) -> Occasions:
    """Contacts about the offer for the next term, early enough to count before the decision."""
    reminded = (random.random(len(terms.customer)) < REMINDED_SHARE) & (terms.customer != MARTA)
    days = terms.due_on[reminded] - random.integers(31, 61, reminded.sum())
    who = terms.customer[reminded]
    return rows(_occasions(random, who, days, RENEWAL), days >= FIRST_DAY)


def _after_bad_deliveries(random: np.random.Generator, contacts: Contacts) -> Occasions:
    bad = np.flatnonzero((contacts.touchpoint == DELIVERY) & (contacts.csat <= 2))
    calls = bad[random.random(len(bad)) < CALL_AFTER_BAD_DELIVERY]
    returns = bad[random.random(len(bad)) < RETURN_AFTER_BAD_DELIVERY]
    touchpoint = np.where(random.random(len(calls)) < 0.62, SUPPORT_CALL, SUPPORT_CHAT)
    parts = []
    for kind in (SUPPORT_CALL, SUPPORT_CHAT):
        chosen = calls[touchpoint == kind]
        days = day_of(contacts.occurred_at[chosen]) + random.integers(1, 4, len(chosen))
        parts.append(_occasions(random, contacts.customer[chosen], days, kind))
    days = day_of(contacts.occurred_at[returns]) + random.integers(3, 13, len(returns))
    return stacked([*parts, _occasions(random, contacts.customer[returns], days, RETURNS)])


def _follow_ups(random: np.random.Generator, contacts: Contacts) -> Occasions:
    unresolved = np.flatnonzero((contacts.resolved == 0) & (contacts.story == 0))
    again = unresolved[random.random(len(unresolved)) < COMES_BACK_UNRESOLVED]
    called = contacts.touchpoint[again] != SUPPORT_CHAT
    switches = random.random(len(again)) < SWITCHES_CHANNEL
    parts = []
    for kind, chosen in (
        (SUPPORT_CALL, again[called != switches]),
        (SUPPORT_CHAT, again[called == switches]),
    ):
        days = day_of(contacts.occurred_at[chosen]) + random.integers(1, 7, len(chosen))
        parts.append(_occasions(random, contacts.customer[chosen], days, kind))
    return stacked(parts)


def _occasions(random: np.random.Generator, who: Codes, days: Days, touchpoint: int) -> Occasions:
    shares = CHANNEL_SHARES[touchpoint]
    codes = np.array([CHANNELS.index(channel) for channel in shares])
    return Occasions(
        customer=who,
        occurred_at=in_opening_hours(days, random),
        touchpoint=np.full(len(who), touchpoint),
        channel=codes[random.choice(len(codes), len(who), p=list(shares.values()))],
    )


def _before_the_export(occasions: Occasions) -> Occasions:
    return rows(occasions, occasions.occurred_at < EXPORTED_AT)
