"""Which files of an exports folder feed which raw table."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from unicodedata import category

from cxdata.config import CONFIG_FILE, ExportFormat
from cxdata.contract import TABLE_NAMES, TABLES
from cxdata.errors import InputBlocked, InputMissing
from cxdata.messages import Message, message

MOST_UNREAD = 20
"""Files that feed nothing and are named one by one; a folder of other things should not flood the page."""

ENDINGS = (".csv", ".tsv", ".txt", ".parquet", ".xlsx")
IGNORED = ("truth.json", "readme.md", "readme.txt", "dictionary.md")


@dataclass(frozen=True)
class Input:
    """One file of the exports.

    Parameters
    ----------
    table : str
        Contract table, or raw table of a source, that the file feeds.
    path : Path
        Where it lies.
    name : str
        Its path below the exports folder, with `/`, as messages and the manifest show it.
    format : ExportFormat
        How its text is to be read.
    """

    table: str
    path: Path
    name: str
    format: ExportFormat

    @property
    def kind(self) -> str:
        """csv, parquet or xlsx."""
        ending = self.path.suffix.lower()
        return "csv" if ending in (".csv", ".tsv", ".txt") else ending.lstrip(".")


def files_below(folder: Path) -> list[Path]:
    """All regular files below a folder, hidden ones aside, in a stable order.

    Raises
    ------
    InputMissing
        If the folder does not exist.
    """
    if not folder.is_dir():
        raise InputMissing(
            f"the exports folder {folder} does not exist. Name a folder that holds the exports."
        )
    found = [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith((".", "~$")) for part in _below(path, folder).parts)
    ]
    for path in found:
        # Half a character or a line end in a name: no message, manifest or statement could carry it.
        if any(category(letter) in ("Cs", "Cc") for letter in str(path)):
            raise InputBlocked(
                f"the file name {path.name!a} holds characters that cannot be shown. Rename the file."
            )
    return found


def contract_inputs(folder: Path, export_format: ExportFormat) -> tuple[list[Input], list[Message]]:
    """Files named after contract tables, and warnings about the others.

    `surveys.csv`, `surveys_2026-01.parquet` and `surveys/part-1.csv` all feed the table `surveys`.

    Returns
    -------
    inputs : list of Input
        In the contract's order of tables, then by name.
    warnings : list of Message
        One sentence for each file that feeds nothing.

    Raises
    ------
    InputBlocked
        If a required table has no file; the message names a file that may have been meant.
    """
    inputs: list[Input] = []
    unused: list[str] = []
    for path in files_below(folder):
        name = _below(path, folder).as_posix()
        table = _table_of(_below(path, folder))
        if table and path.suffix.lower() in ENDINGS:
            inputs.append(Input(table, path, name, export_format))
        elif path.name.lower() not in IGNORED:
            unused.append(name)
    found = {item.table for item in inputs}
    for required in (table.name for table in TABLES if table.required):
        if required not in found:
            raise InputBlocked(_missing(required, folder, unused))
    inputs.sort(key=lambda item: (TABLE_NAMES.index(item.table), item.name))
    return inputs, _unread(unused)


def _unread(names: list[str]) -> list[Message]:
    warnings = [
        message("{file}: not read, because settings are read from the data folder; move it there", file=name)
        if name == CONFIG_FILE
        else message("{file}: not read, because it is not named after a contract table", file=name)
        for name in names[:MOST_UNREAD]
    ]
    more = len(names) - MOST_UNREAD
    if more == 1:
        warnings.append(message("one more file was not read either"))
    elif more > 1:
        warnings.append(message("{n:,} more files were not read either", n=more))
    return warnings


def pattern_inputs(
    folder: Path, table: str, pattern: str, export_format: ExportFormat, *, required: bool
) -> list[Input]:
    """Files of a source that match a pattern, for instance ``survey_2017.*``.

    Raises
    ------
    InputBlocked
        If the source needs the file and nothing matches.
    """
    below = {path: _below(path, folder) for path in files_below(folder)}
    matching = [
        path for path, name in below.items() if name.match(pattern) and path.suffix.lower() in ENDINGS
    ]
    if required and not matching:
        raise InputBlocked(
            f"{folder}: no file matches '{pattern}', which the source needs for its raw table {table}. "
            f"Files found: {', '.join(sorted(name.as_posix() for name in below.values())[:8]) or 'none'}."
        )
    return [Input(table, path, below[path].as_posix(), export_format) for path in matching]


def _below(path: Path, folder: Path) -> Path:
    return path.relative_to(folder)


def _table_of(name: Path) -> str | None:
    first = name.parts[0].lower() if len(name.parts) > 1 else name.stem.lower()
    for table in TABLE_NAMES:
        if first == table or (
            len(name.parts) == 1 and first.startswith((f"{table}_", f"{table}-", f"{table}."))
        ):
            return table
    return None


def _missing(table: str, folder: Path, unused: list[str]) -> str:
    stems = {Path(name).stem.lower(): name for name in unused}
    near = get_close_matches(table, stems, n=1, cutoff=0.6)
    hint = f" Found {stems[near[0]]}: rename it to {table}.csv if it is meant." if near else ""
    return (
        f"{folder}: the required table {table} has no file (expected {table}.csv, .parquet or .xlsx).{hint} "
        "Templates: python -m cxdata templates FOLDER."
    )
