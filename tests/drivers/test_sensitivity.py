"""E-values: the published example, arithmetic, and what must hold for any ratio."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxdata.drivers.sensitivity import e_values, e_values_of_effects


def test_the_published_example():
    """VanderWeele & Ding (2017): RR 3.9 [1.8, 8.7] has 7.26, and 3.0 for its lower end: 1.8 + √(1.8 · 0.8) = 3."""
    found = e_values(3.9, 1.8, 8.7)
    assert found.e_value[0] == pytest.approx(3.9 + np.sqrt(3.9 * 2.9), abs=1e-12)
    assert found.e_value[0] == pytest.approx(7.263034, abs=1e-6)
    assert found.e_value_limit[0] == pytest.approx(3.0, abs=1e-12)


@given(st.floats(0.01, 100))
def test_no_direction_is_special_and_nothing_is_needed_for_nothing(ratio):
    found = e_values([ratio, 1 / ratio, 1.0], [0, 0, 0.5], [np.inf, np.inf, 2])
    assert found.e_value[0] == pytest.approx(found.e_value[1])
    assert found.e_value[0] >= max(ratio, 1 / ratio) - 1e-12
    assert found.e_value[2] == 1
    assert found.e_value_limit.tolist() == [1, 1, 1]


def test_an_effect_on_renewal_is_a_ratio_of_losses():
    """20 % lost; +5 pp renewal: losses 17.5 % against 22.5 %, ratio .7778; 1/.7778 = 1.2857 → 1.8918."""
    found = e_values_of_effects([0.05], [0.02], [0.08], share=0.8)
    assert found.ratio[0] == pytest.approx(0.175 / 0.225)
    assert found.e_value[0] == pytest.approx(9 / 7 + np.sqrt(9 / 7 * 2 / 7))
    assert found.ratio_low[0] < found.ratio[0] < found.ratio_high[0] < 1
    unclear = e_values_of_effects([0.05], [-0.01], [0.11], share=0.8)
    assert unclear.e_value_limit[0] == 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: e_values(0, 0, 1), "above 0"),
        (lambda: e_values(2, 3, 4), "does not contain 2"),
        (lambda: e_values_of_effects([0.1], [0], [0.2], share=1.0), "between 0 and 1"),
    ],
)
def test_impossible_numbers_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
