"""The page Who answers as readers meet it, in both languages, filtered, empty and without invitations."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.corpus import tiny
from tests.corpus.release import refreshed
from tests.pages.opened import charts, open_page, text
from tests.response.test_report import AS_OF, CONFIG, company

FEBRUARY = date(2026, 2, 1)


def opened(
    folder: Path, language: str = "en", query: dict[str, str] | None = None, **choices: Any
) -> AppTest:
    """The page of February, and of that month alone unless the address says otherwise."""
    query = {"months": "1", **(query or {})}
    return open_page("response", folder, language, query, role="leadership", **{"month": FEBRUARY, **choices})


def published(home: Path, **options: bool) -> Path:
    exports = tiny.write(home / "exports", company(**options))
    refreshed(exports, home / "data", CONFIG, as_of=AS_OF)
    return home / "data"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return published(tmp_path_factory.mktemp("response_page"))


@pytest.fixture(scope="module")
def page(folder: Path) -> AppTest:
    """As everybody meets it first; for reading only."""
    return opened(folder)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("months", ["1", "3", "12"])
def test_the_page_opens_in_both_languages(folder, language, months):
    page = opened(folder, language, {"months": months})
    assert len(page.title) == 1
    assert len(charts(page)) == 2


def test_the_answer_stands_on_top(page):
    """NPS −32.3 as answered; a third of the customers are Shops, so +33.3 raked."""
    found = text(page)
    assert (
        "Who answers matters: NPS is −32.3 as answered and 33.3 with the answers mixed as the customers"
        in found
    )
    assert "37.5% of 80 invitations were answered" in found


def test_the_page_says_who_the_customers_are(page):
    found = text(page)
    assert (
        "Customers: the 60 there were in February 2026; those who had left before are not counted." in found
    )
    assert "Left out:" not in found


def test_the_silent_have_a_number(page):
    """65.6 ÷ (1 − 0.375) = 104.9: off no scale, since the silent would stand at −32.3 + 104.9 = 72.7."""
    found = text(page)
    assert "NPS changed by −65.6 against January 2026" in found
    assert "would have to have moved 104.9 points up against those who answered" in found


def test_the_size_of_the_change_is_chosen_in_the_address(folder):
    small, large = (text(opened(folder, query={"change": size})) for size in ("3", "10"))
    assert "To see a change of 3.0 points, the relationship survey needs" in small
    assert "To see a change of 10.0 points" in large


def test_a_filter_is_said_and_followed(folder):
    page = opened(folder, segment=("Home",))
    assert "Filtered to Segment: Home." in text(page)
    assert "25.0% of 40 invitations were answered" in text(page)


def test_an_address_that_makes_no_sense_falls_back(folder):
    page = opened(folder, query={"months": "99", "mix": "shoe", "rate_by": "", "change": "x"})
    assert len(charts(page)) == 2


def test_an_empty_selection_ends_in_words(folder):
    page = opened(folder, segment=("Nobody",))
    assert [element.value for element in page.info] == [
        "The filters leave no customers, invitations or answers. Take one away."
    ]
    assert charts(page) == []


def test_a_month_without_surveys_ends_in_words(folder):
    found = text(opened(folder, month=date(2025, 6, 1)))
    assert "cannot be told for June 2025" in found
    assert "No customer who is known answered in June 2025." in found


def test_rates_without_a_period_before_have_nothing_to_be_compared_with(folder):
    """The twelve months to February 2026 hold all surveys; the twelve before hold none."""
    found = text(opened(folder, query={"months": "12", "rate_by": "segment"}))
    assert re.search(
        r"nothing to compare with: no segment has \d+ invitations or more in both Mar 2025 to Feb 2026 and "
        r"Mar 2024 to Feb 2025\.",
        found,
    )
    assert "No line has clearly changed" not in found
    assert "There is nothing to compare with" not in text(opened(folder))


def test_without_dates_of_sending_the_page_says_what_they_would_show(tmp_path):
    page = opened(published(tmp_path, sent=False))
    assert any("tells no dates of sending" in element.value for element in page.info)
    assert len(charts(page)) == 1
    assert "Hollow" not in text(page)


def test_charts_name_the_interval_and_n(page):
    for element in charts(page):
        spec = json.loads(element.proto.spec)
        titles = [tip["title"] for tip in spec["layer"][0]["encoding"]["tooltip"]]
        assert titles[2:5] == [titles[2], "95 % interval", "n"]
        assert element.proto.alt
