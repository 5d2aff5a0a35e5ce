"""The form of the page Financial impact: what changes, for whom, at what cost; every move goes into the address."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from cxdata.finance.impact.names import FIELD_LABELS, number, share, years_text
from cxdata.finance.scenarios.scenario import RetentionChange, Scenario
from cxdata.language import gettext as _
from pages.parts import impact_url as url
from pages.parts.impact_controls import Form, costs, moved, ramp, scope
from pages.parts.impact_levers import first_lever, levers
from pages.parts.impact_run import Ground
from pages.parts.view import View

POINTS = (0.0025, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.025, 0.03, 0.04, 0.05)
RATES = tuple(place / 100 for place in range(21))
YEARS = tuple(range(1, 11))


def form(view: View, scenario: Scenario, base: Scenario, found: Ground, names: dict[str, str]) -> None:
    """Draw the controls of a scenario."""
    one = Form(view, scenario, base, disabled=scenario.locked)
    with st.container(border=True):
        _what(one, found)
        if scenario.retention is not None:
            _retention(one, scenario.retention, found)
        else:
            levers(one, found, names)
        _frame(one)


def _what(one: Form, found: Ground) -> None:
    options = [url.RETENTION, url.LEVERS] if found.movable or one.scenario.levers else [url.RETENTION]
    labels = {url.RETENTION: _("Churn itself"), url.LEVERS: _("Experiences that drive it")}
    key = one.key("what")
    st.session_state[key] = url.RETENTION if one.scenario.retention is not None else url.LEVERS

    def changed() -> None:
        if st.session_state[key] == url.LEVERS:
            known = one.base.levers or first_lever(found)
            one.take(replace(one.scenario, retention=None, levers=known))
        else:
            known_change = one.base.retention or RetentionChange()
            one.take(replace(one.scenario, levers=(), retention=known_change))

    st.segmented_control(
        _("What changes"), options, format_func=labels.__getitem__, key=key, on_change=changed, required=True,
        wrap=True, disabled=one.disabled,
    )  # fmt: skip
    if len(options) == 1:
        st.caption(
            _("The churn regression of this release has no rating and no event that could be changed.")
        )


def _retention(one: Form, change: RetentionChange, found: Ground) -> None:
    def with_change(**fields: Any) -> Scenario:
        return replace(one.scenario, retention=replace(change, **fields))

    left, middle, right = st.columns(3)
    with left:
        one.slider(
            _(FIELD_LABELS["points"]), "points", change.points.mode, POINTS, lambda value: number(100 * value),
            lambda value: with_change(points=moved(change.points, value, 0.0, 0.5)),
            note=_("One point: of 100 customers one less is lost within a year, whatever brings it about."),
            spread=change.points,
        )  # fmt: skip
    with middle:
        scope(one, "for", change.segments, found, lambda segments: with_change(segments=segments))
    with right:
        ramp(one, "ramp", change.ramp, lambda value: with_change(ramp=value))
    costs(one, change, "", with_change)


def _frame(one: Form) -> None:
    scenario = one.scenario
    left, right = st.columns(2)
    with left:
        one.slider(
            _(FIELD_LABELS["horizon_years"]), "years", scenario.horizon_years, YEARS, years_text,
            lambda value: replace(scenario, horizon_years=value),
        )  # fmt: skip
    with right:
        one.slider(
            _("Discount rate a year (assumed)"), "rate", scenario.discount_rate.mode, RATES, share,
            lambda value: replace(scenario, discount_rate=moved(scenario.discount_rate, value, 0.0, 1.0)),
            note=_("The return that the money would bring elsewhere; ask whoever sets it."),
            spread=scenario.discount_rate,
        )  # fmt: skip
    with st.expander(_("More assumptions"), key=one.key("more_box")):
        _more(one)


def _more(one: Form) -> None:
    scenario = one.scenario
    shares = tuple(place / 100 for place in (-5, -3, -2, -1, 0, 1, 2, 3, 5, 10))
    extra = tuple(place / 100 for place in (0, 1, 2, 3, 5, 10, 15, 20, 30))
    columns = st.columns(3)
    with columns[0]:
        one.slider(
            _(FIELD_LABELS["margin_growth"]), "growth", scenario.margin_growth, shares, share,
            lambda value: replace(scenario, margin_growth=value),
        )  # fmt: skip
    with columns[1]:
        one.slider(
            _(FIELD_LABELS["cross_sell"]), "cross", scenario.cross_sell.mode, extra, share,
            lambda value: replace(scenario, cross_sell=moved(scenario.cross_sell, value, 0.0, 1.0)),
            note=_("Counted on customers who stay only, so that nothing counts twice. None by default."),
            spread=scenario.cross_sell,
        )  # fmt: skip
    with columns[2]:
        one.slider(
            _(FIELD_LABELS["referral"]), "referral", scenario.referral.mode, extra, number,
            lambda value: replace(scenario, referral=moved(scenario.referral, value, 0.0, 1.0)),
            note=_("None by default: claims about word of mouth are seldom measured."),
            spread=scenario.referral,
        )  # fmt: skip
    key = one.key("tail")
    st.session_state[key] = scenario.tail
    st.toggle(
        _("Count what kept customers bring after the last year, too"), key=key, disabled=one.disabled,
        on_change=lambda: one.take(replace(scenario, tail=bool(st.session_state[key]))),
    )  # fmt: skip
    if scenario.margin_share is not None:
        margin_share(one)


def margin_share(one: Form) -> None:
    """Margin as a share of revenue, for those whose margin nobody exported: an assumption."""
    options = tuple(place / 100 for place in range(5, 105, 5))
    one.slider(
        _(FIELD_LABELS["margin_share"]), "margin", one.scenario.margin_share or 0.0, options, share,
        lambda value: replace(one.scenario, margin_share=value or None),
    )  # fmt: skip
