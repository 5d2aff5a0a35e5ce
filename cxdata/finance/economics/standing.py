"""Everything that the page Economics shows of a month: asked once, put together from the parts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from math import nan

import pandas as pd

from cxdata.config import Config
from cxdata.database import Release
from cxdata.errors import TooLittleData
from cxdata.finance import query
from cxdata.finance.accounts.rates import RevenueBridge
from cxdata.finance.economics.buyers import Buyers, buyers
from cxdata.finance.economics.cohorts import (
    BaseWorth,
    Choice,
    Survival,
    base_worth,
    choose_curve,
    lifetime_multiple,
    survival,
)
from cxdata.finance.economics.costs import Serving, Winning, serving, winning
from cxdata.finance.economics.measures import NOTHING, Measure, product
from cxdata.finance.economics.nps_value import NpsGroups, nps_groups
from cxdata.finance.economics.subscriptions import (
    MOST_ACCOUNTS,
    AtRisk,
    Base,
    Rates,
    at_risk,
    base,
    bridge,
    rates,
)
from cxdata.finance.economics.whale import Losses, Whale, losses, whale
from cxdata.finance.economics.window import LEAST_MONTHS_WATCHED, Limits, Window, window_of
from cxdata.finance.lifetimes.lifetime import Timing, lifetime_value
from cxdata.scorecard.periods import month_before
from cxdata.selection import Selection

DISCOUNT_RATES = (0.06, 0.08, 0.10, 0.12, 0.15)
DISCOUNT_RATE = 0.10
"""Per year; assumed unless the reader chooses another one."""

NOBODY = pd.DataFrame()


@dataclass(frozen=True)
class Worth:
    """Lifetime value of a new customer: margin, present value, the first payment now and counted.

    Parameters
    ----------
    along_curve, one_rate : Measure
        With the margin of the terms, along the fitted curve, and at one retention rate for all.
    after_serving : Measure
        Along the curve (at one rate where there is none), with the margin that the books leave after cost to serve.
    """

    along_curve: Measure
    one_rate: Measure
    after_serving: Measure

    @property
    def best(self) -> Measure:
        """The one to show first: along the curve where there is one."""
        return next(
            (one for one in (self.along_curve, self.one_rate, self.after_serving) if one.known), NOTHING
        )


NO_WORTH = Worth(NOTHING, NOTHING, NOTHING)


@dataclass(frozen=True)
class Standing:
    """Where a business stands.

    Parameters
    ----------
    window, spent : Window
        Of terms, and of revenue, whose first exported month may be another one.
    curve_reason : str
        Why there is no curve: ``""``, ``"short"`` (too few months watched) or ``"few"`` (too few losses).
    now, cells, histories, earlier : DataFrame
        Rows that lifetime values are made from: `query.base_now`, `query.recommenders`, `query.purchases`; the last
        one also as they stood `held_months` before, of one customer in `sample`.
    discount_rate : float
        Per year; assumed. It and what follows come from `valued`.
    """

    window: Window
    spent: Window
    limits: Limits
    min_base: int
    rates: Rates
    bridge: RevenueBridge | None
    base: Base
    at_risk: AtRisk | None
    winning: Winning
    serving: Serving
    whale: Whale | None
    losses: Losses
    survival: Survival | None
    choice: Choice | None
    curve_reason: str
    cohort_years: pd.DataFrame
    now: pd.DataFrame
    cells: pd.DataFrame
    histories: pd.DataFrame
    earlier: pd.DataFrame
    held_months: int
    sample: int = 1
    discount_rate: float = nan
    worth: Worth = NO_WORTH
    base_worth: BaseWorth | None = None
    groups: NpsGroups | None = None
    buyers: Buyers | None = None

    @property
    def customers(self) -> int:
        """Customers that anything is known of."""
        ranked = self.whale.customers if self.whale else 0
        return max(
            self.rates.customer_churn.n,
            self.base.customers,
            ranked,
            self.serving.customers,
        )


def standing(release: Release, config: Config, selection: Selection, month: date) -> Standing:
    """Where the company stands at the end of a month, before any discounting.

    Parameters
    ----------
    release : Release
    config : Config
        Its minimum base holds for every group.
    selection : Selection
        Filters of customers apply; touchpoints and channels have no money.
    month : date
        First day of the last month of the window.
    """
    limits = query.limits(release)
    window = window_of(month, limits.first_due, release.as_of)
    spent = window_of(month, limits.first_month, release.as_of)
    min_base = config.min_base
    change = query.base_change(release, selection, window)
    now = query.base_now(release, selection, window)
    found = rates(change, query.terms_due(release, selection, window), window)
    there = base(now)
    few = there.customers <= MOST_ACCOUNTS
    accounts = query.largest(release, selection, window, MOST_ACCOUNTS if few else 10)
    lives, choice, reason, years = _curves(release, selection, window, limits, min_base)
    histories, earlier, held, sample = NOBODY, NOBODY, 0, 1
    if limits.revenues and not limits.terms:
        histories, earlier, held, sample = _histories(release, selection, spent, limits)
    return Standing(
        window=window,
        spent=spent,
        limits=limits,
        min_base=min_base,
        rates=found,
        bridge=bridge(change, now),
        base=there,
        at_risk=at_risk(change, now, accounts, window, min_base),
        winning=winning(query.acquisition(release, selection, window), found.yearly_churn),
        serving=serving(query.amounts(release, selection, spent), None if limits.terms else spent.months),
        whale=whale(query.whale(release, selection, spent)) if limits.costs else None,
        losses=losses(query.unprofitable(release, selection, spent), min_base),
        survival=lives,
        choice=choice,
        curve_reason=reason,
        cohort_years=years,
        now=now,
        cells=query.recommenders(release, selection, window) if limits.terms and window.yearly else NOBODY,
        histories=histories,
        earlier=earlier,
        held_months=held,
        sample=sample,
    )


def valued(found: Standing, discount_rate: float = DISCOUNT_RATE) -> Standing:
    """The same with what customers are worth over their lifetimes.

    Parameters
    ----------
    found : Standing
        From `standing`.
    discount_rate : float
        Per year, as a fraction; assumed.
    """
    churn = found.rates.yearly_churn
    return replace(
        found,
        discount_rate=discount_rate,
        worth=_worth(found.base.margin_each, found.serving.margin_each, churn, found.choice, discount_rate),
        base_worth=base_worth(found.now, found.choice, discount_rate, churn.value) if found.choice else None,
        groups=nps_groups(
            found.cells, discount_rate=discount_rate, min_base=found.min_base, years=found.window.years
        )
        if len(found.cells)
        else None,
        buyers=buyers(
            found.histories, found.earlier, found.held_months, found.serving, discount_rate, found.sample
        )
        if len(found.histories)
        else None,
    )


def _histories(
    release: Release, selection: Selection, window: Window, limits: Limits
) -> tuple[pd.DataFrame, pd.DataFrame, int, int]:
    """Purchases to the last month, and to a third of the months before it, to be predicted; one customer in how many."""
    sample = max(1, -(-query.buyers(release) // query.MOST_BUYERS))
    found = query.purchases(release, selection, window, sample)
    first = limits.first_month or window.last_month
    months = (window.last_month.year - first.year) * 12 + window.last_month.month - first.month + 1
    held = min(months // 3, 12)
    if held < 2:
        return found, NOBODY, 0, sample
    before = replace(window, last_month=month_before(window.last_month, held))
    return found, query.purchases(release, selection, before, sample), held, sample


def _curves(
    release: Release, selection: Selection, window: Window, limits: Limits, min_base: int
) -> tuple[Survival | None, Choice | None, str, pd.DataFrame]:
    choice, reason, years = fitted_curve(release, selection, window, limits)
    if limits.first_due is None or reason == "short":
        return None, None, reason, NOBODY
    lives = survival(query.lifetimes(release, selection, window, limits.first_due), min_base)
    return lives, choice, reason, years


def fitted_curve(
    release: Release, selection: Selection, window: Window, limits: Limits
) -> tuple[Choice | None, str, pd.DataFrame]:
    """The retention curve by years, or why there is none (as in `Standing`), and the rows of `query.cohort_years`."""
    if limits.first_due is None:
        return None, "", NOBODY
    first = limits.first_due
    watched = (window.last_month.year - first.year) * 12 + window.last_month.month - first.month + 1
    if watched < LEAST_MONTHS_WATCHED:
        return None, "short", NOBODY
    years = query.cohort_years(release, selection, window, first)
    try:
        return choose_curve(years), "", years
    except TooLittleData:
        return None, "few", years


def _worth(
    margin: Measure, books: Measure, churn: Measure, choice: Choice | None, discount_rate: float
) -> Worth:
    one_rate = NOTHING
    if churn.known and churn.value > 0:
        ends = [
            float(lifetime_value(1.0, 1 - lost, discount_rate, Timing.FIRST_PAYMENT_NOW))
            for lost in (churn.value, churn.high, churn.low)
        ]
        one_rate = Measure(ends[0], ends[1], ends[2], churn.n)
    along = lifetime_multiple(choice, discount_rate, churn.n) if choice else NOTHING
    best = along if along.known else one_rate
    return Worth(product(margin, along), product(margin, one_rate), product(books, best))
