"""Unseen decisions: pairs counted by hand, scikit-learn, splits that keep customers apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxdata.drivers.accuracy import bands, calibration, separation, squared_error
from cxdata.drivers.holdout import CUSTOMERS, TIME, split
from cxdata.drivers.validation import expected, validate
from cxdata.errors import TooLittleData
from cxdata.models.fits import expit
from cxdata.models.logit import logit
from tests.models.golden import GOLDEN, spector


def test_spector_gives_204_of_231_pairs_and_its_brier_score():
    design, outcome, terms = spector()
    chance = expit(design @ logit(design, outcome, terms=terms).coefficients)
    right, pairs = GOLDEN["spector"]["auc"]
    assert separation(outcome, chance).auc[0] == pytest.approx(right / pairs, abs=1e-12)
    assert squared_error(outcome, chance) == pytest.approx(GOLDEN["spector"]["brier"], abs=1e-9)
    # In its own rows a logit is calibrated by construction.
    own = calibration(outcome, chance, np.arange(32))
    assert (own.slope, own.intercept) == pytest.approx((1, 0), abs=1e-6)


@given(st.integers(0, 2**32 - 1))
def test_areas_agree_with_scikit_learn_ties_included(seed):
    from sklearn.metrics import brier_score_loss, roc_auc_score

    random = np.random.default_rng(seed)
    outcome, score = np.append(random.integers(0, 2, 40), [0, 1]), random.integers(0, 6, 42) / 6
    assert separation(outcome, score).auc[0] == pytest.approx(roc_auc_score(outcome, score), abs=1e-12)
    assert squared_error(outcome, score) == pytest.approx(brier_score_loss(outcome, score), abs=1e-12)


def test_the_error_of_an_area_is_that_of_delong():
    """Computed from its definition: variances of placements, each over its own number of rows."""
    random = np.random.default_rng(0)
    outcome = np.repeat([1, 0], [60, 90])
    score = random.normal(size=150) + outcome
    ones, zeros = score[outcome == 1], score[outcome == 0]
    better = (ones[:, None] > zeros) + 0.5 * (ones[:, None] == zeros)
    delong = better.mean(axis=1).var(ddof=0) / 60 + better.mean(axis=0).var(ddof=0) / 90
    found = separation(outcome, score)
    assert found.auc[0] == pytest.approx(better.mean())
    assert found.covariance[0, 0] == pytest.approx(delong * 150 / 149)


def test_intervals_of_areas_contain_the_truth_for_customers_who_decide_often():
    """Scores N(1, 1) against N(0, 1), four alike rows a customer: AUC = Φ(1/√2) = .7602."""
    random, inside = np.random.default_rng(1), 0
    for _ in range(200):
        one = np.repeat(random.random(150) < 0.5, 4).astype(float)
        score = one + np.repeat(random.normal(size=150), 4)
        low, high = separation(one, score, customers=np.repeat(np.arange(150), 4)).interval()
        inside += low <= 0.760250 <= high
    assert 0.91 <= inside / 200 <= 0.985


@given(st.integers(0, 2**32 - 1), st.booleans())
def test_no_customer_learns_and_is_predicted(seed, timed):
    random = np.random.default_rng(seed)
    customers = random.integers(0, 300, 900)
    days = np.datetime64("2025-01-01") + random.integers(0, 700, 900)
    outcome = (random.random(900) < 0.7).astype(float)
    parts = split(outcome, customers, days if timed else None, seed=seed % 1000)
    assert parts.kind == (TIME if timed else CUSTOMERS)
    for learn, predict in zip(parts.learn, parts.predict, strict=True):
        assert not set(customers[learn]) & set(customers[predict])
        if timed:
            assert days[learn].max() < parts.cut <= days[predict].min()
    predicted = np.concatenate(parts.predict)
    assert predicted.size == np.unique(predicted).size
    assert predicted.size == (int((days >= parts.cut).sum()) if timed else 900)


def test_learning_from_earlier_decisions_does_not_learn_from_leavers_only():
    """Who leaves has no later decision. The earlier decisions learnt from renew as all earlier ones do."""
    random = np.random.default_rng(2)
    rows = [
        (customer, year, stayed)
        for customer in range(2_000)
        for year, stayed in enumerate(np.cumprod(random.random(4) < 0.8))
        if year == 0 or stayed or rows_before(random)
    ]
    customers, year, outcome = (np.array(column) for column in zip(*rows, strict=True))
    parts = split(outcome, customers, np.datetime64("2022-01-01") + 365 * year)
    earlier = year < year[parts.predict[0]].min()
    learnt = np.concatenate(parts.learn)
    assert outcome[learnt].mean() == pytest.approx(outcome[earlier].mean(), abs=0.01)


def rows_before(random: np.random.Generator) -> bool:
    """Some who left come back once more."""
    return bool(random.random() < 0.2)


def company(rows: int = 4_000, seed: int = 3, bend: float = 0.0):
    random = np.random.default_rng(seed)
    drivers = random.normal(size=(rows, 3))
    drivers[:, 1] = 0.6 * drivers[:, 0] + 0.8 * drivers[:, 1]
    linear = 0.5 + 0.8 * drivers[:, 0] + 0.3 * drivers[:, 1] + bend * (drivers[:, 2] ** 2 - 1)
    outcome = (random.random(rows) < expit(linear)).astype(float)
    days = np.datetime64("2025-01-01") + random.integers(0, 700, rows)
    return drivers, outcome, random.integers(0, rows // 2, rows), days


def test_a_right_model_is_calibrated_and_raises_no_alarm():
    drivers, outcome, customers, days = company()
    found = validate(drivers, outcome, customers, days, players=[(0,), (1,), (2,)])
    assert found.rows == pytest.approx(1_000, abs=20)
    many, truth, _customers, _days = company(200_000, seed=4)
    reachable = separation(truth, many @ [0.8, 0.3, 0]).auc[0]
    assert found.auc_low < reachable < found.auc_high
    assert found.calibration.slope_low < 1 < found.calibration.slope_high
    assert found.calibration.intercept_low < 0 < found.calibration.intercept_high
    assert found.boosting is not None
    assert not found.boosting.alarm
    assert found.shuffled[0] > found.shuffled[1] > found.shuffled[2] - 0.005
    assert found.shuffled[2] == pytest.approx(0, abs=0.005)
    assert found.bands.rows.sum() == found.rows
    assert found.reference > found.error > 0


def test_a_bend_raises_the_alarm():
    drivers, outcome, customers, days = company(bend=0.9)
    found = validate(drivers, outcome, customers, days)
    assert found.boosting is not None
    assert found.boosting.alarm
    assert found.boosting.gain_low > 0


def test_an_outcome_that_is_noise_is_not_predicted():
    """Also not where gaps were filled: nothing leaks from an outcome into its own prediction."""
    drivers, _outcome, customers, days = company()
    random = np.random.default_rng(8)
    drivers[random.random(drivers.shape) < 0.6] = np.nan
    found = validate(drivers, (random.random(4_000) < 0.5).astype(float), customers, days, boosted=False)
    assert found.auc == pytest.approx(0.5, abs=0.05)


def test_gaps_are_filled_by_what_the_row_leads_to_expect():
    """Correlation .6: a first value of 2 leads to expect 1.2, nothing leads to the mean."""
    filled = expected(
        np.array([[2.0, np.nan], [np.nan, np.nan], [1.0, 5.0]]), np.zeros(2), np.array([[1, 0.6], [0.6, 1]])
    )
    assert filled == pytest.approx(np.array([[2.0, 1.2], [0, 0], [1, 5]]))


def test_a_score_is_validated_by_its_squared_error():
    drivers, _outcome, customers, days = company()
    score = drivers @ [1.0, 0.5, 0] + np.random.default_rng(0).normal(size=4_000)
    found = validate(drivers, score, customers, days, binary=False)
    truth = 1 - 1 / np.var(score)
    assert np.isnan(found.auc)
    assert found.r_squared == pytest.approx(truth, abs=0.05)
    assert found.calibration.slope == pytest.approx(1, abs=0.1)


def test_bands_keep_equal_predictions_together():
    found = bands([1, 0, 1, 1], [0.5, 0.5, 0.5, 0.9], count=4)
    assert found.rows.tolist() == [3, 1]
    assert found.observed == pytest.approx([2 / 3, 1])
    assert found.conf_high[1] <= 1


def test_predictions_without_an_error_have_no_slope():
    found = calibration([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9], np.arange(4))
    assert np.isnan(found.slope)


def test_predictions_that_nearly_separate_have_a_slope_without_explosion():
    """Log-odds of ±20 with one case in four thousand on the wrong side."""
    outcome = np.repeat([0.0, 1.0], 2_000)
    chance = np.where(outcome > 0, 1 - 2e-9, 2e-9)
    chance[0], chance[-1] = chance[-1], chance[0]
    found = calibration(outcome, chance, np.arange(4_000))
    assert 0 < found.slope < 1


def test_too_few_events_are_refused_with_the_rule():
    with pytest.raises(TooLittleData, match="at least 20 of either outcome"):
        split(np.repeat([0, 1], [10, 500]), np.arange(510))
    with pytest.raises(ValueError, match="both outcomes"):
        separation(np.ones(5), np.arange(5))
