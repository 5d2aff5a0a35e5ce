"""Columns as the text of a CSV file: ISO dates and times, two decimals for money, blanks for what is missing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .records import Codes, Flags

# A pyarrow.StringArray; pyarrow comes without types.
Text: TypeAlias = Any


def numbered(prefix: str, numbers: Codes, digits: int) -> Text:
    """Ids such as C000123; blank for numbers below 1."""
    padded = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width=digits, padding="0")
    return _blank_where(numbers < 1, pc.binary_join_element_wise(prefix, padded, ""))


def words(codes: Codes, names: Sequence[str]) -> Text:
    """Names of codes; blank for -1."""
    return pa.array([*names, ""]).take(pa.array(np.where(codes < 0, len(names), codes)))


def whole(numbers: Codes) -> Text:
    """Whole numbers; blank for negative ones."""
    return _blank_where(numbers < 0, pa.array(numbers).cast(pa.string()))


def money(cents: Codes) -> Text:
    """Amounts with two decimals."""
    sign = words((cents < 0).astype(np.int64), ("", "-"))
    euros = pa.array(np.abs(cents) // 100).cast(pa.string())
    rest = words(np.abs(cents) % 100, [f".{cent:02d}" for cent in range(100)])
    return pc.binary_join_element_wise(sign, euros, rest, "")


def dates(days: np.ndarray) -> Text:
    """Days as YYYY-MM-DD; blank for 0."""
    return _blank_where(days == 0, pa.array(days.astype("datetime64[D]")).cast(pa.string()))


def times(seconds: np.ndarray) -> Text:
    """Moments as YYYY-MM-DDTHH:MM:SS; blank for 0."""
    text = pa.array(seconds.astype("datetime64[s]")).cast(pa.string())
    return _blank_where(seconds == 0, pc.binary_replace_slice(text, start=10, stop=11, replacement="T"))


def true_or_false(flags: Codes | Flags) -> Text:
    """true or false; blank for -1."""
    return words(flags.astype(np.int64), ("false", "true"))


def quoted(texts: np.ndarray) -> Text:
    """Free text, in quotes where it holds a comma, a quote or a line break."""
    return pa.array([_quoted(text) for text in texts.tolist()])


def blank(count: int) -> Text:
    """An empty column."""
    return pa.array([""] * count)


def lines(columns: Iterable[Text]) -> list[str]:
    """Records of a table as lines of text, without line ends."""
    return list(pc.binary_join_element_wise(*columns, ",").to_pylist())


def lines_of_rows(table: Iterable[Sequence[str]]) -> list[str]:
    """Records of a small table, given row by row, as lines of text."""
    records = []
    for row in table:
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow(row)
        records.append(line.getvalue())
    return records


def _blank_where(missing: Flags, text: Text) -> Text:
    return pc.if_else(pa.array(missing), "", text) if missing.any() else text


def _quoted(text: str) -> str:
    if any(mark in text for mark in ',"\n'):
        return '"' + text.replace('"', '""') + '"'
    return text
