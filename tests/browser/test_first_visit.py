"""A server's very first visit, when Streamlit does not know its pages yet."""

from pathlib import Path

from playwright.sync_api import Page, expect

from benchmarks.browser import serve
from tests.browser.workbench import START_MS, auc, press, slider, undo_title


def test_the_first_visit_of_a_server_finds_the_page_and_the_table_that_it_asks_for(
    page: Page,
) -> None:
    with serve() as server:
        page.goto(f"{server.url}bias?table=south_german_credit")
        expect(
            page.get_by_role("heading", name="Both models, on the table as it is")
        ).to_be_visible(timeout=60_000)
        expect(page).to_have_url(f"{server.url}bias?table=south_german_credit")
        expect(page.locator(".laat-title")).to_contain_text("South German credit")


def test_the_plain_address_leads_a_new_visitor_to_the_demo_and_then_back_to_their_own_work(
    page: Page, screenshots: Path
) -> None:
    with serve() as server:
        page.goto(server.url)
        demo = page.get_by_role("button", name="Open the heart demo")
        expect(demo).to_be_visible(timeout=START_MS)
        page.screenshot(path=screenshots / "start.png")
        demo.click()
        expect(auc(page, "laat")).to_be_visible(timeout=START_MS)
        expect(page).to_have_url(f"{server.url}?table=heart")
        slider(page, "age").focus()
        press(page, "End")
        undo_title(page, "age: +5.2 → +10")
        own = page.url
        page.goto(f"{server.url}?table=wine")
        expect(auc(page, "laat")).to_be_visible(timeout=START_MS)
        page.get_by_role("link", name="Start").first.click()
        expect(page.get_by_role("button", name="Heart disease")).to_be_visible()
        page.screenshot(path=screenshots / "start-projects.png")
        page.goto(server.url)
        expect(slider(page, "age")).to_have_value("10", timeout=START_MS)
        expect(page).to_have_url(own)
