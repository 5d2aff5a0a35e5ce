"""What the surveys say: scores which follow from what happened, from the bicycle and from the mood."""

from __future__ import annotations

import numpy as np

from .customers import segment_on
from .days import SECONDS_A_DAY, day_of, month_of
from .experience import on_scale
from .feelings import BRAND_LEVEL, PRODUCT_LEVEL, brand_rating, product_rating
from .history import History
from .planted import (
    BOOKLET_DAY,
    BOOKLET_SEGMENT,
    BOOKLET_SHIFT,
    DRIFT_PER_MONTH,
    NEW_SCALE_DAY,
    NPS_BASE,
    NPS_NOISE,
    NPS_PER_BRAND_POINT,
    NPS_PER_MOOD,
    NPS_PER_PRODUCT_POINT,
    NPS_PER_RECENT_POINT,
    RECENT_DAYS,
)
from .questions import QUESTION_CODES, QUESTIONS
from .records import Answers, Codes, Contacts, Customers, Flags, Numbers, Surveys
from .story import answers_of_the_story
from .tables import rows, stacked
from .world import DELIVERY, RENEWAL, SUPPORT_CALL, TOUCHPOINTS, WORKSHOP

STATES = ("rated", "not_experienced", "not_asked", "refused")
RATED, NOT_EXPERIENCED, NOT_ASKED, REFUSED = range(4)

USUAL_FEEL = 4.2
REFUSED_SHARE = 0.03
FACTORS_NOT_ASKED_SHARE = 0.28
EXPECTATION_NOT_ASKED_SHARE = 0.45
WITHOUT_APP_SHARE = 0.30
ASSEMBLED_IN_STORE_SHARE = 0.10
MODULES = ("csat_product_use", "csat_app", "csat_website")


def make_answers(
    random: np.random.Generator, customers: Customers, contacts: Contacts, surveys: Surveys
) -> Answers:
    """Answer every survey that was responded to, in the order of the surveys and their questions."""
    told = surveys.story == 0
    answered = (surveys.responded_at > 0) & told
    parts = [
        *_relationship(random, customers, contacts, surveys, answered & (surveys.touchpoint < 0)),
        *_after_contacts(random, customers, contacts, surveys, answered & (surveys.contact >= 0)),
        *_website_visitors(random, np.flatnonzero(answered & (surveys.customer < 0))),
    ]
    parts = [_with_refusals(random, part) for part in parts]
    answers = stacked([*parts, answers_of_the_story(surveys)])
    return rows(answers, np.lexsort((answers.question, answers.survey)))


def _relationship(
    random: np.random.Generator,
    customers: Customers,
    contacts: Contacts,
    surveys: Surveys,
    chosen: Flags,
) -> list[Answers]:
    survey = np.flatnonzero(chosen)
    who, at = surveys.customer[survey], surveys.responded_at[survey]
    segment = segment_on(customers, who, day_of(at))
    mood = customers.mood[who]
    product = product_rating(random, customers, who)
    brand = brand_rating(random, customers, who)
    last = History(contacts.customer, contacts.occurred_at).last(who, at - RECENT_DAYS * SECONDS_A_DAY, at)
    recent = np.where(last >= 0, contacts.feel[last] - USUAL_FEEL, 0.0)
    nps = (
        np.array(NPS_BASE)[segment]
        + NPS_PER_MOOD * mood
        + NPS_PER_PRODUCT_POINT * (product - PRODUCT_LEVEL)
        + NPS_PER_BRAND_POINT * (brand - BRAND_LEVEL)
        + NPS_PER_RECENT_POINT * recent
        + _noise(random, survey, NPS_NOISE)
    )
    interaction = 4.05 + 0.32 * mood + 0.45 * recent + _noise(random, survey, 0.55)
    not_asked = np.where(random.random(len(survey)) < FACTORS_NOT_ASKED_SHARE, NOT_ASKED, RATED)
    untouched = np.where((last < 0) & (random.random(len(survey)) < 0.5), NOT_EXPERIENCED, RATED)
    parts = [
        _scored("nps_relationship", survey, nps),
        _scored("rating_product", survey, product.astype(float)),
        _scored("rating_interaction", survey, interaction, np.where(not_asked > 0, not_asked, untouched)),
        _scored("rating_brand", survey, brand.astype(float), not_asked),
    ]
    months = month_of(day_of(at))
    feelings = {
        "csat_product_use": 4.20 + 0.75 * customers.quality[who] + 0.25 * mood,
        # The halo: whoever is content with the bicycle praises the app, which decides nothing.
        "csat_app": 4.00 + DRIFT_PER_MONTH["app"] * months + 0.70 * (product - PRODUCT_LEVEL) + 0.20 * mood,
        "csat_website": 4.15 + 0.30 * mood,
    }
    module = random.choice(len(MODULES), len(survey), p=(0.32, 0.46, 0.22))
    for code, name in enumerate(MODULES):
        asked = module == code
        without = (random.random(asked.sum()) < WITHOUT_APP_SHARE) & (name == "csat_app")
        feeling = feelings[name][asked] + _noise(random, survey[asked], 0.60)
        parts.append(_scored(name, survey[asked], feeling, np.where(without, NOT_EXPERIENCED, RATED)))
    return parts


def _after_contacts(
    random: np.random.Generator,
    customers: Customers,
    contacts: Contacts,
    surveys: Surveys,
    chosen: Flags,
) -> list[Answers]:
    parts = []
    for code, touchpoint in enumerate(TOUCHPOINTS):
        survey = np.flatnonzero(chosen & (surveys.touchpoint == code))
        contact = surveys.contact[survey]
        feel = contacts.feel[contact]
        mood = customers.mood[surveys.customer[survey]]
        new_scale = (code == WORKSHOP) & (day_of(surveys.sent_at[survey]) >= NEW_SCALE_DAY)
        parts.append(_scored(f"csat_{touchpoint.name}", survey[~new_scale], feel[~new_scale]))
        if code == WORKSHOP:
            seven = 1.0 + 1.5 * (feel[new_scale] - 1.0) + _noise(random, survey[new_scale], 0.4)
            parts.append(_scored("csat_workshop_7", survey[new_scale], seven))
        if f"nps_{touchpoint.name}" in QUESTION_CODES:
            nps = 8.45 + 1.35 * (feel - USUAL_FEEL) + 0.30 * mood + _noise(random, survey, 1.1)
            parts.append(_scored(f"nps_{touchpoint.name}", survey, nps))
        if f"ces_{touchpoint.name}" in QUESTION_CODES:
            ease = 5.25 + 1.00 * (feel - USUAL_FEEL) + _noise(random, survey, 0.9)
            parts.append(_scored(f"ces_{touchpoint.name}", survey, ease))
        if f"expectation_{touchpoint.name}" in QUESTION_CODES:
            level = {DELIVERY: 4.45, SUPPORT_CALL: 4.05, WORKSHOP: 4.15}[code]
            not_asked = random.random(len(survey)) < EXPECTATION_NOT_ASKED_SHARE
            expected = level + _noise(random, survey, 0.6)
            state = np.where(not_asked, NOT_ASKED, RATED)
            parts.append(_scored(f"expectation_{touchpoint.name}", survey, expected, state))
        if code == RENEWAL:
            rating = brand_rating(random, customers, surveys.customer[survey])
            parts.append(_scored("rating_brand", survey, rating.astype(float)))
        if code == DELIVERY:
            parts.append(_unboxing(random, customers, surveys, survey, feel))
    return parts


def _unboxing(
    random: np.random.Generator, customers: Customers, surveys: Surveys, survey: Codes, feel: Numbers
) -> Answers:
    who, days = surveys.customer[survey], day_of(surveys.sent_at[survey])
    booklet = (segment_on(customers, who, days) == BOOKLET_SEGMENT) & (days >= BOOKLET_DAY)
    feeling = (
        4.25
        + 0.30 * (feel - USUAL_FEEL)
        + 0.30 * customers.quality[who]
        + 0.25 * customers.mood[who]
        + BOOKLET_SHIFT * booklet
        + _noise(random, survey, 0.7)
    )
    assembled = random.random(len(survey)) < ASSEMBLED_IN_STORE_SHARE
    return _scored("csat_unboxing", survey, feeling, np.where(assembled, NOT_EXPERIENCED, RATED))


def _website_visitors(random: np.random.Generator, survey: Codes) -> list[Answers]:
    return [
        _scored("csat_website", survey, 4.05 + _noise(random, survey, 0.85)),
        _scored("rating_brand", survey, 3.80 + _noise(random, survey, 0.85)),
    ]


def _scored(question: str, survey: Codes, feeling: Numbers, state: Codes | int = RATED) -> Answers:
    code = QUESTION_CODES[question]
    score = on_scale(feeling, QUESTIONS[code].lowest, QUESTIONS[code].highest)
    states = np.broadcast_to(np.asarray(state, dtype=np.int64), survey.shape).copy()
    return Answers(survey, np.full(len(survey), code), np.where(states == RATED, score, -1), states)


def _with_refusals(random: np.random.Generator, answers: Answers) -> Answers:
    """Let a few refuse a question; the first question of a survey is the one that nobody skips."""
    skippable = ~np.isin(answers.question, [QUESTION_CODES["nps_relationship"], *_FIRST_QUESTIONS])
    refused = (answers.state == RATED) & skippable & (random.random(len(answers.survey)) < REFUSED_SHARE)
    return Answers(
        answers.survey,
        answers.question,
        np.where(refused, -1, answers.score),
        np.where(refused, REFUSED, answers.state),
    )


def _noise(random: np.random.Generator, survey: Codes, deviation: float) -> Numbers:
    return random.normal(0.0, deviation, len(survey))


_FIRST_QUESTIONS = [
    code
    for code, question in enumerate(QUESTIONS)
    if question.metric == "csat" and question.name not in (*MODULES, "csat_unboxing")
]
