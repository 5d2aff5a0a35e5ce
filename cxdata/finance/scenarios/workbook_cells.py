"""Cells of a workbook: text that stays text, numbers with a form, and references that formulas can name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

MONEY, COUNT, SHARE, PLAIN = "#,##0", "#,##0.0", "0.0%", "0.0000"
HEAD = Font(bold=True)
TITLE = Font(bold=True, size=14)
QUIET = Font(color="FF667085")
TO_CHANGE = PatternFill("solid", fgColor="FFFFF4CE")
HEAD_FILL = PatternFill("solid", fgColor="FFE8EEF4")


@dataclass(frozen=True)
class Sheet:
    """A sheet, and how formulas of other sheets name its cells.

    Parameters
    ----------
    page : Worksheet
    """

    page: Worksheet

    def at(self, row: int, column: int) -> str:
        """Absolute reference of a cell, with the sheet: ``'Years'!$C$4``."""
        return f"{self._name}${get_column_letter(column)}${row}"

    def row_of(self, row: int, first: int, last: int) -> str:
        """Reference of a stretch of a row."""
        return f"{self.at(row, first)}:${get_column_letter(last)}${row}"

    def column_of(self, column: int, first: int, last: int) -> str:
        """Reference of a stretch of a column."""
        return f"{self.at(first, column)}:${get_column_letter(column)}${last}"

    def put(self, row: int, column: int, value: Any, form: str = "", *, font: Font | None = None) -> Cell:
        """Write a number, or a formula of our own."""
        cell = self.page.cell(row, column, value)
        if form:
            cell.number_format = form
        if font is not None:
            cell.font = font
        return cell

    def text(self, row: int, column: int, text: str, *, font: Font | None = None) -> Cell:
        """Write text, which is never run as a formula, whatever it begins with."""
        cell = self.page.cell(row, column, ILLEGAL_CHARACTERS_RE.sub(" ", text))
        cell.data_type = "s"
        cell.quotePrefix = text.startswith(("=", "+", "-", "@"))
        if font is not None:
            cell.font = font
        return cell

    def head(self, row: int, texts: list[str], first: int = 1) -> None:
        """Write a header row."""
        for place, text in enumerate(texts):
            cell = self.text(row, first + place, text, font=HEAD)
            cell.fill = HEAD_FILL
            cell.alignment = Alignment(wrap_text=True, vertical="top")

    def widths(self, *widths: float) -> None:
        """Set the widths of the first columns."""
        for place, width in enumerate(widths, 1):
            self.page.column_dimensions[get_column_letter(place)].width = width

    @property
    def _name(self) -> str:
        return "'" + self.page.title.replace("'", "''") + "'!"
