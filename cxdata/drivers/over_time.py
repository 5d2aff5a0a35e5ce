"""Leaving over the length of the relationship: curves and pace by how customers rated, and whether effects last.

Each decision is watched from the day its term began to the day it came up, so that customers of long standing, whose
early years nobody saw, count only from then on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxdata.drivers.checks import BAD, GOOD, MIDDLE, band_edges
from cxdata.drivers.observations import FACT, RATED, Floats
from cxdata.drivers.prepared import Prepared
from cxdata.errors import TooLittleData
from cxdata.messages import message
from cxdata.scorecard.estimates import normal_quantile

FEWEST_IN_BAND = 30
"""Watched at the same time, below which a curve falls by accident."""

FEWEST_LOST = 10
"""In a year of the relationship that has a pace of its own; years with fewer join the one before."""

MOST_FOR_COX = 40_000
YEAR = 365.25

CURVE_COLUMNS = ["band", "days", "kept", "low", "high", "n"]


@dataclass(frozen=True)
class Pace:
    """How fast customers leave by how they rated, as multiples of those in between.

    Parameters
    ----------
    reference : str
        Band that the others are compared with.
    bands : tuple of str
        The others.
    ratio, low, high : ndarray of float, shape (b,)
        Hazard ratio per decision with its interval, errors clustered by customer.
    decisions, lost : mapping of str to int
        By band, the reference included.
    held : tuple of str
        Facts that are held equal besides the year of the relationship.
    customers : int
    """

    reference: str
    bands: tuple[str, ...]
    ratio: Floats
    low: Floats
    high: Floats
    decisions: Mapping[str, int]
    lost: Mapping[str, int]
    held: tuple[str, ...]
    customers: int


def curves_of(prepared: Prepared, code: str) -> pd.DataFrame:
    """Share kept by how customers rated a driver, as `kept_by_band`; empty where the outcome is no decision."""
    watched = _watched(prepared)
    if not code or watched is None:
        return pd.DataFrame(columns=CURVE_COLUMNS)
    return kept_by_band(*watched, _bands(prepared, code))


def kept_by_band(
    start: Floats, end: Floats, lost: NDArray[np.bool_], bands: Mapping[str, NDArray[np.bool_]]
) -> pd.DataFrame:
    """Share of customers kept over the days of the relationship, by how they rated: Kaplan-Meier, left-truncated.

    Curves begin at the same age, the first from which enough are watched in every band: of those who came earlier
    nobody knows how many left before. Each ends where too few of its band are watched.

    Parameters
    ----------
    start, end : ndarray of float, shape (n,)
        Age of the relationship in days since when, and until when, each is watched.
    lost : ndarray of bool, shape (n,)
    bands : mapping of str to ndarray of bool, shape (n,)

    Returns
    -------
    DataFrame
        ``band``, ``days`` (age), ``kept`` (1 at the first age), ``low``, ``high``, ``n`` (decisions watched from then on).

    Raises
    ------
    TooLittleData
        If no two bands are watched at the same age by enough.
    """
    from cxdata.models.survival import kaplan_meier

    bands = {
        band: rows for band, rows in bands.items() if rows.sum() >= FEWEST_IN_BAND and lost[rows].any()
    }  # fmt: skip
    ages = np.unique(np.concatenate([start, end]))
    counts = {band: _watched_at(ages, start[rows], end[rows]) for band, rows in bands.items()}
    bands = {band: rows for band, rows in bands.items() if (counts[band] >= FEWEST_IN_BAND).any()}
    first = _first_of_longest(ages, np.all([counts[band] >= FEWEST_IN_BAND for band in bands], axis=0))
    if len(bands) < 2 or first < 0:
        raise TooLittleData(
            message(
                "at no age of the relationship are {fewest} customers watched with bad and {fewest} with better ratings "
                "of it. Choose a longer period or fewer filters.",
                fewest=FEWEST_IN_BAND,
            )
        )
    begin = float(ages[first])
    found = []
    for band, rows in bands.items():
        few = np.flatnonzero(counts[band][first:] < FEWEST_IN_BAND)
        last = float(ages[first + few[0]]) if len(few) else np.inf
        rows = rows & (end > begin)
        curve = kaplan_meier(end[rows], lost[rows], entries=np.maximum(start[rows], begin))
        shown = np.flatnonzero(curve.times <= last)
        steps = (
            shown[np.unique(np.linspace(0, len(shown) - 1, min(60, len(shown))).astype(int))]
            if len(shown)
            else shown
        )
        n = int(rows.sum())
        found.append({"band": band, "days": begin, "kept": 1.0, "low": 1.0, "high": 1.0, "n": n})
        found += [
            {"band": band, "days": float(curve.times[at]), "kept": float(curve.survival[at]),
             "low": float(curve.conf_low[at]), "high": float(curve.conf_high[at]), "n": n}
            for at in steps
        ]  # fmt: skip
    return pd.DataFrame(found, columns=CURVE_COLUMNS)


def _watched_at(ages: Floats, start: Floats, end: Floats) -> NDArray[np.intp]:
    """How many are watched just after each age."""
    begun = np.searchsorted(np.sort(start), ages, side="right")
    return begun - np.searchsorted(np.sort(end), ages, side="right")


def _first_of_longest(ages: Floats, enough: NDArray[np.bool_]) -> int:
    """Where the longest stretch of ages with enough begins; -1 where there is none."""
    best, longest, begun = -1, 0.0, -1
    for place, good in enumerate(np.append(enough, False)):
        if good and begun < 0:
            begun = place
        elif not good and begun >= 0:
            length = float(ages[min(place, len(ages) - 1)] - ages[begun])
            if length > longest:
                best, longest = begun, length
            begun = -1
    return best


def pace_of(prepared: Prepared, code: str) -> Pace | None:
    """Pace of leaving by how customers rated a driver, as `pace_by_band`; None where the outcome is no decision."""
    watched, arranged = _watched(prepared), prepared.design
    if not code or watched is None:
        return None
    held = [at for at, name in enumerate(arranged.control_names) if name != "tenure"]
    return pace_by_band(
        watched[1], watched[2], _bands(prepared, code), arranged.customer,
        controls=arranged.controls[:, held], held=tuple(dict.fromkeys(arranged.control_names[at] for at in held)),
    )  # fmt: skip


def pace_by_band(
    end: Floats,
    lost: NDArray[np.bool_],
    bands: Mapping[str, NDArray[np.bool_]],
    customer: NDArray[Any],
    *,
    controls: Floats,
    held: tuple[str, ...] = (),
) -> Pace:
    """Pace of leaving by how customers rated: discrete-time hazard with a complementary log-log link.

    The period is the decision: nobody can leave between two of them. The course of time is one step per year of the
    relationship; the controls are held equal, other drivers are not.

    Parameters
    ----------
    end : ndarray of float, shape (n,)
        Age of the relationship at the decision (days).
    lost : ndarray of bool, shape (n,)
    bands : mapping of str to ndarray of bool, shape (n,)
    customer : ndarray, shape (n,)
    controls : ndarray of float, shape (n, c)
        Without tenure, which is the course of time.
    held : tuple of str
        What the controls are.

    Raises
    ------
    TooLittleData
        If fewer than two bands have enough decisions with some lost and some kept.

    References
    ----------
    Prentice & Gloeckler (1978), Biometrics 34; Allison (1982), Sociological Methodology 13.
    """
    from cxdata.models.hazards import hazard

    bands = {
        band: rows for band, rows in bands.items()
        if rows.sum() >= FEWEST_IN_BAND and 0 < lost[rows].sum() < rows.sum()
    }  # fmt: skip
    if len(bands) < 2:
        raise TooLittleData(
            message(
                "fewer than two kinds of ratings of it have {fewest} decisions with some lost and some kept. Choose a "
                "longer period or fewer filters.",
                fewest=FEWEST_IN_BAND,
            )
        )
    reference = MIDDLE if MIDDLE in bands else max(bands, key=lambda band: int(bands[band].sum()))
    others = tuple(band for band in bands if band != reference)
    rows = np.any(list(bands.values()), axis=0)
    design = np.column_stack(
        [*(bands[band][rows].astype(float) for band in others), np.ones(rows.sum()), _years(end[rows], lost[rows]),
         controls[rows]]
    )  # fmt: skip
    terms = [*others, *(f"held {at}" for at in range(design.shape[1] - len(others)))]
    fit = hazard(design, lost[rows].astype(float), terms=terms, clusters=customer[rows])
    places = [fit.position(band) for band in others]
    size, error = fit.coefficients[places], fit.std_error[places]
    reach = normal_quantile(0.95) * error
    return Pace(
        reference, others, np.exp(size), np.exp(size - reach), np.exp(size + reach),
        {band: int(chosen.sum()) for band, chosen in bands.items()},
        {band: int(lost[chosen].sum()) for band, chosen in bands.items()},
        held, fit.clusters,
    )  # fmt: skip


def _years(end: Floats, lost: NDArray[np.bool_]) -> Floats:
    """A column per year of the relationship but the first, shape (n, years - 1), each with enough who left and stayed."""
    year = np.ceil(end / YEAR).astype(int)
    starts: list[int] = []
    for one in range(int(year.max()), int(year.min()) - 1, -1):
        chosen = (year >= one) & (year < (starts[-1] if starts else np.iinfo(int).max))
        if min(int(lost[chosen].sum()), int((~lost[chosen]).sum())) >= FEWEST_LOST:
            starts.append(one)
    # What is left over before the first of them joins it.
    return (
        np.column_stack([year >= one for one in sorted(starts)[1:]]).astype(float)
        if len(starts) > 1
        else np.empty((len(end), 0))
    )


def _bands(prepared: Prepared, code: str) -> dict[str, NDArray[np.bool_]]:
    """Rows with a bad, a middling and a very good last rating."""
    driver, place = prepared.observations.driver(code), prepared.used
    score = prepared.observations.values[code][place]
    known = prepared.observations.states[code][place] == RATED
    bad, good = band_edges(driver.low, driver.high)
    return {
        BAD: known & (score <= bad), MIDDLE: known & (score > bad) & (score < good), GOOD: known & (score >= good),
    }  # fmt: skip


def not_proportional_p(prepared: Prepared) -> dict[str, float]:
    """Test of proportional hazards per driver that is known for every decision (Cox, Efron's ties)."""
    watched, arranged = _watched(prepared), prepared.design
    complete = [
        one for one in arranged.players
        if arranged.driver(one.code).kind != FACT and not np.isnan(arranged.x[:, one.main]).any()
    ]  # fmt: skip
    if watched is None or not complete:
        return {}
    from cxdata.models.hazards import cox

    start, end, lost = (part[:MOST_FOR_COX] for part in watched)
    try:
        fit = cox(
            arranged.x[:MOST_FOR_COX, [one.main for one in complete]], end, lost,
            terms=[one.code for one in complete], entries=start,
        )  # fmt: skip
    except (TooLittleData, np.linalg.LinAlgError):
        return {}
    return dict(zip(fit.terms, (float(p) for p in fit.proportional_p), strict=True))


def _watched(prepared: Prepared) -> tuple[Floats, Floats, np.ndarray] | None:
    if not prepared.settings.of_terms:
        return None
    decisions = prepared.observations.decisions.iloc[np.flatnonzero(prepared.used)]
    end = decisions["tenure_days"].to_numpy(float)
    start = decisions["entered_days"].to_numpy(float)
    if not np.isfinite(end - start).all() or (end <= start).any():
        return None
    return start, end, decisions["lost"].to_numpy(float) == 1
