"""Text from data in files that spreadsheets open."""

from __future__ import annotations

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters of what a spreadsheet takes for a formula."""


def safe_text(text: str) -> str:
    """Text that a spreadsheet would run as a formula, with an apostrophe before it."""
    return f"'{text}" if text.startswith(FORMULA) else text


def safe_cell(value: object) -> object:
    """Text made safe; anything else as it is."""
    return safe_text(value) if isinstance(value, str) else value
