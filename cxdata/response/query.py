"""Who was asked and who answered, from a release: the only module of this capability that reaches the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd

from cxdata.database import Release
from cxdata.scorecard.periods import month_before
from cxdata.selection import Selection

FILE = "queries/response"


def dimension_values(release: Release) -> dict[str, list[str]]:
    """Values of each dimension that customers or surveys have, '' (not stated) aside."""
    frame = release.query(FILE, "dimension_values")
    return {str(name): sorted(rows["value"]) for name, rows in frame.groupby("dimension")}


def invitations(
    release: Release, selection: Selection, *, first: date, last: date, by: str = ""
) -> pd.DataFrame:
    """Invitations and answered ones per month of sending and `line` (value of `by`).

    Parameters
    ----------
    release : Release
    selection : Selection
        Its filters apply.
    first, last : date
        First days of the first and last month.
    by : str
        Any dimension; '' for none.
    """
    frame = release.query(FILE, "invitations", **_months(first, last), by=by, **_filters(selection))
    frame["month"] = pd.to_datetime(frame["month"])
    return frame


def customer_base(release: Release, selection: Selection, *, first: date, last: date) -> pd.DataFrame:
    """Those who were customers in some months, each once as they were at the end, under the selection's filters.

    Whoever left before these months, by the last term of each subscription, is none of them: nobody asks
    them any more. Without subscriptions nobody is known to have left.

    Parameters
    ----------
    release, selection
    first, last : date
        First days of the first and last month.

    Returns
    -------
    DataFrame
        The four customer dimensions and ``customers``.
    """
    day = month_before(last, -1) - timedelta(days=1)
    return release.query(
        FILE, "customer_base", first_day=first, last_day=min(day, release.as_of), **_filters(selection)
    )


def asked_and_answered(release: Release, selection: Selection, *, first: date, last: date) -> pd.DataFrame:
    """Surveys that name a customer, per combination of customer dimensions.

    Returns
    -------
    DataFrame
        The four dimensions, ``listed`` (whether the table customers has the customers), ``invited``,
        ``responded`` (invited ones that were answered), ``answered`` (also without a date of sending),
        ``invited_sq`` and ``answered_sq`` (sums of the squares of each customer's surveys, which tell how
        many independent ones they are worth).
    """
    return release.query(FILE, "asked_and_answered", **_months(first, last), **_filters(selection))


def scores(
    release: Release,
    selection: Selection,
    metrics: Sequence[str],
    *,
    first: date,
    last: date,
    by: str = "",
) -> pd.DataFrame:
    """Histogram of scores per month, `line`, ``anonymous``, ``known`` and the four customer dimensions.

    An answer is known if the table customers lists its customer; an anonymous one names none. Parameters as
    `invitations`; `metrics` are metrics of answers. The columns are those that
    `histograms.scores_from_histogram` wants.
    """
    frame = release.query(
        FILE, "scores", **_months(first, last), metrics=list(metrics), by=by, **_filters(selection)
    )
    frame["month"] = pd.to_datetime(frame["month"])
    return frame


def metric_response(
    release: Release,
    selection: Selection,
    metrics: Sequence[str],
    *,
    first: date,
    last: date,
    by: str = "",
) -> pd.DataFrame:
    """Invitations that could have brought a score of a metric, and those that did, per month of sending."""
    frame = release.query(
        FILE, "metric_response", **_months(first, last), metrics=list(metrics), by=by, **_filters(selection)
    )
    frame["month"] = pd.to_datetime(frame["month"])
    return frame


def targets(release: Release, month: date) -> dict[str, float]:
    """The target of each metric in a month, for all customers and touchpoints together."""
    frame = release.query(FILE, "targets", day=month)
    return dict(zip(frame["metric"].astype(str), frame["target"].astype(float), strict=True))


def has_invitations(release: Release) -> bool:
    """Whether the exports tell when surveys were sent, and hold some that nobody answered."""
    everything = Selection()
    frame = release.query(
        FILE,
        "invitations",
        first_month=date(1900, 1, 1),
        last_month=release.as_of,
        by="",
        **_filters(everything),
    )
    return bool(len(frame)) and int(frame["responded"].sum()) < int(frame["invited"].sum())


def _months(first: date, last: date) -> dict[str, Any]:
    return {"first_month": first, "last_month": last}


def _filters(selection: Selection) -> dict[str, list[str]]:
    return {name: list(values) for name, values in selection.filters().items()}
