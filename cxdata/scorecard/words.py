"""Numbers and verdicts in words, in the language in force: the one place where scores become text."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
from babel.lists import format_list

from cxdata.language import current_locale, format_month, format_number, format_percent, gettext, ngettext
from cxdata.vocabulary import METRICS, VERDICT_LABELS, Labels, label_of

ARROWS = {"up": "▲", "down": "▼"}
"""Marks of changes that are real; everything else has none."""

_DIGITS = {"points": 1, "score": 2}

MOST_RESTATED = 3
"""Restated months, or scores of one, that are named one by one."""


def value_text(value: float, unit: str) -> str:
    """A number as the pages show it: points with one decimal, scores with two, fractions as per cent.

    Parameters
    ----------
    value : float
        nan reads "no data".
    unit : str
        points, fraction or score.
    """
    if math.isnan(value):
        return gettext("no data")
    return format_percent(value) if unit == "fraction" else format_number(value, _DIGITS[unit])


def change_text(value: float, unit: str) -> str:
    """A change with its sign: +1.2 for points and scores, +1.2 pp (percentage points) for fractions."""
    if math.isnan(value):
        return gettext("no data")
    if unit == "fraction":
        return gettext("{number} pp").format(number=format_number(value * 100, 1, signed=True))
    return format_number(value, _DIGITS[unit], signed=True)


def size_text(value: float, unit: str) -> str:
    """How large a change is, without its sign, for sentences that say the direction: '6.4 points'."""
    if unit == "fraction":
        return gettext("{number} pp").format(number=format_number(abs(value) * 100, 1))
    return gettext("{number} points").format(number=format_number(abs(value), _DIGITS[unit]))


def interval_text(low: float, high: float, unit: str) -> str:
    """Both ends of an interval: '30.2 to 37.9', '68.1 to 73.9%'; '' where there is none."""
    if math.isnan(low) or math.isnan(high):
        return ""
    first = format_number(low * 100, 1) if unit == "fraction" else value_text(low, unit)
    return gettext("{low} to {high}").format(low=first, high=value_text(high, unit))


def change_interval_text(low: float, high: float, unit: str) -> str:
    """Both ends of the interval of a change: '−16.9 to +4.2'; '' where there is none."""
    if math.isnan(low) or math.isnan(high):
        return ""
    first = format_number(low * 100, 1, signed=True) if unit == "fraction" else change_text(low, unit)
    return gettext("{low} to {high}").format(low=first, high=change_text(high, unit))


def base_text(base: float) -> str:
    """How many answers, terms or invitations a number rests on."""
    # Unbroken, or a line would end in "n =".
    return gettext("n = {count}").format(count=format_number(base)).replace(" ", "\u00a0")


def fewer_text(min_base: int, metric: str) -> str:
    """What stands in place of a number that rests on too little."""
    family = METRICS[metric].family
    if family == "renewals":
        return gettext("fewer than {count} terms").format(count=min_base)
    if family == "invitations":
        return gettext("fewer than {count} invitations").format(count=min_base)
    return gettext("fewer than {count} answers").format(count=min_base)


def nothing_text(metric: str, month: date) -> str:
    """That a month has nothing for a metric: 'no answers in May 2017'."""
    period = format_month(month)
    family = METRICS[metric].family
    if family == "renewals":
        return gettext("no decided terms in {month}").format(month=period)
    if family == "invitations":
        return gettext("no invitations in {month}").format(month=period)
    return gettext("no answers in {month}").format(month=period)


def reason_text(reason: str, metric: str) -> str:
    """Why a whole release has no number for a metric; codes of `reasons.LASTING`."""
    texts = {
        "no_subscriptions": gettext("No table of subscriptions was exported."),
        "no_value": gettext("The subscriptions carry no annual value."),
        "no_next": gettext("No renewed term is followed by its next one, so growth is unknown."),
        "no_sent": gettext("No dates of sending were exported, so invitations cannot be counted."),
        "only_answered": gettext("Only answered invitations were exported."),
        "no_question": gettext("No question asks for it."),
        "never_answered": gettext("Its questions have no answers."),
    }
    return texts[reason]


def method_text(method: str, favourable_from: float, higher_is_better: bool) -> str:
    """How the answers of a question become its number."""
    if method == "share" and favourable_from == favourable_from:
        mark = format_number(favourable_from)
        if higher_is_better:
            return gettext("Share of answers of {mark} or more.").format(mark=mark)
        return gettext("Share of answers of {mark} or less.").format(mark=mark)
    if method == "mean":
        return gettext("Mean of the scores.")
    return ""


def verdict_text(verdict: str, metric: str = "") -> str:
    """A verdict in a word or two; with its metric, too little is said in what that metric counts."""
    if verdict == "too_few" and metric:
        family = METRICS[metric].family
        if family == "renewals":
            return gettext("too few terms")
        if family == "invitations":
            return gettext("too few invitations")
    return gettext(VERDICT_LABELS[verdict])


def gap_text(verdict: str, metric: str = "") -> str:
    """The verdict on a distance to the target."""
    labels = {"up": gettext("above"), "down": gettext("below")}
    return labels.get(verdict) or verdict_text(verdict, metric)


def metric_text(metric: str) -> str:
    """What a metric is called."""
    return gettext(METRICS[metric].label)


def line_text(dimension: str, code: str, labels: Labels) -> str:
    """What a line of a table is called; answers about no touchpoint are about the whole relationship."""
    if not code and dimension == "touchpoint":
        return gettext("No touchpoint")
    return sentence_case(label_of(code, labels))


def sentence_case(text: str) -> str:
    """The same words with a capital first letter."""
    return text[:1].upper() + text[1:]


def joined(items: Sequence[str], *, either: bool = False) -> str:
    """Items as a list in words: 'a, b and c', or 'a, b or c'."""
    return str(format_list(list(items), style="or" if either else "standard", locale=current_locale()))


def restated_text(changed: pd.DataFrame, first: date, month: date, min_base: int) -> str:
    """Which closed months a release changed, with the scores of the month that is looked at.

    Parameters
    ----------
    changed : DataFrame
        From `restated.restated_scores`.
    first, month : date
        First days of the first month shown and of the month that the page is about.
    min_base : int
        Fewer answers are not shown as a score.

    Returns
    -------
    str
        '' where no month shown was restated.
    """
    shown = changed[(changed["month"] >= first) & (changed["month"] <= month)] if len(changed) else changed
    if shown.empty:
        return ""
    here = shown[shown["month"] == month].to_dict("records")
    if not here:
        return _restated_months_text(shown, min_base)
    scores = "; ".join(_restated_score(row, here, min_base) for row in here[:MOST_RESTATED])
    if len(here) > MOST_RESTATED:
        return gettext(
            "The last refresh restated {month}, over all customers: {scores}; and more, see Data health."
        ).format(month=format_month(month), scores=scores)
    return gettext("The last refresh restated {month}, over all customers: {scores}.").format(
        month=format_month(month), scores=scores
    )


def _restated_months_text(shown: pd.DataFrame, min_base: int) -> str:
    months = sorted(set(shown["month"]))
    if len(months) <= MOST_RESTATED:
        named = joined([format_month(day) for day in months])
        return gettext("The last refresh restated {months}; see Data health.").format(months=named)
    moved = (shown["answers_after"] - shown["answers_before"]).abs()
    # Where answers changed without any coming or going, the largest change of a score tells most.
    order = shown.assign(moved=moved, change=(shown["after"] - shown["before"]).abs())
    largest = order.sort_values(["moved", "change"], ascending=False, kind="stable").iloc[0]
    same_month = shown[shown["month"] == largest["month"]].to_dict("records")
    return gettext(
        "The last refresh restated {count} closed months from {first} to {last}, most of all {month}: {score}; see "
        "Data health."
    ).format(
        count=format_number(len(months)),
        first=format_month(months[0]),
        last=format_month(months[-1]),
        month=format_month(largest["month"]),
        score=_restated_score(largest.to_dict(), same_month, min_base),
    )


def _restated_score(
    row: Mapping[Hashable, Any], together: Sequence[Mapping[Hashable, Any]], min_base: int
) -> str:
    """A score before and after; with its scale where the metric stands there on two."""
    metric = metric_text(row["metric"])
    if sum(other["metric"] == row["metric"] for other in together) > 1:
        metric = gettext("{metric} on {scale}").format(metric=metric, scale=row["scale"])
    return gettext("{metric} {before} → {after}, {answers}").format(
        metric=metric,
        before=_score_text(row, "before", min_base),
        after=_score_text(row, "after", min_base),
        answers=more_answers_text(int(row["answers_after"] - row["answers_before"])),
    )


def _score_text(row: Mapping[Hashable, Any], side: str, min_base: int) -> str:
    if 0 < row[f"answers_{side}"] < min_base:
        return fewer_text(min_base, row["metric"])
    return value_text(row[side], row["unit"])


def more_answers_text(difference: int) -> str:
    """How many answers came or went when a closed month was restated."""
    count = format_number(abs(difference))
    if difference > 0:
        return ngettext("{count} answer more", "{count} answers more", difference).format(count=count)
    if difference < 0:
        return ngettext("{count} answer fewer", "{count} answers fewer", -difference).format(count=count)
    return gettext("the same number of answers")
