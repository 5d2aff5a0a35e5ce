"""Manifests as frames, and what becomes of those that are damaged."""

from __future__ import annotations

import json
from datetime import date

import pytest

from cxdata.config import Limits
from cxdata.contract import table
from cxdata.database import read_manifest
from cxdata.health.freshness import freshness
from cxdata.health.releases import (
    accounts,
    checks,
    kept_releases,
    matched,
    other_warnings,
    reasons,
    record_of,
    unknown_columns,
)
from cxdata.refresh.columns import match_columns
from tests.corpus import tiny

DIRTY_ANSWERS = tiny.ANSWERS + "S1,nps,9,rated,Very quick\nS4,nps,eleven,rated,\nS4,nps,11,,\n"
"""Eight good rows, a repetition, and two that break rules: 11 records = 8 + 2 + 1."""


@pytest.fixture
def dirty(publish):
    return publish({"answers.csv": DIRTY_ANSWERS})


def damage(folder, release: str, text: str) -> None:
    path = folder / "releases" / release / "manifest.json"
    path.chmod(0o640)
    path.write_text(text, encoding="utf-8")


def test_accounts_are_those_of_the_refresh_and_add_up(dirty):
    record = kept_releases(dirty.folder)[0]
    row = accounts(record).set_index("file").loc["answers.csv"]
    assert tuple(row[["read", "loaded", "quarantined", "duplicates"]]) == (11, 8, 2, 1)
    assert record.totals.unaccounted == 0
    assert record.totals.read == sum(file["read"] for file in record.manifest["files"])


def test_reasons_count_each_broken_rule(dirty):
    """'eleven' is no whole number, and a rated answer without a score; 11 lies off the scale of 0 to 10."""
    found = reasons(kept_releases(dirty.folder)[0])
    assert dict(zip(found["reason"], found["rows"], strict=True)) == {
        "not_integer": 1,
        "rated_without_score": 1,
        "off_scale": 1,
    }


def test_unmatched_customers_are_counted_per_table(publish):
    """C9 is not among the customers: one of four surveys that name a customer."""
    surveys = tiny.SURVEYS.replace("S4,C3", "S4,C9")
    found = matched(kept_releases(publish({"surveys.csv": surveys}).folder)[0])
    assert found.to_dict("records") == [
        {"table": "surveys", "stated": 4, "matched": 3, "unmatched": 1, "share": 0.75}
    ]


def test_newest_releases_come_first(publish):
    first, second = publish(), publish()
    assert [record.id for record in kept_releases(second.folder)] == [
        second.outcome.release,
        first.outcome.release,
    ]


def test_a_column_the_contract_does_not_know_is_told_apart_from_other_warnings(publish):
    customers = tiny.CUSTOMERS.replace("acquisition_cost\n", "acquisition_cost,shoe size\n")
    customers = "\n".join(
        line if "shoe" in line or not line else line + "," for line in customers.split("\n")
    )
    record = kept_releases(publish({"customers.csv": customers, "notes.txt": "x"}).folder)[0]
    assert unknown_columns(record).to_dict("records") == [{"file": "customers.csv", "column": "shoe size"}]
    assert any("notes.txt" in warning for warning in other_warnings(record))
    assert not any("shoe size" in warning for warning in other_warnings(record))


def test_every_check_passed(tiny_release):
    assert set(checks(kept_releases(tiny_release.folder)[0]).values()) == {0}


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"as_of": "2024-06-15"}'])
def test_a_manifest_that_is_no_manifest_is_a_problem_in_words(publish, text):
    first, second = publish(), publish()
    damage(first.folder, first.outcome.release, text)
    newest, oldest = kept_releases(second.folder)
    assert newest.problem == ""
    assert first.outcome.release in oldest.problem
    assert "manifest" in oldest.problem


@pytest.mark.parametrize(
    "change",
    [
        {"files": None},
        {"files": [{"file": "a.csv"}]},
        {"files": ["a.csv"]},
        {"matched": {"surveys": [1]}},
        {"checks": {"sums": "many"}},
        {"seconds": "long"},
        {"data_to": "yesterday"},
        {"warnings": 3},
        {"warnings": ["1 files"], "made_of": {"1 files": {"template": "{n:,} files", "values": {}}}},
        {"warnings": ["1 files"], "made_of": {"1 files": {"template": "{n:,} files", "values": {"n": 2}}}},
        {"warnings": ["x"], "made_of": {"x": {"template": "{n.__class__}", "values": {"n": 1}}}},
        {"audit": {"text": "by hand"}},
    ],
)
def test_a_manifest_with_a_wrong_value_is_a_problem_in_words(tiny_release, change):
    manifest = read_manifest(tiny_release.folder, tiny_release.outcome.release)
    record = record_of("r1", {**manifest, **change})
    assert record.problem.startswith("release r1: the manifest is not complete")
    assert record_of("r1", json.loads(json.dumps(manifest))).problem == ""


def test_data_are_old_when_the_newest_event_is_older_than_the_limit(tiny_release):
    """The newest event is the survey answered on 6 May 2024; 46 days later is 21 June."""
    record = kept_releases(tiny_release.folder)[0]
    assert record.data_to == date(2024, 5, 6)
    fresh = freshness(record, date(2024, 6, 20), Limits(max_age_days=45))
    old = freshness(record, date(2024, 6, 21), Limits(max_age_days=45))
    assert (fresh.age_days, fresh.is_old, old.age_days, old.is_old) == (45, False, 46, True)


def test_the_demo_is_as_old_as_on_its_own_day(tiny_release):
    """Its day never changes: 15 June 2024, 40 days after the newest event."""
    manifest = {**kept_releases(tiny_release.folder)[0].manifest, "exports": "demo"}
    assert freshness(record_of("r", manifest), date(2030, 1, 1), Limits()).age_days == 40


def test_data_without_any_date_have_no_age(tiny_release):
    manifest = {**kept_releases(tiny_release.folder)[0].manifest, "data_to": None}
    found = freshness(record_of("r", manifest), date(2030, 1, 1), Limits())
    assert (found.age_days, found.is_old) == (None, False)


def test_the_warning_about_unknown_columns_is_the_one_that_is_recognised():
    """Also in manifests of earlier versions, which hold plain text."""
    answers = table("answers")
    header = [*(column.name for column in answers.columns), "it's new"]
    manifest = {
        "created_at": "2024-06-15T10:00:00+00:00",
        "as_of": "2024-06-15",
        "files": [],
    }
    said = match_columns(answers, header, "part: 1.csv")[1]
    for made_of in ({str(warning): warning.as_json() for warning in said}, {}):
        written = {"warnings": [str(warning) for warning in said], "made_of": made_of}
        record = record_of("r", {**manifest, **written})
        assert unknown_columns(record).to_dict("records") == [{"file": "part: 1.csv", "column": "it's new"}]
