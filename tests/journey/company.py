"""A company with a journey that is counted out in the test: answers, pairs with expectations, contacts, teams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

TOUCHPOINTS = """\
touchpoint,stage,stage_order,factor,owner,moment_of_truth,description
web,discover,1,brand,,,
shop,buy,2,interaction,,true,
call,help,3,interaction,,,
returns,help,3,product,,,
"""

QUESTIONS = """\
question,metric,label,touchpoint,scale_min,scale_max,higher_is_better,favourable_from,valid_from,factor
csat_web,csat,How was the site?,web,1,5,true,4,,
csat_shop,csat,How was the shop?,shop,1,5,true,4,,
csat_call,csat,How was the call?,call,1,5,true,4,,
ces_call,ces,How easy was the call?,call,1,7,true,5,,
ces_shop,ces,How easy was the shop?,shop,1,5,true,4,,
ces_web,ces,How easy was the site?,web,1,7,true,5,,
exp_call,expectation,How good a call had you expected?,call,1,5,true,4,,
exp_shop,expectation,How good a shop had you expected?,shop,1,7,true,6,,
rating_product,rating,How is the product?,,1,5,true,4,,product
exp_product,expectation,How good a product had you expected?,,1,5,true,4,,product
"""

PULSE = "team,month,question,answers,score_sum,score_sq_sum\n"


@dataclass(frozen=True)
class Said:
    """Surveys of a month about a touchpoint: the scores of each, by question, and how many are alike."""

    month: str
    touchpoint: str
    scores: Mapping[str, int]
    count: int = 1
    segment: str = "Home"
    weight: str = ""
    team: str = ""


@dataclass(frozen=True)
class Met:
    """Contacts of a month at a touchpoint, each of another customer."""

    month: str
    touchpoint: str
    count: int
    wait: str = ""
    resolved: str = ""
    complaint: str = ""
    segment: str = "Home"


@dataclass(frozen=True)
class Company:
    """What is exported; a survey with a team hangs on a contact of its own."""

    said: Sequence[Said] = ()
    met: Sequence[Met] = ()
    pulse: str = ""
    segments: Sequence[str] = field(default=("Home", "Work"))
    touchpoints: str | None = TOUCHPOINTS

    def files(self) -> dict[str, str | bytes | None]:
        """The exports as text."""
        customers, surveys, answers, contacts = [], [], [], []
        for entry in self.said:
            for _ in range(entry.count):
                number = len(surveys)
                contact = f"T{number}" if entry.team else ""
                customers.append(f"S-C{number},{entry.segment}")
                surveys.append(
                    f"S{number},S-C{number},{contact},{entry.touchpoint},{entry.month}-11T12:00:00Z,{entry.weight}"
                )
                answers += [f"S{number},{question},{score}" for question, score in entry.scores.items()]
                if contact:
                    contacts.append(
                        f"{contact},S-C{number},{entry.month}-10T12:00:00Z,{entry.touchpoint},,,,{entry.team}"
                    )
        for met in self.met:
            for _ in range(met.count):
                number = len(contacts)
                customers.append(f"M-C{number},{met.segment}")
                contacts.append(
                    f"M{number},M-C{number},{met.month}-10T12:00:00Z,{met.touchpoint},{met.wait},{met.resolved},"
                    f"{met.complaint},"
                )
        head = "interaction_id,customer_id,occurred_at,touchpoint,wait_minutes,resolved,is_complaint,team"
        found: dict[str, str | bytes | None] = {
            "customers.csv": _text("customer_id,segment", customers or ["C0,Home"]),
            "questions.csv": QUESTIONS,
            "surveys.csv": _text(
                "survey_id,customer_id,interaction_id,touchpoint,responded_at,weight", surveys
            ),
            "answers.csv": _text("survey_id,question,score", answers),
        }
        if self.touchpoints:
            found["touchpoints.csv"] = self.touchpoints
        if contacts:
            found["interactions.csv"] = _text(head, contacts)
        if self.pulse:
            found["employee_pulse.csv"] = PULSE + self.pulse
        return found


def _text(head: str, lines: Sequence[str]) -> str:
    return "\n".join([head, *lines, ""])
