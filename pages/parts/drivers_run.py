"""Running an analysis for the page: estimates at once, everything else after it, both kept per release and settings."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import replace
from threading import Lock
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cxdata.drivers.analysis import Analysis, analyse
from cxdata.drivers.deeper import Deeper, deepen
from cxdata.drivers.observations import Driver
from cxdata.drivers.prepared import Prepared, Read, arrange, read
from cxdata.drivers.settings import Settings
from cxdata.errors import CxError
from cxdata.language import current_locale
from cxdata.language import gettext as _
from cxdata.messages import told
from cxdata.scorecard.words import sentence_case
from pages.parts.cache import cached
from pages.parts.view import View

MOST_KEPT, MOST_READ = 40, 6


class _Kept:
    """Results of slow computations, the last used ones; a progress bar cannot be drawn inside Streamlit's cache."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self.most = most
        self.results: OrderedDict[Hashable, Any] = OrderedDict()
        self.lock = Lock()

    def get(self, key: Hashable) -> Any:
        with self.lock:
            if key in self.results:
                self.results.move_to_end(key)
            return self.results.get(key)

    def put(self, key: Hashable, result: Any) -> None:
        with self.lock:
            self.results[key] = result
            while len(self.results) > self.most:
                self.results.popitem(last=False)


@st.cache_resource(show_spinner=False)
def _kept() -> _Kept:
    return _Kept()


@st.cache_resource(show_spinner=False)
def _prepared_kept() -> _Kept:
    return _Kept()


@st.cache_resource(show_spinner=False)
def _read_kept() -> _Kept:
    return _Kept(MOST_READ)


def offered(view: View, settings: Settings) -> tuple[tuple[Driver, ...], tuple[str, ...]]:
    """Drivers that can be chosen for an outcome, and those chosen where nobody chooses."""

    def listed() -> tuple[tuple[Driver, ...], tuple[str, ...]]:
        found = _read(view, settings).observations
        return found.drivers, found.default

    try:
        return cached(view, "drivers:offered", listed, settings)
    except CxError:
        # The form stays usable; what is wrong is said below it, where the estimates are asked for.
        return (), ()


def estimates(view: View, settings: Settings) -> Analysis | None:
    """The first half; None, and why in words, where the data cannot carry it."""
    try:
        with st.spinner(_("Reading what came before each decision …")):
            return cached(view, "drivers:estimates", lambda: analyse(_prepare(view, settings)), settings)
    except CxError as error:
        # st.text, not markdown: the message may quote names from the data.
        with st.container(border=True):
            st.markdown(_("**This cannot be analysed as asked.**"))
            st.text(sentence_case(told(error)))
        return None


def refined(view: View, settings: Settings, place: DeltaGenerator | None) -> Deeper | None:
    """The second half; without a place for its progress only what has been computed before."""
    key = (str(view.release.folder), view.selection, current_locale(), repr(view.config), settings)
    found: Deeper | None = _kept().get(key)
    if found is not None or place is None:
        return found
    bar = place.progress(0.0, text=_("Intervals and checks …"))
    found = deepen(
        _prepare(view, settings),
        progress=lambda share: bar.progress(min(max(share, 0.0), 1.0), text=_("Intervals and checks …")),
    )
    place.empty()
    _kept().put(key, found)
    return found


def _prepare(view: View, settings: Settings) -> Prepared:
    key = (str(view.release.folder), view.selection, repr(view.config), settings)
    found: Prepared | None = _prepared_kept().get(key)
    if found is None:
        found = arrange(view.release, view.selection, settings, _read(view, settings))
        _prepared_kept().put(key, found)
    return found


def _read(view: View, settings: Settings) -> Read:
    """Rows of the release once for the list of drivers and for any choice of them."""
    whatever = replace(settings, drivers=())
    key = (str(view.release.folder), view.selection, repr(view.config), whatever)
    found: Read | None = _read_kept().get(key)
    if found is None:
        month = view.selection.month or view.release.as_of.replace(day=1)
        found = read(view.release, view.selection, whatever, month)
        _read_kept().put(key, found)
    return found
