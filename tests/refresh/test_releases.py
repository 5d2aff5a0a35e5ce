"""Releases after they are published: rollback, names, removal, the key, and the same content each time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from cxdata.database import current_id, release_ids
from cxdata.errors import ConfigInvalid, ReleaseDamaged, ReleaseMissing
from cxdata.refresh.build import company_key
from cxdata.refresh.publish import new_release_id, point_at, remove_old, rollback
from tests.corpus import tiny
from tests.corpus.release import CONFIG, Refreshed


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


def test_a_refresh_removes_nothing_that_is_not_its_own(publish):
    """Only what a killed refresh leaves is cleared: an unnamed build, a pointer and a key half written."""
    first = publish()
    kept = ["cx.toml.new", "notes.txt", "releases/notes.txt", "exports.new"]
    left = ["CURRENT.new", "secret.key.new", "releases/.building-20240101T000000Z-01/work/x.csv"]
    for name in (*kept, *left):
        (first.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (first.folder / name).write_text("x")
    publish()
    assert [name for name in (*kept, *left) if (first.folder / name).exists()] == kept


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
        assert len(columns) == 23
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
