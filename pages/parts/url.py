"""The selection in the URL, in codes that no language changes.

The URL is what a reload, a bookmark and a shared link carry, so it is the first source of truth; the
session keeps a copy for the moment after a page change, when the address arrives without parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import streamlit as st

from cxdata.language import LANGUAGES
from cxdata.selection import DIMENSIONS, WINDOWS, Selection
from cxdata.vocabulary import METRICS

SEPARATOR = "~"
"""Between the values of a filter: a character that codes hardly ever hold, and URLs do not escape."""

OWN = ("lang", "month", "metric", "by", "window", "weighted", *DIMENSIONS, "release")
"""Parameters that every page keeps: the selection, and an earlier release that is looked at on purpose."""

_STATE = "choices"


def encode(selection: Selection, language: str) -> dict[str, str]:
    """Parameters of a selection; what is left at its default is left out, month and language never are."""
    default = Selection()
    found = {"lang": language}
    if selection.month:
        found["month"] = f"{selection.month:%Y-%m}"
    for name in ("metric", "by"):
        if getattr(selection, name) != getattr(default, name):
            found[name] = getattr(selection, name)
    if selection.window != default.window:
        found["window"] = str(selection.window)
    if selection.weighted:
        found["weighted"] = "1"
    for name, values in selection.active().items():
        found[name] = join(list(values))
    return found


def decode(parameters: Mapping[str, str], allowed: Mapping[str, list[str]], months: list[date]) -> Selection:
    """The selection that parameters describe.

    Parameters
    ----------
    parameters : mapping
        As in the URL; anybody may have written them.
    allowed : mapping of str to list of str
        Values that each dimension has in the release; others are dropped.
    months : list of date
        Months that can be chosen; any other falls back to None.
    """
    month = next((day for day in months if f"{day:%Y-%m}" == parameters.get("month")), None)
    metric = parameters.get("metric", "")
    by = parameters.get("by", "")
    window = parameters.get("window", "")
    filters = {name: _values(parameters.get(name, ""), allowed.get(name, [])) for name in DIMENSIONS}
    default = Selection()
    return Selection(
        month=month,
        metric=metric if metric in METRICS else default.metric,
        by=by if by in DIMENSIONS else default.by,
        window=int(window) if window in {str(size) for size in WINDOWS} else default.window,
        weighted=parameters.get("weighted") == "1",
        touchpoint=filters["touchpoint"],
        channel=filters["channel"],
        segment=filters["segment"],
        region=filters["region"],
        plan=filters["plan"],
        persona=filters["persona"],
    )


def parameters_in_force() -> dict[str, str]:
    """The selection's parameters: from the URL where it has any, else from the session."""
    in_url = {name: st.query_params[name] for name in OWN if name in st.query_params}
    return in_url or dict(st.session_state.get(_STATE, {}))


def keep(selection: Selection, language: str) -> None:
    """Write a selection, keeping what else belongs to every page."""
    parameters = encode(selection, language)
    if release := parameters_in_force().get("release"):
        parameters["release"] = release
    write(parameters)


def change(name: str, value: str) -> None:
    """Set one parameter, in the session and in the URL; an empty value removes it."""
    parameters = parameters_in_force()
    parameters.pop(name, None)
    if value:
        parameters[name] = value
    write(parameters)


def write(parameters: Mapping[str, str]) -> None:
    """Bring the URL and the session in line with the parameters, leaving those of pages alone."""
    st.session_state[_STATE] = dict(parameters)
    others = {name: value for name, value in st.query_params.items() if name not in OWN}
    wanted = {**parameters, **others}
    if wanted != dict(st.query_params):
        st.query_params.from_dict(wanted)


def language_in_force(default: str) -> str:
    """Language of the URL or the session, else the company's."""
    language = parameters_in_force().get("lang", default)
    return language if language in LANGUAGES else default


def join(values: list[str]) -> str:
    """Values of a filter as one parameter."""
    return SEPARATOR.join(value.replace("!", "!0").replace(SEPARATOR, "!1") for value in values)


def _values(text: str, allowed: list[str]) -> tuple[str, ...]:
    wanted = {part.replace("!1", SEPARATOR).replace("!0", "!") for part in text.split(SEPARATOR)}
    # In the release's order, so that two ways of choosing the same values share a cache entry.
    return tuple(value for value in allowed if value in wanted)
