"""The marts of a release, in an order in which each finds what it reads."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from cxdata.database import WITHOUT_OPTIMIZERS
from cxdata.published import LONG_WAIT
from cxdata.refresh.stage import Context
from cxdata.sql_files import parameters, statement

FIRST = (
    "monthly_scores",
    "monthly_invitations",
    "monthly_interactions",
    "monthly_renewals",
    "monthly_team_scores",
    "renewal_windows",
    "usual_waits",
)

BY_CUSTOMER = ("contact_links", "disconnection_sums", "renewal_contacts", "renewal_paths")
"""Made for some customers at a time: their contacts are put in order, which has to fit into memory."""

LAST = ("monthly_disconnections", "renewal_observations", "renewal_ratings")

MARTS = (*FIRST, *BY_CUSTOMER, *LAST)

NOT_PUBLISHED = ("renewal_windows", "usual_waits", "contact_links", "disconnection_sums")
"""What only other marts read; it stays in memory."""

CONTACTS_AT_ONCE = 4_000_000


def build_marts(context: Context) -> None:
    """Build the marts inside the release."""
    connection = context.connection
    connection.execute("use scorecard")
    # Sorting the facts is cheaper with it, and sums nothing.
    connection.execute(f"set disabled_optimizers = '{WITHOUT_OPTIMIZERS}'")
    build(
        connection,
        MARTS,
        {
            "lead_days": context.config.lead_days,
            "look_back_days": context.config.look_back_days,
            "long_wait": LONG_WAIT,
        },
    )
    for name in NOT_PUBLISHED:
        connection.execute(f"drop table {name}")
    connection.execute("use memory")


def build(
    connection: duckdb.DuckDBPyConnection,
    names: tuple[str, ...],
    values: Mapping[str, float],
    *,
    at_once: int = CONTACTS_AT_ONCE,
) -> None:
    """Create marts from the facts that the connection finds, replacing what is there.

    Parameters
    ----------
    connection : DuckDBPyConnection
    names : tuple of str
        Among `MARTS`, in their order.
    values : mapping of str to float
        Values of the statements' parameters: lead_days, look_back_days and long_wait.
    at_once : int
        Contacts of which the order is made at once, about.
    """
    row = connection.execute("select count(*) from interactions").fetchone()
    parts = max(1, -(-int(row[0] if row else 0) // at_once))
    for name in (name for name in names if name in FIRST):
        _create(connection, name, values)
    for part in range(parts):
        for name in (name for name in names if name in BY_CUSTOMER):
            again = bool(part) and name != "contact_links"
            _create(connection, name, {**values, "parts": parts, "part": part}, again=again)
    for name in (name for name in names if name in LAST):
        _create(connection, name, values)


def _create(
    connection: duckdb.DuckDBPyConnection, name: str, values: Mapping[str, float], *, again: bool = False
) -> None:
    sql = statement(f"marts/{name}", name)
    if name == "monthly_scores":
        connection.execute(f"create or replace type code as enum ({statement('marts/codes', 'codes')})")
    kind = "temp table" if name in NOT_PUBLISHED else "table"
    start = f"insert into {name}" if again else f"create or replace {kind} {name} as"
    connection.execute(f"{start} {sql}", {key: values[key] for key in parameters(sql)})
