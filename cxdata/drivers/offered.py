"""Which drivers a release offers by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxdata.drivers.kinds import COUNT, FACT, FLAG, RATED, RATING, Driver, Floats

METRIC_ORDER = ("csat", "rating", "ces", "nps")
"""Which question speaks for a touchpoint where several are asked."""

MOST_BY_DEFAULT = 12
"""Drivers that a release offers by itself; any others are a reader's choice."""

FEWEST_RATED = 100
"""Customers who rated something before it is offered by itself."""

FEWEST_TOGETHER = 30
"""Decisions that hold both of two ratings before both are offered by themselves."""


def place_of(questions: pd.DataFrame, question: str) -> str:
    """The touchpoint that a question belongs to; '' for none."""
    own = questions.loc[questions["question"] == question, "touchpoint"]
    return str(own.iloc[0]) if len(own) else ""


def by_default(
    drivers: Sequence[Driver],
    values: Mapping[str, Floats],
    states: Mapping[str, NDArray[np.int8]],
    explained: str,
) -> tuple[str, ...]:
    """Events that happened, then the most rated question of each touchpoint; judgements of the whole only if alone."""
    events = [
        driver.code for driver in drivers
        if driver.kind in (COUNT, FLAG) and np.ptp(values[driver.code]) > 0
    ]  # fmt: skip
    best: dict[str, tuple[int, int, str]] = {}
    overall = []
    for driver in drivers:
        if driver.kind != RATING:
            continue
        rated = int((states[driver.code] == RATED).sum())
        if rated < FEWEST_RATED:
            continue
        if driver.touchpoint == explained and driver.metric in ("nps", "csat"):
            overall.append(driver.code)
            continue
        key = driver.touchpoint or driver.code
        candidate = (METRIC_ORDER.index(driver.metric), -rated, driver.code)
        best[key] = min(best.get(key, candidate), candidate)
    ratings: list[str] = []
    for _metric, _rated, code in sorted(best.values(), key=lambda entry: entry[1]):
        # How two ratings go together is learned from those who gave both.
        known = states[code] == RATED
        if all((known & (states[other] == RATED)).sum() >= FEWEST_TOGETHER for other in ratings):
            ratings.append(code)
    chosen = (*events, *ratings[: MOST_BY_DEFAULT - len(events)])
    if chosen or overall:
        return chosen or tuple(overall[:1])
    return tuple(driver.code for driver in drivers if driver.kind == FACT)
