"""The start page as readers meet it: the numbers of the board, in words, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import cache, partial
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cxdata.config import Config
from cxdata.database import Release, current_id, open_release
from cxdata.language import set_language
from cxdata.scorecard import board, words
from cxdata.scorecard.reasons import LASTING
from cxdata.selection import Selection
from tests.corpus import counted, tiny
from tests.corpus.counted import Answers, Company, Terms
from tests.corpus.release import refreshed
from tests.pages.opened import charts, markup, open_page, text

HOSTILE = "<img src=x onerror=alert(1)>![x](https://example.org/x.png)"

COMPANY = Company(
    answers=[
        Answers("2025-02", "nps", {10: 40, 8: 10, 3: 10}),
        Answers("2026-01", "nps", {10: 42, 8: 6, 3: 12}),
        Answers("2026-02", "nps", {10: 30, 8: 15, 3: 15}),
        Answers("2026-01", "csat_delivery", {5: 160, 2: 40}),
        Answers("2026-02", "csat_delivery", {5: 100, 2: 100}),
        Answers("2026-02", "csat_call_7", {7: 4, 2: 3}, "Business"),
        Answers("2026-03", "nps", {10: 4, 3: 1}),
    ],
    terms=[Terms("2026-02", 30, 10)],
    silent={"2026-01": 20, "2026-02": 333},
    targets="csat,,,2025-01-01,0.8\n",
)

NORMAL, EMPTY, SMALL = date(2026, 2, 1), date(2025, 7, 1), date(2026, 3, 1)

opened = partial(open_page, "scorecard", role="leadership", month=NORMAL)


def tile_texts(page: AppTest) -> list[str]:
    blocks = [element.proto.body for element in page.get("html")]
    return [re.sub(r"<[^>]+>", " ", body) for body in blocks if 'class="cx-value' in body]


def everything(page: AppTest) -> str:
    kinds = (page.title, page.header, page.markdown, page.caption, page.info)
    return "\n".join([text(page), *(element.value for kind in kinds for element in kind)])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("scorecard")
    exports = tiny.write(home / "exports", COMPANY.files())
    refreshed(exports, home / "data", counted.CONFIG, as_of=counted.AS_OF)
    return home / "data"


@pytest.fixture(scope="module")
def seen(folder: Path) -> Callable[[str, date], AppTest]:
    """The page of a language and month, opened once; for reading only."""
    return cache(lambda language, month: opened(folder, language, month=month))


@pytest.fixture(scope="module")
def page(seen: Callable[[str, date], AppTest]) -> AppTest:
    """As everybody meets it first; for reading only."""
    return seen("en", NORMAL)


@pytest.fixture(scope="module")
def release(folder: Path) -> Release:
    return open_release(folder, current_id(folder))


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("month", [NORMAL, EMPTY, SMALL])
def test_the_numbers_on_the_page_are_those_of_the_board(seen, release, language, month):
    page = seen(language, month)
    set_language(language)
    config = Config(time_zone="UTC")
    found = board.tiles(release, config, Selection(month=month), month, board.tile_metrics(config))
    shown = [tile for tile in found if tile.reason not in LASTING]
    texts = tile_texts(page)
    assert len(texts) == len(shown)
    for tile, told in zip(shown, texts, strict=True):
        if not tile.enough:
            expected = (
                words.fewer_text(10, tile.metric) if tile.base else words.nothing_text(tile.metric, month)
            )
            assert words.sentence_case(expected) in told
            assert "▲" not in told
            assert "▼" not in told
            continue
        assert words.value_text(tile.estimate, tile.unit) in told
        assert words.interval_text(tile.conf_low, tile.conf_high, tile.unit) in told
        assert words.base_text(tile.base) in told
        for change in (tile.month, tile.year):
            assert words.verdict_text(change.verdict, tile.metric) in told
            if change.verdict in ("up", "down", "unclear"):
                assert words.change_text(change.estimate, tile.unit) in told
        if tile.target == tile.target:
            assert words.value_text(tile.target, tile.unit) in told
            assert words.change_text(tile.target_gap, tile.unit) in told


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("month", [NORMAL, EMPTY, SMALL])
def test_nothing_is_shown_as_nan_or_none(seen, language, month):
    page = seen(language, month)
    assert not re.search(r"\b(nan|None|NaT|inf)\b", everything(page))


def test_the_headline_opens_the_page(page):
    """NPS falls from 50 to 25 in 60 answers each: unclear. CSAT falls from 80 to 50 %: real."""
    assert page.title[0].value == "Scorecard, February 2026"
    lead = page.get("html")[0].proto.body.replace("\u00a0", " ")
    assert "NPS is 25.0" in lead
    assert "the change of −25.0 since January 2026 is unclear" in lead
    moves = page.get("html")[1].proto.body.replace("\u00a0", " ")
    assert "CSAT fell 30.0 pp to 50.0% (n = 200) since January 2026." in moves
    assert "Clearly short of target: CSAT (−30.0 pp)." in moves


def test_colour_is_only_where_the_change_is_real(page):
    table = next(element.proto.body for element in page_html(page) if "cx-table" in element.proto.body)
    cells = re.findall(r"<td.*?</td>", table)
    coloured = [part for part in cells if "cx-bad" in part or "cx-good" in part or "cx-tint" in part]
    assert coloured
    assert all("▼" in part and "down" in part for part in coloured)
    assert not any("▼" in part for part in cells if part not in coloured)


def page_html(page: AppTest) -> list:
    return list(page.get("html"))


def test_small_bases_are_words_without_a_number(page):
    """Seven answers on 1-7: neither 57.1 % nor an arrow."""
    shown = text(page)
    assert "57.1" not in shown
    assert "fewer than 10 answers" in shown
    assert "7 answers on another scale (1–7) are left out." in shown


def test_an_unfinished_month_is_marked(seen, page):
    assert seen("en", SMALL).info[0].value == (
        "March 2026 is unfinished: the data goes to 11 Mar 2026, and its numbers will still change."
    )
    assert not page.info


def test_what_the_release_lacks_is_told_once_and_has_no_tile(page):
    assert "No question asks for it." in text(page)
    assert not any("CES" in block.proto.popover.label for block in page.get("popover"))
    assert len(charts(page)) == len(tile_texts(page)) == 6


def test_an_empty_month_says_so_and_offers_the_latest_number(seen):
    shown = text(seen("en", EMPTY))
    assert "July 2025 has no data." in shown
    assert "No answers in July 2025" in shown
    assert "The latest: 50.0 in February 2025." in shown


def test_filters_are_named_and_what_does_not_know_them_says_so(folder):
    page = opened(folder, touchpoint=("delivery",))
    shown = text(page)
    assert "Filtered to Touchpoint: Delivery." in shown
    assert "Not filtered by touchpoint: terms of a subscription have none." in shown
    assert "The filters leave nothing of this month." in shown
    segments = next(body.proto.body for body in page_html(page) if "By segment" in body.proto.body)
    assert "Renewal rate" not in segments


def test_every_chart_says_in_words_what_it_shows(page):
    drawn = charts(page)
    assert all(chart.proto.alt for chart in drawn)
    assert "lowest 25.0 in February 2026" in drawn[0].proto.alt


def test_the_definition_of_a_number_gives_formula_source_scale_and_what_it_is_compared_with(page):
    definition = everything(page)
    for part in (
        "How many more customers would recommend the company than would not.",
        "Source: Reichheld (2003)",
        "Scale 1–5, higher is better. Share of answers of 4 or more.",
        "January 2026: 80.0% (n = 200); change −30.0 pp, 95 % interval −38",
    ):
        assert part in definition.replace("\u00a0", " ")


def test_rolling_windows_of_another_page_change_nothing(folder, page):
    assert markup(opened(folder, window=3)) == markup(page)


def test_the_order_of_a_table_is_part_of_the_address(folder):
    page = opened(folder)
    assert page.selectbox[1].value == ""
    page.selectbox[1].select("csat").run()
    assert "csat" in page.query_params["order_segment"]
    page.selectbox[1].select("").run()
    assert "order_segment" not in page.query_params


def test_an_order_that_does_not_exist_is_ignored(folder):
    page = opened(folder, query={"order_segment": "drop table"})
    assert page.selectbox[1].value == ""


def test_restated_months_are_told(tmp_path):
    """Six detractors of January arrive late: NPS (42 - 12)/60 = 50 becomes (42 - 18)/66 = 36.4."""
    for number, detractors in enumerate((12, 18)):
        late = [Answers("2026-01", "nps", {10: 42, 8: 6, 3: detractors}), COMPANY.answers[2]]
        exports = tiny.write(tmp_path / f"exports{number}", Company(late).files())
        refreshed(exports, tmp_path / "data", counted.CONFIG, as_of=counted.AS_OF)
    shown = text(opened(tmp_path / "data", month=date(2026, 1, 1)))
    assert (
        "The last refresh restated January 2026, over all customers: NPS 50.0 → 36.4, 6 answers more."
        in shown
    )
    assert "The last refresh restated January 2026; see Data health." in text(opened(tmp_path / "data"))


def test_names_from_the_exports_are_never_drawn_as_html_or_markdown(tmp_path):
    """Segments, touchpoints and the wording of questions may hold anything."""
    files = Company(
        [Answers("2026-02", "nps", {10: 30}, HOSTILE), Answers("2026-01", "nps", {1: 30}, HOSTILE)]
    ).files()
    files["questions.csv"] = counted.QUESTIONS.replace("Would you recommend us?", HOSTILE)
    refreshed(tiny.write(tmp_path / "exports", files), tmp_path / "data", counted.CONFIG, as_of=counted.AS_OF)
    page = opened(tmp_path / "data", segment=(HOSTILE,))
    assert "<img" not in markup(page)
    assert "&lt;img" in markup(page)
    drawn = (page.markdown, page.caption, page.info, page.title, page.header)
    assert not any("example.org" in element.value for kind in drawn for element in kind)
    assert any("example.org" in element.value for element in page.text)
