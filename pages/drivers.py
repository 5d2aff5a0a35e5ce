"""Which experiences go with renewal or churn: the story, priorities, every driver, and how far to trust it."""

from __future__ import annotations

import streamlit as st

from cxdata.language import gettext as _
from pages.parts import drivers, drivers_form, drivers_more, headlines
from pages.parts.drivers_run import estimates, refined
from pages.parts.markup import styles
from pages.parts.view import View


def render(view: View) -> None:
    """The form, then what it finds: first the estimates, then the same with all their intervals."""
    styles()
    st.title(_("Drivers"), anchor=False)
    view = drivers_form.settled(view)
    headlines.scope(view)
    settings = drivers_form.form(view)
    if settings is None:
        return
    first = estimates(view, settings)
    if first is None:
        return
    progress, place = st.empty(), st.empty()
    deep = refined(view, settings, None)
    if deep is None:
        with place.container():
            drivers.answer(view, first)
        deep = refined(view, settings, progress)
    if deep is None:
        return
    place.empty()
    with place.container():
        drivers.answer(view, deep.analysis, deep)
    drivers_more.behind(view, deep)


if __name__ == "__main__":
    from dashboard import main

    main()
