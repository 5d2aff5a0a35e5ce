"""The table of drivers: share, effect, how customers fare on it, and what may be said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cxdata.drivers.cautions import LARGE_SHARE, LEVEL
from cxdata.drivers.effects import Effects
from cxdata.drivers.gram import Moments
from cxdata.drivers.importance import Importance
from cxdata.drivers.observations import COUNT, FLAG, RATED, RATING, Driver
from cxdata.drivers.prepared import Prepared
from cxdata.scorecard.estimates import normal_quantile

LOW_END = 0.4
"""A rating in the lowest two fifths of its scale counts as a bad experience."""

LONG_WAIT_MINUTES = 10.0

CLEAR, TRAVELS, UNCLEAR = "clear", "travels", "unclear"
"""Verdicts: its effect stands out after Holm; a large share without a clear effect; neither."""


def table_of(prepared: Prepared, moments: Moments, importance: Importance, found: Effects) -> pd.DataFrame:
    """One row per driver, the most important first.

    Returns
    -------
    DataFrame
        ``share`` (of what drivers explain beyond the controls, 0-1) with ``share_low``, ``share_high``, ``rank`` and
        ``top`` (chance to be in the top three) and ``beats_random`` (to explain more than random numbers), nan until the
        bootstrap; ``effect`` of one more point with its interval,
        ``per_spread`` of one standard deviation; ``sign`` from the full model, ``holm``, ``vif``; what is known of the
        driver itself; ``performance`` with its interval, ``affected`` customers; ``verdict``.
    """
    arranged = prepared.design
    correlations = moments.correlation[-1, : arranged.x.shape[1]]
    rows = []
    for place, player in enumerate(arranged.players):
        driver, main = arranged.driver(player.code), player.main
        column = arranged.columns[main]
        performance, low, high, affected = standing(prepared, driver)
        rows.append(
            {
                "code": player.code,
                "share": float(importance.share[place]), "share_low": np.nan, "share_high": np.nan,
                "contribution": float(importance.contribution[place]), "rank": int(importance.rank[place]),
                "rank_low": np.nan, "rank_high": np.nan, "first": np.nan, "top": np.nan,
                "beats_random": np.nan, "above_random": False,
                "sign": int(found.sign[main]), "correlation": float(correlations[main]),
                "effect": float(found.estimate[main]), "effect_low": float(found.conf_low[main]),
                "effect_high": float(found.conf_high[main]), "per_spread": float(found.per_spread[main]),
                "per_spread_low": float(found.per_spread_low[main]),
                "per_spread_high": float(found.per_spread_high[main]), "spread": float(found.spread[main]),
                "binary": column.binary, "p": float(found.p_value[main]), "holm": float(found.p_holm[main]),
                "vif": float(found.vif[main]), "firth": bool(found.firth[main]),
                "missing": float(found.missing_information[main]), "rated": player.rated, "met": player.met,
                "rated_share": player.rated / max(player.met, 1), "customers": player.customers,
                "mean": player.mean, "deviation": player.spread, "performance": performance,
                "performance_low": low, "performance_high": high, "affected": affected,
                "level": player.level, "base": player.base,
            }
        )  # fmt: skip
    table = pd.DataFrame(rows)
    table["verdict"] = [verdict_of(row) for row in table.to_dict("records")]
    return table.sort_values(["share", "code"], ascending=[False, True]).reset_index(drop=True)


def verdict_of(row: Mapping[Any, Any]) -> str:
    """What may be said of a driver: clear, travels with other drivers, or unclear."""
    if row["holm"] < LEVEL:
        return CLEAR
    return TRAVELS if row["share"] > LARGE_SHARE and row["effect_low"] <= 0 <= row["effect_high"] else UNCLEAR


def standing(prepared: Prepared, driver: Driver) -> tuple[float, float, float, int]:
    """How customers fare on a driver: 0 worst to 1 best with its interval, and customers with a bad experience.

    A rating stands at its mean on its own scale; an event at the share of decisions that were spared it.
    """
    found = prepared.observations
    raw, states = found.values[driver.code], found.states[driver.code]
    known = states == RATED
    customers = found.decisions["customer"].to_numpy()
    if driver.kind == RATING and known.sum() > 1:
        place = (raw[known] - driver.low) / (driver.high - driver.low)
        bad = (raw[known] - driver.low + 0.5) / (driver.high - driver.low + 1) <= LOW_END
    elif driver.kind in (COUNT, FLAG):
        hit = raw[known] > (LONG_WAIT_MINUTES if driver.name == "longest_wait" else 0.0)
        place, bad = 1.0 - hit.astype(float), hit
    else:
        return (np.nan, np.nan, np.nan, 0)
    mean = float(place.mean())
    reach = normal_quantile(0.95) * float(place.std(ddof=1)) / np.sqrt(len(place))
    return mean, max(0.0, mean - reach), min(1.0, mean + reach), len(np.unique(customers[known][bad]))
