"""The upper part of the page Drivers: story, cautions, priority matrix, bars and the table of drivers."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from cxdata.drivers.analysis import Analysis
from cxdata.drivers.cautions import LEVEL_LABELS, NOTE, action, meaning
from cxdata.drivers.charts import (
    UNDECIDED,
    importance_bars,
    matrix_rows,
    priority_matrix,
    quadrant_labels,
)
from cxdata.drivers.deeper import Deeper
from cxdata.drivers.words import (
    VERDICT_LABELS,
    VERDICT_MEANINGS,
    base_sentence,
    effect_interval,
    effect_text,
    left_out_sentences,
    names_of,
    share_interval,
    step_text,
    story,
)
from cxdata.drivers.words_behind import chance_sentences
from cxdata.language import format_number, format_percent
from cxdata.language import gettext as _
from cxdata.scorecard.words import joined
from cxdata.vocabulary import label_of
from pages.parts.cache import draw
from pages.parts.download import download
from pages.parts.markup import tag, wrap
from pages.parts.view import View


def association(text: str = "") -> None:
    """What stands beside every chart: that it shows no causes."""
    words = _(
        "Associations are not causes: who has a bad experience may differ in ways that nobody recorded."
    )
    st.html(wrap("div", tag("p", f"{text} {words}".strip()), "cx-notes"))


def names(view: View, analysis: Analysis) -> dict[str, str]:
    """Names of drivers and segments by code."""
    found = names_of(analysis, view.config.labels)
    segments = next((one.levels for one in analysis.summary.offered if one.name == "segment"), ())
    return {**{code: label_of(code, view.config.labels) for code in segments}, **found}


def answer(view: View, analysis: Analysis, deep: Deeper | None = None) -> None:
    """Story, cautions, priorities, bars, table; without intervals of shares until there is more than estimates."""
    called = names(view, analysis)
    step = "all" if deep is not None else "first"
    texts = story(analysis, called, view.config.labels)
    st.html(wrap("div", tag("p", texts[0]), "cx-lead"))
    for text in texts[1:]:
        st.html(wrap("div", tag("p", text), "cx-tile"))
    st.html(
        wrap("div", tag("p", " ".join([base_sentence(analysis.summary), *left_out_sentences(analysis.summary, called)])),
             "cx-notes")
    )  # fmt: skip
    _cautions(analysis, called)
    _matrix(view, analysis, called, step)
    _bars(view, analysis, called, step, deep)
    _table(view, analysis, called, step)


def _cautions(analysis: Analysis, called: dict[str, str]) -> None:
    found = analysis.cautions
    if not found:
        return
    grave = [one for one in found if one.level != NOTE]
    title = (
        _("What to beware of: {count}").format(count=format_number(len(found)))
        if not grave
        else _("What to beware of: {count}, {grave} of them with care").format(
            count=format_number(len(found)), grave=format_number(len(grave))
        )
    )
    with st.expander(title):
        items = "".join(
            wrap(
                "li",
                tag("span", "▲" if one.level != NOTE else "•", "cx-bad" if one.level != NOTE else "cx-muted")
                + wrap(
                    "span",
                    tag("strong", f"{_(LEVEL_LABELS[one.level])} ({one.code}). ")
                    + tag("span", meaning(one, called) + " ")
                    + tag("em", action(one)),
                ),
            )
            for one in found
        )
        st.html(wrap("ul", items, "cx-moves"))


def _matrix(view: View, analysis: Analysis, called: dict[str, str], step: str) -> None:
    if analysis.table["performance"].notna().sum() < 3:
        return
    rows = matrix_rows(analysis, called, view.config.labels)
    st.subheader(_("Priorities"), anchor=False)
    words = quadrant_labels()
    told = [
        _("{corner}: {drivers}.").format(
            corner=words[code], drivers=joined(list(rows.loc[rows["quadrant"] == code, "name"]))
        )
        for code in words
        if (rows["quadrant"] == code).any() and code != UNDECIDED
    ]  # fmt: skip
    undecided = int((rows["quadrant"] == UNDECIDED).sum())
    summary = " ".join(told) or _("No driver lies clearly in one corner.")
    draw(
        view,
        f"drivers:matrix:{step}",
        lambda: priority_matrix(rows),
        analysis.summary.settings,
        alt_text=summary,
    )
    association(
        _(
            "{summary} Undecided and grey: {undecided}, because an interval crosses a median (dashed). Larger point: "
            "more customers with a bad experience. The numbers are those of the list below. Importance: share of what "
            "the drivers explain. How customers fare: mean place on the scale of the rating, or share of decisions "
            "spared the event."
        ).format(summary=summary, undecided=format_number(undecided))
    )


def _bars(view: View, analysis: Analysis, called: dict[str, str], step: str, deep: Deeper | None) -> None:
    st.subheader(_("Importance and effect"), anchor=False)
    alt_text = " ".join(story(analysis, called, view.config.labels))
    random = float("nan") if deep is None else deep.yardstick.share
    build = lambda: importance_bars(analysis, called, view.config.labels, random)  # noqa: E731
    draw(view, f"drivers:bars:{step}", build, analysis.summary.settings, alt_text=alt_text)
    chance = "" if deep is None else _("Upright line:") + " " + " ".join(chance_sentences(deep, called))
    association(
        _(
            "Bar: share of importance (Shapley, LMG) beyond what is held equal, black line: its 95 % interval by "
            "customers. Blue: more is clearly better; orange: clearly worse; grey: not clear. Below each bar: share and "
            "effect of one step, next to all other drivers."
        )
        + f" {chance}".rstrip()
    )


def _table(view: View, analysis: Analysis, called: dict[str, str], step: str) -> None:
    text = st.column_config.TextColumn
    columns = {
        "driver": text(_("Driver"), pinned=True),
        "verdict": text(_("Verdict")),
        **{
            name: text(title, alignment="right")
            for name, title in (
                ("share", _("Share")), ("share_interval", _("95 % interval")), ("rank", _("Rank and its interval")),
                ("top", _("In the top three")), ("sign", _("Sign")), ("step", _("Step")), ("effect", _("Effect")),
                ("effect_interval", _("95 % interval")), ("spread", _("Per standard deviation")),
                ("spread_interval", _("95 % interval")), ("holm", _("p (Holm)")), ("vif", _("VIF")),
                ("rated", _("Rated")), ("mean", _("Mean")), ("affected", _("Customers with a bad experience")),
                ("flags", _("Beware")),
            )
        },
    }  # fmt: skip
    rows = table_rows(view, analysis, called)
    st.dataframe(
        rows,
        hide_index=True,
        width="stretch",
        height="content",
        column_config=columns,
        key=f"drivers_table_{step}",
    )
    meanings = " ".join(f"{_(VERDICT_LABELS[code])}: {_(words)}." for code, words in VERDICT_MEANINGS.items())
    st.html(wrap("div", tag("p", meanings), "cx-notes"))
    if step == "all":
        summary = analysis.summary
        parts = [
            "drivers",
            summary.settings.outcome,
            f"{summary.first:%Y-%m}-to-{summary.last:%Y-%m}",
            summary.release,
        ]
        download(lambda: analysis.table, parts, key="drivers:csv")


def table_rows(view: View, analysis: Analysis, called: dict[str, str]) -> pd.DataFrame:
    """T1 in the reader's words."""
    summary, found = analysis.summary, analysis.table.to_dict("records")
    flags = {code: [one.code for one in analysis.cautions if code in one.drivers] for code in called}
    signs = {1: "+", -1: "−", 0: "0"}
    return pd.DataFrame(
        [
            {
                "driver": called[row["code"]],
                "verdict": _(VERDICT_LABELS[verdict]),
                "share": format_percent(row["share"]),
                "share_interval": share_interval(row) or _("being computed"),
                "rank": format_number(row["rank"]) if pd.isna(row["rank_low"])
                else _("{rank} ({low} to {high})").format(rank=format_number(row["rank"]),
                    low=format_number(row["rank_low"]), high=format_number(row["rank_high"])),
                "top": "" if pd.isna(row["top"]) else format_percent(row["top"], 0),
                "sign": signs[row["sign"]],
                "step": step_text(row, analysis.drivers[row["code"]], view.config.labels),
                "effect": effect_text(row["effect"], summary) + (" " + _("(Firth)") if row["firth"] else ""),
                "effect_interval": effect_interval(row, summary),
                "spread": effect_text(row["per_spread"], summary),
                "spread_interval": effect_interval(row, summary, "per_spread"),
                "holm": "" if pd.isna(row["holm"]) else _("under 0.001") if row["holm"] < 0.001
                else format_number(row["holm"], 3),
                "vif": "∞" if row["vif"] == float("inf") else format_number(row["vif"], 1),
                "rated": _("{share} of {count}").format(
                    share=format_percent(row["rated_share"], 0), count=format_number(row["met"])),
                "mean": "" if row["code"].startswith("fact:") else format_number(row["mean"], 2),
                "affected": "" if pd.isna(row["performance"]) else format_number(row["affected"]),
                "flags": ", ".join(flags[row["code"]]),
            }
            for row, verdict in zip(found, analysis.table["verdict"], strict=True)
        ]
    )  # fmt: skip
