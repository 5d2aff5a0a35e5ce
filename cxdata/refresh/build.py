"""From staged rows to a release: facts in order of their references, then the marts over them."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path

import duckdb

from cxdata.contract import table
from cxdata.errors import ConfigInvalid
from cxdata.refresh.publish import KEY_FILE, write_durably
from cxdata.refresh.reconcile import mark_repetitions, mark_unknown_codes, settle, settle_faults
from cxdata.refresh.stage import Context, Staged, create_staged
from cxdata.sql_files import statement

ORDER = (
    "customers",
    "touchpoints",
    "questions",
    "interactions",
    "surveys",
    "answers",
    "subscriptions",
    "revenue",
    "targets",
    "actions",
    "employee_pulse",
)
"""Tables in the order in which they are built: what is referred to comes first."""


def connect(memory_limit: str, work: Path, time_zone: str) -> duckdb.DuckDBPyConnection:
    """A connection in memory, with the functions that the SQL of a refresh uses.

    Parameters
    ----------
    memory_limit : str
        For instance ``2GB``; what does not fit is spilled below `work`.
    work : Path
        Folder for intermediate files.
    time_zone : str
        Zone of `local_time`, which turns a stored UTC time into the company's clock, of `local_month`, the
        first day of its month there, and of `utc_time`, which turns it back.
    """
    work.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(
        config={
            "memory_limit": memory_limit,
            "temp_directory": str(work / "spill"),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "python_enable_replacements": "false",
        }
    )
    for macro, here, there in (("local_time", time_zone, "UTC"), ("utc_time", "UTC", time_zone)):
        clock = "moment" if time_zone == "UTC" else f"timezone('{here}', timezone('{there}', moment))"
        connection.execute(f"create macro {macro}(moment) as {clock}")
    # No clock is a day off UTC, so in the middle of a month its month needs no conversion.
    connection.execute(
        "create macro local_month(moment) as case when day(moment) between 2 and 27 "
        "then date_trunc('month', moment)::date else date_trunc('month', local_time(moment))::date end"
    )
    return connection


def keyed_hash(connection: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Define `keyed_hash(id)`: the first 64 bits of HMAC-SHA256 (RFC 2104) under the company's key."""
    block = key.ljust(64, b"\0") if len(key) <= 64 else hashlib.sha256(key).digest().ljust(64, b"\0")
    inner = "".join(f"\\x{byte ^ 0x36:02x}" for byte in block)
    outer = "".join(f"\\x{byte ^ 0x5C:02x}" for byte in block)
    connection.execute(
        f"""create macro keyed_hash(id) as
            cast('0x' || left(sha256('{outer}'::blob || unhex(sha256('{inner}'::blob || encode(id)))), 16) as ubigint)"""
    )


def company_key(folder: Path) -> bytes:
    """The key behind the hashes of this data folder; made once, readable by its owner only.

    Raises
    ------
    ConfigInvalid
        If the file is there but holds no key: with another one every customer would be a stranger.
    """
    path = folder / KEY_FILE
    if not path.exists():
        write_durably(path, secrets.token_hex(32) + "\n", mode=0o600)
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        key = b""
    if len(key) < 32:
        raise ConfigInvalid(
            f"{path}: holds no key of 64 hexadecimal digits. Put it back from a backup, or remove the file: a new "
            "key is made then, and customers get other hashes than in the releases before."
        )
    return key


def build_facts(context: Context, staged: dict[str, Staged], run: str) -> None:
    """Check references and keys of every staged table, and write its clean rows to the release.

    Staged tables are dropped as soon as they are written. Tables that were not exported exist, empty.
    """
    _write_accounts(context)
    settle_faults(context, run)
    for name in ORDER:
        current = staged.get(name) or create_staged(context, table(name))
        _resolve(context, current, staged)
        if name == "answers":
            _resolve_answers(context, current)
        mark_repetitions(context, current)
        settle(context, current, run)
        if name == "customers":
            _create(context, "scorecard.profiles", "profiles")
            _create(context, "customer_periods", "customer_periods")
            _create(context, "personal.customers", "personal_customers")
        if name == "answers":
            _create(context, "personal.comments", "comments")
        _create(context, f"scorecard.{name}", name)
        context.connection.execute(f"drop table {current.name}")
    context.connection.execute("drop table customer_periods")


def matched_shares(context: Context) -> dict[str, tuple[int, int]]:
    """Rows with a customer, and those among them whose customer is known, per table."""
    rows = context.connection.execute(statement("manifest", "matched")).fetchall()
    return {name: (stated, matched) for name, stated, matched in rows}


def quarantine_examples(context: Context) -> dict[str, str]:
    """For each file with rows in quarantine, the first one of its most frequent reason, in words."""
    files = {
        account.file: account.by_reason.most_common(1)[0][0]
        for account in context.accounts
        if account.by_reason
    }
    found: dict[str, str] = {}
    for file, reason in files.items():
        row = context.connection.execute(
            """select record, column_name, value, rule from personal.quarantine
               where file = $file and reason = $reason order by record limit 1""",
            {"file": file, "reason": reason},
        ).fetchone()
        if row:
            value = (row[2] or "")[:60]
            what = f"{row[1]} = '{value}'" if row[1] else f"'{value}'"
            found[file] = f"record {row[0]:,}: {what} ({row[3]})"
    return found


def _create(context: Context, target: str, name: str) -> None:
    context.connection.execute(f"create table {target} as {statement('facts', name)}")


def _write_accounts(context: Context) -> None:
    context.connection.execute("create or replace temp table accounts (number usmallint, file varchar)")
    rows = [(number, account.file) for number, account in enumerate(context.accounts)]
    context.connection.executemany("insert into accounts values (?, ?)", rows)


def _resolve(context: Context, current: Staged, staged: dict[str, Staged]) -> None:
    """Quarantine unknown touchpoints and questions, where the tables that list them were exported."""
    for column in current.table.columns:
        target = column.references
        if (
            target not in ("touchpoints", "questions")
            or target not in staged
            or column.name not in current.columns
        ):
            continue
        key = "asked_as" if target == "questions" else "touchpoint"
        rows = context.connection.execute(f"select distinct {key} from scorecard.{target}").fetchall()
        if not rows:
            continue  # a file with a header only, such as an unused template, lists nothing to be held to
        mark_unknown_codes(context, current, column.name, {row[0] for row in rows}, target)
    if current.table.name == "surveys" and "interaction_id" in current.columns:
        row = context.connection.execute(
            "select count(*) from staged_surveys where interaction_id is not null "
            "and (touchpoint is null or channel is null)"
        ).fetchone()
        if row and row[0]:
            context.connection.execute(statement("facts", "fill_surveys"))


def _resolve_answers(context: Context, current: Staged) -> None:
    survey = current.add_reason(
        "unknown_reference", "survey_id", "survey_id is one of the surveys that were loaded"
    )
    scale = current.add_reason("off_scale", "score", "score lies on the scale of its question")
    context.connection.execute(
        f"create table resolved as {statement('facts', 'resolved_answers')}",
        {"unknown_survey": 1 << survey, "off_scale": 1 << scale},
    )
    context.connection.execute("drop table staged_answers")
    context.connection.execute("alter table resolved rename to staged_answers")
