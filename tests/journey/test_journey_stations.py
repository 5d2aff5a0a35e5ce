"""The journey of a period: order, weak and strong points, what has no score and why; the demo's strike."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from cxdata.config import load_config
from cxdata.database import current_id, open_release
from cxdata.journey.stations import in_order, journey
from cxdata.journey.words import standing
from cxdata.selection import Selection
from pages.parts.journey_tables import as_file
from tests.corpus import tiny
from tests.corpus.release import CONFIG, refreshed
from tests.journey.company import Company, Met, Said

APRIL, MARCH = date(2024, 4, 1), date(2024, 3, 1)

COMPANY = Company(
    said=[
        Said("2024-04", "web", {"csat_web": 5, "ces_web": 6}, 90),
        Said("2024-04", "web", {"csat_web": 2, "ces_web": 5}, 10),
        Said("2024-04", "shop", {"csat_shop": 5, "ces_shop": 4}, 85),
        Said("2024-04", "shop", {"csat_shop": 2}, 15, "Work"),
        Said("2024-04", "call", {"csat_call": 4, "ces_call": 3}, 20),
        Said("2024-04", "call", {"csat_call": 1, "ces_call": 6}, 60),
        Said("2024-03", "call", {"csat_call": 4}, 70),
        Said("2024-03", "call", {"csat_call": 1}, 10),
        Said("2024-02", "shop", {"csat_shop": 4}, 4),
    ],
    met=[
        Met("2024-04", "call", 15, wait="10", resolved="false"),
        Met("2024-04", "call", 15, wait="14", resolved="false"),
        Met("2024-03", "call", 15, wait="1", resolved="true"),
        Met("2024-03", "call", 15, wait="3", resolved="true"),
        Met("2024-04", "returns", 5),
    ],
)


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    home = tmp_path_factory.mktemp("stations")
    made = refreshed(tiny.write(home / "exports", COMPANY.files()), home / "data")
    return open_release(made.folder, made.outcome.release)


@pytest.fixture(scope="module")
def april(release):
    return journey(release, CONFIG, Selection(), APRIL)


def station(found, touchpoint) -> pd.Series:
    return found.stations.set_index("touchpoint").loc[touchpoint]


def number(found, touchpoint, metric) -> pd.Series:
    return found.numbers.set_index(["touchpoint", "metric"]).loc[(touchpoint, metric)]


def test_touchpoints_stand_in_the_order_of_the_journey(april):
    assert list(april.stations["touchpoint"]) == ["web", "shop", "call", "returns"]
    assert list(april.stations["stage_label"]) == ["Discover", "Buy", "Help", "Help"]
    assert list(april.stations["moment_of_truth"]) == [False, True, False, False]


def test_touchpoints_that_nobody_declared_come_last_by_name():
    declared = pd.DataFrame(
        {"touchpoint": ["web"], "stage": ["discover"], "factor": [""], "moment_of_truth": [True]}
    )
    found = in_order(declared, pd.Series(["zoo", "web", "", "app", "zoo"]), CONFIG)
    assert found[["label", "stage_label", "moment_of_truth"]].values.tolist() == [
        ["Web", "Discover", True], ["App", "", False], ["Zoo", "", False],
    ]  # fmt: skip


def test_the_metric_asked_at_most_touchpoints_is_drawn_unless_another_is_wanted(april, release):
    assert (april.metric, april.metrics, april.unit) == ("csat", ("csat", "ces"), "fraction")
    assert journey(release, CONFIG, Selection(), APRIL, metric="ces").metric == "ces"
    assert journey(release, CONFIG, Selection(), APRIL, metric="nonsense").metric == "csat"


def test_weak_and_strong_points_lie_clearly_off_the_mean_of_the_touchpoints(april):
    """CSAT 90 %, 85 %, 25 %: mean 66.7 %. The call lies 41.7 points below it."""
    assert april.mean.estimate == pytest.approx(2 / 3)
    assert station(april, "call")["gap"] == pytest.approx(0.25 - 2 / 3)
    assert list(april.stations["kind"][:3]) == ["strong", "strong", "weak"]
    assert list(april.judged["touchpoint"]) == ["call", "shop", "web"]


def test_a_touchpoint_without_a_score_says_why(april, release):
    """Nobody asks at returns; in February four answers are too few; ease of the shop is on another scale."""
    assert station(april, "returns")["status"] == "silent"
    february = journey(release, CONFIG, Selection(), date(2024, 2, 1))
    assert station(february, "shop")["status"] == "few"
    ease = journey(release, CONFIG, Selection(), APRIL, metric="ces")
    assert (ease.unit, ease.scale) == ("score", "1–7")
    assert station(ease, "shop")["status"] == "other_scale"
    assert station(ease, "web")["status"] == "scored"


def test_changes_since_the_period_before_are_judged_for_scores_and_for_contacts(april):
    """Call: 87.5 % → 25 %; waiting 2 → 12 minutes is worse, and so is 0 → 100 % unresolved."""
    fall, rise = number(april, "call", "csat"), number(april, "call", "unresolved")
    assert (fall["verdict"], fall["judgement"], round(fall["change"], 3)) == ("down", "bad", -0.625)
    assert (rise["verdict"], rise["judgement"]) == ("up", "bad")
    assert number(april, "shop", "csat")["verdict"] == "no_data"


def test_three_months_are_compared_with_the_three_before(release):
    """February to April: the call has 20 + 70 favourable of 160; nothing is known of November to January."""
    found = journey(release, CONFIG, Selection(), APRIL, 3)
    assert (found.first, found.before) == (date(2024, 2, 1), date(2023, 11, 1))
    assert station(found, "call")["estimate"] == pytest.approx(90 / 160)
    assert (found.numbers["previous_base"] == 0).all()


def test_a_filter_on_customers_and_on_touchpoints_is_obeyed(release):
    work = journey(release, CONFIG, Selection(segment=("Work",)), APRIL)
    assert station(work, "shop")["estimate"] == 0
    assert station(work, "call")["status"] == "unanswered"
    two = journey(release, CONFIG, Selection(touchpoint=("call", "shop")), APRIL)
    assert list(two.stations["touchpoint"]) == ["shop", "call"]


def test_an_empty_selection_is_an_empty_journey_with_all_its_touchpoints(release):
    nobody = journey(release, CONFIG, Selection(segment=("Nobody",)), APRIL)
    assert list(nobody.stations["touchpoint"]) == ["web", "shop", "call", "returns"]
    assert nobody.judged.empty
    assert standing(nobody) == ["April 2024: no answers and no contacts at any touchpoint."]


def test_other_lengths_are_refused_with_the_choices(release):
    with pytest.raises(ValueError, match=r"2 months is not offered. Choose from: \(1, 3, 12\)"):
        journey(release, CONFIG, Selection(), APRIL, 2)


def test_sentences_name_the_ends_and_what_moved(april):
    first, second = (text.replace("\u00a0", " ") for text in standing(april))
    assert (
        first == "April 2024: clearly weak is Call (CSAT 25.0%, n = 80), clearly strong Web (90.0%, n = 100)."
    )
    assert second.startswith("Really moved since March 2024: CSAT at Call ▼ 87.5% → 25.0%; ")
    assert "Mean waiting at Call ▲ 2.0 min → 12.0 min" in second


def test_nobody_asks_only_where_nobody_ever_did(release):
    """Work customers answered about the shop alone; the site and the call ask others, returns ask nobody."""
    found = journey(release, CONFIG, Selection(segment=("Work",)), APRIL)
    status = found.stations.set_index("touchpoint")["status"].to_dict()
    assert status == {"web": "unanswered", "shop": "scored", "call": "unanswered", "returns": "silent"}


def test_the_file_holds_no_change_that_the_page_withholds(april):
    """Where the month before had too few answers, neither its score nor the change is in the file."""
    call = (april.numbers["touchpoint"] == "call") & (april.numbers["metric"] == "csat")
    few = april.numbers.assign(verdict=april.numbers["verdict"].astype(object).mask(call, "too_few"))
    rows, masked = (
        as_file(found).set_index(["touchpoint", "metric"]).loc[("call", "csat")]
        for found in (april, replace(april, numbers=few))
    )
    assert rows[["estimate", "base", "previous"]].tolist() == [0.25, 80, 0.875]
    assert masked[["estimate", "base"]].tolist() == [0.25, 80]
    assert masked[["previous", "change", "change_low", "change_high"]].isna().all()


def test_no_clear_weak_point_is_said_in_so_many_words(release):
    """90 of 100 and 85 of 100 cannot be told apart (Fisher's exact test: p = 0.39)."""
    found = journey(release, CONFIG, Selection(touchpoint=("web", "shop")), APRIL)
    assert "no clear weak point" in standing(found)[0]


def test_the_demos_strike_is_the_weak_point_of_march_2026(demo_folder):
    """Planted: delivery −1.3 points of five, complaints +14 points, calls wait 2.2 times as long."""
    release = open_release(demo_folder, current_id(demo_folder))
    found = journey(release, load_config(demo_folder), Selection(), date(2026, 3, 1))
    delivery = station(found, "delivery")
    assert (delivery["kind"], found.judged.iloc[0]["touchpoint"]) == ("weak", "delivery")
    assert delivery["estimate"] == pytest.approx(
        0.432, abs=0.005
    )  # truth.json: favourable share in the month
    assert number(found, "delivery", "csat")["verdict"] == "down"
    complaints = number(found, "delivery", "complaints")
    assert (complaints["verdict"], complaints["estimate"]) == ("up", pytest.approx(0.195, abs=0.005))
    wait = number(found, "support_call", "wait")
    assert (wait["verdict"], wait["estimate"]) == ("up", pytest.approx(13.6, abs=0.1))


def test_the_demos_month_before_has_no_such_point(demo_folder):
    release = open_release(demo_folder, current_id(demo_folder))
    found = journey(release, load_config(demo_folder), Selection(), date(2026, 2, 1))
    assert station(found, "delivery")["kind"] != "weak"
