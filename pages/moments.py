"""Which moments decide whether customers stay, what bad ones go with, and the paths that end in a loss."""

from __future__ import annotations

import streamlit as st

from cxdata.language import gettext as _
from cxdata.moments.study import study
from pages.parts import headlines, moments, moments_paths, moments_person
from pages.parts.cache import cached
from pages.parts.markup import styles
from pages.parts.view import View


def render(view: View) -> None:
    """The answer, the ranked chart, its table, bad against good, blind spots, paths, disconnections."""
    styles()
    st.title(_("Moments of truth"), anchor=False)
    view = moments.settled(view)
    month = view.selection.month or view.release.as_of.replace(day=1)
    headlines.scope(view)
    found = cached(view, "moments:study", lambda: study(view.release, view.config, view.selection, month))
    moments.lead(view, found)
    moments.ranking(view, found)
    moments.balance(view, found)
    moments.blind_spots(view, found)
    moments_paths.walked_paths(view, found, month)
    moments_paths.felt_disconnections(view, month)
    moments_person.one_customer(view)
    moments.method(view, found)


if __name__ == "__main__":
    from dashboard import main

    main()
