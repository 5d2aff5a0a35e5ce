"""Numbers, dates and money in the reader's form."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import date

import pytest

from cxdata.language import (
    current_language,
    format_day,
    format_money,
    format_month,
    format_number,
    format_percent,
    gettext,
    set_language,
)


@pytest.fixture(autouse=True)
def _english_afterwards():
    yield
    set_language("en")


@pytest.mark.parametrize(
    ("language", "region", "expected"),
    [
        ("en", "", ("−1,234.5", "26.5%", "€1,235", "September 2026")),
        ("es", "", ("−1.234,5", "26,5\u00a0%", "1.235\u00a0€", "septiembre de 2026")),
        ("es", "MX", ("−1,234.5", "26.5\u00a0%", "1,235\u00a0EUR", "septiembre de 2026")),
    ],
)
def test_forms_follow_language_and_region(language, region, expected):
    set_language(language, region)
    money = format_money(1234.6, "EUR").replace(" ", "\u00a0")
    found = (format_number(-1234.5, 1), format_percent(0.2654), money, format_month(date(2026, 9, 1)))
    assert found == expected


def test_a_plus_is_written_only_where_it_is_asked_for_and_never_before_zero():
    assert format_number(3.0, 1) == "3.0"
    assert format_number(3.0, 1, signed=True) == "+3.0"
    assert format_number(-0.04, 1, signed=True) == "0.0"


def test_an_unknown_language_falls_back_to_english():
    set_language("xx")
    assert current_language() == "en"
    assert gettext("Scorecard") == "Scorecard"


def test_spanish_texts_come_from_the_catalog():
    set_language("es")
    assert gettext("Scorecard") == "Cuadro de mando"
    assert gettext("Trends") == "Tendencias"


def test_two_sessions_keep_their_own_language():
    def session(language: str) -> str:
        set_language(language)
        return format_day(date(2026, 1, 5))

    with ThreadPoolExecutor(2) as pool:
        spanish = pool.submit(copy_context().run, session, "es")
        english = pool.submit(copy_context().run, session, "en")
    assert (english.result(), spanish.result()) == ("5 Jan 2026", "5 ene 2026")
