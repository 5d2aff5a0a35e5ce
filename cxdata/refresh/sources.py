"""Foreign exports: a source maps raw files to contract tables with one select a table.

A source is a folder `sql/sources/<name>/` with `source.toml` (which files, how their text reads) and
one `<contract_table>.sql` a table. Raw tables are all text, with `_file` and `_record`, and every
record has to come out in at least one contract table: a source cannot lose rows in silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from cxdata.config import ExportFormat, build, check_format, read_toml
from cxdata.contract import TABLES
from cxdata.errors import ConfigInvalid, InputBlocked, InputMissing
from cxdata.refresh.columns import match_columns
from cxdata.refresh.inputs import Input, pattern_inputs
from cxdata.refresh.readers import Reading, is_damage, named, read_input, read_strictly
from cxdata.refresh.scan import fingerprint
from cxdata.refresh.stage import (
    Context,
    Staged,
    create_staged,
    refuse_undeclared_dates,
    warn_repeated_hours,
)
from cxdata.refresh.validation import validation
from cxdata.sql_files import SQL_FOLDER

SOURCES_FOLDER = SQL_FOLDER / "sources"


@dataclass(frozen=True)
class RawFile:
    """A raw table of a source: its name in the SQL and the files that feed it.

    Records of a `lookup` (a list of codes that is only joined) need not come out in a contract table.
    """

    table: str
    pattern: str
    required: bool = True
    lookup: bool = False


@dataclass(frozen=True)
class Source:
    """A source as its folder declares it."""

    name: str
    title: str
    folder: Path
    format: ExportFormat
    files: tuple[RawFile, ...]
    as_of: date | None = None

    @property
    def selects(self) -> dict[str, Path]:
        """SQL file of each contract table that the source fills, in the contract's order."""
        paths = {table.name: self.folder / f"{table.name}.sql" for table in TABLES}
        return {table: path for table, path in paths.items() if path.is_file()}


def load_source(name: str) -> Source:
    """Read the declaration of a source in `SOURCES_FOLDER`.

    Raises
    ------
    InputMissing
        If there is no such source; the message lists those there are.
    ConfigInvalid
        If `source.toml` is not valid.
    InputBlocked
        If the source fills no table, or lacks a required one.
    """
    folder = SOURCES_FOLDER / name
    known = sorted(path.parent.name for path in SOURCES_FOLDER.glob("*/source.toml"))
    if name not in known:
        raise InputMissing(
            f"there is no source '{name}' in sql/sources/. Choose from: {', '.join(known) or 'none'}."
        )
    values = read_toml(folder / "source.toml")
    unknown = set(values) - {"title", "as_of", "format", "files"}
    if unknown or not isinstance(values.get("files"), dict):
        raise ConfigInvalid(
            f"{name}/source.toml: expected title, as_of, [format] and [files.<raw table>]"
            + (f"; unknown: {', '.join(sorted(unknown))}." if unknown else ".")
        )
    if not all(isinstance(entry, dict) for entry in values["files"].values()):
        raise ConfigInvalid(f"{name}/source.toml: each raw table is a section such as [files.survey].")
    files = tuple(
        build(RawFile, {"table": table, **entry}, f"{name}/source.toml [files.{table}]", RawFile(table, ""))
        for table, entry in values["files"].items()
    )
    form = build(ExportFormat, values.get("format", {}), f"{name}/source.toml [format]")
    check_format(form, f"{name}/source.toml [format]")
    source = Source(
        name,
        str(values.get("title", name)),
        folder,
        form,
        files,
        _day(values.get("as_of"), name),
    )
    missing = [table.name for table in TABLES if table.required and table.name not in source.selects]
    if missing:
        raise InputBlocked(
            f"source {name}: no select for the required table {missing[0]} ({missing[0]}.sql)."
        )
    return source


def _day(value: object, name: str) -> date | None:
    if isinstance(value, date) or not value:
        return value or None  # type: ignore[return-value]
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise ConfigInvalid(
            f"{name}/source.toml: as_of = '{value}' is not a date such as 2019-09-30."
        ) from error


def stage_source(context: Context, source: Source, folder: Path) -> dict[str, Staged]:
    """Load the raw files of a source and stage every contract table that it fills.

    Raises
    ------
    InputBlocked
        If a file is missing, a select fails, or records of a file come out in no table.
    """
    numbers: dict[str, int] = {}
    for raw in source.files:
        inputs = pattern_inputs(folder, raw.table, raw.pattern, source.format, required=raw.required)
        for position, item in enumerate(inputs):
            number = _load_raw(context, item, first=position == 0)
            numbers[item.name] = number
            if raw.lookup:
                context.lookups.add(number)
    return {
        table: _stage_select(context, source, table, path, numbers) for table, path in source.selects.items()
    }


def _load_raw(context: Context, item: Input, *, first: bool) -> int:
    reading = read_input(item, context.work)
    number = context.open_account(item.name, item.table, reading.scan.sha256, reading.scan.bytes, 0)
    loaded = _try_load(context, reading, first=first)
    if loaded != _expected(reading) and not reading.strict and item.kind == "csv":
        if loaded is not None and not first:
            raise InputBlocked(
                f"{item.name}: records were counted and read differently; export the file again."
            )
        reading = read_strictly(reading, context.work)
        loaded = _try_load(context, reading, first=first)
    if loaded != _expected(reading):
        raise InputBlocked(
            f"{item.name}: {reading.records or 0:,} records were counted but {loaded or 0:,} could be read. "
            "Nothing was published; export the file again."
        )
    context.accounts[number].read = reading.records or 0
    for fault in reading.faults:
        context.faults.append((number, item.table, fault.number, fault.values[0], fault.fault))
    return number


def _expected(reading: Reading) -> int:
    return (reading.records or 0) - len(reading.faults)


def _try_load(context: Context, reading: Reading, *, first: bool) -> int | None:
    table = reading.input.table
    verb = f"create or replace table {table} as" if first else f"insert into {table} by name"
    try:
        context.connection.execute(f"{verb} {named(reading)}")
    except duckdb.BinderException as error:
        raise InputBlocked(
            f"{reading.input.name}: its columns are not those of the other files of the raw table {table} "
            f"({str(error).splitlines()[0]}). Declare it as a raw table of its own in source.toml."
        ) from error
    except duckdb.Error as error:
        if is_damage(error, reading.input):
            return None
        raise
    row = context.connection.execute(
        f"select count(*) from {table} where _file = $file", {"file": reading.input.name}
    ).fetchone()
    return int(row[0]) if row else None


def _stage_select(context: Context, source: Source, name: str, path: Path, numbers: dict[str, int]) -> Staged:
    table = next(entry for entry in TABLES if entry.name == name)
    staged = create_staged(context, table)
    sql = path.read_text(encoding="utf-8").strip().rstrip(";")
    where = f"{source.name}/{path.name}"
    try:
        context.connection.execute(f"create or replace temp table selected as {sql}")
        header = [row[0] for row in context.connection.execute("describe selected").fetchall()]
    except duckdb.Error as error:
        raise InputBlocked(
            f"{where}: the select failed ({str(error).splitlines()[0]}). Mend the SQL."
        ) from error
    positions, warnings = match_columns(
        table, [title for title in header if title not in ("_file", "_record")], where
    )
    for warning in warnings:
        context.warn(warning)
    if "_file" in header and "_record" in header:
        lookup = (
            "case _file "
            + " ".join(f"when '{_quoted(file)}' then {n}" for file, n in numbers.items())
            + " end"
        )
        place = f"({lookup})::usmallint as _file, _record::bigint as _record"
        staged.files = sorted(set(numbers.values()))
    else:
        scan = fingerprint(path)
        row = context.connection.execute("select count(*) from selected").fetchone()
        number = context.open_account(where, name, scan.sha256, scan.bytes, int(row[0]) if row else 0)
        place = f"{number}::usmallint as _file, row_number() over () as _record"
        staged.files = [number]
    checks = validation(
        table,
        {column: f'cast("{column}" as varchar)' for column in positions},
        source.format,
        as_of=context.as_of,
        time_zone=context.config.time_zone,
    )
    columns = ", ".join(f'"{column}"' for column in positions)
    try:
        context.connection.execute(
            f"insert into {staged.name} with raw as (select {place}, {columns} from selected) {checks.select}"
        )
    except duckdb.DataError as error:
        raise InputBlocked(
            f"{where}: its rows cannot be staged ({str(error).splitlines()[0]}). _file and _record have to be "
            "those of a raw table. Mend the SQL."
        ) from error
    lost = context.connection.execute(
        f"select count(*) from {staged.name} where _file is null or _record is null"
    ).fetchone()
    if lost and lost[0]:
        raise InputBlocked(
            f"{where}: {lost[0]:,} rows carry no _file and _record of a raw table, so nobody could say where they "
            "come from. Mend the SQL."
        )
    context.connection.execute("drop table selected")
    staged.columns = tuple(positions)
    context.columns[name] = list(positions)
    staged.reasons = {reason.bit: reason for reason in checks.reasons}
    refuse_undeclared_dates(context, staged, staged.reasons)
    warn_repeated_hours(context, staged)
    return staged


def _quoted(text: str) -> str:
    return text.replace("'", "''")
