"""What takes longer: many sliders, many rows, a slow model."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from benchmarks.workbench import MADE_TARGET, made_table
from laat_core import compare, load_dataset, load_proposal, make_task, read_table
from laat_core.data.encoding import features_of
from laat_core.scores.importance import ImportanceScores
from tests.browser.workbench import (
    START_MS,
    auc,
    drag_to,
    grip,
    open_page,
    open_workbench,
    press,
    shows,
    slider,
    undo_title,
    upload_and_use,
    value,
)

SAMPLED = "on a fixed sample of 4,000 test rows while you move"


def test_a_page_of_60_sliders(page: Page, app_url: str, tmp_path: Path, screenshots: Path) -> None:
    file = made_table(60, tmp_path).file
    assert file is not None
    upload_and_use(page, app_url, file, MADE_TARGET)
    open_page(page, "Workbench")
    expect(page.locator("input.slider[data-feature]")).to_have_count(60)
    slider(page, "x1").focus()
    press(page, "End")
    slider(page, "x60").focus()  # scrolled to
    press(page, "Home")
    expect(slider(page, "x60")).to_be_in_viewport(ratio=1)
    expect(page.locator("input.slider").first).not_to_be_in_viewport()
    undo_title(page, "x60: 0 → −10")
    task = make_task(read_table(file), MADE_TARGET, "yes")
    zeros = ImportanceScores.zeros([feature.name for feature in features_of(task)])
    shows(page, compare(task, zeros.edit({"x1": 10, "x60": -10})))
    expect(page.locator(".stMain")).to_have_js_property("scrollTop", 0)
    page.screenshot(path=screenshots / "sixty-sliders.png")


def test_adult_is_tried_on_a_sample_while_moving_and_on_all_rows_at_rest(
    page: Page, app_url: str, screenshots: Path
) -> None:
    open_workbench(page, app_url, "adult")
    status = page.locator(".status")
    expect(status).to_be_empty()
    page.mouse.move(*grip(page, "age", value(page, "age")))
    page.mouse.down()
    drag_to(page, "age", -5)
    expect(status).to_have_text(SAMPLED)
    page.screenshot(path=screenshots / "adult-dragging.png")
    score = drag_to(page, "age", -8)
    expect(status).to_have_text(SAMPLED)
    page.mouse.up()
    expect(status).to_be_empty()
    shows(page, compare(load_dataset("adult"), load_proposal("adult").scores.edit({"age": score})))
    page.screenshot(path=screenshots / "adult.png")


def choose_model(page: Page, layer: str, shots: int) -> None:
    page.get_by_role("button", name="Settings").click()
    page.get_by_text(layer, exact=True).click()
    expect(page.get_by_role("radio", name=layer)).to_be_checked()
    rows = page.get_by_role("spinbutton", name="Training rows per class")
    rows.fill(str(shots))
    rows.press("Enter")
    page.get_by_role("button", name="Settings").click()


def test_a_slow_model_shows_its_progress_beside_the_last_result(
    page: Page, app_url: str, screenshots: Path
) -> None:
    open_workbench(page, app_url, "adult")
    before = auc(page, "laat").inner_text()
    status, old = page.locator(".status"), re.compile(r"\bold\b")
    choose_model(page, "one hidden layer of 100 units", 1000)
    expect(status).to_contain_text("training …")
    expect(status).to_contain_text("the result shown is from before this change")
    expect(page.locator(".panel")).to_have_class(old)
    expect(auc(page, "laat")).to_have_text(before)
    gets_on = re.compile(r"training … [2-9]\d %")
    expect(status).to_have_text(gets_on, timeout=START_MS)
    page.screenshot(path=screenshots / "slow-model.png")
    open_page(page, "History")  # and back, while it trains
    open_page(page, "Workbench")
    expect(auc(page, "laat")).to_have_text(before)
    expect(page.locator(".panel")).to_have_class(old)
    slider(page, "age").focus()
    press(page, "End")
    undo_title(page, re.compile("Undo: age: .* → \\+10"))
    # The training under way was of other scores; the newer one begins anew.
    expect(status).to_have_text(re.compile(r"training … 1?\d %"))
    expect(page.locator(".panel")).to_have_class(old)
    expect(auc(page, "laat")).to_have_text(before)

    choose_model(page, "logistic regression", 5)
    shows(page, compare(load_dataset("adult"), load_proposal("adult").scores.edit({"age": 10})))
    expect(page.locator(".panel")).not_to_have_class(old, timeout=START_MS)
    expect(status).to_be_empty()
