"""Decisions, experiences before them, and contacts in their order: the only module here that asks a release."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import pandas as pd

from cxdata.database import Release
from cxdata.published import LONG_WAIT
from cxdata.selection import CUSTOMER_DIMENSIONS, Selection

FILE = "queries/moments"
NPS_FILE = "queries/moments_nps"
PATHS_FILE = "queries/moments_paths"

MOST_DECISIONS = 150_000
"""Decisions beyond which one customer in two, three … is drawn: more would not make the intervals useful."""

RETURN_DAYS = 7
"""Days within which a customer who comes back was not helped."""


ALWAYS = date(1900, 1, 1)
"""Before anything was recorded."""


@dataclass(frozen=True)
class Window:
    """Which decisions take part.

    Parameters
    ----------
    first, last : date
        First days of the first and the last month of decisions.
    sample : int
        One customer in so many is drawn; 1: all.
    records_begin : date, optional
        Day of the first contact (without contacts, of the first answer).
    whole : bool
        Whether only decisions take part whose days before them were recorded from the first to the last;
        otherwise some of those days have to be.
    left_out : int
        Decisions of those months that do not take part for it.
    """

    first: date
    last: date
    sample: int = 1
    records_begin: date | None = None
    whole: bool = True
    left_out: int = 0

    @property
    def months(self) -> int:
        """How many months of decisions there are."""
        return 12 * (self.last.year - self.first.year) + self.last.month - self.first.month + 1


@dataclass(frozen=True)
class Before:
    """What is known of decisions: one row each, contacts and ratings per decision and touchpoint."""

    decisions: pd.DataFrame
    contacts: pd.DataFrame
    ratings: pd.DataFrame


@dataclass(frozen=True)
class Span:
    """The first and the last contact of a known customer, and contacts that name no customer."""

    first_at: datetime
    last_at: datetime
    unknown: int


def exported(release: Release, table: str) -> bool:
    """Whether a contract table is among the exports of the release."""
    return table in release.manifest.get("columns", {})


def touchpoints(release: Release) -> pd.DataFrame:
    """Touchpoints in the order of the journey: ``touchpoint``, ``stage``, ``declared``, ``contacts``, ``answers``."""
    return release.query(FILE, "touchpoints")


def questions(release: Release) -> pd.DataFrame:
    """Every question with its metric, scale and favourable mark."""
    return release.query(FILE, "questions")


def window(
    release: Release,
    selection: Selection,
    first: date,
    last: date,
    *,
    least: int,
    look_back_days: int | None = None,
) -> Window:
    """The decisions of some months that can be compared, with the share that the machine can carry.

    Parameters
    ----------
    release : Release
    selection : Selection
    first, last : date
        First days of the first and the last month.
    least : int
        Decisions that are needed; of renewals, of either outcome.
    look_back_days : int, optional
        Where given, decisions are answers to the relationship question, and this many days before count.

    Returns
    -------
    Window
        What happened before records begin nobody knows, and an experience that is not recorded looks like
        none. So only decisions take part whose whole window was recorded; where those are too few, all
        with some part recorded. The months are those from which decisions are left.
    """
    begin = _records_begin(release)
    values = _chosen(selection, Window(first, last)) | {"records_begin": begin or ALWAYS}
    file = FILE if look_back_days is None else NPS_FILE
    counts = release.query(file, "decision_counts", **values, look_back_days=look_back_days)
    counts = counts.set_index("recorded")
    held = counts.reindex(["whole"])
    enough = float(held["decisions"].sum())
    if look_back_days is None:
        enough = min(float(held["lost"].sum()), enough - float(held["lost"].sum()))
    whole = enough >= least or "part" not in counts.index
    if not whole:
        held = counts.reindex(["whole", "part"])
    held = held.dropna(subset=["decisions"])
    left_out = int(counts["decisions"].sum() - held["decisions"].sum())
    if held.empty:
        return Window(first, last, 1, begin, whole, left_out)
    months = pd.to_datetime(held["first_month"]).min().date(), pd.to_datetime(held["last_month"]).max().date()
    sample = max(1, -(-int(held["decisions"].sum()) // MOST_DECISIONS)) if look_back_days is None else 1
    return Window(*months, sample, begin, whole, left_out)


def before_renewals(release: Release, selection: Selection, months: Window) -> Before:
    """Renewal decisions and what went before them.

    Returns
    -------
    Before
        Windows and ratings are those of `renewal_observations`: nothing later than known_to takes part.
    """
    return _before(release, FILE, selection, months)


def before_answers(release: Release, selection: Selection, months: Window, look_back_days: int) -> Before:
    """Answers to the relationship question and what went before them, since the answer before."""
    return _before(release, NPS_FILE, selection, months, look_back_days=look_back_days, long_wait=LONG_WAIT)


def last_contacts(release: Release, selection: Selection, months: Window) -> pd.DataFrame:
    """The last four contacts before each decision that had any: ``decision``, ``last_1`` … ``last_4``."""
    return release.query(PATHS_FILE, "last_contacts", **_chosen(selection, months))


def contact_span(release: Release) -> Span | None:
    """When contacts of known customers begin and end; None where there are none."""
    first_at, last_at, unknown = release.rows(PATHS_FILE, "contact_span")[0]
    return Span(first_at, last_at, int(unknown or 0)) if first_at else None


def disconnections(release: Release, selection: Selection, months: Window, span: Span) -> pd.DataFrame:
    """Contacts repeated, switched and returned to, per month.

    Returns
    -------
    DataFrame
        ``month`` (timestamp), ``kind``, ``customers``, ``base``, ``events`` and the sums for intervals.
    """
    values = _chosen(selection, months) | {"touchpoint": list(selection.touchpoint)}
    if selection.channel or selection.cut() == "all":
        frame = release.query(
            PATHS_FILE,
            "disconnections_of_contacts",
            **values,
            channel=list(selection.channel),
            from_at=months.first - timedelta(days=32),
            until_at=months.last + timedelta(days=31 + RETURN_DAYS + 2),
            followed_to=span.last_at - timedelta(days=RETURN_DAYS),
        )
    else:
        frame = release.query(PATHS_FILE, "disconnections", cut=selection.cut(), **values)
    frame["month"] = pd.to_datetime(frame["month"])
    return frame


def person(release: Release, customer_id: str) -> tuple[str, pd.DataFrame] | None:
    """Name and events of one customer in the order of time; None where nobody has that id.

    Callers check the role first: this opens the personal file.
    """
    known = release.personal(PATHS_FILE, "person", customer_id=customer_id.strip())
    if known.empty:
        return None
    events = release.query(PATHS_FILE, "person_events", customer=int(known["customer"].iloc[0]))
    surveys = sorted(set(events["survey_id"]) - {""})
    comments = release.personal(PATHS_FILE, "person_comments", surveys=surveys)
    name = known["name"].iloc[0]
    events = events.merge(comments, on=["survey_id", "question"], how="left")
    return ("" if pd.isna(name) else str(name)), events


def _before(release: Release, file: str, selection: Selection, months: Window, **more: Any) -> Before:
    values = {**_chosen(selection, months), **more}
    return Before(
        *(release.query(file, name, **values) for name in ("decisions", "contacts_before", "ratings_before"))
    )


def _chosen(selection: Selection, months: Window) -> dict[str, Any]:
    return {
        "first_month": months.first,
        "last_month": months.last,
        "sample": months.sample,
        "begun_from": months.records_begin if months.records_begin and months.whole else ALWAYS,
        "ended_after": months.records_begin if months.records_begin and not months.whole else ALWAYS,
        **{dimension: list(getattr(selection, dimension)) for dimension in CUSTOMER_DIMENSIONS},
    }


@lru_cache(maxsize=4)
def _records_begin(release: Release) -> date | None:
    """Day from which anything is recorded; a look at every contact, once per release."""
    found: date | None = release.rows(FILE, "records_begin")[0][0]
    return found
