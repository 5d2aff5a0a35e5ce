"""The page Segments as readers meet it: the table, a profile, the cross, hidden numbers, the file."""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cxdata.config import Config
from cxdata.database import current_id, open_release
from cxdata.segments.charts import cross_chart
from cxdata.segments.groups import groups_of
from cxdata.segments.words import as_file
from cxdata.selection import Selection
from tests.corpus import tiny
from tests.corpus.release import refreshed
from tests.pages.opened import charts, markup, open_page, text

AS_OF = date(2026, 3, 15)
CONFIG = Config(time_zone="UTC")
FEBRUARY = date(2026, 2, 1)
HOSTILE = "=cmd()![x](https://example.org/x.png)<img src=x>"

opened = partial(open_page, "segments", role="leadership", month=FEBRUARY)

QUESTIONS = """\
question,metric,label,touchpoint,scale_min,scale_max,higher_is_better,favourable_from,valid_from,factor
nps,nps,Would you recommend us?,,0,10,true,,,
"""

GROUPS = {
    ("Home", "Basic"): (40, 10), ("Home", "Plus"): (30, 9), (HOSTILE, "Basic"): (30, 0), (HOSTILE, "Plus"): (25, 2),
    ("Club", "Basic"): (20, 8), ("Club", "Plus"): (4, 9),
}  # fmt: skip
"""Customers of a segment and plan, and the score that they give; every fifth gives 10 less that."""


def company(*, money: bool = True, plans: bool = True) -> dict[str, str | bytes | None]:
    """Six groups; Club · Plus has four customers. HOSTILE costs 29 or 31 a month and pays 10 to 12; the others cost
    9 or 11 and pay 20 to 22."""
    customers, surveys = ["customer_id,segment,plan"], ["survey_id,customer_id,sent_at,responded_at"]
    answers, revenue = ["survey_id,question,score"], ["customer_id,month,revenue,cost_to_serve"]
    terms = ["subscription_id,term,customer_id,started_on,due_on,outcome,decided_on,annual_value"]
    for (segment, plan), (count, score) in GROUPS.items():
        for number in range(count):
            name = f"{segment[:2]}{plan[0]}{number}"
            customers.append(f"{name},{segment},{plan if plans else ''}")
            surveys.append(f"V{name},{name},2026-02-02T10:00:00Z,2026-02-03T10:00:00Z")
            answers.append(f"V{name},nps,{10 - score if number % 5 == 4 else score}")
            paid, spent = (10, 30) if segment == HOSTILE else (20, 10)
            costs = spent + 1 - 2 * (number % 2)
            revenue += [f"{name},2026-0{month},{paid + number % 3},{costs}" for month in (1, 2)]
            outcome = "churned" if number % 4 == 0 else "renewed"
            terms.append(f"U{name},1,{name},2025-02-10,2026-02-10,{outcome},2026-02-10,{paid * 12}")
    files: dict[str, str | bytes | None] = {
        "customers.csv": "\n".join([*customers, ""]),
        "questions.csv": QUESTIONS,
        "surveys.csv": "\n".join([*surveys, ""]),
        "answers.csv": "\n".join([*answers, ""]),
    }
    if money:
        files["revenue.csv"] = "\n".join([*revenue, ""])
        files["subscriptions.csv"] = "\n".join([*terms, ""])
    return files


def published(home: Path, **options: bool) -> Path:
    exports = tiny.write(home / "exports", company(**options))
    refreshed(exports, home / "data", CONFIG, as_of=AS_OF)
    return home / "data"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return published(tmp_path_factory.mktemp("segments_page"))


@pytest.fixture(scope="module")
def page(folder: Path) -> AppTest:
    """As everybody meets it first; for reading only."""
    return opened(folder)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("address", [{}, {"across": "none"}, {"rows": "plan"}, {"measure": "margin"}])
def test_the_page_opens_in_both_languages(folder, language, address):
    page = opened(folder, language, address)
    assert len(page.title) == 1
    assert len(charts(page)) == (0 if address == {"across": "none"} else 1)


def test_who_loses_money_stands_on_top_and_names_are_escaped(page):
    """10, 11 or 12 a month against about 30: the segment with the hostile name loses money."""
    assert "loses money: €360 to serve against" in text(page)
    assert "<img src=x>" not in markup(page)


def test_the_small_group_and_three_others_are_hidden_in_the_cross(folder):
    """Club · Plus has four customers; its row, its column and one more cell go with it."""
    release = open_release(folder, current_id(folder))
    groups = groups_of(release, CONFIG, Selection(month=FEBRUARY), "segment", "plan")
    rows = next(iter(cross_chart(groups, "customers", {}, "EUR").to_dict()["datasets"].values()))
    hidden = [row for row in rows if row["state"] == "hidden"]
    assert len(hidden) == 4
    assert {row["value"] for row in hidden} == {"hidden"}
    assert all(not row["n"] and not row["interval"] and row["apart"] == 0 for row in hidden)
    page = opened(folder, query={"measure": "customers"})
    assert "numbers are hidden: they rest on fewer than 10" in text(page)


def test_the_file_obeys_the_same_pattern(folder):
    release = open_release(folder, current_id(folder))
    groups = groups_of(release, CONFIG, Selection(month=FEBRUARY), "segment", "plan")
    file = as_file(groups)
    hidden = file[file["state"] == "hidden"]
    assert len(hidden[hidden["measure"] == "customers"]) == 4
    numbers = ["estimate", "conf_low", "conf_high", "base", "difference", "difference_low", "difference_high"]
    assert hidden[numbers].isna().all(axis=None)
    shown = file[(file["measure"] == "customers") & (file["state"] == "shown")]
    assert 4 not in shown["estimate"].tolist()


def test_a_profile_in_words_is_chosen_in_the_address(folder):
    """Of 70 in Home 14 (8 of 40, 6 of 30) are detractors, the others promoters: (56 - 14) / 70 is 60 points."""
    found = text(opened(folder, query={"group": "Home"}))
    assert "Home: NPS 60.0" in found
    assert "It earns" in found


def test_customers_in_no_segment_are_a_group_that_can_be_chosen(tmp_path):
    """Without plans the only choice is the segment; '' in the address is those whose value is not stated."""
    files = company(plans=False)
    files["customers.csv"] = str(files["customers.csv"]).replace(",Club,", ",,")
    refreshed(tiny.write(tmp_path / "exports", files), tmp_path / "data", CONFIG, as_of=AS_OF)
    assert "Not stated: NPS" not in text(opened(tmp_path / "data"))
    assert "Not stated: NPS" in text(opened(tmp_path / "data", query={"group": ""}))


def test_a_filter_is_said_and_followed(folder):
    page = opened(folder, plan=("Basic",))
    assert "Filtered to Plan: Basic." in text(page)
    assert "And by" not in [element.label for element in page.get("button_group")]
    assert re.search(r"Home 40 ", text(page))


def test_filters_that_do_not_reach_customers_are_named(folder):
    found = text(opened(folder, channel=("email",)))
    assert "Customers, terms and money are not filtered by channel: they have none." in found


def test_an_address_that_makes_no_sense_falls_back(folder):
    page = opened(folder, query={"rows": "shoe", "across": "segment", "group": "x", "measure": "y"})
    assert len(charts(page)) == 1


def test_an_empty_selection_ends_in_words(folder):
    page = opened(folder, persona=("Nobody",))
    assert [element.value for element in page.info] == [
        "The filters leave too few customers and answers for any number. Take one away."
    ]


def test_without_terms_and_revenue_the_columns_are_left_out_and_the_tables_named(tmp_path):
    found = text(opened(published(tmp_path, money=False, plans=False)))
    assert (
        "The table subscriptions is not among the exports. With it, this page shows renewal rates." in found
    )
    assert "The table revenue is not among the exports" in found
    assert "Cost to serve" not in found
    assert "NPS is clearly higher for Home than for all others together" in found
