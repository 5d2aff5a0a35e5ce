"""The page Economics in sentences: the answer on top, the tiles, the figures and what is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from math import isfinite

from cxdata.finance.economics.measures import Measure
from cxdata.finance.economics.standing import Standing
from cxdata.finance.economics.window import MONTHS, Window
from cxdata.finance.impact.names import money as compact_money
from cxdata.language import (
    format_day,
    format_money,
    format_month,
    format_number,
    format_percent,
    gettext,
    ngettext,
)
from cxdata.language import mark as _
from cxdata.vocabulary import Labels, label_of

GROUP_LABELS = {
    "promoter": _("Promoters"),
    "passive": _("Passives"),
    "detractor": _("Detractors"),
    "silent": _("Did not answer"),
}

DIMENSION_LABELS = {
    "segment": _("Segment"),
    "acquisition_channel": _("Channel of acquisition"),
    "channel": _("Channel of contact"),
    "touchpoint": _("Touchpoint used"),
    "plan": _("Plan"),
    "region": _("Region"),
    "persona": _("Persona"),
}


@dataclass(frozen=True)
class Figure:
    """A row of figures in words: what, how much, how sure, on what it rests, and what kind of number it is."""

    name: str
    value: str
    interval: str
    base: str
    kind: str


def money(value: float, currency: str, *, signed: bool = False) -> str:
    """An amount: cents below 100, whole units below a million, three digits that count above."""
    if not isfinite(value):
        return gettext("not known")
    if abs(value) >= 1e6:
        return compact_money(value, currency, signed=signed)
    return format_money(value, currency, 0 if abs(value) >= 100 or value == 0 else 2, signed=signed)


def percent(value: float) -> str:
    """A fraction as per cent; nan reads "not known"."""
    return format_percent(value) if isfinite(value) else gettext("not known")


def months_text(value: float) -> str:
    """A length of time in months; what never ends says so."""
    if not isfinite(value):
        return gettext("never")
    return gettext("{n} months").format(n=format_number(value, 1))


def span(said: Callable[[float], str], low: float, high: float) -> str:
    """Both ends of an interval in words; '' where there is none."""
    if not (isfinite(low) and isfinite(high)):
        return ""
    return gettext("{low} to {high}").format(low=said(low), high=said(high))


def window_text(window: Window) -> str:
    """First and last day of a window."""
    return gettext("{first} to {last}").format(
        first=format_day(window.start), last=format_day(window.end - timedelta(days=1))
    )


def _length(window: Window) -> str:
    return ngettext("{count} month", "{count} months", window.months).format(count=window.months)


def lead(found: Standing, currency: str, labels: Labels, min_base: int) -> list[str]:
    """The answer: who and what was lost, what a customer is worth, who costs more than they pay.

    Returns
    -------
    list of str
        The first one stands large; at least one sentence.
    """
    texts = [
        _lost(found, min_base),
        _bought(found, min_base),
        _worth(found, currency, min_base),
        _losing(found, currency, labels, min_base),
    ]
    texts = [text for text in texts if text]
    if texts:
        return texts
    if found.customers:
        return [
            gettext(
                "Fewer than {count} customers, or nothing that can be said of their money with the tables exported."
            ).format(count=min_base)
        ]
    return [
        gettext(
            "The exports hold no terms and no revenue of these customers: there is nothing to say of money."
        )
    ]


def _lost(found: Standing, min_base: int) -> str:
    churn, net = found.rates.customer_churn, found.rates.net
    if not churn.enough(min_base):
        return ""
    start = format_day(found.window.start)
    if not net.known:
        return gettext("Of {customers} customers there on {start}, {churn} had left {length} later.").format(
            customers=format_number(churn.n),
            start=start,
            churn=percent(churn.value),
            length=_length(found.window),
        )
    grown = found.bridge is not None and found.bridge.expansion > 0
    text = (
        gettext(
            "Of {customers} customers there on {start}, {churn} had left {length} later, and with them {lost} of the "
            "annual revenue; the growth of those who stayed included, {net} of it remains."
        )
        if grown
        else gettext(
            "Of {customers} customers there on {start}, {churn} had left {length} later, and with them {lost} of the "
            "annual revenue."
        )
    )
    return text.format(
        customers=format_number(churn.n),
        start=start,
        churn=percent(churn.value),
        length=_length(found.window),
        lost=percent(found.rates.revenue_churn.value),
        net=percent(net.value),
    )


def _bought(found: Standing, min_base: int) -> str:
    shown = found.buyers
    if shown is None or shown.customers < min_base:
        return ""
    text = gettext("Of {customers} customers without terms, {share} bought in more than one month").format(
        customers=format_number(shown.customers), share=percent(shown.repeating.value)
    )
    if shown.ahead.known:
        text += gettext("; {purchases} more purchases are expected of them in the next 12 months").format(
            purchases=format_number(shown.ahead.value)
        )
    return text + "."


def _worth(found: Standing, currency: str, min_base: int) -> str:
    margin, worth, won = found.base.margin_each, found.worth.best, found.winning
    if not margin.enough(min_base):
        if found.base.value_each.enough(min_base):
            return gettext(
                "A customer pays {value} a year (revenue, estimated); what of it is margin is not exported."
            ).format(value=money(found.base.value_each.value, currency))
        return ""
    text = gettext("A customer brings {margin} of margin a year (estimated from the terms)").format(
        margin=money(margin.value, currency)
    )
    served, lasting = found.serving.margin_each, found.worth.after_serving
    if served.enough(min_base):
        text += gettext(", {margin} after cost to serve (estimated from the books)").format(
            margin=money(served.value, currency)
        )
    if worth.known:
        text += gettext(
            "; at an assumed discount rate of {rate}, a new one is worth {worth} over their lifetime"
        ).format(rate=format_percent(found.discount_rate, 0), worth=money(worth.value, currency))
        if lasting.enough(min_base) and lasting is not worth:
            text += gettext(", {worth} after cost to serve").format(worth=money(lasting.value, currency))
    if won.cost.enough(min_base) and won.payback_with_churn.enough(min_base):
        text += gettext("; winning one costs {cost}, paid back after {months}").format(
            cost=money(won.cost.value, currency), months=months_text(won.payback_with_churn.value)
        )
    return text + "."


def _losing(found: Standing, currency: str, labels: Labels, min_base: int) -> str:
    whale = found.whale
    if whale is None or whale.customers < min_base:
        return ""
    if not whale.unprofitable.part:
        return gettext("Not one of {customers} customers cost more than they paid in {length}.").format(
            customers=format_number(whale.customers), length=_length(found.spent)
        )
    text = gettext(
        "{count} of {customers} customers ({share}) cost more than they pay: {loss} in {length}"
    ).format(
        count=format_number(whale.unprofitable.part),
        customers=format_number(whale.customers),
        share=percent(whale.unprofitable.value),
        loss=money(whale.loss, currency),
        length=_length(found.spent),
    )
    worst = found.losses.worst
    if worst is not None:
        lines = found.losses.lines
        margin = lines[(lines["dimension"] == "segment") & (lines["line"] == worst)]["margin"].iloc[0]
        text += gettext("; the segment {segment} as a whole: {margin}").format(
            segment=label_of(worst, labels), margin=money(float(margin), currency)
        )
    return text + "."


@dataclass(frozen=True)
class Face:
    """A tile in words: name, value, interval, base, what it is divided by, and its definition."""

    code: str
    name: str
    value: str
    under: str
    whole: str
    meaning: str


def tiles(found: Standing, currency: str, min_base: int) -> list[Face]:
    """Churn, renewal and retention: value, interval, base, denominator."""
    rates = found.rates

    def face(
        code: str, name: str, measure: Measure, few: str, whole: str, meaning: str, counted: str
    ) -> Face:
        if not measure.enough(min_base):
            words = few if measure.known else gettext("Not known")
            return Face(code, name, words, "", "", meaning)
        interval = span(percent, measure.low, measure.high)
        return Face(code, name, percent(measure.value), f"{interval} · {counted}", whole, meaning)

    few_customers = gettext("Fewer than {count} customers").format(count=min_base)
    few_terms = gettext("Fewer than {count} terms").format(count=min_base)
    customers, value = gettext("{n} customers"), gettext("{part} of {whole} a year")

    def of_money(measure: Measure) -> str:
        return value.format(part=money(measure.part, currency), whole=money(measure.whole, currency))

    def of_counts(measure: Measure, text: str) -> str:
        return (
            text.format(part=format_number(measure.part), whole=format_number(measure.whole))
            if measure.known
            else ""
        )

    n = lambda measure: customers.format(n=format_number(measure.n))  # noqa: E731
    return [
        face("customer_churn", gettext("Customer churn"), rates.customer_churn, few_customers,
             of_counts(rates.customer_churn, gettext("{part} lost of {whole} there at the start")),
             gettext("Customers lost in the window ÷ customers there at its start; who was won in it is in neither."),
             n(rates.customer_churn)),
        face("revenue_churn", gettext("Revenue churn"), rates.revenue_churn, few_customers, of_money(rates.revenue_churn),
             gettext("Annual revenue of the customers lost ÷ annual revenue at the start of the window."),
             n(rates.revenue_churn)),
        face("renewal_on_due", gettext("Renewal on terms due"), rates.renewal, few_terms,
             of_counts(rates.renewal, gettext("{part} renewed of {whole} terms decided")),
             gettext("Renewed ÷ decided terms that came up in the window; terms that did not come up are in neither. "
                     "Who has short terms decides several times: the interval takes customers, not terms, as the sample."),
             gettext("{n} terms").format(n=format_number(rates.renewal.n))),
        face("gross_on_base", gettext("Gross retention (GRR)"), rates.gross, few_customers, of_money(rates.gross),
             gettext("Annual revenue at the start less what was lost or cut, ÷ that at the start; never above 100 %."),
             n(rates.gross)),
        face("net_on_base", gettext("Net retention (NRR)"), rates.net, few_customers, of_money(rates.net),
             gettext("Annual revenue of the same customers at the end ÷ that at the start; new customers are left out."),
             n(rates.net)),
    ]  # fmt: skip


def window_notes(found: Standing) -> list[str]:
    """What the window is, and what it cannot say."""
    window = found.window
    texts = [
        gettext(
            "Window: {window} ({length}). Estimated from the exports; 95 % intervals take the customers as a sample."
        ).format(window=window_text(window), length=_length(window))
    ]
    if window.unfinished:
        texts.append(gettext("The last month is not over yet."))
    if window.shortened and found.limits.first_due:
        texts.append(
            gettext(
                "The exports hold decisions from {month} on, so the window is shorter than a year."
            ).format(month=format_month(found.limits.first_due))
        )
    if window.yearly and window.months < MONTHS:
        texts.append(gettext("Rates per year take the rest of the year to be like the window."))
    if not window.yearly:
        texts.append(
            gettext(
                "Rates hold for the window; it is too short to speak of a year, a payback with churn or a lifetime."
            )
        )
    return texts
