"""What it costs that nothing is lost: recording an edit, looking for those of another window.

Run ``python -m benchmarks.store``. A project of the heart table is kept in a new SQLite file in
the system's temporary folder; an edit is timed from the call until it is safe. Then the history
that has come of it is read from the file and folded, and ten thousand edits in memory.
"""

import tempfile
import time
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.command import markdown_table, paragraph, run_timing
from benchmarks.timing import machine, median_ms
from laat_core import load_dataset
from laat_core.store import entries
from laat_core.store.database import Database
from laat_core.store.events import event_after
from laat_core.store.history import History
from laat_core.store.projects import Project, Projects

__all__ = ["measure", "show"]

EDITS = 1000
FOLDED = 10_000


def measure(runs: int = EDITS) -> dict[str, Any]:
    """Time them; milliseconds."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Database(f"sqlite:///{Path(folder) / 'projects.db'}") as database,
    ):
        projects = Projects(database)
        project = projects.create("Heart", load_dataset("heart"))
        edits = _edit(project, runs)
        return {
            "edit_p50_ms": float(np.percentile(edits, 50)),
            "edit_p95_ms": float(np.percentile(edits, 95)),
            "look_ms": median_ms(project.refresh, runs),
            "open_ms": median_ms(lambda: projects.open(project.id), 5),
            "fold_ms": _fold(FOLDED),
            "edits": runs,
            "folded": FOLDED,
            "machine": machine(),
        }


def _edit(project: Project, times: int) -> list[float]:
    taken = []
    for number, feature in zip(range(times), cycle(project.history.scores.features), strict=False):
        before, after = project.history.value(feature), float(1 + number // 100 % 9)
        started = time.perf_counter()
        project.edit({feature: (before, after if after != before else 0.0)})
        taken.append(1000 * (time.perf_counter() - started))
    return taken


def _fold(times: int) -> float:
    """Milliseconds for so many edits, made before."""
    history = History()
    history.fold(event_after(None, "", *entries.opened("Heart", load_dataset("heart"), "0" * 64)))
    for number in range(times):
        changes = {"age": (history.value("age"), float(1 + number % 9))}
        entry, _ = entries.edited(history, changes, "", "move")
        if entry is not None:
            history.fold(event_after(history.last, "", *entry))
    started = time.perf_counter()
    History(history.events)
    return 1000 * (time.perf_counter() - started)


def show(result: dict[str, Any]) -> str:
    """Lay out the result as a table."""
    rows = {
        "an edit, until it is safe: median": "edit_p50_ms",
        "95th percentile": "edit_p95_ms",
        "a look for what another window has done: median": "look_ms",
        f"opening a project of {result['edits']:,} edits": "open_ms",
        f"folding {result['folded']:,} edits in memory": "fold_ms",
    }
    table = markdown_table(
        ["SQLite", "ms"], [(words, f"{result[key]:.2f}") for words, key in rows.items()]
    )
    note = paragraph("In a file of the temporary folder, written with synchronous=FULL.")
    return f"{table}\n\n{note}"


if __name__ == "__main__":
    run_timing("store", measure, show, EDITS)
