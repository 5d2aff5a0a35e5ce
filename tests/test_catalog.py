"""Every text of the product exists in Spanish, with the same placeholders."""

from __future__ import annotations

import re
import string

from tests.catalog import extract, spanish

PLACEHOLDER = string.Formatter()


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in PLACEHOLDER.parse(text) if name}


def forms(text: str | tuple[str, ...] | list[str]) -> list[str]:
    return list(text) if isinstance(text, tuple | list) else [text]


def test_no_message_lacks_a_translation():
    translated = {message.id: message.string for message in spanish()}
    missing = [
        message.id for message in extract() if message.id and not all(forms(translated.get(message.id, "")))
    ]
    assert missing == [], "run `make messages` and translate them in cxdata/locale/es.po"


def test_the_catalog_holds_no_message_that_is_gone():
    known = {message.id for message in extract()}
    assert [message.id for message in spanish() if message.id and message.id not in known] == []


def test_translations_keep_the_placeholders():
    different = []
    for message in spanish():
        for source, translation in zip(forms(message.id), forms(message.string), strict=False):
            if message.id and placeholders(source) != placeholders(translation):
                different.append((source, translation))
    assert different == []


def test_messages_are_whole_literals():
    """A message put together from pieces, or formatted before it is translated, is never found in a catalog."""
    suspicious = [message.id for message in extract() if re.search(r"%[sd]|\{\}", str(message.id))]
    assert suspicious == []
