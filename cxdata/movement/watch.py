"""The charts that watch every touchpoint: months, phases, limits, signals, and what happened beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxdata.movement.signals import ABOVE, NPS, SHARE, Scale, Signal, process_limits, signals, value_moments
from cxdata.scorecard.comparisons import BAD, GOOD
from cxdata.scorecard.histograms import counts_from_histogram, scores_from_histogram
from cxdata.scorecard.periods import month_before

_RULE = ["scale", "method", "favourable_from", "higher_is_better"]
_SCALES = {"points": NPS, "fraction": SHARE}


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
        (timestamps), ``ongoing`` (the last whole month looked at belongs to it), ``judgement`` (good, bad),
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
        closed = self.points.loc[~self.points["open"], "centre"]
        return len(closed) > 0 and bool(np.isfinite(closed.iloc[-1]))


def charts_of(
    counts: pd.DataFrame,
    *,
    min_base: int,
    conventions: Mapping[str, str],
    unfinished: date,
    until: date,
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
    until : date
        First day of the month up to which is looked; a signal goes on only if the last whole month by then belongs to it.
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
    asked = rows.groupby(["line", "question"])["month"].agg(["min", "max"]).reset_index()
    asked["label"] = asked["question"].map(rows.drop_duplicates("question").set_index("question")["label"])
    now = pd.Timestamp(min(until, month_before(unfinished, 1)))
    found = []
    for line, series in scores.groupby("line", sort=True):
        chart = _chart(series.sort_values("month"), asked[asked["line"] == line], min_base, unfinished, now)
        if len(chart.points):
            found.append(chart)
    return tuple(found)


def _chart(
    series: pd.DataFrame, asked: pd.DataFrame, min_base: int, unfinished: date, now: pd.Timestamp
) -> ProcessChart:
    enough = series["base"] >= min_base
    points = series[enough].reset_index(drop=True)
    rule = np.array(["|".join(map(str, key)) for key in points[_RULE].to_numpy()], dtype=str)
    phase = np.cumsum(np.concatenate([[0], rule[1:] != rule[:-1]])[: rule.size]).astype(int)
    running = (points["month"] == pd.Timestamp(unfinished)).to_numpy(bool)
    value, square, worth = (points[name].to_numpy(float) for name in ("value", "square", "effective_base"))
    unit = str(series["unit"].iloc[-1])
    lines = {name: np.full(rule.size, np.nan) for name in ("centre", "low", "high")}
    baseline, flagged = np.zeros(rule.size, dtype=bool), np.full(rule.size, -1)
    raised: list[tuple[Signal, NDArray[np.int_]]] = []
    for number in range(phase.max() + 1 if phase.size else 0):
        judged = np.flatnonzero((phase == number) & ~running)
        first, last = (float(points[name][phase == number].iloc[0]) for name in ("scale_min", "scale_max"))
        scale = _SCALES.get(unit, Scale(first, last, 1.0))
        limits = process_limits(value[judged], square[judged], worth[judged], scale=scale)
        if not limits.known:
            continue
        lines["centre"][judged] = limits.centre
        lines["low"][judged] = np.maximum(limits.low, scale.lowest)
        lines["high"][judged] = np.minimum(limits.high, scale.highest)
        baseline[judged] = limits.baseline
        for signal in signals(limits.distance):
            flagged[judged[signal.since : signal.last + 1]] = len(raised)
            raised.append((signal, judged))
    points = points.assign(phase=phase, open=running, baseline=baseline, signal=flagged, **lines)
    shown = ["month", "estimate", "conf_low", "conf_high", "base", "scale", "phase", "centre", "low", "high",
             "baseline", "open", "signal"]  # fmt: skip
    better = bool(series["higher_is_better"].iloc[-1])
    return ProcessChart(
        metric=str(series["metric"].iloc[0]),
        line=str(series["line"].iloc[0]),
        unit=unit,
        higher_is_better=better,
        points=points[shown],
        signals=_table([_described(points, judged, signal, now) for signal, judged in raised], better),
        changes=_changes(points, asked),
        few=int((~enough).sum()),
    )


def _described(
    points: pd.DataFrame, judged: NDArray[np.int_], signal: Signal, now: pd.Timestamp
) -> dict[str, object]:
    """A signal with the numbers of the month in which it was raised; `now` is the last whole month looked at."""
    month = points["month"]
    since, raised, last = (judged[place] for place in (signal.since, signal.raised, signal.last))
    numbers = ("estimate", "conf_low", "conf_high", "base", "centre", "low", "high")
    return {
        "rule": signal.rule,
        "side": signal.side,
        "since": month[since],
        "raised": month[raised],
        "last": month[last],
        "ongoing": bool(month[last] == now),
        **{name: points[name].iloc[raised] for name in numbers},
    }


SIGNAL_COLUMNS = (
    "rule", "side", "since", "raised", "last", "ongoing", "judgement", "estimate", "conf_low", "conf_high", "base",
    "centre", "low", "high",
)  # fmt: skip


def _table(raised: list[dict[str, object]], better: bool) -> pd.DataFrame:
    if not raised:
        return pd.DataFrame({name: [] for name in SIGNAL_COLUMNS})
    frame = pd.DataFrame(raised)
    frame["judgement"] = np.where((frame["side"] == ABOVE) == better, GOOD, BAD)
    frame = frame.sort_values("raised", ascending=False, kind="stable").reset_index(drop=True)
    return frame[list(SIGNAL_COLUMNS)]


def _changes(points: pd.DataFrame, asked: pd.DataFrame) -> pd.DataFrame:
    """New scales, and other questions on the same scale, by the first month of each."""
    columns = ["month", "kind", "before", "after"]
    scale = points["scale"]
    new = np.flatnonzero(np.diff(points["phase"].to_numpy())) + 1
    found: list[dict[str, object]] = [
        {"month": points["month"][place], "kind": "scale", "before": scale[place - 1], "after": scale[place]}
        for place in new
    ]
    rescaled = {row["month"] for row in found}
    for _, question in asked.iterrows() if len(asked) > 1 else ():
        first = question["min"]
        ended = asked[(asked["max"] <= first + pd.DateOffset(months=1)) & (asked["min"] < first)]
        # On a new scale it is told already, with the first month that has enough answers on it.
        near = any(abs((first - month).days) < 62 for month in rescaled)
        if len(ended) and not near:
            before = ended["label"].iloc[int(ended["max"].argmax())]
            found.append({"month": first, "kind": "question", "before": before, "after": question["label"]})
    return pd.DataFrame(found, columns=columns)


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
        ``metric``, ``line``, ``unit``, `SIGNAL_COLUMNS` and ``fresh`` (raised from that month on, so that chance
        may be counted against it), the newest first.
    """
    parts = [
        chart.signals.assign(metric=chart.metric, line=chart.line, unit=chart.unit)
        for group in charts.values()
        for chart in group
        if len(chart.signals)
    ]
    columns = ["metric", "line", "unit", *SIGNAL_COLUMNS, "fresh"]
    if not parts:
        return pd.DataFrame({name: [] for name in columns})
    frame = pd.concat(parts, ignore_index=True)
    frame["fresh"] = frame["raised"] >= pd.Timestamp(since)
    kept = frame["fresh"] | frame["ongoing"].astype(bool)
    return (
        frame.loc[kept, columns].sort_values("raised", ascending=False, kind="stable").reset_index(drop=True)
    )


@dataclass(frozen=True)
class Judged:
    """What was judged from a month on: charts, their months that set limits, and those after limits stood still."""

    charts: int
    setting: int
    standing: int


def judged_since(charts: Iterable[ProcessChart], since: date) -> Judged:
    """Charts with judged months from a month on, and those months.

    Parameters
    ----------
    charts : iterable of ProcessChart
        Of all metrics.
    since : date
        First day of the first month.
    """
    parts = [chart.points[np.isfinite(chart.points["centre"]) & ~chart.points["open"]] for chart in charts]
    shown = [points.loc[points["month"] >= pd.Timestamp(since), "baseline"].astype(bool) for points in parts]
    setting = sum(int(baseline.sum()) for baseline in shown)
    return Judged(sum(len(one) > 0 for one in shown), setting, sum(map(len, shown)) - setting)
