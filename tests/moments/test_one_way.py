"""Groups of decisions that all ended in the same way: the worst that can be seen is not left out."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from cxdata.moments.effects import DECIDES, TOO_FEW, UNCLEAR, moments
from cxdata.moments.experience import BAD, BEST, NONE, SIGN, UNRATED, Experiences

HIGHEST = 1.959964


def company(*groups: tuple[int, int, float]) -> tuple[pd.DataFrame, Experiences]:
    """Decisions at one touchpoint, one of each customer, from (state, decisions, renewed)."""
    states = np.repeat([state for state, _count, _kept in groups], [count for _state, count, _kept in groups])
    outcome = np.concatenate([(np.arange(count) < kept).astype(float) for _state, count, kept in groups])
    decisions = pd.DataFrame(
        {"customer": np.arange(outcome.size), "segment": "", "plan": "", "product": "", "tenure_days": np.nan,
         "outcome": outcome}
    )  # fmt: skip
    return decisions, Experiences(("call",), states.astype(np.int8)[:, None])


def only(*groups: tuple[int, int, float]) -> pd.Series:
    return moments(*company(*groups), min_base=10, recorded=["call"]).table.iloc[0]


def test_a_touchpoint_after_which_every_customer_left_comes_first():
    """1,483 bad calls, all lost; 1,500 bad visits to the shop against as many good ones, 11 pp apart."""
    random = np.random.default_rng(3)
    rows = 12000
    call = random.permutation(np.repeat([BAD, BEST, NONE], [1483, 4000, rows - 5483]))
    shop = random.permutation(np.repeat([BAD, BEST, NONE], [1500, 1500, rows - 3000]))
    kept = random.random(rows) < np.where(shop == BAD, 0.74, 0.85)
    outcome = np.where(call == BAD, 0.0, kept.astype(float))
    decisions = company((NONE, rows, 0))[0].assign(outcome=outcome)
    found = Experiences(("shop", "call"), np.column_stack([shop, call]).astype(np.int8))
    result = moments(decisions, found, min_base=10, recorded=["shop", "call"])
    assert result.together
    assert list(result.table["touchpoint"]) == ["call", "shop"]
    assert list(result.table["verdict"]) == [DECIDES, DECIDES]
    first = result.table.iloc[0]
    assert (first["bad"], first["bad_lost"]) == (1483, 1483)
    good = outcome[call == BEST].mean()
    assert first["estimate"] == pytest.approx(-good, abs=0.01)
    assert first["conf_low"] < -good < first["conf_high"]


def test_the_only_touchpoint_is_compared_although_all_its_bad_ones_were_lost():
    """0 of 40 bad ones renew, 160 of 200 good ones, 170 of 200 others.

    A share of 0 among 40 customers reaches up to z² / (40 + z²) = .088 (Wilson), one of .8 among 200 has an
    error of .028: the errors add up as squares.
    """
    row = only((BAD, 40, 0), (BEST, 200, 160), (NONE, 200, 170))
    error = math.hypot(HIGHEST / (40 + HIGHEST**2), math.sqrt(0.8 * 0.2 / 200))
    assert row["verdict"] == DECIDES
    assert row["estimate"] == pytest.approx(
        -0.79, abs=0.01
    )  # Firth's fit counts half a renewal more on each side
    assert row["std_error"] == pytest.approx(error, rel=0.02)
    assert row["cost"] == pytest.approx(-40 * row["estimate"])


def test_ten_customers_who_all_left_are_not_proof_of_much():
    """0 of 10 against 14 of 60: Fisher's exact test gives .19, and so nothing is claimed."""
    assert only((BAD, 10, 0), (BEST, 60, 14), (NONE, 60, 30))["verdict"] == UNCLEAR


def test_good_experiences_that_all_renewed_are_compared_too():
    row = only((BAD, 100, 60), (BEST, 50, 50), (NONE, 100, 80))
    assert row["reference"] == "good"
    assert row["estimate"] == pytest.approx(-0.4, abs=0.02)


def test_contacts_without_a_sign_and_customers_who_never_met_it_may_all_renew():
    """Nobody who was spared a bad call left: 150 of 200 against 100 of 100, and 80 of 80 who never called."""
    row = only((SIGN, 200, 150), (UNRATED, 100, 100), (NONE, 80, 80))
    assert row["reference"] == "unrated"
    assert row["estimate"] == pytest.approx(-0.25, abs=0.02)
    assert row["bad_none"] == pytest.approx(-0.25, abs=0.02)
    assert row["verdict"] == DECIDES


def test_fewer_than_the_smallest_base_stay_too_few():
    row = only((BAD, 9, 0), (BEST, 200, 160), (NONE, 200, 170))
    assert row["verdict"] == TOO_FEW
    assert math.isnan(row["estimate"])


@pytest.mark.parametrize("bad", [10, 40])
def test_the_interval_of_a_share_near_nothing_covers_the_truth(bad):
    """Planted: 2 % after a bad call, 80 % after a good one; most samples hold no renewal after a bad one."""
    random = np.random.default_rng(bad)
    covered = 0
    for _sample in range(60):
        row = only(
            (BAD, bad, random.binomial(bad, 0.02)), (BEST, 200, random.binomial(200, 0.8)), (NONE, 100, 80)
        )
        covered += row["conf_low"] < -0.78 < row["conf_high"]
    assert covered >= 51
