"""Every metric of the scorecard in one shape, whichever mart its counts come from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from cxdata.config import Config
from cxdata.database import Release
from cxdata.scorecard import query
from cxdata.scorecard.estimates import Estimate
from cxdata.scorecard.histograms import SCORE_COLUMNS, rolling_histogram, scores_from_histogram
from cxdata.scorecard.retention import gross_retention_estimate, net_retention_estimate
from cxdata.scorecard.scores import share_estimate
from cxdata.selection import CUSTOMER_DIMENSIONS, Selection
from cxdata.vocabulary import METRICS, metric

ANSWERED = tuple(code for code, entry in METRICS.items() if entry.family == "answers")
"""Metrics that are computed from scores."""


KEYS = ("month", "line", "across")


def scores(
    release: Release,
    config: Config,
    selection: Selection,
    metrics: Sequence[str],
    *,
    first: date,
    last: date,
    by: str = "",
    across: str = "",
) -> pd.DataFrame:
    """Metrics with their intervals, one row per month, line, across, metric and scale.

    Parameters
    ----------
    release : Release
    config : Config
        Conventions of CSAT and CES.
    selection : Selection
        Filters, weights and window (rolling months are summed before they are scored).
    metrics : sequence of str
        Codes of `vocabulary.METRICS`.
    first, last : date
        First days of the first and last month wanted.
    by, across : str
        Dimensions to break down by; '' for none. A metric that does not know a dimension has no rows.

    Returns
    -------
    DataFrame
        ``month`` (timestamp), ``line``, ``across`` and `histograms.SCORE_COLUMNS`, sorted by month.

    Raises
    ------
    UnknownTerm
        If a metric does not exist.
    """
    families = {family: [code for code in metrics if metric(code).family == family] for family in
                ("answers", "renewals", "invitations")}  # fmt: skip
    start = _months_before(first, selection.window - 1)
    parts: list[pd.DataFrame] = []
    if families["answers"]:
        counts = query.score_counts(
            release, selection, families["answers"], first=start, last=last, by=by, across=across
        )
        parts.append(_answered(counts, selection, config, last))
    if families["invitations"]:
        counts = query.invitation_counts(release, selection, first=start, last=last, by=by, across=across)
        parts.append(_response(_rolled(counts, selection.window, last)))
    belongs_to_customers = all(name in ("", *CUSTOMER_DIMENSIONS) for name in (by, across))
    if families["renewals"] and belongs_to_customers:
        counts = query.renewal_counts(release, selection, first=start, last=last, by=by, across=across)
        counts = _rolled(counts, selection.window, last)
        parts += [_renewals(counts, code) for code in families["renewals"]]
    parts = [part for part in parts if len(part)]
    if not parts:
        return pd.DataFrame({name: [] for name in (*KEYS, *SCORE_COLUMNS)})
    frame = pd.concat(parts, ignore_index=True)
    frame = frame[frame["month"] >= pd.Timestamp(first)]
    order = {code: place for place, code in enumerate(metrics)}
    frame = frame.assign(place=frame["metric"].map(order)).sort_values(
        ["month", "place", "line", "across", "scale"]
    )
    return frame.drop(columns="place").reset_index(drop=True)


def main_scale(
    frame: pd.DataFrame, keys: Sequence[str] = ("month", "line", "across", "metric")
) -> pd.DataFrame:
    """The rows of the scale with the most answers where a line has several scales at once.

    Scores on different scales are never put together; a table that has room for one shows the larger.
    """
    if frame.empty:
        return frame
    largest = frame.groupby(list(keys), dropna=False)["base"].transform("max") == frame["base"]
    return frame[largest].drop_duplicates(list(keys)).reset_index(drop=True)


def _answered(counts: pd.DataFrame, selection: Selection, config: Config, last: date) -> pd.DataFrame:
    if counts.empty:
        return counts
    histogram = rolling_histogram(counts, selection.window, last) if selection.window > 1 else counts
    return scores_from_histogram(
        histogram, KEYS, weighted=selection.weighted, conventions={"csat": config.csat, "ces": config.ces}
    )


def _response(counts: pd.DataFrame) -> pd.DataFrame:
    # Where every invitation was answered, the ones that were not have simply not been exported.
    if counts.empty or counts["responded"].sum() == counts["invited"].sum():
        return counts.iloc[:0]
    return _described(counts, "response_rate", share_estimate(counts["responded"], counts["invited"]))


def _renewals(counts: pd.DataFrame, code: str) -> pd.DataFrame:
    decided = counts["renewed"] + counts["churned"]
    if code in ("renewal_rate", "churn_rate"):
        rows = counts[decided > 0]
        events = rows["renewed" if code == "renewal_rate" else "churned"]
        return _described(rows, code, share_estimate(events, rows["renewed"] + rows["churned"]))
    rows = counts[counts["value_due"] > 0]
    if code == "gross_retention":
        estimate = gross_retention_estimate(
            rows["value_due"], rows["value_kept"], rows["value_due_sq"], rows["value_kept_sq"], rows["value_due_kept"],
            rows["valued"],
        )  # fmt: skip
    else:
        # Growth is unknown where no renewed term has a following one in the exports.
        rows = rows[rows["unknown_next"] < rows["renewed"]]
        estimate = net_retention_estimate(
            rows["value_due"], rows["value_next"], rows["value_due_sq"], rows["value_next_sq"], rows["value_due_next"],
            rows["valued"],
        )  # fmt: skip
    return _described(rows, code, estimate)


def _described(rows: pd.DataFrame, code: str, estimate: Estimate) -> pd.DataFrame:
    """Columns of `SCORE_COLUMNS` around an estimate that does not come from scores."""
    described: dict[str, Any] = {key: rows[key].to_numpy() for key in KEYS}
    described |= {"metric": code, "scale_min": 0.0, "scale_max": 1.0, "favourable_from": np.nan}
    described |= {"higher_is_better": metric(code).higher_is_better, "scale": "0–1", "unit": "fraction"}
    names = ("method", "estimate", "std_error", "conf_low", "conf_high", "base", "effective_base")
    described |= {name: getattr(estimate, name) for name in names}
    described["months"] = rows["months"].to_numpy() if "months" in rows else 1.0
    return pd.DataFrame(described)[[*KEYS, *SCORE_COLUMNS]]


def _rolled(counts: pd.DataFrame, window: int, last: date) -> pd.DataFrame:
    """Sums over windows of months, each named after its last month."""
    if window == 1 or counts.empty:
        return counts
    rolled = rolling_histogram(counts, window, last)
    sums = [column for column in counts.columns if column not in KEYS]
    grouped = rolled.groupby(list(KEYS))
    return grouped[sums].sum().assign(months=grouped["answered_month"].nunique().astype(float)).reset_index()


def _months_before(month: date, count: int) -> date:
    place = month.year * 12 + month.month - 1 - count
    return date(place // 12, place % 12 + 1, 1)
