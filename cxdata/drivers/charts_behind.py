"""Charts of the checks behind a driver analysis: asymmetry, calibration, curves over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from cxdata.chart_style import BAND_OPACITY, CATEGORIES_LIGHT, INK, records, styled, tooltips
from cxdata.drivers.checks import BAD, GOOD, MIDDLE
from cxdata.drivers.deeper import Deeper
from cxdata.drivers.words_behind import ASYMMETRY_LABELS, band_labels
from cxdata.language import format_number, format_percent, gettext

ROW_HEIGHT = 52
_FAINT: dict[str, Any] = {"stroke": INK, "strokeOpacity": 0.35}
_GRID: dict[str, Any] = {"grid": True, "gridColor": INK, "gridOpacity": 0.12, "domain": False}


def penalty_reward(deep: Deeper, names: Mapping[str, str]) -> alt.LayerChart:
    """C3: what bad ratings cost and very good ones bring, against ratings in between; with intervals."""
    found = deep.asymmetry
    if found is None:
        raise ValueError("this analysis has no asymmetry: it has no ratings, or too few at either end.")
    rows = []
    shown = [place for place in range(len(found.terms)) if np.isfinite(found.penalty[place])]
    shown.sort(key=lambda place: -(abs(found.penalty[place]) + abs(found.reward[place])))
    for row, place in enumerate(shown):
        name = names[found.terms[place]]
        word = gettext(ASYMMETRY_LABELS[found.label[place]])
        for side, sign, value, low, high, count in (
            ("penalty", -1, found.penalty, found.penalty_low, found.penalty_high, found.low_rows),
            ("reward", 1, found.reward, found.reward_low, found.reward_high, found.high_rows),
        ):
            ends = sorted((sign * low[place], sign * high[place]))
            rows.append(
                {
                    "row": row, "side": side, "name": name, "word": word,
                    "value": sign * value[place], "low": ends[0], "high": ends[1],
                    "what": gettext("bad ratings") if side == "penalty" else gettext("very good ratings"),
                    "values": format_number(sign * value[place], 2, signed=True),
                    "interval": gettext("{low} to {high}").format(
                        low=format_number(ends[0], 2), high=format_number(ends[1], 2)),
                    "n": format_number(count[place]),
                }
            )  # fmt: skip
    base = alt.Chart(alt.Data(values=records(pd.DataFrame(rows))))
    y = alt.Y("row:O", axis=None, scale=alt.Scale(paddingInner=0.1))
    title = (
        gettext("Log-odds against a rating in between")
        if found.family == "logistic"
        else gettext("Points against a rating in between")
    )
    x = alt.X("value:Q", title=title, axis=alt.Axis(tickCount=5, format=".1f", **_GRID))
    colour = alt.Color(
        "side:N",
        legend=None,
        scale=alt.Scale(domain=["penalty", "reward"], range=[CATEGORIES_LIGHT[1], CATEGORIES_LIGHT[0]]),
    )
    tips = tooltips(
        ("name", gettext("Driver")), ("what", gettext("Of")), ("values", gettext("Effect")),
        ("interval", gettext("95 % interval")), ("n", gettext("Ratings")), ("word", gettext("Verdict")),
    )  # fmt: skip
    first = base.transform_filter("datum.side == 'penalty'")
    return styled(
        alt.layer(
            alt.Chart(alt.Data(values=[{"zero": 0}]))
            .mark_rule(**_FAINT)
            .encode(x=alt.X("zero:Q", title=title)),
            base.mark_bar(height=12, opacity=0.75).encode(y=y, x=x, color=colour, tooltip=tips),
            base.mark_rule(strokeWidth=1.5, stroke=INK).encode(
                y=y, x=alt.X("low:Q", title=title), x2="high:Q", tooltip=tips
            ),
            _above(first, y, "left", "name"),
            _above(first, y, "right", "word"),
        ),
        height=ROW_HEIGHT * max(len(shown), 1),
    )


def calibration_points(deep: Deeper) -> alt.LayerChart:
    """C5: what happened by what was predicted, on decisions that the model had not seen."""
    checked = deep.validation
    if checked is None:
        raise ValueError("this analysis has no validation.")
    bands, binary = checked.bands, deep.analysis.summary.settings.of_terms
    told = format_percent if binary else lambda value: format_number(value, 2)
    rows = pd.DataFrame(
        {
            "expected": bands.predicted, "seen": bands.observed, "low": bands.conf_low, "high": bands.conf_high,
            "expecteds": [told(value) for value in bands.predicted], "seens": [told(value) for value in bands.observed],
            "interval": [gettext("{low} to {high}").format(low=told(low), high=told(high))
                         for low, high in zip(bands.conf_low, bands.conf_high, strict=True)],
            "n": [format_number(count) for count in bands.rows],
        }
    )  # fmt: skip
    base = alt.Chart(alt.Data(values=records(rows)))
    form = ".0%" if binary else ".1f"
    x_title, y_title = gettext("Predicted"), gettext("Happened")
    ends = [
        float(min(rows["expected"].min(), rows["low"].min())),
        float(max(rows["expected"].max(), rows["high"].max())),
    ]
    scale = alt.Scale(domain=ends, nice=True, zero=False)
    x = alt.X("expected:Q", title=x_title, scale=scale, axis=alt.Axis(format=form, tickCount=5, **_GRID))
    y = alt.Y("seen:Q", title=y_title, scale=scale, axis=alt.Axis(format=form, tickCount=5, **_GRID))
    tips = tooltips(
        ("expecteds", x_title), ("seens", y_title), ("interval", gettext("95 % interval")), ("n", gettext("Decisions")),
    )  # fmt: skip
    ideal = alt.Chart(alt.Data(values=[{"at": end} for end in ends]))
    return styled(
        alt.layer(
            ideal.mark_line(strokeDash=[4, 4], **_FAINT).encode(
                x=alt.X("at:Q", title=x_title), y=alt.Y("at:Q", title=y_title)
            ),
            base.mark_rule(strokeWidth=1.5, stroke=INK).encode(
                x=x, y=alt.Y("low:Q", title=y_title), y2="high:Q"
            ),
            base.mark_point(filled=True, size=60, opacity=1).encode(x=x, y=y, tooltip=tips),
        ),
        height=320,
    )


def kept_curves(deep: Deeper) -> alt.LayerChart:
    """C4: share of customers kept over the length of the relationship, by band of the first rating."""
    rows, words = deep.curves.copy(), band_labels()
    rows["name"] = [words[band] for band in rows["band"]]
    rows["years"] = rows["days"] / 365.25
    rows["when"] = [gettext("{years} years").format(years=format_number(value, 1)) for value in rows["years"]]
    rows["what"] = [format_percent(value) for value in rows["kept"]]
    rows["interval"] = [
        gettext("{low} to {high}").format(low=format_percent(low), high=format_percent(high))
        for low, high in zip(rows["low"], rows["high"], strict=True)
    ]
    rows["ns"] = [format_number(count) for count in rows["n"]]
    base = alt.Chart(alt.Data(values=records(rows)))
    x = alt.X(
        "years:Q", title=gettext("Years since the relationship began"), axis=alt.Axis(tickCount=6, **_GRID)
    )
    y = alt.Y(
        "kept:Q",
        title=gettext("Kept"),
        scale=alt.Scale(zero=True),
        axis=alt.Axis(format=".0%", tickCount=5, **_GRID),
    )
    colours = {BAD: CATEGORIES_LIGHT[1], MIDDLE: "#7f8a96", GOOD: CATEGORIES_LIGHT[0]}
    present = [band for band in colours if band in set(rows["band"])]
    colour = alt.Color(
        "name:N",
        scale=alt.Scale(domain=[words[band] for band in present], range=[colours[band] for band in present]),
        legend=alt.Legend(title=None, orient="bottom", labelColor=INK, symbolOpacity=1, columns=2),
    )
    tips = tooltips(
        ("name", gettext("Rating")), ("when", gettext("After")), ("what", gettext("Kept")),
        ("interval", gettext("95 % interval")), ("ns", gettext("Decisions")),
    )  # fmt: skip
    return styled(
        alt.layer(
            base.mark_area(opacity=BAND_OPACITY, interpolate="step-after").encode(
                x=x, y=alt.Y("low:Q", title=gettext("Kept")), y2="high:Q", color=colour
            ),
            base.mark_line(strokeWidth=2, interpolate="step-after").encode(x=x, y=y, color=colour),
            base.mark_point(size=60, opacity=0).encode(x=x, y=y, tooltip=tips),
        ),
        height=320,
    )


def _above(base: alt.Chart, y: alt.Y, side: str, field: str) -> alt.Chart:
    """Text above a row, at its left or right end."""
    return base.mark_text(
        align=side, baseline="bottom", dy=-9, fontSize=12, fontWeight=600 if side == "left" else 400, fill=INK,  # type: ignore[arg-type]
    ).encode(y=y, x=alt.value(0) if side == "left" else alt.value("width"), text=f"{field}:N")  # fmt: skip
