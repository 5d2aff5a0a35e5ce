"""A small company whose churn regression is written down, not fitted: 120 decisions, two segments, two drivers."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from cxdata.finance.impact.profiles import Profiles, profiles_of
from cxdata.models.churn import ChurnDriver, ChurnRegression

WAIT, RATING = "event:longest_wait", "rating:csat_delivery:delivery"
ROWS, SETS = 120, 2


def regression() -> ChurnRegression:
    """Longer waits and worse ratings go with loss, a longer tenure against it; a third pay monthly."""
    random = np.random.default_rng(5)
    tenure = random.integers(30, 2000, ROWS).astype(float)
    wait = np.round(random.exponential(4.0, ROWS))
    met = random.random(ROWS) < 0.8
    x = np.zeros((SETS, ROWS, 5), np.float32)
    for number in range(SETS):
        rating = np.clip(np.round(random.normal(3.5, 1.0, ROWS)), 1, 5)
        x[number] = np.column_stack(
            [np.ones(ROWS), -wait + 4.0, met * (rating - 3.5), met, np.log1p(tenure) - 6.0]
        )
    theta = np.array([-2.6, -0.12, -0.35, 0.1, -0.2])
    covariance = np.diag([0.01, 0.0004, 0.002, 0.01, 0.002])
    monthly = np.arange(ROWS) % 3 == 0
    margin = np.round(random.normal(40.0, 40.0, ROWS), 2)
    return ChurnRegression(
        x=x, coefficients=np.stack([theta, theta * 1.02]), covariance=np.stack([covariance] * SETS),
        terms=("constant", WAIT, RATING, f"{RATING}#met", "control tenure#0"),
        drivers=(
            ChurnDriver(WAIT, "count", "longest_wait", 1, sign=-1, centre=-4.0),
            ChurnDriver(RATING, "rating", "csat_delivery", 2, touchpoint="delivery", contact=3, centre=3.5,
                        low=1.0, high=5.0, met=met),
        ),
        segment=np.where(np.arange(ROWS) % 5 < 2, "Business", "Home"), product=np.full(ROWS, ""),
        annual_value=np.abs(margin) * 2.0 + 10.0, annual_margin=margin, term_days=np.where(monthly, 30.4, 365.0),
        tenure_days=tenure, tenure_column=4, lost=random.random(ROWS) < 0.1, first=date(2025, 9, 1),
        last=date(2026, 8, 1), decisions=2000, customers=1500, events=200, release="r",
    )  # fmt: skip


def active() -> pd.DataFrame:
    """The customers there are: 1,000, of whom some cost more than they bring."""
    rows = [
        (segment, "", "open", sign, customers, value, margin)
        for segment, sign, customers, value, margin in (
            ("Business", "positive", 300.0, 40_000.0, 18_000.0), ("Business", "negative", 50.0, 5_000.0, -1_500.0),
            ("Home", "positive", 550.0, 50_000.0, 24_000.0), ("Home", "negative", 100.0, 6_000.0, -2_000.0),
        )
    ]  # fmt: skip
    names = ["segment", "product", "kind", "sign", "customers", "annual_value", "annual_margin"]
    return pd.DataFrame(rows, columns=names)


def profiles() -> Profiles:
    """Its decisions, weighted to those customers."""
    return profiles_of(regression(), active())
