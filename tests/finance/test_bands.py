"""A few hundred rows for a workbook give nearly what all customers give, and exactly what their formulas say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cxdata.finance.impact.bands import MOST_BANDS, bands_of, value_of_bands
from cxdata.finance.impact.valuation import value
from cxdata.finance.scenarios.scenario import RetentionChange, Scenario
from tests.finance.people import EVENT, RATING, company, regression, standing
from tests.finance.test_counterfactual import JOINT, SURE, lever_of, scenario

RATE = Scenario("rate", retention=RetentionChange(SURE(0.02), cost_per_customer=SURE(1.0)), draws=100)
CASES = [
    scenario(*JOINT, tail=True, margin_growth=0.02),
    scenario(*(replace(one, cost_per_customer=SURE(1.0)) for one in JOINT[:2]), cross_sell=SURE(0.05), referral=SURE(0.1)),
    RATE,
]  # fmt: skip


@pytest.mark.parametrize("asked", CASES)
def test_bands_are_near_to_customer_by_customer(asked):
    profiles = company(rows=6000, sets=2, tenure=True)
    bands = bands_of(profiles, asked)
    assert 0 < len(bands) <= MOST_BANDS
    banded, point = value_of_bands(bands, profiles, asked), value(asked, profiles).point
    for field in ("customers_kept", "revenue", "margin", "cost", "cross_sell", "referral"):
        assert getattr(banded, field)[0] == pytest.approx(getattr(point, field)[0], rel=0.03, abs=1e-9)
    assert banded.gross_pv[0] == pytest.approx(point.gross_pv[0], rel=0.02)


def test_bands_hold_everybody_who_is_touched():
    profiles = company(rows=2000)
    bands = bands_of(profiles, RATE)
    assert bands.customers.sum() == pytest.approx(profiles.customers.sum())
    assert bands.margin.sum() == pytest.approx(profiles.margin.sum())
    assert bands.value.sum() == pytest.approx(profiles.value.sum())
    assert set(bands.segment) == set(profiles.base.segments)
    assert (bands.margin[bands.negative] < 0).all()
    assert (bands.margin[~bands.negative] >= 0).all()


def test_as_many_bands_as_kinds_of_customers_lose_nothing():
    """Five ratings and five numbers of calls in one segment: each band holds customers who are alike."""
    scores, calls = (one.ravel() for one in np.meshgrid(np.arange(1.0, 6.0), np.arange(5.0)))
    x = np.column_stack([np.ones(25), scores - 3.0, -calls])
    profiles = standing(regression(x, [-1.2, -0.45, -0.2]), np.ones(25), np.full(25, 10.0))
    for lever in (lever_of(RATING, "floor", 4.0), lever_of(EVENT, "fix", 1.0)):
        asked = scenario(lever)
        banded = value_of_bands(bands_of(profiles, asked, 10_000), profiles, asked)
        assert banded.npv[0] == pytest.approx(value(asked, profiles).point.npv[0], rel=1e-9)


def test_a_band_by_the_formula_of_the_workbook():
    """(1 / (1 + exp(log-odds + shift)))^terms, summed over the bands, is what they are valued at."""
    profiles = company(rows=500, whole=False)
    asked = scenario(lever_of(RATING, "shift", 1.0, attribution=0.5), horizon_years=2)
    bands = bands_of(profiles, asked)
    there, with_change, kept = np.ones(len(bands)), np.ones(len(bands)), []
    for year, force in enumerate((0.5, 1.0)):
        odds = bands.log_odds + bands.advance[:, year]
        there = there * (1 + np.exp(odds)) ** -bands.terms
        with_change = with_change * (1 + np.exp(odds + 0.5 * force * bands.shift[:, 0])) ** -bands.terms
        kept.append(bands.customers @ (with_change - there))
    assert value_of_bands(bands, profiles, asked).customers_kept[0] == pytest.approx(kept, rel=1e-12)


def test_nobody_touched_is_no_band():
    profiles = company(rows=100)
    asked = scenario(lever_of(RATING, "shift", 0.0, one_off_cost=SURE(5.0)))
    bands = bands_of(profiles, asked)
    assert len(bands) == 0
    assert value_of_bands(bands, profiles, asked).npv[0] == -5.0
