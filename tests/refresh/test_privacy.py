"""Names, comments, ids and quarantined values stay in personal.duckdb; readers can do nothing but read."""

from __future__ import annotations

import hashlib
import hmac

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxdata.database import open_release
from cxdata.refresh.build import keyed_hash
from tests.corpus import tiny
from tests.corpus.release import CONFIG, Refreshed

CANARY = "canary"
"""Stands in every value that must not leave personal.duckdb, and in nothing else."""

PERSONAL = {
    "customers.csv": "customer_id,name,segment,acquisition_cost\n"
    "canary-1,Ana canary,Home,5\ncanary-2,Eva canary,Home,5\ncanary-3,Leo canary,Home,canary\n"
    "canary-4,one,Home,1\ncanary-4,two,Home,1\ncanary-5,too,many,fields,canary\n",
    "surveys.csv": "survey_id,customer_id,responded_at\nS1,canary-1,2024-03-01\nS2,canary-unknown,2024-03-02\n"
    "S3,canary-2,canary\nS4,canary-2,2024-03-31T02:30:00\n",
    "answers.csv": "survey_id,question,score,state,comment\nS1,nps,9,,I am canary\nS2,nps,canary,,\n"
    'S2,csat_delivery,9,,canary off the scale\ncanary-no-survey,nps,9,,\nS2,nps,3,,"canary not closed\n',
    "interactions.csv": "interaction_id,customer_id,occurred_at,touchpoint,canary_column\n"
    "I1,canary-1,2024-03-01,shop,canary\nI2,canary-2,2024-03-01,shop,\nI2,canary-1,2024-03-01,shop,\n",
    "subscriptions.csv": "subscription_id,term,customer_id,started_on,due_on,outcome\n"
    "U1,1,canary-1,2023-01-01,2024-01-01,renewed\nU2,1,canary-2,2023-01-01,2024-01-01,canary\n",
    "revenue.csv": "customer_id,month,revenue\ncanary-1,2024-03,5\ncanary-2,2024-03,canary\n",
}


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Refreshed:
    """A release of exports in which every personal value and every bad value says 'canary'."""
    from tests.corpus.release import refreshed

    folder = tmp_path_factory.mktemp("privacy")
    exports = tiny.write(folder / "exports", {**tiny.REQUIRED_FILES, **PERSONAL})
    return refreshed(exports, folder / "data")


def test_no_personal_value_leaves_the_personal_file(release):
    """Neither in the bytes of what everybody may open, nor in any value of any table, which may be compressed."""
    for file in ("scorecard.duckdb", "manifest.json"):
        content = (release.home / file).read_bytes().lower().replace(b"canary_column", b"")
        assert CANARY.encode() not in content, file
    values = []
    with duckdb.connect(str(release.home / "scorecard.duckdb"), read_only=True) as connection:
        for (table,) in connection.execute("select table_name from duckdb_tables()").fetchall():
            values += connection.execute(f"select {table}::varchar from {table}").fetchall()
    assert len(values) > 30
    assert not [value for (value,) in values if CANARY in value.lower()]


def test_the_personal_file_holds_what_was_kept_back(release):
    """Otherwise the test above would pass on an empty release."""
    assert release.personal("select name from customers where customer_id = 'canary-1'") == [("Ana canary",)]
    assert release.personal("select comment from comments") == [("I am canary",)]
    bad = release.quarantine("file, value")
    assert {file for file, value in bad if CANARY in (value or "")} == {
        "answers.csv", "customers.csv", "surveys.csv", "subscriptions.csv", "revenue.csv",
    }  # fmt: skip
    assert (
        "interactions.csv: the column 'canary_column' is not in the contract and was left out"
        in release.warnings
    )


def test_a_build_leaves_no_copy_of_the_exports(release):
    """What was normalised or spilled on the way is gone: a data folder holds releases, a key and a pointer."""
    names = {path.name for path in release.folder.rglob("*") if path.is_file()}
    assert names == {
        "CURRENT",
        "refresh.lock",
        "secret.key",
        "scorecard.duckdb",
        "personal.duckdb",
        "manifest.json",
    }


def test_a_customers_hash_is_the_hmac_of_its_id(release):
    """The first 64 bits of HMAC-SHA256 under the key of this data folder, as the standard library computes it."""
    key = bytes.fromhex((release.folder / "secret.key").read_text().strip())
    assert len(key) == 32
    for customer, identity in release.personal("select customer, customer_id from customers"):
        assert customer == int(hmac.new(key, identity.encode(), "sha256").hexdigest()[:16], 16)


@settings(max_examples=25)
@given(key=st.binary(min_size=1, max_size=100), ids=st.lists(st.text(st.characters(exclude_characters="\x00",
       exclude_categories=("Cs",)), max_size=80), min_size=1, max_size=5))  # fmt: skip
def test_the_hash_in_sql_is_hmac_for_every_key_and_id(key, ids):
    """RFC 2104: a key longer than a block is hashed first."""
    with duckdb.connect() as connection:
        keyed_hash(connection, key)
        found = connection.execute(
            "select keyed_hash(id) from (select unnest($ids::varchar[]) as id)", {"ids": ids}
        )
        expected = [int.from_bytes(hmac.new(key, text.encode(), hashlib.sha256).digest()[:8]) for text in ids]
        assert [value for (value,) in found.fetchall()] == expected


PROBES = [
    "select * from read_csv('/etc/passwd')",
    "select * from read_text('/etc/hostname')",
    "select * from read_blob('{home}/manifest.json')",
    "select * from '{home}/manifest.json'",
    "select * from read_parquet('x.parquet')",
    "select * from glob('/etc/*')",
    "select * from sniff_csv('/etc/passwd')",
    "attach '{home}/personal.duckdb' as personal (read_only)",
    "attach '{home}/new.duckdb' as new",
    "copy (select 1) to '{home}/out.csv'",
    "copy answers to '{home}/out.parquet' (format parquet)",
    "export database '{home}/out'",
    "install httpfs",
    "load httpfs",
    "set enable_external_access = true",
    "set lock_configuration = false",
    "set threads = 8",
    "set memory_limit = '64GB'",
    "set temp_directory = '{home}'",
    "set home_directory = '/'",
    "set allowed_directories = ['/']",
    "pragma enable_profiling",
    "reset lock_configuration",
    "create persistent secret s (type s3)",
    "select * from not_a_table_but_a_frame",
    "delete from answers",
    "update answers set score = 10",
    "insert into answers (survey_id) values ('x')",
    "drop table answers",
    "create table x as select 1",
    "create view x as select 1",
    "alter table answers add column x integer",
    "select getenv('HOME')",
]


@pytest.mark.parametrize("probe", PROBES)
def test_a_reader_can_neither_leave_its_file_nor_change_it(release, probe, tmp_path):
    """No other file, no writing, no extension, no setting, no Python object."""
    import pandas as pd

    not_a_table_but_a_frame = pd.DataFrame({"a": [1]})
    before = sorted(path.name for path in release.folder.rglob("*"))
    opened = open_release(release.folder, release.outcome.release)
    with pytest.raises(duckdb.Error), opened._connection.cursor() as cursor:
        cursor.execute(probe.format(home=release.home)).fetchall()
    assert opened._connection.execute("select count(*) from answers").fetchall() == [(1,)]
    assert sorted(path.name for path in release.folder.rglob("*")) == before
    assert len(not_a_table_but_a_frame) == 1
    opened.close()


def test_an_error_shows_one_value_and_not_a_file(publish):
    """Messages go to logs: a value that helps to find the fault is cut, and a whole line is not shown."""
    from cxdata.errors import InputBlocked

    wrong = "x" * 500
    with pytest.raises(InputBlocked) as error:
        publish({"answers.csv": "survey_id,question,score\n" + f"S1,nps,{wrong}\n" * 30})
    assert wrong[:60] in str(error.value)
    assert wrong[:61] not in str(error.value)
    assert CONFIG.time_zone == "Europe/Madrid"
