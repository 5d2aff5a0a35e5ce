"""People who answer more than once: how many there are, and the design effect of their answers."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxdata.config import Config
from cxdata.database import open_release
from cxdata.health import query, repeats
from cxdata.health.repeat_tables import (
    repeaters_text,
    repeats_metrics_table,
    repeats_questions_table,
    repeats_text,
)
from cxdata.health.repeats import RULE_COLUMNS, UNIT_COLUMNS, design_effects, widening
from cxdata.language import set_language
from tests.corpus import tiny

MEANS = {"csat": "mean", "ces": "mean"}
SHARES = {"csat": "share", "ces": "share"}
SCALES = {"nps": (0, 10, 9), "csat": (1, 5, 4), "rating": (1, 5, 4)}


@pytest.fixture(autouse=True)
def english():
    set_language("en")


def sums(people: list[list[int]], metric: str = "rating") -> tuple[pd.DataFrame, pd.DataFrame]:
    """The sums that the database gives, from each person's scores."""
    low, high, favourable = SCALES[metric]
    unit = dict(zip(UNIT_COLUMNS, ("q", metric, low, high, favourable, True), strict=True))
    ways: dict[tuple[int, int], int] = {}
    answers: dict[tuple[int, int], int] = {}
    for scores in people:
        for one in scores:
            answers[one, one] = answers.get((one, one), 0) + 1
            for other in scores:
                ways[one, other] = ways.get((one, other), 0) + 1
    rows = [
        {**unit, "score": one, "other_score": other, "pairs": count, "answers": answers[one, one] * (one == other)}
        for (one, other), count in ways.items()
    ]  # fmt: skip
    return pd.DataFrame(rows), pd.DataFrame(
        [{**unit, "people": len([person for person in people if person])}]
    )


def effect(people: list[list[int]], metric: str = "rating", conventions: dict[str, str] = MEANS) -> float:
    return float(design_effects(*sums(people, metric), conventions)["design_effect"].iloc[0])


def test_two_people_who_answer_twice_alike():
    """Mean 3, each person 2 away twice: (4² + 4²)·2/1 = 64 together, 4·2²·4/3 = 64/3 alone, so 3."""
    assert effect([[5, 5], [1, 1]]) == pytest.approx(3)


def test_answers_of_one_person_that_cancel_out_make_intervals_too_wide_not_too_narrow():
    """Both people's deviations sum to nothing: variance 0 together."""
    assert effect([[5, 1], [1, 5]]) == pytest.approx(0)
    assert widening(0.0) == 0


def test_where_nobody_answers_twice_the_design_effect_is_one():
    assert effect([[5], [1], [3], [3], [4]]) == pytest.approx(1)


def test_alike_scores_and_a_single_person_leave_it_unknown():
    assert np.isnan(effect([[4, 4], [4]]))
    assert np.isnan(effect([[4, 2, 5]]))
    assert design_effects(pd.DataFrame(), pd.DataFrame(), MEANS).empty


def test_the_number_decides_what_counts_as_alike():
    """9 and 10 are both promoters, 4 and 5 both favourable: nothing that differs within a person."""
    assert effect([[9, 10], [0, 6]], "nps") == pytest.approx(3)
    assert effect([[4, 5], [1, 3]], "csat", SHARES) == pytest.approx(3)
    assert effect([[4, 5], [1, 3]], "csat", MEANS) < 3


def test_the_design_effect_is_that_of_statsmodels():
    """OLS on a constant with cluster-robust errors (statsmodels), over the ordinary error of the mean."""
    from statsmodels.api import OLS

    generator = np.random.default_rng(7)
    people = [
        [int(score) for score in generator.integers(low, 6, size)]
        for low, size in zip(generator.integers(1, 5, 80), generator.integers(1, 5, 80), strict=True)
    ]
    scores = np.array([score for person in people for score in person], float)
    persons = np.repeat(np.arange(len(people)), [len(person) for person in people])
    plain = OLS(scores, np.ones_like(scores)).fit()
    robust = OLS(scores, np.ones_like(scores)).fit(cov_type="cluster", cov_kwds={"groups": persons})
    assert effect(people) == pytest.approx(float(robust.bse[0] / plain.bse[0]) ** 2, rel=1e-9)


@given(st.lists(st.integers(1, 5), min_size=2, max_size=30), st.integers(2, 5))
def test_giving_every_answer_several_times_tells_no_more(scores, times):
    """k copies: k² G/(G-1) over k·kG/(kG-1), which is (kG-1)/(G-1), and near k for many people."""
    people = len(scores)
    found = effect([[score] * times for score in scores])
    if len(set(scores)) == 1:
        assert np.isnan(found)
    else:
        assert found == pytest.approx((times * people - 1) / (people - 1))


@given(st.lists(st.lists(st.integers(0, 10), min_size=1, max_size=4), min_size=2, max_size=15))
def test_it_is_never_negative_and_one_for_single_answers(people):
    found = effect(people, "nps")
    assert np.isnan(found) or found >= 0
    if all(len(person) == 1 for person in people) and not np.isnan(found):
        assert found == pytest.approx(1)


def test_intervals_widen_with_the_root():
    assert widening(1.21) == pytest.approx(0.1)


SURVEYS = """\
survey_id,customer_id,interaction_id,touchpoint,channel,sent_at,responded_at,language,weight
T1,C1,,,,2024-03-01T09:00:00,2024-03-02T10:00:00,es,
T2,C1,,,,2024-03-30T09:00:00,2024-04-01T10:00:00,es,
T3,C2,,,,2024-02-01T09:00:00,2024-02-02T10:00:00,es,
T4,C2,,,,2024-04-01T09:00:00,2024-04-02T10:00:00,es,
T5,C3,,,,2023-07-01T09:00:00,2023-07-02T10:00:00,es,
T6,C3,,,,2024-05-01T09:00:00,2024-05-02T10:00:00,es,
T7,,,,,,2024-05-03T10:00:00,es,
T8,,,,,,2024-05-03T10:00:00,es,
T9,C1,,,,2024-06-01T09:00:00,2024-06-02T10:00:00,es,
"""
ANSWERS = "survey_id,question,score,state,comment\n" + "".join(
    f"T{number},nps,{score},,\n" for number, score in enumerate([9, 10, 0, 3, 7, 8, 9, 2, 9], start=1)
)


def test_people_who_answer_again_are_counted_by_how_soon(publish):
    """C1 answers on 2 March and 1 April (30 days), C2 on 2 February and 2 April (60), C3 in July and May.

    Two answers are anonymous, each a person of its own. June is unfinished and takes no part.
    """
    release = publish({"surveys.csv": SURVEYS, "answers.csv": ANSWERS})
    found = query.repeats(open_release(release.folder, release.outcome.release), Config())
    assert (found.first, found.last) == (date(2023, 6, 1), date(2024, 5, 1))
    row = found.questions.iloc[0]
    assert (row["question"], row["answers"], row["known_answers"], row["people"]) == ("nps", 8, 6, 5)
    assert (row["within_30_days"], row["within_90_days"], row["repeaters"]) == (1, 2, 3)
    assert row["repeated_share"] == pytest.approx(6 / 8)
    # Of five people it would be a matter of chance.
    assert np.isnan(row["design_effect"])


def test_the_database_gives_the_sums_of_the_design_effect(publish, monkeypatch):
    """Promoters C1, C1, T7; passives C3, C3; detractors C2, C2, T8: the mean is 0.

    Together 200² + 200² + 100² + 100² = 100,000, times 5/4; alone 6 · 100², times 8/7. In May nobody answers
    twice: a passive, a promoter and a detractor.
    """
    monkeypatch.setattr(repeats, "FEWEST_PEOPLE", 2)
    release = publish({"surveys.csv": SURVEYS, "answers.csv": ANSWERS})
    row = query.repeats(open_release(release.folder, release.outcome.release), Config()).questions.iloc[0]
    assert row["design_effect"] == pytest.approx((100_000 * 5 / 4) / (60_000 * 8 / 7))
    assert row["design_effect_month"] == pytest.approx(1)


def test_one_survey_that_asks_a_metric_twice_is_one_person(publish):
    """S1 gives two CSAT answers; per question nobody answers twice, for CSAT as a whole one does."""
    questions = tiny.QUESTIONS + "csat_call,csat,How was the call?,,1,5,true,4,,\n"
    answers = tiny.ANSWERS + "S1,csat_call,2,,\n"
    release = publish({"questions.csv": questions, "answers.csv": answers}, only=tiny.FILES)
    found = query.repeats(open_release(release.folder, release.outcome.release), Config())
    csat = found.metrics[found.metrics["metric"] == "csat"].iloc[0]
    assert (csat["answers"], csat["people"], csat["repeated_answers"]) == (3, 1, 3)
    assert set(found.metrics["question"]) == {""}
    assert list(found.metrics.columns[1:6]) == list(RULE_COLUMNS)


def test_a_release_without_answers_says_nothing_of_repeats(publish):
    release = publish(
        {"answers.csv": "survey_id,question,score,state,comment\nS1,nps,,refused,\n"}, accept_changes=True
    )
    assert query.repeats(open_release(release.folder, release.outcome.release), Config()) is None


@pytest.fixture(scope="module")
def demo(demo_folder):
    from cxdata.config import load_config
    from cxdata.database import current_id

    release = open_release(demo_folder, current_id(demo_folder))
    return query.repeats(release, load_config(demo_folder))


def test_the_demo_spaces_its_relationship_surveys(demo):
    """No question is asked again within 30 days; a person rates product, contact and brand in one survey."""
    assert demo.questions["within_30_days"].sum() == 0
    metrics = demo.metrics.set_index(["metric", "scale"])
    assert metrics.loc[("rating", "1–5"), "design_effect"] > 1.2
    assert metrics.loc[("nps", "0–10"), "design_effect_month"] == pytest.approx(1)
    assert (demo.questions["people"] <= demo.questions["answers"]).all()


def test_what_is_material_is_said_with_its_size(demo):
    text = repeats_text(demo)
    assert text.startswith("Where the same people answer repeatedly, intervals are too narrow")
    assert re.search(r"NPS by \d+% and Rating 1–5 by \d+% \(\d+% for October 2026 alone\)\.", text)
    quiet = replace(demo, metrics=demo.metrics.assign(design_effect=1.0, design_effect_month=np.nan))
    assert "no interval is noticeably too narrow" in repeats_text(quiet)


def test_tables_say_every_number_in_words(demo):
    metrics = repeats_metrics_table(demo)
    assert len(metrics) == len(demo.metrics)
    assert not metrics.isin(["nan", ""]).any(axis=None)
    questions = repeats_questions_table(demo, {"nps_relationship": "Would you recommend us?"})
    assert "Would you recommend us?" in set(questions["Question"])
    assert "csat_delivery" in set(questions["Question"])
    unknown = replace(demo, metrics=demo.metrics.assign(design_effect=np.nan))
    assert set(repeats_metrics_table(unknown)["Design effect"]) == {"unknown"}


def test_how_soon_people_answer_again_is_said_in_a_sentence(demo):
    assert repeaters_text(demo) == "Nobody answered the same question twice within 30 days."
    sooner = replace(demo, questions=demo.questions.assign(within_30_days=1))
    assert repeaters_text(sooner) == "Up to 1 person answered the same question again within 30 days."
