"""The journey's counts from a release: the only module of this capability that reaches the database."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import pandas as pd

from cxdata.database import Release
from cxdata.scorecard.periods import month_before
from cxdata.selection import Selection

FILE = "queries/journey"
GAPS = "queries/journey_gaps"

SHORT_DAYS, LONG_DAYS = 7, 30
"""Days within which a customer's next contact at the same touchpoint makes a contact a repeated one."""


def exported(release: Release, table: str, column: str = "") -> bool:
    """Whether a contract table, or one of its columns, was among the exports."""
    columns = release.manifest.get("columns", {})
    return table in columns and (not column or column in columns[table])


def touchpoints(release: Release) -> pd.DataFrame:
    """Declared touchpoints in the order of the journey: touchpoint, stage, factor, moment_of_truth."""
    return release.query(FILE, "touchpoints")


def asked_touchpoints(release: Release) -> set[str]:
    """Touchpoints with a rated answer in any month."""
    return {touchpoint for (touchpoint,) in release.rows(FILE, "asked_touchpoints")}


def score_counts(
    release: Release, selection: Selection, *, start: date, first: date, last: date
) -> pd.DataFrame:
    """Histogram of scores per period and touchpoint.

    Parameters
    ----------
    release : Release
    selection : Selection
        Its filters apply.
    start, first, last : date
        First days of the first month before, of the first month and of the last month of the period.

    Returns
    -------
    DataFrame
        ``period`` (now or before), ``touchpoint``, ``question`` and `histograms.HISTOGRAM_COLUMNS`.
    """
    values: dict[str, Any] = {**_filters(selection), **_months(start, first, last)}
    name = "score_counts_of_profiles" if selection.cut() == "all" else "score_counts"
    counts = release.query(FILE, name, cut=selection.cut(), **values)
    return counts.join(_question_scales(release), on="question")


def contact_counts(
    release: Release, selection: Selection, *, start: date, first: date, last: date
) -> pd.DataFrame:
    """Contacts per period and touchpoint, with sums of waiting and counts of what went wrong.

    Parameters as `score_counts`.
    """
    values: dict[str, Any] = {**_filters(selection), **_months(start, first, last)}
    if selection.cut() == "all":
        return release.query(FILE, "contact_counts_of_profiles", **values)
    return release.query(FILE, "contact_counts", cut=selection.cut(), **values)


def repeat_counts(
    release: Release, selection: Selection, *, start: date, first: date, last: date
) -> pd.DataFrame:
    """Contacts whose customer came back about the same touchpoint, per period and touchpoint.

    Parameters as `score_counts`. Contacts whose follow-up was not over when the data ends are counted in
    ``contacts`` alone, not in ``known_seven`` and ``known_thirty``.
    """
    values: dict[str, Any] = {**_filters(selection), **_months(start, first, last)}
    if selection.cut() != "all" and not selection.channel:
        return release.query(FILE, "repeat_counts", cut=selection.cut(), **values)
    newest = release.rows(FILE, "last_contact")[0][0]
    if newest is None:
        return pd.DataFrame({"period": [], "touchpoint": []})
    return release.query(
        FILE,
        "repeat_counts_of_contacts",
        follow_month=month_before(last, -2),
        seven_until=newest - timedelta(days=SHORT_DAYS),
        thirty_until=newest - timedelta(days=LONG_DAYS),
        **values,
    )


def expectation_pairs(release: Release, selection: Selection, *, first: date, last: date) -> pd.DataFrame:
    """Sums over surveys that say what was expected and what was met, per touchpoint and per factor."""
    return release.query(GAPS, "expectation_pairs", first_month=first, last_month=last, **_filters(selection))


def team_scores(release: Release, selection: Selection, metric: str, last: date) -> pd.DataFrame:
    """What customers said of contacts with teams whose employees were asked, by month of the contact and question."""
    cut = selection.cut()
    name = "team_scores_of_answers" if cut == "all" else "team_scores"
    frame = release.query(GAPS, name, cut=cut, metric=metric, last_month=last, **_filters(selection))
    return frame.assign(month=pd.to_datetime(frame["month"]))


def team_pulse(release: Release, last: date) -> pd.DataFrame:
    """What employees said, by team, month and question, up to a month."""
    frame = release.query(GAPS, "team_pulse", last_month=last)
    return frame.assign(month=pd.to_datetime(frame["month"]))


def _filters(selection: Selection) -> dict[str, list[str]]:
    return {dimension: list(values) for dimension, values in selection.filters().items()}


def _months(start: date, first: date, last: date) -> dict[str, date]:
    return {"start_month": start, "first_month": first, "last_month": last}


@lru_cache(maxsize=4)
def _question_scales(release: Release) -> pd.DataFrame:
    """What questions say of their scales, by name; joining them in the engine costs more than the counts."""
    return release.query(FILE, "question_scales").set_index("question")
