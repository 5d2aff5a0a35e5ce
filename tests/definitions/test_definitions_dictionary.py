"""The glossary and the data dictionary: complete, and as this company has set it."""

from __future__ import annotations

import csv

import pandas as pd
import pytest

from cxdata.config import Config
from cxdata.contract import TABLES, table
from cxdata.database import open_release
from cxdata.definitions import dictionary, query
from cxdata.definitions.entries import found, metric_entries, term_entries
from cxdata.definitions.questions import questions_table
from cxdata.language import set_language
from cxdata.schema import KIND_LABELS, UNIT_LABELS
from cxdata.scorecard import query as scorecard_query
from cxdata.templates import write_templates
from cxdata.terms import TERMS
from cxdata.vocabulary import METRICS


@pytest.fixture(autouse=True)
def english():
    set_language("en")


def facts(entries, code: str) -> dict[str, str]:
    return dict(next(entry for entry in entries if entry.code == code).facts)


def test_every_metric_and_term_has_an_entry():
    assert [entry.code for entry in metric_entries(Config())] == list(METRICS)
    assert [entry.code for entry in term_entries(Config())] == [term.code for term in TERMS]


def test_the_convention_in_force_is_that_of_the_company():
    shares, means = metric_entries(Config(csat="share")), metric_entries(Config(csat="mean"))
    assert facts(shares, "csat")["In force here"] == "share of favourable answers"
    assert facts(shares, "csat")["Unit"].startswith("per cent")
    assert facts(means, "csat")["In force here"] == "mean of the scores"
    assert facts(means, "csat")["Unit"] == "points of the question's scale"
    assert "In force here" not in facts(shares, "nps")


def test_settings_stand_with_the_terms_they_decide_about():
    entries = term_entries(Config(min_base=30, time_zone="Europe/Madrid"))
    assert facts(entries, "min_base")["In force here"] == "30 answers"
    assert facts(entries, "month")["In force here"] == "time zone Europe/Madrid"


def test_the_entry_that_is_called_so_comes_first():
    """'nps' also occurs in eNPS; 'churn rate' names one metric exactly."""
    assert [entry.code for entry in found(metric_entries(Config()), "nps")] == ["nps", "enps"]
    assert found(metric_entries(Config()), "Churn rate")[0].code == "churn_rate"
    assert found(metric_entries(Config()), "zzz") == []
    assert len(found(term_entries(Config()), " ")) == len(TERMS)


@pytest.mark.parametrize("entry", TABLES, ids=lambda entry: entry.name)
def test_contract_columns_are_all_described(entry):
    frame = dictionary.contract_columns(entry)
    assert tuple(frame.columns) == dictionary.CONTRACT_COLUMNS
    assert list(frame["column"]) == [column.name for column in entry.columns]
    assert frame["meaning"].str.len().min() > 0
    assert set(frame["required"]) <= {"yes", ""}


def test_what_a_column_allows_is_said():
    frame = dictionary.contract_columns(table("surveys")).set_index("column")
    assert frame.loc["weight", "allowed"] == "≥ 0"
    assert frame.loc["sent_at", "allowed"] == "not in the future"
    assert dictionary.contract_columns(table("answers")).set_index("column").loc["state", "allowed"] == (
        "rated · not_experienced · not_asked · refused"
    )


def test_kinds_and_units_are_said_in_the_readers_language():
    """Every kind and unit of the contract has words; a Spanish reader gets no English ones."""
    kinds = {column.kind for entry in TABLES for column in entry.columns}
    units = {column.unit for entry in TABLES for column in entry.columns if column.unit}
    assert (kinds, units) == (set(KIND_LABELS), set(UNIT_LABELS))
    set_language("es")
    interactions = dictionary.contract_columns(table("interactions")).set_index("column")
    assert list(interactions.loc["wait_minutes", ["kind", "unit"]]) == ["número", "minutos"]
    assert interactions.loc["wait_minutes", "allowed"].endswith(" minutos")
    assert interactions.loc["resolved", "kind"] == "verdadero o falso"


def test_rules_across_columns_are_said():
    assert "due_on is after started_on" in dictionary.rules(table("subscriptions"))


def test_published_tables_are_those_of_the_release(tiny_release):
    release = open_release(tiny_release.folder, tiny_release.outcome.release)
    tables = dictionary.published_tables(query.published_columns(release))
    names = [(entry.group, entry.name) for entry in tables]
    assert ("marts", "monthly_scores") in names
    assert ("personal", "quarantine") in names
    assert [group for group, _ in names] == sorted(
        (group for group, _ in names), key="facts marts personal".find
    )
    scores = next(frame for entry, frame in tables.items() if entry.name == "monthly_scores")
    assert list(scores.set_index("column").loc["answers"]) == ["bigint", "Rated answers."]


def test_a_column_of_a_later_version_is_shown_without_a_meaning():
    columns = pd.DataFrame(
        [("targets", "mood", "double")], columns=["table_name", "column_name", "data_type"]
    )
    tables = dictionary.published_tables(columns)
    targets = next(frame for entry, frame in tables.items() if entry.name == "targets")
    assert list(targets.loc[0]) == ["mood", "double", ""]


def test_templates_to_download_are_those_that_the_command_writes(tmp_path):
    write_templates(tmp_path)
    for entry in TABLES:
        assert dictionary.csv_template(entry) == (tmp_path / f"{entry.name}.csv").read_text(encoding="utf-8")
        assert next(csv.reader([dictionary.csv_template(entry)])) == [column.name for column in entry.columns]


def test_questions_are_said_with_their_scale_and_the_months_they_were_asked(tiny_release):
    """The four NPS ratings are of 12 March, 31 March, 4 May and 6 May 2024."""
    release = open_release(tiny_release.folder, tiny_release.outcome.release)
    frame = questions_table(scorecard_query.questions(release), {"delivery": "Delivery to the door"})
    rows = frame.set_index("Code").to_dict("index")
    assert rows["nps"] == {
        "Question": "Would you recommend us?", "Metric": "NPS", "Scale": "0–10", "Touchpoint": "as the survey",
        "Favourable": "", "Asked": "Mar 2024 – May 2024", "Answers": "4",
    }  # fmt: skip
    assert rows["csat_delivery"]["Touchpoint"] == "Delivery to the door"
    assert rows["csat_delivery"]["Favourable"] == "≥ 4"


def test_questions_on_falling_scales_and_without_answers_say_so():
    question = {
        "question": "effort", "metric": "ces", "label": "How hard was it?", "touchpoint": "", "scale_min": 1,
        "scale_max": 7, "higher_is_better": False, "favourable_from": 2, "first_month": pd.NaT,
        "last_month": pd.NaT, "answers": 0,
    }  # fmt: skip
    row = questions_table(pd.DataFrame([question]), {}).to_dict("records")[0]
    assert (row["Scale"], row["Favourable"], row["Asked"]) == (
        "1–7, lower is better",
        "≤ 2",
        "never answered",
    )


def test_a_metric_that_is_not_known_is_shown_by_its_code():
    question = {
        "question": "q", "metric": "mood", "label": "Mood?", "touchpoint": "", "scale_min": 1, "scale_max": 5,
        "higher_is_better": True, "favourable_from": None, "first_month": pd.Timestamp("2024-03-01"),
        "last_month": pd.Timestamp("2024-03-01"), "answers": 3,
    }  # fmt: skip
    row = questions_table(pd.DataFrame([question]), {}).to_dict("records")[0]
    assert (row["Metric"], row["Favourable"], row["Asked"]) == ("mood", "", "Mar 2024")
