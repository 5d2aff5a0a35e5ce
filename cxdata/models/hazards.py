"""How the pace of leaving goes with columns: a hazard per period, and Cox's model as a cross-check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxdata.errors import TooLittleData
from cxdata.models.fits import Errors, Fit, Floats, checked, kept_columns, numbered, sandwich, weighted_gram

MOST_STEPS = 60
_CONVERGED = 1e-11


def hazard(
    design: Floats,
    left: Floats,
    *,
    terms: Sequence[str],
    clusters: NDArray[Any] | None = None,
    weights: Floats | None = None,
    errors: Errors | None = None,
) -> Fit:
    """Discrete-time hazard with a complementary log-log link: coefficients are log hazard ratios.

    Parameters
    ----------
    design : ndarray of float, shape (m, p)
        One row per person and period, the constant and the course of time included.
    left : ndarray of float, shape (m,)
        1 in the period of leaving.
    terms, clusters, weights, errors
        As for `logit.logit`; ``"model"`` errors are from the expected information, as in R's glm.

    Returns
    -------
    Fit

    Raises
    ------
    TooLittleData
        If nobody or everybody left, or the fit does not settle (some column separates them).

    References
    ----------
    Prentice & Gloeckler (1978), Biometrics 34.
    """
    names = tuple(str(term) for term in terms)
    x, y = checked(design, left, clusters, weights, terms=names)
    share = float(np.average(y, weights=weights))
    if not 0 < share < 1:
        raise TooLittleData("nobody left, or everybody in their first period: there is nothing to compare.")
    x, columns = kept_columns(x)
    mass = np.ones(y.size) if weights is None else np.asarray(weights, dtype=float)
    beta = np.zeros(x.shape[1])
    beta += np.linalg.lstsq(x, np.full(y.size, np.log(-np.log1p(-share))), rcond=None)[0]
    likelihood, settled = -np.inf, False
    for _step in range(MOST_STEPS):
        score, weight, _ = _cloglog(x @ beta, y)
        move = np.linalg.solve(weighted_gram(x, mass * weight), x.T @ (mass * score))
        size = 1.0
        for _halving in range(20):
            reached = float(mass @ _cloglog(x @ (beta + size * move), y)[2])
            if reached >= likelihood - 1e-12 * abs(reached):
                break
            size /= 2
        beta = beta + size * move
        if np.abs(x @ move).max() < _CONVERGED * 100 or abs(reached - likelihood) < 1e-14 * abs(reached):
            settled = bool(np.abs(x @ move).max() < 1e-3)
            break
        likelihood = reached
    if not settled:
        raise TooLittleData("the hazard did not settle: some column goes with leaving, or staying, only.")
    score, weight, each = _cloglog(x @ beta, y)
    bread = np.asarray(np.linalg.inv(weighted_gram(x, mass * weight)), dtype=float)
    groups = None if clusters is None else numbered(clusters)
    how: Errors = errors or ("model" if groups is None else "clustered")
    covariance = bread if how == "model" else sandwich(x, mass * score, bread, groups, how, "cloglog")
    kept = tuple(names[column] for column in columns)
    count = y.size if groups is None else int(groups.max()) + 1
    empty = float(mass.sum() * (share * np.log(share) + (1 - share) * np.log1p(-share)))
    return Fit("cloglog", kept, beta, covariance, columns, y.size, count, float(mass @ each), empty, how)


def _cloglog(linear: Floats, y: Floats) -> tuple[Floats, Floats, Floats]:
    """Score, expected information and log-likelihood of each row by its linear predictor."""
    rate = np.exp(np.clip(linear, -700, 30))
    chance = np.clip(-np.expm1(-rate), 1e-300, None)
    # d log-likelihood / d linear: y·rate·(1−p)/p − (1−y)·rate.
    ratio = np.exp(-rate) / chance
    score = rate * (y * ratio - (1 - y))
    each = y * np.log(chance) - (1 - y) * rate
    return score, rate * rate * ratio, each


@dataclass(frozen=True)
class CoxFit:
    """Log hazard ratios, and whether they hold over time.

    Parameters
    ----------
    terms : tuple of str
    coefficients, std_error : ndarray of float, shape (k,)
    covariance : ndarray of float, shape (k, k)
    log_likelihood : float
        Partial, with Efron's handling of ties.
    proportional_p : ndarray of float, shape (k,)
        Test that each hazard ratio is the same at all times; small values say it is not.
    rows, events : int
    """

    terms: tuple[str, ...]
    coefficients: Floats
    covariance: Floats
    log_likelihood: float
    proportional_p: Floats
    rows: int
    events: int

    @property
    def std_error(self) -> Floats:
        """Standard errors of the coefficients, shape (k,)."""
        return np.sqrt(np.diag(self.covariance))


def cox(
    design: Floats,
    durations: Floats,
    events: ArrayLike,
    *,
    terms: Sequence[str],
    entries: Floats | None = None,
) -> CoxFit:
    """Cox's proportional hazards with Efron's ties.

    Parameters
    ----------
    design : ndarray of float, shape (n, p)
        Without a constant.
    durations, events, entries
        As for `survival.kaplan_meier`.
    terms : sequence of str, length p

    Returns
    -------
    CoxFit

    Raises
    ------
    TooLittleData
        If nobody left, or the fit does not settle.

    References
    ----------
    Cox (1972), JRSS B 34; Efron (1977), JASA 72; Grambsch & Therneau (1994), Biometrika 81(3) for the test of
    proportional hazards (scaled residuals against the rank of time).
    """
    from scipy.special import chdtrc

    names = tuple(str(term) for term in terms)
    x, end = checked(design, np.asarray(durations, dtype=float), terms=names)
    left = np.asarray(events, dtype=bool)
    centred, columns = kept_columns(x - x.mean(axis=0))
    if not left.any():
        raise TooLittleData("nobody left, so there is no pace to compare.")
    beta: Floats = np.zeros(columns.size)
    last: Floats = np.zeros(columns.size)
    likelihood, settled = -np.inf, False
    for _step in range(MOST_STEPS):
        tied = _efron(centred, end, left, entries, beta)
        move: Floats = np.asarray(np.linalg.solve(tied.information, tied.score), dtype=float)
        if tied.log_likelihood < likelihood - 1e-9 * abs(likelihood):
            last = last / 2
            beta = beta - last
            continue
        settled = bool(np.abs(move).max() < 1e-9 * max(1.0, float(np.abs(beta).max())))
        beta, likelihood, last = beta + move, tied.log_likelihood, move
        if settled:
            break
    if not settled or np.abs(beta * centred.std(axis=0)).max() > 10:
        raise TooLittleData("Cox's model did not settle: some column goes with leaving, or staying, only.")
    tied = _efron(centred, end, left, entries, beta)
    covariance = np.asarray(np.linalg.inv(tied.information), dtype=float)
    count = int(left.sum())
    rank = _ranks(tied.event_times)
    scaled = tied.residuals @ covariance * count
    centred_rank = rank - rank.mean()
    spread = count * np.diag(covariance) * (centred_rank @ centred_rank)
    # Where all leave at one time there is no time to depend on.
    chi = (centred_rank @ scaled) ** 2 / np.where(spread > 0, spread, np.inf)
    return CoxFit(
        tuple(names[column] for column in columns), beta, covariance, tied.log_likelihood,
        np.asarray(chdtrc(1, chi), dtype=float), end.size, count,
    )  # fmt: skip


@dataclass(frozen=True)
class _Tied:
    log_likelihood: float
    score: Floats
    information: Floats
    residuals: Floats
    event_times: Floats


def _efron(x: Floats, end: Floats, left: NDArray[np.bool_], start: Floats | None, beta: Floats) -> _Tied:
    """Partial likelihood, its derivatives, and Schoenfeld's residuals in the order of time."""
    linear = x @ beta
    risk = np.exp(linear - linear.max())
    by_end = np.argsort(-end, kind="stable")
    by_start = np.argsort(-start, kind="stable") if start is not None else np.empty(0, dtype=np.intp)
    size = x.shape[1]
    sums = _Sums(size)
    likelihood, score, information = 0.0, np.zeros(size), np.zeros((size, size))
    residuals, times = [], []
    added = dropped = 0
    by_event = np.flatnonzero(left)[np.argsort(end[left], kind="stable")]
    moments, first_ones = np.unique(end[by_event], return_index=True)
    bounds = np.append(first_ones, by_event.size)
    ends, starts = -end[by_end], np.empty(0) if start is None else -start[by_start]
    for place in range(moments.size - 1, -1, -1):
        time = moments[place]
        stop = int(np.searchsorted(ends, -time, side="right"))
        sums.add(x, risk, by_end[added:stop], 1.0)
        added = stop
        if start is not None:
            stop = int(np.searchsorted(starts, -time, side="right"))
            sums.add(x, risk, by_start[dropped:stop], -1.0)
            dropped = stop
        now = by_event[bounds[place] : bounds[place + 1]]
        own = _Sums(size)
        own.add(x, risk, now, 1.0)
        likelihood += float(linear[now].sum() - now.size * linear.max())
        mean = np.zeros(size)
        for tie in range(now.size):
            part = tie / now.size
            total = sums.mass - part * own.mass
            first = (sums.first - part * own.first) / total
            information += (sums.second - part * own.second) / total - np.outer(first, first)
            likelihood -= float(np.log(total))
            mean += first / now.size
        score += x[now].sum(axis=0) - now.size * mean
        residuals.append(x[now] - mean)
        times.append(np.full(now.size, time))
    order = slice(None, None, -1)
    return _Tied(
        likelihood, score, information, np.vstack(residuals[order]), np.concatenate(times[order])
    )  # fmt: skip


class _Sums:
    """Sums over those at risk: of their risks, of risk times columns, and of risk times products of columns."""

    def __init__(self, size: int) -> None:
        self.mass, self.first, self.second = 0.0, np.zeros(size), np.zeros((size, size))

    def add(self, x: Floats, risk: Floats, rows: NDArray[np.intp], sign: float) -> None:
        weighted = x[rows] * risk[rows, None]
        self.mass += sign * float(risk[rows].sum())
        self.first += sign * weighted.sum(axis=0)
        self.second += sign * (weighted.T @ x[rows])


def _ranks(times: Floats) -> Floats:
    """Ranks of times in ascending order, ties by their mean."""
    _values, place, count = np.unique(times, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(count) - (count - 1) / 2)[place], dtype=float)
