"""A company whose answers are counted out in the test: so many of each score, in a month, of a segment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from cxdata.config import Config

AS_OF = date(2026, 3, 15)
"""Day of the data: March 2026 is unfinished."""

CONFIG = Config(time_zone="UTC")

QUESTIONS = """\
question,metric,label,touchpoint,scale_min,scale_max,higher_is_better,favourable_from,valid_from,factor
nps,nps,Would you recommend us?,,0,10,true,,,
csat_delivery,csat,How was the delivery?,delivery,1,5,true,4,,
csat_call,csat,How was the call?,call,1,5,true,4,,
csat_call_7,csat,How was the call? (1 to 7),call,1,7,true,6,,
"""

TOUCHPOINTS = """\
touchpoint,stage,stage_order,factor,owner,moment_of_truth,description
delivery,Receive,1,,,,
call,Help,2,,,,
"""


@dataclass(frozen=True)
class Answers:
    """Answers to one question in one month: `scores` counts them by score."""

    month: str
    question: str
    scores: Mapping[int, int]
    segment: str = "Home"
    weight: str = ""


@dataclass(frozen=True)
class Terms:
    """Subscription terms that came up in a month, each worth 100 a year."""

    month: str
    renewed: int
    churned: int
    segment: str = "Home"


@dataclass(frozen=True)
class Company:
    """What is exported; `silent` counts invitations of a month that nobody answered."""

    answers: Sequence[Answers]
    terms: Sequence[Terms] = ()
    silent: Mapping[str, int] = field(default_factory=dict)
    targets: str = ""
    sent: bool = True

    def files(self) -> dict[str, str | bytes | None]:
        """The exports, one customer a segment and one survey an answer."""
        segments = {entry.segment: None for entry in (*self.answers, *self.terms)} or {"Home": None}
        customers = ["customer_id,segment", *(f"C-{segment},{segment}" for segment in segments)]
        surveys, answers = ["survey_id,customer_id,sent_at,responded_at,weight"], ["survey_id,question,score"]
        number = 0
        for entry in self.answers:
            for score, count in entry.scores.items():
                for _ in range(count):
                    number += 1
                    sent = f"{entry.month}-10T08:00:00Z" if self.sent else ""
                    surveys.append(
                        f"S{number},C-{entry.segment},{sent},{entry.month}-11T12:00:00Z,{entry.weight}"
                    )
                    answers.append(f"S{number},{entry.question},{score}")
        some = next(iter(segments))
        for month, count in self.silent.items():
            for _ in range(count):
                number += 1
                surveys.append(f"S{number},C-{some},{month}-10T08:00:00Z,,")
        files: dict[str, str | bytes | None] = {
            "customers.csv": _text(customers),
            "touchpoints.csv": TOUCHPOINTS,
            "questions.csv": QUESTIONS,
            "surveys.csv": _text(surveys),
            "answers.csv": _text(answers),
        }
        if self.targets:
            files["targets.csv"] = f"metric,touchpoint,segment,valid_from,target\n{self.targets}"
        if self.terms:
            files["subscriptions.csv"] = _text(self._terms())
        return files

    def _terms(self) -> list[str]:
        lines = ["subscription_id,term,customer_id,started_on,due_on,outcome,decided_on,annual_value"]
        number = 0
        for entry in self.terms:
            year = int(entry.month[:4])
            for outcome, count in (("renewed", entry.renewed), ("churned", entry.churned)):
                for _ in range(count):
                    number += 1
                    due = f"{entry.month}-05"
                    began = f"{year - 1}{entry.month[4:]}-05"
                    lines.append(f"U{number},1,C-{entry.segment},{began},{due},{outcome},{due},100")
                    if outcome == "renewed":
                        later = f"{year + 1}{entry.month[4:]}-05"
                        lines.append(f"U{number},2,C-{entry.segment},{due},{later},open,,100")
        return lines


def _text(lines: Sequence[str]) -> str:
    return "\n".join([*lines, ""])
