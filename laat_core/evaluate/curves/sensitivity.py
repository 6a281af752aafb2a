"""Sensitivity: which score matters most to the result."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Unpack

import numpy as np

from laat_core.evaluate.comparison import BAND
from laat_core.evaluate.curves.curve import Curve
from laat_core.evaluate.curves.plan import Plan, Running, Unit, areas, grow
from laat_core.model.settings import Gamma
from laat_core.scores.importance import ImportanceScores

__all__ = ["Effect", "effects", "sensitivity"]

ALL = ""  # the point at which no score is taken out


@dataclass(frozen=True)
class Effect:
    """What one score does to the result.

    Attributes
    ----------
    feature : str
    mean : float
        AUC with all scores less that without this one, mean over the splits: above 0 the score
        helps. From -1 to 1.
    low, high : float
        Ends of what 8 of 10 splits lie in.
    """

    feature: str
    mean: float
    low: float
    high: float


def sensitivity(
    plan: Plan,
    scores: ImportanceScores,
    gamma: Gamma = 100.0,
    *,
    feature_trust: Mapping[str, float] | None = None,
    **running: Unpack[Running],
) -> Curve:
    """Compare with every score in turn set to 0, the others as they are.

    Parameters
    ----------
    plan : Plan
    scores : ImportanceScores
    gamma : float or "auto"
    feature_trust : mapping of str to float, optional
        As in :meth:`Experiment.compare`.
    **running
        As in :class:`laat_core.evaluate.curves.plan.Running`.

    Returns
    -------
    Curve
        ``laat``, AUC on the test rows. The first point, an empty name, has all scores; the others
        are the features whose scores are not 0 already, and count.
    """
    not_used = plan.recipe.not_used
    features = [name for name, score in scores.as_dict().items() if score and name not in not_used]
    empty = Curve.empty(
        "sensitivity", [ALL, *features], ["laat"], plan.design.n_splits, gamma=gamma
    )
    units = [
        Unit(point, 0, plan, changed, gamma, areas, feature_trust)
        for point, changed in enumerate([scores, *(scores.edit({f: 0.0}) for f in features)])
    ]
    return grow(empty, units, **running)


def effects(curve: Curve) -> list[Effect]:
    """What each score does to the result, the strongest first; of those that are known."""
    laat = curve.lines["laat"]
    if curve.points[0] != ALL or not curve.known("laat")[0]:
        return []
    differences = laat[0] - laat[1:]  # (n_features, n_splits), paired by split
    found = [
        Effect(str(feature), float(row.mean()), *map(float, np.percentile(row, BAND)))
        for feature, row in zip(curve.points[1:], differences, strict=True)
        if not math.isnan(row.mean())
    ]
    return sorted(found, key=lambda effect: -abs(effect.mean))
