"""Decisions of a year stand for customers, not for decisions: short terms come up more often than long ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cxdata.finance.impact.profiles import Profiles, profiles_of
from cxdata.models.churn import ChurnRegression
from tests.finance.people import regression

LEAVE_A_MONTH = 0.05
"""Of the monthly customers; of the yearly ones a fifth leaves at the end of the year."""


def of_two_lengths(monthly: int, yearly: int = 1000) -> ChurnRegression:
    """Decisions on yearly and on monthly terms, each with its own chance of being lost."""
    length = np.repeat([365.0, 30.4], [yearly, monthly])
    x = np.column_stack([np.ones(len(length)), length < 40, np.zeros(len(length))])
    odds = np.log(np.array([0.2, LEAVE_A_MONTH]) / (1 - np.array([0.2, LEAVE_A_MONTH])))
    return regression(x, [odds[0], odds[1] - odds[0], 0.0], term_days=length)


def base(*rows: tuple[float, float, float]) -> pd.DataFrame:
    """Active customers without a product: length of the term in days, customers, margin."""
    names = ["term_days", "customers", "annual_margin"]
    usual = {"segment": "all", "product": "", "kind": "open", "sign": "other"}
    return pd.DataFrame(rows, columns=names).assign(
        annual_value=lambda one: one["annual_margin"] * 2.5, **usual
    )


def customers_of(found: Profiles, terms: float) -> float:
    return float(found.customers[found.terms_per_year == terms].sum())


def test_a_monthly_customer_counts_as_one_customer():
    """1,000 yearly and 1,000 monthly ones: 0.5 × 20 % + 0.5 × (1 − 0.95^12) is 33.0 %.

    A twentieth of the monthly ones leave each month, so that they took 9,193 decisions in the year; by decisions they
    would be 1,804 of 2,000, and the churn 43.4 %.
    """
    decisions = round(1000 * sum(0.95**month for month in range(12)))
    assert decisions == 9193
    found = profiles_of(
        of_two_lengths(decisions), base((365, 1000, 40_000.0), (31, 600, 24_000.0), (30, 400, 16_000.0))
    )
    assert (customers_of(found, 1.0), customers_of(found, 12.0)) == pytest.approx((1000, 1000))
    assert found.base.churn == pytest.approx(0.5 * 0.2 + 0.5 * (1 - 0.95**12), abs=1e-6)
    assert found.base.churn == pytest.approx(0.330, abs=0.0005)


def test_without_lengths_of_the_base_a_decision_weighs_its_part_of_a_year():
    """Who left was replaced: twelve decisions for each monthly customer, and one for each yearly one."""
    active = base((365, 2000, 80_000.0)).drop(columns="term_days")
    found = profiles_of(of_two_lengths(12_000), active)
    assert (customers_of(found, 1.0), customers_of(found, 12.0)) == pytest.approx((1000, 1000))
    # Every decision has the same margin a year, so money is shared out as customers are.
    assert found.margin[found.terms_per_year == 12.0].sum() == pytest.approx(40_000)
    assert found.value.sum() == pytest.approx(200_000)


def test_decisions_of_another_length_stand_for_one_that_none_has():
    """Half-yearly terms have just been introduced: 100 customers, whom yearly and monthly decisions stand for alike."""
    found = profiles_of(of_two_lengths(12_000), base((365, 1000, 40_000.0), (182, 100, 4_000.0)))
    assert found.base.coverage == 1.0
    assert (customers_of(found, 1.0), customers_of(found, 12.0)) == pytest.approx((1050, 50))
    assert found.margin.sum() == pytest.approx(44_000)


def test_terms_of_several_years_are_parts_of_their_own():
    """Two years come up every other year: 200 decisions on them stand for the 400 customers whom the base has."""
    length = np.repeat([365.0, 731.0], [600, 200])
    decided = replace(
        regression(np.column_stack([np.ones(800), np.zeros(800), np.zeros(800)]), [-1.0, 0.0, 0.0]),
        term_days=length,
    )
    found = profiles_of(decided, base((365, 600, 24_000.0), (730, 400, 16_000.0)))
    assert (customers_of(found, 1.0), customers_of(found, 0.5)) == pytest.approx((600, 400))


def test_nobody_counts_twice():
    """However customers and lengths are mixed, the profiles hold the base's customers, revenue and margin."""
    decided = of_two_lengths(300, 200)
    active = base((30, 5, 10.0), (90, 7, 20.0), (365, 11, 30.0), (1100, 13, 40.0), (np.nan, 17, 50.0))
    found = profiles_of(decided, active)
    assert found.customers.sum() == pytest.approx(53)
    assert found.margin.sum() == pytest.approx(150)
    assert found.value.sum() == pytest.approx(375)
