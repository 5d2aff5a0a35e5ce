"""Curves and pace of leaving by how customers rated: late entry, exact ratios, refusals, words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from cxdata.drivers.checks import BAD, GOOD, MIDDLE
from cxdata.drivers.deeper import Deeper, deepen
from cxdata.drivers.over_time import kept_by_band, pace_by_band
from cxdata.drivers.words import names_of
from cxdata.drivers.words_behind import curve_sentences, pace_sentences, pace_table
from cxdata.errors import TooLittleData
from cxdata.language import set_language


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language("en")


@pytest.fixture(scope="module")
def deep(prepared_with) -> Deeper:
    return deepen(prepared_with())


def watched(*groups: tuple[str, int, float, float, int]) -> tuple[np.ndarray, ...]:
    """Rows of (band, how many, watched from, until, how many of them lost)."""
    band = np.concatenate([np.repeat(name, count) for name, count, *_rest in groups])
    start = np.concatenate([np.full(count, since) for _, count, since, _, _ in groups])
    end = np.concatenate([np.full(count, until) for _, count, _, until, _ in groups])
    lost = np.concatenate([np.arange(count) < gone for _, count, _, _, gone in groups])
    return start, end, lost, band


def test_curves_begin_where_enough_are_watched_in_every_band():
    """Five are watched early and one of them leaves: four fifths would hang on them. From day 400 on, 30 of 40 stay."""
    start, end, lost, band = watched(
        (BAD, 5, 0, 100, 1), (BAD, 30, 400, 600, 0), (BAD, 10, 400, 500, 10), (GOOD, 100, 0, 600, 20)
    )
    found = kept_by_band(start, end, lost, {BAD: band == BAD, GOOD: band == GOOD})
    bad = found[found["band"] == BAD]
    assert found.groupby("band")["days"].min().tolist() == [400, 400]
    assert (bad["kept"].iloc[0], bad["n"].iloc[0]) == (1.0, 40)
    assert bad["kept"].tolist()[1:] == pytest.approx([0.75])
    assert found.loc[found["band"] == GOOD, "kept"].tolist() == pytest.approx([1.0, 0.8])


def test_a_curve_ends_where_too_few_of_its_band_are_watched():
    start, end, lost, band = watched(
        (BAD, 60, 0, 300, 30), (BAD, 5, 0, 700, 5), (GOOD, 60, 0, 300, 10), (GOOD, 50, 0, 700, 25)
    )
    found = kept_by_band(start, end, lost, {BAD: band == BAD, GOOD: band == GOOD})
    assert found.groupby("band")["days"].max().to_dict() == {BAD: 300, GOOD: 700}


def test_bands_that_are_never_watched_together_have_no_curves():
    start, end, lost, band = watched((BAD, 40, 0, 300, 5), (GOOD, 40, 300, 600, 5))
    with pytest.raises(TooLittleData, match="at no age of the relationship are 30 customers watched"):
        kept_by_band(start, end, lost, {BAD: band == BAD, GOOD: band == GOOD})


def test_the_pace_of_two_bands_is_the_ratio_of_their_hazards():
    """30 of 100 against 20 of 100 in the same year: log(1 - 0.3) / log(1 - 0.2) = 1.598 times."""
    _start, end, lost, band = watched((BAD, 100, 0, 300, 30), (MIDDLE, 100, 0, 300, 20))
    found = pace_by_band(
        end, lost, {BAD: band == BAD, MIDDLE: band == MIDDLE}, np.arange(200), controls=np.empty((200, 0))
    )
    assert (found.reference, found.bands) == (MIDDLE, (BAD,))
    assert found.ratio == pytest.approx([np.log(0.7) / np.log(0.8)])
    assert (found.decisions, found.lost) == ({BAD: 100, MIDDLE: 100}, {BAD: 30, MIDDLE: 20})
    # Delta method of log(-log(1 - p)): variance p / (n (1 - p) log(1 - p)^2) each, times 200/199 for the customers.
    spread = np.sqrt(
        (0.3 / (70 * np.log(0.7) ** 2) + 0.2 / (80 * np.log(0.8) ** 2)) * 200 / 199
    )  # fmt: skip
    assert np.log(found.high / found.ratio) == pytest.approx([1.959964 * spread], rel=1e-6)


def test_years_of_different_danger_do_not_pass_for_a_rating():
    """Bad ratings fall into the dangerous first year; within each year they change nothing."""
    _start, end, lost, band = watched(
        (BAD, 200, 0, 300, 80), (MIDDLE, 100, 0, 300, 40), (BAD, 50, 0, 700, 5), (MIDDLE, 400, 0, 700, 40)
    )
    bands = {BAD: band == BAD, MIDDLE: band == MIDDLE}
    found = pace_by_band(end, lost, bands, np.arange(750), controls=np.empty((750, 0)))
    assert found.ratio == pytest.approx([1.0], abs=1e-9)


def test_a_planted_pace_comes_back_in_19_of_20_companies():
    """300 customers of up to 3 decisions, bad ratings doubling the hazard: coverage of 200 intervals 91 to 98 %."""
    random, held = np.random.default_rng(3), 0
    for _company in range(200):
        customer, year = np.repeat(np.arange(300), 3), np.tile([1, 2, 3], 300)
        bad = random.random(900) < 0.4
        lost = random.random(900) < 1 - np.exp(-0.12 * np.where(bad, 2.0, 1.0))
        # Who has left has no later decision.
        gone = np.cumsum(lost.reshape(300, 3), axis=1).ravel() - lost > 0
        rows = ~gone
        found = pace_by_band(
            year[rows] * 365.0, lost[rows], {BAD: bad[rows], MIDDLE: ~bad[rows]}, customer[rows],
            controls=np.empty((rows.sum(), 0)),
        )  # fmt: skip
        held += int(found.low[0] <= 2.0 <= found.high[0])
    assert 182 <= held <= 196


def test_a_band_in_which_all_stayed_has_no_pace():
    _start, end, lost, band = watched((BAD, 100, 0, 300, 30), (MIDDLE, 100, 0, 300, 0))
    with pytest.raises(TooLittleData, match="fewer than two kinds of ratings"):
        pace_by_band(
            end, lost, {BAD: band == BAD, MIDDLE: band == MIDDLE}, np.arange(200), controls=np.empty((200, 0))
        )


def test_the_page_says_who_leaves_faster_and_from_which_age_on(deep):
    names = names_of(deep.analysis, {})
    said = " ".join(pace_sentences(deep, names))
    assert said.startswith("At each decision, by the last rating of Delivery (CSAT). Bad rating: ")
    assert "clearly faster" in said
    assert "not the other drivers" in said
    assert len(pace_table(deep)) == 3
    late = replace(deep, curves=deep.curves.assign(days=deep.curves["days"] + 730.5))
    assert "begin at 2.0 years" in curve_sentences(late, names)[0]
    without = replace(deep, pace=None, unable={"pace": "Too few."})
    assert pace_sentences(without, names) == ["No pace of leaving by rating of Delivery (CSAT): Too few."]
    assert pace_sentences(replace(deep, curve_of=""), names) == []
