"""Whether customers are better served by teams in the months in which the team itself is better off."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxdata.config import Config
from cxdata.database import Release
from cxdata.journey import query
from cxdata.scorecard.estimates import CONFIDENCE_LEVEL, Floats, t_quantile
from cxdata.selection import Selection

RESAMPLES = 2000
LEAST_MONTHS = 6
LEAST_CELLS = 12
"""Months and team-months below which no correlation is shown."""

_SEED = 20_240_229


@dataclass(frozen=True)
class Correlation:
    """A correlation within teams; nan where there is too little.

    `estimate`, `conf_low` and `conf_high` lie between -1 and 1; `slope` is the rise of the second number per
    point of the first; `effective_base` says how many independent pairs would give the same interval;
    `block_months` is the length of the blocks that were resampled.
    """

    estimate: float
    conf_low: float
    conf_high: float
    slope: float
    base: int
    teams: int
    months: int
    effective_base: float
    block_months: int


@dataclass(frozen=True)
class TeamLink:
    """Employees and customers of the same teams and months.

    Parameters
    ----------
    cells : DataFrame
        One row per team and month with enough answers on both sides: ``team``, ``month``,
        ``employees`` (mean score, on the scale of the pulse), ``customers`` (mean position between the worst
        score, 0, and the best, 100), ``employee_answers``, ``customer_answers``, and ``x`` and ``y``: the
        distance of the month from the team's own mean.
    correlation : Correlation
    suppressed : int
        Team-months left out because either side has fewer answers than the smallest base.
    metric : str
        What customers were asked.
    asked : bool
        Whether any answer is about a contact of a team that employees answered for.
    min_base : int
    """

    cells: pd.DataFrame
    correlation: Correlation
    suppressed: int
    metric: str
    asked: bool
    min_base: int

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out no link at all."""
        return self.correlation.conf_low > 0 or self.correlation.conf_high < 0


def team_link(release: Release, config: Config, selection: Selection, month: date, metric: str) -> TeamLink:
    """How teams' months go together with those of their customers, over all months up to one.

    Parameters
    ----------
    release, config, selection
        What is looked at; the filters apply to the customers' answers.
    month : date
        First day of the last month.
    metric : str
        csat, nps, ces or rating; scores count by their place on their scale.
    """
    pulse = employee_means(query.team_pulse(release, month))
    asked = query.team_scores(release, selection, metric, month) if len(pulse) else pd.DataFrame()
    scores = customer_means(asked)
    both = pulse.merge(scores, on=["team", "month"])
    kept = both[(both["employee_answers"] >= config.min_base) & (both["customer_answers"] >= config.min_base)]
    cells = centred(kept.reset_index(drop=True))
    return TeamLink(
        cells, within_team_correlation(cells), len(both) - len(kept), metric, bool(len(both)), config.min_base
    )


def employee_means(pulse: pd.DataFrame) -> pd.DataFrame:
    """Mean score per team and month of the question that most employees answered.

    Parameters
    ----------
    pulse : DataFrame
        From `query.team_pulse`.

    Returns
    -------
    DataFrame
        ``team``, ``month``, ``employees`` and ``employee_answers``. A question where lower is better counts
        with its sign turned. The pulse holds sums, so that this is a mean, never an eNPS.
    """
    if pulse.empty:
        return pd.DataFrame(
            {"team": [], "month": pd.to_datetime([]), "employees": [], "employee_answers": []}
        )
    question = pulse.groupby("question")["answers"].sum().idxmax()
    rows = pulse[pulse["question"] == question]
    sign = np.where(rows["higher_is_better"].astype(bool), 1.0, -1.0)
    return pd.DataFrame(
        {
            "team": rows["team"],
            "month": rows["month"],
            "employees": sign * rows["score_sum"].astype(float) / rows["answers"],
            "employee_answers": rows["answers"],
        }
    )


def customer_means(scores: pd.DataFrame) -> pd.DataFrame:
    """Where answers about a team's contacts lie on their scale, per month, whatever the mix of questions.

    Each question is held against the team's own mean of it, so that a month with more of a harder question
    does not look worse.

    Parameters
    ----------
    scores : DataFrame
        From `query.team_scores`.

    Returns
    -------
    DataFrame
        ``team``, ``month``, ``customers`` (0 worst score, 100 best) and ``customer_answers``.
    """
    if scores.empty:
        return pd.DataFrame(
            {"team": [], "month": pd.to_datetime([]), "customers": [], "customer_answers": []}
        )
    span = (scores["scale_max"] - scores["scale_min"]).astype(float)
    place = 100 * (scores["score_sum"] - scores["answers"] * scores["scale_min"]) / span
    place = place.where(scores["higher_is_better"].astype(bool), 100 * scores["answers"] - place)
    rows = scores[["team", "month", "question", "answers"]].assign(place=place)
    asked = rows.groupby(["team", "question"])
    own = asked["place"].transform("sum") / asked["answers"].transform("sum")
    rows["residual"] = rows["place"] - rows["answers"] * own
    sums = rows.groupby(["team", "month"])[["answers", "place", "residual"]].sum().reset_index()
    team = sums.groupby("team")
    level = team["place"].transform("sum") / team["answers"].transform("sum")
    return pd.DataFrame(
        {
            "team": sums["team"],
            "month": sums["month"],
            "customers": level + sums["residual"] / sums["answers"],
            "customer_answers": sums["answers"],
        }
    )


def centred(cells: pd.DataFrame) -> pd.DataFrame:
    """The cells with ``x`` and ``y``: how far a month lies from the team's own mean, on either side."""
    team = cells.groupby("team")
    return cells.assign(
        x=cells["employees"] - team["employees"].transform("mean"),
        y=cells["customers"] - team["customers"].transform("mean"),
    )


def within_team_correlation(cells: pd.DataFrame, *, level: float = CONFIDENCE_LEVEL) -> Correlation:
    """Correlation of two numbers across team-months, after taking out each team's own mean.

    The interval is made on Fisher's scale, with the spread that resampling gives: whole months are drawn in
    blocks of neighbouring ones, all teams together, because teams share what happens in a month and a month
    resembles the one before. Student's t with as many degrees of freedom as there are blocks, less one.

    Parameters
    ----------
    cells : DataFrame
        ``team``, ``month``, ``employees``, ``customers``.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    Correlation
        Without an estimate below `LEAST_CELLS` team-months or `LEAST_MONTHS` months, or where either side
        never varies.

    References
    ----------
    Fisher (1915), Biometrika 10(4); Künsch (1989), Annals of Statistics 17(3), and Politis & Romano (1992),
    circular blocks; Hall, Horowitz & Jing (1995), Biometrika 82(3), for blocks of n^(1/3).
    """
    months = np.sort(cells["month"].unique()) if len(cells) else np.array([])
    teams = int(cells["team"].nunique())
    missing = math.nan
    nothing = Correlation(missing, missing, missing, missing, len(cells), teams, len(months), missing, 0)
    if len(cells) < LEAST_CELLS or len(months) < LEAST_MONTHS:
        return nothing
    sums = _monthly_sums(cells, months)
    found = _correlations(sums.sum(axis=0)[None, :, :])
    estimate, slope = float(found[0, 0]), float(found[1, 0])
    if math.isnan(estimate):
        return nothing
    length = math.ceil(len(months) ** (1 / 3))
    drawn = _correlations(np.einsum("bm,mts->bts", _block_draws(len(months), length), sums))[0]
    z = math.atanh(min(max(estimate, -0.999999), 0.999999))
    spread = float(np.nanstd(np.arctanh(np.clip(drawn, -0.999999, 0.999999)), ddof=1))
    blocks = np.array([max(len(months) / length - 1, 1)])
    reach = float(t_quantile(level, blocks)[0]) * spread
    return Correlation(
        estimate, math.tanh(z - reach), math.tanh(z + reach), slope, len(cells), teams, len(months),
        min(1 / spread**2 + 3, len(cells)) if spread > 0 else float(len(cells)), length,
    )  # fmt: skip


def _monthly_sums(cells: pd.DataFrame, months: NDArray[np.generic]) -> Floats:
    """Per month and team: count, Σx, Σy, Σx², Σy², Σxy, shape (months, teams, 6)."""
    teams = sorted(cells["team"].unique())
    place = (
        np.searchsorted(months, cells["month"].to_numpy()),
        np.searchsorted(teams, cells["team"].to_numpy()),
    )
    # Taken from the team's mean at once: sums of squares of large numbers lose digits.
    x = (cells["employees"] - cells.groupby("team")["employees"].transform("mean")).to_numpy(float)
    y = (cells["customers"] - cells.groupby("team")["customers"].transform("mean")).to_numpy(float)
    sums = np.zeros((len(months), len(teams), 6))
    for part, values in enumerate((np.ones_like(x), x, y, x * x, y * y, x * y)):
        np.add.at(sums[:, :, part], place, values)
    return sums


def _correlations(sums: Floats) -> Floats:
    """Within-team correlation and slope from sums of shape (draws, teams, 6); shape (2, draws)."""
    count = np.where(sums[..., 0] > 0, sums[..., 0], np.nan)
    x, y = sums[..., 1], sums[..., 2]
    xx = np.nansum(sums[..., 3] - x**2 / count, axis=1)
    yy = np.nansum(sums[..., 4] - y**2 / count, axis=1)
    xy = np.nansum(sums[..., 5] - x * y / count, axis=1)
    known = (xx > 1e-12) & (yy > 1e-12)
    root = np.sqrt(np.where(known, xx * yy, np.nan))
    return np.stack([xy / root, xy / np.where(known, xx, np.nan)])


def _block_draws(months: int, length: int) -> Floats:
    """How often each month is drawn, in circular blocks; shape (resamples, months)."""
    random = np.random.default_rng(_SEED)
    blocks = math.ceil(months / length)
    starts = random.integers(0, months, (RESAMPLES, blocks))
    drawn = (starts[:, :, None] + np.arange(length)).reshape(RESAMPLES, -1)[:, :months] % months
    draws = np.zeros((RESAMPLES, months))
    np.add.at(draws, (np.arange(RESAMPLES)[:, None], drawn), 1.0)
    return draws
