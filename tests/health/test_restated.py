"""Closed months that were restated: scores before and after, reckoned back from the counts that changed."""

from __future__ import annotations

import pytest

from cxdata.config import Config
from cxdata.database import open_release
from cxdata.language import set_language
from cxdata.scorecard.restated import restated_scores, restated_table
from tests.corpus import tiny


def surveys(scores: list[int], month: str = "2024-03") -> str:
    lines = [f"T{number},,,,,{month}-05T09:00:00,{month}-06T10:00:00,," for number, _ in enumerate(scores)]
    return tiny.SURVEYS.splitlines()[0] + "\n" + "\n".join(lines) + "\n"


def answers(scores: list[int], question: str = "nps") -> str:
    lines = [f"T{number},{question},{score},," for number, score in enumerate(scores)]
    return "survey_id,question,score,state,comment\n" + "\n".join(lines) + "\n"


BEFORE = [10, 10, 10, 10, 10, 10, 7, 7, 3, 3]
"""Six promoters, two detractors of ten: NPS 40."""

AFTER = [10, 10, 10, 10, 10, 7, 7, 7, 3, 3, 3, 3]
"""Five promoters, four detractors of twelve: NPS 100 × (5 − 4) ÷ 12 = 8.3."""


@pytest.fixture
def restated(publish):
    def run(before: list[int], after: list[int], question: str = "nps"):
        publish({"surveys.csv": surveys(before), "answers.csv": answers(before, question)})
        second = publish({"surveys.csv": surveys(after), "answers.csv": answers(after, question)})
        return restated_scores(open_release(second.folder, second.outcome.release), Config())

    return run


def test_scores_before_and_after_are_those_of_the_whole_month(restated):
    rows = restated(BEFORE, AFTER).to_dict("records")
    assert len(rows) == 1
    assert rows[0]["metric"] == "nps"
    assert (rows[0]["answers_before"], rows[0]["answers_after"]) == (10, 12)
    assert rows[0]["before"] == pytest.approx(40.0)
    assert rows[0]["after"] == pytest.approx(100 / 12)
    assert rows[0]["low_after"] < rows[0]["after"] < rows[0]["high_after"]


def test_satisfaction_is_restated_as_the_company_counts_it(restated):
    """Three of four answers at 4 or 5 are 75 %; three of six are 50 %."""
    rows = restated([5, 5, 4, 1], [5, 5, 4, 1, 2, 3], "csat_delivery").to_dict("records")
    assert [(row["metric"], row["unit"]) for row in rows] == [("csat", "fraction")]
    assert (rows[0]["before"], rows[0]["after"]) == (pytest.approx(0.75), pytest.approx(0.5))


def test_a_month_that_had_no_answers_before_is_restated_from_nothing(publish):
    publish({"surveys.csv": surveys(BEFORE), "answers.csv": answers(BEFORE)})
    lines = surveys(AFTER, "2024-02").splitlines()[1:]
    late = [line.replace("T", "L", 1) for line in lines]
    both = surveys(BEFORE) + "\n".join(late) + "\n"
    scores = answers(BEFORE) + answers(AFTER).split("\n", 1)[1].replace("T", "L")
    second = publish({"surveys.csv": both, "answers.csv": scores})
    rows = restated_scores(open_release(second.folder, second.outcome.release), Config()).to_dict("records")
    assert [(row["month"].isoformat(), row["answers_before"], row["answers_after"]) for row in rows] == [
        ("2024-02-01", 0, 12)
    ]


def test_nothing_restated_is_an_empty_frame(restated):
    assert restated(BEFORE, BEFORE).empty


def test_the_unfinished_month_is_never_restated(publish):
    """The tiny company's day is 15 June 2024: June may still change."""
    publish({"surveys.csv": surveys(BEFORE, "2024-06"), "answers.csv": answers(BEFORE)})
    second = publish({"surveys.csv": surveys(AFTER, "2024-06"), "answers.csv": answers(AFTER)})
    assert restated_scores(open_release(second.folder, second.outcome.release), Config()).empty


def test_the_table_says_both_scores_with_their_intervals(restated):
    set_language("en")
    row = restated_table(restated(BEFORE, AFTER), 10).to_dict("records")[0]
    assert (row["Month"], row["Metric"], row["Change"]) == ("March 2024", "NPS", "−31.7")
    assert row["Before"].startswith("40.0 (")
    assert row["After"].startswith("8.3 (")
    assert (row["Answers before"], row["Answers after"]) == ("10", "12")


def test_few_answers_are_not_shown_as_a_score(restated):
    set_language("en")
    row = restated_table(restated([10, 9, 3], [10, 9, 3, 3]), 10).to_dict("records")[0]
    assert (row["Before"], row["After"], row["Change"]) == (
        "fewer than 10 answers",
        "fewer than 10 answers",
        "",
    )
