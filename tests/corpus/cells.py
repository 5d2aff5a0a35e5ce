"""What the generated validation makes of a text, without a file around it."""

from __future__ import annotations

from typing import Any

import duckdb

from cxdata.config import ExportFormat
from cxdata.contract import FIRST_DATE
from cxdata.refresh.validation import validation
from cxdata.schema import Column, Kind, Table
from tests.corpus.release import AS_OF

ENGINE = duckdb.connect(config={"threads": 1})

Cell = tuple[Any, tuple[str, ...]]
"""The value that a text became, and the codes of the rules that it broke."""


def cells(kind: Kind, texts: list[str], time_zone: str = "Europe/Madrid", **form: Any) -> list[Cell]:
    """What the generated SQL makes of texts in a column of some kind; dates begin in 1950, as in the contract."""
    first = FIRST_DATE if kind in ("date", "timestamp", "month") else None
    table = Table("cells", "", (Column("cell", kind, "", minimum=first),))
    checks = validation(table, {"cell": "cell"}, ExportFormat(**form), as_of=AS_OF, time_zone=time_zone)
    rows = ENGINE.execute(
        f"""with raw as (
                select 0 as _file, unnest(range(len($texts))) as _record, unnest($texts::varchar[]) as cell
            ) select cell, reasons from ({checks.select}) order by _record""",
        {"texts": texts},
    ).fetchall()
    codes = {1 << reason.bit: reason.code for reason in checks.reasons}
    return [(value, tuple(code for bit, code in codes.items() if mask & bit)) for value, mask in rows]


def cell(kind: Kind, text: str, time_zone: str = "Europe/Madrid", **form: Any) -> Cell:
    """The same for one text."""
    return cells(kind, [text], time_zone, **form)[0]
