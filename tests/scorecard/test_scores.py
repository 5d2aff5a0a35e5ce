"""Estimators: published values, statsmodels as oracle, and what must hold for any counts."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

from cxdata.scorecard.estimates import Estimate, effective_answers
from cxdata.scorecard.scores import mean_estimate, net_promoter_score, nps_estimate, share_estimate

GOLDEN = json.loads(
    (Path(__file__).parent.parent / "reference" / "estimators.json").read_text(encoding="utf-8")
)

unhurried = settings(deadline=None, max_examples=60)
counts = st.integers(0, 5_000)


def finite_or_nan(estimate: Estimate) -> bool:
    numbers = (estimate.estimate, estimate.std_error, estimate.conf_low, estimate.conf_high)
    return not any(np.isinf(values).any() for values in numbers)


# Net Promoter Score


def test_nps_pools_answers_rather_than_averaging_segments():
    """(81 - 15) / 110 is 60 points; the mean of 70 and -40 would be 15."""
    assert net_promoter_score([80 + 1], [10 + 5], [100 + 10]) == pytest.approx([60.0])


def test_nps_of_no_answers_is_a_gap():
    assert np.isnan(net_promoter_score([0], [0], [0]))[0]


def test_nps_refuses_more_promoters_and_detractors_than_answers():
    with pytest.raises(ValueError, match=r"exceed the responses in group 1: 11 of 10"):
        net_promoter_score([5, 6], [5, 5], [10, 10])


@pytest.mark.parametrize("wrong", [-1, np.nan, np.inf])
def test_counts_must_be_finite_and_not_negative(wrong: float):
    with pytest.raises(ValueError, match="promoters holds"):
        net_promoter_score([wrong], [0], [10])


@pytest.mark.parametrize("case", GOLDEN["nps"], ids=lambda case: f"{case['promoters']} promoters")
def test_nps_reproduces_the_published_adjusted_wald_interval(case: dict):
    responses = case["promoters"] + case["passives"] + case["detractors"]
    result = nps_estimate(case["promoters"], case["detractors"], responses)
    for name in ("estimate", "std_error", "conf_low", "conf_high"):
        assert getattr(result, name) == pytest.approx([case[name]], abs=1e-6)


def test_all_promoters_still_have_an_interval():
    """12 of 12: centre (12.75 - 0.75) / 15 = 80; variance 13.5/15 - 0.8² = 0.26; 80 ± 196 √(0.26 / 15)."""
    result = nps_estimate(12, 0, 12)
    assert (result.estimate[0], result.std_error[0], result.conf_high[0]) == (100, 0, 100)
    assert result.conf_low[0] == pytest.approx(80 - 195.9964 * np.sqrt(0.26 / 15), abs=1e-3)


def test_the_interval_of_a_single_promoter_reaches_the_score():
    """1 of 1: the adjusted interval alone would end at 25 + 73.5 = 98.5, short of the score of 100."""
    result = nps_estimate(1, 0, 1)
    assert result.conf_high[0] == 100
    assert result.conf_low[0] == pytest.approx(-48.5, abs=0.01)
    assert nps_estimate(0, 1, 1).conf_low[0] == -100


@unhurried
@given(counts, counts, counts)
def test_nps_stays_on_its_scale_inside_its_interval(promoters: int, passives: int, detractors: int):
    result = nps_estimate(promoters, detractors, promoters + passives + detractors)
    assert finite_or_nan(result)
    if result.base[0] > 0:
        assert -100 <= result.conf_low[0] <= result.estimate[0] <= result.conf_high[0] <= 100
        assert result.conf_high[0] - result.conf_low[0] > 0


@unhurried
@given(counts, counts, st.integers(1, 5_000))
def test_nps_turned_round_changes_sign(promoters: int, detractors: int, passives: int):
    there = nps_estimate(promoters, detractors, promoters + detractors + passives)
    back = nps_estimate(detractors, promoters, promoters + detractors + passives)
    assert there.estimate == pytest.approx(-back.estimate)
    assert there.conf_low == pytest.approx(-back.conf_high, abs=1e-9)


# Shares


@pytest.mark.parametrize(
    "case", GOLDEN["wilson"], ids=lambda case: f"{case['favourable']}/{case['responses']}"
)
def test_shares_reproduce_newcombes_printed_wilson_limits(case: dict):
    result = share_estimate(case["favourable"], case["responses"])
    assert result.conf_low == pytest.approx([case["conf_low"]], abs=5e-5)
    assert result.conf_high == pytest.approx([case["conf_high"]], abs=5e-5)


@unhurried
@given(st.data(), st.integers(1, 5_000))
def test_shares_agree_with_statsmodels(data: st.DataObject, responses: int):
    favourable = data.draw(st.integers(0, responses))
    low, high = proportion_confint(favourable, responses, method="wilson")
    result = share_estimate(favourable, responses)
    assert result.conf_low == pytest.approx([low], abs=1e-12)
    assert result.conf_high == pytest.approx([high], abs=1e-12)


def test_none_of_twenty_is_not_certainly_never():
    """Wilson's upper limit of 0/n is z² / (n + z²) = 3.8415 / 23.8415 = 0.1611."""
    assert share_estimate(0, 20).conf_high == pytest.approx([3.8415 / 23.8415], abs=1e-5)


def test_shares_refuse_more_favourable_answers_than_answers():
    with pytest.raises(ValueError, match="favourable answers exceed the responses in group 0: 3 of 2"):
        share_estimate(3, 2)


# Means


def histogram_sums(histogram: list[int]) -> tuple[int, int, int]:
    """Count, total and total of squares of answers on 1, 2, 3 …"""
    scale = np.arange(1, len(histogram) + 1)
    return sum(histogram), int(np.dot(histogram, scale)), int(np.dot(histogram, scale**2))


def test_means_agree_with_statsmodels():
    """40 answers 1-5: the t interval of the 40 numbers, to 10 digits."""
    histogram = [2, 5, 10, 15, 8]
    oracle = DescrStatsW(np.repeat(np.arange(1, 6), histogram))
    result = mean_estimate(*histogram_sums(histogram), scale_min=1, scale_max=5)
    low, high = oracle.tconfint_mean()
    assert result.estimate[0] == pytest.approx(oracle.mean, rel=1e-10)
    assert result.std_error[0] == pytest.approx(oracle.std_mean, rel=1e-10)
    assert (result.conf_low[0], result.conf_high[0]) == pytest.approx((low, high), rel=1e-10)


@unhurried
@given(st.lists(st.integers(0, 400), min_size=5, max_size=5).filter(lambda histogram: sum(histogram) >= 2))
def test_means_on_a_scale_have_an_interval_no_narrower_than_t(histogram: list[int]):
    result = mean_estimate(*histogram_sums(histogram), scale_min=1, scale_max=5)
    low, high = DescrStatsW(np.repeat(np.arange(1, 6), histogram)).tconfint_mean()
    assert finite_or_nan(result)
    assert 1 <= result.conf_low[0] <= result.estimate[0] <= result.conf_high[0] <= 5
    assert result.conf_high[0] - result.conf_low[0] > 0
    assert result.conf_low[0] <= max(low, 1) + 1e-9
    assert result.conf_high[0] >= min(high, 5) - 1e-9


def test_twelve_answers_all_alike_still_have_an_interval():
    """Floor: 4² · (1/14)(13/14) / 12 is 0.2974²; t with 11 degrees of freedom is 2.201: 5 - 0.6545."""
    result = mean_estimate(12, 60, 300, scale_min=1, scale_max=5)
    assert result.conf_low[0] == pytest.approx(5 - 2.201 * np.sqrt(16 * 13 / 14**2 / 12), abs=1e-3)
    assert result.conf_high[0] == 5


def test_one_dissenting_answer_does_not_make_the_interval_narrower():
    """Twelve 5s say no more than eleven 5s with one 4; plain t would give 0 and ±0.18."""
    alike = mean_estimate(12, 60, 300, scale_min=1, scale_max=5)
    mixed = mean_estimate(12, 59, 291, scale_min=1, scale_max=5)
    assert mixed.estimate[0] - mixed.conf_low[0] == pytest.approx(
        alike.estimate[0] - alike.conf_low[0], rel=0.05
    )


def test_one_answer_has_a_mean_without_an_interval():
    result = mean_estimate([1, 0], [4, 0], [16, 0], scale_min=1, scale_max=5)
    assert result.estimate[0] == 4
    assert np.isnan(result.estimate[1])
    assert result.base.tolist() == [1, 0]
    assert not result.has_interval.any()


def test_minutes_have_no_scale_and_plain_t():
    """Waits of 2, 4 and 9 minutes: mean 5, variance (9 + 1 + 16) / 2 = 13, t = 4.3027 with 2 df."""
    result = mean_estimate(3, 2 + 4 + 9, 4 + 16 + 81)
    assert result.conf_high[0] == pytest.approx(5 + 4.3027 * np.sqrt(13 / 3), abs=1e-3)


def test_rounding_in_large_sums_is_not_taken_for_variance():
    """A million answers of 4.1: the squares add up to a rounding error, not to a spread."""
    result = mean_estimate(1e6, 4.1e6, 16.81e6 * (1 + 1e-15))
    assert np.isnan(result.conf_low[0])


# Weights


def test_effective_answers_are_kishs():
    """Weights 1, 1 and 2: (1 + 1 + 2)² / (1 + 1 + 4) = 2.67."""
    assert effective_answers([4.0, 0.0], [6.0, 0.0]) == pytest.approx([16 / 6, 0.0])


@unhurried
@given(counts, counts, counts, st.floats(0.1, 10))
def test_equal_weights_change_nothing(promoters: int, passives: int, detractors: int, weight: float):
    answers = promoters + passives + detractors
    worth = effective_answers(weight * answers, weight**2 * answers)
    weighted = nps_estimate(
        weight * promoters, weight * detractors, weight * answers, base=answers, effective_base=worth
    )
    plain = nps_estimate(promoters, detractors, answers)
    assert weighted.effective_base[0] <= answers
    for name in ("estimate", "std_error", "conf_low", "conf_high", "base", "effective_base"):
        assert getattr(weighted, name) == pytest.approx(getattr(plain, name), abs=1e-4, nan_ok=True)


def test_weights_of_one_give_exactly_the_unweighted_estimate():
    worth = effective_answers([110.0], [110.0])
    weighted = nps_estimate(81.0, 15.0, 110.0, base=110, effective_base=worth)
    plain = nps_estimate(81, 15, 110)
    assert weighted.conf_low.tolist() == plain.conf_low.tolist()
    assert weighted.conf_high.tolist() == plain.conf_high.tolist()


def test_unequal_weights_widen_the_interval():
    """Half the answers weigh 1, half 3: 50 answers are worth (25 + 75)² / (25 + 225) = 40."""
    worth = effective_answers([100.0], [250.0])
    assert worth[0] == pytest.approx(40)
    weighted = share_estimate(60, 100, base=50, effective_base=worth)
    assert weighted.conf_low == pytest.approx(share_estimate(24, 40).conf_low)
    assert weighted.base[0] == 50


def test_weighted_means_agree_with_forty_equal_answers():
    """Weighted mean 4, variance 1: as 40 answers with the same mean and variance, t with 39 df."""
    weighted = mean_estimate(100, 400, 1700, base=50, effective_base=40)
    plain = mean_estimate(40, 160, 680)
    assert weighted.conf_low == pytest.approx(plain.conf_low)
    assert weighted.std_error == pytest.approx(plain.std_error)


def test_answers_without_weight_are_a_gap_with_a_base():
    result = nps_estimate(0.0, 0.0, 0.0, base=3, effective_base=effective_answers([0.0], [0.0]))
    assert np.isnan(result.estimate[0])
    assert (result.base[0], result.effective_base[0]) == (3, 0)


def test_a_mean_that_one_answer_decides_alone_has_no_interval():
    """Two answers of weight 3 and 0 are worth one."""
    result = mean_estimate(
        3, 12, 48, base=2, effective_base=effective_answers(3, 9), scale_min=1, scale_max=5
    )
    assert result.estimate[0] == 4
    assert not result.has_interval[0]
    assert finite_or_nan(result)


def test_estimates_go_through_a_frame_and_back():
    frame = {
        name: getattr(nps_estimate([81, 5], [15, 5], [110, 20]), name) for name in Estimate.__annotations__
    }
    assert Estimate.of(frame)[np.array([False, True])].estimate.tolist() == [0.0]
