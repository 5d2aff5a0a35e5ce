"""Reading a release: what CURRENT may name, what damage looks like, and a cursor of its own for each query."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from cxdata.database import Release, current_id, open_release, read_manifest, release_ids
from cxdata.errors import ReleaseDamaged, ReleaseMissing, UnknownTerm
from tests.corpus.release import Refreshed


@pytest.fixture
def copy(tiny_release: Refreshed, tmp_path: Path) -> Path:
    """A data folder of its own with the tiny release, for tests that damage it."""
    folder = tmp_path / "data"
    shutil.copytree(tiny_release.folder, folder)
    for path in (folder / "releases").rglob("*"):
        path.chmod(0o700)
    return folder


def opened(folder: Path) -> Release:
    return open_release(folder, current_id(folder))


def test_a_release_knows_its_day_and_its_newest_event(copy):
    release = opened(copy)
    assert release.as_of == date(2024, 6, 15)
    assert release.data_to == date(2024, 5, 6)
    assert release == opened(copy)
    assert len({release, opened(copy)}) == 1


def test_a_query_returns_a_frame_or_rows_and_leaves_out_values_that_it_does_not_use(copy):
    release = opened(copy)
    values = {"before": date(2024, 4, 1), "not_used": 1}
    rows = release.rows("restatements", "closed_counts", **values)
    assert sorted(rows) == [
        (date(2024, 3, 1), "csat_delivery", 5, 1),
        (date(2024, 3, 1), "nps", 3, 1),
        (date(2024, 3, 1), "nps", 9, 1),
    ]
    frame = release.query("restatements", "closed_counts", **values)
    assert list(frame.columns) == ["month", "question", "score", "answers"]
    assert len(frame) == 3
    with pytest.raises(UnknownTerm, match=r"sql/restatements\.sql has no statement 'nothing'. It has: "):
        release.rows("restatements", "nothing")


def test_texts_of_a_mart_come_as_text_and_not_as_categories(copy):
    """A group of categories would hold the ones that do not occur, too."""
    frame = opened(copy).query("restatements", "closed_counts", before=date(2024, 4, 1))
    assert frame["question"].dtype == "str"
    assert sorted(frame["question"]) == ["csat_delivery", "nps", "nps"]


def test_threads_that_share_a_release_get_their_own_rows(copy):
    """One connection used by eight threads returned other threads' rows in 670 of 1,600 tries; cursors do not."""
    release = opened(copy)
    expected = {date(2024, 3, 1): 0, date(2024, 4, 1): 3, date(2024, 6, 1): 6}

    def ask(number: int) -> bool:
        before = list(expected)[number % 3]
        return len(release.rows("restatements", "closed_counts", before=before)) == expected[before]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(240)))


@pytest.mark.parametrize(
    "pointer",
    [b"", b"\n", b"..", b".", b"../releases", b"../../etc", b"/etc", b"no such release", b".building-x", b"a/b",
     b"\xff\xfe\x00", b"x" * 5000, b"20240615T000000Z-01\x00", b"a\nb"],
)  # fmt: skip
def test_nonsense_in_current_is_said_to_be_so_with_a_way_back(copy, pointer):
    (copy / "releases" / ".building-x").mkdir()
    kept = release_ids(copy)[0]
    (copy / "CURRENT").write_bytes(pointer)
    with pytest.raises(ReleaseMissing) as error:
        current_id(copy)
    assert f"which does not exist. Releases kept: {kept}. Go back with: python -m cxdata rollback" in str(
        error.value
    )
    assert len(str(error.value)) < 500


def test_a_folder_in_the_place_of_current_is_no_pointer(copy):
    (copy / "CURRENT").unlink()
    (copy / "CURRENT").mkdir()
    with pytest.raises(ReleaseMissing, match="Go back with"):
        current_id(copy)


def test_nothing_published_yet(tmp_path):
    for folder in (tmp_path, tmp_path / "nowhere", tmp_path / "file" / "below"):
        (tmp_path / "file").write_text("no folder")
        with pytest.raises(
            ReleaseMissing, match=r"nothing has been published in .* yet\. Run: python -m cxdata demo"
        ):
            current_id(folder)
        assert release_ids(folder) == []


def damages(home: Path) -> dict[str, tuple[Path, bytes | None, str]]:
    """Each damage: a file, what it then holds (None: nothing is there), and the words of the error."""
    database, manifest = home / "scorecard.duckdb", home / "manifest.json"
    whole = database.read_bytes()
    stated = json.loads(manifest.read_text())
    without_files = json.dumps({key: value for key, value in stated.items() if key != "files"}).encode()
    return {
        "database gone": (database, None, "scorecard.duckdb cannot be opened"),
        "database empty": (database, b"", "scorecard.duckdb cannot be opened"),
        "database cut to its header": (database, whole[:5000], "scorecard.duckdb cannot be opened"),
        "another file": (database, b"PK\x03\x04" * 5000, "scorecard.duckdb cannot be opened"),
        "manifest gone": (manifest, None, "manifest.json is missing or damaged"),
        "manifest empty": (manifest, b"", "manifest.json is missing or damaged"),
        "manifest cut": (manifest, manifest.read_bytes()[:300], "manifest.json is missing or damaged"),
        "manifest a list": (manifest, b"[]", "manifest.json is missing or damaged"),
        "manifest of another kind": (manifest, b'{"name": "x"}', "manifest.json is missing or damaged"),
        "manifest without files": (manifest, without_files, "manifest.json is missing or damaged"),
        "manifest in bytes": (manifest, b"\xff\xfe\x00", "manifest.json is missing or damaged"),
    }


def test_a_damaged_release_says_what_is_damaged_and_how_to_go_back(copy):
    home = copy / "releases" / current_id(copy)
    for name, (path, content, words) in damages(home).items():
        before = path.read_bytes()
        path.unlink()
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(ReleaseDamaged) as error:
            opened(copy)
        assert words in str(error.value), name
        assert "Go back with: python -m cxdata rollback, or run the refresh again." in str(error.value), name
        assert path.exists() == (content is not None), name  # looking creates nothing
        path.write_bytes(before)
    assert opened(copy).data_to == date(2024, 5, 6)


def test_a_database_cut_in_the_middle_is_found_when_it_is_opened_or_queried(copy):
    """Half a file may open; a query over what is missing ends in the same error."""
    path = copy / "releases" / current_id(copy) / "scorecard.duckdb"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(ReleaseDamaged, match="python -m cxdata rollback"):
        opened(copy).rows("restatements", "closed_counts", before=date(2024, 6, 1))


def test_a_release_without_a_table_that_the_code_expects(copy):
    import duckdb

    with duckdb.connect(str(copy / "releases" / current_id(copy) / "scorecard.duckdb")) as connection:
        connection.execute("drop table monthly_scores")
    with pytest.raises(
        ReleaseDamaged, match=r"restatements/closed_counts failed .*Run the refresh again, or go back"
    ):
        opened(copy).rows("restatements", "closed_counts", before=date(2024, 6, 1))


def test_a_missing_personal_file_damages_nothing_else(copy):
    release = opened(copy)
    (release.folder / "personal.duckdb").unlink()
    with pytest.raises(ReleaseDamaged, match=r"personal\.duckdb cannot be opened"):
        release.personal("restatements", "closed_counts", before=date(2024, 6, 1))
    assert len(release.rows("restatements", "closed_counts", before=date(2024, 6, 1))) == 6


def test_a_manifest_is_read_without_opening_the_database(copy):
    name = current_id(copy)
    (copy / "releases" / name / "scorecard.duckdb").unlink()
    assert read_manifest(copy, name)["release"] == name
    with pytest.raises(ReleaseDamaged, match=r"release x: manifest\.json is missing or damaged"):
        read_manifest(copy, "x")
