"""What a valuation says of levers, segments and the sign of margins, and what it refuses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cxdata.errors import InputBlocked, TooLittleData
from cxdata.finance.impact.profiles import profiles_of, terms_per_year
from cxdata.finance.impact.results import LEVER_COLUMNS, SEGMENT_COLUMNS, TORNADO_COLUMNS, summary
from cxdata.finance.impact.retention import shift_for
from cxdata.finance.impact.sharing import shapley
from cxdata.finance.impact.valuation import value
from cxdata.finance.scenarios.refusals import ScenarioInvalid
from cxdata.finance.scenarios.scenario import Lever, Range, RetentionChange, Scenario
from cxdata.models.churn import ChurnDriver
from tests.finance.people import DRIVERS, EVENT, RATING, company, regression, standing
from tests.finance.test_counterfactual import JOINT, SURE, lever_of, scenario


def test_shapley_of_a_glove_game():
    """Shapley (1953): one left glove and two right ones, a pair is worth 1: 2/3, 1/6, 1/6."""
    parts = shapley(lambda some: float(0 in some and len(some) > 1), 3)
    assert parts == pytest.approx([2 / 3, 1 / 6, 1 / 6])


def test_parts_of_levers_sum_to_the_joint_result():
    """Two levers on the same rating overlap: alone they would promise more than they bring together."""
    levers = (*JOINT, lever_of(RATING, "shift", 2.0, reach=SURE(0.5)))
    found = value(scenario(*levers, cross_sell=SURE(0.02), tail=True), company())
    assert found.levers["margin_pv"].sum() == pytest.approx(found.point.gross_pv[0], rel=1e-12)
    assert found.overlap > 0
    assert tuple(found.levers.columns) == LEVER_COLUMNS
    assert found.levers["cost_pv"].sum() == pytest.approx(found.point.cost_pv[0])


def test_the_net_present_value_at_the_internal_rate_is_0():
    lever = replace(JOINT[0], attribution=1.0, one_off_cost=SURE(400.0))
    found = value(scenario(lever), company())
    assert found.point.irr is not None
    at = 1 + found.point.irr
    flows = found.point.net[0] @ at ** -np.array([0.5, 1.5, 2.5]) - 400.0
    assert flows == pytest.approx(0, abs=1e-6 * 400)
    assert found.point.roi == pytest.approx(found.point.npv[0] / found.point.cost_pv[0])
    assert found.point.bcr == pytest.approx(found.point.roi + 1)


def test_segments_and_negative_margins_add_up():
    found = value(scenario(*JOINT, cross_sell=SURE(0.02), referral=SURE(0.05), tail=True), company())
    assert tuple(found.segments.columns) == SEGMENT_COLUMNS
    assert found.segments["margin_pv"].sum() == pytest.approx(found.point.gross_pv[0], rel=1e-9)
    assert found.segments["kept"].sum() == pytest.approx(found.point.customers_kept[0, -1], rel=1e-9)
    assert found.segments["npv_share"].sum() == pytest.approx(1)
    assert found.segments["customers"].sum() == pytest.approx(found.base.customers)
    assert (found.segments["low"] < found.segments["high"]).all()


def test_keeping_a_customer_who_costs_money_loses_money():
    profiles = company()
    found = value(scenario(JOINT[0]), profiles)
    assert found.negative.customers == profiles.customers[profiles.negative].sum()
    assert found.negative.kept > 0
    assert found.negative.margin_pv < 0
    assert found.negative.low < found.negative.margin_pv < found.negative.high
    only = profiles.negative
    alone = standing(
        replace(
            profiles.regression,
            **{name: getattr(profiles.regression, name)[only] for name in ("segment", "tenure_days")},
            x=profiles.regression.x[:, only],
            banded=None,
        ),
        profiles.customers[only],
        profiles.margin[only],
        terms=profiles.terms_per_year[only],
    )
    assert value(scenario(JOINT[0]), alone).point.gross_pv[0] == pytest.approx(
        found.negative.margin_pv, rel=1e-9
    )


def test_a_lever_for_a_segment_moves_no_other():
    found = value(scenario(replace(JOINT[0], segments=("home",))), company()).segments.set_index("segment")
    assert found.loc["home", "kept"] > 0
    assert found.loc["work", "kept"] == 0


def test_costs_count_customers_reached_who_are_there():
    """Everybody at the start; afterwards those left: with the lever a few more than without."""
    lever = lever_of(RATING, "shift", 1.0, cost_per_customer=SURE(3.0), reach=SURE(0.5))
    x = np.column_stack([np.ones(4), np.zeros(4), np.zeros(4)])
    found = value(scenario(lever), standing(regression(x, [-1, -0.4, -0.2]), np.full(4, 25.0), np.ones(4)))
    assert found.levers.loc[0, "customers_reached"] == pytest.approx(50)
    assert found.point.cost[0, 0] == pytest.approx(150)
    kept = 1 / (1 + np.exp(-1 - 0.4 * 0.5 * 0.5))
    assert found.point.cost[0, 1] == pytest.approx(150 * kept)


def test_the_haircut_is_what_attribution_takes_off():
    sure, half = (value(scenario(replace(JOINT[0], attribution=share)), company()) for share in (1.0, 0.5))
    assert half.haircut == pytest.approx(sure.point.gross_pv[0] - half.point.gross_pv[0])
    assert sure.haircut == pytest.approx(0)


def test_a_point_of_churn_is_a_point_of_churn():
    """The first year's churn falls by two points, most of all where it is highest; one term or two a year."""
    profiles = company(sets=2, tenure=True)
    found = value(Scenario("point", retention=RetentionChange(SURE(0.02)), draws=100), profiles)
    assert found.churn_before[0] - found.churn_after[0] == pytest.approx(0.02, abs=1e-9)
    assert found.draws.customers_kept[:, 0] == pytest.approx(
        np.full(100, 0.02 * profiles.base.customers), rel=2e-3
    )
    assert found.levers.empty
    assert found.break_even_attribution is None
    ramped = value(
        Scenario("point", retention=RetentionChange(SURE(0.02), ramp=(0.5, 1.0)), draws=100), profiles
    )
    assert 0.009 < ramped.churn_before[0] - ramped.churn_after[0] < 0.011


def test_the_shift_of_a_point_by_hand():
    """From a churn of 20 % to 19 %: ln(.19/.81) − ln(.2/.8)."""
    log_odds = np.full((3, 1), np.log(0.25))
    found = shift_for(log_odds, np.ones(3), np.ones(3), np.array([0.01]))
    assert found == pytest.approx([np.log(0.19 / 0.81) - np.log(0.2 / 0.8)], abs=1e-10)


def test_a_preview_is_near_the_full_run():
    """A sample of the customers by size, and 200 draws: within a few per cent of all of them."""
    profiles = company(rows=30_000, sets=2)
    asked = scenario(*JOINT, draws=400)
    full, quick = value(asked, profiles), value(asked, profiles, preview=True)
    assert (quick.preview, quick.draws_used, full.draws_used) == (True, 200, 400)
    assert quick.point.npv[0] == pytest.approx(full.point.npv[0], rel=0.04)
    assert quick.point.customers_kept[0, -1] == pytest.approx(full.point.customers_kept[0, -1], rel=0.04)
    assert summary(quick.draws.npv).p50 == pytest.approx(summary(full.draws.npv).p50, rel=0.08)


def test_progress_grows_to_all():
    told: list[float] = []
    value(scenario(*JOINT), company(), progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_draws_of_the_wrong_sign_are_kept_and_counted():
    """A coefficient of −0.45 ± 0.5: P(θ > 0) = Φ(−0.9) = 18.4 %; its draws lose customers."""
    found = value(scenario(lever_of(RATING, "shift", 1.0), draws=2000), company(error=0.5))
    assert found.wrong_sign[RATING] == pytest.approx(0.184, abs=0.03)
    assert (found.draws.customers_kept[:, -1] < 0).mean() == pytest.approx(
        found.wrong_sign[RATING], abs=0.002
    )


SENTENCES = [
    (scenario(*JOINT, discount_rate=SURE(-1.0)), "discount_rate"),
    (scenario(*JOINT, horizon_years=0), "horizon_years"),
    (scenario(lever_of(RATING, "shift", 1.0, reach=SURE(1.2))), "levers.1.reach"),
    (scenario(lever_of("rating:none:", "shift", 1.0)), "levers.1.driver"),
    (scenario(lever_of(RATING, "fix", 0.5)), "levers.1.kind"),
    (scenario(lever_of(RATING, "shift", 1.0, segments=("nowhere",))), "levers.1.segments"),
    (scenario(*JOINT, tail=True, margin_growth=0.2), "margin_growth"),
    (Scenario("rate", retention=RetentionChange(SURE(0.49)), draws=100), "retention.points"),
    (Scenario("rate", retention=RetentionChange(SURE(0.01), segments=("nowhere",))), "retention.segments"),
]


@pytest.mark.parametrize(("asked", "field"), SENTENCES)
def test_what_cannot_be_valued_is_refused_with_a_sentence(asked, field):
    with pytest.raises(ScenarioInvalid) as refused:
        value(asked, company())
    assert refused.value.field.startswith(field)
    assert field in str(refused.value)
    assert len(str(refused.value)) > 40


def test_what_somebody_is_cannot_be_moved_by_a_lever():
    fact = ChurnDriver("fact:plan", "fact", "plan", column=2)
    profiles = standing(
        regression(np.ones((4, 3)), [-1, 0, 0], drivers=(DRIVERS[0], fact)), np.ones(4), np.ones(4)
    )
    with pytest.raises(ScenarioInvalid, match="only ratings and events"):
        value(scenario(lever_of("fact:plan", "shift", 1.0)), profiles)


def test_a_driver_that_was_left_out_is_no_lever():
    profiles = standing(regression(np.ones((4, 3)), [-1, 0, -0.2]), np.ones(4), np.ones(4))
    with pytest.raises(ScenarioInvalid, match="cannot be told from other drivers"):
        value(scenario(JOINT[0]), profiles)


def active(**more: object) -> pd.DataFrame:
    """The base as a release gives it: two segments, one of them with customers who cost money."""
    rows = [
        ("home", "a", "open", "other", 10.0, 2000.0, 800.0),
        ("home", "a", "open", "negative", 2.0, 300.0, -90.0),
        ("work", "a", "open", "other", 5.0, 900.0, 400.0),
    ]
    names = ["segment", "product", "kind", "sign", "customers", "annual_value", "annual_margin"]
    return pd.DataFrame(rows, columns=names).assign(**more)


def decisions() -> object:
    """Three decisions at home, one of them of a customer who costs money, and one at work."""
    x = np.column_stack([np.ones(4), np.arange(4) - 1.0, -np.arange(4.0)])
    return regression(
        x, [-1, -0.4, -0.2], segment=np.array(["home", "home", "home", "work"]), product=np.array(["a"] * 4),
        annual_margin=np.array([10.0, 30.0, -5.0, 7.0]), annual_value=np.array([50.0, 150.0, 60.0, 70.0]),
        term_days=np.array([365.0, 182.0, 365.0, 365.0]),
    )  # fmt: skip


def test_profiles_have_the_customers_and_the_money_of_the_base():
    """800 of margin on decisions with 10 yearly and 30 half-yearly, which come up twice: as 10 to 15, 320 and 480.

    Of ten customers the one on yearly terms stands for two thirds; of 2,000 of revenue 50 to 75."""
    found = profiles_of(decisions(), active())
    order = np.argsort(found.rows)
    assert found.margin[order] == pytest.approx([320, 480, -90, 400])
    assert found.value[order] == pytest.approx([800, 1200, 300, 900])
    assert found.customers[order] == pytest.approx([20 / 3, 10 / 3, 2, 5])
    assert found.terms_per_year[order] == pytest.approx([1, 2, 1, 1])
    base = found.base
    assert (base.customers, base.annual_margin, base.negative_customers, base.negative_margin) == (
        17,
        1110,
        2,
        -90,
    )
    assert (base.coverage, base.margin_known, base.segments) == (1.0, 1.0, ("home", "work"))


def test_a_part_of_the_base_that_nothing_stands_for_is_said():
    """The work segment of another product: 400 of 1,290 of margin without its sign."""
    found = profiles_of(decisions(), active(product=["a", "a", "b"]))
    assert found.base.coverage == pytest.approx(1 - 400 / 1290)
    assert found.margin.sum() == pytest.approx(710)
    assert "not_covered" in value(scenario(JOINT[0]), found).notes


def test_margins_that_are_missing_in_part_are_said_and_in_whole_are_refused():
    some = active(sign=["other", "negative", "unknown"])
    found = profiles_of(decisions(), some)
    assert found.base.margin_known == pytest.approx(12 / 17)
    assert found.base.customers == 12
    assert "margin_partly_known" in value(scenario(JOINT[0]), found).notes
    none = active(sign="unknown", annual_margin=0.0)
    with pytest.raises(InputBlocked, match=r"annual_margin: none of the 17 active customers"):
        profiles_of(decisions(), none)
    assumed = profiles_of(replace(decisions(), annual_margin=np.full(4, np.nan)), none, margin_share=0.3)
    assert assumed.base.annual_margin == pytest.approx(0.3 * 3200)
    assert (assumed.base.margin_known, assumed.base.margin_share) == (0, 0.3)
    assert "margin_assumed" in value(scenario(JOINT[0]), assumed).notes
    with pytest.raises(ValueError, match="margin_share"):
        profiles_of(decisions(), none, margin_share=1.3)


def test_nobody_to_value_is_refused():
    with pytest.raises(TooLittleData, match="nobody to value"):
        profiles_of(decisions(), active().iloc[:0])
    with pytest.raises(TooLittleData, match="nothing stands for them"):
        profiles_of(decisions(), active(segment="elsewhere"))


def test_terms_a_year_are_usual_numbers_where_they_are_near_to_one():
    days = np.array([365, 366, 182, 184, 91, 30, 31, 730, 0, np.nan])
    assert terms_per_year(days) == pytest.approx([1, 1, 2, 2, 4, 12, 12, 0.5, 1, 1])


def test_the_tornado_has_every_input_with_a_range():
    lever = Lever(RATING, "shift", Range(0.5, 1, 2), Range(0.5, 0.8, 1.0), one_off_cost=Range(10, 20, 50))
    found = value(scenario(lever, discount_rate=Range(0.08, 0.1, 0.15)), company())
    assert tuple(found.tornado.columns) == TORNADO_COLUMNS
    named = set(found.tornado["input"])
    assert named == {
        "attribution",
        "discount_rate",
        "reach",
        "amount",
        "costs",
        "coefficients",
        "model",
        "tail",
    }
    swings = (found.tornado["npv_high"] - found.tornado["npv_low"]).abs()
    assert (swings.diff().dropna() <= 0).all()
    still = value(scenario(lever_of(RATING, "shift", 1.0, attribution=1.0)), company(error=0.0))
    assert set(still.tornado["input"]) == {"model", "tail"}
    assert EVENT not in still.wrong_sign
