"""Whether actions worked and what a point is worth, as readers meet them on the page Financial impact."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cxdata.finance.impact.results import Summary
from cxdata.finance.points.points import Point
from pages.parts.impact_points import rows_of
from tests.corpus.release import Refreshed
from tests.drivers import company
from tests.pages.opened import charts, open_page, text

OCTOBER = date(2026, 10, 1)
ACTIONS, POINTS = "parts.impact_actions", "parts.impact_points"

opened = partial(open_page, config=None, month=OCTOBER)


@pytest.fixture(scope="module")
def actions(demo_folder: Path) -> AppTest:
    """Whether actions worked; for reading only."""
    return opened(ACTIONS, demo_folder)


@pytest.fixture(scope="module")
def points(demo_folder: Path) -> AppTest:
    """What a point is worth; for reading only."""
    return opened(POINTS, demo_folder)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(("part", "drawn"), [("impact_actions", 2), ("impact_points", 1)])
def test_the_parts_open_in_both_languages(demo_folder, part, drawn, language):
    page = opened(f"parts.{part}", demo_folder, language)
    assert len(charts(page)) == drawn
    assert len(page.subheader) >= 2


def test_the_answer_names_the_action_that_worked_its_money_and_what_no_comparison_shows(actions):
    said = text(actions)
    assert "1 of 8 actions clearly worked: “Call-back instead of queue”" in said
    assert "Nobody drew lots for who gets an action" in said
    assert "It cost €46K and does not pay through retention alone" in said
    assert "80% of the measured change is the action" in said


def test_an_action_and_an_outcome_are_chosen_in_the_address(demo_folder):
    said = text(
        opened(
            ACTIONS,
            demo_folder,
            query={"action": "A03", "action_outcome": "wait", "action_window": "6"},
        )
    )
    assert "Waiting time, Family:" in said
    assert "Up to 6 whole months" in said


def test_the_money_stands_right_under_the_headline_and_rows_by_chance_are_explained(actions):
    said = text(actions)
    brief = said.index("cost €46K and is worth an estimated")
    assert said.index("clearly worked") < brief < said.index("Nobody drew lots")
    assert (
        brief
        < said.index("it does not pay through retention alone")
        < said.index("The 6 actions judged cost €410,500")
    )
    assert "leans to the worse (*)" in said
    assert "among 15 tests that happens by chance" in said
    assert "leans to the worse: “Clear prices on the first page of the checkout”" in said
    assert "The verdict depends on the window" in said


def test_too_few_customers_are_said_once_and_never_drawn(demo_folder):
    page = opened(ACTIONS, demo_folder, segment=("Family",), region=("nowhere",))
    said = text(page)
    assert "cannot be judged: too few customers, or not measured" in said
    assert "told from chance" not in said
    assert not charts(page)


def test_the_points_name_currency_period_and_a_negative_path(points):
    assert "Margin over 3 years, present value, EUR" in charts(points)[0].proto.spec
    said = text(points)
    assert "On the path “Passive to promoter”" in said
    assert "Over 3 years, present value" in said
    assert re.search(r"over 3 years \([^)]* to [^)]*, present value\)", said)


def test_the_table_of_points_says_what_its_numbers_are():
    amount = Summary(1.0, 2.0, 3.0, 2.0)
    row = rows_of(
        [Point("nps", "detractor>passive", 10.0, 1.0, 1.0, 0.5, amount, amount)], "EUR", 3, OCTOBER
    ).iloc[0]
    assert (row["currency"], row["horizon_years"], row["as_of"]) == ("EUR", 3, "2026-10-01")
    assert (row["margin_basis"], row["attribution_basis"], row["discount_rate_basis"]) == (
        "estimated",
        "assumed",
        "assumed",
    )


def test_a_filter_narrows_the_actions(demo_folder):
    said = text(opened(ACTIONS, demo_folder, touchpoint=("unboxing",)))
    assert "Assembly booklet with photos" in said
    assert "Call-back" not in said
    assert "The one action cannot be said to have worked." in said


def test_an_empty_selection_and_a_missing_table_are_said_in_words(
    demo_folder, publish: Callable[..., Refreshed]
):
    page = opened(ACTIONS, demo_folder, touchpoint=("nowhere",), segment=("nobody",), region=("nowhere",))
    assert not charts(page)
    assert any("No action fits the filters" in one.value for one in page.info)
    done = publish()
    page = opened(ACTIONS, done.folder, month=date(2024, 5, 1))
    assert any("The table actions is not among the exports" in one.value for one in page.info)


def test_points_are_those_of_the_years_and_the_share_chosen(demo_folder, points):
    whole = text(points)
    assert "One point of churn fewer a year is worth an estimated" in whole
    assert "over 3 years" in whole
    assert "50% of its association is an effect" in whole
    one = text(opened(POINTS, demo_folder, query={"point_years": "1", "point_effect": "0.3"}))
    assert "over 1 year" in one
    assert "30% of its association is an effect" in one


def test_an_assumed_margin_stands_on_the_page(with_margins):
    """Asked for where the exports hold none; an address that carries one says so anywhere."""
    page = opened(POINTS, with_margins, query={"point_margin": "0.3"}, month=company.MONTH)
    assert "Where no margin is exported, 30% of revenue is assumed." in text(page)
    assert [one.label for one in page.selectbox] == ["Margin as a share of revenue (assumed)"]


def test_points_of_customers_who_are_not_there_are_refused_in_words(demo_folder):
    page = opened(POINTS, demo_folder, segment=("nobody",))
    assert any("cannot be computed" in one.value for one in page.info)
    assert not charts(page)
