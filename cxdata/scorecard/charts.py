"""Charts of scores over time and across dimensions: frames in, Altair charts out."""

from __future__ import annotations

from datetime import date

import altair as alt
import numpy as np
import pandas as pd

from cxdata.chart_style import BAND_OPACITY, INK, PAGE, month_texts, styled, tooltips
from cxdata.language import format_number, format_percent, gettext

SPARKLINE_HEIGHT = 48

_PADDING = dict.fromkeys(("left", "right", "top", "bottom"), 2)  # Streamlit expects the four sides


def runs(months: pd.Series) -> np.ndarray:
    """Number of the unbroken stretch that each month belongs to, for months in order.

    A line is drawn within a stretch and never across a month without data.
    """
    index = pd.to_datetime(months)
    place = (index.dt.year * 12 + index.dt.month).to_numpy()
    return np.cumsum(np.diff(place, prepend=place[:1]) > 1) if len(place) else np.array([], dtype=int)


def sparkline(
    series: pd.DataFrame, unit: str, target: float = np.nan, unfinished: date | None = None
) -> alt.LayerChart:
    """A tile's course over the last months: line with interval band, last point, target.

    Parameters
    ----------
    series : DataFrame
        ``month``, ``estimate``, ``conf_low``, ``conf_high``, ``base``; months without data are rows
        with nan, and the line breaks there.
    unit : str
        points, fraction or score.
    target : float
        Drawn as a dashed rule; nan for none.
    unfinished : date, optional
        First day of the month that is still running: its point is hollow and hangs on a dotted line.

    Returns
    -------
    LayerChart
        As wide as its container, 48 pixels high, without axes.
    """
    rows = series.dropna(subset=["estimate"]).copy()
    rows["run"] = runs(rows["month"])
    rows["alone"] = rows.groupby("run")["run"].transform("size") == 1
    rows["open"] = rows["month"] == pd.Timestamp(unfinished) if unfinished else False
    rows["last"] = rows["month"] == rows["month"].max()
    rows["when"] = month_texts(rows["month"], unfinished)
    rows["value"] = [_value_text(value, unit) for value in rows["estimate"]]
    rows["interval"] = [
        f"{_value_text(low, unit)} … {_value_text(high, unit)}" if low == low else gettext("none")
        for low, high in zip(rows["conf_low"], rows["conf_high"], strict=True)
    ]
    rows["n"] = [format_number(base) for base in rows["base"]]
    # A blank end would be drawn as zero.
    rows["conf_low"] = rows["conf_low"].fillna(rows["estimate"])
    rows["conf_high"] = rows["conf_high"].fillna(rows["estimate"])

    span = [value.strftime("%Y-%m-%dT00:00:00") for value in (series["month"].min(), series["month"].max())]
    x = alt.X("month:T", axis=None, scale=alt.Scale(domain=span) if len(series) > 1 else alt.Undefined)

    def y(field: str) -> alt.Y:
        return alt.Y(
            field, type="quantitative", axis=None, scale=alt.Scale(zero=False, nice=False, padding=4)
        )

    base = alt.Chart(rows).encode(x=x, y=y("estimate"), tooltip=tooltips(
        ("when", gettext("Month")), ("value", gettext("Value")), ("interval", gettext("95 % interval")), ("n", "n"),
    ))  # fmt: skip
    closed = base.transform_filter("!datum.open")
    layers = [
        closed.mark_area(opacity=BAND_OPACITY, clip=True).encode(
            y=y("conf_low"), y2="conf_high:Q", detail="run:N"
        ),
        closed.mark_line(strokeWidth=1.75, strokeJoin="round").encode(detail="run:N"),
        base.transform_filter("datum.alone")
        .mark_rule(color=INK, opacity=0.5)
        .encode(y=y("conf_low"), y2="conf_high:Q"),
        base.transform_filter("datum.alone && !datum.last").mark_point(filled=True, size=14, opacity=1),
        base.transform_filter("datum.last && !datum.open").mark_point(filled=True, size=46, opacity=1),
        # What the pointer finds: the marks above are too thin to be met.
        base.mark_rule(strokeWidth=9, opacity=0).encode(y=y("conf_low"), y2="conf_high:Q"),
    ]
    if unfinished:
        tail = rows[rows["run"] == rows["run"].max()].tail(2) if rows["open"].any() else rows.iloc[:0]
        tail = tail if len(tail) == 2 and tail["open"].any() else tail.iloc[:0]
        layers.insert(
            2,
            alt.Chart(tail[["month", "estimate"]])
            .mark_line(strokeWidth=1.5, strokeDash=[2, 2])
            .encode(x=x, y=y("estimate")),
        )
        layers.insert(
            -1, base.transform_filter("datum.open").mark_point(size=40, strokeWidth=1.5, fill=PAGE, opacity=1)
        )
    if target == target:
        aim = alt.Chart(pd.DataFrame({"target": [target]}))
        layers.insert(0, aim.mark_rule(color=INK, opacity=0.55, strokeDash=[4, 3]).encode(y=y("target")))
    return styled(alt.layer(*layers).properties(width="container", height=SPARKLINE_HEIGHT, padding=_PADDING))


def _value_text(value: float, unit: str) -> str:
    if unit == "fraction":
        return format_percent(value)
    return format_number(value, 1 if unit == "points" else 2)
