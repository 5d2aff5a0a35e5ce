"""Scores as they would be if the answers were mixed as the customers are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from cxdata.errors import TooLittleData
from cxdata.response.raking import LARGEST_WEIGHT, rake, reachable
from cxdata.scorecard.histograms import scores_from_histogram
from cxdata.selection import CUSTOMER_DIMENSIONS

OPEN, TOO_FEW, NO_CUSTOMERS, NO_WEIGHTS = "", "too_few", "no_customers", "no_weights"
"""Why there is no raked score: nothing stands in its way, or what does."""


@dataclass(frozen=True)
class RakedScore:
    """A metric as it was answered and as raked to the customer base.

    Parameters
    ----------
    metric, unit, scale : str
    raw, raked : dict of str to float
        ``estimate``, ``conf_low``, ``conf_high``, ``base`` (answers), ``effective_base``; `raked` is empty
        where it was refused.
    refused : str
        "" or why there is no raked score: too_few, no_customers, no_weights.
    margins : tuple of str
        Dimensions raked over.
    unheard : dict of str to list of str
        Groups of customers that gave no answer, by dimension: the raked score says nothing about them.
    unheard_share : float
        Share of the customers in those groups, a fraction.
    unplaced : int
        Answers left out of the raked score: anonymous, or of a group without customers.
    trimmed_share : float
        Share of the answers whose weight was cut, a fraction.
    largest_gap : float
        Largest distance of a margin from the customers after cutting, a fraction.
    """

    metric: str
    unit: str
    scale: str
    raw: dict[str, float]
    raked: dict[str, float] = field(default_factory=dict)
    refused: str = OPEN
    margins: tuple[str, ...] = ()
    unheard: dict[str, list[str]] = field(default_factory=dict)
    unheard_share: float = 0.0
    unplaced: int = 0
    trimmed_share: float = 0.0
    largest_gap: float = 0.0

    @property
    def shift(self) -> float:
        """Raked minus raw, in the metric's unit; nan where it was refused."""
        return self.raked["estimate"] - self.raw["estimate"] if self.raked else np.nan


def raked_scores(
    histogram: pd.DataFrame,
    base: pd.DataFrame,
    *,
    conventions: Mapping[str, str],
    min_base: int,
    weighted: bool = False,
    largest_weight: float = LARGEST_WEIGHT,
) -> list[RakedScore]:
    """Each metric as answered and raked to the customer base, in the order of the metrics in the histogram.

    Every answer of a combination of segment, region, plan and persona gets the same weight; the weights
    are raked over the dimensions in which the customers differ, and cut at `largest_weight` times the
    mean. The interval rests on Kish's effective number of answers, which takes the unequal weights for a
    pure loss: it is wide rather than narrow. Where a metric was asked on several scales, the one with
    most answers counts.

    Parameters
    ----------
    histogram : DataFrame
        Columns of `histograms.HISTOGRAM_COLUMNS`, ``known`` and the customer dimensions.
    base : DataFrame
        ``customers`` by the customer dimensions.
    conventions : mapping of str to str
        ``"share"`` or ``"mean"`` for csat and ces.
    min_base : int
        Answers below which nothing is raked.
    weighted : bool
        Start from the response weights of the surveys instead of from 1.
    largest_weight : float
        In multiples of the mean.

    References
    ----------
    Deming & Stephan (1940), Annals of Mathematical Statistics 11(4); Kish (1965), Survey Sampling.
    """
    found = []
    for metric in dict.fromkeys(histogram["metric"]):
        rows = histogram[histogram["metric"] == metric]
        raw = scores_from_histogram(rows, weighted=weighted, conventions=conventions)
        main = raw.iloc[int(raw["base"].to_numpy(float).argmax())]
        rows = _of_scale(rows, main)
        plain = RakedScore(str(metric), str(main["unit"]), str(main["scale"]), _numbers(main))
        found.append(_raked(plain, rows, base, conventions, min_base, weighted, largest_weight))
    return found


def _raked(
    plain: RakedScore,
    rows: pd.DataFrame,
    base: pd.DataFrame,
    conventions: Mapping[str, str],
    min_base: int,
    weighted: bool,
    largest_weight: float,
) -> RakedScore:
    answers = rows[rows["known"]].reset_index(drop=True)
    everybody = float(base["customers"].sum())
    if not everybody:
        return _refused(plain, NO_CUSTOMERS)
    names = [name for name in CUSTOMER_DIMENSIONS if base.loc[base["customers"] > 0, name].nunique() > 1]
    answers, heard, unheard = _heard(answers, base, names)
    names = [name for name in names if heard[name].nunique() > 1]
    if answers["answers"].sum() < min_base:
        return _refused(plain, TOO_FEW)
    if not names:
        return _refused(plain, NO_CUSTOMERS)
    weight = answers["weight_sum" if weighted else "answers"].to_numpy(float)
    margins = {name: _sizes(heard, name) for name in names}
    try:
        found = rake(answers, weight, margins, largest_weight=largest_weight)
    except TooLittleData:
        return _refused(plain, NO_WEIGHTS)
    squares = answers["weight_sq_sum"].to_numpy(float) if weighted else answers["answers"].to_numpy(float)
    reweighted = answers.assign(weight_sum=weight * found.factor, weight_sq_sum=squares * found.factor**2)
    score = scores_from_histogram(reweighted, weighted=True, conventions=conventions).iloc[0]
    count = answers["answers"].to_numpy(float)
    cut = found.factor >= found.factor.max() * (1 - 1e-9) if found.trimmed else np.zeros(len(count), bool)
    return RakedScore(
        plain.metric,
        plain.unit,
        plain.scale,
        plain.raw,
        _numbers(score),
        OPEN,
        tuple(names),
        unheard,
        1 - float(heard["customers"].sum()) / everybody,
        int(rows["answers"].sum() - count.sum()),
        float(count[cut].sum() / count.sum()),
        found.largest_gap,
    )


def _heard(
    answers: pd.DataFrame, base: pd.DataFrame, names: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, list[str]]]:
    """Answers of groups that have customers, customers of groups that have answers, and the other groups."""
    heard, unheard = base[base["customers"] > 0], {name: list[str]() for name in names}
    while True:
        size = len(answers), len(heard)
        for name in names:
            answers = answers[answers[name].isin(set(heard[name]))]
        margins = {name: _sizes(heard, name) for name in names}
        for name, codes in reachable(answers, answers["answers"], margins).items():
            unheard[name] += codes
            heard = heard[~heard[name].isin(codes)]
        if size == (len(answers), len(heard)):
            left = {name: codes for name, codes in unheard.items() if codes}
            return answers.reset_index(drop=True), heard, left


def _sizes(base: pd.DataFrame, name: str) -> dict[str, float]:
    sizes = base.groupby(name)["customers"].sum()
    return {str(code): float(size) for code, size in sizes.items()}


def _of_scale(rows: pd.DataFrame, main: pd.Series) -> pd.DataFrame:
    """The answers that were given on one scale, and under one rule for what is favourable."""
    same = (rows["scale_min"] == main["scale_min"]) & (rows["scale_max"] == main["scale_max"])
    if main["method"] == "share":
        declared = rows["favourable_from"].astype(float)
        implied = np.where(rows["higher_is_better"], rows["scale_max"] - 1, rows["scale_min"] + 1)
        same &= declared.fillna(pd.Series(implied, index=rows.index, dtype=float)) == main["favourable_from"]
    return rows[same]


def _numbers(row: pd.Series) -> dict[str, float]:
    names = ("estimate", "std_error", "conf_low", "conf_high", "base", "effective_base")
    return {name: float(row[name]) for name in names}


def _refused(plain: RakedScore, reason: str) -> RakedScore:
    return RakedScore(plain.metric, plain.unit, plain.scale, plain.raw, refused=reason)
