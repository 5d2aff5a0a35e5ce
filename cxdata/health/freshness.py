"""How old the data of a release are, against the limit that the company sets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from cxdata.config import Limits
from cxdata.health.releases import Record


@dataclass(frozen=True)
class Freshness:
    """Age of a release.

    Parameters
    ----------
    data_to : date or None
        Day of the newest event; None where no row is dated.
    age_days : int or None
        Days from the newest event to today.
    published_days : int
        Days since the release was published.
    limit_days : int
        Age from which data count as old.
    """

    data_to: date | None
    age_days: int | None
    published_days: int
    limit_days: int

    @property
    def is_old(self) -> bool:
        """Whether the newest event is older than the limit; data without any date never are."""
        return self.age_days is not None and self.age_days > self.limit_days


def freshness(record: Record, today: date, limits: Limits) -> Freshness:
    """How old the data of a release are.

    Parameters
    ----------
    record : Record
        The release; that of the demo is as old as on its own day, which never changes.
    today : date
        On the company's clock.
    limits : Limits
        With ``max_age_days``.
    """
    day = record.as_of if record.manifest.get("exports") == "demo" else today
    newest = record.data_to
    zone = ZoneInfo(str(record.manifest.get("time_zone") or "UTC"))
    return Freshness(
        newest,
        max((day - newest).days, 0) if newest else None,
        max((today - record.created_at.astimezone(zone).date()).days, 0),
        limits.max_age_days,
    )
