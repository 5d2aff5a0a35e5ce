"""Columns of a release: the only module of this capability that reaches the database."""

from __future__ import annotations

import pandas as pd

from cxdata.database import Release

FILE = "queries/definitions"


def published_columns(release: Release) -> pd.DataFrame:
    """Columns of `scorecard.duckdb`: table_name, column_name, data_type."""
    return release.query(FILE, "published_columns")
