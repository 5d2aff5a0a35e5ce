"""What a term is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """A word used on the pages, with what it means here."""

    code: str
    label: str
    meaning: str
    source: str = ""
