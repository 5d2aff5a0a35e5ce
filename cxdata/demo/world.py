"""Rueda, a fictional shop for bicycles with a service subscription: what it is made of.

Segments, regions, plans, touchpoints, channels and teams stand here in the order of their codes; every array of
codes in this package points into these tuples, and -1 means "not stated".
"""

from __future__ import annotations

from dataclasses import dataclass

SEGMENTS = ("Commuter", "Family", "Sport", "Student", "Courier")
SEGMENT_SHARES = (0.34, 0.26, 0.16, 0.14, 0.10)
COMMUTER, FAMILY, SPORT, STUDENT, COURIER = range(5)

REGIONS = ("Madrid", "Cataluña", "Andalucía", "Norte", "Baleares")
REGION_SHARES = (0.33, 0.28, 0.20, 0.16, 0.03)
ENGLISH_SHARES = (0.24, 0.30, 0.26, 0.14, 0.55)

PLANS = ("Basic", "Plus", "Premium")
PLAN_SHARES = (0.46, 0.36, 0.18)

PERSONAS = ("Practical Paula", "Careful Carmen", "Fast Félix", "Newcomer Nora")
# The rest has no persona: the team that assigns them has not met everybody.
PERSONA_SHARES_BY_SEGMENT = (
    (0.48, 0.16, 0.08, 0.16),
    (0.20, 0.46, 0.04, 0.18),
    (0.12, 0.08, 0.58, 0.10),
    (0.30, 0.08, 0.12, 0.38),
    (0.42, 0.12, 0.26, 0.08),
)

LANGUAGES = ("en", "es")

ACQUISITION_CHANNELS = ("store", "search", "referral", "social", "partner")
ACQUISITION_SHARES = (0.26, 0.31, 0.17, 0.16, 0.10)
ACQUISITION_COSTS_EUR = (38.0, 62.0, 15.0, 74.0, 48.0)

CHANNELS = ("web", "app", "store", "phone", "chat", "email", "sms", "courier", "home")

PRODUCTS = ("Care yearly", "Care half-yearly")
PRODUCT_MONTHS = (12, 6)

TEAMS = (
    "Support Madrid",
    "Support Barcelona",
    "Support Sevilla",
    "Logistics",
    "Workshops",
    "Shop and billing",
)
TEAM_SIZES = (24, 18, 15, 30, 26, 14)
SUPPORT_TEAM_OF_REGION = (0, 1, 2, 2, 1)


@dataclass(frozen=True)
class Touchpoint:
    """One place where customers meet the company; `feel` is its usual satisfaction, on the scale 1-5."""

    name: str
    stage: str
    stage_order: int
    factor: str
    owner: str
    moment_of_truth: bool
    description: str
    feel: float
    team: int


TOUCHPOINTS = (
    Touchpoint(
        "website", "discover", 1, "brand", "Marketing", False, "Finding and comparing bicycles", 4.20, 5
    ),
    Touchpoint("checkout", "buy", 2, "interaction", "Shop", False, "Ordering and paying", 4.48, 5),
    Touchpoint(
        "delivery", "receive", 3, "interaction", "Logistics", True, "From the warehouse to the door", 4.46, 3
    ),
    Touchpoint(
        "unboxing", "receive", 3, "product", "Product", False, "Opening the box and assembling", 4.35, 3
    ),
    Touchpoint("product_use", "use", 4, "product", "Product", True, "Riding the bicycle", 4.30, 4),
    Touchpoint("app", "use", 4, "product", "Digital", False, "Booking services, routes, lock", 4.10, 5),
    Touchpoint("workshop", "use", 4, "interaction", "Workshops", False, "Service and repair", 4.52, 4),
    Touchpoint(
        "support_call", "get_help", 5, "interaction", "Support", True, "Help on the telephone", 4.42, 0
    ),
    Touchpoint("support_chat", "get_help", 5, "interaction", "Support", False, "Help in the chat", 4.36, 0),
    Touchpoint(
        "returns", "get_help", 5, "interaction", "Logistics", False, "Sending back, exchange, refund", 4.30, 3
    ),
    Touchpoint("billing", "renew", 6, "brand", "Finance", False, "Invoices and payments", 4.22, 5),
    Touchpoint("renewal", "renew", 6, "brand", "Subscriptions", True, "The offer for the next term", 4.25, 5),
)
TOUCHPOINT_NAMES = tuple(touchpoint.name for touchpoint in TOUCHPOINTS)
WEBSITE, CHECKOUT, DELIVERY, UNBOXING, PRODUCT_USE, APP = range(6)
WORKSHOP, SUPPORT_CALL, SUPPORT_CHAT, RETURNS, BILLING, RENEWAL = range(6, 12)

CURRENCY = "EUR"
CUSTOMERS = 20_000
CUSTOMERS_AT_THE_START = 8_000
SUBSCRIBER_SHARE = 0.81
HALF_YEARLY_SHARE = 0.18
CUSTOMERS_WHO_CHANGE = 1_600
