"""The controls of levers: which experiences change, how, by how much, for how many, and how far that is an effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from cxdata.finance.impact.names import FIELD_LABELS, amount_text, lever_text, share
from cxdata.finance.scenarios.scenario import FIX, FLOOR, MOST_LEVERS, SHIFT, Lever, Range, Scenario
from cxdata.language import gettext as _
from cxdata.models.churn import ChurnDriver
from pages.parts.impact_controls import Form, costs, moved, ramp, scope
from pages.parts.impact_run import Ground

REACHES = tuple(place / 100 for place in range(5, 105, 5))
ATTRIBUTIONS = tuple(place / 100 for place in range(0, 105, 5))
MINUTES = (1.0, 2.0, 3.0, 5.0, 8.0, 10.0, 15.0, 20.0, 30.0)
RATING = "rating"


def first_lever(found: Ground) -> tuple[Lever, ...]:
    """The driver that goes with less churn most, for who has not chosen any."""
    regression = found.profiles.regression
    drivers = found.movable
    if not drivers:
        return ()
    spread = [float(np.nanstd(regression.x[0][:, driver.column])) for driver in drivers]
    helps = [-regression.pooled[driver.column] * size for driver, size in zip(drivers, spread, strict=True)]
    return (usual(drivers[int(np.argmax(helps))]),)


def usual(driver: ChurnDriver) -> Lever:
    """What a lever on a driver does until somebody says otherwise: one point more, or half of what goes wrong gone."""
    if driver.kind == RATING:
        return Lever(driver.code)
    return Lever(driver.code, FIX, Range.exactly(0.5))


def levers(one: Form, found: Ground, names: dict[str, str]) -> None:
    """Choose drivers, then a box of controls for each."""
    drivers = {driver.code: driver for driver in found.movable}
    chosen = {lever.driver: lever for lever in one.scenario.levers if lever.driver in drivers}
    key = one.key("drivers")
    st.session_state[key] = list(chosen)

    def changed() -> None:
        kept = tuple(chosen.get(code) or usual(drivers[code]) for code in st.session_state[key][:MOST_LEVERS])
        if kept:
            one.take(replace(one.scenario, retention=None, levers=kept))

    st.multiselect(
        _("Experiences that change (up to {most}; they count together, not one on top of the other)").format(
            most=MOST_LEVERS
        ),
        list(drivers), format_func=lambda code: names.get(code, code), key=key, on_change=changed,
        max_selections=MOST_LEVERS, placeholder=_("Choose drivers"), disabled=one.disabled,
    )  # fmt: skip
    for place, lever in enumerate(one.scenario.levers):
        if lever.driver in drivers:
            with st.expander(
                _plain(lever_text(lever, names, one.view.config.labels)),
                expanded=len(chosen) == 1,
                key=one.key(f"box{place}:{lever.driver}"),
            ):
                _lever(one, place, lever, drivers[lever.driver], found)


def _lever(one: Form, place: int, lever: Lever, driver: ChurnDriver, found: Ground) -> None:
    def with_lever(**fields: Any) -> Scenario:
        every = list(one.scenario.levers)
        every[place] = replace(lever, **fields)
        return replace(one.scenario, levers=tuple(every))

    on = f"lever{place}:"
    columns = st.columns(4)
    with columns[0]:
        _kind(one, on, lever, driver, with_lever)
    with columns[1]:
        one.slider(
            _(FIELD_LABELS["amount"]), "", lever.amount.mode, amounts(lever.kind, driver),
            lambda value: amount_text(lever, value),
            lambda value: with_lever(amount=moved(lever.amount, value, 0.0, 1.0 if lever.kind == FIX else np.inf)),
            on=f"{on}amount:{lever.kind}", spread=lever.amount,
        )  # fmt: skip
    with columns[2]:
        one.slider(
            _("Customers reached (assumed)"), "", lever.reach.mode, REACHES, share,
            lambda value: with_lever(reach=moved(lever.reach, value, 0.0, 1.0)), on=f"{on}reach",
            note=_("Of those in scope. Levers reach the same customers first."), spread=lever.reach,
        )  # fmt: skip
    with columns[3]:
        one.slider(
            _("Taken for an effect (assumed)"), "", lever.attribution, ATTRIBUTIONS, share,
            lambda value: with_lever(attribution=value), on=f"{on}attribution",
            note=_("Nobody knows how much of the association is an effect. A randomised test: 100 %; comparable groups "
                   "over time: about 80 %; a survey like this one: about 50 %. The range around it is wide."),
        )  # fmt: skip
    left, right = st.columns(2)
    with left:
        scope(one, f"{on}for", lever.segments, found, lambda segments: with_lever(segments=segments))
    with right:
        ramp(one, f"{on}ramp", lever.ramp, lambda value: with_lever(ramp=value))
    costs(one, lever, on, with_lever)


def _kind(one: Form, on: str, lever: Lever, driver: ChurnDriver, with_lever: Any) -> None:
    kinds = (
        [SHIFT, FLOOR] if driver.kind == RATING else [FIX] if driver.kind == "flag" else [FIX, SHIFT, FLOOR]
    )
    labels = {
        SHIFT: _("So much better for all"),
        FLOOR: _("Nobody worse than") if driver.kind == RATING else _("Nobody has more than"),
        FIX: _("A share of it gone"),
    }
    key = one.key(f"{on}kind")
    st.session_state[key] = lever.kind if lever.kind in kinds else kinds[0]

    def changed() -> None:
        kind = st.session_state[key]
        options = amounts(kind, driver)
        one.take(with_lever(kind=kind, amount=Range.exactly(options[len(options) // 2])))

    st.selectbox(
        _("How"), kinds, format_func=labels.__getitem__, key=key, on_change=changed, disabled=one.disabled
    )


def amounts(kind: str, driver: ChurnDriver) -> Sequence[float]:
    """Sizes that a slider offers: shares, steps of the scale, levels, minutes or events."""
    if kind == FIX:
        return REACHES
    if driver.kind == RATING:
        span = driver.high - driver.low
        steps = np.arange(1, 9) / 4 if span <= 6 else np.arange(1, 9) / 2
        found = steps if kind == SHIFT else np.arange(driver.low + 1, driver.high + 1)
        return tuple(float(value) for value in found)
    if driver.name == "longest_wait":
        return MINUTES
    return tuple(float(value) for value in range(1 if kind == SHIFT else 0, 5))


def _plain(text: str) -> str:
    """Text for a label that Streamlit reads as Markdown."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]()#+-.!<>|$~:" else letter for letter in text)
