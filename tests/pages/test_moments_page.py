"""The page Moments of truth as readers meet it: words, charts, refusals and rights, in both languages."""

from __future__ import annotations

import json
import re
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.corpus import tiny
from tests.corpus.counted import CONFIG
from tests.corpus.release import refreshed
from tests.moments import company
from tests.pages.opened import charts, markup, open_page, text

HOSTILE = "![x](https://example.org/x.png)<img src=x>"
MONTH = date(2026, 2, 1)

opened = partial(open_page, "moments", month=MONTH)


def files(**changes: str | None) -> dict[str, str | bytes | None]:
    """300 customers, one decision each: bad calls renew in 30 of 60, good ones in 130 of 140, nobody else fails.

    Nobody is asked about deliveries in the parcel shop; two thirds of its customers met it.
    """
    customers = ["customer_id,name,segment,plan,acquired_on"]
    surveys = ["survey_id,customer_id,sent_at,responded_at"]
    answers = ["survey_id,question,score"]
    # The first contact lies before every window; with it, repeats can be seen from the second month on.
    contacts = [company.INTERACTION_COLUMNS, "A0,C299,2025-01-05T10:00:00,call,phone,5,,"]
    terms = ["subscription_id,term,customer_id,started_on,due_on,outcome,decided_on,annual_value,product"]
    for number in range(300):
        segment = HOSTILE if number % 3 == 0 else "Home"
        customers.append(f'C{number},Ana {number},"{segment}",Basic,2024-01-10')
        called = number < 200
        bad = number < 60
        lost = (bad and number % 2 == 0) or (60 <= number < 70) or (number >= 200 and number % 10 == 0)
        if called:
            contacts.append(f"I{number},C{number},2025-09-10T10:00:00,call,phone,5,,")
            contacts.append(f"J{number},C{number},2025-09-12T10:00:00,call,phone,5,,")
            surveys.append(f"S{number},C{number},2025-09-10T11:00:00,2025-09-10T12:00:00")
            answers.append(f"S{number},csat_call,{1 if bad else 5}")
        if number % 3:
            contacts.append(f"K{number},C{number},2025-10-10T10:00:00,parcel_shop,store,,{number % 5 > 0},")
        terms.append(
            f"U{number},1,C{number},2025-02-05,2026-02-05,{'churned' if lost else 'renewed'},2026-02-05,9,a"
        )
    tables: dict[str, str | None] = {
        "customers": "\n".join(customers),
        "questions": "question,metric,label,touchpoint,scale_min,scale_max,higher_is_better,favourable_from\n"
        "csat_call,csat,How was the call?,call,1,5,true,4\n",
        "touchpoints": "touchpoint,stage,stage_order,factor,owner,moment_of_truth,description\n"
        "call,Help,1,,,true,\nparcel_shop,Receive,2,,,,\n",
        "surveys": "\n".join(surveys),
        "answers": "\n".join(answers),
        "interactions": "\n".join(contacts),
        "subscriptions": "\n".join(terms),
        **changes,
    }
    return {f"{name}.csv": text + "\n" if text else None for name, text in tables.items()}


def published(home: Path, **changes: str | None) -> Path:
    refreshed(tiny.write(home / "exports", files(**changes)), home / "data", CONFIG, as_of=date(2026, 3, 15))
    return home / "data"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return published(tmp_path_factory.mktemp("moments"))


@pytest.fixture(scope="module")
def page(folder: Path) -> AppTest:
    """As everybody meets it first; for reading only."""
    return opened(folder)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_opens_in_both_languages(folder, language):
    page = opened(folder, language)
    assert len(page.title) == 1
    # The ranking, the paths, three kinds of disconnection; settled contacts cannot be followed up yet.
    assert len(charts(page)) == 5


def test_the_answer_stands_on_top_and_is_what_the_chart_says(page):
    """30 of 60 against 130 of 140: −42.9 pp, 26 lost renewals. Segments are alike, which moves it by little."""
    told = re.search(
        r"Call weighs most on a customer: after a bad experience there, renewal is ([\d.]+) pp lower",
        text(page),
    )
    assert told
    assert float(told[1]) == pytest.approx(42.9, abs=1.5)
    assert charts(page)[0].proto.alt.startswith("Call weighs most on a customer")
    assert "This goes with bad experiences; it does not prove causes." in text(page)


def test_the_table_shows_base_reach_and_who_declared_it(page):
    row = page.dataframe[0].value.iloc[0]
    assert row[["touchpoint", "declared", "verdict", "bad", "good", "reach"]].tolist() == [
        "Call", "◆", "moment of truth", "60", "140", "66.7%",
    ]  # fmt: skip


def test_where_no_survey_listens_is_named_and_judged_by_its_contacts(page):
    assert "No survey listens at Parcel shop: candidates for a short survey" in text(page)
    assert "Compared with contacts without a bad sign, because too few are rated well: Parcel shop." in text(
        page
    )


def test_a_filter_of_touchpoints_hides_no_blind_spot(folder):
    told = text(opened(folder, touchpoint=("call",)))
    assert "No survey listens at Parcel shop" in told
    assert "Not filtered by touchpoint." in told


def test_a_touchpoint_after_which_all_were_lost_stands_on_top(tmp_path):
    """All 60 with a bad call leave, where 30 of them did."""
    terms = files()["subscriptions.csv"]
    assert isinstance(terms, str)
    lines = [line.replace("renewed", "churned") if 0 < number <= 60 else line
             for number, line in enumerate(terms.strip().split("\n"))]  # fmt: skip
    told = text(opened(published(tmp_path, subscriptions="\n".join(lines))))
    assert "Call weighs most on a customer: after a bad experience there, renewal is 9" in told
    assert "Call: all 60 renewals after a bad experience were lost." in told
    assert "too few bad experiences: Call" not in told


def test_decisions_before_which_little_is_recorded_are_left_out_and_counted(tmp_path):
    """One more renewal, due in January 2026: its look-back begins in December 2024, before the first contact."""
    terms = files()["subscriptions.csv"]
    early = "V1,1,C1,2025-01-02,2026-01-02,renewed,2026-01-02,9,a"
    told = text(opened(published(tmp_path, subscriptions=f"{terms}{early}")))
    assert "300 decisions of 300 customers" in told
    assert (
        "Decisions of February 2026 to February 2026. Left out: 1 earlier one, whose look-back begins" in told
    )
    assert "Renewals lost in 1 month that go with bad experiences" in told


def test_a_filter_of_customers_chooses_decisions(folder, page):
    assert "300 decisions of 300 customers" in text(page)
    assert "200 decisions of 200 customers" in text(opened(folder, segment=("Home",)))


def test_an_empty_selection_ends_in_words(folder):
    page = opened(folder, month=date(2024, 1, 1))
    assert "No decision was taken in February 2021 to January 2024, or the filters leave none." in text(page)
    assert not page.dataframe


def test_without_contacts_the_page_says_what_is_missing(tmp_path):
    page = opened(published(tmp_path, interactions=None))
    assert any("The table interactions is not among the exports" in info.value for info in page.info)
    assert [element.value for element in page.subheader][-1] == "The path of one customer"


def test_without_subscriptions_and_relationship_surveys_nothing_decides(tmp_path):
    page = opened(published(tmp_path, subscriptions=None))
    assert "Nothing says yet which moments decide" in text(page)
    assert any("The table subscriptions is not among the exports" in info.value for info in page.info)


def test_one_customers_path_is_for_roles_that_may_see_it(folder):
    page = opened(folder)
    page.text_input[0].set_value("C7").run()
    assert "Ana 7" in text(page)
    told = text(page)
    assert "Answer Call 1 of 1–5: How was the call?" in told
    assert told.index("10 Sept 2025, 10:00 Contact Call") < told.index("12 Sept 2025, 10:00 Contact Call")
    assert told.index("Contact Parcel shop") < told.index("5 Feb 2026 Renewed")
    hidden = opened(folder, role="leadership")
    assert not hidden.text_input
    assert "The path of one customer" not in [element.value for element in hidden.subheader]


def test_an_unknown_customer_is_said_to_be_unknown(folder):
    page = opened(folder)
    page.text_input[0].set_value("nobody").run()
    assert "No customer of this release has that id." in [info.value for info in page.info]


def test_names_from_the_data_are_never_markup(folder):
    page = opened(folder, segment=(HOSTILE,))
    assert "<img" not in markup(page)
    shown = [element.value for kind in (page.markdown, page.caption, page.info) for element in kind]
    assert not [value for value in shown if "example.org" in value]


def test_charts_carry_few_rows_and_the_locale(folder):
    for element in charts(opened(folder, "es")):
        spec = json.loads(element.proto.spec)
        assert spec["config"]["locale"]["number"]["decimal"] == ","
        rows = [layer.get("data", spec.get("data", {})).get("values", []) for layer in spec["layer"]]
        assert max(len(values) for values in rows) <= 400
