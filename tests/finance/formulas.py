"""A small evaluator of spreadsheet formulas, written apart from what writes them: the tests' second opinion.

It knows what the workbooks use: arithmetic and comparisons with a spreadsheet's precedence (a sign binds tighter
than a power, powers from the left), references with and without sheet, ranges, and a dozen functions. A blank cell
counts as 0, text in a range is passed over.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import range_boundaries

TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)
    |(?P<text>"(?:[^"]|"")*")
    |(?P<reference>(?:(?:'[^']+'|[A-Za-z_]+)!)?\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?)
    |(?P<name>[A-Z]+)(?=\()
    |(?P<sign><=|>=|<>|[-+*/^(),<>=&]))""",
    re.VERBOSE,
)

Grid = list[list[Any]]


class Sheets:
    """Values of a workbook's cells, its formulas worked out when they are asked for."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self.known: dict[tuple[str, int, int], Any] = {}

    def value(self, sheet: str, reference: str) -> Any:
        """Value of one cell."""
        column, row, _, _ = range_boundaries(reference.replace("$", ""))
        return self.cell(sheet, row, column)

    def cell(self, sheet: str, row: int, column: int) -> Any:
        key = (sheet, row, column)
        if key not in self.known:
            content = self.workbook[sheet].cell(row, column).value
            if isinstance(content, str) and content.startswith("="):
                content = single(Reader(self, sheet, content[1:]).all())
            self.known[key] = content
        return self.known[key]

    def grid(self, sheet: str, reference: str) -> Grid:
        first_column, first_row, last_column, last_row = range_boundaries(reference.replace("$", ""))
        return [
            [self.cell(sheet, row, column) for column in range(first_column, last_column + 1)]
            for row in range(first_row, last_row + 1)
        ]


def single(value: Any) -> Any:
    """A value; of a range with one cell, that cell's."""
    if isinstance(value, list):
        assert len(value) == len(value[0]) == 1, "a range where a value is needed"
        return value[0][0]
    return value


def number(value: Any) -> float:
    value = single(value)
    if value is None or value == "":
        return 0.0
    return float(value)


def numbers(values: tuple[Any, ...]) -> list[float]:
    """Numbers of arguments; text and blanks of ranges are passed over."""
    found: list[float] = []
    for value in values:
        if isinstance(value, list):
            found += [float(cell) for row in value for cell in row if isinstance(cell, int | float)]
        else:
            found.append(number(value))
    return found


def sum_of_products(*grids: Grid) -> float:
    shapes = {(len(grid), len(grid[0])) for grid in grids}
    assert len(shapes) == 1, f"ranges of different shape: {shapes}"
    rows, columns = shapes.pop()
    total = 0.0
    for row in range(rows):
        for column in range(columns):
            cells = [grid[row][column] for grid in grids]
            if all(isinstance(cell, int | float) for cell in cells):
                total += math.prod(cells)
    return total


def internal_rate(flows: Grid, _guess: float = 0.1) -> float:
    """By bisection between −99 % and 100,000 %, which needs no guess."""
    money = numbers((flows,))

    def worth(rate: float) -> float:
        return sum(flow * (1 + rate) ** -time for time, flow in enumerate(money))

    low, high = -0.99, 1000.0
    if worth(low) * worth(high) > 0:
        raise ZeroDivisionError
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if worth(low) * worth(middle) > 0 else (low, middle)
    return low


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "SUM": lambda *values: sum(numbers(values)),
    "SUMPRODUCT": sum_of_products,
    "EXP": lambda value: math.exp(number(value)),
    "MIN": lambda *values: min(numbers(values)),
    "MAX": lambda *values: max(numbers(values)),
    "ABS": lambda value: abs(number(value)),
    "LARGE": lambda values, place: sorted(numbers((values,)), reverse=True)[int(number(place)) - 1],
    "IRR": internal_rate,
    "ROUND": lambda value, digits: round(number(value), int(number(digits))),
    "COUNT": lambda *values: len(numbers(values)),
}


class Reader:
    """Reads one formula by recursive descent."""

    def __init__(self, sheets: Sheets, sheet: str, text: str) -> None:
        self.sheets, self.sheet = sheets, sheet
        self.tokens: list[tuple[str, str]] = []
        place = 0
        while place < len(text):
            found = TOKEN.match(text, place)
            assert found, f"cannot read {text[place:]!r}"
            self.tokens.append((str(found.lastgroup), found.group(str(found.lastgroup))))
            place = found.end()
        self.at = 0

    def all(self) -> Any:
        value = self.comparison()
        assert self.at == len(self.tokens), f"left over: {self.tokens[self.at :]}"
        return value

    def next(self, *signs: str) -> str | None:
        if self.at < len(self.tokens):
            kind, text = self.tokens[self.at]
            if kind == "sign" and text in signs:
                self.at += 1
                return text
        return None

    def comparison(self) -> Any:
        left = self.sum()
        while sign := self.next("<", ">", "<=", ">=", "=", "<>"):
            a, b = number(left), number(self.sum())
            left = {"<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b, "=": a == b, "<>": a != b}[sign]
        return left

    def sum(self) -> Any:
        left = self.product()
        while sign := self.next("+", "-"):
            right = number(self.product())
            left = number(left) + right if sign == "+" else number(left) - right
        return left

    def product(self) -> Any:
        left = self.power()
        while sign := self.next("*", "/"):
            right = number(self.power())
            left = number(left) * right if sign == "*" else number(left) / right
        return left

    def power(self) -> Any:
        left = self.signed()
        while self.next("^"):
            left = number(left) ** number(self.signed())
        return left

    def signed(self) -> Any:
        if self.next("-"):
            return -number(self.signed())
        if self.next("+"):
            return self.signed()
        return self.atom()

    def atom(self) -> Any:
        if self.next("("):
            value = self.comparison()
            assert self.next(")")
            return value
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            return float(text)
        if kind == "text":
            return text[1:-1].replace('""', '"')
        if kind == "reference":
            sheet, _, cells = text.rpartition("!")
            grid = self.sheets.grid(sheet.strip("'") or self.sheet, cells)
            return grid if ":" in cells else grid[0][0]
        return self.call(text)

    def call(self, name: str) -> Any:
        assert self.next("(")
        if name == "IFERROR":
            start = self.at
            try:
                value = self.comparison()
            except (ZeroDivisionError, OverflowError):
                self.at = start
                self.skip()
                value = None
            assert self.next(",")
            other = self.comparison()
            assert self.next(")")
            return other if value is None else value
        values = [self.comparison()]
        while self.next(","):
            values.append(self.comparison())
        assert self.next(")")
        if name == "IF":
            return values[1] if single(values[0]) else values[2]
        return FUNCTIONS[name](*values)

    def skip(self) -> None:
        """Go to the end of an argument that failed."""
        depth = 0
        while True:
            text = self.tokens[self.at][1]
            if depth == 0 and text in (",", ")"):
                return
            depth += (text == "(") - (text == ")")
            self.at += 1
