"""A scenario in the address: short codes in no language, and only what differs from the scenario it began with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from cxdata.finance.scenarios.scenario import MOST_LEVERS, Lever, Range, RetentionChange, Scenario

OPENED, CHANGE = "scenario", "change"
LEVERS, RETENTION = "levers", "retention"
BETWEEN, TO, AND = "~", "_", "+"

_RETENTION = {
    "points": "points", "for": "segments", "ramp": "ramp", "decay": "decay", "start": "one_off_cost",
    "yearly": "yearly_cost", "each": "cost_per_customer",
}  # fmt: skip
_OWN = {
    "years": "horizon_years", "rate": "discount_rate", "growth": "margin_growth", "tail": "tail",
    "cross": "cross_sell", "referral": "referral", "margin": "margin_share",
}  # fmt: skip
_LEVER = {
    "k": "kind", "a": "amount", "r": "reach", "e": "attribution", "g": "segments", "m": "ramp", "w": "decay",
    "s": "one_off_cost", "y": "yearly_cost", "c": "cost_per_customer",
}  # fmt: skip
_PER_CENT = ("points", "discount_rate", "margin_growth", "cross_sell", "reach", "attribution", "decay", "ramp",
             "margin_share")  # fmt: skip
KEYS = (OPENED, CHANGE, *_RETENTION, *_OWN, *(f"lever{place}" for place in range(1, MOST_LEVERS + 1)))

DEFAULT = Scenario(name="one-point", retention=RetentionChange())
"""One point of churn fewer for all: it needs no drivers, so that the page always has an answer."""


def is_saved(scenario: Scenario) -> bool:
    """Whether it was opened from a file, rather than being the default one."""
    return scenario is not DEFAULT


def encode(scenario: Scenario, base: Scenario) -> dict[str, str]:
    """Parameters of a scenario; what is as in `base` is left out.

    Parameters
    ----------
    scenario, base : Scenario
        `base` is the one that was opened, or `DEFAULT`.
    """
    found: dict[str, str] = {}
    if scenario.retention is not None:
        if base.retention is None:
            found[CHANGE] = RETENTION
        known = base.retention or RetentionChange()
        for name, field in _RETENTION.items():
            value = getattr(scenario.retention, field)
            if value != getattr(known, field):
                found[name] = _text(field, value)
    elif scenario.levers != base.levers or base.retention is not None:
        if not scenario.levers:
            found[CHANGE] = LEVERS
        for place, lever in enumerate(scenario.levers, 1):
            found[f"lever{place}"] = _lever_text(lever)
    for name, field in _OWN.items():
        if getattr(scenario, field) != getattr(base, field):
            found[name] = _text(field, getattr(scenario, field))
    return found


def decode(given: Mapping[str, str], base: Scenario) -> Scenario:
    """The scenario that an address describes; what cannot be read is as in `base`, and ranges are checked later.

    Parameters
    ----------
    given : mapping
        As in the address; anybody may have written it.
    base : Scenario
    """
    own = {field: _value(field, given.get(name), getattr(base, field)) for name, field in _OWN.items()}
    levers = tuple(
        _lever(given[f"lever{place}"]) for place in range(1, MOST_LEVERS + 1) if given.get(f"lever{place}")
    )
    wants = given.get(CHANGE) or (LEVERS if levers or base.levers else RETENTION)
    if wants == LEVERS:
        return replace(base, retention=None, levers=levers or base.levers, **own)
    known = base.retention or RetentionChange()
    changes = {
        field: _value(field, given.get(name), getattr(known, field)) for name, field in _RETENTION.items()
    }
    return replace(base, levers=(), retention=replace(known, **changes), **own)


def write(scenario: Scenario, base: Scenario) -> None:
    """Put a scenario into the address, beside what other parts of the page keep there."""
    kept = {name: value for name, value in st.query_params.items() if name not in KEYS}
    if OPENED in st.query_params:
        kept[OPENED] = st.query_params[OPENED]
    wanted = {**kept, **encode(scenario, base)}
    if wanted != dict(st.query_params):
        st.query_params.from_dict(wanted)


def open_named(name: str) -> None:
    """Begin with the saved scenario of that name, or with the default one where it is empty."""
    kept = {key: value for key, value in st.query_params.items() if key not in KEYS}
    st.query_params.from_dict({**kept, OPENED: name} if name else kept)


def _lever_text(lever: Lever) -> str:
    known = Lever(lever.driver)
    parts = [_escaped(lever.driver)]
    for name, field in _LEVER.items():
        value = getattr(lever, field)
        if value != getattr(known, field):
            parts.append(name + _text(field, value))
    return BETWEEN.join(parts)


def _lever(text: str) -> Lever:
    code, *parts = text.split(BETWEEN)
    found = Lever(_plain(code))
    for part in parts:
        field = _LEVER.get(part[:1])
        if field:
            found = replace(found, **{field: _value(field, part[1:], getattr(found, field))})
    return found


def _text(field: str, value: object) -> str:
    factor = 100.0 if field in _PER_CENT else 1.0
    if isinstance(value, Range):
        ends = (value.mode,) if value.low == value.high else (value.low, value.mode, value.high)
        return TO.join(_number(end * factor) for end in ends)
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, tuple):
        if field == "ramp":
            return TO.join(_number(end * factor) for end in value)
        return AND.join(_escaped(str(part)) for part in value)
    if value is None:
        return ""
    return _number(float(value) * factor) if isinstance(value, int | float) else str(value)


def _value(field: str, text: str | None, known: Any) -> Any:
    """The value that a text stands for; the known one where it stands for none."""
    if text is None:
        return known
    factor = 100.0 if field in _PER_CENT else 1.0
    try:
        if isinstance(known, Range):
            numbers = [_read(part, factor) for part in text.split(TO)]
            return (
                Range(*numbers)
                if len(numbers) == 3
                else Range.exactly(numbers[0])
                if len(numbers) == 1
                else known
            )
        if isinstance(known, bool):
            return text == "1"
        if field == "ramp":
            return tuple(_read(part, factor) for part in text.split(TO)[:10])
        if isinstance(known, tuple):
            return tuple(_plain(part) for part in text.split(AND) if part)
        if isinstance(known, int):
            return int(text)
        if isinstance(known, float) or field == "margin_share":
            return _read(text, factor) if text else None
    except ValueError:
        return known
    return text


def _read(text: str, factor: float) -> float:
    # Per cent become fractions; 10 digits are more than anybody types, and undo what binary fractions add.
    return float(f"{float(text) / factor:.10g}")


def _number(value: float) -> str:
    return f"{value:.10g}"


def _escaped(text: str) -> str:
    for place, sign in enumerate(("!", BETWEEN, AND)):
        text = text.replace(sign, f"!{place}")
    return text


def _plain(text: str) -> str:
    for place, sign in reversed(list(enumerate(("!", BETWEEN, AND)))):
        text = text.replace(f"!{place}", sign)
    return text
