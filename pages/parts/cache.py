"""Results and chart specifications, computed once per release, role, selection and language.

Keys are small and hashable; frames and connections never take part in them, because Streamlit hashes
large frames by a sample. What is cached must depend on nothing but its key.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import altair as alt
import streamlit as st

from cxdata.language import current_locale
from pages.parts.view import View

Result = TypeVar("Result")


def cached(view: View, name: str, compute: Callable[[], Result], *extra: Hashable) -> Result:
    """The result of `compute`, from the cache where the same has been asked before.

    Parameters
    ----------
    view : View
        Its release, role, selection and language are part of the key.
    name : str
        What is computed; unique within the product.
    compute : callable
        Computes it; called without arguments.
    extra : hashable
        Whatever else the result depends on.
    """
    return _computed(
        name,
        str(view.release.folder),
        view.role,
        view.selection,
        current_locale(),
        extra,
        repr(view.config),
        compute,
    )


def draw(
    view: View,
    name: str,
    build: Callable[[], alt.Chart | alt.LayerChart | alt.FacetChart],
    *extra: Hashable,
    alt_text: str,
) -> None:
    """Draw a chart from its cached specification; building Altair objects is most of a page's cost.

    Parameters
    ----------
    view, name, extra
        As for `cached`.
    build : callable
        Returns the chart.
    alt_text : str
        The takeaway in words, for readers who do not see the chart.
    """
    spec = cached(view, f"chart:{name}", lambda: build().to_dict(validate=False), *extra)
    st.vega_lite_chart(spec, width="stretch", key=f"{name}:{view.language}", alt=alt_text)


@st.cache_data(max_entries=500, show_spinner=False)
def _computed(
    name: str,
    release_folder: str,
    role: str,
    selection: Any,
    locale: str,
    extra: tuple[Hashable, ...],
    settings: str,
    _compute: Callable[[], Any],
) -> Any:
    return _compute()
