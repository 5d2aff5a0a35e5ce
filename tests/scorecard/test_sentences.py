"""The headline: which sentences a month gets, in which order, and what they must not say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from math import nan
from typing import Any

import pandas as pd
import pytest

from cxdata.language import set_language
from cxdata.scorecard.sentences import compared_count, course, headline, latest, movements
from cxdata.scorecard.tile import Change, Tile

MARCH = date(2026, 3, 1)

UNCLEAR = Change(33.0, 390.0, 1.2, -4.0, 6.4, "unclear", "neutral")
UP = Change(29.0, 390.0, 5.1, 1.2, 9.0, "up", "good")
NOTHING = Change(nan, 0.0, nan, nan, nan, "no_data", "neutral")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language("en")


def tile(**changes: Any) -> Tile:
    months = pd.date_range("2024-04-01", "2026-03-01", freq="MS")
    series = pd.DataFrame(
        {"month": months, "estimate": [float(number) for number in range(24)], "base": 100.0}
    ).assign(conf_low=0.0, conf_high=50.0)
    default = Tile(
        metric="nps", unit="points", scale="0–10", favourable_from=nan, higher_is_better=True, method="nps",
        width=200.0, estimate=34.1, conf_low=30.2, conf_high=37.9, base=412.0, effective_base=412.0,
        enough=True, month=UNCLEAR, year=UNCLEAR, target=nan, target_gap=nan, target_verdict="no_target",
        target_judgement="neutral", series=series, reason="", left_out=0.0, other_scales=(), ignored=(),
    )  # fmt: skip
    return replace(default, **changes)


def csat(**changes: Any) -> Tile:
    given = {
        "metric": "csat", "unit": "fraction", "width": 1.0, "estimate": 0.71, "conf_low": 0.68,
        "conf_high": 0.74, "base": 900.0,
    }  # fmt: skip
    return tile(**{**given, **changes})


def fall(size: float) -> Change:
    return Change(0.71 + size, 900.0, -size, -size - 0.02, -size + 0.02, "down", "bad")


def row(line: str, **changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "line": line, "metric": "csat", "unit": "fraction", "scale_min": 1.0, "scale_max": 5.0,
        "estimate": 0.71, "base": 233.0,
    }  # fmt: skip
    for name in ("month", "year"):
        given |= {f"change_{name}": 0.01, f"verdict_{name}": "unclear", f"judgement_{name}": "neutral"}
    return {**given, **changes}


def fell(line: str, size: float, period: str = "month", **changes: Any) -> dict[str, Any]:
    real = {f"change_{period}": -size, f"verdict_{period}": "down", f"judgement_{period}": "bad"}
    return row(line, **{**real, **changes})


@pytest.fixture
def told() -> Callable[..., list[str]]:
    def run(tiles: list[Tile], **tables: list[dict[str, Any]]) -> list[str]:
        frames = {by: pd.DataFrame(rows) for by, rows in tables.items()}
        found = headline(tiles, frames, MARCH, min_base=10, labels={"delivery": "Delivery"})
        return [sentence.text.replace("\u00a0", " ") for sentence in found]

    return run


# Where the first number stands


def test_an_unclear_change_is_called_unclear(told):
    assert told([tile()])[0] == (
        "NPS is 34.1 (95 % interval 30.2 to 37.9, n = 412); the change of +1.2 since February 2026 is unclear."
    )


def test_a_real_change_is_told_with_its_size(told):
    assert told([tile(month=UP)])[0] == (
        "NPS is 34.1 (95 % interval 30.2 to 37.9, n = 412), up 5.1 points since February 2026."
    )


def test_yearly_surveys_are_compared_with_the_year_before(told):
    first = told([tile(month=NOTHING, year=UP)])[0]
    assert first.endswith("up 5.1 points since March 2025.")


@pytest.mark.parametrize(
    ("verdict", "end"),
    [
        ("no_data", "; there is nothing in February 2026 or March 2025 to compare it with."),
        ("too_few", "; February 2026 has too few answers to compare it with."),
        ("new_scale", "; February 2026 was asked on another scale."),
    ],
)
def test_why_there_is_no_comparison_is_said(told, verdict, end):
    nothing = replace(NOTHING, verdict=verdict)
    first = told([tile(month=nothing, year=nothing)])[0]
    assert first.endswith(end)
    assert "nan" not in first


def test_a_month_with_too_little_says_so_and_shows_no_number(told):
    assert told([tile(enough=False, base=4.0, month=NOTHING, year=NOTHING)]) == [
        "March 2026 has too little data for any number: NPS rests on fewer than 10 answers."
    ]


def test_an_empty_month_says_so(told):
    empty = tile(enough=False, base=0.0, estimate=nan, month=NOTHING, year=NOTHING)
    assert told([empty]) == ["March 2026 has no data."]
    assert told([]) == ["March 2026 has no data."]


def test_months_begin_a_sentence_with_a_capital(told):
    set_language("es")
    empty = tile(enough=False, base=0.0, estimate=nan, month=NOTHING, year=NOTHING)
    assert told([empty])[0].startswith("M")


def test_the_first_number_with_enough_answers_opens(told):
    few = tile(enough=False, base=4.0, month=NOTHING, year=NOTHING)
    assert told([few, csat()])[0].startswith("CSAT is 71.0% (95 % interval 68.0 to 74.0%, n = 900)")


# What moved


def test_a_line_that_fell_is_told_with_size_value_and_base(told):
    assert told([tile()], touchpoint=[fell("delivery", 0.094)])[1] == (
        "Delivery: CSAT fell 9.4 pp to 71.0% (n = 233) since February 2026."
    )


def test_the_company_as_a_whole_comes_before_its_lines(told):
    found = told([tile(), csat(month=fall(0.03))], touchpoint=[fell("delivery", 0.4)])
    assert [text.split(" fell")[0] for text in found[1:3]] == ["CSAT", "Delivery: CSAT"]


def test_three_movements_are_told_and_the_others_counted(told):
    rows = [fell(f"line {number}", 0.1 + number / 100) for number in range(6)]
    found = told([tile()], segment=rows)
    assert [text.split(":")[0] for text in found[1:4]] == ["Line 5", "Line 4", "Line 3"]
    assert found[4] == "3 more numbers moved clearly; they are marked below."


def test_each_line_gets_one_sentence(told):
    rows = [fell("delivery", 0.3), fell("delivery", 60.0, metric="nps", unit="points"), fell("call", 0.1)]
    found = told([tile()], touchpoint=rows)
    assert [text.split(" fell")[0] for text in found[1:3]] == ["Delivery: CSAT", "Call: CSAT"]
    assert found[3] == "1 more number moved clearly; it is marked below."


def test_movements_are_ranked_by_their_share_of_the_scale():
    """40 of 200 points are 0.20 of the scale; 0.6 of the 4 between 1 and 5 are 0.15; 30 pp are 0.30."""
    table = pd.DataFrame(
        [
            fell("a", 40.0, metric="nps", unit="points"),
            fell("b", 0.6, metric="rating", unit="score"),
            fell("c", 0.3),
        ]
    )
    found = movements([], {"touchpoint": table})
    assert [(item.line, round(item.size, 2)) for item in found] == [("c", 0.3), ("a", 0.2), ("b", 0.15)]


def test_a_number_that_moved_against_both_periods_is_told_once(told):
    both = fell("delivery", 0.1, change_year=-0.2, verdict_year="down", judgement_year="bad")
    found = told([tile()], touchpoint=[both])
    assert found[1].endswith("since February 2026.")
    assert found[2] == "Nothing else moved clearly."


def test_a_move_against_the_year_before_counts_as_well(told):
    assert told([tile()], touchpoint=[fell("delivery", 0.1, "year")])[1].endswith("since March 2025.")


def test_the_line_that_holds_everything_does_not_repeat_the_tile(told):
    found = told([tile(), csat(month=fall(0.1))], touchpoint=[fell("whole_airport", 0.1, base=900.0)])
    assert len([text for text in found if "fell" in text]) == 1


def test_lines_without_a_name_are_not_told(told):
    assert not any("fell" in text for text in told([tile()], segment=[fell("", 0.5)]))


def test_the_opening_number_does_not_move_twice(told):
    found = told([tile(month=UP)])
    assert found[1:] == ["Nothing else moved clearly."]


def test_where_nothing_moved_the_number_of_comparisons_is_told(told):
    """One tile and two lines, each against two periods, are six."""
    tables = {"touchpoint": [row("delivery"), row("call")]}
    assert told([tile()], **tables)[1] == (
        "No clear change: 6 comparisons with February 2026 and March 2025, "
        "none beyond what chance alone would bring."
    )
    assert compared_count([tile()], {"touchpoint": pd.DataFrame(tables["touchpoint"])}) == 6


def test_where_nothing_can_be_compared_nothing_is_claimed(told):
    assert len(told([tile(month=NOTHING, year=NOTHING)])) == 1


def test_numbers_that_do_not_know_a_filter_are_not_told(told):
    renewals = tile(
        metric="renewal_rate", unit="fraction", width=1.0, month=fall(0.2), ignored=("touchpoint",)
    )
    assert told([renewals]) == ["March 2026 has no data."]


# Targets


def test_targets_missed_beyond_chance_are_named(told):
    short = csat(target=0.8, target_gap=-0.09, target_verdict="down", target_judgement="bad")
    assert told([tile(), short])[-1] == "Clearly short of target: CSAT (−9.0 pp)."


def test_a_churn_rate_above_its_target_is_short_of_it(told):
    churn = csat(
        metric="churn_rate", higher_is_better=False, target=0.1, target_gap=0.05, target_verdict="up",
        target_judgement="bad",
    )  # fmt: skip
    assert told([tile(), churn])[-1] == "Clearly short of target: Churn rate (+5.0 pp)."


def test_an_unclear_gap_is_not_told(told):
    near = csat(target=0.72, target_gap=-0.01, target_verdict="unclear")
    assert not any("target" in text for text in told([tile(), near]))


# What the charts say to those who do not see them


def test_the_course_names_its_ends_and_its_extremes():
    assert course(tile()) == (
        "NPS from April 2024 to March 2026, 24 months with data: lowest 0.0 in April 2024, "
        "highest 23.0 in March 2026, latest 23.0."
    )


def test_an_empty_course_says_so():
    empty = tile(series=tile().series.assign(estimate=nan))
    assert course(empty) == "NPS: no month with data."
    assert latest(empty) == ""


def test_the_latest_number_of_an_empty_month_is_offered():
    series = tile().series
    series.loc[22:, "estimate"] = nan
    assert latest(tile(series=series)) == "The latest: 21.0 in January 2026."
