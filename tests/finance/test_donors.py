"""Real donors, 1995 to 2006: curves fitted to the first years, the later ones predicted and compared.

Who gave every year so far counts as still there; who returns after a pause does not. What the test says of the data:
the last year, 2006, fell for everybody (58 % of the previous year's donors gave, against 72 % in the years before).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxdata.finance.lifetimes.retention_curves import fit_bdw, fit_sbg, likelihood_ratio
from tests.finance.golden import cohort_years

pytestmark = pytest.mark.real_data

FITTED = 6
"""Renewals 1996 to 2001."""


@pytest.fixture(scope="module")
def gave(real_data) -> np.ndarray:
    """Whether each of 11,104 donors gave in each year from 1995 on."""
    table = pd.read_parquet(real_data / "donations_1995_cohort.parquet")
    return table[[f"y{year}" for year in range(1995, 2007)]].to_numpy()


@pytest.fixture(scope="module")
def survivors(gave) -> np.ndarray:
    """Donors without a pause so far, 1995 to 2006."""
    return np.cumprod(gave, axis=1).sum(axis=0)


def test_the_counts_are_those_of_the_note(gave, survivors):
    """5,652 gave in 1996; 24,615 gifts in 1996 to 2001; 64.95 % of the givers of 1996 gave in 1997."""
    assert len(gave) == 11_104
    assert survivors[1] == 5652
    assert gave[:, 1:7].sum() == 24_615
    assert (gave[:, 1] & gave[:, 2]).sum() / gave[:, 1].sum() == pytest.approx(0.6495, abs=5e-5)


def test_the_later_years_come_out_from_the_first(survivors):
    """From six renewals: within 7 % in 2002 to 2005 with sBG, within 4 % with BdW; 2006 fell for all."""
    sbg, bdw = fit_sbg(survivors[: FITTED + 1]), fit_bdw(survivors[: FITTED + 1])
    later = np.arange(FITTED + 1, 12)
    off = {
        name: survivors[0] * curve.survival(later) / survivors[later] - 1
        for name, curve in (("sbg", sbg), ("bdw", bdw))
    }
    assert survivors[later].tolist() == [1010, 857, 716, 615, 466]
    assert np.round(survivors[0] * sbg.survival(later)).tolist() == [1018, 866, 749, 655, 580]
    assert np.round(survivors[0] * bdw.survival(later)).tolist() == [987, 825, 700, 602, 523]
    assert (np.abs(off["sbg"][:4]) < 0.07).all()
    assert (np.abs(off["bdw"][:4]) < 0.04).all()


def test_the_test_picks_the_curve_that_predicts_better(survivors):
    sbg, bdw = fit_sbg(survivors[: FITTED + 1]), fit_bdw(survivors[: FITTED + 1])
    chosen = likelihood_ratio(sbg, bdw)
    later = np.arange(FITTED + 1, 12)
    misses = [np.abs(survivors[0] * curve.survival(later) - survivors[later]).mean() for curve in (sbg, bdw)]
    assert chosen.p_value == pytest.approx(0.0067, abs=1e-4)
    assert chosen.better is bdw
    assert misses[1] < misses[0]


def test_one_retention_rate_for_all_misses_by_far(survivors):
    """The mean rate of the six renewals: 831 of 1,010 in 2002, 189 of 466 in 2006; sBG misses a fraction of that."""
    later = np.arange(FITTED + 1, 12)
    rate = (survivors[FITTED] / survivors[0]) ** (1 / FITTED)
    constant = np.abs(survivors[0] * rate**later - survivors[later]).mean()
    curve = np.abs(survivors[0] * fit_sbg(survivors[: FITTED + 1]).survival(later) - survivors[later]).mean()
    assert np.round(survivors[0] * rate**later)[[0, -1]].tolist() == [831, 189]
    assert curve < 0.2 * constant


def test_donors_watched_from_different_years_on_give_the_same_curve(survivors):
    """Half seen from the third renewal on only: shares within 4 % of those from the whole."""
    half = survivors[: FITTED + 1] / 2
    late = half.copy()
    late[:2] = np.nan
    years = cohort_years(half, late).groupby("age").sum()
    at_risk, lost = years["at_risk"].to_numpy(), years["lost"].to_numpy()
    whole, parts = fit_sbg(survivors[: FITTED + 1]), fit_sbg(at_risk=at_risk, lost=lost)
    assert parts.survival(np.arange(1, 12)) == pytest.approx(whole.survival(np.arange(1, 12)), rel=0.04)
