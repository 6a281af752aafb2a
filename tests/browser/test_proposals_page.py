"""Asking a real model on this machine, as a person does it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from benchmarks.browser import app
from laat_core import load_dataset
from tests.browser.workbench import open_page, upload_and_use

MINUTES = 60_000
FEATURES = ["age", "resting_systolic_bp", "cholesterol", "max_heart_rate"]


@pytest.fixture(scope="module")
def app_url(browser, local_model, tmp_path_factory) -> Iterator[str]:  # noqa: ARG001
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAAT_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        with app() as url:
            yield url


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Heart with four features, of which a small model writes in seconds."""
    heart = load_dataset("heart")
    file = tmp_path / "heart.csv"
    heart.table[[*FEATURES, heart.target]].to_csv(file, index=False)
    return file


def open_proposals(page: Page) -> None:
    open_page(page, "Proposals")
    expect(page.get_by_text("Only these two messages are sent")).to_be_visible()
    page.get_by_text("a model on this machine").click()
    expect(page.get_by_text("Its scores are worth nothing.")).to_be_visible()


def ask(page: Page) -> None:
    page.get_by_role("button", name="Ask", exact=True).click()


def test_ask_cancel_ask_again_land_refresh_and_take_the_cache(
    page: Page, app_url: str, table: Path, screenshots: Path
) -> None:
    upload_and_use(page, app_url, table, "heart_disease")
    expect(page.get_by_text("303 rows").first).to_be_visible()
    open_proposals(page)
    ask(page)
    expect(page.get_by_text("Estimate 5: answering").first).to_be_visible(timeout=1 * MINUTES)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Estimate 5: cancelled").first).to_be_visible(timeout=1 * MINUTES)
    ask(page)
    expect(page.get_by_text("Estimate 5: answering").first).to_be_visible(timeout=1 * MINUTES)
    page.screenshot(path=screenshots / "proposals-asking.png")
    expect(page.get_by_text("5 of 5 estimates can be used")).to_be_visible(timeout=5 * MINUTES)
    page.screenshot(path=screenshots / "proposals-done.png", full_page=True)
    page.get_by_role("button", name="Put on the sliders").first.click()
    expect(page.get_by_text("The proposal is on the sliders.")).to_be_visible()
    open_page(page, "Workbench")
    age = page.locator('input.slider[data-feature="age"]')
    age.focus()
    expect(page.locator(".detail")).to_contain_text("SmolLM2")
    score = age.input_value()

    page.reload()
    open_proposals(page)
    ask(page)
    expect(page.get_by_text("5 from the cache, at no cost")).to_be_visible(timeout=1 * MINUTES)
    page.get_by_role("button", name="Put on the sliders").first.click()
    open_page(page, "Workbench")
    expect(page.locator('input.slider[data-feature="age"]')).to_have_value(score)
    page.screenshot(path=screenshots / "workbench-asked.png")


def test_a_key_is_in_its_field_alone(page: Page, app_url: str) -> None:
    key = "sk-marked-9876543210"
    page.goto(f"{app_url}?table=heart")
    open_page(page, "Proposals")
    page.get_by_role("textbox", name="Address").fill("http://127.0.0.1:9/v1")
    page.get_by_role("textbox", name="Model").fill("some-model")
    page.get_by_role("textbox", name="Key").fill(key)
    page.get_by_role("button", name="Test the connection").click(delay=60)
    expect(page.get_by_text("cannot be reached")).to_be_visible()
    ask(page)
    failed = page.get_by_text("All 5 estimates of some-model failed.")
    expect(failed).to_be_visible(timeout=1 * MINUTES)
    assert key not in page.locator("body").inner_text()
    open_page(page, "Workbench")
    expect(page.locator("input.slider").first).to_be_visible()
    assert key not in page.content()
    assert key not in page.url
