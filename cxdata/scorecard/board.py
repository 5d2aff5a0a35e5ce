"""The monthly scorecard: where each number stands, whether it moved, and how far it is from its target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from cxdata.config import Config
from cxdata.database import Release
from cxdata.scorecard import query
from cxdata.scorecard.comparisons import NEUTRAL, NO_DATA, NO_TARGET, gap_to_target
from cxdata.scorecard.metrics import ANSWERED, main_scale, scores
from cxdata.scorecard.periods import COMPARISONS, compared_month, judged_together, month_before
from cxdata.scorecard.reasons import why_empty
from cxdata.scorecard.tile import Change, Tile
from cxdata.selection import CUSTOMER_DIMENSIONS, Selection
from cxdata.vocabulary import Labels, metric
from cxdata.wording import wording_of

SPARKLINE_MONTHS = 24

_RULE = ["scale", "method", "favourable_from", "higher_is_better"]


def default_month(release: Release) -> date | None:
    """The newest closed month with answers or decisions; the newest month at all where none is closed."""
    frame = query.months(release)
    frame = frame[(frame["answers"] > 0) | (frame["decided"] > 0)]
    closed = frame[frame["month"] < release.as_of.replace(day=1)]
    chosen = closed if len(closed) else frame
    return chosen["month"].iloc[-1] if len(chosen) else None


def width(unit: str, scale_min: float, scale_max: float) -> float:
    """From the worst possible value of a number to the best, in its unit: what makes changes comparable."""
    return {"points": 200.0, "fraction": 1.0}.get(unit, scale_max - scale_min)


def tile_metrics(config: Config) -> tuple[str, ...]:
    """What the tiles show: first what customers say, then what they do."""
    return ("nps", "csat", "ces", "response_rate", config.headline, "gross_retention", "net_retention")


def table_metrics(config: Config, selection: Selection, by: str) -> tuple[str, ...]:
    """Columns of the table by a dimension; terms belong to customers and know no touchpoint or channel."""
    said = ("nps", "csat", "ces")
    if by in CUSTOMER_DIMENSIONS:
        if ignored(selection, config.headline):
            return (*said, "response_rate")
        return (*said, "response_rate", config.headline, "gross_retention", "net_retention")
    return (*said, "rating", "response_rate")


def ignored(selection: Selection, code: str) -> tuple[str, ...]:
    """Dimensions that are filtered by and that a metric does not know."""
    if metric(code).family != "renewals":
        return ()
    return tuple(name for name in selection.active() if name not in CUSTOMER_DIMENSIONS)


def tiles(
    release: Release, config: Config, selection: Selection, month: date, metrics: Sequence[str]
) -> list[Tile]:
    """The headline numbers of a month, judged together.

    Parameters
    ----------
    release, config, selection
        What is looked at. Always single months, whatever the selection's window: windows that share
        months would be compared with themselves.
    month : date
        First day of the month.
    metrics : sequence of str
        Codes, in the order wanted. A metric without data has a tile that says so.

    Returns
    -------
    list of Tile
        All changes of all tiles count as shown together for the false-alarm rule.
    """
    selection = replace(selection, window=1)
    first = month_before(month, SPARKLINE_MONTHS - 1)
    frame = scores(release, config, selection, metrics, first=first, last=month)
    now = frame[frame["month"] == pd.Timestamp(month)]
    current = main_scale(now)
    compared = judged_together(current, frame, month, config.min_base)
    aims = _targets(current, query.targets(release), selection, month)
    found: list[Tile] = []
    for code in metrics:
        rows = np.flatnonzero((current["metric"] == code).to_numpy(bool))
        if not len(rows):
            reason = why_empty(release, selection, code, month)
            empty = _empty_tile(code, frame, month, reason, config.min_base)
            found.append(replace(empty, ignored=ignored(selection, code)))
            continue
        row = int(rows[0])
        parts = {name: _change(table.iloc[row]) for name, table in compared.items()}
        tile = _tile(current.iloc[[row]], now, frame, month, parts, float(aims[row]), config.min_base)
        found.append(replace(tile, ignored=ignored(selection, code)))
    return found


def questions_counted(
    release: Release, selection: Selection, month: date, labels: Labels | None = None
) -> dict[str, tuple[str, ...]]:
    """Per metric, the wording of the questions whose answers make up its tile in a month.

    `labels` are the company's own words; a wording of the reader's language stands there under the
    question's code.
    """
    counts = query.score_counts(release, selection, ANSWERED, first=month, last=month)
    asked = query.questions(release).drop(columns="metric").merge(
        counts.loc[counts["score"].notna(), ["question", "metric"]].drop_duplicates(), on="question"
    )  # fmt: skip
    wording = pd.Series(
        [wording_of(row["asked_as"], row["label"], labels) for row in asked.to_dict("records")],
        index=asked.index,
        dtype=object,
    )
    return {str(code): tuple(sorted(set(words))) for code, words in wording.groupby(asked["metric"])}


def breakdown(
    release: Release, config: Config, selection: Selection, month: date, metrics: Sequence[str], by: str
) -> pd.DataFrame:
    """Metrics of a month by the values of a dimension, each against both comparison periods.

    Returns
    -------
    DataFrame
        One row per line and metric, touchpoints in the order of the journey and other values by name,
        '' last: ``line``, `SCORE_COLUMNS`, and for both of `COMPARISONS` ``previous_<period>``,
        ``previous_base_<period>``, ``change_<period>``, ``low_<period>``, ``high_<period>``,
        ``verdict_<period>`` and ``judgement_<period>``. Lines with answers a month or a year ago but
        none now stay, with base 0.
    """
    selection = replace(selection, window=1)
    days = [month, *(compared_month(month, name) for name in COMPARISONS)]
    parts = [scores(release, config, selection, metrics, first=day, last=day, by=by) for day in days]
    frame = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    current = main_scale(frame[frame["month"] == pd.Timestamp(month)])
    current = pd.concat(
        [part for part in (current, _silent(current, frame, month)) if len(part)] or [current]
    )
    current = _in_order(current, query.dimension_values(release).get(by, []), metrics)
    for name, changed in judged_together(current, frame, month, config.min_base).items():
        current = current.assign(
            **{
                f"previous_{name}": changed["previous"].to_numpy(float),
                f"previous_base_{name}": changed["previous_base"].to_numpy(float),
                f"change_{name}": changed["change"].to_numpy(float),
                f"low_{name}": changed["change_low"].to_numpy(float),
                f"high_{name}": changed["change_high"].to_numpy(float),
                f"verdict_{name}": changed["verdict"].to_numpy(str),
                f"judgement_{name}": changed["judgement"].to_numpy(str),
            }
        )
    return current.drop(columns=["across"]).reset_index(drop=True)


def columns_of(table: pd.DataFrame, metrics: Sequence[str]) -> list[str]:
    """Metrics of a breakdown that any named line has; others would be columns of the rest alone."""
    named = set(table.loc[table["line"] != "", "metric"])
    return [code for code in metrics if code in named]


def lines_of(table: pd.DataFrame, weakest: str = "", min_base: int = 1) -> list[str]:
    """Lines of a breakdown in the order wanted.

    Parameters
    ----------
    table : DataFrame
        From `breakdown`.
    weakest : str
        Metric whose weakest lines come first, lines without it last; '' keeps the table's own order.
    min_base : int
        Lines with fewer answers are not ranked: their place would tell the score that is not shown.
    """
    lines = list(dict.fromkeys(table["line"]))
    rows = table[(table["metric"] == weakest) & (table["base"] >= min_base)]
    # Lines on scales of their own are not weaker or stronger than others; they follow by name of the scale.
    strength = np.where(rows["higher_is_better"].astype(bool), rows["estimate"], -rows["estimate"])
    ranked = rows.assign(strength=strength).sort_values(["scale", "strength"], kind="stable")["line"]
    return list(dict.fromkeys([*ranked, *lines]))


def _silent(current: pd.DataFrame, frame: pd.DataFrame, month: date) -> pd.DataFrame:
    """Lines of the comparison periods that have no data in the month, as rows with base 0."""
    gone = main_scale(frame[frame["month"] != pd.Timestamp(month)], ("line", "across", "metric"))
    known = set(zip(current["line"], current["metric"], strict=True))
    silent = [pair not in known for pair in zip(gone["line"], gone["metric"], strict=True)]
    nothing = dict.fromkeys(("estimate", "std_error", "conf_low", "conf_high"), np.nan)
    return gone[silent].assign(month=pd.Timestamp(month), base=0.0, effective_base=0.0, **nothing)


def _in_order(current: pd.DataFrame, values: Sequence[str], metrics: Sequence[str]) -> pd.DataFrame:
    lines = {line: place for place, line in enumerate(values)}
    codes = {code: place for place, code in enumerate(metrics)}
    placed = current.assign(
        place=current["line"].map(lines).fillna(len(lines)), code=current["metric"].map(codes)
    )
    ordered = placed.sort_values(["place", "line", "code"], kind="stable")
    return ordered.drop(columns=["place", "code"]).reset_index(drop=True)


def _change(row: pd.Series) -> Change:
    numbers = (
        float(row[name]) for name in ("previous", "previous_base", "change", "change_low", "change_high")
    )
    previous, base, estimate, low, high = numbers
    return Change(previous, base, estimate, low, high, str(row["verdict"]), str(row["judgement"]))


def _targets(current: pd.DataFrame, targets: pd.DataFrame, selection: Selection, month: date) -> np.ndarray:
    """Target in force for each row; nan where none is set for exactly what the filters leave."""
    held = targets[targets["valid_from"] < month_before(month, -1)] if len(targets) else targets
    found = []
    for code in current["metric"]:
        scope = _scope(selection, code)
        rows = held[held["metric"] == code]
        exact = rows[[pair == scope for pair in zip(rows["touchpoint"], rows["segment"], strict=True)]]
        found.append(float(exact["target"].iloc[-1]) if len(exact) else np.nan)
    return np.array(found, dtype=float)


def _scope(selection: Selection, code: str) -> tuple[str, str] | None:
    """Touchpoint and segment that a number is about, '' for all; None where no target could be meant."""
    filters = {
        name: kept for name, kept in selection.active().items() if name not in ignored(selection, code)
    }
    if set(filters) - {"touchpoint", "segment"} or any(len(kept) > 1 for kept in filters.values()):
        return None
    return filters.get("touchpoint", ("",))[0], filters.get("segment", ("",))[0]


def _tile(
    current: pd.DataFrame, now: pd.DataFrame, frame: pd.DataFrame, month: date, parts: dict[str, Change],
    target: float, min_base: int,
) -> Tile:  # fmt: skip
    line = current.iloc[0]
    code = str(line["metric"])
    same = now[now["metric"] == code]
    ruled = same.merge(current[_RULE].assign(main=True), on=_RULE, how="left")
    others = ruled[ruled["main"].isna()]
    gap = gap_to_target(current, [target], min_base=min_base, higher_is_better=bool(line["higher_is_better"]))
    return Tile(
        metric=code,
        unit=str(line["unit"]),
        scale=str(line["scale"]),
        favourable_from=float(line["favourable_from"]),
        higher_is_better=bool(line["higher_is_better"]),
        method=str(line["method"]),
        width=width(str(line["unit"]), float(line["scale_min"]), float(line["scale_max"])),
        estimate=float(line["estimate"]),
        conf_low=float(line["conf_low"]),
        conf_high=float(line["conf_high"]),
        base=float(line["base"]),
        effective_base=float(line["effective_base"]),
        enough=bool(line["base"] >= min_base),
        month=parts["month"],
        year=parts["year"],
        target=target,
        target_gap=float(gap.estimate[0]),
        target_verdict=str(gap.verdict[0]),
        target_judgement=str(gap.judgement[0]),
        series=_series(frame, current, month, min_base),
        reason="",
        left_out=float(others["base"].sum()),
        other_scales=tuple(sorted(set(others["scale"]))),
        ignored=(),
    )


def _series(frame: pd.DataFrame, rule: pd.DataFrame, last: date, min_base: int) -> pd.DataFrame:
    """The months of the sparkline under the same metric, scale and rule as `rule` (one row, or none).

    `stretch` grows where the metric begins or stops to be asked on another scale too: from there on the
    number is made of other questions, and no line is drawn across.
    """
    calendar = pd.DataFrame(
        {"month": pd.date_range(month_before(last, SPARKLINE_MONTHS - 1), last, freq="MS")}
    )
    keys = ["metric", *_RULE]
    rows = frame[frame["base"] >= min_base].merge(rule[keys], on=keys)
    series = calendar.merge(
        rows[["month", "estimate", "conf_low", "conf_high", "base"]], on="month", how="left"
    )
    asked = frame[(frame["base"] > 0) & frame["metric"].isin(rule["metric"])]
    spans = asked.groupby(list(_RULE), dropna=False)["month"].agg(["min", "max"])
    starts = set(spans["min"]) | {month + pd.DateOffset(months=1) for month in spans["max"]}
    # The first month asked begins the line; it breaks nothing.
    return series.assign(stretch=series["month"].isin(starts - {asked["month"].min()}).cumsum())


def _empty_tile(code: str, frame: pd.DataFrame, month: date, reason: str, min_base: int) -> Tile:
    nothing = Change(np.nan, 0.0, np.nan, np.nan, np.nan, NO_DATA, NEUTRAL)
    latest = frame[frame["metric"] == code].tail(1)
    unit = {"answers": "score"}.get(metric(code).family, "fraction")
    return Tile(
        metric=code,
        unit=str(latest["unit"].iloc[0]) if len(latest) else unit,
        scale=str(latest["scale"].iloc[0]) if len(latest) else "",
        favourable_from=np.nan,
        higher_is_better=metric(code).higher_is_better,
        method="",
        width=np.nan,
        estimate=np.nan,
        conf_low=np.nan,
        conf_high=np.nan,
        base=0.0,
        effective_base=0.0,
        enough=False,
        month=nothing,
        year=nothing,
        target=np.nan,
        target_gap=np.nan,
        target_verdict=NO_TARGET,
        target_judgement=NEUTRAL,
        series=_series(frame, latest, month, min_base),
        reason=reason,
        left_out=0.0,
        other_scales=(),
        ignored=(),
    )
