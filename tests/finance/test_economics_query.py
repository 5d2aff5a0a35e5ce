"""Rows in, rows out: who was there, what became of them, what they brought and cost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cxdata.finance import query
from cxdata.finance.economics.costs import serving
from cxdata.finance.economics.subscriptions import base, bridge, rates
from cxdata.finance.economics.window import Window, window_of
from cxdata.selection import Selection
from tests.finance import subscribers

EVERYBODY = Selection()


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    return subscribers.opened(subscribers.published(tmp_path_factory.mktemp("economics")))


@pytest.fixture(scope="module")
def window(release):
    return window_of(subscribers.MONTH, query.limits(release).first_due, release.as_of)


def test_the_limits_say_what_the_exports_know(release):
    found = query.limits(release)
    assert (found.first_due, found.first_month, found.last_month) == (
        date(2023, 1, 1),
        date(2024, 1, 1),
        date(2024, 4, 1),
    )
    assert (found.terms, found.decided, found.revenues, found.costs) == (9, 6, 5, 4)
    assert found.acquisition_costs == 5


def test_the_base_of_the_start_and_what_became_of_it(release, window):
    """There at the start: C1 120, C2 80, C3 200 and C6 70, whose last day it was. C1 pays 150 and C3 160 at the end."""
    total = query.base_change(release, EVERYBODY, window).select_dtypes("number").sum()
    assert (total["customers"], total["lost"]) == (4, 2)
    assert total["value_before"] == 120 + 80 + 200 + 70
    assert total["value_after"] == 150 + 160
    assert total["value_kept"] == 120 + 160
    assert total["value_lost"] == 80 + 70
    assert total["value_before_sq"] == 120**2 + 80**2 + 200**2 + 70**2
    assert total["value_before_kept"] == 120 * 120 + 200 * 160


def test_rates_have_the_denominators_that_they_state(release, window):
    """Churn 2 of 4; renewed 2 of the 5 terms decided in the window; GRR 280/470, NRR 310/470."""
    change = query.base_change(release, EVERYBODY, window)
    found = rates(change, query.terms_due(release, EVERYBODY, window), window)
    assert (found.customer_churn.value, found.customer_churn.n) == (0.5, 4)
    assert (found.renewal.value, found.renewal.n) == (pytest.approx(2 / 5), 5)
    assert found.revenue_churn.value == pytest.approx(150 / 470)
    assert found.gross.value == pytest.approx(280 / 470)
    assert found.net.value == pytest.approx(310 / 470)
    assert found.gross.value <= min(1.0, found.net.value)


def test_the_bridge_adds_up_and_leaves_new_customers_out(release, window):
    """470 - 150 lost - 40 less + 30 more = 310; C4, won in the window, pays 90 and is in neither rate."""
    now = query.base_now(release, EVERYBODY, window)
    path = bridge(query.base_change(release, EVERYBODY, window), now)
    assert path is not None
    assert (path.start, path.churn, path.contraction, path.expansion, path.new) == (470, 150, 40, 30, 90)
    assert path.end == 310


def test_the_base_of_the_end_keeps_negative_margins(release, window):
    """C1, C3 and C4: values 150 + 160 + 90, margins 60 - 30 + 30."""
    found = base(query.base_now(release, EVERYBODY, window))
    assert (found.customers, found.value, found.margin) == (3, 400, 60)
    assert (found.negatives, found.negative_margin) == (1, -30)
    assert found.margin_each.value == 20


def test_a_filter_follows_the_customer(release, window):
    change = query.base_change(release, Selection(segment=("Business",)), window)
    assert list(change["segment"]) == ["Business"]
    assert (change["customers"].sum(), change["lost"].sum()) == (1, 0)
    assert query.base_change(release, Selection(segment=("Nowhere",)), window).empty


def test_ages_count_from_the_first_term_or_the_acquisition(release, window):
    """C1 came in January 2022: two full years in June 2024; C6's first exported term is its second."""
    now = query.base_now(release, EVERYBODY, window).set_index("cohort")
    assert dict(now["age"]) == {2022: 2, 2023: 1, 2024: 0}
    lives = query.lifetimes(release, EVERYBODY, window, date(2023, 1, 1))
    gone = lives[lives["cohort"] == 2021].iloc[0]
    # Watched from 31 December 2022 on, 18 months and 30 days after the first of June 2021.
    assert (gone["entry"], gone["age"], gone["lost"]) == (pytest.approx(18 + 30 / 31), 24, True)


def test_who_is_lost_in_the_month_in_which_watching_began_counts(tmp_path):
    """C2 is lost ten days after watching began, C1 one day after her second year, in a year with a leap day."""
    terms = subscribers.SUBSCRIPTIONS.splitlines()[0] + (
        "\nU2,1,C2,2022-06-20,2022-06-30,renewed,2022-06-21,80,30,care\nU2,2,C2,2022-06-30,2023-01-10,churned,2023-01-09,80,30,care"
        "\nU1,1,C1,2022-03-01,2024-03-01,churned,2024-02-15,80,30,care\n"
    )
    customers = subscribers.CUSTOMERS.replace("2023-02-01,store", "2022-06-20,store").replace(
        "2022-01-10", "2022-03-01"
    )
    release = subscribers.opened(subscribers.published(tmp_path, subscriptions=terms, customers=customers))
    window = window_of(subscribers.MONTH, query.limits(release).first_due, release.as_of)
    lives = query.lifetimes(release, EVERYBODY, window, date(2023, 1, 1)).sort_values("age")
    assert lives["lost"].tolist() == [True, True]
    assert lives["entry"].tolist() == pytest.approx([6 + 11 / 31, 9 + 30 / 31])
    assert lives["age"].tolist() == pytest.approx([6 + 21 / 31, 24.0])


def test_who_moved_counts_once_in_the_total_and_in_both_segments(tmp_path):
    """C1 is Home in March and Business from April on: margins of 8 and 7, and 2 months of one customer."""
    moved = subscribers.CUSTOMERS + "C1,2024-04-01,Business,North,2022-01-10,web,40\n"
    release = subscribers.opened(subscribers.published(tmp_path, customers=moved))
    rows = query.amounts(release, EVERYBODY, window_of(subscribers.MONTH, date(2024, 1, 1), release.as_of))
    assert rows[rows["whole"] == 0]["customers"].sum() == 5
    found = serving(rows)
    assert (found.customers, found.margin_each.n) == (4, 3)
    assert dict(zip(found.lines["line"], found.lines["customers"], strict=True)) == {"Business": 3, "Home": 2}
    # Customers' months with a cost: two of C1, one each of C2 and C3.
    assert found.margin_each.value == pytest.approx(12 * 8 / 4)
    assert found.margin == 8


def test_years_of_age_count_who_was_there_at_their_beginning(release, window):
    """Year 1: C1 kept... its first term, due in January 2023, is exported; C2 lost; C3 kept; C5 lost at half a year
    of age, but its year is not over. Year 2: C1 kept, C6 lost."""
    years = query.cohort_years(release, EVERYBODY, window, date(2023, 1, 1))
    by_age = years.groupby("age")[["at_risk", "lost"]].sum()
    assert tuple(by_age.loc[1]) == (3, 1)
    assert tuple(by_age.loc[2]) == (2, 1)


def test_winning_counts_who_came_in_the_window(release, window):
    rows = query.acquisition(release, EVERYBODY, window).set_index("line")
    assert dict(rows["customers"]) == {"store": 1, "web": 1}
    assert (rows.loc["web", "cost"], rows.loc["web", "paired_margin"]) == (60, 30)


def test_margins_of_the_books_need_both_revenue_and_cost(release):
    """C1 15, C2 -3, C3 -4; of C4 the cost is not stated."""
    spent = window_of(subscribers.MONTH, date(2024, 1, 1), release.as_of)
    rows = query.amounts(release, EVERYBODY, spent)
    amounts = rows[rows["whole"] == 1].select_dtypes("number").sum()
    assert (amounts["revenue"], amounts["cost"], amounts["margin"]) == (51, 35, 8)
    parts = query.whale(release, EVERYBODY, spent)
    assert list(parts["margin"]) == [15, -3, -4]
    groups = query.unprofitable(release, EVERYBODY, spent).set_index(["dimension", "line"])
    assert tuple(groups.loc[("segment", "Business"), ["customers", "unprofitable", "loss"]]) == (1, 1, -4)
    assert tuple(groups.loc[("touchpoint", "support_call"), ["customers", "unprofitable", "loss"]]) == (
        2,
        2,
        -7,
    )
    assert groups.loc[("", ""), "customers"] == 3


def test_windows_end_with_the_data_and_begin_with_the_exports():
    full = window_of(date(2024, 5, 1), date(2020, 1, 1), date(2024, 6, 15))
    assert full == Window(date(2023, 6, 1), date(2024, 6, 1), date(2024, 5, 1), 12, False, False)
    running = window_of(date(2024, 6, 1), date(2024, 2, 1), date(2024, 6, 15))
    assert (running.start, running.end, running.months) == (date(2024, 2, 1), date(2024, 6, 15), 5)
    assert running.unfinished
    assert running.shortened
    assert not running.yearly
    assert replace(running, months=6).yearly


def test_purchases_are_months_with_revenue(tmp_path):
    """C1 bought in March and April (once again), the others once; nobody has a term."""
    release = subscribers.opened(
        subscribers.published(tmp_path, subscriptions=None, customers=subscribers.CUSTOMERS)
    )
    spent = window_of(subscribers.MONTH, date(2024, 1, 1), release.as_of)
    rows = query.purchases(release, EVERYBODY, spent)
    # Acquired before the revenue of January 2024 begins: their first purchase is not known.
    assert rows["customers"].sum() == 1
    unknown = (
        subscribers.CUSTOMERS.replace("2022-01-10", "").replace("2023-02-01", "").replace("2023-05-20", "")
    )
    release = subscribers.opened(subscribers.published(tmp_path / "b", subscriptions=None, customers=unknown))
    rows = query.purchases(release, EVERYBODY, spent)
    assert rows["customers"].sum() == 4
    assert rows[rows["frequency"] == 1][["recency", "age", "spend"]].iloc[0].tolist() == [1, 2, 10]
