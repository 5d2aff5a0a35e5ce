"""The bars of a waterfall: from the score before, through mix and rate, to the score after."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from cxdata.movement.results import ENTERED, LEFT, STAYED, Decomposition
from cxdata.scorecard.comparisons import NEUTRAL, TOO_FEW

MOST_BARS = 8
"""Bars of one waterfall, the two totals included."""

BEFORE_BAR, AFTER_BAR, MIX, RATE, OTHERS = "before", "after", "mix", "rate", "others"


@dataclass(frozen=True)
class Bar:
    """One step, in the metric's unit.

    Parameters
    ----------
    kind : str
        before, mix, rate (of a group), others (rate of several groups), entered, left, after.
    line, across : str
        The group of a rate; '' else.
    groups : int
        How many groups the bar stands for; 0 for the two totals.
    start, end : float
        Where the bar begins and ends; both are the score for the two totals.
    estimate, conf_low, conf_high : float
        Size of the step, or the score itself, with its interval.
    verdict, judgement : str
        As in `comparisons.Verdicts`; '' and neutral for the totals.
    base : float
        Answers of the totals, or of the groups of a step on their thinner side.
    """

    kind: str
    line: str
    across: str
    groups: int
    start: float
    end: float
    estimate: float
    conf_low: float
    conf_high: float
    verdict: str
    judgement: str
    base: float


def bars(found: Decomposition) -> tuple[Bar, ...]:
    """The bars of a decomposition, at most `MOST_BARS`; the last one ends at the score after.

    Groups that answered in both periods have a bar for their rate, the largest first; those with too few
    answers and the smallest ones are put together. Groups that entered or left share a bar each.
    """
    change = found.change
    bases = (float(change["previous_base"]), float(change["base"]))
    ends = {name: found.total(name) is not None for name in (ENTERED, LEFT)}
    room = MOST_BARS - 2 - sum(ends.values())
    steps: list[Bar] = []
    mix = found.total(MIX)
    if mix is not None and len(found.groups) > 1:
        room -= 1
        steps.append(_step(MIX, mix, groups=int(mix["groups"]), base=mix["base"]))
    rates = found.parts[found.parts["part"] == RATE]
    named = rates[rates["verdict"] != TOO_FEW]
    if len(rates) > room or len(named) < len(rates):
        named = named.head(room - 1)
    for _, row in named.iterrows():
        steps.append(_step(RATE, row, line=row["line"], across=row["across"], groups=1, base=row["base"]))
    taken = set(zip(named["line"], named["across"], strict=True))
    stayed = found.groups[found.groups["kind"] == STAYED]
    rest = [key for key in zip(stayed["line"], stayed["across"], strict=True) if key not in taken]
    if rest:
        pooled = found.pooled(RATE, rest)
        numbers = (pooled.estimate, pooled.conf_low, pooled.conf_high)
        said = (pooled.verdict, pooled.judgement, pooled.base)
        steps.append(Bar(OTHERS, "", "", pooled.groups, 0.0, 0.0, *numbers, *said))
    for name in (ENTERED, LEFT):
        total = found.total(name)
        if total is not None:
            steps.append(_step(name, total, groups=int(total["groups"]), base=total["base"]))
    return _placed(found, steps, bases)


def _step(kind: str, row: pd.Series, *, groups: int, base: float, line: str = "", across: str = "") -> Bar:
    estimate, low, high = float(row["estimate"]), float(row["conf_low"]), float(row["conf_high"])
    verdict, judgement = str(row["verdict"]), str(row["judgement"])
    return Bar(kind, line, across, groups, 0.0, 0.0, estimate, low, high, verdict, judgement, float(base))


def _placed(found: Decomposition, steps: list[Bar], bases: tuple[float, float]) -> tuple[Bar, ...]:
    """The steps one after the other between the two totals."""
    change = found.change
    score, low, high = (float(change[name]) for name in ("previous", "previous_low", "previous_high"))
    placed = [Bar(BEFORE_BAR, "", "", 0, score, score, score, low, high, "", NEUTRAL, bases[0])]
    level = score
    for step in steps:
        placed.append(replace(step, start=level, end=level + step.estimate))
        level += step.estimate
    score, low, high = (float(change[name]) for name in ("estimate", "conf_low", "conf_high"))
    placed.append(Bar(AFTER_BAR, "", "", 0, score, score, score, low, high, "", NEUTRAL, bases[1]))
    return tuple(placed)
