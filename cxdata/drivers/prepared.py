"""Rows of a release, arranged for the estimators, with their moments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cxdata.config import Config
from cxdata.database import Release
from cxdata.drivers.design import Design, design
from cxdata.drivers.gram import Moments, moments_of
from cxdata.drivers.missing import EmFit, em_moments, impute
from cxdata.drivers.observations import Floats, Observations, observe
from cxdata.drivers.query import rows_before
from cxdata.drivers.settings import Settings
from cxdata.selection import Selection


@dataclass(frozen=True)
class Prepared:
    """Rows as arrays; what every later step works on.

    Parameters
    ----------
    asked : tuple of (str, str)
        Code and wording of the question that is the outcome; both '' where the outcome is a decision.
    """

    observations: Observations
    design: Design
    settings: Settings
    first: date
    last: date
    sample: int
    release: str
    filters: Mapping[str, tuple[str, ...]]
    asked: tuple[str, str] = ("", "")

    @property
    def used(self) -> NDArray[np.bool_]:
        """Decisions of the observations that are among the rows of the design."""
        return self.design.kept

    @cached_property
    def fitted(self) -> tuple[EmFit | None, Moments]:
        """Moments of drivers, controls and outcome: by EM where ratings are missing, else as they are."""
        arranged = self.design
        if np.isnan(arranged.x).any():
            fit = em_moments(everything(arranged), arranged.y, arranged.weight)
            return fit, fit.moments
        return None, moments_of(everything(arranged), arranged.y, arranged.weight)


@dataclass(frozen=True)
class Read:
    """What a release knows of decisions, whatever drivers are then chosen.

    Parameters
    ----------
    observations : Observations
    first, last : date
        First days of the first and the last month.
    sample : int
        One customer in so many was drawn.
    asked : tuple of (str, str)
        As in `Prepared`.
    """

    observations: Observations
    first: date
    last: date
    sample: int
    asked: tuple[str, str]


def read(release: Release, selection: Selection, settings: Settings, month: date) -> Read:
    """Decisions and what went before them, as drivers; the settings' choice of drivers plays no part yet.

    Raises
    ------
    TooLittleData, InputBlocked
        As `observe` does.
    """
    rows = rows_before(release, selection, settings, month)
    own = rows.questions[rows.questions["question"] == settings.outcome]
    asked = next(((str(row.asked_as), str(row.label or "")) for row in own.itertuples()), ("", ""))
    return Read(observe(rows, settings), rows.first, rows.last, rows.sample, asked)


def arrange(release: Release, selection: Selection, settings: Settings, found: Read) -> Prepared:
    """What was read, as arrays for the drivers that the settings choose.

    Raises
    ------
    TooLittleData, UnknownTerm
        As `design` does.
    """
    arranged = design(found.observations, settings, weighted=selection.weighted)
    return Prepared(
        found.observations, arranged, settings, found.first, found.last, found.sample, release.id,
        selection.active(), found.asked,
    )  # fmt: skip


def prepare(
    release: Release, config: Config, selection: Selection, settings: Settings, month: date
) -> Prepared:
    """Read and arrange what an analysis needs.

    Raises
    ------
    TooLittleData, UnknownTerm, InputBlocked
        As `read` and `arrange` do.
    """
    return arrange(release, selection, settings, read(release, selection, settings, month))


def everything(arranged: Design) -> Floats:
    """Drivers and controls beside one another, shape (n, k + c)."""
    return np.column_stack([arranged.x, arranged.controls])


def control_columns(arranged: Design) -> range:
    """Positions of the controls in `everything`."""
    return range(arranged.x.shape[1], arranged.x.shape[1] + arranged.controls.shape[1])


def completed_sets(arranged: Design, fit: EmFit | None, imputations: int, seed: int) -> Iterable[Floats]:
    """Complete drivers: as they are, or imputed several times over."""
    if fit is None:
        return [arranged.x]
    k = arranged.x.shape[1]
    sets = impute(
        everything(arranged), arranged.y, arranged.customer,
        weights=arranged.weight, fit=fit, imputations=imputations, seed=seed,
    )  # fmt: skip
    return (filled[:, :k] for filled in sets)


def applies(arranged: Design) -> NDArray[np.bool_]:
    """Rows that an effect is averaged over: those that met what is rated."""
    found = np.ones(arranged.x.shape, dtype=bool)
    for player in arranged.players:
        contact = [at for at in player.positions if arranged.columns[at].role == "contact"]
        if contact and player.main not in contact:
            met = arranged.x[:, contact[0]]
            found[:, player.main] = np.isnan(met) | (met != 0)
    return found
