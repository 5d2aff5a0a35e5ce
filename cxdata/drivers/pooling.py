"""One answer from several completed sets of rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxdata.drivers.missing import combine
from cxdata.models.fits import Floats
from cxdata.scorecard.estimates import CONFIDENCE_LEVEL, t_quantile


@dataclass(frozen=True)
class Pooled:
    """Estimates from one or several completed sets of rows, shape (q,) each.

    Parameters
    ----------
    value, error : ndarray of float
        Estimates and their standard errors; nan where a set has none.
    freedom : ndarray of float
        Degrees of freedom; 1e9 stands for the normal distribution.
    lost : ndarray of float
        Share of the variance that is due to what was missing (0-1).
    covariance : ndarray of float, shape (q, q)
    """

    value: Floats
    error: Floats
    freedom: Floats
    lost: Floats
    covariance: Floats


def together(values: list[Floats], covariances: list[Floats], freedom: float) -> Pooled:
    """Estimates pooled by Rubin's rules; a single set is taken as it is, with the normal distribution.

    Parameters
    ----------
    values : list of ndarray of float, shape (q,)
    covariances : list of ndarray of float, shape (q, q)
    freedom : float
        Degrees of freedom if nothing were missing.
    """
    if len(values) == 1:
        error = np.sqrt(np.maximum(np.diag(covariances[0]), 0.0))
        lost = np.where(np.isnan(values[0]), np.nan, 0.0)
        return Pooled(values[0], error, np.full(error.size, 1e9), lost, covariances[0])
    told = np.isfinite(np.mean(values, axis=0))
    found = [np.full(told.size, np.nan) for _ in range(4)]
    pooled = combine(
        np.array(values)[:, told], np.array(covariances)[:, told][:, :, told], complete_df=freedom
    )
    for target, source in zip(
        found,
        (pooled.estimate, pooled.std_error, pooled.degrees_of_freedom, pooled.missing_information),
        strict=True,
    ):
        target[told] = source
    covariance = np.full((told.size, told.size), np.nan)
    covariance[np.ix_(told, told)] = pooled.covariance
    return Pooled(found[0], found[1], found[2], found[3], covariance)


def two_sided(found: Pooled) -> Floats:
    """Two-sided p-values against zero, shape (q,)."""
    from scipy.special import stdtr

    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.abs(found.value) / found.error
    return np.asarray(2 * stdtr(np.maximum(found.freedom, 1), -ratio), dtype=float)


def reach_of(found: Pooled, level: float = CONFIDENCE_LEVEL) -> Floats:
    """Half the width of the intervals, shape (q,)."""
    return t_quantile(level, found.freedom) * found.error
