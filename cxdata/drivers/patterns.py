"""Rows with missing ratings, sorted by what is missing, and one EM step over all patterns.

Columns without gaps (the outcome among them) are taken as given; the model is a regression of the columns with gaps on
them: z = B (1, c) + e, e ~ N(0, Ω). In sums over patterns the rows no longer appear: a step costs the same for a
thousand rows and for a million, and what is inverted per pattern is as small as the number of columns with gaps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxdata.drivers.gram import Floats, Whole, centred_totals, checked, unpacked
from cxdata.errors import TooLittleData

PATTERNS_AT_ONCE = 1_024

_MOST_GAPS = 62
_LEAST_SPREAD = 1e-9


@dataclass(frozen=True)
class Incomplete:
    """Rows by what is missing in them.

    Parameters
    ----------
    x : ndarray of float, shape (n, k)
    y : ndarray of float, shape (n,)
    weights : ndarray of float, shape (n,), or None
    whole, gaps : ndarray of int
        Columns that are complete, the outcome (k) last; and those that are not.
    observed : ndarray of bool, shape (patterns, gaps)
        What each pattern holds of the columns with gaps.
    pattern : ndarray of int, shape (n,)
    centre, scale : ndarray of float, shape (k + 1,)
        Mean and standard deviation of what was observed: units of the computation, they enter no estimate.
    totals : ndarray of float, shape (patterns, 1 + whole + gaps, …)
        Σ w (1, c, z)(1, c, z)' of the observed values in standard units.
    together : ndarray of int, shape (k + 1, k + 1)
        Rows that hold both columns.
    """

    x: Floats
    y: Floats
    weights: Floats | None
    whole: Whole
    gaps: Whole
    observed: NDArray[np.bool_]
    pattern: Whole
    centre: Floats
    scale: Floats
    totals: Floats
    together: Whole

    def given(self) -> Floats:
        """Constant and complete columns in standard units, shape (n, 1 + whole)."""
        inner = self.whole[:-1]
        block = np.ones((len(self.y), self.whole.size + 1))
        block[:, 1:-1] = (self.x[:, inner] - self.centre[inner]) / self.scale[inner]
        block[:, -1] = (self.y - self.centre[-1]) / self.scale[-1]
        return block

    def rated(self) -> Floats:
        """Columns with gaps in standard units, nan where missing, shape (n, gaps)."""
        return (self.x[:, self.gaps] - self.centre[self.gaps]) / self.scale[self.gaps]

    def restored(self, slopes: Floats, spread: Floats, totals: Floats) -> tuple[Floats, Floats]:
        """Means and covariances of all columns in their own units and order.

        Parameters
        ----------
        slopes : ndarray of float, shape (…, gaps, 1 + whole)
            B.
        spread : ndarray of float, shape (…, gaps, gaps)
            Ω.
        totals : ndarray of float, shape (…, 1 + whole, 1 + whole)
            Σ w (1, c)(1, c)'.
        """
        second = totals / totals[..., :1, :1]
        across = slopes @ second
        inner = across @ slopes.swapaxes(-1, -2) + spread
        moment = np.concatenate(
            [
                np.concatenate([second, across.swapaxes(-1, -2)], axis=-1),
                np.concatenate([across, inner], axis=-1),
            ],
            axis=-2,
        )
        mean = moment[..., 0, 1:]
        covariance = moment[..., 1:, 1:] - mean[..., :, None] * mean[..., None, :]
        back = np.argsort(np.concatenate([self.whole, self.gaps]))
        return (
            mean[..., back] * self.scale + self.centre,
            covariance[..., back[:, None], back] * np.outer(self.scale, self.scale),
        )


@dataclass(frozen=True)
class Step:
    """Where one EM step leads from given parameters.

    Parameters
    ----------
    slopes, spread : ndarray of float
        B of shape (gaps, 1 + whole) and Ω of shape (gaps, gaps) after the step.
    likelihood : float
        Log-likelihood (with the prior) before the step, up to a constant.
    jacobian : ndarray of float, shape (q, q), or None
        Derivative of the step by B (row by row) and the upper triangle of Ω. Second-order terms of the move of B
        are left out, so that it is exact where the step ends in where it began.
    """

    slopes: Floats
    spread: Floats
    likelihood: float
    jacobian: Floats | None


def incomplete(x: ArrayLike, y: ArrayLike, weights: ArrayLike | None = None) -> Incomplete:
    """Rows sorted into patterns of what is missing; parameters and errors as `missing.em_moments`."""
    x, y, w = checked(x, y, weights, may_miss=True)
    there = ~np.isnan(x)
    for position, held in enumerate(there.sum(axis=0).tolist()):
        if held < 2:
            raise TooLittleData(f"column {position} has {held} values; at least 2 are needed. Leave it out.")
    gaps = np.flatnonzero(~there.all(axis=0))
    if gaps.size > _MOST_GAPS:
        raise TooLittleData(
            f"{gaps.size} columns have gaps; group or leave out drivers until {_MOST_GAPS} or fewer have."
        )
    code = np.zeros(len(y), dtype=np.int64)
    for bit, column in enumerate(gaps):
        code |= (~there[:, column]).astype(np.int64) << bit
    codes, pattern = np.unique(code, return_inverse=True)
    observed = (codes[:, None] >> np.arange(gaps.size)) & 1 == 0
    columns = x.shape[1]
    whole = np.append(np.setdiff1d(np.arange(columns), gaps), columns)
    centre, scale = np.zeros(columns + 1), np.ones(columns + 1)
    for place, values in enumerate([*x.T, y]):
        usable = values[np.isfinite(values)]
        centre[place] = usable.mean()
        if usable.std() > 1e-12 * max(1.0, abs(centre[place])):
            scale[place] = usable.std()
    full = np.ones((codes.size, columns + 1))
    full[:, gaps] = observed
    together = np.rint((full * np.bincount(pattern)[:, None]).T @ full).astype(np.intp)
    totals = unpacked(centred_totals(x, y, w, pattern, centre, scale), columns + 2)
    order = np.concatenate([[0], whole + 1, gaps + 1])
    totals = totals[:, order[:, None], order]
    return Incomplete(
        x, y, w, whole, gaps, observed, pattern.astype(np.intp), centre, scale, totals, together
    )


def precisions(spread: Floats, observed: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Inverses of Ω's observed blocks, 0 elsewhere, shape (p, gaps, gaps); and the blocks' log-determinants."""
    seen = observed.astype(float)
    both = seen[:, :, None] * seen[:, None, :]
    eye = np.eye(len(spread))
    lift = max(0.0, _LEAST_SPREAD - float(np.linalg.eigvalsh(spread)[0]))
    # The missing part is replaced by the identity, so that the blocks of all patterns are inverted together.
    block = (spread + lift * eye) * both + eye * (1 - seen)[:, :, None]
    return np.linalg.inv(block) * both, np.linalg.slogdet(block)[1]


def em_step(
    rows: Incomplete, slopes: Floats, spread: Floats, prior: float, *, derivative: bool = False
) -> Step:
    """One EM step.

    With Q the inverse of the observed block of Ω, A = Ω Q takes the observed residuals to the expected ones (itself
    where observed), and (I − A) Ω is the spread that remains. For the derivative: dA = (I − A) dΩ Q.

    Parameters
    ----------
    rows : Incomplete
    slopes, spread : ndarray of float
        B and Ω.
    prior : float
        Rows' worth of knowing that the columns with gaps have their observed variance and do not vary together.
    derivative : bool
        Whether the Jacobian is wanted.
    """
    r, c = slopes.shape
    gain, inner, likelihood = np.zeros((r, c)), np.zeros((r, r)), 0.0
    sums = [
        np.zeros(shape) for shape in ((r, r, c, c), (r, r, r, c), (r, r, r, c), (r, r, r, r), (r, r, r, r))
    ]
    eye = np.eye(r)
    for start in range(0, len(rows.observed), PATTERNS_AT_ONCE):
        part = slice(start, start + PATTERNS_AT_ONCE)
        totals, observed = rows.totals[part], rows.observed[part]
        count, given = totals[:, 0, 0], totals[:, :c, :c]
        known = slopes * observed[:, :, None]
        crossed = totals[:, c:, :c] - known @ given
        second = totals[:, c:, c:] - known @ totals[:, :c, c:] - crossed @ known.swapaxes(1, 2)
        precision, determinant = precisions(spread, observed)
        regression = np.where(observed[:, :, None], eye, spread @ precision)
        back = precision @ second
        expected = regression @ crossed
        likelihood -= 0.5 * float(count @ determinant + np.trace(back, axis1=1, axis2=2).sum())
        gain += expected.sum(axis=0)
        inner += (regression @ second @ regression.swapaxes(1, 2)).sum(axis=0)
        # The spread that remains after the regression, Σ n (I − A) Ω (I − A)'.
        rest = eye - regression
        inner += (count[:, None, None] * rest @ spread @ rest.swapaxes(1, 2)).sum(axis=0)
        if derivative:
            sums[0] += _products(rest, given)
            sums[1] += _products(rest, precision @ crossed)
            sums[2] += _products(rest, expected)
            sums[3] += _products(rest, back @ regression.swapaxes(1, 2))
            sums[4] += _products(count[:, None, None] * rest, rest)
    total = rows.totals[:, 0, 0].sum()
    inverse = np.linalg.pinv(rows.totals[:, :c, :c].sum(axis=0), rcond=1e-12, hermitian=True)
    move = gain @ inverse
    reached = (inner - move @ gain.T + prior * eye) / (total + prior)
    if prior:
        values = np.maximum(np.linalg.eigvalsh(spread), 1e-300)
        likelihood -= 0.5 * prior * float(np.log(values).sum() + (1 / values).sum())
    jacobian = _jacobian(sums, inverse, total + prior) if derivative else None
    return Step(slopes + move, (reached + reached.T) / 2, likelihood, jacobian)


def _jacobian(sums: list[Floats], inverse: Floats, total: float) -> Floats:
    """The blocks of the derivative put together, for B row by row and the upper triangle of Ω."""
    r, c = sums[1].shape[0], sums[1].shape[3]
    rows, columns = np.triu_indices(r)
    off = np.where(rows == columns, 0.0, 1.0)
    slopes_slopes = (sums[0] @ inverse).transpose(0, 3, 1, 2).reshape(r * c, r * c)
    by_spread = (sums[1] @ inverse).transpose(0, 3, 1, 2).reshape(r * c, r, r)
    slopes_spread = by_spread[:, rows, columns] + off * by_spread[:, columns, rows]
    by_slopes = sums[2].transpose(0, 2, 1, 3)
    spread_slopes = (by_slopes + by_slopes.transpose(1, 0, 2, 3))[rows, columns].reshape(-1, r * c)
    inner = sums[3].transpose(0, 3, 1, 2)
    inner = inner + inner.transpose(1, 0, 2, 3) + sums[4].transpose(0, 2, 1, 3)
    spread_spread = inner[rows, columns]
    spread_spread = spread_spread[:, rows, columns] + off * spread_spread[:, columns, rows]
    return np.block([[slopes_slopes, slopes_spread], [spread_slopes / total, spread_spread / total]])


def _products(one: Floats, other: Floats) -> Floats:
    """Σ over patterns of all products of the entries of two arrays, as one matrix product."""
    flat = one.reshape(len(one), -1).T @ other.reshape(len(other), -1)
    return flat.reshape(*one.shape[1:], *other.shape[1:])
