"""What the page asks: why a metric moved, and which months of which touchpoint are signals."""

from __future__ import annotations

from datetime import date

import pandas as pd

from cxdata.config import Config
from cxdata.database import Release
from cxdata.language import gettext
from cxdata.movement import query
from cxdata.movement.compared import Comparison
from cxdata.movement.decomposition import decompose
from cxdata.movement.results import Decomposition, Incomparable
from cxdata.movement.watch import ProcessChart, charts_of
from cxdata.selection import Selection
from cxdata.vocabulary import Labels
from cxdata.wording import wording_of

METRICS_EXPLAINED = ("nps", "csat", "ces")
"""Metrics whose changes are split, and whose touchpoints are watched."""

DIMENSION_ORDER = ("touchpoint", "segment", "region", "plan", "persona", "channel")
"""Which dimension explains first: where it happened, then to whom, then how."""


def explain(
    release: Release, config: Config, selection: Selection, comparison: Comparison, by: str, across: str = ""
) -> Decomposition | Incomparable:
    """Split the change of the selection's metric by one or two dimensions.

    Parameters
    ----------
    release, config
        What is looked at; conventions of CSAT and CES, and the smallest base.
    selection : Selection
        Metric, weights and filters.
    comparison : Comparison
        The two periods.
    by, across : str
        Dimensions; across is '' for one.
    """
    counts = query.compared_counts(release, selection, comparison, by, across)
    return decompose(
        counts,
        comparison,
        by,
        across,
        min_base=config.min_base,
        conventions={"csat": config.csat, "ces": config.ces},
        weighted=selection.weighted,
        pairs=query.compared_pairs(release, selection, comparison, by, across),
    )


def watch(
    release: Release, config: Config, selection: Selection, metric: str, month: date
) -> tuple[ProcessChart, ...]:
    """The process charts of a metric, one a touchpoint, up to a month."""
    return charts_of(
        query.monthly_counts(release, selection, metric, month),
        min_base=config.min_base,
        conventions={"csat": config.csat, "ces": config.ces},
        unfinished=release.as_of.replace(day=1),
        until=month,
        weighted=selection.weighted,
    )


def explaining_dimensions(release: Release, selection: Selection, known: list[str]) -> list[str]:
    """Dimensions that can explain a metric, in the order of `DIMENSION_ORDER`.

    The overall NPS is that of the relationship question, which is about no touchpoint: touchpoints explain
    it only where there is no such question, or where some are filtered by. A dimension that is filtered to
    one value explains nothing.

    Parameters
    ----------
    known : list of str
        Dimensions by which the metric falls apart.
    """
    several = [name for name in known if len(getattr(selection, name)) != 1]
    found = [name for name in DIMENSION_ORDER if name in several]
    relational = selection.metric == "nps" and not selection.touchpoint and query.asks_relationship(release)
    return [name for name in found if not (relational and name == "touchpoint")]


def happened(chart: ProcessChart, actions: pd.DataFrame, labels: Labels) -> pd.DataFrame:
    """What to mark on a chart: actions that begin at its touchpoint or everywhere, and changes of its question.

    Parameters
    ----------
    chart : ProcessChart
    actions : DataFrame
        From `query.actions`.
    labels : Labels
        The company's words for actions, by their ids.

    Returns
    -------
    DataFrame
        ``month`` (timestamp), ``text``, oldest first, within the months of the chart.
    """
    begun = actions[actions["touchpoint"].isin([chart.line, ""])]
    rows = [
        {"month": started.to_period("M").to_timestamp(), "text": wording_of(code, title, labels)}
        for started, code, title in zip(begun["started_on"], begun["action_id"], begun["title"], strict=True)
    ]
    texts = {"scale": gettext("scale {before} → {after}"), "question": gettext("new wording: {after}")}
    rows += [
        {
            "month": row["month"],
            "text": texts[str(row["kind"])].format(before=row["before"], after=row["after"]),
        }
        for row in chart.changes.to_dict("records")
    ]
    frame = pd.DataFrame(rows, columns=["month", "text"])
    frame["month"] = pd.to_datetime(frame["month"])
    shown = frame["month"].between(chart.points["month"].min(), chart.points["month"].max())
    return frame[shown].sort_values("month", kind="stable").reset_index(drop=True)
