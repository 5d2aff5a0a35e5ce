"""The monthly scorecard: where each number stands, whether it moved, and how far it is from its target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from cxdata.config import Config
from cxdata.database import Release
from cxdata.scorecard import query
from cxdata.scorecard.comparisons import changes, gap_to_target, verdicts
from cxdata.scorecard.differences import Difference
from cxdata.scorecard.metrics import main_scale, scores
from cxdata.selection import Selection
from cxdata.vocabulary import metric

SPARKLINE_MONTHS = 24

COMPARISONS = ("month", "year")
"""Periods that a month is compared with: the month before, and the same month of the year before."""


@dataclass(frozen=True)
class Change:
    """A change between two periods, with its interval and its verdict.

    `verdict` is a code of `vocabulary.VERDICT_LABELS`, `judgement` good, bad or neutral.
    """

    previous: float
    previous_base: float
    estimate: float
    conf_low: float
    conf_high: float
    verdict: str
    judgement: str


@dataclass(frozen=True)
class Tile:
    """One headline number of one month.

    Parameters
    ----------
    metric, unit, scale : str
        Code; points, fraction or score; the scale its answers were given on.
    estimate, conf_low, conf_high, base, effective_base : float
        As in `Estimate`; nan and 0 where the month has no data.
    enough : bool
        Whether the base reaches the company's smallest base.
    month, year : Change
        Against the month before and the same month of the year before.
    target, target_gap : float
        nan where there is no target; `target_verdict` and `target_judgement` as in `Gap`.
    series : DataFrame
        month, estimate, conf_low, conf_high, base of the last 24 months; months without data are rows
        with nan, so that a line drawn through them breaks.
    other_scales : tuple of str
        Scales whose answers of the month are not in this number.
    """

    metric: str
    unit: str
    scale: str
    estimate: float
    conf_low: float
    conf_high: float
    base: float
    effective_base: float
    enough: bool
    month: Change
    year: Change
    target: float
    target_gap: float
    target_verdict: str
    target_judgement: str
    series: pd.DataFrame
    other_scales: tuple[str, ...]


def month_before(month: date, count: int = 1) -> date:
    """First day of the month that lies `count` months before."""
    place = month.year * 12 + month.month - 1 - count
    return date(place // 12, place % 12 + 1, 1)


def closed_months(release: Release) -> list[date]:
    """Months with data before the release's unfinished one, oldest first."""
    unfinished = release.as_of.replace(day=1)
    return [month for month in query.months(release)["month"] if month < unfinished]


def default_month(release: Release) -> date | None:
    """The newest closed month with answers or decisions; the newest month at all where none is closed."""
    frame = query.months(release)
    frame = frame[(frame["answers"] > 0) | (frame["decided"] > 0)]
    closed = frame[frame["month"] < release.as_of.replace(day=1)]
    chosen = closed if len(closed) else frame
    return chosen["month"].iloc[-1] if len(chosen) else None


def tiles(
    release: Release, config: Config, selection: Selection, month: date, metrics: Sequence[str]
) -> list[Tile]:
    """The headline numbers of a month, judged together.

    Parameters
    ----------
    release, config, selection
        What is looked at.
    month : date
        First day of the month.
    metrics : sequence of str
        Codes, in the order wanted. A metric without data has a tile that says so.

    Returns
    -------
    list of Tile
        All changes of all tiles count as shown together for the false-alarm rule.
    """
    first = month_before(month, SPARKLINE_MONTHS - 1)
    frame = scores(release, config, selection, metrics, first=first, last=month)
    now = frame[frame["month"] == pd.Timestamp(month)]
    current = main_scale(now)
    compared = {
        "month": _compared(current, frame, month_before(month), config.min_base),
        "year": _compared(current, frame, month_before(month, 12), config.min_base),
    }
    _judge_together(compared, config.min_base)
    aims = _targets(current, query.targets(release), selection, month)
    gaps = gap_to_target(
        current, aims, min_base=config.min_base, higher_is_better=current["higher_is_better"].to_numpy(bool)
    ) if len(current) else None  # fmt: skip
    found: list[Tile] = []
    for code in metrics:
        rows = np.flatnonzero((current["metric"] == code).to_numpy()) if len(current) else np.array([], int)
        if not len(rows):
            found.append(_empty_tile(code, frame, month))
            continue
        row = int(rows[0])
        line = current.iloc[row]
        others = now[(now["metric"] == code) & (now["scale"] != line["scale"])]
        assert gaps is not None
        found.append(
            Tile(
                code,
                str(line["unit"]),
                str(line["scale"]),
                *(
                    float(line[name])
                    for name in ("estimate", "conf_low", "conf_high", "base", "effective_base")
                ),
                enough=bool(line["base"] >= config.min_base),
                month=_change(compared["month"].iloc[row]),
                year=_change(compared["year"].iloc[row]),
                target=float(aims[row]),
                target_gap=float(gaps.estimate[row]),
                target_verdict=str(gaps.verdict[row]),
                target_judgement=str(gaps.judgement[row]),
                series=_series(frame, code, str(line["scale"]), first, month),
                other_scales=tuple(sorted(set(others["scale"]))),
            )
        )
    return found


def breakdown(
    release: Release, config: Config, selection: Selection, month: date, metrics: Sequence[str], by: str
) -> pd.DataFrame:
    """Metrics of a month by the values of a dimension, each against both comparison periods.

    Returns
    -------
    DataFrame
        One row per line and metric: ``line``, `SCORE_COLUMNS`, and for both of `COMPARISONS`
        ``change_<period>``, ``low_<period>``, ``high_<period>``, ``verdict_<period>`` and
        ``judgement_<period>``. Lines with answers a month or a year ago but none now stay, with base 0.
    """
    periods = {"now": month, "month": month_before(month), "year": month_before(month, 12)}
    parts = [
        scores(release, config, selection, metrics, first=day, last=day, by=by) for day in periods.values()
    ]
    frame = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    current = main_scale(frame[frame["month"] == pd.Timestamp(month)])
    gone = main_scale(frame[frame["month"] != pd.Timestamp(month)], ("line", "across", "metric"))
    if len(gone):
        known = set(zip(current["line"], current["metric"], strict=True))
        silent = [pair not in known for pair in zip(gone["line"], gone["metric"], strict=True)]
        numbers = ["estimate", "std_error", "conf_low", "conf_high"]
        empty = gone[silent].assign(base=0.0, effective_base=0.0, **dict.fromkeys(numbers, np.nan))
        current = pd.concat([current, empty], ignore_index=True) if len(empty) else current
    if current.empty:
        return current
    compared = {name: _compared(current, frame, periods[name], config.min_base) for name in COMPARISONS}
    _judge_together(compared, config.min_base)
    for name, changed in compared.items():
        current = current.assign(
            **{
                f"previous_{name}": changed["previous"].to_numpy(),
                f"change_{name}": changed["change"].to_numpy(),
                f"low_{name}": changed["change_low"].to_numpy(),
                f"high_{name}": changed["change_high"].to_numpy(),
                f"verdict_{name}": changed["verdict"].to_numpy(),
                f"judgement_{name}": changed["judgement"].to_numpy(),
            }
        )
    return current.drop(columns=["across"]).reset_index(drop=True)


def _compared(current: pd.DataFrame, frame: pd.DataFrame, before: date, min_base: int) -> pd.DataFrame:
    previous = frame[frame["month"] == pd.Timestamp(before)]
    keys = ["line", "across"]
    return changes(current.drop(columns="month"), previous.drop(columns="month"), keys, min_base=min_base)


def _judge_together(compared: dict[str, pd.DataFrame], min_base: int) -> None:
    """Judge both periods' changes as one family: they stand side by side on the page."""
    together = pd.concat(compared.values(), ignore_index=True)
    if together.empty:
        return
    change = Difference(
        together["change"].to_numpy(float),
        together["change_std_error"].to_numpy(float),
        together["change_low"].to_numpy(float),
        together["change_high"].to_numpy(float),
        together["p_value"].to_numpy(float),
        np.minimum(together["base"].to_numpy(float), together["previous_base"].to_numpy(float)),
    )
    judged = verdicts(
        change,
        min_base=min_base,
        higher_is_better=together["higher_is_better"].to_numpy(bool),
        new_scale=(together["verdict"] == "new_scale").to_numpy(),
    )
    start = 0
    for name, frame in compared.items():
        rows = slice(start, start + len(frame))
        start += len(frame)
        compared[name] = frame.assign(
            verdict=judged.verdict[rows], judgement=judged.judgement[rows], p_adjusted=judged.p_adjusted[rows]
        )


def _change(row: pd.Series) -> Change:
    return Change(
        float(row["previous"]),
        float(row["previous_base"]),
        float(row["change"]),
        float(row["change_low"]),
        float(row["change_high"]),
        str(row["verdict"]),
        str(row["judgement"]),
    )


def _targets(current: pd.DataFrame, targets: pd.DataFrame, selection: Selection, month: date) -> np.ndarray:
    """Target in force for each row: the one of the touchpoint or segment filtered to, else the overall one."""
    found = []
    touchpoint = selection.touchpoint[0] if len(selection.touchpoint) == 1 else ""
    segment = selection.segment[0] if len(selection.segment) == 1 else ""
    held = targets[targets["valid_from"] <= month_before(month, -1)] if len(targets) else targets
    for code in current["metric"]:
        rows = held[held["metric"] == code]
        exact = rows[(rows["touchpoint"] == touchpoint) & (rows["segment"] == segment)]
        found.append(float(exact["target"].iloc[-1]) if len(exact) else np.nan)
    return np.array(found, dtype=float)


def _series(frame: pd.DataFrame, code: str, scale: str, first: date, last: date) -> pd.DataFrame:
    calendar = pd.DataFrame({"month": pd.date_range(first, last, freq="MS")})
    rows = frame[(frame["metric"] == code) & (frame["scale"] == scale)]
    columns = ["month", "estimate", "conf_low", "conf_high", "base"]
    return calendar.merge(rows[columns], on="month", how="left")


def _empty_tile(code: str, frame: pd.DataFrame, month: date) -> Tile:
    nothing = Change(np.nan, 0.0, np.nan, np.nan, np.nan, "no_data", "neutral")
    rows = frame[frame["metric"] == code]
    scale = str(rows["scale"].iloc[-1]) if len(rows) else ""
    first = month_before(month, SPARKLINE_MONTHS - 1)
    unit = (
        str(rows["unit"].iloc[-1]) if len(rows) else {"answers": "score"}.get(metric(code).family, "fraction")
    )
    return Tile(
        code, unit, scale, np.nan, np.nan, np.nan, 0.0, 0.0, False, nothing, nothing, np.nan, np.nan, "no_target",
        "neutral", _series(frame, code, scale, first, month), (),
    )  # fmt: skip
