"""Controls whose choice is part of the URL: codes outside, labels in the reader's language inside."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from pages.parts import url
from pages.parts.view import View

MOST_SEGMENTS = 6
"""Options that are shown side by side; more go into a list."""


def choose(view: View, field: str, options: Sequence[str], label: str, name_of: Callable[[str], str]) -> str:
    """One of several options, kept in the URL under the name of a field of the selection.

    Parameters
    ----------
    view : View
    field : str
        ``metric``, ``by`` or ``window``.
    options : sequence of str
        Codes; the first one holds where the selection's own is not among them.
    label : str
        Shown above the control.
    name_of : callable
        Label of an option.

    Returns
    -------
    str
        The code in force.
    """
    current = str(getattr(view.selection, field))
    chosen = current if current in options else options[0]
    key = f"{field}@{view.language}"
    # A label is what travels between browser and server, so each language has a control of its own.
    st.session_state[key] = chosen

    def changed() -> None:
        url.change(field, str(st.session_state[key] or chosen))

    if len(options) <= MOST_SEGMENTS:
        st.segmented_control(
            label, options, format_func=name_of, key=key, on_change=changed, required=True, wrap=True
        )
    else:
        st.selectbox(label, options, format_func=name_of, key=key, on_change=changed)
    return chosen
