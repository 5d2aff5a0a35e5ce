"""What the tables of Data health say, number by number."""

from __future__ import annotations

from datetime import date

import pytest

from cxdata.database import open_release
from cxdata.health import query, tables
from cxdata.health.freshness import Freshness
from cxdata.health.releases import kept_releases, record_of
from cxdata.language import set_language
from tests.corpus import tiny

DIRTY_ANSWERS = tiny.ANSWERS + "S1,nps,9,rated,Very quick\nS4,nps,=1+1,rated,\nS4,nps,11,,\n"


@pytest.fixture(autouse=True)
def english():
    set_language("en")


@pytest.fixture
def dirty(publish):
    return publish({"answers.csv": DIRTY_ANSWERS})


def manifest(**changes):
    file = {"file": "a.csv", "table": "answers", "sha256": "0123456789abcdef", "bytes": 1, "read": 327_412,
            "loaded": 327_354, "quarantined": 46, "duplicates": 12, "by_reason": {"off_scale": 46}}  # fmt: skip
    values = {"created_at": "2026-11-21T09:12:30+00:00", "as_of": "2026-11-18", "data_to": "2026-11-17",
              "files": [file], "warnings": ["one", "two"], "seconds": 3.25}  # fmt: skip
    return record_of("20261121T091230Z-01", {**values, **changes})


def test_the_answer_says_what_was_read_and_what_became_of_it():
    """46 of 327,412 records are 0.014 %; 327,354 + 46 + 12 = 327,412."""
    assert tables.answer_text(manifest()) == (
        "Release of 21 Nov 2026 09:12 UTC, as of 18 Nov 2026: 327,412 records read, all accounted for; "
        "46 in quarantine (0.01%), 12 duplicates; 2 warnings."
    )


def test_the_answer_counts_in_the_form_that_goes_with_one():
    file = {**manifest().manifest["files"][0], "read": 3, "loaded": 1, "quarantined": 1, "duplicates": 1}
    assert "3 records read, all accounted for; 1 in quarantine (33.3%), 1 duplicate; 1 warning." in (
        tables.answer_text(manifest(files=[file], warnings=["one"]))
    )


def test_a_record_without_a_fate_is_said_to_be_missing():
    file = {**manifest().manifest["files"][0], "loaded": 327_350}
    record = manifest(files=[file])
    assert "4 not accounted for" in tables.answer_text(record)
    assert list(tables.accounts_table(record)["Adds up"]) == ["4 missing", "4 missing"]


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(0, 0, "0%"), (0, 5, "0%"), (1, 1_000_000, "under 0.01%"), (1, 100, "1.00%"), (1, 2, "50.0%")],
)
def test_a_small_share_is_never_rounded_to_nothing(part, whole, text):
    assert tables.small_share(part, whole) == text


def test_row_accounts_end_with_their_sums(dirty):
    record = kept_releases(dirty.folder)[0]
    frame = tables.accounts_table(record).set_index("File")
    columns = ["Read", "Loaded", "In quarantine", "Duplicates", "Adds up"]
    assert list(frame.loc["answers.csv", columns]) == ["11", "8", "2", "1", "yes"]
    assert frame.loc["answers.csv", "Reasons"] == "not_integer 1, off_scale 1, rated_without_score 1"
    assert frame.index[-1] == "All files"
    assert frame.loc["All files", "Read"] == str(record.totals.read)
    assert len(frame.loc["answers.csv", "SHA-256"]) == 12


def test_examples_stand_in_quotation_marks_with_all_their_rules(dirty):
    """A spreadsheet would compute =1+1; and one value that breaks two rules is one line."""
    release = open_release(dirty.folder, dirty.outcome.release)
    frame = tables.examples_table(query.quarantine_examples(release))
    assert list(frame["Value"]) == ["“=1+1”", "“11”"]
    assert list(frame["Record"]) == ["10", "11"]
    assert (
        frame["Rules that are broken"][0]
        == "the value is a whole number; an answer in state rated has a score"
    )


def test_values_are_cut_short_and_what_cannot_be_printed_is_replaced():
    assert tables.value_text(None) == tables.value_text("") == "(blank)"
    assert tables.value_text(" 8") == "“ 8”"
    assert tables.value_text("a\nb\x00") == "“a␤b�”"
    assert tables.value_text("x" * 500) == f"“{'x' * 79}…”"


def test_broken_rules_are_summed_over_files():
    first = manifest().manifest["files"][0]
    second = {**first, "file": "b.csv", "by_reason": {"off_scale": 1, "missing": 2}}
    frame = tables.reasons_table(manifest(files=[first, second]))
    assert frame.to_dict("records")[0] == {
        "Rule that is broken": "the score lies on the scale of its question",
        "Records": "47",
        "Files": "a.csv 46, b.csv 1",
        "Code": "off_scale",
    }


def test_no_broken_rule_makes_an_empty_table():
    assert tables.reasons_table(manifest(files=[])).empty


def test_releases_are_listed_with_the_current_and_the_damaged_marked():
    broken = record_of("20260101T000000Z-01", {})
    frame = tables.releases_table([manifest(), broken], "20261121T091230Z-01")
    assert list(frame["State"]) == ["current", "damaged"]
    assert list(frame["Data to"]) == ["17 Nov 2026", ""]
    assert list(frame["Seconds"]) == ["3.2", ""]


def test_a_damaged_release_that_is_current_is_both():
    frame = tables.releases_table([record_of("r", {})], "r")
    assert list(frame["State"]) == ["current, damaged"]


def test_newest_events_are_on_the_companys_clock(publish):
    """S2 was answered at 23:30 in Madrid on 31 March 2024, S5 at noon of 6 May: the newest is 6 May."""
    release = publish(only=tiny.FILES)
    newest = query.newest_rows(open_release(release.folder, release.outcome.release)).set_index("table")
    assert newest.loc["surveys", "newest"] == date(2024, 5, 6)
    assert newest.loc["revenue", "newest"] == date(2024, 4, 1)
    frame = tables.newest_table(newest.reset_index(), date(2024, 6, 15)).set_index("Table")
    assert list(frame.loc["surveys"]) == ["5", "6 May 2024", "40 days"]


def test_a_late_evening_event_belongs_to_its_local_day(publish):
    """23:30 UTC on 10 May is 01:30 on 11 May in Madrid."""
    surveys = tiny.SURVEYS.replace("2024-05-06T12:00:00", "2024-05-10T23:30:00Z")
    release = publish({"surveys.csv": surveys})
    newest = query.newest_rows(open_release(release.folder, release.outcome.release)).set_index("table")
    assert newest.loc["surveys", "newest"] == date(2024, 5, 11)


def test_freshness_is_said_with_the_limit():
    fresh = Freshness(date(2026, 11, 17), 1, 0, 45)
    old = Freshness(date(2026, 1, 1), 321, 0, 45)
    assert (
        tables.freshness_text(fresh)
        == "The newest event is of 17 Nov 2026. Age: 1 day; the limit is 45 days."
    )
    assert "Age: 321 days, more than the limit of 45 days" in tables.freshness_text(old)
    assert "age of the data is unknown" in tables.freshness_text(Freshness(None, None, 0, 45))
    assert [tables.published_text(days) for days in (0, 1, 2)] == [
        "Published today.", "Published 1 day ago.", "Published 2 days ago.",
    ]  # fmt: skip


def test_numbers_follow_the_language():
    set_language("es")
    assert "327.412" in tables.answer_text(manifest())
    set_language("en")
