"""The slow, strict reader: every record of an awkward text file, and the lines that are none.

It is used where the bytes and the fast reader disagree, and for encodings and line ends that the
fast reader does not take. A quotation mark that is never closed costs its own line only: the reader
resumes at the next line instead of swallowing the good rows that follow.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cxdata.errors import InputBlocked

MOST_LINES = 200
"""Lines that one quoted value may span; more is taken for a quotation mark that was never closed."""


@dataclass(frozen=True)
class Record:
    """One record: its number (1 is the first below the header), its line, and its values or its fault."""

    number: int
    line: int
    values: list[str]
    fault: str = ""


def read_header(path: Path, encoding: str, separator: str, name: str) -> list[str]:
    """Names in the first line of a text file.

    Raises
    ------
    InputBlocked
        If the file is empty, a name stands twice, or the line holds a single name although another
        separator would split it.
    """
    with path.open(encoding=encoding, newline="") as file:
        try:
            header = next(csv.reader(file, delimiter=separator, strict=True), [])
        except (csv.Error, UnicodeDecodeError) as error:
            raise InputBlocked(f"{name}: the header line cannot be read ({error}).") from error
    header = [title.strip().lstrip("\ufeff") for title in header]
    if not any(header):
        raise InputBlocked(f"{name}: the file is empty; a header line and records are expected.")
    others = [mark for mark in ";\t|," if mark != separator and len(header) == 1 and mark in header[0]]
    if others:
        mark = {"\t": "\\t"}.get(others[0], others[0])
        raise InputBlocked(
            f"{name}: the header '{header[0][:60]}' is not separated by '{separator}' but seems to be by "
            f"'{mark}'. Declare separator = \"{mark}\" in cx.toml [exports] or the source's source.toml."
        )
    lowered = [title.lower() for title in header]
    twice = sorted({title for title in lowered if title and lowered.count(title) > 1})
    if twice:
        raise InputBlocked(
            f"{name}: the header names the column '{twice[0]}' twice. Rename or drop one of them."
        )
    return header


def read_records(path: Path, encoding: str, separator: str, width: int, name: str) -> Iterator[Record]:
    """Records below the header, in their order.

    Parameters
    ----------
    path, encoding, separator : Path, str, str
        The file and how its text is written.
    width : int
        Number of columns in the header.
    name : str
        Name of the file in messages.

    Yields
    ------
    Record
        With `values` of length `width`, or with a `fault` and the raw line as its only value.

    Raises
    ------
    InputBlocked
        If the bytes are not text in this encoding.
    """
    try:
        with path.open(encoding=encoding, newline=None) as file:
            yield from _records(list(file), separator, width)
    except UnicodeError as error:
        raise InputBlocked(
            f"{name}: the bytes are not {encoding} text ({error}). Declare another encoding."
        ) from error


def _records(lines: list[str], separator: str, width: int) -> Iterator[Record]:
    position = _end_of_record(lines, 0, separator, width)
    number = 0
    while position < len(lines):
        text = lines[position].rstrip("\n")
        if not text.strip():
            position += 1
            continue
        number += 1
        start = position
        if '"' not in text:
            position += 1
            yield _record(number, start + 1, text, text.split(separator), width)
            continue
        end, values, fault = _quoted(lines, position, separator, width)
        position = end
        yield Record(number, start + 1, [text], fault) if fault else Record(number, start + 1, values)


def _record(number: int, line: int, text: str, values: list[str], width: int) -> Record:
    if len(values) == width:
        return Record(number, line, values)
    return Record(number, line, [text], f"{len(values)} fields where the header has {width}")


def _quoted(lines: list[str], start: int, separator: str, width: int) -> tuple[int, list[str], str]:
    fault = "a quotation mark is not closed"
    text = ""
    for end in range(start, min(start + MOST_LINES, len(lines))):
        text += lines[end]
        if text.count('"') % 2:
            continue
        try:
            values = next(csv.reader([text], delimiter=separator, strict=True))
        except csv.Error:
            fault = "a quotation mark stands inside a value"
            break
        if len(values) == width:
            return end + 1, values, ""
        if end == start:
            fault = f"{len(values)} fields where the header has {width}"
        break
    return start + 1, [], fault


def _end_of_record(lines: list[str], start: int, separator: str, width: int) -> int:
    end, _, _ = (
        _quoted(lines, start, separator, width) if lines and '"' in lines[start] else (start + 1, [], "")
    )
    return end
