"""What the tests of the workbench share: where things are on the page, and what has been kept."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlparse

from playwright.sync_api import Locator, Page, expect

from benchmarks.browser import Server
from laat_core import Comparison
from laat_core.store.database import Database
from laat_core.store.events import Event
from laat_core.store.history import History
from laat_core.store.projects import Projects

__all__ = [
    "START_MS",
    "at_rest",
    "auc",
    "curves",
    "drag_to",
    "edits",
    "grip",
    "history",
    "open_page",
    "open_workbench",
    "press",
    "shows",
    "slider",
    "undo_title",
    "upload",
    "upload_and_use",
    "value",
]

MODELS = ("laat", "baseline", "scores_alone")
START_MS = 60_000
NOTHING_FADED = """() => [...document.querySelectorAll('[data-testid=stElementContainer]')]
    .every(one => one.dataset.stale !== 'true' && getComputedStyle(one).opacity === '1')"""


def open_workbench(page: Page, url: str, table: str = "heart") -> None:
    """Open a bundled table, and wait until its result is there."""
    page.goto(f"{url}?table={table}")
    expect(auc(page, "laat")).to_be_visible(timeout=START_MS)
    expect(page.locator(".chart.roc path.curve[data-model]")).to_have_count(len(MODELS))


def at_rest(page: Page) -> None:
    """Wait until nothing is under way, and nothing moves a button away any more."""
    for under_way in ("stProgress", "stSpinner", "stStatusWidget"):
        expect(page.get_by_test_id(under_way)).to_have_count(0)
    expect(page.locator(".panel.old")).to_have_count(0)  # of the instrument, while it trains
    page.wait_for_function(NOTHING_FADED)


def open_page(page: Page, name: str) -> None:
    """Go to another page of the app."""
    page.get_by_role("link", name=name, exact=True).first.click()


def upload(page: Page, url: str, file: Path, target: str) -> None:
    """Load a table of one's own and choose its target."""
    page.goto(f"{url}?table=heart")
    open_page(page, "Data")
    # The end of the page; the browser loads the app and the fields of two pages for it.
    expect(page.get_by_text("One column in full")).to_be_visible(timeout=START_MS)
    at_rest(page)
    page.get_by_role("tab", name="Your own table").click()
    own = page.get_by_role("tabpanel", name="Your own table")
    own.locator("input[type=file]").set_input_files(file)
    expect(own.get_by_text(file.name).first).to_be_visible()
    # Typed, as the list shows only the first of many columns.
    own.get_by_role("combobox", name="Target: the column that is predicted").fill(target)
    page.get_by_role("option", name=target, exact=True).click()


def upload_and_use(page: Page, url: str, file: Path, target: str) -> None:
    """Load a table of one's own, choose its target, and open it."""
    upload(page, url, file, target)
    page.get_by_role("button", name="Use this table").click()
    expect(page.get_by_text("is open. Check its columns below")).to_be_visible()
    at_rest(page)


# On the page


def slider(page: Page, feature: str) -> Locator:
    return page.locator(f'input.slider[data-feature="{feature}"]')


def value(page: Page, feature: str) -> float:
    return float(slider(page, feature).input_value())


def auc(page: Page, model: str) -> Locator:
    return page.locator(f".laat-auc[data-model={model}]")


def shows(page: Page, comparison: Comparison) -> None:
    """Expect the numbers of a comparison."""
    for name in MODELS:
        mean = comparison.models[name].auc_mean
        expect(auc(page, name)).to_have_text(f"{100 * mean:.1f}")


def curves(page: Page) -> list[str]:
    """The paths of the ROC curves."""
    return page.locator(".chart.roc path.curve").evaluate_all(
        "paths => paths.map(path => path.getAttribute('d'))"
    )


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def grip(page: Page, feature: str, score: float) -> tuple[float, float]:
    """Where the thumb of a slider is at a score."""
    box = slider(page, feature).bounding_box()
    assert box is not None
    thumb = 12  # --thumb in instrument.css
    return (
        box["x"] + thumb / 2 + (box["width"] - thumb) * (score + 10) / 20,
        box["y"] + box["height"] / 2,
    )


def drag_to(page: Page, feature: str, score: float, steps: int = 10) -> float:
    """Move the pointer, which is down, to about a score; return the score that it has then."""
    page.mouse.move(*grip(page, feature, score), steps=steps)
    return value(page, feature)


def undo_title(page: Page, text: str | re.Pattern[str]) -> None:
    """Expect that the last thing recorded, which undo would take back, is this."""
    expect(page.get_by_role("button", name="Undo", exact=True)).to_have_attribute(
        "title", text if isinstance(text, re.Pattern) else f"Undo: {text}"
    )


# In the database


def history(server: Server, page: Page) -> History:
    """The project that the address of a page names, as it has been kept."""
    expect(page).to_have_url(re.compile("project="))
    number = parse_qs(urlparse(page.url).query)["project"][0]
    with Database(f"sqlite:///{server.database}") as database:
        return Projects(database).open(number).history


def edits(server: Server, page: Page) -> list[Event]:
    return [event for event in history(server, page).events if event.kind == "edited"]


def soon(page: Page, holds: Callable[[], bool], seconds: float = 30) -> bool:
    """Whether something that the page does not show comes to hold."""
    for _ in range(int(10 * seconds)):
        if holds():
            return True
        page.wait_for_timeout(100)
    return False
