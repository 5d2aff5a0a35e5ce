"""Scenarios as files beside the data: open, save, copy, lock, delete; owners of assumptions until they are saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import streamlit as st

from cxdata import __version__
from cxdata.errors import CxError
from cxdata.finance.impact.names import change_text
from cxdata.finance.impact.results import Valuation
from cxdata.finance.scenarios.refusals import name_of
from cxdata.finance.scenarios.scenario import Note, Scenario
from cxdata.finance.scenarios.store import Saved, delete, load, lock, save, saved
from cxdata.language import gettext as _
from cxdata.messages import told
from cxdata.scorecard.words import sentence_case
from pages.parts import impact_compare
from pages.parts import impact_url as url
from pages.parts.impact_run import Ground
from pages.parts.plain_table import note
from pages.parts.view import View

CHANGED = "*"
"""Of the selector: what is shown differs from every file; no file may have that name."""

_NOTES, _SEEN, _SAID = "impact:notes", "impact:seen", "impact:said"


def folder(view: View) -> Path:
    """The data folder, which scenarios lie in: never in a release."""
    return view.release.folder.parents[1]


def opened(view: View) -> Scenario:
    """The saved scenario that the address names, or the default one."""
    name = st.query_params.get(url.OPENED, "")
    if not name:
        return url.DEFAULT
    try:
        found = load(folder(view), name)
    except CxError as error:
        st.text(sentence_case(told(error)))
        return url.DEFAULT
    # Who saves later must not overwrite what somebody else has saved since this was opened.
    st.session_state.setdefault(_SEEN, {}).setdefault(name, found.sha256)
    return found.scenario or url.DEFAULT


def with_notes(scenario: Scenario) -> Scenario:
    """The scenario with the owners that were put down in this session."""
    noted: dict[str, Note] = st.session_state.get(_NOTES, {}).get(scenario.name, {})
    kept = {one.of: one for one in scenario.notes} | noted
    known = _fields(scenario)
    return replace(scenario, notes=tuple(one for of, one in kept.items() if of in known))


def note_down(scenario: Scenario, of: str, values: dict[str, str]) -> None:
    """Keep who stands behind an assumption until the scenario is saved."""
    before = next((one for one in scenario.notes if one.of == of), Note(of))
    allowed = {field.name for field in fields(Note)} - {"of"}
    after = replace(before, **{name: value.strip() for name, value in values.items() if name in allowed})
    st.session_state.setdefault(_NOTES, {}).setdefault(scenario.name, {})[of] = after


def chooser(view: View, scenario: Scenario, base: Scenario) -> None:
    """Which scenario is open, and whether it has been changed since; what the last click has done."""
    if said := st.session_state.pop(_SAID, ""):
        with st.container(border=True):
            st.text(said)
    found, changes = saved(folder(view)), bool(url.encode(scenario, base))
    if not found and not changes:
        return
    current = base.name if url.is_saved(base) else ""
    titles = {"": _("One point of churn (default)")} | {one.name: title_of(one) for one in found}
    if changes:
        # In a line of its own: choosing the scenario that it began with takes the changes back.
        titles = {CHANGED: _changed_title(base)} | titles
    key = f"impact:open@{view.language}"
    st.session_state[key] = CHANGED if changes else current if current in titles else ""

    def chosen() -> None:
        if st.session_state[key] != CHANGED:
            st.session_state.pop(_SEEN, None)
            url.open_named(st.session_state[key])

    st.selectbox(
        _("Scenario"), list(titles), format_func=titles.__getitem__, key=key, on_change=chosen, width=420
    )
    if scenario.locked:
        note(_("Locked: its numbers stay as they were signed. Copy it to go on from there."))


def _changed_title(base: Scenario) -> str:
    if not url.is_saved(base):
        return _("Not saved")
    return _("{title}, changed since it was saved").format(title=base.title or base.name)


def title_of(one: Saved) -> str:
    """What a saved scenario is called in a list."""
    if one.scenario is None:
        return _("{name} (cannot be read)").format(name=one.name)
    title = one.scenario.title or one.name
    return _("{title} (locked)").format(title=title) if one.scenario.locked else title


def manager(view: View, found: Ground, result: Valuation, base: Scenario, names: dict[str, str]) -> None:
    """Save, copy, lock and delete; compare; download."""
    on = f"@{view.language}"
    with st.expander(_("Scenarios: save, copy, lock"), key=f"impact:keep{on}"):
        _keep(view, result.scenario, names)
    wanted = bool(st.query_params.get(impact_compare.WITH))
    with st.expander(_("Compare scenarios"), expanded=wanted, key=f"impact:compare{on}"):
        others = {
            one.name: (title_of(one), one.scenario) for one in saved(folder(view)) if one.scenario is not None
        }
        others.setdefault(url.DEFAULT.name, (_("One point of churn (default)"), url.DEFAULT))
        changed = bool(url.encode(result.scenario, base))
        impact_compare.compared(view, found, result.scenario, others, changed=changed)
    with st.expander(_("Download"), key=f"impact:download{on}"):
        impact_compare.downloads(view, found, result, base, names)


def _keep(view: View, scenario: Scenario, names: dict[str, str]) -> None:
    data, current = folder(view), st.query_params.get(url.OPENED, "")
    usual = scenario.title or sentence_case(change_text(scenario, names, view.config.labels))
    key = f"impact:title:{current}@{view.language}"
    st.text_input(_("Title"), value=usual[:120], max_chars=120, key=key)
    with st.container(horizontal=True):
        _button(view, _("Save as new"), "new", lambda: _save(view, scenario, key, ""))
        if current and not scenario.locked:
            _button(view, _("Save changes"), "save", lambda: _save(view, scenario, key, current))
            # What cannot be taken back takes a second step.
            with st.popover(_("Lock …"), key=f"impact:lock_box@{view.language}"):
                note(_("Nobody can change or delete it afterwards; it can only be copied."))
                _button(view, _("Lock for good"), "lock", lambda: _lock(view, current))
            with st.popover(_("Delete …"), key=f"impact:delete_box@{view.language}"):
                note(_("Its file is removed. That cannot be taken back."))
                _button(view, _("Delete for good"), "delete", lambda: _delete(data, current))
    note(_("Saved as a small file in {folder}, beside the releases. A locked scenario can be copied, never changed.").format(
        folder=str(data.name) + "/scenarios"))  # fmt: skip


def _button(view: View, label: str, name: str, act: Callable[[], None]) -> None:
    def clicked() -> None:
        try:
            act()
        except CxError as error:
            st.session_state[_SAID] = sentence_case(told(error))

    st.button(label, on_click=clicked, key=f"impact:{name}@{view.language}")


def _save(view: View, scenario: Scenario, key: str, current: str) -> None:
    # Read now: what was typed last arrives together with the click.
    title = str(st.session_state[key])
    data = folder(view)
    name = current or _free(data, name_of(title))
    kept = replace(
        scenario, name=name, title=title.strip(), locked=False, release=view.release.id, version=__version__
    )
    seen = st.session_state.setdefault(_SEEN, {})
    done = save(data, kept, replacing=seen.get(current) if current else None)
    st.session_state.get(_NOTES, {}).pop(scenario.name, None)
    seen[name] = done.sha256
    url.open_named(name)
    st.session_state[_SAID] = _("Saved: {title}").format(title=kept.title or name)


def _lock(view: View, name: str) -> None:
    lock(folder(view), name, release=view.release.id, version=__version__)
    st.session_state.pop(_SEEN, None)
    url.open_named(name)
    st.session_state[_SAID] = _("Locked: from now on nobody can change it.")


def _delete(data: Path, name: str) -> None:
    delete(data, name)
    st.session_state.pop(_SEEN, None)
    url.open_named("")
    st.session_state[_SAID] = _("Deleted.")


def _free(data: Path, name: str) -> str:
    """The name, with a number where it is taken."""
    taken = {one.name for one in saved(data)}
    if name not in taken:
        return name
    return next(f"{name[:60]}-{place}" for place in range(2, 1000) if f"{name[:60]}-{place}" not in taken)


def _fields(scenario: Scenario) -> set[str]:
    from cxdata.finance.scenarios.checks import note_fields

    return set(note_fields(scenario))
