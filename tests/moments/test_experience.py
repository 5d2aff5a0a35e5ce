"""What counts as a bad, a good and an unrated experience."""

from __future__ import annotations

import pandas as pd
import pytest

from cxdata.moments.experience import (
    BAD,
    BEST,
    GOOD,
    MIDDLE,
    NONE,
    SIGN,
    UNRATED,
    experiences,
    rating_states,
)

QUESTIONS = pd.DataFrame(
    [
        ("five", "csat", 1, 5, 4, True),
        ("seven", "csat", 1, 7, 6, True),
        ("recommend", "nps", 0, 10, 9, True),
        ("effort", "ces", 1, 5, 2, False),
        ("strict", "csat", 1, 5, 5, True),
        ("lenient", "csat", 1, 5, 2, True),
    ],
    columns=["question", "metric", "scale_min", "scale_max", "favourable_from", "higher_is_better"],
)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("five", {1: BAD, 2: BAD, 3: MIDDLE, 4: GOOD, 5: BEST}),
        ("seven", {1: BAD, 2: BAD, 3: BAD, 4: MIDDLE, 5: MIDDLE, 6: GOOD, 7: BEST}),
        ("recommend", {0: BAD, 6: BAD, 7: MIDDLE, 8: MIDDLE, 9: BEST, 10: BEST}),
        ("effort", {1: BEST, 2: GOOD, 3: MIDDLE, 4: BAD, 5: BAD}),
        ("strict", {4: MIDDLE, 5: BEST}),
        ("lenient", {1: BAD, 2: GOOD, 3: GOOD}),
    ],
)
def test_where_a_score_lies_on_its_scale(question, expected):
    """Lowest two fifths and unfavourable, or a detractor: bad. Top fifth, or a promoter: best."""
    ratings = pd.DataFrame({"question": question, "score": list(expected)})
    assert list(rating_states(ratings, QUESTIONS)) == list(expected.values())


def test_a_rating_outranks_the_contact_and_a_sign_outranks_its_absence():
    """Five decisions: rated 5 although unsettled; unrated and unsettled; unrated; rated 1; nothing at all."""
    contacts = pd.DataFrame({"decision": [1, 2, 3], "touchpoint": "call", "bad_sign": [1, 1, 0]})
    ratings = pd.DataFrame({"decision": [1, 4], "touchpoint": "call", "question": "five", "score": [5, 1]})
    found = experiences(5, ["call", "shop"], contacts, ratings, QUESTIONS)
    assert list(found.of("call")) == [BEST, SIGN, UNRATED, BAD, NONE]
    assert set(found.of("shop")) == {NONE}


def test_touchpoints_that_are_not_asked_for_are_left_out():
    contacts = pd.DataFrame({"decision": [1], "touchpoint": "elsewhere", "bad_sign": [1]})
    ratings = pd.DataFrame({"decision": [], "touchpoint": [], "question": [], "score": []})
    assert set(experiences(1, ["call"], contacts, ratings, QUESTIONS).states.ravel()) == {NONE}
