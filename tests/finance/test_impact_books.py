"""Which margin is valued, and what the books leave; and conditions that make sense whatever the case is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from cxdata.config import load_config
from cxdata.database import current_id, open_release
from cxdata.finance.economics.costs import Serving
from cxdata.finance.economics.measures import NOTHING, Measure
from cxdata.finance.economics.window import Window
from cxdata.finance.impact import words
from cxdata.finance.impact.books import Books, books_beside, books_of
from cxdata.finance.impact.names import money
from cxdata.finance.impact.profiles import profiles_of
from cxdata.finance.impact.questions import conditions, questions
from cxdata.finance.impact.results import Valuation
from cxdata.finance.scenarios.assumptions import assumptions_log
from cxdata.finance.scenarios.report import Stamp, report
from cxdata.finance.scenarios.workbook import whose_margin
from cxdata.language import set_language
from cxdata.selection import Selection
from tests.finance.impact_case import NAMES, with_costs, with_levers, without_costs
from tests.finance.test_valuation import active, decisions

YEAR = Window(date(2025, 11, 1), date(2026, 11, 1), date(2026, 10, 1), 12, False, False)
BESIDE = Books(78.25, 35.14, 12_855, date(2025, 11, 1), date(2026, 10, 1), "Courier", -50_724.0, -156_164.0)
TERMS, LEFT = money(BESIDE.terms_each, "EUR"), money(BESIDE.books_each, "EUR")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language("en")


def served(each: Measure, *lines: tuple[str, int, float]) -> Serving:
    """What serving cost, of which only margins count here."""
    found = dict.fromkeys(Serving.__dataclass_fields__, 0.0)
    table = pd.DataFrame(lines, columns=["line", "customers", "margin"])
    return Serving(**{**found, "cost_each": NOTHING, "margin_each": each, "lines": table})  # type: ignore[arg-type]


def test_two_margins_stand_side_by_side_and_the_largest_loss_is_named():
    """1,110 of margin on 17 customers by the terms; by the books half a year of −60 at work is −120 a year."""
    profiles = profiles_of(decisions(), active())
    half = replace(YEAR, months=6)
    found = books_of(
        profiles, served(Measure(20.0, n=17), ("home", 12, -10.0), ("work", 11, -60.0)), half, 10
    )
    assert found is not None
    assert (found.terms_each, found.books_each) == (pytest.approx(1110 / 17), 20.0)
    assert (found.segment, found.segment_terms, found.segment_books) == ("work", pytest.approx(400), -120.0)
    few = books_of(profiles, served(Measure(20.0, n=17), ("work", 9, -60.0)), half, 10)
    assert few is not None
    assert few.segment == ""
    assert books_of(profiles, served(Measure(20.0, n=9)), half, 10) is None
    assert books_of(profiles, served(NOTHING), half, 10) is None


def test_the_demo_leaves_half_of_its_margin_after_cost_to_serve(demo_folder: Path):
    """Its couriers lose 156,164.11 a year by the books (as the page Economics has it), where terms say a third of it."""
    release = open_release(demo_folder, current_id(demo_folder))
    profiles = profiles_of(decisions(), active())
    month = date(2026, 10, 1)
    base = replace(profiles.base, segments=("Courier", "Family"))
    found = books_beside(
        release, Selection(), month, replace(profiles, base=base), load_config(demo_folder).min_base
    )
    assert found is not None
    assert found.books_each == pytest.approx(35.14, abs=0.01)
    assert (found.segment, found.segment_books) == ("Courier", pytest.approx(-156_164.11, abs=0.01))


def test_both_margins_stand_next_to_the_base_and_in_the_answer_of_the_cfo():
    found = replace(with_costs(), books=BESIDE)
    said = words.base_sentences(found, {}, "EUR")[1]
    assert f"the one of the terms, before cost to serve: {TERMS} per customer and year" in said
    assert (
        f"By the books (revenue less cost to serve, Nov 2025 to Oct 2026) a customer leaves {LEFT}." in said
    )
    assert said.endswith("Courier: −€50.7K a year by the terms, −€156K by the books.")
    asked = dict(questions(found, NAMES, {}, "EUR"))["Margin or revenue?"]
    assert (
        f"the margin of the terms, {TERMS} per customer and year. The books leave {LEFT} after cost to serve"
        in asked
    )
    plain = dict(questions(with_costs(), NAMES, {}, "EUR"))["Margin or revenue?"]
    assert "cost to serve is taken off only as far as it is in there" in plain
    assert (
        len(words.base_sentences(with_costs(), {}, "EUR")) == len(words.base_sentences(found, {}, "EUR")) - 1
    )


def test_both_margins_are_in_the_files():
    found = replace(with_costs(), books=BESIDE)
    stamp = Stamp("r", "d", "s", "0", "EUR", date(2026, 10, 1))
    written = report(found, stamp)
    assert written["books"]["books_each"] == 35.14
    assert "before cost to serve" in written["units"]["margin"]
    log = assumptions_log(found, currency="EUR").set_index("of")
    assert log.loc[["base.margin_each", "books.margin_each"], "value"].tolist() == [78.25, 35.14]
    assert report(with_costs(), stamp)["books"] is None
    assert f"{TERMS} by the terms, {LEFT} by the books" in whose_margin(found, "EUR")[1]
    assert len(whose_margin(with_costs(), "EUR")) == 1


def crossed(found: Valuation, share: float) -> Valuation:
    """The same margin, of which a part is cross-sell."""
    return replace(found, point=replace(found.point, cross_sell=found.point.margin * share))


def test_an_effect_that_is_next_to_nothing_is_less_than_a_hundredth():
    """ "At least 0 % of the effect" would say nothing."""
    found = replace(with_levers(), break_even_effect=0.003, break_even_attribution=0.0015)
    said = " ".join(conditions(found, "EUR"))
    assert "Less than 1% of the expected effect is enough to cover the costs." in said
    assert "Less than 1% of the association has to be an effect (50% is assumed)." in said
    assert " 0%" not in said


def test_a_case_that_cross_sell_makes_says_that_it_is_assumed():
    most = conditions(crossed(with_levers(), 0.8), "EUR")
    assert "80% of the margin is not estimated but assumed: more margin from customers who stay." in most
    assert not any("not estimated" in said for said in conditions(crossed(with_levers(), 0.3), "EUR"))


def test_what_brings_less_than_nothing_cannot_pay():
    """Couriers kept: a ceiling for its costs below 0 would be no sentence."""
    for case in (without_costs(), with_costs()):
        lost = replace(case, point=replace(case.point, margin=-case.point.margin))
        assert conditions(lost, "EUR") == [
            "It cannot pay, whatever it costs: those it keeps cost more than they bring."
        ]
    free = without_costs()
    lost = replace(free, point=replace(free.point, margin=-free.point.margin))
    assert words.answer(lost, NAMES, {}, "EUR").endswith("; those it keeps cost more than they bring.")


def test_an_effect_that_is_barely_too_small_is_not_one_times_as_large():
    said = conditions(replace(with_costs(), break_even_effect=1.02), "EUR")[1]
    assert said.startswith("The effect is 1.02 times as large as expected")


def test_previews_of_many_levers_say_how_they_share():
    assert words.shares_sentence(with_levers()) == ""
    assert "first and as the last" in words.shares_sentence(replace(with_levers(), notes=("shares_near",)))
