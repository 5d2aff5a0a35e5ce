"""Waiting, unresolved, repeats, complaints from counts; and what clustered contacts are worth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxdata.journey.measures import MEASURES, clustered_base, contact_measures

CONTACTS = pd.DataFrame(
    {
        "period": ["now", "now"],
        "touchpoint": ["call", "shop"],
        "contacts": [100, 40],
        "wait_known": [3, 0],
        "wait_sum": [15.0, 0.0],
        "wait_sq_sum": [93.0, 0.0],
        "resolved_known": [80, 0],
        "unresolved": [20, 0],
        "complaint_known": [100, 40],
        "complaints": [7, 0],
    }
)


def of(clusters: list[tuple[int, int]]) -> dict[str, float]:
    """Sums over clusters of (events, cases)."""
    part, whole = np.array(clusters, dtype=float).T
    return {
        "part": part.sum(), "part_sq": (part**2).sum(), "product": (part * whole).sum(), "whole": whole.sum(),
        "whole_sq": (whole**2).sum(), "clusters": len(clusters),
    }  # fmt: skip


def worth(clusters: list[tuple[int, int]]) -> float:
    return float(clustered_base(**of(clusters))[0])


def test_contacts_of_different_customers_are_worth_themselves_less_one():
    """G/(G-1) is the usual correction of a variance from a sample: 50 customers, 50 - 1."""
    assert worth([(1, 1)] * 20 + [(0, 1)] * 30) == pytest.approx(49)


def test_contacts_that_are_all_alike_within_a_customer_are_worth_one_per_customer():
    """Five contacts each, all repeated or none: 50 customers say no more than 50 contacts would."""
    assert worth([(5, 5)] * 20 + [(0, 5)] * 30) == pytest.approx(49)


def test_a_share_of_nothing_rests_on_the_customers():
    assert worth([(0, 3)] * 12) == 12
    assert worth([(3, 3)] * 12) == 12


def test_no_contact_is_worth_nothing():
    assert clustered_base([0], [0], [0], [0], [0], [0])[0] == 0


def test_negative_sums_are_refused_by_name():
    with pytest.raises(ValueError, match="part_sq holds -1"):
        clustered_base([1], [-1], [1], [2], [2], [2])


@given(st.lists(st.integers(1, 9).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1))
def test_clustered_contacts_are_worth_between_one_and_themselves(clusters):
    assert 1 <= worth(clusters) <= sum(cases for _, cases in clusters)


def test_measures_are_counted_where_they_are_known():
    """Wait 15/3 = 5 minutes; 20 of 80 unresolved; 7 of 100 complaints; the shop knows complaints only."""
    found = contact_measures(CONTACTS, pd.DataFrame()).set_index(["touchpoint", "metric"])["estimate"]
    assert found.to_dict() == {
        ("call", "wait"): 5.0,
        ("call", "unresolved"): 0.25,
        ("call", "complaints"): 0.07,
        ("shop", "complaints"): 0.0,
    }


def test_the_waits_interval_is_students():
    """2, 5 and 8 minutes: sd 3, 5 ± 4.3027·3/√3 = −2.45 to 12.45 (t, 2 df), cut at no wait."""
    row = contact_measures(CONTACTS, pd.DataFrame()).query("metric == 'wait'").iloc[0]
    assert (row["conf_low"], row["conf_high"]) == pytest.approx((0, 5 + 4.302653 * 3 / 3**0.5), rel=1e-6)


def test_no_contacts_give_no_rows_and_the_same_columns():
    empty = contact_measures(CONTACTS.iloc[:0], pd.DataFrame())
    assert list(empty.columns) == list(contact_measures(CONTACTS, pd.DataFrame()).columns)
    assert empty.empty


def test_every_measure_says_what_it_is():
    assert {measure.unit for measure in MEASURES.values()} == {"minutes", "fraction"}
    assert all(measure.meaning.endswith(".") for measure in MEASURES.values())
