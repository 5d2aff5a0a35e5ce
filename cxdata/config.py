"""The company's settings: one commented `cx.toml` beside the data, and the only reader of the environment."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, field, fields, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import available_timezones

from babel.numbers import is_currency

from cxdata.errors import ConfigInvalid
from cxdata.language import LANGUAGES
from cxdata.messages import message

CONFIG_FILE = "cx.toml"

Settings = TypeVar("Settings")


@dataclass(frozen=True)
class ExportFormat:
    """How the text of an export is to be read; a source may declare its own in `source.toml`.

    `date_format` is a strptime format for dates that are not ISO 8601; `null_values` are texts that
    stand for "blank" besides the empty one; `excel_dates` allows serial numbers such as 45750.
    """

    encoding: str = "auto"
    separator: str = ","
    decimal: str = "."
    date_format: str = ""
    null_values: tuple[str, ...] = ()
    excel_dates: bool = False
    time_zone: str = ""


@dataclass(frozen=True)
class Access:
    """Who may see what: `sign_in` asks for OpenID Connect, `personal` are the roles that see names."""

    sign_in: bool = False
    default_role: str = "data"
    personal: tuple[str, ...] = ("data",)
    people: dict[str, tuple[str, ...]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Limits:
    """Rules about a whole table: how old, how much smaller, how dirty it may be."""

    max_age_days: int = 45
    volume_low: float = 0.7
    volume_high: float = 1.5
    max_quarantine_share: float = 0.5


@dataclass(frozen=True)
class Config:
    """Settings of one company, as read from `cx.toml`; every setting has a default.

    `csat` and `ces` are ``"share"`` (share of favourable answers) or ``"mean"``; `labels` gives the
    company's own words for codes; a table below it named after a language holds in that language only.
    """

    company: str = ""
    language: str = "en"
    region: str = ""
    time_zone: str = "UTC"
    currency: str = "EUR"
    min_base: int = 10
    csat: str = "share"
    ces: str = "mean"
    headline: str = "renewal_rate"
    lead_days: int = 30
    look_back_days: int = 365
    keep_releases: int = 8
    labels: dict[str, str | dict[str, str]] = field(default_factory=dict, hash=False)
    exports: ExportFormat = ExportFormat()
    limits: Limits = Limits()
    access: Access = Access()

    def may_see_personal(self, role: str) -> bool:
        """Whether a role may open `personal.duckdb`."""
        return role in self.access.personal

    def role_of(self, email: str | None) -> str:
        """Role of a signed-in person; the default role for everyone who is not listed."""
        for role, people in self.access.people.items():
            if email and email.lower() in {person.lower() for person in people}:
                return role
        return self.access.default_role


def data_folder() -> Path:
    """Folder of the published data: the environment variable `CX_DATA`, else `data` beside the code."""
    return Path(os.environ.get("CX_DATA") or Path(__file__).resolve().parent.parent / "data")


def load_config(folder: Path) -> Config:
    """Settings of the company whose data lies in `folder`; defaults where there is no `cx.toml`.

    Raises
    ------
    ConfigInvalid
        If the file is not TOML, or holds an unknown key, a wrong type or a value out of range.
    """
    path = folder / CONFIG_FILE
    if not path.is_file():
        return Config()
    stat = path.stat()
    return _read(path, stat.st_mtime_ns, stat.st_size)


@cache
def _read(path: Path, modified: int, size: int) -> Config:
    values = read_toml(path)
    nested = {"exports": ExportFormat, "limits": Limits, "access": Access}
    for name, kind in nested.items():
        if not isinstance(values.get(name, {}), dict):
            raise ConfigInvalid(
                message(
                    "{file}: {name} is a section, [{name}], with a setting on each line.",
                    file=path.name,
                    name=name,
                )
            )
        values[name] = build(kind, values.get(name, {}), f"{path.name} [{name}]")
    config = build(Config, values, path.name)
    _check(config, path.name)
    check_format(config.exports, f"{path.name} [exports]")
    return config


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file as a dictionary; ConfigInvalid names the file and the line that cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigInvalid(
            message(
                "{file}: not valid TOML ({error}). Mend the line and run it again.",
                file=path.name,
                error=str(error),
            )
        ) from error


def build(
    kind: type[Settings], values: dict[str, Any], where: str, default: Settings | None = None
) -> Settings:
    """A settings dataclass from the keys of a TOML table, over the defaults of `default` or of its class.

    Raises
    ------
    ConfigInvalid
        If a key is unknown or a value has another type than its default.
    """
    known = {entry.name: entry for entry in fields(kind)}  # type: ignore[arg-type]
    default = kind() if default is None else default
    converted: dict[str, Any] = {}
    for key, value in values.items():
        if key not in known:
            raise ConfigInvalid(
                message(
                    "{where}: unknown key '{key}'. Known: {known}.",
                    where=where,
                    key=key,
                    known=", ".join(known),
                )
            )
        converted[key] = _converted(value, getattr(default, key), f"{where}: {key}")
    return replace(default, **converted)  # type: ignore[type-var]


def _converted(value: Any, default: Any, where: str) -> Any:
    if isinstance(default, tuple) and isinstance(value, list):
        return tuple(str(item) for item in value)
    if isinstance(default, dict) and isinstance(value, dict):
        return {str(key): _entry(entry) for key, entry in value.items()}
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not type(default):
        given = {"setting": where, "value": repr(value)}
        wanted = {
            "str": message("{setting} = {value} is not text.", **given),
            "int": message("{setting} = {value} is not a whole number.", **given),
            "bool": message("{setting} = {value} is not true or false.", **given),
            "tuple": message("{setting} = {value} is not a list.", **given),
            "float": message("{setting} = {value} is not a number.", **given),
        }
        raise ConfigInvalid(
            wanted.get(type(default).__name__) or message("{setting} = {value} is not a section.", **given)
        )
    return value


def _entry(entry: Any) -> Any:
    """An entry of a table with free keys: people of a role, a label, or the labels of a language."""
    if isinstance(entry, list):
        return tuple(str(item) for item in entry)
    return {str(key): str(text) for key, text in entry.items()} if isinstance(entry, dict) else str(entry)


def _check(config: Config, where: str) -> None:
    choices = {
        "language": (config.language, tuple(LANGUAGES)),
        "csat": (config.csat, ("share", "mean")),
        "ces": (config.ces, ("mean", "share")),
        "headline": (config.headline, ("renewal_rate", "churn_rate")),
    }
    for key, (value, allowed) in choices.items():
        if value not in allowed:
            raise ConfigInvalid(
                message(
                    "{where}: {key} = '{value}' is not allowed. Choose from: {allowed}.",
                    where=where,
                    key=key,
                    value=value,
                    allowed=", ".join(allowed),
                )
            )
    if config.time_zone not in available_timezones():
        raise ConfigInvalid(
            message(
                "{where}: time_zone = '{zone}' is not an IANA zone such as Europe/Madrid.",
                where=where,
                zone=config.time_zone,
            )
        )
    if not is_currency(config.currency):
        raise ConfigInvalid(
            message(
                "{where}: currency = '{currency}' is not an ISO 4217 code such as EUR.",
                where=where,
                currency=config.currency,
            )
        )
    ranges = {
        "min_base": (config.min_base, 5, 1000),
        "lead_days": (config.lead_days, 0, 365),
        "look_back_days": (config.look_back_days, 30, 1825),
        "keep_releases": (config.keep_releases, 2, 500),
        "max_age_days": (config.limits.max_age_days, 1, 36500),
        "volume_low": (config.limits.volume_low, 0, 1),
        "volume_high": (config.limits.volume_high, 1, 1000),
        "max_quarantine_share": (config.limits.max_quarantine_share, 0, 1),
    }
    for key, (number, low, high) in ranges.items():
        if not low <= number <= high:
            raise ConfigInvalid(
                message(
                    "{where}: {key} = {number} is out of range. Allowed: {low} to {high}.",
                    where=where,
                    key=key,
                    number=number,
                    low=low,
                    high=high,
                )
            )
    for role, people in config.access.people.items():
        if not isinstance(people, tuple):
            raise ConfigInvalid(
                message(
                    "{where} [access.people]: {role} = {people} is not a list of addresses.",
                    where=where,
                    role=role,
                    people=repr(people),
                )
            )


def check_format(form: ExportFormat, where: str) -> None:
    """Refuse a description of exports that cannot be followed.

    Raises
    ------
    ConfigInvalid
        Naming the setting, its value and what is allowed.
    """
    if len(form.separator) != 1 or form.separator.isalnum() or form.separator in '"\n\r':
        raise ConfigInvalid(
            message(
                "{where}: separator = {separator} is not a single mark such as , ; | or \\t.",
                where=where,
                separator=repr(form.separator),
            )
        )
    if form.decimal not in (".", ","):
        raise ConfigInvalid(
            message(
                "{where}: decimal = {decimal} is not allowed. Choose from: . and ,",
                where=where,
                decimal=repr(form.decimal),
            )
        )
    if form.time_zone and form.time_zone not in available_timezones():
        raise ConfigInvalid(
            message(
                "{where}: time_zone = '{zone}' is not an IANA zone such as Europe/Madrid.",
                where=where,
                zone=form.time_zone,
            )
        )
    parts = ("dje", "mbB", "yY")
    if form.date_format and not all(re.search(f"%-?[{letters}]", form.date_format) for letters in parts):
        raise ConfigInvalid(
            message(
                "{where}: date_format = '{format}' names no day, month and year in strptime's letters. Write for "
                'instance "{example}".',
                where=where,
                format=form.date_format,
                example="%d/%m/%Y",
            )
        )
