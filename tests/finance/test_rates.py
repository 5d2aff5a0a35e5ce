"""Rates of churn and retention, the bridge of revenue, and revenue at risk."""

from __future__ import annotations

from datetime import date
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from cxdata.finance.accounts.at_risk import MOST_SIMULATED, revenue_at_risk
from cxdata.finance.accounts.rates import (
    RevenueBridge,
    monthly_from_yearly,
    over_periods,
    payback_months,
)
from cxdata.finance.economics.subscriptions import bridge as bridge_of
from cxdata.finance.economics.subscriptions import rates
from cxdata.finance.economics.window import Window
from tests.finance.golden import GOLDEN

PUBLISHED = GOLDEN["rates"]
YEAR = Window(date(2023, 6, 1), date(2024, 6, 1), date(2024, 5, 1), 12, False, False)
revenues = st.just(0.0) | st.floats(0.01, 1e6)
amounts = st.lists(st.tuples(revenues, revenues), min_size=1, max_size=30)


def changed(before: ArrayLike, after: ArrayLike) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What the queries `base_change` and `base_now` give of accounts with these revenues; 0: not there."""
    begun, ended = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    old = begun > 0
    start, end = begun[old], ended[old]
    kept, lost = np.minimum(start, end), end == 0
    row = {
        "segment": "", "product": "", "customers": start.size, "lost": lost.sum(), "valued": start.size,
        "value_before": start.sum(), "value_after": end.sum(), "value_kept": kept.sum(), "value_lost": start[lost].sum(),
        "value_before_sq": start @ start, "value_after_sq": end @ end, "value_kept_sq": kept @ kept,
        "value_before_kept": start @ kept, "value_before_after": start @ end, "value_lost_sq": start[lost] @ start[lost],
    }  # fmt: skip
    return pd.DataFrame([row]), pd.DataFrame({"new_value": [ended[~old].sum()]})


def due(renewed: float, churned: float) -> pd.Series:
    """What `terms_due` gives of customers with one term each."""
    decided = renewed + churned
    return pd.Series({"renewed": renewed, "churned": churned, "customers": decided, "renewed_sq": renewed,
                      "decided_sq": decided, "renewed_decided": renewed})  # fmt: skip


def test_gross_and_net_retention_of_revenue():
    """G15: 10.0M, less .6 contracted, .9 lost, plus 1.8 expanded."""
    bridge = RevenueBridge(10.0, contraction=0.6, churn=0.9, expansion=1.8)
    assert bridge.gross_retention == pytest.approx(PUBLISHED["gross"])
    assert bridge.net_retention == pytest.approx(PUBLISHED["net"])
    assert bridge.end == pytest.approx(10.3)


def test_renewals_of_a_quarter_of_the_base():
    """G16: 1M, of which 250k are due and 200k renewed: 80 % renew, 95 % stay."""
    change, _ = changed(np.ones(1000), np.r_[np.zeros(50), np.ones(950)])
    found = rates(change, due(200, 50), YEAR)
    assert found.renewal.value == pytest.approx(PUBLISHED["renewal"])
    assert 1 - found.customer_churn.value == pytest.approx(PUBLISHED["retention"])
    assert found.gross.value == pytest.approx(PUBLISHED["retention"])


def test_months_and_years():
    """G21: 2 % a month, 20 % a year."""
    assert over_periods(0.02, 12) == pytest.approx(PUBLISHED["yearly_of_2_percent"], abs=5e-7)
    assert monthly_from_yearly(0.20) == pytest.approx(PUBLISHED["monthly_of_20_percent"], abs=5e-8)
    assert over_periods([0.0, 1.0], 3).tolist() == [0, 1]


def test_months_until_a_customer_has_paid_for_winning_her():
    """G21: 600 at 50 a month; with 3 % lost a month it takes ln .64 / ln .97."""
    assert payback_months(600, 50, [0.0, 0.03]) == pytest.approx(PUBLISHED["payback"], abs=5e-5)
    assert payback_months(600, 50, 0.09) == np.inf
    assert payback_months(600, -5) == np.inf
    assert payback_months(0, 50) == 0


@given(st.floats(0, 0.9999))
def test_a_year_of_months_is_the_year(rate):
    assert over_periods(monthly_from_yearly(rate), 12) == pytest.approx(rate, abs=1e-12)


@given(st.floats(0.001, 0.2), st.integers(1, 60), st.floats(1, 500))
def test_the_margins_until_the_payback_add_up_to_what_was_paid(churn, months, margin):
    """Σ m (1 − c)^(k − 1) over so many months, paid for her, takes exactly so many months to come back."""
    cost = float((margin * (1 - churn) ** np.arange(months)).sum())
    assert payback_months(cost, margin, churn) == pytest.approx(months, rel=1e-6)


def test_a_bridge_by_hand():
    """100 → 130, 80 → 50, 60 → 0, and 40 new: 240 − 30 − 60 + 30 = 180."""
    bridge = bridge_of(*changed([100, 80, 60, 0], [130, 50, 0, 40]))
    assert (bridge.start, bridge.contraction, bridge.churn, bridge.expansion) == (240, 30, 60, 30)
    assert (bridge.end, bridge.new, bridge.accounts, bridge.lost_accounts) == (180, 40, 3, 1)
    assert bridge.gross_retention == pytest.approx(150 / 240)
    assert bridge.net_retention == pytest.approx(180 / 240)


@given(amounts)
def test_gross_retention_is_at_most_net_and_at_most_one(pairs):
    before, after = np.array(pairs).T
    change, now = changed(before, after)
    bridge = bridge_of(change, now)
    if bridge is not None:
        assert bridge.gross_retention <= min(1, bridge.net_retention) + 1e-9
        assert bridge.gross_retention >= -1e-9
        assert bridge.end == pytest.approx(float(after[before > 0].sum()), rel=1e-9, abs=1e-6)
        found = rates(change, due(1, 0), YEAR)
        assert found.gross.value == pytest.approx(bridge.gross_retention, abs=1e-9)
        assert found.net.value == pytest.approx(bridge.net_retention, rel=1e-9)
    else:
        assert not (before > 0).any()


def test_revenue_at_risk_of_three_accounts_by_going_through_all_outcomes():
    """Eight outcomes with their chances: mean and spread of what is lost."""
    chance, value = np.array([0.12, 0.5, 0.3]), np.array([1000.0, 200.0, 50.0])
    outcomes = np.array(list(product([0, 1], repeat=3)))
    weights = np.prod(np.where(outcomes == 1, chance, 1 - chance), axis=1)
    losses = outcomes @ value
    risk = revenue_at_risk(chance, value)
    assert risk.expected == pytest.approx(float(weights @ losses)) == pytest.approx(235)
    assert risk.std_deviation**2 == pytest.approx(float(weights @ (losses - 235) ** 2))
    # 1,250 and 1,200 together have a chance of .06, so that the upper twentieth begins at 1,200.
    assert (risk.low, risk.high) == (0, 1200)
    assert risk.share == pytest.approx(235 / 1250)
    assert risk.effective_accounts == pytest.approx(1250**2 / (1000**2 + 200**2 + 50**2))


def test_many_small_accounts_leave_little_to_luck():
    """A million alike, one in five lost: the spread is √(.2 · .8 · n) of .2 n, two thousandths."""
    risk = revenue_at_risk(np.full(1_000_000, 0.2), 10.0)
    assert risk.std_deviation / risk.expected == pytest.approx(0.002, rel=1e-6)
    assert risk.high == pytest.approx(risk.expected + 1.644854 * risk.std_deviation)
    assert risk.accounts > MOST_SIMULATED


def test_drawn_outcomes_and_the_normal_curve_meet_between_few_and_many():
    random = np.random.default_rng(8)
    chance, value = random.uniform(0.05, 0.4, 15_000), random.gamma(2, 50, 15_000)
    risk = revenue_at_risk(chance, value)
    assert risk.high == pytest.approx(risk.expected + 1.645 * risk.std_deviation, rel=0.01)
    assert risk == revenue_at_risk(chance, value)


def test_an_account_that_costs_money_is_a_gain_when_it_leaves():
    risk = revenue_at_risk([0.5, 0.5], [100, -40])
    assert risk.expected == pytest.approx(30)
    assert risk.low == -40


def test_a_rate_of_nobody_is_not_known():
    nobody, now = changed([0.0], [5.0])
    assert bridge_of(nobody, now) is None
    found = rates(nobody, due(0, 0), YEAR)
    assert not any(one.known for one in (found.customer_churn, found.renewal, found.gross, found.net))
    assert np.isnan(RevenueBridge(0, 0, 0, 0).net_retention)


def test_impossible_numbers_are_refused():
    with pytest.raises(ValueError, match=r"churn: 1\.2 is outside 0-1"):
        over_periods(1.2, 12)
    with pytest.raises(ValueError, match=r"probability: 1\.5 is outside 0-1"):
        revenue_at_risk([1.5], [10])
    with pytest.raises(ValueError, match="acquisition_cost: -1 is negative"):
        payback_months(-1, 5)
