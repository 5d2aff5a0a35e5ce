"""From counts of two periods to the parts of a change: each with its interval, its base and its verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from cxdata.movement.compared import AFTER, BEFORE, Comparison
from cxdata.movement.effects import PARTS, Effects, Groups, normal_p_values, rate_and_mix
from cxdata.movement.one_scale import one_scale
from cxdata.movement.repeats import repeats_of
from cxdata.movement.results import (
    BY_CUSTOMER,
    ENTERED,
    FEW_PEOPLE,
    INDEPENDENT,
    LEFT,
    STAYED,
    Decomposition,
    Incomparable,
    own_base,
)
from cxdata.scorecard.comparisons import UNCLEAR, changes, verdicts
from cxdata.scorecard.differences import Difference
from cxdata.scorecard.estimates import CONFIDENCE_LEVEL, Estimate, Floats, normal_quantile
from cxdata.scorecard.histograms import counts_from_histogram, scores_from_histogram
from cxdata.scorecard.scores import adjusted_nps

_EFFECT = ("estimate", "conf_low", "conf_high", "p_value", "p_adjusted", "verdict", "judgement")


def decompose(
    counts: pd.DataFrame,
    comparison: Comparison,
    by: str,
    across: str = "",
    *,
    min_base: int,
    conventions: Mapping[str, str],
    weighted: bool = False,
    pairs: pd.DataFrame | None = None,
) -> Decomposition | Incomparable:
    """Split the change of one metric into rate and mix by group.

    Parameters
    ----------
    counts : DataFrame
        Histogram of scores of one metric: ``period`` (before, after), ``line``, ``across``, ``question``,
        ``asked_as``, ``about`` (touchpoint of the question, '' for none), ``label`` and
        `histograms.HISTOGRAM_COLUMNS`.
    comparison : Comparison
        What the two periods are; the counts are already theirs.
    by, across : str
        Dimensions that line and across are values of.
    min_base : int
        Answers that a side needs for a verdict.
    conventions : mapping of str to str
        ``"share"`` or ``"mean"`` for csat and ces.
    weighted : bool
        Count the weights of the answers.
    pairs : DataFrame, optional
        From `query.compared_pairs`: with it, the errors of the parts are by customer.

    Returns
    -------
    Decomposition or Incomparable
        Verdicts count all parts and their totals as shown together (Benjamini-Hochberg).

    References
    ----------
    Kitagawa (1955), JASA 50(272); Das Gupta (1993), US Bureau of the Census P23-186.
    """
    rows = counts[counts["score"].notna()]
    comparable = one_scale(rows, conventions)
    kept, left_out = comparable.rows, comparable.left_out
    bases = {side: float(rows.loc[rows["period"] == side, "answers"].sum()) for side in (BEFORE, AFTER)}
    if kept.empty:
        reason = "new_scale" if all(bases.values()) else "no_data"
        return Incomparable(reason, comparison, bases[BEFORE], bases[AFTER], left_out)
    whole = scores_from_histogram(kept, ["period"], weighted=weighted, conventions=conventions)
    whole = whole.set_index("period", drop=False)
    base = whole["base"]
    if base[BEFORE] < min_base or base[AFTER] < min_base:
        return Incomparable("too_few", comparison, float(base[BEFORE]), float(base[AFTER]), left_out)
    wide = _wide(kept, weighted, conventions)
    sides = {side: _side(wide, side) for side in (BEFORE, AFTER)}
    keys = tuple(zip(wide["line"], wide["across"], strict=True))
    repeats = None if pairs is None else repeats_of(pairs, kept, keys, conventions, weighted=weighted)
    effects = rate_and_mix(sides[BEFORE], sides[AFTER], repeats)
    better = bool(whole["higher_is_better"].iloc[0])
    parts, totals = _judged(wide, effects, min_base, better)
    return Decomposition(
        metric=str(whole["metric"].iloc[0]),
        unit=str(whole["unit"].iloc[0]),
        by=by,
        across=across,
        comparison=comparison,
        min_base=min_base,
        change=_whole_change(whole, min_base),
        parts=parts,
        totals=totals,
        groups=_groups(wide, effects),
        left_out=left_out,
        effects=effects,
        keys=keys,
        errors=INDEPENDENT if repeats is None else BY_CUSTOMER if repeats.usable else FEW_PEOPLE,
    )


def _wide(rows: pd.DataFrame, weighted: bool, conventions: Mapping[str, str]) -> pd.DataFrame:
    """One row per group with both periods side by side: weight, weight_sq, score, error, interval, base."""
    keys = ["period", "line", "across"]
    scores = scores_from_histogram(rows, keys, weighted=weighted, conventions=conventions)
    counts = counts_from_histogram(rows, keys, weighted=weighted, conventions=conventions)
    weight = counts["responses"].to_numpy(float)
    scores = scores.assign(
        weight=weight,
        weight_sq=weight**2 / counts["effective_base"].to_numpy(float),
        error=_careful_errors(scores),
    )
    numbers = ["weight", "weight_sq", "estimate", "error", "conf_low", "conf_high", "base"]
    wide = scores.pivot(index=["line", "across"], columns="period", values=numbers)
    wide.columns = wide.columns.map("_".join)
    for side in (BEFORE, AFTER):
        for name in ("weight", "weight_sq", "base"):
            wide[f"{name}_{side}"] = wide[f"{name}_{side}"].fillna(0.0)
    return wide.reset_index()


def _careful_errors(scores: pd.DataFrame) -> Floats:
    """Standard errors that do not vanish where a handful of answers happen to agree.

    NPS and shares as if a few imaginary answers had been added, as in their intervals; a mean of a single
    answer gets the spread of the whole scale.
    """
    estimate = Estimate.of(scores)
    worth = np.maximum(estimate.effective_base, 1e-9)
    net = adjusted_nps(estimate.estimate, estimate.std_error, worth).std_error
    share = (estimate.estimate * worth + 2) / (worth + 4)
    fraction = np.sqrt(np.maximum(share * (1 - share), 0) / (worth + 4))
    width = (scores["scale_max"] - scores["scale_min"]).to_numpy(float)
    mean = np.where(np.isnan(estimate.std_error), width / 2, estimate.std_error)
    return np.select([estimate.method == "nps", estimate.method == "share"], [net, fraction], mean)


def _side(wide: pd.DataFrame, side: str) -> Groups:
    columns = (
        wide[f"{name}_{side}"].to_numpy(float) for name in ("weight", "weight_sq", "estimate", "error")
    )
    return Groups(*columns)


def _whole_change(whole: pd.DataFrame, min_base: int) -> pd.Series:
    now, before = whole.loc[[AFTER]], whole.loc[[BEFORE]]
    row = changes(
        now.assign(line="").reset_index(drop=True), before.assign(line="").reset_index(drop=True), ["line"],
        min_base=min_base,
    ).iloc[0]  # fmt: skip
    row["previous_low"], row["previous_high"] = before["conf_low"].iloc[0], before["conf_high"].iloc[0]
    return row


def _kinds(effects: Effects) -> list[str]:
    return [
        ENTERED if before == 0 else LEFT if after == 0 else STAYED
        for before, after in zip(effects.share_before, effects.share_after, strict=True)
    ]


def _judged(
    wide: pd.DataFrame, effects: Effects, min_base: int, better: bool
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Parts and totals with intervals and verdicts; they stand side by side, so they are one family."""
    kinds = _kinds(effects)
    before, after = wide["base_before"].to_numpy(float), wide["base_after"].to_numpy(float)
    thin = {
        "rate": np.minimum(before, after),
        "mix": np.minimum(before, after),
        "entered": after,
        "left": before,
    }
    applies = {"rate": STAYED, "mix": STAYED, "entered": ENTERED, "left": LEFT}
    concerned = {part: np.array([kind == applies[part] for kind in kinds]) for part in PARTS}
    frames = []
    for place, part in enumerate(PARTS):
        rows = concerned[part]
        frames.append(
            pd.DataFrame(
                {
                    "line": wide["line"][rows],
                    "across": wide["across"][rows],
                    "kind": applies[part],
                    "part": part,
                    "estimate": effects.estimate[rows, place],
                    "std_error": effects.std_error[rows, place],
                    "base": thin[part][rows],
                }
            )
        )
    parts = pd.concat([frame for frame in frames if len(frame)], ignore_index=True)
    present = [place for place, part in enumerate(PARTS) if (parts["part"] == part).any()]
    own = {part: own_base(part, before[rows], after[rows]) for part, rows in concerned.items()}
    totals = pd.DataFrame(
        {
            "part": [PARTS[place] for place in present],
            "estimate": [effects.pooled(PARTS[place])[0] for place in present],
            "std_error": [effects.pooled(PARTS[place])[1] for place in present],
            "base": [own[PARTS[place]] for place in present],
            "groups": [int((parts["part"] == PARTS[place]).sum()) for place in present],
        }
    )
    family = pd.concat([parts, totals], ignore_index=True)
    family = _with_verdicts(family, min_base, better)
    parts, totals = family.iloc[: len(parts)], family.iloc[len(parts) :]
    largest = parts["estimate"].abs().sort_values(ascending=False, kind="stable").index
    named = ["line", "across", "kind", "part", *_EFFECT, "base"]
    return (
        parts.loc[largest, named].reset_index(drop=True),
        totals[["part", *_EFFECT, "base", "groups"]].astype({"groups": int}).reset_index(drop=True),
    )


def _with_verdicts(family: pd.DataFrame, min_base: int, better: bool) -> pd.DataFrame:
    estimate, error = family["estimate"].to_numpy(float), family["std_error"].to_numpy(float)
    reach = normal_quantile(CONFIDENCE_LEVEL) * error
    p_value = normal_p_values(estimate, error)
    change = Difference(
        estimate, error, estimate - reach, estimate + reach, p_value, family["base"].to_numpy(float)
    )
    judged = verdicts(change, min_base=min_base, higher_is_better=better)
    # A part of exactly nothing, such as the mix of a single group, has no error to be judged by.
    nothing = (estimate == 0) & (error == 0)
    return family.assign(
        conf_low=change.conf_low,
        conf_high=change.conf_high,
        p_value=p_value,
        p_adjusted=judged.p_adjusted,
        verdict=np.where(nothing, UNCLEAR, judged.verdict),
        judgement=judged.judgement,
    )


def _groups(wide: pd.DataFrame, effects: Effects) -> pd.DataFrame:
    columns: dict[str, object] = {
        "line": wide["line"],
        "across": wide["across"],
        "kind": _kinds(effects),
        "estimate": effects.estimate.sum(axis=1),
        "share_before": effects.share_before,
        "share_after": effects.share_after,
    }
    shown: Sequence[tuple[str, str]] = (
        ("score", "estimate"), ("low", "conf_low"), ("high", "conf_high"), ("base", "base"),
    )  # fmt: skip
    for side in (BEFORE, AFTER):
        columns |= {f"{name}_{side}": wide[f"{source}_{side}"] for name, source in shown}
    found = pd.DataFrame(columns)
    largest = found["estimate"].abs().sort_values(ascending=False, kind="stable").index
    return found.loc[largest].reset_index(drop=True)
