"""A valuation as plain values: JSON for programs, and a table of its years for spreadsheets."""

from __future__ import annotations

import hashlib
import json
import platform
import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from importlib import metadata
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxdata.finance.impact.results import Valuation, summary
from cxdata.finance.scenarios.assumptions import assumptions_log
from cxdata.language import current_language
from cxdata.spreadsheets import safe_text

FORMAT = 2
"""Of the JSON; it grows when a field changes its meaning."""

PACKAGES = ("numpy", "pandas", "scipy", "duckdb")
YEAR_COLUMNS = (
    "year", "customers_kept", "customers_kept_p5", "customers_kept_p95", "revenue", "revenue_p5", "revenue_p95",
    "margin", "margin_p5", "margin_p95", "margin_cross_sell", "margin_referral", "cost", "net", "net_p5", "net_p95",
    "cumulative", "cumulative_p5", "cumulative_p95", "net_pv", "churn_before", "churn_after",
)  # fmt: skip


@dataclass(frozen=True)
class Stamp:
    """Where a result comes from; every export carries it.

    Parameters
    ----------
    release : str
        Id of the release.
    data_sha256 : str
        Of the fingerprints of all exports that the release was made of.
    scenario_sha256 : str
        Of the bytes of the scenario's file.
    version : str
        Of the product.
    currency : str
        ISO 4217.
    month : date
        Last month that was used.
    command : str
        That gives the same result again.
    filters : mapping of str to tuple of str
        Values kept by dimension of the customers; empty: all customers.
    """

    release: str
    data_sha256: str
    scenario_sha256: str
    version: str
    currency: str
    month: date
    command: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def filters_text(self) -> str:
        """The filters on one line, such as ``segment=Family; plan=Home``; '' where there are none."""
        return "; ".join(f"{name}={', '.join(values)}" for name, values in self.filters.items())


def command_of(
    file: str, release: str, month: date, draws: int, filters: Mapping[str, tuple[str, ...]]
) -> str:
    """The command that gives a result again, in the language in force.

    Parameters
    ----------
    file : str
        Name of the scenario's file.
    release : str
    month : date
    draws : int
    filters : mapping of str to tuple of str
        Values kept by dimension of the customers.
    """
    parts = ["python -m cxdata value --scenario", shlex.quote(file), f"--release {shlex.quote(release)}"]
    parts += [f"--month {month:%Y-%m} --draws {draws}"]
    # Joined by =, for a value may begin with a hyphen.
    parts += [f"--{name}={shlex.quote(value)}" for name, values in filters.items() for value in values]
    return " ".join(parts if current_language() == "en" else [*parts, f"--language {current_language()}"])


def data_sha256(manifest: Mapping[str, Any]) -> str:
    """Fingerprint of the exports behind a release: the same exports have the same, whenever they were read."""
    files = sorted(f"{entry['sha256']} {entry['file']}" for entry in manifest.get("files", ()))
    return hashlib.sha256("\n".join(files).encode()).hexdigest()


def report(valuation: Valuation, stamp: Stamp) -> dict[str, Any]:
    """Everything that a valuation found, as plain values.

    Money is in ``currency``; ``margin`` and ``revenue`` say whose it is; ``_pv`` are present values over the horizon.
    """
    point, draws, scenario, currency = valuation.point, valuation.draws, valuation.scenario, stamp.currency
    versions = {"python": platform.python_version(), **{name: metadata.version(name) for name in PACKAGES}}
    found = {
        "format": FORMAT,
        "kind": "scenario valuation",
        "stamp": {
            **asdict(stamp), "month": f"{stamp.month:%Y-%m}", "seed": valuation.seed, "draws": valuation.draws_used,
            "preview": valuation.preview, "versions": versions,
        },
        "scenario": asdict(scenario),
        "units": {
            "money": currency, "npv": f"{currency}, present value of margin less costs",
            "margin_pv": f"{currency}, present value of margin",
            "margin": "of the terms (annual_margin), before cost to serve; books: revenue less cost to serve",
            "alone_full_pv, overlap_pv, attribution_haircut_pv": f"{currency}, within the horizon; with an attribution of 1",
            "tornado": "model: low is the straight line, high bands; tail: low is without, high with",
            "rates": "fractions, 0.1 is 10 %",
            "intervals": "p5 to p95 of the draws", "expected": "at the expected value of every input",
        },
        "base": asdict(valuation.base),
        "books": None if valuation.books is None else asdict(valuation.books),
        "result": {
            "npv": _figures(draws.npv, point.npv[0]),
            "probability_npv_positive": valuation.probability_positive,
            "customers_kept": _figures(draws.customers_kept[:, -1], point.customers_kept[0, -1]),
            "revenue": _figures(draws.revenue.sum(axis=1), point.revenue[0].sum()),
            "margin": _figures(draws.margin.sum(axis=1), point.margin[0].sum()),
            "margin_pv": _figures(draws.gross_pv, point.gross_pv[0]),
            "cost_pv": _figures(draws.cost_pv, point.cost_pv[0]),
            "one_off_cost": _figures(draws.one_off, point.one_off[0]),
            "tail_pv": _figures(draws.tail, point.tail[0]),
            "tail_counted": scenario.tail,
            "roi": point.roi, "benefit_cost_ratio": point.bcr, "irr": point.irr,
            "payback_years": point.payback, "discounted_payback_years": point.discounted_payback,
            "break_even_effect": valuation.break_even_effect,
            "break_even_attribution": valuation.break_even_attribution,
            "attribution_haircut_pv": valuation.haircut, "overlap_pv": valuation.overlap,
        },
        "years": years(valuation).to_dict("records"),
        "levers": valuation.levers.to_dict("records"),
        "segments": valuation.segments.to_dict("records"),
        "negative_margin_customers": asdict(valuation.negative),
        "tornado": valuation.tornado.to_dict("records"),
        "assumptions": assumptions_log(valuation, currency=currency).to_dict("records"),
        "notes": list(valuation.notes),
        "wrong_sign_share_of_draws": dict(valuation.wrong_sign),
        "caution": "Associations are not causes: attribution is an assumption, and so are the other inputs marked so.",
    }  # fmt: skip
    return dict(plain(found))


def report_json(valuation: Valuation, stamp: Stamp, *, only_ascii: bool = False) -> str:
    """The same as JSON; what is not a number is null.

    Parameters
    ----------
    only_ascii : bool
        Other letters as escapes: for a terminal that may not know them.
    """
    return json.dumps(report(valuation, stamp), ensure_ascii=only_ascii, indent=2, allow_nan=False) + "\n"


def years(valuation: Valuation) -> pd.DataFrame:
    """A row per year, the start being year 0: expected values, and p5 to p95 of the draws.

    Returns
    -------
    DataFrame
        `YEAR_COLUMNS`. Money in the company's currency and year: ``margin`` includes cross-sell and referral,
        ``net`` is margin less costs, ``cumulative`` its sum from the start, undiscounted; ``net_pv`` its present value
        without the tail. ``churn_…`` are shares (0-1) of those still there.
    """
    point, draws = valuation.point, valuation.draws
    horizon = point.margin.shape[1]
    none = np.full(1, np.nan)

    def three(
        name: str, values: NDArray[np.float64], mean: NDArray[np.float64], start: bool
    ) -> dict[str, Any]:
        low, high = np.percentile(values, [5, 95], axis=0)
        first = [] if start else [none]
        return {
            name: np.concatenate([*first, mean]), f"{name}_p5": np.concatenate([*first, low]),
            f"{name}_p95": np.concatenate([*first, high]),
        }  # fmt: skip

    columns: dict[str, Any] = {"year": np.arange(horizon + 1)}
    for name in ("customers_kept", "revenue", "margin"):
        columns |= three(name, getattr(draws, name), getattr(point, name)[0], start=False)
    columns["margin_cross_sell"] = np.concatenate([none, point.cross_sell[0]])
    columns["margin_referral"] = np.concatenate([none, point.referral[0]])
    columns["cost"] = np.concatenate([point.one_off, point.cost[0]])
    flows, mean_flows = (np.column_stack([-one.one_off, one.net]) for one in (draws, point))
    columns |= three("net", flows, mean_flows[0], start=True)
    columns |= three("cumulative", draws.cumulative, point.cumulative[0], start=True)
    columns["net_pv"] = np.concatenate([-point.one_off, point.net[0] * point.factors[0]])
    columns["churn_before"] = np.concatenate([none, valuation.churn_before])
    columns["churn_after"] = np.concatenate([none, valuation.churn_after])
    # Adding 0 turns -0.0 into 0.0.
    return pd.DataFrame(columns)[list(YEAR_COLUMNS)] + 0


def years_csv(valuation: Valuation, stamp: Stamp) -> bytes:
    """The years as CSV that spreadsheets and programs read: UTF-8 with its mark, decimal points, no formulas.

    Each row carries scenario, filters, currency, release, month, seed and version, so that rows of several files can be
    stacked.
    """
    table = years(valuation)
    carried = {
        "scenario": valuation.scenario.name, "currency": stamp.currency, "release": stamp.release,
        "scenario_sha256": stamp.scenario_sha256, "data_sha256": stamp.data_sha256, "version": stamp.version,
        "month": f"{stamp.month:%Y-%m}", "filters": stamp.filters_text,
    }  # fmt: skip
    table = table.assign(**{name: safe_text(text) for name, text in carried.items()}, seed=valuation.seed)
    return table.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def plain(value: Any) -> Any:
    """Values that JSON knows: numpy's numbers as Python's, days as text, nan and infinity as null."""
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value


def _figures(draws: NDArray[np.float64], expected: float) -> dict[str, float]:
    return {**asdict(summary(draws)), "expected": float(expected)}
