"""The path of one customer, for roles that may see personal data."""

from __future__ import annotations

from html import escape
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from cxdata.language import format_day, format_number
from cxdata.language import gettext as _
from cxdata.moments.query import person
from cxdata.vocabulary import label_of
from cxdata.wording import wording_of
from pages.parts.markup import header, tag, wrap
from pages.parts.view import View


def one_customer(view: View) -> None:
    """All that one customer went through, in order; nothing at all for other roles.

    Neither the id nor what is found goes into the address or a cache: both are personal.
    """
    if not view.may_see_personal:
        return
    st.subheader(_("The path of one customer"), anchor=False)
    wanted = st.text_input(
        _("Customer id"), key=f"customer@{view.language}", placeholder=_("as in your exports")
    )
    if not wanted.strip():
        text = _("Contacts, answers and terms of one customer in the order of time. Your role may see them.")
        st.html(wrap("div", tag("p", text), "cx-notes"))
        return
    found = person(view.release, wanted)
    if found is None:
        st.info(_("No customer of this release has that id."))
        return
    name, events = found
    if name:
        st.html(wrap("div", tag("p", name, "cx-title"), "cx-tile"))
    if events.empty:
        st.info(_("No contact, answer or term of this customer is recorded."))
        return
    st.html(_timeline(view, events))


def _timeline(view: View, events: pd.DataFrame) -> str:
    """The events as a table that shows all of a comment; everything in it is escaped."""
    zone = ZoneInfo(view.config.time_zone)
    titles = (_("When"), _("What"), _("Where"), _("Detail"), _("In the customer's words"))
    body = ""
    for _index, row in events.iterrows():
        comment = "" if pd.isna(row["comment"]) else str(row["comment"])
        cells = (_what(row), _where(view, row), _detail(view, row), comment)
        body += wrap("tr", header(_when(row, zone), "row") + "".join(tag("td", cell) for cell in cells))
    head = wrap("thead", wrap("tr", "".join(header(title, "col") for title in titles)))
    table = wrap("table", head + wrap("tbody", body), "cx-table")
    name = escape(_("The path of one customer"))
    return wrap("div", table, "cx-scroll", f'tabindex="0" role="region" aria-label="{name}"')


def _when(row: pd.Series, zone: ZoneInfo) -> str:
    # Days of terms are days on the company's calendar; moments are stored in UTC.
    if row["kind"] == "term":
        return format_day(row["happened_at"].date())
    local = row["happened_at"].tz_localize("UTC").tz_convert(zone)
    return f"{format_day(local.date())}, {local:%H:%M}"


def _what(row: pd.Series) -> str:
    if row["kind"] == "contact":
        complained = not pd.isna(row["is_complaint"]) and bool(row["is_complaint"])
        return _("Complaint") if complained else _("Contact")
    if row["kind"] == "answer":
        return _("Answer")
    outcomes = {"renewed": _("Renewed"), "churned": _("Did not renew"), "open": _("New term")}
    return outcomes.get(str(row["outcome"]), str(row["outcome"]))


def _where(view: View, row: pd.Series) -> str:
    codes = [code for code in (row["touchpoint"], row["channel"]) if code]
    return " · ".join(label_of(code, view.config.labels) for code in codes)


def _detail(view: View, row: pd.Series) -> str:
    if row["kind"] == "answer":
        return _("{score} of {low}–{high}: {question}").format(
            score=format_number(row["score"]), low=format_number(row["scale_min"]),
            high=format_number(row["scale_max"]), question=wording_of(row["asked_as"], row["label"], view.config.labels),
        )  # fmt: skip
    if row["kind"] == "term":
        return " · ".join(
            part
            for part in (
                label_of(str(row["product"]), view.config.labels) if row["product"] else "",
                _("term {number}").format(number=format_number(row["term"])),
            )
            if part
        )
    parts = []
    if not pd.isna(row["wait_minutes"]):
        parts.append(_("waited {minutes} minutes").format(minutes=format_number(row["wait_minutes"])))
    if not pd.isna(row["resolved"]):
        parts.append(_("settled") if row["resolved"] else _("not settled"))
    return " · ".join(parts)
