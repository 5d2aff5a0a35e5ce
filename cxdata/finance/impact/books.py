"""What the books leave of customers, beside the margin of their terms that a valuation rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from cxdata.database import Release
from cxdata.finance import query
from cxdata.finance.economics.costs import Serving, serving
from cxdata.finance.economics.window import Window, window_of
from cxdata.finance.impact.profiles import Profiles
from cxdata.selection import Selection


@dataclass(frozen=True)
class Books:
    """Two margins of the same business, money per year in the company's currency.

    Parameters
    ----------
    terms_each : float
        Margin of the terms per customer of the base: before cost to serve, and what is valued.
    books_each : float
        Revenue less cost to serve per customer with both.
    customers : int
        Customers behind `books_each`.
    first, last : date
        Months of the books.
    segment : str
        That with the largest loss by the books; '' where none loses.
    segment_terms, segment_books : float
        Its margin by the terms of the base, and by the books.
    """

    terms_each: float
    books_each: float
    customers: int
    first: date
    last: date
    segment: str = ""
    segment_terms: float = 0.0
    segment_books: float = 0.0


def books_beside(
    release: Release, selection: Selection, month: date, profiles: Profiles, min_base: int
) -> Books | None:
    """The margin of the books for the customers of a selection, over the twelve months that end with a month.

    Parameters
    ----------
    release : Release
    selection : Selection
        Filters of customers only, those of the profiles.
    month : date
        First day of the last month.
    profiles : Profiles
        That are valued.
    min_base : int
        Customers that a number needs.

    Returns
    -------
    Books or None
        None where the exports hold no cost to serve, or of too few customers.
    """
    limits = query.limits(release)
    if not limits.costs:
        return None
    window = window_of(month, limits.first_month, release.as_of)
    return books_of(profiles, serving(query.amounts(release, selection, window)), window, min_base)


def books_of(profiles: Profiles, served: Serving, window: Window, min_base: int) -> Books | None:
    """The same from what serving customers cost in a window."""
    base = profiles.base
    if not served.margin_each.enough(min_base) or not base.customers:
        return None
    by_segment = np.bincount(profiles.segment, profiles.margin, minlength=len(base.segments))
    terms = dict(zip(base.segments, by_segment, strict=True))
    lines = served.lines
    losing = lines[(lines["margin"] < 0) & (lines["customers"] >= min_base) & lines["line"].isin(terms)]
    found = Books(
        base.annual_margin / base.customers, float(served.margin_each.value), served.margin_each.n, window.start,
        window.last_month,
    )  # fmt: skip
    if losing.empty or not window.years:
        return found
    worst = losing.sort_values("margin", kind="stable").iloc[0]
    return Books(
        found.terms_each, found.books_each, found.customers, found.first, found.last, str(worst["line"]),
        float(terms[worst["line"]]), float(worst["margin"]) / window.years,
    )  # fmt: skip
