"""Columns that are oriented so that more is better, and the players that own them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxdata.drivers.observations import (
    COUNT,
    FACT,
    FACTS,
    FLAG,
    NOT_ASKED,
    NOT_EXPERIENCED,
    RATED,
    RATING,
    RECENCY,
    Driver,
    Floats,
    Observations,
)

GLANCE = 2_000
"""Rows at which columns are compared first: nearly all that differ do so there."""

RARE_LEVEL = 30
"""Decisions that a segment, plan or product needs to have a column of its own; rarer ones share one."""

MOST_UNKNOWN = 0.10
"""Share of decisions of which nobody knows whether they met something, up to which "met" is a column."""

CONSTANT, DUPLICATE, UNRATED, NESTED = "constant", "duplicate", "unrated", "nested"
"""Why a driver that was asked for is not analysed."""

ROLE_RATING, ROLE_COUNT, ROLE_FLAG, ROLE_LEVEL, ROLE_CONTACT = "rating", "count", "flag", "level", "contact"


@dataclass(frozen=True)
class Column:
    """One column of the matrix.

    Parameters
    ----------
    code : str
        Unique; begins with its driver's code.
    player : int
        Place of its player.
    role : str
        rating, count, flag, level (a dummy of a fact) or contact (met at all).
    centre : float
        What was taken off a rating, so that 0 stands for the mean of those who rated.
    sign : int
        -1 where the raw column counts what went wrong: the column itself is always oriented to "more is better".
    """

    code: str
    player: int
    role: str
    centre: float = 0.0
    sign: int = 1

    @property
    def binary(self) -> bool:
        """Whether its effect is that of a change from no to yes."""
        return self.role in (ROLE_FLAG, ROLE_LEVEL, ROLE_CONTACT)


@dataclass(frozen=True)
class Player:
    """A driver as it shares credit: all of its columns together.

    Parameters
    ----------
    code : str
        The driver's code.
    positions : tuple of int
        Its columns.
    main : int
        The column whose effect is told: the rating, not the contact.
    rated : int
        Decisions with a value; `met` those that experienced it, `customers` who rated it.
    mean, spread : float
        Of the raw values of those who rated: in points of the scale, events, minutes or days.
    level, base : str
        Of a fact with levels: the two that its effect compares.
    """

    code: str
    positions: tuple[int, ...]
    main: int
    rated: int
    met: int
    customers: int
    mean: float
    spread: float
    level: str = ""
    base: str = ""


def columns_of(
    found: Observations, chosen: Sequence[str], keep: NDArray[np.bool_]
) -> tuple[list[Column], list[Floats], list[Player], list[tuple[str, str, int]]]:
    """Columns of the chosen drivers, with their matrices and players, and which drivers were refused and why.

    Parameters
    ----------
    found : Observations
    chosen : sequence of str
        Codes, in the release's order.
    keep : ndarray of bool, shape (decisions,)
    """
    columns: list[Column] = []
    matrices: list[Floats] = []
    players: list[Player] = []
    rejected: list[tuple[str, str, int]] = []
    customers = found.decisions["customer"].to_numpy(np.uint64)[keep]
    for code in chosen:
        driver = found.driver(code)
        raw, states = found.values[code][keep], found.states[code][keep]
        # Where a handful did not meet it, or most are not known to have met it or not, meeting it cannot be a column.
        never = states == NOT_EXPERIENCED
        unknown = 0.0 if driver.recorded else float((states == NOT_ASKED).mean())
        if driver.kind == RATING and (never.sum() < RARE_LEVEL or unknown > MOST_UNKNOWN):
            states = np.where(never, NOT_ASKED, states).astype(np.int8)
        known = states == RATED
        parts = _parts(driver, raw, states) if known.any() else []
        # A column that never changes says nothing; one that repeats another would take half its credit.
        varying = [part for part in parts if np.nanmax(part[1]) > np.nanmin(part[1])]
        if not any(part[0] != ROLE_CONTACT for part in varying):
            rejected.append((code, CONSTANT if known.any() else UNRATED, int(known.sum())))
            continue
        # Who rates it has always met something else: how the two go together cannot be learned from anybody.
        flags = [
            matrix for column, matrix in zip(columns, matrices, strict=True) if column.role == ROLE_CONTACT
        ]
        if any(_nested(known, flag) for flag in flags):
            rejected.append((code, NESTED, int(known.sum())))
            continue
        if any(_same(part[1], other) for part in varying if part[0] != ROLE_CONTACT for other in matrices):
            rejected.append((code, DUPLICATE, int(known.sum())))
            continue
        # The contact itself may be shared by two questions about one touchpoint: then it stands with the first.
        varying = [
            part for part in varying
            if part[0] != ROLE_CONTACT or not any(_same(part[1], other) for other in matrices)
        ]  # fmt: skip
        first = len(columns)
        for place, (role, values, centre, sign) in enumerate(varying):
            columns.append(Column(f"{code}#{role}{place or ''}", len(players), role, centre, sign))
            matrices.append(values)
        level, base = _compared(driver, raw, varying)
        main = next(first + place for place, part in enumerate(varying) if part[0] != ROLE_CONTACT)
        players.append(
            Player(
                code,
                tuple(range(first, len(columns))),
                main,
                rated=int(known.sum()),
                met=int((states != NOT_EXPERIENCED).sum()),
                customers=len(np.unique(customers[known])),
                mean=float(raw[known].mean()),
                spread=float(raw[known].std()),
                level=level,
                base=base,
            )
        )
    return columns, matrices, players, rejected


def _parts(driver: Driver, raw: Floats, states: NDArray[np.int8]) -> list[tuple[str, Floats, float, int]]:
    """Role, values, centre and sign of the columns of a driver."""
    if driver.kind == FACT:
        if driver.name in ("tenure", "value"):
            return [(ROLE_RATING, np.log1p(np.maximum(raw, 0.0)), 0.0, 1)]
        return [(ROLE_LEVEL, column, 0.0, 1) for column in _dummies(raw)]
    if driver.kind in (COUNT, FLAG):
        return [(ROLE_FLAG if driver.kind == FLAG else ROLE_COUNT, 0.0 - raw, 0.0, -1)]
    known, never = states == RATED, states == NOT_EXPERIENCED
    values = np.log1p(np.maximum(raw, 0.0)) if driver.kind == RECENCY else raw
    centre = float(values[known].mean())
    centred = np.where(never, 0.0, values - centre)
    parts = [(ROLE_RATING, centred, centre, 1)]
    if driver.kind == RECENCY:
        # Having had none at all is better than the longest time since the last one.
        return [(ROLE_RATING, centred, centre, 1), (ROLE_CONTACT, 0.0 - (~never).astype(float), 0.0, -1)]
    if never.any():
        # Met or not is known where contacts are recorded, or was said; elsewhere it is as unknown as the rating.
        met = np.where(never, 0.0, 1.0 if driver.recorded else np.where(states == NOT_ASKED, np.nan, 1.0))
        parts.append((ROLE_CONTACT, met, 0.0, 1))
    return parts


def _compared(
    driver: Driver, raw: Floats, parts: Sequence[tuple[str, Floats, float, int]]
) -> tuple[str, str]:
    """The level of a fact that its first column stands for, and the most frequent one that it is compared with."""
    if not driver.levels or not parts:
        return "", ""
    base = int(np.bincount(raw.astype(int)).argmax())
    of_first = raw[parts[0][1] > 0].astype(int)
    return driver.levels[int(np.bincount(of_first).argmax())], driver.levels[base]


def _dummies(raw: Floats) -> list[Floats]:
    """A column per level except the most frequent; rare levels together."""
    levels, counts = np.unique(raw, return_counts=True)
    rare = levels[counts < RARE_LEVEL]
    base = levels[np.argmax(counts)]
    found = [(raw == level).astype(float) for level in levels if level != base and level not in rare]
    if len(rare) and np.isin(raw, rare).any() and base not in rare:
        together = np.isin(raw, rare).astype(float)
        if together.sum() >= 2:
            found.append(together)
    return found


def _nested(known: NDArray[np.bool_], flag: Floats) -> bool:
    """Whether a flag that varies does not vary among the rows with a value, by more than chance."""
    if known.all() or np.isnan(flag).any():
        return False
    rarer = min((flag == value).mean() for value in (flag.min(), flag.max()))
    inside = min(int((flag[known] == value).sum()) for value in (flag.min(), flag.max()))
    return inside < 5 and rarer * known.sum() >= 20


def _same(one: Floats, other: Floats) -> bool:
    """Whether two columns say the same, up to scale: equal gaps and a correlation of one."""
    if len(one) > 2 * GLANCE and not _same_or_flat(one[:GLANCE], other[:GLANCE]):
        return False
    return _same_or_flat(one, other, flat=False)


def _same_or_flat(one: Floats, other: Floats, *, flat: bool = True) -> bool:
    """The same on these rows; `flat` is the answer where a column does not vary there."""
    gaps = np.isnan(one)
    if not np.array_equal(gaps, np.isnan(other)):
        return False
    if (~gaps).sum() < 2:
        return flat
    a, b = one[~gaps] - one[~gaps].mean(), other[~gaps] - other[~gaps].mean()
    size = float(np.sqrt((a @ a) * (b @ b)))
    return abs(float(a @ b)) > (1 - 1e-10) * size if size > 0 else flat


def controls_of(
    found: Observations, chosen: Sequence[str], keep: NDArray[np.bool_]
) -> tuple[Floats, tuple[str, ...]]:
    """Columns of what is held equal, shape (n, c), with the fact that each belongs to: those not chosen as drivers."""
    columns: list[Floats] = []
    names: list[str] = []
    basis: list[Floats] = [np.full(int(keep.sum()), 1.0 / np.sqrt(max(int(keep.sum()), 1)))]
    for name in FACTS:
        code = f"fact:{name}"
        if code not in found.values or code in chosen:
            continue
        raw = found.values[code][keep]
        if not np.isfinite(raw).all():
            continue
        parts = [np.log1p(np.maximum(raw, 0.0))] if name in ("tenure", "value") else _dummies(raw)
        for part in parts:
            # What the other controls already determine would leave no single solution.
            rest = part - (np.array(basis) @ part) @ np.array(basis)
            size = float(np.linalg.norm(rest))
            if size > 1e-6 * max(float(np.linalg.norm(part)), 1e-12):
                columns.append(part)
                names.append(name)
                basis.append(rest / size)
    matrix = np.column_stack(columns) if columns else np.empty((int(keep.sum()), 0))
    return matrix, tuple(names)
