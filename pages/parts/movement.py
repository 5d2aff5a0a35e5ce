"""The answer and the waterfall of the page Why it moved, and the choices that they hang on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from cxdata.language import format_day, format_month
from cxdata.language import gettext as _
from cxdata.movement.charts import waterfall_chart
from cxdata.movement.compared import with_something_before
from cxdata.movement.explain import METRICS_EXPLAINED, explaining_dimensions
from cxdata.movement.query import answered_months
from cxdata.movement.results import Decomposition, Incomparable
from cxdata.movement.words import answer, comparison_text, errors_text, incomparable_text, left_out_text
from cxdata.scorecard.trends import dimension_options, metric_options
from cxdata.scorecard.words import metric_text, sentence_case
from cxdata.selection import Selection
from cxdata.vocabulary import DIMENSION_LABELS
from pages.parts.cache import cached, draw
from pages.parts.choose import choose
from pages.parts.markup import tag, wrap
from pages.parts.view import View

AGAINST, ACROSS = "against", "and"
"""The page's own parameters of the address: the comparison, and the second dimension."""


@dataclass(frozen=True)
class Choice:
    """Metric, comparison and dimensions in force; across is '' for one dimension."""

    metric: str
    against: str
    by: str
    across: str


def choices(view: View) -> Choice | None:
    """The controls above the answer; None where the release has nothing to explain."""
    whole = replace(view, selection=Selection())  # what can be chosen does not hang on what is filtered
    month = view.selection.month or view.release.as_of.replace(day=1)
    metrics = cached(
        whole,
        "movement:metrics",
        lambda: [code for code in metric_options(view.release, month) if code in METRICS_EXPLAINED],
    )
    if not metrics:
        return None
    with st.container(horizontal=True, vertical_alignment="top"):
        metric = choose(view, "metric", metrics, _("Metric"), metric_text)
        answered = cached(whole, "movement:months", lambda: answered_months(view.release))
        against = _own(
            view, AGAINST, with_something_before(month, answered), _("Compared with"), comparison_text
        )
    selection = replace(view.selection, metric=metric)
    known = cached(whole, "trends:by", lambda: dimension_options(view.release, metric), metric)
    dimensions = cached(
        replace(view, selection=selection),
        "movement:dimensions",
        lambda: explaining_dimensions(view.release, selection, known),
    )
    if not dimensions:
        return Choice(metric, against, "segment", "")
    with st.container(horizontal=True, vertical_alignment="top"):
        by = choose(view, "by", dimensions, _("By"), _dimension)
        others = ["", *(name for name in dimensions if name != by)]
        across = _own(view, ACROSS, others, _("And by"), _second) if len(others) > 1 else ""
    return Choice(metric, against, by, across)


def told(view: View, found: Decomposition) -> list[str]:
    """The answer in words; returns the sentences, which are also what the chart is read out as."""
    texts = answer(found, view.config.labels)
    st.html(wrap("div", tag("p", texts[0]), "cx-lead"))
    items = "".join(wrap("li", tag("span", "•", "cx-muted") + tag("span", text)) for text in texts[1:])
    if items:
        st.html(wrap("ul", items, "cx-moves"))
    return texts


def picture(view: View, found: Decomposition, alt_text: str) -> None:
    """The waterfall, with what it does not say by itself."""
    if len(found.groups) > 1:
        st.subheader(_("From one score to the other"), anchor=False)
        labels = view.config.labels
        extra = (found.comparison.code, found.across)
        draw(view, "movement:waterfall", lambda: waterfall_chart(found, labels), *extra, alt_text=alt_text)
    texts = [
        _marks(found), errors_text(found), _unfinished(view, found), left_out_text(found.left_out, view.config.labels),
    ]  # fmt: skip
    st.html(wrap("div", tag("p", " ".join(text for text in texts if text)), "cx-notes"))
    method()


def nothing(view: View, found: Incomparable) -> None:
    """Why there is no answer, and what would help."""
    st.html(
        wrap(
            "div", tag("p", incomparable_text(found, view.selection.metric, view.config.min_base)), "cx-lead"
        )
    )
    advice = (
        _("Take a filter away, or compare with another period.")
        if view.selection.active()
        else _("Compare with another period, or choose another month.")
    )
    texts = [advice, left_out_text(found.left_out, view.config.labels)]
    st.html(wrap("div", tag("p", " ".join(text for text in texts if text)), "cx-notes"))


def method() -> None:
    """How rate and mix are computed, on demand."""
    with st.popover(_("How the parts are computed"), type="tertiary"):
        for text in (
            _("**Rate effect**: the same group scores differently. Mean of its two shares of the answers × change of "
              "its score."),
            _("**Mix effect**: other groups answer. Change of a group's share × (its mean score − mean of the two "
              "totals). More answers from those who score below the average pull the total down, although nobody "
              "scores differently."),
            _("A group that answers in one of the two periods only has no change of its score; its whole "
              "contribution is given by itself. All parts add up to the change exactly."),
            _("Where customers answer more than once, the intervals of the parts are by customer: answers of one "
              "customer go together, within a period and between both (delta method over all pairs of answers). The "
              "change as a whole has the interval that the Scorecard gives it, where every answer counts as independent."),
            _("Intervals take in chance in the scores and in the shares; verdicts allow 5 % false alarms among all "
              "parts shown together. The parts say where a change lies, not what caused it: associations are not "
              "causes."),
        ):  # fmt: skip
            st.markdown(text)
        st.caption("Kitagawa (1955), JASA 50(272); Das Gupta (1993), US Bureau of the Census P23-186; "
                   "Shorrocks (2013), Journal of Economic Inequality 11(1)")  # fmt: skip


def _marks(found: Decomposition) -> str:
    if len(found.groups) < 2:
        return ""
    return _(
        "Thick marks: the two scores. Bars: mix, then how much each group's own score moved the total, weighed by its "
        "share. Thin lines: 95 % intervals. Colour and arrow only where a part is clear: blue is better, orange "
        "worse; grey may be chance."
    )


def _unfinished(view: View, found: Decomposition) -> str:
    month = view.release.as_of.replace(day=1)
    if found.comparison.last < month:
        return ""
    text = _("{month} is not over: its data goes to {day}.").format(
        month=format_month(month), day=format_day(view.release.data_to or view.release.as_of)
    )
    return sentence_case(text)


def _dimension(code: str) -> str:
    return _(DIMENSION_LABELS[code])


def _second(code: str) -> str:
    return _(DIMENSION_LABELS[code]) if code else _("Nothing else")


def _own(view: View, name: str, options: Sequence[str], label: str, name_of: Callable[[str], str]) -> str:
    """A choice of this page alone, kept in the address beside the selection; the first one is the default."""
    wanted = st.query_params.get(name, "")
    chosen = wanted if wanted in options else options[0]
    key = f"movement:{name}@{view.language}"
    st.session_state[key] = chosen

    def changed() -> None:
        value = str(st.session_state[key] if st.session_state[key] is not None else chosen)
        st.query_params[name] = value
        if value == options[0]:
            del st.query_params[name]

    st.selectbox(label, options, format_func=name_of, key=key, on_change=changed, width=220)
    return chosen
