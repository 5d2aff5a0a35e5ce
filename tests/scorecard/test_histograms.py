"""From counts per score to scores per group: what is pooled, what is kept apart, what is refused."""

from __future__ import annotations

import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from cxdata.errors import CxError, UnknownTerm
from cxdata.scorecard.histograms import (
    SCORE_COLUMNS,
    ScaleMismatch,
    counts_from_histogram,
    rolling_histogram,
    scores_from_histogram,
)
from cxdata.scorecard.scores import mean_estimate, nps_estimate, share_estimate


def histogram(
    answers: dict[int, int], metric: str = "nps", scale: tuple[int, int] = (0, 10), **columns: object
):
    """Rows of a mart: one per score, every answer with weight 1."""
    frame = pd.DataFrame({"score": list(answers), "answers": list(answers.values())})
    low, high = scale
    rule = {
        "metric": metric,
        "scale_min": low,
        "scale_max": high,
        "favourable_from": None,
        "higher_is_better": True,
    }
    weights = {"weight_sum": frame["answers"].astype(float), "weight_sq_sum": frame["answers"].astype(float)}
    return frame.assign(**{**rule, **weights, **columns})


def test_promoters_are_nine_and_ten_and_detractors_up_to_six():
    """10 + 20 promoters, 5 + 15 detractors, 7 + 8 passives: 100 · (30 - 20) / 65."""
    counts = counts_from_histogram(histogram({0: 5, 6: 15, 7: 7, 8: 8, 9: 10, 10: 20}))
    assert counts[["promoters", "detractors", "responses"]].iloc[0].tolist() == [30, 20, 65]
    scores = scores_from_histogram(histogram({0: 5, 6: 15, 7: 7, 8: 8, 9: 10, 10: 20}))
    assert scores["estimate"].iloc[0] == pytest.approx(100 * 10 / 65)
    assert scores[["scale", "unit", "method"]].iloc[0].tolist() == ["0–10", "points", "nps"]


def test_groups_are_scored_from_their_pooled_answers():
    """Shop 80 of 100 promoters, web 0 of 10: together 80 / 110, not the mean of 80 and 0."""
    frame = pd.concat(
        [histogram({10: 80, 8: 20}, touchpoint="shop"), histogram({8: 10}, touchpoint="web")],
        ignore_index=True,
    )
    assert scores_from_histogram(frame)["estimate"].tolist() == pytest.approx([100 * 80 / 110])
    by_touchpoint = scores_from_histogram(frame, ["touchpoint"])
    assert by_touchpoint["touchpoint"].tolist() == ["shop", "web"]
    assert by_touchpoint["estimate"].tolist() == [80, 0]


def test_every_number_is_that_of_the_estimator():
    frame = histogram({1: 2, 2: 5, 3: 10, 4: 15, 5: 8}, "csat", (1, 5))
    share = scores_from_histogram(frame, conventions={"csat": "share"}).iloc[0]
    mean = scores_from_histogram(frame, conventions={"csat": "mean"}).iloc[0]
    for row, expected in (
        (share, share_estimate(15 + 8, 40)),
        (mean, mean_estimate(40, 142, 552, scale_min=1, scale_max=5)),
    ):
        for name in ("estimate", "std_error", "conf_low", "conf_high", "base", "effective_base"):
            assert row[name] == pytest.approx(getattr(expected, name)[0])
    assert (share["unit"], mean["unit"]) == ("fraction", "score")


def test_favourable_from_is_the_questions_own():
    """5 only: 8 of 40; where the question leaves it blank, the two best scores count."""
    answers = {1: 2, 2: 5, 3: 10, 4: 15, 5: 8}
    strict = histogram(answers, "csat", (1, 5), favourable_from=5)
    assert scores_from_histogram(strict, conventions={"csat": "share"})["estimate"].tolist() == [8 / 40]


def test_where_low_is_good_the_favourable_side_is_the_low_one():
    """Effort 1-7 with 1 the best: 1 and 2 are favourable, 13 of 20; the mean keeps its direction."""
    frame = histogram({1: 8, 2: 5, 6: 7}, "ces", (1, 7), higher_is_better=False)
    share = scores_from_histogram(frame, conventions={"ces": "share"}).iloc[0]
    mean = scores_from_histogram(frame, conventions={"ces": "mean"}).iloc[0]
    assert share["estimate"] == pytest.approx(13 / 20)
    assert mean["estimate"] == pytest.approx((8 + 10 + 42) / 20)
    assert (share["higher_is_better"], mean["higher_is_better"]) == (True, False)


def test_answers_on_two_scales_are_never_pooled():
    frame = pd.concat([histogram({4: 10, 5: 30}, "csat", (1, 5)), histogram({6: 20}, "csat", (1, 7))])
    scores = scores_from_histogram(frame, conventions={"csat": "share"})
    assert scores["scale"].tolist() == ["1–5", "1–7"]
    assert scores["base"].tolist() == [40, 20]


def test_a_different_threshold_does_not_split_a_mean():
    frame = pd.concat(
        [histogram({3: 5}, "rating", (1, 5), favourable_from=3), histogram({5: 5}, "rating", (1, 5))],
        ignore_index=True,
    )
    assert scores_from_histogram(frame)["estimate"].tolist() == [4.0]


def test_nps_is_refused_on_any_other_scale():
    with pytest.raises(ScaleMismatch, match=r"nps is defined on 0–10 .* a question has 1–5") as caught:
        scores_from_histogram(histogram({5: 3}, "nps", (1, 5)))
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, CxError)


def test_a_score_off_its_scale_is_refused():
    with pytest.raises(ScaleMismatch, match="nps holds the score 11, off its scale 0–10"):
        scores_from_histogram(histogram({10: 3, 11: 1}))


def test_unknown_metrics_and_missing_conventions_name_the_choices():
    with pytest.raises(UnknownTerm, match=r"'mood' cannot be scored. Choose from: nps, enps"):
        scores_from_histogram(histogram({5: 3}, "mood"))
    with pytest.raises(UnknownTerm, match=r"'csat' needs its convention. Choose from: share, mean"):
        scores_from_histogram(histogram({5: 3}, "csat", (1, 5)))
    with pytest.raises(UnknownTerm, match=r"convention 'median' of csat"):
        scores_from_histogram(histogram({5: 3}, "csat", (1, 5)), conventions={"csat": "median"})


def test_answers_without_a_score_do_not_count():
    frame = pd.concat([histogram({10: 4, 3: 4}), histogram({0: 7}).assign(score=None)], ignore_index=True)
    assert scores_from_histogram(frame)["base"].tolist() == [8]


def test_weights_count_only_where_asked_for():
    """30 promoters weigh 2, 30 detractors 1: (60 - 30) / 90; worth 90² / (120 + 30) = 54 answers."""
    frame = histogram({10: 30, 0: 30}, weight_sum=[60.0, 30.0], weight_sq_sum=[120.0, 30.0])
    plain, weighted = (
        scores_from_histogram(frame).iloc[0],
        scores_from_histogram(frame, weighted=True).iloc[0],
    )
    assert (plain["estimate"], plain["effective_base"]) == (0, 60)
    assert weighted["estimate"] == pytest.approx(100 / 3)
    assert (weighted["base"], weighted["effective_base"]) == (60, 54)


def test_weights_of_one_change_no_number():
    frame = histogram({2: 7, 8: 11, 10: 23})
    pd.testing.assert_frame_equal(scores_from_histogram(frame), scores_from_histogram(frame, weighted=True))


def test_missing_weights_are_refused_rather_than_skipped():
    frame = histogram({10: 30, 0: 30}, weight_sum=[60.0, None])
    with pytest.raises(ValueError, match="weight 1"):
        scores_from_histogram(frame, weighted=True)


def test_numbers_may_arrive_as_decimals_or_nullable_integers():
    frame = histogram({3: 4, 10: 8})
    decimals = frame.assign(answers=[Decimal(4), Decimal(8)], score=frame["score"].astype("Int64"))
    pd.testing.assert_frame_equal(scores_from_histogram(decimals), scores_from_histogram(frame))


def test_missing_dimension_values_are_a_group_of_their_own():
    frame = pd.concat([histogram({10: 4}, segment="SMB"), histogram({3: 4}, segment=None)], ignore_index=True)
    scores = scores_from_histogram(frame, ["segment"])
    assert scores["base"].tolist() == [4, 4]


def test_no_rows_give_an_empty_table_with_all_columns():
    empty = histogram({10: 4}, touchpoint="shop", month=pd.Timestamp("2026-01-01")).iloc[:0]
    assert scores_from_histogram(empty, ["touchpoint"]).columns.tolist() == ["touchpoint", *SCORE_COLUMNS]
    assert scores_from_histogram(rolling_histogram(empty, 3), ["month"]).empty


def months(**answers_by_month: dict[int, int]) -> pd.DataFrame:
    parts = [
        histogram(answers, month=datetime.date(2026, int(name[1:]), 1))
        for name, answers in answers_by_month.items()
    ]
    return pd.concat(parts, ignore_index=True)


def test_a_rolling_window_weighs_answers_not_months():
    """January 10 promoters of 10, February 90 detractors of 90: 100 · (10 - 90) / 100, not the mean of ±100."""
    frame = rolling_histogram(months(m1={10: 10}, m2={0: 90}), 3)
    scores = scores_from_histogram(frame, ["month"])
    assert scores["estimate"].tolist() == [100, -80]
    assert scores["months"].tolist() == [1, 2]


def test_windows_reach_over_empty_months_but_not_beyond_the_last():
    """Answers in January and May: windows end in January to March and in May; April has none behind it."""
    scores = scores_from_histogram(rolling_histogram(months(m1={10: 10}, m5={0: 20}), 3), ["month"])
    assert scores["month"].dt.month.tolist() == [1, 2, 3, 5]
    assert scores["base"].tolist() == [10, 10, 10, 20]
    assert scores["months"].tolist() == [1, 1, 1, 1]


def test_windows_may_end_in_a_later_month_where_asked_for():
    frame = rolling_histogram(months(m1={10: 10}), 3, last_month=datetime.date(2026, 2, 1))
    assert scores_from_histogram(frame, ["month"])["month"].dt.month.tolist() == [1, 2]


def test_a_window_of_one_month_is_the_month_itself():
    frame = months(m1={10: 10, 3: 4}, m2={0: 20})
    rolled = scores_from_histogram(rolling_histogram(frame, 1), ["month"])
    single = scores_from_histogram(frame.assign(month=pd.to_datetime(frame["month"])), ["month"])
    np.testing.assert_array_equal(rolled["estimate"], single["estimate"])
    assert single["months"].tolist() == [1, 1]


def test_a_rolling_histogram_must_be_grouped_by_month():
    with pytest.raises(ValueError, match="group it by 'month'"):
        scores_from_histogram(rolling_histogram(months(m1={10: 10}), 3))


def test_a_window_covers_at_least_one_month():
    with pytest.raises(ValueError, match="window of 0 months"):
        rolling_histogram(months(m1={10: 10}), 0)


def test_many_groups_are_scored_as_one_by_one():
    random = np.random.default_rng(3)
    frame = pd.concat(
        [
            histogram(dict(enumerate(random.integers(0, 30, 11).tolist())), touchpoint=f"t{number:03}")
            for number in range(60)
        ],
        ignore_index=True,
    )
    scores = scores_from_histogram(frame, ["touchpoint"]).set_index("touchpoint")
    for touchpoint in ("t000", "t031", "t059"):
        answers = frame[frame["touchpoint"] == touchpoint].set_index("score")["answers"]
        expected = nps_estimate(answers[9] + answers[10], answers.loc[0:6].sum(), answers.sum())
        assert scores.loc[touchpoint, "conf_low"] == pytest.approx(expected.conf_low[0])
