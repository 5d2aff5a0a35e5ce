"""How many answers it takes to see a change, and how long that takes at the present pace."""

from __future__ import annotations

from datetime import date
from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxdata.scorecard.estimates import CONFIDENCE_LEVEL, Estimate, Floats, normal_quantile
from cxdata.scorecard.histograms import RULE_COLUMNS

POWER = 0.8
"""Chance of noticing a change of the planned size, where there is one."""

CHANGES = {"points": (3.0, 5.0, 10.0), "fraction": (0.03, 0.05, 0.1), "score": (0.1, 0.2, 0.3)}
"""Changes that can be planned for, by unit."""


def answers_needed(
    std_deviation: ArrayLike, change: float, *, power: float = POWER, level: float = CONFIDENCE_LEVEL
) -> Floats:
    """Answers in each of two periods that show a change of a size.

    n = 2 · (z of the level + z of the power)² · variance ÷ change², for two periods with as many answers
    and the same variance, tested from both sides.

    Parameters
    ----------
    std_deviation : array_like of float, shape (n,)
        Of a single answer, in the unit of the change: for NPS 100 · √(p + d − (p − d)²), with the shares
        of promoters and detractors; for a share √(s(1 − s)).
    change : float
        Size to be seen, above 0.
    power : float
        Chance of seeing it where it is there, 0-1.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    ndarray of float, shape (n,)
        Whole numbers; nan where the deviation is 0 or unknown: answers that are all alike say nothing
        about how much they might vary.

    Raises
    ------
    ValueError
        If `change` is not above 0, or power or level is not between 0 and 1.

    References
    ----------
    Fleiss, Levin & Paik (2003), Statistical Methods for Rates and Proportions, ch. 4; Cohen (1988),
    Statistical Power Analysis for the Behavioral Sciences, ch. 2. As statsmodels `NormalIndPower`.
    """
    deviation = np.atleast_1d(np.asarray(std_deviation, dtype=float))
    _check(change, power, level)
    needed = 2 * (_reach(power, level) * deviation / change) ** 2
    return np.where(deviation > 0, np.ceil(needed - 1e-9), np.nan)


def visible_change(
    std_deviation: ArrayLike, answers: ArrayLike, *, power: float = POWER, level: float = CONFIDENCE_LEVEL
) -> Floats:
    """Smallest change that so many answers in each of two periods would show; shape (n,), unit of the deviation.

    The inverse of `answers_needed`; nan where there are no answers or no deviation.
    """
    deviation = np.atleast_1d(np.asarray(std_deviation, dtype=float))
    count = np.asarray(answers, dtype=float)
    _check(1.0, power, level)
    held = np.where((count > 0) & (deviation > 0), count, np.nan)
    return _reach(power, level) * deviation * np.sqrt(2 / held)


def deviation_of(estimate: Estimate) -> Floats:
    """Standard deviation of a single answer behind an estimate, shape (n,), in its unit; nan without answers."""
    worth = np.where(estimate.effective_base > 0, estimate.effective_base, np.nan)
    return estimate.std_error * np.sqrt(worth)


def of_present_scale(histogram: pd.DataFrame, first: date) -> tuple[pd.DataFrame, pd.Series]:
    """Each line's answers on the scale that it is asked on now, and the month in which that began.

    The present scale is the one with most answers in the last month in which the line has any, so that
    neither a retired question nor a small trial of a new one is planned with.

    Parameters
    ----------
    histogram : DataFrame
        ``line``, ``month``, ``answers`` and the rules of `histograms.RULE_COLUMNS`, also of months before
        `first`, which tell what is older.
    first : date
        First day of the first month that counts.

    Returns
    -------
    DataFrame
        The rows from `first` on, one rule per line.
    Series of Timestamp, by line
        The first month that counts: `first`, or the one in which a younger scale was first answered.
    """
    rule = [name for name in RULE_COLUMNS if name != "metric"]
    recent = histogram[histogram["month"] >= pd.Timestamp(first)]
    last = recent["month"] == recent.groupby("line")["month"].transform("max")
    sizes = recent[last].groupby(["line", *rule], dropna=False)["answers"].sum().reset_index()
    present = sizes.sort_values("answers", ascending=False, kind="stable").drop_duplicates("line")
    # Missing rules are equal to one another in a merge.
    held = histogram.merge(present[["line", *rule]], on=["line", *rule])
    begun = held.groupby("line")["month"].min()
    begun = begun.where(begun >= pd.Timestamp(first), pd.Timestamp(first))
    return held[held["month"] >= pd.Timestamp(first)].reset_index(drop=True), begun


def plan(
    scores: pd.DataFrame,
    response: pd.DataFrame,
    change: float,
    months: ArrayLike,
    *,
    min_base: int,
    alike: ArrayLike = False,
) -> pd.DataFrame:
    """What it takes to see a change, line by line.

    Parameters
    ----------
    scores : DataFrame
        One row per line with ``line`` and the columns of `Estimate`, over the months that are counted.
    response : DataFrame
        ``line``, ``invited`` and ``scored`` (invitations that brought a score) over the same months.
    change : float
        In the unit of the scores.
    months : array_like of int, shape (n,) or one for all
        Months that the scores cover.
    min_base : int
        Answers below which the variance is not taken from the line; also the least that is ever planned.
    alike : array_like of bool, shape (n,) or one for all
        Lines whose answers all gave the same score. The standard error of their mean comes from an imaginary
        answer (`scores.mean_estimate`), which no plan should rest on.

    Returns
    -------
    DataFrame
        ``line``, ``answers`` (in all), ``monthly`` (answers a month), ``deviation``, ``needed`` (answers in
        each of two periods), ``months_needed`` (per period, at the present pace), ``rate`` (scores per
        invitation), ``invitations`` (per period), ``visible`` (smallest change that one month against
        another would show). Sorted by `answers`, largest first.
    """
    estimate = Estimate.of(scores)
    enough = estimate.base >= min_base
    deviation = np.where(enough, np.where(alike, 0.0, deviation_of(estimate)), np.nan)
    needed = np.fmax(answers_needed(deviation, change), np.where(np.isnan(deviation), np.nan, min_base))
    needed = np.where(deviation > 0, needed, np.nan)
    monthly = estimate.base / np.asarray(months, dtype=float)
    asked = response.groupby("line")[["invited", "scored"]].sum().reindex(scores["line"], fill_value=0)
    invited, scored = asked["invited"].to_numpy(float), asked["scored"].to_numpy(float)
    rate = np.divide(scored, invited, out=np.full(invited.shape, np.nan), where=(invited > 0) & (scored > 0))
    table = pd.DataFrame(
        {
            "line": scores["line"].to_numpy(),
            "answers": estimate.base,
            "monthly": monthly,
            "deviation": deviation,
            "needed": needed,
            "months_needed": needed / np.where(monthly > 0, monthly, np.nan),
            "rate": rate,
            "invitations": np.ceil(needed / rate - 1e-9),
            "visible": visible_change(deviation, monthly),
        }
    )
    return table.sort_values("answers", ascending=False, kind="stable").reset_index(drop=True)


def _reach(power: float, level: float) -> float:
    return normal_quantile(level) + NormalDist().inv_cdf(power)


def _check(change: float, power: float, level: float) -> None:
    if not change > 0:
        raise ValueError(f"a change of {change:g} cannot be planned for; give its size, above 0.")
    for name, value in (("power", power), ("level", level)):
        if not 0 < value < 1:
            raise ValueError(f"{name} = {value:g} is out of range. Allowed: between 0 and 1.")
