"""Bootstrap by customer: as wide as the exact scheme, 95 % that are 95 %, and the random yardstick."""

from __future__ import annotations

import time

import numpy as np
import pytest

from cxdata.drivers.bootstrap import Bootstrap, bootstrap_shares, random_yardstick
from cxdata.drivers.gram import moments_of
from cxdata.drivers.importance import lmg, lmg_draws, shares_of
from cxdata.drivers.threads import one_thread
from tests.drivers.reference import random_company


def test_groups_of_customers_are_as_good_as_customers():
    """8,000 customers in 2,000 groups: standard errors within 10 % of drawing every customer on its own."""
    x, y, owner = random_company(1, customers=8_000)
    grouped = bootstrap_shares(x, y, owner, method="johnson", seed=1)
    exact = bootstrap_shares(x, y, owner, method="johnson", seed=2, ungrouped=10_000)
    assert (grouped.groups, grouped.customers) == (2_000, 8_000)
    assert (exact.groups, exact.customers) == (8_000, 8_000)
    assert grouped.shares.std(axis=0) == pytest.approx(exact.shares.std(axis=0), rel=0.1)


def test_one_replicate_is_what_resampled_rows_say():
    """The counts of the first draw, as weights of rows: the same contributions from a fresh Gram matrix."""
    x, y, owner = random_company(2, customers=200)
    found = bootstrap_shares(x, y, owner, [(0, 1), (3,)], controls=(2,), replicates=3, seed=7)
    counts = np.random.default_rng(7).multinomial(200, np.full(200, 1 / 200), 3)
    for draw, contribution in zip(counts, found.contributions, strict=True):
        covariance = moments_of(x, y, draw[owner]).covariance
        expected = lmg(covariance, [(0, 1), (3,)], controls=(2,)).contribution
        assert contribution == pytest.approx(expected, abs=1e-10)


def test_rows_of_one_customer_stay_together():
    """Every row twice under the same customer tells nothing new; under another customer it would narrow the interval."""
    x, y, owner = random_company(3, customers=400)
    once = bootstrap_shares(x, y, owner, seed=1)
    twice = bootstrap_shares(np.vstack([x, x]), np.append(y, y), np.append(owner, owner), seed=1)
    assert twice.contributions == pytest.approx(once.contributions, abs=1e-10)


def test_intervals_contain_the_truth_in_about_95_of_100_companies():
    """150 companies of 1,500 customers with one to four decisions each; the truth is what 400,000 say.

    Four shares a company: between 91 and 98 % of 600 intervals must contain it, and it must not be one share
    that makes up for another.
    """
    x, y, _ = random_company(10_000, customers=160_000)
    truth = lmg(moments_of(x, y).covariance).share
    inside = np.zeros((150, 4))
    for seed in range(150):
        low, high = bootstrap_shares(
            *random_company(seed, customers=1_500), replicates=400, seed=seed
        ).share_interval
        inside[seed] = (low <= truth) & (truth <= high)
    assert 0.91 <= inside.mean() <= 0.98
    assert inside.mean(axis=0).min() >= 0.89


def test_gaps_make_intervals_wider_by_what_they_took():
    """Half of the ratings of three drivers missing; EM anew in each of 60 resamples says the same width."""
    from cxdata.drivers.gram import random_groups
    from cxdata.drivers.missing import em_moments

    x, y, owner = random_company(4, customers=1_000, sparse=0.5)
    linear = bootstrap_shares(x, y, owner, replicates=60, seed=5)
    groups, count = random_groups(owner, seed=5)
    random = np.random.default_rng(5)
    counts = np.concatenate([random.multinomial(count, np.full(count, 1 / count), size) for size in (50, 10)])
    again = np.array(
        [lmg(em_moments(x, y, draw[groups].astype(float)).moments.covariance).share for draw in counts]
    )
    assert np.abs(linear.shares - again).max() < 0.06
    assert linear.shares.std(axis=0) == pytest.approx(again.std(axis=0), rel=0.1)
    complete, _, _ = random_company(4, customers=1_000)
    whole = bootstrap_shares(complete, y, owner, replicates=200, seed=5)
    assert linear.shares.std(axis=0)[1] > 1.15 * whole.shares.std(axis=0)[1]


def test_ranks_are_counted():
    """Four draws by hand: the first driver leads in three, and is among the first two in all."""
    draws = np.array([[3.0, 2, 1], [3, 2, 1], [3, 1, 2], [2, 3, 1]])
    found = Bootstrap(draws, 0.95, 10, 10, 0)
    assert found.top(2).tolist() == [1, 0.75, 0.25]
    assert found.leads()[0].tolist() == [0, 0.75, 1]
    assert found.shares.sum(axis=1) == pytest.approx(np.ones(4))


def test_a_driver_without_effect_does_not_beat_random_numbers():
    """Fourth driver: pure noise. The first ones tell renewal apart."""
    x, y, owner = random_company(5, customers=1_500)
    x[:, 3] = np.random.default_rng(9).normal(size=len(y))
    found = random_yardstick(x, y, owner, [(0,), (1,), (2,), (3,)], seed=1)
    assert found.clear.tolist() == [True, True, True, False]
    assert found.beats[0] == 1
    assert 0.1 < found.beats[3] < 0.9
    assert 0 < found.random < 0.002
    assert found.random < found.share < 0.02


def test_random_numbers_reach_what_theory_says():
    """In a draw of n customers a random column explains (z1 + z2)^2 / n of what is left over, z1 and z2 normal:

    its 95 % quantile is 2 · 3.841 (1 − R²) / n.
    """
    random = np.random.default_rng(1)
    x = random.normal(size=(4_000, 3))
    y = x.sum(axis=1) + random.normal(size=4_000) * 3
    found = random_yardstick(x, y, np.arange(4_000), [(0,), (1,), (2,)], columns=50, replicates=200, seed=2)
    expected = 2 * 3.841 * 0.75 / 4_000 / 0.25
    assert found.share == pytest.approx(expected, rel=0.25)


def test_few_rows_have_few_random_columns():
    """120 rows: two columns, not twenty, which would explain a sixth of anything."""
    x, y, owner = random_company(2, customers=60)
    assert (
        random_yardstick(x[:120], y[:120], owner[:120], [(0,), (1,), (2,), (3,)], replicates=50).random < 0.05
    )


def test_beyond_seventeen_players_replicates_share_their_random_orders():
    """Six draws of 800 customers and 18 drivers: 200 orders err by less than a share point of all 2^18 subsets."""
    random = np.random.default_rng(3)
    x = random.normal(size=(800, 18)) + 0.5 * random.normal(size=(800, 1))
    y = x @ np.linspace(1, 0, 18) + 5 * random.normal(size=800)
    found = bootstrap_shares(x, y, np.arange(800), replicates=6, seed=2)
    counts = np.random.default_rng(2).multinomial(800, np.full(800, 1 / 800), 6)
    exact = lmg_draws(np.array([moments_of(x, y, draw).covariance for draw in counts]))
    assert np.abs(found.shares - shares_of(exact)).max() < 0.01
    assert found.contributions.sum(axis=1) == pytest.approx(exact.sum(axis=1), abs=1e-9)


def test_progress_is_told_to_the_end():
    told: list[float] = []
    bootstrap_shares(*random_company(1, customers=100), replicates=120, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1


def test_a_seed_says_it_all():
    data = random_company(1, customers=100)
    one = bootstrap_shares(*data, replicates=50, seed=4)
    assert np.array_equal(one.contributions, bootstrap_shares(*data, replicates=50, seed=4).contributions)
    assert not np.array_equal(one.contributions, bootstrap_shares(*data, replicates=50, seed=5).contributions)


def test_a_thousand_replicates_of_fifteen_drivers_take_seconds():
    """20,000 rows; 12 CPU seconds are promised for LMG, 2 for Johnson, twice that is left for a busy machine."""
    x, y, owner = random_company(1, customers=8_000, drivers=15)
    started = time.process_time()
    bootstrap_shares(x, y, owner)
    exact = time.process_time()
    bootstrap_shares(x, y, owner, method="johnson")
    assert exact - started < 24
    assert time.process_time() - exact < 4


def test_one_thread_while_it_runs_and_as_many_as_before_after():
    """Nested blocks, an error inside, and a function that is decorated."""
    from threadpoolctl import threadpool_info, threadpool_limits

    def threads() -> set[int]:
        return {pool["num_threads"] for pool in threadpool_info() if "numpy" in pool["filepath"]}

    with threadpool_limits(limits=2, user_api="blas"):
        with one_thread():
            with one_thread():
                assert threads() == {1}
            assert threads() == {1}
        assert threads() == {2}
        seen = []
        bootstrap_shares(
            *random_company(1, customers=50), replicates=1, progress=lambda share: seen.append(threads())
        )
        with pytest.raises(ValueError, match="square"):
            lmg(np.ones((2, 3)))
        assert threads() == {2}
    assert seen == [{1}]
