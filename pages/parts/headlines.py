"""The words around the scorecard's numbers: what is looked at, what moved, what to beware of, and the method."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd
import streamlit as st

from cxdata.language import format_day, format_month
from cxdata.language import gettext as _
from cxdata.scorecard.board import SPARKLINE_MONTHS
from cxdata.scorecard.periods import month_before
from cxdata.scorecard.sentences import Sentence
from cxdata.scorecard.words import ARROWS, fewer_text, joined, restated_text, sentence_case
from cxdata.vocabulary import DIMENSION_LABELS, label_of
from pages.parts.markup import tag, wrap
from pages.parts.view import View


def scope(view: View) -> None:
    """The filters and weights in force, in words; nothing where everything is looked at."""
    parts = [
        _("{dimension}: {values}").format(
            dimension=_(DIMENSION_LABELS[name]),
            values=joined([label_of(value, view.config.labels) for value in values], either=True),
        )
        for name, values in view.selection.active().items()
    ]
    lines = [_("Filtered to {filters}.").format(filters="; ".join(parts))] if parts else []
    if view.selection.weighted:
        lines.append(_("Answers count with their response weights."))
    if lines:
        st.html(wrap("div", tag("p", " ".join(lines)), "cx-notes"))


def sentences(found: Sequence[Sentence]) -> None:
    """The headline: the first sentence large, the others as a list marked up or down."""
    first, others = found[0], found[1:]
    st.html(wrap("div", tag("p", first.text), "cx-lead"))
    if others:
        items = "".join(wrap("li", _mark(item) + tag("span", item.text)) for item in others)
        st.html(wrap("ul", items, "cx-moves"))


def marks(view: View, changed: pd.DataFrame, month: date) -> None:
    """What to beware of: a month that is not over, and closed months that the release changed."""
    release = view.release
    if month == release.as_of.replace(day=1):
        st.info(
            sentence_case(
                _("{month} is unfinished: the data goes to {day}, and its numbers will still change.").format(
                    month=format_month(month), day=format_day(release.data_to or release.as_of)
                )
            )
        )
    text = restated_text(changed, month_before(month, SPARKLINE_MONTHS - 1), month, view.config.min_base)
    if text:
        st.html(wrap("div", tag("p", text), "cx-notes"))


def method(view: View) -> None:
    """What the interval and the verdicts mean, and what is left out."""
    texts = (
        _("**95 % interval**: the range that covers the true value in 95 of 100 samples like this one. "
          "It says nothing of people who were not asked or did not answer."),
        _("**Up, down**: the change stands out from chance. At most 5 % of the changes called so among all "
          "tiles, or among all numbers of one table, are false alarms. Colour says whether that is good or bad."),
        _("**Unclear**: chance alone could explain the change; it is not the same as no change."),
        _("**Above, below** (target): the whole interval lies beyond the target."),
        _("**{fewer}**: too little for a number, a colour or an arrow.").format(
            fewer=sentence_case(fewer_text(view.config.min_base, "nps"))
        ),
        _("**New scale**: the question was asked on another scale before; the two are never compared."),
    )  # fmt: skip
    with st.expander(_("What the words mean")):
        for text in texts:
            st.markdown(text)


def _mark(sentence: Sentence) -> str:
    arrow = ARROWS.get(sentence.verdict, "")
    css = f"cx-{sentence.judgement}" if sentence.judgement in ("good", "bad") else "cx-muted"
    return wrap("span", arrow or "•", css, 'aria-hidden="true"')
