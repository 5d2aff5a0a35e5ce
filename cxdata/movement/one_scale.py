"""Scales are never mixed: which answers of two periods can be compared, and which questions are left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from cxdata.movement.compared import AFTER, BEFORE
from cxdata.scorecard.histograms import RULE_COLUMNS, counts_from_histogram

_RULE = [name for name in RULE_COLUMNS if name != "metric"]


@dataclass(frozen=True)
class Comparable:
    """Rows that can be compared, none where no scale is asked in both periods, and the questions left out for theirs.

    Parameters
    ----------
    rows : DataFrame
        Of the histogram that was given.
    left_out : DataFrame
        ``question``, ``asked_as``, ``label``, ``answers`` (of both periods).
    """

    rows: pd.DataFrame = field(repr=False)
    left_out: pd.DataFrame = field(repr=False)


def one_scale(rows: pd.DataFrame, conventions: Mapping[str, str]) -> Comparable:
    """The rows that can be compared, and the questions that cannot.

    Compared is the scale with the most answers in the later period among those asked in both. A question
    on it is left out too where its successor or predecessor is asked on another scale: otherwise the
    change of the questionnaire would look like a group that stopped answering.

    Parameters
    ----------
    rows : DataFrame
        As for `decomposition.decompose`, of one metric.
    conventions : mapping of str to str
        ``"share"`` or ``"mean"`` for csat and ces.

    Returns
    -------
    Comparable
    """
    if not {BEFORE, AFTER} <= set(rows["period"]):
        # A period without answers is no change of scale.
        return Comparable(rows.iloc[:0], pd.DataFrame(columns=["question", "asked_as", "label", "answers"]))
    described = ["question", "asked_as", "about", "label"]
    counted = counts_from_histogram(rows, ["period", *described], conventions=conventions)
    counted = counted.assign(rule=["|".join(map(str, key)) for key in counted[_RULE].to_numpy()])
    bases = counted.pivot_table(index="rule", columns="period", values="base", aggfunc="sum", fill_value=0)
    bases = bases.reindex(columns=[BEFORE, AFTER], fill_value=0)
    both = bases[(bases > 0).all(axis=1)]
    questions = counted.pivot_table(
        index=[*described, "rule"], columns="period", values="base", aggfunc="sum", fill_value=0
    )
    questions = questions.reindex(columns=[BEFORE, AFTER], fill_value=0).reset_index()
    if both.empty:
        return Comparable(rows.iloc[:0], _named(questions))
    main = str(both[AFTER].idxmax())
    questions["lasting"] = (questions[[BEFORE, AFTER]] > 0).all(axis=1)
    own = questions["rule"] == main
    replaced = [bool(is_own) and _rescaled(row, questions[~own]) for is_own, (_, row) in
                zip(own, questions.iterrows(), strict=True)]  # fmt: skip
    comparable = own & ~np.array(replaced, dtype=bool)
    kept = rows[rows["question"].isin(questions.loc[comparable, "question"])]
    if not {BEFORE, AFTER} <= set(kept["period"]):
        return Comparable(rows.iloc[:0], _named(questions))
    return Comparable(kept, _named(questions[~comparable]))


def _rescaled(question: pd.Series, others: pd.DataFrame) -> bool:
    """Whether a question and one on another scale about the same thing took turns."""
    same = others["asked_as"] == question["asked_as"]
    if question["about"]:
        same |= others["about"] == question["about"]
    turns = same & ~(others["lasting"] & bool(question["lasting"]))
    return bool(turns.any())


def _named(questions: pd.DataFrame) -> pd.DataFrame:
    found = questions.assign(answers=questions[BEFORE] + questions[AFTER])
    return found[["question", "asked_as", "label", "answers"]].reset_index(drop=True)
