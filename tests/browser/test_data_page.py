"""Loading one's own table, as a person does it."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
from playwright.sync_api import Page, expect

from tests.browser.workbench import START_MS, upload, upload_and_use

HOSTILE = (
    "<img src=x onerror=alert(1)> **bold** $x^2$ :red[r] \u05e9\u05dc\u05d5\u05dd " + "n" * 250
)


def patients(path: Path) -> Path:
    generator = np.random.default_rng(0)
    age = generator.normal(60, 10, 80).round()
    table = pd.DataFrame(
        {
            "age": np.where(generator.random(80) < 0.1, np.nan, age),
            "smoker": generator.choice(["yes", "no", None], 80, p=[0.4, 0.5, 0.1]),
            "ward": generator.choice(["north", "south", "east"], 80),
            HOSTILE: generator.normal(size=80),
            "ill": np.where(age + generator.normal(0, 5, 80) > 60, "yes", "no"),
        }
    )
    table.to_csv(path, index=False, sep=";")
    return path


def test_own_table_with_missing_values_is_trained_on(
    page: Page, app_url: str, tmp_path: Path, screenshots: Path
) -> None:
    upload_and_use(page, app_url, patients(tmp_path / "patients.csv"), "ill")
    expect(page.get_by_text("80 rows").first).to_be_visible()
    expect(page.get_by_text("One column in full")).to_be_visible()
    page.screenshot(path=screenshots / "data-own-table.png", full_page=True)
    page.get_by_role("link", name="Workbench").first.click()
    expect(page.locator("input.slider[data-feature]")).to_have_count(6)
    expect(page.get_by_text("All scores are 0")).to_be_visible()
    before = page.locator(".laat-auc[data-model=laat]").inner_text()
    slider = page.locator('input.slider[data-feature="age"]')
    slider.focus()
    slider.press("End")
    expect(page.locator(".laat-auc[data-model=laat]")).not_to_have_text(before)
    assert page.locator("img[src=x]").count() == 0
    page.screenshot(path=screenshots / "workbench-own-table.png")


def test_a_target_of_three_classes_is_brought_to_two_by_clicks(
    page: Page, app_url: str, tmp_path: Path, screenshots: Path
) -> None:
    upload(page, app_url, patients(tmp_path / "patients.csv"), "ward")
    expect(page.get_by_text("has 3 classes: east")).to_be_visible()
    expect(page.get_by_role("button", name="Use this table")).to_have_count(0)
    page.screenshot(path=screenshots / "data-three-classes.png")
    page.get_by_label("Count a class as missing").click()
    page.get_by_role("option", name="east").click()
    expect(page.get_by_text("east counts as missing")).to_be_visible()
    page.get_by_role("button", name="Use this table").click()
    expect(page.get_by_text("more have no value in")).to_be_visible()


def test_a_click_on_another_page_after_typing_keeps_the_text_and_leads_there(
    page: Page, app_url: str
) -> None:
    page.goto(f"{app_url}?table=heart")
    page.get_by_role("link", name="Data").first.click()
    expect(page.get_by_text("One column in full")).to_be_visible(timeout=START_MS)
    page.get_by_label("Task: what is predicted").fill("Predict the heart.")
    # The finger is down until the text has been taken, so that the page is drawn anew meanwhile.
    page.get_by_role("link", name="Workbench").first.hover()
    page.mouse.down()
    expect(page).to_have_url(re.compile("project="))
    page.mouse.up()
    expect(page.locator("input.slider").first).to_be_visible()
    expect(page.locator(".laat-title")).to_contain_text("Predict the heart.")


def test_a_cell_of_the_columns_is_edited_by_keyboard(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}?table=heart")
    page.get_by_role("link", name="Data").first.click()
    expect(page.get_by_text("One column in full")).to_be_visible(timeout=START_MS)
    cells = page.get_by_test_id("stDataFrame").first
    cells.scroll_into_view_if_needed()
    expect(cells.locator("canvas").first).to_be_visible()
    cells.click(position={"x": 260, "y": 55})  # the label of the first column
    page.keyboard.press("Enter")
    editor = page.get_by_role("textbox").last
    expect(editor).to_have_value("Age")
    editor.fill("Years of life")
    page.keyboard.press("Enter")
    page.wait_for_timeout(1000)
    page.get_by_role("link", name="Workbench").first.click()
    expect(page.locator(".name", has_text="Years of life")).to_be_visible()
