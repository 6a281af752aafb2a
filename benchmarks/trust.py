"""How far to trust the scores: gamma "auto" against a fixed gamma and the baseline.

Run ``python -m benchmarks.trust --tables bundled DIR``, where DIR holds tables of one's own: for
each ``name.csv`` (or ``.csv.gz``) a ``name-metadata.json`` with descriptions and a
``name-scores.json`` with estimates. It writes ``docs/trust.md`` and the figures beside it.

Every cell is kept as soon as it is there (``--cells``), so that a run that was ended goes on where
it was; a cell is calculated anew when the table, the scores or the code of training have changed.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from benchmarks.accuracy import proposed_scores, proposed_tables
from benchmarks.command import ROOT, positive, print_result
from benchmarks.trust_document import document, draw_figures
from laat_core import Design, Experiment, ImportanceScores, Recipe, Task, load_dataset
from laat_core.data.encoding import features_of
from laat_core.data.metadata import metadata_path, parse_metadata, task_from_metadata
from laat_core.errors import DataError, DesignError, LaatError
from laat_core.model.objective import target_vector
from laat_core.model.ranking import Ranking
from laat_core.scores.certainty import trust_from_spread

__all__ = ["Cell", "measure", "study"]

ROWS_PER_CLASS = (1, 2, 5, 10, 25, 50, 100, 250, None)  # None: all of 80 %
HIDDEN = {"logistic regression": (), "100 hidden units": (100,)}
SPLITS, QUICK_SPLITS = 20, 5
SEED = 0
MOST_ROWS = 10_000  # of a table of which 80 % are trained on; all would take hours
GAMMA = 100.0
NOTHING = 1e-6  # gamma; a smaller one trains the baseline
PLACEBOS = 5  # in every split
BUNDLED = "bundled"

# What a cell follows from beside the code of the models.
CODE = (
    "benchmarks/trust.py",
    "laat_core/data/encoding.py",
    "laat_core/data/splits.py",
    "laat_core/evaluate/experiment.py",
    "laat_core/evaluate/recipe.py",
    "laat_core/evaluate/split_rows.py",
    "laat_core/scores/certainty.py",
    "laat_core/scores/importance.py",
)

Material = tuple[Task, ImportanceScores]


@dataclass(frozen=True)
class Cell:
    """One table, number of rows and kind of model; AUCs are means over the splits, 0 to 1.

    ``rows_per_class`` is "80 %" where all rows but a fifth are trained on, of a table of more than
    10,000 of a sample of so many. ``placebo_auto`` is
    the mean of :data:`PLACEBOS` shuffles of the scores, others in every split, ``flipped_auto`` has
    the scores with all signs turned.
    """

    table: str
    rows_per_class: int | str
    model: str
    splits: int
    baseline: float
    gamma100: float
    auto: float
    scores_alone: float
    placebo_auto: float
    flipped_auto: float
    auto_spread: float  # features on whose score the estimates disagree are held more loosely
    auto_gamma: float  # median over the splits
    features: int


def measure(material: Material, rows: int | None, model: str, n_splits: int) -> Cell | None:
    """Measure one cell; None where the table has too few rows."""
    task, scores = material
    if rows is None and len(task.table) > MOST_ROWS:
        some = task.table.sample(MOST_ROWS, random_state=SEED).reset_index(drop=True)
        task = replace(task, table=some)
    design = Design(rows, n_splits=n_splits, seed=SEED)
    try:
        experiment = Experiment(task, design, Recipe(hidden_layer_sizes=HIDDEN[model]))
    except DesignError:
        return None
    fixed = experiment.compare(scores, GAMMA)
    auto = experiment.compare(scores, "auto")
    known = set(experiment.encoder.get_feature_names_out())
    trust = {name: t for name, t in trust_from_spread(scores).items() if name in known}
    loose = experiment.compare(scores, "auto", feature_trust=trust)
    target = target_vector(scores.for_features(experiment.encoder.features_)[0])
    unshuffled = np.tile(target, (PLACEBOS, n_splits, 1))
    placebos = np.random.default_rng(SEED).permuted(unshuffled, axis=-1)
    return Cell(
        table=task.name,
        rows_per_class="80 %" if rows is None else rows,
        model=model,
        splits=n_splits,
        baseline=fixed.baseline.auc_mean,
        gamma100=fixed.laat.auc_mean,
        auto=auto.laat.auc_mean,
        scores_alone=fixed.scores_alone.auc_mean,
        placebo_auto=float(np.mean([_auto_auc(experiment, targets) for targets in placebos])),
        flipped_auto=_auto_auc(experiment, np.tile(-target, (n_splits, 1))),
        auto_spread=loose.laat.auc_mean,
        auto_gamma=float(np.median(auto.gammas)),
        features=len(target),
    )


def _auto_auc(experiment: Experiment, targets: np.ndarray) -> float:
    """Mean AUC of models whose trust is chosen, with a target of its own in each split."""
    gammas = experiment.gammas(targets, "auto")
    if gammas.max() < NOTHING:
        return experiment.baseline.auc_mean
    models = experiment.train(targets[None], gammas)
    return float(np.mean([Ranking(*tested).auc for tested in experiment.test_logits(models)]))


def study(
    places: Sequence[str],
    n_splits: int,
    kept: Path,
    n_jobs: int = -1,
    rows_per_class: Sequence[int | None] = ROWS_PER_CLASS,
) -> list[Cell]:
    """Measure every cell that is not kept yet, the largest first."""
    tables = [material for place in dict.fromkeys(places) for material in _materials(place)]
    wanted = [
        (material, rows, model)
        for rows in rows_per_class
        for material in sorted(tables, key=lambda m: len(m[0].labels), reverse=True)
        for model in HIDDEN
    ]
    kept.mkdir(parents=True, exist_ok=True)
    files = [kept / f"{_fingerprint(*one, n_splits)}.json" for one in wanted]
    missing = [(file, one) for file, one in zip(files, wanted, strict=True) if not file.exists()]
    print(f"{len(files) - len(missing)} of {len(files)} cells are kept.", file=sys.stderr)
    work = (delayed(_keep)(file, *one, n_splits) for file, one in missing)
    for done, name in enumerate(Parallel(n_jobs, return_as="generator_unordered")(work), 1):
        print(f"{done} of {len(missing)}: {name}", file=sys.stderr)
    found = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    return [Cell(**cell) for cell in found if cell]


def _keep(file: Path, material: Material, rows: int | None, model: str, n_splits: int) -> str:
    cell = measure(material, rows, model, n_splits)
    part = file.with_suffix(".part")
    part.write_text(json.dumps(asdict(cell) if cell else None), encoding="utf-8")
    part.replace(file)  # a file is there whole or not at all
    return f"{material[0].name}, {rows or 'all of 80 %'}, {model}"


def _fingerprint(material: Material, rows: int | None, model: str, n_splits: int) -> str:
    """Name what a cell follows from: table, scores, design, and the code of model and splits."""
    task, scores = material
    digest = hashlib.sha256(pd.util.hash_pandas_object(task.table).to_numpy().tobytes())
    code = [*(ROOT / "laat_core" / "model").glob("*.py"), *(ROOT / part for part in CODE)]
    for file in sorted(code):
        digest.update(file.read_bytes())
    digest.update(scores.estimates.tobytes())
    of_table = (task.name, task.target, task.positive_class, scores.as_dict())
    parts = (*of_table, rows or f"80 % of {MOST_ROWS}", model, n_splits, SEED, GAMMA, PLACEBOS)
    digest.update(repr(parts).encode())
    return digest.hexdigest()[:32]


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


def _rows(text: str) -> int | None:
    return None if text == "all" else positive(text)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the study from the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.trust")
    add = parser.add_argument
    add("--tables", nargs="+", default=[BUNDLED], help="folders with tables, or 'bundled'")
    add("--quick", action="store_true", help=f"{QUICK_SPLITS} splits instead of {SPLITS}")
    add("--json", action="store_true", help="print the cells as JSON and write no file")
    add("--cells", type=Path, default=ROOT / ".cells", help="folder where cells are kept")
    add("--output", type=Path, default=ROOT / "docs" / "trust.md", help="file that is written")
    add("--jobs", type=int, default=-1, help="cells measured at a time (default: one per core)")
    add(
        "--rows", nargs="+", type=_rows, default=ROWS_PER_CLASS, help="per class, or 'all' of 80 %%"
    )
    options = parser.parse_args(arguments)
    n_splits = QUICK_SPLITS if options.quick else SPLITS
    try:
        found = study(options.tables, n_splits, options.cells, options.jobs, options.rows)
    except LaatError as error:
        parser.exit(2, f"{parser.prog}: {error}\n")
    cells = [asdict(cell) for cell in found]
    if options.json:
        print_result({"seed": SEED, "splits": n_splits, "cells": cells}, str, as_json=True)
        return
    if not cells:
        parser.exit(2, f"{parser.prog}: No table has so many rows per class. Ask for fewer.\n")
    text = document(cells, n_splits, SEED)
    options.output.write_text(text, encoding="utf-8")
    draw_figures(cells, options.output.parent)
    print(text)


if __name__ == "__main__":
    main()
