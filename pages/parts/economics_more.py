"""The lower part of the page Economics: survival, the value of the base, what is at risk, promoters, buyers, method."""

from __future__ import annotations

from html import escape

import streamlit as st

from cxdata.finance.economics.charts import base_chart, cohort_chart, groups_chart, survival_chart
from cxdata.finance.economics.standing import Standing
from cxdata.finance.economics.words import GROUP_LABELS, money, percent, span
from cxdata.finance.economics.words_behind import curve_text, risk_text, survival_text
from cxdata.finance.economics.words_buyers import buyers_chart, buyers_text, checks_text
from cxdata.language import format_day, format_number, format_percent
from cxdata.language import gettext as _
from cxdata.scorecard.words import joined
from pages.parts.cache import draw
from pages.parts.markup import wrap
from pages.parts.plain_table import cell, note, plain_table
from pages.parts.view import View


def survival(view: View, found: Standing) -> None:
    """How long customers stay: counted with its band, fitted beyond, and by the year in which they came."""
    lives, why = found.survival, curve_text(found)
    if lives is None or not lives.all.times.size:
        if found.limits.decided and why and found.customers:
            st.subheader(_("How long customers stay"), anchor=False)
            note(why)
        return
    st.subheader(_("How long customers stay"), anchor=False)
    told = survival_text(found)
    draw(view, "economics:survival", lambda: survival_chart(lives, found.choice), alt_text=told)
    note(
        " ".join([
            told, why,
            _("Blue: counted (Kaplan–Meier) with its 95 % interval; customers who were there before the exports begin "
              "enter at their age (left truncation). Orange, dashed: fitted, beyond what was counted an assumption."),
        ])
    )  # fmt: skip
    with st.expander(_("By the year in which they came")):
        if len(lives.cohorts) > 1:
            years = joined([str(year) for year in lives.cohorts])
            text = _("Cohorts watched from their beginning: {years}.").format(years=years)
            draw(view, "economics:cohorts", lambda: cohort_chart(lives), alt_text=text)
            note(text)
        _cohort_table(view, found)


def _cohort_table(view: View, found: Standing) -> None:
    years = found.cohort_years
    if years.empty:
        return
    ages = range(1, int(years["age"].max()) + 1)
    rows = []
    seen = {
        (row["cohort"], row["age"]): (int(row["at_risk"]), int(row["lost"]))
        for row in years.to_dict("records")
    }
    for cohort in sorted(set(years["cohort"])):
        cells = []
        for age in ages:
            at_risk, lost = seen.get((cohort, age), (0, 0))
            count = _("n = {count}").format(count=format_number(at_risk))
            if not at_risk:
                cells.append(wrap("td", escape("–")))
            elif at_risk < view.config.min_base:
                cells.append(cell(_("too few"), count, "cx-muted"))
            else:
                cells.append(cell(percent(1 - lost / at_risk), count))
        rows.append((str(cohort), cells))
    heads = [_("Came in"), *(_("Year {n}").format(n=age) for age in ages)]
    plain_table(_("Customers kept in each year of age, by the year in which they came"), heads, rows)
    note(
        _("Share of the customers there at the beginning of a year of age who were there at its end. Years before the "
          "exports begin and years that are not over are empty.")
    )  # fmt: skip


def base(view: View, found: Standing) -> None:
    """Present value of the margins that today's customers still bring, by cohort."""
    worth, currency = found.base_worth, view.config.currency
    if worth is None or worth.total.n < view.config.min_base:
        return
    st.subheader(_("What today's customers are still worth"), anchor=False)
    told = (
        _(
            "The {n} customers there are worth {value} of margin to come ({interval}), at an assumed discount rate of "
            "{rate} a year."
        )
        .format(
            n=format_number(worth.total.n),
            value=money(worth.total.value, currency),
            interval=span(lambda one: money(one, currency), worth.total.low, worth.total.high),
            rate=format_percent(found.discount_rate, 0),
        )
        .replace(" ()", "")
    )
    draw(view, "economics:base", lambda: base_chart(worth, currency), found.discount_rate, alt_text=told)
    texts = [told]
    if worth.one_rate == worth.one_rate:
        texts.append(
            _(
                "With one retention rate for all it would be {value}: that misses that those who stay are the loyal ones."
            ).format(value=money(worth.one_rate, currency))
        )
    texts.append(
        _("Margin of the terms (estimated), retention along the fitted curve (estimated, its uncertainty is in the "
          "interval), over their whole lifetime, the next payment half a year away, as renewals fall all over the year; "
          "margins stay as they are (assumed). Customers who cost more than they pay are in it with their sign.")
    )  # fmt: skip
    note(" ".join(texts))


def risk(view: View, found: Standing) -> None:
    """Annual revenue that is expected to be lost, with the luck of few large accounts."""
    if found.base.customers < view.config.min_base or found.rates.customer_churn.n < view.config.min_base:
        return
    texts = risk_text(found, view.config.currency)
    if not texts:
        return
    st.subheader(_("Revenue at risk"), anchor=False)
    for text in texts:
        st.html(wrap("div", wrap("p", escape(text)), "cx-tile"))


def recommenders(view: View, found: Standing) -> None:
    """Promoters, passives, detractors and the silent, as if alike in segment and tenure."""
    groups, currency = found.groups, view.config.currency
    if groups is None:
        return
    st.subheader(_("Promoters, detractors and those who did not answer"), anchor=False)
    valued = bool((groups.value == groups.value).all())
    names = [_(GROUP_LABELS[code]) for code in groups.group]
    told = joined([
        f"{name}: {money(value, currency) if valued else percent(rate)}"
        for name, value, rate in zip(names, groups.value, groups.retention, strict=True)
    ])  # fmt: skip
    draw(view, "economics:groups", lambda: groups_chart(groups, currency), found.discount_rate, alt_text=told)
    rows = []
    for place, name in enumerate(names):
        cells = [
            cell(format_number(groups.customers[place])),
            cell(percent(groups.raw_retention[place])),
            cell(percent(groups.retention[place]), span(percent, groups.retention_low[place], groups.retention_high[place])),
        ]  # fmt: skip
        if valued:
            for middle, low, high in ((groups.margin, groups.margin_low, groups.margin_high),
                                      (groups.value, groups.value_low, groups.value_high)):  # fmt: skip
                said = lambda one: money(one, currency)  # noqa: E731
                cells.append(cell(said(middle[place]), span(said, low[place], high[place])))
        rows.append((name, cells))
    heads = [_("Group"), _("Customers"), _("Kept, as counted"), _("Kept a year, adjusted")]
    heads += [_("Annual margin, adjusted"), _("Lifetime value, adjusted")] if valued else []
    with st.expander(_("The numbers behind it")):
        plain_table(_("Value by promoter, passive, detractor and non-respondent"), heads, rows)
    texts = [
        _("Group: last answer to the overall NPS in the year before {start}. Adjusted: as if each group had the segments "
          "and tenures of all (regression, standardised). Lifetime value: margin, present value, renewals only, discount "
          "rate {rate} (assumed). Associations are not causes: promoters may stay for reasons that no answer shows.").format(
            start=format_day(found.window.start), rate=format_percent(found.discount_rate, 0))
    ]  # fmt: skip
    if groups.suppressed:
        left = joined([_(GROUP_LABELS[code]).lower() for code in groups.suppressed])
        texts.append(_("Too few customers: {groups}.").format(groups=left))
    note(" ".join(texts))


def buyers(view: View, found: Standing) -> None:
    """Businesses without terms: purchases month by month, who still buys, and the checks of the model."""
    shown = found.buyers
    if shown is None or shown.customers < view.config.min_base:
        return
    st.subheader(_("Customers without terms: who still buys"), anchor=False)
    texts = buyers_text(shown, view.config.currency, found.discount_rate)
    for text in texts:
        st.html(wrap("div", wrap("p", escape(text)), "cx-tile"))
    if shown.check.empty:
        return
    told = _("Customers by number of repeat purchases: counted, and as the model expects them.")
    draw(view, "economics:buyers", lambda: buyers_chart(shown), alt_text=told)
    note(told + " " + " ".join(checks_text(shown)))


def method(view: View, found: Standing) -> None:
    """What is estimated, what is assumed, and what the words mean."""
    if not found.customers:
        return
    with st.expander(_("What is estimated and what is assumed")):
        for text in (
            _("**Estimated** from the exports, with a 95 % interval that takes the customers as a sample of such customers: "
              "churn, renewal, retention, values and margins per customer, cost to serve, cost of winning, survival."),
            _("**Assumed**: the discount rate ({rate} a year), that margins stay as they are, that customers go on leaving "
              "as the curve says, and for payback with churn that every month is like the mean one.").format(
                rate=format_percent(found.discount_rate, 0)),
            _("**Revenue or margin**: annual value, bridge, retention and revenue at risk are revenue per year; lifetime "
              "values and the value of the base are margin, as present value over the whole lifetime."),
            _("**Lifetime value** here counts the first payment, made now: m (1 + d) ÷ (1 + d − r) at one rate, m × DEL "
              "along the curve. The value by NPS group counts renewals only: m r ÷ (1 + d − r)."),
            _("All amounts are in {currency}; other currencies must be converted before they are exported.").format(
                currency=view.config.currency),
        ):  # fmt: skip
            st.markdown(text)
