"""Does the model hold for decisions it has not seen? And would a model that may bend find more?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxdata.drivers.accuracy import Bands, Calibration, bands, calibration, separation, squared_error
from cxdata.drivers.holdout import Split, split
from cxdata.drivers.missing import em_moments
from cxdata.models.firth import firth
from cxdata.models.fits import Floats, Separated, expit
from cxdata.models.linear import linear
from cxdata.models.logit import logit
from cxdata.scorecard.estimates import CONFIDENCE_LEVEL, normal_quantile

NON_LINEAR_AUC = 0.02
"""By how much boosting must beat the straight model before anything is said of it."""

SHUFFLES = 5


@dataclass(frozen=True)
class Boosting:
    """What a model that may bend finds more, on the same unseen decisions; an alarm, not an answer.

    Parameters
    ----------
    auc : float
        nan where the outcome is a score.
    r_squared : float
        1 − squared error ÷ that of the mean.
    gain, gain_low, gain_high : float
        Its AUC less that of the straight model, with interval; for a score, R² without interval.
    alarm : bool
        The gain is above `NON_LINEAR_AUC` and clear of zero.
    """

    auc: float
    r_squared: float
    gain: float
    gain_low: float
    gain_high: float
    alarm: bool


@dataclass(frozen=True)
class Validation:
    """How predictions of unseen decisions did.

    Parameters
    ----------
    split : Split
    rows, customers, events : int
        Predicted; events of the rarer outcome (rows for a score).
    auc, auc_low, auc_high : float
        nan where the outcome is a score.
    error, reference : float
        Mean squared error (Brier) of the model, and of predicting everybody's mean.
    r_squared : float
        1 − error ÷ reference: 0 is no better than the mean.
    calibration : Calibration
    bands : Bands
    boosting : Boosting or None
    shuffled : ndarray of float, shape (players,)
        By how much the AUC (R² for a score) falls when a player's columns are shuffled between rows.
    outcome, predicted : ndarray of float, shape (rows,)
    """

    split: Split
    rows: int
    customers: int
    events: int
    auc: float
    auc_low: float
    auc_high: float
    error: float
    reference: float
    r_squared: float
    calibration: Calibration
    bands: Bands
    boosting: Boosting | None
    shuffled: Floats
    outcome: Floats
    predicted: Floats


def validate(
    drivers: Floats,
    outcome: ArrayLike,
    customers: NDArray[Any],
    decided_on: NDArray[Any] | None = None,
    *,
    controls: Floats | None = None,
    weights: Floats | None = None,
    players: Sequence[Sequence[int]] = (),
    binary: bool = True,
    boosted: bool = True,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Validation:
    """Predict decisions from others: later ones from earlier ones where time allows, of other customers always.

    Missing ratings are filled with what the row's other columns lead to expect, never with the help of its
    outcome: imputations that know the outcome would let it leak into its own prediction.

    Parameters
    ----------
    drivers : ndarray of float, shape (n, k)
        nan where a rating is missing.
    outcome, customers, controls, weights
        As for `effects.effects`.
    decided_on : ndarray of datetime64[D], shape (n,), optional
    players : sequence of sequence of int
        Columns of each driver, for `shuffled`.
    binary : bool
    boosted : bool
        Whether gradient boosting is compared; it takes a few seconds.
    seed : int
    progress : callable, optional
        Called with the number of folds done, of `holdout.FOLDS`.

    Returns
    -------
    Validation

    Raises
    ------
    TooLittleData
        If too few of either outcome can be predicted.

    References
    ----------
    Steyerberg (2019), Clinical Prediction Models, chapters 15 and 17; Breiman (2001) on shuffling.
    """
    y = np.asarray(outcome, dtype=float)
    held = np.empty((y.size, 0)) if controls is None else np.asarray(controls, dtype=float)
    parts = split(y, customers, decided_on, binary=binary, seed=seed)
    random = np.random.default_rng(seed)
    linear_part, bent, base = np.full(y.size, np.nan), np.full(y.size, np.nan), np.full(y.size, np.nan)
    moved = np.zeros((len(players), SHUFFLES, y.size))
    for number, (learn, predict) in enumerate(zip(parts.learn, parts.predict, strict=True)):
        if not predict.size:
            continue
        seen, new = _completed(drivers, y, weights, learn, predict)
        mass = None if weights is None else weights[learn]
        inside = np.column_stack([np.ones(learn.size), seen, held[learn]])
        outside = np.column_stack([np.ones(predict.size), new, held[predict]])
        beta = _learned(inside, y[learn], mass, binary)
        linear_part[predict] = outside @ beta
        base[predict] = np.average(y[learn], weights=mass)
        for player, columns in enumerate(players):
            own = [column + 1 for column in columns]
            for shuffle in range(SHUFFLES):
                order = random.permutation(predict.size)
                moved[player, shuffle, predict] = (outside[order][:, own] - outside[:, own]) @ beta[own]
        if boosted:
            bent[predict] = _bent(inside[:, 1:], y[learn], mass, outside[:, 1:], binary, seed)
        if progress is not None:
            progress(number + 1)
    rows = np.flatnonzero(~np.isnan(linear_part))
    return _result(
        parts, y[rows], linear_part[rows], base[rows], bent[rows] if boosted else None, moved[:, :, rows],
        np.asarray(customers)[rows], binary,
    )  # fmt: skip


def _completed(
    drivers: Floats, y: Floats, weights: Floats | None, learn: NDArray[np.intp], predict: NDArray[np.intp]
) -> tuple[Floats, Floats]:
    """Drivers of both sides with gaps filled from the other drivers, by moments of the learning side alone."""
    if not np.isnan(drivers).any():
        return drivers[learn], drivers[predict]
    moments = em_moments(drivers[learn], y[learn], None if weights is None else weights[learn]).moments
    mean, covariance = moments.mean[:-1], moments.covariance[:-1, :-1]
    return expected(drivers[learn], mean, covariance), expected(drivers[predict], mean, covariance)


def expected(drivers: Floats, mean: Floats, covariance: Floats) -> Floats:
    """Drivers with every gap at its conditional expectation under a normal model.

    Parameters
    ----------
    drivers : ndarray of float, shape (n, k)
    mean : ndarray of float, shape (k,)
    covariance : ndarray of float, shape (k, k)
    """
    filled = drivers.copy()
    patterns, place = np.unique(np.isnan(drivers), axis=0, return_inverse=True)
    for number, gaps in enumerate(patterns):
        if not gaps.any():
            continue
        here, known = np.flatnonzero(place.ravel() == number), ~gaps
        slope = np.linalg.pinv(covariance[np.ix_(known, known)]) @ covariance[np.ix_(known, gaps)]
        filled[np.ix_(here, gaps)] = mean[gaps] + (drivers[here][:, known] - mean[known]) @ slope
    return filled


def _learned(design: Floats, y: Floats, weights: Floats | None, binary: bool) -> Floats:
    """Coefficients of all columns, shape (p,); 0 for those that others determine."""
    terms = tuple(str(number) for number in range(design.shape[1]))
    if not binary:
        fitted = linear(design, y, terms=terms, weights=weights, errors="model")
    else:
        try:
            fitted = logit(design, y, terms=terms, weights=weights, errors="model")
        except Separated:
            fitted = firth(design, y, terms=terms, weights=weights).fit
    beta = np.zeros(design.shape[1])
    beta[fitted.columns] = fitted.coefficients
    return beta


def _bent(seen: Floats, y: Floats, weights: Floats | None, new: Floats, binary: bool, seed: int) -> Floats:
    """Predictions of gradient boosting, on one core: on a busy machine its threads would wait for one another."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    settings: dict[str, Any] = {
        "max_leaf_nodes": 15, "learning_rate": 0.1, "max_iter": 80, "min_samples_leaf": 40, "l2_regularization": 1.0,
        "random_state": seed,
    }  # fmt: skip
    with threadpool_limits(limits=1, user_api="openmp"):
        if binary:
            model = HistGradientBoostingClassifier(**settings).fit(seen, y > 0.5, sample_weight=weights)
            return np.asarray(model.predict_proba(new)[:, 1], dtype=float)
        bent = HistGradientBoostingRegressor(**settings).fit(seen, y, sample_weight=weights)
        return np.asarray(bent.predict(new), dtype=float)


def _result(
    parts: Split,
    y: Floats,
    score: Floats,
    base: Floats,
    bent: Floats | None,
    moved: Floats,
    customers: NDArray[Any],
    binary: bool,
) -> Validation:
    predicted = expit(score) if binary else score
    reference, error = squared_error(y, base), squared_error(y, predicted)
    r_squared = 1 - error / reference
    auc = low = high = float("nan")
    if binary:
        found = separation(y, score, customers=customers)
        auc = float(found.auc[0])
        low, high = found.interval()
    shuffled = np.array([
        np.mean([_height(y, score + change, reference, binary) for change in changes]) for changes in moved
    ])  # fmt: skip
    shuffled = (auc if binary else r_squared) - shuffled
    ones = int((y > 0.5).sum())
    return Validation(
        parts, y.size, int(np.unique(customers).size), min(ones, y.size - ones) if binary else y.size, auc, low, high,
        error, reference, r_squared, calibration(y, predicted, customers, binary=binary),
        bands(y, predicted, binary=binary), None if bent is None else _alarm(y, score, bent, customers, reference, binary),
        shuffled, y, predicted,
    )  # fmt: skip


def _height(y: Floats, score: Floats, reference: float, binary: bool) -> float:
    return float(separation(y, score).auc[0]) if binary else 1 - squared_error(y, score) / reference


def _alarm(
    y: Floats, score: Floats, bent: Floats, customers: NDArray[Any], reference: float, binary: bool
) -> Boosting:
    r_squared = 1 - squared_error(y, bent) / reference
    if not binary:
        gain = r_squared - (1 - squared_error(y, score) / reference)
        return Boosting(float("nan"), r_squared, gain, float("nan"), float("nan"), gain > NON_LINEAR_AUC)
    found = separation(y, score, bent, customers=customers)
    gain = float(found.auc[1] - found.auc[0])
    spread = found.covariance[0, 0] + found.covariance[1, 1] - 2 * found.covariance[0, 1]
    arm = normal_quantile(CONFIDENCE_LEVEL) * float(np.sqrt(max(spread, 0.0)))
    alarm = gain > NON_LINEAR_AUC and gain - arm > 0
    return Boosting(float(found.auc[1]), r_squared, gain, gain - arm, gain + arm, alarm)
