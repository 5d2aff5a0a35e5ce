"""What holds for every source: its selects return contract columns as text, with file and record."""

from __future__ import annotations

from pathlib import Path

import pytest

from cxdata import contract

SOURCES = Path(__file__).resolve().parents[2] / "sql" / "sources"
NAMES = ("ibm_telco", "sfo_airport")


@pytest.mark.parametrize("source", NAMES)
def test_a_source_returns_contract_columns_as_text(source, build_from_records):
    """A misspelt column would be dropped or refused; a typed one would bypass the tests on text."""
    built = build_from_records(source, {})
    for path in sorted((SOURCES / source).glob("*.sql")):
        known = {column.name for column in contract.table(path.stem).columns}
        required = {column.name for column in contract.table(path.stem).columns if column.required}
        returned = {name: kind for name, kind, *_ in built.execute(f"describe {path.stem}").fetchall()}
        traced = {name: returned.pop(name) for name in ("_file", "_record") if name in returned}
        assert set(returned) <= known, path
        assert required <= set(returned), path
        assert set(returned.values()) <= {"VARCHAR"}, path
        assert traced in ({}, {"_file": "VARCHAR", "_record": "BIGINT"}), path


@pytest.mark.parametrize("source", NAMES)
def test_a_source_fills_the_required_tables(source):
    """customers, questions, surveys, answers are the tables that no scorecard can do without."""
    filled = {path.stem for path in (SOURCES / source).glob("*.sql")}
    assert {table.name for table in contract.TABLES if table.required} <= filled
    assert (SOURCES / source / "README.md").is_file()


@pytest.mark.real_data
@pytest.mark.parametrize("source", NAMES)
def test_the_rows_of_a_source_find_each_other(source, build_from_exports):
    """Keys are unique, codes are among their choices, references are found: nothing gets lost."""
    built = build_from_exports(source)
    filled = {path.stem for path in (SOURCES / source).glob("*.sql")}
    for name in sorted(filled):
        table = contract.table(name)
        columns = {column for column, *_ in built.execute(f"describe {name}").fetchall()}
        key = ", ".join(column for column in table.key if column in columns)
        repeated = f"select {key} from {name} group by {key} having count(*) > 1"
        assert built.execute(repeated).fetchall() == [], name
        for column in table.columns:
            if column.name not in columns:
                continue
            if column.choices:
                values = built.execute(f"select distinct {column.name} from {name}").fetchall()
                assert {value for (value,) in values} <= {None, *column.choices}, column.name
            if column.references in filled:
                target = contract.table(column.references).key[0]
                lost = (
                    f"select {column.name} from {name} where {column.name} is not null "
                    f"and {column.name} not in (select {target} from {column.references})"
                )
                assert built.execute(lost).fetchall() == [], (name, column.name)
