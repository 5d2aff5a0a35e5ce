"""Groups side by side: exact numbers, outside references, hidden cells, and the demo's loss-making segment."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxdata.config import load_config
from cxdata.database import current_id, open_release
from cxdata.segments.groups import OTHERS, groups_of, table_of
from cxdata.segments.measures import (
    annual_value_measure,
    money_measures,
    people,
    per_year,
    renewal_measure,
    score_measures,
)
from cxdata.segments.shown import HIDDEN, SHOWN
from cxdata.segments.words import as_file, headline, profile_text
from cxdata.selection import Selection

FIRST, LAST = date(2025, 3, 1), date(2026, 2, 1)


def counts(**columns: list) -> pd.DataFrame:
    return pd.DataFrame({"row": columns.pop("row"), "column": columns.pop("column", ""), **columns})


def renewals(rows: dict[str, tuple[int, int]]) -> pd.DataFrame:
    return counts(
        row=list(rows), renewed=[one for one, _ in rows.values()], decided=[all_ for _, all_ in rows.values()]
    )


def scores(rows: dict[str, dict[int, int]], column: str = "") -> pd.DataFrame:
    found = [
        {"row": row, "column": column, "score": score, "answers": count}
        for row, by_score in rows.items()
        for score, count in by_score.items()
    ]
    frame = pd.DataFrame(found).assign(
        metric="nps", scale_min=0, scale_max=10, favourable_from=np.nan, higher_is_better=True
    )
    return frame.assign(
        weight_sum=frame["answers"].astype(float), weight_sq_sum=frame["answers"].astype(float)
    )


def test_a_group_is_compared_with_everybody_else():
    """Home renews 80 of 100; the others 50 of 100 and 30 of 50: 80 of 150. The difference is 26.7 pp."""
    found = table_of(
        [renewal_measure(renewals({"Home": (80, 100), "Shop": (50, 100), "Club": (30, 50)}))],
        "segment", "", FIRST, LAST, min_base=10,
    )  # fmt: skip
    home = found.level("row").set_index("row").loc["Home"]
    assert home["rest"] == pytest.approx(80 / 150)
    assert home["difference"] == pytest.approx(0.8 - 80 / 150)
    assert (home["verdict"], home["judgement"]) == ("up", "good")


def test_the_rest_of_a_score_pools_its_answers():
    """Home +100; the rest 60 promoters and 40 detractors of 100: +20."""
    histogram = scores({"Home": {10: 50}, "Shop": {10: 50, 0: 30}, "Club": {10: 10, 0: 10}})
    measure = score_measures(histogram, conventions={"csat": "share", "ces": "mean"})[0]
    found = table_of([measure], "segment", "", FIRST, LAST, min_base=10).level("row").set_index("row")
    assert found.loc["Home", ["estimate", "rest", "difference"]].tolist() == [100, 20, 80]


def test_money_per_customer_and_year():
    """Two customers: 12 months with 240, 6 months with 60: 300 in 18 months are 200 a year."""
    one = [np.array([value], float) for value in (2, 18, 144 + 36, 300, 240**2 + 60**2, 12 * 240 + 6 * 60)]
    assert per_year(*one).estimate[0] == pytest.approx(200)


def test_the_interval_of_a_ratio_is_that_of_a_regression_through_the_origin():
    """statsmodels: WLS of amount on months with weights 1/months has the ratio for its slope, HC1 for its error."""
    import statsmodels.regression.linear_model as models

    random = np.random.default_rng(5)
    months = random.integers(1, 13, 200).astype(float)
    value = 20 * months + random.normal(0, 40, 200)
    sums = [200.0, months.sum(), (months**2).sum(), value.sum(), (value**2).sum(), (value * months).sum()]
    found = per_year(*[np.array([number]) for number in sums])
    fit = models.WLS(value, months, weights=1 / months).fit(cov_type="HC1")
    assert found.estimate[0] == pytest.approx(12 * fit.params[0])
    assert found.std_error[0] == pytest.approx(12 * fit.bse[0])


def test_annual_value_is_the_mean_over_customers():
    measure = annual_value_measure(
        counts(row=["a"], customers=[2], value=[300.0], value_sq=[100.0**2 + 200.0**2])
    )
    found = measure.estimate(measure.sums)
    assert found.estimate[0] == pytest.approx(150)
    assert found.std_error[0] == pytest.approx(np.std([100, 200], ddof=1) / np.sqrt(2))


@given(
    st.lists(st.tuples(st.integers(1, 12), st.floats(-500, 500)), min_size=2, max_size=30), st.floats(0.1, 50)
)
def test_money_scales_with_its_unit(customers, scale):
    months = np.array([count for count, _ in customers], float)
    value = np.array([amount for _, amount in customers])

    def of(amount: np.ndarray) -> float:
        sums = [len(months), months.sum(), (months**2).sum(), amount.sum(), (amount**2).sum(),
                (amount * months).sum()]  # fmt: skip
        return float(per_year(*[np.array([number], float) for number in sums]).estimate[0])

    assert of(value * scale) == pytest.approx(of(value) * scale, rel=1e-6, abs=1e-6)


CROSS = counts(
    row=["Home", "Home", "Home", "Shop", "Shop", "Shop", "Club", "Club", "Club"],
    column=["A", "B", "C"] * 3,
    renewed=[2, 10, 50, 12, 20, 40, 35, 30, 20],
    decided=[4, 12, 90, 15, 30, 80, 70, 60, 50],
)


def test_hidden_numbers_are_nowhere_in_the_table():
    """Home · A has 4 terms: it and three others are hidden, in the table, in the file and in the words."""
    found = table_of([renewal_measure(CROSS)], "segment", "plan", FIRST, LAST, min_base=10)
    hidden = found.cells[found.cells["state"] == HIDDEN]
    assert sorted(zip(hidden["row"], hidden["column"], strict=True)) == [
        ("Home", "A"), ("Home", "B"), ("Shop", "A"), ("Shop", "B"),
    ]  # fmt: skip
    numbers = hidden.select_dtypes(float)
    assert numbers.isna().all(axis=None)
    file = as_file(found)
    assert file.loc[file["state"] == "hidden", ["estimate", "base", "difference"]].isna().all(axis=None)
    assert set(hidden["verdict"]) == {"no_data"}


def test_what_a_table_by_one_dimension_hides_no_cross_shows():
    """Kiosk has 6 customers and takes the next smallest with it, in the table and in its total column."""
    cross = counts(
        row=["Kiosk", "Kiosk", "Club", "Club", "Home", "Home"],
        column=["A", "B"] * 3,
        renewed=[1, 1, 8, 9, 50, 60],
        decided=[3, 3, 16, 15, 100, 90],
    )
    alone = cross.groupby("row")[["renewed", "decided"]].sum().reset_index().assign(column="")
    states = []
    for sums, across in ((alone, ""), (cross, "plan")):
        found = table_of([renewal_measure(sums)], "segment", across, FIRST, LAST, min_base=10)
        states.append(found.level("row").set_index("row")["state"].to_dict())
    assert states[0] == states[1] == {"Club": HIDDEN, "Home": SHOWN, "Kiosk": HIDDEN}


def test_a_measure_with_too_few_answers_has_no_column():
    found = table_of(
        [people(counts(row=["a", "b"], customers=[50, 60])), renewal_measure(renewals({"a": (3, 5), "b": (1, 2)}))],
        "segment", "", FIRST, LAST, min_base=10,
    )  # fmt: skip
    assert set(found.cells["measure"]) == {"customers"}


def test_values_without_room_are_put_together():
    many = renewals({f"region {number:02}": (10, 20 + number) for number in range(30)})
    found = table_of([renewal_measure(many)], "region", "", FIRST, LAST, min_base=10)
    assert len(found.rows) == 20
    assert found.rows[-1] == OTHERS
    rows = found.level("row").set_index("row")
    assert rows.loc[OTHERS, "base"] == sum(20 + number for number in range(11))
    assert rows["base"].sum() == found.level("all")["base"].iloc[0]


def test_no_false_alarm_among_equal_groups():
    """Ten groups that all renew 40 of 50."""
    same = renewals({f"g{number}": (40, 50) for number in range(10)})
    found = table_of([renewal_measure(same)], "segment", "", FIRST, LAST, min_base=10)
    assert set(found.level("row")["verdict"]) == {"unclear"}
    assert "no group by segment differs clearly" in headline(found, {}, "EUR")[0]


def test_a_loss_is_said_first_and_in_money():
    """Courier brings 100 and costs 160 a year; the interval of its margin lies below 0."""
    sums = {"months": 120.0, "months_sq": 1440.0, "customers": 10}

    def amount(name: str, row: str, yearly: float) -> dict:
        spread = [yearly - 5, yearly + 5] * 5
        return {"amount": name, "row": row, "column": "", **sums, "value": sum(spread),
                "value_sq": sum(one**2 for one in spread), "value_months": 12 * sum(spread)}  # fmt: skip

    amounts = [
        amount(name, row, yearly)
        for row, numbers in {"Courier": (100, 160, -60), "Home": (100, 40, 60)}.items()
        for name, yearly in zip(("revenue", "cost", "margin"), numbers, strict=True)
    ]
    found = table_of(money_measures(pd.DataFrame(amounts)), "segment", "", FIRST, LAST, min_base=10)
    assert headline(found, {}, "EUR")[0].startswith(
        "Courier loses money: €160 to serve against €100 of revenue, a margin of −€60 per customer and year"
    )
    told = profile_text(found, "Courier", {}, "EUR")
    assert "Cost to serve per customer and year €160, €120 above the rest" in told
    assert "The group loses money" in told
    cost = found.level("row", "cost").set_index("row").loc["Courier"]
    assert (cost["verdict"], cost["judgement"]) == ("up", "bad")


def test_the_loss_making_segment_of_the_demo_stands_out(demo_folder):
    """Couriers cost more than they pay; the sums are those that the demo wrote down itself, to the cent."""
    release, config = open_release(demo_folder, current_id(demo_folder)), load_config(demo_folder)
    truth = json.loads((demo_folder / "exports" / "demo" / "truth.json").read_text(encoding="utf-8"))
    planted = truth["loss_making_segment"]
    selection = Selection(month=date(2026, 10, 1))
    found = groups_of(release, config, selection, "segment")
    margins = found.level("row", "margin").set_index("row")
    losing = margins[margins["conf_high"] < 0]
    assert losing.index.tolist() == [planted["segment"]]
    assert (losing["verdict"].iloc[0], losing["judgement"].iloc[0]) == ("down", "bad")
    assert headline(found, config.labels, "EUR")[0].startswith("Courier loses money")

    from cxdata.segments import query

    sums = query.amounts(release, selection, found.first, found.last, "segment", "")
    sums = sums[sums["level"] == "row"]
    measured = sums[sums["amount"] == "margin"].set_index("line")["value"].to_dict()
    written = planted["margin_eur_2025_11_to_2026_10"]
    assert {code: measured[code] for code in written} == pytest.approx(written, abs=0.01)


def test_who_moves_between_groups_is_one_customer_of_the_whole(demo_folder):
    """By segment and plan together 13,222 customers were counted, by region and persona 12,980: of 12,855 people."""
    release, config = open_release(demo_folder, current_id(demo_folder)), load_config(demo_folder)
    wholes = []
    for by, across in (("segment", "plan"), ("plan", ""), ("region", "persona")):
        found = groups_of(release, config, Selection(month=date(2026, 10, 1)), by, across)
        money = found.level("all").set_index("measure").loc[["revenue", "cost", "margin"]]
        wholes.append(money[["estimate", "conf_low", "conf_high", "base"]].to_numpy(float))
        rows = found.level("row", "revenue")
        assert rows["base"].sum() >= wholes[0][0, 3]
    assert wholes[0][:, 3].tolist() == [12855] * 3
    assert np.allclose(wholes[1], wholes[0])
    assert np.allclose(wholes[2], wholes[0])


def test_a_group_above_the_others_is_not_called_the_highest():
    """C has 60 points from 10 answers and is unclear; A has 40 and is clearly above all others together."""
    histogram = scores(
        {"A": {10: 500, 0: 100, 8: 400}, "B": {10: 300, 0: 400, 8: 300}, "C": {10: 7, 0: 1, 8: 2}}
    )
    measure = score_measures(histogram, conventions={"csat": "share", "ces": "mean"})[0]
    found = table_of([measure], "segment", "", FIRST, LAST, min_base=10)
    told = headline(found, {}, "EUR")[0]
    assert told.startswith("NPS is clearly higher for A than for all others together (40.0, ")
    assert "highest" not in told


def test_without_others_nothing_is_said_of_a_difference():
    found = table_of([renewal_measure(renewals({"A": (30, 40)}))], "segment", "", FIRST, LAST, min_base=10)
    assert "with no other group shown to compare it with" in profile_text(found, "A", {}, "EUR")
    assert "no group by segment can be compared" in headline(found, {}, "EUR")[0]
