"""Difference in differences on rows that can be added up by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from cxdata.finance.actions.comparison import compare
from cxdata.finance.actions.difference import Coefficients, Rows, change, drift, gaps, natural_limits, wobble
from cxdata.finance.actions.settings import Windows

MAY = 2026 * 12 + 4
TWO_MONTHS = Windows(MAY - 1, (MAY - 1, MAY - 1), (MAY, MAY), MAY, so_far=False, in_progress=False)


def rows(*lines: tuple[int, int, int, bool, float]) -> Rows:
    """Rows of (customer, stratum, month, reached, value), each one answer."""
    customer, stratum, month, reached, value = (np.array(column) for column in zip(*lines, strict=True))
    one = np.ones(len(lines))
    return Rows(customer, stratum, month, reached.astype(bool), value.astype(float), one, one)


FOUR_MEANS = rows(
    (1, 0, MAY - 1, True, 3), (2, 0, MAY - 1, True, 5), (3, 0, MAY, True, 5), (4, 0, MAY, True, 6),
    (5, 1, MAY - 1, False, 2), (6, 1, MAY - 1, False, 4), (7, 1, MAY, False, 3), (8, 1, MAY, False, 4),
)  # fmt: skip


def test_the_change_is_that_of_those_reached_less_that_of_the_others():
    """(5.5 − 4) − (3.5 − 3) = 1. Variance: Σ (deviation ÷ 2)² over the four means, times 8 ÷ 7 customers."""
    estimate, error = change(FOUR_MEANS, TWO_MONTHS, compared=True)
    assert estimate == pytest.approx(1.0)
    assert error == pytest.approx(np.sqrt((2 * 0.5**2 * 2 + 2 * 0.25**2 * 2) * 8 / 7))


def test_without_a_comparison_the_change_is_before_to_after():
    """5.5 − 4; the others are not looked at."""
    estimate, _ = change(FOUR_MEANS, TWO_MONTHS, compared=False)
    assert estimate == pytest.approx(1.5)


def test_rows_of_one_customer_on_both_sides_are_not_independent():
    """Two customers who both rise by exactly 1 leave no doubt about the change; four strangers would."""
    same = rows(
        (1, 0, MAY - 1, True, 3), (1, 0, MAY, True, 4), (2, 0, MAY - 1, True, 6), (2, 0, MAY, True, 7)
    )
    strangers = rows(
        (1, 0, MAY - 1, True, 3), (3, 0, MAY, True, 4), (2, 0, MAY - 1, True, 6), (4, 0, MAY, True, 7)
    )
    assert np.isnan(change(same, TWO_MONTHS, compared=False)[1])  # no spread is no interval, not certainty
    assert change(strangers, TWO_MONTHS, compared=False)[1] > 1


def test_a_rising_share_of_a_low_scoring_segment_among_the_others_is_no_change():
    """The others' mean falls from 4 to 3 because segment 2, always at 2, answers more; nobody scores differently."""
    mixed = rows(
        (1, 0, MAY - 1, True, 4), (2, 0, MAY, True, 4), (3, 1, MAY - 1, False, 5), (4, 1, MAY - 1, False, 5),
        (5, 2, MAY - 1, False, 2), (6, 1, MAY, False, 5), (7, 2, MAY, False, 2), (8, 2, MAY, False, 2),
    )  # fmt: skip
    assert change(mixed, TWO_MONTHS, compared=True)[0] == pytest.approx(0.0)


def test_a_missing_side_has_no_change():
    """Nobody of the others after the action: nothing to take off."""
    found = compare(FOUR_MEANS.where(np.arange(8) < 6), TWO_MONTHS, compared=True)
    assert np.isnan(found.estimate)
    assert np.isnan(found.p_value)
    assert found.base == 0
    assert found.reached_after.mean == pytest.approx(5.5)


def test_one_customer_and_none():
    """No interval where there is nobody to compare with; no failure either."""
    one = compare(rows((1, 0, MAY - 1, True, 3), (1, 0, MAY, True, 4)), TWO_MONTHS, compared=False)
    assert one.base == 1
    assert np.isnan(one.p_value)
    nobody = compare(FOUR_MEANS.where(np.zeros(8, dtype=bool)), TWO_MONTHS, compared=True)
    assert nobody.base == 0
    assert nobody.course.empty
    assert np.isnan(nobody.estimate)


def test_columns_must_agree_and_weights_be_positive():
    one = np.ones(2)
    codes = np.zeros(2, dtype=int)
    with pytest.raises(ValueError, match="must agree"):
        Rows(codes, codes, codes, one[:1].astype(bool), one, one, one)
    with pytest.raises(ValueError, match="weight above 0"):
        Rows(codes, codes, codes, one.astype(bool), one, 0 * one, one)


@given(
    shift=some.floats(-5, 5),
    level=some.floats(-100, 100),
    seasons=some.lists(some.floats(-10, 10), min_size=4, max_size=4),
    seed=some.integers(0, 1000),
)
def test_levels_of_segments_and_months_leave_the_change_alone(shift, level, seasons, seed):
    """Whatever moves everybody in a month, or one segment in all months, is not taken for the action's doing."""
    generator = np.random.default_rng(seed)
    month = np.repeat(np.arange(MAY - 2, MAY + 2), 12)
    stratum = np.tile(np.repeat([0, 1, 2], 4), 4)
    value = generator.normal(size=48)
    windows = Windows(MAY - 2, (MAY - 2, MAY - 1), (MAY, MAY + 1), MAY, so_far=False, in_progress=False)
    one = np.ones(48)

    def of(values: np.ndarray) -> float:
        return change(
            Rows(np.arange(48), stratum, month, stratum == 0, values, one, one), windows, compared=True
        )[0]

    moved = value + level * (stratum == 1) + np.array(seasons)[month - MAY + 2]
    moved = moved + shift * ((stratum == 0) & (month >= MAY))
    assert of(moved) == pytest.approx(of(value) + shift, abs=1e-8)


def test_sums_of_a_customer_count_like_the_rows_behind_them():
    """One row with two answers of 3 and 5 is two rows of one customer."""
    apart = rows((1, 0, MAY - 1, True, 3), (1, 0, MAY - 1, True, 5), (2, 0, MAY - 1, True, 2), (3, 0, MAY, True, 6),
                 (4, 0, MAY, True, 4))  # fmt: skip
    summed = Rows(
        np.array([1, 2, 3, 4]), np.zeros(4, dtype=int), np.array([MAY - 1, MAY - 1, MAY, MAY]), np.ones(4, dtype=bool),
        np.array([8.0, 2, 6, 4]), np.array([2.0, 1, 1, 1]), np.array([2.0, 1, 1, 1]),
    )  # fmt: skip
    assert change(summed, TWO_MONTHS, compared=False) == pytest.approx(
        change(apart, TWO_MONTHS, compared=False)
    )


def test_clustered_errors_agree_with_the_regression_of_the_models():
    """The same coefficients by rows; there the linear family has the factor (n − 1) ÷ (n − k) on top."""
    from cxdata.models.linear import linear

    generator = np.random.default_rng(3)
    customer = generator.integers(0, 60, 240)
    month = generator.integers(MAY - 2, MAY + 2, 240)
    stratum = customer % 3
    value = generator.normal(size=240) + customer % 7
    windows = Windows(MAY - 2, (MAY - 2, MAY - 1), (MAY, MAY + 1), MAY, so_far=False, in_progress=False)
    one = np.ones(240)
    found = change(Rows(customer, stratum, month, stratum == 0, value, one, one), windows, compared=True)
    design = np.column_stack(
        [stratum == code for code in (0, 1, 2)]
        + [month == code for code in range(MAY - 1, MAY + 2)]
        + [(stratum == 0) & (month >= MAY)]
    ).astype(float)
    model = linear(design, value, terms=list("abcdefg"), clusters=customer)
    assert found[0] == pytest.approx(model.coefficients[6])
    assert found[1] == pytest.approx(model.std_error[6] / np.sqrt(239 / 233))


def test_wobble_is_what_months_stray_beyond_their_answers():
    """Six months at ±1 with sampling variance 0.01: Q = 600, excess (600 − 5) ÷ (600 − 100) = 1.19, root 1.0909."""
    gap, variance = np.array([1.0, -1, 1, -1, 1, -1]), np.full(6, 0.01)
    nothing_after = np.zeros(6, dtype=bool)
    found = wobble(gap, variance, nothing_after)
    assert found.size == pytest.approx(1.0909, abs=1e-4)
    assert found.freedom == 5
    assert found.known
    assert wobble(gap * 0.05, variance, nothing_after).size == 0.0
    # A step from before to after is the effect, no wobble.
    stepped = np.arange(6) >= 3
    assert wobble(5.0 * stepped, variance, stepped).size == 0.0


def test_drift_is_the_slope_before_the_action():
    """Gaps of 0, 0.5, 1 … over eight months: 0.5 a month, and clear; level gaps: none."""
    month, sure = np.arange(8), np.eye(8) * 0.01
    rising = drift(month, Coefficients(0.5 * month, sure), 0.0)
    assert rising.per_month == pytest.approx(0.5)
    assert rising.p_value < 1e-4
    level = drift(month, Coefficients(np.zeros(8), sure), 0.0)
    assert level.per_month == pytest.approx(0.0)
    assert level.p_value == pytest.approx(1.0)
    assert np.isnan(drift(month[:5], Coefficients(np.zeros(5), np.eye(5)), 0.0).p_value)


def test_natural_limits_of_single_months():
    """Moving ranges of 1, 2, 1, 2, 1: mean 1.4; centre 10.5 ± 2.66 × 1.4."""
    centre, low, high = natural_limits(np.array([10.0, 11, 9, 10, 12, 11]))
    assert (centre, low, high) == pytest.approx((10.5, 10.5 - 3.724, 10.5 + 3.724))


def test_gaps_month_by_month():
    """4 − 3 before, 5.5 − 3.5 after."""
    months, found = gaps(FOUR_MEANS, compared=True)
    assert list(months) == [MAY - 1, MAY]
    assert found.estimate == pytest.approx([1.0, 2.0])
    alone = gaps(FOUR_MEANS, compared=False)[1]
    assert alone.estimate == pytest.approx([4.0, 5.5])


def test_intervals_hold_the_truth_also_where_whole_months_wobble():
    """120 companies without any effect, whose months stray by 0.3 on one side and on the other.

    Intervals by customers alone miss zero in more than one of ten; with the wobble they keep to about 95 %.
    """
    generator = np.random.default_rng(1)
    start = 24000
    windows = Windows(
        start, (start, start + 11), (start + 12, start + 23), start + 12, so_far=False, in_progress=False
    )
    customer = np.repeat(np.arange(240), 8)
    reached = customer % 3 == 0
    one = np.ones(customer.size)
    whole, alone = 0, 0
    for _ in range(120):
        month = start + generator.integers(0, 24, customer.size)
        months = generator.normal(0, 0.3, (2, 24))[reached.astype(int), month - start]
        value = generator.normal(0, 1, 240)[customer] + generator.normal(0, 1, customer.size) + months
        found = compare(
            Rows(customer, (~reached).astype(int), month, reached, value, one, one), windows, compared=True
        )
        whole += found.conf_low < 0 < found.conf_high
        alone += abs(found.estimate) < 1.96 * found.sampling_error
    assert whole / 120 >= 0.9
    assert alone / 120 < 0.9
