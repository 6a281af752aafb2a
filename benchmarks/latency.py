"""From a key press on a slider to the last chart, in a real Chromium.

Run ``python -m benchmarks.latency``. It starts the app and the browser, opens the bundled table
of 30 numeric features, and presses an arrow key on one slider after the other; then it drags one
by the mouse and counts how often the ROC curve and the AUC numbers are drawn meanwhile. A move is
over when ROC curves and attribution bars have changed, the result is the final one, and nothing
has changed for a while; that while is not counted.

``--sliders 60`` opens a table of that many numeric columns instead, loaded through the Data page;
``--table adult`` opens another bundled one. ``--sessions 10`` is about ten people at once, each of
whom makes a move and looks at it for about a second (``benchmarks/sessions.py``): the same numbers
over all of them, their ratio to one alone, errors, and how the server's memory grows.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from benchmarks.browser import Server, chromium, serve
from benchmarks.command import markdown_table, paragraph, positive, print_result, timing_parser
from benchmarks.sessions import Made, count_errors, measure_sessions, summary
from benchmarks.timing import machine
from benchmarks.workbench import Table, Window, bundled_table, made_table
from laat_core import dataset_names

__all__ = ["main", "measure", "show"]

TABLE = "breast_cancer"
MOVES = 30
WARM_UP = 5
MOVES_OF_SEVERAL = 1000  # of all sessions together


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line and print its result."""
    parser = timing_parser(
        "latency", f"moves; default {MOVES}, or {MOVES_OF_SEVERAL} of all sessions together"
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--table", choices=dataset_names(), default=TABLE, help="a bundled table")
    which.add_argument("--sliders", type=positive, help="a made table of so many columns")
    parser.add_argument("--sessions", type=positive, default=1, help="people at once; default 1")
    options = parser.parse_args(arguments)
    result = measure(options.runs, options.table, options.sliders, options.sessions)
    print_result(result, show, as_json=options.json)


def measure(
    moves: int | None = None, table: str = TABLE, sliders: int | None = None, sessions: int = 1
) -> dict[str, Any]:
    """Time slider moves; milliseconds.

    Parameters
    ----------
    moves : int or None
        Of all sessions together; None for as many as are usual.
    table : str
        Name of a bundled table.
    sliders : int or None
        Columns of a made table that is opened instead.
    sessions : int
    """
    with tempfile.TemporaryDirectory() as folder, serve() as server, chromium() as browser:
        opened = made_table(sliders, Path(folder)) if sliders else bundled_table(table)
        if sessions == 1:
            timed = _measure_one(server, browser, opened, moves or MOVES)
        else:
            n_moves = moves or MOVES_OF_SEVERAL
            timed = measure_sessions(server, browser, opened, sessions, n_moves)
        return {
            **timed,
            "table": opened.name,
            "chromium": browser.version,
            "machine": machine(),
        }


def _measure_one(server: Server, browser: Browser, table: Table, moves: int) -> dict[str, Any]:
    window = Window.open(browser, server.url, table)
    for number in range(WARM_UP):
        window.move(number)
    began = server.cpu_seconds()
    times = [window.move(number) for number in range(WARM_UP, WARM_UP + moves)]
    ended = server.cpu_seconds()
    seconds = None if began is None or ended is None else ended - began
    rates = window.drag()
    made = Made(times, alerts=window.alerts(), server_seconds=seconds)
    window.close()
    return {
        **summary(made, [rates]),
        "sliders": table.n_sliders,
        "moves": moves,
        "warm_up": WARM_UP,
        **count_errors([window], [made], server.said()),
    }


def show(result: dict[str, Any]) -> str:
    """Lay out the result as a table."""
    return _show_sessions(result) if "sessions" in result else _show_one(result)


ROWS = {
    "50th percentile, ms": ("p50_ms", ".0f"),
    "95th percentile, ms": ("p95_ms", ".0f"),
    "slowest, ms": ("slowest_ms", ".0f"),
    "charts drawn anew in a drag, per second": ("updates_per_s", ".1f"),
}


def _show_one(result: dict[str, Any]) -> str:
    rows = [(words, format(result[key], digits)) for words, (key, digits) in ROWS.items()]
    return f"{markdown_table([HEADING, 'one person'], rows)}\n\n{paragraph(_conditions(result))}"


HEADING = "from key press to the last chart"


def _show_sessions(result: dict[str, Any]) -> str:
    one = result["one_session"]
    rows = [
        (words, format(one[key], digits), format(result[key], digits))
        for words, (key, digits) in ROWS.items()
    ]
    growth, computed = result["memory_growth_mb"], result["server_cpu_ms_per_move"]
    memory = "is not known here" if growth is None else f"grew by {growth:.1f} MB"
    server = "" if computed is None else f"The server computed {computed:.0f} ms for each move. "
    note = (
        f"{_conditions(result)} {result['sessions']} pages at once, with about a second between an "
        f"answer and the next move: {result['ratio_to_one']:.2f} times the median of one alone. "
        f"{server}The server's memory {memory} over these moves. {_errors(result)}"
    )
    header = [HEADING, "one person", f"{result['sessions']} at once"]
    return f"{markdown_table(header, rows)}\n\n{paragraph(note)}"


def _conditions(result: dict[str, Any]) -> str:
    return (
        f"{result['sliders']} sliders, {result['moves']} moves after {result['warm_up']} that do "
        f"not count, Chromium {result['chromium']} without a window; the AUC numbers changed in "
        f"{result['auc_changed']} of them."
    )


def _errors(result: dict[str, Any]) -> str:
    kinds = [
        f"{count} {kind.replace('_', ' ')}"
        for kind, count in result["errors_by_kind"].items()
        if count
    ]
    return f"Errors: {', '.join(kinds)}." if kinds else "No errors."


if __name__ == "__main__":
    main()
