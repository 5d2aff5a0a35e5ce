"""From text to typed rows in memory: one pass a file, every record counted, every fault kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

from cxdata.config import Config
from cxdata.errors import InputBlocked
from cxdata.messages import Message, message
from cxdata.refresh.clock import repeated_hours
from cxdata.refresh.columns import match_columns, refuse_lost
from cxdata.refresh.readers import Reading, is_damage, read_strictly
from cxdata.refresh.validation import Reason, validation
from cxdata.schema import Table

Warn = Callable[[str], None]

DUPLICATE_BIT = 63
"""Bit of the mask that marks an exact repetition: dropped and counted, not quarantined."""


@dataclass
class Account:
    """What became of the records of one file (or of one select of a source).

    `read` is counted from the bytes, independently of the parser; a refresh publishes only if
    read = loaded + quarantined + duplicates for every file.
    """

    file: str
    table: str
    sha256: str
    bytes: int
    read: int
    loaded: int = 0
    quarantined: int = 0
    duplicates: int = 0
    by_reason: Counter[str] = field(default_factory=Counter)


@dataclass
class Staged:
    """A contract table in memory as `staged_<name>`, with what is known about its rows.

    `reasons` maps each bit of the mask to its rule; later steps add bits for references and keys.
    """

    table: Table
    columns: tuple[str, ...]
    reasons: dict[int, Reason]
    files: list[int]

    @property
    def name(self) -> str:
        """Name of the table in memory."""
        return f"staged_{self.table.name}"

    def add_reason(self, code: str, column: str, rule: str) -> int:
        """Reserve a bit for a rule that is checked after staging; returns the bit."""
        bit = max(self.reasons, default=-1) + 1
        self.reasons[bit] = Reason(bit, code, column, rule)
        return bit


@dataclass
class Context:
    """What every step of one refresh shares.

    `follow_records` asks for the fate of every single record, which sources need: one of their
    records may become several rows.
    """

    connection: duckdb.DuckDBPyConnection
    work: Path
    config: Config
    as_of: date
    accounts: list[Account] = field(default_factory=list)
    faults: list[tuple[int, str, int, str, str]] = field(default_factory=list)
    warnings: list[Message] = field(default_factory=list)
    columns: dict[str, list[str]] = field(default_factory=dict)
    follow_records: bool = False
    lookups: set[int] = field(default_factory=set)

    def warn(self, warning: Message) -> None:
        """Keep a warning for the closing table and the manifest."""
        if warning not in self.warnings:
            self.warnings.append(warning)

    def open_account(self, file: str, table: str, sha256: str, size: int, read: int) -> int:
        """Start the account of a file; returns its number, which rows carry as `_file`."""
        self.accounts.append(Account(file, table, sha256, size, read))
        return len(self.accounts) - 1


def create_staged(context: Context, table: Table) -> Staged:
    """An empty `staged_<table>` with the contract's types."""
    columns = ", ".join(f"{column.name} {column.sql_type}" for column in table.columns)
    context.connection.execute(
        f"create or replace table staged_{table.name} "
        f"(_file usmallint, _record bigint, {columns}, reasons ubigint, raw_values varchar[])"
    )
    return Staged(table, (), {}, [])


def stage_files(
    context: Context, table: Table, readings: list[Reading], *, expected: tuple[str, ...] = ()
) -> Staged:
    """Stage the files of a contract table.

    Parameters
    ----------
    context : Context
        Connection, settings and accounts of this refresh.
    table : Table
        Contract table.
    readings : list of Reading
        Its files.
    expected : tuple of str
        Columns that the last release had.

    Raises
    ------
    InputBlocked
        If a column is missing, a date format is not declared, or the records of a file do not add up
        even for the strict reader.
    """
    staged = create_staged(context, table)
    present: set[str] = set()
    for reading in readings:
        positions, warnings = match_columns(table, reading.header, reading.input.name)
        for warning in warnings:
            context.warn(warning)
        present |= set(positions)
        number = context.open_account(
            reading.input.name, table.name, reading.scan.sha256, reading.scan.bytes, reading.records or 0
        )
        staged.files.append(number)
        staged.reasons = _insert(context, staged, reading, positions, number)
    refuse_lost(table, {reading.input.name: reading.header for reading in readings}, present, expected)
    warn_repeated_hours(context, staged)
    staged.columns = tuple(column.name for column in table.columns if column.name in present)
    if any(context.accounts[number].read for number in staged.files):
        context.columns[table.name] = list(staged.columns)
    return staged


def _insert(
    context: Context, staged: Staged, reading: Reading, positions: dict[str, int], number: int
) -> dict[int, Reason]:
    """One file into the staged table; falls back to the strict reader where the counts disagree."""
    checks = validation(
        staged.table,
        {column: f"column{place}" for column, place in positions.items()},
        reading.input.format,
        as_of=context.as_of,
        time_zone=context.config.time_zone,
    )
    problem = _try_insert(context, staged, reading, checks.select, number)
    if problem and reading.input.kind == "csv" and not reading.strict:
        reading = read_strictly(reading, context.work)
        problem = _try_insert(context, staged, reading, checks.select, number)
    if problem:
        raise InputBlocked(
            f"{reading.input.name}: {problem}. Nothing was published; export the file again and compare its size."
        )
    context.accounts[number].read = reading.records or 0
    for fault in reading.faults:
        context.faults.append((number, staged.table.name, fault.number, fault.values[0], fault.fault))
    reasons = {reason.bit: reason for reason in checks.reasons}
    refuse_undeclared_dates(context, staged, reasons, number)
    return reasons


def _try_insert(context: Context, staged: Staged, reading: Reading, select: str, number: int) -> str:
    """Insert the rows of a relation in a transaction of their own; returns what went wrong, or nothing."""
    connection = context.connection
    connection.execute("begin transaction")
    try:
        row = connection.execute(
            f"insert into {staged.name} with raw as "
            f"(select {number}::usmallint as _file, * from {reading.relation} as lines) {select}"
        ).fetchone()
        parsed = (int(row[0]) if row else 0) + len(reading.faults)
        swallowed = (
            reading.scan.quoted_lines and not reading.strict and _swallowed(context, staged, reading, number)
        )
        if reading.records is not None and parsed != reading.records:
            problem = f"{reading.records:,} records were counted but {parsed:,} could be read"
        else:
            problem = "a quotation mark is not closed" if swallowed else ""
    except duckdb.Error as error:
        if not is_damage(error, reading.input):
            raise
        problem = f"the file is damaged ({str(error).splitlines()[0]})"
    connection.execute("rollback" if problem else "commit")
    return problem


def _swallowed(context: Context, staged: Staged, reading: Reading, number: int) -> bool:
    """Whether a value with line ends looks as if it had swallowed a whole record.

    Nothing but text may hold a line end, so such a value of any other kind is among the raw values of
    a row that broke a rule.
    """
    separators = len(reading.header) - 1
    texts = [column.name for column in staged.table.columns if column.kind in ("text", "id", "code")]
    mark = reading.input.format.separator.replace("'", "''")
    suspicious = " or ".join(
        f"(contains({name}, chr(10)) and length({name}) - length(replace({name}, '{mark}', '')) >= {separators})"
        for name in (*texts, "array_to_string(raw_values, '')")
    )
    row = context.connection.execute(
        f"select count(*) from {staged.name} where _file = {number} and ({suspicious})"
    ).fetchone()
    return bool(row and row[0])


def refuse_undeclared_dates(
    context: Context, staged: Staged, reasons: dict[int, Reason], number: int | None = None
) -> None:
    """Block a file whose dates are all in a form such as 03/04/2026, which has two readings.

    Raises
    ------
    InputBlocked
        With the column, an example and the setting that declares the form.
    """
    where = "true" if number is None else f"_file = {number}"
    for reason in reasons.values():
        if reason.code not in ("not_date", "not_timestamp", "not_month"):
            continue
        if context.connection.execute(
            f"select 1 from {staged.name} where {where} and {reason.column} is not null limit 1"
        ).fetchone():
            continue
        place = [column.name for column in staged.table.columns].index(reason.column) + 1
        # One day that does not exist, or a word, is no other form: such rows go to quarantine.
        row = context.connection.execute(
            f"""select min(raw_values[{place}]) filter (where regexp_matches(raw_values[{place}], '[0-9]')
                        and not regexp_matches(raw_values[{place}], '^ *[0-9]{{4}}-[0-9]{{2}}(-[0-9]{{2}}|$)')),
                    any_value(_file)
                from {staged.name}
                where {where} and reasons & {1 << reason.bit}::ubigint <> 0"""
        ).fetchone()
        if row and row[0] is not None:
            serial = row[0].strip().split(".")[0]
            setting = (
                "excel_dates = true" if serial.isdigit() and len(serial) == 5 else 'date_format = "%d/%m/%Y"'
            )
            raise InputBlocked(
                f"{context.accounts[row[1]].file}: {reason.rule}, but no value of this export is; "
                f"for example '{row[0]}'. Declare its form, for instance {setting}, in cx.toml "
                "[exports] or the source's source.toml, so that day and month are not guessed."
            )


def warn_repeated_hours(context: Context, staged: Staged) -> None:
    """Warn of times within an hour that the clock repeats, where an export says nothing of its offset."""
    for column in staged.table.columns:
        if column.kind != "timestamp":
            continue
        row = context.connection.execute(
            f"select min({column.name}), max({column.name}) from {staged.name}"
        ).fetchone()
        if not row or row[0] is None:
            continue
        hours = repeated_hours(context.config.time_zone, *row)
        if not hours:
            continue
        within = " or ".join(
            f"({column.name} >= timestamp '{start}' and {column.name} < timestamp '{end}')"
            for start, end in hours
        )
        found = context.connection.execute(f"select count(*) from {staged.name} where {within}").fetchone()
        if found and found[0]:
            context.warn(
                message(
                    "{table}: {n:,} values of {column} lie in an hour that the clock of {zone} repeats in autumn; "
                    "where they carry no offset, they may be an hour out",
                    table=staged.table.name, n=int(found[0]), column=column.name, zone=context.config.time_zone,
                )
            )  # fmt: skip
