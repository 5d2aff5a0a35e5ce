"""How a contract table is described: columns, rules across columns, grain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cxdata.errors import UnknownTerm
from cxdata.language import mark as _

Kind = Literal["id", "text", "code", "integer", "number", "date", "timestamp", "month", "boolean"]
OnMissing = Literal["quarantine", "keep"]

SQL_TYPES: dict[Kind, str] = {
    "id": "varchar",
    "text": "varchar",
    "code": "varchar",
    "integer": "integer",
    "number": "double",
    "date": "date",
    "timestamp": "timestamp",
    "month": "date",
    "boolean": "boolean",
}

KIND_LABELS: dict[Kind, str] = {
    "id": _("identifier"),
    "text": _("text"),
    "code": _("code"),
    "integer": _("whole number"),
    "number": _("number"),
    "date": _("date"),
    "timestamp": _("date and time"),
    "month": _("month"),
    "boolean": _("true or false"),
}
"""Kinds of values in words."""

UNIT_LABELS: dict[str, str] = {"minutes": _("minutes"), "money": _("money")}
"""Units of the contract in words."""


@dataclass(frozen=True)
class Column:
    """A column of a contract table.

    Parameters
    ----------
    name, kind : str
        Header in the export, and the kind of value that its text must hold.
    meaning : str
        One sentence, translatable; `unit` where the value has one.
    required, key : bool
        Whether the value may not be blank, and whether it is part of the table's key.
    minimum, maximum : float or str, optional
        Allowed range; for dates ISO text, and `"as_of"` for "not after the day of the refresh".
    choices : tuple of str
        Allowed values of a code; empty for any.
    references : str, optional
        Contract table whose key this value must be found in.
    on_missing : {"quarantine", "keep"}
        What happens to a row whose reference is not found. Customers are kept: the row still counts,
        unmatched, because an answer remains an answer when the customer list is incomplete.
    default : str, optional
        Value, as text, that a blank stands for.
    personal : bool
        Published in `personal.duckdb` only.
    """

    name: str
    kind: Kind
    meaning: str
    required: bool = False
    key: bool = False
    minimum: float | str | None = None
    maximum: float | str | None = None
    choices: tuple[str, ...] = ()
    references: str | None = None
    on_missing: OnMissing = "quarantine"
    default: str | None = None
    unit: str = ""
    personal: bool = False

    @property
    def sql_type(self) -> str:
        """Type of the published column."""
        return SQL_TYPES[self.kind]


@dataclass(frozen=True)
class Rule:
    """A rule about several columns of one row.

    Parameters
    ----------
    name : str
        Code of the rule, used as the reason in quarantine.
    column : str
        The column whose value is shown with the reason.
    broken_when : str
        SQL predicate over the typed columns; a row for which it is true is quarantined.
    meaning : str
        The rule in words, translatable.
    """

    name: str
    column: str
    broken_when: str
    meaning: str


@dataclass(frozen=True)
class Table:
    """A contract table: its grain, its columns, and the rules that span columns."""

    name: str
    grain: str
    columns: tuple[Column, ...]
    required: bool = False
    rules: tuple[Rule, ...] = ()
    dated_by: str | None = None
    sorted_by: str | None = None

    @property
    def key(self) -> tuple[str, ...]:
        """Names of the key columns."""
        return tuple(column.name for column in self.columns if column.key)

    def column(self, name: str) -> Column:
        """The column of that name; raises UnknownTerm with the choices."""
        for column in self.columns:
            if column.name == name:
                return column
        known = ", ".join(column.name for column in self.columns)
        raise UnknownTerm(f"table {self.name} has no column '{name}'. It has: {known}.")
