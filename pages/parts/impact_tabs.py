"""The parts of the page Financial impact: a change in money, actions that worked, what a point is worth."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

import streamlit as st

from cxdata.language import gettext as _
from pages.parts import impact
from pages.parts.view import View

CHANGE, ACTIONS, POINTS = "change", "actions", "points"
TAB = "part"


def _others() -> dict[str, Callable[[View], None]]:
    found = {}
    for tab, name in ((ACTIONS, "pages.parts.impact_actions"), (POINTS, "pages.parts.impact_points")):
        if find_spec(name) is not None:
            found[tab] = import_module(name).render
    return found


TABS: dict[str, Callable[[View], None]] = {CHANGE: impact.render, **_others()}


def chosen(view: View) -> str:
    """The part in force, from the address; the first one is never written there."""
    labels = {
        CHANGE: _("What a change is worth"),
        ACTIONS: _("Did it work?"),
        POINTS: _("What a point is worth"),
    }
    wanted = st.query_params.get(TAB, CHANGE)
    current = wanted if wanted in TABS else CHANGE
    if len(TABS) < 2:
        return current
    key = f"impact:{TAB}@{view.language}"
    st.session_state[key] = current

    def changed() -> None:
        if st.session_state[key] == CHANGE:
            st.query_params.pop(TAB, None)
        else:
            st.query_params[TAB] = st.session_state[key]

    st.segmented_control(
        _("Part of the page"), list(TABS), format_func=labels.__getitem__, key=key, on_change=changed, required=True,
        wrap=True, label_visibility="collapsed",
    )  # fmt: skip
    return current
