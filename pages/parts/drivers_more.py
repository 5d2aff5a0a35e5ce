"""Behind the answer: what-if, asymmetry, agreement of methods, segments, time, validation, and the model card."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import altair as alt
import pandas as pd
import streamlit as st

from cxdata.drivers.card import card_html, card_json
from cxdata.drivers.charts import conditional_lines, what_if_bars
from cxdata.drivers.charts_behind import calibration_points, kept_curves, penalty_reward
from cxdata.drivers.deeper import Deeper
from cxdata.drivers.words_behind import (
    agreement,
    asymmetry_sentences,
    curve_sentences,
    dominance_note,
    method_table,
    pace_sentences,
    pace_table,
    robustness_sentences,
    segment_sentences,
    segment_table,
    validation_sentences,
)
from cxdata.language import gettext as _
from pages.parts import drivers
from pages.parts.cache import draw
from pages.parts.markup import tag, wrap
from pages.parts.view import View


def behind(view: View, deep: Deeper) -> None:
    """The expanders, each with its answer in words first."""
    called = drivers.names(view, deep.analysis)
    chart = _drawer(view, deep)
    labels = view.config.labels
    with st.expander(_("What if: half a standard deviation more")):
        _say(robustness_sentences(deep, called))
        chart("what_if", lambda: what_if_bars(deep.analysis, called, labels),
              _("Effect of half a standard deviation more of each driver, with its interval."))  # fmt: skip
        drivers.association(_("What goes with it, not what an investment would bring."))
    with st.expander(_("Asymmetry: does bad count more than good?")):
        _say(asymmetry_sentences(deep, called))
        if deep.asymmetry is not None and (pd.Series(deep.asymmetry.label) != "too_few").any():
            chart(
                "asymmetry", lambda: penalty_reward(deep, called), " ".join(asymmetry_sentences(deep, called))
            )
            drivers.association()
    with st.expander(_("Do the methods agree?")):
        _say(agreement(deep.analysis, called))
        _frame(method_table(deep.analysis, called), "methods")
        if note := dominance_note(deep):
            st.caption(note)
        if len(deep.analysis.table) > 2:
            chart("conditional", lambda: conditional_lines(deep.analysis, called),
                  _("Gain in explained variance of each driver as others are in the model."))  # fmt: skip
        drivers.association()
    with st.expander(_("By segment")):
        _say(segment_sentences(deep, called))
        if deep.segments is not None and deep.segments.segments:
            _frame(segment_table(deep, called), "segments")
            drivers.association()
    with st.expander(_("How well it predicts, and over time")):
        _say(validation_sentences(deep, called))
        if deep.validation is not None:
            chart(
                "calibration", lambda: calibration_points(deep), " ".join(validation_sentences(deep, called))
            )
            drivers.association(_("Each point: decisions of like prediction, with their 95 % interval; on the dashed "
                                  "line predictions are right."))  # fmt: skip
        _say(curve_sentences(deep, called))
        if not deep.curves.empty:
            said = " ".join([*curve_sentences(deep, called), *pace_sentences(deep, called)])
            chart("curves", lambda: kept_curves(deep), said)
        _say(pace_sentences(deep, called))
        if deep.pace is not None:
            _frame(pace_table(deep), "pace")
        if deep.curve_of:
            drivers.association()
    with st.expander(_("Model card")):
        _card(view, deep, called)


def _drawer(view: View, deep: Deeper) -> Callable[[str, Callable[[], alt.LayerChart], str], None]:
    def chart(name: str, build: Callable[[], alt.LayerChart], alt_text: str) -> None:
        draw(view, f"drivers:{name}", build, deep.analysis.summary.settings, alt_text=alt_text)

    return chart


def _card(view: View, deep: Deeper, called: Mapping[str, str]) -> None:
    _say([_("Everything needed to check this analysis and to run it again: rows, settings, seed, versions, warnings, "
            "and what it must not be used for.")])  # fmt: skip
    with st.container(horizontal=True):
        name = f"drivers_{deep.analysis.summary.release}"
        st.download_button(
            _("Model card (HTML)"), data=lambda: card_html(deep, called, view.config).encode("utf-8"),
            file_name=f"{name}.html", mime="text/html", on_click="ignore", key="drivers:html",
        )  # fmt: skip
        st.download_button(
            _("Model card (JSON)"), data=lambda: card_json(deep, called).encode("utf-8"),
            file_name=f"{name}.json", mime="application/json", on_click="ignore", key="drivers:json",
        )  # fmt: skip


def _say(texts: list[str]) -> None:
    for text in texts:
        st.html(wrap("div", tag("p", text), "cx-tile"))


def _frame(rows: pd.DataFrame, key: str) -> None:
    columns = {name: st.column_config.TextColumn(name, alignment="right" if place else "left", pinned=place == 0 or None)
               for place, name in enumerate(rows.columns)}  # fmt: skip
    st.dataframe(
        rows, hide_index=True, width="stretch", height="content", column_config=columns, key=f"drivers_{key}"
    )
