"""How a scenario is refused: the error, the sentence with its file, and the tests of single values."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cxdata.errors import CxError
from cxdata.finance.scenarios.scenario import Range, Scenario
from cxdata.language import gettext
from cxdata.messages import Message, message

MOST_TEXT = 300
MOST_NAMED = 3
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")

_WINDOWS = re.compile(r"con|prn|aux|nul|com\d|lpt\d")
"""Names that Windows takes for devices."""


class ScenarioInvalid(CxError):
    """A scenario, or its file, holds something that cannot be valued.

    Parameters
    ----------
    said : Message
        The sentence, naming field, value and what is allowed.
    field : str
        Such as ``levers.1.reach``; '' where it is about the whole.
    """

    exit_code = 65

    def __init__(self, said: Message, field: str = "") -> None:
        super().__init__(OfField(said.template, said.values) if "field" in said.values else said)
        self.field = field


@dataclass(frozen=True)
class OfField(Message):
    """A sentence about a field: readers of a page know it by its label, those of a file by its code."""

    @property
    def text(self) -> str:
        """In the language in force, the field by its label with the code in brackets."""
        named = {**self.values, "field": labelled(str(self.values["field"]))}
        return Message(self.template, named).text


def labelled(field: str) -> str:
    """What a field is called on the page, and its code: 'Years that count (horizon_years)'.

    Parameters
    ----------
    field : str
        Such as ``levers.1.reach``; one without a label stays as it is.
    """
    # Here, because what fields are called stands above scenarios.
    from cxdata.finance.impact.names import FIELD_LABELS

    place = field.split(".")
    label = next((FIELD_LABELS[part] for part in reversed(place) if part in FIELD_LABELS), "")
    if not label:
        return field
    number = place[1] if place[0] == "levers" and len(place) > 2 else ""
    told = gettext("Lever {n}: {field}").format(n=number, field=gettext(label)) if number else gettext(label)
    return f"{told} ({field})"


@dataclass(frozen=True)
class InFile(Message):
    """A sentence about a file, which names it."""

    problem: Message = field(default_factory=lambda: Message(""))

    def __str__(self) -> str:
        return f"{self.values['file']}: {self.problem}"

    @property
    def text(self) -> str:
        """As of the sentence itself."""
        return f"{self.values['file']}: {self.problem.text}"


def in_file(error: ScenarioInvalid, file: str) -> ScenarioInvalid:
    """The same error, said of a file."""
    said = error.args[0]
    problem = said if isinstance(said, Message) else Message(str(said))
    return ScenarioInvalid(InFile("{file}", {"file": file}, problem), error.field)


def check_name(name: str) -> None:
    """Refuse a name that cannot be the name of a file on every system.

    Raises
    ------
    ScenarioInvalid
        If it is not 1 to 64 of a-z, 0-9, - and _, or stands for a device on Windows.
    """
    if not isinstance(name, str) or not NAME.fullmatch(name) or _WINDOWS.fullmatch(name):
        raise ScenarioInvalid(
            message(
                "name = {value} cannot be used. Allowed: 1 to 64 of the letters a-z, digits, - and _, such as "
                "faster-delivery.",
                value=shown(name),
            ),
            "name",
        )


def name_of(title: str) -> str:
    """A name made of a title: plain small letters, digits and hyphens.

    Parameters
    ----------
    title : str
        In any script; letters that have no plain form are left out.
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:64].strip("-")
    return f"scenario-{name}" if _WINDOWS.fullmatch(name) else name or "scenario"


def name_of_change(scenario: Scenario) -> str:
    """A name for a scenario that nobody has named, after what it changes, in no language.

    Returns
    -------
    str
        Such as ``churn-2-points`` or ``unresolved-and-longest-wait``.
    """
    if scenario.retention is not None:
        points = f"{100 * scenario.retention.points.mode:g}"
        parts = ["churn", points, "point" if points == "1" else "points", *scenario.retention.segments]
        return name_of(" ".join(parts))
    drivers = [
        lever.driver.split(":")[1] if ":" in lever.driver else lever.driver for lever in scenario.levers
    ]
    listed = list(dict.fromkeys(drivers))
    if len(listed) > MOST_NAMED:
        listed = [*listed[: MOST_NAMED - 1], f"{len(listed) - MOST_NAMED + 1} more"]
    return name_of(" and ".join(listed)) if listed else "unsaved-scenario"


def shown(value: Any) -> str:
    """A value as it stands in a sentence: as code, on one line, never longer than 60 signs."""
    try:
        text = repr(value)
    except ValueError:  # a whole number of more digits than Python writes out
        return "a number of thousands of digits"
    return text if len(text) <= 60 else f"{text[:56]} ..."


def is_day(text: str) -> bool:
    """Whether a text is a day in the form 2026-09-30."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def ordered(field: str, value: Range, low: float, high: float) -> None:
    """Refuse a range whose numbers are outside or not in order."""
    for number in (value.low, value.mode, value.high):
        within(field, number, low, high)
    if not value.low <= value.mode <= value.high:
        raise ScenarioInvalid(
            message(
                "{field}: low {low}, mode {mode}, high {high} are not in order. Write low ≤ mode ≤ high.",
                field=field,
                low=shown(value.low),
                mode=shown(value.mode),
                high=shown(value.high),
            ),
            field,
        )


def within(field: str, value: float, low: float, high: float) -> None:
    """Refuse a number outside its range; one that is none is outside of any."""
    # nan compares false with everything, and so falls outside.
    if not low <= value <= high:
        given = {"field": field, "value": shown(value), "low": limit(low), "high": limit(high)}
        raise ScenarioInvalid(
            message(
                "{field} = {value} is out of range. Allowed: {low} to {high}; 0.1 is 10 %, 0.01 is one point.",
                **given,
            )
            if high <= 1
            else message("{field} = {value} is out of range. Allowed: {low} to {high}.", **given),
            field,
        )


def limit(value: float) -> str:
    """The end of a range as it may be typed."""
    return f"{int(value):,}" if math.isfinite(value) and value == int(value) else str(value)


def choice(field: str, value: str, allowed: Sequence[str]) -> None:
    """Refuse what is not among the choices."""
    if value not in allowed:
        raise ScenarioInvalid(
            message(
                "{field} = {value} is not allowed. Choose from: {allowed}.",
                field=field,
                value=shown(value),
                allowed=", ".join(allowed),
            ),
            field,
        )


def one_line(field: str, value: str) -> None:
    """Refuse text of several lines, with signs that cannot be seen, or too long."""
    if len(value) > MOST_TEXT or not all(character.isprintable() for character in value):
        raise ScenarioInvalid(
            message(
                "{field} = {value} is not allowed. Allowed: up to {most} signs on one line.",
                field=field,
                value=shown(value),
                most=MOST_TEXT,
            ),
            field,
        )
