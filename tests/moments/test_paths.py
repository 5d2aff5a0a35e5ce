"""Paths before lost and kept renewals, and rates that know who is the same customer."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from cxdata.moments.paths import LESS, MORE, UNCLEAR, paths, rates, whole_months


def decisions_of(groups: list[tuple[tuple[str, ...], int, int]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Decisions of as many customers, from (path, lost, kept)."""
    rows = [(path, outcome) for path, lost, kept in groups for outcome in [0.0] * lost + [1.0] * kept]
    decision = np.arange(1, len(rows) + 1)
    decisions = pd.DataFrame(
        {"decision": decision, "customer": decision, "outcome": [outcome for _path, outcome in rows]}
    )
    last = pd.DataFrame({"decision": decision})
    for place in range(1, 5):
        last[f"last_{place}"] = [path[-place] if len(path) >= place else None for path, _outcome in rows]
    return decisions, last


GROUPS = [(("buy", "call"), 40, 60), (("buy", "use"), 60, 240), (("call", "buy"), 5, 3), (("buy",), 9, 9)]


def test_shares_and_their_ratio_are_exact():
    """40 of 105 lost ones went buy → call, 60 of 303 kept ones: 1.9238 times the share.

    The variance of the logarithm is 1/40 − 1/105 + 1/60 − 1/303 where nobody decides twice (Katz et al., 1978).
    """
    found = paths(*decisions_of(GROUPS), 2, min_base=10)
    assert (found.lost, found.kept, found.hidden) == (105, 303, 1)
    row = found.table.set_index("path").loc[[("buy", "call")]].iloc[0]
    assert row["ratio"] == pytest.approx((40 / 105) / (60 / 303))
    reach = 1.959964 * math.sqrt(1 / 40 - 1 / 105 + 1 / 60 - 1 / 303)
    assert math.log(row["ratio_high"] / row["ratio"]) == pytest.approx(reach, rel=1e-6)
    assert list(found.table["path"]) == [("buy", "call"), ("buy", "use")]
    assert list(found.table["verdict"]) == [MORE, LESS]


def test_a_path_of_few_customers_is_not_shown_even_with_many_decisions():
    decisions, last = decisions_of(GROUPS)
    went = (last["last_1"] == "call").to_numpy()
    decisions.loc[went, "customer"] = np.arange(int(went.sum())) % 9
    found = paths(decisions, last, 2, min_base=10)
    assert ("buy", "call") not in list(found.table["path"])
    assert found.hidden == 2


def test_the_same_customer_twice_is_no_more_evidence():
    decisions, last = decisions_of(GROUPS)
    again = decisions.assign(decision=decisions["decision"] + len(decisions))
    twice = pd.concat([decisions, again], ignore_index=True)
    both = pd.concat([last, last.assign(decision=last["decision"] + len(last))], ignore_index=True)
    once = paths(decisions, last, 2, min_base=8).table
    assert paths(twice, both, 2, min_base=8).table["ratio_low"].to_numpy() == pytest.approx(once["ratio_low"])


def test_chance_alone_is_called_unclear():
    found = paths(*decisions_of([(("buy", "call"), 21, 79), (("buy", "use"), 79, 321)]), 2, min_base=10)
    assert set(found.table["verdict"]) == {UNCLEAR}


@pytest.mark.parametrize("groups", [[], [(("buy", "call"), 0, 20)], [(("buy",), 20, 20)]])
def test_without_both_outcomes_there_is_no_path_to_show(groups):
    assert paths(*decisions_of(groups), 2, min_base=10).table.empty


ONLY_BEFORE_LOSSES = [(("buy", "call"), 40, 0), (("buy", "use"), 60, 300)]


def test_a_path_seen_only_before_losses_stands_out_from_chance():
    """40 lost and none kept, of 100 and 300. With half a decision more in each cell the ratio of shares is
    (40.5 / 100.5) / (.5 / 300.5) = 242.2; its logarithm has a variance of 1/40.5 − 1/100.5 + 1/.5 − 1/300.5.
    """
    table = paths(*decisions_of(ONLY_BEFORE_LOSSES), 2, min_base=10).table.set_index("path")
    row = table.loc[[("buy", "call")]].iloc[0]
    assert row["verdict"] == MORE
    assert row["ratio"] == pytest.approx((40.5 / 100.5) / (0.5 / 300.5))
    reach = 1.959964 * math.sqrt(1 / 40.5 - 1 / 100.5 + 1 / 0.5 - 1 / 300.5)
    assert math.log(row["ratio"] / row["ratio_low"]) == pytest.approx(reach, rel=1e-6)
    assert row["p_value"] == pytest.approx(math.comb(100, 40) / math.comb(400, 40), rel=1e-6)


def test_a_path_seen_only_before_kept_renewals_is_tested_too():
    table = paths(*decisions_of([(("buy", "call"), 0, 60), (("buy", "use"), 100, 240)]), 2, min_base=10).table
    row = table.set_index("path").loc[[("buy", "call")]].iloc[0]
    assert row["verdict"] == LESS
    assert row["ratio_high"] < 1


@pytest.mark.parametrize(("lost", "kept"), [(12, 0), (0, 12), (10, 0)])
def test_the_exact_test_is_fishers(lost, kept):
    stats = pytest.importorskip("scipy.stats")
    table = paths(*decisions_of([(("a", "b"), lost, kept), (("b", "a"), 60, 90)]), 2, min_base=10).table
    row = table.set_index("path").loc[[("a", "b")]].iloc[0]
    expected = stats.fisher_exact([[lost, kept], [60, 90]]).pvalue
    assert row["p_value"] == pytest.approx(expected, rel=1e-6)


def test_twelve_losses_of_ten_customers_are_ten():
    decisions, last = decisions_of([(("a", "b"), 12, 0), (("b", "a"), 60, 90)])
    decisions.loc[[10, 11], "customer"] = 1
    row = paths(decisions, last, 2, min_base=10).table.set_index("path").loc[[("a", "b")]].iloc[0]
    alone = paths(*decisions_of([(("a", "b"), 10, 0), (("b", "a"), 60, 90)]), 2, min_base=10).table
    assert row["p_value"] == pytest.approx(alone.set_index("path").loc[[("a", "b")]].iloc[0]["p_value"])
    assert (row["lost"], row["kept"], row["customers"]) == (12, 0, 10)


def test_other_lengths_are_refused():
    with pytest.raises(ValueError, match="paths of 5 contacts are not offered"):
        paths(*decisions_of(GROUPS), 5, min_base=10)


def counts(per_customer: list[tuple[int, int]]) -> pd.DataFrame:
    """One month from (contacts, events) of each customer."""
    base, events = (np.array(values, dtype=float) for values in zip(*per_customer, strict=True))
    return pd.DataFrame(
        {
            "month": [pd.Timestamp("2024-03-01")], "kind": ["repeated_7"], "customers": [base.size],
            "base": [base.sum()], "events": [events.sum()], "base_sq": [base @ base],
            "base_events": [base @ events], "events_sq": [events @ events],
        }
    )  # fmt: skip


def test_a_rate_of_single_contacts_has_the_error_of_a_share():
    """20 of 100 customers with one contact each: √(.2 × .8 / 99) = .0402."""
    row = rates(counts([(1, 1)] * 20 + [(1, 0)] * 80), min_base=10).iloc[0]
    assert row["estimate"] == pytest.approx(0.2)
    assert row["conf_high"] - 0.2 == pytest.approx(1.959964 * math.sqrt(0.16 / 99), rel=1e-6)


def test_events_that_cluster_in_customers_widen_the_interval():
    """Five customers repeat every one of their ten contacts: 50 of 500 contacts, but five people."""
    spread = rates(counts([(1, 1)] * 50 + [(1, 0)] * 450), min_base=10).iloc[0]
    clustered = rates(counts([(10, 10)] * 5 + [(10, 0)] * 45), min_base=10).iloc[0]
    assert clustered["estimate"] == spread["estimate"]
    assert clustered["conf_high"] - 0.1 > 3 * (spread["conf_high"] - 0.1)


def test_no_event_among_many_contacts_is_not_certainty():
    """Wilson's upper end: 3.84 / (100 + 3.84)."""
    row = rates(counts([(1, 0)] * 100), min_base=10).iloc[0]
    assert (row["conf_low"], row["conf_high"]) == pytest.approx((0, 3.8415 / 103.8415), abs=1e-5)


def test_few_contacts_have_no_rate():
    row = rates(counts([(1, 1)] * 9), min_base=10).iloc[0]
    assert math.isnan(row["estimate"])
    assert math.isnan(row["conf_high"])


def test_months_begin_when_a_month_before_them_is_recorded():
    months = pd.DataFrame(
        {"month": pd.to_datetime(["2024-01-01", "2024-02-01", "2024-03-01"]), "kind": "switched"}
    )
    assert list(whole_months(months, pd.Timestamp("2024-01-10 12:00"))["month"].dt.month) == [3]
    assert list(whole_months(months, pd.Timestamp("2023-12-02"))["month"].dt.month) == [1, 2, 3]
