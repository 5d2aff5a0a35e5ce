"""Whom the answers are to stand for: who was a customer in some months, and whose answers cannot be placed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from cxdata.config import Config, load_config
from cxdata.database import Release, current_id, open_release
from cxdata.response import query
from cxdata.response.rates import span_of
from cxdata.response.report import standing
from cxdata.response.words import raking_notes, unlisted_text
from cxdata.selection import Selection
from tests.corpus import tiny
from tests.corpus.release import refreshed

CONFIG = Config(time_zone="UTC", csat="share")

TERMS = """\
subscription_id,term,customer_id,started_on,due_on,outcome,decided_on,annual_value,annual_margin,product
L1,1,LEFT,2024-01-31,2026-01-31,churned,2026-01-10,,,
L2,1,LEFT,2025-01-10,2026-01-10,churned,,,,
D1,1,LEAVES,2025-02-01,2026-02-01,churned,2026-01-05,,,
B1,1,BACK,2023-01-01,2024-01-01,churned,,,,
B1,2,BACK,2026-02-20,2027-02-20,open,,,,
N1,1,NEXT,2023-01-01,2024-01-01,churned,,,,
N2,1,NEXT,2025-06-01,2026-06-01,open,,,,
H1,1,HALF,2024-01-01,2025-01-01,churned,,,,
H2,1,HALF,2024-01-01,2025-01-01,renewed,,,,
A1,1,AGAIN,2023-01-01,2024-01-01,churned,,,,
A1,2,AGAIN,2026-03-01,2027-03-01,open,,,,
"""
NAMES = ("LEFT", "LEAVES", "BACK", "NEXT", "HALF", "AGAIN", "NEVER")


def opened(home: Path, exports: dict[str, str | bytes | None]) -> Release:
    complete = {**tiny.REQUIRED_FILES, **exports}
    refreshed(tiny.write(home / "exports", complete), home / "data", CONFIG, as_of=date(2026, 3, 15))
    return open_release(home / "data", current_id(home / "data"))


def lines(head: str, rows: Iterable[str]) -> str:
    return "\n".join([head, *rows, ""])


def segments(release: Release, first: date, last: date) -> set[str]:
    return set(query.customer_base(release, Selection(), first=first, last=last)["segment"])


def test_who_left_before_the_months_is_no_customer_of_them(tmp_path):
    """Each customer is a segment of their own. In February 2026 two are gone:

    LEFT lost both subscriptions in January; AGAIN left in 2024 and comes back in March. LEAVES goes on 1
    February, so was there; BACK and NEXT came back under the same and under another subscription; HALF
    kept one of two; NEVER has no term. From January on LEFT counts as well, in March AGAIN instead of LEFT and LEAVES.
    """
    customers = lines("customer_id,valid_from,segment", [f"{name},,{name}" for name in NAMES])
    release = opened(tmp_path, {"customers.csv": customers, "subscriptions.csv": TERMS})
    january, february, march = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
    assert segments(release, february, february) == set(NAMES) - {"LEFT", "AGAIN"}
    assert segments(release, january, february) == set(NAMES) - {"AGAIN"}
    assert segments(release, march, march) == set(NAMES) - {"LEFT", "LEAVES"}


def test_without_subscriptions_nobody_is_known_to_have_left(tmp_path):
    customers = lines("customer_id,valid_from,segment", [f"{name},,{name}" for name in NAMES])
    release = opened(tmp_path, {"customers.csv": customers})
    assert segments(release, date(2026, 2, 1), date(2026, 2, 1)) == set(NAMES)


def test_the_demo_has_no_group_out_of_place_once_those_who_left_are_gone(demo_folder):
    """November 2025 to October 2026, with all 19,846 who ever came Family and Sport stood over, Student under."""
    release, config = open_release(demo_folder, current_id(demo_folder)), load_config(demo_folder)
    span = span_of(date(2026, 10, 1), 12)
    ever = query.customer_base(release, Selection(), first=date(1900, 1, 1), last=span.last)[
        "customers"
    ].sum()
    found = standing(release, config, Selection(month=span.last), span)
    mix = found.mix("segment")
    assert mix.customers < 0.9 * ever
    assert set(mix.groups["verdict"]) == {"unclear"}


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """A and B with 500 customers and 100 answers each; 200 answers of customers nobody lists; 3 anonymous ones."""
    customers = [f"{group}{n},,{group}" for group in "AB" for n in range(500)]
    people = [f"{group}{n}" for group in "AB" for n in range(100)] + [f"X{n}" for n in range(200)] + [""] * 3
    surveys = [f"S{n},{who},email,2026-02-05T10:00:00Z,2026-02-06T10:00:00Z" for n, who in enumerate(people)]
    exports: dict[str, str | bytes | None] = {
        "customers.csv": lines("customer_id,valid_from,segment", customers),
        "surveys.csv": lines("survey_id,customer_id,channel,sent_at,responded_at", surveys),
        "answers.csv": lines(
            "survey_id,question,score", [f"S{n},nps,{10 * (n % 2)}" for n in range(len(people))]
        ),
    }
    return opened(tmp_path_factory.mktemp("strangers"), exports)


def test_answers_of_unknown_customers_have_no_share(strangers):
    """A and B gave half of the placed answers each, as they are half of the customers: not 25 % of 400."""
    found = standing(strangers, CONFIG, Selection(month=date(2026, 2, 1)), span_of(date(2026, 2, 1), 1))
    mix = found.mix("segment")
    assert mix.groups["group"].tolist() == ["A", "B"]
    assert mix.groups["difference"].tolist() == [0, 0]
    assert mix.groups["verdict"].tolist() == ["unclear", "unclear"]
    assert (mix.answered, found.unlisted_answers) == (200, 200)


def test_unknown_customers_are_told_apart_from_anonymous_answers(strangers):
    """403 scores: 200 of listed customers are raked, 3 name nobody, 200 name somebody whom no table has."""
    found = standing(strangers, CONFIG, Selection(month=date(2026, 2, 1)), span_of(date(2026, 2, 1), 1))
    assert (found.anonymous, found.unlisted) == (3, 200)
    assert (found.raked[0].raw["base"], found.raked[0].raked["base"]) == (403, 200)
    notes = " ".join(raking_notes(found.raked, found.anonymous, found.unlisted, {}))
    assert "3 anonymous scores count as answered only." in notes
    assert "200 scores of customers whom the table customers lacks count as answered only." in notes
    assert unlisted_text(200) == "Left out: 200 answers of customers whom the table customers lacks."
    assert unlisted_text(1) == "Left out: 1 answer of a customer whom the table customers lacks."
    assert unlisted_text(0) == ""


def test_the_counts_of_listed_and_other_customers_stay_apart(strangers):
    rows = query.asked_and_answered(strangers, Selection(), first=date(2026, 2, 1), last=date(2026, 2, 1))
    expected = pd.DataFrame(
        {"segment": ["", "A", "B"], "listed": [False, True, True], "answered": [200, 100, 100]}
    )
    assert rows[["segment", "listed", "answered"]].to_numpy().tolist() == expected.to_numpy().tolist()
