"""Headers of an export against the contract: matched by name, blocked on missing, warned on new."""

from __future__ import annotations

from difflib import get_close_matches

from cxdata.errors import InputBlocked
from cxdata.messages import Message, message
from cxdata.schema import Table

MOST_SHOWN = 100
"""Characters of a header that a message shows; no column of the contract has a longer name."""


def match_columns(table: Table, header: list[str], name: str) -> tuple[dict[str, int], list[Message]]:
    """Where each contract column stands in a file.

    Parameters
    ----------
    table : Table
        Contract table that the file feeds.
    header : list of str
        Names in the file; case and surrounding space do not matter.
    name : str
        Name of the file in messages.

    Returns
    -------
    positions : dict of str to int
        Position of each contract column that the file has.
    warnings : list of Message
        One sentence for each column of the file that the contract does not know, or that has no name.

    Raises
    ------
    InputBlocked
        If a required column is missing.
    """
    header = [title.strip()[:MOST_SHOWN] for title in header]
    found = {title.lower(): place for place, title in enumerate(header)}
    known = {column.name for column in table.columns}
    positions = {column: place for column, place in found.items() if column in known}
    new = [title for title in header if title and title.lower() not in known]
    required = [column.name for column in table.columns if column.required]
    for column in required:
        if column not in positions:
            raise InputBlocked(
                f"{name}: the required column {column} is missing; expected {column}"
                f"{_instead(column, new)}. Rename it in the export, or map it in a source (sql/sources/)."
            )
    warnings = [
        message(
            "{file}: the column '{column}' is not in the contract and was left out", file=name, column=title
        )
        for title in new
    ]
    unnamed = [place for place, title in enumerate(header, start=1) if not title]
    warnings += [
        message("{file}: column {n:,} has no name and was left out", file=name, n=place) for place in unnamed
    ]
    return positions, warnings


def refuse_lost(
    table: Table, headers: dict[str, list[str]], present: set[str], expected: tuple[str, ...]
) -> None:
    """Block a table that lacks a column which the last release had.

    Parameters
    ----------
    table : Table
        Contract table.
    headers : dict of str to list of str
        Names of its files (or of its select), with their headers.
    present : set of str
        Contract columns that they have, all together.
    expected : tuple of str
        Columns that the last release had.

    Raises
    ------
    InputBlocked
        Naming the column, and the one that may have come in its place.
    """
    known = {column.name for column in table.columns}
    new = [title for header in headers.values() for title in header if title and title.lower() not in known]
    for column in expected:
        if column in known and column not in present:
            raise InputBlocked(
                f"{', '.join(headers)}: the column {column}, which the last release had, is missing; expected "
                f"{column}{_instead(column, new)}. Export it again, or accept its loss with --accept-changes."
            )


def _instead(column: str, new: list[str]) -> str:
    simplified = {title.lower().replace(" ", "_").replace("-", "_"): title for title in new}
    near = get_close_matches(column, simplified, n=1, cutoff=0.5)
    containing = [title for short, title in simplified.items() if column in short or short in column]
    choice = simplified[near[0]] if near else containing[0] if containing else ""
    if choice:
        return f", found '{choice}'"
    return f", found {', '.join(new[:6])}" if new else ""
