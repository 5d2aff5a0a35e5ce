"""The demo's planted effects come out as what they are: students as mix, the strike as rate and one signal."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest

from cxdata.config import load_config
from cxdata.database import current_id, open_release
from cxdata.movement.compared import comparison_of
from cxdata.movement.explain import explain, explaining_dimensions, watch
from cxdata.movement.words import answer
from cxdata.selection import Selection


@pytest.fixture(scope="module")
def demo(demo_folder):
    release = open_release(demo_folder, current_id(demo_folder))
    yield release, load_config(demo_folder)
    release.close()


@pytest.fixture(scope="module")
def truth(demo_folder):
    return json.loads((demo_folder / "exports" / "demo" / "truth.json").read_text(encoding="utf-8"))


def split(demo, metric, month, code, by, across=""):
    release, config = demo
    return explain(release, config, Selection(metric=metric), comparison_of(month, code), by, across)


def test_more_students_are_mix(demo, truth):
    """NPS of June to November 2026 against the half year before: the planted mix lies within the interval."""
    found = split(demo, "nps", date(2026, 11, 1), "half", "segment")
    planted = truth["mix"]
    assert found.change["previous"] == pytest.approx(planted["measured_nps_before"], abs=0.06)
    assert found.change["estimate"] == pytest.approx(planted["measured_nps_after"], abs=0.06)
    mix, rate = found.total("mix"), found.total("rate")
    assert mix["conf_low"] <= planted["expected_mix_effect_nps_points"] <= mix["conf_high"]
    assert mix["verdict"] == "down"
    assert rate["verdict"] == "unclear"
    assert rate["conf_low"] < 0 < rate["conf_high"]
    largest = found.parts.iloc[0]
    assert (largest["line"], largest["part"], largest["verdict"]) == (planted["segment"], "mix", "down")
    assert not found.parts.loc[found.parts["part"] == "rate", "verdict"].isin(["up", "down"]).any()
    share = found.groups.set_index("line").loc[planted["segment"]]
    assert share["share_before"] == pytest.approx(planted["answer_shares_before"]["Student"], abs=0.001)
    assert share["share_after"] == pytest.approx(planted["answer_shares_after"]["Student"], abs=0.001)
    assert "No group scores clearly differently" in " ".join(answer(found, {}))


def test_two_dimensions_of_the_customer_tell_the_same(demo):
    """Crossed by region, read from the answers: the same change, still mix, and exactly added up."""
    one = split(demo, "nps", date(2026, 11, 1), "half", "segment")
    two = split(demo, "nps", date(2026, 11, 1), "half", "segment", "region")
    assert two.change["change"] == pytest.approx(one.change["change"], abs=1e-12)
    assert two.parts["estimate"].sum() == pytest.approx(two.change["change"], abs=1e-9)
    assert two.total("mix")["verdict"] == "down"
    assert two.total("rate")["verdict"] == "unclear"


@pytest.mark.parametrize("code", ["month", "year"])
def test_the_strike_is_the_rate_of_its_touchpoint(demo, truth, code):
    found = split(demo, "csat", date.fromisoformat(truth["incident"]["month"]), code, "touchpoint")
    largest = found.parts.iloc[0]
    assert (largest["line"], largest["part"]) == (truth["incident"]["touchpoint"], "rate")
    assert (largest["verdict"], largest["judgement"]) == ("down", "bad")
    delivery = found.parts[(found.parts["line"] == "delivery") & (found.parts["part"] == "mix")].iloc[0]
    assert delivery["verdict"] == "unclear"


def test_the_strike_is_signalled_once(demo, truth):
    release, config = demo
    charts = {chart.line: chart for chart in watch(release, config, Selection(), "csat", date(2026, 10, 1))}
    signals = charts["delivery"].signals
    during = signals[signals["raised"] == pd.Timestamp(truth["incident"]["month"])]
    assert during[["rule", "side", "judgement"]].values.tolist() == [["beyond", "below", "bad"]]
    later = signals[signals["raised"] > pd.Timestamp(truth["incident"]["month"])]
    assert later[later["side"] == "below"].empty


def test_the_new_scale_of_the_workshop_is_marked(demo, truth):
    release, config = demo
    charts = {chart.line: chart for chart in watch(release, config, Selection(), "csat", date(2026, 10, 1))}
    change = charts[truth["question_change"]["touchpoint"]].changes
    assert change.values.tolist() == [[pd.Timestamp(truth["question_change"]["from"]), "scale", "1–5", "1–7"]]
    left_out = split(demo, "csat", date(2026, 3, 1), "year", "touchpoint").left_out
    assert set(left_out["question"]) == {
        truth["question_change"]["old_question"], truth["question_change"]["new_question"],
    }  # fmt: skip


def test_the_board_is_not_flooded(demo):
    """Over all metrics: at most a dozen signals in 36 months of some twenty charts, of which seven by chance."""
    release, config = demo
    every = [
        chart
        for metric in ("nps", "csat", "ces")
        for chart in watch(release, config, Selection(), metric, date(2026, 10, 1))
    ]
    assert len(every) >= 20
    assert sum(len(chart.signals) for chart in every) <= 16
    assert all(np.isfinite(chart.points["estimate"]).all() for chart in every)


def test_touchpoints_do_not_explain_the_relationship_nps(demo):
    release, _ = demo
    known = ["touchpoint", "channel", "segment"]
    assert explaining_dimensions(release, Selection(), known) == ["segment", "channel"]
    assert explaining_dimensions(release, Selection(metric="csat"), known) == [
        "touchpoint",
        "segment",
        "channel",
    ]
    some = Selection(touchpoint=("delivery", "workshop"), segment=("Student",))
    assert explaining_dimensions(release, some, known) == ["touchpoint", "channel"]
