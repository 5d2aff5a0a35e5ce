"""Parquet files and workbooks for the tests: good ones, damaged ones, and a trap."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq


def parquet(**columns: Any) -> bytes:
    """A Parquet file of these columns."""
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


def damaged_parquet() -> bytes:
    """A footer as it should be, over pages of which every third byte is another."""
    content = bytearray(parquet(survey_id=[f"S{n}" for n in range(3000)], sent_at=["2024-01-01"] * 3000))
    for place in range(4, len(content) - 2000, 3):
        content[place] ^= 0x55
    return bytes(content)


def workbook(rows: list[list[Any]], change: Callable[[Any], None] = lambda book: None) -> bytes:
    """An .xlsx file with these rows on its first sheet, after a change to the book."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def bomb() -> bytes:
    """A workbook of some 300 kB that unpacks to 300 MB of nothing."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(300):
                sheet.write(b" " * 1_000_000)
    return buffer.getvalue()


def rewritten(content: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook whose first sheet's XML has gone through a change."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            new.writestr(entry, change(data) if "sheet1" in entry.filename else data)
    return buffer.getvalue()


def damaged_workbook() -> bytes:
    """A workbook whose only sheet stops in the middle of a row."""
    return rewritten(workbook([["customer_id"], ["C1"]]), lambda data: data[: data.index(b"<row") + 60])


def other_zip() -> bytes:
    """A zip file that is no workbook."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("notes.txt", "no workbook")
    return buffer.getvalue()
