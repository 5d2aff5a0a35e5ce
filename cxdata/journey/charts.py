"""Pictures of the journey: frames in, Altair charts out."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from cxdata.chart_style import AXIS_FORMATS, INK, MAX_ROWS, PAGE, month_texts, styled, tooltips
from cxdata.journey.employees import TeamLink
from cxdata.journey.expectations import Gaps
from cxdata.journey.layout import BOTTOM, HEIGHT, TOP, list_layout, map_layout, value_domain
from cxdata.journey.stations import STRONG, USUAL, WEAK, Journey
from cxdata.language import format_number, gettext
from cxdata.scorecard.comparisons import BAD, GOOD
from cxdata.scorecard.words import change_interval_text, change_text, metric_text, value_text

KIND_COLOUR = alt.Color(
    "kind:N",
    # The theme's first, second and last colour: blue for strong, orange for weak, grey for the others.
    scale=alt.Scale(domain=["strong", "weak", "_c", "_d", "_e", "usual"]),
    legend=None,
)

_ZERO = "datum.value === 0 ? '0' : datum.label"
_BOLD = {"fontWeight": 700, "lineHeight": 15}
NARROW_NAMES, WIDE_NAMES = 132, 230
"""Pixels for the names of a list, on a narrow and on a wide screen."""

_LIST_VALUES = 62


def journey_map(journey: Journey) -> alt.LayerChart:
    """The journey from left to right: stages, touchpoints as columns, the score as a dot with its interval."""
    layout = map_layout(journey)
    low, high = value_domain(journey)
    y = alt.Scale(domain=[low, high], range=[BOTTOM, TOP], nice=False, zero=False)
    x = alt.Scale(domain=[layout.left, layout.right], nice=False, zero=False)
    axis = alt.Axis(
        format=AXIS_FORMATS[journey.unit], tickCount=4, gridOpacity=0.35, domain=False, ticks=False,
        labelPadding=6, title=None,
    )  # fmt: skip
    across = alt.X("x:Q", scale=x, axis=None)
    value, foot, top = (
        alt.Y(f"{name}:Q", scale=y, axis=axis) for name in ("estimate", "conf_low", "conf_high")
    )
    stages = alt.Chart(layout.stages)
    points, named = alt.Chart(layout.scored), alt.Chart(layout.stations)
    tips = _tips(layout.stations)
    layers: list[Any] = [
        stages.mark_rect(color=INK, opacity=0.045, cornerRadius=4).encode(
            x=alt.X("start:Q", scale=x, axis=None), x2="end:Q", y=alt.value(0), y2=alt.value(HEIGHT)
        ),
        _text(stages, fontWeight=600, fontSize=13, lineHeight=15, baseline="top").encode(
            x=alt.X("middle:Q", scale=x, axis=None), y=alt.value(8), text="name:N"
        ),
    ]
    if len(layout.mean):
        mean = alt.Chart(layout.mean)
        layers += [
            mean.mark_rule(color=INK, opacity=0.6, strokeDash=[5, 4]).encode(
                x=alt.X("start:Q", scale=x, axis=None), x2="end:Q", y=value
            ),
            _text(mean, align="left", dx=6, opacity=0.75, lineHeight=14).encode(
                x=alt.X("end:Q", scale=x, axis=None), y=value, text="name:N"
            ),
        ]
    layers += [
        points.mark_line(color=INK, opacity=0.3, strokeWidth=2.5, interpolate="monotone").encode(
            x=across, y=value, detail="run:N"
        ),
        points.mark_rule(strokeWidth=2.5, opacity=0.75).encode(
            x=across, y=alt.Y("conf_low:Q", scale=y, axis=axis), y2="conf_high:Q", color=KIND_COLOUR, tooltip=tips
        ),
        points.mark_circle(opacity=1, stroke=PAGE, strokeWidth=1.5).encode(
            x=across, y=value, size=_size(), color=KIND_COLOUR, tooltip=tips
        ),
        _text(alt.Chart(layout.labels(USUAL)), baseline="bottom", dy=-6).encode(x=across, y=top, text="mark:N"),
        _text(alt.Chart(layout.labels(STRONG)), baseline="bottom", dy=-21, **_BOLD).encode(
            x=across, y=top, text="title:N", color=KIND_COLOUR
        ),
        _text(alt.Chart(layout.labels(STRONG)), baseline="bottom", dy=-6, **_BOLD).encode(
            x=across, y=top, text="mark:N", color=KIND_COLOUR
        ),
        _text(alt.Chart(layout.labels(WEAK)), baseline="top", dy=6, **_BOLD).encode(
            x=across, y=foot, text="mark:N", color=KIND_COLOUR
        ),
        _text(alt.Chart(layout.labels(WEAK)), baseline="top", dy=21, **_BOLD).encode(
            x=across, y=foot, text="title:N", color=KIND_COLOUR
        ),
        alt.Chart(layout.unscored).mark_point(
            filled=False, color=INK, opacity=0.7, size=150, strokeWidth=1.5, strokeDash=[3, 2]
        ).encode(x=across, y=alt.value(BOTTOM - 44), tooltip=tips),
        _text(alt.Chart(layout.unscored), baseline="top", fontSize=11, lineHeight=13, opacity=0.8).encode(
            x=across, y=alt.value(BOTTOM - 31), text="mark:N"
        ),
        alt.Chart(layout.truths).mark_point(
            shape="diamond", filled=True, color=INK, opacity=0.9, size=70
        ).encode(x=across, y=alt.value(BOTTOM + 20)),
        _text(named, baseline="top", fontSize=11.5, lineHeight=14).encode(
            x=across, y=alt.value(BOTTOM + 30), text="lines:N", tooltip=tips
        ),
    ]  # fmt: skip
    return styled(alt.layer(*layers), right=58, height=HEIGHT)


def journey_list(journey: Journey, *, names: int = NARROW_NAMES) -> alt.LayerChart:
    """The same journey downwards, for narrow screens and long journeys: one row per touchpoint.

    Parameters
    ----------
    journey : Journey
    names : int
        Pixels for the names of touchpoints; longer ones are cut.
    """
    layout = list_layout(journey)
    low, high = value_domain(journey)
    reach: Any = [names, alt.ExprRef(f"width - {_LIST_VALUES}")]
    x = alt.Scale(domain=[low, high], range=reach, nice=False, zero=False)
    y = alt.Scale(domain=[0, layout.height], range=[0, layout.height], nice=False, zero=False)
    down = alt.Y("y:Q", scale=y, axis=None)
    value = alt.X("estimate:Q", scale=x, axis=None)
    points, named, heads = alt.Chart(layout.scored), alt.Chart(layout.stations), alt.Chart(layout.stages)
    tips = _tips(layout.stations)
    layers: list[Any] = [
        heads.mark_rect(color=INK, opacity=0.045, cornerRadius=4).encode(
            y=alt.Y("start:Q", scale=y, axis=None), y2="end:Q", x=alt.value(0), x2=alt.value("width")
        ),
        _text(heads, align="left", fontWeight=600, fontSize=12, opacity=0.75).encode(
            x=alt.value(8), y=alt.Y("head:Q", scale=y, axis=None), text="name:N"
        ),
    ]
    if len(layout.mean):
        mean = alt.Chart(layout.mean)
        layers += [
            mean.mark_rule(color=INK, opacity=0.6, strokeDash=[5, 4]).encode(
                x=value, y=alt.Y("start:Q", scale=y, axis=None), y2="end:Q"
            ),
            _text(mean, baseline="top", opacity=0.75).encode(x=value, y=alt.value(0), text="name:N"),
        ]
    layers += [
        points.mark_line(color=INK, opacity=0.3, strokeWidth=2.5, interpolate="linear").encode(
            x=value, y=down, detail="run:N", order="y:Q"
        ),
        points.mark_rule(strokeWidth=2.5, opacity=0.75).encode(
            x=alt.X("conf_low:Q", scale=x, axis=None), x2="conf_high:Q", y=down, color=KIND_COLOUR, tooltip=tips
        ),
        points.mark_circle(opacity=1, stroke=PAGE, strokeWidth=1.5).encode(
            x=value, y=down, size=_size(160), color=KIND_COLOUR, tooltip=tips
        ),
        _text(alt.Chart(layout.labels(USUAL)), align="right", dx=-4).encode(
            x=alt.value("width"), y=down, text="mark:N"
        ),
        _text(points.transform_filter(alt.datum.kind != USUAL), align="right", dx=-4, **_BOLD).encode(
            x=alt.value("width"), y=down, text="mark:N", color=KIND_COLOUR
        ),
        _text(alt.Chart(layout.unscored), align="right", dx=-4, fontSize=11, opacity=0.8).encode(
            x=alt.value("width"), y=down, text="mark:N"
        ),
        alt.Chart(layout.truths).mark_point(shape="diamond", filled=True, color=INK, opacity=0.9, size=50).encode(
            x=alt.value(13), y=down
        ),
        _text(named, align="left", limit=names - 30).encode(
            x=alt.value(22), y=down, text="label:N", tooltip=tips
        ),
    ]  # fmt: skip
    return styled(alt.layer(*layers), height=layout.height)


def gaps_chart(gaps: Gaps) -> alt.LayerChart:
    """Expectation gaps under one another, with their intervals; left of zero falls short."""
    rows = gaps.rows[gaps.rows["base"] >= gaps.min_base].copy()
    several = rows["kind"].nunique() > 1
    rows["name"] = [
        gettext("All of factor {name}").format(name=label.lower()) if kind == "factor" and several else label
        for kind, label in zip(rows["kind"], rows["label"], strict=True)
    ]
    if rows["scale"].nunique() > 1:
        rows["name"] = rows["name"] + " (" + rows["scale"] + ")"
    rows["kind"] = rows["judgement"].map({BAD: "weak", GOOD: "strong"}).fillna("usual")
    rows["value"] = [change_text(gap, "score") for gap in rows["gap"]]
    rows["interval"] = [
        change_interval_text(low, high, "score")
        for low, high in zip(rows["gap_low"], rows["gap_high"], strict=True)
    ]
    rows["n"] = [format_number(base) for base in rows["base"]]
    for side in ("expected", "perceived"):
        rows[f"{side}_text"] = [value_text(number, "score") for number in rows[side]]
    columns = ["name", "kind", "gap", "gap_low", "gap_high", "value", "interval", "n", "expected_text",
               "perceived_text"]  # fmt: skip
    widest = float(max(rows["gap_high"].max(), -rows["gap_low"].min(), 0.1)) * 1.1
    scale = alt.Scale(domain=[-widest, widest], nice=False)
    axis = alt.Axis(
        format="+.1f", labelExpr=_ZERO, tickCount=5, gridOpacity=0.4, domain=False, ticks=False,
        title=gettext("← falls short · exceeds what was expected →"),
    )  # fmt: skip
    names = alt.Axis(
        domain=False, ticks=False, labelLimit=170, labelPadding=8, labelOverlap=False, labelFlush=False
    )
    tips = tooltips(
        ("name", gettext("What")),
        ("value", gettext("Gap")),
        ("interval", gettext("95 % interval")),
        ("n", "n"),
        ("expected_text", gettext("Expected")),
        ("perceived_text", gettext("Experienced")),
    )
    base = alt.Chart(rows[columns]).encode(y=alt.Y("name:N", sort=None, title=None, axis=names), tooltip=tips)
    zero = alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(color=INK, opacity=0.6)
    layers = [
        zero.encode(x=alt.X("zero:Q", scale=scale, axis=axis)),
        base.mark_rule(strokeWidth=2.5, opacity=0.75).encode(
            x=alt.X("gap_low:Q", scale=scale, axis=axis), x2="gap_high:Q", color=KIND_COLOUR
        ),
        base.mark_circle(size=110, opacity=1).encode(
            x=alt.X("gap:Q", scale=scale, axis=axis), color=KIND_COLOUR
        ),
        _text(base, dy=-12).encode(x=alt.X("gap:Q", scale=scale, axis=axis), text="value:N"),
    ]
    return styled(alt.layer(*layers), right=12, height=46 * len(rows) + 50)


def team_chart(link: TeamLink) -> alt.LayerChart:
    """Team-months as points: how far employees and customers are from the team's own mean."""
    cells = link.cells
    if len(cells) > MAX_ROWS - 2:
        cells = cells.nlargest(MAX_ROWS - 2, "customer_answers")
    rows = pd.DataFrame(
        {
            "x": cells["x"],
            "y": cells["y"],
            "team": cells["team"],
            "month": month_texts(cells["month"]),
            "employees": [value_text(number, "score") for number in cells["employees"]],
            "customers": [format_number(number, 1) for number in cells["customers"]],
            "n": [
                gettext("{employees} employees, {customers} customers").format(
                    employees=format_number(staff), customers=format_number(customers)
                )
                for staff, customers in zip(cells["employee_answers"], cells["customer_answers"], strict=True)
            ],
        }
    )
    ends = np.array([rows["x"].min(), rows["x"].max()])
    line = pd.DataFrame({"x": ends, "y": link.correlation.slope * ends})
    metric = metric_text(link.metric)
    look: dict[str, Any] = {
        "labelExpr": _ZERO,
        "gridOpacity": 0.35,
        "domain": False,
        "ticks": False,
        "tickCount": 5,
    }
    x = alt.X(
        "x:Q",
        axis=alt.Axis(title=gettext("Employees: distance from the team's own mean"), format="+.1f", **look),
    )
    title = gettext("Customers' {metric}, scale 0–100: distance from the team's own mean").format(
        metric=metric
    )
    y = alt.Y(
        "y:Q",
        axis=alt.Axis(title=title, titleAngle=0, titleAlign="left", titleAnchor="end", titleX=0, titleY=-12,
                      format="+d", **look),
    )  # fmt: skip
    tips = tooltips(
        ("team", gettext("Team")),
        ("month", gettext("Month")),
        ("employees", gettext("Employees")),
        ("customers", gettext("Customers")),
        ("n", "n"),
    )
    zero = alt.Chart(pd.DataFrame({"zero": [0.0]}))
    layers = [
        zero.mark_rule(color=INK, opacity=0.35).encode(x="zero:Q"),
        zero.mark_rule(color=INK, opacity=0.35).encode(y="zero:Q"),
        alt.Chart(rows).mark_circle(size=46, opacity=0.6).encode(x=x, y=y, tooltip=tips),
        alt.Chart(line).mark_line(color=INK, strokeWidth=2, strokeDash=[6, 4], opacity=0.8).encode(x=x, y=y),
    ]
    return styled(alt.layer(*layers), right=10, height=320)


def _tips(stations: pd.DataFrame) -> list[alt.Tooltip]:
    fields = [
        ("label", gettext("Touchpoint")),
        ("when", gettext("When")),
        ("value", gettext("Value")),
        ("interval", gettext("95 % interval")),
        ("n", "n"),
        ("against", gettext("Against the mean")),
        ("since", gettext("Since the period before")),
        ("contacts_text", gettext("Contacts")),
    ]
    return tooltips(*((name, title) for name, title in fields if stations[name].ne("").any()))


def _text(chart: alt.Chart, **look: Any) -> alt.Chart:
    return chart.mark_text(**{"color": INK, "fontSize": 12, "lineBreak": "\n", **look})


def _size(largest: int = 420) -> alt.Size:
    return alt.Size("volume:Q", scale=alt.Scale(domainMin=0, range=[90, largest], type="sqrt"), legend=None)
