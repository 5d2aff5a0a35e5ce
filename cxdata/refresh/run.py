"""One refresh from start to end: the order of the steps, and the manifest that says what happened."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

import cxdata
from cxdata.config import Config
from cxdata.contract import TABLES
from cxdata.database import PERSONAL_FILE, SCORECARD_FILE
from cxdata.errors import CxError, PublishFailed
from cxdata.messages import Message, message
from cxdata.refresh import build, history, marts, publish, verify
from cxdata.refresh.inputs import contract_inputs, files_below
from cxdata.refresh.readers import read_input
from cxdata.refresh.sources import load_source, stage_source
from cxdata.refresh.stage import Account, Context, Staged, stage_files
from cxdata.sql_files import statement

Progress = Callable[[str, float], None]

REQUIRED = tuple(table.name for table in TABLES if table.required)


@dataclass(frozen=True)
class Outcome:
    """What a refresh did.

    Parameters
    ----------
    release : str
        Id of the published release; empty after a check.
    accounts : list of Account
        What became of the records of each file.
    warnings : list of Message
        What should be looked at, but blocked nothing.
    manifest : dict
        As published.
    quarantine : list of tuple
        First rows of the quarantine: file, record, column, value, reason, rule.
    """

    release: str
    accounts: list[Account]
    warnings: list[Message]
    manifest: dict[str, Any] = field(repr=False)
    quarantine: list[tuple[Any, ...]] = field(repr=False, default_factory=list)


def refresh(
    exports: Path,
    folder: Path,
    config: Config,
    *,
    source: str = "",
    as_of: date | None = None,
    accept_changes: bool = False,
    dry_run: bool = False,
    memory_limit: str = "2GB",
    progress: Progress = lambda step, share: None,
) -> Outcome:
    """Check a folder of exports and publish it as a new release.

    Parameters
    ----------
    exports : Path
        Folder with the exports.
    folder : Path
        Data folder; the release is written below it and `CURRENT` is moved last.
    config : Config
        The company's settings.
    source : str
        Source that maps foreign exports; empty where files are named after contract tables.
    as_of : date, optional
        Day of the data; by default the source's own, else today on the company's clock.
    accept_changes : bool
        Publish although a table shrank or lost a column.
    dry_run : bool
        Check only: build in a temporary folder and publish nothing.
    memory_limit : str
        Memory that the engine may use before it spills to disk.
    progress : callable
        Called with the name of a step and the share of the work done.

    Raises
    ------
    CxError
        One of its kinds, with a message for the user; nothing was published.
    """
    now = datetime.now(UTC)
    declared = load_source(source).as_of if source else None
    day = as_of or declared or now.astimezone(ZoneInfo(config.time_zone)).date()
    if dry_run:
        with tempfile.TemporaryDirectory(prefix="cx-check-") as scratch:
            return _run(exports, folder, Path(scratch), config, source, day, now, accept_changes, memory_limit,
                        progress, publishing=False)  # fmt: skip
    with publish.writing(folder):
        return _run(exports, folder, folder, config, source, day, now, accept_changes, memory_limit, progress,
                    publishing=True)  # fmt: skip


def _run(
    exports: Path, folder: Path, target: Path, config: Config, source: str, day: date, now: datetime,
    accept_changes: bool, memory_limit: str, progress: Progress, *, publishing: bool,
) -> Outcome:  # fmt: skip
    size = sum(path.stat().st_size for path in files_below(exports))
    last = history.last_manifest(folder, source)
    release_id = publish.new_release_id(folder, now)
    publish.check_space(target, size)
    built = publish.building_folder(target, release_id)
    work = built / "work"
    connection = None
    try:
        connection = build.connect(memory_limit, work, config.time_zone)
        _open_files(
            connection,
            built,
            build.company_key(folder if publishing or (folder / publish.KEY_FILE).exists() else target),
        )
        context = Context(connection, work, config, day, follow_records=bool(source))
        staged = _stage(context, exports, config, source, last if not accept_changes else None, progress)
        progress("references, duplicates, typed tables", 0.6)
        build.build_facts(context, staged, release_id)
        if source:
            verify.conserve_source(context)
        verify.conserve(context.accounts)
        _judge(context, last, accept_changes)
        progress("marts", 0.8)
        marts.build_marts(context)
        manifest = _manifest(context, release_id, source, exports, now, last, folder)
        progress("verification", 0.9)
        connection.execute("checkpoint scorecard")
        connection.execute("checkpoint personal")
        examples = connection.execute(
            "select file, record, column_name, value, reason, rule from personal.quarantine order by file, record limit 200"
        ).fetchall()
        connection.close()
        connection = None
        shutil.rmtree(work, ignore_errors=True)
        manifest["checks"] = verify.verify(built)
        if publishing:
            progress("publishing", 0.97)
            publish.publish(target, built, release_id, manifest)
            publish.remove_old(target, config.keep_releases)
        progress("done", 1.0)
        return Outcome(
            release_id if publishing else "", context.accounts, context.warnings, manifest, examples
        )
    except CxError:
        raise
    except (OSError, duckdb.OperationalError, duckdb.FatalException) as error:
        raise PublishFailed(
            f"{target}: the release could not be written ({str(error).splitlines()[0]}). Nothing was published; the "
            "last release is still served. Free disk space or memory and run it again."
        ) from error
    finally:
        if connection is not None:
            with suppress(duckdb.Error):  # a file that could not be written cannot be closed in order either
                connection.close()
        if built.exists():
            shutil.rmtree(built, ignore_errors=True)


def _open_files(connection: duckdb.DuckDBPyConnection, built: Path, key: bytes) -> None:
    build.keyed_hash(connection, key)
    for name, file in (("scorecard", SCORECARD_FILE), ("personal", PERSONAL_FILE)):
        path = str(built / file).replace("'", "''")
        connection.execute(f"attach '{path}' as {name}")
    connection.execute(
        "create table personal.quarantine (run varchar, file varchar, record bigint, table_name varchar, "
        "column_name varchar, value varchar, reason varchar, rule varchar)"
    )
    connection.execute("create temp table record_fates (file usmallint, record bigint, fate tinyint)")


def _stage(
    context: Context,
    exports: Path,
    config: Config,
    source: str,
    last: dict[str, Any] | None,
    progress: Progress,
) -> dict[str, Staged]:
    if source:
        progress(f"reading through the source {source}", 0.1)
        return stage_source(context, load_source(source), exports)
    inputs, warnings = contract_inputs(exports, config.exports)
    for warning in warnings:
        context.warn(warning)
    staged: dict[str, Staged] = {}
    total = sum(item.path.stat().st_size for item in inputs) or 1
    done = 0
    for table in TABLES:
        of_table = [item for item in inputs if item.table == table.name]
        if not of_table:
            continue
        progress(", ".join(item.name for item in of_table[:3]), 0.05 + 0.5 * done / total)
        readings = [read_input(item, context.work) for item in of_table]
        expected = tuple((last or {}).get("columns", {}).get(table.name, ()))
        staged[table.name] = stage_files(context, table, readings, expected=expected)
        done += sum(item.path.stat().st_size for item in of_table)
    return staged


def _judge(context: Context, last: dict[str, Any] | None, accept_changes: bool) -> None:
    """Rules about whole tables, once every record has its fate."""
    limits = context.config.limits
    examples = build.quarantine_examples(context)
    for warning in history.check_contents(context.accounts, REQUIRED, limits, examples):
        context.warn(warning)
    if not accept_changes:
        for warning in history.check_volume(context.accounts, last, limits):
            context.warn(warning)


def _manifest(
    context: Context, release_id: str, source: str, exports: Path, now: datetime, last: dict[str, Any] | None,
    folder: Path,
) -> dict[str, Any]:  # fmt: skip
    matched = build.matched_shares(context)
    row = context.connection.execute(statement("manifest", "newest")).fetchone()
    data_to = row[0] if row else None
    restated = history.write_restatements(context, folder, last)
    for warning in history.check_matches(matched, last):
        context.warn(warning)
    for warning in history.check_freshness(data_to, context.as_of, last, context.config.limits):
        context.warn(warning)
    if restated:
        context.warn(
            message("{n:,} closed months were restated; see the page Data health", n=restated)
            if restated > 1
            else message("one closed month was restated; see the page Data health")
        )
    files = [
        {
            "file": account.file, "table": account.table, "sha256": account.sha256, "bytes": account.bytes,
            "read": account.read, "loaded": account.loaded, "quarantined": account.quarantined,
            "duplicates": account.duplicates, "by_reason": dict(sorted(account.by_reason.items())),
        }
        for account in context.accounts
    ]  # fmt: skip
    seconds = (datetime.now(UTC) - now).total_seconds()
    loaded = sum(account.loaded for account in context.accounts)
    audit = message(
        "{day:day} {time} UTC: {files} files, {loaded:,} records loaded, published as {release}",
        day=now.date().isoformat(),
        time=f"{now:%H:%M:%S}",
        files=len(files),
        loaded=loaded,
        release=release_id,
    )
    return {
        "release": release_id,
        "created_at": now.isoformat(timespec="seconds"),
        "as_of": context.as_of.isoformat(),
        "data_to": data_to.isoformat() if data_to else None,
        "source": source,
        "exports": exports.name,
        "previous": last["release"] if last else None,
        "time_zone": context.config.time_zone,
        "currency": context.config.currency,
        "engine": f"duckdb {duckdb.__version__}",
        "version": cxdata.__version__,
        "seconds": round(seconds, 1),
        "files": files,
        "columns": context.columns,
        "matched": {table: list(counts) for table, counts in matched.items()},
        "restated_months": restated,
        "warnings": [str(warning) for warning in context.warnings],
        "audit": str(audit),
        "made_of": {str(told): told.as_json() for told in (*context.warnings, audit)},
    }
