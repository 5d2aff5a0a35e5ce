"""Who earns the money and who costs it: customers ranked by margin, and where the unprofitable ones are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxdata.finance.economics.measures import Measure, share

DIMENSIONS = ("segment", "acquisition_channel", "channel", "touchpoint", "plan", "region", "persona")
"""Ways to say who unprofitable customers are, in the order in which they are offered."""


@dataclass(frozen=True)
class Whale:
    """Margin cumulated over customers, the best first.

    Parameters
    ----------
    curve : DataFrame
        ``customers`` (cumulated share, 0-1) and ``margin`` (cumulated, in money), from 0 to all; at most 202 rows.
    customers : int
        With revenue and cost to serve in the window.
    margin, peak : float
        Revenue less cost of all, and of those who do not lose money, over the window.
    peak_at : float
        Share (0-1) of customers at the peak.
    unprofitable : Measure
        Share of customers who cost more than they pay; `part` is their number.
    loss : float
        Their margin in sum, 0 or less.
    """

    curve: pd.DataFrame
    customers: int
    margin: float
    peak: float
    peak_at: float
    unprofitable: Measure
    loss: float


def whale(parts: pd.DataFrame) -> Whale | None:
    """The whale curve, from `query.whale`; None without customers of known margin.

    References
    ----------
    Kaplan & Narayanan (2001), "Measuring and Managing Customer Profitability", Journal of Cost Management 15(5).
    """
    if parts.empty:
        return None
    ranked = parts.sort_values(["losing", "part"], kind="stable")
    count, money = ranked["customers"].to_numpy(float), ranked["margin"].to_numpy(float)
    losing = ranked["losing"].to_numpy() == 1
    customers = int(count.sum())
    curve = pd.DataFrame(
        {
            "customers": np.concatenate([[0.0], np.cumsum(count) / customers]),
            "margin": np.concatenate([[0.0], np.cumsum(money)]),
        }
    )
    return Whale(
        curve=curve,
        customers=customers,
        margin=float(money.sum()),
        peak=float(money[~losing].sum()),
        peak_at=float(count[~losing].sum() / customers),
        unprofitable=share(float(count[losing].sum()), customers),
        loss=float(money[losing].sum()),
    )


@dataclass(frozen=True)
class Losses:
    """Where unprofitable customers are.

    Parameters
    ----------
    lines : DataFrame
        One row per dimension and line with at least the minimum base: ``dimension``, ``line``, ``customers``,
        ``unprofitable`` (number), ``share``, ``share_low``, ``share_high`` (0-1), ``loss`` (their margin in sum),
        ``margin`` (of all customers of the line), ``clear`` (the share differs from that of all for sure).
    suppressed : dict of str to int
        Lines per dimension with fewer customers, which are left out.
    worst : str or None
        Segment whose margin in sum is lowest and negative; '' is the one that is not stated.
    """

    lines: pd.DataFrame
    suppressed: dict[str, int]
    worst: str | None


def losses(groups: pd.DataFrame, min_base: int) -> Losses:
    """Who costs more than they pay, by each dimension.

    Parameters
    ----------
    groups : DataFrame
        From `query.unprofitable`.
    min_base : int
        Customers that a line needs to be shown.
    """
    everybody = groups[groups["dimension"] == ""]
    overall = (
        float(everybody["unprofitable"].sum() / everybody["customers"].sum()) if len(everybody) else np.nan
    )
    named = groups[groups["dimension"] != ""]
    enough = named["customers"] >= min_base
    shown = named[enough].copy()
    found = [share(row["unprofitable"], row["customers"]) for row in shown.to_dict("records")]
    shown["share"] = [one.value for one in found]
    shown["share_low"], shown["share_high"] = [one.low for one in found], [one.high for one in found]
    shown["clear"] = (shown["share_low"] > overall) | (shown["share_high"] < overall)
    segments = shown[(shown["dimension"] == "segment") & (shown["margin"] < 0)]
    worst = str(segments.sort_values("margin")["line"].iloc[0]) if len(segments) else None
    left_out = {str(name): int(count) for name, count in named[~enough]["dimension"].value_counts().items()}
    return Losses(
        shown.sort_values(["dimension", "loss", "line"], kind="stable").reset_index(drop=True),
        left_out,
        worst,
    )
