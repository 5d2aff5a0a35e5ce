"""Limits that know their base, rules that speak once, and the rates that the page quotes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.coverage_signals import detection, false_signals
from cxdata.movement.signals import (
    ABOVE,
    BELOW,
    BEYOND,
    FALSE_SIGNALS_IN_BASELINE,
    FALSE_SIGNALS_PER_100_MONTHS,
    FOUND_WITHIN_A_YEAR,
    IN_A_ROW,
    NPS,
    RUN,
    TWO_OF_THREE,
    Signal,
    process_limits,
    signals,
    value_moments,
)

CALM = [0.5, -0.5] * 6


def test_limits_of_a_share_are_those_of_a_p_chart():
    """Centre 0.5 (all months alike in size): sigma √(0.25 ÷ 100) = 0.05, limits 0.35 and 0.65.

    The series swings by one sampling error around the centre: mean moving range of z 2 × 0.4 = 0.8, less than
    1.128, so that nothing is widened. Montgomery, Statistical Quality Control, ch. 7.
    """
    value = np.array([0.52, 0.48] * 6)
    found = process_limits(value, value, np.full(12, 100.0))
    assert found.centre == pytest.approx(0.5)
    assert found.dispersion == 1
    assert found.low == pytest.approx(np.full(12, 0.35))
    assert found.high == pytest.approx(np.full(12, 0.65))


def test_a_month_with_a_quarter_of_the_answers_has_limits_twice_as_wide():
    value, bases = np.array([0.52, 0.48] * 6), np.array([100.0] * 11 + [25.0])
    found = process_limits(value, value, bases)
    assert found.sigma[11] == pytest.approx(2 * found.sigma[0])


def test_laneys_correction_widens_limits_where_months_differ_by_more_than_sampling():
    """z = ±2 by turns: every moving range is 4, so that sigma is 4 ÷ 1.128 = 3.546 times the sampling error.

    The limit case is an XmR chart: 0.5 ± 2.66 × mean moving range (0.2) of the values (Wheeler).
    """
    value = np.array([0.6, 0.4] * 6)
    found = process_limits(value, value, np.full(12, 100.0))
    assert found.dispersion == pytest.approx(4 / 1.128)
    assert found.high[0] == pytest.approx(0.5 + 2.66 * 0.2, abs=0.001)


def test_an_incident_in_the_baseline_does_not_hide_itself():
    value = np.array([0.8, 0.82, 0.78, 0.81, 0.79, 0.8, 0.4, 0.82, 0.78, 0.8, 0.79, 0.81, 0.8])
    found = process_limits(value, value, np.full(13, 120.0))
    assert not found.baseline[6]
    assert found.centre == pytest.approx(0.8, abs=0.01)
    assert [(one.rule, one.raised) for one in signals(found.distance)] == [(BEYOND, 6)]


def test_limits_stand_still_after_two_years():
    value = np.concatenate([np.array([0.52, 0.48] * 12), np.full(6, 0.9)])
    found = process_limits(value, value, np.full(30, 100.0))
    assert found.centre == pytest.approx(0.5)
    assert found.baseline.sum() == 24


def test_without_twelve_months_there_are_no_limits():
    value = np.full(11, 0.5)
    found = process_limits(value, value, np.full(value.size, 50.0))
    assert not found.known
    assert signals(found.distance) == ()


def test_answers_that_are_all_alike_have_limits_too():
    """50 of 50 for two years: one imaginary answer at the chance 1 ÷ 52 gives √(1/52 × 51/52 ÷ 50) = 1.94 points.

    So the lower limit is 94.2 %: two unfavourable answers in a month are the usual wobble, three are not.
    """
    value = np.concatenate([np.ones(24), [0.96, 0.94]])
    found = process_limits(value, value, np.full(26, 50.0))
    assert found.centre == 1
    assert found.low == pytest.approx(np.full(26, 1 - 3 * 0.01942), abs=1e-4)
    assert [(one.rule, one.raised) for one in signals(found.distance)] == [(BEYOND, 25)]


def test_the_floor_leaves_ordinary_months_alone():
    """93 % of 20 answers: a variance of 0.065 where one answer of 22 would give 0.93² × 1/22 × 21/22 = 0.038."""
    value = np.array([0.95, 0.91] * 12)
    found = process_limits(value, value, np.full(24, 20.0))
    assert found.sigma[0] == pytest.approx(np.sqrt(0.93 * 0.07 / 20))


def test_months_at_the_end_of_the_scale_are_no_run_where_most_of_them_are():
    """One unfavourable answer in 480: 23 of 24 months lie above the mean, by a twentieth of an answer."""
    value = np.ones(24)
    value[5] = 0.95
    found = process_limits(value, value, np.full(24, 20.0))
    assert found.centre < 1
    assert signals(found.distance) == ()
    nps = process_limits(100 * value, 1e4 * value, np.full(24, 20.0), scale=NPS)
    assert signals(nps.distance) == ()


@pytest.mark.parametrize("share", [0.99, 0.999])
def test_where_nearly_all_answers_are_alike_false_signals_are_rarer_still(share):
    """Without the floor, and with runs at the end of the scale, 7.7 in 100 months at 99 % of 20 answers."""
    found = false_signals(share, 20, 200, np.random.default_rng(5))
    assert found.after < FALSE_SIGNALS_PER_100_MONTHS[0]


def test_a_month_without_answers_is_refused():
    with pytest.raises(ValueError, match="a month without answers"):
        process_limits([0.5] * 12, [0.5] * 12, [10.0] * 11 + [0.0])


def test_a_month_beyond_three_sigma_is_a_signal():
    assert signals([*CALM, -3.2, 0.4]) == (Signal(BEYOND, BELOW, 12, 12, 12),)


def test_two_of_three_beyond_two_sigma_on_one_side_are_a_signal_and_on_both_sides_none():
    assert signals([*CALM, 2.1, 0.5, 2.2]) == (Signal(TWO_OF_THREE, ABOVE, 12, 14, 14),)
    assert signals([*CALM, 2.1, 0.5, -2.2]) == ()
    assert signals([*CALM, 2.1, 0.5, 0.5, 2.2]) == ()


def test_eight_in_a_row_are_a_signal_and_seven_none():
    assert signals([-0.5, *[0.4] * (RUN - 1), -0.5]) == ()
    assert signals([-0.5, *[0.4] * (RUN + 3), -0.5]) == (Signal(IN_A_ROW, ABOVE, 1, RUN, RUN + 3),)


def test_what_goes_on_is_one_signal():
    """Five months beyond the limit are one breach; coming back to normal and breaking out again are two."""
    assert len(signals([*CALM, -3.5, -4.0, -2.5, -3.1, -3.3])) == 1
    assert [one.raised for one in signals([*CALM, -4.4, -0.6, -7.9, -1.5])] == [12, 14]


def test_a_breach_within_a_run_is_told():
    found = signals([-0.5, *[0.4] * RUN, 3.5, 0.5])
    assert [one.rule for one in found] == [IN_A_ROW, BEYOND]


@given(st.lists(st.floats(-6, 6), max_size=60))
def test_signals_do_not_overlap_and_begin_before_they_end(values):
    found = signals(values)
    for one in found:
        assert 0 <= one.since <= one.raised <= one.last < len(values)
    for earlier, later in pairwise(found):
        assert earlier.raised < later.raised
        assert later.rule == IN_A_ROW or later.since > earlier.raised


@given(st.lists(st.floats(-6, 6), max_size=60))
def test_the_mirror_image_has_the_mirrored_signals(values):
    mirrored = signals([-value for value in values])
    turned = {ABOVE: BELOW, BELOW: ABOVE}
    assert [(one.rule, turned[one.side], one.raised) for one in mirrored] == [
        (one.rule, one.side, one.raised) for one in signals(values)
    ]


@pytest.mark.parametrize(
    ("place", "share", "answers"), [(0, 0.75, 60), (1, 0.93, 20)], ids=["ordinary", "few, nearly all alike"]
)
def test_the_rates_of_false_signals_on_the_page_are_the_simulated_ones(place, share, answers):
    """600 charts of five stable years, the last three after the baseline: two errors are about 0.14 and 0.2."""
    found = false_signals(share, answers, 600, np.random.default_rng(3))
    assert found.after == pytest.approx(FALSE_SIGNALS_PER_100_MONTHS[place], abs=0.2)
    assert found.inside == pytest.approx(FALSE_SIGNALS_IN_BASELINE[place], abs=0.12)


def test_the_share_of_falls_found_on_the_page_is_the_simulated_one():
    """A fall by one standard error of a month: 1000 charts, two errors are 3 points; found in about half a year."""
    found = detection(0.75, 60, 1.0, 1000, np.random.default_rng(4))
    assert found.found == pytest.approx(FOUND_WITHIN_A_YEAR, abs=0.04)
    assert 5 <= found.median_months <= 8


def test_the_value_of_an_answer_in_each_unit():
    """10 answers: 6 promoters and 1 detractor; 7 favourable; scores with sum 40 and squares 180."""
    sums = {name: np.array([number]) for name, number in (
        ("responses", 10.0), ("promoters", 6.0), ("detractors", 1.0), ("favourable", 7.0), ("total", 40.0),
        ("total_sq", 180.0),
    )}  # fmt: skip
    nps, share, mean = (value_moments(method, sums) for method in ("nps", "share", "mean"))
    assert (nps.value[0], nps.square[0]) == pytest.approx((50, 7000))
    assert (share.value[0], share.square[0]) == pytest.approx((0.7, 0.7))
    assert (mean.value[0], mean.square[0]) == pytest.approx((4.0, 18.0))
