"""The page Drivers as readers meet it: both languages, story first, refusals in words, nothing unescaped."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.drivers import company
from tests.pages.opened import charts, markup, open_page, text

HOSTILE = "![x](https://example.org/x.png)<img src=x>"

opened = partial(open_page, "drivers", month=company.MONTH)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return company.published(tmp_path_factory.mktemp("drivers_page"))


@pytest.fixture(scope="module")
def page(folder: Path) -> AppTest:
    """As everybody meets it first; for reading only."""
    return opened(folder)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_opens_in_both_languages(folder, language):
    page = opened(folder, language)
    assert len(page.title) == 1
    assert len(charts(page)) >= 5


def test_the_story_stands_on_top_and_every_chart_is_called_an_association(page):
    said = text(page)
    assert "Delivery (CSAT) goes with renewal more than anything else measured" in said
    assert said.count("Associations are not causes") >= len(charts(page)) - 1
    assert "Delivery (CSAT)" in str(page.dataframe[0].value["driver"].tolist())


def test_an_empty_selection_says_what_is_missing(folder):
    page = opened(folder, segment=("Nowhere",))
    assert any("decisions" in element.value for element in page.text)
    assert not charts(page)


def test_the_address_chooses_outcome_and_drivers(folder):
    page = opened(
        folder, query={"outcome": "nps", "drivers": "rating:csat_delivery:delivery~event:unresolved"}
    )
    assert "the answer to “Would you recommend us?”" in text(page)
    assert len(page.dataframe[0].value) == 2
    assert "W14" in text(page)


def test_without_subscriptions_the_page_says_so_and_explains_a_rating(tmp_path):
    page = opened(company.published(tmp_path, subscriptions=None))
    assert any("The table subscriptions is not among the exports" in info.value for info in page.info)
    assert "of the differences in the answer to “" in text(page)


def test_names_from_the_data_are_escaped(tmp_path):
    questions = company.QUESTIONS.replace("Would you recommend us?", HOSTILE).strip()
    folder = company.published(tmp_path, questions=questions)
    for query in ({"drivers": "rating:nps:~event:unresolved"}, {"outcome": "nps"}):
        page = opened(folder, query=query)
        assert "&lt;img src=x&gt;" in markup(page)
        assert "<img src=x>" not in markup(page)
        assert all(HOSTILE not in element.value for element in page.markdown)


def test_the_release_is_read_once_for_the_form_and_the_estimates(folder, monkeypatch):
    """Reading is half of the first paint; choosing other drivers needs no reading at all."""
    from cxdata.drivers import prepared

    asked, real = [], prepared.rows_before
    monkeypatch.setattr(prepared, "rows_before", lambda *given: asked.append(given) or real(*given))
    opened(folder, query={"look_back": "730"})
    assert len(asked) == 1
    opened(folder, query={"look_back": "730", "drivers": "rating:csat_delivery:delivery~event:unresolved"})
    assert len(asked) == 1
