"""Several people at once: pages in one Chromium, each of which moves sliders by a script.

The script dispatches keyboard events on the sliders, waits for both charts, and then rests as a
person does who looks at them: a second, give or take a fifth. One page does so alone first, for
comparison. All pages share the machine with the server, and drawing may well cost more than
training: the server's own time per move is told beside what people wait for.
"""

import math
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from playwright.sync_api import Browser

from benchmarks.browser import BenchmarkError, Server
from benchmarks.workbench import Table, Window

__all__ = ["Made", "count_errors", "measure_sessions", "percentiles", "summary"]

REST_MS = 1000
ONE_MOVES = 30
WARM_UP = 5  # moves of the page that is alone
WARM_UP_ALL = 100  # of all pages together, before memory is looked at
LOOK_EVERY = 100  # moves from one look at it to the next
LOOK_SECONDS = 0.5
TRACEBACK = "Traceback (most recent call last)"
SHOWN = 5


@dataclass
class Made:
    """What moves have led to, in all pages together.

    Attributes
    ----------
    times : list of dict
        Of each move that was answered, as in :meth:`Window.move`.
    unanswered : list of str
    alerts : list of str
        What pages said has gone wrong.
    memory_mb : list of float
        Of the server's process: at first, after every hundred moves, and in the end; empty where
        the system does not say.
    server_seconds : float or None
        How long the server has computed meanwhile.
    """

    times: list[dict[str, Any]] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    memory_mb: list[float] = field(default_factory=list)
    server_seconds: float | None = None


def measure_sessions(
    server: Server, browser: Browser, table: Table, sessions: int, moves: int
) -> dict[str, Any]:
    """Time moves of all pages at once, and of one alone.

    Parameters
    ----------
    server : Server
    browser : Browser
    table : Table
        Opened in every page.
    sessions : int
    moves : int
        Of all pages together.
    """
    windows: list[Window] = []
    each, warm_up = math.ceil(moves / sessions), math.ceil(WARM_UP_ALL / sessions)
    with _opened(windows):
        windows.append(Window.open(browser, server.url, table))
        before = [make_moves(server, windows, 0, WARM_UP)]
        alone = make_moves(server, windows, WARM_UP, min(moves, ONE_MOVES))
        one = summary(alone, _drag(windows))
        _tell("one page is measured")
        windows += [Window.open(browser, server.url, table) for _ in range(1, sessions)]
        before.append(make_moves(server, windows, 0, warm_up))
        _tell("all pages are warm")
        made = make_moves(server, windows, warm_up, each)
        several = summary(made, _drag(windows))
    memory = made.memory_mb
    return {
        **several,
        "ratio_to_one": several["p50_ms"] / one["p50_ms"],
        "sliders": table.n_sliders,
        "sessions": sessions,
        "moves": each * sessions,
        "warm_up": warm_up * sessions,
        "one_session": one,
        **count_errors(windows, [*before, alone, made], server.said()),
        "memory_growth_mb": memory[-1] - memory[0] if memory else None,
        "memory_mb": memory,
    }


def make_moves(server: Server, windows: Sequence[Window], begin: int, each: int) -> Made:
    """Move sliders in all pages at once, and watch the server's memory meanwhile."""
    memory, began = [server.memory_mb()], server.cpu_seconds()
    for window in windows:
        window.start_moves(begin, each, REST_MS)
    states: list[dict[str, Any]] = []
    while not states or not all(said["done"] for said in states):
        time.sleep(LOOK_SECONDS)
        states = [window.progress() for window in windows]
        n_made = sum(len(said["times"]) + len(said["unanswered"]) for said in states)
        if n_made >= LOOK_EVERY * len(memory):
            memory.append(server.memory_mb())
            _tell(f"{n_made} moves")
    memory.append(server.memory_mb())
    ended = server.cpu_seconds()
    return Made(
        times=[move for said in states for move in said["times"]],
        unanswered=[text for said in states for text in said["unanswered"]],
        alerts=[text for said in states for text in said["alerts"]],
        memory_mb=[mb for mb in memory if mb is not None],
        server_seconds=None if began is None or ended is None else ended - began,
    )


def summary(made: Made, rates: Sequence[dict[str, float]]) -> dict[str, Any]:
    """Percentiles of the moves, and the mean of the pages' redraws per second."""
    if not made.times:
        raise BenchmarkError(f"No move was answered in time: {made.unanswered[:1]}")
    curve = float(np.mean([rate["curve"] for rate in rates]))
    number = float(np.mean([rate["number"] for rate in rates]))
    n_made, seconds = len(made.times) + len(made.unanswered), made.server_seconds
    return {
        **percentiles([move["milliseconds"] for move in made.times]),
        "first_p50_ms": float(np.median([move["first"] for move in made.times])),
        "updates_per_s": min(curve, number),
        "curve_updates_per_s": curve,
        "auc_updates_per_s": number,
        "server_cpu_ms_per_move": None if seconds is None else 1000 * seconds / n_made,
        "auc_changed": sum(move["number"] for move in made.times),
    }


def percentiles(times: Sequence[float]) -> dict[str, float]:
    """The middle one, the slow ones, the slowest."""
    return {
        "p50_ms": float(np.percentile(times, 50)),
        "p95_ms": float(np.percentile(times, 95)),
        "slowest_ms": max(times),
    }


def count_errors(windows: Sequence[Window], made: Sequence[Made], log: str) -> dict[str, Any]:
    """Count what went wrong, by kind, with the first few messages."""
    found = {
        "page_errors": [text for window in windows for text in window.errors],
        "unanswered": [text for moves in made for text in moves.unanswered],
        "alerts": [text for moves in made for text in moves.alerts],
        "tracebacks": [part[:2000] for part in log.split(TRACEBACK)[1:]],
    }
    counts = {kind: len(texts) for kind, texts in found.items()}
    return {
        "errors": sum(counts.values()),
        "errors_by_kind": counts,
        "error_messages": [text for texts in found.values() for text in texts[:SHOWN]],
    }


def _drag(windows: Sequence[Window]) -> list[dict[str, float]]:
    for window in windows:
        window.start_drag()
    return [window.drag_rates() for window in windows]


@contextmanager
def _opened(windows: list[Window]) -> Iterator[None]:
    try:
        yield
    finally:
        for window in windows:
            window.close()


def _tell(text: str) -> None:
    print(f"{text} …", file=sys.stderr)
