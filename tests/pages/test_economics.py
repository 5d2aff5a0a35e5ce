"""The page Economics as readers meet it: the answer first, filters, missing tables, thin data, nothing unescaped."""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.finance import subscribers
from tests.pages.opened import charts, markup, open_page, text

HOSTILE = "<img src=x>"
OCTOBER = date(2026, 10, 1)

opened = partial(open_page, "economics", config=None, month=OCTOBER)


@pytest.fixture(scope="module")
def page(demo_folder: Path) -> AppTest:
    """As everybody meets it first; for reading only."""
    return opened(demo_folder)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_opens_in_both_languages(demo_folder, language):
    page = opened(demo_folder, language)
    assert len(page.title) == 1
    assert len(charts(page)) == 6


def test_the_answer_stands_on_top_and_names_who_costs_money(page):
    said = text(page)
    first = said.index("had left 12 months later")
    assert (
        first
        < said.index("of margin a year (estimated from the terms)")
        < said.index("cost more than they pay")
    )
    assert "the segment Courier as a whole: −€156,164" in said
    assert "discount rate of 10%" in said
    assert re.search(r"€78\.\d+ of margin a year [^;]*, €35\.\d+ after cost to serve", said)
    assert re.search(r"a new one is worth €\d+ over their lifetime, €\d+ after cost to serve", said)
    assert "Associations are not causes" in said


def test_the_page_follows_a_filter_and_the_discount_rate(demo_folder, page):
    everybody, couriers = text(page), text(opened(demo_folder, segment=("Courier",)))
    assert "Of 9,715 customers" not in couriers
    assert "Filtered to Segment: Courier." in couriers
    cautious = text(opened(demo_folder, query={"discount": "15"}))
    assert "discount rate of 15%" in cautious
    assert cautious.index("worth €") != -1
    worth = [re.search(r"a new one is worth €(\d+)", said)[1] for said in (everybody, cautious)]
    assert int(worth[1]) < int(worth[0])


def test_who_is_unprofitable_can_be_told_by_touchpoint(demo_folder):
    said = text(opened(demo_folder, query={"who": "touchpoint"}))
    assert "Touchpoint used" in said
    assert "so lines overlap" in said


def test_an_empty_selection_is_said_in_words(demo_folder):
    page = opened(demo_folder, segment=("Nowhere",))
    assert "nothing to say of money" in text(page)
    assert not charts(page)


def test_filters_without_money_are_named(demo_folder):
    said = text(opened(demo_folder, channel=("phone",)))
    assert "not filtered by channel" in said
    assert "Of 9,715 customers" in said


def small(tmp_path: Path, **changes: str | None) -> AppTest:
    return opened(subscribers.published(tmp_path, **changes), month=subscribers.MONTH)


def test_without_terms_the_page_says_so_and_still_has_the_books(tmp_path):
    page = small(tmp_path, subscriptions=None)
    assert any("The table subscriptions is not among the exports" in info.value for info in page.info)
    assert "nan" not in text(page)


def test_without_revenue_the_page_says_so_and_still_has_the_terms(tmp_path):
    page = small(tmp_path, revenue=None)
    assert any("The table revenue is not among the exports" in info.value for info in page.info)


def test_without_either_nothing_is_made_up(tmp_path):
    page = small(tmp_path, subscriptions=None, revenue=None)
    assert len(page.info) == 2
    assert not charts(page)


def test_six_customers_are_too_few_for_numbers_and_curves(tmp_path):
    page = small(tmp_path)
    said = text(page)
    assert "Fewer than 10 customers, or nothing" in said
    assert not re.search(r"\b(nan|inf|None)\b", said)
    assert not charts(page)


def shop() -> dict[str, str]:
    """400 customers without terms who buy ever more seldom, one purchase a month, of a segment with markup for a name."""
    people = "customer_id,valid_from,segment,acquired_on\n"
    people += "".join(f"K{n},,{HOSTILE},\n" for n in range(400))
    rows = "customer_id,month,revenue,cost_to_serve\n"
    for n in range(400):
        begun = n % 4
        # One in seven never returns; the others at paces of their own, until they have had enough.
        again = range(begun + 1 + n % 3, 16, 1 + n % 5) if n % 7 else ()
        months = [begun, *again][: 2 + n % 9]
        rows += "".join(
            f"K{n},{2023 + month // 12}-{month % 12 + 1:02d},{20 + n % 11},{8 + n % 5}\n" for month in months
        )
    return {"customers": people, "revenue": rows}


@pytest.fixture(scope="module")
def shop_page(tmp_path_factory: pytest.TempPathFactory) -> AppTest:
    """The page of that business; for reading only."""
    return small(tmp_path_factory.mktemp("shop"), subscriptions=None, **shop())


def test_a_business_without_terms_gets_its_models_and_their_checks(shop_page):
    said = text(shop_page)
    assert "Of 400 customers whose first purchase the exports hold" in said
    assert "customers without terms" in said
    assert "BG/NBD" in said
    assert "Not one of 297 customers cost more than they paid" in said
    assert re.search(r"(Check|Beware): a fit to the time before expects", said)
    assert not re.search(r"\b(nan|inf|None)\b", said)


def test_names_from_the_data_are_escaped(shop_page):
    assert "&lt;img src=x&gt;" in markup(shop_page)
    assert HOSTILE not in markup(shop_page)
    assert all(HOSTILE not in element.value for element in shop_page.markdown)
