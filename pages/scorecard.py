"""The start page: where each number stands, whether it really moved, and how far it is from its target."""

from __future__ import annotations

import streamlit as st

from cxdata.language import format_month
from cxdata.language import gettext as _
from cxdata.scorecard import board, restated
from cxdata.scorecard.sentences import headline
from pages.parts import headlines
from pages.parts.cache import cached
from pages.parts.markup import styles
from pages.parts.tiles import tiles
from pages.parts.verdict_table import verdict_table
from pages.parts.view import View

TABLES = ("touchpoint", "segment")


def render(view: View) -> None:
    """Answer first: sentences, then tiles, then the tables behind them, then what the words mean."""
    release, config, selection = view.release, view.config, view.selection
    month = selection.month or release.as_of.replace(day=1)
    found = cached(
        view,
        "scorecard:tiles",
        lambda: board.tiles(release, config, selection, month, board.tile_metrics(config)),
    )
    tables = {
        by: cached(
            view,
            f"scorecard:{by}",
            lambda by=by: board.breakdown(  # type: ignore[misc]
                release, config, selection, month, board.table_metrics(config, selection, by), by
            ),
        )
        for by in TABLES
    }
    questions = cached(
        view, "scorecard:questions", lambda: board.questions_counted(release, selection, month)
    )
    changed = cached(view, "scorecard:restated", lambda: restated.restated_scores(release, config))

    styles()
    st.title(_("Scorecard, {month}").format(month=format_month(month)), anchor=False)
    headlines.scope(view)
    headlines.sentences(headline(found, tables, month, min_base=config.min_base, labels=config.labels))
    headlines.marks(view, changed, month)
    tiles(view, found, questions, month)
    for by in TABLES:
        verdict_table(view, tables[by], by, month)
    headlines.method(view)


if __name__ == "__main__":
    from dashboard import main

    main()
