"""Newest events, quarantined values, repeated answers: the only module here that reaches the database."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pandas as pd

from cxdata.config import Config
from cxdata.database import Release
from cxdata.health.repeats import Repeats, repeats_table
from cxdata.scorecard.periods import month_before

FILE = "queries/health"

EXAMPLES_PER_RULE = 5

MOST_EXAMPLES = 200

MONTHS_OF_REPEATS = 12
"""Months over which people who answer more than once are counted."""


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


def repeats(release: Release, config: Config) -> Repeats | None:
    """People who answered more than once in the twelve months to the last finished one; None without answers."""
    asked = release.rows(FILE, "last_month_of_answers", as_of_month=release.as_of.replace(day=1))
    if asked[0][0] is None:
        return None
    last = asked[0][0]
    first = month_before(last, MONTHS_OF_REPEATS - 1)
    conventions = {"csat": config.csat, "ces": config.ces}

    def counted(start: date, *, by_question: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
        period = {"first": start, "last": last, "by_question": by_question}
        return (
            release.query(FILE, "repeated_answers", **period),
            release.query(FILE, "paired_scores", **period),
        )

    tables = {
        by_question: repeats_table(
            *counted(first, by_question=by_question),
            conventions,
            last_month=counted(last, by_question=by_question),
        )
        for by_question in (False, True)
    }
    return Repeats(first, last, tables[False], tables[True])
