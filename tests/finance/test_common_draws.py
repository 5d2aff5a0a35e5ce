"""Draws that scenarios share, and what belongs to one lever alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cxdata.finance.impact.inputs import coefficients, drawn
from cxdata.finance.impact.simulation import sample_of
from cxdata.finance.impact.valuation import value
from cxdata.finance.scenarios.compare import compare, on_common_draws
from cxdata.finance.scenarios.scenario import Lever, Range
from tests.finance.people import EVENT, RATING, company, regression
from tests.finance.test_counterfactual import lever_of, scenario

WIDE = Range(0.5, 1.0, 2.0)


@pytest.mark.parametrize("sets", [2, 3, 10])
def test_drawn_coefficients_vary_as_rubin_says(sets):
    """W + (1 + 1/m) B; taking the sets in turn alone has a variance between them of B (m − 1) / m."""
    random = np.random.default_rng(sets)
    theta = np.column_stack([np.zeros(sets), random.normal(-0.4, 0.2, sets), random.normal(0.1, 0.1, sets)])
    spread = 0.05**2 * (0.7 * np.eye(3) + 0.3)
    x = np.zeros((sets, 4, 3))
    found = replace(regression(x, [0.0, 0.0, 0.0], spread), coefficients=theta)
    draws = np.concatenate([drawn_ones for _, drawn_ones in coefficients(found, 5, 60_000)])
    rubin = spread + (1 + 1 / sets) * np.cov(theta.T)
    # 60,000 draws of W are known to 0.6 %, and there is no luck in the sets.
    scale = np.sqrt(np.outer(np.diag(rubin), np.diag(rubin)))
    assert np.cov(draws.T) / scale == pytest.approx(rubin / scale, abs=0.025)
    assert draws.mean(axis=0) == pytest.approx(theta.mean(axis=0), abs=0.001)


def test_one_set_is_drawn_as_it_is():
    found = regression(np.zeros((4, 3)), [-1.0, -0.4, -0.2])
    assert coefficients(found, 1, 7)[0][1] == pytest.approx(np.tile([-1.0, -0.4, -0.2], (7, 1)))


def test_levers_of_two_segments_have_luck_of_their_own():
    """Two roll-outs of the same change may go differently; the same roll-out in two scenarios goes as it goes."""
    home = Lever(EVENT, amount=WIDE, segments=("home",), one_off_cost=WIDE)
    work = replace(home, segments=("work",))
    both = drawn(scenario(home, work), 500)
    for amounts in (both.amount, both.one_off):
        assert abs(np.corrcoef(amounts)[0, 1]) < 0.15
    alone = drawn(scenario(replace(work, amount=Range(0.5, 1.0, 2.0))), 500)
    assert (alone.amount[0] == both.amount[1]).all()
    assert (alone.one_off[0] == both.one_off[1]).all()


def test_the_second_of_two_equal_levers_has_luck_of_its_own():
    twice = drawn(scenario(*[Lever(EVENT, amount=WIDE)] * 3), 500).amount
    assert np.abs(np.corrcoef(twice)[np.triu_indices(3, 1)]).max() < 0.15
    assert (twice[0] == drawn(scenario(Lever(EVENT, amount=WIDE)), 500).amount[0]).all()


def test_previews_of_scenarios_rest_on_the_same_rows():
    """Of those whom both touch, the larger sample holds the smaller one, also where one lever is for a segment."""
    profiles = company(rows=40_000)
    everybody = scenario(lever_of(EVENT, "floor", 1.0), lever_of(RATING, "shift", 1.0))
    one = scenario(lever_of(RATING, "shift", 1.0, segments=("home",)))
    wide, narrow, few = (
        sample_of(profiles, asked, most) for asked, most in ((everybody, 4000), (one, 4000), (one, 900))
    )
    home = profiles.segment == profiles.base.segments.index("home")
    assert set(few.rows) < set(narrow.rows)
    shared = set(wide.rows[home[wide.rows]]) & set(sample_of(profiles, one).rows)
    assert len(shared) > 500
    assert shared < set(narrow.rows)
    assert all(len(found.rows) <= 4000 for found in (wide, narrow))


@pytest.mark.parametrize("most", [500, 3000, 10_000])
def test_a_sample_stands_for_everybody(most):
    """Customers and money of those touched, by sign of the margin, within a few per cent."""
    profiles = company(rows=40_000)
    asked = scenario(lever_of(RATING, "floor", 3.0))
    whole, found = sample_of(profiles, asked), sample_of(profiles, asked, most)
    assert 0.4 * most < len(found.rows) <= most
    for negative in (False, True):
        for values in (profiles.customers, profiles.margin):
            some = values * (profiles.negative == negative)
            assert found.weight @ some[found.rows] == pytest.approx(some[whole.rows].sum(), rel=0.08)
    assert (sample_of(profiles, asked, 10**6).weight == 1).all()


def test_the_difference_of_two_previews_is_not_the_luck_of_two_samples():
    """A lever for all, and the same with a second one for a few: as many more euros as the full runs say."""
    profiles = company(rows=40_000)
    first = scenario(lever_of(RATING, "shift", 1.0))
    second = replace(
        scenario(lever_of(RATING, "shift", 1.0), lever_of(EVENT, "fix", 0.1, segments=("home",))),
        name="second",
    )
    pair = on_common_draws([first, second])
    quick, full = (
        compare([value(one, profiles, preview=preview) for one in pair]).differences.iloc[0]
        for preview in (True, False)
    )
    gap = [[value(one, profiles, preview=preview).point.npv[0] for one in pair] for preview in (True, False)]
    assert gap[0][1] - gap[0][0] == pytest.approx(gap[1][1] - gap[1][0], rel=0.05)
    assert quick["npv_p50"] == pytest.approx(full["npv_p50"], rel=0.1)
