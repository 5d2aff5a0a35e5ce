"""A valuation written out by hand, for the words and charts of the page Financial impact."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from cxdata.finance.impact.base import Base
from cxdata.finance.impact.results import (
    LEVER_COLUMNS,
    SEGMENT_COLUMNS,
    TORNADO_COLUMNS,
    Draws,
    Negative,
    Point,
    Valuation,
)
from cxdata.finance.scenarios.scenario import NOTHING, Lever, Range, RetentionChange, Scenario

NAMES = {"rating:csat_delivery:delivery": "Delivery (CSAT)", "event:longest_wait": "Longest wait"}
YEARS, DRAWS = 3, 200

BASE = Base(
    customers=10_000, annual_value=5_000_000.0, annual_margin=2_000_000.0, churn=0.2, negative_customers=400,
    negative_margin=-60_000.0, profiles=6_000, coverage=0.98, margin_known=0.95, first=date(2025, 10, 1),
    last=date(2026, 9, 1), segments=("Family", "Courier"),
)  # fmt: skip


def figures(size: float, one_off: float, yearly: float, spread: float, draws: int) -> dict[str, np.ndarray]:
    """Margin of size × 1, 2, 3 in years one to three, with an even spread over the draws."""
    factor = np.linspace(1 - spread, 1 + spread, draws)[:, None]
    margin = size * factor * np.arange(1, YEARS + 1)[None, :]
    return {
        "customers_kept": margin / 200, "revenue": margin * 2.5, "margin": margin,
        "cost": np.full((draws, YEARS), yearly), "referral": margin * 0, "cross_sell": margin * 0,
        "one_off": np.full(draws, one_off), "discount_rate": np.full(draws, 0.1), "tail": np.zeros(draws),
    }  # fmt: skip


def valued(scenario: Scenario, *, size: float = 50_000.0, one_off: float = 0.0, yearly: float = 0.0,
           spread: float = 0.6, **changes: object) -> Valuation:  # fmt: skip
    """A valuation whose gross value at 10 % mid-year is size × (1/1.1^.5 + 2/1.1^1.5 + 3/1.1^2.5)."""
    draws = Draws(**figures(size, one_off, yearly, spread, DRAWS))
    costs = one_off + yearly > 0
    point = Point(
        **figures(size, one_off, yearly, 0.0, 1),
        irr=0.45 if costs else None, payback=1.4 if costs else None,
        discounted_payback=1.6 if costs else None, roi=1.2 if costs else None, bcr=2.2 if costs else None,
    )  # fmt: skip
    gross, net = float(point.gross_pv[0]), float(point.npv[0])
    segments = pd.DataFrame(
        [("Family", 8_000.0, 60.0, gross * 1.1, gross * 0.8, gross * 1.4, 1.1),
         ("Courier", 2_000.0, 15.0, -gross * 0.1, -gross * 0.2, -gross * 0.02, -0.1)],
        columns=SEGMENT_COLUMNS,
    )  # fmt: skip
    tornado = pd.DataFrame(
        [("attribution", 0.3, 0.7, net - 60_000, net + 60_000), ("discount_rate", 0.08, 0.12, net + 9_000, net - 9_000),
         ("model", np.nan, np.nan, net - 5_000, net)],
        columns=TORNADO_COLUMNS,
    )  # fmt: skip
    levers = pd.DataFrame(columns=LEVER_COLUMNS)
    overlap = 0.0
    if scenario.levers:
        part = gross / len(scenario.levers)
        overlap = 0.1 * gross if len(scenario.levers) > 1 else 0.0
        # With all of the association an effect they would bring twice as much, and a tenth more one by one.
        full = 2 * part + overlap / len(scenario.levers)
        levers = pd.DataFrame(
            [(place, lever.driver, lever.kind, lever.amount.mode, 0.9, 5_000.0, part, full,
              (one_off + yearly * 2.6) / len(scenario.levers)) for place, lever in enumerate(scenario.levers, 1)],
            columns=LEVER_COLUMNS,
        )  # fmt: skip
    found = Valuation(
        scenario=scenario, base=BASE, draws=draws, point=point, churn_before=np.full(YEARS, 0.2),
        churn_after=np.full(YEARS, 0.19), probability_positive=float((draws.npv > 0).mean()), segments=segments,
        negative=Negative(400.0, 12.0, -3_000.0, -4_000.0, -2_000.0), levers=levers, overlap=overlap,
        break_even_effect=0.4 if costs else None, break_even_attribution=0.2 if costs and scenario.levers else None,
        tornado=tornado, haircut=gross if scenario.levers else 0.0, seed=1, draws_used=DRAWS,
    )  # fmt: skip
    return replace(found, **changes)  # type: ignore[arg-type]


POINT = Scenario(name="point", retention=RetentionChange())
COSTLY = Scenario(
    name="costly",
    retention=RetentionChange(one_off_cost=Range.exactly(40_000.0), yearly_cost=Range.exactly(20_000.0)),
)
LEVERS = Scenario(
    name="levers",
    levers=(
        Lever("rating:csat_delivery:delivery", one_off_cost=Range(30_000.0, 40_000.0, 60_000.0)),
        Lever(
            "event:longest_wait", amount=Range(3.0, 5.0, 6.0), reach=Range(0.4, 0.5, 0.6), yearly_cost=NOTHING
        ),
    ),
)


def without_costs() -> Valuation:
    """One point of churn, no cost."""
    return valued(POINT)


def with_costs() -> Valuation:
    """One point of churn at a cost."""
    return valued(COSTLY, one_off=40_000.0, yearly=20_000.0)


def with_levers() -> Valuation:
    """Two levers on drivers at a cost."""
    return valued(LEVERS, one_off=40_000.0, yearly=20_000.0)
