"""The new release against the last one: volume, age, lost columns, matches, restated months."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cxdata.config import Limits
from cxdata.errors import InputBlocked
from cxdata.refresh.history import check_freshness, check_matches, check_volume
from cxdata.refresh.stage import Account
from tests.corpus import tiny
from tests.corpus.release import CONFIG, refreshed


def texts(warnings):
    return [str(warning) for warning in warnings]


def accounts(**records: int) -> list[Account]:
    return [Account(f"{table}.csv", table, "", 0, read) for table, read in records.items()]


def manifest(**records: int) -> dict:
    return {"files": [vars(account) for account in accounts(**records)]}


def test_a_table_that_lost_more_than_three_tenths_blocks():
    """69 of 100 records is how a truncated export looks; 70 is within what months differ by."""
    assert check_volume(accounts(surveys=70), manifest(surveys=100), Limits()) == []
    with pytest.raises(InputBlocked) as error:
        check_volume(accounts(surveys=69), manifest(surveys=100), Limits())
    assert str(error.value) == (
        "surveys.csv: 69 records are 31% fewer than the 100 of the last release; at most 30% fewer are allowed. "
        "If the export is complete, run the refresh again with --accept-changes."
    )


def test_a_table_that_vanished_blocks_like_one_that_shrank():
    """An optional table without a file holds no records, whatever the reason."""
    with pytest.raises(InputBlocked, match=r"interactions \(no file\): 0 records are 100% fewer than the 80"):
        check_volume(accounts(surveys=100), manifest(surveys=100, interactions=80), Limits())


def test_a_table_that_grew_by_more_than_half_is_warned_of():
    assert check_volume(accounts(surveys=150), manifest(surveys=100), Limits()) == []
    assert texts(check_volume(accounts(surveys=151), manifest(surveys=100), Limits())) == [
        "surveys: 151 records are 51% more than the 100 of the last release"
    ]


def test_small_and_new_tables_have_no_usual_volume():
    """Below 50 records a third more or less is chance; a first release has nothing to compare with."""
    assert check_volume(accounts(targets=1), manifest(targets=49), Limits()) == []
    assert check_volume(accounts(targets=1), None, Limits()) == []


def test_the_limits_are_the_companys():
    limits = replace(Limits(), volume_low=0.95, volume_high=1.05)
    with pytest.raises(InputBlocked, match="10% fewer than the 100 of the last release; at most 5% fewer"):
        check_volume(accounts(surveys=90), manifest(surveys=100), limits)
    assert len(check_volume(accounts(surveys=110), manifest(surveys=100), limits)) == 1


def test_old_data_is_warned_of():
    """46 days are one more than the default limit of 45."""
    assert check_freshness(date(2024, 5, 1), date(2024, 6, 15), None, Limits()) == []
    assert texts(check_freshness(date(2024, 4, 30), date(2024, 6, 15), None, Limits())) == [
        "the newest event is of 2024-04-30, 46 days before 2024-06-15"
    ]
    assert texts(
        check_freshness(date(2024, 6, 1), date(2024, 6, 15), {"data_to": "2024-06-10"}, Limits())
    ) == ["the newest event is of 2024-06-01; the last release had data to 2024-06-10"]
    assert texts(check_freshness(None, date(2024, 6, 15), None, Limits())) == [
        "no row carries a date, so the age of the data is unknown"
    ]


def test_a_fall_of_the_match_rate_is_warned_of():
    """From 98 % to 61 % known customers: '00042' has become '42' somewhere."""
    assert texts(check_matches({"surveys": (100, 61)}, {"matched": {"surveys": [100, 98]}})) == [
        "surveys: the share of rows with a known customer fell from 98.0% to 61.0%; have the ids lost leading zeros?"
    ]
    assert check_matches({"surveys": (100, 94)}, {"matched": {"surveys": [100, 98]}}) == []
    assert check_matches({"surveys": (0, 0)}, None) == []


def many_customers(count: int) -> str:
    return "customer_id,segment\n" + "".join(f"C{number},Home\n" for number in range(count))


def test_a_truncated_export_leaves_the_last_release_served(publish):
    """100 customers, then 60: nothing is published, until somebody says that it is right."""
    first = publish({"customers.csv": many_customers(100)})
    with pytest.raises(InputBlocked, match="60 records are 40% fewer than the 100"):
        publish({"customers.csv": many_customers(60)})
    current = first.folder / "CURRENT"
    assert current.read_text().strip() == first.outcome.release
    assert [path.name for path in (first.folder / "releases").iterdir()] == [first.outcome.release]
    second = publish({"customers.csv": many_customers(60)}, accept_changes=True)
    assert current.read_text().strip() == second.outcome.release
    assert second.outcome.manifest["previous"] == first.outcome.release


def test_a_column_that_the_last_release_had_may_not_get_lost(publish):
    """'weight' has become 'Weights': its numbers would silently all be 1."""
    publish()
    lost = {"surveys.csv": tiny.SURVEYS.replace("language,weight", "language,Weights")}
    with pytest.raises(InputBlocked) as error:
        publish(lost)
    assert str(error.value) == (
        "surveys.csv: the column weight, which the last release had, is missing; expected weight, found 'Weights'. "
        "Export it again, or accept its loss with --accept-changes."
    )
    accepted = publish(lost, accept_changes=True)
    assert accepted.warnings == ["surveys.csv: the column 'Weights' is not in the contract and was left out"]
    assert publish(lost).rows("select count(weight) from surveys") == [(0,)]


def test_closed_months_that_change_are_listed(publish):
    """A late 2 for March, a 7 of May that became an 8, and an answer of June, which was not closed: two months."""
    first = publish()
    assert first.rows("select * from restatements") == []
    later = publish(
        {
            "surveys.csv": tiny.SURVEYS + "S6,C2,,,web,,2024-03-20,en,\nS7,C2,,,web,,2024-06-10,en,\n",
            "answers.csv": tiny.ANSWERS.replace("S5,nps,7", "S5,nps,8") + "S6,nps,2,,\nS7,nps,9,,\n",
        }
    )
    assert later.rows("select * from restatements") == [
        (date(2024, 3, 1), "nps", 2, 0, 1),
        (date(2024, 5, 1), "nps", 7, 1, 0),
        (date(2024, 5, 1), "nps", 8, 0, 1),
    ]
    assert later.outcome.manifest["restated_months"] == 2
    assert "2 closed months were restated; see the page Data health" in later.warnings


def test_the_month_that_was_unfinished_is_not_restated(publish):
    """Seen on 10 May, May was unfinished; what it gained by 15 June restates nothing."""
    early = {
        "surveys.csv": "survey_id,responded_at\nS1,2024-04-05\nS2,2024-05-02\n",
        "answers.csv": "survey_id,question,score\nS1,nps,9\nS2,nps,3\n",
    }
    publish(early, as_of=date(2024, 5, 10))
    late = {
        "surveys.csv": early["surveys.csv"] + "S3,2024-05-20\n",
        "answers.csv": early["answers.csv"] + "S3,nps,1\n",
    }
    assert publish(late).outcome.manifest["restated_months"] == 0


def test_a_damaged_last_release_does_not_stop_the_next(publish):
    """What cannot be read cannot be compared with; the new release takes its place."""
    first = publish()
    (first.home / "scorecard.duckdb").chmod(0o600)
    (first.home / "scorecard.duckdb").write_bytes(b"nothing")
    second = publish()
    assert second.rows("select * from restatements") == []
    (second.home / "manifest.json").chmod(0o600)
    (second.home / "manifest.json").write_text('{"as_of": "2024-06-15", "created_at": "2024-06-15T00:00:00"}')
    third = publish()
    assert third.outcome.manifest["previous"] is None


def test_a_check_says_the_same_and_publishes_nothing(publish, exports, tmp_path):
    first = publish()
    before = sorted(path.name for path in first.folder.rglob("*"))
    checked = refreshed(exports(only=tiny.REQUIRED_FILES, name="again"), first.folder, CONFIG, dry_run=True)
    assert checked.outcome.release == ""
    assert [vars(account) for account in checked.outcome.accounts] == [
        vars(account) for account in first.outcome.accounts
    ]
    assert sorted(path.name for path in first.folder.rglob("*")) == before
    refreshed(exports(only=tiny.REQUIRED_FILES, name="new"), tmp_path / "no data yet", CONFIG, dry_run=True)
    assert not (tmp_path / "no data yet").exists()
