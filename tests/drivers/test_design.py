"""From a release to a matrix: windows, states, orientation, players, and a reason for every row that leaves."""

from __future__ import annotations

import numpy as np
import pytest

from cxdata.database import current_id, open_release
from cxdata.drivers.columns import _same
from cxdata.drivers.observations import NOT_ASKED, NOT_EXPERIENCED, RATED
from cxdata.drivers.query import rows_before
from cxdata.drivers.settings import Settings
from cxdata.errors import TooLittleData, UnknownTerm
from cxdata.selection import Selection
from tests.drivers import company

DELIVERY, CALL = "rating:csat_delivery:delivery", "rating:ces_call:call"


def test_no_row_disappears_without_a_reason(prepared_with):
    design = prepared_with(months=240).design
    assert design.rows_in == len(design.y) + sum(design.left_out.values())


def test_open_terms_are_counted_when_their_month_is_in(company_folder):
    release = open_release(company_folder, current_id(company_folder))
    rows = rows_before(release, Selection(), Settings(months=12), company.AS_OF.replace(month=4, day=1))
    assert rows.decisions["left_out"].value_counts().to_dict() == {"": 599, "open": 1}


def test_what_nobody_met_is_told_from_what_nobody_asked(prepared_with):
    """600 customers, the last one open: four in five had a delivery, two in three of all were asked about it."""
    found = prepared_with().observations
    states = found.states[DELIVERY]
    numbers = np.arange(599)
    assert (states == NOT_EXPERIENCED).sum() == (numbers % 5 == 0).sum()
    assert (states == RATED).sum() == ((numbers % 5 > 0) & (numbers % 3 > 0)).sum()
    assert (states == NOT_ASKED).sum() == ((numbers % 5 > 0) & (numbers % 3 == 0)).sum()


def test_a_rating_and_its_contact_are_one_player_and_gaps_stay_gaps(prepared_with):
    design = prepared_with().design
    player = next(one for one in design.players if one.code == DELIVERY)
    roles = {design.columns[at].role: design.x[:, at] for at in player.positions}
    assert set(roles) == {"rating", "contact"}
    assert np.isnan(roles["rating"]).sum() == 599 - player.rated - (roles["contact"] == 0).sum()
    assert np.all(roles["rating"][roles["contact"] == 0] == 0)
    assert np.nanmean(roles["rating"][roles["contact"] == 1]) == pytest.approx(0, abs=1e-12)


def test_more_is_better_whatever_the_export_says(prepared_with):
    """The question about calls counts effort: 7 is worst; open questions are counted as such."""
    prepared = prepared_with()
    found, design = prepared.observations, prepared.design
    assert np.nanmin(found.values[CALL]) == 1
    assert np.nanmax(found.values[CALL]) == 7
    unresolved = next(one for one in design.players if one.code == "event:unresolved")
    assert design.x[:, unresolved.main].max() == 0
    assert design.columns[unresolved.main].sign == -1


def test_the_default_leaves_out_judgements_of_the_whole(prepared_with):
    assert "rating:nps:" not in prepared_with().observations.default


def test_inputs_and_order_do_not_matter(prepared_with):
    codes = (DELIVERY, "event:unresolved")
    one, other = prepared_with(drivers=codes).design, prepared_with(drivers=codes[::-1]).design
    assert np.array_equal(one.x, other.x, equal_nan=True)


def test_constant_and_unknown_drivers_are_named(prepared_with):
    design = prepared_with(drivers=("event:complaint", DELIVERY)).design
    assert design.rejected == (("event:complaint", "constant", 599),)
    with pytest.raises(UnknownTerm, match="driver 'rating:nope:' does not exist here"):
        prepared_with(drivers=("rating:nope:",))


def test_only_constant_drivers_cannot_be_analysed(prepared_with):
    with pytest.raises(TooLittleData, match="none of the 1 drivers varies among the 599 decisions"):
        prepared_with(drivers=("event:complaint",))


def test_nothing_to_decide_says_how_many_are_needed(prepared_with):
    with pytest.raises(TooLittleData, match="at least 10 of each outcome are needed"):
        prepared_with(Selection(segment=("Nowhere",)))


def test_a_look_back_that_ends_before_the_contacts_sees_nothing(prepared_with):
    """The delivery lies 148 days before the decision: outside 90 days that end 30 days before it."""
    found = prepared_with(look_back_days=365).observations
    assert (found.states[DELIVERY] == RATED).any()
    nearer = prepared_with(look_back_days=60).observations
    assert not any(driver.kind == "rating" for driver in nearer.drivers)


def test_churn_is_renewal_turned_round(prepared_with):
    assert np.array_equal(prepared_with(outcome="churn").design.y, 1 - prepared_with().design.y)


def test_a_question_can_be_the_outcome(prepared_with):
    design = prepared_with(outcome="nps").design
    assert not design.binary
    assert len(design.y) == company.CUSTOMERS
    assert all(one.code != "rating:nps:" for one in design.drivers)


def test_the_windows_are_those_of_the_mart(company_folder, prepared_with):
    """With the company's own lead and look-back, contacts are those of renewal_observations."""
    release = open_release(company_folder, current_id(company_folder))
    found = prepared_with().observations
    mart = release._connection.execute(
        "select sum(unresolved), sum(repeat_contacts_7_days), max(longest_wait_minutes) from renewal_observations"
    ).fetchall()[0]
    assert float(mart[0]) == found.values["event:unresolved"].sum()
    assert float(mart[1]) == found.values["event:repeats"].sum()
    assert float(mart[2]) == found.values["event:longest_wait"].max()


def test_columns_are_the_same_on_all_rows_or_not_at_all():
    """Most pairs are told apart on the first rows; what is flat or equal there is looked at as a whole."""
    random = np.random.default_rng(1)
    one = random.normal(size=6_000)
    late, flat = one.copy(), np.where(np.arange(6_000) < 3_000, 0.0, one)
    late[5_999] += 1
    gap = one.copy()
    gap[10] = np.nan
    assert _same(one, 3 - 2 * one)
    assert not _same(one, late)
    assert not _same(one, gap)
    assert _same(flat, -flat)
    assert not _same(flat, np.where(np.arange(6_000) < 3_000, 0.0, late))
    assert not _same(np.zeros(6_000), one)
