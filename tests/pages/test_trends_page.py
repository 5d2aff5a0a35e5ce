"""The page Trends as readers meet it: choices, words, charts, rows and file, in both languages."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from cxdata.spreadsheets import safe_cell
from pages.parts.download import csv_bytes, file_name
from tests.corpus import counted, tiny
from tests.corpus.counted import Answers, Company, Terms
from tests.corpus.release import refreshed
from tests.pages.opened import charts, markup, open_page, text

HOSTILE = "=cmd()![x](https://example.org/x.png)<img src=x>"

COMPANY = Company(
    answers=[
        *(Answers(f"2025-{month:02}", "csat_delivery", {5: 18, 2: 2}) for month in (1, 2, 3, 5, 6)),
        Answers("2025-03", "csat_call", {5: 15, 2: 5}),
        Answers("2025-05", "csat_call_7", {7: 15, 2: 5}),
        Answers("2026-01", "csat_call_7", {7: 2, 2: 2}),
        Answers("2026-02", "csat_delivery", {5: 90, 2: 10}),
        Answers("2026-02", "csat_delivery", {5: 20, 2: 80}, HOSTILE),
        Answers("2026-02", "csat_call_7", {7: 30, 2: 10}),
        Answers("2026-03", "csat_delivery", {5: 12, 2: 3}),
    ],
    terms=[Terms("2026-02", 30, 10)],
    targets="csat,,,2025-01-01,0.8\n",
)

NORMAL, EMPTY, SMALL = date(2026, 2, 1), date(2025, 8, 1), date(2026, 1, 1)

opened = partial(open_page, "trends", role="leadership", month=NORMAL, metric="csat")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("trends")
    exports = tiny.write(home / "exports", COMPANY.files())
    refreshed(exports, home / "data", counted.CONFIG, as_of=counted.AS_OF)
    return home / "data"


@pytest.fixture(scope="module")
def page(folder: Path) -> AppTest:
    """As everybody meets it first; for reading only."""
    return opened(folder)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("month", [NORMAL, EMPTY, SMALL], ids=["normal", "empty", "small"])
def test_the_page_opens_in_both_languages(folder, language, month):
    page = opened(folder, language, month=month)
    assert len(page.title) == 1
    assert charts(page)


def test_the_answer_stands_on_top_and_is_what_the_chart_is_called(page):
    """Delivery: 110 of 200, and 18 of 20 a year before. Call: 30 of 40."""
    told = "February 2026: CSAT was highest for Call (75.0%) and lowest for Delivery (55.0%)"
    assert told in text(page)
    assert "Compared with February 2025, Delivery has fallen by 35.0 pp" in text(page)
    assert charts(page)[0].proto.alt.startswith(told)


def test_lines_panels_and_heat_map_are_drawn(page):
    """One chart for all lines, a panel for each of two, and the heat map."""
    assert [element.value for element in page.subheader] == [
        "CSAT by touchpoint", "One panel each", "Two dimensions at once", "The rows behind",
    ]  # fmt: skip
    assert len(charts(page)) == 4
    assert "2 of 3 cells differ from the overall 55.0%" in text(page)


def test_notes_name_what_is_left_out_and_what_is_unfinished(page):
    """January 2026 has four calls; March 2026 is the month of the data's day, the 15th."""
    found = text(page)
    assert "1 value is left out because it rests on fewer than 10 answers: Call." in found
    assert "Hollow and dashed: March 2026 is not over, its data goes to" in found


def test_the_rows_withhold_what_rests_on_too_little(page):
    rows = page.dataframe[0].value
    small = rows[(rows["month"] == "January 2026") & (rows["line"] == "Call")]
    assert small[["value", "interval", "n"]].values.tolist() == [["", "", "fewer than 10"]]
    call = rows[(rows["month"] == "February 2026") & (rows["line"] == "Call")]
    assert call[["value", "n", "scale"]].values.tolist() == [["75.0%", "40", "1–7"]]


def test_a_month_without_answers_is_said_to_have_none(folder):
    found = text(opened(folder, month=EMPTY))
    assert "No answers in August 2025; the newest month with data is June 2025." in found


def test_filters_that_leave_nothing_end_in_words(folder):
    page = opened(folder, month=SMALL, touchpoint=("call",), segment=(HOSTILE,))
    assert charts(page) == []
    assert [element.value for element in page.info] == [
        "The filters leave no line with enough answers. Take one away, or choose another month."
    ]


def test_a_metric_that_knows_no_touchpoint_is_broken_down_by_what_it_knows(folder):
    page = opened(folder, metric="renewal_rate", by="touchpoint")
    assert page.subheader[0].value == "Renewal rate"
    assert "February 2026: Renewal rate was 75.0%" in text(page)


def test_filters_that_a_metric_does_not_know_are_named(folder):
    found = text(opened(folder, metric="renewal_rate", touchpoint=("call",)))
    assert "Not filtered by touchpoint: terms of a subscription have none." in found


def test_names_from_the_data_are_never_markup(folder):
    """The segment is an image for Markdown and for HTML, and a formula for a spreadsheet."""
    page = opened(folder, by="segment")
    assert "<img" not in markup(page)
    assert "&lt;img src=x&gt;" in markup(page)
    shown = [
        element.value for kind in (page.markdown, page.caption, page.info, page.subheader) for element in kind
    ]
    assert not [value for value in shown if "example.org" in value]


def test_the_second_dimension_comes_from_the_address(folder):
    control = opened(folder, query={"across": "segment"}).get("button_group")[-1]
    assert control.label == "And by"
    assert opened(folder, query={"across": "nonsense"}).get("button_group")[-1].value == control.value


def test_cells_that_a_spreadsheet_would_run_are_quoted():
    """OWASP's list of first characters: = + - @, tab and carriage return."""
    for first in ("=", "+", "-", "@", "\t", "\r"):
        assert safe_cell(f"{first}1") == f"'{first}1"
    assert safe_cell("a=b") == "a=b"
    assert safe_cell(-1.5) == -1.5


def test_the_file_keeps_numbers_and_quotes_text():
    rows = pd.DataFrame({"line": ["=1+1", "ok"], "value": [-1.5, None]})
    assert csv_bytes(rows).decode("utf-8-sig") == "line,value\r\n'=1+1,-1.5\r\nok,\r\n"
    assert csv_bytes(rows).startswith(b"\xef\xbb\xbf")


def test_a_file_name_is_safe_on_every_system():
    assert file_name(["csat", "by-segment", "segment-a/b:c?", "20260101T000000Z-01"]) == (
        "csat_by-segment_segment-a-b-c_20260101T000000Z-01.csv"
    )
    assert len(file_name(["x" * 500])) == 120
