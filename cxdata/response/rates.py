"""How many of those who were asked answered, line by line, and against the period before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from cxdata.config import Config
from cxdata.database import Release
from cxdata.response import query
from cxdata.scorecard.comparisons import verdicts
from cxdata.scorecard.differences import difference
from cxdata.scorecard.periods import month_before
from cxdata.scorecard.scores import share_estimate
from cxdata.selection import DIMENSIONS, Selection

SPANS = (1, 3, 12)
"""Months that the page may look at together."""


@dataclass(frozen=True)
class Span:
    """Some months that end with one, and as many before them: first days of the first and last of each."""

    months: int
    first: date
    last: date
    first_before: date
    last_before: date


def span_of(month: date, months: int) -> Span:
    """The months up to and with `month`, and the same number right before.

    Raises
    ------
    ValueError
        If `months` is less than 1.
    """
    if months < 1:
        raise ValueError(f"a span of {months} months is not possible; it covers 1 month or more.")
    return Span(
        months,
        month_before(month, months - 1),
        month,
        month_before(month, 2 * months - 1),
        month_before(month, months),
    )


def response_rates(now: pd.DataFrame, before: pd.DataFrame, *, min_base: int) -> pd.DataFrame:
    """Share of the invitations that were answered, per line, and how it changed.

    Parameters
    ----------
    now, before : DataFrame
        ``line``, ``invited`` and ``responded``, in as many rows as there are; they are summed per line.
    min_base : int
        Invitations below which nothing is judged.

    Returns
    -------
    DataFrame
        One row per line of either period, largest first: ``line``, ``responded``, ``estimate``,
        ``conf_low``, ``conf_high`` (fractions), ``base`` (invitations), ``previous``, ``previous_base``,
        ``change``, ``change_low``, ``change_high``, ``p_adjusted``, ``verdict``, ``judgement``. The
        verdicts count all lines as shown together.
    """
    sums = [frame.groupby("line")[["invited", "responded"]].sum() for frame in (now, before)]
    lines = sums[0].index.union(sums[1].index)
    after, prior = (frame.reindex(lines, fill_value=0) for frame in sums)
    current = share_estimate(after["responded"], after["invited"])
    previous = share_estimate(prior["responded"], prior["invited"])
    change = difference(current, previous)
    judged = verdicts(change, min_base=min_base)
    table = pd.DataFrame(
        {
            "line": lines.to_numpy(),
            "responded": after["responded"].to_numpy(),
            "estimate": current.estimate,
            "conf_low": current.conf_low,
            "conf_high": current.conf_high,
            "base": current.base,
            "previous": previous.estimate,
            "previous_base": previous.base,
            "change": change.estimate,
            "change_low": change.conf_low,
            "change_high": change.conf_high,
            "p_adjusted": judged.p_adjusted,
            "verdict": judged.verdict,
            "judgement": judged.judgement,
        }
    )
    return table.sort_values("base", ascending=False, kind="stable").reset_index(drop=True)


def rates_of(
    release: Release, config: Config, selection: Selection, span: Span, by: str = ""
) -> pd.DataFrame:
    """`response_rates` of a release by a dimension, over the selection's filters."""
    frame = query.invitations(release, selection, first=span.first_before, last=span.last, by=by)
    recent = frame["month"] >= pd.Timestamp(span.first)
    return response_rates(frame[recent], frame[~recent], min_base=config.min_base)


def dimensions_with_values(release: Release, selection: Selection) -> list[str]:
    """Dimensions that tell surveys apart under the selection's filters, in the product's order."""
    values = query.dimension_values(release)
    filtered = selection.active()
    return [name for name in DIMENSIONS if len(filtered.get(name, values.get(name, []))) > 1]
