"""Rows of an XLSX workbook as text, with limits against files that unpack to far more than they weigh."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from cxdata.errors import InputBlocked

MOST_UNPACKED = 2_000_000_000
"""Bytes that a workbook may hold when unpacked."""

MOST_RATIO = 200
"""How many times its own size a workbook may unpack to."""

MOST_COLUMNS = 500

_NO_RESULT = re.compile(rb'<c (?![^>]*t="str")[^>]*>\s*<f[^>]*>[^<]*</f>\s*(</c>|<v\s*/>|<v>\s*</v>)')
"""A formula in a worksheet's XML that no result follows; an empty text is a result, of type str."""


def workbook_rows(
    path: Path, name: str, sheet: str, decimal: str = "."
) -> tuple[list[str], Iterator[list[str]]]:
    """Header and rows of a worksheet: the one called `sheet`, else the first.

    Empty rows are passed over; a row with cells beyond the header comes as long as it is. Dates become
    ISO 8601, whole numbers lose their `.0`, other numbers get the decimal mark of the exports, and an
    error value such as ``#N/A`` stays text, so that the checks see it.

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
        # Rows as long as they are: padded to a stray cell far out, a small sheet takes hours to read.
        worksheet.reset_dimensions()
        rows = worksheet.iter_rows(values_only=True)
        header = [_text(value, decimal).strip() for value in next(rows, ())]
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
    _check_formulas(path, name, getattr(worksheet, "_worksheet_path", ""))
    if len(header) > MOST_COLUMNS:
        raise InputBlocked(f"{name}: {len(header):,} columns, where {MOST_COLUMNS} are the most. Drop some.")
    return header, _rows(rows, len(header), name, decimal)


def _rows(rows: Iterator[tuple[Any, ...]], width: int, name: str, decimal: str) -> Iterator[list[str]]:
    try:
        for row in rows:
            values = [_text(value, decimal) for value in row]
            while values and not values[-1].strip():
                values.pop()
            if values:
                yield values + [""] * (width - len(values))
    except Exception as error:
        raise InputBlocked(
            f"{name}: the workbook is damaged ({error}). Save it again as .xlsx or CSV."
        ) from error


def _text(value: Any, decimal: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, float) and isfinite(value):
        return np.format_float_positional(value, trim="-").replace(".", decimal)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds" if not value.microsecond else "microseconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _check_formulas(path: Path, name: str, part: str) -> None:
    """Refuse formulas that were saved without their results: they would be read as blank cells."""
    rest = b""
    with zipfile.ZipFile(path) as archive, archive.open(part.lstrip("/")) as sheet:
        while chunk := sheet.read(1 << 20):
            if _NO_RESULT.search(rest + chunk):
                raise InputBlocked(
                    f"{name}: holds formulas without their results, which would be read as blanks. Open it in a "
                    "spreadsheet program and save it, or export the table as CSV."
                )
            rest = (rest + chunk)[-10_000:]


def _check_size(path: Path, name: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as error:
        raise InputBlocked(
            f"{name}: not a workbook in .xlsx format ({error}). Save it again as .xlsx or CSV."
        ) from error
    if unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * max(path.stat().st_size, 100_000):
        raise InputBlocked(
            f"{name}: unpacks to {unpacked / 1e6:,.0f} MB, which is more than a workbook of its size should hold. "
            "Export the table as CSV or Parquet."
        )
