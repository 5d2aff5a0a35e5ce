"""The engine: golden cases by hand, and what has to hold whatever the customers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxdata.finance.impact.inputs import expected
from cxdata.finance.impact.profiles import collapsed
from cxdata.finance.impact.valuation import draws_only, value
from cxdata.finance.scenarios.scenario import Lever, Range, RetentionChange, Scenario
from cxdata.models.churn import ChurnDriver
from cxdata.models.logit import logit
from tests.finance.people import DRIVERS, EVENT, RATING, company, regression, standing
from tests.models.golden import spector

SURE = Range.exactly
YEARS = (0.5, 1.0, 1.0)


def scenario(*levers: Lever, **more: object) -> Scenario:
    """Levers over three years at 10 %, 100 draws."""
    usual = {"levers": levers, "discount_rate": SURE(0.1), "draws": 100, "horizon_years": 3}
    return Scenario("test", **{**usual, **more})


def g20() -> tuple[object, Scenario]:
    """10,000 customers with a margin of 200 and a churn of 20 %; what goes wrong counts 0.25 log-odds."""
    driver = ChurnDriver("event:fault", "flag", "fault", column=1, sign=-1)
    theta = [np.log(0.2 / 0.8) - 0.25, -0.25]
    found = regression(np.array([[1.0, -1.0]]), theta, drivers=(driver,))
    profiles = standing(found, np.array([10_000.0]), np.array([2_000_000.0]))
    lever = Lever(
        "event:fault", "fix", SURE(1.0), SURE(1.0), attribution=1.0, ramp=YEARS, one_off_cost=SURE(150_000),
        yearly_cost=SURE(20_000),
    )  # fmt: skip
    return profiles, scenario(lever)


def test_g20_end_to_end():
    """Reference case G20, worked out by hand: churn .180747, .162970, .162970; NPV 11,527.351; IRR .143972."""
    found = value(g20()[1], g20()[0])
    assert found.churn_before == pytest.approx([0.2, 0.2, 0.2], abs=1e-7)
    assert found.churn_after == pytest.approx([0.180747, 0.162970, 0.162970], abs=1e-6)
    assert found.point.margin[0] == pytest.approx([38_505.90, 91_478.73, 123_968.95], abs=0.05)
    assert found.point.gross_pv[0] == pytest.approx(213_691.999, abs=0.05)
    assert found.point.npv[0] == pytest.approx(11_527.351, abs=0.05)
    assert found.point.irr == pytest.approx(0.143972, abs=1e-6)
    assert -0.25 * found.break_even_effect == pytest.approx(-0.235960, abs=1e-6)
    # Without any uncertainty every draw is the expected case; they are computed in single precision.
    assert found.draws.npv == pytest.approx(np.full(100, 11_527.351), rel=2e-4)


def test_g18_a_tenth_of_a_grade_point_more():
    """Spector & Mazzeo in Greene: +0.1 GPA for all moves the mean chance by .036778, delta error .011158 (G18)."""
    x, outcome, terms = spector()
    fit = logit(x, outcome, terms=terms, errors="model")
    assert fit.coefficients == pytest.approx([-13.0213, 2.8261, 0.0952, 2.3787], abs=5e-5)
    driver = ChurnDriver("rating:gpa:", "rating", "gpa", column=1, low=0.0, high=10.0)
    asked = scenario(
        Lever("rating:gpa:", "shift", SURE(0.1), attribution=1.0, ramp=(1.0,)), horizon_years=1, draws=4000
    )
    # A tenth of the spread, where the outcome is a straight line of the coefficients: as the delta method has it.
    found = regression(x, fit.coefficients, fit.covariance / 100, (driver,))
    result = value(asked, standing(found, np.ones(32), np.ones(32)))
    # The grade is the outcome here, so that more of it counts as lost.
    assert -result.point.customers_kept[0, 0] / 32 == pytest.approx(0.036778, abs=1e-6)
    # The spread of 4,000 draws is known to 1.1 %.
    assert result.draws.customers_kept[:, 0].std() / 32 * 10 == pytest.approx(0.011158, rel=0.04)


def lever_of(driver: str, kind: str, amount: float, **more: object) -> Lever:
    return Lever(driver, kind, SURE(amount), **{"reach": SURE(1.0), "ramp": (0.5, 1.0), **more})


JOINT = (lever_of(RATING, "shift", 1.0), lever_of(EVENT, "fix", 0.5), lever_of(RATING, "floor", 3.0))


@pytest.mark.parametrize("sets", [1, 3])
@pytest.mark.parametrize("tenure", [False, True])
def test_draws_without_uncertainty_are_the_expected_case(sets, tenure):
    """Two ways through the engine: single precision in blocks, double precision in one stretch."""
    profiles = company(sets=sets, tenure=tenure, error=0.0)
    levers = tuple(replace(one, attribution=1.0, cost_per_customer=SURE(2.0)) for one in JOINT)
    asked = scenario(
        *levers, tail=True, cross_sell=SURE(0.03), referral=SURE(0.1), margin_growth=0.02, draws=120
    )
    found = value(asked, profiles)
    # Each set's draws are its own; their mean is the expected case, which pools the sets.
    for field in ("customers_kept", "revenue", "margin", "cost", "referral", "cross_sell"):
        assert getattr(found.draws, field).mean(axis=0) == pytest.approx(
            getattr(found.point, field)[0], rel=2e-4
        )
    assert found.draws.tail.mean() == pytest.approx(found.point.tail[0], rel=2e-4)
    assert found.draws.npv.mean() == pytest.approx(found.point.npv[0], rel=5e-4)


def test_a_customer_by_hand():
    """One customer, two terms a year, older by a year in the second: (1 / (1 + odds)) squared, year by year.

    Another one of 465 days, who counts for nobody, shows what that age does.
    """
    found = regression(np.array([[1.0, -1.0, -2.0, np.log(days + 1)] for days in (100.0, 465.0)]), [0.3, -0.4, -0.2, -0.1],
                       tenure_days=np.array([100.0, 465.0]), tenure_column=3)  # fmt: skip
    profiles = standing(found, np.array([1.0, 0.0]), np.array([100.0, 0.0]), terms=np.array([2.0, 2.0]))
    result = value(scenario(lever_of(RATING, "shift", 1.0, attribution=1.0), horizon_years=2), profiles)
    there = with_change = 1.0
    for year, force in enumerate((0.5, 1.0)):
        log_odds = 0.3 + 0.4 + 0.4 - 0.1 * np.log1p(100.0 + 365 * year)
        there *= (1 / (1 + np.exp(log_odds))) ** 2
        with_change *= (1 / (1 + np.exp(log_odds - 0.4 * force))) ** 2
        assert result.point.customers_kept[0, year] == pytest.approx(with_change - there, rel=1e-6)
        assert result.point.margin[0, year] == pytest.approx(100 * (with_change - there), rel=1e-6)


def test_the_tail_is_what_survivors_bring_for_ever_without_the_lever():
    """G20's 620 more customers after three years keep 80 % a year: 200 × q/(1 + r − q) = 200 × .8/.3, in today's money."""
    profiles, asked = g20()
    found = value(replace(asked, tail=True), profiles)
    kept = found.point.customers_kept[0, -1]
    assert found.point.tail[0] == pytest.approx(kept * 200 * 0.8 / 0.3 * 1.1**-2.5, rel=1e-6)
    assert found.draws.tail == pytest.approx(np.full(100, found.point.tail[0]), rel=1e-3)


@pytest.mark.parametrize("tenure", [False, True])
def test_collapsed_is_uncollapsed(tenure):
    """Customers who are alike in everything may stand in one row: the same money, draw by draw."""
    whole = company(rows=3000, tenure=tenure, whole=True)
    small = collapsed(whole)
    assert len(small.rows) < 0.5 * len(whole.rows)
    asked = scenario(*JOINT, draws=100, cross_sell=SURE(0.02), tail=True)
    one, other = value(asked, whole), value(asked, small)
    assert one.point.npv == pytest.approx(other.point.npv, rel=1e-9)
    assert one.draws.npv == pytest.approx(other.draws.npv, rel=1e-4, abs=1e-3 * abs(one.point.npv[0]))
    assert one.base == other.base


def test_collapsing_keeps_apart_what_differs():
    """The same ratings in two segments, with two signs of the margin, are four rows."""
    x = np.tile([[1.0, 0.0, -1.0]], (8, 1))
    found = regression(x, [-1, -0.4, -0.2], segment=np.array(["a", "b"] * 4))
    profiles = standing(found, np.ones(8), np.array([5.0, 5.0, -5.0, -5.0] * 2))
    small = collapsed(profiles)
    assert len(small.rows) == 4
    assert small.margin.sum() == profiles.margin.sum()
    assert sorted(small.customers) == [2.0] * 4


def test_no_change_is_exactly_zero():
    profiles = company()
    for lever in (
        lever_of(RATING, "shift", 0.0),
        lever_of(RATING, "floor", 1.0),
        lever_of(EVENT, "fix", 0.0),
    ):
        found = value(scenario(lever, cross_sell=SURE(0.1), referral=SURE(0.1), tail=True), profiles)
        assert (found.draws.npv == 0).all()
        assert found.point.npv[0] == 0
        assert (found.churn_after == found.churn_before).all()
    nothing = Scenario("none", retention=RetentionChange(SURE(0.0)), draws=100)
    assert (draws_only(nothing, profiles).npv == 0).all()


def test_an_attribution_of_nothing_leaves_the_cost():
    """One-off 100, and 10 in the middle of each of three years."""
    lever = replace(JOINT[0], attribution=0.0, one_off_cost=SURE(100.0), yearly_cost=SURE(10.0))
    found = value(scenario(lever, cross_sell=SURE(0.1)), company())
    cost = 100 + 10 * (1.1**-0.5 + 1.1**-1.5 + 1.1**-2.5)
    assert found.draws.npv == pytest.approx(np.full(100, -cost), rel=1e-12)
    assert found.point.npv[0] == pytest.approx(-cost, rel=1e-12)


def test_no_margin_is_no_money():
    profiles = company()
    nothing = np.zeros(len(profiles.rows))
    found = value(scenario(*JOINT), standing(profiles.regression, profiles.customers, nothing))
    assert (found.draws.margin == 0).all()
    assert found.point.customers_kept[0, -1] > 0


@settings(max_examples=25)
@given(
    amount=st.floats(0, 4), reach=st.floats(0, 1), attribution=st.floats(0, 1), seed=st.integers(0, 50),
    extreme=st.floats(-60, 60),
)  # fmt: skip
def test_helpful_levers_never_raise_churn_and_chances_stay_between_0_and_1(
    amount, reach, attribution, seed, extreme
):
    """Whatever the lever, also where the log-odds are beyond anything that occurs."""
    random = np.random.default_rng(seed)
    x = np.column_stack([np.ones(40), random.integers(1, 6, 40) - 3.0, -random.integers(0, 5, 40)])
    profiles = standing(regression(x, [extreme, -0.5, -0.3]), np.ones(40), np.full(40, 10.0))
    levers = (
        lever_of(RATING, "shift", amount, reach=SURE(reach), attribution=attribution),
        lever_of(EVENT, "floor", amount, reach=SURE(0.5), attribution=attribution),
    )
    found = value(scenario(*levers), profiles)
    assert (found.point.customers_kept >= 0).all()
    assert (found.draws.customers_kept >= 0).all()
    assert (found.churn_after <= found.churn_before + 1e-12).all()
    for churn in (found.churn_before, found.churn_after):
        assert ((churn > 0) & (churn < 1)).all()


@pytest.mark.parametrize(
    ("kind", "driver", "amount", "realised"),
    [
        ("shift", RATING, 1.0, 0.75),
        ("floor", RATING, 4.0, 1.0),
        ("fix", EVENT, 0.5, 1.0),
        ("floor", EVENT, 1.0, 1.25),
    ],
)
def test_levers_stop_at_the_end_of_the_scale(kind, driver, amount, realised):
    """Ratings 1, 3, 4, 5 and calls 0, 1, 3, 4: +1 for all is 0.75, the floor of 4 lifts 3 and 1, half of 8 calls is 4,
    and none above one call spares 2 and 3."""
    x = np.column_stack([np.ones(4), np.array([1, 3, 4, 5]) - 3.0, -np.array([0, 1, 3, 4.0])])
    profiles = standing(regression(x, [-1, -0.4, -0.2]), np.ones(4), np.ones(4))
    found = value(scenario(lever_of(driver, kind, amount)), profiles)
    assert found.levers.loc[0, "realised"] == pytest.approx(realised)


def test_whom_nothing_was_asked_of_is_not_moved():
    """Who never met the touchpoint has no rating that a lever could lift."""
    driver = replace(DRIVERS[0], contact=2)
    x = np.array([[1.0, 0.0, 0.0], [1.0, -2.0, 1.0]])
    profiles = standing(regression(x, [-1, -0.4, 0.1], drivers=(driver,)), np.ones(2), np.ones(2))
    found = value(scenario(lever_of(RATING, "shift", 1.0)), profiles)
    assert found.levers.loc[0, "customers_reached"] == 1
    assert found.levers.loc[0, "realised"] == pytest.approx(1.0)


def test_two_levers_on_one_driver_go_on_where_the_other_ended():
    """From 1: up by one to 2, then lifted to the floor of 3: two points, not three; from 5 there is nothing to gain."""
    x = np.column_stack([np.ones(3), np.array([1.0, 4.0, 5.0]) - 3.0, np.zeros(3)])
    profiles = standing(regression(x, [-1, -0.4, -0.2]), np.ones(3), np.ones(3))
    both = (lever_of(RATING, "shift", 1.0, attribution=1.0), lever_of(RATING, "floor", 3.0, attribution=1.0))
    found = value(scenario(*both, horizon_years=2), profiles)

    def kept(score: float) -> np.ndarray:
        return np.cumprod([1 / (1 + np.exp(-1 - 0.4 * (score - 3)))] * 2)

    def moved(score: float, by: float) -> np.ndarray:
        return np.cumprod([1 / (1 + np.exp(-1 - 0.4 * (score + by * force - 3))) for force in (0.5, 1.0)])

    wanted = moved(1, 2) - kept(1) + moved(4, 1) - kept(4)
    assert found.point.customers_kept[0] == pytest.approx(wanted, rel=1e-6)
    assert found.draws.customers_kept == pytest.approx(np.tile(wanted, (100, 1)), rel=1e-4)
    assert found.overlap > 0


def test_reach_is_a_share_of_value():
    """a V' + (1 − a) V: half the reach is exactly half the money, whatever the customers."""
    profiles = company()
    whole, half = (
        value(scenario(lever_of(RATING, "shift", 1.0, reach=SURE(share))), profiles).point.gross_pv[0]
        for share in (1.0, 0.5)
    )
    assert half == pytest.approx(whole / 2, rel=1e-12)


def test_levers_reach_the_same_customers_first():
    """Reaches of 0.6 and 0.2: a fifth gets both, two fifths the first one alone."""
    profiles = company()
    first, second = lever_of(RATING, "shift", 1.0), lever_of(EVENT, "fix", 0.5)

    def gross(*levers: Lever) -> float:
        return float(value(scenario(*levers), profiles).point.gross_pv[0])

    together = gross(replace(first, reach=SURE(0.6)), replace(second, reach=SURE(0.2)))
    assert together == pytest.approx(0.2 * gross(first, second) + 0.4 * gross(first), rel=1e-9)


def test_the_same_seed_gives_the_same_draws_and_scenarios_share_them():
    profiles = company()
    one = draws_only(scenario(*JOINT), profiles)
    again = draws_only(scenario(*JOINT, discount_rate=SURE(0.1)), profiles)
    other = draws_only(scenario(*JOINT, seed=7), profiles)
    assert (one.npv == again.npv).all()
    assert not np.allclose(one.npv, other.npv)
    # A bigger lever is better in every draw, because both are tried on the same coefficients.
    bigger = draws_only(scenario(replace(JOINT[0], amount=SURE(1.5))), profiles)
    assert (
        bigger.customers_kept[:, -1] > draws_only(scenario(JOINT[0]), profiles).customers_kept[:, -1]
    ).all()


def test_expected_inputs_are_the_means_of_the_draws():
    asked = scenario(
        replace(JOINT[0], amount=Range(0, 1, 3), reach=Range(0.2, 0.3, 0.9), attribution=0.4), draws=4000
    )
    from cxdata.finance.impact.inputs import drawn

    means, many = expected(asked), drawn(asked, 4000)
    for field in ("amount", "reach", "attribution"):
        assert getattr(many, field).mean() == pytest.approx(getattr(means, field)[0, 0], rel=0.02)
    # Beta(8 × .4, 8 × .6) has a variance of .4 × .6 ÷ 9.
    assert many.attribution.var() == pytest.approx(0.24 / 9, rel=0.06)
