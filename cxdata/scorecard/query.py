"""Counts for the scorecard from a release: the only module of this capability that reaches the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import pandas as pd

from cxdata.database import Release
from cxdata.selection import CUSTOMER_DIMENSIONS, Selection

FILE = "queries/scorecard"

SCALE_COLUMNS = ("metric", "scale_min", "scale_max", "favourable_from", "higher_is_better")
"""What a question says of its scores."""


def months(release: Release) -> pd.DataFrame:
    """Months that hold anything, oldest first: `month` (date), answers, invited, contacts, decided.

    Months after the day of the release are left out: they hold nothing but terms that will come up.
    """
    frame = release.query(FILE, "months")
    frame["month"] = [value.date() for value in pd.to_datetime(frame["month"])]
    return frame[frame["month"] <= release.as_of].reset_index(drop=True)


def dimension_values(release: Release) -> dict[str, list[str]]:
    """Values that occur per dimension, '' (not stated) aside; touchpoints in the order of the journey."""
    frame = release.query(FILE, "dimension_values")
    found = {name: sorted(rows["value"]) for name, rows in frame[frame["value"] != ""].groupby("dimension")}
    journey = list(release.query(FILE, "touchpoints")["touchpoint"])
    place = {touchpoint: position for position, touchpoint in enumerate(journey)}
    found["touchpoint"] = sorted(
        found.get("touchpoint", []), key=lambda code: (place.get(code, len(place)), code)
    )
    return {str(name): values for name, values in found.items()}


def questions(release: Release) -> pd.DataFrame:
    """Every question and scale, with the months in which it was answered."""
    frame = release.query(FILE, "questions")
    for column in ("first_month", "last_month", "valid_from"):
        frame[column] = pd.to_datetime(frame[column])
    return frame


def touchpoints(release: Release) -> pd.DataFrame:
    """The touchpoints that are declared, in the order of the journey."""
    return release.query(FILE, "touchpoints")


def targets(release: Release) -> pd.DataFrame:
    """Targets: metric, touchpoint and segment ('' for all), valid_from (date), target."""
    frame = release.query(FILE, "targets")
    frame["valid_from"] = [value.date() for value in pd.to_datetime(frame["valid_from"])]
    return frame


def has_weights(release: Release) -> bool:
    """Whether any answer carries a weight other than 1."""
    return bool(release.rows(FILE, "weighted_answers")[0][0])


def restatements(release: Release) -> pd.DataFrame:
    """Counts of closed months that the release changed, per month, question and score."""
    return release.query(FILE, "restatements")


def score_counts(
    release: Release,
    selection: Selection,
    metrics: Sequence[str],
    *,
    first: date,
    last: date,
    by: str = "",
    across: str = "",
) -> pd.DataFrame:
    """Histogram of scores per month, `line` (value of `by`) and `across`.

    Parameters
    ----------
    release : Release
    selection : Selection
        Its filters apply.
    metrics : sequence of str
        Metrics of answers, such as nps and csat.
    first, last : date
        First days of the first and last month.
    by, across : str
        Dimensions to break down by; '' for none.

    Returns
    -------
    DataFrame
        As `histograms.scores_from_histogram` wants it.
    """
    scales, about_nothing = _scales(release)
    asked = scales[scales["metric"].isin(metrics)]
    names = list(asked.index)
    # The overall NPS is that of the relationship question, the one about no touchpoint, where it is asked.
    nps = [name for name in names if scales.at[name, "metric"] == "nps"]
    whole = "touchpoint" not in (by, across) and not selection.touchpoint
    overall = nps if whole and about_nothing.intersection(nps) else []
    cut = selection.cut(*_customer_dimensions(by, across))
    name = "score_counts_of_answers" if cut == "all" else "score_counts"
    frame = _counts(
        release, name, selection, first, last, by, across, cut=cut, questions=names, overall_questions=overall
    )
    places = asked.index.get_indexer(pd.Index(frame["question"]))
    return frame.assign(**{column: asked[column].to_numpy()[places] for column in SCALE_COLUMNS})


def invitation_counts(
    release: Release, selection: Selection, *, first: date, last: date, by: str = "", across: str = ""
) -> pd.DataFrame:
    """Invitations and answered ones per month of sending, line and across."""
    cut = selection.cut(*_customer_dimensions(by, across))
    name = "invitation_counts_of_surveys" if cut == "all" else "invitation_counts"
    return _counts(release, name, selection, first, last, by, across, cut=cut)


def renewal_counts(
    release: Release, selection: Selection, *, first: date, last: date, by: str = "", across: str = ""
) -> pd.DataFrame:
    """Terms and their values per month in which they came up, line and across.

    Terms belong to customers: filters on touchpoint and channel do not apply to them.
    """
    cut = selection.cut(*_customer_dimensions(by, across))
    return _counts(release, "renewal_counts", selection, first, last, by, across, cut=cut)


def _counts(
    release: Release,
    name: str,
    selection: Selection,
    first: date,
    last: date,
    by: str,
    across: str,
    **more: Any,
) -> pd.DataFrame:
    frame = release.query(
        FILE,
        name,
        first_month=first,
        last_month=last,
        by=by,
        across=across,
        **{dimension: list(values) for dimension, values in selection.filters().items()},
        **more,
    )
    frame["month"] = pd.to_datetime(frame["month"])
    return frame


def _customer_dimensions(*names: str) -> list[str]:
    return [name for name in names if name in CUSTOMER_DIMENSIONS]


@lru_cache(maxsize=4)
def _scales(release: Release) -> tuple[pd.DataFrame, frozenset[str]]:
    """Questions by name with `SCALE_COLUMNS`, and those answered about no touchpoint; a release never changes."""
    scales = release.query(FILE, "question_scales").set_index("question")
    return scales, frozenset(name for (name,) in release.rows(FILE, "asked_about_no_touchpoint"))
