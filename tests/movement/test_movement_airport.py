"""The airport's change from 2014 to 2015, by boarding area (the channel) and purpose of the trip (the segment)."""

from __future__ import annotations

from datetime import date

import pytest

from cxdata.config import Config
from cxdata.database import open_release
from cxdata.movement.compared import comparison_of
from cxdata.movement.explain import explain
from cxdata.selection import Selection
from tests.corpus.release import refreshed

pytestmark = pytest.mark.real_data

MAY_2015 = date(2015, 5, 1)
SHARE = """
    select sum(answers.weight) filter (where answers.score >= 4) / sum(answers.weight)
    from answers
    where answers.question = 'overall' and answers.state = 'rated' and answers.month = '{month}'
"""


@pytest.fixture(scope="module")
def airport(real_data, tmp_path_factory):
    return refreshed(
        real_data, tmp_path_factory.mktemp("airport") / "data", Config(), source="sfo_airport", as_of=None
    )


@pytest.mark.parametrize(("by", "across"), [("channel", ""), ("segment", ""), ("channel", "segment")])
def test_the_parts_add_up_to_the_change_of_the_weighted_share(airport, by, across):
    """The change is that of a plain sum over the answers: 79.3 to 80.5 % satisfied, no clear change."""
    # The plain sum first: one process opens a file in one way at a time.
    before, after = (airport.rows(SHARE.format(month=f"{year}-05-01"))[0][0] for year in (2014, 2015))
    release = open_release(airport.folder, airport.outcome.release)
    chosen = Selection(month=MAY_2015, metric="csat", weighted=True)
    found = explain(release, Config(), chosen, comparison_of(MAY_2015, "year"), by, across)
    release.close()
    assert (before, after) == (pytest.approx(0.7927, abs=5e-5), pytest.approx(0.8046, abs=5e-5))
    change = found.change
    assert change["change"] == pytest.approx(after - before, abs=1e-9)
    for rows in (found.totals, found.parts, found.groups):
        assert rows["estimate"].sum() == pytest.approx(after - before, abs=1e-9)
    assert change["verdict"] == "unclear"


def test_areas_and_purposes_of_one_year_only_are_named(airport):
    release = open_release(airport.folder, airport.outcome.release)
    chosen = Selection(month=MAY_2015, metric="csat", weighted=True)
    found = explain(release, Config(), chosen, comparison_of(MAY_2015, "year"), "channel", "segment")
    groups = found.groups.set_index("kind")
    assert (groups.loc["left", "base_after"] == 0).all()
    assert (groups.loc["entered", "base_before"] == 0).all()
    assert len(groups.loc["left"]) == found.total("left")["groups"]
