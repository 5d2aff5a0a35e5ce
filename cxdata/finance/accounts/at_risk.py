"""Revenue at risk: what losing customers is expected to cost, with the luck of few large accounts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

MOST_SIMULATED = 20_000
"""Accounts whose outcomes are drawn one by one; the sum over more is close to normal."""

_DRAWN_AT_ONCE = 2_000_000


@dataclass(frozen=True)
class RevenueAtRisk:
    """What is expected to be lost, and how far chance alone may move it.

    Parameters
    ----------
    expected : float
        Σ probability × value.
    std_deviation : float
        √Σ p (1 − p) value²: of who happens to leave, the probabilities taken as known.
    low, high : float
        Ends of the interval of what is lost, of `level`.
    share : float
        Expected loss ÷ all value, 0-1.
    accounts : int
    effective_accounts : float
        How many accounts of equal value would make chance as large: (Σ value)² / Σ value².
    level : float
    """

    expected: float
    std_deviation: float
    low: float
    high: float
    share: float
    accounts: int
    effective_accounts: float
    level: float


def revenue_at_risk(
    probability: ArrayLike, value: ArrayLike, *, level: float = 0.9, draws: int = 2000, seed: int = 20260901
) -> RevenueAtRisk:
    """What losing customers is expected to cost, with the luck of few large accounts.

    Parameters
    ----------
    probability : array_like of float, shape (n,)
        Chance (0-1) that each account leaves in the window.
    value : array_like of float, shape (n,)
        What it brings per window: say whether revenue or margin. Negative margins keep their sign.
    level : float
        Of the interval, between 0 and 1.
    draws, seed : int
        Up to `MOST_SIMULATED` accounts the interval comes from drawn outcomes, beyond from the normal curve.

    Returns
    -------
    RevenueAtRisk
        In the money and per the window of `value`.

    Raises
    ------
    ValueError
        If a probability is outside 0-1 or a value is missing.
    """
    chance, money = np.broadcast_arrays(
        np.asarray(probability, dtype=float).ravel(), np.asarray(value, dtype=float).ravel()
    )
    if not bool(((chance >= 0) & (chance <= 1)).all()):
        raise ValueError(f"probability: {_outside(chance):g} is outside 0-1.")
    if not bool(np.isfinite(money).all()):
        raise ValueError("value: an amount is missing or infinite. Leave these accounts out and say so.")
    expected = float(chance @ money)
    deviation = float(np.sqrt((chance * (1 - chance)) @ money**2))
    total, squares = float(money.sum()), float(money @ money)
    low, high = _ends_of_losses(chance, money, expected, deviation, level, draws, seed)
    return RevenueAtRisk(
        expected, deviation, low, high, expected / total if total else float("nan"), money.size,
        total**2 / squares if squares else 0.0, level,
    )  # fmt: skip


def _ends_of_losses(
    chance: Floats, money: Floats, expected: float, deviation: float, level: float, draws: int, seed: int
) -> tuple[float, float]:
    from scipy.special import ndtri

    if money.size > MOST_SIMULATED:
        arm = float(ndtri((1 + level) / 2)) * deviation
        return expected - arm, expected + arm
    if not money.size:
        return 0.0, 0.0
    random = np.random.default_rng(seed)
    rows = max(1, _DRAWN_AT_ONCE // money.size)
    losses = [
        (random.random((min(rows, draws - first), money.size)) < chance) @ money
        for first in range(0, draws, rows)
    ]
    low, high = np.quantile(np.concatenate(losses), [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _outside(chance: Floats) -> float:
    """The first probability that is none."""
    return float(chance[~((chance >= 0) & (chance <= 1))][0])
