"""What a scenario may hold: every field's range, and one clear sentence about the first that is outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from babel.numbers import is_currency

from cxdata.finance.scenarios.refusals import (
    ScenarioInvalid,
    check_name,
    choice,
    is_day,
    one_line,
    ordered,
    shown,
    within,
)
from cxdata.finance.scenarios.scenario import (
    FIX,
    FLOOR,
    MOST_LEVERS,
    SHIFT,
    Lever,
    Note,
    RetentionChange,
    Scenario,
)
from cxdata.messages import message

MOST_MONEY = 1e15
MOST_AMOUNT = 1e6
MOST_NOTES = 200
MOST_SEGMENTS = 200
MOST_YEARS = 10
BASES = ("assumed", "estimated")

NUMBERS: dict[str, tuple[float, float]] = {
    "horizon_years": (1, MOST_YEARS),
    "discount_rate": (0, 1),
    "margin_growth": (-0.5, 0.5),
    "cross_sell": (0, 1),
    "referral": (0, 1),
    "margin_share": (0, 1),
    "draws": (100, 10_000),
    "seed": (0, 2**31 - 1),
    "points": (0, 0.5),
    "reach": (0, 1),
    "attribution": (0, 1),
    "decay": (0, 1),
    "ramp": (0, 1),
    "one_off_cost": (0, MOST_MONEY),
    "yearly_cost": (0, MOST_MONEY),
    "cost_per_customer": (0, MOST_MONEY),
}
"""Least and largest value of each field; rates, shares and points are fractions, money is the company's own."""

AMOUNTS = {SHIFT: (0.0, MOST_AMOUNT), FLOOR: (-MOST_AMOUNT, MOST_AMOUNT), FIX: (0.0, 1.0)}
"""The same of a lever's amount, by what the lever does."""


def check_scenario(scenario: Scenario) -> None:
    """Refuse a scenario that cannot be valued, whatever the data.

    Raises
    ------
    ScenarioInvalid
        Naming the first field that is wrong, its value and what is allowed.
    """
    check_name(scenario.name)
    one_line("title", scenario.title)
    for field in ("release", "version"):
        one_line(field, getattr(scenario, field))
    for field in ("horizon_years", "margin_growth", "draws", "seed"):
        within(field, getattr(scenario, field), *NUMBERS[field])
    if scenario.margin_share is not None:
        within("margin_share", scenario.margin_share, *NUMBERS["margin_share"])
    for field in ("discount_rate", "cross_sell", "referral"):
        ordered(field, getattr(scenario, field), *NUMBERS[field])
    if scenario.currency and not (scenario.currency.isascii() and is_currency(scenario.currency)):
        raise ScenarioInvalid(
            message(
                "currency = {value} is not an ISO 4217 code such as EUR. Leave it out for the company's own.",
                value=shown(scenario.currency),
            ),
            "currency",
        )
    _changes(scenario)
    if len(scenario.notes) > MOST_NOTES:
        raise ScenarioInvalid(
            message("{n} notes are too many. Allowed: up to {most}.", n=len(scenario.notes), most=MOST_NOTES),
            "notes",
        )
    known = note_fields(scenario)
    for number, note in enumerate(scenario.notes, 1):
        _note(f"notes.{number}", note, known)


def check_currency(scenario: Scenario, currency: str) -> None:
    """Refuse a scenario in another currency than the data.

    Parameters
    ----------
    currency : str
        ISO 4217, of the data.

    Raises
    ------
    ScenarioInvalid
    """
    if scenario.currency and scenario.currency != currency:
        raise ScenarioInvalid(
            message(
                "currency = '{value}', but the data are in {currency} and there is no table of rates. Write all "
                "amounts in {currency}.",
                value=scenario.currency,
                currency=currency,
            ),
            "currency",
        )


def note_fields(scenario: Scenario) -> tuple[str, ...]:
    """Fields of a scenario that an assumption can be about, such as ``discount_rate`` or ``levers.1.reach``."""
    own = (
        "horizon_years",
        "discount_rate",
        "margin_growth",
        "tail",
        "cross_sell",
        "referral",
        "margin_share",
    )
    levers = tuple(
        f"levers.{number}.{field.name}"
        for number, _ in enumerate(scenario.levers, 1)
        for field in fields(Lever)
        if field.name not in ("driver", "kind")
    )
    retention = (
        tuple(f"retention.{field.name}" for field in fields(RetentionChange)) if scenario.retention else ()
    )
    return (*own, *levers, *retention)


def _changes(scenario: Scenario) -> None:
    if scenario.levers and scenario.retention:
        raise ScenarioInvalid(
            message(
                "levers and retention exclude one another: both would count the same customers. Keep one."
            ),
            "retention",
        )
    if not scenario.levers and not scenario.retention:
        raise ScenarioInvalid(
            message("nothing would change. Add a section [[levers]] for a driver, or [retention]."), "levers"
        )
    if len(scenario.levers) > MOST_LEVERS:
        raise ScenarioInvalid(
            message(
                "{n} levers are too many. Allowed: up to {most}, because their overlap is shared out over all their "
                "combinations.",
                n=len(scenario.levers),
                most=MOST_LEVERS,
            ),
            "levers",
        )
    for number, lever in enumerate(scenario.levers, 1):
        place = f"levers.{number}"
        if not lever.driver:
            raise ScenarioInvalid(
                message(
                    "{field} is missing. Name a driver such as event:longest_wait.", field=f"{place}.driver"
                ),
                f"{place}.driver",
            )
        one_line(f"{place}.driver", lever.driver)
        choice(f"{place}.kind", lever.kind, (SHIFT, FLOOR, FIX))
        ordered(f"{place}.amount", lever.amount, *AMOUNTS[lever.kind])
        ordered(f"{place}.reach", lever.reach, *NUMBERS["reach"])
        within(f"{place}.attribution", lever.attribution, *NUMBERS["attribution"])
        _course(place, lever)
    if scenario.retention:
        ordered("retention.points", scenario.retention.points, *NUMBERS["points"])
        _course("retention", scenario.retention)


def _course(place: str, change: Lever | RetentionChange) -> None:
    """What levers and a change of retention have in common: course over the years, scope and costs."""
    if not 1 <= len(change.ramp) <= MOST_YEARS:
        raise ScenarioInvalid(
            message(
                "{field} has {n} years. Allowed: 1 to {most}, each a share from 0 to 1.",
                field=f"{place}.ramp",
                n=len(change.ramp),
                most=MOST_YEARS,
            ),
            f"{place}.ramp",
        )
    for share in change.ramp:
        within(f"{place}.ramp", share, *NUMBERS["ramp"])
    within(f"{place}.decay", change.decay, *NUMBERS["decay"])
    if len(change.segments) > MOST_SEGMENTS:
        raise ScenarioInvalid(
            message(
                "{field} names {n} segments. Allowed: up to {most}; leave it out for all.",
                field=f"{place}.segments",
                n=len(change.segments),
                most=MOST_SEGMENTS,
            ),
            f"{place}.segments",
        )
    for segment in change.segments:
        one_line(f"{place}.segments", segment)
    for field in ("one_off_cost", "yearly_cost", "cost_per_customer"):
        ordered(f"{place}.{field}", getattr(change, field), *NUMBERS[field])


def _note(place: str, note: Note, known: Sequence[str]) -> None:
    choice(f"{place}.of", note.of, known)
    for field in ("owner", "source"):
        one_line(f"{place}.{field}", getattr(note, field))
    choice(f"{place}.basis", note.basis, BASES)
    if note.on and not is_day(note.on):
        raise ScenarioInvalid(
            message(
                "{field} = {value} is not a day such as 2026-09-30.",
                field=f"{place}.on",
                value=shown(note.on),
            ),
            f"{place}.on",
        )
