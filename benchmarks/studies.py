"""What the studies over many tables share: tables with their scores, and cells that are kept."""

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
from joblib import Parallel, delayed

from benchmarks.accuracy import proposed_scores, proposed_tables
from benchmarks.command import ROOT
from laat_core import ImportanceScores, Task, load_dataset
from laat_core.data.encoding import features_of
from laat_core.data.metadata import metadata_path, parse_metadata, task_from_metadata
from laat_core.errors import DataError

__all__ = [
    "BUNDLED",
    "MOST_ROWS",
    "SEED",
    "Material",
    "Unit",
    "at_most",
    "fingerprint",
    "materials",
    "measure_all",
    "output",
    "splits",
    "study_parser",
]

DOCS = ROOT / "docs"
SPLITS, QUICK_SPLITS = 20, 5
SEED = 0
MOST_ROWS = 10_000  # of a table of which 80 % are trained on; all would take hours
BUNDLED = "bundled"

Material = tuple[Task, ImportanceScores]


@dataclass(frozen=True)
class Unit:
    """What is measured and kept in one piece.

    Attributes
    ----------
    name : str
        Said when it is done.
    fingerprint : str
        Of all that it follows from.
    arguments : tuple
    """

    name: str
    fingerprint: str
    arguments: tuple[Any, ...]


def materials(places: Sequence[str]) -> list[Material]:
    """Load tables with their scores: those of some folders, and the bundled ones."""
    return [material for place in dict.fromkeys(places) for material in _materials(place)]


def _materials(place: str) -> Iterator[Material]:
    if place == BUNDLED:
        for name in proposed_tables():
            task = load_dataset(name)
            yield task, proposed_scores(task)
        return
    files = sorted([*Path(place).glob("*.csv"), *Path(place).glob("*.csv.gz")])
    if not files:
        raise DataError(f"{place}: no folder with tables (.csv, .csv.gz). Check its name.")
    for file in files:
        name = file.name.removesuffix(".gz").removesuffix(".csv")
        description = parse_metadata(_beside(file, metadata_path(file)))
        task = task_from_metadata(pd.read_csv(file), description, name=name)
        content = json.loads(_beside(file, file.with_name(f"{name}-scores.json")))
        yield task, _scores(task, content["estimates"])


def _beside(table: Path, file: Path) -> bytes:
    """Read what has to lie beside a table."""
    try:
        return file.read_bytes()
    except FileNotFoundError as error:
        raise DataError(f"{file.name} is missing beside {table}. Write it.") from error


def _scores(task: Task, estimates: Sequence[Sequence[dict[str, Any]]]) -> ImportanceScores:
    """Average estimates of features named ``column`` or ``column_level``."""
    features = features_of(task)
    named = {f.name if f.level is None else f"{f.column}_{f.level}": f.name for f in features}
    answers = [
        {named[e["feature"]]: (float(e["score"]), "") for e in one if e["feature"] in named}
        for one in estimates
    ]
    return ImportanceScores.from_estimates(answers, source="estimates")


def at_most(task: Task, n_rows: int = MOST_ROWS) -> Task:
    """Return the task, or a sample of its rows where there are more."""
    if len(task.table) <= n_rows:
        return task
    return replace(task, table=task.table.sample(n_rows, random_state=SEED).reset_index(drop=True))


def fingerprint(material: Material, code: Iterable[str], *parts: object) -> str:
    """Name what a cell follows from: table, columns, scores, code of models, settings."""
    task, scores = material
    digest = hashlib.sha256(pd.util.hash_pandas_object(task.cleaned).to_numpy().tobytes())
    files = [*(ROOT / "laat_core" / "model").glob("*.py"), *(ROOT / part for part in code)]
    for file in sorted(files):
        digest.update(file.read_bytes())
    digest.update(scores.estimates.tobytes())
    of_table = (task.name, task.target, task.positive_class, task.columns, scores.as_dict())
    digest.update(repr((*of_table, *parts)).encode())
    return digest.hexdigest()[:32]


def measure_all(
    measure: Callable[..., Any], units: Sequence[Unit], kept: Path, n_jobs: int = -1
) -> list[dict[str, Any] | None]:
    """Measure every unit that is not kept yet, in this order; return what is kept of all.

    Parameters
    ----------
    measure : callable
        Takes the arguments of a unit; returns a dataclass of plain values, or None where there is
        nothing to measure.
    units : sequence of Unit
    kept : Path
        A folder, which is made.
    n_jobs : int
        Units measured at a time; -1 takes all cores.
    """
    kept.mkdir(parents=True, exist_ok=True)
    files = [kept / f"{unit.fingerprint}.json" for unit in units]
    missing = [(file, unit) for file, unit in zip(files, units, strict=True) if not file.exists()]
    print(f"{len(files) - len(missing)} of {len(files)} cells are kept.", file=sys.stderr)
    work = (delayed(_keep)(measure, file, unit) for file, unit in missing)
    for done, name in enumerate(Parallel(n_jobs, return_as="generator_unordered")(work), 1):
        print(f"{done} of {len(missing)}: {name}", file=sys.stderr)
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]


def _keep(measure: Callable[..., Any], file: Path, unit: Unit) -> str:
    found = measure(*unit.arguments)
    part = file.with_suffix(".part")
    part.write_text(json.dumps(asdict(found) if found else None), encoding="utf-8")
    part.replace(file)  # a file is there whole or not at all
    return unit.name


def study_parser(module: str) -> argparse.ArgumentParser:
    """Make the arguments that every study takes."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{module}")
    add = parser.add_argument
    add("--tables", nargs="+", default=[BUNDLED], help="folders with tables, or 'bundled'")
    add("--quick", action="store_true", help=f"{QUICK_SPLITS} splits instead of {SPLITS}")
    add("--json", action="store_true", help="print the cells as JSON and write no file")
    add("--cells", type=Path, default=ROOT / ".cells", help="folder where cells are kept")
    add("--output", type=Path, help=f"file that is written: docs/{module}.md; with --quick, none")
    add("--jobs", type=int, default=-1, help="cells measured at a time (default: one per core)")
    return parser


def output(options: argparse.Namespace, module: str) -> Path | None:
    """Return where the document goes: a quick one takes the place of none unasked."""
    default = None if options.quick else DOCS / f"{module}.md"
    return options.output or default


def splits(options: argparse.Namespace) -> int:
    """How many splits are asked for."""
    return QUICK_SPLITS if options.quick else SPLITS
