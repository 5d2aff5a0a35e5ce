"""What can be measured of an action, and which months are before and after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

METRIC, SCORE, WAIT, UNRESOLVED = "metric", "score", "wait", "unresolved"
"""What is looked at: the metric that the action names, the mean score behind it, and what contacts were like."""

WINDOWS = (3, 6, 12)
"""Months before and after an action that may be compared."""

MONTHS = 12
"""Months compared unless chosen otherwise: whole years hold each season once on both sides."""

REFERENCE_MONTHS = 24
"""Months before an action from which the usual wobble and the drift before it are read."""

EARLIER, BEFORE, INTRODUCTION, AFTER, LATER = "earlier", "before", "introduction", "after", "later"
"""Parts of the course of an action, in order."""

OTHER_SEGMENTS, BEFORE_AFTER = "other_segments", "before_after"
"""What an action is compared with: the other segments at the same touchpoint, or only its own past."""


@dataclass(frozen=True)
class Action:
    """An improvement action as exported.

    Parameters
    ----------
    code, title, touchpoint, segment, owner, status, metric : str
        '' where not stated; no segment means that it is for all.
    started_on : date
    finished_on : date or None
    cost, expected_change : float
        In the company's currency, and in the metric's unit; nan where not stated.
    """

    code: str
    title: str
    touchpoint: str
    segment: str
    owner: str
    started_on: date
    finished_on: date | None
    status: str
    cost: float
    metric: str
    expected_change: float

    @property
    def compared_with(self) -> str:
        """`OTHER_SEGMENTS`, or `BEFORE_AFTER` where the action is for all of them."""
        return OTHER_SEGMENTS if self.segment else BEFORE_AFTER


@dataclass(frozen=True)
class Windows:
    """Months of an action's course, numbered year × 12 + month − 1; ends are included.

    Parameters
    ----------
    earliest : int
        First month that the drift before the action is read from.
    before, after : tuple of int
        First and last month compared; the last one is before the first where there is none.
    started : int
        Month of the start.
    so_far : bool
        Whether the action is still going on, or fewer months have passed than were asked for.
    in_progress : bool
        Whether it was not finished by the last month.
    """

    earliest: int
    before: tuple[int, int]
    after: tuple[int, int]
    started: int
    so_far: bool
    in_progress: bool

    @property
    def months_before(self) -> int:
        """How many months there are before."""
        return max(0, self.before[1] - self.before[0] + 1)

    @property
    def months_after(self) -> int:
        """How many whole months there are after."""
        return max(0, self.after[1] - self.after[0] + 1)

    def part_of(self, month: int) -> str:
        """Which part of the course a month belongs to."""
        if month < self.before[0]:
            return EARLIER
        if month <= self.before[1]:
            return BEFORE
        if month < self.after[0]:
            return INTRODUCTION
        return AFTER if month <= self.after[1] else LATER


def numbered(day: date) -> int:
    """Number of a day's month: year × 12 + month − 1."""
    return day.year * 12 + day.month - 1


def first_day(month: int) -> date:
    """First day of a month by its number."""
    return date(month // 12, month % 12 + 1, 1)


def windows_of(action: Action, first: date, last: date, months: int = MONTHS) -> Windows:
    """The months to compare.

    A month in which the action began or was being introduced is neither before nor after, unless it began on the
    month's first day and was never declared finished.

    Parameters
    ----------
    action : Action
    first, last : date
        First days of the first month with data and of the last whole month.
    months : int
        Most months on either side.

    Raises
    ------
    ValueError
        If `months` is not at least 1.
    """
    if months < 1:
        raise ValueError(f"{months} months cannot be compared: give at least 1.")
    start, begin, end = numbered(action.started_on), numbered(first), numbered(last)
    finished = action.finished_on
    done = finished is not None and numbered(finished) <= end
    if done and finished is not None:
        settled = numbered(finished) + 1
    else:
        settled = start if action.started_on.day == 1 else start + 1
    after = (settled, min(end, settled + months - 1))
    return Windows(
        earliest=max(begin, start - REFERENCE_MONTHS),
        before=(max(begin, start - months), start - 1),
        after=after,
        started=start,
        so_far=not done or after[1] - after[0] + 1 < months,
        in_progress=not done,
    )


def last_whole_month(as_of: date, chosen: date | None) -> date:
    """First day of the last month that is over, and not after the one chosen."""
    over = (as_of.replace(day=1) - timedelta(days=1)).replace(day=1)
    return min(over, chosen) if chosen else over


def actions_of(rows: pd.DataFrame) -> tuple[Action, ...]:
    """Actions from rows of the release, in the order of their starts."""
    found = []
    for row in rows.to_dict("records"):
        text = {
            name: row[name] if isinstance(row[name], str) else ""
            for name in ("title", "touchpoint", "segment", "owner", "status", "metric")
        }
        finished = row["finished_on"]
        found.append(
            Action(
                code=str(row["action_id"]),
                **text,
                started_on=pd.Timestamp(row["started_on"]).date(),
                finished_on=None if pd.isna(finished) else pd.Timestamp(finished).date(),
                cost=float("nan") if pd.isna(row["cost"]) else float(row["cost"]),
                expected_change=float("nan")
                if pd.isna(row["expected_change"])
                else float(row["expected_change"]),
            )
        )
    return tuple(found)
