"""A scenario as a small TOML file that people can read, write by hand and keep under version control."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date
from pathlib import Path
from typing import Any

import tomli_w

from cxdata.errors import InputMissing
from cxdata.finance.scenarios.checks import check_scenario
from cxdata.finance.scenarios.refusals import ScenarioInvalid, in_file, name_of, shown
from cxdata.finance.scenarios.scenario import Lever, Note, Range, RetentionChange, Scenario
from cxdata.messages import Message, message

SUFFIX = ".toml"
MOST_BYTES = 262_144
_PARTS = ("low", "mode", "high")
_RANGES = frozenset(
    {"discount_rate", "cross_sell", "referral", "points", "amount", "reach",
     "one_off_cost", "yearly_cost", "cost_per_customer"}
)  # fmt: skip
_WHOLE = frozenset({"horizon_years", "draws", "seed"})
_NUMBERS = frozenset({"margin_growth", "margin_share", "attribution", "decay"})
_FLAGS = frozenset({"tail", "locked"})


def read_bytes(path: Path) -> bytes:
    """The bytes of a scenario's file.

    Raises
    ------
    InputMissing
        If there is no such file.
    ScenarioInvalid
        If it is a folder, cannot be read, or is too large to be a scenario.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise InputMissing(
            message("{file} does not exist. Name the TOML file of a scenario.", file=str(path))
        ) from None
    except IsADirectoryError:
        raise ScenarioInvalid(
            message("{file} is a folder. Name the TOML file of a scenario.", file=str(path))
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ScenarioInvalid(
            message("{file} cannot be read ({error}).", file=str(path), error=reason)
        ) from error
    if len(content) > MOST_BYTES:
        raise ScenarioInvalid(
            message(
                "{file} has more than {most:,} bytes, which no scenario needs. Name the TOML file of a scenario.",
                file=path.name,
                most=MOST_BYTES,
            )
        )
    return content


def sha256_of(content: bytes) -> str:
    """Fingerprint of a file's bytes, as hexadecimal digits; exports carry it."""
    return hashlib.sha256(content).hexdigest()


def parse_scenario(content: bytes, file: str) -> Scenario:
    """The scenario that bytes of TOML describe, checked.

    Parameters
    ----------
    content : bytes
        UTF-8.
    file : str
        Name of the file, for the sentence that refuses it, and for the scenario where it has none.

    Raises
    ------
    ScenarioInvalid
    """
    try:
        values = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ScenarioInvalid(
            message("{file}: not text in UTF-8. Name the TOML file of a scenario.", file=file)
        ) from error
    except (ValueError, RecursionError) as error:
        said = " ".join(str(error).split())[:160] if isinstance(error, ValueError) else "nested too deeply"
        raise ScenarioInvalid(
            message(
                "{file}: not valid TOML ({error}). Mend the line and run it again.", file=file, error=said
            )
        ) from error
    values.setdefault("name", name_of(Path(file).stem))
    try:
        scenario = scenario_of(values)
        check_scenario(scenario)
    except ScenarioInvalid as error:
        raise in_file(error, file) from error
    return scenario


def scenario_of(values: Mapping[str, Any]) -> Scenario:
    """A scenario from the keys of a TOML file; types are checked, ranges are not.

    Raises
    ------
    ScenarioInvalid
        If a key is unknown or a value has another type.
    """
    return _record(Scenario, values, "")


def scenario_toml(scenario: Scenario) -> str:
    """A scenario as TOML, every field written out, so that later defaults change no saved one."""
    return tomli_w.dumps(_plain(asdict(scenario)))


def _plain(value: Any) -> Any:
    """For TOML, which has no null: a known number as itself, a range as a table, nothing left out but None."""
    if isinstance(value, dict):
        if set(value) == set(_PARTS):
            return value["low"] if value["low"] == value["high"] else value
        return {key: _plain(entry) for key, entry in value.items() if entry is not None}
    return [_plain(entry) for entry in value] if isinstance(value, list | tuple) else value


def _record(kind: type[Any], values: Any, place: str) -> Any:
    """A dataclass from a TOML table; `place` is the path of the table, such as ``levers.1.``."""
    if not isinstance(values, Mapping):
        raise ScenarioInvalid(
            message(
                "{field} = {value} is not a section with a setting on each line.",
                field=place.rstrip("."),
                value=shown(values),
            ),
            place.rstrip("."),
        )
    known = [entry.name for entry in fields(kind)]
    for key in values:
        if key not in known:
            raise ScenarioInvalid(
                message("unknown key {key}. Known: {known}.", key=shown(place + key), known=", ".join(known)),
                place + key,
            )
    needed = {Lever: "driver", Note: "of"}.get(kind, "")
    if needed and needed not in values:
        raise ScenarioInvalid(
            message(
                "{field} is missing. A section of that kind needs {name}.", field=place + needed, name=needed
            ),
            place + needed,
        )
    return kind(**{key: _value(key, value, place + key) for key, value in values.items()})


def _value(key: str, value: Any, field: str) -> Any:
    if key in _RANGES:
        return _range(value, field)
    if key in _NUMBERS:
        return _number(value, field)
    if key == "ramp":
        return tuple(_number(entry, field) for entry in _list(value, field))
    if key in ("levers", "notes"):
        kind = Lever if key == "levers" else Note
        entries = _list(value, field)
        return tuple(_record(kind, entry, f"{field}.{number}.") for number, entry in enumerate(entries, 1))
    if key == "retention":
        return _record(RetentionChange, value, f"{field}.")
    if key == "segments":
        return tuple(_text(entry, field) for entry in _list(value, field))
    if key in _WHOLE:
        return _typed(value, field, int)
    if key in _FLAGS:
        return _typed(value, field, bool)
    if key == "on" and type(value) is date:
        return value.isoformat()
    return _text(value, field)


def _range(value: Any, field: str) -> Range:
    if not isinstance(value, Mapping):
        return Range.exactly(_number(value, field))
    if set(value) != set(_PARTS):
        raise ScenarioInvalid(
            message(
                "{field} = {value} is not a number, nor low, mode and high of one.",
                field=field,
                value=shown(value),
            ),
            field,
        )
    return Range(*(_number(value[part], f"{field}.{part}") for part in _PARTS))


def _number(value: Any, field: str) -> float:
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            raise ScenarioInvalid(
                message("{field} = {value} is too large a number.", field=field, value=shown(value)), field
            ) from None
    return _typed(value, field, float)


def _text(value: Any, field: str) -> str:
    return _typed(value, field, str)


def _list(value: Any, field: str) -> list[Any]:
    return _typed(value, field, list)


def _typed(value: Any, field: str, kind: type[Any]) -> Any:
    # type() rather than isinstance: true is no whole number.
    if type(value) is kind:
        return value
    given = {"field": field, "value": shown(value)}
    sentences: dict[type[Any], Message] = {
        str: message("{field} = {value} is not text. Put it in quotation marks.", **given),
        int: message("{field} = {value} is not a whole number.", **given),
        float: message("{field} = {value} is not a number.", **given),
        bool: message("{field} = {value} is not true or false.", **given),
        list: message("{field} = {value} is not a list.", **given),
    }
    raise ScenarioInvalid(sentences[kind], field)
