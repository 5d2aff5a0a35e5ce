"""The tiles of the scorecard: value, interval, changes, target and course of each headline number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import streamlit as st

from cxdata.language import format_month, format_number, ngettext
from cxdata.language import gettext as _
from cxdata.scorecard.charts import sparkline
from cxdata.scorecard.comparisons import NEUTRAL, NEW_SCALE, NO_DATA, NO_TARGET, TOO_FEW
from cxdata.scorecard.periods import COMPARISONS, compared_month
from cxdata.scorecard.reasons import LASTING, NO_MATCH
from cxdata.scorecard.sentences import course, latest
from cxdata.scorecard.tile import Change, Tile
from cxdata.scorecard.words import (
    base_text,
    change_interval_text,
    change_text,
    fewer_text,
    gap_text,
    interval_text,
    joined,
    method_text,
    metric_text,
    nothing_text,
    reason_text,
    sentence_case,
    value_text,
    verdict_text,
)
from cxdata.vocabulary import DIMENSION_LABELS, METRICS
from pages.parts.cache import cached, draw
from pages.parts.markup import tag, verdict, wrap
from pages.parts.view import View

COLUMNS = 4

MOST_QUESTIONS = 6
"""Questions whose wording a definition lists."""

NARROWEST = 232
"""Pixels that a tile needs; a phone shows one below the other."""


def tiles(view: View, found: Sequence[Tile], questions: Mapping[str, Sequence[str]], month: date) -> None:
    """All tiles in a grid, numbers that the release cannot give in one cell, and how to read them.

    Parameters
    ----------
    view : View
    found : sequence of Tile
        From `board.tiles`.
    questions : mapping of str to sequence of str
        Wording of the questions per metric, from `board.questions_counted`.
    month : date
        First day of the month that the page is about.
    """
    min_base = view.config.min_base
    aimed = any(tile.target_verdict != NO_TARGET for tile in found)
    faces = cached(view, "scorecard:faces", lambda: [_face(tile, month, min_base, aimed) for tile in found])
    with st.grid(COLUMNS, min_column_width=NARROWEST, border=True, gap="small", key="tiles") as grid:
        for tile, face in zip(found, faces, strict=True):
            if tile.reason not in LASTING:
                with grid.cell(), st.container(gap=None):
                    _tile(view, tile, face, questions.get(tile.metric, ()), month)
        missing = [tile for tile in found if tile.reason in LASTING]
        if missing:
            grid.html(_missing(missing))
        cells = len(found) - len(missing) + bool(missing)
        # The legend fills the last row where one cell is free; elsewhere it would stand alone in a row.
        if cells % COLUMNS == COLUMNS - 1:
            grid.html(_legend("cx-legend"))
    if cells % COLUMNS != COLUMNS - 1:
        st.html(_legend("cx-legend cx-line"))


@dataclass(frozen=True)
class Face:
    """A tile as HTML: what stands above its line and below it, and the line in words."""

    above: str
    below: str
    alt_text: str


def _face(tile: Tile, month: date, min_base: int, aimed: bool) -> Face:
    table = _changes(tile, month, aimed) if tile.enough else ""
    notes = "".join(tag("p", note, "cx-sub") for note in _notes(tile))
    return Face(
        above=wrap("div", _value(tile, month, min_base) + table, "cx-tile"),
        below=wrap("div", notes, "cx-tile") if notes else "",
        alt_text=course(tile),
    )


def _tile(view: View, tile: Tile, face: Face, questions: Sequence[str], month: date) -> None:
    with st.popover(
        f"**{metric_text(tile.metric)}**", type="tertiary", key=f"about:{tile.metric}:{view.language}"
    ):
        _definition(tile, questions, month)
    st.html(face.above)
    if tile.series["estimate"].notna().any():
        running = view.release.as_of.replace(day=1)
        draw(
            view,
            f"sparkline:{tile.metric}",
            lambda: sparkline(tile.series, tile.unit, tile.target, running),
            alt_text=face.alt_text,
        )
    if face.below:
        st.html(face.below)


def _notes(tile: Tile) -> list[str]:
    """What the number does not hold, although a reader might think so."""
    notes = []
    if tile.ignored:
        names = joined([_(DIMENSION_LABELS[name]).lower() for name in tile.ignored], either=True)
        notes.append(
            _("Not filtered by {dimensions}: terms of a subscription have none.").format(dimensions=names)
        )
    if tile.left_out:
        text = ngettext(
            "{count} answer on another scale ({scales}) is left out.",
            "{count} answers on another scale ({scales}) are left out.",
            int(tile.left_out),
        )
        notes.append(text.format(count=format_number(tile.left_out), scales=joined(tile.other_scales)))
    return notes


def _value(tile: Tile, month: date, min_base: int) -> str:
    if tile.enough:
        under = " · ".join(
            text
            for text in (interval_text(tile.conf_low, tile.conf_high, tile.unit), base_text(tile.base))
            if text
        )
        return tag("p", value_text(tile.estimate, tile.unit), "cx-value") + tag("p", under, "cx-sub")
    if tile.base:
        return tag("p", sentence_case(fewer_text(min_base, tile.metric)), "cx-value cx-words")
    words = tag("p", sentence_case(nothing_text(tile.metric, month)), "cx-value cx-words")
    if tile.reason == NO_MATCH:
        return words + tag("p", _("The filters leave nothing of this month."), "cx-sub")
    return words + tag("p", latest(tile), "cx-sub")


def _changes(tile: Tile, month: date, aimed: bool) -> str:
    rows = [_change(tile, name, month) for name in COMPARISONS]
    if tile.target_verdict != NO_TARGET:
        aim = _("target {value}").format(value=value_text(tile.target, tile.unit))
        words = verdict(
            gap_text(tile.target_verdict, tile.metric), tile.target_verdict, tile.target_judgement
        )
        rows.append(_row(aim, change_text(tile.target_gap, tile.unit), words, tile.target_judgement))
    elif aimed:
        rows.append(_row(_("no target"), "", "", NEUTRAL))
    return wrap("dl", "".join(rows), "cx-changes")


def _change(tile: Tile, comparison: str, month: date) -> str:
    change: Change = getattr(tile, comparison)
    since = _("since {month}").format(month=format_month(compared_month(month, comparison), short=True))
    number = ""
    if change.verdict not in (NO_DATA, TOO_FEW, NEW_SCALE):
        number = change_text(change.estimate, tile.unit)
    words = verdict(verdict_text(change.verdict, tile.metric), change.verdict, change.judgement)
    return _row(since, number, words, change.judgement)


def _row(name: str, number: str, words: str, judgement: str) -> str:
    """A name, a number and its verdict, which stands below the number where a tile is too narrow."""
    css = f"cx-{judgement}" if judgement in ("good", "bad") else ""
    return wrap("div", tag("dt", name) + wrap("dd", (tag("span", number, css) if number else "") + words))


def _definition(tile: Tile, questions: Sequence[str], month: date) -> None:
    """What the number means, how it is made, and the numbers it is compared with."""
    entry = METRICS[tile.metric]
    st.markdown(f"**{_(entry.meaning)}**")
    st.markdown(_(entry.formula))
    how = method_text(tile.method, tile.favourable_from, tile.higher_is_better)
    if entry.family == "answers" and tile.scale:
        direction = _("higher is better") if tile.higher_is_better else _("lower is better")
        st.markdown(
            " ".join([_("Scale {scale}, {direction}.").format(scale=tile.scale, direction=direction), how])
        )
    if tile.enough and round(tile.effective_base) < tile.base:
        text = _("With their weights, the {count} answers are worth {worth} of equal weight.")
        if entry.family == "renewals":
            text = _("As their values differ, the {count} terms are worth {worth} of equal value.")
        st.markdown(text.format(count=format_number(tile.base), worth=format_number(tile.effective_base)))
    for comparison in COMPARISONS if tile.enough else ():
        change: Change = getattr(tile, comparison)
        if change.verdict in (NO_DATA, TOO_FEW, NEW_SCALE):
            continue
        text = _("{month}: {value} ({base}); change {change}, 95 % interval {interval}.")
        st.markdown(
            text.format(
                month=format_month(compared_month(month, comparison)),
                value=value_text(change.previous, tile.unit),
                base=base_text(change.previous_base),
                change=change_text(change.estimate, tile.unit),
                interval=change_interval_text(change.conf_low, change.conf_high, tile.unit),
            )
        )
    if questions:
        st.markdown(_("Questions:"))
        # st.text, not markdown: the wording comes from the exports.
        st.text("\n".join(questions[:MOST_QUESTIONS]))
        more = len(questions) - MOST_QUESTIONS
        if more > 0:
            st.markdown(ngettext("and {count} more", "and {count} more", more).format(count=more))
    if entry.source:
        st.caption(_("Source: {source}").format(source=entry.source))


def _missing(found: Sequence[Tile]) -> str:
    title = tag("p", _("Not in this release"), "cx-title")
    reasons = dict.fromkeys(tile.reason for tile in found)
    rows = ""
    for reason in reasons:
        names = [metric_text(tile.metric) for tile in found if tile.reason == reason]
        text = next(reason_text(reason, tile.metric) for tile in found if tile.reason == reason)
        rows += tag("dt", joined(names)) + tag("dd", text)
    return wrap("div", title + wrap("dl", rows), "cx-gone")


def _legend(css: str) -> str:
    marks = {
        "line": _("the last 24 months, broken where a month has too little data or a scale changes"),
        "band": _("95 % interval: where the true value lies in 95 of 100 such samples"),
        "target": _("target in force"),
        "open": _("a month that is not over yet"),
    }
    rows = "".join(
        wrap("li", wrap("span", "", f"cx-mark cx-mark-{mark}", 'aria-hidden="true"') + tag("span", text))
        for mark, text in marks.items()
    )
    title = tag("p", _("How to read the tiles"), "cx-title")
    foot = tag("p", _("The name of a number opens its definition."), "cx-sub")
    return wrap("div", title + wrap("ul", rows) + foot, css)
