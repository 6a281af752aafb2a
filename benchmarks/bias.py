"""Biased training rows: LAAT model, baseline and common models, tested on rows as they are.

Run ``python -m benchmarks.bias --tables bundled DIR``, where DIR holds tables of one's own in the
form that ``benchmarks.trust`` takes. It writes ``docs/bias.md`` and the figure beside it. XGBoost
and CatBoost are the optional extra ``peers``; where they are not installed, they are left out.

What is measured is kept as soon as it is there (``--cells``), so that a run that was ended goes on
where it was; it is measured anew when table, scores, bias, or the code of the models have changed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.bias_document import FAIR, LAAT_MODELS, document, draw_figure
from benchmarks.command import print_result
from benchmarks.peers import PEERS, auc_of_peer, missing_peers
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
from laat_core import Bias, Condition, Design, Experiment, Recipe, Step, Task, load_biases
from laat_core.errors import DesignError

__all__ = ["Part", "measure", "study"]

GAMMA = 100.0

# What a part follows from beside the code of the models.
CODE = (
    "laat_core/data/bias.py",
    "laat_core/data/conditions.py",
    "laat_core/data/encoding.py",
    "laat_core/data/splits.py",
    "laat_core/evaluate/experiment.py",
    "laat_core/evaluate/recipe.py",
    "laat_core/evaluate/split_rows.py",
)


def _left_out(*condition: Any, of_class: str) -> Bias:
    return Bias((Step("leave out", (Condition(*condition),), of_class=of_class),))


def _tied(*condition: Any, of_class: str) -> Bias:
    return Bias((Step("tie", (Condition(*condition),), of_class=of_class),))


# Of tables that are not bundled: two groups of which one class is missing, and two features tied
# to the class that they speak against. They were chosen before anything was measured.
BIASES = {
    "contraceptive": (
        _left_out("NumChildren", "at least", 3, of_class="yes"),
        _left_out("WifeEdu", "is", "LevelFour", of_class="yes"),
        _tied("NumChildren", "at least", 3, of_class="no"),
        _tied("WifeAge", "at least", 35, of_class="yes"),
    ),
    "electricity": (
        _left_out("ADemand", "at least", 0.5, of_class="yes"),
        _left_out("APrice", "at least", 0.05, of_class="yes"),
        _tied("APrice", "at least", 0.05, of_class="no"),
        _tied("ADemand", "at least", 0.45, of_class="no"),
    ),
    "breast-ljubljana": (
        _left_out("DegreeMalignancy", "at least", 3, of_class="yes"),
        _left_out("INVNodes", "at least", 1, of_class="yes"),
        _tied("DegreeMalignancy", "at least", 3, of_class="no"),
        _tied("TumorSize", "at least", 5, of_class="no"),
    ),
}


@dataclass(frozen=True)
class Part:
    """What one kind of model, or LAAT and what it is compared with, makes of one bias.

    Attributes
    ----------
    n_train : tuple of int
        Rows of the negative and of the positive class that a split has left.
    aucs : dict of str to float
        Mean over the splits, 0 to 1, by model.
    interval : tuple of float or None
        95 % interval of the LAAT model less the baseline; None of a peer.
    """

    n_train: tuple[int, int]
    aucs: dict[str, float]
    interval: tuple[float, float] | None = None


def biases_of(task: Task) -> tuple[Bias, ...]:
    """Biases that a table is studied with: its presets, or those of :data:`BIASES`."""
    presets = tuple(preset.bias for preset in load_biases(task.name))
    return presets or BIASES.get(task.name, ())


def measure(material: Material, bias: Bias | None, models: str, n_splits: int) -> Part | None:
    """Measure a peer, or "laat" with all that comes of it; None where too few rows are left."""
    task, scores = material
    design = Design(None, n_splits=n_splits, seed=SEED)
    try:
        experiment = Experiment(at_most(task), design, Recipe(), bias=bias)
    except DesignError:
        return None
    labels = experiment.train_labels[0]
    n_positive = int(labels.sum())
    n_train = (len(labels) - n_positive, n_positive)
    if models != "laat":
        areas = [auc_of_peer(models, experiment.values(n), SEED) for n in range(n_splits)]
        return Part(n_train, {models: sum(areas) / n_splits})
    fixed, auto = (experiment.compare(scores, gamma) for gamma in (GAMMA, "auto"))
    found = (fixed.laat, auto.laat, fixed.baseline, fixed.scores_alone)
    aucs = {name: model.auc_mean for name, model in zip(LAAT_MODELS, found, strict=True)}
    return Part(n_train, aucs, fixed.difference_interval)


def study(
    places: Sequence[str], n_splits: int, kept: Path, n_jobs: int = -1
) -> list[dict[str, Any]]:
    """Measure what is not kept yet; return a cell per table and bias."""
    models = ("laat", *(peer for peer in PEERS if peer not in missing_peers()))
    asked = [
        (material, bias)
        for material in materials(places)
        if (biases := biases_of(material[0]))
        for bias in (None, *biases)
    ]
    units = [
        Unit(
            f"{material[0].name}, {_words(material[0], bias)}: {name}",
            _fingerprint(material, bias, name, n_splits),
            (material, bias, name, n_splits),
        )
        for name in models
        for material, bias in asked
    ]
    found = measure_all(measure, units, kept, n_jobs)
    return list(_cells(units, found))


def _cells(units: Sequence[Unit], found: Sequence[dict[str, Any] | None]) -> Iterator[Any]:
    """Put the parts of each table and bias together."""
    cells: dict[tuple[str, str], dict[str, Any]] = {}
    for unit, part in zip(units, found, strict=True):
        if part is None:
            continue
        (task, _), bias, *_ = unit.arguments
        named = {"table": task.name, "condition": _words(task, bias), "n_train": part["n_train"]}
        cell = cells.setdefault((task.name, named["condition"]), named)
        cell |= part["aucs"]
        if part["interval"] is not None:
            cell["interval"] = part["interval"]
    return iter(cells.values())


def _words(task: Task, bias: Bias | None) -> str:
    return bias.words(task) if bias else FAIR


def _fingerprint(material: Material, bias: Bias | None, models: str, n_splits: int) -> str:
    code = CODE if models == "laat" else (*CODE, "benchmarks/peers.py")
    said = bias.to_dict() if bias else None
    return fingerprint(material, code, "bias", said, models, n_splits, SEED, GAMMA, MOST_ROWS)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the study from the command line."""
    options = study_parser("bias").parse_args(arguments)
    n_splits = splits(options)
    cells = study(options.tables, n_splits, options.cells, options.jobs)
    if options.json:
        print_result({"seed": SEED, "splits": n_splits, "cells": cells}, str, as_json=True)
        return
    text = document(cells, n_splits, SEED)
    if path := output(options, "bias"):
        path.write_text(text, encoding="utf-8")
        draw_figure(cells, path.parent)
    print(text)


if __name__ == "__main__":
    main()
