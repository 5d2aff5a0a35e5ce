"""Counts of two periods from a release: the same from the mart and from the answers, filters and groups kept."""

from __future__ import annotations

from datetime import date

import pytest

from cxdata.database import open_release
from cxdata.movement import query
from cxdata.movement.compared import COMPARISONS, comparison_of, with_something_before
from cxdata.selection import Selection
from cxdata.sql_files import statement
from tests.corpus import counted, tiny
from tests.corpus.counted import Answers, Company
from tests.corpus.release import refreshed

MONTH = date(2026, 2, 1)

COMPANY = Company(
    answers=[
        Answers("2026-01", "csat_delivery", {5: 4, 2: 1}, weight="0.5"),
        Answers("2026-02", "csat_delivery", {5: 3, 2: 3}),
        Answers("2026-02", "csat_delivery", {1: 2}, segment="Family"),
        Answers("2026-02", "nps", {10: 5, 3: 2}),
        Answers("2025-12", "nps", {9: 1}),
    ]
)

COLUMNS = ["period", "line", "across", "question", "score", "answers", "weight_sum", "weight_sq_sum"]


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    home = tmp_path_factory.mktemp("movement")
    folder = home / "data"
    exports = tiny.write(home / "exports", COMPANY.files())
    made = refreshed(exports, folder, counted.CONFIG, as_of=counted.AS_OF)
    opened = open_release(folder, made.outcome.release)
    yield opened
    opened.close()


def compared(release, by, across="", **choices):
    selection = Selection(**{"metric": "csat", **choices})
    frame = query.compared_counts(release, selection, comparison_of(MONTH, "month"), by, across)
    return [tuple(row) for row in frame[COLUMNS].itertuples(index=False)]


def test_counts_of_both_periods_by_segment(release):
    """January: 4 and 1 at weight 0.5. February: home 3 and 3, family 2. December is in neither."""
    assert compared(release, "segment") == [
        ("after", "Family", "", "csat_delivery", 1, 2, 2.0, 2.0),
        ("after", "Home", "", "csat_delivery", 2, 3, 3.0, 3.0),
        ("after", "Home", "", "csat_delivery", 5, 3, 3.0, 3.0),
        ("before", "Home", "", "csat_delivery", 2, 1, 0.5, 0.25),
        ("before", "Home", "", "csat_delivery", 5, 4, 2.0, 1.0),
    ]


def test_two_customer_dimensions_are_counted_from_the_answers(release):
    """Plan is nowhere stated, so that crossing by it changes nothing but the route of the counts."""
    assert compared(release, "segment", "plan") == compared(release, "segment")
    assert compared(release, "touchpoint", "segment") == [
        (period, "delivery", line, *rest) for period, line, _, *rest in compared(release, "segment")
    ]


def test_filters_on_two_customer_dimensions_hold(release):
    assert compared(release, "region", segment=("Family",)) == [
        ("after", "", "", "csat_delivery", 1, 2, 2.0, 2.0)
    ]
    assert compared(release, "touchpoint", touchpoint=("call",)) == []


def test_the_relationship_question_makes_the_overall_nps(release):
    assert query.asks_relationship(release)
    found = compared(release, "segment", metric="nps")
    assert [(row[0], row[4], row[5]) for row in found] == [("after", 3, 2), ("after", 10, 5)]


def test_months_by_touchpoint_up_to_a_month(release):
    frame = query.monthly_counts(release, Selection(), "csat", date(2026, 1, 1))
    assert frame[["line", "score", "answers"]].values.tolist() == [["delivery", 2, 1], ["delivery", 5, 4]]
    both = query.monthly_counts(release, Selection(segment=("Home",), plan=("",)), "csat", date(2026, 1, 1))
    assert (
        both[["line", "score", "answers"]].values.tolist()
        == frame[["line", "score", "answers"]].values.tolist()
    )


def test_a_release_without_actions_has_none(release):
    assert query.actions(release).empty


def test_actions_are_read_with_their_start(tiny_release):
    opened = open_release(tiny_release.folder, tiny_release.outcome.release)
    found = query.actions(opened)
    assert found[["title", "touchpoint", "metric"]].values.tolist() == [
        ["Call back within an hour", "support_call", "nps"]
    ]
    assert found["started_on"].iloc[0].date() == date(2024, 2, 1)
    opened.close()


def test_both_routes_list_the_same_columns():
    """The statements over the mart and over the answers are twins."""
    for name in ("compared", "monthly"):
        mart, facts = (statement("queries/movement", f"{name}_{route}") for route in ("scores", "answers"))
        assert mart.count("list_contains") == facts.count("list_contains")


def test_a_yearly_survey_is_compared_with_the_year_before():
    may = date(2026, 5, 1)
    assert with_something_before(may, {may, date(2025, 5, 1)}) == ("year", "month", "quarter", "half")
    assert with_something_before(may, {may, date(2026, 4, 1)})[0] == "month"
    assert with_something_before(may, {may}) == COMPARISONS


def test_months_with_answers_are_known(release):
    assert query.answered_months(release) == {date(2025, 12, 1), date(2026, 1, 1), MONTH}
