"""What leaves the house: JSON, the table of years, and the log of assumptions."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from cxdata.finance.scenarios.assumptions import assumptions_log
from cxdata.finance.scenarios.report import (
    YEAR_COLUMNS,
    Stamp,
    command_of,
    data_sha256,
    report,
    report_json,
    years,
    years_csv,
)
from cxdata.finance.scenarios.scenario import Note, Range, RetentionChange, Scenario
from tests.finance.valued import FASTER, valued

STAMP = Stamp(
    "20260901T000000Z-01", "d" * 64, "a" * 64, "0.1.0", "EUR", date(2026, 8, 1), "python -m cxdata value"
)


def test_the_years_can_be_added_up_on_paper():
    """Margins of 99 and 198 on average, costs of 100 at the start and 10 a year: −100, −11, 177; discounted at
    10 % from the middle of each year 89 / 1.1^0.5 = 84.858 and 188 / 1.1^1.5 = 162.955, in all 147.814."""
    table = years(valued())
    assert tuple(table.columns) == YEAR_COLUMNS
    assert table["year"].tolist() == [0, 1, 2]
    assert table["margin"].tolist()[1:] == [99.0, 198.0]
    assert table["cost"].tolist() == [100.0, 10.0, 10.0]
    assert table["net"].tolist() == [-100.0, 89.0, 188.0]
    assert table["cumulative"].tolist() == [-100.0, -11.0, 177.0]
    assert table["net_pv"].tolist() == pytest.approx([-100.0, 84.8582, 162.9554], abs=1e-4)
    assert table["net_pv"].sum() == pytest.approx(valued().point.npv[0])
    assert np.isnan(table.loc[0, "margin"])
    assert table["churn_after"].tolist()[1:] == [0.19, 0.18]


def test_intervals_of_the_years_are_percentiles_of_the_draws():
    """Margins of the first year are 0, 2 … 198: their 5th percentile is 9.9, their 95th 188.1."""
    row = years(valued()).iloc[1]
    assert [row["margin_p5"], row["margin_p95"]] == pytest.approx([9.9, 188.1])
    assert [row["net_p5"], row["net_p95"]] == pytest.approx([-0.1, 178.1])


def test_json_holds_all_results_and_where_they_come_from():
    found = json.loads(report_json(valued(), STAMP))
    assert found["format"] == 2
    stamp = found["stamp"]
    assert [stamp[name] for name in ("release", "scenario_sha256", "data_sha256", "version", "currency", "month")] == [
        STAMP.release, "a" * 64, "d" * 64, "0.1.0", "EUR", "2026-08",
    ]  # fmt: skip
    assert (stamp["seed"], stamp["draws"], stamp["preview"]) == (20260901, 100, False)
    result = found["result"]
    assert set(result["npv"]) == {"p5", "p50", "p95", "mean", "expected"}
    assert result["npv"]["expected"] == pytest.approx(147.8136, abs=1e-4)
    assert (result["roi"], result["irr"], result["break_even_attribution"]) == (1.0, 0.9, 0.28)
    assert [lever["driver"] for lever in found["levers"]] == [lever.driver for lever in FASTER.levers]
    assert sum(row["margin_pv"] for row in found["segments"]) == pytest.approx(250.0)
    assert found["negative_margin_customers"]["margin_pv"] == -9.0
    assert found["scenario"]["levers"][0]["amount"] == {"low": 2.0, "mode": 4.8, "high": 6.0}
    assert found["base"]["first"] == "2025-09-01"
    assert found["wrong_sign_share_of_draws"] == {"event:longest_wait": 0.02}


def test_what_is_not_a_number_is_null_in_json():
    text = report_json(valued(), STAMP)
    assert "NaN" not in text
    found = json.loads(text)
    assert found["tornado"][0]["low"] is None
    assert found["years"][0]["margin"] is None
    empty = replace(valued(), break_even_effect=None)
    assert report(empty, STAMP)["result"]["break_even_effect"] is None


def test_csv_has_plain_numbers_and_carries_its_origin_in_each_row():
    content = years_csv(valued(), STAMP)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row["year"] for row in rows] == ["0", "1", "2"]
    assert float(rows[2]["cumulative"]) == 177.0
    assert rows[0]["margin"] == ""
    for row in rows:
        assert (row["scenario"], row["currency"], row["release"]) == ("faster", "EUR", STAMP.release)
        assert (row["seed"], row["version"], row["scenario_sha256"]) == ("20260901", "0.1.0", "a" * 64)


def test_filters_stand_in_json_csv_and_command():
    filters = {"segment": ("Family", "Young pro"), "plan": ("Home",)}
    command = command_of("churn-2-points.toml", "r-1", date(2026, 8, 1), 1000, filters)
    assert command == (
        "python -m cxdata value --scenario churn-2-points.toml --release r-1 --month 2026-08 --draws 1000 "
        "--segment=Family --segment='Young pro' --plan=Home"
    )
    stamp = replace(STAMP, filters=filters, command=command)
    found = report(valued(), stamp)["stamp"]
    assert found["filters"] == {"segment": ["Family", "Young pro"], "plan": ["Home"]}
    rows = list(csv.DictReader(io.StringIO(years_csv(valued(), stamp).decode("utf-8-sig"))))
    assert {(row["month"], row["filters"]) for row in rows} == {
        ("2026-08", "segment=Family, Young pro; plan=Home")
    }


def test_text_that_a_spreadsheet_would_run_is_defused():
    content = years_csv(valued(), replace(STAMP, release='=HYPERLINK("x")')).decode("utf-8-sig")
    assert "\"'=HYPERLINK(" in content


def test_the_log_holds_every_assumption_with_its_owner_and_what_was_counted():
    log = assumptions_log(valued(), currency="EUR").set_index("of")
    amount = log.loc["levers.1.amount"]
    assert (amount["basis"], amount["owner"], amount["source"], amount["on"]) == (
        "estimated", "Ana", "pilot of 2026", "2026-09-30",
    )  # fmt: skip
    assert (amount["value"], amount["low"], amount["high"]) == pytest.approx(
        ((2 + 4 * 4.8 + 6) / 6, 2.0, 6.0)
    )
    assert log.loc["base.customers", "basis"] == "counted"
    assert log.loc["base.churn", "basis"] == "estimated"
    assert (log.loc["levers.2.segments", "value"], log.loc["levers.1.segments", "value"]) == ("Home", "all")
    assert log.loc["levers.1.ramp", "value"] == [0.5, 1.0]
    assert log.loc["levers.1.one_off_cost", "unit"] == "EUR"
    assert bool(log.loc["levers.1.attribution", "default"])
    assert not log.loc["levers.1.amount", "default"]
    assert not log.loc["discount_rate", "default"]
    assert len(log) == 6 + 7 + 2 * 9


def test_the_log_of_a_change_of_retention():
    scenario = Scenario(
        "a", retention=RetentionChange(Range(0.0, 0.01, 0.02)), notes=(Note("retention.points", "Ben"),)
    )
    log = assumptions_log(valued(scenario), currency="USD").set_index("of")
    assert log.loc["retention.points", "value"] == pytest.approx(0.01)
    assert log.loc["retention.points", "owner"] == "Ben"
    assert not log.loc["retention.points", "default"]
    assert log.loc["retention.cost_per_customer", "unit"] == "USD per customer and year"


def test_the_fingerprint_of_the_data_depends_on_the_exports_alone():
    files = [{"file": "a.csv", "sha256": "1"}, {"file": "b.csv", "sha256": "2"}]
    first = data_sha256({"files": files, "created_at": "now"})
    assert first == data_sha256({"files": files[::-1]})
    assert first != data_sha256({"files": files[:1]})
