"""Scenarios side by side: the interval of the difference is that of the difference, draw by draw."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cxdata.errors import UnknownTerm
from cxdata.finance.impact.results import summary
from cxdata.finance.impact.valuation import value
from cxdata.finance.scenarios.compare import compare, on_common_draws
from cxdata.finance.scenarios.scenario import Lever, Range, Scenario
from tests.finance.shop import WAIT, profiles
from tests.finance.valued import BASE, FASTER, other, valued


def more_by(margin: np.ndarray | float, name: str = "more"):
    """The same draws with so much more margin in each year."""
    base = valued()
    return valued(replace(FASTER, name=name), base.draws.margin + margin)


def test_a_scenario_that_is_better_by_the_same_in_every_draw_is_clearly_better():
    """10 more a year at 10 %: 10/1.1^0.5 + 10/1.1^1.5 = 9.5346 + 8.6678 = 18.2025, without any uncertainty,
    though the two intervals overlap nearly wholly."""
    found = compare([valued(), more_by(10.0)])
    pair = found.differences.iloc[0]
    assert (pair["name"], pair["against"]) == ("more", "faster")
    assert pair[["npv_p5", "npv_p50", "npv_p95", "npv_mean"]].tolist() == pytest.approx(
        [18.2025] * 4, abs=1e-4
    )
    assert bool(pair["clear"])
    assert pair["probability_better"] == 1.0
    assert pair["correlation"] == pytest.approx(1.0)
    first, second = found.scenarios.iloc[0], found.scenarios.iloc[1]
    assert second["npv_p5"] < first["npv_p95"]
    assert (first["probability_best"], second["probability_best"]) == (0.0, 1.0)


def test_a_difference_of_unrelated_draws_is_not_clear():
    """The same margins in another order: the mean difference is 0, the interval wide."""
    shuffled = np.random.default_rng(1).permutation(valued().draws.margin)
    found = compare([valued(), valued(replace(FASTER, name="shuffled"), shuffled)]).differences.iloc[0]
    assert found["npv_mean"] == pytest.approx(0.0, abs=1e-9)
    assert not found["clear"]
    assert found["npv_p5"] < -100 < 100 < found["npv_p95"]


def test_four_scenarios_have_six_differences_and_the_best_is_one_in_every_draw():
    found = compare([valued(), more_by(1.0, "a"), more_by(-1.0, "b"), more_by(2.0, "c")])
    assert found.differences[["name", "against"]].to_numpy().tolist() == [
        ["a", "faster"], ["b", "faster"], ["c", "faster"], ["b", "a"], ["c", "a"], ["c", "b"],
    ]  # fmt: skip
    assert found.scenarios["probability_best"].sum() == 1.0
    assert found.scenarios["name"].tolist() == ["faster", "a", "b", "c"]
    assert found.draws == 100


def test_figures_of_a_scenario_are_those_of_its_valuation():
    row = compare([valued(), more_by(1.0)]).scenarios.iloc[0]
    one = valued()
    assert [row["npv_p5"], row["npv_p50"], row["npv_p95"], row["npv_mean"]] == [
        summary(one.draws.npv).p5, summary(one.draws.npv).p50, summary(one.draws.npv).p95, summary(one.draws.npv).mean,
    ]  # fmt: skip
    assert row["npv_expected"] == float(one.point.npv[0])
    assert (row["roi"], row["discounted_payback"]) == (1.0, 1.3)


def test_what_differs_besides_the_change_is_named():
    longer = replace(FASTER, name="longer", discount_rate=Range.exactly(0.2), tail=True)
    assert compare([valued(), valued(longer)]).unlike == ("discount_rate", "tail")
    assert compare([valued(), other("same")]).unlike == ()


def test_the_same_draws_are_those_of_the_first():
    first, second = on_common_draws([replace(FASTER, seed=7, draws=200), FASTER])
    assert (second.seed, second.draws) == (7, 200)
    assert replace(second, seed=FASTER.seed, draws=FASTER.draws) == FASTER
    assert first.seed == 7


def test_common_draws_narrow_the_difference():
    """The same lever for 70 and for 90 % of the customers: the same luck meets both, so that the difference is known
    far better than either, and far better than if each had its own."""
    narrow = Scenario(
        "narrow", levers=(Lever(WAIT, amount=Range(1.0, 3.0, 6.0), reach=Range.exactly(0.7)),), draws=400
    )
    wide = replace(narrow, name="wide", levers=(replace(narrow.levers[0], reach=Range.exactly(0.9)),))
    shop = profiles()
    one, two = (value(scenario, shop) for scenario in on_common_draws([narrow, replace(wide, seed=1)]))
    apart = value(replace(wide, seed=1), shop)
    found = compare([one, two]).differences.iloc[0]
    assert found["correlation"] > 0.99
    assert found["clear"]
    own = summary(two.draws.npv)
    assert found["npv_p95"] - found["npv_p5"] < 0.5 * (own.p95 - own.p5)
    unrelated = summary(apart.draws.npv - one.draws.npv)
    assert unrelated.p5 < 0 < unrelated.p95


@pytest.mark.parametrize(
    ("valuations", "words"),
    [
        ([], "0 scenarios cannot be compared. Choose 2 to 4."),
        ([valued()], "1 scenarios cannot be compared"),
        ([other(name) for name in "abcde"], "5 scenarios cannot be compared"),
        ([valued(), valued()], "the scenario 'faster' is chosen twice"),
        ([valued(), other("b", seed=1)], "'b' and 'faster' were not valued on the same draws"),
        ([valued(), other("b", draws_used=50)], "not valued on the same draws"),
        ([valued(), other("b", preview=True)], "not valued on the same draws"),
        ([valued(), other("b", base=replace(BASE, customers=2.0))], "are about different customers"),
    ],
)
def test_what_cannot_be_compared_is_refused(valuations, words):
    with pytest.raises(UnknownTerm) as refused:
        compare(valuations)
    assert words in str(refused.value)
