"""How a metric has developed: line by line, by two dimensions at once, and the rows behind."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from cxdata.language import gettext as _
from cxdata.scorecard.charts import one_month_chart, trend_chart
from cxdata.scorecard.heat_maps import dimension_text
from cxdata.scorecard.takeaways import trend_takeaways
from cxdata.scorecard.trends import dimension_options, metric_options, trend
from cxdata.scorecard.words import metric_text
from cxdata.selection import WINDOWS, Selection
from pages.parts import headlines, trend_parts
from pages.parts.cache import cached, draw
from pages.parts.choose import choose
from pages.parts.markup import styles
from pages.parts.view import View


def render(view: View) -> None:
    """Choices, the answer in words, the lines, one panel each, two dimensions at once, the rows."""
    styles()
    st.title(_("Trends"), anchor=False)
    month = view.selection.month or view.release.as_of.replace(day=1)
    whole = replace(view, selection=Selection())  # what can be chosen does not hang on what is filtered
    metrics = cached(whole, "trends:metrics", lambda: metric_options(view.release, month))
    if not metrics:
        st.info(
            _("This release has no answers, invitations or decided terms, so there is nothing to follow.")
        )
        return
    with st.container(horizontal=True, vertical_alignment="top"):
        metric = choose(view, "metric", metrics, _("Metric"), metric_text)
        windows = [str(months) for months in WINDOWS]
        window = int(choose(view, "window", windows, _("Each point covers"), trend_parts.window_label))
        dimensions = cached(whole, "trends:by", lambda: dimension_options(view.release, metric), metric)
        by = choose(view, "by", dimensions, _("By"), dimension_text) if dimensions else ""
    selection = replace(view.selection, metric=metric, by=by or view.selection.by, window=window)
    view = replace(view, selection=selection)
    headlines.scope(view)
    found = cached(view, "trends:trend", lambda: trend(view.release, view.config, selection, by), by)
    takeaways = trend_takeaways(found)
    trend_parts.lead(takeaways)
    if found.points.empty:
        trend_parts.nothing(view, found)
        return
    st.subheader(trend_parts.heading(found), anchor=False)
    chart = one_month_chart if found.one_month else trend_chart
    draw(view, "trends:lines", lambda: chart(found), by, alt_text=" ".join(takeaways))
    trend_parts.notes(view, found)
    if by:
        trend_parts.panels(view, found)
        trend_parts.two_dimensions(view, by, dimensions)
    trend_parts.rows(view, found)


if __name__ == "__main__":
    from dashboard import main

    main()
