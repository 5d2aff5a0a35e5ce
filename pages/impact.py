"""What a change in retention is worth: a scenario in money, whether actions worked, what a point is worth."""

from __future__ import annotations

import streamlit as st

from cxdata.language import gettext as _
from pages.parts import headlines, impact, impact_tabs
from pages.parts.markup import styles
from pages.parts.view import View


def render(view: View) -> None:
    """The tab that the address names; the first one is the scenario."""
    styles()
    st.title(_("Financial impact"), anchor=False)
    tab = impact_tabs.chosen(view)
    headlines.scope(view)
    impact_tabs.TABS.get(tab, impact.render)(view)


if __name__ == "__main__":
    from dashboard import main

    main()
