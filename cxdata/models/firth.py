"""Firth's logistic regression: finite estimates where some value of a column goes with one outcome only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxdata.errors import TooLittleData
from cxdata.models.fits import Fit, Floats, checked, expit, kept_columns, numbered, sandwich, weighted_gram
from cxdata.models.logit import log_likelihood

MOST_STEPS = 200
LONGEST_STEP = 5.0
"""Log-odds of any coefficient in one step: the likelihood is flat where outcomes are separated."""

_CONVERGED = 1e-9


@dataclass(frozen=True)
class Profile:
    """What the penalised likelihood says of one coefficient.

    Parameters
    ----------
    term : str
    estimate, conf_low, conf_high : float
        Log-odds; an end is infinite where the likelihood never falls far enough.
    p_value : float
        Penalised likelihood ratio test of no effect.
    at_low, at_high : ndarray of float, shape (k,)
        All coefficients, the others at their best, at the ends of the interval.
    """

    term: str
    estimate: float
    conf_low: float
    conf_high: float
    p_value: float
    at_low: Floats
    at_high: Floats


@dataclass(frozen=True)
class FirthFit:
    """A penalised fit, what it was made from, and profiles on demand.

    Parameters
    ----------
    fit : Fit
        Its `log_likelihood` is the penalised one; the covariance is that which was asked for.
    """

    fit: Fit
    _x: Floats
    _y: Floats
    _weights: Floats | None

    def profile(self, term: str, level: float = 0.95) -> Profile:
        """Profile likelihood interval and test of one coefficient.

        Rows count as independent, also those of one customer.

        References
        ----------
        Heinze & Schemper (2002), Statistics in Medicine 21, 2409-2419; Venzon & Moolgavkar (1988).
        """
        from scipy.special import chdtrc, chdtri

        place = self.fit.position(term)
        if place < 0:
            raise ValueError(f"{term!r} is not among the coefficients: {', '.join(self.fit.terms)}.")
        best, highest = self.fit.coefficients, self.fit.log_likelihood
        allowed = float(chdtri(1, 1 - level)) / 2
        without = _ascend(self._x, self._y, self._weights, _with(best, place, 0.0), place)
        p_value = float(chdtrc(1, max(0.0, 2 * (highest - without.height))))
        information = self.information()
        reach = float(np.sqrt(2 * allowed * np.linalg.inv(information)[place, place]))
        ends = [self._end(place, side * reach, highest - allowed) for side in (-1.0, 1.0)]
        return Profile(
            term, float(best[place]), float(ends[0][place]), float(ends[1][place]), p_value, ends[0], ends[1]
        )

    def information(self) -> Floats:
        """Fisher information of the coefficients, shape (k, k)."""
        return _information(self._x, self.fit.coefficients, self._weights)

    def _end(self, place: int, step: float, height: float) -> Floats:
        """Coefficients where the profile falls to a height, on one side of the estimate."""
        best = float(self.fit.coefficients[place])
        inner, outer, start = 0.0, step, self.fit.coefficients
        for _widening in range(20):
            start = _ascend(
                self._x, self._y, self._weights, _with(start, place, best + outer), place
            ).coefficients
            if _height(self._x, self._y, self._weights, start) < height:
                break
            inner, outer = outer, outer * 1.6
        else:
            return _with(start, place, float(np.sign(step)) * np.inf)
        return self._between(place, best, (inner, outer), height, start)

    def _between(
        self, place: int, best: float, bracket: tuple[float, float], height: float, start: Floats
    ) -> Floats:
        """Root between two distances from the estimate: secants inside a bracket (Illinois)."""
        inner, outer = bracket
        reached = {inner: self._drop(place, best + inner, start)[0] - height, outer: 0.0}
        reached[outer], found = self._drop(place, best + outer, start)[0] - height, start
        value_inner, value_outer, last = reached[inner], reached[outer], 0
        for _step in range(60):
            middle = outer - value_outer * (outer - inner) / (value_outer - value_inner)
            top, found = self._drop(place, best + middle, start)
            value = top - height
            if abs(value) < 1e-9 or abs(outer - inner) < 1e-10 * max(1.0, abs(best)):
                break
            if value < 0:
                outer, value_outer = middle, value
                value_inner, last = (value_inner / 2 if last < 0 else value_inner), -1
            else:
                inner, value_inner = middle, value
                value_outer, last = (value_outer / 2 if last > 0 else value_outer), 1
        return found

    def _drop(self, place: int, value: float, start: Floats) -> tuple[float, Floats]:
        climb = _ascend(self._x, self._y, self._weights, _with(start, place, value), place)
        return climb.height, climb.coefficients


def firth(
    design: Floats,
    outcome: Floats,
    *,
    terms: Sequence[str],
    clusters: NDArray[Any] | None = None,
    weights: Floats | None = None,
) -> FirthFit:
    """Log-odds with Jeffreys' prior as a penalty: always finite, and less biased in small samples.

    Parameters
    ----------
    design, outcome, terms, weights
        As for `logit.logit`.
    clusters : ndarray, shape (n,), optional
        Who each row belongs to: errors are then clustered, else from the information matrix.

    Returns
    -------
    FirthFit

    Raises
    ------
    TooLittleData
        If every outcome is the same, or the penalised likelihood finds no maximum.
    ValueError
        If a value is missing or infinite.

    References
    ----------
    Firth (1993), Biometrika 80(1), 27-38; Heinze & Schemper (2002), Statistics in Medicine 21.
    """
    names = tuple(str(term) for term in terms)
    x, y = checked(design, outcome, clusters, weights, terms=names)
    if not 0 < float(np.average(y, weights=weights)) < 1:
        raise TooLittleData("every decision ended in the same way, so there is nothing to compare.")
    x, columns = kept_columns(x)
    climb = _ascend(x, y, weights, np.zeros(x.shape[1]), None)
    if not climb.converged:
        raise TooLittleData(
            f"the penalised fit of {columns.size} coefficients did not settle. Choose fewer drivers."
        )
    bread = np.asarray(np.linalg.inv(_information(x, climb.coefficients, weights)), dtype=float)
    groups = None if clusters is None else numbered(clusters)
    covariance = bread
    if groups is not None:
        score = _row_scores(x, y, climb.coefficients, weights)
        covariance = sandwich(x, score, bread, groups, "clustered", "logistic")
    count = x.shape[0] if groups is None else int(groups.max()) + 1
    fit = Fit(
        "logistic", tuple(names[column] for column in columns), climb.coefficients, covariance, columns,
        x.shape[0], count, climb.height, errors="model" if groups is None else "clustered",
    )  # fmt: skip
    return FirthFit(fit, x, y, weights)


@dataclass(frozen=True)
class _Climb:
    coefficients: Floats
    height: float
    converged: bool


def _ascend(x: Floats, y: Floats, weights: Floats | None, start: Floats, fixed: int | None) -> _Climb:
    """Maximum of the penalised likelihood, one coefficient held where it is if asked."""
    free = np.array([place for place in range(start.size) if place != fixed], dtype=np.intp)
    beta, height = start.copy(), _height(x, y, weights, start)
    for _step in range(MOST_STEPS):
        gradient = x.T @ _row_scores(x, y, beta, weights)
        information = _information(x, beta, weights)
        move = np.zeros(beta.size)
        move[free] = np.linalg.solve(information[np.ix_(free, free)], gradient[free])
        longest = float(np.abs(move).max())
        if longest < _CONVERGED * max(1.0, float(np.abs(beta).max())):
            return _Climb(beta + move, _height(x, y, weights, beta + move), True)
        move *= min(1.0, LONGEST_STEP / longest)
        for _halving in range(25):
            reached = _height(x, y, weights, beta + move)
            # Close to the top a step changes less than rounding does.
            if reached >= height - 1e-11 * max(1.0, abs(height)):
                break
            move /= 2
        beta, height = beta + move, reached
    return _Climb(beta, height, False)


def _row_scores(x: Floats, y: Floats, beta: Floats, weights: Floats | None) -> Floats:
    """What each row adds to the modified score, shape (n,): residual plus leverage times (1/2 − p)."""
    chance = expit(x @ beta)
    mass = 1.0 if weights is None else weights
    weight = mass * chance * (1 - chance)
    inverse = np.linalg.inv(weighted_gram(x, weight))
    leverage = weight * np.einsum("ij,ij->i", x @ inverse, x)
    return np.asarray(mass * (y - chance) + leverage * (0.5 - chance), dtype=float)


def _information(x: Floats, beta: Floats, weights: Floats | None) -> Floats:
    chance = expit(x @ beta)
    weight = chance * (1 - chance)
    return weighted_gram(x, weight if weights is None else weights * weight)


def _height(x: Floats, y: Floats, weights: Floats | None, beta: Floats) -> float:
    """Penalised log-likelihood: half the log determinant of the information is added."""
    sign, determinant = np.linalg.slogdet(_information(x, beta, weights))
    if sign <= 0:
        return -np.inf
    return log_likelihood(y, x @ beta, weights) + float(determinant) / 2


def _with(beta: Floats, place: int, value: float) -> Floats:
    changed = beta.copy()
    changed[place] = value
    return changed
