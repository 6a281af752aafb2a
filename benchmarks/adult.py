"""What a long table costs: adult, 48,842 rows and 46 features.

Run ``python -m benchmarks.adult``. Reading and encoding; one full training of each kind on all
rows, beside scikit-learn's logistic regression on the same rows; and the comparison that a slider
move starts. One thread for all: torch by ``set_num_threads``, BLAS and OpenMP by ``threadpoolctl``.
scikit-learn's fit takes turns with the LAAT models that are as quick; trainings of many seconds
have fewer runs, and the table says how many.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from benchmarks.accuracy import proposed_scores
from benchmarks.command import markdown_table, paragraph, run_timing
from benchmarks.timing import alternate, machine, median_ms, milliseconds, one_thread
from laat_core import (
    Design,
    Experiment,
    ImportanceScores,
    LAATClassifier,
    Recipe,
    TableEncoder,
    Task,
    load_dataset,
)

__all__ = ["measure", "show"]

RUNS = 5
TABLE = "adult"
GAMMA = 100.0
DESIGN = Design(shots=5, n_splits=20)


@dataclass(frozen=True)
class Fit:
    """One way to train on all rows.

    Attributes
    ----------
    words : str
    model : callable
        Takes scores by feature name; returns an unfitted classifier.
    most_runs : int or None
        How often it is run at most, without a warm-up; None for a quick one.
    """

    words: str
    model: Callable[[dict[str, float]], ClassifierMixin]
    most_runs: int | None = None


def _laat(scores: dict[str, float], **parameters: Any) -> LAATClassifier:
    return LAATClassifier(scores, GAMMA, random_state=0, **parameters)


PEER = "sklearn_linear"
FITS = {
    PEER: Fit("scikit-learn's LogisticRegression()", lambda _: LogisticRegression()),
    "linear_all_rows": Fit(
        "LAAT, logistic regression, all rows in every step", partial(_laat, batch_size=None)
    ),
    "linear_batches_8192": Fit(
        "LAAT, logistic regression, batches of 8,192 rows", partial(_laat, batch_size=8192), 3
    ),
    "linear_batches_128": Fit(
        "LAAT, logistic regression, batches of 128 rows", partial(_laat, batch_size=128), 3
    ),
    "hidden_all_rows": Fit(
        "LAAT, 100 hidden units, all rows in every step",
        partial(_laat, hidden_layer_sizes=(100,), batch_size=None),
        2,
    ),
    "hidden_batches_128": Fit(
        "LAAT, 100 hidden units, batches of 128 rows",
        partial(_laat, hidden_layer_sizes=(100,), batch_size=128),
        2,
    ),
}


def measure(
    runs: int = RUNS, table: str = TABLE, max_epochs: int = 200, design: Design = DESIGN
) -> dict[str, Any]:
    """Time every step; milliseconds."""
    task = load_dataset(table)
    scores = proposed_scores(task)
    with one_thread():
        result = {
            "table": table,
            "rows": len(task.labelled),
            "epochs": max_epochs,
            "runs": runs,
            **_prepare(task, runs),
            "fits": _fit_all(task, scores, runs, max_epochs),
            **_compare(task, scores, design, runs),
        }
    fits = result["fits"]
    result["linear_ratio"] = fits["linear_all_rows"]["ms"] / fits[PEER]["ms"]
    return {**result, "machine": machine()}


def _prepare(task: Task, runs: int) -> dict[str, Any]:
    encoded = encode(task)
    return {
        "features": encoded.shape[1],
        "load_ms": median_ms(lambda: load_dataset(task.name), runs),
        "encode_ms": median_ms(lambda: encode(task), runs),
        "scale_ms": median_ms(lambda: scale(encoded), runs),
    }


def encode(task: Task) -> pd.DataFrame:
    """Encode the whole table."""
    return TableEncoder(task.columns).fit(task.labelled).transform(task.labelled)


def scale(encoded: pd.DataFrame) -> pd.DataFrame:
    """Give every feature mean 0 and standard deviation 1."""
    scaled: pd.DataFrame = StandardScaler().set_output(transform="pandas").fit_transform(encoded)
    return scaled


def _fit_all(
    task: Task, scores: ImportanceScores, runs: int, max_epochs: int
) -> dict[str, dict[str, Any]]:
    rows, labels = scale(encode(task)), task.labels
    fitted: dict[str, ClassifierMixin] = {}

    def fit(name: str) -> None:
        model = FITS[name].model(scores.as_dict())
        if isinstance(model, LAATClassifier):
            model.set_params(max_epochs=max_epochs)
        fitted[name] = model.fit(rows, labels)

    quick = [name for name, way in FITS.items() if way.most_runs is None]
    taken = alternate({name: partial(fit, name) for name in quick}, runs)
    times = dict.fromkeys(quick, runs)
    for name, way in FITS.items():
        if way.most_runs is not None:
            print(f"{way.words} …", file=sys.stderr)
            times[name] = min(runs, way.most_runs)
            taken[name] = median(milliseconds(partial(fit, name)) for _ in range(times[name]))
    return {
        name: {"ms": taken[name], "runs": times[name], "auc": _auc(fitted[name], rows, labels)}
        for name in FITS
    }


def _auc(model: ClassifierMixin, rows: pd.DataFrame, labels: NDArray[np.int64]) -> float:
    return float(roc_auc_score(labels, model.decision_function(rows)))


def _compare(task: Task, scores: ImportanceScores, design: Design, runs: int) -> dict[str, Any]:
    """Time a first comparison, and those that follow while the baseline stays."""
    experiment = Experiment(task, design, Recipe())
    experiment.compare(scores, GAMMA)
    return {
        "shots": design.shots,
        "splits": design.n_splits,
        "first_compare_ms": median_ms(
            lambda: Experiment(task, design, Recipe()).compare(scores, GAMMA), runs
        ),
        "compare_ms": median_ms(lambda: experiment.compare(scores, GAMMA), runs),
    }


def show(result: dict[str, Any]) -> str:
    """Lay out the result as two tables."""
    steps = {
        "reading the bundled table": "load_ms",
        "encoding it": "encode_ms",
        "scaling it": "scale_ms",
        "first comparison of the workbench": "first_compare_ms",
        "each one after: what a slider move costs": "compare_ms",
    }
    conditions = (
        f"{result['rows']:,} rows, {result['features']} features; one thread. Comparisons are on "
        f"{result['splits']} splits with {result['shots']} training rows per class and all others "
        f"for test. Medians of {result['runs']} after a warm-up."
    )
    fits = (
        f"One training on all rows, {result['epochs']} passes, γ = {GAMMA:g}; AUC × 100 on the "
        "same rows (the LAAT models are also held to the scores). Where it says fewer runs, there "
        "was no warm-up. Logistic regression with all rows in every step takes "
        f"{result['linear_ratio']:.2f} times what scikit-learn's takes, in the same run."
    )
    return "\n\n".join(
        [
            paragraph(conditions),
            markdown_table(["step", "ms"], [(w, f"{result[k]:.0f}") for w, k in steps.items()]),
            paragraph(fits),
            _fit_table(result),
        ]
    )


def _fit_table(result: dict[str, Any]) -> str:
    rows = [
        (FITS[name].words, f"{fit['ms'] / 1000:.2f}", fit["runs"], f"{100 * fit['auc']:.1f}")
        for name, fit in result["fits"].items()
    ]
    return markdown_table(["training", "s", "runs", "AUC"], rows)


if __name__ == "__main__":
    run_timing("adult", measure, show, RUNS)
