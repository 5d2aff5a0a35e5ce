"""The demo's planted effects come back: signs, sizes within their intervals, the app without effect, bad deliveries."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from cxdata.config import load_config
from cxdata.database import current_id, open_release
from cxdata.drivers.analysis import analyse
from cxdata.drivers.asymmetry import MUST_HAVE
from cxdata.drivers.checks import asymmetry_of
from cxdata.drivers.prepared import Prepared, prepare
from cxdata.drivers.settings import Settings
from cxdata.drivers.table import CLEAR
from cxdata.selection import Selection

PLANTED = {
    "event:longest_wait": "longest_wait_minutes",
    "event:unresolved": "unresolved_contacts",
    "event:repeats": "repeat_contacts",
    "event:complaint": "any_complaint",
    "rating:rating_product:": "product_rating",
    "rating:rating_brand:": "brand_rating",
}
APP, DELIVERY = "rating:csat_app:app", "rating:csat_delivery:delivery"


@pytest.fixture(scope="module")
def prepared(demo_folder: Path) -> Prepared:
    release = open_release(demo_folder, current_id(demo_folder))
    return prepare(release, load_config(demo_folder), Selection(), Settings(), date(2026, 11, 1))


@pytest.fixture(scope="module")
def table(prepared):
    return analyse(prepared, imputations=20).table.set_index("code")


@pytest.fixture(scope="module")
def truth(demo_folder):
    path = demo_folder / "exports" / "demo" / "truth.json"
    return json.loads(path.read_text(encoding="utf-8"))["renewal"]["drivers"]


@pytest.mark.parametrize("code", PLANTED)
def test_planted_drivers_are_clear_and_of_the_planted_sign(table, truth, code):
    planted = truth[PLANTED[code]]["average_marginal_effect_percentage_points"]
    assert table.loc[code, "verdict"] == CLEAR
    # The matrix counts what was spared: every event that was planted with a loss shows as a gain.
    assert table.loc[code, "effect"] * abs(planted) > 0


def test_the_intervals_hold_the_planted_sizes(table, truth):
    """Six intervals of 95 %: that five or more hold theirs has a chance of 97 %. Complaints as a change from no to yes."""
    held = 0
    for code, name in PLANTED.items():
        planted = abs(truth[name]["average_marginal_effect_percentage_points"])
        held += table.loc[code, "effect_low"] * 100 <= planted <= table.loc[code, "effect_high"] * 100
    assert held >= 5


def test_the_order_of_the_clear_ones_is_the_planted_one(table):
    """By log-odds times spread, what was planted for open contacts is above waits, and both above repeats."""
    assert table.loc["event:unresolved", "share"] > table.loc["event:repeats", "share"]
    assert table.loc["event:longest_wait", "share"] > table.loc["event:repeats", "share"]
    assert table.loc["rating:rating_product:", "share"] > table.loc[APP, "share"]


def test_the_app_moves_with_the_others_and_is_not_called_a_driver(table):
    assert table.loc[APP, "correlation"] > 0
    assert table.loc[APP, "verdict"] != CLEAR
    assert table.loc[APP, "effect_low"] <= 0 <= table.loc[APP, "effect_high"]


def test_a_bad_delivery_counts_more_than_a_good_one(prepared):
    found = asymmetry_of(prepared)
    place = found.terms.index(DELIVERY)
    assert found.label[place] == MUST_HAVE
    assert found.ratio_low[place] <= 2 <= found.ratio_high[place]
