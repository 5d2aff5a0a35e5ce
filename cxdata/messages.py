"""Sentences that are written in one language and read in another: a template with its values.

A refresh writes its warnings in English, for logs and schedulers, and keeps what they are made of, so that a
page can say the same in its reader's language years later. Errors are told in the same manner.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from cxdata.language import format_day, format_number, format_percent, gettext

Value = str | int | float


@dataclass(frozen=True)
class Message:
    """A sentence with what it is made of; `str` gives it in English.

    Parameters
    ----------
    template : str
        English, with named placeholders; ``{n:,}`` is a count, ``{share:.1%}`` a fraction as per cent and
        ``{day:day}`` a date written as 2026-09-30. A sentence without values is taken as it stands.
    values : mapping of str to str, int or float
        What stands in place of each placeholder.
    """

    template: str
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))

    def __str__(self) -> str:
        return _ENGLISH.vformat(self.template, (), self.values) if self.values else self.template

    @property
    def text(self) -> str:
        """The sentence in the language in force, its numbers and dates in that language's form."""
        template = gettext(self.template)
        return _TRANSLATED.vformat(template, (), self.values) if self.values else template

    def as_json(self) -> dict[str, Any]:
        """For a manifest: what the sentence is made of; the manifest holds its English text elsewhere."""
        return {"template": self.template, "values": dict(self.values)}

    @classmethod
    def from_json(cls, text: Any, made_of: Mapping[str, Any]) -> Message:
        """A sentence of a manifest.

        Parameters
        ----------
        text : str
            In English.
        made_of : mapping of str to dict
            What sentences are made of, by their English text; one that is not there, such as those of earlier
            versions, is told as it stands.

        Raises
        ------
        KeyError, TypeError, ValueError
            If the text is none, or its template and values do not give it.
        """
        if not isinstance(text, str):
            raise TypeError(f"a sentence is text, not {type(text).__name__}")
        if text not in made_of:
            return cls(text)
        entry = made_of[text]
        read = cls(str(entry["template"]), MappingProxyType(dict(entry["values"])))
        if _ENGLISH.vformat(read.template, (), read.values) != text:
            raise ValueError(f"{read.template!r} with its values is not {text!r}")
        return read


def message(template: str, **values: Value) -> Message:
    """A sentence to be translated when it is read; the name is what the catalog's extraction looks for."""
    return Message(template, MappingProxyType(values))


def told(error: BaseException) -> str:
    """What an error says, in the language in force where its sentence can be translated."""
    said = error.args[0] if error.args else ""
    return said.text if isinstance(said, Message) else str(error)


class _Formatter(string.Formatter):
    """Fills placeholders with plain values only: a template of a manifest may not reach into objects."""

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> Any:
        return kwargs[field_name], field_name


class _English(_Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        return str(value) if format_spec == "day" else format(value, format_spec)


class _Translated(_Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec == "day":
            return format_day(date.fromisoformat(value))
        if format_spec == ",":
            return format_number(value)
        if format_spec.endswith("%"):
            return format_percent(value, int(format_spec[1:-1]))
        return format(value, format_spec)


_ENGLISH, _TRANSLATED = _English(), _Translated()
