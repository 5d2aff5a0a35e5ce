"""Whose money it is where levers work together: each alone, overlap, what is not taken for an effect, and parts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from cxdata.config import load_config
from cxdata.database import current_id, open_release
from cxdata.drivers.churn import churn_regression
from cxdata.drivers.prepared import prepare
from cxdata.drivers.settings import CHURN, Settings
from cxdata.finance.impact.charts import waterfall_rows
from cxdata.finance.impact.profiles import Profiles, profiles_of
from cxdata.finance.impact.results import Valuation
from cxdata.finance.impact.sharing import first_and_last, shapley
from cxdata.finance.impact.valuation import value
from cxdata.finance.query import active_terms
from cxdata.finance.scenarios.scenario import Lever, Range, Scenario
from cxdata.selection import Selection
from tests.finance.people import EVENT, RATING, company
from tests.finance.test_counterfactual import SURE, lever_of, scenario

UNRESOLVED, WAIT = "event:unresolved", "event:longest_wait"
UNLIKE = (
    lever_of(RATING, "shift", 1.0, attribution=1.0),
    lever_of(EVENT, "fix", 0.5, attribution=0.2, one_off_cost=SURE(30.0)),
)


@pytest.fixture(scope="module")
def demo(demo_folder: Path) -> Profiles:
    release = open_release(demo_folder, current_id(demo_folder))
    prepared = prepare(
        release, load_config(demo_folder), Selection(), Settings(outcome=CHURN), date(2026, 11, 1)
    )
    return profiles_of(churn_regression(prepared, imputations=2), active_terms(release, Selection()))


def alone(found: Valuation, place: int, profiles: Profiles) -> float:
    """The lever as the only one of its scenario, with all of its association an effect, in a valuation of its own."""
    lever = replace(found.scenario.levers[place], attribution=1.0)
    return float(
        value(
            replace(found.scenario, levers=(lever,), tail=False), profiles, preview=found.preview
        ).point.gross_pv[0]
    )


def steps(found: Valuation) -> list[float]:
    return [float(step) for step in waterfall_rows(found, {}, "EUR")["value"]]


@pytest.mark.parametrize("tail", [False, True])
def test_a_bar_of_the_waterfall_is_its_lever_alone_whatever_the_others_attribution(tail):
    """One lever with an attribution of 1, one with 0.2: the haircut is the second one's, and the first bears none."""
    profiles = company()
    found = value(scenario(*UNLIKE, tail=tail, cross_sell=SURE(0.02)), profiles)
    bars = steps(found)
    assert bars[:2] == pytest.approx([alone(found, place, profiles) for place in (0, 1)], rel=1e-9)
    assert sum(bars[:-1]) == pytest.approx(float(found.point.npv[0]), rel=1e-12)
    whole = found.levers["alone_full_pv"].sum() - found.overlap - found.haircut + found.point.tail[0]
    assert whole == pytest.approx(float(found.point.gross_pv[0]), rel=1e-12)


def test_on_the_demo_resolving_contacts_and_shorter_waits_would_bring_alike_alone(demo):
    """Four in five unresolved contacts gone (attribution 1) and 8 minutes less (0.2): about 25,000 each, alone.

    Shared out in proportion to what they bring as assumed, the same haircut made 41,500 and 8,500 of that.
    """
    levers = (
        Lever(UNRESOLVED, "fix", SURE(0.8), attribution=1.0),
        Lever(WAIT, "shift", SURE(8.0), attribution=0.2),
    )
    found = value(Scenario("two", levers=levers, draws=100), demo)
    first, second = steps(found)[:2]
    assert [first, second] == pytest.approx([alone(found, place, demo) for place in (0, 1)], rel=1e-9)
    assert second == pytest.approx(first, rel=0.15)
    assert 20_000 < first < 30_000


def test_the_first_and_the_last_place_are_nearly_all_orders():
    """Exact where only pairs overlap: three of 10 each that lose 1 a pair keep 9 each."""
    pairs = lambda some: 10.0 * len(some) - len(some) * (len(some) - 1) / 2  # noqa: E731
    assert first_and_last(pairs, 3) == pytest.approx([9, 9, 9])
    assert first_and_last(pairs, 3) == pytest.approx(shapley(pairs, 3))
    gloves = lambda some: float(0 in some and len(some) > 1)  # noqa: E731
    assert first_and_last(gloves, 3).sum() == pytest.approx(1)
    assert first_and_last(lambda some: 0.0, 2) == pytest.approx([0, 0])


def test_a_preview_of_many_levers_shares_nearly_and_says_so(demo):
    """Six levers: parts within a hundredth of the whole of the exact ones, from 12 runs instead of 63."""
    rating = "rating:csat_delivery:delivery"
    levers = (
        Lever(UNRESOLVED, "fix", SURE(0.8), SURE(0.9), attribution=1.0),
        Lever(WAIT, "shift", SURE(8.0), SURE(0.8), attribution=0.2),
        Lever("event:repeats", "fix", SURE(0.5), SURE(0.6)),
        Lever("event:complaint", "fix", SURE(0.5), SURE(0.4)),
        Lever(rating, "floor", SURE(4.0), SURE(0.7)),
        Lever("rating:rating_product:", "shift", Range(0.2, 0.5, 0.8), one_off_cost=SURE(9_000.0)),
    )
    asked = Scenario("six", levers=levers, draws=100)
    full, quick = value(asked, demo), value(asked, demo, preview=True)
    assert "shares_near" in quick.notes
    assert "shares_near" not in full.notes
    assert quick.levers["margin_pv"].sum() == pytest.approx(float(quick.point.gross_pv[0]), rel=1e-12)
    off = np.abs(
        quick.levers["margin_pv"] / quick.point.gross_pv[0]
        - full.levers["margin_pv"] / full.point.gross_pv[0]
    )
    assert off.max() < 0.01
    # Bars and break-evens of fewer customers are put around the value of all of the sample.
    inside = quick.tornado.assign(net=float(quick.point.npv[0]))
    low = inside[["npv_low", "npv_high"]].min(axis=1)
    high = inside[["npv_low", "npv_high"]].max(axis=1)
    assert (low <= inside["net"] + 1e-6).all()
    assert (high >= inside["net"] - 1e-6).all()
    assert quick.break_even_effect == pytest.approx(full.break_even_effect, rel=0.1)
    assert "shares_near" not in value(replace(asked, levers=levers[:4]), demo, preview=True).notes
