"""The upper part of the page Economics: the answer, tiles, bridge, figures per customer, the whale curve."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from html import escape

import pandas as pd
import streamlit as st

from cxdata.finance.economics.charts import bridge_chart, whale_chart
from cxdata.finance.economics.figures import figures as figures_of
from cxdata.finance.economics.figures import notes as notes_of
from cxdata.finance.economics.standing import DISCOUNT_RATE, DISCOUNT_RATES, Standing, standing, valued
from cxdata.finance.economics.whale import DIMENSIONS
from cxdata.finance.economics.window import Window
from cxdata.finance.economics.words import (
    DIMENSION_LABELS,
    lead,
    money,
    months_text,
    percent,
    span,
    window_notes,
    window_text,
)
from cxdata.finance.economics.words import tiles as tiles_of
from cxdata.finance.query import exported
from cxdata.language import format_number, format_percent, ngettext
from cxdata.language import gettext as _
from cxdata.scorecard.words import sentence_case
from cxdata.vocabulary import label_of
from pages.parts.cache import cached, draw
from pages.parts.download import download
from pages.parts.markup import tag, wrap
from pages.parts.messages import missing_table
from pages.parts.plain_table import cell, note, own_choice, plain_table
from pages.parts.view import View

COLUMNS, NARROWEST = 5, 172
RATE, WHO = "discount", "who"
"""The page's own parameters of the address: the discount rate in per cent, and how the unprofitable are told apart."""


def settled(view: View) -> View:
    """The same view without the choices of other pages, and without filters that money does not have."""
    selection = replace(view.selection, metric="nps", by="touchpoint", window=1, weighted=False)
    return replace(view, selection=selection)


def nothing(view: View) -> bool:
    """Say that neither terms nor revenue were exported; returns whether that is so."""
    terms, revenue = exported(view.release, "subscriptions"), exported(view.release, "revenue")
    if not terms:
        missing_table(
            view, "subscriptions", _("churn, renewal, retention of revenue, margins and lifetime values")
        )
    if not revenue:
        missing_table(view, "revenue", _("cost to serve, unprofitable customers and the whale curve"))
    return not terms and not revenue


def rate_in_force() -> float:
    """Discount rate of the address, per year."""
    wanted = st.query_params.get(RATE, "")
    return next((rate for rate in DISCOUNT_RATES if _code(rate) == wanted), DISCOUNT_RATE)


def _code(rate: float) -> str:
    return f"{100 * rate:.0f}"


def found_standing(view: View) -> Standing:
    """What the page shows; the queries are asked once, whatever the discount rate."""
    month = view.selection.month or view.release.as_of.replace(day=1)
    selection = replace(view.selection, touchpoint=(), channel=())
    asked = cached(view, "economics:standing", lambda: standing(view.release, view.config, selection, month))
    rate = rate_in_force()
    return cached(view, "economics:valued", lambda: valued(asked, rate), rate)


def answer(view: View, found: Standing) -> None:
    """Two or three sentences from the numbers, and the window they are about."""
    config = view.config
    texts = lead(found, config.currency, config.labels, config.min_base)
    st.html(wrap("div", tag("p", texts[0]), "cx-lead"))
    for text in texts[1:]:
        st.html(wrap("div", tag("p", text), "cx-tile"))
    if found.customers:
        note(" ".join(window_notes(found)))


def tiles(view: View, found: Standing) -> None:
    """Churn, renewal and retention, each with interval, denominator, number of customers and definition."""
    if not found.limits.terms:
        return
    faces = tiles_of(found, view.config.currency, view.config.min_base)
    window = window_text(found.window)
    with st.grid(COLUMNS, min_column_width=NARROWEST, border=True, gap="small", key="tiles") as grid:
        for face in faces:
            with grid.cell(), st.container(gap=None):
                with st.popover(
                    f"**{face.name}**", type="tertiary", key=f"about:{face.code}:{view.language}"
                ):
                    st.markdown(face.meaning)
                parts = tag("p", face.value, "cx-value" if face.under else "cx-value cx-words")
                parts += "".join(tag("p", text, "cx-sub") for text in (face.under, face.whole) if text)
                parts += tag("p", window, "cx-sub") if face.under else ""
                st.html(wrap("div", parts, "cx-tile"))


def bridge(view: View, found: Standing) -> None:
    """From the annual revenue at the start to that of the same customers at the end."""
    path = found.bridge
    if path is None or path.accounts < view.config.min_base:
        return
    currency = view.config.currency
    st.subheader(_("From gross to net retention"), anchor=False)
    told = _(
        "Of {start} of annual revenue, {lost} went with customers who left and {less} with smaller terms; larger terms "
        "brought {more}: gross retention {gross}, net retention {net}."
    ).format(
        start=money(path.start, currency),
        lost=money(path.churn, currency),
        less=money(path.contraction, currency),
        more=money(path.expansion, currency),
        gross=percent(path.gross_retention),
        net=percent(path.net_retention),
    )
    draw(view, "economics:bridge", lambda: bridge_chart(path, currency), alt_text=told)
    text = told + " "
    if path.new:
        text += _("New customers, who are in neither, pay {new} a year.").format(
            new=money(path.new, currency)
        )
    note(
        text + " " + _("Revenue per year, estimated from the terms, in {currency}.").format(currency=currency)
    )


def figures(view: View, found: Standing) -> None:
    """What a customer brings and costs, with the basis of each figure, and cost by channel and segment."""
    currency, min_base = view.config.currency, view.config.min_base
    rows = figures_of(found, currency, min_base)
    if not rows:
        return
    st.subheader(_("What a customer brings and costs"), anchor=False)
    if found.worth.best.known or found.groups or found.base_worth:
        codes = [_code(rate) for rate in DISCOUNT_RATES]
        own_choice(view, RATE, codes, _("Discount rate a year (assumed)"), _rate_label, _code(DISCOUNT_RATE))
    heads = [_("Figure"), _("Amount"), _("95 % interval"), _("What it is")]
    plain_table(
        _("What a customer brings and costs"),
        heads,
        [
            (
                row.name,
                [
                    cell(row.value, row.base),
                    _words(row.interval, "white-space: nowrap"),
                    _words(row.kind, "min-width: 17rem"),
                ],
            )
            for row in rows
        ],
    )
    note(" ".join(notes_of(found, currency, min_base)))
    _winning(view, found)
    _serving(view, found)


def _rate_label(code: str) -> str:
    return format_percent(int(code) / 100, 0)


def _words(text: str, style: str = "") -> str:
    return wrap("td", escape(text or "–"), more=f'style="{style}"' if style else "")


def _winning(view: View, found: Standing) -> None:
    lines = found.winning.lines
    if lines.empty or not found.winning.cost.known:
        return
    currency, min_base = view.config.currency, view.config.min_base
    with st.expander(_("Cost of winning customers and payback, by channel")):
        rows = [
            (
                sentence_case(label_of(row["line"], view.config.labels)),
                [
                    cell(format_number(row["customers"])),
                    *(
                        cell(said(row[name].value), span(said, row[name].low, row[name].high))
                        if row[name].enough(min_base)
                        else _words(_fewer(min_base) if row[name].n else "")
                        for name, said in (
                            ("cost", lambda one: money(one, currency)),
                            ("margin", lambda one: money(one, currency)),
                            ("payback", months_text),
                            ("payback_with_churn", months_text),
                        )
                    ),
                ],
            )
            for row in lines.to_dict("records")
        ]
        heads = [_("Channel of acquisition"), _("Customers won"), _("Cost per customer"),
                 _("Annual margin of the first term"), _("Paid back after"), _("Paid back after, with churn")]  # fmt: skip
        plain_table(_("Cost of winning customers and payback, by channel"), heads, rows)
        note(_("Customers won in the window. The churn is that of all customers, not of each channel."))


def _serving(view: View, found: Standing) -> None:
    lines = found.serving.lines
    if lines.empty or not found.serving.cost_each.known:
        return
    currency, min_base = view.config.currency, view.config.min_base
    with st.expander(_("Cost to serve and margin after it, by segment")):
        rows = []
        for row in lines.to_dict("records"):
            name = sentence_case(label_of(row["line"], view.config.labels))
            if row["customers"] < min_base:
                rows.append((name, [_words(_fewer(min_base)), *[_words("")] * 4]))
                continue
            cost, margin = row["cost_each"], row["margin_each"]
            said = lambda one: money(one, currency)  # noqa: E731
            rows.append((name, [
                cell(format_number(row["customers"])), cell(money(row["revenue"], currency)),
                cell(said(cost.value), span(said, cost.low, cost.high)),
                cell(said(margin.value), span(said, margin.low, margin.high)),
                cell(money(row["margin"], currency), css="cx-number cx-bad" if row["margin"] < 0 else ""),
            ]))  # fmt: skip
        heads = [_("Segment"), _("Customers"), _("Revenue in the window"), _("Cost to serve a year, each"),
                 _("Margin after it a year, each"), _("Margin in the window, all")]  # fmt: skip
        plain_table(_("Cost to serve and margin after it, by segment"), heads, rows)
        note(_("From the books: revenue and cost to serve of each month, by the segment of that month."))


def _fewer(min_base: int) -> str:
    return _("fewer than {count} customers").format(count=min_base)


def whale(view: View, found: Standing) -> None:
    """Customers ranked by margin, how many cost more than they pay, and who they are."""
    ranked, currency = found.whale, view.config.currency
    if ranked is None or ranked.customers < view.config.min_base:
        return
    st.subheader(_("Who earns the money and who costs it"), anchor=False)
    some = ranked.unprofitable.part > 0
    told = (
        _(
            "The {share} of customers who do not cost more than they pay bring {peak}; the other {count} take {loss} of it "
            "away, and {margin} is left."
        )
        if some
        else _("All customers together bring {margin}; nobody costs more than they pay.")
    ).format(
        share=percent(ranked.peak_at),
        peak=money(ranked.peak, currency),
        count=format_number(ranked.unprofitable.part),
        loss=money(abs(ranked.loss), currency),
        margin=money(ranked.margin, currency),
    )
    draw(view, "economics:whale", lambda: whale_chart(ranked, currency), alt_text=told)
    interval = span(percent, ranked.unprofitable.low, ranked.unprofitable.high)
    note(
        told + " "
        + _("Unprofitable: {share} of customers ({interval}, n = {n}). Margin: revenue less cost to serve, {window}, "
            "summed from the books in {currency}.").format(
            share=percent(ranked.unprofitable.value), interval=interval, n=format_number(ranked.customers),
            window=window_text(found.spent), currency=currency)
    )  # fmt: skip
    if some:
        _who(view, found)


def _who(view: View, found: Standing) -> None:
    lines = found.losses.lines
    offered = [name for name in DIMENSIONS if (lines["dimension"] == name).any()]
    offered = [name for name in offered if ((lines["dimension"] == name) & (lines["line"] != "")).any()]
    if not offered:
        return
    by = own_choice(view, WHO, offered, _("Who they are, by"), lambda code: _(DIMENSION_LABELS[code]))
    currency = view.config.currency
    shown = lines[lines["dimension"] == by]
    rows = [
        (
            sentence_case(label_of(row["line"], view.config.labels)),
            [
                cell(format_number(row["unprofitable"]), _("of {count}").format(count=format_number(row["customers"]))),
                cell(percent(row["share"]), span(percent, row["share_low"], row["share_high"]),
                     css="cx-number" if row["clear"] else "cx-muted"),
                cell(money(row["loss"], currency)),
                cell(money(row["margin"], currency), css="cx-number cx-bad" if row["margin"] < 0 else ""),
            ],
        )
        for row in shown.to_dict("records")
    ]  # fmt: skip
    heads = [_(DIMENSION_LABELS[by]), _("Unprofitable customers"), _("Share of customers"), _("Their margin together"),
             _("Margin of all customers there")]  # fmt: skip
    plain_table(_("Who costs more than they pay"), heads, rows)
    texts = [
        _("Grey: the share is not clearly other than that of all customers. Associations are not causes.")
    ]
    if by in ("touchpoint", "channel"):
        texts.append(_("A customer stands in every line that they used in the window, so lines overlap."))
    elif by != "acquisition_channel":
        texts.append(_("A customer who moved stands in each line with the months there."))
    left_out = found.losses.suppressed.get(by, 0)
    if left_out:
        text = ngettext(
            "{count} line with fewer than {least} customers is left out.",
            "{count} lines with fewer than {least} customers are left out.",
            left_out,
        )
        texts.append(text.format(count=left_out, least=view.config.min_base))
    note(" ".join(texts))
    parts = ["unprofitable", by, f"{found.spent.last_month:%Y-%m}", view.release.id]
    download(lambda: rows_of(shown, currency, found.spent), parts, key="economics:csv")


def rows_of(lines: pd.DataFrame, currency: str, window: Window) -> pd.DataFrame:
    """Lines of the unprofitable as a table, with currency, period, and what kind of number the amounts are."""
    return lines.drop(columns=["dimension", "margin_sq"]).assign(
        currency=currency,
        first_day=window.start.isoformat(),
        last_day=(window.end - timedelta(days=1)).isoformat(),
        margin_basis="summed from the books: revenue less cost to serve",
        share_basis="estimated",
    )
