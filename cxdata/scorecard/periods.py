"""What a month is compared with, and what may be said about the changes."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from cxdata.scorecard.comparisons import NO_DATA, changes, verdicts
from cxdata.scorecard.differences import Difference

COMPARISONS = ("month", "year")
"""Periods that a month is compared with: the month before, and the same month of the year before."""


def month_before(month: date, count: int = 1) -> date:
    """First day of the month that lies `count` months before."""
    place = month.year * 12 + month.month - 1 - count
    return date(place // 12, place % 12 + 1, 1)


def compared_month(month: date, comparison: str) -> date:
    """First day of the month that a month is compared with, by a code of `COMPARISONS`."""
    return month_before(month, {"month": 1, "year": 12}[comparison])


def judged_together(
    current: pd.DataFrame, frame: pd.DataFrame, month: date, min_base: int
) -> dict[str, pd.DataFrame]:
    """A month's scores against every comparison period, judged as one family: they stand side by side.

    Parameters
    ----------
    current : DataFrame
        One row per line, across and metric, as `metrics.scores` returns them; base 0 for silent lines.
    frame : DataFrame
        Scores of the comparison periods (other months are not looked at).
    month : date
        First day of the month that `current` is about.
    min_base : int
        Answers that each side needs.

    Returns
    -------
    dict of str to DataFrame
        For each of `COMPARISONS` the rows of `current`, in their order, as `comparisons.changes` gives
        them; verdicts count the changes against all periods as shown together.
    """
    compared = {}
    for name in COMPARISONS:
        previous = frame[frame["month"] == pd.Timestamp(compared_month(month, name))]
        compared[name] = changes(
            current.drop(columns="month"),
            previous.drop(columns="month"),
            ["line", "across"],
            min_base=min_base,
        )
    together = pd.concat(compared.values(), ignore_index=True)
    change = Difference(
        together["change"].to_numpy(float),
        together["change_std_error"].to_numpy(float),
        together["change_low"].to_numpy(float),
        together["change_high"].to_numpy(float),
        together["p_value"].to_numpy(float),
        np.minimum(together["base"].to_numpy(float), together["previous_base"].to_numpy(float)),
    )
    judged = verdicts(
        change,
        min_base=min_base,
        higher_is_better=together["higher_is_better"].to_numpy(bool),
        new_scale=(together["verdict"] == "new_scale").to_numpy(bool),
    )
    # A line that fell silent has no scale to be new.
    verdict = np.where(together["base"].to_numpy(float) == 0, NO_DATA, judged.verdict)
    for place, (name, table) in enumerate(compared.items()):
        rows = slice(place * len(current), (place + 1) * len(current))
        compared[name] = table.assign(
            verdict=verdict[rows], judgement=judged.judgement[rows], p_adjusted=judged.p_adjusted[rows]
        )
    return compared
