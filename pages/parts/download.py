"""Rows as a CSV file that spreadsheets open safely."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from cxdata.language import gettext as _
from cxdata.spreadsheets import safe_cell


def csv_bytes(rows: pd.DataFrame) -> bytes:
    """A frame as CSV in UTF-8 with a byte order mark, which spreadsheets need to read accents.

    Numbers keep a decimal point and months their ISO form in every language, so that programs can read
    the file too.
    """
    safe = rows.rename(columns=safe_cell)
    for column in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[column]):
            safe[column] = safe[column].map(safe_cell)
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def file_name(parts: Sequence[str]) -> str:
    """A file name from what the file holds: letters, digits and dashes of every script, at most 120."""
    joined = "_".join(re.sub(r"[^\w.-]+", "-", part).strip("-_.") for part in parts)
    return f"{joined[:116].rstrip('-_.')}.csv"


def download(build: Callable[[], pd.DataFrame], parts: Sequence[str], key: str) -> None:
    """A button that hands out rows as CSV; they are put together at the click.

    Parameters
    ----------
    build : callable
        Returns the rows.
    parts : sequence of str
        What the file name says: metric, filters, release.
    key : str
        Of the button; unique on the page.
    """
    st.download_button(
        _("Download as CSV"),
        data=lambda: csv_bytes(build()),
        file_name=file_name(parts),
        mime="text/csv",
        on_click="ignore",
        key=key,
    )
