"""Dominance of drivers of a yes or no: every subset's logistic regression, and what each driver adds to its fit.

It confirms the shares of the linear route; its cost doubles with every driver, so that it runs within a budget and on a
random part of the rows beyond.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from cxdata.drivers.gram import Floats, Whole, checked
from cxdata.drivers.importance import Importance, Players, of_values
from cxdata.drivers.threads import one_thread
from cxdata.errors import TooLittleData

Measure = Literal["mcfadden", "cox_snell", "nagelkerke", "estrella"]

BUDGET = 3e7
"""Subsets times rows: about ten seconds."""

EVENTS_PER_COLUMN = 10
"""Rows of the rarer outcome per column that a random part of the rows must hold."""

_MOST_STEPS = 30
_ENOUGH = 1e-10


@dataclass(frozen=True)
class LogisticDominance:
    """Fits of all subsets of players.

    Parameters
    ----------
    log_likelihoods : ndarray of float, shape (2^p,)
        Bit i of the position says whether player i is in; controls are in all.
    log_likelihood_null : float
        Of the constant alone.
    weight : float
        Sum of the weights of the rows used; rows where there are none.
    rows, rows_used : int
        Given, and fitted.
    seed : int
        Of the choice of rows, where not all are used.
    """

    log_likelihoods: Floats
    log_likelihood_null: float
    weight: float
    rows: int
    rows_used: int
    seed: int

    @property
    def sampled(self) -> bool:
        """Whether only a random part of the rows was used."""
        return self.rows_used < self.rows

    def importance(self, measure: Measure = "mcfadden") -> Importance:
        """General, conditional and complete dominance by a pseudo-R²."""
        return of_values(
            pseudo_r_squared(self.log_likelihoods, self.log_likelihood_null, self.weight, measure)
        )


@one_thread()
def logistic_dominance(
    x: ArrayLike,
    y: ArrayLike,
    players: Players | None = None,
    *,
    controls: Sequence[int] = (),
    weights: ArrayLike | None = None,
    budget: float = BUDGET,
    seed: int = 0,
    progress: Callable[[float], None] = lambda share: None,
) -> LogisticDominance:
    """Logistic regressions of all subsets of players, by maximum likelihood without penalty.

    Parameters
    ----------
    x : array_like of float, shape (n, k)
        Drivers and controls, complete: one imputed set where ratings are missing.
    y : array_like of float, shape (n,)
        0 or 1.
    players : sequence of sequences of int, optional
        Columns that enter together; each alone by default.
    controls : sequence of int
        Columns that are in every model.
    weights : array_like of float, shape (n,), optional
    budget : float
        Most subsets × rows; beyond, a random part of the rows is fitted.
    seed : int
    progress : callable
        Receives the share of fits that are done (fraction).

    Returns
    -------
    LogisticDominance

    Raises
    ------
    ValueError
        If the outcome is not 0 or 1, or values are missing.
    TooLittleData
        If there is one outcome only, or the part of the rows that the budget allows is too small.

    References
    ----------
    Azen & Traxel (2009), Journal of Educational and Behavioral Statistics 34(3).
    """
    x, y, w = checked(x, y, weights)
    if not np.isin(y, (0.0, 1.0)).all():
        raise ValueError("the outcome of a logistic regression holds other values than 0 and 1.")
    given = list(controls)
    groups = [list(player) for player in players] if players is not None else [
        [column] for column in range(x.shape[1]) if column not in set(given)
    ]  # fmt: skip
    rows = len(y)
    most = int(budget / 2 ** len(groups))
    if rows > most:
        chosen = np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))
        x, y, w = x[chosen], y[chosen], None if w is None else w[chosen]
    fewer = int(min(y.sum(), len(y) - y.sum()))
    if fewer == 0 or (rows > most and fewer < EVENTS_PER_COLUMN * x.shape[1]):
        raise TooLittleData(
            f"{len(y):,} rows, the most that 2^{len(groups)} fits allow, hold {fewer:,} of the rarer outcome; "
            f"{EVENTS_PER_COLUMN * x.shape[1]:,} are needed. Group drivers, or choose fewer."
        )
    # Standardised columns: the fits are the same, and no step suffers from units.
    spread = x.std(axis=0)
    design = np.asfortranarray(
        np.column_stack([np.ones(len(y)), (x - x.mean(axis=0)) / np.where(spread > 0, spread, 1.0)])
    )
    fits = _all_subsets(design, y, w, groups, given, progress)
    null = _fit(design[:, :1], y, w, np.zeros(1))[1]
    total = float(len(y)) if w is None else float(w.sum())
    return LogisticDominance(fits, null, total, rows, len(y), seed)


def pseudo_r_squared(
    log_likelihood: ArrayLike, log_likelihood_null: float, weight: float, measure: Measure = "mcfadden"
) -> Floats:
    """Pseudo-R² of fits, computed from log-likelihoods without leaving the logarithms, so for any number of rows.

    Parameters
    ----------
    log_likelihood : array_like of float
    log_likelihood_null : float
        Of the constant alone.
    weight : float
        Rows, or the sum of their weights.
    measure : {"mcfadden", "cox_snell", "nagelkerke", "estrella"}

    Returns
    -------
    ndarray of float, as `log_likelihood`
        Fractions.

    References
    ----------
    McFadden (1974); Cox & Snell (1989); Nagelkerke (1991), Biometrika 78(3); Estrella (1998), Journal of Business &
    Economic Statistics 16(2).
    """
    found = np.asarray(log_likelihood, dtype=float)
    if measure == "mcfadden":
        return 1 - found / log_likelihood_null
    if measure == "estrella":
        ratio = np.minimum(found / log_likelihood_null, 1.0)
        return 1 - ratio ** (-2 / weight * log_likelihood_null)
    cox_snell = -np.expm1(2 / weight * (log_likelihood_null - found))
    return cox_snell if measure == "cox_snell" else cox_snell / -np.expm1(2 / weight * log_likelihood_null)


def _all_subsets(
    design: Floats,
    y: Floats,
    w: Floats | None,
    groups: Sequence[Sequence[int]],
    controls: Sequence[int],
    progress: Callable[[float], None],
) -> Floats:
    """Log-likelihoods of all subsets; each fit starts from that of the subset without its last player."""
    subsets = 2 ** len(groups)
    found = np.empty(subsets)
    slopes = np.zeros((subsets, design.shape[1]))
    for subset in range(subsets):
        members = [number for number in range(len(groups)) if subset >> number & 1]
        columns: Whole = np.array(
            [0, *(column + 1 for column in controls), *(c + 1 for member in members for c in groups[member])]
        )
        start = slopes[subset - 2 ** members[-1] if members else 0, columns]
        slopes[subset, columns], found[subset] = _fit(design[:, columns], y, w, start)
        if subset % 16 == 15:
            progress((subset + 1) / subsets)
    return found


def _fit(x: Floats, y: Floats, w: Floats | None, beta: Floats) -> tuple[Floats, float]:
    """Coefficients and log-likelihood by Newton's method.

    Where columns separate the outcomes the coefficients have no limit but the likelihood does, and nears it.
    """
    linear = x @ beta
    reached = _log_likelihood(linear, y, w)
    for _step in range(_MOST_STEPS):
        chance = 0.5 * (1.0 + np.tanh(0.5 * linear))
        residual, curve = y - chance, chance * (1 - chance)
        if w is not None:
            residual, curve = residual * w, curve * w
        gradient = x.T @ residual
        information = (x * curve[:, None]).T @ x
        information[np.diag_indices_from(information)] *= 1 + 1e-12
        try:
            move = np.linalg.solve(information, gradient)
        except np.linalg.LinAlgError:
            move = np.linalg.lstsq(information, gradient, rcond=1e-10)[0]
        expected = float(gradient @ move) / 2
        if not expected > _ENOUGH * max(1.0, -reached * 1e-3):
            # What this step still gains is known to second order; the rest is far below any digit shown.
            return beta + move, reached + max(expected, 0.0)
        direction = x @ move
        size, before = 1.0, reached
        for _halving in range(10):
            reached = _log_likelihood(linear + size * direction, y, w)
            if reached >= before:
                break
            size /= 2
        else:
            return beta, before
        beta, linear = beta + size * move, linear + size * direction
    return beta, reached


def _log_likelihood(linear: Floats, y: Floats, w: Floats | None) -> float:
    each = y * linear - np.maximum(linear, 0) - np.log1p(np.exp(-np.abs(linear)))
    return float(each.sum() if w is None else w @ each)
