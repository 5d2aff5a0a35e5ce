"""The journey's SQL: written-out rows in, rows out."""

from __future__ import annotations

from datetime import date

import pytest

from cxdata.database import open_release
from cxdata.journey import query
from cxdata.selection import Selection
from tests.corpus import tiny
from tests.corpus.release import refreshed
from tests.journey.company import Company, Met, Said

APRIL = {"start": date(2024, 3, 1), "first": date(2024, 4, 1), "last": date(2024, 4, 1)}

# Seven days to the minute, twelve, thirty-five; a follow-up in the next month, one at another touchpoint, and
# the newest contact of all, which ends the data on 28 May.
CONTACTS = """\
interaction_id,customer_id,occurred_at,touchpoint,channel
R1,C1,2024-04-01T10:00:00Z,call,phone
R2,C1,2024-04-08T10:00:00Z,call,chat
R3,C1,2024-04-20T10:00:00Z,call,chat
R4,C2,2024-04-10T10:00:00Z,call,chat
R5,C2,2024-04-11T10:00:00Z,shop,store
R6,C3,2024-04-30T10:00:00Z,call,chat
R7,C3,2024-05-05T10:00:00Z,call,chat
R8,C1,2024-05-25T10:00:00Z,call,chat
R9,C2,2024-05-28T10:00:00Z,shop,store
"""


@pytest.fixture(scope="module")
def contacts(tmp_path_factory):
    home = tmp_path_factory.mktemp("repeats")
    some = Company(said=[Said("2024-01", "web", {"csat_web": 4})])
    files = {**some.files(), "interactions.csv": CONTACTS}
    files["customers.csv"] = "customer_id,segment,region\nC1,Home,North\nC2,Home,North\nC3,Work,South\n"
    made = refreshed(tiny.write(home / "exports", files), home / "data")
    return open_release(made.folder, made.outcome.release)


def row(frame, touchpoint, period="now"):
    found = frame[(frame["touchpoint"] == touchpoint) & (frame["period"] == period)]
    assert len(found) == 1
    return found.iloc[0].to_dict()


def test_a_contact_is_repeated_where_the_next_one_lies_within_the_days(contacts):
    """Within 7 days: R1 (exactly 7) and R6 (into May). R4's next contact is at another touchpoint."""
    found = row(query.repeat_counts(contacts, Selection(), **APRIL), "call")
    assert (found["contacts"], found["known_seven"], found["repeated_seven"]) == (5, 5, 2)


def test_contacts_too_near_the_end_of_the_data_are_left_out_of_the_share(contacts):
    """30 days before 28 May is 28 April: R6 is not known; of the other four R1 and R2 are repeated."""
    found = row(query.repeat_counts(contacts, Selection(), **APRIL), "call")
    assert (found["known_thirty"], found["repeated_thirty"]) == (4, 2)


def test_sums_over_customers_say_how_contacts_go_together(contacts):
    """C1 has 3 contacts with 1 repeated, C2 1 with 0, C3 1 with 1: 9+1+1, 1+0+1, 3·1+0+1·1."""
    found = row(query.repeat_counts(contacts, Selection(), **APRIL), "call")
    sums = ("customers_seven", "known_sq_seven", "repeated_sq_seven", "product_seven")
    assert [found[name] for name in sums] == [3, 11, 2, 4]


def test_the_mart_and_the_contacts_themselves_agree(contacts):
    """Every channel by name is no filter, but has to be counted in the contacts."""
    columns = [
        "known_seven",
        "repeated_seven",
        "known_thirty",
        "repeated_thirty",
        "product_seven",
        "known_sq_seven",
    ]
    whole = query.repeat_counts(contacts, Selection(), **APRIL)
    named = query.repeat_counts(contacts, Selection(channel=("phone", "chat", "store")), **APRIL)
    for touchpoint in ("call", "shop"):
        assert [row(whole, touchpoint)[name] for name in columns] == [
            row(named, touchpoint)[name] for name in columns
        ]


def test_a_filter_chooses_contacts_and_never_hides_their_follow_up(contacts):
    """R1 is the only call by telephone, and was followed by a chat."""
    found = row(query.repeat_counts(contacts, Selection(channel=("phone",)), **APRIL), "call")
    assert (found["contacts"], found["repeated_seven"]) == (1, 1)


def test_repeats_know_the_customers_dimensions(contacts):
    found = query.repeat_counts(contacts, Selection(segment=("Work",), region=("South",)), **APRIL)
    assert row(found, "call")["known_seven"] == 1
    assert query.repeat_counts(contacts, Selection(segment=("Work",), region=("North",)), **APRIL).empty


def test_a_release_without_contacts_has_no_repeats(tmp_path):
    files = Company(said=[Said("2024-04", "call", {"csat_call": 4})]).files()
    made = refreshed(tiny.write(tmp_path / "exports", files), tmp_path / "data")
    release = open_release(made.folder, made.outcome.release)
    assert query.repeat_counts(release, Selection(), **APRIL).empty
    assert query.contact_counts(release, Selection(), **APRIL).empty
    assert not query.exported(release, "interactions")


COMPANY = Company(
    said=[
        Said("2024-03", "shop", {"csat_shop": 5}, 2),
        Said("2024-04", "call", {"csat_call": 4, "exp_call": 5, "ces_call": 6}, 2),
        Said("2024-04", "call", {"csat_call": 5, "exp_call": 4}, 1, "Work"),
        Said("2024-04", "call", {"csat_call": 1}, 1),
        Said("2024-04", "call", {"exp_call": 5}, 1),
        Said("2024-04", "shop", {"csat_shop": 4, "exp_shop": 7}, 1),
        Said("2024-04", "", {"rating_product": 3, "exp_product": 5}, 1),
    ],
    met=[
        Met("2024-04", "call", 2, wait="4", resolved="true", complaint="false"),
        Met("2024-04", "call", 1, wait="10", resolved="false", complaint="true"),
        Met("2024-04", "call", 1, segment="Work"),
        Met("2024-03", "call", 3),
    ],
)


@pytest.fixture(scope="module")
def journey_release(tmp_path_factory):
    home = tmp_path_factory.mktemp("journey")
    made = refreshed(tiny.write(home / "exports", COMPANY.files()), home / "data")
    return open_release(made.folder, made.outcome.release)


def test_contacts_are_summed_by_period_with_what_is_known(journey_release):
    """Waits 4, 4, 10: sum 18, squares 132; one of three unresolved, one complaint; one says nothing."""
    found = row(query.contact_counts(journey_release, Selection(), **APRIL), "call")
    names = (
        "contacts",
        "wait_known",
        "wait_sum",
        "wait_sq_sum",
        "resolved_known",
        "unresolved",
        "complaints",
    )
    assert [found[name] for name in names] == [4, 3, 18, 132, 3, 1, 1]
    assert row(query.contact_counts(journey_release, Selection(), **APRIL), "call", "before")["contacts"] == 3


def test_scores_from_the_mart_and_from_the_answers_are_the_same(journey_release):
    """One customer dimension is read from the mart, two from the answers: every value of both keeps all."""
    whole = query.score_counts(journey_release, Selection(), **APRIL)
    both = Selection(segment=("Home", "Work"), region=("",))
    facts = query.score_counts(journey_release, both, **APRIL)
    assert whole.equals(facts)
    assert set(whole["touchpoint"]) == {"shop", "call"}
    work = query.score_counts(journey_release, Selection(segment=("Work",)), **APRIL)
    assert work[["question", "score", "answers"]].values.tolist() == [["csat_call", 5, 1], ["exp_call", 4, 1]]


def test_expectations_are_paired_within_a_survey_touchpoint_and_scale(journey_release):
    """Call: 4−5, 4−5, 5−4. The shop's expectation is on 1–7, its satisfaction on 1–5. Product: 3−5."""
    found = query.expectation_pairs(
        journey_release, Selection(), first=date(2024, 4, 1), last=date(2024, 4, 1)
    )
    rows = found[["kind", "line", "pairs", "expected_sum", "perceived_sum", "gap_sum", "gap_sq_sum"]]
    assert rows.values.tolist() == [
        ["factor", "interaction", 3, 14.0, 13.0, -1.0, 3.0],
        ["factor", "product", 1, 5.0, 3.0, -2.0, 4.0],
        ["touchpoint", "call", 3, 14.0, 13.0, -1.0, 3.0],
    ]
