"""Raking: weights that bring the margins of a sample in line with those of a population."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxdata.errors import TooLittleData
from cxdata.scorecard.estimates import Floats

TOLERANCE = 1e-10
"""Largest distance of a margin from its target at which the sweeps end, as a share of the population."""

MOST_SWEEPS = 2000

LARGEST_WEIGHT = 5.0
"""A weight may be at most this many times the mean weight; larger ones are cut to it."""


@dataclass(frozen=True)
class Raked:
    """Weights of the rows of a sample, and how well they do what they are for.

    Parameters
    ----------
    factor : ndarray of float, shape (n,)
        By what each row's own weight is to be multiplied; the weighted mean of all factors is 1.
    sweeps : int
        Passes over all margins.
    trimmed : int
        Rows whose weight was cut.
    largest_gap : float
        Largest distance of a margin from its target, as a share of the population (fraction); it is
        below `TOLERANCE` unless weights were cut.
    """

    factor: Floats
    sweeps: int
    trimmed: int
    largest_gap: float


def rake(
    rows: pd.DataFrame,
    weight: ArrayLike,
    margins: Mapping[str, Mapping[str, float]],
    *,
    largest_weight: float = np.inf,
) -> Raked:
    """Weights under which every margin of the sample is that of the population.

    The rows are post-stratified to one margin after the other until nothing moves any more. The result
    keeps the associations within the sample (the odds ratios) and changes the margins alone. Weights
    above `largest_weight` times the mean are cut after each pass, so that no answer speaks for too many;
    the margins are then met as nearly as that allows.

    Parameters
    ----------
    rows : DataFrame, n rows
        One column per margin with each row's group. A row may stand for several answers.
    weight : array_like of float, shape (n,)
        What each row counts for before raking: answers, or their weights; at least 0.
    margins : mapping of str to mapping of str to float
        For each column the population's size by group; every one is scaled to the sum of `weight`.
    largest_weight : float
        In multiples of the mean weight; no limit by default.

    Returns
    -------
    Raked

    Raises
    ------
    TooLittleData
        If a group of the population has nobody in the sample, if no weights meet all margins at once,
        or if the sample is empty.
    ValueError
        If a weight or a size is negative or not finite, a row's group has no size, or the largest
        weight is below 1.

    References
    ----------
    Deming & Stephan (1940), Annals of Mathematical Statistics 11(4); Kalton & Flores-Cervantes (2003),
    Journal of Official Statistics 19(2), on cutting weights. Checked against R, package survey, `rake`.
    """
    start = np.atleast_1d(np.asarray(weight, dtype=float))
    _check(rows, start, margins, largest_weight)
    total = start.sum()
    groups, targets = [], []
    for name, sizes in margins.items():
        codes = list(sizes)
        place = {code: position for position, code in enumerate(codes)}
        groups.append(rows[name].map(place).to_numpy(int))
        size = np.array([sizes[code] for code in codes], dtype=float)
        targets.append(total * size / size.sum())
    factor = np.ones_like(start)
    gap, sweeps, cut = np.inf, 0, np.zeros(start.shape, bool)
    for sweeps in range(1, MOST_SWEEPS + 1):
        before = factor
        for group, target in zip(groups, targets, strict=True):
            held = np.bincount(group, start * factor, len(target))
            factor = factor * np.divide(target, held, out=np.zeros_like(target), where=held > 0)[group]
        cut = factor > largest_weight
        factor = np.where(cut, largest_weight, factor)
        gap = _largest_gap(start * factor, groups, targets, total)
        if gap <= TOLERANCE or (sweeps > 1 and np.max(np.abs(factor - before)) <= TOLERANCE):
            break
    if gap > TOLERANCE and not cut.any():
        raise TooLittleData(
            f"no weights meet the margins {', '.join(margins)} at once: {gap:.1%} of the customers are still "
            "in the wrong group. Too many combinations have no answers; rake over fewer margins."
        )
    # Cutting takes weight away; what counts is what the answers weigh against one another.
    factor = factor * total / (start * factor).sum()
    return Raked(factor, sweeps, int(cut.sum()), _largest_gap(start * factor, groups, targets, total))


def reachable(
    rows: pd.DataFrame, weight: ArrayLike, margins: Mapping[str, Mapping[str, float]]
) -> dict[str, list[str]]:
    """Groups of the population that nobody in the sample speaks for, by margin; empty where all are heard.

    Parameters and shapes as `rake`. No weight can make up for such a group: it has to be left out of what
    the raked score claims to be about.
    """
    heard = rows[np.asarray(weight, dtype=float) > 0]
    silent = {
        name: [code for code, size in sizes.items() if size > 0 and code not in set(heard[name])]
        for name, sizes in margins.items()
    }
    return {name: codes for name, codes in silent.items() if codes}


def _largest_gap(
    weighted: Floats, groups: Sequence[np.ndarray], targets: Sequence[Floats], total: float
) -> float:
    return max(
        float(np.max(np.abs(np.bincount(group, weighted, len(target)) - target))) / total
        for group, target in zip(groups, targets, strict=True)
    )


def _check(
    rows: pd.DataFrame, weight: Floats, margins: Mapping[str, Mapping[str, float]], largest_weight: float
) -> None:
    if len(weight) != len(rows):
        raise ValueError(f"{len(rows)} rows have {len(weight)} weights; give each row one.")
    if not np.all(np.isfinite(weight) & (weight >= 0)):
        raise ValueError("a weight is negative or not finite; weights are 0 or more.")
    if not weight.sum() > 0:
        raise TooLittleData("there are no answers to rake. Widen the period or take a filter away.")
    if not margins:
        raise ValueError("raking needs at least one margin.")
    if largest_weight < 1:
        raise ValueError(f"the largest weight is {largest_weight:g} times the mean; it must be 1 or more.")
    for name, sizes in margins.items():
        sums = np.array(list(sizes.values()), dtype=float)
        if not (np.all(np.isfinite(sums) & (sums >= 0)) and sums.sum() > 0):
            raise ValueError(f"the sizes of {name} must be finite, not negative and not all 0.")
        strangers = sorted(set(rows[name]) - set(sizes))
        if strangers:
            raise ValueError(f"{name} '{strangers[0]}' is in the sample and has no size in the population.")
    for name, codes in reachable(rows, weight, margins).items():
        raise TooLittleData(
            f"nobody of {name} '{codes[0]}' has answered, so no weights can speak for that group. "
            "Leave the group out, or this margin."
        )
