"""People who answer more than once, in words and tables; every frame holds text in the language in force."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from cxdata.health.repeats import Repeats, widening
from cxdata.health.tables import small_share
from cxdata.language import format_month, format_number, format_percent, gettext, ngettext
from cxdata.scorecard.words import joined, metric_text

NOTICED = 1.01
"""Design effect of a single month from which it is told; below, it rounds to nothing."""


def repeats_text(repeats: Repeats) -> str:
    """What repeated answers mean for the intervals, in a sentence or two."""
    first, last = (format_month(month) for month in (repeats.first, repeats.last))
    if repeats.metrics["design_effect"].isna().all():
        return gettext(
            "From {first} to {last} too few people answered, or too much alike, to say what repeated answers do to "
            "the intervals."
        ).format(first=first, last=last)
    found = repeats.material
    if found.empty:
        return gettext(
            "Hardly any number rests on people who answered more than once: from {first} to {last} no interval "
            "is noticeably too narrow."
        ).format(first=first, last=last)
    return gettext(
        "Where the same people answer repeatedly, intervals are too narrow, because every answer counts as that of "
        "another person. They should be wider, from {first} to {last}: {metrics}."
    ).format(
        first=first,
        last=last,
        metrics=joined([_widened(row, last) for row in found.to_dict("records")]),
    )


def repeats_metrics_table(repeats: Repeats) -> pd.DataFrame:
    """Per metric and scale: answers, people, and what their repetition does to the intervals."""
    rows = [
        (
            metric_text(row["metric"]),
            row["scale"],
            format_number(row["answers"]),
            format_number(row["people"]),
            small_share(row["repeated_answers"], row["answers"]),
            _effect(row["design_effect"]),
            _effect(row["design_effect_month"]),
            _wider(row["design_effect"]),
        )
        for row in repeats.metrics.to_dict("records")
    ]
    return pd.DataFrame(
        rows,
        columns=[
            gettext("Metric"), gettext("Scale"), gettext("Answers"), gettext("People"),
            gettext("From repeaters"), gettext("Design effect"),
            gettext("In {month}").format(month=format_month(repeats.last, short=True)), gettext("Wider by"),
        ],
    )  # fmt: skip


def repeats_questions_table(repeats: Repeats, wordings: Mapping[str, str]) -> pd.DataFrame:
    """Per question: how many people answered it more than once, and how soon again; the most repeated first.

    Parameters
    ----------
    repeats : Repeats
    wordings : mapping of str to str
        What each question is called.
    """
    frame = repeats.questions.sort_values("repeated_share", ascending=False, kind="stable")
    rows = [
        (
            wordings.get(row["question"]) or row["question"],
            format_number(row["answers"]),
            small_share(row["answers"] - row["known_answers"], row["answers"]),
            format_number(row["within_30_days"]),
            format_number(row["within_90_days"]),
            format_number(row["repeaters"]),
            small_share(row["repeated_answers"], row["answers"]),
            _effect(row["design_effect"]),
        )
        for row in frame.to_dict("records")
    ]
    return pd.DataFrame(
        rows,
        columns=[
            gettext("Question"), gettext("Answers"), gettext("Anonymous"),
            gettext("Again in 30 days"), gettext("In 90 days"), gettext("In 12 months"),
            gettext("From repeaters"), gettext("Design effect"),
        ],
    )  # fmt: skip


def repeaters_text(repeats: Repeats) -> str:
    """How many people answered the same question again, in one sentence."""
    most = repeats.questions["within_30_days"].max() if len(repeats.questions) else 0
    if not most:
        return gettext("Nobody answered the same question twice within 30 days.")
    return ngettext(
        "Up to {n} person answered the same question again within 30 days.",
        "Up to {n} people answered the same question again within 30 days.",
        int(most),
    ).format(n=format_number(int(most)))


def _widened(row: Mapping[Hashable, Any], last: str) -> str:
    """How much wider the intervals of a metric should be, and in a single month where it matters there."""
    values = {
        "metric": _metric(str(row["metric"]), str(row["scale"])),
        "year": _wider(float(row["design_effect"])),
        "month": _wider(float(row["design_effect_month"])),
        "last": last,
    }
    if not row["design_effect_month"] > NOTICED:
        return gettext("{metric} by {year}").format(**values)
    return gettext("{metric} by {year} ({month} for {last} alone)").format(**values)


def _metric(metric: str, scale: str) -> str:
    return metric_text(metric) if metric in ("nps", "enps") else f"{metric_text(metric)} {scale}"


def _effect(value: float) -> str:
    return gettext("unknown") if math.isnan(value) else format_number(value, 2)


def _wider(value: float) -> str:
    return gettext("unknown") if math.isnan(value) else format_percent(widening(value), 0)
