"""The last results of slow computations: a progress bar cannot be drawn inside Streamlit's cache."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Any

import streamlit as st

MOST_KEPT = 60


class Kept:
    """Results by key, for all readers; the ones not used for longest go first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._results: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Any:
        """The result kept under a key, or None."""
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
            return self._results.get(key)

    def put(self, key: Hashable, result: Any) -> None:
        """Keep a result."""
        with self._lock:
            self._results[key] = result
            while len(self._results) > self._most:
                self._results.popitem(last=False)


@st.cache_resource(show_spinner=False)
def kept(name: str, most: int = MOST_KEPT) -> Kept:
    """The results kept under a name, one store for each; large ones in small number."""
    return Kept(most)
