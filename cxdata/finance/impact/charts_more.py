"""Charts of a valuation behind the answer: its distribution, value for money of levers, and segments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from cxdata.chart_style import CATEGORIES_LIGHT, INK, records, spread, styled, tooltips
from cxdata.finance.impact.charts import (
    AXIS_HEIGHT,
    COLOURS,
    GAIN,
    LOSS,
    ROW_HEIGHT,
    captions,
    money_axis,
    row_axis,
    zero_line,
)
from cxdata.finance.impact.names import money
from cxdata.finance.impact.results import Valuation, summary
from cxdata.language import format_number, format_percent, gettext
from cxdata.vocabulary import Labels, label_of

BINS = 40
_GRID: dict[str, Any] = {"grid": True, "gridColor": INK, "gridOpacity": 0.12, "domain": False}


def histogram_rows(valuation: Valuation, currency: str) -> pd.DataFrame:
    """The outcomes' net present values in bins; zero is always an edge, so that no bin holds gains and losses."""
    npv = valuation.draws.npv
    low, high = float(npv.min()), float(npv.max())
    if high - low < 1.0:
        middle = (low + high) / 2
        low, high = middle - max(abs(middle) * 0.05, 1.0), middle + max(abs(middle) * 0.05, 1.0)
    width = (high - low) / BINS
    edges = np.arange(np.floor(low / width), np.ceil(high / width) + 1) * width
    counts, edges = np.histogram(npv, bins=edges)
    rows = pd.DataFrame({"start": edges[:-1], "end": edges[1:], "share": counts / len(npv)})
    rows["tone"] = np.where(rows["start"] < -1e-9 * width, LOSS, GAIN)
    rows["between"] = [
        gettext("{low} to {high}").format(low=money(left, currency), high=money(right, currency))
        for left, right in zip(rows["start"], rows["end"], strict=True)
    ]
    rows["shares"] = [format_percent(value) for value in rows["share"]]
    return rows


def histogram(rows: pd.DataFrame, valuation: Valuation, currency: str) -> alt.LayerChart:
    """C4: how the simulated net present values lie, with their 5th, 50th and 95th percentile.

    Parameters
    ----------
    rows : DataFrame
        From `histogram_rows`.
    valuation : Valuation
    """
    found = summary(valuation.draws.npv)
    title, share = (
        gettext("Net present value, {currency}").format(currency=currency),
        gettext("Share of outcomes"),
    )
    top = float(rows["share"].max())
    values = [found.p5, found.p50, found.p95]
    # The middle stands a line higher, so that on a phone the three never run into one another.
    marks = pd.DataFrame(
        {
            "at": values, "top": top * 1.04, "text": [money(value, currency) for value in values],
            "side": ["left", "middle", "right"],
        }
    )  # fmt: skip
    base = alt.Chart(alt.Data(values=records(rows.assign(none=0.0))))
    lines = alt.Chart(alt.Data(values=records(marks.assign(none=0.0))))
    x = alt.X("start:Q", title=title, axis=money_axis(), scale=alt.Scale(zero=False, nice=False, padding=4))
    y_axis = alt.Axis(format=".0%", tickCount=4, **_GRID)
    tips = tooltips(("between", gettext("Net present value")), ("shares", gettext("Share of outcomes")))
    colour = alt.Color(
        "tone:N", legend=None, scale=alt.Scale(domain=[GAIN, LOSS], range=[COLOURS[GAIN], COLOURS[LOSS]])
    )
    at = alt.X("at:Q", title=title)
    layers: list[Any] = [
        base.mark_bar(binSpacing=1).encode(
            x=x, x2=alt.X2("end:Q"), y=alt.Y("share:Q", title=share, axis=y_axis, scale=alt.Scale(domain=[0, top * 1.3])),
            y2=alt.Y2("none:Q"), color=colour, tooltip=tips,
        ),
        lines.mark_rule(stroke=INK, strokeDash=[4, 3]).encode(x=at, y=alt.Y("top:Q", title=share), y2=alt.Y2("none:Q")),
    ]  # fmt: skip
    sides: dict[str, Any] = {"left": "left", "middle": "center", "right": "right"}
    layers += [
        lines.transform_filter(f"datum.side == '{side}'")
        .mark_text(
            align=align,
            baseline="bottom",
            dy=-18 if side == "middle" else -3,
            fontSize=12,
            fontWeight=600,
            fill=INK,
        )
        .encode(x=at, y=alt.Y("top:Q", title=share), text=alt.Text("text:N"))
        for side, align in sides.items()
    ]
    if float(rows["start"].min()) < 0 < float(rows["end"].max()):
        layers.append(
            alt.Chart(alt.Data(values=[{"zero": 0, "none": 0, "top": top}]))
            .mark_rule(stroke=INK, strokeWidth=1.5)
            .encode(x=alt.X("zero:Q", title=title), y=alt.Y("top:Q", title=share), y2=alt.Y2("none:Q"))
        )
    return styled(alt.layer(*layers), height=240)


def frontier_rows(valuation: Valuation, names: Mapping[str, str], currency: str) -> pd.DataFrame:
    """Levers one after the other, the best value for money first: what they cost and bring together so far."""
    table = valuation.levers[["driver", "margin_pv", "cost_pv"]].copy()
    ratio = table["margin_pv"] / table["cost_pv"].clip(lower=1.0)
    table = table.iloc[np.argsort(-ratio.to_numpy(), kind="stable")].reset_index(drop=True)
    table["name"] = [names.get(str(code), str(code)) for code in table["driver"]]
    table["value"], table["spent"] = table["margin_pv"].cumsum(), table["cost_pv"].cumsum()
    table["label"] = [
        gettext("+ {lever}").format(lever=name) if at else name for at, name in enumerate(table["name"])
    ]
    table["brings"] = [money(value, currency, signed=True) for value in table["margin_pv"]]
    table["costs"] = [money(value, currency) for value in table["cost_pv"]]
    table["pays"] = table["margin_pv"] > table["cost_pv"]
    start = {"driver": "", "margin_pv": 0.0, "cost_pv": 0.0, "name": "", "value": 0.0, "spent": 0.0, "label": "",
             "brings": "", "costs": "", "pays": True}  # fmt: skip
    rows = pd.concat([pd.DataFrame([start]), table], ignore_index=True)
    top, low = float(rows["value"].max()), float(min(rows["value"].min(), 0.0))
    rows["label_at"] = [
        0.0,
        *spread(list(table["value"]), 0.08 * max(top - low, 1.0), low, max(top, low + 1.0)),
    ]
    rows["right"] = rows["spent"] > 0.5 * float(rows["spent"].max())
    return rows


def frontier(rows: pd.DataFrame, currency: str) -> alt.LayerChart:
    """C5: each step adds a lever; where the line is flatter than the dashed one it costs more than it brings.

    Parameters
    ----------
    rows : DataFrame
        From `frontier_rows`.
    """
    cost = gettext("Cost so far, {currency} (assumed, present value)").format(currency=currency)
    brings = gettext("Margin so far, {currency} (estimated, present value)").format(currency=currency)
    end = float(min(rows["spent"].max(), rows["value"].max()))
    base = alt.Chart(alt.Data(values=records(rows)))
    x = alt.X("spent:Q", title=cost, axis=money_axis(), scale=alt.Scale(zero=True, padding=10))
    y = alt.Y("value:Q", title=brings, axis=money_axis(), scale=alt.Scale(zero=True, padding=10))
    tips = tooltips(("name", gettext("Lever")), ("brings", gettext("Brings")), ("costs", gettext("Costs")))
    dots = base.transform_filter("datum.driver != ''")
    layers: list[Any] = [
        base.mark_line(color=COLOURS[GAIN], strokeWidth=2).encode(x=x, y=y, order=alt.Order("spent:Q")),
        dots.mark_point(filled=True, size=80, opacity=1).encode(
            x=x, y=y, tooltip=tips,
            color=alt.condition("datum.pays", alt.value(COLOURS[GAIN]), alt.value(CATEGORIES_LIGHT[1])),
        ),
        *(
            dots.transform_filter(f"datum.right == {str(right).lower()}")
            .mark_text(align="right" if right else "left", dx=-10 if right else 10, fontSize=12, fill=INK, limit=220)
            .encode(x=x, y=alt.Y("label_at:Q", title=brings), text=alt.Text("label:N"))
            for right in (True, False)
        ),
    ]  # fmt: skip
    if end > 0:
        line = [{"spent": 0.0, "value": 0.0}, {"spent": end, "value": end}]
        layers.insert(
            0,
            alt.Chart(alt.Data(values=line)).mark_line(color=INK, strokeDash=[4, 4], opacity=0.6).encode(
                x=alt.X("spent:Q", title=cost), y=alt.Y("value:Q", title=brings)
            ),
        )  # fmt: skip
    return styled(alt.layer(*layers), height=300)


def segment_rows(valuation: Valuation, labels: Labels, currency: str) -> pd.DataFrame:
    """Segments by what the change brings there, with their intervals."""
    table = valuation.segments.sort_values("margin_pv", ascending=False, kind="stable").reset_index(drop=True)
    rows = pd.DataFrame(
        {
            "name": [label_of(str(code), labels) if code else gettext("not stated") for code in table["segment"]],
            "start": 0.0, "end": table["margin_pv"], "low": table["low"], "high": table["high"],
            "tone": np.where(table["margin_pv"] < 0, LOSS, GAIN),
            "label": [
                gettext("{money} · {count} kept").format(
                    money=money(value, currency), count=format_number(kept, 0 if abs(kept) >= 10 else 1)
                )
                for value, kept in zip(table["margin_pv"], table["kept"], strict=True)
            ],
            "interval": [
                gettext("{low} to {high}").format(low=money(low, currency), high=money(high, currency))
                for low, high in zip(table["low"], table["high"], strict=True)
            ],
            "n": [gettext("{count} customers").format(count=format_number(count)) for count in table["customers"]],
        }
    )  # fmt: skip
    rows["row"] = np.arange(len(rows), dtype=float)
    rows["none"], rows["top"], rows["bottom"], rows["text"] = (
        0.0,
        rows["row"] + 0.46,
        rows["row"] + 0.82,
        rows["row"] + 0.36,
    )
    rows["middle"] = (rows["top"] + rows["bottom"]) / 2
    return rows


def segment_bars(rows: pd.DataFrame, currency: str) -> alt.LayerChart:
    """C6: what the change brings in each segment; below zero where it keeps customers who cost more than they bring.

    Parameters
    ----------
    rows : DataFrame
        From `segment_rows`.
    """
    title = gettext("Margin, {currency} (present value, before costs)").format(currency=currency)
    base = alt.Chart(alt.Data(values=records(rows)))
    tips = tooltips(
        ("name", gettext("Segment")), ("label", gettext("Margin")), ("interval", gettext("90 of 100 outcomes")),
        ("n", gettext("In the base")),
    )  # fmt: skip
    colour = alt.Color(
        "tone:N", legend=None, scale=alt.Scale(domain=[GAIN, LOSS], range=[COLOURS[GAIN], COLOURS[LOSS]])
    )
    return styled(
        alt.layer(
            zero_line(base, title),
            base.mark_bar(cornerRadius=2, opacity=0.85).encode(
                x=alt.X("start:Q", title=title, axis=money_axis()), x2=alt.X2("end:Q"),
                y=row_axis("top"), y2=alt.Y2("bottom:Q"),
                color=colour, tooltip=tips,
            ),
            base.mark_rule(stroke=INK, strokeWidth=2).encode(
                x=alt.X("low:Q", title=title), x2=alt.X2("high:Q"), y=row_axis("middle"), tooltip=tips
            ),
            *captions(base),
        ),
        height=ROW_HEIGHT * len(rows) + AXIS_HEIGHT,
    )  # fmt: skip
