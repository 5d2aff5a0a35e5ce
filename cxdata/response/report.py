"""What the page Who answers shows of some months, put together from the estimators of this capability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date

import numpy as np
import pandas as pd

from cxdata.config import Config
from cxdata.database import Release
from cxdata.response import query
from cxdata.response.planning import of_present_scale, plan
from cxdata.response.raked import RakedScore, raked_scores
from cxdata.response.rates import Span, rates_of
from cxdata.response.representation import Representation, representation
from cxdata.response.silent import TippingPoint, tipping_change, tipping_target
from cxdata.scorecard.comparisons import DOWN, UNCLEAR, UP, changes, gap_to_target
from cxdata.scorecard.histograms import scores_from_histogram
from cxdata.scorecard.periods import month_before
from cxdata.selection import CUSTOMER_DIMENSIONS, Selection

METRICS = ("nps", "csat", "ces")
"""Scores that the page rakes, questions and plans for."""

PLANNING_MONTHS = 12
"""Months behind the variance and the pace that a plan starts from."""


@dataclass(frozen=True)
class Standing:
    """Who answered in a span, whom the answers stand for, and what that does to the scores.

    Parameters
    ----------
    span : Span
    asked : bool
        Whether the release tells who was asked and stayed silent.
    overall : DataFrame
        `rates.response_rates` of everything together: one row, or none.
    mixes : tuple of Representation
        One per customer dimension in which customers or answers differ.
    raked : tuple of RakedScore
    anonymous : int
        Scores without a customer; they count in the raw scores only.
    unlisted : int
        Scores of customers whom the table customers lacks; they count in the raw scores only.
    unlisted_answers : int
        Answered surveys of such customers; no mix counts them.
    """

    span: Span
    asked: bool
    overall: pd.DataFrame
    mixes: tuple[Representation, ...]
    raked: tuple[RakedScore, ...]
    anonymous: int
    unlisted: int
    unlisted_answers: int

    def mix(self, dimension: str) -> Representation | None:
        """The mix by a dimension, None where there is none."""
        return next((one for one in self.mixes if one.dimension == dimension), None)


def conventions(config: Config) -> dict[str, str]:
    """The company's conventions for csat and ces."""
    return {"csat": config.csat, "ces": config.ces}


def standing(release: Release, config: Config, selection: Selection, span: Span) -> Standing:
    """Who answered in a span of months, under the selection's filters and weights."""
    asked = query.has_invitations(release)
    base = query.customer_base(release, selection, first=span.first, last=span.last)
    everyone = query.asked_and_answered(release, selection, first=span.first, last=span.last)
    listed = everyone["listed"].astype(bool)
    surveys = everyone[listed].reset_index(drop=True)
    histogram = query.scores(release, selection, METRICS, first=span.first, last=span.last)
    present = [name for name in CUSTOMER_DIMENSIONS if (set(base[name]) | set(surveys[name])) - {""}]
    mixes = [representation(base, surveys, name, min_base=config.min_base) for name in present]
    known, anonymous = histogram["known"].astype(bool), histogram["anonymous"].astype(bool)
    return Standing(
        span,
        asked,
        rates_of(release, config, selection, span) if asked else pd.DataFrame(),
        tuple(mix for mix in mixes if (mix.groups["customers"] > 0).sum() > 1),
        tuple(
            sorted(
                raked_scores(
                    histogram.assign(known=known),
                    base,
                    conventions=conventions(config),
                    min_base=config.min_base,
                    weighted=selection.weighted,
                ),
                key=lambda one: METRICS.index(one.metric),
            )
        ),
        int(histogram.loc[anonymous, "answers"].sum()),
        int(histogram.loc[~known & ~anonymous, "answers"].sum()),
        int(everyone.loc[~listed, "answered"].sum()),
    )


def tipping(release: Release, config: Config, selection: Selection, span: Span) -> pd.DataFrame:
    """What the silent would have to be like to turn each conclusion round.

    Returns
    -------
    DataFrame
        One row per metric and conclusion: ``metric``, ``about`` (change or target), ``unit``, ``value`` (the
        change, or the distance to the target), ``low``, ``high``, ``verdict``, ``base``, ``rate``,
        ``rate_before``, ``invited``, and the fields of `silent.TippingPoint`. Metrics
        whose invitations are unknown, or that were not asked in both periods, have no row.
    """
    first, last = span.first_before, span.last
    histogram = query.scores(release, selection, METRICS, first=first, last=last)
    response = query.metric_response(release, selection, METRICS, first=first, last=last)
    recent = histogram["month"] >= pd.Timestamp(span.first)
    now = _scored(histogram[recent], config, selection)
    before = _scored(histogram[~recent], config, selection, every_scale=True)
    if now.empty:
        return pd.DataFrame()
    rates = _rates(response, span)
    judged = changes(now, before, [], min_base=config.min_base).merge(rates, on="metric")
    judged = judged[judged["invited"] > judged["scored"]].reset_index(drop=True)
    parts = [
        _about_changes(judged),
        _about_targets(judged, query.targets(release, span.last), config.min_base),
    ]
    found = pd.concat([part for part in parts if len(part)], ignore_index=True) if len(judged) else judged
    if found.empty:
        return pd.DataFrame()
    place = {metric: number for number, metric in enumerate(METRICS)}
    return _sorted(found, place)


def _sorted(found: pd.DataFrame, place: Mapping[str, int]) -> pd.DataFrame:
    order = found.assign(place=found["metric"].map(place)).sort_values(["place", "about"], kind="stable")
    return order.drop(columns="place").reset_index(drop=True)


def planning(
    release: Release, config: Config, selection: Selection, metric: str, change: float, month: date
) -> pd.DataFrame:
    """`planning.plan` for a metric by touchpoint, from the closed months of the last year.

    A line is planned on the scale that it is asked on now, from the month in which that began.

    Parameters
    ----------
    release, config, selection
    metric : str
        nps, csat or ces.
    change : float
        In the metric's unit.
    month : date
        Last month that counts; an unfinished one is left out.
    """
    last = month_before(month) if month >= release.as_of.replace(day=1) else month
    first = month_before(last, PLANNING_MONTHS - 1)
    early = month_before(first, PLANNING_MONTHS)
    histogram = query.scores(release, selection, [metric], first=early, last=last, by="touchpoint")
    if (histogram["month"] < pd.Timestamp(first)).all():
        return pd.DataFrame()
    counted, begun = of_present_scale(histogram, first)
    scores = scores_from_histogram(counted, ["line"], conventions=conventions(config))
    months = [
        (last.year - month.year) * 12 + last.month - month.month + 1 for month in scores["line"].map(begun)
    ]
    alike = (counted.groupby("line")["score"].nunique() == 1).reindex(scores["line"]).to_numpy(bool)
    response = query.metric_response(release, selection, [metric], first=first, last=last, by="touchpoint")
    # Invitations of months in which the question was not there yet would make the response rate too low.
    response = response[response["month"] >= response["line"].map(begun)]
    table = plan(scores, response, change, np.array(months), min_base=config.min_base, alike=alike)
    return table.assign(unit=scores["unit"].iloc[0])


def _scored(
    histogram: pd.DataFrame, config: Config, selection: Selection, *, every_scale: bool = False
) -> pd.DataFrame:
    if histogram.empty:
        return pd.DataFrame(columns=["metric", "scale", "method", "favourable_from", "higher_is_better", "unit",
                                     "estimate", "std_error", "conf_low", "conf_high", "base",
                                     "effective_base"])  # fmt: skip
    scores = scores_from_histogram(
        histogram, weighted=selection.weighted, conventions=conventions(config)
    ).drop(columns="months")
    return scores if every_scale else _main(scores, ["metric"])


def _main(scores: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Per line the scale with most answers; scores on different scales are never put together."""
    ordered = scores.sort_values("base", ascending=False, kind="stable")
    return ordered.drop_duplicates(list(keys)).sort_index().reset_index(drop=True)


def _rates(response: pd.DataFrame, span: Span) -> pd.DataFrame:
    recent = response["month"] >= pd.Timestamp(span.first)
    now = response[recent].groupby("metric")[["invited", "scored"]].sum()
    before = response[~recent].groupby("metric")[["invited", "scored"]].sum()
    rates = now.assign(
        rate=now["scored"] / now["invited"].replace(0, np.nan),
        rate_before=(before["scored"] / before["invited"].replace(0, np.nan)).reindex(now.index),
    )
    return rates.reset_index()


def _about_changes(judged: pd.DataFrame) -> pd.DataFrame:
    rows = judged[judged["verdict"].isin([UP, DOWN, UNCLEAR]) & judged["rate_before"].notna()]
    point = tipping_change(
        rows["change"],
        rows["change_low"],
        rows["change_high"],
        rows["estimate"],
        rows["rate"],
        rows["rate_before"],
        lowest=_lowest(rows),
        highest=_highest(rows),
    )
    return _described(rows, "change", ("change", "change_low", "change_high"), rows["verdict"], point)


def _about_targets(judged: pd.DataFrame, targets: Mapping[str, float], min_base: int) -> pd.DataFrame:
    rows = judged[judged["metric"].isin(set(targets))].reset_index(drop=True)
    gap = gap_to_target(
        rows, rows["metric"].map(targets).astype(float), min_base=min_base,
        higher_is_better=rows["higher_is_better"].to_numpy(bool),
    )  # fmt: skip
    rows = rows.assign(gap=gap.estimate, gap_low=gap.conf_low, gap_high=gap.conf_high, reached=gap.verdict)
    rows = rows[rows["reached"].isin([UP, DOWN, UNCLEAR])]
    point = tipping_target(
        rows["gap"], rows["gap_low"], rows["gap_high"], rows["estimate"], rows["rate"],
        lowest=_lowest(rows), highest=_highest(rows),
    )  # fmt: skip
    return _described(rows, "target", ("gap", "gap_low", "gap_high"), rows["reached"], point)


def _described(
    rows: pd.DataFrame, about: str, names: tuple[str, str, str], verdict: pd.Series, point: TippingPoint
) -> pd.DataFrame:
    value, low, high = names
    return pd.DataFrame(
        {
            "metric": rows["metric"].to_numpy(),
            "about": about,
            "unit": rows["unit"].to_numpy(),
            "score": rows["estimate"].to_numpy(float),
            "value": rows[value].to_numpy(float),
            "low": rows[low].to_numpy(float),
            "high": rows[high].to_numpy(float),
            "verdict": verdict.to_numpy(str),
            "base": rows["base"].to_numpy(float),
            "rate": rows["rate"].to_numpy(float),
            "rate_before": rows["rate_before"].to_numpy(float),
            "invited": rows["invited"].to_numpy(float),
            **{field.name: getattr(point, field.name) for field in fields(TippingPoint)},
        }
    )


def _lowest(rows: pd.DataFrame) -> np.ndarray:
    ends = {"points": -100.0, "fraction": 0.0}
    return np.array(
        [ends.get(unit, low) for unit, low in zip(rows["unit"], rows["scale_min"], strict=True)], float
    )


def _highest(rows: pd.DataFrame) -> np.ndarray:
    ends = {"points": 100.0, "fraction": 1.0}
    return np.array(
        [ends.get(unit, high) for unit, high in zip(rows["unit"], rows["scale_max"], strict=True)], float
    )
