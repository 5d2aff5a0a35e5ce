"""SQL lives in files: named statements are read from `sql/`, never written in Python.

A file holds one or more statements, each below a line `-- name: its_name`. Comment lines directly
below the name say its grain and its parameters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from cxdata.errors import UnknownTerm

SQL_FOLDER = Path(__file__).resolve().parent.parent / "sql"

_NAME = re.compile(r"^-- name: *([a-z_0-9]+) *$", re.MULTILINE)
_PARAMETER = re.compile(r"\$([a-z_]+)")
_FILTER = re.compile(r"^ *and \(len\(\$([a-z_]+)\) = 0 or .*\)\n", re.MULTILINE)


@lru_cache(maxsize=64)
def statements(file: str) -> dict[str, str]:
    """All named statements of a file below `sql/`, in their order.

    Parameters
    ----------
    file : str
        Path without its ending, for instance ``"queries/scorecard"``.

    Raises
    ------
    UnknownTerm
        If there is no such file, or it names no statement.
    """
    path = SQL_FOLDER / f"{file}.sql"
    if not path.is_file():
        raise UnknownTerm(f"there is no SQL file sql/{file}.sql.")
    parts = _NAME.split(path.read_text(encoding="utf-8"))
    found = {name: body.strip().rstrip(";") for name, body in zip(parts[1::2], parts[2::2], strict=True)}
    if not found:
        raise UnknownTerm(f"sql/{file}.sql holds no statement below a line '-- name: …'.")
    return found


def statement(file: str, name: str) -> str:
    """One named statement.

    Raises
    ------
    UnknownTerm
        If the file has no statement of that name; the message lists those it has.
    """
    found = statements(file)
    if name not in found:
        raise UnknownTerm(f"sql/{file}.sql has no statement '{name}'. It has: {', '.join(found)}.")
    return found[name]


def parameters(sql: str) -> set[str]:
    """Names of the `$parameters` that a statement uses (comments aside)."""
    code = re.sub(r"--[^\n]*", "", sql)
    return set(_PARAMETER.findall(code))


def without_empty_lists(sql: str, values: Mapping[str, Any]) -> str:
    """A statement without its lines `and (len($name) = 0 or …)` for the lists that are empty.

    An empty list keeps every value, so that the rows are the same; but the engine needs a fifth of a short
    query's time to find that out.
    """
    return _FILTER.sub(lambda line: line[0] if values.get(line[1], ("unknown",)) else "", sql)
