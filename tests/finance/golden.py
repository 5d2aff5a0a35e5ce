"""Reference numbers of finance and the published sample of CDNOW's customers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

FOLDER = Path(__file__).resolve().parents[1] / "reference" / "finance"
GOLDEN: dict[str, dict[str, Any]] = json.loads((FOLDER / "finance.json").read_text(encoding="utf-8"))


def cohort_years(*survivors: ArrayLike) -> pd.DataFrame:
    """What the query `cohort_years` gives of cohorts with so many customers left at the start and after each year.

    nan where that is not known: before a cohort was first watched, or later than today.
    """
    parts = []
    for cohort, left in enumerate(survivors):
        counts = np.asarray(left, dtype=float)
        rows = {
            "cohort": cohort,
            "age": range(1, counts.size),
            "at_risk": counts[:-1],
            "lost": -np.diff(counts),
        }
        parts.append(pd.DataFrame(rows).dropna())
    return pd.concat(parts, ignore_index=True)


def cdnow_sample() -> list[str]:
    """Numbers of the 2,357 customers whom the published fits are about; the file holds the steps between them."""
    steps = (FOLDER / "cdnow_sample.txt").read_text(encoding="utf-8").split()
    return [f"{number:05d}" for number in np.cumsum(np.array(steps, dtype=int))]
