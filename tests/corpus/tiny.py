"""The smallest company that fills every contract table: three customers, eight answers, four terms."""

from __future__ import annotations

from pathlib import Path

CUSTOMERS = """\
customer_id,valid_from,name,segment,region,plan,persona,language,acquired_on,acquisition_channel,acquisition_cost
C1,,Ana Canary,Home,North,Basic,Planner,es,2022-01-10,web,40
C1,2024-04-01,Ana Canary,Family,North,Plus,Planner,es,2022-01-10,web,40
C2,,Ben Finch,Home,South,Basic,Saver,en,2023-02-01,store,25.5
C3,2023-01-01,Eva Wren,Business,South,Plus,,en,2023-01-01,web,
"""

TOUCHPOINTS = """\
touchpoint,stage,stage_order,factor,owner,moment_of_truth,description
delivery,Receive,2,product,Logistics,true,The parcel arrives
support_call,Help,3,interaction,Support,false,
"""

QUESTIONS = """\
question,metric,label,touchpoint,scale_min,scale_max,higher_is_better,favourable_from,valid_from,factor
nps,nps,Would you recommend us?,,0,10,true,,,
csat_delivery,csat,How was the delivery?,delivery,1,5,true,4,,product
"""

INTERACTIONS = """\
interaction_id,customer_id,occurred_at,touchpoint,channel,wait_minutes,handling_minutes,resolved,is_complaint,team,cost
I1,C1,2024-03-10T09:00:00,support_call,phone,12.5,8,true,false,Red,4
I2,C2,2024-03-20T18:30:00,support_call,chat,,3,false,true,Blue,2.5
I3,C1,2024-05-02T11:00:00,delivery,courier,,,,,,
I4,C1,2024-03-31T22:30:00Z,support_call,phone,3,,true,,Red,
"""

SURVEYS = """\
survey_id,customer_id,interaction_id,touchpoint,channel,sent_at,responded_at,language,weight
S1,C1,I1,,,2024-03-11T09:00:00,2024-03-12T10:00:00,es,
S2,C2,I2,,,2024-03-21T09:00:00,2024-03-31T23:30:00,en,2
S3,C1,I3,,,2024-05-03T09:00:00,2024-05-04T10:00:00,es,0.5
S4,C3,,,email,2024-05-05T09:00:00,,en,
S5,,,,web,,2024-05-06T12:00:00,en,
"""

ANSWERS = """\
survey_id,question,score,state,comment
S1,nps,9,rated,Very quick
S1,csat_delivery,5,rated,
S2,nps,3,,Too slow
S2,csat_delivery,,not_experienced,
S3,nps,10,rated,
S3,csat_delivery,4,,
S5,nps,7,rated,
S5,csat_delivery,,refused,
"""

SUBSCRIPTIONS = """\
subscription_id,term,customer_id,started_on,due_on,outcome,decided_on,annual_value,annual_margin,product
U1,1,C1,2022-01-10,2023-01-10,renewed,2022-12-20,100,40,care
U1,2,C1,2023-01-10,2024-01-10,renewed,2023-12-20,120,45,care
U2,1,C2,2023-02-01,2024-02-01,churned,2024-01-15,80,30,care
U3,1,C3,2023-06-20,2024-06-20,open,,200,90,care
"""

REVENUE = """\
customer_id,month,revenue,cost_to_serve,product
C1,2024-03-01,10,2,care
C2,2024-03,8.25,,care
C3,2024-04-01,-1.5,0.5,
"""

TARGETS = """\
metric,touchpoint,segment,valid_from,target
nps,,,2024-01-01,40
csat,delivery,,2024-01-01,0.85
"""

ACTIONS = """\
action_id,title,touchpoint,segment,owner,started_on,due_on,finished_on,status,cost,metric,expected_change
A1,Call back within an hour,support_call,,Support,2024-02-01,2024-03-01,2024-03-05,done,1500,nps,3
"""

EMPLOYEE_PULSE = """\
team,month,question,answers,score_sum,score_sq_sum
Red,2024-03,enps,10,80,660
"""

FILES = {
    "customers.csv": CUSTOMERS,
    "touchpoints.csv": TOUCHPOINTS,
    "questions.csv": QUESTIONS,
    "interactions.csv": INTERACTIONS,
    "surveys.csv": SURVEYS,
    "answers.csv": ANSWERS,
    "subscriptions.csv": SUBSCRIPTIONS,
    "revenue.csv": REVENUE,
    "targets.csv": TARGETS,
    "actions.csv": ACTIONS,
    "employee_pulse.csv": EMPLOYEE_PULSE,
}
"""Every contract table, valid."""

REQUIRED_FILES = {
    name: FILES[name] for name in ("customers.csv", "questions.csv", "surveys.csv", "answers.csv")
}
"""The tables that no scorecard can do without."""


def write(folder: Path, files: dict[str, str | bytes | None]) -> Path:
    """Write files below a folder; None leaves one out, text is written as UTF-8 with its own line ends."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.unlink(missing_ok=True)
        if content is None:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return folder
