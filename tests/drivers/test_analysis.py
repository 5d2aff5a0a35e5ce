"""The whole way: estimates, intervals, words, charts and card of the small company."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest

from cxdata.cli import main
from cxdata.config import Config
from cxdata.drivers import charts, charts_behind
from cxdata.drivers.analysis import analyse
from cxdata.drivers.card import NOT_FOR, card_html, card_json
from cxdata.drivers.charts import UNDECIDED, matrix_rows, quadrant_of
from cxdata.drivers.deeper import Deeper, deepen
from cxdata.drivers.table import CLEAR, TRAVELS, UNCLEAR, verdict_of
from cxdata.drivers.words import leads, names_of, story
from cxdata.drivers.words_behind import (
    agreement,
    asymmetry_sentences,
    chance_sentences,
    kendalls_w,
    method_table,
    segment_table,
)
from cxdata.language import set_language
from tests.drivers.test_design import CALL, DELIVERY


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language("en")


@pytest.fixture(scope="module")
def deep(prepared_with) -> Deeper:
    return deepen(prepared_with())


def test_planted_effects_come_back(deep):
    table = deep.analysis.table.set_index("code")
    assert table.loc[DELIVERY, "verdict"] == CLEAR
    assert table.loc["event:unresolved", "verdict"] == CLEAR
    assert table.loc[CALL, "verdict"] != CLEAR
    assert table.loc[DELIVERY, "rank"] == 1
    assert table["share"].sum() == pytest.approx(1)


def test_intervals_hold_their_estimates_and_ranks_add_up(deep):
    table = deep.analysis.table
    assert ((table["share_low"] <= table["share"]) & (table["share"] <= table["share_high"])).all()
    assert table["first"].sum() == pytest.approx(1)
    assert table["top"].sum() == pytest.approx(min(3, len(table)))


def test_the_same_seed_gives_the_same_numbers(deep, prepared_with):
    again = deepen(prepared_with()).analysis.table
    assert np.array_equal(deep.analysis.table["share_low"], again["share_low"])
    assert np.array_equal(deep.analysis.table["effect_low"], again["effect_low"])


def test_the_first_estimates_know_no_intervals_of_shares(prepared_with):
    first = analyse(prepared_with())
    assert first.table["share_low"].isna().all()
    told = story(first, names_of(first, {}), {})
    assert "intervals are being computed" in told[0]
    spec = json.dumps(charts.importance_bars(first, names_of(first, {}), {}).to_dict(validate=False))
    assert "NaN" not in spec


def test_the_story_names_the_leader_or_says_that_there_is_none(deep):
    names = names_of(deep.analysis, {})
    texts = story(deep.analysis, names, {})
    assert len(texts) == 3
    assert "associations, not causes" in texts[2]
    assert leads(deep.analysis.table)
    assert texts[0].startswith("Delivery (CSAT) goes with renewal more than anything else measured")
    table = deep.analysis.table.assign(first=0.5)
    from dataclasses import replace

    unsure = replace(deep.analysis, table=table)
    assert story(unsure, names, {})[0].startswith("No clear winner")
    nobody = replace(deep.analysis, table=table.assign(verdict=UNCLEAR))
    assert "more clearly than chance would explain" in story(nobody, names, {})[0]


def test_a_large_share_without_an_effect_travels_with_others():
    row = {"share": 0.2, "holm": 0.4, "effect_low": -0.1, "effect_high": 0.1}
    assert verdict_of(row) == TRAVELS
    assert verdict_of({**row, "share": 0.04}) == UNCLEAR
    assert verdict_of({**row, "holm": 0.01}) == CLEAR


def test_who_crosses_a_median_is_undecided():
    row = {
        "share_low": 0.1,
        "share_high": 0.2,
        "performance": 0.5,
        "performance_low": 0.45,
        "performance_high": 0.55,
    }
    assert quadrant_of(row, 0.05, 0.7) == charts.URGENT
    assert quadrant_of(row, 0.15, 0.7) == UNDECIDED
    assert quadrant_of(row, 0.05, 0.5) == UNDECIDED
    assert quadrant_of({**row, "share_low": np.nan}, 0.05, 0.7) == UNDECIDED


def test_every_chart_is_small_and_has_no_gaps_in_its_json(deep):
    names = names_of(deep.analysis, {})
    for chart in (
        charts.importance_bars(deep.analysis, names, {}),
        charts.priority_matrix(matrix_rows(deep.analysis, names, {})),
        charts.what_if_bars(deep.analysis, names, {}),
        charts.conditional_lines(deep.analysis, names),
        charts_behind.penalty_reward(deep, names),
        charts_behind.calibration_points(deep),
    ):
        spec = chart.to_dict(validate=False)
        assert "NaN" not in json.dumps(spec)
        assert len(json.dumps(spec)) < 50_000


def test_kendalls_w_of_equal_and_opposite_orders():
    assert kendalls_w(np.array([[1, 1], [2, 2], [3, 3]])) == pytest.approx(1)
    assert kendalls_w(np.array([[1, 3], [2, 2], [3, 1]])) == pytest.approx(0)


def test_methods_and_segments_have_a_row_for_each_driver(deep):
    names = names_of(deep.analysis, {})
    assert len(method_table(deep.analysis, names)) == len(deep.analysis.table)
    assert agreement(deep.analysis, names)[0].startswith("Kendall's W")
    assert asymmetry_sentences(deep, names)
    assert len(segment_table(deep, names)) == len(deep.analysis.table)


def test_the_card_holds_what_an_auditor_asks(deep):
    names = names_of(deep.analysis, {})
    card = json.loads(card_json(deep, names))
    rows = card["rows"]
    assert rows["in"] == rows["used"] + sum(rows["left_out"].values())
    assert card["release"] == deep.analysis.summary.release
    assert len(card["not_to_be_used_for"]) == len(NOT_FOR)
    assert {"python", "numpy", "duckdb"} <= set(card["versions"])
    assert card["settings"]["seed"] == deep.analysis.summary.settings.seed
    assert [warning["code"] for warning in card["warnings"]] == [one.code for one in deep.analysis.cautions]
    assert all(warning["do"] for warning in card["warnings"])


def test_the_card_escapes_what_comes_from_the_data(deep):
    names = dict.fromkeys(names_of(deep.analysis, {}), "<script>alert(1)</script>")
    html = card_html(deep, names, Config(company="<b>Rueda"))
    assert "<script" not in html
    assert "<b>Rueda" not in html
    assert "http" not in html


def test_the_command_writes_the_same_card(company_folder, tmp_path, capsys):
    page, values = tmp_path / "card.html", tmp_path / "card.json"
    asked = ["drivers", "--data", str(company_folder), "--out", str(page), "--out", str(values), "--months", "12",
             "--imputations", "3", "--replicates", "40"]  # fmt: skip
    assert main(asked) == 0
    assert "Delivery (CSAT)" in capsys.readouterr().out
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    first = json.loads(values.read_text(encoding="utf-8"))
    assert main(asked) == 0
    assert json.loads(values.read_text(encoding="utf-8")) == first
    assert main([*asked, "--out", str(tmp_path / "card.pdf")]) == 64
    assert main([*asked, "--driver", "nope"]) == 64


def test_logistic_weights_stand_beside_the_other_methods(deep):
    """They sum to 1, as every method's shares; logistic dominance says on how many decisions it rests."""
    shares = deep.analysis.methods.groupby("method")["share"].sum()
    assert {"lmg", "johnson", "logistic", "tonidandel"} <= set(shares.index)
    assert shares["tonidandel"] == pytest.approx(1.0)
    assert 0 < deep.dominance_rows <= deep.analysis.summary.used


def test_a_question_as_outcome_is_named_by_its_wording(prepared_with):
    """Not by its code: in the story, and on the card, in the company's own words where it has some."""
    deep = deepen(prepared_with(outcome="nps", drivers=(DELIVERY, "event:unresolved")))
    names = names_of(deep.analysis, {})
    texts = story(deep.analysis, names, {})
    assert texts[0].startswith("Delivery (CSAT) goes with the answer to “Would you recommend us?” more than")
    assert " points of the answer to “Would you recommend us?”" in texts[1]
    assert "differences in the answer to “Would you recommend us?”" in texts[2]
    own = story(deep.analysis, names, {"nps": "Recommendation"})
    assert "the answer to “Recommendation”" in own[0]
    assert "<td>“Would you recommend us?”</td>" in card_html(deep, names, Config())
    assert json.loads(card_json(deep, names))["outcome"] == "nps"


def test_moments_that_did_not_settle_are_a_warning_on_page_and_card(prepared_with, monkeypatch):
    """Two steps of EM are too few: the rating that has gaps is named."""
    monkeypatch.setattr("cxdata.drivers.em.MOST_STEPS", 2)
    deep = deepen(prepared_with(drivers=(DELIVERY, CALL, "event:unresolved")))
    found = next(one for one in deep.analysis.cautions if one.code == "W16")
    assert (set(found.drivers), found.numbers["steps"]) == ({DELIVERY}, 2)
    card = json.loads(card_json(deep, names_of(deep.analysis, {})))
    assert card["diagnostics"]["em_converged"] is False
    assert "W16" in [warning["code"] for warning in card["warnings"]]
    assert "had not settled after 2 steps" in card_html(deep, names_of(deep.analysis, {}), Config())


def test_random_numbers_are_the_yardstick_of_chart_words_and_card(deep):
    """Calls have no effect in this company, and explain no more than random numbers do; deliveries do."""
    table = deep.analysis.table.set_index("code")
    assert bool(table.loc[DELIVERY, "above_random"])
    assert not table.loc[CALL, "above_random"]
    assert table.loc[DELIVERY, "beats_random"] == 1
    names = names_of(deep.analysis, {})
    assert names[CALL] in chance_sentences(deep, names)[0]
    spec = charts.importance_bars(deep.analysis, names, {}, deep.yardstick.share).to_dict(validate=False)
    marks = [layer for layer in spec["layer"] if layer["mark"]["type"] == "tick"]
    assert [layer["encoding"]["x"]["datum"] for layer in marks] == [deep.yardstick.share]
    card = json.loads(card_json(deep, names))
    assert card["diagnostics"]["random_driver_share_95"] == pytest.approx(deep.yardstick.share)
    assert {row["code"]: row["above_random"] for row in card["drivers"]}[DELIVERY] is True
