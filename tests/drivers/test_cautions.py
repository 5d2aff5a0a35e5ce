"""Sixteen rules: each fires on its limit, stays silent beside it, and says what it means and what to do."""

from __future__ import annotations

import pandas as pd
import pytest

from cxdata.drivers import cautions
from cxdata.drivers.cautions import ACTIONS, CARE, MEANINGS, NOTE, STOP, Caution, action, meaning
from cxdata.drivers.observations import check_order
from cxdata.errors import InputBlocked
from cxdata.language import set_language

NAMES = {"a": "Delivery", "b": "App", "c": "Calls", "d": "Chat", "north": "Norte"}


def only(found: list[Caution], code: str) -> Caution:
    assert [one.code for one in found] == [code]
    return found[0]


def test_w1_asks_for_ten_events_a_parameter():
    assert cautions.few_events(100, 10) == []
    assert only(cautions.few_events(99, 10), "W1").level == CARE
    assert only(cautions.few_events(49, 10), "W1").level == STOP


def test_w2_grows_graver_with_the_inflation_of_variance():
    assert cautions.entangled({"a": 5.0, "b": float("nan")}) == []
    assert only(cautions.entangled({"a": 5.1, "b": 1.0}), "W2").drivers == ("a",)
    assert only(cautions.entangled({"a": float("inf")}), "W2").level == STOP


def test_w3_names_what_separates():
    assert cautions.separated([]) == []
    assert only(cautions.separated(["a"]), "W3").drivers == ("a",)


def test_w4_fires_on_agriculture_in_the_swiss_data():
    """relaimpo, swiss: Agriculture has the coefficient -0.172 and the correlation 0.353, 47 provinces."""
    found = cautions.turned({"a": -0.172, "b": -0.871}, {"a": 0.353, "b": -0.664}, 47)
    assert only(found, "W4").drivers == ("a",)
    assert cautions.turned({"a": -0.172}, {"a": 0.1}, 47) == []


def test_w5_counts_shares_and_customers():
    assert cautions.seldom_rated({"a": 0.30}, {"a": 100}) == []
    assert only(cautions.seldom_rated({"a": 0.29}, {"a": 5000}), "W5").level == NOTE
    assert only(cautions.seldom_rated({"a": 0.9}, {"a": 99}), "W5").level == CARE


def test_w6_warns_of_a_short_lead_and_refuses_what_comes_after_the_decision():
    assert cautions.short_lead(7) == []
    assert only(cautions.short_lead(6), "W6").numbers["days"] == 6
    decisions = pd.DataFrame({"decision": [1, 2], "known_to": pd.to_datetime(["2026-01-10", "2026-01-10"])})
    before = pd.DataFrame({"decision": [1], "answered_at": pd.to_datetime(["2026-01-09 23:59"])})
    check_order(before, decisions, "answered_at", "ratings")
    late = pd.DataFrame({"decision": [1, 2], "answered_at": pd.to_datetime(["2026-01-10", "2026-02-01"])})
    with pytest.raises(InputBlocked, match=r"ratings\.answered_at: 2 rows are stamped after"):
        check_order(late, decisions, "answered_at", "ratings")


def test_w6_refuses_decisions_of_a_subscription_that_was_lost_before():
    decisions = pd.DataFrame(
        {
            "decision": [1, 2], "known_to": pd.to_datetime(["2026-01-10", "2026-06-10"]),
            "subscription_id": ["S", "S"], "term": [1, 2], "lost": [1.0, 0.0],
        }
    )  # fmt: skip
    nothing = pd.DataFrame({"decision": [1], "answered_at": pd.to_datetime(["2025-01-01"])})
    with pytest.raises(InputBlocked, match="1 decisions belong to subscriptions that were lost before"):
        check_order(nothing, decisions, "answered_at", "ratings")


def test_w7_judges_auc_and_calibration():
    assert cautions.weak_model(0.60, 1.25) == []
    only(cautions.weak_model(0.59, 1.0), "W7")
    only(cautions.weak_model(0.9, 1.26), "W7")
    only(cautions.weak_model(0.9, float("nan")), "W7")


def test_w8_needs_four_drivers_and_a_shaky_third():
    tops = {"a": 0.99, "b": 0.95, "c": 0.79, "d": 0.27}
    assert only(cautions.shaky_top(["a", "b", "c", "d"], tops), "W8").drivers == ("c",)
    assert cautions.shaky_top(["a", "b", "c"], tops) == []
    assert cautions.shaky_top(["a", "b", "c", "d"], {**tops, "c": 0.80}) == []


def test_w9_is_an_alarm_from_two_hundredths_on():
    assert cautions.bends(0.70, 0.685) == []
    only(cautions.bends(0.71, 0.685), "W9")


def test_w10_is_a_large_share_without_an_effect():
    shares, low, high = (
        {"a": 0.2, "b": 0.2, "c": 0.04},
        {"a": -0.1, "b": 0.1, "c": -1},
        {"a": 0.1, "b": 0.3, "c": 1},
    )
    assert only(cautions.travellers(shares, low, high), "W10").drivers == ("a",)


def test_w11_compares_those_who_answer_with_those_who_do_not():
    assert cautions.silent_differ([800, 800], [1000, 1000]) == []
    found = only(cautions.silent_differ([850, 750], [1000, 1000]), "W11")
    assert found.numbers == {"respondents_share": 0.85, "others_share": 0.75}
    assert cautions.silent_differ([20, 2], [20, 20]) == []


def test_w12_allows_for_several_tests():
    assert cautions.not_proportional({"a": 0.03, "b": 0.5}) == []
    assert only(cautions.not_proportional({"a": 0.02, "b": float("nan"), "c": 0.4}), "W12").drivers == ("a",)


def test_w13_names_both_tops():
    assert cautions.methods_disagree({"lmg": "a", "johnson": "a"}) == []
    assert only(cautions.methods_disagree({"lmg": "a", "johnson": "b"}), "W13").drivers == ("a", "b")


def test_w14_says_that_a_rating_explains_a_rating():
    assert cautions.rating_outcome(True) == []
    only(cautions.rating_outcome(False), "W14")


def test_w15_minds_major_segments_only():
    assert cautions.reversed_in("a", {"north": (0.09, -0.1, 0.001)}) == []
    assert cautions.reversed_in("a", {"north": (0.5, -0.1, 0.2)}) == []
    assert only(cautions.reversed_in("a", {"north": (0.5, -0.1, 0.01)}), "W15").numbers["segments"] == (
        "north",
    )


def test_w16_says_that_em_did_not_arrive():
    assert cautions.unsettled(True, 200, ["a", "b"]) == []
    found = only(cautions.unsettled(False, 200, ["a", "b"]), "W16")
    assert (found.level, found.numbers["steps"]) == (CARE, 200)
    assert (
        "not settled after 200 steps. Too few ratings, or too few given together: Delivery and App"
        in meaning(found, NAMES)
    )


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_warning_says_what_it_means_and_what_to_do(language):
    set_language(language)
    numbers = {
        "events": 1, "parameters": 2, "worst": 7.0, "days": 3, "auc": 0.5, "slope": 2.0, "boosted": 0.8,
        "respondents_share": 0.5, "others_share": 0.6, "p": 0.001, "segments": ("north",), "steps": 200,
    }  # fmt: skip
    assert list(MEANINGS) == [f"W{number}" for number in range(1, 17)] == list(ACTIONS)
    try:
        for code in MEANINGS:
            said = meaning(Caution(code, CARE, ("a", "b"), numbers), NAMES)
            assert "{" not in said
            assert len(said) > 40
            assert len(action(Caution(code, CARE))) > 20
    finally:
        set_language("en")
