"""Sentences written in English and read in the reader's language."""

from __future__ import annotations

import json

import pytest

from cxdata.config import load_config
from cxdata.database import current_id, read_manifest
from cxdata.errors import ConfigInvalid, ReleaseDamaged, ReleaseMissing
from cxdata.language import set_language
from cxdata.messages import Message, message, told

GREW = "{table}: {records:,} records are {change:.0%} more than the {usual:,} of the last release"
OLDER = "the newest event is of {newest:day}; the last release had data to {before:day}"


@pytest.fixture(autouse=True)
def english():
    set_language("en")
    yield
    set_language("en")


def grown() -> Message:
    return Message(GREW, {"table": "surveys", "records": 1510, "change": 0.51, "usual": 1000})


def test_a_log_gets_plain_english_whatever_the_language():
    set_language("es")
    assert str(grown()) == "surveys: 1,510 records are 51% more than the 1,000 of the last release"
    assert str(Message(OLDER, {"newest": "2024-06-01", "before": "2024-06-10"})) == (
        "the newest event is of 2024-06-01; the last release had data to 2024-06-10"
    )


def test_a_reader_gets_the_own_language_with_its_numbers_and_dates():
    set_language("es")
    assert "1.510 registros" in grown().text
    assert "51\u00a0%" in grown().text
    assert "10 jun 2024" in Message(OLDER, {"newest": "2024-06-01", "before": "2024-06-10"}).text


def test_a_manifest_gives_back_what_was_written():
    kept = json.loads(json.dumps({str(grown()): grown().as_json()}))
    assert Message.from_json(str(grown()), kept) == grown()


def test_a_plain_sentence_of_an_earlier_version_stays_as_it_is():
    """Braces in it are no placeholders."""
    old = Message.from_json("odd{1}.csv: holds a header and no records", {})
    set_language("es")
    assert str(old) == old.text == "odd{1}.csv: holds a header and no records"


def test_a_name_with_braces_is_shown_as_it_is():
    named = message("{file}: holds a header and no records", file="{n}.csv")
    assert str(named).startswith("{n}.csv: ")


@pytest.mark.parametrize(
    "entry",
    [
        {"template": "2 files"},
        {"template": "{n:,} files", "values": {}},
        {"template": "{n:,} files", "values": {"n": 3}},
        {"template": "{n:,}", "values": {"n": "many"}},
        3,
    ],
)
def test_what_does_not_give_its_sentence_is_refused(entry):
    with pytest.raises((KeyError, TypeError, ValueError)):
        Message.from_json("2 files", {"2 files": entry})


def test_what_is_no_text_is_refused():
    with pytest.raises(TypeError, match="a sentence is text, not int"):
        Message.from_json(3, {})


@pytest.mark.parametrize("template", ["{n.real}", "{n[0]}", "{n.__class__.__mro__}"])
def test_a_template_cannot_reach_into_its_values(template):
    with pytest.raises(KeyError):
        Message.from_json("1", {"1": {"template": template, "values": {"n": 1}}})


def test_an_error_is_told_in_the_readers_language_and_printed_in_english():
    error = ReleaseMissing(message("{file}: holds a header and no records", file="a.csv"))
    set_language("es")
    assert str(error) == "a.csv: holds a header and no records"
    assert told(error) != str(error)
    assert told(ReleaseMissing("plain words")) == "plain words"
    assert told(KeyError()) == ""


def test_pages_about_errors_are_in_the_readers_language(tmp_path):
    """Nothing published, a pointer into the void, a damaged release and a wrong setting."""
    set_language("es")
    with pytest.raises(ReleaseMissing) as nothing:
        current_id(tmp_path)
    assert told(nothing.value).startswith("todavía no se ha publicado nada en")
    assert str(nothing.value).startswith("nothing has been published in")
    (tmp_path / "CURRENT").write_text("x", encoding="utf-8")
    with pytest.raises(ReleaseMissing) as void:
        current_id(tmp_path)
    assert "«x», que no existe. Publicaciones conservadas: ninguna." in told(void.value)
    with pytest.raises(ReleaseDamaged) as damaged:
        read_manifest(tmp_path, "x")
    assert told(damaged.value).startswith("publicación x: manifest.json falta o está dañado")
    (tmp_path / "cx.toml").write_text('csat = "median"', encoding="utf-8")
    with pytest.raises(ConfigInvalid) as wrong:
        load_config(tmp_path)
    assert told(wrong.value) == "cx.toml: csat = 'median' no está permitido. Elija entre: share, mean."
    assert str(wrong.value) == "cx.toml: csat = 'median' is not allowed. Choose from: share, mean."
