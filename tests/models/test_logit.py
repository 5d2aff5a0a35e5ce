"""Logit: published numbers, statsmodels, separation, and what must not matter."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from cxdata.errors import TooLittleData
from cxdata.models import fits
from cxdata.models.fits import Separated
from cxdata.models.logit import logit, newton
from tests.models.golden import GOLDEN, company, endometrial, spector


def test_spector_gives_what_stata_prints():
    """Coefficients, errors of the information matrix, log-likelihoods and McFadden's R² (source in the file)."""
    design, outcome, terms = spector()
    published = GOLDEN["spector"]
    model = logit(design, outcome, terms=terms, errors="model")
    assert model.coefficients == pytest.approx(published["coef"], rel=1e-8)
    assert model.std_error == pytest.approx(published["se"], rel=1e-7)
    assert model.log_likelihood == pytest.approx(published["loglik"], abs=1e-9)
    assert model.null_log_likelihood == pytest.approx(published["loglik_null"], abs=1e-6)
    assert model.mcfadden == pytest.approx(published["mcfadden"], abs=1e-9)


@pytest.mark.parametrize("errors", ["model", "HC0", "HC1", "clustered", "clustered_plain"])
def test_errors_agree_with_statsmodels(errors):
    """HC1's n/(n−k) and the G/(G−1) of clusters are put on here: statsmodels' GLM is asked for neither."""
    design, outcome, owner, terms = company()
    model = logit(design, outcome, terms=terms, clusters=owner, errors=errors)
    glm = sm.GLM(outcome, design, family=sm.families.Binomial())
    if errors == "model":
        expected, factor = glm.fit(tol=1e-12).cov_params(), 1.0
    elif errors.startswith("HC"):
        expected = sm.Logit(outcome, design).fit(disp=0, cov_type="HC0").cov_params()
        factor = outcome.size / (outcome.size - 3) if errors == "HC1" else 1.0
    else:
        settings = {"groups": owner, "use_correction": False}
        expected = glm.fit(cov_type="cluster", cov_kwds=settings).cov_params()
        factor = 400 / 399 if errors == "clustered" else 1.0
    assert model.covariance / factor == pytest.approx(np.asarray(expected), rel=1e-6, abs=1e-10)


def test_weights_and_offset_agree_with_statsmodels():
    design, outcome, _owner, terms = company()
    random = np.random.default_rng(1)
    weights, offset = random.uniform(0.5, 3, outcome.size), random.normal(size=outcome.size)
    model = logit(design, outcome, terms=terms, weights=weights, offset=offset, errors="model")
    other = sm.GLM(outcome, design, family=sm.families.Binomial(), freq_weights=weights, offset=offset).fit(
        tol=1e-12
    )
    assert model.coefficients == pytest.approx(other.params, abs=1e-8)
    assert model.std_error == pytest.approx(other.bse, rel=1e-6)
    assert model.log_likelihood == pytest.approx(other.llf, rel=1e-9)
    assert model.null_log_likelihood == pytest.approx(other.llnull, rel=1e-6)


def test_a_weight_of_two_is_the_row_twice():
    design, outcome, owner, terms = company()
    weights = np.random.default_rng(5).integers(1, 4, outcome.size)
    rows = np.repeat(np.arange(outcome.size), weights)
    weighted = logit(design, outcome, terms=terms, clusters=owner, weights=weights.astype(float))
    repeated = logit(design[rows], outcome[rows], terms=terms, clusters=owner[rows])
    assert weighted.coefficients == pytest.approx(repeated.coefficients, abs=1e-10)
    assert weighted.covariance == pytest.approx(repeated.covariance, abs=1e-10)


@given(st.integers(0, 2**32 - 1), st.floats(0.01, 100))
def test_neither_order_nor_scale_nor_names_of_customers_matter(seed, scale):
    design, outcome, owner, terms = company(customers=80)
    order = np.random.default_rng(seed).permutation(outcome.size)
    first = logit(design, outcome, terms=terms, clusters=owner)
    again = logit(design[order] * [1, 1, scale], outcome[order], terms=terms, clusters=owner[order] * 7 + 1)
    assert again.coefficients * [1, 1, scale] == pytest.approx(first.coefficients, abs=1e-10)
    assert again.std_error * [1, 1, scale] == pytest.approx(first.std_error, abs=1e-10)


def test_work_in_blocks_changes_nothing(monkeypatch):
    design, outcome, owner, terms = company()
    whole = logit(design, outcome, terms=terms, clusters=owner)
    monkeypatch.setattr(fits, "BLOCK", 7)
    parts = logit(design, outcome, terms=terms, clusters=owner)
    assert parts.coefficients == pytest.approx(whole.coefficients, abs=1e-12)
    assert parts.covariance == pytest.approx(whole.covariance, abs=1e-12)


def test_a_start_saves_steps_and_changes_nothing():
    design, outcome, owner, terms = company()
    cold = logit(design, outcome, terms=terms, clusters=owner)
    warm = logit(design, outcome, terms=terms, clusters=owner, start=cold.coefficients + 0.01)
    assert warm.coefficients == pytest.approx(cold.coefficients, abs=1e-10)


def test_separation_is_named_and_not_estimated():
    """NV of Heinze & Schemper: no case of NV = 1 had the other outcome. Plain fits print 23.6 ± 40,000."""
    design, outcome, terms = endometrial()
    with pytest.raises(Separated, match="NV") as caught:
        logit(design, outcome, terms=terms)
    assert caught.value.terms == ("NV",)


def test_perfect_prediction_is_separation():
    x = np.linspace(-1, 1, 40)
    with pytest.raises(Separated, match="x"):
        logit(np.column_stack([np.ones(40), x]), (x > 0).astype(float), terms=("constant", "x"))


def separates(design: np.ndarray, outcome: np.ndarray) -> bool:
    """Konis (2007): is there a direction in which no row loses likelihood and some gain?"""
    signed = design * (2 * outcome - 1)[:, None]
    found = linprog(-signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(len(outcome)), bounds=(-1, 1))
    return -found.fun > 1e-7


@given(st.integers(0, 2**32 - 1), st.sampled_from([12, 20, 40]))
def test_separation_is_found_where_a_linear_programme_finds_it(seed, rows):
    """Small groups of yes and no, where about half of the samples are separated."""
    random = np.random.default_rng(seed)
    design = np.column_stack([np.ones(rows), random.integers(0, 2, (rows, 3)), random.integers(1, 6, rows)])
    outcome = (random.random(rows) < 1 / (1 + np.exp(-design @ [0, 2.0, 0, 0, -0.3]))).astype(float)
    if fits.independent_columns(design).size < 5 or not 0 < outcome.mean() < 1:
        return
    climb = newton(design.astype(float), outcome)
    assert bool(climb.separating.any() or not climb.converged) == separates(design, outcome)


def test_columns_that_others_determine_are_left_out():
    design, outcome, owner, terms = company()
    more = np.column_stack([design, design[:, 1] * 2 + design[:, 2]])
    model = logit(more, outcome, terms=(*terms, "both"), clusters=owner)
    assert model.terms == terms
    assert model.position("both") == -1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda x, y: (np.where(np.arange(x.size).reshape(x.shape) == 5, np.inf, x), y), "x1: 1 of"),
        (lambda x, y: (x, y * 2), "0 or 1; it holds 2"),
        (lambda x, y: (x[:-1], y), "must agree"),
    ],
)
def test_bad_values_are_named(change, message):
    design, outcome, _owner, terms = company()
    x, y = change(design, outcome)
    with pytest.raises(ValueError, match=message):
        logit(x, y, terms=terms)


def test_one_outcome_and_too_few_customers_are_refused():
    design, outcome, owner, terms = company()
    with pytest.raises(TooLittleData, match="ended in the same way"):
        logit(design, np.ones(outcome.size), terms=terms)
    with pytest.raises(TooLittleData, match="4 customers cannot carry 3 coefficients"):
        logit(design, outcome, terms=terms, clusters=owner % 4)


def test_rows_are_not_copied():
    """200,000 rows × 20 are 32 MB; the fit needs less than twice that on top, and a fifth of the data in a block."""
    import tracemalloc

    random = np.random.default_rng(0)
    design = np.column_stack([np.ones(200_000), random.normal(size=(200_000, 19))])
    outcome = (random.random(200_000) < 1 / (1 + np.exp(-design[:, 1]))).astype(float)
    owner = random.integers(0, 80_000, 200_000)
    tracemalloc.start()
    logit(design, outcome, terms=[str(number) for number in range(20)], clusters=owner)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 * design.nbytes
