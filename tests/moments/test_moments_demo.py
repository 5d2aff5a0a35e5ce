"""What was planted in the demo is found again, and what was not planted is not."""

from __future__ import annotations

import json
from datetime import date

import pandas as pd
import pytest

from cxdata.config import load_config
from cxdata.database import current_id, open_release
from cxdata.moments import query
from cxdata.moments.query import person
from cxdata.moments.study import study, walked
from cxdata.moments.weights import POOLED
from cxdata.selection import Selection

MONTH = date(2026, 11, 1)


@pytest.fixture(scope="module")
def release(demo_folder):
    return open_release(demo_folder, current_id(demo_folder))


@pytest.fixture(scope="module")
def truth(demo_folder):
    return json.loads((demo_folder / "exports" / "demo" / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def found(release, demo_folder):
    return study(release, load_config(demo_folder), Selection(), MONTH)


def test_all_decisions_take_part_whose_whole_window_is_recorded(found, truth):
    """Contacts begin in December 2023: what is decided before January 2025 looks back beyond them."""
    planted = truth["renewal"]["decisions"]
    assert planted * 0.99 < found.moments.decisions + found.window.left_out <= planted
    assert found.window.records_begin == date(2023, 12, 1)
    assert found.window.first == date(2025, 1, 1)
    assert found.moments.together
    assert found.moments.controls == ("segment", "tenure", "plan", "product")


def test_delivery_and_the_telephone_decide_and_the_app_does_not(found):
    """Planted: bad deliveries, waits and unsettled calls. The app moves with the product and has no effect."""
    table = found.moments.table.set_index("touchpoint")
    assert set(found.moments.clear["touchpoint"]) <= {"delivery", "support_call", "support_chat"}
    assert table.loc["delivery", "verdict"] == "decides"
    assert table["estimate"].idxmin() == "delivery"
    assert table.loc["app", "verdict"] == "unclear"
    assert table.loc["app", "conf_low"] < 0 < table.loc["app", "conf_high"]


def test_delivery_comes_first_where_customers_rated(found):
    rated = found.weights[found.weights["touchpoint"] != POOLED]
    assert rated.iloc[0]["touchpoint"] == "delivery"


def test_the_weights_of_deliveries_are_those_planted(found, truth):
    """−0.90 and +0.45 log-odds against ratings of 3-4: twice as much."""
    drivers = truth["renewal"]["drivers"]
    bad, good = -drivers["delivery_bad"]["log_odds"], drivers["delivery_good"]["log_odds"]
    row = found.weights.set_index("touchpoint").loc["delivery"]
    assert row["bad_weight_low"] < bad < row["bad_weight_high"]
    assert row["good_weight_low"] < good < row["good_weight_high"]
    assert row["ratio_low"] < bad / good < row["ratio_high"]
    assert row["ratio_low"] > 1


def test_a_bad_delivery_costs_about_what_was_planted(found, truth):
    """Against all favourable ones, 4 and 5: between the effect against 3-4 and that against 5 alone."""
    drivers = truth["renewal"]["drivers"]
    bad = drivers["delivery_bad"]["average_marginal_effect_percentage_points"] / 100
    good = drivers["delivery_good"]["average_marginal_effect_percentage_points"] / 100
    row = found.moments.table.set_index("touchpoint").loc["delivery"]
    assert row["conf_low"] < bad
    assert row["conf_high"] > bad - good


def test_coming_back_to_support_is_more_common_before_a_loss(release, demo_folder):
    table = walked(release, load_config(demo_folder), Selection(), MONTH, 2).table.set_index("path")
    assert table.loc[[("support_call", "support_call")], "verdict"].iloc[0] == "more"
    assert table.loc[[("checkout", "delivery")], "verdict"].iloc[0] == "less"


def test_martas_story_can_be_followed(release, truth):
    """Every contact and every comment of the story, in order, ending in the lost renewal."""
    story = truth["story"]
    name, events = person(release, story["customer_id"])
    assert name == story["name"]
    contacts = events[events["kind"] == "contact"]
    assert list(contacts["touchpoint"]) == [contact["touchpoint"] for contact in story["interactions"]]
    told = [survey["comment"] for survey in story["surveys"] if survey.get("comment")]
    assert set(told) <= set(events["comment"].dropna())
    assert events[events["kind"] == "term"]["outcome"].iloc[-1] == "churned"


def test_the_mart_counts_disconnections_as_the_contacts_do(release):
    """Naming every channel is no filter, but has the contacts themselves counted."""
    months = query.Window(date(2026, 1, 1), date(2026, 10, 1))
    span = query.contact_span(release)
    rows = release._connection.execute("select distinct channel from interactions").fetchall()
    channels = tuple(name for (name,) in rows)
    whole = query.disconnections(release, Selection(), months, span)
    named = query.disconnections(release, Selection(channel=channels), months, span)
    pd.testing.assert_frame_equal(whole, named)
