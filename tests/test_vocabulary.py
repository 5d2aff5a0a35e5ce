"""One word per idea: every column that a release holds is explained, and every term once."""

from __future__ import annotations

import re

import pytest

from cxdata.contract import TABLES
from cxdata.errors import UnknownTerm
from cxdata.published import COLUMN_MEANINGS, PUBLISHED, Published, column_meaning, published
from cxdata.sql_files import statement
from cxdata.terms import TERMS
from cxdata.vocabulary import METRICS, UNIT_LABELS, label_of, metric, unit_of

SHARES = {"csat": "share", "ces": "share"}
MEANS = {"csat": "mean", "ces": "mean"}


def columns_of(release, file: str) -> list[tuple[str, str]]:
    sql = "select table_name, column_name from information_schema.columns order by all"
    return release.rows(sql) if file == "scorecard" else release.personal(sql)


def test_every_column_of_a_release_is_explained(tiny_release):
    """Facts, marts and personal tables: none has a column without a sentence; a gap names its column."""
    for file, group in (("scorecard", None), ("personal", "personal")):
        for table, column in columns_of(tiny_release, file):
            assert column_meaning(published(table, group), column).endswith("."), f"{table}.{column}"


def test_no_published_table_is_described_that_no_release_has(tiny_release):
    built = {table for table, _ in columns_of(tiny_release, "scorecard")}
    personal = {table for table, _ in columns_of(tiny_release, "personal")}
    assert {table.name for table in PUBLISHED if table.group != "personal"} == built
    assert {table.name for table in PUBLISHED if table.group == "personal"} == personal


def test_personal_tables_are_described_with_the_columns_they_have(tiny_release):
    """They are described without being opened, so their columns stand in the code."""
    found = columns_of(tiny_release, "personal")
    for table in PUBLISHED:
        if table.group == "personal":
            assert sorted(table.columns) == sorted(column for name, column in found if name == table.name)


def test_no_meaning_is_kept_for_a_column_that_is_gone(tiny_release):
    found = columns_of(tiny_release, "scorecard") + columns_of(tiny_release, "personal")
    known = {column for _, column in found} | {f"{table}.{column}" for table, column in found}
    known |= {
        f"{table.group}.{column}" for name, column in found for table in PUBLISHED if table.name == name
    }
    assert set(COLUMN_MEANINGS) - known == set()


def test_a_column_nobody_explains_is_refused_with_the_place_to_add_it():
    with pytest.raises(UnknownTerm, match=r"monthly_scores\.mood is not explained.*cxdata/published\.py"):
        column_meaning(published("monthly_scores"), "mood")


def test_an_unknown_table_is_refused_with_the_choices():
    with pytest.raises(UnknownTerm, match=r"'moods' is not a table of a release.*monthly_scores"):
        published("moods")


def test_a_tables_own_meaning_goes_before_that_of_the_contract():
    """surveys.month is the month of the answer; the contract knows no such column."""
    surveys = published("surveys")
    assert "Month of the answer" in column_meaning(surveys, "month")
    assert column_meaning(surveys, "sent_at") == next(
        column.meaning
        for table in TABLES
        if table.name == "surveys"
        for column in table.columns
        if column.name == "sent_at"
    )


def test_every_mart_begins_its_grain_as_its_sql_does():
    """Both begin with 'one row per' and the same word: 'cut', 'decided', 'closed'."""
    for table in PUBLISHED:
        assert table.grain.startswith("One row per "), table.name
        file = "restatements" if table.name == "restatements" else f"marts/{table.name}"
        if table.group == "marts":
            grain = re.search(r"-- Grain: one row per (\w+)", statement(file, table.name))
            assert grain, table.name
            assert table.grain.startswith(f"One row per {grain[1]}")


def test_codes_of_metrics_and_terms_are_unique_and_lower_case():
    """They are what `?term=` takes."""
    codes = [*METRICS, *(term.code for term in TERMS)]
    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"[a-z_]+", code) for code in codes)


def test_every_metric_says_what_it_is_and_how_it_is_computed():
    for entry in METRICS.values():
        assert entry.label, entry.code
        assert entry.meaning.endswith("."), entry.code
        assert entry.formula, entry.code


@pytest.mark.parametrize(
    ("code", "conventions", "unit"),
    [
        ("nps", MEANS, "points"),
        ("enps", SHARES, "points"),
        ("csat", SHARES, "fraction"),
        ("csat", MEANS, "score"),
        ("ces", MEANS, "score"),
        ("rating", SHARES, "score"),
        ("churn_rate", MEANS, "fraction"),
        ("response_rate", MEANS, "fraction"),
    ],
)
def test_units_follow_the_metric_and_the_companys_conventions(code, conventions, unit):
    assert unit_of(code, conventions) == unit
    assert unit in UNIT_LABELS


def test_an_unknown_metric_is_refused_with_the_choices():
    with pytest.raises(UnknownTerm, match=r"metric 'mood' does not exist. Choose from: nps, csat"):
        metric("mood")


def test_labels_are_the_companys_own_words_else_the_code_in_plain_letters():
    assert label_of("smb", {"smb": "Small business"}) == "Small business"
    assert label_of("support_call", {}) == "Support call"
    assert label_of("") == "not stated"


def test_published_tables_are_values():
    """They are keys of the dictionary page's frames."""
    assert published("customers", "personal") != published("customers", "facts")
    assert isinstance(hash(published("profiles")), int)
    assert Published("a", "facts", "One row per a.") == Published("a", "facts", "One row per a.")
