"""The tipping point: what the silent would have to be like."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxdata.response.rates import span_of
from cxdata.response.silent import tipping_change, tipping_target
from cxdata.response.silent_words import tipping_sentence

RATES = st.floats(0.01, 0.95)
POINTS = st.floats(-60, 60)


def change(d, low, high, score, rate, before, **more):
    return tipping_change([d], [low], [high], [score], [rate], [before], lowest=-100, highest=100, **more)


def test_a_fall_of_eight_points_at_a_rate_of_forty_per_cent():
    """0.6 of the invited are silent: they must have risen 8 ÷ 0.6 = 13.33 more than those who answered fell."""
    found = change(-8, -12, -3, 33, 0.4, 0.4)
    assert found.needed[0] == pytest.approx(8 / 0.6)
    assert found.unclear_from[0] == pytest.approx(3 / 0.6)
    assert found.silent_score[0] == pytest.approx(33 + 8 / 0.6)
    assert found.possible[0]


def test_a_rise_needs_silent_who_fell():
    found = change(5, 2, 8, 40, 0.5, 0.5)
    assert (found.needed[0], found.unclear_from[0]) == pytest.approx((-10, -4))


def test_an_unclear_change_is_unclear_without_the_silent():
    assert change(-2, -6, 2, 30, 0.3, 0.3).unclear_from[0] == 0


def test_where_nobody_is_silent_nothing_can_be_turned_round():
    found = change(-8, -12, -3, 33, 1.0, 1.0)
    assert np.isnan(found.needed[0])
    assert not found.possible[0]


def test_a_score_off_the_scale_is_impossible():
    """A rise of 60 at a rate of 90 % would need silent at 80 − 600."""
    assert not change(60, 50, 70, 80, 0.9, 0.9).possible[0]


def test_a_target_missed_by_two_points():
    """35 − 33 = 2 short; at a rate of one third the silent two thirds must stand 3 above: at 36."""
    found = tipping_target([-2], [-4], [-1], [33], [1 / 3], lowest=-100, highest=100)
    assert found.needed[0] == pytest.approx(3)
    assert found.silent_score[0] == pytest.approx(36)
    assert found.unclear_from[0] == pytest.approx(1.5)


def test_a_rate_that_is_none_is_refused():
    with pytest.raises(ValueError, match=r"response rate of 1\.2 is impossible"):
        change(1, 0, 2, 0, 1.2, 0.5)


@given(RATES, RATES, POINTS, POINTS, st.floats(-30, 30))
def test_at_the_tipping_point_everybody_together_has_not_changed(rate, rate_before, now, before, gap):
    """The true means, built from both groups, are the same before and after."""
    d = now - before
    found = change(d, d - 1, d + 1, now, rate, rate_before, gap_before=[gap])
    silent_before = before + gap
    silent_now = now + gap + found.needed[0]
    everybody_before = rate_before * before + (1 - rate_before) * silent_before
    everybody_now = rate * now + (1 - rate) * silent_now
    assert everybody_now == pytest.approx(everybody_before, abs=1e-6)
    assert found.silent_score[0] == pytest.approx(silent_now)


@given(RATES, POINTS, st.floats(-40, 40))
def test_at_equal_rates_it_does_not_matter_where_the_silent_stood_before(rate, d, gap):
    plain = change(d, d - 1, d + 1, 0, rate, rate)
    moved = change(d, d - 1, d + 1, 0, rate, rate, gap_before=[gap])
    assert plain.needed[0] == pytest.approx(moved.needed[0], abs=1e-9)


@given(RATES, POINTS, POINTS)
def test_at_the_target_everybody_together_is_at_the_target(rate, score, target):
    gap = score - target
    found = tipping_target([gap], [gap - 1], [gap + 1], [score], [rate], lowest=-100, highest=100)
    together = rate * score + (1 - rate) * found.silent_score[0]
    assert together == pytest.approx(target, abs=1e-6)


@given(RATES, RATES, st.floats(1, 60))
def test_the_more_answer_the_more_different_the_silent_must_be(one, other, d):
    low, high = sorted((one, other))
    few, many = (change(d, d - 0.5, d + 0.5, 0, rate, rate).needed[0] for rate in (low, high))
    assert abs(many) >= abs(few) - 1e-9


def test_what_the_silent_could_not_undo_from_level_ground_they_may_undo_from_below():
    """CSAT fell from 90.7 % (20.8 % answered) to 67.6 % (30.8 %).

    From 90.7 % the silent would have to stand at 101.0 % now. From 89.8 % they need 100 %, and everybody
    together stands at 0.308 · 67.6 % + 0.692 · 100 % = 90.0 % in both months.
    """
    found = tipping_change([-0.231], [-0.3], [-0.16], [0.676], [0.308], [0.208], lowest=0, highest=1)
    assert found.silent_score[0] == pytest.approx(1.010, abs=5e-4)
    assert (found.on_scale[0], found.possible[0]) == (False, True)
    assert found.before_at[0] == pytest.approx(0.898, abs=5e-4)
    together = 0.308 * 0.676 + 0.692
    assert together == pytest.approx(0.900, abs=5e-4)
    assert 0.208 * 0.907 + 0.792 * found.before_at[0] == pytest.approx(together)


@given(RATES, RATES, POINTS, POINTS)
def test_possible_is_what_some_scores_of_the_silent_before_and_now_can_do(rate, rate_before, now, before):
    """All pairs of 201 × 201 scores: the change of everybody together reaches both sides of 0, or it does not."""
    d = now - before
    found = change(d, d - 1, d + 1, now, rate, rate_before)
    silent = np.linspace(-100, 100, 201)
    moved = (rate * now + (1 - rate) * silent)[:, None] - (rate_before * before + (1 - rate_before) * silent)
    assert found.possible[0] == (moved.min() <= 0 <= moved.max())
    if found.on_scale[0]:
        assert found.possible[0]
    if not np.isnan(found.before_at[0]):
        assert -100 <= found.before_at[0] <= 100
        end = 100 if d < 0 else -100
        before_together = rate_before * before + (1 - rate_before) * found.before_at[0]
        assert before_together == pytest.approx(rate * now + (1 - rate) * end, abs=1e-9)


def test_the_sentence_says_what_it_supposes():
    """Three falls at 30.8 % after 20.8 % answered: on the scale, off it from level ground, and out of reach."""
    span = span_of(date(2024, 10, 1), 1)
    told = [
        tipping_sentence(_row(change_by, now, rate, before), span)
        for change_by, now, rate, before in (
            (-0.1, 0.7, 0.308, 0.208),
            (-0.231, 0.676, 0.308, 0.208),
            (-0.6, 0.2, 0.9, 0.9),
        )
    ]
    assert "if they stood where the others stood before, would have to have moved 14.5 pp up" in told[0]
    assert "they would have to stand at 101.0% now, off the scale" in told[1]
    assert "only if they stood at 89.8% or lower before, where those who answered stood at 90.7%" in told[1]
    assert "could not undo that, wherever on the scale they stood before and stand now" in told[2]


def _row(change_by: float, now: float, rate: float, before: float) -> dict[str, object]:
    found = tipping_change([change_by], [change_by - 0.05], [change_by + 0.05], [now], [rate], [before],
                           lowest=0, highest=1)  # fmt: skip
    numbers = {field.name: getattr(found, field.name)[0] for field in fields(found)}
    return {"metric": "csat", "about": "change", "unit": "fraction", "score": now, "value": change_by,
            "low": change_by - 0.05, "high": change_by + 0.05, "rate": rate, **numbers}  # fmt: skip
