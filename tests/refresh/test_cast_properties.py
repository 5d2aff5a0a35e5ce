"""Whatever the text: the value says exactly what it says, or the row goes to quarantine."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.corpus.cells import cells

MADRID = ZoneInfo("Europe/Madrid")
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
