"""What promoters, passives, detractors and those who did not answer are worth, alike in segment and tenure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxdata.errors import TooLittleData
from cxdata.finance.economics.measures import Z, share
from cxdata.finance.lifetimes.lifetime import margin_multiple
from cxdata.models.fits import Fit
from cxdata.models.logit import logit
from cxdata.models.predictions import standardised

GROUPS = ("promoter", "passive", "detractor", "silent")
"""Answers of 9-10, of 7-8, of 0-6; and customers who gave none in the year before."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class NpsGroups:
    """Retention, margin and value by group, standardised to the segments and tenures of the whole base.

    Parameters
    ----------
    group : tuple of str
        Those of `GROUPS` with enough customers.
    customers : tuple of int
        There at the start of the window.
    raw_retention : ndarray of float, shape (g,)
        Share (0-1) still there at its end, as counted.
    retention, retention_low, retention_high : ndarray of float, shape (g,)
        Per year (0-1), as if the group had the segments and tenures of all; 95 % interval.
    margin, margin_low, margin_high : ndarray of float, shape (g,)
        Annual margin per customer in the same way; nan where margins are not exported.
    value, value_low, value_high : ndarray of float, shape (g,)
        Lifetime value per customer, margin in present value: m r / (1 + i − r), renewals only.
    discount_rate : float
        Per year; assumed.
    suppressed : tuple of str
        Groups with fewer customers than the minimum base.
    """

    group: tuple[str, ...]
    customers: tuple[int, ...]
    raw_retention: Floats
    retention: Floats
    retention_low: Floats
    retention_high: Floats
    margin: Floats
    margin_low: Floats
    margin_high: Floats
    value: Floats
    value_low: Floats
    value_high: Floats
    discount_rate: float
    suppressed: tuple[str, ...] = ()


def nps_groups(
    cells: pd.DataFrame, *, discount_rate: float, min_base: int, years: float = 1.0
) -> NpsGroups | None:
    """Value by promoter, passive, detractor and non-respondent.

    Retention by logistic regression, margin by least squares, both on group, segment and the logarithm of tenure;
    then everybody is predicted as if in each group (g-formula).

    Parameters
    ----------
    cells : DataFrame
        From `query.recommenders`: ``line``, ``segment``, ``age`` (years), ``customers``, ``kept``, ``margins``,
        ``margin``, ``margin_sq``.
    discount_rate : float
        Per year.
    min_base : int
        Customers that a group needs.
    years : float
        Length of the window; retention is given per year.

    Returns
    -------
    NpsGroups or None
        None where no answering group has enough customers, or everybody stayed or left.

    References
    ----------
    Robins (1986), Mathematical Modelling 7; Lane & Nelder (1982), Biometrics 38(3), on standardisation.
    """
    counts = cells.groupby("line")["customers"].sum()
    shown = tuple(name for name in GROUPS if counts.get(name, 0) >= min_base)
    if not set(shown) - {"silent"}:
        return None
    used = cells[cells["line"].isin(shown)].reset_index(drop=True)
    design, terms = _design(used, shown)
    retention = _retention(used, design, terms, shown)
    if retention is None:
        return None
    rate, errors, raw = retention
    # From the window to a year, on the scale of logarithms.
    yearly, yearly_error = rate ** (1 / years), errors * rate ** (1 / years - 1) / years
    margin, margin_error = _margins(used, design, terms, shown)
    multiple = margin_multiple(yearly, discount_rate)
    value = margin * multiple
    slope = margin * (1 + discount_rate) / (1 + discount_rate - yearly) ** 2
    arm = Z * np.hypot(slope * yearly_error, multiple * margin_error)
    logits = np.log(yearly / (1 - yearly))
    reach = Z * yearly_error / (yearly * (1 - yearly))
    return NpsGroups(
        group=shown,
        customers=tuple(int(counts[name]) for name in shown),
        raw_retention=raw,
        retention=yearly,
        retention_low=1 / (1 + np.exp(reach - logits)),
        retention_high=1 / (1 + np.exp(-reach - logits)),
        margin=margin,
        margin_low=margin - Z * margin_error,
        margin_high=margin + Z * margin_error,
        value=value,
        value_low=value - arm,
        value_high=value + arm,
        discount_rate=discount_rate,
        suppressed=tuple(name for name in GROUPS if name not in shown and counts.get(name, 0) > 0),
    )


def _design(cells: pd.DataFrame, shown: tuple[str, ...]) -> tuple[Floats, list[str]]:
    """A constant, the groups but the last, the segments but the commonest, and log(1 + years)."""
    segments = cells.groupby("segment")["customers"].sum().sort_values(ascending=False)
    columns: list[Floats] = [np.ones(len(cells))]
    columns += [np.asarray(cells["line"] == name, dtype=float) for name in shown[:-1]]
    # A rare segment has no coefficient that could be told: it goes with the commonest one.
    wide = [name for name in segments.index[1:] if segments[name] >= 30]
    columns += [np.asarray(cells["segment"] == name, dtype=float) for name in wide]
    columns.append(np.log1p(cells["age"].to_numpy(float)))
    terms = ["constant", *shown[:-1], *(f"segment {name}" for name in wide), "tenure"]
    return np.column_stack(columns), terms


def _settings(shown: tuple[str, ...], width: int) -> list[Floats]:
    found = []
    for place in range(len(shown)):
        setting = np.full(width, np.nan)
        setting[1 : len(shown)] = 0.0
        if place < len(shown) - 1:
            setting[1 + place] = 1.0
        found.append(setting)
    return found


def _retention(
    cells: pd.DataFrame, design: Floats, terms: list[str], shown: tuple[str, ...]
) -> tuple[Floats, Floats, Floats] | None:
    """Adjusted shares kept, their standard errors, and the shares as counted."""
    kept, total = cells["kept"].to_numpy(float), cells["customers"].to_numpy(float)
    counted = cells.groupby("line")[["kept", "customers"]].sum().loc[list(shown)]
    raw = (counted["kept"] / counted["customers"]).to_numpy(float)
    rows = np.vstack([design, design])
    outcome = np.concatenate([np.ones(len(cells)), np.zeros(len(cells))])
    weights = np.concatenate([kept, total - kept])
    used = weights > 0
    try:
        model = logit(rows[used], outcome[used], terms=terms, weights=weights[used], errors="model")
    except TooLittleData:
        return _unadjusted(raw, counted)
    means, gradients = standardised(model, design, _settings(shown, design.shape[1]), total)
    return means, _errors(model, gradients), raw


def _unadjusted(raw: Floats, counted: pd.DataFrame) -> tuple[Floats, Floats, Floats] | None:
    """The shares as counted, where no regression exists; none where everybody stayed or everybody left."""
    if not ((raw > 0) & (raw < 1)).all():
        return None
    found = [share(row["kept"], row["customers"]) for row in counted.to_dict("records")]
    return raw, np.array([one.std_error for one in found]), raw


def _errors(model: Fit, gradients: Floats) -> Floats:
    return np.sqrt(np.einsum("ij,jk,ik->i", gradients, model.covariance, gradients))


def _margins(
    cells: pd.DataFrame, design: Floats, terms: list[str], shown: tuple[str, ...]
) -> tuple[Floats, Floats]:
    """Adjusted annual margins and their robust standard errors, from sums per cell; nan where none is known."""
    known = cells["margins"].to_numpy(float) > 0
    nothing = np.full(len(shown), np.nan)
    if cells["margins"].sum() < len(terms) + 2 or set(cells.loc[known, "line"]) != set(shown):
        return nothing, nothing
    x, count = design[known], cells.loc[known, "margins"].to_numpy(float)
    total, squares = cells.loc[known, "margin"].to_numpy(float), cells.loc[known, "margin_sq"].to_numpy(float)
    gram = x.T @ (count[:, None] * x)
    bread = np.linalg.pinv(gram)
    beta = bread @ (x.T @ total)
    fitted = x @ beta
    # Squared residuals of all customers of a cell, so that the errors are those of a fit to single customers (HC0).
    spread = np.maximum(squares - 2 * fitted * total + count * fitted**2, 0.0)
    covariance = bread @ (x.T @ (spread[:, None] * x)) @ bread
    weights = cells["customers"].to_numpy(float)
    rows = []
    for setting in _settings(shown, design.shape[1]):
        moved = np.where(np.isnan(setting), design, setting)
        rows.append(weights @ moved / weights.sum())
    gradients = np.array(rows)
    return gradients @ beta, np.sqrt(np.einsum("ij,jk,ik->i", gradients, covariance, gradients))
