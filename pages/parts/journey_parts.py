"""The parts of the page Journey: its choices, the answer, the picture, expectations, the teams, the method."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import altair as alt
import streamlit as st

from cxdata.journey.charts import WIDE_NAMES, gaps_chart, journey_list, journey_map, team_chart
from cxdata.journey.employees import LEAST_CELLS, LEAST_MONTHS, TeamLink, team_link
from cxdata.journey.expectations import UNPAIRED, Gaps, expectation_gaps
from cxdata.journey.layout import MOST_COLUMNS, volumes
from cxdata.journey.measures import MEASURES
from cxdata.journey.query import exported
from cxdata.journey.stations import PERIODS, SCORED, Journey, journey
from cxdata.journey.words import gaps_text, link_text, period_text, standing
from cxdata.language import format_day, format_month, format_number, ngettext
from cxdata.language import gettext as _
from cxdata.scorecard.words import joined, metric_text
from pages.parts.cache import cached, draw
from pages.parts.markup import tag, wrap
from pages.parts.messages import missing_table
from pages.parts.view import View

STYLES = Path(__file__).resolve().parent / "journey.css"

MONTHS, SCORE = "months", "score"
"""The page's own parameters of the address: months covered, and the metric of the picture."""


def found_journey(view: View) -> Journey:
    """The journey that the address asks for."""
    asked = st.query_params.get(MONTHS, "")
    months = int(asked) if asked in {str(size) for size in PERIODS} else PERIODS[0]
    metric = st.query_params.get(SCORE, "")
    month = view.selection.month or view.release.as_of.replace(day=1)
    return cached(
        view,
        "journey:map",
        lambda: journey(view.release, view.config, view.selection, month, months, metric),
        months,
        metric,
    )


def choices(view: View, found: Journey) -> None:
    """How many months together, and by which metric the picture is drawn; both stand in the address."""
    with st.container(horizontal=True, vertical_alignment="top"):
        sizes = [str(size) for size in PERIODS]
        _choice(view, MONTHS, sizes, str(found.months), _("Period"), _months_label)
        if len(found.metrics) > 1:
            _choice(view, SCORE, found.metrics, found.metric, _("Metric"), metric_text)


def _choice(
    view: View, parameter: str, options: Sequence[str], chosen: str, label: str, name_of: Callable[[str], str]
) -> None:
    key = f"journey_{parameter}@{view.language}"
    st.session_state[key] = chosen

    def changed() -> None:
        st.query_params[parameter] = str(st.session_state[key] or chosen)

    st.segmented_control(label, options, format_func=name_of, key=key, on_change=changed, required=True)


def _months_label(code: str) -> str:
    return ngettext("{count} month", "{count} months", int(code)).format(count=code)


def lead(view: View, found: Journey) -> list[str]:
    """The answer on top; returns it for those who do not see the picture."""
    texts = standing(found, _unfinished(view, found))
    st.html(wrap("div", tag("p", texts[0]), "cx-lead"))
    if texts[1:]:
        st.html(wrap("div", tag("p", " ".join(texts[1:])), "cx-tile"))
    return texts


def nothing(view: View, found: Journey) -> bool:
    """Say what is missing where the journey has nothing at all; returns whether that is so."""
    if not exported(view.release, "touchpoints"):
        missing_table(view, "touchpoints", _("the stages of the journey and the touchpoints in their order"))
    if found.stations.empty:
        if view.selection.active():
            st.info(_("The filters leave no touchpoint. Take one away, or choose another month."))
        else:
            st.info(
                _("No question, survey or contact of this release names a touchpoint: there is no journey.")
            )
        return True
    if not found.contacts and not (found.stations["answers"] > 0).any():
        st.info(_("Take a filter away, choose a longer period or another month."))
        return True
    return False


def picture(view: View, found: Journey, alt_text: str) -> None:
    """The journey in one picture: columns where there is room, rows on a phone and for long journeys."""
    if found.judged.empty:
        return
    st.subheader(
        _("{metric} along the journey, {period}").format(
            metric=metric_text(found.metric), period=period_text(found, _unfinished(view, found))
        ),
        anchor=False,
    )
    st.html(STYLES)
    key = (found.months, found.metric)
    # Both go to the browser; the style sheet shows the one that the width has room for.
    with st.container(key="journey_picture"):
        with st.container(key="journey_columns"):
            draw(view, "journey:columns", lambda: _wide(found), *key, alt_text=alt_text)
        with st.container(key="journey_rows"):
            draw(view, "journey:rows", lambda: journey_list(found), *key, alt_text=alt_text)
    st.html(_legend(found))
    notes = _picture_notes(view, found)
    if notes:
        st.html(wrap("div", tag("p", " ".join(notes)), "cx-notes"))


def _wide(found: Journey) -> alt.LayerChart:
    """Columns, unless there are too many of them."""
    if len(found.stations) > MOST_COLUMNS:
        return journey_list(found, names=WIDE_NAMES)
    return journey_map(found)


def _legend(found: Journey) -> str:
    kinds = set(found.stations["kind"])
    entries = [
        ("weak", _("▼ clearly below the mean"), "weak" in kinds),
        ("strong", _("▲ clearly above it"), "strong" in kinds),
        ("usual", _("not clearly different"), True),
        ("target", _("mean of the touchpoints"), (found.stations["status"] == SCORED).sum() > 1),
        ("hollow", _("no score"), (found.stations["status"] != SCORED).any()),
        ("truth", _("moment of truth, as declared"), found.stations["moment_of_truth"].any()),
    ]
    items = "".join(
        wrap("li", tag("span", "", f"cx-mark cx-mark-{mark}") + tag("span", text))
        for mark, text, there in entries
        if there
    )
    return wrap("div", wrap("ul", items), "cx-legend cx-line")


def _picture_notes(view: View, found: Journey) -> list[str]:
    by_contacts = volumes(found)[1]
    notes = [
        _("Bar: 95 % interval. Larger dots: more contacts; the smallest have none on record.")
        if by_contacts
        else _("Bar: 95 % interval. Larger dots: more answers.")
    ]
    scales = found.stations.loc[found.stations["status"] == SCORED, "scale"].unique()
    if len(scales) > 1:
        notes.append(_("Asked on several scales: {scales}.").format(scales=joined(sorted(scales))))
    if _unfinished(view, found):
        day = format_day(view.release.data_to or view.release.as_of)
        notes.append(
            _("{month} is not over, its data goes to {day}.").format(month=format_month(found.last), day=day)
        )
    return notes


def _unfinished(view: View, found: Journey) -> date | None:
    return found.last if found.last == view.release.as_of.replace(day=1) else None


def expectations(view: View, found: Journey) -> None:
    """What customers had expected against what they met."""
    st.subheader(_("Expected and experienced"), anchor=False)
    gaps = cached(
        view,
        "journey:gaps",
        lambda: expectation_gaps(view.release, view.config, view.selection, found.last, found.months),
        found.months,
    )
    if not gaps.asked:
        text = _(
            "No answer of the period says what was expected. A question with the metric expectation, beside the "
            "one about satisfaction in the same survey, would show where customers get less than that."
        )
        st.html(wrap("div", tag("p", text), "cx-notes"))
        return
    text = gaps_text(gaps)
    st.html(wrap("div", tag("p", text), "cx-tile"))
    if (gaps.rows["base"] >= gaps.min_base).any():
        draw(view, "journey:gaps", lambda: gaps_chart(gaps), found.months, alt_text=text)
    st.html(wrap("div", tag("p", " ".join(_gap_notes(gaps))), "cx-notes"))


def _gap_notes(gaps: Gaps) -> list[str]:
    notes = [
        _("Gap: mean of experienced less expected within the same survey, in points of the question's scale; "
          "negative falls short. Bar: 95 % interval (paired t). Colour: stands out from chance."),
    ]  # fmt: skip
    apart = gaps.rows.loc[gaps.rows["method"] == UNPAIRED, "label"]
    if len(apart):
        text = _("Unpaired, from different surveys: {touchpoints}.")
        notes.append(text.format(touchpoints=joined(list(apart))))
    few = gaps.rows[gaps.rows["base"] < gaps.min_base]
    if len(few):
        text = _("Fewer than {count} surveys with both: {touchpoints}.")
        notes.append(text.format(count=format_number(gaps.min_base), touchpoints=joined(list(few["label"]))))
    if gaps.unmatched:
        text = _("Not compared, because satisfaction is asked on another scale or not at all: {touchpoints}.")
        notes.append(text.format(touchpoints=joined(list(gaps.unmatched))))
    return notes


def teams(view: View, found: Journey) -> None:
    """Whether teams' good months are those of their customers."""
    st.subheader(_("Teams and their customers"), anchor=False)
    shows = _("whether customers score higher where and when the team that serves them fares better")
    if missing_table(view, "employee_pulse", shows) or missing_table(view, "interactions", shows):
        return
    link = cached(
        view,
        "journey:teams",
        lambda: team_link(view.release, view.config, view.selection, found.last, found.metric),
        found.metric,
    )
    if not link.asked:
        text = _("No {metric} answer is about a contact of a team that employees answered for.")
        st.html(wrap("div", tag("p", text.format(metric=metric_text(found.metric))), "cx-notes"))
        return
    text = link_text(link)
    st.html(wrap("div", tag("p", text), "cx-tile"))
    if link.correlation.estimate == link.correlation.estimate:
        draw(view, "journey:teams", lambda: team_chart(link), found.metric, alt_text=text)
    st.html(wrap("div", tag("p", " ".join(_team_notes(link, found))), "cx-notes"))


def _team_notes(link: TeamLink, found: Journey) -> list[str]:
    notes = [
        _("A correlation says nothing of causes: something else may move both."),
        _(
            "Each point: a team in a month, as far from the team's own mean as it was; all months to {month}."
        ).format(month=format_month(found.last)),
    ]
    if link.correlation.block_months:
        notes.append(
            _("95 % interval from resampling blocks of {months} months, all teams together.").format(
                months=format_number(link.correlation.block_months)
            )
        )
    if link.suppressed:
        text = ngettext(
            "{count} team-month is left out: fewer than {least} answers of employees or of customers.",
            "{count} team-months are left out: fewer than {least} answers of employees or of customers.",
            link.suppressed,
        )
        notes.append(text.format(count=format_number(link.suppressed), least=format_number(link.min_base)))
    return notes


def method() -> None:
    """What the words and numbers of the page mean."""
    texts = [
        _("**Weak, strong**: the touchpoint's number lies clearly below or above the mean of the touchpoints "
          "shown, each counting once. At most 5 % of the points called so are false alarms "
          "(Benjamini–Hochberg). Interval of the distance: MOVER (Zou & Donner 2008)."),
        _("**Change**: against as many months before, all numbers of the page judged together in the same way."),
        _("**Moment of truth**: declared by the team in the table of touchpoints; nothing here tests it."),
        *(f"**{_(measure.label)}**: {_(measure.meaning)}" for measure in MEASURES.values()),
        _("**Gap to the expectation**: positive where customers met more than they had expected. They tell what "
          "they expected after the experience, which colours the memory."),
        _("**Teams**: shown from {cells} team-months and {months} months on. Mean scores of employees are used; "
          "an eNPS cannot be computed from sums. Associations are not causes.").format(
            cells=format_number(LEAST_CELLS), months=format_number(LEAST_MONTHS)),
    ]  # fmt: skip
    with st.expander(_("How this is computed")):
        for text in texts:
            st.markdown(text)
