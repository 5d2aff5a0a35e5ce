"""Did it really move? Verdicts on changes and gaps that survive being one of many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cxdata.scorecard.differences import Difference, difference
from cxdata.scorecard.estimates import CONFIDENCE_LEVEL, Estimate, Floats

FALSE_DISCOVERY_RATE = 0.05
"""Share of false alarms tolerated among the changes called up or down on one page."""

UP, DOWN, UNCLEAR, TOO_FEW, NO_DATA, NEW_SCALE = "up", "down", "unclear", "too_few", "no_data", "new_scale"
NO_TARGET = "no_target"
GOOD, BAD, NEUTRAL = "good", "bad", "neutral"


@dataclass(frozen=True)
class Verdicts:
    """What may be said about each change, shape (n,).

    `verdict` is up, down, unclear, too_few, no_data or new_scale (no_target for gaps); `judgement` is
    good, bad or neutral; `p_adjusted` is nan where nothing was tested.
    """

    verdict: NDArray[np.str_]
    judgement: NDArray[np.str_]
    p_adjusted: Floats


@dataclass(frozen=True)
class Gap:
    """Estimate minus target, per group: numbers and verdicts of shape (n,); up means above the target."""

    estimate: Floats
    conf_low: Floats
    conf_high: Floats
    verdict: NDArray[np.str_]
    judgement: NDArray[np.str_]


def gap_to_target(
    current: Estimate | pd.DataFrame, target: ArrayLike, *, min_base: int, higher_is_better: ArrayLike = True
) -> Gap:
    """Distance to the target; above or below it only where the interval leaves the target out.

    Parameters
    ----------
    current : Estimate or DataFrame, shape (n,)
    target : array_like of float, shape (n,)
        In the unit of the estimates; nan where there is none.
    min_base : int
        Answers below which nothing is judged.
    higher_is_better : array_like of bool, shape (n,)

    Returns
    -------
    Gap
        Verdict up (above), down (below), unclear, too_few, no_data or no_target.
    """
    now = Estimate.of(current)
    aim = np.broadcast_to(np.asarray(target, dtype=float), now.estimate.shape)
    gap, low, high = now.estimate - aim, now.conf_low - aim, now.conf_high - aim
    verdict = _verdict(gap, (low > 0) | (high < 0), now.base, now.has_interval, min_base)
    verdict = np.where(np.isnan(aim), NO_TARGET, verdict)
    return Gap(gap, low, high, verdict, _judgement(verdict, higher_is_better))


def benjamini_hochberg(p_values: ArrayLike) -> Floats:
    """P-values adjusted so that the share of false alarms among those below a limit stays below it.

    Parameters
    ----------
    p_values : array_like of float, any shape
        nan where nothing was tested; those do not count as comparisons.

    Returns
    -------
    ndarray of float, same shape
        Adjusted p-values, nan where p was nan; call a change real where they are at most the limit.

    Raises
    ------
    ValueError
        If a p-value is outside 0-1.

    References
    ----------
    Benjamini & Hochberg (1995), JRSS B 57(1). Valid for comparisons that depend on one another
    positively: Benjamini & Yekutieli (2001), Annals of Statistics 29(4).
    """

    def step_up(ascending: Floats) -> Floats:
        count = ascending.size
        return np.minimum.accumulate((ascending * count / np.arange(1, count + 1))[::-1])[::-1]

    return _adjusted(p_values, step_up)


def holm(p_values: ArrayLike) -> Floats:
    """P-values adjusted so that any false alarm at all is unlikely.

    Parameters, returns and raises as `benjamini_hochberg`.

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6(2).
    """

    def step_down(ascending: Floats) -> Floats:
        return np.maximum.accumulate(ascending * np.arange(ascending.size, 0, -1))

    return _adjusted(p_values, step_down)


def verdicts(
    change: Difference,
    *,
    min_base: int,
    higher_is_better: ArrayLike = True,
    new_scale: ArrayLike = False,
    false_discovery_rate: float = FALSE_DISCOVERY_RATE,
) -> Verdicts:
    """Up, down or unclear for every change shown together, and why not where it cannot be said.

    Only changes with enough answers on both sides are tested, and only those count as comparisons.
    A change whose own 95 % interval leaves zero out may still be unclear among many lines.

    Parameters
    ----------
    change : Difference, shape (n,)
        All the lines of one table or chart.
    min_base : int
        Answers that each side needs.
    higher_is_better, new_scale : array_like of bool, shape (n,)
        Direction of each line; lines whose scale or definition changed in between.
    false_discovery_rate : float
        Share of false alarms tolerated among the changes called up or down.

    Returns
    -------
    Verdicts
    """
    rescaled = np.broadcast_to(np.asarray(new_scale, dtype=bool), change.estimate.shape)
    testable = (change.base >= min_base) & ~rescaled
    p_adjusted = benjamini_hochberg(np.where(testable, change.p_value, np.nan))
    real = np.nan_to_num(p_adjusted, nan=1.0) <= false_discovery_rate
    verdict = _verdict(change.estimate, real, change.base, np.isfinite(change.p_value), min_base)
    verdict = np.where(rescaled, NEW_SCALE, verdict)
    return Verdicts(verdict, _judgement(verdict, higher_is_better), p_adjusted)


def changes(
    current: pd.DataFrame,
    previous: pd.DataFrame,
    by: Sequence[str],
    *,
    min_base: int,
    level: float = CONFIDENCE_LEVEL,
    false_discovery_rate: float = FALSE_DISCOVERY_RATE,
) -> pd.DataFrame:
    """Every current score beside its previous one, with the change and its verdict.

    Parameters
    ----------
    current, previous : DataFrame
        From `scores_from_histogram`, one period each, without a column for the period in `by`.
    by : sequence of str
        Columns that name a line, such as touchpoint.
    min_base, level, false_discovery_rate
        As for `verdicts` and `difference`.

    Returns
    -------
    DataFrame
        The rows of `current`, in their order, with ``previous``, ``previous_base``, ``change``,
        ``change_std_error``, ``change_low``, ``change_high``, ``p_value``, ``p_adjusted``, ``verdict``
        and ``judgement``. A line asked on another scale (or counted by another rule) before is
        new_scale.

    Raises
    ------
    ValueError
        If a frame holds a line twice on the same scale.
    """
    line = [*by, "metric"]
    _require_single_rows(current, previous, line)
    rule = [*line, "scale", "method", "favourable_from", "higher_is_better"]
    numbers = ["estimate", "std_error", "conf_low", "conf_high", "base", "effective_base"]
    before = current[rule].merge(previous[[*rule, *numbers]], on=rule, how="left")
    before["base"] = before["base"].fillna(0)
    change = difference(current, before, level=level)
    asked = previous.loc[previous["base"] > 0, line].drop_duplicates().assign(asked=True)
    was_asked = current[line].merge(asked, on=line, how="left")["asked"].notna().to_numpy()
    verdict = verdicts(
        change,
        min_base=min_base,
        higher_is_better=current["higher_is_better"].to_numpy(dtype=bool),
        new_scale=was_asked & (before["base"] == 0).to_numpy(),
        false_discovery_rate=false_discovery_rate,
    )
    return current.assign(
        previous=before["estimate"].to_numpy(),
        previous_base=before["base"].to_numpy(),
        change=change.estimate,
        change_std_error=change.std_error,
        change_low=change.conf_low,
        change_high=change.conf_high,
        p_value=change.p_value,
        p_adjusted=verdict.p_adjusted,
        verdict=verdict.verdict,
        judgement=verdict.judgement,
    )


def _require_single_rows(current: pd.DataFrame, previous: pd.DataFrame, line: list[str]) -> None:
    for name, frame in (("current", current), ("previous", previous)):
        twice = frame[frame.duplicated([*line, "scale", "favourable_from", "higher_is_better"])]
        if len(twice):
            which = ", ".join(f"{column} {twice[column].iloc[0]!r}" for column in line)
            raise ValueError(
                f"{name} holds more than one row for {which}. Add the column that tells them apart."
            )


def _adjusted(p_values: ArrayLike, adjust: Callable[[Floats], Floats]) -> Floats:
    given = np.asarray(p_values, dtype=float)
    if np.any((given < 0) | (given > 1)):
        raise ValueError(f"p-values lie between 0 and 1; got {given[(given < 0) | (given > 1)][0]}.")
    result = np.full(given.shape, np.nan)
    tested = np.isfinite(given)
    order = np.argsort(given[tested], kind="stable")
    ascending = np.empty(order.size)
    ascending[order] = np.minimum(adjust(given[tested][order]), 1.0)
    result[tested] = ascending
    return result


def _verdict(
    size: Floats, real: NDArray[np.bool_], base: Floats, tested: NDArray[np.bool_], min_base: int
) -> NDArray[np.str_]:
    direction = np.where(size > 0, UP, DOWN)
    verdict = np.where(real & (size != 0), direction, UNCLEAR)
    verdict = np.where((base < min_base) | ~tested, TOO_FEW, verdict)
    return np.where(np.isnan(size), NO_DATA, verdict)


def _judgement(verdict: NDArray[np.str_], higher_is_better: ArrayLike) -> NDArray[np.str_]:
    better = np.broadcast_to(np.asarray(higher_is_better, dtype=bool), verdict.shape)
    good = ((verdict == UP) & better) | ((verdict == DOWN) & ~better)
    bad = ((verdict == DOWN) & better) | ((verdict == UP) & ~better)
    return np.where(good, GOOD, np.where(bad, BAD, NEUTRAL))
