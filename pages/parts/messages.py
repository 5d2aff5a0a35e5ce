"""Pages in words only: nothing published yet, a damaged release, a table that was not exported."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import streamlit as st

from cxdata.database import Release, release_ids
from cxdata.errors import CxError, ReleaseMissing
from cxdata.language import format_day, format_number, ngettext
from cxdata.language import gettext as _
from cxdata.messages import told
from pages.parts import url
from pages.parts.view import View


def release_problem(error: CxError, folder: Path) -> None:
    """A plain page that says why nothing can be shown, and what to do."""
    st.title(_("No data to show") if isinstance(error, ReleaseMissing) else _("This release cannot be read"))
    # st.text, not markdown: the message may quote a file that anybody can have written.
    st.text(told(error))
    kept = release_ids(folder)
    if kept:
        st.write(_("Releases that are kept, newest last:"))
        st.code("\n".join(kept), language=None)
        st.write(_("Go back to the release before with this command, or name one of the list:"))
        st.code("python -m cxdata rollback", language="bash")
    else:
        st.write(_("Publish the demo, or your own exports:"))
        st.code("python -m cxdata demo\npython -m cxdata refresh EXPORTS", language="bash")


def banner(view: View, today: date, current: str) -> None:
    """What a reader must know before any number: an earlier release, fictional data, or old data."""
    release = view.release
    if release.id != current:
        st.info(_("You are looking at an earlier release, {release}.").format(release=release.id))
        st.button(_("Show the current release"), on_click=url.change, args=("release", ""))
    if release.manifest.get("exports") == "demo":
        st.caption(_("Demo: a fictional company. Every number on these pages is made up."))
        return
    if release.data_to is None:
        return
    age = (today - release.data_to).days
    if age > view.config.limits.max_age_days:
        text = ngettext("Data to {day}, {age} day old.", "Data to {day}, {age} days old.", age)
        st.warning(text.format(day=format_day(release.data_to), age=format_number(age)))


def foot(release: Release) -> None:
    """Which release the page shows, how far its data goes, and the clock by which months are cut."""
    parts = [_("Release {release}.").format(release=release.id)]
    if release.data_to:
        parts.insert(0, _("Data to {day}.").format(day=format_day(release.data_to)))
    parts.append(
        _("Months are cut in {zone} time.").format(zone=str(release.manifest["time_zone"]).replace("_", " "))
    )
    st.caption(" ".join(parts))


def missing_table(view: View, table: str, shows: str) -> bool:
    """Say that a table was not exported and what it would show; returns whether it is missing.

    Parameters
    ----------
    view : View
    table : str
        Contract table.
    shows : str
        What the page would show, translated.
    """
    if table in view.release.manifest.get("columns", {}):
        return False
    st.info(
        _("The table {table} is not among the exports. With it, this page shows {shows}.").format(
            table=table, shows=shows
        )
    )
    return True
