"""The monthly scorecard from counted answers: values, changes, targets, and why something is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from cxdata.config import Config
from cxdata.database import Release, current_id, open_release
from cxdata.language import set_language
from cxdata.scorecard import board
from cxdata.selection import Selection
from tests.corpus import counted, tiny
from tests.corpus.counted import Answers, Company, Terms
from tests.corpus.release import refreshed
from tests.corpus.sheets import FEBRUARY, cell, table_of, tile_of

COMPANY = Company(
    answers=[
        Answers("2025-02", "nps", {10: 40, 8: 10, 3: 10}),
        Answers("2026-01", "nps", {10: 42, 8: 6, 3: 12}),
        Answers("2026-02", "nps", {10: 30, 8: 15, 3: 15}),
        Answers("2026-01", "csat_delivery", {5: 160, 2: 40}),
        Answers("2026-02", "csat_delivery", {5: 100, 2: 100}),
        Answers("2026-01", "csat_call", {5: 8, 1: 12}, "Business"),
        Answers("2026-02", "csat_call_7", {7: 9, 2: 3}, "Business"),
        Answers("2026-03", "nps", {10: 4, 3: 1}),
    ],
    terms=[Terms("2026-01", 80, 20), Terms("2026-02", 30, 10)],
    silent={"2026-01": 20, "2026-02": 328},
    targets="nps,,,2025-01-01,60\nnps,,,2026-02-20,30\nnps,,,2026-03-01,90\ncsat,delivery,,2025-01-01,0.8\n",
)

Open = Callable[..., Release]


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    """A function: company -> its release."""

    def publish(company: Company, config: Config = counted.CONFIG, **files: str) -> Release:
        exports = tiny.write(
            tmp_path / "exports", {**company.files(), **{f"{name}.csv": text for name, text in files.items()}}
        )
        refreshed(exports, tmp_path / "data", config, as_of=counted.AS_OF)
        return open_release(tmp_path / "data", current_id(tmp_path / "data"))

    return publish


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    folder = tmp_path_factory.mktemp("board")
    refreshed(
        tiny.write(folder / "exports", COMPANY.files()), folder / "data", counted.CONFIG, as_of=counted.AS_OF
    )
    return open_release(folder / "data", current_id(folder / "data"))


# Values


def test_a_tile_holds_the_number_its_base_and_both_changes(release):
    """NPS: February (30 - 15)/60 = 25, January (42 - 12)/60 = 50, a year ago (40 - 10)/60 = 50."""
    tile = tile_of(release, "nps")
    assert tile.estimate == pytest.approx(25)
    assert tile.base == 60
    assert tile.conf_low < 25 < tile.conf_high
    assert (tile.month.previous, tile.month.estimate) == (pytest.approx(50), pytest.approx(-25))
    assert (tile.year.previous, tile.year.estimate) == (pytest.approx(50), pytest.approx(-25))


def test_a_fall_of_thirty_points_in_two_hundred_answers_is_real_and_bad(release):
    """CSAT on 1-5: January 168 of 220 favourable (76.4 %), February 100 of 200 (50 %)."""
    tile = tile_of(release, "csat")
    assert tile.estimate == pytest.approx(0.5)
    assert tile.month.previous == pytest.approx(168 / 220)
    assert (tile.month.verdict, tile.month.judgement) == ("down", "bad")
    assert tile.year.verdict == "no_data"


def test_renewal_and_retention_come_from_the_terms(release):
    """30 of 40 terms of 100 each are renewed at 100: every rate is 75 %."""
    for metric in ("renewal_rate", "gross_retention", "net_retention"):
        tile = tile_of(release, metric)
        assert (tile.estimate, tile.base) == (pytest.approx(0.75), 40)


def test_the_company_chooses_renewal_or_churn(release):
    churn = tile_of(release, "churn_rate", config=replace(counted.CONFIG, headline="churn_rate"))
    assert churn.estimate == pytest.approx(0.25)
    assert not churn.higher_is_better


def test_the_response_rate_counts_invitations_by_the_month_of_sending(release):
    """February: 60 + 200 + 12 of 600 invitations."""
    tile = tile_of(release, "response_rate")
    assert (tile.estimate, tile.base) == (pytest.approx(272 / 600), 600)


def test_rolling_windows_of_the_trends_page_do_not_reach_the_scorecard(release):
    """Windows that share months would be compared with themselves."""
    rolling = tile_of(release, "nps", selection=Selection(month=FEBRUARY, window=3))
    assert rolling.estimate == tile_of(release, "nps").estimate
    table = table_of(release, "touchpoint", Selection(window=3))
    assert cell(table, "delivery", "csat")["base"] == 200


def test_the_series_ends_in_the_month_and_keeps_its_gaps(release):
    series = tile_of(release, "nps").series
    assert len(series) == board.SPARKLINE_MONTHS
    assert series["month"].iloc[-1] == pd.Timestamp(FEBRUARY)
    known = series.dropna(subset=["estimate"])
    assert list(known["month"].dt.strftime("%Y-%m")) == ["2025-02", "2026-01", "2026-02"]


def test_the_newest_closed_month_opens(release):
    """March 2026 is unfinished on the 15th."""
    assert board.default_month(release) == FEBRUARY


# Scales


def test_answers_on_another_scale_are_left_out_and_counted(release):
    tile = tile_of(release, "csat")
    assert (tile.scale, tile.left_out, tile.other_scales) == ("1–5", 12, ("1–7",))


def test_the_same_scale_with_another_favourable_mark_is_left_out_too(opened):
    """Six answers count as favourable from 5, twenty from 4; a sum of both would mean nothing."""
    questions = counted.QUESTIONS.replace(
        "csat_call,csat,How was the call?,call,1,5,true,4", "csat_call,csat,,call,1,5,true,5"
    )
    company = Company([Answers("2026-02", "csat_delivery", {5: 20}), Answers("2026-02", "csat_call", {4: 6})])
    tile = tile_of(opened(company, questions=questions), "csat")
    assert (tile.base, tile.estimate, tile.favourable_from) == (20, 1.0, 4)
    assert (tile.left_out, tile.other_scales) == (6, ("1–5",))
    assert tile.series["base"].dropna().tolist() == [20]


def test_a_new_scale_is_not_compared(release):
    row = cell(table_of(release, "touchpoint"), "call", "csat")
    assert (row["scale"], row["verdict_month"], row["judgement_month"]) == ("1–7", "new_scale", "neutral")


# Small bases and gaps


def test_five_answers_are_too_few_for_a_score_or_a_verdict(release):
    tile = tile_of(release, "nps", month=date(2026, 3, 1))
    assert (tile.base, tile.enough) == (5, False)
    assert tile.month.verdict == "too_few"
    assert tile.series["estimate"].isna().iloc[-1]


def test_the_smallest_base_is_the_companys(release):
    strict = replace(counted.CONFIG, min_base=100)
    tile = tile_of(release, "nps", config=strict)
    assert not tile.enough
    assert tile.series["estimate"].isna().all()


@pytest.mark.parametrize(
    ("metric", "reason"),
    [
        ("ces", "no_question"),
        ("renewal_rate", "no_subscriptions"),
        ("gross_retention", "no_subscriptions"),
        ("response_rate", "no_sent"),
    ],
)
def test_a_tile_says_what_was_not_exported(opened, metric, reason):
    release = opened(Company([Answers("2026-02", "nps", {10: 20})], sent=False))
    tile = tile_of(release, metric)
    assert (tile.reason, tile.base) == (reason, 0)
    assert tile.estimate != tile.estimate


def test_invitations_that_were_all_answered_are_no_response_rate(opened):
    release = opened(Company([Answers("2026-02", "nps", {10: 20})]))
    assert tile_of(release, "response_rate").reason == "only_answered"


def test_terms_without_a_value_have_no_revenue_retention(opened):
    company = Company([Answers("2026-02", "nps", {10: 20})], terms=[Terms("2026-02", 10, 5)])
    lines = [line.rsplit(",", 1)[0] for line in str(company.files()["subscriptions.csv"]).splitlines()]
    release = opened(company, subscriptions="\n".join([*lines, ""]))
    assert tile_of(release, "gross_retention").reason == "no_value"
    assert tile_of(release, "renewal_rate").estimate == pytest.approx(10 / 15)


def test_net_retention_needs_the_terms_that_follow(opened):
    company = Company([Answers("2026-02", "nps", {10: 20})], terms=[Terms("2026-02", 10, 5)])
    lines = [line for line in str(company.files()["subscriptions.csv"]).splitlines() if ",2,C-" not in line]
    release = opened(company, subscriptions="\n".join([*lines, ""]))
    assert tile_of(release, "net_retention").reason == "no_next"
    assert tile_of(release, "gross_retention").estimate == pytest.approx(10 / 15)


def test_a_question_that_nobody_answered_says_so(opened):
    release = opened(Company([Answers("2026-02", "nps", {10: 20})]))
    assert tile_of(release, "csat").reason == "never_answered"


def test_an_empty_month_is_told_from_filters_that_leave_nothing(release):
    assert tile_of(release, "nps", month=date(2025, 7, 1)).reason == "no_month"
    nobody = Selection(month=FEBRUARY, segment=("Business",))
    assert tile_of(release, "nps", selection=nobody).reason == "no_match"


# Targets


def test_the_target_that_started_last_holds_and_next_months_does_not_yet(release):
    tile = tile_of(release, "nps")
    assert (tile.target, tile.target_gap) == (30, pytest.approx(-5))
    assert tile_of(release, "nps", month=date(2026, 1, 1)).target == 60


def test_a_touchpoints_target_holds_where_the_page_is_filtered_to_it(release):
    assert tile_of(release, "csat").target != tile_of(release, "csat").target
    tile = tile_of(release, "csat", selection=Selection(month=FEBRUARY, touchpoint=("delivery",)))
    assert (tile.target, tile.target_verdict, tile.target_judgement) == (0.8, "down", "bad")


@pytest.mark.parametrize(
    "filters",
    [{"segment": ("Home",)}, {"touchpoint": ("delivery", "call")}, {"channel": ("",), "touchpoint": ("",)}],
)
def test_what_no_target_was_set_for_has_none(release, filters):
    """The company's target is not that of one segment, and a touchpoint's is not that of two."""
    tile = tile_of(release, "csat", selection=Selection(month=FEBRUARY, **filters))
    assert tile.target_verdict == "no_target"


def test_a_number_that_does_not_know_a_filter_keeps_the_companys_target(opened):
    company = replace(COMPANY, targets="renewal_rate,,,2025-01-01,0.9\n")
    filtered = Selection(month=FEBRUARY, touchpoint=("delivery",))
    assert tile_of(opened(company), "renewal_rate", selection=filtered).target == 0.9


# Tables


def test_touchpoints_come_in_the_order_of_the_journey_and_the_rest_last(release):
    table = table_of(release, "touchpoint")
    assert board.lines_of(table) == ["delivery", "call", ""]


def test_lines_add_up_to_the_tile(release):
    table = table_of(release, "segment")
    assert table.loc[table["metric"] == "nps", "base"].sum() == tile_of(release, "nps").base


def test_a_line_that_fell_silent_stays_with_base_0(opened):
    company = Company(
        [Answers("2026-01", "csat_call", {5: 20}), Answers("2026-02", "csat_delivery", {5: 20, 1: 5})]
    )
    row = cell(table_of(opened(company), "touchpoint"), "call", "csat")
    assert (row["base"], row["verdict_month"], row["previous_base_month"]) == (0, "no_data", 20)
    assert row["month"] == pd.Timestamp(FEBRUARY)


def test_a_line_that_fell_silent_has_no_new_scale(opened):
    """Asked on 1-5 a year ago, on 1-7 last month, and not at all now."""
    company = Company(
        [
            Answers("2025-02", "csat_call", {5: 20}),
            Answers("2026-01", "csat_call_7", {7: 30}),
            Answers("2026-02", "nps", {10: 20}),
        ]
    )
    row = cell(table_of(opened(company), "touchpoint"), "call", "csat")
    assert (row["verdict_month"], row["verdict_year"]) == ("no_data", "no_data")


def test_the_weakest_lines_come_first_where_that_is_asked(opened):
    company = Company(
        [
            Answers("2026-02", "nps", {10: 20, 1: 5}, "A"),
            Answers("2026-02", "nps", {10: 5, 1: 20}, "B"),
            Answers("2026-02", "csat_call", {5: 20}, "C"),
        ],
        terms=[Terms("2026-02", 5, 15, "A"), Terms("2026-02", 15, 5, "B")],
    )
    release = opened(company)
    metrics = ("nps", "churn_rate")
    table = board.breakdown(release, counted.CONFIG, Selection(), FEBRUARY, metrics, "segment")
    assert board.lines_of(table, "nps") == ["B", "A"]
    assert board.lines_of(table, "churn_rate") == ["A", "B"]  # A loses most
    assert board.lines_of(table, "ces") == board.lines_of(table) == ["A", "B"]
    # 25 answers each: with a smallest base of 26 the order must not tell which of the two is weaker.
    assert board.lines_of(table, "nps", 26) == ["A", "B"]


def test_columns_that_only_the_rest_fills_are_left_out(release):
    table = table_of(release, "touchpoint")
    assert "nps" in set(table["metric"])
    columns = board.columns_of(table, board.table_metrics(counted.CONFIG, Selection(), "touchpoint"))
    assert columns == ["csat"]


def test_a_table_without_any_data_is_empty_and_has_its_columns(release):
    table = board.breakdown(
        release, counted.CONFIG, Selection(), date(2023, 1, 1), ("nps", "csat"), "touchpoint"
    )
    assert table.empty
    assert board.lines_of(table) == []
    assert board.columns_of(table, ("nps", "csat")) == []


# Filters that a number does not know


def test_terms_know_no_touchpoint_and_say_so(release):
    filtered = Selection(month=FEBRUARY, touchpoint=("delivery",), segment=("Home",))
    assert tile_of(release, "renewal_rate", selection=filtered).ignored == ("touchpoint",)
    assert tile_of(release, "nps", selection=filtered).ignored == ()
    assert "renewal_rate" not in board.table_metrics(counted.CONFIG, filtered, "segment")
    assert "renewal_rate" in board.table_metrics(counted.CONFIG, Selection(segment=("Home",)), "segment")


def test_a_tile_names_the_questions_behind_it(release):
    questions = board.questions_counted(release, Selection(), FEBRUARY)
    assert questions["nps"] == ("Would you recommend us?",)
    assert questions["csat"] == ("How was the call? (1 to 7)", "How was the delivery?")
    delivery = board.questions_counted(release, Selection(touchpoint=("delivery",)), FEBRUARY)
    assert delivery["csat"] == ("How was the delivery?",)
    assert board.questions_counted(release, Selection(), date(2023, 1, 1)) == {}


def test_a_tile_names_its_questions_in_the_words_of_the_reader(release):
    labels = {"es": {"nps": "¿Nos recomendaría?"}}
    assert board.questions_counted(release, Selection(), FEBRUARY, labels)["nps"] == (
        "Would you recommend us?",
    )
    set_language("es")
    assert board.questions_counted(release, Selection(), FEBRUARY, labels)["nps"] == ("¿Nos recomendaría?",)
    set_language("en")
