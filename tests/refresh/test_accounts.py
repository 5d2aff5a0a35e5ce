"""Every record is accounted for: loaded, quarantined with every reason, or an exact duplicate."""

from __future__ import annotations

import hashlib
import json

import pytest

from cxdata.database import read_manifest
from tests.corpus import tiny
from tests.corpus.dirty import corpus
from tests.corpus.release import with_exports

WRITTEN = [
    (1, {}),
    (2, {"line_end": "\r\n"}),
    (3, {"line_end": "mixed", "blank_lines": True}),
    (4, {"codec": "utf-16"}),
]


@pytest.mark.parametrize(("seed", "manner"), WRITTEN)
def test_every_record_of_the_dirty_corpus_has_the_fate_that_it_was_written_for(publish, seed, manner):
    """Some 350 records with 100 faults of 60 kinds: no record unexplained, each fault with its own number.

    The counts and the places are the generator's, which shares no code with the refresh.
    """
    dirty = corpus(seed, **manner)
    release = publish(only=dirty.files)
    assert {
        account.file: release.counts(account.file) for account in release.outcome.accounts
    } == dirty.accounts
    assert release.quarantine("file, record, column_name, reason") == dirty.quarantine
    for file, (read, loaded, quarantined, duplicates) in dirty.accounts.items():
        assert read == loaded + quarantined + duplicates, file


def test_the_quarantine_holds_the_text_as_it_came_and_every_rule_in_words(publish):
    """A row with three faults is reported with all three."""
    release = publish({"answers.csv": tiny.ANSWERS + "S4,ces, 8.5 ,maybe,why not\n"})
    assert release.quarantine("file, record, table_name, column_name, value, reason, rule") == [
        ("answers.csv", 9, "answers", "question", "ces", "unknown_reference", "question is one of the questions"),
        ("answers.csv", 9, "answers", "score", " 8.5 ", "not_integer", "score is a whole number"),
        ("answers.csv", 9, "answers", "state", "maybe", "not_allowed",
         "state is one of rated, not_experienced, not_asked, refused"),
    ]  # fmt: skip
    assert release.personal("select distinct run from quarantine") == [(release.outcome.release,)]
    assert release.account("answers.csv").by_reason == {
        "unknown_reference": 1,
        "not_integer": 1,
        "not_allowed": 1,
    }


def test_the_manifest_accounts_for_every_file(tiny_release, publish):
    """`files` lists fingerprint, records read and what became of them; the sum is the independent count."""
    manifest = json.loads((tiny_release.home / "manifest.json").read_text(encoding="utf-8"))
    assert {entry["file"] for entry in manifest["files"]} == set(tiny.FILES)
    for entry in manifest["files"]:
        text = tiny.FILES[entry["file"]]
        assert entry["sha256"] == hashlib.sha256(text.encode()).hexdigest()
        assert entry["bytes"] == len(text.encode())
        assert entry["read"] == text.count("\n") - 1
        assert entry["read"] == entry["loaded"] + entry["quarantined"] + entry["duplicates"]
    assert manifest == read_manifest(tiny_release.folder, tiny_release.outcome.release)
    assert manifest["previous"] is None
    assert manifest["engine"].startswith("duckdb ")
    assert set(manifest["checks"].values()) == {0}
    assert manifest["audit"].endswith(f"36 records loaded, published as {tiny_release.outcome.release}")


def test_the_same_record_in_two_files_is_a_duplicate_and_two_versions_of_it_conflict(publish):
    """S1 twice word for word: one is loaded. S2 in two versions: neither is, since nothing says which is right."""
    later = tiny.SURVEYS.splitlines()[0] + "\nS1,C1,I1,,,2024-03-11T09:00:00,2024-03-12 10:00,es,\n"
    later += "S2,C2,I2,,fax,2024-03-21T09:00:00,2024-03-31T23:30:00,en,2\n"
    release = publish({"surveys_late.csv": later})
    assert release.counts("surveys.csv") == (5, 4, 1, 0)
    assert release.counts("surveys_late.csv") == (2, 0, 1, 1)
    rule = "(survey_id) identifies one row; these rows differ in content"
    assert release.quarantine("file, record, column_name, value, reason, rule")[2:] == [
        ("surveys.csv", 2, "survey_id", "S2", "conflicting_key", rule),
        ("surveys_late.csv", 2, "survey_id", "S2", "conflicting_key", rule),
    ]
    assert release.rows("select survey_id from surveys order by 1") == [("S1",), ("S3",), ("S4",), ("S5",)]


def test_a_value_far_beyond_any_amount_is_no_number(publish):
    """The square of 10^200 overflows: it would bring down the marts."""
    release = publish(
        {
            "customers.csv": f"customer_id,acquisition_cost\nC1,1{'0' * 200}\nC2,{'9' * 99}\nC3,5\n",
            "surveys.csv": tiny.SURVEYS.replace("en,2\n", f"en,{'9' * 99}\n"),
        }
    )
    assert release.quarantine("file, record, reason") == [("customers.csv", 1, "not_number")]


def test_a_record_longer_than_half_a_million_characters_costs_its_own_line(publish):
    answers = tiny.ANSWERS + "S4,nps,9,," + "x" * 3_000_000 + "\nS4,csat_delivery,4,,fine\n"
    release = publish({"answers.csv": answers})
    assert release.counts("answers.csv") == (10, 9, 1, 0)
    assert release.quarantine("record, reason, rule") == [
        (9, "malformed", "a record of more than 500,000 characters")
    ]


def test_a_file_of_many_records_keeps_their_numbers(publish):
    """150,000 records, three of them broken: their numbers are those of the lines, however it is read."""
    broken = {17: "x", 70_001: "-", 149_999: "1e3"}
    lines = [f"I{n},C1,2024-03-05T10:00:00,web,{broken.get(n, n % 60)}" for n in range(1, 150_001)]
    text = "interaction_id,customer_id,occurred_at,touchpoint,wait_minutes\n" + "\n".join(lines)
    release = publish({"interactions.csv": text})
    assert release.quarantine("record, value") == sorted(broken.items())
    assert release.counts("interactions.csv") == (150_000, 149_997, 3, 0)
    assert release.rows("select count(*) from interactions where interaction_id <> 'I' || record") == [(0,)]


def test_declared_blanks_are_no_faults_and_undeclared_ones_are(publish):
    customers = "customer_id,acquired_on,acquisition_cost\nC1,NULL,n/a\nC2,2024-01-01,-\nC3,,1\n"
    release = publish({"customers.csv": customers}, config=with_exports(null_values=("NULL", "n/a", "-")))
    assert release.quarantine() == []
    release = publish({"customers.csv": customers})
    assert release.quarantine("record, value, reason") == [
        (1, "NULL", "not_date"),
        (1, "n/a", "not_number"),
        (2, "-", "not_number"),
    ]
