"""Running a valuation for the page: what it rests on once per filters, a preview at once, all draws on demand."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cxdata.drivers.churn import churn_regression
from cxdata.drivers.kinds import Driver
from cxdata.drivers.prepared import prepare
from cxdata.drivers.settings import CHURN, Settings
from cxdata.drivers.words import offered_names
from cxdata.finance.impact.books import Books, books_beside
from cxdata.finance.impact.levers import moves
from cxdata.finance.impact.profiles import Profiles, profiles_of
from cxdata.finance.impact.results import Valuation
from cxdata.finance.impact.valuation import value
from cxdata.finance.query import active_terms
from cxdata.finance.scenarios.scenario import Scenario
from cxdata.language import format_number
from cxdata.language import gettext as _
from cxdata.models.churn import ChurnDriver
from pages.parts.kept import kept
from pages.parts.view import View

GROUND, VALUED = "impact:ground", "impact:valued"
MOST_GROUNDS = 12
"""Each holds every decision of a year, for one choice of filters."""


@dataclass(frozen=True)
class Ground:
    """What valuations of one release and selection rest on: weighted decisions, the drivers by their names' parts, and
    what the books leave of the same customers.
    """

    profiles: Profiles
    drivers: tuple[Driver, ...]
    books: Books | None = None

    @property
    def movable(self) -> tuple[ChurnDriver, ...]:
        """Drivers that a lever can move."""
        return tuple(driver for driver in self.profiles.regression.drivers if moves(driver))


def settled(view: View) -> View:
    """The same view with what customers, terms and money depend on only: filters of customers, and the month."""
    chosen = replace(
        view.selection, metric="nps", by="touchpoint", window=1, touchpoint=(), channel=(), weighted=False
    )
    return replace(view, selection=chosen)


def ground(view: View, margin_share: float | None) -> Ground:
    """Regression and weighted decisions of a settled view.

    Raises
    ------
    TooLittleData, UnknownTerm, InputBlocked
        Where the data cannot carry it; the sentence says what is missing.
    """
    key = (str(view.release.folder), view.selection, repr(view.config), margin_share)
    found: Ground | None = kept(GROUND, MOST_GROUNDS).get(key)
    if found is None:
        with st.spinner(_("Reading who is lost, and what customers bring …")):
            found = _ground(view, margin_share)
        kept(GROUND, MOST_GROUNDS).put(key, found)
    return found


def names(view: View, found: Ground) -> dict[str, str]:
    """Names of the drivers by code, in the language in force."""
    return offered_names(found.drivers, view.config.labels)


def valued(view: View, found: Ground, scenario: Scenario) -> Valuation:
    """All draws where they have been run for this scenario, otherwise a preview from a sample."""
    return known_in_full(view, found, scenario) or previewed(view, found, scenario)


def known_in_full(view: View, found: Ground, scenario: Scenario) -> Valuation | None:
    """All draws, where they have been run for this scenario."""
    known: Valuation | None = kept(VALUED).get(_key(view, scenario, full=True))
    return _put(known, found, scenario) if known else None


def previewed(view: View, found: Ground, scenario: Scenario) -> Valuation:
    """A preview from a sample, even where more is known: to be compared with other previews, on the same draws."""
    key = _key(view, scenario, full=False)
    known: Valuation | None = kept(VALUED).get(key)
    if known is None:
        known = value(scenario, found.profiles, preview=True)
        kept(VALUED).put(key, known)
    return _put(known, found, scenario)


def run(view: View, found: Ground, scenario: Scenario, place: DeltaGenerator | None) -> Valuation:
    """All draws, with a progress bar in its place."""
    key = _key(view, scenario, full=True)
    known: Valuation | None = kept(VALUED).get(key)
    if known is None:
        text = _("Simulating {draws} outcomes for every customer …").format(
            draws=format_number(scenario.draws)
        )
        bar = None if place is None else place.progress(0.0, text=text)

        def told(share: float) -> None:
            if bar is not None:
                bar.progress(min(max(share, 0.0), 1.0), text=text)

        known = value(scenario, found.profiles, progress=told)
        if place is not None:
            place.empty()
        kept(VALUED).put(key, known)
    return _put(known, found, scenario)


def _put(known: Valuation, found: Ground, scenario: Scenario) -> Valuation:
    return replace(known, scenario=scenario, books=found.books)


def chart_key(found: Valuation) -> tuple[Hashable, ...]:
    """What a chart depends on besides release, filters and language."""
    return (_numbers(found.scenario), found.preview)


def _ground(view: View, margin_share: float | None) -> Ground:
    release, config, selection = view.release, view.config, view.selection
    settings = Settings(outcome=CHURN, look_back_days=config.look_back_days, lead_days=config.lead_days)
    month = selection.month or release.as_of.replace(day=1)
    prepared = prepare(release, config, selection, settings, month)
    profiles = profiles_of(
        churn_regression(prepared), active_terms(release, selection), margin_share=margin_share
    )
    books = books_beside(release, selection, month, profiles, config.min_base)
    return Ground(profiles, prepared.observations.drivers, books)


def _numbers(scenario: Scenario) -> Scenario:
    """The scenario without what changes no number."""
    return replace(scenario, name="", title="", release="", version="", locked=False, notes=())


def _key(view: View, scenario: Scenario, *, full: bool) -> Hashable:
    return (str(view.release.folder), view.selection, repr(view.config), _numbers(scenario), full)
