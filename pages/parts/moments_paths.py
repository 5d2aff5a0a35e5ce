"""Paths before lost and kept renewals, and disconnections a month."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from cxdata.language import format_day, format_month, format_number, format_percent, ngettext
from cxdata.language import gettext as _
from cxdata.moments.charts import paths_chart, rate_panel
from cxdata.moments.paths import KINDS, STEPS, Paths
from cxdata.moments.query import RETURN_DAYS
from cxdata.moments.study import RENEWALS, Disconnections, Study, disconnected, walked
from cxdata.moments.words import (
    KIND_LABELS,
    KIND_MEANINGS,
    PATH_VERDICTS,
    customers_text,
    path_sentence,
    path_text,
    per_thousand,
    ratio_text,
)
from cxdata.scorecard.words import base_text
from pages.parts.cache import cached, draw
from pages.parts.markup import tag, wrap
from pages.parts.view import View

PARAMETER = "steps"
"""The page's own parameter of the address: contacts that a path holds."""


def walked_paths(view: View, found: Study, month: date) -> None:
    """The last contacts before lost renewals against those before kept ones."""
    if found.outcome != RENEWALS or found.moments.reason or "interactions" not in _tables(view):
        return
    st.subheader(_("Paths before a lost renewal"), anchor=False)
    steps = _steps(view)
    paths = cached(
        view, "moments:paths", lambda: walked(view.release, view.config, view.selection, month, steps), steps
    )
    takeaway = path_sentence(paths, view.config.labels)
    st.html(wrap("div", tag("p", takeaway), "cx-tile"))
    if paths.table.empty:
        return
    draw(
        view, "moments:paths", lambda: paths_chart(paths, view.config.labels), steps, month, alt_text=takeaway
    )
    st.html(wrap("div", tag("p", _paths_note(view, paths)), "cx-notes"))
    with st.expander(_("The numbers behind the paths")):
        st.dataframe(
            _path_rows(view, paths),
            hide_index=True,
            width="stretch",
            column_config={
                "path": st.column_config.TextColumn(_("Path")),
                "ratio": st.column_config.TextColumn(_("Ratio"), alignment="right"),
                "interval": st.column_config.TextColumn(_("95 % interval"), alignment="right"),
                "verdict": st.column_config.TextColumn(_("Verdict")),
                "lost": st.column_config.TextColumn(_("Before lost ones"), alignment="right"),
                "kept": st.column_config.TextColumn(_("Before kept ones"), alignment="right"),
                "customers": st.column_config.TextColumn(_("Base"), alignment="right"),
            },
        )


def felt_disconnections(view: View, month: date) -> None:
    """Where the company loses the thread: one small chart a kind."""
    if "interactions" not in _tables(view):
        return
    st.subheader(_("Disconnections that customers feel"), anchor=False)
    found = cached(
        view,
        "moments:disconnected",
        lambda: disconnected(view.release, view.config, view.selection, month),
    )
    if found is None or found.table["estimate"].isna().all():
        st.info(_("No month has enough contacts of known customers for a rate."))
        return
    running = view.release.as_of.replace(day=1)
    with st.grid(columns="auto", min_column_width=400) as grid:
        for kind in KINDS:
            rows = found.table[found.table["kind"] == kind]
            with grid.cell():
                _panel(view, kind, rows, running)
    st.html(wrap("div", tag("p", _rates_note(view, found)), "cx-notes"))


def _panel(view: View, kind: str, rows: pd.DataFrame, running: date) -> None:
    known = rows.dropna(subset=["estimate"])
    head = tag("p", _(KIND_LABELS[kind]), "cx-title") + tag("p", _(KIND_MEANINGS[kind]), "cx-sub")
    if known.empty:
        st.html(wrap("div", head + tag("p", _("no data"), "cx-sub"), "cx-tile"))
        return
    closed = known[known["month"] < pd.Timestamp(running)]
    last = (closed if len(closed) else known).iloc[-1]
    text = _("{month}: {rate} ({low} to {high}; {base})").format(
        month=format_month(last["month"].date(), short=True),
        rate=per_thousand(last["estimate"]),
        low=per_thousand(last["conf_low"]),
        high=per_thousand(last["conf_high"]),
        base=base_text(last["base"]),
    )
    st.html(wrap("div", head + tag("p", text), "cx-tile"))
    name = f"{_(KIND_LABELS[kind])}. {text}"
    draw(view, f"moments:rate:{kind}", lambda: rate_panel(rows, running), alt_text=name)


def _steps(view: View) -> int:
    """How many contacts a path holds, kept in the address beside the selection."""
    options = [str(steps) for steps in STEPS]
    wanted = st.query_params.get(PARAMETER, "")
    chosen = wanted if wanted in options else options[0]
    key = f"{PARAMETER}@{view.language}"
    st.session_state[key] = chosen

    def changed() -> None:
        st.query_params[PARAMETER] = str(st.session_state[key] or chosen)

    st.segmented_control(
        _("Last contacts before the decision"), options, key=key, on_change=changed, required=True
    )
    return int(chosen)


def _paths_note(view: View, paths: Paths) -> str:
    texts = [
        _("Of decisions with at least {steps} contacts in their window: {lost} lost, {kept} kept. The most frequent "
          "paths are shown; filled: stands out from chance, with at most 5 % false alarms among them.").format(
            steps=format_number(paths.steps), lost=format_number(paths.lost), kept=format_number(paths.kept)),
        _("A path goes with a loss; it need not cause it."),
    ]  # fmt: skip
    if len(paths.table) and (paths.table[["lost", "kept"]].min(axis=1) == 0).any():
        texts.append(
            _(
                "Seen on one side only: the interval counts half a decision more in each group, the test is exact."
            )
        )
    if paths.hidden:
        text = ngettext(
            "{count} path that fewer than {least} customers went is not shown.",
            "{count} paths that fewer than {least} customers went are not shown.",
            paths.hidden,
        )
        texts.append(
            text.format(count=format_number(paths.hidden), least=format_number(view.config.min_base))
        )
    if view.selection.touchpoint or view.selection.channel:
        texts.append(_("Not filtered by touchpoint and channel: a path needs all of them."))
    return " ".join(texts)


def _rates_note(view: View, found: Disconnections) -> str:
    texts = [
        _("Shaded: 95 % interval, which allows for customers with several contacts. Hollow: a month that is not "
          "over. Contacts are recorded until {day}; settled contacts of the last {days} days before are left out, "
          "because their customers may still come back. The first month of the data is left out, because nobody "
          "knows who came before.").format(
            day=format_day(found.span.last_at.date()), days=format_number(RETURN_DAYS)),
    ]  # fmt: skip
    if found.span.unknown:
        text = ngettext(
            "{count} contact without a known customer is left out.",
            "{count} contacts without a known customer are left out.",
            found.span.unknown,
        )
        texts.append(text.format(count=format_number(found.span.unknown)))
    return " ".join(texts)


def _path_rows(view: View, paths: Paths) -> pd.DataFrame:
    table = paths.table
    return pd.DataFrame(
        {
            "path": [path_text(path, view.config.labels) for path in table["path"]],
            "ratio": [
                ratio_text(lost, kept, value)
                for lost, kept, value in zip(table["lost"], table["kept"], table["ratio"], strict=True)
            ],
            "interval": [
                "" if pd.isna(low) else _("{low} to {high}").format(
                    low=format_number(low, 2), high=format_number(high, 2))
                for low, high in zip(table["ratio_low"], table["ratio_high"], strict=True)
            ],
            "verdict": [_(PATH_VERDICTS[verdict]) for verdict in table["verdict"]],
            "lost": [
                f"{format_percent(share)} ({format_number(count)})"
                for share, count in zip(table["lost_share"], table["lost"], strict=True)
            ],
            "kept": [
                f"{format_percent(share)} ({format_number(count)})"
                for share, count in zip(table["kept_share"], table["kept"], strict=True)
            ],
            "customers": [customers_text(int(count)) for count in table["customers"]],
        }
    )  # fmt: skip


def _tables(view: View) -> set[str]:
    return set(view.release.manifest.get("columns", {}))
