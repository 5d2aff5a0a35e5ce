"""From counts to parts: one scale, exact sums, verdicts among all that is shown, words that fit them."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxdata.errors import UnknownTerm
from cxdata.movement.charts import waterfall_chart
from cxdata.movement.compared import COMPARISONS, comparison_of
from cxdata.movement.decomposition import decompose
from cxdata.movement.results import Decomposition, Incomparable
from cxdata.movement.waterfall import MOST_BARS, bars
from cxdata.movement.words import answer, incomparable_text, left_out_text
from cxdata.scorecard.comparisons import changes
from cxdata.scorecard.histograms import scores_from_histogram

MONTH = date(2026, 3, 1)
CONVENTIONS = {"csat": "share", "ces": "mean"}


def counts(*rows, metric="csat", scale=(1, 5), question="q", about="", weight=1.0):
    """Rows (period, line, score, answers) as the query gives them."""
    frame = pd.DataFrame(rows, columns=["period", "line", "score", "answers"])
    return frame.assign(
        across="", question=question, asked_as=question, about=about, label=f"{question}?", metric=metric,
        scale_min=scale[0], scale_max=scale[1], favourable_from=np.nan, higher_is_better=True,
        weight_sum=frame["answers"] * weight, weight_sq_sum=frame["answers"] * weight**2,
    )  # fmt: skip


def split(frame, code="month", **options):
    return decompose(
        frame, comparison_of(MONTH, code), "segment", min_base=10, conventions=CONVENTIONS, **options
    )


def favourable(period, line, good, bad, **more):
    return counts((period, line, 5, good), (period, line, 2, bad), **more)


MIXED = pd.concat([
    favourable("before", "Home", 720, 80), favourable("before", "Student", 40, 60),
    favourable("after", "Home", 450, 50), favourable("after", "Student", 160, 240),
])  # fmt: skip
"""Home 90 % and Student 40 % in both periods; students are 11.1 % of the answers, then 44.4 %."""


def test_a_change_of_mix_is_called_mix_and_nothing_else():
    """84.4 % falls to 67.8 % because students go from 11.1 % to 44.4 % of the answers: 33.3 % × −50 pp = −16.7 pp."""
    found = split(MIXED)
    assert found.change["change"] == pytest.approx(-1 / 6)
    assert found.total("mix")["estimate"] == pytest.approx(-1 / 6)
    assert found.total("mix")["verdict"] == "down"
    assert found.total("rate")["estimate"] == pytest.approx(0, abs=1e-12)
    assert found.total("rate")["verdict"] == "unclear"
    texts = answer(found, {})
    assert texts[0].startswith("CSAT fell by 16.7 pp")
    assert "is mix: other groups answer. Shares of the answers: Student 11.1% → 44.4%" in texts[1]
    assert texts[2].startswith("No group scores clearly differently")


def test_the_whole_is_the_change_of_the_scorecard():
    """The same estimate, interval and verdict as `comparisons.changes` over all answers."""
    found = split(MIXED)
    sides = [
        scores_from_histogram(MIXED[MIXED["period"] == side], conventions=CONVENTIONS).assign(line="")
        for side in ("after", "before")
    ]
    whole = changes(sides[0], sides[1], ["line"], min_base=10).iloc[0]
    for column in ("estimate", "previous", "change", "change_low", "change_high", "verdict", "judgement"):
        assert found.change[column] == whole[column]


@settings(max_examples=20)  # each one computes scores in pandas: a tenth of a second
@given(
    st.lists(
        st.tuples(st.sampled_from("ABCDEFGHIJKL"), st.sampled_from(["before", "after"]), st.integers(1, 7),
                  st.integers(1, 60)),
        min_size=2, max_size=40,
    ),
    st.sampled_from(["csat", "ces"]),
    st.booleans(),
)  # fmt: skip
def test_parts_totals_and_bars_sum_to_the_change(rows, metric, weighted):
    """To 1e-9, weighted or not, for shares and for means; every bar begins where the one before ended."""
    frames = [
        counts((period, line, score, number), metric=metric, scale=(1, 7), weight=1 + 0.1 * ord(line))
        for line, period, score, number in rows
    ]
    found = split(pd.concat(frames, ignore_index=True), weighted=weighted)
    if isinstance(found, Incomparable):
        assert found.reason in ("no_data", "too_few", "new_scale")
        return
    change = found.change["change"]
    assert found.parts["estimate"].sum() == pytest.approx(change, abs=1e-9)
    assert found.totals["estimate"].sum() == pytest.approx(change, abs=1e-9)
    assert found.groups["estimate"].sum() == pytest.approx(change, abs=1e-9)
    steps = bars(found)
    assert len(steps) <= MOST_BARS
    for step, following in pairwise(steps[:-1]):
        assert following.start == pytest.approx(step.end)
    if len(found.groups) > 1:
        assert steps[-2].end == pytest.approx(steps[-1].start, abs=1e-9)
    assert found.parts[["conf_low", "conf_high"]].notna().all(axis=None)


def test_groups_that_come_and_go_are_named():
    frame = pd.concat([MIXED, favourable("after", "Courier", 10, 90), favourable("before", "Senior", 90, 10)])
    found = split(frame)
    kinds = dict(zip(found.groups["line"], found.groups["kind"], strict=True))
    assert kinds == {"Home": "stayed", "Student": "stayed", "Courier": "entered", "Senior": "left"}
    texts = " ".join(answer(found, {}))
    assert "Only in the later period: Courier" in texts
    assert "Only in the earlier period: Senior" in texts
    assert [bar.kind for bar in bars(found)] == ["before", "mix", "rate", "rate", "entered", "left", "after"]


def test_a_question_that_changed_its_scale_is_left_out_and_named():
    """Both versions go, else the one on 1–5 would look like a group that stopped answering."""
    old = favourable("before", "Home", 20, 20, question="shop", about="shop")
    new = favourable("after", "Home", 20, 20, question="shop_7", about="shop", scale=(1, 7))
    found = split(pd.concat([MIXED, old, new]))
    assert found.change["change"] == pytest.approx(-1 / 6)
    assert set(found.left_out["question"]) == {"shop", "shop_7"}
    assert left_out_text(found.left_out, {}) == (
        "Left out because the scale changed or is another one: “Shop?” and “Shop_7?” (80 answers)."
    )
    assert "“Old” and “Shop_7?”" in left_out_text(found.left_out, {"shop": "Old"})


def test_two_questions_that_last_on_their_own_scales_are_not_mixed_up():
    """One touchpoint is asked on both scales all the time: the larger scale is compared, the other named."""
    other = [
        favourable(side, "Home", 20, 20, question="shop_7", about="x", scale=(1, 7))
        for side in ("before", "after")
    ]
    own = [frame.assign(about="x") for frame in (MIXED,)]
    found = split(pd.concat([*own, *other]))
    assert list(found.left_out["question"]) == ["shop_7"]
    assert found.change["base"] == 900


def test_nothing_in_common_is_said_to_be_on_another_scale():
    frame = pd.concat([
        favourable("before", "Home", 50, 50), favourable("after", "Home", 50, 50, question="q7", scale=(1, 7)),
    ])  # fmt: skip
    found = split(frame)
    assert isinstance(found, Incomparable)
    assert found.reason == "new_scale"
    assert "never compared" in incomparable_text(found, "csat", 10)


def test_a_silent_period_and_a_thin_one_are_told_apart():
    silent = split(MIXED[MIXED["period"] == "after"])
    assert (silent.reason, incomparable_text(silent, "csat", 10)) == (
        "no_data", "CSAT has no answers in February 2026, so there is no change to explain.",
    )  # fmt: skip
    assert silent.left_out.empty  # no question has another scale: one side is silent
    thin = split(pd.concat([favourable("before", "Home", 2, 2), favourable("after", "Home", 50, 50)]))
    assert thin.reason == "too_few"
    assert "fewer than 10 answers" in incomparable_text(thin, "csat", 10)


def test_too_few_answers_have_no_verdict_and_stand_with_the_others():
    frame = pd.concat([MIXED, favourable("before", "Rare", 5, 0), favourable("after", "Rare", 0, 6)])
    found = split(frame)
    rare = found.parts[found.parts["line"] == "Rare"]
    assert set(rare["verdict"]) == {"too_few"}
    assert rare["p_adjusted"].isna().all()
    assert [(bar.kind, bar.groups) for bar in bars(found)][-2] == ("others", 1)


def extremes(period, line, tens, noughts):
    """Answers of 10 and of 0 to the question of NPS."""
    rows = [(period, line, score, number) for score, number in ((10, tens), (0, noughts)) if number]
    return counts(*rows, metric="nps", scale=(0, 10))


def test_groups_put_together_need_enough_answers_of_their_own():
    """B falls from 9 promoters to 9 detractors: −12.0 points of the total, on 9 answers of 149."""
    found = split(pd.concat([
        extremes("before", "A", 100, 40), extremes("after", "A", 100, 41),
        extremes("before", "B", 9, 0), extremes("after", "B", 0, 9),
    ]))  # fmt: skip
    pooled = found.pooled("rate", [("B", "")])
    assert pooled.estimate == pytest.approx(-12.0, abs=0.05)
    assert (pooled.verdict, pooled.judgement, pooled.base) == ("too_few", "neutral", 9)
    bar = next(one for one in bars(found) if one.kind == "others")
    assert (bar.verdict, bar.judgement, bar.base) == ("too_few", "neutral", 9)
    together = found.pooled("rate", [("A", ""), ("B", "")])
    assert (together.base, together.verdict) == (149, found.total("rate")["verdict"])


def test_groups_that_came_or_went_need_enough_answers_of_their_own():
    """B comes with 9 detractors among 100 answers: −9.5 points, on 9 answers; nor does anything clear stand beside it."""
    a = [extremes("before", "A", 50, 40), extremes("after", "A", 50, 41)]
    found = split(pd.concat([*a, extremes("after", "B", 0, 9)]))
    entered = found.total("entered")
    assert entered["estimate"] == pytest.approx(-9.5, abs=0.05)
    assert (entered["verdict"], entered["judgement"], entered["base"]) == ("too_few", "neutral", 9)
    assert np.isnan(entered["p_adjusted"])
    assert answer(found, {})[1] == "None of its parts is clear either; below they stand for the record."
    bar = next(one for one in bars(found) if one.kind == "entered")
    assert (bar.verdict, bar.base) == ("too_few", 9)
    a = [extremes("before", "A", 50, 41), extremes("after", "A", 50, 40)]
    left = split(pd.concat([*a, extremes("before", "B", 0, 9)])).total("left")
    assert (left["verdict"], left["base"]) == ("too_few", 9)


def test_an_unclear_change_explains_nothing():
    frame = pd.concat([
        favourable("before", "Home", 80, 20), favourable("before", "Student", 40, 60),
        favourable("after", "Home", 81, 19), favourable("after", "Student", 39, 61),
    ])  # fmt: skip
    texts = answer(split(frame), {})
    assert texts[0].startswith(
        "No clear change, so nothing to explain: CSAT went from 60.0% to 60.0% (0.0 pp;"
    )
    assert texts[1] == "None of its parts is clear either; below they stand for the record."


def test_clear_parts_that_cancel_are_told_although_the_whole_is_unclear():
    frame = pd.concat([
        favourable("before", "Home", 300, 100), favourable("before", "Student", 100, 300),
        favourable("after", "Home", 200, 200), favourable("after", "Student", 200, 200),
    ])  # fmt: skip
    texts = answer(split(frame), {})
    assert texts[0].startswith("No clear change as a whole, though parts of it are clear")
    assert "Score clearly lower than before: Home (75.0% → 50.0%)." in texts[2]
    assert "Score clearly higher than before: Student (25.0% → 50.0%)." in texts[2]


def test_weights_decide_shares_and_scores():
    """Students count a quarter: their share after is 100 ÷ 600 = 16.7 %, not 44.4 %."""
    weighted = MIXED.assign(
        weight_sum=MIXED["answers"] * np.where(MIXED["line"] == "Student", 0.25, 1.0),
        weight_sq_sum=MIXED["answers"] * np.where(MIXED["line"] == "Student", 0.0625, 1.0),
    )
    groups = split(weighted, weighted=True).groups.set_index("line")
    assert groups.loc["Student", "share_after"] == pytest.approx(1 / 6)
    assert groups.loc["Student", "score_after"] == pytest.approx(0.4)


def test_pooled_groups_are_the_sum_of_their_parts():
    found = split(MIXED)
    both = found.pooled("mix", [("Home", ""), ("Student", "")])
    assert both.estimate == pytest.approx(found.total("mix")["estimate"])
    assert both.conf_low == pytest.approx(found.total("mix")["conf_low"])
    assert (both.groups, both.verdict, both.judgement) == (2, "down", "bad")


def test_the_waterfall_shows_numbers_arrows_and_names():
    """At most eight bars; what is clear has an arrow and a colour, and every bar its interval and n."""
    spec = waterfall_chart(split(MIXED), {"Student": "Students"}).to_dict()
    rows = next(iter(spec["datasets"].values()))
    assert [row["label"] for row in rows] == [
        "February 2026",
        "Mix: who answers",
        "Home",
        "Students",
        "March 2026",
    ]
    assert [row["text"] for row in rows][:2] == ["84.4%", "▼ −16.7 pp"]
    assert [row["judgement"] for row in rows] == ["neutral", "bad", "neutral", "neutral", "neutral"]
    assert all(row["interval"] and row["n"] for row in rows)
    assert {"label", "when", "text", "interval", "n"} == {
        entry["field"] for entry in spec["layer"][0]["encoding"]["tooltip"]
    }


def test_comparisons_share_no_month_and_are_as_long():
    for code in COMPARISONS:
        one = comparison_of(MONTH, code)
        assert one.before_last < one.first
        assert (one.last.year - one.first.year) * 12 + one.last.month - one.first.month + 1 == one.months
    half = comparison_of(MONTH, "half")
    assert (half.first, half.before_first, half.before_last) == (
        date(2025, 10, 1), date(2025, 4, 1), date(2025, 9, 1),
    )  # fmt: skip
    with pytest.raises(UnknownTerm, match=r"comparison 'week' does not exist\. Choose from: month"):
        comparison_of(MONTH, "week")


def test_one_group_needs_no_explanation():
    found = split(MIXED[MIXED["line"] == "Home"])
    assert isinstance(found, Decomposition)
    assert "only one group" in answer(found, {})[1]
