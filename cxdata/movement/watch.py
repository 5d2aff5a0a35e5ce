"""The charts that watch every touchpoint: months, phases, limits, signals, and what happened beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from cxdata.movement.signals import ABOVE, Signal, process_limits, signals, value_moments
from cxdata.scorecard.comparisons import BAD, GOOD
from cxdata.scorecard.histograms import counts_from_histogram, scores_from_histogram

_RULE = ["scale", "method", "favourable_from", "higher_is_better"]
_LOWEST = {"points": -100.0, "fraction": 0.0}
_HIGHEST = {"points": 100.0, "fraction": 1.0}


@dataclass(frozen=True)
class ProcessChart:
    """A metric of one touchpoint by month, with limits and signals.

    Parameters
    ----------
    metric, line, unit : str
        Codes; line is the touchpoint, '' for the question about none.
    higher_is_better : bool
    points : DataFrame
        One row per month with enough answers: ``month`` (timestamp), ``estimate``, ``conf_low``,
        ``conf_high``, ``base``, ``scale``, ``phase`` (from 0; a new scale begins one), ``centre``, ``low``,
        ``high`` (limits; nan where a phase is too short), ``baseline``, ``open`` (unfinished, not judged),
        ``signal`` (place in `signals` of the stretch that the month belongs to, −1 for none).
    signals : DataFrame
        One row per signal, the newest first: ``rule``, ``side``, ``since``, ``raised``, ``last``
        (timestamps), ``ongoing`` (the last judged month belongs to it), ``judgement`` (good, bad),
        ``estimate``, ``conf_low``, ``conf_high``, ``base``, ``centre``, ``low``, ``high`` (of the month raised).
    changes : DataFrame
        What changed about the question: ``month``, ``kind`` (scale, question), ``before``, ``after``.
    few : int
        Months left out because they rest on too few answers.
    """

    metric: str
    line: str
    unit: str
    higher_is_better: bool
    points: pd.DataFrame = field(repr=False)
    signals: pd.DataFrame = field(repr=False)
    changes: pd.DataFrame = field(repr=False)
    few: int

    @property
    def judged(self) -> bool:
        """Whether the newest phase has limits."""
        return len(self.points) > 0 and bool(np.isfinite(self.points["centre"].iloc[-1]))


def charts_of(
    counts: pd.DataFrame,
    *,
    min_base: int,
    conventions: Mapping[str, str],
    unfinished: date,
    weighted: bool = False,
) -> tuple[ProcessChart, ...]:
    """A chart for every touchpoint of a metric.

    Parameters
    ----------
    counts : DataFrame
        Histogram of one metric: ``month`` (timestamp), ``line``, ``question``, ``label`` and
        `histograms.HISTOGRAM_COLUMNS`.
    min_base : int
        Months with fewer answers are left out.
    conventions : mapping of str to str
        ``"share"`` or ``"mean"`` for csat and ces.
    unfinished : date
        First day of the month that is still running: shown, not judged.
    weighted : bool
        Count the weights of the answers.

    Returns
    -------
    tuple of ProcessChart
        By touchpoint code; touchpoints without a single month of enough answers have none.
    """
    rows = counts[counts["score"].notna()]
    if rows.empty:
        return ()
    keys = ["line", "month"]
    scores = scores_from_histogram(rows, keys, weighted=weighted, conventions=conventions)
    sums = counts_from_histogram(rows, keys, weighted=weighted, conventions=conventions)
    names = ("promoters", "detractors", "favourable", "total", "total_sq", "responses")
    moments = value_moments(
        str(scores["method"].iloc[0]), {name: sums[name].to_numpy(float) for name in names}
    )
    scores = scores.assign(value=moments.value, square=moments.square)
    largest = scores.groupby(keys)["base"].transform("max") == scores["base"]
    scores = scores[largest].drop_duplicates(keys)
    found = []
    for line, series in scores.groupby("line", sort=True):
        chart = _chart(series.sort_values("month"), rows[rows["line"] == line], min_base, unfinished)
        if len(chart.points):
            found.append(chart)
    return tuple(found)


def _chart(series: pd.DataFrame, counts: pd.DataFrame, min_base: int, unfinished: date) -> ProcessChart:
    enough = series["base"] >= min_base
    points = series[enough].reset_index(drop=True)
    rule = pd.Series(["|".join(map(str, key)) for key in points[_RULE].to_numpy()], dtype=str)
    points["phase"] = (rule != rule.shift()).cumsum().astype(int) - 1 if len(points) else 0
    points["open"] = points["month"] == pd.Timestamp(unfinished)
    for column in ("centre", "low", "high"):
        points[column] = np.nan
    points["baseline"], points["signal"] = False, -1
    unit = str(series["unit"].iloc[-1])
    raised: list[pd.Series] = []
    for _, phase in points.groupby("phase"):
        judged = phase[~phase["open"]]
        if judged.empty:
            continue
        limits = process_limits(judged["value"], judged["square"], judged["effective_base"])
        if not limits.known:
            continue
        lowest = _LOWEST.get(unit, float(phase["scale_min"].iloc[0]))
        highest = _HIGHEST.get(unit, float(phase["scale_max"].iloc[0]))
        points.loc[judged.index, "centre"] = limits.centre
        points.loc[judged.index, "low"] = np.maximum(limits.low, lowest)
        points.loc[judged.index, "high"] = np.minimum(limits.high, highest)
        points.loc[judged.index, "baseline"] = limits.baseline
        for signal in signals(limits.distance):
            rows = judged.index[signal.since : signal.last + 1]
            points.loc[rows, "signal"] = len(raised)
            raised.append(_described(points, judged.index, signal))
    shown = ["month", "estimate", "conf_low", "conf_high", "base", "scale", "phase", "centre", "low", "high",
             "baseline", "open", "signal"]  # fmt: skip
    better = bool(series["higher_is_better"].iloc[-1])
    return ProcessChart(
        metric=str(series["metric"].iloc[0]),
        line=str(series["line"].iloc[0]),
        unit=unit,
        higher_is_better=better,
        points=points[shown],
        signals=_table(raised, better),
        changes=_changes(points, counts),
        few=int((~enough).sum()),
    )


def _described(points: pd.DataFrame, index: pd.Index, signal: Signal) -> pd.Series:
    """A signal with the numbers of the month in which it was raised."""
    numbers = points.loc[
        index[signal.raised], ["estimate", "conf_low", "conf_high", "base", "centre", "low", "high"]
    ]
    months = points["month"]
    newest = months[~points["open"]].max()
    return pd.Series(
        {
            "rule": signal.rule,
            "side": signal.side,
            "since": months[index[signal.since]],
            "raised": months[index[signal.raised]],
            "last": months[index[signal.last]],
            "ongoing": months[index[signal.last]] == newest,
            **numbers.to_dict(),
        }
    )


SIGNAL_COLUMNS = (
    "rule", "side", "since", "raised", "last", "ongoing", "judgement", "estimate", "conf_low", "conf_high", "base",
    "centre", "low", "high",
)  # fmt: skip


def _table(raised: list[pd.Series], better: bool) -> pd.DataFrame:
    if not raised:
        return pd.DataFrame({name: [] for name in SIGNAL_COLUMNS})
    frame = pd.DataFrame(raised)
    frame["judgement"] = np.where((frame["side"] == ABOVE) == better, GOOD, BAD)
    frame = frame.sort_values("raised", ascending=False, kind="stable").reset_index(drop=True)
    return frame[list(SIGNAL_COLUMNS)]


def _changes(points: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """New scales, and other questions on the same scale, by the first month of each."""
    found: list[dict[str, object]] = []
    for place in range(1, len(points)):
        now, before = points.iloc[place], points.iloc[place - 1]
        if now["phase"] != before["phase"]:
            found.append(
                {"month": now["month"], "kind": "scale", "before": before["scale"], "after": now["scale"]}
            )
    asked = counts.groupby("question")["month"].agg(["min", "max"])
    labels = counts.drop_duplicates("question")
    wording = dict(zip(labels["question"], labels["label"], strict=True))
    rescaled = {row["month"] for row in found}
    for question, first in asked["min"].items():
        ended = asked[(asked["max"] <= first + pd.DateOffset(months=1)) & (asked["min"] < first)]
        if len(ended) and first not in rescaled:
            predecessor = ended["max"].idxmax()
            found.append(
                {
                    "month": first,
                    "kind": "question",
                    "before": wording[predecessor],
                    "after": wording[question],
                }
            )
    return pd.DataFrame(found, columns=["month", "kind", "before", "after"])


def recent_signals(charts: Mapping[str, tuple[ProcessChart, ...]], since: date) -> pd.DataFrame:
    """Signals of all charts that were raised, or still hold, from a month on.

    Parameters
    ----------
    charts : mapping of str to tuple of ProcessChart
        By metric.
    since : date
        First day of the first month.

    Returns
    -------
    DataFrame
        ``metric``, ``line``, ``unit`` and `SIGNAL_COLUMNS`, the newest first.
    """
    parts = [
        chart.signals.assign(metric=chart.metric, line=chart.line, unit=chart.unit)
        for group in charts.values()
        for chart in group
        if len(chart.signals)
    ]
    columns = ["metric", "line", "unit", *SIGNAL_COLUMNS]
    if not parts:
        return pd.DataFrame({name: [] for name in columns})
    frame = pd.concat(parts, ignore_index=True)
    kept = (frame["raised"] >= pd.Timestamp(since)) | frame["ongoing"].astype(bool)
    return (
        frame.loc[kept, columns].sort_values("raised", ascending=False, kind="stable").reset_index(drop=True)
    )
