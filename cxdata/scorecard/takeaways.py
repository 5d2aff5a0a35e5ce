"""What a chart says, in a sentence or two made from its numbers: shown above it, and read out in its place."""

from __future__ import annotations

import pandas as pd

from cxdata.chart_style import month_texts
from cxdata.language import format_month, format_number, gettext, ngettext
from cxdata.scorecard.comparisons import DOWN, NEW_SCALE, UNCLEAR, UP
from cxdata.scorecard.heat_maps import HeatMap
from cxdata.scorecard.trends import Trend
from cxdata.scorecard.words import (
    base_text,
    change_interval_text,
    interval_text,
    joined,
    metric_text,
    nothing_text,
    sentence_case,
    size_text,
    value_text,
)


def trend_takeaways(trend: Trend) -> list[str]:
    """Sentences: which line is highest and lowest in the month, and what really moved since a year before."""
    now = trend.points[trend.points["month"] == pd.Timestamp(trend.month)]
    return [_nothing(trend)] if now.empty else [_standing(trend, now), *_movement(trend)]


def panel_text(trend: Trend, line: str) -> str:
    """One line in words: where it stands, and between which values it has moved."""
    rows = trend.points[trend.points["line"] == line]
    newest = rows.iloc[int(rows["month"].argmax())]
    text = gettext("{line}: {value} in {month}; between {low} and {high} in the months shown.")
    return text.format(
        line=newest["label"] or metric_text(trend.metric),
        value=value_text(newest["estimate"], trend.unit),
        month=format_month(newest["month"].date()),
        low=value_text(rows["estimate"].min(), trend.unit),
        high=value_text(rows["estimate"].max(), trend.unit),
    )


def heat_map_takeaway(heat: HeatMap) -> str:
    """How many cells really differ from everything together, and which the furthest."""
    real = heat.cells[heat.cells["verdict"].isin([UP, DOWN])]
    whole = value_text(heat.overall, heat.unit)
    if real.empty:
        text = gettext("No cell differs from the overall {value} by more than chance would explain.")
        return text.format(value=whole)
    parts = []
    sides = (
        (UP, gettext("{cell} is the furthest above ({value})")),
        (DOWN, gettext("{cell} is the furthest below ({value})")),
    )
    for verdict, text in sides:
        rows = real[real["verdict"] == verdict]
        if len(rows):
            cell = rows.iloc[int(rows["difference"].abs().argmax())]
            name = f"{cell['row_label']} · {cell['column_label']}"
            parts.append(text.format(cell=name, value=value_text(cell["estimate"], heat.unit)))
    count = ngettext(
        "{count} of {all} cells differs from the overall {value} by more than chance would explain: {which}.",
        "{count} of {all} cells differ from the overall {value} by more than chance would explain: {which}.",
        len(real),
    )
    return count.format(
        count=format_number(len(real)), all=format_number(heat.judged), value=whole, which=joined(parts)
    )


def _nothing(trend: Trend) -> str:
    nothing = nothing_text(trend.metric, trend.month)
    nothing = sentence_case(nothing)
    if trend.points.empty and trend.few.empty:
        return gettext("{nothing}, nor in the months before it.").format(nothing=nothing)
    if (trend.few["month"] == pd.Timestamp(trend.month)).any() or trend.points.empty:
        return gettext("No line has the {count} answers that a number needs in {month}.").format(
            count=format_number(trend.min_base), month=format_month(trend.month)
        )
    return gettext("{nothing}; the newest month with data is {month}.").format(
        nothing=nothing, month=format_month(trend.last)
    )


def _standing(trend: Trend, now: pd.DataFrame) -> str:
    unfinished = trend.month if trend.unfinished == trend.month else None
    when = sentence_case(month_texts([trend.month], window=trend.window, unfinished=unfinished)[0])
    name = metric_text(trend.metric)
    if len(now) == 1:
        row = now.iloc[0]
        text = (
            gettext("{when}: {metric} was {value} ({interval}, {base}) for {line}.")
            if row["label"]
            else gettext("{when}: {metric} was {value} ({interval}, {base}).")
        )
        return text.format(
            when=when,
            metric=name,
            line=row["label"],
            value=value_text(row["estimate"], trend.unit),
            interval=interval_text(row["conf_low"], row["conf_high"], trend.unit),
            base=base_text(row["base"]),
        )
    high, low = now.iloc[int(now["estimate"].argmax())], now.iloc[int(now["estimate"].argmin())]
    text = (
        gettext(
            "{when}: {metric} was highest for {first} ({high}) and lowest for {last} ({low}), but their intervals "
            "overlap."
        )
        if low["conf_high"] >= high["conf_low"]
        else gettext("{when}: {metric} was highest for {first} ({high}) and lowest for {last} ({low}).")
    )
    return text.format(
        when=when,
        metric=name,
        first=high["label"],
        high=value_text(high["estimate"], trend.unit),
        last=low["label"],
        low=value_text(low["estimate"], trend.unit),
    )


def _movement(trend: Trend) -> list[str]:
    if trend.since is None:
        return [gettext("There is no earlier month to compare with.")]
    since = month_texts([trend.since], window=trend.window)[0]
    judged = trend.changes[trend.changes["verdict"].isin([UP, DOWN, UNCLEAR])]
    moved = judged[judged["verdict"] != UNCLEAR]
    sentences = [_moved(trend, moved, len(judged), since)] if len(judged) else []
    rescaled = trend.changes.loc[trend.changes["verdict"] == NEW_SCALE, "label"]
    if len(rescaled):
        text = gettext("{lines} cannot be compared with {since}: the scale of the question changed.")
        sentences.append(text.format(lines=joined(list(rescaled)), since=since))
    return sentences


def _moved(trend: Trend, moved: pd.DataFrame, judged: int, since: str) -> str:
    if judged == 1:
        return _moved_alone(trend, moved, since)
    if moved.empty:
        text = gettext(
            "Compared with {since}, none of the {count} lines has moved by more than chance would explain."
        )
        return text.format(since=since, count=format_number(judged))
    row = moved.iloc[int(moved["change"].abs().argmax())]
    count = ngettext(
        "Compared with {since}, {count} of {all} lines has moved by more than chance would explain:",
        "Compared with {since}, {count} of {all} lines have moved by more than chance would explain:",
        len(moved),
    ).format(since=since, count=format_number(len(moved)), all=format_number(judged))
    up = row["verdict"] == UP
    if len(moved) == 1:
        which = (
            gettext("{line} rose by {size} ({interval}).")
            if up
            else gettext("{line} fell by {size} ({interval}).")
        )
    else:
        which = (
            gettext("{line} most, up by {size} ({interval}).")
            if up
            else gettext("{line} most, down by {size} ({interval}).")
        )
    return f"{count} {which.format(line=row['label'], **_change(row, trend.unit))}"


def _moved_alone(trend: Trend, moved: pd.DataFrame, since: str) -> str:
    """The only line that can be compared: named where there are others, "it" where it is all there is."""
    row = trend.changes[trend.changes["verdict"].isin([UP, DOWN, UNCLEAR])].iloc[0]
    line = row["label"] if trend.by and len(trend.changes) > 1 else gettext("it")
    if moved.empty:
        text = gettext("Compared with {since}, {line} has not moved by more than chance would explain.")
        return text.format(since=since, line=line)
    text = (
        gettext(
            "Compared with {since}, {line} has risen by {size} ({interval}), more than chance would explain."
        )
        if row["verdict"] == UP
        else gettext(
            "Compared with {since}, {line} has fallen by {size} ({interval}), more than chance would explain."
        )
    )
    return text.format(since=since, line=line, **_change(row, trend.unit))


def _change(row: pd.Series, unit: str) -> dict[str, str]:
    return {
        "size": size_text(row["change"], unit),
        "interval": change_interval_text(row["change_low"], row["change_high"], unit),
    }
