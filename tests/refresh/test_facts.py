"""sql/facts.sql: a few written-out rows in, rows out, for every statement."""

from __future__ import annotations

from datetime import date, datetime

from cxdata.config import Config
from cxdata.sql_files import statements
from tests.corpus import tiny
from tests.corpus.release import CONFIG

ALWAYS, NEVER = date(1, 1, 1), date(9999, 12, 31)


def test_each_statement_has_a_test_here():
    """A statement that is added to facts.sql has to be added to these stories too."""
    assert set(statements("facts")) == {
        "profiles", "customer_periods", "customers", "touchpoints", "questions", "interactions", "fill_surveys",
        "surveys", "resolved_answers", "answers", "comments", "subscriptions", "revenue", "targets", "actions",
        "employee_pulse", "personal_customers",
    }  # fmt: skip
    assert set(statements("manifest")) == {"matched", "newest"}


def test_profiles_are_the_combinations_of_dimensions_and_zero_is_nothing_stated(tiny_release):
    """Four combinations stand in customers.csv; '' is what is not stated."""
    assert tiny_release.rows("select * from profiles order by profile") == [
        (0, "", "", "", ""),
        (1, "Business", "South", "Plus", ""),
        (2, "Family", "North", "Plus", "Planner"),
        (3, "Home", "North", "Basic", "Planner"),
        (4, "Home", "South", "Basic", "Saver"),
    ]


def test_a_customers_first_row_also_holds_before_its_date(tiny_release):
    """C1 moved from Home to Family on 1 April 2024; C3's only row is of 2023 and holds always."""
    found = tiny_release.rows(
        """select segment, valid_from, valid_to, acquired_on, acquisition_cost, language
           from customers join profiles using (profile) order by acquired_on, valid_from"""
    )
    assert found == [
        ("Home", ALWAYS, date(2024, 4, 1), date(2022, 1, 10), 40.0, "es"),
        ("Family", date(2024, 4, 1), NEVER, date(2022, 1, 10), 40.0, "es"),
        ("Business", ALWAYS, NEVER, date(2023, 1, 1), None, "en"),
        ("Home", ALWAYS, NEVER, date(2023, 2, 1), 25.5, "en"),
    ]


def test_touchpoints_come_in_the_order_of_their_stages(tiny_release):
    assert tiny_release.rows("select touchpoint, stage, stage_order, moment_of_truth, description from touchpoints") == [
        ("delivery", "Receive", 2, True, "The parcel arrives"),
        ("support_call", "Help", 3, False, None),
    ]  # fmt: skip


def test_a_question_without_cut_off_has_its_top_two_scores_favourable(tiny_release):
    """On 0 to 10, 9 and 10; csat_delivery declares 4."""
    assert tiny_release.rows(
        "select question, asked_as, metric, favourable_from, holds_from, holds_to from questions order by question"
    ) == [
        ("csat_delivery", "csat_delivery", "csat", 4, ALWAYS, NEVER),
        ("nps", "nps", "nps", 9, ALWAYS, NEVER),
    ]


def test_months_and_customers_are_those_of_the_companys_clock(tiny_release):
    """I4 took place at 22:30 UTC on 31 March 2024, which is half past midnight on 1 April in Madrid.

    So it counts in April, and for the segment into which C1 moved on 1 April.
    """
    assert tiny_release.rows(
        """select interaction_id, occurred_at, month, segment, channel, wait_minutes, resolved, cost, record
           from interactions join profiles using (profile) order by occurred_at"""
    ) == [
        ("I1", datetime(2024, 3, 10, 8), date(2024, 3, 1), "Home", "phone", 12.5, True, 4.0, 1),
        ("I2", datetime(2024, 3, 20, 17, 30), date(2024, 3, 1), "Home", "chat", None, False, 2.5, 2),
        ("I4", datetime(2024, 3, 31, 22, 30), date(2024, 4, 1), "Family", "phone", 3.0, True, None, 4),
        ("I3", datetime(2024, 5, 2, 9), date(2024, 5, 1), "Family", "courier", None, None, None, 3),
    ]


def test_a_survey_takes_touchpoint_and_channel_over_from_its_contact(tiny_release):
    """S1, S2 and S3 state neither; S5 has no contact. S2 was answered at 23:30 on 31 March in Madrid."""
    assert tiny_release.rows(
        "select survey_id, touchpoint, channel, sent_month, month, weight, profile from surveys order by survey_id"
    ) == [
        ("S1", "support_call", "phone", date(2024, 3, 1), date(2024, 3, 1), None, 3),
        ("S2", "support_call", "chat", date(2024, 3, 1), date(2024, 3, 1), 2.0, 4),
        ("S3", "delivery", "courier", date(2024, 5, 1), date(2024, 5, 1), 0.5, 2),
        ("S4", "", "email", date(2024, 5, 1), date(2024, 5, 1), None, 1),
        ("S5", "", "web", None, date(2024, 5, 1), None, 0),
    ]


def test_an_answer_has_its_questions_own_touchpoint_before_that_of_its_survey(tiny_release):
    """nps follows the survey, csat_delivery is about delivery wherever it is asked; blank states are filled."""
    assert tiny_release.rows(
        "select survey_id, question, score, state, month, touchpoint, channel, weight, profile, record from answers"
    ) == [
        ("S1", "nps", 9, "rated", date(2024, 3, 1), "support_call", "phone", None, 3, 1),
        ("S1", "csat_delivery", 5, "rated", date(2024, 3, 1), "delivery", "phone", None, 3, 2),
        ("S2", "nps", 3, "rated", date(2024, 3, 1), "support_call", "chat", 2.0, 4, 3),
        ("S2", "csat_delivery", None, "not_experienced", date(2024, 3, 1), "delivery", "chat", 2.0, 4, 4),
        ("S3", "nps", 10, "rated", date(2024, 5, 1), "delivery", "courier", 0.5, 2, 5),
        ("S3", "csat_delivery", 4, "rated", date(2024, 5, 1), "delivery", "courier", 0.5, 2, 6),
        ("S5", "nps", 7, "rated", date(2024, 5, 1), "", "web", None, 0, 7),
        ("S5", "csat_delivery", None, "refused", date(2024, 5, 1), "delivery", "web", None, 0, 8),
    ]


def test_comments_and_names_are_in_the_personal_file(tiny_release):
    assert tiny_release.personal("select * from comments order by survey_id") == [
        ("S1", "nps", "Very quick"),
        ("S2", "nps", "Too slow"),
    ]
    assert tiny_release.personal("select customer_id, name from customers order by customer_id") == [
        ("C1", "Ana Canary"),
        ("C2", "Ben Finch"),
        ("C3", "Eva Wren"),
    ]


def test_terms_and_revenue_belong_to_the_dimensions_of_their_own_day(tiny_release):
    """U1's terms were decided before C1 moved; the month of a term is the one in which it is due."""
    assert tiny_release.rows(
        "select subscription_id, term, month, outcome, annual_value, profile from subscriptions order by all"
    ) == [
        ("U1", 1, date(2023, 1, 1), "renewed", 100.0, 3),
        ("U1", 2, date(2024, 1, 1), "renewed", 120.0, 3),
        ("U2", 1, date(2024, 2, 1), "churned", 80.0, 4),
        ("U3", 1, date(2024, 6, 1), "open", 200.0, 1),
    ]
    assert tiny_release.rows(
        "select month, revenue, cost_to_serve, product, profile from revenue order by all"
    ) == [
        (date(2024, 3, 1), 8.25, None, "care", 4),
        (date(2024, 3, 1), 10.0, 2.0, "care", 3),
        (date(2024, 4, 1), -1.5, 0.5, "", 1),
    ]


def test_targets_actions_and_pulse_are_published_as_they_came(tiny_release):
    assert tiny_release.rows("select * from targets") == [
        ("csat", "delivery", "", date(2024, 1, 1), 0.85),
        ("nps", "", "", date(2024, 1, 1), 40.0),
    ]
    assert tiny_release.rows("select action_id, touchpoint, segment, finished_on, cost, expected_change from actions") == [
        ("A1", "support_call", "", date(2024, 3, 5), 1500.0, 3.0)
    ]  # fmt: skip
    assert tiny_release.rows("select * from employee_pulse") == [
        ("Red", date(2024, 3, 1), "enps", 10, 80.0, 660.0)
    ]


def test_the_newest_event_and_the_matches_are_counted(tiny_release):
    """The last answer is of 6 May; four of five surveys name a customer, and all four are known."""
    assert tiny_release.outcome.manifest["data_to"] == "2024-05-06"
    assert tiny_release.outcome.manifest["matched"] == {
        "surveys": [4, 4],
        "interactions": [4, 4],
        "subscriptions": [4, 4],
        "revenue": [3, 3],
    }


def test_the_second_scale_of_a_question_is_another_question(publish):
    """csat goes from 1-5 to 1-7 on 1 May 2024: a 6 is off the first scale and on the second.

    The change takes effect at midnight in Madrid, which is 22:00 UTC the day before.
    """
    release = publish(
        {
            "questions.csv": "question,metric,scale_min,scale_max,valid_from\n"
            "csat,csat,1,5,\ncsat,csat,1,7,2024-05-01\n",
            "surveys.csv": "survey_id,responded_at\n"
            "S1,2024-04-30T23:00:00\nS2,2024-05-01T00:30:00\nS3,2024-04-02T10:00:00\n",
            "answers.csv": "survey_id,question,score\nS1,csat,5\nS2,csat,6\nS3,csat,6\n",
        }
    )
    assert release.rows("select survey_id, question, score, month from answers order by survey_id") == [
        ("S1", "csat", 5, date(2024, 4, 1)),
        ("S2", "csat@2024-05-01", 6, date(2024, 5, 1)),
    ]
    assert release.rows(
        "select question, asked_as, scale_max, favourable_from, holds_from, holds_to from questions order by question"
    ) == [
        ("csat", "csat", 5, 4, ALWAYS, date(2024, 5, 1)),
        ("csat@2024-05-01", "csat", 7, 6, date(2024, 5, 1), NEVER),
    ]
    assert release.quarantine() == [("answers.csv", 3, "score", "6", "off_scale")]


def test_a_customers_day_begins_at_midnight_west_of_greenwich_too(publish):
    """In New York 1 April 2024 begins at 04:00 UTC: 03:59 UTC still belongs to the old segment.

    A term, which has a day and no time, belongs to the new one from 1 April on.
    """
    release = publish(
        {
            "customers.csv": "customer_id,valid_from,segment\nC1,,Old\nC1,2024-04-01,New\n",
            "interactions.csv": "interaction_id,customer_id,occurred_at,touchpoint\n"
            "I1,C1,2024-04-01T03:59:00Z,shop\nI2,C1,2024-04-01T04:00:00Z,shop\n",
            "subscriptions.csv": "subscription_id,term,customer_id,started_on,due_on,outcome\n"
            "U1,1,C1,2023-04-01,2024-03-31,open\nU1,2,C1,2023-04-01,2024-04-01,open\n",
            "revenue.csv": "customer_id,month,revenue\nC1,2024-03,1\nC1,2024-04,1\n",
        },
        config=Config(time_zone="America/New_York"),
    )
    for table, key in (("interactions", "interaction_id"), ("subscriptions", "term"), ("revenue", "month")):
        found = release.rows(
            f"select month, segment from {table} join profiles using (profile) order by {key}"
        )
        assert found == [(date(2024, 3, 1), "Old"), (date(2024, 4, 1), "New")], table


def test_an_unknown_customer_counts_without_dimensions(publish):
    """C9 is in no customer list: the answer is loaded into profile 0, and a warning says how many."""
    release = publish({"surveys.csv": tiny.SURVEYS.replace("S1,C1", "S1,C9")})
    assert release.rows("select profile, score from answers where survey_id = 'S1' and question = 'nps'") == [
        (0, 9)
    ]
    assert release.outcome.manifest["matched"]["surveys"] == [4, 3]
    assert release.warnings == [
        "surveys: 1 of 4 rows name a customer who is not in customers; they count, unmatched. Have the ids lost "
        "leading zeros?"
    ]
    assert release.counts("surveys.csv") == (5, 5, 0, 0)


def test_the_newest_name_of_a_customer_is_shown(publish):
    release = publish(
        {
            "customers.csv": "customer_id,valid_from,name\nC1,2023-01-01,Ana Gil\nC1,2024-01-01,Ana Ruiz\nC2,,\nC3,,\n"
        }
    )
    assert release.personal("select customer_id, name from customers order by 1") == [
        ("C1", "Ana Ruiz"),
        ("C2", None),
        ("C3", None),
    ]


def test_optional_tables_that_were_not_exported_exist_and_are_empty(publish):
    release = publish()
    tables = (
        "touchpoints",
        "interactions",
        "subscriptions",
        "revenue",
        "targets",
        "actions",
        "employee_pulse",
    )
    assert {table: release.rows(f"select count(*) from {table}")[0][0] for table in tables} == dict.fromkeys(
        tables, 0
    )
    assert CONFIG.time_zone == release.outcome.manifest["time_zone"]
