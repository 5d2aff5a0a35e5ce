"""The page Data health, as readers of different roles and languages meet it."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cxdata.cli import main
from tests.corpus import tiny
from tests.corpus.release import CONFIG, Files, Refreshed, refreshed
from tests.pages.opened import open_page

CANARY = "QUARANTINED-CANARY"

DIRTY = {"answers.csv": tiny.ANSWERS + f"S4,nps,{CANARY},rated,\n"}
"""One record whose score is a text that nobody without the right may see."""

opened = partial(open_page, "data_health", config=CONFIG, month=date(2024, 5, 1))


@pytest.fixture(scope="module")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> Refreshed:
    """The only release of a folder, with the record that was kept out; for reading only."""
    return published(tmp_path_factory.mktemp("dirty"), DIRTY)[0]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Refreshed:
    """The only release of a folder with the required tables alone; for reading only."""
    return published(tmp_path_factory.mktemp("plain"), {})[0]


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Refreshed:
    """The only release of a folder, with a file that is not read and warned of; for reading only."""
    return published(tmp_path_factory.mktemp("odd"), {"odd.csv": "a\n1\n"})[0]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> list[Refreshed]:
    """A release with the record that was kept out, and the current one without it; for reading only."""
    return published(tmp_path_factory.mktemp("two"), DIRTY, {})


@pytest.fixture
def own_two(two: list[Refreshed], tmp_path: Path) -> list[Refreshed]:
    """A copy of the two releases, for a test that damages them."""
    folder = Path(shutil.copytree(two[0].folder, tmp_path / "two"))
    return [replace(one, folder=folder) for one in two]


def published(home: Path, *several: Files) -> list[Refreshed]:
    """Releases of one data folder, the oldest first, from files that differ from the required ones."""
    return [
        refreshed(tiny.write(home / f"exports{number}", {**tiny.REQUIRED_FILES, **files}), home / "data")
        for number, files in enumerate(several)
    ]


def everything(page: AppTest) -> str:
    """All that the page shows or sends, as one text."""
    frames = [f"{frame.value.to_csv()}" for frame in page.dataframe]
    kinds = (
        page.title,
        page.success,
        page.warning,
        page.error,
        page.info,
        page.markdown,
        page.caption,
        page.text,
    )
    return "\n".join([*(element.value for kind in kinds for element in kind), *frames, str(page.main)])


def frame_with(page: AppTest, *columns: str):
    found = [frame.value for frame in page.dataframe if set(columns) <= set(frame.value.columns)]
    assert len(found) == 1, [list(frame.value.columns) for frame in page.dataframe]
    return found[0]


def test_the_answer_stands_on_top_and_the_accounts_add_up(dirty):
    page = opened(dirty.folder)
    total = sum(account.read for account in dirty.outcome.accounts)
    assert f"{total} records read, all accounted for; 1 in quarantine" in page.success[0].value
    frame = frame_with(page, "Read", "Loaded")
    for row in frame.to_dict("records"):
        assert int(row["Read"]) == int(row["Loaded"]) + int(row["In quarantine"]) + int(row["Duplicates"])
        assert row["Adds up"] == "yes"


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_opens_in_both_languages(dirty, language):
    page = opened(dirty.folder, language=language)
    assert len(page.tabs) == 7
    assert page.title[0].value


def test_quarantined_values_are_shown_to_roles_that_may_see_them(dirty):
    page = opened(dirty.folder, role="data")
    frame = frame_with(page, "Value")
    assert list(frame["Value"]) == [f"“{CANARY}”"]
    assert list(frame["Record"]) == ["9"]


@pytest.mark.parametrize("language", ["en", "es"])
def test_other_roles_see_counts_and_no_value_at_all(dirty, language):
    page = opened(dirty.folder, role="leadership", language=language)
    assert CANARY not in everything(page)
    assert "not_integer" in everything(page)


def test_a_value_that_the_data_team_saw_is_not_served_to_another_role(dirty):
    """The cache is keyed by role; the order of visits must not matter."""
    assert CANARY in everything(opened(dirty.folder, role="data"))
    assert CANARY not in everything(opened(dirty.folder, role="leadership"))


def test_an_empty_quarantine_says_so(tiny_release):
    page = opened(tiny_release.folder)
    assert "No record was kept out." in everything(page)
    assert not [frame for frame in page.dataframe if "Value" in frame.value.columns]


def test_markdown_in_exports_is_not_drawn(publish):
    """File names, columns and values reach the page as text and tables, never as Markdown."""
    image = "![x](https://example.org/x.png)"
    files = {
        "answers.csv": tiny.ANSWERS + f'S4,nps,"{image}",rated,\n',
        "customers.csv": tiny.CUSTOMERS.replace("acquisition_cost\n", f"acquisition_cost,{image}\n").replace(
            "40\n", "40,1\n"
        ).replace("25.5\n", "25.5,1\n").replace("web,\n", "web,,\n"),
        f"{image.replace('/', '')}.csv": "a\n1\n",
    }  # fmt: skip
    page = opened(publish(files).folder)
    kinds = (page.markdown, page.caption, page.warning, page.error, page.info, page.success)
    drawn = "\n".join(element.value for kind in kinds for element in kind)
    assert "![x]" not in drawn
    assert "![x]" in everything(page)


def test_an_earlier_release_can_be_looked_into(two):
    first, second = two
    page = opened(second.folder)
    assert page.selectbox[0].value == second.outcome.release
    assert "Quarantine (0)" in [tab.label for tab in page.tabs]
    page.selectbox[0].select(first.outcome.release).run()
    assert page.query_params["account"] == first.outcome.release
    assert "Quarantine (1)" in [tab.label for tab in page.tabs]
    assert any(first.outcome.release in block.value for block in page.code)


def test_the_way_back_is_a_command_that_the_data_team_can_type(plain, two):
    """Nothing to go back to; the one before; the one that is looked into."""
    assert not opened(plain.folder).code
    first, second = two
    page = opened(second.folder)
    assert [block.value for block in page.code] == ["python -m cxdata rollback"]
    page.selectbox[0].select(first.outcome.release).run()
    assert [block.value for block in page.code] == [f"python -m cxdata rollback {first.outcome.release}"]


def test_the_address_names_the_release_that_is_looked_into(two):
    first, second = two
    page = opened(second.folder, query={"account": first.outcome.release})
    assert page.selectbox[0].value == first.outcome.release


def test_an_address_that_names_no_release_shows_the_current_one(plain):
    page = opened(plain.folder, query={"account": "../../etc"})
    assert page.selectbox[0].value == plain.outcome.release


def test_a_damaged_manifest_is_said_in_words_and_the_page_still_works(own_two):
    first, second = own_two
    manifest = first.home / "manifest.json"
    manifest.chmod(0o640)
    manifest.write_text("{", encoding="utf-8")
    page = opened(second.folder, query={"account": first.outcome.release})
    assert list(frame_with(page, "State")["State"]) == ["current", "damaged"]
    assert "manifest of this release cannot be read" in page.warning[0].value
    assert not page.tabs
    assert not [block for block in page.code if "rollback" in block.value]
    page.selectbox[0].select(second.outcome.release).run()
    assert len(page.tabs) == 7


@pytest.mark.parametrize("file", ["scorecard.duckdb", "personal.duckdb"])
def test_a_damaged_database_is_said_in_words_and_its_manifest_is_shown(own_two, file):
    first, second = own_two
    (first.home / file).chmod(0o640)
    (first.home / file).write_bytes(b"no database")
    page = opened(second.folder, query={"account": first.outcome.release})
    assert any(file in text.value for text in page.text)
    assert "Quarantine (1)" in [tab.label for tab in page.tabs]
    assert CANARY not in everything(page)


def test_a_release_whose_folder_is_gone_is_no_longer_listed(own_two):
    first, second = own_two
    for path in first.home.iterdir():
        path.chmod(0o640)
    shutil.rmtree(first.home)
    page = opened(second.folder, query={"account": first.outcome.release})
    assert list(frame_with(page, "State")["Release"]) == [second.outcome.release]


def test_warnings_and_columns_left_out_are_shown(publish):
    customers = "\n".join(
        f"{line}{',shoe' if number == 0 else ','}" for number, line in enumerate(tiny.CUSTOMERS.splitlines())
    )
    page = opened(publish({"customers.csv": customers + "\n", "odd.csv": "a\n1\n"}).folder)
    assert "2 warnings" in page.warning[0].value
    assert any("odd.csv" in text.value for text in page.text)
    assert list(frame_with(page, "Column", "File")["Column"]) == ["shoe"]


def test_a_spanish_reader_is_warned_in_spanish_and_the_log_in_english(odd, capsys):
    page = opened(odd.folder, language="es")
    assert any("odd.csv: no se leyó, porque" in text.value for text in page.text)
    assert any("registros cargados, publicado como" in text.value for text in page.text)
    assert main(["status", "--data", str(odd.folder)]) == 0
    assert (
        "warning: odd.csv: not read, because it is not named after a contract table"
        in capsys.readouterr().out
    )


def test_warnings_of_an_earlier_version_are_shown_as_they_were_written(odd, tmp_path):
    release = replace(odd, folder=Path(shutil.copytree(odd.folder, tmp_path / "odd")))
    manifest = release.home / "manifest.json"
    kept = json.loads(manifest.read_text(encoding="utf-8"))
    del kept["made_of"]
    manifest.chmod(0o640)
    manifest.write_text(json.dumps(kept), encoding="utf-8")
    page = opened(release.folder, language="es")
    assert any("odd.csv: not read, because" in text.value for text in page.text)
    assert any("records loaded, published as" in text.value for text in page.text)


def test_restated_months_are_shown_before_and_after(publish):
    """C1's answer of March 2024 was a 9 and becomes a 2."""
    publish()
    second = publish({"answers.csv": tiny.ANSWERS.replace("S1,nps,9", "S1,nps,2")})
    page = opened(second.folder)
    assert "Restated months (1)" in [tab.label for tab in page.tabs]
    assert list(frame_with(page, "Before", "After")["Month"]) == ["March 2024"]


def test_unmatched_customers_are_counted(publish):
    page = opened(publish({"surveys.csv": tiny.SURVEYS.replace("S4,C3", "S4,C9")}).folder)
    assert "Customers not matched (1)" in [tab.label for tab in page.tabs]
    assert list(frame_with(page, "Not known")["Not known"]) == ["1"]


def test_checks_are_shown_with_what_they_promise(tiny_release):
    frame = frame_with(opened(tiny_release.folder), "Check")
    assert set(frame["Result"]) == {"passed"}
    assert "No score lies off the scale of its question." in set(frame["Check"])


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "too few people answered, or too much alike"), ("es", "demasiado pocas personas")],
)
def test_people_who_answer_repeatedly_are_told_with_their_design_effect(plain, language, said):
    """C1 answered twice within a year; of three people nobody knows a design effect."""
    page = opened(plain.folder, language=language)
    assert said in everything(page)
    column = {"en": "Design effect", "es": "Efecto de diseño"}[language]
    frame = next(frame.value for frame in page.dataframe if column in frame.value.columns)
    assert list(frame.iloc[:, 0]) == ["CSAT", "NPS"]
    assert set(frame[column]) == {{"en": "unknown", "es": "desconocido"}[language]}


def test_a_release_without_any_answer_says_so_instead_of_a_design_effect(publish):
    answers = "survey_id,question,score,state,comment\nS1,nps,,refused,\n"
    page = opened(publish({"answers.csv": answers}).folder)
    assert "No question was answered." in everything(page)
