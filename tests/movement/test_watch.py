"""Charts of touchpoints from counts: phases, months that are too thin, the unfinished month, words."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from cxdata.movement.charts import process_chart
from cxdata.movement.explain import happened
from cxdata.movement.signal_words import chance_text, chart_text, rule_text, signals_text, since_text
from cxdata.movement.watch import Judged, charts_of, judged_since, recent_signals

OPEN = date(2026, 1, 1)


def months(shares, *, first="2024-01", answers=100, line="shop", question="q", scale=(1, 5)):
    """So many answers a month, of which a share gives the best score and the rest the worst but one."""
    rows = []
    for month, share in zip(pd.date_range(first, periods=len(shares), freq="MS"), shares, strict=True):
        good = round(answers * share)
        rows += [(month, scale[1], good), (month, scale[0] + 1, answers - good)]
    frame = pd.DataFrame(rows, columns=["month", "score", "answers"])
    frame = frame[frame["answers"] > 0]
    return frame.assign(
        line=line, question=question, label=f"{question}?", metric="csat", scale_min=scale[0], scale_max=scale[1],
        favourable_from=np.nan, higher_is_better=True, weight_sum=frame["answers"].astype(float),
        weight_sq_sum=frame["answers"].astype(float),
    )  # fmt: skip


def charts(frame, until=OPEN):
    conventions = {"csat": "share", "ces": "mean"}
    return charts_of(frame, min_base=10, conventions=conventions, unfinished=OPEN, until=until)


CALM = [0.80, 0.82, 0.78, 0.80, 0.79, 0.81, 0.80, 0.82, 0.78, 0.80, 0.79, 0.81]


def test_an_incident_is_signalled_once_in_its_month():
    chart = charts(months([*CALM, 0.81, 0.79, 0.45, 0.80, 0.81]))[0]
    assert chart.signals[["rule", "side", "judgement"]].values.tolist() == [["beyond", "below", "bad"]]
    assert chart.signals["raised"].iloc[0] == pd.Timestamp("2025-03-01")
    assert not chart.signals["ongoing"].iloc[0]
    assert chart_text(chart, {}) == (
        "CSAT, Shop: a month below its limit, March 2025 (March 2025: 45.0%, 100 answers; limits 68.1 to 92.0%)."
    )


def test_limits_follow_from_the_centre_and_the_answers():
    """The centre is the mean over all months of the baseline; limits ± 3 × √(p (1 − p) ÷ 100)."""
    chart = charts(months(CALM))[0]
    centre = np.mean(CALM)
    reach = 3 * np.sqrt(centre * (1 - centre) / 100)
    assert chart.points["centre"].iloc[0] == pytest.approx(centre)
    assert chart.points["high"].iloc[0] == pytest.approx(centre + reach)


def test_a_new_scale_begins_a_phase_and_is_named():
    old = months(CALM)
    new = months([0.6, 0.62, 0.58], first="2025-01", question="q7", scale=(1, 7))
    chart = charts(pd.concat([old, new]))[0]
    assert chart.points["phase"].tolist() == [0] * 12 + [1] * 3
    assert chart.points["centre"].isna().tolist() == [False] * 12 + [True] * 3
    assert not chart.judged
    assert chart.signals.empty
    assert chart.changes.values.tolist() == [[pd.Timestamp("2025-01-01"), "scale", "1–5", "1–7"]]
    assert "too few months on one scale" in chart_text(chart, {})


def test_a_new_wording_is_marked_and_begins_no_phase():
    chart = charts(pd.concat([months(CALM), months(CALM[:4], first="2025-01", question="r")]))[0]
    assert chart.points["phase"].nunique() == 1
    assert chart.changes.values.tolist() == [[pd.Timestamp("2025-01-01"), "question", "q?", "r?"]]


def test_thin_months_are_gaps_and_the_unfinished_month_is_not_judged():
    frame = pd.concat([
        months([*CALM, *CALM[:11]]), months([0.0], first="2025-12", answers=9), months([0.1], first="2026-01"),
    ])  # fmt: skip
    chart = charts(frame)[0]
    assert chart.few == 1
    assert len(chart.points) == 24
    assert chart.points["open"].tolist() == [False] * 23 + [True]
    assert chart.signals.empty
    assert chart.judged


def test_recent_signals_are_those_raised_or_still_holding():
    slow = charts(months([*CALM, *[0.86] * 12]))
    early = charts(months([*CALM[:5], 0.3, *CALM, *CALM[:6]], line="app"))
    found = recent_signals({"csat": slow + early}, date(2025, 11, 1))
    assert found[["line", "rule", "ongoing"]].values.tolist() == [["shop", "in_a_row", True]]
    assert since_text(found.iloc[0].to_dict()) == "since January 2025"
    everything = recent_signals({"csat": slow + early}, date(2024, 1, 1))
    assert set(everything["line"]) == {"shop", "app"}
    assert found["fresh"].tolist() == [False]
    assert everything["fresh"].all()
    assert recent_signals({"csat": ()}, date(2024, 1, 1)).empty


def test_a_touchpoint_that_is_no_longer_asked_signals_no_longer():
    """Poor months from January to September 2024, then nothing: over by January 2026, and not of the last 12 months."""
    asked = months([*CALM, *[0.70] * 9], first="2023-01")
    chart = charts(asked)[0]
    assert since_text(chart.signals.iloc[0].to_dict()) == "Jan 2024 to Sept 2024"
    assert recent_signals({"csat": (chart,)}, date(2025, 2, 1)).empty
    assert judged_since([chart], date(2025, 2, 1)) == Judged(0, 0, 0)
    then = charts(asked, until=date(2024, 9, 1))[0]
    assert since_text(then.signals.iloc[0].to_dict()) == "since January 2024"


def test_a_row_of_months_says_that_thin_ones_are_passed_over():
    """Eight months below the centre with four thin ones in between are no eight months of the calendar."""
    low = [
        months([0.75], first=f"2025-{month:02}", answers=9 if month in (2, 4, 6, 8) else 100)
        for month in range(1, 13)
    ]
    chart = charts(pd.concat([months(CALM), *low]))[0]
    assert chart.few == 4
    assert chart_text(chart, {}).startswith(
        "CSAT, Shop: 8 months in a row with enough answers, all below the centre line, since January 2025"
    )


def test_a_collapse_after_two_years_of_answers_all_alike_is_a_signal():
    """50 of 50 favourable for 24 months, then 10 of 50: limits 94.2 to 100 %."""
    chart = charts(months([*[1.0] * 24, *[0.2] * 12], first="2023-01", answers=50))[0]
    assert chart.judged
    assert chart.signals[["rule", "judgement", "ongoing"]].values.tolist() == [["beyond", "bad", True]]
    assert "20.0%, 50 answers; limits 94.2 to 100.0%" in chart_text(chart, {})


def test_months_that_set_limits_and_months_after_them_are_counted_apart():
    """26 whole months, 24 of them the baseline: of the last 12 ten are in it and two after it; the 27th runs."""
    chart = charts(months([*CALM, *CALM, 0.8, 0.8, 0.8], first="2023-11"))[0]
    assert judged_since([chart], date(2025, 1, 1)) == Judged(1, 10, 2)
    assert judged_since([chart, chart], date(2025, 1, 1)) == Judged(2, 20, 4)


def test_words_of_rules_and_of_what_chance_does():
    """21 charts × 12 months × 0.9 to 1.7 per 100 = 2.3 to 4.3; one chart: 100 ÷ 1.7 ÷ 12 = 5 years, and 9."""
    assert (
        rule_text("in_a_row", "below") == "8 months in a row with enough answers, all below the centre line"
    )
    assert rule_text("two_of_three", "above").startswith("two of three months")
    text = chance_text(Judged(21, 0, 252), 12)
    assert "chance alone would raise 2.3 to 4.3 signals on these charts in 12 months" in text
    assert "about one in 5 to 9 years" in text
    assert "raise 0.8 to 1.5 signals" in chance_text(Judged(21, 252, 0), 12)


def test_only_signals_of_the_last_months_are_counted_beside_what_chance_raises():
    def told(*rows):
        return signals_text(pd.DataFrame(rows, columns=["judgement", "fresh"]), 3, 12)

    assert told().startswith("No signal in the last 12 months on 3 charts: what moved")
    two = "2 signals in the last 12 months: 1 for the better, 1 for the worse. Charts: 3."
    assert told(("good", True), ("bad", True)) == two
    assert told(("good", True), ("bad", True), ("bad", False)) == f"{two} 1 older signal still holds."
    assert (
        told(("bad", False)) == "No new signal in the last 12 months on 3 charts. 1 older signal still holds."
    )


def test_actions_and_changes_stand_beside_the_chart():
    """An action at another touchpoint, and one before the chart begins, do not."""
    chart = charts(months(CALM))[0]
    actions = pd.DataFrame({
        "action_id": ["A1", "A2", "A3", "A4"], "touchpoint": ["shop", "", "app", "shop"],
        "title": ["New desks", "Bonus", "Redesign", "Too early"],
        "started_on": pd.to_datetime(["2024-05-20", "2024-03-01", "2024-04-01", "2023-01-01"]),
    })  # fmt: skip
    events = happened(chart, actions, {"A2": "Bonus for all"})
    assert events["text"].tolist() == ["Bonus for all", "New desks"]
    assert events["month"].iloc[1] == pd.Timestamp("2024-05-01")
    spec = process_chart(chart, {}, events).to_dict()
    drawn = [row for rows in spec["datasets"].values() for row in rows]
    assert {"Bonus for all", "New desks"} <= {row.get("text") for row in drawn}
    assert spec["layer"][0]["mark"]["type"] == "area"
