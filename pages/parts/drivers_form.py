"""The form of the page Drivers: outcome, drivers, period, look-back and segment, kept in the address."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from cxdata.drivers import query
from cxdata.drivers.settings import CHURN, LOOK_BACKS, PERIODS, RENEWAL, Settings
from cxdata.drivers.words import OUTCOME_LABELS, offered_names
from cxdata.language import format_number
from cxdata.language import gettext as _
from cxdata.vocabulary import label_of
from cxdata.wording import wording_of
from pages.parts.cache import cached
from pages.parts.drivers_run import offered
from pages.parts.messages import missing_table
from pages.parts.view import View

OUTCOME, MONTHS, LOOK_BACK, SEGMENT, CHOSEN = "outcome", "period", "look_back", "of_segment", "drivers"
"""Names in the address, in no language."""

BETWEEN = "~"


def settled(view: View) -> View:
    """The same view without the choices of other pages: they must not make the analysis be computed anew."""
    selection = replace(view.selection, metric="nps", by="touchpoint", window=1, touchpoint=(), channel=())
    segment = st.query_params.get(SEGMENT, "")
    if segment and segment in cached(view, "drivers:segments", lambda: query.segments(view.release)):
        selection = replace(selection, segment=(segment,))
    return replace(view, selection=selection)


def form(view: View) -> Settings | None:
    """Ask what is to be explained by what; the settings in force, or None where a release has no outcome."""
    outcomes = _outcomes(view)
    if RENEWAL not in outcomes:
        missing_table(view, "subscriptions", _("which experiences go with renewal or churn"))
        st.html(
            '<div class="cx-notes"><p>'
            + _("A customer-level churn flag serves, too: one term per customer with its outcome and dates.")
            + "</p></div>"
        )
    if not outcomes:
        st.info(
            _(
                "There is no question of satisfaction or recommendation either, so there is no outcome to explain."
            )
        )
        return None
    given = st.query_params
    outcome = given.get(OUTCOME, "")
    outcome = outcome if outcome in outcomes else outcomes[0]
    months = _number(given.get(MONTHS, ""), PERIODS, 36)
    backs = tuple(sorted({*LOOK_BACKS, view.config.look_back_days}))
    look_back = _number(given.get(LOOK_BACK, ""), backs, view.config.look_back_days)
    base = Settings(outcome=outcome, months=months, look_back_days=look_back, lead_days=view.config.lead_days)
    choices, default = offered(view, base)
    names = offered_names(choices, view.config.labels)
    wanted = tuple(code for code in given.get(CHOSEN, "").split(BETWEEN) if code in names)
    # The default list is no choice: its address stays short, and a new release may offer other drivers.
    chosen = wanted if set(wanted) != set(default) else ()
    _draw(view, base, outcomes, backs, names, chosen or default, default)
    return replace(base, drivers=chosen)


def _outcomes(view: View) -> list[str]:
    terms = [RENEWAL, CHURN] if query.exported(view.release, "subscriptions") else []
    rated = cached(view, "drivers:outcomes", lambda: list(query.outcome_questions(view.release)["question"]))
    return terms + rated


def _draw(
    view: View,
    base: Settings,
    outcomes: list[str],
    backs: tuple[int, ...],
    names: dict[str, str],
    chosen: tuple[str, ...],
    default: tuple[str, ...],
) -> None:
    segments = ["", *cached(view, "drivers:segments", lambda: query.segments(view.release))]
    segment = st.query_params.get(SEGMENT, "")
    wordings = _wordings(view)
    language = view.language
    with st.expander(_("What is explained, and by what")), st.form(f"drivers@{language}", border=False):
        columns = st.columns(4)
        outcome = columns[0].selectbox(
            _("Outcome"), outcomes, index=outcomes.index(base.outcome), key=f"drivers_outcome@{language}",
            format_func=lambda code: _(OUTCOME_LABELS[code]) if code in OUTCOME_LABELS
            else _("Rating: {question}").format(question=wordings.get(code, code)),
        )  # fmt: skip
        months = columns[1].selectbox(
            _("Period"), PERIODS, index=PERIODS.index(base.months), key=f"drivers_months@{language}",
            format_func=lambda count: _("{count} months").format(count=format_number(count)),
        )  # fmt: skip
        look_back = columns[2].selectbox(
            _("Look-back"), backs, index=backs.index(base.look_back_days), key=f"drivers_look_back@{language}",
            format_func=lambda count: _("{count} days").format(count=format_number(count)),
        )  # fmt: skip
        of_segment = columns[3].selectbox(
            _("Segment"), segments, index=segments.index(segment) if segment in segments else 0,
            key=f"drivers_segment@{language}",
            format_func=lambda code: label_of(code, view.config.labels) if code else _("All"),
        )  # fmt: skip
        drivers = st.multiselect(
            _("Drivers"), list(names), default=list(chosen), key=f"drivers_chosen@{language}",
            format_func=lambda code: names[code], placeholder=_("Choose drivers"),
        )  # fmt: skip
        if st.form_submit_button(_("Analyse")):
            wanted = {
                OUTCOME: outcome if outcome != outcomes[0] else "",
                MONTHS: str(months) if months != 36 else "",
                LOOK_BACK: str(look_back) if look_back != view.config.look_back_days else "",
                SEGMENT: of_segment,
                # Drivers that the new outcome does not have fall away by themselves.
                CHOSEN: BETWEEN.join(drivers)
                if set(drivers) != set(default) and outcome == base.outcome
                else "",
            }
            for name, value in wanted.items():
                if value:
                    st.query_params[name] = value
                elif name in st.query_params:
                    del st.query_params[name]
            st.rerun()


def _wordings(view: View) -> dict[str, str]:
    def read() -> dict[str, str]:
        rows = query.questions(view.release)
        return {
            str(code): wording_of(str(asked), label, view.config.labels)
            for code, asked, label in zip(rows["question"], rows["asked_as"], rows["label"], strict=True)
        }

    return cached(view, "drivers:wordings", read)


def _number(text: str, allowed: tuple[int, ...], otherwise: int) -> int:
    return int(text) if text in {str(value) for value in allowed} else otherwise
