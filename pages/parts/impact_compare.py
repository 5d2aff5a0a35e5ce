"""Scenarios side by side on the same draws, and files of the one that is open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

import streamlit as st

from cxdata import __version__
from cxdata.errors import CxError
from cxdata.finance.impact.names import FIELD_LABELS, money, money_range
from cxdata.finance.impact.results import Valuation
from cxdata.finance.scenarios.compare import MOST_COMPARED, Comparison, compare, on_common_draws
from cxdata.finance.scenarios.file import scenario_toml, sha256_of
from cxdata.finance.scenarios.report import Stamp, data_sha256, report_json, years_csv
from cxdata.finance.scenarios.scenario import Scenario
from cxdata.language import format_number, format_percent
from cxdata.language import gettext as _
from cxdata.messages import told
from cxdata.scorecard.words import joined
from pages.parts.impact_run import Ground, ground, previewed, run
from pages.parts.plain_table import cell, note, plain_table
from pages.parts.view import View

WITH, BETWEEN, OPEN = "with", "~", "open"


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
    try:
        valuations = [previewed(view, ground(view, one.margin_share), one) for one in on_common_draws(listed)]
        _shown(compare(valuations), titles, view.config.currency)
    except CxError as error:
        st.text(told(error))


def _shown(found: Comparison, titles: dict[str, str], currency: str) -> None:
    heads = [_("Scenario"), _("Net present value"), _("Best of them"), _("Customers kept"), _("Cost")]
    rows = [
        (
            titles[row["name"]],
            [
                cell(
                    money(row["npv_expected"], currency), money_range(row["npv_p5"], row["npv_p95"], currency)
                ),
                cell(format_percent(row["probability_best"], 0), _("of the outcomes")),
                cell(format_number(row["kept_expected"]), _("more, at the end")),
                cell(money(row["cost_pv_expected"], currency), _("assumed, present value")),
            ],
        )
        for row in found.scenarios.to_dict("records")
    ]
    plain_table(_("Scenarios side by side"), heads, rows)
    for row in found.differences.to_dict("records"):
        text = (
            _("{one} less {other}: {money} ({interval}); better in {share} of the outcomes.") if row["clear"]
            else _("{one} less {other}: {money} ({interval}); better in {share} of the outcomes, so which is better "
                   "stays open.")
        )  # fmt: skip
        note(text.format(
            one=titles[row["name"]], other=titles[row["against"]], money=money(row["npv_mean"], currency, signed=True),
            interval=money_range(row["npv_p5"], row["npv_p95"], currency),
            share=format_percent(row["probability_better"], 0),
        ))  # fmt: skip
    if found.unlike:
        note(_("They are not alike in: {fields}. Part of the difference comes from that.").format(
            fields=joined([_(FIELD_LABELS[name]) for name in found.unlike])))  # fmt: skip
    note(_("All on the same {draws} outcomes of a sample, so that chance does not blur the difference.").format(
        draws=format_number(found.draws)))  # fmt: skip


def downloads(view: View, found: Ground, result: Valuation) -> None:
    """Files of the open scenario; all draws are run for them where they have not been yet."""
    scenario = result.scenario
    content = scenario_toml(scenario)

    def full() -> Valuation:
        return run(view, found, scenario, None)

    def stamped() -> Stamp:
        release = view.release
        month = view.selection.month or date(release.as_of.year, release.as_of.month, 1)
        command = f"python -m cxdata value --scenario {scenario.name}.toml --release {release.id} --month {month:%Y-%m}"
        return Stamp(
            release.id, data_sha256(release.manifest), sha256_of(content.encode("utf-8")), __version__,
            view.config.currency, month, "" if view.selection.active() else command,
        )  # fmt: skip

    def workbook() -> bytes:
        from cxdata.finance.scenarios.workbook import workbook_bytes

        return bytes(workbook_bytes(full(), found.profiles, stamped()))

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
                label, data=build, file_name=f"{scenario.name}_{view.release.id}.{suffix}", mime=mime,
                on_click="ignore", key=f"impact:{suffix}@{view.language}",
            )  # fmt: skip
    note(_("Each file names release, seed and version. Margins and costs are in {currency}.").format(
        currency=view.config.currency))  # fmt: skip
