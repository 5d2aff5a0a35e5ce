"""The sections of the page Data health."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote

import pandas as pd
import streamlit as st

from cxdata.database import Release, open_release
from cxdata.errors import ReleaseDamaged
from cxdata.health import query, repeat_tables, tables
from cxdata.health.freshness import Freshness
from cxdata.health.releases import Record, matched, other_warnings, record_of, unknown_columns
from cxdata.health.repeats import Repeats
from cxdata.language import format_number
from cxdata.language import gettext as _
from cxdata.messages import told
from cxdata.scorecard.query import questions
from cxdata.scorecard.restated import restated_scores, restated_table
from cxdata.wording import wording_of
from pages.parts.cache import cached
from pages.parts.view import View

PARAMETER = "account"
"""Name in the address of the release whose account is shown."""

MOST_ROWS = 20
"""Rows that a table shows before it scrolls."""


PIXELS_PER_LETTER = 5.8

MOST_PIXELS = 600
"""Width of a table's first column, which is otherwise as wide as its longest text."""


@dataclass(frozen=True)
class Details:
    """What only the database of a release knows, or why it cannot be read."""

    newest: pd.DataFrame | None = None
    restated: pd.DataFrame | None = None
    repeats: Repeats | None = None
    wordings: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


def problem(what: str, why: str) -> None:
    """Say in words that something cannot be read."""
    st.warning(what)
    # st.text, not markdown: the message may quote names that anybody can have given.
    st.text(why)


def answer(record: Record, text: str) -> None:
    """The account of a release in one sentence, marked where something is to be looked at."""
    if record.totals.unaccounted:
        st.error(text)
    elif record.warnings:
        st.warning(text)
    else:
        st.success(text)


def chosen_release(view: View, records: Sequence[Record]) -> Record:
    """The release that the address names, else the one in force."""
    kept = {record.id: record for record in records}
    wanted = st.query_params.get(PARAMETER, "")
    return kept.get(wanted) or kept.get(view.release.id) or record_of(view.release.id, view.release.manifest)


def releases(view: View, records: Sequence[Record], chosen: Record, current: str, *, sound: bool) -> None:
    """The releases that are kept, the choice of the one that is looked into, and the way back to it."""
    st.subheader(_("Releases"))
    _table(tables.releases_table(records, current), numbers=(5, 6, 7, 8), wide=True)
    key = f"{PARAMETER}@{view.language}"
    st.session_state[key] = chosen.id

    def changed() -> None:
        st.query_params[PARAMETER] = st.session_state[key]

    with st.container(horizontal=True, vertical_alignment="bottom"):
        ids = list(dict.fromkeys([*(record.id for record in records), chosen.id]))
        st.selectbox(_("Account of the release"), ids, key=key, on_change=changed, width=320)
        with st.popover(_("Go back to a release")):
            _way_back(chosen, current, sound=sound, alone=len(ids) == 1)
        if not chosen.problem:
            manifest = json.dumps(dict(chosen.manifest), indent=1, ensure_ascii=False, sort_keys=True)
            st.download_button(
                _("Manifest (JSON)"), manifest, f"{chosen.id}.json", "application/json", on_click="ignore"
            )
        if sound and chosen.id != view.release.id:
            address = f"./?release={quote(chosen.id)}&lang={view.language}"
            st.link_button(_("Open the scorecard with this release"), address)


def _way_back(chosen: Record, current: str, *, sound: bool, alone: bool) -> None:
    """The command that makes a release the current one again."""
    if not sound:
        st.write(_("This release is damaged and cannot be gone back to. Choose another one."))
        return
    if alone:
        st.write(_("There is no other release to go back to."))
        return
    if chosen.id == current:
        st.write(_("This is the current release. The command goes back to the one before; choose another release for "
                   "its own command."))  # fmt: skip
    st.code(f"python -m cxdata rollback {'' if chosen.id == current else chosen.id}".strip(), language=None)
    st.write(_("Nothing is deleted, and readers follow at their next click. Add --data DIR where the data do not lie "
               "in the default folder."))  # fmt: skip


def details(view: View, record: Record) -> Details:
    """Newest events and restated scores of a release, or why its database cannot be read."""

    def compute() -> Details:
        release = _opened(view, record)
        return Details(
            query.newest_rows(release),
            restated_scores(release, view.config),
            query.repeats(release, view.config),
            {
                row["question"]: wording_of(row["asked_as"], row["label"], view.config.labels)
                for row in questions(release).to_dict("records")
            },
        )

    try:
        return cached(view, "health_details", compute, record.id)
    except ReleaseDamaged as error:
        return Details(problem=told(error))


def account(view: View, record: Record, known: Details, age: Freshness) -> None:
    """The account of one release, a tab for each part, with how much there is where trouble may be."""
    totals, warnings, unmatched = record.totals, len(record.warnings), int(matched(record)["unmatched"].sum())
    files_tab, quarantine_tab, checks_tab, restated_tab, age_tab, customers_tab, repeats_tab = st.tabs(
        [
            _("Row accounts"),
            _("Quarantine ({n})").format(n=format_number(totals.quarantined)),
            _("Checks and warnings ({n})").format(n=format_number(warnings)),
            _("Restated months ({n})").format(n=format_number(record.restated_months)),
            _("Freshness"),
            _("Customers not matched ({n})").format(n=format_number(unmatched)),
            _("Repeated answers"),
        ]
    )
    with files_tab:
        _files(record)
    with quarantine_tab:
        _quarantine(view, record)
    with checks_tab:
        _checks_and_warnings(record)
    with restated_tab:
        _restated(view, record, known)
    with age_tab:
        _age(age, known, record)
    with customers_tab:
        _customers(record)
    with repeats_tab:
        _repeats(known)


def _age(found: Freshness, known: Details, record: Record) -> None:
    """How old the data are, and the newest event of each table."""
    text = tables.freshness_text(found)
    if found.is_old:
        st.warning(text)
    else:
        st.write(text)
    st.caption(tables.published_text(found.published_days))
    if known.newest is not None and len(known.newest):
        _table(tables.newest_table(known.newest, record.as_of), numbers=(1, 3))


def _files(record: Record) -> None:
    """What became of every record, file by file."""
    st.caption(_("Records read = loaded + in quarantine + duplicates, for each file. Records are counted from the "
                 "bytes of the file, independently of the reader that loads them."))  # fmt: skip
    _table(tables.accounts_table(record), numbers=(1, 2, 3, 4), wide=True)
    st.text(record.audit)


def _quarantine(view: View, record: Record) -> None:
    """Broken rules by file, and examples for those who may see them."""
    counts = tables.reasons_table(record)
    if counts.empty:
        st.write(_("No record was kept out."))
        return
    st.caption(_("A record that breaks two rules stands under both."))
    _table(counts, numbers=(1,), wide=True)
    if not view.may_see_personal:
        st.info(_("The values themselves are shown to roles that may see personal data."))
        return
    try:
        examples = cached(
            view, "quarantine_examples", lambda: query.quarantine_examples(_opened(view, record)), record.id
        )
    except ReleaseDamaged as error:
        problem(_("The quarantined values of this release cannot be read."), told(error))
        return
    st.markdown("**" + _("Examples") + "**")
    st.caption(_("At most {n} for each column and rule; all of them are in personal.duckdb, table quarantine.").format(
        n=query.EXAMPLES_PER_RULE))  # fmt: skip
    _table(tables.examples_table(examples), numbers=(1,), wide=True)


def _checks_and_warnings(record: Record) -> None:
    """What the refresh warned of, and the promises that were checked before publishing."""
    warnings, columns = other_warnings(record), unknown_columns(record)
    st.markdown("**" + _("Warnings") + "**")
    for warning in warnings:
        # st.text, not markdown: a warning may quote the exports.
        st.text(f"• {warning}")
    if len(columns):
        st.write(_("Columns that are not in the contract and were left out:"))
        _table(columns.set_axis([_("File"), _("Column")], axis=1))
    if not warnings and columns.empty:
        st.write(_("The refresh warned of nothing."))
    st.markdown("**" + _("Checks before publishing") + "**")
    found = tables.checks_table(record)
    if found.empty:
        st.write(_("The manifest names no checks."))
    else:
        _table(found)


def _restated(view: View, record: Record, known: Details) -> None:
    """Closed months whose scores the release changed."""
    if not record.manifest.get("previous"):
        st.write(_("There was no earlier release of this source to compare with."))
    elif not record.restated_months:
        st.write(_("No closed month was restated: every count of the release before still holds."))
    elif known.restated is not None:
        st.caption(_("Closed months whose answers were counted differently in the release before; 95 % intervals in "
                     "brackets, every answer counting once."))  # fmt: skip
        _table(restated_table(known.restated, view.config.min_base), numbers=(3, 4, 5, 6, 7))
        st.caption(_("Only answers are compared; contacts, invitations and terms are not."))


def _customers(record: Record) -> None:
    """Rows that name a customer who is not in the customer list."""
    found = tables.matched_table(record)
    if found.empty:
        st.write(_("No table names customers."))
        return
    st.caption(_("Rows that name a customer who is not in the customer list count in totals, and are left out where "
                 "a customer is needed."))  # fmt: skip
    _table(found, numbers=(1, 2, 3, 4))


def _repeats(known: Details) -> None:
    """How many people answered more than once, and what that means for the intervals."""
    if known.problem:
        return
    if known.repeats is None:
        st.write(_("No question was answered."))
        return
    text = repeat_tables.repeats_text(known.repeats)
    if len(known.repeats.material):
        st.warning(text)
    else:
        st.write(text)
    st.caption(_("The design effect is the variance of a number with all answers of a person taken together, over the "
                 "variance of as many independent answers. At 1.2, 120 answers tell as much as 100 of different people, "
                 "and intervals should be 10 % wider. An anonymous survey counts as a person of its own, so the true "
                 "figure may be higher. Repeaters are people with more than one answer in the twelve months."))  # fmt: skip
    _table(repeat_tables.repeats_metrics_table(known.repeats), numbers=(2, 3, 4, 5, 6, 7))
    st.markdown("**" + _("The same question answered again") + "**")
    st.caption(repeat_tables.repeaters_text(known.repeats))
    questions = repeat_tables.repeats_questions_table(known.repeats, known.wordings)
    _table(questions, numbers=(1, 2, 3, 4, 5, 6, 7), wide=True)


def _opened(view: View, record: Record) -> Release:
    if record.id == view.release.id:
        return view.release
    return open_release(view.release.folder.parent.parent, record.id)


def _table(frame: pd.DataFrame, numbers: Sequence[int] = (), *, wide: bool = False) -> None:
    """A frame of text as a table; columns that hold numbers stand flush right."""
    longest = int(frame.iloc[:, 0].str.len().max()) if len(frame) else 0
    config = {
        str(name): st.column_config.TextColumn(
            alignment="right" if place in numbers else "left",
            width=min(round(45 + PIXELS_PER_LETTER * longest), MOST_PIXELS) if place == 0 else None,
        )
        for place, name in enumerate(frame.columns)
    }
    height: int | Literal["content"] = "content" if len(frame) <= MOST_ROWS else 35 * (MOST_ROWS + 1)
    width: Literal["stretch", "content"] = "stretch" if wide else "content"
    st.dataframe(frame, hide_index=True, column_config=config, height=height, width=width)
