"""Checks behind an analysis: asymmetry, curves by rating band, proportional hazards, what was not measured."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxdata.drivers.asymmetry import Asymmetry, asymmetry, ends
from cxdata.drivers.observations import FACT, RATED, RATING, Floats
from cxdata.drivers.prepared import Prepared
from cxdata.drivers.sensitivity import e_values_of_effects
from cxdata.drivers.table import CLEAR, LOW_END

BAD, MIDDLE, GOOD = "bad", "middle", "good"
HIGH_END = 0.8
FEWEST_IN_BAND = 30
MOST_FOR_COX = 40_000


def band_edges(low: float, high: float) -> tuple[float, float]:
    """The highest bad and the lowest very good score of a scale: the lowest two fifths, and the top fifth."""
    scores = np.arange(low, high + 1)
    place = (scores - low + 0.5) / (high - low + 1)
    bad, good = scores[place <= LOW_END], scores[place >= HIGH_END]
    return float(bad.max()) if len(bad) else low, float(good.min()) if len(good) else high


def asymmetry_of(prepared: Prepared) -> Asymmetry | None:
    """Penalties of bad and rewards of very good ratings, the other drivers held equal; None without ratings."""
    arranged = prepared.design
    players = [one for one in arranged.players if arranged.driver(one.code).kind == RATING]
    if not players:
        return None
    columns = [one.main for one in players]
    edges = [band_edges(arranged.driver(one.code).low, arranged.driver(one.code).high) for one in players]
    centres = np.array([arranged.columns[at].centre for at in columns])
    met = _met(prepared, [one.code for one in players])
    others = [
        at for at in range(arranged.x.shape[1]) if at not in columns and not np.isnan(arranged.x[:, at]).any()
    ]
    scores = np.where(met, arranged.x[:, columns] + centres, np.nan)
    return asymmetry(
        ends(scores, [edge[0] for edge in edges], [edge[1] for edge in edges]), arranged.y, arranged.customer,
        terms=[one.code for one in players], controls=np.column_stack([arranged.x[:, others], arranged.controls]),
        weights=arranged.weight, rated=met, known=~np.isnan(arranged.x[:, columns]),
        family="logistic" if arranged.binary else "linear",
    )  # fmt: skip


def _met(prepared: Prepared, codes: list[str]) -> np.ndarray:
    arranged = prepared.design
    met = np.ones((len(arranged.y), len(codes)), dtype=bool)
    for place, code in enumerate(codes):
        player = next(one for one in arranged.players if one.code == code)
        for at in player.positions:
            if arranged.columns[at].role == "contact":
                met[:, place] = arranged.x[:, at] != 0
    return met


def robustness_of(prepared: Prepared, table: pd.DataFrame, outcome_mean: float) -> pd.DataFrame:
    """E-values of the clear drivers: the strength that something unmeasured would need to explain them away."""
    names = ("code", "ratio", "e_value", "e_value_limit")
    clear = table[(table["verdict"] == CLEAR) & np.isfinite(table["per_spread"])]
    if clear.empty or not prepared.design.binary or not 0 < outcome_mean < 1:
        return pd.DataFrame(columns=names)
    found = e_values_of_effects(
        clear["per_spread"].to_numpy(), clear["per_spread_low"].to_numpy(), clear["per_spread_high"].to_numpy(),
        share=outcome_mean,
    )  # fmt: skip
    return pd.DataFrame(
        {
            "code": clear["code"].to_numpy(),
            "ratio": found.ratio,
            "e_value": found.e_value,
            "e_value_limit": found.e_value_limit,
        }
    )


def curves_of(prepared: Prepared, code: str) -> pd.DataFrame:
    """Share of customers kept over the days of the relationship, by how they rated: Kaplan-Meier, left-truncated.

    Each term is watched from the day it began to the day it came up.
    """
    names = ["band", "days", "kept", "low", "high", "n"]
    watched = _watched(prepared)
    if not code or watched is None:
        return pd.DataFrame(columns=names)
    from cxdata.models.survival import kaplan_meier

    driver = prepared.observations.driver(code)
    place = prepared.used
    score, known = (
        prepared.observations.values[code][place],
        prepared.observations.states[code][place] == RATED,
    )
    bad, good = band_edges(driver.low, driver.high)
    start, end, lost = watched
    rows = []
    for band, chosen in (
        (BAD, known & (score <= bad)), (MIDDLE, known & (score > bad) & (score < good)), (GOOD, known & (score >= good)),
    ):  # fmt: skip
        if chosen.sum() < FEWEST_IN_BAND or not lost[chosen].any():
            continue
        curve = kaplan_meier(end[chosen], lost[chosen], entries=start[chosen])
        # Where hardly anybody is watched any more, a curve falls by accident.
        last = int((curve.at_risk >= FEWEST_IN_BAND).sum())
        if not last:
            continue
        steps = np.unique(np.linspace(0, last - 1, min(60, last)).astype(int))
        rows.append({"band": band, "days": 0.0, "kept": 1.0, "low": 1.0, "high": 1.0, "n": int(chosen.sum())})
        rows += [
            {"band": band, "days": float(curve.times[at]), "kept": float(curve.survival[at]),
             "low": float(curve.conf_low[at]), "high": float(curve.conf_high[at]), "n": int(chosen.sum())}
            for at in steps
        ]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def not_proportional_p(prepared: Prepared) -> dict[str, float]:
    """Test of proportional hazards per driver that is known for every decision (Cox, Efron's ties)."""
    watched, arranged = _watched(prepared), prepared.design
    complete = [
        one for one in arranged.players
        if arranged.driver(one.code).kind != FACT and not np.isnan(arranged.x[:, one.main]).any()
    ]  # fmt: skip
    if watched is None or not complete:
        return {}
    from cxdata.errors import TooLittleData
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


def who_answers(prepared: Prepared) -> tuple[list[float], list[float]] | None:
    """Outcomes and numbers of those who rated anything before the decision, and of the others."""
    arranged, found = prepared.design, prepared.observations
    codes = [one.code for one in found.drivers if one.kind == RATING]
    if not arranged.binary or not codes:
        return None
    answered = np.any([found.states[code][prepared.used] == RATED for code in codes], axis=0)
    sizes = [float(answered.sum()), float((~answered).sum())]
    if min(sizes) == 0:
        return None
    return [float(arranged.y[answered].sum()), float(arranged.y[~answered].sum())], sizes


def _watched(prepared: Prepared) -> tuple[Floats, Floats, np.ndarray] | None:
    if not prepared.settings.of_terms:
        return None
    decisions = prepared.observations.decisions.iloc[np.flatnonzero(prepared.used)]
    end = decisions["tenure_days"].to_numpy(float)
    start = decisions["entered_days"].to_numpy(float)
    if not np.isfinite(end - start).all() or (end <= start).any():
        return None
    return start, end, decisions["lost"].to_numpy(float) == 1
