"""Every export becomes the same thing: rows of text under their headers, with their record number."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from cxdata.errors import InputBlocked
from cxdata.refresh.inputs import Input
from cxdata.refresh.scan import Scan, fingerprint, scan_text
from cxdata.refresh.strict_reader import Record, read_header, read_records, refuse_repeated
from cxdata.refresh.workbook import workbook_rows


@dataclass(frozen=True)
class Reading:
    """One file, ready to be staged.

    Parameters
    ----------
    input, scan
        The file and what its bytes say.
    header : list of str
        Its column names, stripped.
    relation : str
        SQL table expression whose columns are `_record` and `column0`, `column1`, … , all text.
    records : int or None
        Records that the staged rows must add up to, faults included; None: not counted yet.
    faults : list of Record
        Lines that are not records of this file; they go to quarantine as they stand.
    strict : bool
        Whether the strict reader made the relation.
    """

    input: Input
    scan: Scan
    header: list[str]
    relation: str
    records: int | None
    faults: list[Record] = field(default_factory=list)
    strict: bool = False


def read_input(source: Input, work: Path) -> Reading:
    """Prepare one file for staging.

    Parameters
    ----------
    source : Input
        The file.
    work : Path
        Folder for intermediate files.

    Raises
    ------
    InputBlocked
        If the file cannot be opened, is not what its ending says, or its header cannot be read.
    """
    try:
        with source.path.open("rb"):
            pass
    except OSError as error:
        raise InputBlocked(
            f"{source.name}: the file cannot be opened ({error.strerror}). Allow its reading, or export it again."
        ) from error
    if source.kind == "parquet":
        return _parquet(source)
    if source.kind == "xlsx":
        scan = fingerprint(source.path)
        header, rows = workbook_rows(
            source.path, source.name, sheet=source.table, decimal=source.format.decimal
        )
        refuse_repeated(header, source.name)
        return _normalised(source, scan, header, _workbook_records(rows, len(header)), work)
    scan = scan_text(source.path, source.name, source.format.encoding)
    header = read_header(source.path, scan.encoding, source.format.separator, source.name)
    if scan.records is None or len(source.format.separator) != 1:
        return read_strictly(Reading(source, scan, header, "", None), work)
    records = _read_csv(source.path, source.format.separator, _text_columns(header), header=True)
    relation = f"(select row_number() over () as _record, * from {records})"
    return Reading(source, scan, header, relation, scan.records)


def is_damage(error: duckdb.Error, source: Input) -> bool:
    """Whether an engine's error says that a file is damaged, and not that memory or disk ran out."""
    if isinstance(error, duckdb.IOException):
        return str(source.path) in str(error)
    kinds = (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.SerializationException)
    # What the Parquet reader finds wrong with a page comes without a kind of its own.
    return type(error) is duckdb.Error or isinstance(error, kinds)


def read_strictly(reading: Reading, work: Path) -> Reading:
    """The same file through the strict reader, which names the lines that are no records."""
    source = reading.input
    records = read_records(
        source.path, reading.scan.encoding, source.format.separator, len(reading.header), source.name
    )
    return _normalised(source, reading.scan, reading.header, records, work)


def _normalised(
    source: Input, scan: Scan, header: list[str], records: Iterator[Record], work: Path
) -> Reading:
    """Write what a slow reader yields as one plain CSV for the fast one."""
    work.mkdir(parents=True, exist_ok=True)
    path = work / f"{source.table}-{scan.sha256[:12]}.csv"
    faults: list[Record] = []
    good = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for record in records:
            if record.fault:
                faults.append(record)
            else:
                writer.writerow([str(record.number), *(value.replace("\r", " ") for value in record.values)])
                good += 1
    columns = ", ".join(part for part in ("'_record': 'bigint'", _text_columns(header)) if part)
    relation = _read_csv(path, ",", columns, header=False)
    return Reading(source, scan, header, relation, good + len(faults), faults, strict=True)


def _text_columns(header: list[str]) -> str:
    return ", ".join(f"'column{n}': 'varchar'" for n in range(len(header)))


def _read_csv(path: Path, separator: str, columns: str, *, header: bool) -> str:
    # A folder such as column3=9 must not become a value, so its name is no partition.
    return (
        f"read_csv({_literal(str(path))}, auto_detect = false, hive_partitioning = false, header = {header}, "
        f"delim = {_literal(separator)}, quote = '\"', escape = '\"', strict_mode = true, columns = {{{columns}}})"
    )


def _workbook_records(rows: Iterator[list[str]], width: int) -> Iterator[Record]:
    for number, values in enumerate(rows, start=1):
        # A cell beyond the last header belongs to no column, like a field too many in a CSV file.
        fault = f"{len(values)} cells where the header has {width}" if len(values) > width else ""
        yield Record(number, number, [" | ".join(values)] if fault else values, fault)


def _parquet(source: Input) -> Reading:
    scan = fingerprint(source.path)
    path = _literal(str(source.path))
    try:
        with duckdb.connect() as connection:
            described = connection.execute(
                f"describe select * from read_parquet({path}, hive_partitioning = false)"
            ).fetchall()
            counted = connection.execute(
                f"select sum(num_rows) from parquet_file_metadata({path})"
            ).fetchone()
    except duckdb.Error as error:
        raise InputBlocked(
            f"{source.name}: not a readable Parquet file ({str(error).splitlines()[0]}). Export it again."
        ) from error
    header = [str(row[0]).strip() for row in described]
    refuse_repeated(header, source.name)
    values = ", ".join(
        f"{_parquet_text(str(row[0]), str(row[1]), source.format.decimal)} as column{n}"
        for n, row in enumerate(described)
    )
    relation = (
        f"(select file_row_number + 1 as _record, {values} "
        f"from read_parquet({path}, file_row_number = true, hive_partitioning = false))"
    )
    return Reading(source, scan, header, relation, int(counted[0] or 0) if counted else 0)


def _parquet_text(name: str, kind: str, decimal: str) -> str:
    """Text of a value as the rest of the exports writes it: true, 5, 8.5 or 8,5, 2017-05-12 00:00:00."""
    quoted = '"' + name.replace('"', '""') + '"'
    text = f"cast({quoted} as varchar)"
    if kind in ("DOUBLE", "FLOAT"):
        # 1.5e-05 is how the engine writes a small number, not how the checks expect one.
        text = f"case when contains({text}, 'e') then format('{{:.40f}}', {quoted}) else {text} end"
    if decimal == "," and (kind in ("DOUBLE", "FLOAT") or kind.startswith("DECIMAL")):
        text = f"replace({text}, '.', ',')"
    return text


def named(reading: Reading) -> str:
    """The relation as a raw table of a source: columns under their own headers, with file and record."""
    columns = ", ".join(
        f'column{n} as "{name.replace(chr(34), chr(34) * 2)}"'
        for n, name in enumerate(reading.header)
        if name
    )
    return f"select {columns}, {_literal(reading.input.name)} as _file, _record from {reading.relation} as raw_rows"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
