"""Where the company stands: who stays, what they pay and bring, and what of it is at risk.

All money of terms is a yearly amount; what a figure is, revenue or margin, is said with its field.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np
import pandas as pd

from cxdata.finance.accounts.at_risk import RevenueAtRisk, revenue_at_risk
from cxdata.finance.accounts.rates import RevenueBridge, over_periods
from cxdata.finance.economics.measures import NOTHING, Measure, clustered_share, mean, of_estimate, share
from cxdata.finance.economics.window import Window
from cxdata.scorecard.retention import gross_retention_estimate, net_retention_estimate

MOST_ACCOUNTS = 2_000
"""Accounts up to which losses are drawn one by one; beyond, chance alone hardly moves their sum."""

KEY = ["segment", "product"]


@dataclass(frozen=True)
class Rates:
    """Rates over the window, fractions of 0-1 (net retention may exceed 1).

    Parameters
    ----------
    customer_churn : Measure
        Lost ÷ customers there at the start; those won in the window are in neither.
    revenue_churn : Measure
        Their annual value ÷ annual value at the start.
    renewal : Measure
        Renewed ÷ decided terms that came up in the window; the interval takes customers as the sample.
    gross, net : Measure
        Retention of the annual value at the start, growth left out, and with it.
    yearly_churn : Measure
        Customer churn per year, all months taken to be alike; nothing where the window is too short to say.
    """

    customer_churn: Measure
    revenue_churn: Measure
    renewal: Measure
    gross: Measure
    net: Measure
    yearly_churn: Measure


def rates(change: pd.DataFrame, due: pd.Series, window: Window) -> Rates:
    """Rates of the window.

    Parameters
    ----------
    change : DataFrame
        From `query.base_change`.
    due : Series
        From `query.terms_due`.
    window : Window
    """
    total = change.select_dtypes("number").sum()
    churn = share(total["lost"], total["customers"]) if len(change) else NOTHING
    renewal = clustered_share(
        due["renewed"], due["renewed"] + due["churned"], due["customers"], due["renewed_sq"], due["decided_sq"],
        due["renewed_decided"],
    )  # fmt: skip
    yearly = churn if window.yearly else NOTHING
    if yearly.known and window.months != 12:
        ends = over_periods([churn.value, churn.low, churn.high], 1 / window.years)
        yearly = Measure(float(ends[0]), float(ends[1]), float(ends[2]), churn.n, churn.part, churn.whole)
    if not len(change) or not total["value_before"] > 0:
        return Rates(churn, NOTHING, renewal, NOTHING, NOTHING, yearly)
    before, before_sq = total["value_before"], total["value_before_sq"]
    stayed, stayed_sq = before - total["value_lost"], before_sq - total["value_lost_sq"]
    kept = of_estimate(
        gross_retention_estimate([before], [stayed], [before_sq], [stayed_sq], [stayed_sq], [total["valued"]])
    )
    lost = Measure(1 - kept.value, 1 - kept.high, 1 - kept.low, kept.n, total["value_lost"], before)
    gross = of_estimate(
        gross_retention_estimate(
            [before],
            [total["value_kept"]],
            [before_sq],
            [total["value_kept_sq"]],
            [total["value_before_kept"]],
            [total["valued"]],
        ),
        total["value_kept"],
        before,
    )
    net = of_estimate(
        net_retention_estimate(
            [before],
            [total["value_after"]],
            [before_sq],
            [total["value_after_sq"]],
            [total["value_before_after"]],
            [total["valued"]],
        ),
        total["value_after"],
        before,
    )
    return Rates(churn, lost, renewal, gross, net, yearly)


def bridge(change: pd.DataFrame, now: pd.DataFrame) -> RevenueBridge | None:
    """From the annual value of those there at the start to theirs at the end; None without values.

    Parameters
    ----------
    change, now : DataFrame
        From `query.base_change` and `query.base_now`.
    """
    total = change.select_dtypes("number").sum()
    if not len(change) or not total["value_before"] > 0:
        return None
    return RevenueBridge(
        start=float(total["value_before"]),
        contraction=float(total["value_before"] - total["value_lost"] - total["value_kept"]),
        churn=float(total["value_lost"]),
        expansion=float(total["value_after"] - total["value_kept"]),
        new=float(now["new_value"].sum()),
        accounts=int(total["valued"]),
        lost_accounts=int(total["lost"]),
    )


@dataclass(frozen=True)
class Base:
    """Customers there at the end of the window.

    Parameters
    ----------
    customers : int
    value, margin : float
        Annual value (revenue) and annual margin of all with one, in sum.
    value_each, margin_each : Measure
        Per customer.
    margin_known : float
        Share (0-1) of the annual value whose margin is known.
    negatives : int
        Customers with a negative annual margin of their terms.
    negative_margin : float
        Their sum.
    """

    customers: int
    value: float
    margin: float
    value_each: Measure
    margin_each: Measure
    margin_known: float
    negatives: int
    negative_margin: float


def base(now: pd.DataFrame) -> Base:
    """The base at the end of the window, from `query.base_now`."""
    total = now.select_dtypes("number").sum()
    if not len(now):
        return Base(0, 0.0, 0.0, NOTHING, NOTHING, nan, 0, 0.0)
    return Base(
        customers=int(total["customers"]),
        value=float(total["value"]),
        margin=float(total["margin"]),
        value_each=mean(total["valued"], total["value"], total["value_sq"]),
        margin_each=mean(total["margins"], total["margin"], total["margin_sq"]),
        margin_known=float(total["value_of_margins"] / total["value"]) if total["value"] > 0 else nan,
        negatives=int(total["negatives"]),
        negative_margin=float(total["negative_margin"]),
    )


@dataclass(frozen=True)
class AtRisk:
    """Annual value that is expected to be lost in a year, if customers leave as they did in the window.

    Where the window is too short to speak of a year, it is the loss over a time as long as the window.

    Parameters
    ----------
    risk : RevenueAtRisk
        Revenue per year; its interval is the luck of who happens to leave, chances taken as known.
    rate_error : float
        Standard error from the chances being estimated.
    low, high : float
        95 % interval with both.
    largest_share : float
        Share (0-1) of the annual value of the ten largest accounts.
    """

    risk: RevenueAtRisk
    rate_error: float
    low: float
    high: float
    largest_share: float


def at_risk(
    change: pd.DataFrame, now: pd.DataFrame, largest: pd.DataFrame, window: Window, min_base: int
) -> AtRisk | None:
    """Revenue at risk, each customer at the churn of her segment and product.

    Parameters
    ----------
    change, now, largest : DataFrame
        From `query.base_change`, `query.base_now` and `query.largest`; the last one with all accounts, or the ten
        largest where there are more than `MOST_ACCOUNTS`.
    window : Window
    min_base : int
        Groups with fewer customers take the churn of all.

    Returns
    -------
    AtRisk or None
        None where nobody was there at the start, or nothing has a value.
    """
    if not len(change) or not len(now) or not now["value"].sum() > 0:
        return None
    lost, there = float(change["lost"].sum()), float(change["customers"].sum())
    groups = now.groupby(KEY, as_index=False)[["valued", "value", "value_sq"]].sum()
    groups = groups.merge(change[[*KEY, "customers", "lost"]], on=KEY, how="left").fillna(0.0)
    own = groups["customers"] >= min_base
    n = groups["customers"].where(own, there)
    window_chance = groups["lost"].where(own, lost) / n
    length = window.years if window.yearly else 1.0
    chance = np.asarray(over_periods(window_chance.to_numpy(), 1 / length))
    # d(1 - (1-c)^(1/y))/dc, for the error of the chance per year.
    slope = np.where(window_chance < 1, (1 - chance) / np.maximum(1 - window_chance, 1e-12) / length, 0)
    error = slope * np.sqrt(window_chance * (1 - window_chance) / n) * groups["value"]
    total, squares = float(groups["value"].sum()), float(groups["value_sq"].sum())
    # Groups that take the churn of all err together.
    rate_error = float(np.sqrt((error[own] ** 2).sum() + error[~own].sum() ** 2))
    if len(largest) >= groups["valued"].sum():
        each = largest.merge(groups.assign(chance=chance)[[*KEY, "chance"]], on=KEY, how="left")
        risk = revenue_at_risk(each["chance"].to_numpy(), each["value"].to_numpy(), level=0.95)
    else:
        expected = float(chance @ groups["value"])
        deviation = float(np.sqrt((chance * (1 - chance)) @ groups["value_sq"]))
        risk = RevenueAtRisk(
            expected, deviation, expected - 1.96 * deviation, expected + 1.96 * deviation, expected / total,
            int(groups["valued"].sum()), total**2 / squares, 0.95,
        )  # fmt: skip
    low = risk.expected - float(np.hypot(risk.expected - risk.low, 1.96 * rate_error))
    high = risk.expected + float(np.hypot(risk.high - risk.expected, 1.96 * rate_error))
    top = float(largest["value"].nlargest(10).sum()) / total
    return AtRisk(risk, rate_error, max(low, 0.0), min(high, total), top)
