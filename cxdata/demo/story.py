"""The story of one customer, Marta Ibáñez, written by hand among the thousands that are drawn.

Her new bicycle arrives with a broken seat during the strike. She waits 38 minutes on the telephone, explains it all
again the next day in the chat, asks again and again for seven weeks, says what she thinks of it, and does not renew.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .days import day, second
from .questions import QUESTION_CODES
from .records import Answers, Contacts, Surveys
from .world import CHANNELS, TEAMS, TOUCHPOINT_NAMES

MARTA = 10_162
MARTA_NAME = "Marta Ibáñez Soler"
MARTA_CAME_ON = day("2024-06-12")
# Her second yearly term in the export, due on 2026-06-12, is the one that she does not renew.
MARTA_LEAVES_IN_TURN = 1
MARTA_DECIDES_DAYS_EARLY = 10


@dataclass(frozen=True)
class StoryContact:
    """One contact of the story; minutes and `resolved` are -1 where none are recorded."""

    occurred_at: str
    touchpoint: str
    channel: str
    team: str
    csat: int
    wait_minutes: int = -1
    handling_minutes: int = -1
    resolved: int = -1
    is_complaint: bool = False
    cost_cents: int = 60
    what: str = ""


@dataclass(frozen=True)
class StorySurvey:
    """One survey of the story; `contact` counts the story's contacts from 1, 0 for a relationship survey."""

    sent_at: str
    responded_at: str
    contact: int
    channel: str
    scores: dict[str, int]
    comment: str


CONTACTS = (
    StoryContact(
        "2024-06-12T18:22:10", "checkout", "web", "Shop and billing", 5, what="orders her first bicycle"
    ),
    StoryContact(
        "2024-06-18T11:05:44", "delivery", "courier", "Logistics", 5, cost_cents=731, what="it arrives"
    ),
    StoryContact(
        *("2025-10-08T17:30:00", "workshop", "store", "Workshops", 4),
        handling_minutes=41,
        cost_cents=3612,
        what="brings it to its yearly service",
    ),
    StoryContact(
        "2026-03-04T21:14:37", "checkout", "web", "Shop and billing", 5, what="orders a second bicycle"
    ),
    StoryContact(
        *("2026-03-19T19:40:12", "delivery", "courier", "Logistics", 1),
        is_complaint=True,
        cost_cents=702,
        what="it arrives during the strike, with a broken seat",
    ),
    StoryContact(
        *("2026-03-20T10:12:03", "support_call", "phone", "Support Barcelona", 1, 38, 14, 0, True, 1008),
        what="waits 38 minutes on the telephone; nothing is settled",
    ),
    StoryContact(
        *("2026-03-21T12:33:51", "support_chat", "chat", "Support Barcelona", 1, 11, 22, 0, False, 1434),
        what="explains it all a second time, in the chat",
    ),
    StoryContact(
        *("2026-03-31T09:48:20", "support_call", "phone", "Support Barcelona", 2, 19, 9, 0, False, 698),
        what="asks where the new seat is",
    ),
    StoryContact(
        *("2026-04-09T20:05:09", "support_chat", "chat", "Support Barcelona", 1, 8, 17, 0, True, 1124),
        what="complains: three weeks without a seat",
    ),
    StoryContact(
        *("2026-04-23T13:27:45", "support_call", "phone", "Support Barcelona", 1, 24, 12, 0, True, 884),
        what="calls again; nobody knows her case",
    ),
    StoryContact(
        *("2026-05-05T11:16:30", "support_chat", "chat", "Support Barcelona", 2, 6, 15, 0, False, 1000),
        what="is told that the seat is out of stock",
    ),
    StoryContact(
        *("2026-05-11T18:52:18", "returns", "courier", "Logistics", 3, -1, 9, 1, False, 1391),
        what="the seat comes, 53 days after the bicycle",
    ),
)
SURVEYS = (
    StorySurvey(
        *("2024-06-19T10:30:00", "2024-06-19T21:05:33", 2, "courier"),
        {"csat_delivery": 5, "csat_unboxing": 5, "nps_delivery": 9, "expectation_delivery": 4},
        "Llegó antes de lo previsto y muy bien embalada. ¡Qué ganas de estrenarla!",
    ),
    StorySurvey(
        *("2025-05-06T10:15:00", "2025-05-06T22:41:09", 0, "email"),
        {
            "nps_relationship": 9,
            "rating_product": 5,
            "rating_interaction": 4,
            "rating_brand": 4,
            "csat_product_use": 5,
        },
        "Voy cada día al trabajo con ella, ni un pinchazo en un año. La recomiendo a todo el mundo.",
    ),
    StorySurvey(
        *("2026-03-20T09:05:00", "2026-03-20T11:12:27", 5, "courier"),
        {"csat_delivery": 1, "csat_unboxing": 1, "nps_delivery": 2, "expectation_delivery": 5},
        "La bicicleta nueva llegó dos semanas tarde y con el sillín roto. He esperado 38 minutos al teléfono "
        'para que me digan "no nos consta ninguna incidencia".',
    ),
    StorySurvey(
        *("2026-05-21T10:00:00", "2026-05-21T22:47:52", 0, "email"),
        {
            "nps_relationship": 1,
            "rating_product": 3,
            "rating_interaction": 1,
            "rating_brand": 2,
            "csat_product_use": 3,
        },
        "Siete semanas para un sillín, y cada vez tengo que explicarlo todo desde el principio.\n"
        "Nadie pidió perdón. Así no puedo recomendaros, y no voy a renovar.",
    ),
)
COMMENTS_OF_THE_STORY = {number: survey.comment for number, survey in enumerate(SURVEYS, start=1)}


def contacts_of_the_story() -> Contacts:
    """Marta's contacts as rows like any other."""

    def column(name: str) -> np.ndarray:
        return np.array([getattr(contact, name) for contact in CONTACTS])

    def codes(name: str, words: tuple[str, ...]) -> np.ndarray:
        return np.array([words.index(getattr(contact, name)) for contact in CONTACTS])

    return Contacts(
        customer=np.full(len(CONTACTS), MARTA),
        occurred_at=np.array([second(contact.occurred_at) for contact in CONTACTS]),
        touchpoint=codes("touchpoint", TOUCHPOINT_NAMES),
        channel=codes("channel", CHANNELS),
        wait_minutes=column("wait_minutes"),
        handling_minutes=column("handling_minutes"),
        resolved=column("resolved"),
        is_complaint=column("is_complaint"),
        team=codes("team", TEAMS),
        cost_cents=column("cost_cents"),
        feel=column("csat").astype(float),
        csat=column("csat"),
        story=np.arange(1, len(CONTACTS) + 1),
    )


def surveys_of_the_story(contacts: Contacts) -> Surveys:
    """Marta's surveys as rows like any other; `contacts` must hold the story's contacts."""
    positions = {int(contacts.story[row]): int(row) for row in np.flatnonzero(contacts.story)}
    contact = np.array([positions.get(survey.contact, -1) for survey in SURVEYS])
    return Surveys(
        customer=np.full(len(SURVEYS), MARTA),
        contact=contact,
        touchpoint=np.where(contact >= 0, contacts.touchpoint[contact], -1),
        channel=np.array([CHANNELS.index(survey.channel) for survey in SURVEYS]),
        language=np.ones(len(SURVEYS), dtype=np.int64),
        sent_at=np.array([second(survey.sent_at) for survey in SURVEYS]),
        responded_at=np.array([second(survey.responded_at) for survey in SURVEYS]),
        story=np.arange(1, len(SURVEYS) + 1),
    )


def answers_of_the_story(surveys: Surveys) -> Answers:
    """Marta's answers as rows like any other; `surveys` must hold the story's surveys."""
    positions = {int(surveys.story[row]): int(row) for row in np.flatnonzero(surveys.story)}
    answered = [
        (positions[number], QUESTION_CODES[question], score)
        for number, survey in enumerate(SURVEYS, start=1)
        for question, score in survey.scores.items()
    ]
    survey, question, score = (np.array(values) for values in zip(*answered, strict=True))
    return Answers(survey, question, score, np.zeros(len(survey), dtype=np.int64))
