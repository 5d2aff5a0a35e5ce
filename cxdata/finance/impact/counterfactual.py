"""One joint counterfactual: who stays with the change against without it, year by year and draw by draw.

Customers are never averaged first: each row's chance moves by its own amount, and only money is summed. Working in
blocks of rows × draws keeps memory small whatever the number of customers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxdata.finance.impact.populations import Population

Floats = NDArray[np.float64]
Cells = NDArray[Any]

AT_ONCE = 2**17
"""Numbers of a block: its working arrays then fit in a processor's cache."""

FARTHEST = 15.0
"""Log-odds beyond which nobody is told apart: a chance of one in three million stays a chance."""

MARGIN, REVENUE, CUSTOMERS = range(3)


@dataclass(frozen=True)
class Plan:
    """How a change unfolds, for D draws, L levers and T years.

    Parameters
    ----------
    runs : tuple of (levers, share)
        Nested groups of customers: which levers reach them, and the share (0-1) of customers, shape (D,).
    in_force : ndarray of float, shape (L, T)
        Share of each effect in each year.
    attribution : ndarray of float, shape (L, D)
        Share of the effect that counts, for the cross-sell only: shifts hold it already.
    tenure : ndarray of float, shape (D,)
        Coefficient of log(1 + days).
    growth : float
        Of money per year.
    cross_sell, discount_rate : ndarray of float, shape (D,)
    tail : bool
    per_customer : ndarray of bool, shape (L,)
        Whether customers reached have to be counted.
    columns : tuple of int, length L
        Of the regression that each lever moves; -1 for none.
    """

    runs: tuple[tuple[tuple[int, ...], Floats], ...]
    in_force: Floats
    attribution: Floats
    tenure: Floats
    growth: float
    cross_sell: Floats
    discount_rate: Floats
    tail: bool
    per_customer: NDArray[np.bool_]
    columns: tuple[int, ...]

    def key(self, lever: int, levers: tuple[int, ...]) -> Key:
        """Which shift of a lever counts in a run: of one column, each lever goes on where the one before it ended."""
        own = self.columns[lever]
        return lever, tuple(one for one in levers if one < lever and own >= 0 and self.columns[one] == own)

    @property
    def keys(self) -> tuple[Key, ...]:
        """All shifts that the runs need."""
        return tuple(dict.fromkeys(self.key(lever, levers) for levers, _ in self.runs for lever in levers))

    @property
    def years(self) -> int:
        """Years of the horizon."""
        return int(self.in_force.shape[1])


@dataclass(frozen=True)
class Totals:
    """Sums over rows: P parts, D draws, T years.

    Parameters
    ----------
    sums : ndarray of float, shape (3, P, D, T)
        Margin, revenue and customers with the change less without it; money grows with its rate.
    cross_sell : ndarray of float, shape (P, D, T)
        Margin that survivors bring in addition: those whom a lever moves; of a change of the retention rate, only those
        who are kept by it.
    tail : ndarray of float, shape (P, D)
        Present value after the horizon.
    reached : ndarray of float, shape (L, D, T)
        Customers reached who are there at the start of each year.
    """

    sums: Floats
    cross_sell: Floats
    tail: Floats
    reached: Floats

    @classmethod
    def empty(cls, parts: int, levers: int, draws: int, years: int) -> Totals:
        """All zero."""
        return cls(
            np.zeros((3, parts, draws, years)), np.zeros((parts, draws, years)), np.zeros((parts, draws)),
            np.zeros((levers, draws, years)),
        )  # fmt: skip


Key = tuple[int, tuple[int, ...]]
"""A lever, and the levers of the same column that have moved it before."""

Block = Callable[[slice], tuple[Cells, Mapping[Key, Cells], Sequence[Cells]]]
"""Of a slice of the population: log-odds of churn (g, D) as they are; the shifts (g, D) or (g, 1) at full force that the
plan needs; per lever who is reached at all (g,), which may be empty where nobody counts them."""


def simulate(
    population: Population,
    block: Block,
    plan: Plan,
    totals: Totals,
    draws: NDArray[np.intp],
    *,
    weight: float = 1.0,
    done: Callable[[int], None] | None = None,
) -> None:
    """Add what happens to a population to the totals.

    Parameters
    ----------
    population : Population
    block : callable
        See `Block`.
    plan : Plan
        For the draws at hand.
    totals : Totals
        Is added to.
    draws : ndarray of int
        Places of the plan's draws in the totals.
    weight : float
        Of these rows, such as 1 ÷ completed sets.
    done : callable, optional
        Called with the number of rows of each block.
    """
    size = len(population.rows) if population.terms is not None else max(32, AT_ONCE // max(len(draws), 1))
    for start, stop, part, terms in population.stretches:
        for first in range(start, stop, size):
            rows = slice(first, min(first + size, stop))
            # Odds are bounded away from 0, so that a factor beyond all numbers makes a chance of 0 or 1, never nan.
            with np.errstate(over="ignore", under="ignore"):
                _block(population, rows, part, terms, block(rows), plan, totals, draws, weight)
            if done is not None:
                done(rows.stop - rows.start)


def _block(
    population: Population,
    rows: slice,
    part: int,
    terms: float,
    cells: tuple[Cells, Mapping[Key, Cells], Sequence[Cells]],
    plan: Plan,
    totals: Totals,
    draws: NDArray[np.intp],
    weight: float,
) -> None:
    log_odds, shifts, reached = cells
    money = population.money[:, rows] * log_odds.dtype.type(weight)
    odds = np.exp(np.clip(log_odds, -FARTHEST, FARTHEST, out=log_odds), out=log_odds)
    there = np.ones_like(odds)
    with_change = [np.ones_like(odds) for _ in plan.runs]
    factors = [np.empty(0, odds.dtype)] * len(plan.runs)
    tenure = plan.tenure.astype(odds.dtype)
    now, kept, apart = odds, np.empty_like(odds), np.empty_like(odds)
    power = terms if population.terms is None else _power(population.terms[rows, None])

    def added(weights: Cells, values: Cells) -> Floats:
        """Sums over the rows, shape (..., D), or (..., parts, 1) where all parts are in one stretch."""
        if population.starts is None:
            return np.asarray(weights @ values, dtype=float)
        return np.add.reduceat(weights * values[:, 0], population.starts, axis=-1)[..., None]

    here = part if population.held is None else population.held
    for year in range(plan.years):
        if population.advance is not None and year:
            older = np.exp(population.advance[year, rows, None] * tenure)
            now = np.multiply(older, odds, out=older)
        grown = (1.0 + plan.growth) ** year
        _retained(now, power, kept)
        there *= kept
        for place, ((levers, share), survivors) in enumerate(zip(plan.runs, with_change, strict=True)):
            for lever in levers:
                if plan.per_customer[lever]:
                    counted = (money[CUSTOMERS] * reached[lever]) @ survivors
                    totals.reached[lever, draws, year] += np.asarray(counted, dtype=float) * share
            force = plan.in_force[list(levers), year]
            if year == 0 or not np.array_equal(force, plan.in_force[list(levers), year - 1]):
                factors[place] = _factor([shifts[plan.key(lever, levers)] for lever in levers], force)
            np.multiply(now, factors[place], out=apart)
            _retained(apart, power, apart)
            survivors *= apart
            np.subtract(survivors, there, out=apart)
            found = added(money, apart) * share
            found[:CUSTOMERS] *= grown
            _add(totals.sums[..., year], here, draws, found)
            if plan.cross_sell.any() and plan.columns[levers[0]] < 0:
                _add(totals.cross_sell[..., year], here, draws, found[MARGIN] * plan.cross_sell)
            elif plan.cross_sell.any():
                moved = [shifts[plan.key(lever, levers)].any(axis=1) for lever in levers]
                touched = np.any(moved, axis=0)
                strength = (plan.attribution[list(levers)] * force[:, None]).max(axis=0)
                brought = added(money[MARGIN] * touched, survivors) * share
                _add(totals.cross_sell[..., year], here, draws, brought * strength * plan.cross_sell * grown)
            if plan.tail and year == plan.years - 1:
                later = added(money[MARGIN], apart * _after(kept, plan)) * share
                _add(totals.tail, here, draws, later)


def _add(target: Floats, part: int | NDArray[np.intp], draws: NDArray[np.intp], found: Floats) -> None:
    """Add to the part or parts (second axis from the end) and draws (last axis) of a total."""
    if isinstance(part, int):
        target[..., part, draws] += found
    else:
        target[..., part[:, None], draws] += found


def _factor(shifts: Sequence[Cells], force: Floats) -> Cells:
    """What the odds are multiplied by, shape (g, D) or (g, 1)."""
    total = shifts[0] * shifts[0].dtype.type(force[0])
    for shift, share in zip(shifts[1:], force[1:], strict=True):
        total = total + shift * shift.dtype.type(share)
    return np.asarray(np.exp(total, out=total))


def _power(terms: Cells) -> float | NDArray[Any]:
    """Terms a year as an exponent: yes or no where they are 1 or 2, for a power costs as much as all the rest."""
    if (terms == 1.0).all():
        return 1.0
    return np.asarray(terms == 2.0) if np.isin(terms, (1.0, 2.0)).all() else terms


def _retained(odds: Cells, terms: float | NDArray[Any], out: Cells) -> Cells:
    """Share kept over a year: (1 / (1 + odds)) ** terms."""
    np.add(odds, 1.0, out=out)
    np.reciprocal(out, out=out)
    if isinstance(terms, np.ndarray):
        if terms.dtype == bool:
            np.multiply(out, out, out=out, where=terms)
        else:
            np.power(out, terms, out=out)
    elif terms == 2.0:
        np.multiply(out, out, out=out)
    elif terms != 1.0:
        np.power(out, out.dtype.type(terms), out=out)
    return out


def _after(kept: Cells, plan: Plan) -> Cells:
    """Present value of one unit of yearly margin of those there at the end of the horizon, behaving as ever."""
    rate = plan.discount_rate.astype(kept.dtype)
    stay = kept * kept.dtype.type(1.0 + plan.growth)
    now = (1.0 + plan.discount_rate) ** (0.5 - plan.years) * (1.0 + plan.growth) ** (plan.years - 1)
    return np.asarray(stay / (1.0 + rate - stay) * now.astype(kept.dtype))


def nested(reach: Floats) -> Iterator[tuple[NDArray[np.intp], tuple[tuple[tuple[int, ...], Floats], ...]]]:
    """Groups of draws with the same order of reach, and for each the nested groups of customers.

    Levers reach the same customers first: those whom the narrowest lever reaches are reached by all.

    Parameters
    ----------
    reach : ndarray of float, shape (L, D)
        0-1.

    Yields
    ------
    draws : ndarray of int
    runs : tuple of (levers, share)
        As in `Plan`; groups that nobody is in are left out.
    """
    order = np.argsort(-reach, axis=0, kind="stable")
    kinds, group = np.unique(order, axis=1, return_inverse=True)
    for number, levers in enumerate(kinds.T):
        draws = np.flatnonzero(group.ravel() == number)
        levels = np.vstack([reach[levers][:, draws], np.zeros(len(draws))])
        shares = levels[:-1] - levels[1:]
        runs = [
            (tuple(sorted(int(lever) for lever in levers[: place + 1])), share)
            for place, share in enumerate(shares)
            if share.any()
        ]
        yield draws, tuple(runs)
