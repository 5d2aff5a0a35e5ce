"""What drivers are called, and what an analysis comes to, in sentences a board reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cxdata.drivers.analysis import Analysis, Summary
from cxdata.drivers.observations import RATING, Driver
from cxdata.drivers.settings import CHURN, RENEWAL
from cxdata.drivers.table import CLEAR, TRAVELS, UNCLEAR
from cxdata.language import format_month, format_number, format_percent, gettext, mark
from cxdata.scorecard.words import joined, metric_text
from cxdata.vocabulary import DIMENSION_LABELS, Labels, label_of
from cxdata.wording import wording_of

EVENT_LABELS = {
    "longest_wait": mark("Longest wait"),
    "unresolved": mark("Unresolved contacts"),
    "repeats": mark("Repeat contacts"),
    "complaint": mark("Complaints"),
    "switches": mark("Channel switches"),
    "since_bad": mark("Time since the last bad experience"),
}

FACT_LABELS = {
    "segment": DIMENSION_LABELS["segment"],
    "plan": DIMENSION_LABELS["plan"],
    "product": mark("Product"),
    "tenure": mark("Length of the relationship"),
    "value": mark("Annual value"),
}

STEPS = {
    "longest_wait": mark("one minute less"),
    "unresolved": mark("one contact less"),
    "repeats": mark("one contact less"),
    "complaint": mark("none instead of some"),
    "switches": mark("one switch less"),
    "since_bad": mark("2.7 times as long"),
    "tenure": mark("2.7 times as long"),
    "value": mark("2.7 times as much"),
}

VERDICT_LABELS = {
    CLEAR: mark("clear"),
    TRAVELS: mark("travels with other drivers"),
    UNCLEAR: mark("unclear"),
}

VERDICT_MEANINGS = {
    CLEAR: mark("its effect stands out from chance, also among all drivers shown (Holm)"),
    TRAVELS: mark("a share above 5 %, but no effect of its own next to the others"),
    UNCLEAR: mark("chance alone could explain its effect"),
}

LEFT_OUT_LABELS = {
    "open": mark("not decided yet"),
    "lost_before": mark("of a subscription that was lost before"),
    "unrated": mark("the question was not answered"),
    "anonymous": mark("nobody knows whose answer it is"),
    "no_weight": mark("without a weight"),
    "no_tenure": mark("the length of the relationship is not known"),
    "no_value": mark("the annual value is not known"),
    "infinite": mark("a value is infinite"),
}

REJECTED_LABELS = {
    "nested": mark(
        "{driver} was rated ({count}) only where something else in the list had been met, so the two cannot be told "
        "apart. Choose one of them."
    ),
    "constant": mark(
        "{driver} never differs among the {count} decisions with a value, so it can go with nothing."
    ),
    "duplicate": mark(
        "{driver} says the same as another driver ({count} values); only one of them can be analysed."
    ),
    "unrated": mark(
        "{driver}: nobody rated it before a decision. Choose a longer look-back, or ask about it."
    ),
}

OUTCOME_LABELS = {RENEWAL: mark("Renewal"), CHURN: mark("Churn")}


def driver_text(driver: Driver, labels: Labels) -> str:
    """What a driver is called; plain text, which may quote the company's own words."""
    if driver.kind == RATING:
        if not driver.touchpoint:
            return gettext("“{question}”").format(question=wording_of(driver.name, driver.wording, labels))
        return gettext("{touchpoint} ({metric})").format(
            touchpoint=label_of(driver.touchpoint, labels), metric=metric_text(driver.metric)
        )
    return gettext((EVENT_LABELS | FACT_LABELS)[driver.name])


def names_of(analysis: Analysis, labels: Labels) -> dict[str, str]:
    """Names by code of everything that an analysis could hold."""
    return offered_names(analysis.summary.offered, labels)


def offered_names(drivers: Sequence[Driver], labels: Labels) -> dict[str, str]:
    """Names by code, each one once: where two questions are called alike, with their wording."""
    names = {driver.code: driver_text(driver, labels) for driver in drivers}
    seen = list(names.values())
    for driver in drivers:
        if seen.count(names[driver.code]) > 1 and driver.kind == RATING:
            names[driver.code] = gettext("“{question}”").format(
                question=wording_of(driver.name, driver.wording, labels)
            )
    return names


def outcome_text(summary: Summary, labels: Labels) -> str:
    """What is explained: renewal, churn, or a question in its wording."""
    outcome = summary.settings.outcome
    if outcome in OUTCOME_LABELS:
        return gettext(OUTCOME_LABELS[outcome])
    code, wording = summary.asked
    return gettext("“{question}”").format(question=wording_of(code or outcome, wording, labels))


def outcome_phrase(summary: Summary, labels: Labels) -> str:
    """The outcome inside a sentence; plain text, which may quote the company's own words."""
    return {RENEWAL: gettext("renewal"), CHURN: gettext("churn")}.get(
        summary.settings.outcome,
        gettext("the answer to {question}").format(question=outcome_text(summary, labels)),
    )


def step_text(row: Mapping[Any, Any], driver: Driver, labels: Labels) -> str:
    """What an effect is the effect of: one point more, one contact less."""
    if driver.kind == RATING:
        return gettext("one point more")
    if row.get("level"):
        return gettext("{level} instead of {base}").format(
            level=label_of(row["level"], labels), base=label_of(row["base"], labels)
        )
    return gettext(STEPS.get(driver.name, mark("one point more")))


def effect_text(value: float, summary: Summary) -> str:
    """An effect with its sign: percentage points, or points of the outcome's scale."""
    if not np.isfinite(value):
        return "–"
    if not summary.settings.of_terms:
        return format_number(value, 2, signed=True)
    return gettext("{points} pp").format(points=format_number(100 * value, 1, signed=True))


def effect_interval(row: Mapping[Any, Any], summary: Summary, name: str = "effect") -> str:
    """The interval of an effect."""
    if not np.isfinite(row[f"{name}_low"]):
        return "–"
    return gettext("{low} to {high}").format(
        low=effect_text(row[f"{name}_low"], summary), high=effect_text(row[f"{name}_high"], summary)
    )


def share_interval(row: Mapping[Any, Any], name: str = "share") -> str:
    """The interval of a share; '' until the bootstrap is through."""
    if not np.isfinite(row[f"{name}_low"]):
        return ""
    return gettext("{low} to {high}").format(
        low=format_percent(row[f"{name}_low"], 0), high=format_percent(row[f"{name}_high"], 0)
    )


def story(analysis: Analysis, names: Mapping[str, str], labels: Labels) -> list[str]:
    """Three sentences: who leads, what it goes with, how far to trust it."""
    return [
        _leader(analysis, names, labels),
        _effect(analysis, names, labels),
        _limits(analysis, names, labels),
    ]


def _leader(analysis: Analysis, names: Mapping[str, str], labels: Labels) -> str:
    table, outcome = analysis.table, outcome_phrase(analysis.summary, labels)
    first = table.iloc[0]
    if len(table) == 1:
        return gettext(
            "{driver} is the only driver analysed, so it can be compared with no other."
        ).format(driver=names[first["code"]])  # fmt: skip
    leading = joined([names[code] for code in table["code"][:3]])
    if not np.isfinite(first["share_low"]):
        return gettext("{drivers} go with {outcome} most; intervals are being computed.").format(
            drivers=leading, outcome=outcome
        )
    if not (table["verdict"] == CLEAR).any():
        return gettext(
            "No clear winner: no driver goes with {outcome} more clearly than chance would explain."
        ).format(outcome=outcome)
    if leads(table):
        return gettext(
            "{driver} goes with {outcome} more than anything else measured: {share} of what the drivers explain "
            "({interval})."
        ).format(
            driver=names[first["code"]], outcome=outcome, share=format_percent(first["share"], 0),
            interval=share_interval(first.to_dict()),
        )  # fmt: skip
    return gettext(
        "No clear winner: {drivers} go with {outcome} most, and chance could change their order."
    ).format(drivers=leading, outcome=outcome)


def leads(table: pd.DataFrame) -> bool:
    """Whether the first driver is clear, and first in at least 95 % of the draws of the bootstrap."""
    first = table.iloc[0]
    return bool(first["verdict"] == CLEAR and first["first"] >= 0.95)


def _effect(analysis: Analysis, names: Mapping[str, str], labels: Labels) -> str:
    summary = analysis.summary
    clear = analysis.table[analysis.table["verdict"] == CLEAR]
    if clear.empty:
        return gettext(
            "None of them shows an effect of its own that stands out from chance, everything else equal."
        )
    row = clear.iloc[0].to_dict()
    template = (
        gettext("{driver}: {step} goes with {effect} of {outcome} ({interval}), everything else equal.")
        if summary.settings.of_terms
        else gettext("{driver}: {step} goes with {effect} points of {outcome} ({interval}), everything else equal.")
    )  # fmt: skip
    return template.format(
        driver=names[row["code"]], step=step_text(row, analysis.drivers[row["code"]], labels),
        effect=effect_text(row["effect"], summary), outcome=outcome_phrase(summary, labels),
        interval=effect_interval(row, summary),
    )  # fmt: skip


def _limits(analysis: Analysis, names: Mapping[str, str], labels: Labels) -> str:
    table, summary = analysis.table, analysis.summary
    explained = gettext(
        "All of it together explains {share} of the differences in {outcome}; these are associations, not causes."
    ).format(share=format_percent(max(summary.r_squared, 0.0), 0), outcome=outcome_phrase(summary, labels))
    travels = [names[code] for code in table.loc[table["verdict"] == TRAVELS, "code"]]
    # Few imputations are enough for a first look, not for calling a driver a mere companion.
    if travels and np.isfinite(table["share_low"]).all():
        return (
            gettext("{drivers}: important at first sight, but it travels with other drivers.").format(
                drivers=joined(travels[:3])
            )
            + " "
            + explained
        )
    return explained


def base_sentence(summary: Summary) -> str:
    """How many rows came in, and how many take part."""
    template = (
        gettext(
            "{used} of {rows} decisions of {customers} customers, {first} to {last}; {events} of the rarer outcome."
        )
        if summary.settings.of_terms
        else gettext("{used} of {rows} answers of {customers} customers, {first} to {last}.")
    )
    return template.format(
        used=format_number(summary.used), rows=format_number(summary.rows_in),
        customers=format_number(summary.customers), first=format_month(summary.first, short=True),
        last=format_month(summary.last, short=True), events=format_number(summary.events),
    )  # fmt: skip


def left_out_sentences(summary: Summary, names: Mapping[str, str]) -> list[str]:
    """Why rows and drivers do not take part; the counts add up."""
    texts = [
        gettext("{count} left out: {reason}.").format(
            count=format_number(count), reason=gettext(LEFT_OUT_LABELS.get(why, why))
        )
        for why, count in summary.left_out.items()
    ]
    return texts + [
        gettext(REJECTED_LABELS[why]).format(driver=names[code], count=format_number(count))
        for code, why, count in summary.rejected
    ]
