"""Whom the answers stand for, and what the scores would be had everybody answered alike."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxdata.response.raked import NO_CUSTOMERS, TOO_FEW, raked_scores
from cxdata.response.rates import span_of
from cxdata.response.report import Standing
from cxdata.response.representation import (
    difference_from_known,
    distance,
    most_distant,
    representation,
    response_beside_others,
)
from cxdata.response.words import headline

SHARES = {"csat": "share", "ces": "mean"}


def base(**customers: int) -> pd.DataFrame:
    frame = pd.DataFrame({"segment": list(customers), "customers": list(customers.values())})
    return frame.assign(region="", plan="", persona="")


def surveys(answered: dict[str, int], invited: dict[str, int] | None = None, each: int = 1) -> pd.DataFrame:
    """`each` surveys per customer, so the squares are `each` times the surveys; all were sent, or no date is known."""
    counts = pd.Series(answered)
    frame = pd.DataFrame({"segment": counts.index, "answered": counts.to_numpy()})
    asked = frame["segment"].map(invited) if invited else 0
    return frame.assign(
        answered_sq=frame["answered"] * each,
        invited=asked,
        invited_sq=asked * each,
        responded=frame["answered"] if invited else 0,
        region="",
        plan="",
        persona="",
    )


def test_shares_and_their_difference():
    """Students: 100 of 1,000 customers, 30 of 100 invitations, 20 of 80 answers."""
    found = representation(
        base(Home=900, Student=100),
        surveys({"Home": 60, "Student": 20}, {"Home": 70, "Student": 30}),
        "segment",
        min_base=10,
    )
    student = found.groups.set_index("group").loc["Student"]
    assert student[["customer_share", "invited_share", "answered_share"]].tolist() == [0.1, 0.3, 0.25]
    assert student["difference"] == pytest.approx(0.15)
    assert student["asked_gap"] == pytest.approx(0.2)
    assert student["verdict"] == "up"
    assert found.standing_out("down")["group"].tolist() == ["Home"]


def test_the_test_is_the_score_test_of_a_share():
    """statsmodels proportions_ztest with prop_var = the known share, and its Wilson interval."""
    from statsmodels.stats.proportion import proportion_confint, proportions_ztest

    found = difference_from_known(np.array([0.25]), 80.0, np.array([0.1]), 80.0)
    assert found.p_value[0] == pytest.approx(proportions_ztest(20, 80, value=0.1, prop_var=0.1)[1])
    low, high = proportion_confint(20, 80, method="wilson")
    assert (found.conf_low[0] + 0.1, found.conf_high[0] + 0.1) == pytest.approx((low, high))


@given(st.integers(0, 60), st.integers(1, 99))
def test_interval_and_test_never_contradict_each_other(answers, percent):
    found = difference_from_known(np.array([answers / 60]), 60.0, np.array([percent / 100]), 60.0)
    outside = not found.conf_low[0] <= 1e-12 or not found.conf_high[0] >= -1e-12
    if abs(found.p_value[0] - 0.05) > 1e-9:
        assert outside == (found.p_value[0] < 0.05)


def test_a_customer_who_answers_four_times_is_one_customer():
    """80 answers by 20 customers are worth 20: the same shares are no longer clear."""
    counts = {"Home": 60, "Student": 20}
    once = representation(base(Home=850, Student=150), surveys(counts), "segment", min_base=10)
    often = representation(base(Home=850, Student=150), surveys(counts, each=4), "segment", min_base=10)
    assert (once.effective_answered, often.effective_answered) == (80, 20)
    assert once.groups["verdict"].tolist() == ["down", "up"]
    assert often.groups["verdict"].tolist() == ["unclear", "unclear"]


def test_groups_without_customers_are_not_judged_and_few_answers_neither():
    found = representation(base(Home=10), surveys({"Home": 30, "": 3}), "segment", min_base=10)
    assert found.groups.set_index("group")["verdict"].to_dict() == {"Home": "too_few", "": "too_few"}
    few = representation(base(Home=10, Shop=10), surveys({"Home": 9}), "segment", min_base=10)
    assert set(few.groups["verdict"]) == {"too_few"}


def test_no_answers_at_all_have_no_shares():
    found = representation(base(Home=10, Shop=10), surveys({"Home": 0}), "segment", min_base=10)
    assert found.groups["answered_share"].isna().all()
    assert most_distant([found]) is None


def test_distance_is_the_share_that_would_have_to_change_sides():
    found = representation(base(A=50, B=50), surveys({"A": 80, "B": 20}), "segment", min_base=10)
    assert distance(found.groups) == pytest.approx(0.3)
    same = representation(base(A=5, B=5), surveys({"A": 40, "B": 40}), "segment", min_base=10)
    assert most_distant([same, found]) is found


def histogram(scores: dict[str, dict[int, int]], **more: object) -> pd.DataFrame:
    rows = [
        {"segment": segment, "score": score, "answers": count}
        for segment, counts in scores.items()
        for score, count in counts.items()
    ]
    frame = pd.DataFrame(rows).assign(
        metric="nps", scale_min=0, scale_max=10, favourable_from=np.nan, higher_is_better=True, known=True,
        region="", plan="", persona="", month=pd.Timestamp("2026-02-01"),
    )  # fmt: skip
    frame["weight_sum"] = frame["weight_sq_sum"] = frame["answers"].astype(float)
    return frame.assign(**more)


def test_a_raked_score_is_the_mean_of_the_groups_weighed_by_customers():
    """Home +60 and Student −20, half of the answers each; 9 of 10 customers are Home: 0.9·60 − 0.1·20 = 52."""
    found = raked_scores(
        histogram({"Home": {10: 80, 0: 20}, "Student": {10: 40, 0: 60}}),
        base(Home=900, Student=100),
        conventions=SHARES,
        min_base=10,
    )[0]
    assert found.raw["estimate"] == pytest.approx(20)
    assert found.raked["estimate"] == pytest.approx(52)
    # Kish: weights 1.8 and 0.2, 200² / (100·1.8² + 100·0.2²).
    assert found.raked["effective_base"] == pytest.approx(200**2 / (100 * 1.8**2 + 100 * 0.2**2))
    assert found.margins == ("segment",)
    width = found.raked["conf_high"] - found.raked["conf_low"]
    assert width > 0
    assert found.shift == pytest.approx(32)


def test_answers_mixed_as_the_customers_are_stay_as_they_are():
    found = raked_scores(
        histogram({"Home": {10: 80, 0: 10}, "Student": {10: 4, 0: 6}}),
        base(Home=900, Student=100),
        conventions=SHARES,
        min_base=10,
    )[0]
    assert found.raked == pytest.approx(found.raw)


def test_a_group_nobody_answered_for_is_left_out_and_named():
    found = raked_scores(
        histogram({"Home": {10: 50, 0: 50}, "Student": {10: 20}}),
        base(Home=600, Student=200, Courier=200),
        conventions=SHARES,
        min_base=10,
    )[0]
    assert found.unheard == {"segment": ["Courier"]}
    assert found.unheard_share == pytest.approx(0.2)
    assert found.raked["estimate"] == pytest.approx(0.25 * 100)


def test_anonymous_answers_count_as_answered_only():
    known = histogram({"Home": {10: 30}, "Student": {0: 30}})
    anonymous = histogram({"": {10: 40}}, known=False)
    found = raked_scores(
        pd.concat([known, anonymous]), base(Home=50, Student=50), conventions=SHARES, min_base=10
    )[0]
    assert found.raw["estimate"] == pytest.approx(40)
    assert found.raked["estimate"] == pytest.approx(0)
    assert found.unplaced == 40


@pytest.mark.parametrize(
    ("scores", "customers", "reason"),
    [
        ({"Home": {10: 5}, "Shop": {10: 4}}, {"Home": 5, "Shop": 5}, TOO_FEW),
        ({"Home": {10: 50}}, {"Home": 5}, NO_CUSTOMERS),
        ({"Home": {10: 50}}, {"Home": 0}, NO_CUSTOMERS),
    ],
)
def test_what_cannot_be_raked_says_why(scores, customers, reason):
    found = raked_scores(histogram(scores), base(**customers), conventions=SHARES, min_base=10)[0]
    assert found.refused == reason
    assert found.raked == {}
    assert np.isnan(found.shift)


def test_of_two_scales_the_one_with_more_answers_is_raked():
    narrow = histogram({"A": {5: 20}, "B": {1: 20}}, metric="csat", scale_min=1, scale_max=5)
    wide = histogram({"A": {7: 5}, "B": {1: 4}}, metric="csat", scale_min=1, scale_max=7)
    found = raked_scores(pd.concat([narrow, wide]), base(A=75, B=25), conventions=SHARES, min_base=10)[0]
    assert (found.scale, found.raw["base"]) == ("1–5", 40)
    assert found.raked["estimate"] == pytest.approx(0.75)


def over_represented(answered: dict[str, int], invited: dict[str, int], each: int = 1) -> str:
    """The headline on Sport, which is 10 % of the customers and of the invitations or a little more."""
    mix = representation(
        base(Sport=1000, Home=9000), surveys(answered, invited, each), "segment", min_base=10
    )
    found = Standing(span_of(date(2026, 2, 1), 1), True, pd.DataFrame(), (mix,), (), 0, 0, 0)
    return " ".join(headline(found, {}, 10))


def test_answering_more_often_is_said_where_the_rates_differ_clearly():
    """300 of 600 against 1,600 of 5,000: z = 8.8. 113 of 277 against 614 of 1,723 (40.8 and 35.6 %): z = 1.66."""
    clear = over_represented({"Sport": 300, "Home": 1600}, {"Sport": 600, "Home": 5000})
    assert "Sport is over-represented" in clear
    assert "It answers more often than others when asked (50.0% against 32.0%)." in clear
    unsure = over_represented({"Sport": 113, "Home": 614}, {"Sport": 277, "Home": 1723})
    assert "Sport is over-represented" in unsure
    assert "more often than others" not in unsure
    assert "it got 13.9% of the invitations and answered 40.8% of them, the others 35.6%" in unsure


def test_rates_of_groups_are_tested_against_all_others():
    """statsmodels confint_proportions_2indep(method='newcomb') leaves 0 out for Sport; of 40 invitations a customer, not."""
    from statsmodels.stats.proportion import confint_proportions_2indep

    assert confint_proportions_2indep(300, 600, 1600, 5000, method="newcomb")[0] > 0
    counts = pd.DataFrame({"invited": [600, 5000], "responded": [300, 1600], "invited_sq": [600, 5000]})
    found = response_beside_others(counts, min_base=10)
    assert found["rate_verdict"].tolist() == ["up", "down"]
    assert found["rate_others"].tolist() == [0.32, 0.5]
    often = response_beside_others(counts.assign(invited_sq=counts["invited"] * 40), min_base=10)
    assert often["rate_verdict"].tolist() == ["unclear", "unclear"]
