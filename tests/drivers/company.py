"""A company of 600 customers, one decision each, whose delivery ratings and open questions decide; calls do not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np

from tests.corpus import tiny
from tests.corpus.counted import CONFIG
from tests.corpus.release import refreshed

AS_OF, MONTH = date(2026, 3, 15), date(2026, 2, 1)
CUSTOMERS = 600

QUESTIONS = """\
question,metric,label,touchpoint,scale_min,scale_max,higher_is_better,favourable_from
csat_delivery,csat,How was the delivery?,delivery,1,5,true,4
ces_call,ces,How hard was the call?,call,1,7,false,2
nps,nps,Would you recommend us?,,0,10,true,9
"""

TOUCHPOINTS = """\
touchpoint,stage,stage_order,factor,owner,moment_of_truth,description
delivery,Receive,1,,,true,
call,Help,2,,,,
"""


def files(**changes: str | None) -> dict[str, str | bytes | None]:
    """Exports of the company; the seed is fixed, so that every number is the same each time."""
    random = np.random.default_rng(7)
    customers = ["customer_id,name,segment,plan,acquired_on"]
    surveys = ["survey_id,customer_id,sent_at,responded_at"]
    answers = ["survey_id,question,score"]
    contacts = [
        "interaction_id,customer_id,occurred_at,touchpoint,channel,wait_minutes,resolved,is_complaint"
    ]
    terms = ["subscription_id,term,customer_id,started_on,due_on,outcome,decided_on,annual_value,product"]
    for number in range(CUSTOMERS):
        customers.append(f"C{number},Ana {number},{'Home' if number % 2 else 'Office'},Basic,2024-01-10")
        delivered, rated = number % 5 > 0, number % 3 > 0
        score, ease, open_question = random.integers(1, 6), random.integers(1, 8), random.random() < 0.3
        called = number % 2 == 0
        if delivered:
            contacts.append(f"D{number},C{number},2025-09-10T10:00:00,delivery,courier,,true,false")
        if called:
            settled = str(not open_question).lower()
            contacts.append(
                f"K{number},C{number},2025-10-10T10:00:00,call,phone,{number % 12},{settled},false"
            )
        surveys.append(f"S{number},C{number},2025-10-12T10:00:00,2025-10-12T12:00:00")
        if delivered and rated:
            answers.append(f"S{number},csat_delivery,{score}")
        if called:
            answers.append(f"S{number},ces_call,{ease}")
        answers.append(f"S{number},nps,{min(10, 2 * score if delivered else 8)}")
        odds = 0.4 + 0.8 * (score - 3) * delivered - 1.5 * (called and open_question)
        lost = random.random() > 1 / (1 + np.exp(-odds))
        due = "2026-04-20" if number == 599 else "2026-02-05"
        outcome = "open" if number == 599 else "churned" if lost else "renewed"
        decided = "" if number == 599 else due
        terms.append(f"U{number},1,C{number},2025-02-05,{due},{outcome},{decided},9,a")
    tables: dict[str, str | None] = {
        "customers": "\n".join(customers), "questions": QUESTIONS.strip(), "touchpoints": TOUCHPOINTS.strip(),
        "surveys": "\n".join(surveys), "answers": "\n".join(answers), "interactions": "\n".join(contacts),
        "subscriptions": "\n".join(terms), **changes,
    }  # fmt: skip
    return {f"{name}.csv": text + "\n" if text else None for name, text in tables.items()}


def terms_with_margins() -> str:
    """The company's terms with a margin each; every seventh customer costs more than it brings."""
    raw = files()["subscriptions.csv"]
    assert isinstance(raw, str)
    head, *terms = raw.strip().splitlines()
    lines = [f"{term},{-2 if number % 7 == 0 else 4}" for number, term in enumerate(terms)]
    return "\n".join([f"{head},annual_margin", *lines])


def published(home: Path, **changes: str | None) -> Path:
    """Data folder with the company's release."""
    refreshed(tiny.write(home / "exports", files(**changes)), home / "data", CONFIG, as_of=AS_OF)
    return home / "data"
