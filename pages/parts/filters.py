"""The sidebar: language, month and filters, as one `Selection`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import streamlit as st

from cxdata.config import Config
from cxdata.database import Release
from cxdata.language import LANGUAGES, format_month
from cxdata.language import gettext as _
from cxdata.scorecard import query
from cxdata.scorecard.board import default_month
from cxdata.selection import DIMENSIONS, Selection
from cxdata.vocabulary import DIMENSION_LABELS, label_of
from pages.parts import url


@st.cache_data(max_entries=8, show_spinner=False)
def _choices(
    release_id: str, _release: Release
) -> tuple[list[date], dict[str, list[str]], date | None, bool]:
    frame = query.months(_release)
    months = list(frame[(frame["answers"] > 0) | (frame["decided"] > 0)]["month"])
    return months, query.dimension_values(_release), default_month(_release), query.has_weights(_release)


def language_switch(language: str) -> None:
    """The control that changes the language and nothing else."""
    key = f"language@{language}"
    st.session_state[key] = language
    st.segmented_control(
        _("Language"),
        list(LANGUAGES),
        format_func=LANGUAGES.__getitem__,
        key=key,
        on_change=lambda: url.change("lang", st.session_state[key] or language),
        label_visibility="collapsed",
        required=True,
        width="stretch",
    )


def selection_in_force(release: Release, language: str) -> Selection:
    """The selection of the URL or the session, with a month; brings the URL in line with it."""
    months, values, newest, _weighted = _choices(str(release.folder), release)
    selection = url.decode(url.parameters_in_force(), values, months)
    if selection.month is None:
        selection = replace(selection, month=newest or release.as_of.replace(day=1))
    url.keep(selection, language)
    return selection


def filters(release: Release, config: Config, selection: Selection, language: str) -> None:
    """Show the month and the filters; a change takes effect through the URL at the next run."""
    months, values, _newest, weighted = _choices(str(release.folder), release)
    _month(selection, months, release, language)
    for dimension in DIMENSIONS:
        if len(values.get(dimension, [])) > 1:
            _filter(dimension, values[dimension], selection, config, language)
    if weighted:
        _weights(selection, language)
    if selection.active():
        st.button(_("Clear filters"), on_click=_clear, args=(selection, language), width="stretch")


def _month(selection: Selection, months: list[date], release: Release, language: str) -> None:
    unfinished = release.as_of.replace(day=1)
    key = f"month@{language}"
    options = [f"{month:%Y-%m}" for month in reversed(months)]
    if not options or selection.month is None:
        return
    st.session_state[key] = f"{selection.month:%Y-%m}"

    def label(code: str) -> str:
        month = date.fromisoformat(f"{code}-01")
        text = format_month(month)
        return _("{month} (unfinished)").format(month=text) if month == unfinished else text

    st.selectbox(
        _("Month"),
        options,
        format_func=label,
        key=key,
        on_change=lambda: url.change("month", st.session_state[key]),
    )


def _filter(dimension: str, values: list[str], selection: Selection, config: Config, language: str) -> None:
    key = f"{dimension}@{language}"
    st.session_state[key] = list(getattr(selection, dimension))
    st.multiselect(
        _(DIMENSION_LABELS[dimension]),
        values,
        format_func=lambda code: label_of(code, config.labels),
        key=key,
        placeholder=_("All"),
        on_change=lambda: url.change(dimension, url.join(st.session_state[key])),
    )


def _weights(selection: Selection, language: str) -> None:
    key = f"weighted@{language}"
    st.session_state[key] = selection.weighted
    st.toggle(
        _("Use response weights"),
        key=key,
        help=_("Scores count each answer with the weight that its survey carries."),
        on_change=lambda: url.change("weighted", "1" if st.session_state[key] else ""),
    )


def _clear(selection: Selection, language: str) -> None:
    url.keep(selection.without_filters(), language)
