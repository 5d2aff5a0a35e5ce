"""Charts of a valuation that read like a statement: from levers to net value, what it hangs on, and cash over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from cxdata.chart_style import CATEGORIES_LIGHT, INK, records, spread, styled, tooltips
from cxdata.finance.impact.names import INPUT_ENDS, INPUT_LABELS, money, share, years_text
from cxdata.finance.impact.results import Valuation
from cxdata.language import format_number, gettext

GAIN, LOSS, TOTAL = "gain", "loss", "total"
COLOURS = {GAIN: CATEGORIES_LIGHT[0], LOSS: CATEGORIES_LIGHT[1], TOTAL: "#7f8a96"}
"""At least 3:1 on the light and on the dark page; the sign stands in the label, too."""

# Channels are named as objects throughout: Altair takes ten times as long to guess them from text.
ROW_HEIGHT = 44
AXIS_HEIGHT = 56
"""Pixels below the rows, for the axis and its title."""

_AXIS: dict[str, Any] = {"format": "~s", "tickCount": 5, "grid": True, "gridColor": INK, "gridOpacity": 0.12,
                         "domain": False, "labelExpr": "datum.value == 0 ? '0' : datum.label"}  # fmt: skip
_TONE = alt.Color("tone:N", legend=None, scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())))


def money_axis() -> alt.Axis:
    """An axis of money: 100k, 1.2M."""
    return alt.Axis(**_AXIS)


def waterfall_rows(valuation: Valuation, names: Mapping[str, str], currency: str) -> pd.DataFrame:
    """The steps from the levers to the net present value, at the expected values; they add up.

    Each lever stands with what it would bring alone if its whole association were an effect; overlap, the part of the
    association that is not taken for an effect, what comes after the horizon, and costs follow.
    """
    point = valuation.point
    steps: list[tuple[str, float]] = []
    if valuation.levers.empty:
        steps += [
            (gettext("Margin of year {year}").format(year=format_number(year)), float(margin))
            for year, margin in enumerate((point.margin * point.factors)[0], 1)
        ]
    else:
        steps += [
            (names.get(str(code), str(code)), float(value))
            for code, value in zip(valuation.levers["driver"], valuation.levers["alone_full_pv"], strict=True)
        ]
        steps.append((gettext("Overlap of the levers"), -valuation.overlap))
        steps.append((gettext("Not taken for an effect"), -valuation.haircut))
    steps.append((gettext("Margin after the last year"), float(point.tail[0])))
    steps.append((gettext("Cost at the start"), -float(point.one_off[0])))
    steps.append((gettext("Yearly costs"), -float((point.cost * point.factors).sum())))
    kept = [(name, value) for place, (name, value) in enumerate(steps) if place == 0 or abs(value) > 0.5]
    ends = np.cumsum([value for _, value in kept])
    rows = [
        {"name": name, "start": end - value, "end": end, "value": value, "tone": GAIN if value >= 0 else LOSS}
        for (name, value), end in zip(kept, ends, strict=True)
    ]
    net = float(point.npv[0])
    rows.append({"name": gettext("Net present value"), "start": 0.0, "end": net, "value": net, "tone": TOTAL})
    found = pd.DataFrame(rows)
    found["label"] = [
        money(value, currency, signed=place < len(rows) - 1) for place, value in enumerate(found["value"])
    ]
    return _placed(found)


def waterfall(rows: pd.DataFrame, currency: str) -> alt.LayerChart:
    """C1: the bridge from what each lever brings to the net present value.

    Parameters
    ----------
    rows : DataFrame
        From `waterfall_rows`.
    """
    title = gettext("Present value, {currency}").format(currency=currency)
    base = alt.Chart(alt.Data(values=records(rows)))
    tips = tooltips(("name", gettext("Step")), ("label", gettext("Present value")))
    links = rows.iloc[:-1].assign(below=rows["row"].iloc[1:].to_numpy() + 0.42)
    return styled(
        alt.layer(
            zero_line(base, title),
            alt.Chart(alt.Data(values=records(links)))
            .mark_rule(stroke=INK, strokeOpacity=0.4, strokeDash=[2, 2])
            .encode(x=alt.X("end:Q", title=title), y=row_axis("bottom"), y2=alt.Y2("below:Q")),
            base.mark_bar(cornerRadius=2).encode(
                x=alt.X("start:Q", title=title, axis=money_axis()), x2=alt.X2("end:Q"),
                y=row_axis("top"), y2=alt.Y2("bottom:Q"),
                color=_TONE, tooltip=tips,
            ),
            *captions(base),
        ),
        height=ROW_HEIGHT * len(rows) + AXIS_HEIGHT,
    )  # fmt: skip


def tornado_rows(valuation: Valuation, currency: str) -> pd.DataFrame:
    """Every input with the value at its low and at its high end."""
    table = valuation.tornado
    rows = []
    for row in table.to_dict("records"):
        code = str(row["input"])
        ends = ""
        if code in INPUT_ENDS:
            first, last = (gettext(end) for end in INPUT_ENDS[code])
            ends = gettext(" ({low} to {high})").format(low=first, high=last)
        elif np.isfinite(row["low"]) and np.isfinite(row["high"]):
            ends = gettext(" ({low} to {high})").format(
                low=_input(code, float(row["low"]), currency), high=_input(code, float(row["high"]), currency)
            )
        low, high = float(row["npv_low"]), float(row["npv_high"])
        # In the order of the input's ends: a low discount rate stands with the high value that it gives.
        label = gettext("{low} to {high}").format(low=money(low, currency), high=money(high, currency))
        rows.append(
            {"name": gettext(INPUT_LABELS.get(code, code)) + ends, "input": code,
             "start": min(low, high), "end": max(low, high), "label": label}
        )  # fmt: skip
    return _placed(pd.DataFrame(rows, columns=["name", "input", "start", "end", "label"]))


def tornado(rows: pd.DataFrame, net: float, currency: str) -> alt.LayerChart:
    """C2: how far the net present value swings with each input alone, the largest swing on top.

    Parameters
    ----------
    rows : DataFrame
        From `tornado_rows`.
    net : float
        Net present value at the expected values.
    """
    title = gettext("Net present value, {currency}").format(currency=currency)
    base = alt.Chart(alt.Data(values=records(rows.assign(net=net))))
    tips = tooltips(("name", gettext("Input")), ("label", gettext("Net present value")))
    reaches = float(rows["start"].min()) <= 0 <= float(rows["end"].max()) or net <= 0
    bar = {"y": row_axis("top"), "y2": alt.Y2("bottom:Q"), "tooltip": tips}
    x = alt.X("start:Q", title=title, axis=money_axis(), scale=alt.Scale(zero=False, nice=True, padding=6))
    layers = [
        base.mark_bar(cornerRadius=2, color=COLOURS[LOSS]).encode(x=x, x2=alt.X2("net:Q"), **bar),
        base.mark_bar(cornerRadius=2, color=COLOURS[GAIN]).encode(x=alt.X("end:Q", title=title), x2=alt.X2("net:Q"), **bar),
        base.mark_rule(stroke=INK, strokeWidth=2).encode(
            x=alt.X("net:Q", title=title), y=row_axis("top"), y2=alt.Y2("bottom:Q")
        ),
        *captions(base),
    ]  # fmt: skip
    return styled(
        alt.layer(*([zero_line(base, title)] if reaches else []), *layers),
        height=ROW_HEIGHT * len(rows) + AXIS_HEIGHT,
    )


def fan_rows(valuation: Valuation, currency: str) -> pd.DataFrame:
    """Cumulative cash by year, not discounted: percentiles of the outcomes."""
    cumulative = valuation.draws.cumulative
    bands = np.percentile(cumulative, [5, 25, 50, 75, 95], axis=0)
    rows = pd.DataFrame(bands.T, columns=["p5", "p25", "p50", "p75", "p95"])
    rows["expected"] = valuation.point.cumulative[0]
    rows.insert(0, "year", np.arange(len(rows)))
    rows["when"] = [
        gettext("at the start")
        if year == 0
        else gettext("end of year {year}").format(year=format_number(year))
        for year in rows["year"]
    ]
    rows["middle"] = [money(value, currency) for value in rows["expected"]]
    rows["interval"] = [
        gettext("{low} to {high}").format(low=money(low, currency), high=money(high, currency))
        for low, high in zip(rows["p5"], rows["p95"], strict=True)
    ]
    return rows


def fan(rows: pd.DataFrame, payback: float | None, currency: str) -> alt.LayerChart:
    """C3: cumulative cash over the years with its bands, and where it crosses zero.

    Parameters
    ----------
    rows : DataFrame
        From `fan_rows`.
    payback : float or None
        Years after which the money is back, at the expected values.
    """
    title = gettext("Cumulative cash, {currency}, not discounted").format(currency=currency)
    base = alt.Chart(alt.Data(values=records(rows)))
    x = alt.X(
        "year:Q", title=gettext("Years from the start"),
        axis=alt.Axis(values=list(range(len(rows))), format="d", grid=False, domain=False),
    )  # fmt: skip
    y = alt.Y("expected:Q", title=title, axis=money_axis())
    tips = tooltips(
        ("when", gettext("When")),
        ("middle", gettext("Cash so far")),
        ("interval", gettext("90 of 100 outcomes")),
    )
    layers: list[Any] = [
        base.mark_area(color=COLOURS[GAIN], opacity=opacity).encode(
            x=x, y=alt.Y(f"{low}:Q", title=title, axis=money_axis()), y2=alt.Y2(f"{high}:Q")
        )
        for low, high, opacity in (("p5", "p95", 0.16), ("p25", "p75", 0.22))
    ]
    layers += [
        alt.Chart(alt.Data(values=[{"zero": 0}])).mark_rule(stroke=INK, strokeWidth=1).encode(
            y=alt.Y("zero:Q", title=title)
        ),
        base.mark_line(color=COLOURS[GAIN], strokeWidth=2.5).encode(x=x, y=y),
        base.mark_point(filled=True, size=50, opacity=1, color=COLOURS[GAIN]).encode(x=x, y=y, tooltip=tips),
        _ends(rows, title, currency),
    ]  # fmt: skip
    if payback is not None and payback > 0.05:
        mark = [
            {
                "year": payback,
                "zero": 0,
                "text": gettext("paid back: {years}").format(years=years_text(payback)),
            }
        ]
        crossing = alt.Chart(alt.Data(values=mark)).encode(x=x, y=alt.Y("zero:Q", title=title))
        layers += [
            crossing.mark_point(shape="diamond", filled=True, size=90, opacity=1, color=INK),
            crossing.mark_text(**_beside(payback, len(rows) - 1), fontSize=12, fill=INK).encode(
                text=alt.Text("text:N")
            ),
        ]
    return styled(alt.layer(*layers), height=300, right=66)


def _beside(payback: float, years: int) -> dict[str, Any]:
    """Where the name of the crossing has room: above the line before it, or below it where it comes early."""
    if payback > 0.35 * years:
        return {"align": "right", "baseline": "bottom", "dx": -4, "dy": -8}
    return {"align": "left", "baseline": "top", "dx": 4, "dy": 8}


def _ends(rows: pd.DataFrame, title: str, currency: str) -> alt.Chart:
    """Names of the band's ends and of the middle, at the last year."""
    last = rows.iloc[-1]
    span = float(rows["p95"].max() - rows["p5"].min()) or 1.0
    low, high = float(rows["p5"].min()), float(rows["p95"].max())
    values = [float(last[name]) for name in ("p5", "expected", "p95")]
    texts = [money(value, currency) for value in values]
    # Where the ends lie closer than their names are high, the middle speaks for all.
    if values[2] - values[0] < 0.14 * span:
        values, texts = values[1:2], texts[1:2]
    places = spread(values, 0.07 * span, low, high)
    data = [
        {"year": int(last["year"]), "at": at, "text": text} for at, text in zip(places, texts, strict=True)
    ]
    return (
        alt.Chart(alt.Data(values=data))
        .mark_text(align="left", dx=8, fontSize=12, fontWeight=600, fill=INK)
        .encode(x=alt.X("year:Q"), y=alt.Y("at:Q", title=title), text=alt.Text("text:N"))
    )


def _input(code: str, value: float, currency: str) -> str:
    if code in ("attribution", "reach", "discount_rate", "cross_sell"):
        return share(round(value, 2 if value >= 0.2 else 3))
    if code == "costs":
        return money(value, currency)
    if code == "points":
        return format_number(100 * value, 1)
    return format_number(value, 2 if abs(value) < 10 else 0)


def _placed(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows one below the other: the name, and below it the bar."""
    found = rows.reset_index(drop=True)
    found["row"] = np.arange(len(found), dtype=float)
    found["none"] = 0.0
    found["top"], found["bottom"], found["text"] = (
        found["row"] + 0.46,
        found["row"] + 0.82,
        found["row"] + 0.36,
    )
    return found


def row_axis(field: str) -> alt.Y:
    """The place of a row, from the top down."""
    return alt.Y(
        f"{field}:Q", axis=None, title=None, scale=alt.Scale(reverse=True, nice=False, zero=True, padding=2)
    )


def zero_line(base: alt.Chart, title: str) -> alt.Chart:
    """Where nothing is gained or lost, beside the bars only: names cross it unharmed."""
    return base.mark_rule(stroke=INK, strokeOpacity=0.7).encode(
        x=alt.X("none:Q", title=title, axis=money_axis()), y=row_axis("top"), y2=alt.Y2("bottom:Q")
    )


def captions(base: alt.Chart) -> list[alt.Chart]:
    """Above each bar its name at the left and its number at the right, as in a statement."""
    text: dict[str, Any] = {"baseline": "bottom", "fontSize": 12, "fill": INK}
    return [
        base.mark_text(align="left", limit=alt.ExprRef("max(width - 125, 120)"), **text).encode(
            x=alt.XValue(0), y=row_axis("text"), text=alt.Text("name:N")
        ),
        base.mark_text(align="right", fontWeight=600, **text).encode(
            x=alt.XValue("width"), y=row_axis("text"), text=alt.Text("label:N")
        ),
    ]
