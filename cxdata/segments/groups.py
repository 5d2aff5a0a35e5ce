"""Groups of customers by one or two dimensions: each measure, against all the others, small ones hidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pandas as pd

from cxdata.config import Config
from cxdata.database import Release
from cxdata.scorecard.comparisons import TOO_FEW, verdicts
from cxdata.scorecard.differences import Difference
from cxdata.scorecard.periods import month_before
from cxdata.segments import query
from cxdata.segments.measures import (
    LABELS,
    SCORES,
    Measure,
    annual_value_measure,
    money_measures,
    people,
    renewal_measure,
    score_measures,
)
from cxdata.segments.shown import ALL, COLUMN, ROW, measured
from cxdata.selection import CUSTOMER_DIMENSIONS, Selection

MONTHS = 12
"""Months looked at: those that end with the selection's month."""

MOST_ROWS, MOST_COLUMNS = 20, 8
OTHERS = "…"
"""Code of the groups for which there is no room, put together."""


@dataclass(frozen=True)
class Groups:
    """Groups of customers and their numbers; what is hidden is not in here at all.

    Parameters
    ----------
    by, across : str
        Dimensions of the rows and of the columns; `across` is '' for groups by one dimension.
    first, last : date
        First days of the first and last month.
    rows, columns : tuple of str
        Values of the dimensions, '' = not stated, `OTHERS` = the smallest together.
    measures : tuple of str
        Codes of `measures.LABELS` that the release can tell.
    missing : tuple of str
        Contract tables that would give more measures.
    cells : DataFrame
        ``level`` (row, column, cell, all), ``row``, ``column``, ``measure``, ``unit``, ``state`` (shown, hidden,
        empty), ``estimate``, ``conf_low``, ``conf_high``, ``base``, ``rest``, ``difference`` (from all
        others), ``difference_low``, ``difference_high``, ``p_adjusted``, ``verdict``, ``judgement``. Numbers of
        hidden groups are nan; so are differences from others that are too few or all hidden.
    withheld : tuple of str
        Measures of which no pattern protects the small groups by both dimensions at once; those that have no
        `ALL` either are not shown at all.
    """

    by: str
    across: str
    first: date
    last: date
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    measures: tuple[str, ...]
    missing: tuple[str, ...]
    cells: pd.DataFrame = field(repr=False)
    withheld: tuple[str, ...] = ()

    def level(self, level: str, measure: str = "") -> pd.DataFrame:
        """Rows of `cells` of a level, of one measure or all."""
        found = self.cells[self.cells["level"] == level]
        return found[found["measure"] == measure] if measure else found


def dimensions(release: Release, selection: Selection) -> list[str]:
    """Customer dimensions that tell customers apart under the selection's filters."""
    values, filtered = query.dimension_values(release), selection.active()
    return [name for name in CUSTOMER_DIMENSIONS if len(filtered.get(name, values.get(name, []))) > 1]


def groups_of(release: Release, config: Config, selection: Selection, by: str, across: str = "") -> Groups:
    """Groups of a release by one or two customer dimensions, over the twelve months up to the selection's.

    Parameters
    ----------
    release, config
    selection : Selection
        With a month; its filters apply.
    by, across : str
        Customer dimensions; `across` is '' for none.
    """
    last = selection.month or release.as_of.replace(day=1)
    first = month_before(last, MONTHS - 1)
    span = (first, last, by, across)
    base = query.customers(release, selection, last, by, across)
    found: list[Measure] = [people(_keyed(base))]
    histogram = query.scores(release, selection, SCORES, *span)
    found += score_measures(
        _keyed(histogram),
        conventions={"csat": config.csat, "ces": config.ces},
        weighted=selection.weighted,
    )
    decided = query.renewals(release, selection, *span)
    if len(decided):
        found.append(renewal_measure(_keyed(decided)))
    amounts = query.amounts(release, selection, *span)
    if (amounts["amount"] == "revenue").any():
        found += money_measures(_keyed(amounts))
    else:
        terms = query.running_terms(release, selection, last, by, across)
        found += [annual_value_measure(_keyed(terms))] if len(terms) else []
        found += money_measures(_keyed(amounts))
    missing = tuple(name for name in ("subscriptions", "revenue") if not query.exported(release, name))
    return table_of(found, by, across, first, last, min_base=config.min_base, missing=missing)


def table_of(
    measures: Sequence[Measure],
    by: str,
    across: str,
    first: date,
    last: date,
    *,
    min_base: int,
    missing: tuple[str, ...] = (),
) -> Groups:
    """The table of some measures: estimates, differences from all others, and nothing that must be hidden.

    Every measure is protected by the numbers that it rests on (answers, terms, customers), revenue, cost and
    margin together where they rest on the same. All numbers that are shown count as one family of comparisons.
    """
    rows, columns = _values(measures, ROW, MOST_ROWS), _values(measures, COLUMN, MOST_COLUMNS)
    columns = columns if across else ()
    merged = [_merged(measure, rows, columns) for measure in measures]
    frames, withheld = measured(merged, rows, columns, min_base)
    cells = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["level", "measure"])
    return Groups(
        by,
        across,
        first,
        last,
        rows,
        columns,
        tuple(code for code in LABELS if code in {measure.code for measure in measures}),
        missing,
        _judged(cells, min_base) if len(cells) else cells,
        withheld,
    )


def _keyed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.rename(columns={"line": ROW, "across": COLUMN})


def _values(measures: Sequence[Measure], side: str, most: int) -> tuple[str, ...]:
    """Values of a dimension in their order, '' last; the smallest give way to `OTHERS` where there are too many."""
    every = pd.concat([measure.sums[[side, "base"]] for measure in measures[:1]] or [pd.DataFrame()])
    sizes = every.groupby(side)["base"].sum() if len(every) else pd.Series(dtype=float)
    seen = {str(code) for measure in measures for code in measure.sums[side]}
    order = sorted(seen, key=lambda code: -float(sizes.get(code, 0)))
    kept = order if len(order) <= most else order[: most - 1]
    listed = sorted((code for code in kept if code), key=str) + [code for code in kept if not code]
    return tuple(listed + ([OTHERS] if len(order) > most else []))


def _merged(measure: Measure, rows: Sequence[str], columns: Sequence[str]) -> Measure:
    """The measure with the groups put together for which there is no room.

    A customer who moves between two of those counts twice in them.
    """
    if OTHERS not in (*rows, *columns):
        return measure
    sides = {ROW: {ROW: rows}, COLUMN: {COLUMN: columns}, ALL: {}}
    levels = {level: _put_together(frame, sides[level]) for level, frame in measure.levels.items()}
    return replace(measure, sums=_put_together(measure.sums, {ROW: rows, COLUMN: columns}), levels=levels)


def _put_together(sums: pd.DataFrame, sides: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    sums = sums.copy()
    for side, values in sides.items():
        if values:
            sums[side] = sums[side].where(sums[side].isin(set(values)), OTHERS)
    numbers = [name for name in sums.columns if name not in (ROW, COLUMN)]
    return sums.groupby([ROW, COLUMN])[numbers].sum().reset_index()


def _judged(cells: pd.DataFrame, min_base: int) -> pd.DataFrame:
    """Verdicts on all differences shown together."""
    base = np.fmin(cells["base"].to_numpy(float), cells["rest_base"].to_numpy(float))
    change = Difference(
        cells["difference"].to_numpy(float),
        cells["difference_error"].to_numpy(float),
        cells["difference_low"].to_numpy(float),
        cells["difference_high"].to_numpy(float),
        cells["p_value"].to_numpy(float),
        np.nan_to_num(base),
    )
    judged = verdicts(change, min_base=min_base, higher_is_better=cells["higher_is_better"].to_numpy(bool))
    # Too few on either side: no difference is told, neither on the page nor in the file.
    names = [
        "rest",
        "rest_base",
        "difference",
        "difference_error",
        "difference_low",
        "difference_high",
        "p_value",
    ]
    cells.loc[judged.verdict == TOO_FEW, names] = np.nan
    return cells.assign(p_adjusted=judged.p_adjusted, verdict=judged.verdict, judgement=judged.judgement)
