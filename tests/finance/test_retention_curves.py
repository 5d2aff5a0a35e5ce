"""sBG and BdW: published fits, identities, and data whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxdata.errors import TooLittleData
from cxdata.finance.economics.cohorts import choose_curve
from cxdata.finance.lifetimes.retention_curves import (
    RetentionCurve,
    bootstrap_survival,
    fit_bdw,
    fit_sbg,
    likelihood_ratio,
    survival_interval,
)
from tests.finance.golden import GOLDEN, cohort_years

shapes = st.tuples(st.floats(0.05, 20), st.floats(0.05, 40), st.floats(0.5, 2))


@pytest.mark.parametrize("segment", ["high_end", "regular"])
def test_the_published_fits_of_both_segments(segment):
    """G1, G2: Fader & Hardie (2007)."""
    published = GOLDEN[segment]
    curve = fit_sbg(published["survivors"])
    assert [curve.alpha, curve.beta] == pytest.approx(published["fit"], abs=6e-5)
    assert curve.log_likelihood == pytest.approx(published["log_likelihood"], abs=6e-4)
    assert not curve.at_edge


@pytest.mark.parametrize("segment", ["high_end", "regular"])
def test_the_published_projections_of_both_segments(segment):
    """Twelve years from seven, at the rounded parameters."""
    published = GOLDEN[segment]
    curve = RetentionCurve(*published["rounded"])
    assert curve.survival(np.arange(1, 13)) == pytest.approx(published["survival"], abs=5e-5)


def test_years_that_were_held_out_come_out():
    """Regular segment: 223, 207, 194, 183, 173 of 1,000 were there after years 8 to 12."""
    published = GOLDEN["regular"]
    predicted = 1000 * fit_sbg(published["survivors"]).survival(np.arange(8, 13))
    assert predicted == pytest.approx(published["held_out"], abs=3.5)


def test_the_high_end_segment_wants_chances_that_change():
    """Twice 1611.158 - 1605.314; on the regular one sBG is enough."""
    high, regular = GOLDEN["high_end"]["survivors"], GOLDEN["regular"]["survivors"]
    found = likelihood_ratio(fit_sbg(high), fit_bdw(high))
    assert found.statistic == pytest.approx(11.688, abs=0.002)
    assert found.p_value == pytest.approx(0.00063, abs=5e-6)
    assert found.better.c == pytest.approx(1.7236, abs=1e-4)
    assert likelihood_ratio(fit_sbg(regular), fit_bdw(regular)).better.c == 1


def test_a_curve_by_hand():
    """Chances spread evenly (alpha = beta = 1): S(t) = 1 / (1 + t), so that t / (1 + t) renew the t-th time."""
    curve = RetentionCurve(1, 1)
    assert curve.survival([0, 1, 2, 3]) == pytest.approx([1, 1 / 2, 1 / 3, 1 / 4])
    assert curve.retention([1, 2, 3]) == pytest.approx([1 / 2, 2 / 3, 3 / 4])


@given(shapes)
def test_curves_only_fall_and_stay_between_0_and_1(shape):
    curve = RetentionCurve(*shape)
    share = curve.survival(np.arange(0, 30))
    assert share[0] == 1
    assert (np.diff(share) < 0).all()
    assert (share > 0).all()


@given(shapes)
def test_those_who_stay_are_those_who_tend_to(shape):
    """Each keeps her own chance, yet retention rises; and it is (beta + t - 1) / (alpha + beta + t - 1)."""
    alpha, beta, _ = shape
    t = np.arange(1, 20)
    retention = RetentionCurve(alpha, beta).retention(t)
    assert (np.diff(retention) > 0).all()
    assert retention == pytest.approx((beta + t - 1) / (alpha + beta + t - 1), rel=1e-9)


@given(st.floats(0.2, 5), st.floats(0.2, 20))
def test_a_fit_finds_the_curve_that_made_the_counts(alpha, beta):
    """Counts as expected, without chance: the likelihood is highest at the truth."""
    truth = RetentionCurve(alpha, beta)
    found = fit_sbg(1000 * truth.survival(np.arange(9)))
    assert [found.alpha, found.beta] == pytest.approx([alpha, beta], rel=2e-3)


def test_a_fit_finds_chances_that_change():
    truth = RetentionCurve(0.8, 4.0, 1.5)
    found = fit_bdw(1e5 * truth.survival(np.arange(11)))
    assert [found.alpha, found.beta, found.c] == pytest.approx([0.8, 4.0, 1.5], rel=1e-4)


@given(st.lists(st.tuples(st.integers(0, 400), st.floats(0, 1)), min_size=3, max_size=10))
def test_any_counts_give_a_curve_or_a_reason(rows):
    """Gaps, ages with nobody, all lost at once: and chances that change are never less likely than constant ones."""
    at_risk = np.array([count for count, _ in rows], dtype=float)
    lost = np.round(at_risk * np.array([share for _, share in rows]))
    try:
        sbg, bdw = fit_sbg(at_risk=at_risk, lost=lost), fit_bdw(at_risk=at_risk, lost=lost)
    except TooLittleData:
        return
    assert likelihood_ratio(sbg, bdw).p_value <= 1
    assert bdw.log_likelihood >= sbg.log_likelihood - 1e-6 * abs(sbg.log_likelihood)
    for curve in (sbg, bdw):
        share = curve.survival(np.arange(0, 25))
        assert np.isfinite(share).all()
        assert (np.diff(share) <= 1e-12).all()
        assert ((share >= 0) & (share <= 1)).all()


def test_cohorts_seen_late_or_not_to_the_end_give_the_same_curve():
    """Three cohorts of one truth: whole, seen up to renewal 4, and seen from renewal 3 on."""
    share = RetentionCurve(0.7, 3.0).survival(np.arange(8))
    whole, young, old = 1000 * share, 5000 * share, 2000 * share
    young[5:], old[:3] = np.nan, np.nan
    found = choose_curve(cohort_years(whole, young, old))
    assert found.years["at_risk"].iloc[0] == pytest.approx(6000)
    assert found.years["at_risk"].iloc[3] == pytest.approx(8000 * share[3])
    assert found.model == "sbg"
    assert [found.curve.alpha, found.curve.beta] == pytest.approx([0.7, 3.0], rel=1e-4)


def test_survivors_are_those_at_risk_and_lost():
    survivors = np.array(GOLDEN["regular"]["survivors"], dtype=float)
    one = fit_sbg(survivors)
    other = fit_sbg(at_risk=survivors[:-1], lost=-np.diff(survivors))
    assert (one.alpha, one.log_likelihood) == pytest.approx((other.alpha, other.log_likelihood))
    assert one.decisions == survivors[:-1].sum()


def test_ten_times_the_customers_give_the_same_curve_with_a_tenth_of_the_variance():
    survivors = np.array(GOLDEN["high_end"]["survivors"], dtype=float)
    one, ten = fit_sbg(survivors), fit_sbg(10 * survivors)
    assert ten.alpha == pytest.approx(one.alpha, rel=1e-6)
    assert ten.covariance == pytest.approx(one.covariance / 10, rel=1e-3)


def test_the_interval_agrees_with_data_drawn_anew():
    survivors = np.array(GOLDEN["high_end"]["survivors"], dtype=float)
    times = [1, 7, 12]
    low, high = survival_interval(fit_sbg(survivors), times)
    drawn = bootstrap_survival(times, at_risk=survivors[:-1], lost=-np.diff(survivors), draws=400)
    assert (low, high) == pytest.approx(np.quantile(drawn, [0.025, 0.975], axis=0), abs=0.012)
    assert survival_interval(fit_sbg(survivors), [0]) == (1, 1)


def test_the_interval_covers_the_truth_as_often_as_it_says():
    """400 companies of 500 customers each: 95 % of the intervals of year 10 hold the truth, give or take 2 %."""
    truth, random = RetentionCurve(0.9, 4.0), np.random.default_rng(5)
    chance = -np.diff(truth.survival(np.arange(7)))
    target, inside = float(truth.survival(10)), []
    for _company in range(400):
        leaving = random.multinomial(500, [*chance, 1 - chance.sum()])
        curve = fit_sbg(500 - np.concatenate([[0], np.cumsum(leaving[:-1])]))
        low, high = survival_interval(curve, 10.0)
        inside.append(low <= target <= high)
    assert np.mean(inside) == pytest.approx(0.95, abs=0.02)


def test_customers_who_are_all_alike_are_an_edge_and_no_error():
    """10 % leave each time: the curve is 0.9^t, and its shape says nothing but that."""
    curve = fit_sbg(1000 * 0.9 ** np.arange(6))
    assert curve.at_edge
    assert curve.survival([1, 5, 20]) == pytest.approx([0.9, 0.9**5, 0.9**20], rel=1e-5)
    assert np.isnan(survival_interval(curve, [1.0])).all()


def test_an_edge_still_has_an_interval_by_drawing_anew():
    drawn = bootstrap_survival([4], at_risk=[1000, 900, 800, 700], lost=[100, 100, 100, 100], draws=50)
    assert drawn.shape == (50, 1)
    low, high = np.quantile(drawn, [0.05, 0.95])
    assert 0.56 < low < (1 - 400 / 3400) ** 4 < high < 0.65


def test_what_cannot_carry_a_curve_is_refused():
    with pytest.raises(TooLittleData, match="needs 2 renewals that customers came up for, and there are 1"):
        fit_sbg([100, 90])
    with pytest.raises(TooLittleData, match="needs 3 renewals"):
        fit_bdw([100, 90, 85])
    with pytest.raises(TooLittleData, match="customers who left and customers who stayed"):
        fit_sbg([100, 100, 100])
    with pytest.raises(TooLittleData, match="customers who left and customers who stayed"):
        fit_sbg(at_risk=[100, 50], lost=[100, 50])


def test_counts_that_are_none_are_refused():
    with pytest.raises(ValueError, match="survivors rise"):
        fit_sbg([100, 90, 95])
    with pytest.raises(ValueError, match="a count is missing"):
        fit_sbg([100, 90, np.nan])
    with pytest.raises(ValueError, match="give either survivors, or at_risk and lost"):
        fit_sbg([100, 90], at_risk=[100], lost=[10])
    with pytest.raises(ValueError, match=r"alpha: 0\.0 is not a number above 0"):
        RetentionCurve(0.0, 1.0)
    with pytest.raises(ValueError, match="t: 0 is below 1"):
        RetentionCurve(1, 1).retention(0)
    with pytest.raises(ValueError, match="fit both to the same data"):
        likelihood_ratio(fit_sbg([100, 80, 70, 65]), fit_bdw([200, 160, 140, 131]))
