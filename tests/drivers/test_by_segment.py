"""Effects per segment: planted reversals are named, small segments are told apart from silence."""

from __future__ import annotations

import numpy as np
import pytest

from cxdata.drivers.by_segment import ONE_OUTCOME, TOO_FEW_EVENTS, by_segment
from cxdata.drivers.effects import effects
from cxdata.scorecard.comparisons import benjamini_hochberg

TERMS = ("delivery", "app")


def company(seed: int = 7, turned: float = -0.6):
    """Delivery helps in two segments and has the weight `turned` in Courier; three customers are VIP."""
    random = np.random.default_rng(seed)
    drivers = random.normal(size=(6_000, 2))
    segment = random.choice(["Courier", "Family", "Student"], 6_000, p=[0.2, 0.5, 0.3])
    segment[:3] = "VIP"
    weight = np.where(segment == "Courier", turned, 0.6)
    outcome = (random.random(6_000) < 1 / (1 + np.exp(-1 - weight * drivers[:, 0]))).astype(float)
    outcome[:3] = 1
    return drivers, outcome, random.integers(0, 3_000, 6_000), segment.astype(str)


def test_a_planted_reversal_is_named_and_nothing_else():
    drivers, outcome, customers, segment = company()
    overall = effects(drivers, outcome, customers, terms=TERMS)
    found = by_segment(drivers, outcome, customers, segment, overall, terms=TERMS)
    assert found.segments == ("Courier", "Family", "Student")
    assert found.reversals == (("delivery", "Courier"),)
    assert found.apart_adjusted[0, 0] < 1e-6
    assert found.apart_adjusted[:, 1].min() > 0.05


def test_a_segment_of_three_is_left_out_with_the_rule():
    """Two drivers and a constant need 10 · 3 = 30 decisions of the rarer outcome."""
    drivers, outcome, customers, segment = company()
    outcome[0] = 0
    overall = effects(drivers, outcome, customers, terms=TERMS)
    left = by_segment(drivers, outcome, customers, segment, overall, terms=TERMS).left
    assert [(one.segment, one.reason, one.rows, one.events, one.needed) for one in left] == [
        ("VIP", TOO_FEW_EVENTS, 3, 1, 30)
    ]
    outcome[0] = 1
    left = by_segment(drivers, outcome, customers, segment, overall, terms=TERMS).left
    assert left[0].reason == ONE_OUTCOME


def test_a_segments_numbers_are_those_of_its_rows_alone():
    drivers, outcome, customers, segment = company()
    overall = effects(drivers, outcome, customers, terms=TERMS)
    found = by_segment(drivers, outcome, customers, segment, overall, terms=TERMS)
    rows = segment == "Family"
    alone = effects(drivers[rows], outcome[rows], customers[rows], terms=TERMS)
    assert found.estimate[1] == pytest.approx(alone.estimate)
    assert found.conf_low[1] == pytest.approx(alone.conf_low)
    assert found.p_adjusted.ravel() == pytest.approx(benjamini_hochberg(found.p_value.ravel()))


def test_noise_is_no_reversal():
    """Where a driver does nothing anywhere signs differ by chance: `turned`, but not `reversed`."""
    reversals = 0
    for seed in range(20):
        drivers, outcome, customers, segment = company(seed, turned=0.6)
        overall = effects(drivers, outcome, customers, terms=TERMS)
        reversals += len(by_segment(drivers, outcome, customers, segment, overall, terms=TERMS).reversals)
    assert reversals <= 1


def test_controls_of_other_segments_do_not_matter():
    drivers, outcome, customers, segment = company()
    dummies = np.column_stack([segment == name for name in ("Courier", "Family", "Student")]).astype(float)
    overall = effects(drivers, outcome, customers, terms=TERMS, controls=dummies[:, :2])
    found = by_segment(drivers, outcome, customers, segment, overall, terms=TERMS, controls=dummies[:, :2])
    plain = by_segment(drivers, outcome, customers, segment, overall, terms=TERMS)
    assert found.estimate == pytest.approx(plain.estimate)
