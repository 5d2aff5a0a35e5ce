"""Rueda from its foundation to the export: every part drawn in turn, and nothing after a customer has left."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .answers import make_answers
from .comments import make_comments
from .contacts import make_contacts
from .customers import make_customers
from .money import revenue_by_month, term_values
from .records import Answers, Contacts, Customers, Pulse, Revenue, Subscriptions, Surveys
from .renewal import Known, known_before, probability
from .subscriptions import leaving_times, outcomes, possible_terms, reached
from .surveys import make_surveys
from .tables import random_stream, rows
from .teams import employee_pulse, team_spirit


@dataclass(frozen=True)
class Company:
    """All tables of the company, as they were before anybody mistyped anything.

    `known` is what was known before each term in `subscriptions`, in the same order.
    """

    seed: int
    customers: Customers
    contacts: Contacts
    surveys: Surveys
    answers: Answers
    comments: np.ndarray
    subscriptions: Subscriptions
    known: Known
    revenue: Revenue
    pulse: Pulse


def found_company(seed: int) -> Company:
    """Draw the whole company; the same seed gives the same company."""
    teams = random_stream(seed, "teams")
    spirit = team_spirit(teams)
    customers = make_customers(random_stream(seed, "customers"))
    renewals = random_stream(seed, "renewals")
    terms = possible_terms(renewals, customers)
    contacts = make_contacts(random_stream(seed, "contacts"), customers, terms, spirit)
    surveys = make_surveys(random_stream(seed, "invitations"), customers, contacts)
    answers = make_answers(random_stream(seed, "answers"), customers, contacts, surveys)
    comments = make_comments(random_stream(seed, "comments"), surveys, answers)

    known = known_before(renewals, customers, terms, contacts, surveys, answers)
    outcome = outcomes(renewals, terms, probability(known.log_odds()))
    began = np.flatnonzero(reached(terms, outcome, len(customers.name)))
    terms, known, outcome = rows(terms, began), known.only(began), outcome[began]
    left_at = leaving_times(terms, outcome, len(customers.name))

    # Contacts, surveys and answers of customers who had left did not happen.
    stays = np.flatnonzero(contacts.occurred_at < left_at[contacts.customer])
    contacts, new_contact = rows(contacts, stays), _new_positions(stays, len(contacts.customer))
    stays = np.flatnonzero((surveys.customer < 0) | (surveys.sent_at < left_at[surveys.customer]))
    surveys, new_survey = rows(surveys, stays), _new_positions(stays, len(surveys.customer))
    surveys = replace(surveys, contact=np.where(surveys.contact < 0, -1, new_contact[surveys.contact]))
    stays = np.flatnonzero(new_survey[answers.survey] >= 0)
    answers, comments = rows(answers, stays), comments[stays]
    answers = replace(answers, survey=new_survey[answers.survey])

    money = random_stream(seed, "money")
    value_cents, margin_cents = term_values(money, customers, terms)
    return Company(
        seed=seed,
        customers=customers,
        contacts=contacts,
        surveys=surveys,
        answers=answers,
        comments=comments,
        subscriptions=Subscriptions(
            **vars(terms),
            outcome=outcome,
            value_cents=value_cents,
            margin_cents=margin_cents,
        ),
        known=known,
        revenue=revenue_by_month(money, terms, value_cents, margin_cents, contacts),
        pulse=employee_pulse(teams, spirit),
    )


def _new_positions(kept: np.ndarray, count: int) -> np.ndarray:
    positions = np.full(count, -1, dtype=np.int64)
    positions[kept] = np.arange(len(kept))
    return positions
