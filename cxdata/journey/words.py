"""The journey in sentences, made from its numbers: shown on top, and read out in place of the pictures."""

from __future__ import annotations

from datetime import date

import pandas as pd

from cxdata.chart_style import month_texts
from cxdata.journey.employees import TeamLink
from cxdata.journey.expectations import Gaps
from cxdata.journey.measures import MEASURES
from cxdata.journey.stations import STRONG, WEAK, Journey
from cxdata.language import format_number, gettext, ngettext
from cxdata.scorecard.comparisons import BAD, DOWN, GOOD, UP
from cxdata.scorecard.words import (
    ARROWS,
    base_text,
    change_interval_text,
    change_text,
    interval_text,
    joined,
    metric_text,
    sentence_case,
    size_text,
    value_text,
)

MOST_NAMED = 4
"""Changes that the sentences name; the table shows all."""


def number_text(value: float, unit: str) -> str:
    """A number of the journey: as elsewhere, and minutes with one decimal."""
    if unit == "minutes" and value == value:
        return gettext("{number} min").format(number=format_number(value, 1))
    return value_text(value, "score" if unit == "minutes" else unit)


def range_text(low: float, high: float, unit: str) -> str:
    """Both ends of an interval of a number of the journey; '' where there is none."""
    if unit == "minutes" and low == low and high == high:
        return gettext("{low} to {high}").format(low=format_number(low, 1), high=number_text(high, unit))
    return interval_text(low, high, "score" if unit == "minutes" else unit)


def difference_text(value: float, unit: str) -> str:
    """A change with its sign, in the unit of the number."""
    if unit == "minutes" and value == value:
        return gettext("{number} min").format(number=format_number(value, 1, signed=True))
    return change_text(value, "score" if unit == "minutes" else unit)


def difference_range_text(low: float, high: float, unit: str) -> str:
    """Both ends of the interval of a change; '' where there is none."""
    if unit == "minutes" and low == low and high == high:
        first = format_number(low, 1, signed=True)
        return gettext("{low} to {high}").format(low=first, high=difference_text(high, unit))
    return change_interval_text(low, high, "score" if unit == "minutes" else unit)


def number_label(code: str) -> str:
    """What a metric or a measure is called."""
    return gettext(MEASURES[code].label) if code in MEASURES else metric_text(code)


def period_text(journey: Journey, unfinished: date | None = None) -> str:
    """The journey's months: 'March 2026', 'Jan 2026 to Mar 2026'."""
    return month_texts([journey.last], window=journey.months, unfinished=unfinished)[0]


def before_text(journey: Journey) -> str:
    """The months that the journey is compared with."""
    place = pd.Timestamp(journey.first) - pd.DateOffset(months=1)
    return month_texts([place], window=journey.months)[0]


def standing(journey: Journey, unfinished: date | None = None) -> list[str]:
    """The answer on top: the weakest and the strongest point, and what really moved."""
    when = sentence_case(period_text(journey, unfinished))
    if journey.judged.empty:
        return [_nothing(journey, when)]
    return [_ends(journey, when), *_moves(journey)]


def _nothing(journey: Journey, when: str) -> str:
    if (journey.stations["base"] > 0).any():
        return gettext("{when}: no touchpoint has the {count} answers that a score needs.").format(
            when=when, count=format_number(journey.min_base)
        )
    if journey.contacts:
        return ngettext(
            "{when}: {count} contact along the journey, and no answer about a touchpoint.",
            "{when}: {count} contacts along the journey, and no answer about a touchpoint.",
            journey.contacts,
        ).format(when=when, count=format_number(journey.contacts))
    return gettext("{when}: no answers and no contacts at any touchpoint.").format(when=when)


def _ends(journey: Journey, when: str) -> str:
    weak = journey.judged[journey.judged["kind"] == WEAK]
    strong = journey.judged[journey.judged["kind"] == STRONG]
    metric = metric_text(journey.metric)
    if len(weak) and len(strong):
        text = gettext("{when}: clearly weak is {weak}, clearly strong {strong}.")
        return text.format(
            when=when, weak=_point(journey, weak.iloc[0], metric), strong=_point(journey, strong.iloc[-1])
        )
    if len(weak):
        text = gettext("{when}: clearly weak is {weak}; no point stands out as strong.")
        return text.format(when=when, weak=_point(journey, weak.iloc[0], metric))
    if len(strong):
        text = gettext("{when}: no clear weak point; clearly strong is {strong}.")
        return text.format(when=when, strong=_point(journey, strong.iloc[-1], metric))
    if len(journey.judged) == 1:
        return gettext("{when}: only {point} has a score, so there is nothing to compare it with.").format(
            when=when, point=_point(journey, journey.judged.iloc[0], metric)
        )
    text = gettext(
        "{when}: no clear weak point. {metric} of no touchpoint lies further from their mean of {mean} than "
        "chance would explain."
    )
    return text.format(when=when, metric=metric, mean=value_text(journey.mean.estimate, journey.unit))


def _point(journey: Journey, row: pd.Series, metric: str = "") -> str:
    value = value_text(row["estimate"], journey.unit)
    text = gettext("{name} ({value}, {n})")
    return text.format(
        name=row["label"], value=f"{metric} {value}" if metric else value, n=base_text(row["base"])
    )


def _moves(journey: Journey) -> list[str]:
    """Real changes since the period before: of the metric shown, then of everything else."""
    numbers = journey.numbers
    real = numbers[numbers["verdict"].isin([UP, DOWN])]
    if real.empty:
        known = numbers["previous_base"] > 0
        if not known.any():
            return [
                gettext("There is nothing in {before} to compare with.").format(before=before_text(journey))
            ]
        text = gettext("Compared with {before}, no number of the journey has moved by more than chance.")
        return [text.format(before=before_text(journey))]
    names = dict(zip(journey.stations["touchpoint"], journey.stations["label"], strict=True))
    real = real.assign(good=real["judgement"] == GOOD, other=real["metric"] != journey.metric)
    real = real.sort_values(["good", "other", "p_value"], kind="stable")
    parts = [_move(row, names) for _, row in real.head(MOST_NAMED).iterrows()]
    more = len(real) - len(parts)
    text = gettext("Really moved since {before}: {changes}.").format(
        before=before_text(journey), changes="; ".join(parts)
    )
    if more:
        rest = ngettext("{count} more change is real.", "{count} more changes are real.", more)
        text = f"{text} {rest.format(count=format_number(more))}"
    return [text]


def _move(row: pd.Series, names: dict[str, str]) -> str:
    return gettext("{number} at {name} {arrow} {before} → {now}").format(
        number=number_label(row["metric"]),
        name=names.get(row["touchpoint"], row["touchpoint"]),
        arrow=ARROWS[row["verdict"]],
        before=number_text(row["previous"], row["unit"]),
        now=number_text(row["estimate"], row["unit"]),
    )


def gaps_text(gaps: Gaps) -> str:
    """Where customers get less, or more, than they had expected."""
    rows = gaps.rows[gaps.rows["kind"] == "touchpoint"]
    if not len(rows):
        rows = gaps.rows
    short, above = rows[rows["judgement"] == BAD], rows[rows["judgement"] == GOOD]
    parts = []
    if len(short):
        parts.append(
            gettext("falls short at {which}").format(which=joined([_gap(row) for _, row in short.iterrows()]))
        )
    if len(above):
        which = joined([_gap(row) for _, row in above.iloc[::-1].iterrows()])
        parts.append(gettext("exceeds it at {which}").format(which=which))
    if parts:
        return gettext("What customers meet, against what they expected: {parts}.").format(
            parts="; ".join(parts)
        )
    if (rows["base"] >= gaps.min_base).any():
        return gettext("What customers meet differs nowhere from what they expected by more than chance.")
    return gettext("Too few surveys say both what was expected and what was met: fewer than {count}.").format(
        count=format_number(gaps.min_base)
    )


def _gap(row: pd.Series) -> str:
    return gettext("{name} ({gap}, {n})").format(
        name=row["label"], gap=change_text(row["gap"], "score"), n=base_text(row["base"])
    )


def link_text(link: TeamLink) -> str:
    """Whether teams' good months are those of their customers, with the correlation and its interval."""
    found = link.correlation
    if found.estimate != found.estimate:
        return gettext(
            "Too little to say: {cells} with at least {count} answers of employees and of customers each, in "
            "{months}."
        ).format(
            cells=ngettext("{n} team-month", "{n} team-months", found.base).format(
                n=format_number(found.base)
            ),
            count=format_number(link.min_base),
            months=ngettext("{count} month", "{count} months", found.months).format(
                count=format_number(found.months)
            ),
        )
    numbers = gettext("correlation {value}, {low} to {high}; {cells}").format(
        value=format_number(found.estimate, 2, signed=True),
        low=format_number(found.conf_low, 2, signed=True),
        high=format_number(found.conf_high, 2, signed=True),
        cells=ngettext("{n} team-month", "{n} team-months", found.base).format(n=format_number(found.base)),
    )
    if not link.clear:
        text = gettext("No clear link between how a team fares and how its customers score ({numbers}).")
    elif found.estimate > 0:
        text = gettext("In months in which a team fares better, its customers score higher ({numbers}).")
    else:
        text = gettext("In months in which a team fares better, its customers score lower ({numbers}).")
    return text.format(numbers=numbers)


def gap_size_text(value: float, unit: str) -> str:
    """How far a touchpoint lies from the mean, in words: '33.1 pp below the mean'."""
    size = size_text(value, unit)
    text = gettext("{size} above the mean") if value > 0 else gettext("{size} below the mean")
    return text.format(size=size)
