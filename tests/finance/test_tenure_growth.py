"""How tenure moves on: by a year each year, and never beyond what decisions have shown."""

from __future__ import annotations

import numpy as np
import pytest

from cxdata.finance.impact.populations import tenure_growth


def test_tenure_grows_by_a_year_each_year():
    """log(1 + 465) − log(1 + 100) after one year, log(1 + 830) − log(1 + 100) after two."""
    growth = tenure_growth(np.array([100.0]), np.array([5000.0]), 3)
    assert growth[:, 0] == pytest.approx([0.0, np.log(466 / 101), np.log(831 / 101)])


def test_it_stops_where_nobody_has_been_seen():
    """All terms came up at the age of one year: what a second year does is not known, and nothing is put in its place."""
    growth = tenure_growth(np.array([365.0, 100.0, 0.0]), np.array([365.0, 300.0, 0.0]), 4)
    assert growth[:, 0].tolist() == [0.0] * 4
    assert growth[1:, 1] == pytest.approx([np.log(301 / 101)] * 3)
    assert growth[:, 2].tolist() == [0.0] * 4


def test_a_tenure_beyond_the_longest_stays():
    assert tenure_growth(np.array([900.0]), np.array([365.0]), 2)[:, 0].tolist() == [0.0, 0.0]
