"""The heat map of two customer dimensions: frames in, Altair chart out."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from cxdata.chart_style import INK, PAGE, styled, tooltips
from cxdata.language import format_money, format_number, format_percent, gettext
from cxdata.scorecard.comparisons import DOWN, NO_DATA, UP
from cxdata.scorecard.words import ARROWS, verdict_text
from cxdata.segments.groups import Groups
from cxdata.segments.shown import ALL, EMPTY, HIDDEN, SHOWN
from cxdata.segments.words import apart_text, group_text, measure_text, months_text, number_text, range_text
from cxdata.vocabulary import Labels

ROW_HEIGHT = 40
HEADER_HEIGHT = 34


def cross_chart(groups: Groups, measure: str, labels: Labels, currency: str) -> alt.LayerChart:
    """Value and base of every pair of groups, with the totals; colour and arrow only where one really differs.

    Hidden cells have a dashed border and the word for it; empty ones are not drawn.
    """
    rows = _cells(groups, measure, labels, currency)
    row_names = [group_text(groups.by, code, labels) for code in groups.rows] + [gettext("Everybody")]
    column_names = [group_text(groups.across, code, labels) for code in groups.columns] + [
        gettext("Everybody")
    ]
    better = bool(groups.level("all", measure)["higher_is_better"].iloc[0])
    widest = max(float(rows["apart"].abs().max() or 0), 1e-9)
    narrow = f"width < {64 * len(column_names)}"
    tight = f"width < {38 * len(column_names)}"
    room: dict[str, Any] = {"fillOpacity": alt.ExprRef(f"{tight} ? 0 : 1")}
    top = _axis("top", labelAngle=alt.ExprRef(f"width < {90 * len(column_names)} ? -30 : 0"),
                labelAlign=alt.ExprRef(f"width < {90 * len(column_names)} ? 'left' : 'center'"),
                labelBaseline="bottom")  # fmt: skip
    base = alt.Chart(rows).encode(
        x=alt.X("column:N", sort=column_names, title=None, axis=top),
        y=alt.Y("row:N", sort=row_names, title=None, axis=_axis("left")),
        tooltip=tooltips(
            ("what", gettext("Group")),
            ("when", gettext("Months")),
            ("value", measure_text(measure)),
            ("interval", gettext("95 % interval")),
            ("n", "n"),
            ("against", gettext("Against all others")),
            ("verdict", gettext("Verdict")),
        ),
    )
    cell: dict[str, Any] = {"cornerRadius": 3, "stroke": PAGE, "strokeWidth": 3}
    shown = base.transform_filter("datum.state == 'shown'")
    layers = [shown.mark_rect(color=INK, fillOpacity=0.05, **cell)]
    if rows["real"].any():
        colours = alt.Scale(domain=[-widest, widest], domainMid=0, reverse=not better)
        layers.append(
            base.transform_filter("datum.real")
            .mark_rect(**cell)
            .encode(color=alt.Color("apart:Q", scale=colours, legend=None))
        )
    if (rows["state"] == HIDDEN).any():
        secret = base.transform_filter("datum.state == 'hidden'")
        layers += [
            secret.mark_rect(
                fill="transparent", stroke=INK, strokeOpacity=0.35, strokeDash=[2, 3], cornerRadius=3, strokeWidth=1,
                width={"band": 0.92}, height={"band": 0.82},
            ),
            secret.mark_text(color=INK, opacity=0.75, fontSize=11, **room).encode(text="text:N"),
        ]  # fmt: skip
    size = alt.ExprRef(f"{narrow} ? 10 : 13")
    layers += [
        shown.mark_text(color=INK, fontSize=size, dy=-6, fontWeight=500, **room).encode(text="text:N"),
        shown.mark_text(color=INK, fontSize=10, dy=9, **room).encode(text="n:N"),
        shown.mark_text(color=INK, fontSize=10, fillOpacity=alt.ExprRef(f"{tight} ? 1 : 0")).encode(
            text="arrow:N"
        ),
    ]
    return styled(alt.layer(*layers), height=ROW_HEIGHT * len(row_names) + HEADER_HEIGHT)


def _cells(groups: Groups, measure: str, labels: Labels, currency: str) -> pd.DataFrame:
    cells = groups.cells[(groups.cells["measure"] == measure) & (groups.cells["state"] != EMPTY)]
    found = []
    for cell in cells.to_dict("records"):
        level = cell["level"]
        row = gettext("Everybody") if level in ("column", ALL) else group_text(groups.by, cell["row"], labels)
        column = (
            gettext("Everybody")
            if level in ("row", ALL)
            else group_text(groups.across, cell["column"], labels)
        )
        shown, real = cell["state"] == SHOWN, cell["verdict"] in (UP, DOWN)
        unit = cell["unit"]
        short = _short(cell["estimate"], unit, currency) if shown else gettext("hidden")
        found.append(
            {
                "row": row,
                "column": column,
                "what": f"{row} · {column}",
                "when": months_text(groups),
                "state": cell["state"],
                "value": number_text(cell["estimate"], unit, currency) if shown else gettext("hidden"),
                "interval": range_text(cell["conf_low"], cell["conf_high"], unit, currency) if shown else "",
                "n": format_number(cell["base"]) if shown else "",
                "against": apart_text(cell["difference"], unit, currency)
                if shown and not np.isnan(cell["difference"])
                else "",
                "verdict": verdict_text(cell["verdict"]) if shown and cell["verdict"] != NO_DATA else "",
                "text": f"{ARROWS.get(cell['verdict'], '')} {short}".strip() if shown else short,
                "arrow": ARROWS.get(cell["verdict"], ""),
                "real": shown and real,
                "apart": float(cell["difference"]) if shown and real else 0.0,
            }
        )
    return pd.DataFrame(found)


def _short(value: float, unit: str, currency: str) -> str:
    """A number with as few digits as a cell has room for."""
    if unit == "money":
        return format_money(value, currency)
    if unit == "fraction":
        return format_percent(value, 0)
    return format_number(value, 2 if unit == "score" else 0)


def _axis(orient: Any, **look: Any) -> alt.Axis:
    return alt.Axis(
        orient=orient, domain=False, ticks=False, labelPadding=6, labelLimit=150, labelOverlap=False,
        labelFlush=False, **look,
    )  # fmt: skip
