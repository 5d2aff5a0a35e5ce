"""What a customer spends at each purchase, drawn towards the mean where she bought little (Gamma-Gamma)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxdata.errors import TooLittleData
from cxdata.messages import message

Floats = NDArray[np.float64]

LEAST_REPEATING = 10
"""Customers who bought again that three numbers need at the very least."""

NEARLY_INDEPENDENT = 0.3
"""Correlation of spend and frequency up to which the model is used; a convention, to be shown with the number."""

_EDGE = 12.0


@dataclass(frozen=True)
class SpendModel:
    """How the mean spend is spread over customers.

    Parameters
    ----------
    p, q, v : float
        A purchase is Gamma(p, ν), and ν over customers Gamma(q, v).
    log_likelihood : float
    customers : float
    at_edge : bool
        A parameter ran to its limit.
    """

    p: float
    q: float
    v: float
    log_likelihood: float = float("nan")
    customers: float = 0.0
    at_edge: bool = False

    def __post_init__(self) -> None:
        """Refuse parameters that are no model."""
        for name in ("p", "q", "v"):
            value = getattr(self, name)
            if not (value > 0 and np.isfinite(value)):
                raise ValueError(f"{name}: {value} is not a number above 0.")

    @property
    def mean(self) -> float:
        """Spend per purchase over all customers, p v / (q − 1); nan if q is 1 or less, as it has no end then."""
        return self.p * self.v / (self.q - 1) if self.q > 1 else float("nan")


@dataclass(frozen=True)
class Independence:
    """Whether those who buy often spend more or less each time; the model needs that they hardly do.

    Parameters
    ----------
    correlation, conf_low, conf_high : float
        Of the number of repeat purchases and their mean amount, −1 to 1; Fisher's interval.
    customers : int
    holds : bool
        Whether the correlation is within ± `NEARLY_INDEPENDENT`.
    """

    correlation: float
    conf_low: float
    conf_high: float
    customers: int
    holds: bool


def fit_gamma_gamma(frequency: ArrayLike, spend: ArrayLike, weights: ArrayLike | None = None) -> SpendModel:
    """Gamma-Gamma model of largest likelihood, from the customers who bought again.

    Parameters
    ----------
    frequency : array_like of float, shape (n,)
        Repeat purchases; customers with none are left out.
    spend : array_like of float, shape (n,)
        Mean amount of them, above 0.
    weights : array_like of float, shape (n,), optional
        How many customers each row stands for.

    Returns
    -------
    SpendModel

    Raises
    ------
    ValueError
        If a mean amount of somebody who bought again is missing, 0 or negative.
    TooLittleData
        If fewer than `LEAST_REPEATING` customers bought again, or all spend the same.

    References
    ----------
    Fader & Hardie (2013), "The Gamma-Gamma Model of Monetary Value", note 025, brucehardie.com.
    """
    from scipy.optimize import minimize
    from scipy.special import gammaln, psi

    x, z, mass = _repeating(frequency, spend, weights)
    if mass.sum() < LEAST_REPEATING or float(z.max()) == float(z.min()):
        raise TooLittleData(
            message(
                "{repeating:,} customers bought again; a model of spend needs {least:,} whose amounts differ.",
                repeating=round(float(mass.sum())),
                least=LEAST_REPEATING,
            )
        )
    unit = float(np.average(z, weights=mass))
    z = z / unit
    log_x, log_z = np.log(x), np.log(z)

    def cost(point: Floats) -> tuple[float, Floats]:
        p, q, v = np.exp(point)
        total = np.log(v + x * z)
        rows = (
            gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * point[2] + (p * x - 1) * log_z + p * x * log_x
            - (p * x + q) * total
        )  # fmt: skip
        by_p = x * (psi(p * x + q) - psi(p * x) + log_z + log_x - total)
        by_q = psi(p * x + q) - psi(q) + point[2] - total
        by_v = q / v - (p * x + q) / (v + x * z)
        return -float(mass @ rows), -np.array([p * (mass @ by_p), q * (mass @ by_q), v * (mass @ by_v)])

    fits = [
        minimize(cost, np.log(start), jac=True, method="L-BFGS-B", bounds=[(-_EDGE, _EDGE)] * 3,
                 options={"maxiter": 1000, "ftol": 1e-14, "gtol": 1e-8})
        for start in ([3.0, 3.0, 1.0], [1.0, 1.5, 1.0])
    ]  # fmt: skip
    best = min(fits, key=lambda fit: float(fit.fun))
    p, q, v = (float(value) for value in np.exp(best.x))
    height = -float(best.fun) - float(mass.sum()) * float(np.log(unit))
    edge = bool((np.abs(np.abs(np.asarray(best.x)) - _EDGE) < 0.05).any())
    return SpendModel(p, q, v * unit, height, float(mass.sum()), edge)


def expected_spend(model: SpendModel, frequency: ArrayLike, spend: ArrayLike) -> Floats:
    """Amount to be expected per purchase: between the mean of all and her own, nearer to hers the more she bought.

    Parameters
    ----------
    model : SpendModel
    frequency, spend : array_like of float, shape (n,)
        Repeat purchases and their mean amount; the amount does not matter where there were none.

    Returns
    -------
    ndarray of float, shape (n,)
        ((q − 1) · mean + p x z̄) / (p x + q − 1), money per purchase.
    """
    x, z = np.asarray(frequency, dtype=float), np.asarray(spend, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        amount = model.p * (model.v + x * np.where(x > 0, z, 0.0)) / (model.p * x + model.q - 1)
        return np.asarray(np.where(model.p * x + model.q > 1, amount, np.nan), dtype=float)


def spend_independence(frequency: ArrayLike, spend: ArrayLike, level: float = 0.95) -> Independence:
    """Check that how often customers buy says little about how much they spend.

    Parameters
    ----------
    frequency, spend : array_like of float, shape (n,)
        As for `fit_gamma_gamma`.
    level : float
        Of the interval.

    Raises
    ------
    TooLittleData
        If fewer than `LEAST_REPEATING` customers bought again.
    """
    from scipy.special import ndtri

    x, z, _mass = _repeating(frequency, spend, None)
    if x.size < LEAST_REPEATING:
        raise TooLittleData(
            message(
                "{repeating:,} customers bought again; a correlation needs at least {least:,}.",
                repeating=x.size,
                least=LEAST_REPEATING,
            )
        )
    spread = float(np.std(x) * np.std(z))
    correlation = float(np.mean((x - x.mean()) * (z - z.mean()))) / spread if spread else 0.0
    arm = float(ndtri((1 + level) / 2)) / np.sqrt(x.size - 3)
    middle = np.arctanh(np.clip(correlation, -1 + 1e-12, 1 - 1e-12))
    return Independence(
        correlation, float(np.tanh(middle - arm)), float(np.tanh(middle + arm)), x.size,
        abs(correlation) <= NEARLY_INDEPENDENT,
    )  # fmt: skip


def _repeating(
    frequency: ArrayLike, spend: ArrayLike, weights: ArrayLike | None
) -> tuple[Floats, Floats, Floats]:
    x, z = np.asarray(frequency, dtype=float), np.asarray(spend, dtype=float)
    mass = np.ones(x.size) if weights is None else np.asarray(weights, dtype=float)
    again = x > 0
    x, z, mass = x[again], z[again], mass[again]
    bad = int((~(z > 0) | ~np.isfinite(z)).sum())
    if bad:
        raise ValueError(f"spend: {bad} of {z.size} customers who bought again have no amount above 0.")
    return x, z, mass
