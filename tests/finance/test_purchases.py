"""BG/NBD and Gamma-Gamma: published numbers, a simulated business, identities, checks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import hyp2f1

from cxdata.errors import TooLittleData
from cxdata.finance.lifetimes.purchases import (
    PurchaseModel,
    alive,
    discounted_purchases,
    expected_frequencies,
    expected_purchases,
    fit_bgnbd,
)
from cxdata.finance.lifetimes.spend import SpendModel, expected_spend, fit_gamma_gamma, spend_independence
from tests.finance.golden import GOLDEN

PUBLISHED, SPEND = GOLDEN["bgnbd"], GOLDEN["gamma_gamma"]
MODEL = PurchaseModel(*PUBLISHED["parameters"])
PURSE = SpendModel(*SPEND["parameters"])
models = st.builds(PurchaseModel, st.floats(0.1, 5), st.floats(0.5, 20), st.floats(0.1, 4), st.floats(0.2, 8))
histories = st.tuples(st.integers(0, 30), st.floats(0.01, 1), st.floats(1, 60))


def bought(seed: int, customers: int, model: PurchaseModel, watch: float) -> tuple[np.ndarray, ...]:
    """Frequency, recency, age of customers drawn from the model itself, and what they buy as long again."""
    random = np.random.default_rng(seed)
    pace = random.gamma(model.r, 1 / model.alpha, customers)
    leaving = random.beta(model.a, model.b, customers)
    count, last, later = np.zeros(customers), np.zeros(customers), np.zeros(customers)
    clock, there = np.zeros(customers), np.ones(customers, dtype=bool)
    while there.any():
        clock = clock + random.exponential(1, customers) / pace
        there &= clock <= 2 * watch
        now = there & (clock <= watch)
        count += now
        last = np.where(now, clock, last)
        later += there & (clock > watch)
        there &= random.random(customers) >= leaving
    return count, last, np.full(customers, watch), later


def test_the_published_expectations():
    """G8: 1.226 more purchases in 39 weeks; .7266 still a customer; new ones over 1, 3, 32 weeks."""
    x, last, age = PUBLISHED["customer"]
    assert expected_purchases(MODEL, 39, x, last, age) == pytest.approx(PUBLISHED["expected_39"], abs=5e-5)
    weeks = [float(week) for week in PUBLISHED["new"]]
    assert expected_purchases(MODEL, weeks) == pytest.approx(list(PUBLISHED["new"].values()), abs=5e-5)
    rounded = PurchaseModel(*PUBLISHED["rounded"])
    assert alive(rounded, x, last, age) == pytest.approx(PUBLISHED["alive"], abs=5e-5)


def test_a_simulated_business_gives_its_own_numbers_back():
    """40,000 customers drawn from r .8, alpha 6, a .9, b 3, watched for 40 weeks, then for 40 more."""
    truth = PurchaseModel(0.8, 6.0, 0.9, 3.0)
    x, last, age, later = bought(11, 40_000, truth, 40.0)
    found = fit_bgnbd(x, last, age)
    gaps = np.log([found.r / 0.8, found.alpha / 6.0, found.a / 0.9, found.b / 3.0])
    assert found.covariance is not None
    assert (np.abs(gaps) < 3 * np.sqrt(np.diag(found.covariance))).all()
    ahead = expected_purchases(truth, 40.0, x, last, age)
    for seldom in (x == 0, x == 1, (x > 1) & (x < 6), x >= 6):
        error = later[seldom].std() / np.sqrt(seldom.sum())
        assert ahead[seldom].mean() == pytest.approx(later[seldom].mean(), abs=3 * error)
    counted = np.bincount(np.minimum(x, 7).astype(int), minlength=8)
    expected = expected_frequencies(truth, age)
    assert (np.abs(counted - expected) < 3.5 * np.sqrt(expected)).all()


def test_equal_customers_are_worked_on_once():
    x, last, age, _ = bought(2, 2000, PurchaseModel(0.8, 6.0, 0.9, 3.0), 40.0)
    last = np.round(last)
    x = np.where(last > 0, x, 0)
    rows, counts = np.unique(np.column_stack([x, last, age]), axis=0, return_counts=True)
    one, other = fit_bgnbd(x, last, age), fit_bgnbd(*rows.T, weights=counts)
    assert len(rows) < 1000
    assert other.log_likelihood == pytest.approx(one.log_likelihood, rel=1e-12)
    assert [other.r, other.alpha, other.a, other.b] == pytest.approx(
        [one.r, one.alpha, one.a, one.b], rel=1e-6
    )


def test_days_or_weeks_are_the_same_customers():
    """Seven times the numbers of time: seven times alpha, a log-likelihood lower by x ln 7 each, the same forecast."""
    x, last, age, _ = bought(3, 3000, PurchaseModel(0.8, 6.0, 0.9, 3.0), 40.0)
    weeks, days = fit_bgnbd(x, last, age), fit_bgnbd(x, 7 * last, 7 * age)
    assert [days.r, days.alpha / 7, days.a, days.b] == pytest.approx(
        [weeks.r, weeks.alpha, weeks.a, weeks.b], rel=1e-4
    )
    assert days.log_likelihood == pytest.approx(weeks.log_likelihood - x.sum() * np.log(7), rel=1e-9)
    assert expected_purchases(days, 70, 3, 7 * 20, 7 * 40) == pytest.approx(
        float(expected_purchases(weeks, 10, 3, 20, 40)), rel=1e-4
    )


@given(models, histories, st.floats(0.1, 100))
def test_the_textbook_form_of_the_expectation(model, history, ahead):
    """Equation 10 as printed, where it neither overflows nor divides by nothing."""
    x, share, age = history
    last = share * age if x else 0.0
    if abs(model.a - 1) < 0.01:
        return
    z = ahead / (model.alpha + age + ahead)
    series = hyp2f1(model.r + x, model.b + x, model.a + model.b + x - 1, z)
    printed = (
        (model.a + model.b + x - 1)
        / (model.a - 1)
        * (1 - ((model.alpha + age) / (model.alpha + age + ahead)) ** (model.r + x) * series)
    )
    if not np.isfinite(printed):
        return
    printed *= alive(model, x, last, age)
    assert expected_purchases(model, ahead, x, last, age) == pytest.approx(float(printed), rel=1e-5, abs=1e-9)


@given(models, histories)
def test_more_time_brings_more_purchases_ever_more_slowly(model, history):
    x, share, age = history
    last = share * age if x else 0.0
    ahead = expected_purchases(model, np.arange(0, 50, 5.0), x, last, age)
    steps = np.diff(ahead)
    assert ahead[0] == pytest.approx(0, abs=1e-9)
    assert (steps > 0).all()
    assert (np.diff(steps) <= 1e-9).all()
    assert 0 <= alive(model, x, last, age) <= 1


def test_a_of_one_is_no_gap():
    """At a = 1 the printed formula is 0 / 0."""
    at, below, above = (
        float(expected_purchases(PurchaseModel(0.5, 4, a, 2.5), 30, 3, 20, 39)) for a in (1, 0.999, 1.001)
    )
    assert at == pytest.approx((below + above) / 2, rel=1e-4)


def test_who_bought_very_often_is_still_counted():
    assert np.isfinite(expected_purchases(MODEL, 39, [150, 900], [38.0, 38.5], 38.86)).all()


def test_discounted_purchases_are_the_sum_over_short_steps():
    """78 weeks at 10 % a year: 1,560 steps of a twentieth of a week, each discounted from its middle."""
    rate = np.log(1.1) / 52
    steps = np.arange(1561) / 20
    bought_by = expected_purchases(MODEL, steps, 2, 30.43, 38.86)
    by_steps = float((np.diff(bought_by) * np.exp(-rate * (steps[1:] + steps[:-1]) / 2)).sum())
    assert discounted_purchases(MODEL, 78, rate, 2, 30.43, 38.86) == pytest.approx(by_steps, rel=1e-6)
    assert discounted_purchases(MODEL, 78, 0.0, 2, 30.43, 38.86) == pytest.approx(float(bought_by[-1]))


def test_the_published_expectations_of_spend():
    """G9: 35.17 over all; 24.65 and 18.91 for the first two customers."""
    assert PURSE.mean == pytest.approx(SPEND["mean"], abs=5e-5)
    assert expected_spend(PURSE, SPEND["frequency"], SPEND["spend"]) == pytest.approx(
        SPEND["expected"], abs=5e-5
    )
    assert expected_spend(PURSE, 0, np.nan) == pytest.approx(PURSE.mean)


@given(st.integers(1, 200), st.floats(0.5, 500))
def test_expected_spend_lies_between_the_mean_and_her_own(count, own):
    found = float(expected_spend(PURSE, count, own))
    assert min(own, PURSE.mean) - 1e-9 <= found <= max(own, PURSE.mean) + 1e-9
    assert abs(float(expected_spend(PURSE, count + 1, own)) - own) <= abs(found - own) + 1e-9


def test_simulated_amounts_give_their_own_numbers_back():
    random = np.random.default_rng(6)
    x = random.integers(1, 9, 30_000)
    rate = random.gamma(3.7, 1 / 15.0, x.size)
    spend = random.gamma(6.2 * x) / rate / x
    found = fit_gamma_gamma(x, spend)
    assert found.mean == pytest.approx(6.2 * 15.0 / 2.7, rel=0.02)
    assert found.q == pytest.approx(3.7, rel=0.08)
    dollars = fit_gamma_gamma(x, 100 * spend)
    assert [dollars.p, dollars.q, dollars.v / 100] == pytest.approx([found.p, found.q, found.v], rel=1e-3)
    assert dollars.log_likelihood == pytest.approx(found.log_likelihood - x.size * np.log(100), rel=1e-9)
    check = spend_independence(x, spend)
    assert check.holds
    assert check.conf_low < 0 < check.conf_high


def test_who_buys_often_and_more_each_time_breaks_the_model():
    x = np.arange(1, 101)
    check = spend_independence(x, 10.0 + x + np.tile([0, 3], 50))
    assert check.correlation > 0.9
    assert not check.holds


def test_what_cannot_carry_a_model_is_refused():
    with pytest.raises(
        TooLittleData, match="3 customers bought again; a model of purchases needs at least 10"
    ):
        fit_bgnbd([0, 1, 2, 1], [0, 4, 5, 6], [9, 9, 9, 9])
    with pytest.raises(TooLittleData, match="2 customers bought again; a model of spend needs 10"):
        fit_gamma_gamma([1, 2, 0], [5, 6, np.nan])
    with pytest.raises(ValueError, match="recency exceeds age"):
        fit_bgnbd([1], [10], [9])
    with pytest.raises(ValueError, match="recency is above 0 exactly for those who bought again"):
        fit_bgnbd([2], [0], [9])
    with pytest.raises(ValueError, match="spend: 1 of 2 customers who bought again have no amount above 0"):
        fit_gamma_gamma([1, 2], [5, 0])
    with pytest.raises(ValueError, match="horizon 0 must be above 0"):
        discounted_purchases(MODEL, 0, 0.01)
    assert np.isnan(SpendModel(2, 0.9, 5).mean)
