"""What customers pay and what serving them costs: terms in euros a year, revenue month by month."""

from __future__ import annotations

import numpy as np

from .customers import plan_on, segment_on
from .days import MONTHS, day_of, month_of
from .planted import SERVICE_COST_SHARE
from .records import Codes, Contacts, Customers, Numbers, Revenue, Terms
from .world import PRODUCT_MONTHS

YEARLY_PRICE_EUR = (96.0, 168.0, 288.0)
HALF_YEARLY_FACTOR = 1.12
SEGMENT_PRICE_FACTOR = (1.00, 1.06, 1.15, 0.86, 1.35)
PRICE_RISE_PER_YEAR = 1.03
EXPANDED_SHARE, CONTRACTED_SHARE = 0.15, 0.08


def term_values(random: np.random.Generator, customers: Customers, terms: Terms) -> tuple[Codes, Codes]:
    """Value and margin of each term, in cents a year.

    The margin is the value less parts and labour. The cost of contacts is not in it; `revenue` carries that too.
    """
    who, started_on = terms.customer, terms.started_on
    price = np.array(YEARLY_PRICE_EUR)[plan_on(customers, who, started_on)]
    price = price * np.array(SEGMENT_PRICE_FACTOR)[segment_on(customers, who, started_on)]
    price = price * np.where(terms.product == 1, HALF_YEARLY_FACTOR, 1.0)
    price = price * random.lognormal(0.0, 0.15, len(customers.name))[who]
    price = price * PRICE_RISE_PER_YEAR ** (month_of(started_on) // 12)
    value_cents = np.rint(price * _expansion(random, terms) * 100).astype(np.int64)
    return value_cents, value_cents - np.rint(value_cents * _service_share(random, customers, terms)).astype(
        np.int64
    )


def revenue_by_month(
    random: np.random.Generator, terms: Terms, value_cents: Codes, margin_cents: Codes, contacts: Contacts
) -> Revenue:
    """Fees and costs of every month in which a subscription ran, in the order of customer and month.

    The cost to serve is a month's share of parts and labour, which comes and goes, and that month's contacts.
    """
    months = np.array(PRODUCT_MONTHS)[terms.product]
    row = np.repeat(np.arange(len(months)), months)
    month = (
        month_of(terms.started_on)[row] + np.arange(len(row)) - np.repeat(np.cumsum(months) - months, months)
    )
    in_export = (month >= 0) & (month < MONTHS)
    row, month = row[in_export], month[in_export]
    who = terms.customer[row]
    contact_month = month_of(day_of(contacts.occurred_at))
    of_contacts = np.bincount(contacts.customer * MONTHS + contact_month, weights=contacts.cost_cents)
    of_contacts = np.concatenate([of_contacts, np.zeros(MONTHS * (who.max() + 1))])[who * MONTHS + month]
    service = (value_cents - margin_cents)[row] / 12 * random.uniform(0.7, 1.3, len(row))
    return Revenue(
        customer=who,
        month=month,
        revenue_cents=np.rint(value_cents[row] / 12).astype(np.int64),
        cost_cents=np.rint(service + of_contacts).astype(np.int64),
        product=terms.product[row],
    )


def _expansion(random: np.random.Generator, terms: Terms) -> Numbers:
    """What a term pays against the customer's first: some buy more at a renewal, some less."""
    kind = random.random(len(terms.customer))
    step = np.where(
        kind < EXPANDED_SHARE,
        random.uniform(1.08, 1.50, len(kind)),
        np.where(kind > 1 - CONTRACTED_SHARE, random.uniform(0.65, 0.92, len(kind)), 1.0),
    )
    steps = np.cumsum(np.where(terms.turn == 0, 0.0, np.log(step)))
    before_first = np.flatnonzero(terms.turn == 0)
    return np.exp(steps - np.repeat(steps[before_first], np.diff([*before_first, len(steps)])))


def _service_share(random: np.random.Generator, customers: Customers, terms: Terms) -> Numbers:
    share = np.array(SERVICE_COST_SHARE)[segment_on(customers, terms.customer, terms.started_on)]
    usage = random.lognormal(-0.045, 0.30, len(customers.name))[terms.customer]
    return share * usage
