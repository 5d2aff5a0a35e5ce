"""Runs the selects of a source on its exports, or on records written out in a test."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import duckdb
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCES = REPOSITORY / "sql" / "sources"

Records = Mapping[str, Sequence[Mapping[str, str]]]
"""Raw table -> records, each a mapping of header -> text; headers left out are blank."""

Built = duckdb.DuckDBPyConnection
"""Connection with the raw tables of a source, and one table per select, named after it."""


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder with the public data sets; the test is skipped where there is none."""
    folder = Path(os.environ.get("CX_REAL_DATA") or REPOSITORY.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no public data sets in {folder}: set CX_REAL_DATA to the folder that holds them")
    return folder


@pytest.fixture(scope="session")
def build_from_exports(real_data: Path) -> Callable[[str], Built]:
    """A function: name of a source -> its tables, from the real exports."""

    def build(source: str) -> Built:
        connection = duckdb.connect()
        for name, pattern in raw_tables(source).items():
            files = sorted(real_data.glob(pattern))
            if not files:
                pytest.skip(f"no file {pattern} in {real_data}")
            load_as_text(connection, name, files[0])
        return run_selects(connection, source)

    return build


@pytest.fixture(scope="session")
def build_from_records() -> Callable[[str, Records], Built]:
    """A function: name of a source and records written out -> its tables."""

    def build(source: str, records: Records) -> Built:
        connection = duckdb.connect()
        for name in raw_tables(source):
            columns = headers(source)
            connection.execute(
                f"create table {name} ({', '.join(f'{quote(column)} text' for column in columns)}, "
                "_file text, _record bigint)"
            )
            for number, record in enumerate(records.get(name, ()), start=1):
                unknown = set(record) - set(columns)
                assert not unknown, f"no select of {source} reads the header {sorted(unknown)}"
                values = [record.get(column) for column in columns]
                places = ", ".join("?" * (len(columns) + 2))
                connection.execute(f"insert into {name} values ({places})", [*values, f"{name}.csv", number])
        return run_selects(connection, source)

    return build


def raw_tables(source: str) -> dict[str, str]:
    """Raw table -> pattern of its file, as declared in source.toml."""
    declared = tomllib.loads((SOURCES / source / "source.toml").read_text(encoding="utf-8"))
    return {name: file["pattern"] for name, file in declared["files"].items()}


def headers(source: str) -> list[str]:
    """Every header that a select of the source reads: the selects quote headers, and nothing else."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((SOURCES / source).glob("*.sql"))]
    without_comments = [re.sub(r"--[^\n]*", "", text) for text in texts]
    found = {header for text in without_comments for header in re.findall(r'"([^"]+)"', text)}
    return sorted({header.lower(): header for header in sorted(found)}.values())


def load_as_text(connection: Built, name: str, path: Path) -> None:
    """A raw table: every column as text under its own header, with file name and record number."""
    if path.suffix == ".csv":
        records = f"read_csv('{path}', all_varchar = true)"
    else:
        records = f"read_parquet('{path}')"
    columns = connection.execute(f"describe select * from {records}").fetchall()
    as_text = ", ".join(
        f"nullif(cast({quote(column)} as varchar), 'nan') as {quote(column)}"
        if kind == "DOUBLE"
        else f"cast({quote(column)} as varchar) as {quote(column)}"
        for column, kind, *_ in columns
    )
    connection.execute(
        f"create table {name} as select {as_text}, '{path.name}' as _file, "
        f"row_number() over () as _record from {records}"
    )


def run_selects(connection: Built, source: str) -> Built:
    """One table per select of the source, named after the file."""
    for path in sorted((SOURCES / source).glob("*.sql")):
        connection.execute(f"create table {path.stem} as {path.read_text(encoding='utf-8')}")
    return connection


def quote(header: str) -> str:
    """A header as an SQL identifier."""
    return '"' + header.replace('"', '""') + '"'
