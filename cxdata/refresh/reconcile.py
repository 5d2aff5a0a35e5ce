"""After staging: repeated keys, references, and the account of every row."""

from __future__ import annotations

import numpy as np

from cxdata.refresh.stage import DUPLICATE_BIT, Context, Staged

MATCH_RATE_DROP = 0.05
"""Fall of the share of matched customers, against the last release, that is worth a warning."""


def mark_repetitions(context: Context, staged: Staged) -> None:
    """Mark rows whose key stands more than once.

    Exact repetitions count as duplicates and the first stays. The same key with different content is
    quarantined whole, because nothing says which of the rows is right. Rows that already broke a rule
    do not take part, so that a bad first copy does not displace a good second one.
    """
    key = ", ".join(staged.table.key)
    hashes = context.connection.execute(
        f"select hash({key}) as key_hash from {staged.name} where reasons = 0"
    ).fetchnumpy()["key_hash"]
    hashes = np.sort(np.asarray(hashes))
    suspects = np.unique(hashes[1:][hashes[1:] == hashes[:-1]])
    if not len(suspects):
        return
    bit = staged.add_reason(
        "conflicting_key", staged.table.key[0], f"({key}) identifies one row; these rows differ in content"
    )
    content = ", ".join(column.name for column in staged.table.columns)
    connection = context.connection
    connection.execute("create or replace temp table suspects as select unnest($hashes) as key_hash",
                       {"hashes": suspects.tolist()})  # fmt: skip
    connection.execute(
        f"""
        create or replace temp table repeated as
        with candidates as (
            select rowid as row_number, _file, _record, {content}, row({content}) as content
            from {staged.name}
            where reasons = 0 and hash({key}) in (select key_hash from suspects)
        ), keys as (
            select {key}, count(*) as copies, count(distinct content) as contents
            from candidates group by {key} having count(*) > 1
        ), ranked as (
            select candidates.row_number, keys.contents,
                row_number() over (partition by {_prefixed("candidates", staged)} order by _file, _record) as place
            from candidates join keys on {_same("candidates", "keys", staged)}
        )
        select row_number, contents, place from ranked where contents > 1 or place > 1
        """
    )
    connection.execute(
        f"""
        update {staged.name} set reasons = case when repeated.contents > 1 then {1 << bit}::ubigint
            else {1 << DUPLICATE_BIT}::ubigint end
        from repeated where {staged.name}.rowid = repeated.row_number
        """
    )


def _prefixed(alias: str, staged: Staged) -> str:
    return ", ".join(f"{alias}.{name}" for name in staged.table.key)


def _same(left: str, right: str, staged: Staged) -> str:
    return " and ".join(f"{left}.{name} is not distinct from {right}.{name}" for name in staged.table.key)


def mark_unknown_codes(context: Context, staged: Staged, column: str, known: set[str], what: str) -> None:
    """Quarantine rows whose code is not in a list, for instance an unknown touchpoint.

    Looks at the distinct values first: they are few, and usually all known.
    """
    found = context.connection.execute(
        f"select distinct {column} from {staged.name} where {column} is not null"
    ).fetchall()
    unknown = sorted({row[0] for row in found} - known)
    if not unknown:
        return
    bit = staged.add_reason("unknown_reference", column, f"{column} is one of the {what}")
    context.connection.execute(
        f"update {staged.name} set reasons = reasons | {1 << bit}::ubigint "
        f"where list_contains($unknown, {column}) and reasons < {1 << DUPLICATE_BIT}::ubigint",
        {"unknown": unknown},
    )


def settle(context: Context, staged: Staged, run: str) -> None:
    """Write the table's quarantine and add its rows to the accounts of their files.

    Quarantine holds one row per broken rule: run, file, record, table, column, value, reason, rule.
    """
    connection = context.connection
    names = [column.name for column in staged.table.columns]
    duplicate = f"reasons = {1 << DUPLICATE_BIT}::ubigint"
    counted = connection.execute(
        f"""select _file, count(*) filter (where reasons = 0), count(*) filter (where {duplicate}),
                count(*) filter (where reasons <> 0 and not ({duplicate}))
            from {staged.name} group by _file"""
    ).fetchall()
    for number, loaded, duplicates, quarantined in counted:
        account = context.accounts[number]
        account.loaded += loaded
        account.duplicates += duplicates
        account.quarantined += quarantined
    if context.follow_records:
        connection.execute(
            f"""insert into record_fates
                select _file, _record, case when reasons = 0 then 2 when {duplicate} then 1 else 3 end
                from {staged.name}"""
        )
    if any(row[3] for row in counted):
        # Broken rows are few: looked for once, not once a rule.
        connection.execute(
            f"create or replace temp table broken as select * from {staged.name} where reasons <> 0 and not ({duplicate})"
        )
        for bit, reason in staged.reasons.items():
            place = names.index(reason.column) + 1
            connection.execute(
                f"""
                insert into personal.quarantine
                select $run, accounts.file, _record, $table, $column,
                    coalesce(raw_values[{place}], cast({reason.column} as varchar)), $code, $rule
                from broken join accounts on accounts.number = _file
                where reasons & {1 << bit}::ubigint <> 0
                """,
                {"run": run, "table": staged.table.name, "column": reason.column, "code": reason.code,
                 "rule": reason.rule},
            )  # fmt: skip
            per_file = connection.execute(
                f"select _file, count(*) from broken where reasons & {1 << bit}::ubigint <> 0 group by _file"
            ).fetchall()
            for number, rows in per_file:
                context.accounts[number].by_reason[reason.code] += rows


def settle_faults(context: Context, run: str) -> None:
    """The same for lines that are no records of their file: they are quarantined as they stand."""
    if not context.faults:
        return
    files = [context.accounts[number].file for number, *_ in context.faults]
    _, tables, records, lines, rules = (list(values) for values in zip(*context.faults, strict=True))
    context.connection.execute(
        """
        insert into personal.quarantine
        select $run, unnest($files), unnest($records), unnest($tables), '', unnest($lines), 'malformed', unnest($rules)
        """,
        {"run": run, "files": files, "records": records, "tables": tables, "lines": lines, "rules": rules},
    )
    for number, *_ in context.faults:
        context.accounts[number].quarantined += 1
        context.accounts[number].by_reason["malformed"] += 1
