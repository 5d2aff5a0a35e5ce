"""What a valuation comes to, in sentences that leadership and a CFO read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cxdata.finance.impact.base import OPEN
from cxdata.finance.impact.names import (
    INPUT_ENDS,
    INPUT_LABELS,
    change_text,
    money,
    money_range,
    number,
    share,
    years_text,
)
from cxdata.finance.impact.results import Valuation, summary
from cxdata.language import format_month, format_number, format_percent, gettext
from cxdata.scorecard.words import sentence_case
from cxdata.vocabulary import Labels, label_of

NO_COST = 0.5
"""Money below which a scenario counts as one without costs."""


def has_cost(valuation: Valuation) -> bool:
    """Whether the scenario assumes any cost."""
    return float(valuation.point.cost_pv[0]) > NO_COST


def years_of(valuation: Valuation) -> int:
    """Years that count."""
    return int(valuation.draws.margin.shape[1])


def horizon_text(valuation: Valuation) -> str:
    """Over which time margin is counted: so many years, and what comes after them where that counts."""
    years = years_text(years_of(valuation))
    if abs(float(valuation.point.tail[0])) < NO_COST:
        return years
    return gettext("{years} and the time after").format(years=years)


def answer(valuation: Valuation, names: Mapping[str, str], labels: Labels, currency: str) -> str:
    """The case in one sentence: the change, what it brings, what it costs, return and payback."""
    point, gross, net = valuation.point, summary(valuation.draws.gross_pv), summary(valuation.draws.npv)
    change = sentence_case(change_text(valuation.scenario, names, labels))
    years = horizon_text(valuation)
    brings = gettext(
        "{change}: an estimated {margin} of margin over {years} ({interval}, present value)"
    ).format(change=change, margin=money(float(point.gross_pv[0]), currency), years=years,
             interval=money_range(gross.p5, gross.p95, currency))  # fmt: skip
    if not has_cost(valuation):
        if float(point.gross_pv[0]) <= 0:
            return brings + gettext("; those it keeps cost more than they bring.")
        return brings + gettext("; no cost is assumed yet, so that is the most it may cost.")
    cost = money(float(point.cost_pv[0]), currency)
    after = gettext(" at an assumed cost of {cost}: {net} net ({interval}), {roi}, {payback}.")
    return brings + after.format(
        cost=cost, net=money(float(point.npv[0]), currency), interval=money_range(net.p5, net.p95, currency),
        roi=gettext("ROI {roi}").format(roi=_percent(point.roi)), payback=payback_text(valuation),
    )  # fmt: skip


def payback_text(valuation: Valuation) -> str:
    """When the money is back, at the expected values."""
    payback = valuation.point.payback
    if payback is None:
        return gettext("not paid back within {years}").format(years=years_text(years_of(valuation)))
    if payback < 0.05:
        return gettext("paid back at once")
    return gettext("paid back after {years}").format(years=years_text(payback))


def trust(valuation: Valuation) -> str:
    """What is estimated and what is assumed, and what the range means."""
    if valuation.scenario.retention is not None:
        basis = gettext("That churn falls is assumed; what it is worth is estimated from your own customers.")
    else:
        basis = gettext(
            "How the drivers go with churn is estimated; how far that is an effect, the reach and the costs are "
            "assumed."
        )
    draws = gettext(
        "Numbers are at the expected values; the range holds 90 of 100 of {draws} simulated outcomes."
    ).format(draws=format_number(valuation.draws_used))
    change = valuation.scenario.retention
    if change is not None and change.points.low == change.points.high:
        draws += " " + gettext("It is narrow, because the change itself is taken as certain.")
    first = [gettext("Preview from a sample.")] if valuation.preview else []
    return " ".join([*first, basis, draws])


@dataclass(frozen=True)
class Figure:
    """A number with what it is: label, value, interval or remark, and its kind (estimated or assumed, of what)."""

    label: str
    value: str
    under: str
    kind: str


def figures(valuation: Valuation, currency: str) -> tuple[Figure, ...]:
    """The numbers below the answer; without costs, those that need one are left out."""
    draws, point, years = valuation.draws, valuation.point, years_of(valuation)
    over = years_text(years)
    net, kept = summary(draws.npv), summary(draws.customers_kept[:, -1])
    margin, revenue = summary(draws.margin[:, -1]), summary(draws.revenue[:, -1])
    last = gettext("in year {year}").format(year=format_number(years))
    found = [
        Figure(
            gettext("Net present value"), money(float(point.npv[0]), currency), money_range(net.p5, net.p95, currency),
            gettext("estimated · margin less costs · over {years}").format(years=horizon_text(valuation)),
        ),
        Figure(
            gettext("Customers kept"), _count(float(point.customers_kept[0, -1])),
            gettext("{low} to {high}").format(low=_count(kept.p5), high=_count(kept.p95)),
            gettext("estimated · more at the end of year {year}").format(year=format_number(years)),
        ),
        Figure(
            gettext("Margin a year"), money(float(point.margin[0, -1]), currency),
            money_range(margin.p5, margin.p95, currency),
            gettext("estimated · margin · {when}").format(when=last),
        ),
        Figure(
            gettext("Revenue a year"), money(float(point.revenue[0, -1]), currency),
            money_range(revenue.p5, revenue.p95, currency),
            gettext("estimated · revenue, not counted · {when}").format(when=last),
        ),
    ]  # fmt: skip
    if not has_cost(valuation):
        return tuple(found)
    cost = summary(draws.cost_pv)
    return (
        *found,
        Figure(
            gettext("Chance that it pays"), format_percent(valuation.probability_positive, 0),
            gettext("net present value above 0"), gettext("estimated · share of simulated outcomes"),
        ),
        Figure(
            gettext("Cost"), money(float(point.cost_pv[0]), currency),
            money_range(cost.p5, cost.p95, currency) if cost.p95 - cost.p5 > NO_COST else gettext("taken as known"),
            gettext("assumed · present value · over {years}").format(years=over),
        ),
        Figure(
            gettext("ROI"), _percent(point.roi),
            gettext("IRR {irr} a year").format(irr=_percent(point.irr)) if point.irr is not None
            else gettext("no single IRR"),
            gettext("estimated · net present value ÷ cost"),
        ),
        Figure(
            gettext("Payback"), _years(point.payback),
            gettext("discounted: {years}").format(years=_years(point.discounted_payback)),
            gettext("estimated · years from the start"),
        ),
    )  # fmt: skip


def base_sentences(valuation: Valuation, labels: Labels, currency: str) -> list[str]:
    """Who is valued, and what the data leave open."""
    base = valuation.base
    who = (
        gettext("{count} customers with a running term") if base.kind == OPEN
        else gettext("{count} customers who renewed last")
    ).format(count=format_number(base.customers))  # fmt: skip
    found = [
        gettext(
            "Valued: {who}; they bring {revenue} of revenue and {margin} of margin a year. {churn} of them "
            "are expected to be lost within a year (estimated; decisions {first} to {last})."
        ).format(
            who=who, revenue=money(base.annual_value, currency), margin=money(base.annual_margin, currency),
            churn=format_percent(base.churn), first=format_month(base.first, short=True),
            last=format_month(base.last, short=True),
        )
    ]  # fmt: skip
    found += books_sentences(valuation, labels, currency)
    share_assumed = valuation.scenario.margin_share
    if base.margin_known < 0.9995 and share_assumed is not None:
        found.append(
            gettext(
                "The margin is known for {known} of them; for the others {share} of revenue is assumed."
            ).format(known=format_percent(base.margin_known, 0), share=share(share_assumed))
        )
    elif base.margin_known < 0.9995:
        found.append(
            gettext("The margin is known for {share} of them only; the others count for nothing.").format(
                share=format_percent(base.margin_known)
            )
        )
    if base.coverage < 0.9995:
        found.append(
            gettext(
                "{share} of the margin is in groups without a decision last year, and is left out."
            ).format(share=format_percent(1 - base.coverage))
        )
    return found


def books_sentences(valuation: Valuation, labels: Labels, currency: str) -> list[str]:
    """Which of two margins is valued, and what the other one is; nothing where the books hold no cost to serve."""
    books = valuation.books
    if books is None:
        return []
    found = [
        gettext(
            "That margin is the one of the terms, before cost to serve: {terms} per customer and year. By the books "
            "(revenue less cost to serve, {first} to {last}) a customer leaves {books}. Cost to serve is not taken off any "
            "figure here."
        ).format(
            terms=money(books.terms_each, currency), books=money(books.books_each, currency),
            first=format_month(books.first, short=True), last=format_month(books.last, short=True),
        )
    ]  # fmt: skip
    if books.segment:
        found.append(
            gettext("{segment}: {terms} a year by the terms, {books} by the books.").format(
                segment=label_of(books.segment, labels), terms=money(books.segment_terms, currency),
                books=money(books.segment_books, currency),
            )
        )  # fmt: skip
    return [" ".join(found)]


def note_sentences(valuation: Valuation, names: Mapping[str, str]) -> list[str]:
    """What to beware of: wrong signs, ceilings."""
    found = []
    for driver, odds in valuation.wrong_sign.items():
        if odds > 0.05:
            found.append(
                gettext(
                    "{driver}: in {share} of the outcomes more of it goes with more churn; those stay in the range."
                ).format(driver=names.get(driver, driver), share=format_percent(odds, 0))
            )
    for row in valuation.levers.to_dict("records"):
        if f"ceiling:{row['place']}" in valuation.notes:
            found.append(
                gettext("{driver}: {realised} instead of {asked} on average, because the scale ends there.").format(
                    driver=names.get(str(row["driver"]), str(row["driver"])),
                    realised=number(float(row["realised"])), asked=number(float(row["asked"])),
                )
            )  # fmt: skip
    return found


def negative_sentence(valuation: Valuation, currency: str) -> str:
    """Customers who cost more than they bring, apart; '' where there are none."""
    found = valuation.negative
    if found.customers < 0.5:
        return ""
    return gettext(
        "{count} of these customers cost more than they bring. Keeping {kept} of them longer takes {money} off the value "
        "({interval}); that is in the figures above."
    ).format(
        count=format_number(found.customers), kept=_count(found.kept), money=money(-found.margin_pv, currency),
        interval=money_range(-found.high, -found.low, currency),
    )  # fmt: skip


def overlap_sentence(valuation: Valuation, currency: str) -> str:
    """How much the levers share; '' with fewer than two."""
    if len(valuation.levers) < 2:
        return ""
    amount = money(abs(valuation.overlap), currency)
    if valuation.overlap >= 0:
        return gettext(
            "One by one they would bring {amount} more than together, all of their association taken for an effect: they "
            "help the same customers."
        ).format(amount=amount)
    return gettext(
        "Together they would bring {amount} more than one by one, all of their association taken for an effect."
    ).format(amount=amount)


def waterfall_sentence(valuation: Valuation) -> str:
    """What the steps of the waterfall are."""
    found = gettext("Present values at the expected value of every input; margin estimated, costs assumed.")
    if valuation.levers.empty:
        return found
    return found + " " + gettext(
        "A lever stands with what it would bring alone, all of its association taken for an effect."
    )  # fmt: skip


def shares_sentence(valuation: Valuation) -> str:
    """How a preview of many levers shares out what they bring; '' where all orders were taken."""
    if "shares_near" not in valuation.notes:
        return ""
    return gettext(
        "In this preview a lever's share is the mean of what it brings as the first and as the last one; the full "
        "simulation takes all orders."
    )


def tornado_sentence(valuation: Valuation, currency: str) -> str:
    """Which input the value hangs on most."""
    if valuation.tornado.empty:
        return gettext("No input of this scenario has a range, so nothing can swing.")
    first = valuation.tornado.iloc[0]
    low, high = float(first["npv_low"]), float(first["npv_high"])
    code = str(first["input"])
    if code in INPUT_ENDS:
        ends = [gettext(end) for end in INPUT_ENDS[code]]
        return gettext(
            "The value hangs most on: {input} ({first}: {low}, {last}: {high}, net present value)."
        ).format(
            input=gettext(INPUT_LABELS[code]), first=ends[0], last=ends[1], low=money(low, currency),
            high=money(high, currency),
        )  # fmt: skip
    low, high = sorted((low, high))
    return gettext("The value hangs most on: {input} ({low} to {high}, net present value).").format(
        input=gettext(INPUT_LABELS.get(code, code)),
        low=money(low, currency), high=money(high, currency),
    )  # fmt: skip


def chance_sentence(valuation: Valuation, currency: str) -> str:
    """The distribution of the net present value in words."""
    net = summary(valuation.draws.npv)
    return gettext("{share} of {draws} outcomes are above 0; half are above {middle}, one in 20 below {low}, "
        "one in 20 above {high} (dashed).").format(
        share=format_percent(valuation.probability_positive, 0), draws=format_number(valuation.draws_used),
        middle=money(net.p50, currency), low=money(net.p5, currency),
        high=money(net.p95, currency),
    )  # fmt: skip


def _count(value: float) -> str:
    return format_number(value, 0 if abs(value) >= 10 else 1)


def _percent(value: float | None) -> str:
    return "–" if value is None else format_percent(value, 0)


def _years(value: float | None) -> str:
    return gettext("not within the horizon") if value is None else years_text(value)
