"""Regression with clustered errors: by hand, by statsmodels, and by what must not matter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxdata.errors import TooLittleData
from cxdata.moments.regression import difference, expit, fit, independent_columns, standardised


def two_groups(bad_kept: int, bad: int, good_kept: int, good: int) -> tuple[np.ndarray, np.ndarray]:
    """Design (constant, bad) and outcome of two groups."""
    group = np.repeat([1.0, 0.0], [bad, good])
    kept = [[1.0] * bad_kept, [0.0] * (bad - bad_kept), [1.0] * good_kept, [0.0] * (good - good_kept)]
    return np.column_stack([np.ones(bad + good), group]), np.concatenate(kept)


def company(seed: int = 3, customers: int = 400) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Design, outcome and customers who decide one to four times, each with a leaning of her own."""
    random = np.random.default_rng(seed)
    owner = np.repeat(np.arange(customers), random.integers(1, 5, customers))
    rows = owner.size
    design = np.column_stack([np.ones(rows), random.random(rows) < 0.3, random.normal(size=rows)]).astype(
        float
    )
    chance = expit(design @ np.array([1.0, -0.8, 0.4]) + random.normal(size=customers)[owner])
    return design, (random.random(rows) < chance).astype(float), owner


TERMS = ("constant", "bad", "age")


def test_a_plain_difference_of_two_shares_is_exact():
    """15 of 30 bad ones stay, 48 of 60 good ones: −30 pp; variance .25/30 + .16/60, times 90/89 for 90 customers."""
    design, outcome = two_groups(15, 30, 48, 60)
    model = fit(design, outcome, np.arange(90), ("constant", "bad"))
    means, gradients = standardised(model, design, [np.array([np.nan, 1.0]), np.array([np.nan, 0.0])])
    assert means == pytest.approx([0.5, 0.8])
    found = difference(model, means, gradients, 0, 1)
    assert found.estimate == pytest.approx(-0.3)
    assert found.std_error == pytest.approx(np.sqrt((0.25 / 30 + 0.16 / 60) * 90 / 89))


def test_standardisation_weighs_groups_as_the_population_does():
    """Odds 1 and 4 (bad, good) in one segment, 4 and 16 in the other, a ratio of 4 in both: no interaction.

    Half the population in each: (1/2 + 4/5) / 2 = .65 if all were bad, (4/5 + 16/17) / 2 = .8706 if all good.
    """
    cells = [(0, 1, 40, 20), (0, 0, 10, 8), (1, 1, 5, 4), (1, 0, 45, 0)]
    rows, outcome = [], []
    for segment, bad, count, kept in cells:
        kept = round(count * 16 / 17) if kept == 0 else kept
        count = 34 if (segment, bad) == (1, 0) else count
        kept = 32 if (segment, bad) == (1, 0) else kept
        rows += [[1.0, segment, bad]] * count
        outcome += [1.0] * kept + [0.0] * (count - kept)
    design, kept_all = np.array(rows), np.array(outcome)
    model = fit(design, kept_all, np.arange(len(rows)), ("constant", "segment", "bad"))
    population = np.array([[1.0, 0.0, 0.0]] * 50 + [[1.0, 1.0, 0.0]] * 50)
    settings = [np.array([np.nan, np.nan, 1.0]), np.array([np.nan, np.nan, 0.0])]
    means, _gradients = standardised(model, population, settings)
    assert means == pytest.approx([0.65, (4 / 5 + 16 / 17) / 2], abs=1e-9)


def test_spector_gives_the_published_discrete_effect():
    """Greene's GRADE data: PSI raises the chance by .3575152 on average (Stata `margins`, in statsmodels' tests)."""
    data = pytest.importorskip("statsmodels.datasets").spector.load_pandas()
    design = np.column_stack([np.ones(32), data.exog[["GPA", "TUCE", "PSI"]]])
    model = fit(design, data.endog.to_numpy(float), np.arange(32), ("constant", "GPA", "TUCE", "PSI"))
    settings = [np.array([np.nan] * 3 + [value]) for value in (1.0, 0.0)]
    means, gradients = standardised(model, design, settings)
    assert difference(model, means, gradients, 0, 1).estimate == pytest.approx(0.3575152, abs=1e-6)


@pytest.mark.parametrize("family", ["logistic", "linear"])
def test_coefficients_and_clustered_errors_agree_with_statsmodels(family):
    """To 1e-6, the factor for few clusters aside: statsmodels is asked for none."""
    sm = pytest.importorskip("statsmodels.api")
    design, outcome, owner = company()
    model = fit(design, outcome, owner, TERMS, family)
    settings = {"groups": owner, "use_correction": False}
    other = (
        sm.GLM(outcome, design, family=sm.families.Binomial())
        if family == "logistic"
        else sm.OLS(outcome, design)
    ).fit(cov_type="cluster", cov_kwds=settings)
    assert model.coefficients == pytest.approx(other.params, abs=1e-6)
    groups, rows = len(set(owner)), len(owner)
    factor = groups / (groups - 1) * (1.0 if family == "logistic" else (rows - 1) / (rows - 3))
    assert model.covariance / factor == pytest.approx(other.cov_params(), abs=1e-6)


def test_twice_the_same_decisions_of_the_same_customers_are_no_more_evidence():
    design, outcome, owner = company()
    once = fit(design, outcome, owner, TERMS)
    twice = fit(np.vstack([design, design]), np.tile(outcome, 2), np.tile(owner, 2), TERMS)
    assert twice.coefficients == pytest.approx(once.coefficients, abs=1e-8)
    assert twice.covariance == pytest.approx(once.covariance, abs=1e-8)


@given(st.integers(0, 2**32 - 1))
def test_neither_the_order_of_rows_nor_the_names_of_customers_matter(seed):
    design, outcome, owner = company(customers=60)
    order = np.random.default_rng(seed).permutation(outcome.size)
    first = fit(design, outcome, owner, TERMS)
    again = fit(design[order], outcome[order], owner[order] * 7 + 1, TERMS)
    assert again.coefficients == pytest.approx(first.coefficients, abs=1e-8)
    assert again.covariance == pytest.approx(first.covariance, abs=1e-8)


def test_a_column_that_others_determine_is_left_out():
    design, outcome, owner = company()
    more = np.column_stack([design, design[:, 1] * 2 + design[:, 2]])
    assert list(independent_columns(more)) == [0, 1, 2]
    model = fit(more, outcome, owner, (*TERMS, "both"))
    assert model.terms == TERMS
    assert model.position("both") == -1


def test_a_group_with_one_outcome_only_has_no_estimate():
    design, outcome = two_groups(0, 20, 30, 60)
    with pytest.raises(TooLittleData, match="only one outcome"):
        fit(design, outcome, np.arange(80), ("constant", "bad"))


def test_all_decisions_alike_leave_nothing_to_compare():
    design, outcome = two_groups(20, 20, 60, 60)
    with pytest.raises(TooLittleData, match="ended in the same way"):
        fit(design, outcome, np.arange(80), ("constant", "bad"))


def test_more_coefficients_than_customers_are_refused():
    design, outcome, _owner = company()
    with pytest.raises(TooLittleData, match="4 customers cannot carry 3 coefficients"):
        fit(design, outcome, np.arange(outcome.size) % 4, TERMS)
