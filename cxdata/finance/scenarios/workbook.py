"""A scenario as a workbook whose sums are live formulas: change a yellow cell and everything follows.

It holds the model at the expected values, with customers in bands; what the simulation found stands beside it as
plain numbers, which do not follow the cells.
"""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np
from openpyxl import Workbook

from cxdata.finance.impact.bands import Bands, bands_of, value_of_bands
from cxdata.finance.impact.inputs import changes_of
from cxdata.finance.impact.names import FIELD_LABELS, money
from cxdata.finance.impact.profiles import Profiles
from cxdata.finance.impact.results import Valuation, summary
from cxdata.finance.scenarios.assumptions import LOG_COLUMNS, field_value, scenario_rows
from cxdata.finance.scenarios.checks import MOST_YEARS
from cxdata.finance.scenarios.report import Stamp
from cxdata.finance.scenarios.scenario import MOST_LEVERS, Range, Scenario
from cxdata.finance.scenarios.workbook_cells import COUNT, HEAD, MONEY, QUIET, SHARE, TITLE, TO_CHANGE, Sheet
from cxdata.finance.scenarios.workbook_model import Formulas
from cxdata.language import gettext
from cxdata.vocabulary import DIMENSION_LABELS

FIXED = ("horizon_years", "segments", "amount", "points", "margin_share")
"""Fields that the sheets are made for: changing them takes the product."""


_NONE, _ZERO = np.zeros((1, MOST_LEVERS)), np.zeros(1)
NOBODY = Bands(
    ("",), np.zeros(1, bool), _ZERO, _ZERO, _ZERO, _ZERO + 1, _ZERO, np.zeros((1, MOST_YEARS)), _NONE, _NONE
)  # fmt: skip
"""A band of no customers: a sheet needs a row."""


def workbook_bytes(
    valuation: Valuation, profiles: Profiles, stamp: Stamp, names: Mapping[str, str] | None = None
) -> bytes:
    """The workbook as a file.

    Parameters
    ----------
    valuation : Valuation
    profiles : Profiles
        That it was valued on.
    stamp : Stamp
    names : mapping of str to str, optional
        What drivers are called.
    """
    file = io.BytesIO()
    workbook(valuation, profiles, stamp, names).save(file)
    return file.getvalue()


def workbook(
    valuation: Valuation, profiles: Profiles, stamp: Stamp, names: Mapping[str, str] | None = None
) -> Workbook:
    """The workbook: Result, Inputs, Years, Groups, Customers."""
    book = Workbook()
    page = book.active
    page.title = gettext("Result")
    result = Sheet(page)
    titles = (gettext("Inputs"), gettext("Years"), gettext("Groups"), gettext("Customers"))
    inputs, years, groups, customers = (Sheet(book.create_sheet(title)) for title in titles)
    bands = bands_of(profiles, valuation.scenario)
    banded = float(value_of_bands(bands, profiles, valuation.scenario).npv[0])
    cells = _inputs(inputs, valuation, stamp, names or {})
    changes, horizon = changes_of(valuation.scenario), valuation.scenario.horizon_years
    formulas = Formulas(bands if len(bands) else NOBODY, changes, horizon, cells, groups, customers, years)
    _result(result, formulas, valuation, stamp, banded)
    for sheet, cell in ((inputs, "A2"), (years, "B2"), (groups, "B2"), (customers, "C2")):
        sheet.page.freeze_panes = cell
    book.calculation.fullCalcOnLoad = True
    return book


def _inputs(sheet: Sheet, valuation: Valuation, stamp: Stamp, names: Mapping[str, str]) -> dict[str, str]:
    """Every assumption in a row; returns the reference of the value that counts, by field."""
    scenario = valuation.scenario
    sheet.head(1, [
        gettext("Assumption"), gettext("Value that counts"), gettext("Low"), gettext("Most likely"), gettext("High"),
        gettext("Unit"), gettext("Basis"), gettext("Owner"), gettext("Source"), gettext("Date"), gettext("Field"),
    ])  # fmt: skip
    found: dict[str, str] = {}

    def line(field: str, label: str, value: float | Range | str | None, told: Mapping[str, object]) -> None:
        row = sheet.page.max_row + 1
        sheet.text(row, 1, label)
        changed = field.split(".")[-1] not in FIXED
        form = MONEY if field.endswith("_cost") else ""
        if isinstance(value, Range) and value.low < value.high:
            for column, number in ((3, value.low), (4, value.mode), (5, value.high)):
                cell = sheet.put(row, column, number, form)
                if changed:
                    cell.fill = TO_CHANGE
            low, mode, high = (sheet.at(row, column) for column in (3, 4, 5))
            sheet.put(row, 2, f"=({low}+4*{mode}+{high})/6", form)
        elif isinstance(value, str):
            sheet.text(row, 2, value)
        elif value is not None:
            cell = sheet.put(row, 2, value.mode if isinstance(value, Range) else float(value), form)
            if changed:
                cell.fill = TO_CHANGE
        for column, name in ((6, "unit"), (7, "basis"), (8, "owner"), (9, "source"), (10, "on")):
            sheet.text(row, column, str(told.get(name, "")))
        sheet.text(row, 11, field, font=QUIET)
        found[field] = sheet.at(row, 2)

    for entry in scenario_rows(scenario, currency=stamp.currency, told=gettext):
        told = dict(zip(LOG_COLUMNS, entry, strict=True))
        field = str(told["of"])
        value = field_value(scenario, field)
        label = _label(scenario, field, names)
        if field.endswith(".ramp"):
            for year, share in enumerate(value, 1):
                line(
                    f"{field}.{year}",
                    gettext("{label}, year {year}").format(label=label, year=year),
                    share,
                    told,
                )
        elif isinstance(value, tuple):
            line(field, label, ", ".join(value) or gettext("all"), told)
        else:
            line(field, label, value, told)
    line("effect", gettext("Factor on all effects"), 1.0, {"unit": gettext("1 = as estimated")})
    each = valuation.base.annual_margin / valuation.base.customers if valuation.base.customers else 0.0
    line(
        "each",
        gettext("Margin of a new customer a year"),
        each,
        {"unit": stamp.currency, "basis": gettext("counted")},
    )
    if scenario.retention:
        # A change of the rate is one lever that reaches everybody and is taken as it is.
        found |= {f"levers.1.{name.removeprefix('retention.')}": place for name, place in found.items()
                  if name.startswith("retention.")}  # fmt: skip
        for name in ("reach", "attribution"):
            line(f"levers.1.{name}", gettext("{label} (a change of the rate itself)").format(
                label=gettext(FIELD_LABELS[name])), 1.0, {})  # fmt: skip
    sheet.widths(52, 16, 12, 12, 12, 30, 12, 16, 24, 12, 26)
    return found


def _label(scenario: Scenario, field: str, names: Mapping[str, str]) -> str:
    *place, name = field.split(".")
    label = gettext(FIELD_LABELS.get(name, name))
    if len(place) < 2:
        return label
    number = int(place[1])
    driver = scenario.levers[number - 1].driver
    return gettext("Lever {n}, {driver}: {field}").format(
        n=number, driver=names.get(driver, driver), field=label
    )


def whose_margin(valuation: Valuation, currency: str) -> list[str]:
    """Which margin the sheets hold, and what the books leave after cost to serve."""
    found = [gettext("Margin is that of the terms, before cost to serve.")]
    if books := valuation.books:
        found.append(
            gettext("Per customer and year: {terms} by the terms, {books} by the books (revenue less cost to serve)."
            ).format(
                terms=money(books.terms_each, currency), books=money(books.books_each, currency)
            )
        )  # fmt: skip
    return found


def _result(sheet: Sheet, formulas: Formulas, valuation: Valuation, stamp: Stamp, banded: float) -> None:
    scenario, point, years = valuation.scenario, valuation.point, valuation.scenario.horizon_years
    sheet.text(1, 1, scenario.title or scenario.name, font=TITLE)
    told = gettext("Change a yellow cell in Inputs, and every figure in bold follows. Money in {currency}.")
    sheet.text(2, 1, told.format(currency=stamp.currency))
    sheet.text(
        3, 1,
        gettext("Live figures need a spreadsheet program that calculates; a viewer may leave them blank. "
                "Fixed ones are plain numbers."),
    )  # fmt: skip

    def whole(name: str, first: int = 1) -> str:
        return formulas.money.row_of(formulas.rows[name], 2 + first, 2 + years)

    tail = formulas.year("tail", 0)
    gross = f"SUMPRODUCT({whole('margin')},{whole('factor')})+{tail}"
    cost = f"SUMPRODUCT({whole('cost', 0)},{whole('factor', 0)})"
    back, back_pv = (f"{name}.back" for name in ("cumulative", "cumulative_pv"))
    halves = formulas.money.row_of(formulas.rows["halves"], 2, 1 + 2 * years)
    # From far away a spreadsheet does not find the rate.
    guess = 0.1 if point.irr is None else (1.0 + point.irr) ** 0.5 - 1.0
    rows: list[tuple[str, str, str, float | None]] = [
        (gettext("Present value of margin"), gross, MONEY, point.gross_pv[0]),
        (gettext("Present value of costs"), cost, MONEY, point.cost_pv[0]),
        (gettext("Net present value"), "{0}-{1}", MONEY, point.npv[0]),
        (gettext("of it after the last year"), tail, MONEY, point.tail[0] if scenario.tail else 0.0),
        (gettext("Return on investment"), 'IF({1}>0,{2}/{1},"–")', SHARE, point.roi),
        (gettext("Benefit ÷ cost"), 'IF({1}>0,{0}/{1},"–")', "0.00", point.bcr),
        (gettext("Internal rate of return"), f'IFERROR((1+IRR({halves},{guess:.6f}))^2-1,"–")', SHARE, point.irr),
        (gettext("Payback in years"),
         f'IF({formulas.year("cumulative", years)}<0,"–",MAX({whole(back)}))', "0.0", point.payback),
        (gettext("Payback in years, discounted"),
         f'IF({formulas.year("cumulative_pv", years)}<0,"–",MAX({whole(back_pv)}))', "0.0", point.discounted_payback),
        (gettext("Customers kept at the end"), formulas.year("kept", years), COUNT, point.customers_kept[0, -1]),
    ]  # fmt: skip
    sheet.head(4, [
        gettext("At the expected values"), gettext("Live"), gettext("Fixed, customer by customer"),
    ])  # fmt: skip
    places = [sheet.at(5 + place, 2) for place in range(len(rows))]
    for place, (label, formula, form, found) in enumerate(rows):
        sheet.text(5 + place, 1, label)
        sheet.put(5 + place, 2, "=" + formula.format(*places), form, font=HEAD)
        if found is None or not np.isfinite(found):
            sheet.text(5 + place, 3, "–")
        else:
            sheet.put(5 + place, 3, float(found), form)
    row = 6 + len(rows)
    sheet.head(row, [gettext("What the product computed"), gettext("Fixed"), gettext("Live less fixed")])
    npv = summary(valuation.draws.npv)
    fixed = [
        (gettext("Net present value, customers in bands"), banded, MONEY, True),
        (gettext("Net present value, customer by customer"), float(point.npv[0]), MONEY, True),
        (gettext("Net present value, 5 % of draws are below"), npv.p5, MONEY, False),
        (gettext("Net present value, median of draws"), npv.p50, MONEY, False),
        (gettext("Net present value, 5 % of draws are above"), npv.p95, MONEY, False),
        (gettext("Chance that it is above 0"), valuation.probability_positive, SHARE, False),
    ]
    for place, (label, value, form, compared) in enumerate(fixed, row + 1):
        sheet.text(place, 1, label)
        sheet.put(place, 2, float(value), form)
        if compared:
            sheet.put(place, 3, f"=ROUND({places[2]}-{sheet.at(place, 2)},2)", MONEY)
    row += len(fixed) + 2
    notes = [
        gettext(
            "Associations are not causes: how much of an effect is one is an assumption, see attribution in Inputs."
        ),
        gettext(
            "Bands hold alike customers together, so that the sheet stays small; the difference stands above."
        ),
        *whose_margin(valuation, stamp.currency),
    ]
    for place, text in enumerate(notes, row):
        sheet.text(place, 1, text)
    row += len(notes) + 1
    stamps = {
        gettext("Scenario"): scenario.name, gettext("Release"): stamp.release, gettext("Version"): stamp.version,
        gettext("Month"): f"{stamp.month:%Y-%m}", gettext("Only customers with"): _only(stamp),
        gettext("Seed"): str(valuation.seed),
        gettext("Draws"): str(valuation.draws_used), gettext("Scenario, SHA-256"): stamp.scenario_sha256,
        gettext("Data, SHA-256"): stamp.data_sha256, gettext("Run it again"): stamp.command,
    }  # fmt: skip
    for place, (label, text) in enumerate(stamps.items(), row):
        sheet.text(place, 1, label, font=QUIET)
        sheet.text(place, 2, text, font=QUIET)
    sheet.widths(48, 18, 18)


def _only(stamp: Stamp) -> str:
    """The filters in words."""
    told = [
        f"{gettext(DIMENSION_LABELS[name])}: {', '.join(values)}" for name, values in stamp.filters.items()
    ]
    return "; ".join(told) or gettext("no filter: all customers")
