"""What the page Who answers says in sentences, in the language in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from cxdata.language import format_month, format_number, format_percent, gettext, ngettext
from cxdata.response.raked import NO_CUSTOMERS, NO_WEIGHTS, TOO_FEW, RakedScore
from cxdata.response.rates import Span
from cxdata.response.report import Standing
from cxdata.response.representation import Representation, most_distant
from cxdata.scorecard.comparisons import DOWN, UNCLEAR, UP
from cxdata.scorecard.words import (
    change_text,
    fewer_text,
    interval_text,
    joined,
    line_text,
    metric_text,
    sentence_case,
    size_text,
    value_text,
)
from cxdata.vocabulary import DIMENSION_LABELS, Labels, label_of


def span_text(span: Span) -> str:
    """The months looked at: 'October 2026', or 'Aug 2026 to Oct 2026'."""
    if span.months == 1:
        return format_month(span.last)
    return gettext("{first} to {last}").format(
        first=format_month(span.first, short=True), last=format_month(span.last, short=True)
    )


def span_before_text(span: Span) -> str:
    """The months they are compared with."""
    if span.months == 1:
        return format_month(span.last_before)
    return gettext("{first} to {last}").format(
        first=format_month(span.first_before, short=True), last=format_month(span.last_before, short=True)
    )


def headline(found: Standing, labels: Labels, min_base: int) -> list[str]:
    """The answer in sentences: whether it matters who answers, who that is, and how many do."""
    texts = [_matters(found, min_base), *_mix(found, labels), rate_sentence(found, min_base)]
    return [text for text in texts if text]


def rate_sentence(found: Standing, min_base: int) -> str:
    """The response rate of everything together and its change; '' where nobody knows who was asked."""
    if found.overall.empty or not found.overall["base"].iloc[0]:
        return ""
    row = found.overall.iloc[0]
    if row["base"] < min_base:
        return gettext("{span}: {fewer}.").format(
            span=span_text(found.span), fewer=fewer_text(min_base, "response_rate")
        )
    told = gettext("{rate} of {invited} invitations were answered (95 % interval {interval})").format(
        rate=value_text(row["estimate"], "fraction"),
        invited=format_number(row["base"]),
        interval=interval_text(row["conf_low"], row["conf_high"], "fraction"),
    )
    period = span_before_text(found.span)
    if row["verdict"] in (UP, DOWN):
        return gettext("{told}: {change} against {period}.").format(
            told=told, change=change_text(row["change"], "fraction"), period=period
        )
    if row["verdict"] == UNCLEAR:
        return gettext("{told}; no clear change against {period}.").format(told=told, period=period)
    return gettext("{told}.").format(told=told)


def matters(one: RakedScore) -> bool:
    """Whether raking moves a score out of its own interval: more than chance would explain the mix matters."""
    if not one.raked:
        return False
    return not one.raw["conf_low"] <= one.raked["estimate"] <= one.raw["conf_high"]


def _matters(found: Standing, min_base: int) -> str:
    shown = [one for one in found.raked if one.raked and one.raked["base"] >= min_base]
    if not shown:
        return gettext(
            "Who answers, and whether it matters for the scores, cannot be told for {span}."
        ).format(span=span_text(found.span))
    moved = [one for one in shown if matters(one)]
    if moved:
        scores = [
            gettext(
                "{metric} is {raw} as answered and {raked} with the answers mixed as the customers are"
            ).format(
                metric=metric_text(one.metric),
                raw=value_text(one.raw["estimate"], one.unit),
                raked=value_text(one.raked["estimate"], one.unit),
            )
            for one in moved
        ]
        return gettext("Who answers matters: {scores}.").format(scores=joined(scores))
    scores = [
        gettext("{metric} {change}").format(
            metric=metric_text(one.metric), change=change_text(one.shift, one.unit)
        )
        for one in shown
    ]
    return gettext(
        "Who answers does not clearly matter for the scores: with the answers mixed as the customers are, they stay "
        "within their 95 % intervals ({scores})."
    ).format(scores=joined(scores))


def _mix(found: Standing, labels: Labels) -> list[str]:
    mix = most_distant(found.mixes)
    if mix is None:
        return []
    texts = []
    over, under = mix.standing_out(UP), mix.standing_out(DOWN)
    if len(over):
        texts.append(_over(mix, over.iloc[0].to_dict(), labels, found.asked))
    if len(under):
        row = under.iloc[0]
        texts.append(
            gettext(
                "{group} is under-represented: {answered} of the answers, {customers} of the customers ({difference})."
            ).format(**_shares(mix, row.to_dict(), labels))
        )
    if not texts:
        texts.append(
            gettext("No {dimension} answers clearly more or less than its share of the customers.").format(
                dimension=gettext(DIMENSION_LABELS[mix.dimension]).lower()
            )
        )
    return texts


def _over(mix: Representation, row: Mapping[Any, Any], labels: Labels, asked: bool) -> str:
    parts = _shares(mix, row, labels)
    text = gettext(
        "{group} is over-represented: {answered} of the answers, {customers} of the customers ({difference})."
    ).format(**parts)
    if not asked:
        return text
    numbers = {
        "invited": format_percent(row["invited_share"]),
        "rate": format_percent(row["rate"]),
        "others": format_percent(row["rate_others"]),
    }
    if row["asked_gap"] >= row["difference"]:
        more = gettext("It was asked more often than its size calls for ({invited} of the invitations).")
    elif row["rate_verdict"] == UP:
        more = gettext("It answers more often than others when asked ({rate} against {others}).")
    else:
        more = gettext(
            "What brought that about is not clear: it got {invited} of the invitations and answered {rate} of them, "
            "the others {others}."
        )
    return f"{text} {more.format(**numbers)}"


def _shares(mix: Representation, row: Mapping[Any, Any], labels: Labels) -> dict[str, str]:
    return {
        "group": line_text(mix.dimension, row["group"], labels),
        "answered": format_percent(row["answered_share"]),
        "customers": format_percent(row["customer_share"]),
        "difference": change_text(row["difference"], "fraction"),
    }


def mix_verdict_text(verdict: str) -> str:
    """A verdict on a group's share in words."""
    labels = {
        UP: gettext("over-represented"),
        DOWN: gettext("under-represented"),
        UNCLEAR: gettext("no clear difference"),
    }
    return labels.get(verdict, gettext("too few answers"))


def mix_takeaway(mix: Representation, labels: Labels) -> str:
    """What the chart of a dimension shows, for those who do not see it."""
    over = [line_text(mix.dimension, code, labels) for code in mix.standing_out(UP)["group"]]
    under = [line_text(mix.dimension, code, labels) for code in mix.standing_out(DOWN)["group"]]
    parts = []
    if over:
        parts.append(gettext("Over-represented among the answers: {groups}.").format(groups=joined(over)))
    if under:
        parts.append(gettext("Under-represented: {groups}.").format(groups=joined(under)))
    if not parts:
        parts.append(
            gettext("No group's share of the answers differs clearly from its share of the customers.")
        )
    return " ".join(parts)


def refusal_text(one: RakedScore, min_base: int) -> str:
    """Why a metric has no raked score; '' where it has one."""
    texts = {
        TOO_FEW: fewer_text(min_base, one.metric),
        NO_CUSTOMERS: gettext("the customers do not differ in any dimension that answers have"),
        NO_WEIGHTS: gettext("too many combinations of groups have no answers; no weights meet all margins"),
    }
    return texts.get(one.refused, "")


def base_of_mix(mix: Representation, span: Span) -> str:
    """Whom the answers are compared with."""
    return gettext(
        "Customers: the {count} there were in {span}; those who had left before are not counted."
    ).format(count=format_number(mix.customers), span=span_text(span))


def unlisted_text(answers: int) -> str:
    """How many answers no group can have, since nobody knows their customers; '' where there are none."""
    if not answers:
        return ""
    return ngettext(
        "Left out: {count} answer of a customer whom the table customers lacks.",
        "Left out: {count} answers of customers whom the table customers lacks.",
        answers,
    ).format(count=format_number(answers))


def raking_notes(raked: Sequence[RakedScore], anonymous: int, unlisted: int, labels: Labels) -> list[str]:
    """What the raked scores leave out, and where weights were cut."""
    notes = []
    margins = {name: None for one in raked for name in one.margins}
    if margins:
        names = joined([gettext(DIMENSION_LABELS[name]).lower() for name in margins])
        notes.append(gettext("Raked over {dimensions}.").format(dimensions=names))
    if anonymous:
        notes.append(
            ngettext(
                "{count} anonymous score counts as answered only.",
                "{count} anonymous scores count as answered only.",
                anonymous,
            ).format(count=format_number(anonymous))
        )
    if unlisted:
        notes.append(
            ngettext(
                "{count} score of a customer whom the table customers lacks counts as answered only.",
                "{count} scores of customers whom the table customers lacks count as answered only.",
                unlisted,
            ).format(count=format_number(unlisted))
        )
    for one in raked:
        silent = [label_of(code, labels) for codes in one.unheard.values() for code in codes]
        if silent:
            notes.append(
                gettext("{metric}: nobody of {groups} answered ({share} of the customers); the raked score says "
                        "nothing about them.").format(
                    metric=metric_text(one.metric), groups=joined(silent), share=format_percent(one.unheard_share)
                )
            )  # fmt: skip
        if one.trimmed_share > 0:
            notes.append(
                gettext("{metric}: weights were cut at five times the mean for {share} of the answers; the margins "
                        "are met within {gap}.").format(
                    metric=metric_text(one.metric), share=format_percent(one.trimmed_share),
                    gap=size_text(one.largest_gap, "fraction"),
                )
            )  # fmt: skip
    return notes


def plan_sentence(table: pd.DataFrame, change: float, labels: Labels) -> str:
    """The quickest and the slowest line to show a change; '' where no line can be planned."""
    known = table[table["months_needed"].notna()]
    if known.empty:
        return ""
    unit = str(known["unit"].iloc[0])
    pace = known["months_needed"].to_numpy(float)
    quick = known.iloc[int(pace.argmin())]
    slow = known.iloc[int(pace.argmax())]
    text = gettext(
        "To see a change of {size}, {line} needs {answers} answers in each of two periods: {months} at the present pace."
    ).format(
        size=size_text(change, unit),
        line=_line(quick["line"], labels),
        answers=format_number(quick["needed"]),
        months=months_text(quick["months_needed"]),
    )
    if len(known) < 2:
        return text
    more = gettext("{line} would take {months}.").format(
        line=sentence_case(_line(slow["line"], labels)), months=months_text(slow["months_needed"])
    )
    return f"{text} {more}"


def months_text(months: float) -> str:
    """A length of time in whole months, rounded up: '3 months'; more than ten years is not counted out."""
    whole = max(1, -int(-months // 1))
    if whole > 120:
        return gettext("more than ten years")
    return ngettext("{count} month", "{count} months", whole).format(count=format_number(whole))


def _line(code: str, labels: Labels) -> str:
    return line_text("touchpoint", code, labels) if code else gettext("the relationship survey")
