"""The scorecard's own HTML: text that is escaped, and verdicts that all look alike."""

from __future__ import annotations

from html import escape
from pathlib import Path

import streamlit as st

from cxdata.scorecard.words import ARROWS

STYLES = Path(__file__).resolve().parent / "scorecard.css"


def styles() -> None:
    """Put the style sheet into the page; call it once a run."""
    st.html(STYLES)


def tag(name: str, text: str, css: str = "") -> str:
    """An element around plain text, which is escaped: names and labels come from the data."""
    return wrap(name, escape(text), css)


def wrap(name: str, inner: str, css: str = "", more: str = "") -> str:
    """An element around HTML that is already safe."""
    attributes = (f' class="{css}"' if css else "") + (f" {more}" if more else "")
    return f"<{name}{attributes}>{inner}</{name}>"


def header(text: str, scope: str, css: str = "") -> str:
    """A heading cell of a table: the name of a row or a column."""
    return wrap("th", escape(text), css, f'scope="{scope}"')


def verdict(text: str, code: str, judgement: str) -> str:
    """A verdict: its arrow and words, coloured only where the change is real and has a direction."""
    arrow = ARROWS.get(code, "")
    css = f"cx-verdict cx-{judgement}" if arrow and judgement in ("good", "bad") else "cx-verdict"
    mark = wrap("span", f"{arrow} ", more='aria-hidden="true"') if arrow else ""
    return wrap("span", mark + escape(text), css)
