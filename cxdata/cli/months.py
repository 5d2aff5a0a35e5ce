"""Months as they are typed."""

from __future__ import annotations

import argparse
from datetime import date


def month_of(text: str) -> date:
    """First day of a month such as 2026-09; argparse tells of anything else."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not a month such as 2026-09") from None


def last_closed(as_of: date) -> date:
    """First day of the last month that is over on a day."""
    from cxdata.scorecard.periods import month_before

    return month_before(as_of.replace(day=1), 1)
