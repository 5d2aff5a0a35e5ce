"""Adjusted differences: a planted effect found again under confounding, and refusals in place of guesses."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from cxdata.moments.design import ENDS, SIDES, sides_of
from cxdata.moments.effects import DECIDES, TOO_FEW, UNCLEAR, moments
from cxdata.moments.experience import BAD, BEST, GOOD, MIDDLE, NONE, SIGN, UNRATED, Experiences
from cxdata.moments.regression import expit
from cxdata.moments.weights import CANNOT_TELL, HEAVIER, POOLED, fieller, weights

PLANTED = {NONE: 0.0, UNRATED: 0.0, BAD: -0.9, MIDDLE: 0.0, BEST: 0.45}
"""Log-odds that a delivery adds."""


def company(seed: int, rows: int = 6000) -> tuple[pd.DataFrame, Experiences]:
    """Students renew less whatever happens, and have most of the bad deliveries; the app does nothing."""
    random = np.random.default_rng(seed)
    student = random.random(rows) < 0.4
    shares = np.where(student[:, None], (0.3, 0.2, 0.3, 0.15, 0.05), (0.3, 0.2, 0.06, 0.19, 0.25))
    codes = np.array([NONE, UNRATED, BAD, MIDDLE, BEST])
    delivery = codes[(random.random(rows)[:, None] > shares.cumsum(axis=1)).sum(axis=1).clip(max=4)]
    # The app is rated much as the delivery was, and has no effect of its own.
    app = np.where(random.random(rows) < 0.6, delivery, random.permutation(delivery))
    effect = np.vectorize(PLANTED.get)(delivery)
    chance = expit(1.4 - 1.2 * student + effect)
    decisions = pd.DataFrame(
        {
            "customer": np.arange(rows) // 2,
            "segment": np.where(student, "Student", "Family"),
            "plan": "Basic",
            "product": "",
            "tenure_days": 400.0,
            "outcome": (random.random(rows) < chance).astype(float),
        }
    )
    return decisions, Experiences(("delivery", "app"), np.column_stack([delivery, app]).astype(np.int8))


def true_difference(decisions: pd.DataFrame, states: np.ndarray) -> float:
    """What the planted model says of those who met the delivery: bad less best."""
    base = 1.4 - 1.2 * (decisions["segment"] == "Student").to_numpy()[states != NONE]
    return float((expit(base - 0.9) - expit(base + 0.45)).mean())


def test_a_planted_effect_is_found_under_confounding_by_segment():
    """The plain difference is 8 pp too large, because students both stay less and get the bad deliveries."""
    decisions, found = company(1)
    states, kept = found.of("delivery"), decisions["outcome"].to_numpy()
    truth = true_difference(decisions, states)
    plain = kept[states == BAD].mean() - kept[states == BEST].mean()
    row = moments(decisions, found, min_base=10).table.set_index("touchpoint").loc["delivery"]
    assert plain < truth - 0.08
    assert row["conf_low"] < truth < row["conf_high"]
    assert not row["conf_low"] < plain < row["conf_high"]
    assert row["verdict"] == DECIDES


def test_what_only_moves_with_a_moment_is_not_one():
    """Alone, the app seems to decide; with the delivery held equal it does not."""
    decisions, found = company(1)
    result = moments(decisions, found, min_base=10)
    app = result.table.set_index("touchpoint").loc["app"]
    assert result.together
    assert app["alone_high"] < 0
    assert app["verdict"] == UNCLEAR
    assert list(result.clear["touchpoint"]) == ["delivery"]


def test_the_interval_covers_the_truth_as_often_as_it_says():
    """19 of 20 is expected; 33 of 40 or fewer would happen once in 200 times if it were so."""
    covered = 0
    for seed in range(40):
        decisions, found = company(seed + 100, rows=1500)
        row = moments(decisions, found, min_base=10).table.set_index("touchpoint").loc["delivery"]
        covered += row["conf_low"] < true_difference(decisions, found.of("delivery")) < row["conf_high"]
    assert covered >= 34


def test_the_cost_is_what_goes_with_the_bad_experiences_that_were_had():
    """Students have most of them, and lose more: the mean over the bad ones, not over all who were delivered to."""
    decisions, found = company(1, rows=20000)
    bad = found.of("delivery") == BAD
    base = 1.4 - 1.2 * (decisions["segment"] == "Student").to_numpy()[bad]
    truth = float((expit(base + 0.45) - expit(base - 0.9)).sum())
    row = moments(decisions, found, min_base=10, scale=3).table.set_index("touchpoint").loc["delivery"]
    assert row["cost_low"] < 3 * truth < row["cost_high"]
    assert row["cost"] == pytest.approx(3 * truth, rel=0.05)
    assert row["cost"] > -3 * row["bad"] * row["estimate"] * 1.02


def test_without_differences_between_customers_the_cost_is_bad_times_difference():
    """30 of 60 renew after a bad call, 130 of 140 after a good one: 60 × .4286 = 25.7 renewals."""
    states = np.repeat([BAD, GOOD], [60, 140]).astype(np.int8)[:, None]
    outcome = np.concatenate([np.arange(60) < 30, np.arange(140) < 130]).astype(float)
    row = moments(_plain(outcome), Experiences(("call",), states), min_base=10).table.iloc[0]
    assert row["cost"] == pytest.approx(60 * (130 / 140 - 30 / 60))
    assert row["cost_low"] == pytest.approx(-60 * row["conf_high"])


def test_bad_contacts_nobody_rated_are_compared_with_contacts_without_a_sign():
    """60 of 200 unsettled calls are lost, 40 of 400 others: −20 pp, without any rating."""
    states = np.repeat([SIGN, UNRATED, NONE], [200, 400, 400]).astype(np.int8)
    lost = np.concatenate([np.arange(200) < 60, np.arange(400) < 40, np.arange(400) < 40])
    decisions = _plain(1 - lost.astype(float))
    row = moments(
        decisions, Experiences(("call",), states[:, None]), min_base=10, recorded=["call"]
    ).table.iloc[0]
    assert row["reference"] == "unrated"
    assert row["estimate"] == pytest.approx(-0.2)
    assert row["bad_none"] == pytest.approx(-0.2)
    assert math.isnan(row["bad_good"])


def test_where_no_contact_is_recorded_nothing_is_compared_with_not_meeting():
    decisions, found = company(1)
    table = moments(decisions, found, min_base=10, recorded=["delivery"]).table.set_index("touchpoint")
    assert not math.isnan(table.loc["delivery", "bad_none"])
    assert math.isnan(table.loc["app", "bad_none"])


def test_fewer_bad_experiences_than_the_smallest_base_are_not_compared():
    decisions, found = company(1)
    states = found.states.copy()
    bad = np.flatnonzero(states[:, 0] == BAD)
    states[bad[9:], 0] = MIDDLE
    row = moments(decisions, Experiences(found.touchpoints, states), min_base=10).table.set_index(
        "touchpoint"
    )
    assert row.loc["delivery", "verdict"] == TOO_FEW
    assert math.isnan(row.loc["delivery", "estimate"])


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [([], "no_decisions"), ([1.0] * 300, "one_outcome"), ([1.0] * 300 + [0.0] * 19, "too_few")],
)
def test_refusals(outcome, reason):
    """Nothing at all; only renewals; 19 lost ones, where two numbers need twenty."""
    states = np.where(np.arange(len(outcome)) % 2, BAD, GOOD).astype(np.int8)[:, None]
    result = moments(_plain(np.array(outcome)), Experiences(("call",), states), min_base=10)
    assert result.reason == reason
    assert result.table["estimate"].isna().all()


def test_controls_give_way_before_the_answer_does():
    """50 lost decisions carry five numbers: constant, bad, unrated or good, and two of the seven controls."""
    random = np.random.default_rng(5)
    rows = 1000
    decisions = _plain((np.arange(rows) >= 50).astype(float)).assign(
        segment=random.choice(["a", "b", "c"], rows), plan=random.choice(["x", "y", "z"], rows)
    )
    decisions = decisions.sample(frac=1, random_state=5).reset_index(drop=True)
    states = random.choice([BAD, GOOD], rows).astype(np.int8)[:, None]
    assert moments(decisions, Experiences(("call",), states), min_base=5).controls == ("segment",)


def test_the_linear_family_compares_points_of_nps():
    """Bad ones: 20 promoters, 60 detractors, −50. Good ones: 90 and 10 of 100, +80. A difference of −130."""
    outcome = np.array([100.0] * 20 + [-100.0] * 60 + [100.0] * 90 + [-100.0] * 10)
    states = np.repeat([BAD, GOOD], [80, 100]).astype(np.int8)[:, None]
    row = moments(_plain(outcome), Experiences(("call",), states), min_base=10, family="linear").table.iloc[0]
    assert row["estimate"] == pytest.approx(-130)
    assert row["cost"] == pytest.approx(130 * 80 / 180)


def test_the_weights_are_those_planted():
    """−0.90 and +0.45 against the middle: twice as much, at the touchpoint and pooled over those that act."""
    decisions, found = company(2, rows=20000)
    ratio = weights(decisions, found, min_base=10).set_index("touchpoint")
    row = ratio.loc["delivery"]
    assert row["bad_weight_low"] < 0.9 < row["bad_weight_high"]
    assert row["good_weight_low"] < 0.45 < row["good_weight_high"]
    assert row["ratio_low"] < 2 < row["ratio_high"]
    assert row["verdict"] == HEAVIER
    assert ratio.loc["app", "verdict"] == CANNOT_TELL
    assert POOLED in ratio.index


def test_fieller_is_the_set_of_ratios_that_a_test_does_not_reject():
    """At either end (a − ρb)² = z²·var(a − ρb); with a divisor known exactly it is a/b ± z·s/b."""
    covariance = np.array([[0.04, 0.01], [0.01, 0.02]])
    found = fieller(1.2, 0.8, covariance)
    for end in (found.conf_low, found.conf_high):
        variance = covariance[0, 0] - 2 * end * covariance[0, 1] + end**2 * covariance[1, 1]
        assert (1.2 - end * 0.8) ** 2 == pytest.approx(1.959964**2 * variance, rel=1e-5)
    exact = fieller(1.0, 2.0, np.array([[0.01, 0.0], [0.0, 0.0]]))
    assert (exact.conf_low, exact.conf_high) == pytest.approx((0.5 - 0.0979982, 0.5 + 0.0979982), abs=1e-6)


def test_a_divisor_that_may_be_zero_gives_no_ratio():
    found = fieller(1.0, 0.1, np.array([[0.01, 0.0], [0.0, 0.01]]))
    assert math.isnan(found.conf_low)
    assert math.isnan(found.conf_high)


def test_contact_signs_and_ratings_are_not_mixed_where_ends_are_weighed():
    states = np.repeat([BAD, SIGN, MIDDLE, BEST], 50).astype(np.int8)[:, None]
    outcome = np.tile([1.0, 0.0], 100)
    found = Experiences(("call",), states)
    sides = sides_of(found, ["call"], outcome, SIDES, 10, "logistic")
    assert {side.name: int(rows.sum()) for side, rows in sides.rows.items()} == {"bad": 100, "good": 50}
    ends = sides_of(found, ["call"], outcome, ENDS, 10, "logistic")
    assert {side.name for side in ends.rows} == {"bad", "sign", "good"}
    assert ends.baselines == {"call": "middle"}


def _plain(outcome: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer": np.arange(outcome.size),
            "segment": "",
            "plan": "",
            "product": "",
            "tenure_days": np.nan,
            "outcome": outcome,
        }
    )
