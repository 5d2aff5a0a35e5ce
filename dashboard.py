"""The dashboard: page set-up, sign-in, language, release, filters, navigation.

Run it with `make run` or `python -m streamlit run dashboard.py`. Every page module calls `main` too
when it is opened directly, so that a deep link never shows a page without this frame.
"""

from __future__ import annotations

import sys
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parent))

import streamlit as st

from cxdata.config import Config, data_folder, load_config
from cxdata.database import Release, current_id, open_release, release_ids
from cxdata.errors import CxError
from cxdata.language import gettext as _
from cxdata.language import mark, set_language
from cxdata.messages import told
from pages import (
    data_health,
    definitions,
    drivers,
    economics,
    impact,
    journey,
    moments,
    movement,
    response,
    scorecard,
    segments,
    trends,
)
from pages.parts import filters, messages, url
from pages.parts.view import View

ICON = Path(__file__).resolve().parent / "pages" / "parts" / "icon.svg"

# Read in this order: what happened and why, where it happened, what it is worth, what it all rests on.
PAGES = {
    mark("This month"): (
        (mark("Scorecard"), "scorecard", scorecard.render),
        (mark("Why it moved"), "movement", movement.render),
        (mark("Trends"), "trends", trends.render),
    ),
    mark("Experience"): (
        (mark("Journey"), "journey", journey.render),
        (mark("Moments of truth"), "moments", moments.render),
        (mark("Drivers"), "drivers", drivers.render),
        (mark("Segments"), "segments", segments.render),
        (mark("Who answers"), "response", response.render),
    ),
    mark("Money"): (
        (mark("Economics"), "economics", economics.render),
        (mark("Financial impact"), "impact", impact.render),
    ),
    mark("Data"): (
        (mark("Data health"), "data_health", data_health.render),
        (mark("Definitions"), "definitions", definitions.render),
    ),
}

# Pages about all of a release: month and filters stay in the address, and out of sight.
WITHOUT_FILTERS = ("data_health", "definitions")


@st.cache_resource(max_entries=3, show_spinner=False)
def _open(folder: Path, release_id: str) -> Release:
    return open_release(folder, release_id)


def main() -> None:
    """One run of the dashboard."""
    st.set_page_config(page_icon=str(ICON), layout="wide")
    folder = data_folder()
    # Before the settings are read: should they be wrong, that too is said in the reader's language.
    set_language(url.language_in_force(Config.language))
    try:
        config = load_config(folder)
        role = _role(config)
        language = url.language_in_force(config.language)
        set_language(language, config.region)
        _declare_language(language)
        st.set_page_config(page_title=_("CX scorecard"))
        release = _open(folder, _release_in_force(folder))
    except CxError as error:
        messages.release_problem(error, folder)
        return
    selection = filters.selection_in_force(release, language)
    view = View(release, config, selection, language, role)
    page = st.navigation(_navigation(view), position="sidebar")
    with st.sidebar:
        if config.company:
            st.markdown(f"**{_plain(config.company)}**")
        filters.language_switch(language)
        if page.url_path not in WITHOUT_FILTERS:
            filters.filters(release, config, selection, language)
    messages.banner(view, datetime.now(ZoneInfo(config.time_zone)).date(), current_id(folder))
    try:
        page.run()
    except CxError as error:
        st.error(_("This page cannot be shown."))
        st.text(told(error))
    messages.foot(release)


def _navigation(view: View) -> dict[str, list[st.Page]]:
    return {
        _(section): [
            st.Page(partial(render, view), title=_(title), url_path=name, default=name == "scorecard")
            for title, name, render in pages
        ]
        for section, pages in PAGES.items()
    }


def _release_in_force(folder: Path) -> str:
    """The published release, or the earlier one that the address names."""
    wanted = url.parameters_in_force().get("release", "")
    return wanted if wanted in release_ids(folder) else current_id(folder)


def _role(config: Config) -> str:
    """Role of the reader; asks to sign in where the company wants that."""
    if not config.access.sign_in:
        return config.access.default_role
    if not st.user.is_logged_in:
        st.button(_("Sign in"), on_click=st.login)
        st.stop()
    return config.role_of(str(st.user.get("email") or ""))


def _declare_language(language: str) -> None:
    # Streamlit says lang="en" whatever the page's language is; screen readers would mispronounce Spanish.
    st.html(f"<script>document.documentElement.lang = '{language}'</script>", unsafe_allow_javascript=True)


def _plain(text: str) -> str:
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]()#+-.!<>|$~:" else letter for letter in text)


if __name__ == "__main__":
    main()
