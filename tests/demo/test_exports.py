"""The files of the demo: the same every time, in the columns of the contract, within the limits of the calendar."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import pytest

from cxdata.demo import write_exports

COLUMNS = {
    "customers": "customer_id valid_from name segment region plan persona language acquired_on acquisition_channel "
    "acquisition_cost",
    "touchpoints": "touchpoint stage stage_order factor owner moment_of_truth description",
    "interactions": "interaction_id customer_id occurred_at touchpoint channel wait_minutes handling_minutes resolved "
    "is_complaint team cost",
    "questions": "question metric label touchpoint scale_min scale_max higher_is_better favourable_from valid_from "
    "factor",
    "surveys": "survey_id customer_id interaction_id touchpoint channel sent_at responded_at language weight",
    "answers": "survey_id question score state comment",
    "subscriptions": "subscription_id term customer_id started_on due_on outcome decided_on annual_value "
    "annual_margin product",
    "revenue": "customer_id month revenue cost_to_serve product",
    "targets": "metric touchpoint segment valid_from target",
    "actions": "action_id title touchpoint segment owner started_on due_on finished_on status cost metric "
    "expected_change",
    "employee_pulse": "team month question answers score_sum score_sq_sum",
}
EXPORTED_AT = "2026-11-18T09:00:00"


def _digests(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}


def test_the_same_seed_writes_the_same_bytes(demo_folder, tmp_path):
    write_exports(tmp_path)
    assert _digests(tmp_path) == _digests(demo_folder)
    assert len(_digests(tmp_path)) == len(COLUMNS) + 1


def test_another_seed_draws_another_company(demo_folder, tmp_path):
    write_exports(tmp_path, seed=7)
    same = {name for name, digest in _digests(tmp_path).items() if digest == _digests(demo_folder)[name]}
    assert same == {"touchpoints.csv", "questions.csv", "targets.csv", "actions.csv"}


@pytest.mark.parametrize("table", COLUMNS)
def test_the_columns_are_those_of_the_contract(demo_folder, table):
    lines = (demo_folder / f"{table}.csv").read_bytes()
    assert lines.split(b"\n", 1)[0].decode() == ",".join(COLUMNS[table].split())
    assert b"\r" not in lines
    assert lines.endswith(b"\n")


@pytest.mark.parametrize(
    ("table", "least", "most"),
    [
        ("customers", 20_000, 23_000),
        ("interactions", 140_000, 160_000),
        ("surveys", 56_000, 66_000),
        ("answers", 70_000, 95_000),
        ("subscriptions", 37_000, 43_000),
        ("revenue", 250_000, 350_000),
        ("touchpoints", 10, 12),
        ("actions", 8, 8),
    ],
)
def test_the_demo_is_as_large_as_promised(records, table, least, most):
    assert least <= len(records(table)) <= most


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("interactions", "occurred_at"),
        ("surveys", "sent_at"),
        ("surveys", "responded_at"),
        ("subscriptions", "started_on"),
        ("subscriptions", "decided_on"),
        ("customers", "valid_from"),
        ("revenue", "month"),
    ],
)
def test_nothing_lies_after_the_export_or_in_the_hour_of_the_clock_change(clean, table, column):
    values = clean(table)[column]
    assert values.max() <= EXPORTED_AT
    assert not values.str.contains("T0[0-6]:").any()


def test_a_term_is_decided_in_the_twenty_days_before_it_is_due(clean):
    terms = clean("subscriptions")
    still_open = terms[terms["outcome"] == "open"]
    assert (still_open["decided_on"] == "").all()
    assert still_open["due_on"].min() >= "2026-11-18"
    decided = terms[terms["outcome"] != "open"]
    days = (pd.to_datetime(decided["due_on"]) - pd.to_datetime(decided["decided_on"])).dt.days
    assert (days.min(), days.max()) == (0, 20)


def test_a_customer_who_left_has_no_later_contact_and_no_later_term(clean):
    terms = clean("subscriptions")
    left = terms[terms["outcome"] == "churned"].set_index("customer_id")["due_on"]
    assert len(left) > 4_000
    for table, column in (
        ("interactions", "occurred_at"),
        ("surveys", "sent_at"),
        ("subscriptions", "started_on"),
    ):
        rows = clean(table)
        assert not (rows[column] > rows["customer_id"].map(left).fillna("9")).any()


def test_nobody_is_asked_twice_within_sixty_days(clean):
    surveys = clean("surveys")
    asked = surveys[surveys["customer_id"] != ""]
    days = pd.to_datetime(asked["sent_at"].str[:10]).sort_values()
    gaps = days.groupby(asked["customer_id"]).diff().dt.days
    assert gaps.min() >= 60


def test_a_survey_after_a_contact_carries_its_customer_touchpoint_and_channel(clean):
    surveys = clean("surveys")
    about = surveys[surveys["interaction_id"] != ""].set_index("interaction_id")
    contacts = clean("interactions").set_index("interaction_id").loc[about.index]
    assert len(about) > 20_000
    for column in ("customer_id", "touchpoint", "channel"):
        assert (about[column] == contacts[column]).all()
    assert (about["sent_at"] > contacts["occurred_at"]).all()


def test_scores_lie_on_the_scale_of_their_question_and_only_rated_answers_have_one(clean):
    answers = clean("answers").merge(clean("questions"), on="question", how="left")
    rated = answers[answers["state"] == "rated"]
    assert (answers[answers["state"] != "rated"]["score"] == "").all()
    assert (rated["score"].astype(int) >= rated["scale_min"].astype(int)).all()
    assert (rated["score"].astype(int) <= rated["scale_max"].astype(int)).all()
    assert set(answers["state"]) == {"rated", "not_experienced", "not_asked", "refused"}
    assert len(rated) / len(answers) > 0.75


def test_each_answered_survey_has_two_to_six_answers(clean):
    answered = clean("answers")["survey_id"].value_counts()
    assert answered.max() <= 6
    # The records that were spoilt are missing here: the surveys they belong to may be short of one.
    assert (answered < 2).sum() <= 5


def test_a_month_of_revenue_is_exported_once_for_a_customer(clean):
    assert not clean("revenue").duplicated(["customer_id", "month"]).any()


def test_comments_are_written_in_the_language_of_the_customer(clean):
    """Among thousands of comments, ' the ' is never Spanish and ' la ' is never English."""
    answers = clean("answers").merge(clean("surveys"), on="survey_id")
    commented = answers[answers["comment"] != ""]
    text = commented.groupby("language")["comment"].agg(" ".join)
    assert text["en"].count(" the ") > 300
    assert text["en"].count(" la ") == 0
    assert text["es"].count(" la ") > 300
    assert text["es"].count(" the ") == 0
    assert commented["comment"].nunique() > 2_000
    assert commented["comment"].str.contains("\n").any()
    assert commented["comment"].str.contains('"').any()
