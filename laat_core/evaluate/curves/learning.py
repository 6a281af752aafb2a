"""Learning curve: what the models make of more and more labelled rows."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Unpack

import numpy as np
from numpy.typing import NDArray

from laat_core.evaluate.comparison import Comparison
from laat_core.evaluate.curves.curve import Curve
from laat_core.evaluate.curves.plan import Plan, Running, Unit, areas, grow
from laat_core.evaluate.experiment import Experiment
from laat_core.model.settings import Gamma
from laat_core.scores.importance import ImportanceScores

__all__ = ["GAMMAS", "LAAT_LINES", "ROWS_PER_CLASS", "USUAL_ROWS", "learning_curve", "rows_to_try"]

ROWS_PER_CLASS = (1, 2, 5, 10, 25, 50, 100, 250)
MOST_SHARE = 0.8  # of the smaller class: the rest is needed for a test
USUAL_ROWS = 5  # where the design has no rows per class
GAMMAS: tuple[Gamma, ...] = (100.0, "auto")


def _line(gamma: Gamma) -> str:
    return f"laat {gamma:g}" if isinstance(gamma, float) else f"laat {gamma}"


LAAT_LINES = {_line(gamma): gamma for gamma in GAMMAS}


def learning_curve(
    plan: Plan,
    scores: ImportanceScores,
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
    feature_trust : mapping of str to float, optional
        As in :meth:`Experiment.compare`.
    **running
        As in :class:`laat_core.evaluate.curves.plan.Running`.

    Returns
    -------
    Curve
        AUC on the test rows against rows per class: a line for every gamma of
        :data:`GAMMAS`, ``baseline`` and ``scores alone``.
    """
    labels = plan.task.labels
    shots = plan.design.shots or max(1, min(USUAL_ROWS, _smaller(labels) - 1))
    rows = rows_to_try(labels, shots)
    lines = (*LAAT_LINES, "baseline", "scores alone")
    empty = Curve.empty("learning", rows, lines, plan.design.n_splits, rows=shots)
    units = [
        Unit(
            point,
            0,
            replace(plan, design=replace(plan.design, shots=k)),
            scores,
            gamma,
            _measure,
            feature_trust,
        )
        for point, k in enumerate(rows)
        for gamma in GAMMAS
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
    found = areas(experiment, comparison)
    return {_line(comparison.gamma): found.pop("laat"), **found}
