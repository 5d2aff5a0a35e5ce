"""Least squares: Stata's clustered errors, statsmodels, variance inflation."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.datasets import grunfeld, longley

from cxdata.models.linear import linear, variance_inflation
from tests.models.golden import GOLDEN, company


def test_grunfeld_gives_what_stata_prints():
    """invest ~ value + capital, clustered by firm, with Stata's factors (source in the file)."""
    data = grunfeld.load_pandas().data
    data = data[data["firm"] != "American Steel"]
    design = np.column_stack([np.ones(len(data)), data[["value", "capital"]]])
    model = linear(
        design, data["invest"].to_numpy(), terms=("constant", "value", "capital"),
        clusters=data["firm"].to_numpy(),
    )  # fmt: skip
    assert model.coefficients == pytest.approx(GOLDEN["grunfeld"]["coef"], rel=1e-8)
    assert model.std_error == pytest.approx(GOLDEN["grunfeld"]["cluster_se"], rel=1e-7)


@pytest.mark.parametrize("errors", ["model", "HC0", "HC1", "clustered"])
def test_errors_agree_with_statsmodels(errors):
    design, _binary, owner, terms = company()
    outcome = design @ [1, 2, 3] + np.random.default_rng(1).normal(size=owner.size) * (1 + design[:, 1])
    model = linear(design, outcome, terms=terms, clusters=owner, errors=errors)
    how = {"model": "nonrobust", "clustered": "cluster"}.get(errors, errors)
    settings = {"groups": owner} if errors == "clustered" else None
    other = sm.OLS(outcome, design).fit(cov_type=how, cov_kwds=settings)
    assert model.coefficients == pytest.approx(other.params, abs=1e-9)
    assert model.std_error == pytest.approx(other.bse, rel=1e-8)


def test_weights_agree_with_statsmodels():
    design, outcome, _owner, terms = company()
    weights = np.random.default_rng(2).uniform(0.2, 4, outcome.size)
    model = linear(design, outcome, terms=terms, weights=weights, errors="HC0")
    other = sm.WLS(outcome, design, weights=weights).fit(cov_type="HC0")
    assert model.coefficients == pytest.approx(other.params, abs=1e-9)
    assert model.std_error == pytest.approx(other.bse, rel=1e-7)


def test_longley_is_inflated_as_r_says():
    data = longley.load_pandas().exog
    expected = [GOLDEN["longley_vif"][name] for name in data.columns]
    assert variance_inflation(data.to_numpy()) == pytest.approx(expected, rel=1e-7)


@given(st.floats(-0.99, 0.99))
def test_two_columns_inflate_one_another_by_their_correlation(correlation):
    """1 / (1 − r²), whatever the units."""
    random = np.random.default_rng(8)
    raw = np.linalg.qr(random.normal(size=(200, 3)) - 0)[0]
    raw = np.linalg.qr(np.column_stack([np.ones(200), raw]))[0][:, 1:3]
    x = np.column_stack([raw[:, 0], correlation * raw[:, 0] + np.sqrt(1 - correlation**2) * raw[:, 1]])
    found = variance_inflation(x * [3.0, 1e4] + [5.0, -2.0])
    assert found == pytest.approx([1 / (1 - correlation**2)] * 2, rel=1e-6)


def test_determined_and_constant_columns_are_told_apart():
    random = np.random.default_rng(0)
    x = random.normal(size=(50, 2))
    found = variance_inflation(np.column_stack([x, x.sum(axis=1), np.ones(50), random.normal(size=50)]))
    assert np.isinf(found[:3]).all()
    assert np.isnan(found[3])
    assert 1 <= found[4] < 2
