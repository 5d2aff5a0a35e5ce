"""Behind the case: what a CFO asks, how sure each input is, and the log of assumptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from cxdata.finance.impact import words
from cxdata.finance.impact.names import assumptions
from cxdata.finance.impact.questions import questions
from cxdata.finance.impact.results import Valuation
from cxdata.finance.scenarios.scenario import Range, Scenario
from cxdata.language import gettext as _
from cxdata.vocabulary import Labels
from pages.parts import impact_log
from pages.parts import impact_url as url
from pages.parts.markup import tag, wrap
from pages.parts.plain_table import note
from pages.parts.view import View

LOW, MODE, HIGH = "low", "mode", "high"
PER_CENT = ("points", "reach", "discount_rate", "cross_sell")


def asked(result: Valuation, names: dict[str, str], labels: Labels, currency: str) -> None:
    """What a CFO asks, with the answers."""
    st.subheader(_("What a CFO asks"), anchor=False)
    items = "".join(
        tag("dt", question) + tag("dd", answer)
        for question, answer in questions(result, names, labels, currency)
    )
    st.html(wrap("div", wrap("dl", items), "cx-gone"))
    for text in words.note_sentences(result, names):
        note(text)


def behind(view: View, result: Valuation, base: Scenario, names: dict[str, str]) -> None:
    """Ranges of the inputs, and who stands behind each assumption."""
    with st.expander(_("How sure is each input? Ranges"), key=f"impact:ranges_box@{view.language}"):
        _ranges(view, result.scenario, base, names)
    with st.expander(_("Log of assumptions: who signs what"), key=f"impact:log_box@{view.language}"):
        impact_log.log(view, result.scenario, names)


def ranged(scenario: Scenario) -> dict[str, Range]:
    """Every input that may have a range, by field as in `Note.of`."""
    found: dict[str, Range] = {}
    if scenario.retention is not None:
        change: Any = scenario.retention
        for field in ("points", "one_off_cost", "yearly_cost", "cost_per_customer"):
            found[f"retention.{field}"] = getattr(change, field)
    for place, lever in enumerate(scenario.levers, 1):
        for field in ("amount", "reach", "one_off_cost", "yearly_cost", "cost_per_customer"):
            found[f"levers.{place}.{field}"] = getattr(lever, field)
    return found | {field: getattr(scenario, field) for field in ("discount_rate", "cross_sell", "referral")}


def with_range(scenario: Scenario, of: str, value: Range) -> Scenario:
    """The scenario with another range in one field."""
    parts, fields = of.split("."), {of.split(".")[-1]: value}
    # A field is named by its path, which a type checker cannot follow.
    changing: Any = scenario
    if parts[0] == "retention":
        return replace(scenario, retention=replace(changing.retention, **fields))
    if parts[0] == "levers":
        levers: list[Any] = list(scenario.levers)
        levers[int(parts[1]) - 1] = replace(levers[int(parts[1]) - 1], **fields)
        return replace(scenario, levers=tuple(levers))
    changed: Scenario = replace(changing, **fields)
    return changed


def typed(before: Mapping[str, float], cells: Mapping[str, float], factor: float) -> Range:
    """The range after some of its cells were typed over; an end typed past the others takes them along.

    Parameters
    ----------
    before, cells : mapping of str to float
        ``low``, ``mode``, ``high`` as shown, and those that were typed.
    factor : float
        100 where fractions are shown as per cent.
    """
    ends = {**before, **{name: float(value) for name, value in cells.items() if value is not None}}
    low, mode, high = (float(f"{ends[name] / factor:.10g}") for name in (LOW, MODE, HIGH))
    if MODE in cells:
        return Range(min(low, mode), mode, max(high, mode))
    if LOW in cells and HIGH not in cells:
        return Range(low, max(mode, low), max(high, low))
    if HIGH in cells and LOW not in cells:
        return Range(min(low, high), min(mode, high), high)
    low, high = sorted((low, high))
    return Range(low, min(max(mode, low), high), high)


def _ranges(view: View, scenario: Scenario, base: Scenario, names: dict[str, str]) -> None:
    note(_("The least, the likely and the largest value of each input; the simulation draws between them, mostly near "
           "the likely one. Shares and points in per cent. Attribution has a wide range of its own."))  # fmt: skip
    known = ranged(scenario)
    listed = {
        one.of: one.label for one in assumptions(scenario, names, view.config.labels, view.config.currency)
    }
    factor = {of: 100.0 if of.split(".")[-1] in PER_CENT else 1.0 for of in known}
    table = pd.DataFrame(
        [{"of": listed[of], **{end: getattr(value, end) * factor[of] for end in (LOW, MODE, HIGH)}}
         for of, value in known.items()]
    )  # fmt: skip
    state = hash(tuple(known.items()))
    key = f"impact:ranges:{state}@{view.language}"

    def changed() -> None:
        edits = st.session_state[key]["edited_rows"]
        changing = scenario
        for row, cells in edits.items():
            of = list(known)[int(row)]
            before = {end: float(table[end].iloc[int(row)]) for end in (LOW, MODE, HIGH)}
            changing = with_range(changing, of, typed(before, cells, factor[of]))
        url.write(changing, base)

    number = st.column_config.NumberColumn
    st.data_editor(
        table, key=key, on_change=changed, hide_index=True, width="stretch", disabled=scenario.locked or ["of"],
        column_config={
            "of": st.column_config.TextColumn(_("Assumption"), pinned=True),
            LOW: number(_("Least"), required=True), MODE: number(_("Likely"), required=True),
            HIGH: number(_("Largest"), required=True),
        },
    )  # fmt: skip
