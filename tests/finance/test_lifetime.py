"""Lifetime value: three timings, published multiples, DEL and DERL, elasticities; thought experiments as such."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxdata.finance.lifetimes.elasticity import elasticities, retention_elasticity
from cxdata.finance.lifetimes.lifetime import (
    Timing,
    base_value,
    discounted_lifetime,
    discounted_residual,
    lifetime_value,
    margin_multiple,
)
from cxdata.finance.lifetimes.retention_curves import RetentionCurve, fit_bdw, fit_sbg
from tests.finance.golden import GOLDEN

HIGH_END = RetentionCurve(*GOLDEN["high_end"]["rounded"])
REGULAR = RetentionCurve(*GOLDEN["regular"]["rounded"])
curves = st.builds(RetentionCurve, st.floats(0.05, 20), st.floats(0.05, 40), st.floats(0.6, 1.6))
constant_chances = st.builds(RetentionCurve, st.floats(0.05, 20), st.floats(0.05, 40))
discounts = st.floats(0.005, 0.5)


@pytest.mark.parametrize("timing", list(Timing))
def test_the_three_formulas_in_use(timing):
    """G11: note 024; they differ by the first payment of 100, and by a year's discount."""
    assert lifetime_value(100, 0.8, 0.1, timing) == pytest.approx(GOLDEN["timing"][timing.value], abs=5e-5)


@pytest.mark.parametrize("retention", [0.6, 0.7, 0.8, 0.9])
def test_the_table_of_margin_multiples(retention):
    """G10: Gupta & Lehmann (2003)."""
    table = GOLDEN["margin_multiple"]
    assert margin_multiple(retention, table["rates"]) == pytest.approx(table[str(retention)], abs=5e-5)


@given(st.floats(-500, 500), st.floats(0, 0.99), st.floats(0.01, 0.5), st.floats(-0.1, 0.01))
def test_timings_differ_by_the_first_payment_and_by_a_period(margin, retention, discount, growth):
    now, later, at_end = (
        lifetime_value(margin, retention, discount, timing, growth)
        for timing in (Timing.FIRST_PAYMENT_NOW, Timing.RENEWALS_ONLY, Timing.END_OF_PERIOD)
    )
    assert now == pytest.approx(at_end * (1 + discount))
    assert later == pytest.approx(at_end * retention)
    if growth == 0:
        assert now == pytest.approx(later + margin)


@given(st.floats(0, 1), st.floats(0, 0.5), st.floats(-0.2, 0.3), st.sampled_from(Timing))
def test_a_limited_number_of_payments_is_their_sum(retention, discount, growth, timing):
    year = np.arange(7)
    paid = {
        Timing.FIRST_PAYMENT_NOW: retention**year / (1 + discount) ** year,
        Timing.RENEWALS_ONLY: retention ** (year + 1) / (1 + discount) ** (year + 1),
        Timing.END_OF_PERIOD: retention**year / (1 + discount) ** (year + 1),
    }[timing]
    expected = float((paid * (1 + growth) ** year).sum())
    assert lifetime_value(1, retention, discount, timing, growth, 7) == pytest.approx(
        expected, rel=1e-6, abs=1e-9
    )


def test_many_payments_are_all_of_them_and_a_loss_stays_a_loss():
    assert lifetime_value(-50, 0.8, 0.1, periods=500) == pytest.approx(lifetime_value(-50, 0.8, 0.1))
    assert lifetime_value(-50, 0.8, 0.1) < 0


@pytest.mark.parametrize(
    ("segment", "curve"), [("high_end", HIGH_END), ("regular", REGULAR)], ids=["high_end", "regular"]
)
def test_discounted_lifetimes_of_both_segments(segment, curve):
    """G7: the closed forms at 10 %."""
    published = GOLDEN[segment]
    assert discounted_lifetime(curve, 0.1) == pytest.approx(published["discounted_lifetime"], abs=5e-5)
    assert discounted_residual(curve, 0.1, [1, 2, 3, 4]) == pytest.approx(
        published["discounted_residual"], abs=5e-5
    )


def test_the_residual_lifetime_after_seven_renewals():
    """G4: 7.530 at the fit itself."""
    curve = fit_sbg(GOLDEN["high_end"]["survivors"])
    assert discounted_residual(curve, 0.1, 8) == pytest.approx(
        GOLDEN["high_end"]["after_seven_renewals"], abs=5e-4
    )
    assert discounted_residual(curve, 0.1, 8) == pytest.approx(7.5296, abs=5e-5)


def test_the_choice_of_the_curve_is_worth_money():
    """Four renewals of High End, five years paid: 5.87 payments to come with sBG, 7.32 with BdW."""
    survivors = GOLDEN["high_end"]["survivors"][:5]
    assert discounted_residual(fit_sbg(survivors), 0.1, 5) == pytest.approx(5.87, abs=0.005)
    assert discounted_residual(fit_bdw(survivors), 0.1, 5) == pytest.approx(7.32, abs=0.005)


@given(curves, discounts, st.integers(1, 12))
def test_lifetimes_are_the_sums_they_stand_for(curve, discount, period):
    """Six thousand payments added up; the closed form, the series and the recursion are one number."""
    ahead = np.arange(6000)
    share = (
        curve.survival(period + ahead) / curve.survival(period - 1) * (1 + discount) ** -ahead.astype(float)
    )
    residual = discounted_residual(curve, discount, period)
    assert residual == pytest.approx(share.sum(), rel=1e-8)
    after = discounted_residual(curve, discount, period, after_payment=True)
    assert residual == pytest.approx(curve.retention(period) * (1 + after), rel=1e-8)
    assert discounted_lifetime(curve, discount) == pytest.approx(
        1 + discounted_residual(curve, discount, 1) / (1 + discount)
    )


def test_the_closed_form_is_the_mean_over_customers():
    """Quadrature over the Beta of what each customer brings, (1 + d) / (1 + d − r)."""
    from scipy.special import roots_jacobi

    nodes, weights = roots_jacobi(80, HIGH_END.alpha - 1, HIGH_END.beta - 1)
    own = 1.1 / (1.1 - (1 + nodes) / 2)
    assert discounted_lifetime(HIGH_END, 0.1) == pytest.approx(float(weights @ own / weights.sum()), rel=1e-7)


def test_many_periods_at_once_are_each_period_alone():
    ages = np.array([[1, 40], [3, 200]])
    each = np.array([[float(discounted_residual(HIGH_END, 0.1, age)) for age in row] for row in ages])
    assert discounted_residual(HIGH_END, 0.1, ages) == pytest.approx(each, rel=1e-9)
    assert np.isfinite(discounted_residual(RetentionCurve(1e6, 9e6), 0.1, [1, 500])).all()


def test_customers_who_are_all_alike_are_worth_the_plain_formula():
    alike = RetentionCurve(2e6, 8e6)
    assert discounted_lifetime(alike, 0.1) == pytest.approx(1.1 / (1.1 - 0.8), rel=1e-5)
    assert elasticities(alike, 0.1).value_weighted == pytest.approx(1.1 / (1.1 - 0.8), rel=1e-5)


def test_the_three_elasticities_of_high_end():
    """New customers at 10 %: as if alike 4.412, mean of the customers' own 5.923, of the money 7.578."""
    found = elasticities(HIGH_END, 0.1)
    assert found.homogeneous == pytest.approx(4.412, abs=5e-4)
    assert found.individual == pytest.approx(5.923, abs=5e-4)
    assert found.value_weighted == pytest.approx(7.578, abs=5e-4)


@given(constant_chances, st.floats(0.02, 0.5), st.integers(1, 8))
def test_money_hangs_more_on_retention_than_its_average_customer(curve, discount, period):
    found = elasticities(curve, discount, period)
    assert 1 <= found.homogeneous <= found.individual * (1 + 1e-9)
    assert found.individual <= found.value_weighted * (1 + 1e-9)


@given(curves, st.floats(0.02, 0.5), st.integers(1, 6))
def test_the_elasticity_of_money_is_what_a_small_rise_of_every_retention_does(curve, discount, period):
    """A thousandth of a per cent more retention at every renewal, payments added up before and after."""
    number = np.arange(1, 4000)
    share = (
        curve.survival(period - 1 + number)
        / curve.survival(period - 1)
        * (1 + discount) ** -number.astype(float)
    )
    rise = 1e-5
    changed = (share * (1 + rise) ** number).sum() / share.sum() - 1
    assert elasticities(curve, discount, period).value_weighted == pytest.approx(changed / rise, rel=2e-3)


def test_individual_elasticities_with_changing_chances_meet_those_without():
    almost = RetentionCurve(HIGH_END.alpha, HIGH_END.beta, 1 + 1e-7)
    assert elasticities(almost, 0.1, 3).individual == pytest.approx(
        elasticities(HIGH_END, 0.1, 3).individual, rel=1e-5
    )


def test_one_per_cent_of_retention_is_five_per_cent_of_value_only_near_nine_tenths():
    """Gupta, Lehmann & Stuart (2004) at i = 12 %: 2.67, 3.50, 5.09, 6.59 at r = .7, .8, .9, .95."""
    assert retention_elasticity([0.7, 0.8, 0.9, 0.95], 0.12) == pytest.approx(
        [2.67, 3.50, 5.09, 6.59], abs=0.005
    )


def test_five_points_of_retention_are_no_fixed_share_of_profit():
    """Reichheld's claim is arithmetic: +22.4, +27.5, +40.7 % at i = 10 % from .7, .8, .9, and +111 % undiscounted."""

    def gain(retention: float, discount: float) -> float:
        return float(margin_multiple(retention + 0.05, discount) / margin_multiple(retention, discount)) - 1

    assert [gain(r, 0.1) for r in (0.7, 0.8, 0.9)] == pytest.approx([0.224, 0.275, 0.407], abs=5e-4)
    assert gain(0.9, 0.0) == pytest.approx(1.111, abs=5e-4)


def test_one_rate_for_all_undervalues_a_base():
    """Cohorts of 1,000 High End customers of ages 1 to 4: their mean retention, taken as everybody's, says less."""
    ages = np.arange(1, 5)
    there = 1000 * HIGH_END.survival(ages - 1)
    value = base_value(there, 100, HIGH_END, 0.1, ages)
    assert value.total == pytest.approx(float(value.value.sum()))
    assert value.per_customer == pytest.approx(
        100 * np.array(GOLDEN["high_end"]["discounted_residual"]), abs=5e-3
    )
    mean = float((there * HIGH_END.retention(ages)).sum() / there.sum())
    assert there.sum() * 100 * mean * 1.1 / (1.1 - mean) < 0.9 * value.total


def test_a_renewal_that_is_half_a_period_away_is_discounted_for_half_a_period():
    now, later = (base_value([10], [5], HIGH_END, 0.1, [2], until_renewal=wait).total for wait in (0, 0.5))
    assert later == pytest.approx(now / 1.1**0.5)


def test_what_has_no_sum_is_refused():
    with pytest.raises(ValueError, match="Limit periods, or lower growth"):
        lifetime_value(1, 0.95, 0.0, growth=0.06)
    with pytest.raises(ValueError, match="retention: a value is outside 0-1"):
        lifetime_value(1, 1.2, 0.1)
    with pytest.raises(ValueError, match="must be above -1"):
        lifetime_value(1, 0.8, -1.0)
    with pytest.raises(ValueError, match="discount_rate: 0 is not above 0"):
        discounted_lifetime(HIGH_END, 0.0)
    with pytest.raises(ValueError, match="period: 0 is below 1"):
        discounted_residual(HIGH_END, 0.1, [1, 0])
