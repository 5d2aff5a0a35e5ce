"""Every page on data that have next to nothing to say: words instead of a number, never nan, never a traceback."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from cxdata.config import Config
from tests.corpus import tiny
from tests.corpus.release import refreshed
from tests.pages.opened import charts, open_page

PAGES = (
    "scorecard", "movement", "trends", "journey", "moments", "drivers", "segments", "response", "economics",
    "impact",
)  # fmt: skip


def answers(*scores: tuple[str, str, int]) -> dict[str, str]:
    """Files of a company with one customer: survey, day of the answer, score to the recommendation."""
    surveys = "".join(f"{name},C1,{day}T09:00:00,{day}T10:00:00\n" for name, day, _ in scores)
    return {
        "customers.csv": "customer_id,segment\nC1,Home\n",
        "questions.csv": "question,metric,scale_min,scale_max,higher_is_better\nnps,nps,0,10,true\n",
        "surveys.csv": "survey_id,customer_id,sent_at,responded_at\n" + surveys,
        "answers.csv": "survey_id,question,score\n"
        + "".join(f"{name},nps,{score}\n" for name, _, score in scores),
    }


MANY = [(f"S{number}", f"2024-{4 + number % 2:02d}-{number % 27 + 1:02d}") for number in range(40)]
COMPANIES = {
    "one answer": answers(("S1", "2024-05-02", 9)),
    "promoters only": answers(*((name, day, 10) for name, day in MANY)),
    "one score only": answers(*((name, day, 7) for name, day in MANY)),
    "one contact, one term": answers(*((name, day, 10) for name, day in MANY))
    | {
        "touchpoints.csv": "touchpoint,stage,stage_order\ncall,help,1\n",
        "interactions.csv": "interaction_id,customer_id,occurred_at,touchpoint\nI1,C1,2024-05-01T10:00:00,call\n",
        "subscriptions.csv": "subscription_id,term,customer_id,started_on,due_on,outcome,annual_value\n"
        "U1,1,C1,2023-05-10,2024-05-10,renewed,100\n",
        "revenue.csv": "customer_id,month,revenue,cost_to_serve\nC1,2024-05,10,4\n",
    },
}


@pytest.fixture(scope="module", params=COMPANIES)
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    home = tmp_path_factory.mktemp("thin")
    exports = tiny.write(home / "exports", COMPANIES[request.param])
    refreshed(exports, home / "data", Config(), as_of=date(2024, 6, 15))
    return request.param, home / "data"


def shown(page: AppTest) -> str:
    """All text of a page, with the rows of its charts and tables."""
    parts: list[Any] = [element.proto.body for element in page.get("html")]
    parts += [getattr(element, "value", "") for kind in ("markdown", "caption", "text", "title", "subheader", "info")
              for element in page.get(kind)]  # fmt: skip
    parts += [frame.value.to_csv() for frame in page.dataframe]
    parts += [
        pa.ipc.open_stream(rows.data.data).read_all().to_pandas().to_csv()
        for chart in charts(page)
        for rows in chart.proto.datasets
    ]
    return re.sub(r"<[^>]+>", " ", "\n".join(str(part) for part in parts))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_words_where_there_is_no_number(company, name):
    """Languages take turns: each page and each company is seen in both."""
    called, folder = company
    language = ("en", "es")[(PAGES.index(name) + list(COMPANIES).index(called)) % 2]
    text = shown(open_page(name, folder, language, month=date(2024, 5, 1)))
    assert text.strip()
    assert re.findall(r"\b(?:nan|None|inf|NaT)\b[^\n]{0,40}", text) == []
