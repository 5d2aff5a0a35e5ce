"""What a decomposition finds: the change, its parts with intervals and verdicts, or why there is none."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from cxdata.movement.compared import Comparison
from cxdata.movement.effects import Effects, normal_p_values
from cxdata.scorecard.comparisons import (
    BAD,
    DOWN,
    FALSE_DISCOVERY_RATE,
    GOOD,
    NEUTRAL,
    TOO_FEW,
    UNCLEAR,
    UP,
    benjamini_hochberg,
)
from cxdata.scorecard.estimates import CONFIDENCE_LEVEL, Floats, normal_quantile

STAYED, ENTERED, LEFT = "stayed", "entered", "left"
"""What became of a group: it answered in both periods, in the later one only, in the earlier one only."""

INDEPENDENT, BY_CUSTOMER, FEW_PEOPLE = "independent", "by_customer", "few_people"
"""How the errors of parts are made: nobody answered twice; with the answers of a person together; too few people for it."""


@dataclass(frozen=True)
class Decomposition:
    """A change and what it is made of; `parts` and `totals` each sum to the change.

    Parameters
    ----------
    metric, unit : str
        Codes; unit is points, fraction or score.
    by, across : str
        Dimensions; across is '' for one.
    comparison : Comparison
    min_base : int
        Answers that each side needs.
    change : Series
        The whole, as `comparisons.changes` gives it: estimate, previous, change, change_low, change_high,
        base, previous_base, verdict, judgement, scale, and the interval of each side (``conf_low``,
        ``conf_high``, ``previous_low``, ``previous_high``).
    parts : DataFrame
        One row per group and part that applies, the largest part first: ``line``, ``across``, ``kind``
        (stayed, entered, left), ``part`` (rate, mix, entered, left), estimate, conf_low, conf_high,
        p_value, p_adjusted, verdict, judgement, ``base`` (answers of the group, on its thinner side).
    totals : DataFrame
        One row per part that occurs, with the same columns from ``part`` on (``base`` is that of the groups
        that have the part, see `own_base`), and ``groups`` (how many).
    groups : DataFrame
        One row per group, the largest contribution first: ``line``, ``across``, ``kind``, ``estimate``
        (whole contribution), and for both periods ``share_<period>``, ``score_<period>``,
        ``low_<period>``, ``high_<period>``, ``base_<period>`` (score nan where there is no answer).
    left_out : DataFrame
        Questions whose scale changed between the periods, or differs from the one compared: ``question``,
        ``asked_as``, ``label``, ``answers``.
    effects : Effects
        What parts and totals were read from.
    keys : tuple of (str, str)
        Line and across of each group, in the order of `effects`.
    errors : str
        `INDEPENDENT`, `BY_CUSTOMER` or `FEW_PEOPLE`: how the intervals of the parts are made.
    """

    metric: str
    unit: str
    by: str
    across: str
    comparison: Comparison
    min_base: int
    change: pd.Series = field(repr=False)
    parts: pd.DataFrame = field(repr=False)
    totals: pd.DataFrame = field(repr=False)
    groups: pd.DataFrame = field(repr=False)
    left_out: pd.DataFrame = field(repr=False)
    effects: Effects = field(repr=False)
    keys: tuple[tuple[str, str], ...] = field(repr=False)
    errors: str = INDEPENDENT

    @property
    def clear(self) -> bool:
        """Whether the whole really moved."""
        return str(self.change["verdict"]) in ("up", "down")

    def total(self, part: str) -> pd.Series | None:
        """The sum of a part over all groups, None where no group has it."""
        rows = self.totals[self.totals["part"] == part]
        return rows.iloc[0] if len(rows) else None

    def pooled(self, part: str, groups: Collection[tuple[str, str]]) -> Pooled:
        """A part summed over some groups, judged by their own answers as one more among all that is shown."""
        rows = np.array([key in groups for key in self.keys], dtype=bool)
        bases = self.groups.set_index(["line", "across"])[["base_before", "base_after"]]
        chosen = bases.loc[[key for key in self.keys if key in groups]].to_numpy(float)
        base = own_base(part, chosen[:, 0], chosen[:, 1])
        estimate, error = self.effects.pooled(part, rows)
        reach = normal_quantile(CONFIDENCE_LEVEL) * error
        p_value = float(normal_p_values(estimate, error))
        tested = [
            table.loc[table["p_adjusted"].notna(), "p_value"].to_numpy(float)
            for table in (self.parts, self.totals)
        ]
        family = np.concatenate([*tested, [p_value]])
        enough = base >= self.min_base
        real = enough and benjamini_hochberg(family)[-1] <= FALSE_DISCOVERY_RATE
        verdict = TOO_FEW if not enough else UNCLEAR if not real else UP if estimate > 0 else DOWN
        better = bool(self.change["higher_is_better"])
        judgement = NEUTRAL if not real else GOOD if (estimate > 0) == better else BAD
        return Pooled(int(rows.sum()), estimate, estimate - reach, estimate + reach, verdict, judgement, base)


@dataclass(frozen=True)
class Pooled:
    """One part of several groups together: how many, its size with interval, what may be said of it, their answers."""

    groups: int
    estimate: float
    conf_low: float
    conf_high: float
    verdict: str
    judgement: str
    base: float


def own_base(part: str, before: Floats, after: Floats) -> float:
    """Answers that a part of some groups rests on: of the thinner side, or of the only one if they came or went.

    Parameters
    ----------
    part : str
        One of `effects.PARTS`.
    before, after : ndarray of float, shape (n,)
        Answers of those groups alone.
    """
    sides = {ENTERED: (after,), LEFT: (before,)}.get(part, (before, after))
    return float(min(side.sum() for side in sides))


@dataclass(frozen=True)
class Incomparable:
    """Why two periods cannot be compared: ``no_data`` on a side, ``too_few`` answers, or a ``new_scale``."""

    reason: str
    comparison: Comparison
    base_before: float
    base_after: float
    left_out: pd.DataFrame = field(repr=False)
