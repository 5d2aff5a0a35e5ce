"""The matrix of an analysis: columns that are oriented so that more is better, and who shares credit as one player."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxdata.drivers.columns import Column, Player, columns_of, controls_of
from cxdata.drivers.observations import FACTS, Driver, Floats, Observations
from cxdata.drivers.settings import CHURN, Settings
from cxdata.errors import TooLittleData, UnknownTerm
from cxdata.messages import message

FEWEST_EVENTS = 10
"""Of either outcome; with fewer, no regression says anything."""


@dataclass(frozen=True)
class Design:
    """Arrays for the estimators, and what every column stands for.

    Parameters
    ----------
    x : ndarray of float, shape (n, k)
        Nan where a rating was not asked for or refused.
    y : ndarray of float, shape (n,)
        1 for renewed (or churned, where that is the outcome), else 0; or a score.
    customer : ndarray of uint64, shape (n,)
    weight : ndarray of float, shape (n,), or None
    decided_on : ndarray of datetime64[D], shape (n,)
    controls : ndarray of float, shape (n, c)
        Complete: what is held equal.
    control_names : tuple of str, length c
    columns, players : tuple
    left_out : mapping of str to int
    rejected : tuple of (str, str, int)
        Drivers that were asked for and cannot be analysed: code, why, how many values.
    segment : ndarray of str, shape (n,)
    rows_in : int
    binary : bool
    kept : ndarray of bool, shape (decisions of the observations,)
        Those that are among the n rows.
    """

    x: Floats
    y: Floats
    customer: NDArray[np.uint64]
    weight: Floats | None
    decided_on: NDArray[np.datetime64]
    controls: Floats
    control_names: tuple[str, ...]
    columns: tuple[Column, ...]
    players: tuple[Player, ...]
    drivers: tuple[Driver, ...]
    left_out: Mapping[str, int]
    rejected: tuple[tuple[str, str, int], ...]
    segment: NDArray[np.str_]
    rows_in: int
    binary: bool
    kept: NDArray[np.bool_]

    @property
    def groups(self) -> tuple[tuple[int, ...], ...]:
        """Columns per player, as the importance takes them."""
        return tuple(player.positions for player in self.players)

    @property
    def events(self) -> int:
        """Decisions of the rarer outcome; all of them where the outcome is a score."""
        if not self.binary:
            return len(self.y)
        ones = int(self.y.sum())
        return min(ones, len(self.y) - ones)

    def driver(self, code: str) -> Driver:
        """The driver of a player."""
        return next(driver for driver in self.drivers if driver.code == code)


def design(found: Observations, settings: Settings, *, weighted: bool = False) -> Design:
    """Columns, outcome and controls of an analysis.

    Parameters
    ----------
    found : Observations
        Is not changed.
    settings : Settings
    weighted : bool
        Whether answers count with their response weights, where the outcome is an answer.

    Raises
    ------
    TooLittleData
        If there is one outcome only, too few of either, or no driver that varies.
    UnknownTerm
        If a driver that was asked for does not exist.
    """
    chosen = _chosen(found, settings)
    left_out = dict(found.left_out)
    y, keep = _outcome(found, settings)
    weight = found.decisions["weight"].to_numpy(float) if weighted and not settings.of_terms else None
    if weight is not None:
        usable = np.isfinite(weight) & (weight > 0)
        _leave(left_out, "no_weight", keep & ~usable)
        keep &= usable
    for name in FACTS[3:]:
        code = f"fact:{name}"
        if code in found.values:
            known = np.isfinite(found.values[code])
            if known[keep].mean() >= 0.5:
                _leave(left_out, f"no_{name}", keep & ~known)
                keep &= known
    for code in chosen:
        infinite = np.isinf(found.values[code])
        _leave(left_out, "infinite", keep & infinite)
        keep &= ~infinite
    y = y[keep]
    _require_outcomes(y, settings)
    columns, matrices, players, rejected = columns_of(found, chosen, keep)
    if not players:
        raise TooLittleData(
            message(
                "none of the {n} drivers varies among the {rows:,} decisions, so nothing can be compared. Choose other "
                "drivers, a longer period or fewer filters.",
                n=len(chosen), rows=len(y),
            )
        )  # fmt: skip
    controls, names = controls_of(found, chosen, keep)
    decisions = found.decisions[keep]
    return Design(
        x=np.column_stack(matrices),
        y=y,
        # Numbered as they come: a hash depends on the company's key, and draws by customer would with it.
        customer=pd.factorize(decisions["customer"])[0].astype(np.uint64),
        weight=weight[keep] if weight is not None else None,
        decided_on=decisions["decided_on"].to_numpy("datetime64[D]"),
        controls=controls,
        control_names=names,
        columns=tuple(columns),
        players=tuple(players),
        drivers=found.drivers,
        left_out=left_out,
        rejected=tuple(rejected),
        segment=decisions["segment"].fillna("").to_numpy(str),
        rows_in=found.rows_in,
        binary=settings.of_terms,
        kept=keep,
    )


def _chosen(found: Observations, settings: Settings) -> tuple[str, ...]:
    known = [driver.code for driver in found.drivers]
    missing = [code for code in settings.drivers if code not in known]
    if missing:
        raise UnknownTerm(
            message(
                "driver '{name}' does not exist here. Choose from: {known}.",
                name=missing[0],
                known=", ".join(known),
            )
        )
    # In the release's order, whatever the order of the request: no result depends on it.
    return tuple(code for code in known if code in (settings.drivers or found.default))


def _outcome(found: Observations, settings: Settings) -> tuple[Floats, NDArray[np.bool_]]:
    if settings.of_terms:
        lost = found.decisions["lost"].to_numpy(float)
        return (lost if settings.outcome == CHURN else 1.0 - lost), np.ones(len(lost), bool)
    score = found.decisions["score"].to_numpy(float)
    return score, np.isfinite(score)


def _leave(left_out: dict[str, int], why: str, rows: NDArray[np.bool_]) -> None:
    if rows.any():
        left_out[why] = left_out.get(why, 0) + int(rows.sum())


def _require_outcomes(y: Floats, settings: Settings) -> None:
    if settings.of_terms:
        ones = int(y.sum())
        fewer = min(ones, len(y) - ones)
        if fewer < FEWEST_EVENTS:
            raise TooLittleData(
                message(
                    "of {rows:,} decisions {lost:,} were lost and {kept:,} kept; at least {fewest} of each are needed. "
                    "Choose a longer period or fewer filters.",
                    rows=len(y), fewest=FEWEST_EVENTS,
                    lost=ones if settings.outcome == CHURN else len(y) - ones,
                    kept=len(y) - ones if settings.outcome == CHURN else ones,
                )
            )  # fmt: skip
        return
    if len(y) < 3 * FEWEST_EVENTS or np.ptp(y) == 0:
        raise TooLittleData(
            message(
                "{rows:,} answers to the question {question}, with {values} different scores: at least {fewest} answers "
                "and two scores are needed. Choose a longer period or fewer filters.",
                rows=len(y), question=settings.outcome, values=len(np.unique(y)), fewest=3 * FEWEST_EVENTS,
            )
        )  # fmt: skip
