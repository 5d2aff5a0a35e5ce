"""Customers without terms in sentences and in a chart: what is expected of them, and the checks of the models."""

from __future__ import annotations

import altair as alt
import pandas as pd

from cxdata.chart_style import CATEGORIES_LIGHT, INK, records, styled, tooltips
from cxdata.finance.economics.buyers import AHEAD, HORIZON, MOST_SHOWN, Buyers
from cxdata.finance.economics.words import money, percent, span
from cxdata.language import format_number, format_percent, gettext

MOST_OFF = 0.2
"""How far (0-1) held-out purchases may be from those expected without a warning."""


def buyers_text(found: Buyers, currency: str, discount_rate: float) -> list[str]:
    """Who bought again, who is still a customer, what is to be expected and what it is worth."""
    texts = [
        gettext(
            "A month with revenue counts as one purchase. Of {customers} customers whose first purchase the exports hold, "
            "{share} bought in another month ({interval})."
        ).format(
            customers=format_number(found.customers),
            share=percent(found.repeating.value),
            interval=span(percent, found.repeating.low, found.repeating.high),
        )
    ]
    if found.sample > 1:
        texts.append(
            gettext(
                "There are too many customers for all: one in {sample} was drawn. The models are fitted to those {drawn}; "
                "numbers of customers, purchases and money are multiplied by {sample}, and are about all."
            ).format(sample=found.sample, drawn=format_number(found.repeating.n))
        )
    if found.model is None:
        return [*texts, gettext("Too few bought again for a model of purchases (BG/NBD).")]
    text = gettext(
        "In the next {months} months {purchases} purchases are expected (estimated, BG/NBD)"
    ).format(months=AHEAD, purchases=format_number(found.ahead.value))
    interval = span(format_number, found.ahead.low, found.ahead.high)
    text += gettext("; 95 % interval {interval}").format(interval=interval) if interval else ""
    if found.alive == found.alive:
        text += gettext(
            ". Those who bought again are customers still with a probability of {alive} on average"
        ).format(alive=percent(found.alive))
    texts.append(text + ".")
    if found.value == found.value:
        of_margin = found.margin_share == found.margin_share
        amount = money(found.value, currency)
        each = money(found.spend, currency)
        rate = format_percent(discount_rate, 0)
        text = (
            gettext(
                "What they will buy in {months} months is worth {amount} of margin: {each} expected per purchase (revenue, "
                "estimated, Gamma-Gamma), of which {share} is margin (books), at an assumed discount rate of {rate} a year."
            )
            if of_margin
            else gettext(
                "What they will buy in {months} months is worth {amount} of revenue: {each} expected per purchase (revenue, "
                "estimated, Gamma-Gamma), at an assumed discount rate of {rate} a year; no cost to serve is exported, so "
                "the margin is not known."
            )
        )
        texts.append(
            text.format(
                months=HORIZON,
                amount=amount,
                each=each,
                share=percent(found.margin_share),
                rate=rate,
            )
        )
    return texts


def checks_text(found: Buyers) -> list[str]:
    """Whether the models may be believed: held-out months, and independence of spend and frequency."""
    texts = []
    if found.held_out.known and found.held_out.part > 0:
        off = found.held_out.value / found.held_out.part - 1
        text = gettext(
            "Check: a fit to the time before expects {expected} purchases in the last {months} months, and there were "
            "{counted} ({off})."
        )
        if abs(off) > MOST_OFF:
            text = gettext(
                "Beware: a fit to the time before expects {expected} purchases in the last {months} months, and there were "
                "{counted} ({off}). Numbers ahead may be as far off; months hide what is bought again within one."
            )
        texts.append(
            text.format(
                months=found.held_months,
                expected=format_number(found.held_out.value),
                counted=format_number(found.held_out.part),
                off=format_percent(off, signed=True),
            )
        )
    if found.independence is not None:
        text = (
            gettext("Check: how often customers buy says little about how much they spend (correlation {r}), as Gamma-Gamma "
                    "takes it.")
            if found.independence.holds
            else gettext("Beware: customers who buy more often spend more or less each time (correlation {r}); Gamma-Gamma "
                         "takes the two to be independent, so its value is only a rough one.")
        )  # fmt: skip
        texts.append(text.format(r=format_number(found.independence.correlation, 2)))
    if found.model is not None and found.model.at_edge:
        texts.append(
            gettext("The purchases cannot tell all four numbers of the model apart: it has no interval.")
        )
    return texts


def buyers_chart(found: Buyers) -> alt.LayerChart:
    """Customers by number of repeat purchases, counted as bars and expected as points."""
    rows = found.check.copy()
    rows["name"] = [
        gettext("{n} or more").format(n=n) if n == MOST_SHOWN else str(n) for n in rows["repeats"]
    ]
    rows["counts"] = [format_number(value) for value in rows["counted"]]
    rows["expects"] = [format_number(value) for value in rows["expected"]]
    base = alt.Chart(alt.Data(values=records(pd.DataFrame(rows))))
    x = alt.X("name:N", sort=None, title=gettext("Repeat purchases"), axis=alt.Axis(labelAngle=0))
    title = gettext("Customers")
    y = alt.Y(
        "counted:Q", title=title, axis=alt.Axis(format="~s", tickCount=4, gridColor=INK, gridOpacity=0.12)
    )
    tips = tooltips(
        ("name", gettext("Repeat purchases")),
        ("counts", gettext("Counted")),
        ("expects", gettext("Expected")),
    )
    return styled(
        alt.layer(
            base.mark_bar(color=CATEGORIES_LIGHT[0], width={"band": 0.6}).encode(x=x, y=y, tooltip=tips),
            base.mark_point(
                filled=True, size=80, color=CATEGORIES_LIGHT[1], opacity=1, shape="diamond"
            ).encode(x=x, y=alt.Y("expected:Q", title=title), tooltip=tips),
        ),
        height=260,
    )
