"""Charts of the page Who answers: frames in, Altair charts out."""

from __future__ import annotations

import altair as alt
import pandas as pd

from cxdata.chart_style import INK, PAGE, styled, tooltips
from cxdata.language import format_number, format_percent, gettext
from cxdata.response.representation import Representation
from cxdata.response.words import mix_verdict_text
from cxdata.scorecard.comparisons import DOWN, UP
from cxdata.scorecard.words import (
    change_interval_text,
    change_text,
    fewer_text,
    interval_text,
    line_text,
    value_text,
    verdict_text,
)
from cxdata.vocabulary import Labels

ROW_HEIGHT = 34
MOST_LINES = 30
"""Lines that a chart has room for; the table beside it shows all."""


def mix_chart(mix: Representation, labels: Labels, when: str) -> alt.LayerChart:
    """A group's share of the customers (bar), of the invited (hollow point) and of the answers (point, interval).

    Parameters
    ----------
    mix : Representation
    labels : mapping
        The company's words for codes.
    when : str
        The months looked at, for tooltips.
    """
    groups = mix.groups[(mix.groups["customers"] > 0) | (mix.groups["answered"] > 0)].head(MOST_LINES)
    real = groups["verdict"].isin([UP, DOWN])
    rows = pd.DataFrame(
        {
            "group": [line_text(mix.dimension, code, labels) for code in groups["group"]],
            "when": when,
            "customers": groups["customer_share"],
            "invited": groups["invited_share"],
            "answered": groups["answered_share"],
            "low": groups["difference_low"] + groups["customer_share"],
            "high": groups["difference_high"] + groups["customer_share"],
            "value": [
                gettext("{answered} of the answers, {customers} of the customers").format(
                    answered=format_percent(answered), customers=format_percent(customers)
                )
                for answered, customers in zip(
                    groups["answered_share"], groups["customer_share"], strict=True
                )
            ],
            "interval": [
                interval_text(low + known, high + known, "fraction")
                for low, high, known in zip(
                    groups["difference_low"], groups["difference_high"], groups["customer_share"], strict=True
                )
            ],
            "n": [format_number(count) for count in groups["answered"]],
            "text": [
                f"{change_text(value, 'fraction')} · {mix_verdict_text(verdict)}" if told else ""
                for value, verdict, told in zip(groups["difference"], groups["verdict"], real, strict=True)
            ],
            "real": real,
        }
    )
    names = list(rows["group"])
    widest = float(max(rows[["customers", "invited", "high"]].max().max(), 0.01))
    scale = alt.Scale(domain=[0, min(1.0, widest * 1.35)], nice=False)
    axis = alt.Axis(format=".0%", title=None, grid=True, gridOpacity=0.15, domain=False, tickCount=5)
    base = alt.Chart(rows).encode(
        y=alt.Y("group:N", sort=names, title=None, axis=_names_axis()),
        tooltip=tooltips(
            ("group", gettext("Group")),
            ("when", gettext("Months")),
            ("value", gettext("Share")),
            ("interval", gettext("95 % interval")),
            ("n", "n"),
        ),
    )
    bars = base.mark_bar(color=INK, opacity=0.16, height=16).encode(
        x=alt.X("customers:Q", scale=scale, axis=axis)
    )
    spans = base.mark_rule(strokeWidth=2.5, color=INK, opacity=0.75).encode(
        x=alt.X("low:Q", scale=scale), x2="high:Q"
    )
    points = base.mark_point(filled=True, size=85, opacity=1).encode(x=alt.X("answered:Q", scale=scale))
    asked = base.mark_point(filled=True, fill=PAGE, stroke=INK, strokeWidth=1.5, size=70, opacity=1).encode(
        x=alt.X("invited:Q", scale=scale)
    )
    told = base.mark_text(align="left", dx=9, fontSize=11, color=INK).encode(
        x=alt.X("end:Q", scale=scale), text="text:N"
    )
    told = told.transform_calculate(end="max(datum.high, max(datum.customers, datum.invited))")
    layers = [bars, *([asked] if mix.invited else []), spans, points, told]
    return styled(alt.layer(*layers), height=ROW_HEIGHT * len(names) + 24)


def rates_chart(table: pd.DataFrame, by: str, labels: Labels, when: str, min_base: int) -> alt.LayerChart:
    """Response rate of each line with its interval, and the period before as a hollow point.

    Parameters
    ----------
    table : DataFrame
        From `rates.response_rates`; lines with fewer than `min_base` invitations are not drawn.
    by : str
        Dimension of the lines.
    labels, when
        As for `mix_chart`.
    min_base : int
    """
    drawn = table[table["base"] >= min_base].head(MOST_LINES)
    rows = pd.DataFrame(
        {
            "line": [line_text(by, code, labels) for code in drawn["line"]],
            "when": when,
            "rate": drawn["estimate"],
            "low": drawn["conf_low"],
            "high": drawn["conf_high"],
            "before": drawn["previous"].where(drawn["previous_base"] >= min_base),
            "value": [value_text(value, "fraction") for value in drawn["estimate"]],
            "interval": [
                interval_text(low, high, "fraction")
                for low, high in zip(drawn["conf_low"], drawn["conf_high"], strict=True)
            ],
            "n": [format_number(count) for count in drawn["base"]],
            "change": [
                f"{change_text(value, 'fraction')} ({change_interval_text(low, high, 'fraction')})"
                if before >= min_base
                else fewer_text(min_base, "response_rate")
                for value, low, high, before in zip(
                    drawn["change"],
                    drawn["change_low"],
                    drawn["change_high"],
                    drawn["previous_base"],
                    strict=True,
                )
            ],
            "verdict": [verdict_text(verdict) for verdict in drawn["verdict"]],
        }
    )
    names = list(rows["line"])
    scale = alt.Scale(domain=[0, min(1.0, float(max(rows["high"].max(), 0.05)) * 1.15)], nice=False)
    axis = alt.Axis(format=".0%", title=None, grid=True, gridOpacity=0.15, domain=False, tickCount=5)
    base = alt.Chart(rows).encode(
        y=alt.Y("line:N", sort=names, title=None, axis=_names_axis()),
        tooltip=tooltips(
            ("line", gettext("Line")),
            ("when", gettext("Months")),
            ("value", gettext("Response rate")),
            ("interval", gettext("95 % interval")),
            ("n", "n"),
            ("change", gettext("Change")),
            ("verdict", gettext("Verdict")),
        ),
    )
    spans = base.mark_rule(strokeWidth=2.5, color=INK, opacity=0.75).encode(
        x=alt.X("low:Q", scale=scale, axis=axis), x2="high:Q"
    )
    points = base.mark_point(filled=True, size=85, opacity=1).encode(x=alt.X("rate:Q", scale=scale))
    before = base.mark_point(filled=True, fill=PAGE, stroke=INK, strokeWidth=1.5, size=60, opacity=1).encode(
        x=alt.X("before:Q", scale=scale)
    )
    told = base.transform_calculate(end="max(datum.high, isValid(datum.before) ? datum.before : 0)")
    told = told.mark_text(align="left", dx=9, fontSize=11, color=INK).encode(
        x=alt.X("end:Q", scale=scale), text="value:N"
    )
    return styled(alt.layer(before, spans, points, told), height=ROW_HEIGHT * len(names) + 24)


def _names_axis() -> alt.Axis:
    return alt.Axis(domain=False, ticks=False, labelPadding=8, labelLimit=150)
