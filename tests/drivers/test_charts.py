"""What the charts of a driver analysis encode, and how they read on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from cxdata.drivers import charts
from cxdata.drivers.deeper import Deeper, deepen
from cxdata.drivers.words import names_of
from cxdata.language import set_language


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language("en")


@pytest.fixture(scope="module")
def deep(prepared_with) -> Deeper:
    return deepen(prepared_with())


def _values(chart: Any) -> list[dict[str, Any]]:
    spec = chart.to_dict(validate=False)
    return next(part["data"]["values"] for part in (spec, *spec["layer"]) if "data" in part)


def test_the_points_of_the_matrix_bear_the_numbers_of_the_bars(deep):
    """On a phone the names do not fit beside the points: the bars below are the key."""
    names = names_of(deep.analysis, {})
    rows = charts.matrix_rows(deep.analysis, names, {})
    bars = {row["name"]: row["numbered"] for row in _values(charts.importance_bars(deep.analysis, names, {}))}
    assert len(rows) >= 3
    for number, name in zip(rows["number"], rows["name"], strict=True):
        assert bars[name] == f"{number}. {name}"
    assert bars[names[deep.analysis.table["code"][0]]].startswith("1. ")


def test_names_stand_beside_the_points_only_where_there_is_room(deep):
    rows = charts.matrix_rows(deep.analysis, names_of(deep.analysis, {}), {})
    spec = charts.priority_matrix(rows).to_dict(validate=False)
    texts = [layer for layer in spec["layer"] if layer["mark"]["type"] == "text"]
    numbers = [layer for layer in texts if layer["encoding"].get("text", {}).get("field") == "number"]
    named = [layer for layer in texts if "text" in layer["mark"]]
    assert len(numbers) == 1
    assert len(named) == 2
    assert {layer["mark"]["text"]["expr"] for layer in named} == {"width < 560 ? '' : datum.name"}


def test_titles_of_the_matrix_fit_a_phone(deep):
    """At 390 pixels the plot is some 290 wide: about 45 letters of 12 pixels."""
    for language in ("en", "es"):
        set_language(language)
        rows = charts.matrix_rows(deep.analysis, names_of(deep.analysis, {}), {})
        spec = charts.priority_matrix(rows).to_dict(validate=False)
        titles = {
            part["title"] for layer in spec["layer"] for channel, part in layer["encoding"].items()
            if channel in ("x", "y")
        }  # fmt: skip
        assert len(titles) == 2
        assert max(len(title) for title in titles) <= 45
