"""How sure the shares are: customers are drawn anew, with all their rows, and the shares computed again.

The sums of each group of customers are made once; a replicate is a weighted sum of them. An interval of a share is no
test of anything: shares cannot be negative. What can be asked is whether a driver beats a column of random numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from cxdata.drivers.gram import CUSTOMERS_UNGROUPED, MOST_GROUPS, Floats, group_sums, random_groups
from cxdata.drivers.importance import MOST_PLAYERS, Players, game, lmg_draws, ranks_of, shares_of
from cxdata.drivers.missing import EmFit, em_moments, incomplete_sums
from cxdata.drivers.relative_weights import by_player, johnson
from cxdata.drivers.threads import one_thread

REPLICATES = 1_000
TOP = 3

EXACT_PLAYERS = 17
"""Beyond, replicates use the same few random orders instead of all subsets."""

ORDERS = 200

ROWS_A_COLUMN = 50
"""Rows for each random column of the yardstick: with fewer, they would take part in what they measure."""

_AT_ONCE = 50

Method = Literal["lmg", "johnson"]


@dataclass(frozen=True)
class Bootstrap:
    """Shares in samples of customers drawn anew.

    Parameters
    ----------
    contributions : ndarray of float, shape (b, p)
        In units of R².
    level : float
        Of the intervals (fraction).
    groups, customers : int
        What was drawn, and whose rows they are.
    seed : int
    """

    contributions: Floats
    level: float
    groups: int
    customers: int
    seed: int

    @property
    def shares(self) -> Floats:
        """Fractions of what all drivers explain together, shape (b, p)."""
        return shares_of(self.contributions)

    @property
    def share_interval(self) -> tuple[Floats, Floats]:
        """Percentile limits of the shares (fractions), each of shape (p,)."""
        return self._limits(self.shares)

    def top(self, most: int = TOP) -> Floats:
        """Share of the draws in which each player is among the first `most`, shape (p,)."""
        return (ranks_of(self.contributions) <= most).mean(axis=0)

    def leads(self) -> Floats:
        """Share of the draws in which the row's player contributes more than the column's, shape (p, p)."""
        found = self.contributions
        return (found[:, :, None] > found[:, None, :]).mean(axis=0)

    def _limits(self, draws: ArrayLike) -> tuple[Floats, Floats]:
        tail = (1 - self.level) / 2
        low, high = np.nanquantile(np.asarray(draws, dtype=float), [tail, 1 - tail], axis=0)
        return low, high


@dataclass(frozen=True)
class Yardstick:
    """Each player against a column of random numbers that went through the same analysis.

    Parameters
    ----------
    random : float
        Mean contribution of the random columns, in units of R².
    beats : ndarray of float, shape (p,)
        Share of the draws in which the player contributes more than the random column.
    clear : ndarray of bool, shape (p,)
        Whether the lower percentile limit of the difference is above 0.
    share : float
        Share of what the drivers and one random column explain that the column stays below in `level` of the draws.
    """

    random: float
    beats: Floats
    clear: np.ndarray
    share: float


@one_thread()
def bootstrap_shares(
    x: ArrayLike,
    y: ArrayLike,
    customer: ArrayLike,
    players: Players | None = None,
    *,
    controls: Sequence[int] = (),
    weights: ArrayLike | None = None,
    fit: EmFit | None = None,
    method: Method = "lmg",
    replicates: int = REPLICATES,
    level: float = 0.95,
    seed: int = 0,
    groups: int = MOST_GROUPS,
    ungrouped: int = CUSTOMERS_UNGROUPED,
    progress: Callable[[float], None] = lambda share: None,
) -> Bootstrap:
    """Contributions in samples of customers drawn anew.

    Parameters
    ----------
    x : array_like of float, shape (n, k)
        Drivers and controls; nan where a rating is missing, which is dealt with as in `em_moments`.
    y : array_like of float, shape (n,)
    customer : array_like, shape (n,)
        Whose row it is; a customer's rows stay together.
    players, controls
        As in `importance.lmg`.
    weights : array_like of float, shape (n,), optional
    fit : EmFit, optional
        Of the same rows, if it is at hand.
    method : {"lmg", "johnson"}
    replicates : int
    level : float
        Of the intervals (fraction).
    seed : int
    groups, ungrouped : int
        Random groups of customers to draw where there are more than `ungrouped` customers.
    progress : callable
        Receives the share of the draws that are done (fraction).

    Returns
    -------
    Bootstrap

    References
    ----------
    Efron & Tibshirani (1993), chapter 13, on percentiles; Field & Welsh (2007), JRSS B 69(3), on drawing clusters.
    """
    number, count = random_groups(customer, seed=seed, most=groups, ungrouped=ungrouped)
    fit = em_moments(x, y, weights) if fit is None and np.isnan(np.asarray(x, dtype=float)).any() else fit
    sums = group_sums(x, y, number, weights) if fit is None else incomplete_sums(fit, number, count)
    random = np.random.default_rng(seed)
    draw = _route(sums.resampled(np.ones((1, count)))[1], players, controls, method, seed)
    parts = []
    for start in range(0, replicates, _AT_ONCE):
        size = min(_AT_ONCE, replicates - start)
        counts = random.multinomial(count, np.full(count, 1 / count), size)
        parts.append(draw(sums.resampled(counts)[1]))
        progress((start + size) / replicates)
    customers = int(np.unique(np.asarray(customer)).size)
    return Bootstrap(np.concatenate(parts), level, count, customers, seed)


def random_yardstick(
    x: ArrayLike,
    y: ArrayLike,
    customer: ArrayLike,
    players: Players,
    *,
    controls: Sequence[int] = (),
    weights: ArrayLike | None = None,
    columns: int = 20,
    replicates: int = 200,
    level: float = 0.95,
    seed: int = 0,
) -> Yardstick:
    """Whether each player explains more than random numbers do.

    Several columns of random numbers run the same course, so that the verdict does not hang on a single lucky column.
    All of them take part at once, each with a few thousandths of the variance at most. Weights are Johnson's, as in the
    source, and so cost next to nothing.

    Parameters
    ----------
    x, y, customer, players, controls, weights, level, seed
        As in `bootstrap_shares`.
    columns : int
        Random columns; fewer where there are fewer than `ROWS_A_COLUMN` rows for each, or very many drivers.
    replicates : int
        Draws of customers.

    Raises
    ------
    ValueError
        If there are so many drivers that not one random column can join them.

    References
    ----------
    Tonidandel, LeBreton & Johnson (2009), Psychological Methods 14(4).
    """
    x = np.asarray(x, dtype=float)
    room = MOST_PLAYERS - (x.shape[1] - len(controls))
    columns = max(1, min(columns, room, len(x) // ROWS_A_COLUMN))
    noise = np.random.default_rng([seed, 1]).standard_normal((len(x), columns))
    found = bootstrap_shares(
        np.column_stack([x, noise]), y, customer, [*players, *((x.shape[1] + at,) for at in range(columns))],
        controls=controls, weights=weights, method="johnson", replicates=replicates, seed=seed,
    ).contributions  # fmt: skip
    real, random = found[:, :-columns], found[:, -columns:]
    leads = real[:, :, None] - random[:, None, :]
    low = np.quantile(leads, (1 - level) / 2, axis=(0, 2))
    all_together = real.sum(axis=1, keepdims=True) + random
    share = np.quantile(random / np.where(all_together > 0, all_together, np.nan), level)
    return Yardstick(float(random.mean()), (leads > 0).mean(axis=(0, 2)), low > 0, float(share))


def _route(
    covariance: Floats, players: Players | None, controls: Sequence[int], method: Method, seed: int
) -> Callable[[Floats], Floats]:
    """From covariances (b, k + 1, k + 1) to contributions (b, p)."""
    _, groups = game(covariance, players, controls)
    if method == "johnson":
        return lambda drawn: by_player(johnson(drawn, controls=controls), [list(group) for group in groups])
    if len(groups) <= EXACT_PLAYERS:
        return lambda drawn: lmg_draws(drawn, players, controls=controls)
    from cxdata.drivers.permutations import antithetic, gains_of

    orders = antithetic(len(groups), ORDERS, seed)

    def approximate(drawn: Floats) -> Floats:
        matrices, positions = game(drawn, players, controls)
        return gains_of(matrices, positions, orders).mean(axis=1)

    return approximate
