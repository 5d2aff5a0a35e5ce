"""Releases of a data folder, as their manifests tell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from cxdata.database import read_manifest, release_ids
from cxdata.errors import ReleaseDamaged
from cxdata.language import gettext
from cxdata.messages import Message, told

COUNTS = ("read", "loaded", "quarantined", "duplicates")

ACCOUNT_COLUMNS = ("file", "table", *COUNTS, "bytes", "sha256")

_UNKNOWN_COLUMN = re.compile(r"^(?P<file>.+?): the column '(?P<column>.*)' is not in the contract")


@dataclass(frozen=True)
class Totals:
    """Records of a release, over all its files."""

    files: int
    read: int
    loaded: int
    quarantined: int
    duplicates: int

    @property
    def unaccounted(self) -> int:
        """Records read that are neither loaded nor quarantined nor duplicates; 0 in a sound release."""
        return self.read - self.loaded - self.quarantined - self.duplicates


@dataclass(frozen=True)
class Record:
    """A release as its manifest tells it.

    Parameters
    ----------
    id : str
        Name of the release's folder.
    manifest : mapping
        Empty where it cannot be read.
    problem : str
        Why it cannot be read; empty where it can.
    """

    id: str
    manifest: Mapping[str, Any]
    problem: str = ""

    @property
    def created_at(self) -> datetime:
        """When it was published, UTC."""
        return datetime.fromisoformat(self.manifest["created_at"])

    @property
    def as_of(self) -> date:
        """Day of the data."""
        return date.fromisoformat(self.manifest["as_of"])

    @property
    def data_to(self) -> date | None:
        """Day of the newest event; None where no row is dated."""
        newest = self.manifest.get("data_to")
        return date.fromisoformat(newest) if newest else None

    @property
    def source(self) -> str:
        """Source that mapped the exports; empty where they were named after contract tables."""
        return str(self.manifest.get("source") or "")

    @property
    def restated_months(self) -> int:
        """Closed months whose counts it changed."""
        return int(self.manifest.get("restated_months") or 0)

    @property
    def seconds(self) -> float:
        """How long the refresh took."""
        return float(self.manifest.get("seconds") or 0.0)

    @property
    def warnings(self) -> list[Message]:
        """What the refresh warned of."""
        return [self._told(text) for text in self.manifest.get("warnings", [])]

    @property
    def audit(self) -> str:
        """Who wrote it, in the language in force: the audit line, the engine and the version."""
        version = self.manifest.get("version")
        audit = self._told(self.manifest.get("audit") or "").text
        parts = (audit, self.manifest.get("engine"), version and f"cxdata {version}")
        return " · ".join(str(part) for part in parts if part)

    def _told(self, text: str) -> Message:
        return Message.from_json(text, self.manifest.get("made_of", {}))

    @property
    def totals(self) -> Totals:
        """Records over all files."""
        files = self.manifest["files"]
        sums = {name: sum(int(file[name]) for file in files) for name in COUNTS}
        return Totals(files=len(files), **sums)


def record_of(release_id: str, manifest: Mapping[str, Any]) -> Record:
    """A release from its manifest; one that lacks what a manifest holds becomes a record with a problem."""
    record = Record(release_id, manifest)
    try:
        _figures(record)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        problem = gettext("release {release}: the manifest is not complete ({error}).")
        return Record(release_id, {}, problem.format(release=release_id, error=repr(error)))
    return record


def _figures(record: Record) -> list[Any]:
    """Everything that is read of a manifest: what it lacks shows here, not halfway down a page."""
    names = ("created_at", "as_of", "data_to", "restated_months", "seconds", "warnings", "audit", "totals")
    found = [getattr(record, name) for name in names]
    for file in record.manifest["files"]:
        found += [file[name] for name in ACCOUNT_COLUMNS]
        found += [int(rows) for rows in file.get("by_reason", {}).values()]
    found += [int(stated) - int(known) for stated, known in record.manifest.get("matched", {}).values()]
    return [*found, checks(record)]


def kept_releases(folder: Path) -> list[Record]:
    """The releases of a data folder, newest first, the damaged ones with what is wrong with them."""
    found: list[Record] = []
    for name in reversed(release_ids(folder)):
        try:
            found.append(record_of(name, read_manifest(folder, name)))
        except ReleaseDamaged as error:
            found.append(Record(name, {}, told(error)))
    return found


def accounts(record: Record) -> pd.DataFrame:
    """What became of the records of each file: `ACCOUNT_COLUMNS`, one row per file."""
    rows = [{name: file[name] for name in ACCOUNT_COLUMNS} for file in record.manifest["files"]]
    frame = pd.DataFrame(rows, columns=list(ACCOUNT_COLUMNS))
    texts = ("file", "table", "sha256")
    return frame.astype({name: "str" if name in texts else "int64" for name in ACCOUNT_COLUMNS})


def reasons(record: Record) -> pd.DataFrame:
    """Broken rules per file: file, table, reason (code) and rows, the most frequent first.

    A row that breaks two rules counts under both.
    """
    rows = [
        (file["file"], file["table"], reason, int(count))
        for file in record.manifest["files"]
        for reason, count in file.get("by_reason", {}).items()
    ]
    frame = pd.DataFrame(rows, columns=["file", "table", "reason", "rows"])
    return frame.sort_values(["rows", "file", "reason"], ascending=[False, True, True], ignore_index=True)


def matched(record: Record) -> pd.DataFrame:
    """Rows that name a customer, and those whose customer is known, per table that names any.

    Returns
    -------
    DataFrame
        table, stated, matched, unmatched (rows) and share (fraction matched, 0-1).
    """
    rows = [
        (table, int(stated), int(known), int(stated) - int(known), int(known) / int(stated))
        for table, (stated, known) in record.manifest.get("matched", {}).items()
        if stated
    ]
    return pd.DataFrame(rows, columns=["table", "stated", "matched", "unmatched", "share"])


def checks(record: Record) -> dict[str, int]:
    """Checks that ran before publishing, and the bad rows that each found (0: passed)."""
    return {str(name): int(bad) for name, bad in record.manifest.get("checks", {}).items()}


def unknown_columns(record: Record) -> pd.DataFrame:
    """Columns of the exports that the contract does not know and that were left out: file, column."""
    hits = [_UNKNOWN_COLUMN.match(str(warning)) for warning in record.warnings]
    rows = [(hit["file"], hit["column"]) for hit in hits if hit]
    return pd.DataFrame(rows, columns=["file", "column"])


def other_warnings(record: Record) -> list[str]:
    """The warnings that are not about unknown columns, in the language in force."""
    return [warning.text for warning in record.warnings if not _UNKNOWN_COLUMN.match(str(warning))]
