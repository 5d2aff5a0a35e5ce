"""Average effects: Stata's numbers, statsmodels, Rubin's rules, and what was planted."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.coverage_drivers import PLANTED, TERMS, coverage, draw, effects_of
from cxdata.drivers.effects import effects
from cxdata.drivers.missing import combine
from cxdata.errors import TooLittleData
from cxdata.models.linear import variance_inflation
from cxdata.models.logit import logit
from cxdata.models.predictions import average_slopes
from tests.models.golden import GOLDEN, company, endometrial, spector


def test_spector_gives_the_average_effects_of_stata():
    """.3625808 (.1094412), .0122084 (.0177942), .3051777 (.0923796); PSI as yes or no .3575152 (.1420034).

    Stata stored them in single precision: seven digits.
    """
    design, outcome, terms = spector()
    published = GOLDEN["spector"]
    model = logit(design, outcome, terms=terms, errors="model")
    slopes = average_slopes(model, design, [1, 2, 3])
    assert slopes.estimates == pytest.approx(published["ame_continuous"], abs=1e-7)
    assert np.sqrt(np.diag(slopes.covariance(model))) == pytest.approx(published["ame_se"], abs=1e-7)
    change = average_slopes(model, design, [3], discrete=np.array([True]))
    estimate, error = published["ame_dummy_psi"]
    assert change.estimates[0] == pytest.approx(estimate, abs=1e-7)
    assert change.covariance(model)[0, 0] ** 0.5 == pytest.approx(error, abs=1e-7)


def test_effects_and_their_clustered_errors_agree_with_statsmodels():
    """get_margeff on a fit with clusters; statsmodels' small-sample factors are other ones, so asked for none."""
    design, outcome, owner, _terms = company(columns=4)
    found = effects(design[:, 1:], outcome, owner, terms=tuple("abcd"), discrete=[False] * 4)
    settings = {"groups": owner, "use_correction": False}
    other = sm.Logit(outcome, design).fit(disp=0, tol=1e-12, cov_type="cluster", cov_kwds=settings)
    margins = other.get_margeff()
    factor = np.sqrt(400 / 399)
    assert found.estimate == pytest.approx(margins.margeff, abs=1e-8)
    assert found.std_error / factor == pytest.approx(margins.margeff_se, abs=1e-7)
    assert found.coefficient == pytest.approx(other.params[1:], abs=1e-8)
    assert found.mcfadden == pytest.approx(other.prsquared, abs=1e-8)
    assert found.per_spread == pytest.approx(found.estimate * design[:, 1:].std(axis=0))


def test_a_score_has_the_effects_of_least_squares():
    design, _binary, owner, _terms = company()
    outcome = design @ [1, 2, 3] + np.random.default_rng(1).normal(size=owner.size)
    found = effects(design[:, 1:], outcome, owner, terms=("a", "b"), family="linear")
    other = sm.OLS(outcome, design).fit(cov_type="cluster", cov_kwds={"groups": owner})
    assert found.estimate == pytest.approx(other.params[1:], abs=1e-9)
    assert found.std_error == pytest.approx(other.bse[1:], rel=1e-8)
    assert found.method == "linear"


def test_an_effect_is_averaged_over_the_rows_it_applies_to():
    """By hand: mean of β p (1 − p) among customers who met the touchpoint."""
    design, outcome, owner, _terms = company()
    met = np.random.default_rng(0).random(outcome.size) < 0.3
    found = effects(
        design[:, 1:], outcome, owner, terms=("a", "b"), applies=np.column_stack([np.ones(met.size, bool), met])
    )  # fmt: skip
    chance = 1 / (1 + np.exp(-design @ found.model))
    assert found.estimate[1] == pytest.approx(found.model[2] * (chance * (1 - chance))[met].mean())
    assert found.spread[1] == pytest.approx(design[met, 2].std())


def test_completed_sets_are_pooled_by_rubins_rules():
    design, outcome, owner, _terms = company()
    random = np.random.default_rng(1)
    sets = [design[:, 1:] + [0, 1] * random.normal(0, 0.3, (outcome.size, 1)) for _ in range(4)]
    pooled = effects(iter(sets), outcome, owner, terms=("a", "b"))
    single = [effects(one, outcome, owner, terms=("a", "b")) for one in sets]
    expected = combine(
        np.array([[one.estimate[1]] for one in single]), np.array([[[one.std_error[1] ** 2]] for one in single]),
        complete_df=400 - 3,
    )  # fmt: skip
    assert pooled.estimate[1] == pytest.approx(expected.estimate[0])
    assert pooled.std_error[1] == pytest.approx(expected.std_error[0])
    assert pooled.imputations == 4
    assert pooled.missing_information[1] > pooled.missing_information[0]


def test_separation_turns_to_firth_with_profile_intervals():
    """Endometrial: NV 2.929273, p .0091237; the ordinary fit would report 23.6 ± 40,000."""
    design, outcome, _terms = endometrial()
    found = effects(design[:, 1:], outcome, np.arange(outcome.size), terms=("NV", "PI", "EH"))
    assert found.method == "firth"
    assert found.separated == ("NV",)
    assert found.firth.tolist() == [True, False, False]
    assert found.coefficient == pytest.approx(GOLDEN["endometrial"]["coef"][1:], abs=1e-6)
    assert found.p_value[0] == pytest.approx(GOLDEN["endometrial"]["plr_p"]["NV"], rel=1e-6)
    assert 0 < found.conf_low[0] < found.estimate[0] < found.conf_high[0] < 1


def test_holm_runs_over_the_headline_list_only():
    """Three of fifteen survive (Benjamini & Hochberg's example); what is not on the list has no adjusted value."""
    from cxdata.scorecard.comparisons import benjamini_hochberg, holm

    published = GOLDEN["multiplicity"]
    assert holm(published["p"]) == pytest.approx(published["holm"], abs=1e-9)
    assert benjamini_hochberg(published["p"]) == pytest.approx(published["bh"], abs=1e-9)
    assert int((holm(published["p"]) <= 0.05).sum()) == published["reject_05"]["holm"]
    design, outcome, owner, _terms = company(columns=4)
    found = effects(design[:, 1:], outcome, owner, terms=tuple("abcd"), tested=[0, 2])
    assert found.p_holm[[0, 2]] == pytest.approx(holm(found.p_value[[0, 2]]))
    assert np.isnan(found.p_holm[[1, 3]]).all()


def test_inflation_counts_the_controls():
    design, outcome, owner, _terms = company(columns=4)
    found = effects(design[:, 1:3], outcome, owner, terms=("a", "b"), controls=design[:, 3:])
    assert found.vif == pytest.approx(variance_inflation(design[:, 1:])[:2])
    assert (found.parameters, found.customers) == (5, 400)


@given(st.integers(0, 2**32 - 1), st.floats(0.05, 20))
def test_neither_order_nor_scale_of_a_driver_matters(seed, scale):
    """Ten times the unit: a tenth of the effect per point, the same per standard deviation."""
    design, outcome, owner, _terms = company(customers=60)
    order = np.random.default_rng(seed).permutation(outcome.size)
    first = effects(design[:, [1, 2]], outcome, owner, terms=("a", "b"))
    again = effects(design[order][:, [2, 1]] * [scale, 1], outcome[order], owner[order], terms=("b", "a"))
    assert again.estimate[0] * scale == pytest.approx(first.estimate[1], abs=1e-9)
    assert again.per_spread[0] == pytest.approx(first.per_spread[1], abs=1e-9)
    assert again.p_holm[::-1] == pytest.approx(first.p_holm, abs=1e-8)


def test_inputs_stay_as_they_were():
    design, outcome, owner, _terms = company()
    kept = design.copy(), outcome.copy(), owner.copy()
    effects(design[:, 1:], outcome, owner, terms=("waiting time ⏱", "número"))
    for before, after in zip(kept, (design, outcome, owner), strict=True):
        assert np.array_equal(before, after)


def test_missing_values_and_single_outcomes_are_named():
    design, outcome, owner, _terms = company()
    gappy = design[:, 1:].copy()
    gappy[3, 1] = np.nan
    with pytest.raises(ValueError, match=r"b: 1 of \d+ values are missing or infinite"):
        effects(gappy, outcome, owner, terms=("a", "b"))
    with pytest.raises(TooLittleData, match="same way"):
        effects(design[:, 1:], np.ones(outcome.size), owner, terms=("a", "b"))


def test_a_driver_that_others_determine_has_no_effect_of_its_own():
    design, outcome, owner, _terms = company()
    found = effects(
        np.column_stack([design[:, 1:], 2 * design[:, 1]]), outcome, owner, terms=("a", "b", "twice a")
    )
    assert np.isnan([found.estimate[2], found.p_holm[2]]).all()
    assert np.isinf(found.vif[[0, 2]]).all()


def test_planted_signs_and_order_are_found_again():
    """The demo's coefficients, 6,000 customers: signs right where an effect was planted, the app's is not clear."""
    found = effects_of(draw(6_000, np.random.default_rng(11)))
    planted = PLANTED != 0
    assert (found.sign[planted] == np.sign(PLANTED[planted])).all()
    assert found.p_holm[TERMS.index("app_rating")] > 0.05
    assert np.abs(found.coefficient - PLANTED).max() < 0.25


def test_intervals_contain_what_was_planted_as_often_as_they_say():
    """40 companies × 9 drivers, correlated; 200 companies: docs/coverage.md. Three standard errors are 4 points."""
    found = coverage(40, 500, np.random.default_rng(5))
    assert 0.91 <= found.coefficient.mean() <= 0.99
    assert 0.91 <= found.effect.mean() <= 0.99


@pytest.mark.real_data
def test_telco_satisfaction_separates_and_nothing_explodes(real_data):
    """All with 1 or 2 left, none with 4 or 5: Firth, a finite interval; without satisfaction a plain logit."""
    import pandas as pd

    status, services = (real_data / f"telco_{name}.parquet" for name in ("status", "services"))
    if not (status.is_file() and services.is_file()):
        pytest.skip("the Telco tables are not among the public data sets")
    data = pd.read_parquet(status).merge(pd.read_parquet(services), on="Customer ID")
    kept = 1 - data["Churn Value"].to_numpy(float)
    drivers = np.column_stack(
        [data["Satisfaction Score"], data["Tenure in Months"] / 12, data["Premium Tech Support"] == "Yes"]
    ).astype(float)
    terms, customers = ("satisfaction", "tenure", "support"), np.arange(kept.size)
    found = effects(drivers, kept, customers, terms=terms)
    assert (found.method, found.separated) == ("firth", ("satisfaction",))
    assert found.firth.tolist() == [True, False, False]
    assert 0 < found.conf_low[0] < found.estimate[0] < found.conf_high[0] < 1
    assert found.conf_high[0] - found.conf_low[0] < 0.5
    without = effects(drivers[:, 1:], kept, customers, terms=terms[1:])
    assert without.method == "logit"
    assert (without.sign == 1).all()
