"""The app in a process of its own, and a real Chromium in front of it."""

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, WebError, expect

from benchmarks.browser import VIEWPORT, Server, chromium, serve
from benchmarks.command import ROOT

SCREENSHOTS = ROOT / "screenshots"

# A slow machine is no failure.
expect.set_options(timeout=20_000)
PATIENCE_MS = 60_000  # for a click: the app and its page may still be loading


# Of this package, and gone after it: Playwright runs once at a time, and other tests use it too.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if shutil.which("chromium") is None:
        message = "no chromium on the path: the pages are not tested in a browser"
        if os.environ.get("LAAT_REQUIRE_BROWSER"):
            pytest.fail(message)
        pytest.skip(message)
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def server(browser: Browser) -> Iterator[Server]:  # noqa: ARG001 - without one, no app is needed
    with serve() as server:
        yield server


@pytest.fixture
def app_url(server: Server) -> str:
    return server.url


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Write what the page showed below the report of a test that failed."""
    report = yield
    page = getattr(item, "funcargs", {}).get("page")
    if report.when == "call" and report.failed and page is not None and not page.is_closed():
        report.sections.append((f"On the page {page.url}", page.locator("body").aria_snapshot()))
    return report


@pytest.fixture(scope="package")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor, whose cache holds the app's scripts from the second page on."""
    with browser.new_context(viewport=VIEWPORT) as context:
        context.set_default_timeout(PATIENCE_MS)
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page of a laptop's size; an error in its scripts or a request elsewhere fails the test.

    So does one of another page in the same window.
    """
    errors: list[str] = []

    def fail(error: WebError) -> None:
        errors.append(str(error.error))

    def check(request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1", "data:", "blob:")):
            errors.append(f"asked for {request.url}")

    context.on("weberror", fail)
    context.on("request", check)
    yield context.new_page()
    for page in context.pages:
        page.close()
    context.remove_listener("weberror", fail)
    context.remove_listener("request", check)
    assert errors == []


@pytest.fixture(scope="session")
def screenshots() -> Path:
    SCREENSHOTS.mkdir(exist_ok=True)
    return SCREENSHOTS
