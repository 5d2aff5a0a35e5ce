"""Scenarios side by side on the same draws, and files of the one that is open."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cxdata import __version__
from cxdata.errors import CxError
from cxdata.finance.impact.names import FIELD_LABELS, change_text, money, money_range
from cxdata.finance.impact.results import Valuation
from cxdata.finance.scenarios.compare import MOST_COMPARED, Comparison, compare, on_common_draws
from cxdata.finance.scenarios.file import scenario_toml, sha256_of
from cxdata.finance.scenarios.refusals import MOST_TEXT, name_of_change
from cxdata.finance.scenarios.report import Stamp, command_of, data_sha256, report_json, years_csv
from cxdata.finance.scenarios.scenario import Scenario
from cxdata.language import current_locale, format_number, format_percent, set_language
from cxdata.language import gettext as _
from cxdata.messages import told
from cxdata.scorecard.words import joined, sentence_case
from pages.parts import impact_url as url
from pages.parts.impact_run import Ground, ground, known_in_full, previewed, run
from pages.parts.plain_table import cell, note, plain_table
from pages.parts.view import View

WITH, BETWEEN, OPEN = "with", "~", "open"
LIKELY = 0.6
"""Share of the outcomes from which one of two is called likely to be the better one (a convention)."""


def compared(
    view: View,
    found: Ground,
    scenario: Scenario,
    others: Mapping[str, tuple[str, Scenario]],
    *,
    changed: bool,
) -> None:
    """Choose up to three others, and see them beside the open one.

    Parameters
    ----------
    view, found
    scenario : Scenario
        The open one.
    others : mapping of str to (str, Scenario)
        Title and scenario by name.
    changed : bool
        Whether the open one differs from what was saved under its name, which it may then be compared with, too.
    """
    if changed:
        scenario = replace(scenario, name=OPEN, title=_("the open scenario"))
    others = {name: one for name, one in others.items() if name != scenario.name}
    if not others:
        note(_("Save a scenario first: the open one is compared with saved ones."))
        return
    chosen = [name for name in st.query_params.get(WITH, "").split(BETWEEN) if name in others][
        : MOST_COMPARED - 1
    ]
    key = f"impact:with@{view.language}"
    st.session_state[key] = chosen

    def taken() -> None:
        if st.session_state[key]:
            st.query_params[WITH] = BETWEEN.join(st.session_state[key])
        else:
            st.query_params.pop(WITH, None)

    st.multiselect(
        _("Compare with"), list(others), format_func=lambda name: others[name][0], key=key, on_change=taken,
        max_selections=MOST_COMPARED - 1, placeholder=_("Choose scenarios"),
    )  # fmt: skip
    if not chosen:
        return
    listed = [scenario, *(others[name][1] for name in chosen)]
    titles = {
        scenario.name: scenario.title or _("the open scenario"),
        **{name: others[name][0] for name in chosen},
    }
    place = st.empty()
    try:
        valuations = _on_equal_terms(view, on_common_draws(listed), place)
        _shown(compare(valuations), titles, view.config.currency, preview=valuations[0].preview)
    except CxError as error:
        st.text(sentence_case(told(error)))


def _on_equal_terms(view: View, listed: Sequence[Scenario], place: DeltaGenerator) -> list[Valuation]:
    """All of them in full where that has been run, otherwise previews of all: a full run and a preview share no draws."""
    grounds = [ground(view, one.margin_share) for one in listed]
    full = [known_in_full(view, *both) for both in zip(grounds, listed, strict=True)]
    lacking = any(known is None for known in full)
    asked = lacking and place.button(
        _("Run the full simulation of all that are compared"), key=f"impact:compare_run@{view.language}"
    )
    if lacking and not asked:
        return [previewed(view, *both) for both in zip(grounds, listed, strict=True)]
    return [run(view, *both, place) for both in zip(grounds, listed, strict=True)]


def _shown(found: Comparison, titles: dict[str, str], currency: str, *, preview: bool) -> None:
    heads = [_("Scenario"), _("Net present value"), _("Best of them"), _("Customers kept"), _("Cost")]
    said = _("{interval}, preview") if preview else "{interval}"
    rows = [
        (
            sentence_case(titles[row["name"]]),
            [
                cell(
                    money(row["npv_expected"], currency),
                    said.format(interval=money_range(row["npv_p5"], row["npv_p95"], currency)),
                ),
                cell(format_percent(row["probability_best"], 0), _("of the outcomes")),
                cell(format_number(row["kept_expected"]), _("more, at the end")),
                cell(money(row["cost_pv_expected"], currency), _("assumed, present value")),
            ],
        )
        for row in found.scenarios.to_dict("records")
    ]
    plain_table(_("Scenarios side by side"), heads, rows)
    expected = dict(zip(found.scenarios["name"], found.scenarios["npv_expected"], strict=True))
    for row in found.differences.to_dict("records"):
        gap = expected[row["name"]] - expected[row["against"]]
        note(difference_text(row, gap, titles[row["name"]], titles[row["against"]], currency))
    if found.unlike:
        note(_("They are not alike in: {fields}. Part of the difference comes from that.").format(
            fields=joined([_(FIELD_LABELS[name]) for name in found.unlike])))  # fmt: skip
    told_draws = (
        _("Preview: all on the same {draws} outcomes of a sample, so that chance does not blur the difference. A full "
          "run may give other figures; where all of them have been run in full, those stand here.") if preview
        else _("Full runs: all on the same {draws} outcomes for every customer, so that chance does not blur the "
               "difference.")
    )  # fmt: skip
    note(told_draws.format(draws=format_number(found.draws)))


def difference_text(row: Mapping[Hashable, Any], gap: float, one: str, other: str, currency: str) -> str:
    """How much better one is than the other, and whether that is settled.

    Parameters
    ----------
    row : mapping
        Of `Comparison.differences`.
    gap : float
        Difference of the net present values at the expected values, as the table shows them.
    one, other : str
        Titles.
    currency : str
    """
    if row["npv_p5"] == row["npv_p95"] == 0:
        same = _("{one} and {other} bring the same in every outcome.")
        return sentence_case(same.format(one=one, other=other))
    share = row["probability_better"]
    better, share = (one, share) if share >= 0.5 else (other, 1 - share)
    said = _("{one} less {other}: {money} ({interval}).")
    if row["clear"]:
        verdict = _("In {share} of the outcomes {better} is better, which is clear.")
    elif share >= LIKELY:
        verdict = _(
            "In {share} of the outcomes {better} is better: likely, but not clear, for the interval holds 0."
        )
    else:
        verdict = _("Which is better stays open: in {share} of the outcomes it is {better}.")
    return sentence_case(f"{said} {verdict}".format(
        one=one, other=other, money=money(gap, currency, signed=True), better=better,
        interval=money_range(row["npv_p5"], row["npv_p95"], currency), share=format_percent(share, 0),
    ))  # fmt: skip


def downloads(view: View, found: Ground, result: Valuation, base: Scenario, names: Mapping[str, str]) -> None:
    """Files of the open scenario; all draws are run for them where they have not been yet.

    Parameters
    ----------
    view, found, result
    base : Scenario
        That was opened: what differs from it has not been saved, and is called after what it changes.
    names : mapping of str to str
        What drivers are called.
    """
    scenario = named(view, result.scenario, base, names)
    content = scenario_toml(scenario)
    file = f"{scenario.name}_{view.release.id}"
    language, region = view.language, current_locale().partition("_")[2]

    def full() -> Valuation:
        return run(view, found, scenario, None)

    def stamped() -> Stamp:
        release, filters = view.release, view.selection.active()
        month = view.selection.month or date(release.as_of.year, release.as_of.month, 1)
        return Stamp(
            release.id, data_sha256(release.manifest), sha256_of(content.encode("utf-8")), __version__,
            view.config.currency, month,
            command_of(f"{file}.toml", release.id, month, scenario.draws, filters), filters,
        )  # fmt: skip

    def workbook() -> bytes:
        from cxdata.finance.scenarios.workbook import workbook_bytes

        return bytes(workbook_bytes(full(), found.profiles, stamped(), names))

    def deferred(build: Callable[[], bytes]) -> Callable[[], bytes]:
        """A file is built when it is asked for, outside of the run that chose the language."""

        def built() -> bytes:
            set_language(language, region)
            return build()

        return built

    files: dict[str, tuple[str, str, Callable[[], bytes]]] = {
        "xlsx": (_("Workbook with live formulas (XLSX)"),
                 "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", workbook),
        "csv": (_("Figures by year (CSV)"), "text/csv", lambda: years_csv(full(), stamped())),
        "json": (_("Everything (JSON)"), "application/json",
                 lambda: report_json(full(), stamped()).encode("utf-8")),
        "toml": (_("The scenario itself (TOML)"), "application/toml", lambda: content.encode("utf-8")),
    }  # fmt: skip
    with st.container(horizontal=True):
        for suffix, (label, mime, build) in files.items():
            st.download_button(
                label, data=deferred(build), file_name=f"{file}.{suffix}", mime=mime,
                on_click="ignore", key=f"impact:{suffix}@{view.language}",
            )  # fmt: skip
    note(_("Files hold the full run, {draws} outcomes for every customer, also where the page shows a preview. The "
           "workbook's live result holds customers together in bands; its first sheet prints the difference.").format(
        draws=format_number(scenario.draws)))  # fmt: skip
    note(_("Each file names release, filters, seed and version. Margins and costs are in {currency}.").format(
        currency=view.config.currency))  # fmt: skip


def named(view: View, scenario: Scenario, base: Scenario, names: Mapping[str, str]) -> Scenario:
    """The scenario under the name it was saved by; one that was not, after what it changes."""
    changed = bool(url.encode(scenario, base))
    if url.is_saved(base) and not changed:
        return scenario
    title = sentence_case(change_text(scenario, names, view.config.labels))[:MOST_TEXT]
    if url.is_saved(base):
        title = _("{title}, changed since it was saved").format(title=base.title or base.name)[:MOST_TEXT]
        name = f"{base.name[:56]}-changed"
    else:
        name = name_of_change(scenario)
    return replace(scenario, name=name, title=title, locked=False)
