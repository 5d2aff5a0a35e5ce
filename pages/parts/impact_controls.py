"""Controls of a scenario that put every move into the address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from cxdata.finance.impact.names import FIELD_LABELS, money, ramp_text
from cxdata.finance.scenarios.scenario import Lever, Range, RetentionChange, Scenario
from cxdata.language import gettext as _
from cxdata.vocabulary import label_of
from pages.parts import impact_url as url
from pages.parts.impact_run import Ground
from pages.parts.plain_table import note as small_print
from pages.parts.view import View

RAMPS = ((1.0,), (0.5, 1.0), (0.25, 0.75, 1.0), (0.0, 1.0))
MOST_MONEY = 1_000_000_000


@dataclass(frozen=True)
class Form:
    """What every control needs: the scenario in force, the one it began with, and whether it may change."""

    view: View
    scenario: Scenario
    base: Scenario
    disabled: bool = False

    def key(self, name: str) -> str:
        """Of a control: a label is what travels between browser and server, so each language has its own."""
        return f"impact:{name}@{self.view.language}"

    def take(self, scenario: Scenario) -> None:
        """Put a changed scenario into the address; the page runs again with it."""
        url.write(scenario, self.base)

    def slider(
        self, label: str, name: str, value: Any, options: Sequence[Any], text: Callable[[Any], str],
        changed: Callable[[Any], Scenario], *, on: str = "", note: str | None = None, spread: Range | None = None,
    ) -> None:  # fmt: skip
        """A slider over some values; one that is not among them stands in its place, and its range below it."""
        key = self.key(on or name)
        st.session_state[key] = value
        st.select_slider(
            label, sorted({*options, value}), format_func=text, key=key, help=note, disabled=self.disabled,
            on_change=lambda: self.take(changed(st.session_state[key])),
        )  # fmt: skip
        self.between(spread, text)

    def between(self, spread: Range | None, text: Callable[[Any], str]) -> None:
        """Say the range of an input beside its control: it moves along with the likely value."""
        if spread is not None and spread.low < spread.high:
            said = _("Simulated from {low} to {high}; the range moves along and can be set below.")
            small_print(said.format(low=text(spread.low), high=text(spread.high)))

    def money(
        self, label: str, on: str, value: Range, changed: Callable[[Range], Scenario], note: str = ""
    ) -> None:
        """An amount; its range moves with it."""
        key = self.key(on)
        st.session_state[key] = float(value.mode)
        st.number_input(
            label, min_value=0.0, max_value=float(MOST_MONEY), step=_step(value.mode), format="%.0f", key=key,
            help=note or None, disabled=self.disabled,
            on_change=lambda: self.take(changed(moved(value, float(st.session_state[key])))),
        )  # fmt: skip
        self.between(value, lambda amount: money(amount, self.view.config.currency))


def moved(value: Range, mode: float, low: float = 0.0, high: float = float("inf")) -> Range:
    """The range with another likely value: its ends keep their distance in proportion."""
    if value.low == value.high or value.mode == 0:
        return Range.exactly(mode)
    factor = mode / value.mode
    return Range(max(value.low * factor, low), mode, min(value.high * factor, high))


def scope(
    one: Form,
    on: str,
    segments: tuple[str, ...],
    found: Ground,
    changed: Callable[[tuple[str, ...]], Scenario],
) -> None:
    """For whom: all, or some segments."""
    key, known = one.key(on), [code for code in found.profiles.base.segments if code]
    if len(known) < 2:
        return
    st.session_state[key] = [code for code in segments if code in known]
    st.multiselect(
        _(FIELD_LABELS["segments"]), known, key=key, placeholder=_("All customers"), disabled=one.disabled,
        format_func=lambda code: label_of(code, one.view.config.labels),
        on_change=lambda: one.take(changed(tuple(code for code in known if code in st.session_state[key]))),
    )  # fmt: skip


def ramp(
    one: Form, on: str, value: tuple[float, ...], changed: Callable[[tuple[float, ...]], Scenario]
) -> None:
    """How much of the effect is in force in each year."""
    key = one.key(on)
    st.session_state[key] = value
    st.selectbox(
        _(FIELD_LABELS["ramp"]), list(dict.fromkeys([*RAMPS, value])), format_func=ramp_text, key=key,
        disabled=one.disabled, on_change=lambda: one.take(changed(st.session_state[key])),
    )  # fmt: skip


def costs(one: Form, change: RetentionChange | Lever, on: str, with_change: Callable[..., Scenario]) -> None:
    """The three kinds of cost, all assumed."""
    currency = one.view.config.currency

    def cost(field: str) -> None:
        one.money(
            _("{field} ({currency}, assumed)").format(field=_(FIELD_LABELS[field]), currency=currency),
            f"{on}{field}", getattr(change, field), lambda value: with_change(**{field: value}),
        )  # fmt: skip

    for column, field in zip(
        st.columns(3), ("one_off_cost", "yearly_cost", "cost_per_customer"), strict=True
    ):
        with column:
            cost(field)


def _step(value: float) -> float:
    return 1000.0 if value < 20_000 else 10_000.0 if value < 200_000 else 50_000.0
