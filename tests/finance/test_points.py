"""What a point is worth: reference cases by hand, and the engine's table on a company of twelve decisions."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from cxdata.finance.economics.nps_value import NpsGroups
from cxdata.finance.impact.profiles import Profiles
from cxdata.finance.impact.valuation import draws_only
from cxdata.finance.lifetimes.lifetime import margin_multiple
from cxdata.finance.lifetimes.retention_curves import RetentionCurve
from cxdata.finance.points.points import (
    CHURN,
    DRIVER,
    NPS,
    PATHS,
    churn_points,
    driver_points,
    nps_points,
    own_numbers,
    points,
    share_moved,
    staying,
)
from cxdata.finance.points.words import claims
from cxdata.finance.scenarios.scenario import Range, RetentionChange, Scenario
from tests.finance.people import RATING, company, regression, standing


def groups(**changed: object) -> NpsGroups:
    """Promoters 92 % at 300, passives 85 % at 250, detractors 72 % at 200, known exactly; 10 % a year."""
    retention, margin = np.array([0.92, 0.85, 0.72]), np.array([300.0, 250.0, 200.0])
    value = margin * retention / (1.1 - retention)
    return replace(
        NpsGroups(
            ("promoter", "passive", "detractor"), (40, 35, 25), retention, retention, retention, retention, margin,
            margin, margin, value, value, value, 0.10,
        ),
        **changed,
    )  # fmt: skip


def test_one_point_of_nps_by_path_of_100_000_customers():
    """Own arithmetic (G19): m r ÷ (1.1 − r) = 1,533.33, 850.00 and 378.95; 1,000 customers move, or 500 end to end:
    471,052.63, 683,333.33 and 577,192.98 with each year's money at its end, √1.1 times that with it in the middle."""
    assert margin_multiple([0.92, 0.85, 0.72], 0.10) * [300, 250, 200] == pytest.approx(
        [1533.3333, 850.0, 378.9474]
    )
    found = {one.code: one for one in nps_points(groups(), 100_000, horizon_years=None)}
    assert found["detractor>passive"].horizon.p50 == pytest.approx(471_052.63 * sqrt(1.1), abs=0.01)
    assert found["passive>promoter"].horizon.p50 == pytest.approx(683_333.33 * sqrt(1.1), abs=0.01)
    assert found["detractor>promoter"].horizon.p50 == pytest.approx(577_192.98 * sqrt(1.1), abs=0.01)
    assert [one.reached for one in found.values()] == [1000, 1000, 500]


def test_half_an_effect_is_half_the_money_and_known_groups_leave_no_interval():
    half = nps_points(groups(), 1000, attribution=0.5)[0]
    whole = nps_points(groups(), 1000)[0]
    assert half.horizon.p50 == pytest.approx(whole.horizon.p50 / 2)
    assert whole.horizon.p5 == whole.horizon.p95


def test_next_twelve_months_are_the_margin_of_those_who_renew():
    """Ten of a thousand customers: 10 × (250 × 0.85 − 200 × 0.72) = 685."""
    assert nps_points(groups(), 1000)[0].year.p50 == pytest.approx(685.0)


def test_a_path_without_its_groups_is_left_out():
    """Nobody who is passive: only the way from end to end is left; margins unknown: none."""
    whole = groups()
    rows = [0, 2]
    arrays = {name: value[rows] for name, value in vars(whole).items() if isinstance(value, np.ndarray)}
    two = replace(whole, group=("promoter", "detractor"), customers=(40, 25), **arrays)
    assert [one.code for one in nps_points(two, 1000)] == ["detractor>promoter"]
    assert nps_points(groups(margin=np.full(3, np.nan)), 1000) == ()


def test_one_customer_and_none():
    """One NPS point of one customer is a hundredth of a customer; of nobody it is nothing."""
    assert nps_points(groups(), 1.0, horizon_years=None)[0].horizon.p50 == pytest.approx(
        4.7105263 * sqrt(1.1)
    )
    nobody = nps_points(groups(), 0.0)[0]
    assert nobody.horizon.p50 == 0
    assert np.isnan(nobody.per_customer(nobody.horizon))


@given(
    margin=some.floats(-1e4, 1e4),
    retention=some.floats(0.01, 0.99),
    rate=some.floats(0.01, 0.5),
    years=some.integers(1, 12),
)
def test_renewals_add_up_year_by_year(margin, retention, rate, years):
    """One in a hundred keep so many of a margin where the others bring nothing: Σ m r^t ÷ (1 + i)^(t − ½)."""
    own = groups(
        margin=np.array([margin, 0.0, 0.0]), retention=np.full(3, retention), discount_rate=rate
    )  # fmt: skip
    alone = {name: getattr(own, "retention" if "ret" in name else "margin") for name in
             ("retention_low", "retention_high", "margin_low", "margin_high")}  # fmt: skip
    found = nps_points(replace(own, **alone), 100.0, horizon_years=years, draws=2)
    by_hand = sum(margin * retention**year * (1 + rate) ** (0.5 - year) for year in range(1, years + 1))
    assert found[1].code == "passive>promoter"
    assert found[1].horizon.mean == pytest.approx(by_hand, rel=1e-6, abs=1e-6)


def test_moving_that_share_raises_nps_by_one_point():
    """40 % promoters and 25 % detractors are 15 points; each path moves them to 16."""
    step = {"promoter": 100.0, "passive": 0.0, "detractor": -100.0}
    for start, end in PATHS:
        assert share_moved(start, end) * (step[end] - step[start]) == pytest.approx(1.0)


@pytest.fixture
def profiles() -> Profiles:
    return company(whole=True)


def test_one_point_of_churn_keeps_one_customer_in_a_hundred(profiles):
    """The first year's value is that of 1 % more customers, each at a margin between the least and the largest."""
    found = list(churn_points(profiles, draws=100))
    whole = found[0]
    assert (whole.kind, whole.code) == (CHURN, "")
    assert whole.customers == pytest.approx(profiles.base.customers)
    margins = profiles.margin / profiles.customers
    each = whole.year.p50 / (0.01 * profiles.base.customers)
    assert margins.min() < each < margins.max()
    assert {one.code for one in found[1:]} <= set(profiles.base.segments)


def test_a_driver_is_worth_less_where_less_of_it_is_an_effect(profiles):
    full = {one.code: one for one in driver_points(profiles, attribution=1.0, draws=100)}
    half = {one.code: one for one in driver_points(profiles, attribution=0.5, draws=100)}
    none = {one.code: one for one in driver_points(profiles, attribution=0.0, draws=100)}
    assert full
    for code, one in full.items():
        assert abs(half[code].horizon.mean) < abs(one.horizon.mean)
        assert none[code].horizon.p95 == 0.0
        assert 0 < one.realised <= 1
        assert one.reached <= profiles.base.customers + 1e-9


def test_all_points_stand_in_one_table(profiles):
    shares: list[float] = []
    found = points(profiles, groups(), attribution=0.5, draws=100, progress=shares.append)
    assert [one.kind for one in found[:1]] == [CHURN]
    assert sum(one.kind == NPS for one in found) == 2 * len(PATHS)
    assert {one.attribution for one in found if one.kind == DRIVER} == {0.5, 1.0}
    assert shares == sorted(shares)
    assert max(shares) <= 1
    assert not any(one.kind == NPS for one in points(profiles, None, attribution=1.0, draws=100))


def test_one_convention_of_discounting_for_all_points():
    """One kind of customer, 80 % kept at 100: a point of churn fewer, and moving 1 % of them to who never leaves less the
    same point, are discounted alike. By hand over three years at 10 %, mid-year."""
    found = standing(
        regression(np.array([[1.0]]), [np.log(0.25)], drivers=()), np.array([1000.0]), np.array([1e5])
    )
    kept, more = 0.8 ** np.arange(1, 4), 0.81 ** np.arange(1, 4)
    factors = 1.1 ** -(np.arange(1, 4) - 0.5)
    churn = next(churn_points(found, draws=100)).horizon.mean
    assert churn == pytest.approx(1e5 * float((more - kept) @ factors), rel=2e-3)
    some = groups(margin=np.full(3, 100.0), retention=np.array([0.9, 0.81, 0.8]))
    moved = nps_points(replace(some, retention_low=some.retention, retention_high=some.retention), 1000.0)[0]
    assert 100 * moved.horizon.p50 == pytest.approx(1e5 * float((more - kept) @ factors))


def test_five_points_are_measured_against_the_same_customers_as_they_are():
    """Half keep 60 %, half 95 %: as they are they bring Σ (.6^t + .95^t) / 2, and not .775^t."""
    odds = np.log([0.4 / 0.6, 0.05 / 0.95])
    found = standing(
        regression(np.column_stack([np.ones(2), odds]), [0.0, 1.0], drivers=()), np.full(2, 500.0), np.full(2, 1e5)
    )  # fmt: skip
    years = np.arange(1, 6)
    assert staying(found, 5) == pytest.approx(np.array([0.6**years, 0.95**years]).T)
    gain = draws_only(
        Scenario(name="five", retention=RetentionChange(points=Range.exactly(0.05)), horizon_years=5,
                 discount_rate=Range.exactly(0.1)), found, draws=100,
    )  # fmt: skip
    as_is = 1e5 * float((0.6**years + 0.95**years) @ 1.1 ** -(years - 0.5))
    own = own_numbers(found, draws=100)
    assert own.five_points == pytest.approx(float(np.median(gain.gross_pv)) / as_is)
    assert as_is > 1.1 * 2e5 * float(0.775**years @ 1.1 ** -(years - 0.5))


def test_the_elasticity_is_that_of_the_money():
    """Half keep 60 %, half 95 %, at 10 %: x = r / 1.1, Σ x / (1 − x)² ÷ Σ x / (1 − x) = 6.47; alike at 77.5 % 3.38."""
    found = standing(
        regression(np.column_stack([np.ones(2), np.log([0.4 / 0.6, 0.05 / 0.95])]), [0.0, 1.0], drivers=()),
        np.full(2, 500.0), np.full(2, 1e5),
    )  # fmt: skip
    x = np.array([0.6, 0.95]) / 1.1
    by_hand = float((x / (1 - x) ** 2).sum() / (x / (1 - x)).sum())
    own = own_numbers(found, draws=100)
    assert (own.elasticity, own.along_curve) == (pytest.approx(by_hand, rel=1e-5), False)
    assert by_hand > 1.7 * 1.1 / (1.1 - 0.775)
    assert any("what your customers will still bring" in mine for _, mine in claims(own, {}))
    # High End (Fader & Hardie 2010): 7.58 of the money of new customers, where mean retention says 4.41.
    curve = own_numbers(found, RetentionCurve(0.668, 3.806), draws=100)
    assert (curve.elasticity, curve.along_curve) == (pytest.approx(7.578, abs=5e-4), True)
    assert any("7.6 % of the money that a new customer brings" in mine for _, mine in claims(curve, {}))


def test_own_numbers_beside_the_claims(profiles):
    found = own_numbers(profiles, draws=100)
    assert found.bad_against_good == pytest.approx({RATING: 0.7 / 0.3})
    assert found.five_points > 0
