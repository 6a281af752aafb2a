"""How far to trust the scores: gamma "auto" against a fixed gamma and the baseline.

Run ``python -m benchmarks.trust --tables bundled DIR``, where DIR holds tables of one's own: for
each ``name.csv`` (or ``.csv.gz``) a ``name-metadata.json`` with descriptions and a
``name-scores.json`` with estimates. It writes ``docs/trust.md`` and the figures beside it.

Every cell is kept as soon as it is there (``--cells``), so that a run that was ended goes on where
it was; a cell is calculated anew when the table, the scores or the code of training have changed.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.command import positive, print_result
from benchmarks.studies import (
    MOST_ROWS,
    SEED,
    Material,
    Unit,
    at_most,
    fingerprint,
    materials,
    measure_all,
    output,
    splits,
    study_parser,
)
from benchmarks.trust_document import document, draw_figures
from laat_core import Design, Experiment, ImportanceScores, Recipe
from laat_core.errors import DesignError, LaatError
from laat_core.evaluate.controls import N_PLACEBOS, areas_with
from laat_core.model.objective import target_vector
from laat_core.scores.certainty import UNSURE, trust_from_spread

__all__ = ["Cell", "measure", "study"]

ROWS_PER_CLASS = (1, 2, 5, 10, 25, 50, 100, 250, None)  # None: all of 80 %
HIDDEN = {"logistic regression": (), "100 hidden units": (100,)}
GAMMA = 100.0
NOTHING = 1e-6  # gamma; a smaller one trains the baseline
WRONG = 5  # one feature of so many is given a wrong score

# What a cell follows from beside the code of the models.
CODE = (
    "laat_core/data/encoding.py",
    "laat_core/data/splits.py",
    "laat_core/evaluate/controls.py",
    "laat_core/evaluate/experiment.py",
    "laat_core/evaluate/recipe.py",
    "laat_core/evaluate/split_rows.py",
    "laat_core/scores/certainty.py",
    "laat_core/scores/importance.py",
    "benchmarks/studies.py",
    "benchmarks/trust.py",
)


@dataclass(frozen=True)
class Cell:
    """One table, number of rows and kind of model; AUCs are means over the splits, 0 to 1.

    ``rows_per_class`` is "80 %" where all rows but a fifth are trained on, of a table of more than
    10,000 of a sample of so many. ``placebo_auto`` is the mean of :data:`N_PLACEBOS` shuffles of
    the scores, others in every split, ``flipped_auto`` has the scores with all signs turned.
    ``wrong_auto`` has the signs of a fifth of the features turned, drawn once, and
    ``doubted_auto`` the same with these features marked as unsure.
    """

    table: str
    rows_per_class: int | str
    model: str
    splits: int
    seed: int
    baseline: float
    gamma100: float
    auto: float
    scores_alone: float
    placebo_auto: float
    flipped_auto: float
    auto_spread: float  # features on whose score the estimates disagree are held more loosely
    wrong_auto: float
    doubted_auto: float
    auto_gamma: float  # median over the splits
    features: int


def measure(
    material: Material, rows: int | None, model: str, n_splits: int, seed: int = SEED
) -> Cell | None:
    """Measure one cell; None where the table has too few rows."""
    task, scores = material
    if rows is None:
        task = at_most(task)
    design = Design(rows, n_splits=n_splits, seed=seed)
    try:
        experiment = Experiment(task, design, Recipe(hidden_layer_sizes=HIDDEN[model]))
    except DesignError:
        return None
    fixed = experiment.compare(scores, GAMMA)
    auto = experiment.compare(scores, "auto")
    known = set(experiment.encoder.get_feature_names_out())
    trust = {name: t for name, t in trust_from_spread(scores).items() if name in known}
    loose = experiment.compare(scores, "auto", feature_trust=trust)
    turned, doubts = _turn_some(scores)
    target = target_vector(scores.for_features(experiment.encoder.features_)[0])
    unshuffled = np.tile(target, (N_PLACEBOS, n_splits, 1))
    placebos = np.random.default_rng(seed).permuted(unshuffled, axis=-1)
    flipped = np.tile(-target, (1, n_splits, 1))
    return Cell(
        table=task.name,
        rows_per_class="80 %" if rows is None else rows,
        model=model,
        splits=n_splits,
        seed=seed,
        baseline=fixed.baseline.auc_mean,
        gamma100=fixed.laat.auc_mean,
        auto=auto.laat.auc_mean,
        scores_alone=fixed.scores_alone.auc_mean,
        placebo_auto=_auto_auc(experiment, placebos),
        flipped_auto=_auto_auc(experiment, flipped),
        auto_spread=loose.laat.auc_mean,
        wrong_auto=experiment.compare(turned, "auto").laat.auc_mean,
        doubted_auto=experiment.compare(turned, "auto", feature_trust=doubts).laat.auc_mean,
        auto_gamma=float(np.median(auto.gammas)),
        features=len(target),
    )


def _turn_some(scores: ImportanceScores) -> tuple[ImportanceScores, dict[str, float]]:
    """Turn the signs of a fifth of the scores; return them, and trust with those in doubt."""
    size = max(1, len(scores.features) // WRONG)
    drawn = np.random.default_rng(SEED).choice(scores.features, size, replace=False)
    wrong = {str(name): -scores.score(str(name)) for name in drawn}
    return scores.edit(wrong), dict.fromkeys(wrong, UNSURE)


def _auto_auc(experiment: Experiment, targets: np.ndarray) -> float:
    """Mean AUC of models whose trust is chosen, with targets of their own in each split."""
    gammas = np.stack([experiment.gammas(target, "auto") for target in targets])
    areas = np.tile(experiment.baseline.auc, (len(targets), 1))
    if (heard := gammas.max(axis=1) >= NOTHING).any():
        areas[heard] = areas_with(experiment, targets[heard], gammas[heard])
    return float(areas.mean())


def study(
    places: Sequence[str],
    n_splits: int,
    kept: Path,
    n_jobs: int = -1,
    rows_per_class: Sequence[int | None] = ROWS_PER_CLASS,
    seeds: Sequence[int] = (SEED,),
) -> list[Cell]:
    """Measure every cell that is not kept yet, the largest first."""
    tables = sorted(materials(places), key=lambda m: len(m[0].labels), reverse=True)
    units = [
        Unit(
            f"{material[0].name}, {rows or 'all of 80 %'}, {model}, seed {seed}",
            _fingerprint(material, rows, model, n_splits, seed),
            (material, rows, model, n_splits, seed),
        )
        for seed in seeds
        for rows in rows_per_class
        if rows or seed == seeds[0]  # all of 80 % takes long
        for material in tables
        for model in HIDDEN
    ]
    return [Cell(**cell) for cell in measure_all(measure, units, kept, n_jobs) if cell]


def _fingerprint(material: Material, rows: int | None, model: str, n_splits: int, seed: int) -> str:
    parts = (rows or f"80 % of {MOST_ROWS}", model, n_splits, seed)
    return fingerprint(material, CODE, *parts)


def _rows(text: str) -> int | None:
    return None if text == "all" else positive(text)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the study from the command line."""
    parser = study_parser("trust")
    parser.add_argument(
        "--rows", nargs="+", type=_rows, default=ROWS_PER_CLASS, help="per class, or 'all' of 80 %%"
    )
    parser.add_argument(
        "--seeds",
        nargs="+",
        type=int,
        default=(SEED,),
        help="of the splits; of those after the first, the document has the findings alone",
    )
    options = parser.parse_args(arguments)
    n_splits = splits(options)
    try:
        found = study(
            options.tables, n_splits, options.cells, options.jobs, options.rows, options.seeds
        )
    except LaatError as error:
        parser.exit(2, f"{parser.prog}: {error}\n")
    cells = [asdict(cell) for cell in found]
    if options.json:
        print_result(
            {"seeds": list(options.seeds), "splits": n_splits, "cells": cells}, str, as_json=True
        )
        return
    if not cells:
        parser.exit(2, f"{parser.prog}: No table has so many rows per class. Ask for fewer.\n")
    text = document(cells, n_splits)
    if path := output(options, "trust"):
        path.write_text(text, encoding="utf-8")
        draw_figures([cell for cell in cells if cell["seed"] == options.seeds[0]], path.parent)
    print(text)


if __name__ == "__main__":
    main()
