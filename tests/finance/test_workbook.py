"""The workbook: its formulas, worked out by an evaluator of the tests, give what the product gives."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from cxdata.finance.impact.bands import bands_of, value_of_bands
from cxdata.finance.impact.results import Valuation
from cxdata.finance.impact.valuation import value
from cxdata.finance.scenarios.report import Stamp
from cxdata.finance.scenarios.scenario import FIX, FLOOR, Lever, Note, Range, RetentionChange, Scenario
from cxdata.finance.scenarios.workbook import workbook, workbook_bytes
from cxdata.language import set_language
from tests.finance.formulas import Reader, Sheets
from tests.finance.shop import RATING, WAIT, profiles

STAMP = Stamp(
    "20260901T000000Z-01", "d" * 64, "a" * 64, "0.1.0", "EUR", date(2026, 8, 1), "python -m cxdata value"
)
SHOP = profiles()

WAITS = Lever(
    WAIT, amount=Range(2.0, 3.0, 5.0), reach=Range(0.5, 0.7, 0.8), one_off_cost=Range.exactly(150.0),
    yearly_cost=Range(20.0, 30.0, 50.0), cost_per_customer=Range.exactly(0.2),
)  # fmt: skip
RATINGS = Lever(
    RATING, FLOOR, Range.exactly(4.0), Range.exactly(0.3), 0.8, (0.2, 0.6, 1.0), 0.1, ("Home",),
    cost_per_customer=Range.exactly(0.5),
)  # fmt: skip
FEWER = Lever(WAIT, FIX, Range.exactly(0.5), Range.exactly(0.3), 0.4, (1.0,), 0.25)
SCENARIOS = {
    "one lever": Scenario("one", levers=(WAITS,), draws=100),
    "all at once": Scenario(
        "all", levers=(WAITS, RATINGS, FEWER), draws=100, horizon_years=5, margin_growth=0.03,
        cross_sell=Range(0.0, 0.02, 0.05), referral=Range.exactly(0.1), tail=True,
    ),
    "retention": Scenario(
        "ret", retention=RetentionChange(Range(0.0, 0.01, 0.02), ("Home",), cost_per_customer=Range.exactly(1.0)),
        draws=100, horizon_years=2,
    ),
    "one year": Scenario("short", levers=(RATINGS,), horizon_years=1, draws=100),
    "nobody": Scenario("nobody", levers=(replace(WAITS, amount=Range.exactly(0.0)),), draws=100),
}  # fmt: skip


def lever(one: Scenario, place: int, **changed: Any) -> Scenario:
    """The scenario with one of its levers changed."""
    levers = [replace(each, **changed) if place == at else each for at, each in enumerate(one.levers)]
    return replace(one, levers=tuple(levers))


@cache
def valued(name: str) -> Valuation:
    return value(SCENARIOS[name], SHOP)


def places(book: Workbook, sheet: str, column: int = 1) -> dict[str, int]:
    """Rows by the text of a column."""
    return {
        str(row[column - 1].value): row[column - 1].row
        for row in book[sheet].iter_rows()
        if row[column - 1].value
    }


def live(book: Workbook) -> dict[str, Any]:
    """Figures of the sheet Result, worked out."""
    sheets = Sheets(book)
    return {label: sheets.value("Result", f"B{row}") for label, row in places(book, "Result").items()}


def change(book: Workbook, field: str, number: float) -> None:
    """What a reader does: type a number over the value that counts."""
    book["Inputs"].cell(places(book, "Inputs", 11)[field], 2).value = number


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_formulas_give_what_the_product_gives_for_the_same_bands(name):
    found = valued(name)
    figures = live(workbook(found, SHOP, STAMP))
    banded = value_of_bands(bands_of(SHOP, found.scenario), SHOP, found.scenario)
    for label, expected in (
        ("Net present value", banded.npv[0]), ("Present value of margin", banded.gross_pv[0]),
        ("Present value of costs", banded.cost_pv[0]), ("of it after the last year", banded.tail[0]),
        ("Customers kept at the end", banded.customers_kept[0, -1]),
        ("Net present value, customers in bands", banded.npv[0]),
        ("Net present value, customer by customer", found.point.npv[0]),
    ):  # fmt: skip
        assert figures[label] == pytest.approx(float(expected), rel=1e-9, abs=1e-9), label


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_year_agrees(name):
    found = valued(name)
    book = workbook(found, SHOP, STAMP)
    banded = value_of_bands(bands_of(SHOP, found.scenario), SHOP, found.scenario)
    sheets, rows = Sheets(book), places(book, "Years")
    for label, expected in (
        ("Customers kept", banded.customers_kept), ("Revenue of kept customers", banded.revenue),
        ("Margin", banded.margin), ("Margin from cross-sell", banded.cross_sell),
        ("Margin of customers won by referral", banded.referral), ("Costs", banded.cost),
        ("Margin less costs", banded.net),
    ):  # fmt: skip
        years = [sheets.cell("Years", rows[label], 3 + year) for year in range(found.scenario.horizon_years)]
        assert years == pytest.approx(expected[0].tolist(), rel=1e-9, abs=1e-9), label
    assert sheets.cell("Years", rows["Costs"], 2) == pytest.approx(banded.one_off[0])


def test_bands_are_near_to_customer_by_customer():
    """The difference that the sheet prints is below 1 % of the present value of the margin."""
    found = valued("all at once")
    figures = live(workbook(found, SHOP, STAMP))
    assert figures["Net present value"] == pytest.approx(
        found.point.npv[0], abs=0.01 * found.point.gross_pv[0]
    )


@pytest.mark.parametrize(
    ("field", "number", "changed"),
    [
        ("levers.1.attribution", 0.9, lambda one: lever(one, 0, attribution=0.9)),
        ("levers.2.reach", 0.95, lambda one: lever(one, 1, reach=Range.exactly(0.95))),
        ("levers.3.decay", 0.5, lambda one: lever(one, 2, decay=0.5)),
        ("levers.2.ramp.1", 0.9, lambda one: lever(one, 1, ramp=(0.9, 0.6, 1.0))),
        ("levers.1.one_off_cost", 999.0, lambda one: lever(one, 0, one_off_cost=Range.exactly(999.0))),
        ("levers.2.cost_per_customer", 3.0, lambda one: lever(one, 1, cost_per_customer=Range.exactly(3.0))),
        ("discount_rate", 0.2, lambda one: replace(one, discount_rate=Range.exactly(0.2))),
        ("margin_growth", -0.1, lambda one: replace(one, margin_growth=-0.1)),
        ("cross_sell", 0.3, lambda one: replace(one, cross_sell=Range.exactly(0.3))),
        ("referral", 0.5, lambda one: replace(one, referral=Range.exactly(0.5))),
        ("tail", 0.0, lambda one: replace(one, tail=False)),
    ],
)  # fmt: skip
def test_a_changed_cell_gives_what_the_product_gives_for_that_scenario(field, number, changed):
    """Reach too, where it changes which lever reaches the most customers."""
    found = valued("all at once")
    book = workbook(found, SHOP, STAMP)
    before = live(book)["Net present value"]
    change(book, field, number)
    scenario = changed(found.scenario)
    # The bands are those that the sheet was made with.
    expected = value_of_bands(bands_of(SHOP, found.scenario), SHOP, scenario).npv[0]
    assert live(book)["Net present value"] == pytest.approx(float(expected), rel=1e-9)
    assert abs(expected - before) > 1e-3


def test_fixed_figures_stand_beside_the_live_ones_for_viewers_that_do_not_calculate():
    """A file has formulas without stored values: spreadsheets work them out on loading, viewers show the fixed ones."""
    found = valued("one lever")
    book = load_workbook(io.BytesIO(workbook_bytes(found, SHOP, STAMP)))
    assert book.calculation.fullCalcOnLoad
    page, rows = book["Result"], places(book, "Result")
    for label, expected in (
        ("Present value of margin", found.point.gross_pv[0]), ("Present value of costs", found.point.cost_pv[0]),
        ("Net present value", found.point.npv[0]), ("Customers kept at the end", found.point.customers_kept[0, -1]),
    ):  # fmt: skip
        assert str(page.cell(rows[label], 2).value).startswith("=")
        assert page.cell(rows[label], 3).value == pytest.approx(float(expected))
    assert any(label.startswith("Live figures need a spreadsheet program") for label in rows)


def test_a_range_counts_with_its_expected_value():
    """(20 + 4 × 30 + 50) / 6 = 31.67; a later most likely value of 60 gives 51.67, so 20 more a year."""
    found = valued("one lever")
    book = workbook(found, SHOP, STAMP)
    row = places(book, "Inputs", 11)["levers.1.yearly_cost"]
    assert Sheets(book).value("Inputs", f"B{row}") == pytest.approx(190 / 6)
    before = live(book)["Present value of costs"]
    book["Inputs"].cell(row, 4).value = 60.0
    rate = found.scenario.discount_rate.mean
    assert live(book)["Present value of costs"] - before == pytest.approx(
        20.0 * sum((1 + rate) ** -(year + 0.5) for year in range(3))
    )


def test_no_effect_leaves_the_costs_and_double_the_effect_more():
    found = valued("one lever")
    book = workbook(found, SHOP, STAMP)
    whole = live(book)["Present value of margin"]
    change(book, "effect", 0.0)
    figures = live(book)
    # Nobody is kept who would have gone, but those reached cost money.
    assert figures["Present value of margin"] == pytest.approx(0.0, abs=1e-6)
    assert figures["Net present value"] == pytest.approx(-figures["Present value of costs"])
    assert figures["Payback in years"] == "–"
    change(book, "effect", 2.0)
    assert live(book)["Present value of margin"] > 1.5 * whole


def test_returns_and_paybacks_agree_with_their_definitions():
    book = workbook(valued("one lever"), SHOP, STAMP)
    figures, sheets, rows = live(book), Sheets(book), places(book, "Years")
    flows = [sheets.cell("Years", rows["Margin less costs"], 2 + year) for year in range(4)]
    rate = figures["Internal rate of return"]
    assert flows[0] + sum(
        flow * (1 + rate) ** -(year + 0.5) for year, flow in enumerate(flows[1:])
    ) == pytest.approx(0.0, abs=1e-6)
    assert figures["Return on investment"] == pytest.approx(
        figures["Net present value"] / figures["Present value of costs"]
    )
    assert figures["Benefit ÷ cost"] == pytest.approx(1 + figures["Return on investment"])
    years = figures["Payback in years"]
    whole = int(years)
    assert sum(flows[: whole + 1]) + (years - whole) * flows[whole + 1] == pytest.approx(0.0, abs=1e-9)


def test_inputs_hold_the_log_of_assumptions():
    noted = replace(
        SCENARIOS["one lever"], notes=(Note("levers.1.reach", "Ana", "pilot", "2026-06-30", "estimated"),)
    )
    book = workbook(value(noted, SHOP), SHOP, STAMP, {WAIT: "Longest wait"})
    row = places(book, "Inputs", 11)["levers.1.reach"]
    texts = [book["Inputs"].cell(row, column).value for column in (1, 7, 8, 9, 10)]
    assert texts == ["Lever 1, Longest wait: Customers reached", "estimated", "Ana", "pilot", "2026-06-30"]


def test_text_of_people_is_never_a_formula():
    """A title, an owner or a segment that begins with = would otherwise run on the reader's machine."""
    evil = '=HYPERLINK("http://x","y")'
    noted = replace(SCENARIOS["one lever"], title=evil, notes=(Note("tail", "=1+1", "@x"),))
    book = load_workbook(io.BytesIO(workbook_bytes(value(noted, SHOP), SHOP, STAMP, {WAIT: "+cmd|'/c'!A1"})))
    assert book["Result"]["A1"].value == evil
    assert book["Result"]["A1"].data_type == "s"
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f" or "HYPERLINK" not in cell.value
    row = places(book, "Inputs", 11)["tail"]
    assert [book["Inputs"].cell(row, column).data_type for column in (8, 9)] == ["s", "s"]


def test_it_survives_the_file_and_carries_its_origin():
    content = workbook_bytes(valued("one lever"), SHOP, STAMP)
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Result", "Inputs", "Years", "Groups", "Customers"]
    assert live(book)["Net present value"] == pytest.approx(
        live(workbook(valued("one lever"), SHOP, STAMP))["Net present value"]
    )
    rows = places(book, "Result")
    assert book["Result"].cell(rows["Release"], 2).value == STAMP.release
    assert book["Result"].cell(rows["Scenario, SHA-256"], 2).value == "a" * 64
    assert book["Result"].cell(rows["Seed"], 2).value == "20260901"
    assert len(book["Customers"]["A"]) <= 601
    # Excel works everything out when it opens the file.
    assert b'fullCalcOnLoad="1"' in zipfile.ZipFile(io.BytesIO(content)).read("xl/workbook.xml")


def test_in_spanish_the_formulas_still_find_their_sheets():
    set_language("es")
    try:
        book = workbook(valued("one lever"), SHOP, STAMP)
    finally:
        set_language("en")
    first = book.sheetnames[0]
    spanish = Sheets(book)
    found = [spanish.cell(first, row, 2) for row in range(5, 8)]
    english = live(workbook(valued("one lever"), SHOP, STAMP))
    assert found == pytest.approx([english[name] for name in (
        "Present value of margin", "Present value of costs", "Net present value",
    )])  # fmt: skip


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("2^3^2", 64.0), ("-2^2", 4.0), ("0-2^2", -4.0), ("1+2*3", 7.0), ("(1+2)*3", 9.0), ("10-4-3", 3.0), ("8/4/2", 1.0),
        ('IF(1>2,"a","b")', "b"), ("IFERROR(1/0,5)", 5.0), ("SUM(A1:B2)", 10.0), ("SUMPRODUCT(A1:A2,B1:B2)", 14.0),
        ("LARGE(A1:B2,2)", 3.0), ("MAX(A1:B2)", 4.0), ("A1<=B1", True), ("2*A3", 0.0), ("IRR(A5:F5)", 0.0866309),
    ],
)  # fmt: skip
def test_the_evaluator_reads_formulas_as_a_spreadsheet_does(formula, expected):
    """A1:B2 is 1, 2 / 3, 4. A sign binds tighter than a power in Excel: =-2^2 is 4. The internal rate is an example
    of an Excel-compatible manual, 0.0866."""
    book = Workbook()
    book.active.title = "S"
    for row in ([1, 2], [3, 4], [None], [], [-70000, 12000, 15000, 18000, 21000, 26000]):
        book.active.append(row)
    found = Reader(Sheets(book), "S", formula).all()
    assert found == pytest.approx(expected, abs=1e-4) if isinstance(expected, float) else found == expected
