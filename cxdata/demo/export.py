"""The tables of the company as the lines of its CSV exports, one file for each contract table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import csv_text as text
from .answers import STATES
from .company import Company
from .days import NEVER, first_day_of
from .questions import QUESTION_CODES, QUESTIONS
from .records import Codes
from .register import ACTION_COLUMNS, ACTIONS, TARGET_COLUMNS, TARGETS
from .subscriptions import OPEN, OUTCOMES
from .world import (
    ACQUISITION_CHANNELS,
    CHANNELS,
    LANGUAGES,
    PERSONAS,
    PLANS,
    PRODUCTS,
    REGIONS,
    SEGMENTS,
    TEAMS,
    TOUCHPOINT_NAMES,
    TOUCHPOINTS,
)


@dataclass(frozen=True)
class Export:
    """One CSV file: the names of its columns and its records, each a line (or more, in quotes) of text."""

    columns: tuple[str, ...]
    records: list[str]


def exports(company: Company) -> dict[str, Export]:
    """Every export by the name of its table."""
    return {
        "customers": _customers(company),
        "touchpoints": _touchpoints(),
        "interactions": _interactions(company),
        "questions": _questions(),
        "surveys": _surveys(company),
        "answers": _answers(company),
        "subscriptions": _subscriptions(company),
        "revenue": _revenue(company),
        "targets": Export(TARGET_COLUMNS, text.lines_of_rows(TARGETS)),
        "actions": Export(ACTION_COLUMNS, text.lines_of_rows(ACTIONS)),
        "employee_pulse": _employee_pulse(company),
    }


def customer_ids(rows: Codes) -> text.Text:
    """Ids of customers by their row; blank for -1."""
    return text.numbered("C", rows + 1, 6)


def interaction_ids(rows: Codes) -> text.Text:
    """Ids of contacts by their row; blank for -1."""
    return text.numbered("I", rows + 1, 7)


def survey_ids(rows: Codes) -> text.Text:
    """Ids of surveys by their row; blank for -1."""
    return text.numbered("S", rows + 1, 6)


def subscription_ids(customer_rows: Codes) -> text.Text:
    """Ids of subscriptions; each customer has one at most and both bear the same number."""
    return text.numbered("U", customer_rows + 1, 6)


def _table(**columns: text.Text) -> Export:
    return Export(tuple(columns), text.lines(columns.values()))


def _customers(company: Company) -> Export:
    """One row a customer, and a second one for those whose segment, region or plan changed."""
    all_customers = company.customers
    changed = np.flatnonzero(all_customers.changed_on < NEVER)
    who = np.concatenate([np.arange(len(all_customers.name)), changed])
    later = np.arange(len(who)) >= len(all_customers.name)
    order = np.lexsort((later, who))
    who, later = who[order], later[order]

    def then(before: Codes, after: Codes) -> Codes:
        return np.where(later, after[who], before[who])

    return _table(
        customer_id=customer_ids(who),
        valid_from=text.dates(then(all_customers.acquired_on, all_customers.changed_on)),
        name=text.quoted(all_customers.name[who]),
        segment=text.words(then(all_customers.segment, all_customers.later_segment), SEGMENTS),
        region=text.words(then(all_customers.region, all_customers.later_region), REGIONS),
        plan=text.words(then(all_customers.plan, all_customers.later_plan), PLANS),
        persona=text.words(all_customers.persona[who], PERSONAS),
        language=text.words(all_customers.language[who], LANGUAGES),
        acquired_on=text.dates(all_customers.acquired_on[who]),
        acquisition_channel=text.words(all_customers.acquisition_channel[who], ACQUISITION_CHANNELS),
        acquisition_cost=text.money(all_customers.acquisition_cents[who]),
    )


def _touchpoints() -> Export:
    columns = ("touchpoint", "stage", "stage_order", "factor", "owner", "moment_of_truth", "description")
    rows = [
        (
            t.name,
            t.stage,
            str(t.stage_order),
            t.factor,
            t.owner,
            str(t.moment_of_truth).lower(),
            t.description,
        )
        for t in TOUCHPOINTS
    ]
    return Export(columns, text.lines_of_rows(rows))


def _interactions(company: Company) -> Export:
    contacts = company.contacts
    return _table(
        interaction_id=interaction_ids(np.arange(len(contacts.customer))),
        customer_id=customer_ids(contacts.customer),
        occurred_at=text.times(contacts.occurred_at),
        touchpoint=text.words(contacts.touchpoint, TOUCHPOINT_NAMES),
        channel=text.words(contacts.channel, CHANNELS),
        wait_minutes=text.whole(contacts.wait_minutes),
        handling_minutes=text.whole(contacts.handling_minutes),
        resolved=text.true_or_false(contacts.resolved),
        is_complaint=text.true_or_false(contacts.is_complaint),
        team=text.words(contacts.team, TEAMS),
        cost=text.money(contacts.cost_cents),
    )


def _questions() -> Export:
    columns = ("question", "metric", "label", "touchpoint", "scale_min", "scale_max", "higher_is_better")
    rows = [
        (
            *(q.name, q.metric, q.label, q.touchpoint, str(q.lowest), str(q.highest), "true"),
            *(q.favourable_from, q.valid_from, q.factor),
        )
        for q in QUESTIONS
    ]
    return Export((*columns, "favourable_from", "valid_from", "factor"), text.lines_of_rows(rows))


def _surveys(company: Company) -> Export:
    surveys = company.surveys
    return _table(
        survey_id=survey_ids(np.arange(len(surveys.customer))),
        customer_id=customer_ids(surveys.customer),
        interaction_id=interaction_ids(surveys.contact),
        touchpoint=text.words(surveys.touchpoint, TOUCHPOINT_NAMES),
        channel=text.words(surveys.channel, CHANNELS),
        sent_at=text.times(surveys.sent_at),
        responded_at=text.times(surveys.responded_at),
        language=text.words(surveys.language, LANGUAGES),
        weight=text.blank(len(surveys.customer)),
    )


def _answers(company: Company) -> Export:
    answers = company.answers
    return _table(
        survey_id=survey_ids(answers.survey),
        question=text.words(answers.question, list(QUESTION_CODES)),
        score=text.whole(answers.score),
        state=text.words(answers.state, STATES),
        comment=text.quoted(company.comments),
    )


def _subscriptions(company: Company) -> Export:
    terms = company.subscriptions
    return _table(
        subscription_id=subscription_ids(terms.customer),
        term=text.whole(terms.term),
        customer_id=customer_ids(terms.customer),
        started_on=text.dates(terms.started_on),
        due_on=text.dates(terms.due_on),
        outcome=text.words(terms.outcome, OUTCOMES),
        decided_on=text.dates(np.where(terms.outcome == OPEN, 0, terms.decided_on)),
        annual_value=text.money(terms.value_cents),
        annual_margin=text.money(terms.margin_cents),
        product=text.words(terms.product, PRODUCTS),
    )


def _revenue(company: Company) -> Export:
    revenue = company.revenue
    return _table(
        customer_id=customer_ids(revenue.customer),
        month=text.dates(first_day_of(revenue.month)),
        revenue=text.money(revenue.revenue_cents),
        cost_to_serve=text.money(revenue.cost_cents),
        product=text.words(revenue.product, PRODUCTS),
    )


def _employee_pulse(company: Company) -> Export:
    pulse = company.pulse
    return _table(
        team=text.words(pulse.team, TEAMS),
        month=text.dates(first_day_of(pulse.month)),
        question=text.words(np.zeros(len(pulse.team), dtype=np.int64), ("enps_team",)),
        answers=text.whole(pulse.answers),
        score_sum=text.whole(pulse.score_sum),
        score_sq_sum=text.whole(pulse.score_sq_sum),
    )
