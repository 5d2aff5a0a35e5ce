"""Moments of rows with missing ratings, by the EM algorithm with leaps of Newton's method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cxdata.drivers.gram import Floats, Moments, Whole, packed, sizes, unpacked
from cxdata.drivers.patterns import Incomplete, em_step, incomplete
from cxdata.drivers.threads import one_thread

MOST_STEPS = 200
TOLERANCE = 1e-10
"""Largest change of a step, in standard deviations, at which EM has arrived."""

FEW_TOGETHER = 30
"""Where fewer rows than these hold some pair of columns, a weak prior keeps the pair from running wild."""

PRIOR_ROWS = 5.0

_FIRST_STEPS = 4
_NOISE = 1e-11


@dataclass(frozen=True)
class EmFit:
    """Moments of incomplete rows by maximum likelihood.

    Parameters
    ----------
    moments : Moments
        The outcome last; `n_eff` counts rows, not ratings.
    converged : bool
    steps : int
        EM steps and leaps.
    prior_rows : float
        Weight of the prior, in rows; 0 is plain maximum likelihood.
    rated : ndarray of float, shape (k,)
        Share of the rows that hold each column (fraction).
    together : ndarray of int, shape (k + 1, k + 1)
        Rows that hold both columns. Where it is 0, the data say nothing about the pair beyond what other columns
        imply.
    slopes, spread : ndarray of float
        Regression of the columns with gaps on the complete ones, in the units of `rows`.
    rows : Incomplete
    """

    moments: Moments
    converged: bool
    steps: int
    prior_rows: float
    rated: Floats
    together: Whole
    slopes: Floats
    spread: Floats
    rows: Incomplete


@one_thread()
def em_moments(
    x: ArrayLike, y: ArrayLike, weights: ArrayLike | None = None, *, prior_rows: float | None = None
) -> EmFit:
    """Means and covariances of rows with missing ratings, by the EM algorithm.

    Exact for complete rows. The expectations are those of the normal model; the moments that result are
    consistent for other distributions too where ratings are missing completely at random. From the fifth step on, Newton's
    method looks for the fixed point of the EM step; a leap that would make the data less likely is not taken.

    Parameters
    ----------
    x : array_like of float, shape (n, k)
        Drivers and controls; nan where a rating is missing.
    y : array_like of float, shape (n,)
        Outcome, complete.
    weights : array_like of float, shape (n,), optional
    prior_rows : float, optional
        Weight of a prior under which columns with gaps do not vary together beyond what complete ones imply;
        by default 5 rows where some pair is held by fewer than 30 rows, else 0.

    Returns
    -------
    EmFit

    Raises
    ------
    ValueError
        If a value is infinite, or the outcome is missing anywhere.
    TooLittleData
        If a column has fewer than two values, or more than 62 columns have gaps.

    References
    ----------
    Dempster, Laird & Rubin (1977), JRSS B 39(1); Little & Rubin (2002), Statistical Analysis with Missing
    Data; Schafer (1997), Analysis of Incomplete Multivariate Data, on such priors;
    Jamshidian & Jennrich (1997), JRSS B 59(3) on leaps.
    """
    rows = incomplete(x, y, weights)
    columns = rows.gaps.size
    slopes, spread = np.zeros((columns, rows.whole.size + 1)), np.eye(columns)
    prior = (PRIOR_ROWS if rows.together.min() < FEW_TOGETHER else 0.0) if prior_rows is None else prior_rows
    steps, converged = 0, columns == 0
    if columns:
        slopes, spread, steps, converged = _fixed_point(rows, slopes, spread, prior)
    inner = rows.whole.size + 1
    mean, covariance = rows.restored(slopes, spread, rows.totals[:, :inner, :inner].sum(axis=0))
    rated = np.diagonal(rows.together)[:-1] / len(rows.y)
    moments = Moments(len(rows.y), *sizes(len(rows.y), rows.weights), mean, covariance)
    return EmFit(moments, converged, steps, prior, rated, rows.together, slopes, spread, rows)


def _fixed_point(
    rows: Incomplete, slopes: Floats, spread: Floats, prior: float
) -> tuple[Floats, Floats, int, bool]:
    """B and Ω at which the EM step stays, the steps it took, and whether it got there."""
    likelihood, further, patience = -np.inf, None, _FIRST_STEPS
    for number in range(1, MOST_STEPS + 1):
        here = (slopes, spread) if further is None else _moved(slopes, spread, further)
        step = em_step(rows, *here, prior, derivative=number > patience)
        if further is not None and not step.likelihood >= likelihood - _NOISE * abs(likelihood):
            further, patience = None, number + 2 * _FIRST_STEPS
            continue
        likelihood = step.likelihood
        change = np.append((step.slopes - here[0]).ravel(), packed(step.spread - here[1]))
        slopes, spread = step.slopes, step.spread
        if np.abs(change).max() < TOLERANCE:
            return slopes, spread, number, True
        further = None if step.jacobian is None else _leap(step.jacobian, slopes, spread, change)
    return slopes, spread, MOST_STEPS, False


def _leap(jacobian: Floats, slopes: Floats, spread: Floats, change: Floats) -> Floats | None:
    """The way to where Newton's method expects the fixed point, shortened where it leaves the covariances."""
    try:
        further: Floats = np.asarray(
            np.linalg.solve(np.eye(change.size) - jacobian, jacobian @ change), dtype=float
        )
    except np.linalg.LinAlgError:
        return None
    least = 0.1 * float(np.linalg.eigvalsh(spread)[0])
    for _halving in range(8):
        aimed = _moved(slopes, spread, further)[1]
        if np.isfinite(aimed).all() and np.linalg.eigvalsh(aimed)[0] >= least:
            return further
        further /= 2
    return None


def _moved(slopes: Floats, spread: Floats, further: Floats) -> tuple[Floats, Floats]:
    """B and Ω after a move of the vector of both."""
    return (
        slopes + further[: slopes.size].reshape(slopes.shape),
        np.asarray(spread + unpacked(further[slopes.size :], len(spread)), dtype=float),
    )
