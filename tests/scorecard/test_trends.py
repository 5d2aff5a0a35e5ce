"""Lines over the months from counted answers: gaps, scales, small bases, targets, and what is said of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from cxdata.database import Release, current_id, open_release
from cxdata.scorecard.heat_maps import heat_map
from cxdata.scorecard.takeaways import heat_map_takeaway, panel_text, trend_takeaways
from cxdata.scorecard.trends import (
    MOST_LINES,
    Trend,
    as_file,
    as_table,
    dimension_options,
    metric_options,
    trend,
    with_runs,
)
from cxdata.selection import Selection
from tests.corpus import counted, tiny
from tests.corpus.counted import Answers, Company, Terms
from tests.corpus.release import refreshed

FEBRUARY, MARCH = date(2026, 2, 1), date(2026, 3, 1)

GOOD, BAD = {5: 18, 2: 2}, {5: 8, 2: 12}

COMPANY = Company(
    answers=[
        *(Answers(month, "csat_delivery", GOOD) for month in ("2025-02", "2025-03", "2025-05", "2025-06")),
        Answers("2025-07", "csat_delivery", {5: 9}),
        *(Answers(month, "csat_delivery", GOOD) for month in ("2025-08", "2026-01")),
        Answers("2026-02", "csat_delivery", {5: 90, 2: 10}),
        Answers("2026-02", "csat_delivery", {5: 20, 2: 80}, "Business"),
        Answers("2026-03", "csat_delivery", GOOD),
        *(Answers(month, "csat_call", GOOD) for month in ("2025-02", "2025-03")),
        Answers("2025-04", "csat_call_7", {7: 20, 2: 5}),
        Answers("2026-02", "csat_call_7", {7: 36, 2: 5}),
        Answers("2025-04", "csat_call", {5: 2}),
        Answers("2026-02", "csat_call_7", {7: 3, 2: 1}, "Business"),
        *(Answers("2026-01", "nps", {10: 10, 3: 10 + extra}, f"S{extra}") for extra in range(6)),
    ],
    terms=[Terms("2026-01", 30, 10), Terms("2026-02", 30, 10, "Business")],
    targets="csat,,,2025-01-01,0.8\ncsat,,,2026-01-15,0.85\ncsat,delivery,,2025-01-01,0.9\n",
)


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return published(tmp_path_factory.mktemp("trends"), COMPANY)


@pytest.fixture
def csat(release: Release) -> Callable[..., Trend]:
    """A function: choices -> the trend of CSAT by touchpoint."""

    def chosen(by: str = "touchpoint", **choices: object) -> Trend:
        selection = replace(Selection(month=FEBRUARY, metric="csat", by=by), **choices)  # type: ignore[arg-type]
        return trend(release, counted.CONFIG, selection, by)

    return chosen


def published(folder: Path, company: Company) -> Release:
    exports = tiny.write(folder / "exports", company.files())
    refreshed(exports, folder / "data", counted.CONFIG, as_of=counted.AS_OF)
    return open_release(folder / "data", current_id(folder / "data"))


def months(rows: pd.DataFrame, line: str) -> list[str]:
    return [f"{month:%Y-%m}" for month in rows.loc[rows["line"] == line, "month"]]


def runs(found: Trend, line: str) -> list[list[str]]:
    rows = found.points[found.points["line"] == line]
    return [months(part, line) for _, part in rows.groupby("run", sort=False)]


def test_a_line_breaks_where_a_month_is_missing(csat):
    """April has no delivery answers, July too few, September to December none."""
    assert runs(csat(), "delivery") == [
        ["2025-02", "2025-03"],
        ["2025-05", "2025-06"],
        ["2025-08"],
        ["2026-01", "2026-02", "2026-03"],
    ]


def test_a_month_below_the_smallest_base_is_named_and_has_no_number(csat):
    """Nine answers in July; ten are needed."""
    found = csat()
    assert found.few[["month", "line", "base"]].to_dict("records") == [
        {"month": pd.Timestamp("2025-07-01"), "line": "delivery", "base": 9.0}
    ]
    assert "2025-07" not in months(found.points, "delivery")
    table = as_table(found)
    row = table[(table["line"] == "delivery") & (table["month"] == date(2025, 7, 1))]
    assert row["few"].tolist() == [True]
    assert row[["estimate", "conf_low", "conf_high", "base"]].isna().all(axis=None)


def test_the_file_holds_codes_and_raw_numbers_and_withholds_the_same(csat):
    """Oldest first: February 2025 with 18 of 20 for both touchpoints, July with nine answers for delivery."""
    rows = as_file(csat())
    first = rows.iloc[0]
    assert (first["month"], first["code"], first["label"], first["unit"]) == (
        "2025-02",
        "delivery",
        "Delivery",
        "fraction",
    )
    assert (first["value"], first["n"], first["scale"]) == (0.9, 20, "1–5")
    july = rows[rows["month"] == "2025-07"].iloc[0]
    assert july["fewer_than_min_base"]
    assert july[["value", "conf_low", "conf_high", "n"]].isna().all()
    assert rows.loc[rows["unfinished"], "month"].unique().tolist() == ["2026-03"]


def test_a_new_scale_ends_the_line_and_is_named(csat):
    """The call was rated on 1-5 until March and on 1-7 from April on, when two answers still came on 1-5."""
    found = csat()
    assert runs(found, "call") == [["2025-02", "2025-03"], ["2025-04"], ["2026-02"]]
    assert found.breaks[["month", "line", "before", "after"]].to_dict("records") == [
        {"month": pd.Timestamp("2025-04-01"), "line": "call", "before": "1–5", "after": "1–7"}
    ]
    assert found.left_out == 2


def test_a_blank_favourable_mark_is_no_new_definition():
    """Means have no favourable mark: two blanks are the same."""
    rule = {
        "line": "a",
        "scale": "1–5",
        "method": "mean",
        "favourable_from": float("nan"),
        "higher_is_better": True,
    }
    rows = pd.DataFrame([rule | {"month": pd.Timestamp(2026, month, 1)} for month in (1, 2, 3)])
    assert with_runs(rows)["run"].nunique() == 1


def test_the_unfinished_month_follows_the_newest_closed_one_only(csat):
    assert csat().unfinished == MARCH
    assert csat().last == MARCH
    earlier = csat(month=date(2026, 1, 1))
    assert (earlier.last, earlier.unfinished) == (date(2026, 1, 1), None)


def test_three_months_are_scored_as_one_base(csat):
    """December to February: 20 + 100 answers at Home and 100 at Business, (18 + 90 + 20) / 220."""
    rows = csat(window=3).points
    row = rows[(rows["line"] == "delivery") & (rows["month"] == pd.Timestamp(FEBRUARY))].iloc[0]
    assert row["base"] == 220
    assert row["estimate"] == pytest.approx(128 / 220)


def test_targets_hold_from_their_month_until_the_next(csat):
    rows = csat().targets
    everything = rows[rows["line"] == ""]
    assert everything["target"].tolist() == [0.8, 0.85]
    assert [f"{day:%Y-%m-%d}" for day in everything["start"]] == ["2025-02-01", "2026-01-15"]
    assert [f"{day:%Y-%m-%d}" for day in everything["end"]] == ["2026-01-15", "2026-04-01"]
    assert rows.loc[rows["line"] == "delivery", "target"].tolist() == [0.9]


def test_the_target_is_the_one_of_the_touchpoint_that_is_filtered(csat):
    rows = csat("segment", touchpoint=("delivery",)).targets
    assert rows[rows["line"] == ""]["target"].tolist() == [0.9]


def test_a_target_of_everything_is_not_one_of_a_part(csat):
    """The company's target says nothing of two segments together, or of a region."""
    rows = csat(segment=("Home", "Business")).targets
    assert rows.empty


def test_the_largest_lines_are_shown_in_the_order_of_the_dimension(release):
    """S5 has 25 answers and S0 has 20: S0 is the sixth of six."""
    selection = Selection(month=FEBRUARY, metric="nps", by="segment")
    found = trend(release, counted.CONFIG, selection, "segment")
    assert found.lines == ("S5", "S4", "S3", "S2", "S1", "S0")
    assert found.shown == ("S1", "S2", "S3", "S4", "S5")
    assert len(found.shown) == MOST_LINES
    assert found.one_month


def test_the_month_is_compared_with_a_year_before_or_else_with_the_first_one(csat):
    assert csat().since == date(2025, 2, 1)
    assert csat(month=date(2025, 8, 1)).since == date(2025, 2, 1)
    assert csat(month=date(2025, 2, 1)).since is None


def test_yearly_data_is_scattered(tmp_path):
    company = Company([Answers(f"{year}-05", "nps", {10: 20, 3: 10}) for year in (2023, 2024, 2025)])
    release = published(tmp_path, company)
    found = trend(release, counted.CONFIG, Selection(month=date(2025, 5, 1)), "segment")
    assert found.scattered
    assert not found.one_month
    assert (found.first, found.last) == (date(2023, 5, 1), date(2025, 5, 1))


def test_only_metrics_and_dimensions_with_data_are_offered(release):
    assert metric_options(release, FEBRUARY) == [
        "nps", "csat", "renewal_rate", "churn_rate", "gross_retention", "net_retention",
    ]  # fmt: skip
    assert dimension_options(release, "csat") == ["touchpoint", "segment"]
    assert dimension_options(release, "nps") == ["segment"]
    assert dimension_options(release, "renewal_rate") == ["segment"]


def test_the_takeaway_names_extremes_movement_and_what_cannot_be_compared(csat):
    """Delivery: 110 of 200 in February, 18 of 20 a year before. Call: 39 of 45, on another scale before."""
    standing, movement, rescaled = trend_takeaways(csat())
    assert standing == "February 2026: CSAT was highest for Call (86.7%) and lowest for Delivery (55.0%)."
    assert movement.startswith("Compared with February 2025, Delivery has fallen by 35.0 pp (")
    assert movement.endswith("), more than chance would explain.")
    assert rescaled == "Call cannot be compared with February 2025: the scale of the question changed."


def test_a_single_line_is_told_with_its_interval_and_base(csat):
    """20 + 20 answers of January at Home: 18 of 20 for delivery only."""
    standing, movement = trend_takeaways(csat(month=date(2026, 1, 1)))
    assert (
        standing.replace("\u00a0", " ")
        == "January 2026: CSAT was 90.0% (69.9 to 97.2%, n = 20) for Delivery."
    )
    assert movement == "Compared with February 2025, it has not moved by more than chance would explain."


def test_a_month_without_data_is_said_to_have_none(csat):
    assert trend_takeaways(csat(month=date(2025, 10, 1))) == [
        "No answers in October 2025; the newest month with data is August 2025."
    ]


def test_a_month_with_too_few_answers_is_said_to_have_too_few(csat):
    assert trend_takeaways(csat(month=date(2025, 7, 1), touchpoint=("delivery",))) == [
        "No line has the 10 answers that a number needs in July 2025."
    ]


def test_nothing_at_all_is_said_in_words(csat):
    found = csat(segment=("S1",))
    assert found.points.empty
    assert trend_takeaways(found) == ["No answers in February 2026, nor in the months before it."]


def test_a_panel_is_told_with_its_range(csat):
    assert panel_text(csat(), "delivery") == (
        "Delivery: 90.0% in March 2026; between 55.0% and 90.0% in the months shown."
    )


def test_cells_that_differ_from_everything_on_their_scale_stand_out(release):
    """Delivery: 90 of 100 at Home and 20 of 100 at Business against 110 of 200. Business calls: 4 answers."""
    selection = Selection(month=FEBRUARY, metric="csat", by="segment")
    heat = heat_map(release, counted.CONFIG, selection, FEBRUARY, "touchpoint", "segment")
    cells = heat.cells.set_index(["row", "column"]) if heat.rows == "touchpoint" else heat.cells.set_index(
        ["column", "row"]
    )  # fmt: skip
    assert cells.loc[("delivery", "Home"), "verdict"] == "up"
    assert cells.loc[("delivery", "Business"), "verdict"] == "down"
    assert cells.loc[("delivery", "Home"), "difference"] == pytest.approx(0.9 - 0.55)
    assert cells.loc[("call", "Home"), "verdict"] == "unclear"
    assert bool(cells.loc[("call", "Business"), "few"])
    assert heat.judged == 3
    assert heat_map_takeaway(heat) == (
        "2 of 3 cells differ from the overall 55.0% by more than chance would explain: "
        "Delivery · Home is the furthest above (90.0%) and Delivery · Business is the furthest below (20.0%)."
    )


def test_renewals_are_broken_down_by_customers_dimensions(release):
    selection = Selection(month=FEBRUARY, metric="renewal_rate", by="segment")
    heat = heat_map(release, counted.CONFIG, selection, FEBRUARY, "segment", "plan")
    assert heat.cells["row"].tolist() == ["Business"]
    assert heat.cells["estimate"].tolist() == [0.75]
