"""The workbench as a person uses it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from laat_core import compare, load_dataset, load_proposal

pytestmark = pytest.mark.browser


def open_workbench(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.locator(".js-plotly-plot")).to_have_count(2, timeout=60_000)
    expect(page.locator("input.slider").first).to_be_visible()


def slider(page: Page, feature: str) -> Locator:
    return page.locator(f'input.slider[data-feature="{feature}"]')


def auc(page: Page, model: str) -> Locator:
    return page.locator(f".laat-auc[data-model={model}]")


def drawn(page: Page) -> list[str]:
    """The data behind the marks of both charts."""
    return page.evaluate(
        "[...document.querySelectorAll('.js-plotly-plot')].map(plot => JSON.stringify(plot.data))"
    )


def test_heart_opens_with_its_proposal_and_the_comparison(
    page: Page, app_url: str, screenshots: Path
) -> None:
    open_workbench(page, app_url)
    proposed = load_proposal("heart").scores
    expect(page.locator("input.slider")).to_have_count(len(proposed.features))
    expect(slider(page, "age")).to_have_value(f"{proposed.score('age'):g}")
    comparison = compare(load_dataset("heart"), proposed)
    for name, model in comparison.models.items():
        expect(auc(page, name)).to_have_text(f"{100 * model.auc_mean:.1f}")
    page.screenshot(path=screenshots / "workbench.png")


def test_a_key_press_retrains_and_redraws_what_compare_gives(
    page: Page, app_url: str, screenshots: Path
) -> None:
    open_workbench(page, app_url)
    before, charts = auc(page, "laat").inner_text(), drawn(page)
    moved = slider(page, "chest_pain = asymptomatic")
    moved.focus()
    for _ in range(8):
        moved.press("ArrowRight")
    expect(moved).to_have_value("7")
    edited = load_proposal("heart").scores.edit({"chest_pain = asymptomatic": 7})
    comparison = compare(load_dataset("heart"), edited)
    expect(auc(page, "laat")).to_have_text(f"{100 * comparison.laat.auc_mean:.1f}")
    expect(auc(page, "scores_alone")).to_have_text(f"{100 * comparison.scores_alone.auc_mean:.1f}")
    assert auc(page, "laat").inner_text() != before
    page.wait_for_timeout(500)  # the charts are drawn after the numbers
    roc, attributions = drawn(page)
    assert roc != charts[0]
    assert attributions != charts[1]
    expect(page.locator(".detail .title")).to_have_text(
        re.compile(r"Chest pain = asymptomatic \+7: speaks strongly for heart disease")
    )
    page.screenshot(path=screenshots / "workbench-edited.png")


def test_dragging_ends_at_the_last_position(page: Page, app_url: str) -> None:
    open_workbench(page, app_url)
    moved = slider(page, "age")
    box = moved.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.7, middle)
    page.mouse.down()
    for step in range(30):
        page.mouse.move(box["x"] + box["width"] * (0.7 - step / 60), middle)
    page.mouse.up()
    score = float(moved.input_value())
    assert score < 0
    comparison = compare(load_dataset("heart"), load_proposal("heart").scores.edit({"age": score}))
    expect(auc(page, "laat")).to_have_text(f"{100 * comparison.laat.auc_mean:.1f}")
    expect(auc(page, "scores_alone")).to_have_text(f"{100 * comparison.scores_alone.auc_mean:.1f}")


def test_edits_survive_a_visit_to_the_other_page(page: Page, app_url: str) -> None:
    open_workbench(page, app_url)
    moved = slider(page, "age")
    moved.focus()
    moved.press("Home")
    expect(moved).to_have_value("-10")
    after = auc(page, "scores_alone")
    expect(after).not_to_have_text("88.7")
    shown = after.inner_text()
    page.get_by_role("link", name="Data").first.click()
    expect(page.get_by_text("Task: what is predicted")).to_be_visible()
    page.get_by_role("link", name="Workbench").first.click()
    expect(slider(page, "age")).to_have_value("-10")
    expect(auc(page, "scores_alone")).to_have_text(shown)


def test_the_story_leads_to_the_edits(page: Page, app_url: str) -> None:
    open_workbench(page, app_url)
    page.get_by_role("button", name="What would a cardiologist change?").click()
    page.get_by_role("button", name="Make these edits").click()
    expect(slider(page, "chest_pain = asymptomatic")).to_have_value("7")
    expect(slider(page, "chest_pain = typical angina")).to_have_value("0")


def test_everything_is_in_reach_without_scrolling_on_a_laptop(page: Page, app_url: str) -> None:
    open_workbench(page, app_url)
    for seen in (page.locator("input.slider"), page.locator(".laat-auc")):
        for place in (seen.first, seen.last):
            expect(place).to_be_in_viewport(ratio=1)
    for chart in page.locator(".js-plotly-plot").all():
        expect(chart).to_be_in_viewport(ratio=0.98)


def test_the_page_fits_a_phone(page: Page, app_url: str, screenshots: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_workbench(page, app_url)
    wide = page.evaluate("document.querySelector('.stMain').scrollWidth")
    assert wide <= 390
    page.screenshot(path=screenshots / "workbench-phone.png")
