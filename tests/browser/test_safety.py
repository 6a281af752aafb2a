"""Nothing is lost: two windows on one project, and a server that is killed."""

import os
import re
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.browser import VIEWPORT, Server, serve
from laat_core import compare, load_dataset, load_proposal
from tests.browser.workbench import (
    START_MS,
    auc,
    edits,
    history,
    open_workbench,
    press,
    shows,
    slider,
    undo_title,
)

# A window that is not looked at does not look for what others do.
UNSEEN = "Object.defineProperty(document, 'visibilityState', {get: () => 'hidden'})"
# Keys on a slider, to the right until it is at its end and then back, until somebody ends it.
BURST = """([slider]) => {
    let step = 0;
    window.burst = setInterval(() => {
        const key = Math.floor(step / 15) % 2 ? "ArrowLeft" : "ArrowRight";
        step += 1;
        for (const type of ["keydown", "keyup"]) {
            slider.dispatchEvent(new KeyboardEvent(type, {key, bubbles: true, composed: true}));
        }
    }, 30);
}"""


def first_edit(page: Page) -> None:
    """Make the table a project, so that its address can be opened elsewhere."""
    slider(page, "age").focus()
    press(page, "ArrowRight")
    undo_title(page, "age: +5.2 → +6")
    expect(page).to_have_url(re.compile("project="))


def open_again(page: Page, *, unseen: bool = False) -> Page:
    """Open the same project in another window."""
    other = page.context.new_page()
    if unseen:
        other.add_init_script(UNSEEN)
    other.goto(page.url)
    expect(auc(other, "laat")).to_be_visible(timeout=START_MS)
    expect(slider(other, "age")).to_have_value("6")
    return other


def test_a_second_window_sees_what_the_first_does(
    page: Page, app_url: str, screenshots: Path
) -> None:
    open_workbench(page, app_url)
    first_edit(page)
    other = open_again(page)
    slider(page, "vessels_colored").focus()
    press(page, "Home")
    expect(slider(other, "vessels_colored")).to_have_value("-10")
    scores = load_proposal("heart").scores.edit({"age": 6, "vessels_colored": -10})
    shows(other, compare(load_dataset("heart"), scores))
    undo_title(other, "vessels_colored: +8.2 → −10")
    other.screenshot(path=screenshots / "two-windows.png")
    press(other, "Control+z")
    expect(slider(page, "vessels_colored")).to_have_value("8.2")


def test_what_another_window_did_unseen_is_left_alone_and_said(
    page: Page, server: Server, screenshots: Path
) -> None:
    open_workbench(page, server.url)
    first_edit(page)
    other = open_again(page, unseen=True)
    slider(page, "age").focus()
    press(page, "Home")
    undo_title(page, "age: +6 → −10")
    expect(slider(other, "age")).to_have_value("6")

    slider(other, "age").focus()
    press(other, "ArrowRight")
    notice = other.locator(".notice")
    expect(notice).to_contain_text("Another window has moved Age to −10; that stays.")
    expect(slider(other, "age")).to_have_value("-10")
    other.screenshot(path=screenshots / "two-windows-clash.png")
    assert [event.content["changes"]["age"][1] for event in edits(server, page)] == [6, -10]

    slider(page, "sex = male").focus()
    press(page, "0")
    undo_title(page, "sex = male: +5.6 → 0")
    expect(slider(other, "sex = male")).to_have_value("5.6")
    press(other, "Control+z")  # would take back what has not been seen
    expect(notice).to_contain_text("changed meanwhile, in another tab")
    expect(slider(other, "sex = male")).to_have_value("0")
    assert history(server, page).value("sex = male") == 0

    slider(other, "sex = male").focus()
    press(other, "ArrowRight")  # seen by now
    expect(notice).to_be_hidden()
    expect(slider(page, "sex = male")).to_have_value("1")


@pytest.fixture
def unwatched(browser: Browser) -> Iterator[Page]:
    """A page whose requests may fail, as those to a dead server do."""
    with browser.new_context(viewport=VIEWPORT) as context:
        yield context.new_page()


def test_a_killed_server_loses_nothing_that_was_acknowledged(
    unwatched: Page, tmp_path: Path, screenshots: Path
) -> None:
    page, database = unwatched, tmp_path / "projects.db"
    undo = page.get_by_role("button", name="Undo", exact=True)
    with serve(database) as server:
        open_workbench(page, server.url)
        first_edit(page)
        handle = slider(page, "age").element_handle()
        page.evaluate(BURST, [handle])
        seen = [undo.get_attribute("title")]
        for _ in range(3):
            expect(undo).not_to_have_attribute("title", seen[-1])
            seen.append(undo.get_attribute("title"))
        os.kill(server.pid, signal.SIGKILL)
        page.wait_for_timeout(200)  # more keys, which nobody answers
        page.evaluate("clearInterval(window.burst)")
    kept = history(server, page)
    done = (f"Undo: {state.what}" for state in kept.states)
    assert all(title in done for title in seen)  # one after the other

    expect(page.locator(".problem")).to_contain_text("The server does not answer.")
    page.screenshot(path=screenshots / "killed.png")

    # Keys that nobody answered are kept once somebody does.
    wanted = slider(page, "age").input_value()
    address = page.url
    with serve(database, urlparse(server.url).port):
        for way_back in ("by itself", "by a reload"):
            if way_back == "by a reload":
                page.reload()
            expect(page.locator(".problem")).to_be_hidden(timeout=START_MS)
            expect(slider(page, "age")).to_have_value(wanted, timeout=START_MS)
            expect(undo).to_have_attribute("title", re.compile("^Undo: age: "))
            expect(page).to_have_url(address)
            shows(page, compare(load_dataset("heart"), kept.scores.edit({"age": float(wanted)})))
        now = history(server, page)
        assert f"{now.value('age'):g}" == wanted
        # What came of a state may be found only after the server is back.
        known = [replace(state, result=None) for state in kept.states]
        assert [replace(s, result=None) for s in now.states[: len(known)]] == known
        slider(page, "age").focus()
        press(page, "0")
        undo_title(page, re.compile("→ 0$"))
        assert history(server, page).value("age") == 0
        page.screenshot(path=screenshots / "killed-and-back.png")
