"""Checks and broken rules in words: each code that a refresh can write has some."""

from __future__ import annotations

import re
from datetime import date

from cxdata.config import ExportFormat
from cxdata.contract import TABLES
from cxdata.health.words import CHECKS, RULES, check_text, rule_text
from cxdata.refresh.validation import validation
from cxdata.sql_files import statements


def comment(sql: str) -> str:
    lines = [line[2:].strip() for line in sql.splitlines() if line.startswith("--")]
    return " ".join(lines)


def test_checks_are_explained_in_the_words_of_their_sql():
    """sql/checks.sql says above each statement what it promises; the page says the same."""
    assert {name: comment(sql) for name, sql in statements("checks").items()} == CHECKS


def test_every_reason_that_validation_can_give_is_explained():
    found = set()
    for table in TABLES:
        present = {column.name: column.name for column in table.columns}
        checks = validation(table, present, ExportFormat(), as_of=date(2024, 6, 15), time_zone="UTC")
        found |= {reason.code for reason in checks.reasons}
    assert {code for code in found if rule_text(code) == code} == set()


def test_every_reason_that_later_steps_add_is_explained():
    """References, keys, scales and lines that are no records."""
    for code in ("conflicting_key", "unknown_reference", "off_scale", "malformed"):
        assert rule_text(code) == RULES[code]


def test_a_rule_says_what_the_contract_allows_where_the_column_is_known():
    assert rule_text("not_allowed", "answers", "state").endswith(
        ": rated, not_experienced, not_asked, refused"
    )
    assert rule_text("too_low", "interactions", "wait_minutes").endswith(": 0 minutes")
    assert rule_text("too_low", "interactions", "cost").endswith(": 0")
    assert rule_text("too_low", "surveys", "sent_at").endswith(": 1950-01-01")
    assert rule_text("unknown_reference", "interactions", "touchpoint").endswith(": touchpoints")


def test_rules_across_columns_come_from_the_contract():
    assert rule_text("responded_before_sent") == "responded_at is not before sent_at"


def test_codes_of_another_version_are_shown_as_they_are():
    assert check_text("no_such_check") == "no_such_check"
    assert rule_text("no_such_rule", "no_table", "no_column") == "no_such_rule"
    assert re.fullmatch(r"the value is a number", rule_text("not_number", "no_table", "no_column"))
