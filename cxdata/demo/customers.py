"""The customers of the demo company: who they are, when they came, and what later changed about them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .days import AS_OF, FIRST_DAY, NEVER, Days, at_most_day_28, day
from .names import ENGLISH_FIRST_NAMES, ENGLISH_SURNAMES, SPANISH_FIRST_NAMES, SPANISH_SURNAMES
from .records import Codes, Customers
from .story import MARTA, MARTA_CAME_ON, MARTA_NAME
from .world import (
    ACQUISITION_COSTS_EUR,
    ACQUISITION_SHARES,
    CUSTOMERS,
    CUSTOMERS_AT_THE_START,
    CUSTOMERS_WHO_CHANGE,
    ENGLISH_SHARES,
    HALF_YEARLY_SHARE,
    PERSONA_SHARES_BY_SEGMENT,
    PERSONAS,
    PLAN_SHARES,
    PLANS,
    REGION_SHARES,
    REGIONS,
    SEGMENT_SHARES,
    SEGMENTS,
    SUBSCRIBER_SHARE,
)


def make_customers(random: np.random.Generator) -> Customers:
    """Draw all customers; `product` is -1 for those who buy in the shop without a subscription."""
    segment = random.choice(len(SEGMENTS), CUSTOMERS, p=SEGMENT_SHARES)
    region = random.choice(len(REGIONS), CUSTOMERS, p=REGION_SHARES)
    plan = random.choice(len(PLANS), CUSTOMERS, p=PLAN_SHARES)
    language = (random.random(CUSTOMERS) >= np.array(ENGLISH_SHARES)[region]).astype(np.int64)
    acquired_on = _acquisition_days(random)
    channel = random.choice(len(ACQUISITION_SHARES), CUSTOMERS, p=ACQUISITION_SHARES)
    cost = np.array(ACQUISITION_COSTS_EUR)[channel] * random.lognormal(-0.06, 0.35, CUSTOMERS)
    half_yearly = random.random(CUSTOMERS) < HALF_YEARLY_SHARE
    product = np.where(random.random(CUSTOMERS) < SUBSCRIBER_SHARE, half_yearly.astype(np.int64), -1)
    changed_on, later_segment, later_region, later_plan = _changes(random, acquired_on, segment, region, plan)
    customers = Customers(
        name=_names(random, language),
        language=language,
        segment=segment,
        region=region,
        plan=plan,
        persona=_personas(random, segment),
        acquired_on=acquired_on,
        acquisition_channel=channel,
        acquisition_cents=np.rint(cost * 100).astype(np.int64),
        product=product,
        changed_on=changed_on,
        later_segment=later_segment,
        later_region=later_region,
        later_plan=later_plan,
        mood=random.normal(0, 1, CUSTOMERS),
        quality=random.normal(0, 0.6, CUSTOMERS),
        value=random.normal(0, 0.6, CUSTOMERS),
    )
    _seat_marta(customers)
    return customers


def segment_on(customers: Customers, who: Codes, days: Days) -> Codes:
    """Segment of each customer on each day."""
    return np.where(days < customers.changed_on[who], customers.segment[who], customers.later_segment[who])


def region_on(customers: Customers, who: Codes, days: Days) -> Codes:
    """Region of each customer on each day."""
    return np.where(days < customers.changed_on[who], customers.region[who], customers.later_region[who])


def plan_on(customers: Customers, who: Codes, days: Days) -> Codes:
    """Plan of each customer on each day."""
    return np.where(days < customers.changed_on[who], customers.plan[who], customers.later_plan[who])


def _acquisition_days(random: np.random.Generator) -> Days:
    since = day("2019-01-15")
    # The company grows: of those who are there at the start, more came late than early.
    share = np.sqrt(random.random(CUSTOMERS_AT_THE_START))
    before = since + (share * (FIRST_DAY - since)).astype(np.int64)
    during = random.integers(FIRST_DAY, AS_OF - 3, CUSTOMERS - CUSTOMERS_AT_THE_START)
    return at_most_day_28(np.sort(np.concatenate([before, during])))


def _changes(
    random: np.random.Generator, acquired_on: Days, segment: Codes, region: Codes, plan: Codes
) -> tuple[Days, Codes, Codes, Codes]:
    """Move some customers, once, to another segment (30 %), region (25 %) or plan (45 %)."""
    earliest = np.maximum(acquired_on, FIRST_DAY) + 90
    changed_on = earliest + (random.random(CUSTOMERS) * np.maximum(AS_OF - 30 - earliest, 0)).astype(np.int64)
    chosen = np.zeros(CUSTOMERS, dtype=bool)
    chosen[random.choice(CUSTOMERS, CUSTOMERS_WHO_CHANGE, replace=False)] = True
    chosen &= earliest < AS_OF - 60
    kind = random.random(CUSTOMERS)
    step = random.integers(1, 3, CUSTOMERS)
    return (
        np.where(chosen, changed_on, NEVER),
        np.where(chosen & (kind < 0.30), (segment + step) % len(SEGMENTS), segment),
        np.where(chosen & (kind >= 0.30) & (kind < 0.55), (region + step) % len(REGIONS), region),
        np.where(chosen & (kind >= 0.55), (plan + step) % len(PLANS), plan),
    )


def _personas(random: np.random.Generator, segment: Codes) -> Codes:
    upper = np.cumsum(np.array(PERSONA_SHARES_BY_SEGMENT), axis=1)[segment]
    code = (random.random(len(segment))[:, None] >= upper).sum(axis=1)
    return np.where(code < len(PERSONAS), code, -1)


def _names(random: np.random.Generator, language: Codes) -> NDArray[np.object_]:
    def drawn(names: tuple[str, ...]) -> NDArray[np.object_]:
        return np.array(names, dtype=object)[random.integers(0, len(names), len(language))]

    spanish = drawn(SPANISH_FIRST_NAMES) + " " + drawn(SPANISH_SURNAMES) + " " + drawn(SPANISH_SURNAMES)
    english = drawn(ENGLISH_FIRST_NAMES) + " " + drawn(ENGLISH_SURNAMES)
    return np.where(language == 1, spanish, english)


def _seat_marta(customers: Customers) -> None:
    """Give the place of one customer to Marta: an ordinary one, and outside the call-back's segment."""
    settings = {
        "name": MARTA_NAME,
        "language": 1,
        "segment": SEGMENTS.index("Commuter"),
        "region": REGIONS.index("Cataluña"),
        "plan": PLANS.index("Plus"),
        "persona": PERSONAS.index("Practical Paula"),
        "acquired_on": MARTA_CAME_ON,
        "product": 0,
        "changed_on": NEVER,
        "later_segment": SEGMENTS.index("Commuter"),
        "later_region": REGIONS.index("Cataluña"),
        "later_plan": PLANS.index("Plus"),
    }
    for column, value in settings.items():
        getattr(customers, column)[MARTA] = value
