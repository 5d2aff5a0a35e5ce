"""The last look before a release is named: each check is a query that returns bad rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from cxdata.database import PERSONAL_FILE, SCORECARD_FILE
from cxdata.errors import InputBlocked, PublishFailed
from cxdata.refresh.stage import Account, Context
from cxdata.sql_files import statements


def conserve(accounts: list[Account]) -> None:
    """Hold every file to its own count.

    Raises
    ------
    InputBlocked
        If records read differ from loaded + quarantined + duplicates; names the file and how many.
    """
    for account in accounts:
        accounted = account.loaded + account.quarantined + account.duplicates
        if accounted != account.read:
            raise InputBlocked(
                f"{account.file}: {account.read:,} records were read but {accounted:,} are accounted for "
                f"({account.loaded:,} loaded, {account.quarantined:,} quarantined, {account.duplicates:,} duplicates). "
                "Nothing was published."
            )


def conserve_source(context: Context) -> None:
    """The same for a source, where one record may become several rows: each record has one fate.

    A record with any row in quarantine counts as quarantined, else with any row loaded as loaded,
    else as a duplicate. A record that came out in no table at all is a fault of the source's SQL.
    """
    rows = context.connection.execute(
        """
        with fates as (
            select file, record, max(fate) as fate from record_fates group by file, record
        )
        select file,
            count(*) filter (where fate = 2) as loaded,
            count(*) filter (where fate = 3) as quarantined,
            count(*) filter (where fate = 1) as duplicates
        from fates group by file
        """
    ).fetchall()
    fates = {number: counts for number, *counts in rows}
    for number, account in enumerate(context.accounts):
        if number in context.lookups:
            account.loaded = account.read - account.quarantined
            continue
        malformed = account.by_reason["malformed"]
        loaded, quarantined, duplicates = fates.get(number, (0, 0, 0))
        account.loaded, account.quarantined, account.duplicates = loaded, quarantined + malformed, duplicates


def verify(folder: Path) -> dict[str, Any]:
    """Open the built files as a reader would and run every check of `sql/checks.sql`.

    Returns
    -------
    dict
        Name of each check and 0, the number of rows it returned.

    Raises
    ------
    PublishFailed
        If a check returns rows or a file cannot be opened.
    """
    results: dict[str, Any] = {}
    for name in (SCORECARD_FILE, PERSONAL_FILE):
        try:
            with duckdb.connect(str(folder / name), read_only=True) as connection:
                for check, sql in statements("checks").items() if name == SCORECARD_FILE else ():
                    bad = connection.execute(sql).fetchmany(3)
                    if bad:
                        raise PublishFailed(
                            f"the check {check} failed, for example {bad[0]}. Nothing was published."
                        )
                    results[check] = len(bad)
        except duckdb.Error as error:
            raise PublishFailed(
                f"the built {name} cannot be read back ({error}). Nothing was published."
            ) from error
    return results
