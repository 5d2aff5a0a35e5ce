"""The calendar of the demo company: days and seconds of local time, counted from 1970.

Everything is local time of Europe/Madrid without an offset, as the systems of a shop export it. All moments lie
between 08:00 and midnight or, for answers, between 07:00 and midnight: the hours which the change to and from
summer time skips or repeats (02:00-03:00) never occur.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.int64]
Seconds = NDArray[np.int64]

TIME_ZONE = "Europe/Madrid"
FIRST_MONTH = np.datetime64("2023-12", "M")
MONTHS = 36
SECONDS_A_DAY = 86_400
NEVER = np.int64(2**40)


def day(text: str) -> int:
    """Return a date 'YYYY-MM-DD' as a day number."""
    return int(np.datetime64(text, "D").astype(np.int64))


def date_text(day_number: int) -> str:
    """Return a day number as 'YYYY-MM-DD'."""
    return str(np.datetime64(int(day_number), "D"))


def second(text: str) -> int:
    """Return a local time 'YYYY-MM-DDTHH:MM:SS' as a second number."""
    return int(np.datetime64(text, "s").astype(np.int64))


FIRST_DAY = day("2023-12-01")
AS_OF = day("2026-11-18")
EXPORTED_AT = second("2026-11-18T09:00:00")


def day_of(seconds: Seconds) -> Days:
    """Return the days on which moments fall."""
    return seconds // SECONDS_A_DAY


def month_of(days: Days) -> NDArray[np.int64]:
    """Return months as 0 (2023-12) to 35 (2026-11); negative before that."""
    return (days.astype("datetime64[D]").astype("datetime64[M]") - FIRST_MONTH).astype(np.int64)


def calendar_month_of(days: Days) -> NDArray[np.int64]:
    """Return the months of the year, 1 to 12."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12 + 1


def month_number(text: str) -> int:
    """Return a month 'YYYY-MM' as 0 (2023-12) to 35 (2026-11)."""
    return int((np.datetime64(text, "M") - FIRST_MONTH).astype(np.int64))


def first_day_of(months: NDArray[np.int64] | int) -> Days:
    """Return the first day of months numbered from 2023-12."""
    return (FIRST_MONTH + months).astype("datetime64[D]").astype(np.int64)


def add_months(days: Days, months: NDArray[np.int64] | int) -> Days:
    """Move days on by whole months; the days of the month must not exceed 28."""
    start = days.astype("datetime64[D]").astype("datetime64[M]")
    day_of_month = days - start.astype("datetime64[D]").astype(np.int64)
    return (start + months).astype("datetime64[D]").astype(np.int64) + day_of_month


def at_most_day_28(days: Days) -> Days:
    """Move the 29th to 31st of a month back to its 28th, so that every month has that day."""
    start = days.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return start + np.minimum(days - start, 27)


def in_opening_hours(days: Days, random: np.random.Generator) -> Seconds:
    """Give each day a moment between 08:00 and 22:00, most often around midday."""
    share_of_day = (random.random(len(days)) + random.random(len(days))) / 2
    return days * SECONDS_A_DAY + 8 * 3600 + (share_of_day * 14 * 3600).astype(np.int64)


def out_of_the_night(seconds: Seconds) -> Seconds:
    """Move moments before 07:00 seven hours on: nobody is woken up by the demo."""
    return np.where(seconds % SECONDS_A_DAY < 7 * 3600, seconds + 7 * 3600, seconds)
