"""What a test looks at: a release made from exports that are written out in the test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from cxdata.config import Config
from cxdata.refresh.run import Outcome, refresh
from cxdata.refresh.stage import Account

AS_OF = date(2024, 6, 15)
"""Day of the tiny company's data: June 2024 is unfinished."""

CONFIG = Config(time_zone="Europe/Madrid")

Files = Mapping[str, str | bytes | None]


def with_exports(**settings: Any) -> Config:
    """The tests' settings with other export settings, for instance a separator."""
    return replace(CONFIG, exports=replace(CONFIG.exports, **settings))


@dataclass(frozen=True)
class Refreshed:
    """A release made from exports written out in a test, with shortcuts to look into it."""

    folder: Path
    outcome: Outcome

    @property
    def home(self) -> Path:
        """Folder of the release."""
        return self.folder / "releases" / self.outcome.release

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query over scorecard.duckdb."""
        with duckdb.connect(str(self.home / "scorecard.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def row(self, sql: str) -> dict[str, Any]:
        """The only row of a query, by column."""
        with duckdb.connect(str(self.home / "scorecard.duckdb"), read_only=True) as connection:
            found = connection.execute(sql).fetchall()
            assert len(found) == 1, found
            return dict(zip([column[0] for column in connection.description], found[0], strict=True))

    def personal(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query over personal.duckdb."""
        with duckdb.connect(str(self.home / "personal.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def quarantine(self, columns: str = "file, record, column_name, value, reason") -> list[tuple[Any, ...]]:
        """The quarantine, in the order of files and records."""
        return self.personal(f"select {columns} from quarantine order by file, record, column_name, reason")

    def account(self, file: str) -> Account:
        """The account of one file."""
        return next(account for account in self.outcome.accounts if account.file == file)

    def counts(self, file: str) -> tuple[int, int, int, int]:
        """Read, loaded, quarantined, duplicates of one file."""
        account = self.account(file)
        return account.read, account.loaded, account.quarantined, account.duplicates

    @property
    def warnings(self) -> list[str]:
        """What the refresh warned of."""
        return [str(warning) for warning in self.outcome.warnings]


def refreshed(exports: Path, folder: Path, config: Config = CONFIG, **options: Any) -> Refreshed:
    """Refresh a folder of exports on the day of the tiny company."""
    return Refreshed(folder, refresh(exports, folder, config, **{"as_of": AS_OF, **options}))
