"""A valuation written by hand: small numbers that can be added up on paper."""

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
from cxdata.finance.scenarios.scenario import Lever, Note, Range, Scenario

FASTER = Scenario(
    "faster",
    "Faster delivery",
    (
        Lever("event:longest_wait", amount=Range(2.0, 4.8, 6.0), one_off_cost=Range.exactly(100.0)),
        Lever("rating:csat_delivery:delivery", reach=Range.exactly(0.5), segments=("Home",)),
    ),
    horizon_years=2,
    discount_rate=Range.exactly(0.1),
    notes=(Note("levers.1.amount", "Ana", "pilot of 2026", "2026-09-30", "estimated"),),
)
BASE = Base(1000.0, 50_000.0, 20_000.0, 0.2, 50.0, -900.0, 800, 0.98, 0.9, "open",
            date(2025, 9, 1), date(2026, 8, 1), ("Business", "Home"))  # fmt: skip


def draws(margin: np.ndarray, one_off: float = 100.0, yearly: float = 10.0, rate: float = 0.1) -> Draws:
    """Draws whose margin is given, shape (D, T)."""
    margin = np.asarray(margin, dtype=float)
    count, none = len(margin), np.zeros_like(margin)
    return Draws(
        margin / 20.0, margin * 2.5, margin, none + yearly, none, none, np.full(count, one_off),
        np.full(count, rate), np.zeros(count),
    )  # fmt: skip


def valued(scenario: Scenario = FASTER, margin: np.ndarray | None = None) -> Valuation:
    """A valuation with 100 draws: margin of 0 to 198 in the first year, twice that in the second."""
    steps = 2.0 * np.arange(100.0)
    margin = np.column_stack([steps, 2 * steps]) if margin is None else margin
    found = draws(margin)
    mean = draws(margin.mean(axis=0, keepdims=True))
    point = Point(
        **{name: getattr(mean, name) for name in Draws.__dataclass_fields__},
        irr=0.9, payback=1.2, discounted_payback=1.3, roi=1.0, bcr=2.0,
    )  # fmt: skip
    levers = [
        (1, "event:longest_wait", "shift", 4.53, 4.1, 900.0, 200.0, 210.0, 100.0),
        (2, "rating:csat_delivery:delivery", "shift", 1.0, 0.9, 300.0, 50.0, 55.0, 0.0),
    ]
    segments = [
        ("Business", 400.0, 4.0, 150.0, 20.0, 280.0, 0.6),
        ("Home", 600.0, 6.0, 100.0, 10.0, 190.0, 0.4),
    ]
    tornado = [("coefficients", np.nan, np.nan, -50.0, 400.0), ("attribution", 0.3, 0.7, 20.0, 300.0)]
    return Valuation(
        scenario, BASE, found, point, np.array([0.2, 0.2]), np.array([0.19, 0.18]), float((found.npv > 0).mean()),
        pd.DataFrame(segments, columns=list(SEGMENT_COLUMNS)), Negative(50.0, 0.5, -9.0, -12.0, -5.0),
        pd.DataFrame(levers, columns=list(LEVER_COLUMNS)), 15.0, 0.55, 0.28,
        pd.DataFrame(tornado, columns=list(TORNADO_COLUMNS)), 250.0, 20260901, 100,
        notes=("margin_partly_known",), wrong_sign={"event:longest_wait": 0.02},
    )  # fmt: skip


def other(name: str, **changed: object) -> Valuation:
    """The same numbers under another name, with fields of the valuation changed."""
    found = valued(replace(FASTER, name=name, title=""))
    return replace(found, **changed)
