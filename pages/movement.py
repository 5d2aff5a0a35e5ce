"""Why a number moved: other people answering, or people scoring differently; and what is a signal at all."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from cxdata.language import gettext as _
from cxdata.movement.compared import comparison_of
from cxdata.movement.explain import explain
from cxdata.movement.results import Incomparable
from pages.parts import headlines, movement, movement_signals, movement_table
from pages.parts.cache import cached
from pages.parts.markup import styles
from pages.parts.view import View


def render(view: View) -> None:
    """The answer in words, the waterfall with its table, then the signals."""
    styles()
    st.title(_("Why it moved"), anchor=False)
    choice = movement.choices(view)
    if choice is None:
        st.info(
            _("This release has no answers to questions of NPS, CSAT or CES, so nothing can be explained.")
        )
        return
    month = view.selection.month or view.release.as_of.replace(day=1)
    view = replace(view, selection=replace(view.selection, metric=choice.metric, by=choice.by, window=1))
    comparison = comparison_of(month, choice.against)
    headlines.scope(view)
    found = cached(
        view,
        "movement:parts",
        lambda: explain(view.release, view.config, view.selection, comparison, choice.by, choice.across),
        choice.against,
        choice.across,
    )
    if isinstance(found, Incomparable):
        movement.nothing(view, found)
    else:
        texts = movement.told(view, found)
        movement.picture(view, found, " ".join(texts))
        movement_table.parts_table(view, found)
    movement_signals.signals(view, month)


if __name__ == "__main__":
    from dashboard import main

    main()
