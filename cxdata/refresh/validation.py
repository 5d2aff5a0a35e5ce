"""Validation SQL, generated from the contract: cast the text, and collect every reason against a row.

One pass does it all. Each column is cast once; each reason is one bit of a mask that is computed in
flight, so that a row with three faults is reported with all three and a clean row costs next to nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cxdata.config import ExportFormat
from cxdata.refresh.clock import skipped_hours, steady_stretches
from cxdata.schema import Column, Table

_ISO = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d")
_ISO_LESS_USUAL = ("%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M")
_STEADY_YEARS = 5
"""Years before the day of the data whose times are turned to UTC without asking the zone."""
_OFFSET = (
    "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?"
    "(Z|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)"
)
_TRUE = ("true", "t", "yes", "y", "1", "1.0", "sí", "si", "verdadero", "wahr", "ja")
_FALSE = ("false", "f", "no", "n", "0", "0.0", "falso", "falsch", "nein")
_TOTALS = ("total", "totals", "totales", "grand total", "suma", "sum")


@dataclass(frozen=True)
class Reason:
    """One way in which a row can break the contract.

    Parameters
    ----------
    bit : int
        Position in the row's mask.
    code : str
        Name of the rule, for instance ``not_an_integer``.
    column : str
        Column whose value is shown.
    rule : str
        What is allowed, in words.
    """

    bit: int
    code: str
    column: str
    rule: str


@dataclass(frozen=True)
class Validation:
    """SQL that types and judges the text rows of one table.

    `select` reads from a relation named `raw` with columns `_file`, `_record` and the columns that the
    caller's expressions name; it returns `_file`, `_record`, the typed columns, `reasons` (bit mask) and
    `raw_values` (list of text in the contract's order, for rows with a reason only).
    """

    select: str
    reasons: tuple[Reason, ...]
    columns: tuple[str, ...]


def validation(
    table: Table, present: dict[str, str], export_format: ExportFormat, *, as_of: date, time_zone: str
) -> Validation:
    """Generate the validation of one table.

    Parameters
    ----------
    table : Table
        Contract table.
    present : dict of str to str
        SQL expression of the text of each contract column that the export has.
    export_format : ExportFormat
        Decimal mark, date format and blank values of the export.
    as_of : date
        Day of the refresh; later events are refused.
    time_zone : str
        Zone of times that carry no offset.
    """
    limit = datetime.combine(as_of + timedelta(days=1), time(), ZoneInfo(time_zone)).astimezone(
        ZoneInfo("UTC")
    )
    caster = _Caster(export_format, time_zone, as_of)
    predicates: list[tuple[str, str, str, str]] = []
    for column in table.columns:
        predicates += _column_predicates(table, column, caster, as_of, limit)
    for rule in table.rules:
        predicates.append((rule.name, rule.column, rule.meaning, rule.broken_when))
    # Every column keeps its bits, exported or not: the files of a table may differ in their columns.
    reasons = tuple(Reason(bit, code, column, rule) for bit, (code, column, rule, _) in enumerate(predicates))
    mask = " | ".join(
        f"(case when {predicate} then {1 << bit}::ubigint else 0::ubigint end)"
        for bit, (_, column, _, predicate) in enumerate(predicates)
        if column in present
    )
    typed = ",\n        ".join(
        f"{caster.cast(column, present.get(column.name))} as {column.name}" for column in table.columns
    )
    texts = ", ".join(
        f"{present.get(column.name, 'null::varchar')} as text_{column.name}" for column in table.columns
    )
    names = ", ".join(column.name for column in table.columns)
    raw_list = ", ".join(f"text_{column.name}" for column in table.columns)
    select = f"""
select _file, _record, {names}, reasons, case when reasons <> 0 then [{raw_list}] end as raw_values
from (
    select *, {mask or "0::ubigint"} as reasons
    from (
        select _file, _record, {texts},
        {typed}
        from raw
    )
)"""
    return Validation(select, reasons, tuple(column.name for column in table.columns))


class _Caster:
    """SQL that turns the text of a column into its type, or into null where it cannot be one."""

    def __init__(self, export_format: ExportFormat, time_zone: str, as_of: date) -> None:
        self.format = export_format
        self.as_of = as_of
        self.time_zone = export_format.time_zone or time_zone

    def cast(self, column: Column, text: str | None) -> str:
        """Expression of the typed value."""
        if text is None:
            return f"cast({_literal(column.default) if column.default else 'null'} as {column.sql_type})"
        if self.format.null_values and column.kind not in ("id", "code", "text"):
            text = f"(case when {_among(f'trim({text})', self.format.null_values)} then null else {text} end)"
        value = getattr(self, f"_{column.kind}")(text)
        if column.default is not None:
            value = f"coalesce({value}, cast({_literal(column.default)} as {column.sql_type}))"
        return str(value)

    def _id(self, text: str) -> str:
        # Trimming every value costs more than looking for the few that need it.
        value = (
            f"case when {text} = '' or {text} like ' %' or {text} like '% ' "
            f"then nullif(trim({text}), '') else {text} end"
        )
        blank = self.format.null_values
        return f"case when {_among(value, blank)} then null else {value} end" if blank else value

    _text = _code = _id

    def _integer(self, text: str) -> str:
        plain = f"try_cast({text} as integer)"
        # The cast alone would read 8.5 as 9, 1e1 as 10 and 1_0 as 10.
        return (
            f"case when {plain}::varchar = {text} then {plain} "
            f"when regexp_full_match(trim({text}), '[+-]?[0-9]{{1,9}}([{self.format.decimal}]0+)?') "
            f"then try_cast(regexp_extract(trim({text}), '^[+-]?[0-9]+') as integer) end"
        )

    def _number(self, text: str) -> str:
        if self.format.decimal == ",":
            return (
                f"case when regexp_full_match(trim({text}), "
                f"'[+-]?([0-9]+|[0-9]{{1,3}}([.][0-9]{{3}})+)(,[0-9]+)?') "
                f"and length({text}) < 100 "
                f"then try_cast(replace(replace(trim({text}), '.', ''), ',', '.') as double) end"
            )
        value = f"try_cast({text} as double)"
        # nan, infinity, 1e5 and 1_0 are numbers to the cast, not to the people who export them; and
        # beyond 1e100 the squares of the marts would overflow.
        return (
            f"case when abs({value}) < 1e100 and not contains({text}, 'e') and not contains({text}, 'E') "
            f"and not contains({text}, '_') then {value} end"
        )

    def _boolean(self, text: str) -> str:
        return (
            f"case when {text} in ('true', 'false') then {text} = 'true' "
            f"when {_among(f'lower(trim({text}))', _TRUE)} then true "
            f"when {_among(f'lower(trim({text}))', _FALSE)} then false end"
        )

    def naive(self, text: str) -> str:
        """Expression of the day and time that a text states, on whatever clock."""
        tries = []
        form = self.format.date_format
        if form:
            forms = (form,) if "%H" in form or "%I" in form else (form, f"{form} %H:%M:%S", f"{form} %H:%M")
            tries.append(f"try_strptime(trim({text}), [{_list(forms)}])")
        tries.append(f"try_strptime({text}, [{_list(_ISO)}])")
        tries.append(f"try_strptime(trim({text}), [{_list(_ISO_LESS_USUAL)}])")
        if self.format.excel_dates:
            serial = f"try_cast({text} as double)"
            tries.append(
                f"case when regexp_full_match(trim({text}), '[0-9]{{5}}([.][0-9]+)?') and {serial} between 20000 and 80000 "
                f"then timestamp '1899-12-30' + to_seconds(round({serial} * 86400)::bigint) end"
            )
        return f"coalesce({', '.join(tries)})"

    def _date(self, text: str) -> str:
        whole = self.naive(text)
        # 23:30 on a clock that nobody named may be another day: a time of day is not cut off.
        checked = f"case when {whole} = date_trunc('day', {whole}) then {whole}::date end"
        return self._plain_day_first(text, "day", checked)

    def _month(self, text: str) -> str:
        whole = f"coalesce({self.naive(text)}, try_strptime(trim({text}), '%Y-%m'))"
        checked = f"case when {whole} = date_trunc('month', {whole}) then {whole}::date end"
        return self._plain_day_first(text, "month", checked)

    def _plain_day_first(self, text: str, unit: str, otherwise: str) -> str:
        """A form that does not fit is dear to try, and most days are written in the one that costs least."""
        if self.format.date_format:
            return otherwise
        day = f"try_strptime({text}, '%Y-%m-%d')"
        return f"case when {day} = date_trunc('{unit}', {day}) then {day}::date else {otherwise} end"

    def _timestamp(self, text: str) -> str:
        local = self.naive(text)
        with_offset = (
            f"case when regexp_full_match({text}, '{_OFFSET}') "
            f"then timezone('UTC', try_cast({text} as timestamptz)) end"
        )
        if self.time_zone == "UTC":
            return f"coalesce({local}, {with_offset})"
        zone = _literal(self.time_zone)
        utc = f"timezone('UTC', timezone({zone}, {local}))"
        gaps = skipped_hours(self.time_zone)
        if gaps:
            # A local time that the clock skips would be moved by an hour without a word.
            utc = (
                f"case when hour({local}) in ({', '.join(map(str, gaps))}) "
                f"and timezone({zone}, timezone({zone}, {local})) <> {local} then null else {utc} end"
            )
        return f"coalesce({self._steady_first(local, utc)}, {with_offset})"

    def _steady_first(self, local: str, otherwise: str) -> str:
        """Recent times far from any change of the clock are moved by their offset; the zone is asked for the rest."""
        year = self.as_of.year
        cases = " ".join(
            f"when {local} >= timestamp '{stretch.first}' and {local} < timestamp '{stretch.last}' "
            f"then {local} - to_seconds({stretch.offset.total_seconds():.0f})"
            for stretch in steady_stretches(self.time_zone, year - _STEADY_YEARS, year)
        )
        return f"case when {local} is null then null {cases} else {otherwise} end"


def _column_predicates(
    table: Table, column: Column, caster: _Caster, as_of: date, limit: datetime
) -> list[tuple[str, str, str, str]]:
    name, text, export_format = column.name, f"text_{column.name}", caster.format
    found: list[tuple[str, str, str, str]] = []
    if column.kind not in ("id", "code", "text"):
        blanks = _list(("", *export_format.null_values))
        not_blank = f"{text} is not null and trim({text}) not in ({blanks})"
        unread = f"{name} is null" if column.default is None else _unread(column, text)
        what = {"integer": "a whole number", "number": "a number", "boolean": "true or false",
                "date": "a date without a time (YYYY-MM-DD)", "timestamp": "a time (YYYY-MM-DDTHH:MM:SS)",
                "month": "a month (YYYY-MM, or its first day)"}[column.kind]  # fmt: skip
        if export_format.date_format and column.kind in ("date", "timestamp", "month"):
            what += f" or {export_format.date_format}"
        if column.kind == "timestamp" and skipped_hours(caster.time_zone):
            skipped = f"{caster.naive(text)} is not null"
            rule = f"{name} is an hour that the clock of {caster.time_zone} did not skip"
            found.append(("skipped_hour", name, rule, f"{unread} and {not_blank} and {skipped}"))
            unread = f"{unread} and not ({skipped})"
        found.append((f"not_{column.kind}", name, f"{name} is {what}", f"{unread} and {not_blank}"))
        if column.required:
            found.append(("missing", name, f"{name} is required", f"{name} is null and not ({not_blank})"))
    elif column.required:
        found.append(("missing", name, f"{name} is required", f"{name} is null"))
    if column.key and column.kind in ("id", "code") and column == table.columns[0]:
        found.append(("repeated_header", name, "the header stands once", f"lower({name}) = {_literal(name)}"))
        if sum(entry.required for entry in table.columns) == 1:
            totals = f"length({name}) < 12 and {_among(f'lower({name})', _TOTALS)}"
            found.append(("total_row", name, "an export has no row of totals", totals))
    if column.choices:
        allowed = _list(column.choices)
        rule = f"{name} is one of {', '.join(column.choices)}"
        found.append(("not_allowed", name, rule, f"{name} not in ({allowed})"))
    if column.minimum is not None:
        found.append(
            (
                "too_low",
                name,
                f"{name} is at least {column.minimum}",
                f"{name} < {_bound(column, column.minimum)}",
            )
        )
    if column.maximum == "as_of":
        bound = f"timestamp '{limit:%Y-%m-%d %H:%M:%S}'" if column.kind == "timestamp" else None
        bound = bound or f"date '{as_of + timedelta(days=1)}'"
        found.append(("in_the_future", name, f"{name} is not after {as_of}", f"{name} >= {bound}"))
    elif column.maximum is not None:
        found.append(
            (
                "too_high",
                name,
                f"{name} is at most {column.maximum:,.15g}",
                f"{name} > {_bound(column, column.maximum)}",
            )
        )
    return found


def _unread(column: Column, text: str) -> str:
    """A defaulted column is never null, so its text is tried again."""
    return f"{_Caster(ExportFormat(), 'UTC', date.max).cast(replace(column, default=None), text)} is null"


def _bound(column: Column, value: float | str) -> str:
    if column.kind in ("date", "month"):
        return f"date '{value}'"
    if column.kind == "timestamp":
        return f"timestamp '{value}'"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _list(values: tuple[str, ...]) -> str:
    return ", ".join(_literal(value) for value in values)


def _among(value: str, values: tuple[str, ...]) -> str:
    """Whether a text is one of several; a long `in` would become a join over all rows, wanted or not."""
    return f"regexp_full_match({value}, {_literal('|'.join(map(re.escape, values)))})"
