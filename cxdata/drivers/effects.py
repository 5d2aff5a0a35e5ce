"""What one more point of a driver goes with, everything else equal, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxdata.drivers.pooling import reach_of, together, two_sided
from cxdata.models.firth import FirthFit, firth
from cxdata.models.fits import Fit, Floats, Separated
from cxdata.models.linear import linear, variance_inflation
from cxdata.models.logit import logit
from cxdata.models.predictions import average_slopes
from cxdata.scorecard.comparisons import holm

Outcome = Literal["logistic", "linear"]
Method = Literal["logit", "firth", "linear"]

CONSTANT = "constant"
MOST_PROFILES = 3
"""Completed data sets whose profile likelihoods are looked at: each costs dozens of fits."""


@dataclass(frozen=True)
class Effects:
    """Average effects of drivers in a model that holds all of them and the controls, shape (k,) each.

    Parameters
    ----------
    terms : tuple of str
        In the order given.
    estimate, std_error, conf_low, conf_high : ndarray of float
        Of one more point (or of yes against no): in probability (0-1) for yes-or-no outcomes, else in the
        outcome's unit. nan for a column that others determine.
    spread : ndarray of float
        Standard deviation of the column among the rows that its effect is averaged over.
    per_spread, per_spread_low, per_spread_high : ndarray of float
        Of one standard deviation; for yes or no the same as `estimate`.
    coefficient, coefficient_error : ndarray of float
        Log-odds, or the outcome's unit.
    sign : ndarray of int
        Of the coefficient next to all others: -1, 0 or 1.
    p_value, p_holm : ndarray of float
        Of the coefficient; Holm's over the terms tested together (nan for others).
    vif : ndarray of float
        Variance inflation by the other drivers and controls.
    missing_information : ndarray of float
        Share of the variance that is due to missing ratings (0-1).
    firth : ndarray of bool
        Whether the term takes part in a separation: its interval and test are then of the penalised
        profile likelihood, which counts rows, not customers.
    method : {"logit", "firth", "linear"}
    separated : tuple of str
        Terms, controls included, that separate the outcomes.
    rows, customers, events, parameters : int
        `events` of the rarer outcome (rows for a score); `parameters` with controls and constant.
    imputations : int
        Completed data sets behind the numbers, 1 where nothing was missing.
    mcfadden : float
        Share of the log-likelihood explained; nan for other methods than logit.
    model_terms : tuple of str
    model : ndarray of float
        All coefficients, the constant first, for predictions.
    """

    terms: tuple[str, ...]
    estimate: Floats
    std_error: Floats
    conf_low: Floats
    conf_high: Floats
    spread: Floats
    per_spread: Floats
    per_spread_low: Floats
    per_spread_high: Floats
    coefficient: Floats
    coefficient_error: Floats
    sign: NDArray[np.int8]
    p_value: Floats
    p_holm: Floats
    vif: Floats
    missing_information: Floats
    firth: NDArray[np.bool_]
    method: Method
    separated: tuple[str, ...]
    rows: int
    customers: int
    events: int
    parameters: int
    imputations: int
    mcfadden: float
    model_terms: tuple[str, ...]
    model: Floats


def effects(
    completed: Floats | Iterable[Floats],
    outcome: ArrayLike,
    customers: NDArray[Any],
    *,
    terms: Sequence[str],
    controls: Floats | None = None,
    weights: ArrayLike | None = None,
    discrete: ArrayLike | None = None,
    applies: NDArray[np.bool_] | None = None,
    tested: Sequence[int] | None = None,
    family: Outcome = "logistic",
    progress: Callable[[int], None] | None = None,
) -> Effects:
    """Average marginal effects with intervals that know who is the same customer.

    Parameters
    ----------
    completed : ndarray of float, shape (n, k), or iterable of such
        Drivers, complete; several sets where missing ratings were imputed (`missing.impute`).
    outcome : array_like of float, shape (n,)
        0 or 1; any number for the linear family.
    customers : ndarray, shape (n,)
    terms : sequence of str, length k
    controls : ndarray of float, shape (n, c), optional
        Held equal; no constant. With several completed sets, complete itself.
    weights : array_like of float, shape (n,), optional
    discrete : array_like of bool, shape (k,), optional
        Columns that go from their lower to their higher value; by default those with two values.
    applies : ndarray of bool, shape (n, k), optional
        Rows that an effect is averaged over, such as those who met a touchpoint for its rating.
    tested : sequence of int, optional
        Positions of the terms of the headline list, over which Holm's procedure runs; all by default.
    family : {"logistic", "linear"}
    progress : callable, optional
        Called with the number of completed sets done.

    Returns
    -------
    Effects
        Pooled over completed sets by Rubin's rules, with Barnard and Rubin's degrees of freedom.

    Raises
    ------
    TooLittleData
        If every outcome is the same, or there are too few customers for the coefficients.
    ValueError
        If a value is missing or infinite; the message names the column.

    References
    ----------
    Bartus (2005), Stata Journal 5(3); Rubin (1987); Barnard & Rubin (1999), Biometrika 86(4); Firth (1993).
    """
    y, names = np.asarray(outcome, dtype=float), tuple(terms)
    mass = None if weights is None else np.asarray(weights, dtype=float)
    held = np.empty((y.size, 0)) if controls is None else np.asarray(controls, dtype=float)
    sets = [completed] if isinstance(completed, np.ndarray) else completed
    every = (CONSTANT, *names, *(f"control {number + 1}" for number in range(held.shape[1])))
    work = _Work(y, customers, mass, every, family)
    parts: list[_Part] = []
    for drivers in sets:
        design = np.column_stack([np.ones(y.size), drivers, held])
        if discrete is None:
            discrete = [np.unique(column).size == 2 for column in np.asarray(drivers).T]
        parts.append(work.part(design, np.asarray(discrete, dtype=bool), applies))
        if progress is not None:
            progress(len(parts))
    if not parts:
        raise ValueError("effects need at least one completed set of drivers; none was given.")
    return _pooled(parts, names, work, tested)


@dataclass(frozen=True)
class _Part:
    """What one completed set says; arrays over the k drivers unless said otherwise."""

    estimates: Floats
    covariance: Floats
    coefficients: Floats
    coefficient_covariance: Floats
    spread: Floats
    discrete: NDArray[np.bool_]
    vif: Floats
    profiles: dict[int, tuple[float, float, float]]
    model: Fit


class _Work:
    """Fits of completed sets: each begins where the last one ended, and Firth once means Firth for all."""

    def __init__(
        self,
        y: Floats,
        customers: NDArray[Any],
        weights: Floats | None,
        every: tuple[str, ...],
        family: Outcome,
    ) -> None:
        self.y, self.customers, self.weights, self.every = y, customers, weights, every
        self.method: Method = "linear" if family == "linear" else "logit"
        self.separated: tuple[str, ...] = ()
        self.profiled = 0
        self.start: Floats | None = None

    def part(self, design: Floats, discrete: NDArray[np.bool_], applies: NDArray[np.bool_] | None) -> _Part:
        model, penalised = self._fit(design)
        count = discrete.size
        positions = range(1, count + 1)
        slopes = average_slopes(
            model, design, positions, discrete=discrete, applies=applies, weights=self.weights
        )
        place = {int(column): kept for kept, column in enumerate(model.columns)}
        own = np.array([place.get(column, -1) for column in positions])
        coefficients = np.where(own < 0, np.nan, model.coefficients[own])
        covariance = np.where((own < 0)[:, None] | (own < 0), np.nan, model.covariance[np.ix_(own, own)])
        profiles = {}
        if penalised is not None and self.profiled < MOST_PROFILES:
            self.profiled += 1
            for driver in range(count):
                if self.every[driver + 1] in self.separated and own[driver] >= 0:
                    profiles[driver] = self._profile(penalised, design, driver, discrete, applies)
        drivers = design[:, 1 : count + 1]
        spread = np.array([
            _spread(drivers[:, one], self.weights, None if applies is None else applies[:, one]) for one in range(count)
        ])  # fmt: skip
        return _Part(
            slopes.estimates, slopes.covariance(model), coefficients, covariance, spread, discrete,
            variance_inflation(design[:, 1:], self.weights)[:count], profiles, model,
        )  # fmt: skip

    def _fit(self, design: Floats) -> tuple[Fit, FirthFit | None]:
        settings: dict[str, Any] = {
            "terms": self.every,
            "clusters": self.customers,
            "weights": self.weights,
        }
        if self.method == "linear":
            return linear(design, self.y, **settings), None
        if self.method == "logit":
            try:
                model = logit(design, self.y, start=self.start, **settings)
            except Separated as found:
                self.method, self.separated = "firth", found.terms
            else:
                self.start = model.coefficients
                return model, None
        penalised = firth(design, self.y, **settings)
        return penalised.fit, penalised

    def _profile(
        self,
        penalised: FirthFit,
        design: Floats,
        driver: int,
        discrete: NDArray[np.bool_],
        applies: NDArray[np.bool_] | None,
    ) -> tuple[float, float, float]:
        """Effects at the ends of a coefficient's profile interval, and its p-value."""
        found = penalised.profile(self.every[driver + 1])
        ends = [
            average_slopes(
                replace(penalised.fit, coefficients=at), design, [driver + 1],
                discrete=discrete[[driver]], applies=None if applies is None else applies[:, [driver]],
                weights=self.weights,
            ).estimates[0]
            for at in (found.at_low, found.at_high)
        ]  # fmt: skip
        return float(min(ends)), float(max(ends)), found.p_value


def _pooled(parts: list[_Part], names: tuple[str, ...], work: _Work, tested: Sequence[int] | None) -> Effects:
    model = parts[0].model
    freedom = float(model.clusters - model.coefficients.size)
    effect = together([part.estimates for part in parts], [part.covariance for part in parts], freedom)
    slope = together(
        [part.coefficients for part in parts], [part.coefficient_covariance for part in parts], freedom
    )
    reach = reach_of(effect)
    low, high = effect.value - reach, effect.value + reach
    p_value = two_sided(slope)
    flagged = np.array([name in work.separated for name in names])
    for driver in {one for part in parts for one in part.profiles}:
        found = np.array([part.profiles[driver] for part in parts if driver in part.profiles])
        # The widest of them: a profile has no rule for pooling, and too wide is the safer side.
        low[driver], high[driver] = found[:, 0].min(), found[:, 1].max()
        p_value[driver] = found[:, 2].max()
    spread = np.mean([part.spread for part in parts], axis=0)
    unit = np.where(parts[0].discrete, 1.0, spread)
    wanted = np.zeros(len(names), dtype=bool)
    wanted[list(range(len(names)) if tested is None else tested)] = True
    kept = {part.model.terms for part in parts}
    everything = (
        np.mean([part.model.coefficients for part in parts], axis=0) if len(kept) == 1 else model.coefficients
    )
    binary = model.family == "logistic"
    events = min(int((work.y > 0.5).sum()), int((work.y <= 0.5).sum())) if binary else work.y.size
    return Effects(
        terms=names, estimate=effect.value, std_error=effect.error, conf_low=low, conf_high=high, spread=spread,
        per_spread=effect.value * unit, per_spread_low=low * unit, per_spread_high=high * unit,
        coefficient=slope.value, coefficient_error=slope.error,
        sign=np.sign(np.nan_to_num(slope.value)).astype(np.int8), p_value=p_value,
        p_holm=holm(np.where(wanted, p_value, np.nan)), vif=np.mean([part.vif for part in parts], axis=0),
        missing_information=slope.lost, firth=flagged, method=work.method, separated=work.separated,
        rows=work.y.size, customers=model.clusters, events=events, parameters=model.coefficients.size,
        imputations=len(parts), mcfadden=float(np.mean([part.model.mcfadden for part in parts])) if work.method == "logit"
        else float("nan"),
        model_terms=model.terms, model=everything,
    )  # fmt: skip


def _spread(column: Floats, weights: Floats | None, applies: NDArray[np.bool_] | None) -> float:
    mass = np.ones(column.size) if weights is None else weights
    if applies is not None:
        mass = mass * applies
    if not mass.sum() > 0:
        return float("nan")
    mean = np.average(column, weights=mass)
    return float(np.sqrt(np.average((column - mean) ** 2, weights=mass)))
