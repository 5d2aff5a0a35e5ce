"""Pictures of the journey: what stands where, in which colour, and how much goes to the browser."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest

from cxdata.chart_style import MAX_ROWS
from cxdata.database import open_release
from cxdata.journey.charts import gaps_chart, journey_list, journey_map, team_chart
from cxdata.journey.employees import TeamLink, centred, within_team_correlation
from cxdata.journey.expectations import expectation_gaps
from cxdata.journey.layout import BOTTOM, HEIGHT, TOP, in_lines, list_layout, map_layout, value_domain
from cxdata.journey.stations import journey
from cxdata.selection import Selection
from tests.corpus import tiny
from tests.corpus.release import CONFIG, refreshed
from tests.journey.company import Company, Said

COMPANY = Company(
    said=[
        Said("2024-04", "web", {"csat_web": 5}, 95),
        Said("2024-04", "web", {"csat_web": 1}, 5),
        Said("2024-04", "shop", {"csat_shop": 4}, 4),
        Said("2024-04", "call", {"csat_call": 1, "exp_call": 5}, 60),
        Said("2024-04", "call", {"csat_call": 5, "exp_call": 4}, 20),
    ]
)


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    home = tmp_path_factory.mktemp("charts")
    made = refreshed(tiny.write(home / "exports", COMPANY.files()), home / "data")
    return open_release(made.folder, made.outcome.release)


@pytest.fixture(scope="module")
def april(release):
    return journey(release, CONFIG, Selection(), date(2024, 4, 1))


def rows_of(spec: dict) -> list[dict]:
    return [row for rows in spec["datasets"].values() for row in rows]


def test_columns_follow_the_journey_and_stages_stand_apart(april):
    """web | shop | call, returns: three stages, 0.3 columns between them."""
    layout = map_layout(april)
    assert layout.stations["x"].tolist() == pytest.approx([0, 1.3, 2.6, 3.6])
    assert layout.stages["name"].tolist() == ["Discover", "Buy", "Help"]
    assert layout.stages[["start", "end"]].values.tolist()[-1] == pytest.approx([2.1, 4.1])


def test_weak_points_carry_arrow_name_and_value(april):
    weak = map_layout(april).labels("weak")
    assert weak[["title", "mark"]].values.tolist() == [["Call", "▼ 25.0%"]]
    strong = map_layout(april).labels("strong")
    assert strong[["title", "mark"]].values.tolist() == [["Web", "▲ 95.0%"]]


def test_touchpoints_without_a_dot_say_why(april):
    marks = dict(map_layout(april).unscored[["label", "mark"]].values)
    assert marks == {"Shop": "fewer than\n10 answers", "Returns": "nobody asks\nhere"}


def test_the_curve_breaks_where_a_touchpoint_has_no_score(april):
    assert map_layout(april).scored["run"].tolist() == [0, 1]


@pytest.mark.parametrize("draw", [journey_map, journey_list])
def test_the_picture_encodes_value_interval_volume_and_kind(april, draw):
    spec = draw(april).to_dict()
    fields = {
        part["field"] for layer in spec["layer"] for part in layer["encoding"].values()
        if isinstance(part, dict) and "field" in part
    }  # fmt: skip
    assert {"estimate", "conf_low", "conf_high", "volume", "kind", "name", "mark"} <= fields
    tips = next(layer["encoding"]["tooltip"] for layer in spec["layer"] if "tooltip" in layer["encoding"])
    titles = [tip["title"] for tip in tips]
    assert titles[:5] == ["Touchpoint", "When", "Value", "95 % interval", "n"]
    assert len(rows_of(spec)) <= MAX_ROWS
    assert json.dumps(spec, allow_nan=False)


def test_every_interval_lies_within_the_axis(april):
    low, high = value_domain(april)
    scored = map_layout(april).scored
    assert low < scored["conf_low"].min()
    assert scored["conf_high"].max() < high
    assert 0 < TOP < BOTTOM < HEIGHT


def test_rows_of_the_list_do_not_touch(april):
    layout = list_layout(april)
    assert np.diff(layout.stations["y"]).min() >= 30
    assert layout.stations["y"].max() < layout.height


def test_long_names_are_broken_between_words_only():
    assert in_lines("Riding the bicycle every day", 10) == "Riding the\nbicycle\nevery day"
    assert in_lines("Desplazamientos", 10) == "Desplazamientos"
    assert in_lines("a b c d e f", 1, 2) == "a\nb"


def test_gaps_are_drawn_around_zero(release):
    """60 gaps of −4 and 20 of +1: (−240 + 20) / 80 = −2.75."""
    gaps = expectation_gaps(release, CONFIG, Selection(), date(2024, 4, 1))
    spec = gaps_chart(gaps).to_dict()
    call = next(row for row in rows_of(spec) if row.get("name") == "Call")
    assert (call["gap"], call["value"], call["kind"]) == (-2.75, "−2.75", "weak")
    low, high = spec["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert low == -high


def test_the_scatter_never_carries_more_rows_than_a_chart_may():
    random = np.random.default_rng(5)
    size = 900
    rows = pd.DataFrame(
        {
            "team": [f"T{number % 30}" for number in range(size)],
            "month": np.repeat(pd.date_range("2022-01-01", periods=30, freq="MS"), 30),
            "employees": random.normal(7, 1, size),
            "customers": random.normal(70, 5, size),
            "employee_answers": 12,
            "customer_answers": random.integers(10, 90, size),
        }
    )
    link = TeamLink(centred(rows), within_team_correlation(rows), 0, "csat", True, 10)
    assert len(rows_of(team_chart(link).to_dict())) <= MAX_ROWS + 3
