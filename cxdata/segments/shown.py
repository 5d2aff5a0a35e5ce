"""What may be told of each measure: its numbers at all levels, nan in place of what must not be known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cxdata.scorecard.differences import difference
from cxdata.segments.measures import MONEY, Flags, Measure
from cxdata.segments.suppression import suppress_line, suppress_table

SHOWN, HIDDEN, EMPTY = "shown", "hidden", "empty"
ROW, COLUMN, CELL, ALL = "row", "column", "cell", "all"


def measured(
    measures: Sequence[Measure], rows: Sequence[str], columns: Sequence[str], min_base: int
) -> tuple[list[pd.DataFrame], tuple[str, ...]]:
    """The numbers of each measure that may be shown, and the measures whose small groups need more than that.

    Parameters
    ----------
    measures : sequence of Measure
    rows, columns : sequence of str
        Values of the dimensions; no columns for groups by one dimension.
    min_base : int
        What a number must rest on.

    Returns
    -------
    list of DataFrame
        Per measure ``level``, ``row``, ``column``, ``measure``, ``unit``, ``state``, the estimate and the
        difference from all others.
    tuple of str
        Measures that cannot be shown by both dimensions at once, or not at all.
    """
    frames, withheld = [], []
    inner = {measure.code: _cells(measure, rows, columns) for measure in measures}
    for measure in measures:
        if measure.over()["base"].iloc[0] < min_base:
            continue
        sums, possible = _hidden(measure, _kin(measure, measures, inner), inner, rows, columns, min_base)
        if sums is not None:
            frames.append(_told(measure, sums))
        if not possible:
            withheld.append(measure.code)
    return frames, tuple(withheld)


def _cells(measure: Measure, rows: Sequence[str], columns: Sequence[str]) -> pd.DataFrame:
    """The smallest groups, row by row."""
    if not columns:
        return _filled(measure.over(ROW), [ROW], [(code,) for code in rows])
    pairs = [(row, column) for row in rows for column in columns]
    return _filled(measure.over(ROW, COLUMN), [ROW, COLUMN], pairs)


def _kin(measure: Measure, measures: Sequence[Measure], inner: dict[str, pd.DataFrame]) -> list[Measure]:
    """The measures that one can be computed from: of revenue, cost and margin two tell the third."""
    if measure.code not in MONEY:
        return [measure]
    own = sizes_of(inner[measure.code])
    return [
        other
        for other in measures
        if other.code in MONEY and np.array_equal(sizes_of(inner[other.code]), own)
    ]


def sizes_of(sums: pd.DataFrame) -> np.ndarray:
    """What a group counts for when others are to be protected by it.

    Whoever moves is in several groups and counts in the last of them only: what is left of a total has at
    least as many customers as these sizes say. A group that all have left still holds somebody.
    """
    base = sums["base"].to_numpy(float)
    if "home" not in sums.columns:
        return base
    return np.where(base > 0, np.maximum(sums["home"].to_numpy(float), 1), 0)


def _hidden(
    measure: Measure,
    kin: Sequence[Measure],
    inner: dict[str, pd.DataFrame],
    rows: Sequence[str],
    columns: Sequence[str],
    min_base: int,
) -> tuple[pd.DataFrame | None, bool]:
    """The sums at all levels with what is hidden of them; None where even the total would give groups away."""
    cells = inner[measure.code]
    sizes = sizes_of(cells).reshape(len(rows), -1)
    least = cells["home" if "home" in cells.columns else "base"].to_numpy(float)

    def told(sets: Flags) -> Flags:
        """Sets of cells that are too few customers or, in some measure of the kin, all alike."""
        given = (sets @ least) < min_base
        for one in kin:
            numbers = inner[one.code].drop(columns=[ROW, COLUMN])
            sums = pd.DataFrame(sets.astype(float) @ numbers.to_numpy(float), columns=numbers.columns)
            given |= one.alike(sums)
        return given

    wide, tall = sizes.shape[1], sizes.shape[0]
    row_hidden, row_safe = suppress_line(
        sizes.sum(axis=1), min_base, lambda sets: told(np.repeat(sets, wide, axis=1))
    )
    if not row_safe:
        return None, False
    by_row = _filled(measure.over(ROW), [ROW], [(code,) for code in rows])
    whole = measure.over().assign(row="", column="", level=ALL, hidden=False)
    if not columns:
        return pd.concat([whole, by_row.assign(level=ROW, hidden=row_hidden)], ignore_index=True), True
    column_hidden, column_safe = suppress_line(
        sizes.sum(axis=0), min_base, lambda sets: told(np.tile(sets, (1, tall)))
    )
    if not column_safe:
        return None, False
    table = suppress_table(sizes, min_base, told)
    if table.possible:
        row_hidden, column_hidden, cell_hidden = table.rows, table.columns, table.cells.ravel()
    else:
        # Where no pattern protects, empty cells are not given away either.
        cell_hidden = np.ones(len(cells), bool)
    by_column = _filled(measure.over(COLUMN), [COLUMN], [(code,) for code in columns])
    parts = [
        whole,
        by_row.assign(level=ROW, hidden=row_hidden),
        by_column.assign(level=COLUMN, hidden=column_hidden),
        cells.assign(level=CELL, hidden=cell_hidden),
    ]
    return pd.concat(parts, ignore_index=True), table.possible


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
    # With one group of a level in sight, the difference would be about hidden ones alone.
    company = pd.Series(shown).groupby(sums["level"].to_numpy()).transform("sum").to_numpy()
    compared = shown & (company > 1) & (sums["level"] != ALL).to_numpy() & (measure.unit != "count")

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
