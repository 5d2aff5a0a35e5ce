"""What a point is worth, as intervals on one axis of money: the whole association and the part taken for an effect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from cxdata.chart_style import CATEGORIES_LIGHT, INK, PAGE, records, styled, tooltips
from cxdata.finance.impact.charts import AXIS_HEIGHT, money_axis
from cxdata.finance.impact.names import money, money_range, years_text
from cxdata.finance.points.points import CHURN, DRIVER, Point
from cxdata.finance.points.words import point_text, size_text
from cxdata.language import format_percent, gettext
from cxdata.vocabulary import Labels

ROW = 54
MOST_DRIVERS = 14
BLUE, GREY = CATEGORIES_LIGHT[0], CATEGORIES_LIGHT[5]


def chart_rows(
    points: Sequence[Point], names: Mapping[str, str], labels: Labels, currency: str
) -> pd.DataFrame:
    """One row per point and share taken for an effect: those of the same name beside one another, the largest first."""
    kept = [one for one in points if one.kind != CHURN or not one.code]
    order: dict[tuple[str, str], float] = {}
    for one in kept:
        key = (one.kind, one.code)
        order[key] = max(order.get(key, 0.0), abs(one.horizon.p50))
    first = [key for key in order if key[0] != DRIVER]
    drivers = sorted((key for key in order if key[0] == DRIVER), key=lambda key: -order[key])[:MOST_DRIVERS]
    place = {key: at for at, key in enumerate(first + drivers)}
    rows = []
    for one in kept:
        if (one.kind, one.code) not in place:
            continue
        whole = one.attribution >= 1.0 and one.kind != CHURN
        rows.append(
            {
                "row": place[one.kind, one.code],
                "name": _title(one, names, labels),
                "size": size_text(one),
                "value": one.horizon.p50,
                "low": one.horizon.p5,
                "high": one.horizon.p95,
                "whole": whole,
                "lift": (-0.06 if whole else 0.16) if one.kind != CHURN else 0.05,
                "share": gettext("estimated") if one.kind == CHURN
                else gettext("{share} taken for an effect").format(share=format_percent(one.attribution, 0)),
                "amount": money(one.horizon.p50, currency),
                "interval": money_range(one.horizon.p5, one.horizon.p95, currency),
            }
        )  # fmt: skip
    frame = pd.DataFrame(rows)
    frame["at"] = frame["row"] + frame["lift"]
    return frame


def _title(point: Point, names: Mapping[str, str], labels: Labels) -> str:
    name = point_text(point, names, labels)
    if point.kind == CHURN:
        return gettext("One point of churn: {scope}").format(scope=name)
    if point.kind == DRIVER:
        return name
    return gettext("One point of NPS: {path}").format(path=name)


def points_chart(
    points: Sequence[Point], names: Mapping[str, str], labels: Labels, currency: str, years: int
) -> alt.LayerChart:
    """Intervals of the present value of one point each; hollow: the whole association, filled: the part assumed."""
    rows = chart_rows(points, names, labels, currency)
    count = int(rows["row"].max()) + 1
    data = alt.Data(values=records(rows))
    axis_title = gettext("Margin over {years}, present value, {currency}").format(
        years=years_text(years), currency=currency
    )
    x = alt.X("low:Q", title=axis_title, axis=money_axis())
    scale = alt.Scale(domain=[-0.55, count - 0.4], reverse=True, nice=False, zero=False)
    y = alt.Y("at:Q", axis=None, scale=scale)
    tips = tooltips(("name", gettext("What")), ("size", gettext("Point")), ("share", gettext("Assumed")),
                    ("amount", gettext("Value")), ("interval", gettext("90 % interval")))  # fmt: skip
    colour = alt.condition(alt.datum.whole, alt.value(GREY), alt.value(BLUE))
    base = alt.Chart(data).encode(y=y, tooltip=tips)
    origin = alt.X("zero:Q", title=axis_title)
    zero = alt.Chart(alt.Data(values=[{"zero": 0}])).mark_rule(color=INK, opacity=0.5).encode(x=origin)
    rules = base.mark_rule(strokeWidth=2).encode(x=x, x2="high:Q", color=colour)
    filled = (
        base.transform_filter("!datum.whole")
        .mark_point(filled=True, size=70, color=BLUE, opacity=1)
        .encode(x="value:Q")
    )
    hollow = (
        base.transform_filter("datum.whole").mark_point(filled=False, size=60, color=GREY, fill=PAGE, strokeWidth=2)
        .encode(x="value:Q")
    )  # fmt: skip
    heads = alt.Data(values=records(rows.drop_duplicates("row").assign(at=lambda frame: frame["row"] - 0.36)))
    text = (
        alt.Chart(heads).mark_text(align="left", fontSize=12, fontWeight=600, color=INK, baseline="middle")
        .encode(y=alt.Y("at:Q", axis=None, scale=scale), x=alt.value(0), text="name:N")
    )  # fmt: skip
    return styled(alt.layer(zero, rules, hollow, filled, text), right=12, height=ROW * count + AXIS_HEIGHT)
