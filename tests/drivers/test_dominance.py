"""Logistic dominance: every subset's fit, against published numbers and at a million rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxdata.drivers.dominance import logistic_dominance, pseudo_r_squared
from cxdata.errors import TooLittleData
from tests.drivers.reference import REFERENCE, fair, random_company, spector


def test_spector_as_in_dominanceanalysis():
    expected = REFERENCE["spector"]
    found = logistic_dominance(*spector())
    assert found.log_likelihoods[-1] == pytest.approx(expected["loglik"], abs=1e-9)
    assert found.log_likelihood_null == pytest.approx(expected["loglik_null"], abs=1e-7)
    for measure, key in [("mcfadden", "mcfadden"), ("cox_snell", "coxsnell"), ("nagelkerke", "nagelkerke"),
                         ("estrella", "estrella")]:  # fmt: skip
        general = found.importance(measure).contribution
        assert general == pytest.approx(expected["general_dominance"][key], abs=1e-9), measure
    conditional = found.importance().conditional
    assert conditional == pytest.approx(np.array(expected["conditional_mcfadden"]), abs=1e-8)


def test_fair_with_a_nagelkerke_that_does_not_underflow():
    """exp(−4002) is 0 in a double: a package that divides by 1 − 0 reports Cox–Snell under Nagelkerke's name."""
    expected = REFERENCE["fair"]
    found = logistic_dominance(*fair())
    assert found.log_likelihoods[-1] == pytest.approx(expected["loglik"], abs=1e-6)
    for measure, key, digits in [("mcfadden", "general_mcfadden", 1e-9), ("cox_snell", "general_coxsnell", 1e-9),
                                 ("nagelkerke", "general_nagelkerke", 1e-8)]:  # fmt: skip
        assert found.importance(measure).contribution == pytest.approx(expected[key], abs=digits), measure


@pytest.mark.parametrize("measure", ["mcfadden", "cox_snell", "nagelkerke", "estrella"])
def test_a_million_rows_stay_finite(measure):
    """Log-likelihoods of a million coin tosses lie near −693,147, whose exponential no computer holds."""
    null = -1e6 * np.log(2)
    found = pseudo_r_squared(np.array([null, 0.9 * null, 0.0]), null, 1e6, measure)
    assert np.isfinite(found).all()
    assert found[0] == pytest.approx(0, abs=1e-9)
    assert 0 < found[1] < 1
    # Cox & Snell's measure cannot reach 1: the best it can do here is 1 − (1/2)².
    assert found[2] == pytest.approx(0.75 if measure == "cox_snell" else 1)


def test_a_million_rows_are_fitted():
    random = np.random.default_rng(1)
    x = random.normal(size=(1_000_000, 2))
    y = (x[:, 0] + random.logistic(size=len(x)) > 0).astype(float)
    found = logistic_dominance(x, y).importance("nagelkerke")
    assert np.isfinite(found.contribution).all()
    assert found.contribution[0] > 1_000 * abs(found.contribution[1])


@given(st.integers(0, 10_000))
@settings(max_examples=10, deadline=None)
def test_the_whole_model_is_shared_out_whatever_the_units(seed):
    x, y, _ = random_company(seed, customers=60, drivers=3)
    found = logistic_dominance(x, y).importance()
    assert found.contribution.sum() == pytest.approx(found.r_squared, abs=1e-10)
    turned = logistic_dominance((1000 * x + 5)[::-1, ::-1], y[::-1]).importance()
    assert turned.contribution[::-1] == pytest.approx(found.contribution, abs=1e-9)


def test_full_fit_as_in_statsmodels_with_weights():
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    x, y, _ = random_company(3, customers=100)
    weight = np.random.default_rng(1).integers(1, 4, len(y)).astype(float)
    oracle = GLM(y, np.column_stack([np.ones(len(y)), x]), family=Binomial(), freq_weights=weight).fit(
        tol=1e-12
    )
    found = logistic_dominance(x, y, [(0, 1), (2,)], controls=(3,), weights=weight)
    assert found.log_likelihoods[-1] == pytest.approx(oracle.llf, abs=1e-8)
    assert found.log_likelihood_null == pytest.approx(oracle.llnull, abs=1e-6)
    assert found.importance().contribution.size == 2
    assert found.importance().r_squared_controls > 0


def test_a_column_that_separates_the_outcomes_explains_everything():
    """The coefficient has no limit, the likelihood does: McFadden's R² is 1."""
    x = np.column_stack([np.repeat([0.0, 1.0], 20), np.tile([0.0, 1.0], 20)])
    found = logistic_dominance(x, x[:, 0]).importance()
    assert found.r_squared == pytest.approx(1, abs=1e-6)
    assert found.complete[0, 1]


def test_beyond_the_budget_a_part_of_the_rows_is_fitted_and_it_says_so():
    x, y, _ = random_company(3, customers=2_000, drivers=3)
    whole = logistic_dominance(x, y)
    found = logistic_dominance(x, y, budget=8 * 3_000, seed=4)
    assert not whole.sampled
    assert found.sampled
    assert (found.rows, found.rows_used, found.seed) == (len(y), 3_000, 4)
    assert found.importance().share == pytest.approx(whole.importance().share, abs=0.1)


def test_bad_input_is_refused():
    x, y, _ = random_company(1, customers=100)
    with pytest.raises(TooLittleData, match="hold 0 of the rarer outcome"):
        logistic_dominance(x, np.ones(len(y)))
    with pytest.raises(TooLittleData, match="Group drivers, or choose fewer"):
        logistic_dominance(x, y, budget=16 * 30)
    with pytest.raises(ValueError, match="other values than 0 and 1"):
        logistic_dominance(x, y + 1)
    x[5, 1] = np.nan
    with pytest.raises(ValueError, match="column 1 has 1 values that are missing"):
        logistic_dominance(x, y)
