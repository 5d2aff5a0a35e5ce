"""Every page in light and dark: axe finds nothing beyond what Streamlit itself breaks, no request leaves the machine."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Reader
from tests.browser.test_pages import PAGES

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]

OF_STREAMLIT = ("list", "listitem")
"""Rules that Streamlit 1.67 breaks in the menu: it puts the titles of sections between the items of a list."""


FEWER = {"drivers": "&segment=Sport"}
"""Fewer decisions where a page computes for half a minute."""


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_new_and_no_request_leaves_the_machine(path, reader):
    """The page is opened once: the theme follows the reader's system while it is open."""
    from axe_playwright_python.sync_playwright import Axe

    reader.open(f"/{path}?lang=en&month=2026-09{FEWER.get(path, '')}")
    grounds = {}
    for scheme in ("light", "dark"):
        reader.page.emulate_media(color_scheme=scheme)
        reader.settle()
        reader.page.wait_for_timeout(300)
        grounds[scheme] = reader.page.evaluate(
            "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
        )
        results = Axe().run(reader.page, options={"runOnly": RULES})
        found = [
            f"{violation['id']}: {node['target']} {node['html'][:160]}"
            for violation in results.response["violations"]
            for node in violation["nodes"]
            if not (violation["id"] in OF_STREAMLIT and in_the_menu(reader, node["target"][0]))
        ]
        assert found == [], scheme
    assert grounds["light"] != grounds["dark"]
    assert reader.elsewhere == []


def in_the_menu(reader: Reader, target: str) -> bool:
    return bool(
        reader.page.locator(target).first.evaluate(
            "element => !!element.closest('[data-testid=stSidebarNav]')"
        )
    )
