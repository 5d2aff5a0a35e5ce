"""Reading a release: opened read-only and locked down, one cursor per query.

A connection that several threads share returns other threads' rows, so nothing here hands one out:
`Release.query` takes a cursor of its own for every call.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from cxdata.errors import ReleaseDamaged, ReleaseMissing
from cxdata.messages import message
from cxdata.sql_files import parameters, statement, without_empty_lists

if TYPE_CHECKING:
    import pandas as pd  # a refresh reads releases too, and has no use for a second's import

CURRENT_FILE = "CURRENT"
RELEASES_FOLDER = "releases"
SCORECARD_FILE = "scorecard.duckdb"
PERSONAL_FILE = "personal.duckdb"
MANIFEST_FILE = "manifest.json"

_MANIFEST_KEYS = {
    "release",
    "data_to",
    "source",
    "files",
    "columns",
    "matched",
    "restated_months",
    "warnings",
}

WITHOUT_OPTIMIZERS = "compressed_materialization"
"""DuckDB 2.0.0 narrows integers by statistics that are wrong for some sums of sums: 7,043 came out as -125."""

_LOCKED_DOWN = {
    "disabled_optimizers": WITHOUT_OPTIMIZERS,
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",
    "threads": "1",
    "memory_limit": "1GB",
    "lock_configuration": "true",
}


@dataclass(frozen=True)
class Release:
    """One published release, open for reading.

    Two releases are equal when their ids are; caches are keyed by `id`, never by this object.
    """

    id: str
    folder: Path
    manifest: Mapping[str, Any] = field(repr=False, hash=False, compare=False)
    _connection: duckdb.DuckDBPyConnection = field(repr=False, hash=False, compare=False)

    @property
    def as_of(self) -> date:
        """Day of the data: the month that holds it is unfinished."""
        return date.fromisoformat(self.manifest["as_of"])

    @property
    def data_to(self) -> date | None:
        """Day of the newest dated row; None where no table is dated."""
        newest = self.manifest.get("data_to")
        return date.fromisoformat(newest) if newest else None

    def query(self, file: str, name: str, **values: Any) -> pd.DataFrame:
        """Rows of a named statement.

        Parameters
        ----------
        file, name : str
            The file below `sql/` and the statement in it.
        values : Any
            Values for the statement's `$parameters`; those it does not use are left out.

        Raises
        ------
        ReleaseDamaged
            If the file cannot be read, or lacks a table that this version of the code expects.
        """
        with self._cursor(file, name, values) as cursor:
            frame = cursor.df()
        # Texts of the type `code` come as categories, whose groups would include those that do not occur.
        for column in [name for name, kind in frame.dtypes.items() if kind == "category"]:
            coded = frame[column].cat
            frame[column] = coded.categories.astype("str").array.take(coded.codes.to_numpy(), allow_fill=True)
        return frame

    def rows(self, file: str, name: str, **values: Any) -> list[tuple[Any, ...]]:
        """The same as plain tuples, for callers that need no frame."""
        with self._cursor(file, name, values) as cursor:
            return cursor.fetchall()

    @contextmanager
    def _cursor(self, file: str, name: str, values: dict[str, Any]) -> Iterator[duckdb.DuckDBPyConnection]:
        sql = without_empty_lists(statement(file, name), values)
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(sql, {key: values[key] for key in parameters(sql)})
                yield cursor
        except duckdb.Error as error:
            raise ReleaseDamaged(
                message(
                    "release {release}: the query {query} failed ({error}). Run the refresh again, or go back with: "
                    "python -m cxdata rollback.",
                    release=self.id,
                    query=f"{file}/{name}",
                    error=_first_line(error, self.folder),
                )
            ) from error

    def close(self) -> None:
        """Let go of the files; the release cannot be queried any more."""
        self._connection.close()

    def personal(self, file: str, name: str, **values: Any) -> pd.DataFrame:
        """Rows of a named statement over `personal.duckdb`; callers check the role first."""
        connection = _connect(self.folder / PERSONAL_FILE, self.id)
        sql = statement(file, name)
        try:
            return connection.execute(sql, {key: values[key] for key in parameters(sql)}).df()
        except duckdb.Error as error:
            raise ReleaseDamaged(
                message(
                    "release {release}: {file} cannot be read ({error}).",
                    release=self.id,
                    file=PERSONAL_FILE,
                    error=_first_line(error, self.folder),
                )
            ) from error
        finally:
            connection.close()


def release_ids(folder: Path) -> list[str]:
    """Ids of the complete releases below a data folder, oldest first."""
    releases = folder / RELEASES_FOLDER
    if not releases.is_dir():
        return []
    return sorted(path.name for path in releases.iterdir() if (path / MANIFEST_FILE).is_file())


def _folders(releases: Path) -> set[str]:
    if not releases.is_dir():
        return set()
    return {path.name for path in releases.iterdir() if path.is_dir() and not path.name.startswith(".")}


def current_id(folder: Path) -> str:
    """Id of the release that readers are to use.

    Raises
    ------
    ReleaseMissing
        If nothing has been published below `folder`, or what `CURRENT` names is not there.
    """
    pointer = folder / CURRENT_FILE
    try:
        name = pointer.read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        raise ReleaseMissing(
            message(
                "nothing has been published in {folder} yet. Run: python -m cxdata demo, or python -m cxdata refresh "
                "EXPORTS.",
                folder=str(folder),
            )
        ) from None
    except (UnicodeDecodeError, OSError):
        name = ""
    # The pointer is a file that anyone may have edited; it may only name a folder beside it.
    if name not in _folders(folder / RELEASES_FOLDER):
        named = {"file": str(pointer), "release": name[:80]}
        kept = ", ".join(release_ids(folder))
        raise ReleaseMissing(
            message(
                "{file} names the release '{release}', which does not exist. Releases kept: {kept}. Go back with: "
                "python -m cxdata rollback RELEASE.",
                **named,
                kept=kept,
            )
            if kept
            else message(
                "{file} names the release '{release}', which does not exist. Releases kept: none. Go back with: "
                "python -m cxdata rollback RELEASE.",
                **named,
            )
        )
    return name


def read_manifest(folder: Path, release_id: str) -> dict[str, Any]:
    """Manifest of a release; ReleaseDamaged where it is missing or not readable."""
    path = folder / RELEASES_FOLDER / release_id / MANIFEST_FILE
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        date.fromisoformat(manifest["as_of"])
        datetime.fromisoformat(manifest["created_at"])
        if missing := _MANIFEST_KEYS - set(manifest):
            raise KeyError(*missing)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReleaseDamaged(
            message(
                "release {release}: {file} is missing or damaged. Go back with: python -m cxdata rollback, or run the "
                "refresh again.",
                release=release_id,
                file=MANIFEST_FILE,
            )
        ) from error
    return dict(manifest)


def open_release(folder: Path, release_id: str) -> Release:
    """Open a published release.

    Parameters
    ----------
    folder : Path
        Data folder, which holds `releases/`.
    release_id : str
        Name of the release's folder.

    Raises
    ------
    ReleaseDamaged
        If the manifest or the database cannot be read.
    """
    manifest = read_manifest(folder, release_id)
    home = folder / RELEASES_FOLDER / release_id
    return Release(release_id, home, manifest, _connect(home / SCORECARD_FILE, release_id))


def _connect(path: Path, release_id: str) -> duckdb.DuckDBPyConnection:
    # Opening a path that is not there would create an empty database; read_only refuses instead.
    try:
        return duckdb.connect(str(path), read_only=True, config=dict(_LOCKED_DOWN))
    except (duckdb.Error, OSError) as error:
        raise ReleaseDamaged(
            message(
                "release {release}: {file} cannot be opened ({error}). Go back with: python -m cxdata rollback, or run "
                "the refresh again.",
                release=release_id,
                file=path.name,
                error=_first_line(error, path.parent),
            )
        ) from error


def _first_line(error: Exception, folder: Path) -> str:
    """What the engine says, without the place of the files on this machine: readers see it too."""
    return str(error).splitlines()[0].replace(f"{folder}/", "").replace(str(folder), folder.name)
