"""What a customer brings and costs, as rows in words: each says estimated or assumed, margin or revenue, and per what."""

from __future__ import annotations

from cxdata.finance.economics.measures import Measure
from cxdata.finance.economics.standing import Standing
from cxdata.finance.economics.words import Figure, money, months_text, percent, span
from cxdata.language import format_number, format_percent, gettext


def figures(found: Standing, currency: str, min_base: int) -> list[Figure]:
    """Value and margin per customer, lifetime value, cost of winning and serving; unknown ones are left out.

    Parameters
    ----------
    found : Standing
    currency : str
        ISO 4217.
    min_base : int
        Customers that a figure needs.
    """
    per_year = gettext("per customer and year")
    base, worth, won, served = found.base, found.worth, found.winning, found.serving
    curve = gettext("present value, first payment now and counted; retention along the fitted curve, discount rate {rate} a "
                    "year assumed").format(rate=_rate(found))  # fmt: skip
    constant = gettext("present value, first payment now and counted; one retention rate for all, discount rate {rate} a "
                       "year assumed").format(rate=_rate(found))  # fmt: skip
    rows = [
        (gettext("Annual value"), base.value_each, gettext("revenue, {unit}, estimated from the terms"), money),
        (gettext("Annual margin"), base.margin_each, gettext("margin, {unit}, estimated from the terms"), money),
        (gettext("Cost to serve"), served.cost_each, gettext("cost, {unit}, estimated from the books"), money),
        (gettext("Margin after cost to serve"), served.margin_each,
         gettext("margin (revenue less cost to serve), {unit}, estimated from the books"), money),
        (gettext("Lifetime value of a new customer"), worth.along_curve,
         gettext("margin, estimated; {unit}").format(unit=curve), money),
        (gettext("The same at one retention rate"), worth.one_rate,
         gettext("margin, estimated; {unit}").format(unit=constant), money),
        (gettext("The same with the margin after cost to serve"), worth.after_serving,
         gettext("margin, estimated; {unit}").format(unit=curve if worth.along_curve.known else constant), money),
        (gettext("Cost of winning a customer"), won.cost,
         gettext("cost, per customer won in the window, estimated from the exports"), money),
        (gettext("Paid back after"), won.payback,
         gettext("months of first-term margin; nobody taken to leave; customers won who took out a term"), None),
        (gettext("Paid back after, with churn"), won.payback_with_churn,
         gettext("months of first-term margin; customers leave at the churn of the window"), None),
    ]  # fmt: skip
    return [
        _figure(
            name, measure, kind.format(unit=per_year) if "{unit}" in kind else kind, currency, said is money
        )
        for name, measure, kind, said in rows
        if measure.n >= min_base and measure.value == measure.value
    ]


def _rate(found: Standing) -> str:
    return format_percent(found.discount_rate, 0)


def _figure(name: str, measure: Measure, kind: str, currency: str, in_money: bool) -> Figure:
    def said(value: float) -> str:
        return money(value, currency) if in_money else months_text(value)

    return Figure(
        name,
        said(measure.value),
        span(said, measure.low, measure.high),
        gettext("n = {count}").format(count=format_number(measure.n)),
        kind,
    )


def notes(found: Standing, currency: str, min_base: int) -> list[str]:
    """What goes with the figures: totals, coverage, the difference between the two margins."""
    base, served, texts = found.base, found.serving, []
    if base.customers >= min_base and base.value > 0:
        texts.append(
            gettext("At the end of the window {count} customers pay {value} a year (revenue).").format(
                count=format_number(base.customers), value=money(base.value, currency)
            )
        )
    if base.margin_each.known:
        texts.append(
            gettext(
                "Their terms bring {margin} of margin a year; it is known for {share} of the revenue."
            ).format(margin=money(base.margin, currency), share=percent(base.margin_known))
        )
    elif base.value > 0:
        texts.append(
            gettext("No annual margin is exported with the terms, so there is no lifetime value of their margin: what is "
                    "at risk is revenue.")
        )  # fmt: skip
    if base.negatives >= min_base:
        texts.append(
            gettext("{count} customers have terms with a negative margin, {margin} a year together; they keep their sign "
                    "in every sum.").format(
                count=format_number(base.negatives), margin=money(base.negative_margin, currency)
            )
        )  # fmt: skip
    if served.cost_each.known and served.share == served.share:
        text = gettext("Serving customers took {share} of the revenue: {cost} of {revenue} in the window.")
        if served.costed_revenue < served.revenue - 0.005:
            text = gettext(
                "Where a cost is stated, serving customers took {share} of the revenue: {cost} of {revenue} in the window."
            )
        texts.append(
            text.format(
                share=percent(served.share),
                cost=money(served.costed_revenue - served.margin, currency),
                revenue=money(served.costed_revenue, currency),
            )
        )
    if base.margin_each.known and served.margin_each.known:
        texts.append(
            gettext("The margin of the terms is as exported; the books also count what contacts and service cost, so the "
                    "margin after cost to serve may be lower.")
        )  # fmt: skip
    if not found.limits.acquisition_costs:
        texts.append(gettext("No cost of winning customers is exported: there is no payback."))
    if not found.limits.costs:
        texts.append(
            gettext("No cost to serve is exported: unprofitable customers and the whale curve are not known.")
        )
    return texts
