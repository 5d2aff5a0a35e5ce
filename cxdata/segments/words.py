"""Groups of customers in words, in the language in force."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from cxdata.language import format_money, format_month, format_number, gettext, ngettext
from cxdata.scorecard.comparisons import DOWN, TOO_FEW, UNCLEAR, UP
from cxdata.scorecard.words import (
    change_text,
    interval_text,
    joined,
    line_text,
    size_text,
    value_text,
)
from cxdata.segments.groups import OTHERS, Groups
from cxdata.segments.measures import LABELS
from cxdata.segments.shown import ALL, HIDDEN, ROW, SHOWN
from cxdata.vocabulary import DIMENSION_LABELS, Labels

PROFILE = ("nps", "csat", "ces", "renewal_rate", "revenue", "annual_value", "cost")


def measure_text(code: str) -> str:
    """What a measure is called."""
    return gettext(LABELS[code])


def group_text(dimension: str, code: str, labels: Labels) -> str:
    """What a group is called."""
    return gettext("All others") if code == OTHERS else line_text(dimension, code, labels)


def number_text(value: float, unit: str, currency: str) -> str:
    """A number of a measure: money with its currency, counts whole, the rest as on the scorecard."""
    if value != value:
        return gettext("no data")
    if unit == "money":
        return format_money(value, currency)
    return format_number(value) if unit == "count" else value_text(value, unit)


def range_text(low: float, high: float, unit: str, currency: str) -> str:
    """Both ends of an interval; '' where there is none."""
    if low != low or high != high:
        return ""
    if unit == "money":
        return gettext("{low} to {high}").format(low=format_number(low), high=format_money(high, currency))
    return "" if unit == "count" else interval_text(low, high, unit)


def apart_text(value: float, unit: str, currency: str) -> str:
    """A difference from all others, with its sign."""
    if unit == "money":
        return format_money(value, currency, signed=True)
    return change_text(value, unit)


def months_text(groups: Groups) -> str:
    """The months looked at."""
    return gettext("{first} to {last}").format(
        first=format_month(groups.first, short=True), last=format_month(groups.last, short=True)
    )


def headline(groups: Groups, labels: Labels, currency: str) -> list[str]:
    """The answer in sentences: who loses money, who thinks best and worst of us, who stays and who goes."""
    texts = [
        _loss(groups, row, labels, currency)
        for row in groups.level(ROW, "margin").to_dict("records")
        if row["state"] == SHOWN and row["conf_high"] < 0
    ]
    for codes in (("nps", "csat", "renewal_rate"), ("ces", "revenue", "annual_value")):
        if not texts or codes[0] == "nps":
            found = [_ends(groups, code, labels, currency) for code in codes]
            texts += [text for text in found if text]
    if not texts and not groups.level(ROW)["verdict"].isin([UP, DOWN, UNCLEAR]).any():
        texts.append(
            gettext("In {months} no group by {dimension} can be compared with all others.").format(
                months=months_text(groups), dimension=gettext(DIMENSION_LABELS[groups.by]).lower()
            )
        )
    elif not texts:
        texts.append(
            gettext("In {months} no group by {dimension} differs clearly from all others.").format(
                months=months_text(groups), dimension=gettext(DIMENSION_LABELS[groups.by]).lower()
            )
        )
    return texts


def _loss(groups: Groups, row: Mapping[Hashable, Any], labels: Labels, currency: str) -> str:
    numbers = {code: _number(groups, row["row"], code, currency) for code in ("revenue", "cost")}
    text = gettext(
        "{group} loses money: {cost} to serve against {revenue} of revenue, a margin of {margin} per customer and year "
        "(95 % interval {interval})."
    )
    return text.format(
        group=group_text(groups.by, row["row"], labels),
        cost=numbers["cost"],
        revenue=numbers["revenue"],
        margin=number_text(row["estimate"], "money", currency),
        interval=range_text(row["conf_low"], row["conf_high"], "money", currency),
    )


def _number(groups: Groups, code: str, measure: str, currency: str) -> str:
    rows = groups.level(ROW, measure)
    rows = rows[rows["row"] == code]
    return (
        number_text(float(rows["estimate"].iloc[0]), "money", currency) if len(rows) else gettext("no data")
    )


def _ends(groups: Groups, code: str, labels: Labels, currency: str) -> str:
    """The group that is clearly above all others together and the one that is clearly below.

    Which group is highest is not said: one whose difference is unclear, or that is hidden, may be higher.
    """
    rows = groups.level(ROW, code)
    rows = rows[(rows["state"] == SHOWN) & rows["verdict"].isin([UP, DOWN])]
    if rows.empty:
        return ""
    parts = []
    for verdict, text in (
        (UP, gettext("clearly higher for {group} than for all others together ({value}, {apart})")),
        (DOWN, gettext("clearly lower for {group} than for all others together ({value}, {apart})")),
    ):
        found = rows[rows["verdict"] == verdict].sort_values(
            "estimate", ascending=verdict == DOWN, kind="stable"
        )
        if len(found):
            row = found.iloc[0]
            parts.append(
                text.format(
                    group=group_text(groups.by, row["row"], labels),
                    value=number_text(row["estimate"], row["unit"], currency),
                    apart=apart_text(row["difference"], row["unit"], currency),
                )
            )
    return gettext("{measure} is {groups}.").format(measure=measure_text(code), groups=joined(parts))


def profile_text(groups: Groups, code: str, labels: Labels, currency: str) -> str:
    """One group in a paragraph: each measure, and how far it lies from all others."""
    rows = groups.level(ROW)
    rows = rows[(rows["row"] == code) & (rows["state"] == SHOWN)].set_index("measure")
    parts = [
        _against_the_rest(rows.loc[measure].to_dict(), measure, currency)
        for measure in PROFILE
        if measure in rows.index
    ]
    if not parts:
        return gettext("{group}: too small a group for any number.").format(
            group=group_text(groups.by, code, labels)
        )
    text = gettext("{group}: {numbers}.").format(
        group=group_text(groups.by, code, labels), numbers="; ".join(parts)
    )
    if "margin" not in rows.index:
        return text
    margin: dict[Hashable, Any] = rows.loc["margin"].to_dict()
    parts_of = {
        "margin": number_text(margin["estimate"], "money", currency),
        "interval": range_text(margin["conf_low"], margin["conf_high"], "money", currency),
    }
    if margin["conf_high"] < 0:
        more = gettext("The group loses money: its cost to serve exceeds its revenue, {margin} per customer and year "
                       "({interval}).")  # fmt: skip
    elif margin["conf_low"] > 0:
        more = gettext("It earns {margin} per customer and year ({interval}).")
    else:
        more = gettext("Whether it earns money is unclear: {margin} per customer and year ({interval}).")
    return f"{text} {more.format(**parts_of)}"


def _against_the_rest(row: Mapping[Hashable, Any], measure: str, currency: str) -> str:
    value = number_text(row["estimate"], row["unit"], currency)
    parts = {"measure": measure_text(measure), "value": value}
    if row["verdict"] == TOO_FEW:
        return gettext("{measure} {value}, too few to compare with the rest").format(**parts)
    if row["verdict"] == UNCLEAR:
        return gettext("{measure} {value}, not clearly different from the rest").format(**parts)
    if row["verdict"] not in (UP, DOWN):
        return gettext("{measure} {value}, with no other group shown to compare it with").format(**parts)
    size = (
        format_money(abs(row["difference"]), currency)
        if row["unit"] == "money"
        else size_text(row["difference"], row["unit"])
    )
    if row["verdict"] == UP:
        return gettext("{measure} {value}, {size} above the rest").format(**parts, size=size)
    return gettext("{measure} {value}, {size} below the rest").format(**parts, size=size)


def hidden_text(groups: Groups, min_base: int, level: str = "") -> str:
    """How many numbers are hidden and why; '' where none is."""
    cells = groups.level(level) if level else groups.cells
    hidden = int((cells["state"] == HIDDEN).sum())
    if not hidden:
        return ""
    return ngettext(
        "{count} number is hidden: it rests on fewer than {min_base} answers, terms or customers, or would give away one "
        "that does.",
        "{count} numbers are hidden: they rest on fewer than {min_base} answers, terms or customers, or would give away "
        "one that does.",
        hidden,
    ).format(count=format_number(hidden), min_base=min_base)


def unshown_text(groups: Groups) -> str:
    """Which measures are not shown at all, and why; '' where none is."""
    shown = set(groups.level(ALL)["measure"])
    lost = [measure_text(code) for code in groups.withheld if code not in shown]
    if not lost:
        return ""
    return gettext("Not shown: {measures}. The total would give away what small groups hold.").format(
        measures=joined(lost)
    )


def cross_takeaway(groups: Groups, measure: str, currency: str) -> str:
    """How many cells of the cross differ clearly, and from what."""
    cells = groups.level("cell", measure)
    shown = cells[cells["state"] == SHOWN]
    if measure == "customers":
        return gettext("Customers at the end of {month}, by {row} and {column}.").format(
            month=format_month(groups.last),
            row=gettext(DIMENSION_LABELS[groups.by]).lower(),
            column=gettext(DIMENSION_LABELS[groups.across]).lower(),
        )
    real = int(shown["verdict"].isin([UP, DOWN]).sum())
    whole = groups.level(ALL, measure)
    overall = (
        number_text(float(whole["estimate"].iloc[0]), str(whole["unit"].iloc[0]), currency)
        if len(whole)
        else gettext("no data")
    )
    text = ngettext(
        "{real} of {count} cell differs clearly from all other customers; everybody together: {measure} {overall}.",
        "{real} of {count} cells differ clearly from all other customers; everybody together: {measure} {overall}.",
        len(shown),
    )
    return text.format(
        real=format_number(real),
        count=format_number(len(shown)),
        measure=measure_text(measure),
        overall=overall,
    )


def as_file(groups: Groups) -> pd.DataFrame:
    """The table as a file: the same numbers as on the page, and no number or difference where the page tells none."""
    names = ["level", "row", "column", "measure", "unit", "state", "estimate", "conf_low", "conf_high", "base",
             "difference", "difference_low", "difference_high", "p_adjusted", "verdict"]  # fmt: skip
    return groups.cells[names].rename(columns={"row": groups.by, "column": groups.across or "column"})
