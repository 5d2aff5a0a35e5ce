"""Files of the page Financial impact: built after the run, in the reader's language, with names, filters and a command."""

from __future__ import annotations

import io
import json
import shlex
from collections.abc import Callable
from contextvars import Context
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from cxdata.cli import main
from cxdata.finance.scenarios.refusals import name_of_change
from cxdata.finance.scenarios.scenario import Lever, Range, RetentionChange, Scenario
from pages.parts import impact_compare
from tests.pages.test_impact import DELIVERY, opened

LEVER = {"lever1": f"{DELIVERY}~e50"}


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], bytes]]:
    """What the page offers for download, by file name."""
    found: dict[str, Callable[[], bytes]] = {}

    def button(label: str, *, data: Callable[[], bytes], file_name: str, **rest: Any) -> None:
        found[file_name] = data

    monkeypatch.setattr(impact_compare.st, "download_button", button)
    return found


def built(offered: dict[str, Callable[[], bytes]], suffix: str) -> bytes:
    """As Streamlit does: later, and where nobody has chosen a language."""
    name = next(name for name in offered if name.endswith(suffix))
    return Context().run(offered[name])


def first_column(book: Workbook, sheet: int) -> list[str]:
    return [str(row[0].value) for row in book.worksheets[sheet].iter_rows() if row[0].value]


@pytest.mark.parametrize(
    ("language", "sheets", "result", "lever"),
    [
        ("en", ["Result", "Inputs"], "Net present value", "Lever 1, Delivery"),
        ("es", ["Resultado", "Supuestos"], "Valor actual neto", "Palanca 1"),
    ],
)
def test_the_workbook_speaks_the_language_of_the_page_and_names_its_levers(
    with_margins, offered, language, sheets, result, lever
):
    opened(with_margins, language, LEVER)
    book = load_workbook(io.BytesIO(built(offered, ".xlsx")))
    assert [one.title for one in book.worksheets[:2]] == sheets
    assert result in first_column(book, 0)
    inputs = first_column(book, 1)
    assert any(text.startswith(lever) for text in inputs), list(inputs)
    assert not any("rating:" in text for text in inputs)


def test_a_scenario_that_was_not_saved_is_called_after_what_it_changes(with_margins, offered):
    opened(with_margins, query={"points": "2"})
    assert all(name.startswith("churn-2-points_") for name in offered)
    book = load_workbook(io.BytesIO(built(offered, ".xlsx")))
    assert book.worksheets[0]["A1"].value == "2 points of churn fewer a year (all customers)"
    assert b",churn-2-points," in built(offered, ".csv")


def test_names_of_changes():
    def levers(*codes: str) -> str:
        return name_of_change(Scenario("x", levers=tuple(Lever(code) for code in codes)))

    assert name_of_change(Scenario("x", retention=RetentionChange())) == "churn-1-point"
    change = RetentionChange(Range.exactly(0.025), ("Family",))
    assert name_of_change(Scenario("x", retention=change)) == "churn-2-5-points-family"
    assert levers("event:unresolved", "event:longest_wait") == "unresolved-and-longest-wait"
    assert levers("rating:rating_product::") == "rating-product"
    assert levers("event:a", "event:b", "event:c", "event:d") == "a-and-b-and-2-more"
    assert levers() == "unsaved-scenario"


def test_the_command_in_the_file_gives_the_same_result_with_the_filters(
    with_margins, offered, tmp_path, capsys, monkeypatch
):
    segment = "Office"
    opened(with_margins, query={"points": "2"}, segment=(segment,))
    found = json.loads(built(offered, ".json"))
    assert found["stamp"]["filters"] == {"segment": [segment]}
    assert f",segment={segment}," in built(offered, ".csv").decode("utf-8")
    book = load_workbook(io.BytesIO(built(offered, ".xlsx")))
    cells = {str(row[0].value): row[1].value for row in book.worksheets[0].iter_rows()}
    assert cells["Only customers with"] == f"Segment: {segment}"
    command = shlex.split(found["stamp"]["command"])
    assert cells["Run it again"] == found["stamp"]["command"]
    # The file that it names is the one that is offered.
    file = command[command.index("--scenario") + 1]
    (tmp_path / file).write_bytes(built(offered, ".toml"))
    monkeypatch.chdir(tmp_path)
    assert main([*command[3:], "--data", str(with_margins)]) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["result"] == found["result"]
    assert again["stamp"] == found["stamp"]
