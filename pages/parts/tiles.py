"""The tiles of the scorecard: value, interval, changes, target and course of each headline number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from cxdata.language import format_month, format_number, ngettext
from cxdata.language import gettext as _
from cxdata.scorecard.charts import sparkline
from cxdata.scorecard.comparisons import NEW_SCALE, NO_DATA, NO_TARGET, TOO_FEW
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
from pages.parts.cache import draw
from pages.parts.markup import header, tag, verdict, wrap
from pages.parts.view import View

NARROWEST = 232
"""Pixels that a tile needs; a phone shows one below the other."""


def tiles(view: View, found: Sequence[Tile], month: date) -> None:
    """All tiles in a grid, numbers that the release cannot give in one cell, and how to read them."""
    with st.grid(4, min_column_width=NARROWEST, border=True, gap="small", key="tiles") as grid:
        for tile in found:
            if tile.reason not in LASTING:
                with grid.cell(), st.container(gap=None):
                    _tile(view, tile, month)
        missing = [tile for tile in found if tile.reason in LASTING]
        if missing:
            grid.html(_missing(missing))
        grid.html(_legend())


def _tile(view: View, tile: Tile, month: date) -> None:
    with st.popover(
        f"**{metric_text(tile.metric)}**", type="tertiary", key=f"about:{tile.metric}:{view.language}"
    ):
        _definition(tile, month)
    table = _changes(tile, month) if tile.enough else ""
    st.html(wrap("div", _value(tile, month, view.config.min_base) + table, "cx-tile"))
    if tile.series["estimate"].notna().any():
        running = view.release.as_of.replace(day=1)
        draw(
            view,
            f"sparkline:{tile.metric}",
            lambda: sparkline(tile.series, tile.unit, tile.target, running),
            alt_text=course(tile),
        )
    notes = _notes(view, tile)
    if notes:
        st.html(wrap("div", "".join(tag("p", note, "cx-sub") for note in notes), "cx-tile"))


def _notes(view: View, tile: Tile) -> list[str]:
    """What the number does not hold, although a reader might think so."""
    notes = []
    ignored = [name for name in ("touchpoint", "channel") if getattr(view.selection, name)]
    if METRICS[tile.metric].family == "renewals" and ignored:
        names = joined([_(DIMENSION_LABELS[name]).lower() for name in ignored], either=True)
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


def _changes(tile: Tile, month: date) -> str:
    rows = [_change(tile, name, month) for name in COMPARISONS]
    if tile.target_verdict != NO_TARGET:
        aim = _("target {value}").format(value=value_text(tile.target, tile.unit))
        number = change_text(tile.target_gap, tile.unit)
        rows.append(
            _row(aim, number, gap_text(tile.target_verdict), tile.target_verdict, tile.target_judgement)
        )
    else:
        rows.append(wrap("tr", header(_("no target"), "row") + wrap("td", "", more='colspan="2"')))
    caption = tag("caption", _("Changes and distance to the target"), "cx-hidden")
    return wrap("table", caption + "".join(rows), "cx-changes")


def _change(tile: Tile, comparison: str, month: date) -> str:
    change: Change = getattr(tile, comparison)
    since = _("since {month}").format(month=format_month(compared_month(month, comparison), short=True))
    if change.verdict in (NO_DATA, TOO_FEW, NEW_SCALE):
        words = verdict(verdict_text(change.verdict), change.verdict, change.judgement)
        return wrap("tr", header(since, "row") + wrap("td", words, more='colspan="2"'))
    number = change_text(change.estimate, tile.unit)
    return _row(since, number, verdict_text(change.verdict), change.verdict, change.judgement)


def _row(name: str, number: str, words: str, code: str, judgement: str) -> str:
    css = f"cx-{judgement}" if judgement in ("good", "bad") else ""
    cells = tag("td", number, css) + wrap("td", verdict(words, code, judgement))
    return wrap("tr", header(name, "row") + cells)


def _definition(tile: Tile, month: date) -> None:
    """What the number means, how it is made, and the numbers it is compared with."""
    entry = METRICS[tile.metric]
    st.markdown(_(entry.meaning))
    st.markdown(_(entry.formula))
    how = method_text(tile.method, tile.favourable_from, tile.higher_is_better)
    if entry.family == "answers" and tile.scale:
        direction = _("higher is better") if tile.higher_is_better else _("lower is better")
        st.markdown(
            " ".join([_("Scale {scale}, {direction}.").format(scale=tile.scale, direction=direction), how])
        )
    if tile.enough and round(tile.effective_base) < tile.base:
        text = _("{base} are worth {worth} of equal weight.")
        st.markdown(text.format(base=base_text(tile.base), worth=base_text(tile.effective_base)))
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


def _legend() -> str:
    marks = {
        "line": _("the last 24 months, broken where a month has too little data"),
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
    return wrap("div", title + wrap("ul", rows) + foot, "cx-legend")
