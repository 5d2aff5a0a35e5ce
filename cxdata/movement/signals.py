"""Is it a signal or the usual wobble? Process-behaviour charts whose limits know how many answers a month has.

The expected spread of a month's score follows from its own number of answers (as in a p- or u-chart),
so that thin months have wide limits. Months can differ by more than sampling explains; Laney's
correction measures that from month to month, on the scores in units of their own sampling error:

    z = (score − centre) ÷ (standard deviation of an answer ÷ √answers)
    limits = centre ± 3 × sampling error × max(1, mean moving range of z ÷ 1.128)

With limits only ever widened, a quiet stretch cannot make them tighter than sampling allows. Where the
spread between months dwarfs sampling, and the months have about as many answers, the limits become
those of an XmR chart. Where nearly all answers are alike, a month's sampling error is at least that of
one imaginary answer at the farther end of the scale (as for means, `scorecard.scores`), so that answers
which are all alike have limits too. Centre and limits come from the first two years of a phase and then
stand still; months beyond them are left out of the baseline once, so that an incident does not hide itself.

Three rules, chosen by simulation (`benchmarks/coverage_signals.py`, docs/coverage.md): one month beyond
3 sigma, two of three months beyond 2 sigma on one side, eight months in a row on one side of the centre.
What goes on breaking a rule is one signal, not one a month: a breach lasts until the series comes back to
within one sigma of the centre or crosses it, a run until it crosses.

References
----------
Shewhart (1931), Economic Control of Quality of Manufactured Product.
Western Electric (1956), Statistical Quality Control Handbook; Nelson (1984), J. Quality Technology 16(4).
Laney (2002), "Improved Control Charts for Attributes", Quality Engineering 14(4), 531-537.
Wheeler (2000), Understanding Variation, on baselines and on signals that are given once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxdata.scorecard.estimates import Floats, nan_if_zero

BASELINE_MONTHS = 24
"""Months of a phase that give the centre and the limits; fewer where the phase is shorter."""

FEWEST_MONTHS = 12
"""Months that a phase needs before it has limits at all."""

RUN = 8
"""Months in a row on one side of the centre that make a signal."""

BEYOND, TWO_OF_THREE, IN_A_ROW = "beyond", "two_of_three", "in_a_row"
RULES = (BEYOND, TWO_OF_THREE, IN_A_ROW)

ABOVE, BELOW = "above", "below"

FALSE_SIGNALS_PER_100_MONTHS = (0.9, 1.7)
"""Signals on a chart of stable data, per 100 months after the baseline, from ordinary charts to those whose answers are
few and nearly all alike, or whose months are restless: measured by `benchmarks/coverage_signals.py`."""

FALSE_SIGNALS_IN_BASELINE = (0.3, 0.6)
"""The same in the months that limits come from: rarer, since these months have set them."""

FOUND_WITHIN_A_YEAR = 0.63
"""Share of falls by one standard error of a month that are signalled within twelve months, measured likewise."""

_MOVING_RANGE = 1.128  # mean range of two standard normal values


@dataclass(frozen=True)
class Scale:
    """What one answer can be worth, in the unit of the scores: its ends, and the smallest step between two values."""

    lowest: float
    highest: float
    step: float


SHARE, NPS = Scale(0, 1, 1), Scale(-100, 100, 100)


@dataclass(frozen=True)
class Limits:
    """Centre and natural limits of a series, and how far each value lies from the centre.

    Parameters
    ----------
    centre : float
        In the unit of the values; nan where there are too few months.
    sigma : ndarray of float, shape (n,)
        Expected spread of each month's value, over-dispersion included.
    distance : ndarray of float, shape (n,)
        (value − centre) ÷ sigma; 0 for months on neither side.
    dispersion : float
        By what factor months spread more than sampling explains, 1 or more.
    baseline : ndarray of bool, shape (n,)
        Months that centre and limits come from.
    """

    centre: float
    sigma: Floats
    distance: Floats
    dispersion: float
    baseline: NDArray[np.bool_]

    @property
    def known(self) -> bool:
        """Whether there are limits."""
        return bool(np.isfinite(self.centre))

    @property
    def low(self) -> Floats:
        """Lower natural limit of each month: three sigma below the centre."""
        return self.centre - 3 * self.sigma

    @property
    def high(self) -> Floats:
        """Upper natural limit of each month."""
        return self.centre + 3 * self.sigma


@dataclass(frozen=True)
class Signal:
    """One stretch that is more than the usual wobble, by place in the series.

    `rule` is the rule that spoke first; `since` is where its evidence begins, `raised` where it was
    complete, `last` the last value of the stretch on that side; `side` is above or below.
    """

    rule: str
    side: str
    since: int
    raised: int
    last: int


def process_limits(
    value: ArrayLike,
    mean_square: ArrayLike,
    worth: ArrayLike,
    *,
    scale: Scale = SHARE,
    baseline_months: int = BASELINE_MONTHS,
    fewest_months: int = FEWEST_MONTHS,
) -> Limits:
    """Centre and limits of a series of monthly scores.

    Parameters
    ----------
    value : array_like of float, shape (n,)
        Mean value of an answer per month, oldest first, none missing.
    mean_square : array_like of float, shape (n,)
        Mean of the squared values of the answers; for shares the share itself.
    worth : array_like of float, shape (n,)
        (Effective) answers per month, more than 0.
    scale : Scale
        Of one answer.
    baseline_months, fewest_months : int
        Months that the limits come from, and months without which there are none.

    Returns
    -------
    Limits

    Raises
    ------
    ValueError
        If a month has no answers.

    References
    ----------
    Laney (2002), Quality Engineering 14(4).
    """
    values, squares, answers = (np.asarray(part, dtype=float) for part in (value, mean_square, worth))
    if np.any(~(answers > 0)):
        raise ValueError("a month without answers has no score; leave it out of the chart.")
    baseline = np.arange(values.size) < baseline_months
    if values.size < fewest_months:
        return _unknown(values)
    found = _limits(values, squares, answers, baseline, scale)
    # Once only: repeated trimming would shave the tails of a stable series.
    beyond = baseline & (np.abs(found.distance) > 3)
    if beyond.any() and (baseline & ~beyond).sum() >= fewest_months / 2:
        found = _limits(values, squares, answers, baseline & ~beyond, scale)
    return found


def _limits(
    values: Floats, squares: Floats, answers: Floats, baseline: NDArray[np.bool_], scale: Scale
) -> Limits:
    centre = float(np.average(values[baseline], weights=answers[baseline]))
    variance = float(np.average(squares[baseline], weights=answers[baseline])) - centre**2
    # One answer at the farther end, at the chance of one not yet seen (Laplace): two years of answers that are all
    # alike promise little about those of one month.
    unseen = 1 / (answers + 2)
    least = unseen * (1 - unseen) * max(centre - scale.lowest, scale.highest - centre) ** 2
    sampling = np.sqrt(np.maximum(variance, least) / answers)
    distance = np.where(_on_neither_side(values, answers, centre, scale), 0.0, (values - centre) / sampling)
    ranges = np.abs(np.diff(distance[baseline]))
    dispersion = max(1.0, float(ranges.mean()) / _MOVING_RANGE)
    return Limits(centre, sampling * dispersion, distance / dispersion, dispersion, baseline)


def _on_neither_side(values: Floats, answers: Floats, centre: float, scale: Scale) -> NDArray[np.bool_]:
    """Months on the centre line, or at the end of the scale with less than half a step of one answer between.

    Where nearly all answers are the best ones, most months cannot but lie above the mean: no run is made of those.
    """
    off = np.abs(values - centre)
    rounding = 1e-9 * (scale.highest - scale.lowest)
    at_end = (values <= scale.lowest + rounding) | (values >= scale.highest - rounding)
    return np.asarray((off <= rounding) | (at_end & (off * answers < scale.step / 2)), dtype=bool)


def _unknown(values: Floats) -> Limits:
    blank = np.full(values.size, np.nan)
    return Limits(np.nan, blank, blank.copy(), np.nan, np.zeros(values.size, dtype=bool))


def signals(distance: ArrayLike) -> tuple[Signal, ...]:
    """Stretches that break a rule, each once.

    Parameters
    ----------
    distance : array_like of float, shape (n,)
        Of `Limits`, in units of sigma from the centre, oldest first; nan breaks no rule.

    Returns
    -------
    tuple of Signal
        In the order in which they were raised. A breach ends where the series comes back to within one sigma
        of the centre or crosses it, a run where it crosses; a breach within a run is a signal of its own.

    References
    ----------
    Western Electric (1956), Statistical Quality Control Handbook, rules 1, 2 and 4.
    """
    values = np.asarray(distance, dtype=float)
    side = np.sign(np.nan_to_num(values))
    found: list[Signal] = []
    start, spoken = 0, ""
    for place in range(values.size):
        if place == 0 or side[place] != side[place - 1]:
            start, spoken = place, ""
        elif spoken in (BEYOND, TWO_OF_THREE) and abs(values[place]) < 1:
            # Back to normal: what comes later is a matter of its own, though on the same side.
            start, spoken = place, ""
        rule, since = _broken(values, side, start, place, after=found[-1].last if found else -1)
        if rule and (not spoken or (rule == BEYOND and spoken == IN_A_ROW)):
            found.append(Signal(rule, ABOVE if side[place] > 0 else BELOW, since, place, place))
            spoken = rule
        elif spoken:
            found[-1] = replace(found[-1], last=place)
    return tuple(found)


def _broken(values: Floats, side: Floats, start: int, place: int, *, after: int) -> tuple[str, int]:
    """The rule that a value completes, with where its evidence begins; '' where it breaks none.

    Months up to `after` belong to an earlier signal and are no evidence for a new one.
    """
    here = side[place]
    if here == 0:
        return "", place
    if abs(values[place]) > 3:
        return BEYOND, place
    if abs(values[place]) > 2:
        earlier = [one for one in range(max(after + 1, place - 2), place) if values[one] * here > 2]
        if earlier:
            return TWO_OF_THREE, earlier[0]
    if place - start + 1 >= RUN:
        return IN_A_ROW, start
    return "", place


@dataclass(frozen=True)
class Moments:
    """Mean and mean square of the value of an answer, per month; shape (n,) each."""

    value: Floats
    square: Floats


def value_moments(method: str, sums: Mapping[str, Floats]) -> Moments:
    """What the limits are made of, from sums over the answers of each month.

    Parameters
    ----------
    method : str
        nps (values −100, 0, 100), share (0, 1) or mean (the scores).
    sums : mapping of str to ndarray, shape (n,)
        ``responses``, ``promoters``, ``detractors``, ``favourable``, ``total`` and ``total_sq``, as
        `counts_from_histogram` gives them.

    Returns
    -------
    Moments
        nan for months without answers.
    """
    base = nan_if_zero(sums["responses"])
    if method == "nps":
        net, taking_sides = sums["promoters"] - sums["detractors"], sums["promoters"] + sums["detractors"]
        return Moments(100 * net / base, 1e4 * taking_sides / base)
    if method == "share":
        return Moments(sums["favourable"] / base, sums["favourable"] / base)
    return Moments(sums["total"] / base, sums["total_sq"] / base)
