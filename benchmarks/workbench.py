"""The workbench in a browser: a table is opened, sliders are moved, and what follows is timed.

The clock runs in the page (``moves.js``): from the time stamp of a keydown event to the last
change that a MutationObserver sees in the ROC curves, the attribution bars or the AUC numbers.
"""

from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

import pandas as pd
from playwright.sync_api import Browser, Page
from sklearn.datasets import make_classification

from benchmarks.browser import VIEWPORT, BenchmarkError
from laat_core import load_dataset
from laat_core.data.encoding import features_of

__all__ = ["Table", "Window", "bundled_table", "made_table"]

# What the page promises.
SLIDER = "input.slider[data-feature]"
NUMBER = ".laat-auc[data-model]"
CURVE = ".chart.roc path.curve[data-model]"
PROMISED = {
    "panel": ".panel",
    "slider": SLIDER,
    "curve": CURVE,
    "bars": ".row .bars *",
    "number": NUMBER,
    "status": ".status",
    "alert": (
        ".problem, [role=dialog], [data-testid=stException], [data-testid=stAlertContentError]"
    ),
}
WATCH = Path(__file__).with_name("moves.js").read_text(encoding="utf-8")

# A move is over when both charts have changed and nothing has for a while, not counted.
QUIET_MS = 200
PATIENCE_MS = 20_000
WAITING = {"quiet": QUIET_MS, "patience": PATIENCE_MS}

# About as often as a mouse tells of itself.
DRAG_MS = 2000
STEP_MS = 16

OPEN_MS = 120_000
MADE_ROWS = 300
MADE_TARGET = "group"


@dataclass(frozen=True)
class Table:
    """A table to open.

    Attributes
    ----------
    name : str
    n_sliders : int
    file : Path or None
        Loaded through the Data page; None for a bundled one, opened by its address.
    """

    name: str
    n_sliders: int
    file: Path | None = None


def bundled_table(name: str) -> Table:
    """Describe a bundled table."""
    return Table(name, len(features_of(load_dataset(name))))


def made_table(n_columns: int, folder: Path) -> Table:
    """Make a table of numbers, always the same one, and write it to a file."""
    values, classes = make_classification(
        MADE_ROWS,
        n_columns,
        n_informative=min(n_columns, 10),
        n_redundant=0,
        n_clusters_per_class=1,
        random_state=0,
    )
    table = pd.DataFrame(values.round(3), columns=[f"x{i + 1}" for i in range(n_columns)])
    table[MADE_TARGET] = pd.Series(classes).map({0: "no", 1: "yes"})
    file = folder / f"made-{n_columns}.csv"
    table.to_csv(file, index=False)
    return Table(file.stem, n_columns, file)


class Window:
    """A visitor's page, with cookies and storage of its own.

    Attributes
    ----------
    page : Page
    errors : list of str
        What its scripts have raised.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    @classmethod
    def open(cls, browser: Browser, url: str, table: Table) -> "Window":
        """Open a table and wait until the workbench is complete."""
        window = cls(browser.new_page(viewport=VIEWPORT))
        window.page.set_default_timeout(OPEN_MS)
        if table.file is None:
            window.page.goto(f"{url}?table={table.name}")
        else:
            window.page.goto(f"{url}?table=heart")
            window._load(table.file)
        window._complete(table.n_sliders)
        window.watch()
        return window

    def _load(self, file: Path) -> None:
        """Load a table as a person does."""
        page = self.page
        page.get_by_role("link", name="Data").first.click()
        page.get_by_text("One column in full").wait_for()  # the end of the page
        page.get_by_role("tab", name="Your own table").click()
        page.locator("input[type=file]").first.set_input_files(file)
        # Typed, as the list shows only the first of many columns.
        page.get_by_role("combobox", name="Target: the column that is predicted").fill(MADE_TARGET)
        page.get_by_role("option", name=MADE_TARGET, exact=True).click()
        page.get_by_role("button", name="Use this table").click()
        page.get_by_text(f"{MADE_ROWS} rows").first.wait_for()
        page.get_by_role("link", name="Workbench").first.click()

    def _complete(self, n_sliders: int) -> None:
        page = self.page
        page.locator(NUMBER).first.wait_for()
        page.locator(CURVE).first.wait_for(state="attached")
        page.locator(SLIDER).nth(n_sliders - 1).wait_for(state="attached")
        page.wait_for_timeout(1000)  # what start-up still has to do
        found = page.locator(SLIDER).count()
        if found != n_sliders:
            raise BenchmarkError(f"{found} sliders on the page; {n_sliders} are expected.")

    def watch(self) -> None:
        """Start the clock in the page."""
        self.page.evaluate(WATCH, PROMISED)

    def move(self, number: int) -> dict[str, Any]:
        """Press an arrow key on the slider whose turn it is; the times of what follows.

        Returns
        -------
        dict
            ``milliseconds`` to the last change, ``first`` to when both charts had changed for the
            first time, ``number`` whether the AUC numbers were drawn.
        """
        key = self.page.evaluate("number => benchmark.prepare(number)", number)
        self.page.wait_for_timeout(50)  # what focus and scrolling draw is no part of the move
        self.page.keyboard.press(key)
        settled: dict[str, Any] = self.page.evaluate(
            "waiting => benchmark.settled(waiting)", WAITING
        )
        return settled

    def drag(self, milliseconds: int = DRAG_MS) -> dict[str, float]:
        """Drag the first slider by the mouse to one end and back; redraws per second."""
        place = self.page.locator(SLIDER).locator("visible=true").first
        place.scroll_into_view_if_needed()
        box = place.bounding_box()
        if box is None:
            raise BenchmarkError("No slider can be seen.")
        left, width, height = box["x"], box["width"], box["y"] + box["height"] / 2
        mouse = self.page.mouse
        mouse.move(left + width / 2, height)
        mouse.down()
        self.page.evaluate("benchmark.count()")
        started = perf_counter()
        while (passed := 1000 * (perf_counter() - started)) < milliseconds:
            way = 2 * passed / milliseconds
            mouse.move(left + width * (0.05 + 0.9 * (way if way < 1 else 2 - way)), height)
            ahead = 1000 * (perf_counter() - started) - passed
            sleep(max(0.0, STEP_MS - ahead) / 1000)
        rates: dict[str, float] = self.page.evaluate("benchmark.rates()")
        mouse.up()
        return rates

    def start_moves(self, begin: int, moves: int, rest: int) -> None:
        """Have the page move sliders by itself, with so many milliseconds of rest after each."""
        self.page.evaluate(
            "options => { benchmark.run(options); }",
            {"begin": begin, "moves": moves, "rest": rest, **WAITING},
        )

    def progress(self) -> dict[str, Any]:
        """Return ``times``, ``unanswered`` and ``alerts`` of these moves, and whether ``done``."""
        made: dict[str, Any] = self.page.evaluate("benchmark.progress()")
        return made

    def start_drag(self, milliseconds: int = DRAG_MS) -> None:
        """Have the page drag its first slider by itself."""
        self.page.evaluate(
            "options => { benchmark.drag(options); }",
            {"milliseconds": milliseconds, "step": STEP_MS},
        )

    def drag_rates(self) -> dict[str, float]:
        """Return the redraws per second of that drag, once it has ended."""
        self.page.wait_for_function("benchmark.dragged()")
        rates: dict[str, float] = self.page.evaluate("benchmark.dragged()")
        return rates

    def alerts(self) -> list[str]:
        """What the page says has gone wrong."""
        found: list[str] = self.page.evaluate("benchmark.alerts()")
        return found

    def close(self) -> None:
        self.page.context.close()
