"""Signals in words: which rule spoke, since when, and how many a page of charts shows by chance alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cxdata.language import format_month, format_number, gettext, ngettext
from cxdata.movement.signals import (
    ABOVE,
    BEYOND,
    FALSE_SIGNALS_IN_BASELINE,
    FALSE_SIGNALS_PER_100_MONTHS,
    RUN,
    TWO_OF_THREE,
)
from cxdata.movement.watch import Judged, ProcessChart
from cxdata.scorecard.words import interval_text, line_text, metric_text, value_text
from cxdata.vocabulary import Labels


def place_text(metric: str, line: str, labels: Labels) -> str:
    """What a chart is about: 'CSAT, Delivery'; the metric alone for the question about no touchpoint."""
    if not line:
        return metric_text(metric)
    return gettext("{metric}, {line}").format(
        metric=metric_text(metric), line=line_text("touchpoint", line, labels)
    )


def rule_text(rule: str, side: str) -> str:
    """Which rule a signal breaks, in words."""
    above = side == ABOVE
    if rule == BEYOND:
        return gettext("a month above its limit") if above else gettext("a month below its limit")
    if rule == TWO_OF_THREE:
        return (
            gettext("two of three months close to the upper limit or above it")
            if above
            else gettext("two of three months close to the lower limit or below it")
        )
    text = (
        gettext("{count} months in a row with enough answers, all above the centre line")
        if above
        else gettext("{count} months in a row with enough answers, all below the centre line")
    )
    return text.format(count=format_number(RUN))


def since_text(signal: Mapping[Any, Any]) -> str:
    """When a signal began, and whether it is over: 'since March 2026', 'March 2026', 'Mar 2026 to May 2026'."""
    since, last = (pd.Timestamp(signal[name]).date() for name in ("since", "last"))
    if bool(signal["ongoing"]):
        return gettext("since {month}").format(month=format_month(since))
    if since == last:
        return format_month(since)
    return gettext("{first} to {last}").format(
        first=format_month(since, short=True), last=format_month(last, short=True)
    )


def chart_text(chart: ProcessChart, labels: Labels) -> str:
    """A chart in a sentence: its newest signal, or that there is none, or why it cannot tell."""
    place = place_text(chart.metric, chart.line, labels)
    if len(chart.signals):
        signal = chart.signals.iloc[0]
        text = gettext("{place}: {rule}, {since} ({month}: {value}, {base} answers; limits {limits}).")
        return text.format(
            place=place,
            rule=rule_text(signal["rule"], signal["side"]),
            since=since_text(signal.to_dict()),
            month=format_month(signal["raised"].date()),
            value=value_text(signal["estimate"], chart.unit),
            base=format_number(signal["base"]),
            limits=interval_text(signal["low"], signal["high"], chart.unit),
        )
    if not chart.judged:
        return gettext("{place}: too few months on one scale for limits.").format(place=place)
    return gettext("{place}: no signal; every month lies within what is usual.").format(place=place)


def signals_text(recent: pd.DataFrame, charts: int, months: int) -> str:
    """How many signals the last months raised, to be read beside what chance would have raised; older ones apart."""
    fresh, older = int(recent["fresh"].sum()), int((~recent["fresh"].astype(bool)).sum())
    good = int((recent.loc[recent["fresh"].astype(bool), "judgement"] == "good").sum())
    if fresh:
        text = ngettext(
            "{count} signal in the last {months} months: {good} for the better, {bad} for the worse. Charts: {charts}.",
            "{count} signals in the last {months} months: {good} for the better, {bad} for the worse. "
            "Charts: {charts}.",
            fresh,
        )
    elif older:
        text = ngettext(
            "No new signal in the last {months} months on {charts} chart.",
            "No new signal in the last {months} months on {charts} charts.",
            charts,
        )
    else:
        text = ngettext(
            "No signal in the last {months} months on {charts} chart: what moved is the usual wobble.",
            "No signal in the last {months} months on {charts} charts: what moved is the usual wobble.",
            charts,
        )
    text = text.format(
        count=format_number(fresh),
        months=format_number(months),
        charts=format_number(charts),
        good=format_number(good),
        bad=format_number(fresh - good),
    )
    if not older:
        return text
    holding = ngettext(
        "{count} older signal still holds.", "{count} older signals still hold.", older
    ).format(count=format_number(older))
    return f"{text} {holding}"


def chance_text(judged: Judged, months: int) -> str:
    """What to expect where nothing happens, from the measured rates of false signals."""
    low, high = (
        (judged.standing * standing + judged.setting * setting) / 100
        for standing, setting in zip(FALSE_SIGNALS_PER_100_MONTHS, FALSE_SIGNALS_IN_BASELINE, strict=True)
    )
    often, seldom = (100 / rate / 12 for rate in reversed(FALSE_SIGNALS_PER_100_MONTHS))
    text = gettext(
        "Where nothing happens, chance alone would raise {low} to {high} signals on these charts in {months} months; "
        "on a single chart whose limits stand still, about one in {often} to {seldom} years."
    )
    return text.format(
        low=format_number(low, 1),
        high=format_number(high, 1),
        months=format_number(months),
        often=format_number(often),
        seldom=format_number(seldom),
    )
