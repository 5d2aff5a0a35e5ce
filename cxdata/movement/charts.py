"""Charts of what moved: the waterfall of a change, and process charts with their limits and signals."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from cxdata.chart_style import AXIS_FORMATS, INK, month_axis, month_texts, styled, timestamp, tooltips
from cxdata.language import format_number, gettext, ngettext
from cxdata.movement.results import Decomposition
from cxdata.movement.watch import ProcessChart
from cxdata.movement.waterfall import AFTER_BAR, BEFORE_BAR, ENTERED, LEFT, MIX, RATE, Bar, bars
from cxdata.movement.words import group_text, periods_text, span_text
from cxdata.scorecard.words import (
    ARROWS,
    change_interval_text,
    change_text,
    interval_text,
    line_text,
    value_text,
)
from cxdata.vocabulary import Labels

BAR_HEIGHT = 36
PANEL_HEIGHT = 130
JUDGED = ("good", "bad")

_THEME = alt.Scale(domain=list(JUDGED))  # the theme's first two colours: blue and orange


def waterfall_chart(found: Decomposition, labels: Labels) -> alt.LayerChart:
    """From the score before to the score after: mix, the rate of the largest groups, who came and went.

    Bars lie under one another, so that names of any length can be read; the two totals are marks, because
    the axis need not begin at zero. Colour and arrow only where a part is clear.

    Parameters
    ----------
    found : Decomposition
    labels : Labels
        The company's words for codes.

    Returns
    -------
    LayerChart
        As wide as its container, at most eight bars.
    """
    rows = pd.DataFrame([_row(found, bar, labels) for bar in bars(found)])
    low, high = (
        rows[["start", "end", "low", "high"]].min().min(),
        rows[["start", "end", "low", "high"]].max().max(),
    )
    margin = (high - low) * 0.04 or 1.0
    axis = alt.Axis(
        format=AXIS_FORMATS[found.unit], title=None, tickCount=5, grid=False, domainColor=INK, domainOpacity=0.25,
        tickColor=INK, tickOpacity=0.25,
    )  # fmt: skip
    scale = alt.Scale(domain=[float(low - margin), float(high + margin)], nice=False, zero=False)
    names = alt.Axis(
        domain=False, ticks=False, labelLimit=150, labelPadding=8, labelOverlap=False, labelFlush=False
    )
    tooltip = tooltips(
        ("label", gettext("Part")), ("when", gettext("Periods")), ("text", gettext("Size")),
        ("interval", gettext("95 % interval")), ("n", "n"),
    )  # fmt: skip
    base = alt.Chart(rows).encode(
        y=alt.Y("label:N", sort=list(rows["label"]), title=None, axis=names), tooltip=tooltip
    )

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=scale, axis=axis)

    size: dict[str, Any] = {"height": {"band": 0.55}, "cornerRadius": 2}
    step = base.transform_filter("!datum.total").encode(x=x("start"), x2="end:Q")
    layers: list[Any] = [
        step.transform_filter("datum.judgement === 'neutral'").mark_bar(color=INK, opacity=0.28, **size),
        step.transform_filter("datum.judgement !== 'neutral'")
        .mark_bar(**size)
        .encode(color=alt.Color("judgement:N", scale=_THEME, legend=None)),
        base.mark_rule(color=INK, opacity=0.6, strokeWidth=1.25).encode(x=x("low"), x2="high:Q"),
        base.transform_filter("datum.total").mark_tick(
            color=INK, opacity=1, thickness=4, height={"band": 0.7}
        ).encode(x=x("end")),
        base.mark_text(color=INK, align="left", dx=8, fontSize=12, fontWeight=500).encode(
            x=alt.value("width"), text="text:N"
        ),
    ]  # fmt: skip
    return styled(alt.layer(*layers), right=84, height=BAR_HEIGHT * len(rows))


def _row(found: Decomposition, bar: Bar, labels: Labels) -> dict[str, Any]:
    unit, total = found.unit, bar.kind in (BEFORE_BAR, AFTER_BAR)
    arrow = ARROWS.get(bar.verdict, "")
    low, high = bar.conf_low, bar.conf_high
    return {
        "label": bar_text(found, bar, labels),
        "when": periods_text(found.comparison),
        "start": bar.start,
        "end": bar.end,
        "low": low if total else bar.start + low,
        "high": high if total else bar.start + high,
        "total": total,
        "judgement": bar.judgement,
        "text": value_text(bar.estimate, unit)
        if total
        else f"{arrow} {change_text(bar.estimate, unit)}".strip(),
        "interval": interval_text(low, high, unit) if total else change_interval_text(low, high, unit),
        "n": format_number(bar.base),
    }


def bar_text(found: Decomposition, bar: Bar, labels: Labels) -> str:
    """What a bar of the waterfall is called."""
    period = found.comparison
    if bar.kind == BEFORE_BAR:
        return span_text(period.before_first, period.before_last)
    if bar.kind == AFTER_BAR:
        return span_text(period.first, period.last)
    if bar.kind == RATE:
        return group_text(found, bar.line, bar.across, labels)
    texts = {
        MIX: gettext("Mix: who answers"),
        ENTERED: ngettext("{count} group that came", "{count} groups that came", bar.groups),
        LEFT: ngettext("{count} group that went", "{count} groups that went", bar.groups),
    }
    others = ngettext("{count} other group", "{count} other groups", bar.groups)
    return texts.get(bar.kind, others).format(count=format_number(bar.groups))


def process_chart(chart: ProcessChart, labels: Labels, happened: pd.DataFrame) -> alt.LayerChart:
    """The months of one touchpoint between their limits, signals marked, what happened beside them.

    Parameters
    ----------
    chart : ProcessChart
    labels : Labels
        The company's words for codes.
    happened : DataFrame
        ``month`` (timestamp) and ``text`` of what is annotated: actions that start, questions that change.

    Returns
    -------
    LayerChart
        Limits widen where a month has few answers and begin anew with a new scale. Months of a signal are
        filled points, diamonds where it was raised; the unfinished month is hollow and not judged.
    """
    rows = _points(chart, labels)
    months = pd.to_datetime(rows["x"])
    x = alt.X(
        "x:T",
        axis=month_axis([month.date() for month in months]),
        scale=alt.Scale(domain=[timestamp(months.min()), timestamp(months.max())], padding=6),
    )
    low = float(min(rows["estimate"].min(), rows["low"].min()))
    high = float(max(rows["estimate"].max(), rows["high"].max()))
    room = (high - low) * 0.08 or 0.1
    scale = alt.Scale(domain=[low - room, high + room], nice=False, zero=False)
    axis = alt.Axis(
        format=AXIS_FORMATS[chart.unit], title=None, tickCount=4, grid=False, domain=False, ticks=False
    )

    def y(field: str) -> alt.Y:
        return alt.Y(field, type="quantitative", axis=axis, scale=scale)

    tooltip = tooltips(
        ("label", gettext("Line")), ("when", gettext("Month")), ("value", gettext("Value")),
        ("interval", gettext("95 % interval")), ("n", "n"), ("limits", gettext("Limits")), ("said", gettext("Signal")),
    )  # fmt: skip
    base = alt.Chart(rows).encode(x=x)
    limited = base.transform_filter("isValid(datum.centre)")
    rule: dict[str, Any] = {"color": INK, "strokeWidth": 1, "interpolate": "step"}
    layers: list[Any] = [
        limited.mark_area(color=INK, opacity=0.07, interpolate="step").encode(
            y=y("low"), y2="high:Q", detail="phase:N"
        ),
        limited.mark_line(opacity=0.55, strokeDash=[4, 3], **rule).encode(y=y("centre"), detail="phase:N"),
        base.transform_filter("!datum.open")
        .mark_line(strokeWidth=1.5)
        .encode(y=y("estimate"), detail="phase:N"),
    ]
    flagged = base.transform_filter("datum.signal >= 0").encode(y=y("estimate"))
    colour = alt.Color("judgement:N", scale=_THEME, legend=None)
    layers += [
        flagged.transform_filter("!datum.raised")
        .mark_point(filled=True, size=28, opacity=1)
        .encode(color=colour),
        flagged.transform_filter("datum.raised")
        .mark_point(filled=True, size=95, shape="diamond", opacity=1)
        .encode(color=colour),
        base.transform_filter("datum.open").mark_point(size=36, strokeWidth=1.5).encode(y=y("estimate")),
    ]
    layers += _annotations(happened)
    found = base.mark_point(filled=True, size=300, opacity=0).encode(y=y("estimate"), tooltip=tooltip)
    return styled(alt.layer(*layers, found), right=8, height=PANEL_HEIGHT)


def _points(chart: ProcessChart, labels: Labels) -> pd.DataFrame:
    points, unit = chart.points, chart.unit
    table = chart.signals.reset_index(drop=True)
    raised = set(table["raised"]) if len(table) else set()
    above = points["estimate"] > points["centre"]
    good = above == chart.higher_is_better
    unfinished = points.loc[points["open"], "month"]
    name = line_text("touchpoint", chart.line, labels)
    return pd.DataFrame(
        {
            "x": points["month"],
            "label": name,
            "when": month_texts(
                points["month"], unfinished=unfinished.iloc[0].date() if len(unfinished) else None
            ),
            "estimate": points["estimate"],
            "value": [value_text(value, unit) for value in points["estimate"]],
            "interval": [
                interval_text(low, high, unit)
                for low, high in zip(points["conf_low"], points["conf_high"], strict=True)
            ],
            "n": [format_number(base) for base in points["base"]],
            "limits": [
                interval_text(low, high, unit)
                for low, high in zip(points["low"], points["high"], strict=True)
            ],
            "said": [
                (gettext("above") if up else gettext("below")) if place >= 0 else gettext("no signal")
                for place, up in zip(points["signal"], above, strict=True)
            ],
            "centre": points["centre"],
            "low": points["low"],
            "high": points["high"],
            "phase": points["phase"],
            "open": points["open"],
            "signal": points["signal"],
            "raised": points["month"].isin(raised) & (points["signal"] >= 0),
            "judgement": good.map({True: "good", False: "bad"}),
        }
    )


def _annotations(happened: pd.DataFrame) -> list[Any]:
    """Ticks at the foot of the chart where something began or changed; what it was, for who points at them."""
    if happened.empty:
        return []
    rows = happened.assign(at=happened["month"], when=month_texts(happened["month"]))[["at", "text", "when"]]
    base = alt.Chart(rows).encode(x=alt.X("at:T"))
    mark = base.mark_point(shape="triangle-up", filled=True, size=60, color=INK, opacity=0.8, yOffset=-5)
    what = tooltips(("text", gettext("What happened")), ("when", gettext("Month")))
    return [
        base.mark_rule(color=INK, opacity=0.45, strokeDash=[1, 3]),
        mark.encode(y=alt.value("height"), tooltip=what),
    ]
