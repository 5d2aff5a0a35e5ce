"""Every cut of a mart holds the same totals, whatever the rows (properties)."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxdata.sql_files import parameters, statement

CODES = st.sampled_from(["", "a", "b"])
PROFILE = st.integers(0, 3)
MONTH = st.sampled_from([date(2024, 3, 1), date(2024, 4, 1)])
AMOUNT = st.none() | st.sampled_from([0.0, 0.5, 8.0, 120.0])
KNOWN = st.none() | st.booleans()

ANSWERS = st.fixed_dictionaries(
    {"question": CODES, "score": st.integers(0, 10), "state": st.sampled_from(["rated", "refused"]), "month": MONTH,
     "profile": PROFILE, "touchpoint": CODES, "channel": CODES, "weight": AMOUNT}
)  # fmt: skip
SURVEYS = st.fixed_dictionaries(
    {"profile": PROFILE, "touchpoint": CODES, "channel": CODES, "sent_month": MONTH,
     "sent_at": st.just(datetime(2024, 3, 5)), "responded_at": st.none() | st.just(datetime(2024, 3, 6))}
)  # fmt: skip
INTERACTIONS = st.fixed_dictionaries(
    {"profile": PROFILE, "month": MONTH, "touchpoint": CODES, "channel": CODES, "wait_minutes": AMOUNT,
     "handling_minutes": AMOUNT, "cost": AMOUNT, "resolved": KNOWN, "is_complaint": KNOWN,
     "customer": st.integers(1, 3), "occurred_at": st.datetimes(datetime(2024, 3, 1), datetime(2024, 4, 30))}
)  # fmt: skip
SUBSCRIPTIONS = st.fixed_dictionaries(
    {"subscription_id": CODES, "term": st.integers(1, 3), "profile": PROFILE, "month": MONTH, "product": CODES,
     "outcome": st.sampled_from(["renewed", "churned", "open"]), "annual_value": AMOUNT}
)  # fmt: skip
SUMS = {
    "monthly_scores": "answers, weight_sum, weight_sq_sum",
    "monthly_invitations": "invited, responded",
    "monthly_interactions": "contacts, complaints, resolved_known, resolved, wait_known, wait_sum, wait_sq_sum, "
    "handling_known, handling_sum, cost_known, cost_sum",
    "monthly_disconnections": "customers, base, events, base_sq, base_events, events_sq",
    "monthly_renewals": "due, renewed, churned, open_terms, valued, value_due, value_kept, value_next, value_due_sq, "
    "value_kept_sq, value_next_sq, value_due_kept, value_due_next, unknown_next",
}
CUTS = ("none", "persona", "plan", "region", "segment")
WITH_ALL = ("monthly_renewals",)
"""Marts that also hold all customer dimensions crossed."""
DIMENSIONS = ("segment", "region", "plan", "persona")


@settings(max_examples=10)
@given(
    answers=st.lists(ANSWERS, min_size=1, max_size=12),
    surveys=st.lists(SURVEYS, min_size=1, max_size=8),
    interactions=st.lists(INTERACTIONS, min_size=1, max_size=12),
    subscriptions=st.lists(
        SUBSCRIPTIONS, min_size=1, max_size=8, unique_by=lambda row: (row["subscription_id"], row["term"])
    ),
)
def test_every_cut_holds_the_same_totals(engine, answers, surveys, interactions, subscriptions):
    """Whatever the rows are: each cut adds up to the same sums, states its own dimensions and no others."""
    marts = engine
    marts.clear()
    marts.insert(
        "answers", [row | {"score": row["score"] if row["state"] == "rated" else None} for row in answers]
    )
    marts.insert("surveys", surveys)
    marts.insert("interactions", interactions)
    marts.insert("subscriptions", subscriptions)
    marts.build(*SUMS, "renewal_observations")
    for mart, columns in SUMS.items():
        sums = ", ".join(f"sum({column})" for column in columns.split(", "))
        totals = {row[0]: row[1:] for row in marts.rows(f"select cut, {sums} from {mart} group by cut")}
        if mart == "monthly_scores" and all(row["state"] == "refused" for row in answers):
            assert totals == {}
            continue
        also = ("all",) if mart in WITH_ALL else ()
        assert tuple(sorted(totals)) == (*also, *CUTS), mart
        assert all(total == pytest.approx(totals["none"]) for total in totals.values()), mart
        for dimension in DIMENSIONS:
            stating = marts.rows(
                f"select distinct cut from {mart} where {dimension} is not null order by cut"
            )
            assert [cut for (cut,) in stating] == sorted((*also, dimension)), mart
            missing = (
                f"select count(*) from {mart} where cut in ('all', '{dimension}') and {dimension} is null"
            )
            assert marts.rows(missing) == [(0,)], mart
    assert marts.rows("select sum(due) from monthly_renewals where cut = 'none'") == [(len(subscriptions),)]
    for name in ("scores_match_answers", "cuts_of_scores_agree", "cuts_of_interactions_agree", "retention_is_bounded",
                 "cuts_of_invitations_agree", "cuts_of_renewals_agree", "no_nan_in_sums",
                 "observations_match_decisions"):  # fmt: skip
        assert marts.rows(statement("checks", name)) == [], name


@settings(max_examples=10)
@given(answers=st.lists(ANSWERS, min_size=1, max_size=12), dimension=st.sampled_from(DIMENSIONS))
def test_a_cut_holds_what_grouping_the_facts_gives(engine, answers, dimension):
    """Each cut against a plain group by over the rows themselves: counts per month, question, score, dimension."""
    marts = engine
    marts.clear()
    marts.insert(
        "answers", [row | {"score": row["score"] if row["state"] == "rated" else None} for row in answers]
    )
    marts.build("monthly_scores")
    keys = f"month, question, touchpoint, channel, score, {dimension}"
    expected = marts.rows(
        f"select {keys}, count(*) from answers join profiles using (profile) where state = 'rated' "
        "group by all order by all"
    )
    found = f"select {keys}, sum(answers) from monthly_scores where cut = $cut group by all order by all"
    assert marts.connection.execute(found, {"cut": dimension}).fetchall() == expected


NOTHING_CHOSEN: dict[str, object] = {
    "first_month": date(2024, 1, 1), "last_month": date(2024, 12, 1), "questions": ["", "a", "b"],
    "overall_questions": [], "by": "", "across": "", "touchpoint": [], "channel": [], "segment": [], "region": [],
    "plan": [], "persona": [],
}  # fmt: skip


@settings(max_examples=25)
@given(
    answers=st.lists(ANSWERS, min_size=1, max_size=12),
    surveys=st.lists(SURVEYS, min_size=1, max_size=8),
    dimension=st.sampled_from(DIMENSIONS),
    across=st.sampled_from(["", "touchpoint", "channel"]),
    kept=st.sampled_from([[], ["Home"], ["North", ""]]),
    overall=st.sampled_from([[], ["a"]]),
    touchpoint=st.sampled_from([[], ["a"]]),
)
def test_the_facts_answer_as_the_cuts_do(
    engine, answers, surveys, dimension, across, kept, overall, touchpoint
):
    """Where one customer dimension is asked for, both ways are open and must agree, filters included."""
    marts = engine
    marts.clear()
    marts.insert(
        "answers", [row | {"score": row["score"] if row["state"] == "rated" else None} for row in answers]
    )
    marts.insert("surveys", surveys)
    marts.build("monthly_scores", "monthly_invitations")
    chosen = NOTHING_CHOSEN | {
        "cut": dimension, "by": dimension, "across": across, dimension: kept, "overall_questions": overall,
        "touchpoint": touchpoint,
    }  # fmt: skip
    for name, facts in (("score_counts", "score_counts_of_answers"),
                        ("invitation_counts", "invitation_counts_of_surveys")):  # fmt: skip
        cut, whole = (statement("queries/scorecard", one) for one in (name, facts))
        from_cut, from_facts = (
            marts.connection.execute(sql, {key: chosen[key] for key in parameters(sql)}).fetchall()
            for sql in (cut, whole)
        )
        assert from_cut == [pytest.approx(row) for row in from_facts]


TEAM_ANSWERS = st.fixed_dictionaries(
    {"team": st.sampled_from(["", "East", "West"]), "touchpoint": CODES, "asked_at": CODES, "profile": PROFILE,
     "channel": CODES, "month": MONTH, "score": st.none() | st.integers(0, 10)}
)  # fmt: skip


@settings(max_examples=25)
@given(
    rows=st.lists(TEAM_ANSWERS, min_size=1, max_size=12),
    asked=st.sets(st.sampled_from(["East", "West"])),
    dimension=st.sampled_from(DIMENSIONS),
    kept=st.sampled_from([[], ["Home"], ["North", ""]]),
    touchpoint=st.sampled_from([[], ["a"]]),
)
def test_the_facts_say_the_same_of_a_team(engine, rows, asked, dimension, kept, touchpoint):
    """Answers about another touchpoint than the contact's, and about teams whom nobody asked, are in neither."""
    marts = engine
    marts.clear()
    marts.insert("questions", [{"question": "nps"}])
    marts.insert("employee_pulse", [{"team": team} for team in sorted(asked)])
    for number, row in enumerate(rows):
        name = str(number)
        contact = {key: row[key] for key in ("team", "touchpoint", "month", "profile")}
        marts.insert("interactions", [{"interaction_id": name, **contact}])
        marts.insert("surveys", [{"survey_id": name, "interaction_id": name}])
        state = "refused" if row["score"] is None else "rated"
        answer = {key: row[key] for key in ("profile", "channel", "score")}
        marts.insert(
            "answers", [{"survey_id": name, "touchpoint": row["asked_at"], "state": state, **answer}]
        )
    marts.build("monthly_team_scores")
    chosen = {
        "cut": dimension, "metric": "nps", "last_month": date(2024, 12, 1), "touchpoint": touchpoint, "channel": [],
        **{name: kept if name == dimension else [] for name in DIMENSIONS},
    }  # fmt: skip
    from_cut, from_facts = (
        marts.connection.execute(sql, {key: chosen[key] for key in parameters(sql)}).fetchall()
        for sql in (
            statement("queries/journey_gaps", name) for name in ("team_scores", "team_scores_of_answers")
        )
    )
    assert from_cut == from_facts
    assert {row[0] for row in from_cut} <= asked
    if not kept and not touchpoint:
        expected = [
            row for row in rows
            if row["score"] is not None and row["team"] in asked and row["asked_at"] == row["touchpoint"]
        ]  # fmt: skip
        assert sum(row[6] for row in from_cut) == len(expected)
