"""The tables of the page Journey: strong and weak points ranked, and what happens at each touchpoint."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd
import streamlit as st

from cxdata.journey.layout import reason_text
from cxdata.journey.measures import MEASURES
from cxdata.journey.query import LONG_DAYS, SHORT_DAYS, exported
from cxdata.journey.stations import SCORED, SCORES, STRONG, WEAK, Journey
from cxdata.journey.words import (
    before_text,
    difference_range_text,
    difference_text,
    number_label,
    number_text,
    range_text,
)
from cxdata.language import format_number, ngettext
from cxdata.language import gettext as _
from cxdata.scorecard.comparisons import BAD, DOWN, GOOD, NEUTRAL, TOO_FEW, UP
from cxdata.scorecard.words import base_text, metric_text, verdict_text
from pages.parts.download import download
from pages.parts.markup import header, tag, verdict, wrap
from pages.parts.messages import missing_table
from pages.parts.view import View

_OWN = ["estimate", "conf_low", "conf_high"]
_AGAINST = ["previous", "change", "change_low", "change_high"]


def ranked(found: Journey) -> None:
    """Touchpoints by how far they lie from the mean, the weakest first."""
    st.subheader(_("Weak and strong points, ranked"), anchor=False)
    metric = metric_text(found.metric)
    others = found.stations[found.stations["status"] != SCORED]
    names = [
        _("Touchpoint"),
        metric,
        _("Against the mean"),
        _("Since {before}").format(before=before_text(found)),
    ]
    rows = [_ranked_row(row, found) for _, row in found.judged.iterrows()]
    for _unused, row in others.iterrows():
        reason = reason_text(row["status"], found, str(row["scale"]))
        rows.append(_row_header(row) + tag("td", reason, "cx-muted") + wrap("td", "") + wrap("td", ""))
    st.html(_table(_("Weak and strong points, ranked"), names, rows))


def happenings(view: View, found: Journey) -> None:
    """Contacts, waiting, what stayed unsolved, who came back, complaints, and the other scores."""
    st.subheader(_("What happens at each touchpoint"), anchor=False)
    shows = _("contacts, waiting, unresolved matters, repeat contacts and complaints at each touchpoint")
    missing_table(view, "interactions", shows)
    there = set(found.numbers["metric"]) - {found.metric}
    codes = [code for code in (*MEASURES, *SCORES) if code in there]
    if not codes and not found.contacts:
        return
    numbers = {(row["touchpoint"], row["metric"]): row for _, row in found.numbers.iterrows()}
    names = [
        _("Touchpoint"),
        *([_("Contacts")] if found.contacts else []),
        *(number_label(code) for code in codes),
    ]
    rows = []
    for _unused, station in found.stations.iterrows():
        cells = _row_header(station)
        if found.contacts:
            count = format_number(station["contacts"]) if station["contacts"] else "–"
            cells += wrap("td", tag("span", count, "cx-number"))
        for code in codes:
            cells += _number_cell(numbers.get((station["touchpoint"], code)), found.min_base)
        rows.append(cells)
    st.html(_table(_("What happens at each touchpoint"), names, rows))
    notes = _notes(view, found)
    st.html(wrap("div", tag("p", " ".join(notes)), "cx-notes"))
    filters = [f"{name}-{'-'.join(values)}" for name, values in view.selection.active().items()]
    parts = ["journey", f"{found.last:%Y-%m}", f"{found.months}-months", *filters, view.release.id]
    download(lambda: as_file(found), parts, key="journey:csv")


def as_file(found: Journey) -> pd.DataFrame:
    """Every number of the journey, one row per touchpoint and metric or measure, in plain numbers."""
    names = ["touchpoint", "metric", "unit", "scale", *_OWN, "base", *_AGAINST, "verdict"]
    numbers = found.numbers[names].merge(
        found.stations[["touchpoint", "stage", "gap", "gap_low", "gap_high", "gap_verdict"]].assign(
            metric=found.metric
        ),
        on=["touchpoint", "metric"],
        how="left",
    )
    few = numbers["base"] < found.min_base
    numbers[_OWN] = numbers[_OWN].astype(float).mask(few)
    numbers[_AGAINST] = numbers[_AGAINST].astype(float).mask(numbers["verdict"] == TOO_FEW)
    return numbers.assign(first_month=f"{found.first:%Y-%m}", last_month=f"{found.last:%Y-%m}")


def _ranked_row(row: pd.Series, found: Journey) -> str:
    unit = found.unit
    judged = {WEAK: BAD, STRONG: GOOD}.get(row["kind"], NEUTRAL)
    value = _value(row, unit)
    words = {UP: _("above"), DOWN: _("below")}.get(row["gap_verdict"], verdict_text(row["gap_verdict"]))
    against = tag("span", difference_text(row["gap"], unit), "cx-number") + " "
    against += verdict(words, row["gap_verdict"], judged)
    against += tag("div", difference_range_text(row["gap_low"], row["gap_high"], unit), "cx-muted")
    tint = f"cx-tint-{judged}" if judged != NEUTRAL else ""
    return (
        _row_header(row)
        + wrap("td", value)
        + wrap("td", against, tint)
        + wrap("td", _change(row, unit, True))
    )


def _number_cell(row: pd.Series | None, min_base: int) -> str:
    if row is None:
        hidden = tag("span", _("not measured"), "cx-hidden")
        return wrap("td", wrap("span", "–", "cx-muted", 'aria-hidden="true"') + hidden)
    if row["base"] < min_base:
        return tag("td", _("fewer than {count}").format(count=format_number(min_base)), "cx-muted")
    unit, judgement = row["unit"], row["judgement"]
    tint = f"cx-tint-{judgement}" if judgement != NEUTRAL else ""
    return wrap("td", _value(row, unit) + _change(row, unit), tint)


def _value(row: pd.Series, unit: str) -> str:
    number = tag("span", number_text(row["estimate"], unit), "cx-number")
    interval = range_text(row["conf_low"], row["conf_high"], unit)
    return f"{number} {tag('span', base_text(row['base']), 'cx-muted')}" + tag("div", interval, "cx-muted")


def _change(row: pd.Series, unit: str, always: bool = False) -> str:
    """The change since the period before: its size where it is real, or always where there is room."""
    code = row["verdict"]
    words = verdict_text(code)
    if code in (UP, DOWN) or (always and row["change"] == row["change"] and code != TOO_FEW):
        words = _("{change} {verdict}").format(change=difference_text(row["change"], unit), verdict=words)
    return wrap("div", verdict(words, code, row["judgement"]), "cx-since")


def _row_header(row: pd.Series) -> str:
    stage = tag("div", row["stage_label"], "cx-muted") if row["stage_label"] else ""
    truth = _("moment of truth, as declared")
    mark = wrap("span", " ◆", more=f'title="{escape(truth)}" aria-hidden="true"')
    mark += tag("span", f" ({truth})", "cx-hidden")
    inner = escape(row["label"]) + (mark if row["moment_of_truth"] else "") + stage
    return wrap("th", inner, more='scope="row"')


def _table(title: str, names: Sequence[str], rows: Sequence[str]) -> str:
    head = wrap("tr", "".join(header(name, "col") for name in names))
    body = "".join(wrap("tr", row) for row in rows)
    inner = tag("caption", title, "cx-hidden") + wrap("thead", head) + wrap("tbody", body)
    scrolled = f'tabindex="0" role="region" aria-label="{escape(title)}"'
    return wrap("div", wrap("table", inner, "cx-table"), "cx-scroll", scrolled)


def _notes(view: View, found: Journey) -> list[str]:
    notes = [
        _("Below each number: its 95 % interval, and the verdict on the change since {before}.").format(
            before=before_text(found)
        )
    ]
    for count, days in ((found.censored_seven, SHORT_DAYS), (found.censored_thirty, LONG_DAYS)):
        if count:
            text = ngettext(
                "{count} of {all} contacts took place less than {days} days before the data ends and is left out "
                "of the share of those back within {days} days.",
                "{count} of {all} contacts took place less than {days} days before the data ends and are left out "
                "of the share of those back within {days} days.",
                count,
            )
            notes.append(
                text.format(
                    count=format_number(count), all=format_number(found.contacts), days=format_number(days)
                )
            )
    if exported(view.release, "interactions") and not found.contacts:
        notes.append(_("No contact of the period is left by the filters."))
    return notes
