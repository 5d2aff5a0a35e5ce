"""Charts of touchpoints from counts: phases, months that are too thin, the unfinished month, words."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from cxdata.movement.charts import process_chart
from cxdata.movement.explain import happened
from cxdata.movement.signal_words import chance_text, chart_text, rule_text, signals_text, since_text
from cxdata.movement.watch import charts_of, recent_signals

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


def charts(frame):
    return charts_of(frame, min_base=10, conventions={"csat": "share", "ces": "mean"}, unfinished=OPEN)


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
    assert recent_signals({"csat": ()}, date(2024, 1, 1)).empty


def test_words_of_rules_and_of_what_chance_does():
    """21 charts × 12 months × 0.5 per 100 = 1.3; one chart: 100 ÷ 0.5 ÷ 12 = 16 years."""
    assert rule_text("in_a_row", "below") == "8 months in a row below the centre line"
    assert rule_text("two_of_three", "above").startswith("two of three months")
    text = chance_text(21, 12)
    assert "once in 16 years" in text
    assert "about 1.3 in 12 months" in text
    assert signals_text(pd.DataFrame({"judgement": []}), 3, 12).startswith("No signal in the last 12 months")
    assert signals_text(pd.DataFrame({"judgement": ["good", "bad"]}), 3, 12) == (
        "2 signals in the last 12 months: 1 for the better, 1 for the worse. Charts: 3."
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
