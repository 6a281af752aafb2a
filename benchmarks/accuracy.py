"""How well the models rank on the bundled tables, and what the experts' edits change.

Run ``python -m benchmarks.accuracy``. It writes ``docs/accuracy.md``; nothing in it depends on
time or load, so a second run writes the same file.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from benchmarks.command import ROOT, markdown_table, paragraph, signed, write_document
from laat_core import (
    PROTOCOLS,
    Comparison,
    Design,
    Experiment,
    ImportanceScores,
    Recipe,
    TableEncoder,
    Task,
    dataset_names,
    load_dataset,
    load_proposal,
)
from laat_core.datasets.stories import load_story
from laat_core.model.objective import target_vector

__all__ = ["document", "measure"]

SHOTS = (1, 5, 10)
SPLITS = 20
SEED = 0
GAMMAS = (3.0, 100.0)
FAMILIES = {"logistic regression": (), "100 hidden units": (100,)}
PROTOCOLS_SHOWN = {
    "default protocol": PROTOCOLS["default"],
    "protocol of the paper, linear scores": PROTOCOLS["paper"],
    "protocol of the paper, sharpened scores": replace(PROTOCOLS["paper"], score_transform="exp"),
}
STORY_SHOTS = 5
STORY_GAMMA = 100.0

Cell = dict[str, Any]


def proposed_tables() -> tuple[str, ...]:
    """Bundled tables with a recorded proposal."""
    return tuple(name for name in dataset_names() if load_proposal(name) is not None)


def measure(
    tables: Sequence[str] | None = None, shots: Sequence[int] = SHOTS, n_splits: int = SPLITS
) -> dict[str, Any]:
    """Compare on every table, protocol, family and number of rows; retell the stories."""
    tables = tables or proposed_tables()
    return {
        "seed": SEED,
        "splits": n_splits,
        "cells": [
            cell for table in tables for cell in _cells(load_dataset(table), shots, n_splits)
        ],
        "stories": [
            _story(load_dataset(table), n_splits)
            for table in tables
            if (story := load_story(table)) and story.scores
        ],
    }


def _cells(task: Task, shots: Sequence[int], n_splits: int) -> Iterator[Cell]:
    print(f"{task.name} …", file=sys.stderr)
    for protocol, recipe in PROTOCOLS_SHOWN.items():
        for family, hidden in FAMILIES.items():
            for rows in shots:
                design = Design(rows, n_splits=n_splits, seed=SEED)
                experiment = Experiment(task, design, replace(recipe, hidden_layer_sizes=hidden))
                yield {
                    "table": task.name,
                    "protocol": protocol,
                    "family": family,
                    "shots": rows,
                    **_compare(experiment, proposed_scores(task)),
                }


def _compare(experiment: Experiment, scores: ImportanceScores) -> dict[str, Any]:
    compared = {gamma: experiment.compare(scores, gamma) for gamma in GAMMAS}
    first = compared[GAMMAS[0]]
    return {
        "baseline": _spread(first.baseline.auc),
        "scores_alone": _spread(first.scores_alone.auc),
        "laat": {f"{gamma:g}": _laat(comparison) for gamma, comparison in compared.items()},
    }


def _laat(comparison: Comparison) -> dict[str, Any]:
    return {
        **_spread(comparison.laat.auc),
        "difference": _spread(comparison.difference),
        "ahead": comparison.n_ahead,
    }


def _story(task: Task, n_splits: int) -> dict[str, Any]:
    """Scores alone and LAAT model, before and after the edits that an expert would make."""
    story, before = load_story(task.name), proposed_scores(task)
    after = before.edit(story.scores)
    experiment = Experiment(
        task, Design(STORY_SHOTS, n_splits=n_splits, seed=SEED), PROTOCOLS["default"]
    )
    told = {"before": before, "after": after}
    laat = {when: experiment.compare(scores, STORY_GAMMA).laat for when, scores in told.items()}
    return {
        "table": task.name,
        "title": story.title,
        "edits": {name: [before.score(name), score] for name, score in story.scores.items()},
        "baseline": _spread(experiment.baseline.auc),
        "scores_alone": {when: auc_of_scores(task, scores) for when, scores in told.items()},
        "laat": {when: _spread(model.auc) for when, model in laat.items()},
        "gain": _spread(laat["after"].auc - laat["before"].auc),
    }


def auc_of_scores(task: Task, scores: ImportanceScores) -> float:
    """AUC of the scores used as weights, on all rows of the table."""
    encoder = TableEncoder(task.columns).fit(task.labelled)
    rows = StandardScaler().fit_transform(encoder.transform(task.labelled))
    weights = target_vector(scores.for_features(encoder.features_)[0])
    # Rounded, so that rows of equal values tie.
    return float(roc_auc_score(task.labels, (rows @ weights).astype(np.float32)))


def proposed_scores(task: Task) -> ImportanceScores:
    """Return the scores recorded for a bundled table."""
    proposal = load_proposal(task.name)
    if proposal is None:
        raise LookupError(f"No proposal is recorded for {task.name}.")
    return proposal.scores


def _spread(values: NDArray[np.float64]) -> dict[str, float]:
    sd = float(values.std(ddof=1)) if len(values) > 1 else 0.0
    return {"mean": float(values.mean()), "sd": sd}


def document(result: dict[str, Any]) -> str:
    """Write the figures as Markdown."""
    return "\n\n".join([_introduction(result), *_tables(result["cells"]), *_stories(result)]) + "\n"


def _introduction(result: dict[str, Any]) -> str:
    return "\n\n".join(
        [
            "# Accuracy",
            "Made by `python -m benchmarks.accuracy`; a second run writes the same file.",
            paragraph(
                "ROC-AUC × 100 on the test rows, mean ± standard deviation of "
                f"{result['splits']} splits (seed {result['seed']}). Each split takes so many "
                "training rows per class from the whole table; all other rows are test. The "
                "scores are the recorded proposals. *Scores alone* uses them as weights of the "
                "features as the protocol scales them, without training. *Difference* is the LAAT "
                "model less the baseline, paired by split; *ahead* is the number of splits in "
                "which the LAAT model has the higher AUC."
            ),
            "\n".join(_findings(result["cells"])),
        ]
    )


def _findings(cells: Sequence[Cell]) -> Iterator[str]:
    """Say what the figures say, in sentences that hold whatever they are."""
    strong = f"{GAMMAS[-1]:g}"
    gains = [cell["laat"][strong]["difference"]["mean"] for cell in cells]
    yield paragraph(
        f"- Of {len(cells)} rows of the tables below, the LAAT model at γ = {strong} is ahead of "
        f"the baseline in {sum(gain > 0 for gain in gains)}, on average over the splits; the "
        f"difference goes from {signed(100 * min(gains))} to {signed(100 * max(gains))} points."
    )
    for family in FAMILIES:
        shown = _select(cells, next(iter(PROTOCOLS_SHOWN)), family)
        apart = [abs(c["laat"][strong]["mean"] - c["scores_alone"]["mean"]) for c in shown]
        yield paragraph(
            f"- {family.capitalize()}, default protocol: the LAAT model at γ = {strong} and the "
            f"scores alone are {_points(float(np.median(apart)))} points apart in the median row, "
            f"{_points(max(apart))} at most."
        )
    best = Counter(_best(cell) for cell in cells)
    counted = ", ".join(f"{name} in {number}" for name, number in best.most_common())
    yield paragraph(f"- Which has the highest mean: {counted}.")


def _select(cells: Sequence[Cell], protocol: str, family: str) -> list[Cell]:
    return [cell for cell in cells if (cell["protocol"], cell["family"]) == (protocol, family)]


def _best(cell: Cell) -> str:
    means = {
        "the baseline": cell["baseline"]["mean"],
        "the scores alone": cell["scores_alone"]["mean"],
    }
    means |= {f"LAAT at γ = {gamma}": laat["mean"] for gamma, laat in cell["laat"].items()}
    return max(means, key=means.__getitem__)


def _tables(cells: Sequence[Cell]) -> Iterator[str]:
    for protocol, recipe in PROTOCOLS_SHOWN.items():
        yield f"## {protocol.capitalize()}\n\n{paragraph(recipe_in_words(recipe))}"
        for family in FAMILIES:
            yield f"### {family.capitalize()}\n\n{_table(_select(cells, protocol, family))}"


def _table(cells: Sequence[Cell]) -> str:
    header = ["table", "rows per class", "baseline", "scores alone"]
    for gamma in GAMMAS:
        header += [f"LAAT, γ = {gamma:g}", "difference", "ahead"]
    return markdown_table(header, map(_row, cells))


def _row(cell: Cell) -> list[object]:
    row = [
        cell["table"],
        cell["shots"],
        _with_sd(cell["baseline"]),
        _points(cell["scores_alone"]["mean"]),
    ]
    for laat in cell["laat"].values():
        row += [_with_sd(laat), _signed_with_sd(laat["difference"]), laat["ahead"]]
    return row


def _stories(result: dict[str, Any]) -> Iterator[str]:
    yield "## Edits that an expert would make"
    yield paragraph(
        "Before and after the edits that the workbench tells as stories. *Scores alone* is on all "
        f"rows of the table; baseline and LAAT model (γ = {STORY_GAMMA:g}) are trained on "
        f"{STORY_SHOTS} rows per class, logistic regression, default protocol, {result['splits']} "
        "splits. *Gain* is after less before, paired by split."
    )
    yield markdown_table(
        ["table", "scores before", "scores after", "baseline", "LAAT before", "LAAT after", "gain"],
        map(_story_row, result["stories"]),
    )
    for story in result["stories"]:
        edits = "\n".join(
            f"- `{name}`: {_score(before)} to {_score(after)}"
            for name, (before, after) in story["edits"].items()
        )
        yield f"The edits on {story['table']}:\n\n{edits}"


def _story_row(story: dict[str, Any]) -> list[object]:
    alone, laat = story["scores_alone"], story["laat"]
    return [
        story["table"],
        *(_points(alone[when]) for when in ("before", "after")),
        _with_sd(story["baseline"]),
        *(_with_sd(laat[when]) for when in ("before", "after")),
        _signed_with_sd(story["gain"]),
    ]


def recipe_in_words(recipe: Recipe) -> str:
    """Say how the models of a protocol are trained."""
    scaling = {
        "standard": "standard scores from all rows of the table",
        "minmax": "minimum and maximum of the training rows",
    }[recipe.scaling]
    flags = "one for each" if recipe.both_levels else "one"
    scores = {"linear": "as they are", "exp": "sharpened to sign(s) · exp(|s|)"}
    batch = (
        "all rows in every step"
        if recipe.batch_size is None
        else (f"batches of at most {recipe.batch_size} rows")
    )
    return (
        f"Scaling: {scaling}. Flags for a category of two levels: {flags}. Scores: "
        f"{scores[recipe.score_transform]}. Training: Adam, {recipe.max_epochs} passes over the "
        f"training rows, learning rate {recipe.learning_rate:g}, {batch}."
    )


def _points(auc: float) -> str:
    return f"{100 * auc:.1f}"


def _score(value: float) -> str:
    return f"{value:.1f}".replace("-", "−")


def _with_sd(spread: dict[str, float]) -> str:
    return f"{_points(spread['mean'])} ± {_points(spread['sd'])}"


def _signed_with_sd(spread: dict[str, float]) -> str:
    return f"{signed(100 * spread['mean'])} ± {_points(spread['sd'])}"


if __name__ == "__main__":
    write_document("accuracy", measure, document, ROOT / "docs" / "accuracy.md")
