"""Rows of an XLSX workbook as text, with limits against files that unpack to far more than they weigh."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from cxdata.errors import InputBlocked

MOST_UNPACKED = 2_000_000_000
"""Bytes that a workbook may hold when unpacked."""

MOST_RATIO = 200
"""How many times its own size a workbook may unpack to."""

MOST_COLUMNS = 500


def workbook_rows(path: Path, name: str, sheet: str) -> tuple[list[str], Iterator[list[str]]]:
    """Header and rows of a worksheet: the one called `sheet`, else the first.

    Empty rows are passed over. Dates become ISO 8601, whole numbers lose their `.0`, and an error
    value such as ``#N/A`` stays text, so that the checks see it.

    Raises
    ------
    InputBlocked
        If the file is no workbook, is suspiciously compressed, or has no header.
    """
    _check_size(path, name)
    try:
        from openpyxl import load_workbook

        workbook = load_workbook(path, read_only=True, data_only=True)
        worksheet = workbook[sheet] if sheet in workbook.sheetnames else workbook[workbook.sheetnames[0]]
        rows = worksheet.iter_rows(values_only=True, max_col=MOST_COLUMNS)
        header = [_text(value).strip() for value in next(rows, ())]
    except Exception as error:  # openpyxl raises whatever the damaged part makes it raise
        raise InputBlocked(
            f"{name}: not a readable workbook ({error}). Save it again as .xlsx or CSV."
        ) from error
    while header and not header[-1]:
        header.pop()
    if not header:
        raise InputBlocked(
            f"{name}: the first row of the sheet '{worksheet.title}' is empty; headers are expected."
        )
    return header, _rows(rows, len(header), name)


def _rows(rows: Iterator[tuple[Any, ...]], width: int, name: str) -> Iterator[list[str]]:
    try:
        for row in rows:
            values = [_text(value) for value in row]
            if any(value.strip() for value in values):
                yield (values + [""] * width)[:width]
    except Exception as error:
        raise InputBlocked(
            f"{name}: the workbook is damaged ({error}). Save it again as .xlsx or CSV."
        ) from error


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds" if not value.microsecond else "microseconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _check_size(path: Path, name: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError) as error:
        raise InputBlocked(
            f"{name}: not a workbook in .xlsx format ({error}). Save it again as .xlsx or CSV."
        ) from error
    if unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * max(path.stat().st_size, 100_000):
        raise InputBlocked(
            f"{name}: unpacks to {unpacked / 1e6:,.0f} MB, which is more than a workbook of its size should hold. "
            "Export the table as CSV or Parquet."
        )
