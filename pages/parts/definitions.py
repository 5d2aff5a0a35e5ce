"""The sections of the page Definitions."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from cxdata.contract import TABLES
from cxdata.definitions import dictionary, query
from cxdata.definitions.entries import Entry
from cxdata.definitions.questions import questions_table
from cxdata.definitions.search import matches, matching_rows
from cxdata.language import gettext as _
from cxdata.language import ngettext
from cxdata.published import Published
from cxdata.schema import Table
from cxdata.scorecard import query as scorecard_query
from cxdata.templates import dictionary as dictionary_markdown
from pages.parts.cache import cached
from pages.parts.view import View

PARAMETER = "term"
"""Name in the address of what is searched for: `?term=nps` is a link to a definition."""

LONGEST_SEARCH = 100

MOST_QUESTIONS = 15
"""Rows that the table of questions shows before it scrolls."""

QUESTION_WIDTH = 330
"""Of the wording, in pixels: the other columns fit beside it on a laptop."""

_GROUPS = ("facts", "marts", "personal")


def search(view: View) -> str:
    """The search box, whose text is part of the address; returns what is searched for."""
    key = f"{PARAMETER}@{view.language}"
    st.session_state[key] = st.query_params.get(PARAMETER, "")[:LONGEST_SEARCH]

    def changed() -> None:
        if st.session_state[key]:
            st.query_params[PARAMETER] = st.session_state[key]
        else:
            st.query_params.pop(PARAMETER, None)

    text = st.text_input(
        _("Search definitions, questions, tables and columns"),
        key=key,
        type="search",
        live="300ms",
        max_chars=LONGEST_SEARCH,
        placeholder=_("For instance: renewal, interval, weight"),
        on_change=changed,
    )
    return (text or "").strip()


def asked_questions(view: View, asked: str) -> pd.DataFrame:
    """The company's questions in which everything searched for occurs."""
    frame = cached(
        view,
        "definition_questions",
        lambda: questions_table(scorecard_query.questions(view.release), view.config.labels),
    )
    return matching_rows(frame, asked)


def contract_tables(view: View, asked: str) -> dict[Table, pd.DataFrame]:
    """Contract tables with the columns in which everything searched for occurs."""
    frames = cached(
        view, "contract_columns", lambda: [dictionary.contract_columns(table) for table in TABLES]
    )
    found: dict[Table, pd.DataFrame] = {}
    for table, frame in zip(TABLES, frames, strict=True):
        about = (table.name, _(table.grain))
        rows = matching_rows(frame, asked, *about)
        if len(rows) or matches(asked, *about, *dictionary.rules(table)):
            found[table] = rows if len(rows) else frame
    return found


def published_tables(view: View, asked: str) -> dict[Published, pd.DataFrame]:
    """Tables of the release with the columns in which everything searched for occurs."""
    tables = cached(
        view, "published_columns", lambda: dictionary.published_tables(query.published_columns(view.release))
    )
    found = {
        table: matching_rows(frame, asked, table.name, _(table.grain)) for table, frame in tables.items()
    }
    return {table: frame for table, frame in found.items() if len(frame)}


def answer(
    asked: str,
    metrics: int,
    terms: int,
    asked_: pd.DataFrame,
    contract: dict[Table, pd.DataFrame],
    published: dict[Published, pd.DataFrame],
) -> None:
    """How much there is, or how much was found; and what to do where nothing was."""
    columns = sum(len(frame) for frame in (*contract.values(), *published.values()))
    if not (metrics or terms or len(asked_) or columns):
        st.info(_("Nothing found. Try fewer or shorter words; the search looks at names, meanings, formulas and "
                  "codes."))  # fmt: skip
        return
    counts = (
        ("metrics", metrics, ngettext("{n} metric", "{n} metrics", metrics)),
        ("terms", terms, ngettext("{n} term", "{n} terms", terms)),
        ("questions", len(asked_), ngettext("{n} question", "{n} questions", len(asked_))),
        ("columns" if contract else "published", columns, ngettext("{n} column", "{n} columns", columns)),
    )
    links = [f"[{text.format(n=n)}](#{anchor})" for anchor, n, text in counts if n]
    text = _("Found: {counts}.") if asked else _("Explained here: {counts}.")
    st.markdown(text.format(counts=" · ".join(links)))


def metrics(entries: Sequence[Entry]) -> None:
    """Metrics as cards."""
    if not entries:
        return
    st.subheader(_("Metrics"), anchor="metrics")
    with st.grid(min_column_width=320, gap="small"):
        for entry in entries:
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.markdown(f"**{entry.label}** — {entry.meaning}")
                for heading, text in entry.facts:
                    st.markdown(f":small[**{heading}:** {text}]")


def terms(entries: Sequence[Entry]) -> None:
    """Terms as a table."""
    if not entries:
        return
    st.subheader(_("Terms"), anchor="terms")
    rows = [
        (
            f"**{entry.label}**",
            entry.meaning,
            " · ".join(f"{heading}: {text}" for heading, text in entry.facts),
        )
        for entry in entries
    ]
    frame = pd.DataFrame(rows, columns=["term", "meaning", "more"])
    _table(frame, {"term": _("Term"), "meaning": _("Meaning"), "more": _("More")})


def questions(frame: pd.DataFrame) -> None:
    """The company's questions."""
    if frame.empty:
        return
    st.subheader(_("Questions"), anchor="questions")
    st.caption(
        _("What the company asks its customers. A later scale of a question carries its date in the code.")
    )
    st.dataframe(
        frame,
        hide_index=True,
        width="stretch",
        height="content" if len(frame) <= MOST_QUESTIONS else 35 * (MOST_QUESTIONS + 1),
        column_config={
            _("Question"): st.column_config.TextColumn(width=QUESTION_WIDTH),
            _("Answers"): st.column_config.TextColumn(alignment="right"),
        },
    )


def contract(found: dict[Table, pd.DataFrame], asked: str) -> None:
    """What may come in: contract tables, their rules and templates."""
    if not found:
        return
    st.subheader(_("Contract tables: what may come in"), anchor="columns")
    st.download_button(
        _("Data dictionary (Markdown)"),
        dictionary_markdown,
        file_name="DICTIONARY.md",
        mime="text/markdown",
        on_click="ignore",
    )
    st.caption(
        _(
            "Kinds: an identifier names one thing, a code is a short word to group by, a month is given as its first "
            "day or as YYYY-MM; a date and time without an offset is read on the company's clock."
        )
    )
    for table, frame in found.items():
        label = _("{table} (required)") if table.required else "{table}"
        with st.expander(
            f"{label.format(table=f'**{table.name}**')} — {_(table.grain)}", expanded=bool(asked)
        ):
            _table(frame, _contract_headings())
            st.markdown("\n".join(f"- {rule}" for rule in dictionary.rules(table)))
            st.download_button(
                _("Template {file}").format(file=f"{table.name}.csv"),
                dictionary.csv_template(table),
                file_name=f"{table.name}.csv",
                mime="text/csv",
                on_click="ignore",
                key=f"template_{table.name}",
            )


def published(found: dict[Published, pd.DataFrame], asked: str) -> None:
    """What a release holds: typed tables, marts, personal tables."""
    if not found:
        return
    st.subheader(_("Published tables: what a release holds"), anchor="published")
    titles = {
        "facts": _("Typed tables (scorecard.duckdb)"),
        "marts": _("Counts and sums by month, and renewal decisions (scorecard.duckdb)"),
        "personal": _("Personal data (personal.duckdb, opened only for roles that may see it)"),
    }
    headings = {"column": _("Column"), "type": _("Type"), "meaning": _("Meaning")}
    for group in _GROUPS:
        tables = {table: frame for table, frame in found.items() if table.group == group}
        if tables:
            st.markdown(f"**{titles[group]}**")
        for table, frame in tables.items():
            with st.expander(f"**{table.name}** — {_(table.grain)}", expanded=bool(asked)):
                _table(frame, headings)


def _contract_headings() -> dict[str, str]:
    return {
        "column": _("Column"),
        "kind": _("Kind"),
        "required": _("Required"),
        "key": _("Key"),
        "allowed": _("Allowed"),
        "unit": _("Unit"),
        "meaning": _("Meaning"),
    }


def _table(frame: pd.DataFrame, headings: dict[str, str]) -> None:
    """Our own words as a table that wraps; nothing from the data is shown this way."""
    shown = frame.loc[:, [name for name in headings if frame[name].astype(bool).any()]]
    st.table(shown.rename(columns=headings), border="horizontal", hide_index=True)
