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

MOST_CHARACTERS = 500_000
"""Characters that one record may hold; the fast reader takes no more than two megabytes."""

csv.field_size_limit(MOST_CHARACTERS)


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
    try:
        with path.open(encoding=encoding, newline="") as file:
            header = next((row for row in csv.reader(file, delimiter=separator, strict=True) if row), [])
    except (csv.Error, UnicodeError) as error:
        raise InputBlocked(
            f"{name}: the header line cannot be read ({error}). Declare the file's encoding, or export it again."
        ) from error
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
    refuse_repeated(header, name)
    return header


def refuse_repeated(header: list[str], name: str) -> None:
    """InputBlocked where two columns have one name: nothing says which of them is meant."""
    lowered = [title.lower() for title in header]
    twice = sorted({title for title in lowered if title and lowered.count(title) > 1})
    if twice:
        raise InputBlocked(
            f"{name}: the header names the column '{twice[0]}' twice. Rename or drop one of them."
        )


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
    position = next((place for place, line in enumerate(lines) if line.strip()), len(lines))
    position, _, _ = _next(lines, position, separator, width)  # the header
    number = 0
    while position < len(lines):
        start = position
        if not lines[start].strip():
            position += 1
            continue
        number += 1
        position, values, fault = _next(lines, start, separator, width)
        yield Record(number, start + 1, [lines[start].rstrip("\n")] if fault else values, fault)


def _next(lines: list[str], start: int, separator: str, width: int) -> tuple[int, list[str], str]:
    """The record that begins at a line: the line after it, its values, or its fault."""
    if start >= len(lines):
        return start, [], ""
    text = lines[start].rstrip("\n")
    if '"' in text:
        end, values, fault = _quoted(lines, start, separator, width)
    else:
        end, values, fault = start + 1, text.split(separator), ""
    if not fault and len(values) != width:
        fault = f"{len(values)} fields where the header has {width}"
    if not fault and any("\x00" in value for value in values):
        fault = "a NUL character stands in a value"
    if not fault and sum(map(len, values)) > MOST_CHARACTERS:
        fault = f"a record of more than {MOST_CHARACTERS:,} characters"
    return (start + 1 if fault else end), values, fault


def _quoted(lines: list[str], start: int, separator: str, width: int) -> tuple[int, list[str], str]:
    """A record with quotation marks, over as many lines as it takes to close them."""
    marks = 0
    for end in range(start, min(start + MOST_LINES, len(lines))):
        marks += lines[end].count('"')
        # An inch mark inside a plain value opens nothing, so the first line may stand with an odd count.
        if end > start and marks % 2:
            continue
        try:
            text = "".join(lines[start : end + 1])
            values = next(csv.reader([text], delimiter=separator, strict=True, skipinitialspace=True))
        except csv.Error as error:
            if marks % 2:
                continue
            if end > start:
                break
            long = "field larger" in str(error)
            return start + 1, [], "a value is too long" if long else "a quotation mark stands inside a value"
        if end > start and (len(values) != width or _swallows(lines[start + 1 : end + 1], separator, width)):
            break
        return end + 1, values, ""
    return start + 1, [], "a quotation mark is not closed"


def _swallows(lines: list[str], separator: str, width: int) -> bool:
    """Whether a value over several lines seems to hold records: lines with as many fields as the header.

    People put a space behind a comma; exports do not. A narrow table is given the benefit of the doubt.
    """
    if width < 3:
        return False
    fields = (line.split(separator) for line in lines)
    return any(len(line) == width and not any(text.startswith(" ") for text in line) for line in fields)
