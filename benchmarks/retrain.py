"""One batched training of 20 LAAT and 20 baseline models beside 40 scikit-learn fits.

Run ``python -m benchmarks.retrain``. Both sides see the same 20 splits of 20 rows and 30
features, twice each (LAAT model and baseline), take turns in one process, and have one thread:
torch by ``set_num_threads``, BLAS and OpenMP by ``threadpoolctl``. Ours is the call that the
workbench makes, draws of the start included; scikit-learn's are plain fits in a loop, at their
defaults. A ratio is our median by theirs.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from benchmarks.command import markdown_table, paragraph, run_timing
from benchmarks.timing import alternate, machine, one_thread
from laat_core.model.networks import start
from laat_core.model.objective import target_vector
from laat_core.model.training import train

__all__ = ["measure", "show"]

RUNS = 11
SPLITS, ROWS, FEATURES, HIDDEN, EPOCHS = 20, 20, 30, 100, 200
GAMMA = 100.0


@dataclass(frozen=True)
class Pair:
    """A family of models, and what scikit-learn has for it.

    Attributes
    ----------
    hidden : tuple of int
    peer : callable
        Returns an unfitted classifier.
    words : str
        What the two are, for the table.
    """

    hidden: tuple[int, ...]
    peer: Callable[[], ClassifierMixin]
    words: str


PAIRS = {
    "linear": Pair((), LogisticRegression, "logistic regression, LogisticRegression()"),
    "hidden": Pair(
        (HIDDEN,),
        partial(MLPClassifier, (HIDDEN,), max_iter=EPOCHS, random_state=0),
        f"{HIDDEN} hidden units, MLPClassifier(({HIDDEN},), max_iter={EPOCHS})",
    ),
}


@dataclass(frozen=True)
class Problem:
    """Splits of one table, and the scores of its features.

    Attributes
    ----------
    rows : ndarray of shape (n_splits, n_rows, n_features)
        Standardised.
    labels : ndarray of shape (n_splits, n_rows)
        As many of one class as of the other.
    target : ndarray of shape (n_features,)
        Unit length.
    """

    rows: NDArray[np.float64]
    labels: NDArray[np.int64]
    target: NDArray[np.float64]


def draw_problem(n_splits: int = SPLITS, seed: int = 0) -> Problem:
    """Draw classes that overlap along a direction, and scores that know it roughly."""
    random = np.random.default_rng(seed)
    direction = random.normal(size=FEATURES) / FEATURES**0.5
    labels = np.tile(np.repeat([0, 1], ROWS // 2), (n_splits, 1))
    rows = random.normal(size=(n_splits, ROWS, FEATURES)) + labels[:, :, None] * direction
    rows = (rows - rows.mean(axis=(0, 1))) / rows.std(axis=(0, 1))
    target = target_vector(direction + 0.1 * random.normal(size=FEATURES))
    return Problem(rows, labels, target)


def train_batch(problem: Problem, hidden: tuple[int, ...]) -> None:
    """Train a LAAT model and a baseline for every split, all in one call."""
    n_splits = len(problem.rows)
    generator = torch.Generator().manual_seed(0)
    train(
        start(2 * n_splits, FEATURES, hidden, generator),
        torch.from_numpy(problem.rows).float().repeat(2, 1, 1),
        torch.from_numpy(problem.labels).float().repeat(2, 1),
        torch.tensor([GAMMA, 0.0]).repeat_interleave(n_splits),
        torch.from_numpy(problem.target).float().repeat(2 * n_splits, 1),
        max_epochs=EPOCHS,
        learning_rate=0.01,
        batch_size=None,
        generator=generator,
    )


def fit_peers(problem: Problem, peer: Callable[[], ClassifierMixin]) -> int:
    """Fit scikit-learn's model twice to every split; return how many stopped unconverged."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ConvergenceWarning)
        for _ in range(2):
            for rows, labels in zip(problem.rows, problem.labels, strict=True):
                peer().fit(rows, labels)
    others = [w for w in caught if not issubclass(w.category, ConvergenceWarning)]
    for warning in others:
        warnings.warn(warning.message, stacklevel=2)
    return len(caught) - len(others)


def measure(runs: int = RUNS, n_splits: int = SPLITS) -> dict[str, Any]:
    """Time both families; milliseconds, and ratios of ours to scikit-learn's."""
    problem = draw_problem(n_splits)
    result: dict[str, Any] = {
        "models": 2 * n_splits,
        "rows": ROWS,
        "features": FEATURES,
        "epochs": EPOCHS,
        "runs": runs,
    }
    with one_thread():
        for name, pair in PAIRS.items():
            ours = partial(train_batch, problem, pair.hidden)
            theirs = partial(fit_peers, problem, pair.peer)
            taken = alternate({"ours": ours, "theirs": theirs}, runs)
            result[f"{name}_ms"] = taken["ours"]
            result[f"{name}_peer_ms"] = taken["theirs"]
            result[f"{name}_ratio"] = taken["ours"] / taken["theirs"]
            result[f"{name}_peer_unconverged"] = theirs()
    return {**result, "machine": machine()}


def show(result: dict[str, Any]) -> str:
    """Lay out the result as a table."""
    rows = [
        (
            pair.words,
            f"{result[f'{name}_ms']:.1f}",
            f"{result[f'{name}_peer_ms']:.1f}",
            f"{result[f'{name}_ratio']:.3f}",
        )
        for name, pair in PAIRS.items()
    ]
    table = markdown_table(["ours, beside theirs", "ours, ms", "scikit-learn, ms", "ratio"], rows)
    note = paragraph(
        f"{result['models']} models of {result['rows']} rows and {result['features']} features, "
        f"{result['epochs']} epochs; medians of {result['runs']} runs after a warm-up, taking "
        f"turns, one thread. Of scikit-learn's fits, {result['linear_peer_unconverged']} "
        f"and {result['hidden_peer_unconverged']} stopped before they had converged."
    )
    return f"{table}\n\n{note}"


if __name__ == "__main__":
    run_timing("retrain", measure, show, RUNS)
