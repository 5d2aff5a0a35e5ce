"""What a change is worth: the case in one sentence, its controls, its figures and its charts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import escape

import altair as alt
import streamlit as st

from cxdata.errors import CxError
from cxdata.finance.impact import words
from cxdata.finance.impact.charts import fan, fan_rows, tornado, tornado_rows, waterfall, waterfall_rows
from cxdata.finance.impact.charts_more import (
    frontier,
    frontier_rows,
    histogram,
    histogram_rows,
    segment_bars,
    segment_rows,
)
from cxdata.finance.impact.levers import check_levers
from cxdata.finance.impact.results import Valuation
from cxdata.finance.scenarios.checks import check_scenario
from cxdata.finance.scenarios.scenario import Scenario
from cxdata.language import format_number
from cxdata.language import gettext as _
from cxdata.messages import told
from cxdata.scorecard.words import joined, sentence_case
from pages.parts import impact_form, impact_manager, impact_more
from pages.parts import impact_url as url
from pages.parts.cache import draw
from pages.parts.impact_run import Ground, chart_key, ground, names, run, settled, valued
from pages.parts.markup import tag, wrap
from pages.parts.messages import missing_table
from pages.parts.plain_table import note, unfiltered
from pages.parts.view import View

NARROWEST = 150


def render(view: View) -> None:
    """The tab: from the address to the answer, or to the sentence that says why there is none."""
    if missing_table(view, "subscriptions", _("what keeping more customers would be worth")):
        return
    view = settled(view)
    base = impact_manager.opened(view)
    scenario = impact_manager.with_notes(url.decode(st.query_params, base))
    try:
        found = ground(view, scenario.margin_share)
        if not scenario.levers and scenario.retention is None:
            scenario = replace(scenario, levers=impact_form.first_lever(found))
        check_scenario(scenario)
        check_levers(found.profiles, scenario.levers)
        result = valued(view, found, scenario)
    except CxError as error:
        _refused(view, scenario, base, error)
        return
    _page(view, found, scenario, base, result)


def _page(view: View, found: Ground, scenario: Scenario, base: Scenario, result: Valuation) -> None:
    called, currency = names(view, found), view.config.currency
    lead, place = st.container(), st.empty()
    with lead:
        unfiltered(view)
        case, remarks = st.empty(), st.empty()
    if result.preview and place.button(
        _("Run the full simulation ({draws} outcomes, every customer)").format(draws=format_number(scenario.draws)),
        key=f"impact:run@{view.language}",
    ):  # fmt: skip
        result = run(view, found, scenario, place)
    case.html(wrap("div", tag("p", words.answer(result, called, view.config.labels, currency)), "cx-lead"))
    remarks.html(wrap("div", tag("p", words.trust(result)), "cx-notes"))
    _figures(view, result)
    impact_manager.chooser(view, scenario, base)
    impact_form.form(view, scenario, base, found, called)
    _charts(view, result, called)
    impact_more.behind(view, result, base, called)
    impact_manager.manager(view, found, result, base, called)


def _refused(view: View, scenario: Scenario, base: Scenario, error: CxError) -> None:
    with st.container(border=True):
        st.markdown(_("**This cannot be valued as asked.**"))
        # st.text, not markdown: the message may quote names from the data or the address.
        st.text(sentence_case(told(error)))
        if url.encode(scenario, base):
            st.button(
                _("Back to how it began"),
                on_click=url.write,
                args=(base, base),
                key=f"impact:back@{view.language}",
            )
    # Margins that nobody exported can be assumed, openly; everything else needs data or another scenario.
    if "annual_margin" in str(error):
        note(_("Until the margin is exported, assume it. Everything below then rests on that assumption."))
        impact_form.margin_share(impact_form.Form(view, scenario, base))


def _figures(view: View, result: Valuation) -> None:
    currency = view.config.currency
    with st.grid(4, min_column_width=NARROWEST, border=True, gap="small", key="impact_figures") as grid:
        for figure in words.figures(result, currency):
            grid.html(
                wrap(
                    "div",
                    tag("p", figure.label, "cx-title") + _value(figure.value)
                    + tag("p", figure.under, "cx-sub") + tag("p", figure.kind, "cx-sub"),
                    "cx-tile",
                )
            )  # fmt: skip
    for text in words.base_sentences(result, view.config.labels, currency):
        note(text)


def _value(text: str) -> str:
    """A number large, words small: two tiles stand side by side on a phone."""
    if len(text) > 10:
        return tag("p", text, "cx-value cx-words")
    return wrap("p", escape(text), "cx-value", 'style="font-size: 1.75rem"')


def _charts(view: View, result: Valuation, called: dict[str, str]) -> None:
    currency, labels, key = view.config.currency, view.config.labels, chart_key(result)

    def chart(name: str, build: Callable[[], alt.LayerChart], alt_text: str) -> None:
        draw(view, f"impact:{name}", build, key, alt_text=alt_text)

    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(_("From what it brings to what is left"), anchor=False)
        rows = waterfall_rows(result, called, currency)
        steps = joined([f"{row['name']} {row['label']}" for row in rows.to_dict("records")])
        chart("waterfall", lambda: waterfall(rows, currency), steps)
        note(words.waterfall_sentence(result))
        note(words.overlap_sentence(result, currency))
    with right:
        st.subheader(_("When the cash comes"), anchor=False)
        cash = fan_rows(result, currency)
        chart("fan", lambda: fan(cash, result.point.payback, currency),
              _("Cumulative cash {when}: {middle} ({interval}); {payback}.").format(
                  when=cash["when"].iloc[-1], middle=cash["middle"].iloc[-1], interval=cash["interval"].iloc[-1],
                  payback=words.payback_text(result)))  # fmt: skip
        note(_("Line: at the expected values. Dark band: 50 of 100 outcomes, light band: 90 of 100. Without what comes "
               "after the last year."))  # fmt: skip
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(_("What it hangs on"), anchor=False)
        sentence = words.tornado_sentence(result, currency)
        if not result.tornado.empty:
            swings = tornado_rows(result, currency)
            chart("tornado", lambda: tornado(swings, float(result.point.npv[0]), currency), sentence)
        note(sentence + " " + _("Each input alone, from the low to the high tenth of its range."))
    with right:
        st.subheader(_("How sure it is"), anchor=False)
        sentence = words.chance_sentence(result, currency)
        chart("histogram", lambda: histogram(histogram_rows(result, currency), result, currency), sentence)
        note(sentence)
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(_("By segment"), anchor=False)
        parts = segment_rows(result, labels, currency)
        told_parts = joined(
            [f"{row['name']} {row['label']} ({row['interval']})" for row in parts.to_dict("records")]
        )
        chart("segments", lambda: segment_bars(parts, currency), told_parts)
        note(words.negative_sentence(result, currency))
    with right:
        if len(result.levers) > 1:
            st.subheader(_("Value for money of the levers"), anchor=False)
            order = frontier_rows(result, called, currency)
            told_levers = joined([_("{lever}: brings {brings}, costs {costs}").format(
                lever=row["name"], brings=row["brings"], costs=row["costs"])
                for row in order.iloc[1:].to_dict("records")])  # fmt: skip
            chart("frontier", lambda: frontier(order, currency), told_levers)
            note(_("The best value for money first. Where a step is flatter than the dashed line, the lever costs more "
                   "than it brings; it is orange then."))  # fmt: skip
            note(words.shares_sentence(result))
        else:
            impact_more.asked(result, called, labels, currency)
    if len(result.levers) > 1:
        impact_more.asked(result, called, labels, currency)
