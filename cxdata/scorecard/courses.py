"""Layers that charts over the months are put together from: lines, bands, targets, changes of scale, names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import altair as alt
import pandas as pd

from cxdata.chart_style import BAND_OPACITY, INK, PAGE, month_texts, spread, tooltips
from cxdata.language import format_number, gettext
from cxdata.scorecard.words import interval_text, joined, value_text

Source = pd.DataFrame | alt.NamedData
"""Rows of a layer, or the name under which a specification gets them later."""

TARGET_RULE: dict[str, Any] = {"color": INK, "opacity": 0.6, "strokeDash": [5, 4], "strokeWidth": 1.25}

LABEL_GAP = 17
"""Pixels from one line's name to the next."""

LABEL_LIMIT = 130
"""Pixels that a name may take; the rest is cut and stands in its tooltip."""


def drawn_rows(rows: pd.DataFrame, unit: str, window: int, unfinished: date | None) -> pd.DataFrame:
    """Only what a chart draws, with the texts of its tooltips.

    Parameters
    ----------
    rows : DataFrame
        Points of a trend: ``month``, ``line``, ``label`` (may be missing), the estimate with its
        interval and base, ``run`` and ``open``.
    unit, window, unfinished
        As in `Trend`.
    """
    kept = [name for name in ("month", "line", "label", "estimate", "open", "run") if name in rows]
    return rows[kept].assign(
        # A blank end would be drawn as zero.
        conf_low=rows["conf_low"].fillna(rows["estimate"]),
        conf_high=rows["conf_high"].fillna(rows["estimate"]),
        alone=rows.groupby("run")["run"].transform("size") == 1,
        newest=rows.groupby("line")["month"].transform("max") == rows["month"],
        tail=_tail(rows),
        x=rows["month"],
        when=month_texts(rows["month"], window=window, unfinished=unfinished),
        value=[value_text(value, unit) for value in rows["estimate"]],
        interval=[
            interval_text(low, high, unit)
            for low, high in zip(rows["conf_low"], rows["conf_high"], strict=True)
        ],
        n=[format_number(base) for base in rows["base"]],
    )


def tooltip_fields(rows: Source) -> list[alt.Tooltip]:
    """What, when, value, interval, n: the order of every chart."""
    fields = (
        ("label", gettext("Line")),
        ("when", gettext("Month")),
        ("value", gettext("Value")),
        ("interval", gettext("95 % interval")),
        ("n", "n"),
    )
    unnamed = isinstance(rows, pd.DataFrame) and "label" not in rows
    return tooltips(*fields[1:]) if unnamed else tooltips(*fields)


def course(
    rows: Source,
    x: alt.X,
    scale: alt.Scale,
    axis: alt.Axis | None,
    colour: Any = None,
    *,
    width: float = 2.0,
    last: int = 50,
    band: float = BAND_OPACITY,
    focus: alt.Parameter | None = None,
) -> list[Any]:
    """Lines with their intervals.

    Parameters
    ----------
    rows : DataFrame or NamedData
        From `drawn_rows`.
    x, scale, axis
        Of the months and of the values; the same objects in all layers, since Vega merges them.
    colour : alt.Color, optional
        One for all lines by default.
    width, last : float
        Of the lines, and the area of the newest point.
    band : float
        Opacity of the intervals.
    focus : alt.Parameter, optional
        Selection by line that the pointer makes: the line under it stands out.

    Returns
    -------
    list of Chart
        Bands and lines within each run, single months with whiskers, the newest month as a point, the
        unfinished one hollow on a dashed line, and what the pointer finds.
    """
    if _empty(rows):
        return []

    def y(field: str) -> alt.Y:
        return alt.Y(field, type="quantitative", axis=axis, scale=scale)

    coloured: dict[str, Any] = {} if colour is None else {"color": colour}
    ink: dict[str, Any] = {"color": INK} if colour is None else {}
    opaque: dict[str, Any] = (
        {} if focus is None else {"opacity": alt.when(~focus).then(alt.value(0.2)).otherwise(alt.value(1.0))}
    )
    bands: Any = alt.value(band)
    if focus is not None:
        bands = (
            alt.when(focus, empty=False)
            .then(alt.value(0.25))
            .when(~focus)
            .then(alt.value(0))
            .otherwise(bands)
        )
    every = alt.Chart(rows).encode(x=x, y=y("estimate"), **coloured)
    closed = every.transform_filter("!datum.open").encode(**opaque)
    layers = [
        every.mark_area(clip=True).encode(y=y("conf_low"), y2="conf_high:Q", detail="run:N", opacity=bands),
        closed.mark_line(strokeWidth=width, strokeJoin="round").encode(detail="run:N"),
    ]
    if _any(rows, "tail"):
        dashed = every.transform_filter("datum.tail").mark_line(strokeWidth=width * 0.8, strokeDash=[3, 3])
        layers.append(dashed.encode(detail="line:N", **opaque))
    if _any(rows, "alone"):
        whisker = every.transform_filter("datum.alone").mark_rule(strokeOpacity=0.7, clip=True, **ink)
        layers.append(whisker.encode(y=y("conf_low"), y2="conf_high:Q", **opaque))
    points = every.transform_filter("!datum.open && (datum.alone || datum.newest)")
    layers.append(points.mark_point(filled=True, size=last).encode(**(opaque or {"opacity": alt.value(1)})))
    if _any(rows, "open"):
        points = every.transform_filter("datum.open")
        layers.append(points.mark_point(size=last, strokeWidth=1.75, fill=PAGE, opacity=1))
    # What the pointer finds: lines and points are too thin to be met.
    found = every.mark_point(filled=True, size=400, opacity=0, clip=True).encode(tooltip=tooltip_fields(rows))
    layers.append(found if focus is None else found.add_params(focus))
    return layers


def background(rows: Source, x: alt.X, scale: alt.Scale, axis: alt.Axis) -> list[Any]:
    """The course of everything together, thin and without interval, to see a line against."""
    if _empty(rows):
        return []
    base = alt.Chart(rows).encode(x=x, y=alt.Y("estimate:Q", axis=axis, scale=scale))
    points = base.transform_filter("datum.alone").mark_point(filled=True, size=14, color=INK, opacity=0.4)
    return [base.mark_line(color=INK, strokeWidth=1.25, opacity=0.4).encode(detail="run:N"), points]


def side_by_side(rows: pd.DataFrame, lines: Sequence[str]) -> pd.DataFrame:
    """Lines of scattered months moved a little apart, so that their whiskers do not cover one another."""
    months = rows["month"].drop_duplicates().sort_values()
    room = months.diff().min() * 0.45 if len(months) > 1 else pd.Timedelta(days=0)
    place = {line: (position + 0.5) / len(lines) - 0.5 for position, line in enumerate(lines)}
    return rows.assign(x=rows["month"] + rows["line"].map(place) * room)


def target_layers(targets: Source, scale: alt.Scale, axis: alt.Axis, unit: str = "") -> list[Any]:
    """Targets as dashed rules over the months in which they hold, the newest one named where `unit` is given.

    Parameters
    ----------
    targets : DataFrame or NamedData
        ``start``, ``end``, ``target``.
    scale, axis, unit
        Of the values.
    """
    if _empty(targets):
        return []
    y = alt.Y("target:Q", scale=scale, axis=axis)
    rule = alt.Chart(targets).mark_rule(clip=True, **TARGET_RULE)
    layers = [rule.encode(x=alt.X("start:T"), x2="end:T", y=y)]
    if unit and isinstance(targets, pd.DataFrame):
        aim = gettext("Target {value}").format(value=value_text(float(targets["target"].iloc[-1]), unit))
        place = {"x": alt.X("start:T"), "y": y}
        rows = targets.tail(1).assign(text=aim)
        layers += written(alt.Chart(rows), place, align="left", baseline="bottom", dx=3, dy=-3)
    return layers


def break_rows(breaks: pd.DataFrame, middle: pd.Timestamp, *, named: bool) -> pd.DataFrame:
    """What is written where a question changed: ``at``, ``text``, and ``side`` of the rule with more room.

    Parameters
    ----------
    breaks : DataFrame
        Rows of `Trend.breaks`.
    middle : Timestamp
        Middle of the axis.
    named : bool
        Whether to say whose question changed.
    """
    if breaks.empty:
        return pd.DataFrame({"at": [], "text": [], "side": []})
    rows = breaks.assign(
        text=[
            gettext("new definition")
            if before == after
            else gettext("scale {before} → {after}").format(before=before, after=after)
            for before, after in zip(breaks["before"], breaks["after"], strict=True)
        ]
    )
    rows = rows.groupby(["month", "text"], sort=True)["label"].agg(joined).reset_index()
    # Between the last month asked one way and the first asked the other.
    at = pd.to_datetime(rows["month"]) - pd.Timedelta(days=15)
    # What changed comes first: a narrow chart cuts the rest.
    text = rows["text"] + " (" + rows["label"] + ")" if named else rows["text"]
    return pd.DataFrame({"at": at, "text": text, "side": (at < middle).map({True: "left", False: "right"})})


def break_layers(rows: Source) -> list[Any]:
    """A vertical rule where a question changed, with what changed beside it; rows as from `break_rows`."""
    if _empty(rows):
        return []
    base = alt.Chart(rows)
    layers = [base.mark_rule(color=INK, opacity=0.6, strokeDash=[1, 3]).encode(x=alt.X("at:T"))]
    place = {"x": alt.X("at:T"), "y": alt.value(7)}
    half = alt.ExprRef("width / 2 - 5")
    for side, offset in (("left", 5), ("right", -5)):
        if not isinstance(rows, pd.DataFrame) or (rows["side"] == side).any():
            beside = base.transform_filter(f"datum.side === '{side}'")
            layers += written(beside, place, align=side, baseline="middle", dx=offset, limit=half)
    return layers


def end_labels(
    rows: pd.DataFrame,
    scale: alt.Scale,
    axis: alt.Axis,
    colour: alt.Color,
    height: int,
    focus: alt.Parameter,
) -> list[Any]:
    """The name of each line beside its end, moved apart where ends lie close together."""
    ends = rows.loc[rows["newest"], ["line", "label", "estimate"]]
    low, high = scale.domain
    places = [min(max(value, low), high) for value in ends["estimate"]]
    ends = ends.assign(place=spread(places, LABEL_GAP * (high - low) / height, low, high))
    y = alt.Y("place:Q", scale=scale, axis=axis)
    faded = alt.when(~focus).then(alt.value(0.35)).otherwise(alt.value(1.0))
    base = alt.Chart(ends).encode(y=y, x=alt.value("width"), opacity=faded)
    name = base.mark_text(align="left", baseline="middle", dx=23, color=INK, fontSize=12, limit=LABEL_LIMIT)
    return [
        base.mark_point(filled=True, size=50, xOffset=14).encode(color=colour),
        name.encode(text="label:N", tooltip=tooltips(("label", gettext("Line")))),
    ]


def written(chart: alt.Chart, place: dict[str, Any], **look: Any) -> list[Any]:
    """The column ``text`` written over whatever lies behind, with a rim in the colour of the page."""
    base = chart.encode(text="text:N", **place)
    return [
        base.mark_text(color=PAGE, stroke=PAGE, strokeWidth=4, strokeJoin="round", fontSize=12, **look),
        base.mark_text(color=INK, fontSize=12, **look),
    ]


def _tail(rows: pd.DataFrame) -> pd.Series:
    """The unfinished month of each line, and the closed one right before it where there is one."""
    before = rows["run"].eq(rows["run"].shift(-1)) & rows["open"].shift(-1, fill_value=False)
    after = rows["run"].eq(rows["run"].shift()) & rows["open"]
    return before | after


def _any(rows: Source, column: str) -> bool:
    """Whether a layer has anything to draw; rows that come later may have."""
    return not isinstance(rows, pd.DataFrame) or bool(rows[column].any())


def _empty(rows: Source) -> bool:
    return isinstance(rows, pd.DataFrame) and rows.empty
