"""Groups of customers side by side: what they say, whether they stay, what they bring and what they cost."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from cxdata.language import gettext as _
from cxdata.segments.groups import dimensions, groups_of
from cxdata.segments.words import headline
from pages.parts import headlines, segments_parts
from pages.parts.cache import cached
from pages.parts.markup import styles
from pages.parts.plain_table import unfiltered
from pages.parts.view import View


def render(view: View) -> None:
    """The answer in words, all groups in a table, one group's profile, two dimensions crossed, the file."""
    styles()
    st.title(_("Segments"), anchor=False)
    month = view.selection.month or view.release.as_of.replace(day=1)
    selection = replace(view.selection, month=month, metric="nps", by="touchpoint", window=1)
    settled = replace(view, selection=selection)
    names = cached(settled, "segments:dimensions", lambda: dimensions(view.release, selection))
    if not names:
        segments_parts.no_dimension(view)
        return
    by, across = segments_parts.chosen(view, names)
    headlines.scope(view)
    unfiltered(view)
    groups = cached(
        settled,
        "segments:groups",
        lambda: groups_of(view.release, view.config, selection, by, across),
        by,
        across,
    )
    if groups.cells.empty:
        segments_parts.nothing(view)
        return
    segments_parts.lead(headline(groups, view.config.labels, view.config.currency))
    segments_parts.table(view, groups)
    segments_parts.missing(groups)
    segments_parts.profile(view, groups)
    if across:
        segments_parts.cross(view, settled, groups)
    segments_parts.file(view, groups)
    segments_parts.method(view)


if __name__ == "__main__":
    from dashboard import main

    main()
