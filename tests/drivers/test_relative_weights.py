"""The other measures of importance, against the packages that are known for them."""

from __future__ import annotations

import numpy as np
import pytest

from cxdata.drivers import relative_weights
from cxdata.drivers.gram import moments_of
from cxdata.drivers.importance import lmg, shares_of
from tests.drivers.reference import REFERENCE, azen_budescu, fair, spector, swiss, table


@pytest.mark.parametrize(
    ("measure", "key"),
    [
        ("johnson", "johnson_genizi"),
        ("pratt", "pratt"),
        ("first", "first"),
        ("last", "last"),
        ("beta_squared", "betasq"),
        ("kruskal", "kruskal_mean_sq_partial"),
        ("inflation", "vif"),
    ],
)
def test_swiss_as_in_relaimpo_and_car(measure, key):
    found = getattr(relative_weights, measure)(moments_of(*swiss()).covariance)
    assert found == pytest.approx(REFERENCE["swiss"]["expected"][key], abs=1e-9)


def test_johnson_as_in_rwa():
    expected = REFERENCE["mtcars"]["relative_weights"]
    found = relative_weights.johnson(moments_of(*table("mtcars", "mpg", expected["predictors"])).covariance)
    assert found == pytest.approx(expected["raw"], abs=1e-9)
    assert 100 * shares_of(found) == pytest.approx(expected["percent"], abs=1e-6)


def test_johnson_from_the_matrix_of_azen_and_budescu():
    assert relative_weights.johnson(azen_budescu()) == pytest.approx(
        REFERENCE["azen_budescu"]["johnson"], abs=1e-9
    )


@pytest.mark.parametrize(("data", "key", "weights"), [
    (spector, "spector", "tonidandel_lebreton"), (fair, "fair", "tonidandel_lebreton_raw")
])  # fmt: skip
def test_logistic_relative_weights_as_in_rwa(data, key, weights):
    x, y = data()
    stored = REFERENCE[key]
    expected = stored[weights]["raw"] if key == "spector" else stored[weights]
    constant, *slopes = stored["coef"]
    chance = 1 / (1 + np.exp(-(constant + x @ slopes)))
    fitted = relative_weights.squared_correlation(y, chance)
    found = relative_weights.tonidandel_lebreton(np.corrcoef(x.T), np.array(slopes) * x.std(axis=0), fitted)
    assert found == pytest.approx(expected, abs=1e-7)
    assert found.sum() == pytest.approx(fitted)


def test_nothing_to_weigh_weighs_nothing():
    assert relative_weights.tonidandel_lebreton(np.eye(2), [0.0, 0.0], 0.0).tolist() == [0, 0]
    assert relative_weights.squared_correlation([1, 1, 1], [0.2, 0.3, 0.4]) == 0


def test_many_matrices_at_once():
    one, other = (
        azen_budescu(),
        moments_of(*table("mtcars", "mpg", ["cyl", "disp", "hp", "gear"])).correlation,
    )
    found = relative_weights.johnson(np.array([one, other]))
    assert found == pytest.approx(np.array([relative_weights.johnson(one), relative_weights.johnson(other)]))


def test_controls_are_taken_out_of_every_measure():
    """Of three drivers and one control, all but squared betas and first and last alone share the same sum out."""
    x, y = swiss()
    covariance = moments_of(x, y).covariance
    exact = lmg(covariance, controls=(2,))
    for measure in (relative_weights.johnson, relative_weights.pratt):
        found = measure(covariance, controls=(2,))
        assert found.size == 4
        assert found.sum() == pytest.approx(exact.contribution.sum(), abs=1e-10)
    # The gain in R² of a driver that comes last does not depend on who else is called a control.
    assert relative_weights.last(covariance, controls=(2,)) == pytest.approx(
        np.delete(relative_weights.last(covariance), 2), abs=1e-10
    )


def test_players_weigh_what_their_columns_weigh():
    found = relative_weights.by_player(np.array([[1.0, 2, 4], [8, 16, 32]]), [(0, 2), (1,)])
    assert found.tolist() == [[5, 2], [40, 16]]


def test_a_copy_has_no_finite_variance():
    x, y = swiss()
    found = relative_weights.inflation(moments_of(x[:, [0, 1, 1]], y).covariance)
    assert np.isinf(found).tolist() == [False, True, True]
    assert found[0] == pytest.approx(relative_weights.inflation(moments_of(x[:, :2], y).covariance)[0])


def test_too_many_drivers_for_all_subsets():
    with pytest.raises(ValueError, match="group them into 20"):
        relative_weights.kruskal(np.eye(22))
