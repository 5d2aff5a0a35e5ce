"""A metric of one month by two dimensions at once, each cell judged against everything together."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from cxdata.chart_style import INK, MAX_ROWS, PAGE, month_texts, styled, tooltips
from cxdata.config import Config
from cxdata.database import Release
from cxdata.language import format_number, format_percent, gettext
from cxdata.scorecard import query
from cxdata.scorecard.comparisons import DOWN, UP, changes
from cxdata.scorecard.metrics import main_scale, scores
from cxdata.scorecard.trends import RULE
from cxdata.scorecard.words import (
    ARROWS,
    change_text,
    fewer_text,
    interval_text,
    line_text,
    metric_text,
    value_text,
)
from cxdata.selection import Selection
from cxdata.vocabulary import DIMENSION_LABELS

MOST_COLUMNS = 8
MOST_ROWS = 26
ROW_HEIGHT = 38
HEADER_HEIGHT = 30


@dataclass(frozen=True)
class HeatMap:
    """A metric of one month (or of the window that ends with it) by two dimensions.

    Parameters
    ----------
    metric, unit : str
        Code; points, fraction or score.
    rows, columns : str
        Dimensions; the one with more values makes the rows.
    month : date
    window : int
        Months covered.
    min_base : int
        Cells with fewer answers have no number.
    overall : float
        Value of everything together, on the scale with most answers; nan where there is none.
    higher_is_better : bool
    cells : DataFrame
        ``row``, ``column``, their labels and places, estimate, conf_low, conf_high, base, ``difference`` from
        everything on the same scale, ``verdict`` of that difference among all cells, ``few`` (bool).
    unseen : dict of str to int
        Values of each dimension that there was no room for, by dimension.
    """

    metric: str
    unit: str
    rows: str
    columns: str
    month: date
    window: int
    min_base: int
    overall: float
    higher_is_better: bool
    cells: pd.DataFrame = field(repr=False)
    unseen: dict[str, int]

    @property
    def judged(self) -> int:
        """Cells with enough answers to be compared with everything together."""
        return int((~self.cells["few"]).sum())


def heat_map(
    release: Release, config: Config, selection: Selection, month: date, one: str, other: str
) -> HeatMap:
    """A metric of a month by two dimensions.

    Differences are tested as if cell and total were independent samples. The cell is part of the total,
    so that this errs on the side of caution: fewer cells stand out, not more.

    Parameters
    ----------
    release, config, selection
        What is looked at; the selection's metric, window, weights and filters apply.
    month : date
        First day of the month.
    one, other : str
        Dimensions, in any order.
    """
    code = selection.metric
    frame = scores(release, config, selection, [code], first=month, last=month, by=one, across=other)
    cells = main_scale(frame).rename(columns={"line": "row", "across": "column"})
    whole = scores(release, config, selection, [code], first=month, last=month)
    rows, columns = one, other
    if cells["row"].nunique() < cells["column"].nunique():
        rows, columns = other, one
        cells = cells.rename(columns={"row": "column", "column": "row"})
    cells, unseen = _largest(cells, rows, columns)
    before = cells[["row", "column", "metric", *RULE]].merge(
        whole.drop(columns=["month", "line", "across", "metric"]), on=RULE
    )
    judged = changes(cells.drop(columns="month"), before, ["row", "column"], min_base=config.min_base)
    values = query.dimension_values(release)
    main = main_scale(whole)
    return HeatMap(
        metric=code,
        unit=str(cells["unit"].iloc[0]) if len(cells) else "score",
        rows=rows,
        columns=columns,
        month=month,
        window=selection.window,
        min_base=config.min_base,
        overall=float(main["estimate"].iloc[0]) if len(main) else np.nan,
        higher_is_better=bool(cells["higher_is_better"].iloc[0]) if len(cells) else True,
        cells=_ordered(
            pd.DataFrame(
                {
                    "row": cells["row"],
                    "column": cells["column"],
                    "row_label": [line_text(rows, code, config.labels) for code in cells["row"]],
                    "column_label": [line_text(columns, code, config.labels) for code in cells["column"]],
                    **{name: cells[name] for name in ("estimate", "conf_low", "conf_high", "base")},
                    "difference": judged["change"].to_numpy(float),
                    "verdict": judged["verdict"].to_numpy(str),
                    "few": cells["base"] < config.min_base,
                }
            ),
            values.get(rows, []),
            values.get(columns, []),
        ),
        unseen=unseen,
    )


def heat_map_chart(heat: HeatMap) -> alt.LayerChart:
    """Value and base in every cell; colour and arrow only where a cell really differs from the total.

    Cells with too few answers have a dashed border and no number; cells without answers are not drawn.
    """
    cells = heat.cells
    real = cells["verdict"].isin([UP, DOWN])
    rows = pd.DataFrame(
        {
            "row_label": cells["row_label"],
            "column_label": cells["column_label"],
            "what": cells["row_label"] + " · " + cells["column_label"],
            "when": month_texts([heat.month] * len(cells), window=heat.window),
            "value": [
                fewer_text(heat.min_base, heat.metric) if few else value_text(value, heat.unit)
                for value, few in zip(cells["estimate"], cells["few"], strict=True)
            ],
            "interval": [
                "" if few else interval_text(low, high, heat.unit)
                for low, high, few in zip(cells["conf_low"], cells["conf_high"], cells["few"], strict=True)
            ],
            "n": [
                gettext("fewer than {count}").format(count=heat.min_base) if few else format_number(base)
                for base, few in zip(cells["base"], cells["few"], strict=True)
            ],
            "apart": [
                "" if few or np.isnan(value) else change_text(value, heat.unit)
                for value, few in zip(cells["difference"], cells["few"], strict=True)
            ],
            "text": [
                f"<{heat.min_base}"
                if few
                else (ARROWS.get(verdict, "") + " " + _short(value, heat.unit)).strip()
                for value, verdict, few in zip(cells["estimate"], cells["verdict"], cells["few"], strict=True)
            ],
            "arrow": cells["verdict"].map(ARROWS).fillna(""),
            "few": cells["few"],
            "real": real,
            "difference": cells["difference"].where(real, 0.0).fillna(0.0),
        }
    )
    widest = max(float(rows["difference"].abs().max() or 0), 1e-9)
    row_names, column_names = _names(heat, "row"), _names(heat, "column")
    narrow = f"width < {46 * len(column_names)}"
    # Where not even small print fits (many columns on a telephone), arrows stand alone.
    tight = f"width < {30 * len(column_names)}"
    room: dict[str, Any] = {"fillOpacity": alt.ExprRef(f"{tight} ? 0 : 1")}
    arrow: dict[str, Any] = {"fillOpacity": alt.ExprRef(f"{tight} ? 1 : 0")}
    tilted = f"width < {len(column_names) * (7 * max(map(len, column_names)) + 8)}"
    top = _axis(
        "top",
        labelAngle=alt.ExprRef(f"{tilted} ? -35 : 0"),
        labelAlign=alt.ExprRef(f"{tilted} ? 'left' : 'center'"),
        labelBaseline="bottom",
    )
    base = alt.Chart(rows).encode(
        x=alt.X("column_label:N", sort=column_names, title=None, axis=top),
        y=alt.Y("row_label:N", sort=row_names, title=None, axis=_axis("left")),
        tooltip=tooltips(
            ("what", gettext("Cell")),
            ("when", gettext("Month")),
            ("value", metric_text(heat.metric)),
            ("interval", gettext("95 % interval")),
            ("n", "n"),
            ("apart", gettext("Against everything")),
        ),
    )
    colours = alt.Scale(domain=[-widest, widest], domainMid=0, reverse=not heat.higher_is_better)
    cell: dict[str, Any] = {"cornerRadius": 3, "stroke": PAGE, "strokeWidth": 3}
    layers = [base.transform_filter("!datum.few").mark_rect(color=INK, fillOpacity=0.05, **cell)]
    if real.any():
        layers.append(
            base.transform_filter("datum.real")
            .mark_rect(**cell)
            .encode(color=alt.Color("difference:Q", scale=colours, legend=None))
        )
    if rows["few"].any():
        empty = base.transform_filter("datum.few")
        layers.append(
            empty.mark_rect(
                fill="transparent", stroke=INK, strokeOpacity=0.35, strokeDash=[2, 3], cornerRadius=3, strokeWidth=1,
                width={"band": 0.92}, height={"band": 0.82},
            )
        )  # fmt: skip
        layers.append(empty.mark_text(color=INK, opacity=0.75, fontSize=11, **room).encode(text="text:N"))
    enough = base.transform_filter("!datum.few")
    size = alt.ExprRef(f"{narrow} ? 10 : 13")
    layers += [
        enough.mark_text(color=INK, fontSize=size, dy=-6, fontWeight=500, **room).encode(text="text:N"),
        enough.mark_text(color=INK, fontSize=10, dy=9, **room).encode(text="n:N"),
        enough.mark_text(color=INK, fontSize=10, **arrow).encode(text="arrow:N"),
    ]
    return styled(alt.layer(*layers), height=ROW_HEIGHT * len(row_names) + HEADER_HEIGHT)


def _axis(orient: Any, **look: Any) -> alt.Axis:
    return alt.Axis(
        orient=orient,
        domain=False,
        ticks=False,
        labelPadding=6,
        labelLimit=150,
        labelOverlap=False,
        labelFlush=False,
        **look,
    )


def _names(heat: HeatMap, side: str) -> list[str]:
    """Labels of the rows or columns in the order of their dimension, which the cells' order interleaves."""
    rows = heat.cells[[f"{side}_place", f"{side}_label"]].drop_duplicates().sort_values(f"{side}_place")
    return list(rows[f"{side}_label"])


def _short(value: float, unit: str) -> str:
    """A number with as few digits as a cell has room for."""
    return (
        format_percent(value, 0) if unit == "fraction" else format_number(value, 2 if unit == "score" else 0)
    )


def _largest(cells: pd.DataFrame, rows: str, columns: str) -> tuple[pd.DataFrame, dict[str, int]]:
    """The values of both dimensions with the most answers, as many as a chart has room for."""
    unseen: dict[str, int] = {}
    kept = cells
    wide = MOST_COLUMNS
    for name, dimension in (("column", columns), ("row", rows)):
        most = wide if name == "column" else min(MOST_ROWS, MAX_ROWS // max(kept["column"].nunique(), 1))
        sizes = cells.groupby(name)["base"].sum().sort_values(ascending=False, kind="stable")
        if len(sizes) > most:
            unseen[dimension] = len(sizes) - most
        kept = kept[kept[name].isin(sizes.index[:most])]
    return kept.reset_index(drop=True), unseen


def _ordered(cells: pd.DataFrame, rows: list[str], columns: list[str]) -> pd.DataFrame:
    """In the order of the dimensions' values, '' last, with the places of row and column."""
    placed = cells
    for side, values in (("row", rows), ("column", columns)):
        known = {code: place for place, code in enumerate(values)}
        placed = placed.assign(**{f"{side}_place": placed[side].map(known).fillna(len(known)).astype(int)})
    return placed.sort_values(["row_place", "column_place"], kind="stable").reset_index(drop=True)


def dimension_text(dimension: str) -> str:
    """What a dimension is called, in the language in force."""
    return gettext(DIMENSION_LABELS[dimension])
