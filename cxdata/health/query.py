"""Newest events and quarantined values: the only module of this capability that reaches the database."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pandas as pd

from cxdata.database import Release

FILE = "queries/health"

EXAMPLES_PER_RULE = 5

MOST_EXAMPLES = 200


def newest_rows(release: Release) -> pd.DataFrame:
    """Rows and newest event of each dated table.

    Returns
    -------
    DataFrame
        table, rows, newest (date on the company's clock; None where no row is dated).
    """
    frame = release.query(FILE, "newest_rows")
    zone = ZoneInfo(str(release.manifest.get("time_zone") or "UTC"))
    clock = pd.to_datetime(frame["newest_at"]).dt.tz_localize("UTC").dt.tz_convert(zone)
    days = clock.dt.tz_localize(None).fillna(pd.to_datetime(frame["newest_on"]))
    newest = [None if pd.isna(day) else day.date() for day in days]
    return pd.DataFrame({"table": frame["table_name"], "rows": frame["records"], "newest": newest})


def quarantine_examples(release: Release) -> pd.DataFrame:
    """Examples of what was kept out, some for every broken rule; the caller checks the role first.

    Returns
    -------
    DataFrame
        file, record, table_name, column_name ('' for a whole line), value (as exported), reason.
    """
    return release.personal(FILE, "quarantine_examples", per_rule=EXAMPLES_PER_RULE, most=MOST_EXAMPLES)
