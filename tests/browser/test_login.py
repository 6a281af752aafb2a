"""Several people on one server, each of whom logs in with an OpenID Connect provider."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.browser import VIEWPORT, Server, free_port, serve
from laat_core.store.database import Database
from laat_core.store.projects import Projects
from tests.browser.provider import CLIENT, provider
from tests.browser.workbench import press, slider, undo_title


@pytest.fixture
def several(browser: Browser, tmp_path: Path) -> Iterator[Server]:  # noqa: ARG001
    port = free_port()
    with provider() as issuer:
        secrets = tmp_path / "secrets.toml"
        secrets.write_text(
            f'''[auth]
redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
cookie_secret = "a long text that nobody knows, for tests"
client_id = "{CLIENT}"
client_secret = "x"
server_metadata_url = "{issuer}/.well-known/openid-configuration"
'''
        )
        with serve(port=port, options=[f"--secrets.files={secrets}"]) as server:
            yield server


def log_in(page: Page, url: str, who: str) -> None:
    page.goto(url)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("textbox", name="Name").fill(who)
    page.get_by_role("button", name="That is me").click()
    page.get_by_role("button", name="Open the heart demo").click(timeout=60_000)
    expect(slider(page, "age")).to_be_visible(timeout=60_000)


def test_each_sees_their_own_projects_only(
    several: Server, browser: Browser, screenshots: Path
) -> None:
    with (
        browser.new_context(viewport=VIEWPORT) as anns,
        browser.new_context(viewport=VIEWPORT) as bobs,
    ):
        ann, bob = anns.new_page(), bobs.new_page()
        ann.goto(several.url)
        expect(ann.get_by_text("Log in to see your projects.")).to_be_visible(timeout=60_000)
        expect(ann.locator("input.slider")).to_have_count(0)
        ann.screenshot(path=screenshots / "login.png")
        log_in(ann, several.url, "ann")
        slider(ann, "age").focus()
        press(ann, "End")
        undo_title(ann, "age: +5.2 → +10")
        address = ann.url

        log_in(bob, several.url, "bob")
        bob.goto(address)
        expect(bob.get_by_text("There is no such project, or it is somebody else")).to_be_visible()
        expect(bob.get_by_role("button", name="Open the heart demo")).to_be_visible()
        expect(slider(bob, "age")).to_have_count(0)
        bob.get_by_role("tab", name="Your projects").click()
        expect(bob.get_by_text("You are logged in as")).to_contain_text("bob@example.org")
        expect(bob.get_by_text("No project yet.")).to_be_visible()
        bob.screenshot(path=screenshots / "login-projects.png")

        with Database(f"sqlite:///{several.database}") as database:
            with database.reading() as connection:
                owners = connection.exec_driver_sql("SELECT owner FROM projects").scalars().all()
            assert [owner.split()[1:] for owner in owners] == [["id", "of", "ann"]]
            projects = Projects(database, owners[0])
            events = projects.open(projects.listed()[0].id).history.events
        assert {event.who for event in events} == {"ann@example.org"}

        bob.get_by_role("button", name="Log out").click()
        expect(bob.get_by_role("button", name="Log in")).to_be_visible(timeout=60_000)
