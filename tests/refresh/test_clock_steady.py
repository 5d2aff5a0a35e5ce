"""Local times turned to UTC by their offset, against the zone database."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from cxdata.refresh.clock import steady_stretches


@pytest.mark.parametrize(
    "zone",
    [
        "UTC",
        "Europe/Madrid",
        "America/Santiago",
        "America/Bogota",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
    ],
)
def test_every_quarter_of_an_hour_of_a_stretch_has_its_offset(zone):
    """Its first and last day, and every seventh between; two clocks of the year 2024 change by half an hour or for
    Ramadan."""
    clock = ZoneInfo(zone)
    for stretch in steady_stretches(zone, 2023, 2025):
        days = (stretch.last - stretch.first).days
        for number in {0, days - 1, *range(0, days, 7)}:
            start = datetime.combine(stretch.first + timedelta(days=number), time())
            for quarter in range(96):
                local = start + timedelta(minutes=15 * quarter)
                utc = local.replace(tzinfo=clock).astimezone(UTC).replace(tzinfo=None)
                assert local - stretch.offset == utc


def test_stretches_leave_out_little():
    """Two changes a year with a margin of three days each."""
    stretches = steady_stretches("Europe/Madrid", 2024, 2025)
    assert stretches[0].last == date(2026, 1, 1)
    assert stretches[-1].first == date(2024, 1, 1)
    covered = sum((stretch.last - stretch.first).days for stretch in stretches)
    assert covered == 366 + 365 - 4 * 3
