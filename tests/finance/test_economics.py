"""Where the company stands: exact cases, limits, identities, and the words around them."""

from __future__ import annotations

from datetime import date
from math import isinf, nan, sqrt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxdata.errors import TooLittleData
from cxdata.finance.economics.cohorts import (
    base_worth,
    choose_curve,
    fitted_interval,
    lifetime_multiple,
    survival,
)
from cxdata.finance.economics.costs import winning
from cxdata.finance.economics.measures import (
    NOTHING,
    Measure,
    clustered_share,
    mean,
    product,
    ratio,
    scaled,
    share,
)
from cxdata.finance.economics.nps_value import nps_groups
from cxdata.finance.economics.subscriptions import at_risk
from cxdata.finance.economics.whale import losses, whale
from cxdata.finance.economics.window import Window
from tests.finance.golden import cohort_years

YEAR = Window(date(2023, 6, 1), date(2024, 6, 1), date(2024, 5, 1), 12, False, False)
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]
"""Survivors of Fader & Hardie (2007), table 1."""


def test_a_ratio_of_sums_has_the_error_of_its_residuals():
    """Costs 1, 2, 6 for margins 2, 2, 5: 9/9; residuals -1, 0, 1, so 1.96 × √(3/2 × 2) / 9."""
    found = ratio(3, 9, 9, 41, 33, 36)
    assert found.value == 1
    assert found.high - 1 == pytest.approx(1.959964 * sqrt(3) / 9, rel=1e-6)
    assert not ratio(3, 9, 0, 41, 33, 36).known


def test_a_customer_who_decides_twice_is_one_customer():
    """100 customers, half of them all theirs of two terms renewed, half none: twice the variance of 200 terms."""
    whole, alone = clustered_share(100, 200, 100, 200, 400, 200), share(50, 100)
    assert (whole.value, whole.n) == (0.5, 200)
    assert (whole.low, whole.high) == pytest.approx((alone.low, alone.high), abs=5e-4)
    # Each customer one term: nothing changes, nor where customers are more alike than chance would have them.
    assert clustered_share(60, 100, 100, 60, 100, 60) == share(60, 100)
    assert clustered_share(100, 200, 100, 100, 400, 200) == share(100, 200)
    assert clustered_share(0, 0, 0, 0, 0, 0) == NOTHING


def test_units_and_products_carry_their_intervals():
    assert scaled(Measure(1.0, 0.5, 2.0, 9), -12).low == -24
    both = product(Measure(10.0, 8.0, 12.0, 50), Measure(3.0, 3.0, 3.0, 40))
    assert (both.value, both.low, both.high, both.n) == (30, pytest.approx(24), pytest.approx(36), 40)
    assert not share(0, 0).known
    assert not mean(0, 0, 0).known


def change(customers: int, lost: int, segment: str = "Home") -> dict[str, object]:
    return {"segment": segment, "product": "care", "customers": customers, "lost": lost}


def accounts(values: list[float], segment: str = "Home") -> tuple[dict[str, object], pd.DataFrame]:
    money = np.array(values)
    row = {
        "segment": segment,
        "product": "care",
        "valued": money.size,
        "value": money.sum(),
        "value_sq": money @ money,
    }
    return row, pd.DataFrame({"segment": segment, "product": "care", "value": money})


def test_revenue_at_risk_adds_luck_and_the_error_of_the_rate():
    """100 accounts of 10 at a churn of 20 of 100: 200 expected, luck √(100 × 0.16 × 100) = 40, rate 0.04 × 1000 = 40."""
    row, each = accounts([10.0] * 100)
    found = at_risk(pd.DataFrame([change(100, 20)]), pd.DataFrame([row]), each, YEAR, 10)
    assert found is not None
    assert found.risk.expected == pytest.approx(200)
    assert found.risk.std_deviation == pytest.approx(40)
    assert found.rate_error == pytest.approx(40)
    assert found.high - 200 == pytest.approx(1.96 * sqrt(40**2 + 40**2), rel=0.08)


def test_one_large_account_shows_in_the_luck_and_the_largest_share():
    row, each = accounts([910.0] + [1.0] * 90)
    found = at_risk(pd.DataFrame([change(100, 20)]), pd.DataFrame([row]), each, YEAR, 10)
    assert found is not None
    assert found.risk.effective_accounts < 1.3
    assert found.largest_share == pytest.approx((910 + 9) / 1000)
    assert found.risk.std_deviation > 350


def test_small_groups_take_the_churn_of_all():
    """Three lost of three say nothing of a group: with all others it is 13 of 103."""
    rows, each = zip(accounts([10.0] * 100), accounts([10.0] * 3, "Business"), strict=True)
    found = at_risk(
        pd.DataFrame([change(100, 10), change(3, 3, "Business")]), pd.DataFrame(list(rows)), pd.concat(each), YEAR, 10
    )  # fmt: skip
    assert found is not None
    assert found.risk.expected == pytest.approx(1000 * 0.1 + 30 * 13 / 103)


def test_payback_is_cost_over_margin_and_never_without_margin():
    """600 for 50 a month: 12 months, 14.652 with a churn of 3 % a month (0.306157 a year)."""
    row = {"line": "web", "customers": 20, "costed": 20, "cost": 12_000.0, "cost_sq": 20 * 600.0**2, "paired": 20,
           "paired_cost": 12_000.0, "paired_cost_sq": 20 * 600.0**2, "paired_margin": 12_000.0,
           "paired_margin_sq": 20 * 600.0**2, "paired_product": 20 * 600.0 * 600.0}  # fmt: skip
    found = winning(pd.DataFrame([row]), Measure(1 - 0.97**12, 0.3, 0.31, 1000))
    assert found.payback.value == pytest.approx(12)
    assert found.payback_with_churn.value == pytest.approx(14.6520, abs=1e-4)
    never = winning(pd.DataFrame([{**row, "paired_margin": -5.0}]), Measure(0.1, 0.1, 0.1, 10))
    assert isinf(never.payback.value)


def test_the_whale_rises_to_those_who_earn_and_falls_with_those_who_cost():
    """Best 20 % bring 140 % of the total, the worst 20 % take 40 %: the textbook's whale."""
    parts = pd.DataFrame(
        {"losing": [0, 0, 1], "part": [1, 2, 3], "customers": [20, 60, 20], "margin": [140.0, 0, -40]}
    )
    found = whale(parts)
    assert found is not None
    assert (found.peak, found.margin, found.loss, found.peak_at) == (140, 100, -40, 0.8)
    assert (found.unprofitable.part, found.unprofitable.value) == (20, 0.2)
    assert found.curve["margin"].iloc[[0, -1]].tolist() == [0, 100]
    assert whale(parts[:0]) is None


@given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=40))
def test_the_summit_of_a_whale_is_above_every_point(margins):
    ranked = sorted(margins, reverse=True)
    rows = {
        "losing": [int(m < 0) for m in ranked],
        "part": range(len(ranked)),
        "customers": 1,
        "margin": ranked,
    }
    found = whale(pd.DataFrame(rows))
    assert found is not None
    assert found.curve["margin"].max() <= found.peak + 1e-6
    assert found.peak + found.loss == pytest.approx(found.margin, abs=1e-6)


def test_small_lines_of_the_unprofitable_are_suppressed_and_counted():
    columns = ["dimension", "line", "customers", "margin", "unprofitable", "loss", "margin_sq"]
    rows = [("", "", 60, -5.0, 30, -50.0, 9.0), ("segment", "Courier", 40, -30.0, 28, -45.0, 9.0),
            ("segment", "Home", 15, 25.0, 1, -2.0, 9.0), ("segment", "Rare", 5, 0.0, 1, -3.0, 9.0)]  # fmt: skip
    found = losses(pd.DataFrame(rows, columns=columns), 10)
    assert list(found.lines["line"]) == ["Courier", "Home"]
    assert found.suppressed == {"segment": 1}
    assert found.worst == "Courier"
    assert list(found.lines["clear"]) == [True, True]


def test_cohorts_that_were_not_seen_young_have_no_curve_of_their_own():
    rows = [
        (2020, 30, 36, True, 20),
        (2020, 30, 40, False, 30),
        (2023, 0, 6, True, 10),
        (2023, 0, 9, False, 40),
    ]
    lives = pd.DataFrame(rows, columns=["cohort", "entry", "age", "lost", "customers"])
    found = survival(lives, 10)
    assert found is not None
    assert list(found.cohorts) == [2023]
    assert found.all.at([6.0, 36.0]) == pytest.approx([0.8, 0.8 * 0.6])


def test_the_curve_is_chosen_by_the_likelihood_ratio():
    """High End wants BdW (p 0.0006); the draws surround the fit."""
    found = choose_curve(cohort_years(HIGH_END))
    assert (found.model, found.last_age) == ("bdw", 7)
    assert found.p_value == pytest.approx(0.00063, abs=5e-5)
    multiple = lifetime_multiple(found, 0.1, 1000)
    assert multiple.low < multiple.value < multiple.high


def test_the_fitted_curve_has_an_interval_also_where_customers_hardly_differ():
    """High End, by the delta method; a geometric loss has none of it: there data are drawn anew."""
    for survivors in (HIGH_END, [100_000, 80_000, 64_000, 51_200]):
        choice = choose_curve(cohort_years(survivors))
        low, high = fitted_interval(choice, np.arange(6))
        point = choice.curve.survival(np.arange(6))
        assert (low[0], high[0]) == (1, 1)
        assert ((low < point) & (point < high))[1:].all()


def test_few_losses_carry_no_curve():
    with pytest.raises(TooLittleData, match="needs 30 losses over two ages"):
        choose_curve(cohort_years([100, 95, 90]))


def test_a_base_is_worth_its_margins_along_the_curve_with_their_sign():
    """Geometric loss of a fifth a year: 0.8/1.1 + … = 0.8/(1.1 - 0.8) = 2.667 margins, whatever the age, if the next
    payment is a year away; it is half a year on average, so √1.1 times that."""
    exact = cohort_years([int(100_000 * 0.8**age) for age in range(6)])
    choice = choose_curve(exact)
    now = pd.DataFrame(
        {"cohort": [2022, 2024, 2024], "age": [2, 0, 1], "margins": [10, 5, 5], "margin": [100.0, 50, -20]}
    )
    found = base_worth(now, choice, 0.1, 0.2)
    assert found is not None
    assert found.total.value == pytest.approx(130 * 0.8 / 0.3 * sqrt(1.1), rel=1e-4)
    assert found.one_rate == pytest.approx(130 * 0.8 / 0.3 * sqrt(1.1))
    assert base_worth(now.assign(margins=0), choice, 0.1, 0.2) is None


def cells(rows: list[tuple[str, str, int, int, float]]) -> pd.DataFrame:
    """Group, segment, customers, kept, margin each; tenure of a year."""
    frame = pd.DataFrame(rows, columns=["line", "segment", "customers", "kept", "each"])
    frame["age"] = 1
    frame["margins"] = frame["customers"]
    frame["margin"] = frame["each"] * frame["customers"]
    frame["margin_sq"] = frame["each"] ** 2 * frame["customers"] + 4.0 * frame["customers"]
    return frame


def test_groups_are_compared_as_if_their_segments_were_alike():
    """Within each segment promoters stay as often as detractors; only their mix differs, so nothing is left of it."""
    found = nps_groups(
        cells([("promoter", "A", 900, 810, 100.0), ("promoter", "B", 100, 50, 20.0),
               ("detractor", "A", 100, 90, 100.0), ("detractor", "B", 900, 450, 20.0),
               ("silent", "A", 500, 450, 100.0), ("silent", "B", 500, 250, 20.0), ("passive", "A", 4, 4, 9.0)]),
        discount_rate=0.1, min_base=10,
    )  # fmt: skip
    assert found is not None
    assert found.group == ("promoter", "detractor", "silent")
    assert found.suppressed == ("passive",)
    assert found.raw_retention == pytest.approx([0.86, 0.54, 0.70])
    assert found.retention == pytest.approx([0.70] * 3, abs=1e-6)
    assert found.margin == pytest.approx([60.0] * 3, abs=1e-6)
    assert (found.retention_low < found.retention).all()
    assert (found.retention < found.retention_high).all()


def test_the_value_of_a_group_is_that_of_its_retention_and_margin():
    """One segment: margins 300, 250, 200 at 0.92, 0.85, 0.72 and 10 % are worth 1533.33, 850 and 378.95."""
    rows = [
        ("promoter", "A", 1000, 920, 300.0),
        ("passive", "A", 1000, 850, 250.0),
        ("detractor", "A", 1000, 720, 200.0),
    ]
    found = nps_groups(cells(rows), discount_rate=0.1, min_base=10)
    assert found is not None
    assert found.value == pytest.approx([1533.3333, 850.0, 378.9474], rel=1e-6)


def test_nobody_answering_or_nobody_leaving_gives_no_groups():
    assert nps_groups(cells([("silent", "A", 100, 90, 1.0)]), discount_rate=0.1, min_base=10) is None
    alike = cells([("promoter", "A", 100, 100, 1.0), ("silent", "A", 100, 100, 1.0)])
    assert nps_groups(alike, discount_rate=0.1, min_base=10) is None


def test_unknown_margins_leave_retention():
    rows = cells([("promoter", "A", 100, 90, 1.0), ("silent", "A", 100, 80, 1.0)]).assign(
        margins=0, margin=0.0
    )
    found = nps_groups(rows, discount_rate=0.1, min_base=10)
    assert found is not None
    assert found.retention == pytest.approx([0.9, 0.8])
    assert np.isnan(found.value).all()
    assert not Measure(nan).known
