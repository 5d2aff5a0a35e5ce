"""Where everything stands in the picture of a journey: columns or rows, bands of stages, labels in lines."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import pandas as pd

from cxdata.journey.stations import (
    FEW,
    NOT_ASKED,
    OTHER_SCALE,
    SCORED,
    SILENT,
    STRONG,
    UNANSWERED,
    USUAL,
    WEAK,
    Journey,
)
from cxdata.journey.words import difference_text, gap_size_text, period_text
from cxdata.language import format_number, gettext
from cxdata.scorecard.words import interval_text, metric_text, value_text, verdict_text

MOST_COLUMNS = 14
"""Touchpoints that stand side by side; a longer journey is drawn downwards on every screen."""

HEIGHT, TOP, BOTTOM = 408, 84, 330
"""Pixels of the picture, and between which of them the scores lie."""

MOST_NAMED = 3
"""Weak and strong points each that are named at their dot; the others keep arrow and colour."""

_BETWEEN_STAGES = 0.3
_LETTERS = 10
"""Letters of a line below a column, on a screen of the usual width."""

_TOP, _HEAD, _ROW, _GAP, _FOOT = 20, 26, 34, 8, 14
"""Pixels of the list: above it for the mean, of a stage's heading, of a row, between stages, below it."""


@dataclass(frozen=True)
class Layout:
    """Frames that the layers of the picture are drawn from; `left` to `right` are columns, `height` pixels."""

    stations: pd.DataFrame
    stages: pd.DataFrame
    scored: pd.DataFrame
    unscored: pd.DataFrame
    truths: pd.DataFrame
    mean: pd.DataFrame
    left: float = 0.0
    right: float = 1.0
    height: int = 0

    def labels(self, kind: str) -> pd.DataFrame:
        """The scored stations of one kind, for labels that look alike."""
        return self.scored[self.scored["kind"] == kind]


def map_layout(journey: Journey) -> Layout:
    """The journey from left to right: `x` counts columns, stages stand a little apart."""
    rows = _described(journey)
    change = rows["stage"].ne(rows["stage"].shift()).cumsum() - 1
    rows["x"] = [float(place) for place in range(len(rows))] + _BETWEEN_STAGES * change
    rows["lines"] = [in_lines(label, _LETTERS, 3) for label in rows["label"]]
    stages = []
    for _, stage in rows.groupby(change):
        start, end = stage["x"].min() - 0.5, stage["x"].max() + 0.5
        name = in_lines(stage["stage_label"].iloc[0], int(_LETTERS * 0.9 * len(stage)), 2)
        stages.append({"start": start, "end": end, "middle": (start + end) / 2, "name": name})
    left, right = rows["x"].min() - 0.5, rows["x"].max() + 0.5
    return _layout(journey, rows, stages, {"start": left, "end": right}, "\n", left=left, right=right)


def list_layout(journey: Journey) -> Layout:
    """The journey downwards: `y` counts pixels, each stage has a heading where it has a name."""
    rows = _described(journey)
    change = rows["stage"].ne(rows["stage"].shift()).cumsum()
    top = float(_TOP if journey.mean.estimate == journey.mean.estimate else 0)
    at, stages = top, []
    places = pd.Series(0.0, index=rows.index)
    for _, stage in rows.groupby(change):
        start, name = at, stage["stage_label"].iloc[0]
        at += _HEAD if name else 4
        for index in stage.index:
            places[index] = at + _ROW / 2
            at += _ROW
        stages.append({"start": start, "end": at, "head": start + _HEAD / 2 + 1, "name": name})
        at += _GAP
    rows["y"] = places
    height = int(at - _GAP)  # of the bands
    # In a row there is no room for the name again.
    rows["mark"] = [
        mark if status == SCORED else why
        for mark, status, why in zip(rows["mark"], rows["status"], rows["why"], strict=True)
    ]
    return _layout(journey, rows, stages, {"start": top, "end": float(height)}, " ", height=height + _FOOT)


def value_domain(journey: Journey) -> tuple[float, float]:
    """Ends of the value axis: every interval, with room for the labels of the lowest and highest."""
    rows = journey.stations[journey.stations["status"] == SCORED]
    if rows.empty:
        return 0.0, 1.0
    low, high = float(rows["conf_low"].min()), float(rows["conf_high"].max())
    room = (high - low or abs(high) or 1.0) * 0.16
    return low - room, high + room / 2


def reason_text(status: str, journey: Journey, scale: str = "") -> str:
    """Why a touchpoint has no dot."""
    texts = {
        SILENT: gettext("nobody asks here"),
        UNANSWERED: gettext("no answers in this selection"),
        NOT_ASKED: gettext("{metric} not asked").format(metric=metric_text(journey.metric)),
        FEW: gettext("fewer than {count} answers").format(count=format_number(journey.min_base)),
        OTHER_SCALE: gettext("asked on {scale}").format(scale=scale),
    }
    return texts.get(status, "")


def in_lines(text: str, letters: int, most: int = 4) -> str:
    """Words in lines of so many letters; a longer word has a line of its own."""
    return "\n".join(wrap(text, letters, break_long_words=False)[:most])


def volumes(journey: Journey) -> tuple[pd.Series, bool]:
    """How busy each touchpoint is, and whether that counts contacts (else answers)."""
    rows = journey.stations
    scored = rows["status"] == SCORED
    by_contacts = bool(journey.contacts) and (rows.loc[scored, "contacts"] > 0).sum() * 2 >= scored.sum()
    return rows["contacts" if by_contacts else "base"].astype(float), by_contacts


def _layout(
    journey: Journey,
    rows: pd.DataFrame,
    stages: list[dict[str, Any]],
    span: dict[str, float],
    between: str,
    **ends: Any,
) -> Layout:
    scored = rows[rows["status"] == SCORED]
    mean = []
    if len(scored) > 1:
        value = value_text(journey.mean.estimate, journey.unit)
        word = gettext("Mean")
        name = f"{word}{between}{value}"
        mean = [{**span, "estimate": journey.mean.estimate, "name": name}]
    return Layout(
        stations=rows,
        stages=pd.DataFrame(stages),
        scored=scored,
        unscored=rows[rows["status"] != SCORED],
        truths=rows[rows["moment_of_truth"]],
        mean=pd.DataFrame(mean),
        **ends,
    )


def _described(journey: Journey) -> pd.DataFrame:
    """The stations with every text that the picture shows of them."""
    rows, unit = journey.stations.reset_index(drop=True), journey.unit
    shown = rows["status"].eq(SCORED)
    named = _named(journey)
    found = rows[["label", "stage", "stage_label", "moment_of_truth", "status", "kind",
                  "estimate", "conf_low", "conf_high"]].copy()  # fmt: skip
    found["volume"] = volumes(journey)[0].to_numpy()
    found["run"] = (~shown).cumsum()
    found["when"] = period_text(journey)
    plain = rows.to_dict("records")
    found["value"] = [
        value_text(row["estimate"], unit) if ok else "" for row, ok in zip(plain, shown, strict=True)
    ]
    found["interval"] = [
        interval_text(row["conf_low"], row["conf_high"], unit) if ok else ""
        for row, ok in zip(plain, shown, strict=True)
    ]
    found["n"] = [format_number(base) if ok else "" for base, ok in zip(rows["base"], shown, strict=True)]
    found["against"] = [gap_size_text(gap, unit) if gap == gap else "" for gap in rows["gap"]]
    found["since"] = [_since(row, unit) if ok else "" for row, ok in zip(plain, shown, strict=True)]
    found["contacts_text"] = [format_number(count) if journey.contacts else "" for count in rows["contacts"]]
    found["why"] = [
        reason_text(status, journey, "" if scale != scale else str(scale))
        for status, scale in zip(rows["status"], rows["scale"], strict=True)
    ]
    found["arrow"] = rows["kind"].map({WEAK: "▼", STRONG: "▲", USUAL: ""})
    marks = zip(found["arrow"], found["value"], found["why"], shown, strict=True)
    found["mark"] = [
        f"{arrow} {value}".strip() if ok else in_lines(why, 11) for arrow, value, why, ok in marks
    ]
    found["title"] = [label if label in named else "" for label in found["label"]]
    return found


def _named(journey: Journey) -> set[str]:
    """Labels of the weakest and strongest points."""
    judged = journey.judged
    weak, strong = judged[judged["kind"] == WEAK], judged[judged["kind"] == STRONG]
    return {*weak["label"].head(MOST_NAMED), *strong["label"].tail(MOST_NAMED)}


def _since(row: Mapping[Hashable, Any], unit: str) -> str:
    if row["change"] != row["change"]:
        return ""
    return f"{difference_text(row['change'], unit)} ({verdict_text(row['verdict'])})"
