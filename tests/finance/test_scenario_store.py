"""The store: files beside the data, put in place whole, under names that lead nowhere else."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from cxdata.errors import InputMissing, PublishFailed, RefreshBusy
from cxdata.finance.scenarios import store as scenario_store
from cxdata.finance.scenarios.file import scenario_toml
from cxdata.finance.scenarios.refusals import ScenarioInvalid
from cxdata.finance.scenarios.scenario import Lever, Range, Scenario
from cxdata.finance.scenarios.store import delete, load, lock, path_of, save, saved

FASTER = Scenario("faster", "Faster delivery", (Lever("event:longest_wait"),))


def test_saved_loaded_listed_and_deleted(tmp_path: Path):
    assert saved(tmp_path) == ()
    kept = save(tmp_path, FASTER)
    assert kept.scenario == FASTER
    assert (tmp_path / "scenarios" / "faster.toml").read_text(encoding="utf-8") == scenario_toml(FASTER)
    save(tmp_path, replace(FASTER, name="calls"))
    assert [one.name for one in saved(tmp_path)] == ["calls", "faster"]
    assert load(tmp_path, "faster") == kept
    delete(tmp_path, "faster")
    assert [one.name for one in saved(tmp_path)] == ["calls"]
    with pytest.raises(InputMissing, match=r"there is no scenario 'faster'. Saved: calls\."):
        delete(tmp_path, "faster")


def test_nothing_but_the_file_is_left_beside_the_data(tmp_path: Path):
    """Not even what a writer that was killed had begun."""
    kept = save(tmp_path, FASTER)
    (tmp_path / "scenarios" / ".faster.toml.new").write_text("title = 'Ne")
    assert load(tmp_path, "faster") == kept
    save(tmp_path, replace(FASTER, title="New"), replacing=kept.sha256)
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")}
    assert left - {"scenarios/.lock"} == {"scenarios", "scenarios/faster.toml"}


def test_another_scenario_of_that_name_is_not_overwritten_unseen(tmp_path: Path):
    """Two people load it, both save: the second is told, and the first one's change stays."""
    both = save(tmp_path, FASTER).sha256
    with pytest.raises(ScenarioInvalid, match=r"a scenario 'faster' is kept already. Choose another name"):
        save(tmp_path, FASTER)
    first = save(tmp_path, replace(FASTER, title="First"), replacing=both)
    with pytest.raises(ScenarioInvalid, match="was changed by somebody else meanwhile"):
        save(tmp_path, replace(FASTER, title="Second"), replacing=both)
    assert load(tmp_path, "faster") == first


def test_a_locked_scenario_stays_as_it_is_and_its_clone_is_open(tmp_path: Path):
    save(tmp_path, FASTER)
    closed = lock(tmp_path, "faster", release="20260901T000000Z-01", version="0.1.0")
    assert closed.scenario == replace(FASTER, locked=True, release="20260901T000000Z-01", version="0.1.0")
    assert lock(tmp_path, "faster", release="another") == closed
    with pytest.raises(
        ScenarioInvalid, match=r"the scenario 'faster' is locked. Copy it to go on"
    ) as refused:
        save(tmp_path, replace(FASTER, title="x"), replacing=closed.sha256)
    assert refused.value.field == "locked"
    with pytest.raises(ScenarioInvalid, match="is locked"):
        delete(tmp_path, "faster")
    assert load(tmp_path, "faster") == closed


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../faster", "a/b", "a\\b", "/etc/passwd", "C:x", "a.toml", ".hidden", "-rf", "UPPER", "é", "nul",
     "com1", "a" * 65, "a\0b", "a\nb", "a b"],
)  # fmt: skip
def test_a_name_cannot_lead_out_of_the_folder(tmp_path: Path, name: str):
    save(tmp_path, FASTER)
    before = sorted(tmp_path.rglob("*"))
    for attempt in (
        lambda: path_of(tmp_path, name),
        lambda: load(tmp_path, name),
        lambda: save(tmp_path, replace(FASTER, name=name)),
        lambda: delete(tmp_path, name),
    ):
        with pytest.raises(ScenarioInvalid, match=r"name = .* cannot be used"):
            attempt()
    assert sorted(tmp_path.rglob("*")) == before


def test_a_link_is_neither_read_nor_followed(tmp_path: Path):
    """It might show the first line of any file in an error, or let a save write elsewhere."""
    secret = tmp_path / "secret.key"
    secret.write_text("do not show")
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "trick.toml").symlink_to(secret)
    with pytest.raises(ScenarioInvalid, match="a link is not read") as refused:
        load(tmp_path, "trick")
    assert "do not show" not in str(refused.value)
    with pytest.raises(ScenarioInvalid):
        save(tmp_path, replace(FASTER, name="trick"))
    delete(tmp_path, "trick")
    assert secret.read_text() == "do not show"


def test_files_that_cannot_be_used_are_listed_with_their_reason_and_can_be_deleted(tmp_path: Path):
    save(tmp_path, FASTER)
    folder = tmp_path / "scenarios"
    (folder / "broken.toml").write_text("levers = [")
    (folder / "copied.toml").write_text(scenario_toml(FASTER))
    (folder / "Other Name.toml").write_text(scenario_toml(FASTER))
    (folder / "notes.txt").write_text("mine")
    found = {one.name: str(one.problem or "") for one in saved(tmp_path)}
    assert list(found) == ["Other Name", "broken", "copied", "faster"]
    assert "not valid TOML" in found["broken"]
    assert found["copied"] == (
        "copied.toml: name = 'faster' is not the name of its file. Write 'copied', or rename the file."
    )
    assert "cannot be used" in found["Other Name"]
    assert found["faster"] == ""
    delete(tmp_path, "broken")
    delete(tmp_path, "copied")
    assert [one.name for one in saved(tmp_path)] == ["Other Name", "faster"]


def test_what_cannot_be_valued_is_not_saved(tmp_path: Path):
    with pytest.raises(ScenarioInvalid, match=r"levers\.1\.reach = 1\.2 is out of range"):
        save(tmp_path, replace(FASTER, levers=(Lever("x", reach=Range.exactly(1.2)),)))
    assert saved(tmp_path) == ()


def test_a_write_that_fails_leaves_the_old_scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The disk fills up while the new file is written: the old one is still whole."""
    kept = save(tmp_path, FASTER)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(
        PublishFailed, match=r"could not be written \(No space left on device\). Nothing was changed"
    ):
        save(tmp_path, replace(FASTER, title="New"), replacing=kept.sha256)
    assert load(tmp_path, "faster") == kept
    assert sorted(path.name for path in (tmp_path / "scenarios").glob("*toml*")) == ["faster.toml"]


def test_a_folder_that_is_none_is_said_in_words(tmp_path: Path):
    (tmp_path / "scenarios").write_text("in the way")
    with pytest.raises(PublishFailed, match="could not be written"):
        save(tmp_path, FASTER)
    assert saved(tmp_path) == ()


def test_a_writer_waits_for_another_and_then_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    save(tmp_path, FASTER)
    monkeypatch.setattr(scenario_store, "_PATIENCE", 0.05)
    with (
        FileLock(tmp_path / "scenarios" / ".lock"),
        pytest.raises(RefreshBusy, match="somebody else is saving a scenario"),
    ):
        save(tmp_path, replace(FASTER, name="calls"))


def test_of_many_who_save_over_the_same_one_wins_and_nothing_is_mixed(tmp_path: Path):
    start = save(tmp_path, FASTER).sha256
    wins: list[str] = []

    def change(title: str) -> None:
        try:
            save(tmp_path, replace(FASTER, title=title), replacing=start)
        except ScenarioInvalid:
            return
        wins.append(title)

    threads = [threading.Thread(target=change, args=(f"title {number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(wins) == 1
    assert load(tmp_path, "faster").scenario == replace(FASTER, title=wins[0])


def test_the_store_does_not_grow_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(scenario_store, "MOST_SAVED", 2)
    for name in ("a", "b"):
        save(tmp_path, replace(FASTER, name=name))
    with pytest.raises(ScenarioInvalid, match="2 scenarios are kept, and that is the most"):
        save(tmp_path, replace(FASTER, name="c"))
