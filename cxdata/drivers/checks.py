"""Checks behind an analysis: asymmetry, what was not measured, who answers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxdata.drivers.asymmetry import Asymmetry, asymmetry, ends
from cxdata.drivers.observations import RATED, RATING
from cxdata.drivers.prepared import Prepared
from cxdata.drivers.sensitivity import e_values_of_effects
from cxdata.drivers.table import CLEAR, LOW_END

BAD, MIDDLE, GOOD = "bad", "middle", "good"
HIGH_END = 0.8


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
