"""Named statements: what stands in the files of `sql/`, and what is left out of a statement before it is run."""

from __future__ import annotations

import duckdb
import pytest

from cxdata.errors import UnknownTerm
from cxdata.sql_files import SQL_FOLDER, parameters, statement, statements, without_empty_lists

DIMENSIONS = ("touchpoint", "channel", "segment", "region", "plan", "persona")


def test_a_statement_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(
        UnknownTerm, match=r"sql/restatements\.sql has no statement 'x'. It has: closed_counts"
    ):
        statement("restatements", "x")
    with pytest.raises(UnknownTerm, match=r"there is no SQL file sql/queries/x\.sql"):
        statements("queries/x")


def test_parameters_of_comments_do_not_count():
    assert parameters("-- $first\nselect $second") == {"second"}


def test_lines_of_empty_lists_are_left_out_and_no_others():
    sql = "select 1\nwhere true\n    and (len($a) = 0 or f($a))\n    and (len($b) = 0 or f($b))\n    and c = $c\n"
    assert without_empty_lists(sql, {"a": [], "b": ["x"], "c": ""}) == (
        "select 1\nwhere true\n    and (len($b) = 0 or f($b))\n    and c = $c\n"
    )
    assert without_empty_lists(sql, {"a": ["x"]}) == sql, (
        "a list that is not given stays, so that the engine asks for it"
    )


@pytest.mark.parametrize("file", sorted(path.relative_to(SQL_FOLDER).with_suffix("").as_posix()
                                        for path in (SQL_FOLDER / "queries").glob("*.sql")))  # fmt: skip
def test_statements_without_their_empty_lists_are_still_statements(file):
    for title, sql in statements(file).items():
        shortened = without_empty_lists(sql, {name: [] for name in DIMENSIONS})
        assert len(duckdb.extract_statements(shortened)) == 1, title
