"""The moments of truth of a release: rows from the query module, numbers from the estimators."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from cxdata.config import Config
from cxdata.database import Release
from cxdata.moments import query
from cxdata.moments.design import EVENTS_PER_TERM
from cxdata.moments.effects import Moments, moments
from cxdata.moments.experience import experiences
from cxdata.moments.paths import Paths, paths, rates, whole_months
from cxdata.moments.regression import Family
from cxdata.moments.weights import weights
from cxdata.scorecard.periods import month_before
from cxdata.selection import Selection

MONTHS = 36
"""Months of decisions that a study looks at, up to the one chosen: what decides changes slowly."""

DISCONNECTION_MONTHS = 24

RENEWALS, RELATIONSHIP, NOTHING = "renewals", "relationship", ""
"""What decisions are: renewals of subscriptions, answers to the relationship question, or neither."""


LEAST = 2 * EVENTS_PER_TERM
"""Lost and kept decisions that the smallest comparison needs: one of two groups, and the constant."""


@dataclass(frozen=True)
class Heard:
    """Where somebody is asked, in the whole release: filters of touchpoints must not hide who is not.

    Parameters
    ----------
    recorded : int
        Touchpoints with contacts.
    silent : tuple of str
        Of them, those to which no survey listens; those that cost most first.
    unknown : tuple of str
        Touchpoints that are declared, but named by no contact and no answer.
    least : str
        Of those with contacts and answers, the one that the smallest share of decisions rated; "" if none.
    least_share : float
        That share of those who met it, a fraction.
    """

    recorded: int
    silent: tuple[str, ...]
    unknown: tuple[str, ...]
    least: str
    least_share: float


@dataclass(frozen=True)
class Study:
    """What a release says of the moments that decide.

    Parameters
    ----------
    outcome : str
        `RENEWALS`, `RELATIONSHIP` or `NOTHING`.
    moments : Moments
        Adjusted differences per touchpoint; those that the selection leaves out are not shown.
    weights : DataFrame
        Bad against good, from `weights.weights`.
    touchpoints : DataFrame
        From `query.touchpoints`, for those shown.
    heard : Heard
    window : query.Window
        The decisions that take part, and how many do not.
    """

    outcome: str
    moments: Moments
    weights: pd.DataFrame
    touchpoints: pd.DataFrame
    heard: Heard
    window: query.Window

    @property
    def declared(self) -> list[str]:
        """Touchpoints that the team calls moments of truth."""
        return list(self.touchpoints.loc[self.touchpoints["declared"].astype(bool), "touchpoint"])


@dataclass(frozen=True)
class Disconnections:
    """Rates per month and kind, from `paths.rates`, and the span of the contacts they come from."""

    table: pd.DataFrame
    span: query.Span


def study(release: Release, config: Config, selection: Selection, month: date) -> Study:
    """The moments of truth among the decisions of at most 36 months that end with a month.

    Parameters
    ----------
    release : Release
    config : Config
    selection : Selection
        Its filters of customers choose decisions; its touchpoints choose what is shown, while all of them
        are held equal. Channels do not apply.
    month : date
        First day of the last month.

    Returns
    -------
    Study
    """
    first = month_before(month, MONTHS - 1)
    places = query.touchpoints(release)
    if query.exported(release, "subscriptions"):
        outcome, family = RENEWALS, _LOGISTIC
        months = query.window(release, selection, first, month, least=LEAST)
        rows = query.before_renewals(release, selection, months)
    else:
        outcome, family = RELATIONSHIP, _LINEAR
        days = config.look_back_days
        months = query.window(release, selection, first, month, least=LEAST, look_back_days=days)
        rows = query.before_answers(release, selection, months, days)
    found = experiences(
        len(rows.decisions), list(places["touchpoint"]), rows.contacts, rows.ratings, query.questions(release)
    )
    recorded = list(places.loc[places["contacts"] > 0, "touchpoint"])
    result = moments(
        rows.decisions, found, min_base=config.min_base, recorded=recorded, family=family, scale=months.sample
    )
    ratio = weights(rows.decisions, found, min_base=config.min_base, family=family)
    nobody = not len(rows.decisions) and not months.left_out
    if nobody and outcome == RELATIONSHIP and not selection.active():
        outcome = NOTHING
    heard = _heard(places, result.table)
    return _shown(Study(outcome, result, ratio, places, heard, months), selection.touchpoint)


def walked(release: Release, config: Config, selection: Selection, month: date, steps: int) -> Paths:
    """The last contacts before lost and kept renewals of the same months; see `paths.paths`."""
    months = query.window(release, selection, month_before(month, MONTHS - 1), month, least=LEAST)
    decisions = query.before_renewals(release, selection, months).decisions
    last = query.last_contacts(release, selection, months)
    return paths(decisions, last, steps, min_base=config.min_base)


def disconnected(
    release: Release, config: Config, selection: Selection, month: date
) -> Disconnections | None:
    """Rates of disconnections over the 24 months that end with a month; None where no contact was recorded.

    Months in which the data only begins are left out, settled contacts that cannot be followed up too.
    """
    span = query.contact_span(release)
    if span is None:
        return None
    months = query.Window(month_before(month, DISCONNECTION_MONTHS - 1), month)
    counts = query.disconnections(release, selection, months, span)
    found = rates(whole_months(counts, pd.Timestamp(span.first_at)), min_base=config.min_base)
    return Disconnections(found, span)


_LOGISTIC: Family = "logistic"
_LINEAR: Family = "linear"


def _heard(places: pd.DataFrame, table: pd.DataFrame) -> Heard:
    """Who is asked, from all touchpoints and all rows of the study."""
    asked, met = places["answers"] > 0, places["contacts"] > 0
    silent = set(places.loc[met & ~asked, "touchpoint"])
    known = table[table["touchpoint"].isin(places.loc[met & asked, "touchpoint"]) & (table["met"] > 0)]
    shares = known.assign(share=known["rated"] / known["met"]).sort_values("share", kind="stable")
    return Heard(
        int(met.sum()),
        tuple(name for name in table["touchpoint"] if name in silent),
        tuple(places.loc[~met & ~asked, "touchpoint"]),
        str(shares["touchpoint"].iloc[0]) if len(shares) else "",
        float(shares["share"].iloc[0]) if len(shares) else float("nan"),
    )


def _shown(found: Study, touchpoints: tuple[str, ...]) -> Study:
    """The study with the rows of these touchpoints only; all where none is chosen."""
    if not touchpoints:
        return found
    table = found.moments.table
    ratio = found.weights
    return replace(
        found,
        moments=replace(
            found.moments, table=table[table["touchpoint"].isin(touchpoints)].reset_index(drop=True)
        ),
        weights=ratio[ratio["touchpoint"].isin(("", *touchpoints))].reset_index(drop=True),
        touchpoints=found.touchpoints[found.touchpoints["touchpoint"].isin(touchpoints)],
    )
