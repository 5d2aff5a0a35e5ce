"""`make messages`: bring the Spanish catalog in line with the texts in the code.

Messages that are new get an empty translation, which a test then finds; those that are gone are removed.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
SPANISH = ROOT / "cxdata" / "locale" / "es.po"
KEYWORDS = {"_": None, "gettext": None, "mark": None, "message": None, "ngettext": (1, 2)}


@cache
def extract() -> Catalog:
    """Every message in the code, with the files it occurs in."""
    catalog = Catalog(project="CX scorecard", charset="utf-8")
    for folder in ("cxdata", "pages"):
        found = extract_from_dir(str(ROOT / folder), method_map=[("**.py", "python")], keywords=KEYWORDS)
        for file, _, message, _, _ in found:
            catalog.add(message, locations=[(f"{folder}/{Path(file).as_posix()}", None)])
    for _, message, _, _ in extract_from_file("python", ROOT / "dashboard.py", keywords=KEYWORDS):
        catalog.add(message, locations=[("dashboard.py", None)])
    return catalog


def spanish() -> Catalog:
    """The Spanish catalog as it is."""
    with SPANISH.open("rb") as file:
        return read_po(file, locale="es")


def update() -> list[str]:
    """Write the catalog anew; returns the messages that still lack a translation."""
    template = extract()
    catalog = Catalog(locale="es", project="CX scorecard", charset="utf-8", fuzzy=False,
                      creation_date=datetime(2026, 11, 21, tzinfo=UTC))  # fmt: skip
    known = {message.id: message.string for message in spanish()} if SPANISH.is_file() else {}
    for message in sorted(template, key=lambda entry: str(entry.id)):
        if message.id:
            translation = known.get(message.id, "" if isinstance(message.id, str) else ("", ""))
            catalog.add(message.id, translation, locations=message.locations)
    SPANISH.parent.mkdir(parents=True, exist_ok=True)
    with SPANISH.open("wb") as file:
        write_po(file, catalog, width=110, omit_header=False, sort_output=True)
    return [str(message.id) for message in catalog if message.id and not _translated(message.string)]


def _translated(text: str | tuple[str, ...] | list[str]) -> bool:
    return all(text) if isinstance(text, tuple | list) else bool(text)


if __name__ == "__main__":
    untranslated = update()
    print(f"{len(untranslated)} messages to translate in {SPANISH.relative_to(ROOT)}")
    for text in untranslated:
        print(" ", text)
