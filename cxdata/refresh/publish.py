"""One writer, whole releases: build under a lock in a temporary folder, name it, move the pointer last."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from cxdata.database import (
    CURRENT_FILE,
    MANIFEST_FILE,
    RELEASES_FOLDER,
    current_id,
    open_release,
    release_ids,
)
from cxdata.errors import PublishFailed, RefreshBusy, ReleaseMissing

LOCK_FILE = "refresh.lock"
KEY_FILE = "secret.key"
BUILDING = ".building-"


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Hold the writer's lock of a data folder, and clear what killed refreshes left behind.

    The operating system frees the lock of a process that dies, so a killed refresh blocks nobody.

    Raises
    ------
    RefreshBusy
        If another refresh holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK_FILE, timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise RefreshBusy(
            f"another refresh of {folder} is running. Nothing was changed; try again when it has finished."
        ) from error
    try:
        clear_killed_builds(folder)
        yield
    finally:
        lock.release()


def clear_killed_builds(folder: Path) -> list[str]:
    """Remove builds that were never named; returns their names. The caller holds the lock."""
    left = sorted((folder / RELEASES_FOLDER).glob(f"{BUILDING}*"))
    for path in left:
        shutil.rmtree(path, ignore_errors=True)
    for name in (CURRENT_FILE, KEY_FILE):
        (folder / f"{name}.new").unlink(missing_ok=True)
    return [path.name for path in left]


def new_release_id(folder: Path, now: datetime) -> str:
    """Name of the next release: its time, and a number that keeps names of one second apart."""
    stamp = f"{now:%Y%m%dT%H%M%SZ}"
    kept = [name for name in release_ids(folder) if re.fullmatch(r"\d{8}T\d{6}Z-\d+", name)]
    # A clock that was set back must not make the newest release an old one.
    stamp = max([stamp, *(name[:16] for name in kept)])
    number = max((int(name[17:]) for name in kept if name.startswith(stamp)), default=0) + 1
    return f"{stamp}-{number:02d}"


def check_space(folder: Path, needed: int) -> None:
    """Refuse to start where the disk has less than twice the bytes of the exports left."""
    free = shutil.disk_usage(folder).free
    if free < 2 * needed:
        raise PublishFailed(
            f"{folder}: {free / 1e6:,.0f} MB are free, and a refresh of these exports needs {2 * needed / 1e6:,.0f} MB. "
            "Free some space, or lower keep_releases in cx.toml."
        )


def building_folder(folder: Path, release_id: str) -> Path:
    """An empty folder in which the release is built, on the same file system as the releases."""
    path = folder / RELEASES_FOLDER / f"{BUILDING}{release_id}"
    path.mkdir(parents=True)
    return path


def publish(folder: Path, built: Path, release_id: str, manifest: dict[str, Any]) -> None:
    """Name a finished build and point `CURRENT` at it.

    The manifest, with its audit line, is written before the folder gets its name, and the pointer
    moves last: a kill at any moment leaves the old release or the new one, never a half.
    """
    write_durably(
        built / MANIFEST_FILE, json.dumps(manifest, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    )
    for path in built.iterdir():
        _sync(path)
        path.chmod(0o440)
    _sync(built)
    target = folder / RELEASES_FOLDER / release_id
    built.rename(target)
    _sync(target.parent)
    point_at(folder, release_id)


def point_at(folder: Path, release_id: str) -> None:
    """Move the pointer file to a release, atomically."""
    write_durably(folder / CURRENT_FILE, release_id + "\n")


def rollback(folder: Path, release_id: str | None = None) -> str:
    """Point readers at an earlier release; returns its id.

    Parameters
    ----------
    folder : Path
        Data folder.
    release_id : str, optional
        The release to go to; the one before the current by default.

    Raises
    ------
    ReleaseMissing
        If there is no such release, or none before the current one.
    ReleaseDamaged
        If that release cannot be opened.
    """
    with writing(folder):
        kept = release_ids(folder)
        if release_id is None:
            try:
                current = current_id(folder)
            except ReleaseMissing:
                current = "~"
            earlier = [name for name in kept if name < current]
            if not earlier:
                raise ReleaseMissing(
                    f"there is no release before {current}. Releases kept: {', '.join(kept) or 'none'}."
                )
            release_id = earlier[-1]
        if release_id not in kept:
            raise ReleaseMissing(
                f"release '{release_id}' is not kept. Choose from: {', '.join(kept) or 'none'}."
            )
        open_release(folder, release_id).close()
        point_at(folder, release_id)
        return release_id


def remove_old(folder: Path, keep: int) -> list[str]:
    """Remove all but the newest releases and, for two years, the last one of each month.

    The release that `CURRENT` names is never removed.

    Returns
    -------
    list of str
        Ids that are no longer kept.
    """
    kept = release_ids(folder)
    last_of_month = {re.sub(r"\D", "", name)[:6]: name for name in kept}
    wanted = {*kept[-keep:], *list(last_of_month.values())[-24:], current_id(folder)}
    gone = [name for name in kept if name not in wanted]
    for name in gone:
        # Under this name it is no release, and what a kill leaves of it goes with the next refresh.
        leaving = folder / RELEASES_FOLDER / f"{BUILDING}{name}"
        try:
            (folder / RELEASES_FOLDER / name).rename(leaving)
        except OSError:
            continue  # Windows renames nothing that a reader holds open; the next refresh tries again
        shutil.rmtree(leaving, ignore_errors=True)
    return gone


def write_durably(path: Path, text: str, mode: int = 0o644) -> None:
    """Put a text file in place as a whole: a reader, or a kill, finds the old one or the new one."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows has no handle for a folder
    handle = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
