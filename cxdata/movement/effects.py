"""Rate and mix: a change of a total split exactly into what its groups did, with standard errors.

The total of a period is the mean of its groups' scores, weighted by their shares of the answers. Between
two periods the shares and the scores both move. With bars for means over the two periods,

    rate of a group = mean share × change of its score
    mix of a group  = change of its share × (its mean score − mean of the two totals)

add up to the change of the total without a remainder. This is the symmetric (midpoint) decomposition of
Kitagawa, which is the Shapley value of the two factors: neither period is the base. Because the changes
of shares sum to zero, any constant may be taken off the scores in the mix; the mean of the totals makes a
group's mix say what it means: more answers from those who score below the average pull the total down.

A group that answered in one of the two periods only has no change of its score, so it is not forced into
either part: its whole contribution, share × (score − mean of the totals), is called entered or left.

Standard errors by the delta method: within a period, the answers are a multinomial sample of groups and
of scores within groups; the periods are independent samples, but for people who answered more than once, whose
answers go together within and between the periods (`repeats`). A mix effect is
a product: the error taken at its estimates is too large on average where neither the share moved nor the
score differs from the mean, and too small in samples where both happen to come out next to nothing. Where
both lie one and a half to two of their errors from nothing, 95 % intervals of the mix hold about 90 %
(docs/coverage.md). A part that is next to nothing is unclear all the same: a product is clear only where
both its factors are.

References
----------
Kitagawa (1955), "Components of a Difference Between Two Rates", JASA 50(272), 1168-1194.
Das Gupta (1993), Standardization and Decomposition of Rates, US Bureau of the Census, P23-186.
Shorrocks (2013), Journal of Economic Inequality 11(1), 99-126, on the Shapley value of a decomposition.
Cochran (1977), Sampling Techniques, ch. 6, for the linearised variance of weighted shares.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxdata.movement.repeats import Repeats, widened
from cxdata.scorecard.estimates import Floats, nan_if_zero

PARTS = ("rate", "mix", "entered", "left")


@dataclass(frozen=True)
class Groups:
    """The answers of one period by group, each array of shape (n,).

    Parameters
    ----------
    weight, weight_sq : ndarray of float
        Sums of the answers' weights and of their squares; without weights both are the answers.
    score : ndarray of float
        Mean value of an answer; nan where a group has no answers.
    std_error : ndarray of float
        Of `score`, in its unit; not looked at where a group has no answers.
    """

    weight: Floats
    weight_sq: Floats
    score: Floats
    std_error: Floats


@dataclass(frozen=True)
class Effects:
    """Contributions to the change of a total, in the unit of the scores, with standard errors.

    Parameters
    ----------
    estimate : ndarray of float, shape (n, 4)
        Per group and per part, in the order of `PARTS`; 0 where a part does not apply.
    covariance : ndarray of float, shape (4, n, n)
        Of the estimates of each part.
    before, after : float
        The totals of the two periods; their difference is the sum of all estimates.
    share_before, share_after : ndarray of float, shape (n,)
        Fractions of the answers, 0-1.
    """

    estimate: Floats
    covariance: Floats
    before: float
    after: float
    share_before: Floats
    share_after: Floats

    @property
    def std_error(self) -> Floats:
        """Standard errors of the estimates, shape (n, 4)."""
        return np.asarray(np.sqrt(np.diagonal(self.covariance, axis1=1, axis2=2)).T)

    def pooled(self, part: str, rows: NDArray[np.bool_] | None = None) -> tuple[float, float]:
        """A part summed over groups (all by default), with the standard error of the sum."""
        place = PARTS.index(part)
        chosen = np.ones(self.share_before.size, dtype=bool) if rows is None else rows
        variance = float(self.covariance[place][np.ix_(chosen, chosen)].sum())
        return float(self.estimate[chosen, place].sum()), float(np.sqrt(max(variance, 0.0)))


def rate_and_mix(before: Groups, after: Groups, repeats: Repeats | None = None) -> Effects:
    """Split the change of a total into rate, mix, entered and left, group by group.

    Parameters
    ----------
    before, after : Groups, shape (n,)
        The same groups in the same order; a group may be empty in one of the periods, or in both.
    repeats : Repeats, optional
        Pairs of answers of one person; without, every answer is a person's only one.

    Returns
    -------
    Effects
        `estimate` sums to `after` - `before`.

    Raises
    ------
    ValueError
        If the periods differ in length, or one has no answers at all.

    References
    ----------
    Kitagawa (1955), JASA 50(272); see the module.
    """
    if before.weight.shape != after.weight.shape:
        raise ValueError(f"{before.weight.size} groups before, {after.weight.size} after: list both alike.")
    for name, groups in (("before", before), ("after", after)):
        if not groups.weight.sum() > 0:
            raise ValueError(f"the period {name} has no answers; there is no change to split.")
    share0, share1 = before.weight / before.weight.sum(), after.weight / after.weight.sum()
    answered0, answered1 = share0 > 0, share1 > 0
    score0, score1 = np.where(answered0, before.score, 0.0), np.where(answered1, after.score, 0.0)
    total0, total1 = float(share0 @ score0), float(share1 @ score1)
    centre = (total0 + total1) / 2
    stayed = (answered0 & answered1).astype(float)
    entered, left = (answered1 & ~answered0).astype(float), (answered0 & ~answered1).astype(float)

    share_mean, share_change = (share0 + share1) / 2, share1 - share0
    score_mean, score_change = (score0 + score1) / 2, score1 - score0
    estimate = np.column_stack(
        [
            stayed * share_mean * score_change,
            stayed * share_change * (score_mean - centre),
            entered * share1 * (score1 - centre),
            left * -share0 * (score0 - centre),
        ]
    )
    # How strongly each part hangs on the mean of the totals: minus the share that it moves.
    on_centre = [np.zeros(share0.size), -share_change * stayed, -share1 * entered, share0 * left]
    covariance = np.zeros((4, share0.size, share0.size))
    # By part and period: the change of a group's part by one more answer, and by its distance from its group's score.
    influences: list[list[tuple[Floats, Floats]]] = [[] for _ in PARTS]
    for period, (groups, share, score, sign) in enumerate(
        ((before, share0, score0, -1.0), (after, share1, score1, 1.0))
    ):
        by_share = [  # derivative of each group's part by its own share
            stayed * score_change / 2,
            sign * stayed * (score_mean - centre),
            entered * (score - centre) * period,
            -left * (score - centre) * (1 - period),
        ]
        by_score = [  # and by its own score
            sign * stayed * share_mean,
            stayed * share_change / 2,
            entered * share * period,
            -left * share * (1 - period),
        ]
        for part in range(4):
            towards_share, towards_score = _gradients(
                share, score, by_share[part], by_score[part], on_centre[part]
            )
            covariance[part] += _covariance(groups, share, towards_share, towards_score)
            per_answer = np.where(share > 0, 1 / np.where(share > 0, groups.weight, 1.0), 0.0)
            influences[part].append((towards_share / groups.weight.sum(), towards_score * per_answer))
    if repeats is not None and repeats.usable:
        scores = np.stack([score0, score1])
        for part, sides in enumerate(influences):
            added = repeats.covariance([side[0] for side in sides], [side[1] for side in sides], scores)
            covariance[part] = widened(covariance[part], added)
    return Effects(
        estimate=estimate,
        covariance=covariance,
        before=total0,
        after=total1,
        share_before=share0,
        share_after=share1,
    )


def _gradients(
    share: Floats, score: Floats, by_share: Floats, by_score: Floats, on_centre: Floats
) -> tuple[Floats, Floats]:
    """Derivatives of a part of all groups (rows) by one period's shares and scores (columns), each of shape (n, n).

    The centre moves by half of each total: share × score, so that its derivative is (score or share) / 2. Shares are
    ratios of sums: one more answer of a group takes from all others.
    """
    towards_share = np.diag(by_share) + np.outer(on_centre, score / 2)
    towards_score = np.diag(by_score) + np.outer(on_centre, share / 2)
    return np.asarray(towards_share - (towards_share @ share)[:, None], dtype=float), towards_score


def _covariance(groups: Groups, share: Floats, towards_share: Floats, towards_score: Floats) -> Floats:
    """Covariance that one period's sampling of independent answers gives to a part of all groups, shape (n, n)."""
    spread = np.where(share > 0, groups.std_error, 0.0) ** 2
    # Linearised, each answer counts with its squared weight.
    of_shares = (towards_share * groups.weight_sq) @ towards_share.T / groups.weight.sum() ** 2
    return np.asarray((towards_score * spread) @ towards_score.T + of_shares, dtype=float)


def normal_p_values(estimate: ArrayLike, std_error: ArrayLike) -> Floats:
    """Two-sided p-values of estimates that are about normal, any shape; nan where there is no error to judge by."""
    import math

    ratio = np.abs(np.asarray(estimate, float)) / nan_if_zero(np.nan_to_num(np.asarray(std_error, float)))
    flat = [math.erfc(value / math.sqrt(2)) if value == value else np.nan for value in ratio.ravel()]
    return np.asarray(flat, dtype=float).reshape(ratio.shape)
