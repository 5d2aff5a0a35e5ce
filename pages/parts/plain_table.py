"""Tables of numbers in the page's own HTML, and choices of a page that live in the address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import streamlit as st

from cxdata.language import gettext as _
from cxdata.scorecard.words import joined
from cxdata.selection import CUSTOMER_DIMENSIONS
from cxdata.vocabulary import DIMENSION_LABELS
from pages.parts.choose import MOST_SEGMENTS
from pages.parts.markup import header, tag, wrap
from pages.parts.view import View


def cell(text: str, note: str = "", css: str = "", tint: str = "") -> str:
    """A cell with a number and, below it, what belongs to it; both are plain text and escaped."""
    inner = tag("span", text, css or "cx-number")
    if note:
        inner += wrap("div", escape(note), "cx-muted")
    return wrap("td", inner, tint)


def plain_table(title: str, heads: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Draw a table, in a box of its own that scrolls where the screen is too narrow for it.

    Parameters
    ----------
    title : str
        Read out to those who do not see the table.
    heads : sequence of str
        Of all columns, the first one being that of the rows' names.
    rows : sequence of (str, sequence of str)
        Name of the row (plain text), and its cells as HTML from `cell`.
    """
    head = wrap("tr", "".join(header(name, "col") for name in heads))
    body = "".join(wrap("tr", header(name, "row") + "".join(cells)) for name, cells in rows)
    inner = tag("caption", title, "cx-hidden") + wrap("thead", head) + wrap("tbody", body)
    scrolled = f'tabindex="0" role="region" aria-label="{escape(title)}"'
    st.html(wrap("div", wrap("table", inner, "cx-table"), "cx-scroll", scrolled))


def note(text: str) -> None:
    """A remark in small print; it may quote names from the data, so it never passes through Markdown."""
    if text:
        st.html(wrap("div", tag("p", text), "cx-notes"))


def unfiltered(view: View) -> None:
    """Say which filters in force do not reach customers, terms and money."""
    names = [name for name in view.selection.active() if name not in CUSTOMER_DIMENSIONS]
    if names:
        listed = joined([_(DIMENSION_LABELS[name]).lower() for name in names], either=True)
        note(_("Customers, terms and money are not filtered by {dimensions}: they have none.").format(
            dimensions=listed
        ))  # fmt: skip


def own_choice(
    view: View,
    parameter: str,
    options: Sequence[str],
    label: str,
    name_of: Callable[[str], str],
    default: str = "",
) -> str:
    """One of several options, kept in the address under a name of the page's own.

    Parameters
    ----------
    view : View
    parameter : str
        Name in the address, in no language.
    options : sequence of str
        Codes.
    label : str
        Shown above the control.
    name_of : callable
        Label of an option.
    default : str
        The code that holds where the address names none of them; the first one unless it is given.

    Returns
    -------
    str
        The code in force.
    """
    # "" is a code, too: the group of those whose value is not stated.
    wanted = st.query_params.get(parameter, default or options[0])
    chosen = next(code for code in (wanted, default or options[0], options[0]) if code in options)
    key = f"{parameter}@{view.language}"
    st.session_state[key] = chosen

    def changed() -> None:
        st.query_params[parameter] = str(st.session_state[key] or chosen)

    if len(options) <= MOST_SEGMENTS:
        st.segmented_control(
            label, options, format_func=name_of, key=key, on_change=changed, required=True, wrap=True
        )
    else:
        st.selectbox(label, options, format_func=name_of, key=key, on_change=changed, width=320)
    return chosen
