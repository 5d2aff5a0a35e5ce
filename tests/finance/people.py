"""Customers made up for the engine: a churn regression by hand, and profiles that stand for themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from cxdata.finance.impact.base import Base
from cxdata.finance.impact.profiles import Profiles, churn_of
from cxdata.models.churn import Banded, ChurnDriver, ChurnRegression, Step

RATING, EVENT = "rating:score:", "event:calls"
DRIVERS = (
    ChurnDriver(RATING, "rating", "score", column=1, centre=3.0, low=1.0, high=5.0),
    ChurnDriver(EVENT, "count", "calls", column=2, sign=-1),
)


def regression(
    x: np.ndarray,
    theta: Sequence[float],
    covariance: np.ndarray | None = None,
    drivers: tuple[ChurnDriver, ...] = DRIVERS,
    **more: Any,
) -> ChurnRegression:
    """A regression of rows (n, k), or of completed sets (m, n, k), with the constant as the first column."""
    sets = x[None] if x.ndim == 2 else x
    rows, size = sets.shape[1:]
    spread = np.zeros((size, size)) if covariance is None else covariance
    usual: dict[str, Any] = {
        "segment": np.full(rows, "all"), "product": np.full(rows, ""), "annual_value": np.full(rows, 100.0),
        "annual_margin": np.full(rows, 40.0), "term_days": np.full(rows, 365.0), "tenure_days": np.full(rows, 400.0),
        "lost": np.zeros(rows, dtype=bool),
    }  # fmt: skip
    return ChurnRegression(
        x=sets.astype(np.float32), coefficients=np.tile(np.asarray(theta, dtype=float), (len(sets), 1)),
        covariance=np.tile(spread, (len(sets), 1, 1)), terms=tuple(f"x{at}" for at in range(size)), drivers=drivers,
        **{**usual, **more},
    )  # fmt: skip


def standing(
    found: ChurnRegression,
    customers: np.ndarray,
    margin: np.ndarray,
    *,
    value: np.ndarray | None = None,
    terms: np.ndarray | None = None,
) -> Profiles:
    """Profiles of every row, with these customers and this margin per year each."""
    rows = np.arange(found.rows)
    segments = tuple(sorted(set(found.segment.tolist())))
    money = margin if value is None else value
    negative = margin < 0
    base = Base(
        customers=float(customers.sum()), annual_value=float(money.sum()), annual_margin=float(margin.sum()), churn=0.0,
        negative_customers=float(customers[negative].sum()), negative_margin=float(margin[negative].sum()),
        profiles=len(rows), segments=segments,
    )  # fmt: skip
    profiles = Profiles(
        base, found, rows, customers.astype(float), money.astype(float), margin.astype(float),
        np.ones(len(rows)) if terms is None else terms, np.searchsorted(np.array(segments), found.segment),
    )  # fmt: skip
    return replace(profiles, base=replace(base, churn=churn_of(profiles)))


def company(
    rows: int = 400,
    seed: int = 3,
    *,
    sets: int = 1,
    tenure: bool = False,
    whole: bool = False,
    error: float = 0.05,
) -> Profiles:
    """Customers of two segments with ratings 1-5 and calls 0-4; some cost more than they bring.

    Parameters
    ----------
    rows, seed : int
    sets : int
        Completed sets; more than one has ratings with noise, as if imputed.
    tenure : bool
        Whether tenure takes part, as the fourth column.
    whole : bool
        Whether there is one term a year for all, else one or two.
    error : float
        Standard error of each coefficient.
    """
    random = np.random.default_rng(seed)
    score, calls = random.integers(1, 6, rows), random.integers(0, 5, rows)
    days = random.choice([100.0, 400.0, 900.0], rows)
    columns = [np.ones(rows), score - 3.0, -calls.astype(float)] + ([np.log1p(days)] if tenure else [])
    x = np.stack([np.column_stack(columns)] * sets)
    if sets > 1:
        x[:, :, 1] += random.normal(0, 0.3, (sets, rows))
    theta = [-0.2 if tenure else -1.2, -0.45, -0.2, *([-0.15] if tenure else [])]
    size = len(theta)
    mixing = np.eye(size) + 0.3 * (np.ones((size, size)) - np.eye(size))
    segment = np.where(random.random(rows) < 0.4, "home", "work")
    steps = {RATING: Step(2.5, 4.5, 0.7, -0.3)}
    ends = np.where(x[:, :, 1] + 3 < 2.5, 0.7, np.where(x[:, :, 1] + 3 >= 4.5, -0.3, 0.0))
    banded = Banded((ends + x[:, :, 2] * -0.2 - 1.2).astype(np.float32), steps, {EVENT: -0.2})
    found = regression(
        x,
        theta,
        error**2 * mixing,
        segment=segment,
        tenure_days=days,
        tenure_column=3 if tenure else -1,
        banded=banded,
    )
    margin = random.normal(60, 60, rows)
    terms = np.ones(rows) if whole else random.choice([1.0, 2.0], rows)
    return standing(
        found, random.integers(1, 4, rows).astype(float), margin, value=np.abs(margin) * 3, terms=terms
    )
