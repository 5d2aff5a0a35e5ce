"""Whom the answers stand for: each group's share of the customers, of the invited and of the answers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxdata.scorecard.comparisons import verdicts
from cxdata.scorecard.differences import Difference, difference
from cxdata.scorecard.estimates import CONFIDENCE_LEVEL, Floats, effective_answers, normal_quantile
from cxdata.scorecard.scores import share_estimate, wilson_interval

ASKED = ("invited", "responded", "invited_sq")


@dataclass(frozen=True)
class Representation:
    """One customer dimension: how far the answers are from the customers they are to stand for.

    Parameters
    ----------
    dimension : str
    customers, invited, answered : int
        Totals. `invited` is 0 where no dates of sending were exported.
    effective_answered : float
        Answered surveys by different customers that would be as precise.
    groups : DataFrame
        One row per group: ``group``, ``customers``, ``invited``, ``answered``; their shares
        ``customer_share``, ``invited_share``, ``answered_share`` (fractions, nan without a total);
        ``asked_gap`` (invited − customers), ``difference`` (answered − customers), its interval
        ``difference_low``, ``difference_high``, ``p_adjusted`` and ``verdict`` (up: over-represented);
        ``rate`` and ``rate_others`` (responded ÷ invited of the group and of all others, fractions) and
        ``rate_verdict`` (up: the group answers more often when asked).
    """

    dimension: str
    customers: int
    invited: int
    answered: int
    effective_answered: float
    groups: pd.DataFrame

    def standing_out(self, verdict: str) -> pd.DataFrame:
        """Groups with a verdict (up or down), farthest from their share first."""
        rows = self.groups[self.groups["verdict"] == verdict]
        return rows.reindex(rows["difference"].abs().sort_values(ascending=False, kind="stable").index)


def representation(
    base: pd.DataFrame, surveys: pd.DataFrame, dimension: str, *, min_base: int
) -> Representation:
    """Compare the mix of the answers with that of the customers.

    The customers are known, not sampled; the answers are a sample of those who might have answered. So
    the test asks whether a draw of customers would bring such a share. A customer who answers twice is
    one customer: the number of answers is brought down to what different customers would be worth.

    Parameters
    ----------
    base : DataFrame
        ``customers`` by the customer dimensions.
    surveys : DataFrame
        ``invited``, ``responded`` (invited and answered), ``answered``, ``invited_sq`` and ``answered_sq``
        (sums of each customer's squared number of invitations and answers) by the same dimensions.
    dimension : str
        The column to compare by.
    min_base : int
        Answers below which nothing is judged.

    Returns
    -------
    Representation
        Groups with customers or answers; without verdicts where the customers or the answers are none.

    References
    ----------
    Wilson (1927), JASA 22, for the interval, whose test is the score test; Kish (1965), Survey Sampling,
    for the effective number of answers.
    """
    people = base.groupby(dimension)["customers"].sum()
    counted = surveys.groupby(dimension)[["invited", "answered"]].sum()
    names = people.index.union(counted.index)
    people = people.reindex(names, fill_value=0).astype(float)
    counted = counted.reindex(names, fill_value=0).astype(float)
    answered = float(counted["answered"].sum())
    worth = float(effective_answers(answered, float(surveys["answered_sq"].sum()))[0])
    expected = _shares(people.to_numpy(float))
    seen = _shares(counted["answered"].to_numpy(float))
    tested = difference_from_known(seen, worth, expected, answered)
    judged = verdicts(tested, min_base=min_base)
    groups = pd.DataFrame(
        {
            "group": names.to_numpy(),
            "customers": people.to_numpy(int),
            "invited": counted["invited"].to_numpy(int),
            "answered": counted["answered"].to_numpy(int),
            "customer_share": expected,
            "invited_share": _shares(counted["invited"].to_numpy(float)),
            "answered_share": seen,
            "difference": tested.estimate,
            "difference_low": tested.conf_low,
            "difference_high": tested.conf_high,
            "p_adjusted": judged.p_adjusted,
            "verdict": judged.verdict,
        }
    )
    asked = surveys.groupby(dimension)[list(ASKED)].sum().reindex(names, fill_value=0)
    rates = response_beside_others(asked, min_base=min_base)
    for name in rates:
        groups[str(name)] = rates[name].to_numpy()
    groups["asked_gap"] = groups["invited_share"] - groups["customer_share"]
    groups = groups[(groups["customers"] > 0) | (groups["answered"] > 0)]
    return Representation(
        dimension,
        int(people.sum()),
        int(counted["invited"].sum()),
        int(answered),
        worth,
        groups.sort_values("customers", ascending=False, kind="stable").reset_index(drop=True),
    )


def response_beside_others(asked: pd.DataFrame, *, min_base: int) -> pd.DataFrame:
    """Whether each group answers more or less often than all others, when asked.

    Invitations of one customer count as one where that matters (Kish), as for the shares.

    Parameters
    ----------
    asked : DataFrame
        ``invited``, ``responded`` and ``invited_sq``, one row per group.
    min_base : int
        Invitations below which nothing is judged.

    Returns
    -------
    DataFrame
        In the same order: ``rate``, ``rate_others`` (fractions, nan without invitations) and ``rate_verdict``
        of Newcombe's difference; the verdicts count all groups as looked at together.
    """
    others = asked.sum() - asked
    rate, rest = (
        share_estimate(
            part["responded"],
            part["invited"],
            effective_base=effective_answers(part["invited"], part["invited_sq"]),
        )
        for part in (asked, others)
    )
    judged = verdicts(difference(rate, rest), min_base=min_base)
    return pd.DataFrame({"rate": rate.estimate, "rate_others": rest.estimate, "rate_verdict": judged.verdict})


def difference_from_known(
    share: Floats, effective_base: float, known: Floats, base: float, *, level: float = CONFIDENCE_LEVEL
) -> Difference:
    """Observed shares minus known ones, with Wilson's interval and the test that belongs to it.

    Parameters
    ----------
    share, known : ndarray of float, shape (n,)
        Fractions; the known ones are those of a whole population.
    effective_base, base : float
        Answers that the shares rest on: what they are worth, and how many.

    Returns
    -------
    Difference
        Its p-value is below 1 − level exactly where the interval leaves 0 out; nan where the known share
        is 0 or 1, which no sample of that population can differ from.
    """
    worth = np.full(share.shape, effective_base)
    interval = wilson_interval(share, worth, normal_quantile(level))
    spread = np.sqrt(
        np.where((known > 0) & (known < 1), known * (1 - known), np.nan) / max(effective_base, 1e-12)
    )
    ratio = np.abs(share - known) / spread
    p_value = np.array([math.erfc(value / math.sqrt(2)) if value == value else np.nan for value in ratio])
    std_error = np.sqrt(share * (1 - share) / max(effective_base, 1e-12))
    return Difference(
        share - known,
        std_error,
        interval.low - known,
        interval.high - known,
        p_value,
        np.full(share.shape, base),
    )


def distance(groups: pd.DataFrame) -> float:
    """Share of the answers that would have to come from other groups to match the customers, a fraction.

    Half the sum of the absolute differences of the shares; 0 where the mixes are the same.

    References
    ----------
    Duncan & Duncan (1955), American Sociological Review 20(2): the index of dissimilarity.
    """
    return float(groups["difference"].abs().sum() / 2)


def most_distant(found: Sequence[Representation]) -> Representation | None:
    """The dimension in which the answers are farthest from the customers; None where none can be compared."""
    compared = [one for one in found if one.customers and one.answered]
    return max(compared, key=lambda one: distance(one.groups), default=None)


def _shares(counts: ArrayLike) -> Floats:
    counts = np.asarray(counts, dtype=np.float64)
    total = counts.sum()
    return counts / total if total > 0 else np.full(counts.shape, np.nan)
