"""Why a tile has no number: what was not exported, not asked, or simply did not happen in the month."""

from __future__ import annotations

from datetime import date

from cxdata.database import Release
from cxdata.scorecard import query
from cxdata.selection import Selection
from cxdata.vocabulary import metric

NO_SUBSCRIPTIONS, NO_VALUE, NO_NEXT = "no_subscriptions", "no_value", "no_next"
NO_SENT, ONLY_ANSWERED, NO_QUESTION, NEVER_ANSWERED = (
    "no_sent",
    "only_answered",
    "no_question",
    "never_answered",
)
NO_MATCH, NO_MONTH = "no_match", "no_month"

LASTING = (NO_SUBSCRIPTIONS, NO_VALUE, NO_NEXT, NO_SENT, ONLY_ANSWERED, NO_QUESTION, NEVER_ANSWERED)
"""Reasons that hold for the whole release, whatever month and filters are chosen."""

REASONS = (*LASTING, NO_MATCH, NO_MONTH)


def why_empty(release: Release, selection: Selection, code: str, month: date) -> str:
    """Why a metric has no number in a month that was looked at and found empty.

    Parameters
    ----------
    release : Release
    selection : Selection
        With the filters in force.
    code : str
        Metric.
    month : date
        First day of the month.

    Returns
    -------
    str
        One of `REASONS`: something the release lacks altogether, else no_match where the filters leave
        nothing of the month, else no_month.
    """
    family = metric(code).family
    lasting = {"answers": _of_answers, "renewals": _of_renewals, "invitations": _of_invitations}[family](
        release, code
    )
    if lasting:
        return lasting
    return NO_MATCH if selection.active() and _anything(release, code, month) else NO_MONTH


def _of_answers(release: Release, code: str) -> str:
    questions = query.questions(release)
    asked = questions[questions["metric"] == code]
    if asked.empty:
        return NO_QUESTION
    return NEVER_ANSWERED if asked["answers"].sum() == 0 else ""


def _of_renewals(release: Release, code: str) -> str:
    columns = release.manifest.get("columns", {})
    if "subscriptions" not in columns:
        return NO_SUBSCRIPTIONS
    if code in ("gross_retention", "net_retention") and "annual_value" not in columns["subscriptions"]:
        return NO_VALUE
    if code != "net_retention":
        return ""
    every = query.renewal_counts(release, Selection(), first=date.min, last=release.as_of)
    followed = every["renewed"].sum() > every["unknown_next"].sum()
    return "" if followed else NO_NEXT


def _of_invitations(release: Release, code: str) -> str:
    every = query.invitation_counts(release, Selection(), first=date.min, last=release.as_of)
    if every["invited"].sum() == 0:
        return NO_SENT
    return ONLY_ANSWERED if every["invited"].sum() == every["responded"].sum() else ""


def _anything(release: Release, code: str, month: date) -> bool:
    """Whether the month holds any data of the metric when nothing is filtered."""
    family = metric(code).family
    if family == "renewals":
        return bool(len(query.renewal_counts(release, Selection(), first=month, last=month)))
    if family == "invitations":
        return bool(len(query.invitation_counts(release, Selection(), first=month, last=month)))
    return bool(len(query.score_counts(release, Selection(), [code], first=month, last=month)))
