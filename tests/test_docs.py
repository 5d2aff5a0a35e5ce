"""What the documents say is what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from cxdata.cli import main
from cxdata.templates import dictionary

ROOT = Path(__file__).resolve().parents[1]


def test_the_printed_dictionary_is_the_contract():
    assert (ROOT / "docs" / "dictionary.md").read_text(encoding="utf-8") == dictionary(), (
        "write it anew: python -c \"from cxdata.templates import dictionary; print(dictionary(), end='')\""
    )


def test_every_command_in_the_readme_exists(capsys):
    texts = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "README.md", ROOT / "docs" / "operations.md")
    )
    commands = set(re.findall(r"python -m cxdata (\w+)", texts))
    assert commands >= {"demo", "refresh", "check", "status", "rollback", "templates"}
    for command in commands:
        assert main([command, "--help"]) == 0
    capsys.readouterr()


def test_every_file_that_the_readme_points_to_exists():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if not link.startswith("http")]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
