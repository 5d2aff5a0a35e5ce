"""Charts of the page Economics: results in, Altair charts out."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from cxdata.chart_style import BAND_OPACITY, CATEGORIES_LIGHT, INK, records, spread, styled, tooltips
from cxdata.finance.accounts.rates import RevenueBridge
from cxdata.finance.economics.cohorts import BaseWorth, Choice, Survival, fitted_interval
from cxdata.finance.economics.nps_value import NpsGroups
from cxdata.finance.economics.whale import Whale
from cxdata.finance.economics.words import GROUP_LABELS, money, percent, span
from cxdata.language import format_number, gettext
from cxdata.models.survival import Curve

ROW_HEIGHT = 46
BLUE, ORANGE, GREEN = CATEGORIES_LIGHT[0], CATEGORIES_LIGHT[1], CATEGORIES_LIGHT[2]
"""They reach 3:1 on the light and on the dark page; what they stand for is written, too."""

MOST_MONTHS = 96
_GRID: dict[str, Any] = {"grid": True, "gridColor": INK, "gridOpacity": 0.12, "domain": False}
_SHARES = alt.Axis(format=".0%", tickCount=5, **_GRID)


def _data(rows: pd.DataFrame) -> alt.Data:
    return alt.Data(values=records(rows.replace({np.nan: None}) if rows.isna().any().any() else rows))


def _named(base: alt.Chart, y: alt.Y, side: Any, field: str) -> alt.Chart:
    """A line of text above a bar, at the left or the right end of the row."""
    x = alt.value(0) if side == "left" else alt.value("width")
    return base.mark_text(align=side, dy=-14, fontSize=12, fill=INK, limit=300).encode(
        y=y, x=x, text=f"{field}:N"
    )


def bridge_rows(bridge: RevenueBridge, currency: str) -> pd.DataFrame:
    """The steps from the revenue at the start to that of the same customers at the end."""
    start, gross = bridge.start, bridge.start - bridge.churn - bridge.contraction
    steps = [
        (gettext("Annual revenue at the start"), 0.0, start, "level", start),
        (gettext("Lost with customers who left"), start - bridge.churn, start, "less", -bridge.churn),
        (gettext("Less from customers who stayed"), gross, start - bridge.churn, "less", -bridge.contraction),
        (gettext("Kept (gross retention)"), 0.0, gross, "level", gross),
        (gettext("More from customers who stayed"), gross, bridge.end, "more", bridge.expansion),
        (gettext("The same customers at the end (net retention)"), 0.0, bridge.end, "level", bridge.end),
    ]
    rows = pd.DataFrame(steps, columns=["name", "low", "high", "kind", "amount"])
    rows["row"] = range(len(rows))
    rows["share"] = [percent(value / start) for value in rows["amount"].abs()]
    rows["label"] = [
        f"{money(row['amount'], currency, signed=row['kind'] != 'level')} · {row['share']}"
        for row in rows.to_dict("records")
    ]
    rows["value"] = [money(value, currency, signed=False) for value in rows["amount"]]
    rows["n"] = format_number(bridge.accounts)
    return rows


def bridge_chart(bridge: RevenueBridge, currency: str) -> alt.LayerChart:
    """Waterfall of annual revenue: start, lost, less, kept, more, end."""
    rows = bridge_rows(bridge, currency)
    base = alt.Chart(_data(rows))
    y = alt.Y("row:O", axis=None, scale=alt.Scale(paddingInner=0.1))
    title = gettext("Annual revenue of those there at the start, {currency}").format(currency=currency)
    colour = alt.Color(
        "kind:N", legend=None, scale=alt.Scale(domain=["level", "less", "more"], range=[BLUE, ORANGE, GREEN])
    )
    tips = tooltips(
        ("name", gettext("Step")), ("value", gettext("Annual revenue")), ("share", gettext("Of the start")),
        ("n", gettext("Customers")),
    )  # fmt: skip
    x = alt.X(
        "low:Q", title=title, axis=alt.Axis(format="~s", tickCount=4, **_GRID), scale=alt.Scale(zero=True)
    )
    return styled(
        alt.layer(
            base.mark_bar(height=12, cornerRadius=2, dy=4).encode(
                y=y, x=x, x2="high:Q", color=colour, tooltip=tips
            ),
            _named(base, y, "left", "name"),
            _named(base, y, "right", "label"),
        ),
        height=ROW_HEIGHT * len(rows),
    )


def whale_chart(whale: Whale, currency: str) -> alt.LayerChart:
    """Margin cumulated over customers, the best first: its summit, and how far it falls."""
    rows = whale.curve.copy()
    rows["who"] = [
        gettext("the best {share} of customers").format(share=percent(value)) for value in rows["customers"]
    ]
    rows["value"] = [money(value, currency) for value in rows["margin"]]
    rows["n"] = format_number(whale.customers)
    rows["of_end"] = [percent(value / whale.margin) if whale.margin > 0 else "–" for value in rows["margin"]]
    top, end = (whale.peak_at, whale.peak), (1.0, whale.margin)
    late = whale.peak_at > 0.6
    marks = pd.DataFrame([
        {"customers": top[0], "margin": top[1], "label": money(top[1], currency) if whale.loss else "", "end": False},
        {"customers": end[0], "margin": end[1], "label": money(end[1], currency), "end": True},
    ])  # fmt: skip
    x = alt.X("customers:Q", title=gettext("Customers, the most profitable first"), axis=_SHARES,
              scale=alt.Scale(domain=[0, 1], nice=False))  # fmt: skip
    y = alt.Y("margin:Q", title=gettext("Margin, cumulated, {currency}").format(currency=currency),
              axis=alt.Axis(format="~s", tickCount=5, **_GRID))  # fmt: skip
    tips = tooltips(
        ("who", gettext("Customers")), ("value", gettext("Margin together")),
        ("of_end", gettext("Of the margin of all")), ("n", gettext("Customers in all")),
    )  # fmt: skip
    curve, points = alt.Chart(_data(rows)), alt.Chart(_data(marks))
    text: dict[str, Any] = {"fontSize": 12, "fontWeight": 600, "fill": INK}
    return styled(
        alt.layer(
            curve.mark_area(opacity=BAND_OPACITY, color=BLUE).encode(x=x, y=y, tooltip=tips),
            curve.mark_line(strokeWidth=2, color=BLUE).encode(x=x, y=y, tooltip=tips),
            alt.Chart(_data(pd.DataFrame([{"at": top[0]}])))
            .mark_rule(strokeDash=[4, 4], stroke=INK, strokeOpacity=0.45)
            .encode(x=alt.X("at:Q", title=gettext("Customers, the most profitable first"))),
            points.mark_point(filled=True, size=60, color=ORANGE, opacity=1).encode(x=x, y=y),
            points.transform_filter("!datum.end")
            .mark_text(align="right" if late else "left", dx=-8 if late else 8, dy=-10, **text)
            .encode(x=x, y=y, text="label:N"),
            points.transform_filter("datum.end")
            .mark_text(align="right", dx=-4, dy=20 if end[1] > 0 else -18, **text)
            .encode(x=x, y=y, text="label:N"),
        ),
        height=300,
        right=14,
    )


def _steps(curve: Curve, most: int = MOST_MONTHS) -> pd.DataFrame:
    """A survival curve read at whole months; late ones where hardly anybody is watched are left out."""
    months = np.arange(1.0, 1.0 + min(most, np.ceil(curve.times[-1] - 1e-9) if curve.times.size else 0))
    at = np.searchsorted(curve.times, months, side="right") - 1
    begun = at >= 0
    at, months = at[begun], months[begun]
    seen = curve.at_risk[at] >= 10
    at = at[seen]
    rows = pd.DataFrame({
        "month": months[seen], "share": curve.survival[at], "low": curve.conf_low[at],
        "high": curve.conf_high[at], "n": curve.at_risk[at],
    })  # fmt: skip
    first = pd.DataFrame([{"month": 0.0, "share": 1.0, "low": 1.0, "high": 1.0, "n": np.nan}])
    rows = pd.concat([first, rows], ignore_index=True)
    rows["value"] = [percent(value) for value in rows["share"]]
    rows["interval"] = [span(percent, low, high) for low, high in zip(rows["low"], rows["high"], strict=True)]
    rows["count"] = ["" if np.isnan(n) else format_number(n) for n in rows["n"]]
    rows["when"] = [gettext("{n} months").format(n=format_number(month)) for month in rows["month"]]
    return rows


def survival_chart(found: Survival, choice: Choice | None) -> alt.LayerChart:
    """All customers with their band, and the fitted curve beyond what was seen."""
    rows = _steps(found.all)
    x = alt.X("month:Q", title=gettext("Months since the first term"),
              axis=alt.Axis(values=list(range(0, MOST_MONTHS + 60, 12)), **_GRID))  # fmt: skip
    there = gettext("Customers still there")
    y = alt.Y("share:Q", title=there, axis=_SHARES, scale=alt.Scale(domain=[0, 1]))
    tips = tooltips(
        ("when", gettext("After")), ("value", gettext("Still there")), ("interval", gettext("95 % interval")),
        ("count", gettext("At risk")),
    )  # fmt: skip
    base = alt.Chart(_data(rows))
    layers = [
        base.mark_area(opacity=BAND_OPACITY, color=BLUE, interpolate="step-after").encode(
            x=x, y=alt.Y("low:Q", title=there), y2="high:Q"
        ),
        base.mark_line(color=BLUE, strokeWidth=2, interpolate="step-after").encode(x=x, y=y, tooltip=tips),
    ]
    ends = [{"month": float(rows["month"].iloc[-1]), "share": float(rows["share"].iloc[-1]),
             "name": gettext("counted"), "at": float(rows["share"].iloc[-1])}]  # fmt: skip
    if choice is not None:
        last = min(max(choice.last_age + 3, 5), 12)
        years = np.arange(0, last + 1)
        fitted = pd.DataFrame({"month": years * 12.0, "share": choice.curve.survival(years)})
        fitted["value"] = [percent(value) for value in fitted["share"]]
        low, high = fitted_interval(choice, years)
        fitted["interval"] = [span(percent, *ends) for ends in zip(low, high, strict=True)]
        fitted["when"] = [gettext("{n} years").format(n=format_number(int(year))) for year in years]
        line = alt.Chart(_data(fitted))
        also = tooltips(
            ("when", gettext("After")), ("value", gettext("Still there, fitted")),
            ("interval", gettext("95 % interval")),
        )  # fmt: skip
        layers += [
            line.mark_line(color=ORANGE, strokeDash=[6, 4], strokeWidth=2).encode(x=x, y=y, tooltip=also),
            line.mark_point(color=ORANGE, filled=True, opacity=1, size=30).encode(x=x, y=y, tooltip=also),
        ]
        end = float(fitted["share"].iloc[-1])
        ends.append({"month": last * 12.0, "share": end, "name": gettext("fitted"), "at": end})
    names = alt.Chart(_data(pd.DataFrame(ends)))
    layers.append(
        names.mark_text(align="left", dx=6, dy=-8, fontSize=12, fill=INK).encode(x=x, y=y, text="name:N")
    )
    return styled(alt.layer(*layers), height=300, right=56)


def cohort_chart(found: Survival) -> alt.LayerChart:
    """Survival of the cohorts that were watched from their beginning, named at the ends of their lines."""
    parts = []
    for cohort, curve in found.cohorts.items():
        rows = _steps(curve)
        rows["cohort"] = str(cohort)
        parts.append(rows)
    rows = pd.concat(parts, ignore_index=True)
    x = alt.X(
        "month:Q",
        title=gettext("Months since the first term"),
        axis=alt.Axis(tickMinStep=6, format="d", **_GRID),
    )
    there = gettext("Customers still there")
    y = alt.Y("share:Q", title=there, axis=_SHARES, scale=alt.Scale(zero=False))
    tips = tooltips(
        ("cohort", gettext("Came in")), ("when", gettext("After")), ("value", gettext("Still there")),
        ("interval", gettext("95 % interval")), ("count", gettext("At risk")),
    )  # fmt: skip
    ends = rows.groupby("cohort").tail(1).copy()
    ends["label_y"] = spread(list(ends["share"]), 0.045 * (1 - float(rows["share"].min()) or 1), 0.0, 1.0)
    colour = alt.Color("cohort:N", legend=None)
    base = alt.Chart(_data(rows))
    return styled(
        alt.layer(
            base.mark_line(strokeWidth=2, interpolate="step-after").encode(
                x=x, y=y, color=colour, tooltip=tips
            ),
            alt.Chart(_data(ends))
            .mark_text(align="left", dx=5, fontSize=12, fill=INK)
            .encode(x=x, y=alt.Y("label_y:Q", title=there), text="cohort:N"),
        ),
        height=260,
        right=40,
    )


def base_chart(worth: BaseWorth, currency: str) -> alt.LayerChart:
    """Present value of the margins to come, by the year in which customers came."""
    rows = worth.lines.copy()
    rows["row"] = range(len(rows))
    rows["name"] = [
        gettext("Came in {year}").format(year=int(row["cohort"])) for row in rows.to_dict("records")
    ]
    rows["label"] = [
        gettext("{value} · {each} each").format(
            value=money(row["value"], currency), each=money(row["each"], currency)
        )
        for row in rows.to_dict("records")
    ]
    rows["interval"] = [
        span(lambda one: money(one, currency), low, high)
        for low, high in zip(rows["low"], rows["high"], strict=True)
    ]
    rows["n"] = [format_number(count) for count in rows["customers"]]
    rows["worth"] = [money(value, currency) for value in rows["value"]]
    base = alt.Chart(_data(rows))
    y = alt.Y("row:O", axis=None, scale=alt.Scale(paddingInner=0.1))
    title = gettext("Margins to come, present value, {currency}").format(currency=currency)
    x = alt.X("value:Q", title=title,
              axis=alt.Axis(format="~s", tickCount=4, **_GRID))  # fmt: skip
    tips = tooltips(
        ("name", gettext("Cohort")), ("worth", gettext("Present value")), ("interval", gettext("95 % interval")),
        ("n", gettext("Customers")),
    )  # fmt: skip
    layers = [
        base.mark_bar(height=10, cornerRadius=2, color=BLUE, dy=4).encode(y=y, x=x, tooltip=tips),
        _named(base, y, "left", "name"),
        _named(base, y, "right", "label"),
    ]
    if rows["low"].notna().all():
        layers.insert(
            1,
            base.mark_rule(strokeWidth=2, stroke=INK).encode(y=y, x=alt.X("low:Q", title=title), x2="high:Q"),
        )
    return styled(alt.layer(*layers), height=ROW_HEIGHT * len(rows) + 20)


def groups_chart(groups: NpsGroups, currency: str) -> alt.LayerChart:
    """Lifetime value by group with its interval, adjusted for segment and tenure; retention where margins are unknown."""
    valued = bool(np.isfinite(groups.value).all())
    point, low, high = (
        (groups.value, groups.value_low, groups.value_high)
        if valued
        else (groups.retention, groups.retention_low, groups.retention_high)
    )

    def said(value: float) -> str:
        return money(value, currency) if valued else percent(value)

    rows = pd.DataFrame({"value": point, "low": low, "high": high, "row": range(len(groups.group))})
    rows["name"] = [gettext(GROUP_LABELS[code]) for code in groups.group]
    rows["n"] = [format_number(count) for count in groups.customers]
    rows["interval"] = [span(said, one, other) for one, other in zip(low, high, strict=True)]
    rows["worth"] = [said(value) for value in point]
    rows["label"] = [
        f"{worth} ({interval})" for worth, interval in zip(rows["worth"], rows["interval"], strict=True)
    ]
    title = (
        gettext("Lifetime value per customer, margin, present value, {currency}").format(currency=currency)
        if valued
        else gettext("Customers still there after a year")
    )
    base = alt.Chart(_data(rows))
    y = alt.Y("row:O", axis=None, scale=alt.Scale(paddingInner=0.1))
    axis = alt.Axis(format="~s", tickCount=5, **_GRID) if valued else _SHARES
    x = alt.X("value:Q", title=title, axis=axis, scale=alt.Scale(zero=valued))
    tips = tooltips(
        ("name", gettext("Group")), ("worth", gettext("Value")), ("interval", gettext("95 % interval")),
        ("n", gettext("Customers")),
    )  # fmt: skip
    return styled(
        alt.layer(
            base.mark_rule(strokeWidth=3, color=BLUE).encode(
                y=y, x=alt.X("low:Q", title=title), x2="high:Q", tooltip=tips
            ),
            base.mark_point(filled=True, size=90, opacity=1, color=BLUE).encode(y=y, x=x, tooltip=tips),
            _named(base, y, "left", "name"),
            _named(base, y, "right", "label"),
        ),
        height=ROW_HEIGHT * len(rows) + 16,
    )
