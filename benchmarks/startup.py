"""What is waited for at the start: the import of the package, and the app's first comparison.

Run ``python -m benchmarks.startup``. The import is that of a fresh interpreter, whose own start
is shown beside it and is part of the figure. The app is started as a user starts it; the clock
runs from the start of its process until the first AUC stands on the page in a Chromium that is
already open, with nothing in its cache. A warm-up has read the files from disk before.
"""

import subprocess
import sys
import time
from statistics import median
from typing import Any

from playwright.sync_api import Browser

from benchmarks.browser import VIEWPORT, app, chromium
from benchmarks.command import ROOT, markdown_table, paragraph, run_timing
from benchmarks.timing import machine, median_ms

__all__ = ["measure", "show"]

RUNS = 5
FIRST_RESULT = ".laat-auc"
FIRST_RESULT_MS = 60_000


def run_python(statement: str) -> None:
    """Run a statement in a fresh interpreter."""
    subprocess.run([sys.executable, "-c", statement], cwd=ROOT, check=True)  # noqa: S603 - our own


def start_app(browser: Browser) -> tuple[float, float]:
    """Milliseconds from start until the server answers, and until the first comparison shows."""
    started = time.perf_counter()
    with app() as url:
        answered = time.perf_counter()
        page = browser.new_page(viewport=VIEWPORT)
        page.goto(f"{url}?table=heart")
        page.locator(FIRST_RESULT).first.wait_for(timeout=FIRST_RESULT_MS)
        shown = time.perf_counter()
        page.context.close()
    return 1000 * (answered - started), 1000 * (shown - started)


def measure(runs: int = RUNS) -> dict[str, Any]:
    """Time both; milliseconds."""
    result: dict[str, Any] = {
        "python_ms": median_ms(lambda: run_python("pass"), runs),
        "import_ms": median_ms(lambda: run_python("import laat_core"), runs),
    }
    with chromium() as browser:
        result["chromium"] = browser.version
        starts = [start_app(browser) for _ in range(runs + 1)][1:]
    result["server_ms"] = median(answered for answered, _ in starts)
    result["app_ms"] = median(shown for _, shown in starts)
    return {**result, "runs": runs, "machine": machine()}


def show(result: dict[str, Any]) -> str:
    """Lay out the result as a table."""
    rows = {
        "a bare interpreter": "python_ms",
        "`import laat_core` in a fresh interpreter": "import_ms",
        "start of the app until its server answers": "server_ms",
        "start of the app until the first comparison is on screen": "app_ms",
    }
    table = markdown_table(
        ["what is waited for", "ms"], [(words, f"{result[key]:.0f}") for words, key in rows.items()]
    )
    note = paragraph(
        f"Medians of {result['runs']} after a warm-up; "
        f"Chromium {result['chromium']} without a window."
    )
    return f"{table}\n\n{note}"


if __name__ == "__main__":
    run_timing("startup", measure, show, RUNS)
