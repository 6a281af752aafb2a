"""How sure one may be of single scores: a feature of which less is known is held more loosely."""

from collections.abc import Iterable

import numpy as np

from laat_core.scores.importance import ImportanceScores

__all__ = ["UNSURE", "trust_from_spread"]

UNSURE = 0.1  # trust in a feature of whose score an expert is unsure; 1 is that in the others
HALVING_SPREAD = 2.0  # standard deviation of the estimates at which trust is one half


def trust_from_spread(scores: ImportanceScores, sure: Iterable[str] = ()) -> dict[str, float]:
    """Trust each feature by how far its estimates agree.

    Parameters
    ----------
    scores : ImportanceScores
        With estimates; one that was edited since stands for what the expert knows, and is trusted.
    sure : iterable of str
        Features that are trusted whatever their estimates say, as locked ones.

    Returns
    -------
    dict of str to float
        ``1 / (1 + (sd / 2)^2)``, with the standard deviation over the estimates, for the features
        that have two estimates or more; the others, which are not in it, are trusted fully.
    """
    values = scores.estimates[:, 0]
    known = np.isfinite(values).sum(axis=0) > 1 if len(values) else np.zeros(values.shape[1], bool)
    held = set(sure)
    trust = {}
    for position in np.flatnonzero(known):
        name, estimates = scores.features[position], values[:, position]
        untouched = np.isclose(scores.values[0, position], np.nanmean(estimates))
        if untouched and name not in held:
            spread = float(np.nanstd(estimates, ddof=1))
            trust[name] = 1 / (1 + (spread / HALVING_SPREAD) ** 2)
    return trust
