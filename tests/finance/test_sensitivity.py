"""Break-evens and bars: where the result would be nothing, and what it hangs on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cxdata.finance.impact.inputs import attribution, expected, pert, strength
from cxdata.finance.impact.sensitivity import break_even
from cxdata.finance.impact.valuation import value
from cxdata.finance.scenarios.scenario import Lever, Range, RetentionChange, Scenario
from tests.finance.people import RATING, company
from tests.finance.test_counterfactual import JOINT, SURE, lever_of, scenario


def test_a_break_even_of_a_straight_line_and_of_a_bent_one():
    assert break_even(lambda factor: 4 * factor - 1, 10) == pytest.approx(0.25)
    assert break_even(lambda factor: np.sqrt(factor) - 2, 10) == pytest.approx(4.0)
    assert break_even(lambda factor: np.tanh(factor - 7) + 0.1, 10) == pytest.approx(
        7 - np.arctanh(0.1), rel=1e-6
    )
    assert break_even(lambda factor: -1 - factor, 10) is None
    assert break_even(lambda factor: factor - 20, 10) is None
    assert break_even(lambda factor: factor, 10) == 0.0


def test_at_the_break_even_nothing_is_gained():
    """The net present value with attribution at its break-even, and with the effect scaled, is 0."""
    profiles = company()
    lever = lever_of(RATING, "shift", 1.0, attribution=0.5, one_off_cost=SURE(300.0))
    found = value(scenario(lever), profiles)
    assert found.break_even_attribution is not None
    at = value(scenario(replace(lever, attribution=found.break_even_attribution)), profiles)
    assert at.point.npv[0] == pytest.approx(0, abs=1e-6 * 300)
    # One lever: its effect is attribution × association, so that both say the same.
    assert found.break_even_effect == pytest.approx(found.break_even_attribution / 0.5, rel=1e-6)


def test_what_costs_too_much_has_no_break_even():
    lever = lever_of(RATING, "shift", 1.0, one_off_cost=SURE(1e9))
    found = value(scenario(lever), company())
    assert found.break_even_effect is None
    assert found.break_even_attribution is None
    assert found.probability_positive == 0
    assert found.point.irr is None or found.point.irr < 0
    assert found.point.payback is None


def test_what_costs_nothing_breaks_even_at_nothing():
    found = value(scenario(lever_of(RATING, "shift", 1.0)), company())
    assert found.break_even_effect == 0.0
    assert (found.point.roi, found.point.bcr) == (None, None)
    assert found.point.payback == 0.0


def test_bars_are_the_scenario_with_one_input_moved():
    profiles = company()
    lever = Lever(RATING, "shift", Range(0.5, 1, 2), SURE(1.0), attribution=0.5)
    asked = scenario(lever, discount_rate=Range(0.05, 0.1, 0.2))
    bars = value(asked, profiles).tornado.set_index("input")
    low = float(pert(lever.amount, np.array([0.1]))[0])
    assert bars.loc["amount", "low"] == pytest.approx(low)
    # The mean of the range is not its mode: everything else stands at its mean.
    moved = value(replace(asked, levers=(replace(lever, amount=SURE(low)),)), profiles)
    assert bars.loc["amount", "npv_low"] == pytest.approx(moved.point.npv[0], rel=1e-9)
    rate = float(pert(asked.discount_rate, np.array([0.9]))[0])
    dearer = value(replace(asked, discount_rate=SURE(rate)), profiles)
    still = SURE(float(expected(asked).amount[0, 0]))
    dearer = value(replace(asked, discount_rate=SURE(rate), levers=(replace(lever, amount=still),)), profiles)
    assert bars.loc["discount_rate", "npv_high"] == pytest.approx(dearer.point.npv[0], rel=1e-9)
    tail = value(replace(asked, tail=True), profiles)
    assert bars.loc["tail", "npv_high"] == pytest.approx(tail.point.npv[0], rel=1e-9)


def test_a_growth_without_end_has_no_bar_of_a_tail():
    found = value(scenario(*JOINT, margin_growth=0.3), company())
    assert "tail" not in set(found.tornado["input"])


def test_points_of_churn_have_a_bar_and_attribution_has_none():
    asked = Scenario("rate", retention=RetentionChange(Range(0.005, 0.01, 0.03)), draws=100)
    named = set(value(asked, company()).tornado["input"])
    assert "points" in named
    assert "attribution" not in named


def test_a_pert_distribution_has_the_mean_of_its_formula():
    """(low + 4 mode + high) / 6, by Clark; and a known number has no spread."""
    asked = Range(1.0, 2.0, 6.0)
    quantiles = (np.arange(20_000) + 0.5) / 20_000
    values = pert(asked, quantiles)
    assert values.mean() == pytest.approx(15 / 6, rel=1e-4)
    assert (values.min() >= 1, values.max() <= 6) == (True, True)
    assert (pert(SURE(3.0), quantiles) == 3.0).all()


def test_an_attribution_is_a_beta_of_eight_cases():
    """Beta(4, 4): mean one half, variance 1/36; 0 and 1 are taken as they are."""
    values = attribution(0.5, (np.arange(20_000) + 0.5) / 20_000)
    assert values.mean() == pytest.approx(0.5, abs=1e-6)
    assert values.var() == pytest.approx(1 / 36, rel=1e-3)
    assert (attribution(1.0, values) == 1).all()
    assert (attribution(0.0, values) == 0).all()


def test_the_ramp_holds_on_and_wears_off():
    """Half, then all of it; a fifth is lost in each year after the ramp."""
    lever = lever_of(RATING, "shift", 1.0, ramp=(0.5, 1.0), decay=0.2)
    assert strength(lever, 5) == pytest.approx([0.5, 1.0, 0.8, 0.64, 0.512])
