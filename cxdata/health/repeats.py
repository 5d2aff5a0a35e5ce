"""People who answer more than once, and how much narrower than they should be that makes the intervals.

Scores treat each answer as independent. Two answers of one person are more alike than those of two
people, so they tell less than two answers seem to; the design effect says how much less.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from cxdata.scorecard.histograms import RULE_COLUMNS, UNITS, scores_from_histogram

UNIT_COLUMNS = ("question", *RULE_COLUMNS)
"""What a design effect is about: a question, or a metric on one scale where `question` is ''."""

MATERIAL = 1.1
"""Design effect from which the page speaks up: intervals should then be 5 % wider, or more."""

FEWEST_PEOPLE = 30
"""Of fewer people the estimate itself is a matter of chance (Cameron & Miller 2015, J. Human Resources 50(2))."""


@dataclass(frozen=True)
class Repeats:
    """What is known about people who answered more than once.

    Parameters
    ----------
    first, last : date
        First days of the first and last month counted.
    metrics, questions : DataFrame
        From `repeats_table`, per metric and scale, and per question.
    """

    first: date
    last: date
    metrics: pd.DataFrame
    questions: pd.DataFrame

    @property
    def material(self) -> pd.DataFrame:
        """Metrics whose design effect is worth a word, over the whole period or in its last month."""
        highest = self.metrics[["design_effect", "design_effect_month"]].max(axis=1)
        return self.metrics[highest > MATERIAL]


def design_effects(pairs: pd.DataFrame, people: pd.DataFrame, conventions: Mapping[str, str]) -> pd.DataFrame:
    """Variance of a score with each person's answers taken together, over that of independent answers.

    Parameters
    ----------
    pairs : DataFrame
        `UNIT_COLUMNS`, score, other_score, pairs (ways in which two answers of one person, or an answer
        with itself, give these scores) and answers (of the score; 0 where the scores differ).
    people : DataFrame
        `UNIT_COLUMNS` and people (number of different people).
    conventions : mapping of str to str
        ``"share"`` or ``"mean"`` for csat and ces.

    Returns
    -------
    DataFrame
        `UNIT_COLUMNS`, unit and design_effect: 1 where nobody answered twice; nan where all scores are
        alike or fewer than two people answered.

    References
    ----------
    Kish (1965), Survey Sampling, section 8.2; Liang & Zeger (1986), Biometrika 73(1), with the factor
    people / (people - 1) for few people.
    """
    keys = list(UNIT_COLUMNS)
    if pairs.empty:
        return pd.DataFrame(columns=[*keys, "unit", "design_effect"])
    values = _values(pairs, conventions)
    paired = pairs.merge(values, on=[*keys, "score"])
    paired = paired.merge(
        values.drop(columns="unit"), left_on=[*keys, "other_score"], right_on=[*keys, "score"],
        suffixes=("", "_other"),
    )  # fmt: skip
    for column in ("value", "value_other", "pairs", "answers"):
        paired[column] = paired[column].astype(float)
    groups = paired.assign(total=paired["value"] * paired["answers"]).groupby(keys, dropna=False)
    answers, mean = groups["answers"].transform("sum"), groups["total"].transform("sum")
    mean = mean / answers
    distance, other = paired["value"] - mean, paired["value_other"] - mean
    paired["together"] = paired["pairs"] * distance * other
    paired["alone"] = paired["answers"] * distance**2
    sums = paired.groupby([*keys, "unit"], dropna=False, as_index=False)[
        ["together", "alone", "answers"]
    ].sum()
    sums = sums.merge(people[[*keys, "people"]], on=keys)
    n, persons = sums["answers"].to_numpy(float), sums["people"].to_numpy(float)
    # Scores that are all alike leave rounding, not variance.
    varies = (sums["alone"] > 1e-9 * n) & (persons > 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        together = sums["together"] * persons / (persons - 1)
        alone = sums["alone"] * n / (n - 1)
        sums["design_effect"] = np.where(varies, np.maximum(together, 0) / alone, np.nan)
    return sums[[*keys, "unit", "design_effect"]]


def widening(design_effect: float) -> float:
    """How much wider intervals should be than they are shown: 0.1 means 10 %; never less than 0."""
    return max(float(np.sqrt(design_effect)) - 1, 0.0)


def repeats_table(
    counts: pd.DataFrame,
    pairs: pd.DataFrame,
    conventions: Mapping[str, str],
    *,
    last_month: tuple[pd.DataFrame, pd.DataFrame] | None = None,
) -> pd.DataFrame:
    """Counts of people who answered more than once, with the design effects.

    Parameters
    ----------
    counts, pairs : DataFrame
        From `query.repeated_answers` and `query.paired_scores`.
    conventions : mapping of str to str
        ``"share"`` or ``"mean"`` for csat and ces.
    last_month : (counts, pairs), optional
        The same for the last month alone.

    Returns
    -------
    DataFrame
        The columns of `counts`, scale (text), unit, repeated_share (fraction of the answers that come
        from people who gave more than one), design_effect and design_effect_month (nan where unknown,
        and where fewer than `FEWEST_PEOPLE` answered).
    """
    keys = list(UNIT_COLUMNS)
    frame = counts.merge(_known_effects(counts, pairs, conventions), on=keys, how="left")
    month = counts[keys].assign(design_effect=np.nan)
    if last_month is not None:
        month = _known_effects(*last_month, conventions)
    month = month.rename(columns={"design_effect": "design_effect_month"})
    frame = frame.merge(month[[*keys, "design_effect_month"]], on=keys, how="left")
    frame["repeated_share"] = frame["repeated_answers"] / frame["answers"]
    frame["scale"] = [
        f"{low:g}–{high:g}" for low, high in zip(frame["scale_min"], frame["scale_max"], strict=True)
    ]
    return frame.astype({"design_effect": float, "design_effect_month": float})


def _known_effects(counts: pd.DataFrame, pairs: pd.DataFrame, conventions: Mapping[str, str]) -> pd.DataFrame:
    enough = counts[counts["people"] >= FEWEST_PEOPLE]
    return design_effects(pairs.merge(enough[list(UNIT_COLUMNS)]), enough, conventions)


def _values(pairs: pd.DataFrame, conventions: Mapping[str, str]) -> pd.DataFrame:
    """What one answer of each score adds to the number: 100 for a promoter, 1 for a favourable answer.

    Asked of the scorecard's own scores, one answer at a time, so that no cut-off stands here.
    """
    keys = list(UNIT_COLUMNS)
    single = pairs[[*keys, "score"]].drop_duplicates().reset_index(drop=True)
    single = single.assign(answers=1, weight_sum=1.0, weight_sq_sum=1.0, place=range(len(single)))
    scores = scores_from_histogram(single, ["place"], conventions=conventions).set_index("place")
    units = scores["method"].map(UNITS)
    return single[[*keys, "score"]].assign(value=scores["estimate"].to_numpy(float), unit=units.to_numpy(str))
