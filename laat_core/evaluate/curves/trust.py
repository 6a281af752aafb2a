"""Trust curve: what becomes of the LAAT model as the scores are trusted more and more."""

from collections.abc import Mapping
from functools import partial
from typing import Unpack

import numpy as np
from numpy.typing import NDArray

from laat_core.errors import DataError
from laat_core.evaluate.comparison import Comparison
from laat_core.evaluate.curves.curve import Curve
from laat_core.evaluate.curves.plan import Plan, Running, Unit, areas, grow
from laat_core.evaluate.experiment import Experiment
from laat_core.evaluate.fairness.asked import asked_rows
from laat_core.evaluate.fairness.rates import count_rows, parity_difference
from laat_core.evaluate.groups import FEWEST_ROWS, Groups
from laat_core.scores.importance import ImportanceScores

__all__ = ["GAMMA_GRID", "trust_curve"]

GAMMA_GRID = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)


def trust_curve(
    plan: Plan,
    scores: ImportanceScores,
    groups: Groups | None = None,
    *,
    feature_trust: Mapping[str, float] | None = None,
    **running: Unpack[Running],
) -> Curve:
    """Compare with every gamma of :data:`GAMMA_GRID`.

    Parameters
    ----------
    plan : Plan
    scores : ImportanceScores
    groups : Groups, optional
        Of the plan's rows; without, there is no group gap.
    feature_trust : mapping of str to float, optional
        As in :meth:`Experiment.compare`.
    **running
        As in :class:`laat_core.evaluate.curves.plan.Running`.

    Returns
    -------
    Curve
        Against gamma: ``laat``, ``baseline`` and ``scores alone``, AUC on the test rows;
        ``alignment``, cosine of the LAAT model's attributions with the target; ``gap``, by how
        much the share of test rows with a probability of one half or more differs between groups.

    Raises
    ------
    DataError
        If fewer than two groups are large enough to be compared.
    LaatError
        As in :func:`laat_core.evaluate.curves.plan.grow`.
    """
    if groups and (~groups.small).sum() < 2:
        raise DataError(
            f"{groups.title!r} divides the rows into fewer than two groups of {FEWEST_ROWS} rows "
            "or more. Choose another column."
        )
    lines = ["laat", "baseline", "scores alone", "alignment", *(["gap"] if groups else [])]
    empty = Curve.empty(
        "trust",
        GAMMA_GRID,
        lines,
        plan.design.n_splits,
        column=groups.title if groups else None,
    )
    measure = partial(_measure, groups=groups)
    units = [
        Unit(point, 0, plan, scores, gamma, measure, feature_trust)
        for point, gamma in enumerate(GAMMA_GRID)
    ]
    return grow(empty, units, **running)


def _measure(
    experiment: Experiment, comparison: Comparison, groups: Groups | None
) -> dict[str, NDArray[np.float64]]:
    found = areas(experiment, comparison)
    # Both are of length 1, or 0; rounding may lead out of the range of a cosine.
    cosines = comparison.laat.attributions @ comparison.target
    found["alignment"] = cosines.clip(-1.0, 1.0)
    if groups is not None and comparison.laat.models is not None:
        tested = asked_rows(experiment, comparison.laat.models, groups)
        rows = ((split.codes, split.labels, split.selected()) for split in tested)
        found["gap"] = parity_difference(groups, count_rows(groups, rows))
    return found
