"""What a customer went through at each touchpoint before a decision, in one of seven states.

Precedence: the customer's own last rating there; where there is none, the signs of the contacts (not
settled, a complaint, a long wait); where there are none either, the contact counts as met but unrated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

NONE, UNRATED, SIGN, BAD, MIDDLE, GOOD, BEST = range(7)
"""Not met; met without rating or bad sign; bad by the signs of a contact; bad, middling, favourable, best by rating."""

_LOW_END, _HIGH_END = 0.4, 0.8
_DETRACTOR, _PROMOTER = 6, 9

Codes = NDArray[np.int8]


@dataclass(frozen=True)
class Experiences:
    """States of experience per decision and touchpoint.

    Parameters
    ----------
    touchpoints : tuple of str
    states : ndarray of int8, shape (n, len(touchpoints))
        Codes of this module; rows are decisions in order.
    """

    touchpoints: tuple[str, ...]
    states: Codes

    def of(self, touchpoint: str) -> Codes:
        """States at one touchpoint, shape (n,)."""
        return self.states[:, self.touchpoints.index(touchpoint)]


def rating_states(ratings: pd.DataFrame, questions: pd.DataFrame) -> Codes:
    """Where each rating lies: at the low end, in the middle, favourable, at the very top.

    Bad is a detractor (0-6) where recommendation is asked, else an unfavourable score in the lowest two
    fifths of the scale (1-2 of 5, 1-3 of 7). Good is favourable as the question declares it. Best is the
    top fifth (5 of 5, 7 of 7, 9-10 of 10). All else is middling.

    Parameters
    ----------
    ratings : DataFrame
        ``question`` and ``score``.
    questions : DataFrame
        ``question``, ``metric``, ``scale_min``, ``scale_max``, ``favourable_from``, ``higher_is_better``.

    Returns
    -------
    ndarray of int8, shape (len(ratings),)
        BAD, MIDDLE, GOOD or BEST.
    """
    asked = questions.set_index("question").loc[list(ratings["question"])]
    low, high = asked["scale_min"].to_numpy(float), asked["scale_max"].to_numpy(float)
    score, favourable = ratings["score"].to_numpy(float), asked["favourable_from"].to_numpy(float)
    upward = asked["higher_is_better"].to_numpy(bool)
    score = np.where(upward, score, low + high - score)
    favourable = np.where(upward, favourable, low + high - favourable)
    recommends = asked["metric"].to_numpy() == "nps"
    place = (score - low + 0.5) / (high - low + 1)
    liked = np.where(recommends, score >= _PROMOTER, score >= favourable)
    bad = np.where(recommends, score <= _DETRACTOR, (place <= _LOW_END) & ~liked)
    best = liked & (recommends | (place >= _HIGH_END))
    return np.select([bad, best, liked], [BAD, BEST, GOOD], MIDDLE).astype(np.int8)


def experiences(
    decisions: int,
    touchpoints: Sequence[str],
    contacts: pd.DataFrame,
    ratings: pd.DataFrame,
    questions: pd.DataFrame,
) -> Experiences:
    """The state of every decision at every touchpoint.

    Parameters
    ----------
    decisions : int
        How many there are; they are numbered from 1.
    touchpoints : sequence of str
        Columns of the result; contacts and ratings elsewhere are left out.
    contacts : DataFrame
        ``decision``, ``touchpoint``, ``bad_sign`` (0 or 1), one row per pair.
    ratings : DataFrame
        ``decision``, ``touchpoint``, ``question``, ``score``, one row per pair.
    questions : DataFrame
        As for `rating_states`.

    Returns
    -------
    Experiences
        A rating outranks the signs of contacts: the customer's own word on what happened.
    """
    states = np.zeros((decisions, len(touchpoints)), dtype=np.int8)
    place = {touchpoint: column for column, touchpoint in enumerate(touchpoints)}
    met = contacts[contacts["touchpoint"].isin(place)]
    columns = met["touchpoint"].map(place).to_numpy(int)
    states[met["decision"].to_numpy(int) - 1, columns] = np.where(met["bad_sign"] > 0, SIGN, UNRATED)
    rated = ratings[ratings["touchpoint"].isin(place)]
    columns = rated["touchpoint"].map(place).to_numpy(int)
    states[rated["decision"].to_numpy(int) - 1, columns] = rating_states(rated, questions)
    return Experiences(tuple(touchpoints), states)
