"""The look that all charts share: colours, number and date forms of the language, month axis, tooltips.

Marks without a colour of their own take the theme's (`.streamlit/config.toml` repeats the palettes below
for the browser, so that light and dark each have theirs). Rules and labels are drawn in `INK`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import altair as alt
import pandas as pd
from babel import Locale

from cxdata.language import current_locale, format_month, gettext

CATEGORIES_LIGHT = ("#0072B2", "#D55E00", "#009E73", "#B5518C", "#5B4A00", "#5F6B7A")
CATEGORIES_DARK = ("#56B4E9", "#E8743B", "#00B389", "#E3A5CB", "#F2E58A", "#9AA4B2")
"""Colours of lines: at least 3:1 on their background, and told apart by colour-blind readers."""

INK = "currentColor"
"""Colour of rules and labels: the page's own text colour, in light and in dark."""

PAGE = alt.ExprRef("background")
"""Colour of the page, for hollow points."""

BAND_OPACITY = 0.16
"""How strongly interval bands are filled."""

MAX_ROWS = 400
"""Rows that a chart may carry; more costs the browser seconds and the reader patience."""

AXIS_FORMATS = {"points": "d", "fraction": ".0%", "score": ".1f"}
"""Number forms of axes, by unit."""


def locale_settings() -> dict[str, Any]:
    """Number and time forms of the language in force, as Vega wants them in `config.locale`."""
    locale = Locale.parse(current_locale())
    symbols = locale.number_symbols["latn"]
    months, days = locale.months["stand-alone"], locale.days["stand-alone"]
    return {
        "number": {
            "decimal": symbols["decimal"],
            "thousands": symbols["group"],
            "grouping": [3],
            "currency": ["", ""],
            "percent": "%" if locale.language == "en" else "\u00a0%",
            "minus": "−",
        },
        "time": {
            "dateTime": "%x, %X",
            "date": "%d/%m/%Y",
            "time": "%H:%M",
            "periods": ["AM", "PM"],
            # Vega counts from Sunday, Babel from Monday.
            "days": [days["wide"][day] for day in (6, 0, 1, 2, 3, 4, 5)],
            "shortDays": [days["abbreviated"][day] for day in (6, 0, 1, 2, 3, 4, 5)],
            "months": [months["wide"][month] for month in range(1, 13)],
            "shortMonths": [months["abbreviated"][month][:3] for month in range(1, 13)],
        },
    }


def styled(chart: Any, *, right: int = 2, **properties: Any) -> Any:
    """The chart with the settings that every chart carries; call it once, on the outermost chart.

    Parameters
    ----------
    chart : Chart
    right : int
        Pixels kept free on the right, for labels at the ends of lines.
    properties : Any
        Such as height, as in `alt.Chart.properties`.
    """
    sides = {"left": 2, "right": right, "top": 2, "bottom": 2}  # Streamlit expects all four
    return chart.properties(width="container", padding=sides, **properties).configure(
        locale=locale_settings(),
        # The page names the chart and says what it shows; hundreds of marks read out singly say nothing.
        aria=False,
        mark=alt.MarkConfig(aria=False),
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(
            labelFontSize=12,
            titleFontSize=12,
            labelColor=INK,
            titleColor=INK,
            labelOpacity=0.75,
            titleOpacity=0.75,
            labelOverlap="parity",
        ),
    )


def timestamp(month: date) -> str:
    """A month as Vega reads it without shifting it to another time zone."""
    return f"{month:%Y-%m-%d}T00:00:00"


def records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as a specification holds them: plain values, timestamps as text that Vega does not shift."""
    plain = rows.copy()
    for column in plain.select_dtypes("datetime").columns:
        plain[column] = plain[column].dt.strftime("%Y-%m-%dT%H:%M:%S")
    return [
        {str(name): value for name, value in row.items()} for row in plain.astype(object).to_dict("records")
    ]


def slim(spec: dict[str, Any]) -> dict[str, Any]:
    """A layered specification that says only once what its axes look like; Vega merges those of all layers."""
    said: set[str] = set()
    layers = []
    for layer in spec["layer"]:
        encoding = {}
        for channel, value in layer["encoding"].items():
            again = channel in said and "axis" in value  # a list (of tooltips) has no axis
            encoding[channel] = (
                {key: part for key, part in value.items() if key != "axis"} if again else value
            )
            if "axis" in value:
                said.add(channel)
        layers.append({**layer, "encoding": encoding})
    return {**spec, "layer": layers}


def month_texts(months: Iterable[Any], *, window: int = 1, unfinished: date | None = None) -> list[str]:
    """What a tooltip calls each month, or the window that ends with it; the unfinished one says so."""
    found = []
    for value in pd.to_datetime(pd.Series(list(months))):
        month = value.date()
        text = format_month(month)
        if window > 1:
            start = (value - pd.DateOffset(months=window - 1)).date()
            text = gettext("{first} to {last}").format(
                first=format_month(start, short=True), last=format_month(month, short=True)
            )
        found.append(gettext("{month}, to date").format(month=text) if month == unfinished else text)
    return found


def month_axis(months: Sequence[date], *, labels: bool = True) -> alt.Axis:
    """An axis with month names, the year under the first one and under every January.

    Parameters
    ----------
    months : sequence of date
        First days of the months with data; few of them get a tick each, otherwise the span decides.
    labels : bool
        Whether the ticks are named.
    """
    first, last = min(months), max(months)
    span = (last.year - first.year) * 12 + last.month - first.month + 1
    step = 1 if span <= 14 else 3 if span <= 48 else 12
    places = [first.year * 12 + first.month - 1 + offset for offset in range(span)]
    ticks = [date(place // 12, place % 12 + 1, 1) for place in places if place % 12 % step == 0]
    if len(set(months)) <= 8:
        ticks = sorted(set(months))
    elif 1 in (tick.month for tick in ticks) and step < 12:
        # Where room is short every second label goes; the Januaries, which carry the year, must stay.
        before = next(place for place, tick in enumerate(ticks) if tick.month == 1)
        ticks = ticks[before % 2 :]
    name = "timeFormat(datum.value, '%b')"
    year = "timeFormat(datum.value, '%Y')"
    yearly = all(tick.month == ticks[0].month for tick in ticks)
    new_year = "true" if yearly else "month(datum.value) == 0 || datum.index == 0"
    return alt.Axis(
        title=None,
        values=[alt.DateTime(year=tick.year, month=tick.month, date=1) for tick in ticks],
        labelExpr=f"{new_year} ? [{name}, {year}] : {name}",
        labels=labels,
        grid=False,
        domain=True,
        domainColor=INK,
        domainOpacity=0.25,
        ticks=True,
        tickColor=INK,
        tickOpacity=0.25,
        tickSize=4,
        labelPadding=4,
        labelAngle=0,
    )


def tooltips(*fields: tuple[str, str]) -> list[alt.Tooltip]:
    """Tooltip entries in the order given, from columns that hold finished text: (column, title)."""
    return [alt.Tooltip(f"{column}:N", title=title) for column, title in fields]


def spread(positions: Sequence[float], apart: float, low: float, high: float) -> list[float]:
    """Positions moved as little as needed to lie `apart` from one another, between `low` and `high`.

    Parameters
    ----------
    positions : sequence of float
        Where labels would like to be, in any order; the order of the result is the same.
    apart, low, high : float
        In the unit of the positions. Where there is no room for all, they share what there is.
    """
    if not positions:
        return []
    apart = min(apart, (high - low) / max(len(positions) - 1, 1))
    order = sorted(range(len(positions)), key=lambda index: positions[index])
    groups: list[tuple[float, list[int]]] = []  # centre and members, each group `apart` from the next
    for index in order:
        groups.append((min(max(positions[index], low), high), [index]))
        while len(groups) > 1 and _reach(groups[-2], apart)[1] + apart > _reach(groups[-1], apart)[0] + 1e-9:
            (first, left), (second, right) = groups[-2:]
            members = left + right
            centre = (first * len(left) + second * len(right)) / len(members)
            half = (len(members) - 1) * apart / 2
            groups[-2:] = [(min(max(centre, low + half), high - half), members)]
    found = [0.0] * len(positions)
    for centre, members in groups:
        start = centre - (len(members) - 1) * apart / 2
        for place, index in enumerate(members):
            found[index] = start + place * apart
    return found


def _reach(group: tuple[float, list[int]], apart: float) -> tuple[float, float]:
    half = (len(group[1]) - 1) * apart / 2
    return group[0] - half, group[0] + half
