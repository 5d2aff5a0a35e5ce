"""Where the company stands in money: who stays, what customers are worth, and which of them cost more than they pay."""

from __future__ import annotations

import streamlit as st

from cxdata.language import gettext as _
from pages.parts import economics, economics_more, headlines
from pages.parts.markup import styles
from pages.parts.plain_table import unfiltered
from pages.parts.view import View


def render(view: View) -> None:
    """The answer in words, the tiles, and behind them the bridge, customers, the whale curve, lifetimes and risk."""
    view = economics.settled(view)
    styles()
    st.title(_("Economics"), anchor=False)
    headlines.scope(view)
    unfiltered(view)
    if economics.nothing(view):
        return
    found = economics.found_standing(view)
    economics.answer(view, found)
    economics.tiles(view, found)
    economics.bridge(view, found)
    economics.figures(view, found)
    economics.whale(view, found)
    economics_more.survival(view, found)
    economics_more.base(view, found)
    economics_more.risk(view, found)
    economics_more.recommenders(view, found)
    economics_more.buyers(view, found)
    economics_more.method(view, found)


if __name__ == "__main__":
    from dashboard import main

    main()
