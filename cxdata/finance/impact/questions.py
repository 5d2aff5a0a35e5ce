"""What a CFO asks of a valuation, answered: whose money, against what, when, on which conditions, signed by whom."""

from __future__ import annotations

from collections.abc import Mapping

from cxdata.finance.impact.names import assumptions, money, number, share, years_text
from cxdata.finance.impact.results import Valuation
from cxdata.finance.impact.words import has_cost, years_of
from cxdata.language import format_number, format_percent, gettext, ngettext
from cxdata.scorecard.words import joined
from cxdata.vocabulary import Labels

LEAST = 0.01
"""Share of an effect below which it is called less than that."""

MOSTLY = 0.5
"""Share of the margin beyond which it is said that cross-sell, which is assumed, makes the case."""


def conditions(valuation: Valuation, currency: str) -> list[str]:
    """What must be true for it to pay."""
    point = valuation.point
    gross = float(point.gross_pv[0])
    if gross <= 0:
        return [gettext("It cannot pay, whatever it costs: those it keeps cost more than they bring.")]
    most = money(gross, currency)
    if not has_cost(valuation):
        return [
            gettext("No cost is assumed: it pays as long as all of it costs less than {most}.").format(
                most=most
            )
        ]
    found = [gettext("All costs together stay below {most} (present value).").format(most=most)]
    effect, crossed = valuation.break_even_effect, float((point.cross_sell * point.factors).sum()) / gross
    if crossed > MOSTLY:
        found.append(
            gettext(
                "{share} of the margin is not estimated but assumed: more margin from customers who stay."
            ).format(share=format_percent(crossed, 0))
        )
    if effect is None:
        found.append(gettext("No effect up to ten times as large would cover the costs."))
    elif effect < LEAST:
        found.append(
            gettext("Less than {share} of the expected effect is enough to cover the costs.").format(
                share=share(LEAST)
            )
        )
    elif effect <= 1:
        found.append(
            gettext("At least {share} of the expected effect comes true.").format(
                share=share(round(effect, 2))
            )
        )
    else:
        found.append(
            gettext(
                "The effect is {factor} times as large as expected; as it is, the costs are not covered."
            ).format(factor=number(effect, 1 if effect >= 1.1 else 2))
        )
    if valuation.levers.empty:
        return found
    needed = valuation.break_even_attribution
    held = joined(list(dict.fromkeys(share(lever.attribution) for lever in valuation.scenario.levers)))
    found.append(
        gettext("No share of the association, however large, would cover the costs.") if needed is None
        else gettext("Less than {needed} of the association has to be an effect ({held} is assumed).").format(
            needed=share(LEAST), held=held
        ) if needed < LEAST
        else gettext("At least {needed} of the association is an effect ({held} is assumed).").format(
            needed=share(round(needed, 2)), held=held
        )
    )  # fmt: skip
    return found


def _whose_margin(valuation: Valuation, currency: str) -> str:
    books = valuation.books
    if books is None:
        return gettext(
            "It is the margin of the terms as exported; cost to serve is taken off only as far as it is in there."
        )
    return gettext(
        "It is the margin of the terms, {terms} per customer and year. The books leave {books} after cost to serve, which "
        "is not taken off here."
    ).format(terms=money(books.terms_each, currency), books=money(books.books_each, currency))


def questions(
    valuation: Valuation, names: Mapping[str, str], labels: Labels, currency: str
) -> list[tuple[str, str]]:
    """What a CFO asks, with the answers."""
    point, years = valuation.point, years_of(valuation)
    revenue = float((point.revenue * point.factors).sum())
    cash = [gettext("start {money}").format(money=money(-float(point.one_off[0]), currency, signed=True))]
    cash += [
        gettext("year {year} {money}").format(
            year=format_number(year), money=money(float(net), currency, signed=True)
        )
        for year, net in enumerate(point.net[0], 1)
    ]
    listed = assumptions(valuation.scenario, names, labels, currency)
    unsigned = sum(not one.owner for one in listed)
    return [
        (
            gettext("Margin or revenue?"),
            " ".join([
                gettext(
                    "Margin. The revenue that comes with it, {revenue} over {years} (estimated, present value), is not "
                    "counted."
                ).format(revenue=money(revenue, currency), years=years_text(years)),
                _whose_margin(valuation, currency),
            ]),
        ),
        (
            gettext("Incremental to what?"),
            gettext(
                "To the same customers with churn as it is: {before} of those still there are lost in year {year}, "
                "{after} with the change. {new}"
            ).format(
                before=format_percent(float(valuation.churn_before[-1])), year=format_number(years),
                after=format_percent(float(valuation.churn_after[-1])),
                new=gettext("New customers by referral are counted.") if valuation.scenario.referral.high > 0
                else gettext("No new customers are counted."),
            ),
        ),
        (
            gettext("When is the cash?"),
            gettext("Not discounted, at the expected values: {cash}.").format(cash="; ".join(cash)),
        ),
        (gettext("What must be true?"), " ".join(conditions(valuation, currency))),
        (
            gettext("Already in the budget?"),
            gettext("Nobody can tell from these data. If the plan holds part of it, take that part off."),
        ),
        (
            gettext("Who signs the assumptions?"),
            ngettext(
                "{count} of {all} has no owner yet; see the log of assumptions.",
                "{count} of {all} have no owner yet; see the log of assumptions.",
                unsigned,
            ).format(count=format_number(unsigned), all=format_number(len(listed)))
            if unsigned
            else gettext("Every assumption has an owner; see the log of assumptions."),
        ),
    ]  # fmt: skip
