"""What a page costs on the server: with and without its charts, and against pandas reading the exports.

The pages run as they are, frame and filters included, in Streamlit's own test runner; the browser's
part is not measured.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.exports import Size, write_exports
from benchmarks.measure import Comparison, compare, of_calls
from benchmarks.rollup import QUESTIONS, from_marts, new_release

RERUNS = 5
PAGES = ("trends", "scorecard")
THREE_CHARTS = (
    "NPS by touchpoint, 36 months",
    "CSAT by segment and touchpoint",
    "response rate by touchpoint",
)


def run(size: Size, folder: Path, rounds: int) -> list[Comparison]:
    """Reruns of the real pages, and of three charts that read the CSV files each time."""
    from streamlit.testing.v1 import AppTest

    logging.disable(logging.WARNING)  # Streamlit warns at every rerun that there is no server
    exports = write_exports(size, folder)
    with new_release(size, folder) as release, _environment(CX_DATA=str(release.folder.parent.parent)):
        pages = {name: AppTest.from_function(_one_page, default_timeout=600, args=(name,)) for name in PAGES}
        pandas_page = AppTest.from_function(_pandas_page, default_timeout=600, args=(str(exports),))
        for page in (*pages.values(), pandas_page):
            _run(page)
        results = [
            compare(
                f"rerun of the page {name} with its {len(page.get('vega_lite_chart'))} charts ÷ without",
                "≤ 1.5",
                partial(of_calls, partial(_run, page), RERUNS),
                partial(of_calls, partial(_run_without_charts, page), RERUNS),
                rounds,
            )
            for name, page in pages.items()
        ]
        three = [question for question in QUESTIONS if question.title in THREE_CHARTS]
        trends = pages["trends"]
        for title, target, above, ours in (
            ("numbers of three charts: pandas reading the CSV ÷ queries of the marts", "≥ 50",
             partial(of_calls, partial(_numbers, str(exports)), 1),
             partial(of_calls, lambda: [from_marts(release, question) for question in three], 4 * RERUNS)),
            ("page of three charts with pandas reading the CSV ÷ rerun of trends", "",
             partial(of_calls, partial(_run, pandas_page), 1), partial(of_calls, partial(_run, trends), RERUNS)),
            ("the same ÷ trends with an empty cache", "",
             partial(of_calls, partial(_run, pandas_page), 1), partial(of_calls, partial(_run_afresh, trends), 1)),
        ):  # fmt: skip
            results.append(compare(title, target, above, ours, rounds))
    return results


def _run(page: Any) -> None:
    page.run()
    if page.exception or page.error:
        raise RuntimeError(f"the page failed: {[*page.exception, *page.error]}")


def _run_without_charts(page: Any) -> None:
    with _no_charts():
        _run(page)


def _run_afresh(page: Any) -> None:
    import streamlit as st

    st.cache_data.clear()
    _run(page)


def _one_page(name: str) -> None:
    import dashboard

    # A page by itself is the one that opens: the test runner cannot click on the navigation.
    every = dashboard.PAGES
    dashboard.PAGES = {
        section: chosen
        for section, pages in every.items()
        if (chosen := tuple(page for page in pages if page[1] == name))
    }
    try:
        dashboard.main()
    finally:
        dashboard.PAGES = every


def _numbers(exports: str) -> tuple[Any, Any, Any]:
    """NPS and response rate by touchpoint and month, CSAT by segment and touchpoint: the usual script."""
    import pandas as pd

    surveys = pd.read_csv(f"{exports}/surveys.csv", parse_dates=["sent_at", "responded_at"])
    answers = pd.read_csv(f"{exports}/answers.csv")
    customers = pd.read_csv(f"{exports}/customers.csv").drop_duplicates("customer_id", keep="last")
    surveys = surveys.drop_duplicates("survey_id")
    surveys["month"] = surveys["sent_at"].dt.to_period("M").dt.to_timestamp()
    answers["score"] = pd.to_numeric(answers["score"], errors="coerce")
    rated = answers.merge(surveys, on="survey_id").merge(
        customers[["customer_id", "segment"]], on="customer_id", how="left"
    )
    nps = rated[(rated["question"] == "nps") & rated["score"].between(0, 10)]
    points = 100.0 * ((nps["score"] >= 9).astype(int) - (nps["score"] <= 6).astype(int))
    trend = points.groupby([nps["month"], nps["touchpoint"]]).mean().rename("value").reset_index()
    csat = rated[(rated["question"] == "csat") & rated["score"].between(1, 5)]
    cells = (
        (csat["score"] >= 4)
        .groupby([csat["segment"], csat["touchpoint"]])
        .mean()
        .rename("value")
        .reset_index()
    )
    answered = surveys["responded_at"].notna()
    rate = answered.groupby([surveys["month"], surveys["touchpoint"]]).mean().rename("value").reset_index()
    return trend, cells, rate


def _pandas_page(exports: str) -> None:
    import streamlit as st

    from benchmarks.page import _numbers

    trend, cells, rate = _numbers(exports)
    lines = {
        "mark": "line",
        "encoding": {
            "x": {"field": "month", "type": "temporal"},
            "y": {"field": "value", "type": "quantitative"},
            "color": {"field": "touchpoint", "type": "nominal"},
        },
    }
    heat = {
        "mark": "rect",
        "encoding": {
            "x": {"field": "segment", "type": "nominal"},
            "y": {"field": "touchpoint", "type": "nominal"},
            "color": {"field": "value", "type": "quantitative"},
        },
    }
    st.vega_lite_chart(trend, lines)
    st.vega_lite_chart(cells, heat)
    st.vega_lite_chart(rate, lines)


@contextmanager
def _no_charts() -> Iterator[None]:
    import streamlit as st

    draw = st.vega_lite_chart
    st.vega_lite_chart = lambda *_, **__: None  # type: ignore[assignment]
    try:
        yield
    finally:
        st.vega_lite_chart = draw


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
