"""What money, changes and assumptions are called on the page Financial impact and in its exports."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from babel.numbers import format_compact_currency

from cxdata.finance.scenarios.scenario import FIX, FLOOR, Lever, Note, Range, RetentionChange, Scenario
from cxdata.language import (
    current_locale,
    format_money,
    format_number,
    format_percent,
    gettext,
    mark,
    ngettext,
)
from cxdata.scorecard.words import joined
from cxdata.vocabulary import Labels, label_of

FULL = 10_000.0
"""Amounts below it stand in full, without thousands or millions."""

MEASURED, ESTIMATED, ASSUMED = "measured", "estimated", "assumed"

BASIS_LABELS = {
    MEASURED: mark("counted"),
    ESTIMATED: mark("estimated"),
    ASSUMED: mark("assumed"),
}

FIELD_LABELS = {
    "driver": mark("Experience"),
    "kind": mark("How it changes"),
    "points": mark("Points of churn fewer a year"),
    "amount": mark("Size of the change"),
    "reach": mark("Customers reached"),
    "attribution": mark("Share of the association that is an effect"),
    "segments": mark("For whom"),
    "ramp": mark("In force by year"),
    "decay": mark("Wears off each year"),
    "one_off_cost": mark("Cost at the start"),
    "yearly_cost": mark("Cost a year"),
    "cost_per_customer": mark("Cost per customer and year"),
    "horizon_years": mark("Years that count"),
    "discount_rate": mark("Discount rate a year"),
    "margin_growth": mark("Growth of margin per customer a year"),
    "tail": mark("Margin after the last year"),
    "cross_sell": mark("More margin from customers who stay"),
    "referral": mark("Customers won per customer kept and year"),
    "margin_share": mark("Margin as a share of revenue, where none is known"),
}

INPUT_LABELS = {
    "attribution": mark("Share that is an effect"),
    "discount_rate": mark("Discount rate"),
    "reach": mark("Customers reached"),
    "amount": mark("Size of the change"),
    "coefficients": mark("Chance in the estimate"),
    "model": mark("Model"),
    "tail": mark("After the last year"),
    "costs": mark("Costs"),
    "points": mark("Points of churn"),
    "cross_sell": mark("More margin from customers who stay"),
    "referral": mark("Customers won by referral"),
}

INPUT_ENDS = {
    "model": (mark("straight line"), mark("bands")),
    "tail": (mark("left out"), mark("counted")),
}
"""What inputs without a number are at their low and at their high end."""

_MONEY = ("one_off_cost", "yearly_cost", "cost_per_customer")
_SHARES = ("reach", "attribution", "decay", "discount_rate", "margin_growth", "cross_sell", "margin_share")
_UNITS_LESS = {
    "longest_wait": (mark("{n} minute less"), mark("{n} minutes less")),
    "unresolved": (mark("{n} unresolved contact less"), mark("{n} unresolved contacts less")),
    "repeats": (mark("{n} repeat contact less"), mark("{n} repeat contacts less")),
    "complaint": (mark("{n} complaint less"), mark("{n} complaints less")),
    "switches": (mark("{n} channel switch less"), mark("{n} channel switches less")),
}


def money(value: float, currency: str, *, signed: bool = False) -> str:
    """An amount: below 10,000 in full, above with three digits that count, such as €1.23M."""
    if not np.isfinite(value):
        return "–"
    return _in_unit(value, _unit(_counting(value)), currency, signed=signed)


def money_range(low: float, high: float, currency: str) -> str:
    """The ends of an interval of money, both in the same unit."""
    sizes = [abs(_counting(end)) for end in (low, high) if np.isfinite(end)]
    least, most = min((size for size in sizes if size), default=0.0), max(sizes, default=0.0)
    unit = _unit(most)
    # In the larger one's unit the smaller one would be next to nothing.
    if least < FULL and most <= 10 * FULL:
        unit = 1.0
    elif least < unit / 10 and unit > 1000:
        unit /= 1000
    ends = [_in_unit(end, unit, currency) if np.isfinite(end) else "–" for end in (low, high)]
    return gettext("{low} to {high}").format(low=ends[0], high=ends[1])


def _counting(value: float) -> float:
    """The amount as it will be read: whole below 10,000, cents below 100, three digits that count above."""
    size = abs(value)
    digits = (
        2 if size < 10 else 1 if size < 100 else 0 if size < FULL - 0.5 else 2 - int(np.floor(np.log10(size)))
    )
    return float(round(value, digits)) + 0.0


def _unit(value: float) -> float:
    size = abs(value)
    return 1.0 if size < FULL else float(1000.0 ** min(int(np.log10(size) // 3), 3))


def _in_unit(value: float, unit: float, currency: str, *, signed: bool = False) -> str:
    size = abs(_counting(value))
    sign = "" if size == 0 else "−" if value < 0 else "+" if signed else ""
    if unit == 1.0 or size == 0:
        digits = next((n for n in (0, 1) if abs(size - round(size, n)) < 1e-9), 2)
        return sign + format_money(size, currency, digits).replace(" ", "\u00a0")
    # The form of one such unit, '1 mil €'; Spanish has no word for a thousand million and says '1000 M€'.
    form = format_compact_currency(unit, currency, locale=current_locale(), fraction_digits=0)
    many = int("".join(re.findall(r"\d", form)))
    scaled = size / unit * many
    digits = next(n for n in (0, 1, 2) if n == 2 or abs(scaled - round(scaled, n)) < 1e-9)
    return sign + re.sub(r"\d[\d.,\s]*\d|\d", format_number(scaled, digits), form, count=1)


def number(value: float, most: int = 2) -> str:
    """A number with as many decimals as it needs, at most so many."""
    digits = next((n for n in range(most) if abs(value - round(value, n)) < 1e-9), most)
    return format_number(value, digits)


def share(value: float) -> str:
    """A fraction as per cent, without decimals that are zero."""
    return format_percent(
        value, next((n for n in (0, 1) if abs(100 * value - round(100 * value, n)) < 1e-9), 2)
    )


def years_text(value: float) -> str:
    """A length of time in years, with one decimal where it needs it."""
    return ngettext("{n} year", "{n} years", 1 if abs(value - 1) < 0.05 else 2).format(
        n=number(round(value, 1), 1)
    )


def scope_text(segments: tuple[str, ...], labels: Labels) -> str:
    """For whom a change is: all customers, or the segments."""
    return joined([label_of(code, labels) for code in segments]) if segments else gettext("all customers")


def points_text(points: float) -> str:
    """Points of churn: 'one point', '2.5 points'."""
    if abs(points - 0.01) < 1e-9:
        return gettext("one point of churn")
    return gettext("{n} points of churn").format(n=number(100 * points))


def retention_text(change: RetentionChange, labels: Labels) -> str:
    """What a change of the retention rate is."""
    return gettext("{points} fewer a year ({scope})").format(
        points=points_text(change.points.mode), scope=scope_text(change.segments, labels)
    )


def amount_text(lever: Lever, amount: float | None = None) -> str:
    """What a lever does to its driver: 'one point more', 'nobody below 4', 'half of it gone'."""
    size = lever.amount.mode if amount is None else amount
    name = lever.driver.split(":")[1] if ":" in lever.driver else lever.driver
    if lever.kind == FIX:
        return gettext("{share} of it gone").format(share=share(size))
    if lever.kind == FLOOR:
        form = gettext("nobody below {level}") if _is_rating(lever) else gettext("nobody above {level}")
        return form.format(level=number(size))
    if name in _UNITS_LESS:
        one, many = _UNITS_LESS[name]
        return gettext(one if size == 1 else many).format(n=number(size))
    return ngettext("{n} point more", "{n} points more", 1 if size == 1 else 2).format(n=number(size))


def _is_rating(lever: Lever) -> bool:
    return lever.driver.startswith("rating:")


def lever_text(lever: Lever, names: Mapping[str, str], labels: Labels) -> str:
    """A lever in words, such as 'Delivery (CSAT): 1 point more for 50 % of all customers'."""
    name = names.get(lever.driver, lever.driver)
    scope = scope_text(lever.segments, labels)
    if lever.reach.mode >= 1 and not lever.segments:
        return gettext("{driver}: {change}").format(driver=name, change=amount_text(lever))
    if lever.reach.mode >= 1:
        return gettext("{driver}: {change} ({scope})").format(
            driver=name, change=amount_text(lever), scope=scope
        )
    return gettext("{driver}: {change} ({share} of {scope})").format(
        driver=name, change=amount_text(lever), share=share(lever.reach.mode), scope=scope
    )


def change_text(scenario: Scenario, names: Mapping[str, str], labels: Labels) -> str:
    """What a scenario changes, in one phrase."""
    if scenario.retention is not None:
        return retention_text(scenario.retention, labels)
    return joined([lever_text(lever, names, labels) for lever in scenario.levers])


@dataclass(frozen=True)
class Assumption:
    """A number that a scenario rests on, and who stands behind it; all text, in the language in force.

    Parameters
    ----------
    of : str
        Field, as in `Note.of`.
    label, value, basis, owner, source, on : str
    """

    of: str
    label: str
    value: str
    basis: str
    owner: str = ""
    source: str = ""
    on: str = ""


def assumptions(
    scenario: Scenario, names: Mapping[str, str], labels: Labels, currency: str
) -> tuple[Assumption, ...]:
    """Every number of a scenario, those of its change first."""
    notes = {note.of: note for note in scenario.notes}
    found = []
    if scenario.retention is not None:
        change = scenario.retention
        for field in ("points", "segments", "ramp", "decay", *_MONEY):
            found.append(
                _assumption(f"retention.{field}", field, getattr(change, field), notes, labels, currency)
            )
    for place, lever in enumerate(scenario.levers, 1):
        prefix = names.get(lever.driver, lever.driver)
        for field in ("amount", "reach", "attribution", "segments", "ramp", "decay", *_MONEY):
            one = _assumption(
                f"levers.{place}.{field}", field, getattr(lever, field), notes, labels, currency, lever
            )
            label = gettext("{driver}: {field}").format(driver=prefix, field=one.label)
            found.append(Assumption(one.of, label, one.value, one.basis, one.owner, one.source, one.on))
    for field in (
        "horizon_years",
        "discount_rate",
        "margin_growth",
        "tail",
        "cross_sell",
        "referral",
        "margin_share",
    ):
        if getattr(scenario, field) is None:
            continue
        found.append(_assumption(field, field, getattr(scenario, field), notes, labels, currency))
    return tuple(found)


def _assumption(
    of: str, field: str, value: object, notes: Mapping[str, Note], labels: Labels, currency: str,
    lever: Lever | None = None,
) -> Assumption:  # fmt: skip
    note = notes.get(of, Note(of))
    return Assumption(
        of, gettext(FIELD_LABELS[field]), field_text(field, value, labels, currency, lever),
        gettext(BASIS_LABELS.get(note.basis, note.basis)), note.owner, note.source, note.on,
    )  # fmt: skip


def field_text(field: str, value: object, labels: Labels, currency: str, lever: Lever | None = None) -> str:
    """The value of a field in words; a range with its ends."""
    if isinstance(value, Range):
        one = lambda x: _one(field, x, currency, lever)  # noqa: E731
        if value.low == value.high:
            return one(value.mode)
        # What a lever does stands in words once; its ends are numbers of the same.
        end = one if field != "amount" or lever is None else share if lever.kind == FIX else number
        return gettext("{mode} ({low} to {high})").format(
            mode=one(value.mode), low=end(value.low), high=end(value.high)
        )
    if isinstance(value, bool):
        return gettext("counted") if value else gettext("left out")
    if field == "segments" and isinstance(value, tuple):
        return scope_text(value, labels)
    if field == "ramp" and isinstance(value, tuple):
        return ramp_text(value)
    return _one(field, float(value), currency, lever)  # type: ignore[arg-type]


def ramp_text(ramp: tuple[float, ...]) -> str:
    """How much of an effect is in force in each year."""
    if len(ramp) == 1:
        return gettext("{share} from the first year on").format(share=share(ramp[0]))
    return gettext("{shares}, then so on").format(shares=" · ".join(share(value) for value in ramp))


def _one(field: str, value: float, currency: str, lever: Lever | None) -> str:
    if field == "amount" and lever is not None:
        return amount_text(lever, value)
    if field == "points":
        return points_text(value)
    if field in _MONEY:
        return money(value, currency)
    if field in _SHARES:
        return share(value)
    return years_text(value) if field == "horizon_years" else number(value)
