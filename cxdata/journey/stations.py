"""The journey of a period: every touchpoint in its place, its scores, what happened there, weak and strong points."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from cxdata.config import Config
from cxdata.database import Release
from cxdata.journey import query
from cxdata.journey.contrasts import JourneyMean, distance_from_mean, journey_mean
from cxdata.journey.measures import contact_measures
from cxdata.scorecard.comparisons import BAD, GOOD, NO_DATA, changes, verdicts
from cxdata.scorecard.estimates import Estimate
from cxdata.scorecard.histograms import scores_from_histogram
from cxdata.scorecard.periods import month_before
from cxdata.scorecard.words import line_text, sentence_case
from cxdata.selection import Selection
from cxdata.vocabulary import label_of

PERIODS = (1, 3, 12)
"""Months that a journey may cover."""

SCORES = ("csat", "nps", "ces", "rating")
"""Metrics that a journey can be drawn by; where two are asked equally widely, the first goes first."""

SCORED, FEW, OTHER_SCALE, NOT_ASKED = "scored", "few", "other_scale", "not_asked"
UNANSWERED, SILENT = "unanswered", "silent"
"""What the picture can say of a touchpoint: not_asked, it has answers but none of this metric; unanswered, the
selection has none although somebody was asked there; silent, nobody ever was."""

WEAK, STRONG, USUAL = "weak", "strong", "usual"

_RULE = ["scale", "method", "favourable_from", "higher_is_better"]
_CHANGE = ["previous", "previous_base", "change", "change_low", "change_high", "verdict", "judgement"]
_NUMBERS = ["estimate", "std_error", "conf_low", "conf_high", "base", "effective_base"]


@dataclass(frozen=True)
class Journey:
    """A period's journey.

    Parameters
    ----------
    first, last, before : date
        First days of the period's first and last month, and of the first month compared with.
    months : int
        Months covered.
    metric, unit, scale : str
        What the picture shows; the scale is '' where shares of several scales stand side by side.
    metrics : tuple of str
        Metrics with answers, the one asked at most touchpoints first.
    stations : DataFrame
        One row per touchpoint in the order of the journey: ``touchpoint``, ``label``, ``stage``,
        ``stage_label``, ``moment_of_truth``, ``contacts``, ``answers``, ``asked`` (ever), ``status``, ``kind`` (weak, strong
        or usual), the metric's numbers, ``gap`` (distance from the journey's mean) with interval and
        ``gap_verdict``.
    numbers : DataFrame
        One row per touchpoint and metric or measure, with the change since the period before and its verdict.
    mean : JourneyMean
        Of the touchpoints that are scored, each counting once.
    contacts, censored_seven, censored_thirty : int
        Contacts of the period, and those too near the end of the data to know whether the customer came back.
    min_base : int
    """

    first: date
    last: date
    before: date
    months: int
    metric: str
    unit: str
    scale: str
    metrics: tuple[str, ...]
    stations: pd.DataFrame
    numbers: pd.DataFrame
    mean: JourneyMean
    contacts: int
    censored_seven: int
    censored_thirty: int
    min_base: int

    @property
    def judged(self) -> pd.DataFrame:
        """Stations that are told apart from the mean, the weakest first."""
        rows = self.stations[self.stations["status"] == SCORED]
        return rows.sort_values("gap_ranked", kind="stable")


def journey(
    release: Release, config: Config, selection: Selection, month: date, months: int = 1, metric: str = ""
) -> Journey:
    """The journey of the months that end with a month, against as many months before.

    Parameters
    ----------
    release, config, selection
        What is looked at; the selection's filters and weights apply.
    month : date
        First day of the last month.
    months : int
        1, 3 or 12.
    metric : str
        Metric of the picture; the one asked at most touchpoints where it is '' or has no answers.

    Raises
    ------
    ValueError
        If `months` is not one of `PERIODS`.
    """
    if months not in PERIODS:
        raise ValueError(f"a journey of {months} months is not offered. Choose from: {PERIODS}.")
    first, before = month_before(month, months - 1), month_before(month, 2 * months - 1)
    period = {"start": before, "first": first, "last": month}
    counts = query.score_counts(release, selection, **period)
    contacts = query.contact_counts(release, selection, **period)
    repeats = query.repeat_counts(release, selection, **period)
    scored = counts[counts["metric"].isin(SCORES)]
    conventions = {"csat": config.csat, "ces": config.ces}
    scores = scores_from_histogram(
        scored, ["period", "touchpoint"], weighted=selection.weighted, conventions=conventions
    )
    measures = contact_measures(contacts, repeats)
    numbers = compared(scores, measures, config.min_base)
    declared = query.touchpoints(release)
    if selection.touchpoint:
        declared = declared[declared["touchpoint"].isin(selection.touchpoint)]
    seen = (
        pd.concat([counts["touchpoint"], contacts["touchpoint"]]) if len(contacts) else counts["touchpoint"]
    )
    stations = in_order(declared, seen, config)
    now = contacts[contacts["period"] == "now"] if len(contacts) else contacts
    stations["contacts"] = _summed(now, "contacts", stations)
    stations["answers"] = _summed(counts[counts["period"] == "now"], "answers", stations)
    stations["asked"] = stations["touchpoint"].isin(query.asked_touchpoints(release))
    metrics = _asked(scores)
    chosen = metric if metric in metrics else next(iter(metrics), "csat")
    shown, unit, scale = placed(stations, numbers, chosen, config.min_base)
    mean = journey_mean(Estimate.of(shown[shown["status"] == SCORED].assign(method=shown["method"])))
    seven, thirty = (_censored(repeats, size) for size in ("seven", "thirty"))
    return Journey(
        first=first,
        last=month,
        before=before,
        months=months,
        metric=chosen,
        unit=unit,
        scale=scale,
        metrics=metrics,
        stations=shown,
        numbers=numbers,
        mean=mean,
        contacts=int(now["contacts"].sum()) if len(now) else 0,
        censored_seven=seven,
        censored_thirty=thirty,
        min_base=config.min_base,
    )


def compared(scores: pd.DataFrame, measures: pd.DataFrame, min_base: int) -> pd.DataFrame:
    """Every number of the period with its change since the period before, all judged as one family.

    Parameters
    ----------
    scores : DataFrame
        From `histograms.scores_from_histogram` by period and touchpoint.
    measures : DataFrame
        From `measures.contact_measures`.
    min_base : int
        Answers or contacts that each side of a comparison needs.

    Returns
    -------
    DataFrame
        As `comparisons.changes` gives it; of several scales of one metric the one with most answers.
    """
    columns = ["period", "touchpoint", "metric", "unit", *_RULE, *_NUMBERS]
    parts = [frame[columns] for frame in (scores, measures) if len(frame)]
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in (*columns[1:], *_CHANGE)})
    both = pd.concat(parts, ignore_index=True)
    now = both[both["period"] == "now"].drop(columns="period")
    largest = now.groupby(["touchpoint", "metric"])["base"].transform("max") == now["base"]
    now = now[largest].drop_duplicates(["touchpoint", "metric"]).reset_index(drop=True)
    earlier = both[both["period"] == "before"].drop(columns="period")
    return changes(now, earlier, ["touchpoint"], min_base=min_base)


def in_order(declared: pd.DataFrame, seen: pd.Series, config: Config) -> pd.DataFrame:
    """Touchpoints in the order of the journey; those that nobody declared come last, by name."""
    rest = sorted(set(seen.dropna()) - set(declared["touchpoint"]) - {""})
    extra = pd.DataFrame({"touchpoint": rest, "stage": "", "factor": "", "moment_of_truth": False})
    parts = [part for part in (declared, extra) if len(part)]
    rows = pd.concat(parts, ignore_index=True) if parts else extra
    labels = config.labels
    return pd.DataFrame(
        {
            "touchpoint": rows["touchpoint"].astype(str),
            "label": [line_text("touchpoint", code, labels) for code in rows["touchpoint"]],
            "stage": rows["stage"].astype(str),
            "stage_label": [sentence_case(label_of(code, labels)) if code else "" for code in rows["stage"]],
            "factor": rows["factor"].astype(str),
            "moment_of_truth": rows["moment_of_truth"].eq(True),
        }
    )


def placed(
    stations: pd.DataFrame, numbers: pd.DataFrame, metric: str, min_base: int
) -> tuple[pd.DataFrame, str, str]:
    """Stations with the numbers of one metric, how far each is from their mean, and the unit and scale.

    Means on different scales have no common axis: the scale of most touchpoints is drawn, the others are
    marked. Shares and NPS have one axis whatever the scale.
    """
    own = numbers[numbers["metric"] == metric]
    shown = stations.merge(own.drop(columns="metric"), on="touchpoint", how="left")
    shown["base"] = shown["base"].astype(float).fillna(0)
    shown["verdict"] = shown["verdict"].astype(object).where(shown["base"] > 0, NO_DATA)
    unit = str(own["unit"].iloc[0]) if len(own) else "fraction"
    sizes = own.groupby("scale")["base"].agg(["size", "sum"]).sort_values(["size", "sum"], ascending=False)
    scale = str(sizes.index[0]) if len(sizes) and (unit == "score" or len(sizes) == 1) else ""
    elsewhere = (shown["scale"] != scale) if unit == "score" else pd.Series(False, index=shown.index)
    silent = np.where(shown["answers"] > 0, NOT_ASKED, np.where(shown["asked"], UNANSWERED, SILENT))
    few = np.where(shown["base"] < min_base, FEW, SCORED)
    shown["status"] = np.where(shown["base"] == 0, silent, np.where(elsewhere, OTHER_SCALE, few))
    shown["method"] = shown["method"].astype(object).where(shown["base"] > 0, "share")
    scored = (shown["status"] == SCORED).to_numpy(bool)
    for name in ("gap", "gap_low", "gap_high", "gap_p"):
        shown[name] = np.nan
    shown["gap_verdict"], shown["kind"], shown["gap_ranked"] = NO_DATA, USUAL, np.nan
    if scored.any():
        rows = shown[scored]
        better = rows["higher_is_better"].to_numpy(bool)
        gap = distance_from_mean(Estimate.of(rows))
        judged = verdicts(gap, min_base=min_base, higher_is_better=better)
        found = {
            "gap": gap.estimate,
            "gap_low": gap.conf_low,
            "gap_high": gap.conf_high,
            "gap_p": gap.p_value,
        }
        for name, values in found.items():
            shown.loc[scored, name] = values
        shown.loc[scored, "gap_verdict"] = judged.verdict
        kinds = np.where(judged.judgement == BAD, WEAK, np.where(judged.judgement == GOOD, STRONG, USUAL))
        shown.loc[scored, "kind"] = kinds
        shown.loc[scored, "gap_ranked"] = np.where(better, gap.estimate, -gap.estimate)
    return shown, unit, scale


def _asked(scores: pd.DataFrame) -> tuple[str, ...]:
    """Metrics with answers in the period, the one asked at most touchpoints first."""
    now = scores[scores["period"] == "now"]
    asked = {str(code): rows["touchpoint"].nunique() for code, rows in now.groupby("metric")}
    return tuple(sorted(asked, key=lambda code: (-asked[code], SCORES.index(code))))


def _censored(repeats: pd.DataFrame, size: str) -> int:
    """Contacts of the period whose follow-up was not over when the data ends."""
    if repeats.empty:
        return 0
    now = repeats[repeats["period"] == "now"]
    return int(now["contacts"].sum() - now[f"known_{size}"].sum())


def _summed(counts: pd.DataFrame, column: str, stations: pd.DataFrame) -> pd.Series:
    if counts.empty:
        return pd.Series(0, index=stations.index)
    sums = counts.groupby("touchpoint")[column].sum()
    return stations["touchpoint"].map(sums).fillna(0).astype(int)
