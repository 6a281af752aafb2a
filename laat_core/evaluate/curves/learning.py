"""Learning curve: what the models make of more and more labelled rows."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Unpack

import numpy as np
from numpy.typing import NDArray

from laat_core.data.grouping import sum_groups
from laat_core.evaluate.comparison import Comparison
from laat_core.evaluate.curves.curve import Curve
from laat_core.evaluate.curves.plan import Plan, Running, Unit, areas, grow
from laat_core.evaluate.experiment import Experiment
from laat_core.model.settings import Gamma
from laat_core.scores.importance import ImportanceScores

__all__ = [
    "GAMMAS",
    "ROWS_PER_CLASS",
    "USUAL_ROWS",
    "error_line",
    "laat_line",
    "learning_curve",
    "rows_to_try",
]

ROWS_PER_CLASS = (1, 2, 5, 10, 25, 50, 100, 250)
MOST_SHARE = 0.8  # of the smaller class: the rest is needed for a test
USUAL_ROWS = 5  # where the design has no rows per class
GAMMAS: tuple[Gamma, ...] = (100.0, "auto")  # whatever else is asked for


def laat_line(gamma: Gamma) -> str:
    """Name of the line of the LAAT model with a gamma."""
    return f"laat {gamma}" if gamma == "auto" else f"laat {gamma:g}"


def error_line(line: str) -> str:
    """Name of the line that says how uncertain the test rows make that of a LAAT model."""
    return f"error of {line}"


def learning_curve(
    plan: Plan,
    scores: ImportanceScores,
    gamma: Gamma = 100.0,
    *,
    feature_trust: Mapping[str, float] | None = None,
    **running: Unpack[Running],
) -> Curve:
    """Compare with more and more training rows of each class.

    Parameters
    ----------
    plan : Plan
        Its splits and seed count; of its training rows it counts for how many of each class the
        scores are to be weighed against more rows; where the design has a share of all rows, 5, or
        all but one of the smaller class.
    scores : ImportanceScores
    gamma : float or "auto"
        One more beside those of :data:`GAMMAS`.
    feature_trust : mapping of str to float, optional
        As in :meth:`Experiment.compare`.
    **running
        As in :class:`laat_core.evaluate.curves.plan.Running`.

    Returns
    -------
    Curve
        AUC on the test rows against rows per class: a line for every gamma, named by
        :func:`laat_line`, ``baseline`` and ``scores alone``. Lines named by :func:`error_line` are
        the standard error that the test rows give the mean difference between LAAT model and
        baseline, the same in every split: nearly all splits share their test rows, so that their
        spread does not show it.
    """
    labels = plan.task.labels
    shots = plan.design.shots or max(1, min(USUAL_ROWS, _smaller(labels) - 1))
    rows = rows_to_try(labels, shots)
    gammas = tuple(dict.fromkeys((*GAMMAS, gamma)))
    laat = [laat_line(one) for one in gammas]
    lines = (*laat, *map(error_line, laat), "baseline", "scores alone")
    empty = Curve.empty("learning", rows, lines, plan.design.n_splits, rows=shots)
    units = [
        Unit(
            point,
            0,
            replace(plan, design=replace(plan.design, shots=k)),
            scores,
            one,
            _measure,
            feature_trust,
        )
        for point, k in enumerate(rows)
        for one in gammas
    ]
    return grow(empty, units, **running)


def rows_to_try(labels: NDArray[np.int64], shots: int) -> list[int]:
    """Rows per class of the points: the usual ones that leave rows for a test, and ``shots``."""
    most = max(int(MOST_SHARE * _smaller(labels)), 1)
    return sorted({shots, *(k for k in ROWS_PER_CLASS if k <= most)})


def _smaller(labels: NDArray[np.int64]) -> int:
    """Rows of the smaller class."""
    return int(np.bincount(labels, minlength=2).min())


def _measure(experiment: Experiment, comparison: Comparison) -> dict[str, NDArray[np.float64]]:
    found, line = areas(experiment, comparison), laat_line(comparison.gamma)
    error = np.full(len(comparison.difference), _row_error(comparison))
    return {line: found.pop("laat"), error_line(line): error, **found}


def _row_error(comparison: Comparison) -> float:
    """Not-a-number where a class has a single test row, which tells nothing of others."""
    laat, baseline = comparison.laat.influence, comparison.baseline.influence
    if laat is None or baseline is None or min(comparison.n_test) < 2:
        return math.nan
    mean = (laat - baseline).mean(axis=0, dtype=np.float64)
    groups = comparison.groups
    return float(np.linalg.norm(mean if groups is None else sum_groups(mean, groups)))
