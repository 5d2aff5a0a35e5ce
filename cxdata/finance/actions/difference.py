"""Difference in differences: what changed where an action was, beyond what changed elsewhere.

Rows are sums per customer and month. The change is a coefficient of a weighted regression with a level for every
stratum (segment and question), a level for every month, and one for "reached by the action, and after it":

    value = level of the stratum + level of the month + change × (reached and after)

Without a comparison the levels of the months are left out, and the change is that of before to after. Errors are
clustered by customer; as one customer has rows on both sides, they may not be treated as independent. Chance moves
single customers, but also whole months: where the gap between both sides wobbled from month to month before the
action by more than its answers explain (DerSimonian and Laird's moment estimate), that is added.

References
----------
Angrist & Pischke (2009), Mostly Harmless Econometrics, ch. 5; Liang & Zeger (1986), Biometrika 73(1);
Donald & Lang (2007), Review of Economics and Statistics 89(2), on shocks that a whole group shares;
DerSimonian & Laird (1986), Controlled Clinical Trials 7(3); Roth (2022), AER: Insights 4(3), on what tests of a
drift before the action cannot show; Wheeler (2000), Understanding Variation, on natural limits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxdata.finance.actions.settings import AFTER, BEFORE, Windows
from cxdata.models.fits import independent_columns, numbered
from cxdata.scorecard.estimates import CONFIDENCE_LEVEL, Floats, t_quantile

FEWEST_MONTHS = 6
"""Months before an action without which its usual wobble, drift and limits are not known."""

MOVING_RANGE_LIMIT = 2.66  # three sigma in units of the mean moving range of single values


@dataclass(frozen=True)
class Rows:
    """Sums of one outcome, one row per customer, month and stratum; arrays of shape (n,).

    Parameters
    ----------
    customer, stratum, month : ndarray
        Who, which segment and question (numbered from 0), and which month (year × 12 + month − 1).
    reached : ndarray of bool
        Whether the action was for them; alike within a stratum.
    total, weight : ndarray of float
        The outcome's value is total ÷ weight: points ÷ answers, minutes ÷ contacts, value kept ÷ value due.
    size : ndarray of float
        Answers, contacts or terms behind it.
    """

    customer: NDArray[np.generic]
    stratum: NDArray[np.intp]
    month: NDArray[np.intp]
    reached: NDArray[np.bool_]
    total: Floats
    weight: Floats
    size: Floats

    def __post_init__(self) -> None:
        lengths = {np.shape(part)[0] for part in vars(self).values()}
        if len(lengths) > 1:
            raise ValueError(f"the columns of the rows have {sorted(lengths)} entries; they must agree.")
        if np.any(~(self.weight > 0)) or np.any(~np.isfinite(self.total)):
            raise ValueError("every row needs a weight above 0 and a finite total; leave the others out.")

    def where(self, kept: NDArray[np.bool_]) -> Rows:
        """Only some of the rows."""
        return Rows(*(part[kept] for part in vars(self).values()))


@dataclass(frozen=True)
class Cells:
    """Strata and months that hold rows, shape (c,), and what makes their errors."""

    stratum: NDArray[np.intp]
    month: NDArray[np.intp]
    reached: NDArray[np.bool_]
    weight: Floats
    mean: Floats
    of_row: NDArray[np.intp]
    customer: NDArray[np.intp]


@dataclass(frozen=True)
class Coefficients:
    """Some coefficients of a regression on cells, and their covariance; nan where they cannot be told apart."""

    estimate: Floats
    covariance: Floats


def cells_of(rows: Rows) -> Cells:
    """Rows summed by stratum and month."""
    base = int(rows.month.min(initial=0))
    span = int(rows.month.max(initial=0)) - base + 1
    keys, of_row = np.unique(rows.stratum * span + (rows.month - base), return_inverse=True)
    weight = np.asarray(np.bincount(of_row, rows.weight, keys.size), dtype=float)
    reached = np.zeros(keys.size, dtype=bool)
    reached[of_row] = rows.reached
    mean = np.bincount(of_row, rows.total, keys.size) / weight
    return Cells(
        (keys // span).astype(np.intp), (keys % span + base).astype(np.intp), reached, weight, mean,
        of_row.astype(np.intp).ravel(), numbered(rows.customer),
    )  # fmt: skip


def regression(rows: Rows, cells: Cells, design: Floats, asked: ArrayLike) -> Coefficients:
    """Weighted least squares on cells, with the covariance that rows of one customer leave.

    Cells carry the coefficients of the rows exactly, since every row of a cell has its columns.

    Parameters
    ----------
    rows : Rows
    cells : Cells
        Of these rows.
    design : ndarray of float, shape (c, k)
    asked : array_like of int
        Columns whose coefficients are wanted.

    Returns
    -------
    Coefficients
        Covariance times G ÷ (G − 1), G being the customers.
    """
    from scipy.sparse import csr_array

    wanted = np.asarray(asked, dtype=np.intp)
    kept = independent_columns(design * np.sqrt(cells.weight)[:, None])
    x = design[:, kept]
    bread = np.linalg.inv((x * cells.weight[:, None]).T @ x)
    beta = bread @ (x.T @ (cells.weight * cells.mean))
    residual = rows.total - rows.weight * (x @ beta)[cells.of_row]
    customers = int(cells.customer.max(initial=-1)) + 1
    scores = csr_array((residual, (cells.customer, cells.of_row)), shape=(customers, cells.mean.size))
    meat = x.T @ np.asarray((scores.T @ scores).todense()) @ x
    full = np.full((design.shape[1], design.shape[1]), np.nan)
    full[np.ix_(kept, kept)] = (
        bread @ meat @ bread * (customers / (customers - 1) if customers > 1 else np.nan)
    )
    estimate = np.full(design.shape[1], np.nan)
    estimate[kept] = beta
    return Coefficients(estimate[wanted], full[np.ix_(wanted, wanted)])


def indicators(codes: NDArray[np.intp]) -> Floats:
    """One column of 0 and 1 for each code that occurs, in ascending order."""
    return np.asarray(codes[:, None] == np.unique(codes)[None, :], dtype=float)


def change(rows: Rows, windows: Windows, *, compared: bool) -> tuple[float, float]:
    """The change of those reached from before to after, less that of the others, and its clustered error.

    Parameters
    ----------
    rows : Rows
        Of any months; only those before and after count.
    windows : Windows
    compared : bool
        Whether rows that the action did not reach are its comparison; else they are left out.

    Returns
    -------
    tuple of float
        Estimate and standard error; nan where a side is missing, or every value is alike.
    """
    part = _parts(rows.month, windows)
    inside = rows.where(((part == BEFORE) | (part == AFTER)) & (compared | rows.reached))
    if not inside.month.size:
        return float("nan"), float("nan")
    cells = cells_of(inside)
    after = np.asarray(_parts(cells.month, windows) == AFTER, dtype=float)
    levels = [indicators(cells.stratum)] + ([indicators(cells.month)] if compared else [])
    design = np.column_stack([*levels, after * cells.reached])
    found = regression(inside, cells, design, [design.shape[1] - 1])
    error = float(np.sqrt(max(found.covariance[0, 0], 0.0)))
    return float(found.estimate[0]), error if error > 1e-12 else float("nan")


def gaps(rows: Rows, *, compared: bool) -> tuple[NDArray[np.intp], Coefficients]:
    """How far those reached lie from the others, month by month; without a comparison their own level.

    Returns
    -------
    tuple
        Months that have a gap, shape (m,), and the gaps with their covariance.
    """
    inside = rows.where(compared | rows.reached)
    cells = cells_of(inside)
    own = np.unique(cells.stratum[cells.reached])
    others = np.unique(cells.stratum[~cells.reached])
    months = np.unique(cells.month[cells.reached])
    if compared:
        months = months[np.isin(months, cells.month[~cells.reached])]
    # The first stratum of each side has no level of its own: months have that of the one, gaps lead to the other.
    strata = np.concatenate([others[1:], own[1:]])
    levels = np.asarray(cells.stratum[:, None] == strata[None, :], dtype=float)
    steps = np.asarray((cells.month[:, None] == months[None, :]) & cells.reached[:, None], dtype=float)
    shared = indicators(cells.month) if compared else np.empty((cells.mean.size, 0))
    design = np.column_stack([levels, shared, steps])
    found = regression(inside, cells, design, np.arange(design.shape[1] - months.size, design.shape[1]))
    told = np.isfinite(found.estimate)
    return months[told], Coefficients(found.estimate[told], found.covariance[np.ix_(told, told)])


@dataclass(frozen=True)
class Wobble:
    """Standard deviation of whole months beyond what their rows explain, and from how many free months."""

    size: float
    freedom: int

    @property
    def known(self) -> bool:
        """Whether there are months enough to tell."""
        return self.freedom >= FEWEST_MONTHS - 1


def wobble(gap: Floats, variance: Floats, after: NDArray[np.bool_]) -> Wobble:
    """How far whole months stray around the level before the action, and around the level after it.

    Parameters
    ----------
    gap, variance : ndarray of float, shape (m,)
        Gaps of the months before and after and their sampling variances.
    after : ndarray of bool, shape (m,)

    References
    ----------
    DerSimonian & Laird (1986), Controlled Clinical Trials 7(3).
    """
    excess, scale, freedom = 0.0, 0.0, 0
    for side in (~after, after):
        known = side & np.isfinite(gap) & (variance > 0)
        if known.sum() < 2:
            continue
        weight = 1.0 / variance[known]
        centre = float(np.average(gap[known], weights=weight))
        excess += float(weight @ (gap[known] - centre) ** 2) - (int(known.sum()) - 1)
        scale += float(weight.sum() - (weight**2).sum() / weight.sum())
        freedom += int(known.sum()) - 1
    return Wobble(float(np.sqrt(max(0.0, excess / scale))) if scale > 0 else 0.0, freedom)


@dataclass(frozen=True)
class Drift:
    """Whether the gap already moved before the action: change per month, its interval and p-value; nan if unknown."""

    per_month: float
    conf_low: float
    conf_high: float
    p_value: float


def drift(month: NDArray[np.intp], found: Coefficients, shared: float) -> Drift:
    """Slope of the gaps over the months before an action.

    Parameters
    ----------
    month : ndarray of int, shape (m,)
    found : Coefficients
        Gaps of these months.
    shared : float
        Their `wobble`.
    """
    from scipy.special import stdtr

    sampling = np.diag(found.covariance)
    if month.size < FEWEST_MONTHS or not np.all(np.isfinite(found.estimate)) or np.any(~(sampling > 0)):
        return Drift(np.nan, np.nan, np.nan, np.nan)
    weight = 1.0 / (sampling + shared**2)
    distance = month - np.average(month, weights=weight)
    lean = weight * distance / float(weight @ distance**2)
    slope = float(lean @ found.estimate)
    error = float(np.sqrt(lean @ found.covariance @ lean + shared**2 * float(lean @ lean)))
    freedom = month.size - 2.0
    reach = float(t_quantile(CONFIDENCE_LEVEL, np.array([freedom]))[0]) * error
    return Drift(slope, slope - reach, slope + reach, float(2 * stdtr(freedom, -abs(slope) / error)))


def natural_limits(values: Floats) -> tuple[float, float, float]:
    """Centre, lower and upper limit of single months by their moving range; nan from fewer than six.

    References
    ----------
    Wheeler (2000), Understanding Variation (XmR chart).
    """
    known = values[np.isfinite(values)]
    if known.size < FEWEST_MONTHS:
        return float("nan"), float("nan"), float("nan")
    centre, reach = float(known.mean()), MOVING_RANGE_LIMIT * float(np.abs(np.diff(known)).mean())
    return centre, centre - reach, centre + reach


def _parts(month: NDArray[np.intp], windows: Windows) -> NDArray[np.str_]:
    known = {int(one): windows.part_of(int(one)) for one in np.unique(month)}
    return np.array([known[int(one)] for one in month], dtype=str)
