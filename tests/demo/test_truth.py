"""What was planted can be seen in the written files, and truth.json says where."""

from __future__ import annotations

import pandas as pd
import pytest


def _ratings(clean, question: str) -> pd.DataFrame:
    """Month of the answer, segment and score of every rating of a question by customers of one segment."""
    answers = clean("answers")
    rated = answers[(answers["question"] == question) & (answers["score"] != "")]
    rated = rated.merge(clean("surveys"), on="survey_id")
    return pd.DataFrame(
        {
            "month": rated["responded_at"].str[:7],
            "segment": rated["customer_id"].map(_segments(clean)),
            "score": rated["score"].astype(int),
        }
    )


def _segments(clean) -> pd.Series:
    """Segment of each customer; those who changed it are left out."""
    pairs = clean("customers")[["customer_id", "segment"]].drop_duplicates()
    return pairs.drop_duplicates("customer_id", keep=False).set_index("customer_id")["segment"]


def _nps(scores: pd.Series) -> float:
    return 100 * ((scores >= 9).mean() - (scores <= 6).mean())


def test_the_truth_names_what_it_is_about(truth):
    named = [truth[name] for name in ("as_of", "time_zone", "currency", "seed")]
    assert named == ["2026-11-18", "Europe/Madrid", "EUR", 20261118]


def test_nps_is_that_of_an_ordinary_company(clean):
    ratings = _ratings(clean, "nps_relationship")
    assert 25 < _nps(ratings["score"]) < 40
    by_segment = ratings.groupby("segment")["score"].apply(_nps)
    assert by_segment["Student"] < by_segment["Courier"] < by_segment["Commuter"] < by_segment["Family"]


def test_the_strike_spoils_the_deliveries_of_one_month(clean, truth):
    """About 4.1 of 5 in the three months before; one point less in March 2026; over by May."""
    months = _ratings(clean, "csat_delivery").groupby("month")["score"]
    mean = months.mean()
    before = months.sum()["2025-12":"2026-02"].sum() / months.size()["2025-12":"2026-02"].sum()
    measured = truth["incident"]["measured"]["mean_csat_of_answers"]
    assert mean["2026-03"] == pytest.approx(measured["in_the_month"], abs=0.02)
    assert before == pytest.approx(measured["three_months_before"], abs=0.02)
    assert mean["2026-03"] < before - 0.7
    assert mean["2026-05"] > before - 0.3


def test_the_strike_brings_complaints_and_long_waits(clean):
    contacts = clean("interactions")
    contacts["month"] = contacts["occurred_at"].str[:7]
    deliveries = contacts[contacts["touchpoint"] == "delivery"]
    complaints = (deliveries["is_complaint"] == "true").groupby(deliveries["month"]).mean()
    calls = contacts[contacts["touchpoint"] == "support_call"]
    waits = calls["wait_minutes"].astype(int).groupby(calls["month"]).mean()
    assert complaints["2026-03"] > 4 * complaints["2026-02"]
    assert waits["2026-03"] > 1.6 * waits["2026-02"]


def test_the_mix_moves_nps_although_no_segment_does(clean, truth):
    """Students answer about twice as often from June 2026 on; without them NPS stays where it was."""
    ratings = _ratings(clean, "nps_relationship").query("month >= '2025-12'")
    late = ratings["month"] >= "2026-06"
    students = ratings["segment"] == "Student"
    assert students[late].mean() > 1.9 * students[~late].mean()
    change = _nps(ratings["score"][late]) - _nps(ratings["score"][~late])
    others = _nps(ratings["score"][late & ~students]) - _nps(ratings["score"][~late & ~students])
    # The standard error of the difference between two half-years of about 1,700 answers is 2.6 points.
    assert abs(others) < 5.2
    assert truth["mix"]["expected_mix_effect_nps_points"] < -4
    assert change - others == pytest.approx(truth["mix"]["expected_mix_effect_nps_points"], abs=3)


def test_couriers_cost_more_than_they_pay(clean, truth):
    revenue = clean("revenue")
    margin = revenue["revenue"].astype(float) - revenue["cost_to_serve"].astype(float)
    by_segment = margin.groupby(revenue["customer_id"].map(_segments(clean))).sum()
    assert list(by_segment.index[by_segment < 0]) == ["Courier"]
    expected = truth["loss_making_segment"]["margin_eur_36_months"]["Courier"]
    # The truth counts those who became or ceased to be couriers month by month; here they are left out.
    assert by_segment["Courier"] == pytest.approx(expected, rel=0.10)


def test_the_call_back_shortens_the_wait_of_families_alone(clean):
    contacts = clean("interactions")
    calls = contacts[contacts["touchpoint"] == "support_call"]
    family = calls["customer_id"].map(_segments(clean)) == "Family"
    wait = calls["wait_minutes"].astype(int).groupby([family, calls["occurred_at"] >= "2025-09"]).mean()
    assert wait[True, True] / wait[True, False] < 0.6
    assert 0.8 < wait[False, True] / wait[False, False] < 1.2


def test_the_call_back_lifts_the_satisfaction_of_families(clean, truth):
    """Families against the others, after against before: four means, standard error about 0.11."""
    action = next(action for action in truth["actions"] if action["worked"])
    ratings = _ratings(clean, "csat_support_call")
    mean = ratings["score"].groupby([ratings["segment"] == "Family", ratings["month"] >= "2025-09"]).mean()
    lift = (mean[True, True] - mean[True, False]) - (mean[False, True] - mean[False, False])
    assert lift == pytest.approx(action["true_change_mean_csat"], abs=0.22)
    assert lift > 0.1


def test_renewals_follow_what_happened(clean, truth):
    """The rate is the truth's; after a year with an unresolved contact fewer renew than after one without."""
    terms = clean("subscriptions")
    decided = terms[terms["outcome"] != "open"].reset_index()
    renewed = decided["outcome"] == "renewed"
    assert len(decided) == pytest.approx(truth["renewal"]["decisions"], abs=3)
    assert renewed.mean() == pytest.approx(truth["renewal"]["renewal_rate"], abs=0.001)
    assert 0.80 <= truth["renewal"]["renewal_rate"] <= 0.84
    contacts = clean("interactions")
    unresolved = contacts[contacts["resolved"] == "false"].merge(decided, on="customer_id")
    days_before = (pd.to_datetime(unresolved["due_on"]) - pd.to_datetime(unresolved["occurred_at"])).dt.days
    had_one = decided["index"].isin(unresolved["index"][days_before.between(30, 364)])
    assert renewed[~had_one].mean() > renewed[had_one].mean() + 0.08


def test_a_bad_delivery_weighs_twice_as_much_as_a_good_one(truth):
    drivers = truth["renewal"]["drivers"]
    assert drivers["delivery_bad"]["log_odds"] == -2 * drivers["delivery_good"]["log_odds"]
    assert drivers["delivery_bad"]["average_marginal_effect_percentage_points"] < -10
    without_effect = [name for name, driver in drivers.items() if driver["log_odds"] == 0]
    assert without_effect == truth["renewal"]["without_effect"] == ["app_rating"]


def test_the_workshop_is_rated_on_a_new_scale_from_july_2025(clean):
    answers = clean("answers").merge(clean("surveys"), on="survey_id")
    old = answers["sent_at"][answers["question"] == "csat_workshop"]
    new = answers["sent_at"][answers["question"] == "csat_workshop_7"]
    assert old.max() < "2025-07-01" <= new.min()
    assert min(len(old), len(new)) > 300


def test_every_row_of_the_story_is_in_the_files(clean, truth):
    story = truth["story"]

    def hers(table: str) -> pd.DataFrame:
        rows = clean(table)
        return rows[rows["customer_id"] == story["customer_id"]]

    contacts, surveys, terms = hers("interactions"), hers("surveys"), hers("subscriptions")
    for column in ("interaction_id", "occurred_at", "touchpoint", "channel"):
        assert list(contacts[column]) == [entry[column] for entry in story["interactions"]]
    assert list(contacts["wait_minutes"]).count("38") == 1

    answers = clean("answers")
    for entry, (_, survey) in zip(story["surveys"], surveys.iterrows(), strict=True):
        assert (survey["survey_id"], survey["responded_at"]) == (entry["survey_id"], entry["responded_at"])
        given = answers[answers["survey_id"] == entry["survey_id"]]
        assert dict(zip(given["question"], given["score"].astype(int), strict=True)) == entry["scores"]
        assert [comment for comment in given["comment"] if comment] == [entry["comment"]]
    assert set(surveys["language"]) == {"es"}

    for column in ("subscription_id", "due_on", "outcome", "decided_on"):
        assert list(terms[column]) == [entry[column] for entry in story["terms"]]
    assert list(terms["outcome"]) == ["renewed", "churned"]
    assert list(hers("customers")["name"]) == [story["name"]]
