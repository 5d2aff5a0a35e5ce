"""The first half of an analysis, which paints within seconds: shares of importance, effects, and what to beware of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from cxdata.drivers import cautions
from cxdata.drivers.cautions import Caution
from cxdata.drivers.design import Design
from cxdata.drivers.effects import Effects, effects
from cxdata.drivers.gram import Moments
from cxdata.drivers.importance import Importance, lmg
from cxdata.drivers.missing import EmFit
from cxdata.drivers.observations import (
    RATING,
    Driver,
    Floats,
)
from cxdata.drivers.prepared import Prepared, applies, completed_sets, control_columns
from cxdata.drivers.relative_weights import beta_squared, by_player, johnson
from cxdata.drivers.settings import Settings
from cxdata.drivers.table import table_of
from cxdata.errors import TooLittleData
from cxdata.messages import message

FIRST_IMPUTATIONS = 3
"""Completed data sets of the first estimates; the second half pools as many as the settings say."""


@dataclass(frozen=True)
class Summary:
    """What went into an analysis, and how well the whole of it explains.

    Parameters
    ----------
    rows_in, used, customers, events, parameters : int
        ``rows_in = used + sum(left_out.values())``.
    left_out : mapping of str to int
    rejected : tuple of (code, why, values)
    controls : tuple of str
        Facts that are held equal.
    offered : tuple of Driver
        All that could be chosen.
    outcome_mean : float
        Rate of the outcome, or mean score.
    effective_rows : float
        Kish's number, where answers are weighted.
    r_squared, r_squared_controls : float
        Linear, with all drivers and controls; with the controls alone.
    exact : bool
        Whether shares come from all subsets, and not from random orders.
    share_error : float
        Largest standard error of a share from drawing orders; 0 where exact.
    mcfadden : float
    separated : tuple of str
        Columns that separate the outcomes: effects are then Firth's.
    imputations : int
        Completed data sets behind the effects; 1 where nothing was missing.
    em_converged : bool
    asked : tuple of (str, str)
        Code and wording of the question that is the outcome; both '' where the outcome is a decision.
    """

    release: str
    settings: Settings
    filters: Mapping[str, tuple[str, ...]]
    first: date
    last: date
    sample: int
    rows_in: int
    used: int
    customers: int
    events: int
    parameters: int
    left_out: Mapping[str, int]
    rejected: tuple[tuple[str, str, int], ...]
    controls: tuple[str, ...]
    offered: tuple[Driver, ...]
    default: tuple[str, ...]
    outcome_mean: float
    effective_rows: float
    r_squared: float
    r_squared_controls: float
    exact: bool
    share_error: float
    mcfadden: float
    separated: tuple[str, ...]
    method: str
    imputations: int
    em_converged: bool
    asked: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Analysis:
    """Estimates of a driver analysis; the columns of intervals are nan until it is deepened.

    Parameters
    ----------
    summary : Summary
    table : DataFrame
        One row per driver, the most important first; see `COLUMNS`.
    conditional : DataFrame
        ``code``, ``size`` (drivers that entered before), ``gain`` (in R²).
    methods : DataFrame
        ``method``, ``code``, ``share``.
    cautions : tuple of Caution
    """

    summary: Summary
    table: pd.DataFrame
    conditional: pd.DataFrame
    methods: pd.DataFrame
    cautions: tuple[Caution, ...]

    @property
    def drivers(self) -> dict[str, Driver]:
        """Drivers by code."""
        return {driver.code: driver for driver in self.summary.offered}


def analyse(prepared: Prepared, *, imputations: int = FIRST_IMPUTATIONS) -> Analysis:
    """Shares of importance and effects, without intervals of shares.

    Parameters
    ----------
    prepared : Prepared
    imputations : int
        Completed data sets, where ratings are missing.
    """
    arranged = prepared.design
    fit, moments = prepared.fitted
    importance = importance_of(arranged, moments)
    try:
        found = effects_of(arranged, fit, imputations, prepared.settings.seed)
    except np.linalg.LinAlgError as error:
        raise TooLittleData(
            message(
                "{n} columns determine one another, so that no effect can be told from another. Choose fewer drivers.",
                n=len(arranged.columns),
            )
        ) from error
    summary = _summary(prepared, moments, importance, found, fit is None or fit.converged)
    table = table_of(prepared, moments, importance, found)
    analysis = Analysis(
        summary, table, _conditional(arranged, importance), _methods(arranged, moments, importance), ()
    )
    return replace(analysis, cautions=(*first_cautions(analysis, found), *_unsettled(arranged, fit)))


def importance_of(arranged: Design, moments: Moments) -> Importance:
    """Shares of each driver beyond the controls."""
    return lmg(moments.covariance, arranged.groups, controls=control_columns(arranged))


def effects_of(arranged: Design, fit: EmFit | None, imputations: int, seed: int) -> Effects:
    """Average effects of every column; the headline list is the drivers' main columns."""
    return effects(
        completed_sets(arranged, fit, imputations, seed),
        arranged.y,
        arranged.customer,
        terms=[column.code for column in arranged.columns],
        controls=arranged.controls,
        weights=arranged.weight,
        discrete=[column.binary for column in arranged.columns],
        applies=applies(arranged),
        tested=[player.main for player in arranged.players],
        family="logistic" if arranged.binary else "linear",
    )


def _summary(
    prepared: Prepared, moments: Moments, importance: Importance, found: Effects, converged: bool
) -> Summary:
    arranged = prepared.design
    total = importance.contribution.sum()
    return Summary(
        release=prepared.release, settings=prepared.settings, filters=dict(prepared.filters), first=prepared.first,
        last=prepared.last, sample=prepared.sample, rows_in=arranged.rows_in, used=len(arranged.y),
        customers=found.customers, events=arranged.events, parameters=found.parameters, left_out=arranged.left_out,
        rejected=arranged.rejected, controls=tuple(dict.fromkeys(arranged.control_names)), offered=arranged.drivers,
        default=prepared.observations.default, outcome_mean=float(moments.mean[-1]), effective_rows=moments.n_eff,
        r_squared=importance.r_squared, r_squared_controls=importance.r_squared_controls, exact=importance.exact,
        share_error=float(importance.error.max() / total) if total > 0 else 0.0, mcfadden=found.mcfadden,
        separated=tuple(found.separated), method=found.method, imputations=found.imputations, em_converged=converged,
        asked=prepared.asked,
    )  # fmt: skip


def _conditional(arranged: Design, importance: Importance) -> pd.DataFrame:
    gains = importance.conditional
    return pd.DataFrame(
        [
            {"code": player.code, "size": size, "gain": float(gains[place, size])}
            for place, player in enumerate(arranged.players)
            for size in range(gains.shape[1])
        ]
    )


def _methods(arranged: Design, moments: Moments, importance: Importance) -> pd.DataFrame:
    controls = control_columns(arranged)
    by_method = {
        "lmg": importance.share,
        "johnson": _shares(by_player(johnson(moments.covariance, controls=controls), arranged.groups)),
        "coefficient": _shares(
            np.sqrt(by_player(beta_squared(moments.covariance, controls=controls), arranged.groups))
        ),
    }
    return method_rows(arranged, by_method)


def method_rows(arranged: Design, by_method: Mapping[str, Floats]) -> pd.DataFrame:
    """Shares per method and driver, as rows."""
    return pd.DataFrame(
        [
            {"method": method, "code": player.code, "share": float(shares[place])}
            for method, shares in by_method.items()
            for place, player in enumerate(arranged.players)
        ]
    )


def _shares(values: Floats) -> Floats:
    total = values.sum()
    return values / total if total > 0 else np.full(values.shape, np.nan)


def first_cautions(analysis: Analysis, found: Effects) -> tuple[Caution, ...]:
    """Rules whose numbers are known with the first estimates."""
    summary, table = analysis.summary, analysis.table

    def by_code(name: str, rows: pd.DataFrame = table) -> dict[str, Any]:
        return dict(zip(rows["code"], rows[name], strict=True))

    told = table[np.isfinite(table["effect"])]
    ratings = table[[analysis.drivers[code].kind == RATING for code in table["code"]]]
    events = summary.events if summary.settings.of_terms else summary.used
    separated = list(table.loc[table["firth"], "code"]) or list(summary.separated)
    compared = analysis.methods[analysis.methods["method"].isin(("lmg", "johnson"))]
    tops = compared.sort_values("share", ascending=False).drop_duplicates("method")
    return (
        *cautions.few_events(events, summary.parameters),
        *cautions.entangled(by_code("vif")),
        *cautions.separated(separated),
        *cautions.turned(by_code("effect", told), by_code("correlation"), summary.used),
        *cautions.seldom_rated(by_code("rated_share", ratings), by_code("customers", ratings)),
        *(cautions.short_lead(summary.settings.lead_days) if summary.settings.of_terms else []),
        *cautions.travellers(
            by_code("share", told), by_code("effect_low", told), by_code("effect_high", told)
        ),
        *cautions.methods_disagree(
            dict(zip(tops["method"], tops["code"], strict=True)) if len(table) > 1 else {}
        ),
        *cautions.rating_outcome(summary.settings.of_terms),
    )


def _unsettled(arranged: Design, fit: EmFit | None) -> list[Caution]:
    """W16, with the two ratings that the fewest decisions hold together."""
    if fit is None or fit.converged:
        return []
    ratings = [one for one in arranged.players if np.isnan(arranged.x[:, one.main]).any()]
    columns = [one.main for one in ratings]
    together = fit.together[np.ix_(columns, columns)].astype(float)
    # A pair of two; alone, a rating is its own pair.
    together[np.diag_indices(len(columns))] = np.inf if len(columns) > 1 else 0
    pair = sorted(set(np.unravel_index(int(together.argmin()), together.shape)))
    return cautions.unsettled(fit.converged, fit.steps, [ratings[int(at)].code for at in pair])
