"""What is sold besides goes with the effect: none without one, and on the screen as in the workbook."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cxdata.finance.impact.bands import bands_of, value_of_bands
from cxdata.finance.impact.expected import Expected, Question
from cxdata.finance.impact.inputs import expected
from cxdata.finance.impact.simulation import sample_of
from cxdata.finance.impact.valuation import value
from cxdata.finance.scenarios.scenario import RetentionChange, Scenario
from cxdata.finance.scenarios.workbook import workbook
from tests.finance.people import RATING, company, regression, standing
from tests.finance.test_counterfactual import JOINT, SURE, lever_of, scenario
from tests.finance.test_workbook import STAMP, change, live

RATE = Scenario(
    "rate", draws=100, discount_rate=SURE(0.1), cross_sell=SURE(0.1),
    retention=RetentionChange(
        SURE(0.02), ramp=(0.5, 1.0), one_off_cost=SURE(50.0), yearly_cost=SURE(1.0)
    ),
)  # fmt: skip


def case(asked, profiles):
    return Expected(profiles, asked, sample_of(profiles, asked)), expected(asked)


@pytest.mark.parametrize("asked", [scenario(*JOINT, cross_sell=SURE(0.1)), RATE])
def test_hardly_an_effect_is_hardly_any_money(asked):
    """A thousandth of the effect brings about a thousandth of its money: no jump where the effect ends."""
    found, means = case(asked, company())
    whole, little, none = (found.draws(Question(means, factor=factor)) for factor in (1.0, 0.001, 0.0))
    assert whole.cross_sell.sum() > 0
    assert little.cross_sell.sum() == pytest.approx(0.001 * whole.cross_sell.sum(), rel=0.2)
    assert (none.gross_pv, none.cross_sell.sum()) == (0, 0)


def test_a_break_even_of_the_effect_counts_what_is_sold_besides():
    """At the factor that is found, margin of kept customers and of cross-sell together pay for the costs."""
    profiles = company()
    asked = scenario(lever_of(RATING, "shift", 1.0, one_off_cost=SURE(900.0)), cross_sell=SURE(0.05))
    found = value(asked, profiles)
    assert found.point.npv[0] > 0
    assert 0 < found.break_even_effect < 1
    engine, means = case(asked, profiles)
    assert engine.npv(Question(means, factor=found.break_even_effect)) == pytest.approx(0, abs=1e-4 * 900)


@pytest.mark.parametrize("factor", [0.0, 0.3, 1.0, 2.0])
@pytest.mark.parametrize("kind", ["lever", "rate"])
def test_screen_and_workbook_agree_at_every_factor(kind, factor):
    """Ten kinds of customers, each in a band of its own: the sheet's factor on all effects is the engine's."""
    scores = np.tile(np.arange(1.0, 6.0), 2)
    x = np.column_stack([np.ones(10), scores - 3.0, np.zeros(10)])
    found = regression(x, [-1.2, -0.45, -0.2], segment=np.repeat(["a", "b"], 5))
    profiles = standing(found, np.full(10, 50.0), np.linspace(100.0, 900.0, 10))
    asked = (
        RATE
        if kind == "rate"
        else scenario(
            lever_of(RATING, "shift", 1.0, reach=SURE(0.6), one_off_cost=SURE(50.0), yearly_cost=SURE(1.0)),
            cross_sell=SURE(0.1),
        )
    )
    engine, means = case(asked, profiles)
    book = workbook(value(asked, profiles), profiles, STAMP)
    change(book, "effect", factor)
    if kind == "rate":
        # The shift of the log-odds was solved for the points asked.
        assert value_of_bands(bands_of(profiles, asked), profiles, asked).npv[0] == pytest.approx(
            engine.npv(Question(means))
        )
    wanted = engine.npv(Question(means, factor=factor))
    assert live(book)["Net present value"] == pytest.approx(wanted, rel=1e-6, abs=1e-6)


def test_with_a_change_of_the_rate_only_those_kept_buy_more():
    """Nobody is reached by a lever: cross-sell is its share of the margin of kept customers, year by year."""
    profiles = company(sets=2)
    found = value(RATE, profiles)
    saved = found.point.margin - found.point.cross_sell
    assert found.point.cross_sell == pytest.approx(0.1 * saved, rel=1e-9)
    assert found.draws.cross_sell == pytest.approx(
        0.1 * (found.draws.margin - found.draws.cross_sell), rel=1e-4
    )
    nothing = value(replace(RATE, retention=RetentionChange(SURE(0.0))), profiles)
    assert (nothing.draws.npv == 0).all()


def test_customers_won_by_referral_bring_margin_in_their_year_only():
    """Ten more customers a year for each hundred kept, at the mean margin: of year one none is left in year two's sum."""
    profiles = company()
    found = value(scenario(lever_of(RATING, "shift", 1.0), referral=SURE(0.1)), profiles)
    mean = profiles.base.annual_margin / profiles.base.customers
    assert found.point.referral == pytest.approx(0.1 * found.point.customers_kept * mean, rel=1e-9)
