"""The last part of the page Who answers: how many answers it takes to see a change."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import date
from typing import Any

import streamlit as st

from cxdata.language import format_number, format_percent
from cxdata.language import gettext as _
from cxdata.response import words
from cxdata.response.planning import CHANGES
from cxdata.response.report import METRICS, conventions
from cxdata.response.report import planning as planned
from cxdata.scorecard.words import base_text, fewer_text, line_text, metric_text, size_text
from cxdata.vocabulary import unit_of
from pages.parts.cache import cached
from pages.parts.choose import choose
from pages.parts.markup import tag, wrap
from pages.parts.plain_table import cell, note, own_choice, plain_table
from pages.parts.view import View


def planning(view: View, settled: View, month: date) -> None:
    """Answers, months and invitations that a change of a chosen size takes, per touchpoint."""
    st.header(_("How many answers it takes"), anchor=False)
    with st.container(horizontal=True, vertical_alignment="top"):
        metric = choose(view, "metric", METRICS, _("Metric"), metric_text)
        unit = unit_of(metric, conventions(view.config))
        sizes = {f"{size:g}": size for size in CHANGES[unit]}
        change = sizes[
            own_choice(
                view,
                "change",
                list(sizes),
                _("Change to be seen"),
                lambda code: size_text(sizes[code], unit),
                list(sizes)[1],
            )
        ]
    release, config, selection = settled.release, settled.config, settled.selection
    table = cached(
        settled,
        "response:planning",
        lambda: planned(release, config, selection, metric, change, month),
        metric,
        change,
    )
    if table.empty:
        note(_("{metric} was not asked in the last twelve months.").format(metric=metric_text(metric)))
        return
    told = words.plan_sentence(table, change, config.labels)
    if told:
        st.html(wrap("div", tag("p", told), "cx-tile"))
    heads = [
        _("Touchpoint"), _("Answers a month"), _("Answers needed, each period"), _("That takes"),
        _("Invitations needed, each period"), _("Seen from one month to the next"),
    ]  # fmt: skip
    rows = [
        (line_text("touchpoint", row["line"], config.labels), _cells(row, unit, metric, config.min_base))
        for row in table.to_dict("records")
    ]
    plain_table(_("How many answers it takes"), heads, rows)
    note(_("From the closed months of the last twelve in which a question was asked on its present scale, at the response "
           "rate of these months; a change of {size} is to be seen in 80 "
           "of 100 cases at a confidence of 95 %. Half the size takes four times the "
           "answers.").format(size=size_text(change, unit)))  # fmt: skip


def _cells(row: Mapping[Hashable, Any], unit: str, metric: str, min_base: int) -> list[str]:
    dash = cell("–", css="cx-muted")
    pace = cell(format_number(row["monthly"], 0 if row["monthly"] >= 10 else 1), base_text(row["answers"]))
    if row["answers"] < min_base:
        return [cell(fewer_text(min_base, metric), css="cx-muted"), dash, dash, dash, dash]
    if not row["deviation"] > 0:
        return [pace, cell(_("all answers alike"), css="cx-muted"), dash, dash, dash]
    sent = (
        cell(
            format_number(row["invitations"]),
            _("at a response rate of {rate}").format(rate=format_percent(row["rate"])),
        )
        if row["rate"] == row["rate"]
        else dash
    )
    return [
        pace,
        cell(format_number(row["needed"])),
        cell(words.months_text(row["months_needed"])),
        sent,
        cell(size_text(row["visible"], unit), css="cx-plain"),
    ]
