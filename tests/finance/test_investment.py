"""Present value, internal rate, payback: published cases, and what must hold for any money."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cxdata.finance.accounts.investment import (
    bcr,
    discounted_payback,
    internal_rates,
    irr,
    mid_year_times,
    npv,
    payback,
    roi,
)
from tests.finance.golden import GOLDEN

CASE = GOLDEN["investment"]
incomes = st.lists(st.floats(0, 1e6), min_size=1, max_size=12)


def test_the_published_internal_rates():
    """G12, G13: numpy-financial's and Excel's examples."""
    assert irr(CASE["flows"]) == pytest.approx(CASE["irr"], abs=5e-11)
    assert irr(CASE["excel_flows"]) == pytest.approx(CASE["excel_irr"], abs=5e-8)


def test_the_published_present_value():
    """G13: today's money is not discounted, unlike in a spreadsheet's NPV."""
    assert npv(CASE["npv_rate"], CASE["npv_flows"]) == pytest.approx(CASE["npv"], abs=5e-11)


def test_paybacks():
    """G12: 250,000 = 100,000 + 150,000 after two years; with 10 % interest into the third."""
    assert payback(CASE["flows"]) == CASE["payback"]
    assert discounted_payback(CASE["flows"], 0.10) == pytest.approx(CASE["discounted_payback"], abs=5e-5)


def test_benefits_against_costs():
    """G22: 750k for 425k."""
    assert bcr(750, 425) == pytest.approx(GOLDEN["rates"]["bcr"], abs=5e-5)
    assert roi(750, 425) == pytest.approx(GOLDEN["rates"]["roi"], abs=5e-5)
    assert bcr(750, 0) is None
    assert roi(750, 0) is None


@given(st.floats(1, 1e6), incomes, st.booleans())
def test_at_the_internal_rate_nothing_is_left(spent, received, mid_year):
    assume(sum(received) > 0.01 * spent)
    flows = np.array([-spent, *received])
    times = mid_year_times(len(received)) if mid_year else None
    rate = irr(flows, times)
    assert rate is not None
    scale = float(np.abs(flows * (1 + rate) ** -(np.arange(flows.size) if times is None else times)).sum())
    assert npv(rate, flows, times) == pytest.approx(0, abs=1e-9 * scale)


@given(st.floats(1, 1e6), incomes, st.floats(0.01, 100))
def test_the_unit_of_money_does_not_matter(spent, received, factor):
    flows = np.array([-spent, *received])
    assert payback(factor * flows) == pytest.approx(payback(flows), nan_ok=True)
    one, other = irr(flows), irr(factor * flows)
    assert (one is None) == (other is None)
    assert one is None or other == pytest.approx(one, abs=1e-9)


def test_money_that_only_goes_out_or_only_comes_in_has_no_internal_rate():
    assert irr([-100, -20, -5]) is None
    assert irr([100, 20]) is None
    assert irr([0, 0, 0]) is None
    assert internal_rates([-100, -20]) == ()


def test_several_internal_rates_are_none():
    """−1,600, 10,000, −10,000 is nothing at 25 % and at 400 %: a textbook's oil pump."""
    assert internal_rates([-1600, 10000, -10000]) == pytest.approx([0.25, 4.0])
    assert irr([-1600, 10000, -10000]) is None


def test_a_second_change_of_sign_may_leave_no_rate_at_all():
    """−100, 150, −100 loses at every rate."""
    assert internal_rates([-100, 150, -100]) == ()


def test_the_middle_of_the_years():
    """100 in the first year, from its middle: 100 / 1.21^½."""
    assert mid_year_times(3).tolist() == [0, 0.5, 1.5, 2.5]
    assert npv(0.21, [-50, 100], mid_year_times(1)) == pytest.approx(-50 + 100 / 1.1)
    assert irr([-100, 121], mid_year_times(1)) == pytest.approx(1.21**2 - 1)
    assert discounted_payback([-100, 121, 50], 0.21, mid_year=True) == pytest.approx(100 / 110)


def test_many_rates_and_many_flows_at_once():
    flows = np.array([[-100.0, 60, 60], [-100, 0, 130]])
    together = npv(np.array([0.05, 0.1]), flows)
    assert together == pytest.approx([float(npv(0.05, flows[0])), float(npv(0.1, flows[1]))])


def test_a_payback_that_does_not_stay_counts_to_its_end():
    """Back after a year, but the second costs 80 and the third brings them: 2 + 60 / 80."""
    assert payback([-100, 120, -80, 80]) == pytest.approx(2.75)
    assert payback([-100, 50, 20]) is None
    assert payback([0, 10]) == 0
    assert payback([100, -20]) == 0


def test_what_is_lost_by_the_discount_takes_longer():
    assert discounted_payback([-100, 60, 60], 0.0) == payback([-100, 60, 60]) == pytest.approx(1 + 40 / 60)
    assert discounted_payback([-100, 60, 60], 0.10) > 1 + 40 / 60
    assert discounted_payback([-100, 60, 60], 0.20) is None


def test_a_rate_of_minus_one_is_refused():
    with pytest.raises(ValueError, match="rate: -1 is not above -1"):
        npv(-1.0, [-100, 50])
    with pytest.raises(ValueError, match="rate: -1 is not above -1"):
        discounted_payback([-100, 50], -1.0)
    with pytest.raises(ValueError, match="times: 3 for 2 flows"):
        npv(0.1, [-100, 50], [0, 1, 2])
