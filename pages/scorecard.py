"""The start page: where each number stands, whether it really moved, and how far it is from its target."""

from __future__ import annotations

import streamlit as st

from cxdata.language import format_month
from cxdata.language import gettext as _
from pages.parts import headlines
from pages.parts.markup import styles
from pages.parts.sheet import settled, sheet
from pages.parts.tiles import tiles
from pages.parts.verdict_table import verdict_table
from pages.parts.view import View


def render(view: View) -> None:
    """Answer first: sentences, then tiles, then the tables behind them, then what the words mean."""
    view = settled(view)
    found = sheet(view)
    styles()
    st.title(_("Scorecard, {month}").format(month=format_month(found.month)), anchor=False)
    headlines.scope(view)
    headlines.sentences(found.sentences)
    headlines.marks(view, found.restated, found.month)
    tiles(view, found.tiles, found.questions, found.month)
    for by, table in found.tables.items():
        verdict_table(view, table, by, found.month)
    headlines.method(view)


if __name__ == "__main__":
    from dashboard import main

    main()
