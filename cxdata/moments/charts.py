"""Charts of the moments of truth: frames in, Altair charts out."""

from __future__ import annotations

from typing import Any, Literal

import altair as alt
import numpy as np
import pandas as pd

from cxdata.chart_style import (
    BAND_OPACITY,
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
from cxdata.language import format_number, format_percent, gettext
from cxdata.moments.effects import DECIDES, REVERSE
from cxdata.moments.paths import LESS, MORE, Paths
from cxdata.moments.study import RENEWALS, Study
from cxdata.moments.words import (
    PATH_VERDICTS,
    VERDICT_LABELS,
    cost_text,
    customers_text,
    path_text,
    per_thousand,
    place_text,
    ratio_text,
    unit_of_study,
)
from cxdata.scorecard.words import change_interval_text, change_text
from cxdata.vocabulary import Labels

ROW_HEIGHT = 44
PANEL_HEIGHT = 130

FARTHEST = 24.0
"""Largest ratio that the chart of paths has room for, and its inverse the smallest."""

DECLARED = "◆"
"""Stands behind a touchpoint that the team declared a moment of truth."""

ACCENT = CATEGORIES_LIGHT[1]
"""What stands out; it reaches 3:1 on the light and on the dark page."""

_FAINT: dict[str, Any] = {"stroke": INK, "strokeOpacity": 0.35}


def forest(study: Study, labels: Labels) -> alt.LayerChart:
    """Adjusted difference of bad and good experiences per touchpoint, with interval and reach.

    Returns
    -------
    LayerChart
        One row per touchpoint that is compared, in the order of the table. Filled and coloured: a moment
        of truth; hollow: not clear. The larger the point, the more customers met the touchpoint.
    """
    rows = _forest_rows(study, labels)
    factor = 100.0 if study.outcome == RENEWALS else 1.0
    title = (
        gettext("Renewal after a bad experience less after a good one, pp")
        if study.outcome == RENEWALS
        else gettext("NPS after a bad experience less after a good one, points")
    )
    for column in ("estimate", "conf_low", "conf_high"):
        rows[column] = rows[column] * factor
    base = alt.Chart(alt.Data(values=records(rows)))
    y = alt.Y("row:O", axis=None, scale=alt.Scale(paddingInner=0.1))
    axis = alt.Axis(format=".0f", tickCount=5, grid=True, gridColor=INK, gridOpacity=0.12, domain=False)
    x = alt.X("estimate:Q", title=title, axis=axis, scale=alt.Scale(zero=True, nice=True))
    tips = tooltips(
        ("name", gettext("Touchpoint")),
        ("difference", gettext("Difference")),
        ("interval", gettext("95 % interval")),
        ("n", gettext("Bad experiences")),
        ("reached", gettext("Met by")),
        ("cost", _cost_title(study)),
        ("word", gettext("Verdict")),
    )
    colour = alt.condition("datum.clear", alt.value(ACCENT), alt.value(INK))
    return styled(
        alt.layer(
            alt.Chart(alt.Data(values=[{"zero": 0}])).mark_rule(**_FAINT).encode(x=alt.X("zero:Q", title=title)),
            base.mark_rule(strokeWidth=2).encode(
                y=y, x=alt.X("conf_low:Q", title=title), x2="conf_high:Q", color=colour, tooltip=tips
            ),
            base.mark_point(strokeWidth=2, opacity=1).encode(
                y=y, x=x, color=colour, tooltip=tips,
                fill=alt.condition("datum.clear", alt.value(ACCENT), alt.value("transparent")),
                size=alt.Size("reach:Q", legend=None, scale=alt.Scale(domain=[0, 1], range=[40, 420])),
            ),
            _above(base, y, x_of="left", align="left", field="name"),
            _above(base, y, x_of="right", align="right", field="label"),
        ),
        height=ROW_HEIGHT * len(rows),
    )  # fmt: skip


def paths_chart(found: Paths, labels: Labels) -> alt.LayerChart:
    """How much more common each path is before lost renewals, on a scale of ratios.

    Returns
    -------
    LayerChart
        One row per path; filled and coloured where it stands out from chance, 1 marked.
    """
    table = found.table
    rows = pd.DataFrame(
        {
            "row": range(len(table)),
            "name": [path_text(path, labels) for path in table["path"]],
            "estimate": table["ratio"],
            "conf_low": table["ratio_low"],
            "conf_high": table["ratio_high"],
            "clear": table["verdict"].isin((MORE, LESS)),
            "label": [
                ratio_text(lost, kept, value)
                for lost, kept, value in zip(table["lost"], table["kept"], table["ratio"], strict=True)
            ],
            "interval": [
                gettext("{low} to {high}").format(low=format_number(low, 2), high=format_number(high, 2))
                for low, high in zip(table["ratio_low"], table["ratio_high"], strict=True)
            ],
            "n": [customers_text(int(count)) for count in table["customers"]],
            "word": [gettext(PATH_VERDICTS[verdict]) for verdict in table["verdict"]],
        }
    )
    title = gettext("Share before lost renewals ÷ share before kept ones")
    base = alt.Chart(alt.Data(values=records(rows)))
    # Paths seen on one side only reach far beyond: their bars end where the chart does.
    ends = [
        max(min(rows["conf_low"].min(), 0.8) * 0.97, 1 / FARTHEST),
        min(max(rows["conf_high"].max(), 1.25) * 1.03, FARTHEST),
    ]
    scale = alt.Scale(type="log", domain=[float(end) for end in ends], nice=False, clamp=True)
    ticks = [
        tick for tick in (0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 10, 20) if ends[0] <= tick <= ends[1]
    ]
    axis = alt.Axis(values=ticks, format="~g", grid=True, gridColor=INK, gridOpacity=0.12, domain=False)
    y = alt.Y("row:O", axis=None, scale=alt.Scale(paddingInner=0.1))
    tips = tooltips(
        ("name", gettext("Path")), ("label", gettext("Ratio")), ("interval", gettext("95 % interval")),
        ("n", gettext("Base")), ("word", gettext("Verdict")),
    )  # fmt: skip
    colour = alt.condition("datum.clear", alt.value(ACCENT), alt.value(INK))
    one = alt.Chart(alt.Data(values=[{"one": 1}])).mark_rule(**_FAINT)
    return styled(
        alt.layer(
            one.encode(x=alt.X("one:Q", title=title, scale=scale, axis=axis)),
            base.mark_rule(strokeWidth=2).encode(
                y=y, x=alt.X("conf_low:Q", title=title, scale=scale), x2="conf_high:Q", color=colour, tooltip=tips
            ),
            base.mark_point(strokeWidth=2, opacity=1, size=90).encode(
                y=y, x=alt.X("estimate:Q", title=title, scale=scale), color=colour, tooltip=tips,
                fill=alt.condition("datum.clear", alt.value(ACCENT), alt.value("transparent")),
            ),
            _above(base, y, x_of="left", align="left", field="name"),
            _above(base, y, x_of="right", align="right", field="label"),
        ),
        height=ROW_HEIGHT * len(rows),
    )  # fmt: skip


def rate_panel(rates: pd.DataFrame, unfinished: Any = None) -> alt.LayerChart:
    """One kind of disconnection month by month, per 1,000, with its interval.

    Parameters
    ----------
    rates : DataFrame
        Rows of one kind, from `paths.rates`.
    unfinished : date, optional
        First day of the month that is not over: its point is hollow.
    """
    known = rates.dropna(subset=["estimate"])
    rows = pd.DataFrame(
        {
            "x": known["month"],
            "value": known["estimate"] * 1000,
            "low": known["conf_low"] * 1000,
            "high": known["conf_high"] * 1000,
            "when": month_texts(known["month"], unfinished=unfinished),
            "what": [per_thousand(value) for value in known["estimate"]],
            "interval": [
                gettext("{low} to {high}").format(low=per_thousand(low), high=per_thousand(high))
                for low, high in zip(known["conf_low"], known["conf_high"], strict=True)
            ],
            "n": [format_number(base) for base in known["base"]],
            "open": (known["month"] == pd.Timestamp(unfinished)) if unfinished else False,
        }
    )
    months = [value.date() for value in known["month"]]
    base = alt.Chart(alt.Data(values=records(rows)))
    span = [timestamp(min(months)), timestamp(max(months))]
    x = alt.X("x:T", axis=month_axis(months), scale=alt.Scale(domain=span, nice=False))
    axis = alt.Axis(
        title=None, format="d", tickCount=3, grid=True, gridColor=INK, gridOpacity=0.12, domain=False
    )
    y = alt.Y("value:Q", axis=axis, scale=alt.Scale(zero=True))
    tips = tooltips(
        ("when", gettext("Month")), ("what", gettext("Per 1,000")), ("interval", gettext("95 % interval")),
        ("n", gettext("Contacts")),
    )  # fmt: skip
    # No colours of their own: marks take those of the reader's theme.
    points = base.encode(x=x, y=y, tooltip=tips)
    return styled(
        alt.layer(
            base.mark_area(opacity=BAND_OPACITY).encode(x=x, y=alt.Y("low:Q", axis=axis), y2="high:Q"),
            base.mark_line(strokeWidth=2).encode(x=x, y=y),
            points.transform_filter("!datum.open").mark_point(size=30, filled=True, opacity=1),
            points.transform_filter("datum.open").mark_point(size=40, fill=PAGE, opacity=1),
        ),
        height=PANEL_HEIGHT,
        right=8,
    )


def _forest_rows(study: Study, labels: Labels) -> pd.DataFrame:
    table = study.moments.table.dropna(subset=["estimate"]).reset_index(drop=True)
    unit, declared = unit_of_study(study), set(study.declared)
    recorded = set(study.touchpoints.loc[study.touchpoints["contacts"] > 0, "touchpoint"])
    return pd.DataFrame(
        {
            "row": range(len(table)),
            "name": [
                place_text(name, labels) + (f" {DECLARED}" if name in declared else "")
                for name in table["touchpoint"]
            ],
            "estimate": table["estimate"],
            "conf_low": table["conf_low"],
            "conf_high": table["conf_high"],
            "reach": np.where(table["touchpoint"].isin(recorded), table["reach"], 0.0),
            "clear": table["verdict"].isin((DECIDES, REVERSE)),
            "label": [
                gettext("{difference} · {bad} bad").format(
                    difference=change_text(value, unit), bad=format_number(bad)
                )
                for value, bad in zip(table["estimate"], table["bad"], strict=True)
            ],
            "difference": [change_text(value, unit) for value in table["estimate"]],
            "interval": [
                change_interval_text(low, high, unit)
                for low, high in zip(table["conf_low"], table["conf_high"], strict=True)
            ],
            "n": [format_number(bad) for bad in table["bad"]],
            "reached": [
                format_percent(value) if name in recorded else gettext("not recorded")
                for name, value in zip(table["touchpoint"], table["reach"], strict=True)
            ],
            "cost": [
                gettext("{cost} ({low} to {high})").format(
                    cost=cost_text(cost, study), low=cost_text(low, study), high=cost_text(high, study)
                )
                for cost, low, high in zip(table["cost"], table["cost_low"], table["cost_high"], strict=True)
            ],
            "word": [gettext(VERDICT_LABELS[verdict]) for verdict in table["verdict"]],
        }
    )


def _cost_title(study: Study) -> str:
    return gettext("Lost renewals") if study.outcome == RENEWALS else gettext("Points of the overall NPS")


def _above(base: alt.Chart, y: alt.Y, *, x_of: str, align: Literal["left", "right"], field: str) -> alt.Chart:
    """Text above a row, at one edge: it needs no axis beside the chart, which a phone has no room for."""
    place = alt.value(0) if x_of == "left" else alt.value("width")
    return base.mark_text(
        align=align, baseline="bottom", dy=-8, fontSize=12, color=INK, fontWeight="bold" if align == "left" else "normal",
    ).encode(y=y, x=place, text=f"{field}:N")  # fmt: skip
