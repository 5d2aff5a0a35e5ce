"""Sentences about moments of truth: what stands out is said, either way round, and nothing is called what it is not."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from cxdata.moments.charts import FARTHEST, paths_chart
from cxdata.moments.effects import REVERSE, moments
from cxdata.moments.experience import BAD, BEST, MIDDLE, NONE
from cxdata.moments.notes import not_compared_sentences, one_way_sentences, record_sentences
from cxdata.moments.paths import paths
from cxdata.moments.query import Window
from cxdata.moments.study import RENEWALS, Heard, Study
from cxdata.moments.weight_words import weight_sentence
from cxdata.moments.weights import CONTRARY, weights
from cxdata.moments.words import headline, path_sentence
from pages.parts.moments import masked
from tests.moments.test_one_way import company
from tests.moments.test_paths import ONLY_BEFORE_LOSSES, decisions_of

MONTHS = Window(date(2025, 11, 1), date(2026, 10, 1), 1, date(2024, 10, 2), True, 1)


def told(*groups: tuple[int, int, float], window: Window = MONTHS) -> Study:
    found = moments(*company(*groups), min_base=10, recorded=["call"])
    empty = pd.DataFrame(columns=["touchpoint", "declared", "contacts", "answers"])
    return Study(RENEWALS, found, pd.DataFrame(), empty, Heard(1, (), (), "", 0.0), window)


def test_a_clear_effect_the_other_way_round_is_not_called_chance():
    """85 of 100 renew after a bad call against 65 of 100 after a good one, ten times over: +20 pp."""
    study = told((BAD, 1000, 850), (BEST, 1000, 650), (NONE, 1000, 700))
    assert study.moments.table["verdict"].tolist() == [REVERSE]
    first, second = headline(study, {})
    assert first.startswith(
        "The other way round at Call: after a bad experience there, renewal is 20.0 pp higher (+16.3 to +23.7 pp"
    )
    assert "chance would bring among so many" not in first
    assert second.startswith("1 of 1 touchpoint compared stands out")


def test_where_all_were_lost_the_page_says_so_and_names_the_touchpoint_first():
    study = told((BAD, 40, 0), (BEST, 200, 160), (NONE, 200, 170))
    assert headline(study, {})[0].startswith("Call weighs most on a customer: after a bad experience there")
    assert one_way_sentences(study.moments.table, {}) == [
        "Call: all 40 renewals after a bad experience were lost."
    ]
    assert not not_compared_sentences(study.moments.table, {})


def test_too_few_and_not_told_apart_are_different_reasons():
    """Nine bad calls are too few; 30 of them are not, but there is nothing at all to compare them with."""
    few = told((BAD, 9, 3), (BEST, 200, 160), (NONE, 200, 170)).moments.table
    assert not_compared_sentences(few, {}) == ["Not compared, too few bad experiences: Call."]
    alone = told((BAD, 60, 30)).moments.table
    assert not_compared_sentences(alone, {}) == [
        "Not compared, because their bad experiences cannot be told apart from all else: Call."
    ]


def test_the_months_are_those_the_renewals_come_from():
    texts = headline(told((BAD, 200, 100), (BEST, 200, 180)), {})
    assert texts[1].startswith("Renewals lost in 12 months that go with bad experiences: Call about")
    assert MONTHS.months == 12


@pytest.mark.parametrize(
    ("window", "text"),
    [
        (MONTHS, "Left out: 1 earlier one, whose look-back begins before"),
        (
            Window(MONTHS.first, MONTHS.last, 1, MONTHS.records_begin, False, 2),
            "That is too short to keep to",
        ),
    ],
)
def test_what_is_left_out_is_said(window, text):
    assert text in record_sentences(window)[0]
    assert "2 Oct 2024" in record_sentences(window)[0]


@pytest.mark.parametrize(
    "window", [Window(MONTHS.first, MONTHS.last), Window(*[MONTHS.first] * 2, 1, date(2020, 1, 1))]
)
def test_nothing_is_said_where_nothing_is_left_out(window):
    assert record_sentences(window) == []


def test_a_path_seen_only_before_losses_is_named():
    text = path_sentence(paths(*decisions_of(ONLY_BEFORE_LOSSES), 2, min_base=10), {})
    chart = paths_chart(paths(*decisions_of(ONLY_BEFORE_LOSSES), 2, min_base=10), {}).to_dict()
    rows = [row for layer in chart["layer"] for row in layer["data"]["values"] if "label" in row]
    assert ("Buy → Call", "only before losses") in {(row["name"], row["label"]) for row in rows}
    scale = chart["layer"][0]["encoding"]["x"]["scale"]
    assert (scale["domain"][1], scale["clamp"]) == (FARTHEST, True)
    assert text == "Buy → Call: seen before 40 lost renewals and before no kept one (40 customers)."


def test_good_experiences_with_a_clearly_negative_weight_are_not_called_unclear():
    """Half renew after the best, three quarters after the middle: log odds of −1.10, with an error of .10."""
    decisions, found = company((BAD, 1000, 600), (MIDDLE, 1000, 750), (BEST, 1000, 500))
    rows = weights(decisions, found, min_base=10)
    row = rows.set_index("touchpoint").loc["call"]
    assert row["good_weight"] == pytest.approx(-np.log(3), abs=0.01)
    assert row["verdict"] == CONTRARY
    assert weight_sentence(rows, {})[-1].startswith("Call: good experiences go with a worse outcome")


def test_bad_ratings_that_were_all_lost_are_not_called_too_few_to_weigh():
    decisions, found = company((BAD, 400, 0), (MIDDLE, 400, 300), (BEST, 400, 350))
    (text,) = weight_sentence(weights(decisions, found, min_base=10), {})
    assert "or all of one end were followed by the same outcome" in text


def test_the_file_withholds_what_the_page_withholds():
    table = pd.DataFrame(
        {"bad": [50, 9], "bad_rated": [3, 0], "bad_lost": [12, 9], "good": [6, 10], "met": [80, 30]}
    )
    file = masked(table, 10)
    assert file.fillna(-1).to_numpy().tolist() == [[50, -1, 12, -1, 80], [-1, 0, -1, 10, 30]]
