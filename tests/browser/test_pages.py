"""What only a real browser can show: addresses, reloads, languages, a release published while reading."""

from __future__ import annotations

import json
import shutil
from urllib.parse import parse_qs, urlparse

import pytest

from cxdata.database import current_id
from cxdata.refresh.publish import point_at
from dashboard import WITHOUT_FILTERS
from tests.browser.conftest import Reader, Server, new_reader, serve

PAGES = {
    "": "Scorecard",
    "movement": "Why it moved",
    "trends": "Trends",
    "journey": "Journey",
    "moments": "Moments of truth",
    "drivers": "Drivers",
    "segments": "Segments",
    "response": "Who answers",
    "economics": "Economics",
    "impact": "Financial impact",
    "data_health": "Data health",
    "definitions": "Definitions",
}
SPANISH = {"": "Cuadro de mando", "journey": "Recorrido", "data_health": "Salud de los datos"}
"""The switch is the frame's; these stand for pages with filters, with choices of their own, and without filters."""


def parameters(reader: Reader) -> dict[str, list[str]]:
    return parse_qs(urlparse(reader.page.url).query)  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", PAGES)
def test_a_cold_deep_link_opens_inside_the_frame(path, demo_folder, tmp_path, chromium):
    """The first request that a fresh server gets is the page itself, with a filter."""
    for server in serve(demo_folder):
        for reader in new_reader(chromium, server.address):
            reader.open(f"/{path}?lang=en&month=2026-09&segment=Student")
            assert reader.exceptions() == 0
            assert "Page not found" not in reader.text("body")
            assert PAGES[path] in reader.text("h1")
            if path not in WITHOUT_FILTERS:
                assert "Student" in reader.text("[data-testid=stSidebar]")
            assert parameters(reader)["segment"] == ["Student"]


def test_a_filter_survives_a_reload(reader):
    reader.open("/trends?lang=en&month=2026-09")
    box = reader.page.locator("[data-testid=stSidebar] [data-testid=stMultiSelect]").filter(
        has_text="Segment"
    )
    sport = reader.page.get_by_role("option", name="Sport")
    for _ in range(5):  # a rerun that ends late closes the list again
        box.click()
        reader.page.wait_for_timeout(500)
        if sport.count():
            break
    sport.click()
    reader.page.keyboard.press("Escape")
    reader.settle()
    before = reader.text("[data-testid=stMain]")
    assert parameters(reader)["segment"] == ["Sport"]
    reader.page.reload()
    reader.settle()
    assert parameters(reader)["segment"] == ["Sport"]
    assert reader.text("[data-testid=stMain]") == before


def test_a_page_change_keeps_month_and_filters(reader):
    reader.open("/?lang=en&month=2026-08&segment=Sport~Family")
    reader.page.locator("[data-testid=stSidebarNav]").get_by_text("Trends", exact=True).click()
    reader.settle()
    assert urlparse(reader.page.url).path == "/trends"
    assert parameters(reader)["segment"] == ["Family~Sport"]
    assert parameters(reader)["month"] == ["2026-08"]


@pytest.mark.parametrize("path", SPANISH)
def test_the_language_switch_keeps_filters_and_translates_the_page(path, reader):
    reader.open(f"/{path}?lang=en&month=2026-09&segment=Student&region=Norte")
    reader.page.locator("[data-testid=stSidebar]").get_by_text("Español").click()
    reader.settle()
    found = parameters(reader)
    assert (found["lang"], found["segment"], found["region"], found["month"]) == (
        ["es"],
        ["Student"],
        ["Norte"],
        ["2026-09"],
    )
    assert SPANISH[path] in reader.text("h1")
    if path not in WITHOUT_FILTERS:
        assert reader.page.get_by_label("Mes", exact=True).input_value().lower() == "septiembre de 2026"
    assert reader.page.evaluate("document.documentElement.lang") == "es"
    assert reader.exceptions() == 0


def test_values_that_nobody_offered_are_dropped_from_the_address(reader):
    reader.open("/?lang=xx&month=1999-01&segment=%3Cscript%3E&metric=nonsense&by=customer&window=99")
    found = parameters(reader)
    assert found == {"lang": ["en"], "month": ["2026-10"]}
    assert reader.exceptions() == 0


def test_a_release_published_while_reading_is_shown_at_the_next_click(server: Server, chromium):
    """A copy of the release under a later name stands for the next refresh."""
    first = current_id(server.data)
    releases = server.data / "releases"
    later = first[:-2] + "99"
    shutil.copytree(releases / first, releases / later)
    manifest = releases / later / "manifest.json"
    content = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.chmod(0o640)
    manifest.write_text(json.dumps({**content, "release": later}), encoding="utf-8")
    try:
        for reader in new_reader(chromium, server.address):
            reader.open("/definitions?lang=en")
            assert first in reader.text()
            point_at(server.data, later)
            reader.page.locator("[data-testid=stSidebarNav]").get_by_text("Trends", exact=True).click()
            reader.settle()
            assert reader.exceptions() == 0
            assert later in reader.text()
    finally:
        point_at(server.data, first)


def test_a_damaged_release_is_a_plain_page_with_the_way_back(demo_folder, tmp_path, chromium):
    data = tmp_path / "data"
    shutil.copytree(demo_folder, data)
    database = data / "releases" / current_id(data) / "scorecard.duckdb"
    database.chmod(0o640)
    database.write_bytes(database.read_bytes()[:20_000])
    for server in serve(data):
        for reader in new_reader(chromium, server.address):
            reader.open("/trends?lang=en")
            assert reader.exceptions() == 0
            assert "python -m cxdata rollback" in reader.text("body")
            assert "Traceback" not in reader.text("body")


def test_the_keyboard_reaches_the_filters(reader):
    reader.open("/?lang=en")
    reached = set()
    for _ in range(40):
        reader.page.keyboard.press("Tab")
        reached.add(
            reader.page.evaluate(
                "document.activeElement.getAttribute('aria-label') || document.activeElement.innerText || ''"
            )
        )
    assert any("Month" in name for name in reached)
    assert any("Touchpoint" in name for name in reached)
    assert any("Trends" in name for name in reached)
