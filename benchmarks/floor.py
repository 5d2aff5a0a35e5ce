"""The floor of a refresh: the same files read with their types and written in the same order, unchecked.

A process of its own: python -m benchmarks.floor EXPORTS DATABASE MEMORY. Lines that do not fit the
types are skipped without a word, which is what makes it cheap.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import duckdb

from cxdata.contract import TABLES
from cxdata.schema import Table


def load(exports: Path, database: Path, memory: str) -> None:
    """Create each contract table from its CSV file, sorted as the release sorts it."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory,
        "temp_directory": str(database.with_suffix(".spill")),
    }
    with duckdb.connect(str(database), config=config) as connection:
        for table in TABLES:
            path = exports / f"{table.name}.csv"
            if path.is_file():
                connection.execute(_select(table, path))
        connection.execute("checkpoint")


def _select(table: Table, path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    columns = ", ".join(f"'{name}': '{table.column(name).sql_type}'" for name in header)
    # An answer has no time of its own in the export, so its file is kept in the order it has.
    in_file = table.sorted_by and (table.sorted_by in header or "(" in table.sorted_by)
    order = f" order by {table.sorted_by}" if in_file else ""
    quoted = str(path).replace("'", "''")
    return (
        f"create table {table.name} as select * from read_csv('{quoted}', auto_detect = false, header = true, "
        f"delim = ',', quote = '\"', escape = '\"', ignore_errors = true, columns = {{{columns}}}){order}"
    )


if __name__ == "__main__":
    load(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
