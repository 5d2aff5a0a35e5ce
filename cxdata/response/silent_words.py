"""What the page Who answers says about the silent: how different they would have to be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cxdata.language import format_percent, gettext
from cxdata.response.rates import Span
from cxdata.response.words import span_before_text
from cxdata.scorecard.comparisons import UNCLEAR
from cxdata.scorecard.words import (
    change_interval_text,
    change_text,
    joined,
    metric_text,
    size_text,
    value_text,
)


def tipping_sentence(row: Mapping[Any, Any], span: Span) -> str:
    """What the silent would have to be like to turn a clear conclusion round."""
    metric = metric_text(row["metric"])
    interval = change_interval_text(row["low"], row["high"], row["unit"])
    silent = format_percent(1 - row["rate"])
    parts = {
        "metric": metric,
        "change": change_text(row["value"], row["unit"]),
        "interval": interval,
        "silent": silent,
        "needed": size_text(row["needed"], row["unit"]),
        "score": value_text(row["silent_score"], row["unit"]),
        "least": size_text(row["unclear_from"], row["unit"]),
        "period": span_before_text(span),
    }
    if row["about"] == "target":
        return _about_target(row, parts)
    if not row["possible"]:
        return gettext(
            "{metric} changed by {change} against {period} ({interval}). The silent ({silent} of the invited) could not "
            "undo that, wherever on the scale they stood before and stand now."
        ).format(**parts)
    if not row["on_scale"]:
        return _only_if_apart_before(row, parts)
    if row["value"] < 0:
        return gettext(
            "{metric} changed by {change} against {period} ({interval}). For there to be no change, the silent "
            "({silent} of the invited), if they stood where the others stood before, would have to have moved {needed} "
            "up against those who answered; from {least} on the change would be unclear."
        ).format(**parts)
    return gettext(
        "{metric} changed by {change} against {period} ({interval}). For there to be no change, the silent "
        "({silent} of the invited), if they stood where the others stood before, would have to have moved {needed} "
        "down against those who answered; from {least} on the change would be unclear."
    ).format(**parts)


def _only_if_apart_before(row: Mapping[Any, Any], parts: Mapping[str, str]) -> str:
    """A change that the silent could undo only if they had stood apart from the others before already."""
    places = {
        "at": value_text(row["before_at"], row["unit"]),
        "others": value_text(row["score"] - row["value"], row["unit"]),
    }
    if row["value"] < 0:
        text = gettext(
            "{metric} changed by {change} against {period} ({interval}). If the silent ({silent} of the invited) stood "
            "where the others stood before, they could not undo that: they would have to stand at {score} now, off the "
            "scale. They could only if they stood at {at} or lower before, where those who answered stood at {others}."
        )
    else:
        text = gettext(
            "{metric} changed by {change} against {period} ({interval}). If the silent ({silent} of the invited) stood "
            "where the others stood before, they could not undo that: they would have to stand at {score} now, off the "
            "scale. They could only if they stood at {at} or higher before, where those who answered stood at {others}."
        )
    return text.format(**parts, **places)


def _about_target(row: Mapping[Any, Any], parts: Mapping[str, str]) -> str:
    if not row["possible"]:
        return gettext(
            "{metric} lies {change} from its target ({interval}). The silent could not make up for that: they would "
            "have to stand at {score}, off the scale."
        ).format(**parts)
    if row["value"] < 0:
        return gettext(
            "{metric} lies {change} from its target ({interval}). To be at the target after all, the silent would "
            "have to stand {needed} above those who answered, at {score}; from {least} on it would be unclear."
        ).format(**parts)
    return gettext(
        "{metric} lies {change} from its target ({interval}). To be at the target and no better, the silent would "
        "have to stand {needed} below those who answered, at {score}; from {least} on it would be unclear."
    ).format(**parts)


def unclear_sentences(rows: Sequence[Mapping[Any, Any]], span: Span) -> list[str]:
    """What is unclear already among those who answered, so that the silent have nothing to turn round."""
    texts = {
        "change": gettext(
            "Unclear already against {period}: {metrics}. There is no conclusion to turn round."
        ),
        "target": gettext("Not clearly above or below its target: {metrics}."),
    }
    found = []
    for about, text in texts.items():
        names = [
            metric_text(row["metric"]) for row in rows if row["about"] == about and row["verdict"] == UNCLEAR
        ]
        if names:
            found.append(text.format(metrics=joined(names), period=span_before_text(span)))
    return found
