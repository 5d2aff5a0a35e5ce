"""What a tile of the scorecard holds: one headline number of one month, its changes and its course."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Change:
    """A change between two periods, with its interval and its verdict.

    `verdict` is a code of `vocabulary.VERDICT_LABELS`, `judgement` good, bad or neutral.
    """

    previous: float
    previous_base: float
    estimate: float
    conf_low: float
    conf_high: float
    verdict: str
    judgement: str


@dataclass(frozen=True)
class Tile:
    """One headline number of one month.

    Parameters
    ----------
    metric, unit, scale : str
        Code; points, fraction or score; the scale its answers were given on.
    favourable_from : float
        Where the favourable side of the scale begins; nan where that plays no part.
    higher_is_better : bool
    method : str
        nps, share or mean; '' where the month has no data.
    width : float
        From the worst possible value to the best: 200 points, 1, or the length of the scale.
    estimate, conf_low, conf_high, base, effective_base : float
        As in `Estimate`; nan and 0 where the month has no data.
    enough : bool
        Whether the base reaches the company's smallest base.
    month, year : Change
        Against the month before and the same month of the year before.
    target, target_gap : float
        nan where there is no target; `target_verdict` and `target_judgement` as in `Gap`.
    series : DataFrame
        month, estimate, conf_low, conf_high, base of the last 24 months; months without data, or with
        less than the smallest base, are rows with nan, so that a line drawn through them breaks;
        ``stretch`` counts the stretches between changes of scale, across which no line is drawn.
    reason : str
        Why there is no data, as in `reasons.REASONS`; '' where there is some.
    left_out : float
        Answers of the month under another rule (scale or favourable mark), which are not in this number.
    other_scales : tuple of str
        Scales of those answers.
    ignored : tuple of str
        Dimensions that are filtered by and that this number does not know.
    """

    metric: str
    unit: str
    scale: str
    favourable_from: float
    higher_is_better: bool
    method: str
    width: float
    estimate: float
    conf_low: float
    conf_high: float
    base: float
    effective_base: float
    enough: bool
    month: Change
    year: Change
    target: float
    target_gap: float
    target_verdict: str
    target_judgement: str
    series: pd.DataFrame
    reason: str
    left_out: float
    other_scales: tuple[str, ...]
    ignored: tuple[str, ...]
