"""The page Definitions: one search over metrics, terms, questions, tables and columns."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cxdata.contract import TABLES
from cxdata.vocabulary import METRICS
from tests.corpus import tiny
from tests.corpus.release import CONFIG, refreshed
from tests.pages.opened import open_page

opened = partial(open_page, "definitions", config=CONFIG, month=date(2024, 5, 1))


def searched(folder: Path, term: str, **given: Any) -> AppTest:
    return opened(folder, query={"term": term}, **given)


def markdown(page: AppTest) -> str:
    return "\n".join(element.value for element in page.markdown)


def tables(page: AppTest) -> str:
    return "\n".join(table.value.to_csv() for table in page.table)


@pytest.fixture(scope="module")
def page(tiny_release) -> AppTest:
    """Without a search; for reading only."""
    return opened(tiny_release.folder)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data folder of a company whose questions hold an image for Markdown, and accents."""
    questions = tiny.QUESTIONS.replace("Would you recommend us?", "![x](https://example.org/x.png)")
    questions = questions.replace("How was the delivery?", "¿Qué tal la atención?")
    home = tmp_path_factory.mktemp("asked")
    exports = tiny.write(home / "exports", {**tiny.REQUIRED_FILES, "questions.csv": questions})
    return refreshed(exports, home / "data").folder


def test_every_metric_is_defined_with_formula_unit_and_source(page):
    text = markdown(page)
    for metric in METRICS.values():
        assert f"**{metric.label}**" in text
        assert metric.formula in text
        assert metric.source in text


def test_every_contract_table_is_described_and_has_a_template(page):
    labels = [expander.label for expander in page.expander]
    for table in TABLES:
        assert any(label.startswith(f"**{table.name}**") for label in labels)
    buttons = [button.proto.label for button in page.get("download_button")]
    assert sorted(buttons) == sorted(
        ["Data dictionary (Markdown)", *(f"Template {table.name}.csv" for table in TABLES)]
    )


def test_the_companys_questions_are_listed(page):
    frame = page.dataframe[0].value
    assert list(frame["Code"]) == ["nps", "csat_delivery"]


def test_what_is_explained_is_counted_and_linked(page):
    first = markdown(page).splitlines()[0]
    assert f"[{len(METRICS)} metrics](#metrics)" in first
    assert "[2 questions](#questions)" in first


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_opens_in_both_languages(tiny_release, language):
    page = opened(tiny_release.folder, language=language, role="leadership")
    assert page.title[0].value
    assert len(page.expander) > 2 * len(TABLES)


def test_the_convention_in_force_is_the_companys(page, tiny_release):
    assert "**In force here:** share of favourable answers" in markdown(page)
    changed = searched(tiny_release.folder, "csat", config=replace(CONFIG, csat="mean"))
    assert "**In force here:** share of favourable answers" not in markdown(changed)


def test_a_link_to_a_term_opens_it_first(tiny_release):
    page = searched(tiny_release.folder, "nps")
    assert page.text_input[0].value == "nps"
    cards = [element.value for element in page.markdown if element.value.startswith("**")]
    assert cards[0].startswith("**NPS**")
    assert not any("**Churn rate**" in card for card in cards)


def test_searching_writes_the_address_and_clearing_empties_it(tiny_release):
    page = opened(tiny_release.folder)
    page.text_input[0].set_value("weight").run()
    assert page.query_params["term"] == "weight"
    assert "weight_sq_sum" in tables(page)
    assert "due_on" not in tables(page)
    page.text_input[0].set_value("").run()
    assert "term" not in page.query_params
    assert "due_on" in tables(page)


def test_one_search_goes_over_everything(tiny_release):
    """'renewal' is in metrics, terms, the contract and the marts."""
    page = searched(tiny_release.folder, "RENEWAL")
    assert "**Renewal rate**" in markdown(page)
    assert "Renewal decision" in tables(page)
    assert [header.value for header in page.subheader][:2] == ["Metrics", "Terms"]
    assert any("subscriptions" in expander.label for expander in page.expander)
    assert any("monthly_renewals" in expander.label for expander in page.expander)


def test_accents_and_case_do_not_matter(asked):
    page = searched(asked, "ATENCION que")
    assert list(page.dataframe[0].value["Question"]) == ["¿Qué tal la atención?"]


@pytest.mark.parametrize("term", ["zzz", "<script>", "(((", "![x](https://example.org/x.png)", "x" * 5000])
def test_nothing_found_is_said_in_words(tiny_release, term):
    page = searched(tiny_release.folder, term)
    assert "Nothing found" in page.info[0].value
    assert not page.expander
    assert not page.subheader
    assert "example.org" not in markdown(page)


def test_blank_searches_show_everything(tiny_release):
    assert len(searched(tiny_release.folder, "   ").expander) > 2 * len(TABLES)


def test_wording_from_the_data_is_never_drawn_as_markdown(asked):
    page = opened(asked)
    assert "example.org" not in markdown(page) + tables(page)
    assert "example.org" in page.dataframe[0].value.to_csv()


def test_a_link_survives_a_change_of_language(tiny_release):
    """The search is part of the address, not of a widget that belongs to one language."""
    folder = tiny_release.folder
    assert searched(folder, "nps", language="es").text_input[0].value == "nps"
