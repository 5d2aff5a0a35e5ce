"""What is left of a shown total without the groups shown: never too few, and never all alike."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cxdata.config import load_config
from cxdata.database import current_id, open_release
from cxdata.segments.groups import Groups, groups_of, table_of
from cxdata.segments.measures import money_measures, renewal_measure, score_measures
from cxdata.segments.shown import HIDDEN, SHOWN
from cxdata.segments.suppression import suppress_line, suppress_table
from cxdata.segments.words import as_file
from cxdata.selection import Selection

FIRST, LAST = date(2025, 3, 1), date(2026, 2, 1)


def renewal_table(sums: pd.DataFrame, across: str = "", min_base: int = 10) -> Groups:
    return table_of([renewal_measure(sums)], "segment", across, FIRST, LAST, min_base=min_base)


def remainders(groups: Groups, measure: str) -> list[tuple[float, float]]:
    """What an attacker has of a measure: for each shown total that hides something, (base, share or score) of the rest.

    A measure withheld from the cross has no cells to subtract.
    """
    cells = groups.cells[groups.cells["measure"] == measure]
    by = {level: cells[cells["level"] == level] for level in ("all", "row", "column", "cell")}
    if cells.empty:
        return []
    lines = [(by["all"].iloc[0], by["row"]), (by["all"].iloc[0], by["column"])]
    if measure not in groups.withheld:
        for side in ("row", "column"):
            shown = by[side][by[side]["state"] == SHOWN]
            lines += [(line, by["cell"][by["cell"][side] == line[side]]) for _, line in shown.iterrows()]
    found = []
    for total, parts in lines:
        if (parts["state"] == HIDDEN).any():
            shown = parts[parts["state"] == SHOWN]
            base = total["base"] - shown["base"].sum()
            value = total["base"] * total["estimate"] - (shown["base"] * shown["estimate"]).sum()
            found.append((base, value / base if base else np.nan))
    return found


def test_hidden_groups_must_reach_the_base_together():
    """1 + 2 = 3 are fewer than 10, and so 3 would be shown of them. The 970 goes, too."""
    assert suppress_line([970, 1, 2], 10)[0].all()
    assert suppress_line([970, 1, 2, 30], 10)[0].tolist() == [False, True, True, True]


def test_a_rest_in_which_everybody_renewed_gives_each_of_them_away():
    """305 + 7 of 412 renewed, 75.73 %; without A, 300 of 400, 12 of 12 are left: B and C are 100 %."""
    sums = pd.DataFrame(
        {"row": ["A", "B", "C"], "column": "", "renewed": [300, 5, 7], "decided": [400, 5, 7]}
    )
    found = renewal_table(sums).level("row")
    assert set(found["state"]) == {HIDDEN}
    assert found["difference"].isna().all()
    more = pd.concat([sums, pd.DataFrame({"row": ["D"], "column": "", "renewed": [20], "decided": [30]})])
    assert renewal_table(more).level("row").set_index("row")["state"].to_dict() == {
        "A": SHOWN, "B": HIDDEN, "C": HIDDEN, "D": HIDDEN,
    }  # fmt: skip


def test_no_rest_of_a_row_or_column_is_smaller_than_the_base():
    """3 and 4 hide one another in a row of their own, and 7 would be left of it; so would 3 + 5 of the column."""
    counts = np.array([[3, 4, 90], [5, 6, 80], [70, 60, 50]])
    found = suppress_table(counts, 10)
    assert found.possible
    assert (counts * found.cells).sum(axis=1)[:2].min() >= 10
    assert (counts * found.cells).sum(axis=0)[:2].min() >= 10


def test_where_a_total_tells_of_everybody_in_it_the_cross_is_withheld():
    """In Club all 26 renewed: nothing hidden within makes that unknown, and Club is shown by itself."""
    sums = pd.DataFrame(
        {
            "row": ["Club", "Club", "Home", "Home"],
            "column": ["A", "B"] * 2,
            "renewed": [6, 20, 30, 40],
            "decided": [6, 20, 60, 50],
        }
    )
    found = renewal_table(sums, "plan")
    assert found.withheld == ("renewal_rate",)
    assert set(found.level("cell")["state"]) == {HIDDEN}
    assert set(found.level("row")["state"]) == {SHOWN}


def test_where_everybody_renewed_and_a_group_is_small_nothing_is_told():
    sums = pd.DataFrame({"row": ["A", "B"], "column": "", "renewed": [40, 5], "decided": [40, 5]})
    found = renewal_table(sums)
    assert found.withheld == ("renewal_rate",)
    assert found.cells.empty


def test_revenue_cost_and_margin_hide_the_same_groups():
    """All pay 10 a month in B and C; cost varies. Were A shown for the margin and cost, its revenue would follow."""
    people = {"A": 40, "B": 6, "C": 7, "D": 50}
    amounts = []
    for row, count in people.items():
        noise = np.arange(count) % 3
        revenue = 10.0 + (noise if row in "AD" else 0)
        cost = 4.0 + noise
        for name, value in (
            ("revenue", revenue * np.ones(count)),
            ("cost", cost),
            ("margin", revenue - cost),
        ):
            amounts.append({"amount": name, "row": row, "column": "", "customers": count, "months": float(count),
                            "months_sq": float(count), "value": value.sum(), "value_sq": (value**2).sum(),
                            "value_months": value.sum()})  # fmt: skip
    found = table_of(money_measures(pd.DataFrame(amounts)), "segment", "", FIRST, LAST, min_base=10)
    rows = found.level("row").pivot(index="row", columns="measure", values="state")
    assert (rows.nunique(axis=1) == 1).all()
    assert rows["margin"].to_dict() == {"A": HIDDEN, "B": HIDDEN, "C": HIDDEN, "D": SHOWN}


@given(
    hnp.arrays(np.int64, (4, 3), elements=st.one_of(st.just(0), st.integers(1, 12), st.integers(10, 90))),
    hnp.arrays(np.float64, (4, 3), elements=st.sampled_from([0.0, 0.5, 1.0, 1.0])),
    st.integers(5, 12),
)
def test_no_rest_of_a_rate_is_small_or_at_an_end(decided, share, min_base):
    renewed = np.round(decided * share).astype(int)
    sums = pd.DataFrame({"row": np.repeat(list("abcd"), 3), "column": list("xyz") * 4,
                         "renewed": renewed.ravel(), "decided": decided.ravel()})  # fmt: skip
    found = renewal_table(sums[sums["decided"] > 0], "plan", min_base)
    for base, rate in remainders(found, "renewal_rate"):
        assert base >= min_base
        assert 1e-9 < rate < 1 - 1e-9


@given(
    hnp.arrays(np.int64, (4, 3, 3), elements=st.one_of(st.just(0), st.integers(0, 6), st.integers(5, 40))),
    st.integers(5, 12),
)
def test_no_rest_of_a_score_is_small_or_at_an_end(answers, min_base):
    """Detractors, passives and promoters of each cell."""
    rows = [
        {"row": "abcd"[row], "column": "xyz"[column], "score": (0, 8, 10)[kind], "answers": count}
        for (row, column, kind), count in np.ndenumerate(answers)
        if count
    ]
    if not rows:
        return
    frame = pd.DataFrame(rows).assign(
        metric="nps", scale_min=0, scale_max=10, favourable_from=np.nan, higher_is_better=True
    )
    frame = frame.assign(weight_sum=frame["answers"] * 1.0, weight_sq_sum=frame["answers"] * 1.0)
    measures = score_measures(frame, conventions={"csat": "share", "ces": "mean"})
    found = table_of(measures, "segment", "plan", FIRST, LAST, min_base=min_base)
    for base, score in remainders(found, "nps"):
        assert base >= min_base
        assert abs(score) < 100 - 1e-9


@given(
    hnp.arrays(np.int64, (5, 4), elements=st.one_of(st.just(0), st.integers(1, 14), st.integers(10, 300))),
    st.integers(2, 12),
)
def test_no_sum_of_hidden_cells_that_follows_is_small(counts, min_base):
    """Every 0-1 combination of lines, found by brute force over which rows to add and which columns to take off."""
    found = suppress_table(counts, min_base)
    if not found.possible or found.rows.any() or found.columns.any():
        return
    for rows in range(2**5):
        for columns in range(2**4):
            add = np.array([rows >> place & 1 for place in range(5)])[:, None]
            take = np.array([columns >> place & 1 for place in range(4)])[None, :]
            weight = (add - take)[found.cells]
            if weight.size and weight.min() >= 0 and weight.any():
                assert (weight * counts[found.cells]).sum() >= min_base


def test_a_difference_that_cannot_be_judged_is_in_no_file():
    """In A everybody costs 5 a month: no interval, no test, and so no difference in the file either."""
    rows = []
    for row, cost in {"A": np.full(40, 5.0), "B": 4.0 + np.arange(30) % 3}.items():
        rows.append({"amount": "cost", "row": row, "column": "", "customers": len(cost), "months": len(cost) * 1.0,
                     "months_sq": len(cost) * 1.0, "value": cost.sum(), "value_sq": (cost**2).sum(),
                     "value_months": cost.sum()})  # fmt: skip
    groups = table_of(money_measures(pd.DataFrame(rows)), "segment", "", FIRST, LAST, min_base=10)
    file = as_file(groups)
    unjudged = file[file["verdict"] == "too_few"]
    assert len(unjudged)
    assert unjudged[["difference", "difference_low", "difference_high"]].isna().all(axis=None)


def test_a_difference_from_hidden_groups_alone_is_not_told():
    """B 5 of 8 and C 2 of 7 are hidden, and A is the only one shown: its difference is about B and C."""
    sums = pd.DataFrame(
        {"row": ["A", "B", "C"], "column": "", "renewed": [300, 5, 2], "decided": [400, 8, 7]}
    )
    row = renewal_table(sums).level("row").set_index("row").loc["A"]
    assert row["state"] == SHOWN
    assert row[["rest", "difference", "difference_low", "difference_high", "p_adjusted"]].isna().all()


@pytest.mark.parametrize(
    ("by", "across"), [("persona", "segment"), ("region", "persona"), ("region", "plan")]
)
def test_no_rest_of_the_demo_gives_anything_away(demo_folder, by, across):
    """After renewals few rate: of one segment 12 answers were left, all favourable."""
    release, config = open_release(demo_folder, current_id(demo_folder)), load_config(demo_folder)
    selection = Selection(month=date(2026, 10, 1), touchpoint=("renewal",))
    found = groups_of(release, config, selection, by, across)
    assert (found.level("cell", "csat")["state"] == HIDDEN).any()
    for base, share in remainders(found, "csat"):
        assert base >= config.min_base
        assert 1e-9 < share < 1 - 1e-9
