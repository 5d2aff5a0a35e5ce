"""What a change is worth, for a million customers: alike ones in one row against each for itself, and a slider's preview.

`python -m benchmarks finance`. The case is that of the reference notes: four correlated ratings of 0 to 10, six
segments, ten years of tenure, one lever that lifts everybody to a floor, five years, three steps of the ramp.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.exports import Size
from benchmarks.measure import Comparison, Cost, Figure, compare, of_calls
from cxdata.finance.impact.base import Base
from cxdata.finance.impact.inputs import coefficients, drawn
from cxdata.finance.impact.profiles import Profiles, collapsed
from cxdata.finance.impact.simulation import sample_of, simulated
from cxdata.finance.impact.valuation import value
from cxdata.finance.scenarios.scenario import Lever, Range, Scenario
from cxdata.models.churn import ChurnDriver, ChurnRegression

CUSTOMERS, DRAWS, YEARS = 1_000_000, 1_000, 5
SEGMENTS = ("a", "b", "c", "d", "e", "f")

FLOOR = Scenario(
    "floor",
    levers=(
        Lever(
            "rating:one:",
            "floor",
            Range.exactly(7.0),
            ramp=(0.33, 0.67, 1.0),
            one_off_cost=Range.exactly(1e5),
        ),
    ),
    horizon_years=YEARS,
    draws=DRAWS,
)


def company(customers: int = CUSTOMERS, seed: int = 5) -> Profiles:
    """Customers who stand for themselves: eleven coefficients, tenure among them."""
    random = np.random.default_rng(seed)
    shared = random.normal(size=(customers, 1))
    ratings = np.clip(np.rint(6.8 + 2 * (0.63 * shared + 0.77 * random.normal(size=(customers, 4)))), 0, 10)
    segment = random.integers(0, len(SEGMENTS), customers)
    days = 365.0 * random.integers(0, 10, customers)
    dummies = np.equal.outer(segment, np.arange(1, len(SEGMENTS)))
    x = np.column_stack([np.ones(customers), ratings - 6.8, dummies, np.log1p(days)]).astype(np.float32)
    theta = np.array([-0.6, -0.12, -0.08, -0.05, -0.1, 0.1, -0.1, 0.2, -0.2, 0.1, -0.1])
    drivers = tuple(
        ChurnDriver(f"rating:{name}:", "rating", name, column=1 + at, centre=6.8, low=0.0, high=10.0)
        for at, name in enumerate(("one", "two", "three", "four"))
    )
    margin = random.normal(90, 80, customers)
    regression = ChurnRegression(
        x=x[None], coefficients=theta[None], covariance=(0.02**2 * (0.6 * np.eye(11) + 0.4))[None],
        terms=tuple(f"x{at}" for at in range(11)), drivers=drivers, segment=np.array(SEGMENTS)[segment],
        product=np.full(customers, ""), annual_value=3 * np.abs(margin), annual_margin=margin,
        term_days=np.full(customers, 365.0), tenure_days=days, lost=np.zeros(customers, dtype=bool), tenure_column=10,
    )  # fmt: skip
    base = Base(
        float(customers), float(3 * np.abs(margin).sum()), float(margin.sum()), 0.2, float((margin < 0).sum()),
        float(margin[margin < 0].sum()), customers, segments=SEGMENTS,
    )  # fmt: skip
    return Profiles(
        base, regression, np.arange(customers), np.ones(customers), 3 * np.abs(margin), margin, np.ones(customers),
        segment.astype(np.intp),
    )  # fmt: skip


def draws_of(profiles: Profiles, scenario: Scenario) -> np.ndarray:
    """Yearly margin of every draw, shape (D, T): the part that grows with customers and draws."""
    inputs = drawn(scenario, scenario.draws)
    thetas = coefficients(profiles.regression, scenario.seed, scenario.draws)
    return simulated(profiles, scenario, inputs, thetas, sample_of(profiles, scenario)).sums[0].sum(axis=0)


def run(_size: Size, _folder: Path, rounds: int) -> Sequence[Comparison | Figure]:
    """Ratios, CPU seconds and MB; the size of the exports does not matter here."""
    whole = company()
    small = collapsed(whole)
    few = replace(FLOOR, draws=100)
    value(few, small, preview=True)  # what is imported at the first call is not the cost of a slider

    def cost(call: Callable[[], object]) -> Callable[[], Cost]:
        return lambda: of_calls(call, 1)

    results: list[Comparison | Figure] = [
        compare(
            f"{len(whole.rows):,} customers × {DRAWS:,} draws × {YEARS} years: each in a row of its own ÷ "
            f"{len(small.rows):,} rows of customers who are alike",
            "> 1", cost(lambda: draws_of(whole, FLOOR)), cost(lambda: draws_of(small, FLOOR)), rounds,
        )
    ]  # fmt: skip
    for name, target, call in (
        ("rows of alike customers, CPU s", "once a release", lambda: collapsed(whole)),
        ("all draws of collapsed customers, CPU s", "≤ 8", lambda: draws_of(small, FLOOR)),
        ("the whole valuation of collapsed customers, CPU s", "≤ 8", lambda: value(FLOOR, small)),
        ("preview: 10,000 profiles × 200 draws, CPU s", "≤ 0.3", lambda: value(FLOOR, small, preview=True)),
        ("preview of customers in rows of their own, CPU s", "–", lambda: value(FLOOR, whole, preview=True)),
    ):
        results.append(Figure(name, target, [of_calls(call, 1).cpu_seconds for _ in range(rounds)]))
    for name, target, profiles in (
        ("memory of the draws beyond the profiles, collapsed, MB", "≤ 400", small),
        ("memory of the draws beyond the profiles, uncollapsed, MB", "≤ 400", whole),
    ):
        results.append(Figure(name, target, [_peak(profiles)]))
    apart = np.abs(draws_of(whole, few) / draws_of(small, few) - 1).max()
    results.append(
        Figure("collapsed against uncollapsed, largest difference of a draw and year, %", "0", [100 * apart])
    )
    return results


def _peak(profiles: Profiles) -> float:
    """Largest memory that a valuation's draws hold at once, MB."""
    tracemalloc.start()
    try:
        draws_of(profiles, FLOOR)
        return tracemalloc.get_traced_memory()[1] / 2**20
    finally:
        tracemalloc.stop()
