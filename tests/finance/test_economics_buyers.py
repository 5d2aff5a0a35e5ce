"""Businesses without terms: the share of margin, and customers drawn where there are too many for all."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from cxdata.config import Config
from cxdata.finance import query
from cxdata.finance.economics import standing as standings
from cxdata.finance.economics.buyers import buyers
from cxdata.finance.economics.costs import serving
from cxdata.finance.economics.figures import notes
from cxdata.finance.economics.standing import standing, valued
from cxdata.finance.economics.words_buyers import buyers_text
from cxdata.selection import Selection
from tests.finance import subscribers

MAY = date(2024, 5, 1)
SHOPPERS = 400


def histories(customers: int = 600) -> pd.DataFrame:
    """Customers who buy at a pace of their own and stop after a purchase by chance, watched for 24 months."""
    random = np.random.default_rng(4)
    rows = []
    for pace, stops in zip(random.gamma(2.0, 0.15, customers), random.beta(1.0, 4.0, customers), strict=True):
        month, bought, last = 0.0, 0, 0
        while (month := month + random.exponential(1 / pace)) < 24 and np.ceil(month) > last:
            bought, last = bought + 1, int(np.ceil(month))
            if random.random() < stops:
                break
        rows.append((bought, last, 24, round(random.gamma(4.0, 10.0), 2) if bought else np.nan, 1))
    return pd.DataFrame(rows, columns=["frequency", "recency", "age", "spend", "customers"])


def costs(revenue: float, costed_revenue: float, cost: float) -> pd.DataFrame:
    """Sums of one segment's ten customers, of whose revenue the cost is known in part."""
    row = {
        "segment": "Home", "customers": 10, "revenues": 10, "revenue": revenue, "costs": 10, "cost": cost,
        "cost_sq": cost**2 / 10, "cost_months": cost * 6, "months_sq": 360.0, "months_of_costs": 60.0,
        "revenue_of_costs": costed_revenue, "margins": 10, "margin": costed_revenue - cost,
        "margin_sq": (costed_revenue - cost) ** 2 / 10, "margin_months": (costed_revenue - cost) * 6,
    }  # fmt: skip
    return pd.DataFrame([{**row, "whole": 0}, {**row, "whole": 1, "segment": ""}])


def test_the_share_of_margin_is_that_of_the_months_whose_cost_is_known():
    """2,000 of revenue, of which 1,000 has a cost of 600 beside it: 40 % of what they pay is margin, not 20 %."""
    rows = histories()
    found = buyers(rows, rows[:0], 0, serving(costs(2000, 1000, 600)), 0.1)
    assert found.margin_share == pytest.approx(0.4)
    revenue = buyers(rows, rows[:0], 0, serving(costs(2000, 0, 0)), 0.1)
    assert np.isnan(revenue.margin_share)
    assert found.value == pytest.approx(0.4 * revenue.value)


def test_what_serving_took_is_said_of_the_revenue_whose_cost_is_known():
    release_like = serving(costs(2000, 1000, 600))
    assert (release_like.share, release_like.costed_revenue) == (pytest.approx(0.6), 1000)


@pytest.mark.parametrize("sample", [2, 5])
def test_of_customers_drawn_all_are_counted(sample):
    """Numbers and money are multiplied, rates and the model are those of the drawn; chance weighs less in many."""
    rows, served = histories(), serving(costs(2000, 1000, 600))
    some = buyers(rows, rows, 3, served, 0.1, sample)
    alone = buyers(rows, rows, 3, served, 0.1)
    assert some.customers == sample * alone.customers
    assert some.ahead.value == pytest.approx(sample * alone.ahead.value)
    assert some.held_out.part == sample * alone.held_out.part
    assert some.value == pytest.approx(sample * alone.value)
    assert some.check["counted"].sum() == sample * alone.check["counted"].sum()
    assert (some.model.r, some.repeating, some.spend) == (alone.model.r, alone.repeating, alone.spend)
    assert alone.ahead.low > 0
    wide, narrow = ((one.ahead.high - one.ahead.value) / one.ahead.value for one in (some, alone))
    assert wide > narrow / np.sqrt(sample)
    assert any(f"one in {sample} was drawn" in text for text in buyers_text(some, "EUR", 0.1))
    assert not any("was drawn" in text for text in buyers_text(alone, "EUR", 0.1))


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """Customers without terms who buy in up to five months of 2024; a month's cost is stated every other time."""
    random = np.random.default_rng(12)
    customers = ["customer_id,valid_from,segment,region,acquired_on,acquisition_channel,acquisition_cost"]
    revenue = ["customer_id,month,revenue,cost_to_serve,product"]
    for number in range(SHOPPERS):
        customers.append(f"S{number},,Home,North,2024-01-05,web,")
        for month in range(1, 6):
            if month == 1 or random.random() < 0.4:
                revenue.append(
                    f"S{number},2024-{month:02d},{random.integers(10, 40)},{4 if month % 2 else ''},care"
                )
    changes = {"customers": "\n".join(customers) + "\n", "revenue": "\n".join(revenue) + "\n"}
    folder = tmp_path_factory.mktemp("shop")
    return subscribers.opened(subscribers.published(folder, subscriptions=None, interactions=None, **changes))


def test_so_many_customers_are_drawn_as_there_may_be_and_they_stand_for_all(shop, monkeypatch):
    """Of 400 customers 100 may be read: one in four is drawn by the key, however many months they bought in."""
    whole = valued(standing(shop, Config(), Selection(), MAY))
    assert (whole.buyers.sample, whole.buyers.customers) == (1, SHOPPERS)
    monkeypatch.setattr(standings.query, "MOST_BUYERS", 100)
    drawn = valued(standing(shop, Config(), Selection(), MAY))
    assert drawn.buyers.sample == 4
    assert drawn.buyers.customers == 4 * drawn.histories["customers"].sum()
    assert drawn.buyers.customers == pytest.approx(SHOPPERS, rel=0.25)
    assert drawn.buyers.ahead.value == pytest.approx(whole.buyers.ahead.value, rel=0.35)
    assert query.buyers(shop) == SHOPPERS


def test_the_note_on_costs_speaks_of_the_months_that_have_one(shop):
    text = " ".join(notes(valued(standing(shop, Config(), Selection(), MAY)), "EUR", 10))
    assert "Where a cost is stated, serving customers took" in text
