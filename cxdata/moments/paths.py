"""Sequences of contacts before lost and kept renewals, and disconnections that customers feel."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cxdata.moments.regression import Floats
from cxdata.scorecard.comparisons import FALSE_DISCOVERY_RATE, benjamini_hochberg
from cxdata.scorecard.estimates import CONFIDENCE_LEVEL, normal_quantile

STEPS = (2, 3, 4)
"""Contacts that a path may hold: the last ones before the decision."""

MOST_PATHS = 12

KINDS = ("repeated_7", "repeated_30", "switched", "returned")
"""Disconnections: came again within 7 or 30 days, switched channels, came back although settled."""

MORE, LESS, UNCLEAR = "more", "less", "unclear"


@dataclass(frozen=True)
class Paths:
    """The most frequent paths before lost renewals.

    Parameters
    ----------
    table : DataFrame
        ``path`` (tuple of touchpoints, the last contact last), ``customers``, ``lost`` and ``kept``
        (decisions), ``lost_share`` and ``kept_share``, ``ratio``, ``ratio_low``, ``ratio_high``,
        ``p_adjusted`` and ``verdict`` (more, less or unclear common before lost renewals).
    steps, lost, kept : int
        Length of the paths, and decisions with as many contacts: what the shares are of.
    hidden : int
        Paths that fewer than `min_base` customers went, which are not shown.
    """

    table: pd.DataFrame
    steps: int
    lost: int
    kept: int
    hidden: int


def paths(
    decisions: pd.DataFrame, last: pd.DataFrame, steps: int, *, min_base: int, most: int = MOST_PATHS
) -> Paths:
    """How much more common each path is before lost renewals than before kept ones.

    Parameters
    ----------
    decisions : DataFrame
        ``decision``, ``customer`` and ``outcome`` (1 kept, 0 lost).
    last : DataFrame
        ``decision`` and ``last_1`` … ``last_4``, the last contact first.
    steps : int
        How many contacts a path holds; decisions with fewer contacts take no part.
    min_base : int
        Customers that a path needs to be shown.
    most : int
        Paths shown: those of most decisions.

    Returns
    -------
    Paths
        The ratio of shares has an interval on the log scale, from sums over customers, so that one
        customer with several decisions counts once; Benjamini-Hochberg over the paths shown. A path seen
        only before lost renewals, or only before kept ones, has the ratio and the interval of half a
        decision more in every cell, and Fisher's exact test of its customers.

    Raises
    ------
    ValueError
        If `steps` is not one of `STEPS`.

    References
    ----------
    Katz et al. (1978), Biometrics 34(3) for the ratio; Pettigrew, Gart & Thomas (1986), Biometrika 73(2)
    for half a decision more; linearised sums over clusters as in Cochran (1977).
    """
    if steps not in STEPS:
        raise ValueError(f"paths of {steps} contacts are not offered. Choose from: {STEPS}.")
    wanted = [f"last_{place}" for place in range(steps, 0, -1)]
    rows = last.dropna(subset=wanted).merge(decisions[["decision", "customer", "outcome"]], on="decision")
    lost = (rows["outcome"] == 0).to_numpy()
    rows["path"] = list(zip(*(rows[column] for column in wanted), strict=True)) if len(rows) else []
    groups = rows.groupby("path", sort=False)["customer"].agg(["size", "nunique"]) if len(rows) else None
    empty = Paths(pd.DataFrame(columns=_COLUMNS), steps, int(lost.sum()), int((~lost).sum()), 0)
    if groups is None or not lost.any() or lost.all():
        return empty
    enough = groups[groups["nunique"] >= min_base].sort_values("size", ascending=False, kind="stable")
    shown = enough.head(most)
    customer = np.unique(rows["customer"].to_numpy(), return_inverse=True)[1]
    found = []
    for path, counts in shown.iterrows():
        went = (rows["path"] == path).to_numpy() if not isinstance(path, str) else np.zeros(len(rows), bool)
        found.append({"path": path, "customers": int(counts["nunique"]), **_ratio(went, lost, customer)})
    table = pd.DataFrame(found, columns=_COLUMNS)
    table["p_adjusted"] = benjamini_hochberg(table["p_value"].to_numpy(float))
    clear = np.nan_to_num(table["p_adjusted"].to_numpy(float), nan=1.0) <= FALSE_DISCOVERY_RATE
    table["verdict"] = np.where(~clear, UNCLEAR, np.where(table["ratio"] > 1, MORE, LESS))
    table = table.sort_values("ratio", ascending=False, kind="stable").reset_index(drop=True)
    return Paths(table, steps, empty.lost, empty.kept, int(len(groups) - len(enough)))


_COLUMNS = [
    "path", "customers", "lost", "kept", "lost_share", "kept_share", "ratio", "ratio_low", "ratio_high",
    "p_value", "p_adjusted", "verdict",
]  # fmt: skip


def _ratio(went: np.ndarray, lost: np.ndarray, customer: np.ndarray) -> dict[str, float]:
    """Share of lost decisions that went a path ÷ share of kept ones, with its interval."""
    counts = (int((went & lost).sum()), int((went & ~lost).sum()))
    shares = counts[0] / lost.sum(), counts[1] / (~lost).sum()
    row = {"lost": counts[0], "kept": counts[1], "lost_share": shares[0], "kept_share": shares[1]}
    if min(counts) == 0:
        return row | _one_sided(went, lost, customer)
    influence = np.where(
        lost, (went - shares[0]) / (shares[0] * lost.sum()), -(went - shares[1]) / (shares[1] * (~lost).sum())
    )
    sums = np.bincount(customer, weights=influence)
    error = math.sqrt(float(sums @ sums))
    log = math.log(shares[0] / shares[1])
    reach = normal_quantile(CONFIDENCE_LEVEL) * error
    return {
        **row,
        "ratio": math.exp(log),
        "ratio_low": math.exp(log - reach),
        "ratio_high": math.exp(log + reach),
        # Where all went the same way there is nothing to test.
        "p_value": math.erfc(abs(log / error) / math.sqrt(2)) if error > 0 else math.nan,
    }


def _one_sided(went: np.ndarray, lost: np.ndarray, customer: np.ndarray) -> dict[str, float]:
    """The same for a path that was only ever gone before lost decisions, or before kept ones."""
    # Who went it twice is no more evidence than who went it once.
    goers = np.unique(customer[went]).size
    repeats = int(went.sum()) - goers
    on_lost = bool(lost[went].all())
    lost_all, kept_all = int(lost.sum()) - repeats * on_lost, int((~lost).sum()) - repeats * (not on_lost)
    cells = np.array([goers * on_lost, goers * (not on_lost)]) + 0.5
    totals = np.array([lost_all, kept_all]) + 0.5
    log = math.log(cells[0] / totals[0]) - math.log(cells[1] / totals[1])
    reach = normal_quantile(CONFIDENCE_LEVEL) * math.sqrt(float((1 / cells - 1 / totals).sum()))
    return {
        "ratio": math.exp(log),
        "ratio_low": math.exp(log - reach),
        "ratio_high": math.exp(log + reach),
        "p_value": _fisher(goers * on_lost, goers, lost_all, lost_all + kept_all),
    }


def _fisher(found: int, drawn: int, marked: int, total: int) -> float:
    """Fisher's exact test, both sides: `found` of `drawn` are marked, where `marked` of `total` are."""
    from scipy.special import gammaln

    def choose(n: Any, k: Any) -> Any:
        return gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)

    possible = np.arange(max(0, drawn - (total - marked)), min(drawn, marked) + 1)
    logs = choose(marked, possible) + choose(total - marked, drawn - possible) - choose(total, drawn)
    chances = np.exp(logs)
    own = chances[found - possible[0]]
    return float(min(1.0, chances[chances <= own * (1 + 1e-7)].sum()))


def rates(counts: pd.DataFrame, *, min_base: int) -> pd.DataFrame:
    """Disconnections per contact, month by month, with intervals that know who is the same customer.

    Parameters
    ----------
    counts : DataFrame
        ``month``, ``kind``, ``customers``, ``base``, ``events`` and the sums ``base_sq``, ``base_events``
        and ``events_sq`` over customers.
    min_base : int
        Contacts below which a month has no rate.

    Returns
    -------
    DataFrame
        The rows with ``estimate``, ``conf_low`` and ``conf_high`` (fractions of the base); nan where the
        base is too small. Rows of no month are left out by `whole_months` before.

    References
    ----------
    Ratio estimator over clusters: Cochran (1977), Sampling Techniques, ch. 6. At zero events, Wilson's
    upper end.
    """
    base, events = counts["base"].to_numpy(float), counts["events"].to_numpy(float)
    enough = base >= min_base
    rate = np.divide(events, base, out=np.full(base.shape, np.nan), where=enough)
    spread = counts["events_sq"] - 2 * rate * counts["base_events"] + rate**2 * counts["base_sq"]
    clusters = counts["customers"].to_numpy(float)
    factor = np.divide(clusters, clusters - 1, out=np.full(base.shape, np.nan), where=clusters > 1)
    quantile = normal_quantile(CONFIDENCE_LEVEL)
    error = np.sqrt(np.maximum(spread.to_numpy(float), 0) * factor) / base
    nothing: Floats = quantile**2 / (base + quantile**2)
    low = np.clip(rate - quantile * error, 0, 1)
    high = np.where(events == 0, nothing, np.clip(rate + quantile * error, 0, 1))
    return counts.assign(estimate=rate, conf_low=low, conf_high=np.where(enough, high, np.nan))


def whole_months(counts: pd.DataFrame, first_at: pd.Timestamp, kinds: Sequence[str] = KINDS) -> pd.DataFrame:
    """Without months in which a repeated contact could not be seen, because the data begins too late.

    Parameters
    ----------
    counts : DataFrame
        ``month`` and ``kind``.
    first_at : Timestamp
        When the first contact was recorded; repeats are looked for up to 30 days back.
    kinds : sequence of str
        Kinds that are kept.
    """
    begun = pd.Timestamp(first_at).normalize() + pd.Timedelta(days=30)
    return counts[(counts["month"] >= begun) & counts["kind"].isin(kinds)].reset_index(drop=True)
