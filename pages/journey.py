"""The journey: stages and touchpoints in their order, where it is weak, what was expected, who serves customers."""

from __future__ import annotations

import streamlit as st

from cxdata.language import gettext as _
from pages.parts import headlines, journey_parts, journey_tables
from pages.parts.markup import styles
from pages.parts.sheet import settled
from pages.parts.view import View


def render(view: View) -> None:
    """The answer in words, the picture, the ranked points, what happens, expectations, teams, the method."""
    view = settled(view)
    styles()
    st.title(_("Journey"), anchor=False)
    found = journey_parts.found_journey(view)
    journey_parts.choices(view, found)
    headlines.scope(view)
    texts = journey_parts.lead(view, found)
    if journey_parts.nothing(view, found):
        return
    journey_parts.picture(view, found, " ".join(texts))
    journey_tables.ranked(found)
    journey_tables.happenings(view, found)
    journey_parts.expectations(view, found)
    journey_parts.teams(view, found)
    journey_parts.method()


if __name__ == "__main__":
    from dashboard import main

    main()
