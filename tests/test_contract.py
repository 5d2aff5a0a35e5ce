"""The contract: declared once, complete, and what is generated from it agrees with it."""

from __future__ import annotations

import csv
from dataclasses import FrozenInstanceError, fields
from datetime import date

import duckdb
import pytest

from cxdata.config import ExportFormat
from cxdata.contract import FIRST_DATE, TABLE_NAMES, TABLES, table
from cxdata.errors import CxError, InputBlocked, UnknownTerm
from cxdata.refresh.build import ORDER
from cxdata.refresh.stage import DUPLICATE_BIT
from cxdata.refresh.validation import validation
from cxdata.schema import SQL_TYPES
from cxdata.templates import allowed, dictionary, write_templates


def test_the_tables_are_those_of_the_design_and_four_of_them_are_required():
    assert TABLE_NAMES == (
        "customers", "touchpoints", "questions", "surveys", "answers", "interactions", "subscriptions", "revenue",
        "targets", "actions", "employee_pulse",
    )  # fmt: skip
    required = [entry.name for entry in TABLES if entry.required]
    assert required == ["customers", "questions", "surveys", "answers"]


@pytest.mark.parametrize("entry", TABLES, ids=TABLE_NAMES)
def test_a_table_is_declared_in_full(entry):
    """A key, a grain, a meaning for each column; names that SQL takes unquoted; limits that can hold."""
    assert entry.grain.startswith("One row per ")
    assert entry.key
    names = [column.name for column in entry.columns]
    assert len(set(names)) == len(names)
    for column in entry.columns:
        assert column.name.isidentifier(), column
        assert column.name == column.name.lower()
        assert column.kind in SQL_TYPES
        assert column.meaning.endswith("."), column.name
        if column.references:
            assert column.references in TABLE_NAMES
        if column.kind in ("date", "timestamp", "month"):
            # 1900-01-01 and 0001-01-01 are what systems write for "unknown".
            assert column.minimum == FIRST_DATE, column.name
        if column.required and column.kind not in ("id", "code", "text"):
            assert column.default is None, column.name
    for rule in entry.rules:
        assert rule.column in names, rule.name


def test_names_and_customers_ids_are_personal():
    personal = {(entry.name, column.name) for entry in TABLES for column in entry.columns if column.personal}
    assert {("customers", "customer_id"), ("customers", "name"), ("answers", "comment")} <= personal
    for entry in TABLES:
        for column in entry.columns:
            assert column.personal == (column.name in ("customer_id", "name", "comment")), (
                entry.name,
                column.name,
            )


def test_a_declaration_cannot_be_changed_by_accident():
    with pytest.raises(FrozenInstanceError):
        TABLES[0].columns[0].required = False  # type: ignore[misc]


def test_unknown_tables_and_columns_are_answered_with_the_choices():
    with pytest.raises(
        UnknownTerm, match=r"'client' is not a contract table\. Choose from: customers, touchpoints"
    ):
        table("client")
    with pytest.raises(
        UnknownTerm, match=r"table answers has no column 'value'\. It has: survey_id, question, score"
    ):
        table("answers").column("value")


def test_tables_are_built_after_those_that_they_refer_to():
    assert sorted(ORDER) == sorted(TABLE_NAMES)
    for entry in TABLES:
        for column in entry.columns:
            if column.references and column.references != entry.name:
                assert ORDER.index(column.references) < ORDER.index(entry.name), (entry.name, column.name)


@pytest.mark.parametrize("entry", TABLES, ids=TABLE_NAMES)
def test_the_validation_of_a_table_fits_its_mask_and_its_types(entry):
    """All rules have a bit below that of duplicates, room for later rules included; all columns their type."""
    checks = validation(
        entry,
        {column.name: "null::varchar" for column in entry.columns},
        ExportFormat(date_format="%d/%m/%Y", excel_dates=True, null_values=("-", "it's")),
        as_of=date(2024, 6, 15),
        time_zone="Europe/Madrid",
    )
    assert len(checks.reasons) + 4 < DUPLICATE_BIT
    assert [reason.bit for reason in checks.reasons] == list(range(len(checks.reasons)))
    assert checks.columns == tuple(column.name for column in entry.columns)
    with duckdb.connect() as connection:
        described = connection.execute(
            f"describe with raw as (select 0 as _file, 1 as _record) {checks.select}"
        ).fetchall()
    found = {name: kind for name, kind, *_ in described}
    expected = {column.name: column.sql_type.upper() for column in entry.columns}
    assert found == {
        "_file": "INTEGER", "_record": "INTEGER", **expected, "reasons": "UBIGINT", "raw_values": "VARCHAR[]",
    }  # fmt: skip


def test_bits_do_not_depend_on_which_columns_a_file_has():
    """Two files of a table may differ in their columns; a bit means the same rule in both."""
    entry = table("surveys")
    whole, part = (
        validation(
            entry, dict.fromkeys(names, "null"), ExportFormat(), as_of=date(2024, 1, 1), time_zone="UTC"
        )
        for names in ([column.name for column in entry.columns], ["survey_id", "sent_at"])
    )
    assert whole.reasons == part.reasons


def test_templates_have_a_header_for_each_column_and_do_not_overwrite(tmp_path):
    paths = write_templates(tmp_path / "new" / "folder")
    assert [path.name for path in paths] == [
        *(f"{name}.csv" for name in TABLE_NAMES),
        "DICTIONARY.md",
        "cx.toml",
    ]
    for entry, path in zip(TABLES, paths, strict=False):
        with path.open(encoding="utf-8", newline="") as file:
            assert list(csv.reader(file)) == [[column.name for column in entry.columns]]
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "surveys.csv").write_text("mine")
    with pytest.raises(InputBlocked, match=r"surveys\.csv exists already and was not overwritten"):
        write_templates(tmp_path / "taken")
    assert [path.name for path in (tmp_path / "taken").iterdir()] == ["surveys.csv"]


def test_the_dictionary_names_every_column_its_limits_and_its_rules():
    text = dictionary()
    for entry in TABLES:
        section = text[text.index(f"## {entry.name}") :].split("\n## ")[0]
        assert section.count("\n| ") == len(entry.columns) + 1
        for column in entry.columns:
            assert f"| {column.name}{' *' if column.required else ''}" in section
        for rule in entry.rules:
            assert rule.meaning in section
    assert allowed(table("interactions").column("wait_minutes")) == "≥ 0, ≤ 1,000,000 minutes"
    assert allowed(table("answers").column("state")) == "rated · not_experienced · not_asked · refused"
    assert allowed(table("surveys").column("sent_at")) == "not in the future"


def test_every_error_of_ours_has_an_exit_code_of_its_kind():
    """Schedulers tell bad data (65) from what should simply be tried again (75)."""
    ours = [kind for kind in CxError.__subclasses__() if kind.__module__ == "cxdata.errors"]
    codes = {kind.__name__: kind.exit_code for kind in ours}
    assert codes == {
        "InputBlocked": 65, "InputMissing": 66, "UnknownTerm": 64, "TooLittleData": 65, "PublishFailed": 74,
        "RefreshBusy": 75, "ConfigInvalid": 78, "ReleaseMissing": 66, "ReleaseDamaged": 74,
    }  # fmt: skip


def test_a_format_of_exports_says_for_each_setting_what_stands_in_the_template():
    """The template shows every setting of [exports] but the time zone, which a source may need."""
    from cxdata.templates import CONFIG_TEMPLATE

    section = CONFIG_TEMPLATE[CONFIG_TEMPLATE.index("[exports]") :].split("\n[")[0]
    shown = {line.split("=")[0].strip("# ").strip() for line in section.splitlines() if "=" in line}
    assert shown == {field.name for field in fields(ExportFormat)} - {"time_zone"}
