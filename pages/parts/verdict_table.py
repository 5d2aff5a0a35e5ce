"""Tables of the scorecard: lines × metrics, every number with its base and what may be said of its changes."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from cxdata.config import Config
from cxdata.language import format_month, mark
from cxdata.language import gettext as _
from cxdata.scorecard.board import columns_of, lines_of, table_metrics
from cxdata.scorecard.comparisons import DOWN, UNCLEAR, UP
from cxdata.scorecard.periods import COMPARISONS, compared_month
from cxdata.scorecard.words import (
    base_text,
    change_interval_text,
    change_text,
    fewer_text,
    line_text,
    metric_text,
    value_text,
    verdict_text,
)
from cxdata.vocabulary import DIMENSION_LABELS
from pages.parts.cache import cached
from pages.parts.markup import header, tag, verdict, wrap
from pages.parts.view import View

HEADINGS = {"touchpoint": mark("By touchpoint"), "segment": mark("By segment")}

_EMPTY = {
    "touchpoint": mark("No answer of {month} or of the months it is compared with names a touchpoint."),
    "segment": mark("No customer of {month} or of the months it is compared with has a segment."),
}

_PERIODS = {"month": mark("month"), "year": mark("year")}

_OWN_ORDER = {"touchpoint": mark("Order of the journey"), "segment": mark("By name")}


def verdict_table(view: View, table: pd.DataFrame, by: str, month: date) -> None:
    """One row per line of a dimension and one column per metric.

    Parameters
    ----------
    view : View
    table : DataFrame
        From `board.breakdown`.
    by : str
        touchpoint or segment.
    month : date
        First day of the month that it is about.
    """
    metrics = columns_of(table, table_metrics(view.config, view.selection, by))
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.header(_(HEADINGS[by]), anchor=False, width="content")
        weakest = _order(view, by, metrics) if metrics else ""
    if not metrics:
        st.markdown(_(_EMPTY[by]).format(month=format_month(month)))
        return
    shown = [name for name in COMPARISONS if (table[f"previous_base_{name}"] > 0).any()]
    st.caption(_explained(shown, month))
    body = cached(
        view,
        f"scorecard:{by}:markup",
        lambda: _markup(table, by, month, metrics, shown, weakest, view.config),
        weakest,
    )
    st.html(body)


def _markup(
    table: pd.DataFrame,
    by: str,
    month: date,
    metrics: Sequence[str],
    shown: Sequence[str],
    weakest: str,
    config: Config,
) -> str:
    """The table as HTML, in a box of its own that scrolls where a phone is too narrow for it."""
    cells = {(row["line"], row["metric"]): row for row in table.to_dict("records")}
    body = ""
    for line in lines_of(table, weakest, config.min_base):
        row = header(line_text(by, line, config.labels), "row")
        row += "".join(_cell(cells.get((line, code)), shown, config.min_base) for code in metrics)
        body += wrap("tr", row)
    names = [_(DIMENSION_LABELS[by]), *(metric_text(code) for code in metrics)]
    head = wrap("tr", "".join(header(name, "col") for name in names))
    title = f"{_(HEADINGS[by])}, {format_month(month)}"
    inner = tag("caption", title, "cx-hidden") + wrap("thead", head) + wrap("tbody", body)
    scrolled = f'tabindex="0" role="region" aria-label="{escape(title)}"'
    return wrap("div", wrap("table", inner, "cx-table"), "cx-scroll", scrolled)


def _order(view: View, by: str, metrics: Sequence[str]) -> str:
    """Metric whose weakest lines come first, '' for the table's own order; kept in the URL."""
    parameter, options = f"order_{by}", ["", *metrics]
    wanted = st.query_params.get(parameter, "")
    chosen = wanted if wanted in options else ""
    key = f"{parameter}@{view.language}"
    st.session_state[key] = chosen

    def changed() -> None:
        st.query_params[parameter] = st.session_state[key]
        if not st.session_state[key]:
            del st.query_params[parameter]

    def name_of(code: str) -> str:
        return _("{metric}, weakest first").format(metric=metric_text(code)) if code else _(_OWN_ORDER[by])

    label = _("Order of {table}").format(table=_(HEADINGS[by]))
    st.selectbox(
        label,
        options,
        format_func=name_of,
        key=key,
        on_change=changed,
        label_visibility="collapsed",
        width=260,
    )
    return chosen


def _explained(shown: Sequence[str], month: date) -> str:
    """What the lines of a cell compare with, and what they cannot compare with."""
    before, year = (format_month(compared_month(month, name)) for name in COMPARISONS)
    if not shown:
        return _("There is nothing in {month} or {year} to compare with.").format(month=before, year=year)
    if shown == ["year"]:
        return _("Change since {year}; there is nothing in {month} to compare with.").format(
            month=before, year=year
        )
    if shown == ["month"]:
        return _("Change since {month}; there is nothing in {year} to compare with.").format(
            month=before, year=year
        )
    return _("Change since the month before ({month}) and the same month of last year ({year}).").format(
        month=before, year=year
    )


def _cell(row: Mapping[Hashable, Any] | None, shown: Sequence[str], min_base: int) -> str:
    if row is None:
        hidden = tag("span", _("not measured"), "cx-hidden")
        return wrap("td", wrap("span", "–", "cx-muted", 'aria-hidden="true"') + hidden)
    if not row["base"]:
        return tag("td", _("no data"), "cx-muted")
    if row["base"] < min_base:
        return tag("td", fewer_text(min_base, row["metric"]), "cx-muted")
    number = tag("span", value_text(row["estimate"], row["unit"]), "cx-number")
    parts = [number, " ", tag("span", base_text(row["base"]), "cx-muted")]
    parts += _verdicts(row, shown)
    judged = [row[f"judgement_{name}"] for name in shown if row[f"judgement_{name}"] != "neutral"]
    return wrap("td", "".join(parts), f"cx-tint-{judged[0]}" if judged else "")


def _verdicts(row: Mapping[Hashable, Any], shown: Sequence[str]) -> list[str]:
    """The comparisons of a cell, in one line where both say the same and neither is a real change."""
    codes = {row[f"verdict_{name}"] for name in shown}
    if len(shown) > 1 and len(codes) == 1 and not codes & {UP, DOWN}:
        words = _("both {verdict}").format(verdict=verdict_text(codes.pop(), row["metric"]))
        return [wrap("div", escape(words), "cx-muted", _hint(row, shown))]
    return [_since(row, name) for name in shown]


def _since(row: Mapping[Hashable, Any], name: str) -> str:
    """One comparison of a cell: its period and the verdict; the size of the change only where it is real."""
    code, judgement = row[f"verdict_{name}"], row[f"judgement_{name}"]
    words = verdict_text(code, row["metric"])
    if code in (UP, DOWN):
        number = change_text(row[f"change_{name}"], row["unit"])
        words = _("{change} {verdict}").format(change=number, verdict=words)
    inner = tag("span", _(_PERIODS[name])) + verdict(words, code, judgement)
    return wrap("div", inner, "cx-since", _hint(row, [name]))


def _hint(row: Mapping[Hashable, Any], shown: Sequence[str]) -> str:
    """Attribute with the changes and their intervals, for those who point at a verdict."""
    hints = [
        _("{period}: {change} (95 % interval {interval})").format(
            period=_(_PERIODS[name]),
            change=change_text(row[f"change_{name}"], row["unit"]),
            interval=change_interval_text(row[f"low_{name}"], row[f"high_{name}"], row["unit"]),
        )
        for name in shown
        if row[f"verdict_{name}"] in (UP, DOWN, UNCLEAR)
    ]
    return f'title="{escape("; ".join(hints))}"' if hints else ""
