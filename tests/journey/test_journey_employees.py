"""Employees and customers of the same teams and months: exact correlation, coverage, the demo's planted link."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from cxdata.config import load_config
from cxdata.database import current_id, open_release
from cxdata.journey.employees import customer_means, employee_means, team_link, within_team_correlation
from cxdata.journey.words import link_text
from cxdata.selection import Selection
from tests.corpus import tiny
from tests.corpus.release import CONFIG, refreshed
from tests.journey.company import Company, Said

MONTHS = pd.date_range("2023-01-01", periods=24, freq="MS")


def cells(employees: np.ndarray, customers: np.ndarray) -> pd.DataFrame:
    """Team-months from arrays of shape (months, teams)."""
    months, teams = employees.shape
    return pd.DataFrame(
        {
            "team": np.tile([f"T{team}" for team in range(teams)], months),
            "month": np.repeat(pd.date_range("2020-01-01", periods=months, freq="MS"), teams),
            "employees": employees.ravel(),
            "customers": customers.ravel(),
        }
    )


def test_the_correlation_is_that_of_distances_from_the_teams_own_means():
    """numpy's correlation of the centred numbers; team T1 scores high on one side and low on the other."""
    random = np.random.default_rng(1)
    x, y = random.normal(size=(2, 24, 3))
    y += 0.5 * x
    x[:, 1] += 100
    y[:, 1] -= 100
    centred = [(side - side.mean(axis=0)).ravel() for side in (x, y)]
    found = within_team_correlation(cells(x, y))
    assert found.estimate == pytest.approx(np.corrcoef(*centred)[0, 1])
    assert found.slope == pytest.approx(np.polyfit(*centred, 1)[0])
    assert (found.base, found.teams, found.months) == (72, 3, 24)
    assert found.conf_low < found.estimate < found.conf_high


def test_a_perfect_link_is_one_and_turns_with_its_sign():
    x = np.arange(24.0).reshape(12, 2) ** 1.5
    assert within_team_correlation(cells(x, 2 * x + 3)).estimate == pytest.approx(1)
    assert within_team_correlation(cells(x, -x)).estimate == pytest.approx(-1)


@pytest.mark.parametrize(("months", "teams"), [(5, 6), (11, 1), (0, 0)])
def test_too_few_months_or_cells_have_no_correlation(months, teams):
    random = np.random.default_rng(2)
    found = within_team_correlation(cells(*random.normal(size=(2, months, teams))))
    assert np.isnan(found.estimate)
    assert np.isnan(found.conf_low)


def test_a_side_that_never_varies_has_no_correlation():
    x = np.random.default_rng(3).normal(size=(12, 3))
    assert np.isnan(within_team_correlation(cells(x, np.ones_like(x))).estimate)


def test_the_interval_covers_no_link_where_months_resemble_one_another():
    """Both sides drift (autocorrelation 0.7) without any link: 95 % of 150 intervals, less 3.3 standard errors."""
    random = np.random.default_rng(4)
    covered = 0
    for _ in range(150):
        noise = random.normal(size=(2, 36, 6))
        for month in range(1, 36):
            noise[:, month] += 0.7 * noise[:, month - 1]
        found = within_team_correlation(cells(*noise))
        covered += found.conf_low <= 0 <= found.conf_high
    assert covered / 150 >= 0.89


def test_a_harder_question_in_the_mix_does_not_make_a_month_look_worse():
    """The same scores each month; only their shares differ: 4 of easy (1–5) and 2 of hard (1–7) stay put."""
    rows = [("T", month, question, low, high, True, count, count * score)
            for month, mix in zip(MONTHS[:2], ((30, 10), (10, 30)), strict=True)
            for question, low, high, score, count in (("easy", 1, 5, 4, mix[0]), ("hard", 1, 7, 2, mix[1]))]  # fmt: skip
    names = [
        "team",
        "month",
        "question",
        "scale_min",
        "scale_max",
        "higher_is_better",
        "answers",
        "score_sum",
    ]
    found = customer_means(pd.DataFrame(rows, columns=names))
    # (40 · 75 + 40 · 100/6) / 80: the team's level, in both months.
    assert found["customers"].tolist() == pytest.approx([(75 + 100 / 6) / 2] * 2)
    assert found["customer_answers"].tolist() == [40, 40]


def test_employees_are_counted_by_the_question_most_of_them_answered():
    names = ["team", "month", "question", "higher_is_better", "answers", "score_sum"]
    rows = [("A", MONTHS[0], "enps", True, 20, 150.0), ("A", MONTHS[0], "load", False, 5, 20.0)]
    found = employee_means(pd.DataFrame(rows, columns=names))
    assert found[["employees", "employee_answers"]].values.tolist() == [[7.5, 20]]


def test_team_months_with_few_answers_on_either_side_are_suppressed(tmp_path):
    """April: 12 employees, 12 answers. March: 9 employees. February: 3 answers."""
    company = Company(
        said=[
            Said("2024-04", "call", {"csat_call": 4}, 12, team="Red"),
            Said("2024-03", "call", {"csat_call": 4}, 12, team="Red"),
            Said("2024-02", "call", {"csat_call": 4}, 3, team="Red"),
        ],
        pulse="Red,2024-04,enps,12,96,780\nRed,2024-03,enps,9,72,580\nRed,2024-02,enps,12,96,780\n",
    )
    made = refreshed(tiny.write(tmp_path / "exports", company.files()), tmp_path / "data")
    release = open_release(made.folder, made.outcome.release)
    link = team_link(release, CONFIG, Selection(), date(2024, 5, 1), "csat")
    assert (len(link.cells), link.suppressed) == (1, 2)
    assert link.cells[["employees", "customers"]].values.tolist() == [[8.0, 75.0]]  # (4 − 1) / (5 − 1)
    assert link_text(link).startswith("Too little to say: 1 team-month with at least 10 answers")


def test_the_demos_team_spirit_comes_out_with_its_sign(demo_folder):
    """Planted: TEAM_SPIRIT_SHIFT = 0.25 points of satisfaction for a team's spirit, which its pulse shows."""
    release = open_release(demo_folder, current_id(demo_folder))
    link = team_link(release, load_config(demo_folder), Selection(), date(2026, 10, 1), "csat")
    assert link.correlation.teams == 6
    assert 0 < link.correlation.conf_low < link.correlation.estimate < 0.5
    assert "its customers score higher" in link_text(link)
