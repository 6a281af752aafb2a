"""Every page, looked at by axe-core; Evidence and the bias lab in the tests of their own."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.workbench import (
    at_rest,
    open_page,
    open_workbench,
    press,
    slider,
    undo_title,
)

# Within Streamlit's own elements, which we cannot mend: rule, and what the element's HTML has.
STREAMLIT = {
    # What opens above a page and is long, such as the words; and a prompt in full. Chromium and
    # Firefox let such a box be reached by keys where nothing in it can be, but axe does not know.
    "scrollable-region-focusable": 'stPopoverBody|^<pre class="st-emotion-cache',
}


def faults(page: Page) -> list[str]:
    """What axe calls serious or critical, one line per element; of a page that is at rest."""
    at_rest(page)
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    return [
        f"{violation['id']}: {node['target']} {node['html'][:300]} ({node['failureSummary']})"
        for violation in found.response["violations"]
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
        if not re.search(STREAMLIT.get(violation["id"], r"(?!)"), node["html"])
    ]


@pytest.fixture
def workbench(page: Page, app_url: str) -> Page:
    open_workbench(page, app_url)
    return page


def test_workbench(workbench: Page) -> None:
    assert faults(workbench) == []
    for name in ("What would a cardiologist", "Scores", "Settings", "Words"):
        button = workbench.get_by_role("button", name=re.compile(f"^[a-z_ ]*{name}")).first
        button.click()
        expect(workbench.get_by_test_id("stPopoverBody")).to_be_visible()
        assert faults(workbench) == []
        button.click()
        expect(workbench.get_by_test_id("stPopoverBody")).to_be_hidden()
    slider(workbench, "age").focus()  # a chosen feature, edited and then locked
    press(workbench, "Home", "l", "x")
    expect(workbench.get_by_role("button", name="Unlock Age")).to_be_visible()
    expect(workbench.locator(".row.unused")).to_have_count(1)
    undo_title(workbench, "age: +5.2 → −10")
    workbench.get_by_text("All scores", exact=True).click()
    assert faults(workbench) == []


def test_one_row(workbench: Page) -> None:
    workbench.get_by_role("button", name="One row").click()
    workbench.get_by_role("button", name="Which slider moves this row most?").click()
    expect(workbench.locator(".most li")).to_have_count(5)
    assert faults(workbench) == []
    value = workbench.locator(".case").get_by_role("textbox", name=re.compile("^Resting"))
    value.fill("very high")
    value.press("Enter")
    expect(workbench.locator(".case .conflict")).to_be_visible()
    assert faults(workbench) == []


def test_workbench_on_a_phone(page: Page, app_url: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_workbench(page, app_url)
    assert faults(page) == []


def test_data_proposals_and_history(workbench: Page, screenshots: Path) -> None:
    open_page(workbench, "Data")
    expect(workbench.get_by_text("One column in full")).to_be_visible()
    for tab in ("A demo table", "Your own table", "Your projects"):
        workbench.get_by_role("tab", name=tab).click()
        assert faults(workbench) == []
    open_page(workbench, "Proposals")
    expect(workbench.get_by_text("Only these two messages are sent")).to_be_visible()
    for tab in ("Ask a model", "Paste an answer", "Side by side", "Describe columns"):
        workbench.get_by_role("tab", name=tab).click()
        assert faults(workbench) == []
    open_page(workbench, "History")
    expect(workbench.get_by_text("Nothing has been recorded yet")).to_be_visible()
    assert faults(workbench) == []
    open_page(workbench, "Workbench")
    slider(workbench, "age").focus()
    press(workbench, "Home")
    undo_title(workbench, "age: +5.2 → −10")
    open_page(workbench, "History")
    for tab in ("Restore or name", "Compare two", "Export"):
        workbench.get_by_role("tab", name=tab).click()
        assert faults(workbench) == []
    workbench.screenshot(path=screenshots / "history-export.png", full_page=True)
