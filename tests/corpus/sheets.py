"""The scorecard of a month as tests ask for it."""

from __future__ import annotations

from datetime import date

import pandas as pd

from cxdata.config import Config
from cxdata.database import Release
from cxdata.scorecard import board
from cxdata.scorecard.tile import Tile
from cxdata.selection import Selection
from tests.corpus import counted

FEBRUARY = date(2026, 2, 1)


def tile_of(
    release: Release,
    metric: str,
    month: date = FEBRUARY,
    selection: Selection | None = None,
    config: Config = counted.CONFIG,
) -> Tile:
    metrics = board.tile_metrics(config)
    found = board.tiles(release, config, selection or Selection(month=month), month, metrics)
    return next(tile for tile in found if tile.metric == metric)


def table_of(release: Release, by: str, selection: Selection | None = None) -> pd.DataFrame:
    chosen = selection or Selection()
    metrics = board.table_metrics(counted.CONFIG, chosen, by)
    return board.breakdown(release, counted.CONFIG, chosen, FEBRUARY, metrics, by)


def cell(table: pd.DataFrame, line: str, metric: str) -> pd.Series:
    rows = table[(table["line"] == line) & (table["metric"] == metric)]
    assert len(rows) == 1
    return rows.iloc[0]
