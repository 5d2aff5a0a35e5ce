"""The airport's passengers: overall satisfaction explained by fifteen ratings that few gave all of."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from cxdata.config import Config
from cxdata.database import open_release
from cxdata.drivers.analysis import Analysis, analyse
from cxdata.drivers.prepared import Prepared, prepare
from cxdata.drivers.settings import Settings
from cxdata.selection import Selection
from tests.corpus.release import refreshed

pytestmark = pytest.mark.real_data

RATINGS = {
    "artwork": "", "clean_boarding_area": "boarding_area_cleanliness", "clean_overall": "airport_cleanliness",
    "clean_restrooms": "restroom_cleanliness", "finding_the_way": "", "restaurants": "", "safety": "", "screens": "",
    "security_screening": "", "shops": "", "signs": "", "walkways": "", "wifi": "", "airtrain": "", "parking": "",
}  # fmt: skip
"""Questions, with the touchpoint where it has another name."""


@pytest.fixture(scope="module")
def prepared(real_data, tmp_path_factory) -> Prepared:
    folder = tmp_path_factory.mktemp("airport") / "data"
    published = refreshed(real_data, folder, Config(), source="sfo_airport", as_of=None)
    drivers = tuple(f"rating:{question}:{place or question}" for question, place in RATINGS.items())
    settings = Settings(outcome="overall", drivers=drivers, months=84, look_back_days=30)
    release = open_release(published.folder, published.outcome.release)
    return prepare(release, Config(), Selection(), settings, date(2017, 5, 1))


@pytest.fixture(scope="module")
def analysis(prepared) -> Analysis:
    return analyse(prepared)


def test_nobody_leaves_for_a_rating_that_is_missing(prepared, analysis):
    """Seven surveys, whose questions differ: fewer than half know all fifteen, yet everybody with an outcome takes part."""
    complete = ~np.isnan(prepared.design.x).any(axis=1)
    assert complete.mean() < 0.5
    assert analysis.summary.used == 21_470
    assert analysis.summary.rows_in == analysis.summary.used + sum(analysis.summary.left_out.values())
    assert analysis.summary.imputations > 1


def test_shares_of_fifteen_ratings_are_exact_and_effects_finite(analysis):
    table = analysis.table
    assert sorted(table["code"]) == sorted(analysis.summary.settings.drivers)
    assert analysis.summary.exact
    assert table["share"].sum() == pytest.approx(1.0, abs=1e-9)
    assert np.isfinite(table[["effect", "effect_low", "effect_high"]].to_numpy()).all()
    assert 0.5 < analysis.summary.r_squared < 0.65


def test_cleanliness_weighs_most_for_one_point_more(analysis):
    """What passengers say of the airport's cleanliness goes with the whole more than any single service."""
    assert analysis.table.set_index("code")["effect"].idxmax() == "rating:clean_overall:airport_cleanliness"
