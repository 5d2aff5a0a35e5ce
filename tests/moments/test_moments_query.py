"""Rows in, rows out: what counts before a decision, and what comes too late."""

from __future__ import annotations

from datetime import date

import pytest

from cxdata.config import Config
from cxdata.database import open_release
from cxdata.moments import query
from cxdata.moments.study import RELATIONSHIP, disconnected, study
from cxdata.selection import Selection
from tests.corpus.release import AS_OF
from tests.moments import company
from tests.moments.company import INTERACTIONS

MONTHS = query.Window(date(2023, 1, 1), date(2024, 6, 1))


@pytest.fixture
def released(publish):
    """A function: exports -> release, open for reading."""

    def run(*, as_of=AS_OF, **changes):
        found = publish(company.files(**changes), as_of=as_of)
        return open_release(found.folder, found.outcome.release)

    return run


def before(release, selection=None):
    return query.before_renewals(release, selection or Selection(), MONTHS)


def test_decisions_come_with_what_is_held_equal(released):
    rows = before(released()).decisions
    assert rows[["decision", "segment", "plan", "product", "outcome"]].values.tolist() == [
        [1, "Home", "Basic", "care", 0.0],
        [2, "Home", "Plus", "care", 1.0],
        [3, "Business", "Plus", "care", 1.0],
    ]
    assert list(rows["tenure_days"]) == [366, 366, 367]


def test_contacts_show_their_bad_signs(released):
    """Ana's first call is not settled and waits longest; Ben complains; the rest is in order."""
    rows = before(released()).contacts
    assert rows.values.tolist() == [
        [1, "call", 2, 1], [1, "chat", 1, 0], [1, "delivery", 1, 0], [2, "call", 1, 1], [3, "shop", 2, 0],
    ]  # fmt: skip


def test_a_long_wait_is_a_bad_sign_by_the_touchpoints_own_measure(released):
    """Nine calls of 5 minutes and one of 30: their 90 % quantile is 7.5 minutes. Chats all wait 30."""
    calls = [f"J{n},C2,2023-08-{n:02}T10:00:00,call,phone,5,true,false" for n in range(1, 10)]
    chats = [f"K{n},C3,2023-08-{n:02}T10:00:00,chat,web,30,true,false" for n in range(1, 10)]
    long_wait = ["L1,C1,2023-08-01T10:00:00,call,phone,30,true,false"]
    rows = before(released(interactions=[*calls, *chats, *long_wait])).contacts
    assert rows.set_index(["decision", "touchpoint"])["bad_sign"].to_dict() == {
        (1, "call"): 1, (2, "call"): 0, (3, "chat"): 0,
    }  # fmt: skip


def test_the_last_rating_counts_and_expectations_do_not(released):
    """A 2 in June and a 5 in December: the 5. What was expected is no experience, NPS of all no touchpoint."""
    assert before(released()).ratings.values.tolist() == [[1, "delivery", "csat_delivery", 5]]


@pytest.mark.parametrize("day", ["2024-01-31T10:00:00", "2024-02-20T10:00:00", "2023-01-20T10:00:00"])
def test_what_lies_outside_the_window_changes_nothing(released, day):
    """On the day the lead time begins, within it, and before the look-back."""
    plain, more = released(), released(interactions=[*INTERACTIONS, f"I8,C1,{day},shop,web,90,false,true"])
    assert before(more).contacts.equals(before(plain).contacts)
    assert query.last_contacts(more, Selection(), MONTHS).equals(
        query.last_contacts(plain, Selection(), MONTHS)
    )


def test_a_rating_after_the_window_changes_nothing(released):
    surveys = f"{company.SURVEYS}S9,C1,,2024-02-10T12:00:00,2024-02-10T13:00:00\n"
    late = released(surveys=surveys, answers=f"{company.ANSWERS}S9,csat_delivery,1\n")
    assert before(late).ratings.equals(before(released()).ratings)


def test_what_happens_the_evening_before_the_window_ends_counts(released):
    more = released(interactions=[*INTERACTIONS, "I8,C2,2024-01-30T21:00:00,shop,web,,,"])
    assert [2, "shop", 1, 0] in before(more).contacts.values.tolist()


def test_filters_choose_decisions_and_their_experiences(released):
    rows = before(released(), Selection(segment=("Business",)))
    assert list(rows.decisions["segment"]) == ["Business"]
    assert rows.contacts.values.tolist() == [[1, "shop", 2, 0]]


def test_the_last_contacts_stand_from_the_end(released):
    rows = query.last_contacts(released(), Selection(), MONTHS)
    assert rows.iloc[0].tolist() == [1, "chat", "call", "call", "delivery"]
    assert rows.iloc[2, :3].tolist() == [3, "shop", "shop"]


def test_touchpoints_say_where_contacts_are_recorded_and_surveys_listen(released):
    rows = query.touchpoints(released()).set_index("touchpoint")
    assert rows["contacts"].to_dict() == {"shop": 2, "delivery": 1, "call": 3, "chat": 1}
    assert rows["answers"].to_dict() == {"shop": 0, "delivery": 2, "call": 0, "chat": 0}
    assert list(rows.index[rows["declared"]]) == ["delivery"]


def test_disconnections_are_counted_from_both_sides(released):
    """Ana's second call repeats the first; her chat switches the channel within Help; her delivery by courier
    is no switch. Her settled call is not returned to, for the chat is elsewhere."""
    span = query.contact_span(released())
    rows = query.disconnections(released(), Selection(), MONTHS, span).set_index(["month", "kind"])
    june = {kind: tuple(rows.loc[("2023-06-01", kind), ["base", "events"]]) for kind in
            ("repeated_7", "repeated_30", "switched", "returned")}  # fmt: skip
    assert june == {"repeated_7": (4, 1), "repeated_30": (4, 1), "switched": (4, 1), "returned": (2, 0)}
    july = rows.loc["2023-07-01"]
    assert july.loc["repeated_7", "events"] == 0  # Eva comes back to the shop after 19 days
    assert july.loc["repeated_30", "events"] == 1


def test_the_contact_before_counts_whatever_its_customer_was_then(released):
    """Ben calls as Basic and again, a week after his change to Plus: among Plus the second call is a repeated one."""
    moved = company.CUSTOMERS.splitlines()
    moved[0] += ",valid_from"
    rows = [f"{line},2022-01-10" for line in moved[1:]] + ["C2,Ben Finch,Home,Plus,2022-01-10,2023-07-05"]
    customers = "\n".join([moved[0], *rows]).replace(
        "Finch,Home,Plus,2022-01-10,2022", "Finch,Home,Basic,2022-01-10,2022"
    )
    calls = [f"J{n},C2,2023-07-{n:02}T10:00:00,call,phone,5,true,false" for n in (2, 12)]
    release = released(customers=customers, interactions=calls)
    span = query.contact_span(release)
    for selection in (Selection(plan=("Plus",)), Selection(plan=("Plus",), segment=("Home",))):
        found = query.disconnections(release, selection, MONTHS, span).set_index("kind")
        assert found.loc["repeated_30", ["base", "events"]].tolist() == [1, 1], selection.cut()


def test_settled_contacts_that_cannot_be_followed_up_are_left_out(released):
    """Three calls settled on the 1st, the 2nd and the 30th, the last contact of all: two can be followed."""
    calls = [f"J{n},C2,2023-08-{n:02}T10:00:00,call,phone,5,true,false" for n in (1, 2, 30)]
    release = released(interactions=calls)
    rows = query.disconnections(release, Selection(), MONTHS, query.contact_span(release))
    returned = rows[rows["kind"] == "returned"].iloc[0]
    assert (returned["base"], returned["events"]) == (2, 1)


def test_the_first_month_of_the_data_has_no_rate(released):
    """Contacts begin on 1 June: nobody knows who came in May."""
    found = disconnected(released(), Config(min_base=5), Selection(), date(2023, 8, 1))
    assert found.table["month"].min().date() == date(2023, 7, 1)


def test_without_subscriptions_the_relationship_question_decides(released):
    """Ana's 3 is −100, Ben's 9 is +100; ratings of the same survey do not explain it."""
    release = released(subscriptions=None)
    rows = query.before_answers(release, Selection(), MONTHS, 365)
    assert list(rows.decisions["outcome"]) == [-100.0, 100.0]
    assert rows.ratings.values.tolist() == [[1, "delivery", "csat_delivery", 2]]
    assert rows.contacts.values.tolist() == [
        [1, "call", 2, 1], [1, "chat", 1, 0], [1, "delivery", 1, 0], [2, "call", 1, 1],
    ]  # fmt: skip
    assert study(release, Config(), Selection(), date(2024, 5, 1)).outcome == RELATIONSHIP


def test_an_experience_counts_for_the_next_answer_only(released):
    """A second answer of Ana's a week later has nothing between the two to go by."""
    surveys = f"{company.SURVEYS}S9,C1,,2023-12-08T12:00:00,2023-12-08T13:00:00\n"
    release = released(subscriptions=None, surveys=surveys, answers=f"{company.ANSWERS}S9,nps,8\n")
    rows = query.before_answers(release, Selection(), MONTHS, 365)
    assert list(rows.decisions["outcome"]) == [-100.0, 100.0, 0.0]
    assert 3 not in set(rows.contacts["decision"])
    # The rating of the earlier survey came with the earlier answer, not after it.
    assert rows.ratings[rows.ratings["decision"] == 3].empty


def test_the_path_of_one_customer(released):
    name, events = query.person(released(), " C1 ")
    assert name == "Ana Canary"
    assert list(events["kind"]) == ["contact", "answer", "answer", "contact", "contact", "contact", "answer",
                                    "answer", "term"]  # fmt: skip
    assert events["outcome"].iloc[-1] == "churned"
    assert query.person(released(), "C9") is None


DECIDED = """\
subscription_id,term,customer_id,started_on,due_on,outcome,decided_on,annual_value,product
{rows}"""


def decided(*days: tuple[str, str]) -> str:
    rows = "".join(f"V{n},1,C1,2023-01-01,{day},{how},{day},100,care\n" for n, (day, how) in enumerate(days))
    return DECIDED.format(rows=rows)


LATER = (
    ("2023-06-20", "churned"),
    ("2024-06-29", "renewed"),
    ("2024-06-30", "churned"),
    ("2024-07-05", "renewed"),
)
"""Contacts begin on 1 June 2023; windows end 30 days before a decision and begin 365 days earlier: before there is
any contact; on 31 May 2023; on 1 June 2023, the first day of all; on 6 June 2023."""


def test_decisions_whose_window_begins_before_the_records_are_left_out(released):
    release = released(subscriptions=decided(*LATER), as_of=date(2024, 8, 1))
    months = query.window(release, Selection(), date(2023, 1, 1), date(2024, 12, 1), least=1)
    assert months == query.Window(date(2024, 6, 1), date(2024, 7, 1), 1, date(2023, 6, 1), True, 2)
    assert months.months == 2
    rows = query.before_renewals(release, Selection(), months)
    assert list(rows.decisions["outcome"]) == [0.0, 1.0]
    assert set(rows.contacts["decision"]) == {1, 2}
    assert set(query.last_contacts(release, Selection(), months)["decision"]) == {1, 2}


def test_where_too_few_windows_are_recorded_whole_those_with_some_part_take_part(released):
    """With two of either outcome needed, one lost and one kept decision are too few; nothing at all is known of one."""
    release = released(subscriptions=decided(*LATER), as_of=date(2024, 8, 1))
    months = query.window(release, Selection(), date(2023, 1, 1), date(2024, 12, 1), least=2)
    assert (months.whole, months.left_out, months.months) == (False, 1, 2)
    assert list(query.before_renewals(release, Selection(), months).decisions["outcome"]) == [1.0, 0.0, 1.0]


def test_without_contacts_records_begin_with_the_first_answer(released):
    release = released(
        interactions=[],
        surveys=company.SURVEYS.replace(",I1,", ",,"),
        subscriptions=decided(*LATER),
        as_of=date(2024, 8, 1),
    )
    months = query.window(release, Selection(), date(2023, 1, 1), date(2024, 12, 1), least=1)
    assert months.records_begin == date(2023, 6, 1)


def test_blind_spots_are_those_of_all_touchpoints_whatever_is_chosen(released):
    """Shop, call and chat have contacts and no survey; at the till there is neither."""
    release = released(touchpoints=f"{company.TOUCHPOINTS}till,Buy,1,,,,\n")
    heard = study(release, Config(), Selection(), date(2024, 5, 1)).heard
    assert (heard.recorded, set(heard.silent), heard.unknown) == (4, {"shop", "call", "chat"}, ("till",))
    chosen = study(release, Config(), Selection(touchpoint=("delivery",)), date(2024, 5, 1))
    assert chosen.heard == heard
    assert list(chosen.moments.table["touchpoint"]) == ["delivery"]


def test_answers_to_the_relationship_question_need_recorded_days_before_too(released):
    """Contacts begin on 1 June 2023. Answers come on 1 and 5 December: 180 days before them is after that; 187
    days before them is 28 May and 1 June, in the afternoon; 190 days before them is May.
    """
    release = released(subscriptions=None)
    months = [
        query.window(release, Selection(), date(2023, 1, 1), date(2024, 5, 1), least=1, look_back_days=days)
        for days in (180, 187, 190)
    ]
    assert [(window.whole, window.left_out) for window in months] == [(True, 0), (True, 1), (False, 0)]
    rows = query.before_answers(release, Selection(), months[1], 187)
    assert list(rows.decisions["outcome"]) == [100.0]
    assert set(rows.contacts["decision"]) == {1}
