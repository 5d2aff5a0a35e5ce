"""The parts of the page Who answers: the mix, the raked scores, the rates, the silent, the method."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from cxdata.language import format_day, format_month, format_number, format_percent
from cxdata.language import gettext as _
from cxdata.response import silent_words, words
from cxdata.response.charts import MOST_LINES, mix_chart, rates_chart
from cxdata.response.raked import RakedScore
from cxdata.response.rates import SPANS, Span, rates_of
from cxdata.response.report import Standing
from cxdata.response.representation import Representation, most_distant
from cxdata.scorecard.comparisons import DOWN, UNCLEAR, UP
from cxdata.scorecard.words import (
    base_text,
    change_interval_text,
    change_text,
    fewer_text,
    interval_text,
    line_text,
    metric_text,
    value_text,
    verdict_text,
)
from cxdata.vocabulary import DIMENSION_LABELS
from pages.parts.cache import cached, draw
from pages.parts.markup import tag, verdict, wrap
from pages.parts.plain_table import cell, note, own_choice, plain_table
from pages.parts.view import View


def months(view: View) -> int:
    """How many months are looked at together, kept in the address; three where it says nothing."""
    labels = {"1": _("One month"), "3": _("Three months"), "12": _("Twelve months")}
    options = [str(count) for count in SPANS]
    return int(own_choice(view, "months", options, _("Months together"), labels.__getitem__, "3"))


def lead(texts: Sequence[str]) -> None:
    """The answer on top, large; the rest below it."""
    st.html(wrap("div", tag("p", texts[0]), "cx-lead"))
    if len(texts) > 1:
        st.html(wrap("div", "".join(tag("p", text) for text in texts[1:]), "cx-tile"))


def nothing(view: View, found: Standing) -> None:
    """What to do where there is nothing to show."""
    if view.selection.active():
        st.info(_("The filters leave no customers, invitations or answers. Take one away."))
    else:
        st.info(
            _("There are no customers with a segment, no invitations and no answers in {span}.").format(
                span=words.span_text(found.span)
            )
        )


def unfinished(view: View, month: date) -> None:
    """A month that is not over: late answers are still to come."""
    release = view.release
    if month == release.as_of.replace(day=1):
        st.info(
            _(
                "{month} is unfinished: the data goes to {day}, and invitations sent last have not had their time."
            ).format(month=format_month(month), day=format_day(release.data_to or release.as_of))
        )


def mixes(view: View, found: Standing) -> None:
    """Whom the answers stand for: a chart and a table of one dimension, chosen in the address."""
    st.header(_("Whom the answers stand for"), anchor=False)
    if not found.mixes:
        note(
            _("The customers carry no segment, region, plan or persona; with one of these columns in the table "
              "customers, this part shows whose voice is heard too much or too little.")
        )  # fmt: skip
        return
    first = most_distant(found.mixes) or found.mixes[0]
    names = [mix.dimension for mix in found.mixes]
    options = sorted(names, key=lambda name: name != first.dimension)
    by = own_choice(view, "mix", options, _("By"), lambda code: _(DIMENSION_LABELS[code]))
    mix = found.mix(by) or first
    labels = view.config.labels
    when = words.span_text(found.span)
    if not mix.answered:
        note(_("No customer who is known answered in {span}.").format(span=when))
        return
    draw(
        view,
        "response:mix",
        lambda: mix_chart(mix, labels, when),
        by,
        found.span,
        alt_text=words.mix_takeaway(mix, labels),
    )
    legend = (
        _("Bar: share of the customers. Hollow: share of the invited. Point and line: share of the answers with its "
          "95 % interval. Words only where the answers differ clearly from the customers.")
        if mix.invited
        else _("Bar: share of the customers. Point and line: share of the answers with its 95 % interval. Words only "
               "where the answers differ clearly from the customers.")
    )  # fmt: skip
    told = (legend, words.base_of_mix(mix, found.span), words.unlisted_text(found.unlisted_answers))
    note(" ".join(text for text in told if text))
    _mix_table(view, mix)


def _mix_table(view: View, mix: Representation) -> None:
    rows = []
    for row in mix.groups.to_dict("records"):
        cells = [cell(format_percent(row["customer_share"]), base_text(row["customers"]))]
        if mix.invited:
            cells.append(cell(format_percent(row["invited_share"]), base_text(row["invited"])))
        cells.append(cell(format_percent(row["answered_share"]), base_text(row["answered"])))
        cells.append(_difference(row))
        rows.append((line_text(mix.dimension, row["group"], view.config.labels), cells))
    heads = [_(DIMENSION_LABELS[mix.dimension]), _("Customers")]
    heads += [_("Invited")] if mix.invited else []
    heads += [_("Answers"), _("Answers against customers")]
    plain_table(_("Whom the answers stand for"), heads, rows)


def _difference(row: Mapping[Hashable, Any]) -> str:
    if row["verdict"] not in (UP, DOWN, UNCLEAR):
        return cell(words.mix_verdict_text(row["verdict"]), css="cx-muted")
    told = verdict(words.mix_verdict_text(row["verdict"]), row["verdict"], "neutral")
    interval = change_interval_text(row["difference_low"], row["difference_high"], "fraction")
    number = tag("span", change_text(row["difference"], "fraction"), "cx-number")
    return wrap("td", number + wrap("div", tag("span", interval), "cx-muted") + wrap("div", told))


def raked(view: View, found: Standing) -> None:
    """The scores as answered and as raked to the customers, side by side."""
    if not found.raked:
        return
    st.header(_("The scores, had everybody answered alike"), anchor=False)
    rows = [(metric_text(one.metric), _score_cells(one, view.config.min_base)) for one in found.raked]
    heads = [_("Metric"), _("As answered"), _("Raked to the customers"), _("Difference")]
    plain_table(_("Scores as answered and raked to the customers"), heads, rows)
    note(" ".join(words.raking_notes(found.raked, found.anonymous, found.unlisted, view.config.labels)))


def _score_cells(one: RakedScore, min_base: int) -> list[str]:
    if one.raw["base"] < min_base:
        few = cell(fewer_text(min_base, one.metric), css="cx-muted")
        return [few, cell("–", css="cx-muted"), cell("–", css="cx-muted")]
    plain = cell(
        value_text(one.raw["estimate"], one.unit),
        f"{interval_text(one.raw['conf_low'], one.raw['conf_high'], one.unit)} · {base_text(one.raw['base'])}",
    )
    if not one.raked:
        return [plain, cell(words.refusal_text(one, min_base), css="cx-muted"), cell("–", css="cx-muted")]
    worth = _("{n}, worth {worth}").format(
        n=base_text(one.raked["base"]), worth=format_number(one.raked["effective_base"])
    )
    interval = interval_text(one.raked["conf_low"], one.raked["conf_high"], one.unit)
    told = (
        _("beyond the interval as answered") if words.matters(one) else _("within the interval as answered")
    )
    return [
        plain,
        cell(value_text(one.raked["estimate"], one.unit), f"{interval} · {worth}"),
        cell(change_text(one.shift, one.unit), told),
    ]


def rates(view: View, settled: View, span: Span, dimensions: Sequence[str]) -> None:
    """Response rate by a dimension that is chosen in the address, against the months before."""
    st.header(_("Response rate"), anchor=False)
    if not dimensions:
        return
    by = own_choice(view, "rate_by", dimensions, _("By"), lambda code: _(DIMENSION_LABELS[code]))
    release, config, selection = settled.release, settled.config, settled.selection
    table = cached(
        settled, "response:rates", lambda: rates_of(release, config, selection, span, by), by, span
    )
    if not (table["base"] >= config.min_base).any():
        note(_("No {dimension} has {count} invitations or more in {span}.").format(
            dimension=_(DIMENSION_LABELS[by]).lower(), count=config.min_base, span=words.span_text(span)
        ))  # fmt: skip
        return
    moved = table[table["verdict"].isin([UP, DOWN])]
    if not table["verdict"].isin([UP, DOWN, UNCLEAR]).any():
        told = _("There is nothing to compare with: no {dimension} has {count} invitations or more in both {span} and "
                 "{period}.").format(
            dimension=_(DIMENSION_LABELS[by]).lower(), count=config.min_base, span=words.span_text(span),
            period=words.span_before_text(span),
        )  # fmt: skip
    elif moved.empty:
        told = _("No line has clearly changed against {period}.").format(period=words.span_before_text(span))
    else:
        told = _("Clearly changed against {period}: {lines}.").format(
            period=words.span_before_text(span),
            lines="; ".join(
                f"{line_text(by, line, config.labels)} {change_text(change, 'fraction')}"
                for line, change in zip(moved["line"], moved["change"], strict=True)
            ),
        )
    st.html(wrap("div", tag("p", told), "cx-tile"))
    draw(
        settled,
        "response:rates",
        lambda: rates_chart(table, by, config.labels, words.span_text(span), config.min_base),
        by,
        span,
        alt_text=told,
    )
    note(_("Point and line: response rate with its 95 % interval. Hollow: {period}. At most {most} lines are drawn; the "
           "table has all.").format(period=words.span_before_text(span), most=MOST_LINES))  # fmt: skip
    rows = [
        (line_text(by, row["line"], config.labels), _rate_cells(row, config.min_base))
        for row in table.to_dict("records")
    ]
    heads = [_(DIMENSION_LABELS[by]), _("Response rate"), _("95 % interval"), _("Against the months before")]
    with st.expander(_("The rates as a table")):
        plain_table(_("Response rate"), heads, rows)


def _rate_cells(row: Mapping[Hashable, Any], min_base: int) -> list[str]:
    if row["base"] < min_base:
        few = cell(fewer_text(min_base, "response_rate"), css="cx-muted")
        return [few, cell("–", css="cx-muted"), cell("–", css="cx-muted")]
    number = cell(value_text(row["estimate"], "fraction"), base_text(row["base"]))
    interval = cell(interval_text(row["conf_low"], row["conf_high"], "fraction"), css="cx-plain")
    if row["verdict"] not in (UP, DOWN, UNCLEAR):
        return [number, interval, cell(verdict_text(row["verdict"]), css="cx-muted")]
    told = verdict(verdict_text(row["verdict"]), row["verdict"], row["judgement"])
    change = change_text(row["change"], "fraction")
    span = change_interval_text(row["change_low"], row["change_high"], "fraction")
    inner = tag("span", change) + " " + told + wrap("div", tag("span", span), "cx-muted")
    return [number, interval, wrap("td", inner)]


def asked_would_show() -> None:
    """Say what is missing where nobody knows who was asked."""
    st.info(
        _("The table surveys tells no dates of sending (sent_at), or holds answered surveys only. With all invitations, "
          "this page shows response rates and how different the silent would have to be.")
    )  # fmt: skip


def silent(table: pd.DataFrame, span: Span) -> None:
    """How different the silent would have to be to turn each conclusion round."""
    st.header(_("What if the silent think otherwise?"), anchor=False)
    if table.empty:
        note(_("No score can be compared with the months before or with a target."))
        return
    rows = table.to_dict("records")
    sentences = [silent_words.tipping_sentence(row, span) for row in rows if row["verdict"] != UNCLEAR]
    sentences += silent_words.unclear_sentences(rows, span)
    st.html(wrap("div", "".join(tag("p", text) for text in sentences), "cx-tile"))
    heads = [
        _("Conclusion"), _("Those who answered"), _("The silent"), _("Difference at which it would be 0"),
        _("Difference from which it would be unclear"),
    ]  # fmt: skip
    plain_table(
        _("How different the silent would have to be"),
        heads,
        [(_conclusion(row), _silent_cells(row)) for row in rows],
    )
    note(_("Nobody knows what the silent think. The number says how far from those who answered they would have to be; "
           "whether that is likely is for the reader to judge."))  # fmt: skip


def _conclusion(row: Mapping[Hashable, Any]) -> str:
    about = _("change") if row["about"] == "change" else _("against the target")
    return f"{metric_text(row['metric'])}, {about}"


def _silent_cells(row: Mapping[Hashable, Any]) -> list[str]:
    interval = change_interval_text(row["low"], row["high"], row["unit"])
    share = _("{share} of {invited} invited").format(
        share=format_percent(1 - row["rate"]), invited=format_number(row["invited"])
    )
    off = _("off the scale: impossible") if not row["possible"] else ""
    if row["possible"] and not row["on_scale"]:
        off = _("off the scale, if they stood level before")
    return [
        cell(change_text(row["value"], row["unit"]), f"{interval} · {base_text(row['base'])}"),
        cell(share, css="cx-plain"),
        cell(change_text(row["needed"], row["unit"]), off),
        cell(_("unclear already"), css="cx-muted")
        if row["verdict"] == UNCLEAR
        else cell(change_text(row["unclear_from"], row["unit"]), css="cx-plain"),
    ]


def method() -> None:
    """What the numbers mean and where they come from."""
    texts = (
        _("**Customers** are those who were customers on some day of these months, each once, with the segment, region, "
          "plan and persona they had at the end. Whoever had come by then counts, save for those whose last subscription "
          "was lost and over before these months began; who has no subscription stays. **Invited** and **answers** are "
          "the surveys sent in these months."),
        _("**Over- and under-represented**: the share of the answers differs from the known share of the customers by "
          "more than chance would explain (score test, Wilson's interval; at most 5 % false alarms among the groups of "
          "a table). Answers of one customer count as one where that matters (Kish)."),
        _("**Raked**: every answer gets the weight that brings the answers to the customers' shares in all dimensions at "
          "once (Deming & Stephan 1940), cut at five times the mean. The interval rests on the effective number of "
          "answers (Kish 1965). CSAT and CES ask about contacts: raked, they stand for customers, not for contacts."),
        _("**The silent**: with a response rate r and a change d among those who answered, the true change is 0 if the "
          "silent moved by −d ÷ (1 − r) more than they did. It supposes that the silent stood where the others stood "
          "before; at equal response rates not even that is needed. That they could not undo a change is said only where "
          "no scores of theirs on the scale, before and now, would do."),
        _("**Answers needed**: 2 · (1.96 + 0.84)² · variance ÷ change² in each of two periods, which sees a change of "
          "that size in 80 of 100 cases at a confidence of 95 %, tested from both sides (Fleiss, Levin & Paik 2003)."),
        _("These weights mend the mix, not the silence: people who answer may differ from those of the same group who "
          "do not."),
    )  # fmt: skip
    with st.expander(_("How these numbers are made")):
        for text in texts:
            st.markdown(text)
