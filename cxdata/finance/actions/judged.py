"""Every action with what was measured of it, judged together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cxdata.config import Config
from cxdata.database import Release
from cxdata.finance.actions.comparison import Comparison, compare
from cxdata.finance.actions.query import Outcome, actions, exported, first_month, outcomes
from cxdata.finance.actions.settings import (
    METRIC,
    MONTHS,
    OTHER_SEGMENTS,
    Action,
    Windows,
    last_whole_month,
    windows_of,
)
from cxdata.scorecard.comparisons import BAD, GOOD, NEUTRAL, NO_DATA, verdicts
from cxdata.scorecard.differences import Difference
from cxdata.selection import Selection

WORKED, ELSEWHERE, MIXED, WORSE = "worked", "elsewhere", "mixed", "worse"
NO_EFFECT, UNCLEAR, TOO_EARLY, TOO_FEW, NOT_MEASURED = (
    "no_effect",
    "unclear",
    "too_early",
    "too_few",
    "not_measured",
)
"""What may be said of an action.

``worked``: its own metric is clearly better. ``elsewhere``: that one is not, something else clearly is.
``mixed``: something is clearly better and something clearly worse. ``worse``: only worse. ``no_effect``: not clear,
and the expected change lies outside the interval. ``unclear``: chance and the expected change would both do.
"""

DRIFT_LIMIT = 0.05
"""A drift before the action with a smaller p-value makes its comparison doubtful."""


@dataclass(frozen=True)
class Measured:
    """One outcome of an action, with its verdict among all that are shown.

    `verdict` is up, down, unclear, too_few or no_data; `judgement` good, bad or neutral; `expected` is nan where the
    action names no change of this outcome.
    """

    kind: str
    unit: str
    higher_is_better: bool
    scale: str
    unknown: int
    expected: float
    found: Comparison
    sample: int = 1
    verdict: str = NO_DATA
    judgement: str = NEUTRAL
    p_adjusted: float = float("nan")
    questions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judged:
    """An action, the months compared, what was measured and what may be said of it."""

    action: Action
    windows: Windows
    measured: tuple[Measured, ...]
    verdict: str
    doubtful: bool
    """Whether the gap already drifted before the action, for an outcome that carries the verdict."""

    def of(self, kind: str) -> Measured | None:
        """What was measured of one kind of outcome."""
        return next((one for one in self.measured if one.kind == kind), None)


def judged_actions(
    release: Release, config: Config, selection: Selection, months: int = MONTHS
) -> tuple[Judged, ...]:
    """All actions of the touchpoints and segments chosen, judged by Benjamini and Hochberg's rule as one family.

    Parameters
    ----------
    release, config, selection : Release, Config, Selection
        The month selected is the last that may be looked at; region, plan and persona narrow both sides.
    months : int
        Most months compared on either side.
    """
    first = first_month(release) if exported(release) else None
    if first is None:
        return ()
    last = last_whole_month(release.as_of, selection.month)
    conventions = {"csat": config.csat, "ces": config.ces}
    drafts = []
    for action in actions(release):
        if selection.touchpoint and action.touchpoint and action.touchpoint not in selection.touchpoint:
            continue
        if selection.segment and action.segment and action.segment not in selection.segment:
            continue
        windows = windows_of(action, first, last, months)
        found = (
            outcomes(release, selection, action, windows, conventions) if windows.months_after and windows.months_before
            else ()
        )  # fmt: skip
        drafts.append((action, windows, found))
    return judge(drafts, config.min_base)


def judge(drafts: Sequence[tuple[Action, Windows, Sequence[Outcome]]], min_base: int) -> tuple[Judged, ...]:
    """Comparisons and verdicts of actions with the rows on record about them.

    Parameters
    ----------
    drafts : sequence of (Action, Windows, outcomes)
    min_base : int
        Customers that every side needs.
    """
    measured = [
        [_measured(action, windows, outcome) for outcome in found] for action, windows, found in drafts
    ]
    together = iter(with_verdicts([one for some in measured for one in some], min_base))
    result = []
    for (action, windows, _), some in zip(drafts, measured, strict=True):
        own = tuple(next(together) for _ in some)
        carrying = [one for one in own if one.judgement != NEUTRAL] or [
            one for one in own if one.kind == METRIC
        ]
        doubtful = any(one.found.drift.p_value < DRIFT_LIMIT for one in carrying)
        result.append(Judged(action, windows, own, verdict_of(action, windows, own), doubtful))
    return tuple(result)


def _measured(action: Action, windows: Windows, outcome: Outcome) -> Measured:
    found = compare(outcome.rows, windows, compared=action.compared_with == OTHER_SEGMENTS)
    expected = action.expected_change if outcome.kind == METRIC else float("nan")
    return Measured(
        kind=outcome.kind, unit=outcome.unit, higher_is_better=outcome.higher_is_better, scale=outcome.scale,
        unknown=outcome.unknown, expected=expected, found=found, sample=outcome.sample, questions=outcome.questions,
    )  # fmt: skip


def with_verdicts(measured: Sequence[Measured], min_base: int) -> tuple[Measured, ...]:
    """All outcomes shown together with their verdicts, as one family of comparisons."""
    if not measured:
        return ()
    column = {
        name: np.array([getattr(one.found, name) for one in measured], dtype=float)
        for name in ("estimate", "std_error", "conf_low", "conf_high", "p_value", "base")
    }
    found = verdicts(
        Difference(**column), min_base=min_base,
        higher_is_better=np.array([one.higher_is_better for one in measured]),
    )  # fmt: skip
    return tuple(
        replace(one, verdict=str(verdict), judgement=str(judgement), p_adjusted=float(p_adjusted))
        for one, verdict, judgement, p_adjusted in zip(
            measured, found.verdict, found.judgement, found.p_adjusted, strict=True
        )
    )


def verdict_of(action: Action, windows: Windows, measured: Sequence[Measured]) -> str:
    """What may be said of an action; see `WORKED` and the others."""
    if not windows.months_after:
        return TOO_EARLY
    own = next((one for one in measured if one.kind == METRIC), None)
    if own is None and not measured:
        return NOT_MEASURED
    judgements = {one.judgement for one in measured}
    if {GOOD, BAD} <= judgements:
        return MIXED
    if own is not None and own.judgement == GOOD:
        return WORKED
    if GOOD in judgements:
        return ELSEWHERE
    if BAD in judgements:
        return WORSE
    if own is None or own.verdict == NO_DATA:
        return NOT_MEASURED
    if own.verdict == "too_few":
        return TOO_FEW
    expected = action.expected_change
    outside = not own.found.conf_low <= expected <= own.found.conf_high
    return NO_EFFECT if np.isfinite(expected) and outside else UNCLEAR
