"""What winning and serving customers costs, and when their margin has paid it back."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, nan

import pandas as pd

from cxdata.finance.accounts.rates import monthly_from_yearly, payback_months
from cxdata.finance.economics.measures import NOTHING, Measure, mean, ratio, scaled


@dataclass(frozen=True)
class Winning:
    """What winning customers costs, and when their margin has paid it back.

    Parameters
    ----------
    cost : Measure
        Per customer won in the window whose cost is stated.
    payback, payback_with_churn : Measure
        Months of margin of the first term, nobody taken to leave, and with the churn of the window; over
        customers won who took out a term. inf where it is never paid back.
    lines : DataFrame
        ``line`` (channel of acquisition), ``customers`` and the same as columns of Measure: ``cost``, ``margin``
        (annual, of the first term), ``payback``, ``payback_with_churn``.
    """

    cost: Measure
    payback: Measure
    payback_with_churn: Measure
    lines: pd.DataFrame


def winning(acquisition: pd.DataFrame, yearly_churn: Measure) -> Winning:
    """Cost of winning a customer and its payback, in all and by channel.

    Parameters
    ----------
    acquisition : DataFrame
        From `query.acquisition`.
    yearly_churn : Measure
        From `rates`; without it there is no payback with churn.
    """

    def of(row: pd.Series) -> dict[str, Measure]:
        ends = ratio(
            row["paired"], row["paired_cost"], row["paired_margin"], row["paired_cost_sq"],
            row["paired_margin_sq"], row["paired_product"],
        )  # fmt: skip
        simple = scaled(ends, 12.0)
        if row["paired"] and not ends.known:
            simple = Measure(float("inf"), n=int(row["paired"]))
        return {
            "cost": mean(row["costed"], row["cost"], row["cost_sq"]),
            "margin": Measure(row["paired_margin"] / row["paired"], n=int(row["paired"]))
            if row["paired"]
            else NOTHING,
            "payback": simple,
            "payback_with_churn": _with_churn(simple, yearly_churn),
        }

    lines = [
        {"line": row["line"], "customers": int(row["customers"]), **of(row)}
        for _, row in acquisition.iterrows()
    ]
    frame = pd.DataFrame(
        lines, columns=["line", "customers", "cost", "margin", "payback", "payback_with_churn"]
    )
    if not len(acquisition):
        return Winning(NOTHING, NOTHING, NOTHING, frame)
    total = of(acquisition.select_dtypes("number").sum())
    return Winning(total["cost"], total["payback"], total["payback_with_churn"], frame)


def _with_churn(simple: Measure, yearly: Measure) -> Measure:
    """Payback with churn, the ends of the interval carried over: the formula rises with the simple payback."""
    if not yearly.known or not simple.known:
        return simple
    monthly = float(monthly_from_yearly(yearly.value))
    ends = [
        float(payback_months(months, 1.0, monthly)) if isfinite(months) and months >= 0 else nan
        for months in (simple.value, simple.low, simple.high)
    ]
    return Measure(ends[0], ends[1], ends[2], simple.n)


@dataclass(frozen=True)
class Serving:
    """What serving customers costs over the window, from the books.

    Parameters
    ----------
    customers : int
        With revenue or a cost in the window; who moved counts once.
    revenue, cost, margin : float
        Sums over the window: revenue; cost to serve; revenue less cost, where both are stated.
    costed_revenue : float
        Revenue of the months with a cost.
    cost_each, margin_each : Measure
        Per customer and year: cost to serve; revenue less cost, where both are stated.
    share : float
        Cost ÷ revenue, of the months with both.
    lines : DataFrame
        By segment, who moved in each of hers: ``line``, ``customers``, ``revenue``, ``cost``, ``margin``, ``share``;
        ``cost_each``, ``margin_each`` (Measure).
    """

    customers: int
    revenue: float
    cost: float
    margin: float
    costed_revenue: float
    cost_each: Measure
    margin_each: Measure
    share: float
    lines: pd.DataFrame


def serving(amounts: pd.DataFrame, months: int | None = None) -> Serving:
    """Cost to serve, in all and by segment.

    Parameters
    ----------
    amounts : DataFrame
        From `query.amounts`.
    months : int, optional
        Months of the window, where a customer is one all the time although she buys now and then; else her months with
        a cost are counted.
    """
    if months is not None:
        amounts = amounts.assign(
            months_of_costs=amounts["costs"] * months,
            months_sq=amounts["costs"] * months**2,
            cost_months=amounts["cost"] * months,
            margin_months=amounts["margin"] * months,
        )

    def of(row: pd.Series, amount: str = "cost") -> Measure:
        found = ratio(
            row[f"{amount}s"], row[amount], row["months_of_costs"], row[f"{amount}_sq"], row["months_sq"],
            row[f"{amount}_months"],
        )  # fmt: skip
        return scaled(found, 12.0)

    total = amounts[amounts["whole"] == 1].select_dtypes("number").sum()
    parts = amounts[amounts["whole"] == 0]
    lines = parts[["segment", "customers", "revenue", "cost", "margin"]].rename(columns={"segment": "line"})
    for amount in ("cost", "margin"):
        each = [of(row, amount) for _, row in parts.iterrows()]
        lines[f"{amount}_each"] = pd.Series(each, index=lines.index, dtype=object)
    lines["share"] = (1 - parts["margin"] / parts["revenue_of_costs"]).where(parts["revenue_of_costs"] > 0)
    if not len(parts):
        return Serving(0, 0.0, 0.0, 0.0, 0.0, NOTHING, NOTHING, nan, lines)
    paid = float(total["revenue_of_costs"])
    return Serving(
        customers=int(total["customers"]),
        revenue=float(total["revenue"]),
        cost=float(total["cost"]),
        margin=float(total["margin"]),
        costed_revenue=paid,
        cost_each=of(total),
        margin_each=of(total, "margin"),
        # Not of all costs: those of months whose revenue is not stated have no margin.
        share=1 - float(total["margin"]) / paid if paid > 0 else nan,
        lines=lines,
    )
