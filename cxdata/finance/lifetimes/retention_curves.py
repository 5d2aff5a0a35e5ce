"""How long customers stay when some are more loyal than others: sBG and BdW curves, fitted and tested."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxdata.errors import TooLittleData
from cxdata.finance.lifetimes.beta_geometric import log_survival, maximum, shape_of
from cxdata.messages import message

Floats = NDArray[np.float64]


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
    decisions : float
        Renewals behind the fit: the sum of those at risk.
    at_edge : bool
        The data show no difference between customers, or nothing else: the curve holds, but its alpha and beta
        stand for a limit and are no numbers to quote.
    """

    alpha: float
    beta: float
    c: float = 1.0
    log_likelihood: float = float("nan")
    covariance: Floats | None = None
    decisions: float = 0.0
    at_edge: bool = False

    def __post_init__(self) -> None:
        """Refuse parameters that are no curve."""
        for name in ("alpha", "beta", "c"):
            value = getattr(self, name)
            if not (value > 0 and np.isfinite(value)):
                raise ValueError(f"{name}: {value} is not a number above 0.")

    @property
    def parameters(self) -> Floats:
        """What is fitted, shape (3,): logit of the mean chance to leave, log(alpha + beta), log(c)."""
        return np.array(
            [np.log(self.alpha / self.beta), np.log(self.alpha + self.beta), np.log(self.c)], dtype=float
        )

    def log_survival(self, t: ArrayLike) -> Floats:
        """Natural logarithm of `survival`, exact also where the share is tiny."""
        when = np.asarray(t, dtype=float)
        if not bool((when >= 0).all()):
            raise ValueError(f"t: {float(np.min(when)):g} is negative. Count renewals from 0.")
        return log_survival(self.alpha, self.beta, when**self.c)

    def survival(self, t: ArrayLike) -> Floats:
        """Share (0-1) still there after `t` renewals: B(α, β + t^c) / B(α, β), 1 at 0.

        Parameters
        ----------
        t : array_like of float
            Renewals, 0 or more; between two renewals the model interpolates.

        References
        ----------
        Fader & Hardie (2007), Journal of Interactive Marketing 21(1).
        """
        return np.asarray(np.exp(self.log_survival(t)), dtype=float)

    def retention(self, t: ArrayLike) -> Floats:
        """Share (0-1) of those there before renewal `t` (1, 2 …) who renew; (β + t − 1) / (α + β + t − 1) if c = 1."""
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
        Cohorts that are first seen at a later renewal, or not seen to the end, count where they are seen; renewals
        before the first that anybody was seen at are only extrapolated backwards. Money instead of customers gives
        the curve of the money, with a covariance that means nothing.

    Returns
    -------
    RetentionCurve

    Raises
    ------
    ValueError
        If counts are negative or missing, or more are lost than were at risk.
    TooLittleData
        If nobody or everybody was lost, or fewer than two renewals were seen.

    References
    ----------
    Fader & Hardie (2007), "How to Project Customer Retention", Journal of Interactive Marketing 21(1).
    """
    return _fitted(*_decided(survivors, at_risk, lost), bdw=False)


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

    Raises
    ------
    ValueError, TooLittleData
        As for `fit_sbg`.

    References
    ----------
    Fader, Hardie, Liu, Davin & Steenburgh (2018), "'How to Project Customer Retention' Revisited", Journal of
    Interactive Marketing 43.
    """
    return _fitted(*_decided(survivors, at_risk, lost), bdw=True)


def likelihood_ratio(sbg: RetentionCurve, bdw: RetentionCurve) -> LikelihoodRatio:
    """Test sBG, which is BdW with c = 1, against BdW fitted to the same data.

    Raises
    ------
    ValueError
        If the two were not fitted to the same number of decisions.
    """
    from scipy.special import chdtrc

    if sbg.decisions != bdw.decisions:
        raise ValueError(
            f"the curves rest on {sbg.decisions:g} and {bdw.decisions:g} decisions: fit both to the same data."
        )
    statistic = max(0.0, 2 * (bdw.log_likelihood - sbg.log_likelihood))
    p_value = float(chdtrc(1, statistic))
    return LikelihoodRatio(statistic, p_value, bdw if p_value < 0.05 else sbg)


def survival_interval(curve: RetentionCurve, t: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Interval of the curve by the delta method, symmetric on the scale ln(−ln S).

    Parameters
    ----------
    curve : RetentionCurve
        As fitted.
    t : array_like of float, shape (n,)
    level : float

    Returns
    -------
    low, high : ndarray of float, shape (n,)
        Of the curve, not of how many of so many customers stay; nan where the fit is at an edge: use
        `bootstrap_survival` there.
    """
    from scipy.special import ndtri

    when, best = np.asarray(t, dtype=float), curve.parameters
    later = np.where(when > 0, when, 1.0)
    if curve.covariance is None:
        return np.full(when.shape, np.nan), np.full(when.shape, np.nan)
    free = len(curve.covariance)
    slopes = []
    for place in range(free):
        ends = []
        for side in (1e-5, -1e-5):
            moved = best.copy()
            moved[place] += side
            ends.append(_log_log(*shape_of(moved), later))
        slopes.append((ends[0] - ends[1]) / 2e-5)
    slope = np.stack(slopes, axis=-1)
    arm = float(ndtri((1 + level) / 2)) * np.sqrt(
        np.einsum("...i,ij,...j->...", slope, curve.covariance, slope)
    )
    middle = _log_log(curve.alpha, curve.beta, curve.c, later)
    low, high = (np.where(when > 0, np.exp(-np.exp(middle + side * arm)), 1.0) for side in (1, -1))
    return np.asarray(low, dtype=float), np.asarray(high, dtype=float)


def bootstrap_survival(
    t: ArrayLike,
    *,
    at_risk: ArrayLike,
    lost: ArrayLike,
    bdw: bool = False,
    draws: int = 200,
    seed: int = 20260901,
) -> Floats:
    """Curves fitted to data drawn anew, for intervals also where the fit is at an edge.

    Parameters
    ----------
    t : array_like of float, shape (n,)
        Renewals at which each curve is read.
    at_risk, lost : array_like of float, shape (t,)
        As for `fit_sbg`.
    bdw : bool
        Which of the two curves.
    draws, seed : int

    Returns
    -------
    ndarray of float, shape (draws, n)
        Shares still there; a draw in which nobody or everybody is lost is drawn again.
    """
    risk, gone = _decided(None, at_risk, lost)
    near = _fitted(risk, gone, bdw=bdw).parameters
    random = np.random.default_rng(seed)
    chance = np.divide(gone, risk, out=np.zeros_like(gone), where=risk > 0)
    times = np.asarray(t, dtype=float)
    curves: list[Floats] = []
    while len(curves) < draws:
        drawn = random.binomial(np.round(risk).astype(np.int64), chance) * (
            risk / np.maximum(np.round(risk), 1)
        )
        if 0 < drawn.sum() < risk.sum():
            curves.append(
                RetentionCurve(*shape_of(maximum(risk, drawn, bdw=bdw, start=near).point)).survival(times)
            )
    return np.array(curves)


def _decided(
    survivors: ArrayLike | None, at_risk: ArrayLike | None, lost: ArrayLike | None
) -> tuple[Floats, Floats]:
    """Those at risk and lost at each renewal, checked."""
    if (survivors is None) == (at_risk is None) or (at_risk is None) != (lost is None):
        raise ValueError("give either survivors, or at_risk and lost.")
    if survivors is not None:
        left = np.asarray(survivors, dtype=float)
        risk, gone = left[:-1], left[:-1] - left[1:]
    else:
        risk, gone = np.asarray(at_risk, dtype=float), np.asarray(lost, dtype=float)
    if risk.shape != gone.shape or risk.ndim != 1:
        raise ValueError(
            f"at_risk and lost must be of one length, not of shapes {risk.shape} and {gone.shape}."
        )
    if not bool((np.isfinite(risk) & np.isfinite(gone)).all()):
        raise ValueError(
            "a count is missing or infinite. Give 0 at risk for renewals that nobody was seen at."
        )
    if bool((gone < 0).any()) or bool((gone > risk).any()):
        raise ValueError(
            "more were lost than were at risk, or survivors rise. Customers who return are new ones."
        )
    return risk, gone


def _fitted(risk: Floats, gone: Floats, *, bdw: bool) -> RetentionCurve:
    needed, seen = 3 if bdw else 2, int((risk > 0).sum())
    if seen < needed:
        raise TooLittleData(
            message(
                "a curve of retention needs {needed:,} renewals that customers came up for, and there are {seen:,}.",
                needed=needed,
                seen=seen,
            )
        )
    if not 0 < gone.sum() < risk.sum():
        raise TooLittleData(
            message(
                "a curve of retention needs customers who left and customers who stayed; all are of one kind."
            )
        )
    best = maximum(risk, gone, bdw=bdw)
    alpha, beta, c = shape_of(best.point)
    return RetentionCurve(
        alpha, beta, c, best.log_likelihood, best.covariance, float(risk.sum()), best.at_edge
    )


def _log_log(alpha: float, beta: float, c: float, t: Floats) -> Floats:
    return np.asarray(np.log(-log_survival(alpha, beta, t**c)), dtype=float)
