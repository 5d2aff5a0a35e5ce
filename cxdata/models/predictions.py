"""From coefficients to outcomes: what a population would do on average if a column were other than it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxdata.models.fits import Fit, Floats, expit


@dataclass(frozen=True)
class Contrast:
    """An adjusted difference: in the outcome's unit, with its standard error."""

    estimate: float
    std_error: float


@dataclass(frozen=True)
class Slopes:
    """Average effects of columns, and their derivatives by the coefficients for the delta method.

    Parameters
    ----------
    estimates : ndarray of float, shape (s,)
        In the outcome's unit: probability for the logistic family.
    gradients : ndarray of float, shape (s, k)
    """

    estimates: Floats
    gradients: Floats

    def covariance(self, model: Fit) -> Floats:
        """Covariance of the effects, shape (s, s), by the delta method."""
        return self.gradients @ model.covariance @ self.gradients.T


def standardised(
    model: Fit, design: Floats, settings: Sequence[Floats], weights: Floats | None = None
) -> tuple[Floats, Floats]:
    """Mean outcome of a population if a few columns were set otherwise, everything else as it is.

    Parameters
    ----------
    model : Fit
    design : ndarray of float, shape (m, p)
        The population, with all the columns that the fit was given.
    settings : sequence of ndarray of float, shape (p,)
        Each replaces the columns that are not nan, in every row of the population.
    weights : ndarray of float, shape (m,), optional

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
    share = _shares(weights, population.shape[0])
    fixed = population @ model.coefficients
    means, gradients = np.empty(len(settings)), np.empty((len(settings), model.coefficients.size))
    for place, setting in enumerate(settings):
        wanted = np.asarray(setting, dtype=float)[model.columns]
        touched = np.flatnonzero(~np.isnan(wanted))
        moved = (wanted[touched] - population[:, touched]) @ model.coefficients[touched]
        if model.family == "linear":
            means[place] = share @ (fixed + moved)
            slope = share
        else:
            chance = expit(fixed + moved)
            means[place] = share @ chance
            slope = share * chance * (1 - chance)
        gradient = slope @ population
        gradient[touched] = wanted[touched] * slope.sum()
        gradients[place] = gradient
    return means, gradients


def difference(model: Fit, means: Floats, gradients: Floats, one: int, other: int) -> Contrast:
    """Mean of one setting less that of another, with its standard error by the delta method."""
    gradient = gradients[one] - gradients[other]
    variance = float(gradient @ model.covariance @ gradient)
    return Contrast(float(means[one] - means[other]), float(np.sqrt(max(variance, 0.0))))


def average_slopes(
    model: Fit,
    design: Floats,
    positions: Sequence[int],
    *,
    discrete: NDArray[np.bool_] | None = None,
    applies: NDArray[np.bool_] | None = None,
    weights: Floats | None = None,
) -> Slopes:
    """Average marginal effects: what one more of a column goes with, everything else as it is.

    Parameters
    ----------
    model : Fit
        Logistic or linear.
    design : ndarray of float, shape (n, p)
        The rows to average over, with all the columns that the fit was given.
    positions : sequence of int, length s
        Columns of the design.
    discrete : ndarray of bool, shape (s,), optional
        Columns of two values: the mean change from the lower to the higher one instead of a derivative.
    applies : ndarray of bool, shape (n, s), optional
        Rows that an effect is averaged over, such as customers who have a rating at all.
    weights : ndarray of float, shape (n,), optional

    Returns
    -------
    Slopes
        nan for a column that the fit left out.

    References
    ----------
    Bartus (2005), Stata Journal 5(3); Greene (2012), Econometric Analysis, section 17.3.
    """
    population = np.ascontiguousarray(design[:, model.columns], dtype=float)
    place = {int(column): kept for kept, column in enumerate(model.columns)}
    chance = expit(population @ model.coefficients)
    slope = np.ones(chance.size) if model.family == "linear" else chance * (1 - chance)
    bend = np.zeros(chance.size) if model.family == "linear" else slope * (1 - 2 * chance)
    estimates = np.full(len(positions), np.nan)
    gradients = np.full((len(positions), model.coefficients.size), np.nan)
    everybody = _shares(weights, chance.size)
    shared = (float(everybody @ slope), (everybody * bend) @ population)
    for row, column in enumerate(positions):
        if column not in place:
            continue
        own = place[column]
        some = applies is not None and not applies[:, row].all()
        share = everybody
        if some:
            chosen = everybody * applies[:, row]  # type: ignore[index]
            if not chosen.sum() > 0:
                continue
            share = chosen / chosen.sum()
        if discrete is not None and discrete[row]:
            estimates[row], gradients[row] = _change(model, population, own, share)
            continue
        level, curve = (float(share @ slope), (share * bend) @ population) if some else shared
        estimates[row] = model.coefficients[own] * level
        gradients[row] = model.coefficients[own] * curve
        gradients[row, own] += level
    return Slopes(estimates, gradients)


def _change(model: Fit, population: Floats, own: int, share: Floats) -> tuple[float, Floats]:
    """Mean change as a column goes from its lower to its higher value, with its gradient."""
    column = population[:, own]
    low, high = float(column.min()), float(column.max())
    if model.family == "linear":
        gradient = np.zeros(model.coefficients.size)
        gradient[own] = high - low
        return float(model.coefficients[own] * (high - low)), gradient
    rest = population @ model.coefficients - column * model.coefficients[own]
    change, gradient = 0.0, np.zeros(model.coefficients.size)
    for value, sign in ((high, 1.0), (low, -1.0)):
        chance = expit(rest + value * model.coefficients[own])
        slope = share * chance * (1 - chance)
        part = slope @ population
        part[own] = value * slope.sum()
        change += sign * float(share @ chance)
        gradient += sign * part
    return change, gradient


def _shares(weights: Floats | None, rows: int) -> Floats:
    """What each row counts in a mean, adding up to 1."""
    if weights is None:
        return np.full(rows, 1.0 / rows)
    return np.asarray(weights, dtype=float) / np.sum(weights)
