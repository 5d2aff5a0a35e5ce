"""Closed months that a release restated: what the scores were, what they are, and how many answers moved."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from typing import Any

import pandas as pd

from cxdata.config import Config
from cxdata.database import Release
from cxdata.language import format_month, format_number, gettext
from cxdata.scorecard import query
from cxdata.scorecard.histograms import RULE_COLUMNS, scores_from_histogram
from cxdata.scorecard.metrics import ANSWERED
from cxdata.scorecard.words import change_text, fewer_text, interval_text, metric_text, value_text
from cxdata.selection import Selection

RESTATED_COLUMNS = (
    "month", "metric", "scale", "unit", "before", "low_before", "high_before", "answers_before",
    "after", "low_after", "high_after", "answers_after",
)  # fmt: skip

_KEYS = ("month", *RULE_COLUMNS)


def restated_scores(release: Release, config: Config) -> pd.DataFrame:
    """Scores of the restated months, before and after the release.

    The release keeps only the counts that changed, so the months' whole counts are taken from its mart,
    and what was before is reckoned back from them. Weights play no part: those of the release before
    are not kept.

    Parameters
    ----------
    release : Release
    config : Config
        Conventions of CSAT and CES.

    Returns
    -------
    DataFrame
        `RESTATED_COLUMNS`, one row per month (date), metric and scale, oldest first. Scores and their
        95 % intervals are in `unit`; nan where a month had no answers.
    """
    changed = query.restatements(release)
    if changed.empty:
        return pd.DataFrame(columns=list(RESTATED_COLUMNS))
    changed["month"] = pd.to_datetime(changed["month"])
    after = _months(release, changed["month"])
    change = changed.assign(answers=changed["answers_after"] - changed["answers_before"])
    # Adding the counts up with the opposite sign gives what was there before.
    back = change.assign(answers=-change["answers"])
    before = pd.concat([after, back])[[*_KEYS, "score", "answers"]]
    touched = change[["month", "metric"]].drop_duplicates()
    return (
        _side_by_side(_scored(before, config), _scored(after, config))
        .merge(touched, on=["month", "metric"])[list(RESTATED_COLUMNS)]
        .assign(month=lambda frame: [day.date() for day in frame["month"]])
    )


def restated_table(scores: pd.DataFrame, min_base: int) -> pd.DataFrame:
    """What `restated_scores` found, as text in the language in force.

    Parameters
    ----------
    scores : DataFrame
        From `restated_scores`.
    min_base : int
        Fewer answers are not shown as a score.
    """
    rows = []
    for row in scores.to_dict("records"):
        sides = [_side(row, side, min_base) for side in ("before", "after")]
        counts = [format_number(row[f"answers_{side}"]) for side in ("before", "after")]
        shown = min(row["answers_before"], row["answers_after"]) >= min_base
        change = change_text(row["after"] - row["before"], row["unit"]) if shown else ""
        scale = "" if row["metric"] == "nps" else row["scale"]
        rows.append((format_month(row["month"]), metric_text(row["metric"]), scale, *sides, change, *counts))
    return pd.DataFrame(
        rows,
        columns=[
            gettext("Month"), gettext("Metric"), gettext("Scale"), gettext("Before"), gettext("After"),
            gettext("Change"), gettext("Answers before"), gettext("Answers after"),
        ],
    )  # fmt: skip


def _side(row: dict[Hashable, Any], side: str, min_base: int) -> str:
    """A score with its interval: '39.8 (36.1 to 43.4)'."""
    if not row[f"answers_{side}"]:
        return gettext("no answers")
    if row[f"answers_{side}"] < min_base:
        return fewer_text(min_base, row["metric"])
    value = value_text(row[side], row["unit"])
    return f"{value} ({interval_text(row[f'low_{side}'], row[f'high_{side}'], row['unit'])})"


def _months(release: Release, months: pd.Series) -> pd.DataFrame:
    first: date = months.min().date()
    last: date = months.max().date()
    counts = query.score_counts(release, Selection(), ANSWERED, first=first, last=last)
    return counts[counts["month"].isin(months)][[*_KEYS, "score", "answers"]]


def _scored(counts: pd.DataFrame, config: Config) -> pd.DataFrame:
    summed = counts.groupby([*_KEYS, "score"], dropna=False, as_index=False)["answers"].sum()
    summed = summed[summed["answers"] > 0].assign(weight_sum=0.0, weight_sq_sum=0.0)
    return scores_from_histogram(summed, ["month"], conventions={"csat": config.csat, "ces": config.ces})


def _side_by_side(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    keys = ["month", "metric", "scale", "favourable_from", "higher_is_better", "unit"]
    names = {"estimate": "", "conf_low": "low_", "conf_high": "high_", "base": "answers_"}
    sides = [
        frame[[*keys, *names]].rename(columns={name: f"{prefix}{side}" for name, prefix in names.items()})
        for frame, side in ((before, "before"), (after, "after"))
    ]
    together = sides[0].merge(sides[1], on=keys, how="outer")
    together[["answers_before", "answers_after"]] = together[["answers_before", "answers_after"]].fillna(0.0)
    return together.sort_values(["month", "metric", "scale"], ignore_index=True)
