"""The search over definitions: all words, whatever their case and accents."""

from __future__ import annotations

import pandas as pd
import pytest

from cxdata.definitions.search import matches, matching_rows, plain


@pytest.mark.parametrize(
    ("asked", "text", "found"),
    [
        ("", "anything", True),
        ("   ", "anything", True),
        ("NPS", "nps", True),
        ("satisfaccion", "Satisfacción del cliente", True),
        ("SATISFACCIÓN", "satisfaccion", True),
        ("ano", "año", True),
        ("cliente tasa", "Tasa de renovación de clientes", True),
        ("cliente coste", "Tasa de renovación de clientes", False),
        ("renewal rate", "renewal_rate", True),
        ("renewal_rate", "renewal_rate", True),
        ("95 %", "95 % interval", True),
        ("straße", "STRASSE", True),
        ("(*[", "nothing of the kind", False),
        ("zzz", "nothing of the kind", False),
    ],
)
def test_words_are_found_whatever_their_case_and_accents(asked, text, found):
    assert matches(asked, text) is found


def test_words_may_stand_in_different_texts():
    assert matches("weight survey", "surveys", "Weight of the answers")


def test_plain_text_has_one_space_between_words():
    assert plain("  Ñandú   Ágil\n") == "nandu agil"


def test_rows_are_found_by_the_table_they_stand_in():
    frame = pd.DataFrame({"column": ["weight", "language"], "meaning": ["Weight of the answers", "Language"]})
    assert list(matching_rows(frame, "surveys weight", "surveys")["column"]) == ["weight"]
    assert list(matching_rows(frame, "surveys", "surveys")["column"]) == ["weight", "language"]
    assert matching_rows(frame, "nothing", "surveys").empty
    assert matching_rows(frame, " ") is frame
