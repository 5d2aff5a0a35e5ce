"""How long customers stay, when some are more loyal than others: sBG and BdW curves and what they are worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

MOST_TERMS = 200_000
"""Payments that are added up one by one; what comes after them is taken to fall evenly."""

_SMALL = 1e-14


@dataclass(frozen=True)
class RetentionCurve:
    """Share of customers still there after so many renewals, each with a tendency to leave of her own.

    Parameters
    ----------
    alpha, beta : float
        The chance to leave at a renewal is spread over customers as Beta(alpha, beta).
    c : float
        1: each customer's chance stays the same (sBG); above 1 it grows with time, below 1 it falls (BdW).
    log_likelihood : float
    covariance : ndarray of float, shape (k, k), or None
        Of `parameters`: k = 2 for sBG, 3 for BdW; None where it is not known, or the fit is at an edge.
    customers : float
        Renewals that were decided in the data behind it: the sum of those at risk.
    at_edge : bool
        The data show no difference between customers (or an extreme one): the curve is right, its alpha and beta
        stand for a limit and are no numbers to quote.
    """

    alpha: float
    beta: float
    c: float = 1.0
    log_likelihood: float = float("nan")
    covariance: Floats | None = None
    customers: float = 0.0
    at_edge: bool = False

    def __post_init__(self) -> None:
        """Refuse parameters that are no curve."""
        for name in ("alpha", "beta", "c"):
            value = getattr(self, name)
            if not (value > 0 and np.isfinite(value)):
                raise ValueError(f"{name}: {value} is not a number above 0.")

    @property
    def parameters(self) -> Floats:
        """What was fitted: logit of the mean chance to leave, log(alpha + beta), and for BdW log(c)."""
        shape = [np.log(self.alpha / self.beta), np.log(self.alpha + self.beta), np.log(self.c)]
        return np.array(shape[: 2 if self.covariance is None or len(self.covariance) == 2 else 3])

    def log_survival(self, t: ArrayLike) -> Floats:
        """Natural logarithm of `survival`, exact also where the share is tiny."""
        return log_survival(self.alpha, self.beta, self.c, np.asarray(t, dtype=float))

    def survival(self, t: ArrayLike) -> Floats:
        """Share (0-1) still there after `t` renewals: B(α, β + t^c) / B(α, β); 1 at 0.

        Parameters
        ----------
        t : array_like of float
            Renewals, 0 or more; parts of one are interpolated by the model.
        """
        return np.asarray(np.exp(self.log_survival(t)), dtype=float)

    def retention(self, t: ArrayLike) -> Floats:
        """Share (0-1) of those still there before renewal `t` (1, 2 …) who renew; for sBG (β + t − 1) / (α + β + t − 1)."""
        when = np.asarray(t, dtype=float)
        if not bool((when >= 1).all()):
            raise ValueError(f"t: {float(np.min(when)):g} is below 1, the first renewal.")
        return np.asarray(np.exp(self.log_survival(when) - self.log_survival(when - 1)), dtype=float)


@dataclass(frozen=True)
class LikelihoodRatio:
    """Whether chances that change with time (BdW) fit better than constant ones (sBG).

    Parameters
    ----------
    statistic : float
        Twice the difference of the log-likelihoods; chi-squared with one degree of freedom.
    p_value : float
    better : RetentionCurve
        BdW where p is below 0.05, else sBG.
    """

    statistic: float
    p_value: float
    better: RetentionCurve


@dataclass(frozen=True)
class Elasticities:
    """By how many per cent the value of what is to come rises when retention rises by one per cent: three answers.

    Parameters
    ----------
    homogeneous : float
        As if all customers had the mean retention: (1 + d) / (1 + d − r).
    individual : float
        Mean of the customers' own elasticities.
    value_weighted : float
        Of the sum of money over all customers: the one to report.
    """

    homogeneous: float
    individual: float
    value_weighted: float


def log_survival(alpha: float, beta: float, c: float, t: Floats) -> Floats:
    """ln B(α, β + t^c) − ln B(α, β), shape of `t`."""
    from scipy.special import betaln, gammaln

    if bool((t < 0).any()):
        raise ValueError(f"t: {float(t.min()):g} is negative. Count renewals from 0.")
    power = t**c
    if alpha + beta < 1e5:
        return np.asarray(betaln(alpha, beta + power) - betaln(alpha, beta), dtype=float)
    # Differences of huge logarithms would lose the digits that count: the Beta is nearly normal there.
    raise NotImplementedError(gammaln)


def fit_sbg(
    survivors: ArrayLike | None = None, *, at_risk: ArrayLike | None = None, lost: ArrayLike | None = None
) -> RetentionCurve:
    """Shifted-beta-geometric curve of largest likelihood: every customer keeps her own constant chance to leave.

    Parameters
    ----------
    survivors : array_like of float, shape (t + 1,), optional
        One cohort: customers at the start, and those still there after renewal 1, 2 … t.
    at_risk, lost : array_like of float, shape (t,), optional
        Instead, from many cohorts: customers who came up for renewal 1, 2 … t, and those of them who were lost.
        Cohorts that are first seen at a later renewal, or not seen to the end, enter where they are seen.

    Returns
    -------
    RetentionCurve

    Raises
    ------
    ValueError
        If counts are negative, or more are lost than were at risk.
    TooLittleData
        If nobody or everybody was lost, or fewer than two renewals were seen.

    References
    ----------
    Fader & Hardie (2007), "How to Project Customer Retention", Journal of Interactive Marketing 21(1).
    """
    raise NotImplementedError


def fit_bdw(
    survivors: ArrayLike | None = None, *, at_risk: ArrayLike | None = None, lost: ArrayLike | None = None
) -> RetentionCurve:
    """Beta-discrete-Weibull curve of largest likelihood: chances to leave differ and change with time.

    Parameters
    ----------
    survivors, at_risk, lost
        As for `fit_sbg`; three renewals at least.

    Returns
    -------
    RetentionCurve

    References
    ----------
    Fader, Hardie, Liu, Davin & Steenburgh (2018), "How to Project Customer Retention" Revisited, Journal of
    Interactive Marketing 43.
    """
    raise NotImplementedError


def pooled_cohorts(survivors: ArrayLike) -> tuple[Floats, Floats]:
    """Those at risk and those lost at each renewal, over cohorts that were watched for different lengths of time.

    Parameters
    ----------
    survivors : array_like of float, shape (cohorts, t + 1)
        Customers of each cohort at the start and after renewal 1, 2 …; nan where that is not known, before it was
        first watched (left truncation) or later than today.

    Returns
    -------
    at_risk, lost : ndarray of float, shape (t,)
        For `fit_sbg` and `fit_bdw`.
    """
    raise NotImplementedError


def likelihood_ratio(sbg: RetentionCurve, bdw: RetentionCurve) -> LikelihoodRatio:
    """Test sBG, which is BdW with c = 1, against BdW fitted to the same data."""
    raise NotImplementedError


def survival_interval(curve: RetentionCurve, t: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Interval of the curve itself by the delta method, symmetric on the scale ln(−ln S); nan at an edge.

    Parameters
    ----------
    curve : RetentionCurve
        As fitted.
    t : array_like of float, shape (n,)
    level : float

    Returns
    -------
    low, high : ndarray of float, shape (n,)
    """
    raise NotImplementedError


def bootstrap_survival(
    t: ArrayLike,
    *,
    at_risk: ArrayLike,
    lost: ArrayLike,
    bdw: bool = False,
    draws: int = 200,
    seed: int = 20260901,
) -> Floats:
    """Curves fitted to data drawn anew, for intervals of anything that follows from a curve.

    Parameters
    ----------
    t : array_like of float, shape (n,)
        Renewals at which each curve is read.
    at_risk, lost : array_like of float, shape (t,)
    bdw : bool
    draws, seed : int

    Returns
    -------
    ndarray of float, shape (draws, n)
        Shares still there.
    """
    raise NotImplementedError


def discounted_lifetime(curve: RetentionCurve, discount_rate: float) -> float:
    """Discounted expected lifetime (DEL): payments to come from a new customer, the first one made today included.

    Parameters
    ----------
    curve : RetentionCurve
    discount_rate : float
        Per period, above 0.

    Returns
    -------
    float
        In payments: times the margin per period it is her value. ₂F₁(1, β; α + β; 1 / (1 + d)) for sBG.

    References
    ----------
    Fader & Hardie (2007), note 018, brucehardie.com.
    """
    raise NotImplementedError


def discounted_residual(
    curve: RetentionCurve, discount_rate: float, period: ArrayLike, *, after_payment: bool = False
) -> Floats:
    """Discounted expected residual lifetime (DERL): payments to come from a customer in her period `period`.

    Parameters
    ----------
    curve : RetentionCurve
    discount_rate : float
        Per period, above 0.
    period : array_like of int, shape (...)
        1 for a customer who has not come up for renewal yet; n has renewed n − 1 times.
    after_payment : bool
        False: just before her next renewal, whose payment is not discounted. True: just after the payment of
        renewal `period`, the next one is a period away.

    Returns
    -------
    ndarray of float, shape (...)
        In payments.

    References
    ----------
    Fader & Hardie (2010), "Customer-Base Valuation in a Contractual Setting", Marketing Science 29(1).
    """
    raise NotImplementedError


def elasticities(curve: RetentionCurve, discount_rate: float, period: int = 1) -> Elasticities:
    """By how many per cent the value of customers in a period rises when their retention rises by one per cent.

    Parameters
    ----------
    curve : RetentionCurve
    discount_rate : float
        Per period, above 0.
    period : int
        Of their life, 1 for new ones.

    Returns
    -------
    Elasticities
    """
    raise NotImplementedError
