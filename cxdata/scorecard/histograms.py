"""From the published counts (how many answers gave which score) to scores, group by group.

A histogram is a frame with one row per group and score, as the mart `monthly_scores` joined with
`questions` gives it: the columns of `HISTOGRAM_COLUMNS` plus the ones to group by. Counts add up, so
rows of any cut, question or month may be put together; scores are computed from them last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

import numpy as np
import pandas as pd

from cxdata.errors import CxError, UnknownTerm
from cxdata.messages import message
from cxdata.scorecard.estimates import CONFIDENCE_LEVEL, Estimate, effective_answers
from cxdata.scorecard.scores import mean_estimate, nps_estimate, share_estimate

RULE_COLUMNS = ("metric", "scale_min", "scale_max", "favourable_from", "higher_is_better")
"""What a question's scores mean; answers under different rules are never put together."""

HISTOGRAM_COLUMNS = (*RULE_COLUMNS, "score", "answers", "weight_sum", "weight_sq_sum")

ESTIMATE_COLUMNS = ("estimate", "std_error", "conf_low", "conf_high", "base", "effective_base")

SCORE_COLUMNS = (*RULE_COLUMNS, "scale", "method", "unit", *ESTIMATE_COLUMNS, "months")
"""What `scores_from_histogram` returns besides the columns grouped by."""

METHODS: Mapping[str, str] = MappingProxyType(
    {"nps": "nps", "enps": "nps", "rating": "mean", "expectation": "mean"}
)
"""How metrics are scored; csat and ces follow the company's conventions ("share" or "mean")."""

UNITS: Mapping[str, str] = MappingProxyType({"nps": "points", "share": "fraction", "mean": "score"})

_COUNTED = ("answers", "weight_sum", "weight_sq_sum")
_DERIVED = ("promoters", "detractors", "favourable", "total", "total_sq")


class ScaleMismatch(CxError, ValueError):
    """A score cannot be computed on the scale that the question has."""

    exit_code = 65


def counts_from_histogram(
    histogram: pd.DataFrame,
    by: Sequence[str] = (),
    *,
    weighted: bool = False,
    conventions: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """The counts that scores are made of: one row per group and scale.

    Parameters
    ----------
    histogram : DataFrame
        `HISTOGRAM_COLUMNS` and the columns of `by`. Rows without a score (not experienced, refused)
        are not counted. A blank `favourable_from` means the two best scores.
    by : sequence of str
        Columns to group by; missing values form a group of their own. Scales, directions and
        definitions of favourable are kept apart without being asked for.
    weighted : bool
        Sum the weights of the answers instead of counting them.
    conventions : mapping of str to str, optional
        ``"share"`` or ``"mean"`` for csat and for ces; needed where the histogram holds them.

    Returns
    -------
    DataFrame
        `by`, `RULE_COLUMNS`, ``method``, ``base`` (answers), ``effective_base`` (what the weights leave
        of them), ``responses`` (answers or sum of weights), ``promoters``, ``detractors``,
        ``favourable``, ``total`` and ``total_sq`` (of scores, in the same unit as ``responses``) and
        ``months`` that contributed (nan where the frame does not tell months).

    Raises
    ------
    ScaleMismatch
        If an NPS question is not on 0-10 with higher being better, or a score lies off its scale.
    UnknownTerm
        If a metric is unknown or lacks its convention.
    ValueError
        If the histogram was made by `rolling_histogram` and `by` lacks ``month``, or if weights are
        asked for and missing.
    """
    month = "answered_month" if "answered_month" in histogram else "month" if "month" in histogram else None
    if month == "answered_month" and "month" not in by:
        raise ValueError("a rolling histogram holds an answer once per window; group it by 'month' too.")
    columns = dict.fromkeys((*by, *HISTOGRAM_COLUMNS, *([month] if month else [])))
    rows = histogram.loc[histogram["score"].notna(), list(columns)].copy()
    rows["method"] = _methods(rows["metric"], conventions or {})
    for column in ("scale_min", "scale_max", "favourable_from", "score", *_COUNTED):
        rows[column] = rows[column].astype("Float64").to_numpy(float, na_value=np.nan)
    rows["higher_is_better"] = rows["higher_is_better"].astype(bool)
    rows["favourable_from"] = _favourable_from(rows)
    _check_scales(rows)

    if weighted and rows[["weight_sum", "weight_sq_sum"]].isna().any(axis=None):
        raise ValueError("some answers have no sum of weights; give answers without a weight the weight 1.")
    weight = rows["weight_sum"] if weighted else rows["answers"]
    score, threshold = rows["score"], rows["favourable_from"]
    net = rows["method"] == "nps"
    rows["promoters"] = weight * (net & (score >= 9))
    rows["detractors"] = weight * (net & (score <= 6))
    rows["favourable"] = weight * np.where(rows["higher_is_better"], score >= threshold, score <= threshold)
    rows["total"] = weight * score
    rows["total_sq"] = weight * score**2

    groups = rows.groupby([*by, *RULE_COLUMNS, "method"], dropna=False, observed=True, sort=True)
    counts = groups[[*_COUNTED, *_DERIVED]].sum()
    counts["months"] = groups[month].nunique().astype(float) if month else np.nan
    counts = counts.reset_index()
    counts["base"] = counts["answers"]
    kish = effective_answers(counts["weight_sum"], counts["weight_sq_sum"])
    counts["effective_base"] = np.minimum(kish, counts["base"]) if weighted else counts["base"]
    counts["responses"] = counts["weight_sum"] if weighted else counts["answers"]
    bases = ("base", "effective_base", "responses")
    return counts[[*by, *RULE_COLUMNS, "method", *bases, *_DERIVED, "months"]]


def scores_from_histogram(
    histogram: pd.DataFrame,
    by: Sequence[str] = (),
    *,
    weighted: bool = False,
    conventions: Mapping[str, str] | None = None,
    level: float = CONFIDENCE_LEVEL,
) -> pd.DataFrame:
    """Scores with their intervals: one row per group and scale, in the order of `by`.

    Parameters
    ----------
    histogram, by, weighted, conventions
        As for `counts_from_histogram`.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    DataFrame
        `by` and `SCORE_COLUMNS`. ``scale`` is text such as "1–5"; ``unit`` is ``"points"`` (-100 to
        100), ``"fraction"`` (0-1) or ``"score"`` (on the scale). ``higher_is_better`` judges the
        estimate: a mean keeps the question's direction, a favourable share is always better higher.
        A group without answers has no row.

    Raises
    ------
    ScaleMismatch, UnknownTerm, ValueError
        As `counts_from_histogram`.
    """
    counts = counts_from_histogram(histogram, by, weighted=weighted, conventions=conventions)
    method = counts["method"].to_numpy(dtype=str)
    parts = {name: np.full(len(counts), np.nan) for name in ESTIMATE_COLUMNS}
    for name, estimator in (("nps", _nps), ("share", _share), ("mean", _mean)):
        chosen = method == name
        if chosen.any():
            estimate = estimator(counts[chosen], level)
            for column, values in parts.items():
                values[chosen] = getattr(estimate, column)
    scores = counts[[*by, *RULE_COLUMNS, "method", "months"]].assign(**parts)
    scores["scale"] = [
        f"{low:g}–{high:g}" for low, high in zip(scores["scale_min"], scores["scale_max"], strict=True)
    ]
    scores["unit"] = scores["method"].map(UNITS)
    scores["higher_is_better"] |= scores["method"] == "share"
    return scores[[*by, *SCORE_COLUMNS]]


def rolling_histogram(histogram: pd.DataFrame, window: int, last_month: date | None = None) -> pd.DataFrame:
    """The histogram of windows of several months, each window named after its last month.

    Counts add up over months, so that a rolling score weighs answers, not months.

    Parameters
    ----------
    histogram : DataFrame
        With a column ``month`` (first day of the month, date or timestamp).
    window : int
        Months in a window, 1 or more.
    last_month : date, optional
        Last month that may have a window; by default the last month with answers.

    Returns
    -------
    DataFrame
        The same columns, ``month`` being the window's last month (timestamp), and ``answered_month``
        with the month of the answers; `scores_from_histogram` counts those in ``months``. A window
        needs one month with answers; a window without any has no row.

    Raises
    ------
    ValueError
        If `window` is less than 1.
    """
    if window < 1:
        raise ValueError(f"a window of {window} months is not possible; it covers 1 month or more.")
    answered = pd.to_datetime(histogram["month"])
    months = answered.dt.to_period("M")
    last = months.max() if last_month is None else pd.Period(last_month, "M")
    shifted: list[pd.DataFrame] = []
    for later in range(window):
        ends = months + later  # type: ignore[operator]
        rows = histogram.assign(month=ends.dt.to_timestamp(), answered_month=answered)
        shifted.append(rows.loc[ends <= last])
    return pd.concat(shifted, ignore_index=True)


def _methods(metrics: pd.Series, conventions: Mapping[str, str]) -> pd.Series:
    methods = {**METHODS, **{name: conventions[name] for name in ("csat", "ces") if name in conventions}}
    for metric in metrics.unique():
        if metric in ("csat", "ces") and metric not in methods:
            raise UnknownTerm(f"metric '{metric}' needs its convention. Choose from: share, mean.")
        if metric not in methods:
            raise UnknownTerm(f"metric '{metric}' cannot be scored. Choose from: {', '.join(methods)}.")
        if methods[metric] not in UNITS:
            raise UnknownTerm(f"convention '{methods[metric]}' of {metric}: choose from share, mean.")
    return metrics.map(methods)


def _favourable_from(rows: pd.DataFrame) -> pd.Series:
    """Where the favourable side of the scale begins; nan where the method does not use it."""
    top_two = rows["scale_max"] - 1
    bottom_two = rows["scale_min"] + 1
    declared = rows["favourable_from"].fillna(top_two.where(rows["higher_is_better"], bottom_two))
    return declared.where(rows["method"] == "share")


def _check_scales(rows: pd.DataFrame) -> None:
    ten = (rows["scale_min"] == 0) & (rows["scale_max"] == 10) & rows["higher_is_better"]
    wrong = rows[(rows["method"] == "nps") & ~ten]
    if len(wrong):
        metric, low, high = wrong[["metric", "scale_min", "scale_max"]].iloc[0]
        raise ScaleMismatch(
            message(
                "{metric} is defined on 0–10 with 10 the best; a question has {low:g}–{high:g}. Declare that question "
                "as 'rating', or correct its scale.",
                metric=metric,
                low=float(low),
                high=float(high),
            )
        )
    wrong = rows[(rows["score"] < rows["scale_min"]) | (rows["score"] > rows["scale_max"])]
    if len(wrong):
        metric, score, low, high = wrong[["metric", "score", "scale_min", "scale_max"]].iloc[0]
        raise ScaleMismatch(
            message(
                "{metric} holds the score {score:g}, off its scale {low:g}–{high:g}.",
                metric=metric,
                score=float(score),
                low=float(low),
                high=float(high),
            )
        )


def _nps(counts: pd.DataFrame, level: float) -> Estimate:
    return nps_estimate(
        counts["promoters"], counts["detractors"], counts["responses"],
        base=counts["base"], effective_base=counts["effective_base"], level=level,
    )  # fmt: skip


def _share(counts: pd.DataFrame, level: float) -> Estimate:
    return share_estimate(
        counts["favourable"], counts["responses"],
        base=counts["base"], effective_base=counts["effective_base"], level=level,
    )  # fmt: skip


def _mean(counts: pd.DataFrame, level: float) -> Estimate:
    return mean_estimate(
        counts["responses"], counts["total"], counts["total_sq"],
        base=counts["base"], effective_base=counts["effective_base"],
        scale_min=counts["scale_min"], scale_max=counts["scale_max"], level=level,
    )  # fmt: skip
