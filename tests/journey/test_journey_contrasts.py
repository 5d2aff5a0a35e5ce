"""How far touchpoints lie from their mean: exact cases, Newcombe's published interval, properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxdata.journey.contrasts import distance_from_mean, journey_mean
from cxdata.scorecard.differences import difference
from cxdata.scorecard.estimates import Estimate
from cxdata.scorecard.scores import mean_estimate, nps_estimate, share_estimate


def test_the_mean_counts_each_touchpoint_once():
    """(0.5 + 0.9) / 2 = 0.7, although one rests on ten times as many answers; pooled it would be 0.86."""
    assert journey_mean(share_estimate([5, 90], [10, 100])).estimate == pytest.approx(0.7)


def test_of_two_touchpoints_each_lies_half_of_newcombes_difference_from_the_mean():
    """Newcombe (1998), table II, example (a): 56/70 - 48/80 = 0.2, method 10: 0.0524 to 0.3339."""
    found = distance_from_mean(share_estimate([56, 48], [70, 80]))
    assert found.estimate == pytest.approx([0.1, -0.1])
    assert 2 * found.conf_low[0] == pytest.approx(0.0524, abs=5e-5)
    assert 2 * found.conf_high[0] == pytest.approx(0.3339, abs=5e-5)


@pytest.mark.parametrize(
    ("first", "second", "tolerance"),
    [
        (share_estimate([56], [70]), share_estimate([48], [80]), 1e-9),
        # The adjusted Wald difference shrinks its centre too; MOVER starts from the score itself.
        (nps_estimate([50], [20], [100]), nps_estimate([30], [40], [90]), 3e-2),
        (mean_estimate([4000], [16000], [68000]), mean_estimate([5000], [20500], [87000]), 2e-3),
    ],
    ids=["share", "nps", "mean"],
)
def test_two_touchpoints_are_told_apart_as_two_periods_are(first, second, tolerance):
    """Half the difference, half its interval, the same p; means of thousands have nearly normal t."""
    both = Estimate(*(np.concatenate(pair) for pair in zip(_parts(first), _parts(second), strict=True)))
    found, change = distance_from_mean(both), difference(first, second)
    assert 2 * found.estimate[0] == pytest.approx(change.estimate[0])
    assert 2 * found.conf_low[0] == pytest.approx(change.conf_low[0], rel=tolerance)
    assert 2 * found.conf_high[0] == pytest.approx(change.conf_high[0], rel=tolerance)
    assert found.p_value[0] == pytest.approx(change.p_value[0], rel=0.05, abs=2e-4)
    assert 2 * found.std_error[0] == pytest.approx(change.std_error[0])


def test_a_touchpoint_without_an_interval_takes_no_part():
    """One answer of 5 has no interval; the mean of the others is (3 + 4) / 2."""
    found = distance_from_mean(mean_estimate([1, 50, 50], [5, 150, 200], [25, 500, 850]))
    assert np.isnan(found.estimate[0])
    assert found.base[0] == 0
    assert found.estimate[1:] == pytest.approx([-0.5, 0.5])


@pytest.mark.parametrize("answers", [[], [20]])
def test_fewer_than_two_touchpoints_have_no_distance(answers):
    found = distance_from_mean(share_estimate(np.array(answers, float) / 2, answers))
    assert np.isnan(found.estimate).all()
    assert np.isnan(found.p_value).all()


def test_no_touchpoint_has_no_mean():
    assert np.isnan(journey_mean(share_estimate([], [])).estimate)


counts = st.lists(
    st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=2, max_size=12
)


@given(counts)
def test_distances_add_up_to_nothing_and_p_agrees_with_the_interval(answers):
    part, whole = np.array(answers, dtype=float).T
    found = distance_from_mean(share_estimate(part, whole))
    assert found.estimate.sum() == pytest.approx(0, abs=1e-9)
    assert (found.conf_low <= found.estimate + 1e-12).all()
    assert (found.estimate <= found.conf_high + 1e-12).all()
    excluded = (found.conf_low > 1e-9) | (found.conf_high < -1e-9)
    decided = np.abs(found.p_value - 0.05) > 1e-6
    assert ((found.p_value < 0.05) == excluded)[decided].all()


@given(counts)
def test_the_order_of_the_touchpoints_changes_nothing(answers):
    part, whole = np.array(answers, dtype=float).T
    forth, back = (distance_from_mean(share_estimate(part[::step], whole[::step])) for step in (1, -1))
    assert forth.conf_low == pytest.approx(back.conf_low[::-1])
    assert forth.p_value == pytest.approx(back.p_value[::-1], abs=1e-9)


def _parts(estimate: Estimate) -> list[np.ndarray]:
    names = ("method", "estimate", "std_error", "conf_low", "conf_high", "base", "effective_base")
    return [getattr(estimate, name) for name in names]
