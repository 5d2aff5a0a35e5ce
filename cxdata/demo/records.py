"""The tables of the demo company, before they become text: frozen dataclasses of equally long arrays.

Codes are positions in the tuples of `world.py`, days and seconds are those of `days.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .days import Days, Seconds

Codes = NDArray[np.int64]
Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Customers:
    """All customers in the order of their numbers; row 0 is customer C000001.

    `segment`, `region` and `plan` hold until `changed_on`, the `later_` ones from then on. `mood`, `quality` and
    `value` never leave the company: how easily pleased somebody is, how good her bicycle is, and how she sees the
    price, each around 0.
    """

    name: NDArray[np.object_]
    language: Codes
    segment: Codes
    region: Codes
    plan: Codes
    persona: Codes
    acquired_on: Days
    acquisition_channel: Codes
    acquisition_cents: Codes
    product: Codes
    changed_on: Days
    later_segment: Codes
    later_region: Codes
    later_plan: Codes
    mood: Numbers
    quality: Numbers
    value: Numbers


@dataclass(frozen=True)
class Occasions:
    """Contacts about to happen: who, when, where, through which channel."""

    customer: Codes
    occurred_at: Seconds
    touchpoint: Codes
    channel: Codes


@dataclass(frozen=True)
class Contacts:
    """Contacts as they went; minutes and `resolved` are -1 where the system records none.

    `feel` is the satisfaction before rounding and `csat` the score of 1-5 which the customer gives if asked. `story`
    is 0, and 1 and up for the contacts of the one customer whose story is told.
    """

    customer: Codes
    occurred_at: Seconds
    touchpoint: Codes
    channel: Codes
    wait_minutes: Codes
    handling_minutes: Codes
    resolved: Codes
    is_complaint: Flags
    team: Codes
    cost_cents: Codes
    feel: Numbers
    csat: Codes
    story: Codes


@dataclass(frozen=True)
class Surveys:
    """Invitations in the order of sending; -1 for no customer, contact or touchpoint, 0 for no answer.

    `contact` is the position of the contact which the survey asks about. `story` is 0, and 1 and up for the surveys
    of the one customer whose story is told.
    """

    customer: Codes
    contact: Codes
    touchpoint: Codes
    channel: Codes
    language: Codes
    sent_at: Seconds
    responded_at: Seconds
    story: Codes


@dataclass(frozen=True)
class Answers:
    """Answered questions; `survey` is the position of the survey, `score` -1 where nothing was rated."""

    survey: Codes
    question: Codes
    score: Codes
    state: Codes


@dataclass(frozen=True)
class Terms:
    """Terms in the order of customer and time; `turn` counts a customer's terms in the export from 0.

    `decided_on` is the day on which the customer makes up her mind, whether that day has come or not.
    """

    customer: Codes
    turn: Codes
    term: Codes
    started_on: Days
    due_on: Days
    decided_on: Days
    product: Codes


@dataclass(frozen=True)
class Subscriptions(Terms):
    """Terms with what became of them; money in cents a year."""

    outcome: Codes
    value_cents: Codes
    margin_cents: Codes


@dataclass(frozen=True)
class Revenue:
    """Months of running subscriptions in the order of customer and month; money in cents."""

    customer: Codes
    month: Codes
    revenue_cents: Codes
    cost_cents: Codes
    product: Codes


@dataclass(frozen=True)
class Pulse:
    """What the employees of each team answered in a month: number, sum and sum of squares of the scores."""

    team: Codes
    month: Codes
    answers: Codes
    score_sum: Codes
    score_sq_sum: Codes
