"""A company of a few customers whose contacts, ratings and terms are written out."""

from __future__ import annotations

CUSTOMERS = """\
customer_id,name,segment,plan,acquired_on
C1,Ana Canary,Home,Basic,2022-01-10
C2,Ben Finch,Home,Plus,2022-01-10
C3,Eva Wren,Business,Plus,2022-01-10
"""

TOUCHPOINTS = """\
touchpoint,stage,stage_order,factor,owner,moment_of_truth,description
shop,Buy,1,,,,
delivery,Receive,2,,,true,
call,Help,3,,,,
chat,Help,3,,,,
"""

QUESTIONS = """\
question,metric,label,touchpoint,scale_min,scale_max,higher_is_better,favourable_from
nps,nps,Would you recommend us?,,0,10,true,
csat_delivery,csat,How was the delivery?,delivery,1,5,true,4
expected_delivery,expectation,What did you expect?,delivery,1,5,true,4
"""

SUBSCRIPTIONS = """\
subscription_id,term,customer_id,started_on,due_on,outcome,decided_on,annual_value,product
U1,1,C1,2023-03-01,2024-03-01,churned,2024-03-01,100,care
U2,1,C2,2023-03-01,2024-03-01,renewed,2024-03-01,100,care
U3,1,C3,2023-03-01,2024-03-02,renewed,2024-03-02,100,care
"""
"""With 30 days of lead, the windows of the first two end before 31 January 2024 and begin a year earlier."""

INTERACTION_COLUMNS = (
    "interaction_id,customer_id,occurred_at,touchpoint,channel,wait_minutes,resolved,is_complaint"
)

INTERACTIONS = [
    "I1,C1,2023-06-01T10:00:00,delivery,courier,,,false",
    "I2,C1,2023-06-02T10:00:00,call,phone,30,false,false",
    "I3,C1,2023-06-05T10:00:00,call,phone,5,true,false",
    "I4,C1,2023-06-06T10:00:00,chat,web,2,true,false",
    "I5,C2,2023-07-01T10:00:00,call,phone,5,true,true",
    "I6,C3,2023-07-01T10:00:00,shop,store,,,",
    "I7,C3,2023-07-20T10:00:00,shop,store,,,",
]

SURVEYS = """\
survey_id,customer_id,interaction_id,sent_at,responded_at
S1,C1,I1,2023-06-01T12:00:00,2023-06-01T13:00:00
S2,C1,,2023-12-01T12:00:00,2023-12-01T13:00:00
S3,C2,,2023-12-05T12:00:00,2023-12-05T13:00:00
"""

ANSWERS = """\
survey_id,question,score
S1,csat_delivery,2
S1,expected_delivery,5
S2,nps,3
S2,csat_delivery,5
S3,nps,9
"""


def files(*, interactions: list[str] = INTERACTIONS, **others: str | None) -> dict[str, str | bytes | None]:
    """The exports; `others` replaces a table by its name, None leaves one out."""
    tables: dict[str, str | bytes | None] = {
        "customers.csv": CUSTOMERS,
        "touchpoints.csv": TOUCHPOINTS,
        "questions.csv": QUESTIONS,
        "surveys.csv": SURVEYS,
        "answers.csv": ANSWERS,
        "subscriptions.csv": SUBSCRIPTIONS,
        "interactions.csv": "\n".join([INTERACTION_COLUMNS, *interactions, ""]),
    }
    return {**tables, **{f"{name}.csv": content for name, content in others.items()}}
