"""From a release to the rows that money is counted on: the regression of losses, and the customers there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from cxdata.database import current_id, open_release
from cxdata.drivers.churn import churn_regression
from cxdata.drivers.prepared import Prepared, prepare
from cxdata.drivers.settings import CHURN, Settings
from cxdata.errors import TooLittleData
from cxdata.finance.impact.inputs import coefficients
from cxdata.finance.query import active_terms
from cxdata.selection import Selection
from tests.corpus.release import CONFIG
from tests.drivers import company
from tests.drivers.conftest import company_folder, prepared_with

__all__ = ["company_folder", "prepared_with"]

DELIVERY = "rating:csat_delivery:delivery"


@pytest.fixture(scope="module")
def found(company_folder):
    release = open_release(company_folder, current_id(company_folder))
    settings = Settings(outcome=CHURN, months=12, imputations=3)
    return churn_regression(prepare(release, CONFIG, Selection(), settings, company.MONTH))


def test_what_is_spared_lowers_the_chance_to_lose_somebody(found):
    """The company's customers go for bad deliveries (0.8 a point) and open questions (1.5 each), not for calls."""
    rating, unresolved = found.driver(DELIVERY), found.driver("event:unresolved")
    assert found.pooled[rating.column] == pytest.approx(-0.8, abs=0.25)
    assert found.pooled[unresolved.column] == pytest.approx(-1.5, abs=0.6)
    assert (rating.low, rating.high, unresolved.sign) == (1.0, 5.0, -1)
    # A fifth got nothing delivered: nothing to rate, and nothing that a lever could lift.
    assert rating.met.mean() == pytest.approx(0.8, abs=0.01)
    assert found.driver("event:longest_wait") is None or found.driver("event:longest_wait").kind == "count"
    assert found.driver("rating:nothing:") is None


def test_columns_hold_the_raw_values(found):
    """Column + centre is the score of those who rated; column × −1 the number of open questions."""
    rating, unresolved = found.driver(DELIVERY), found.driver("event:unresolved")
    assert found.x.dtype == np.float32
    assert found.x.shape == (3, found.rows, len(found.terms))
    assert (found.x[:, :, 0] == 1).all()
    scores = found.x[:, :, rating.column] + rating.centre
    same = np.ptp(found.x[:, :, rating.column], axis=0) == 0
    observed = np.unique(np.round(scores[0][same & rating.met], 4))
    assert set(observed) <= {1.0, 2.0, 3.0, 4.0, 5.0}
    assert set(np.unique(-found.x[0, :, unresolved.column])) <= {0.0, 1.0}
    assert (found.x[:, ~rating.met, rating.column] == 0).all()


def test_rows_know_their_term_and_their_money(found):
    assert found.rows == found.decisions == 599
    assert set(found.annual_value) == {9.0}
    assert np.isnan(found.annual_margin).all()
    assert set(found.term_days) == {365.0}
    assert found.lost.sum() == pytest.approx(found.lost.mean() * 599)
    assert (found.events, found.method) == (min(found.lost.sum(), 599 - found.lost.sum()), "logit")


def test_draws_of_the_regression_keep_what_moves_together(found):
    """Around each set's mean, moved away from all sets' by the root of (m + 1) / (m − 1), the set's own covariance."""
    drawn, apart = coefficients(found, 1, 3000), np.sqrt(4 / 2)
    assert [which[0] for which, _ in drawn] == [0, 1, 2]
    for place, (_, theta) in enumerate(drawn):
        centre = found.pooled + apart * (found.coefficients[place] - found.pooled)
        assert theta.mean(axis=0) == pytest.approx(
            centre, abs=4 * np.sqrt(np.diag(found.covariance[place]).max() / 1000)
        )
        told = np.flatnonzero(np.diag(found.covariance[place]) > 0)
        scale = np.sqrt(np.diag(found.covariance[place]))[told]
        exact = found.covariance[place][np.ix_(told, told)] / np.outer(scale, scale)
        # A correlation of 1,000 draws is known to 0.03.
        assert np.abs(np.corrcoef(theta[:, told].T) - exact).max() < 0.12


def test_a_year_without_decisions_stands_for_nobody(prepared_with: Callable[..., Prepared]):
    prepared = replace(prepared_with(outcome=CHURN, months=12), last=date(2028, 2, 1))
    with pytest.raises(TooLittleData, match="twelve months up to 2028-02"):
        churn_regression(prepared)


CUSTOMERS = "customer_id,segment\nC1,Home\nC2,Home\nC3,Work\nC4,Work\nC5,Home\n"
TERMS = """\
subscription_id,term,customer_id,started_on,due_on,outcome,decided_on,annual_value,annual_margin,product
U1,1,C1,2024-01-01,2025-01-01,renewed,2025-01-01,100,40,a
U1,2,C1,2025-01-01,2026-01-01,open,,110,50,a
U2,1,C2,2024-02-01,2025-02-01,churned,2025-02-01,100,40,a
U3,1,C3,2024-03-01,2025-03-01,renewed,2025-03-01,200,-20,a
U4,1,C4,2024-03-01,2025-03-01,renewed,2025-03-01,300,90,a
U5,1,C4,2024-06-01,2025-06-01,open,,80,,b
U6,1,C5,2022-03-01,2023-03-01,renewed,2023-03-01,70,30,a
"""


ACTIVE = (
    "segment",
    "product",
    "kind",
    "term_days",
    "sign",
    "terms",
    "customers",
    "annual_value",
    "annual_margin",
)


def test_who_is_active(publish):
    """Terms that run, and those renewed last without a next one, in the last year; two subscriptions are one customer."""
    published = publish({"customers.csv": CUSTOMERS, "subscriptions.csv": TERMS}, as_of=date(2025, 6, 15))
    release = open_release(published.folder, current_id(published.folder))
    rows = active_terms(release, Selection())
    wanted = pd.DataFrame(
        [
            ("Home", "a", "open", 365, "other", 1, 1.0, 110.0, 50.0),
            ("Work", "a", "kept", 365, "negative", 1, 1.0, 200.0, -20.0),
            ("Work", "a", "kept", 365, "other", 1, 0.5, 300.0, 90.0),
            ("Work", "b", "open", 365, "unknown", 1, 0.5, 80.0, 0.0),
        ],
        columns=list(ACTIVE),
    )
    pd.testing.assert_frame_equal(rows, wanted, check_dtype=False)
    assert list(active_terms(release, Selection(segment=("Home",)))["segment"]) == ["Home"]


def test_an_older_month_has_the_customers_it_had(publish):
    """At the end of 2024 five terms run that were decided later, at what they brought then; C5 was renewed too long ago."""
    published = publish({"customers.csv": CUSTOMERS, "subscriptions.csv": TERMS}, as_of=date(2025, 6, 15))
    release = open_release(published.folder, current_id(published.folder))
    rows = active_terms(release, Selection(date(2024, 12, 1))).set_index(["segment", "product", "sign"])
    assert set(rows["kind"]) == {"open"}
    # C1 with 40 (later 50), and C2, who leaves in February; C4 with two subscriptions.
    assert rows.loc[("Home", "a", "other"), ["terms", "annual_margin"]].tolist() == [2, 80.0]
    assert rows.loc[("Work", "a", "negative"), "annual_margin"] == -20.0
    assert rows["customers"].sum() == 4
    assert active_terms(release, Selection(date(2024, 2, 1)))["customers"].sum() == 3
    assert active_terms(release, Selection(date(2021, 2, 1))).empty


def test_who_is_overdue_for_a_year_is_no_customer(publish):
    """Due in January 2024 and never decided: taken for a customer until January 2025."""
    overdue = TERMS + "U7,1,C2,2023-01-10,2024-01-10,open,,70,30,c\n"
    published = publish({"customers.csv": CUSTOMERS, "subscriptions.csv": overdue}, as_of=date(2025, 6, 15))
    release = open_release(published.folder, current_id(published.folder))
    there = [
        "c" in set(active_terms(release, Selection(month))["product"])
        for month in (date(2023, 6, 1), date(2024, 12, 1), date(2025, 1, 1), None)
    ]
    assert there == [True, True, False, False]
