"""What the clock of a time zone does twice a year: the hours that it skips and those that it repeats."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

_UTC = ZoneInfo("UTC")
_FIRST_YEAR, _LAST_YEAR = 1970, 2040


@cache
def skipped_hours(time_zone: str) -> tuple[int, ...]:
    """Hours of the day that the zone's clock has ever skipped since 1970, whole or in part."""
    return tuple(sorted({moment.hour for day in _changes(time_zone) for moment in _skipped(time_zone, day)}))


def repeated_hours(time_zone: str, first: datetime, last: datetime) -> list[tuple[datetime, datetime]]:
    """Stretches of UTC time, start included and end not, that stand twice on the zone's clock.

    Parameters
    ----------
    time_zone : str
        IANA name.
    first, last : datetime
        UTC times without an offset; only clock changes between them count.
    """
    zone = ZoneInfo(time_zone)
    found: list[tuple[datetime, datetime]] = []
    for day in _changes(time_zone):
        if not first - timedelta(days=2) <= day <= last + timedelta(days=2):
            continue
        before, after = zone.utcoffset(day), zone.utcoffset(day + timedelta(days=1))
        if before is None or after is None or after >= before:
            continue
        for quarter in range(96):
            local = day + timedelta(minutes=15 * quarter)
            if local.replace(tzinfo=zone).utcoffset() != local.replace(tzinfo=zone, fold=1).utcoffset():
                found.append((local - before, local - after + (before - after)))
                break
    return found


@dataclass(frozen=True)
class Stretch:
    """Local days, the first included and the last not, with one offset from UTC throughout."""

    first: date
    last: date
    offset: timedelta


def steady_stretches(time_zone: str, first_year: int, last_year: int) -> list[Stretch]:
    """Stretches between the clock's changes, newest first, each a day away from the change on either side.

    Between them a local time turns to UTC by a subtraction, a tenth of the cost of asking the zone.

    Parameters
    ----------
    time_zone : str
        IANA name.
    first_year, last_year : int
        Years that the stretches cover.
    """
    zone = ZoneInfo(time_zone)
    margin = timedelta(days=1)
    within = [day for day in _changes(time_zone) if first_year <= day.year <= last_year]
    starts = [datetime(first_year, 1, 1), *(day + 2 * margin for day in within)]
    ends = [*(day - margin for day in within), datetime(last_year + 1, 1, 1)]
    found = [
        Stretch(start.date(), end.date(), start.replace(tzinfo=zone).utcoffset() or timedelta())
        for start, end in zip(starts, ends, strict=True)
        if start < end
    ]
    return found[::-1]


@cache
def _changes(time_zone: str) -> tuple[datetime, ...]:
    """Days on which the zone's offset from UTC changes."""
    zone = ZoneInfo(time_zone)
    day, found = datetime(_FIRST_YEAR, 1, 1), []
    offset = zone.utcoffset(day)
    while day.year < _LAST_YEAR:
        following = day + timedelta(days=1)
        later = zone.utcoffset(following)
        if later != offset:
            found.append(day)
        day, offset = following, later
    return tuple(found)


def _skipped(time_zone: str, day: datetime) -> list[datetime]:
    zone = ZoneInfo(time_zone)
    found = []
    for quarter in range(96):
        local = day + timedelta(minutes=15 * quarter)
        back = local.replace(tzinfo=zone).astimezone(_UTC).astimezone(zone)
        if back.replace(tzinfo=None) != local:
            found.append(local)
    return found
