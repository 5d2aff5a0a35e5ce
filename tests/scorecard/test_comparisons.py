"""Differences and verdicts: published values, statsmodels as oracle, and the cases a page must survive."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from cxdata.scorecard.comparisons import (
    benjamini_hochberg,
    changes,
    difference,
    gap_to_target,
    holm,
    verdicts,
)
from cxdata.scorecard.differences import Difference
from cxdata.scorecard.estimates import Estimate
from cxdata.scorecard.scores import mean_estimate, nps_estimate, share_estimate

REFERENCE = Path(__file__).parent.parent / "reference" / "estimators.json"
GOLDEN = json.loads(REFERENCE.read_text(encoding="utf-8"))

unhurried = settings(deadline=None, max_examples=60)
counts = st.integers(0, 2_000)


def mean_of(histogram: list[int]) -> Estimate:
    scale = np.arange(1, len(histogram) + 1)
    return mean_estimate(
        sum(histogram),
        np.dot(histogram, scale),
        np.dot(histogram, scale**2),
        scale_min=1,
        scale_max=len(histogram),
    )


# Differences


@pytest.mark.parametrize("case", GOLDEN["newcombe"], ids=lambda case: f"{case['current']}-{case['previous']}")
def test_differences_of_shares_reproduce_newcombes_printed_limits(case: dict):
    result = difference(share_estimate(*case["current"]), share_estimate(*case["previous"]))
    assert result.conf_low == pytest.approx([case["conf_low"]], abs=5e-5)
    assert result.conf_high == pytest.approx([case["conf_high"]], abs=5e-5)


@unhurried
@given(st.data(), st.integers(1, 2_000), st.integers(1, 2_000))
def test_differences_of_shares_agree_with_statsmodels(data: st.DataObject, now: int, before: int):
    first, second = data.draw(st.integers(0, now)), data.draw(st.integers(0, before))
    low, high = confint_proportions_2indep(first, now, second, before, method="newcomb", compare="diff")
    result = difference(share_estimate(first, now), share_estimate(second, before))
    assert result.conf_low == pytest.approx([low], abs=1e-9)
    assert result.conf_high == pytest.approx([high], abs=1e-9)


def test_differences_of_means_are_welchs():
    """60 and 45 answers on 1-5: interval, p-value and standard error of statsmodels' unequal-variance t."""
    now, before = [2, 5, 10, 25, 18], [6, 9, 12, 12, 6]
    oracle = CompareMeans(*(DescrStatsW(np.repeat(np.arange(1, 6), answers)) for answers in (now, before)))
    result = difference(mean_of(now), mean_of(before))
    assert (result.conf_low[0], result.conf_high[0]) == pytest.approx(
        oracle.tconfint_diff(usevar="unequal"), rel=1e-9
    )
    assert result.p_value[0] == pytest.approx(oracle.ttest_ind(usevar="unequal")[1], rel=1e-7)
    assert result.std_error[0] == pytest.approx(oracle.std_meandiff_separatevar, rel=1e-10)


def test_differences_of_nps_use_adjusted_scores_and_variances():
    """The two reference samples: centre 33.0275 + 8.9270, standard errors 4.1246 and 2.2355 combined."""
    result = difference(nps_estimate(162, 54, 324), nps_estimate(291, 395, 1162))
    centre = 100 * (108 / 327 + 104 / 1165)
    first = (41.1097945 - 24.9452513) / 2 / 1.959964
    second = (13.3083705 - 4.5457068) / 2 / 1.959964
    assert result.estimate[0] == pytest.approx(33.3333333 + 8.9500861, abs=1e-6)
    assert result.conf_low[0] == pytest.approx(centre - 1.959964 * np.hypot(first, second), abs=1e-4)
    assert result.conf_high[0] == pytest.approx(centre + 1.959964 * np.hypot(first, second), abs=1e-4)


triples = st.tuples(counts, counts, counts).filter(lambda triple: sum(triple) > 0)


@unhurried
@given(triples, triples, st.sampled_from(["nps", "share", "mean"]))
def test_the_p_value_says_what_the_interval_says(now: tuple, before: tuple, method: str):
    estimators = {
        "nps": lambda triple: nps_estimate(triple[0], triple[1], sum(triple)),
        "share": lambda triple: share_estimate(triple[0], sum(triple)),
        "mean": lambda triple: mean_of(list(triple)),
    }
    result = difference(estimators[method](now), estimators[method](before))
    numbers = [getattr(result, name) for name in Difference.__annotations__]
    assert not any(np.isinf(number).any() for number in numbers)
    if np.isnan(result.conf_low[0]):
        assert result.base[0] < 2
        return
    assert result.conf_low[0] <= result.estimate[0] + 1e-9
    assert result.estimate[0] <= result.conf_high[0] + 1e-9
    assert 0 <= result.p_value[0] <= 1
    nearest = min(abs(result.conf_low[0]), abs(result.conf_high[0]))
    if nearest > 1e-9:
        excludes_zero = result.conf_low[0] > 0 or result.conf_high[0] < 0
        assert (result.p_value[0] < 0.05) == excludes_zero


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize(
    ("now", "before"),
    [
        (nps_estimate(60, 20, 100), nps_estimate(45, 28, 130)),
        (share_estimate(19, 20), share_estimate(60, 90)),
        (mean_of([2, 5, 10, 25, 18]), mean_of([3, 6, 9, 9, 6])),
    ],
    ids=["nps", "share", "mean"],
)
def test_at_the_confidence_level_one_minus_p_the_interval_touches_zero(
    now: Estimate, before: Estimate, side: int
):
    first, second = (now, before) if side > 0 else (before, now)
    result = difference(first, second, level=1 - difference(first, second).p_value[0])
    assert (result.conf_low if side > 0 else result.conf_high) == pytest.approx([0], abs=1e-6)


@unhurried
@given(triples, triples)
def test_the_way_back_is_the_same_change_with_the_other_sign(now: tuple, before: tuple):
    for estimate in (
        lambda triple: nps_estimate(triple[0], triple[1], sum(triple)),
        lambda triple: share_estimate(triple[0], sum(triple)),
    ):
        there = difference(estimate(now), estimate(before))
        back = difference(estimate(before), estimate(now))
        assert there.conf_low == pytest.approx(-back.conf_high, abs=1e-9)
        assert there.p_value == pytest.approx(back.p_value, abs=1e-9)


def test_one_promoter_is_no_fall_from_a_thousand():
    """Both score 100; three imaginary answers alone would call it a fall of 75 ± 73.5."""
    result = difference(nps_estimate(1, 0, 1), nps_estimate(1_000, 0, 1_000))
    assert result.estimate[0] == 0
    assert result.conf_low[0] <= 0 <= result.conf_high[0]
    assert result.p_value[0] == 1


def test_a_side_without_answers_gives_a_gap_not_a_number():
    result = difference(nps_estimate([0, 5], [0, 1], [0, 10]), nps_estimate([5, 0], [1, 0], [10, 0]))
    assert np.isnan(result.estimate).all()
    assert np.isnan(result.p_value).all()
    assert result.base.tolist() == [0, 0]


def test_a_share_is_not_compared_with_a_mean():
    with pytest.raises(ValueError, match="group 0 is a share now and was a mean"):
        difference(share_estimate(4, 5), mean_of([0, 0, 0, 5]))
    with pytest.raises(ValueError, match="1 estimates cannot be compared with 2"):
        difference(share_estimate(4, 5), share_estimate([4, 5], [5, 5]))


def test_all_methods_may_stand_in_one_table():
    parts = (nps_estimate(60, 20, 100), share_estimate(80, 100), mean_of([2, 5, 10, 25, 18]))
    together = Estimate(
        *(np.concatenate([getattr(p, name) for p in parts]) for name in Estimate.__annotations__)
    )
    result = difference(together, together[::1])
    assert result.estimate.tolist() == [0, 0, 0]
    assert result.p_value == pytest.approx([1, 1, 1])
    assert result.conf_high == pytest.approx([difference(part, part).conf_high[0] for part in parts])


# Many comparisons


def test_adjusted_p_values_are_those_of_r():
    golden = GOLDEN["multiplicity"]
    assert benjamini_hochberg(golden["p_values"]) == pytest.approx(golden["benjamini_hochberg"], abs=1e-9)
    assert holm(golden["p_values"]) == pytest.approx(golden["holm"], abs=1e-9)
    assert (benjamini_hochberg(golden["p_values"]) <= 0.05).sum() == golden["rejected_benjamini_hochberg"]
    assert (holm(golden["p_values"]) <= 0.05).sum() == golden["rejected_holm"]


@settings(unhurried, max_examples=20)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_adjusted_p_values_agree_with_statsmodels(p_values: list[float]):
    assert benjamini_hochberg(p_values) == pytest.approx(
        multipletests(p_values, method="fdr_bh")[1], abs=1e-12
    )
    assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1], abs=1e-12)


def test_what_was_not_tested_does_not_count_as_a_comparison():
    """With the gap, 0.02 and 0.04 are two comparisons: min(2 · 0.02, 0.04) = 0.04 and 0.04."""
    adjusted = benjamini_hochberg([[0.02, np.nan, 0.04]])
    assert adjusted == pytest.approx(np.array([[0.04, np.nan, 0.04]]), nan_ok=True)
    assert benjamini_hochberg([]).size == 0


def test_a_p_value_above_one_is_refused():
    with pytest.raises(ValueError, match=r"between 0 and 1; got 1.5"):
        benjamini_hochberg([0.2, 1.5])


# Verdicts


def test_a_change_is_up_down_or_unclear_and_good_or_bad_by_direction():
    """CES effort that rises is up and bad; NPS from 10 to 50 with 400 answers a side is up and good."""
    now = nps_estimate([240, 240, 160, 125], [40, 40, 120, 75], [400] * 4)
    before = nps_estimate([160, 160, 240, 120], [120, 120, 40, 80], [400] * 4)
    result = verdicts(difference(now, before), min_base=10, higher_is_better=[True, False, True, True])
    assert result.verdict.tolist() == ["up", "up", "down", "unclear"]
    assert result.judgement.tolist() == ["good", "bad", "bad", "neutral"]


def test_a_change_that_stands_out_alone_may_be_unclear_among_forty():
    """p = 0.032 is below 0.05; as the smallest of 40 comparisons it is adjusted to 1."""
    now, before = nps_estimate(60, 20, 100), nps_estimate(43, 28, 100)
    alone = difference(now, before)
    assert alone.conf_low[0] > 0
    assert verdicts(alone, min_base=10).verdict.tolist() == ["up"]
    still = nps_estimate([50] * 39, [25] * 39, [100] * 39)
    first, second = (
        Estimate(*(np.append(getattr(side, name), getattr(still, name)) for name in Estimate.__annotations__))
        for side in (now, before)
    )
    assert verdicts(difference(first, second), min_base=10).verdict.tolist() == ["unclear"] * 40


def test_small_bases_are_too_few_and_do_not_cost_the_others_anything():
    """Nine answers a side say nothing; the one line tested keeps its own p-value."""
    now = nps_estimate([9] * 20 + [60], [0] * 20 + [20], [9] * 20 + [100])
    before = nps_estimate([0] * 20 + [43], [9] * 20 + [28], [9] * 20 + [100])
    change = difference(now, before)
    result = verdicts(change, min_base=10)
    assert result.verdict.tolist() == ["too_few"] * 20 + ["up"]
    assert result.judgement.tolist() == ["neutral"] * 20 + ["good"]
    assert np.isnan(result.p_adjusted[:20]).all()
    assert result.p_adjusted[20] == change.p_value[20]


def test_no_answers_are_no_data_and_a_new_scale_is_said_so():
    change = difference(share_estimate([0, 80, 80], [0, 100, 100]), share_estimate([5, 0, 10], [10, 0, 100]))
    result = verdicts(change, min_base=10, new_scale=[False, False, True])
    assert result.verdict.tolist() == ["no_data", "no_data", "new_scale"]
    assert result.judgement.tolist() == ["neutral"] * 3


def test_the_gap_to_a_target_is_judged_by_the_interval():
    """NPS 40 ± 15 of 100: above 20, below 60, undecided about 45 or 35."""
    scores = nps_estimate([60] * 6 + [0], [20] * 6 + [0], [100] * 6 + [0])
    target = [20, 60, 45, 35, np.nan, 20, 20]
    result = gap_to_target(scores, target, min_base=10, higher_is_better=[True] * 5 + [False, True])
    assert result.verdict.tolist() == ["up", "down", "unclear", "unclear", "no_target", "up", "no_data"]
    assert result.judgement.tolist() == ["good", "bad", "neutral", "neutral", "neutral", "bad", "neutral"]
    assert result.estimate[:3].tolist() == [20, -20, -5]
    assert gap_to_target(scores[:1], 20, min_base=101).verdict.tolist() == ["too_few"]


# Tables


def table(touchpoints: list[str], estimate: Estimate, scale: str = "0–10") -> pd.DataFrame:
    numbers = {name: getattr(estimate, name) for name in Estimate.__annotations__}
    rule = {
        "metric": "nps",
        "scale": scale,
        "favourable_from": np.nan,
        "higher_is_better": True,
        "unit": "points",
    }
    return pd.DataFrame({"touchpoint": touchpoints, **numbers}).assign(**rule)


def test_a_table_of_changes_matches_lines_by_name_not_by_position():
    now = table(["web", "shop", "app"], nps_estimate([240, 160, 50], [40, 120, 10], [400, 400, 60]))
    before = table(["shop", "web"], nps_estimate([240, 160], [40, 120], [400, 400]))
    result = changes(now, before, ["touchpoint"], min_base=10)
    assert result["touchpoint"].tolist() == ["web", "shop", "app"]
    assert result["previous"].tolist()[:2] == [10, 50]
    assert result["change"].tolist()[:2] == [40, -40]
    assert result["verdict"].tolist() == ["up", "down", "no_data"]
    assert result["previous_base"].tolist() == [400, 400, 0]


def test_a_table_of_changes_knows_a_new_scale():
    now = table(["shop"], share_estimate(80, 100), "1–7").assign(metric="csat")
    before = table(["shop"], share_estimate(70, 100), "1–5").assign(metric="csat")
    assert changes(now, before, ["touchpoint"], min_base=10)["verdict"].tolist() == ["new_scale"]


def test_a_table_of_changes_refuses_ambiguous_lines():
    twice = table(["shop", "shop"], nps_estimate([4, 4], [1, 1], [10, 10]))
    with pytest.raises(
        ValueError, match="previous holds more than one row for touchpoint 'shop', metric 'nps'"
    ):
        changes(twice[:1], twice, ["touchpoint"], min_base=10)


def test_an_empty_table_has_no_changes():
    empty = table([], nps_estimate([], [], []))
    assert changes(empty, empty, ["touchpoint"], min_base=10).empty
