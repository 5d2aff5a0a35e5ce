"""The demo's planted effects in money: levers are worth what the planted coefficients say."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from cxdata.config import load_config
from cxdata.database import current_id, open_release
from cxdata.drivers.churn import churn_regression
from cxdata.drivers.prepared import Prepared, prepare
from cxdata.drivers.settings import CHURN, RENEWAL, Settings
from cxdata.errors import UnknownTerm
from cxdata.finance.economics.window import window_of
from cxdata.finance.impact.profiles import Profiles, profiles_of
from cxdata.finance.impact.results import summary
from cxdata.finance.impact.valuation import draws_only, value
from cxdata.finance.query import active_terms, base_now
from cxdata.finance.scenarios.scenario import Lever, Range, RetentionChange, Scenario
from cxdata.selection import Selection

SURE = Range.exactly
MONTH = date(2026, 11, 1)
DELIVERY = "rating:csat_delivery:delivery"

PLANTED = {
    "event:longest_wait": "longest_wait_minutes", "event:unresolved": "unresolved_contacts",
    "event:repeats": "repeat_contacts", "event:complaint": "any_complaint", "rating:rating_product:": "product_rating",
    "rating:rating_brand:": "brand_rating",
}  # fmt: skip

LEVERS = {
    "shift": Lever("event:longest_wait", "shift", SURE(4.8), attribution=1.0, reach=SURE(1.0), ramp=(1.0,)),
    "fix": Lever("event:unresolved", "fix", SURE(0.5), attribution=1.0, reach=SURE(1.0), ramp=(1.0,)),
    "floor": Lever(
        "rating:rating_product:", "floor", SURE(4.0), attribution=1.0, reach=SURE(1.0), ramp=(1.0,)
    ),
}


@pytest.fixture(scope="module")
def prepared(demo_folder: Path) -> Prepared:
    release = open_release(demo_folder, current_id(demo_folder))
    return prepare(release, load_config(demo_folder), Selection(), Settings(outcome=CHURN), MONTH)


@pytest.fixture(scope="module")
def profiles(prepared, demo_folder: Path) -> Profiles:
    release = open_release(demo_folder, current_id(demo_folder))
    return profiles_of(churn_regression(prepared, imputations=4), active_terms(release, Selection()))


@pytest.fixture(scope="module")
def planted(demo_folder: Path) -> dict[str, float]:
    """Planted log-odds of a renewal, per driver of the regression."""
    truth = json.loads((demo_folder / "exports" / "demo" / "truth.json").read_text(encoding="utf-8"))
    return {code: truth["renewal"]["drivers"][name]["log_odds"] for code, name in PLANTED.items()}


def planned(lever: Lever, **more: object) -> Scenario:
    return Scenario("demo", levers=(lever,), discount_rate=SURE(0.1), draws=400, **more)


def test_coefficients_of_churn_are_the_planted_ones_turned_round(profiles, planted):
    """More calls open, more churn: planted −0.35 a contact for renewing is −0.35 for churn per contact *spared*."""
    found = profiles.regression
    held = 0
    for code, log_odds in planted.items():
        driver = found.driver(code)
        assert driver is not None
        estimate = found.pooled[driver.column]
        between = found.coefficients[:, driver.column].var(ddof=1) * (1 + 1 / found.sets)
        error = np.sqrt(found.covariance[:, driver.column, driver.column].mean() + between)
        assert estimate < 0
        held += abs(estimate + abs(log_odds)) <= 2.2 * error
    assert held >= 5


def test_of_renewals_or_of_losses_is_the_same_regression(prepared, profiles):
    """The outcome turned round turns the sign of the fit, and the fit of the money is of losses either way."""
    other = replace(prepared, settings=replace(prepared.settings, outcome=RENEWAL),
                    design=replace(prepared.design, y=1 - prepared.design.y))  # fmt: skip
    found = churn_regression(other, imputations=2)
    assert found.pooled == pytest.approx(profiles.regression.coefficients[:2].mean(axis=0), abs=0.05)
    assert (found.lost == profiles.regression.lost).all()


def test_a_rating_is_no_loss(prepared):
    with pytest.raises(UnknownTerm, match="only lost and renewed terms"):
        churn_regression(replace(prepared, settings=replace(prepared.settings, outcome="nps_relationship")))


def test_the_base_is_everybody_whose_term_runs(profiles, demo_folder):
    """10,942 open terms; the year's decisions stand for all of their margin."""
    base = profiles.base
    assert (base.kind, base.coverage, base.margin_known) == ("open", 1.0, 1.0)
    assert base.customers == pytest.approx(profiles.customers.sum())
    assert base.annual_margin == pytest.approx(profiles.margin.sum(), rel=1e-9)
    assert set(profiles.terms_per_year) == {1.0, 2.0}
    # Of the planted 19 % a decision, and half-yearly terms twice a year.
    assert 0.18 < base.churn < 0.23
    couriers = profiles.segment == base.segments.index("Courier")
    assert profiles.margin[couriers].sum() < 0


@pytest.mark.parametrize("kind", LEVERS)
def test_a_lever_is_worth_what_was_planted(profiles, planted, kind):
    """The same customers with the planted coefficient in place of the estimate: inside the interval of the draws."""
    lever = LEVERS[kind]
    found = value(planned(lever), profiles)
    driver = profiles.regression.driver(lever.driver)
    assert driver is not None
    truth = profiles.regression.coefficients.copy()
    truth[:, driver.column] = -abs(planted[lever.driver])
    real = value(
        planned(lever), replace(profiles, regression=replace(profiles.regression, coefficients=truth))
    )
    range_of = np.percentile(found.draws.npv, [0.5, 99.5])
    assert range_of[0] <= real.point.npv[0] <= range_of[1]
    assert found.point.npv[0] == pytest.approx(real.point.npv[0], rel=0.3)
    assert found.wrong_sign[lever.driver] < 0.02


def test_the_first_year_of_shorter_waits_by_hand(profiles, planted):
    """4.8 minutes less, where there are so many: customers × (planted 0.025 × minutes spared) × q (1 − q), nearly."""
    lever = LEVERS["shift"]
    found = value(planned(lever, horizon_years=1), profiles)
    x = profiles.regression.x.mean(axis=0)[profiles.rows]
    chance = 1 / (1 + np.exp(-x @ profiles.regression.pooled))
    spared = np.minimum(4.8, -x[:, profiles.regression.driver(lever.driver).column])
    terms = profiles.terms_per_year
    slope = terms * (1 - chance) ** terms * chance
    kept = float(profiles.customers @ (0.025 * spared * slope))
    assert found.point.customers_kept[0, 0] == pytest.approx(kept, rel=0.2)


def test_keeping_couriers_costs_money(profiles):
    """The planted loss: each courier kept takes more than she brings."""
    found = value(
        Scenario("couriers", retention=RetentionChange(SURE(0.05), segments=("Courier",)), draws=200),
        profiles,
    )
    assert found.point.customers_kept[0, 0] > 0
    assert summary(found.draws.npv).p95 < 0
    assert found.negative.kept > 0
    assert found.negative.margin_pv < found.point.gross_pv[0]


def test_bands_of_deliveries_pay_for_bad_ones_and_not_for_middling_ones(profiles):
    """Planted: a bad delivery weighs twice as much as a good one.

    A floor of 2.5 lifts the bad ones, nothing else: by bands that brings several times what a straight line says. From
    there to 4 the line goes on counting every part of a point, and bands see middling deliveries only. The model's bar of
    the tornado is the line at its low end, and bands at its high end, whichever brings more.
    """
    bands = profiles.regression.banded
    assert bands is not None
    step = bands.steps[DELIVERY]
    assert (step.below, step.above) == (2.5, 4.5)
    assert step.low > -step.high > 0
    bars = {}
    for floor in (2.5, 4.0):
        found = value(planned(replace(LEVERS["floor"], driver=DELIVERY, amount=SURE(floor))), profiles)
        bars[floor] = found.tornado.set_index("input").loc["model"]
        assert bars[floor]["npv_low"] == pytest.approx(found.point.npv[0], rel=1e-9)
    assert bars[2.5]["npv_high"] > 3 * bars[2.5]["npv_low"] > 0
    assert bars[4.0]["npv_low"] > 3 * bars[4.0]["npv_high"] > 0
    assert bars[4.0]["npv_high"] == pytest.approx(bars[2.5]["npv_high"], rel=1e-9)


@pytest.mark.parametrize("month", [MONTH, date(2025, 10, 1), date(2024, 6, 1)])
def test_customers_of_a_month_are_those_of_economics(demo_folder: Path, month: date):
    """One definition of who is there: the same customers, by segment, with the same margin, in every month."""
    release = open_release(demo_folder, current_id(demo_folder))
    selection = Selection(month)
    valued, told = (
        frame.groupby("segment")[["customers", "margin"]].sum()
        for frame in (
            active_terms(release, selection).rename(columns={"annual_margin": "margin"}),
            base_now(release, selection, window_of(month, None, release.as_of)),
        )
    )
    assert len(valued) == 5
    assert valued.to_numpy() == pytest.approx(told.to_numpy())


def test_a_preview_of_the_demo_is_near_its_full_run(profiles):
    asked = planned(LEVERS["fix"])
    full, quick = value(asked, profiles), value(asked, profiles, preview=True)
    assert quick.point.npv[0] == pytest.approx(full.point.npv[0], rel=0.05)
    assert summary(quick.draws.npv).p50 == pytest.approx(summary(full.draws.npv).p50, rel=0.05)


def test_the_same_seed_the_same_demo(profiles):
    asked = planned(LEVERS["shift"])
    assert (draws_only(asked, profiles, draws=100).npv == draws_only(asked, profiles, draws=100).npv).all()
