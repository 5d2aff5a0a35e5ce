"""Charts of a driver analysis: results in, Altair charts out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from cxdata.chart_style import CATEGORIES_LIGHT, INK, PAGE, records, spread, styled, tooltips
from cxdata.drivers.analysis import Analysis
from cxdata.drivers.table import CLEAR
from cxdata.drivers.words import (
    VERDICT_LABELS,
    effect_interval,
    effect_text,
    share_interval,
    step_text,
)
from cxdata.language import format_number, format_percent, gettext
from cxdata.vocabulary import Labels

ROW_HEIGHT = 58
HELPS, HARMS = CATEGORIES_LIGHT[0], CATEGORIES_LIGHT[1]
"""Colours of clear effects; they reach 3:1 on the light and on the dark page. The sign is written, too."""

NAMES_FROM = 560
"""Pixels of width from which names stand beside the points of the matrix; below, the numbers must do."""

_FAINT: dict[str, Any] = {"stroke": INK, "strokeOpacity": 0.35}
_GRID: dict[str, Any] = {"grid": True, "gridColor": INK, "gridOpacity": 0.12, "domain": False}

_SHARE_AXIS = alt.Axis(format=".0%", tickCount=5, **_GRID)
_COUNT_AXIS = alt.Axis(format="d", tickMinStep=1, **_GRID)
_GAIN_AXIS = alt.Axis(format=".1%", tickCount=4, **_GRID)

URGENT, KEEP, WATCH, LEAVE, UNDECIDED = "urgent", "keep", "watch", "leave", "undecided"


def importance_bars(
    analysis: Analysis, names: Mapping[str, str], labels: Labels, random_share: float = float("nan")
) -> alt.LayerChart:
    """C1: share of each driver with its interval; coloured by the sign of a clear effect, grey where it is not clear.

    A short upright line marks the share that random numbers reach, once it is known.
    """
    rows = _rows(analysis, names, labels)
    base = alt.Chart(alt.Data(values=_records(rows)))
    y = alt.Y("row:O", axis=None, scale=alt.Scale(paddingInner=0.1))
    title = gettext("Share of what the drivers explain beyond what is held equal")
    x = alt.X("share:Q", title=title, axis=_SHARE_AXIS, scale=alt.Scale(zero=True))
    tips = tooltips(
        ("name", gettext("Driver")), ("shares", gettext("Share")), ("interval", gettext("95 % interval")),
        ("effects", gettext("Effect")), ("effect_interval", gettext("95 % interval")), ("word", gettext("Verdict")),
        ("n", gettext("Rated by")),
    )  # fmt: skip
    colour = alt.Color(
        "tone:N", legend=None,
        scale=alt.Scale(domain=["helps", "harms", "unclear"], range=[HELPS, HARMS, "#7f8a96"]),
    )  # fmt: skip
    layers = [
        base.mark_bar(height=10, cornerRadius=2).encode(y=y, x=x, color=colour, tooltip=tips),
        _above(base, y, "left", "numbered"),
        _above(base, y, "right", "label"),
    ]
    if rows["low"].notna().all():
        layers.insert(
            1,
            base.mark_rule(strokeWidth=2, stroke=INK).encode(
                y=y, x=alt.X("low:Q", title=title), x2="high:Q", tooltip=tips
            ),
        )
    if np.isfinite(random_share):
        layers.append(
            base.mark_tick(size=20, thickness=2, color=INK).encode(
                y=y, x=alt.XDatum(random_share, title=title)
            )
        )
    return styled(alt.layer(*layers), height=max(ROW_HEIGHT * len(rows), 110))


def quadrant_of(row: Mapping[Any, Any], share: float, performance: float) -> str:
    """Where a driver lies for sure: undecided as soon as an interval crosses one of the medians."""
    low, high = row["share_low"], row["share_high"]
    if not np.isfinite(low) or low <= share <= high:
        return UNDECIDED
    if row["performance_low"] <= performance <= row["performance_high"]:
        return UNDECIDED
    if low > share:
        return URGENT if row["performance"] < performance else KEEP
    return WATCH if row["performance"] < performance else LEAVE


QUADRANT_COLOURS = {URGENT: CATEGORIES_LIGHT[1], KEEP: CATEGORIES_LIGHT[2], WATCH: CATEGORIES_LIGHT[3],
                    LEAVE: CATEGORIES_LIGHT[0], UNDECIDED: "#7f8a96"}  # fmt: skip


def quadrant_labels() -> dict[str, str]:
    """What the four corners and the grey ones are called."""
    return {
        URGENT: gettext("Improve first"), KEEP: gettext("Keep up"), WATCH: gettext("Improve if cheap"),
        LEAVE: gettext("Leave as it is"), UNDECIDED: gettext("Undecided"),
    }  # fmt: skip


def matrix_rows(analysis: Analysis, names: Mapping[str, str], labels: Labels) -> pd.DataFrame:
    """Drivers with a standing, and the quadrant of each; facts about customers have none."""
    table = analysis.table.dropna(subset=["performance"]).reset_index(drop=True)
    rows = _rows(analysis, names, labels).set_index("code").loc[table["code"]].reset_index()
    share, performance = table["share"].median(), table["performance"].median()
    words = quadrant_labels()
    rows["quadrant"] = [quadrant_of(row, share, performance) for row in table.to_dict("records")]
    rows["corner"] = [words[code] for code in rows["quadrant"]]
    for name in ("performance", "performance_low", "performance_high", "affected"):
        rows[name] = table[name]
    rows["standing"] = [format_percent(value) for value in table["performance"]]
    rows["customers"] = [format_number(value) for value in table["affected"]]
    # Names stand on the side where there is room, and keep apart from one another.
    middle = (table["performance_low"].min() + table["performance_high"].max()) / 2
    rows["on_right"] = table["performance"] > middle
    top = float(np.nanmax([table["share"].max(), table["share_high"].max()]))
    rows["label_y"] = table["share"]
    for right in (True, False):
        side = rows["on_right"] == right
        rows.loc[side, "label_y"] = spread(list(table.loc[side, "share"]), 0.055 * top, 0.0, top)
    rows["share_median"], rows["performance_median"] = share, performance
    return rows


def priority_matrix(rows: pd.DataFrame) -> alt.LayerChart:
    """C2: importance by how customers fare, with intervals; who crosses a median is grey, that is undecided.

    Parameters
    ----------
    rows : DataFrame
        From `matrix_rows`.
    """
    base = alt.Chart(alt.Data(values=_records(rows)))
    # Short, so that a phone has room for them; the text below the chart says what they mean.
    share_title, here_title = gettext("Importance"), gettext("How customers fare")
    x = alt.X(
        "performance:Q",
        title=here_title,
        scale=alt.Scale(zero=False, padding=24),
        axis=_SHARE_AXIS,
    )
    y = alt.Y(
        "share:Q",
        title=share_title,
        scale=alt.Scale(zero=True, padding=12),
        axis=_SHARE_AXIS,
    )
    tips = tooltips(
        ("name", gettext("Driver")), ("corner", gettext("Priority")), ("shares", gettext("Share")),
        ("interval", gettext("95 % interval")), ("standing", gettext("How customers fare")),
        ("customers", gettext("Customers with a bad experience")), ("n", gettext("Rated by")),
    )  # fmt: skip
    colour = alt.Color(
        "quadrant:N", legend=None,
        scale=alt.Scale(domain=list(QUADRANT_COLOURS), range=list(QUADRANT_COLOURS.values())),
    )  # fmt: skip
    middle = {"x": float(rows["performance_median"].iloc[0]), "y": float(rows["share_median"].iloc[0])}
    lines = alt.Chart(alt.Data(values=[middle]))
    layers = [
        lines.mark_rule(strokeDash=[4, 4], **_FAINT).encode(x=alt.X("x:Q", title=here_title)),
        lines.mark_rule(strokeDash=[4, 4], **_FAINT).encode(y=alt.Y("y:Q", title=share_title)),
        base.mark_rule(strokeWidth=1.5, opacity=0.8).encode(
            y=y, x=alt.X("performance_low:Q", title=here_title), x2="performance_high:Q", color=colour
        ),
        # Hollow, so that the number reads as well as any text of the page, in light and in dark.
        base.mark_point(filled=False, fill=PAGE, opacity=1, strokeWidth=2.5).encode(
            x=x, y=y, stroke=colour, tooltip=tips,
            size=alt.Size("affected:Q", legend=None, scale=alt.Scale(range=[260, 640])),
        ),
        base.mark_text(fontSize=11, fontWeight=600, fill=INK).encode(x=x, y=y, text="number:N", tooltip=tips),
        # The names once in the colour of the page below themselves: whiskers do not run through them.
        *(
            base.mark_text(
                text=alt.ExprRef(f"width < {NAMES_FROM} ? '' : datum.name"),
                align=alt.ExprRef("datum.on_right ? 'right' : 'left'"), dx=alt.ExprRef("datum.on_right ? -18 : 18"),
                fontSize=12, limit=260, **look,
            ).encode(x=x, y=alt.Y("label_y:Q", title=share_title))
            for look in ({"fill": PAGE, "stroke": PAGE, "strokeWidth": 4}, {"fill": INK})
        ),
    ]  # fmt: skip
    if rows["low"].notna().all():
        layers.insert(
            2,
            base.mark_rule(strokeWidth=1.5, opacity=0.8).encode(
                x=x, y=alt.Y("low:Q", title=share_title), y2="high:Q", color=colour
            ),
        )
    return styled(alt.layer(*layers), height=480)


def what_if_bars(analysis: Analysis, names: Mapping[str, str], labels: Labels) -> alt.LayerChart:
    """C7: what half a standard deviation more of a driver goes with, with its interval."""
    table = analysis.table.dropna(subset=["effect"]).copy()
    # Yes or no has a standard deviation too: its effect here is that of so much more, not of the whole step.
    for end in ("", "_low", "_high"):
        table[f"per_spread{end}"] = table[f"effect{end}"] * table["spread"]
    rows = _rows(analysis, names, labels).set_index("code").loc[table["code"]].reset_index()
    factor = 100.0 if analysis.summary.settings.of_terms else 1.0
    for name in ("per_spread", "per_spread_low", "per_spread_high"):
        rows[name] = table[name].to_numpy() * factor / 2
    title = (
        gettext("Percentage points that go with half a standard deviation more")
        if analysis.summary.settings.of_terms
        else gettext("Points of the outcome that go with half a standard deviation more")
    )
    rows["half"] = [effect_text(value / 2, analysis.summary) for value in table["per_spread"]]
    rows["half_interval"] = [
        gettext("{low} to {high}").format(
            low=effect_text(low / 2, analysis.summary), high=effect_text(high / 2, analysis.summary)
        )
        for low, high in zip(table["per_spread_low"], table["per_spread_high"], strict=True)
    ]
    rows["label"] = rows["half"]
    rows["row"] = range(len(rows))
    base = alt.Chart(alt.Data(values=_records(rows)))
    y = alt.Y("row:O", axis=None, scale=alt.Scale(paddingInner=0.1))
    x = alt.X("per_spread:Q", title=title, axis=alt.Axis(tickCount=5, **_GRID))
    tips = tooltips(
        ("name", gettext("Driver")), ("half", gettext("Half a standard deviation more")),
        ("half_interval", gettext("95 % interval")), ("word", gettext("Verdict")), ("n", gettext("Rated by")),
    )  # fmt: skip
    colour = alt.condition("datum.clear", alt.value(HELPS), alt.value("#7f8a96"))
    return styled(
        alt.layer(
            alt.Chart(alt.Data(values=[{"zero": 0}]))
            .mark_rule(**_FAINT)
            .encode(x=alt.X("zero:Q", title=title)),
            base.mark_rule(strokeWidth=2).encode(
                y=y,
                x=alt.X("per_spread_low:Q", title=title),
                x2="per_spread_high:Q",
                color=colour,
                tooltip=tips,
            ),
            base.mark_point(filled=True, size=70, opacity=1).encode(y=y, x=x, color=colour, tooltip=tips),
            _above(base, y, "left", "name"),
            _above(base, y, "right", "label"),
        ),
        height=max(ROW_HEIGHT * len(rows), 110),
    )


def conditional_lines(analysis: Analysis, names: Mapping[str, str]) -> alt.LayerChart:
    """C6: what each driver adds when so many others are in the model already; the first six drivers."""
    shown = list(analysis.table["code"][:6])
    rows = analysis.conditional[analysis.conditional["code"].isin(shown)].copy()
    rows["name"] = [names[code] for code in rows["code"]]
    rows["gains"] = [format_percent(value, 2) for value in rows["gain"]]
    rows["after"] = [format_number(value) for value in rows["size"]]
    base = alt.Chart(alt.Data(values=_records(rows)))
    x = alt.X(
        "size:Q",
        title=gettext("Other drivers that are in the model already"),
        axis=_COUNT_AXIS,
    )
    y = alt.Y(
        "gain:Q",
        title=gettext("Gain in explained variance"),
        axis=_GAIN_AXIS,
    )
    tips = tooltips(
        ("name", gettext("Driver")), ("after", gettext("Drivers before it")), ("gains", gettext("Gain"))
    )
    colour = alt.Color(
        "name:N", legend=alt.Legend(title=None, orient="bottom", columns=2, labelLimit=320, labelColor=INK)
    )
    return styled(
        alt.layer(
            base.mark_line(strokeWidth=2).encode(x=x, y=y, color=colour),
            base.mark_point(filled=True, size=40, opacity=1).encode(x=x, y=y, color=colour, tooltip=tips),
        ),
        height=300,
    )


def _rows(analysis: Analysis, names: Mapping[str, str], labels: Labels) -> pd.DataFrame:
    table, summary = analysis.table, analysis.summary
    found = table.to_dict("records")
    effects = [
        gettext("{step}: {effect}").format(
            step=step_text(row, analysis.drivers[str(row["code"])], labels),
            effect=effect_text(row["effect"], summary),
        )
        for row in found
    ]
    better = -1 if summary.settings.outcome == "churn" else 1
    return pd.DataFrame(
        {
            "row": range(len(table)),
            "number": [format_number(place) for place in range(1, len(table) + 1)],
            "code": table["code"],
            "name": [names[code] for code in table["code"]],
            "numbered": [gettext("{number}. {driver}").format(number=format_number(place), driver=names[code])
                         for place, code in enumerate(table["code"], start=1)],
            "share": table["share"], "low": table["share_low"], "high": table["share_high"],
            "shares": [format_percent(value) for value in table["share"]],
            "interval": [share_interval(row) or gettext("being computed") for row in found],
            "effects": effects,
            "effect_interval": [effect_interval(row, summary) for row in found],
            "label": [gettext("{share} · {effect}").format(share=format_percent(row["share"], 0), effect=effect)
                      for row, effect in zip(found, effects, strict=True)],
            "word": [gettext(VERDICT_LABELS[verdict]) for verdict in table["verdict"]],
            "clear": table["verdict"] == CLEAR,
            "tone": ["unclear" if row["verdict"] != CLEAR else "helps" if row["sign"] * better > 0 else "harms"
                     for row in found],
            "n": [gettext("{count} customers").format(count=format_number(count)) for count in table["customers"]],
        }
    )  # fmt: skip


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows for a specification; what is not known yet is null, since JSON has no nan."""
    return records(rows.astype(object).where(rows.notna(), None))


def _above(base: alt.Chart, y: alt.Y, side: str, field: str) -> alt.Chart:
    """Text of a row: its name above the mark, its numbers below, both at the left, where a phone has room for them."""
    name = side == "left"
    return base.mark_text(
        align="left", baseline="bottom" if name else "top", dy=-9 if name else 9, fontSize=12,
        fontWeight=600 if name else 400, fill=INK, fillOpacity=1 if name else 0.8,
    ).encode(y=y, x=alt.value(0), text=f"{field}:N")  # fmt: skip
