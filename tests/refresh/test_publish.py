"""Publishing: a kill, a full disk, a second refresh or a reader never meets half a release."""

from __future__ import annotations

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest
from filelock import FileLock

from cxdata.database import current_id, open_release, release_ids
from cxdata.errors import ConfigInvalid, PublishFailed, RefreshBusy, ReleaseDamaged, ReleaseMissing
from cxdata.refresh.build import company_key
from cxdata.refresh.publish import check_space, new_release_id, point_at, remove_old, rollback
from tests.corpus import tiny
from tests.corpus.processes import start
from tests.corpus.release import CONFIG, Refreshed, refreshed

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
            "select sum(contacts) from monthly_interactions where cut = 'all'"
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


def test_rollback_goes_back_and_forth(publish):
    """To the release before, to a named one, and not to what is not there."""
    first, second = publish(), publish()
    folder = first.folder
    assert rollback(folder) == first.outcome.release == current_id(folder)
    with pytest.raises(ReleaseMissing, match=f"there is no release before {first.outcome.release}"):
        rollback(folder)
    assert rollback(folder, second.outcome.release) == current_id(folder) == second.outcome.release
    with pytest.raises(ReleaseMissing, match=r"release '20200101T000000Z-01' is not kept\. Choose from: "):
        rollback(folder, "20200101T000000Z-01")
    with pytest.raises(ReleaseMissing, match=r"'\.\./releases' is not kept"):
        rollback(folder, "../releases")
    assert current_id(folder) == second.outcome.release
    third = publish()
    assert rollback(folder) == second.outcome.release < third.outcome.release


def test_rollback_refuses_a_release_that_cannot_be_opened(publish):
    first, second = publish(), publish()
    file = first.home / "scorecard.duckdb"
    file.chmod(0o600)
    file.write_bytes(file.read_bytes()[:5000])
    with pytest.raises(ReleaseDamaged, match=r"scorecard\.duckdb cannot be opened"):
        rollback(first.folder)
    assert current_id(first.folder) == second.outcome.release


def test_rollback_finds_its_way_when_the_current_release_is_gone(publish):
    first = publish()
    point_at(first.folder, "20990101T000000Z-01")
    with pytest.raises(ReleaseMissing, match=r"which does not exist\. Releases kept: .* Go back with"):
        current_id(first.folder)
    assert rollback(first.folder) == first.outcome.release


def test_rollback_without_any_release(tmp_path):
    with pytest.raises(ReleaseMissing, match=r"Releases kept: none\."):
        rollback(tmp_path)


def releases(folder: Path, *names: str) -> None:
    for name in names:
        (folder / "releases" / name).mkdir(parents=True)
        (folder / "releases" / name / "manifest.json").write_text("{}")


def test_old_releases_go_but_not_the_current_one_nor_the_last_of_a_month(tmp_path):
    """Kept: the newest two, the last one of January and of February, and an old one that CURRENT names."""
    names = ["20240105T000000Z-01", "20240120T000000Z-01", "20240131T000000Z-01", "20240210T000000Z-01",
             "20240229T000000Z-01", "20240301T000000Z-01", "20240302T000000Z-01", "20240303T000000Z-01"]  # fmt: skip
    releases(tmp_path, *names)
    point_at(tmp_path, names[1])
    assert remove_old(tmp_path, keep=2) == [names[0], names[3], names[5]]
    assert release_ids(tmp_path) == [names[1], names[2], names[4], names[6], names[7]]


def test_names_of_releases_only_go_up(tmp_path):
    """Two in one second get numbers; a clock that was set back does not make the newest an old one."""
    now = datetime(2024, 6, 15, 12, tzinfo=UTC)
    assert new_release_id(tmp_path, now) == "20240615T120000Z-01"
    releases(tmp_path, "20240615T120000Z-01", "20240615T120000Z-02", "a folder of somebody else")
    assert new_release_id(tmp_path, now) == "20240615T120000Z-03"
    assert new_release_id(tmp_path, now.replace(hour=9)) == "20240615T120000Z-03"
    assert new_release_id(tmp_path, now.replace(hour=13)) == "20240615T130000Z-01"


def test_published_files_are_not_writable_and_the_key_is_the_owners_alone(publish):
    release = publish()
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in release.home.iterdir()}
    assert modes == dict.fromkeys(("scorecard.duckdb", "personal.duckdb", "manifest.json"), "0o440")
    assert oct((release.folder / "secret.key").stat().st_mode & 0o777) == "0o600"


def test_a_damaged_key_is_refused_and_not_replaced(publish, tmp_path):
    """An empty key would make the hashes guessable; a new one would make strangers of all customers."""
    for content in ("", "abcd", "not hexadecimal" * 5):
        (tmp_path / "secret.key").write_text(content)
        with pytest.raises(
            ConfigInvalid, match=r"secret\.key: holds no key of 64 hexadecimal digits\. Put it back"
        ):
            company_key(tmp_path)
        assert (tmp_path / "secret.key").read_text() == content


def test_the_same_exports_give_the_same_release(publish, exports, tmp_path):
    """Refreshed again, in another order of rows and files, and by a company with another name for its folder."""
    first = publish(only=tiny.FILES)
    again = publish(only=tiny.FILES)
    assert content(again) == content(first)
    shuffled: dict[str, str | None] = {}
    for name, text in tiny.FILES.items():
        header, *lines = text.splitlines()
        middle = len(lines) // 2
        stem = name.removesuffix(".csv")
        shuffled[f"{stem}/2.csv"] = "\n".join([header, *reversed(lines[:middle])]) + "\n"
        shuffled[f"{stem}/1.csv"] = "\n".join([header, *reversed(lines[middle:])])
    assert content(publish(only=shuffled)) == content(first)


def content(release: Refreshed) -> dict[str, list]:
    """All rows of a release's tables, but for where they were read."""
    with duckdb.connect(str(release.home / "scorecard.duckdb"), read_only=True) as connection:
        columns = connection.execute(
            "select table_name, list(column_name order by column_index) from duckdb_columns() "
            "where not internal and column_name not in ('file', 'record') group by table_name"
        ).fetchall()
        assert len(columns) == 19
        return {
            table: sorted(map(repr, connection.execute(f"select {', '.join(names)} from {table}").fetchall()))
            for table, names in columns
        }


def test_settings_change_the_months_not_the_moments(publish):
    """The same instant, 22:30 UTC on 31 March 2024, is of March in Lisbon's winter and of April in Madrid."""
    times = {"surveys.csv": "survey_id,responded_at\nS1,2024-03-31T22:30:00Z\n",
             "answers.csv": "survey_id,question,score\nS1,nps,9\n"}  # fmt: skip
    madrid = publish(times)
    utc = publish(times, config=replace(CONFIG, time_zone="UTC"))
    moment, asked = datetime(2024, 3, 31, 22, 30), "select answered_at, month from answers"
    assert madrid.rows(asked) == [(moment, date(2024, 4, 1))]
    assert utc.rows(asked) == [(moment, date(2024, 3, 1))]
