"""What a release knows of money: the only module here that asks it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from cxdata.database import Release
from cxdata.finance.economics.window import Limits, Window, window_of
from cxdata.selection import CUSTOMER_DIMENSIONS, Selection

FILE, CUSTOMERS_FILE, LIFETIMES_FILE = (
    "queries/finance",
    "queries/finance_customers",
    "queries/finance_lifetimes",
)

MOST_BUYERS = 200_000
"""Customers who ever bought beyond which one in two, three … is drawn for the model of purchases."""


def exported(release: Release, table: str) -> bool:
    """Whether a contract table is among the exports of the release."""
    return table in release.manifest.get("columns", {})


def limits(release: Release) -> Limits:
    """What the exports know of money at all."""
    row = release.query(FILE, "limits").iloc[0]
    counts = {
        name: int(row[name])
        for name in (
            "terms", "decided", "valued", "margins", "revenues", "costs", "acquisition_costs", "acquired",
        )
    }  # fmt: skip
    return Limits(_day(row["first_due"]), _day(row["first_month"]), _day(row["last_month"]), **counts)


def base_change(release: Release, selection: Selection, window: Window) -> pd.DataFrame:
    """Customers there at the start of the window and what became of them, by segment and product."""
    return _asked(release, FILE, "base_change", selection, window)


def terms_due(release: Release, selection: Selection, window: Window) -> pd.Series:
    """Terms that came up for renewal in the window: ``due``, ``renewed``, ``churned``, ``customers``, and sums of squares
    and products over customers.
    """
    return _asked(release, FILE, "terms_due", selection, window).iloc[0]


def base_now(release: Release, selection: Selection, window: Window) -> pd.DataFrame:
    """Customers there at the end of the window, by segment, product, year of the first term and age in years."""
    return _asked(release, FILE, "base_now", selection, window)


def largest(release: Release, selection: Selection, window: Window, most: int) -> pd.DataFrame:
    """The accounts of the largest annual value at the end of the window: ``segment``, ``product``, ``value``."""
    return _asked(release, FILE, "largest", selection, window, most=most)


def acquisition(release: Release, selection: Selection, window: Window) -> pd.DataFrame:
    """Customers won in the window and what that cost, by channel of acquisition."""
    return _asked(release, FILE, "acquisition", selection, window)


def amounts(release: Release, selection: Selection, window: Window) -> pd.DataFrame:
    """Sums of revenue, cost to serve and margin over customers: by segment, and (``whole`` = 1) each customer once."""
    return _asked(release, CUSTOMERS_FILE, "amounts", selection, window)


def whale(release: Release, selection: Selection, window: Window) -> pd.DataFrame:
    """Customers ranked by margin, in parts: ``losing``, ``part``, ``customers``, ``margin``."""
    return _asked(release, CUSTOMERS_FILE, "whale", selection, window)


def unprofitable(release: Release, selection: Selection, window: Window) -> pd.DataFrame:
    """Customers who cost more than they pay, by dimension and line; both '' for all of them."""
    return _asked(release, CUSTOMERS_FILE, "unprofitable", selection, window)


def lifetimes(release: Release, selection: Selection, window: Window, watched_from: date) -> pd.DataFrame:
    """Ages in months and their parts at which customers were watched from and to, counted, by year of the first term."""
    return _asked(release, LIFETIMES_FILE, "lifetimes", selection, window, watched_from=watched_from)


def cohort_years(release: Release, selection: Selection, window: Window, watched_from: date) -> pd.DataFrame:
    """Customers at risk and lost in each year of age, by year of the first term."""
    return _asked(release, LIFETIMES_FILE, "cohort_years", selection, window, watched_from=watched_from)


def recommenders(release: Release, selection: Selection, window: Window) -> pd.DataFrame:
    """What became of promoters, passives, detractors and the silent, by segment and age in years."""
    asked_from = datetime.combine(window.start - timedelta(days=365), datetime.min.time())
    return _asked(release, LIFETIMES_FILE, "recommenders", selection, window, asked_from=asked_from)


def buyers(release: Release) -> int:
    """Customers who ever bought."""
    return int(release.query(LIFETIMES_FILE, "buyers").iloc[0]["customers"])


def purchases(release: Release, selection: Selection, window: Window, sample: int = 1) -> pd.DataFrame:
    """Histories of purchases by month, counted: frequency, recency, age (months) and mean repeat spend."""
    return _asked(release, LIFETIMES_FILE, "purchases", selection, window, sample=sample)


def active_terms(release: Release, selection: Selection) -> pd.DataFrame:
    """Customers there are at the end of the month chosen (by default that of the data), with their money per year.

    By segment, product, kind of term, length of the term and sign of the margin. Who is there is as in `base_now`,
    without those overdue for more than a year.
    """
    lists = {dimension: list(getattr(selection, dimension)) for dimension in CUSTOMER_DIMENSIONS}
    month = selection.month or release.as_of.replace(day=1)
    end = window_of(month, None, release.as_of).end
    return release.query("queries/finance_base", "active_terms", end=end, **lists)


def _asked(
    release: Release, file: str, name: str, selection: Selection, window: Window, **more: Any
) -> pd.DataFrame:
    lists = {dimension: list(getattr(selection, dimension)) for dimension in CUSTOMER_DIMENSIONS}
    return release.query(
        file,
        name,
        start=window.start,
        end=window.end,
        first_month=window.start,
        last_month=window.last_month,
        **lists,
        **more,
    )


def _day(value: Any) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()
