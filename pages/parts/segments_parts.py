"""The parts of the page Segments: the choice of dimensions, the table, a profile, the cross, the file."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import streamlit as st

from cxdata.language import gettext as _
from cxdata.scorecard.comparisons import DOWN, UNCLEAR, UP
from cxdata.scorecard.words import base_text, verdict_text
from cxdata.segments import words
from cxdata.segments.charts import cross_chart
from cxdata.segments.groups import Groups
from cxdata.segments.shown import ALL, EMPTY, HIDDEN, ROW
from cxdata.vocabulary import DIMENSION_LABELS
from pages.parts.cache import draw
from pages.parts.download import download
from pages.parts.markup import tag, verdict, wrap
from pages.parts.plain_table import cell, note, own_choice, plain_table
from pages.parts.view import View

NONE = "none"
"""In the address: no second dimension."""


def chosen(view: View, names: Sequence[str]) -> tuple[str, str]:
    """The dimension of the rows and that of the columns, '' for none; both kept in the address."""
    with st.container(horizontal=True, vertical_alignment="top"):
        by = own_choice(view, "rows", names, _("Groups by"), _dimension)
        others = [NONE, *(name for name in names if name != by)]
        if len(others) == 1:
            return by, ""
        default = "plan" if "plan" in others else others[1]
        across = own_choice(view, "across", others, _("And by"), _dimension, default)
    return by, "" if across == NONE else across


def _dimension(code: str) -> str:
    return _("Nothing else") if code == NONE else _(DIMENSION_LABELS[code])


def lead(texts: Sequence[str]) -> None:
    """The answer on top, large; the rest below it."""
    st.html(wrap("div", tag("p", texts[0]), "cx-lead"))
    if len(texts) > 1:
        st.html(wrap("div", "".join(tag("p", text) for text in texts[1:]), "cx-tile"))


def no_dimension(view: View) -> None:
    """What is missing where customers cannot be told apart."""
    if view.selection.active():
        st.info(_("The filters leave one group only. Take one away to compare groups."))
        return
    st.info(
        _("The customers carry no segment, region, plan or persona with two values or more. With one of these columns in "
          "the table customers, this page shows its groups side by side.")
    )  # fmt: skip


def nothing(view: View) -> None:
    """What to do where there is nothing to show."""
    if view.selection.active():
        st.info(_("The filters leave too few customers and answers for any number. Take one away."))
    else:
        st.info(_("There are too few customers and answers in the twelve months for any number."))


def table(view: View, groups: Groups) -> None:
    """One row per group and one column per measure, coloured where a group differs from all others."""
    st.header(_("All groups"), anchor=False)
    st.caption(
        _("{months}; each number against all other customers together.").format(
            months=words.months_text(groups)
        )
    )
    cells = {(row["row"], row["measure"]): row for row in groups.level(ROW).to_dict("records")}
    whole = {row["measure"]: row for row in groups.level(ALL).to_dict("records")}
    measures = [code for code in groups.measures if code in whole]
    labels, currency = view.config.labels, view.config.currency
    rows = [
        (
            words.group_text(groups.by, code, labels),
            [_cell(cells.get((code, measure)), currency) for measure in measures],
        )
        for code in groups.rows
    ]
    rows.append((_("Everybody"), [_cell(whole[measure], currency) for measure in measures]))
    heads = [_(DIMENSION_LABELS[groups.by]), *(words.measure_text(code) for code in measures)]
    plain_table(_("All groups"), heads, rows)
    note(words.hidden_text(groups, view.config.min_base, ROW))
    note(words.unshown_text(groups))


def _cell(row: Mapping[Hashable, Any] | None, currency: str) -> str:
    if row is None or row["state"] == EMPTY:
        return cell(_("none"), css="cx-muted")
    if row["state"] == HIDDEN:
        return cell(_("hidden"), css="cx-muted")
    unit = row["unit"]
    number = tag("span", words.number_text(row["estimate"], unit, currency), "cx-number")
    if unit == "count":
        return wrap("td", number)
    under = [words.range_text(row["conf_low"], row["conf_high"], unit, currency), base_text(row["base"])]
    inner = number + "".join(wrap("div", tag("span", text), "cx-muted") for text in under if text)
    if row["verdict"] not in (UP, DOWN, UNCLEAR):
        return wrap("td", inner)
    apart = words.apart_text(row["difference"], unit, currency)
    if row["verdict"] == UNCLEAR:
        return wrap("td", inner + wrap("div", tag("span", verdict_text(UNCLEAR)), "cx-muted"))
    told = verdict(apart, row["verdict"], row["judgement"])
    return wrap("td", inner + wrap("div", told), f"cx-tint-{row['judgement']}")


def missing(groups: Groups) -> None:
    """Which tables would give more columns."""
    shows = {
        "subscriptions": _("renewal rates"),
        "revenue": _("revenue, cost to serve and margin"),
    }
    for name in groups.missing:
        note(
            _("The table {table} is not among the exports. With it, this page shows {shows}.").format(
                table=name, shows=shows[name]
            )
        )


def profile(view: View, groups: Groups) -> None:
    """One group in words, chosen in the address."""
    st.header(_("One group in words"), anchor=False)
    labels = view.config.labels
    code = own_choice(
        view, "group", list(groups.rows), _("Group"), lambda code: words.group_text(groups.by, code, labels)
    )
    text = words.profile_text(groups, code, labels, view.config.currency)
    st.html(wrap("div", tag("p", text), "cx-tile"))
    note(_("Differences between groups are associations, not causes: groups differ in much else."))


def cross(view: View, settled: View, groups: Groups) -> None:
    """Two dimensions at once, for a measure chosen in the address."""
    st.header(_("Two dimensions at once"), anchor=False)
    measures = list(dict.fromkeys(groups.level(ALL)["measure"]))
    default = "nps" if "nps" in measures else measures[-1]
    measure = own_choice(view, "measure", measures, _("Number"), words.measure_text, default)
    labels, currency = view.config.labels, view.config.currency
    if measure in groups.withheld:
        note(
            _("By both dimensions {measure} is withheld: the small groups could be computed from the others. The table "
              "above shows each dimension on its own.").format(measure=words.measure_text(measure))
        )  # fmt: skip
        return
    takeaway = words.cross_takeaway(groups, measure, currency)
    st.html(wrap("div", tag("p", takeaway), "cx-tile"))
    draw(
        settled,
        "segments:cross",
        lambda: cross_chart(groups, measure, labels, currency),
        groups.by,
        groups.across,
        measure,
        alt_text=takeaway,
    )
    texts = [
        _("Below each value: the answers, terms or customers it rests on. Colour and arrow only where a group differs "
          "clearly from all others: blue is better, orange worse. Empty: nobody."),
        words.hidden_text(groups, view.config.min_base, "cell"),
    ]  # fmt: skip
    note(" ".join(text for text in texts if text))


def file(view: View, groups: Groups) -> None:
    """The numbers as a file; what the page hides is hidden there, too."""
    parts = ["segments", groups.by, *([groups.across] if groups.across else []), f"{groups.last:%Y-%m}"]
    filters = [f"{name}-{'-'.join(values)}" for name, values in view.selection.active().items()]
    download(lambda: words.as_file(groups), [*parts, *filters, view.release.id], key="segments:csv")


def method(view: View) -> None:
    """What the numbers mean and where they come from."""
    texts = (
        _("**Groups**: customers as they were at the time of the answer, decision or month. The customers themselves are "
          "counted at the end of the last month, each once."),
        _("**Against all others**: the group compared with everybody who is not in it. Coloured where the difference "
          "stands out from chance, with at most 5 % false alarms among all numbers shown (Benjamini & Hochberg 1995)."),
        _("**Revenue, cost to serve, margin**: the sums of the twelve months, divided by the customers' months, times "
          "twelve; the interval is that of a ratio over customers (Cochran 1977). A customer who moves counts in each of "
          "its groups, but only once among everybody. Annual value is that of the terms running at the end."),
        _("**Hidden**: a group of fewer than {min_base} is not shown, nor are as many others as it takes that nobody can "
          "compute it from the totals (complementary suppression: Cox 1980; Willenborg & de Waal 2001): what is left of a "
          "total without the groups shown holds at least {min_base}, and is not such that all in it are alike (all "
          "renewed, say). Where that cannot be had, the measure is withheld. Scores, money and the file follow the same "
          "rule. A total that is itself such, as where everybody renewed, tells so of everybody in it. Comparing "
          "different filters or dimensions is not covered: whoever may filter freely may learn more.").format(
              min_base=view.config.min_base),
        _("Associations are not causes: groups differ in much besides what they are called."),
    )  # fmt: skip
    with st.expander(_("How these numbers are made")):
        for text in texts:
            st.markdown(text)
