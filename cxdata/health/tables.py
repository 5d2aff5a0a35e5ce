"""The tables of the page Data health: headings, numbers and words in the language in force.

Every frame holds text only, so that numbers read alike in every browser.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import pandas as pd

from cxdata.health.freshness import Freshness
from cxdata.health.releases import Record, accounts, checks, matched, reasons
from cxdata.health.words import check_text, rule_text
from cxdata.language import format_day, format_number, format_percent, gettext, ngettext

LONGEST_VALUE = 80
"""Letters of a quarantined value that are shown; a whole line may be much longer."""

SHORT_HASH = 12


def moment_text(moment: datetime) -> str:
    """A point in time with its zone: '21 Nov 2026 09:12 UTC'."""
    return f"{format_day(moment.date())} {moment:%H:%M} UTC"


def days_text(days: int) -> str:
    """A number of days."""
    return ngettext("{n} day", "{n} days", days).format(n=format_number(days))


def answer_text(record: Record) -> str:
    """What became of the data, in one sentence."""
    totals = record.totals
    accounted = (
        gettext("all accounted for")
        if totals.unaccounted == 0
        else gettext("{n} not accounted for").format(n=format_number(totals.unaccounted))
    )
    read = ngettext("{n} record read", "{n} records read", totals.read)
    duplicates = ngettext("{n} duplicate", "{n} duplicates", totals.duplicates)
    warnings = ngettext("{n} warning", "{n} warnings", len(record.warnings))
    return gettext(
        "Release of {moment}, as of {day}: {read}, {accounted}; {quarantined} in quarantine ({share}), "
        "{duplicates}; {warnings}."
    ).format(
        moment=moment_text(record.created_at),
        day=format_day(record.as_of),
        read=read.format(n=format_number(totals.read)),
        accounted=accounted,
        quarantined=format_number(totals.quarantined),
        share=small_share(totals.quarantined, totals.read),
        duplicates=duplicates.format(n=format_number(totals.duplicates)),
        warnings=warnings.format(n=format_number(len(record.warnings))),
    )


def small_share(part: int, whole: int) -> str:
    """A share as per cent that never rounds something to nothing: 'under 0.01%'; nothing is 0%."""
    share = part / whole if whole else 0.0
    if share == 0:
        return format_percent(0, 0)
    if 0 < share < 0.0001:
        return gettext("under {share}").format(share=format_percent(0.0001, 2))
    return format_percent(share, 2 if share < 0.1 else 1)


def releases_table(records: Sequence[Record], current: str) -> pd.DataFrame:
    """Releases that are kept, newest first; damaged ones in words."""
    rows = []
    for record in records:
        state = gettext("current") if record.id == current else ""
        if record.problem:
            states = [text for text in (state, gettext("damaged")) if text]
            rows.append((record.id, ", ".join(states), *[""] * 8))
            continue
        totals = record.totals
        rows.append(
            (
                record.id,
                state,
                moment_text(record.created_at),
                format_day(record.as_of),
                _day(record.data_to),
                format_number(totals.read),
                format_number(totals.quarantined),
                format_number(record.restated_months),
                format_number(record.seconds, 1),
                record.source or gettext("contract files"),
            )
        )
    return pd.DataFrame(
        rows,
        columns=[
            gettext("Release"), gettext("State"), gettext("Published"), gettext("As of"), gettext("Data to"),
            gettext("Read"), gettext("In quarantine"), gettext("Restated"), gettext("Seconds"), gettext("Source"),
        ],
    )  # fmt: skip


def accounts_table(record: Record) -> pd.DataFrame:
    """Per file: records read = loaded + quarantined + duplicates, and whether that adds up; sums last."""
    broken = reasons(record)
    rows = []
    for file in accounts(record).to_dict("records"):
        counts = (file["read"], file["loaded"], file["quarantined"], file["duplicates"])
        own = broken[(broken["file"] == file["file"]) & (broken["table"] == file["table"])]
        rows.append(
            (
                file["file"],
                *_account(*counts),
                file["sha256"][:SHORT_HASH],
                _counted(own["reason"], own["rows"]),
            )
        )
    totals = record.totals
    sums = (totals.read, totals.loaded, totals.quarantined, totals.duplicates)
    rows.append((gettext("All files"), *_account(*sums), "", ""))
    return pd.DataFrame(
        rows,
        columns=[
            gettext("File"), gettext("Read"), gettext("Loaded"), gettext("In quarantine"),
            gettext("Duplicates"), gettext("Adds up"), "SHA-256", gettext("Reasons"),
        ],
    )  # fmt: skip


def reasons_table(record: Record) -> pd.DataFrame:
    """Broken rules in words, the most frequent first, with the files in which they were broken."""
    frame = reasons(record)
    groups = frame.groupby("reason", sort=False)
    order = groups["rows"].sum().sort_values(ascending=False, kind="stable")
    rows = []
    for reason, total in order.items():
        own = groups.get_group(reason)
        rows.append(
            (rule_text(str(reason)), format_number(total), reason, _counted(own["file"], own["rows"]))
        )
    return pd.DataFrame(
        rows,
        columns=[gettext("Rule that is broken"), gettext("Records"), gettext("Code"), gettext("Files")],
    )


def examples_table(examples: pd.DataFrame) -> pd.DataFrame:
    """Quarantined values, in quotation marks and cut short, each with all the rules that it breaks."""
    keys = ["file", "record", "table_name", "column_name", "value"]
    rows = []
    for _key, own in examples.groupby(keys, sort=False, dropna=False):
        first = own.to_dict("records")[0]
        rules = [rule_text(reason, first["table_name"], first["column_name"]) for reason in own["reason"]]
        rows.append(
            (
                first["file"],
                format_number(first["record"]),
                first["column_name"] or gettext("(whole line)"),
                value_text(None if pd.isna(first["value"]) else first["value"]),
                "; ".join(rules),
            )
        )
    return pd.DataFrame(
        rows,
        columns=[
            gettext("File"), gettext("Record"), gettext("Column"), gettext("Value"),
            gettext("Rules that are broken"),
        ],
    )  # fmt: skip


def value_text(value: str | None) -> str:
    """A value as exported: in quotation marks, so that spaces are seen and no spreadsheet computes it."""
    if value is None or value == "":
        return gettext("(blank)")
    seen = "".join(letter if letter.isprintable() else "␤" if letter == "\n" else "�" for letter in value)
    return f"“{seen}”" if len(seen) <= LONGEST_VALUE else f"“{seen[: LONGEST_VALUE - 1]}…”"


def matched_table(record: Record) -> pd.DataFrame:
    """Rows that name a customer, per table, and how many of the customers are known."""
    frame = matched(record)
    return pd.DataFrame(
        {
            gettext("Table"): frame["table"],
            gettext("Rows that name a customer"): [format_number(rows) for rows in frame["stated"]],
            gettext("Customer known"): [format_number(rows) for rows in frame["matched"]],
            gettext("Not known"): [format_number(rows) for rows in frame["unmatched"]],
            gettext("Share not known"): [
                small_share(row["unmatched"], row["stated"]) for row in frame.to_dict("records")
            ],
        }
    )


def checks_table(record: Record) -> pd.DataFrame:
    """Checks that ran before publishing, with what each promises."""
    found = checks(record)
    return pd.DataFrame(
        {
            gettext("Check"): [check_text(name) for name in found],
            gettext("Result"): [
                gettext("passed")
                if not bad
                else ngettext("{n} bad row", "{n} bad rows", bad).format(n=format_number(bad))
                for bad in found.values()
            ],
            gettext("Name"): list(found),
        }
    )


def newest_table(newest: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Rows and newest event of each dated table."""
    rows = [
        (row["table"], format_number(row["rows"]), _day(row["newest"]), _age(row["newest"], as_of))
        for row in newest.to_dict("records")
    ]
    return pd.DataFrame(
        rows,
        columns=[
            gettext("Table"),
            gettext("Rows"),
            gettext("Newest event"),
            gettext("Age on the day of the data"),
        ],
    )


def published_text(days: int) -> str:
    """How long ago a release was published."""
    if days == 0:
        return gettext("Published today.")
    return ngettext("Published {n} day ago.", "Published {n} days ago.", days).format(n=format_number(days))


def freshness_text(found: Freshness) -> str:
    """How old the data are, in one sentence."""
    if found.data_to is None or found.age_days is None:
        return gettext("No row carries a date, so the age of the data is unknown.")
    text = (
        gettext("The newest event is of {day}. Age: {age}, more than the limit of {limit}.")
        if found.is_old
        else gettext("The newest event is of {day}. Age: {age}; the limit is {limit}.")
    )
    return text.format(
        day=format_day(found.data_to), age=days_text(found.age_days), limit=days_text(found.limit_days)
    )


def _account(read: int, loaded: int, quarantined: int, duplicates: int) -> tuple[str, ...]:
    missing = read - loaded - quarantined - duplicates
    verdict = gettext("yes") if not missing else gettext("{n} missing").format(n=format_number(missing))
    return (*(format_number(count) for count in (read, loaded, quarantined, duplicates)), verdict)


def _counted(names: Iterable[str], counts: Iterable[int]) -> str:
    return ", ".join(f"{name} {format_number(count)}" for name, count in zip(names, counts, strict=True))


def _day(day: date | None) -> str:
    return format_day(day) if day else gettext("no date")


def _age(day: date | None, as_of: date) -> str:
    return days_text(max((as_of - day).days, 0)) if day else ""
