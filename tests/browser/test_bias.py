"""The bias lab as a person finds it: presets clicked through, and a bias of one's own."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Locator, Page, expect

from laat_core import load_biases, load_dataset
from tests.browser.test_accessibility import faults
from tests.browser.workbench import START_MS, at_rest, open_page, open_workbench, upload_and_use
from ui.bias.lab import STEPS
from ui.bias.panels import TABS


def number(page: Page, row: str, cell: str) -> Locator:
    """A number on the scoreboard, with what stands below it."""
    return page.locator(f".laat-board tr.{row} .{cell}")


def value(page: Page, row: str, cell: str) -> float:
    return float(number(page, row, cell).inner_text().split()[0])


def nothing_odd(page: Page) -> None:
    expect(page.get_by_test_id("stException")).to_have_count(0)
    assert not re.search(r"\b(nan|NaN|None|Traceback)\b", page.inner_text(".stMain"))
    assert page.evaluate("document.querySelector('.stMain').scrollWidth <= innerWidth")


def following(page: Page) -> None:
    page.get_by_role("button", name="Next", exact=True).click()


def press(page: Page, name: str) -> None:
    """Press the last button of a name, once nothing that comes in moves it away."""
    at_rest(page)
    page.get_by_role("button", name=name).last.click()


def choose(page: Page, label: str, option: str, *, last: bool = False) -> None:
    boxes = page.get_by_role("combobox", name=label)
    box = boxes.last if last else boxes
    box.scroll_into_view_if_needed()
    page.wait_for_timeout(500)  # an open list closes when the page scrolls
    box.click()
    page.get_by_role("option", name=option, exact=True).click()


def begin_again(page: Page) -> None:
    """Go to step 1 by its name, once nothing that comes in moves it away."""
    at_rest(page)
    page.get_by_role("radio", name=f"1 · {STEPS[1]}").click()


def told(page: Page) -> str:
    return re.sub("[\u2068\u2069]", "", page.inner_text(".stMain"))


@pytest.mark.parametrize("table", ["heart", "diabetes", "south_german_credit", "adult"])
def test_presets_are_told_from_step_1_to_4(
    page: Page, app_url: str, screenshots: Path, table: str
) -> None:
    page.goto(f"{app_url}bias?table={table}")
    heading = page.get_by_role("heading", name="Both models, on the table as it is")
    expect(heading).to_be_visible(timeout=START_MS)
    expect(number(page, "auc-laat", "before")).to_have_text(re.compile(r"^\d\d\.\d± \d"))
    expect(number(page, "auc-laat", "after")).to_have_text("–")
    for place, preset in enumerate(load_biases(table)):
        if place:
            begin_again(page)
        expect(heading).to_be_visible()
        following(page)
        put_in(page, place, preset.bias.words(load_dataset(table)))
        tell_on(page, screenshots / f"bias-baseline-{table}-{place}.png")
        page.screenshot(path=screenshots / f"bias-scores-{table}-{place}.png")
        assert faults(page) == []
        weaken(page)
        press(page, "As on the Workbench")


def put_in(page: Page, place: int, words: str) -> None:
    """Put a preset in at step 2."""
    at_rest(page)
    # The one before says that it is in already.
    page.get_by_role("button", name="Put it in").nth(max(place - 1, 0)).click()
    expect(page.get_by_text(words).first).to_be_visible()
    expect(page.get_by_text(re.compile("The [0-9]+ test rows stay as they are"))).to_be_visible()
    expect(page.locator(".js-plotly-plot .bars path").first).to_be_visible()
    assert " are left: " in told(page)
    nothing_odd(page)


def put_first_in(page: Page) -> None:
    """Go on from step 1 to step 2, and put the first preset of heart in."""
    following(page)
    at_rest(page)
    page.get_by_role("button", name="Put it in").first.click()
    expect(page.get_by_text("The 61 test rows stay as they are")).to_be_visible()


def tell_on(page: Page, screenshot: Path) -> None:
    """Go on from step 2 to step 4, where the score is set to zero."""
    following(page)
    expect(page.get_by_text(re.compile("The baseline falls for it|may be chance"))).to_be_visible()
    before, after = (value(page, "auc-baseline", cell) for cell in ("before", "after"))
    assert f"on the same untouched test rows its AUC is {after} where it was {before}" in told(page)
    expect(number(page, "auc-baseline", "change")).to_have_text(f"−{before - after:.1f}")
    page.screenshot(path=screenshot)
    nothing_odd(page)
    following(page)
    held = f"its AUC is {value(page, 'auc-laat', 'after')} where it was"
    expect(page.get_by_text(held).first).to_be_visible()
    press(page, "Set to 0")
    expect(page.get_by_text(re.compile("takes? the shortcut away|shuts the short"))).to_be_visible()
    expect(number(page, "target", "after")).to_have_text("0.00")
    assert "A score of 0 for" in told(page)
    compared = "With the score on the Workbench these are|does not take the shortcut away entirely"
    assert re.search(compared, told(page))
    expect(page.get_by_role("button", name="Next", exact=True)).to_be_disabled()
    nothing_odd(page)


def weaken(page: Page) -> None:
    """Take the strength down: without a bias the baseline is what it was."""
    fallen = value(page, "auc-baseline", "after")
    strength = page.get_by_role("slider", name="Strength of the bias")
    strength.focus()
    strength.press("Home")
    expect(number(page, "auc-baseline", "change")).to_have_text("0.0")
    assert value(page, "auc-baseline", "after") > fallen


def test_the_numbers_follow_a_slider_that_is_dragged(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}bias?table=heart")
    expect(number(page, "auc-baseline", "before")).to_be_visible(timeout=START_MS)
    put_first_in(page)
    following(page)
    expect(page.get_by_text("The baseline falls for it")).to_be_visible()
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    box = page.get_by_role("slider", name="Strength of the bias").bounding_box()
    assert box is not None
    full, seen = value(page, "auc-baseline", "after"), set()
    page.mouse.move(box["x"] + box["width"] - 8, box["y"] + box["height"] / 2)
    page.mouse.down()
    for step in range(400):  # without a rest, until two others have been seen
        share = 1 - 0.9 * (step % 100) / 100
        page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)
        page.wait_for_timeout(50)
        seen.add(value(page, "auc-baseline", "after"))
        if len(seen - {full}) >= 2:
            break
    assert len(seen - {full}) >= 2
    page.mouse.up()


def test_every_panel_below_the_story_is_opened(page: Page, app_url: str, screenshots: Path) -> None:
    page.goto(f"{app_url}bias?table=heart")
    expect(number(page, "auc-baseline", "before")).to_be_visible(timeout=START_MS)
    put_first_in(page)
    for place, name in enumerate(TABS):
        at_rest(page)
        page.get_by_role("tab", name=name).click()
        panel = page.get_by_role("tabpanel", name=name)
        expect(panel.get_by_test_id("stMarkdown").first).to_be_visible(timeout=START_MS)
        assert faults(page) == []
        nothing_odd(page)
        panel.screenshot(path=screenshots / f"bias-panel-{place}.png")


def own_table(path: Path) -> Path:
    generator = np.random.default_rng(0)
    age = generator.normal(60, 10, 300).round()
    table = pd.DataFrame(
        {
            "age": age,
            "ward *a* <b>": np.resize(["north", "north", "south"], 300),
            "marker": generator.normal(size=300).round(2),
            "ill": np.where(age + generator.normal(0, 8, 300) > 60, "yes", "no"),
        }
    )
    table.to_csv(path, index=False)
    return path


def test_a_bias_of_ones_own_in_a_table_of_ones_own(
    page: Page, app_url: str, tmp_path: Path, screenshots: Path
) -> None:
    upload_and_use(page, app_url, own_table(tmp_path / "own.csv"), "ill")
    expect(page.get_by_text("300 rows").first).to_be_visible()
    open_page(page, "Bias lab")
    expect(page.locator(".laat-title")).to_contain_text("own.csv")
    following(page)
    expect(page.get_by_text("What is done to the training rows?")).to_be_visible()
    page.get_by_role("button", name="Tie a column to the class").click()
    expect(page.get_by_text("Tied together: age at least")).to_be_visible()
    choose(page, "Rows where", "ward *a* <b>")
    expect(page.get_by_text("Tied together: ward *a* <b> is north, and ill = yes")).to_be_visible()
    choose(page, "Value", "south")
    expect(page.get_by_text("Tied together: ward *a* <b> is south, and ill = yes")).to_be_visible()
    expect(page.get_by_text("The 60 test rows stay as they are")).to_be_visible()
    nothing_odd(page)
    page.screenshot(path=screenshots / "bias-own-table.png", full_page=True)
    # A step too many: nobody is left, and the way back.
    page.get_by_role("button", name="Leave out rows of a class").click()
    second = page.get_by_role("combobox", name="Class that is left out")
    expect(page.get_by_text("Left out: ward *a* <b> is north, ill = yes")).to_be_visible()
    expect(page.get_by_role("combobox", name="Value")).to_have_count(2)
    at_rest(page)  # with both, models are trained: that is the way back
    choose(page, "Value", "south", last=True)
    expect(page.get_by_text("The bias leaves no training row with ill = yes")).to_be_visible()
    expect(page.locator(".laat-board")).to_have_count(0)
    page.get_by_role("button", name="Back to what was before").click()
    expect(number(page, "auc-baseline", "after")).to_be_visible()
    press(page, "Remove the step")
    expect(second).to_have_count(0)
    following(page)
    expect(page.get_by_text("The baseline falls for it")).to_be_visible()
    following(page)
    expect(page.get_by_text("All scores are 0, so the LAAT model is the baseline")).to_be_visible()
    choose(page, "Column to watch", "age")
    score = page.get_by_role("slider", name=re.compile("Score of .?age"))
    score.focus()
    score.press("End")
    expect(page.get_by_text("points ahead of")).to_be_visible()
    press(page, "Take over to the Workbench")
    open_page(page, "Workbench")
    expect(page.locator('input.slider[data-feature="age"]')).to_have_value("10")


def test_the_page_fits_a_phone(page: Page, app_url: str, screenshots: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_workbench(page, app_url)
    page.goto(f"{app_url}bias?table=heart")
    put_first_in(page)
    page.get_by_text("Change it, or make one of your own").click()
    expect(page.get_by_role("button", name="Add a condition")).to_be_visible()
    nothing_odd(page)
    page.screenshot(path=screenshots / "bias-phone.png", full_page=True)
