"""What is a point worth? A part of the page Financial impact."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd
import streamlit as st

from cxdata.errors import CxError, InputBlocked
from cxdata.finance import query
from cxdata.finance.economics.nps_value import NpsGroups, nps_groups
from cxdata.finance.economics.standing import fitted_curve
from cxdata.finance.economics.window import Limits, Window, window_of
from cxdata.finance.impact.names import money, money_range, years_text
from cxdata.finance.impact.results import Summary
from cxdata.finance.points.charts import points_chart
from cxdata.finance.points.points import (
    CHURN,
    DRIVER,
    HORIZON_YEARS,
    NPS,
    Own,
    Point,
    nps_points,
    own_numbers,
    points,
)
from cxdata.finance.points.words import answer, claims, method_text, negative_text, point_text, size_text
from cxdata.finance.scenarios.scenario import DISCOUNT_RATE
from cxdata.language import format_money, format_number, format_percent
from cxdata.language import gettext as _
from cxdata.messages import told
from pages.parts import impact_run
from pages.parts.cache import cached, draw
from pages.parts.download import download
from pages.parts.markup import tag, wrap
from pages.parts.plain_table import note, own_choice, plain_table, unfiltered
from pages.parts.view import View

YEARS = (1, 3, 5)
EFFECTS = (0.3, 0.5, 0.8)
MARGIN, MARGINS = "point_margin", ("0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.8")

Found = tuple[tuple[Point, ...], tuple[Point, ...], Own, bool]


def render(view: View) -> None:
    """The answer, the chart, a table for each kind of point, and claims beside the company's own numbers."""
    years, effect = _choices(view)
    # Asked for only where the exports know no margin; the address keeps it.
    margin = _margin(view) if st.query_params.get(MARGIN) else None
    unfiltered(view)
    view = impact_run.settled(view)
    try:
        ground = impact_run.ground(view, margin)
        key = (years, effect, margin)
        found: Found = cached(view, "points:all", lambda: _found(view, ground, years, effect), *key)
    except CxError as error:
        st.info(_("What a point is worth cannot be computed."))
        st.text(told(error))
        if isinstance(error, InputBlocked) and margin is None:
            _margin(view)
        return
    some, lifetimes, own, asked = found
    names, labels, currency = impact_run.names(view, ground), view.config.labels, view.config.currency
    lead = answer(some, names, labels, currency, years)
    st.html(wrap("div", tag("p", lead), "cx-lead"))
    note(_("Estimated from who stayed and who left so far; associations are not causes. How much of an association is an "
           "effect is assumed: {share} here, and all of it beside that for comparison.").format(
        share=format_percent(effect, 0)))  # fmt: skip
    if margin is not None:
        note(
            _("Where no margin is exported, {share} of revenue is assumed.").format(
                share=format_percent(margin, 0)
            )
        )
    draw(
        view,
        "points:chart",
        lambda: points_chart(some, names, labels, currency, years),
        *key,
        alt_text=lead,
    )
    note(negative_text(some, names, labels, currency))
    note(_("Filled and blue: {share} of the association taken for an effect, or, for churn, no association needed; hollow "
           "and grey: all of it. Lines: 90 % intervals.").format(share=format_percent(effect, 0)))  # fmt: skip
    rate = DISCOUNT_RATE.mode
    st.subheader(_("One point of churn"), anchor=False)
    _table(view, [one for one in some if one.kind == CHURN], names, _("One point of churn"), years)
    note(method_text(CHURN, years, rate))
    st.subheader(_("One point of NPS"), anchor=False)
    moved = [one for one in some if one.kind == NPS]
    if moved:
        _table(view, moved, names, _("One point of NPS"), years, lifetimes)
        note(method_text(NPS, years, rate))
    else:
        note(_("Too few customers of each group answered, or their margin is not known.") if asked
             else _("Nobody was asked whether they would recommend, or no terms are known of those who were."))  # fmt: skip
    st.subheader(_("One point of each driver"), anchor=False)
    whole = sorted((one for one in some if one.kind == DRIVER and one.attribution == 1.0),
                   key=lambda one: -abs(one.horizon.p50))  # fmt: skip
    drivers = [two for one in whole for two in some if two.kind == DRIVER and two.code == one.code]
    _table(view, drivers, names, _("One point of each driver"), years)
    note(method_text(DRIVER, years, rate))
    with st.expander(_("Claims often quoted, beside your own numbers")):
        items = [wrap("li", tag("span", "•", "cx-muted") + wrap("span", tag("span", f"{claim}: ") + tag("strong", mine)))
                 for claim, mine in claims(own, names)]  # fmt: skip
        st.html(wrap("ul", "".join(items), "cx-moves"))
        note(_("The claims are not results of these data, and none of them enters a computation."))
    download(
        lambda: rows_of(some, currency, years, view.release.as_of),
        ["points", f"{years}y", view.release.id],
        key="points:csv",
    )


def _margin(view: View) -> float | None:
    """Margin as a share of revenue, where it is not exported: an assumption that stands on the page."""
    chosen = own_choice(view, MARGIN, ["", *MARGINS], _("Margin as a share of revenue (assumed)"),
                        lambda code: format_percent(float(code), 0) if code else _("not assumed"))  # fmt: skip
    return float(chosen) if chosen else None


def _choices(view: View) -> tuple[int, float]:
    with st.container(horizontal=True):
        years = own_choice(view, "point_years", [str(n) for n in YEARS], _("Years that count"), lambda code: code,
                           default=str(HORIZON_YEARS))  # fmt: skip
        effect = own_choice(view, "point_effect", [f"{share:g}" for share in EFFECTS],
                            _("Share of an association that is an effect"),
                            lambda code: format_percent(float(code), 0), default="0.5")  # fmt: skip
    return int(years), float(effect)


def _found(view: View, ground: impact_run.Ground, years: int, effect: float) -> Found:
    with st.spinner(_("Valuing one point of everything …")):
        groups = _groups(view)
        some = points(ground.profiles, groups, attribution=effect, horizon_years=years)
        customers = ground.profiles.base.customers
        whole = tuple(
            one for share in (1.0, effect)
            for one in (nps_points(groups, customers, attribution=share, horizon_years=None) if groups else ())
        )  # fmt: skip
        limits, window = _known(view)
        choice, _reason, _years = fitted_curve(view.release, view.selection, window, limits)
        own = own_numbers(ground.profiles, choice.curve if choice else None, discount_rate=DISCOUNT_RATE.mode)
        return some, whole, own, groups is not None


def _known(view: View) -> tuple[Limits, Window]:
    """What the exports know of money, and the twelve months up to the month chosen."""
    month = view.selection.month or view.release.as_of.replace(day=1)
    limits = query.limits(view.release)
    return limits, window_of(month, limits.first_due, view.release.as_of)


def _groups(view: View) -> NpsGroups | None:
    release, (limits, window) = view.release, _known(view)
    if not limits.terms or not window.yearly:
        return None
    cells = query.recommenders(release, view.selection, window)
    if cells.empty:
        return None
    return nps_groups(
        cells, discount_rate=DISCOUNT_RATE.mode, min_base=view.config.min_base, years=window.years
    )


def _table(
    view: View,
    some: Sequence[Point],
    names: dict[str, str],
    title: str,
    years: int,
    lifetimes: Sequence[Point] = (),
) -> None:
    """One row per point: twelve months and horizon, total and per customer; both shares in one row."""
    currency = view.config.currency
    shares = sorted({one.attribution for one in some})
    heads = [_("What"), _("Customers")]
    horizon = _("Over {years}, present value").format(years=years_text(years))
    for share in shares:
        about = "" if len(shares) == 1 else _(", {share} an effect").format(share=format_percent(share, 0))
        heads += [_("Next 12 months") + about, horizon + about]
        heads += [_("Lifetime") + about] if lifetimes else []
    rows = []
    for first in (one for one in some if one.attribution == shares[0]):
        cells = [_reached(first)]
        for share in shares:
            one = next(item for item in some if item.code == first.code and item.attribution == share)
            cells += [_amount(one, one.year, currency), _amount(one, one.horizon, currency)]
            cells += [_amount(two, two.horizon, currency) for two in lifetimes
                      if two.code == one.code and two.attribution == share]  # fmt: skip
        rows.append((point_text(first, names, view.config.labels), cells))
    plain_table(title, heads, rows)


def _reached(point: Point) -> str:
    number = wrap("div", tag("span", format_number(point.reached), "cx-number"))
    return wrap("td", number + tag("div", size_text(point), "cx-muted"))


def _amount(point: Point, of: Summary, currency: str) -> str:
    each = _("{money} per customer").format(money=format_money(point.per_customer(of), currency, 2))
    inner = tag("span", money(of.p50, currency), "cx-number")
    inner += tag("div", money_range(of.p5, of.p95, currency), "cx-muted") + tag("div", each, "cx-muted")
    return wrap("td", inner)


def rows_of(some: Sequence[Point], currency: str, years: int, as_of: date) -> pd.DataFrame:
    """Every number as a table, with its currency, its period, and what is estimated or assumed in it."""
    return pd.DataFrame(
        [
            {
                "kind": one.kind, "code": one.code, "currency": currency, "as_of": as_of.isoformat(),
                "horizon_years": years, "discount_rate": DISCOUNT_RATE.mode, "discount_rate_basis": "assumed",
                "margin_basis": "estimated", "attribution": one.attribution, "attribution_basis": "assumed",
                "customers": one.customers,
                "reached": one.reached, "realised": one.realised, "margin_12_months_p5": one.year.p5,
                "margin_12_months_p50": one.year.p50, "margin_12_months_p95": one.year.p95,
                "margin_12_months_per_customer": one.per_customer(one.year), "margin_pv_p5": one.horizon.p5,
                "margin_pv_p50": one.horizon.p50, "margin_pv_p95": one.horizon.p95,
                "margin_pv_per_customer": one.per_customer(one.horizon),
            }
            for one in some
        ]
    )  # fmt: skip
