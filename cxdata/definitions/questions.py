"""The questions that the company asks its customers, in words."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd

from cxdata.language import format_month, format_number, gettext
from cxdata.vocabulary import METRICS, Labels, label_of
from cxdata.wording import wording_of


def questions_table(questions: pd.DataFrame, labels: Labels) -> pd.DataFrame:
    """Questions as text in the language in force, in the order of the metrics.

    Parameters
    ----------
    questions : DataFrame
        question, metric, label, touchpoint, scale_min, scale_max, higher_is_better, favourable_from,
        first_month, last_month, answers; one row per question and scale.
    labels : dict of str to str
        The company's own words for codes; one under a question's code stands for its wording.
    """
    order = {code: place for place, code in enumerate(METRICS)}
    rows = []
    for row in sorted(
        questions.to_dict("records"), key=lambda row: (order.get(row["metric"], 99), row["question"])
    ):
        scale = f"{row['scale_min']}–{row['scale_max']}"
        rows.append(
            (
                wording_of(row.get("asked_as") or row["question"], row["label"], labels),
                gettext(METRICS[row["metric"]].label) if row["metric"] in METRICS else row["metric"],
                scale if row["higher_is_better"] else gettext("{scale}, lower is better").format(scale=scale),
                label_of(row["touchpoint"], labels) if row["touchpoint"] else gettext("as the survey"),
                _favourable(row),
                _asked(row["first_month"], row["last_month"]),
                format_number(row["answers"]),
                row["question"],
            )
        )
    return pd.DataFrame(
        rows,
        columns=[
            gettext("Question"), gettext("Metric"), gettext("Scale"), gettext("Touchpoint"), gettext("Favourable"),
            gettext("Asked"), gettext("Answers"), gettext("Code"),
        ],
    )  # fmt: skip


def _favourable(row: dict[Hashable, Any]) -> str:
    """Where the favourable side begins; NPS counts promoters instead."""
    if row["metric"] in ("nps", "enps") or pd.isna(row["favourable_from"]):
        return ""
    sign = "≥" if row["higher_is_better"] else "≤"
    return f"{sign} {int(row['favourable_from'])}"


def _asked(first: Any, last: Any) -> str:
    """First and last month with answers."""
    if pd.isna(first):
        return gettext("never answered")
    months = [format_month(month.date(), short=True) for month in (first, last)]
    return months[0] if first == last else " – ".join(months)
