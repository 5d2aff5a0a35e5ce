"""Effects within each segment, and where a driver goes the other way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxdata.drivers.effects import Effects, Outcome, effects
from cxdata.errors import TooLittleData
from cxdata.models.fits import Floats
from cxdata.scorecard.comparisons import benjamini_hochberg

EVENTS_PER_PARAMETER = 10
"""Of the rarer outcome in a segment; with fewer its effects are not shown."""

ERROR_RATE = 0.05
ONE_OUTCOME, TOO_FEW_EVENTS, NO_FIT = "one_outcome", "too_few_events", "no_fit"


@dataclass(frozen=True)
class Left:
    """A segment without effects, and why.

    Parameters
    ----------
    segment : str
    reason : str
        `ONE_OUTCOME`, `TOO_FEW_EVENTS` or `NO_FIT`.
    rows, events, needed : int
        Decisions, those of the rarer outcome, and how many of them the model would need.
    """

    segment: str
    reason: str
    rows: int
    events: int
    needed: int


@dataclass(frozen=True)
class BySegment:
    """Effects per segment and driver, shape (s, k) each.

    Parameters
    ----------
    segments : tuple of str, length s
        Those with enough decisions of both outcomes.
    terms : tuple of str, length k
    rows, events : ndarray of int, shape (s,)
    estimate, conf_low, conf_high : ndarray of float
        As in `Effects`, within the segment.
    p_value, p_adjusted : ndarray of float
        Of the coefficient in the segment; Benjamini-Hochberg over all segments and drivers.
    apart, apart_p, apart_adjusted : ndarray of float
        Coefficient in the segment less that of all other decisions, with its test, Benjamini-Hochberg over all.
    reversed : ndarray of bool
        The driver is clear in the segment (adjusted) and for all (by itself), and goes the other way.
    turned : ndarray of bool
        The sign differs from that for all, clear or not.
    left : tuple of Left
        Segments without effects.
    """

    segments: tuple[str, ...]
    terms: tuple[str, ...]
    rows: NDArray[np.intp]
    events: NDArray[np.intp]
    estimate: Floats
    conf_low: Floats
    conf_high: Floats
    p_value: Floats
    p_adjusted: Floats
    apart: Floats
    apart_p: Floats
    apart_adjusted: Floats
    reversed: NDArray[np.bool_]
    turned: NDArray[np.bool_]
    left: tuple[Left, ...]

    @property
    def reversals(self) -> tuple[tuple[str, str], ...]:
        """Driver and segment of every clear reversal."""
        return tuple(
            (self.terms[term], self.segments[segment])
            for segment, term in zip(*np.nonzero(self.reversed), strict=True)
        )


def by_segment(
    completed: Floats | Iterable[Floats],
    outcome: ArrayLike,
    customers: NDArray[Any],
    segment: NDArray[Any],
    overall: Effects,
    *,
    terms: Sequence[str],
    controls: Floats | None = None,
    weights: Floats | None = None,
    discrete: ArrayLike | None = None,
    applies: NDArray[np.bool_] | None = None,
    family: Outcome = "logistic",
) -> BySegment:
    """The same model within each segment: every driver and control may work differently there.

    Parameters
    ----------
    completed, outcome, customers, terms, controls, weights, discrete, applies, family
        As for `effects.effects`; controls that do not vary in a segment are left out there.
    segment : ndarray of str, shape (n,)
    overall : Effects
        Of all rows, for the signs.

    Returns
    -------
    BySegment
        A segment is left out, with the reason, where it has fewer than `EVENTS_PER_PARAMETER` events of the
        rarer outcome for each driver and the constant.

    References
    ----------
    Benjamini & Hochberg (1995), JRSS B 57(1).
    """
    y, names, groups = np.asarray(outcome, dtype=float), tuple(terms), np.asarray(segment)
    sets = [completed] if isinstance(completed, np.ndarray) else list(completed)
    needed = EVENTS_PER_PARAMETER * (len(names) + 1)
    told: list[tuple[str, int, int, Effects, Effects | None]] = []
    left: list[Left] = []

    def within(rows: NDArray[np.bool_]) -> Effects:
        held = None if controls is None else _varying(controls[rows])
        return effects(
            [one[rows] for one in sets], y[rows], customers[rows], terms=names, controls=held,
            weights=None if weights is None else weights[rows], discrete=discrete,
            applies=None if applies is None else applies[rows], family=family,
        )  # fmt: skip

    for name in np.unique(groups):
        rows = groups == name
        size = int(rows.sum())
        ones = int((y[rows] > 0.5).sum())
        events = min(ones, size - ones) if family == "logistic" else size
        reason = ONE_OUTCOME if events == 0 else TOO_FEW_EVENTS if events < needed else ""
        if not reason:
            try:
                inside = within(rows)
            except TooLittleData:
                reason = NO_FIT
        if reason:
            left.append(Left(str(name), reason, size, events, needed))
            continue
        try:
            outside = within(~rows)
        except TooLittleData:
            outside = None
        told.append((str(name), size, events, inside, outside))
    return _table(names, told, left, overall)


def _table(
    names: tuple[str, ...],
    told: list[tuple[str, int, int, Effects, Effects | None]],
    left: list[Left],
    overall: Effects,
) -> BySegment:
    shape = (len(told), len(names))

    def stacked(name: str) -> Floats:
        return np.array([getattr(part[3], name) for part in told], dtype=float).reshape(shape)

    apart, error = np.full(shape, np.nan), np.full(shape, np.nan)
    for place, (_name, _rows, _events, inside, outside) in enumerate(told):
        if outside is not None:
            apart[place] = inside.coefficient - outside.coefficient
            error[place] = np.hypot(inside.coefficient_error, outside.coefficient_error)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.abs(apart) / error
    apart_p = _normal_p(ratio)
    p_value = stacked("p_value")
    adjusted = _adjusted(p_value)
    sign = stacked("sign")
    turned = sign * overall.sign < 0
    clear = (np.nan_to_num(adjusted, nan=1.0) <= ERROR_RATE) & (overall.p_value <= ERROR_RATE)
    return BySegment(
        tuple(part[0] for part in told), names, np.array([part[1] for part in told], dtype=np.intp),
        np.array([part[2] for part in told], dtype=np.intp), stacked("estimate"), stacked("conf_low"),
        stacked("conf_high"), p_value, adjusted, apart, apart_p, _adjusted(apart_p),
        turned & clear, turned, tuple(left),
    )  # fmt: skip


def _adjusted(p_values: Floats) -> Floats:
    return benjamini_hochberg(p_values.ravel()).reshape(p_values.shape)


def _normal_p(ratio: Floats) -> Floats:
    from scipy.special import ndtr

    return np.asarray(2 * ndtr(-ratio), dtype=float)


def _varying(controls: Floats) -> Floats:
    """Controls that differ between some rows."""
    return controls[:, controls.min(axis=0) < controls.max(axis=0)]
