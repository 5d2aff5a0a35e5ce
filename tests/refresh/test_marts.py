"""sql/marts: written-out facts in, additive counts out."""

from __future__ import annotations

from datetime import date, datetime

from cxdata.refresh.marts import MARTS
from cxdata.sql_files import statement, statements


def test_every_mart_of_a_refresh_has_its_file():
    assert {name: list(statements(f"marts/{name}")) for name in MARTS} == {name: [name] for name in MARTS}


def test_scores_are_counted_with_their_weights_and_only_where_rated(marts):
    """Weights 2 and 0.5 and one blank: 3.5 in sum, 4 + 0.25 + 1 = 5.25 squared; the refusal counts nowhere."""
    marts.insert(
        "answers",
        [
            {"score": 9, "weight": 2.0, "profile": 1},
            {"score": 9, "weight": 0.5, "profile": 3},
            {"score": 9, "weight": None, "profile": 0},
            {"score": 3, "weight": None, "profile": 1},
            {"score": None, "state": "refused", "profile": 1},
        ],
    )
    marts.build("monthly_scores")
    columns = "segment, region, plan, persona, score, answers, weight_sum, weight_sq_sum"
    assert marts.rows(f"select {columns} from monthly_scores where cut = 'none' order by score") == [
        (None, None, None, None, 3, 1, 1.0, 1.0),
        (None, None, None, None, 9, 3, 3.5, 5.25),
    ]
    assert marts.rows(
        f"select {columns} from monthly_scores where cut = 'segment' and score = 9 order by 1"
    ) == [
        ("", None, None, None, 9, 1, 1.0, 1.0),
        ("Business", None, None, None, 9, 1, 0.5, 0.25),
        ("Home", None, None, None, 9, 1, 2.0, 4.0),
    ]


def test_invitations_count_in_the_month_of_sending(marts):
    """Sent in March and answered in April: invited and responded both count in March. Unsent: nowhere."""
    march, april = date(2024, 3, 1), date(2024, 4, 1)
    sent, answered = datetime(2024, 3, 30), datetime(2024, 4, 2)
    marts.insert(
        "surveys",
        [
            {
                "survey_id": "a",
                "sent_at": sent,
                "responded_at": answered,
                "sent_month": march,
                "month": april,
            },
            {"survey_id": "b", "sent_at": sent, "responded_at": None, "sent_month": march, "month": march},
            {"survey_id": "c", "sent_at": None, "responded_at": answered, "sent_month": None, "month": april},
        ],
    )
    marts.build("monthly_invitations")
    assert marts.rows("select month, invited, responded from monthly_invitations where cut = 'none'") == [
        (march, 2, 1)
    ]


def test_contacts_know_for_how_many_a_wait_a_cost_or_an_outcome_is_known(marts):
    """Waits of 3 and 4 minutes: 7 in sum, 9 + 16 = 25 squared, known for 2 of 3 contacts."""
    marts.insert(
        "interactions",
        [
            {
                "wait_minutes": 3.0,
                "resolved": True,
                "is_complaint": False,
                "cost": 2.5,
                "handling_minutes": 1.0,
            },
            {
                "wait_minutes": 4.0,
                "resolved": False,
                "is_complaint": True,
                "cost": None,
                "handling_minutes": 6.0,
            },
            {
                "wait_minutes": None,
                "resolved": None,
                "is_complaint": None,
                "cost": None,
                "handling_minutes": None,
            },
        ],
    )
    marts.build("monthly_interactions")
    assert marts.rows(
        """select contacts, complaints, resolved_known, resolved, wait_known, wait_sum, wait_sq_sum,
               handling_known, handling_sum, cost_known, cost_sum
           from monthly_interactions where cut = 'none'"""
    ) == [(3, 1, 2, 1, 2, 7.0, 25.0, 2, 7.0, 1, 2.5)]


def test_what_is_kept_and_what_follows_of_the_value_that_came_up(marts):
    """Five decided terms of 100: one shrinks to 80, one grows to 150, one is lost, one has no next, one no value.

    Kept 80 + 100 + 0 + 100 = 280 of 400: gross retention 70 %. Next 80 + 150 + 0 + 100 = 330: net 82.5 %.
    """
    marts.insert(
        "subscriptions",
        [
            {"subscription_id": "shrinks", "outcome": "renewed", "annual_value": 100.0},
            {
                "subscription_id": "shrinks",
                "term": 2,
                "outcome": "open",
                "annual_value": 80.0,
                "month": "2025-04-01",
            },
            {"subscription_id": "grows", "outcome": "renewed", "annual_value": 100.0},
            {
                "subscription_id": "grows",
                "term": 2,
                "outcome": "open",
                "annual_value": 150.0,
                "month": "2025-04-01",
            },
            {"subscription_id": "lost", "outcome": "churned", "annual_value": 100.0},
            {"subscription_id": "no next", "outcome": "renewed", "annual_value": 100.0},
            {"subscription_id": "no value", "outcome": "renewed", "annual_value": None},
            {
                "subscription_id": "no value",
                "term": 2,
                "outcome": "open",
                "annual_value": 60.0,
                "month": "2025-04-01",
            },
            {"subscription_id": "open", "outcome": "open", "annual_value": 900.0},
        ],
    )
    marts.build("monthly_renewals")
    assert marts.rows(
        """select due, renewed, churned, open_terms, valued, value_due, value_kept, value_next, unknown_next,
               value_due_sq, value_kept_sq, value_next_sq, value_due_kept, value_due_next
           from monthly_renewals where cut = 'none' and month = '2024-04-01'"""
    ) == [(6, 4, 1, 1, 4, 400.0, 280.0, 330.0, 1, 40000.0, 26400.0, 38900.0, 28000.0, 33000.0)]


def test_a_term_without_value_adds_nothing_although_the_next_one_has_a_value(marts):
    """least(null, 60) is 60 to the engine; taking it for the value kept would keep more than was due."""
    marts.insert(
        "subscriptions",
        [
            {"outcome": "renewed", "annual_value": None},
            {"term": 2, "outcome": "churned", "annual_value": 60.0, "month": "2025-04-01"},
        ],
    )
    marts.build("monthly_renewals")
    assert marts.rows("select sum(value_due), sum(value_kept), sum(valued) from monthly_renewals where cut = 'none'") == [
        (60.0, 0.0, 1)
    ]  # fmt: skip
    assert marts.rows(statement("checks", "retention_is_bounded")) == []


def test_only_what_was_known_a_lead_time_before_the_decision_counts(marts):
    """Due on 1 May 2024, lead time 30 days, looked back 365: 3 April 2023 to 31 March 2024 counts.

    The contact of 2 April lies one day inside the lead time; the one of 1 April 2023 lies too far back.
    """
    marts.insert("subscriptions", [{"due_on": "2024-05-01", "outcome": "churned"}])
    days = ("2023-04-01", "2023-04-03", "2024-03-31", "2024-04-01", "2024-04-02")
    marts.insert(
        "interactions",
        [
            {"customer": 1, "interaction_id": day, "occurred_at": f"{day} 12:00:00", "wait_minutes": 1}
            for day in days
        ],
    )
    marts.build("renewal_observations")
    assert marts.rows("select known_from, known_to, contacts, wait_minutes, last_contact_on from renewal_observations") == [
        (date(2023, 4, 2), date(2024, 4, 1), 2, 2.0, date(2024, 3, 31))
    ]  # fmt: skip


def test_a_decision_before_the_day_it_is_due_ends_what_was_known(marts):
    """Due on 1 May, but cancelled on 10 March: contacts from 9 February on would follow the decision."""
    marts.insert(
        "subscriptions", [{"due_on": "2024-05-01", "decided_on": "2024-03-10", "outcome": "churned"}]
    )
    marts.insert(
        "interactions",
        [
            {"customer": 1, "interaction_id": "before", "occurred_at": "2024-02-08 12:00:00"},
            {"customer": 1, "interaction_id": "after", "occurred_at": "2024-02-09 12:00:00"},
        ],
    )
    marts.build("renewal_observations")
    assert marts.rows("select known_to, contacts from renewal_observations") == [(date(2024, 2, 9), 1)]


def test_repeats_and_switches_of_channel_within_seven_days(marts):
    """Call, call again after 2 days (repeat), chat after 5 more (repeat and switch), call 8 days later: neither.

    A contact whose channel nobody stated is no switch.
    """
    story = (
        ("01", "call", "phone"),
        ("03", "call", "phone"),
        ("08", "call", "chat"),
        ("16", "call", "phone"),
    )
    unstated = (("17", "shop", ""), ("18", "web", "web"))
    marts.insert(
        "subscriptions", [{"due_on": "2024-05-01", "outcome": "renewed", "started_on": "2023-05-01"}]
    )
    marts.insert(
        "interactions",
        [
            {"customer": 1, "interaction_id": day, "occurred_at": f"2024-03-{day} 12:00:00", "touchpoint": touchpoint,
             "channel": channel, "resolved": day != "03", "is_complaint": day == "08", "wait_minutes": int(day)}
            for day, touchpoint, channel in story + unstated
        ],
    )  # fmt: skip
    marts.build("renewal_observations")
    assert marts.rows(
        """select contacts, repeat_contacts_7_days, channel_switches_7_days, unresolved, complaints, wait_minutes,
               longest_wait_minutes, tenure_days
           from renewal_observations"""
    ) == [(6, 2, 1, 1, 1, 63.0, 18.0, 366)]


def test_one_observation_per_decided_term_and_none_for_open_ones(marts):
    marts.insert(
        "subscriptions",
        [
            {"subscription_id": "a", "outcome": "renewed"},
            {"subscription_id": "b", "outcome": "churned", "customer": 2},
            {"subscription_id": "c", "outcome": "open", "customer": 3},
        ],
    )
    marts.build("renewal_observations")
    assert marts.rows("select subscription_id, contacts, wait_minutes from renewal_observations") == [
        ("a", 0, None),
        ("b", 0, None),
    ]


def test_the_last_score_before_the_decision_and_how_often_there_was_one(marts):
    """Scores 4, then 9 before the lead time, then a 2 inside it: the last known is 9, of 2 ratings."""
    marts.insert("subscriptions", [{"due_on": "2024-05-01", "outcome": "renewed"}])
    marts.insert(
        "answers",
        [
            {"customer": 1, "survey_id": "1", "score": 4, "answered_at": "2024-01-10 12:00:00"},
            {"customer": 1, "survey_id": "2", "score": 9, "answered_at": "2024-02-10 12:00:00"},
            {"customer": 1, "survey_id": "3", "score": 2, "answered_at": "2024-04-10 12:00:00"},
            {"customer": 1, "survey_id": "2", "question": "csat", "score": None, "state": "not_experienced",
             "answered_at": "2024-02-10 12:00:00"},
            {"customer": 2, "survey_id": "4", "score": 1, "answered_at": "2024-02-11 12:00:00"},
        ],
    )  # fmt: skip
    marts.build("renewal_observations", "renewal_ratings")
    assert marts.rows("select question, state, score, answered_on, ratings from renewal_ratings") == [
        ("csat", "not_experienced", None, date(2024, 2, 10), 0),
        ("nps", "rated", 9, date(2024, 2, 10), 2),
    ]


def test_each_check_finds_the_fault_that_it_is_there_for(marts):
    """One bad row each; the test says which check catches it."""
    faults = {
        "cuts_of_scores_agree": "update monthly_scores set answers = answers + 1 where cut = 'plan'",
        "scores_match_answers": "delete from monthly_scores where cut = 'none'",
        "scores_on_scale": "update monthly_scores set score = 11",
        "cuts_of_invitations_agree": "update monthly_invitations set responded = invited + 1 where cut = 'region'",
        "cuts_of_interactions_agree": "update monthly_interactions set contacts = 0 where cut = 'persona'",
        "cuts_of_renewals_agree": "update monthly_renewals set open_terms = open_terms + 1 where cut = 'all'",
        "retention_is_bounded": "update monthly_renewals set value_kept = value_due + 1",
        "no_nan_in_sums": "update monthly_interactions set wait_sum = 'nan'",
        "one_row_per_customer_and_day": "insert into customers values (1, '2024-01-01'), (1, '2024-01-01')",
        "observations_match_decisions": "update renewal_observations set known_to = due_on + 1",
        "contacts_match_observations": "update renewal_contacts set contacts = contacts + 1",
        "cuts_of_disconnections_agree": "update monthly_disconnections set base = base + 1 where cut = 'plan'",
        "cuts_of_team_scores_agree": "update monthly_team_scores set answers = answers + 1 where cut = 'plan'",
    }
    assert set(faults) == set(statements("checks"))
    marts.insert("answers", [{"score": 9}])
    marts.insert("questions", [{"question": "nps"}])
    marts.insert(
        "surveys",
        [{"survey_id": "s", "interaction_id": "i", "sent_at": "2024-03-01", "sent_month": "2024-03-01"}],
    )
    contact = {"wait_minutes": 1.0, "customer": 1, "occurred_at": "2024-01-10 12:00:00", "team": "North"}
    marts.insert("interactions", [contact])
    marts.insert("employee_pulse", [{"team": "North"}])
    marts.insert("subscriptions", [{"outcome": "renewed", "annual_value": 100.0}])
    for check, fault in faults.items():
        marts.build(*MARTS)
        assert marts.rows(statement("checks", check)) == [], check
        marts.connection.execute(fault)
        assert marts.rows(statement("checks", check)), check
