"""Charts of the scorecard: frames in, Altair charts out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from cxdata.chart_style import AXIS_FORMATS, BAND_OPACITY, INK, month_axis, records, slim, styled, timestamp
from cxdata.language import gettext
from cxdata.scorecard.courses import (
    TARGET_RULE,
    background,
    break_layers,
    break_rows,
    course,
    drawn_rows,
    end_labels,
    side_by_side,
    target_layers,
    tooltip_fields,
)
from cxdata.scorecard.trends import RULE, Trend, with_runs
from cxdata.scorecard.words import metric_text

SPARKLINE_HEIGHT = 48
TREND_HEIGHT = 340
PANEL_HEIGHT = 130
MOST_ROWS_OF_ONE_MONTH = 30

MANY_POINTS = 50
"""From here on a few very wide intervals may leave the axis, so that the lines keep their shape."""


def sparkline(
    series: pd.DataFrame, unit: str, target: float = np.nan, unfinished: date | None = None
) -> alt.LayerChart:
    """A tile's course over the last months: line with interval band, last point, target.

    Parameters
    ----------
    series : DataFrame
        ``month``, ``estimate``, ``conf_low``, ``conf_high``, ``base``; months without data are rows
        with nan, and the line breaks there, and where ``stretch`` (optional) changes.
    unit : str
        points, fraction or score.
    target : float
        Drawn as a dashed rule; nan for none.
    unfinished : date, optional
        First day of the month that is still running: its point is hollow and hangs on a dashed line.

    Returns
    -------
    LayerChart
        As wide as its container, 48 pixels high, without axes.
    """
    months = pd.to_datetime(series["month"])
    rows = series.dropna(subset=["estimate"]).assign(line="", **dict.fromkeys(RULE, ""))
    if "stretch" in rows:
        rows["scale"] = rows["stretch"].astype(str)
    rows = with_runs(rows.assign(month=pd.to_datetime(rows["month"])))
    rows["open"] = rows["month"] == pd.Timestamp(unfinished) if unfinished else False
    x = alt.X("x:T", axis=None)
    if len(months) > 1:
        x = x.scale(domain=[timestamp(months.min()), timestamp(months.max())])
    scale = alt.Scale(zero=False, nice=False, padding=4)
    layers = course(drawn_rows(rows, unit, 1, unfinished), x, scale, None, width=1.75, last=46)
    if target == target:
        aim = alt.Chart(pd.DataFrame({"target": [float(target)]})).mark_rule(**TARGET_RULE)
        layers.insert(0, aim.encode(y=alt.Y("target:Q", axis=None, scale=scale)))
    return styled(alt.layer(*layers), height=SPARKLINE_HEIGHT)


def trend_chart(trend: Trend) -> alt.LayerChart:
    """The largest lines of a trend with their intervals, target and changes of scale.

    Returns
    -------
    LayerChart
        Lines break where a month is missing or the scale changes; months on their own are points with
        whiskers, and where all are, lines stand side by side. The unfinished month is hollow and dashed.
    """
    rows = trend.points[trend.points["line"].isin(trend.shown)]
    breaks = trend.breaks[trend.breaks["line"].isin(trend.shown)]
    low, high = _reach(rows, trend.targets)
    rows = drawn_rows(rows, trend.unit, trend.window, trend.unfinished)
    if trend.scattered:
        rows = side_by_side(rows, trend.shown)
    scale = alt.Scale(domain=[low, high], nice=False, zero=False)
    axis = _value_axis(
        trend, tickCount=6, title=_title(trend), titleAngle=0, titleAlign="left", titleAnchor="end",
        titleY=-14, titleX=0,
    )  # fmt: skip
    x = _months(trend)
    aims = trend.targets.loc[trend.targets["line"] == "", ["start", "end", "target"]]
    targets = target_layers(aims, scale, axis, trend.unit)
    if not trend.by:
        layers = course(rows, x, scale, axis, last=60)
    else:
        focus = alt.selection_point(name="focus", fields=["line"], on="pointerover", clear="pointerout")
        colour = alt.Color("line:N", scale=alt.Scale(domain=list(trend.shown)), legend=None)
        band = BAND_OPACITY if len(trend.shown) <= 3 else BAND_OPACITY / 2
        layers = course(rows, x, scale, axis, colour, last=60, band=band, focus=focus)
        layers += end_labels(rows, scale, axis, colour, TREND_HEIGHT, focus)
    rules = break_layers(break_rows(breaks, _middle(trend), named=len(trend.shown) > 1))
    return styled(alt.layer(*targets[:1], *rules, *layers, *targets[1:]), right=14, height=TREND_HEIGHT)


def panels(trend: Trend, lines: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Each line against the course of everything together, which is grey; all with the same axes.

    Returns
    -------
    dict of str to dict
        A finished specification for each line. They differ in their rows only, so that building one
        builds them all: a page may show a dozen.
    """
    low, high = _reach(trend.points, trend.targets)
    scale = alt.Scale(domain=[low, high], nice=False, zero=False)
    axis = _value_axis(trend, tickCount=4, title=None)
    x = _months(trend)
    names = {name: alt.NamedData(name) for name in ("targets", "breaks", "whole", "rows")}
    layers = [
        *target_layers(names["targets"], scale, axis),
        *break_layers(names["breaks"]),
        *background(names["whole"], x, scale, axis),
        *course(names["rows"], x, scale, axis),
    ]
    spec = slim(styled(alt.layer(*layers), right=10, height=PANEL_HEIGHT).to_dict())
    return {line: {**spec, "datasets": _panel_rows(trend, line)} for line in lines}


def _panel_rows(trend: Trend, line: str) -> dict[str, list[dict[str, Any]]]:
    rows = trend.points[trend.points["line"] == line]
    # Means on another scale cannot stand beside the line.
    beside = (trend.overall["method"] != "mean") | trend.overall["scale"].isin(rows["scale"])
    whole = trend.overall[beside]
    alone = whole.groupby("run")["run"].transform("size") == 1
    own = trend.targets[(trend.targets["line"] == line) & (line != "")]
    return {
        "targets": records(own[["start", "end", "target"]]),
        "breaks": records(
            break_rows(trend.breaks[trend.breaks["line"] == line], _middle(trend), named=False)
        ),
        "whole": records(whole.assign(x=whole["month"], alone=alone)[["x", "estimate", "run", "alone"]]),
        "rows": records(drawn_rows(rows, trend.unit, trend.window, trend.unfinished)),
    }


def one_month_chart(trend: Trend) -> alt.LayerChart:
    """Lines of a single month under one another: a point with its interval each, the largest value on top."""
    points = trend.points[trend.points["line"].isin(trend.lines[:MOST_ROWS_OF_ONE_MONTH])]
    low, high = _reach(points, trend.targets)
    points = points.sort_values("estimate", ascending=False, kind="stable")
    rows = drawn_rows(points, trend.unit, trend.window, trend.unfinished)
    axis = _value_axis(trend, tickCount=5, title=_title(trend))
    scale = alt.Scale(domain=[low, high], nice=False, zero=False)
    names = alt.Axis(
        domain=False, ticks=False, labelLimit=160, labelPadding=8, labelOverlap=False, labelFlush=False
    )
    base = alt.Chart(rows).encode(
        y=alt.Y("label:N", sort=None, title=None, axis=names), tooltip=tooltip_fields(rows)
    )
    interval = base.mark_rule(color=INK, opacity=0.55, strokeWidth=1.5, clip=True)
    layers: list[Any] = [
        interval.encode(x=alt.X("conf_low:Q", axis=axis, scale=scale), x2="conf_high:Q"),
        base.mark_point(filled=True, size=70, opacity=1).encode(
            x=alt.X("estimate:Q", axis=axis, scale=scale)
        ),
    ]
    aim = trend.targets[trend.targets["line"] == ""].tail(1)[["target"]]
    if len(aim):
        rule = alt.Chart(aim).mark_rule(**TARGET_RULE)
        layers.insert(0, rule.encode(x=alt.X("target:Q", axis=axis, scale=scale)))
    return styled(alt.layer(*layers), right=16, height=26 * len(rows) + 56)


def _title(trend: Trend) -> str:
    """The metric, with its scale where that is the unit and the same throughout."""
    scales = trend.points["scale"].unique()
    if trend.unit != "score" or len(scales) != 1:
        return metric_text(trend.metric)
    return gettext("{metric}, scale {scale}").format(metric=metric_text(trend.metric), scale=scales[0])


def _value_axis(trend: Trend, **look: Any) -> alt.Axis:
    return alt.Axis(
        format=AXIS_FORMATS[trend.unit], gridOpacity=0.5, domain=False, ticks=False, labelPadding=8, **look
    )


def _months(trend: Trend) -> alt.X:
    months = [value.date() for value in trend.points["month"].unique()]
    first, last = pd.Timestamp(trend.first), pd.Timestamp(trend.last)
    edge = (last - first) * (0.05 if trend.scattered else 0.012)
    domain = [timestamp(first - edge), timestamp(last + edge)]
    return alt.X("x:T", axis=month_axis(months), scale=alt.Scale(domain=domain, nice=False))


def _middle(trend: Trend) -> pd.Timestamp:
    return pd.Timestamp(trend.first) + (pd.Timestamp(trend.last) - pd.Timestamp(trend.first)) / 2


def _reach(points: pd.DataFrame, targets: pd.DataFrame) -> tuple[float, float]:
    """Ends of the value axis: every value and target; of many intervals the widest ones are cut."""
    values = pd.concat([points["estimate"], targets.loc[targets["line"] == "", "target"]])
    widest = 0.05 if len(points) >= MANY_POINTS else 0.0
    low = min(values.min(), points["conf_low"].quantile(widest))
    high = max(values.max(), points["conf_high"].quantile(1 - widest))
    room = (high - low or abs(high) or 1.0) * 0.05
    return float(low - room), float(high + room)
