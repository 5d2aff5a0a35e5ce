"""Arithmetic of the beta-geometric curves: their logarithm, their likelihood and where it is highest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SAME_FOR_ALL = 1e7
"""alpha + beta that stands for no difference between customers."""

_STIRLING_FROM = 100.0
_LIMITS = ((-14.0, 14.0), (-7.0, float(np.log(SAME_FOR_ALL))), (-3.0, 2.0))
"""Of logit(mean chance to leave), log(alpha + beta) and log(c)."""

_MOST_STEPS = 80
_NO_BETTER = 1e-9
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
    """Parameters that make the decisions most likely, by Newton steps.

    Parameters
    ----------
    risk, gone : ndarray of float, shape (t,)
        Customers who came up for renewal 1 … t, and those of them who were lost; some of both kinds.
    bdw : bool
        Whether c is free.
    start : ndarray of float, shape (3,), optional
        Where to begin, if the maximum must be near.
    """
    mean, free = float(gone.sum() / risk.sum()), 3 if bdw else 2
    first = int(np.flatnonzero(risk > 0)[0])
    starts = [
        np.array([_logit(float(gone[first] / risk[first])), 1.0, 0.0]),
        np.array([_logit(mean), 5.0, 0.0]),
    ]
    if start is not None:
        starts = [np.asarray(start, dtype=float)]
    if bdw:
        # From the best curve with constant chances on: it is then at least as likely as that one.
        starts[1:] = [np.append(maximum(risk, gone, bdw=False, start=start).point, 0.0)]
    limits = np.array(_LIMITS[:free])
    surface = _Changing(risk, gone) if bdw else _Constant(risk, gone)
    point, height, curvature = max(
        (_climb(surface, np.clip(begin[:free], *limits.T), limits) for begin in starts),
        key=lambda top: top[1],
    )
    alike = np.array([_logit(mean), _LIMITS[1][1]])
    if not bdw and surface.slope(alike)[0] >= height - _NO_BETTER * abs(height):
        return Maximum(alike, surface.slope(alike)[0], None, True)
    near = bool((np.abs(point[:, None] - limits) < 0.02).any()) or float(point[1]) > _LIMITS[1][1] - 5
    if near or float(np.linalg.eigvalsh(curvature)[-1]) >= 0:
        return Maximum(point, height, None, True)
    return Maximum(point, height, np.asarray(np.linalg.inv(-curvature), dtype=float), False)


class _Surface:
    """A log-likelihood over the parameters."""

    def __init__(self, risk: Floats, gone: Floats) -> None:
        self.risk, self.gone, self.kept = risk, gone, risk - gone
        self.ages = np.arange(risk.size + 1, dtype=float)
        self.logs = np.log(np.maximum(self.ages, 1.0))

    def slope(self, point: Floats) -> tuple[float, Floats]:
        """Its height and its slope, shape (k,)."""
        raise NotImplementedError

    def curvature(self, point: Floats) -> Floats:
        """Its second derivatives, shape (k, k)."""
        raise NotImplementedError


class _Constant(_Surface):
    """sBG: (β + t − 1) / (α + β + t − 1) of those at risk renew."""

    def slope(self, point: Floats) -> tuple[float, Floats]:
        alpha, beta, _c = shape_of(point)
        kept, all_of_them = beta + self.ages[:-1], alpha + beta + self.ages[:-1]
        lost = float(self.gone.sum())
        height = lost * np.log(alpha) + self.kept @ np.log(kept) - self.risk @ np.log(all_of_them)
        shared = float((self.risk / all_of_them).sum())
        by_alpha, by_beta = lost / alpha - shared, float((self.kept / kept).sum()) - shared
        turn = alpha * beta / (alpha + beta)
        return float(height), np.array([turn * (by_alpha - by_beta), alpha * by_alpha + beta * by_beta])

    def curvature(self, point: Floats) -> Floats:
        alpha, beta, _c = shape_of(point)
        kept, all_of_them = beta + self.ages[:-1], alpha + beta + self.ages[:-1]
        lost, shared = float(self.gone.sum()), float((self.risk / all_of_them).sum())
        by_alpha, by_beta = lost / alpha - shared, float((self.kept / kept).sum()) - shared
        both = float((self.risk / all_of_them**2).sum())
        second = np.array([[both - lost / alpha**2, both], [both, both - float((self.kept / kept**2).sum())]])
        turn = alpha * beta / (alpha + beta)
        bend = turn * (beta - alpha) / (alpha + beta)
        change = np.array([[turn, alpha], [-turn, beta]])
        return np.asarray(
            change.T @ second @ change
            + by_alpha * np.array([[bend, turn], [turn, alpha]])
            + by_beta * np.array([[-bend, -turn], [-turn, beta]]),
            dtype=float,
        )


class _Changing(_Surface):
    """BdW: the same with renewals to the power c."""

    def slope(self, point: Floats) -> tuple[float, Floats]:
        from scipy.special import psi

        alpha, beta, c = shape_of(point)
        power = self.ages**c
        step = np.diff(log_survival(alpha, beta, power))
        leaving = np.maximum(-np.expm1(step), 1e-300)
        height = float(self.kept @ step + self.gone @ np.log(leaving))
        by_step = self.kept - self.gone * np.exp(step) / leaving
        of_all, of_kept = psi(alpha + beta + power), psi(beta + power)
        by_alpha = psi(alpha + beta) - of_all
        by_beta = by_alpha + of_kept - psi(beta)
        slopes = np.stack(
            [
                (by_alpha - by_beta) * alpha * beta / (alpha + beta),
                by_alpha * alpha + by_beta * beta,
                (of_kept - of_all) * c * power * self.logs,
            ]
        )
        return height, np.asarray(np.diff(slopes, axis=1) @ by_step, dtype=float)

    def curvature(self, point: Floats) -> Floats:
        table = np.array(
            [(self.slope(point + move)[1] - self.slope(point - move)[1]) / 2e-5 for move in np.eye(3) * 1e-5]
        )
        return np.asarray((table + table.T) / 2, dtype=float)


def _climb(surface: _Surface, point: Floats, limits: Floats) -> tuple[Floats, float, Floats]:
    """Newton steps upwards within limits, shortened where they overshoot: where it ends, how high, how bent there."""
    height, slope = surface.slope(point)
    for _step in range(_MOST_STEPS):
        bent, axes = np.linalg.eigh(surface.curvature(point))
        steep = np.maximum(np.abs(bent), 1e-9 * max(1.0, float(np.abs(bent).max())))
        move = axes @ ((axes.T @ slope) / steep)
        move *= min(1.0, 2.0 / max(float(np.abs(move).max()), 1e-300))
        for _halving in range(30):
            reached = np.clip(point + move, *limits.T)
            top, there = surface.slope(reached)
            if top >= height:
                break
            move = move / 2
        else:
            break
        went = float(np.abs(reached - point).max())
        point, height, slope = reached, top, there
        if went < 1e-9:
            break
    return point, height, surface.curvature(point)


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
