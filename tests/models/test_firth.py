"""Firth's logit: published profile intervals, and the limit of many rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxdata.errors import TooLittleData
from cxdata.models.firth import firth
from cxdata.models.logit import logit
from tests.models.golden import GOLDEN, company, endometrial


def test_endometrial_gives_what_heinze_and_schemper_print():
    design, outcome, terms = endometrial()
    published = GOLDEN["endometrial"]
    found = firth(design, outcome, terms=terms)
    assert found.fit.coefficients == pytest.approx(published["coef"], abs=1e-6)
    assert found.fit.std_error == pytest.approx(published["se"], abs=5e-6)


@pytest.mark.parametrize("term", ["const", "NV", "PI", "EH"])
def test_profiles_agree_with_the_published_ones(term):
    design, outcome, terms = endometrial()
    profile = firth(design, outcome, terms=terms).profile(term)
    published = GOLDEN["endometrial"]
    assert [profile.conf_low, profile.conf_high] == pytest.approx(published["pl_ci"][term], abs=1e-6)
    if term in published["plr_p"]:
        assert profile.p_value == pytest.approx(published["plr_p"][term], rel=1e-6)


@given(st.integers(1, 60), st.integers(0, 60))
def test_one_share_is_that_with_half_an_event_added_to_either_side(events, others):
    """Jeffreys' prior for a constant alone: log((events + ½) / (others + ½))."""
    outcome = np.repeat([1.0, 0.0], [events, others + 1])
    found = firth(np.ones((outcome.size, 1)), outcome, terms=("constant",))
    assert found.fit.coefficients[0] == pytest.approx(np.log((events + 0.5) / (others + 1.5)), abs=1e-8)


def test_with_many_rows_it_is_the_plain_fit():
    design, outcome, owner, terms = company(customers=20_000)
    plain = logit(design, outcome, terms=terms, clusters=owner)
    penalised = firth(design, outcome, terms=terms, clusters=owner).fit
    assert penalised.coefficients == pytest.approx(plain.coefficients, abs=2e-4)
    assert penalised.std_error == pytest.approx(plain.std_error, rel=1e-3)


def test_a_weight_of_two_is_the_row_twice():
    design, outcome, terms = endometrial()
    weights = np.random.default_rng(0).integers(1, 4, outcome.size)
    rows = np.repeat(np.arange(outcome.size), weights)
    weighted = firth(design, outcome, terms=terms, weights=weights.astype(float)).fit
    repeated = firth(design[rows], outcome[rows], terms=terms).fit
    assert weighted.coefficients == pytest.approx(repeated.coefficients, abs=1e-8)


def test_one_outcome_is_refused():
    with pytest.raises(TooLittleData, match="same way"):
        firth(np.ones((10, 1)), np.ones(10), terms=("constant",))


def test_a_name_that_is_not_there_is_named():
    design, outcome, terms = endometrial()
    with pytest.raises(ValueError, match="'age' is not among"):
        firth(design, outcome, terms=terms).profile("age")
