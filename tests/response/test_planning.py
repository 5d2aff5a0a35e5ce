"""How many answers it takes: against statsmodels, a textbook, and the other way round."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxdata.response.planning import answers_needed, deviation_of, of_present_scale, plan, visible_change
from cxdata.scorecard.scores import mean_estimate, nps_estimate, share_estimate


@pytest.mark.parametrize(("deviation", "change"), [(75, 3), (75, 5), (75, 10), (0.4, 0.05), (1.3, 0.2)])
def test_as_statsmodels_computes_it(deviation, change):
    """NormalIndPower, two-sided; it also counts the far tail, which holds nothing here."""
    from statsmodels.stats.power import NormalIndPower

    expected = NormalIndPower().solve_power(effect_size=change / deviation, alpha=0.05, power=0.8, ratio=1)
    assert answers_needed(deviation, change)[0] == np.ceil(expected - 1e-6)


def test_a_published_size():
    """Cohen (1988), table 2.4.1: d = 0.5, power 0.80, two-sided 0.05 takes 64 a group with t; normal: 63."""
    assert answers_needed(1.0, 0.5)[0] == 63


def test_half_the_change_takes_four_times_the_answers():
    many, few = answers_needed(75, 2.5)[0], answers_needed(75, 5)[0]
    assert many / few == pytest.approx(4, rel=1e-3)


@given(st.floats(0.1, 120), st.floats(0.05, 50))
def test_the_visible_change_is_the_inverse(deviation, change):
    needed = answers_needed(deviation, change)
    assert visible_change(deviation, needed)[0] <= change * (1 + 1e-9)
    assert visible_change(deviation, np.maximum(needed - 1, 1))[0] > change * (1 - 1e-9) or needed[0] == 1


def test_answers_that_are_all_alike_say_nothing():
    assert np.isnan(answers_needed(0, 5)[0])
    assert np.isnan(visible_change(0, 100)[0])
    assert np.isnan(visible_change(75, 0)[0])


def test_the_deviation_of_one_answer():
    """NPS of 50 % promoters and 30 % detractors: 100·√(0.8 − 0.04); share 0.8: 0.4; 1 and 3: √2."""
    assert deviation_of(nps_estimate(50, 30, 100))[0] == pytest.approx(100 * np.sqrt(0.76))
    assert deviation_of(share_estimate(80, 100))[0] == pytest.approx(0.4)
    assert deviation_of(mean_estimate(2, 4, 10))[0] == pytest.approx(np.sqrt(2))


def test_power_is_what_a_simulation_finds():
    """4,000 pairs of periods of the planned size, a change of 5 points: 80 % of them are told, give or take 2."""
    random = np.random.default_rng(11)
    size = int(answers_needed(100 * np.sqrt(0.8 - 0.04), 5)[0])
    before = random.multinomial(size, [0.5, 0.2, 0.3], size=4000)
    after = random.multinomial(size, [0.525, 0.2, 0.275], size=4000)
    score = [100 * (counts[:, 0] - counts[:, 2]) / size for counts in (before, after)]
    spread = [
        1e4 * ((counts[:, 0] + counts[:, 2]) / size - (value / 100) ** 2) / size
        for counts, value in zip((before, after), score, strict=True)
    ]
    told = np.abs(score[1] - score[0]) > 1.959964 * np.sqrt(spread[0] + spread[1])
    assert told.mean() == pytest.approx(0.8, abs=0.02)


def test_a_plan_line_by_line():
    """120 answers a year are 10 a month; 2·(2.8016·80/10)² = 1,005 answers, 101 months, 2,513 invitations."""
    scores = pd.DataFrame({"line": ["call", "shop", "new"]}).assign(
        method="nps", estimate=0.0, conf_low=0.0, conf_high=0.0, base=[120.0, 60.0, 5.0]
    )
    scores["effective_base"] = scores["base"]
    scores["std_error"] = 80 / np.sqrt(scores["base"])
    response = pd.DataFrame({"line": ["call", "call"], "invited": [200, 100], "scored": [70, 50]})
    found = plan(scores, response, 10, 12, min_base=10).set_index("line")
    call = found.loc["call"]
    assert call[["monthly", "needed", "invitations"]].tolist() == [10, 1005, np.ceil(1005 / 0.4)]
    assert call["months_needed"] == pytest.approx(100.5)
    assert np.isnan(found.loc["shop", "rate"])
    assert np.isnan(found.loc["new", "needed"])


@pytest.mark.parametrize(("change", "more"), [(0, {}), (5, {"power": 1.0}), (5, {"level": 0.0})])
def test_plans_that_cannot_be_made_are_refused(change, more):
    with pytest.raises(ValueError, match=r"cannot be planned|out of range"):
        answers_needed(75, change, **more)


def monthly(line: str, months: str, end: str, scale: int, scores: dict[int, int]) -> pd.DataFrame:
    """The same answers in each month from one to another."""
    every = pd.date_range(months, end, freq="MS")
    rows = [(month, score, count) for month in every for score, count in scores.items()]
    return pd.DataFrame(rows, columns=["month", "score", "answers"]).assign(
        line=line, metric="csat", scale_min=1, scale_max=scale, favourable_from=np.nan, higher_is_better=True
    )


def test_a_line_is_planned_on_the_scale_it_is_asked_on_now():
    """The workshop changed from 1-5 (100 a month) to 1-7 (40 a month) in July; the shop has asked on 1-5 for long.

    The year from February to January: seven months of 1-7, and the whole year of the shop.
    """
    histogram = pd.concat(
        [
            monthly("workshop", "2024-02-01", "2025-06-01", 5, {5: 60, 2: 40}),
            monthly("workshop", "2025-07-01", "2026-01-01", 7, {7: 30, 2: 10}),
            monthly("workshop", "2026-01-01", "2026-01-01", 10, {9: 5}),
            monthly("shop", "2024-02-01", "2026-01-01", 5, {5: 10}),
        ]
    )
    rows, begun = of_present_scale(histogram, date(2025, 2, 1))
    assert rows.groupby("line")["scale_max"].agg(["min", "max"]).loc["workshop"].tolist() == [7, 7]
    assert rows.groupby("line")["answers"].sum().to_dict() == {"shop": 120, "workshop": 280}
    assert begun.dt.strftime("%Y-%m").to_dict() == {"shop": "2025-02", "workshop": "2025-07"}


def test_answers_that_are_all_alike_plan_nothing_whatever_the_score():
    """50 answers of 7: the imaginary answer behind the mean's interval would ask for 267."""
    estimate = mean_estimate(50, 350, 2450, scale_min=1, scale_max=7)
    columns = {field.name: getattr(estimate, field.name) for field in fields(estimate)}
    scores = pd.DataFrame({"line": ["call"], **columns})
    response = pd.DataFrame({"line": ["call"], "invited": [100], "scored": [50]})
    assert plan(scores, response, 0.2, 5, min_base=10)["needed"].tolist() == [267]
    found = plan(scores, response, 0.2, 5, min_base=10, alike=[True]).iloc[0]
    assert found["deviation"] == 0
    assert found[["needed", "months_needed", "invitations", "visible"]].isna().all()
