"""A 95 % interval contains the truth in about 95 % of samples (docs/coverage.md has the long runs).

Simulated from known populations; with 20,000 samples, two standard errors of a coverage are 0.3 points.
"""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import coverage_scores as simulation
from cxdata.scorecard.comparisons import difference

SAMPLES = 20_000


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(42)


@pytest.mark.parametrize("answers", [30, 100, 300])
@pytest.mark.parametrize("name", simulation.NPS_POPULATIONS)
def test_nps_intervals_cover(name: str, answers: int, random: np.random.Generator):
    covered = simulation.nps_coverage(simulation.NPS_POPULATIONS[name], answers, SAMPLES, random)
    assert 0.94 <= covered.share <= 0.96


@pytest.mark.parametrize("answers", [30, 100])
def test_weighted_nps_intervals_cover(answers: int, random: np.random.Generator):
    assert 0.93 <= simulation.weighted_nps_coverage((0.35, 0.30), answers, 4_000, random).share <= 0.97
    assert 0.93 <= simulation.stratified_nps_coverage(answers, 4_000, random).share <= 0.97


@pytest.mark.parametrize("answers", [30, 50, 100, 300])
def test_wilson_intervals_cover_shares_from_5_to_95_per_cent(answers: int):
    """Exact, from the binomial distribution: 95 % on average, never below 92.9 % (30 answers, 30 %)."""
    covered = [simulation.share_coverage(percent / 100, answers) for percent in range(5, 96, 5)]
    assert 0.945 <= np.mean(covered) <= 0.96
    assert min(covered) > 0.929
    assert max(covered) < 0.975


@pytest.mark.parametrize("answers", [30, 100, 300])
@pytest.mark.parametrize("name", simulation.RATINGS)
def test_means_of_ratings_cover(name: str, answers: int, random: np.random.Generator):
    covered = simulation.mean_coverage(simulation.RATINGS[name], answers, SAMPLES, random)
    assert 0.93 <= covered.share <= 0.97


def test_skewed_ratings_of_a_few_customers_are_not_oversold(random: np.random.Generator):
    """Eight in ten give 5: plain t covers 84 % with 10 answers and 88 % with 30."""
    shares = simulation.SKEWED_RATINGS["eight in ten give 5"]
    assert simulation.mean_coverage(shares, 10, SAMPLES, random).share > 0.95
    assert simulation.mean_coverage(shares, 30, SAMPLES, random).share > 0.94


@pytest.mark.parametrize(("terms", "lost", "spread"), [(30, 0.10, 0.5), (100, 0.25, 0.3), (300, 0.10, 0.5)])
def test_retention_intervals_cover(terms: int, lost: float, spread: float, random: np.random.Generator):
    gross, net = simulation.retention_coverage(terms, lost, spread, 3_000, random)
    assert 0.94 <= gross.share <= 0.985
    assert 0.92 <= net.share <= 0.97


def test_differences_cover_and_unmoved_lines_are_rarely_called(random: np.random.Generator):
    now = simulation.draw_nps((0.50, 0.20), 60, SAMPLES, random)
    before = simulation.draw_nps((0.35, 0.30), 180, SAMPLES, random)
    assert 0.94 <= simulation.covered(difference(now, before), 30 - 5).share <= 0.96
    again = simulation.draw_nps((0.35, 0.30), 60, SAMPLES, random)
    assert 0.04 <= (difference(again, before).p_value <= 0.05).mean() <= 0.06


def test_false_alarms_among_forty_lines_stay_below_five_per_cent(random: np.random.Generator):
    """Ten of forty lines moved; judged one by one, most pages would show a false alarm."""
    false, found, noisy = simulation.false_alarms(40, 10, 300, 300, random)
    assert false <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 300)
    assert found > 0.5
    assert noisy > 0.5
