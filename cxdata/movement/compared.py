"""Which two periods are compared: a frozen choice that everything about a change is computed from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from cxdata.errors import UnknownTerm
from cxdata.scorecard.periods import month_before

COMPARISONS = ("month", "year", "quarter", "half")
"""The month before, the same month last year, three months and six months against those before them."""

BEFORE, AFTER = "before", "after"
"""The two periods, in columns and in rows."""

_MONTHS = {"month": 1, "year": 1, "quarter": 3, "half": 6}
_STEP = {"month": 1, "year": 12, "quarter": 3, "half": 6}


@dataclass(frozen=True)
class Comparison:
    """Two stretches of whole months of the same length that share no month.

    Parameters
    ----------
    code : str
        One of `COMPARISONS`.
    first, last : date
        First days of the first and last month of the later period.
    before_first, before_last : date
        The same of the earlier period.
    """

    code: str
    first: date
    last: date
    before_first: date
    before_last: date

    @property
    def months(self) -> int:
        """Months in each period."""
        return _MONTHS[self.code]


def comparison_of(month: date, code: str) -> Comparison:
    """The comparison that ends with a month.

    Parameters
    ----------
    month : date
        First day of the last month of the later period.
    code : str
        One of `COMPARISONS`.

    Raises
    ------
    UnknownTerm
        If there is no such comparison; the message lists the codes.
    """
    if code not in _MONTHS:
        raise UnknownTerm(f"comparison '{code}' does not exist. Choose from: {', '.join(COMPARISONS)}.")
    first = month_before(month, _MONTHS[code] - 1)
    return Comparison(code, first, month, month_before(first, _STEP[code]), month_before(month, _STEP[code]))


def with_something_before(month: date, answered: Collection[date]) -> tuple[str, ...]:
    """The comparisons, those first whose earlier period holds answers: a yearly survey has no month before.

    Parameters
    ----------
    month : date
        First day of the last month of the later period.
    answered : collection of date
        First days of the months with answers.
    """

    def silent(code: str) -> bool:
        found = comparison_of(month, code)
        return not any(found.before_first <= day <= found.before_last for day in answered)

    return tuple(sorted(COMPARISONS, key=silent))
