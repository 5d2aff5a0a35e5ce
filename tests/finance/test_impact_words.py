"""The case in words: what is estimated, what is assumed, whose money it is, and never more digits than anybody knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from cxdata.finance.impact import words
from cxdata.finance.impact.names import amount_text, assumptions, change_text, money, money_range, ramp_text
from cxdata.finance.impact.questions import conditions, questions
from cxdata.finance.scenarios.scenario import FIX, FLOOR, Lever, Note, Range, RetentionChange
from cxdata.language import set_language
from tests.finance.impact_case import LEVERS, NAMES, POINT, valued, with_costs, with_levers, without_costs

# size × (1/1.1^.5 + 2/1.1^1.5 + 3/1.1^2.5) with size 50,000: the margin of the case by hand.
GROSS = 50_000 * (1.1**-0.5 + 2 * 1.1**-1.5 + 3 * 1.1**-2.5)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language("en")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("amount", "said"),
    [(0, "€0"), (12.4, "€12.40"), (999.9, "€1,000"), (3_666.7, "€3,667"), (9_999.6, "€10K"), (12_345.6, "€12.3K"),
     (-234_567, "−€235K"), (1_234_567, "€1.23M"), (1.5e9, "€1.5B")],
)  # fmt: skip
def test_money_stands_in_full_below_ten_thousand_and_has_three_digits_that_count_above(amount, said):
    assert money(amount, "EUR") == said


@pytest.mark.parametrize("amount", [8.5e-20, -8.5e-20, -0.0, 0.004, -0.004])
def test_less_than_half_a_cent_is_nothing(amount):
    """It was €0.00000000000000000008; and nothing has no sign."""
    assert money(amount, "EUR") == "€0"
    assert money(amount, "EUR", signed=True) == "€0"
    assert money(0.006, "EUR") == "€0.01"


@pytest.mark.parametrize(
    ("low", "high", "said", "in_spanish"),
    [(950, 1_200, "€950 to €1,200", "950 € a 1.200 €"), (-3_670, 12_300, "−€3,670 to €12,300", "−3.670 € a 12.300 €"),
     (950_000, 1.23e6, "€0.95M to €1.23M", "0,95 M€ a 1,23 M€"), (4_000, 1.2e6, "€4K to €1,200K", "4 mil € a 1.200 mil €"),
     (0, 2e6, "€0 to €2M", "0 € a 2 M€")],
)  # fmt: skip
def test_both_ends_of_an_interval_have_one_unit(low, high, said, in_spanish):
    assert money_range(low, high, "EUR") == said
    set_language("es")
    assert plain(money_range(low, high, "EUR")) == in_spanish
    assert plain(money(3_670, "EUR")) == "3.670 €"


def test_money_says_its_sign_on_demand_and_what_is_unknown_is_no_number():
    assert money(1_000, "EUR", signed=True) == "+€1,000"
    assert money(float("nan"), "EUR") == "–"
    set_language("es")
    assert plain(money(-1_234_567, "EUR")) == "−1,23 M€"


def test_the_answer_without_costs_says_what_it_may_cost_at_most():
    said = words.answer(without_costs(), NAMES, {}, "EUR")
    assert said.startswith(
        "One point of churn fewer a year (all customers): an estimated €253K of margin over 3 years"
    )
    assert pytest.approx(253_000, rel=0.002) == GROSS
    assert said.endswith("no cost is assumed yet, so that is the most it may cost.")


def test_the_answer_with_costs_names_net_value_return_and_payback():
    """Costs: 40,000 at the start and 20,000 × (1.1^-.5 + 1.1^-1.5 + 1.1^-2.5) = 52,160 later."""
    said = words.answer(with_costs(), NAMES, {}, "EUR")
    assert "at an assumed cost of €92.2K: €160K net" in said
    assert said.endswith("ROI 120%, paid back after 1.4 years.")


def test_a_value_that_counts_the_time_after_the_last_year_says_so():
    found = without_costs()
    beyond = replace(found, point=replace(found.point, tail=np.array([50_000.0])))
    assert "of margin over 3 years and the time after (" in words.answer(beyond, NAMES, {}, "EUR")
    assert words.figures(beyond, "EUR")[0].kind.endswith("over 3 years and the time after")


def test_what_never_comes_back_says_so():
    found = with_costs()
    late = replace(found, point=replace(found.point, payback=None, roi=None, irr=None))
    assert words.answer(late, NAMES, {}, "EUR").endswith("ROI –, not paid back within 3 years.")
    assert {figure.label: figure.under for figure in words.figures(late, "EUR")}["ROI"] == "no single IRR"


def test_every_figure_says_what_kind_of_number_it_is():
    for found in (without_costs(), with_costs(), with_levers()):
        for figure in words.figures(found, "EUR"):
            assert figure.kind.split(" · ")[0] in ("estimated", "assumed"), figure
    kinds = {figure.label: figure.kind for figure in words.figures(with_costs(), "EUR")}
    assert kinds["Cost"].startswith("assumed · present value")
    assert "revenue, not counted" in kinds["Revenue a year"]


def test_figures_that_need_a_cost_are_left_out_without_one():
    labels = [figure.label for figure in words.figures(without_costs(), "EUR")]
    assert labels == ["Net present value", "Customers kept", "Margin a year", "Revenue a year"]


def test_a_preview_says_that_it_is_one():
    found = without_costs()
    assert words.trust(replace(found, preview=True)).startswith("Preview from a sample.")
    assert "Preview" not in words.trust(found)


def test_a_change_taken_as_certain_explains_its_narrow_range():
    certain = words.trust(without_costs())
    ranged = valued(replace(POINT, retention=RetentionChange(points=Range(0.005, 0.01, 0.02))))
    assert "taken as certain" in certain
    assert "taken as certain" not in words.trust(ranged)


def test_the_base_is_counted_and_its_gaps_are_said():
    said = words.base_sentences(without_costs(), {}, "EUR")
    assert "10,000 customers with a running term" in said[0]
    assert "of margin a year" in said[0]
    assert "95.0% of them only" in said[1]
    assert said[2].startswith("2.0% of the margin")
    whole = without_costs()
    assert (
        len(
            words.base_sentences(
                replace(whole, base=replace(whole.base, coverage=1, margin_known=1)), {}, "EUR"
            )
        )
        == 1
    )


def test_customers_who_cost_more_than_they_bring_stand_apart():
    assert "400 of these customers cost more than they bring" in words.negative_sentence(with_costs(), "EUR")
    none = with_costs()
    none = replace(none, negative=replace(none.negative, customers=0.0))
    assert words.negative_sentence(none, "EUR") == ""


def test_conditions_follow_the_break_evens():
    assert conditions(without_costs(), "EUR") == [
        "No cost is assumed: it pays as long as all of it costs less than €253K."
    ]
    held = conditions(with_levers(), "EUR")
    assert "At least 40% of the expected effect comes true." in held
    assert "At least 20% of the association is an effect (50% is assumed)." in held
    never = replace(with_levers(), break_even_effect=None, break_even_attribution=None)
    assert "No effect up to ten times as large would cover the costs." in conditions(never, "EUR")
    more = " ".join(conditions(replace(with_levers(), break_even_effect=1.8), "EUR"))
    assert "1.8 times as large as expected" in more


def test_a_cfo_gets_an_answer_to_each_question():
    answers = dict(questions(with_costs(), NAMES, {}, "EUR"))
    assert answers["Margin or revenue?"].startswith("Margin.")
    assert "20.0% of those still there" in answers["Incremental to what?"]
    assert "start −€40K; year 1 +€30K" in answers["When is the cash?"]
    assert answers["Who signs the assumptions?"].startswith("13 of 13 have no owner")


def test_an_owner_is_counted():
    signed = replace(POINT, notes=(Note("discount_rate", owner="Ana Ruiz"),))
    answers = dict(questions(valued(signed), NAMES, {}, "EUR"))
    assert answers["Who signs the assumptions?"].startswith("12 of 13")


def test_the_log_names_each_number_with_its_range_and_basis():
    log = {one.of: one for one in assumptions(LEVERS, NAMES, {}, "EUR")}
    assert log["levers.1.one_off_cost"].value == "€40K (€30K to €60K)"
    assert log["levers.2.amount"].value == "5 minutes less (3 to 6)"
    assert log["levers.2.reach"].label == "Longest wait: Customers reached"
    assert log["discount_rate"].value == "10% (8% to 12%)"
    assert {one.basis for one in log.values()} == {"assumed"}
    assert "margin_share" not in log


def test_levers_are_told_by_what_they_do():
    assert amount_text(Lever("rating:nps:", FLOOR, Range.exactly(7.0))) == "nobody below 7"
    assert amount_text(Lever("event:longest_wait", FLOOR, Range.exactly(10.0))) == "nobody above 10"
    assert amount_text(Lever("event:unresolved", FIX, Range.exactly(0.5))) == "50% of it gone"
    assert amount_text(Lever("event:longest_wait", amount=Range.exactly(1.0))) == "1 minute less"
    assert change_text(LEVERS, NAMES, {}) == (
        "Delivery (CSAT): 1 point more and Longest wait: 5 minutes less (50% of all customers)"
    )


def test_ramps_read_year_by_year():
    assert ramp_text((1.0,)) == "100% from the first year on"
    assert ramp_text((0.5, 1.0)) == "50% · 100%, then so on"


def test_levers_that_share_customers_say_how_much():
    assert words.overlap_sentence(with_levers(), "EUR").startswith("One by one they would bring €25.3K more")
    assert words.overlap_sentence(with_costs(), "EUR") == ""
    apart = replace(with_levers(), overlap=-5_000.0)
    assert words.overlap_sentence(apart, "EUR") == (
        "Together they would bring €5,000 more than one by one, all of their association taken for an effect."
    )


def test_ceilings_and_wrong_signs_are_said():
    found = replace(with_levers(), notes=("ceiling:1",), wrong_sign={"event:longest_wait": 0.12})
    said = words.note_sentences(found, NAMES)
    assert said[0].startswith("Longest wait: in 12% of the outcomes")
    assert said[1].startswith("Delivery (CSAT): 0.9 instead of 1 on average")


def test_the_distribution_in_words_agrees_with_its_draws():
    found = with_costs()
    said = words.chance_sentence(found, "EUR")
    assert said.startswith(f"{(found.draws.npv > 0).mean():.0%} of 200 outcomes are above 0")
    assert money(float(np.median(found.draws.npv)), "EUR") in said
