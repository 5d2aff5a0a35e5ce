"""How well predictions hold: who is told apart, how far off they are, and whether they exaggerate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxdata.models.firth import firth
from cxdata.models.fits import Fit, Floats, Separated, numbered
from cxdata.models.linear import linear
from cxdata.models.logit import logit
from cxdata.scorecard.estimates import CONFIDENCE_LEVEL, normal_quantile
from cxdata.scorecard.scores import wilson_interval

_CLOSEST = 1e-9


@dataclass(frozen=True)
class Separation:
    """Areas under the curve of several predictions of the same outcomes, shape (m,).

    Parameters
    ----------
    auc : ndarray of float
        Chance that one with the outcome got a higher prediction than one without, ties half (0.5: a coin).
    covariance : ndarray of float, shape (m, m)
        Customers being independent of one another, not rows.
    """

    auc: Floats
    covariance: Floats

    def interval(self, place: int = 0, level: float = CONFIDENCE_LEVEL) -> tuple[float, float]:
        """Ends of the interval of one area, within 0-1."""
        arm = normal_quantile(level) * float(np.sqrt(self.covariance[place, place]))
        return max(0.0, float(self.auc[place]) - arm), min(1.0, float(self.auc[place]) + arm)


def separation(
    outcome: ArrayLike, *predictions: ArrayLike, customers: NDArray[Any] | None = None
) -> Separation:
    """Areas under the curve by counting pairs, with errors that know who is the same customer.

    Parameters
    ----------
    outcome : array_like of float, shape (n,)
        0 or 1, both present.
    *predictions : array_like of float, shape (n,)
    customers : ndarray, shape (n,), optional

    Raises
    ------
    ValueError
        If only one outcome is there.

    References
    ----------
    Mann & Whitney (1947); DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44; Obuchowski (1997),
    Biometrics 53, on clusters.
    """
    one = np.asarray(outcome, dtype=float) > 0.5
    ones, zeros = int(one.sum()), int((~one).sum())
    if not ones or not zeros:
        raise ValueError("an area under the curve needs both outcomes; only one is there.")
    groups = np.arange(one.size) if customers is None else numbered(customers)
    count = int(groups.max()) + 1
    areas, shares = [], []
    for prediction in predictions:
        score = np.asarray(prediction, dtype=float)
        rank = _ranks(score)
        placement = np.empty(score.size)
        placement[one] = (rank[one] - _ranks(score[one])) / zeros
        placement[~one] = 1 - (rank[~one] - _ranks(score[~one])) / ones
        area = float(placement[one].mean())
        areas.append(area)
        shares.append(
            np.bincount(groups, weights=(placement - area) / np.where(one, ones, zeros), minlength=count)
        )
    each = np.array(shares)
    return Separation(np.array(areas), each @ each.T * count / max(count - 1, 1))


@dataclass(frozen=True)
class Calibration:
    """Whether predictions exaggerate.

    Parameters
    ----------
    slope, slope_low, slope_high : float
        1 is right; below 1 high predictions are too high and low ones too low. nan where all are alike, or where
        they tell the outcomes apart without an error.
    intercept, intercept_low, intercept_high : float
        0 is right: how far all are off together, in log-odds (or the outcome's unit).
    """

    slope: float
    slope_low: float
    slope_high: float
    intercept: float
    intercept_low: float
    intercept_high: float


def calibration(
    outcome: ArrayLike, predicted: ArrayLike, customers: NDArray[Any], *, binary: bool = True
) -> Calibration:
    """Slope and intercept of outcomes on predictions.

    Parameters
    ----------
    outcome, predicted : array_like of float, shape (n,)
        Predictions are probabilities, or of the outcome's unit if not binary.
    customers : ndarray, shape (n,)
    binary : bool

    References
    ----------
    Cox (1958), Biometrika 45; Steyerberg (2019), Clinical Prediction Models, section 15.3: the intercept is that with
    the slope held at 1.
    """
    y, chance = np.asarray(outcome, dtype=float), np.asarray(predicted, dtype=float)
    quantile = normal_quantile(CONFIDENCE_LEVEL)
    constant = np.ones((y.size, 1))
    if binary:
        safe = np.clip(chance, _CLOSEST, 1 - _CLOSEST)
        given = np.log(safe / (1 - safe))
        level = logit(constant, y, terms=("constant",), clusters=customers, offset=given)
    else:
        given = chance
        level = linear(constant, y - given, terms=("constant",), clusters=customers)
    shift, arm = float(level.coefficients[0]), quantile * float(level.std_error[0])
    slope = error = float("nan")
    if float(np.std(given)) > _CLOSEST and not _told_apart(y, given, binary):
        design = np.column_stack([constant, given])
        fitted = _line(design, y, customers, binary)
        slope, error = float(fitted.coefficients[1]), quantile * float(fitted.std_error[1])
    return Calibration(slope, slope - error, slope + error, shift, shift - arm, shift + arm)


@dataclass(frozen=True)
class Bands:
    """Predicted against observed, in bands of equally many rows, shape (b,).

    Parameters
    ----------
    predicted, observed : ndarray of float
        Means within the band.
    conf_low, conf_high : ndarray of float
        Of the observed: Wilson's for shares, else normal.
    rows : ndarray of int
    """

    predicted: Floats
    observed: Floats
    conf_low: Floats
    conf_high: Floats
    rows: NDArray[np.intp]


def bands(outcome: ArrayLike, predicted: ArrayLike, *, count: int = 10, binary: bool = True) -> Bands:
    """Means of outcomes and predictions in bands of the predictions; rows predicted alike stay together."""
    y, chance = np.asarray(outcome, dtype=float), np.asarray(predicted, dtype=float)
    rank = _ranks(chance) - 0.5
    band = numbered(np.minimum((rank * count / y.size).astype(np.intp), count - 1))
    rows = np.bincount(band)
    mean = np.bincount(band, weights=chance) / rows
    seen = np.bincount(band, weights=y) / rows
    quantile = normal_quantile(CONFIDENCE_LEVEL)
    if binary:
        interval = wilson_interval(seen, rows.astype(float), np.full(seen.shape, quantile))
        low, high = interval.low, interval.high
    else:
        square = np.bincount(band, weights=y**2) / rows - seen**2
        arm = quantile * np.sqrt(np.maximum(square, 0) / np.maximum(rows - 1, 1))
        low, high = seen - arm, seen + arm
    return Bands(mean, seen, low, high, rows)


def _line(design: Floats, y: Floats, customers: NDArray[Any], binary: bool) -> Fit:
    """Outcomes on predictions; penalised where these nearly tell the outcomes apart."""
    terms = ("constant", "predicted")
    if not binary:
        return linear(design, y, terms=terms, clusters=customers)
    try:
        return logit(design, y, terms=terms, clusters=customers)
    except Separated:
        return firth(design, y, terms=terms, clusters=customers).fit


def _told_apart(y: Floats, given: Floats, binary: bool) -> bool:
    """Whether every prediction of a 1 is at or above every prediction of a 0: a slope would be infinite."""
    return binary and bool(given[y > 0.5].min() >= given[y <= 0.5].max())


def squared_error(outcome: ArrayLike, predicted: ArrayLike) -> float:
    """Mean squared distance of predictions from outcomes; Brier's score for probabilities (Brier 1950)."""
    return float(np.mean((np.asarray(outcome, dtype=float) - np.asarray(predicted, dtype=float)) ** 2))


def _ranks(values: Floats) -> Floats:
    """Ranks from 1, ties by their mean."""
    _values, place, count = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(count) - (count - 1) / 2)[place.ravel()], dtype=float)
