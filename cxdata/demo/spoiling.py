"""Spoil single records of an export: mistype a value, repeat a record, contradict it, slip in a foreign line."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np

from .export import Export
from .records import Codes

QUARANTINED, DUPLICATE, UNMATCHED = "quarantined", "duplicate", "loaded-unmatched"


@dataclass(frozen=True)
class DirtyRecord:
    """One record that is not as it should be, and what a refresh is expected to do with it.

    `record` counts the records of the file from 1, the header not among them; a record whose comment has line
    breaks is still one.
    """

    table: str
    record: int
    what: str
    fate: str


class SpoiltFile:
    """An export on its way to disk, with the places where something goes wrong.

    Parameters
    ----------
    free_rows : ndarray of int
        Records that may be spoilt, because nothing else in the exports hangs on them.
    """

    def __init__(self, table: str, export: Export, free_rows: Codes, random: np.random.Generator) -> None:
        self._table = table
        self._columns = export.columns
        self._records = list(export.records)
        self._free = random.permutation(free_rows).tolist()
        self._in_place: list[tuple[int, str, str]] = []
        self._inserted: list[tuple[int, str, str, str]] = []

    def mistype(self, what: str, column: str, value: str, fate: str = QUARANTINED) -> None:
        """Write another value into one column of a record."""
        row = self._take()
        self._records[row] = self._with(row, column, value)
        self._in_place.append((row, what, fate))

    def cut_off(self, what: str, fields: int) -> None:
        """Lose the last fields of a record."""
        row = self._take()
        self._records[row] = self._records[row].rsplit(",", fields)[0]
        self._in_place.append((row, what, QUARANTINED))

    def append(self, what: str, text: str) -> None:
        """Write more fields than the header has."""
        row = self._take()
        self._records[row] += text
        self._in_place.append((row, what, QUARANTINED))

    def repeat(self, what: str, rows_later: int = 40) -> None:
        """Export a record twice, exactly."""
        row = self._take()
        self.insert(what, self._records[row], row + rows_later, DUPLICATE)

    def contradict(self, what: str, column: str, value: str) -> None:
        """Export a record twice under the same key, with different contents: neither can be trusted."""
        row = self._take()
        self._in_place.append((row, what, QUARANTINED))
        self.insert(what, self._with(row, column, value), row + 3)

    def insert(self, what: str, line: str, before: int | None = None, fate: str = QUARANTINED) -> None:
        """Slip in a line of its own, at the end if no place is named."""
        last = len(self._records)
        self._inserted.append((last if before is None else min(before, last), line, what, fate))

    def insert_header(self, what: str) -> None:
        """Repeat the header halfway through, as when two exports are put together."""
        self.insert(what, ",".join(self._columns), len(self._records) // 2)

    def insert_total(self, what: str, **values: str) -> None:
        """End the file with a total, as a spreadsheet does."""
        self.insert(what, ",".join(values.get(column, "") for column in self._columns))

    def finished(self) -> tuple[Export, list[DirtyRecord]]:
        """The export as it is written, and its dirty records in the order of the file."""
        inserted = sorted(self._inserted, key=lambda insertion: insertion[0])
        places = [place for place, _, _, _ in inserted]
        dirty = [
            DirtyRecord(self._table, row + bisect_right(places, row) + 1, what, fate)
            for row, what, fate in self._in_place
        ]
        for count, (place, line, what, fate) in enumerate(inserted):
            self._records.insert(place + count, line)
            dirty.append(DirtyRecord(self._table, place + count + 1, what, fate))
        dirty.sort(key=lambda record: record.record)
        return Export(self._columns, self._records), dirty

    def _take(self) -> int:
        return int(self._free.pop())

    def _with(self, row: int, column: str, value: str) -> str:
        fields = self._records[row].split(",")
        fields[self._columns.index(column)] = value
        return ",".join(fields)
