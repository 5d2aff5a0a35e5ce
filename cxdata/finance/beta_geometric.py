"""Arithmetic of the beta-geometric curves: their logarithm, their likelihood and where it is highest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SAME_FOR_ALL = 1e7
"""alpha + beta that stands for no difference between customers."""

_STIRLING_FROM = 100.0
_LIMITS = ((-14.0, 14.0), (-7.0, float(np.log(SAME_FOR_ALL))), (-3.0, 2.0))
"""Of logit(mean chance to leave), log(alpha + beta) and log(c)."""

_NO_BETTER = 1e-8
"""Share of the likelihood below which a difference is none."""


@dataclass(frozen=True)
class Maximum:
    """Where a likelihood is highest.

    Parameters
    ----------
    point : ndarray of float, shape (2,) or (3,)
        logit of the mean chance to leave, log(alpha + beta), and log(c) if it is free.
    log_likelihood : float
    covariance : ndarray of float or None
        Inverse information of `point`; None at an edge.
    at_edge : bool
        Whether a parameter ran to its limit.
    """

    point: Floats
    log_likelihood: float
    covariance: Floats | None
    at_edge: bool


def maximum(risk: Floats, gone: Floats, *, bdw: bool, start: Floats | None = None) -> Maximum:
    """Parameters that make the decisions most likely.

    Parameters
    ----------
    risk, gone : ndarray of float, shape (t,)
        Customers who came up for renewal 1 … t, and those of them who were lost; some of both kinds.
    bdw : bool
        Whether c is free.
    start : ndarray of float, shape (3,), optional
        Where to begin, if the maximum must be near: quicker, to three digits, without a covariance.
    """
    from scipy.optimize import minimize

    mean, free = float(gone.sum() / risk.sum()), 3 if bdw else 2
    first = int(np.flatnonzero(risk > 0)[0])
    starts = [
        np.array([_logit(float(gone[first] / risk[first])), 1.0, 0.0]),
        np.array([_logit(mean), 5.0, 0.0]),
    ]
    if start is not None:
        starts = [np.clip(start, *np.array(_LIMITS).T)]

    def cost(point: Floats) -> tuple[float, Floats]:
        value, slope = likelihood(point, risk, gone)
        return -value, -slope[:free]

    fits = [
        minimize(cost, begin[:free], jac=True, method="L-BFGS-B", bounds=_LIMITS[:free],
                 options={"maxiter": 500, "ftol": 1e-8 if start is not None else 1e-13, "gtol": 1e-9})
        for begin in starts
    ]  # fmt: skip
    best = min(fits, key=lambda fit: float(fit.fun))
    if start is not None:
        return Maximum(np.asarray(best.x, dtype=float), -float(best.fun), None, False)
    point, height, information = _polished(cost, np.asarray(best.x, dtype=float), float(best.fun))
    alike = np.array([_logit(mean), _LIMITS[1][1]])
    if not bdw and cost(alike)[0] <= height + _NO_BETTER * abs(height):
        point, height, information = alike, cost(alike)[0], None
    ends = np.array(_LIMITS[:free])
    near = bool((np.abs(point[:, None] - ends) < 0.02).any()) or float(point[1]) > np.log(SAME_FOR_ALL) - 5
    if near or information is None:
        return Maximum(point, -height, None, True)
    return Maximum(point, -height, np.asarray(np.linalg.inv(information), dtype=float), False)


def _polished(
    cost: Callable[[Floats], tuple[float, Floats]], point: Floats, height: float
) -> tuple[Floats, float, Floats | None]:
    """Newton steps from slopes to the last digits, and the information matrix there; None if it is no maximum."""
    information = None
    for _step in range(3):
        columns = []
        for place in range(point.size):
            move = np.zeros(point.size)
            move[place] = 1e-5
            columns.append((cost(point + move)[1] - cost(point - move)[1]) / 2e-5)
        information = (np.array(columns) + np.array(columns).T) / 2
        if float(np.linalg.eigvalsh(information)[0]) <= 0:
            return point, height, None
        step = np.linalg.solve(information, cost(point)[1])
        reached = cost(point - step)[0]
        if float(np.abs(step).max()) > 0.5 or not reached <= height + 1e-9:
            break
        point, height = point - step, min(reached, height)
    return point, height, information


def likelihood(point: Floats, risk: Floats, gone: Floats) -> tuple[float, Floats]:
    """Log-likelihood of decisions and its slope in the parameters."""
    from scipy.special import psi

    alpha, beta, c = shape_of(point)
    ages = np.arange(risk.size + 1, dtype=float)
    power = ages**c
    step = np.diff(log_survival(alpha, beta, power))
    with np.errstate(divide="ignore", invalid="ignore"):
        leaving = -np.expm1(step)
        value = float(((risk - gone) * step + np.where(gone > 0, gone * np.log(leaving), 0.0)).sum())
        by_step = (risk - gone) - np.where(gone > 0, gone * np.exp(step) / leaving, 0.0)
    of_all, of_kept = psi(alpha + beta + power), psi(beta + power)
    by_alpha = psi(alpha + beta) - of_all
    by_beta = by_alpha + of_kept - psi(beta)
    by_power = of_kept - of_all
    logs = np.log(np.maximum(ages, 1.0))
    by_mean = (by_alpha - by_beta) * alpha * beta / (alpha + beta)
    slopes = np.stack([by_mean, by_alpha * alpha + by_beta * beta, by_power * c * power * logs])
    return value, np.asarray(np.diff(slopes, axis=1) @ by_step, dtype=float)


def shape_of(point: Floats) -> tuple[float, float, float]:
    """alpha, beta and c of parameters; c is 1 where it is not among them."""
    total, share = float(np.exp(point[1])), float(1 / (1 + np.exp(-point[0])))
    return (
        total * share,
        total * float(1 / (1 + np.exp(point[0]))),
        float(np.exp(point[2])) if point.size > 2 else 1.0,
    )


def _logit(share: float) -> float:
    inside = min(max(share, 1e-5), 1 - 1e-5)
    return float(np.log(inside / (1 - inside)))


def log_survival(alpha: float, beta: float, power: Floats) -> Floats:
    """ln B(α, β + power) − ln B(α, β), shape of `power`: so many renewals, to the power c."""
    return _log_rising(beta, power) - _log_rising(alpha + beta, power)


def _log_rising(start: float, by: Floats) -> Floats:
    """ln Γ(start + by) − ln Γ(start); for large starts by Stirling's series, as the logarithms would cancel."""
    from scipy.special import gammaln

    if start < _STIRLING_FROM:
        return np.asarray(gammaln(start + by) - gammaln(start), dtype=float)
    end = start + by
    series = (1 / end - 1 / start) / 12 - (end**-3.0 - start**-3.0) / 360 + (end**-5.0 - start**-5.0) / 1260
    return np.asarray(by * np.log(start) - by + (end - 0.5) * np.log1p(by / start) + series, dtype=float)
