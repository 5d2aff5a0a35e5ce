"""Reference numbers and the rows they were computed from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

FOLDER = Path(__file__).resolve().parents[1] / "reference" / "models"
GOLDEN: dict[str, dict[str, Any]] = json.loads((FOLDER / "models.json").read_text(encoding="utf-8"))


def spector() -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Constant, GPA, TUCE and PSI; GRADE."""
    from statsmodels.datasets import spector as data

    loaded = data.load_pandas()
    design = np.column_stack([np.ones(32), loaded.exog[["GPA", "TUCE", "PSI"]]])
    return design, loaded.endog.to_numpy(float), ("constant", "GPA", "TUCE", "PSI")


def endometrial() -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Constant, NV, PI and EH; HG."""
    data = np.array(GOLDEN["endometrial"]["data"])
    return np.column_stack([np.ones(len(data)), data[:, :3]]), data[:, 3], ("const", "NV", "PI", "EH")


def fair() -> pd.DataFrame:
    from statsmodels.datasets import fair as data

    return data.load_pandas().data


def lung() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "lung.csv")


def rossi() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "rossi.csv")


def company(
    seed: int = 3, customers: int = 400, columns: int = 2
) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[str, ...]]:
    """Design, outcome and customers who decide one to four times, each with a leaning of her own."""
    random = np.random.default_rng(seed)
    owner = np.repeat(np.arange(customers), random.integers(1, 5, customers))
    design = np.column_stack(
        [np.ones(owner.size), random.random(owner.size) < 0.3, random.normal(size=(owner.size, columns - 1))]
    )
    weights = np.concatenate([[1.0, -0.8, 0.4], np.zeros(max(0, columns - 2))])[: columns + 1]
    linear = design @ weights + random.normal(size=customers)[owner]
    outcome = (random.random(owner.size) < 1 / (1 + np.exp(-linear))).astype(float)
    return design, outcome, owner, ("constant", *(f"x{number}" for number in range(columns)))
