"""A scenario's file: what is written is read again, and whatever is wrong is said in one sentence."""

from __future__ import annotations

import string
from dataclasses import fields, replace
from pathlib import Path

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from cxdata.errors import InputMissing
from cxdata.finance.scenarios.checks import AMOUNTS, NUMBERS, check_currency, check_scenario, note_fields
from cxdata.finance.scenarios.file import MOST_BYTES, parse_scenario, read_bytes, scenario_toml
from cxdata.finance.scenarios.refusals import ScenarioInvalid, name_of
from cxdata.finance.scenarios.scenario import (
    DISCOUNT_RATE,
    FIX,
    FLOOR,
    MOST_LEVERS,
    SHIFT,
    Lever,
    Note,
    Range,
    RetentionChange,
    Scenario,
)
from cxdata.language import set_language
from cxdata.messages import told

BY_HAND = """
title = "Faster delivery"
discount_rate = 0.1
currency = "EUR"

[[levers]]
driver = "event:longest_wait"
amount = { low = 2, mode = 4.8, high = 6 }
reach = 0.5
one_off_cost = 150_000

[[notes]]
of = "levers.1.reach"
owner = "Ana"
on = 2026-09-30
"""


def parse(text: str) -> Scenario:
    return parse_scenario(text.encode(), "mine.toml")


def test_a_file_written_by_hand_says_only_what_differs_from_the_defaults():
    lever = Lever(
        "event:longest_wait",
        amount=Range(2.0, 4.8, 6.0),
        reach=Range.exactly(0.5),
        one_off_cost=Range.exactly(150_000.0),
    )
    assert parse(BY_HAND) == Scenario(
        "mine",
        "Faster delivery",
        (lever,),
        discount_rate=Range.exactly(0.1),
        currency="EUR",
        notes=(Note("levers.1.reach", "Ana", on="2026-09-30"),),
    )


def test_what_is_left_out_is_written_out_once_saved_so_that_later_defaults_change_nothing():
    text = scenario_toml(parse(BY_HAND))
    for field in fields(Scenario):
        assert field.name in text or field.name in ("retention", "margin_share")
    assert "0.08" in scenario_toml(Scenario("a", levers=(Lever("x"),)))
    assert DISCOUNT_RATE.low == 0.08


WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), max_size=30)
AMOUNT_KINDS = st.sampled_from([SHIFT, FLOOR, FIX])


def ranges(low: float, high: float) -> st.SearchStrategy[Range]:
    number = st.floats(low, high, allow_nan=False)
    return st.lists(number, min_size=3, max_size=3).map(lambda three: Range(*sorted(three)))


COURSE = {
    "ramp": st.lists(st.floats(0, 1), min_size=1, max_size=5).map(tuple),
    "decay": st.floats(0, 1),
    "segments": st.lists(WORDS, max_size=3).map(tuple),
    "one_off_cost": ranges(*NUMBERS["one_off_cost"]),
    "yearly_cost": ranges(*NUMBERS["yearly_cost"]),
    "cost_per_customer": ranges(*NUMBERS["cost_per_customer"]),
}
LEVERS = AMOUNT_KINDS.flatmap(
    lambda kind: st.builds(
        Lever, driver=WORDS.filter(bool), kind=st.just(kind), amount=ranges(*AMOUNTS[kind]),
        reach=ranges(0, 1), attribution=st.floats(0, 1), **COURSE,
    )
)  # fmt: skip
SCENARIOS = st.builds(
    Scenario,
    name=st.text(string.ascii_lowercase + string.digits, min_size=5, max_size=40),
    title=WORDS,
    levers=st.lists(LEVERS, min_size=1, max_size=MOST_LEVERS).map(tuple),
    horizon_years=st.integers(1, 10),
    discount_rate=ranges(0, 1),
    margin_growth=st.floats(-0.5, 0.5),
    tail=st.booleans(),
    cross_sell=ranges(0, 1),
    referral=ranges(0, 1),
    margin_share=st.none() | st.floats(0, 1),
    currency=st.sampled_from(["", "EUR", "USD"]),
    draws=st.integers(100, 10_000),
    seed=st.integers(0, 2**31 - 1),
    release=WORDS,
    locked=st.booleans(),
    notes=st.lists(
        st.builds(
            Note,
            of=st.sampled_from(["discount_rate", "levers.1.reach"]),
            owner=WORDS,
            source=WORDS,
            on=st.dates().map(lambda day: day.isoformat()) | st.just(""),
            basis=st.sampled_from(["estimated", "assumed"]),
        ),
        max_size=3,
    ).map(tuple),
)


@given(SCENARIOS, st.none() | st.builds(RetentionChange, points=ranges(0, 0.5), **COURSE))
def test_what_is_written_is_read_again_to_the_last_digit(scenario, retention):
    if retention is not None:
        scenario = replace(scenario, levers=(), retention=retention, notes=())
    assert parse_scenario(scenario_toml(scenario).encode(), f"{scenario.name}.toml") == scenario


ONE = '[[levers]]\ndriver = "x"\n'
WRONG = [
    ("levers = [", "not valid TOML ("),
    ("a" * 9, "not valid TOML ("),
    ("seed = 1" + "0" * 5000, "not valid TOML ("),
    ("horizon = 3", "unknown key 'horizon'. Known: name, title, levers,"),
    (ONE + "reech = 1", "unknown key 'levers.1.reech'. Known: driver, kind,"),
    (ONE + "reach = 1.2", "levers.1.reach = 1.2 is out of range. Allowed: 0 to 1; 0.1 is 10 %, 0.01 is one point."),
    (ONE + "reach = -0.1", "levers.1.reach = -0.1 is out of range"),
    (ONE + "reach = nan", "levers.1.reach = nan is out of range"),
    (ONE + "amount = inf", "levers.1.amount = inf is out of range. Allowed: 0 to 1,000,000."),
    (ONE + "amount = -1", "levers.1.amount = -1.0 is out of range"),
    (ONE + 'kind = "fix"\namount = 20', "levers.1.amount = 20.0 is out of range. Allowed: 0 to 1;"),
    (ONE + 'reach = "half"', "levers.1.reach = 'half' is not a number."),
    (ONE + "reach = true", "levers.1.reach = True is not a number."),
    (ONE + "reach = {low = 0.9, mode = 0.5, high = 0.2}", "levers.1.reach: low 0.9, mode 0.5, high 0.2 are not in"),
    (ONE + "reach = {low = 0.9, high = 1}", "is not a number, nor low, mode and high of one."),
    (ONE + "reach = {low = 0.9, mode = 1.0, high = 'x'}", "levers.1.reach.high = 'x' is not a number."),
    (ONE + "yearly_cost = 1e300", "levers.1.yearly_cost = 1e+300 is out of range. Allowed: 0 to 1,000,000,000,000,000."),
    (ONE + "yearly_cost = 1" + "0" * 400, "is too large a number."),
    (ONE + "ramp = 1", "levers.1.ramp = 1 is not a list."),
    (ONE + "ramp = []", "levers.1.ramp has 0 years. Allowed: 1 to 10"),
    (ONE + "ramp = [0.5, 2]", "levers.1.ramp = 2.0 is out of range"),
    (ONE + "attribution = 7", "levers.1.attribution = 7.0 is out of range"),
    (ONE + 'kind = "double"', "levers.1.kind = 'double' is not allowed. Choose from: shift, floor, fix."),
    (ONE + 'segments = "Home"', "levers.1.segments = 'Home' is not a list."),
    (ONE + "segments = [1]", "levers.1.segments = 1 is not text."),
    ("[[levers]]\nreach = 1", "levers.1.driver is missing."),
    ('[[levers]]\ndriver = ""', "levers.1.driver is missing."),
    ("levers = 3", "levers = 3 is not a list."),
    ("levers = [3]", "levers.1 = 3 is not a section"),
    ("retention = 3", "retention = 3 is not a section"),
    (ONE * 7, "7 levers are too many. Allowed: up to 6"),
    (ONE + "[retention]\npoints = 0.01", "levers and retention exclude one another"),
    ("title = 'x'", "nothing would change."),
    ("[retention]\npoints = 1", "retention.points = 1.0 is out of range. Allowed: 0 to 0.5; 0.1 is 10 %, 0.01 is one"),
    ("discount_rate = -1\n" + ONE, "discount_rate = -1.0 is out of range. Allowed: 0 to 1;"),
    ("discount_rate = 10\n" + ONE, "discount_rate = 10.0 is out of range"),
    ("horizon_years = 0\n" + ONE, "horizon_years = 0 is out of range. Allowed: 1 to 10."),
    ("horizon_years = 2.5\n" + ONE, "horizon_years = 2.5 is not a whole number."),
    ("horizon_years = true\n" + ONE, "horizon_years = True is not a whole number."),
    ("margin_share = 1.5\n" + ONE, "margin_share = 1.5 is out of range. Allowed: 0 to 1"),
    ("margin_growth = 0.9\n" + ONE, "margin_growth = 0.9 is out of range. Allowed: -0.5 to 0.5"),
    ("draws = 1\n" + ONE, "draws = 1 is out of range. Allowed: 100 to 10,000."),
    ("draws = 1" + "0" * 4000 + "\n" + ONE, "draws = "),
    ("seed = -1\n" + ONE, "seed = -1 is out of range"),
    ("tail = 1\n" + ONE, "tail = 1 is not true or false."),
    ("title = 3\n" + ONE, "title = 3 is not text."),
    ('title = "a\\nb"\n' + ONE, "title = 'a\\nb' is not allowed. Allowed: up to 300 signs on one line."),
    ('currency = "Euro"\n' + ONE, "currency = 'Euro' is not an ISO 4217 code such as EUR."),
    ('name = "../x"\n' + ONE, "name = '../x' cannot be used. Allowed: 1 to 64 of the letters a-z"),
    ("locked = 1\n" + ONE, "locked = 1 is not true or false."),
    (ONE + '[[notes]]\nof = "price"', "notes.1.of = 'price' is not allowed. Choose from: horizon_years,"),
    (ONE + '[[notes]]\nof = "levers.2.reach"', "notes.1.of = 'levers.2.reach' is not allowed."),
    (ONE + '[[notes]]\nowner = "Ana"', "notes.1.of is missing."),
    (ONE + '[[notes]]\nof = "tail"\non = "soon"', "notes.1.on = 'soon' is not a day such as 2026-09-30."),
    (ONE + '[[notes]]\nof = "tail"\non = 2026-09-30T10:00:00', "notes.1.on = datetime"),
    (ONE + '[[notes]]\nof = "tail"\nbasis = "guessed"', "Choose from: assumed, estimated."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), WRONG)
def test_what_is_wrong_is_said_in_one_sentence_that_names_file_field_value_and_range(text, words):
    with pytest.raises(ScenarioInvalid) as refused:
        parse(text)
    said = str(refused.value)
    assert said.startswith("mine.toml: ")
    assert words in said
    assert "\n" not in said
    assert len(said) < 600
    assert refused.value.exit_code == 65


@given(st.binary(max_size=200))
def test_any_bytes_are_a_scenario_or_refused(content):
    with pytest.raises(ScenarioInvalid):
        parse_scenario(content, "any.toml")


VALUES = st.recursive(
    st.none().filter(bool) | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["low", "mode", "high", "of"]), inner),
    max_leaves=6,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from([field.name for field in fields(Scenario)]), VALUES, min_size=1))
def test_any_value_in_any_field_is_taken_or_refused(values):
    """Never another error: what is taken is valid."""
    try:
        scenario = parse_scenario(tomli_w.dumps(values).encode(), "any.toml")
    except ScenarioInvalid:
        return
    check_scenario(scenario)


def read_scenario(path: Path) -> Scenario:
    return parse_scenario(read_bytes(path), path.name)


def test_what_is_no_file_of_a_scenario_is_refused(tmp_path: Path):
    with pytest.raises(InputMissing, match=r"does not exist\. Name the TOML file"):
        read_scenario(tmp_path / "none.toml")
    with pytest.raises(InputMissing, match="does not exist"):
        read_scenario(tmp_path / "none" / "x.toml")
    with pytest.raises(ScenarioInvalid, match="is a folder"):
        read_scenario(tmp_path)
    with pytest.raises(ScenarioInvalid, match="cannot be read"):
        read_scenario(Path("a\0b"))
    large = tmp_path / "large.toml"
    large.write_bytes(b"#" * (MOST_BYTES + 1))
    with pytest.raises(ScenarioInvalid, match="more than 262,144 bytes, which no scenario needs"):
        read_scenario(large)
    large.write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    with pytest.raises(ScenarioInvalid, match=r"large.toml: not text in UTF-8"):
        read_scenario(large)
    large.write_bytes(("x = " + "[" * 100_000).encode())
    with pytest.raises(ScenarioInvalid, match="not valid TOML"):
        read_scenario(large)


def test_a_byte_order_mark_and_windows_line_ends_are_no_error(tmp_path: Path):
    path = tmp_path / "Más rápido.toml"
    path.write_bytes(b"\xef\xbb\xbf" + BY_HAND.replace("\n", "\r\n").encode())
    assert read_scenario(path).name == "mas-rapido"


def test_amounts_are_in_the_currency_of_the_data():
    scenario = Scenario("a", levers=(Lever("x"),))
    check_currency(scenario, "EUR")
    check_currency(replace(scenario, currency="EUR"), "EUR")
    with pytest.raises(ScenarioInvalid) as refused:
        check_currency(replace(scenario, currency="USD"), "EUR")
    assert str(refused.value) == (
        "currency = 'USD', but the data are in EUR and there is no table of rates. Write all amounts in EUR."
    )
    assert refused.value.field == "currency"


def test_notes_can_be_about_every_assumption():
    lever = note_fields(Scenario("a", levers=(Lever("x"), Lever("y"))))
    assert {"discount_rate", "levers.1.attribution", "levers.2.ramp"} <= set(lever)
    assert "retention.points" in note_fields(Scenario("a", retention=RetentionChange()))


def test_a_refusal_is_told_in_the_readers_language():
    """The file's name stays; the sentence is looked up as a whole."""
    with pytest.raises(ScenarioInvalid) as refused:
        parse("discount_rate = -1\n" + ONE)
    set_language("es")
    try:
        assert told(refused.value).startswith("mine.toml: ")
    finally:
        set_language("en")


@pytest.mark.parametrize(
    ("title", "name"),
    [("Faster delivery!", "faster-delivery"), ("Más rápido", "mas-rapido"), ("日本", "scenario"), ("CON", "scenario-con")],
)  # fmt: skip
def test_a_title_gives_a_name_that_a_file_may_have(title, name):
    assert name_of(title) == name


@given(st.text(max_size=100))
def test_any_title_gives_a_usable_name(title):
    check_scenario(Scenario(name_of(title), levers=(Lever("x"),)))
