"""From text to value: either the value says exactly what the text says, or the row goes to quarantine.

What counts as the same: space around a value, a plus sign and leading zeros, a trailing `.0` of a whole number,
midnight of a date, and an offset turned into UTC.
"""

from __future__ import annotations

from datetime import date, datetime

import pytest

from cxdata.refresh.clock import repeated_hours, skipped_hours
from tests.corpus.cells import cell

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
