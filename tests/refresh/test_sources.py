"""Foreign exports through a source: a folder of selects, held to the same accounts as contract files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from cxdata.config import Config
from cxdata.errors import ConfigInvalid, CxError, InputBlocked, InputMissing
from cxdata.refresh import sources
from tests.corpus import tiny
from tests.corpus.release import CONFIG, Refreshed, refreshed

SHOP = {
    "source.toml": """title = "A shop"
as_of = "2024-06-15"
[format]
separator = ";"
encoding = "latin-1"
[files.visits]
pattern = "visits_*.csv"
""",
    "customers.sql": 'select "Klient" as customer_id, null as name, _file, _record from visits',
    "questions.sql": "select 'nps' as question, 'nps' as metric, '0' as scale_min, '10' as scale_max\n"
    "union all select 'csat', 'csat', '1', '5'",
    "surveys.sql": 'select id as survey_id, "Klient" as customer_id, "Day" as responded_at, _file, _record from visits',
    "answers.sql": "select id as survey_id, 'nps' as question, nps as score, _file, _record from visits\n"
    "union all select id, 'csat', csat, _file, _record from visits",
}
VISITS = "id;Klient;Day;nps;csat\n1;Peña;2024-03-01;9;5\n2;Gil;2024-03-02;ten;4\n3;Gil\n4;Peña;2024-03-04;3;\n".encode(
    "latin-1"
)


@pytest.fixture
def through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Refreshed]:
    """A function: files of the source that differ, and exports -> what the refresh published."""
    monkeypatch.setattr(sources, "SOURCES_FOLDER", tmp_path / "sources")

    def run(
        source: dict[str, str | None] | None = None,
        exports: dict[str, bytes] | None = None,
        config: Config = CONFIG,
    ) -> Refreshed:
        tiny.write(tmp_path / "sources" / "shop", {**SHOP, **(source or {})})
        folder = tiny.write(tmp_path / "exports", exports or {"visits_2024.csv": VISITS})
        return refreshed(folder, tmp_path / "data", config, source="shop", as_of=None)

    return run


def test_one_record_becomes_rows_of_several_tables_and_has_one_fate(through):
    """Record 2 is broken in one of its answers, record 3 is no record: two of four are quarantined.

    What is right in record 2 is loaded nonetheless; its account says that not all of it was.
    """
    release = through()
    assert release.counts("visits_2024.csv") == (4, 2, 2, 0)
    assert release.counts("shop/questions.sql") == (2, 2, 0, 0)
    assert release.quarantine("file, record, table_name, column_name, value, reason") == [
        ("visits_2024.csv", 2, "answers", "score", "ten", "not_integer"),
        ("visits_2024.csv", 3, "visits", "", "3;Gil", "malformed"),
    ]
    assert release.rows(
        "select survey_id, question, score from answers where state = 'rated' order by all"
    ) == [
        ("1", "csat", 5),
        ("1", "nps", 9),
        ("2", "csat", 4),
        ("4", "nps", 3),
    ]
    assert release.personal("select customer_id from customers order by 1") == [("Gil",), ("Peña",)]
    assert release.outcome.manifest["source"] == "shop"
    assert release.outcome.manifest["as_of"] == "2024-06-15"


def test_a_select_that_loses_records_is_found_out(through):
    """Record 4 has no csat; a select that leaves it out of every table would lose it in silence."""
    kept = {
        name: f"select * from ({text}) where _record < 4" for name, text in SHOP.items() if "_record" in text
    }
    with pytest.raises(InputBlocked) as error:
        through(kept)
    assert str(error.value) == (
        "visits_2024.csv: 4 records were read but 3 are accounted for (1 loaded, 2 quarantined, 0 duplicates). "
        "Nothing was published."
    )


BROKEN: list[tuple[dict[str, str | None], type[CxError], str]] = [
    ({"answers.sql": "select nothing from visits"}, InputBlocked, r"shop/answers\.sql: the select failed .*Mend the SQL"),
    ({"answers.sql": "selec"}, InputBlocked, r"shop/answers\.sql: the select failed .*Mend the SQL"),
    ({"answers.sql": "select id as survey_id, nps as score, _file, _record from visits"}, InputBlocked,
     r"shop/answers\.sql: the required column question is missing"),
    ({"answers.sql": "select id as survey_id, 'nps' as question, nps as score, null as _file, _record from visits"},
     InputBlocked, r"shop/answers\.sql: 3 rows carry no _file and _record of a raw table"),
    ({"answers.sql": "select id as survey_id, 'nps' as question, 'x' as _record, _file from visits"},
     InputBlocked, r"shop/answers\.sql: its rows cannot be staged .*Mend the SQL"),
    ({"answers.sql": None}, InputBlocked, r"source shop: no select for the required table answers \(answers\.sql\)"),
    ({"source.toml": "title = "}, ConfigInvalid, r"source\.toml: not valid TOML"),
    ({"source.toml": "colour = 'red'\n[files]\n"}, ConfigInvalid, r"expected title, as_of, .*; unknown: colour"),
    ({"source.toml": "files = 3"}, ConfigInvalid, r"shop/source\.toml: expected title"),
    ({"source.toml": "[files]\nvisits = 'visits.csv'"}, ConfigInvalid, r"each raw table is a section"),
    ({"source.toml": SHOP["source.toml"].replace("2024-06-15", "soon")}, ConfigInvalid, r"as_of = 'soon' is not a date"),
    ({"source.toml": SHOP["source.toml"].replace('";"', '";;"')}, ConfigInvalid, r"\[format\]: separator = ';;'"),
    ({"source.toml": SHOP["source.toml"].replace("pattern", "path")}, ConfigInvalid, r"unknown key 'path'\. Known: "),
    ({"source.toml": SHOP["source.toml"].replace("visits_*", "calls_*")}, InputBlocked,
     r"no file matches 'calls_\*\.csv', which the source needs for its raw table visits\. Files found: visits_2024\.csv"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "kind", "message"), BROKEN)
def test_a_source_that_cannot_be_followed_is_named(through, change, kind, message):
    with pytest.raises(kind, match=message) as error:
        through(change)
    assert "\n" not in str(error.value)


def test_an_unknown_source_is_answered_with_those_there_are(through, tmp_path):
    through()
    with pytest.raises(
        InputMissing, match=r"there is no source 'shopp' in sql/sources/\. Choose from: shop\."
    ):
        refreshed(tmp_path / "exports", tmp_path / "data", source="shopp")


def test_files_of_one_raw_table_may_stand_in_another_order_but_not_have_other_columns(through):
    other = "nps;id;csat;Klient;Day\n7;5;5;Gil;2024-03-05\n".encode("latin-1")
    release = through(exports={"visits_2024.csv": VISITS, "visits_2025.csv": other})
    assert release.counts("visits_2025.csv") == (1, 1, 0, 0)
    assert release.rows("select score from answers where survey_id = '5' order by 1") == [(5,), (7,)]
    with pytest.raises(
        InputBlocked, match=r"visits_2026\.csv: its columns are not those of the other files of the raw"
    ):
        through(exports={"visits_2026.csv": b"id;Klient;Day;nps;csat;more\n6;Gil;2024-03-05;7;5;x\n"})


def test_a_misspelt_contract_column_is_left_out_with_a_warning(through):
    release = through({"surveys.sql": SHOP["surveys.sql"].replace("customer_id", "custommer")})
    assert (
        "shop/surveys.sql: the column 'custommer' is not in the contract and was left out" in release.warnings
    )


def test_contract_files_are_not_compared_with_the_release_of_a_source(through, publish):
    """Two customers of the source, three of the contract files: another source is another story."""
    through()
    release = publish(config=replace(CONFIG, keep_releases=3))
    assert release.outcome.manifest["previous"] is None


@pytest.mark.real_data
def test_the_airport_survey_comes_out_as_published(real_data, tmp_path):
    """NPS 39.84 of 2017 from 2,746 answers; counting code 11, which is a blank, would give 41.61."""
    release = refreshed(real_data, tmp_path / "data", Config(), source="sfo_airport", as_of=None)
    scores = release.rows(
        """select sum(answers), 100.0 * (sum(answers) filter (where score >= 9) - sum(answers) filter (where score <= 6))
               / sum(answers)
           from monthly_scores join questions using (question)
           where cut = 'none' and metric = 'nps' and year(month) = 2017"""
    )
    assert scores[0][0] == 2746
    assert scores[0][1] == pytest.approx(39.84, abs=0.005)
    assert all(account.read == account.loaded for account in release.outcome.accounts)


@pytest.mark.real_data
def test_the_churn_sample_comes_out_as_published(real_data, tmp_path):
    """1,869 of 7,043 customers churned, 26.54 %; the eleven without charges are quarantined for revenue only."""
    release = refreshed(real_data, tmp_path / "data", Config(), source="ibm_telco", as_of=None)
    assert release.rows(
        "select count(*), count(*) filter (where outcome = 'churned') from subscriptions"
    ) == [(7043, 1869)]
    assert release.outcome.manifest["as_of"] <= date.today().isoformat()
