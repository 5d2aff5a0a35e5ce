"""Everything that the scorecard shows of a month, computed once per selection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import pandas as pd

from cxdata.scorecard import board
from cxdata.scorecard.restated import restated_scores
from cxdata.scorecard.sentences import Sentence, headline
from cxdata.scorecard.tile import Tile
from pages.parts.cache import cached
from pages.parts.view import View

TABLES = ("touchpoint", "segment")


@dataclass(frozen=True)
class Sheet:
    """A month's tiles, its tables by dimension, the questions per metric, what was restated, the headline."""

    month: date
    tiles: Sequence[Tile]
    tables: dict[str, pd.DataFrame]
    questions: dict[str, tuple[str, ...]]
    restated: pd.DataFrame
    sentences: Sequence[Sentence]


def settled(view: View) -> View:
    """The same view without the choices of other pages: they must not make the month be computed anew."""
    return replace(view, selection=replace(view.selection, metric="nps", by="touchpoint", window=1))


def sheet(view: View) -> Sheet:
    """The month that the view is about."""
    release, config, selection = view.release, view.config, view.selection
    month = selection.month or release.as_of.replace(day=1)

    def table(by: str) -> pd.DataFrame:
        metrics = board.table_metrics(config, selection, by)
        return board.breakdown(release, config, selection, month, metrics, by)

    tiles = cached(
        view,
        "scorecard:tiles",
        lambda: board.tiles(release, config, selection, month, board.tile_metrics(config)),
    )
    tables = {by: cached(view, f"scorecard:{by}", partial(table, by)) for by in TABLES}
    return Sheet(
        month,
        tiles,
        tables,
        cached(
            view,
            "scorecard:questions",
            lambda: board.questions_counted(release, selection, month, config.labels),
        ),
        cached(view, "scorecard:restated", lambda: restated_scores(release, config)),
        cached(
            view,
            "scorecard:headline",
            lambda: headline(tiles, tables, month, min_base=config.min_base, labels=config.labels),
        ),
    )
