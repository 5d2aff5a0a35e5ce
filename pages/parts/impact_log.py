"""The log of assumptions: who stands behind each number, to be filled in on the page."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from cxdata.finance.impact.names import BASIS_LABELS, MEASURED, assumptions
from cxdata.finance.scenarios.scenario import Scenario
from cxdata.language import gettext as _
from pages.parts import impact_manager
from pages.parts.plain_table import note
from pages.parts.view import View

LABEL, VALUE = 370, 240
"""Widths in pixels in which the longest label and value are read whole: cells do not wrap."""


def log(view: View, scenario: Scenario, names: dict[str, str]) -> None:
    """Draw the log; names, sources and days typed there are kept with the scenario when it is saved."""
    note(_("Put a name, a source and a day to each number; saving the scenario keeps them."))
    listed = assumptions(scenario, names, view.config.labels, view.config.currency)
    bases = {code: _(label) for code, label in BASIS_LABELS.items() if code != MEASURED}
    table = pd.DataFrame(
        [{"label": one.label, "value": one.value, "basis": one.basis, "owner": one.owner, "source": one.source,
          "on": one.on} for one in listed]
    )  # fmt: skip
    # As days throughout: a column of texts and nothing is shown as text.
    table["on"] = pd.to_datetime(table["on"], errors="coerce")
    key = f"impact:log:{hash((scenario.levers, scenario.retention, scenario.notes))}@{view.language}"

    def changed() -> None:
        codes = {label: code for code, label in bases.items()}
        for row, cells in st.session_state[key]["edited_rows"].items():
            fields = {name: str(value or "") for name, value in cells.items()}
            if "basis" in fields:
                fields["basis"] = codes.get(fields["basis"], "assumed")
            if "on" in fields:
                fields["on"] = fields["on"][:10]
            impact_manager.note_down(scenario, listed[int(row)].of, fields)

    text = st.column_config.TextColumn
    st.data_editor(
        table, key=key, on_change=changed, hide_index=True, width="stretch", placeholder="",
        disabled=scenario.locked or ["label", "value"],
        column_config={
            "label": text(_("Assumption"), width=LABEL), "value": text(_("Value"), width=VALUE),
            "basis": st.column_config.SelectboxColumn(_("Basis"), options=list(bases.values()), required=True),
            "owner": text(_("Owner"), max_chars=200), "source": text(_("Source"), max_chars=200),
            "on": st.column_config.DateColumn(_("Date"), format="YYYY-MM-DD"),
        },
    )  # fmt: skip
