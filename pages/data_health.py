"""Data health, for the data team: what came in, what became of every record, and how to go back."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from cxdata.database import current_id
from cxdata.errors import ReleaseMissing
from cxdata.health.freshness import freshness
from cxdata.health.releases import kept_releases, record_of
from cxdata.health.tables import answer_text
from cxdata.language import gettext as _
from pages.parts import health
from pages.parts.view import View


def render(view: View) -> None:
    """The account of the release in force, or of an earlier one that the reader chooses."""
    folder = view.release.folder.parent.parent
    shown = record_of(view.release.id, view.release.manifest)
    try:
        current = current_id(folder)
    except ReleaseMissing:
        current = ""

    st.title(_("Data health"))
    if shown.problem:
        health.problem(_("The manifest of this release cannot be read."), shown.problem)
    else:
        health.answer(shown, answer_text(shown))
    if shown.id != current:
        st.info(_("This is not the current release."))

    records = kept_releases(folder)
    chosen = health.chosen_release(view, records)
    details = health.details(view, chosen)
    health.releases(view, records, chosen, current, sound=not (chosen.problem or details.problem))
    if chosen.problem:
        health.problem(
            _("The manifest of this release cannot be read; the others are not touched."), chosen.problem
        )
        return
    if chosen.id != shown.id:
        health.answer(chosen, answer_text(chosen))
    if details.problem:
        health.problem(_("The database of this release cannot be read. Its manifest says:"), details.problem)
    today = datetime.now(ZoneInfo(view.config.time_zone)).date()
    health.account(view, chosen, details, freshness(chosen, today, view.config.limits))


if __name__ == "__main__":
    from dashboard import main

    main()
