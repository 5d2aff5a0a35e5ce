"""The parts of the page Trends: what was chosen, notes, panels, two dimensions at once, the rows behind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from cxdata.language import format_day, format_month, format_number, ngettext
from cxdata.language import gettext as _
from cxdata.scorecard.board import ignored
from cxdata.scorecard.charts import panels as panel_specs
from cxdata.scorecard.heat_maps import HeatMap, dimension_text, heat_map, heat_map_chart
from cxdata.scorecard.takeaways import heat_map_takeaway, panel_text
from cxdata.scorecard.trends import MOST_PANELS, Trend, as_file, as_table
from cxdata.scorecard.words import fewer_text, interval_text, joined, metric_text, value_text
from cxdata.vocabulary import METRICS
from pages.parts.cache import cached, draw, ready
from pages.parts.download import download
from pages.parts.markup import tag, wrap
from pages.parts.view import View

ACROSS = "across"
"""The page's own parameter of the address: the second dimension."""


def window_label(code: str) -> str:
    """What a point covers."""
    return _("One month") if code == "1" else _("Three months")


def lead(texts: Sequence[str]) -> None:
    """The answer on top, large; it quotes names from the data, so it never passes through Markdown."""
    st.html(wrap("div", tag("p", texts[0]), "cx-lead"))
    if len(texts) > 1:
        st.html(wrap("div", tag("p", " ".join(texts[1:])), "cx-tile"))


def heading(trend: Trend) -> str:
    """Title of the main chart."""
    if not trend.by:
        return metric_text(trend.metric)
    return _("{metric} by {dimension}").format(
        metric=metric_text(trend.metric), dimension=dimension_text(trend.by).lower()
    )


def nothing(view: View, trend: Trend) -> None:
    """What to do where the choice leaves nothing."""
    if view.selection.active():
        st.info(_("The filters leave no line with enough answers. Take one away, or choose another month."))
    elif trend.window == 1 and len(trend.few):
        st.info(_("No month has enough answers on its own. Three months together may have."))
    else:
        st.info(_("Choose another month or another metric."))


def notes(view: View, trend: Trend) -> None:
    """What the chart does not say by itself."""
    texts = [
        _unseen(trend),
        _marks(trend),
        _unfinished(view, trend),
        _few(trend),
        _other_scales(trend),
        _ignored(view, trend),
    ]
    st.html(wrap("div", tag("p", " ".join(text for text in texts if text)), "cx-notes"))
    entry = METRICS[trend.metric]
    with st.popover(_("How {metric} is computed").format(metric=metric_text(trend.metric)), type="tertiary"):
        st.markdown(_(entry.meaning))
        st.markdown(_(entry.formula))
        if entry.source:
            st.caption(entry.source)


def panels(view: View, trend: Trend) -> None:
    """One small chart a line, all with the same axes."""
    if trend.one_month or len(trend.lines) < 2:
        return
    st.subheader(_("One panel each"), anchor=False)
    largest = set(trend.lines[:MOST_PANELS])
    lines = [line for line in trend.points["line"].unique() if line in largest]
    labels = trend.labels()
    specs = cached(
        view,
        "trends:panels",
        lambda: {line: ready(spec) for line, spec in panel_specs(trend, lines).items()},
        trend.by,
    )
    with st.grid(columns="auto", min_column_width=250) as grid:
        for line in lines:
            with grid.cell():
                st.html(wrap("div", tag("p", labels[line], "cx-title"), "cx-tile"))
                key = f"trends:panel:{line}:{view.language}"
                st.vega_lite_chart(specs[line], width="stretch", key=key, alt=panel_text(trend, line))
    text = _("Grey: everything together. Dashed rule: the line's own target.")
    hidden = len(trend.lines) - len(lines)
    if hidden:
        more = ngettext("{count} smaller line has no panel.", "{count} smaller lines have no panel.", hidden)
        text = f"{text} {more.format(count=format_number(hidden))}"
    st.html(wrap("div", tag("p", text), "cx-notes"))


def two_dimensions(view: View, by: str, dimensions: Sequence[str]) -> None:
    """The heat map of the month, with the choice of the second dimension."""
    filtered = view.selection.active()
    others = [name for name in dimensions if name != by and len(filtered.get(name, ())) != 1]
    if not others or view.selection.month is None or len(filtered.get(by, ())) == 1:
        return
    st.subheader(_("Two dimensions at once"), anchor=False)
    month = view.selection.month
    across = _second(view, by, others)
    heat = cached(
        view,
        "trends:heat",
        lambda: heat_map(view.release, view.config, view.selection, month, by, across),
        by,
        across,
    )
    if heat.cells.empty:
        text = _("{month} has nothing that could be broken down by both.").format(month=format_month(month))
        st.html(wrap("div", tag("p", text), "cx-notes"))
        return
    takeaway = heat_map_takeaway(heat)
    st.html(wrap("div", tag("p", takeaway), "cx-tile"))
    draw(view, "trends:heat", lambda: heat_map_chart(heat), by, across, alt_text=takeaway)
    st.html(wrap("div", tag("p", _heat_note(heat)), "cx-notes"))


def rows(view: View, trend: Trend) -> None:
    """The numbers behind the lines, on the screen and as a file."""
    st.subheader(_("The rows behind"), anchor=False)
    table = as_table(trend)
    st.dataframe(_shown(table, trend), hide_index=True, width="stretch", column_config=_columns(trend))
    filters = [f"{name}-{'-'.join(values)}" for name, values in view.selection.active().items()]
    weighted = ["weighted"] if view.selection.weighted else []
    covers = f"{trend.window}-months" if trend.window > 1 else "monthly"
    parts = [
        trend.metric,
        f"by-{trend.by}" if trend.by else "all",
        covers,
        *weighted,
        *filters,
        view.release.id,
    ]
    download(lambda: as_file(trend), parts, key="trends:csv")


def _second(view: View, by: str, others: list[str]) -> str:
    """The dimension that crosses the first one, kept in the address beside the selection."""
    # Channels mostly follow from touchpoints; customers' dimensions show more beside either.
    first = ("segment", "touchpoint") if by == "channel" else ("touchpoint", "segment")
    chosen = next(code for code in (st.query_params.get(ACROSS, ""), *first, *others) if code in others)
    key = f"{ACROSS}@{view.language}"
    st.session_state[key] = chosen

    def changed() -> None:
        st.query_params[ACROSS] = str(st.session_state[key] or chosen)

    st.segmented_control(
        _("And by"), others, format_func=dimension_text, key=key, on_change=changed, required=True
    )
    return chosen


def _unseen(trend: Trend) -> str:
    if len(trend.lines) == len(trend.shown) or trend.one_month:
        return ""
    text = (
        _("The chart shows the {count} largest of {all} lines; the panels below show the others too.")
        if len(trend.lines) <= MOST_PANELS
        else _("The chart shows the {count} largest of {all} lines; the panels below show more of them.")
    )
    return text.format(count=format_number(len(trend.shown)), all=format_number(len(trend.lines)))


def _marks(trend: Trend) -> str:
    if trend.one_month:
        return _("Point: value. Bar: 95 % interval.")
    if trend.scattered:
        return _(
            "Point: value of a month. Bar: 95 % interval. No line joins months that do not follow one another."
        )
    text = _(
        "Shaded: 95 % interval. A line breaks where a month is missing or the scale of the question changes."
    )
    alone = _("Point on a line to see it alone.")
    return f"{text} {alone}" if len(trend.shown) > 1 else text


def _unfinished(view: View, trend: Trend) -> str:
    if trend.unfinished is None:
        return ""
    return _("Hollow and dashed: {month} is not over, its data goes to {day}.").format(
        month=format_month(trend.unfinished), day=format_day(view.release.data_to or view.release.as_of)
    )


def _few(trend: Trend) -> str:
    if trend.few.empty:
        return ""
    return ngettext(
        "{count} value is left out because it rests on {few}: {lines}.",
        "{count} values are left out because they rest on {few}: {lines}.",
        len(trend.few),
    ).format(
        count=format_number(len(trend.few)),
        few=fewer_text(trend.min_base, trend.metric),
        lines=joined(list(trend.few["label"].unique()[:6])),
    )


def _other_scales(trend: Trend) -> str:
    if not trend.left_out:
        return ""
    return _(
        "Where a line was asked on two scales in one month, the scale with more answers is shown; {count} answers "
        "are left out."
    ).format(count=format_number(trend.left_out))


def _ignored(view: View, trend: Trend) -> str:
    names = ignored(view.selection, trend.metric)
    if not names:
        return ""
    return _("Not filtered by {dimensions}: terms of a subscription have none.").format(
        dimensions=joined([dimension_text(name).lower() for name in names], either=True)
    )


def _heat_note(heat: HeatMap) -> str:
    texts = [
        _(
            "Below each value: how many answers, terms or invitations. Colour and arrow only where a cell differs "
            "from everything on its scale by more than chance would explain, with at most 5 % false alarms among "
            "all cells: blue is better, orange worse."
        ),
    ]
    if heat.cells["few"].any():
        texts.append(_("Dashed: {few}.").format(few=fewer_text(heat.min_base, heat.metric)))
    texts.append(_("Empty: nothing at all."))
    for dimension, count in heat.unseen.items():
        more = ngettext(
            "{count} smaller value of {dimension} is not shown.",
            "{count} smaller values of {dimension} are not shown.",
            count,
        )
        texts.append(more.format(count=format_number(count), dimension=dimension_text(dimension).lower()))
    return " ".join(texts)


def _shown(table: pd.DataFrame, trend: Trend) -> pd.DataFrame:
    """The table in the reader's words and number forms; a number that rests on too little is withheld."""
    few = _("fewer than {count}").format(count=format_number(trend.min_base))
    return pd.DataFrame(
        {
            "month": [
                _("{month}, to date").format(month=format_month(month)) if running else format_month(month)
                for month, running in zip(table["month"], table["open"], strict=True)
            ],
            "line": table["label"],
            "value": [
                "" if small else value_text(value, trend.unit)
                for value, small in zip(table["estimate"], table["few"], strict=True)
            ],
            "interval": [
                interval_text(low, high, trend.unit)
                for low, high in zip(table["conf_low"], table["conf_high"], strict=True)
            ],
            "n": [
                few if small else format_number(base)
                for base, small in zip(table["base"], table["few"], strict=True)
            ],
            "scale": table["scale"],
        }
    )


def _columns(trend: Trend) -> dict[str, Any]:
    return {
        "month": st.column_config.TextColumn(_("Month")),
        "line": st.column_config.TextColumn(dimension_text(trend.by)) if trend.by else None,
        "value": st.column_config.TextColumn(metric_text(trend.metric), alignment="right"),
        "interval": st.column_config.TextColumn(_("95 % interval"), alignment="right"),
        "n": st.column_config.TextColumn("n", alignment="right"),
        "scale": st.column_config.TextColumn(_("Scale"))
        if METRICS[trend.metric].family == "answers"
        else None,
    }
