"""What customers write beside their scores, in their language, about what the survey asked."""

from __future__ import annotations

from types import ModuleType

import numpy as np

from . import phrases_en, phrases_es
from .days import day_of, month_of
from .planted import STRIKE_MONTH
from .questions import QUESTIONS
from .records import Answers, Surveys
from .story import COMMENTS_OF_THE_STORY
from .world import DELIVERY, TOUCHPOINT_NAMES

PHRASES: tuple[ModuleType, ...] = (phrases_en, phrases_es)
COMMENT_SHARE = {"good": 0.28, "mixed": 0.34, "bad": 0.58}
LINE_BREAK_SHARE = 0.03
RELATIONSHIP_TOPICS = ("relationship", "relationship", "product_use", "app", "price")
# From which share of a question's scale on a score sounds content, and up to which it does not.
GOOD_FROM, BAD_TO = 0.75, 0.40


def make_comments(random: np.random.Generator, surveys: Surveys, answers: Answers) -> np.ndarray:
    """Texts for the first question of a survey, '' for most; shape (answers,)."""
    comments = np.full(len(answers.survey), "", dtype=object)
    first = np.flatnonzero(np.diff(answers.survey, prepend=-1) != 0)
    first = first[(answers.score[first] >= 0) & (surveys.story[answers.survey[first]] == 0)]
    tones = _tones(answers, first)
    shares = np.array([COMMENT_SHARE[tone] for tone in tones.tolist()])
    writes = random.random(len(first)) < shares
    first, tones = first[writes], tones[writes]
    survey = answers.survey[first]
    strike = month_of(day_of(surveys.responded_at[survey])) == STRIKE_MONTH
    picks = random.integers(0, 2**31, (len(first), 5))
    broken = random.random(len(first)) < LINE_BREAK_SHARE
    for row, tone, language, touchpoint, in_strike, pick, line_break in zip(
        first.tolist(),
        tones.tolist(),
        surveys.language[survey].tolist(),
        surveys.touchpoint[survey].tolist(),
        strike.tolist(),
        picks.tolist(),
        broken.tolist(),
        strict=True,
    ):
        topic = _topic(touchpoint, in_strike, pick[4])
        comments[row] = _comment(PHRASES[language], topic, tone, pick, "\n" if line_break else " ")
    for row in np.flatnonzero(np.diff(answers.survey, prepend=-1) != 0):
        told = surveys.story[answers.survey[row]]
        if told:
            comments[row] = COMMENTS_OF_THE_STORY[told]
    return comments


def _tones(answers: Answers, chosen: np.ndarray) -> np.ndarray:
    lowest = np.array([question.lowest for question in QUESTIONS])[answers.question[chosen]]
    highest = np.array([question.highest for question in QUESTIONS])[answers.question[chosen]]
    share = (answers.score[chosen] - lowest) / (highest - lowest)
    return np.where(share >= GOOD_FROM, "good", np.where(share <= BAD_TO, "bad", "mixed"))


def _topic(touchpoint: int, in_strike: bool, pick: int) -> str:
    if touchpoint < 0:
        return RELATIONSHIP_TOPICS[pick % len(RELATIONSHIP_TOPICS)]
    if touchpoint == DELIVERY and in_strike and pick % 2:
        return "strike"
    return TOUCHPOINT_NAMES[touchpoint]


def _comment(phrases: ModuleType, topic: str, tone: str, pick: list[int], space: str) -> str:
    good, bad = phrases.HAPPENED[topic]["good"], phrases.HAPPENED[topic]["bad"]
    happened = {
        "good": good[pick[1] % len(good)],
        "bad": bad[pick[2] % len(bad)],
        "mixed": good[pick[1] % len(good)] + phrases.BUT + bad[pick[2] % len(bad)],
    }[tone]
    opening = phrases.OPENINGS[tone][pick[0] % len(phrases.OPENINGS[tone])]
    ending = phrases.ENDINGS[tone][pick[3] % len(phrases.ENDINGS[tone])]
    text = opening + happened
    text = text[0].upper() + text[1:]
    end = "" if text[-1] in "?!" else "."
    return text + end + (space + ending if ending else "")
