"""Does a bad experience weigh more than a good one? Both ends of the ratings against their middle."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from cxdata.errors import TooLittleData
from cxdata.models.ratios import fieller
from cxdata.moments.design import BETWEEN, ENDS, HIGH, LOW, Controls, Side, controls_of, design, sides_of
from cxdata.moments.experience import BAD, BEST, GOOD, MIDDLE, Experiences
from cxdata.moments.regression import Family, Fit, fit
from cxdata.scorecard.estimates import CONFIDENCE_LEVEL, normal_quantile

HEAVIER, LIGHTER, EVEN, CANNOT_TELL, CONTRARY = "heavier", "lighter", "even", "cannot_tell", "contrary"
"""A bad experience weighs more than a good one; less; the interval holds 1; the good one has no clear weight; good
ones clearly go with fewer renewals than the middle, so that no ratio means anything."""

CLAIM = 2.0
"""What is claimed: a bad experience weighs twice as much as a good one."""

POOLED = ""
"""Stands for all rated touchpoints together."""


def weights(
    decisions: pd.DataFrame, found: Experiences, *, min_base: int, family: Family = "logistic"
) -> pd.DataFrame:
    """What the two ends of the ratings weigh against their middle, per touchpoint and pooled.

    Bad is the lowest two fifths of the scale (or a detractor), good its top fifth (or a promoter): ends
    of the same kind. Contacts that nobody rated take no part, except that their effects are held equal.

    Parameters
    ----------
    decisions, found, min_base, family
        As for `effects.moments`.

    Returns
    -------
    DataFrame
        ``touchpoint`` ('' is pooled: one weight for all touchpoints), ``bad``, ``middle``, ``good``
        (decisions), ``bad_weight`` and ``good_weight`` with ``_low`` and ``_high`` (log-odds, or points;
        positive where bad ones renew less, good ones more), ``ratio``, ``ratio_low``, ``ratio_high`` and
        ``verdict``. Pooled first, then by bad decisions × their weight. Empty where no fit exists.
    """
    outcome = decisions["outcome"].to_numpy(float)
    if not outcome.size:
        return pd.DataFrame(columns=_COLUMNS)
    sides = sides_of(found, found.touchpoints, outcome, ENDS, min_base, family)
    complete = [
        touchpoint for touchpoint in found.touchpoints
        if all(
            Side(touchpoint, name) in sides.rows or sides.baselines[touchpoint] == name
            for name in (LOW, BETWEEN, HIGH)
        )
    ]  # fmt: skip
    rows = []
    parts = controls_of(decisions, min_base, family)
    model = _fitted(decisions, sides.rows, parts, family)
    for touchpoint in complete if model else ():
        states = found.of(touchpoint)
        rows.append(
            _row(
                model,
                touchpoint,
                sides.baselines[touchpoint],
                *(int(np.isin(states, codes).sum()) for codes in _ENDS),
            )
        )
    rows.sort(key=lambda row: -float(row["bad"]) * float(row["bad_weight"]))
    pooled = {side: rows for side, rows in sides.rows.items() if side.name not in (LOW, BETWEEN, HIGH)}
    ends = {
        Side(POOLED, name): np.isin(found.states, codes).sum(axis=1)
        for name, codes in zip((LOW, BETWEEN, HIGH), _ENDS, strict=True)
    }
    if all(int((count > 0).sum()) >= min_base for count in ends.values()):
        model = _fitted(decisions, {**pooled, **ends}, parts, family)
        if model:
            rows.insert(0, _row(model, POOLED, "", *(int((count > 0).sum()) for count in ends.values())))
    return pd.DataFrame(rows, columns=_COLUMNS)


_ENDS = ((BAD,), (MIDDLE, GOOD), (BEST,))

_COLUMNS = [
    "touchpoint", "bad", "middle", "good", "bad_weight", "bad_weight_low", "bad_weight_high", "good_weight",
    "good_weight_low", "good_weight_high", "ratio", "ratio_low", "ratio_high", "verdict",
]  # fmt: skip


def _fitted(
    decisions: pd.DataFrame, sides: Mapping[Side, np.ndarray], parts: Controls, family: Family
) -> Fit | None:
    columns = design(decisions, sides, parts, family)
    if columns is None:
        return None
    try:
        outcome = decisions["outcome"].to_numpy(float)
        return fit(columns.columns, outcome, decisions["customer"].to_numpy(), columns.terms, family)
    except TooLittleData:
        return None


def _row(
    model: Fit | None, touchpoint: str, baseline: str, bad: int, middle: int, good: int
) -> dict[str, float | int | str]:
    row: dict[str, float | int | str] = dict.fromkeys(_COLUMNS, math.nan)
    row |= {"touchpoint": touchpoint, "bad": bad, "middle": middle, "good": good, "verdict": CANNOT_TELL}
    names = [name for name in (LOW, BETWEEN, HIGH) if name != baseline]
    if model is None or min(model.position(Side(touchpoint, name).term) for name in names) < 0:
        return row
    # Minus, because a bad experience weighs as much as it lowers the outcome.
    pick = np.zeros((2, model.coefficients.size))
    signs = {LOW: (-1.0, 0.0), BETWEEN: (1.0, -1.0), HIGH: (0.0, 1.0)}
    for name in names:
        pick[:, model.position(Side(touchpoint, name).term)] = signs[name]
    values, covariance = pick @ model.coefficients, pick @ model.covariance @ pick.T
    reach = normal_quantile(CONFIDENCE_LEVEL) * np.sqrt(np.diag(covariance))
    for name, value, arm in zip(("bad_weight", "good_weight"), values, reach, strict=True):
        row |= {name: float(value), f"{name}_low": float(value - arm), f"{name}_high": float(value + arm)}
    ratio = fieller(float(values[0]), float(values[1]), covariance)
    row |= {"ratio": ratio.estimate, "ratio_low": ratio.conf_low, "ratio_high": ratio.conf_high}
    if float(row["good_weight_high"]) < 0:
        row["verdict"] = CONTRARY
    elif not math.isnan(ratio.conf_low) and values[1] > 0:
        row["verdict"] = HEAVIER if ratio.conf_low > 1 else LIGHTER if ratio.conf_high < 1 else EVEN
    return row
