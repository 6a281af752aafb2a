"""The Evidence page as a person finds it."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from benchmarks.browser import Server
from tests.browser.test_accessibility import faults
from tests.browser.workbench import history, open_page, open_workbench


def choose_model(page: Page, layer: str, splits: int) -> None:
    """Choose a model and its splits on the Workbench, and come back."""
    open_page(page, "Workbench")
    page.get_by_role("button", name="Settings").click()
    page.get_by_text(layer, exact=True).click()
    expect(page.get_by_role("radio", name=layer)).to_be_checked()
    field = page.get_by_role("spinbutton", name="Splits (")
    field.fill(str(splits))
    field.press("Enter")
    page.keyboard.press("Escape")
    open_page(page, "Evidence")


def test_a_study_grows_is_cancelled_and_is_run_to_its_end(
    page: Page, app_url: str, server: Server, screenshots: Path
) -> None:
    open_workbench(page, app_url)
    open_page(page, "Evidence")
    expect(page.get_by_text("Your scores beat 20 of 20 placebos")).to_be_visible()
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    page.screenshot(path=screenshots / "evidence.png")
    # Long enough to be seen growing: many splits, and a hidden layer.
    choose_model(page, "one hidden layer of 100 units", 20)
    run = page.get_by_role("tabpanel").get_by_role("button", name="Run")
    cancel = page.get_by_role("button", name="Cancel")
    page.get_by_role("tab", name="Noise").click()
    run.click()
    drawn = page.get_by_role("tabpanel").locator(".js-plotly-plot .scatterlayer .point")
    expect(drawn.first).to_be_visible(timeout=60_000)  # while it is under way
    expect(cancel).to_be_visible()
    cancel.click()
    expect(cancel).to_have_count(0)
    choose_model(page, "logistic regression", 5)
    expect(run).to_be_enabled()
    page.get_by_role("tab", name="Worth in rows").click()
    run.click()
    counted = page.get_by_role("tabpanel").get_by_text("labelled rows per class (")
    expect(counted.first).to_be_visible(timeout=120_000)
    page.screenshot(path=screenshots / "evidence-rows.png")
    page.get_by_role("tab", name="Each score").click()
    run.click()  # as soon as another has ended
    kept_now = page.get_by_role("tabpanel").get_by_text("nothing that it depends on has changed")
    expect(kept_now).to_be_visible(timeout=120_000)
    expect(page.get_by_text("helps most")).to_be_visible()
    kept = history(server, page).studies
    assert set(kept) == {"learning", "sensitivity"}


def test_a_person_goes_through_the_page(page: Page, app_url: str, screenshots: Path) -> None:
    open_workbench(page, app_url)
    open_page(page, "Evidence")
    expect(page.get_by_text("Your scores beat 20 of 20 placebos")).to_be_visible()
    page.get_by_role("button", name="Lock rows away").click()
    page.get_by_role("button", name="Lock 61 rows away").click()
    expect(page.get_by_text("are locked away since")).to_be_visible()
    expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
    # Trained anew, without the rows held out.
    expect(page.get_by_text("The 61 rows held out have no part in it")).to_be_visible()
    expect(page.get_by_text("Your scores beat 20 of 20 placebos")).to_be_visible()
    page.get_by_role("button", name="Look at the held-out rows").click()
    page.get_by_role("button", name="Look, and count it as look 1").click()
    expect(page.get_by_text("This is the first look: the figure is")).to_be_visible()
    open_panel = page.get_by_role("tabpanel")
    page.get_by_role("tab", name="Trust").click()
    open_panel.get_by_role("button", name="Run").click()
    expect(page.get_by_text("The model ranks best at trust")).to_be_visible(timeout=120_000)
    for tab, said in (
        ("Calibration", "Of the cases to which"),
        ("Precision and recall", "To find 80 of 100"),
        ("Threshold", "Of 1,000 cases"),
        ("Decision curve", "a threshold of 53 %), acting by the LAAT model"),
    ):
        page.get_by_role("tab", name=tab).click()
        expect(page.get_by_text(said)).to_be_visible()
        panel = open_panel.filter(has_text=said)
        expect(panel.locator(".js-plotly-plot .main-svg").first).to_be_visible()
        panel.get_by_text("The numbers as a table").click()
        expect(panel.get_by_test_id("stDataFrame")).to_be_visible()
        assert not re.search(r"\b(nan|NaN|None|Traceback)\b", page.inner_text(".stMain"))
        if tab == "Threshold":
            slider = panel.get_by_role("slider")
            for percent in (51, 52, 53):
                slider.press("ArrowRight")
                expect(page.get_by_text(f"flagging from {percent} % on")).to_be_visible()
    assert faults(page) == []
    expect(page.get_by_test_id("stException")).to_have_count(0)
    page.screenshot(path=screenshots / "evidence-looked.png")


def test_the_page_fits_a_phone(page: Page, app_url: str, screenshots: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_workbench(page, app_url)
    page.goto(f"{app_url}evidence?table=heart")
    expect(page.get_by_text("Your scores beat 20 of 20 placebos")).to_be_visible(timeout=60_000)
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= 390
    page.screenshot(path=screenshots / "evidence-phone.png")
