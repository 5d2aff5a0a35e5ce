"""A scenario in the address: what is read back is what was written, and only what differs is written."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxdata.finance.scenarios.scenario import FIX, FLOOR, SHIFT, Lever, Range, RetentionChange, Scenario
from pages.parts.impact_controls import moved
from pages.parts.impact_more import ranged, typed, with_range
from pages.parts.impact_url import DEFAULT, decode, encode

percents = st.integers(0, 10_000).map(lambda number: float(f"{number / 10_000:.10g}"))
amounts = st.integers(0, 10**9).map(float)


@st.composite
def ranges(draw: st.DrawFn, numbers: st.SearchStrategy[float]) -> Range:
    low, mode, high = sorted(draw(st.tuples(numbers, numbers, numbers)))
    return Range(low, mode, high)


codes = st.text(st.characters(min_codepoint=33, max_codepoint=0x17F), min_size=1, max_size=12)
segments = st.lists(codes, max_size=3, unique=True).map(tuple)
ramps = st.lists(percents, min_size=1, max_size=4).map(tuple)
levers = st.builds(
    Lever, driver=codes, kind=st.sampled_from([SHIFT, FLOOR, FIX]), amount=ranges(amounts), reach=ranges(percents),
    attribution=percents, ramp=ramps, decay=percents, segments=segments, one_off_cost=ranges(amounts),
    yearly_cost=ranges(amounts), cost_per_customer=ranges(amounts),
)  # fmt: skip
changes = st.builds(
    RetentionChange, points=ranges(percents), segments=segments, ramp=ramps, decay=percents,
    one_off_cost=ranges(amounts), yearly_cost=ranges(amounts), cost_per_customer=ranges(amounts),
)  # fmt: skip
frames = st.fixed_dictionaries(
    {"horizon_years": st.integers(1, 10), "discount_rate": ranges(percents), "margin_growth": percents,
     "tail": st.booleans(), "cross_sell": ranges(percents), "referral": ranges(percents),
     "margin_share": st.none() | percents}
)  # fmt: skip
scenarios = st.one_of(
    st.builds(lambda change, frame: Scenario("x", retention=change, **frame), changes, frames),
    st.builds(
        lambda several, frame: Scenario("x", levers=tuple(several), **frame),
        st.lists(levers, min_size=1, max_size=6), frames,
    ),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(scenarios, scenarios)
def test_what_is_written_is_read_back_from_whatever_scenario_it_began_with(scenario, base):
    assert decode(encode(scenario, base), base) == scenario


@settings(max_examples=30, deadline=None)
@given(scenarios)
def test_a_scenario_as_it_began_needs_no_address(scenario):
    assert encode(scenario, scenario) == {}


def test_the_default_is_one_point_for_all_and_needs_nothing():
    assert encode(DEFAULT, DEFAULT) == {}
    assert decode({}, DEFAULT) == DEFAULT
    assert DEFAULT.retention == RetentionChange()


def test_addresses_are_short_and_speak_no_language():
    change = RetentionChange(points=Range.exactly(0.025), one_off_cost=Range(1e4, 2e4, 3e4))
    assert encode(replace(DEFAULT, retention=change, tail=True), DEFAULT) == {
        "points": "2.5", "start": "10000_20000_30000", "tail": "1",
    }  # fmt: skip
    lever = Lever("rating:csat_delivery:delivery", FLOOR, Range.exactly(4.0), attribution=0.3)
    assert encode(replace(DEFAULT, retention=None, levers=(lever,)), DEFAULT) == {
        "lever1": "rating:csat_delivery:delivery~kfloor~a4~e30"
    }


@pytest.mark.parametrize(
    "given",
    [
        {"points": "many"},
        {"years": "3.5"},
        {"rate": "1_2"},
        {"lever9": "x"},
        {"ramp": "a_b"},
        {"unknown": "1"},
    ],
)
def test_what_cannot_be_read_is_as_it_was(given):
    assert decode(given, DEFAULT) == DEFAULT


def test_numbers_out_of_range_are_read_and_left_to_be_refused_in_words():
    """The check of a scenario names the field, the value and what is allowed; the address must not hide them."""
    assert decode({"rate": "-100"}, DEFAULT).discount_rate == Range.exactly(-1.0)
    assert decode({"years": "0"}, DEFAULT).horizon_years == 0
    assert decode({"lever1": "event:unresolved~r150"}, DEFAULT).levers[0].reach.mode == 1.5


@pytest.mark.parametrize(
    ("cells", "expected"),
    [({"low": 20.0}, Range(0.2, 0.2, 0.2)), ({"high": 5.0}, Range(0.05, 0.05, 0.05)),
     ({"mode": 30.0}, Range(0.08, 0.3, 0.3)),
     ({"low": 9.0, "high": 11.0}, Range(0.09, 0.1, 0.11)), ({"low": 15.0, "high": 11.0}, Range(0.11, 0.11, 0.15))],
)  # fmt: skip
def test_an_end_that_is_typed_past_the_others_takes_them_along(cells, expected):
    """Whatever is typed, low ≤ likely ≤ high: nobody is refused between two cells."""
    assert typed({"low": 8.0, "mode": 10.0, "high": 12.0}, cells, 100.0) == expected


@settings(max_examples=30, deadline=None)
@given(scenarios)
def test_every_range_can_be_reached_by_its_name(scenario):
    for of, value in ranged(scenario).items():
        assert with_range(scenario, of, value) == scenario
        assert ranged(with_range(scenario, of, Range(0.1, 0.2, 0.3)))[of] == Range(0.1, 0.2, 0.3)


def test_a_moved_value_takes_its_range_along_within_its_limits():
    assert moved(Range(0.08, 0.10, 0.12), 0.20) == Range(0.16, 0.20, 0.24)
    assert moved(Range(0.5, 0.8, 1.0), 1.0, 0.0, 1.0) == Range(0.625, 1.0, 1.0)
    assert moved(Range.exactly(3.0), 5.0) == Range.exactly(5.0)
