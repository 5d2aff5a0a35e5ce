"""Rate and mix: exact sums, the Shapley value, the constant that drops out, and errors that hold."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.coverage_signals import PART_POPULATIONS, part_coverage
from cxdata.movement.effects import PARTS, Groups, normal_p_values, rate_and_mix

RATE, MIX, ENTERED, LEFT = range(4)


def groups(weights, scores, errors=0.0) -> Groups:
    weight = np.array(weights, dtype=float)
    return Groups(weight, weight, np.array(scores, dtype=float), np.zeros(weight.size) + errors)


def test_two_groups_by_hand():
    """Shares 0.8, 0.2 become 0.5, 0.5; scores 50, 0 become 40, 10. Totals 40 and 25, their mean 32.5.

    Rate: 0.65 × −10 = −6.5 and 0.35 × 10 = 3.5. Mix: −0.3 × (45 − 32.5) = −3.75 and 0.3 × (5 − 32.5) = −8.25.
    Together −15 = 25 − 40.
    """
    found = rate_and_mix(groups([80, 20], [50, 0]), groups([50, 50], [40, 10]))
    assert (found.before, found.after) == (40.0, 25.0)
    assert found.estimate[:, RATE] == pytest.approx([-6.5, 3.5])
    assert found.estimate[:, MIX] == pytest.approx([-3.75, -8.25])
    assert found.estimate.sum() == pytest.approx(-15)


def test_groups_that_come_and_go_have_one_contribution_each():
    """Totals 30 and 50, mean 40. B came: 0.5 × (80 − 40) = 20; C left: −0.5 × (40 − 40) = 0; A is as it was."""
    found = rate_and_mix(groups([50, 0, 50], [20, np.nan, 40]), groups([50, 50, 0], [20, 80, np.nan]))
    assert found.estimate[0] == pytest.approx([0, 0, 0, 0])
    assert found.estimate[1] == pytest.approx([0, 0, 20, 0])
    assert found.estimate[2] == pytest.approx([0, 0, 0, 0])
    assert found.estimate.sum() == pytest.approx(20)


GROUP = st.tuples(
    st.integers(0, 500), st.integers(0, 500), st.floats(-100, 100), st.floats(-100, 100), st.floats(0.1, 20)
)


@given(
    st.lists(GROUP, min_size=1, max_size=9).filter(
        lambda rows: all(sum(row[i] for row in rows) for i in (0, 1))
    )
)
def test_the_parts_sum_to_the_change(rows):
    """To 1e-9, whatever the groups, with or without those that come and go; and errors are finite."""
    before = groups([row[0] for row in rows], [row[2] for row in rows], [row[4] for row in rows])
    after = groups([row[1] for row in rows], [row[3] for row in rows], [row[4] for row in rows])
    found = rate_and_mix(before, after)
    assert found.estimate.sum() == pytest.approx(found.after - found.before, abs=1e-9)
    assert np.isfinite(found.std_error).all()
    stayed = (before.weight > 0) & (after.weight > 0)
    assert not found.estimate[~stayed][:, [RATE, MIX]].any()
    assert not found.estimate[stayed][:, [ENTERED, LEFT]].any()


@given(st.lists(GROUP.filter(lambda row: row[0] and row[1]), min_size=2, max_size=6))
def test_it_is_the_shapley_value_of_shares_and_scores(rows):
    """Change one factor after the other, in both orders, and take the mean: Shorrocks (2013)."""
    share = [np.array([row[i] for row in rows], float) / sum(row[i] for row in rows) for i in (0, 1)]
    score = [np.array([row[i] for row in rows]) for i in (2, 3)]
    gains = {"rate": 0.0, "mix": 0.0}
    for order in permutations(gains):
        now = {"mix": 0, "rate": 0}
        for factor in order:
            total = share[now["mix"]] @ score[now["rate"]]
            now[factor] = 1
            gains[factor] += float(share[now["mix"]] @ score[now["rate"]] - total) / 2
    found = rate_and_mix(groups(share[0], score[0]), groups(share[1], score[1]))
    assert found.pooled("rate")[0] == pytest.approx(gains["rate"], abs=1e-8)
    assert found.pooled("mix")[0] == pytest.approx(gains["mix"], abs=1e-8)


def test_reversing_time_reverses_every_part():
    before, after = groups([80, 20, 10], [50, 0, 7]), groups([50, 50, 9], [40, 10, 9])
    there, back = rate_and_mix(before, after), rate_and_mix(after, before)
    assert there.estimate == pytest.approx(-back.estimate)


def test_one_group_is_all_rate():
    found = rate_and_mix(groups([10], [3], 0.2), groups([90], [5], 0.1))
    assert found.estimate[0] == pytest.approx([2, 0, 0, 0])
    assert found.std_error[0, RATE] == pytest.approx(np.hypot(0.2, 0.1))


def test_standard_errors_agree_with_resampling():
    """2,000 pairs of samples from known populations: the spread of each part is what the delta method says."""
    random = np.random.default_rng(7)
    shares = ([0.5, 0.3, 0.2], [0.3, 0.4, 0.3])
    scores = (np.array([0.9, 0.4, 0.3]), np.array([0.8, 0.5, 0.4]))
    sides = []
    for share, score, count in zip(shares, scores, (600, 400), strict=True):
        bases = random.multinomial(count, share, 2_000)
        sides.append((bases, random.binomial(bases, score) / bases))
    drawn = np.array(
        [
            rate_and_mix(groups(b0, y0), groups(b1, y1)).estimate[:, :2]
            for b0, y0, b1, y1 in zip(*sides[0], *sides[1], strict=True)
        ]
    )
    expected = [
        groups(np.array(share) * count, score, np.sqrt(score * (1 - score) / (np.array(share) * count)))
        for share, score, count in zip(shares, scores, (600, 400), strict=True)
    ]
    said = rate_and_mix(*expected)
    assert said.std_error[:, :2] == pytest.approx(drawn.std(axis=0), rel=0.08)
    assert said.pooled("mix")[1] == pytest.approx(drawn[:, :, MIX].sum(axis=1).std(), rel=0.08)
    assert said.pooled("rate")[1] == pytest.approx(drawn[:, :, RATE].sum(axis=1).std(), rel=0.08)


@pytest.mark.parametrize("name", list(PART_POPULATIONS))
def test_intervals_contain_the_truth_as_often_as_they_say(name):
    """300 answers a side, 400 samples: 91 to 100 %; the mix is on the safe side where nothing differs.

    Where both factors of the mix are 1.75 of their errors it holds 90 % (docs/coverage.md): two errors are 3 points.
    """
    weak = name == "hardly more than chance"
    shares, scores = PART_POPULATIONS[name]
    found = part_coverage(shares, scores, (300, 300), 400, np.random.default_rng(11))
    assert 0.91 <= found.rate <= 0.98
    assert found.mix >= (0.87 if weak else 0.90)
    assert 0.91 <= found.total_rate <= 0.98
    assert found.total_mix >= (0.87 if weak else 0.91)


def test_weights_that_differ_make_shares_less_certain():
    """Twice the sum of squared weights is half the effective answers: the error of the mix grows by √2."""
    plain = [groups([80, 20], [1, 0]), groups([60, 40], [1, 0])]
    uneven = [Groups(one.weight, 2 * one.weight_sq, one.score, one.std_error) for one in plain]
    assert rate_and_mix(*uneven).std_error[:, MIX] == pytest.approx(
        np.sqrt(2) * rate_and_mix(*plain).std_error[:, MIX]
    )


def test_a_period_without_answers_is_refused():
    with pytest.raises(ValueError, match="the period after has no answers"):
        rate_and_mix(groups([1], [5]), groups([0], [np.nan]))
    with pytest.raises(ValueError, match="1 groups before, 2 after"):
        rate_and_mix(groups([1], [5]), groups([1, 1], [5, 5]))


def test_p_values_are_those_of_a_normal():
    """1.96 standard errors: 5 %. Without an error there is nothing to judge by."""
    assert normal_p_values([1.959964, -1.959964], [1, 1]) == pytest.approx([0.05, 0.05], abs=1e-6)
    assert np.isnan(normal_p_values([1.0], [0.0])).all()
    assert PARTS == ("rate", "mix", "entered", "left")
