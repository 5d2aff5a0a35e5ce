"""Retention curves and models of purchases: our fits against a search without slopes, and against pymc-marketing.

`python -m benchmarks finance_curves`. pymc-marketing is measured where it happens to be installed; it is imported
before the clock starts. Its fits are of the same 1,000 customers; MAP gives a point, NUTS a distribution.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from benchmarks.exports import Size
from benchmarks.measure import Comparison, Figure, compare, of_calls
from cxdata.finance.lifetimes.lifetime import discounted_residual
from cxdata.finance.lifetimes.purchases import (
    PurchaseModel,
    discounted_purchases,
    expected_purchases,
    fit_bgnbd,
)
from cxdata.finance.lifetimes.retention_curves import bootstrap_survival, fit_bdw, fit_sbg

SURVIVORS = np.array([1000, 631, 468, 382, 326, 289, 262, 241], dtype=float)
"""The published segment 'Regular': one cohort, seven renewals."""

CUSTOMERS = 1_000_000


def run(_size: Size, _folder: Path, rounds: int) -> Sequence[Comparison | Figure]:
    """Ratios and CPU seconds; the size of the exports does not matter here."""
    fit_sbg(SURVIVORS)
    _simplex()
    results: list[Comparison | Figure] = [
        compare(
            "sBG: Nelder-Mead on the log-likelihood by scipy ÷ fit with its interval", "",
            lambda: of_calls(_simplex, 3), lambda: of_calls(lambda: fit_sbg(SURVIVORS), 50), rounds,
        )
    ]  # fmt: skip
    if find_spec("pymc_marketing"):
        results += _against_pymc_marketing(rounds)
    x, last, age = _buyers()
    model = PurchaseModel(0.25, 4.8, 0.72, 2.2)
    risk, lost = SURVIVORS[:-1], -np.diff(SURVIVORS)
    for name, target, call in [
        ("BdW fit with its interval, CPU s", "≤ 0.05", lambda: fit_bdw(SURVIVORS)),
        ("sBG, 200 fits to data drawn anew, CPU s", "≤ 0.5",
         lambda: bootstrap_survival([12], at_risk=risk, lost=lost)),
        ("payments to come for 40 ages, CPU s", "≤ 0.01",
         lambda: discounted_residual(fit_sbg(SURVIVORS), 0.1, np.arange(1, 41))),
        (f"BG/NBD fit, {CUSTOMERS:,} customers by month, CPU s", "≤ 5", lambda: fit_bgnbd(x, last, age)),
        ("purchases to be expected, 100,000 customers, CPU s", "≤ 0.5",
         lambda: expected_purchases(model, 12, x[:100_000], last[:100_000], age[:100_000])),
        ("discounted purchases over three years, 10,000 customers, CPU s", "≤ 0.5",
         lambda: discounted_purchases(model, 36, 0.008, x[:10_000], last[:10_000], age[:10_000])),
    ]:  # fmt: skip
        results.append(Figure(name, target, [of_calls(call, 1).cpu_seconds for _ in range(rounds)]))
    return results


def _simplex() -> object:
    """What a few lines with a general search cost: no slopes, no error of the parameters."""
    from scipy.optimize import minimize
    from scipy.special import betaln

    times = np.arange(SURVIVORS.size)

    def cost(point: np.ndarray) -> float:
        alpha, beta = np.exp(point)
        share = np.exp(betaln(alpha, beta + times) - betaln(alpha, beta))
        return -float(-np.diff(SURVIVORS) @ np.log(-np.diff(share)) + SURVIVORS[-1] * np.log(share[-1]))

    return minimize(cost, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-8})


def _buyers() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Customers of up to three years by month: repeat months, last of them, age."""
    random = np.random.default_rng(7)
    age = random.integers(1, 37, CUSTOMERS).astype(float)
    pace = random.gamma(0.25, 1 / 4.8, CUSTOMERS) * 4
    x = np.minimum(random.poisson(pace * age * random.random(CUSTOMERS)), age)
    last = np.where(x > 0, np.maximum(x, np.ceil(age * random.beta(2, 1, CUSTOMERS))), 0.0)
    return x.astype(float), last, age


def _against_pymc_marketing(rounds: int) -> list[Comparison | Figure]:
    """sBG of the same cohort, customer by customer, as that package wants it."""
    import pandas as pd
    from pymc_marketing.clv import ShiftedBetaGeoModel

    lost = -np.diff(SURVIVORS).astype(int)
    ages = np.repeat(np.arange(1, lost.size + 1), lost)
    # T is one later than the last renewal there, and a customer with recency = T is still active.
    recency = np.concatenate([ages, np.full(int(SURVIVORS[-1]), lost.size + 1)])
    data = pd.DataFrame(
        {"customer_id": np.arange(recency.size), "recency": recency, "T": lost.size + 1, "cohort": "regular"}
    )

    def fit(method: str) -> object:
        settings = {"draws": 1000, "tune": 1000, "chains": 2, "cores": 1, "progressbar": False}
        options = {"progressbar": False} if method == "map" else settings
        return ShiftedBetaGeoModel(data=data).fit(method=method, **options)

    fit("map")  # its compiled parts are kept on disk: the first fit of all is slower still
    return [
        compare(
            f"sBG: pymc-marketing's {name} ÷ fit with its interval",
            "≥ 100",
            lambda method=method: of_calls(lambda: fit(method), 1),
            lambda: of_calls(lambda: fit_sbg(SURVIVORS), 50),
            rounds if method == "map" else 1,
        )
        for name, method in (("point estimate (MAP)", "map"), ("NUTS, 2 × 1,000 draws", "mcmc"))
    ]
