"""The page Journey as readers meet it: choices, words, picture, tables, expectations, teams, in both languages."""

from __future__ import annotations

import json
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.corpus import tiny
from tests.corpus.release import CONFIG, refreshed
from tests.journey.company import TOUCHPOINTS, Company, Met, Said
from tests.pages.opened import charts, markup, open_page, text

HOSTILE = "![x](https://example.org/x.png)<img src=x>"

PULSE = "".join(
    f"Red,2023-{month:02},enps,12,{60 + 3 * month},900\nBlue,2023-{month:02},enps,12,{99 - 2 * month},900\n"
    for month in range(1, 11)
)
TEAMS = [
    Said(f"2023-{month:02}", "call", {"csat_call": 1 + (month + shift) % 5}, 10, team=team)
    for month in range(1, 11)
    for shift, team in enumerate(("Red", "Blue"))
]
SAID = [
    *TEAMS,
    Said("2024-04", "web", {"csat_web": 5}, 90),
    Said("2024-04", "web", {"csat_web": 2}, 10),
    Said("2024-04", "shop", {"csat_shop": 5}, 80),
    Said("2024-04", "shop", {"csat_shop": 2}, 20, HOSTILE),
    Said("2024-04", "call", {"csat_call": 2, "exp_call": 5, "ces_call": 2}, 60),
    Said("2024-04", "call", {"csat_call": 5, "exp_call": 4, "ces_call": 7}, 20),
    Said("2024-03", "call", {"csat_call": 5, "exp_call": 4}, 30),
]
MET = [
    Met("2024-04", "call", 20, wait="9", resolved="false", complaint="true"),
    Met("2024-04", "call", 20, wait="11", resolved="true", complaint="false"),
    Met("2024-05", "call", 3, wait="4", resolved="true"),
]
APRIL, EMPTY = date(2024, 4, 1), date(2022, 1, 1)

opened = partial(open_page, "journey", role="leadership", config=CONFIG, month=APRIL)


def headings(page: AppTest) -> list[str]:
    return [element.value for element in page.subheader]


def release_of(home: Path, company: Company) -> Path:
    refreshed(tiny.write(home / "exports", company.files()), home / "data")
    return home / "data"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    touchpoints = TOUCHPOINTS + f'"{HOSTILE}",help,3,,,,\n'
    company = Company(said=SAID, met=MET, pulse=PULSE, touchpoints=touchpoints)
    return release_of(tmp_path_factory.mktemp("journey_page"), company)


@pytest.fixture(scope="module")
def page(folder: Path) -> AppTest:
    """As everybody meets it first; for reading only."""
    return opened(folder)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("month", [APRIL, EMPTY], ids=["normal", "empty"])
def test_the_page_opens_in_both_languages(folder, language, month):
    assert len(opened(folder, language, month=month).title) == 1


def test_the_answer_stands_on_top_and_is_what_the_picture_is_called(page):
    """CSAT: site 90 of 100, shop 80 of 100, call 20 of 80."""
    told = "April 2024: clearly weak is Call (CSAT 25.0%, n = 80), clearly strong Web (90.0%, n = 100)."
    assert told in text(page)
    assert charts(page)[0].proto.alt.replace("\u00a0", " ").startswith(told)
    assert "Really moved since March 2024: CSAT at Call ▼ 100.0% → 25.0%" in text(page)


def test_the_page_tells_its_story_in_order(page):
    assert headings(page) == [
        "CSAT along the journey, April 2024", "Weak and strong points, ranked", "What happens at each touchpoint",
        "Expected and experienced", "Teams and their customers",
    ]  # fmt: skip
    assert len(charts(page)) == 4  # columns, rows for narrow screens, gaps, teams


def test_the_ranked_table_begins_with_the_weakest_point(page):
    """Call: 25 % against a mean of 65 %."""
    ranked = text(page).split("Weak and strong points, ranked")[1]
    assert ranked.index("Call") < ranked.index("Shop ◆") < ranked.index("Web")
    assert "−40.0 pp ▼ below" in ranked


def test_what_happens_is_shown_with_base_and_interval(page):
    """Waits of 9 and 11 minutes: mean 10; half unresolved, half complaints."""
    found = text(page)
    assert "10.0 min n = 40 9.7 to 10.3 min" in found
    assert "50.0% n = 40" in found


def test_contacts_near_the_end_of_the_data_are_left_out_in_words(folder, page):
    """The newest contact is of 10 May: all 40 calls of 10 April are 30 days old, those of May are not."""
    assert "left out of the share" not in text(page)
    may = text(opened(folder, month=date(2024, 5, 1)))
    assert "3 of 3 contacts took place less than 7 days before the data ends" in may
    assert "3 of 3 contacts took place less than 30 days before the data ends" in may


def test_expectations_and_teams_are_answered_in_words_and_called_associations(page):
    """60 gaps of −3 and 20 of +1: −2.00."""
    found = text(page)
    assert "falls short at Call (−2.00, n = 80)" in found
    assert "correlation" in found
    assert "A correlation says nothing of causes" in found


def test_the_page_reacts_to_a_filter(folder):
    page = opened(folder, touchpoint=("web", "shop"))
    assert "Call" not in text(page).split("Expected and experienced")[0]
    assert "Filtered to Touchpoint: Web or Shop." in text(page)


def test_period_and_metric_come_from_the_address(folder):
    page = opened(folder, query={"months": "3", "score": "ces"})
    assert headings(page)[0] == "CES along the journey, Feb 2024 to Apr 2024"
    assert "Feb 2024 to Apr 2024: only Call (CES 3.25, n = 80) has a score" in text(page)
    nonsense = opened(folder, query={"months": "7", "score": "mood"})
    assert headings(nonsense)[0] == "CSAT along the journey, April 2024"


def test_the_unfinished_month_is_called_so(tmp_path):
    """The tiny company's day is 15 June 2024."""
    folder = release_of(tmp_path, Company(said=[Said("2024-06", "call", {"csat_call": 4}, 12)]))
    found = text(opened(folder, month=date(2024, 6, 1)))
    assert "June 2024, to date: only Call (CSAT 100.0%, n = 12) has a score" in found
    assert "June 2024 is not over" in found


def test_a_selection_that_leaves_nothing_ends_in_words(folder):
    page = opened(folder, segment=("Nobody",))
    assert charts(page) == []
    assert "no answers and no contacts at any touchpoint" in text(page)
    assert [element.value for element in page.info] == [
        "Take a filter away, choose a longer period or another month."
    ]


def test_missing_tables_are_named_with_what_they_would_show(tmp_path):
    folder = release_of(
        tmp_path, Company(said=[Said("2024-04", "call", {"csat_call": 4}, 12)], touchpoints=None)
    )
    page = opened(folder)
    told = " ".join(element.value for element in page.info)
    assert "The table touchpoints is not among the exports. With it, this page shows the stages" in told
    assert "The table interactions is not among the exports" in told
    assert "The table employee_pulse is not among the exports" in told
    assert "only Call (CSAT 100.0%, n = 12) has a score" in text(page)
    assert "No answer of the period says what was expected." in text(page)


def test_names_from_the_data_are_never_markup(page):
    assert "<img" not in markup(page)
    assert "&lt;img src=x&gt;" in markup(page)
    shown = [
        element.value for kind in (page.markdown, page.caption, page.info, page.subheader) for element in kind
    ]
    assert not [value for value in shown if "example.org" in value]


def test_both_pictures_say_the_same_to_those_who_do_not_see_them(page):
    """Columns are 408 pixels high, the list as high as its five rows and three headings."""
    wide, narrow = charts(page)[:2]
    assert wide.proto.alt == narrow.proto.alt
    assert [json.loads(element.proto.spec)["height"] for element in (wide, narrow)] == [408, 298]


def test_the_choices_show_what_is_in_force(folder, page):
    chosen = opened(folder, query={"months": "3", "score": "ces"})
    for one, expected in ((page, ["1", "csat"]), (chosen, ["3", "ces"])):
        controls = {element.label: element.value for element in one.get("button_group")}
        assert controls == dict(zip(["Period", "Metric"], expected, strict=True))
