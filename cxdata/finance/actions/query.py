"""Actions and what happened around them: the only module here that asks a release."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from cxdata.database import Release
from cxdata.finance.actions.difference import Rows
from cxdata.finance.actions.settings import (
    METRIC,
    SCORE,
    UNRESOLVED,
    WAIT,
    Action,
    Windows,
    actions_of,
    first_day,
    numbered,
)
from cxdata.selection import Selection
from cxdata.vocabulary import METRICS, metric

FILE = "queries/finance_actions"

MOST_ROWS = 2_000_000
"""Contacts or answers around an action beyond which one customer in two, three … is drawn."""

_TERMS = {
    "renewal_rate": ("renewed", "decided"),
    "churn_rate": ("churned", "decided"),
    "gross_retention": ("value_kept", "value_due"),
    "net_retention": ("value_next", "value_due"),
}


@dataclass(frozen=True)
class Outcome:
    """Rows of one outcome of an action.

    Parameters
    ----------
    kind : str
        ``metric``, ``score``, ``wait`` or ``unresolved``.
    unit : str
        points, fraction, score or minutes.
    higher_is_better : bool
    rows : Rows
        Of known customers, those reached and the others.
    unknown : int
        Rows that name no customer and are left out.
    scale : str
        Ends of the scale of a mean score, such as ``1-5``; '' otherwise.
    sample : int
        One customer in how many was drawn.
    questions : tuple of str
        Whose answers are counted; () where none are.
    """

    kind: str
    unit: str
    higher_is_better: bool
    rows: Rows
    unknown: int
    scale: str = ""
    sample: int = 1
    questions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Met:
    """Customers of an action's segment with a running term, and how many of them it can reach."""

    customers: int
    met: int
    waited: int


def exported(release: Release) -> bool:
    """Whether improvement actions are among the exports."""
    return "actions" in release.manifest.get("columns", {})


def actions(release: Release) -> tuple[Action, ...]:
    """All actions, in the order of their starts."""
    return actions_of(release.query(FILE, "actions"))


def first_month(release: Release) -> date | None:
    """First month with answers, contacts or decided terms; None where there are none."""
    found = release.rows(FILE, "first_month")[0][0]
    return found if found is None else pd.Timestamp(found).date()


def outcomes(
    release: Release, selection: Selection, action: Action, windows: Windows, conventions: dict[str, str]
) -> tuple[Outcome, ...]:
    """What is on record about an action: its metric, the score behind it, waits and unresolved contacts.

    Parameters
    ----------
    release, selection : Release, Selection
        Region, plan and persona of the selection narrow both sides.
    action : Action
    windows : Windows
    conventions : dict
        ``share`` or ``mean`` for csat and ces.
    """
    chosen: dict[str, Any] = {
        "touchpoint": action.touchpoint,
        "first_month": first_day(windows.earliest),
        "last_month": first_day(windows.after[1]),
        "region": list(selection.region),
        "plan": list(selection.plan),
        "persona": list(selection.persona),
    }
    chosen["sample"] = max(1, -(-max(release.rows(FILE, "volume", **chosen)[0]) // MOST_ROWS))
    found = _of_metric(release, action, chosen, conventions, windows)
    contacts = release.query(FILE, "contacted", **chosen)
    for kind, unit, total, weight in (
        (WAIT, "minutes", "wait_minutes", "waits"),
        (UNRESOLVED, "fraction", "unresolved", "settled_known"),
    ):
        found.append(_outcome(kind, unit, False, contacts, action, total, weight))
    return tuple(replace(one, sample=chosen["sample"]) for one in found if one.rows.reached.any())


def met(release: Release, action: Action, last: date) -> Met:
    """Whom the action could reach in the twelve months up to `last`."""
    row = release.rows(
        FILE, "met", touchpoint=action.touchpoint, segments=[action.segment] if action.segment else [],
        first_month=first_day(numbered(last) - 11), last_month=last,
    )[0]  # fmt: skip
    return Met(*(int(value) for value in row))


def _of_metric(
    release: Release, action: Action, chosen: dict[str, Any], conventions: dict[str, str], windows: Windows
) -> list[Outcome]:
    if action.metric not in METRICS:
        return []
    known = metric(action.metric)
    if known.family == "renewals":
        terms = release.query(FILE, "decided", **chosen)
        terms["renewed"] = terms["decided"] - terms["churned"]
        total, weight = _TERMS[action.metric]
        one = _outcome(METRIC, "fraction", known.higher_is_better, terms, action, total, weight, "decided")
        return [one]
    if known.family == "invitations":
        sent = release.query(FILE, "invited", **chosen)
        return [_outcome(METRIC, "fraction", True, sent, action, "responded", "invited")]
    return _of_answers(release, action, chosen, conventions, windows)


def _of_answers(
    release: Release, action: Action, chosen: dict[str, Any], conventions: dict[str, str], windows: Windows
) -> list[Outcome]:
    """The metric as the scorecard counts it, and the mean score where that is something else."""
    # NPS without a touchpoint is that of the relationship, as on the scorecard.
    overall = not action.touchpoint and action.metric == "nps"
    answers = release.query(FILE, "answered", metric=action.metric, overall=overall, **chosen)
    scales = release.query(FILE, "scales", metric=action.metric).set_index("question")
    kept = _questions(answers, action, windows, scales)
    answers = answers[answers["question"].isin(kept)]
    if answers.empty:
        return []
    low, high, higher = scales.loc[kept[0], ["scale_min", "scale_max", "higher_is_better"]]
    scale = f"{low:g}-{high:g}"
    mean = _outcome(SCORE, "score", bool(higher), answers, action, "total", "answers", scale=scale)
    if action.metric in ("nps", "enps"):
        points = answers.assign(net=100 * answers["net"])
        found = [_outcome(METRIC, "points", True, points, action, "net", "answers")]
    elif conventions.get(action.metric) == "share":
        found = [_outcome(METRIC, "fraction", True, answers, action, "favourable", "answers"), mean]
    else:
        found = [replace(mean, kind=METRIC)]
    return [replace(one, questions=tuple(kept)) for one in found]


def _questions(answers: pd.DataFrame, action: Action, windows: Windows, scales: pd.DataFrame) -> list[str]:
    """Questions asked on both sides and on one scale: that of most answers."""
    own = answers[answers["segment"] == action.segment] if action.segment else answers
    months = own["month"].map(lambda day: numbered(day)).to_numpy(int)
    before, after = (
        set(own["question"][(months >= first) & (months <= last)])
        for first, last in (windows.before, windows.after)
    )
    asked = own[own["question"].isin(before & after)]
    if asked.empty:
        return []
    scale_of = {
        name: tuple(scales.loc[name, ["scale_min", "scale_max", "higher_is_better"]])
        for name in before & after
    }
    counts: dict[tuple[object, ...], int] = {}
    for name, answered in asked.groupby("question")["answers"].sum().items():
        counts[scale_of[str(name)]] = counts.get(scale_of[str(name)], 0) + int(answered)
    chosen = max(counts, key=lambda scale: counts[scale])
    return [name for name in sorted(before & after) if scale_of[name] == chosen]


def _outcome(
    kind: str, unit: str, higher: bool, frame: pd.DataFrame, action: Action, total: str, weight: str,
    size: str = "", scale: str = "",
) -> Outcome:  # fmt: skip
    measured = frame[frame[weight] > 0]
    known = measured[measured["customer"] != 0]
    questions = known["question"] if "question" in known else pd.Series("", index=known.index)
    strata = known["segment"].astype(str) + "\x1f" + questions.astype(str)
    reached = (known["segment"] == action.segment) if action.segment else pd.Series(True, index=known.index)
    rows = Rows(
        customer=pd.factorize(known["customer"])[0],
        stratum=pd.factorize(strata, sort=True)[0].astype(np.intp),
        month=(known["month"].dt.year * 12 + known["month"].dt.month - 1).to_numpy(np.intp),
        reached=reached.to_numpy(bool),
        total=known[total].to_numpy(float),
        weight=known[weight].to_numpy(float),
        size=known[size or weight].to_numpy(float),
    )
    return Outcome(kind, unit, higher, rows, int((measured["customer"] == 0).sum()), scale)
