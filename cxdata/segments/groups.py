"""Groups of customers by one or two dimensions: each measure, against all the others, small ones hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from cxdata.config import Config
from cxdata.database import Release
from cxdata.scorecard.comparisons import verdicts
from cxdata.scorecard.differences import Difference, difference
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
from cxdata.segments.suppression import suppress_line, suppress_table
from cxdata.selection import CUSTOMER_DIMENSIONS, Selection

MONTHS = 12
"""Months looked at: those that end with the selection's month."""

MOST_ROWS, MOST_COLUMNS = 20, 8
OTHERS = "…"
"""Code of the groups for which there is no room, put together."""

SHOWN, HIDDEN, EMPTY = "shown", "hidden", "empty"
ROW, COLUMN, CELL, ALL = "row", "column", "cell", "all"


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
        hidden groups are nan.
    withheld : tuple of str
        Measures of which no pattern protects the small groups by both dimensions at once.
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

    Every measure is protected by the numbers that it rests on (answers, terms, customers). All numbers that
    are shown count as one family of comparisons.
    """
    rows, columns = _values(measures, ROW, MOST_ROWS), _values(measures, COLUMN, MOST_COLUMNS)
    parts, withheld = [], []
    for measure in measures:
        measure = _merged(measure, rows, columns)
        frame, possible = _measured(measure, rows, columns if across else (), min_base)
        parts.append(frame)
        withheld += [] if possible else [measure.code]
    parts = [part for part in parts if len(part)]
    cells = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["level", "measure"])
    return Groups(
        by,
        across,
        first,
        last,
        rows,
        columns if across else (),
        tuple(code for code in LABELS if code in {measure.code for measure in measures}),
        missing,
        _judged(cells, min_base) if len(cells) else cells,
        tuple(withheld),
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
    if OTHERS not in (*rows, *columns):
        return measure
    sums = measure.sums.copy()
    for side, values in ((ROW, rows), (COLUMN, columns)):
        sums[side] = sums[side].where(sums[side].isin(set(values)), OTHERS)
    numbers = [name for name in sums.columns if name not in (ROW, COLUMN)]
    sums = sums.groupby([ROW, COLUMN])[numbers].sum().reset_index()
    return Measure(measure.code, measure.unit, sums, measure.estimate, measure.higher_is_better)


def _measured(
    measure: Measure, rows: Sequence[str], columns: Sequence[str], min_base: int
) -> tuple[pd.DataFrame, bool]:
    """All levels of one measure, and whether its small groups can be protected by both dimensions."""
    whole = measure.over()
    if whole["base"].iloc[0] < min_base:
        return pd.DataFrame(), True
    by_row = _filled(measure.over(ROW), [ROW], [(code,) for code in rows])
    parts = [
        whole.assign(row="", column="", level=ALL, hidden=False),
        by_row.assign(level=ROW, hidden=_line(by_row, min_base)),
    ]
    possible = True
    if columns:
        pairs = [(row, column) for row in rows for column in columns]
        inner = _filled(measure.over(ROW, COLUMN), [ROW, COLUMN], pairs)
        table = suppress_table(inner["base"].to_numpy(float).reshape(len(rows), len(columns)), min_base)
        possible = table.possible
        by_column = _filled(measure.over(COLUMN), [COLUMN], [(code,) for code in columns])
        # Where no pattern protects, empty cells are not given away either.
        cells = table.cells.ravel() if possible else np.ones(len(pairs), bool)
        parts += [
            by_column.assign(level=COLUMN, hidden=_line(by_column, min_base)),
            inner.assign(level=CELL, hidden=cells),
        ]
    return _told(measure, pd.concat(parts, ignore_index=True)), possible


def _line(sums: pd.DataFrame, min_base: int) -> np.ndarray:
    hidden, possible = suppress_line(sums["base"].to_numpy(float), min_base)
    return hidden if possible else np.ones(len(sums), bool)


def _filled(sums: pd.DataFrame, keys: list[str], places: Sequence[tuple[str, ...]]) -> pd.DataFrame:
    """The sums of every place of a table, 0 where nobody is."""
    wanted = pd.DataFrame(places, columns=keys)
    filled = wanted.merge(sums, on=keys, how="left")
    numbers = [name for name in filled.columns if name not in keys]
    filled[numbers] = filled[numbers].fillna(0.0)
    return filled.assign(**{side: "" for side in (ROW, COLUMN) if side not in keys})


def _told(measure: Measure, sums: pd.DataFrame) -> pd.DataFrame:
    """Estimates and differences of all groups; nan in place of what must not be known."""
    estimate = measure.estimate(sums)
    rest = measure.estimate(measure.rest(sums))
    change = difference(estimate, rest)
    hidden = sums["hidden"].to_numpy(bool)
    empty = (estimate.base <= 0) & ~hidden
    shown = ~hidden & ~empty
    compared = shown & (sums["level"] != ALL).to_numpy() & (measure.unit != "count")

    def told(values: np.ndarray, where: np.ndarray) -> np.ndarray:
        return np.where(where, values, np.nan)

    return pd.DataFrame(
        {
            "level": sums["level"].to_numpy(),
            "row": sums[ROW].to_numpy(),
            "column": sums[COLUMN].to_numpy(),
            "measure": measure.code,
            "unit": measure.unit,
            "state": np.where(hidden, HIDDEN, np.where(empty, EMPTY, SHOWN)),
            "higher_is_better": measure.higher_is_better,
            **{
                name: told(getattr(estimate, name), shown)
                for name in ("estimate", "conf_low", "conf_high", "base")
            },
            "rest": told(rest.estimate, compared),
            "rest_base": told(rest.base, compared),
            "difference": told(change.estimate, compared),
            "difference_error": told(change.std_error, compared),
            "difference_low": told(change.conf_low, compared),
            "difference_high": told(change.conf_high, compared),
            "p_value": told(change.p_value, compared),
        }
    )


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
    return cells.assign(p_adjusted=judged.p_adjusted, verdict=judged.verdict, judgement=judged.judgement)
