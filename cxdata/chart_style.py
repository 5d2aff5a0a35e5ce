"""The look that all charts share: colours, number and date forms of the language, month axis, tooltips.

Marks without a colour of their own take the theme's (`.streamlit/config.toml` repeats the palettes below
for the browser, so that light and dark each have theirs). Rules and labels are drawn in `INK`.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import altair as alt
import pandas as pd
from babel import Locale

from cxdata.language import current_locale, format_month, gettext

INK = "currentColor"
"""Colour of rules and labels: the page's own text colour, in light and in dark."""

PAGE = alt.ExprRef("background")
"""Colour of the page, for hollow points."""

BAND_OPACITY = 0.16
"""How strongly interval bands are filled."""

MAX_ROWS = 400
"""Rows that a chart may carry; more costs the browser seconds and the reader patience."""


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
            "shortMonths": [months["abbreviated"][month].rstrip(".") for month in range(1, 13)],
        },
    }


def styled(chart: Any, **config: Any) -> Any:
    """The chart with the settings that every chart carries; call it once, on the outermost chart."""
    return chart.configure(
        locale=locale_settings(), font="inherit", view=alt.ViewConfig(stroke=None), **config
    )


def month_texts(months: pd.Series | pd.DatetimeIndex, unfinished: date | None = None) -> list[str]:
    """What a tooltip calls each month; the unfinished one says so."""
    return [
        gettext("{month}, to date").format(month=format_month(month))
        if month == unfinished
        else format_month(month)
        for month in (value.date() for value in pd.to_datetime(pd.Series(months)))
    ]


def tooltips(*fields: tuple[str, str]) -> list[alt.Tooltip]:
    """Tooltip entries in the order given, from columns that hold finished text: (column, title)."""
    return [alt.Tooltip(f"{column}:N", title=title) for column, title in fields]
