"""From a key press on a slider to the last chart, in a real Chromium, with 30 sliders.

Run ``python -m benchmarks.latency``. It starts the app and the browser, opens the bundled table
of 30 numeric features, and presses the right arrow key on one slider after the other. The clock
runs in the page: from the time stamp of the keydown event to the last change of the document
within the charts and the AUC numbers that the move caused, seen by a MutationObserver. A move is
over when every chart has changed and nothing has for a while; that while is not counted.
"""

from typing import Any

import numpy as np
from playwright.sync_api import Page

from benchmarks.browser import VIEWPORT, BenchmarkError, app, chromium
from benchmarks.command import markdown_table, paragraph, run_timing
from benchmarks.timing import machine

__all__ = ["measure", "show"]

MOVES = 30
WARM_UP = 5
SLIDERS = 30

# What the page promises.
ADDRESS = "?table=breast_cancer"
SLIDER = "input[type=range][data-feature]"
CHART = ".chart, .list"
AUC = ".laat-auc"
CHARTS = 2

QUIET_MS = 200
PATIENCE_MS = 20_000

# Marks when each part of the page was last changed since the last key press. A part is found
# from a changed node outwards, also through shadow roots, or within what a change has added.
WATCH = """
({chart, auc}) => {
  const watch = window.benchmark = {pressed: 0, changed: new Map()};
  const outwards = (node, selector) => {
    const element = node instanceof Element ? node : node.parentElement ?? node.host;
    if (!element) return null;
    return element.closest(selector) ?? outwards(element.getRootNode().host ?? {}, selector);
  };
  const mark = (part) => part && watch.changed.set(part, performance.now());
  const observer = new MutationObserver((changes) => {
    for (const {target, addedNodes} of changes) {
      mark(outwards(target, chart));
      if (outwards(target, auc)) mark("auc");
      for (const node of addedNodes) {
        if (!(node instanceof Element)) continue;
        node.querySelectorAll(chart).forEach(mark);
        if (node.matches(auc) || node.querySelector(auc)) mark("auc");
      }
    }
  });
  const observe = (root) => {
    observer.observe(root, {
      subtree: true, childList: true, attributes: true, characterData: true,
    });
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) observe(element.shadowRoot);
    }
  };
  observe(document);
  addEventListener("keydown", (event) => {
    watch.pressed = event.timeStamp;
    watch.changed.clear();
  }, {capture: true});
}
"""

SETTLED = """
({charts, quiet, patience}) => new Promise((resolve, reject) => {
  const look = () => {
    const {pressed, changed} = window.benchmark;
    const last = Math.max(...changed.values());
    const seen = [...changed.keys()].filter((part) => part !== "auc" && part.isConnected).length;
    const now = performance.now();
    if (seen >= charts && now - last > quiet) {
      resolve({milliseconds: last - pressed, auc: changed.has("auc")});
    } else if (now - pressed > patience) {
      reject(new Error(`${seen} of ${charts} charts changed within ${patience} ms`));
    } else {
      setTimeout(look, 20);
    }
  };
  look();
})
"""


def measure(moves: int = MOVES, warm_up: int = WARM_UP) -> dict[str, Any]:
    """Time slider moves; the 50th and the 95th percentile, milliseconds."""
    with app() as url, chromium() as browser:
        version = browser.version
        page = browser.new_page(viewport=VIEWPORT)
        n_sliders = _open(page, url + ADDRESS)
        timed = [_move(page, number % n_sliders) for number in range(warm_up + moves)][warm_up:]
    taken = [move["milliseconds"] for move in timed]
    return {
        "p50_ms": float(np.percentile(taken, 50)),
        "p95_ms": float(np.percentile(taken, 95)),
        "slowest_ms": max(taken),
        "sliders": n_sliders,
        "moves": moves,
        "warm_up": warm_up,
        "auc_changed": sum(move["auc"] for move in timed),
        "chromium": version,
        "machine": machine(),
    }


def _open(page: Page, url: str) -> int:
    """Wait until the page is complete; return how many sliders it has."""
    page.goto(url)
    page.locator(AUC).first.wait_for()
    page.locator(".chart .curve").first.wait_for(state="attached")
    page.locator(SLIDER).nth(SLIDERS - 1).wait_for(state="attached")
    page.wait_for_timeout(1000)  # what start-up still has to do
    n_sliders, n_charts = page.locator(SLIDER).count(), page.locator(CHART).count()
    if (n_sliders, n_charts) != (SLIDERS, CHARTS):
        raise BenchmarkError(
            f"{n_sliders} sliders and {n_charts} charts on the page; "
            f"{SLIDERS} and {CHARTS} are expected."
        )
    page.evaluate(WATCH, {"chart": CHART, "auc": AUC})
    return n_sliders


def _move(page: Page, slider: int) -> dict[str, Any]:
    page.locator(SLIDER).nth(slider).focus()
    page.wait_for_timeout(50)  # what focus and scrolling draw is no part of the move
    page.keyboard.press("ArrowRight")
    settled: dict[str, Any] = page.evaluate(
        SETTLED, {"charts": CHARTS, "quiet": QUIET_MS, "patience": PATIENCE_MS}
    )
    return settled


def show(result: dict[str, Any]) -> str:
    """Lay out the result as a table."""
    table = markdown_table(
        ["from key press to the last chart", "ms"],
        [
            ("50th percentile", f"{result['p50_ms']:.0f}"),
            ("95th percentile", f"{result['p95_ms']:.0f}"),
            ("slowest", f"{result['slowest_ms']:.0f}"),
        ],
    )
    note = paragraph(
        f"{result['sliders']} sliders, {result['moves']} moves after {result['warm_up']} that do "
        f"not count, Chromium {result['chromium']} without a window; the AUC numbers changed in "
        f"{result['auc_changed']} of them."
    )
    return f"{table}\n\n{note}"


if __name__ == "__main__":
    run_timing("latency", measure, show, MOVES)
