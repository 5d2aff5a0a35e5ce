"""Revenue retention: worked sums, a regression as oracle, and what must hold for any contracts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.regression.linear_model import WLS

from cxdata.scorecard.estimates import Estimate
from cxdata.scorecard.retention import gross_retention_estimate, net_retention_estimate
from cxdata.scorecard.scores import share_estimate

unhurried = settings(deadline=None, max_examples=60)
contracts = st.lists(st.tuples(st.floats(1, 1e6), st.floats(0, 2)), min_size=1, max_size=60)


def sums(due: np.ndarray, got: np.ndarray) -> tuple[float, ...]:
    return (due.sum(), got.sum(), (due**2).sum(), (got**2).sum(), (due * got).sum(), due.size)


def test_retention_is_the_ratio_of_sums_not_the_mean_of_ratios():
    """90 of 100 kept and 0 of 10: 90 / 110 = 0.818; the mean of 0.9 and 0 would be 0.45."""
    result = gross_retention_estimate(*sums(np.array([100.0, 10.0]), np.array([90.0, 0.0])))
    assert result.estimate == pytest.approx([90 / 110])


def test_linearised_error_is_that_of_a_weighted_regression_with_robust_errors():
    random = np.random.default_rng(7)
    due = random.lognormal(8, 0.6, 80)
    following = np.where(random.random(80) < 0.2, 0, due * random.uniform(0.6, 1.4, 80))
    oracle = WLS(following, due, weights=1 / due).fit(cov_type="HC1")
    result = net_retention_estimate(*sums(due, following))
    assert result.estimate[0] == pytest.approx(oracle.params[0], rel=1e-12)
    assert result.std_error[0] == pytest.approx(oracle.bse[0], rel=1e-9)
    kept = np.minimum(due, following)
    oracle = WLS(kept, due, weights=1 / due).fit(cov_type="HC1")
    assert gross_retention_estimate(*sums(due, kept)).std_error[0] == pytest.approx(oracle.bse[0], rel=1e-9)


def test_equal_contracts_kept_or_lost_are_a_wilson_share():
    """18 of 20 equal contracts kept: the interval of 18 / 20 answers."""
    due = np.full(20, 500.0)
    result = gross_retention_estimate(*sums(due, np.where(np.arange(20) < 18, due, 0)))
    expected = share_estimate(18, 20)
    assert result.conf_high[0] == pytest.approx(expected.conf_high[0], abs=0.01)
    # R(1-R)/V is 19 here (the n - 1 of a sample variance), so the interval is a little wider.
    assert result.effective_base[0] == pytest.approx(19)
    assert result.conf_low[0] < expected.conf_low[0]


def test_everything_kept_is_not_certainty():
    """15 equal contracts, all kept: Wilson's 15 / 15, lower limit 15 / (15 + 3.8415) = 0.796."""
    due = np.full(15, 1_000.0)
    gross, net = gross_retention_estimate(*sums(due, due)), net_retention_estimate(*sums(due, due))
    assert (gross.estimate[0], gross.conf_high[0]) == (1, 1)
    assert gross.conf_low[0] == pytest.approx(15 / 18.8415, abs=1e-4)
    assert net.conf_low[0] < 1 < net.conf_high[0]


def test_a_few_large_contracts_count_as_few():
    """Values 100 and 100, forty of 1: (240)² / (2 · 10,000 + 40) = 2.87 effective terms of 42."""
    due = np.array([100.0, 100.0, *[1.0] * 40])
    assert gross_retention_estimate(*sums(due, due)).effective_base[0] == pytest.approx(240**2 / 20_040)


def test_nothing_due_is_a_gap_with_base_zero():
    for estimator in (gross_retention_estimate, net_retention_estimate):
        result = estimator(0, 0, 0, 0, 0, 4)
        assert np.isnan(result.estimate[0])
        assert result.base[0] == 0


def test_one_term_has_no_interval():
    for estimator in (gross_retention_estimate, net_retention_estimate):
        result = estimator(100, 50, 10_000, 2_500, 5_000, 1)
        assert result.estimate[0] == 0.5
        assert not result.has_interval[0]


def test_gross_retention_refuses_growth():
    with pytest.raises(ValueError, match="value_kept exceeds value_due in group 0: 120 of 100"):
        gross_retention_estimate(100, 120, 10_000, 14_400, 12_000, 1)


@unhurried
@given(contracts)
def test_retention_is_finite_and_inside_its_interval(terms: list[tuple[float, float]]):
    due = np.array([value for value, _ in terms])
    following = due * np.array([growth for _, growth in terms])
    gross = gross_retention_estimate(*sums(due, np.minimum(due, following)))
    net = net_retention_estimate(*sums(due, following))
    for result in (gross, net):
        assert not any(np.isinf(getattr(result, name)).any() for name in list(Estimate.__annotations__)[1:])
        assert result.has_interval[0] == (due.size > 1 and result.effective_base[0] > 0)
        if result.has_interval[0]:
            assert 0 <= result.conf_low[0] <= result.estimate[0] + 1e-12
            assert result.estimate[0] <= result.conf_high[0] + 1e-12
            assert result.conf_high[0] > result.conf_low[0]
    assert not gross.conf_high[0] > 1


@unhurried
@given(contracts, st.floats(0.01, 100))
def test_retention_does_not_depend_on_the_currency(terms: list[tuple[float, float]], rate: float):
    due = np.array([value for value, _ in terms])
    following = due * np.array([growth for _, growth in terms])
    here, there = (
        net_retention_estimate(*sums(due, following)),
        net_retention_estimate(*sums(rate * due, rate * following)),
    )
    assert here.estimate == pytest.approx(there.estimate, rel=1e-9)
    assert here.conf_low == pytest.approx(there.conf_low, rel=1e-4, abs=1e-4, nan_ok=True)
