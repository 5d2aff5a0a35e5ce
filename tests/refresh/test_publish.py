"""Publishing: a kill, a full disk, a second refresh or a reader never meets half a release."""

from __future__ import annotations

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock

from cxdata.database import current_id, open_release, release_ids
from cxdata.errors import PublishFailed, RefreshBusy
from cxdata.refresh.publish import check_space, rollback
from tests.corpus import tiny
from tests.corpus.processes import start
from tests.corpus.release import refreshed

KILLS = 50
FEW, MANY = 600, 800


def two_exports(folder: Path) -> tuple[Path, Path]:
    """Exports of 600 and of 800 contacts: a release holds the one number or the other, in every table."""
    both = []
    for name, count in (("six", FEW), ("eight", MANY)):
        lines = [f"K{n},C1,2024-03-{n % 28 + 1:02d}T10:00:00,shop,web,{n % 60}" for n in range(count)]
        header = "interaction_id,customer_id,occurred_at,touchpoint,channel,wait_minutes\n"
        files = {**tiny.REQUIRED_FILES, "interactions.csv": header + "\n".join(lines) + "\n"}
        both.append(tiny.write(folder / name, files))
    return both[0], both[1]


def contacts_served(folder: Path) -> int:
    """Contacts in the release that readers get, once it has been held to its own manifest and marts."""
    release = open_release(folder, current_id(folder))
    try:
        connection = release._connection
        facts = connection.execute("select count(*) from interactions").fetchone()
        mart = connection.execute(
            "select sum(contacts) from monthly_interactions where cut = 'none'"
        ).fetchone()
        stated = next(
            entry["loaded"] for entry in release.manifest["files"] if entry["table"] == "interactions"
        )
        assert facts[0] == mart[0] == stated
        assert release.manifest["release"] == release.id
        assert release.manifest["audit"].endswith(f"published as {release.id}")
        return stated
    finally:
        release.close()


def refresh_arguments(exports: Path, data: Path) -> list[str]:
    return ["refresh", str(exports), "--data", str(data), "--as-of", "2024-06-15", "--accept-changes"]


def kill_again_and_again(folder: Path, kills: int, seed: float) -> tuple[int, int]:
    """Kill refreshes at moments spread over their run; returns how often the old and the new one was served."""
    data = folder / "data"
    data.mkdir(parents=True)
    (data / "cx.toml").write_text('time_zone = "Europe/Madrid"\nkeep_releases = 2\n')
    both = two_exports(folder)
    began = time.monotonic()
    first = start(*refresh_arguments(both[0], data))
    first.join()
    assert first.exitcode == 0
    took = time.monotonic() - began
    old = new = 0
    for number in range(kills):
        before = current_id(data)
        process = start(*refresh_arguments(both[number % 2], data))
        # Two thirds over the whole run, the others around its end, where the release gets its name.
        share = (number + seed) / kills
        process.join(took * (share if number % 3 else 0.85 + 0.3 * share))
        process.kill()
        process.join()
        served = contacts_served(data)
        if current_id(data) == before:
            old += 1
        else:
            new += 1
            assert served == (FEW, MANY)[number % 2]
        began = time.monotonic()
    last = start(*refresh_arguments(both[1], data))
    last.join()
    assert last.exitcode == 0
    assert contacts_served(data) == MANY
    assert nothing_left(data)
    assert len(release_ids(data)) <= 4
    return old, new


def nothing_left(data: Path) -> bool:
    """Whether a data folder holds complete releases and nothing else."""
    names = {path.name for path in (data / "releases").iterdir()}
    top = {path.name for path in data.iterdir()} - {"cx.toml"}
    return names == set(release_ids(data)) and top == {"CURRENT", "releases", "refresh.lock", "secret.key"}


def test_fifty_kills_leave_the_old_release_or_the_new_one(tmp_path):
    """SIGKILL at 50 moments of a refresh: what CURRENT names is whole each time, and the next refresh works."""
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(kill_again_and_again, tmp_path / str(n), KILLS // 2, n / 2) for n in range(2)]
        counts = [run.result() for run in runs]
    old, new = (sum(numbers) for numbers in zip(*counts, strict=True))
    assert old + new == KILLS
    assert old > 0


def test_a_kill_before_each_step_that_names_moves_or_removes_something(tmp_path):
    """Folder made, files locked, release named, pointer moved, old release removed: a kill before any of them.

    Each run after a kill clears what the kill left.
    """
    data = tmp_path / "data"
    data.mkdir()
    (data / "cx.toml").write_text('time_zone = "Europe/Madrid"\nkeep_releases = 2\n')
    both = two_exports(tmp_path)
    for exports in (*both, *both):
        process = start(*refresh_arguments(exports, data), steps=tmp_path / "steps")
        process.join()
        assert process.exitcode == 0
    steps = [line.split()[0] for line in (tmp_path / "steps").read_text().splitlines()]
    assert {"os.mkdir", "os.rename", "os.chmod", "shutil.rmtree"} <= set(steps)
    for number in range(1, len(steps) + 1):
        before = current_id(data), contacts_served(data)
        process = start(*refresh_arguments(both[number % 2], data), kill_at=number)
        process.join()
        assert process.exitcode in (-signal.SIGKILL, 0)
        after = contacts_served(data)
        assert (current_id(data), after) == before or after == (FEW, MANY)[number % 2], steps[number - 1]
    process = start(*refresh_arguments(both[0], data))
    process.join()
    assert process.exitcode == 0
    assert contacts_served(data) == FEW
    assert nothing_left(data)


@pytest.mark.parametrize("most_bytes", [5_000, 30_000, 400_000])
def test_a_full_disk_leaves_the_last_release_and_says_so(publish, tmp_path, most_bytes):
    """Exit code 74, one line, nothing left behind, and the release before is served as ever."""
    first = publish()
    (first.folder / "cx.toml").write_text('time_zone = "Europe/Madrid"\n')
    big, _ = two_exports(tmp_path)
    process = start(*refresh_arguments(big, first.folder), errors=tmp_path / "errors", most_bytes=most_bytes)
    process.join()
    message = (tmp_path / "errors").read_text()
    assert process.exitcode == 74
    assert message.count("\n") == 1
    assert message.startswith(f"error: {first.folder}: the release could not be written")
    assert "the last release is still served. Free disk space or memory and run it again." in message
    assert current_id(first.folder) == first.outcome.release
    assert nothing_left(first.folder)


def test_a_disk_that_is_nearly_full_is_refused_at_once(tmp_path):
    with pytest.raises(
        PublishFailed, match=r"MB are free, and a refresh of these exports needs 2,000,000,000,000 MB"
    ):
        check_space(tmp_path, 10**18)


def test_the_second_of_two_refreshes_is_told_to_come_again(publish, tmp_path):
    """While one is at work, another refresh and a rollback end with 75; the first then ends as if alone."""
    first = publish()
    big, _ = two_exports(tmp_path)
    process = start(*refresh_arguments(big, first.folder))
    while process.is_alive() and not list((first.folder / "releases").glob(".building-*")):
        time.sleep(0.002)
    process_id = process.pid
    assert process_id is not None
    os.kill(process_id, signal.SIGSTOP)
    try:
        with pytest.raises(
            RefreshBusy, match=r"another refresh of .* is running\. Nothing was changed; try again"
        ):
            publish()
        with pytest.raises(RefreshBusy):
            rollback(first.folder)
        errors = tmp_path / "errors"
        second = start(*refresh_arguments(big, first.folder), errors=errors)
        second.join()
        assert second.exitcode == RefreshBusy.exit_code == 75
        assert errors.read_text().count("\n") == 1
    finally:
        os.kill(process_id, signal.SIGCONT)
    process.join()
    assert process.exitcode == 0
    assert contacts_served(first.folder) == FEW


def test_a_lock_file_that_nobody_holds_stops_nobody(publish):
    """The operating system frees the lock of a process that dies, and the file stays."""
    first = publish()
    assert (first.folder / "refresh.lock").exists()
    with FileLock(first.folder / "refresh.lock", timeout=0), pytest.raises(RefreshBusy):
        publish()
    assert publish().outcome.release > first.outcome.release


def test_readers_during_ten_publishes_never_see_a_mixture(tmp_path):
    """Three readers, ten releases of 600 and 800 contacts in turn: no error, no mixture, never backwards."""
    data = tmp_path / "data"
    both = two_exports(tmp_path)
    refreshed(both[0], data)
    seen: list[list[str]] = [[] for _ in range(3)]
    failures: list[BaseException] = []
    done = threading.Event()

    def read(names: list[str]) -> None:
        while not done.is_set():
            try:
                names.append(current_id(data))
                assert contacts_served(data) in (FEW, MANY)
                time.sleep(
                    0.05
                )  # a reader thinks between two looks, and leaves the publisher some of the machine
            except BaseException as failure:
                failures.append(failure)
                return

    readers = [threading.Thread(target=read, args=(names,)) for names in seen]
    for reader in readers:
        reader.start()
    for number in range(10):
        refreshed(both[(number + 1) % 2], data, accept_changes=True)
    done.set()
    for reader in readers:
        reader.join()
    assert failures == []
    assert all(names == sorted(names) for names in seen)
    assert sum(map(len, seen)) >= 30
