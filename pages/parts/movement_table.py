"""The ranked table of the page Why it moved: every group with its shares, its scores and its parts."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import asdict
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from cxdata.language import format_number, format_percent, ngettext
from cxdata.language import gettext as _
from cxdata.movement.results import ENTERED, STAYED, Decomposition, Pooled
from cxdata.movement.words import MOST_NAMED, group_text
from cxdata.scorecard.comparisons import TOO_FEW
from cxdata.scorecard.words import (
    base_text,
    change_interval_text,
    change_text,
    joined,
    value_text,
    verdict_text,
)
from cxdata.vocabulary import DIMENSION_LABELS, Labels
from pages.parts.cache import cached
from pages.parts.download import download
from pages.parts.markup import header, tag, verdict, wrap
from pages.parts.view import View

MOST_ROWS = 12
"""Groups with a row of their own; the rest stand together in one."""


def parts_table(view: View, found: Decomposition) -> None:
    """One row per group, the largest contribution first, then the rest together and the whole."""
    extra = (found.comparison.code, found.across)
    body = cached(view, "movement:table", lambda: _markup(found, view.config.labels), *extra)
    st.html(body)
    filters = [f"{name}-{'-'.join(values)}" for name, values in view.selection.active().items()]
    names = [
        found.metric,
        "why",
        found.comparison.code,
        f"by-{found.by}",
        *([found.across] if found.across else []),
    ]
    parts = [*names, *(["weighted"] if view.selection.weighted else []), *filters, view.release.id]
    download(lambda: as_file(found, view.config.labels), parts, key="movement:csv")


def as_file(found: Decomposition, labels: Labels) -> pd.DataFrame:
    """Every part of every group for other programs: codes beside labels, raw numbers."""
    parts = found.parts.merge(found.groups.drop(columns=["estimate", "kind"]), on=["line", "across"])
    few = (parts["base_before"] < found.min_base) | (parts["base_after"] < found.min_base)
    label = [
        group_text(found, line, across, labels)
        for line, across in zip(parts["line"], parts["across"], strict=True)
    ]
    period = found.comparison
    file = parts.assign(
        metric=found.metric, unit=found.unit, dimension=found.by, second_dimension=found.across, label=label,
        first_month=f"{period.first:%Y-%m}", last_month=f"{period.last:%Y-%m}",
        before_first_month=f"{period.before_first:%Y-%m}", before_last_month=f"{period.before_last:%Y-%m}",
        fewer_than_min_base=few,
    )  # fmt: skip
    return file.rename(columns={"line": "code", "across": "second_code", "base": "thinner_n"})


def _markup(found: Decomposition, labels: Labels) -> str:
    parts = {(row["line"], row["across"], row["part"]): row for row in found.parts.to_dict("records")}
    stayed = found.groups[found.groups["kind"] == STAYED]
    few = [
        parts[(line, across, "rate")]["verdict"] == TOO_FEW
        for line, across in zip(stayed["line"], stayed["across"], strict=True)
    ]
    named = stayed[[not one for one in few]].head(MOST_ROWS)
    taken = set(zip(named["line"], named["across"], strict=True))
    rest = [key for key in zip(stayed["line"], stayed["across"], strict=True) if key not in taken]
    body = ""
    for row in named.to_dict("records"):
        key = (row["line"], row["across"])
        cells = [header(group_text(found, *key, labels), "row"), *_sides(found, row)]
        cells += [_part(found, parts[(*key, part)]) for part in ("rate", "mix")]
        body += wrap("tr", "".join(cells))
    if rest:
        body += _together(found, rest)
    for kind in ("entered", "left"):
        body += _one_sided(found, kind, labels)
    body += _whole(found)
    dimensions = " · ".join(_(DIMENSION_LABELS[name]) for name in (found.by, found.across) if name)
    names = [dimensions, _("Share of the answers"), _("Score"), _("Rate effect"), _("Mix effect")]
    head = wrap("tr", "".join(header(name, "col") for name in names))
    title = _("Parts of the change, by group")
    inner = tag("caption", title, "cx-hidden") + wrap("thead", head) + wrap("tbody", body)
    scrolled = f'tabindex="0" role="region" aria-label="{escape(title)}"'
    return wrap("div", wrap("table", inner, "cx-table"), "cx-scroll", scrolled)


def _sides(found: Decomposition, row: Mapping[Hashable, Any]) -> list[str]:
    """Share and score, before and after."""
    shares = [format_percent(float(row[f"share_{side}"])) for side in ("before", "after")]
    lines = []
    for side in ("before", "after"):
        value, base = float(row[f"score_{side}"]), float(row[f"base_{side}"])
        number = tag("span", value_text(value, found.unit), "cx-number" if side == "after" else "")
        lines.append(wrap("div", f"{number} {tag('span', base_text(base), 'cx-muted')}"))
    return [tag("td", " → ".join(shares)), wrap("td", "".join(lines))]


def _part(found: Decomposition, row: Mapping[Hashable, Any] | Pooled, span: int = 1) -> str:
    """Size, interval and verdict of one part."""
    part = asdict(row) if isinstance(row, Pooled) else row
    estimate, low, high = (float(part[name]) for name in ("estimate", "conf_low", "conf_high"))
    code, judgement = str(part["verdict"]), str(part["judgement"])
    number = tag("span", change_text(estimate, found.unit), "cx-number")
    interval = tag("div", change_interval_text(low, high, found.unit), "cx-muted")
    word = verdict(verdict_text(code), code, judgement)
    tint = f"cx-tint-{judgement}" if judgement in ("good", "bad") else ""
    more = f'colspan="{span}"' if span > 1 else ""
    return wrap("td", f"{number} {word}{interval}", tint, more)


def _together(found: Decomposition, rest: list[tuple[str, str]]) -> str:
    """The groups without a row: the smaller ones, and those with too few answers."""
    rows = found.groups.set_index(["line", "across"]).loc[rest]
    name = ngettext("{count} other group", "{count} other groups", len(rest)).format(
        count=format_number(len(rest))
    )
    shares = [format_percent(float(rows[f"share_{side}"].sum())) for side in ("before", "after")]
    bases = [base_text(float(rows[f"base_{side}"].sum())) for side in ("before", "after")]
    cells = [header(name, "row"), tag("td", " → ".join(shares)), tag("td", " → ".join(bases), "cx-muted")]
    cells += [_part(found, found.pooled(part, rest)) for part in ("rate", "mix")]
    return wrap("tr", "".join(cells))


def _one_sided(found: Decomposition, kind: str, labels: Labels) -> str:
    """Groups that answered in one period only: their names and their whole contribution."""
    total = found.total(kind)
    if total is None:
        return ""
    rows = found.groups[found.groups["kind"] == kind]
    pairs = list(zip(rows["line"], rows["across"], strict=True))
    names = [group_text(found, *pair, labels) for pair in pairs[:MOST_NAMED]]
    if len(pairs) > MOST_NAMED:
        more = len(pairs) - MOST_NAMED
        names.append(ngettext("{count} more", "{count} more", more).format(count=format_number(more)))
    text = _("Only later: {groups}") if kind == ENTERED else _("Only earlier: {groups}")
    shares = [format_percent(float(rows[f"share_{side}"].sum())) for side in ("before", "after")]
    base = base_text(float(rows["base_after" if kind == ENTERED else "base_before"].sum()))
    cells = [
        header(text.format(groups=joined(names)), "row"),
        tag("td", " → ".join(shares)),
        tag("td", base, "cx-muted"),
    ]
    return wrap("tr", "".join([*cells, _part(found, total.to_dict(), span=2)]))


def _whole(found: Decomposition) -> str:
    change = found.change
    row: dict[Hashable, Any] = {
        "share_before": 1.0, "share_after": 1.0, "score_before": change["previous"],
        "score_after": change["estimate"], "base_before": change["previous_base"], "base_after": change["base"],
    }  # fmt: skip
    cells = [header(_("Everything"), "row"), *_sides(found, row)]
    for part in ("rate", "mix"):
        total = found.total(part)
        cells.append(tag("td", "") if total is None else _part(found, total.to_dict()))
    return wrap("tr", "".join(cells))
