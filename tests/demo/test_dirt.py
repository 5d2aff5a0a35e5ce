"""The dirty records are where truth.json says, are as dirty as it says, and nothing else is."""

from __future__ import annotations

from collections import Counter

import pytest

TABLES = (
    *(
        "customers",
        "touchpoints",
        "interactions",
        "questions",
        "surveys",
        "answers",
        "subscriptions",
        "revenue",
    ),
    *("targets", "actions", "employee_pulse"),
)
KEYS = {
    "customers": (0, 1),
    "interactions": (0,),
    "surveys": (0,),
    "answers": (0, 1),
    "subscriptions": (0, 1),
    "revenue": (0, 1),
}


def _dirty(truth, table: str, fate: str | None = None) -> list[int]:
    return [
        dirt["record"]
        for dirt in truth["dirty_records"]
        if dirt["table"] == table and fate in (None, dirt["fate"])
    ]


@pytest.mark.parametrize("table", TABLES)
def test_the_counts_add_up_to_the_records_in_the_file(records, truth, table):
    counts = truth["counts"][f"{table}.csv"]
    assert counts["records"] == len(records(table))
    assert counts["records"] == counts["loaded"] + counts["quarantined"] + counts["duplicates"]
    assert counts["quarantined"] == len(_dirty(truth, table, "quarantined"))
    assert counts["duplicates"] == len(_dirty(truth, table, "duplicate"))
    assert counts["loaded_unmatched"] == len(_dirty(truth, table, "loaded-unmatched"))
    assert len(_dirty(truth, table)) == len(set(_dirty(truth, table)))


def test_dirt_is_rare(records, truth):
    assert 40 <= len(truth["dirty_records"]) <= 80
    assert len(truth["dirty_records"]) / sum(len(records(table)) for table in TABLES) < 0.001


@pytest.mark.parametrize("table", KEYS)
def test_keys_repeat_only_among_the_dirty_records(records, truth, table):
    """An exact repetition is a duplicate of a clean record; a contradiction is dirty on both sides."""
    rows = records(table)
    dirty = set(_dirty(truth, table))
    seen: dict[tuple[str, ...], int] = {}
    for number, row in enumerate(rows, start=1):
        key = tuple(row[column] for column in KEYS[table] if column < len(row))
        if number not in dirty:
            assert key not in seen, f"{table}: record {number} repeats {seen[key]}"
            seen[key] = number
    for number in _dirty(truth, table, "duplicate"):
        row = rows[number - 1]
        assert rows[seen[tuple(row[column] for column in KEYS[table])] - 1] == row


@pytest.mark.parametrize("table", ["surveys", "answers", "interactions", "customers"])
def test_a_contradiction_is_the_same_key_twice_with_different_contents(records, truth, table):
    twice = [
        dirt["record"]
        for dirt in truth["dirty_records"]
        if dirt["table"] == table and "twice" in dirt["what"] and dirt["fate"] == "quarantined"
    ]
    assert len(twice) == 2
    first, second = (records(table)[number - 1] for number in twice)
    assert [first[column] for column in KEYS[table]] == [second[column] for column in KEYS[table]]
    assert first != second


def test_clean_records_have_the_fields_of_the_header(records, truth, demo_folder):
    for table in TABLES:
        width = len((demo_folder / f"{table}.csv").read_text(encoding="utf-8").split("\n", 1)[0].split(","))
        ragged = {number for number, row in enumerate(records(table), start=1) if len(row) != width}
        expected = {
            dirt["record"]
            for dirt in truth["dirty_records"]
            if dirt["table"] == table and ("too few" in dirt["what"] or "too many" in dirt["what"])
        }
        assert ragged == expected


def test_what_is_wrong_with_a_record_can_be_read_there(records, truth):
    marks = {
        ("answers", "score 8.5"): "8.5",
        ("answers", "score 11"): "11",
        ("answers", "score ten"): "ten",
        ("answers", "score NaN"): "NaN",
        ("surveys", "a date of 1900"): "1900-01-01T00:00:00",
        ("surveys", "day and month cannot be told apart"): "03/04/2025",
        ("interactions", "a negative wait"): "-4",
        ("interactions", "a touchpoint that does not exist"): "moon_base",
    }
    found = {
        (dirt["table"], dirt["what"]): records(dirt["table"])[dirt["record"] - 1]
        for dirt in truth["dirty_records"]
    }
    for place, mark in marks.items():
        assert mark in found[place]


def test_no_quarantine_brings_about_another(records, truth):
    """Answers and surveys of clean records refer to surveys and contacts that are not quarantined."""
    quarantined = {
        records(table)[number - 1][0]
        for table in ("surveys", "interactions")
        for number in _dirty(truth, table, "quarantined")
    }
    quarantined.discard("")
    dirty_answers = set(_dirty(truth, "answers"))
    assert not [
        row[0]
        for number, row in enumerate(records("answers"), start=1)
        if number not in dirty_answers and row[0] in quarantined
    ]
    dirty_surveys = set(_dirty(truth, "surveys"))
    assert not [
        row[2]
        for number, row in enumerate(records("surveys"), start=1)
        if number not in dirty_surveys and row[2] in quarantined
    ]


def test_customers_who_are_not_in_the_list_are_surveyed_all_the_same(records, truth):
    known = {row[0] for row in records("customers")}
    unmatched: Counter[str] = Counter()
    for table, column in (("surveys", 1), ("interactions", 1)):
        for number in _dirty(truth, table, "loaded-unmatched"):
            assert records(table)[number - 1][column] not in known
            unmatched[table] += 1
    assert unmatched == {"surveys": 3, "interactions": 1}
