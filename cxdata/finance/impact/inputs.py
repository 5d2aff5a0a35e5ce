"""Assumed numbers of a scenario, drawn: the same draws for every scenario with the same seed."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from cxdata.finance.scenarios.scenario import ATTRIBUTION_ROWS, Lever, Range, RetentionChange, Scenario
from cxdata.models.churn import ChurnRegression

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Inputs:
    """What is assumed, draw by draw; D draws and L levers (one for a change of the retention rate).

    Parameters
    ----------
    amount, reach, attribution : ndarray of float, shape (L, D)
    one_off, yearly, per_customer : ndarray of float, shape (L, D)
        Costs: at the start, a year, and a year and customer.
    discount_rate, cross_sell, referral : ndarray of float, shape (D,)
    """

    amount: Floats
    reach: Floats
    attribution: Floats
    one_off: Floats
    yearly: Floats
    per_customer: Floats
    discount_rate: Floats
    cross_sell: Floats
    referral: Floats

    @property
    def draws(self) -> int:
        """Number of draws."""
        return int(self.discount_rate.size)

    def some(self, which: NDArray[np.intp]) -> Inputs:
        """Only these draws."""
        return Inputs(**{name: values[..., which] for name, values in vars(self).items()})


def changes_of(scenario: Scenario) -> tuple[Lever | RetentionChange, ...]:
    """Levers, or the change of the retention rate as the only one."""
    return (scenario.retention,) if scenario.retention else scenario.levers


def uniform(seed: int, name: str, size: int) -> Floats:
    """Random numbers between 0 and 1 of an input, shape (size,): of one seed and name always the same."""
    return np.random.default_rng([seed, crc32(name.encode())]).random(size)


def pert(asked: Range, quantile: Floats) -> Floats:
    """Quantiles of a PERT distribution: a Beta between low and high, with weight 4 on the mode.

    Parameters
    ----------
    asked : Range
    quantile : ndarray of float
        0-1.

    References
    ----------
    Clark (1962), Operations Research 10(3), "The PERT model for the distribution of an activity time".
    """
    width = asked.high - asked.low
    if not width > 0:
        return np.full(np.shape(quantile), float(asked.mode))
    from scipy.special import betaincinv

    first, second = 1 + 4 * (asked.mode - asked.low) / width, 1 + 4 * (asked.high - asked.mode) / width
    return np.asarray(asked.low + width * betaincinv(first, second, quantile), dtype=float)


def attribution(mean: float, quantile: Floats) -> Floats:
    """Quantiles of a share that is taken to be an effect: Beta(8 mean, 8 (1 − mean)); 0 and 1 are exact."""
    if not 0 < mean < 1:
        return np.full(np.shape(quantile), float(mean))
    from scipy.special import betaincinv

    rows = ATTRIBUTION_ROWS
    return np.asarray(betaincinv(rows * mean, rows * (1 - mean), quantile), dtype=float)


def drawn(scenario: Scenario, draws: int) -> Inputs:
    """Inputs of every draw.

    Reach shares one random number between levers, and so does attribution: who rolls out well does so everywhere, and
    an analysis that overstates one effect overstates the others. Amounts and costs are each lever's own; scenarios share
    them where driver, kind and segments of a lever are the same.
    """
    changes, seed = changes_of(scenario), scenario.seed
    keys = _keys(changes)
    shared = {name: uniform(seed, name, draws) for name in ("reach", "attribution")}

    def own(name: str, field: str) -> Floats:
        rows = []
        for change, key in zip(changes, keys, strict=True):
            rows.append(pert(getattr(change, field), uniform(seed, f"{key}:{name}", draws)))
        return np.array(rows).reshape(len(changes), draws)

    return Inputs(
        amount=np.array([
            pert(
                change.amount if isinstance(change, Lever) else change.points,
                uniform(seed, f"{key}:amount" if isinstance(change, Lever) else "points", draws),
            )
            for change, key in zip(changes, keys, strict=True)
        ]).reshape(len(changes), draws),
        reach=np.array([
            pert(change.reach, shared["reach"]) if isinstance(change, Lever) else np.ones(draws) for change in changes
        ]).reshape(len(changes), draws),
        attribution=np.array([
            attribution(change.attribution, shared["attribution"]) if isinstance(change, Lever) else np.ones(draws)
            for change in changes
        ]).reshape(len(changes), draws),
        one_off=own("one_off", "one_off_cost"),
        yearly=own("yearly", "yearly_cost"),
        per_customer=own("per_customer", "cost_per_customer"),
        discount_rate=pert(scenario.discount_rate, uniform(seed, "discount_rate", draws)),
        cross_sell=pert(scenario.cross_sell, uniform(seed, "cross_sell", draws)),
        referral=pert(scenario.referral, uniform(seed, "referral", draws)),
    )  # fmt: skip


def _keys(changes: tuple[Lever | RetentionChange, ...]) -> list[str]:
    """What the random numbers of each change are named after; the second of the same bears its number."""
    found: list[str] = []
    for change in changes:
        key = "retention"
        if isinstance(change, Lever):
            key = ":".join([change.driver, change.kind, *sorted(change.segments)])
        before = sum(one == key or one.startswith(f"{key}\n") for one in found)
        found.append(f"{key}\n{before + 1}" if before else key)
    return found


def expected(scenario: Scenario) -> Inputs:
    """One draw with the expected value of every input."""
    changes = changes_of(scenario)

    def means(*values: float) -> Floats:
        return np.array(values, dtype=float).reshape(len(values), 1)

    levers = [change if isinstance(change, Lever) else None for change in changes]
    return Inputs(
        amount=means(*(change.amount.mean if isinstance(change, Lever) else change.points.mean for change in changes)),
        reach=means(*(lever.reach.mean if lever else 1.0 for lever in levers)),
        attribution=means(*(lever.attribution if lever else 1.0 for lever in levers)),
        one_off=means(*(change.one_off_cost.mean for change in changes)),
        yearly=means(*(change.yearly_cost.mean for change in changes)),
        per_customer=means(*(change.cost_per_customer.mean for change in changes)),
        discount_rate=np.array([scenario.discount_rate.mean]),
        cross_sell=np.array([scenario.cross_sell.mean]),
        referral=np.array([scenario.referral.mean]),
    )  # fmt: skip


def strength(change: Lever | RetentionChange, years: int) -> Floats:
    """Share of the effect in force in each year, shape (T,): the ramp, then the decay."""
    ramp = np.asarray(change.ramp, dtype=float)
    year = np.arange(years)
    after = np.maximum(year - (ramp.size - 1), 0)
    return np.asarray(ramp[np.minimum(year, ramp.size - 1)] * (1.0 - change.decay) ** after, dtype=float)


def coefficients(regression: ChurnRegression, seed: int, draws: int) -> list[tuple[NDArray[np.intp], Floats]]:
    """Coefficients of every draw, jointly: per completed set its draws and their coefficients, shape (D of it, k).

    Draw d uses set d mod m, and one standard normal vector of the seed: scenarios share them. Taking the m means in turn
    has a variance between sets of B (m − 1) / m, and Rubin's is (1 + 1 / m) B: the means are moved away from their own
    mean by the root of (m + 1) / (m − 1), so that draws have the total variance W + (1 + 1 / m) B.

    References
    ----------
    Rubin (1987), Multiple Imputation for Nonresponse in Surveys, section 3.1.
    """
    size = regression.coefficients.shape[1]
    normal = np.random.default_rng([seed, crc32(b"coefficients")]).standard_normal((draws, size))
    found, sets, pooled = [], regression.sets, regression.pooled
    apart = np.sqrt((sets + 1) / (sets - 1)) if sets > 1 else 1.0
    for place in range(min(sets, draws)):
        which = np.arange(place, draws, sets)
        values, vectors = np.linalg.eigh(regression.covariance[place])
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        found.append(
            (which, pooled + apart * (regression.coefficients[place] - pooled) + normal[which] @ root.T)
        )
    return found
