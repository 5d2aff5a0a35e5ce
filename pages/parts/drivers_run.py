"""Running an analysis for the page: estimates at once, everything else after it, both kept per release and settings."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cxdata.drivers.analysis import Analysis, analyse
from cxdata.drivers.deeper import Deeper, deepen
from cxdata.drivers.observations import Driver
from cxdata.drivers.prepared import Prepared, Read, arrange, read
from cxdata.drivers.settings import Settings
from cxdata.errors import CxError
from cxdata.language import gettext as _
from cxdata.messages import told
from cxdata.scorecard.words import sentence_case
from pages.parts.cache import cached
from pages.parts.kept import kept
from pages.parts.view import View

MOST_READ = 6


def offered(view: View, settings: Settings) -> tuple[tuple[Driver, ...], tuple[str, ...]]:
    """Drivers that can be chosen for an outcome, and those chosen where nobody chooses."""

    def listed() -> tuple[tuple[Driver, ...], tuple[str, ...]]:
        found = _read(view, settings).observations
        return found.drivers, found.default

    try:
        return cached(view, "drivers:offered", listed, settings, in_words=False)
    except CxError:
        # The form stays usable; what is wrong is said below it, where the estimates are asked for.
        return (), ()


def estimates(view: View, settings: Settings) -> Analysis | None:
    """The first half; None, and why in words, where the data cannot carry it."""
    try:
        with st.spinner(_("Reading what came before each decision …")):
            return cached(
                view, "drivers:estimates", lambda: analyse(_prepare(view, settings)), settings, in_words=False
            )
    except CxError as error:
        # st.text, not markdown: the message may quote names from the data.
        with st.container(border=True):
            st.markdown(_("**This cannot be analysed as asked.**"))
            st.text(sentence_case(told(error)))
        return None


def refined(view: View, settings: Settings, place: DeltaGenerator | None) -> Deeper | None:
    """The second half; without a place for its progress only what has been computed before."""
    key = (str(view.release.folder), view.selection, repr(view.config), settings)
    found: Deeper | None = kept("drivers:deeper").get(key)
    if found is not None or place is None:
        return found
    bar = place.progress(0.0, text=_("Intervals and checks …"))
    found = deepen(
        _prepare(view, settings),
        progress=lambda share: bar.progress(min(max(share, 0.0), 1.0), text=_("Intervals and checks …")),
    )
    place.empty()
    kept("drivers:deeper").put(key, found)
    return found


def _prepare(view: View, settings: Settings) -> Prepared:
    key = (str(view.release.folder), view.selection, repr(view.config), settings)
    found: Prepared | None = kept("drivers:prepared").get(key)
    if found is None:
        found = arrange(view.release, view.selection, settings, _read(view, settings))
        kept("drivers:prepared").put(key, found)
    return found


def _read(view: View, settings: Settings) -> Read:
    """Rows of the release once for the list of drivers and for any choice of them."""
    whatever = replace(settings, drivers=())
    key = (str(view.release.folder), view.selection, repr(view.config), whatever)
    found: Read | None = kept("drivers:read", MOST_READ).get(key)
    if found is None:
        month = view.selection.month or view.release.as_of.replace(day=1)
        found = read(view.release, view.selection, whatever, month)
        kept("drivers:read", MOST_READ).put(key, found)
    return found
