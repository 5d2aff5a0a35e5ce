"""Importance of drivers: one Gram matrix against fitting every subset, and sums of groups against refitting.

`python -m benchmarks drivers`. What would take hours is measured on a part and multiplied; the names say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from benchmarks.exports import Size
from benchmarks.measure import Comparison, Cost, Figure, compare, of_calls
from cxdata.drivers.bootstrap import bootstrap_shares
from cxdata.drivers.gram import moments_of
from cxdata.drivers.importance import lmg, lmg_draws
from cxdata.drivers.missing import em_moments

ROWS, CUSTOMERS, DRIVERS = 100_000, 50_000, 15
SUBSETS_MEASURED = 40


def company(
    rows: int = ROWS, drivers: int = DRIVERS, seed: int = 1
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Correlated ratings, renewal, and customers with about two decisions each."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(rows, drivers)) + 0.7 * random.normal(size=(rows, 1))
    y = (x @ np.linspace(0.4, 0.0, drivers) + random.logistic(size=rows) > -1).astype(float)
    return x, y, random.integers(0, max(2, rows // 2), rows)


def run(_size: Size, _folder: Path, rounds: int) -> Sequence[Comparison | Figure]:
    """Ratios and CPU seconds; the size of the exports does not matter here."""
    x, y, customer = company()
    covariance = moments_of(x, y).covariance

    def times(cost: Cost, factor: float) -> Cost:
        return Cost(cost.cpu_seconds * factor, cost.wall_seconds * factor)

    def subset_fits() -> Cost:
        from sklearn.linear_model import LinearRegression

        subsets = np.random.default_rng(2).random((SUBSETS_MEASURED, DRIVERS)) < 0.5
        fits = iter([subset for subset in subsets if subset.any()] * 2)
        cost = of_calls(lambda: LinearRegression().fit(x[:, next(fits)], y), SUBSETS_MEASURED)
        return times(cost, 2**DRIVERS)

    def logit_refits() -> Cost:
        from statsmodels.discrete.discrete_model import Logit

        random = np.random.default_rng(3)
        design = np.column_stack([np.ones(ROWS), x])

        def one() -> None:
            rows = random.integers(0, ROWS, ROWS)
            Logit(y[rows], design[rows]).fit(disp=0)

        return times(of_calls(one, 2), 500 * 2)

    results: list[Comparison | Figure] = [
        compare(
            f"a fit of every subset of {DRIVERS} drivers by scikit-learn ({SUBSETS_MEASURED} measured, × 2^{DRIVERS}) "
            "÷ exact shares and dominance after the Gram matrix",
            "≥ 1,000", subset_fits, lambda: of_calls(lambda: lmg(covariance), 5), rounds,
        ),
        compare(
            "1,000 refits of one logit by statsmodels (2 measured) ÷ 1,000 bootstrap replicates of all shares",
            "≥ 50", logit_refits, lambda: of_calls(lambda: bootstrap_shares(x, y, customer), 1), rounds,
        ),
    ]  # fmt: skip
    if find_spec("pingouin"):
        results.append(_against_pingouin(x, y, covariance, rounds))
    wide = moments_of(*company(5_000, 20)[:2]).covariance
    gaps = x[:20_000, :7].copy()
    gaps[:, 1:][np.random.default_rng(4).random((20_000, 6)) < 0.5] = np.nan
    for name, target, call in [
        (f"Gram matrix, {ROWS:,} × {DRIVERS}, CPU s", "≤ 0.1", lambda: moments_of(x, y)),
        (f"exact shares and dominance, {DRIVERS} drivers, CPU s", "≤ 0.05", lambda: lmg(covariance)),
        ("exact shares and dominance, 20 drivers, CPU s", "≤ 0.5", lambda: lmg(wide)),
        ("1,000 Johnson replicates, CPU s", "≤ 2",
         lambda: bootstrap_shares(x, y, customer, method="johnson")),
        ("1,000 LMG replicates, CPU s", "≤ 12", lambda: bootstrap_shares(x, y, customer)),
        ("EM, 20,000 × 7, half missing, CPU s", "≤ 1", lambda: em_moments(gaps, y[:20_000])),
    ]:  # fmt: skip
        results.append(Figure(name, target, [of_calls(call, 1).cpu_seconds for _ in range(rounds)]))
    return results


def _against_pingouin(x: np.ndarray, y: np.ndarray, covariance: np.ndarray, rounds: int) -> Comparison:
    """GPL-3, so a guest of the benchmark where it happens to be installed, and of nothing else."""
    import pandas as pd
    import pingouin

    table = pd.DataFrame(x).rename(columns=str)
    return compare(
        f"{DRIVERS} drivers: pingouin's relimp (from the rows) ÷ exact shares after the Gram matrix",
        "≥ 1,000",
        lambda: of_calls(lambda: pingouin.linear_regression(table, y, relimp=True), 1),
        lambda: of_calls(lambda: lmg_draws(covariance[None]), 20),
        rounds,
    )
