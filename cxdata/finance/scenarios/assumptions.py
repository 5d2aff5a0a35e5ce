"""The log of assumptions: every number behind a valuation, where it comes from, and who answers for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pandas as pd

from cxdata.finance.impact.results import Valuation
from cxdata.finance.scenarios.scenario import Lever, Note, Range, RetentionChange, Scenario
from cxdata.language import mark

COUNTED, ESTIMATED, ASSUMED = mark("counted"), mark("estimated"), mark("assumed")
"""Read off the exports; estimated from them, with an interval; or put in by somebody."""

LOG_COLUMNS = ("of", "value", "low", "high", "unit", "basis", "default", "owner", "source", "on")

_OWN = ("horizon_years", "discount_rate", "margin_growth", "tail", "cross_sell", "referral", "margin_share")
_UNITS = {
    "horizon_years": mark("years"),
    "discount_rate": mark("fraction per year"),
    "margin_growth": mark("fraction per year"),
    "cross_sell": mark("fraction of margin"),
    "referral": mark("customers per customer kept and year"),
    "margin_share": mark("fraction of revenue, where no margin is known"),
    "points": mark("fraction of customers per year"),
    "reach": mark("fraction of customers"),
    "attribution": mark("fraction of the association"),
    "ramp": mark("fraction of the effect, by year"),
    "decay": mark("fraction of the effect per year"),
    "one_off_cost": "{currency}",
    "yearly_cost": mark("{currency} per year"),
    "cost_per_customer": mark("{currency} per customer and year"),
}
_AMOUNT_UNITS = {
    "shift": mark("units of the driver, to the better"),
    "floor": mark("units of the driver"),
    "fix": mark("fraction of the events"),
}


def assumptions_log(valuation: Valuation, *, currency: str) -> pd.DataFrame:
    """Every assumption, and what was counted or estimated, a row each.

    Parameters
    ----------
    valuation : Valuation
    currency : str
        ISO 4217.

    Returns
    -------
    DataFrame
        `LOG_COLUMNS`. ``value`` is the expected one, a list for a ramp, text for a scope; ``default`` whether nobody
        has changed it from the product's own.
    """
    base = valuation.base
    found = [
        ("base.customers", base.customers, "customers", COUNTED),
        ("base.annual_value", base.annual_value, f"{currency} per year", COUNTED),
        ("base.annual_margin", base.annual_margin, f"{currency} per year", COUNTED),
        ("base.margin_known", base.margin_known, "fraction of customers", COUNTED),
        ("base.coverage", base.coverage, "fraction of margin", COUNTED),
        ("base.churn", base.churn, "fraction of customers per year", ESTIMATED),
    ]
    if valuation.books is not None:
        unit = f"{currency} per customer and year"
        found += [
            (
                "base.margin_each",
                valuation.books.terms_each,
                f"{unit}, of the terms, before cost to serve",
                COUNTED,
            ),
            (
                "books.margin_each",
                valuation.books.books_each,
                f"{unit}, revenue less cost to serve; not valued",
                COUNTED,
            ),
        ]
    rows = [(of, value, None, None, unit, basis, False, "", "", "") for of, value, unit, basis in found]
    return pd.DataFrame(
        [*rows, *scenario_rows(valuation.scenario, currency=currency)], columns=list(LOG_COLUMNS)
    )


def scenario_rows(
    scenario: Scenario, *, currency: str, told: Callable[[str], str] = str
) -> list[tuple[object, ...]]:
    """Rows of the log that stand in the scenario itself; `told` puts units and bases into a language."""
    notes = {note.of: note for note in scenario.notes}
    rows = [_row(field, field, scenario, Scenario("x"), notes, currency, told) for field in _OWN]
    changes: list[tuple[str, Lever | RetentionChange]] = [
        (f"levers.{place}", lever) for place, lever in enumerate(scenario.levers, 1)
    ]
    if scenario.retention:
        changes.append(("retention", scenario.retention))
    for place, change in changes:
        default = Lever("") if isinstance(change, Lever) else RetentionChange()
        names = [entry.name for entry in fields(change) if entry.name not in ("driver", "kind")]
        rows += [_row(f"{place}.{name}", name, change, default, notes, currency, told) for name in names]
    return rows


def _row(
    of: str,
    name: str,
    holder: object,
    defaults: object,
    notes: dict[str, Note],
    currency: str,
    told: Callable[[str], str],
) -> tuple[object, ...]:
    value, note = getattr(holder, name), notes.get(of, Note(of))
    expected, low, high = _spread(value)
    unit = told(_UNITS[name]).format(currency=currency) if name in _UNITS else ""
    if name == "amount" and isinstance(holder, Lever):
        unit = told(_AMOUNT_UNITS[holder.kind])
    return (
        of, expected, low, high, unit, told(note.basis), of not in notes and value == getattr(defaults, name),
        note.owner, note.source, note.on,
    )  # fmt: skip


def _spread(value: object) -> tuple[object, float | None, float | None]:
    if isinstance(value, Range):
        return (value.mean, value.low, value.high) if value.low < value.high else (value.mode, None, None)
    if isinstance(value, tuple):
        numbers = value and isinstance(value[0], float)
        return (list(value) if numbers else ", ".join(value) or "all"), None, None
    return value, None, None


def field_value(scenario: Scenario, of: str) -> Any:
    """Value of a field by its path, such as ``levers.1.reach``."""
    value: Any = scenario
    for part in of.split("."):
        value = value[int(part) - 1] if part.isdigit() else getattr(value, part)
    return value
