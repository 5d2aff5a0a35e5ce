"""The frame around every page, where there is nothing to show."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parents[2]


def opened(folder: Path, monkeypatch: pytest.MonkeyPatch, language: str) -> AppTest:
    monkeypatch.setenv("CX_DATA", str(folder))
    page = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    page.query_params["lang"] = language
    page.run()
    assert not page.exception, page.exception
    return page


@pytest.mark.parametrize(
    ("language", "title", "said"),
    [("en", "No data to show", "nothing has been published in"), ("es", "No hay", "todavía no se ha publicado nada en")],
)  # fmt: skip
def test_before_anything_is_published_the_page_says_what_to_run(tmp_path, monkeypatch, language, title, said):
    page = opened(tmp_path, monkeypatch, language)
    assert title in page.title[0].value
    assert page.text[0].value.startswith(said)
    assert "python -m cxdata demo" in page.code[0].value


@pytest.mark.parametrize(
    ("language", "said"), [("en", "is not allowed. Choose from"), ("es", "no está permitido. Elija entre")]
)
def test_a_wrong_setting_is_told_in_the_language_of_the_address(tmp_path, monkeypatch, language, said):
    """The company's own language cannot be known: it stands in the very file that is wrong."""
    (tmp_path / "cx.toml").write_text('csat = "median"', encoding="utf-8")
    assert said in opened(tmp_path, monkeypatch, language).text[0].value
