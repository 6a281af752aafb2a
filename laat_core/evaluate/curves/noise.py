"""Noise curve: how wrong the scores may be before they do harm."""

from collections.abc import Mapping
from typing import Unpack

import numpy as np

from laat_core.evaluate.curves.curve import Curve
from laat_core.evaluate.curves.plan import Plan, Running, Unit, areas, grow
from laat_core.model.settings import Gamma
from laat_core.scores.importance import MAX_SCORE, ImportanceScores

__all__ = ["N_DRAWS", "SHARES", "crossing", "noise_curve", "noisy"]

SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
N_DRAWS = 5


def noise_curve(
    plan: Plan,
    scores: ImportanceScores,
    gamma: Gamma = 100.0,
    *,
    feature_trust: Mapping[str, float] | None = None,
    **running: Unpack[Running],
) -> Curve:
    """Compare with more and more of the scores replaced by noise.

    Parameters
    ----------
    plan : Plan
        Its seed is that of the noise too.
    scores : ImportanceScores
    gamma : float or "auto"
    feature_trust : mapping of str to float, optional
        As in :meth:`Experiment.compare`.
    **running
        As in :class:`laat_core.evaluate.curves.plan.Running`.

    Returns
    -------
    Curve
        AUC on the test rows against the share of noise, ``laat`` and ``baseline``, over splits
        and :data:`N_DRAWS` draws of noise; without noise there is one.
    """
    n_splits = plan.design.n_splits
    empty = Curve.empty(
        "noise", SHARES, ("laat", "baseline"), N_DRAWS * n_splits, gamma=gamma, draws=N_DRAWS
    )
    units = [
        Unit(point, draw * n_splits, plan, mixed, gamma, areas, feature_trust)
        for draw in range(N_DRAWS)
        for point, mixed in enumerate(noisy(scores, SHARES, (plan.design.seed, draw)))
        if SHARES[point] > 0 or draw == 0
    ]
    return grow(empty, units, **running)


def noisy(
    scores: ImportanceScores, shares: tuple[float, ...], seed: tuple[int, ...]
) -> list[ImportanceScores]:
    """Replace shares of the scores by numbers drawn evenly from -10 to 10.

    What is noise with one share is the same noise with every larger one.

    Parameters
    ----------
    scores : ImportanceScores
    shares : tuple of float
        0 to 1 each.
    seed : tuple of int

    Returns
    -------
    list of ImportanceScores
        One per share.
    """
    generator = np.random.default_rng(seed)
    order = generator.permutation(len(scores.features))
    noise = generator.uniform(-MAX_SCORE, MAX_SCORE, len(order))
    return [
        scores.edit(
            {scores.features[i]: float(noise[i]) for i in order[: round(share * len(order))]},
            source="noise",
        )
        for share in shares
    ]


def crossing(curve: Curve) -> float | None:
    """Share of noise from which on the LAAT model is no better than the baseline.

    Read between two points on a straight line.

    Returns
    -------
    float or None
        The first such share, 0 to 1; None where there is none, or while a draw is missing.
    """
    ahead = curve.mean("laat") - curve.mean("baseline")
    behind = np.flatnonzero(ahead <= 0)
    noisy_ones = curve.lines["laat"][1:]  # without noise there is one draw
    if len(behind) == 0 or not (np.isfinite(ahead).all() and np.isfinite(noisy_ones).all()):
        return None
    after, shares = int(behind[0]), np.array(curve.points, dtype=np.float64)
    if after == 0:
        return float(shares[0])
    ends = slice(after - 1, after + 1)
    return float(np.interp(0.0, -ahead[ends], shares[ends]))
