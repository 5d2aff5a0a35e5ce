"""Decisions of the last year that stand for the customers there are: weighted so that their money agrees."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxdata.errors import InputBlocked, TooLittleData
from cxdata.finance.impact.base import KEPT, OPEN, Base
from cxdata.messages import message
from cxdata.models.churn import ChurnRegression

Floats = NDArray[np.float64]

USUAL_TERMS = np.array([1 / 5, 1 / 4, 1 / 3, 1 / 2, 1.0, 2.0, 4.0, 12.0])
"""Terms a year that a length in days is taken for where it is within a twelfth of it."""

DAYS = 365.0


@dataclass(frozen=True)
class Profiles:
    """Rows of a churn regression with the customers and the money that each stands for.

    Parameters
    ----------
    base : Base
    regression : ChurnRegression
    rows : ndarray of int, shape (n,)
        Of the regression.
    customers, value, margin : ndarray of float, shape (n,)
        Customers, and their revenue and margin per year.
    terms_per_year : ndarray of float, shape (n,)
    segment : ndarray of int, shape (n,)
        Place in ``base.segments``.
    """

    base: Base
    regression: ChurnRegression
    rows: NDArray[np.intp]
    customers: Floats
    value: Floats
    margin: Floats
    terms_per_year: Floats
    segment: NDArray[np.intp]

    @property
    def negative(self) -> NDArray[np.bool_]:
        """Those who cost more than they bring, shape (n,)."""
        return self.margin < 0

    @cached_property
    def tenure(self) -> tuple[Floats, Floats]:
        """Days of tenure, and the longest among decisions with as many terms a year, shape (n,) each."""
        days = np.maximum(np.nan_to_num(self.regression.tenure_days[self.rows]), 0.0)
        kinds, kind = np.unique(self.terms_per_year, return_inverse=True)
        longest = np.zeros(len(kinds))
        np.maximum.at(longest, kind, days)
        return days, longest[kind]


def profiles_of(
    regression: ChurnRegression, active: pd.DataFrame, *, margin_share: float | None = None
) -> Profiles:
    """Weight the decisions of the last year so that each part of the base has its customers, revenue and margin.

    Parts are segments by product by sign of the margin by length of the term (the nearest of `USUAL_TERMS`); where no
    decision has the length, those of the other lengths stand for it. A customer with twelve terms a year decided
    twelve times: within a part a decision weighs 1 ÷ terms a year, among customers and in money, which it takes in
    proportion to its own.

    Parameters
    ----------
    regression : ChurnRegression
        Its filters have to be those of `active`.
    active : DataFrame
        From `query.active_terms`: ``segment``, ``product``, ``kind``, ``sign``, ``customers``, ``annual_value``,
        ``annual_margin``; ``term_days``, without which lengths of terms make no parts.
    margin_share : float, optional
        Margin as a share (0-1) of revenue where none is known: an assumption, to be said as one.

    Raises
    ------
    InputBlocked
        If no margin is known and no share is assumed.
    TooLittleData
        If there are no active customers, or no decision stands for any of them.
    ValueError
        If the share is not between 0 and 1.

    References
    ----------
    Deville, Särndal & Sautory (1993), Journal of the American Statistical Association 88(423) on raking.
    """
    active, known = _with_margins(active, margin_share)
    margins, values = regression.annual_margin, regression.annual_value
    if margin_share is not None:
        margins = np.where(np.isnan(margins), margin_share * values, margins)
    usable = np.flatnonzero(np.isfinite(margins))
    by_length = "term_days" in active
    active = active.assign(length=_length(active["term_days"].to_numpy(float)) if by_length else 0)
    told = pd.DataFrame(
        {
            "segment": regression.segment[usable], "product": regression.product[usable],
            "negative": margins[usable] < 0,
            "length": _length(regression.term_days[usable]) if by_length else 0,
        }
    )  # fmt: skip
    parts, uncovered = _parts(told, active)
    if not parts:
        raise TooLittleData(
            message(
                "no decision of the last year belongs to a segment and product of the {n:,} active customers, so that "
                "nothing stands for them. Choose a later month or fewer filters.",
                n=round(float(active["customers"].sum())),
            )
        )
    terms = terms_per_year(regression.term_days[usable])
    values, margins, weight = values[usable], margins[usable], 1.0 / terms
    customers, value, margin = np.zeros((3, len(usable)))
    stands = np.zeros(len(usable), dtype=bool)
    for rows, totals in parts:
        stands[rows] = True
        customers[rows] += totals[0] * weight[rows] / weight[rows].sum()
        value[rows] += _shared(totals[1], values[rows], weight[rows])
        margin[rows] += _shared(totals[2], margins[rows], weight[rows])
    chosen = usable[stands]
    customers, value, margin, terms = customers[stands], value[stands], margin[stands], terms[stands]
    segments = tuple(sorted(set(active["segment"])))
    total = float(active["annual_margin"].abs().sum())
    negative = active[active["negative"]]
    base = Base(
        customers=float(active["customers"].sum()), annual_value=float(active["annual_value"].sum()),
        annual_margin=float(active["annual_margin"].sum()), churn=0.0,
        negative_customers=float(negative["customers"].sum()), negative_margin=float(negative["annual_margin"].sum()),
        profiles=len(chosen), coverage=1.0 - uncovered / total if total > 0 else 1.0, margin_known=known,
        kind=OPEN if (active["kind"] == OPEN).any() else KEPT, first=regression.first, last=regression.last,
        segments=segments, margin_share=margin_share if known < 1 else None,
    )  # fmt: skip
    at = np.searchsorted(np.array(segments), regression.segment[chosen])
    whole = Profiles(base, regression, chosen, customers, value, margin, terms, at.astype(np.intp))
    return collapsed(replace(whole, base=replace(base, churn=churn_of(whole))))


def churn_of(profiles: Profiles) -> float:
    """Share (0-1) of the customers that the regression expects to lose within a year."""
    found = profiles.regression
    kept = np.zeros(len(profiles.rows))
    for rows, theta in zip(found.x, found.coefficients, strict=True):
        odds = np.clip(rows[profiles.rows] @ theta, -30.0, 30.0)
        kept += (1.0 / (1.0 + np.exp(odds))) ** profiles.terms_per_year / found.sets
    return float(1.0 - np.average(kept, weights=profiles.customers))


def terms_per_year(days: Floats) -> Floats:
    """How often a year a term comes up; a usual number where its length is near to one.

    Parameters
    ----------
    days : ndarray of float, shape (n,)
        nan or 0 counts as a year.
    """
    exact, nearest = _exact(days), USUAL_TERMS[_length(days)]
    return np.where(np.abs(exact / nearest - 1.0) < 1 / 12, nearest, exact)


def collapsed(profiles: Profiles) -> Profiles:
    """One row for all that are alike in everything a valuation looks at: exact, as value adds up.

    Left as they are where completed sets differ, or next to nothing repeats.
    """
    found = profiles.regression
    if found.sets > 1 or not len(profiles.rows):
        return profiles
    rows = np.ascontiguousarray(found.x[0][profiles.rows])
    key = _hashed(rows)
    flags = [profiles.segment, profiles.negative, profiles.terms_per_year]
    flags += [driver.met[profiles.rows] for driver in found.drivers if driver.met is not None]
    if found.tenure_column >= 0:
        flags.append(found.tenure_days[profiles.rows])
    for place, flag in enumerate(flags):
        key ^= _hashed(np.asarray(flag, dtype=np.float64)[:, None].view(np.uint32), place + 1)
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    if len(first) > 0.9 * len(rows):
        return profiles
    group = group.ravel()
    if not np.array_equal(rows, rows[first][group]):
        return profiles
    sums = [
        np.bincount(group, part).astype(float)
        for part in (profiles.customers, profiles.value, profiles.margin)
    ]
    return replace(
        profiles, rows=profiles.rows[first], customers=sums[0], value=sums[1], margin=sums[2],
        terms_per_year=profiles.terms_per_year[first], segment=profiles.segment[first],
    )  # fmt: skip


def _hashed(rows: NDArray[np.generic], seed: int = 0) -> NDArray[np.uint64]:
    """A 64-bit number per row: odd multipliers, then the high bits folded in."""
    words = rows.view(np.uint32).astype(np.uint64)
    random = np.random.default_rng(seed + 17)
    factors = [np.uint64(2 * random.integers(1, 2**62) + 1) for _column in range(words.shape[1])]
    total = np.zeros(len(words), dtype=np.uint64)
    for place in range(words.shape[1]):
        mixed = (words[:, place] + factors[place]) * factors[place]
        total += mixed ^ (mixed >> np.uint64(29))
    return total


def _with_margins(active: pd.DataFrame, margin_share: float | None) -> tuple[pd.DataFrame, float]:
    """Customers whose margin is known or assumed, and which share of all it is known of."""
    if margin_share is not None and not 0 <= margin_share <= 1:
        raise ValueError(f"margin_share = {margin_share:g} is not between 0 and 1.")
    everybody = float(active["customers"].sum())
    if not everybody > 0:
        raise TooLittleData(
            message(
                "subscriptions: no customer has a term that runs or was renewed last, so there is nobody to value. Choose "
                "fewer filters, or export running terms with outcome = open."
            )
        )
    unknown = active["sign"] == "unknown"
    known = 1.0 - float(active.loc[unknown, "customers"].sum()) / everybody
    if margin_share is not None:
        active = active.assign(
            annual_margin=active["annual_margin"].where(~unknown, margin_share * active["annual_value"])
        )
    else:
        active = active[~unknown]
        if active.empty:
            raise InputBlocked(
                message(
                    "subscriptions.annual_margin: none of the {n:,} active customers has a margin, and revenue is not "
                    "what a kept customer is worth. Export the margin, or state one as a "
                    "share of revenue (margin_share, 0 to 1).",
                    n=round(everybody),
                )
            )
    return active.assign(negative=active["sign"] == "negative"), known


def _parts(told: pd.DataFrame, active: pd.DataFrame) -> tuple[list[tuple[NDArray[np.intp], Floats]], float]:
    """Decisions and the customers, revenue and margin that they stand for; and the margin that none stands for.

    Parameters
    ----------
    told : DataFrame
        A row per decision: ``segment``, ``product``, ``negative``, ``length``.
    active : DataFrame
        The same, with ``customers``, ``annual_value``, ``annual_margin``.
    """
    part = ["segment", "product", "negative"]
    of_length = told.groupby([*part, "length"], sort=True).indices
    of_any = told.groupby(part, sort=True).indices
    found: list[tuple[NDArray[np.intp], Floats]] = []
    uncovered = 0.0
    for key, rows in active.groupby([*part, "length"], sort=True):
        totals = rows[["customers", "annual_value", "annual_margin"]].sum().to_numpy(float)
        decisions = of_length.get(key, of_any.get(key[:3]))
        if decisions is None:
            uncovered += abs(totals[2])
        else:
            found.append((np.asarray(decisions, dtype=np.intp), totals))
    return found, uncovered


def _length(days: Floats) -> NDArray[np.intp]:
    """Which of the usual numbers of terms a year is nearest, shape (n,): a place in `USUAL_TERMS`."""
    return np.asarray(np.abs(np.log(_exact(days)[:, None] / USUAL_TERMS)).argmin(axis=1), dtype=np.intp)


def _exact(days: Floats) -> Floats:
    return np.asarray(DAYS / np.where(np.isfinite(days) & (days > 0), days, DAYS), dtype=float)


def _shared(total: float, own: Floats, weight: Floats) -> Floats:
    """A total in proportion to what each has, times its weight; to the weights alone where none has any."""
    size = np.where(np.isfinite(own), np.abs(own), 0.0) * weight
    if not size.sum() > 0:
        size = weight
    return np.asarray(total * size / size.sum(), dtype=float)
