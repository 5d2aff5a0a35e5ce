"""Sums over groups of customers, from a release: the only module of this capability that reaches the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd

from cxdata.database import Release
from cxdata.scorecard.periods import month_before
from cxdata.selection import Selection

FILE = "queries/segments"


def dimension_values(release: Release) -> dict[str, list[str]]:
    """Values of each customer dimension, '' (not stated) aside."""
    frame = release.query(FILE, "dimension_values")
    return {str(name): sorted(rows["value"]) for name, rows in frame.groupby("dimension")}


def customers(release: Release, selection: Selection, month: date, by: str, across: str) -> pd.DataFrame:
    """Customers at the end of a month by `line` and `across`, each once."""
    return _asked(release, "customers", selection, by, across, day=_last_day(release, month))


def scores(
    release: Release,
    selection: Selection,
    metrics: Sequence[str],
    first: date,
    last: date,
    by: str,
    across: str,
) -> pd.DataFrame:
    """Histogram of the scores of known customers by `line` and `across`, as `histograms` wants it."""
    return _asked(
        release, "scores", selection, by, across, first_month=first, last_month=last, metrics=list(metrics)
    )


def renewals(
    release: Release, selection: Selection, first: date, last: date, by: str, across: str
) -> pd.DataFrame:
    """Terms that came up and were decided: ``renewed`` and ``decided`` by `line` and `across`."""
    return _asked(release, "renewals", selection, by, across, first_month=first, last_month=last)


def amounts(
    release: Release, selection: Selection, first: date, last: date, by: str, across: str
) -> pd.DataFrame:
    """Sums of revenue, cost and margin over customers, by ``amount``, ``level``, `line` and `across`."""
    return _asked(release, "amounts", selection, by, across, first_month=first, last_month=last)


def running_terms(release: Release, selection: Selection, month: date, by: str, across: str) -> pd.DataFrame:
    """Annual value of the terms that run at the end of a month, summed over customers, by ``level`` as well."""
    return _asked(release, "running_terms", selection, by, across, day=_last_day(release, month))


def exported(release: Release, table: str) -> bool:
    """Whether a contract table is among the exports."""
    return table in release.manifest.get("columns", {})


def _last_day(release: Release, month: date) -> date:
    return min(month_before(month, -1) - timedelta(days=1), release.as_of)


def _asked(
    release: Release, name: str, selection: Selection, by: str, across: str, **more: Any
) -> pd.DataFrame:
    lists = {dimension: list(values) for dimension, values in selection.filters().items()}
    return release.query(FILE, name, by=by, across=across, **lists, **more)
