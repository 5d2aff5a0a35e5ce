"""The form of the page Drivers pressed by a reader: the address says what was chosen, and the analysis follows."""

from __future__ import annotations

from urllib.parse import parse_qs, urlparse

from tests.browser.conftest import Reader

PERIOD = "[data-testid=stSelectbox]"


def chosen(reader: Reader) -> dict[str, list[str]]:
    return parse_qs(urlparse(reader.page.url).query)  # type: ignore[attr-defined]


def test_a_period_is_chosen_and_analysed(reader: Reader) -> None:
    """36 months become 12: nothing moves before Analyse is pressed; a reload and the way back keep what was asked."""
    page = reader.page
    # One segment only: the intervals of all customers take half a minute.
    reader.open("/drivers?lang=en&month=2026-08&of_segment=Student")
    assert "Sept 2023 to Aug 2026" in reader.text()
    page.get_by_text("What is explained, and by what", exact=True).click()
    form = page.locator("[data-testid=stForm]")
    period = form.locator(PERIOD).filter(has_text="Period")
    option = page.get_by_role("option", name="12 months", exact=True)
    for _ in range(5):  # a rerun that ends late closes the list again
        period.locator("[data-baseweb=select], [role=combobox], input").first.click()
        page.wait_for_timeout(500)
        if option.count():
            break
    option.click()
    reader.settle()
    assert "period" not in chosen(reader)
    assert "Sept 2023 to Aug 2026" in reader.text()
    form.get_by_role("button", name="Analyse", exact=True).click()
    page.wait_for_url("**period=12**", timeout=60_000)
    reader.settle()
    assert (chosen(reader)["period"], chosen(reader)["of_segment"]) == (["12"], ["Student"])
    assert "Sept 2025 to Aug 2026" in reader.text()
    assert "Sept 2023" not in reader.text()
    assert reader.exceptions() == 0
    page.reload()
    reader.settle()
    assert chosen(reader)["period"] == ["12"]
    assert "Sept 2025 to Aug 2026" in reader.text()
