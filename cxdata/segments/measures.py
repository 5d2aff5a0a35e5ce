"""What is measured of a group: sums that add up over groups, and the numbers that come from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxdata.language import mark
from cxdata.scorecard.estimates import (
    CONFIDENCE_LEVEL,
    Estimate,
    Floats,
    effective_answers,
    estimate_of,
    nan_if_zero,
    t_quantile,
)
from cxdata.scorecard.histograms import counts_from_histogram
from cxdata.scorecard.scores import mean_estimate, nps_estimate, share_estimate

KEYS = ("row", "column")

LABELS: Mapping[str, str] = {
    "customers": mark("Customers"),
    "nps": mark("NPS"),
    "csat": mark("CSAT"),
    "ces": mark("CES"),
    "renewal_rate": mark("Renewal rate"),
    "revenue": mark("Revenue per customer and year"),
    "annual_value": mark("Annual value per customer"),
    "cost": mark("Cost to serve per customer and year"),
    "margin": mark("Margin per customer and year"),
}
"""What the measures are called, in the order of the tables."""

SCORES = ("nps", "csat", "ces")
MONEY = ("revenue", "annual_value", "cost", "margin")
WORSE_WHEN_HIGHER = ("cost",)


@dataclass(frozen=True)
class Measure:
    """Sums of one measure over the smallest groups of a table.

    Parameters
    ----------
    code, unit : str
        Unit is points, fraction, score, money or count.
    sums : DataFrame
        ``row``, ``column``, ``base`` (what the group's number rests on) and the sums that `estimate` needs;
        all of them add up over groups.
    estimate : callable
        Sums -> `Estimate`, one entry per row.
    higher_is_better : bool
    """

    code: str
    unit: str
    sums: pd.DataFrame
    estimate: Callable[[pd.DataFrame], Estimate]
    higher_is_better: bool = True

    def over(self, *keys: str) -> pd.DataFrame:
        """The sums over groups that share the keys ("row", "column", both, or none of them)."""
        numbers = [name for name in self.sums.columns if name not in KEYS]
        if not keys:
            return self.sums[numbers].sum().to_frame().T
        return self.sums.groupby(list(keys))[numbers].sum().reset_index()

    def rest(self, sums: pd.DataFrame) -> pd.DataFrame:
        """The sums of everybody who is not in each of these groups."""
        numbers = [name for name in self.sums.columns if name not in KEYS]
        # What is left of a difference of two sums must not be a little below 0.
        left = self.sums[numbers].sum() - sums[numbers]
        return left.mask(left.abs() < 1e-6 * self.sums[numbers].abs().sum(), 0.0)


def people(counts: pd.DataFrame) -> Measure:
    """Customers at the end of the months.

    Parameters
    ----------
    counts : DataFrame
        ``row``, ``column``, ``customers``.
    """

    def count(sums: pd.DataFrame) -> Estimate:
        base = sums["base"].to_numpy(float)
        gap = np.full(base.shape, np.nan)
        return estimate_of("mean", base, gap, gap, gap, base, base)

    return Measure("customers", "count", counts.rename(columns={"customers": "base"}), count)


def score_measures(
    histogram: pd.DataFrame, *, conventions: Mapping[str, str], weighted: bool = False
) -> list[Measure]:
    """NPS, CSAT and CES where they were asked; of several scales the one with most answers.

    Parameters
    ----------
    histogram : DataFrame
        `row`, `column` and the columns of `histograms.HISTOGRAM_COLUMNS`.
    conventions : mapping of str to str
        ``"share"`` or ``"mean"`` for csat and ces.
    weighted : bool
        Count the answers with their weights.
    """
    found = []
    for code in SCORES:
        rows = histogram[histogram["metric"] == code]
        if rows.empty:
            continue
        scales = rows.groupby(["scale_min", "scale_max"])["answers"].sum()
        low, high = list(scales.index)[int(scales.to_numpy(float).argmax())]
        rows = rows[(rows["scale_min"] == low) & (rows["scale_max"] == high)]
        found.append(_score(code, rows, conventions, weighted))
    return found


def renewal_measure(counts: pd.DataFrame) -> Measure:
    """Renewed terms among those that came up and were decided: ``row``, ``column``, ``renewed``, ``decided``."""

    def rate(sums: pd.DataFrame) -> Estimate:
        return share_estimate(sums["renewed"], sums["base"])

    return Measure("renewal_rate", "fraction", counts.rename(columns={"decided": "base"}), rate)


def money_measures(amounts: pd.DataFrame) -> list[Measure]:
    """Revenue, cost to serve and margin per customer and year, where they are stated.

    Parameters
    ----------
    amounts : DataFrame
        ``amount`` (revenue, cost, margin), ``row``, ``column``, ``customers``, ``months``, ``months_sq``,
        ``value``, ``value_sq``, ``value_months``.
    """
    found = []
    for code in ("revenue", "cost", "margin"):
        rows = amounts[amounts["amount"] == code].drop(columns="amount")
        if len(rows):
            sums = rows.rename(columns={"customers": "base"})
            found.append(Measure(code, "money", sums, _yearly, code not in WORSE_WHEN_HIGHER))
    return found


def annual_value_measure(terms: pd.DataFrame) -> Measure:
    """Annual value of the running terms per customer: ``row``, ``column``, ``customers``, ``value``, ``value_sq``."""
    sums = terms.rename(columns={"customers": "base"})
    # A running term counts for a whole year, so that the same estimator serves.
    months = sums["base"].astype(float) * 12
    sums = sums.assign(months=months, months_sq=months * 12, value_months=sums["value"].astype(float) * 12)
    return Measure("annual_value", "money", sums, _yearly)


def per_year(
    customers: Floats,
    months: Floats,
    months_sq: Floats,
    value: Floats,
    value_sq: Floats,
    value_months: Floats,
    *,
    level: float = CONFIDENCE_LEVEL,
) -> Estimate:
    """Amount per customer and year: twelve times the sum of the amounts over the sum of the months.

    Customers are the sample, and each brings its months with it: the interval is that of a ratio of two
    means over customers (linearised), with t.

    Parameters
    ----------
    customers, months, months_sq, value, value_sq, value_months : ndarray of float, shape (n,)
        Per group: customers, their months, the amounts, and the sums of squares and products over customers.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    Estimate
        In money; no interval (nan) from fewer than two customers.

    References
    ----------
    Cochran (1977), Sampling Techniques, ch. 6: the ratio estimator.
    """
    ratio = value / nan_if_zero(months)
    squares = np.maximum(value_sq - 2 * ratio * value_months + ratio**2 * months_sq, 0)
    # Below twelve digits the difference of the sums is only rounding.
    squares = np.where(squares < 1e-12 * np.maximum(value_sq, 1e-300), 0.0, squares)
    count = np.where(customers >= 2, customers, np.nan)
    std_error = 12 * np.sqrt(count / (count - 1) * squares) / nan_if_zero(months)
    std_error = nan_if_zero(std_error)
    reach = t_quantile(level, np.nan_to_num(count - 1, nan=1.0)) * std_error
    yearly = 12 * ratio
    return estimate_of("mean", yearly, std_error, yearly - reach, yearly + reach, customers, customers)


def _yearly(sums: pd.DataFrame) -> Estimate:
    names = ("base", "months", "months_sq", "value", "value_sq", "value_months")
    return per_year(*(sums[name].to_numpy(float) for name in names))


def _score(code: str, rows: pd.DataFrame, conventions: Mapping[str, str], weighted: bool) -> Measure:
    counts = counts_from_histogram(rows, KEYS, weighted=weighted, conventions=conventions)
    method = str(counts["method"].iloc[0])
    direction = bool(counts["higher_is_better"].iloc[0])
    ends = float(counts["scale_min"].iloc[0]), float(counts["scale_max"].iloc[0])
    names = ["responses", "promoters", "detractors", "favourable", "total", "total_sq", "base"]
    sums = counts.groupby(list(KEYS))[names].sum()
    weights = rows.groupby(list(KEYS))[["weight_sum", "weight_sq_sum"]].sum()
    sums = sums.join(weights).reset_index()

    def estimate(sums: pd.DataFrame) -> Estimate:
        base = sums["base"].to_numpy(float)
        worth = base
        if weighted:
            kish = effective_answers(sums["weight_sum"], sums["weight_sq_sum"])
            worth = np.minimum(kish, base)
        if method == "nps":
            return nps_estimate(
                sums["promoters"], sums["detractors"], sums["responses"], base=base, effective_base=worth
            )
        if method == "share":
            return share_estimate(sums["favourable"], sums["responses"], base=base, effective_base=worth)
        return mean_estimate(
            sums["responses"],
            sums["total"],
            sums["total_sq"],
            base=base,
            effective_base=worth,
            scale_min=ends[0],
            scale_max=ends[1],
        )

    unit = {"nps": "points", "share": "fraction"}.get(method, "score")
    return Measure(code, unit, sums, estimate, direction or method == "share")
