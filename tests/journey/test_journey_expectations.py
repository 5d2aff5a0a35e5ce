"""Gaps between expectation and experience: scipy's paired and Welch's t, signs, fallbacks, the demo."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cxdata.config import load_config
from cxdata.database import current_id, open_release
from cxdata.journey.expectations import expectation_gaps, factor_text, judged_gaps, paired_gaps
from cxdata.journey.words import gaps_text
from cxdata.selection import Selection
from tests.corpus import tiny
from tests.corpus.release import CONFIG, refreshed
from tests.journey.company import Company, Said

APRIL = date(2024, 4, 1)


def sums(expected, perceived, weight=None, higher_is_better=True) -> pd.DataFrame:
    """What the query would say of these surveys."""
    before, after = np.array(expected, float), np.array(perceived, float)
    weight, gap = np.ones_like(before) if weight is None else np.array(weight, float), after - before
    return pd.DataFrame(
        [
            {
                "kind": "touchpoint", "line": "call", "scale_min": 1, "scale_max": 5,
                "higher_is_better": higher_is_better, "pairs": len(before),
                "weight_sum": weight.sum(), "weight_sq_sum": (weight**2).sum(),
                "expected_sum": before.sum(), "perceived_sum": after.sum(),
                "gap_sum": gap.sum(), "gap_sq_sum": (gap**2).sum(),
                "weighted_expected_sum": weight @ before, "weighted_perceived_sum": weight @ after,
                "weighted_gap_sum": weight @ gap, "weighted_gap_sq_sum": weight @ gap**2,
            }
        ]
    )  # fmt: skip


# 48 surveys: with a dozen, the floor of the variance (an answer not yet seen) would widen the interval.
EXPECTED = [5, 4, 4, 5, 3, 5, 4, 4, 5, 2, 4, 4] * 4
PERCEIVED = [4, 4, 2, 5, 4, 3, 3, 4, 4, 3, 3, 1] * 4


def test_the_gap_is_the_paired_t_of_scipy():
    reference = stats.ttest_rel(PERCEIVED, EXPECTED)
    interval = reference.confidence_interval()
    row = paired_gaps(sums(EXPECTED, PERCEIVED)).iloc[0]
    assert row["gap"] == pytest.approx(np.mean(PERCEIVED) - np.mean(EXPECTED))
    assert (row["gap_low"], row["gap_high"]) == pytest.approx((interval.low, interval.high))
    assert row["p_value"] == pytest.approx(reference.pvalue)


def test_where_lower_is_better_the_sign_is_turned():
    """Met 4 where 2 was expected, 1 being the best: two points short."""
    assert paired_gaps(sums([2] * 10, [4] * 10, higher_is_better=False)).iloc[0]["gap"] == -2


def test_surveys_that_all_agree_still_leave_an_interval():
    """Ten gaps of −1: an eleventh may be otherwise."""
    row = paired_gaps(sums([5] * 10, [4] * 10)).iloc[0]
    assert row["gap_low"] < -1 < row["gap_high"]


def test_weights_of_one_change_nothing_and_others_count():
    plain = paired_gaps(sums(EXPECTED, PERCEIVED)).iloc[0]
    same = paired_gaps(sums(EXPECTED, PERCEIVED), weighted=True).iloc[0]
    assert same["gap_low"] == pytest.approx(plain["gap_low"])
    heavy = paired_gaps(sums([4, 4], [4, 2], [1, 3]), weighted=True).iloc[0]
    assert heavy["gap"] == pytest.approx(-1.5)  # (1·0 + 3·−2) / 4


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=2, max_size=40))
def test_the_gap_turns_with_its_sides_and_stays_inside_its_interval(pairs):
    before, after = zip(*pairs, strict=True)
    row, turned = (paired_gaps(sums(*sides)).iloc[0] for sides in ((before, after), (after, before)))
    assert row["gap"] == pytest.approx(-turned["gap"])
    assert row["gap_low"] - 1e-9 <= row["gap"] <= row["gap_high"] + 1e-9
    assert -4 <= row["gap_low"] <= row["gap_high"] <= 4


def test_too_few_surveys_are_not_judged():
    judged = judged_gaps(paired_gaps(sums([5] * 9, [1] * 9)), 10)
    assert (judged["verdict"].iloc[0], judged["judgement"].iloc[0]) == ("too_few", "neutral")


def release_of(folder, said):
    made = refreshed(tiny.write(folder / "exports", Company(said=said).files()), folder / "data")
    return open_release(made.folder, made.outcome.release)


def test_pairs_are_compared_within_surveys_and_by_factor(tmp_path):
    """12 calls expected 5 and met 3; the shop's scales differ; two surveys about the product are too few."""
    release = release_of(
        tmp_path,
        [
            Said("2024-04", "call", {"exp_call": 5, "csat_call": 3}, 12),
            Said("2024-04", "shop", {"exp_shop": 7, "csat_shop": 4}, 12),
            Said("2024-04", "", {"exp_product": 4, "rating_product": 5}, 2),
        ],
    )
    gaps = expectation_gaps(release, CONFIG, Selection(), APRIL)
    rows = gaps.rows[["kind", "label", "gap", "base", "method", "verdict"]].values.tolist()
    assert rows == [
        ["touchpoint", "Call", -2.0, 12.0, "paired", "down"],
        ["factor", "Interaction", -2.0, 12.0, "paired", "down"],
        ["factor", "Product", 1.0, 2.0, "paired", "too_few"],
    ]
    assert gaps.unmatched == ("Shop",)
    assert gaps_text(gaps).replace("\u00a0", " ").endswith("falls short at Call (−2.00, n = 12).")


def test_surveys_that_ask_one_of_the_two_are_compared_unpaired_and_called_so(tmp_path):
    """Welch: expectations of 5 and 4 against answers of 3 and 2, two surveys with both; scipy's interval."""
    said = [
        *(Said("2024-04", "call", {"exp_call": score}, 60) for score in (5, 4)),
        *(Said("2024-04", "call", {"csat_call": score}, 75) for score in (3, 2)),
        Said("2024-04", "call", {"exp_call": 5, "csat_call": 3}, 2),
    ]
    row = expectation_gaps(release_of(tmp_path, said), CONFIG, Selection(), APRIL).rows.iloc[0]
    reference = stats.ttest_ind([3] * 77 + [2] * 75, [5] * 62 + [4] * 60, equal_var=False)
    interval = reference.confidence_interval()
    assert (row["method"], row["base"]) == ("unpaired", 122)
    assert (row["gap_low"], row["gap_high"]) == pytest.approx((interval.low, interval.high))


def test_a_factor_is_called_by_the_companys_own_word():
    assert factor_text("brand", {}) == "Brand"
    assert factor_text("brand", {"brand": "What we stand for"}) == "What we stand for"


def test_without_an_expectation_nothing_was_asked(tmp_path):
    gaps = expectation_gaps(
        release_of(tmp_path, [Said("2024-04", "call", {"csat_call": 3}, 20)]), CONFIG, Selection(), APRIL
    )
    assert (gaps.asked, len(gaps.rows), gaps.unmatched) == (False, 0, ())


def test_the_demos_strike_falls_far_short_of_what_was_expected(demo_folder):
    """Planted: deliveries are expected at 4.45 before rounding and met 1.3 points below their usual level."""
    release = open_release(demo_folder, current_id(demo_folder))
    gaps = expectation_gaps(release, load_config(demo_folder), Selection(), date(2026, 3, 1))
    delivery = gaps.rows[gaps.rows["line"] == "delivery"].iloc[0]
    assert (delivery["method"], delivery["judgement"]) == ("paired", "bad")
    assert delivery["gap_high"] < -0.5
    assert gaps.unmatched == ("Workshop",)  # satisfaction there is on 1–7 since July 2025
