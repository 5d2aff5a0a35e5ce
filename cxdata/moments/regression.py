"""Regression for adjusted comparisons: the shared models, with the refusals that fit comparisons of groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from cxdata.errors import TooLittleData
from cxdata.models.firth import firth
from cxdata.models.fits import Fit, Floats, expit, independent_columns, numbered, sandwich
from cxdata.models.linear import least_squares
from cxdata.models.logit import newton
from cxdata.models.predictions import Contrast, difference, standardised

__all__ = [
    "Contrast", "Family", "Fit", "Floats", "difference", "expit", "fit", "independent_columns", "penalised",
    "standardised",
]  # fmt: skip

Family = Literal["logistic", "linear"]

_FARTHEST = 20.0


def fit(
    design: Floats, outcome: Floats, clusters: NDArray[Any], terms: Sequence[str], family: Family = "logistic"
) -> Fit:
    """A regression with errors that allow for several rows of one customer.

    Parameters
    ----------
    design : ndarray of float, shape (n, p)
        A column for each term, the constant included; dummies of groups and a few numbers of their size.
    outcome : ndarray of float, shape (n,)
        0 or 1 for the logistic family.
    clusters : ndarray, shape (n,)
        Who each row belongs to.
    terms : sequence of str, length p
    family : {"logistic", "linear"}

    Returns
    -------
    Fit
        A column that earlier ones determine is left out: what it would say cannot be told from theirs.

    Raises
    ------
    TooLittleData
        If there are not two customers more than coefficients, or some combination of columns separates
        the outcomes completely, so that no estimate exists.

    References
    ----------
    Liang & Zeger (1986), Biometrika 73(1); Albert & Anderson (1984), Biometrika 71(1) on separation.
    """
    names, groups = np.asarray(terms, dtype=str), numbered(clusters)
    count = int(groups.max()) + 1 if groups.size else 0
    columns = independent_columns(design)
    _carry(count, columns.size)
    x = np.ascontiguousarray(design[:, columns], dtype=float)
    if family == "linear":
        beta, bread, residuals = least_squares(x, outcome)
    else:
        climb = newton(x, outcome, stop_when_separated=False)
        # Log-odds beyond 20 are a fit on its way to infinity: some group has only one outcome.
        if not climb.converged or np.abs(climb.coefficients).max() >= _FARTHEST:
            raise TooLittleData(
                "some group of decisions has only one outcome, so its difference has no estimate."
            )
        beta, bread, residuals = climb.coefficients, climb.bread, outcome - climb.chance
    covariance = sandwich(x, residuals, bread, groups, "clustered", family)
    kept = tuple(str(name) for name in names[columns])
    return Fit(family, kept, beta, covariance, columns, x.shape[0], count)


def penalised(design: Floats, outcome: Floats, clusters: NDArray[Any], terms: Sequence[str]) -> Fit:
    """A logistic regression that has an estimate although some group ended in one way only.

    Parameters
    ----------
    design, outcome, clusters, terms
        As for `fit`.

    Returns
    -------
    Fit
        Errors are clustered. They are far too small for a group with one outcome, whose residuals all but
        vanish: `effects` gives such a group the reach of Wilson's interval instead.

    Raises
    ------
    TooLittleData
        If there are not two customers more than coefficients, or the penalised fit does not settle.

    References
    ----------
    Firth (1993), Biometrika 80(1); Heinze & Schemper (2002), Statistics in Medicine 21.
    """
    try:
        found = firth(design, outcome, terms=terms, clusters=clusters).fit
    except np.linalg.LinAlgError as error:
        raise TooLittleData("the columns are too alike for a penalised fit.") from error
    _carry(found.clusters, found.columns.size)
    return found


def _carry(customers: int, coefficients: int) -> None:
    if customers < coefficients + 2:
        raise TooLittleData(
            f"{customers} customers cannot carry {coefficients} coefficients. Widen the months or the filters."
        )
