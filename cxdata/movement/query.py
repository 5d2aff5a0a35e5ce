"""Counts of two periods and of months from a release: the only module of this capability that asks it."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

import pandas as pd

from cxdata.database import Release
from cxdata.movement.compared import Comparison
from cxdata.selection import CUSTOMER_DIMENSIONS, Selection

FILE = "queries/movement"


def compared_counts(
    release: Release, selection: Selection, comparison: Comparison, by: str, across: str = ""
) -> pd.DataFrame:
    """Histogram of the selection's metric in both periods of a comparison.

    One customer dimension, grouped or filtered by, is read from the mart; two or more from the answers.

    Returns
    -------
    DataFrame
        As `decomposition.decompose` wants it.
    """
    return _counts(
        release,
        "compared",
        selection,
        selection.metric,
        by,
        across,
        overall_questions=_overall_questions(release, selection, by, across),
        first_month=comparison.first,
        last_month=comparison.last,
        before_first=comparison.before_first,
        before_last=comparison.before_last,
    )


def compared_pairs(
    release: Release, selection: Selection, comparison: Comparison, by: str, across: str = ""
) -> pd.DataFrame:
    """Pairs of answers of one person within and between both periods, counted from the answers.

    Returns
    -------
    DataFrame
        ``period``, ``line``, ``across``, ``question``, ``score``, the same with ``other_`` before, ``pairs``,
        ``weight_pairs`` and ``people`` (who answered at all); every pair stands in both directions.
    """
    return release.query(
        f"{FILE}_pairs",
        "compared_pairs",
        by=by,
        across=across,
        metric=selection.metric,
        first_month=comparison.first,
        last_month=comparison.last,
        before_first=comparison.before_first,
        before_last=comparison.before_last,
        **{dimension: list(values) for dimension, values in selection.filters().items()},
    )


def answered_months(release: Release) -> frozenset[date]:
    """First days of the months with rated answers to any question."""
    return frozenset(month for (month,) in release.rows(FILE, "answered_months"))


def monthly_counts(release: Release, selection: Selection, metric: str, last: date) -> pd.DataFrame:
    """Histogram of a metric by month and touchpoint up to a month, as `signals.chart_of` wants it."""
    frame = _counts(release, "monthly", selection, metric, "touchpoint", "", last_month=last)
    frame["month"] = pd.to_datetime(frame["month"])
    return frame


@lru_cache(maxsize=4)
def asks_relationship(release: Release) -> bool:
    """Whether an NPS question about no touchpoint has answers: then it makes the overall NPS."""
    return bool(release.rows(FILE, "relationship_answers")[0][0])


def actions(release: Release) -> pd.DataFrame:
    """Improvement actions: action_id, title, touchpoint ('' for all), segment, metric, started_on (timestamp)."""
    frame = release.query(FILE, "action_starts")
    frame["started_on"] = pd.to_datetime(frame["started_on"])
    return frame


def _counts(
    release: Release, name: str, selection: Selection, metric: str, by: str, across: str, **more: Any
) -> pd.DataFrame:
    needed = [
        dimension
        for dimension in CUSTOMER_DIMENSIONS
        if getattr(selection, dimension) or dimension in (by, across)
    ]
    filters = {dimension: list(values) for dimension, values in selection.filters().items()}
    statement = f"{name}_answers" if len(needed) > 1 else f"{name}_scores"
    cut = needed[0] if len(needed) == 1 else "none"
    # Joining the questions, and grouping by what they say of their scales, would cost more than the counts.
    scales = _scales(release, metric)
    counts = release.query(
        FILE, statement, cut=cut, by=by, across=across, questions=list(scales.index), **filters, **more
    )
    return counts.join(scales, on="question")


def _overall_questions(release: Release, selection: Selection, by: str, across: str) -> list[str]:
    """Questions of which only answers about no touchpoint count: the overall NPS is the relationship's."""
    of_touchpoints = "touchpoint" in (by, across) or selection.touchpoint
    if selection.metric != "nps" or of_touchpoints or not asks_relationship(release):
        return []
    return list(_scales(release, "nps").index)


@lru_cache(maxsize=16)
def _scales(release: Release, metric: str) -> pd.DataFrame:
    """Questions of a metric by name, with what they say of their scales; a release never changes."""
    return release.query(FILE, "question_scales", metric=metric).set_index("question")
