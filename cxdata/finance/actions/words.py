"""Did it work, in sentences: what changed beside what, how sure that is, and what the comparison cannot show."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cxdata.finance.actions.chance import alone, too_thin
from cxdata.finance.actions.difference import FEWEST_MONTHS
from cxdata.finance.actions.judged import (
    DRIFT_LIMIT,
    ELSEWHERE,
    MIXED,
    NO_EFFECT,
    NOT_MEASURED,
    TOO_EARLY,
    TOO_FEW,
    UNCLEAR,
    WORKED,
    WORSE,
    Judged,
    Measured,
)
from cxdata.finance.actions.settings import METRIC, OTHER_SEGMENTS, SCORE, UNRESOLVED, WAIT, Action, first_day
from cxdata.language import format_month, format_number, gettext, mark, ngettext
from cxdata.scorecard.comparisons import NEUTRAL
from cxdata.scorecard.words import (
    change_interval_text,
    change_text,
    joined,
    metric_text,
    value_text,
)
from cxdata.vocabulary import METRICS, Labels, label_of
from cxdata.wording import wording_of

VERDICT_LABELS = {
    WORKED: mark("worked"),
    ELSEWHERE: mark("helped elsewhere"),
    MIXED: mark("mixed"),
    WORSE: mark("worse"),
    NO_EFFECT: mark("not as expected"),
    UNCLEAR: mark("unclear"),
    TOO_EARLY: mark("too early"),
    TOO_FEW: mark("too few customers"),
    NOT_MEASURED: mark("not measured"),
}

SINCE_LABELS = {
    WORKED: mark("better since"),
    ELSEWHERE: mark("better elsewhere since"),
    MIXED: mark("mixed since"),
    WORSE: mark("worse since"),
}
"""The same without a comparison: that it came after is all that is known."""

VERDICT_MEANINGS = {
    WORKED: mark("its own metric changed to the better, clearly more than where the action was not"),
    ELSEWHERE: mark(
        "its own metric did not clearly change, something else about these contacts did, to the better"
    ),
    MIXED: mark("something became clearly better and something else clearly worse"),
    WORSE: mark("something became clearly worse, nothing clearly better"),
    NO_EFFECT: mark("chance alone could explain the change, and the expected one lies outside its interval"),
    UNCLEAR: mark("chance alone could explain the change, and so could an effect of the expected size"),
    TOO_EARLY: mark("no whole month has passed since"),
    TOO_FEW: mark("one of the sides has too few customers, or too few months, to judge"),
    NOT_MEASURED: mark("nothing on record says how its metric did"),
}


def title_text(action: Action, labels: Labels) -> str:
    """What the action is called; plain text from the data."""
    return wording_of(action.code, action.title, labels)


def quoted(text: str) -> str:
    """A text of the data in the quotation marks of the language."""
    return gettext("“{question}”").format(question=text)


def said_verdict(judged: Judged) -> str:
    """The verdict as it is said: where its metric is on record, but not on every side, customers are too few."""
    return TOO_FEW if judged.verdict == NOT_MEASURED and judged.of(METRIC) else judged.verdict


def verdict_label(judged: Judged) -> str:
    """The verdict in a word or two; weaker words where there is no comparison."""
    code = said_verdict(judged)
    weaker = SINCE_LABELS.get(code) if judged.action.compared_with != OTHER_SEGMENTS else None
    return gettext(weaker or VERDICT_LABELS[code])


def outcome_text(measured: Measured, action: Action) -> str:
    """What was measured."""
    if measured.kind == WAIT:
        return gettext("Waiting time")
    if measured.kind == UNRESOLVED:
        return gettext("Unresolved contacts")
    name = metric_text(action.metric) if action.metric in METRICS else action.metric
    if measured.kind == SCORE:
        return gettext("Mean score of {metric} ({scale})").format(
            metric=name, scale=measured.scale.replace("-", "–")
        )
    return name


def amount_text(value: float, unit: str) -> str:
    """A value of an outcome with its unit."""
    if unit == "minutes" and np.isfinite(value):
        return gettext("{n} min").format(n=format_number(value, 1))
    return value_text(value, "score" if unit == "minutes" else unit)


def difference_text(value: float, unit: str) -> str:
    """A change of an outcome, with its sign and unit."""
    if unit == "minutes" and np.isfinite(value):
        return gettext("{n} min").format(n=format_number(value, 1, signed=True))
    return change_text(value, "score" if unit == "minutes" else unit)


def interval_text(measured: Measured) -> str:
    """The 95 % interval of a change; '' where there is none."""
    low, high = measured.found.conf_low, measured.found.conf_high
    if not (np.isfinite(low) and np.isfinite(high)):
        return ""
    if measured.unit == "minutes":
        return gettext("{low} to {high}").format(
            low=format_number(low, 1, signed=True), high=difference_text(high, "minutes")
        )
    return change_interval_text(low, high, measured.unit)


def scope_text(action: Action, labels: Labels) -> str:
    """Where and for whom the action is."""
    place = label_of(action.touchpoint, labels) if action.touchpoint else gettext("all touchpoints")
    whom = label_of(action.segment, labels) if action.segment else gettext("all segments")
    return gettext("{touchpoint} · {segment}").format(touchpoint=place, segment=whom)


def story(judged: Sequence[Judged], labels: Labels) -> str:
    """What became of all actions, in one or two sentences."""
    titles = {
        code: [quoted(title_text(one.action, labels)) for one in judged if said_verdict(one) == code]
        for code in VERDICT_LABELS
    }
    count = len(judged)
    clear = titles[WORKED]
    if clear:
        first = ngettext(
            "{n} of {count} actions clearly worked: {names}.", "{n} of {count} actions clearly worked: {names}.", len(clear)
        ).format(n=len(clear), count=count, names=joined(clear))  # fmt: skip
    else:
        first = ngettext(
            "The one action cannot be said to have worked.", "None of the {count} actions can be said to have worked.", count
        ).format(count=count)  # fmt: skip
    parts = [first]
    for code, sentence in (
        (ELSEWHERE, gettext("Something else than its own metric became better with {names}.")),
        (MIXED, gettext("Mixed results: {names}.")),
        (WORSE, gettext("Clearly worse since: {names}.")),
    ):
        if titles[code]:
            parts.append(sentence.format(names=joined(titles[code])))
    open_ = len(titles[UNCLEAR]) + len(titles[NO_EFFECT])
    if open_:
        parts.append(
            ngettext("{n} cannot be told from chance.", "{n} cannot be told from chance.", open_).format(
                n=open_
            )
        )
    thin = len(titles[TOO_FEW]) + len(titles[NOT_MEASURED])
    if thin:
        parts.append(
            ngettext(
                "{n} cannot be judged: too few customers, or not measured.",
                "{n} cannot be judged: too few customers, or not measured.",
                thin,
            ).format(n=thin)
        )
    if titles[TOO_EARLY]:
        early = len(titles[TOO_EARLY])
        parts.append(ngettext("{n} is too recent.", "{n} are too recent.", early).format(n=early))
    return " ".join(parts)


def months_text(judged: Judged) -> str:
    """Which months were compared."""
    windows = judged.windows
    if not windows.months_after:
        return gettext("started {month}; no whole month since").format(
            month=format_month(judged.action.started_on, short=True)
        )
    span = gettext("{before_first}–{before_last} against {after_first}–{after_last}").format(
        before_first=format_month(first_day(windows.before[0]), short=True),
        before_last=format_month(first_day(windows.before[1]), short=True),
        after_first=format_month(first_day(windows.after[0]), short=True),
        after_last=format_month(first_day(windows.after[1]), short=True),
    )
    return gettext("{span}, still in progress").format(span=span) if windows.in_progress else span


def compared_text(action: Action) -> str:
    """What the action is compared with."""
    if action.compared_with == OTHER_SEGMENTS:
        return gettext("the other segments at the same touchpoint")
    return gettext("its own past only (weaker)")


def measured_sentence(measured: Measured, judged: Judged, labels: Labels, min_base: int) -> str:
    """One outcome: before, after, what it would have been without, the change and its interval.

    Parameters
    ----------
    measured : Measured
    judged : Judged
    labels : dict
    min_base : int
        Customers that every side needs.
    """
    found, action = measured.found, judged.action
    name = outcome_text(measured, action)
    if too_thin(measured):
        return gettext(
            "{outcome}: fewer than {least} customers on a side, so nothing is said and nothing drawn."
        ).format(outcome=name, least=format_number(min_base))
    own = label_of(action.segment, labels) if action.segment else gettext("all segments")
    first = gettext("{outcome}, {segment}: {before} before, {after} after").format(
        outcome=name, segment=own, before=amount_text(found.reached_before.mean, measured.unit),
        after=amount_text(found.reached_after.mean, measured.unit),
    )  # fmt: skip
    if action.compared_with == OTHER_SEGMENTS:
        first += gettext("; the others {before} before, {after} after").format(
            before=amount_text(found.others_before.mean, measured.unit),
            after=amount_text(found.others_after.mean, measured.unit),
        )
    clear = (
        gettext("clear") if measured.judgement != NEUTRAL
        else gettext("not clear among all tests, although the interval alone excludes zero") if alone(measured)
        else gettext("not clear")
    )  # fmt: skip
    return gettext("{first}. Change: {change} (95 % interval {interval}), {clear}.").format(
        first=first, change=difference_text(found.estimate, measured.unit), interval=interval_text(measured), clear=clear
    )  # fmt: skip


def expected_sentence(judged: Judged) -> str:
    """What was expected against what was measured; '' where nothing was expected or measured."""
    own, expected = judged.of(METRIC), judged.action.expected_change
    if own is None or not np.isfinite(expected) or not np.isfinite(own.found.estimate):
        return ""
    low, high = own.found.conf_low, own.found.conf_high
    stands = (
        gettext("the interval holds it") if low <= expected <= high
        else gettext("more than that was measured") if (own.found.estimate - expected) * np.sign(expected) > 0
        else gettext("less than that was measured")
    )  # fmt: skip
    return gettext("Expected: {expected}; measured: {measured}; {stands}.").format(
        expected=difference_text(expected, own.unit), measured=difference_text(own.found.estimate, own.unit), stands=stands
    )  # fmt: skip


def drift_sentence(measured: Measured, judged: Judged) -> str:
    """Whether both sides ran side by side before."""
    drift, found = measured.found.drift, measured.found
    if not np.isfinite(drift.p_value):
        return gettext("Fewer than {n} months before: whether it moved already cannot be checked.").format(
            n=FEWEST_MONTHS
        )
    compared = judged.action.compared_with == OTHER_SEGMENTS
    if drift.p_value >= DRIFT_LIMIT:
        return (
            gettext(
                "Before it, both sides ran side by side as far as can be told (drift {drift} a month, p = {p})."
            )
            if compared
            else gettext("Before it, no drift can be told (drift {drift} a month, p = {p}).")
        ).format(drift=_drift_text(drift.per_month, measured.unit), p=format_number(drift.p_value, 2))
    return (
        gettext(
            "Beware: the gap between both sides moved before already (p = {p}). Had that simply gone on, it would come "
            "to {explained}."
        )
        if compared
        else gettext(
            "Beware: it moved before already (p = {p}). Had that simply gone on, it would come to {explained}."
        )
    ).format(
        p=format_number(drift.p_value, 3), explained=difference_text(found.drift_explains, measured.unit)
    )


def usual_sentence(measured: Measured) -> str:
    """How many months lie beyond what single months did before; '' where that is not known."""
    found = measured.found
    if not np.isfinite(found.usual_low) or not found.months_after:
        return ""
    return ngettext(
        "{out} of {n} month since lies beyond the usual range of single months before.",
        "{out} of {n} months since lie beyond the usual range of single months before.",
        found.months_after,
    ).format(out=found.outside, n=found.months_after)


def _drift_text(value: float, unit: str) -> str:
    if unit == "fraction":
        return gettext("{number} pp").format(number=format_number(value * 100, 2, signed=True))
    digits = 3 if unit == "score" else 2
    return format_number(value, digits, signed=True)
