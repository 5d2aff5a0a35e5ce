"""Counts for the scorecard from a release: the only module of this capability that reaches the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from cxdata.database import Release
from cxdata.selection import CUSTOMER_DIMENSIONS, Selection

FILE = "queries/scorecard"


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
    return _counts(release, "score_counts", selection, first, last, by, across, metrics=list(metrics))


def invitation_counts(
    release: Release, selection: Selection, *, first: date, last: date, by: str = "", across: str = ""
) -> pd.DataFrame:
    """Invitations and answered ones per month of sending, line and across."""
    return _counts(release, "invitation_counts", selection, first, last, by, across)


def renewal_counts(
    release: Release, selection: Selection, *, first: date, last: date, by: str = "", across: str = ""
) -> pd.DataFrame:
    """Terms and their values per month in which they came up, line and across.

    Terms belong to customers: filters on touchpoint and channel do not apply to them.
    """
    return _counts(release, "renewal_counts", selection, first, last, by, across)


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
    grouped = [dimension for dimension in (by, across) if dimension in CUSTOMER_DIMENSIONS]
    frame = release.query(
        FILE,
        name,
        cut=selection.cut(*grouped),
        first_month=first,
        last_month=last,
        by=by,
        across=across,
        **{dimension: list(values) for dimension, values in selection.filters().items()},
        **more,
    )
    frame["month"] = pd.to_datetime(frame["month"])
    return frame
