"""Charts of the page Financial impact: sums that add up, honest scales, few rows, no number without its text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import altair as alt
import numpy as np
import pytest

from cxdata.chart_style import MAX_ROWS
from cxdata.finance.impact import words
from cxdata.finance.impact.charts import (
    GAIN,
    LOSS,
    fan,
    fan_rows,
    tornado,
    tornado_rows,
    waterfall,
    waterfall_rows,
)
from cxdata.finance.impact.charts_more import (
    frontier,
    frontier_rows,
    histogram,
    histogram_rows,
    segment_bars,
    segment_rows,
)
from cxdata.finance.impact.names import money
from cxdata.finance.impact.results import Valuation
from cxdata.language import set_language
from tests.finance.impact_case import NAMES, with_costs, with_levers, without_costs


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language("en")


def data_of(spec: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """The rows of a layered chart: its own and those of its layers."""
    return [part["data"]["values"] for part in (spec, *spec["layer"]) if "data" in part]


def charts(found: Valuation) -> dict[str, Any]:
    drawn = {
        "waterfall": waterfall(waterfall_rows(found, NAMES, "EUR"), "EUR"),
        "tornado": tornado(tornado_rows(found, "EUR"), float(found.point.npv[0]), "EUR"),
        "fan": fan(fan_rows(found, "EUR"), found.point.payback, "EUR"),
        "histogram": histogram(histogram_rows(found, "EUR"), found, "EUR"),
        "segments": segment_bars(segment_rows(found, {}, "EUR"), "EUR"),
    }
    if len(found.levers):
        drawn["frontier"] = frontier(frontier_rows(found, NAMES, "EUR"), "EUR")
    return drawn


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("case", [without_costs, with_costs, with_levers])
def test_every_chart_is_valid_small_and_has_titles(case, language):
    set_language(language)
    for name, chart in charts(case()).items():
        spec = chart.to_dict()  # validates against the schema of Vega-Lite
        assert 0 < sum(len(rows) for rows in data_of(spec)) <= MAX_ROWS, name
        titles = {
            layer["encoding"][axis].get("title")
            for layer in spec["layer"] for axis in ("x", "y") if "title" in layer["encoding"].get(axis, {})
        }  # fmt: skip
        assert any("EUR" in str(title) for title in titles), name


@pytest.mark.parametrize("case", [without_costs, with_costs, with_levers])
def test_the_steps_of_the_waterfall_lead_to_the_net_present_value(case):
    """Each step begins where the one before ends; the last one is the whole, from zero."""
    found = case()
    rows = waterfall_rows(found, NAMES, "EUR")
    steps, total = rows.iloc[:-1], rows.iloc[-1]
    assert steps["start"].iloc[0] == pytest.approx(0)
    assert steps["start"].iloc[1:].to_numpy() == pytest.approx(steps["end"].iloc[:-1].to_numpy())
    assert steps["value"].sum() == pytest.approx(float(found.point.npv[0]))
    assert (total["start"], total["end"]) == (0.0, pytest.approx(float(found.point.npv[0])))
    assert all((row["tone"] == GAIN) == (row["value"] >= 0) for _, row in steps.iterrows())


def test_levers_stand_whole_and_overlap_and_haircut_come_off():
    """Two levers that alone would bring 1.05 × the gross value each; together twice as much as it, less the haircut."""
    found = with_levers()
    gross = float(found.point.gross_pv[0])
    values = waterfall_rows(found, NAMES, "EUR").set_index("name")["value"]
    assert values["Overlap of the levers"] == pytest.approx(-0.1 * gross)
    assert values["Not taken for an effect"] == pytest.approx(-gross)
    assert values["Delivery (CSAT)"] + values["Longest wait"] == pytest.approx(2.1 * gross)


def test_the_tail_is_a_step_of_its_own():
    found = with_levers()
    point = replace(found.point, tail=np.array([30_000.0]))
    rows = waterfall_rows(replace(found, point=point), NAMES, "EUR").set_index("name")
    assert rows.loc["Delivery (CSAT)", "value"] == found.levers.loc[0, "alone_full_pv"]
    assert rows.loc["Margin after the last year", "value"] == pytest.approx(30_000.0)
    assert rows.loc["Net present value", "value"] == pytest.approx(float(point.npv[0]))


def test_tornado_labels_follow_the_ends_of_the_input():
    """A low discount rate stands with the high value: 8 % gives more than 12 %."""
    rows = tornado_rows(with_costs(), "EUR").set_index("input")
    assert rows.loc["discount_rate", "name"] == "Discount rate (8% to 12%)"
    low, high = str(rows.loc["discount_rate", "label"]).split(" to ")
    assert low > high
    assert (rows["start"] <= rows["end"]).all()


@pytest.mark.parametrize("bands", [-5_000.0, 5_000.0])
def test_which_model_gives_which_value_can_be_read(bands):
    """Bands may bring less or more than straight lines: the label keeps their order, the bar goes from least to most."""
    found = with_costs()
    net = float(found.point.npv[0])
    table = found.tornado.assign(npv_low=net, npv_high=net + bands).query("input == 'model'")
    row = tornado_rows(replace(found, tornado=table), "EUR").iloc[0]
    assert row["name"] == "Model (straight line to bands)"
    assert row["label"] == f"{money(net, 'EUR')} to {money(net + bands, 'EUR')}"
    assert (row["start"], row["end"]) == tuple(sorted((net, net + bands)))
    said = words.tornado_sentence(replace(found, tornado=table), "EUR")
    assert f"(straight line: {money(net, 'EUR')}, bands: {money(net + bands, 'EUR')}," in said


def test_the_fan_begins_with_the_cost_at_the_start_and_its_line_is_the_expected_cash():
    found = with_costs()
    rows = fan_rows(found, "EUR")
    assert rows.loc[0, "expected"] == -40_000.0
    assert rows["expected"].to_numpy() == pytest.approx(found.point.cumulative[0])
    assert (rows["p5"] <= rows["p95"]).all()
    assert rows["when"].tolist()[0] == "at the start"


def test_names_of_bands_that_coincide_are_not_stacked():
    found = with_costs()
    narrow = fan_rows(found, "EUR")
    for name in ("p5", "p25", "p50", "p75", "p95"):
        narrow[name] = narrow["expected"]
    texts = [rows for rows in data_of(fan(narrow, None, "EUR").to_dict()) if "text" in rows[0]]
    assert [len(data) for data in texts] == [1]


def test_bins_hold_all_outcomes_and_never_both_gains_and_losses():
    found = with_costs()
    risky = replace(found, draws=replace(found.draws, one_off=found.draws.one_off * 5))
    rows = histogram_rows(risky, "EUR")
    assert rows["share"].sum() == pytest.approx(1.0)
    assert not ((rows["start"] < -1e-6) & (rows["end"] > 1e-6)).any()
    losses = rows.loc[rows["tone"] == LOSS, "share"].sum()
    assert losses == pytest.approx((risky.draws.npv < 0).mean())


def test_outcomes_that_are_all_alike_still_have_a_histogram():
    found = with_costs()
    same = replace(found.draws, margin=np.repeat(found.point.margin, 200, axis=0))
    rows = histogram_rows(replace(found, draws=same), "EUR")
    assert rows["share"].sum() == pytest.approx(1.0)


def test_the_frontier_takes_the_best_value_for_money_first():
    found = with_levers()
    table = found.levers.assign(margin_pv=[100_000.0, 50_000.0], cost_pv=[80_000.0, 10_000.0])
    rows = frontier_rows(replace(found, levers=table), NAMES, "EUR")
    assert rows["name"].tolist() == ["", "Longest wait", "Delivery (CSAT)"]
    assert rows["value"].tolist() == [0.0, 50_000.0, 150_000.0]
    assert rows["spent"].tolist() == [0.0, 10_000.0, 90_000.0]
    assert rows["pays"].tolist() == [True, True, True]


def test_segments_keep_their_sign_and_say_how_many_are_kept():
    rows = segment_rows(with_costs(), {}, "EUR")
    assert rows["name"].tolist() == ["Family", "Courier"]
    assert rows["tone"].tolist() == [GAIN, LOSS]
    label = rows["label"].tolist()[1]
    assert label.startswith("−€")
    assert label.endswith("15 kept")


def test_colour_is_never_alone():
    """Whatever is coloured by gain or loss stands beside a text with its sign."""
    for chart in charts(with_levers()).values():
        spec = chart.to_dict()
        marks = {layer["mark"]["type"] for layer in spec["layer"]}
        assert "text" in marks
    assert isinstance(charts(with_costs())["fan"], alt.LayerChart)
