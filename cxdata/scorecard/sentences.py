"""The scorecard's headline: what stands, what moved most and what misses its target, a sentence each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from cxdata.language import format_month, format_number, gettext, ngettext
from cxdata.scorecard.board import width
from cxdata.scorecard.comparisons import BAD, DOWN, NEUTRAL, NEW_SCALE, NO_DATA, TOO_FEW, UNCLEAR, UP
from cxdata.scorecard.periods import COMPARISONS, compared_month
from cxdata.scorecard.tile import Change, Tile
from cxdata.scorecard.words import (
    base_text,
    change_text,
    fewer_text,
    interval_text,
    joined,
    line_text,
    metric_text,
    sentence_case,
    size_text,
    value_text,
    verdict_text,
)
from cxdata.vocabulary import Labels

MOST_MOVEMENTS, MOST_OVERALL = 3, 2
"""Movements that get a sentence of their own, and how many of them may be about the company as a whole."""


@dataclass(frozen=True)
class Sentence:
    """One sentence of the headline.

    Parameters
    ----------
    text : str
        Finished, in the language in force; names of lines come from the data, so escape it.
    role : str
        standing, movement, rest or target.
    verdict, judgement : str
        Of the change that it tells: codes as in `Change`; unclear and neutral where it tells none.
    """

    text: str
    role: str
    verdict: str = UNCLEAR
    judgement: str = NEUTRAL


@dataclass(frozen=True)
class Movement:
    """A change that is called up or down: where, from when, and how large as a share of its scale."""

    metric: str
    dimension: str
    line: str
    unit: str
    estimate: float
    base: float
    comparison: str
    change: float
    verdict: str
    judgement: str
    size: float


def headline(
    tiles: Sequence[Tile],
    tables: Mapping[str, pd.DataFrame],
    month: date,
    *,
    min_base: int,
    labels: Labels,
) -> list[Sentence]:
    """What a reader must know about a month, the most important first.

    Parameters
    ----------
    tiles : sequence of Tile
        From `board.tiles`; the first with enough data opens the headline.
    tables : mapping of str to DataFrame
        By dimension, from `board.breakdown`.
    month : date
        First day of the month.
    min_base : int
        Smallest base, for the sentence that says that it was not reached.
    labels : dict of str to str
        The company's words for codes of the data.

    Returns
    -------
    list of Sentence
        Where the first number stands; up to three movements, those of the company as a whole first and
        then one for each line, by their share of the scale; what else moved, or that nothing did;
        which targets are missed beyond chance.
    """
    # A number that does not know a filter is not about what the reader asked for.
    tiles = [tile for tile in tiles if not tile.ignored]
    told = next((tile.metric for tile in tiles if tile.enough), "")
    moved = [movement for movement in movements(tiles, tables) if movement.line or movement.metric != told]
    chosen = _chosen(moved)
    return [
        _standing(tiles, month, min_base),
        *(_moved(movement, month, labels) for movement in chosen),
        *_rest(tiles, tables, month, len(moved) - len(chosen), bool(chosen)),
        *_targets(tiles),
    ]


def movements(tiles: Sequence[Tile], tables: Mapping[str, pd.DataFrame]) -> list[Movement]:
    """Every change called up or down, the largest share of its scale first.

    A number that moved against both the month and the year before is told once, against the month.
    Lines without a name are left out, and so are lines that hold all the answers of a tile: they would
    tell the same number twice.
    """
    found = [
        Movement(
            tile.metric, "", "", tile.unit, tile.estimate, tile.base, name, change.estimate, change.verdict,
            change.judgement, abs(change.estimate) / tile.width,
        )
        for tile in tiles
        for name in COMPARISONS
        if (change := _change(tile, name)).verdict in (UP, DOWN)
    ]  # fmt: skip
    whole = {(tile.metric, tile.base) for tile in tiles}
    for dimension, table in tables.items():
        for row in table[table["line"] != ""].to_dict("records"):
            if (row["metric"], row["base"]) in whole:
                continue
            span = width(row["unit"], row["scale_min"], row["scale_max"])
            found += [
                Movement(
                    row["metric"], dimension, row["line"], row["unit"], row["estimate"], row["base"], name,
                    row[f"change_{name}"], str(row[f"verdict_{name}"]), str(row[f"judgement_{name}"]),
                    abs(row[f"change_{name}"]) / span,
                )
                for name in COMPARISONS
                if row[f"verdict_{name}"] in (UP, DOWN)
            ]  # fmt: skip
    told: dict[tuple[str, str, str], Movement] = {}
    for item in found:
        told.setdefault((item.metric, item.dimension, item.line), item)
    # Of equal movements the one told first is that of the company, then that of the first table.
    return sorted(told.values(), key=lambda item: -round(item.size, 6))


def _chosen(moved: Sequence[Movement]) -> list[Movement]:
    """The movements worth a sentence: a few of the company as a whole, then the largest of each line."""
    overall = [movement for movement in moved if not movement.line][:MOST_OVERALL]
    largest = {(item.dimension, item.line): item for item in reversed(moved) if item.line}
    lines = [item for item in moved if item.line and largest[(item.dimension, item.line)] is item]
    return [*overall, *lines][:MOST_MOVEMENTS]


def course(tile: Tile) -> str:
    """A tile's last months in a sentence, for readers who do not see its line."""
    rows = tile.series.dropna(subset=["estimate"])
    if rows.empty:
        return gettext("{metric}: no month with data.").format(metric=metric_text(tile.metric))
    estimates = rows["estimate"].to_numpy(float)
    lowest, highest = rows.iloc[int(estimates.argmin())], rows.iloc[int(estimates.argmax())]
    text = gettext(
        "{metric} from {first} to {last}, {months} months with data: lowest {low} in {low_month}, "
        "highest {high} in {high_month}, latest {latest}."
    )
    return text.format(
        metric=metric_text(tile.metric),
        first=format_month(rows["month"].iloc[0].date()),
        last=format_month(rows["month"].iloc[-1].date()),
        months=format_number(len(rows)),
        low=value_text(float(lowest["estimate"]), tile.unit),
        low_month=format_month(lowest["month"].date()),
        high=value_text(float(highest["estimate"]), tile.unit),
        high_month=format_month(highest["month"].date()),
        latest=value_text(float(rows["estimate"].iloc[-1]), tile.unit),
    )


def latest(tile: Tile) -> str:
    """The newest number of a tile whose month has none; '' where the last months have none either."""
    rows = tile.series.dropna(subset=["estimate"]).tail(1)
    if rows.empty:
        return ""
    return gettext("The latest: {value} in {month}.").format(
        value=value_text(float(rows["estimate"].iloc[0]), tile.unit),
        month=format_month(rows["month"].iloc[0].date()),
    )


def compared_count(tiles: Sequence[Tile], tables: Mapping[str, pd.DataFrame]) -> int:
    """How many changes could be judged at all."""
    judged = (UP, DOWN, UNCLEAR)
    count = sum(_change(tile, name).verdict in judged for tile in tiles for name in COMPARISONS)
    for table in tables.values():
        count += sum(int(table[f"verdict_{name}"].isin(judged).sum()) for name in COMPARISONS)
    return count


def _standing(tiles: Sequence[Tile], month: date, min_base: int) -> Sentence:
    tile = next((tile for tile in tiles if tile.enough), None)
    period = format_month(month)
    if tile is None:
        some = next((tile for tile in tiles if tile.base > 0), None)
        if some is None:
            text = gettext("{month} has no data.").format(month=period)
            return Sentence(sentence_case(text), "standing")
        text = gettext("{month} has too little data for any number: {metric} rests on {fewer}.")
        fewer = fewer_text(min_base, some.metric)
        text = text.format(month=period, metric=metric_text(some.metric), fewer=fewer)
        return Sentence(sentence_case(text), "standing")
    # Where the month before has nothing at all, as in yearly surveys, the year before is what counts.
    name = "year" if tile.month.verdict == NO_DATA and tile.year.verdict != NO_DATA else "month"
    change = _change(tile, name)
    numbers = {
        "metric": metric_text(tile.metric),
        "value": value_text(tile.estimate, tile.unit),
        "interval": interval_text(tile.conf_low, tile.conf_high, tile.unit),
        "base": base_text(tile.base),
        "size": size_text(change.estimate, tile.unit),
        "change": change_text(change.estimate, tile.unit),
        "period": format_month(compared_month(month, name)),
        "periods": joined(_periods(month), either=True),
        "too_few": verdict_text(TOO_FEW, tile.metric),
    }
    where = {
        UP: gettext("{metric} is {value} (95 % interval {interval}, {base}), up {size} since {period}."),
        DOWN: gettext("{metric} is {value} (95 % interval {interval}, {base}), down {size} since {period}."),
        UNCLEAR: gettext(
            "{metric} is {value} (95 % interval {interval}, {base}); "
            "the change of {change} since {period} is unclear."
        ),
        TOO_FEW: gettext(
            "{metric} is {value} (95 % interval {interval}, {base}); "
            "{period} has {too_few} to compare it with."
        ),
        NEW_SCALE: gettext(
            "{metric} is {value} (95 % interval {interval}, {base}); {period} was asked on another scale."
        ),
        NO_DATA: gettext(
            "{metric} is {value} (95 % interval {interval}, {base}); there is nothing in {periods} to compare it with."
        ),
    }
    return Sentence(where[change.verdict].format(**numbers), "standing", change.verdict, change.judgement)


def _moved(movement: Movement, month: date, labels: Labels) -> Sentence:
    numbers = {
        "metric": metric_text(movement.metric),
        "line": line_text(movement.dimension, movement.line, labels),
        "size": size_text(movement.change, movement.unit),
        "value": value_text(movement.estimate, movement.unit),
        "base": base_text(movement.base),
        "period": format_month(compared_month(month, movement.comparison)),
    }
    if movement.line:
        up = gettext("{line}: {metric} rose {size} to {value} ({base}) since {period}.")
        down = gettext("{line}: {metric} fell {size} to {value} ({base}) since {period}.")
    else:
        up = gettext("{metric} rose {size} to {value} ({base}) since {period}.")
        down = gettext("{metric} fell {size} to {value} ({base}) since {period}.")
    text = (up if movement.verdict == UP else down).format(**numbers)
    return Sentence(text, "movement", movement.verdict, movement.judgement)


def _rest(
    tiles: Sequence[Tile], tables: Mapping[str, pd.DataFrame], month: date, more: int, moved: bool
) -> list[Sentence]:
    if more > 0:
        text = ngettext(
            "{count} more number moved clearly; it is marked below.",
            "{count} more numbers moved clearly; they are marked below.",
            more,
        )
        return [Sentence(text.format(count=format_number(more)), "rest")]
    # The opening sentence may itself tell of a clear change.
    if moved or any(_change(tile, name).verdict in (UP, DOWN) for tile in tiles for name in COMPARISONS):
        return [Sentence(gettext("Nothing else moved clearly."), "rest")]
    count = compared_count(tiles, tables)
    if not count:
        return []
    periods = joined(_periods(month))
    text = ngettext(
        "No clear change: {count} comparison with {periods}, which chance alone would explain.",
        "No clear change: {count} comparisons with {periods}, none beyond what chance alone would bring.",
        count,
    )
    return [Sentence(text.format(count=format_number(count), periods=periods), "rest")]


def _targets(tiles: Sequence[Tile]) -> list[Sentence]:
    short = [tile for tile in tiles if tile.target_judgement == BAD]
    if not short:
        return []
    named = [
        gettext("{metric} ({gap})").format(
            metric=metric_text(tile.metric), gap=change_text(tile.target_gap, tile.unit)
        )
        for tile in short
    ]
    return [Sentence(gettext("Clearly short of target: {metrics}.").format(metrics=joined(named)), "target")]


def _periods(month: date) -> list[str]:
    return [format_month(compared_month(month, name)) for name in COMPARISONS]


def _change(tile: Tile, comparison: str) -> Change:
    return tile.month if comparison == "month" else tile.year
