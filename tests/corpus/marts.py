"""Facts written out by hand, and marts built from them as in a refresh."""

from __future__ import annotations

from typing import Any

import duckdb

from cxdata.published import LONG_WAIT
from cxdata.refresh.marts import MARTS, build

FACTS = {
    "profiles": "profile integer, segment varchar, region varchar, plan varchar, persona varchar",
    "answers": "survey_id varchar default 's', question varchar default 'nps', score integer, state varchar default "
    "'rated', month date default '2024-03-01', customer ubigint, profile integer default 0, touchpoint varchar "
    "default '', channel varchar default '', weight double, answered_at timestamp",
    "surveys": "survey_id varchar, interaction_id varchar, profile integer default 0, touchpoint varchar default '', "
    "channel varchar default '', sent_at timestamp, responded_at timestamp, sent_month date, month date",
    "interactions": "interaction_id varchar default 'i', customer ubigint, profile integer default 0, occurred_at "
    "timestamp, month date default '2024-03-01', touchpoint varchar default '', channel varchar default '', "
    "wait_minutes double, handling_minutes double, resolved boolean, is_complaint boolean, cost double, "
    "team varchar default '', file usmallint default 0, record integer default 1",
    "subscriptions": "subscription_id varchar default 'u', term integer default 1, customer ubigint default 1, profile "
    "integer default 0, started_on date default '2023-04-01', due_on date default '2024-04-01', month date default "
    "'2024-04-01', outcome varchar, decided_on date, annual_value double, annual_margin double, product varchar "
    "default ''",
    "questions": "question varchar default 'nps', scale_min integer default 0, scale_max integer default 10, "
    "metric varchar default 'nps', higher_is_better boolean default true",
    "employee_pulse": "team varchar, answers bigint default 1",
    "customers": "customer ubigint, valid_from date",
    "touchpoints": "touchpoint varchar, stage varchar",
}
"""The columns of the fact tables that marts read, with defaults for what a story leaves out."""

PROFILES = [
    {"profile": 0, "segment": "", "region": "", "plan": "", "persona": ""},
    {"profile": 1, "segment": "Home", "region": "North", "plan": "Basic", "persona": ""},
    {"profile": 2, "segment": "Home", "region": "South", "plan": "Plus", "persona": "Saver"},
    {"profile": 3, "segment": "Business", "region": "North", "plan": "Plus", "persona": ""},
]

Rows = list[dict[str, Any]]


_CONTACTS = ("contact_links",)
_DECISIONS = (*_CONTACTS, "renewal_windows", "usual_waits", "renewal_contacts")
READ_FIRST = {
    "monthly_disconnections": (*_CONTACTS, "disconnection_sums"),
    "renewal_contacts": _DECISIONS,
    "renewal_observations": _DECISIONS,
    "renewal_paths": _DECISIONS,
    "renewal_ratings": (*_DECISIONS, "renewal_observations"),
}
"""Marts that others are made from."""


def _with_what_they_read(names: tuple[str, ...]) -> tuple[str, ...]:
    wanted = {name for asked in names for name in (*READ_FIRST.get(asked, ()), asked)}
    return tuple(name for name in MARTS if name in wanted)


class Marts:
    """An engine in memory in which facts are written out and marts are built as in a refresh."""

    def __init__(self) -> None:
        self.connection = duckdb.connect(config={"threads": 1})
        self.clear()

    def clear(self) -> None:
        for table, columns in FACTS.items():
            self.connection.execute(f"create or replace table {table} ({columns})")
        self.insert("profiles", PROFILES)

    def insert(self, table: str, rows: Rows) -> None:
        for names in dict.fromkeys(tuple(row) for row in rows):
            alike = [row for row in rows if tuple(row) == names]
            places = ", ".join("(" + ", ".join("?" * len(names)) + ")" for _ in alike)
            values = [value for row in alike for value in row.values()]
            self.connection.execute(f"insert into {table} ({', '.join(names)}) values {places}", values)

    def build(
        self, *names: str, lead_days: int = 30, look_back_days: int = 365, at_once: int = 1_000_000
    ) -> None:
        values = {"lead_days": lead_days, "look_back_days": look_back_days, "long_wait": LONG_WAIT}
        build(self.connection, _with_what_they_read(names), values, at_once=at_once)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql).fetchall()
