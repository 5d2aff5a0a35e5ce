"""The churn regression as the money side takes it: coefficients of all decisions, rows of the last year."""

from __future__ import annotations

from typing import Any

import numpy as np

from cxdata.drivers.checks import band_edges
from cxdata.drivers.columns import ROLE_CONTACT, Player
from cxdata.drivers.design import Design
from cxdata.drivers.kinds import Driver
from cxdata.drivers.observations import RATING, Floats
from cxdata.drivers.prepared import Prepared, completed_sets
from cxdata.drivers.settings import RENEWAL
from cxdata.errors import TooLittleData, UnknownTerm
from cxdata.messages import message
from cxdata.models.churn import Banded, ChurnDriver, ChurnRegression, Step
from cxdata.models.firth import firth
from cxdata.models.fits import Fit, Separated
from cxdata.models.logit import logit
from cxdata.scorecard.periods import month_before

IMPUTATIONS = 10
"""Completed sets behind a valuation: their draws are many, so the sets may be fewer than for an interval."""

YEAR = 12
"""Months of decisions that stand for the customers there are."""

FEWEST_IN_BAND = 30


def churn_regression(prepared: Prepared, *, imputations: int | None = None) -> ChurnRegression:
    """Log-odds of being lost, fitted on all decisions, with the rows of the last twelve months.

    Parameters
    ----------
    prepared : Prepared
        Of decisions on terms; of renewals or of losses is the same.
    imputations : int, optional
        Completed sets where ratings are missing; by default those of the settings, at most `IMPUTATIONS`.

    Raises
    ------
    UnknownTerm
        If the outcome is a rating: a score is not a customer lost.
    TooLittleData
        If no decision lies in the last twelve months, or columns determine one another.
    """
    settings, arranged = prepared.settings, prepared.design
    if not settings.of_terms:
        raise UnknownTerm(
            message(
                "outcome = {outcome}: only lost and renewed terms have a value in money. Choose the outcome churn.",
                outcome=settings.outcome,
            )
        )
    lost = 1.0 - arranged.y if settings.outcome == RENEWAL else arranged.y
    decisions = prepared.observations.decisions[prepared.used].reset_index(drop=True)
    first = month_before(prepared.last, YEAR - 1)
    recent = decisions["month"].to_numpy("datetime64[D]") >= np.datetime64(first)
    if not recent.any():
        raise TooLittleData(
            message(
                "no decision on a term lies in the twelve months up to {month}; they stand for the customers who are "
                "valued. Choose a later month.",
                month=f"{prepared.last:%Y-%m}",
            )
        )
    fits, rows, banded = _fitted(
        prepared, lost, recent, imputations or min(settings.imputations, IMPUTATIONS)
    )
    names = ("constant", *(column.code for column in arranged.columns), *_control_terms(arranged))
    size = len(names)
    coefficients = np.zeros((len(fits), size))
    covariance = np.zeros((len(fits), size, size))
    for place, fit in enumerate(fits):
        coefficients[place, fit.columns] = fit.coefficients
        covariance[place][np.ix_(fit.columns, fit.columns)] = fit.covariance
    tenure = [at for at, name in enumerate(names) if name.startswith(("control tenure", "fact:tenure#"))]
    told = decisions[recent]
    events = int(min(lost.sum(), len(lost) - lost.sum()))
    return ChurnRegression(
        x=np.stack(rows), coefficients=coefficients, covariance=covariance, terms=names,
        drivers=tuple(_driver(arranged, player, recent) for player in arranged.players),
        segment=arranged.segment[recent], product=told["product"].fillna("").to_numpy(str),
        annual_value=told["annual_value"].to_numpy(float), annual_margin=told["annual_margin"].to_numpy(float),
        term_days=told["term_days"].to_numpy(float), tenure_days=told["tenure_days"].to_numpy(float),
        tenure_column=tenure[0] if tenure else -1, lost=lost[recent] > 0.5, first=told["month"].min().date(),
        last=prepared.last, decisions=len(lost), customers=int(fits[0].clusters), events=events,
        method="firth" if banded.firth else "logit", banded=banded.result(),
        lead_days=settings.lead_days, look_back_days=settings.look_back_days, release=prepared.release,
        filters=dict(prepared.filters),
    )  # fmt: skip


class _Bands:
    """The same fits with ratings in bands; given up where they cannot be told apart."""

    def __init__(self, arranged: Design) -> None:
        self.firth = False
        self.players = [player for player in arranged.players if arranged.driver(player.code).kind == RATING]
        self.log_odds: list[np.ndarray] = []
        self.coefficients: list[Floats] = []
        self.arranged = arranged
        self.failed = not self.players
        self.start: Floats | None = None

    def edges(self, player: Player) -> tuple[float, float]:
        """Limits between low, middle and high: an imputed 2.4 is nearer to 2 than to 3."""
        driver = self.arranged.driver(player.code)
        bad, good = band_edges(driver.low, driver.high)
        return bad + 0.5, good - 0.5

    def add(self, design: Floats, lost: Floats, customer: Any, recent: Any) -> None:
        if self.failed:
            return
        columns = []
        mains = [1 + player.main for player in self.players]
        for player, main in zip(self.players, mains, strict=True):
            raw = design[:, main] + self.arranged.columns[player.main].centre
            met = _met(self.arranged, player, design)
            low, high = self.edges(player)
            columns += [met * (raw < low), met * (raw >= high)]
        ends = np.column_stack(columns)
        if (ends.sum(axis=0) < FEWEST_IN_BAND).any():
            self.failed = True
            return
        others = np.delete(design, mains, axis=1)
        whole = np.column_stack([others, ends])
        try:
            fit = logit(
                whole,
                lost,
                terms=[str(at) for at in range(whole.shape[1])],
                clusters=customer,
                start=self.start,
            )
        except (TooLittleData, np.linalg.LinAlgError):
            self.failed = True
            return
        self.start = fit.coefficients
        found = np.zeros(whole.shape[1])
        found[fit.columns] = fit.coefficients
        self.log_odds.append((whole[recent] @ found).astype(np.float32))
        kept = np.zeros(design.shape[1])
        kept[np.delete(np.arange(design.shape[1]), mains)] = found[: others.shape[1]]
        self.coefficients.append(np.concatenate([kept, found[others.shape[1] :]]))

    def result(self) -> Banded | None:
        if self.failed or not self.log_odds:
            return None
        size = 1 + len(self.arranged.columns) + self.arranged.controls.shape[1]
        mean = np.mean(self.coefficients, axis=0)
        steps = {
            player.code: Step(
                *self.edges(player), low=float(mean[size + 2 * at]), high=float(mean[size + 2 * at + 1])
            )
            for at, player in enumerate(self.players)
        }
        slopes = {
            player.code: float(mean[1 + player.main])
            for player in self.arranged.players
            if player.code not in steps
        }
        names = (
            "constant",
            *(column.code for column in self.arranged.columns),
            *_control_terms(self.arranged),
        )
        tenure = [at for at, name in enumerate(names) if name.startswith(("control tenure", "fact:tenure#"))]
        return Banded(np.stack(self.log_odds), steps, slopes, float(mean[tenure[0]]) if tenure else 0.0)


def _fitted(
    prepared: Prepared, lost: Floats, recent: Any, imputations: int
) -> tuple[list[Fit], list[np.ndarray], _Bands]:
    """Fits of the completed sets, the matrices of the recent rows, and the fits in bands."""
    arranged = prepared.design
    # Unbalanced moments are the work of EM; complete rows need none.
    fit = prepared.fitted[0] if np.isnan(arranged.x).any() else None
    names = ("constant", *(column.code for column in arranged.columns), *_control_terms(arranged))
    fits: list[Fit] = []
    rows: list[np.ndarray] = []
    bands, start = _Bands(arranged), None
    for drivers in completed_sets(arranged, fit, imputations, prepared.settings.seed):
        design = np.column_stack([np.ones(len(lost)), drivers, arranged.controls])
        options: dict[str, Any] = {"terms": names, "clusters": arranged.customer}
        try:
            if bands.firth:
                found = firth(design, lost, **options).fit
            else:
                found = logit(design, lost, start=start, **options)
                start = found.coefficients
        except Separated:
            bands.firth = bands.failed = True
            found = firth(design, lost, **options).fit
        except np.linalg.LinAlgError as error:
            raise TooLittleData(
                message(
                    "{n} columns determine one another, so that no effect can be told from another. Choose fewer drivers.",
                    n=len(names),
                )
            ) from error
        fits.append(found)
        rows.append(design[recent].astype(np.float32))
        bands.add(design, lost, arranged.customer, recent)
    return fits, rows, bands


def _control_terms(arranged: Design) -> tuple[str, ...]:
    return tuple(f"control {name}#{at}" for at, name in enumerate(arranged.control_names))


def _met(arranged: Design, player: Player, design: Floats) -> Floats:
    """1 where what is rated was met, shape (n,); in between where nobody knows."""
    for at in player.positions:
        if arranged.columns[at].role == ROLE_CONTACT:
            return np.clip(design[:, 1 + at], 0.0, 1.0)
    return np.ones(len(design))


def _driver(arranged: Design, player: Player, recent: Any) -> ChurnDriver:
    driver: Driver = arranged.driver(player.code)
    column = arranged.columns[player.main]
    contact = [at for at in player.positions if arranged.columns[at].role == ROLE_CONTACT]
    met = None
    if contact and driver.kind == RATING:
        there = arranged.x[recent, contact[0]]
        met = np.isnan(there) | (there != 0)
    return ChurnDriver(
        code=player.code, kind=driver.kind, name=driver.name,
        column=1 + player.main, touchpoint=driver.touchpoint, contact=1 + contact[0] if contact else -1,
        sign=column.sign, centre=column.centre, low=driver.low, high=driver.high, met=met,
    )  # fmt: skip
