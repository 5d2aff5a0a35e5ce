"""The new release against the last one: fewer rows, older data, lost columns, restated months."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from cxdata.config import Limits
from cxdata.database import current_id, open_release, read_manifest
from cxdata.errors import InputBlocked, ReleaseDamaged, ReleaseMissing
from cxdata.messages import Message, message
from cxdata.refresh.reconcile import MATCH_RATE_DROP
from cxdata.refresh.stage import Account, Context
from cxdata.sql_files import statement

FEWEST_ROWS = 50
"""Tables with fewer rows in the last release are too small for a rule about their volume."""

LEAST_MATCHED = 0.9
"""Share of matched customers below which a table is worth a warning of its own."""


def last_manifest(folder: Path, source: str) -> dict[str, Any] | None:
    """Manifest of the current release, if it came from the same source; None otherwise.

    A damaged release is no reason not to replace it, so it counts as none.
    """
    try:
        manifest = read_manifest(folder, current_id(folder))
    except (ReleaseMissing, ReleaseDamaged):
        return None
    return manifest if manifest.get("source") == source else None


def check_volume(accounts: list[Account], last: dict[str, Any] | None, limits: Limits) -> list[Message]:
    """Compare the records of each table with those of the last release.

    Returns
    -------
    list of Message
        A warning for each table that grew beyond `limits.volume_high`.

    Raises
    ------
    InputBlocked
        If a table shrank below `limits.volume_low`, which is how a truncated export looks.
    """
    warnings: list[Message] = []
    after = _totals([vars(account) for account in accounts])
    for table, usual in (_totals(last["files"]) if last else {}).items():
        records = after.get(table, 0)
        if usual < FEWEST_ROWS:
            continue
        change = records / usual - 1
        if records < limits.volume_low * usual:
            names = ", ".join(account.file for account in accounts if account.table == table)
            names = names or f"{table} (no file)"
            raise InputBlocked(
                f"{names}: {records:,} records are {-change:.0%} fewer than the {usual:,} of the last release; "
                f"at most {1 - limits.volume_low:.0%} fewer are allowed. If the export is complete, run the "
                "refresh again with --accept-changes."
            )
        if records > limits.volume_high * usual:
            warnings.append(
                message(
                    "{table}: {records:,} records are {change:.0%} more than the {usual:,} of the last release",
                    table=table,
                    records=records,
                    change=change,
                    usual=usual,
                )
            )
    return warnings


def check_contents(
    accounts: list[Account], required: tuple[str, ...], limits: Limits, examples: dict[str, str]
) -> list[Message]:
    """Refuse required tables without a usable row, and files that are mostly unusable.

    Parameters
    ----------
    accounts, required, limits
        What became of each file, the tables that may not be empty, and the company's limits.
    examples : dict of str to str
        For each file with rows in quarantine, one of them in words.

    Returns
    -------
    list of Message
        A warning for each file without records.

    Raises
    ------
    InputBlocked
        If a required table has no row left, or more than `limits.max_quarantine_share` of a file of 20
        records or more went to quarantine.
    """
    # In the contract's order: without surveys no answer can be loaded either, and surveys are to blame.
    for table in required:
        files = [account for account in accounts if account.table == table]
        if files and not sum(account.loaded for account in files):
            raise InputBlocked(
                f"{files[0].file}: none of its {files[0].read:,} records can be loaded into the required table "
                f"{table}{_example(examples, files[0])}. Export it again."
            )
    for account in accounts:
        if account.read >= 20 and account.quarantined > limits.max_quarantine_share * account.read:
            raise InputBlocked(
                f"{account.file}: {account.quarantined:,} of {account.read:,} records break the contract, and at most "
                f"{limits.max_quarantine_share:.0%} may{_example(examples, account)}. Mend the export, or raise "
                "max_quarantine_share in cx.toml [limits]."
            )
    return [
        message("{file}: holds a header and no records", file=account.file)
        for account in accounts
        if account.read == 0
    ]


def _example(examples: dict[str, str], account: Account) -> str:
    if account.file not in examples:
        return ""
    reason, rows = account.by_reason.most_common(1)[0]
    return f"; most often '{reason}' ({rows:,}), for example {examples[account.file]}"


def check_matches(matched: dict[str, tuple[int, int]], last: dict[str, Any] | None) -> list[Message]:
    """Warn where few rows, or clearly fewer than in the last release, name a known customer."""
    warnings: list[Message] = []
    before = (last or {}).get("matched", {})
    for table, (stated, found) in matched.items():
        if not stated:
            continue
        rate = found / stated
        earlier = before.get(table)
        fell = earlier and earlier[0] and rate < earlier[1] / earlier[0] - MATCH_RATE_DROP
        if fell:
            warnings.append(
                message(
                    "{table}: the share of rows with a known customer fell from {before:.1%} to {after:.1%}; have the "
                    "ids lost leading zeros?",
                    table=table,
                    before=earlier[1] / earlier[0],
                    after=rate,
                )
            )
        elif rate < LEAST_MATCHED:
            warnings.append(
                message(
                    "{table}: {n:,} of {rows:,} rows name a customer who is not in customers; they count, unmatched. "
                    "Have the ids lost leading zeros?",
                    table=table,
                    n=stated - found,
                    rows=stated,
                )
            )
    return warnings


def check_freshness(
    data_to: date | None, as_of: date, last: dict[str, Any] | None, limits: Limits
) -> list[Message]:
    """Warn where the newest event is old, or older than in the last release."""
    if data_to is None:
        return [message("no row carries a date, so the age of the data is unknown")]
    warnings: list[Message] = []
    age = (as_of - data_to).days
    if age > limits.max_age_days:
        warnings.append(
            message(
                "the newest event is of {newest:day}, {age:,} days before {as_of:day}",
                newest=data_to.isoformat(),
                age=age,
                as_of=as_of.isoformat(),
            )
        )
    before = (last or {}).get("data_to")
    if before and date.fromisoformat(before) > data_to:
        warnings.append(
            message(
                "the newest event is of {newest:day}; the last release had data to {before:day}",
                newest=data_to.isoformat(),
                before=before,
            )
        )
    return warnings


def write_restatements(context: Context, folder: Path, last: dict[str, Any] | None) -> int:
    """Write the table `restatements`; returns the number of months whose counts changed."""
    connection = context.connection
    connection.execute(
        "create or replace temp table previous_counts (month date, question varchar, score integer, answers bigint)"
    )
    before = date.min
    if last:
        before = date.fromisoformat(last["as_of"]).replace(day=1)
        try:
            release = open_release(folder, last["release"])
            rows = release.rows("restatements", "closed_counts", before=before)
            release.close()
        except ReleaseDamaged:
            rows = []
            before = date.min
        if rows:
            columns = list(zip(*rows, strict=True))
            connection.execute(
                "insert into previous_counts select unnest($m), unnest($q), unnest($s), unnest($a)",
                {"m": list(columns[0]), "q": list(columns[1]), "s": list(columns[2]), "a": list(columns[3])},
            )
    sql = statement("restatements", "restatements")
    connection.execute(f"create table scorecard.restatements as {sql}", {"before": before})
    row = connection.execute("select count(distinct month) from scorecard.restatements").fetchone()
    return int(row[0]) if row else 0


def _totals(files: list[dict[str, Any]]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for file in files:
        totals[file["table"]] = totals.get(file["table"], 0) + file["read"]
    return totals
