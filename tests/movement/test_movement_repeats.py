"""Errors of parts by customer: exact cases, a bootstrap of customers, coverage, pairs counted by the query."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from cxdata.database import open_release
from cxdata.movement import query
from cxdata.movement.compared import AFTER, BEFORE, comparison_of
from cxdata.movement.effects import PARTS, Effects, Groups, rate_and_mix
from cxdata.movement.repeats import LEAST_VARIANCE, Kinds, Repeats
from cxdata.movement.results import BY_CUSTOMER, FEW_PEOPLE, INDEPENDENT
from cxdata.selection import Selection
from tests.corpus import counted, tiny
from tests.corpus.counted import CONFIG
from tests.corpus.release import refreshed
from tests.movement.test_decomposition import counts, split

RATE, MIX = 0, 1
FEBRUARY = date(2026, 2, 1)


def sides(period: np.ndarray, group: np.ndarray, value: np.ndarray, size: int) -> list[Groups]:
    """Both periods with plain standard errors of shares (no imaginary answers), from single answers."""
    found = []
    for number in (0, 1):
        base = np.bincount(group[period == number], minlength=size).astype(float)
        total = np.bincount(group[period == number], weights=value[period == number], minlength=size)
        score = total / base
        found.append(Groups(base, base, score, np.sqrt(score * (1 - score) / base)))
    return found


def repeats(person: np.ndarray, period: np.ndarray, group: np.ndarray, value: np.ndarray) -> Repeats:
    """Every two answers of one person, in both directions, one by one."""
    one, other = [], []
    for each in np.unique(person):
        rows = np.flatnonzero(person == each)
        for a in rows:
            for b in rows[rows != a]:
                one.append(a)
                other.append(b)
    kinds = [Kinds(period[rows], group[rows], value[rows].astype(float)) for rows in (one, other)]
    return Repeats(*kinds, np.ones(len(one)), len(np.unique(person)))


def company(seed: int, people: int = 300) -> tuple[np.ndarray, ...]:
    """People of three groups with an opinion of their own, who answer one to seven times in two periods.

    Most of them mostly in one of the two; one in ten moves to the next group in the later period.
    """
    random = np.random.default_rng(seed)
    home = random.choice(3, people, p=[0.5, 0.3, 0.2])
    later = np.where(random.random(people) < 0.1, (home + 1) % 3, home)
    likes = np.clip(np.array([0.75, 0.5, 0.4])[home] + random.normal(0, 0.25, people), 0.02, 0.98)
    answers = 1 + random.integers(0, 7, people)
    person = np.repeat(np.arange(people), answers)
    period = (random.random(len(person)) < random.choice([0.1, 0.5, 0.9], people)[person]).astype(int)
    group = np.where(period == 1, later[person], home[person])
    value = (random.random(len(person)) < likes[person] - 0.05 * period).astype(float)
    return person, period, group, value


def effects_of(answers: tuple[np.ndarray, ...], size: int = 3, *, by_customer: bool = True) -> Effects:
    person, period, group, value = answers
    return rate_and_mix(
        *sides(period, group, value, size), repeats(person, period, group, value) if by_customer else None
    )


def test_everybody_answering_twice_alike_is_half_as_many_answers():
    """The same 200 opinions, each given twice in its period: errors of 200 answers, not of 400."""
    random = np.random.default_rng(1)
    period, group = np.repeat([0, 1], 100), random.integers(0, 2, 200)
    value = (random.random(200) < 0.4 + 0.2 * group).astype(float)
    person = np.arange(200)
    once = effects_of((person, period, group, value), 2, by_customer=False)
    twice = effects_of(tuple(np.tile(part, 2) for part in (person, period, group, value)), 2)
    assert twice.estimate == pytest.approx(once.estimate)
    assert twice.covariance == pytest.approx(once.covariance)


def test_who_answers_alike_in_both_periods_has_not_moved():
    """100 people, one answer in each period, none changed: no error of the change but the least that is kept."""
    value = np.tile(np.repeat([1.0, 0.0], [60, 40]), 2)
    answers = (np.tile(np.arange(100), 2), np.repeat([0, 1], 100), np.zeros(200, int), value)
    found, alone = effects_of(answers, 1), effects_of(answers, 1, by_customer=False)
    assert found.estimate[0, RATE] == pytest.approx(0)
    assert found.std_error[0, RATE] == pytest.approx(np.sqrt(LEAST_VARIANCE) * alone.std_error[0, RATE])


def test_errors_agree_with_a_bootstrap_of_customers():
    """600 people drawn anew 1,500 times, with all their answers: every part's spread within 9 %; sums stay exact."""
    person, period, group, value = answers = company(4, 600)
    found = effects_of(answers)
    assert found.estimate.sum() == pytest.approx(found.after - found.before, abs=1e-9)
    # Answers, and those that were favourable, of each person by period and group.
    cells = np.zeros((600, 2, 2, 3))
    np.add.at(cells, (person, 0, period, group), 1.0)
    np.add.at(cells, (person, 1, period, group), value)
    random, drawn = np.random.default_rng(5), []
    for _draw in range(1_500):
        base, good = np.tensordot(random.multinomial(600, np.full(600, 1 / 600)), cells, axes=1)
        scores = good / base
        drawn.append(
            rate_and_mix(*(Groups(b, b, s, s * 0) for b, s in zip(base, scores, strict=True))).estimate
        )
    spread = np.std(drawn, axis=0)
    assert found.std_error[:, :2] == pytest.approx(spread[:, :2], rel=0.09)
    for part in ("rate", "mix"):
        pooled = np.array(drawn)[:, :, PARTS.index(part)].sum(axis=1).std()
        assert found.pooled(part)[1] == pytest.approx(pooled, rel=0.09)
    # Answers taken as independent would miss it: people keep to their group and to their opinion.
    off = effects_of(answers, by_customer=False).std_error[:, :2] / spread[:, :2] - 1
    assert np.abs(off).max() > 0.2


def test_intervals_by_customer_hold_the_truth_as_often_as_they_say():
    """200 companies of 300 people, three answers each in one of the periods: 91 to 98 %; independent ones fewer."""
    random, by_customer, independent = np.random.default_rng(8), 0, 0
    for _company in range(200):
        likes = np.clip(random.normal(0.6, 0.3, 300), 0, 1)
        person = np.repeat(np.arange(300), 3)
        period, group = np.repeat(random.integers(0, 2, 300), 3), np.repeat(random.integers(0, 2, 300), 3)
        value = (random.random(900) < likes[person]).astype(float)
        for number, known in enumerate((True, False)):
            found = effects_of((person, period, group, value), 2, by_customer=known)
            estimate, error = found.pooled("rate")
            held = abs(estimate) <= 1.96 * error
            by_customer, independent = by_customer + held * (number == 0), independent + held * (number == 1)
    assert 182 <= by_customer <= 196
    assert independent < 180


def frame(*rows: tuple) -> pd.DataFrame:
    names = ["period", "line", "score", "other_period", "other_line", "other_score", "pairs", "people"]
    found = pd.DataFrame(rows, columns=names).assign(
        across="", other_across="", question="q", other_question="q"
    )
    return found.assign(weight_pairs=found["pairs"] * 1.0)


MIXED = pd.concat([
    counts((BEFORE, "Home", 5, 80), (BEFORE, "Home", 2, 20), (AFTER, "Home", 5, 60), (AFTER, "Home", 2, 40)),
])  # fmt: skip


def test_pairs_widen_the_parts_and_leave_the_estimates_and_the_whole_alone():
    """80 of 100 then 60 of 100, each person twice alike in a period: 40, 10, 30 and 20 people."""
    pairs = frame(
        (BEFORE, "Home", 5, BEFORE, "Home", 5, 80, 100), (BEFORE, "Home", 2, BEFORE, "Home", 2, 20, 100),
        (AFTER, "Home", 5, AFTER, "Home", 5, 60, 100), (AFTER, "Home", 2, AFTER, "Home", 2, 40, 100),
    )  # fmt: skip
    plain, found = split(MIXED), split(MIXED, pairs=pairs)
    assert (plain.errors, found.errors) == (INDEPENDENT, BY_CUSTOMER)
    assert found.change.equals(plain.change)
    wide, narrow = (one.parts.iloc[0] for one in (found, plain))
    assert wide["estimate"] == narrow["estimate"] == pytest.approx(-0.2)
    reach, before = wide["conf_high"] - wide["estimate"], narrow["conf_high"] - narrow["estimate"]
    # Independent errors stand with a few imaginary answers (104); the pairs add the plain ones once more.
    added = 0.8 * 0.2 / 100 + 0.6 * 0.4 / 100
    assert reach**2 - before**2 == pytest.approx(1.959964**2 * added, rel=1e-6)
    few = split(MIXED, pairs=pairs.assign(people=29))
    assert few.errors == FEW_PEOPLE
    assert few.parts.equals(plain.parts)


def test_one_person_who_gave_all_answers_of_a_group_is_no_certainty():
    """The sum of all distances from a group's own score is zero; the error stays that of independent answers."""
    rows = [(BEFORE, 5, 20), (BEFORE, 2, 20), (AFTER, 5, 10), (AFTER, 2, 30)]
    lone = counts(*((period, "Lone", score, count) for period, score, count in rows))
    pairs = frame(*(
        (period, "Lone", score, period, "Lone", other, count * (again - (score == other)), 40)
        for period, score, count in rows for side, other, again in rows if side == period
    ))  # fmt: skip
    assert split(lone, pairs=pairs).parts["conf_low"].tolist() == pytest.approx(
        split(lone).parts["conf_low"].tolist()
    )


SURVEYS = """\
survey_id,customer_id,sent_at,responded_at,weight
S1,C1,2026-01-10T08:00:00Z,2026-01-11T12:00:00Z,
S2,C1,2026-02-10T08:00:00Z,2026-02-11T12:00:00Z,0.5
S3,C2,2026-02-10T08:00:00Z,2026-02-11T12:00:00Z,
S4,C2,2026-02-12T08:00:00Z,2026-02-13T12:00:00Z,
S5,C3,2026-02-10T08:00:00Z,2026-02-11T12:00:00Z,
S6,,2026-02-10T08:00:00Z,2026-02-11T12:00:00Z,
S7,,2026-02-10T08:00:00Z,2026-02-11T12:00:00Z,
"""

ANSWERS = """\
survey_id,question,score
S1,csat_delivery,5
S2,csat_delivery,4
S3,csat_delivery,2
S4,csat_delivery,2
S5,csat_delivery,1
S6,csat_delivery,3
S6,csat_call,4
S7,csat_delivery,3
S1,nps,9
"""


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    home = tmp_path_factory.mktemp("repeats")
    files = {
        "customers.csv": "customer_id,segment\nC1,Home\nC2,Home\nC3,Office\n", "questions.csv": counted.QUESTIONS,
        "touchpoints.csv": counted.TOUCHPOINTS, "surveys.csv": SURVEYS, "answers.csv": ANSWERS,
    }  # fmt: skip
    made = refreshed(tiny.write(home / "exports", files), home / "data", CONFIG, as_of=counted.AS_OF)
    found = open_release(home / "data", made.outcome.release)
    yield found
    found.close()


def test_only_those_who_answer_again_are_read_as_pairs(release):
    """C1: January 5 and February 4 at weight 0.5. C2: 2 twice. The anonymous survey S6: two questions. C3, S7: none."""
    found = query.compared_pairs(
        release, Selection(metric="csat"), comparison_of(FEBRUARY, "month"), "segment"
    )
    told = [
        "period",
        "line",
        "question",
        "score",
        "other_period",
        "other_question",
        "other_score",
        "pairs",
        "weight_pairs",
    ]
    assert [tuple(row) for row in found[told].itertuples(index=False)] == [
        ("after", "", "csat_call", 4, "after", "csat_delivery", 3, 1, 1.0),
        ("after", "", "csat_delivery", 3, "after", "csat_call", 4, 1, 1.0),
        ("after", "Home", "csat_delivery", 2, "after", "csat_delivery", 2, 2, 2.0),
        ("after", "Home", "csat_delivery", 4, "before", "csat_delivery", 5, 1, 0.5),
        ("before", "Home", "csat_delivery", 5, "after", "csat_delivery", 4, 1, 0.5),
    ]
    assert set(found["people"]) == {5}


def test_filters_hold_for_pairs(release):
    comparison = comparison_of(FEBRUARY, "month")
    chosen = Selection(metric="csat", touchpoint=("delivery",), segment=("Home",))
    found = query.compared_pairs(release, chosen, comparison, "touchpoint", "segment")
    assert set(zip(found["line"], found["across"], strict=True)) == {("delivery", "Home")}
    assert found["pairs"].sum() == 4
    assert query.compared_pairs(release, Selection(metric="ces"), comparison, "segment").empty
