"""The second half of an analysis: intervals of shares, more imputations, and every check that takes seconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cxdata.drivers import cautions
from cxdata.drivers.analysis import Analysis, analyse, method_rows
from cxdata.drivers.asymmetry import Asymmetry
from cxdata.drivers.bootstrap import Yardstick, bootstrap_shares, random_yardstick
from cxdata.drivers.by_segment import BySegment, by_segment
from cxdata.drivers.cautions import Caution
from cxdata.drivers.checks import asymmetry_of, robustness_of, who_answers
from cxdata.drivers.dominance import LogisticDominance, logistic_dominance
from cxdata.drivers.importance import shares_of
from cxdata.drivers.observations import Floats
from cxdata.drivers.over_time import Pace, curves_of, not_proportional_p, pace_of
from cxdata.drivers.prepared import Prepared, applies, completed_sets, control_columns, everything
from cxdata.drivers.relative_weights import by_player, tonidandel_lebreton
from cxdata.drivers.validation import Validation, validate
from cxdata.errors import CxError
from cxdata.messages import told
from cxdata.models.logit import logit

Progress = Callable[[float], object]

MOST_AGAINST_CHANCE = 200
"""Draws of customers in which drivers compete with random numbers."""

DOMINANCE_BUDGET = 4e6
"""Subsets times rows of the logistic dominance: beyond, it works on a random part of the rows."""

SETS_BY_SEGMENT = 3
"""Completed data sets of the effects per segment: they are compared with one another, not published alone."""


@dataclass(frozen=True)
class Deeper:
    """An analysis with all its intervals and checks; what the data cannot carry is None.

    Parameters
    ----------
    analysis : Analysis
    asymmetry : Asymmetry or None
    validation : Validation or None
    segments : BySegment or None
    robustness : DataFrame
        ``code``, ``ratio``, ``e_value``, ``e_value_limit``: how strong something unmeasured would have to be.
    curves : DataFrame
        Share kept over time per band of the first rating: ``band``, ``days``, ``kept``, ``low``, ``high``, ``n``.
    curve_of : str
        Code of that rating; '' where there is none, or the outcome is no decision.
    yardstick : Yardstick
        Drivers made of random numbers, and who explains more than they do.
    unable : mapping of str to str
        What could not be computed, and the reason as text.
    dominance_rows : int
        Decisions that the logistic dominance was fitted on; 0 where it was not.
    pace : Pace or None
        How fast customers leave by band of that rating.
    """

    analysis: Analysis
    asymmetry: Asymmetry | None
    validation: Validation | None
    segments: BySegment | None
    robustness: pd.DataFrame
    curves: pd.DataFrame
    curve_of: str
    yardstick: Yardstick
    unable: dict[str, str]
    dominance_rows: int = 0
    pace: Pace | None = None


def deepen(prepared: Prepared, progress: Progress = lambda share: None) -> Deeper:
    """Everything that the first estimates leave open.

    Parameters
    ----------
    prepared : Prepared
    progress : callable
        Called with the share done, 0 to 1.
    """
    settings = prepared.settings
    analysis = analyse(prepared, imputations=settings.imputations)
    progress(0.25)
    shares = shares_drawn(prepared, lambda share: progress(0.25 + 0.3 * share))
    unable: dict[str, str] = {}

    def tried(name: str, compute: Callable[[], object]) -> object | None:
        try:
            return compute()
        except (CxError, ValueError, np.linalg.LinAlgError) as error:
            unable[name] = told(error)
            return None

    arranged = prepared.design
    against = tried("yardstick", lambda: yardstick_of(prepared))
    unknown = np.full(len(arranged.players), np.nan)
    yardstick = against if isinstance(against, Yardstick) else Yardstick(np.nan, unknown, unknown > 0, np.nan)
    table = with_intervals(analysis.table, prepared, shares, yardstick)
    bent = tried("asymmetry", lambda: asymmetry_of(prepared))
    progress(0.65)
    checked = tried(
        "validation",
        lambda: _one_thread(lambda: validate(
            arranged.x, arranged.y, arranged.customer, arranged.decided_on, controls=arranged.controls,
            weights=arranged.weight, players=arranged.groups, binary=arranged.binary, seed=settings.seed,
        )),
    )  # fmt: skip
    progress(0.85)
    segments = tried("segments", lambda: segments_of(prepared, analysis))
    progress(0.95)
    first_rating = next((code for code in table["code"] if code.startswith("rating:")), "")
    curves = tried("curves", lambda: curves_of(prepared, first_rating))
    pace = tried("pace", lambda: pace_of(prepared, first_rating))
    methods = analysis.methods
    dominant = tried("logistic dominance", lambda: logistic_shares(prepared)) if arranged.binary else None
    if isinstance(dominant, LogisticDominance):
        weights = tried("logistic relative weights", lambda: logistic_weights(prepared))
        logistic = {"logistic": dominant.importance().share}
        if isinstance(weights, np.ndarray):
            logistic["tonidandel"] = weights
        methods = pd.concat([methods, method_rows(arranged, logistic)], ignore_index=True)
    if isinstance(checked, Validation) and len(checked.shuffled):
        lost = np.maximum(checked.shuffled, 0.0)
        methods = pd.concat(
            [methods, method_rows(arranged, {"permutation": shares_of(lost)})], ignore_index=True
        )
    analysis = replace(analysis, table=table, methods=methods)
    found = Deeper(
        analysis,
        bent if isinstance(bent, Asymmetry) else None,
        checked if isinstance(checked, Validation) else None,
        segments if isinstance(segments, BySegment) else None,
        robustness_of(prepared, table, analysis.summary.outcome_mean),
        curves if isinstance(curves, pd.DataFrame) else pd.DataFrame(),
        first_rating if arranged.binary else "",
        yardstick,
        unable,
        dominant.rows_used if isinstance(dominant, LogisticDominance) else 0,
        pace if isinstance(pace, Pace) else None,
    )
    late = later_cautions(prepared, found)
    compared = methods[methods["method"].isin(("lmg", "johnson", "logistic"))]
    tops = compared.sort_values("share", ascending=False).drop_duplicates("method")
    early = [one for one in analysis.cautions if one.code != "W13"]
    early += cautions.methods_disagree(
        dict(zip(tops["method"], tops["code"], strict=True)) if len(table) > 1 else {}
    )
    order = {f"W{number}": number for number in range(1, len(cautions.MEANINGS) + 1)}
    every = sorted((*early, *late), key=lambda caution: order[caution.code])
    progress(1.0)
    return replace(found, analysis=replace(analysis, cautions=tuple(every)))


def _reported(progress: Progress, share: float) -> None:
    progress(share)


def _one_thread(compute: Callable[[], Validation]) -> Validation:
    """Boosting's threads wait for one another actively; beside other readers that costs more than it brings."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(limits=1):
        return compute()


def shares_drawn(prepared: Prepared, progress: Progress = lambda share: None) -> Floats:
    """Shares of drivers if other customers of the same kind had been there, shape (replicates, players)."""
    settings, arranged = prepared.settings, prepared.design
    fit, _moments = prepared.fitted
    drawn = bootstrap_shares(
        everything(arranged), arranged.y, arranged.customer, arranged.groups,
        controls=control_columns(arranged), weights=arranged.weight, fit=fit,
        replicates=settings.replicates, seed=settings.seed, progress=lambda share: _reported(progress, share),
    ).contributions  # fmt: skip
    return shares_of(drawn)


def yardstick_of(prepared: Prepared) -> Yardstick:
    """Every driver against drivers made of random numbers."""
    settings, arranged = prepared.settings, prepared.design
    return random_yardstick(
        everything(arranged), arranged.y, arranged.customer, arranged.groups, controls=control_columns(arranged),
        weights=arranged.weight, replicates=min(settings.replicates, MOST_AGAINST_CHANCE), seed=settings.seed,
    )  # fmt: skip


def with_intervals(
    table: pd.DataFrame, prepared: Prepared, shares: Floats, yardstick: Yardstick
) -> pd.DataFrame:
    """The table with percentile intervals of shares and ranks, and the chances to be first, among three, above noise."""
    codes = [player.code for player in prepared.design.players]
    ranks = (-shares).argsort(axis=1).argsort(axis=1) + 1
    found = pd.DataFrame(
        {
            "code": codes,
            "share_low": np.quantile(shares, 0.025, axis=0),
            "share_high": np.quantile(shares, 0.975, axis=0),
            "rank_low": np.quantile(ranks, 0.025, axis=0),
            "rank_high": np.quantile(ranks, 0.975, axis=0),
            "first": (ranks == 1).mean(axis=0),
            "top": (ranks <= cautions.TOP).mean(axis=0),
            "beats_random": yardstick.beats,
            "above_random": yardstick.clear,
        }
    ).set_index("code")
    result = table.copy()
    for name in found.columns:
        result[name] = found.loc[result["code"], name].to_numpy()
    return result


def logistic_shares(prepared: Prepared) -> LogisticDominance:
    """Exact dominance of McFadden's R² on one completed set; on a random part of many rows."""
    arranged = prepared.design
    fit, _moments = prepared.fitted
    drivers = next(iter(completed_sets(arranged, fit, 1, prepared.settings.seed)))
    whole = np.column_stack([drivers, arranged.controls])
    return logistic_dominance(
        whole, arranged.y, arranged.groups, controls=control_columns(arranged), weights=arranged.weight,
        budget=DOMINANCE_BUDGET, seed=prepared.settings.seed,
    )  # fmt: skip


def logistic_weights(prepared: Prepared) -> Floats:
    """Shares by the relative weights of a logistic regression, of what the drivers add to the controls.

    Raises
    ------
    TooLittleData
        Under separation, where the regression has no finite coefficients.

    References
    ----------
    Tonidandel & LeBreton (2010), Organizational Research Methods 13(4).
    """
    arranged = prepared.design
    fit, _moments = prepared.fitted
    drivers = next(iter(completed_sets(arranged, fit, 1, prepared.settings.seed)))
    held = np.column_stack([np.ones(len(arranged.y)), arranged.controls])
    model = logit(
        np.column_stack([drivers, held]), arranged.y,
        terms=[*(column.code for column in arranged.columns), *(f"held {at}" for at in range(held.shape[1]))],
        clusters=arranged.customer, weights=arranged.weight,
    )  # fmt: skip
    slopes = np.zeros(drivers.shape[1] + held.shape[1])
    slopes[model.columns] = model.coefficients
    own = drivers - held @ np.linalg.lstsq(held, drivers, rcond=None)[0]
    per_spread = slopes[: drivers.shape[1]] * own.std(axis=0)
    weights = tonidandel_lebreton(np.corrcoef(own, rowvar=False), per_spread, 1.0)
    return shares_of(by_player(weights, arranged.groups))


def segments_of(prepared: Prepared, analysis: Analysis) -> BySegment | None:
    """Effects within each segment; None where there is one segment only."""
    arranged = prepared.design
    if len(np.unique(arranged.segment)) < 2 or any(name == "fact:segment" for name in analysis.table["code"]):
        return None
    from cxdata.drivers.analysis import effects_of

    fit, _moments = prepared.fitted
    sets = min(SETS_BY_SEGMENT, prepared.settings.imputations)
    held = [at for at, name in enumerate(arranged.control_names) if name != "segment"]
    completed = list(completed_sets(arranged, fit, sets, prepared.settings.seed))
    overall = effects_of(arranged, fit, sets, prepared.settings.seed)
    return by_segment(
        completed if fit is not None else completed[0],
        arranged.y, arranged.customer, arranged.segment, overall,
        terms=[column.code for column in arranged.columns], controls=arranged.controls[:, held],
        weights=arranged.weight, discrete=[column.binary for column in arranged.columns],
        applies=applies(arranged), family="logistic" if arranged.binary else "linear",
    )  # fmt: skip


def later_cautions(prepared: Prepared, found: Deeper) -> tuple[Caution, ...]:
    """Rules whose numbers are known with the second half."""
    table = found.analysis.table
    tops = dict(zip(table["code"], table["top"], strict=True))
    late = [*cautions.shaky_top(list(table["code"]), tops)]
    checked = found.validation
    if checked is not None and prepared.design.binary:
        late += cautions.weak_model(checked.auc, checked.calibration.slope)
        if checked.boosting is not None:
            late += cautions.bends(checked.boosting.auc, checked.auc)
    answers = who_answers(prepared)
    if answers is not None:
        late += cautions.silent_differ(*answers)
    late += cautions.not_proportional(not_proportional_p(prepared))
    if found.segments is not None:
        late += _reversals(prepared, found.segments, str(table["code"].iloc[0]))
    return tuple(late)


def _reversals(prepared: Prepared, segments: BySegment, top: str) -> list[Caution]:
    arranged = prepared.design
    player = next(player for player in arranged.players if player.code == top)
    term = player.main
    turned = {
        name: (float(segments.rows[place]) / len(arranged.y), float(segments.estimate[place, term]),
               float(segments.p_adjusted[place, term]))
        for place, name in enumerate(segments.segments)
        if segments.turned[place, term]
    }  # fmt: skip
    return cautions.reversed_in(top, turned)
