"""The page's numbers from a release: written-out surveys in, rates, mixes and tipping points out; the demo's truth."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from cxdata.config import Config, load_config
from cxdata.database import Release, current_id, open_release
from cxdata.response import query
from cxdata.response.rates import dimensions_with_values, rates_of, response_rates, span_of
from cxdata.response.report import planning, standing, tipping
from cxdata.selection import Selection
from tests.corpus import tiny
from tests.corpus.release import refreshed

AS_OF = date(2026, 3, 15)
CONFIG = Config(time_zone="UTC", csat="share")
FEBRUARY = Selection(month=date(2026, 2, 1))

QUESTIONS = """\
question,metric,label,touchpoint,scale_min,scale_max,higher_is_better,favourable_from,valid_from,factor
nps,nps,Would you recommend us?,,0,10,true,,,
csat_app,csat,How is the app?,app,1,5,true,4,,
"""


def company(*, sent: bool = True) -> dict[str, str | bytes | None]:
    """40 customers at Home, 20 with a Shop; one Shop comes in May, one customer moves to Shop in March.

    January: everybody invited once; 20 at Home answer 10, 10 Shops answer 0.
    February: Home invited once, Shops twice; 10 at Home answer 10, 10 Shops answer both surveys with 0.
    One anonymous answer of 7 in February.
    """
    customers = ["customer_id,valid_from,segment,acquired_on"]
    customers += [f"H{n},,Home,2020-01-01" for n in range(40)] + [f"S{n},,Shop," for n in range(20)]
    customers += ["S99,,Shop,2026-05-01", "H0,2026-03-10,Shop,2020-01-01"]
    surveys, answers = (
        ["survey_id,customer_id,touchpoint,channel,sent_at,responded_at"],
        ["survey_id,question,score"],
    )

    def ask(customer: str, month: str, score: int | None, copy: int = 0) -> None:
        name = f"{customer}-{month}-{copy}"
        sending = f"2026-{month}-05T10:00:00Z" if sent else ""
        if score is None and not sent:
            return
        answered = f"2026-{month}-07T10:00:00Z" if score is not None else ""
        surveys.append(f"{name},{customer},,email,{sending},{answered}")
        if score is not None:
            answers.append(f"{name},nps,{score}")
            if copy == 0 and customer.startswith("H"):
                answers.append(f"{name},csat_app,5")

    for n in range(40):
        ask(f"H{n}", "01", 10 if n < 20 else None)
        ask(f"H{n}", "02", 10 if n < 10 else None)
    for n in range(20):
        ask(f"S{n}", "01", 0 if n < 10 else None)
        for copy in range(2):
            ask(f"S{n}", "02", 0 if n < 10 else None, copy)
    surveys.append("A1,,,web,,2026-02-20T10:00:00Z")
    answers.append("A1,nps,7")
    return {
        "customers.csv": "\n".join([*customers, ""]),
        "questions.csv": QUESTIONS,
        "surveys.csv": "\n".join([*surveys, ""]),
        "answers.csv": "\n".join([*answers, ""]),
        "targets.csv": "metric,touchpoint,segment,valid_from,target\nnps,,,2025-01-01,40\n",
    }


def opened(home: Path, **options: bool) -> Release:
    exports = tiny.write(home / "exports", company(**options))
    refreshed(exports, home / "data", CONFIG, as_of=AS_OF)
    return open_release(home / "data", current_id(home / "data"))


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return opened(tmp_path_factory.mktemp("response"))


def test_a_span_and_the_one_before():
    span = span_of(date(2026, 2, 1), 3)
    assert (span.first, span.last) == (date(2025, 12, 1), date(2026, 2, 1))
    assert (span.first_before, span.last_before) == (date(2025, 9, 1), date(2025, 11, 1))
    with pytest.raises(ValueError, match="span of 0 months"):
        span_of(date(2026, 2, 1), 0)


def test_customers_count_once_as_they_are_at_the_end_of_the_month(release):
    """40 and 20 in February; in March, as far as the data goes, one has moved; nobody is there before she comes."""
    for month, home, shop in ((2, 40, 20), (3, 39, 21)):
        day = date(2026, month, 1)
        base = query.customer_base(release, Selection(), first=day, last=day)
        assert dict(zip(base["segment"], base["customers"], strict=True)) == {"Home": home, "Shop": shop}


def test_surveys_are_counted_with_their_squares_per_customer(release):
    """Ten Shops answer twice each: 20 answers, squares 10 · 2² = 40."""
    rows = query.asked_and_answered(release, Selection(), first=date(2026, 2, 1), last=date(2026, 2, 1))
    shop = rows[rows["segment"] == "Shop"].iloc[0]
    assert shop[["invited", "invited_sq", "answered", "answered_sq"]].tolist() == [40, 80, 20, 40]


def test_response_rates_and_their_change(release):
    """Home: 10 of 40 after 20 of 40; Shop: 20 of 40 after 10 of 20."""
    table = rates_of(release, CONFIG, FEBRUARY, span_of(date(2026, 2, 1), 1), "segment").set_index("line")
    assert table.loc["Home", ["estimate", "base", "previous", "previous_base"]].tolist() == [
        0.25,
        40,
        0.5,
        40,
    ]
    assert table.loc["Home", "change"] == pytest.approx(-0.25)
    assert table.loc["Home", "verdict"] == "down"
    assert table.loc["Shop", "verdict"] == "unclear"


def test_a_line_without_enough_invitations_is_not_judged():
    now = pd.DataFrame({"line": ["a", "b"], "invited": [9, 50], "responded": [3, 20]})
    before = pd.DataFrame({"line": ["a", "c"], "invited": [90, 50], "responded": [80, 20]})
    table = response_rates(now, before, min_base=10).set_index("line")
    assert table["verdict"].to_dict() == {"a": "too_few", "b": "no_data", "c": "no_data"}


def test_filters_apply(release):
    chosen = Selection(month=date(2026, 2, 1), segment=("Shop",))
    found = standing(release, CONFIG, chosen, span_of(date(2026, 2, 1), 1))
    assert found.overall[["base", "responded"]].iloc[0].tolist() == [40, 20]
    assert found.mixes == ()
    assert dimensions_with_values(release, chosen) == ["channel"]


def test_the_standing_of_a_month(release):
    """Shops: a third of the customers, two thirds of the answers. Raked: NPS 100·⅔ − 100·⅓ = 33.3."""
    found = standing(release, CONFIG, FEBRUARY, span_of(date(2026, 2, 1), 1))
    groups = found.mix("segment").groups.set_index("group")
    assert groups.loc["Shop", "customer_share"] == pytest.approx(1 / 3)
    assert groups.loc["Shop", "answered_share"] == pytest.approx(2 / 3)
    assert found.mix("segment").effective_answered == pytest.approx(30**2 / (10 + 40))
    nps = next(one for one in found.raked if one.metric == "nps")
    assert nps.raw["estimate"] == pytest.approx(100 * (10 - 20) / 31)
    assert nps.raked["estimate"] == pytest.approx(100 / 3)
    assert found.anonymous == 1


def test_the_tipping_point_of_a_release(release):
    """NPS fell from 33.3 to −32.3; 30 of 80 invitations brought a score: the silent must make up 65.6 ÷ 0.625."""
    table = tipping(release, CONFIG, FEBRUARY, span_of(date(2026, 2, 1), 1))
    nps = table[(table["metric"] == "nps") & (table["about"] == "change")].iloc[0]
    fall = 100 * (10 - 20) / 31 - 100 * (20 - 10) / 30
    assert nps["rate"] == pytest.approx(30 / 80)
    assert nps["needed"] == pytest.approx(-fall / (1 - 30 / 80))
    aim = table[(table["metric"] == "nps") & (table["about"] == "target")].iloc[0]
    assert aim["needed"] == pytest.approx((40 + 1000 / 31) / 0.625)


def test_a_survey_counts_where_its_kind_brings_answers(release):
    """The app is asked about in surveys without a touchpoint: 10 ratings from February's 80 invitations."""
    first = last = date(2026, 2, 1)
    rows = query.metric_response(release, Selection(), ["csat"], first=first, last=last, by="touchpoint")
    assert rows[["line", "invited", "scored"]].to_numpy().tolist() == [["app", 80, 10]]


def test_a_plan_from_the_closed_months(release):
    """61 answers in two months are 30.5 a month."""
    table = planning(release, CONFIG, FEBRUARY, "nps", 10.0, date(2026, 2, 1))
    row = table.set_index("line").loc[""]
    assert row["monthly"] == pytest.approx(30.5)
    assert row["rate"] == pytest.approx(60 / 140)
    assert row["invitations"] >= row["needed"] / row["rate"]


def test_the_pace_of_a_plan_is_that_of_the_whole_year_where_the_question_is_older(demo_folder):
    """Rated since 2023, the relationship NPS of the year to October 2026: its answers over twelve months."""
    release, config = open_release(demo_folder, current_id(demo_folder)), load_config(demo_folder)
    october = Selection(month=date(2026, 10, 1))
    row = planning(release, config, october, "nps", 5.0, date(2026, 10, 1)).set_index("line").loc[""]
    assert row["monthly"] == pytest.approx(row["answers"] / 12)


def test_a_plan_follows_a_question_to_its_new_scale(demo_folder):
    """The workshop's CSAT went from 1-5 to 1-7 in July 2025: by January 2026 seven months old, by August two.

    In January 283 answers are 40.4 a month, so that 1,362 take 33.7 months, not 57.8 at a pace over twelve. The
    plan of August takes the new question, too, though the retired one has 829 answers.
    """
    release, config = open_release(demo_folder, current_id(demo_folder)), load_config(demo_folder)
    for month, age in ((date(2026, 1, 1), 7), (date(2025, 8, 1), 2)):
        table = planning(release, config, Selection(month=month), "csat", 0.05, month).set_index("line")
        assert table.loc["workshop", "monthly"] == pytest.approx(table.loc["workshop", "answers"] / age)
        assert 30 < table.loc["workshop", "monthly"] < 55
        assert 30 < table.loc["workshop", "months_needed"] < 45
        assert table.loc["app", "monthly"] == pytest.approx(table.loc["app", "answers"] / 12)


def test_where_nobody_noted_the_sending_rates_are_left_out(tmp_path):
    release = opened(tmp_path, sent=False)
    found = standing(release, CONFIG, FEBRUARY, span_of(date(2026, 2, 1), 1))
    assert not found.asked
    assert found.overall.empty
    assert found.mix("segment").invited == 0
    assert found.mix("segment").answered == 30
    assert tipping(release, CONFIG, FEBRUARY, span_of(date(2026, 2, 1), 1)).empty


def test_raking_takes_the_planted_mix_out_of_the_demo(demo_folder):
    """From June 2026 on students get 3.4 times the surveys: NPS falls by 8.3 though nobody scores differently.

    Raked to the customers, both half-years are within two points of each other.
    """
    release = open_release(demo_folder, current_id(demo_folder))
    config = load_config(demo_folder)
    truth = json.loads((demo_folder / "exports" / "demo" / "truth.json").read_text(encoding="utf-8"))["mix"]
    scores = []
    for month in (date(2026, 5, 1), date(2026, 11, 1)):
        found = standing(release, config, Selection(month=month), span_of(month, 6))
        scores.append(next(one for one in found.raked if one.metric == "nps"))
    assert scores[0].raw["estimate"] == pytest.approx(truth["measured_nps_before"], abs=0.6)
    assert scores[1].raw["estimate"] == pytest.approx(truth["measured_nps_after"], abs=0.6)
    assert abs(scores[1].raked["estimate"] - scores[0].raked["estimate"]) < 2
    assert found.mix("segment").standing_out("up")["group"].tolist()[0] == truth["segment"]
