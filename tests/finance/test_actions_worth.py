"""What an action that worked is worth: a company of one kind of customer, with arithmetic that fits on a line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from cxdata.finance.actions.chance import alone
from cxdata.finance.actions.comparison import Comparison, Side
from cxdata.finance.actions.difference import Drift, Wobble
from cxdata.finance.actions.judged import (
    NO_EFFECT,
    NOT_MEASURED,
    TOO_EARLY,
    UNCLEAR,
    WORKED,
    Judged,
    Measured,
)
from cxdata.finance.actions.method_words import alone_sentence
from cxdata.finance.actions.other_windows import windows_sentence
from cxdata.finance.actions.query import Met
from cxdata.finance.actions.settings import Action, windows_of
from cxdata.finance.actions.words import expected_sentence, measured_sentence, story, verdict_label
from cxdata.finance.actions.worth import (
    DOING,
    EFFECT,
    NOBODY,
    NOT_A_DRIVER,
    NOT_CLEAR,
    Worth,
    driver_codes,
    lived_share,
    put_back,
    worth_of,
    worths,
)
from cxdata.finance.actions.worth_words import (
    assumed_sentence,
    brief_sentence,
    costs_sentence,
    needed_sentence,
    nothing_text,
    worth_sentence,
)
from cxdata.finance.impact.profiles import Profiles
from cxdata.models.churn import ChurnDriver
from tests.finance.people import regression, standing

WAIT_DRIVER = ChurnDriver("event:longest_wait", "count", "longest_wait", column=1, sign=-1)
RATED = ChurnDriver(
    "rating:csat_call:call", "rating", "csat_call", column=1, touchpoint="call", centre=4.0, low=1, high=5
)
ACTION = Action(
    "A1", "Call back", "call", "all", "", date(2026, 3, 1), date(2026, 3, 20), "", 500.0, "csat", 0.1
)
EVERYBODY = Met(10_000, 10_000, 10_000)


def measured(
    change: float, *, kind: str = "wait", unit: str = "minutes", after: float = 4.0, error: float = 0.0
) -> Measured:
    """A change that is sure, or has a standard error, to the better."""
    side = Side(after, 100.0, 90)
    found = Comparison(
        change, error, change - 2 * error, change + 2 * error, error, Wobble(0.0, 11), 0.001, 90, side, side, side, side,
        pd.DataFrame({"month": [], "part": []}), Drift(np.nan, np.nan, np.nan, np.nan), np.nan, np.nan, 0, 6, 6,
    )  # fmt: skip
    better = "down" if unit == "minutes" else "up"
    return Measured(kind, unit, unit != "minutes", "", 0, np.nan, found, 1, better, "good", 0.001)


def judged(*outcomes: Measured, verdict: str = WORKED, action: Action = ACTION) -> Judged:
    windows = windows_of(action, date(2025, 1, 1), date(2026, 10, 1), 6)
    return Judged(action, windows, outcomes, verdict, doubtful=False)


def customers(wait: float = 4.0, driver: ChurnDriver = WAIT_DRIVER) -> Profiles:
    """10,000 customers with a margin of 200, all with one wait; churn of 20 % without any, 0.03 log-odds a minute.

    Their decisions look back on months that all lie after the action's start.
    """
    found = regression(
        np.array([[1.0, -wait]]), [np.log(0.25), -0.03], drivers=(driver,), first=date(2027, 9, 1), last=date(2027, 11, 1)
    )  # fmt: skip
    return standing(found, np.array([10_000.0]), np.array([2_000_000.0]))


def kept(minutes: float) -> float:
    return 1 / (1 + 0.25 * np.exp(0.03 * minutes))


def test_the_first_year_by_hand():
    """Without it they would wait 9 minutes; 0.8 × 0.5 of the 5 minutes' log-odds are its doing and an effect."""
    found = worth_of(judged(measured(-5.0)), customers(), EVERYBODY, EVERYBODY)
    assert isinstance(found, Worth)
    share = DOING["other_segments"] * EFFECT
    year = 2_000_000 * (kept(9 - share * 5) - kept(9))
    assert found.valuation.point.margin[0, 0] == pytest.approx(year, rel=1e-5)
    assert found.valuation.point.cost_pv[0] == pytest.approx(500)
    assert found.net.p50 == pytest.approx(found.horizon.p50 - 500)
    assert found.kinds == ("wait",)


def test_only_those_who_wait_at_the_touchpoint_are_reached():
    """Half of those who wait do so there: without it the mean wait is 4 + 2.5 minutes, and half would get 5 less."""
    half = worth_of(judged(measured(-5.0)), customers(), Met(10_000, 5_000, 5_000), EVERYBODY)
    assert (half.reach, half.lived) == (0.5, 1.0)
    share = DOING["other_segments"] * EFFECT
    year = 2_000_000 * 0.5 * (kept(6.5 - share * 5) - kept(6.5))
    assert half.valuation.point.margin[0, 0] == pytest.approx(year, rel=1e-5)
    assert "50% of the customers who wait" in assumed_sentence(judged(measured(-5.0)), half, {})


def test_what_decisions_look_back_on_before_the_start_holds_no_change():
    """The action starts on 1 March 2026. Decisions of mid-May look back on the year to mid-April: 45 days of 365."""
    of = lambda first, last: replace(customers().regression, first=first, last=last)  # noqa: E731
    assert lived_share(ACTION.started_on, of(date(2026, 5, 1), date(2026, 5, 1))) == pytest.approx(45 / 365)
    assert lived_share(ACTION.started_on, of(date(2026, 4, 1), date(2026, 5, 1))) == pytest.approx(
        (15 + 45) / 2 / 365
    )
    assert lived_share(ACTION.started_on, of(date(2025, 1, 1), date(2026, 2, 1))) == 0
    assert lived_share(ACTION.started_on, of(date(2027, 9, 1), date(2028, 2, 1))) == 1
    early = customers()
    early = replace(early, regression=of(date(2026, 5, 1), date(2026, 5, 1)))
    found = worth_of(judged(measured(-5.0)), early, EVERYBODY, EVERYBODY)
    share, before = DOING["other_segments"] * EFFECT, 4 + 5 * 45 / 365
    year = 2_000_000 * (kept(before - share * min(5, before)) - kept(before))
    assert found.valuation.point.margin[0, 0] == pytest.approx(year, rel=1e-4)
    assert "12% lies after its start" in assumed_sentence(judged(measured(-5.0)), found, {})


def test_a_rating_is_valued_by_the_questions_that_were_measured():
    """However its code is spelled: the driver is named after the question, and stands at the action's touchpoint."""
    brand = replace(RATED, code="rating:q17:call", name="q17")
    score = replace(measured(0.5, kind="score", unit="score"), questions=("q17",))
    assert driver_codes(judged(score), score, customers(driver=brand)) == ("rating:q17:call",)
    assert driver_codes(judged(score), score, customers(driver=RATED)) == ()
    elsewhere = replace(brand, touchpoint="shop")
    assert driver_codes(judged(score), score, customers(driver=elsewhere)) == ()
    points = replace(score, kind="metric", unit="points")
    assert driver_codes(judged(points), points, customers(driver=brand)) == ()


def test_without_a_comparison_less_is_its_doing():
    own = replace(ACTION, segment="")
    weak = worth_of(judged(measured(-5.0), action=own), customers(), EVERYBODY, EVERYBODY)
    assert weak.valuation.scenario.levers[0].attribution == pytest.approx(0.5 * EFFECT)


def test_the_spread_of_the_lever_is_that_of_the_measurement():
    """A symmetric PERT distribution of mode ± √7 standard errors has the standard error as its spread."""
    found = worth_of(judged(measured(-5.0, error=0.5)), customers(), EVERYBODY, EVERYBODY)
    amount = found.valuation.scenario.levers[0].amount
    assert (amount.high - amount.low) ** 2 / 28 == pytest.approx(0.5**2)


def test_rows_are_put_back_by_the_change():
    """Waits: 4 + 5 minutes; nobody without a wait gets one. Ratings: 4.5 − 0.5, and not below the scale."""
    rows = put_back(customers(), "event:longest_wait", measured(-5.0), ("all",)).regression.x[0]
    assert rows[0, 1] == pytest.approx(-9.0)
    rows = put_back(customers(), "event:longest_wait", measured(-5.0), (), 0.3).regression.x[0]
    assert rows[0, 1] == pytest.approx(-5.5)
    assert put_back(customers(0.0), "event:longest_wait", measured(-5.0), ()).regression.x[0][0, 1] == 0
    assert put_back(customers(), "event:longest_wait", measured(-5.0), ("other",)).regression.x[0][0, 1] == -4
    rating = measured(0.5, kind="score", unit="score")
    assert put_back(customers(-0.5, RATED), RATED.code, rating, ()).regression.x[0][0, 1] == pytest.approx(
        0.0
    )
    bad = measured(2.0, kind="score", unit="score")
    assert put_back(customers(2.5, RATED), RATED.code, bad, ()).regression.x[0][0, 1] == pytest.approx(-3.0)
    with pytest.raises(ValueError, match="not a driver"):
        put_back(customers(), "event:other", measured(-5.0), ())


def test_what_has_no_value_says_why():
    nothing = judged(measured(-5.0), verdict=NO_EFFECT)
    assert worth_of(nothing, customers(), EVERYBODY, EVERYBODY) == NOT_CLEAR
    assert worth_of(judged(measured(-5.0)), customers(driver=RATED), EVERYBODY, EVERYBODY) == NOT_A_DRIVER
    elsewhere = judged(measured(-5.0), action=replace(ACTION, segment="gone"))
    assert worth_of(elsewhere, customers(), EVERYBODY, EVERYBODY) == NOBODY
    assert worths((nothing,), customers(), {}) == {"A1": NOT_CLEAR}
    assert "drivers of churn" in nothing_text(elsewhere, NOT_A_DRIVER, {})
    assert nothing_text(elsewhere, NOT_CLEAR, {}) == ""


def test_the_sentences_name_money_cost_and_assumptions():
    one = judged(measured(-5.0))
    found = worth_of(one, customers(), EVERYBODY, EVERYBODY)
    said = worth_sentence(one, found, {}, "EUR")
    assert "€500" in said
    assert "pays through retention alone" in said
    dear = replace(found, cost=1e9, net=replace(found.net, p5=-2.0, p95=-1.0))
    assert "does not pay" in worth_sentence(one, dear, {}, "EUR")
    assert "80%" in assumed_sentence(one, found, {})
    assert "50%" in assumed_sentence(one, found, {})
    assert "It pays where at least" in needed_sentence(found, "EUR")
    free = replace(found, cost=0.0)
    assert "No cost is stated" in worth_sentence(one, free, {}, "EUR")
    assert needed_sentence(free, "EUR") == ""


def test_words_of_a_verdict():
    """Without a comparison nothing "worked": it is better since."""
    one = judged(measured(-5.0))
    assert verdict_label(one) == "worked"
    assert verdict_label(judged(measured(-5.0), action=replace(ACTION, segment=""))) == "better since"
    assert "1 of 1 actions clearly worked: “Call back”" in story([one], {})
    assert "cannot be said to have worked" in story([judged(measured(-5.0), verdict=NO_EFFECT)], {})
    assert "Change: −5.0 min" in measured_sentence(one.measured[0], one, {}, 10)
    own = replace(measured(0.05, kind="metric", unit="fraction", after=0.8, error=0.01), expected=0.1)
    assert "less than that was measured" in expected_sentence(judged(own))


def test_an_interval_that_excludes_zero_by_chance_is_remarked_on():
    """Ten minutes more wait, clear by itself, not among many: it leans to the worse."""
    plain = replace(measured(10.0, error=1.0), verdict="unclear", judgement="neutral")
    one = judged(plain, verdict=UNCLEAR)
    assert alone(plain) == "bad"
    assert alone(replace(plain, found=replace(plain.found, conf_low=-1.0))) == ""
    assert alone(measured(10.0)) == ""
    assert "“Call back”" in alone_sentence([one], {})
    assert "among 1 tests" in alone_sentence([one], {})
    assert alone_sentence([judged(measured(-5.0))], {}) == ""


def test_nobody_on_a_side_is_too_few_and_told_the_same_everywhere():
    thin = replace(measured(5.0, kind="metric"), verdict="no_data", judgement="neutral")
    one = judged(thin, verdict=NOT_MEASURED)
    assert verdict_label(one) == "too few customers"
    assert "1 cannot be judged" in story([one], {})
    assert "chance" not in story([one], {})
    assert "fewer than 10 customers" in measured_sentence(thin, one, {}, 10)


def test_the_brief_names_cost_worth_and_what_is_left():
    one = judged(measured(-5.0))
    found = worth_of(one, customers(), EVERYBODY, EVERYBODY)
    said = brief_sentence(one, found, {}, "EUR")
    assert said.startswith("“Call back” cost €500")
    assert "it pays" in said
    loss = replace(found, net=replace(found.net, p5=-2.0, p50=-1.5, p95=-1.0))
    assert "does not pay" in brief_sentence(one, loss, {}, "EUR")
    open_ = replace(found, net=replace(found.net, p5=-2.0, p95=1.0))
    assert "whether it pays is open" in brief_sentence(one, open_, {}, "EUR")
    assert "not known here" in brief_sentence(one, None, {}, "EUR")


def test_costs_add_up_apart_for_those_that_are_not_judged_yet():
    early = judged(verdict=TOO_EARLY)
    unknown = judged(measured(1.0), action=replace(ACTION, cost=np.nan))
    said = costs_sentence([judged(measured(-5.0)), judged(measured(2.0)), early, unknown], "EUR")
    assert (
        said
        == "The 2 actions judged cost €1,000 together. The 1 action not judged yet cost €500. 1 states no cost."
    )
    assert costs_sentence([unknown], "EUR") == ""


def test_another_verdict_with_another_window_is_said():
    one, other = judged(measured(-5.0)), judged(measured(-5.0), verdict=NO_EFFECT)
    assert windows_sentence(one, {}) == ""
    assert "would be the same" in windows_sentence(one, {3: one, 6: one})
    assert "“not as expected” with 3 and 6 months" in windows_sentence(one, {3: other, 6: other})
