"""Trust curve: what becomes of the LAAT model as the scores are trusted more and more."""

from collections.abc import Mapping
from functools import partial
from typing import Unpack

import numpy as np
from numpy.typing import NDArray

from laat_core.evaluate.comparison import Comparison
from laat_core.evaluate.curves.curve import Curve
from laat_core.evaluate.curves.plan import Plan, Running, Unit, areas, grow
from laat_core.evaluate.experiment import Experiment
from laat_core.evaluate.groups import Groups, parity_difference
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
    """
    lines = ["laat", "baseline", "scores alone", "alignment", *(["gap"] if groups else [])]
    empty = Curve.empty(
        "trust",
        GAMMA_GRID,
        lines,
        plan.design.n_splits,
        column=groups.column if groups else None,
    )
    measure = partial(_measure, codes=groups.codes if groups else None)
    units = [
        Unit(point, 0, plan, scores, gamma, measure, feature_trust)
        for point, gamma in enumerate(GAMMA_GRID)
    ]
    return grow(empty, units, **running)


def _measure(
    experiment: Experiment, comparison: Comparison, codes: NDArray[np.int64] | None
) -> dict[str, NDArray[np.float64]]:
    found = areas(experiment, comparison)
    # Both are of length 1, or 0; rounding may lead out of the range of a cosine.
    cosines = comparison.laat.attributions @ comparison.target
    found["alignment"] = cosines.clip(-1.0, 1.0)
    if codes is not None and comparison.laat.models is not None:
        tested = experiment.test_logits(comparison.laat.models)
        gaps = [
            parity_difference(logits >= 0, codes[split.test])
            for split, (_, logits) in zip(experiment.splits, tested, strict=True)
        ]
        found["gap"] = np.array(gaps)
    return found
