"""A server's very first visit, when Streamlit does not know its pages yet."""

from playwright.sync_api import Page, expect

from benchmarks.browser import serve


def test_the_first_visit_of_a_server_finds_the_page_and_the_table_that_it_asks_for(
    page: Page,
) -> None:
    with serve() as server:
        page.goto(f"{server.url}bias?table=credit")
        expect(
            page.get_by_role("heading", name="Both models, on the table as it is")
        ).to_be_visible(timeout=60_000)
        expect(page).to_have_url(f"{server.url}bias?table=credit")
        expect(page.locator(".laat-title")).to_contain_text("German credit")
