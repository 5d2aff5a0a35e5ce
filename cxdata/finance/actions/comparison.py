"""One outcome of one action: the change with its interval, its course, and what the months before it say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxdata.finance.actions.difference import (
    Coefficients,
    Drift,
    Rows,
    Wobble,
    change,
    drift,
    gaps,
    natural_limits,
    wobble,
)
from cxdata.finance.actions.settings import AFTER, BEFORE, Windows, first_day
from cxdata.scorecard.estimates import CONFIDENCE_LEVEL, normal_quantile, t_quantile


@dataclass(frozen=True)
class Side:
    """Those reached, or the others, in one window: mean value, answers (contacts, terms) and customers."""

    mean: float
    size: float
    customers: int


@dataclass(frozen=True)
class Comparison:
    """What changed with an action, beyond what changed without it.

    Parameters
    ----------
    estimate, std_error, conf_low, conf_high : float
        In the outcome's unit, with the wobble of whole months; nan where a side is missing.
    sampling_error : float
        The part of the error that comes from customers.
    wobble : Wobble
        Of whole months beyond that. Without a comparison and without months enough to know it, there is no interval.
    p_value : float
    base : int
        Customers of the thinnest of the sides compared.
    reached_before, reached_after, others_before, others_after : Side
    course : DataFrame
        ``month`` (date), ``part``, ``gap`` (against the mean before), ``conf_low``, ``conf_high``, ``reached`` and
        ``others`` (means), ``size``; one row a month, at most 60.
    drift : Drift
        Of the gap, before the action.
    usual_low, usual_high : float
        Natural limits of single months' gaps, by the months before; nan where there are too few.
    outside : int
        Months after the action that lie beyond them.
    months_before, months_after : int
        Months with data.
    """

    estimate: float
    std_error: float
    conf_low: float
    conf_high: float
    sampling_error: float
    wobble: Wobble
    p_value: float
    base: int
    reached_before: Side
    reached_after: Side
    others_before: Side
    others_after: Side
    course: pd.DataFrame
    drift: Drift
    usual_low: float
    usual_high: float
    outside: int
    months_before: int
    months_after: int

    @property
    def without(self) -> float:
        """What those reached would have had after the action without its change."""
        return self.reached_after.mean - self.estimate

    @property
    def drift_explains(self) -> float:
        """What the drift before the action would come to by its middle, had it simply gone on."""
        months = self.course[self.course["part"].isin([BEFORE, AFTER])]
        if months.empty or not np.isfinite(self.drift.per_month):
            return float("nan")
        place = {part: np.mean([day.year * 12 + day.month for day in days])
                 for part, days in months.groupby("part")["month"]}  # fmt: skip
        return self.drift.per_month * float(place.get(AFTER, np.nan) - place.get(BEFORE, np.nan))


def compare(rows: Rows, windows: Windows, *, compared: bool) -> Comparison:
    """Before and after, beside the others.

    Parameters
    ----------
    rows : Rows
        Of all months from `windows.earliest` on.
    windows : Windows
    compared : bool
        Whether rows that the action did not reach are its comparison.

    Returns
    -------
    Comparison
        Estimates are nan where one of the sides has no rows.

    References
    ----------
    See `cxdata.finance.actions.difference`; Satterthwaite (1946), Biometrics Bulletin 2(6), for the freedom of
    an error of two parts.
    """
    part = np.array([windows.part_of(int(month)) for month in rows.month], dtype=str)
    sides = {
        (own, when): _side(rows.where((rows.reached == own) & (part == when)))
        for own in (True, False)
        for when in (BEFORE, AFTER)
    }
    counted = [side.customers for (own, _), side in sides.items() if own or compared]
    has_all = bool(counted) and min(counted) > 0
    estimate, sampling = change(rows, windows, compared=compared) if has_all else (np.nan, np.nan)
    months, found = gaps(rows, compared=compared) if rows.reached.any() else _no_gaps()
    before = months < windows.started
    early = Coefficients(found.estimate[before], found.covariance[np.ix_(before, before)])
    parts = np.array([windows.part_of(int(month)) for month in months], dtype=str)
    steady = before | (parts == AFTER)
    shared = wobble(found.estimate[steady], np.diag(found.covariance)[steady], ~before[steady])
    counts = int((parts == BEFORE).sum()), int((parts == AFTER).sum())
    whole = shared.size**2 * sum(1.0 / count for count in counts if count)
    error = float(np.sqrt(sampling**2 + whole)) if compared or shared.known else float("nan")
    freedom = _freedom(sampling**2, min(counted, default=0) - 1, whole, shared.freedom)
    reach = float(t_quantile(CONFIDENCE_LEVEL, np.array([freedom]))[0]) * error
    course, centre = _course(rows, windows, months, found)
    _, low, high = natural_limits(early.estimate)
    gap = course.loc[course["part"] == AFTER, "gap"].to_numpy(float)
    return Comparison(
        estimate, error, estimate - reach, estimate + reach, sampling, shared, _p_value(estimate, error, freedom),
        min(counted, default=0), sides[True, BEFORE], sides[True, AFTER], sides[False, BEFORE], sides[False, AFTER],
        course, drift(months[before], early, shared.size), low - centre, high - centre,
        int(((gap < low - centre) | (gap > high - centre)).sum()), *counts,
    )  # fmt: skip


def _no_gaps() -> tuple[np.ndarray, Coefficients]:
    return np.empty(0, dtype=np.intp), Coefficients(np.empty(0), np.empty((0, 0)))


def _side(rows: Rows) -> Side:
    if not rows.month.size:
        return Side(float("nan"), 0.0, 0)
    return Side(
        float(rows.total.sum() / rows.weight.sum()),
        float(rows.size.sum()),
        int(np.unique(rows.customer).size),
    )


def _freedom(sampling: float, customers: int, whole: float, months: int) -> float:
    parts = [(sampling, max(customers, 1)), (whole, max(months, 1))]
    below = sum(variance**2 / count for variance, count in parts)
    total = sampling + whole
    return float(total**2 / below) if np.isfinite(below) and below > 0 else 1.0


def _p_value(estimate: float, error: float, freedom: float) -> float:
    from scipy.special import stdtr

    return float(2 * stdtr(freedom, -abs(estimate) / error)) if error > 0 else float("nan")


def _course(
    rows: Rows, windows: Windows, months: np.ndarray, found: Coefficients
) -> tuple[pd.DataFrame, float]:
    """Gaps against their mean before the action, with intervals; and that mean, nan where there is none."""
    columns = ["month", "part", "gap", "conf_low", "conf_high", "reached", "others", "size"]
    own, other = rows.where(rows.reached), rows.where(~rows.reached)
    level, size = _means(own, months), np.array([own.size[own.month == month].sum() for month in months])
    parts = [windows.part_of(int(month)) for month in months]
    base = np.where(np.array(parts, dtype=str) == BEFORE, size, 0.0)
    if not base.sum():
        return pd.DataFrame(columns=columns), float("nan")
    # Gaps relative to the mean before share its error: the whole covariance is needed.
    lean = np.eye(months.size) - base / base.sum()
    gap = lean @ found.estimate
    reach = normal_quantile(CONFIDENCE_LEVEL) * np.sqrt(
        np.maximum(np.diag(lean @ found.covariance @ lean.T), 0.0)
    )
    frame = pd.DataFrame(
        {
            "month": [first_day(int(month)) for month in months],
            "part": parts,
            "gap": gap,
            "conf_low": gap - reach,
            "conf_high": gap + reach,
            "reached": level,
            "others": _means(other, months),
            "size": size,
        },
        columns=columns,
    )
    return frame, float(base @ found.estimate / base.sum())


def _means(rows: Rows, months: np.ndarray) -> np.ndarray:
    found = []
    for month in months:
        here = rows.month == month
        found.append(rows.total[here].sum() / rows.weight[here].sum() if here.any() else np.nan)
    return np.array(found, dtype=float)
