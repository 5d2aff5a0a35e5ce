"""The months that a page of money is about, and how much the exports know of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cxdata.scorecard.periods import month_before

MONTHS = 12
"""Months of a window: rates are read per year, and every product comes up at least once or not at all."""

LEAST_MONTHS_YEARLY = 6
"""Months of a window from which a rate per year is told; the year's other half is taken to be like them."""

LEAST_MONTHS_WATCHED = 12
"""Months of decisions that a curve of survival needs: fewer would see some ages and products only by half."""


@dataclass(frozen=True)
class Limits:
    """What the exports know of money at all; months are first days, None where there are none.

    Parameters
    ----------
    first_due : date or None
        First month in which a decided term came up.
    first_month, last_month : date or None
        Of revenue.
    terms, decided, valued, margins : int
        Terms; those decided; with an annual value; with an annual margin.
    revenues, costs : int
        Customer's months with revenue; those with a cost to serve, too.
    acquisition_costs, acquired : int
        Rows of customers with a cost, and with a day, of acquisition.
    """

    first_due: date | None
    first_month: date | None
    last_month: date | None
    terms: int
    decided: int
    valued: int
    margins: int
    revenues: int
    costs: int
    acquisition_costs: int
    acquired: int


@dataclass(frozen=True)
class Window:
    """From the first moment of `start` to the first moment of `end`.

    Parameters
    ----------
    start, end : date
    last_month : date
        First day of the last month in it.
    months : int
        Months that it covers, the unfinished one included.
    unfinished : bool
        Whether its last month is not over.
    shortened : bool
        Whether the exports do not go back the full twelve months.
    """

    start: date
    end: date
    last_month: date
    months: int
    unfinished: bool
    shortened: bool

    @property
    def years(self) -> float:
        """Length in years."""
        return self.months / 12.0

    @property
    def yearly(self) -> bool:
        """Whether it is long enough to speak of a year."""
        return self.months >= LEAST_MONTHS_YEARLY


def window_of(month: date, first_known: date | None, as_of: date) -> Window:
    """The twelve months that end with a month, as far as the exports go back.

    Parameters
    ----------
    month : date
        First day of the last month.
    first_known : date or None
        First day of the first month that the exports know of.
    as_of : date
        Day of the data; the month that it lies in is unfinished.
    """
    wanted = month_before(month, MONTHS - 1)
    start = min(max(wanted, first_known or wanted), month)
    after = month_before(month, -1)
    return Window(
        start=start,
        end=min(after, as_of) if as_of > month else after,
        last_month=month,
        months=(month.year - start.year) * 12 + month.month - start.month + 1,
        unfinished=month == as_of.replace(day=1),
        shortened=start > wanted,
    )
