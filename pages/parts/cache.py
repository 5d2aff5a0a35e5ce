"""Results and chart specifications, computed once per release, role, selection and language.

Keys are small and hashable; frames and connections never take part in them, because Streamlit hashes
large frames by a sample. What is cached must depend on nothing but its key.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import altair as alt
import pandas as pd
import pyarrow as pa
import streamlit as st
from altair.utils.schemapi import debug_mode

from cxdata.language import current_locale
from pages.parts.view import View

Result = TypeVar("Result")


def cached(
    view: View, name: str, compute: Callable[[], Result], *extra: Hashable, in_words: bool = True
) -> Result:
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
    in_words : bool
        Whether the result holds texts; numbers are computed once for all languages.
    """
    return _computed(
        name,
        str(view.release.folder),
        view.role,
        view.selection,
        current_locale() if in_words else "",
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

    def built() -> dict[str, Any]:
        # The tests check every part of a chart against Vega-Lite's schema; here that would take half of the time.
        with debug_mode(False):
            return ready(build().to_dict(validate=False))

    spec = cached(view, f"chart:{name}", built, *extra)
    st.vega_lite_chart(spec, width="stretch", key=f"{name}:{view.language}", alt=alt_text)


def ready(spec: dict[str, Any]) -> dict[str, Any]:
    """A chart's specification with its rows as they travel to the browser (Arrow IPC).

    Streamlit would turn rows into that anew at every rerun, which costs more than everything else about a chart.

    Parameters
    ----------
    spec : dict
        From Altair, its rows under ``datasets``.
    """
    return spec | {"datasets": {name: _arrow(rows) for name, rows in spec.get("datasets", {}).items()}}


def _arrow(rows: list[dict[str, Any]]) -> bytes | list[dict[str, Any]]:
    try:
        table = pa.Table.from_pandas(pd.DataFrame(rows))
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return rows  # a column of mixed types: Streamlit knows what to do with it
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue().to_pybytes())


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
