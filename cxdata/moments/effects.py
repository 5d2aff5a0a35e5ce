"""How much goes with a bad experience at each touchpoint, once customers are made comparable."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cxdata.errors import TooLittleData
from cxdata.moments.design import (
    EVENTS_PER_TERM,
    HIGH,
    LOW,
    NOT_MET,
    OTHER,
    SIDES,
    Controls,
    Design,
    Side,
    controls_of,
    design,
    events,
    sides_of,
)
from cxdata.moments.experience import BAD, BEST, GOOD, NONE, SIGN, Experiences
from cxdata.moments.regression import Family, Fit, Floats, difference, fit, penalised, standardised
from cxdata.scorecard.comparisons import holm
from cxdata.scorecard.estimates import CONFIDENCE_LEVEL, normal_quantile

DECIDES, UNCLEAR, REVERSE, TOO_FEW, UNTOLD = "decides", "unclear", "reverse", "too_few", "untold"
"""Verdicts: a moment of truth; not told from chance; bad ones renew more; too little data; not separable."""

ERROR_RATE = 0.05
"""Chance of any false alarm at all among the touchpoints shown together."""

CONTRASTS = ("bad_good", "bad_none", "good_none")


@dataclass(frozen=True)
class Moments:
    """Touchpoints, and what goes with bad experiences there.

    Parameters
    ----------
    table : DataFrame
        One row per touchpoint, the clear moments first and each by its cost: ``touchpoint``, ``met`` and ``reach`` (share of
        decisions), ``bad``, ``bad_rated``, ``bad_lost`` (of the bad ones; nan for the linear family), ``good``,
        ``rated``, ``none`` (decisions), ``reference`` (good or unrated),
        ``estimate``, ``std_error``, ``conf_low``, ``conf_high`` (bad less reference: fractions, or points of
        NPS), ``p_value``, ``p_holm``, ``verdict``, ``cost``, ``cost_low``, ``cost_high`` (renewals lost, or
        points of the overall NPS), ``alone``, ``alone_low``, ``alone_high`` (without the other
        touchpoints) and, for ``bad_none`` and ``good_none``, the difference with its interval.
    decisions, lost, customers : int
        What it rests on; `lost` is 0 for the linear family.
    family : {"logistic", "linear"}
    together : bool
        Whether the headline holds the other touchpoints equal too.
    controls : tuple of str
        What else is held equal; empty where the data carries nothing.
    reason : str
        "" where there is an answer; else ``"no_decisions"``, ``"too_few"`` or ``"one_outcome"``.
    """

    table: pd.DataFrame
    decisions: int
    lost: int
    customers: int
    family: Family
    together: bool
    controls: tuple[str, ...]
    reason: str = ""

    @property
    def clear(self) -> pd.DataFrame:
        """The moments of truth: rows whose difference stands out from chance."""
        return self.table[self.table["verdict"] == DECIDES]


def moments(
    decisions: pd.DataFrame,
    found: Experiences,
    *,
    min_base: int,
    recorded: Sequence[str] = (),
    family: Family = "logistic",
    scale: float = 1.0,
) -> Moments:
    """Adjusted differences per touchpoint, ranked by what goes with bad experiences there.

    One regression per touchpoint holds segment, tenure, plan and product equal; one of all touchpoints
    together holds the other experiences equal too. The second is the headline where it has
    `EVENTS_PER_TERM` lost decisions a coefficient and an estimate exists; else the first.

    Parameters
    ----------
    decisions : DataFrame
        ``customer``, ``segment``, ``plan``, ``product``, ``tenure_days`` and ``outcome`` (1 renewed, 0
        lost; or −100 to 100 for the linear family).
    found : Experiences
        Rows in the order of `decisions`.
    min_base : int
        Decisions that a group needs.
    recorded : sequence of str
        Touchpoints whose contacts are recorded: elsewhere nobody knows who did not meet them, and nothing
        is compared with not meeting.
    family : {"logistic", "linear"}
    scale : float
        How many decisions each row stands for, where only some customers were drawn.

    Returns
    -------
    Moments
        Differences are averages over the decisions that met the touchpoint (g-computation), but the cost
        is the number of bad ones times the average over them: what goes with those that were had. Intervals
        are from the delta method with a covariance that allows for customers who decide several times.
        Where some group ended in one way only the fit is Firth's, and the group's share is as unsure as
        Wilson's interval of its customers. Holm's procedure over the touchpoints that are compared.
    """
    outcome = decisions["outcome"].to_numpy(float)
    lost = int((outcome == 0).sum()) if family == "logistic" else 0
    customers = int(decisions["customer"].nunique())

    def answer(table: pd.DataFrame, together: bool, controls: tuple[str, ...], reason: str = "") -> Moments:
        return Moments(table, len(decisions), lost, customers, family, together, controls, reason)

    counted = outcome if family == "logistic" else np.full(outcome.size, math.nan)
    rows = [_counts(found, touchpoint, counted, min_base) for touchpoint in found.touchpoints]
    table = _ranked(pd.DataFrame(rows, columns=_COLUMNS))
    if not len(decisions):
        return answer(table, False, (), "no_decisions")
    if family == "logistic" and events(outcome, family) == 0:
        return answer(table, False, (), "one_outcome")
    if events(outcome, family) < 2 * EVENTS_PER_TERM:
        return answer(table, False, (), "too_few")
    sides = sides_of(found, found.touchpoints, outcome, SIDES, min_base, family, one_way=True)
    parts = controls_of(decisions, min_base, family)
    joint = _fitted(decisions, sides.rows, parts, family)
    controls: tuple[str, ...] = joint[0].controls if joint else ()
    for row in rows:
        touchpoint = row["touchpoint"]
        own = {side: members for side, members in sides.rows.items() if side.touchpoint == touchpoint}
        alone = _fitted(decisions, own, parts, family) if own else None
        if alone:
            controls = controls or alone[0].controls
        errors = _one_way_errors(own, sides.baselines[touchpoint], decisions, family)
        states = found.of(touchpoint)
        compared = {
            name: _contrasts(*model, touchpoint, errors, members)
            for name, model, members in (
                ("joint", joint or alone, states != NONE),
                # What goes with bad experiences is the difference for those who had one.
                ("worse", joint or alone, np.isin(states, (BAD, SIGN))),
                ("alone", alone, states != NONE),
            )
            if model and row["verdict"] != TOO_FEW
        }
        _fill(row, compared, states, touchpoint in recorded, scale, family)
    table = _verdicts(pd.DataFrame(rows, columns=_COLUMNS))
    reason = "too_few" if table["estimate"].isna().all() and joint is None else ""
    return answer(_ranked(table), joint is not None, controls, reason)


_COLUMNS = [
    "touchpoint", "met", "reach", "bad", "bad_rated", "bad_lost", "good", "rated", "none", "reference",
    "estimate", "std_error", "conf_low", "conf_high", "p_value", "p_holm", "verdict", "cost", "cost_low", "cost_high",
    "alone", "alone_low", "alone_high",
    *(f"{name}{end}" for name in CONTRASTS for end in ("", "_low", "_high")),
]  # fmt: skip


def _counts(found: Experiences, touchpoint: str, outcome: Floats, min_base: int) -> dict[str, Any]:
    states = found.of(touchpoint)
    worse = np.isin(states, (BAD, SIGN))
    bad = int(worse.sum())
    row: dict[str, Any] = dict.fromkeys(_COLUMNS, math.nan)
    met = int((states != NONE).sum())
    row |= {
        "touchpoint": touchpoint,
        "met": met,
        "reach": met / states.size if states.size else math.nan,
        "bad": bad,
        "bad_rated": int((states == BAD).sum()),
        "bad_lost": math.nan if np.isnan(outcome).any() else int((worse & (outcome == 0)).sum()),
        "good": int(np.isin(states, (GOOD, BEST)).sum()),
        "rated": int((states >= BAD).sum()),
        "none": int((states == NONE).sum()),
        "reference": "",
        "verdict": TOO_FEW if bad < min_base else UNTOLD,
    }
    return row


def _fitted(
    decisions: pd.DataFrame, sides: Mapping[Side, np.ndarray], parts: Controls, family: Family
) -> tuple[Design, Fit] | None:
    """A regression of these sides; None where the data cannot carry it."""
    columns = design(decisions, sides, parts, family)
    if columns is None:
        return None
    outcome, customers = decisions["outcome"].to_numpy(float), decisions["customer"].to_numpy()
    if family == "linear" or not any(_one_way(outcome[rows]) for rows in sides.values()):
        with suppress(TooLittleData):
            return columns, fit(columns.columns, outcome, customers, columns.terms, family)
    if family == "logistic":
        with suppress(TooLittleData):
            return columns, penalised(columns.columns, outcome, customers, columns.terms)
    return None


def _one_way(outcome: Floats) -> bool:
    """Whether decisions all ended in the same way."""
    return outcome.size > 0 and bool((outcome == outcome[0]).all())


def _one_way_errors(
    own: Mapping[Side, np.ndarray], baseline: str, decisions: pd.DataFrame, family: Family
) -> dict[str, float]:
    """Error of the share renewed, per group of a touchpoint and its baseline: 0 but where all ended in one way.

    There the regression sees no spread at all; what n customers can say of a share of none is
    Wilson's far end, z² / (n + z²).
    """
    outcome, customers = decisions["outcome"].to_numpy(float), decisions["customer"].to_numpy()
    groups = {side.name: rows for side, rows in own.items()}
    rest = np.ones(outcome.size, dtype=bool)
    for rows in own.values():
        rest &= ~rows
    quantile = normal_quantile(CONFIDENCE_LEVEL)
    return {
        name: quantile / (np.unique(customers[rows]).size + quantile**2)
        if family == "logistic" and _one_way(outcome[rows])
        else 0.0
        for name, rows in {**groups, baseline: rest}.items()
    }


def _fill(
    row: dict[str, Any],
    compared: Mapping[str, Mapping[str, tuple[float, float]]],
    states: np.ndarray,
    recorded: bool,
    scale: float,
    family: Family,
) -> None:
    """Write the contrasts of one touchpoint into its row: the headline's, and those of its own regression."""
    found = compared.get("joint", {})
    name = "bad_good" if "bad_good" in found else "bad_unrated"
    if name not in found:
        return
    quantile = normal_quantile(CONFIDENCE_LEVEL)
    estimate, error = found[name]
    row |= {"reference": HIGH if name == "bad_good" else OTHER, "estimate": estimate, "std_error": error}
    row |= {"conf_low": estimate - quantile * error, "conf_high": estimate + quantile * error}
    row["p_value"] = math.erfc(abs(estimate / error) / math.sqrt(2)) if error > 0 else math.nan
    for contrast in CONTRASTS:
        if contrast in found and (recorded or not contrast.endswith("none")):
            value, spread = found[contrast]
            ends = (value, value - quantile * spread, value + quantile * spread)
            row |= dict(zip((contrast, f"{contrast}_low", f"{contrast}_high"), ends, strict=True))
    if name in compared.get("alone", {}):
        value, spread = compared["alone"][name]
        row |= {
            "alone": value,
            "alone_low": value - quantile * spread,
            "alone_high": value + quantile * spread,
        }
    share = row["bad"] * scale if family == "logistic" else row["bad"] / states.size
    value, spread = compared["worse"][name]
    row |= {
        "cost": -share * value,
        "cost_low": -share * (value + quantile * spread),
        "cost_high": -share * (value - quantile * spread),
    }


def _contrasts(
    columns: Design, model: Fit, touchpoint: str, errors: Mapping[str, float], members: np.ndarray
) -> dict[str, tuple[float, float]]:
    """Adjusted differences between the sides of a touchpoint that the fit can tell apart, averaged over members.

    `errors` holds the sides and the baseline, which has no coefficient, with what `_one_way_errors` adds.
    """
    told = [name for name in (LOW, HIGH, OTHER) if model.position(Side(touchpoint, name).term) >= 0]
    names = [*told, *(name for name in errors if Side(touchpoint, name).term not in columns.terms)]
    settings = [columns.setting(touchpoint, name) for name in names]
    means, gradients = standardised(model, columns.columns[members], settings)
    place = {name: position for position, name in enumerate(names)}
    pairs = {
        "bad_good": (LOW, HIGH), "bad_unrated": (LOW, OTHER), "bad_none": (LOW, NOT_MET), "good_none": (HIGH, NOT_MET),
    }  # fmt: skip
    found = {}
    for name, (one, other) in pairs.items():
        if one in place and other in place:
            contrast = difference(model, means, gradients, place[one], place[other])
            found[name] = (contrast.estimate, math.hypot(contrast.std_error, errors[one], errors[other]))
    return found


def _verdicts(table: pd.DataFrame) -> pd.DataFrame:
    adjusted: Floats = holm(table["p_value"].to_numpy(float))
    clear = np.nan_to_num(adjusted, nan=1.0) <= ERROR_RATE
    tested = table["estimate"].notna().to_numpy()
    lower = (table["estimate"] < 0).to_numpy()
    verdict = np.where(tested, UNCLEAR, table["verdict"].to_numpy(str))
    verdict = np.where(tested & clear, np.where(lower, DECIDES, REVERSE), verdict)
    return table.assign(p_holm=adjusted, verdict=verdict)


def _ranked(table: pd.DataFrame) -> pd.DataFrame:
    """Clear moments first, then what does not stand out, each by its cost; then what is not compared."""
    order = table.assign(later=(table["verdict"] != DECIDES).astype(int))
    order = order.sort_values(["later", "cost"], ascending=[True, False], kind="stable", na_position="last")
    return order.drop(columns="later").reset_index(drop=True)
