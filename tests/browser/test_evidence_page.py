"""The Evidence page as a person finds it."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from benchmarks.browser import Server
from tests.browser.workbench import history, open_page, open_workbench

pytestmark = pytest.mark.browser


def test_a_study_grows_is_cancelled_and_is_run_to_its_end(
    page: Page, app_url: str, server: Server, screenshots: Path
) -> None:
    open_workbench(page, app_url)
    open_page(page, "Evidence")
    expect(page.get_by_text("Your scores beat 20 of 20 placebos")).to_be_visible()
    page.screenshot(path=screenshots / "evidence.png")
    # Long enough to be seen growing: many splits, and a hidden layer.
    open_page(page, "Workbench")
    page.get_by_role("button", name="Settings").click()
    page.get_by_text("one hidden layer of 100 units").click()
    expect(page.get_by_role("radio", name="one hidden layer of 100 units")).to_be_checked()
    page.keyboard.press("Escape")
    open_page(page, "Evidence")
    run = page.get_by_role("tabpanel").get_by_role("button", name="Run")
    cancel = page.get_by_role("button", name="Cancel")
    page.get_by_role("tab", name="Noise").click()
    run.click()
    drawn = page.get_by_role("tabpanel").locator(".js-plotly-plot .scatterlayer .point")
    expect(drawn.first).to_be_visible(timeout=60_000)  # while it is under way
    expect(cancel).to_be_visible()
    cancel.click()
    expect(cancel).to_have_count(0)
    expect(run).to_be_enabled()
    page.get_by_role("tab", name="Worth in rows").click()
    run.click()
    expect(page.get_by_text("labelled rows per class (")).to_be_visible(timeout=120_000)
    page.screenshot(path=screenshots / "evidence-rows.png")
    kept = history(server, page).studies
    assert set(kept) == {"learning"}


def test_the_page_fits_a_phone(page: Page, app_url: str, screenshots: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_workbench(page, app_url)
    page.goto(f"{app_url}evidence")
    expect(page.get_by_text("Your scores beat 20 of 20 placebos")).to_be_visible(timeout=60_000)
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= 390
    page.screenshot(path=screenshots / "evidence-phone.png")
