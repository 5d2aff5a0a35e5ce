"""How different the silent would have to be to turn a conclusion round: a tipping point, not a guess.

Of a period's invited, a share r (0-1) answered with the score m on average; the silent would have
answered s = m + g, so that everybody together stands at M = r·m + (1 − r)·s = m + (1 − r)·g. Between two
periods

    true change = d + (1 − r₁)·x + (r₀ − r₁)·g₀,    d = m₁ − m₀,  x = g₁ − g₀,

where x is how much more the silent moved than those who answered, and g₀ how far apart the two were
before. The true change is 0 at x = −(d + (r₀ − r₁)·g₀) ÷ (1 − r₁). What g₀ was nobody knows; at equal
response rates it drops out, and otherwise it is taken to be 0 unless it is given. Against a target t the
same argument gives g₁ = −(m₁ − t) ÷ (1 − r₁).

That g₀ = 0 is a supposition. Whether the silent could undo a change at all does not rest on it: they could if
some s₀ and s₁ on the scale give M₀ = M₁, that is, if the stretches of the scale on which M₀ and M₁ can lie meet.

For NPS, a favourable share and a mean alike, m is the mean of a value per answer, so that the argument is
exact for all three.

References: Groves (2006), Public Opinion Quarterly 70(5), for the bias (1 − r)·(m − s); Rubin (1977),
JASA 72(359), "Formalizing subjective notions about the effect of nonrespondents in sample surveys".
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from cxdata.scorecard.estimates import Floats


@dataclass(frozen=True)
class TippingPoint:
    """What the silent would have to do, per conclusion; arrays of shape (n,) in the unit of the score.

    Parameters
    ----------
    needed : ndarray of float
        By how much the silent must differ (or have moved) more than those who answered for the true
        number to be 0; nan where nobody is silent or a rate is unknown.
    unclear_from : ndarray of float
        The same for the end of the interval that lies nearer to 0: from here on the interval of the true
        number holds 0. It is 0 where the interval holds 0 already.
    silent_score : ndarray of float
        Score of the silent at `needed`.
    on_scale : ndarray of bool
        Whether that score lies on the scale.
    possible : ndarray of bool
        Whether the silent could turn the conclusion round at all, wherever they stood before.
    before_at : ndarray of float
        Where a change is possible but not on the scale: the score at which the silent must have stood
        before at most (they would have to have risen) or at least (fallen); nan elsewhere.
    """

    needed: Floats
    unclear_from: Floats
    silent_score: Floats
    on_scale: np.ndarray
    possible: np.ndarray
    before_at: Floats


def tipping_change(
    change: ArrayLike,
    change_low: ArrayLike,
    change_high: ArrayLike,
    score: ArrayLike,
    rate: ArrayLike,
    rate_before: ArrayLike,
    *,
    lowest: ArrayLike,
    highest: ArrayLike,
    gap_before: ArrayLike = 0.0,
) -> TippingPoint:
    """How much more than those who answered the silent must have moved for there to be no change.

    Parameters
    ----------
    change, change_low, change_high : array_like of float, shape (n,)
        Change of those who answered, with its interval.
    score : array_like of float, shape (n,)
        Score of those who answered now.
    rate, rate_before : array_like of float, shape (n,)
        Share of the invited who answered, now and before (fractions).
    lowest, highest : array_like of float, shape (n,)
        Ends of the scale of the score.
    gap_before : array_like of float, shape (n,)
        How far the silent stood from those who answered before; 0 by default. It matters only where the
        response rate has changed.

    Raises
    ------
    ValueError
        If a rate is outside 0-1.
    """
    now, before = _rates(rate), _rates(rate_before)
    gap = np.asarray(gap_before, dtype=float)
    silent = np.where(now < 1, 1 - now, np.nan)
    carried = (before - now) * gap

    def more(observed: ArrayLike) -> Floats:
        return -(np.asarray(observed, dtype=float) + carried) / silent

    needed = more(change)
    answered = np.asarray(score, dtype=float)
    answered_before = answered - np.asarray(change, dtype=float)
    low, high = np.asarray(lowest, dtype=float), np.asarray(highest, dtype=float)
    lowest_now, highest_now = (now * answered + (1 - now) * end for end in (low, high))
    lowest_before, highest_before = (before * answered_before + (1 - before) * end for end in (low, high))
    possible = (lowest_now <= highest_before) & (lowest_before <= highest_now)
    found = _tipping(needed, more(change_low), more(change_high), score, gap + needed, low, high)
    reached = np.where(needed > 0, highest_now, lowest_now)
    quiet = np.where(before < 1, 1 - before, np.nan)
    before_at = np.where(
        possible & ~found.on_scale & ~np.isnan(needed), (reached - before * answered_before) / quiet, np.nan
    )
    return replace(found, possible=possible, before_at=before_at)


def tipping_target(
    gap: ArrayLike,
    gap_low: ArrayLike,
    gap_high: ArrayLike,
    score: ArrayLike,
    rate: ArrayLike,
    *,
    lowest: ArrayLike,
    highest: ArrayLike,
) -> TippingPoint:
    """How far the silent must stand from those who answered for everybody together to be at the target.

    Parameters
    ----------
    gap, gap_low, gap_high : array_like of float, shape (n,)
        Score of those who answered minus the target, with its interval.
    score, rate, lowest, highest
        As for `tipping_change`.

    Raises
    ------
    ValueError
        If a rate is outside 0-1.
    """
    now = _rates(rate)
    silent = np.where(now < 1, 1 - now, np.nan)
    needed, low, high = (-np.asarray(value, dtype=float) / silent for value in (gap, gap_low, gap_high))
    return _tipping(needed, low, high, score, needed, lowest, highest)


def _tipping(
    needed: Floats,
    at_low: Floats,
    at_high: Floats,
    score: ArrayLike,
    distance: Floats,
    lowest: ArrayLike,
    highest: ArrayLike,
) -> TippingPoint:
    silent_score = np.asarray(score, dtype=float) + distance
    nearer = np.where(np.abs(at_low) < np.abs(at_high), at_low, at_high)
    open_already = at_low * at_high <= 0
    unclear_from = np.where(open_already, 0.0, nearer)
    unclear_from = np.where(np.isnan(at_low) | np.isnan(at_high), np.nan, unclear_from)
    on_scale = (silent_score >= np.asarray(lowest)) & (silent_score <= np.asarray(highest))
    return TippingPoint(
        needed, unclear_from, silent_score, on_scale, on_scale, np.full(silent_score.shape, np.nan)
    )


def _rates(rate: ArrayLike) -> Floats:
    values = np.atleast_1d(np.asarray(rate, dtype=float))
    wrong = values[(values < 0) | (values > 1)]
    if wrong.size:
        raise ValueError(f"a response rate of {wrong[0]:g} is impossible; rates are fractions, 0 to 1.")
    return values
