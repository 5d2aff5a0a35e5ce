"""What a lever moves: per decision the room that it has, and the change of its driver under so much of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxdata.finance.impact.populations import Cells
from cxdata.finance.impact.profiles import Profiles
from cxdata.finance.scenarios.refusals import ScenarioInvalid
from cxdata.finance.scenarios.scenario import FIX, FLOOR, SHIFT, Lever
from cxdata.messages import message
from cxdata.models.churn import ChurnDriver

Floats = NDArray[np.float64]

RATING, COUNT, FLAG = "rating", "count", "flag"


@dataclass(frozen=True)
class Move:
    """A lever on one completed set of rows.

    Columns are oriented so that more is better; a lever never makes one worse, and never better than its best.

    Parameters
    ----------
    kind : str
        `SHIFT`, `FLOOR` or `FIX`.
    column : int
        Of the regression; also the coefficient.
    value : ndarray, shape (n,)
        The column.
    best : float
        Its best value: the top of the scale, or no event at all.
    share : ndarray, shape (n,)
        1 for rows in scope that met it, 0 for others; in between where nobody knows whether they did.
    offset : float
        A level of the raw scale × sign + offset is one of the column.
    sign : int
    """

    kind: str
    column: int
    value: NDArray[np.floating]
    best: float
    share: NDArray[np.floating]
    offset: float
    sign: int

    def level(self, amount: Floats) -> Floats:
        """A floor as a value of the column, shape (D,); at most the best."""
        return np.asarray(np.minimum(self.sign * amount + self.offset, self.best))

    def change(
        self, amount: Floats, rows: slice | NDArray[np.intp] = slice(None), already: Cells | None = None
    ) -> Cells:
        """Change of the column, shape (rows, D), or (rows, 1) where the amount is the same in all draws.

        Parameters
        ----------
        amount : ndarray of float, shape (D,)
        rows : slice or ndarray of int
        already : ndarray of float, shape (rows, D) or (rows, 1), optional
            What other levers have changed before.
        """
        kind = self.value.dtype
        if amount.size > 1 and not np.ptp(amount):
            amount = amount[:1]
        amount = amount.astype(kind)[None, :]
        share = self.share[rows][:, None]
        value = self.value[rows][:, None]
        if already is not None:
            value = value + already
        if self.kind == FLOOR:
            lifted = self.level(amount).astype(kind) - value
            return np.asarray(np.maximum(lifted, 0, out=lifted) * share)
        room = np.maximum(kind.type(self.best) - value, 0)
        return np.asarray((np.minimum(room, amount) if self.kind == SHIFT else room * amount) * share)


def change_after(
    moves: Sequence[Move | None],
    amounts: Floats,
    lever: int,
    earlier: tuple[int, ...],
    rows: slice | NDArray[np.intp] = slice(None),
) -> tuple[Cells, Cells | None]:
    """What a lever still changes when earlier ones have moved the same column, and what those have changed.

    Parameters
    ----------
    moves : sequence of Move or None, length L
    amounts : ndarray of float, shape (L, D)
    lever : int
    earlier : tuple of int
    rows : slice or ndarray of int
    """
    already: Cells | None = None
    for one in earlier:
        before = moves[one]
        if before is not None:
            change = before.change(amounts[one], rows, already)
            already = change if already is None else already + change
    move = moves[lever]
    if move is None:
        raise ValueError(f"lever {lever + 1} moves no column.")
    return move.change(amounts[lever], rows, already), already


def check_levers(profiles: Profiles, levers: tuple[Lever, ...]) -> None:
    """Refuse levers that the regression cannot move.

    Raises
    ------
    ScenarioInvalid
        If a driver is not in the regression, is neither rating nor event, a rating is to be fixed, or nobody belongs to a
        segment.
    """
    for number, lever in enumerate(levers, 1):
        driver = profiles.regression.driver(lever.driver)
        if driver is None:
            raise ScenarioInvalid(
                message(
                    "{field} = '{value}' is not a driver of the churn regression. Choose from: {known}.",
                    field=f"levers.{number}.driver", value=lever.driver,
                    known=", ".join(sorted(one.code for one in profiles.regression.drivers if moves(one))),
                ),
                f"levers.{number}.driver",
            )  # fmt: skip
        if not moves(driver):
            raise ScenarioInvalid(
                message(
                    "{field} = '{value}' cannot be moved by a lever: only ratings and events can. Choose from: {known}.",
                    field=f"levers.{number}.driver", value=lever.driver,
                    known=", ".join(sorted(one.code for one in profiles.regression.drivers if moves(one))),
                ),
                f"levers.{number}.driver",
            )  # fmt: skip
        at, found = driver.column, profiles.regression
        if not found.coefficients[:, at].any() and not found.covariance[:, at, at].any():
            raise ScenarioInvalid(
                message(
                    "{field} = '{value}' cannot be told from other drivers of the churn regression, which left it out. "
                    "Choose another driver, or fewer drivers for the regression.",
                    field=f"levers.{number}.driver", value=lever.driver,
                ),
                f"levers.{number}.driver",
            )  # fmt: skip
        if lever.kind == FIX and driver.kind == RATING:
            raise ScenarioInvalid(
                message(
                    "{field} = fix, but {driver} is a rating: nothing goes wrong that could be counted. Choose shift, or "
                    "floor for a level that nobody is below.",
                    field=f"levers.{number}.kind", driver=lever.driver,
                ),
                f"levers.{number}.kind",
            )  # fmt: skip
        check_segments(profiles, lever.segments, f"levers.{number}.segments")


def check_segments(profiles: Profiles, segments: tuple[str, ...], field: str) -> None:
    """Refuse a segment that nobody who is valued belongs to."""
    for segment in segments:
        if segment not in profiles.base.segments:
            raise ScenarioInvalid(
                message(
                    "{field} = '{value}': nobody who is valued belongs to it. Choose from: {known}.",
                    field=field, value=segment, known=", ".join(profiles.base.segments),
                ),
                field,
            )  # fmt: skip


def moves(driver: ChurnDriver) -> bool:
    """Whether a lever can move the driver: what happened or was rated, not who somebody is."""
    return driver.kind in (RATING, COUNT, FLAG)


def in_scope(profiles: Profiles, segments: tuple[str, ...]) -> NDArray[np.bool_]:
    """Profiles of the segments, shape (n,); all where none is named."""
    if not segments:
        return np.ones(len(profiles.rows), dtype=bool)
    wanted = [place for place, name in enumerate(profiles.base.segments) if name in segments]
    return np.isin(profiles.segment, wanted)


def move_of(
    profiles: Profiles,
    lever: Lever,
    place: int | NDArray[np.intp],
    rows: NDArray[np.intp],
    kind: type = np.float32,
) -> Move:
    """A lever on some profiles, in one completed set.

    Parameters
    ----------
    profiles : Profiles
    lever : Lever
        Already checked.
    place : int or ndarray of int, shape (g,)
        Of the completed set, for all or for each.
    rows : ndarray of int, shape (g,)
        Places in the profiles.
    kind : type
        Of the arrays of the result.
    """
    driver = profiles.regression.driver(lever.driver)
    if driver is None:
        raise ValueError(f"{lever.driver} is not a driver of the churn regression.")
    x, at = profiles.regression.x, profiles.rows[rows]
    share: Cells = in_scope(profiles, lever.segments)[rows].astype(kind)
    if driver.contact >= 0 and driver.kind == RATING:
        share *= np.clip(x[place, at, driver.contact], 0, 1).astype(kind)
    elif driver.met is not None:
        share *= driver.met[at]
    best = driver.sign * driver.high - driver.centre if driver.kind == RATING else 0.0
    return Move(
        lever.kind,
        driver.column,
        x[place, at, driver.column].astype(kind),
        best,
        share,
        -driver.centre,
        driver.sign,
    )


def touched(profiles: Profiles, levers: tuple[Lever, ...]) -> NDArray[np.bool_]:
    """Profiles that any of the levers changes at all, in any completed set, shape (n,)."""
    rows = np.arange(len(profiles.rows))
    found = np.zeros(len(rows), dtype=bool)
    for lever in levers:
        # A floor is higher where more is better, and lower where less is.
        ends = [np.array([lever.amount.low]), np.array([lever.amount.high])]
        for place in range(profiles.regression.sets):
            move = move_of(profiles, lever, place, rows)
            for amount in ends:
                found |= (move.change(amount) > 0).any(axis=1)
    return found
