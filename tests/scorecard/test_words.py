"""Numbers and verdicts as text, in English and in Spanish."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from math import nan

import pandas as pd
import pytest

from cxdata.language import set_language
from cxdata.scorecard import words
from cxdata.scorecard.reasons import LASTING
from cxdata.vocabulary import METRICS, VERDICT_LABELS


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language("en")


@pytest.mark.parametrize(
    ("value", "unit", "english_text", "spanish_text"),
    [
        (39.84, "points", "39.8", "39,8"),
        (-3.06, "points", "−3.1", "−3,1"),
        (-0.04, "points", "0.0", "0,0"),
        (0.2654, "fraction", "26.5%", "26,5 %"),
        (4.064, "score", "4.06", "4,06"),
    ],
)
def test_values_carry_the_decimals_of_their_unit(value, unit, english_text, spanish_text):
    assert words.value_text(value, unit) == english_text
    set_language("es")
    assert words.value_text(value, unit).replace("\u00a0", " ") == spanish_text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1.24, "points", "+1.2"),
        (-9.41, "points", "−9.4"),
        (0.04, "points", "0.0"),
        (-0.0941, "fraction", "−9.4 pp"),
        (0.127, "score", "+0.13"),
    ],
)
def test_changes_carry_their_sign_and_shares_change_in_percentage_points(value, unit, text):
    assert words.change_text(value, unit) == text


def test_sizes_have_no_sign_because_the_sentence_says_the_direction():
    assert words.size_text(-0.0941, "fraction") == "9.4 pp"
    assert words.size_text(-6.4, "points") == "6.4 points"
    assert words.size_text(0.13, "score") == "0.13 points"


def test_missing_numbers_are_words():
    for text in (words.value_text(nan, "points"), words.change_text(nan, "fraction")):
        assert text == "no data"
    assert words.interval_text(nan, nan, "points") == ""
    assert words.change_interval_text(nan, 1, "points") == ""


def test_intervals_name_the_unit_once():
    assert words.interval_text(30.24, 37.94, "points") == "30.2 to 37.9"
    assert words.interval_text(-3.0, 4.2, "points") == "−3.0 to 4.2"
    assert words.interval_text(0.681, 0.739, "fraction") == "68.1 to 73.9%"
    assert words.change_interval_text(-0.169, 0.042, "fraction") == "−16.9 to +4.2 pp"


def test_bases_are_grouped_in_thousands_and_never_broken_over_lines():
    assert words.base_text(2746) == "n\u00a0=\u00a02,746"
    set_language("es")
    assert words.base_text(2746).endswith("2.746")


def test_what_is_too_little_is_named_after_what_was_counted():
    assert words.fewer_text(10, "nps") == "fewer than 10 answers"
    assert words.fewer_text(30, "renewal_rate") == "fewer than 30 terms"
    assert words.fewer_text(10, "response_rate") == "fewer than 10 invitations"
    assert words.nothing_text("gross_retention", date(2017, 5, 1)) == "no decided terms in May 2017"
    assert words.nothing_text("csat", date(2017, 5, 1)) == "no answers in May 2017"
    assert words.nothing_text("response_rate", date(2017, 5, 1)) == "no invitations in May 2017"


@pytest.mark.parametrize("reason", LASTING)
@pytest.mark.parametrize("metric", METRICS)
def test_every_reason_is_a_sentence(reason, metric):
    text = words.reason_text(reason, metric)
    assert text.endswith(".")
    assert text[0].isupper()


@pytest.mark.parametrize("verdict", [*VERDICT_LABELS])
def test_every_verdict_has_words_and_only_real_changes_an_arrow(verdict):
    assert words.verdict_text(verdict)
    assert words.gap_text(verdict)
    assert (verdict in words.ARROWS) == (verdict in ("up", "down"))


def test_a_gap_is_above_or_below_not_up_or_down():
    assert (words.gap_text("up"), words.gap_text("down")) == ("above", "below")
    assert words.gap_text("unclear") == "unclear"


def test_the_method_names_the_favourable_mark_and_its_direction():
    assert words.method_text("share", 4.0, True) == "Share of answers of 4 or more."
    assert words.method_text("share", 2.0, False) == "Share of answers of 2 or less."
    assert words.method_text("mean", nan, True) == "Mean of the scores."
    assert words.method_text("nps", nan, True) == ""


def test_lines_are_called_what_the_company_calls_them():
    assert words.line_text("touchpoint", "support_call", {}) == "Support call"
    assert words.line_text("touchpoint", "support_call", {"support_call": "Hotline"}) == "Hotline"
    assert words.line_text("touchpoint", "", {}) == "No touchpoint"
    assert words.line_text("segment", "", {}) == "Not stated"


def test_lists_are_joined_as_the_language_joins_them():
    assert words.joined(["a", "b", "c"]) == "a, b and c"
    assert words.joined(["a", "b"], either=True) == "a or b"
    set_language("es")
    assert words.joined(["a", "b", "c"]) == "a, b y c"


def restated(**changes: object) -> pd.DataFrame:
    row = {
        "month": date(2026, 7, 1), "metric": "nps", "scale": "0–10", "unit": "points", "before": 41.0, "after": 39.02,
        "answers_before": 400.0, "answers_after": 412.0,
    }  # fmt: skip
    return pd.DataFrame([{**row, **changes}])


def test_a_restated_month_tells_both_scores():
    text = words.restated_text(restated(), date(2025, 1, 1), date(2026, 7, 1), 10)
    assert text == (
        "The last refresh restated July 2026, over all customers: NPS 41.0 → 39.0, 12 answers more."
    )


def test_another_restated_month_is_named_while_it_is_on_the_page():
    changed = restated(answers_after=399.0)
    later = words.restated_text(changed, date(2025, 1, 1), date(2026, 9, 1), 10)
    assert later == "The last refresh restated July 2026; see Data health."
    assert words.restated_text(changed, date(2026, 8, 1), date(2026, 9, 1), 10) == ""
    assert words.restated_text(changed, date(2025, 1, 1), date(2026, 6, 1), 10) == ""
    assert words.restated_text(changed.iloc[:0], date(2025, 1, 1), date(2026, 7, 1), 10) == ""


def test_restated_scores_of_small_bases_stay_hidden():
    text = words.restated_text(restated(answers_before=4.0), date(2025, 1, 1), date(2026, 7, 1), 10)
    assert "41.0" not in text
    assert "fewer than 10 answers → 39.0" in text


def test_answers_that_came_and_went_are_counted():
    assert words.more_answers_text(1) == "1 answer more"
    assert words.more_answers_text(-1200) == "1,200 answers fewer"
    assert words.more_answers_text(0) == "the same number of answers"


def test_many_restated_months_are_counted_and_the_largest_is_told():
    """Twelve months, each 12 answers more, July 40 more; March to July 2026 lie within what is shown."""
    changed = pd.concat(
        [restated(month=date(2025, month, 1)) for month in range(1, 13)] + [restated(answers_after=440.0)]
    )
    text = words.restated_text(changed, date(2025, 1, 1), date(2026, 9, 1), 10)
    assert text == (
        "The last refresh restated 13 closed months from January 2025 to July 2026, most of all July 2026: "
        "NPS 41.0 → 39.0, 40 answers more; see Data health."
    )


def test_scales_of_a_restated_month_are_told_apart():
    one = restated(metric="csat", scale="1–5", unit="fraction", before=0.8, after=0.81)
    other = restated(metric="csat", scale="1–7", unit="fraction", before=0.6, after=0.62)
    text = words.restated_text(pd.concat([one, other]), date(2025, 1, 1), date(2026, 7, 1), 10)
    assert "CSAT on 1–5 80.0% → 81.0%" in text
    assert "CSAT on 1–7 60.0% → 62.0%" in text
    assert "CSAT 80.0%" in words.restated_text(one, date(2025, 1, 1), date(2026, 7, 1), 10)


def test_a_month_with_many_restated_scores_points_to_data_health():
    rows = [restated(metric=metric, scale="1–5") for metric in ("nps", "csat", "ces", "rating")]
    text = words.restated_text(pd.concat(rows), date(2025, 1, 1), date(2026, 7, 1), 10)
    assert text.count("→") == 3
    assert text.endswith("; and more, see Data health.")


def test_too_little_is_said_in_what_the_metric_counts():
    assert words.verdict_text("too_few", "nps") == words.verdict_text("too_few") == "too few answers"
    assert words.verdict_text("too_few", "renewal_rate") == "too few terms"
    assert words.gap_text("too_few", "response_rate") == "too few invitations"
    assert words.verdict_text("up", "renewal_rate") == "up"
