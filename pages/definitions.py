"""Definitions: what every number, word, question, table and column means, with one search over all."""

from __future__ import annotations

import streamlit as st

from cxdata.definitions.entries import found, metric_entries, term_entries
from cxdata.language import gettext as _
from pages.parts import definitions
from pages.parts.view import View


def render(view: View) -> None:
    """The glossary and the data dictionary, or what of them the reader searches for."""
    st.title(_("Definitions"))
    asked = definitions.search(view)
    metrics = found(metric_entries(view.config), asked)
    terms = found(term_entries(view.config), asked)
    questions = definitions.asked_questions(view, asked)
    contract = definitions.contract_tables(view, asked)
    published = definitions.published_tables(view, asked)

    definitions.answer(asked, len(metrics), len(terms), questions, contract, published)
    definitions.metrics(metrics)
    definitions.terms(terms)
    definitions.questions(questions)
    definitions.contract(contract, asked)
    definitions.published(published, asked)


if __name__ == "__main__":
    from dashboard import main

    main()
