"""Charts as values: what is encoded, what it is called, how many rows it carries, and that nothing is NaN."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxdata import chart_style
from cxdata.chart_style import MAX_ROWS, month_axis, month_texts, spread
from cxdata.language import set_language
from cxdata.scorecard.charts import one_month_chart, panels, sparkline, trend_chart
from cxdata.scorecard.heat_maps import HeatMap, heat_map_chart
from cxdata.scorecard.trends import MOST_LINES, Trend, with_runs

THEME = Path(__file__).resolve().parents[2] / ".streamlit" / "config.toml"

ORDER = ["Month", "Value", "95 % interval", "n"]
"""When, value, interval, n: what stands before it where there is more than one line."""


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language("en")


def series(*missing: int, months: int = 24) -> pd.DataFrame:
    """NPS 30, 31, 32 … from January 2024, each ± 5 from 200 answers; some months are missing."""
    value = 30.0 + np.arange(months)
    rows = pd.DataFrame(
        {
            "month": pd.date_range("2024-01-01", periods=months, freq="MS"),
            "estimate": value,
            "conf_low": value - 5,
            "conf_high": value + 5,
            "base": 200.0,
        }
    )
    rows.loc[list(missing), ["estimate", "conf_low", "conf_high", "base"]] = np.nan
    return rows


def a_trend(lines: int = 2, months: int = 36, step: int = 1, **changes: Any) -> Trend:
    """Lines a, b, c … of so many months, the last one unfinished."""
    calendar = pd.date_range("2023-01-01", periods=months, freq=f"{step}MS")
    rows = pd.concat(
        [
            pd.DataFrame(
                {
                    "month": calendar, "line": chr(97 + place), "label": f"Line {chr(65 + place)}",
                    "estimate": 10.0 * place + np.arange(months), "base": 100.0 - place, "scale": "0–10",
                    "method": "nps", "favourable_from": np.nan, "higher_is_better": True, "months": 1.0,
                }
            )
            for place in range(lines)
        ],
        ignore_index=True,
    )  # fmt: skip
    rows = rows.assign(
        conf_low=rows["estimate"] - 8, conf_high=rows["estimate"] + 8, open=rows["month"] == calendar[-1]
    )
    everything = with_runs(rows[rows["line"] == "a"].assign(line="", label=""))
    last = calendar[-1].date()
    target = pd.DataFrame({"line": [""], "start": [calendar[0]], "end": [calendar[-1]], "target": [20.0]})
    nothing = pd.DataFrame({"month": [], "line": [], "label": [], "before": [], "after": []})
    values: dict[str, Any] = {
        "metric": "nps", "by": "segment", "unit": "points", "window": 1, "month": last,
        "first": calendar[0].date(), "last": last, "unfinished": last, "min_base": 10,
        "points": with_runs(rows), "few": rows.iloc[:0], "lines": tuple(chr(97 + place) for place in range(lines)),
        "breaks": nothing, "targets": target, "overall": everything, "changes": rows.iloc[:0], "since": None,
        "left_out": 0.0,
    }  # fmt: skip
    return Trend(**{**values, **changes})


def a_heat_map(verdicts: tuple[str, ...] = ("up", "down", "unclear", "too_few")) -> HeatMap:
    """Two rows by two columns: 60, 20, 42 and a cell with four answers, against 40."""
    cells = pd.DataFrame(
        {
            "row": ["a", "a", "b", "b"], "column": ["x", "y", "x", "y"],
            "row_label": ["A", "A", "B", "B"], "column_label": ["X", "Y", "X", "Y"],
            "row_place": [0, 0, 1, 1], "column_place": [0, 1, 0, 1],
            "estimate": [60.0, 20.0, 42.0, 99.0], "conf_low": [50.0, 10.0, 30.0, 50.0],
            "conf_high": [70.0, 30.0, 54.0, 100.0], "base": [100.0, 100.0, 1000.0, 4.0],
            "difference": [20.0, -20.0, 2.0, np.nan], "verdict": verdicts, "few": [False, False, False, True],
        }
    )  # fmt: skip
    month = date(2026, 2, 1)
    return HeatMap("nps", "points", "segment", "channel", month, 1, 10, 40.0, True, cells, {})


def spec(chart: Any) -> dict[str, Any]:
    """The specification, which must be JSON without NaN and small."""
    found = chart if isinstance(chart, dict) else chart.to_dict()
    json.dumps(found, allow_nan=False)
    assert 0 < sum(map(len, found["datasets"].values())) <= MAX_ROWS
    return dict(found)


def rows_of(found: dict[str, Any], column: str) -> list[dict[str, Any]]:
    """The rows of the first data set that holds a column."""
    return next(rows for rows in found["datasets"].values() if rows and column in rows[0])


def layers(found: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [layer for layer in found["layer"] if layer["mark"]["type"] == kind]


def fields(layer: dict[str, Any]) -> dict[str, str]:
    return {
        channel: value["field"]
        for channel, value in layer["encoding"].items()
        if isinstance(value, dict) and "field" in value
    }


def titles(found: dict[str, Any]) -> list[str]:
    return next(
        [entry["title"] for entry in layer["encoding"]["tooltip"]]
        for layer in found["layer"]
        if "tooltip" in layer["encoding"]
    )


def test_a_sparkline_draws_line_band_and_target_and_tells_when_value_interval_n():
    found = spec(sparkline(series(), "points", 36.0))
    assert fields(layers(found, "line")[0]) == {"x": "x", "y": "estimate", "detail": "run"}
    assert fields(layers(found, "area")[0]) == {"x": "x", "y": "conf_low", "y2": "conf_high", "detail": "run"}
    assert titles(found) == ORDER
    assert rows_of(found, "target") == [{"target": 36.0}]
    assert rows_of(found, "when")[-1] | {} == rows_of(found, "when")[-1]
    newest = rows_of(found, "when")[-1]
    assert (newest["when"], newest["value"], newest["interval"], newest["n"]) == (
        "December 2025", "53.0", "48.0 to 58.0", "200",
    )  # fmt: skip
    assert found["height"] == 48
    assert found["width"] == "container"


def test_a_sparkline_breaks_where_a_month_is_missing_and_marks_a_lonely_month():
    """Months 5 and 7 are missing: 0-4, 6 on its own, 8-23."""
    rows = rows_of(spec(sparkline(series(5, 7), "points")), "run")
    assert len(rows) == 22
    assert len({row["run"] for row in rows}) == 3
    assert [row["when"] for row in rows if row["alone"]] == ["July 2024"]


def test_the_unfinished_month_is_hollow_on_a_dashed_line():
    found = spec(sparkline(series(), "points", unfinished=date(2025, 12, 1)))
    hollow = [layer for layer in layers(found, "point") if "fill" in layer["mark"]]
    assert [layer["transform"] for layer in hollow] == [[{"filter": "datum.open"}]]
    dashed = [layer for layer in layers(found, "line") if "strokeDash" in layer["mark"]]
    assert [layer["transform"] for layer in dashed] == [[{"filter": "datum.tail"}]]
    assert [row["estimate"] for row in rows_of(found, "when") if row["tail"]] == [52.0, 53.0]
    assert rows_of(found, "when")[-1]["when"] == "December 2025, to date"


def test_a_sparkline_of_one_month_is_a_point_with_a_whisker():
    found = spec(sparkline(series(*range(23)), "points"))
    assert len(rows_of(found, "when")) == 1
    assert layers(found, "rule")


def test_a_trend_names_its_lines_its_axis_and_its_target():
    found = spec(trend_chart(a_trend()))
    assert titles(found) == ["Line", *ORDER]
    assert fields(layers(found, "line")[0]) == {
        "x": "x", "y": "estimate", "color": "line", "detail": "run",
    }  # fmt: skip
    assert layers(found, "line")[0]["encoding"]["y"]["axis"]["title"] == "NPS"
    assert {row["text"] for row in rows_of(found, "text")} == {"Target 20.0"}
    assert [row["label"] for row in rows_of(found, "place")] == ["Line A", "Line B"]


def test_a_trend_of_many_lines_carries_the_largest_five():
    found = spec(trend_chart(a_trend(lines=12)))
    assert len({row["line"] for row in rows_of(found, "run")}) == MOST_LINES


def test_the_target_is_a_rule_of_its_own_rows():
    """One row a period, not one a month: rules drawn over each other would look solid."""
    found = spec(trend_chart(a_trend()))
    assert len(rows_of(found, "target")) == 1


def test_a_change_of_scale_is_written_beside_a_rule():
    """The new scale begins in January 2024: the rule stands between December and January."""
    changed = pd.DataFrame(
        {
            "month": [pd.Timestamp("2024-01-01")],
            "line": ["b"],
            "label": ["Line B"],
            "before": ["1–5"],
            "after": ["1–7"],
        }
    )
    found = spec(trend_chart(a_trend(breaks=changed)))
    rows = rows_of(found, "at")
    assert [(row["text"], row["at"][:10]) for row in rows] == [("scale 1–5 → 1–7 (Line B)", "2023-12-17")]
    assert spec(panels(a_trend(breaks=changed), ["b"])["b"])["datasets"]["breaks"] == [
        {"at": "2023-12-17T00:00:00", "text": "scale 1–5 → 1–7", "side": "left"}
    ]


def test_scattered_months_stand_side_by_side_and_nothing_joins_them():
    """Three lines in May of five years: the same month, three places, whiskers for all."""
    found = spec(trend_chart(a_trend(lines=3, months=5, step=12, unfinished=None)))
    rows = rows_of(found, "alone")
    assert all(row["alone"] for row in rows)
    first = [row["x"] for row in rows if row["month"].startswith("2023")]
    assert len(set(first)) == 3
    assert len({row["run"] for row in rows}) == len(rows)


def test_a_panel_shows_one_line_over_everything():
    found = spec(panels(a_trend(), ["a", "b"])["b"])
    assert {row["label"] for row in found["datasets"]["rows"]} == {"Line B"}
    assert [row["estimate"] for row in found["datasets"]["whole"]] == list(range(36))
    names = {layer["data"]["name"] for layer in found["layer"]}
    assert names == set(found["datasets"])


def test_panels_differ_in_their_rows_only():
    one, other = panels(a_trend(), ["a", "b"]).values()
    assert {**one, "datasets": {}} == {**other, "datasets": {}}
    assert one["datasets"]["rows"] != other["datasets"]["rows"]


def test_means_on_another_scale_do_not_stand_behind_a_line():
    base = a_trend()
    found = a_trend(
        unit="score",
        points=base.points.assign(method="mean", scale="1–7"),
        overall=base.overall.assign(method="mean", scale="1–5"),
    )
    assert panels(found, ["b"])["b"]["datasets"]["whole"] == []


def test_one_month_is_a_list_of_points_with_the_largest_on_top():
    found = spec(one_month_chart(a_trend(lines=3, months=1)))
    assert [row["label"] for row in rows_of(found, "when")] == ["Line C", "Line B", "Line A"]
    assert fields(layers(found, "point")[0]) == {"x": "estimate", "y": "label"}


def test_a_heat_map_colours_only_what_is_real_and_withholds_small_cells():
    found = spec(heat_map_chart(a_heat_map()))
    rows = rows_of(found, "text")
    assert [row["text"] for row in rows] == ["▲ 60", "▼ 20", "42", "<10"]
    assert [row["n"] for row in rows] == ["100", "100", "1,000", "fewer than 10"]
    assert [row["difference"] for row in rows] == [20.0, -20.0, 0.0, 0.0]
    assert rows[3]["value"] == "fewer than 10 answers"
    assert "99" not in json.dumps(rows[3])
    coloured = [layer for layer in layers(found, "rect") if "color" in layer["encoding"]]
    assert [layer["transform"] for layer in coloured] == [[{"filter": "datum.real"}]]
    assert coloured[0]["encoding"]["color"]["scale"]["domain"] == [-20.0, 20.0]
    assert titles(found) == ["Cell", "Month", "NPS", "95 % interval", "n", "Against everything"]


def test_a_heat_map_without_real_differences_has_no_colour():
    found = spec(heat_map_chart(a_heat_map(("unclear", "unclear", "unclear", "too_few"))))
    assert not [layer for layer in layers(found, "rect") if "color" in layer["encoding"]]


def test_charts_speak_the_language_in_force():
    set_language("es")
    found = spec(trend_chart(a_trend()))
    assert found["config"]["locale"]["number"]["decimal"] == ","
    assert found["config"]["locale"]["time"]["shortMonths"][0] == "ene"
    assert rows_of(found, "when")[0]["when"] == "enero de 2023"


def test_a_window_is_called_by_its_first_and_last_month():
    assert month_texts([date(2026, 1, 1)], window=3) == ["Nov 2025 to Jan 2026"]


@pytest.mark.parametrize("start", [1, 2, 5, 8, 12])
def test_every_second_tick_keeps_the_januaries(start):
    """Narrow charts name every second tick; the year stands under January."""
    months = [date((start + place - 1) // 12 + 2023, (start + place - 1) % 12 + 1, 1) for place in range(36)]
    ticks = month_axis(months).to_dict()["values"]
    assert [place % 2 for place, tick in enumerate(ticks) if tick["month"] == 1] == [0, 0, 0]


def test_few_months_get_a_tick_each():
    months = [date(year, 5, 1) for year in range(2011, 2018)]
    assert [tick["year"] for tick in month_axis(months).to_dict()["values"]] == list(range(2011, 2018))


@given(st.lists(st.floats(0, 100), min_size=1, max_size=6))
def test_labels_move_apart_within_the_axis_and_keep_their_order(positions):
    places = spread(positions, 10.0, 0.0, 100.0)
    assert min(places) >= -1e-6
    assert max(places) <= 100 + 1e-6
    ordered = sorted(places)
    assert all(after - before >= 10 - 1e-6 for before, after in pairwise(ordered))
    ranked = sorted(range(len(positions)), key=lambda place: (positions[place], place))
    assert [places[place] for place in ranked] == pytest.approx(ordered)


def test_labels_with_room_stay_where_they_are():
    assert spread([10.0, 50.0, 30.0], 10.0, 0.0, 100.0) == [10.0, 50.0, 30.0]


def luminance(colour: str) -> float:
    """Relative luminance as in WCAG 2.2."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_theme_keeps_its_promises_of_contrast(mode):
    """3:1 for lines on the page, 4.5:1 for text on the page and on the colours of heat maps (WCAG 1.4.3, 1.4.11)."""
    theme = tomllib.loads(THEME.read_text(encoding="utf-8"))["theme"][mode]
    page, text = theme["backgroundColor"], theme["textColor"]
    lines = getattr(chart_style, f"CATEGORIES_{mode.upper()}")
    assert tuple(theme["chartCategoricalColors"]) == lines
    assert min(contrast(colour, page) for colour in lines) >= 3
    for colours in (theme["chartSequentialColors"], theme["chartDivergingColors"]):
        assert len(colours) == 10
        assert min(contrast(colour, text) for colour in colours) >= 4.5
    for name in ("textColor", "linkColor", "primaryColor", "redColor", "greenColor"):
        assert contrast(theme[name], page) >= 4.5
        assert contrast(theme[name], theme["secondaryBackgroundColor"]) >= 4.5


def test_the_server_stays_silent_and_shows_no_details():
    settings = tomllib.loads(THEME.read_text(encoding="utf-8"))
    assert settings["browser"]["gatherUsageStats"] is False
    assert settings["client"] == {"toolbarMode": "viewer", "showErrorDetails": "none"}
    assert "http" not in THEME.read_text(encoding="utf-8")
