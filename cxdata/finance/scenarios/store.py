"""Scenarios kept beside the data: one file each, put in place whole, named so that no name leads elsewhere.

They lie in ``DATA/scenarios/<name>.toml``, never in a release: a refresh, a rollback and the removal of old
releases leave them alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from cxdata.errors import CxError, InputMissing, PublishFailed, RefreshBusy
from cxdata.finance.scenarios.checks import check_scenario
from cxdata.finance.scenarios.file import SUFFIX, parse_scenario, read_bytes, scenario_toml, sha256_of
from cxdata.finance.scenarios.refusals import ScenarioInvalid, check_name
from cxdata.finance.scenarios.scenario import Scenario
from cxdata.messages import Message, message

FOLDER = "scenarios"
MOST_SAVED = 500
_LOCK, _NEW = ".lock", ".new"
_PATIENCE = 5.0
"""Seconds to wait for another writer, who needs a few milliseconds."""


@dataclass(frozen=True)
class Saved:
    """A scenario in the store.

    Parameters
    ----------
    name : str
        Of its file, without the suffix.
    scenario : Scenario or None
        None where the file cannot be used.
    problem : Message or None
        Why not.
    sha256 : str
        Of its bytes; hand it to `save` so that nobody's change is overwritten unseen.
    changed : datetime
        When it was last written, UTC.
    """

    name: str
    scenario: Scenario | None
    problem: Message | None
    sha256: str
    changed: datetime


def path_of(data: Path, name: str) -> Path:
    """Where the scenario of that name lies.

    Raises
    ------
    ScenarioInvalid
        If the name is none that a file may have: it cannot leave the folder.
    """
    check_name(name)
    return data / FOLDER / f"{name}{SUFFIX}"


def saved(data: Path) -> tuple[Saved, ...]:
    """Every scenario of a data folder, by name; those that cannot be read say why."""
    found = []
    for name in _names(data):
        try:
            found.append(load(data, name))
        except InputMissing:
            continue  # deleted meanwhile
        except CxError as error:
            said = error.args[0]
            problem = said if isinstance(said, Message) else Message(str(said))
            found.append(Saved(name, None, problem, "", datetime.fromtimestamp(0, UTC)))
    return tuple(found)


def load(data: Path, name: str) -> Saved:
    """The scenario of that name.

    Raises
    ------
    InputMissing
        If there is none.
    ScenarioInvalid
        If the name or the file cannot be used.
    """
    path = path_of(data, name)
    try:
        linked, changed = path.is_symlink(), path.lstat().st_mtime
    except (FileNotFoundError, NotADirectoryError):
        raise InputMissing(
            message(
                "there is no scenario '{name}'. Saved: {known}.",
                name=name,
                known=", ".join(_names(data)) or "–",
            )
        ) from None
    except OSError as error:
        raise ScenarioInvalid(
            message("{file} cannot be read ({error}).", file=path.name, error=error.strerror or str(error))
        ) from error
    if linked:
        # It may point at any file of the machine, whose first line would then stand in the error.
        raise ScenarioInvalid(
            message("{file}: a link is not read. Put the file itself there.", file=path.name)
        )
    content = read_bytes(path)
    scenario = parse_scenario(content, path.name)
    if scenario.name != name:
        raise ScenarioInvalid(
            message(
                "{file}: name = '{value}' is not the name of its file. Write '{name}', or rename the file.",
                file=path.name,
                value=scenario.name,
                name=name,
            ),
            "name",
        )
    return Saved(name, scenario, None, sha256_of(content), datetime.fromtimestamp(changed, UTC))


def save(data: Path, scenario: Scenario, *, replacing: str | None = None) -> Saved:
    """Keep a scenario.

    Parameters
    ----------
    data : Path
        Data folder.
    scenario : Scenario
        As it shall be kept; its name is that of its file.
    replacing : str, optional
        `Saved.sha256` of the one that it takes the place of; without it the name must be free.

    Raises
    ------
    ScenarioInvalid
        If it cannot be valued, its name is taken, the one in its place is locked, or somebody changed that one
        since it was loaded. Nothing is written then.
    PublishFailed
        If the folder cannot be written to.
    """
    check_scenario(scenario)
    path = path_of(data, scenario.name)
    with _writing(data):
        if path.exists() or path.is_symlink():
            _may_replace(data, scenario.name, replacing)
        elif len(_names(data)) >= MOST_SAVED:
            raise ScenarioInvalid(
                message("{n} scenarios are kept, and that is the most. Delete some first.", n=MOST_SAVED)
            )
        _put(path, scenario)
    return load(data, scenario.name)


def lock(data: Path, name: str, *, release: str = "", version: str = "") -> Saved:
    """Close a scenario to changes for good; who wants to go on saves a copy.

    Parameters
    ----------
    release, version : str
        On which it was valued, for the record; empty: as it says.
    """
    found = load(data, name)
    scenario = _usable(found)
    if scenario.locked:
        return found
    closed = replace(
        scenario, locked=True, release=release or scenario.release, version=version or scenario.version
    )
    return save(data, closed, replacing=found.sha256)


def delete(data: Path, name: str) -> None:
    """Remove a scenario; one that cannot be read may go too, a locked one stays.

    Raises
    ------
    InputMissing
        If there is none.
    ScenarioInvalid
        If it is locked, or its name is none.
    """
    path = path_of(data, name)
    with _writing(data):
        if not path.is_symlink():
            try:
                found = load(data, name)
            except ScenarioInvalid:
                pass
            else:
                _open_to_change(found)
        path.unlink()


def _usable(found: Saved) -> Scenario:
    if found.scenario is None:  # load raises instead; kept for the type
        raise ScenarioInvalid(found.problem or Message(found.name))
    return found.scenario


def _may_replace(data: Path, name: str, replacing: str | None) -> None:
    if replacing is None:
        raise ScenarioInvalid(
            message("a scenario '{name}' is kept already. Choose another name.", name=name), "name"
        )
    found = load(data, name)
    _open_to_change(found)
    if found.sha256 != replacing:
        raise ScenarioInvalid(
            message(
                "the scenario '{name}' was changed by somebody else meanwhile. Load it again, or save yours under "
                "another name.",
                name=name,
            ),
            "name",
        )


def _open_to_change(found: Saved) -> None:
    if _usable(found).locked:
        raise ScenarioInvalid(
            message("the scenario '{name}' is locked. Copy it to go on from there.", name=found.name),
            "locked",
        )


def _names(data: Path) -> list[str]:
    files = (data / FOLDER).glob(f"*{SUFFIX}")
    return sorted(path.stem for path in files if not path.name.startswith("."))


@contextmanager
def _writing(data: Path) -> Iterator[None]:
    """One writer at a time; what the system refuses is said in words."""
    folder = data / FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / _LOCK, timeout=_PATIENCE):
            for left in folder.glob(f".*{_NEW}"):
                left.unlink()  # of a writer that was killed
            yield
    except Timeout as error:
        raise RefreshBusy(
            message("somebody else is saving a scenario. Nothing was changed; try again in a moment.")
        ) from error
    except OSError as error:
        raise PublishFailed(
            message(
                "{folder}: the scenario could not be written ({error}). Nothing was changed.",
                folder=folder.name,
                error=error.strerror or str(error),
            )
        ) from error


def _put(path: Path, scenario: Scenario) -> None:
    """Put the file in place as a whole: a reader, or a kill, finds the old one or the new one."""
    new = path.with_name(f".{path.name}{_NEW}")
    try:
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "wb") as file:
            file.write(scenario_toml(scenario).encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)
