"""The search over definitions: every word typed must occur, whatever its case and accents."""

from __future__ import annotations

import unicodedata

import pandas as pd


def plain(text: str) -> str:
    """Text as the search compares it: lower case, without accents, one space between words."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())


def matches(asked: str, *texts: str) -> bool:
    """Whether every word that is asked for occurs in one of the texts; nothing asked matches all.

    A code such as `renewal_rate` is found as one word and as two.
    """
    together = " ".join(texts)
    found = plain(f"{together} {together.replace('_', ' ')}")
    return all(word in found for word in plain(asked).split())


def matching_rows(frame: pd.DataFrame, asked: str, *about: str) -> pd.DataFrame:
    """Rows of a frame of text in which every word that is asked for occurs.

    Parameters
    ----------
    frame : DataFrame
        Every column is looked at.
    asked : str
        Words typed.
    about : str
        Texts that hold for every row, such as the table's name and grain.
    """
    if not plain(asked) or frame.empty:
        return frame
    hits = [matches(asked, *about, *(str(value) for value in row)) for row in frame.itertuples(index=False)]
    return frame[hits].reset_index(drop=True)
