"""People who answer more than once: what their answers have in common widens, or narrows, the intervals of parts.

Errors by customer are those of independent answers plus the products of the influences of every two answers that one
person gave, in the same period or in both (Liang & Zeger's sandwich, written as a sum over pairs). So only those who
answered more than once have to be read, as counts of pairs of kinds of answers.

Within a period pairs only ever widen: where one person gave all answers of a group, their sum leaves no trace of
chance, which is no certainty. Between the periods they may narrow: who answers in both is compared with himself.

References
----------
Liang & Zeger (1986), Biometrika 73(1); Cameron & Miller (2015), Journal of Human Resources 50(2), on few customers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxdata.movement.compared import AFTER
from cxdata.scorecard.estimates import Floats
from cxdata.scorecard.histograms import scores_from_histogram

FEWEST_PEOPLE = 30
"""Of fewer people, errors by customer are themselves a matter of chance; answers then count as independent."""

LEAST_VARIANCE = 0.1
"""Of that of independent answers: with chance in the pairs themselves, a variance must not come out as nothing."""


@dataclass(frozen=True)
class Kinds:
    """One side of every pair: its period (0 before, 1 after), group, and the value of the answer, shape (r,)."""

    period: NDArray[np.intp]
    group: NDArray[np.intp]
    value: Floats

    def influences(self, by_share: Sequence[Floats], by_score: Sequence[Floats], scores: Floats) -> Floats:
        """How much one such answer moves a part of every group, shape (n, r).

        Parameters
        ----------
        by_share, by_score : sequence of ndarray of float, shape (n, n), before and after
            Change of the part of a group (row) by one more answer of a group (column), and by its distance from the
            group's score.
        scores : ndarray of float, shape (2, n)
        """
        own, of_score = (
            np.stack(by_share)[self.period, :, self.group],
            np.stack(by_score)[self.period, :, self.group],
        )
        return np.asarray(
            (own + of_score * (self.value - scores[self.period, self.group])[:, None]).T, dtype=float
        )


@dataclass(frozen=True)
class Repeats:
    """Pairs of different answers of one person, each pair in both directions.

    Parameters
    ----------
    one, other : Kinds
    weight : ndarray of float, shape (r,)
        Pairs of these kinds, or sums of products of their weights.
    people : int
        Who answered in either period.
    """

    one: Kinds
    other: Kinds
    weight: Floats
    people: int

    @property
    def usable(self) -> bool:
        """Whether there are pairs, and enough people to learn from."""
        return bool(len(self.weight)) and self.people >= FEWEST_PEOPLE

    def covariance(self, by_share: Sequence[Floats], by_score: Sequence[Floats], scores: Floats) -> Floats:
        """What the pairs add to the covariance of a part, shape (n, n); arguments as `Kinds.influences`."""
        left = self.one.influences(by_share, by_score, scores) * self.weight
        right = self.other.influences(by_share, by_score, scores)
        inside = self.one.period == self.other.period
        within = left[:, inside] @ right[:, inside].T
        narrower = np.diag(within) < 0
        within[narrower] = within[:, narrower] = 0.0
        return np.asarray(within + left[:, ~inside] @ right[:, ~inside].T, dtype=float)


def widened(independent: Floats, added: Floats) -> Floats:
    """Covariance of independent answers with what the pairs add, no variance below `LEAST_VARIANCE` of the first."""
    total = np.asarray(independent + added, dtype=float)
    lacking = np.maximum(LEAST_VARIANCE * np.diag(independent) - np.diag(total), 0.0)
    total[np.diag_indices_from(total)] += lacking
    return total


def repeats_of(
    pairs: pd.DataFrame,
    rows: pd.DataFrame,
    groups: Sequence[tuple[str, str]],
    conventions: Mapping[str, str],
    *,
    weighted: bool = False,
) -> Repeats | None:
    """Pairs of the questions that are compared, with the value of each answer.

    Parameters
    ----------
    pairs : DataFrame
        From `query.compared_pairs`.
    rows : DataFrame
        Histogram of the questions that are compared, as for `decomposition.decompose`.
    groups : sequence of (line, across)
        In the order of the effects.
    conventions : mapping of str to str
    weighted : bool

    Returns
    -------
    Repeats or None
        None where nobody answered more than once.
    """
    asked = set(rows["question"])
    kept = pairs[pairs["question"].isin(asked) & pairs["other_question"].isin(asked)]
    if kept.empty:
        return None
    scored = scores_from_histogram(
        rows.assign(given=rows["score"]), ["question", "given"], conventions=conventions
    )
    values = {
        (question, float(given)): value
        for question, given, value in zip(
            scored["question"], scored["given"], scored["estimate"], strict=True
        )
    }
    place = {group: at for at, group in enumerate(groups)}

    def side(prefix: str) -> Kinds:
        columns = [kept[f"{prefix}{name}"] for name in ("line", "across", "question", "score")]
        return Kinds(
            np.asarray(kept[f"{prefix}period"] == AFTER, dtype=np.intp),
            np.array([place[line, across] for line, across in zip(*columns[:2], strict=True)], dtype=np.intp),
            np.array([values[question, float(score)] for question, score in zip(*columns[2:], strict=True)]),
        )

    weight = kept["weight_pairs" if weighted else "pairs"].to_numpy(float)
    return Repeats(side(""), side("other_"), weight, int(kept["people"].iloc[0]))
