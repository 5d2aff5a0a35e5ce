"""From text to value: either the value says exactly what the text says, or the row goes to quarantine.

What counts as the same: space around a value, a plus sign and leading zeros, a trailing `.0` of a whole number,
midnight of a date, and an offset turned into UTC.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxdata.config import ExportFormat
from cxdata.contract import FIRST_DATE
from cxdata.refresh.clock import repeated_hours, skipped_hours
from cxdata.refresh.validation import validation
from cxdata.schema import Column, Kind, Table
from tests.corpus.release import AS_OF

MADRID = ZoneInfo("Europe/Madrid")
ENGINE = duckdb.connect(config={"threads": 1})

Cell = tuple[Any, tuple[str, ...]]
"""The value that a text became, and the codes of the rules that it broke."""


def cells(kind: Kind, texts: list[str], time_zone: str = "Europe/Madrid", **form: Any) -> list[Cell]:
    """What the generated SQL makes of texts in a column of some kind; dates begin in 1950, as in the contract."""
    first = FIRST_DATE if kind in ("date", "timestamp", "month") else None
    table = Table("cells", "", (Column("cell", kind, "", minimum=first),))
    checks = validation(table, {"cell": "cell"}, ExportFormat(**form), as_of=AS_OF, time_zone=time_zone)
    rows = ENGINE.execute(
        f"""with raw as (
                select 0 as _file, unnest(range(len($texts))) as _record, unnest($texts::varchar[]) as cell
            ) select cell, reasons from ({checks.select}) order by _record""",
        {"texts": texts},
    ).fetchall()
    codes = {1 << reason.bit: reason.code for reason in checks.reasons}
    return [(value, tuple(code for bit, code in codes.items() if mask & bit)) for value, mask in rows]


def cell(kind: Kind, text: str, time_zone: str = "Europe/Madrid", **form: Any) -> Cell:
    """The same for one text."""
    return cells(kind, [text], time_zone, **form)[0]


NOT_NUMBERS = (
    "ten", "9 - likely", "8,5", "1e1", "1E1", "0x5", "0b1", "1_0", "NaN", "nan", "inf", "-Infinity", "٣", "９", "½",
    "--5", "1 000", "1'000", "5%", "€5", "null", "#N/A", "1.2.3", "5-", "(5)", "9" * 400,
)  # fmt: skip


@pytest.mark.parametrize("text", [*NOT_NUMBERS, "8.5", "9.", ".0", "9.01", "2147483648", "1234567890.0"])
def test_no_whole_number_is_made_of(text):
    """A cast alone rounds 8.5 to 9, which turns a passive into a promoter."""
    assert cell("integer", text) == (None, ("not_integer",))


@pytest.mark.parametrize("text", NOT_NUMBERS)
def test_no_number_is_made_of(text):
    """nan >= 9 is true to the engine: a NaN would count as a promoter."""
    assert cell("number", text) == (None, ("not_number",))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9", 9),
        (" 9 ", 9),
        ("9.0", 9),
        ("9.00", 9),
        ("+9", 9),
        ("007", 7),
        ("-1", -1),
        ("2147483647", 2147483647),
    ],
)
def test_whole_numbers_that_people_write(text, value):
    assert cell("integer", text) == (value, ())


@pytest.mark.parametrize(
    ("text", "value"),
    [("8.5", 8.5), (" 8.5 ", 8.5), ("+0.1", 0.1), ("-3", -3.0), (".5", 0.5), ("1234567.891", 1234567.891)],
)
def test_numbers_that_people_write(text, value):
    assert cell("number", text) == (value, ())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("8,5", 8.5),
        ("1.234,5", 1234.5),
        ("-1.234.567,25", -1234567.25),
        ("8", 8.0),
        ("1.000", 1000.0),
        ("12,0", 12.0),
    ],
)
def test_a_declared_decimal_comma_is_read_with_its_thousands(text, value):
    assert cell("number", text, decimal=",") == (value, ())


@pytest.mark.parametrize("text", ["8.5", "1.23", "1,234.5", "12.34,5", "1.2345", "8,", ",5", "1,2,3"])
def test_what_is_no_number_with_a_decimal_comma(text):
    """8.5 is no number where the point parts thousands: 8 thousand and 500 would have three digits behind it."""
    assert cell("number", text, decimal=",") == (None, ("not_number",))


def test_a_thousand_is_not_one_where_the_comma_is_the_decimal_mark():
    """'1.000' answers are a thousand in Madrid; a reader that drops '.000' would load 1."""
    assert cell("integer", "1.000", decimal=",") == (None, ("not_integer",))
    assert cell("integer", "9,0", decimal=",") == (9, ())


def test_declared_blanks_are_blank_in_every_kind():
    """A sentinel such as 99 must not become a score; what is not declared stays what it is."""
    for kind in ("integer", "number", "text", "code"):
        assert cell(kind, "99", null_values=("99", "n/a")) == (None, ()), kind
        assert cell(kind, " n/a ", null_values=("99", "n/a")) == (None, ()), kind
    assert cell("text", "NA") == ("NA", ())
    assert cell("boolean", "n/a", null_values=("n/a",)) == (None, ())
    assert cell("timestamp", "n/a", null_values=("n/a",)) == (None, ())


@pytest.mark.parametrize("kind", ["integer", "number", "boolean", "date", "timestamp", "month", "text", "id"])
@pytest.mark.parametrize("text", ["", "   "])
def test_a_blank_is_no_value_and_no_fault(kind, text):
    assert cell(kind, text) == (None, ())


def test_truth_in_words():
    for text in ("true", "TRUE", " yes ", "1", "1.0", "Sí", "y", "ja"):
        assert cell("boolean", text) == (True, ()), text
    for text in ("false", "No", "0", "n", "falso", "nein"):
        assert cell("boolean", text) == (False, ()), text
    for text in ("perhaps", "2", "-1", "true!", "01"):
        assert cell("boolean", text) == (None, ("not_boolean",)), text


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2024-01-05T10:15:30", datetime(2024, 1, 5, 9, 15, 30)),
        ("2024-07-05 10:15:30", datetime(2024, 7, 5, 8, 15, 30)),
        ("2024-07-05 10:15", datetime(2024, 7, 5, 8, 15)),
        (" 2024-07-05T10:15:30.25 ", datetime(2024, 7, 5, 8, 15, 30, 250000)),
        ("2024-01-05", datetime(2024, 1, 4, 23)),
        ("2024-01-05T10:15:30Z", datetime(2024, 1, 5, 10, 15, 30)),
        ("2024-01-05T10:15:30+02:00", datetime(2024, 1, 5, 8, 15, 30)),
        ("2024-01-05 10:15:30-0330", datetime(2024, 1, 5, 13, 45, 30)),
        ("2024-03-31T23:30:00", datetime(2024, 3, 31, 21, 30)),
    ],
)
def test_times_are_stored_in_utc(text, utc):
    """Without an offset a text states the time in Madrid: one hour ahead in January, two in July."""
    assert cell("timestamp", text) == (utc, ())


@pytest.mark.parametrize(
    "text",
    ["2024-02-30", "2024-01-05 24:00:00", "2024-01-05T24:00:00Z", "2024-01-05T10:60:00", "2024-01-05T10:00:00+25:00",
     "2024-13-01", "03/04/2024", "05.01.2024", "45750", "20240105", "yesterday", "2024-01-05T10:00:00 CET", "1704448800",
     "2024-01-05T10:00:00.1234567", "２０２４-01-05", "-2024-01-05", "2024-01-05 (BC)"],
)  # fmt: skip
def test_no_time_is_made_of(text):
    assert cell("timestamp", text) == (None, ("not_timestamp",))


def test_an_hour_that_the_clock_skipped_is_named():
    """On 31 March 2024 Madrid went from 2:00 to 3:00; the engine alone would move 2:30 by an hour."""
    assert cell("timestamp", "2024-03-31T02:30:00") == (None, ("skipped_hour",))
    assert cell("timestamp", "2024-03-31T02:30:00Z") == (datetime(2024, 3, 31, 2, 30), ())
    assert cell("timestamp", "2024-03-31T02:30:00", "UTC") == (datetime(2024, 3, 31, 2, 30), ())
    assert cell("timestamp", "2024-03-30T02:30:00") == (datetime(2024, 3, 30, 1, 30), ())


def test_the_clock_of_madrid_repeats_two_hours_of_utc_each_autumn():
    """From 2:00 summer time (00:00 UTC) to 3:00 winter time (02:00 UTC) each local time stands twice."""
    assert repeated_hours("Europe/Madrid", datetime(2024, 1, 1), datetime(2024, 12, 31)) == [
        (datetime(2024, 10, 27, 0), datetime(2024, 10, 27, 2))
    ]
    assert repeated_hours("UTC", datetime(2024, 1, 1), datetime(2024, 12, 31)) == []
    assert 2 in skipped_hours("Europe/Madrid")
    assert skipped_hours("UTC") == ()


def test_a_date_is_a_day_and_a_month_its_first_day():
    """A time of day is not cut off: 23:30 on a clock that nobody named may be another day."""
    assert cell("date", "2024-01-05") == (date(2024, 1, 5), ())
    assert cell("date", "2024-01-05 00:00:00") == (date(2024, 1, 5), ())
    assert cell("date", "2024-01-05 23:30:00") == (None, ("not_date",))
    assert cell("date", "2024-02-30") == (None, ("not_date",))
    assert cell("month", "2024-03") == (date(2024, 3, 1), ())
    assert cell("month", "2024-03-01") == (date(2024, 3, 1), ())
    assert cell("month", "2024-03-31") == (None, ("not_month",))
    assert cell("month", "2024-13") == (None, ("not_month",))


def test_a_declared_form_of_dates_is_read_and_iso_too():
    """03/04/2024 is 3 April where day/month/year is declared, with or without a time."""
    form = {"date_format": "%d/%m/%Y"}
    assert cell("date", "03/04/2024", **form) == (date(2024, 4, 3), ())
    assert cell("timestamp", "03/04/2024 10:15", "UTC", **form) == (datetime(2024, 4, 3, 10, 15), ())
    assert cell("timestamp", "03/04/2024 10:15:20", "UTC", **form) == (datetime(2024, 4, 3, 10, 15, 20), ())
    assert cell("date", "2024-04-03", **form) == (date(2024, 4, 3), ())
    assert cell("date", "13/13/2024", **form) == (None, ("not_date",))


def test_excel_serials_are_dates_where_that_is_declared():
    """Day 45750 of Excel's calendar is 3 April 2025; half a day later it is noon."""
    assert cell("date", "45750", excel_dates=True) == (date(2025, 4, 3), ())
    assert cell("timestamp", "45750.5", "UTC", excel_dates=True) == (datetime(2025, 4, 3, 12), ())
    assert cell("date", "45750") == (None, ("not_date",))
    for text in ("4e4", "0x9C40", "999", "20250403"):
        assert cell("date", text, excel_dates=True) == (None, ("not_date",)), text


DIGITS = st.sampled_from("0123456789")
NUMERIC = st.text(st.sampled_from("0123456789.,+-eExXob_ \tnaif٣９'"), max_size=12)
ANY_TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), max_size=12)
NUMBERS = st.one_of(
    NUMERIC,
    ANY_TEXT,
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9).map(
        str
    ),
    st.integers(-(2**40), 2**40).map(str),
    st.floats().map(repr),
)


def exact(text: str) -> Decimal | None:
    """The number that a text states, as a person with patience would read it."""
    try:
        return Decimal(text.strip())
    except InvalidOperation:
        return None


@given(texts=st.lists(NUMBERS, min_size=1, max_size=40))
def test_every_text_is_its_own_whole_number_or_is_quarantined(texts):
    for text, (value, broken) in zip(texts, cells("integer", texts), strict=True):
        if value is not None:
            assert exact(text) == value, text
        elif text.strip():
            assert broken or not text.strip(" "), text


@given(texts=st.lists(NUMBERS, min_size=1, max_size=40))
def test_every_text_is_its_own_number_or_is_quarantined(texts):
    for text, (value, broken) in zip(texts, cells("number", texts), strict=True):
        if value is not None:
            number = exact(text)
            assert number is not None, text
            assert float(number) == value, text
        elif text.strip():
            assert broken, text


def european(text: str) -> Decimal | None:
    """The number that a text states where the comma is the decimal mark and the point parts thousands."""
    whole, _, fraction = text.strip().partition(",")
    groups = whole.lstrip("+-").split(".")
    if len(groups) > 1 and (not 1 <= len(groups[0]) <= 3 or any(len(group) != 3 for group in groups[1:])):
        return None
    return exact(whole.replace(".", "") + ("." + fraction if fraction else ""))


@given(texts=st.lists(NUMERIC, min_size=1, max_size=40))
def test_every_text_with_a_decimal_comma_is_its_own_number_or_is_quarantined(texts):
    for kind in ("number", "integer"):
        for text, (value, broken) in zip(texts, cells(kind, texts, decimal=","), strict=True):
            if value is not None:
                number = european(text)
                assert number is not None, text
                assert float(number) == value, text
            elif text.strip():
                assert broken, text


TIME = re.compile(
    r"(\d{1,4})-(\d{1,2})-(\d{1,2})(?:(?:T| +)(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,6}))?)?)?"
    r"(Z|[+-]\d{2}(?::?\d{2})?)?",
    re.ASCII,
)


def moments(text: str) -> set[datetime]:
    """The UTC times that a text may state: none, one, or two in an hour that the clock repeats."""
    found = TIME.fullmatch(text.strip())
    if not found:
        return set()
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    try:
        local = datetime(year, month, day, hour, minute, second, int((found[7] or "0").ljust(6, "0")))
    except ValueError:
        return set()
    if found[8]:
        digits = re.sub(r"\D", "", found[8]).ljust(4, "0")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        return {local + offset if found[8][0] == "-" else local - offset}
    both = {local.replace(tzinfo=MADRID, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return {
        moment.replace(tzinfo=None)
        for moment in both
        if moment.astimezone(MADRID).replace(tzinfo=None) == local
    }


def parts(low: int, high: int) -> st.SearchStrategy[str]:
    return st.integers(low, high).map(lambda number: f"{number:02d}")


DAYS = st.builds("{}-{}-{}".format, st.integers(1949, 2045), parts(0, 13), parts(0, 32))
CHANGES = st.sampled_from(["2024-03-31", "2024-10-27", "1978-04-02", "2024-12-31"])
CLOCKS = st.builds("{}:{}:{}".format, parts(0, 24), parts(0, 61), parts(0, 61))
OFFSETS = st.sampled_from(["", "", "Z", "+02:00", "-0330", "+14", "+23:00", " CET", "+2"])
MOMENTS = st.builds(
    "{}{}{}{}".format, DAYS | CHANGES, st.sampled_from(["T", " ", "  ", "t"]), CLOCKS, OFFSETS
)
DATES = st.one_of(DAYS, MOMENTS, ANY_TEXT, st.text(st.sampled_from("0123456789-/:. TZ+"), max_size=20))


@given(texts=st.lists(DATES, min_size=1, max_size=40))
def test_every_text_is_its_own_time_or_is_quarantined(texts):
    for text, (value, broken) in zip(texts, cells("timestamp", texts), strict=True):
        if value is not None and not broken:
            assert value in moments(text), text
        elif text.strip():
            assert broken, text


@given(texts=st.lists(DATES, min_size=1, max_size=40))
def test_every_text_is_its_own_day_or_month_or_is_quarantined(texts):
    for kind, days in (("date", 31), ("month", 1)):
        for text, (value, broken) in zip(texts, cells(kind, texts), strict=True):
            if value is None or broken:
                assert broken or not text.strip(), text
            elif kind == "month" and re.fullmatch(r" *\d{1,4}-\d{1,2} *", text, re.ASCII):
                assert [int(part) for part in text.split("-")] == [value.year, value.month], text
            else:
                found = TIME.fullmatch(text.strip())
                assert found, text
                stated = [int(part or 0) for part in found.groups()[:6]]
                assert stated == [value.year, value.month, value.day, 0, 0, 0], text
                assert value.day <= days, text


@settings(max_examples=30)
@given(days=st.lists(st.dates(date(1950, 1, 1), date(2045, 1, 1)), min_size=1, max_size=30))
def test_every_written_day_comes_back_as_itself(days):
    """Quarantine is not an excuse: what is written as it should be is read."""
    assert cells("date", [day.isoformat() for day in days]) == [(day, ()) for day in days]
    months = [(day.replace(day=1), ()) for day in days]
    assert cells("month", [f"{day:%Y-%m}" for day in days]) == months


@settings(max_examples=30)
@given(texts=st.lists(ANY_TEXT, min_size=1, max_size=30))
def test_a_text_is_kept_to_the_letter_but_for_the_space_around_it(texts):
    for kind in ("text", "id", "code"):
        for text, (value, broken) in zip(texts, cells(kind, texts), strict=True):
            assert (value or "").strip() == text.strip()
            assert not broken
