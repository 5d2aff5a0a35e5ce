"""What is measured of a group: sums that add up over groups, and the numbers that come from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

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

Flags = NDArray[np.bool_]

KEYS = ("row", "column")
GONE = "gone_"

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


def never(sums: pd.DataFrame) -> Flags:
    """A measure that nobody's number follows from, such as how many customers there are."""
    return np.zeros(len(sums), bool)


@dataclass(frozen=True)
class Measure:
    """Sums of one measure over the smallest groups of a table.

    Parameters
    ----------
    code, unit : str
        Unit is points, fraction, score, money or count.
    sums : DataFrame
        ``row``, ``column``, ``base`` (what the group's number rests on) and the sums that `estimate` needs;
        all of them add up over groups. Customers who move are in several groups: for those the columns
        ``home`` (customers whose last group this is) and ``gone_base``, ``gone_months_sq`` and so on (what
        the whole loses with the group) are there besides, and `levels`.
    estimate : callable
        Sums -> `Estimate`, one entry per row.
    higher_is_better : bool
    alike : callable
        Sums -> whether everything summed up is the same, so that the sums tell each part of them.
    levels : mapping of str to DataFrame
        The sums by ``row``, by ``column`` and of ``all``, where they are not those of `sums` added up.
    """

    code: str
    unit: str
    sums: pd.DataFrame
    estimate: Callable[[pd.DataFrame], Estimate]
    higher_is_better: bool = True
    alike: Callable[[pd.DataFrame], Flags] = never
    levels: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def over(self, *keys: str) -> pd.DataFrame:
        """The sums over groups that share the keys ("row", "column", both, or none of them)."""
        numbers = [name for name in self.sums.columns if name not in KEYS]
        level = "all" if not keys else keys[0]
        if level in self.levels and len(keys) < len(KEYS):
            return self.levels[level][[*keys, *numbers]].reset_index(drop=True)
        if not keys:
            return self.sums[numbers].sum().to_frame().T
        return self.sums.groupby(list(keys))[numbers].sum().reset_index()

    def rest(self, sums: pd.DataFrame) -> pd.DataFrame:
        """The sums of everybody who is not in each of these groups, or is elsewhere, too."""
        numbers = [name for name in self.sums.columns if name not in KEYS and not name.startswith(GONE)]
        gone = sums[[GONE + name if GONE + name in sums.columns else name for name in numbers]]
        whole = self.over()[numbers].iloc[0]
        # What is left of a difference of two sums must not be a little below 0.
        left = whole - gone.set_axis(numbers, axis=1)
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

    def alike(sums: pd.DataFrame) -> Flags:
        return _one_value(sums["base"], sums["renewed"], sums["renewed"])

    sums = counts.rename(columns={"decided": "base"})
    return Measure("renewal_rate", "fraction", sums, rate, alike=alike)


def money_measures(amounts: pd.DataFrame) -> list[Measure]:
    """Revenue, cost to serve and margin per customer and year, where they are stated.

    Parameters
    ----------
    amounts : DataFrame
        ``amount`` (revenue, cost, margin), ``row``, ``column``, ``customers``, ``months``, ``months_sq``,
        ``value``, ``value_sq``, ``value_months``; where customers move also ``level`` (cell, row, column, all),
        ``home`` and the columns with ``gone_`` (see `Measure`).
    """
    found = []
    for code in ("revenue", "cost", "margin"):
        rows = amounts[amounts["amount"] == code].drop(columns="amount")
        if len(rows):
            found.append(_money(code, rows))
    return found


def annual_value_measure(terms: pd.DataFrame) -> Measure:
    """Annual value of the running terms per customer: ``row``, ``column``, ``customers``, ``value``, ``value_sq``.

    Where customers have terms in several groups also ``level``, ``home``, ``gone_customers``, ``gone_value_sq``.
    """
    # A running term counts for a whole year, so that the same estimator serves.
    for before in [one for one in ("", GONE) if one + "customers" in terms.columns]:
        months = terms[before + "customers"].astype(float) * 12
        value = terms["value"].astype(float)
        terms = terms.assign(
            **{
                before + "months": months,
                before + "months_sq": months * 12,
                before + "value_months": value * 12,
            }
        )
    return _money("annual_value", terms)


def _money(code: str, rows: pd.DataFrame) -> Measure:
    sums = rows.rename(columns={"customers": "base", f"{GONE}customers": f"{GONE}base"})
    levels: dict[str, pd.DataFrame] = {}
    if "level" in sums.columns:
        levels = {str(level): part.drop(columns="level") for level, part in sums.groupby("level")}
        sums = levels.pop("cell").reset_index(drop=True)
    return Measure(code, "money", sums, _yearly, code not in WORSE_WHEN_HIGHER, _same_a_year, levels)


def _same_a_year(sums: pd.DataFrame) -> Flags:
    """Whether every customer brings the same a month."""
    ratio = sums["value"].to_numpy(float) / nan_if_zero(sums["months"].to_numpy(float))
    squares = sums["value_sq"] - 2 * ratio * sums["value_months"] + ratio**2 * sums["months_sq"]
    return (squares <= 1e-9 * sums["value_sq"]).to_numpy(bool)


def _one_value(count: pd.Series, total: pd.Series, total_sq: pd.Series) -> Flags:
    """Whether everything counted has the same value: its mean square is the square of its mean."""
    size = nan_if_zero(count.to_numpy(float))
    mean, square = total.to_numpy(float) / size, total_sq.to_numpy(float) / size
    return np.asarray(square - mean**2 <= 1e-9 * square)


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

    def alike(sums: pd.DataFrame) -> Flags:
        total, squares = sums["total"], sums["total_sq"]
        if method == "nps":
            total, squares = sums["promoters"] - sums["detractors"], sums["promoters"] + sums["detractors"]
        elif method == "share":
            total = squares = sums["favourable"]
        return _one_value(sums["responses"], total, squares)

    unit = {"nps": "points", "share": "fraction"}.get(method, "score")
    return Measure(code, unit, sums, estimate, direction or method == "share", alike)
