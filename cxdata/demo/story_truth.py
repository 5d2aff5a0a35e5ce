"""Where in the exports the story of one customer stands, row by row."""

from __future__ import annotations

from typing import Any

import numpy as np

from .company import Company
from .days import date_text
from .export import customer_ids, interaction_ids, subscription_ids, survey_ids
from .story import CONTACTS, MARTA, MARTA_NAME, SURVEYS
from .subscriptions import OUTCOMES
from .world import PLANS, REGIONS, SEGMENTS


def the_story(company: Company) -> dict[str, Any]:
    """Marta's rows with their ids and dates, and in a sentence what they tell."""
    contacts, surveys = company.contacts, company.surveys
    marta = np.array([MARTA])
    contact_rows = np.flatnonzero(contacts.story)
    survey_rows = np.flatnonzero(surveys.story)
    interactions = dict(
        zip(contacts.story[contact_rows].tolist(), interaction_ids(contact_rows).to_pylist(), strict=True)
    )
    invitations = dict(
        zip(surveys.story[survey_rows].tolist(), survey_ids(survey_rows).to_pylist(), strict=True)
    )
    return {
        "sentence": "Marta Ibáñez's bicycle arrives with a broken seat. She waits 38 minutes on the telephone, "
        "explains it all twice, gets no new seat for seven weeks, says so in two surveys and does not renew.",
        "customer_id": customer_ids(marta).to_pylist()[0],
        "name": MARTA_NAME,
        "segment": SEGMENTS[company.customers.segment[MARTA]],
        "region": REGIONS[company.customers.region[MARTA]],
        "plan": PLANS[company.customers.plan[MARTA]],
        "interactions": [
            {
                "interaction_id": interactions[number],
                "occurred_at": contact.occurred_at,
                "touchpoint": contact.touchpoint,
                "channel": contact.channel,
                "wait_minutes": contact.wait_minutes if contact.wait_minutes >= 0 else None,
                "what": contact.what,
            }
            for number, contact in enumerate(CONTACTS, start=1)
        ],
        "surveys": [
            {
                "survey_id": invitations[number],
                "responded_at": survey.responded_at,
                "interaction_id": interactions.get(survey.contact),
                "scores": survey.scores,
                "comment": survey.comment,
            }
            for number, survey in enumerate(SURVEYS, start=1)
        ],
        "terms": _terms(company),
    }


def _terms(company: Company) -> list[dict[str, Any]]:
    terms = company.subscriptions
    return [
        {
            "subscription_id": subscription_ids(terms.customer[[row]]).to_pylist()[0],
            "term": int(terms.term[row]),
            "due_on": date_text(terms.due_on[row]),
            "outcome": OUTCOMES[terms.outcome[row]],
            "decided_on": date_text(terms.decided_on[row]),
        }
        for row in np.flatnonzero(terms.customer == MARTA)
    ]
