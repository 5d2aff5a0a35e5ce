"""Decisions, and contacts and ratings before them: the only module here that asks a release."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from cxdata.database import Release
from cxdata.drivers.settings import Settings
from cxdata.published import LONG_WAIT
from cxdata.scorecard.periods import month_before
from cxdata.selection import CUSTOMER_DIMENSIONS, Selection

FILE = "queries/drivers"

MOST_DECISIONS = 150_000
"""Decisions beyond which one customer in two, three … is drawn: more would not make the intervals useful."""


@dataclass(frozen=True)
class Rows:
    """What a release knows of decisions.

    Parameters
    ----------
    decisions : DataFrame
        One row per candidate, also those left out (column ``left_out``, '' where it takes part).
    contacts, ratings : DataFrame
        One row per decision and touchpoint, and per decision, question and touchpoint.
    questions, touchpoints : DataFrame
    first, last : date
        First days of the first and the last month.
    sample : int
        One customer in so many was drawn.
    """

    decisions: pd.DataFrame
    contacts: pd.DataFrame
    ratings: pd.DataFrame
    questions: pd.DataFrame
    touchpoints: pd.DataFrame
    first: date
    last: date
    sample: int


def exported(release: Release, table: str) -> bool:
    """Whether a contract table is among the exports of the release."""
    return table in release.manifest.get("columns", {})


def outcome_questions(release: Release) -> pd.DataFrame:
    """Questions whose score may be the outcome, the most rated first: ``question``, ``rated``."""
    return release.query(FILE, "outcome_questions")


def questions(release: Release) -> pd.DataFrame:
    """Every question that customers rate, with its scale."""
    return release.query(FILE, "questions")


def segments(release: Release) -> list[str]:
    """Segments that customers of the release have, by name."""
    return [str(row[0]) for row in release.rows(FILE, "segments")]


def rows_before(release: Release, selection: Selection, settings: Settings, month: date) -> Rows:
    """Decisions of the months that end with `month`, and what went before each of them.

    Parameters
    ----------
    release : Release
    selection : Selection
        Its filters of customers choose decisions; touchpoints and channels do not apply.
    settings : Settings
    month : date
        First day of the last month.
    """
    first = month_before(month, settings.months - 1)
    values: dict[str, Any] = {
        "outcome": settings.outcome,
        "first_month": first,
        "last_month": month,
        "lead_days": settings.lead_days,
        "look_back_days": settings.look_back_days,
        "long_wait": LONG_WAIT,
        **{dimension: list(getattr(selection, dimension)) for dimension in CUSTOMER_DIMENSIONS},
    }
    counted = int(release.rows(FILE, "decision_counts", **values)[0][0])
    sample = max(1, -(-counted // MOST_DECISIONS))
    values["sample"] = sample
    decisions = release.query(FILE, "decisions", **values)
    contacts, ratings = (
        _numbered(decisions, release.query(FILE, name, **values))
        for name in ("contacts_before", "ratings_before")
    )
    return Rows(
        decisions,
        contacts,
        ratings,
        questions(release),
        release.query(FILE, "touchpoints"),
        first,
        month,
        sample,
    )


def _numbered(decisions: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of the decisions that were chosen, under the number of their decision."""
    places = decisions[["record", "decision"]]
    return rows.merge(places, on="record", how="inner").drop(columns="record")
