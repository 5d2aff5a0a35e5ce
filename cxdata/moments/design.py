"""Columns of the regression: who the customer is, and what was gone through at each touchpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxdata.moments.experience import BAD, BEST, GOOD, MIDDLE, NONE, SIGN, UNRATED, Experiences
from cxdata.moments.regression import Family, Floats

EVENTS_PER_TERM = 10
"""Lost (or kept, whichever is fewer) decisions that each coefficient needs; below, fewer are asked for."""

CONTROLS = ("segment", "tenure", "plan", "product")
"""What is held equal, the most important first: where data is short the last ones go first."""

TENURE_DAYS = (366, 731, 1096)
"""Ends of the bands of tenure: one, two and three years after the first term began."""

LOW, HIGH, BETWEEN, OTHER, NOT_MET = "bad", "good", "middle", "unrated", "none"
"""Groups of states: what a column of the regression stands for."""

SIDES: Mapping[int, str] = {UNRATED: OTHER, SIGN: LOW, BAD: LOW, MIDDLE: BETWEEN, GOOD: HIGH, BEST: HIGH}
"""How states count on the page: bad by rating or by sign, favourable, in between, met but unrated."""

ENDS: Mapping[int, str] = {
    UNRATED: OTHER, SIGN: "sign", BAD: LOW, MIDDLE: BETWEEN, GOOD: BETWEEN, BEST: HIGH,
}  # fmt: skip
"""How states count where both ends are weighed: the lowest two fifths and the top fifth of a scale."""


Controls = Mapping[str, Mapping[str, Floats]]
"""Columns per control."""


@dataclass(frozen=True)
class Side:
    """One group of states at one touchpoint, as a column: ``delivery:bad``."""

    touchpoint: str
    name: str

    @property
    def term(self) -> str:
        """Name of its coefficient."""
        return f"{self.touchpoint}:{self.name}"


@dataclass(frozen=True)
class Sides:
    """Groups with their rows, and per touchpoint the group that has no coefficient of its own.

    `baselines` holds `NOT_MET`, or another group where everybody met the touchpoint.
    """

    rows: Mapping[Side, np.ndarray]
    baselines: Mapping[str, str]


@dataclass(frozen=True)
class Design:
    """Columns of a regression.

    Parameters
    ----------
    columns : ndarray of float, shape (n, p)
        The constant, the controls, then the sides.
    terms : tuple of str, length p
    controls : tuple of str
        Which of `CONTROLS` are held equal.
    """

    columns: Floats
    terms: tuple[str, ...]
    controls: tuple[str, ...]

    def setting(self, touchpoint: str, side: str) -> Floats:
        """What `regression.standardised` is to set: one side of a touchpoint on, its others off, shape (p,)."""
        own = [term.startswith(f"{touchpoint}:") for term in self.terms]
        wanted = np.where(own, 0.0, np.nan)
        if f"{touchpoint}:{side}" in self.terms:
            wanted[self.terms.index(f"{touchpoint}:{side}")] = 1.0
        return wanted


def tenure_bands(days: Floats) -> NDArray[np.str_]:
    """Bands of tenure, '' where it is not known."""
    edges = np.searchsorted(np.asarray(TENURE_DAYS, dtype=float), days, side="left")
    return np.where(np.isnan(days), "", edges.astype(str))


def events(outcome: Floats, family: Family) -> float:
    """What the data can carry: the rarer of two outcomes, or all rows of a number."""
    if family == "linear":
        return float(outcome.size)
    return float(min(outcome.sum(), outcome.size - outcome.sum()))


def usable(outcome: Floats, rows: np.ndarray, min_base: int, family: Family) -> bool:
    """Whether a group can have a coefficient: enough decisions, and both outcomes among them."""
    count = int(rows.sum())
    if count < min_base:
        return False
    return family == "linear" or 0 < float(outcome[rows].sum()) < count


def sides_of(
    found: Experiences,
    touchpoints: Sequence[str],
    outcome: Floats,
    coding: Mapping[int, str],
    min_base: int,
    family: Family,
    *,
    one_way: bool = False,
) -> Sides:
    """Groups of states that can have a coefficient, with the rows that belong to each.

    A group that is too small counts as met but unrated. So does one that ended in one way only, unless
    `one_way` is set: then it keeps its column, and `regression.penalised` finds a finite coefficient for it.
    """

    def carried(members: np.ndarray) -> bool:
        return int(members.sum()) >= min_base if one_way else usable(outcome, members, min_base, family)

    sides: dict[Side, np.ndarray] = {}
    baselines: dict[str, str] = {}
    for touchpoint in touchpoints:
        states = found.of(touchpoint)
        rows = {name: np.zeros(states.size, dtype=bool) for name in dict.fromkeys(coding.values())}
        for state, name in coding.items():
            rows[name] |= states == state
        for name in rows:
            if name != OTHER and not carried(rows[name]):
                rows[OTHER] = rows[OTHER] | rows[name]
                rows[name] = np.zeros(states.size, dtype=bool)
        enough = [name for name in rows if carried(rows[name])]
        baselines[touchpoint] = NOT_MET
        if not (states == NONE).any():
            # Everybody met it: one of the groups must be what the others are compared with.
            baselines[touchpoint] = next((name for name in (OTHER, BETWEEN, HIGH) if name in enough), NOT_MET)
        for name in enough:
            if name != baselines[touchpoint]:
                sides[Side(touchpoint, name)] = rows[name]
    return Sides(sides, baselines)


def controls_of(decisions: pd.DataFrame, min_base: int, family: Family) -> Controls:
    """Columns of each of `CONTROLS`: one per group of customers, the largest group aside.

    Groups of fewer than `min_base` decisions, or with one outcome only, are taken together with the largest.
    """
    outcome = decisions["outcome"].to_numpy(float)
    values = {name: decisions[name].fillna("").astype(str) for name in ("segment", "plan", "product")}
    bands = tenure_bands(decisions["tenure_days"].to_numpy(float))
    values["tenure"] = pd.Series(bands, index=decisions.index)
    return {name: _levels(name, values[name], outcome, min_base, family) for name in CONTROLS}


def design(
    decisions: pd.DataFrame,
    sides: Mapping[Side, np.ndarray],
    parts: Controls,
    family: Family,
    *,
    floor: float = EVENTS_PER_TERM,
) -> Design | None:
    """Columns for a regression, with as many controls as the data carries.

    Parameters
    ----------
    decisions : DataFrame
        ``outcome`` and what the controls were made of.
    sides : mapping of Side to ndarray of bool
        Rows of `Sides`, or some of them.
    parts : mapping of str to mapping of str to ndarray of float
        Columns of each of `CONTROLS`, from `controls_of`.
    family : {"logistic", "linear"}
    floor : float
        Events that each coefficient needs.

    Returns
    -------
    Design or None
        None where not even the sides alone can be carried.
    """
    room = events(decisions["outcome"].to_numpy(float), family) / floor
    kept = list(CONTROLS)
    while kept and 1 + len(sides) + sum(len(parts[name]) for name in kept) > room:
        kept.pop()
    if 1 + len(sides) > room:
        return None
    columns = {"constant": np.ones(len(decisions))}
    for name in kept:
        columns.update(parts[name])
    columns.update({side.term: rows.astype(float) for side, rows in sides.items()})
    held = tuple(name for name in kept if parts[name])
    return Design(np.column_stack(list(columns.values())), tuple(columns), held)


def _levels(
    name: str, values: pd.Series, outcome: Floats, min_base: int, family: Family
) -> dict[str, Floats]:
    counts = values.value_counts()
    found = {}
    for value in counts.index[1:]:
        rows = (values == value).to_numpy()
        if usable(outcome, rows, min_base, family):
            found[f"{name}={value}"] = rows.astype(float)
    return found
