"""Penalty and reward: R's numbers, planted ratios, and labels that need proof."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.coverage_drivers import TERMS, draw
from cxdata.drivers.asymmetry import (
    DELIGHTER,
    MUST_HAVE,
    PERFORMANCE,
    TOO_FEW,
    UNCLEAR,
    asymmetry,
    ends,
)
from tests.models.golden import GOLDEN, fair


def test_fair_gives_the_contrasts_and_errors_of_r():
    """Outcome: an affair, so that a low rating "costs" less than nothing: penalties are minus R's coefficients."""
    data, published = fair(), GOLDEN["fair_ends"]
    outcome = (data["affairs"] > 0).to_numpy(float)
    both = ends(data[["rate_marriage", "religious"]], [2, 1], [5, 4])
    found = asymmetry(both, outcome, None, terms=("rate", "religious"), family="linear")
    _constant, rate_low, rate_high, religious_low, religious_high = published["coef"]
    assert -found.penalty == pytest.approx([rate_low, religious_low], abs=1e-9)
    assert found.reward == pytest.approx([rate_high, religious_high], abs=1e-9)
    errors = [
        (found.penalty_high - found.penalty) / 1.959963985,
        (found.reward_high - found.reward) / 1.959963985,
    ]
    assert np.array(errors).T.ravel() == pytest.approx(published["hc1"][1:], abs=1e-8)
    assert found.penalty_points == pytest.approx(found.penalty)


def planted(random: np.random.Generator, low: float, high: float, rows: int = 6_000):
    """A rating whose low end costs `low` and whose high end brings `high` log-odds; its columns and outcome."""
    rating = random.integers(1, 6, rows).astype(float)
    bad, good = ends(rating[:, None], [2], [5])
    chance = 1 / (1 + np.exp(-(0.3 - low * bad[:, 0] + high * good[:, 0])))
    return (bad, good), (random.random(rows) < chance).astype(float)


@pytest.mark.parametrize(
    ("low", "high", "label"),
    [(1.2, 0.3, MUST_HAVE), (0.3, 1.2, DELIGHTER), (0.7, 0.7, PERFORMANCE), (0.0, 0.0, UNCLEAR)],
)
def test_labels_are_those_that_were_planted(low, high, label):
    both, outcome = planted(np.random.default_rng(3), low, high)
    found = asymmetry(both, outcome, np.arange(outcome.size), terms=("delivery",))
    assert found.label == (label,)
    assert abs(found.penalty[0] - low) < 0.25
    assert abs(found.reward[0] - high) < 0.25


def test_bad_deliveries_count_twice_as_much_as_good_ones():
    """Planted: −0.90 and +0.45, ratio 2, as in the demo."""
    company = draw(8_000, np.random.default_rng(2))
    low, high = TERMS.index("delivery_bad"), TERMS.index("delivery_good")
    controls = np.column_stack([np.delete(company.drivers, [low, high], axis=1), company.control])
    found = asymmetry(
        (company.drivers[:, [low]] > 0, company.drivers[:, [high]] > 0), company.outcome, company.customers,
        terms=("delivery",), controls=controls,
    )  # fmt: skip
    assert found.label == (MUST_HAVE,)
    assert found.ratio_low[0] < 2 < found.ratio_high[0]
    assert found.ratio_low[0] > 1
    # Where most renew anyway, the same log-odds upwards are fewer points than downwards.
    assert found.penalty_points[0] / found.reward_points[0] > found.ratio[0]


def test_labels_rarely_lie_where_nothing_was_planted():
    """Ten ratings without effect: a name for any of them is an error; Holm allows it in one analysis of twenty."""
    random, lies = np.random.default_rng(9), 0
    for _ in range(40):
        rating = random.integers(1, 6, (800, 10)).astype(float)
        both = ends(rating, [2] * 10, [5] * 10)
        outcome = (random.random(800) < 0.7).astype(float)
        found = asymmetry(both, outcome, None, terms=tuple("abcdefghij"), family="linear")
        lies += any(label != UNCLEAR for label in found.label)
    assert lies <= 5


def test_swapping_the_ends_swaps_penalty_and_reward():
    both, outcome = planted(np.random.default_rng(4), 1.0, 0.4)
    one = asymmetry(both, outcome, None, terms=("a",))
    other = asymmetry(both[::-1], outcome, None, terms=("a",))
    assert other.penalty == pytest.approx(-one.reward, abs=1e-8)
    assert other.gap_p == pytest.approx(one.gap_p, abs=1e-8)


def test_ratings_that_were_not_asked_for_do_not_dilute_penalty_and_reward():
    """Seven in ten not asked, planted 0.90 and 0.45, other drivers correlated: the mean of 12 companies is near."""
    random, found = np.random.default_rng(2), []
    low, high = TERMS.index("delivery_bad"), TERMS.index("delivery_good")
    for _ in range(12):
        company = draw(2_500, random)
        known = random.random((company.outcome.size, 1)) < 0.3
        controls = np.column_stack([np.delete(company.drivers, [low, high], axis=1), company.control])
        told = asymmetry(
            ((company.drivers[:, [low]] > 0) & known, (company.drivers[:, [high]] > 0) & known), company.outcome,
            company.customers, terms=("delivery",), controls=controls, known=known,
        )  # fmt: skip
        found.append((told.penalty[0], told.reward[0]))
        assert told.middle_rows[0] + told.low_rows[0] + told.high_rows[0] == known.sum()
    assert np.mean(found, axis=0) == pytest.approx([0.90, 0.45], abs=0.12)


def test_completed_sets_are_pooled_and_wider():
    random = np.random.default_rng(4)
    rating = random.integers(1, 6, (3_000, 1)).astype(float)
    outcome = (random.random(3_000) < 1 / (1 + np.exp(-(rating[:, 0] - 3) * 0.5))).astype(float)
    sets = [ends(rating + random.normal(0, 0.6, rating.shape), [2], [5]) for _ in range(5)]
    pooled = asymmetry(sets, outcome, np.arange(3_000), terms=("a",))
    single = asymmetry(sets[0], outcome, np.arange(3_000), terms=("a",))
    assert pooled.penalty_high[0] - pooled.penalty_low[0] > single.penalty_high[0] - single.penalty_low[0]


def test_an_end_that_hardly_anybody_gave_is_not_judged():
    both, outcome = planted(np.random.default_rng(6), 1.0, 1.0, rows=400)
    rare = both[0].copy()
    rare[np.flatnonzero(rare[:, 0])[20:], 0] = False
    found = asymmetry((rare, both[1]), outcome, None, terms=("a",))
    assert found.label == (TOO_FEW,)
    assert np.isnan(found.ratio[0])
    assert found.low_rows[0] == 20


@given(st.lists(st.floats(-1, 8), min_size=1, max_size=20))
def test_no_rating_is_both_low_and_high(values):
    """An imputed 2.4 is nearer to 2 than to 3; a missing one is neither."""
    low, high = ends(np.array([*values, np.nan])[:, None], [2], [5])
    assert not (low & high).any()
    assert not low[-1, 0]
    assert not high[-1, 0]
    assert low[:-1, 0].tolist() == [value < 2.5 for value in values]
