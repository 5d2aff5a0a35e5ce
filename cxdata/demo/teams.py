"""The teams: how they fare from month to month, and what they answer when the company asks them."""

from __future__ import annotations

import numpy as np

from .days import MONTHS, month_number
from .records import Numbers, Pulse
from .world import TEAM_SIZES, TEAMS

PULSE_LEVEL = 7.4
PULSE_PER_SPIRIT = 1.6
PULSE_NOISE = 1.7
ANSWER_SHARE = 0.78
# A reorganisation which one team took badly.
SLUMP_TEAM = TEAMS.index("Support Barcelona")
SLUMP_MONTHS = slice(month_number("2025-11"), month_number("2026-03"))
SLUMP = -0.9


def team_spirit(random: np.random.Generator) -> Numbers:
    """How each team fares in each month, around 0; months resemble the month before. Shape (teams, months)."""
    spirit = np.zeros((len(TEAMS), MONTHS))
    for month in range(MONTHS):
        before = spirit[:, month - 1] if month else 0.0
        spirit[:, month] = 0.7 * before + random.normal(0, 0.22, len(TEAMS))
    spirit[SLUMP_TEAM, SLUMP_MONTHS] += SLUMP
    return spirit


def employee_pulse(random: np.random.Generator, spirit: Numbers) -> Pulse:
    """Ask every team at the end of every finished month whether it would recommend the company (0-10)."""
    rows = []
    for team in range(len(TEAMS)):
        for month in range(MONTHS - 1):
            answers = int(random.binomial(TEAM_SIZES[team], ANSWER_SHARE))
            feeling = (
                PULSE_LEVEL + PULSE_PER_SPIRIT * spirit[team, month] + random.normal(0, PULSE_NOISE, answers)
            )
            scores = np.clip(np.rint(feeling), 0, 10).astype(np.int64)
            rows.append((team, month, answers, scores.sum(), (scores**2).sum()))
    return Pulse(*np.array(rows, dtype=np.int64).T)
