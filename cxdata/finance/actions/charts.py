"""The course of an action: both sides month by month, and the gap between them against its usual range."""

from __future__ import annotations

from datetime import date, timedelta

import altair as alt
import numpy as np
import pandas as pd

from cxdata.chart_style import (
    CATEGORIES_LIGHT,
    INK,
    PAGE,
    month_axis,
    month_texts,
    records,
    styled,
    timestamp,
    tooltips,
)
from cxdata.finance.actions.judged import Judged, Measured
from cxdata.finance.actions.settings import AFTER, BEFORE, EARLIER, INTRODUCTION, OTHER_SEGMENTS, first_day
from cxdata.finance.actions.words import amount_text, difference_text, outcome_text
from cxdata.language import format_number, gettext, mark
from cxdata.scorecard.words import change_interval_text
from cxdata.vocabulary import Labels, label_of

PART_LABELS = {
    EARLIER: mark("earlier"),
    BEFORE: mark("before"),
    INTRODUCTION: mark("being introduced"),
    AFTER: mark("after"),
}
BLUE, GREY = CATEGORIES_LIGHT[0], CATEGORIES_LIGHT[5]


def sides_chart(judged: Judged, measured: Measured, labels: Labels) -> alt.LayerChart:
    """Those reached and the others, month by month, with the start of the action."""
    course = measured.found.course
    own = label_of(judged.action.segment, labels) if judged.action.segment else gettext("All segments")
    sides = [("reached", own)]
    if judged.action.compared_with == OTHER_SEGMENTS:
        sides.append(("others", gettext("Other segments")))
    rows = pd.concat(
        [
            pd.DataFrame(
                {
                    "month": [timestamp(day) for day in course["month"]],
                    "value": _shown(course[column], measured.unit),
                    "side": name,
                    "when": month_texts(course["month"]),
                    "what": outcome_text(measured, judged.action),
                    "amount": [amount_text(value, measured.unit) for value in course[column]],
                    "part": [gettext(PART_LABELS.get(part, part)) for part in course["part"]],
                }
            )
            for column, name in sides
        ],
        ignore_index=True,
    ).dropna(subset="value")  # fmt: skip
    data = alt.Data(values=records(rows))
    colour = alt.Color(
        "side:N", legend=None,
        scale=alt.Scale(domain=[name for _, name in sides], range=[BLUE, GREY][: len(sides)]),
    )  # fmt: skip
    months = list(course["month"])
    x = alt.X("month:T", axis=month_axis(months), scale=alt.Scale(domain=_ends(months)))
    y = alt.Y(
        "value:Q",
        title=_axis_title(measured, judged),
        scale=alt.Scale(zero=False, nice=True),
        axis=_y_axis(measured),
    )
    tips = tooltips(("what", gettext("What")), ("side", gettext("Who")), ("when", gettext("Month")),
                    ("amount", gettext("Value")), ("part", gettext("Part")))  # fmt: skip
    base = alt.Chart(data).encode(x=x, y=y, color=colour, tooltip=tips)
    # Names stand above the plot: on a phone there is no room beside it.
    names = [
        alt.Chart(alt.Data(values=[{"side": name}]))
        .mark_text(align="left", fontSize=12, fontWeight=600, baseline="middle")
        .encode(x=alt.value(0), y=alt.value(-8 - 15 * (len(sides) - 1 - place)), text="side:N", color=colour)
        for place, (_, name) in enumerate(sides)
    ]
    layers = [_introduction(judged, x), base.mark_line(strokeWidth=2), base.mark_circle(size=36), *names]
    return styled(alt.layer(*layers), right=12, height=220)


def gap_chart(judged: Judged, measured: Measured) -> alt.LayerChart:
    """The gap against its mean before, month by month with intervals, and the change since as a line."""
    found = measured.found
    course = found.course
    interval = [
        change_interval_text(low, high, "score" if measured.unit == "minutes" else measured.unit)
        for low, high in zip(course["conf_low"], course["conf_high"], strict=True)
    ]
    rows = pd.DataFrame(
        {
            "month": [timestamp(day) for day in course["month"]],
            "gap": _shown(course["gap"], measured.unit),
            "low": _shown(course["conf_low"], measured.unit),
            "high": _shown(course["conf_high"], measured.unit),
            "since": [part == AFTER for part in course["part"]],
            "when": month_texts(course["month"]),
            "what": outcome_text(measured, judged.action),
            "change": [difference_text(value, measured.unit) for value in course["gap"]],
            "interval": interval,
            "n": [format_number(size) for size in course["size"]],
        }
    )
    months = list(course["month"])
    data = alt.Data(values=records(rows))
    x = alt.X("month:T", axis=month_axis(months), scale=alt.Scale(domain=_ends(months)))
    title = (
        gettext("Gap, against before") if judged.action.compared_with == OTHER_SEGMENTS
        else gettext("Against before")
    )  # fmt: skip
    y = alt.Y("gap:Q", title=title, axis=_y_axis(measured))
    colour = alt.condition(alt.datum.since, alt.value(BLUE), alt.value(GREY))
    tips = tooltips(("what", gettext("What")), ("when", gettext("Month")), ("change", gettext("Against before")),
                    ("interval", gettext("95 % interval")), ("n", gettext("n")))  # fmt: skip
    base = alt.Chart(data).encode(x=x, color=colour, tooltip=tips)
    layers = [
        _introduction(judged, x),
        _rule([0.0], dash=[1, 0], opacity=0.5),
        base.mark_rule(strokeWidth=1.5).encode(
            y=alt.Y("low:Q", title=title, axis=_y_axis(measured)), y2="high:Q"
        ),
        base.mark_point(filled=False, size=46, strokeWidth=2, fill=PAGE).encode(y=y),
    ]
    if np.isfinite(found.usual_low):
        layers.append(_rule(list(_shown(pd.Series([found.usual_low, found.usual_high]), measured.unit)), dash=[5, 4],
                            opacity=0.6))  # fmt: skip
    after = course[course["part"] == AFTER]
    if len(after) and np.isfinite(found.estimate):
        level = float(_shown(pd.Series([found.estimate]), measured.unit).iloc[0])
        line = pd.DataFrame({"month": [timestamp(after["month"].iloc[0]), timestamp(after["month"].iloc[-1])],
                             "gap": [level, level]})  # fmt: skip
        layers.append(
            alt.Chart(alt.Data(values=records(line)))
            .mark_line(strokeWidth=3, color=BLUE, opacity=0.55)
            .encode(x=x, y=y)
        )
    return styled(alt.layer(*layers), right=12, height=200)


def _shown(values: pd.Series, unit: str) -> pd.Series:
    """Fractions as per cent, so that an axis of changes reads in points."""
    return values * 100 if unit == "fraction" else values


def _axis_title(measured: Measured, judged: Judged) -> str:
    unit = {
        "minutes": gettext("minutes"),
        "fraction": "%",
        "points": gettext("points"),
        "score": gettext("mean"),
    }
    return f"{outcome_text(measured, judged.action)}, {unit[measured.unit]}"


def _y_axis(measured: Measured) -> alt.Axis:
    return alt.Axis(
        tickCount=5, grid=True, gridColor=INK, gridOpacity=0.12, domain=False,
        minExtent=40,
        format=".1f" if measured.unit == "score" else ".1~f", titleFontWeight="normal",
    )  # fmt: skip


def _ends(months: list[date]) -> list[alt.DateTime]:
    first, last = min(months) - timedelta(days=12), max(months) + timedelta(days=12)
    return [alt.DateTime(year=day.year, month=day.month, date=day.day) for day in (first, last)]


def _rule(values: list[float], *, dash: list[int], opacity: float) -> alt.Chart:
    data = alt.Data(values=[{"gap": float(value)} for value in values])
    return alt.Chart(data).mark_rule(color=INK, strokeDash=dash, opacity=opacity).encode(y="gap:Q")


def _introduction(judged: Judged, x: alt.X) -> alt.Chart:
    """From the start to the first month that counts."""
    start, end = judged.action.started_on, first_day(judged.windows.after[0])
    rows = [{"month": timestamp(start), "until": timestamp(max(end, start + timedelta(days=3)))}]
    return alt.Chart(alt.Data(values=rows)).mark_rect(color=INK, opacity=0.10).encode(x=x, x2="until:T")
