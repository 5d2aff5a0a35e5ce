"""A scenario: what would change, for whom, at what cost, and which numbers are assumed."""

from __future__ import annotations

from dataclasses import dataclass

SHIFT, FLOOR, FIX = "shift", "floor", "fix"
"""What a lever does: so many points more for all, nobody below a level, or a share of what goes wrong gone."""

MOST_LEVERS = 6
"""Overlap is shared out over all subsets of the levers; more would take minutes."""

ATTRIBUTION_ROWS = 8.0
"""How firmly an attribution is held: as if it had been seen in so many cases (a + b of its Beta distribution)."""


@dataclass(frozen=True)
class Range:
    """A number that is not known exactly.

    Parameters
    ----------
    low, mode, high : float
        Least, most likely and largest value; drawn from a PERT distribution (Beta with weight 4 on the mode).
    """

    low: float
    mode: float
    high: float

    @property
    def mean(self) -> float:
        """Expected value."""
        return (self.low + 4.0 * self.mode + self.high) / 6.0

    @classmethod
    def exactly(cls, value: float) -> Range:
        """A number that is taken as known."""
        return cls(value, value, value)


NOTHING, ONE, ONE_POINT = Range(0.0, 0.0, 0.0), Range(1.0, 1.0, 1.0), Range(0.01, 0.01, 0.01)
DISCOUNT_RATE = Range(0.08, 0.10, 0.12)


@dataclass(frozen=True)
class Lever:
    """A change of one driver.

    Parameters
    ----------
    driver : str
        Code of a driver of the churn regression, such as ``rating:csat_delivery:delivery`` or ``event:longest_wait``.
    kind : str
        `SHIFT`, `FLOOR` or `FIX`.
    amount : Range
        `SHIFT`: points of the scale, minutes or events to the better. `FLOOR`: the level nobody is below.
        `FIX`: share (0-1) of what goes wrong that no longer does.
    reach : Range
        Share (0-1) of the customers in scope whom it reaches. Levers reach the same customers first.
    attribution : float
        Share (0-1) of the association that is taken to be an effect; drawn from a Beta distribution around it.
    ramp : tuple of float
        Share (0-1) of the effect in force in each year; the last one holds on.
    decay : float
        Share (0-1) of the effect that wears off each year after the ramp.
    segments : tuple of str
        Only these; empty: all.
    one_off_cost, yearly_cost, cost_per_customer : Range
        Money: at the start; each year; each year for every customer reached and still there.
    """

    driver: str
    kind: str = SHIFT
    amount: Range = ONE
    reach: Range = ONE
    attribution: float = 0.5
    ramp: tuple[float, ...] = (0.5, 1.0)
    decay: float = 0.0
    segments: tuple[str, ...] = ()
    one_off_cost: Range = NOTHING
    yearly_cost: Range = NOTHING
    cost_per_customer: Range = NOTHING


@dataclass(frozen=True)
class RetentionChange:
    """A change of the retention rate itself, whatever brings it about.

    Parameters
    ----------
    points : Range
        Fewer lost customers a year, as a share of those in scope: 0.01 is one point of churn.
    segments, ramp, decay, one_off_cost, yearly_cost, cost_per_customer
        As of a `Lever`; the cost per customer is for every customer in scope.
    """

    points: Range = ONE_POINT
    segments: tuple[str, ...] = ()
    ramp: tuple[float, ...] = (1.0,)
    decay: float = 0.0
    one_off_cost: Range = NOTHING
    yearly_cost: Range = NOTHING
    cost_per_customer: Range = NOTHING


@dataclass(frozen=True)
class Note:
    """Who stands behind an assumption.

    Parameters
    ----------
    of : str
        Field that it is about, such as ``discount_rate`` or ``levers.1.reach``.
    owner, source, on : str
        Who, from where, and the day (ISO 8601).
    basis : str
        ``estimated`` or ``assumed``.
    """

    of: str
    owner: str = ""
    source: str = ""
    on: str = ""
    basis: str = "assumed"


@dataclass(frozen=True)
class Scenario:
    """What would change, and the assumptions under which it is valued.

    Parameters
    ----------
    name : str
        Code: its file is named after it.
    title : str
        In the company's words.
    levers : tuple of Lever
        Run together, as one counterfactual.
    retention : RetentionChange or None
        Instead of levers.
    horizon_years : int
        Years that are counted.
    discount_rate : Range
        Per year, as a fraction.
    margin_growth : float
        Growth of margin and revenue per kept customer and year, as a fraction.
    tail : bool
        Whether what kept customers bring after the horizon counts; always shown as a part of its own.
    cross_sell : Range
        Margin that a customer brings in addition, as a fraction: one whom a lever reaches and changes and who is still
        there, as far as the effect is in force; with a change of the retention rate, one who is kept by it.
    referral : Range
        New customers won for each customer kept and year; none by default. They bring a mean margin in the year in which
        they are won and nothing later: a cautious count, for nothing is known of how long they stay.
    margin_share : float or None
        Margin as a share (0-1) of revenue for customers whose margin is not known; None: they are not valued.
    currency : str
        ISO 4217; the company's own where empty. Another one is refused: there is no rate table.
    draws, seed : int
        Of the simulation.
    release, version : str
        Release and version of the product on which it was last valued; '' before.
    locked : bool
        Whether it may still be changed.
    notes : tuple of Note
    """

    name: str
    title: str = ""
    levers: tuple[Lever, ...] = ()
    retention: RetentionChange | None = None
    horizon_years: int = 3
    discount_rate: Range = DISCOUNT_RATE
    margin_growth: float = 0.0
    tail: bool = False
    cross_sell: Range = NOTHING
    referral: Range = NOTHING
    margin_share: float | None = None
    currency: str = ""
    draws: int = 1000
    seed: int = 20260901
    release: str = ""
    version: str = ""
    locked: bool = False
    notes: tuple[Note, ...] = ()
