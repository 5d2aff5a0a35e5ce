"""The page Financial impact as readers meet it: an answer at once, refusals in words, files, both languages."""

from __future__ import annotations

import re
import shutil
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cxdata.finance.scenarios.store import load, saved
from pages.parts.impact_compare import difference_text
from tests.drivers import company
from tests.pages.opened import charts, markup, open_page, settled, text

DELIVERY = "rating:csat_delivery:delivery"
HOSTILE = "![x](https://example.org/x.png)<img src=x>"

opened = partial(open_page, "impact", month=company.MONTH)


def button(page: AppTest, label: str) -> Any:
    return next(one for one in page.button if one.label.startswith(label))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, with_margins: Path) -> Path:
    """A copy, for scenarios are saved in it."""
    return Path(shutil.copytree(with_margins, tmp_path_factory.mktemp("impact") / "data"))


@pytest.fixture(scope="module")
def page(folder: Path) -> AppTest:
    """As everybody meets it first; for reading only."""
    return opened(folder)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_has_an_answer_at_once_in_both_languages(folder, language):
    page = opened(folder, language)
    assert len(page.title) == 1
    assert len(charts(page)) >= 5
    assert "€" in text(page)


def test_the_answer_says_estimated_margin_and_range(page):
    said = text(page)
    assert "One point of churn fewer a year (all customers): an estimated €" in said
    assert "present value" in said
    assert "Preview from a sample." in said
    for question in (
        "Margin or revenue?",
        "Incremental to what?",
        "When is the cash?",
        "Who signs the assumptions?",
    ):
        assert question in said


def test_every_chart_has_its_takeaway_in_words(folder):
    for chart in charts(opened(folder, query={"start": "500"})):
        assert re.search(r"\d", chart.proto.alt), chart.proto


def test_a_moved_slider_goes_into_the_address_and_changes_the_answer(folder):
    page = opened(folder)
    before = text(page)
    slider = next(one for one in page.select_slider if one.label.startswith("Points of churn"))
    settled(slider.set_value(0.02).run())
    assert page.query_params["points"] == "2"
    assert "2 points of churn fewer a year" in text(page)
    assert text(page) != before
    slider = next(one for one in page.select_slider if one.label.startswith("Points of churn"))
    settled(slider.set_value(0.01).run())
    assert "points" not in page.query_params


def test_the_full_simulation_is_run_on_demand_and_kept(folder):
    page = opened(folder, query={"yearly": "100"})
    settled(button(page, "Run the full simulation").click().run())
    assert "of 1,000 simulated outcomes" in text(page)
    again = opened(folder, query={"yearly": "100"})
    assert "Preview" not in text(again)
    assert not [one for one in again.button if one.label.startswith("Run the full")]


def test_levers_on_drivers_are_valued_together(folder):
    page = opened(folder, query={"lever1": f"{DELIVERY}~s100", "lever2": "event:unresolved~kfix~a0.5~y50"})
    said = text(page)
    assert "Delivery (CSAT): 1 point more and Unresolved contacts: 50% of it gone" in said
    assert "of the association is an effect" in said
    assert any("Value for money" in one.value for one in page.subheader)
    assert "A lever stands with what it would bring alone" in said
    # These exports hold no cost to serve: there is only one margin to speak of.
    assert "It is the margin of the terms as exported" in said
    assert "By the books" not in said


def test_switching_to_levers_proposes_one(folder):
    page = opened(folder)
    kind = next(one for one in page.segmented_control if one.label == "What changes")
    settled(kind.set_value("levers").run())
    assert any(name.startswith("lever1") for name in page.query_params)
    assert "How the drivers go with churn is estimated" in text(page)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"rate": "-100"}, "Discount rate a year (discount_rate) = -1.0 is out of range. Allowed: 0 to 1"),
        ({"years": "0"}, "Years that count (horizon_years) = 0 is out of range. Allowed: 1 to 10"),
        (
            {"lever1": f"{DELIVERY}~r150"},
            "Lever 1: Customers reached (levers.1.reach) = 1.5 is out of range. Allowed: 0 to 1",
        ),
        (
            {"lever1": "event:weather"},
            "Lever 1: Experience (levers.1.driver) = 'event:weather' is not a driver of the churn regression",
        ),
        ({"for": "Nowhere"}, "Nowhere"),
    ],
)
def test_a_scenario_that_cannot_be_valued_is_refused_in_words(folder, query, said):
    page = opened(folder, query=query)
    assert any(said in one.value for one in page.text), [one.value for one in page.text]
    settled(button(page, "Back to how it began").click().run())
    assert charts(page)


def test_without_margins_the_page_asks_for_an_assumption_and_says_it_is_one(tmp_path):
    home = company.published(tmp_path)
    page = opened(home)
    assert any("annual_margin" in one.value for one in page.text)
    assert not charts(page)
    share = next(one for one in page.select_slider if one.label.startswith("Margin as a share"))
    settled(share.set_value(0.3).run())
    assert page.query_params["margin"] == "30"
    assert charts(page)


def test_a_scenario_is_saved_opened_locked_and_copied(folder):
    page = opened(folder, query={"points": "3", "start": "700"})
    next(one for one in page.text_input if one.label == "Title").set_value("Three points")
    settled(button(page, "Save as new").click().run())
    assert page.query_params["scenario"] == "three-points"
    assert "points" not in page.query_params
    kept = load(folder, "three-points").scenario
    assert kept is not None
    assert kept.retention is not None
    assert kept.retention.points.mode == 0.03
    assert kept.release
    settled(button(page, "Lock for good").click().run())
    assert "Locked: its numbers stay" in text(page)
    assert all(one.disabled for one in page.number_input)
    settled(button(page, "Save as new").click().run())
    assert [one.name for one in saved(folder) if one.name.startswith("three-points")] == [
        "three-points",
        "three-points-2",
    ]
    settled(button(page, "Delete for good").click().run())
    assert [one.name for one in saved(folder) if one.name.startswith("three-points")] == ["three-points"]


def test_scenarios_are_compared_on_the_same_outcomes(folder):
    page = opened(folder, query={"points": "2"})
    next(one for one in page.text_input if one.label == "Title").set_value("Two points")
    settled(button(page, "Save as new").click().run())
    both = opened(folder, query={"with": "two-points"})
    said = text(both)
    assert "Scenarios side by side" in said
    assert re.search(r"Two points less the open scenario: \+€[\d.]+", said), said
    # The default counts one point: its churn falls by half as much, on the same draws, in every one of them.
    assert "In 100% of the outcomes Two points is better, which is clear." in said
    assert "preview" in said
    both = settled(button(both, "Run the full simulation of all").click().run())
    said = text(both)
    assert "Full runs: all on the same 1,000 outcomes" in said
    # One scenario, one value: the tile above and the table below are of the same run now.
    tile = re.search(r"Net present value (−?€[\d.,]+[KM]?)", said)
    assert tile is not None
    assert said.count(tile[1]) >= 2, said


def difference(gap: tuple[float, float], share: float, *, clear: bool) -> str:
    row = {"npv_p5": gap[0], "npv_p95": gap[1], "probability_better": share, "clear": clear}
    return difference_text(row, 12_000.0, "A", "B", "EUR")


def test_a_difference_says_who_is_better_and_never_that_it_is_open_when_it_is_likely():
    """It was: 'better in 94 % of the outcomes, so which is better stays open'."""
    assert difference((2e3, 2e4), 0.99, clear=True).endswith(
        "In 99% of the outcomes A is better, which is clear."
    )
    assert difference((-2e3, 2e4), 0.94, clear=False).endswith(
        "In 94% of the outcomes A is better: likely, but not clear, for the interval holds 0."
    )
    assert "In 94% of the outcomes B is better" in difference((-2e4, 2e3), 0.06, clear=False)
    assert "Which is better stays open: in 52% of the outcomes it is A." in difference(
        (-2e4, 2e4), 0.52, clear=False
    )
    assert difference((0, 0), 0.0, clear=False) == "A and B bring the same in every outcome."


def test_the_selector_says_that_what_is_shown_has_not_been_saved(folder):
    page = opened(folder, query={"points": "4"})
    chosen = next(one for one in page.selectbox if one.label == "Scenario")
    assert chosen.options[0] == "Not saved"
    assert chosen.value == "*"
    page = settled(chosen.set_value("").run())
    assert "points" not in page.query_params


def test_a_range_is_said_beside_its_slider(folder):
    """The default runs from 8 to 12 per cent; at 11 it is 11 × 0.8 to 11 × 1.2."""
    assert "Simulated from 8% to 12%" in text(opened(folder))
    page = opened(folder)
    rate = next(one for one in page.select_slider if one.label.startswith("Discount rate"))
    assert "Simulated from 8.8% to 13.2%" in text(settled(rate.set_value(0.11).run()))


def test_a_scenario_that_is_not_there_is_said_and_the_default_shown(folder):
    page = opened(folder, query={"scenario": "../../etc/passwd"})
    assert any("cannot be used" in one.value for one in page.text)
    assert charts(page)


def test_without_subscriptions_the_page_says_so(tmp_path):
    page = opened(company.published(tmp_path, subscriptions=None))
    assert any("The table subscriptions is not among the exports" in info.value for info in page.info)


def test_an_empty_selection_says_what_is_missing(folder):
    page = opened(folder, segment=("Nowhere",))
    assert any("decisions" in one.value for one in page.text)
    assert not charts(page)


def test_a_month_before_any_decision_says_so(folder):
    page = opened(folder, month=date(2020, 1, 1))
    assert any("decisions" in one.value for one in page.text)


def test_names_from_the_data_are_escaped(tmp_path):
    questions = company.QUESTIONS.strip().replace("Would you recommend us?", HOSTILE)
    home = company.published(tmp_path, subscriptions=company.terms_with_margins(), questions=questions)
    page = opened(home, query={"lever1": "rating:nps:"})
    assert "<img src=x>" not in markup(page)
    assert all(HOSTILE not in element.value for element in page.markdown)
    assert all("![x]" not in element.label for element in page.expander)
