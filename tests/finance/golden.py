"""Reference numbers of finance and the published sample of CDNOW's customers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).resolve().parents[1] / "reference" / "finance"
GOLDEN: dict[str, dict[str, Any]] = json.loads((FOLDER / "finance.json").read_text(encoding="utf-8"))


def cdnow_sample() -> list[str]:
    """Numbers of the 2,357 customers whom the published fits are about; the file holds the steps between them."""
    steps = (FOLDER / "cdnow_sample.txt").read_text(encoding="utf-8").split()
    return [f"{number:05d}" for number in np.cumsum(np.array(steps, dtype=int))]
