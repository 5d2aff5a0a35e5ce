"""Did the actions work? A part of the page Financial impact."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from cxdata.errors import CxError
from cxdata.finance.actions.chance import too_thin
from cxdata.finance.actions.charts import gap_chart, sides_chart
from cxdata.finance.actions.judged import (
    ELSEWHERE,
    WORKED,
    WORSE,
    Judged,
    Measured,
    judged_actions,
)
from cxdata.finance.actions.method_words import alone_label, alone_sentence, limits_text, method_text
from cxdata.finance.actions.other_windows import in_other_windows, windows_sentence
from cxdata.finance.actions.query import exported, met
from cxdata.finance.actions.settings import METRIC, MONTHS, UNRESOLVED, WAIT, WINDOWS, last_whole_month
from cxdata.finance.actions.words import (
    VERDICT_LABELS,
    VERDICT_MEANINGS,
    compared_text,
    difference_text,
    drift_sentence,
    expected_sentence,
    interval_text,
    measured_sentence,
    months_text,
    outcome_text,
    said_verdict,
    scope_text,
    story,
    title_text,
    usual_sentence,
    verdict_label,
)
from cxdata.finance.actions.worth import Worth, worths
from cxdata.finance.actions.worth_words import (
    assumed_sentence,
    brief_sentence,
    costs_sentence,
    needed_sentence,
    nothing_text,
    worth_sentence,
)
from cxdata.language import format_money, format_number
from cxdata.language import gettext as _
from cxdata.messages import told
from cxdata.scorecard.comparisons import NEUTRAL
from cxdata.scorecard.words import base_text
from pages.parts import impact_run
from pages.parts.cache import cached, draw
from pages.parts.download import download
from pages.parts.markup import tag, verdict, wrap
from pages.parts.plain_table import cell, note, own_choice, plain_table
from pages.parts.view import View

_JUDGEMENT = {WORKED: ("up", "good"), ELSEWHERE: ("up", "good"), WORSE: ("down", "bad")}


def render(view: View) -> None:
    """The answer for all actions, the table, the money of those that worked, and one action at a time."""
    if not exported(view.release):
        st.info(_("The table actions is not among the exports. It would show whether improvements did what they were "
                  "meant to, and what that is worth."))  # fmt: skip
        return
    months = int(own_choice(view, "action_window", [str(n) for n in WINDOWS], _("Months before and after"),
                            lambda code: code, default=str(MONTHS)))  # fmt: skip
    found: tuple[Judged, ...] = cached(
        view,
        "actions:judged",
        lambda: judged_actions(view.release, view.config, view.selection, months),
        months,
    )
    if not found:
        st.info(_("No action fits the filters, or there is nothing on record around one."))
        return
    labels = view.config.labels
    st.html(wrap("div", tag("p", story(found, labels)), "cx-lead"))
    # The money of those that worked comes from a regression: its place is here, it is filled last.
    beside = st.container()
    note(limits_text())
    _table(view, found)
    note(alone_sentence(found, labels))
    meanings = " ".join(
        f"{_(VERDICT_LABELS[code])}: {_(VERDICT_MEANINGS[code])}."
        for code in VERDICT_LABELS
        if any(said_verdict(one) == code for one in found)
    )
    note(meanings)
    note(
        _(
            "Verdicts may depend on how many months are compared: choose above. Below it is said for one action."
        )
    )
    note(method_text(found, months))
    if view.selection.channel:
        note(_("The filter by channel does not apply here: an action is for a touchpoint."))
    download(lambda: rows_of(found), ["actions", f"{months}m", view.release.id], key="actions:csv")
    results = _money(view, found, months)
    told = [brief_sentence(one, results.get(one.action.code), labels, view.config.currency)
            for one in found if one.verdict in (WORKED, ELSEWHERE)]  # fmt: skip
    told = [text for text in (*told, costs_sentence(found, view.config.currency)) if text]
    if told:
        beside.html(wrap("div", tag("p", " ".join(told)), "cx-tile"))
    _one(view, found, months)


def _table(view: View, found: tuple[Judged, ...]) -> None:
    labels = view.config.labels
    heads = [_("Action"), _("Verdict"), _("Its metric"), _("Expected"), _("Waiting time"), _("Unresolved contacts"),
             _("Compared with"), _("Cost")]  # fmt: skip
    rows = []
    for one in found:
        code, judgement = _JUDGEMENT.get(one.verdict, ("", NEUTRAL))
        expected = one.action.expected_change
        own = one.of(METRIC)
        unit = own.unit if own else "fraction" if one.action.metric.endswith(("rate", "retention")) else ""
        doubt = tag("div", _("drifted before already"), "cx-muted") if one.doubtful else ""
        rows.append((title_text(one.action, labels), [
            wrap("td", verdict(verdict_label(one), code, judgement) + doubt),
            _measured_cell(own, one),
            cell(difference_text(expected, unit) if unit and expected == expected else "–"),
            _measured_cell(one.of(WAIT), one), _measured_cell(one.of(UNRESOLVED), one),
            cell(scope_text(one.action, labels), compared_text(one.action), "cx-muted"),
            cell(_cost(view, one)),
        ]))  # fmt: skip
    plain_table(_("Actions and what changed with them"), heads, rows)


def _measured_cell(measured: Measured | None, judged: Judged) -> str:
    if measured is None:
        return tag("td", "–", "cx-muted")
    name = outcome_text(measured, judged.action) if measured.kind == METRIC else ""
    if too_thin(measured):
        return tag("td", f"{name} {_('too few customers')}".strip(), "cx-muted")
    number = difference_text(measured.found.estimate, measured.unit)
    tint = f"cx-tint-{measured.judgement}" if measured.judgement != NEUTRAL else ""
    code = measured.verdict if measured.judgement != NEUTRAL else ""
    inner = tag("div", name, "cx-muted") if name else ""
    inner += verdict(number, code, measured.judgement) + tag("div", interval_text(measured), "cx-muted")
    remark = alone_label(measured)
    inner += tag("div", remark) if remark else ""
    inner += tag("div", base_text(measured.found.reached_after.size), "cx-muted")
    return wrap("td", inner, tint)


def _cost(view: View, judged: Judged) -> str:
    cost = judged.action.cost
    return format_money(cost, view.config.currency) if cost == cost else "–"


def _money(view: View, found: tuple[Judged, ...], months: int) -> dict[str, Worth | str]:
    """What the actions that worked are worth, through the churn regression; returns it by the action's code."""
    worked = tuple(one for one in found if one.verdict in (WORKED, ELSEWHERE))
    if not worked:
        return {}
    st.subheader(_("In money"), anchor=False)
    about = impact_run.settled(view)
    try:
        ground = impact_run.ground(about, None)
        results = cached(view, "actions:worth", lambda: _worths(view, ground, worked), months)
    except CxError as error:
        note(_("What they are worth cannot be computed: {reason}").format(reason=told(error)))
        return {}
    names, labels, currency = impact_run.names(about, ground), view.config.labels, view.config.currency
    for one in worked:
        result = results[one.action.code]
        if isinstance(result, str):
            note(nothing_text(one, result, labels))
            continue
        st.html(wrap("div", tag("p", worth_sentence(one, result, labels, currency)), "cx-tile"))
        note(" ".join([assumed_sentence(one, result, names), needed_sentence(result, currency)]))
    return results


def _worths(view: View, ground: impact_run.Ground, worked: tuple[Judged, ...]) -> dict[str, Worth | str]:
    last = last_whole_month(view.release.as_of, view.selection.month)
    counted = {
        one.action.code: (
            met(view.release, one.action, last), met(view.release, replace(one.action, touchpoint=""), last)
        )
        for one in worked
    }  # fmt: skip
    return worths(worked, ground.profiles, counted)


def _one(view: View, found: tuple[Judged, ...], months: int) -> None:
    """One action: sentences, both sides month by month, and the gap."""
    seen = [one for one in found if one.measured]
    if not seen:
        return
    labels = view.config.labels
    st.subheader(_("One action"), anchor=False)
    first = next((one for one in seen if one.verdict == WORKED), seen[-1])
    titles = {one.action.code: title_text(one.action, labels) for one in seen}
    with st.container(horizontal=True):
        code = own_choice(view, "action", list(titles), _("Action"), lambda code: titles[code],
                          default=first.action.code)  # fmt: skip
        one = next(item for item in seen if item.action.code == code)
        kinds = {item.kind: outcome_text(item, one.action) for item in one.measured}
        kind = own_choice(view, "action_outcome", list(kinds), _("What changed"), lambda kind: kinds[kind])
    measured = one.of(kind) or one.measured[0]
    least = view.config.min_base
    others = cached(
        view, "actions:windows",
        lambda: in_other_windows(view.release, view.config, view.selection, found, one.action.code, months),
        months, one.action.code,
    )  # fmt: skip
    texts = [*_told(one, measured, labels, least), windows_sentence(one, others)]
    st.html(wrap("div", "".join(tag("p", text) for text in texts if text), "cx-tile"))
    if others:
        note(
            _("Other windows were looked at for this action only; the other actions stay as they are above.")
        )
    if measured.found.course.empty or too_thin(measured):
        return
    key = (one.action.code, measured.kind, months)
    summary = measured_sentence(measured, one, labels, least)
    draw(view, "actions:sides", lambda: sides_chart(one, measured, labels), *key, alt_text=summary)
    draw(view, "actions:gap", lambda: gap_chart(one, measured), *key,
         alt_text=" ".join([summary, drift_sentence(measured, one), usual_sentence(measured)]))  # fmt: skip
    note(_("Above: the mean of each month. Below: the gap between both lines less its mean before, with 95 % intervals by "
           "customers; grey: before, blue: after, thick line: the change; dashed: usual range of single months before "
           "(XmR); shaded: being introduced, counted on neither side."))  # fmt: skip


def _told(
    one: Judged, measured: Measured, labels: dict[str, str | dict[str, str]], min_base: int
) -> list[str]:
    head = _("{title}: {verdict}. {scope}, compared with {compared}; {months}.").format(
        title=title_text(one.action, labels), verdict=verdict_label(one), scope=scope_text(one.action, labels),
        compared=compared_text(one.action), months=months_text(one),
    )  # fmt: skip
    unknown = (
        _("{n} rows name no customer and are left out.").format(n=format_number(measured.unknown)) if measured.unknown
        else ""
    )  # fmt: skip
    drawn = (
        _("One customer in {n} was drawn: there are too many rows for all.").format(n=format_number(measured.sample))
        if measured.sample > 1 else ""
    )  # fmt: skip
    if too_thin(measured):
        return [head, measured_sentence(measured, one, labels, min_base)]
    parts = [measured_sentence(measured, one, labels, min_base), expected_sentence(one) if measured.kind == METRIC else "",
             drift_sentence(measured, one), usual_sentence(measured), unknown, drawn]  # fmt: skip
    return [head, *(part for part in parts if part)]


def rows_of(found: tuple[Judged, ...]) -> pd.DataFrame:
    """Every number as a table, one row per action and outcome."""
    return pd.DataFrame(
        [
            {
                "action": one.action.code, "title": one.action.title, "touchpoint": one.action.touchpoint,
                "segment": one.action.segment, "compared_with": one.action.compared_with, "verdict": said_verdict(one),
                "outcome": item.kind, "unit": item.unit, "change": item.found.estimate,
                "std_error": item.found.std_error, "conf_low": item.found.conf_low, "conf_high": item.found.conf_high,
                "p_value": item.found.p_value, "p_adjusted": item.p_adjusted, "judgement": item.judgement,
                "expected": item.expected, "before": item.found.reached_before.mean,
                "after": item.found.reached_after.mean, "others_before": item.found.others_before.mean,
                "others_after": item.found.others_after.mean, "n_before": item.found.reached_before.size,
                "n_after": item.found.reached_after.size, "drift_per_month": item.found.drift.per_month,
                "drift_p_value": item.found.drift.p_value, "cost": one.action.cost,
            }
            for one in found
            for item in one.measured
        ]
    )  # fmt: skip
