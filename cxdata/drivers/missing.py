"""Ratings that are missing: moments by maximum likelihood, and several completed sets of rows.

Nothing here puts a mean in the place of a rating. The normal model with the outcome and all controls says what the
rows know together (EM); its draws, with all their scatter, complete the rows (multiple imputation).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cxdata.drivers.em import EmFit, em_moments
from cxdata.drivers.gram import Floats, GroupSums, Whole, centred_totals, packed, random_groups, unpacked
from cxdata.drivers.patterns import Incomplete, em_step, precisions
from cxdata.drivers.threads import one_thread

__all__ = ["Combined", "EmFit", "IncompleteSums", "combine", "em_moments", "impute", "incomplete_sums"]

IMPUTATIONS = 20

_NUMBERS_AT_ONCE = 2**19


@dataclass(frozen=True)
class Combined:
    """An estimate from several completed sets of rows.

    Parameters
    ----------
    estimate : ndarray of float, shape (q,)
    covariance : ndarray of float, shape (q, q)
        Total: within + (1 + 1/m) between.
    within, between : ndarray of float, shape (q, q)
    degrees_of_freedom : ndarray of float, shape (q,)
    missing_information : ndarray of float, shape (q,)
        Share of each variance that is due to what is missing (fraction).
    """

    estimate: Floats
    covariance: Floats
    within: Floats
    between: Floats
    degrees_of_freedom: Floats
    missing_information: Floats

    @property
    def std_error(self) -> Floats:
        """Standard errors, shape (q,)."""
        return np.sqrt(np.diagonal(self.covariance))


def combine(estimates: ArrayLike, covariances: ArrayLike, *, complete_df: float = np.inf) -> Combined:
    """One estimate from several completed sets of rows, by Rubin's rules.

    Parameters
    ----------
    estimates : array_like of float, shape (m, q) or (m,)
    covariances : array_like of float, shape (m, q, q), or variances of shape (m,) beside estimates of shape (m,)
    complete_df : float
        Degrees of freedom if nothing were missing, for instance customers − coefficients.

    Returns
    -------
    Combined

    Raises
    ------
    ValueError
        If there are fewer than two sets, or shapes do not fit.

    References
    ----------
    Rubin (1987), Multiple Imputation for Nonresponse in Surveys, chapter 3; degrees of freedom: Barnard &
    Rubin (1999), Biometrika 86(4).
    """
    points, errors = np.asarray(estimates, dtype=float), np.asarray(covariances, dtype=float)
    if points.ndim == 1:
        points, errors = points[:, None], errors.reshape(-1, 1, 1)
    sets, size = points.shape
    if sets < 2 or errors.shape != (sets, size, size):
        raise ValueError(
            f"estimates of shape {points.shape} and covariances of {errors.shape} do not fit; at least two sets of "
            "(m, q) and (m, q, q) are needed."
        )
    estimate, within = points.mean(axis=0), errors.mean(axis=0)
    apart = points - estimate
    between = apart.T @ apart / (sets - 1)
    added = (1 + 1 / sets) * between
    total = within + added
    variance = np.diagonal(total)
    lost = np.divide(np.diagonal(added), variance, out=np.zeros(size), where=variance > 0)
    with np.errstate(divide="ignore"):
        old = (sets - 1) / lost**2
        known = (
            (complete_df + 1) / (complete_df + 3) * complete_df * (1 - lost)
            if np.isfinite(complete_df)
            else np.inf
        )
        freedom = 1 / (1 / old + 1 / np.asarray(known, dtype=float))
    return Combined(estimate, total, within, between, freedom, lost)


@dataclass(frozen=True)
class IncompleteSums:
    """Sums per group of incomplete rows, from which moments of resampled groups follow without another EM.

    What each row contributes to the last EM step adds up over groups. One step from the estimate, stretched by
    (I − J)⁻¹ with the step's Jacobian J, is where EM would arrive, up to second-order terms.

    Parameters
    ----------
    fit : EmFit
    sums : GroupSums
        Of complete columns and expected values, in the order and units of `fit.rows`.
    stretch : ndarray of float, shape (q, q)
        (I − J)⁻¹ for B and the upper triangle of Ω.
    """

    fit: EmFit
    sums: GroupSums
    stretch: Floats

    def resampled(self, counts: ArrayLike) -> tuple[Floats, Floats]:
        """Means and covariances if each group were present so many times; shapes as `GroupSums.resampled`."""
        return self.fit.rows.restored(*self.parameters(counts))

    def parameters(self, counts: ArrayLike) -> tuple[Floats, Floats, Floats]:
        """B, Ω and the sums of the complete columns, each of shape (b, …).

        A draw whose Ω would be no covariance is drawn back towards the estimate until it is.
        """
        known, spread = self.fit.slopes, self.fit.spread
        c, prior = known.shape[1], self.fit.prior_rows
        totals = unpacked(np.asarray(counts, dtype=float) @ self.sums.totals, c + len(spread))
        given, crossed = totals[:, :c, :c], totals[:, c:, :c]
        slopes = crossed @ np.linalg.pinv(given, rcond=1e-12, hermitian=True)
        inner = totals[:, c:, c:] - slopes @ crossed.swapaxes(1, 2) + prior * np.eye(len(spread))
        inner = inner / (totals[:, :1, :1] + prior)
        step = np.concatenate([(slopes - known).reshape(len(totals), -1), packed(inner - spread)], axis=1)
        moves = step @ self.stretch.T
        least = np.linalg.eigvalsh(spread)[0] / 10 if len(spread) else 0.0
        for _halving in range(30):
            inner = spread + unpacked(moves[:, known.size :], len(spread))
            poor = np.linalg.eigvalsh(inner).min(axis=1, initial=np.inf) < least
            if not poor.any():
                break
            moves[poor] /= 2
        return known + moves[:, : known.size].reshape(-1, *known.shape), inner, given


@one_thread()
def incomplete_sums(fit: EmFit, groups: Whole, count: int) -> IncompleteSums:
    """Sums per group at the EM estimate.

    Parameters
    ----------
    fit : EmFit
    groups : ndarray of int, shape (n,)
        From `gram.random_groups`.
    count : int
        Number of groups; each holds a row.
    """
    from scipy.sparse import coo_array

    rows, known, spread = fit.rows, fit.slopes, fit.spread
    c = known.shape[1]
    given, rated = rows.given(), rows.rated()
    base = given @ known.T
    seen = ~np.isnan(rated)
    apart = np.where(seen, rated - base, 0.0)
    expected = np.where(seen, rated, base + _weighed(rows, spread, apart) @ spread)
    totals = centred_totals(
        np.column_stack([given[:, 1:], expected[:, :-1]]) if rows.gaps.size else given[:, 1:-1],
        expected[:, -1] if rows.gaps.size else given[:, -1],
        rows.weights, groups, np.zeros(c - 1 + len(spread)),
    )  # fmt: skip
    precision, _ = precisions(spread, rows.observed) if rows.gaps.size else (np.zeros((1, 0, 0)), None)
    scatter = np.zeros((len(rows.observed), c + len(spread), c + len(spread)))
    scatter[:, c:, c:] = spread - spread @ precision @ spread
    # Few of all pairs of a group and a pattern occur.
    weight = np.ones(len(rows.y)) if rows.weights is None else rows.weights
    met = coo_array((weight, (groups, rows.pattern)), shape=(count, len(scatter)))
    totals += met.tocsr() @ packed(scatter)
    jacobian = np.asarray(em_step(rows, known, spread, fit.prior_rows, derivative=True).jacobian)
    stretch = np.linalg.pinv(np.eye(known.size + packed(spread).size) - jacobian, rcond=1e-9)
    return IncompleteSums(fit, GroupSums(np.zeros(c - 1 + len(spread)), totals), stretch)


def impute(
    x: ArrayLike,
    y: ArrayLike,
    customer: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    fit: EmFit | None = None,
    imputations: int = IMPUTATIONS,
    seed: int = 0,
) -> Iterator[Floats]:
    """Completed drivers, several times over, each as plausible as the others.

    Each set first draws the parameters of the normal model (as if customers had been sampled anew), then every
    missing value from what the row's other columns and the outcome say, with its full scatter. Values are not
    rounded or cut to the scale, which would bias what is computed from them.

    Parameters
    ----------
    x : array_like of float, shape (n, k)
        Drivers and controls; nan where missing. Give all columns that the model of the outcome has.
    y : array_like of float, shape (n,)
    customer : array_like, shape (n,)
    weights : array_like of float, shape (n,), optional
    fit : EmFit, optional
        Of the same rows, if it is at hand.
    imputations : int
    seed : int

    Yields
    ------
    ndarray of float, shape (n, k)
        Observed values as they were.

    References
    ----------
    Rubin (1987); Honaker & King (2010), American Journal of Political Science 54(2) on parameters by
    resampling; Horton, Lipsitz & Parzen (2003), The American Statistician 57(4) on not rounding.
    """
    fit = em_moments(x, y, weights) if fit is None else fit
    rows = fit.rows
    random = np.random.default_rng(seed)
    groups, count = random_groups(customer, seed=seed)
    sums = incomplete_sums(fit, groups, count)
    given, rated = rows.given(), rows.rated()
    seen = ~np.isnan(rated)
    for _set in range(imputations):
        with one_thread():
            counts = random.multinomial(count, np.full(count, 1 / count))[None]
            slopes, spread = (part[0] for part in sums.parameters(counts)[:2])
            base = given @ slopes.T
            # A free draw, moved by what the observed residuals say beyond it, is a draw given the observed ones.
            free = random.standard_normal(base.shape) @ _root(spread).T
            apart = np.where(seen, rated - base - free, 0.0)
            drawn = base + free + _weighed(rows, spread, apart) @ spread
            filled = rows.x.copy()
            filled[:, rows.gaps] = np.where(
                seen, filled[:, rows.gaps], drawn * rows.scale[rows.gaps] + rows.centre[rows.gaps]
            )
        yield filled


def _weighed(rows: Incomplete, spread: Floats, residuals: Floats) -> Floats:
    """Q e for each row's own Q, shape (n, gaps): times Ω it is the expected residual of what is missing."""
    found = np.zeros_like(residuals)
    if not rows.gaps.size:
        return found
    precision, _ = precisions(spread, rows.observed)
    together = max(1, _NUMBERS_AT_ONCE // rows.gaps.size**2)
    for start in range(0, len(found), together):
        part = slice(start, start + together)
        found[part] = (residuals[part, None] @ precision[rows.pattern[part]])[:, 0]
    return found


def _root(covariance: Floats) -> Floats:
    """R with R R' = covariance, also where some directions hardly vary."""
    values, vectors = np.linalg.eigh(covariance)
    return vectors * np.sqrt(np.maximum(values, 0.0))
