"""Customers without a contract: who is likely still a customer, and how often she will buy (BG/NBD)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxdata.errors import TooLittleData
from cxdata.messages import message

Floats = NDArray[np.float64]

LEAST_REPEATING = 10
"""Customers who bought again that four numbers need at the very least."""

_NODES = 16
_EDGE = 9.0


@dataclass(frozen=True)
class PurchaseModel:
    """How purchases and their end are spread over customers.

    Parameters
    ----------
    r, alpha : float
        Rates of buying are Gamma(r, alpha): r / alpha purchases per time unit on average while a customer.
    a, b : float
        The chance to be gone after a purchase is Beta(a, b).
    log_likelihood : float
    covariance : ndarray of float, shape (4, 4), or None
        Of the logarithms of r, alpha, a, b; None where it is not known, or the fit is at an edge.
    customers : float
    at_edge : bool
        A parameter ran to its limit: customers do not differ in it, or the watch was too short to tell.
    """

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float = float("nan")
    covariance: Floats | None = None
    customers: float = 0.0
    at_edge: bool = False

    def __post_init__(self) -> None:
        """Refuse parameters that are no model."""
        for name in ("r", "alpha", "a", "b"):
            value = getattr(self, name)
            if not (value > 0 and np.isfinite(value)):
                raise ValueError(f"{name}: {value} is not a number above 0.")


def fit_bgnbd(
    frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, weights: ArrayLike | None = None
) -> PurchaseModel:
    """BG/NBD model of largest likelihood: while a customer she buys at her own pace; after any purchase she may leave.

    Parameters
    ----------
    frequency, recency, age : array_like of float, shape (n,)
        Times at which each bought again, time from the first purchase to the last (0 without a second), and from the first
        to the end of the watch; several purchases at one time are one. Equal rows are worked on once.
    weights : array_like of float, shape (n,), optional
        How many customers each row stands for.

    Returns
    -------
    PurchaseModel

    Raises
    ------
    ValueError
        If a value is missing or negative, or the last purchase lies after the end of the watch.
    TooLittleData
        If fewer than `LEAST_REPEATING` customers bought again.

    References
    ----------
    Fader, Hardie & Lee (2005), "'Counting Your Customers' the Easy Way", Marketing Science 24(2).
    """
    from scipy.optimize import minimize

    x, last, end, mass = _checked(frequency, recency, age, weights)
    repeating = float(mass[x > 0].sum())
    if repeating < LEAST_REPEATING:
        raise TooLittleData(
            message(
                "{repeating:,} customers bought again; a model of purchases needs at least {least:,}.",
                repeating=round(repeating),
                least=LEAST_REPEATING,
            )
        )
    # In units in which a watch lasts about ten: steps of the search then mean the same for days and for months.
    unit = float(mass @ end / mass.sum()) / 10
    last, end = last / unit, end / unit

    def cost(point: Floats) -> tuple[float, Floats]:
        value, slope = _likelihood(point, x, last, end, mass)
        return -value, -slope

    rate = float(mass @ x / (mass @ end))
    starts = [np.log([0.5, 0.5 / rate, 1.0, 2.0]), np.log([1.0, 1.0 / rate, 0.5, 5.0])]
    limits = [(-_EDGE, _EDGE)] * 4
    fits = [
        minimize(cost, np.clip(start, -_EDGE, _EDGE), jac=True, method="L-BFGS-B", bounds=limits,
                 options={"maxiter": 1000, "ftol": 1e-14, "gtol": 1e-8})
        for start in starts
    ]  # fmt: skip
    best = min(fits, key=lambda fit: float(fit.fun))
    point, height = np.asarray(best.x, dtype=float), -float(best.fun)
    information = _information(cost, point)
    edge = (
        bool((np.abs(np.abs(point) - _EDGE) < 0.05).any()) or float(np.linalg.eigvalsh(information)[0]) <= 0
    )
    r, alpha, a, b = np.exp(point)
    return PurchaseModel(
        float(r), float(alpha * unit), float(a), float(b), height - float(mass @ x) * float(np.log(unit)),
        None if edge else np.asarray(np.linalg.inv(information), dtype=float), float(mass.sum()), edge,
    )  # fmt: skip


def alive(model: PurchaseModel, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
    """Chance (0-1) that each is still a customer at the end of the watch; 1 for those who bought but once.

    Parameters
    ----------
    model : PurchaseModel
    frequency, recency, age : array_like of float, shape (n,)

    Notes
    -----
    The model lets nobody leave before a repeat purchase, so a customer with none is alive by assumption.
    """
    x, last, end = (np.asarray(values, dtype=float) for values in (frequency, recency, age))
    with np.errstate(divide="ignore"):
        odds = (
            np.log(model.a)
            - np.log(model.b + np.maximum(x, 1) - 1)
            + (model.r + x) * np.log((model.alpha + end) / (model.alpha + last))
        )
    return np.asarray(np.where(x > 0, 1 / (1 + np.exp(np.minimum(odds, 700))), 1.0), dtype=float)


def expected_purchases(
    model: PurchaseModel,
    time: ArrayLike,
    frequency: ArrayLike = 0.0,
    recency: ArrayLike = 0.0,
    age: ArrayLike = 0.0,
) -> Floats:
    """Purchases to be expected over a time ahead, from each customer's history; of a new customer without one.

    Parameters
    ----------
    model : PurchaseModel
    time : array_like of float
        How far ahead, in the unit of the model; broadcast against the history.
    frequency, recency, age : array_like of float, shape (n,)

    Returns
    -------
    ndarray of float
        Beyond what was bought so far.

    References
    ----------
    Fader, Hardie & Lee (2005), equations 9 and 10; written by Euler's transformation, (1 − z)^(a−1) ₂F₁(a + b − 1 − r,
    a − 1; a + b + x − 1; z), which does not overflow for customers who buy often.
    """
    from scipy.special import hyp2f1

    x, last, end = (np.asarray(values, dtype=float) for values in (frequency, recency, age))
    ahead = np.asarray(time, dtype=float)
    # At a = 1 numerator and denominator vanish together: a hair beside it the ratio is its limit.
    a = model.a if abs(model.a - 1) > 1e-6 else 1 + 1e-6
    stays = (model.alpha + end) / (model.alpha + end + ahead)
    series = hyp2f1(a + model.b - 1 - model.r, a - 1, a + model.b + x - 1, 1 - stays)
    # Where most drop out at once, the power is 0 before the series is finite: their product is 0.
    power = stays ** (a - 1)
    ceased = np.where(power > 0, power * np.where(power > 0, series, 0.0), 0.0)
    while_alive = (a + model.b + x - 1) / (a - 1) * (1 - ceased)
    return np.asarray(while_alive * alive(model, x, last, end), dtype=float)


def discounted_purchases(
    model: PurchaseModel,
    horizon: float,
    discount_rate: float,
    frequency: ArrayLike = 0.0,
    recency: ArrayLike = 0.0,
    age: ArrayLike = 0.0,
) -> Floats:
    """Purchases to be expected up to a horizon, each discounted from its time: times spend and margin, their value.

    Parameters
    ----------
    model : PurchaseModel
    horizon : float
        How far ahead, in the unit of the model, above 0.
    discount_rate : float
        Continuous, per unit of time, such as ln(1 + d) / 52 for weeks; 0 or more.
    frequency, recency, age : array_like of float, shape (n,)

    Returns
    -------
    ndarray of float, shape (n,)

    References
    ----------
    ∫ e^(−δt) dE[Y(t)] by parts and Gauss-Legendre; Fader, Hardie & Lee (2005), "RFM and CLV", Journal of Marketing
    Research 42(4), on value from discounted transactions.
    """
    from numpy.polynomial.legendre import leggauss

    if not horizon > 0 or not discount_rate >= 0:
        raise ValueError(
            f"horizon {horizon:g} must be above 0 and discount_rate {discount_rate:g} not below."
        )
    x, last, end = (np.asarray(values, dtype=float) for values in (frequency, recency, age))
    at_end = np.exp(-discount_rate * horizon) * expected_purchases(model, horizon, x, last, end)
    if discount_rate == 0:
        return np.asarray(at_end, dtype=float)
    nodes, weights = leggauss(_NODES)
    before = np.zeros(np.shape(at_end))
    for node, weight in zip((nodes + 1) * horizon / 2, weights * horizon / 2, strict=True):
        before = before + weight * np.exp(-discount_rate * node) * expected_purchases(
            model, node, x, last, end
        )
    return np.asarray(at_end + discount_rate * before, dtype=float)


def expected_frequencies(
    model: PurchaseModel, age: ArrayLike, most: int = 7, weights: ArrayLike | None = None
) -> Floats:
    """Customers whom the model expects with 0, 1 … repeat purchases: to be held against those there are.

    Parameters
    ----------
    model : PurchaseModel
    age : array_like of float, shape (n,)
        How long each was watched.
    most : int
        The last count takes in all higher ones.
    weights : array_like of float, shape (n,), optional

    Returns
    -------
    ndarray of float, shape (most + 1,)
        Adding up to the customers.

    References
    ----------
    Fader, Hardie & Lee (2005), equation 8.
    """
    from scipy.special import betaln, gammaln

    watched = np.asarray(age, dtype=float)
    mass = np.ones(watched.size) if weights is None else np.asarray(weights, dtype=float)
    ages, place = np.unique(watched, return_inverse=True)
    mass = np.bincount(place.ravel(), weights=mass)
    log_none, log_bought = np.log(model.alpha / (model.alpha + ages)), np.log(ages / (model.alpha + ages))
    counts = np.arange(most)[:, None]
    steps = gammaln(model.r + counts) - gammaln(model.r) - gammaln(counts + 1.0)
    negative_binomial = np.exp(steps + model.r * log_none + counts * log_bought)
    start = betaln(model.a, model.b)
    bought = np.exp(betaln(model.a, model.b + counts) - start) * negative_binomial
    left = np.exp(betaln(model.a + 1, model.b + np.maximum(counts, 1) - 1) - start)
    below = np.vstack([np.zeros(ages.size), np.cumsum(negative_binomial, axis=0)[:-1]])
    chance = bought + np.where(counts > 0, left * (1 - below), 0.0)
    expected = chance @ mass
    return np.append(expected, mass.sum() - expected.sum())


def _checked(
    frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, weights: ArrayLike | None
) -> tuple[Floats, Floats, Floats, Floats]:
    """Rows that differ, each with the customers it stands for."""
    rows = np.column_stack([np.asarray(values, dtype=float) for values in (frequency, recency, age)])
    mass = np.ones(len(rows)) if weights is None else np.asarray(weights, dtype=float)
    if not bool(np.isfinite(rows).all()) or bool((rows < 0).any()) or not bool((mass >= 0).all()):
        raise ValueError(
            "frequency, recency, age and weights must be numbers of 0 or more; leave other rows out."
        )
    if bool((rows[:, 1] > rows[:, 2] * (1 + 1e-12)).any()):
        raise ValueError("recency exceeds age: the last purchase lies after the end of the watch.")
    if bool(((rows[:, 0] == 0) != (rows[:, 1] == 0)).any()):
        raise ValueError(
            "recency is above 0 exactly for those who bought again; count one purchase per time."
        )
    # Column by column: sorting whole rows takes ten times as long.
    key = np.zeros(len(rows), dtype=np.int64)
    for column in rows.T:
        values, codes = np.unique(column, return_inverse=True)
        _pairs, key = np.unique(key * values.size + codes.ravel(), return_inverse=True)
    key = key.ravel()
    count = int(key.max()) + 1 if key.size else 0
    first = np.zeros(count, dtype=np.int64)
    first[key] = np.arange(len(rows))
    each = rows[first]
    return each[:, 0], each[:, 1], each[:, 2], np.bincount(key, mass, minlength=count).astype(float)


def _likelihood(point: Floats, x: Floats, last: Floats, end: Floats, mass: Floats) -> tuple[float, Floats]:
    """Log-likelihood and its slope in the logarithms of r, alpha, a and b."""
    from scipy.special import gammaln, psi

    r, alpha, a, b = np.exp(point)
    again = x > 0
    log_end, log_last = np.log(alpha + end), np.log(alpha + last)
    gone = np.log(a) - np.log(b + np.maximum(x, 1) - 1) + (r + x) * (log_end - log_last)
    both = np.where(again, np.logaddexp(0.0, gone), 0.0)
    share = np.where(again, 1 / (1 + np.exp(-np.clip(gone, -700, 700))), 0.0)
    rows = (
        gammaln(r + x) - gammaln(r) + r * point[1] + gammaln(a + b) + gammaln(b + x) - gammaln(b)
        - gammaln(a + b + x) - (r + x) * log_end + both
    )  # fmt: skip
    by_r = psi(r + x) - psi(r) + point[1] - log_end + share * (log_end - log_last)
    by_alpha = (
        r / alpha - (r + x) / (alpha + end) + share * (r + x) * (1 / (alpha + end) - 1 / (alpha + last))
    )
    by_a = psi(a + b) - psi(a + b + x) + share / a
    by_b = psi(a + b) + psi(b + x) - psi(b) - psi(a + b + x) - share / (b + np.maximum(x, 1) - 1)
    slope = np.array([r * (mass @ by_r), alpha * (mass @ by_alpha), a * (mass @ by_a), b * (mass @ by_b)])
    return float(mass @ rows), slope


def _information(cost: Callable[[Floats], tuple[float, Floats]], point: Floats) -> Floats:
    """Second derivatives of a cost from its slopes, shape (k, k)."""
    columns = []
    for place in range(point.size):
        move = np.zeros(point.size)
        move[place] = 1e-5
        columns.append((cost(point + move)[1] - cost(point - move)[1]) / 2e-5)
    table = np.array(columns)
    return np.asarray((table + table.T) / 2, dtype=float)
