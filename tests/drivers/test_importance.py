"""LMG from one Gram matrix: against published numbers, and what must hold for any data."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxdata.drivers.gram import group_sums, moments_of, random_groups
from cxdata.drivers.importance import game, lmg, lmg_draws, of_values
from cxdata.drivers.permutations import antithetic, permuted
from cxdata.drivers.relative_weights import johnson, kruskal, pratt
from cxdata.errors import TooLittleData
from tests.drivers.reference import REFERENCE, azen_budescu, fair, random_company, swiss, table

NINE_DIGITS = 1e-9


def sample(seed: int, rows: int = 60, drivers: int = 4) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    x = random.normal(size=(rows, drivers)) @ random.normal(size=(drivers, drivers))
    return x, x @ random.normal(size=drivers) + random.normal(size=rows) * 2


def test_swiss_as_in_relaimpo():
    x, y = swiss()
    found = lmg(moments_of(x, y).covariance)
    expected = REFERENCE["swiss"]["expected"]
    assert found.contribution == pytest.approx(expected["lmg"], abs=NINE_DIGITS)
    assert found.r_squared == pytest.approx(expected["r2"], abs=NINE_DIGITS)
    assert found.exact
    assert list(found.rank) == [5, 2, 1, 4, 3]


def test_mtcars_as_in_domir():
    """Cylinders dominate completely; gearbox and engine shape take turns (half of the subsets each)."""
    expected = REFERENCE["mtcars"]["dominance"]
    found = lmg(moments_of(*table("mtcars", "mpg", expected["predictors"])).covariance)
    assert found.contribution == pytest.approx(expected["general"], abs=NINE_DIGITS)
    assert found.conditional == pytest.approx(np.array(expected["conditional"]), abs=NINE_DIGITS)
    assert found.complete.tolist() == [[False] * 3, [False] * 3, [True, True, False]]
    assert found.dominance[0, 1] == 0.5


def test_the_matrix_of_azen_and_budescu():
    expected = REFERENCE["azen_budescu"]
    found = lmg(azen_budescu())
    assert found.contribution == pytest.approx(expected["general"], abs=NINE_DIGITS)
    assert found.r_squared == pytest.approx(expected["r2"], abs=NINE_DIGITS)
    by_size = found.conditional.T
    assert by_size == pytest.approx(np.array(expected["conditional_by_size"]), abs=NINE_DIGITS)
    assert found.complete[0].tolist() == [False, True, True, True]
    assert not found.complete[1:].any()


def test_fair_with_columns_apart_and_three_of_them_as_one_player():
    x, y = fair()
    covariance = moments_of(x, y).covariance
    expected = REFERENCE["fair"]
    assert lmg(covariance).contribution == pytest.approx(expected["ols_lmg"], abs=1e-8)
    grouped = lmg(covariance, [(0,), (4,), (5,), (1, 2, 3)])
    assert grouped.contribution == pytest.approx(list(expected["group_lmg"].values()), abs=NINE_DIGITS)
    assert grouped.r_squared == pytest.approx(expected["ols_r2"], abs=NINE_DIGITS)


@given(st.integers(0, 10_000), st.integers(1, 7))
@settings(max_examples=30, deadline=None)
def test_contributions_sum_to_r_squared(seed, drivers):
    """Least squares on all columns says the same R² as the last node of the recursion."""
    x, y = sample(seed, drivers=drivers)
    found = lmg(moments_of(x, y).covariance)
    centred = x - x.mean(axis=0)
    fitted = centred @ np.linalg.lstsq(centred, y - y.mean(), rcond=None)[0]
    assert found.contribution.sum() == pytest.approx(found.r_squared, abs=1e-10)
    assert found.r_squared == pytest.approx(fitted @ fitted / ((y - y.mean()) @ (y - y.mean())), abs=1e-9)
    assert found.conditional.mean(axis=1) == pytest.approx(found.contribution, abs=1e-10)
    assert found.contribution.min() >= -1e-12


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_two_drivers_leave_nothing_to_argue_about(seed):
    x, y = sample(seed, drivers=2)
    covariance = moments_of(x, y).covariance
    assert johnson(covariance) == pytest.approx(lmg(covariance).contribution, abs=1e-10)


@given(st.lists(st.floats(-0.5, 0.5), min_size=3, max_size=3))
def test_all_methods_agree_where_drivers_have_nothing_in_common(correlations):
    """Orthogonal drivers: each explains its squared correlation, whatever the order of entry."""
    matrix = np.eye(4)
    matrix[-1, :-1] = matrix[:-1, -1] = correlations
    expected = pytest.approx(np.square(correlations), abs=1e-10)
    assert lmg(matrix).contribution == expected
    assert johnson(matrix) == expected
    assert pratt(matrix) == expected
    assert kruskal(np.eye(4)) == pytest.approx([0, 0, 0])


@given(
    st.integers(0, 10_000), st.permutations(range(4)), st.lists(st.floats(0.01, 100), min_size=4, max_size=4)
)
@settings(max_examples=20, deadline=None)
def test_neither_order_nor_unit_nor_coding_matters(seed, order, units):
    """Columns in another order, rows in another order, other units, and two equal rows or one of weight 2."""
    x, y = sample(seed)
    expected = lmg(moments_of(x, y).covariance).contribution
    turned = lmg(moments_of((x * units)[::-1][:, order], 7 * y[::-1]).covariance).contribution
    assert turned == pytest.approx(expected[order], abs=1e-10)
    twice = np.repeat([2.0, 1.0], [20, 40])
    doubled = moments_of(np.vstack([x, x[:20]]), np.append(y, y[:20]))
    weighted = moments_of(x, y, twice)
    assert weighted.covariance == pytest.approx(doubled.covariance, abs=1e-10)
    assert weighted.n_eff == pytest.approx(80**2 / (20 * 4 + 40))


def test_inputs_stay_as_they_were():
    x, y = sample(1)
    before = x.copy(), y.copy()
    covariance = moments_of(x, y).covariance
    kept = covariance.copy()
    lmg(covariance, controls=(1,))
    assert np.array_equal(x, before[0])
    assert np.array_equal(y, before[1])
    assert np.array_equal(covariance, kept)


def test_a_twin_shares_the_credit():
    """A copy of a column adds nothing to it: both get half of what it had."""
    x, y = sample(3, drivers=3)
    alone = lmg(moments_of(x[:, :1], y).covariance).contribution[0]
    twins = lmg(moments_of(x[:, [0, 0]], y).covariance)
    assert twins.contribution == pytest.approx([alone / 2, alone / 2], abs=1e-9)
    assert twins.r_squared == pytest.approx(alone, abs=1e-9)


def test_a_constant_column_earns_nothing():
    x, y = sample(4)
    x[:, 2] = 3.0
    assert lmg(moments_of(x, y).covariance).contribution[2] == pytest.approx(0, abs=1e-12)


def test_controls_are_in_every_model():
    """Gains are what a model with the controls adds to the controls alone, in units of the whole variance."""
    x, y = sample(5)
    covariance = moments_of(x, y).covariance
    found = lmg(covariance, controls=(0, 2))
    alone = lmg(moments_of(x[:, [0, 2]], y).covariance).r_squared
    assert found.r_squared == pytest.approx(lmg(covariance).r_squared, abs=1e-10)
    assert found.r_squared_controls == pytest.approx(alone, abs=1e-10)
    assert found.contribution.sum() == pytest.approx(found.r_squared - alone, abs=1e-10)


def test_many_matrices_at_once_say_what_each_says_alone():
    matrices = np.array([moments_of(*sample(seed)).covariance for seed in range(5)])
    players = [(0, 3), (2,)]
    together = lmg_draws(matrices, players, controls=(1,))
    alone = [lmg(matrix, players, controls=(1,)).contribution for matrix in matrices]
    assert together == pytest.approx(np.array(alone), abs=1e-12)


def test_random_orders_come_near_the_exact_values_and_know_by_how_much():
    """Fifteen drivers by both routes: within 0.3 share points, and within four of the errors that are stated."""
    x, y = sample(7, rows=2_000, drivers=15)
    covariance = moments_of(x, y).covariance
    exact = lmg(covariance)
    matrix, players = game(covariance, None, ())
    drawn = permuted(matrix, players, 0.0, 4_000, seed=3)
    apart = np.abs(drawn.contribution - exact.contribution)
    assert (apart < 4 * drawn.error).all()
    assert 100 * np.abs(drawn.share - exact.share).max() < 0.3
    assert np.abs(drawn.conditional - exact.conditional).max() < 0.05
    assert drawn.r_squared == pytest.approx(exact.r_squared, abs=1e-10)


def test_beyond_twenty_players_orders_are_drawn_and_say_so():
    x, y = sample(7, rows=2_000, drivers=24)
    covariance = moments_of(x, y).covariance
    drawn = lmg(covariance, [*((column,) for column in range(2, 23)), (0, 23)], controls=(1,), seed=3)
    assert not drawn.exact
    assert drawn.orders == 4_000
    assert drawn.seed == 3
    assert drawn.r_squared == pytest.approx(lmg(covariance, [range(24)]).r_squared, abs=1e-9)
    assert np.isnan(drawn.dominance).all()
    again = lmg(covariance, [*((column,) for column in range(2, 23)), (0, 23)], controls=(1,), seed=3)
    assert np.array_equal(drawn.contribution, again.contribution)


def test_random_orders_bear_a_copy():
    """Columns that determine one another have no Cholesky factor; the twins still share the credit."""
    x, y = sample(2, rows=500, drivers=21)
    twins = np.column_stack([x, x[:, :1]])
    found = lmg(moments_of(twins, y).covariance)
    assert found.r_squared == pytest.approx(lmg(moments_of(x, y).covariance).r_squared, abs=1e-6)
    assert found.contribution[0] == pytest.approx(found.contribution[-1], abs=4 * found.error[0])


def test_orders_come_in_pairs():
    orders = antithetic(5, 9, seed=1)
    assert len(orders) == 10
    assert np.array_equal(orders[0], orders[1][::-1])


def test_any_set_function_can_be_shared_out():
    """Three players, of whom two must meet to be worth anything: 6 is split 3 : 3 : 0."""
    values = np.array([0.0, 0, 0, 6, 0, 0, 0, 6])
    assert of_values(values).contribution == pytest.approx([3, 3, 0])


def test_sums_of_groups_are_those_of_all_rows():
    x, y, owner = random_company(1)
    weight = np.random.default_rng(0).random(len(y))
    groups, count = random_groups(owner, seed=1)
    mean, covariance = group_sums(x, y, groups, weight).resampled(np.ones((1, count)))
    assert covariance[0] == pytest.approx(moments_of(x, y, weight).covariance, abs=1e-12)
    assert mean[0, -1] == pytest.approx(np.average(y, weights=weight))
    twice = np.where(groups == 3, 2, np.where(groups == 4, 0, 1))
    counts = np.ones((1, count))
    counts[0, 3:5] = 2, 0
    _, drawn = group_sums(x, y, groups).resampled(counts)
    assert drawn[0] == pytest.approx(moments_of(x, y, twice).covariance, abs=1e-12)


def test_many_customers_are_put_into_groups_and_none_is_split():
    owner = np.repeat(np.arange(9_000), 2)
    groups, count = random_groups(owner, seed=1)
    assert count == 2_000
    assert np.array_equal(groups[::2], groups[1::2])
    assert np.unique(np.bincount(groups)).tolist() == [8, 10]
    assert random_groups(owner[:40], seed=1)[1] == 20


def test_bad_input_is_named():
    x, y = sample(1)
    x[3, 2] = np.inf
    with pytest.raises(ValueError, match=r"column 2 has 1 values that are missing or infinite"):
        moments_of(x, y)
    with pytest.raises(ValueError, match="weights are 0 or more"):
        moments_of(*sample(1), weights=-np.ones(60))
    with pytest.raises(TooLittleData, match="at least 2"):
        moments_of(np.ones((1, 2)), [1.0])
    with pytest.raises(ValueError, match="exactly once"):
        lmg(np.eye(4), [(0, 1), (1, 2)])
    with pytest.raises(ValueError, match="does not vary"):
        lmg(np.diag([1.0, 1, 0]))
    with pytest.raises(ValueError, match="group them into 60"):
        lmg(np.eye(62))


def test_a_million_models_take_a_moment():
    """2^20 models; 0.5 CPU seconds are promised, twice that is left for a busy machine."""
    random = np.random.default_rng(1)
    covariance = moments_of(random.normal(size=(500, 20)), random.normal(size=500)).covariance
    started = time.process_time()
    lmg(covariance)
    assert time.process_time() - started < 1.0
