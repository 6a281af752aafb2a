"""The workbench as a person finds it."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from laat_core import compare, load_dataset, load_proposal
from tests.browser.workbench import (
    auc,
    curves,
    open_page,
    open_workbench,
    shows,
    slider,
)


def bars(page: Page) -> list[str]:
    """Where the bars beside the sliders are."""
    return page.locator(".row .bars > div").evaluate_all(
        "parts => parts.map(part => part.style.cssText)"
    )


def test_heart_opens_with_its_proposal_and_the_comparison(
    page: Page, app_url: str, screenshots: Path
) -> None:
    open_workbench(page, app_url)
    proposed = load_proposal("heart").scores
    expect(page.locator("input.slider[data-feature]")).to_have_count(len(proposed.features))
    expect(slider(page, "age")).to_have_value(f"{proposed.score('age'):g}")
    comparison = compare(load_dataset("heart"), proposed)
    shows(page, comparison)
    page.screenshot(path=screenshots / "workbench.png")
    # Everything is in reach without scrolling, on a laptop.
    for seen in (page.locator("input.slider"), page.locator(".laat-auc")):
        for place in (seen.first, seen.last):
            expect(place).to_be_in_viewport(ratio=1)
    expect(page.locator(".chart.roc svg")).to_be_in_viewport(ratio=0.98)
    # The curve that is drawn is that of compare, and is read under the pointer.
    chart = page.locator(".chart.roc svg")
    box = chart.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] / 2)
    tip = page.locator(".chart.roc .tip")
    expect(tip).to_be_visible()
    said = tip.inner_text()
    at = int(re.search(r"wrongly flagged (\d+)", said)[1])
    laat = comparison.laat.roc_mean
    found = round(100 * laat[round(at / 100 * (len(laat) - 1))])
    assert f"LAAT model: found {found} %" in said
    page.screenshot(path=screenshots / "workbench-curve-read.png")


def test_a_key_press_retrains_and_redraws_what_compare_gives(
    page: Page, app_url: str, screenshots: Path
) -> None:
    open_workbench(page, app_url)
    before, roc, beside = auc(page, "laat").inner_text(), curves(page), bars(page)
    moved = slider(page, "chest_pain = asymptomatic")
    moved.focus()
    for _ in range(8):
        moved.press("ArrowRight")
    expect(moved).to_have_value("7")
    edited = load_proposal("heart").scores.edit({"chest_pain = asymptomatic": 7})
    shows(page, compare(load_dataset("heart"), edited))
    assert auc(page, "laat").inner_text() != before
    assert curves(page) != roc
    assert bars(page) != beside
    expect(page.locator(".detail .title")).to_have_text(
        re.compile(r"Chest pain = asymptomatic \+7: speaks strongly for heart disease")
    )
    page.screenshot(path=screenshots / "workbench-edited.png")


def test_edits_survive_a_visit_to_the_other_page(page: Page, app_url: str) -> None:
    open_workbench(page, app_url)
    moved = slider(page, "age")
    moved.focus()
    moved.press("Home")
    expect(moved).to_have_value("-10")
    after = auc(page, "scores_alone")
    expect(after).not_to_have_text("88.7")
    shown = after.inner_text()
    open_page(page, "Data")
    expect(page.get_by_text("Task: what is predicted")).to_be_visible()
    open_page(page, "Workbench")
    expect(slider(page, "age")).to_have_value("-10")
    expect(auc(page, "scores_alone")).to_have_text(shown)


def test_the_story_leads_to_the_edits(page: Page, app_url: str) -> None:
    open_workbench(page, app_url)
    page.get_by_role("button", name="What would a cardiologist change?").click()
    page.get_by_role("button", name="Make this edit").click()
    expect(slider(page, "chest_pain = asymptomatic")).to_have_value("5")


def flags(page: Page, column: str) -> Locator:
    """The flags of features of a column that the data contradict."""
    rows = page.locator(".row").filter(has=page.locator(f'input[data-feature^="{column}"]'))
    return rows.locator(".flag:not(:empty)")


def test_the_conflicts_are_gone_on_the_corrected_table(page: Page, app_url: str) -> None:
    open_workbench(page, app_url, "credit")
    page.get_by_role("button", name="Why do the data contradict these scores?").click()
    page.get_by_role("button", name="Train on 80 % of the rows").click()
    expect(flags(page, "credit_history")).to_have_count(3)
    page.get_by_role("button", name="Why do the data contradict these scores?").click()
    page.get_by_role("button", name="South German credit").click()
    expect(page.locator(".laat-title")).to_contain_text("South German credit (corrected)")
    expect(flags(page, "checking_account")).to_have_count(1)
    expect(flags(page, "credit_history")).to_have_count(0)


def test_the_page_fits_a_phone(page: Page, app_url: str, screenshots: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_workbench(page, app_url)
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= 390
    sticking_out = page.locator(".panel *").evaluate_all(
        "nodes => nodes.filter(node => node.checkVisibility() && "
        "node.getBoundingClientRect().right > 390.5).map(node => node.outerHTML.slice(0, 80))"
    )
    assert sticking_out == []
    too_small = page.locator(".panel *").evaluate_all(
        """nodes => nodes.filter(node => node.checkVisibility()
             && [...node.childNodes].some((part) => part.nodeType === 3 && part.data.trim())
             && parseFloat(getComputedStyle(node).fontSize)
               * (node.ownerSVGElement ? node.ownerSVGElement.getScreenCTM().a : 1) < 9)
           .map(node => node.outerHTML.slice(0, 80))"""
    )
    assert too_small == []
    page.screenshot(path=screenshots / "workbench-phone.png")
    page.locator(".chart.roc").scroll_into_view_if_needed()
    page.screenshot(path=screenshots / "workbench-phone-charts.png")
