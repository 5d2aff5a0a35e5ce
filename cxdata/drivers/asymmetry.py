"""Does bad count more than good? What low and high ratings go with, against those in between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxdata.drivers.pooling import Pooled, reach_of, together, two_sided
from cxdata.models.fits import Errors, Fit, Floats
from cxdata.models.linear import linear
from cxdata.models.logit import logit
from cxdata.models.predictions import standardised
from cxdata.models.ratios import fieller
from cxdata.scorecard.comparisons import holm

MUST_HAVE, PERFORMANCE, DELIGHTER, UNCLEAR, TOO_FEW = (
    "must_have", "performance", "delighter", "unclear", "too_few",
)  # fmt: skip
"""Bad ones cost more than good ones bring; both count, neither clearly more; good ones bring more; not told
from chance; an end that hardly anybody gave."""

FEWEST = 30
"""Rows that each end and the middle need."""

LEVEL = 0.05

Ends = tuple[NDArray[np.bool_], NDArray[np.bool_]]


@dataclass(frozen=True)
class Asymmetry:
    """Penalty and reward per rating, shape (k,) each; nan where an end is too rare.

    Parameters
    ----------
    terms : tuple of str
    low_rows, middle_rows, high_rows : ndarray of float
        Ratings at each end and in between; means over completed sets.
    penalty, reward : ndarray of float
        What a low rating costs and a high one brings against one in between, in the model's unit: log-odds
        for the logistic family, the outcome's unit for the linear one. Positive is the expected direction.
    penalty_low, penalty_high, reward_low, reward_high : ndarray of float
    penalty_points, reward_points : ndarray of float
        The same in the outcome's unit: probability (0-1) on average over all rows.
    penalty_holm, reward_holm : ndarray of float
        p-values against no effect; Holm over all penalties and rewards.
    gap, gap_low, gap_high, gap_p, gap_holm : ndarray of float
        Penalty less reward, with the test that both are the same size.
    ratio, ratio_low, ratio_high : ndarray of float
        Bad counts so many times as much as good, with Fieller's interval; nan ends where the reward is not clear of
        zero.
    label : tuple of str
        `MUST_HAVE`, `PERFORMANCE`, `DELIGHTER`, `UNCLEAR` or `TOO_FEW`; the first three only where Holm's
        procedure leaves a probability of at most 5 % for any of them to be chance.
    family : {"logistic", "linear"}
    """

    terms: tuple[str, ...]
    low_rows: Floats
    middle_rows: Floats
    high_rows: Floats
    penalty: Floats
    penalty_low: Floats
    penalty_high: Floats
    reward: Floats
    reward_low: Floats
    reward_high: Floats
    penalty_points: Floats
    reward_points: Floats
    penalty_holm: Floats
    reward_holm: Floats
    gap: Floats
    gap_low: Floats
    gap_high: Floats
    gap_p: Floats
    gap_holm: Floats
    ratio: Floats
    ratio_low: Floats
    ratio_high: Floats
    label: tuple[str, ...]
    family: str


def ends(ratings: ArrayLike, low: ArrayLike, high: ArrayLike, *, step: float = 1.0) -> Ends:
    """Which ratings are low and which are high.

    Parameters
    ----------
    ratings : array_like of float, shape (n, k)
        In points of the scale, more is better; nan counts as neither.
    low, high : array_like of float, shape (k,)
        The highest low rating and the lowest high one, such as 2 and 5.
    step : float
        Distance of neighbouring points: an imputed 2.4 is nearer to 2 than to 3.

    Returns
    -------
    pair of ndarray of bool, shape (n, k)
    """
    values = np.asarray(ratings, dtype=float)
    return values < np.asarray(low) + step / 2, values >= np.asarray(high) - step / 2


def asymmetry(
    completed: Ends | Iterable[Ends],
    outcome: ArrayLike,
    customers: NDArray[Any] | None,
    *,
    terms: Sequence[str],
    controls: Floats | None = None,
    weights: Floats | None = None,
    rated: NDArray[np.bool_] | None = None,
    known: NDArray[np.bool_] | None = None,
    family: Literal["logistic", "linear"] = "logistic",
    errors: Errors | None = None,
) -> Asymmetry:
    """Penalty-reward contrasts: one regression on two columns per rating, its low and its high end.

    Parameters
    ----------
    completed : pair of ndarray of bool, shape (n, k), or iterable of such pairs
        Low and high ratings (`ends`). Give `known` where ratings are missing, rather than several pairs from imputed
        ones: imputations of a normal model know no ends, and draw them towards the middle (with 70 % not asked, a
        planted penalty of 0.90 came out as 0.64, with `known` as 0.90).
    outcome : array_like of float, shape (n,)
    customers : ndarray, shape (n,), or None
        Who each row belongs to; None: rows are independent (HC1 or HC0 errors).
    terms : sequence of str, length k
    controls : ndarray of float, shape (n, c), optional
        Held equal: other drivers, and whether a touchpoint was met at all. No constant.
    weights : ndarray of float, shape (n,), optional
    rated : ndarray of bool, shape (n, k), optional
        Rows that had the experience at all; the others are not in between.
    known : ndarray of bool, shape (n, k), optional
        Rows whose rating is known. For each rating the others get a column of their own, so that penalty and reward
        compare answers with answers.
    family : {"logistic", "linear"}
        Logistic compares in log-odds, which have no ceiling: where nine in ten renew anyway, a good experience can
        bring few points however much it matters. Linear compares in points.
    errors : str, optional
        One of `fits.Errors`.

    Returns
    -------
    Asymmetry

    Raises
    ------
    TooLittleData
        As `logit` and `linear`; also `Separated`, where an end has only one outcome.

    References
    ----------
    Brandt (1987) on penalty-reward contrasts; Fieller (1954), JRSS B 16(2); Holm (1979).
    """
    y, names = np.asarray(outcome, dtype=float), tuple(terms)
    sets = [completed] if isinstance(completed, tuple) else list(completed)
    count = len(names)
    between = np.ones((y.size, count), dtype=bool) if rated is None else rated
    between = between if known is None else between & known
    middle = [~(low | high) & between for low, high in sets]
    rows = np.array([
        np.mean([part[0].sum(axis=0) for part in sets], axis=0),
        np.mean([part.sum(axis=0) for part in middle], axis=0),
        np.mean([part[1].sum(axis=0) for part in sets], axis=0),
    ])  # fmt: skip
    enough = np.flatnonzero((rows >= FEWEST).all(axis=0))
    held = np.empty((y.size, 0)) if controls is None else np.asarray(controls, dtype=float)
    if known is not None:
        held = np.column_stack([held, ~known[:, enough]])
    columns = ("constant", *(f"{names[one]} low" for one in enough), *(f"{names[one]} high" for one in enough),
               *(f"control {number + 1}" for number in range(held.shape[1])))  # fmt: skip
    values, covariances, points = [], [], []
    model: Fit | None = None
    for low, high in sets if enough.size else ():
        design = np.column_stack([np.ones(y.size), low[:, enough], high[:, enough], held])
        settings: dict[str, Any] = {
            "terms": columns,
            "clusters": customers,
            "weights": weights,
            "errors": errors,
        }
        model = linear(design, y, **settings) if family == "linear" else logit(design, y, **settings)
        value, covariance = _weights_of(model, enough.size)
        values.append(value)
        covariances.append(covariance)
        points.append(_points(model, design, enough.size, weights))
    if model is None:
        return _nothing(names, rows, family)
    return _told(
        names, rows, enough, count, together(values, covariances, float(model.clusters - model.coefficients.size)),
        np.mean(points, axis=0), family,
    )  # fmt: skip


def _weights_of(model: Fit, count: int) -> tuple[Floats, Floats]:
    """Penalties, then rewards, with their covariance; nan where a column was left out."""
    place = {int(column): kept for kept, column in enumerate(model.columns)}
    own = np.array([place.get(column, -1) for column in range(1, 2 * count + 1)])
    sign = np.repeat([-1.0, 1.0], count)
    value = np.where(own < 0, np.nan, model.coefficients[own]) * sign
    covariance = np.where((own < 0)[:, None] | (own < 0), np.nan, model.covariance[np.ix_(own, own)])
    return value, covariance * np.outer(sign, sign)


def _points(model: Fit, design: Floats, count: int, weights: Floats | None) -> Floats:
    """Mean outcome if all were in between less if all were low, then if all were high less in between."""
    settings = []
    for one in range(count):
        for low, high in ((1.0, 0.0), (0.0, 0.0), (0.0, 1.0)):
            setting = np.full(design.shape[1], np.nan)
            setting[1 + one], setting[1 + count + one] = low, high
            settings.append(setting)
    means = standardised(model, design, settings, weights)[0].reshape(count, 3)
    return np.concatenate([means[:, 1] - means[:, 0], means[:, 2] - means[:, 1]])


def _told(
    names: tuple[str, ...],
    rows: Floats,
    enough: NDArray[np.intp],
    count: int,
    found: Pooled,
    points: Floats,
    family: str,
) -> Asymmetry:
    size = enough.size
    reach, p_value = reach_of(found), two_sided(found)
    cross = found.covariance[np.arange(size), np.arange(size) + size]
    variance = np.diag(found.covariance)
    gap = found.value[:size] - found.value[size:]
    apart = Pooled(
        gap, np.sqrt(np.maximum(variance[:size] + variance[size:] - 2 * cross, 0.0)),
        np.minimum(found.freedom[:size], found.freedom[size:]), np.zeros(size), np.zeros((0, 0)),
    )  # fmt: skip
    gap_p, gap_reach = two_sided(apart), reach_of(apart)
    both = np.array([[one, one + size] for one in range(size)])
    ratios = [
        fieller(found.value[one], found.value[one + size], found.covariance[np.ix_(pair, pair)])
        for one, pair in enumerate(both)
    ]
    adjusted, gap_holm = holm(p_value), holm(gap_p)
    labels = [TOO_FEW] * count
    for place, one in enumerate(enough):
        labels[one] = _label(
            float(gap[place]), float(gap_holm[place]), found.value[both[place]], adjusted[both[place]]
        )

    def spread(values: ArrayLike) -> Floats:
        full = np.full(count, np.nan)
        full[enough] = values
        return full

    low, high = found.value - reach, found.value + reach
    return Asymmetry(
        names, rows[0], rows[1], rows[2],
        spread(found.value[:size]), spread(low[:size]), spread(high[:size]),
        spread(found.value[size:]), spread(low[size:]), spread(high[size:]),
        spread(points[:size]), spread(points[size:]), spread(adjusted[:size]), spread(adjusted[size:]),
        spread(gap), spread(gap - gap_reach), spread(gap + gap_reach), spread(gap_p), spread(gap_holm),
        spread([ratio.estimate for ratio in ratios]), spread([ratio.conf_low for ratio in ratios]),
        spread([ratio.conf_high for ratio in ratios]), tuple(labels), family,
    )  # fmt: skip


def _label(gap: float, gap_holm: float, weights: Floats, adjusted: Floats) -> str:
    """What may be said of one rating; a name only where it is not chance."""
    clear = (np.nan_to_num(adjusted, nan=1.0) <= LEVEL) & (weights > 0)
    if gap_holm <= LEVEL and gap > 0 and clear[0]:
        return MUST_HAVE
    if gap_holm <= LEVEL and gap < 0 and clear[1]:
        return DELIGHTER
    return PERFORMANCE if clear.all() and not gap_holm <= LEVEL else UNCLEAR


def _nothing(names: tuple[str, ...], rows: Floats, family: str) -> Asymmetry:
    empty = np.full(len(names), np.nan)
    return Asymmetry(
        names, rows[0], rows[1], rows[2], empty, empty, empty, empty, empty, empty, empty, empty, empty, empty,
        empty, empty, empty, empty, empty, empty, empty, empty, (TOO_FEW,) * len(names), family,
    )  # fmt: skip
