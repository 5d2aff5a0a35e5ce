"""The page Why it moved as readers meet it: answer, waterfall, table and signals, in both languages."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.corpus import counted, tiny
from tests.corpus.counted import Answers, Company
from tests.corpus.release import refreshed
from tests.pages.opened import charts, markup, open_page, text

HOSTILE = "=cmd()![x](https://example.org/x.png)<img src=x>"

FEB, JAN, MARCH, AUGUST = date(2026, 2, 1), date(2026, 1, 1), date(2026, 3, 1), date(2025, 8, 1)

HISTORY = [
    Answers(f"{year}-{month:02}", "csat_delivery", {5: 31 + month % 3, 2: 9})
    for year in (2024, 2025)
    for month in range(1, 13)
    if (year, month) not in ((2025, 8), (2025, 10))
]

COMPANY = Company(
    answers=[
        *HISTORY,
        Answers("2025-10", "csat_delivery", {5: 5, 2: 35}),
        Answers("2025-12", "csat_call", {5: 15, 2: 5}),
        Answers("2026-01", "csat_delivery", {5: 180, 2: 20}),
        Answers("2026-01", "csat_delivery", {5: 8, 2: 12}, HOSTILE),
        Answers("2026-01", "csat_call", {5: 15, 2: 5}),
        Answers("2026-02", "csat_delivery", {5: 108, 2: 12}),
        Answers("2026-02", "csat_delivery", {5: 48, 2: 72}, HOSTILE),
        Answers("2026-02", "csat_call_7", {7: 15, 2: 5}),
        Answers("2026-03", "csat_delivery", {5: 12, 2: 3}),
    ]
)
"""Delivery in January 2026: 90 % of 200 at home, 40 % of 20 others; in February 90 % of 120 and 40 % of 120."""

ACTIONS = "action_id,title,touchpoint,started_on\nA1,New vans <b>,delivery,2025-11-03\n"

opened = partial(open_page, "movement", role="leadership", month=FEB, metric="csat", by="segment")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("movement")
    exports = tiny.write(home / "exports", {**COMPANY.files(), "actions.csv": ACTIONS})
    refreshed(exports, home / "data", counted.CONFIG, as_of=counted.AS_OF)
    return home / "data"


@pytest.fixture(scope="module")
def page(folder: Path) -> AppTest:
    """As everybody meets it first; for reading only."""
    return opened(folder)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("month", [FEB, AUGUST, MARCH], ids=["normal", "empty", "unfinished"])
def test_the_page_opens_in_both_languages(folder, language, month):
    page = opened(folder, language, month=month)
    assert len(page.title) == 1
    assert charts(page)


def test_the_answer_is_made_from_the_numbers(page):
    """January (180 + 8) ÷ 220 = 85.5 %, February (108 + 48) ÷ 240 = 65.0 %; the call's new scale is left out.

    Home has 90.9 % of January's answers and 50 % of February's: the mix is 0.409 × −50 pp = −20.5 pp.
    """
    found = text(page)
    assert "CSAT fell by 20.5 pp" in found
    assert "from 85.5% to 65.0%: February 2026 against January 2026." in found
    assert "−20.5 pp" in found
    assert "is mix: other groups answer." in found
    assert "No group scores clearly differently" in found
    assert "“How was the call?” and “How was the call? (1 to 7)” (40 answers)" in found
    assert charts(page)[0].proto.alt.startswith("CSAT fell by 20.5 pp")


def test_the_table_has_shares_scores_with_n_and_both_parts(page):
    found = text(page)
    assert "Segment Share of the answers Score Rate effect Mix effect" in found
    assert "Home 90.9% → 50.0% 90.0% n = 200 90.0% n = 120" in found
    assert "Everything 100.0% → 100.0% 85.5% n = 220 65.0% n = 240" in found


def test_the_comparison_stands_in_the_address(folder):
    """A year before there are 40 answers, all at home: the others came since."""
    found = text(opened(folder, query={"against": "year"}))
    assert "February 2026 against February 2025" in found
    assert "Only in the later period" in found
    assert "February 2026 against January 2026" in text(opened(folder, query={"against": "nonsense"}))


def test_two_dimensions_stand_in_the_address(folder):
    """Delivery is the only touchpoint on the scale compared, so that crossing by it names it."""
    page = opened(folder, query={"and": "touchpoint"})
    assert "Segment · Touchpoint" in text(page)
    assert "Home · Delivery" in text(page)


def test_a_filter_changes_the_answer(folder):
    page = opened(folder, segment=("Home",))
    found = text(page)
    assert "From one score to the other" not in [element.value for element in page.subheader]
    assert "No clear change, so nothing to explain: CSAT went from 90.0% to 90.0%" in found
    assert "There is only one group" in found


def test_a_selection_without_answers_says_so(folder):
    page = opened(folder, month=AUGUST)
    assert "CSAT has no answers in August 2025, so there is no change to explain." in text(page)
    nothing = opened(folder, touchpoint=("call",), segment=(HOSTILE,))
    assert "Take a filter away, or compare with another period." in text(nothing)
    assert "No month has enough answers to be judged." in text(nothing)
    assert charts(nothing) == []


def test_the_unfinished_month_is_named(folder):
    assert "March 2026 is not over: its data goes to" in text(opened(folder, month=MARCH))


def test_signals_are_listed_once_and_charted(page):
    """October 2025 fell to 12.5 %, February 2026 to 65.0 %: two signals on the one chart with enough months."""
    found = text(page)
    assert "2 signals in the last 12 months: 0 for the better, 2 for the worse. Charts: 1." in found
    assert found.count("a month below its limit") == 2
    assert "CSAT, Delivery October 2025" in found
    assert "CSAT, Delivery since February 2026" in found
    assert "▲ Nov 2025: New vans" in found
    panels = charts(page)[1:]
    assert len(panels) == 2


def test_names_from_the_data_are_never_markup(page):
    assert "<img" not in markup(page)
    assert "&lt;img src=x&gt;" in markup(page)
    assert "<b>" not in markup(page)
    shown = [
        element.value for kind in (page.markdown, page.caption, page.info, page.subheader) for element in kind
    ]
    assert not [value for value in shown if "example.org" in value]


def test_a_release_without_such_questions_says_so(tmp_path):
    """The questions are ratings of single aspects."""
    files = Company(answers=[Answers("2026-02", "csat_delivery", {5: 12})]).files()
    questions = str(files["questions.csv"]).replace(",csat,", ",rating,").replace("nps,nps,", "nps,rating,")
    exports = tiny.write(tmp_path / "exports", {**files, "questions.csv": questions})
    refreshed(exports, tmp_path / "data", counted.CONFIG, as_of=counted.AS_OF)
    page = opened(tmp_path / "data")
    assert [element.value for element in page.info] == [
        "This release has no answers to questions of NPS, CSAT or CES, so nothing can be explained."
    ]
