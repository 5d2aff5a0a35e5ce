"""Regression for adjusted comparisons: coefficients, and a covariance that knows who is the same customer.

Maximum likelihood without any penalty: a penalised fit would shrink the very differences that are reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from cxdata.errors import TooLittleData

Floats = NDArray[np.float64]
Family = Literal["logistic", "linear"]

MOST_STEPS = 40
"""Newton steps: a fit that exists needs fewer than ten."""

_CONVERGED = 1e-10
_DEPENDENT = 1e-9


@dataclass(frozen=True)
class Fit:
    """A regression and how sure its coefficients are.

    Parameters
    ----------
    family : {"logistic", "linear"}
        Log-odds of an outcome of 1, or the outcome itself.
    terms : tuple of str
        Names of the coefficients, ``"constant"`` first; columns that others determine are not among them.
    coefficients : ndarray of float, shape (k,)
    covariance : ndarray of float, shape (k, k)
        Robust to any dependence between the rows of one customer.
    columns : ndarray of int, shape (k,)
        Which columns of the design the coefficients belong to.
    rows, clusters : int
        Decisions and customers.
    """

    family: Family
    terms: tuple[str, ...]
    coefficients: Floats
    covariance: Floats
    columns: NDArray[np.intp]
    rows: int
    clusters: int

    def position(self, term: str) -> int:
        """Where a coefficient stands; -1 where the fit has none of that name."""
        return self.terms.index(term) if term in self.terms else -1


@dataclass(frozen=True)
class Contrast:
    """An adjusted difference: in the outcome's unit, with its gradient for sums of contrasts."""

    estimate: float
    std_error: float


def fit(
    design: Floats, outcome: Floats, clusters: NDArray[Any], terms: Sequence[str], family: Family = "logistic"
) -> Fit:
    """A regression with errors that allow for several rows of one customer.

    Parameters
    ----------
    design : ndarray of float, shape (n, p)
        A column for each term, the constant included.
    outcome : ndarray of float, shape (n,)
        0 or 1 for the logistic family.
    clusters : ndarray, shape (n,)
        Who each row belongs to.
    terms : sequence of str, length p
    family : {"logistic", "linear"}

    Returns
    -------
    Fit
        A column that earlier ones determine is left out: what it would say cannot be told from theirs.

    Raises
    ------
    TooLittleData
        If there are not two customers more than coefficients, or some combination of columns separates
        the outcomes completely, so that no estimate exists.

    References
    ----------
    Liang & Zeger (1986), Biometrika 73(1); Albert & Anderson (1984), Biometrika 71(1) on separation.
    The factor for few clusters is that of Stata and statsmodels: G/(G−1), and for the linear family also
    (n−1)/(n−k).
    """
    names, groups = np.asarray(terms, dtype=str), _numbered(clusters)
    count = int(groups.max()) + 1 if groups.size else 0
    columns = independent_columns(design)
    if count < columns.size + 2:
        raise TooLittleData(
            f"{count} customers cannot carry {columns.size} coefficients. Widen the months or the filters."
        )
    x = np.ascontiguousarray(design[:, columns], dtype=float)
    beta, bread, residuals = _logistic(x, outcome) if family == "logistic" else _linear(x, outcome)
    scores = _sums(x * residuals[:, None], groups, count)
    factor = count / (count - 1)
    if family == "linear":
        factor *= (x.shape[0] - 1) / (x.shape[0] - x.shape[1])
    covariance = factor * (bread @ (scores.T @ scores) @ bread)
    return Fit(
        family, tuple(str(name) for name in names[columns]), beta, covariance, columns, x.shape[0], count
    )


def independent_columns(design: Floats) -> NDArray[np.intp]:
    """Positions of the columns that no earlier columns determine, shape (k,), in order."""
    gram = np.asarray(design.T @ design, dtype=float)
    scale = np.sqrt(np.where(np.diag(gram) > 0, np.diag(gram), 1.0))
    rest = gram / np.outer(scale, scale)
    kept = []
    for column in range(rest.shape[0]):
        pivot = rest[column, column]
        if pivot > _DEPENDENT:
            kept.append(column)
            rest = rest - np.outer(rest[:, column], rest[column]) / pivot
    return np.array(kept, dtype=np.intp)


def standardised(model: Fit, design: Floats, settings: Sequence[Floats]) -> tuple[Floats, Floats]:
    """Mean outcome of a population if a few columns were set otherwise, everything else as it is.

    Parameters
    ----------
    model : Fit
    design : ndarray of float, shape (m, p)
        The population, with all the columns that the fit was given.
    settings : sequence of ndarray of float, shape (s, p)
        Each replaces the columns that are not nan, in every row of the population.

    Returns
    -------
    means : ndarray of float, shape (len(settings),)
    gradients : ndarray of float, shape (len(settings), k)
        Derivatives of the means by the coefficients, for the delta method.

    References
    ----------
    Robins (1986), Mathematical Modelling 7 (g-formula); Lane & Nelder (1982), Biometrics 38(3).
    """
    population = np.ascontiguousarray(design[:, model.columns], dtype=float)
    fixed = population @ model.coefficients
    means, gradients = np.empty(len(settings)), np.empty((len(settings), model.coefficients.size))
    for place, setting in enumerate(settings):
        wanted = np.asarray(setting, dtype=float)[model.columns]
        touched = np.flatnonzero(~np.isnan(wanted))
        moved = (wanted[touched] - population[:, touched]) @ model.coefficients[touched]
        if model.family == "linear":
            means[place] = (fixed + moved).mean()
            slope = np.ones(population.shape[0])
        else:
            chance = expit(fixed + moved)
            means[place] = chance.mean()
            slope = chance * (1 - chance)
        gradient = slope @ population / population.shape[0]
        gradient[touched] = wanted[touched] * slope.mean()
        gradients[place] = gradient
    return means, gradients


def difference(model: Fit, means: Floats, gradients: Floats, one: int, other: int) -> Contrast:
    """Mean of one setting less that of another, with its standard error by the delta method."""
    gradient = gradients[one] - gradients[other]
    variance = float(gradient @ model.covariance @ gradient)
    return Contrast(float(means[one] - means[other]), float(np.sqrt(max(variance, 0.0))))


def expit(values: Floats) -> Floats:
    """Probability that belongs to log-odds."""
    return 0.5 * (1.0 + np.tanh(0.5 * values))


def _logistic(x: Floats, y: Floats) -> tuple[Floats, Floats, Floats]:
    share = float(y.mean())
    if not 0 < share < 1:
        raise TooLittleData("every decision ended in the same way, so there is nothing to compare.")
    beta = np.zeros(x.shape[1])
    likelihood = -np.inf
    for _step in range(MOST_STEPS):
        chance = expit(x @ beta)
        weight = chance * (1 - chance)
        information = (x * weight[:, None]).T @ x
        try:
            move: Floats = np.asarray(np.linalg.solve(information, x.T @ (y - chance)), dtype=float)
        except np.linalg.LinAlgError:
            break
        beta, reached = _step_forward(x, y, beta, move, likelihood)
        if np.abs(x @ move).max() < _CONVERGED or abs(reached - likelihood) < 1e-12 * abs(reached):
            chance = expit(x @ beta)
            information = (x * (chance * (1 - chance))[:, None]).T @ x
            # Log-odds beyond 20 are a fit on its way to infinity: some group has only one outcome.
            if np.abs(beta).max() < 20:
                return beta, np.asarray(np.linalg.inv(information), dtype=float), y - chance
            break
        likelihood = reached
    raise TooLittleData("some group of decisions has only one outcome, so its difference has no estimate.")


def _step_forward(x: Floats, y: Floats, beta: Floats, move: Floats, before: float) -> tuple[Floats, float]:
    """A Newton step, halved until it does not make the data less likely."""
    size = 1.0
    for _halving in range(12):
        tried = beta + size * move
        linear = x @ tried
        reached = float(y @ linear - np.logaddexp(0, linear).sum())
        if reached >= before:
            return tried, reached
        size /= 2
    return beta, before


def _linear(x: Floats, y: Floats) -> tuple[Floats, Floats, Floats]:
    bread: Floats = np.asarray(np.linalg.inv(x.T @ x), dtype=float)
    beta = bread @ (x.T @ y)
    return beta, bread, y - x @ beta


def _numbered(clusters: NDArray[Any]) -> NDArray[np.intp]:
    return np.unique(clusters, return_inverse=True)[1].astype(np.intp).ravel()


def _sums(rows: Floats, groups: NDArray[np.intp], count: int) -> Floats:
    """Sums of the rows of each group, shape (count, columns)."""
    order = np.argsort(groups, kind="stable")
    starts = np.searchsorted(groups[order], np.arange(count))
    return np.add.reduceat(rows[order], starts, axis=0)
