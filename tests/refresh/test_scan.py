"""The count of records from the bytes, and the strict reader, against what was written (properties)."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxdata.errors import InputBlocked
from cxdata.refresh import scan
from cxdata.refresh.scan import scan_text
from cxdata.refresh.strict_reader import read_header, read_records

VALUES = st.text(st.sampled_from('ab1 ,;"\né😀'), max_size=6)
ROWS = st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=12)
LINE_ENDS = st.sampled_from(["\n", "\r\n"])
ENDINGS = st.sampled_from(["", "\n"])

AGAIN = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
"""The folder is the same for all examples: each writes its own file anew."""


def written(rows: list[tuple[str, str, str]], line_end: str, ending: str) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator=line_end, quoting=csv.QUOTE_MINIMAL)
    writer.writerow(["one", "two", "three"])
    writer.writerows(rows)
    return (buffer.getvalue().removesuffix(line_end) + ending.replace("\n", line_end)).encode("utf-8")


@AGAIN
@given(rows=ROWS, line_end=LINE_ENDS, ending=ENDINGS, chunk=st.integers(1, 40))
def test_records_are_counted_from_the_bytes_wherever_they_are_cut(tmp_path, rows, line_end, ending, chunk):
    """Line ends inside quotation marks end no record; a last line without an end is one. Chunks do not matter."""
    path = tmp_path / "rows.csv"
    content = written(rows, line_end, ending)
    path.write_bytes(content)
    found = []
    with pytest.MonkeyPatch.context() as patch:
        for size in (chunk, 1 << 20):
            patch.setattr(scan, "CHUNK", size)
            found.append(scan_text(path, "rows.csv"))
    small, whole = found
    assert (small.sha256, small.bytes) == (hashlib.sha256(content).hexdigest(), len(content))
    # Blank lines and mixed line ends are left to the strict reader to count; nothing else may be.
    for counted in (small.records, whole.records):
        assert counted in (None, len(rows))
    if not any("\n" in value for row in rows for value in row):
        assert whole.records == len(rows)


@AGAIN
@given(rows=ROWS, line_end=LINE_ENDS, ending=ENDINGS, codec=st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]))
def test_the_strict_reader_reads_what_was_written(tmp_path, rows, line_end, ending, codec):
    """Each record under its number, with its values, but for line ends inside them, which become one character.

    A narrow table is meant: in a value over several lines, a line with as many separators as the header is taken
    for a record that an open quotation mark has swallowed.
    """
    swallowing = any(line.count(",") == 2 for row in rows for value in row for line in value.split("\n")[1:])
    path = tmp_path / "rows.csv"
    path.write_bytes(written(rows, line_end, ending).decode("utf-8").encode(codec))
    assert read_header(path, codec, ",", "rows.csv") == ["one", "two", "three"]
    records = list(read_records(path, codec, ",", 3, "rows.csv"))
    assert [record.number for record in records] == list(range(1, len(records) + 1))
    if not swallowing and not any(record.fault for record in records):
        stated = [tuple(value.lstrip(" ") for value in row) for row in rows]
        assert [tuple(value.lstrip(" ") for value in record.values) for record in records] == stated
    if not any('"' in value or "\n" in value for row in rows for value in row):
        assert not any(record.fault for record in records)


@AGAIN
@given(content=st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(tmp_path, content):
    path: Path = tmp_path / "bytes.csv"
    path.write_bytes(content)
    try:
        found = scan_text(path, "bytes.csv")
        header = read_header(path, found.encoding, ",", "bytes.csv")
        records = list(read_records(path, found.encoding, ",", len(header), "bytes.csv"))
    except InputBlocked:
        return
    assert all(len(record.values) == len(header) or record.fault for record in records)


def test_marks_and_declarations_decide_the_encoding(tmp_path):
    path = tmp_path / "x.csv"
    text = "a\nñ\n"
    cases = {
        "auto": (text.encode(), "utf-8"),
        "": (codecs.BOM_UTF8 + text.encode(), "utf-8-sig"),
        "UTF8": (codecs.BOM_UTF8 + text.encode(), "utf-8-sig"),
        "utf-16": (text.encode("utf-16"), "utf-16"),
        "utf_16_le": (codecs.BOM_UTF16_LE + text.encode("utf-16-le"), "utf-16"),
        "latin-1": (text.encode("latin-1"), "latin-1"),
    }
    for declared, (content, codec) in cases.items():
        path.write_bytes(content)
        assert scan_text(path, "x.csv", declared).encoding == codec, declared
        assert [record.values for record in read_records(path, codec, ",", 1, "x.csv")] == [["ñ"]], declared
    for unknown in ("klingon", "hex", "rot13"):
        with pytest.raises(InputBlocked, match=f"the declared encoding '{unknown}' is not known. Use utf-8"):
            scan_text(path, "x.csv", unknown)


def test_a_character_cut_in_two_by_a_chunk_is_one_character(tmp_path, monkeypatch):
    path = tmp_path / "x.csv"
    path.write_bytes("a\nñ😀ñ\n".encode())
    for size in range(1, 12):
        monkeypatch.setattr(scan, "CHUNK", size)
        assert scan_text(path, "x.csv").records == 1
    path.write_bytes("a\nñ😀".encode()[:-1])
    for size in range(1, 12):
        monkeypatch.setattr(scan, "CHUNK", size)
        with pytest.raises(InputBlocked, match=r"byte 4 \(0xf0\) is not UTF-8"):
            scan_text(path, "x.csv")
