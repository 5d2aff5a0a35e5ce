"""What customers had expected against what they met: the gap, from the same surveys where they answered both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from cxdata.config import Config
from cxdata.database import Release
from cxdata.journey import query
from cxdata.language import gettext
from cxdata.language import mark as _
from cxdata.scorecard.comparisons import verdicts
from cxdata.scorecard.differences import Difference, difference
from cxdata.scorecard.estimates import Estimate, effective_answers
from cxdata.scorecard.periods import month_before
from cxdata.scorecard.scores import mean_estimate
from cxdata.scorecard.words import line_text
from cxdata.selection import Selection
from cxdata.vocabulary import Labels, label_of

PAIRED, UNPAIRED = "paired", "unpaired"

FACTOR_LABELS = {"product": _("Product"), "interaction": _("Interaction"), "brand": _("Brand")}
"""What a touchpoint or question may be about, unless the company has a word of its own for it."""

_KEYS = ["kind", "line", "scale_min", "scale_max", "higher_is_better"]


@dataclass(frozen=True)
class Gaps:
    """Expected against perceived in a period.

    Parameters
    ----------
    rows : DataFrame
        One row per ``kind`` (touchpoint or factor), ``line`` and ``scale``: ``label``, ``expected``,
        ``perceived`` (means of the scores), ``gap`` (perceived − expected, so that negative falls short; the
        other way round where lower scores are better) with ``gap_low``, ``gap_high``, ``base``,
        ``method`` (paired or unpaired), ``verdict`` and ``judgement``, the widest gaps first.
    unmatched : tuple of str
        Labels of touchpoints that ask for an expectation and have nothing to hold it against.
    asked : bool
        Whether any answer of the period says what was expected.
    min_base : int
    """

    rows: pd.DataFrame
    unmatched: tuple[str, ...]
    asked: bool
    min_base: int


def expectation_gaps(
    release: Release, config: Config, selection: Selection, month: date, months: int = 1
) -> Gaps:
    """Gaps between expectation and experience in the months that end with a month.

    Parameters
    ----------
    release, config, selection
        What is looked at; filters and weights apply.
    month : date
        First day of the last month.
    months : int
        Months covered.
    """
    first = month_before(month, months - 1)
    pairs = query.expectation_pairs(release, selection, first=first, last=month)
    counts = query.score_counts(release, selection, start=first, first=first, last=month)
    rows = paired_gaps(pairs, weighted=selection.weighted)
    enough = rows[rows["base"] >= config.min_base]
    apart = unpaired_gaps(counts, weighted=selection.weighted)
    apart = apart[(apart["base"] >= config.min_base) & ~apart["line"].isin(enough["line"])]
    replaced = (rows["kind"] == "touchpoint") & rows["line"].isin(apart["line"])
    both = pd.concat([part for part in (rows[~replaced], apart) if len(part)] or [rows], ignore_index=True)
    judged = judged_gaps(both, config.min_base)
    judged["label"] = [
        line_text("touchpoint", line, config.labels)
        if kind == "touchpoint"
        else factor_text(line, config.labels)
        for kind, line in zip(judged["kind"], judged["line"], strict=True)
    ]
    expected = counts[counts["metric"] == "expectation"]
    lone = sorted(set(expected["touchpoint"]) - set(judged["line"]))
    unmatched = tuple(line_text("touchpoint", code, config.labels) for code in lone)
    return Gaps(judged, unmatched, bool(len(expected) or len(pairs)), config.min_base)


def factor_text(code: str, labels: Labels) -> str:
    """What a factor is called: the company's own word, else the product's."""
    own = label_of(code, labels)
    return gettext(FACTOR_LABELS.get(code, own)) if own == label_of(code) else own


def paired_gaps(pairs: pd.DataFrame, *, weighted: bool = False) -> pd.DataFrame:
    """Mean difference within surveys, with its paired t interval.

    Parameters
    ----------
    pairs : DataFrame
        From `query.expectation_pairs`: sums over the surveys of a line.
    weighted : bool
        Let surveys count with their weights.

    Returns
    -------
    DataFrame
        ``kind``, ``line``, ``scale``, ``expected``, ``perceived``, ``gap`` with ``std_error``, ``gap_low``,
        ``gap_high`` and ``p_value``, ``base`` (surveys), ``worth`` (effective surveys) and ``method``.

    References
    ----------
    Student (1908), Biometrika 6, on differences of pairs; Parasuraman, Zeithaml & Berry (1988), Journal of
    Retailing 64(1), on perceived less expected.
    """
    prefix = "weighted_" if weighted else ""
    weight = pairs["weight_sum"] if weighted else pairs["pairs"].astype(float)
    worth = (
        np.minimum(effective_answers(pairs["weight_sum"], pairs["weight_sq_sum"]), pairs["pairs"])
        if weighted
        else pairs["pairs"].astype(float)
    )
    sign = np.where(pairs["higher_is_better"].astype(bool), 1.0, -1.0)
    reach = (pairs["scale_max"] - pairs["scale_min"]).astype(float)
    gap = mean_estimate(
        weight, sign * pairs[f"{prefix}gap_sum"], pairs[f"{prefix}gap_sq_sum"],
        base=pairs["pairs"], effective_base=worth, scale_min=-reach, scale_max=reach,
    )  # fmt: skip
    rows = pairs[_KEYS].assign(
        scale=_scales(pairs),
        expected=pairs[f"{prefix}expected_sum"] / weight,
        perceived=pairs[f"{prefix}perceived_sum"] / weight,
        gap=gap.estimate,
        std_error=gap.std_error,
        gap_low=gap.conf_low,
        gap_high=gap.conf_high,
        p_value=_p_values(gap),
        base=gap.base,
        worth=gap.effective_base,
        method=PAIRED,
    )
    return rows.reset_index(drop=True)


def unpaired_gaps(counts: pd.DataFrame, *, weighted: bool = False) -> pd.DataFrame:
    """Difference of two means where too few surveys asked both: Welch's t, the surveys taken as independent.

    Parameters
    ----------
    counts : DataFrame
        From `query.score_counts`; its rows of the period ``now`` are used.
    weighted : bool
        Let answers count with their weights.

    Returns
    -------
    DataFrame
        As `paired_gaps`, one row per touchpoint and scale on which both were asked; ``base`` is the thinner
        side's.

    References
    ----------
    Welch (1947), Biometrika 34.
    """
    now = counts[counts["period"] == "now"]
    keys = ["touchpoint", "scale_min", "scale_max", "higher_is_better"]
    expected = _means(now[now["metric"] == "expectation"], keys, weighted)
    said = now[now["metric"].isin(("csat", "rating"))]
    # Satisfaction where it is asked on the same scale, else ratings, as for pairs.
    first = said.groupby(keys)["metric"].transform("min")
    perceived = _means(said[said["metric"] == first], keys, weighted)
    both = expected.merge(perceived, on=keys, suffixes=("_expected", "_perceived"))
    if both.empty:
        return paired_gaps(pd.DataFrame({name: [] for name in (*_KEYS, *_PAIR_SUMS)}, dtype=float))
    before, after = (_estimate(both, side) for side in ("expected", "perceived"))
    change = difference(after, before)
    sign = np.where(both["higher_is_better"].astype(bool), 1.0, -1.0)
    low, high = sign * change.conf_low, sign * change.conf_high
    return pd.DataFrame(
        {
            "kind": "touchpoint",
            "line": both["touchpoint"],
            **{name: both[name] for name in _KEYS[2:]},
            "scale": _scales(both),
            "expected": before.estimate,
            "perceived": after.estimate,
            "gap": sign * change.estimate,
            "std_error": change.std_error,
            "gap_low": np.minimum(low, high),
            "gap_high": np.maximum(low, high),
            "p_value": change.p_value,
            "base": change.base,
            "worth": np.minimum(before.effective_base, after.effective_base),
            "method": UNPAIRED,
        }
    )


def judged_gaps(rows: pd.DataFrame, min_base: int) -> pd.DataFrame:
    """The gaps with verdicts, judged as one family, each kind with its widest shortfall first.

    Parameters
    ----------
    rows : DataFrame
        From `paired_gaps` and `unpaired_gaps`.
    min_base : int
        Surveys that a gap needs.
    """
    names = ("gap", "std_error", "gap_low", "gap_high", "p_value", "base")
    judged = verdicts(Difference(*(rows[name].to_numpy(float) for name in names)), min_base=min_base)
    found = rows.assign(verdict=judged.verdict, judgement=judged.judgement)
    found["kind_order"] = (found["kind"] == "factor").astype(int)
    return (
        found.sort_values(["kind_order", "gap"], kind="stable")
        .drop(columns="kind_order")
        .reset_index(drop=True)
    )


_PAIR_SUMS = (
    "pairs", "weight_sum", "weight_sq_sum",
    *(f"{prefix}{name}" for prefix in ("", "weighted_")
      for name in ("expected_sum", "perceived_sum", "gap_sum", "gap_sq_sum")),
)  # fmt: skip


def _means(counts: pd.DataFrame, keys: list[str], weighted: bool) -> pd.DataFrame:
    rows = counts[counts["score"].notna()]
    weight = rows["weight_sum"] if weighted else rows["answers"]
    score = rows["score"].astype(float)
    sums = rows[keys].assign(
        base=rows["answers"], weight=weight, total=weight * score, total_sq=weight * score**2,
        weight_sum=rows["weight_sum"], weight_sq_sum=rows["weight_sq_sum"],
    )  # fmt: skip
    found = sums.groupby(keys).sum().reset_index()
    kish = effective_answers(found["weight_sum"], found["weight_sq_sum"])
    return found.assign(worth=np.minimum(kish, found["base"]) if weighted else found["base"].astype(float))


def _estimate(both: pd.DataFrame, side: str) -> Estimate:
    return mean_estimate(
        both[f"weight_{side}"], both[f"total_{side}"], both[f"total_sq_{side}"], base=both[f"base_{side}"],
        effective_base=both[f"worth_{side}"], scale_min=both["scale_min"], scale_max=both["scale_max"],
    )  # fmt: skip


def _scales(rows: pd.DataFrame) -> list[str]:
    return [f"{low:g}–{high:g}" for low, high in zip(rows["scale_min"], rows["scale_max"], strict=True)]


def _p_values(gap: Estimate) -> np.ndarray:
    """Two-sided p of Student's t against no gap, shape (n,)."""
    from scipy.special import stdtr

    ratio = np.abs(gap.estimate) / gap.std_error
    return np.asarray(2 * stdtr(np.maximum(gap.effective_base - 1, 1), -ratio), dtype=float)
