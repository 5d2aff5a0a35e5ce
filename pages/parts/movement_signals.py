"""The signals of the page Why it moved: the latest ones in a table, and a small chart for every touchpoint."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from cxdata.language import format_month, format_number, format_percent, ngettext
from cxdata.language import gettext as _
from cxdata.movement import query
from cxdata.movement.charts import process_chart
from cxdata.movement.explain import METRICS_EXPLAINED, happened, watch
from cxdata.movement.signal_words import (
    chance_text,
    chart_text,
    place_text,
    rule_text,
    signals_text,
    since_text,
)
from cxdata.movement.signals import FOUND_WITHIN_A_YEAR
from cxdata.movement.watch import ProcessChart, judged_since, recent_signals
from cxdata.scorecard.periods import month_before
from cxdata.scorecard.words import ARROWS, base_text, interval_text, line_text, metric_text, value_text
from cxdata.vocabulary import Labels
from pages.parts.cache import cached, ready
from pages.parts.markup import header, tag, wrap
from pages.parts.view import View

RECENT_MONTHS = 12
"""How far back the table of signals goes."""

MOST_PANELS = 12


def signals(view: View, month: date) -> None:
    """What is a signal, in a table over all metrics, and the charts of the page's metric."""
    st.header(_("Signals"), anchor=False)
    charts = cached(
        view,
        "movement:watch",
        lambda: {
            metric: watch(view.release, view.config, view.selection, metric, month)
            for metric in METRICS_EXPLAINED
        },
    )
    every = [chart for group in charts.values() for chart in group]
    since = month_before(month, RECENT_MONTHS - 1)
    judged = judged_since(every, since)
    if not judged.charts:
        st.html(wrap("div", tag("p", _nothing(every)), "cx-tile"))
    else:
        recent = recent_signals(charts, since)
        st.html(wrap("div", tag("p", signals_text(recent, judged.charts, RECENT_MONTHS)), "cx-tile"))
        if len(recent):
            st.html(_table(recent, view.config.labels))
        st.html(wrap("div", tag("p", chance_text(judged, RECENT_MONTHS)), "cx-notes"))
        method()
    _panels(view, charts.get(view.selection.metric, ()))


def method() -> None:
    """How limits and signals come about, on demand."""
    with st.popover(_("How signals are found"), type="tertiary"):
        for text in (
            _("The centre line is the mean of the first 24 months on one scale (at least 12). The limits lie three "
              "sigma away from it. Sigma follows from the month's own number of answers, so that thin months have "
              "wide limits, and is widened where months differ by more than that."),
            _("**Signal**: a month beyond its limits; two of three months beyond two thirds of the way to them, on the "
              "same side; or eight months in a row on one side of the centre line. What goes on is one signal: it is "
              "given once, with the month in which it was raised."),
            _("Months with too few answers are passed over, so that months in a row may lie further apart. Where nearly "
              "all answers are alike, the limits are as wide as one answer at the other end of the scale would make "
              "them."),
            _("A question on a new scale begins a chart of its own. The unfinished month is shown hollow and not "
              "judged. A signal says that something happened, not what."),
            _("In simulations, {share} of falls by one standard error of a month are signalled within a year; "
              "smaller ones take longer.").format(share=format_percent(FOUND_WITHIN_A_YEAR, 0)),
        ):  # fmt: skip
            st.markdown(text)
        st.caption("Shewhart (1931); Western Electric (1956); Nelson (1984), Journal of Quality Technology 16(4); "
                   "Laney (2002), Quality Engineering 14(4); Wheeler (2000), Understanding Variation")  # fmt: skip


def _nothing(charts: Sequence[ProcessChart]) -> str:
    if not charts:
        return _("No month has enough answers to be judged.")
    if any(chart.judged for chart in charts):
        text = _("None of the last {count} months has enough answers to be judged.")
        return text.format(count=format_number(RECENT_MONTHS))
    return _(
        "No question has been asked for 12 months on one scale, with enough answers in each: limits need that."
    )


def _table(recent: pd.DataFrame, labels: Labels) -> str:
    names = [_("Metric and touchpoint"), _("When"), _("Signal"), _("Score when raised"), _("Limits")]
    head = wrap("tr", "".join(header(name, "col") for name in names))
    body = "".join(_row(row, labels) for row in recent.to_dict("records"))
    title = _("Signals of the last {count} months, and older ones that still hold").format(
        count=format_number(RECENT_MONTHS)
    )
    inner = tag("caption", title, "cx-hidden") + wrap("thead", head) + wrap("tbody", body)
    scrolled = f'tabindex="0" role="region" aria-label="{escape(title)}"'
    return wrap("div", wrap("table", inner, "cx-table"), "cx-scroll", scrolled)


def _row(row: Any, labels: Labels) -> str:
    code = "up" if row["side"] == "above" else "down"
    score = tag("span", value_text(row["estimate"], row["unit"]), "cx-number")
    raised = f"{format_month(row['raised'].date(), short=True)}, {base_text(row['base'])}"
    cells = [
        header(place_text(row["metric"], row["line"], labels), "row"),
        tag("td", since_text(row)),
        wrap(
            "td",
            tag("span", f"{ARROWS[code]} {rule_text(row['rule'], row['side'])}", f"cx-{row['judgement']}"),
        ),
        wrap("td", f"{score} {tag('span', raised, 'cx-muted')}"),
        tag("td", interval_text(row["low"], row["high"], row["unit"])),
    ]
    return wrap("tr", "".join(cells))


def _panels(view: View, charts: Sequence[ProcessChart]) -> None:
    """A small chart a touchpoint of the page's metric, those with the newest signals first."""
    shown = sorted(charts, key=_newest, reverse=True)[:MOST_PANELS]
    if not shown:
        return
    metric, labels = view.selection.metric, view.config.labels
    st.subheader(
        _("{metric} month by month, with its limits").format(metric=metric_text(metric)), anchor=False
    )
    actions = cached(view, "movement:actions", lambda: query.actions(view.release))
    events = {chart.line: happened(chart, actions, labels) for chart in shown}
    specs = cached(
        view,
        "movement:panels",
        lambda: {
            chart.line: ready(process_chart(chart, labels, events[chart.line]).to_dict(validate=False))
            for chart in shown
        },
        metric,
    )
    with st.grid(columns="auto", min_column_width=290) as grid:
        for chart in shown:
            with grid.cell():
                title = line_text("touchpoint", chart.line, labels)
                st.html(wrap("div", tag("p", title, "cx-title"), "cx-tile"))
                key = f"movement:panel:{chart.line}:{view.language}"
                st.vega_lite_chart(specs[chart.line], width="stretch", key=key, alt=chart_text(chart, labels))
                st.html(wrap("div", tag("p", _beneath(chart, events[chart.line])), "cx-notes"))
    hidden = len(charts) - len(shown)
    texts = [
        _("Dashed: centre line. Shaded: what is usual for a month with so many answers. Diamond: the month in which "
          "a signal was raised; dots: months that belong to it. Triangle: an action began or the question changed.")
    ]  # fmt: skip
    if hidden:
        more = ngettext("{count} touchpoint has no chart.", "{count} touchpoints have no chart.", hidden)
        texts.append(more.format(count=format_number(hidden)))
    st.html(wrap("div", tag("p", " ".join(texts)), "cx-notes"))


def _newest(chart: ProcessChart) -> tuple[pd.Timestamp, float]:
    raised = chart.signals["raised"].iloc[0] if len(chart.signals) else pd.Timestamp.min
    return raised, float(chart.points["base"].sum())


def _beneath(chart: ProcessChart, events: pd.DataFrame) -> str:
    """What is annotated, for readers without a pointer; and months that are missing."""
    texts = [
        _("▲ {month}: {what}.").format(month=format_month(month.date(), short=True), what=what)
        for month, what in zip(events["month"], events["text"], strict=True)
    ]
    if not chart.judged:
        texts.append(_("Too few months on one scale for limits."))
    if chart.few:
        more = ngettext(
            "{count} month has too few answers.", "{count} months have too few answers.", chart.few
        )
        texts.append(more.format(count=format_number(chart.few)))
    return " ".join(texts)
