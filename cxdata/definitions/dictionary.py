"""The data dictionary as frames of text: what may come in, and what a release holds."""

from __future__ import annotations

import pandas as pd

from cxdata.errors import UnknownTerm
from cxdata.language import gettext
from cxdata.published import PUBLISHED, Published, column_meaning
from cxdata.schema import KIND_LABELS, UNIT_LABELS, Column, Table
from cxdata.templates import allowed

CONTRACT_COLUMNS = ("column", "kind", "required", "key", "allowed", "unit", "meaning")

PUBLISHED_COLUMNS = ("column", "type", "meaning")


def contract_columns(table: Table) -> pd.DataFrame:
    """Columns of a contract table, in its order.

    Returns
    -------
    DataFrame
        `CONTRACT_COLUMNS`, all text in the language in force: ``required`` and ``key`` hold "yes" or
        nothing.
    """
    yes = gettext("yes")
    rows = [
        (
            column.name,
            gettext(KIND_LABELS[column.kind]),
            yes if column.required else "",
            yes if column.key else "",
            _allowed(column),
            gettext(UNIT_LABELS[column.unit]) if column.unit else "",
            gettext(column.meaning),
        )
        for column in table.columns
    ]
    return pd.DataFrame(rows, columns=list(CONTRACT_COLUMNS))


def rules(table: Table) -> list[str]:
    """The rules across columns of a contract table, in words."""
    return [gettext(rule.meaning) for rule in table.rules]


def published_tables(columns: pd.DataFrame) -> dict[Published, pd.DataFrame]:
    """Published tables with their columns, the facts first, then the marts, then the personal ones.

    Parameters
    ----------
    columns : DataFrame
        table_name, column_name, data_type of `scorecard.duckdb`, as `query.published_columns` gives them.

    Returns
    -------
    dict of Published to DataFrame
        `PUBLISHED_COLUMNS`, all text. A table that the release does not have is left out; personal
        tables are described without being opened, so their types are blank.
    """
    found: dict[Published, pd.DataFrame] = {}
    for table in PUBLISHED:
        if table.group == "personal":
            described = [(name, "", _meaning(table, name)) for name in table.columns]
        else:
            own = columns[columns["table_name"] == table.name]
            described = [
                (str(name), str(kind), _meaning(table, str(name)))
                for name, kind in zip(own["column_name"], own["data_type"], strict=True)
            ]
        if described:
            found[table] = pd.DataFrame(described, columns=list(PUBLISHED_COLUMNS))
    return found


def csv_template(table: Table) -> str:
    """A CSV file with the header of a contract table and no records."""
    return ",".join(column.name for column in table.columns) + "\n"


def _allowed(column: Column) -> str:
    if column.maximum == "as_of":
        return gettext("not in the future")
    text = allowed(column)
    if column.unit and text.endswith(f" {column.unit}"):
        return text.removesuffix(column.unit) + gettext(UNIT_LABELS[column.unit])
    return text


def _meaning(table: Published, column: str) -> str:
    # A release of a later version may hold columns that this one cannot explain; it shows their names.
    try:
        return gettext(column_meaning(table, column))
    except UnknownTerm:
        return ""
