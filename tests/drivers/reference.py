"""Numbers from elsewhere, and the public data that come with statsmodels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

REFERENCE: dict[str, Any] = json.loads(
    (Path(__file__).parent.parent / "reference" / "drivers" / "importance.json").read_text(encoding="utf-8")
)


def table(name: str, outcome: str, predictors: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Predictors and outcome of a stored table."""
    stored = REFERENCE[name]
    data, columns = np.array(stored["data"], dtype=float), stored["columns"]
    return data[:, [columns.index(column) for column in predictors]], data[:, columns.index(outcome)]


def swiss() -> tuple[np.ndarray, np.ndarray]:
    columns = REFERENCE["swiss"]["columns"]
    return table("swiss", columns[0], columns[1:])


def azen_budescu() -> np.ndarray:
    """The correlation matrix with the outcome last."""
    order = [1, 2, 3, 4, 0]
    return np.array(REFERENCE["azen_budescu"]["correlation"], dtype=float)[np.ix_(order, order)]


def spector() -> tuple[np.ndarray, np.ndarray]:
    from statsmodels.datasets import spector

    data = spector.load_pandas().data
    return data[["GPA", "TUCE", "PSI"]].to_numpy(float), data["GRADE"].to_numpy(float)


def fair() -> tuple[np.ndarray, np.ndarray]:
    from statsmodels.datasets import fair

    data = fair.load_pandas().data
    return data[REFERENCE["fair"]["predictors"]].to_numpy(float), (data["affairs"] > 0).to_numpy(float)


def random_company(
    seed: int, customers: int = 1_000, drivers: int = 4, *, sparse: float = 0.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Correlated ratings, renewal and customers with one to four decisions who share a leaning."""
    random = np.random.default_rng(seed)
    owner = np.repeat(np.arange(customers), random.integers(1, 5, customers))
    mood = random.normal(size=customers)[owner]
    x = 0.6 * mood[:, None] + random.normal(size=(owner.size, drivers))
    pull = x @ np.linspace(0.6, 0.1, drivers) + 0.7 * random.normal(size=customers)[owner]
    y = (pull + random.logistic(size=owner.size) > -1).astype(float)
    if sparse:
        # The first rating is asked of everybody.
        x[:, 1:][random.random((owner.size, drivers - 1)) < sparse] = np.nan
    return x, y, owner
