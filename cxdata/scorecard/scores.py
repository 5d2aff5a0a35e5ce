"""Scores with their uncertainty, computed from counts and sums that add up over any grouping.

Every estimator takes one value per group and returns an `Estimate` with one entry per group. Sums of
weights may stand where counts are meant; then `base` is the number of answers behind them and
`effective_base` is what they are worth (`effective_answers`). Weights of 1 give the unweighted result.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cxdata.scorecard.estimates import (
    CONFIDENCE_LEVEL,
    Estimate,
    Floats,
    Interval,
    checked_sums,
    estimate_of,
    nan_if_zero,
    normal_quantile,
    require_rule,
    t_quantile,
)


@dataclass(frozen=True)
class AdjustedScore:
    """Centre and standard error, in points, of a score to which imaginary answers were added."""

    centre: Floats
    std_error: Floats


def net_promoter_score(promoters: ArrayLike, detractors: ArrayLike, responses: ArrayLike) -> Floats:
    """Net Promoter Score from counts of answers.

    Parameters
    ----------
    promoters, detractors, responses : array_like of int, shape (n,)
        Answers of 9-10, answers of 0-6, and all answers, per group; or their sums of weights.

    Returns
    -------
    ndarray of float, shape (n,)
        Points, -100 to 100; nan where there were no responses.

    Raises
    ------
    ValueError
        If promoters and detractors together exceed responses, or a count is negative or not finite.

    References
    ----------
    Reichheld (2003), "The One Number You Need to Grow", HBR 81(12).
    """
    counts = checked_sums(promoters=promoters, detractors=detractors, responses=responses)
    require_rule(
        counts[0] + counts[1] <= counts[2] * (1 + 1e-9),
        "promoters and detractors together exceed the responses", counts[0] + counts[1], counts[2],
    )  # fmt: skip
    return 100 * (counts[0] - counts[1]) / nan_if_zero(counts[2])


def nps_estimate(
    promoters: ArrayLike,
    detractors: ArrayLike,
    responses: ArrayLike,
    *,
    base: ArrayLike | None = None,
    effective_base: ArrayLike | None = None,
    level: float = CONFIDENCE_LEVEL,
) -> Estimate:
    """Net Promoter Score with an interval that stays honest when nearly everybody agrees.

    The score is the plain one. The interval is the adjusted Wald interval: three imaginary answers
    (3/4 promoter, 3/4 detractor, the rest passive) keep it from shrinking to nothing when all
    answers are promoters. `std_error` is that of the plain score, so 0 in that case.

    Parameters
    ----------
    promoters, detractors, responses : array_like, shape (n,)
        As for `net_promoter_score`.
    base, effective_base : array_like, shape (n,), optional
        Answers behind sums of weights, and what they are worth; both default to `responses`.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    Estimate
        Points, -100 to 100.

    Raises
    ------
    ValueError
        As `net_promoter_score`.

    References
    ----------
    Rocks (2016), "Interval Estimation for the Net Promoter Score", The American Statistician 70(4).
    """
    score = net_promoter_score(promoters, detractors, responses)
    answers, worth = _bases(responses, base, effective_base, score)
    taking_sides = np.add(promoters, detractors, dtype=float) / nan_if_zero(np.asarray(responses, float))
    std_error = 100 * np.sqrt(np.maximum(taking_sides - (score / 100) ** 2, 0) / nan_if_zero(worth))
    adjusted = adjusted_nps(score, std_error, worth)
    reach = normal_quantile(level) * adjusted.std_error
    # With one or two answers the imaginary ones outvote them: the interval is stretched to the score.
    low = np.clip(np.minimum(adjusted.centre - reach, score), -100, 100)
    high = np.clip(np.maximum(adjusted.centre + reach, score), -100, 100)
    return estimate_of("nps", score, std_error, low, high, answers, worth)


def adjusted_nps(score: Floats, std_error: Floats, effective_base: Floats) -> AdjustedScore:
    """Centre and standard error of a Net Promoter Score after adding three imaginary answers.

    All arguments in points or answers, shape (n,), as an `Estimate` holds them; nan where no answers.
    """
    worth = nan_if_zero(effective_base)
    net = score / 100
    taking_sides = (std_error / 100) ** 2 * worth + net**2
    centre = net * worth / (worth + 3)
    variance = (taking_sides * worth + 1.5) / (worth + 3) - centre**2
    return AdjustedScore(100 * centre, 100 * np.sqrt(variance / (worth + 3)))


def share_estimate(
    favourable: ArrayLike,
    responses: ArrayLike,
    *,
    base: ArrayLike | None = None,
    effective_base: ArrayLike | None = None,
    level: float = CONFIDENCE_LEVEL,
) -> Estimate:
    """Share of favourable answers, or any other rate of counted events, with its Wilson interval.

    Parameters
    ----------
    favourable, responses : array_like, shape (n,)
        Events and all cases per group, or their sums of weights.
    base, effective_base, level
        As for `nps_estimate`.

    Returns
    -------
    Estimate
        Fractions, 0-1; `std_error` is that of the plain share, so 0 when all or none are favourable,
        while the interval is not.

    Raises
    ------
    ValueError
        If there are more favourable answers than responses, or a count is negative or not finite.

    References
    ----------
    Wilson (1927), JASA 22; Brown, Cai & DasGupta (2001), Statistical Science 16(2).
    """
    part, whole = checked_sums(favourable=favourable, responses=responses)
    require_rule(part <= whole * (1 + 1e-9), "favourable answers exceed the responses", part, whole)
    share = np.minimum(part / nan_if_zero(whole), 1.0)
    answers, worth = _bases(whole, base, effective_base, share)
    interval = wilson_interval(share, worth, normal_quantile(level))
    std_error = np.sqrt(share * (1 - share) / nan_if_zero(worth))
    return estimate_of("share", share, std_error, interval.low, interval.high, answers, worth)


def wilson_interval(share: Floats, effective_base: Floats, quantile: float | Floats) -> Interval:
    """Wilson score interval of a share (fraction 0-1) at a normal quantile such as 1.96; shape (n,)."""
    worth = nan_if_zero(effective_base)
    squared = quantile**2
    centre = (share + squared / (2 * worth)) / (1 + squared / worth)
    reach = quantile / (1 + squared / worth) * np.sqrt(share * (1 - share) / worth + squared / (4 * worth**2))
    # Rounding leaves 1e-17 where the formula gives exactly the share itself (0 of n, n of n).
    return Interval(np.clip(centre - reach, 0, share), np.clip(centre + reach, share, 1))


def mean_estimate(
    count: ArrayLike,
    total: ArrayLike,
    total_sq: ArrayLike,
    *,
    base: ArrayLike | None = None,
    effective_base: ArrayLike | None = None,
    scale_min: ArrayLike | None = None,
    scale_max: ArrayLike | None = None,
    level: float = CONFIDENCE_LEVEL,
) -> Estimate:
    """Mean with its t interval, cut at the ends of the scale.

    Answers that are all (or nearly all) alike say little about those who think otherwise: t would give
    no width to ten answers of 5, and 84 % coverage where eight in ten give 5. So the variance on a scale
    is at least that of one imaginary answer at the farther end, at the chance of 1 in n + 2 that
    Laplace's rule gives to an answer not yet seen. At 30 answers or more the floor leaves ordinary
    groups untouched (docs/coverage.md).

    Parameters
    ----------
    count, total, total_sq : array_like, shape (n,)
        Answers, sum of scores and sum of squared scores; each times its weight if weighted.
    base, effective_base, level
        As for `nps_estimate`; t has `effective_base` - 1 degrees of freedom, at least 1.
    scale_min, scale_max : array_like, shape (n,), optional
        Ends of the scale; without them there is no floor, and groups whose values are all alike have
        no interval.

    Returns
    -------
    Estimate
        In the unit of the scores; no interval (nan) from fewer than two answers.

    Raises
    ------
    ValueError
        If a count is negative or a sum is not finite.

    References
    ----------
    Student (1908), Biometrika 6; Jaynes (2003), Probability Theory, ch. 18, for Laplace's rule of
    succession; Hanley & Lippman-Hand (1983), JAMA 249(13), on how little "none seen" proves.
    """
    weight, squares, _ = checked_sums(count=count, total_sq=total_sq, total=np.abs(total))
    mean = np.asarray(total, dtype=float) / nan_if_zero(weight)
    answers, worth = _bases(weight, base, effective_base, mean)
    measured = (answers >= 2) & (worth > 1 + 1e-9)
    sample = np.where(measured, worth, np.nan)
    lowest, highest = (np.nan if end is None else np.asarray(end, float) for end in (scale_min, scale_max))
    mean_square = squares / nan_if_zero(weight)
    # Twelve digits: below that, the difference of two sums is only rounding.
    alike = mean_square - mean**2 <= 1e-12 * mean_square
    observed = np.where(alike, 0.0, mean_square - mean**2) * sample / (sample - 1)
    unseen = 1 / (sample + 2)
    floor = unseen * (1 - unseen) * np.maximum(mean - lowest, highest - mean) ** 2
    std_error = np.sqrt(nan_if_zero(np.fmax(observed, floor)) / sample)
    reach = t_quantile(level, sample - 1) * std_error
    low, high = mean - reach, mean + reach
    low, high = np.where(low < lowest, lowest, low), np.where(high > highest, highest, high)
    return estimate_of("mean", mean, std_error, low, high, answers, worth)


def _bases(
    weight: ArrayLike, base: ArrayLike | None, effective_base: ArrayLike | None, estimate: Floats
) -> tuple[Floats, Floats]:
    given = weight if base is None else base
    answers, worth = checked_sums(
        base=given, effective_base=given if effective_base is None else effective_base
    )
    answers, worth = (np.broadcast_to(part, estimate.shape) for part in (answers, worth))
    return answers, np.where(np.isnan(estimate), 0.0, np.minimum(worth, answers))
