"""Why it moved, in sentences made from the numbers, in the language in force."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from cxdata.language import format_month, format_number, format_percent, gettext, mark, ngettext
from cxdata.movement.compared import Comparison
from cxdata.movement.repeats import FEWEST_PEOPLE
from cxdata.movement.results import BY_CUSTOMER, ENTERED, FEW_PEOPLE, Decomposition, Incomparable
from cxdata.scorecard.comparisons import DOWN, UP
from cxdata.scorecard.words import (
    change_interval_text,
    change_text,
    joined,
    line_text,
    metric_text,
    sentence_case,
    size_text,
    value_text,
)
from cxdata.vocabulary import Labels
from cxdata.wording import wording_of

MOST_NAMED = 3
"""Groups that one sentence names."""

COMPARISON_LABELS = {
    "month": mark("Month before"),
    "year": mark("Same month last year"),
    "quarter": mark("Three months before"),
    "half": mark("Six months before"),
}


def comparison_text(code: str) -> str:
    """What a choice of comparison is called."""
    return gettext(COMPARISON_LABELS[code])


def span_text(first: date, last: date) -> str:
    """A period in words: 'March 2026', or 'Dec 2025 to May 2026'."""
    if first == last:
        return format_month(first)
    return gettext("{first} to {last}").format(
        first=format_month(first, short=True), last=format_month(last, short=True)
    )


def periods_text(comparison: Comparison) -> str:
    """Both periods: 'March 2026 against February 2026'."""
    return gettext("{period} against {before}").format(
        period=span_text(comparison.first, comparison.last),
        before=span_text(comparison.before_first, comparison.before_last),
    )


def errors_text(found: Decomposition) -> str:
    """How the intervals of the parts are made; '' where nobody answered more than once."""
    if found.errors == BY_CUSTOMER:
        return gettext(
            "Some customers answered more than once: the intervals of the parts are by customer, within and between "
            "the periods."
        )
    if found.errors == FEW_PEOPLE:
        return gettext(
            "Fewer than {count} customers gave these answers, too few for intervals by customer: every answer counts "
            "as independent, so that the intervals may be too narrow."
        ).format(count=format_number(FEWEST_PEOPLE))
    return ""


def group_text(found: Decomposition, line: str, across: str, labels: Labels) -> str:
    """What a group is called: one value, or two joined by a dot."""
    names = [line_text(found.by, line, labels)]
    return " · ".join([*names, line_text(found.across, across, labels)] if found.across else names)


def answer(found: Decomposition, labels: Labels) -> list[str]:
    """What happened, what of it is mix, what is rate, who came and went: one sentence each.

    The first one is the lead. An unclear change says that there is nothing to explain; its parts are told
    only where one of them is clear, since two clear parts may cancel each other.
    """
    return [_whole(found), *_told(found, labels)]


def _some_part_is_clear(found: Decomposition) -> bool:
    return any(bool(table["verdict"].isin([UP, DOWN]).any()) for table in (found.parts, found.totals))


def _told(found: Decomposition, labels: Labels) -> list[str]:
    if len(found.groups) == 1:
        return [gettext("There is only one group, so the whole change is a change of its score.")]
    if not found.clear and not _some_part_is_clear(found):
        return [gettext("None of its parts is clear either; below they stand for the record.")]
    return [
        text for text in (_mix(found, labels), _rate(found, labels), _came_and_went(found, labels)) if text
    ]


def _whole(found: Decomposition) -> str:
    change, unit = found.change, found.unit
    verdict = str(change["verdict"])
    interval = change_interval_text(change["change_low"], change["change_high"], unit)
    texts = {
        UP: gettext("{metric} rose by {size} ({interval}), from {before} to {after}: {periods}."),
        DOWN: gettext("{metric} fell by {size} ({interval}), from {before} to {after}: {periods}."),
    }
    unclear = (
        gettext(
            "No clear change as a whole, though parts of it are clear: {metric} went from {before} to {after} "
            "({change}; {interval}), {periods}."
        )
        if _some_part_is_clear(found)
        else gettext(
            "No clear change, so nothing to explain: {metric} went from {before} to {after} ({change}; {interval}), "
            "{periods}."
        )
    )
    return texts.get(verdict, unclear).format(
        metric=metric_text(found.metric),
        size=size_text(change["change"], unit),
        change=change_text(change["change"], unit),
        interval=interval,
        before=value_text(change["previous"], unit),
        after=value_text(change["estimate"], unit),
        periods=periods_text(found.comparison),
    )


def _mix(found: Decomposition, labels: Labels) -> str:
    total = found.total("mix")
    if total is None:
        return ""
    value, interval = _numbers(found, total)
    if total["verdict"] not in (UP, DOWN):
        named = _shifted(found, labels, "")
        text = (
            gettext(
                "Who answers makes no clear difference in sum ({value}; {interval}), though shares moved: {groups}."
            )
            if named
            else gettext("Who answers makes no clear difference ({value}; {interval}).")
        )
        return text.format(value=value, interval=interval, groups=named)
    named = _shifted(found, labels, str(total["verdict"]))
    text = (
        gettext("{value} ({interval}) is mix: other groups answer. Shares of the answers: {groups}.")
        if named
        else gettext("{value} ({interval}) is mix: other groups answer, though none stands out alone.")
    )
    return text.format(value=value, interval=interval, groups=named)


def _shifted(found: Decomposition, labels: Labels, direction: str) -> str:
    """The groups whose share moved the total clearly, in one direction or in both ('')."""
    parts = found.parts[found.parts["part"] == "mix"]
    wanted = [direction] if direction else [UP, DOWN]
    rows = parts[parts["verdict"].isin(wanted)].head(MOST_NAMED)
    groups = found.groups.set_index(["line", "across"])
    texts = []
    for line, across in zip(rows["line"], rows["across"], strict=True):
        group = groups.loc[(line, across)]
        texts.append(
            gettext("{group} {before} → {after}").format(
                group=group_text(found, line, across, labels),
                before=format_percent(float(group["share_before"])),
                after=format_percent(float(group["share_after"])),
            )
        )
    return joined(texts) if texts else ""


def _rate(found: Decomposition, labels: Labels) -> str:
    total = found.total("rate")
    if total is None:
        return ""
    value, interval = _numbers(found, total)
    sentences = []
    texts = {
        DOWN: gettext("Score clearly lower than before: {groups}."),
        UP: gettext("Score clearly higher than before: {groups}."),
    }
    parts = found.parts[found.parts["part"] == "rate"]
    for verdict, text in texts.items():
        rows = parts[parts["verdict"] == verdict]
        if len(rows):
            sentences.append(text.format(groups=_scored(found, rows, labels)))
    if total["verdict"] in (UP, DOWN):
        lead = (
            gettext("{value} ({interval}) is rate: the same groups score differently.")
            if sentences
            else gettext(
                "{value} ({interval}) is rate: the groups score differently, though none stands out alone."
            )
        )
        return " ".join([lead.format(value=value, interval=interval), *sentences])
    if sentences:
        rest = gettext("All changes of scores together make {value} ({interval}), which is unclear.")
        return " ".join([*sentences, rest.format(value=value, interval=interval)])
    return gettext("No group scores clearly differently (together {value}; {interval}).").format(
        value=value, interval=interval
    )


def _scored(found: Decomposition, rows: pd.DataFrame, labels: Labels) -> str:
    groups = found.groups.set_index(["line", "across"])
    texts = []
    for line, across in list(zip(rows["line"], rows["across"], strict=True))[:MOST_NAMED]:
        group = groups.loc[(line, across)]
        texts.append(
            gettext("{group} ({before} → {after})").format(
                group=group_text(found, line, across, labels),
                before=value_text(float(group["score_before"]), found.unit),
                after=value_text(float(group["score_after"]), found.unit),
            )
        )
    more = len(rows) - len(texts)
    if more:
        texts.append(ngettext("{count} more", "{count} more", more).format(count=format_number(more)))
    return joined(texts)


def _came_and_went(found: Decomposition, labels: Labels) -> str:
    texts = []
    for part in ("entered", "left"):
        total = found.total(part)
        if total is None:
            continue
        rows = found.groups[found.groups["kind"] == part]
        pairs = list(zip(rows["line"], rows["across"], strict=True))
        names = [group_text(found, line, across, labels) for line, across in pairs[:MOST_NAMED]]
        if len(pairs) > MOST_NAMED:
            more = len(pairs) - MOST_NAMED
            names.append(ngettext("{count} more", "{count} more", more).format(count=format_number(more)))
        value, interval = _numbers(found, total)
        text = (
            gettext("Only in the later period: {groups} ({value}; {interval}).")
            if part == ENTERED
            else gettext("Only in the earlier period: {groups} ({value}; {interval}).")
        )
        texts.append(text.format(groups=joined(names), value=value, interval=interval))
    return " ".join(texts)


def _numbers(found: Decomposition, row: pd.Series) -> tuple[str, str]:
    unit = found.unit
    interval = change_interval_text(row["conf_low"], row["conf_high"], unit)
    return change_text(row["estimate"], unit), interval


def incomparable_text(found: Incomparable, metric: str, min_base: int) -> str:
    """Why there is no decomposition, and what would help."""
    periods = periods_text(found.comparison)
    if found.reason == "no_data":
        missing = [
            span_text(first, last)
            for first, last, base in (
                (found.comparison.first, found.comparison.last, found.base_after),
                (found.comparison.before_first, found.comparison.before_last, found.base_before),
            )
            if not base
        ]
        text = gettext("{metric} has no answers in {periods}, so there is no change to explain.")
        return text.format(metric=metric_text(metric), periods=joined(missing))
    if found.reason == "too_few":
        text = gettext("{metric}: one of the periods has fewer than {count} answers, {periods}.")
        return text.format(metric=metric_text(metric), count=format_number(min_base), periods=periods)
    text = gettext(
        "{metric} was asked on another scale in each period, {periods}; the two are never compared."
    )
    return text.format(metric=metric_text(metric), periods=periods)


def left_out_text(left_out: pd.DataFrame, labels: Labels) -> str:
    """Questions that are not compared because of their scale; '' where there is none."""
    if left_out.empty:
        return ""
    pairs = zip(left_out["asked_as"], left_out["label"], strict=True)
    names = sorted({wording_of(code, label, labels) for code, label in pairs})
    shown: Sequence[str] = [f"“{sentence_case(name)}”" for name in names[:MOST_NAMED]]
    if len(names) > MOST_NAMED:
        more = len(names) - MOST_NAMED
        shown = [*shown, ngettext("{count} more", "{count} more", more).format(count=format_number(more))]
    answers = int(left_out["answers"].sum())
    text = ngettext(
        "Left out because the scale changed or is another one: {questions} ({count} answer).",
        "Left out because the scale changed or is another one: {questions} ({count} answers).",
        answers,
    )
    return text.format(questions=joined(shown), count=format_number(answers))
