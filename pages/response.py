"""Who answers, whom the answers stand for, and how many it takes to see a change."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from cxdata.language import gettext as _
from cxdata.response.rates import dimensions_with_values, span_of
from cxdata.response.report import standing, tipping
from cxdata.response.words import headline
from pages.parts import headlines, response_parts, response_planning
from pages.parts.cache import cached
from pages.parts.markup import styles
from pages.parts.plain_table import unfiltered
from pages.parts.view import View


def render(view: View) -> None:
    """The answer in words; the mix, the raked scores, the rates, the silent, and the planning."""
    styles()
    st.title(_("Who answers"), anchor=False)
    month = view.selection.month or view.release.as_of.replace(day=1)
    selection = replace(view.selection, metric="nps", by="touchpoint", window=1)
    settled = replace(view, selection=selection)
    span = span_of(month, response_parts.months(view))
    headlines.scope(view)
    unfiltered(view)
    found = cached(
        settled,
        "response:standing",
        lambda: standing(view.release, view.config, selection, span),
        span,
    )
    if not found.raked and not found.mixes and found.overall.empty:
        response_parts.nothing(view, found)
        return
    response_parts.lead(headline(found, view.config.labels, view.config.min_base))
    response_parts.unfinished(view, month)
    response_parts.mixes(settled, found)
    response_parts.raked(view, found)
    if found.asked:
        dimensions = cached(
            settled, "response:dimensions", lambda: dimensions_with_values(view.release, selection)
        )
        response_parts.rates(view, settled, span, dimensions)
        table = cached(
            settled,
            "response:tipping",
            lambda: tipping(view.release, view.config, selection, span),
            span,
        )
        response_parts.silent(table, span)
    else:
        response_parts.asked_would_show()
    response_planning.planning(view, settled, month)
    response_parts.method()


if __name__ == "__main__":
    from dashboard import main

    main()
